//! The lines of a text, masked for messages. Lines of a manifest show only what `shown` lists; lines of settings show
//! everything but credentials.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use super::names::{is_field, is_shown_variable};
use super::resource::{NamedResources, ResourceName};
use super::shown::{hidden, leaves};
use super::text::{Within, credentials, merged};
use super::{HIDDEN, is_credential, is_credential_key};
use crate::text::{line_end, line_start};
use crate::yaml::{Kind, NodeId, ScalarKind, ScalarStyle, Tree, stream};

/// The bytes before and after a line that are searched for names, in invalid YAML.
const SEARCH_DISTANCE: usize = 1 << 13;

/// The kind of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// A manifest.
    Manifest,
    /// Settings, or the call of a function with settings in it.
    Settings,
}

/// A text with placeholders for what is not shown in some of its lines.
pub struct Covered<'t> {
    text: &'t str,
    hidden: Vec<Range<usize>>,
    /// The resources of the documents of these lines.
    resources: NamedResources,
}

impl<'t> Covered<'t> {
    /// Covers the lines at these offsets. Parses each of their documents again.
    pub fn new(text: &'t str, kind: TextKind, places: impl IntoIterator<Item = usize>) -> Self {
        let lines = lines_at(text, places);
        if lines.is_empty() {
            return Self { text, hidden: Vec::new(), resources: NamedResources::default() };
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
            let (hidden, resources) = match shown[..] {
                [] => Default::default(),
                _ => in_document(&text[document.clone()], kind, &shown),
            };
            let shifted = |range: Range<usize>| document.start + range.start..document.start + range.end;
            let hidden: Vec<_> = hidden.into_iter().map(shifted).collect();
            (hidden, (document.start, resources))
        };
        let (hidden, resources): (Vec<_>, Vec<_>) = documents.into_par_iter().map(hidden).unzip();
        Self { text, hidden: merged(hidden.concat()), resources: NamedResources::joined(resources) }
    }

    /// The whole text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// A part of the text, with a placeholder for each hidden range.
    pub fn shown(&self, range: Range<usize>) -> String {
        let mut out = String::with_capacity(range.len());
        if range.is_empty() {
            return out;
        }
        let mut at = range.start;
        let first = self.hidden.partition_point(|hidden| hidden.end <= range.start);
        for hidden in self.hidden[first..].iter().take_while(|hidden| hidden.start < range.end) {
            if at < hidden.start {
                out.push_str(&self.text[at..hidden.start]);
            }
            out.push(HIDDEN);
            at = hidden.end;
        }
        if at < range.end {
            out.push_str(&self.text[at..range.end]);
        }
        out
    }

    /// The innermost resource around an offset of these lines.
    pub(crate) fn resource_at(&self, at: usize) -> Option<&ResourceName> {
        self.resources.at(at)
    }

    /// The hidden range around an offset.
    pub fn hidden_at(&self, at: usize) -> Option<Range<usize>> {
        let next = self.hidden.partition_point(|hidden| hidden.end <= at);
        self.hidden.get(next).filter(|hidden| hidden.start <= at).cloned()
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

/// The hidden ranges of a document, at least those in these lines.
fn in_document(text: &str, kind: TextKind, lines: &[Range<usize>]) -> (Vec<Range<usize>>, NamedResources) {
    let tree = Tree::parse(text);
    let resources = match (&tree, kind) {
        (Ok(tree), _) => NamedResources::of(tree),
        (Err(_), TextKind::Manifest) => NamedResources::of_broken(text),
        (Err(_), TextKind::Settings) => NamedResources::default(),
    };
    let hidden = match (tree, kind) {
        (Ok(tree), TextKind::Manifest) => in_manifest(&tree, lines),
        (Err(_), TextKind::Manifest) => lines.iter().filter_map(|line| in_broken_line(text, line)).collect(),
        (Ok(tree), TextKind::Settings) => {
            // The rest of a function's call consists of manifests.
            let mut found = in_settings(text, &tree, lines);
            if let Some(config) = function_config(&tree) {
                let is_outside = |range: &Range<usize>| range.end <= config.start || config.end <= range.start;
                found.extend(in_manifest(&tree, lines).into_iter().filter(is_outside));
            }
            found
        }
        (Err(_), TextKind::Settings) => lines.iter().flat_map(|line| in_source(text, line)).collect(),
    };
    (hidden, resources)
}

/// The `functionConfig` of a function's call.
fn function_config(tree: &Tree<'_>) -> Option<Range<usize>> {
    let entries = entries(tree, *tree.roots().first()?);
    let is_call = |(key, value): &(&str, NodeId)| *key == "kind" && tree.scalar_text(*value) == Some("ResourceList");
    let (_, config) = entries.iter().find(|(key, _)| *key == "functionConfig")?;
    entries.iter().any(is_call).then(|| tree.outer(*config).range())
}

/// The ranges that are not shown in these lines of a manifest: hidden scalars, and the text between scalars that is not
/// punctuation, such as comments, anchors and tags.
fn in_manifest(tree: &Tree<'_>, lines: &[Range<usize>]) -> Vec<Range<usize>> {
    let text = tree.text();
    let shared = secret_nodes(tree);
    let leaves: Vec<_> =
        leaves(tree, Some(lines)).into_iter().filter(|(node, _)| !tree.span(*node).is_empty()).collect();
    let mut found = Vec::new();
    for line in lines {
        let first = leaves.partition_point(|(node, _)| tree.span(*node).end() <= line.start);
        let mut at = line.start;
        for (node, is_shown) in &leaves[first..] {
            let range = tree.span(*node).range();
            if range.start >= line.end {
                break;
            }
            if at < range.start {
                found.extend(between_scalars(text, at..range.start));
            }
            at = range.end;
            match &tree.node(*node).kind {
                Kind::Scalar { text: value, style } if *is_shown && !shared.contains(node) => {
                    in_scalar(text, range, value, *style, &mut found);
                }
                _ => found.push(range),
            }
        }
        if at < line.end {
            found.extend(between_scalars(text, at..line.end));
        }
    }
    found
}

/// The part of a text between two scalars that is not punctuation.
fn between_scalars(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let is_other = |character: char| !character.is_whitespace() && !":,-?{}[]\u{feff}".contains(character);
    let between = &text[range.clone()];
    let start = between.find(is_other)?;
    let last = between.rfind(is_other)?;
    let length = between[last..].chars().next().map_or(0, char::len_utf8);
    Some(range.start + start..range.start + last + length)
}

/// The hidden part of a line of invalid YAML: all but its indentation, dashes, and a first key that is the name of a
/// field.
fn in_broken_line(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let source = &text[line.clone()];
    let rest = source.trim_start_matches([' ', '\t', '-', '\u{feff}']);
    let shown = match rest.split_once(':') {
        Some((key, value)) if is_field(key.trim_matches('"')) => value.trim_start_matches([' ', '\t']),
        _ => rest,
    };
    let start = line.end - shown.len();
    (!shown.trim().is_empty()).then(|| start..start + shown.trim_end().len())
}

/// The ranges of credentials in settings, at least those in these lines.
fn in_settings(text: &str, tree: &Tree<'_>, lines: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = named(tree);
    let is_shown = |range: &Range<usize>| {
        let next = lines.partition_point(|line| line.end <= range.start);
        lines.get(next).is_some_and(|line| line.start < range.end)
    };
    for (_, node) in tree.nodes() {
        let range = node.span.range();
        if let Kind::Scalar { text: value, style } = &node.kind
            && is_shown(&range)
        {
            in_scalar(text, range, value, *style, &mut found);
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
    let start = line.start.saturating_sub(SEARCH_DISTANCE);
    let start = (start..=line.start).find(|at| text.is_char_boundary(*at)).unwrap_or(line.start);
    let end = (line.end + SEARCH_DISTANCE / 8).min(text.len());
    let end = (line.end..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(line.end);
    let found = credentials(&text[start..end], Within::Source).into_iter();
    let found = found.map(|range| start + range.start..start + range.end);
    found.filter(|range| range.start < line.end && line.start < range.end).collect()
}

/// The ranges of credentials in a scalar. If its source differs from its value, the whole scalar is one.
fn in_scalar(text: &str, range: Range<usize>, value: &str, style: ScalarStyle, found: &mut Vec<Range<usize>>) {
    let spelt = &text[range.clone()];
    let is_quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let quote = usize::from(is_quoted && spelt.len() > 1);
    let inner = &spelt[quote..spelt.len() - quote];
    let is_as_spelt = inner == value || style == ScalarStyle::Literal;
    let within = credentials(if is_as_spelt { inner } else { value }, Within::Value);
    if is_as_spelt {
        let start = range.start + quote;
        found.extend(within.into_iter().map(|range| start + range.start..start + range.end));
    } else if !within.is_empty() {
        found.push(range);
    }
}

/// The scalars that are not shown because of their own place, or the place of an alias or a `<<`. The set is empty for
/// a tree without aliases, where the name of the variable decides.
pub(crate) fn secret_nodes(tree: &Tree<'_>) -> HashSet<NodeId> {
    if tree.aliases().is_empty() {
        return HashSet::new();
    }
    let mut secrets = covered(tree, |name| !is_shown_variable(name)).seen;
    secrets.extend(hidden(tree));
    secrets
}

/// The ranges of values with names of credentials.
fn named(tree: &Tree<'_>) -> Vec<Range<usize>> {
    covered(tree, is_credential).found
}

fn covered<'a, 't>(tree: &'a Tree<'t>, hides: fn(&str) -> bool) -> Cover<'a, 't> {
    let mut cover = Cover { tree, hides, found: Vec::new(), seen: HashSet::new() };
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
    /// Returns true for a variable's name if its value is hidden.
    hides: fn(&str) -> bool,
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
        if says("name", self.hides) {
            texts("value").into_iter().for_each(|value| self.all(value));
        }
        if says("kind", |kind| kind == "Secret") {
            texts("data").into_iter().chain(texts("stringData")).for_each(|data| self.all(data));
        }
        for (key, value) in &entries {
            let refers = match *key {
                "key" => is_kubernetes_key(tree, id, &entries),
                // A volume.
                "secret" => {
                    tree.entries(tree.resolve(*value)).any(|(key, _)| tree.scalar_text(key) == Some("secretName"))
                }
                _ => false,
            };
            if (is_credential_key(key) && !refers) || is_other_variable(key) {
                self.all(*value);
            }
        }
    }

    /// Adds the values of options in the arguments of a command.
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

    /// Adds a node with its descendants; for an alias, those of the anchor.
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
pub(super) fn entries<'a>(tree: &'a Tree<'_>, id: NodeId) -> Vec<(&'a str, NodeId)> {
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

/// Returns true if a key, such as one of `set` in settings, looks like a variable whose value is not shown.
fn is_other_variable(key: &str) -> bool {
    let is_of_variable = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    key.starts_with(|first: char| first.is_ascii_uppercase())
        && key.bytes().all(is_of_variable)
        && !is_shown_variable(key)
}

/// Returns true if `key` is a Kubernetes field here: of a reference, a volume's item, or a term on labels or taints.
fn is_kubernetes_key(tree: &Tree<'_>, id: NodeId, entries: &[(&str, NodeId)]) -> bool {
    let beside = ["operator", "path", "effect", "values"];
    let is_reference = |name: &str| name.ends_with("KeyRef");
    let above = tree.key_of(id).and_then(|key| tree.scalar_text(key));
    above.is_some_and(is_reference) || entries.iter().any(|(name, _)| beside.contains(name))
}
