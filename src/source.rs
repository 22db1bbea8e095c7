//! Paths, folders and standard input, read into named byte strings. It knows no YAML.

mod content;
mod core2;
mod exclude;
mod ignored;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{error, fmt};

use ignore::{DirEntry, WalkBuilder};
use rayon::prelude::*;

use crate::text::drives_a_terminal;
pub use content::encoding_problem;
pub(crate) use content::has_kind_line;
pub(crate) use core2::{Core2Kind, core_2_kinds};
pub(crate) use exclude::{Excludes, ExcludesBuilder};
pub use ignored::MAX_IGNORE_LENGTH;

/// What a walk reads; a file that is named is read whatever its extension.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The file that makes its folder a Helm chart.
const CHART_FILE: &str = "Chart.yaml";

/// The most bytes of an input (4 GiB): one without an end would be read for ever.
pub const MAX_INPUT_LENGTH: u64 = 1 << 32;

/// How much of an input is read before it is searched for a NUL.
const CHUNK: u64 = 1 << 20;

/// Where bytes came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Standard input.
    Stdin,
    /// A file.
    File {
        /// The path as it was given, or as it was reached from the folder that was given.
        path: PathBuf,
    },
}

/// An input that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// Where it came from.
    pub origin: Origin,
    /// All of it.
    pub bytes: Vec<u8>,
    /// Whether it was asked for by name (standard input always is), and not merely found in a folder.
    pub named: bool,
    /// Whether a walk found it and a `Chart.yaml` stands in its folder, or in one above it that was walked too.
    pub under_chart: bool,
}

/// All inputs, and what went wrong on the way to them.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Each input once, in the order of the command line; those of a folder sorted by name.
    pub sources: Vec<Source>,
    /// Every input that could not be read.
    pub errors: Vec<SourceError>,
    /// What a user would want to know but that is no error.
    pub notes: Vec<String>,
}

/// Why there is nothing to work on, or not all of it.
#[derive(Debug)]
pub(crate) enum SourceError {
    /// No path was given, and standard input is a terminal: a usage error.
    NothingGiven,
    /// A file, a folder or standard input could not be read.
    Unreadable {
        /// Which, as it is shown to the user.
        name: String,
        /// Why.
        error: io::Error,
    },
    /// A walk broke off for another reason than the disk.
    Walk(ignore::Error),
}

/// Reads what `paths` name: files, folders and `-`; with no path, standard input. A walk of a folder leaves out what is
/// excluded.
///
/// A file that is reached twice, by whatever names, is read once, in the place of its first mention.
pub(crate) fn gather(paths: &[PathBuf], excludes: &Excludes, stdin: impl Read, stdin_is_terminal: bool) -> Gathered {
    let mut listing = Listing { excludes: excludes.clone(), ..Listing::default() };
    if paths.is_empty() && stdin_is_terminal {
        listing.errors.push(SourceError::NothingGiven);
    } else if paths.is_empty() {
        listing.add_stdin();
    }
    for path in paths {
        if path.as_os_str() == "-" {
            listing.add_stdin();
        } else {
            listing.add_named(path);
        }
    }
    listing.read(stdin)
}

/// A path as it can be shown anywhere: control characters and what is not UTF-8 are escaped.
pub(crate) fn display_path(path: &Path) -> String {
    if path.as_os_str().is_empty() {
        return "''".to_owned();
    }
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            if drives_a_terminal(character) {
                shown.extend(character.escape_default());
            } else {
                shown.push(character);
            }
        }
        shown.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    shown
}

/// The cause of an I/O error as a part of a sentence, without the number of the operating system.
pub(crate) fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut characters = text.chars();
            characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
        }
    }
}

impl Origin {
    /// The name to show, on one line and without control characters.
    pub(crate) fn display_name(&self) -> String {
        self.path().map_or_else(|| "standard input".to_owned(), display_path)
    }

    /// The path, byte for byte; none for standard input.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File { path } => Some(path),
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingGiven => {
                f.write_str("no file given: name files or folders, or pipe a manifest into standard input")
            }
            Self::Unreadable { name, error } => write!(f, "{name}: {}", cause(error)),
            Self::Walk(error) => error.fmt(f),
        }
    }
}

impl error::Error for SourceError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::NothingGiven => None,
            Self::Unreadable { error, .. } => Some(error),
            Self::Walk(error) => Some(error),
        }
    }
}

impl From<ignore::Error> for SourceError {
    fn from(error: ignore::Error) -> Self {
        let Some(path) = failed_path(&error).map(display_path) else { return Self::Walk(error) };
        match error.io_error().map(io::Error::kind) {
            Some(kind) => Self::Unreadable { name: path, error: kind.into() },
            None => Self::Walk(error),
        }
    }
}

/// The path that a walk failed at, from within the layers that `ignore` wraps around it.
fn failed_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failed_path(err),
        _ => None,
    }
}

/// What is going to be read.
#[derive(Default)]
struct Listing {
    excludes: Excludes,
    found: Vec<ListedInput>,
    has_stdin: bool,
    /// Where in `found` a file stands that was reached before.
    seen: HashMap<Identity, usize>,
    errors: Vec<SourceError>,
    notes: Vec<String>,
}

/// An input that is known to exist but not read yet.
struct ListedInput {
    origin: Origin,
    named: bool,
    under_chart: bool,
}

impl ListedInput {
    fn named(origin: Origin) -> Self {
        Self { origin, named: true, under_chart: false }
    }

    fn walked(path: PathBuf, under_chart: bool) -> Self {
        Self { origin: Origin::File { path }, named: false, under_chart }
    }
}

/// The folders of a walk, and whether each belongs to a Helm chart.
#[derive(Default)]
struct Charts {
    folders: HashMap<PathBuf, bool>,
}

impl Charts {
    /// Takes in a folder, after the one that it stands in.
    fn enter(&mut self, folder: PathBuf) {
        let in_chart = self.hold(&folder) || folder.join(CHART_FILE).is_file();
        self.folders.insert(folder, in_chart);
    }

    /// Whether the folder that `path` stands in belongs to a chart.
    fn hold(&self, path: &Path) -> bool {
        path.parent().and_then(|folder| self.folders.get(folder)).is_some_and(|in_chart| *in_chart)
    }
}

impl Listing {
    fn add_stdin(&mut self) {
        if !std::mem::replace(&mut self.has_stdin, true) {
            self.found.push(ListedInput::named(Origin::Stdin));
        }
    }

    fn add_named(&mut self, path: &Path) {
        let file = || ListedInput::named(Origin::File { path: path.to_owned() });
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path),
            Ok(metadata) => self.add_file(file(), path, &metadata),
            Err(error) => self.errors.push(SourceError::Unreadable { name: display_path(path), error }),
        }
    }

    /// Walks `root` as ripgrep does: ignore files count, hidden files are passed over, symlinks are not followed.
    fn add_folder(&mut self, root: &Path) {
        if let Err((path, error)) = ignored::check_root(root) {
            return self.errors.push(SourceError::Unreadable { name: display_path(&path), error });
        }
        let mut charts = Charts::default();
        let mut manifests = 0;
        let unfit: Arc<Mutex<Vec<SourceError>>> = Arc::default();
        let excludes = self.excludes.of_walk(root);
        let mut walk = WalkBuilder::new(root);
        let found = Arc::clone(&unfit);
        // The walk asks before it reads the ignore files of a folder.
        walk.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let is_excluded = entry.depth() > 0 && excludes.has(entry.path(), is_folder);
            if !is_folder || is_excluded {
                return !is_excluded;
            }
            let checked = ignored::check_folder(entry.path());
            let error = checked.map_err(|(path, error)| SourceError::Unreadable { name: display_path(&path), error });
            let is_fit = error.is_ok();
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(error.err());
            is_fit
        });
        for entry in walk.sort_by_file_name(OsStr::cmp).build() {
            match entry.and_then(|entry| self.add_entry(entry, &mut charts)) {
                Ok(is_manifest) => manifests += usize::from(is_manifest),
                Err(error) => self.errors.push(error.into()),
            }
        }
        let mut unfit = unfit.lock().unwrap_or_else(PoisonError::into_inner);
        if manifests == 0 && unfit.is_empty() {
            let root = display_path(root);
            self.notes
                .push(format!("{root}: no .yaml, .yml or .json file in it that is not hidden, ignored or excluded"));
        }
        self.errors.append(&mut unfit);
    }

    /// Takes what a walk came upon, and says whether it is a manifest's file.
    fn add_entry(&mut self, entry: DirEntry, charts: &mut Charts) -> Result<bool, ignore::Error> {
        let file_type = entry.file_type();
        if entry.depth() == 0 || file_type.is_some_and(|kind| kind.is_dir()) {
            charts.enter(entry.into_path());
            return Ok(false);
        }
        let is_manifest = file_type.is_some_and(|kind| kind.is_file()) && has_manifest_extension(entry.path());
        if is_manifest {
            let metadata = entry.metadata()?;
            let found = ListedInput::walked(entry.path().to_owned(), charts.hold(entry.path()));
            self.add_file(found, entry.path(), &metadata);
        }
        Ok(is_manifest)
    }

    fn add_file(&mut self, found: ListedInput, path: &Path, metadata: &Metadata) {
        let identity = match identity(path, metadata) {
            Ok(identity) => identity,
            Err(error) => {
                return self.errors.push(SourceError::Unreadable { name: display_path(path), error });
            }
        };
        let next = self.found.len();
        let first = *self.seen.entry(identity).or_insert(next);
        if first == next {
            return self.found.push(found);
        }
        let first = &mut self.found[first];
        if first.origin.path().is_some_and(|first| is_another_name(first, path)) {
            let (other, name) = (display_path(path), first.origin.display_name());
            self.notes.push(format!("{other}: a hard link to {name}, which is read in its place"));
        }
        first.named |= found.named;
        first.under_chart &= !first.named;
    }

    fn read(mut self, mut stdin: impl Read) -> Gathered {
        let files: Vec<_> = self.found.par_iter().map(|found| found.origin.path().map(read_file)).collect();
        let mut sources = Vec::with_capacity(files.len());
        for (ListedInput { origin, named, under_chart }, file) in self.found.into_iter().zip(files) {
            match file.unwrap_or_else(|| read_input(&mut stdin, 0)) {
                Ok(bytes) => sources.push(Source { origin, bytes, named, under_chart }),
                Err(error) => self.errors.push(SourceError::Unreadable { name: origin.display_name(), error }),
            }
        }
        Gathered { sources, errors: self.errors, notes: self.notes }
    }
}

fn has_manifest_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|ours| extension.eq_ignore_ascii_case(ours)))
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    read_input(file, length)
}

/// Reads an input, `length` bytes as far as is known.
fn read_input(input: impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if length <= MAX_INPUT_LENGTH {
        bytes.reserve_exact(usize::try_from(length).unwrap_or_default());
        read_text(input, &mut bytes)?;
    }
    if length.max(bytes.len() as u64) > MAX_INPUT_LENGTH {
        return Err(io::Error::other("more than 4 GiB"));
    }
    Ok(bytes)
}

/// Reads an input to its end, one byte more than it may have, or a NUL. What has a NUL is refused, however it goes on.
pub(crate) fn read_text(input: impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut input = input.take(MAX_INPUT_LENGTH + 1);
    loop {
        let start = bytes.len();
        let count = input.by_ref().take(CHUNK).read_to_end(bytes)?;
        if count == 0 || memchr::memchr(0, &bytes[start..]).is_some() {
            return Ok(());
        }
    }
}

/// Reads a file that is no input, up to one byte more than `limit`. It has to be a regular one, or `/dev/null`.
pub(crate) fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    let mut bytes = Vec::new();
    if metadata.is_file() || metadata.is_dir() {
        File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    } else if !fs::canonicalize(path).is_ok_and(|path| path == Path::new("/dev/null")) {
        return Err(io::Error::other(format!("{}, and not a regular file", kind_of(&metadata))));
    }
    Ok(bytes)
}

/// What something is that is no regular file.
#[cfg(unix)]
pub(crate) fn kind_of(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match metadata.file_type() {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

/// What something is that is no regular file.
#[cfg(not(unix))]
pub(crate) fn kind_of(_: &Metadata) -> &'static str {
    "a device"
}

/// What two names of one file have in common.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok((metadata.dev(), metadata.ino()))
}

/// What two names of one file have in common.
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path)
}

/// Whether two paths to one file lead to it by two names, and not merely through different folders and symlinks.
fn is_another_name(first: &Path, second: &Path) -> bool {
    match (fs::canonicalize(first), fs::canonicalize(second)) {
        (Ok(first), Ok(second)) => first != second,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::empty;
    use tempfile::TempDir;

    type TestResult = Result<(), Box<dyn error::Error>>;

    /// A folder with these files, each holding its own name.
    fn folder(files: &[&str]) -> io::Result<TempDir> {
        let folder = tempfile::tempdir()?;
        for name in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(path, name)?;
        }
        Ok(folder)
    }

    /// What was read, as paths below `folder` (or `-`).
    fn names(folder: &TempDir, gathered: &Gathered) -> Vec<String> {
        let name = |source: &Source| match source.origin.path() {
            Some(path) => path.strip_prefix(folder).unwrap_or(path).display().to_string(),
            None => "-".to_owned(),
        };
        gathered.sources.iter().map(name).collect()
    }

    fn walk(folder: &TempDir) -> Vec<String> {
        names(folder, &gather(&[folder.path().to_owned()], &Excludes::default(), empty(), false))
    }

    #[test]
    fn no_path_is_standard_input_unless_that_is_a_terminal() {
        let gathered = gather(&[], &Excludes::default(), &b"kind: A"[..], false);
        assert_eq!(gathered.sources[0].bytes, b"kind: A");
        assert_eq!(gathered.sources[0].origin.display_name(), "standard input");
        assert!(gathered.sources[0].named);
        let gathered = gather(&[], &Excludes::default(), &b"kind: A"[..], true);
        assert!(gathered.sources.is_empty());
        assert!(matches!(gathered.errors[..], [SourceError::NothingGiven]));
    }

    #[test]
    fn standard_input_named_twice_is_read_once() {
        let gathered = gather(&["-".into(), "-".into()], &Excludes::default(), &b"a"[..], true);
        assert_eq!(gathered.sources.len(), 1);
    }

    #[test]
    fn a_walk_is_sorted_and_reads_manifests_alone() -> TestResult {
        let folder = folder(&[
            "b.yaml",
            "a.YML",
            "c/d.json",
            "B.yaml",
            "notes.txt",
            ".hidden.yaml",
            ".x.yaml.seldon-trace-aB3dE6.tmp",
            "skipped.yaml",
            ".ignore",
        ])?;
        fs::write(folder.path().join(".ignore"), "skipped.yaml\n")?;
        fs::create_dir(folder.path().join("folder.yaml"))?;
        assert_eq!(walk(&folder), ["B.yaml", "a.YML", "b.yaml", "c/d.json"]);
        Ok(())
    }

    #[test]
    fn git_ignore_files_count_inside_a_repository_alone() -> TestResult {
        let folder = folder(&["a.yaml", ".gitignore"])?;
        fs::write(folder.path().join(".gitignore"), "a.yaml\n")?;
        assert_eq!(walk(&folder), ["a.yaml"]);
        fs::create_dir(folder.path().join(".git"))?;
        assert_eq!(walk(&folder), [""; 0]);
        Ok(())
    }

    #[test]
    fn a_named_file_is_read_whatever_it_is_called() -> TestResult {
        let folder = folder(&["manifest.txt"])?;
        let gathered = gather(&[folder.path().join("manifest.txt")], &Excludes::default(), empty(), false);
        assert_eq!(gathered.sources[0].bytes, b"manifest.txt");
        assert!(gathered.sources[0].named);
        Ok(())
    }

    #[test]
    fn all_errors_are_collected() {
        let gathered = gather(&["no/such.yaml".into(), "nor\x1bthis".into()], &Excludes::default(), empty(), false);
        let errors: Vec<_> = gathered.errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors, ["no/such.yaml: no such file or directory", "nor\\u{1b}this: no such file or directory"]);
    }

    #[test]
    fn an_empty_folder_is_noted() -> TestResult {
        let folder = folder(&["notes.txt"])?;
        let gathered = gather(&[folder.path().to_owned()], &Excludes::default(), empty(), false);
        assert!(gathered.notes[0].contains("no .yaml"), "{:?}", gathered.notes);
        assert!(gathered.errors.is_empty());
        Ok(())
    }

    #[test]
    fn what_stands_under_a_chart_is_marked() -> TestResult {
        let folder = folder(&["a.yaml", "chart/Chart.yaml", "chart/templates/b.yaml", "charts.yaml"])?;
        let gathered = gather(&[folder.path().to_owned()], &Excludes::default(), empty(), false);
        let marks: Vec<_> = gathered.sources.iter().map(|source| source.under_chart).collect();
        assert_eq!(names(&folder, &gathered), ["a.yaml", "chart/Chart.yaml", "chart/templates/b.yaml", "charts.yaml"]);
        assert_eq!(marks, [false, true, true, false]);
        let chart = folder.path().join("chart");
        let gathered = gather(&[chart.clone(), chart.join("templates/b.yaml")], &Excludes::default(), empty(), false);
        let marks: Vec<_> = gathered.sources.iter().map(|source| (source.named, source.under_chart)).collect();
        assert_eq!(marks, [(false, true), (true, false)], "the walked root counts, and what is named is asked for");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_file_reached_twice_is_read_once() -> TestResult {
        let folder = folder(&["a.yaml", "b.yaml"])?;
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("b.yaml", &link)?;
        fs::hard_link(folder.path().join("a.yaml"), folder.path().join("hard.yaml"))?;
        let gathered = gather(&[link.clone(), folder.path().to_owned(), link], &Excludes::default(), empty(), false);
        assert_eq!(names(&folder, &gathered), ["link", "a.yaml"]);
        let named: Vec<_> = gathered.sources.iter().map(|source| source.named).collect();
        assert_eq!(named, [true, false]);
        assert_eq!(gathered.notes.len(), 1, "{:?}", gathered.notes);
        assert!(gathered.notes[0].contains("hard.yaml: a hard link to "));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_may_be_a_symlink_but_none_inside_is_followed() -> TestResult {
        let folder = folder(&["real/a.yaml", "other/b.yaml"])?;
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("real", &link)?;
        std::os::unix::fs::symlink("../other", folder.path().join("real/other"))?;
        std::os::unix::fs::symlink("../other/b.yaml", folder.path().join("real/b.yaml"))?;
        let gathered = gather(&[link], &Excludes::default(), empty(), false);
        assert_eq!(names(&folder, &gathered), ["link/a.yaml"]);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn an_unreadable_folder_is_an_error_but_no_reason_to_stop() -> TestResult {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder(&["a.yaml", "closed/b.yaml", "d.yaml"])?;
        let closed = folder.path().join("closed");
        fs::set_permissions(&closed, PermissionsExt::from_mode(0o000))?;
        let is_root = fs::read_dir(&closed).is_ok();
        let gathered = gather(&[folder.path().to_owned()], &Excludes::default(), empty(), false);
        fs::set_permissions(&closed, PermissionsExt::from_mode(0o755))?;
        if !is_root {
            assert_eq!(names(&folder, &gathered), ["a.yaml", "d.yaml"]);
            assert_eq!(gathered.errors[0].to_string(), format!("{}: permission denied", closed.display()));
        }
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_named_fifo_is_read() -> TestResult {
        let folder = folder(&[])?;
        let fifo = folder.path().join("fifo");
        if !std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
            return Ok(());
        }
        let writer = std::thread::spawn({
            let fifo = fifo.clone();
            move || fs::write(fifo, "kind: A")
        });
        let gathered = gather(&[fifo], &Excludes::default(), empty(), false);
        assert_eq!(gathered.sources[0].bytes, b"kind: A");
        assert!(writer.join().is_ok_and(|written| written.is_ok()));
        assert!(walk(&folder).is_empty());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn names_are_shown_without_control_characters() {
        use std::os::unix::ffi::OsStrExt;
        let name = Path::new(OsStr::from_bytes(b"a\x1b[2J\nb\xffc \xc3\xa9\xe2\x80\xae"));
        assert_eq!(display_path(name), "a\\u{1b}[2J\\nb\\xffc é\\u{202e}");
    }
}
