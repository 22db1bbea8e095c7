use std::path::Path;
use std::{error, fmt, io};

use super::display::{cause, display_path};
use crate::credentials::masked_value;

#[derive(Debug)]
pub(crate) enum SourceError {
    /// No path was given, and standard input is a terminal: a usage error.
    NothingGiven,
    /// A file, a folder or standard input could not be read.
    Unreadable { name: String, error: io::Error },
    /// A walk failed for another reason than an I/O error.
    Walk(ignore::Error),
}

impl SourceError {
    pub(super) fn unreadable(path: &Path, error: io::Error) -> Self {
        Self::Unreadable { name: display_path(path), error }
    }

    /// The name of a missing file that is HOST:PORT.
    pub(crate) fn missing_address(&self) -> Option<&str> {
        let Self::Unreadable { name, error } = self else { return None };
        let (host, port) = name.rsplit_once(':').filter(|_| error.kind() == io::ErrorKind::NotFound)?;
        (!host.contains(['/', '\\']) && port.parse::<u16>().is_ok()).then_some(name)
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingGiven => {
                f.write_str("no file given: name files or folders, or pipe a manifest into standard input")
            }
            // A URL is taken for a path, and may have a password.
            Self::Unreadable { name, error } => write!(f, "{}: {}", masked_value(name), cause(error)),
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
        match (failed_path(&error), error.io_error()) {
            (Some(path), Some(cause)) => Self::unreadable(path, cause.kind().into()),
            _ => Self::Walk(error),
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
