//! The style of a document, which new lines follow: indentation, dashes and quotes.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use crate::yaml::sharing::ancestors;
use crate::yaml::{Kind, Node, NodeId, ScalarStyle, Structure, Tree};

#[derive(Debug)]
pub(super) struct DocumentStyle {
    /// The quotes of new values.
    pub quote: Quote,
    /// The measures of all collections, found when nothing near a changed node has one.
    samples: OnceCell<[Samples; 3]>,
    /// The gap of each list. It is cached, for many changed nodes may share an ancestor.
    gaps: RefCell<HashMap<NodeId, Option<usize>>>,
}

/// A measure of a collection.
type Measure = fn(&DocumentStyle, &Tree<'_>, NodeId) -> Option<usize>;

/// One measure of every collection that has it, with the start of the collection, in the order of the text.
type Samples = Vec<(usize, usize)>;

const MEASURES: [Measure; 3] =
    [|_, tree, node| step(tree, node), |_, tree, node| dash_offset(tree, node), DocumentStyle::gap];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Single,
    Double,
}

/// The indentation of new lines.
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
    /// Double quotes if the document, or the list that it is an item of, has more values in double quotes than in
    /// single ones.
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let count = |wanted: ScalarStyle| {
            let is_value = |(id, node): &(NodeId, &Node<'_>)| {
                matches!(node.kind, Kind::Scalar { style, .. } if style == wanted) && !is_key(tree, *id)
            };
            tree.nodes().filter(is_value).count()
        };
        let more_double = match tree.item() {
            Some(item) => item.prefers_double_quotes,
            None => count(ScalarStyle::DoubleQuoted) > count(ScalarStyle::SingleQuoted),
        };
        let quote = if more_double { Quote::Double } else { Quote::Single };
        Self { quote, samples: OnceCell::new(), gaps: RefCell::default() }
    }

    /// The style at a node: each measure from the nearest collection that shows it, those around the node first.
    pub(super) fn around(&self, tree: &Tree<'_>, node: NodeId) -> BlockStyle {
        let near = |measure: usize, default| {
            let found = near(tree, node).find_map(|near| MEASURES[measure](self, tree, near));
            found.or_else(|| self.nearest(tree, node, measure)).unwrap_or(default)
        };
        BlockStyle { step: near(0, 2), dash: near(1, 0), gap: near(2, 2), quote: self.quote }
    }

    /// The measure of the collection that begins nearest to the node, in bytes; before it if two are equally near.
    fn nearest(&self, tree: &Tree<'_>, node: NodeId, measure: usize) -> Option<usize> {
        let samples = &self.samples.get_or_init(|| MEASURES.map(|measure| self.samples(tree, measure)))[measure];
        let start = tree.span(node).start();
        let after = samples.partition_point(|(at, _)| *at <= start);
        let (before, after) = (&samples[..after], &samples[after..]);
        // The outermost of several that begin there.
        let before = before.last().map(|(last, _)| before[before.partition_point(|(at, _)| at < last)]);
        let distance = |sample: &(usize, usize)| sample.0.abs_diff(start);
        before.into_iter().chain(after.first().copied()).min_by_key(distance).map(|(_, found)| found)
    }

    fn samples(&self, tree: &Tree<'_>, measure: Measure) -> Samples {
        let collections = tree.nodes().map(|(id, _)| id).filter(|id| tree.structure(*id).is_some());
        let mut samples: Samples =
            collections.filter_map(|id| Some((tree.span(id).start(), measure(self, tree, id)?))).collect();
        samples.sort_by_key(|(start, _)| *start);
        samples
    }

    /// Columns from the dash of the last item that has one on its line to what follows it.
    pub(super) fn gap(&self, tree: &Tree<'_>, node: NodeId) -> Option<usize> {
        *self.gaps.borrow_mut().entry(node).or_insert_with(|| dash_gap(tree, node))
    }
}

fn is_key(tree: &Tree<'_>, node: NodeId) -> bool {
    let entry = tree.parent(node).zip(tree.index_of(node)).and_then(|(parent, index)| tree.entry(parent, index));
    entry.is_some_and(|(key, _)| key == node)
}

/// The column of a byte, counted in bytes: the text before a block key or dash is ASCII.
pub(super) fn column(tree: &Tree<'_>, offset: usize) -> usize {
    offset - tree.lines().start(offset)
}

/// The children and grandchildren of the node, then the node and its ancestors.
fn near<'a>(tree: &'a Tree<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    let within = tree.children(node).chain(tree.children(node).flat_map(|child| tree.children(child)));
    within.chain(ancestors(tree, node))
}

fn is_block(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.structure(node) == Some(Structure::Block)
}

/// The key of a value in a block mapping.
fn block_key(tree: &Tree<'_>, node: NodeId) -> Option<NodeId> {
    tree.parent(node).filter(|parent| is_block(tree, *parent))?;
    tree.key_of(node)
}

fn step(tree: &Tree<'_>, node: NodeId) -> Option<usize> {
    let (first, _) = tree.entries(node).next().filter(|_| is_block(tree, node))?;
    let key = block_key(tree, node)?;
    let from = column(tree, tree.start(key));
    column(tree, tree.start(first)).checked_sub(from).filter(|step| *step > 0)
}

fn dash_offset(tree: &Tree<'_>, node: NodeId) -> Option<usize> {
    let first = tree.items(node).first().filter(|_| is_block(tree, node))?;
    let key = block_key(tree, node)?;
    column(tree, tree.start(*first)).checked_sub(column(tree, tree.start(key)))
}

fn dash_gap(tree: &Tree<'_>, node: NodeId) -> Option<usize> {
    if !is_block(tree, node) {
        return None;
    }
    tree.items(node).iter().rev().find_map(|item| {
        let (dash, content) = (tree.lead(*item)?, tree.outer(*item).start());
        let spaces = &tree.text()[dash + 1..content];
        (!spaces.is_empty() && spaces.bytes().all(|byte| byte == b' ')).then_some(content - dash)
    })
}

pub(super) fn scalar_style(tree: &Tree<'_>, node: NodeId) -> Option<ScalarStyle> {
    match tree.node(node).kind {
        Kind::Scalar { style, .. } => Some(style),
        _ => None,
    }
}

pub(super) fn is_block_scalar(kind: &Kind<'_>) -> bool {
    matches!(kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. })
}
