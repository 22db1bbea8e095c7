//! The one place that writes to disk: files are replaced whole or not at all.
//!
//! Every new text is first written beside its file and brought to the disk; then every file is checked to be what was
//! read; only then the new ones are renamed over the old. A name never leads to half a file, and what fails before the
//! first rename leaves all files as they were.
//!
//! # Limitations
//! A new file takes the mode and, where the system allows it, the owner of the old one; access control lists and other
//! extended attributes do not follow it. Between the last look at a file and its rename another program can still
//! write to it: no portable call closes that gap.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::{error, fmt};

use rayon::prelude::*;
use tempfile::TempPath;

use crate::source::{cause, display_path, kind_of};
use crate::stdout::StandardOutput;

/// What stands in a temporary file's name between the file's own and the random part.
const TEMPORARY_MARK: &str = ".seldon-trace-";

/// It starts with a dot and does not end as a manifest does, so that no walk ever reads it.
const TEMPORARY_SUFFIX: &str = ".tmp";

/// A file's name that is longer is left out of its temporary file's, as most systems end at 255 bytes.
const LONGEST_NAME: usize = 200;

/// How much is read or written at once.
const BUFFER: usize = 1 << 16;

/// Where the kernel leaves a chain of symlinks.
const LONGEST_CHAIN: usize = 40;

/// One file and what will stand in it.
#[derive(Debug, Clone)]
pub(crate) struct Replacement<'a> {
    /// The file, or a symlink to it.
    pub path: &'a Path,
    /// What was read from it and must still stand there. `None` for an output file, which may be missing, hold
    /// anything, or be a pipe or device.
    pub original: Option<&'a [u8]>,
    /// The new text, piece by piece.
    pub pieces: Vec<&'a [u8]>,
}

/// Why not every file was replaced, and how far it came.
#[derive(Debug)]
pub(crate) struct WriteError {
    /// The file that failed, as it was given.
    pub path: PathBuf,
    /// What was wrong with it.
    pub problem: WriteProblem,
    /// The files that hold their new text already.
    pub replaced: Vec<PathBuf>,
    /// The files that are as they were, the failed one among them.
    pub untouched: Vec<PathBuf>,
}

/// What was wrong with a file.
#[derive(Debug)]
pub(crate) enum WriteProblem {
    /// It holds something else than what was read.
    Changed,
    /// It is a folder.
    Folder,
    /// It is a pipe, a socket or a device, which can't be replaced by a file.
    NotAFile(&'static str),
    /// Another replacement is for the same file.
    Twice,
    /// The system refused.
    Refused {
        /// What was tried: "cannot …".
        attempt: &'static str,
        /// Its answer.
        error: io::Error,
    },
}

/// Replaces every file whole, or none where that can be known beforehand. Returns what a user should be told.
///
/// # Errors
/// [`WriteError`], which says whether and which files were replaced all the same.
pub(crate) fn replace_all(replacements: &[Replacement]) -> Result<Vec<String>, WriteError> {
    let whole = |failure: Failure| failure.into_error(replacements, 0);
    let targets = resolve_all(replacements).map_err(whole)?;
    let staged = stage_all(replacements, &targets).map_err(whole)?;
    for (at, (replacement, target)) in replacements.iter().zip(&targets).enumerate() {
        check_unchanged(replacement, target).map_err(|problem| whole(Failure { at, problem }))?;
    }
    for (at, (replacement, (target, staged))) in replacements.iter().zip(targets.iter().zip(staged)).enumerate() {
        let partial = |problem| Failure { at, problem }.into_error(replacements, at);
        put_in_place(replacement, target, staged).map_err(partial)?;
    }
    Ok(replacements.iter().zip(&targets).filter_map(|(replacement, target)| target.note(replacement.path)).collect())
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", display_path(&self.path), self.problem)?;
        if self.replaced.is_empty() {
            return f.write_str("; no file was changed");
        }
        for (heading, paths) in [("already replaced:", &self.replaced), ("not replaced:", &self.untouched)] {
            write!(f, "\n{heading}")?;
            for path in paths {
                write!(f, "\n  {}", display_path(path))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for WriteProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("changed since it was read; run the command again"),
            Self::Folder => f.write_str("is a folder; name a file in it"),
            Self::NotAFile(kind) => write!(f, "is {kind}, which cannot be replaced; write to standard output instead"),
            Self::Twice => f.write_str("would be written twice; name it once"),
            Self::Refused { attempt, error } => write!(f, "cannot {attempt}: {}", cause(error)),
        }
    }
}

/// Its cause is part of what it says.
impl error::Error for WriteError {}

impl WriteProblem {
    /// What to make of an error that an attempt ends with.
    fn refused(attempt: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::Refused { attempt, error }
    }
}

/// The replacement that failed, by its place.
struct Failure {
    at: usize,
    problem: WriteProblem,
}

impl Failure {
    /// The first failure of a list of results, or what all of them gave.
    fn first_of<T>(results: impl IntoIterator<Item = Result<T, WriteProblem>>) -> Result<Vec<T>, Self> {
        results.into_iter().enumerate().map(|(at, result)| result.map_err(|problem| Self { at, problem })).collect()
    }

    fn into_error(self, replacements: &[Replacement], replaced: usize) -> WriteError {
        let paths = |part: &[Replacement]| part.iter().map(|replacement| replacement.path.to_owned()).collect();
        WriteError {
            path: replacements[self.at].path.to_owned(),
            problem: self.problem,
            replaced: paths(&replacements[..replaced]),
            untouched: paths(&replacements[replaced..]),
        }
    }
}

/// What a path leads to.
enum Destination {
    /// A file, by the path that no symlink is left in.
    Existing { path: PathBuf, metadata: Metadata },
    /// No file yet.
    Missing { path: PathBuf },
    /// A pipe or device, which is written to and not replaced.
    Stream,
}

impl Destination {
    fn note(&self, given: &Path) -> Option<String> {
        let Self::Existing { metadata, .. } = self else { return None };
        let links = link_count(metadata);
        (links > 1).then(|| {
            let name = display_path(given);
            format!("{name}: one of {links} hard links to a file; this name alone has the new text, the others the old")
        })
    }
}

fn resolve_all(replacements: &[Replacement]) -> Result<Vec<Destination>, Failure> {
    let targets = Failure::first_of(replacements.iter().map(resolve))?;
    let mut seen = HashSet::new();
    for (at, target) in targets.iter().enumerate() {
        if let Destination::Existing { path, .. } | Destination::Missing { path } = target
            && !seen.insert(path)
        {
            return Err(Failure { at, problem: WriteProblem::Twice });
        }
    }
    Ok(targets)
}

fn resolve(replacement: &Replacement) -> Result<Destination, WriteProblem> {
    let Replacement { path, original, .. } = replacement;
    let is_output = original.is_none();
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_output && error.kind() == io::ErrorKind::NotFound => {
            return follow(path)
                .map(|path| Destination::Missing { path })
                .map_err(WriteProblem::refused("follow the symlink"));
        }
        Err(error) => return Err(WriteProblem::Refused { attempt: "find the file", error }),
    };
    if metadata.is_dir() {
        return Err(WriteProblem::Folder);
    }
    if is_output && (is_standard_output(path) || !metadata.is_file()) {
        return Ok(Destination::Stream);
    }
    if !metadata.is_file() {
        return Err(WriteProblem::NotAFile(kind_of(&metadata)));
    }
    let path = fs::canonicalize(path).map_err(WriteProblem::refused("follow the symlink"))?;
    Ok(Destination::Existing { path, metadata })
}

/// The path at the end of a chain of symlinks that lead to a file which does not exist yet.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LONGEST_CHAIN {
        if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            break;
        }
        path = folder_of(&path).join(fs::read_link(&path)?);
    }
    Ok(path)
}

/// Whether `path` is the file that the shell may have opened for us, and to which we must add instead of replacing it.
fn is_standard_output(path: &Path) -> bool {
    cfg!(unix) && path == Path::new("/dev/stdout")
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes every new text to its temporary file. At once, for most of the time the disk is waited for.
fn stage_all(replacements: &[Replacement], targets: &[Destination]) -> Result<Vec<Option<TempPath>>, Failure> {
    let staged: Vec<_> =
        replacements.par_iter().zip(targets).map(|(replacement, target)| stage(&replacement.pieces, target)).collect();
    Failure::first_of(staged)
}

fn stage(pieces: &[&[u8]], target: &Destination) -> Result<Option<TempPath>, WriteProblem> {
    let (path, replaced) = match target {
        Destination::Existing { path, metadata } => (path, Some(metadata)),
        Destination::Missing { path } => (path, None),
        Destination::Stream => return Ok(None),
    };
    let prefix = temporary_prefix(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(TEMPORARY_SUFFIX);
    if replaced.is_none() {
        allow_what_the_umask_allows(&mut builder);
    }
    let temporary =
        builder.tempfile_in(folder_of(path)).map_err(WriteProblem::refused("make a new file in its folder"))?;
    // The file is closed at the end of this function: a run may have more of them than it may hold open.
    let (file, temporary) = temporary.into_parts();
    write_pieces(&file, pieces)
        .and_then(|()| replaced.map_or(Ok(()), |metadata| take_after(&file, metadata)))
        .and_then(|()| file.sync_all())
        .map_err(WriteProblem::refused("write the new file beside it"))?;
    Ok(Some(temporary))
}

fn temporary_prefix(path: &Path) -> OsString {
    let name = path.file_name().filter(|name| name.len() <= LONGEST_NAME).unwrap_or(OsStr::new(""));
    let mut prefix = OsString::from(if name.is_empty() { "" } else { "." });
    prefix.push(name);
    prefix.push(TEMPORARY_MARK);
    prefix
}

fn write_pieces(out: impl Write, pieces: &[&[u8]]) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    pieces.iter().try_for_each(|piece| out.write_all(piece))?;
    out.flush()
}

/// Refuses a file that holds something else than what was read, or is no longer there.
fn check_unchanged(replacement: &Replacement, target: &Destination) -> Result<(), WriteProblem> {
    let (Some(original), Destination::Existing { path, .. }) = (replacement.original, target) else { return Ok(()) };
    match holds(path, original) {
        Ok(true) => Ok(()),
        Ok(false) => Err(WriteProblem::Changed),
        Err(error) => Err(WriteProblem::Refused { attempt: "read it again", error }),
    }
}

fn holds(path: &Path, expected: &[u8]) -> io::Result<bool> {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
    let mut rest = expected;
    loop {
        let read = file.fill_buf()?;
        if read.is_empty() {
            return Ok(rest.is_empty());
        }
        let Some(after) = rest.strip_prefix(read) else { return Ok(false) };
        rest = after;
        let length = read.len();
        file.consume(length);
    }
}

fn put_in_place(replacement: &Replacement, target: &Destination, staged: Option<TempPath>) -> Result<(), WriteProblem> {
    match (target, staged) {
        (Destination::Existing { path, .. } | Destination::Missing { path }, Some(staged)) => {
            check_unchanged(replacement, target)?;
            staged.persist(path).map_err(|error| WriteProblem::Refused { attempt: "replace it", error: error.error })
        }
        _ => write_through(replacement).map_err(WriteProblem::refused("write to it")),
    }
}

fn write_through(replacement: &Replacement) -> io::Result<()> {
    if is_standard_output(replacement.path) {
        return write_pieces(StandardOutput::lock(), &replacement.pieces);
    }
    write_pieces(OpenOptions::new().write(true).open(replacement.path)?, &replacement.pieces)
}

#[cfg(unix)]
fn link_count(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn link_count(_: &Metadata) -> u64 {
    1
}

/// A temporary file is its owner's alone unless it is told otherwise; one that becomes a new file must not stay so.
#[cfg(unix)]
fn allow_what_the_umask_allows(builder: &mut tempfile::Builder) {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
}

#[cfg(not(unix))]
fn allow_what_the_umask_allows(_: &mut tempfile::Builder) {}

/// Gives `file` the owner, as far as the system lets us, and the mode of the file that it replaces. The owner comes
/// first, for changing it clears some bits of the mode.
#[cfg(unix)]
fn take_after(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let fresh = file.metadata()?;
    if (fresh.uid(), fresh.gid()) != (replaced.uid(), replaced.gid()) {
        // Only root may give a file away; its owner may still pass it to a group of theirs.
        let given = fchown(file, Some(replaced.uid()), Some(replaced.gid()));
        let _ = given.or_else(|_| fchown(file, None, Some(replaced.gid())));
    }
    if fresh.mode() == replaced.mode() { Ok(()) } else { file.set_permissions(replaced.permissions()) }
}

#[cfg(not(unix))]
fn take_after(file: &File, replaced: &Metadata) -> io::Result<()> {
    file.set_permissions(replaced.permissions())
}

#[cfg(all(test, unix))]
mod tests;
