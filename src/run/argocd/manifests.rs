//! The files of a folder that Argo CD's directory mode takes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_yaml::Value;

use super::{build_file, repository};
use crate::manifest::WORD;
use crate::source::{
    Excludes, Gathered, MAX_INPUT_LENGTH, Origin, SETTINGS_FILE, Source, SourceError, WalkExcludes, display_path,
    has_kind_line, is_never_taken, read_regular,
};

/// The ends of the names of the files that Argo CD's directory mode takes.
const ENDINGS: [&str; 4] = [".yaml", ".yml", ".json", JSONNET];

const JSONNET: &str = ".jsonnet";

/// `skipFileRenderingMarker` in `reposerver/repository/repository.go` of Argo CD.
pub(super) const SKIP_MARKER: &str = "+argocd:skip-file-rendering";

/// The files that Argo CD's directory mode takes: `findManifests` in `reposerver/repository/repository.go`. They count as
/// named: what Argo CD takes must not be missing.
pub(super) fn manifests(recurse: bool, excludes: &Excludes) -> Gathered {
    let root = Path::new(".");
    let excludes = excludes.of_walk(root);
    let mut gathered = Gathered::default();
    let mut paths = Vec::new();
    let found = files(root, recurse, &excludes, &mut |path, is_folder| match build_file(&path) {
        Some(file) if is_folder => {
            let words = format!(
                "it has a {file}, and this plugin does not build it: give the folder an Application of its own, or exclude \
                 it by `exclude` in {SETTINGS_FILE}"
            );
            gathered.errors.push(unreadable(&path, io::Error::other(words)));
            false
        }
        _ => {
            paths.extend((!is_folder).then_some(path));
            true
        }
    });
    gathered.errors.extend(found.err().map(|error| unreadable(root, error)));
    for path in paths {
        match manifest(&path) {
            Ok(Some(bytes)) => {
                let origin = Origin::File { path };
                gathered.sources.push(Source { origin, bytes, named: true, under_chart: false });
            }
            Ok(None) => {}
            Err(error) => gathered.errors.push(unreadable(&path, error)),
        }
    }
    gathered
}

fn unreadable(path: &Path, error: io::Error) -> SourceError {
    SourceError::Unreadable { name: display_path(path), error }
}

/// Gives each file and folder below a folder to `take`, sorted by name and without following symlinks. A folder is entered
/// if `take` returns true.
fn files(
    folder: &Path,
    recurse: bool,
    excludes: &WalkExcludes,
    take: &mut impl FnMut(PathBuf, bool) -> bool,
) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, is_folder) = (entry.path(), entry.file_type()?.is_dir());
        if is_never_taken(&entry.file_name()) || (is_folder && !recurse) || excludes.has(&path, is_folder) {
            continue;
        }
        if take(path.clone(), is_folder) && is_folder {
            files(&path, recurse, excludes, take)?;
        }
    }
    Ok(())
}

/// The bytes of a file if Argo CD takes it: `getPotentiallyValidManifestFile` and `getObjsFromYAMLOrJSON` in
/// `reposerver/repository/repository.go`. It decodes UTF-16, so the search leaves out NULs.
fn manifest(path: &Path) -> io::Result<Option<Vec<u8>>> {
    if !has_extension(path) {
        return Ok(None);
    }
    if fs::symlink_metadata(path)?.is_symlink() {
        match path.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(target) if !target.starts_with(repository()?) => {
                return Err(io::Error::other("a link to a file outside of the repository"));
            }
            Ok(_) => {}
        }
    }
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let bytes = read_regular(path, MAX_INPUT_LENGTH)?;
    let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let has = |word: &str| memmem::find(&text, word.as_bytes()).is_some();
    if has(SKIP_MARKER) {
        return Ok(None);
    }
    if ends_with(path, JSONNET) {
        return Err(io::Error::other(format!(
            "jsonnet, which Argo CD evaluates and this plugin can't: write {SKIP_MARKER} into it, or exclude it by `exclude` in \
             {SETTINGS_FILE}"
        )));
    }
    if !has_kind_line(&text) && !has_kind_key(&text) {
        return Ok(None);
    }
    match yaml_fault(&text) {
        None => Ok(Some(bytes)),
        // Its errors show the line.
        Some(_) if has(WORD) => Ok(Some(bytes)),
        // Argo CD takes it for no manifest.
        Some(_) if !ends_with(path, ".json") && !["apiVersion:", "kind:", "metadata:"].into_iter().all(has) => Ok(None),
        Some(place) => Err(io::Error::other(format!("invalid YAML{place}"))),
    }
}

/// Returns true if Argo CD takes files of this name.
pub(super) fn has_extension(path: &Path) -> bool {
    ENDINGS.iter().any(|ending| ends_with(path, ending))
}

/// Returns true if the name of a file, such as `.yaml`, ends with this.
fn ends_with(path: &Path, ending: &str) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(ending.as_bytes()))
}

/// Returns true if a document has the key `kind` in another spelling than that of a line.
fn has_kind_key(text: &[u8]) -> bool {
    // Most other files, such as values, have not even this, and need not be parsed.
    memmem::find(text, b"ind").is_some()
        && serde_yaml::Deserializer::from_slice(text)
            .map_while(|document| Value::deserialize(document).ok())
            .any(|document| document.get("kind").is_some())
}

/// The place of the first syntax error, without the text there, which may be secret.
fn yaml_fault(text: &[u8]) -> Option<String> {
    let error =
        serde_yaml::Deserializer::from_slice(text).find_map(|document| IgnoredAny::deserialize(document).err())?;
    let place = error.location().map(|place| format!(" at line {}, column {}", place.line(), place.column()));
    Some(place.unwrap_or_default())
}
