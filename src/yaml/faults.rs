//! The problem of a node or of a text, as a [`Diagnostic`].

use std::ops::Range;

use super::tree::{Kind, NodeId, SyntaxError, Tree};
use super::{ScalarKind, SyntaxFault};
use crate::diagnostic::Diagnostic;

impl Tree<'_> {
    /// The bytes by which a node is shown. A collection's first line says where it is; all of it would only be in the
    /// way.
    pub(crate) fn shown_span(&self, node: NodeId) -> Range<usize> {
        let outer = self.outer(node);
        match self.node(node).kind {
            Kind::Scalar { .. } | Kind::Alias(_) => outer.range(),
            _ => outer.start()..outer.end().min(crate::text::line_end(self.text(), outer.start())),
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

    fn found(&self, node: NodeId) -> &'static str {
        match self.scalar_kind(node) {
            ScalarKind::Collection if matches!(self.node(node).kind, Kind::Sequence { .. }) => "a list",
            ScalarKind::Collection => "a mapping",
            ScalarKind::Null | ScalarKind::Missing => "nothing",
            // The line is shown with what may be shown of it.
            ScalarKind::Bool => "a boolean",
            ScalarKind::Int | ScalarKind::Float => "a number",
            ScalarKind::String => "a text",
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
