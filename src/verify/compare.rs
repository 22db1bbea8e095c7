//! The comparison of the events found in the output with the expected ones.

use std::collections::HashSet;
use std::ops::Range;

use super::expected::{Cut, Expected, ExpectedEvents, Provenance, is_block_scalar};
use super::gap::Gap;
use super::{Mismatch, MismatchKind};
use crate::changes::Changes;
use crate::text::next_line;
use crate::yaml::{Kind, NodeId, ScalarStyle, Structure, Tree, header_end};

/// The anchor and the tag that the parser finds at a node.
#[derive(Clone, Copy, Default)]
pub(super) struct FoundProperties<'e> {
    pub anchor: Option<&'e str>,
    /// Resolved: `tag:yaml.org,2002:str` for `!!str`.
    pub tag: Option<&'e str>,
}

/// The brackets of an open collection.
#[derive(Clone, Copy)]
enum Brackets {
    Kept,
    Written,
    /// None: a block collection, or an entry of a flow sequence without braces.
    Absent,
}

pub(super) struct Comparison<'a> {
    tree: &'a Tree<'a>,
    expected: ExpectedEvents<'a>,
    peeked: Option<Expected<'a>>,
    gap: Gap<'a>,
    /// Those of the open collections.
    brackets: Vec<Brackets>,
    /// The names of the document's anchors so far, if it has aliases.
    anchors: HashSet<String>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, changes: &'a Changes, output: &'a str) -> Self {
        Self {
            tree,
            expected: ExpectedEvents::new(tree, changes),
            peeked: None,
            gap: Gap::new(tree.text(), output),
            brackets: Vec::new(),
            anchors: HashSet::new(),
        }
    }

    /// Returns true if the next expected event opens a collection.
    pub(super) fn expects_collection(&mut self) -> bool {
        self.peeked = self.next();
        matches!(self.peeked, Some(Expected::Open { .. }))
    }

    /// The next expected event. The removals before it are noted.
    fn next(&mut self) -> Option<Expected<'a>> {
        if let Some(event) = self.peeked.take() {
            return Some(event);
        }
        loop {
            match self.expected.next()? {
                Expected::Cut(cut) => self.gap.cut(cut),
                event => return Some(event),
            }
        }
    }

    /// Compares the start of a document with the next expected event.
    pub(super) fn document_start(&mut self) -> Result<(), Mismatch> {
        self.anchors.clear();
        match self.next() {
            Some(Expected::DocumentStart) => Ok(()),
            other => Err(unexpected(other.as_ref(), self.gap.position())),
        }
    }

    /// Compares the end of a document with the next expected event.
    pub(super) fn document_end(&mut self) -> Result<(), Mismatch> {
        match self.next() {
            Some(Expected::DocumentEnd) => Ok(()),
            other => Err(unexpected(other.as_ref(), self.gap.position())),
        }
    }

    /// Compares a scalar, which has these bytes in the output, with the next expected event.
    pub(super) fn scalar(
        &mut self,
        found: &str,
        style: ScalarStyle,
        properties: FoundProperties<'_>,
        at: Range<usize>,
    ) -> Result<(), Mismatch> {
        let (text, origin) = match self.next() {
            Some(Expected::Scalar { text, origin }) => (text, origin),
            Some(Expected::Plain { text, origin }) => {
                return self.written_plain((text, found), origin, style, properties, at);
            }
            other => return Err(unexpected(other.as_ref(), at.start)),
        };
        if !is_same_text(text, found) {
            return Err(meaning(at.start, format!("expected `{text}`, found `{found}`")));
        }
        match origin {
            Provenance::Kept(node) => self.kept_scalar(node, style, properties, at.start),
            _ => self.written_scalar(text, origin, style, properties, at),
        }
    }

    /// Compares an alias with the next expected event.
    pub(super) fn alias(&mut self, name: &str, at: usize) -> Result<(), Mismatch> {
        match self.next() {
            Some(Expected::Alias(_)) if !self.anchors.contains(name) => Err(meaning(at, "an alias without its anchor")),
            Some(Expected::Alias(node)) => self.gap.keep(self.tree.span(node).range(), at),
            other => Err(unexpected(other.as_ref(), at)),
        }
    }

    /// Compares the start of a collection, which has these bytes in the output, with the next expected event.
    pub(super) fn open(
        &mut self,
        is_list: bool,
        structure: Structure,
        properties: FoundProperties<'_>,
        at: Range<usize>,
    ) -> Result<(), Mismatch> {
        match self.next() {
            Some(Expected::Open { is_list: expected, origin }) if is_list == expected => match origin {
                Provenance::Kept(node) => self.open_kept(node, structure, properties, at),
                _ => {
                    no_properties(properties, at.start)?;
                    self.open_written(structure, at, origin.site());
                    Ok(())
                }
            },
            other => Err(unexpected(other.as_ref(), at.start)),
        }
    }

    /// Compares the end of a collection, at its closing bracket if it has one, with the next expected event.
    pub(super) fn close(&mut self, at: usize) -> Result<(), Mismatch> {
        let node = match self.next() {
            Some(Expected::Close(node)) => node,
            other => return Err(unexpected(other.as_ref(), at)),
        };
        match (self.brackets.pop(), node) {
            (Some(Brackets::Kept), Some(node)) => {
                let end = self.tree.span(node).end();
                self.gap.keep(end - 1..end, at)
            }
            (Some(Brackets::Written), _) => {
                self.gap.write(at..at + 1, None);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The end of the output.
    pub(super) fn end(&mut self) -> Result<(), Mismatch> {
        match self.next() {
            Some(_) => Err(meaning(self.gap.position(), "a node or a document is missing")),
            None => self.gap.end(),
        }
    }

    fn kept_scalar(
        &mut self,
        node: NodeId,
        style: ScalarStyle,
        properties: FoundProperties<'_>,
        at: usize,
    ) -> Result<(), Mismatch> {
        if !matches!(self.tree.node(node).kind, Kind::Scalar { style: own, .. } if own == style) {
            return Err(meaning(at, "a scalar in another style"));
        }
        self.properties(node, properties, at)?;
        let outer = self.tree.outer(node).range();
        // A null without bytes has no place of its own.
        if outer.is_empty() { Ok(()) } else { self.gap.keep_scalar(outer, at, style) }
    }

    fn written_scalar(
        &mut self,
        text: &str,
        origin: Provenance,
        style: ScalarStyle,
        properties: FoundProperties<'_>,
        at: Range<usize>,
    ) -> Result<(), Mismatch> {
        let reason = match style {
            _ if properties.tag.is_some() => Some("has a tag"),
            ScalarStyle::Plain if !is_plain_string(text) => Some("has no quotes"),
            ScalarStyle::Literal | ScalarStyle::Folded => Some("is a block scalar"),
            _ if !self.gap.is_written_out(text, &at) => Some("is written with an escape that it does not need"),
            _ => None,
        };
        if let Some(reason) = reason {
            return Err(Mismatch::new(MismatchKind::Value, at.start, format!("`{text}` {reason}")));
        }
        let Provenance::Replaced(node) = origin else {
            no_properties(properties, at.start)?;
            self.gap.write(at, origin.site());
            return Ok(());
        };
        self.anchor(node, properties, at.start)?;
        let (source, outer, start) = (self.tree.text(), self.tree.outer(node), self.tree.span(node).start());
        if !is_block_scalar(self.tree, node) {
            return self.gap.replace(outer.range(), at);
        }
        // The comment after the header is kept, the lines below are not.
        self.gap.replace(outer.start()..header_end(source, start), at)?;
        let body = next_line(source, start);
        self.gap.cut(Cut::erased(body..outer.end()));
        Ok(())
    }

    /// Compares a number or a boolean that is written. It is never in the place of another scalar.
    fn written_plain(
        &mut self,
        (text, found): (&str, &str),
        origin: Provenance,
        style: ScalarStyle,
        properties: FoundProperties<'_>,
        at: Range<usize>,
    ) -> Result<(), Mismatch> {
        if text != found || style != ScalarStyle::Plain || matches!(origin, Provenance::Replaced(_)) {
            return Err(meaning(at.start, format!("expected `{text}` without quotes, found `{found}`")));
        }
        no_properties(properties, at.start)?;
        self.gap.write(at, origin.site());
        Ok(())
    }

    fn open_kept(
        &mut self,
        node: NodeId,
        structure: Structure,
        properties: FoundProperties<'_>,
        at: Range<usize>,
    ) -> Result<(), Mismatch> {
        self.properties(node, properties, at.start)?;
        let (own, span) = (self.tree.structure(node), self.tree.span(node));
        if own != Some(structure) && !self.expected.may_change_structure(node) {
            return Err(meaning(at.start, "a collection in another style"));
        }
        match (own, structure) {
            (Some(Structure::Flow), Structure::Flow) => {
                let has_brackets = self.tree.text()[span.range()].starts_with(['[', '{']);
                self.brackets.push(if has_brackets { Brackets::Kept } else { Brackets::Absent });
                if has_brackets {
                    self.gap.keep(self.tree.outer(node).start()..span.start() + 1, at.start)?;
                }
            }
            (Some(Structure::Flow), Structure::Block) => {
                self.gap.cut(Cut::erased(span.range()));
                self.brackets.push(Brackets::Absent);
            }
            _ => self.open_written(structure, at, None),
        }
        Ok(())
    }

    fn open_written(&mut self, structure: Structure, at: Range<usize>, site: Option<usize>) {
        match structure {
            Structure::Flow => {
                // The anchor of a null that is filled comes before the bracket.
                self.gap.write(at.end - 1..at.end, site);
                self.brackets.push(Brackets::Written);
            }
            Structure::Block => self.brackets.push(Brackets::Absent),
        }
    }

    /// Compares the anchor and the tag of a node that is kept.
    fn properties(&mut self, node: NodeId, found: FoundProperties<'_>, at: usize) -> Result<(), Mismatch> {
        let own = self.tree.properties(node);
        let is_same_tag = match (own.tag, found.tag) {
            (None, None) => true,
            (Some((_, span)), Some(found)) => is_tag(&self.tree.text()[span.range()], found),
            _ => false,
        };
        if !is_same_tag || own.anchor.is_some() != found.anchor.is_some() {
            return Err(meaning(at, "another anchor or tag"));
        }
        self.anchor(node, found, at)
    }

    /// Compares an anchor, if there is one, with that of the node.
    fn anchor(&mut self, node: NodeId, found: FoundProperties<'_>, at: usize) -> Result<(), Mismatch> {
        let Some(name) = found.anchor else { return Ok(()) };
        let own = self.tree.properties(node).anchor.map(|span| &self.tree.text()[span.range()]);
        if own.and_then(|own| own.strip_prefix('&')) != Some(name) {
            return Err(meaning(at, "another anchor"));
        }
        if !self.tree.aliases().is_empty() {
            self.anchors.insert(name.to_owned());
        }
        Ok(())
    }
}

fn meaning(at: usize, message: impl Into<String>) -> Mismatch {
    Mismatch::new(MismatchKind::Meaning, at, message)
}

/// The fault of an event that is not the expected one.
#[cold]
fn unexpected(expected: Option<&Expected<'_>>, at: usize) -> Mismatch {
    meaning(at, if expected.is_some() { "another node was expected" } else { "a node or a document too many" })
}

fn no_properties(found: FoundProperties<'_>, at: usize) -> Result<(), Mismatch> {
    match (found.anchor, found.tag) {
        (None, None) => Ok(()),
        _ => Err(Mismatch::new(MismatchKind::Value, at, "an anchor or a tag on what was written")),
    }
}

/// Returns true if a parser of YAML 1.1 reads the text that the tree has. It breaks lines at three characters that are
/// text in YAML 1.2, and trims the spaces beside them; around these, white space does not count. The bytes are compared
/// all the same.
fn is_same_text(expected: &str, found: &str) -> bool {
    let is_break = |character: char| matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}');
    let bare = |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>();
    expected == found || (expected.contains(is_break) && bare(expected) == bare(found))
}

/// Returns true if a tag as it is written can resolve to `resolved`: `!!str` to `tag:yaml.org,2002:str`. The bytes of
/// the tag and of the directives are compared all the same.
fn is_tag(written: &str, resolved: &str) -> bool {
    let name = written.rsplit('!').next().unwrap_or_default().trim_matches(['<', '>']);
    resolved.ends_with(name) || name.contains('%')
}

/// Returns true if every reader takes a plain scalar for a string. YAML 1.1 and 1.2 agree on what begins with a letter or
/// a slash and is none of their words; nothing else is written without quotes.
fn is_plain_string(text: &str) -> bool {
    const WORDS: [&str; 10] = ["y", "yes", "n", "no", "true", "false", "on", "off", "null", "nan"];
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}
