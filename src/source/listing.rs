//! Lists the inputs of the paths, each once, and reads them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ::ignore::{DirEntry, Error, WalkBuilder};
use rayon::prelude::*;

use super::display::display_path;
use super::error::SourceError;
use super::read::{read_file, read_input};
use super::{Gathered, Origin, Source, WalkOptions, ignored};

/// The extensions of the files that a walk reads.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The name of the settings file.
pub(crate) const SETTINGS_FILE: &str = ".seldon-trace.yaml";

/// The file that makes its folder a Helm chart.
pub(crate) const CHART_FILE: &str = "Chart.yaml";

/// Returns true for the files and folders that no walk takes.
pub(crate) fn is_never_taken(name: &OsStr) -> bool {
    [".git", SETTINGS_FILE].iter().any(|other| name == *other)
}

#[derive(Default)]
pub(super) struct Listing {
    options: WalkOptions,
    inputs: Vec<ListedInput>,
    has_stdin: bool,
    /// The index in `inputs` of each file.
    indexes: HashMap<Identity, usize>,
    pub(super) errors: Vec<SourceError>,
    notes: Vec<String>,
}

/// An input that exists and is not read yet.
struct ListedInput {
    origin: Origin,
    named: bool,
    under_chart: bool,
}

impl ListedInput {
    fn named(origin: Origin) -> Self {
        Self { origin, named: true, under_chart: false }
    }
}

/// The folders of a walk, each with true if it belongs to a Helm chart.
#[derive(Default)]
struct Charts(HashMap<PathBuf, bool>);

impl Charts {
    /// Adds a folder. Its parent has to be added before it.
    fn add(&mut self, folder: PathBuf) {
        let in_chart = self.contain(&folder) || folder.join(CHART_FILE).is_file();
        self.0.insert(folder, in_chart);
    }

    /// Returns true if the parent folder of `path` belongs to a chart.
    fn contain(&self, path: &Path) -> bool {
        path.parent().and_then(|folder| self.0.get(folder)).is_some_and(|in_chart| *in_chart)
    }
}

impl Listing {
    pub(super) fn new(options: &WalkOptions) -> Self {
        Self { options: options.clone(), ..Self::default() }
    }

    pub(super) fn add_stdin(&mut self) {
        if !std::mem::replace(&mut self.has_stdin, true) {
            self.inputs.push(ListedInput::named(Origin::Stdin));
        }
    }

    pub(super) fn add_named(&mut self, path: &Path) {
        let input = || ListedInput::named(Origin::File { path: path.to_owned() });
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path),
            Ok(metadata) => self.add_file(input(), path, &metadata),
            Err(error) => self.errors.push(SourceError::unreadable(path, error)),
        }
    }

    /// Walks `root` as ripgrep does: without following symlinks and, unless an option asks for them, without ignored and
    /// hidden files.
    fn add_folder(&mut self, root: &Path) {
        let WalkOptions { no_ignore, hidden, max_depth, .. } = self.options;
        let check_root = if no_ignore { Ok(()) } else { ignored::check_root(root) };
        if let Err((path, error)) = check_root {
            return self.errors.push(SourceError::unreadable(&path, error));
        }
        let mut charts = Charts::default();
        let mut manifests = 0;
        let invalid: Arc<Mutex<Vec<SourceError>>> = Arc::default();
        let excludes = self.options.excludes.of_walk(root);
        let mut walk = WalkBuilder::new(root);
        walk.hidden(!hidden).max_depth(max_depth).parents(!no_ignore).ignore(!no_ignore);
        walk.git_ignore(!no_ignore).git_global(!no_ignore).git_exclude(!no_ignore);
        let found = Arc::clone(&invalid);
        // The walk calls this before it reads the ignore files of a folder.
        walk.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let is_excluded =
                entry.depth() > 0 && (is_never_taken(entry.file_name()) || excludes.has(entry.path(), is_folder));
            if !is_folder || is_excluded || no_ignore {
                return !is_excluded;
            }
            let error = ignored::check_folder(entry.path()).err();
            let is_valid = error.is_none();
            let error = error.map(|(path, error)| SourceError::unreadable(&path, error));
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(error);
            is_valid
        });
        for entry in walk.sort_by_file_name(OsStr::cmp).build() {
            match entry.and_then(|entry| self.add_entry(entry, &mut charts)) {
                Ok(is_manifest) => manifests += usize::from(is_manifest),
                Err(error) => self.errors.push(error.into()),
            }
        }
        let mut invalid = invalid.lock().unwrap_or_else(PoisonError::into_inner);
        if manifests == 0 && invalid.is_empty() {
            let root = display_path(root);
            let reasons = self.options.reasons();
            self.notes.push(format!("{root}: no .yaml, .yml or .json file in it that is not {reasons}"));
        }
        self.errors.append(&mut invalid);
    }

    /// Adds an entry of a walk. Returns true if it has the extension of a manifest.
    fn add_entry(&mut self, entry: DirEntry, charts: &mut Charts) -> Result<bool, Error> {
        let file_type = entry.file_type();
        if entry.depth() == 0 || file_type.is_some_and(|kind| kind.is_dir()) {
            charts.add(entry.into_path());
            return Ok(false);
        }
        let path = entry.path();
        let is_manifest = file_type.is_some_and(|kind| kind.is_file()) && has_manifest_extension(path);
        if is_manifest {
            let origin = Origin::File { path: path.to_owned() };
            let input = ListedInput { origin, named: false, under_chart: charts.contain(path) };
            self.add_file(input, path, &entry.metadata()?);
        }
        Ok(is_manifest)
    }

    fn add_file(&mut self, input: ListedInput, path: &Path, metadata: &Metadata) {
        let identity = match identity(path, metadata) {
            Ok(identity) => identity,
            Err(error) => return self.errors.push(SourceError::unreadable(path, error)),
        };
        let next = self.inputs.len();
        let first = *self.indexes.entry(identity).or_insert(next);
        if first == next {
            return self.inputs.push(input);
        }
        let first = &mut self.inputs[first];
        if first.origin.path().is_some_and(|first| is_hard_link(first, path)) {
            let (other, name) = (display_path(path), first.origin.display_name());
            self.notes.push(format!("{other}: a hard link to {name}, which is read instead"));
        }
        first.named |= input.named;
        first.under_chart &= !first.named;
    }

    pub(super) fn read(mut self, mut stdin: impl Read) -> Gathered {
        let files: Vec<_> = self.inputs.par_iter().map(|input| input.origin.path().map(read_file)).collect();
        let mut sources = Vec::with_capacity(files.len());
        for (ListedInput { origin, named, under_chart }, file) in self.inputs.into_iter().zip(files) {
            match file.unwrap_or_else(|| read_input(&mut stdin, 0)) {
                Ok(bytes) => sources.push(Source { origin, bytes, named, under_chart }),
                Err(error) => self.errors.push(SourceError::Unreadable { name: origin.display_name(), error }),
            }
        }
        Gathered { sources, errors: self.errors, notes: self.notes }
    }
}

fn has_manifest_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// The same for all names of one file.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path)
}

/// Returns true if two paths to one file are different names of it, not only different ways through symlinks.
fn is_hard_link(first: &Path, second: &Path) -> bool {
    matches!((fs::canonicalize(first), fs::canonicalize(second)), (Ok(first), Ok(second)) if first != second)
}
