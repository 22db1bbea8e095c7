//! The judge: proves that an edited document is the input plus the planned changes, before anything is written.
//!
//! It gets the input tree, the planned changes and the output text, and nothing from the rewriter. In one pass over the
//! output it compares two things:
//!
//! - *Meaning*: the events that an independent parser finds in the output with those that `expected` derives from the
//!   tree and the changes.
//! - *Bytes*: the text between the scalars that are kept, by the rules in `gap`.
//!
//! A failure is a bug in this program, unless the input fails too: see [`unreadable`].

mod compare;
mod expected;
mod gap;
mod json;
mod lines;
mod yaml;

use std::fmt;

use crate::changes::Changes;
use crate::yaml::Tree;
use compare::Comparison;

/// The grammar by which the output is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// YAML, read by `libyaml-safer`: kubectl's parser is a port of libyaml too.
    Yaml,
    /// JSON, read by `serde_json`: libyaml refuses surrogate pairs.
    Json,
}

/// The reason why the judge refuses an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The part of the proof that failed.
    pub kind: MismatchKind,
    /// Offset in the output, in bytes.
    pub at: usize,
    /// The problem.
    pub message: String,
}

/// A part of the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MismatchKind {
    /// The output is not what the parser can read.
    Syntax,
    /// The output means something else than planned.
    Meaning,
    /// A written value is not a string under both YAML 1.1 and 1.2.
    Value,
    /// A byte changed that the plan does not allow to change.
    Bytes,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            MismatchKind::Syntax => "the result can't be parsed",
            MismatchKind::Meaning => "the result does not mean what was planned",
            MismatchKind::Value => "a written value is not a string",
            MismatchKind::Bytes => "the edit changes more than was planned",
        };
        write!(f, "{kind}: {}, at byte {} of the result", self.message, self.at)
    }
}

impl std::error::Error for Mismatch {}

impl Mismatch {
    fn new(kind: MismatchKind, at: usize, message: impl Into<String>) -> Self {
        Self { kind, at, message: message.into() }
    }
}

/// Proves that `output` is the tree's text with these changes, and with no other.
///
/// # Errors
/// The first difference.
pub fn judge(tree: &Tree<'_>, changes: &Changes, output: &str, language: Language) -> Result<(), Mismatch> {
    let mut comparison = Comparison::new(tree, changes, output);
    match language {
        Language::Yaml => yaml::read(output, &mut comparison)?,
        Language::Json => json::read(output, &mut comparison)?,
    }
    comparison.end()
}

/// The reason why the parser of the output rejects the input or reads it differently from [`Tree`], if it does: kubectl's
/// parser is of the same family, so the manifest is at fault and not the edit.
pub(crate) fn unreadable(tree: &Tree<'_>, language: Language) -> Option<Mismatch> {
    judge(tree, &Changes::default(), tree.text(), language).err()
}

#[cfg(test)]
mod tests;
