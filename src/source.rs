//! Reads files, folders and standard input into named byte strings. It does not parse YAML.

mod content;
mod display;
mod error;
mod exclude;
mod ignored;
mod kinds;
mod listing;
mod read;

use std::io::Read;
use std::path::{Path, PathBuf};

pub use content::encoding_problem;
pub(crate) use content::has_kind_line;
pub(crate) use display::{cause, display_path};
pub(crate) use error::SourceError;
pub(crate) use exclude::{Excludes, ExcludesBuilder, WalkExcludes, lexical};
pub use ignored::MAX_IGNORE_LENGTH;
pub(crate) use kinds::{PassedKind, passed_kinds};
use listing::Listing;
pub(crate) use listing::{CHART_FILE, SETTINGS_FILE, is_never_taken};
pub use read::MAX_INPUT_LENGTH;
pub(crate) use read::{file_kind, read_regular, read_text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Stdin,
    /// The output of another program.
    Built {
        command: &'static str,
    },
    File {
        /// The path as given, or the given folder joined with the path below it.
        path: PathBuf,
    },
}

impl Origin {
    /// The name to show, on one line and without control characters.
    pub(crate) fn display_name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::Built { command } => format!("the output of {command}"),
            Self::File { path } => display_path(path),
        }
    }

    /// The path of a file; `None` for standard input.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin | Self::Built { .. } => None,
            Self::File { path } => Some(path),
        }
    }
}

/// An input that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub origin: Origin,
    pub bytes: Vec<u8>,
    /// True if it was given by name, not found in a folder. Standard input is always named.
    pub named: bool,
    /// True if a walk found it, and its folder or a walked folder above it has a `Chart.yaml`.
    pub under_chart: bool,
}

/// All inputs, with the errors and notes of reading them.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Each input once, in the order of the command line; those of a folder are sorted by name.
    pub sources: Vec<Source>,
    pub errors: Vec<SourceError>,
    /// Notes for the user that are not errors.
    pub notes: Vec<String>,
}

/// The files that the walk of a folder leaves out.
#[derive(Debug, Clone, Default)]
pub(crate) struct WalkOptions {
    pub excludes: Excludes,
    /// True if ignore files do not count.
    pub no_ignore: bool,
    /// True if hidden files and folders are taken.
    pub hidden: bool,
    /// The number of levels that are taken, of which the first is the files of the folder itself.
    pub max_depth: Option<usize>,
}

impl WalkOptions {
    /// The reasons for which a file is left out, in words.
    fn reasons(&self) -> String {
        let reasons = [("hidden", !self.hidden), ("ignored", !self.no_ignore), ("too deep", self.max_depth.is_some())];
        let reasons: Vec<&str> = reasons.iter().filter(|(_, holds)| *holds).map(|(words, _)| *words).collect();
        if reasons.is_empty() { "excluded".to_owned() } else { format!("{} or excluded", reasons.join(", ")) }
    }
}

/// Reads the files and folders of `paths`; standard input for `-` or if there is no path.
///
/// A file that is reached twice, by whatever names, is read once, at its first position.
pub(crate) fn gather(paths: &[PathBuf], options: &WalkOptions, stdin: impl Read, stdin_is_terminal: bool) -> Gathered {
    let mut listing = Listing::new(options);
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

#[cfg(test)]
mod tests;
