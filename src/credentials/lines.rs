//! The lines of a text that are shown, without the credentials in them.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use super::text::{Within, credentials, merged};
use super::{is_credential, is_credential_key};
use crate::text::{line_end, line_start};
use crate::yaml::{Kind, NodeId, ScalarKind, ScalarStyle, Tree, stream};

/// The bytes before and after a line that are searched for names, in invalid YAML.
const FAR: usize = 1 << 13;

/// A text with asterisks for the credentials in some of its lines.
pub struct Covered<'t> {
    text: &'t str,
    hidden: Vec<Range<usize>>,
}

impl<'t> Covered<'t> {
    /// Covers the lines at these offsets. Parses each of their documents again.
    pub fn new(text: &'t str, places: impl IntoIterator<Item = usize>) -> Self {
        let lines = lines_at(text, places);
        if lines.is_empty() {
            return Self { text, hidden: Vec::new() };
        }
        let (documents, _) = stream::unmarked_documents(text);
        let hidden = |document: Range<usize>| {
            let first = lines.partition_point(|line| line.end <= document.start);
            let shown: Vec<Range<usize>> = lines[first..]
                .iter()
                .take_while(|line| line.start < document.end)
                .map(|line| {
                    line.start.max(document.start) - document.start..line.end.min(document.end) - document.start
                })
                .collect();
            let hidden = if shown.is_empty() { Vec::new() } else { in_document(&text[document.clone()], &shown) };
            hidden.into_iter().map(move |range| document.start + range.start..document.start + range.end)
        };
        Self { text, hidden: merged(documents.into_par_iter().flat_map_iter(hidden).collect()) }
    }

    /// The text with its credentials.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// A part of the text, with an asterisk for each character of a credential.
    pub fn shown(&self, range: Range<usize>) -> String {
        let mut out = String::with_capacity(range.len());
        let mut at = range.start;
        let first = self.hidden.partition_point(|hidden| hidden.end <= range.start);
        for hidden in self.hidden[first..].iter().take_while(|hidden| hidden.start < range.end) {
            let (start, end) = (hidden.start.max(range.start), hidden.end.min(range.end));
            out.push_str(&self.text[at..start]);
            out.extend(self.text[start..end].chars().map(|hidden| if "\r\n".contains(hidden) { hidden } else { '*' }));
            at = end;
        }
        out.push_str(&self.text[at..range.end]);
        out
    }
}

/// The lines of these offsets, each once.
fn lines_at(text: &str, places: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
    let mut places: Vec<usize> = places.into_iter().map(|at| at.min(text.len())).collect();
    places.sort_unstable();
    let mut lines: Vec<Range<usize>> = Vec::new();
    for at in places {
        // Many offsets may be on one long line.
        if lines.last().is_none_or(|last| last.end < at) {
            lines.push(line_start(text, at)..line_end(text, at));
        }
    }
    lines
}

/// The ranges of credentials in a document, at least those in these lines.
fn in_document(text: &str, lines: &[Range<usize>]) -> Vec<Range<usize>> {
    let Ok(tree) = Tree::parse(text) else {
        return lines.iter().flat_map(|line| in_source(text, line)).collect();
    };
    let mut found = named(&tree);
    let is_shown = |range: &Range<usize>| {
        let next = lines.partition_point(|line| line.end <= range.start);
        lines.get(next).is_some_and(|line| line.start < range.end)
    };
    for (_, node) in tree.nodes() {
        let range = node.span.range();
        if let Kind::Scalar { text: said, style } = &node.kind
            && is_shown(&range)
        {
            in_scalar(text, range, said, *style, &mut found);
        }
    }
    for line in lines {
        for comment in tree.comments_in(line.clone()) {
            let within = credentials(&text[comment.range()], Within::Value);
            found.extend(within.into_iter().map(|range| comment.start() + range.start..comment.start() + range.end));
        }
    }
    found
}

/// The ranges of credentials in a line of invalid YAML, by the text around it.
fn in_source(text: &str, line: &Range<usize>) -> Vec<Range<usize>> {
    let start = line.start.saturating_sub(FAR);
    let start = (start..=line.start).find(|at| text.is_char_boundary(*at)).unwrap_or(line.start);
    let end = (line.end + FAR / 8).min(text.len());
    let end = (line.end..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(line.end);
    let found = credentials(&text[start..end], Within::Source).into_iter();
    let found = found.map(|range| start + range.start..start + range.end);
    found.filter(|range| range.start < line.end && line.start < range.end).collect()
}

/// The ranges of credentials in a scalar. If its source differs from its value, the whole scalar is one.
fn in_scalar(text: &str, range: Range<usize>, said: &str, style: ScalarStyle, found: &mut Vec<Range<usize>>) {
    let spelt = &text[range.clone()];
    let is_quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let quote = usize::from(is_quoted && spelt.len() > 1);
    let inner = &spelt[quote..spelt.len() - quote];
    let is_as_spelt = inner == said || style == ScalarStyle::Literal;
    let within = credentials(if is_as_spelt { inner } else { said }, Within::Value);
    if is_as_spelt {
        let start = range.start + quote;
        found.extend(within.into_iter().map(|range| start + range.start..start + range.end));
    } else if !within.is_empty() {
        found.push(range);
    }
}

/// The nodes that are credentials by their keys. Only an alias or a `<<` can give such a node to a variable with another
/// name, so the set is empty for a tree without aliases.
pub(crate) fn secret_nodes(tree: &Tree<'_>) -> HashSet<NodeId> {
    if tree.aliases().is_empty() { HashSet::new() } else { covered(tree).seen }
}

/// The ranges of values with names of credentials.
fn named(tree: &Tree<'_>) -> Vec<Range<usize>> {
    covered(tree).found
}

fn covered<'a, 't>(tree: &'a Tree<'t>) -> Cover<'a, 't> {
    let mut cover = Cover { tree, found: Vec::new(), seen: HashSet::new() };
    for (id, node) in tree.nodes() {
        match node.kind {
            Kind::Mapping { .. } => cover.mapping(id),
            Kind::Sequence { .. } => cover.list(id),
            _ => {}
        }
    }
    cover
}

/// The search for credentials in a tree.
struct Cover<'a, 't> {
    tree: &'a Tree<'t>,
    found: Vec<Range<usize>>,
    seen: HashSet<NodeId>,
}

impl Cover<'_, '_> {
    fn mapping(&mut self, id: NodeId) {
        let tree = self.tree;
        let entries = entries(tree, id);
        let texts = |name: &str| {
            let named = entries.iter().filter(move |(key, _)| *key == name);
            named.map(|(_, value)| *value).collect::<Vec<_>>()
        };
        let says = |name: &str, wanted: fn(&str) -> bool| {
            texts(name).into_iter().any(|value| tree.scalar_text(value).is_some_and(wanted))
        };
        if says("name", is_credential) {
            texts("value").into_iter().for_each(|value| self.all(value));
        }
        if says("kind", |kind| kind == "Secret") {
            texts("data").into_iter().chain(texts("stringData")).for_each(|data| self.all(data));
        }
        for (key, value) in &entries {
            let refers = match *key {
                "key" => is_key_of_something(tree, id, &entries),
                // A volume.
                "secret" => {
                    tree.entries(tree.resolve(*value)).any(|(key, _)| tree.scalar_text(key) == Some("secretName"))
                }
                _ => false,
            };
            if is_credential_key(key) && !refers {
                self.all(*value);
            }
        }
    }

    /// The values of options in the arguments of a command.
    fn list(&mut self, id: NodeId) {
        let items = self.tree.items(id);
        for (option, value) in items.iter().zip(items.iter().skip(1)) {
            let text = |node: NodeId| self.tree.scalar_text(node).unwrap_or_default();
            let is_option = text(*option).starts_with('-') && !text(*option).contains(['=', ' ']);
            if is_option && is_credential(text(*option)) && !text(*value).starts_with('-') {
                self.all(*value);
            }
        }
    }

    /// A node with its descendants; for an alias, those of the anchor.
    fn all(&mut self, id: NodeId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let id = self.tree.resolve(id);
            if !self.seen.insert(id) {
                continue;
            }
            match self.tree.scalar_kind(id) {
                ScalarKind::Collection => open.extend(self.tree.children(id)),
                ScalarKind::Null | ScalarKind::Missing => {}
                _ => self.found.push(self.tree.span(id).range()),
            }
        }
    }
}

/// The entries of a mapping by name, with those that `<<` merges.
fn entries<'a>(tree: &'a Tree<'_>, id: NodeId) -> Vec<(&'a str, NodeId)> {
    const MOST: usize = 16;
    let (mut found, mut open, mut count) = (Vec::new(), vec![id], 0);
    while let Some(id) = open.pop().filter(|_| count < MOST) {
        count += 1;
        for (key, value) in tree.entries(tree.resolve(id)) {
            if tree.is_merge_key(key) {
                let value = tree.resolve(value);
                open.extend(tree.items(value).iter().copied().chain([value]).take(MOST));
            } else if let Some(name) = tree.scalar_text(key) {
                found.push((name, value));
            }
        }
    }
    found
}

/// Returns true if `key` is a field of Kubernetes here: of a reference, a volume's item, or a term on labels or taints.
fn is_key_of_something(tree: &Tree<'_>, id: NodeId, entries: &[(&str, NodeId)]) -> bool {
    let beside = ["operator", "path", "effect", "values"];
    let is_reference = |name: &str| name.ends_with("KeyRef");
    let above = tree.key_of(id).and_then(|key| tree.scalar_text(key));
    above.is_some_and(is_reference) || entries.iter().any(|(name, _)| beside.contains(name))
}
