//! The problem of a node or of a text, as a [`Diagnostic`].

use std::ops::Range;

use super::sharing::ancestors;
use super::tree::{Kind, NodeId, SyntaxError, Tree};
use super::{ScalarKind, SyntaxFault};
use crate::diagnostic::{Diagnostic, quoted};

impl Tree<'_> {
    /// The bytes by which a node is shown. A collection's first line says where it is; all of it would only be in the
    /// way.
    pub(crate) fn shown_span(&self, node: NodeId) -> Range<usize> {
        let outer = self.outer(node);
        match self.node(node).kind {
            Kind::Scalar { .. } | Kind::Alias(_) => outer.range(),
            _ => outer.start()..crate::text::line_end(&self.text()[..outer.end()], outer.start()),
        }
    }

    /// An error at a node.
    pub(crate) fn diagnostic(&self, node: NodeId, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        self.locate(Diagnostic::new(message, help), node)
    }

    /// The diagnostic at this node, unless it has a place.
    pub(crate) fn locate(&self, diagnostic: Diagnostic, node: NodeId) -> Diagnostic {
        match diagnostic.span {
            Some(_) => diagnostic,
            None => Diagnostic { path: self.path(node), ..diagnostic.at(self.shown_span(node)) },
        }
    }

    /// The error if something else than this is at a node.
    pub(crate) fn mismatch(&self, node: NodeId, expected: &str, help: impl Into<String>) -> Diagnostic {
        self.diagnostic(node, format!("expected {expected}, found {}", self.found(self.resolve(node))), help)
    }

    fn found(&self, node: NodeId) -> String {
        let text = self.scalar_text(node).unwrap_or_default();
        let is_anchored = |node: NodeId| self.properties(node).anchor.is_some();
        // It may be a credential, by the name of another place that it is read at.
        let may_be_secret = !self.aliases().is_empty() && ancestors(self, node).any(is_anchored);
        match self.scalar_kind(node) {
            ScalarKind::Collection if matches!(self.node(node).kind, Kind::Sequence { .. }) => "a list".into(),
            ScalarKind::Collection => "a mapping".into(),
            ScalarKind::Null | ScalarKind::Missing => "nothing".into(),
            ScalarKind::Bool => format!("the boolean {}", quoted(text)),
            ScalarKind::Int | ScalarKind::Float if may_be_secret => "a number".into(),
            ScalarKind::String if may_be_secret => "a text".into(),
            ScalarKind::Int | ScalarKind::Float => format!("the number {}", quoted(text)),
            ScalarKind::String => format!("the text {}", quoted(text)),
        }
    }
}

impl SyntaxError {
    /// The error in this text, with what to do about it.
    pub(crate) fn diagnostic(&self, text: &str, help: impl FnOnce(&SyntaxFault) -> &'static str) -> Diagnostic {
        let next = text[self.at.min(text.len())..].chars().next();
        let end = next.map_or(self.at, |character| self.at + character.len_utf8());
        Diagnostic::new(self.fault.to_string(), help(&self.fault)).at(self.at..end)
    }
}
