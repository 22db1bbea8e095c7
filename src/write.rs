//! Writes files: each is replaced whole or not at all.
//!
//! Each new text is first written to a temporary file in the same folder and synced. Then each file is compared with
//! what was read from it. Only then are the temporary files renamed. A path never leads to half a file, and an error
//! before the first rename leaves all files unchanged.
//!
//! # Limitations
//! A new file has the mode and, where the system allows it, the owner of the old one, but not its access control lists
//! and other extended attributes. Another program can still write to a file between the last check and the rename: no
//! portable call prevents that.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::{error, fmt};

use rayon::prelude::*;
use tempfile::TempPath;

use crate::source::{cause, display_path, file_kind};
use crate::stdout::StandardOutput;

/// The part of a temporary file's name between the name of the file and the random part.
const TEMPORARY_MARK: &str = ".seldon-trace-";

/// Not an extension of a manifest, so that no walk reads a temporary file.
const TEMPORARY_SUFFIX: &str = ".tmp";

/// A longer file name is left out of the temporary file's name: most systems allow 255 bytes.
const LONGEST_NAME: usize = 200;

const BUFFER: usize = 1 << 16;

/// The limit of the Linux kernel for a chain of symlinks.
const LONGEST_CHAIN: usize = 40;

/// A file and its new text.
#[derive(Debug, Clone)]
pub(crate) struct Replacement<'a> {
    /// The file, or a symlink to it.
    pub path: &'a Path,
    /// The text that was read from it, and that it must still have. `None` for an output file, which may be missing, a
    /// pipe or a device.
    pub original: Option<&'a [u8]>,
    /// The new text.
    pub pieces: Vec<&'a [u8]>,
}

#[derive(Debug)]
pub(crate) struct WriteError {
    /// The file that failed, as given.
    pub path: PathBuf,
    pub problem: WriteProblem,
    /// The files that have their new text.
    pub replaced: Vec<PathBuf>,
    /// The files that are unchanged, with the failed one.
    pub untouched: Vec<PathBuf>,
}

#[derive(Debug)]
pub(crate) enum WriteProblem {
    /// It no longer has the text that was read.
    Changed,
    Folder,
    /// A pipe, socket or device.
    NotAFile(&'static str),
    Twice,
    /// An I/O error.
    Io {
        /// Completes "cannot …".
        attempt: &'static str,
        error: io::Error,
    },
}

/// Replaces every file whole, or none if an error is found before the first rename. Returns notes for the user.
///
/// # Errors
/// The first [`WriteError`], with the files that were already replaced.
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
            Self::Io { attempt, error } => write!(f, "cannot {attempt}: {}", cause(error)),
        }
    }
}

// Without `source`: the message has the cause.
impl error::Error for WriteError {}

impl WriteProblem {
    fn io(attempt: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io { attempt, error }
    }
}

struct Failure {
    /// The index of the replacement that failed.
    at: usize,
    problem: WriteProblem,
}

impl Failure {
    /// Collects the results, or returns the first failure.
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

/// The target of a path.
enum Destination {
    /// A file, by its path without symlinks.
    Existing {
        path: PathBuf,
        metadata: Metadata,
    },
    Missing {
        path: PathBuf,
    },
    /// A pipe or device. It is written to, not replaced.
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
                .map_err(WriteProblem::io("follow the symlink"));
        }
        Err(error) => return Err(WriteProblem::Io { attempt: "find the file", error }),
    };
    if metadata.is_dir() {
        return Err(WriteProblem::Folder);
    }
    if is_output && (is_standard_output(path) || !metadata.is_file()) {
        return Ok(Destination::Stream);
    }
    if !metadata.is_file() {
        return Err(WriteProblem::NotAFile(file_kind(&metadata)));
    }
    let path = fs::canonicalize(path).map_err(WriteProblem::io("follow the symlink"))?;
    Ok(Destination::Existing { path, metadata })
}

/// The end of a chain of symlinks to a file that does not exist.
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

/// Returns true for `/dev/stdout`. If the shell has redirected it to a file, that file must not be replaced.
fn is_standard_output(path: &Path) -> bool {
    cfg!(unix) && path == Path::new("/dev/stdout")
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes every new text to its temporary file, in parallel: most of the time is spent waiting for the disk.
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
        use_umask(&mut builder);
    }
    let temporary = builder.tempfile_in(folder_of(path)).map_err(WriteProblem::io("make a new file in its folder"))?;
    // The file is closed at the end of this function: there is a limit of open files.
    let (file, temporary) = temporary.into_parts();
    write_pieces(&file, pieces)
        .and_then(|()| replaced.map_or(Ok(()), |metadata| copy_permissions(&file, metadata)))
        .and_then(|()| file.sync_all())
        .map_err(WriteProblem::io("write the new file beside it"))?;
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

/// Returns an error if the file has changed since it was read, or is missing.
fn check_unchanged(replacement: &Replacement, target: &Destination) -> Result<(), WriteProblem> {
    let (Some(original), Destination::Existing { path, .. }) = (replacement.original, target) else { return Ok(()) };
    match has_content(path, original) {
        Ok(true) => Ok(()),
        Ok(false) => Err(WriteProblem::Changed),
        Err(error) => Err(WriteProblem::Io { attempt: "read it again", error }),
    }
}

fn has_content(path: &Path, expected: &[u8]) -> io::Result<bool> {
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
            staged.persist(path).map_err(|error| WriteProblem::Io { attempt: "replace it", error: error.error })
        }
        _ => write_through(replacement).map_err(WriteProblem::io("write to it")),
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

/// Gives a temporary file, which only its owner can read by default, the mode of any new file.
#[cfg(unix)]
fn use_umask(builder: &mut tempfile::Builder) {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
}

#[cfg(not(unix))]
fn use_umask(_: &mut tempfile::Builder) {}

/// Gives `file` the owner, where the system allows it, and the mode of the file that it replaces. The owner is first:
/// changing it clears some bits of the mode.
#[cfg(unix)]
fn copy_permissions(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let fresh = file.metadata()?;
    if (fresh.uid(), fresh.gid()) != (replaced.uid(), replaced.gid()) {
        // Only root may change the owner of a file; its owner may still change the group to another of theirs.
        let given = fchown(file, Some(replaced.uid()), Some(replaced.gid()));
        let _ = given.or_else(|_| fchown(file, None, Some(replaced.gid())));
    }
    if fresh.mode() == replaced.mode() { Ok(()) } else { file.set_permissions(replaced.permissions()) }
}

#[cfg(not(unix))]
fn copy_permissions(file: &File, replaced: &Metadata) -> io::Result<()> {
    file.set_permissions(replaced.permissions())
}

#[cfg(all(test, unix))]
mod tests;
