//! Builds a [`Tree`] from the parser's events, and finds the offsets that the events do not have: of dashes and colons,
//! the header and the end of a block scalar, the end of a block collection, an empty null.

use std::collections::HashMap;

use super::super::events::{Event, Spanned, events};
use super::super::stream::directives;
use super::super::{MAX_DEPTH, MAX_DIRECTIVES, MAX_DOCUMENT_LENGTH, MAX_EXPANDED_NODES};
use super::*;
use crate::text::final_break;

impl<'t> Tree<'t> {
    /// Parses the whole text.
    ///
    /// # Errors
    /// The first syntax error, or the first place beyond a limit.
    pub fn parse(text: &'t str) -> Result<Self, SyntaxError> {
        match Self::parse_plain(text) {
            Some(tree) => Ok(tree),
            None => Self::parse_any(text),
        }
    }

    /// The tree by the fast reader only; `None` if it leaves the text to the parser. For tests.
    #[doc(hidden)]
    pub fn parse_plain(text: &'t str) -> Option<Self> {
        (text.len() <= MAX_DOCUMENT_LENGTH).then(|| plain::read(text)).flatten()
    }

    /// The tree by the parser only. For tests.
    ///
    /// # Errors
    /// Those of [`Tree::parse`].
    #[doc(hidden)]
    pub fn parse_any(text: &'t str) -> Result<Self, SyntaxError> {
        build(text)
    }

    /// A tree without nodes, with the capacity for those of the text.
    pub(super) fn with_capacity(text: &'t str) -> Self {
        Self {
            lines: LineIndex::new(text),
            text,
            nodes: Vec::with_capacity(text.len() / BYTES_A_NODE),
            children: Vec::with_capacity(text.len() / BYTES_A_NODE),
            roots: Vec::new(),
            properties: HashMap::new(),
            comments: Vec::new(),
            aliases: Vec::new(),
            item: None,
        }
    }
}

/// The usual number of bytes of a manifest for a node, for the initial capacity.
const BYTES_A_NODE: usize = 12;

fn build(text: &str) -> Result<Tree<'_>, SyntaxError> {
    if text.len() > MAX_DOCUMENT_LENGTH {
        return Err(SyntaxError { at: 0, fault: SyntaxFault::TooLong });
    }
    if directives(text).nth(MAX_DIRECTIVES).is_some() {
        return Err(SyntaxError { at: 0, fault: SyntaxFault::TooManyDirectives });
    }
    let mut builder = Builder {
        tree: Tree::with_capacity(text),
        open: Vec::new(),
        pending: Vec::new(),
        cursor: 0,
        anchors: HashMap::new(),
        last: NodeId(0),
    };
    for next in events(text) {
        builder.take(next?)?;
    }
    let mut tree = builder.tree;
    tree.comments = comments(&tree);
    Ok(tree)
}

/// The comments. Each begins with a `#` after whitespace or at the start of a line, outside scalars.
fn comments(tree: &Tree<'_>) -> Vec<Span> {
    let bytes = tree.text.as_bytes();
    let mut scalars = tree.nodes.iter().filter_map(|node| match node.kind {
        Kind::Scalar { style, .. } => Some((node.span, style)),
        _ => None,
    });
    let mut scalar = scalars.next();
    let mut found: Vec<Span> = Vec::new();
    for at in memchr::memchr_iter(b'#', bytes) {
        let is_in_comment = found.last().is_some_and(|last| at < last.end());
        if is_in_comment || (at > 0 && !b" \t\r\n".contains(&bytes[at - 1])) {
            continue;
        }
        while scalar.is_some_and(|(span, _)| span.end() <= at) {
            scalar = scalars.next();
        }
        let is_text = scalar.is_some_and(|(span, style)| {
            let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            span.start() < at && !(is_block && at < tree.lines.end(span.start()))
        });
        if !is_text {
            found.push(Span::new(at, tree.lines.end(at)));
        }
    }
    found
}

struct Builder<'t> {
    tree: Tree<'t>,
    /// The open collections, innermost last.
    open: Vec<Open>,
    /// The children so far of all open collections, those of the innermost last.
    pending: Vec<NodeId>,
    /// The end of the last node or indicator.
    cursor: usize,
    /// The anchored nodes of this document, by the parser's number of the anchor.
    anchors: HashMap<usize, Anchored>,
    /// The node that began last. An anchor event is about it.
    last: NodeId,
}

struct Open {
    node: NodeId,
    first_child: usize,
    is_sequence: bool,
    anchor: usize,
    size: Size,
}

struct Anchored {
    node: NodeId,
    /// `None` while the node is open.
    size: Option<Size>,
}

/// The size of a node with its aliases expanded.
#[derive(Clone, Copy)]
struct Size {
    nodes: u64,
    /// The number of nodes in aliases.
    expanded: u64,
    height: usize,
}

const LEAF: Size = Size { nodes: 1, expanded: 0, height: 0 };
const EMPTY_COLLECTION: Size = Size { nodes: 1, expanded: 0, height: 1 };

impl<'t> Builder<'t> {
    fn take(&mut self, next: Spanned<'t>) -> Result<(), SyntaxError> {
        let Spanned { event, span, tag_span } = next;
        match event {
            Event::DocumentStart => {
                self.anchors.clear();
                self.cursor = self.cursor.max(span.end());
            }
            Event::DocumentEnd => self.cursor = self.cursor.max(span.end()),
            Event::Anchor => self.anchor(span),
            Event::Scalar { text, style, anchor, tag, indent } => {
                let lead = self.lead();
                let id = self.begin(Kind::Scalar { text, style }, span, lead, tag.zip(tag_span));
                self.place_scalar(id, indent);
                self.end(id, anchor, LEAF)?;
            }
            Event::Alias(anchor) => {
                let lead = self.lead();
                let fault = |fault| SyntaxError { at: span.start(), fault };
                let target =
                    self.anchors.get(&anchor).ok_or(fault(SyntaxFault::Malformed("an unknown anchor".into())))?;
                let (node, size) = (target.node, target.size.ok_or(fault(SyntaxFault::RecursiveAlias))?);
                let id = self.begin(Kind::Alias(node), span, lead, None);
                self.tree.aliases.push(id);
                self.cursor = span.end();
                self.end(id, 0, Size { expanded: size.nodes, ..size })?;
            }
            Event::SequenceStart { structure, anchor, tag } => {
                self.open(Kind::Sequence { structure, items: 0..0 }, span, anchor, tag.zip(tag_span))?;
            }
            Event::MappingStart { structure, anchor, tag } => {
                self.open(Kind::Mapping { structure, entries: 0..0 }, span, anchor, tag.zip(tag_span))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
        }
        Ok(())
    }

    /// Moves the cursor past the `-`, `:` or `?` of the next node, and returns its offset.
    fn lead(&mut self) -> Option<usize> {
        let text = self.tree.text.as_bytes();
        let mut at = skip_space_and_comments(text, self.cursor);
        let is_value = |open: &Open| !open.is_sequence && (self.pending.len() - open.first_child) % 2 == 1;
        let may_follow_comma = |open: &Open| !self.is_block(open.node) && !is_value(open);
        if text.get(at) == Some(&b',') && self.open.last().is_some_and(may_follow_comma) {
            self.cursor = at + 1;
            at = skip_space_and_comments(text, self.cursor);
        }
        let indicator = |byte: u8| text.get(at) == Some(&byte);
        let separated = matches!(text.get(at + 1), None | Some(b' ' | b'\t' | b'\n' | b'\r'));
        let found = match self.open.last() {
            Some(open) if open.is_sequence => indicator(b'-') && separated && self.is_block(open.node),
            Some(open) if is_value(open) => indicator(b':'),
            Some(_) => indicator(b'?') && separated,
            None => false,
        };
        if found {
            self.cursor = at + 1;
        }
        found.then_some(at)
    }

    fn is_block(&self, id: NodeId) -> bool {
        self.tree.structure(id) == Some(Structure::Block)
    }

    fn begin(&mut self, kind: Kind<'t>, span: Span, lead: Option<usize>, tag: Option<(Tag, Span)>) -> NodeId {
        let id = NodeId(self.tree.nodes.len() as u32);
        let parent = self.open.last().map_or(id, |open| open.node);
        self.tree.nodes.push(Node { kind, span, lead: lead.and_then(Lead::at), parent });
        if let Some((tag, span)) = tag {
            self.tree.properties.entry(id).or_default().tag = Some((tag, span));
            self.cursor = self.cursor.max(span.end());
        }
        self.pending.push(id);
        self.last = id;
        id
    }

    /// Sets the anchor of the node that began last.
    fn anchor(&mut self, span: Span) {
        self.tree.properties.entry(self.last).or_default().anchor = Some(span);
        self.cursor = self.cursor.max(span.end());
        let node = &mut self.tree.nodes[self.last.0 as usize];
        if node.span.is_empty() && matches!(node.kind, Kind::Scalar { .. }) {
            node.span = Span::new(self.cursor, self.cursor);
        }
    }

    fn place_scalar(&mut self, id: NodeId, indent: Option<usize>) {
        let (text, cursor) = (self.tree.text, self.cursor);
        let lines = &self.tree.lines;
        let Node { kind, span, .. } = &mut self.tree.nodes[id.0 as usize];
        let Kind::Scalar { text: value, style } = kind else { return };
        match style {
            ScalarStyle::Literal | ScalarStyle::Folded => {
                // The event of the anchor follows, so the anchor may be between the cursor and the header.
                let header = find_header(text.as_bytes(), cursor);
                *span = Span::new(header, block_scalar_end(text, lines, header, *span, indent));
                if has_trailing_space_line(text, lines, header, span.end(), value, indent) {
                    value.to_mut().push('\n');
                    *span = Span::new(header, text.len());
                }
            }
            _ if span.is_empty() => {
                // The parser gives `~` for an empty null.
                value.to_mut().clear();
                *span = Span::new(cursor, cursor);
            }
            _ => {}
        }
        self.cursor = cursor.max(span.end());
    }

    fn open(&mut self, kind: Kind<'t>, span: Span, anchor: usize, tag: Option<(Tag, Span)>) -> Result<(), SyntaxError> {
        let is_sequence = matches!(kind, Kind::Sequence { .. });
        let lead = self.lead();
        let id = self.begin(kind, span, lead, tag);
        if self.open.len() >= MAX_DEPTH {
            return Err(SyntaxError { at: span.start(), fault: SyntaxFault::TooDeep });
        }
        // A pair in a list without braces, `[? a: b]`, begins at its `?`, which is before the key.
        if !span.is_empty() && self.tree.text.as_bytes().get(span.start()) != Some(&b'?') {
            self.cursor = span.end();
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: id, size: None });
        }
        self.open.push(Open { node: id, first_child: self.pending.len(), is_sequence, anchor, size: EMPTY_COLLECTION });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), SyntaxError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let start = self.tree.children.len() as u32;
        self.tree.children.extend(self.pending.drain(open.first_child..));
        let range = start..self.tree.children.len() as u32;
        let first = self.tree.children.get(start as usize).copied();
        let bracketed = matches!(self.tree.text.as_bytes().get(span.start()), Some(b'}' | b']')) && !span.is_empty();
        if bracketed {
            self.cursor = span.end();
        }
        let begins = match first {
            _ if bracketed => self.tree.span(open.node).start(),
            Some(child) => self.tree.start(child),
            None => self.cursor,
        };
        let end = self.cursor;
        let node = &mut self.tree.nodes[open.node.0 as usize];
        node.span = Span::new(begins.min(end), end);
        match &mut node.kind {
            Kind::Sequence { items: children, .. } | Kind::Mapping { entries: children, .. } => *children = range,
            Kind::Scalar { .. } | Kind::Alias(_) => {}
        }
        self.end(open.node, open.anchor, open.size)
    }

    /// Adds a complete node to its collection.
    fn end(&mut self, id: NodeId, anchor: usize, size: Size) -> Result<(), SyntaxError> {
        let at = self.tree.span(id).start();
        let is_key =
            self.open.last().is_some_and(|open| !open.is_sequence && (self.pending.len() - open.first_child) % 2 == 1);
        if is_key && size.height > 0 {
            return Err(SyntaxError { at, fault: SyntaxFault::KeyIsNoScalar });
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: id, size: Some(size) });
        }
        let Some(open) = self.open.last_mut() else {
            self.tree.roots.push(id);
            self.pending.clear();
            return Ok(());
        };
        open.size.nodes = open.size.nodes.saturating_add(size.nodes);
        open.size.expanded = open.size.expanded.saturating_add(size.expanded);
        open.size.height = open.size.height.max(size.height + 1);
        if open.size.expanded > MAX_EXPANDED_NODES {
            return Err(SyntaxError { at, fault: SyntaxFault::TooManyNodes });
        }
        if open.size.height + self.open.len() - 1 > MAX_DEPTH {
            return Err(SyntaxError { at, fault: SyntaxFault::TooDeep });
        }
        Ok(())
    }
}

/// The first byte at or after `at` that is not whitespace or part of a comment.
fn skip_space_and_comments(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(b'#') if at == 0 || matches!(text[at - 1], b' ' | b'\t' | b'\n' | b'\r') => {
                at = memchr::memchr2(b'\n', b'\r', &text[at..]).map_or(text.len(), |end| at + end);
            }
            _ => return at,
        }
    }
}

/// The offset of the `|` or `>` of a block scalar, after its anchor and tag.
fn find_header(text: &[u8], mut at: usize) -> usize {
    loop {
        at = skip_space_and_comments(text, at);
        match text.get(at) {
            Some(b'&' | b'!') => {
                at += text[at..].iter().position(|byte| b" \t\r\n".contains(byte)).unwrap_or(text.len() - at);
            }
            _ => return at,
        }
    }
}

/// The end of the last line of a block scalar, before its line break. The parser's `content` begins after the
/// indentation of the first line and may include the indentation of the next token.
fn block_scalar_end(text: &str, lines: &LineIndex<'_>, header: usize, content: Span, indent: Option<usize>) -> usize {
    let token_end = header_end(text, header);
    let keeps = keeps_final_breaks(text, header);
    let body = lines.next(header);
    if content.end() <= body {
        return token_end;
    }
    // Spaces before the next token belong to its line.
    let mut end = content.end();
    let tail = lines.start(end);
    let has_break = tail == end || text[tail..end].bytes().all(|byte| byte == b' ') && end < text.len();
    if has_break {
        end = tail;
    }
    let indent = indent.unwrap_or(0);
    while end > body {
        let last = lines.start(end - final_break(&text[..end]).len());
        let line = &text[last..lines.end(last)];
        let is_empty = line.len() <= indent && line.bytes().all(|byte| byte == b' ');
        if keeps || !is_empty {
            return lines.end(last);
        }
        end = last;
    }
    token_end
}

/// Returns true if the text ends with spaces without a line break, in a block scalar with a `+`. For kubectl, which
/// reads a last line without a break as if it had one, they are one more line.
fn has_trailing_space_line(
    text: &str,
    lines: &LineIndex<'_>,
    header: usize,
    end: usize,
    value: &str,
    indent: Option<usize>,
) -> bool {
    let start = lines.start(text.len());
    let tail = &text[start..];
    let is_space = tail.bytes().all(|byte| byte == b' ');
    let is_outside_text = || tail.len() <= indent.unwrap_or(0) || value.bytes().all(|byte| byte == b'\n');
    // The parser includes it if there is no other line.
    let is_first = || lines.next(header) == start;
    !tail.is_empty()
        && is_space
        && keeps_final_breaks(text, header)
        && !is_first()
        && text[end..].trim().is_empty()
        && is_outside_text()
}

#[cfg(test)]
mod tests;
