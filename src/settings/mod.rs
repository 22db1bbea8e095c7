//! A team's settings: layers of what options would say, laid over one another.
//!
//! A [`Layer`] is a mapping of settings as it stands in a file, or what was typed. [`File`] is a settings file with its
//! defaults, profiles and overrides, [`Stack`] what a run goes by, and [`Settings`] what is in force of it: for a run,
//! or for a deployment for which overrides hold.

mod file;
mod find;
mod force;
mod layer;
mod resource;
mod schema;
mod stack;

use std::fmt;
use std::ops::Range;

use crate::documents::place;
use crate::yaml::de::Error;
use crate::yaml::{NodeId, Tree};

pub use file::MAX_OVERRIDES;
pub(crate) use file::{File, Override};
pub use find::MAX_SETTINGS_LENGTH;
pub(crate) use find::{FILE_NAME, Finder, FoundFile, find, open, relative};
pub(crate) use force::Settings;
pub(crate) use layer::{Layer, Setting, SettingSource, SettingValue};
pub(crate) use schema::schema;
pub(crate) use stack::{Stack, excludes};

/// Options that belong to a single run, and are no settings.
pub(crate) const COMMAND_LINE_ONLY: &[&str] = &[
    "filename",
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
];

/// Where something stands in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Its bytes.
    pub range: Range<usize>,
    /// The keys that lead to it.
    pub path: String,
}

/// Something that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands; `None` where it was typed.
    pub spot: Option<Spot>,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

/// Why settings can't be gone by: all that is wrong, and the file it is wrong in.
#[derive(Debug)]
pub struct Refused {
    /// The file's name, to be shown.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

impl Spot {
    fn of(tree: &Tree<'_>, node: NodeId) -> Self {
        Self { range: place(tree, node), path: tree.path(node) }
    }
}

impl Fault {
    fn at(spot: Spot, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { spot: Some(spot), message: message.into(), help: help.into() }
    }

    fn of(tree: &Tree<'_>, error: Error, otherwise: NodeId) -> Self {
        Self::at(Spot::of(tree, error.node.unwrap_or(otherwise)), error.message, error.help)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> = self.faults.iter().map(|fault| fault.message.as_str()).collect();
        f.write_str(&messages.join("\n"))
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests;
