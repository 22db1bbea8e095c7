//! Turns planned changes into edits of the text, in the style of the text around them.

mod block;
mod block_scalars;
mod edit_builder;
mod emit;
mod flow;
mod style;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::changes::{Added, Changes, NodeChange, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::text::EditSet;
use crate::yaml::sharing::ancestors;
use crate::yaml::{NodeId, Structure, Tree};
use edit_builder::EditBuilder;
use flow::FlowSample;
use style::DocumentStyle;

/// The edits of the tree's text that make the changes.
///
/// # Errors
/// The manifest is in a form that can't be edited safely, or two edits overlap, which is a bug.
pub fn rewrite(tree: &Tree<'_>, changes: &Changes) -> Result<EditSet, Diagnostic> {
    let has_removals = changes.iter().any(|(_, change)| change.removed() > 0);
    let (edits, style) = (EditBuilder::new(tree), DocumentStyle::of(tree));
    let mut writer = Writer { tree, changes, has_removals, edits, style, flow_samples: RefCell::default() };
    let replaced = replaced_values(tree, changes);
    // The innermost first: if two nodes end at the same offset, the additions to the inner one are before those to the
    // outer one.
    for (node, change) in changes.iter().rev() {
        // A replaced value is removed as a whole. The parts of a removed one are removed one by one, so that comments
        // between them are kept.
        let is_replaced = !replaced.is_empty() && ancestors(tree, node).any(|ancestor| replaced.contains(&ancestor));
        if !is_replaced {
            writer.node(node, change)?;
        }
    }
    writer.protect_block_scalars()?;
    Ok(EditSet::new(writer.edits.finish())?)
}

struct Writer<'t, 'x> {
    tree: &'t Tree<'x>,
    changes: &'t Changes,
    /// True if anything is removed.
    has_removals: bool,
    edits: EditBuilder<'t>,
    style: DocumentStyle,
    flow_samples: RefCell<HashMap<NodeId, FlowSample>>,
}

impl Writer<'_, '_> {
    fn node(&mut self, node: NodeId, change: &NodeChange) -> Result<(), Diagnostic> {
        let length = self.tree.length(node);
        let emptied = length > 0 && change.removed() == length && change.added.is_empty();
        match self.tree.structure(node) {
            None => self.fill(node, &change.added),
            Some(_) if length == 0 => self.fill(node, &change.added),
            Some(Structure::Block) => {
                self.block(node, change)?;
                if emptied && !self.is_removed(node) { self.leave_brackets(node) } else { Ok(()) }
            }
            // The brackets and their content are removed with the part around them.
            Some(Structure::Flow) if self.is_removed(node) => Ok(()),
            Some(Structure::Flow) if self.is_bare_pair(node) => {
                Err(self.refuse(node, "a key and its value in a list without braces"))
            }
            Some(Structure::Flow) => self.flow(node, change),
        }
    }

    /// Returns true if the node, or a part around it, is removed.
    fn is_removed(&self, node: NodeId) -> bool {
        if !self.has_removals {
            return false;
        }
        ancestors(self.tree, node).any(|part| {
            let part = self.tree.parent(part).zip(self.tree.index_of(part));
            let part = part.and_then(|(parent, index)| self.changes.of(parent)?.parts.get(&index));
            part == Some(&Part::Remove)
        })
    }
}

/// The values that are replaced by others.
fn replaced_values(tree: &Tree<'_>, changes: &Changes) -> HashSet<NodeId> {
    let mut replaced = HashSet::new();
    for (node, change) in changes.iter() {
        for (&index, part) in &change.parts {
            if let (Part::Set(_) | Part::Replace(..), Some((_, value))) = (part, tree.entry(node, index)) {
                replaced.insert(value);
            }
        }
    }
    replaced
}

/// The additions to a null or an empty collection as one value.
fn as_value(added: &[Added]) -> Value {
    let mut items = Vec::new();
    let mut entries = Vec::new();
    for one in added {
        match one {
            Added::Item(value) => items.push(value.clone()),
            Added::Entry(key, value) => entries.push((key.clone(), value.clone())),
        }
    }
    if entries.is_empty() { Value::List(items) } else { Value::Map(entries) }
}
