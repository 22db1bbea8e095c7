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
    encoding_problem, is_never_taken, read_regular,
};
use crate::yaml::stream;

/// The ends of the names of the files that Argo CD's directory mode takes.
const ENDINGS: [&str; 4] = [".yaml", ".yml", JSON, JSONNET];

const JSON: &str = ".json";

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
    gathered.errors.extend(found.err());
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
) -> Result<(), SourceError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = entries.map_err(|error| unreadable(folder, error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_folder = entry.file_type().map_err(|error| unreadable(&path, error))?.is_dir();
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
/// `reposerver/repository/repository.go`. Argo CD ignores some files that it can't read; here one that may be a manifest is an
/// error, since Argo CD would delete what is missing.
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
    let bytes = decoded(read_regular(path, MAX_INPUT_LENGTH)?);
    // UTF-16 without a mark is searched, too.
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
    // Most other files, such as values, have not even this, and need not be parsed.
    if !has("ind") {
        return Ok(None);
    }
    // An error about a deployment shows the line.
    if let Some(problem) = encoding_problem(&bytes) {
        return match has(WORD) {
            true => Ok(Some(bytes)),
            false if may_be_manifest(path, has) => Err(io::Error::other(problem.to_string())),
            false => Ok(None),
        };
    }
    let text = str::from_utf8(&bytes).map_err(io::Error::other)?;
    let text = match json_documents(text) {
        Some(documents) if documents.len() > 1 && ends_with(path, JSON) => {
            return Err(io::Error::other("several values, and Argo CD takes one of a .json file"));
        }
        Some(documents) => documents.join("\n---\n"),
        None => text.to_owned(),
    };
    match fault(&text) {
        // Argo CD ignores what has the key further down only, such as values.
        None if text.lines().any(|line| line.starts_with("kind:")) || has_kind_key(&text, has(WORD)) => {
            Ok(Some(text.into_bytes()))
        }
        Some(words) if has(WORD) || may_be_manifest(path, has) => Err(io::Error::other(words)),
        _ => Ok(None),
    }
}

/// Returns true for a file that has what every manifest has, and that can't be shown to be none.
fn may_be_manifest(path: &Path, has: impl Fn(&str) -> bool) -> bool {
    has("kind") && (has("apiVersion") || ends_with(path, JSON))
}

/// The bytes in UTF-8 and without a mark, by the mark: `OpenFile` of `github.com/TomOnTime/utfutil`.
fn decoded(bytes: Vec<u8>) -> Vec<u8> {
    let read: fn([u8; 2]) -> u16 = match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => return rest.to_vec(),
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return bytes,
    };
    let (pairs, _) = bytes[2..].as_chunks();
    String::from_utf16_lossy(&pairs.iter().map(|pair| read(*pair)).collect::<Vec<_>>()).into_bytes()
}

/// The values of JSON as documents of YAML, which has no characters of two escapes: what is printed is read as YAML.
fn json_documents(text: &str) -> Option<Vec<String>> {
    let values = stream::split_json(text)?.into_iter().map(|range| text[range].trim());
    Some(values.map(without_surrogates).collect())
}

/// JSON in which two escapes of one character, such as `\ud83d\ude00`, are the character.
fn without_surrogates(json: &str) -> String {
    let (mut text, mut rest) = (String::with_capacity(json.len()), json);
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let unit = |from: usize| {
            let digits = rest.get(from..from + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let pair = unit(0).zip(unit(6));
        match pair
            .and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok().filter(|char| *char > '\u{ffff}'))
        {
            Some(char) => {
                text.push(char);
                rest = &rest[12..];
            }
            None => {
                text.push_str(&rest[..2]);
                rest = &rest[2..];
            }
        }
    }
    text + rest
}

/// Returns true if Argo CD takes files of this name.
pub(super) fn has_extension(path: &Path) -> bool {
    ENDINGS.iter().any(|ending| ends_with(path, ending))
}

/// Returns true if the name of a file, such as `.yaml`, ends with this.
fn ends_with(path: &Path, ending: &str) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(ending.as_bytes()))
}

/// Returns true if a document has the key `kind` in another spelling than that of a line, or may have it.
fn has_kind_key(text: &str, may_have: bool) -> bool {
    stream::split(text).into_iter().any(|range| {
        // After an error the same one follows without end.
        let mut documents = serde_yaml::Deserializer::from_str(&text[range]).map(Value::deserialize);
        let found = documents.find_map(|document| match document {
            Ok(document) => document.get("kind").map(|_| true),
            Err(_) => Some(may_have),
        });
        found.unwrap_or_default()
    })
}

/// The first syntax error with its place. Its words are those of libyaml, without the text there, which may be secret. An
/// error in the document of a deployment is shown by its own reader.
fn fault(text: &str) -> Option<String> {
    stream::split(text).into_iter().find_map(|range| {
        let document = &text[range.clone()];
        if memmem::find(document.as_bytes(), WORD.as_bytes()).is_some() {
            return None;
        }
        let error = serde_yaml::Deserializer::from_str(document)
            .find_map(|document| IgnoredAny::deserialize(document).err())?;
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let place = error.location().map(|place| {
            let before = text[..range.start].matches('\n').count();
            format!(" at line {}, column {}", before + place.line(), place.column())
        });
        Some(format!("invalid YAML{}: {words}", place.unwrap_or_default()))
    })
}
