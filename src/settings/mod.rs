//! A team's settings: layers of options, merged by precedence.
//!
//! A [`Layer`] is a mapping of settings from a file or the command line. [`File`] is a settings file with its
//! defaults, profiles and overrides, [`Stack`] has all layers, and [`Settings`] the effective ones: for a run, or
//! for a deployment with its overrides.

mod file;
mod find;
mod force;
mod input;
mod layer;
mod resource;
mod schema;
mod stack;

use std::fmt;
use std::ops::Range;

use crate::credentials::printed;
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::text::LineStarts;
use crate::yaml::{NodeId, Tree};

pub use file::MAX_OVERRIDES;
pub(crate) use file::{File, Override};
pub use find::MAX_SETTINGS_LENGTH;
pub(crate) use find::{FILE_NAME, Finder, FoundFile, find, open, relative};
pub(crate) use force::Settings;
pub(crate) use layer::{Layer, Setting, SettingSource, SettingValue};
pub(crate) use schema::schema;
pub(crate) use stack::{Stack, excludes, no_such_profile};

/// Options of a single run, which are not settings.
pub(crate) const COMMAND_LINE_ONLY: &[&str] = &[
    "filename",
    "no-ignore",
    "hidden",
    "max-depth",
    "in-place",
    "output",
    "diff",
    "unified",
    "check",
    "allow-no-match",
    "json-patch",
    "quiet",
    "verbose",
    "color",
    "fix",
    "show",
    "format",
    "config",
    "no-config",
    "profile",
    "schema",
    "to",
    "tls",
    "image",
    "model-image",
    "cert",
    "key",
    "listen",
    "shutdown-delay",
    "on-error",
    "scope",
    "ca-bundle",
    "tls-secret",
];

/// A position in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The bytes.
    pub range: Range<usize>,
    /// The keys that lead to it.
    pub path: String,
}

/// The errors of a settings file.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The file's name, to be shown.
    pub name: String,
    pub text: String,
    pub faults: Vec<Diagnostic>,
}

impl Spot {
    fn of(tree: &Tree<'_>, node: NodeId) -> Self {
        Self { range: tree.shown_span(node), path: tree.path(node) }
    }
}

impl Refused {
    /// The errors of a file.
    pub(crate) fn new(name: &str, text: &str, faults: Vec<Diagnostic>) -> Self {
        let of_settings = |fault| Diagnostic { kind: DiagnosticKind::Settings, ..fault };
        Self { name: name.to_owned(), text: text.to_owned(), faults: faults.into_iter().map(of_settings).collect() }
    }

    /// The errors of typed settings, or of a file that can't be read.
    pub(crate) fn typed(faults: Vec<Diagnostic>) -> Self {
        Self::new("", "", faults)
    }
}

/// An error at a position of a file, or in the options if there is none.
fn fault(spot: Option<&Spot>, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    let fault = Diagnostic::new(message, help);
    match spot {
        Some(Spot { range, path }) => Diagnostic { path: path.clone(), ..fault.at(range.clone()) },
        None => fault,
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = LineStarts::new(&self.text);
        let words = |fault: &Diagnostic| {
            let Diagnostic { path, message, span, .. } = printed(fault);
            match span {
                Some(span) => format!("{}:{}: {path}: {message}", self.name, lines.line(span.start)),
                None => message,
            }
        };
        f.write_str(&self.faults.iter().map(words).collect::<Vec<_>>().join("\n"))
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests;
