//! The tree of a YAML text: an arena of nodes, each with its byte range.
//!
//! The *span* of a node is its bytes without its anchor and tag. A block collection ends where its last leaf ends. A
//! block scalar begins at its `|` or `>` and ends before the last line break of its content. An empty null has an empty
//! span after its indicator. The anchor and the tag are the node's [`Properties`]; [`Tree::outer`] includes them.

mod build;
mod fault;
mod lead;
mod plain;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::scalar::{ScalarKind, plain_kind};
use crate::text::LineIndex;
pub use fault::SyntaxError;
pub(crate) use fault::SyntaxFault;
use lead::Lead;

/// The tree of a text. The text may have several documents if `...` ends one.
#[derive(Debug, PartialEq)]
pub struct Tree<'t> {
    lines: LineIndex<'t>,
    text: &'t str,
    nodes: Vec<Node<'t>>,
    children: Vec<NodeId>,
    roots: Vec<NodeId>,
    properties: HashMap<NodeId, Properties>,
    comments: Vec<Span>,
    aliases: Vec<NodeId>,
    /// The position in a `List`, if the text is an item of one.
    item: Option<Item>,
}

/// The index of a node of a [`Tree`], in the order of the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
pub struct NodeId(pub(super) u32);

/// A node and its position.
#[derive(Debug, PartialEq)]
pub struct Node<'t> {
    /// The kind and content.
    pub kind: Kind<'t>,
    /// The bytes, without its properties.
    pub span: Span,
    /// The offset of its `-`, `:` or `?`.
    lead: Option<Lead>,
    /// The collection around it; for a root, the root itself.
    pub parent: NodeId,
}

/// The kind of a node, with its content.
#[derive(Debug, PartialEq)]
pub enum Kind<'t> {
    /// A text, number, boolean or null.
    Scalar {
        /// The text, with escapes and line folds resolved.
        text: Cow<'t, str>,
        /// The quotes or block style.
        style: ScalarStyle,
    },
    /// A list.
    Sequence {
        /// Block or flow.
        structure: Structure,
        /// The range of its items in the children of the tree.
        items: Range<u32>,
    },
    /// Keys and values.
    Mapping {
        /// Block or flow.
        structure: Structure,
        /// The range of its keys and values in the children of the tree, in turn.
        entries: Range<u32>,
    },
    /// `*name`, with the node that has the anchor.
    Alias(NodeId),
}

/// The quotes or block style of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// The style of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// With lines and indentation.
    Block,
    /// With brackets and commas.
    Flow,
}

/// The type that a tag names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the type of YAML's core schema that has its name")]
pub enum Tag {
    Str,
    Int,
    Float,
    Bool,
    Null,
    Map,
    Seq,
    Merge,
    /// `!`, `!name`, or a type beyond those above.
    Other,
}

/// The anchor and the tag of a node.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Properties {
    /// `&name`
    pub anchor: Option<Span>,
    /// `!tag`, with its type.
    pub tag: Option<(Tag, Span)>,
}

/// A range of bytes of a tree's text, which is shorter than 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// The range from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }
    /// The first byte.
    pub fn start(self) -> usize {
        self.start as usize
    }
    /// One past the last byte.
    pub fn end(self) -> usize {
        self.end as usize
    }
    /// As a range.
    pub fn range(self) -> Range<usize> {
        self.start()..self.end()
    }
    /// Returns true if the range has no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// An item of a `List`, parsed as a text of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The index, from 0.
    pub index: usize,
    /// True if the list has more values in double quotes than in single ones.
    pub prefers_double_quotes: bool,
}

/// The end of the header (`|`, `>-`, `|2+`, …) of the block scalar at `start`.
pub(crate) fn header_end(text: &str, start: usize) -> usize {
    let header = &text[start..];
    start + header.find([' ', '\t', '\n', '\r']).unwrap_or(header.len())
}

/// Returns true if the header of the block scalar at `start` has a `+`.
pub(crate) fn keeps_final_breaks(text: &str, start: usize) -> bool {
    text[start..header_end(text, start)].contains('+')
}

impl<'t> Tree<'t> {
    /// Marks the tree as that of an item of a `List`. Its root is the item, or a block sequence with the item.
    #[must_use]
    pub fn into_item(self, item: Item) -> Self {
        Self { item: Some(item), ..self }
    }

    /// The position in a `List`, if the text is an item of one.
    pub fn item(&self) -> Option<Item> {
        self.item
    }

    /// Parses another version of the same text.
    ///
    /// # Errors
    /// As for [`Tree::parse`].
    pub fn parse_again<'n>(&self, text: &'n str) -> Result<Tree<'n>, SyntaxError> {
        Tree::parse(text).map(|tree| Tree { item: self.item, ..tree })
    }

    /// The items of the root, if it is a block sequence with an item of a `List`.
    pub fn items_of_list(&self, root: NodeId) -> Option<&[NodeId]> {
        self.item.filter(|_| self.structure(root) == Some(Structure::Block))?;
        matches!(self.node(root).kind, Kind::Sequence { .. }).then(|| self.items(root))
    }

    /// The text that was parsed.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The lines of the text.
    pub fn lines(&self) -> &LineIndex<'t> {
        &self.lines
    }

    /// The root of each document, in order.
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// The node with this index.
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns true if there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node's bytes, without its properties.
    pub fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// The node's bytes with its anchor and tag.
    pub fn outer(&self, id: NodeId) -> Span {
        let span = self.span(id);
        let properties = self.properties(id);
        let starts = [properties.anchor, properties.tag.map(|(_, span)| span)];
        let start = starts.into_iter().flatten().map(Span::start).fold(span.start(), usize::min);
        Span::new(start, span.end())
    }

    /// The offset of the `-`, `:` or `?` before the node.
    pub fn lead(&self, id: NodeId) -> Option<usize> {
        self.node(id).lead.map(Lead::offset)
    }

    /// The start of an item or key, with its `-` or `?` and its properties.
    pub fn start(&self, id: NodeId) -> usize {
        self.lead(id).unwrap_or_else(|| self.outer(id).start())
    }

    /// The anchor and tag of a node.
    pub fn properties(&self, id: NodeId) -> Properties {
        self.properties.get(&id).copied().unwrap_or_default()
    }

    /// The tag of a node.
    pub fn tag(&self, id: NodeId) -> Option<Tag> {
        self.properties(id).tag.map(|(tag, _)| tag)
    }

    /// The node itself or, for an alias, the node that it refers to.
    pub fn resolve(&self, id: NodeId) -> NodeId {
        match self.node(id).kind {
            Kind::Alias(target) => target,
            _ => id,
        }
    }

    /// The items of a list; none for other nodes.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).kind {
            Kind::Sequence { items, .. } => &self.children[items.start as usize..items.end as usize],
            _ => &[],
        }
    }

    /// The keys and values of a mapping, in the order of the text; none for other nodes.
    pub fn entries(&self, id: NodeId) -> impl DoubleEndedIterator<Item = (NodeId, NodeId)> + ExactSizeIterator + '_ {
        let children = match &self.node(id).kind {
            Kind::Mapping { entries, .. } => &self.children[entries.start as usize..entries.end as usize],
            _ => &[],
        };
        children.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// The items of a list or the values of a mapping; none for other nodes.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.items(id).iter().copied().chain(self.entries(id).map(|(_, value)| value))
    }

    /// The number of items or entries of a collection.
    pub fn length(&self, id: NodeId) -> usize {
        match &self.node(id).kind {
            Kind::Sequence { items, .. } => items.len(),
            Kind::Mapping { entries, .. } => entries.len() / 2,
            _ => 0,
        }
    }

    /// The style of a collection; `None` for other nodes.
    pub fn structure(&self, id: NodeId) -> Option<Structure> {
        match self.node(id).kind {
            Kind::Sequence { structure, .. } | Kind::Mapping { structure, .. } => Some(structure),
            _ => None,
        }
    }

    /// The text of a scalar, with aliases resolved; `None` for a collection.
    pub fn scalar_text(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.resolve(id)).kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The type that Kubernetes reads a node as, with aliases resolved.
    pub fn scalar_kind(&self, id: NodeId) -> ScalarKind {
        let id = self.resolve(id);
        let Kind::Scalar { text, style } = &self.node(id).kind else { return ScalarKind::Collection };
        match self.tag(id) {
            Some(Tag::Int) => ScalarKind::Int,
            Some(Tag::Float) => ScalarKind::Float,
            Some(Tag::Bool) => ScalarKind::Bool,
            Some(Tag::Null) => ScalarKind::Null,
            Some(_) => ScalarKind::String,
            None if *style == ScalarStyle::Plain => plain_kind(text),
            None => ScalarKind::String,
        }
    }

    /// Returns true if a key is the merge key `<<`.
    pub fn is_merge_key(&self, key: NodeId) -> bool {
        let plain = matches!(&self.node(key).kind, Kind::Scalar { text, style: ScalarStyle::Plain } if text == "<<");
        plain && matches!(self.tag(key), None | Some(Tag::Merge))
    }

    /// The collection around a node; `None` for a root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        let parent = self.node(id).parent;
        (parent != id).then_some(parent)
    }

    /// The index of a child in its collection: of an item, or of the entry with this key or value.
    pub fn index_of(&self, child: NodeId) -> Option<usize> {
        let parent = self.parent(child)?;
        match &self.node(parent).kind {
            // The indexes of nodes are in the order of the text.
            Kind::Sequence { .. } => self.items(parent).binary_search(&child).ok(),
            Kind::Mapping { entries, .. } => {
                let children = &self.children[entries.start as usize..entries.end as usize];
                children.binary_search(&child).ok().map(|at| at / 2)
            }
            _ => None,
        }
    }

    /// The key of a value.
    pub fn key_of(&self, value: NodeId) -> Option<NodeId> {
        let (key, _) = self.entry(self.parent(value)?, self.index_of(value)?)?;
        (key != value).then_some(key)
    }

    /// The key and value of the entry at an index.
    pub fn entry(&self, mapping: NodeId, index: usize) -> Option<(NodeId, NodeId)> {
        let Kind::Mapping { entries, .. } = &self.node(mapping).kind else { return None };
        let children = &self.children[entries.start as usize..entries.end as usize];
        Some((*children.get(2 * index)?, *children.get(2 * index + 1)?))
    }

    /// All aliases, in the order of the text.
    pub fn aliases(&self) -> &[NodeId] {
        &self.aliases
    }

    /// The nodes with an anchor, with the bytes of the anchor.
    pub fn anchored(&self) -> impl Iterator<Item = (NodeId, Span)> + '_ {
        self.properties.iter().filter_map(|(id, properties)| properties.anchor.map(|anchor| (*id, anchor)))
    }

    /// The comments that begin within `range`, in the order of the text.
    pub fn comments_in(&self, range: Range<usize>) -> &[Span] {
        let first = self.comments.partition_point(|comment| comment.start() < range.start);
        let last = self.comments.partition_point(|comment| comment.start() < range.end);
        &self.comments[first..last.max(first)]
    }

    /// Every node with its index, in the order of the text.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node<'t>)> {
        self.nodes.iter().enumerate().map(|(at, node)| (NodeId(at as u32), node))
    }

    /// The path of a node as Kubernetes writes it: `spec.predictors[0].name`. Aliases of the node do not count.
    pub fn path(&self, id: NodeId) -> String {
        let (Some(parent), Some(index)) = (self.parent(id), self.index_of(id)) else { return self.root_path(id) };
        let mut path = self.path(parent);
        match self.entry(parent, index) {
            Some((key, _)) => path.push_str(&self.path_step(key, path.is_empty())),
            None => {
                let first = self.items_of_list(parent).and(self.item).map_or(0, |item| item.index);
                path.push_str(&format!("[{}]", first + index));
            }
        }
        path
    }

    /// The path of a root in its whole document.
    fn root_path(&self, root: NodeId) -> String {
        match self.item {
            None => String::new(),
            Some(_) if self.items_of_list(root).is_some() => "items".to_owned(),
            Some(Item { index, .. }) => format!("items[{index}]"),
        }
    }

    fn path_step(&self, key: NodeId, first: bool) -> String {
        let name = self.scalar_text(key).unwrap_or("?");
        let simple = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        match (simple, first) {
            (true, true) => name.to_owned(),
            (true, false) => format!(".{name}"),
            (false, _) => format!("[{name:?}]"),
        }
    }
}
