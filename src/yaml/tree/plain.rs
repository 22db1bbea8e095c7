//! The fast reader for the plain grammar that most manifests use. It builds the same tree as the parser, in a fraction
//! of the time, or gives up. Then the parser reads the whole document.
//!
//! It reads block mappings with keys on one line, block sequences, scalars on one line, block scalars without a `+` or
//! a digit, flow collections, JSON and comments. It gives up on all else: properties, aliases, `?`, scalars on several
//! lines, tabs as indentation, characters that some reader takes for a line break, and every error. In doubt it gives
//! up: the parser is only slower, but a wrong tree damages a manifest.
//!
//! The parser's rules that matter here: a plain scalar continues on the next line if that is indented deeper, so a node
//! deeper than its collection gives up; `- ` and `key: ` may begin a block collection after a dash, but not after a
//! colon; a flow collection ignores indentation.

mod block_scalar;
mod characters;
mod flow;
mod lines;
mod quoted;
#[cfg(test)]
mod tests;

use super::*;
use characters::{are_ordinary, begins_plain, end_of_plain, is_flow};

/// The deepest nesting that this reader follows: well below [`super::super::MAX_DEPTH`], so that the parser alone
/// applies that limit.
const MAX_PLAIN_DEPTH: usize = 64;

/// The maximum length of a key in bytes, with the spaces before its colon. The parser's limit is 1024 characters.
const MAX_KEY_LENGTH: usize = 1000;

/// The column of the end of the text, which closes every collection.
const END: isize = -1;

/// The column of a node after a `:` on the same line, where no block collection can begin.
const AFTER_COLON: isize = -2;

/// The tree of `text`, unless it is beyond the plain grammar.
pub(super) fn read(text: &str) -> Option<Tree<'_>> {
    are_ordinary(text).then(|| PlainReader::new(text).document()).flatten()
}

struct PlainReader<'t> {
    tree: Tree<'t>,
    bytes: &'t [u8],
    /// The next byte to read.
    at: usize,
    /// The column of the first token of a line, once the line is reached; or [`END`].
    column: isize,
    /// The end of the last node or indicator.
    cursor: usize,
    /// The innermost open collection.
    parent: Option<NodeId>,
    depth: usize,
    /// The children so far of all open collections, the innermost's last.
    pending: Vec<NodeId>,
    /// True if the root is a flow collection: then nothing is indented, and tabs are spaces.
    may_have_tabs: bool,
}

struct PlainScalar<'t> {
    text: Cow<'t, str>,
    style: ScalarStyle,
    span: Span,
}

/// An open collection, and the collection around it.
struct Opened {
    node: NodeId,
    outer: Option<NodeId>,
    first_child: usize,
}

impl<'t> PlainReader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            tree: Tree::with_capacity(text),
            bytes: text.as_bytes(),
            at: 0,
            column: END,
            cursor: 0,
            parent: None,
            depth: 0,
            pending: Vec::with_capacity(64),
            may_have_tabs: false,
        }
    }

    fn document(mut self) -> Option<Tree<'t>> {
        self.find_token()?;
        if self.is_marker(b"---") && self.column == 0 {
            let marker = self.at;
            self.at += 3;
            self.cursor = self.at;
            self.skip_spaces();
            if matches!(self.byte(self.at), b'{' | b'[') {
                self.column = (self.at - marker) as isize;
            } else {
                self.end_line()?;
                self.find_token()?;
            }
        }
        let is_flow = matches!(self.byte(self.at), b'{' | b'[');
        if self.column == END || self.is_at_marker() {
            return None;
        }
        self.may_have_tabs = is_flow;
        self.node(END, None, self.column)?;
        let root = self.pending.first().copied()?;
        let is_scalar = matches!(self.tree.node(root).kind, Kind::Scalar { .. });
        self.tree.roots.push(root);
        (self.column == END && !is_scalar).then_some(self.tree)
    }

    /// The byte at an offset; zero, which no ordinary text has, at the end.
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Reads a node, and moves to the first token after it. It is in a block collection at the column `around`, and
    /// begins at `column`.
    fn node(&mut self, around: isize, lead: Option<Lead>, column: isize) -> Option<()> {
        let scalar = match self.byte(self.at) {
            b'-' if self.is_separated(self.at + 1) => {
                return if column == AFTER_COLON { None } else { self.sequence(lead, column, false) };
            }
            b'{' | b'[' => {
                self.flow_node(lead)?;
                return self.next_line();
            }
            b'|' | b'>' => return self.block_scalar(around, lead),
            _ => self.scalar::<false>()?,
        };
        if self.byte(self.at) != b':' {
            self.push_scalar(scalar, lead);
            return self.next_line();
        }
        if column == AFTER_COLON { None } else { self.mapping(lead, column, scalar) }
    }

    /// Reads a block mapping after the text of its first key.
    fn mapping(&mut self, lead: Option<Lead>, column: isize, first: PlainScalar<'t>) -> Option<()> {
        let start = first.span.start();
        let opened = self.open(Kind::Mapping { structure: Structure::Block, entries: 0..0 }, start, lead)?;
        let mut key = first;
        loop {
            self.key(key)?;
            self.value(column)?;
            if self.column < column {
                break;
            }
            key = self.scalar::<false>()?;
        }
        self.close(opened, start);
        Some(())
    }

    /// Takes a scalar for a key: its colon is here, and separated.
    fn key(&mut self, key: PlainScalar<'t>) -> Option<()> {
        let is_key = self.byte(self.at) == b':'
            && self.is_separated(self.at + 1)
            && self.at - key.span.start() <= MAX_KEY_LENGTH;
        is_key.then(|| self.push_scalar(key, None))
    }

    /// Reads the value of a block mapping's entry, from its colon. The next token is never deeper than the entry.
    fn value(&mut self, column: isize) -> Option<()> {
        let colon = self.at;
        self.claim(colon);
        self.skip_spaces();
        if !self.is_line_over() {
            self.node(column, Lead::at(colon), AFTER_COLON)?;
            return (self.column <= column).then_some(());
        }
        self.next_line()?;
        if self.column == column && self.is_dash() {
            return self.sequence(Lead::at(colon), column, true);
        }
        self.node_or_null(column, colon)
    }

    /// Reads a block sequence from its first dash. One without an indentation of its own ends at the next key.
    fn sequence(&mut self, lead: Option<Lead>, column: isize, is_indentless: bool) -> Option<()> {
        let start = self.at;
        let opened = self.open(Kind::Sequence { structure: Structure::Block, items: 0..0 }, start, lead)?;
        loop {
            let dash = self.at;
            self.claim(dash);
            self.skip_spaces();
            if self.is_line_over() {
                self.next_line()?;
                self.node_or_null(column, dash)?;
            } else {
                self.node(column, Lead::at(dash), column + (self.at - dash) as isize)?;
            }
            if self.column > column || (self.column == column && !is_indentless && !self.is_dash()) {
                return None;
            }
            if self.column < column || !self.is_dash() {
                break;
            }
        }
        self.close(opened, start);
        Some(())
    }

    /// Reads the node of an indicator that is alone on its line: a node on a later line, or a null.
    fn node_or_null(&mut self, column: isize, indicator: usize) -> Option<()> {
        if self.column > column {
            self.node(column, Lead::at(indicator), self.column)?;
            return (self.column <= column).then_some(());
        }
        self.push_null(indicator);
        Some(())
    }

    /// Reads a plain or quoted scalar and the spaces after it.
    fn scalar<const IN_FLOW: bool>(&mut self) -> Option<PlainScalar<'t>> {
        match self.byte(self.at) {
            b'"' => self.double_quoted(),
            b'\'' => self.single_quoted(),
            first => self.plain::<IN_FLOW>(first),
        }
    }

    fn plain<const IN_FLOW: bool>(&mut self, first: u8) -> Option<PlainScalar<'t>> {
        let start = self.at;
        let begins = |second: u8| second == b'-' || begins_plain(second);
        if !(begins_plain(first) || first == b'-' && begins(self.byte(start + 1))) {
            return None;
        }
        let mut at = start + 1;
        loop {
            at = end_of_plain::<IN_FLOW>(self.bytes, at);
            let is_text = match self.byte(at) {
                b':' => !(self.is_separated(at + 1) || IN_FLOW && is_flow(self.byte(at + 1))),
                b'#' => self.bytes[at - 1] != b' ',
                b'\t' => return None,
                _ => false,
            };
            if !is_text {
                break;
            }
            at += 1;
        }
        self.at = at;
        let mut end = at;
        while self.bytes[end - 1] == b' ' {
            end -= 1;
        }
        let text = Cow::Borrowed(&self.tree.text[start..end]);
        Some(PlainScalar { text, style: ScalarStyle::Plain, span: Span::new(start, end) })
    }

    /// Moves past an indicator of one byte.
    fn claim(&mut self, indicator: usize) {
        self.at = indicator + 1;
        self.cursor = self.at;
    }

    fn push(&mut self, kind: Kind<'t>, span: Span, lead: Option<Lead>) -> NodeId {
        let id = NodeId(self.tree.nodes.len() as u32);
        self.tree.nodes.push(Node { kind, span, lead, parent: self.parent.unwrap_or(id) });
        self.pending.push(id);
        id
    }

    fn push_scalar(&mut self, PlainScalar { text, style, span }: PlainScalar<'t>, lead: Option<Lead>) {
        self.push(Kind::Scalar { text, style }, span, lead);
        self.cursor = span.end();
    }

    /// Adds an empty null, directly after its indicator.
    fn push_null(&mut self, indicator: usize) {
        let kind = Kind::Scalar { text: Cow::Borrowed(""), style: ScalarStyle::Plain };
        self.push(kind, Span::new(indicator + 1, indicator + 1), Lead::at(indicator));
    }

    fn open(&mut self, kind: Kind<'t>, start: usize, lead: Option<Lead>) -> Option<Opened> {
        if self.depth == MAX_PLAIN_DEPTH {
            return None;
        }
        self.depth += 1;
        let node = self.push(kind, Span::new(start, start), lead);
        Some(Opened { node, outer: self.parent.replace(node), first_child: self.pending.len() })
    }

    fn close(&mut self, opened: Opened, start: usize) {
        let first = self.tree.children.len() as u32;
        self.tree.children.extend_from_slice(&self.pending[opened.first_child..]);
        self.pending.truncate(opened.first_child);
        let range = first..self.tree.children.len() as u32;
        let node = &mut self.tree.nodes[opened.node.0 as usize];
        node.span = Span::new(start, self.cursor);
        if let Kind::Sequence { items: children, .. } | Kind::Mapping { entries: children, .. } = &mut node.kind {
            *children = range;
        }
        self.parent = opened.outer;
        self.depth -= 1;
    }
}
