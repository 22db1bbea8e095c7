//! Planned changes made into edits of the text, in the style around them. It knows no files.

mod block;
mod emit;
mod flow;
mod joints;
mod sheet;
mod style;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::changes::{Added, Changes, NodeChange, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::text::EditSet;
use crate::yaml::sharing::ancestors;
use crate::yaml::{NodeId, Structure, Tree};
use flow::FlowSample;
use sheet::Sheet;
use style::DocumentStyle;

/// Makes the edits that turn the tree's text into what the changes say.
///
/// # Errors
/// Where the manifest is written in a form that can't be edited without harm, and where two edits claim the same bytes.
pub fn rewrite(tree: &Tree<'_>, changes: &Changes) -> Result<EditSet, Diagnostic> {
    let takes_out = changes.iter().any(|(_, change)| change.removed() > 0);
    let (sheet, style) = (Sheet::new(tree), DocumentStyle::of(tree));
    let mut writer = Writer { tree, changes, takes_out, sheet, style, flow_samples: RefCell::default() };
    let replaced = replaced_values(tree, changes);
    // The innermost first: where two nodes end in the same place, what comes to the inner one stands before what comes
    // to the outer one.
    for (node, change) in changes.iter().rev() {
        // What stands in a value that is replaced goes with it; what stands in a part that is taken out is taken out
        // by itself, so that comments between stay.
        let is_replaced = !replaced.is_empty() && ancestors(tree, node).any(|ancestor| replaced.contains(&ancestor));
        if !is_replaced {
            writer.node(node, change)?;
        }
    }
    writer.mind_block_scalars()?;
    Ok(EditSet::new(writer.sheet.edits())?)
}

struct Writer<'t, 'x> {
    tree: &'t Tree<'x>,
    changes: &'t Changes,
    /// Whether anything is taken out at all.
    takes_out: bool,
    sheet: Sheet<'t>,
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
            // The brackets, and all within them, go with the part that they stand in.
            Some(Structure::Flow) if self.is_removed(node) => Ok(()),
            Some(Structure::Flow) if self.is_bare_pair(node) => {
                Err(self.refuse(node, "a key and its value stand in a list without braces"))
            }
            Some(Structure::Flow) => self.flow(node, change),
        }
    }

    /// Whether the part that a node is, or stands in, is taken out.
    fn is_removed(&self, node: NodeId) -> bool {
        if !self.takes_out {
            return false;
        }
        ancestors(self.tree, node).any(|place| {
            let part = self.tree.parent(place).zip(self.tree.index_of(place));
            let part = part.and_then(|(parent, index)| self.changes.of(parent)?.parts.get(&index));
            part == Some(&Part::Remove)
        })
    }
}

/// The values that give way to others.
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

/// What is added to a null or an empty collection, as the value that it becomes.
fn as_value(added: &[Added]) -> Value {
    let mut items = Vec::new();
    let mut entries = Vec::new();
    for one in added {
        match one {
            Added::Item(value) => items.push(value.clone()),
            Added::Entry(key, value) => entries.push((*key, value.clone())),
        }
    }
    if entries.is_empty() { Value::List(items) } else { Value::Map(entries) }
}
