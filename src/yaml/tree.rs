//! The tree of one stretch of YAML: an arena of nodes, each of which knows its bytes.
//!
//! A node's *span* is the node itself, from the first to the last byte that carries its meaning. The end of a block
//! collection is the end of its last leaf. A block scalar begins at its `|` or `>` and ends before the line break of its
//! last line of content. A null that is not written is zero wide and stands behind the indicator that makes room for it.
//! The anchor and the tag are the node's [`Properties`]; [`Tree::outer`] includes them.

mod build;
mod plain;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use super::scalar::{ScalarKind, plain_kind};
use crate::text::LineIndex;

/// The tree of a text, which may hold several documents where `...` ends one.
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
    /// The place of the text in a list, if it is an item of one.
    item: Option<Item>,
}

/// A lead of nodes that no indicator introduces.
const NO_LEAD: u32 = u32::MAX;

/// A node of a [`Tree`], by its number in the order of the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
pub struct NodeId(pub(super) u32);

/// A node and where it stands.
#[derive(Debug, PartialEq)]
pub struct Node<'t> {
    /// What it is.
    pub kind: Kind<'t>,
    /// Its bytes, without its properties.
    pub span: Span,
    /// Where its `-`, `:` or `?` stands, or [`NO_LEAD`].
    lead: u32,
    /// The collection that it stands in; its own number for a root.
    pub parent: NodeId,
}

/// What a node is.
#[derive(Debug, PartialEq)]
pub enum Kind<'t> {
    /// Text, and how it is written.
    Scalar {
        /// What it says, escapes and line folds resolved.
        text: Cow<'t, str>,
        /// How it is written.
        style: ScalarStyle,
    },
    /// A list.
    Sequence {
        /// Dashes or brackets.
        structure: Structure,
        /// Where its items stand among the children.
        items: Range<u32>,
    },
    /// Keys and values.
    Mapping {
        /// Lines or braces.
        structure: Structure,
        /// Where its keys and values stand among the children, in turn.
        entries: Range<u32>,
    },
    /// `*name`, for the node that the anchor stands at.
    Alias(NodeId),
}

/// How a scalar is written.
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

/// How a collection is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// By lines and indentation.
    Block,
    /// By brackets and commas.
    Flow,
}

/// What a node's tag says, as far as it matters here.
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
    /// `!tag` and what it says.
    pub tag: Option<(Tag, Span)>,
}

/// A range of bytes of a tree's text, which is below 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// The bytes from `start` up to `end`.
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
    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// An item of the `items` of a list, read as a text of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// From 0.
    pub index: usize,
    /// True if the list has more values in double quotes than in single ones.
    pub prefers_double_quotes: bool,
}

/// Why a text has no tree, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Offset of the byte at fault.
    pub at: usize,
    /// What is wrong there.
    pub fault: SyntaxFault,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyntaxFault {
    /// No YAML; the parser's words.
    Malformed(String),
    /// Collections stand in each other more than [`super::MAX_DEPTH`] deep.
    TooDeep,
    /// Its aliases stand for more than [`super::MAX_EXPANDED_NODES`] nodes.
    TooManyNodes,
    /// An alias stands within the node that it is an alias of.
    RecursiveAlias,
    /// A list or a mapping stands as a key.
    KeyIsNoScalar,
    /// More than [`super::MAX_DIRECTIVES`] directives stand before it.
    TooManyDirectives,
    /// It is longer than 4 GiB.
    TooLong,
}

impl fmt::Display for SyntaxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(words) => write!(f, "invalid YAML: {words}"),
            Self::TooDeep => write!(f, "lists and mappings stand more than {} deep in each other", super::MAX_DEPTH),
            Self::TooManyNodes => {
                write!(f, "the aliases of this document stand for more than {} nodes", super::MAX_EXPANDED_NODES)
            }
            Self::RecursiveAlias => write!(f, "this alias stands within the node that it is an alias of"),
            Self::KeyIsNoScalar => write!(f, "a list or a mapping can't be a key in Kubernetes"),
            Self::TooManyDirectives => write!(f, "a document with more than {} directives", super::MAX_DIRECTIVES),
            Self::TooLong => write!(f, "a document of more than 4 GiB"),
        }
    }
}

/// Where the header of the block scalar at `start` ends: `|`, `>-`, `|2+`, …
pub(crate) fn header_end(text: &str, start: usize) -> usize {
    let header = &text[start..];
    start + header.find([' ', '\t', '\n', '\r']).unwrap_or(header.len())
}

/// Whether the block scalar whose header begins at `start` keeps the line breaks that it ends with.
pub(crate) fn keeps_final_breaks(text: &str, start: usize) -> bool {
    text[start..header_end(text, start)].contains('+')
}

impl<'t> Tree<'t> {
    /// The tree as that of an item of a list: a block sequence of that one, or the item itself.
    #[must_use]
    pub fn into_item(self, item: Item) -> Self {
        Self { item: Some(item), ..self }
    }

    /// The place of the text in a list, if it is an item of one.
    pub fn item(&self) -> Option<Item> {
        self.item
    }

    /// The tree of another text of the same document, or item of a list.
    ///
    /// # Errors
    /// As for [`Tree::parse`].
    pub fn parse_again<'n>(&self, text: &'n str) -> Result<Tree<'n>, SyntaxError> {
        Tree::parse(text).map(|tree| Tree { item: self.item, ..tree })
    }

    /// The items, if the root is the sequence that an item of a list is as a text of its own.
    pub fn items_of_list(&self, root: NodeId) -> Option<&[NodeId]> {
        self.item.filter(|_| self.structure(root) == Some(Structure::Block))?;
        matches!(self.node(root).kind, Kind::Sequence { .. }).then(|| self.items(root))
    }

    /// The text that the spans count in.
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

    /// The node of that number.
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
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

    /// Where the `-`, `:` or `?` that introduces the node stands.
    pub fn lead(&self, id: NodeId) -> Option<usize> {
        let lead = self.node(id).lead;
        (lead != NO_LEAD).then_some(lead as usize)
    }

    /// Where an item or a key begins: at its `-` or `?`, at its properties, or at itself.
    pub fn start(&self, id: NodeId) -> usize {
        self.lead(id).unwrap_or_else(|| self.outer(id).start())
    }

    /// The anchor and tag of a node.
    pub fn properties(&self, id: NodeId) -> Properties {
        self.properties.get(&id).copied().unwrap_or_default()
    }

    /// What a node's tag says.
    pub fn tag(&self, id: NodeId) -> Option<Tag> {
        self.properties(id).tag.map(|(tag, _)| tag)
    }

    /// The node itself or, for an alias, the one that it stands for.
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

    /// The keys and values of a mapping as they stand; none for other nodes.
    pub fn entries(&self, id: NodeId) -> impl DoubleEndedIterator<Item = (NodeId, NodeId)> + ExactSizeIterator + '_ {
        let children = match &self.node(id).kind {
            Kind::Mapping { entries, .. } => &self.children[entries.start as usize..entries.end as usize],
            _ => &[],
        };
        children.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// The items of a list, the values of a mapping; none for other nodes.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.items(id).iter().copied().chain(self.entries(id).map(|(_, value)| value))
    }

    /// How many items or entries a collection has.
    pub fn length(&self, id: NodeId) -> usize {
        match &self.node(id).kind {
            Kind::Sequence { items, .. } => items.len(),
            Kind::Mapping { entries, .. } => entries.len() / 2,
            _ => 0,
        }
    }

    /// How a collection is written; `None` for other nodes.
    pub fn structure(&self, id: NodeId) -> Option<Structure> {
        match self.node(id).kind {
            Kind::Sequence { structure, .. } | Kind::Mapping { structure, .. } => Some(structure),
            _ => None,
        }
    }

    /// What a scalar says, aliases followed; `None` for a collection.
    pub fn scalar_text(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.resolve(id)).kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What Kubernetes takes a node for, aliases followed and its tag heeded.
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

    /// Whether a key is `<<`, by which a mapping takes in the keys of others.
    pub fn is_merge_key(&self, key: NodeId) -> bool {
        let plain = matches!(&self.node(key).kind, Kind::Scalar { text, style: ScalarStyle::Plain } if text == "<<");
        plain && matches!(self.tag(key), None | Some(Tag::Merge))
    }

    /// The collection that a node stands in; `None` for a root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        let parent = self.node(id).parent;
        (parent != id).then_some(parent)
    }

    /// The place of a child in the collection that it stands in: of an item, or of the entry whose key or value it is.
    pub fn index_of(&self, child: NodeId) -> Option<usize> {
        let parent = self.parent(child)?;
        match &self.node(parent).kind {
            // Children are numbered in the order of the text.
            Kind::Sequence { .. } => self.items(parent).binary_search(&child).ok(),
            Kind::Mapping { entries, .. } => {
                let children = &self.children[entries.start as usize..entries.end as usize];
                children.binary_search(&child).ok().map(|at| at / 2)
            }
            _ => None,
        }
    }

    /// The key whose value a node is.
    pub fn key_of(&self, value: NodeId) -> Option<NodeId> {
        let (key, _) = self.entry(self.parent(value)?, self.index_of(value)?)?;
        (key != value).then_some(key)
    }

    /// The key and value at a place of a mapping.
    pub fn entry(&self, mapping: NodeId, index: usize) -> Option<(NodeId, NodeId)> {
        let Kind::Mapping { entries, .. } = &self.node(mapping).kind else { return None };
        let children = &self.children[entries.start as usize..entries.end as usize];
        Some((*children.get(2 * index)?, *children.get(2 * index + 1)?))
    }

    /// All aliases, in the order of the text.
    pub fn aliases(&self) -> &[NodeId] {
        &self.aliases
    }

    /// The nodes that an anchor stands at, with the bytes of the anchor.
    pub fn anchored(&self) -> impl Iterator<Item = (NodeId, Span)> + '_ {
        self.properties.iter().filter_map(|(id, properties)| properties.anchor.map(|anchor| (*id, anchor)))
    }

    /// The comments that begin within `range`, in the order of the text.
    pub fn comments_in(&self, range: Range<usize>) -> &[Span] {
        let first = self.comments.partition_point(|comment| comment.start() < range.start);
        let last = self.comments.partition_point(|comment| comment.start() < range.end);
        &self.comments[first..last.max(first)]
    }

    /// Every node with its number, in the order of the text.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node<'t>)> {
        self.nodes.iter().enumerate().map(|(at, node)| (NodeId(at as u32), node))
    }

    /// Where a node stands, as Kubernetes writes paths: `spec.predictors[0].name`. An anchored node's is where the
    /// anchor stands.
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

    /// The path of a root in the document that the text is a part of.
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
