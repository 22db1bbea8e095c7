//! The events that a parser must find in the output: those of the input tree with the planned changes applied.

use std::ops::Range;

use crate::changes::{Added, Changes, NodeChange, Part, Value};
use crate::text::next_line;
use crate::yaml::{Kind, NodeId, ScalarStyle, Span, Structure, Tree, header_end};

/// An expected event, or a removal that precedes the next one.
pub(super) enum Expected<'a> {
    DocumentStart,
    DocumentEnd,
    Scalar {
        text: &'a str,
        origin: Provenance,
    },
    /// A number or a boolean that the plan adds, without quotes.
    Plain {
        text: &'a str,
        origin: Provenance,
    },
    Alias(NodeId),
    Open {
        is_list: bool,
        origin: Provenance,
    },
    /// The end of a collection, by its node if the input has it.
    Close(Option<NodeId>),
    Cut(Cut),
}

/// The reason why an event is expected.
#[derive(Debug, Clone, Copy)]
pub(super) enum Provenance {
    /// The input has it.
    Kept(NodeId),
    /// The plan sets it in the place of this scalar.
    Replaced(NodeId),
    /// The plan adds it, in the place of a removed value or an empty one.
    New,
    /// The plan adds it to a collection that ends at this offset of the input.
    Appended(usize),
}

impl Provenance {
    pub(super) fn site(self) -> Option<usize> {
        match self {
            Self::Appended(end) => Some(end),
            _ => None,
        }
    }
}

/// Bytes of the input that the plan removes.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub range: Range<usize>,
    pub reason: CutReason,
}

/// The rule of removal, which decides about comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CutReason {
    /// An item of a block sequence: the comment on its last line and the lines of comments directly above it may be
    /// removed.
    Item,
    /// An entry of a block mapping: the comment on its last line may be removed.
    Entry,
    /// A member of a flow collection: the comment on its last line may be removed, and what comes between it and the next
    /// removed member.
    Member,
    /// A value on the line of its key that is replaced: the comment after it stays.
    Erased,
}

impl Cut {
    pub(super) fn erased(range: Range<usize>) -> Self {
        Self { range, reason: CutReason::Erased }
    }
}

/// The expected events in order. The stack holds what is still to come, the next on top, so that memory is bounded by
/// the depth of the document and the size of a single change.
pub(super) struct ExpectedEvents<'a> {
    tree: &'a Tree<'a>,
    changes: &'a Changes,
    stack: Vec<Step<'a>>,
}

enum Step<'a> {
    Event(Expected<'a>),
    /// The documents from this one on.
    Roots(usize),
    Node(NodeId),
    /// The children of a collection from this one on, and what is added.
    Children(NodeId, usize, Option<&'a NodeChange>),
    Value(&'a Value, Provenance),
}

impl<'a> ExpectedEvents<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, changes: &'a Changes) -> Self {
        Self { tree, changes, stack: vec![Step::Roots(0)] }
    }

    /// Returns true if a collection was empty or becomes empty, which may change its style.
    pub(super) fn may_change_structure(&self, node: NodeId) -> bool {
        self.changes.of(node).is_some_and(|change| self.tree.length(node) == 0 || self.empties(node, change))
    }

    fn empties(&self, node: NodeId, change: &NodeChange) -> bool {
        change.added.is_empty() && change.removed() == self.tree.length(node)
    }

    fn push(&mut self, event: Expected<'a>) {
        self.stack.push(Step::Event(event));
    }

    fn node(&mut self, id: NodeId) -> Expected<'a> {
        let change = self.changes.of(id);
        let (tree, added) = (self.tree, change.and_then(|change| change.added.first()));
        match (&tree.node(id).kind, added) {
            (Kind::Alias(_), _) => Expected::Alias(id),
            (Kind::Scalar { text, .. }, None) => Expected::Scalar { text, origin: Provenance::Kept(id) },
            (kind, _) => {
                self.stack.push(Step::Children(id, 0, change));
                let is_list = matches!(kind, Kind::Sequence { .. }) || matches!(added, Some(Added::Item(_)));
                let open = Expected::Open { is_list, origin: Provenance::Kept(id) };
                // A null may be written: `~`.
                if matches!(kind, Kind::Scalar { .. }) {
                    self.push(open);
                    return Expected::Cut(Cut::erased(tree.span(id).range()));
                }
                open
            }
        }
    }

    fn children(&mut self, id: NodeId, index: usize, change: Option<&'a NodeChange>) {
        if index == self.tree.length(id) {
            self.push(Expected::Close(Some(id)));
            let origin = Provenance::Appended(self.tree.span(id).end());
            for added in change.map_or(&[][..], |change| &change.added).iter().rev() {
                match added {
                    Added::Item(value) => self.stack.push(Step::Value(value, origin)),
                    Added::Entry(key, value) => {
                        self.stack.push(Step::Value(value, Provenance::New));
                        self.push(Expected::Scalar { text: key, origin });
                    }
                }
            }
            return;
        }
        let is_emptied = index == 0 && change.is_some_and(|change| self.empties(id, change));
        if is_emptied && self.tree.structure(id) == Some(Structure::Flow) {
            self.push(Expected::Close(Some(id)));
            // All between the brackets, which are not in the gap.
            return self.push(Expected::Cut(Cut { range: self.tree.span(id).range(), reason: CutReason::Member }));
        }
        self.stack.push(Step::Children(id, index + 1, change));
        let part = change.and_then(|change| change.parts.get(&index));
        match (self.tree.entry(id, index), part) {
            (_, Some(Part::Remove)) => self.removed(id, index),
            (None, _) => self.stack.push(Step::Node(self.tree.items(id)[index])),
            (Some((key, value)), None) => self.stack.extend([Step::Node(value), Step::Node(key)]),
            (Some((key, value)), Some(Part::Set(new))) => {
                self.value_for(value, new);
                self.stack.push(Step::Node(key));
            }
            (Some((key, value)), Some(Part::Replace(name, new))) => {
                self.value_for(value, new);
                self.push(Expected::Scalar { text: name, origin: Provenance::Replaced(key) });
            }
        }
    }

    /// A new value in the place of a node.
    fn value_for(&mut self, node: NodeId, new: &'a Value) {
        let is_scalar = self.tree.structure(node).is_none();
        let outer = self.tree.outer(node).range();
        if is_scalar && new.text().is_some() && !outer.is_empty() {
            return self.stack.push(Step::Value(new, Provenance::Replaced(node)));
        }
        self.stack.push(Step::Value(new, Provenance::New));
        if let (Some(Structure::Block), Some(lead)) = (self.tree.structure(node), self.tree.lead(node)) {
            // The comments from the line below the key to the last line are part of it.
            let start = next_line(self.tree.text(), lead).min(outer.start);
            self.push(Expected::Cut(Cut { range: start..outer.end, reason: CutReason::Entry }));
        } else {
            let properties = self.tree.properties(node);
            let spans = [properties.anchor, properties.tag.map(|(_, tag)| tag), Some(self.tree.span(node))];
            let mut spans: Vec<Span> = spans.into_iter().flatten().collect();
            spans.sort_unstable();
            let own = self.tree.span(node);
            for span in spans.into_iter().rev() {
                let (text, range) = (self.tree.text(), span.range());
                let has_comment = || text[range.start..next_line(text, range.start)].contains('#');
                if span == own && is_block_scalar(self.tree, node) && has_comment() {
                    // The comment after the header is kept.
                    self.push(Expected::Cut(Cut::erased(next_line(text, range.start)..range.end)));
                    self.push(Expected::Cut(Cut::erased(range.start..header_end(text, range.start))));
                } else {
                    self.push(Expected::Cut(Cut::erased(span.range())));
                }
            }
        }
    }

    /// The removal of an item or an entry. What is removed by itself within it is a removal of its own, so that the
    /// comments between stay.
    fn removed(&mut self, id: NodeId, index: usize) {
        let mut cuts = Vec::new();
        self.collect_cuts(id, index, &mut cuts);
        self.stack.extend(cuts.into_iter().rev().map(|cut| Step::Event(Expected::Cut(cut))));
    }

    /// The start of an item or an entry, and the node that ends it.
    fn part(&self, id: NodeId, index: usize) -> (usize, NodeId) {
        match self.tree.entry(id, index) {
            Some((key, value)) => (self.tree.start(key), value),
            None => (self.tree.start(self.tree.items(id)[index]), self.tree.items(id)[index]),
        }
    }

    fn collect_cuts(&self, id: NodeId, index: usize, cuts: &mut Vec<Cut>) {
        let is_block = |node| self.tree.structure(node) == Some(Structure::Block);
        let (start, value) = self.part(id, index);
        let reason = match self.tree.entry(id, index) {
            _ if !is_block(id) => CutReason::Member,
            None => CutReason::Item,
            Some(_) => CutReason::Entry,
        };
        let span = self.tree.span(value);
        if self.changes.of(value).is_none() || !is_block(value) {
            return cuts.push(Cut { range: start..span.end(), reason });
        }
        let properties = self.tree.properties(value);
        let ends = [properties.anchor, properties.tag.map(|(_, tag)| tag)].into_iter().flatten().map(|span| span.end());
        let head = ends.chain(self.tree.lead(value).map(|lead| lead + 1)).fold(start, usize::max);
        cuts.push(Cut { range: start..head, reason });
        for part in 0..self.tree.length(value) {
            self.collect_cuts(value, part, cuts);
        }
    }

    fn value(&mut self, value: &'a Value, origin: Provenance) -> Expected<'a> {
        match value {
            Value::Text(text) | Value::InStyle(text) => Expected::Scalar { text, origin },
            Value::Plain(text) => Expected::Plain { text, origin },
            Value::List(items) => {
                self.push(Expected::Close(None));
                for (at, item) in items.iter().enumerate().rev() {
                    self.stack.push(Step::Value(item, if at == 0 { origin } else { Provenance::New }));
                }
                Expected::Open { is_list: true, origin }
            }
            Value::Map(entries) => {
                self.push(Expected::Close(None));
                for (at, (key, value)) in entries.iter().enumerate().rev() {
                    self.stack.push(Step::Value(value, Provenance::New));
                    self.push(Expected::Scalar { text: key, origin: if at == 0 { origin } else { Provenance::New } });
                }
                Expected::Open { is_list: false, origin }
            }
        }
    }
}

/// Returns true for a literal or folded scalar.
pub(super) fn is_block_scalar(tree: &Tree<'_>, node: NodeId) -> bool {
    matches!(tree.node(node).kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. })
}

impl<'a> Iterator for ExpectedEvents<'a> {
    type Item = Expected<'a>;

    fn next(&mut self) -> Option<Expected<'a>> {
        loop {
            match self.stack.pop()? {
                Step::Event(event) => return Some(event),
                Step::Node(id) => return Some(self.node(id)),
                Step::Value(value, origin) => return Some(self.value(value, origin)),
                Step::Children(id, index, change) => self.children(id, index, change),
                Step::Roots(index) => {
                    let Some(&root) = self.tree.roots().get(index) else { continue };
                    self.stack.push(Step::Roots(index + 1));
                    self.push(Expected::DocumentEnd);
                    self.stack.push(Step::Node(root));
                    return Some(Expected::DocumentStart);
                }
            }
        }
    }
}
