//! How the author of a document writes: indentation, dashes, quotes, brackets. New lines are to look like theirs.

use crate::text::line_start;
use crate::yaml::sharing::ancestors;
use crate::yaml::{Kind, Node, NodeId, ScalarStyle, Structure, Tree};

/// What holds for a whole document.
#[derive(Debug, Clone, Copy)]
pub(super) struct DocumentStyle {
    /// The quotes that new values get.
    pub quote: Quote,
}

/// Which quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Single,
    Double,
}

/// How new lines are indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockStyle {
    /// Columns from a key to the keys of the mapping below it.
    pub step: usize,
    /// Columns from a key to the dashes of the list below it.
    pub dash: usize,
    /// Columns from a dash to its item.
    pub gap: usize,
    pub quote: Quote,
}

impl DocumentStyle {
    /// Double quotes where the document has more values in double quotes than in single ones.
    pub fn of(tree: &Tree<'_>) -> Self {
        let count = |wanted: ScalarStyle| {
            let is_value = |(id, node): &(NodeId, &Node<'_>)| {
                matches!(node.kind, Kind::Scalar { style, .. } if style == wanted) && !is_key(tree, *id)
            };
            tree.nodes().filter(is_value).count()
        };
        let more_double = count(ScalarStyle::DoubleQuoted) > count(ScalarStyle::SingleQuoted);
        Self { quote: if more_double { Quote::Double } else { Quote::Single } }
    }

    /// The style at a node: each measure from the nearest collection that shows it, those around the node first.
    pub fn around(&self, tree: &Tree<'_>, node: NodeId) -> BlockStyle {
        let near = |measure: &dyn Fn(NodeId) -> Option<usize>, fallback| {
            nearest(tree, node).find_map(measure).unwrap_or(fallback)
        };
        BlockStyle {
            step: near(&|node| step(tree, node), 2),
            dash: near(&|node| dash_offset(tree, node), 0),
            gap: near(&|node| dash_gap(tree, node), 2),
            quote: self.quote,
        }
    }
}

fn is_key(tree: &Tree<'_>, node: NodeId) -> bool {
    let entry = tree.parent(node).zip(tree.index_of(node)).and_then(|(parent, index)| tree.entry(parent, index));
    entry.is_some_and(|(key, _)| key == node)
}

/// The column of a byte, counted in bytes: what stands before a key or a dash of block style is ASCII.
pub(super) fn column(text: &str, offset: usize) -> usize {
    offset - line_start(text, offset)
}

/// The nodes by how near they are: what stands in the node, what it stands in, then the rest in order of distance in
/// the text.
fn nearest<'a>(tree: &'a Tree<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    let within = tree.children(node).chain(tree.children(node).flat_map(|child| tree.children(child)));
    let rest = std::iter::once_with(move || {
        let start = tree.span(node).start();
        let mut all: Vec<NodeId> = tree.nodes().map(|(id, _)| id).filter(|id| tree.structure(*id).is_some()).collect();
        all.sort_by_key(|id| tree.span(*id).start().abs_diff(start));
        all
    });
    within.chain(ancestors(tree, node)).chain(rest.flatten())
}

fn is_block(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.structure(node) == Some(Structure::Block)
}

/// The key whose value a node is, in block style.
fn block_key(tree: &Tree<'_>, node: NodeId) -> Option<NodeId> {
    tree.parent(node).filter(|parent| is_block(tree, *parent))?;
    tree.key_of(node)
}

fn step(tree: &Tree<'_>, node: NodeId) -> Option<usize> {
    let (first, _) = tree.entries(node).next().filter(|_| is_block(tree, node))?;
    let key = block_key(tree, node)?;
    let from = column(tree.text(), tree.start(key));
    column(tree.text(), tree.start(first)).checked_sub(from).filter(|step| *step > 0)
}

fn dash_offset(tree: &Tree<'_>, node: NodeId) -> Option<usize> {
    let first = tree.items(node).first().filter(|_| is_block(tree, node))?;
    let key = block_key(tree, node)?;
    column(tree.text(), tree.start(*first)).checked_sub(column(tree.text(), tree.start(key)))
}

/// Columns from the dash of the last item that has one on its line to what stands behind it.
pub(super) fn dash_gap(tree: &Tree<'_>, node: NodeId) -> Option<usize> {
    if !is_block(tree, node) {
        return None;
    }
    tree.items(node).iter().rev().find_map(|item| {
        let (dash, content) = (tree.lead(*item)?, tree.outer(*item).start());
        let blanks = &tree.text()[dash + 1..content];
        (!blanks.is_empty() && blanks.bytes().all(|byte| byte == b' ')).then_some(content - dash)
    })
}
