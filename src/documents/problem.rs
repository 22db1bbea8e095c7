//! Why an input is refused: every kind of fault on the way, as a place, what is wrong there, and what to do.

use std::ops::Range;

use crate::credentials::without_quoted;
use crate::text::Overlap;
use crate::verify::{Language, Mismatch, MismatchKind, unreadable};
use crate::yaml::de::Error;
use crate::yaml::{Kind, NodeId, SyntaxError, SyntaxFault, Tree};

/// Why an input is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind it is of.
    pub kind: ProblemKind,
    /// The bytes at fault.
    pub range: Range<usize>,
    /// Where they stand in the resource; may be empty.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// A second place that has to do with it, and what it has.
    pub also: Option<(Range<usize>, String)>,
    /// What to do; may be empty.
    pub help: String,
}

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The manifest has to be changed.
    Manifest,
    /// It is a template, which has to be rendered first.
    Template,
    /// This program is at fault.
    Bug,
}

/// What to do where this program is at fault.
const BUG_HELP: &str = "this is a fault of seldon-trace, not of the manifest; nothing was written; please report it \
                            with the manifest";

impl Problem {
    pub(crate) fn new(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Manifest,
            range,
            path: String::new(),
            message: message.into(),
            also: None,
            help: help.into(),
        }
    }

    fn bug(range: Range<usize>, words: String) -> Self {
        Self { kind: ProblemKind::Bug, ..Self::new(range, words, BUG_HELP) }
    }

    pub(crate) fn overlap(overlap: Overlap) -> Self {
        Self::bug(overlap.first, "two of its edits claim the same bytes".to_owned())
    }

    pub(crate) fn patch(words: &str) -> Self {
        Self::bug(0..0, format!("the patch would not do what the edit does: {words}"))
    }

    pub(crate) fn shifted(mut self, base: usize) -> Self {
        let shift = |range: Range<usize>| range.start + base..range.end + base;
        self.range = shift(self.range);
        self.also = self.also.map(|(range, words)| (shift(range), words));
        self
    }
}

/// Why a document is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The node at fault.
    pub node: NodeId,
    /// What is wrong.
    pub message: String,
    /// A second place that has to do with it, and what it has.
    pub also: Option<(NodeId, String)>,
    /// What to do; may be empty.
    pub help: String,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let node = error.node.unwrap_or_default();
        Self { node, message: error.message, also: None, help: error.help.to_owned() }
    }
}

/// What a refusal comes to in the text of its tree.
pub(crate) fn refused(tree: &Tree<'_>, refusal: Refusal) -> Problem {
    Problem {
        path: tree.path(refusal.node),
        also: refusal.also.map(|(node, words)| (place(tree, node), words)),
        ..Problem::new(place(tree, refusal.node), refusal.message, refusal.help)
    }
}

/// The bytes by which a node is shown. A collection's first line says where it is; all of it would only be in the way.
pub(crate) fn place(tree: &Tree<'_>, node: NodeId) -> Range<usize> {
    let outer = tree.outer(node);
    match tree.node(node).kind {
        Kind::Scalar { .. } | Kind::Alias(_) => outer.range(),
        _ => outer.start()..outer.end().min(crate::text::line_end(tree.text(), outer.start())),
    }
}

pub(crate) fn syntax_problem(text: &str, error: SyntaxError) -> Problem {
    let SyntaxError { at, fault } = error;
    let range = at..text[at.min(text.len())..].chars().next().map_or(at, |character| at + character.len_utf8());
    let may_be_template = matches!(fault, SyntaxFault::Malformed(_) | SyntaxFault::KeyIsNoScalar);
    if may_be_template && text.contains("{{") {
        let at = text.find("{{").filter(|_| !matches!(fault, SyntaxFault::KeyIsNoScalar)).unwrap_or(range.start);
        return Problem {
            kind: ProblemKind::Template,
            ..Problem::new(
                at..at + 2,
                "this is a template, not a manifest",
                "render it first: helm template … | seldon-trace enable --backend … -",
            )
        };
    }
    let help = match fault {
        SyntaxFault::Malformed(_) => "fix the syntax; `kubectl create --dry-run=client -f` refuses it too",
        SyntaxFault::TooDeep | SyntaxFault::TooManyNodes | SyntaxFault::TooLong => "split the document up",
        SyntaxFault::TooManyDirectives => "take the directives out",
        SyntaxFault::RecursiveAlias => "write the value out in the place of the alias",
        SyntaxFault::KeyIsNoScalar => "put the key in quotes",
    };
    Problem::new(range, fault.to_string(), help)
}

/// The problem behind an output that the judge refuses. Its parser is of the family of kubectl's own, so the manifest is
/// at fault if the parser rejects the input too, or reads it differently.
pub(crate) fn judged_problem(tree: &Tree<'_>, fault: &Mismatch, language: Language) -> Problem {
    let Some(Mismatch { kind, at, message }) = unreadable(tree, language) else {
        return Problem::bug(0..0, without_quoted(&fault.to_string()));
    };
    match kind {
        MismatchKind::Syntax => {
            let message = format!("kubectl can't parse this: {}", without_quoted(&message));
            Problem::new(at..at, message, "fix the syntax error")
        }
        _ => Problem::new(at..at, "kubectl reads this differently than YAML 1.2", "put it in quotes"),
    }
}
