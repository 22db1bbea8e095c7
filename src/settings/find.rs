//! Finds the settings file.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{File, Refused};
use crate::diagnostic::Diagnostic;
pub(crate) use crate::source::SETTINGS_FILE as FILE_NAME;
use crate::source::{cause, display_path, encoding_problem, lexical, read_regular};

/// The largest size of a settings file, in bytes. A device has no end.
pub const MAX_SETTINGS_LENGTH: u64 = 1 << 20;

/// An existing settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundFile {
    /// The path, as it is displayed.
    pub path: PathBuf,
    pub folder: PathBuf,
}

impl FoundFile {
    /// The file of this path.
    pub(crate) fn named(path: &Path, working_folder: &Path) -> Self {
        let folder = working_folder.join(path).parent().map(Path::to_path_buf).unwrap_or_default();
        Self { path: path.to_owned(), folder }
    }
}

/// The settings file of the working folder or, where it has none, of the nearest folder above it. The root of a
/// repository is the last folder that is searched.
pub(crate) fn find(working_folder: &Path) -> Option<FoundFile> {
    let mut way = PathBuf::new();
    for folder in working_folder.ancestors() {
        // A dangling link is found here, and an error later.
        if fs::symlink_metadata(folder.join(FILE_NAME)).is_ok() {
            return Some(FoundFile { path: way.join(FILE_NAME), folder: folder.to_owned() });
        }
        if folder.join(".git").exists() {
            return None;
        }
        way.push("..");
    }
    None
}

/// Finds the settings file of each input: that of its folder, or of the nearest folder above it.
#[derive(Debug)]
pub(crate) struct Finder {
    working_folder: PathBuf,
    /// Folders, and the folder of the settings file of each.
    known: HashMap<PathBuf, Option<PathBuf>>,
}

impl Finder {
    /// Paths are displayed relative to this folder.
    pub(crate) fn new(working_folder: &Path) -> Self {
        let working_folder = working_folder.canonicalize().unwrap_or_else(|_| working_folder.to_owned());
        Self { working_folder, known: HashMap::new() }
    }

    /// The settings file for the files of a folder. Each folder is searched once.
    pub(crate) fn find(&mut self, folder: &Path) -> Option<FoundFile> {
        let folder = self.working_folder.join(folder);
        let folder = folder.canonicalize().unwrap_or_else(|_| lexical(&folder));
        let (mut found, mut passed) = (None, Vec::new());
        for folder in folder.ancestors() {
            if let Some(known) = self.known.get(folder) {
                found.clone_from(known);
                break;
            }
            passed.push(folder.to_owned());
            if fs::symlink_metadata(folder.join(FILE_NAME)).is_ok() {
                found = Some(folder.to_owned());
                break;
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        self.known.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        let folder = found?;
        Some(FoundFile { path: way(&self.working_folder, &folder).join(FILE_NAME), folder })
    }
}

/// The path from one folder to another.
fn way(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

impl FoundFile {
    /// Returns true if both are the same file.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let real = |found: &Self| found.folder.canonicalize().unwrap_or_else(|_| found.folder.clone());
        real(self) == real(other) && self.path.file_name() == other.path.file_name()
    }
}

/// Reads a settings file.
///
/// # Errors
/// All errors in the file.
pub(crate) fn open(found: &FoundFile) -> Result<File, Refused> {
    // kustomize gives a plugin its config in a temporary file, which the user has never seen: the resource has a name.
    let is_of_kustomize =
        found.path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"kust-plugin-config-"));
    let name = if is_of_kustomize { "the plugin's config".to_owned() } else { display_path(&found.path) };
    let refused = |words: &str| Refused::typed(vec![Diagnostic::new(format!("{name}: {words}"), "")]);
    let bytes = read_regular(&found.path, MAX_SETTINGS_LENGTH).map_err(|error| refused(&cause(&error)))?;
    if bytes.len() as u64 > MAX_SETTINGS_LENGTH {
        return Err(refused(&format!("more than {MAX_SETTINGS_LENGTH} bytes, which no settings file has")));
    }
    if let Some(problem) = encoding_problem(&bytes) {
        return Err(refused(&problem.to_string()));
    }
    File::parse(name, found.folder.clone(), String::from_utf8_lossy(&bytes).into_owned())
}

/// A path relative to a folder, without `.` and `..`; `None` where it is outside. Links are not followed.
pub(crate) fn relative(path: &Path, folder: &Path) -> Option<PathBuf> {
    let working_folder = std::env::current_dir().ok()?;
    let clean = |path: &Path| lexical(&working_folder.join(path));
    clean(path).strip_prefix(clean(folder)).ok().map(Path::to_path_buf)
}

/// The same for a path that may be inside only after its links are followed.
pub(super) fn relative_by_links(path: &Path, folder: &Path) -> Option<PathBuf> {
    relative(path, folder).or_else(|| {
        let parent = Some(path.parent()?).filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        relative(&parent.canonicalize().ok()?.join(path.file_name()?), &folder.canonicalize().ok()?)
    })
}
