//! The three proofs that an edited document has to pass before anything is written.
//!
//! They know what was planned, not how the edit was made. That one of them fails is a fault of this program; what it
//! says then is for a bug report.

mod bytes;
mod meaning;
mod recurring;
mod values;

use std::fmt;

use crate::plan::Changes;
use crate::rewrite::Rewrite;
use crate::yaml::Tree;
use meaning::Memory;
use recurring::{Abridged, Known};

/// Which grammar a document is read back by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// YAML, by `serde_yaml`, which is of the family of kubectl's own parser.
    Yaml,
    /// JSON, by `serde_json`: libyaml refuses surrogate pairs.
    Json,
}

/// Which proof failed, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An edit touches what the plan does not name.
    Bytes(String),
    /// The result means something else than planned.
    Meaning(String),
    /// A value that was written does not read back as a string.
    Value(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(words) => write!(f, "the edit would touch what was not to change: {words}"),
            Self::Meaning(words) => write!(f, "the result would not mean what was planned: {words}"),
            Self::Value(words) => write!(f, "a value written would not be read as a string: {words}"),
        }
    }
}

impl std::error::Error for Fault {}

/// Judges the documents of an input, and keeps in mind what recurs in them.
#[derive(Debug, Default)]
pub struct Judge {
    known: Known,
}

impl Judge {
    /// Proves that the edits make the tree's text what the changes say, and nothing else.
    ///
    /// # Errors
    /// The first proof that fails.
    pub fn verify(
        &self,
        tree: &Tree<'_>,
        changes: &Changes,
        rewrite: &Rewrite,
        language: Language,
    ) -> Result<(), Fault> {
        bytes::prove(tree, changes, rewrite)?;
        let abridged = match language {
            Language::Yaml => Abridged::of(tree.text(), &rewrite.edits),
            Language::Json => None,
        };
        if let Some(abridged) = &abridged
            && let Some(known) = self.known.recall(&abridged.left_out)
            && meaning::prove_abridged(tree, changes, abridged, Memory::Recalls(&known)).is_ok()
        {
            return Ok(());
        }
        meaning::prove(tree, changes, &rewrite.edits.apply(tree.text()), language)?;
        if let Some(abridged) = abridged.filter(|abridged| self.known.has_met_all(&abridged.left_out)) {
            // The whole was read; whether anything can be learnt from it is of no account.
            let _ = meaning::prove_abridged(tree, changes, &abridged, Memory::Learns(&self.known));
        }
        Ok(())
    }
}

/// Why the reader of the second proof can't read a text at all, if so: kubectl's parser is of the same family.
pub fn unreadable(text: &str, language: Language) -> Option<String> {
    meaning::unreadable(text, language)
}

/// How the reader of the second proof reads a text otherwise than its tree has it, if so: then kubectl's parser does, too,
/// and an edit planned by the tree is none of its.
pub fn misread(tree: &Tree<'_>, language: Language) -> Option<String> {
    match meaning::prove(tree, &Changes::default(), tree.text(), language) {
        Err(Fault::Meaning(words)) => Some(words),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
