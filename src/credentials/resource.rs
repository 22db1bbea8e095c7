//! The names of the resources of a document, with the file that a tool rendered them from.

use std::cmp::Reverse;
use std::fmt::{self, Write as _};
use std::ops::Range;

use super::lines::entries;
use super::masked_value;
use crate::yaml::{NodeId, Tree};

/// The annotations with the file of a resource, of kustomize and KRM functions, and of Helm 4.
const FILES: [&str; 3] =
    ["config.kubernetes.io/path", "internal.config.kubernetes.io/path", "postrenderer.helm.sh/postrender-filename"];

/// The comment that Helm writes above a document.
const SOURCE: &str = "# Source: ";

/// Longer names and kinds are not shown.
const MAX_LENGTH: usize = 253;

/// The kind and the name of a resource, and the file that a tool rendered it from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ResourceName {
    /// `SeldonDeployment prod/iris`; empty if the text has no name.
    pub name: String,
    pub file: Option<String>,
}

/// The resources of a text. The items of a list follow it.
#[derive(Debug, Default)]
pub(crate) struct NamedResources {
    named: Vec<(Range<usize>, ResourceName)>,
    /// For each resource, the index of the one that contains it.
    around: Vec<Option<usize>>,
}

impl fmt::Display for ResourceName {
    /// `SeldonDeployment prod/iris, templates/iris.yaml`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = if self.name.is_empty() { "" } else { ", " };
        match &self.file {
            Some(file) => write!(f, "{}{comma}{file}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl NamedResources {
    /// The resources of a document.
    pub(crate) fn of(tree: &Tree<'_>) -> Self {
        let mut found = Vec::new();
        for root in tree.roots() {
            add(tree, *root, source(tree.text()), &mut found);
        }
        Self::new(found)
    }

    /// The resource of a document that does not parse, by its lines at the first column.
    pub(super) fn of_broken(text: &str) -> Self {
        Self::new(of_broken(text).into_iter().collect())
    }

    fn new(mut named: Vec<(Range<usize>, ResourceName)>) -> Self {
        named.sort_by_key(|(range, _)| (range.start, Reverse(range.end)));
        let mut open: Vec<usize> = Vec::new();
        let index_of_outer = |(index, (range, _)): (usize, &(Range<usize>, ResourceName))| {
            while open.last().is_some_and(|outer| named[*outer].0.end <= range.start) {
                open.pop();
            }
            let outer = open.last().copied();
            open.push(index);
            outer
        };
        let around = named.iter().enumerate().map(index_of_outer).collect();
        Self { named, around }
    }

    /// The resources of several documents, each given with its offset.
    pub(super) fn joined(documents: impl IntoIterator<Item = (usize, Self)>) -> Self {
        let shifted = |(start, document): (usize, Self)| {
            let shift = move |(range, name): (Range<usize>, _)| (start + range.start..start + range.end, name);
            document.named.into_iter().map(shift)
        };
        Self::new(documents.into_iter().flat_map(shifted).collect())
    }

    /// The innermost resource around an offset.
    pub(crate) fn at(&self, at: usize) -> Option<&ResourceName> {
        // The last resource that begins before, or one that contains it.
        let mut next = self.named.partition_point(|(resource, _)| resource.start <= at).checked_sub(1);
        while let Some(index) = next {
            let (range, name) = &self.named[index];
            if at <= range.end {
                return Some(name).filter(|name| **name != ResourceName::default());
            }
            next = self.around[index];
        }
        None
    }
}

fn add(tree: &Tree<'_>, node: NodeId, source: Option<&str>, found: &mut Vec<(Range<usize>, ResourceName)>) {
    let all = entries(tree, node);
    let value = |key: &str| all.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let Some(kind) = value("kind").and_then(|kind| tree.scalar_text(kind)) else { return };
    let metadata = value("metadata").map(|metadata| entries(tree, metadata)).unwrap_or_default();
    let of_metadata = |key: &str| {
        let value = metadata.iter().find(|(name, _)| *name == key);
        value.and_then(|(_, value)| tree.scalar_text(*value))
    };
    let annotations = metadata.iter().find(|(name, _)| *name == "annotations");
    let annotations = annotations.map(|(_, annotations)| entries(tree, *annotations)).unwrap_or_default();
    let file = FILES.iter().find_map(|file| {
        let (_, path) = annotations.iter().find(|(name, _)| name == file)?;
        tree.scalar_text(*path)
    });
    found.push((
        tree.outer(tree.resolve(node)).range(),
        named(kind, of_metadata("namespace"), of_metadata("name"), file.or(source)),
    ));
    if kind.ends_with("List") {
        let items = value("items").into_iter().flat_map(|items| tree.items(tree.resolve(items)));
        let config = value("functionConfig");
        config.iter().chain(items).for_each(|resource| add(tree, *resource, source, found));
    }
}

fn of_broken(text: &str) -> Option<(Range<usize>, ResourceName)> {
    let is_name = |text: &&str| {
        text.len() <= MAX_LENGTH
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || b"-.0123456789".contains(&byte))
    };
    let (mut kind, mut names, mut is_metadata) = (None, [None; 2], false);
    let mut set_name = |key: &str, value| {
        if let Some(at) = ["namespace", "name"].iter().position(|name| *name == key) {
            names[at] = names[at].or(Some(unquoted(value)).filter(is_name));
        }
    };
    for line in text.lines() {
        let (key, value) = line.split_once(": ").unwrap_or((line.trim_end().trim_end_matches(':'), ""));
        let value = value.trim();
        if !key.starts_with([' ', '#', '-']) {
            is_metadata = key == "metadata";
            if is_metadata {
                for (key, value) in flow_entries(value) {
                    set_name(key, value);
                }
            }
            let is_kind = value.len() < 64
                && value.starts_with(|first: char| first.is_ascii_uppercase())
                && value.bytes().all(|byte| byte.is_ascii_alphabetic());
            kind = kind.or(Some(value).filter(|kind| key == "kind" && is_kind && !kind.is_empty()));
        } else if is_metadata && let Some(key) = key.strip_prefix("  ") {
            set_name(key, value);
        }
    }
    let source = source(text);
    (kind.is_some() || source.is_some())
        .then(|| (0..text.len(), named(kind.unwrap_or_default(), names[0], names[1], source)))
}

/// The entries of a flow mapping on a line, without those that are in another collection. Where a text in quotes may have
/// any brackets or commas in it, nothing more is read.
fn flow_entries(line: &str) -> Vec<(&str, &str)> {
    let mut entries = Vec::new();
    let Some(mut rest) = line.strip_prefix('{') else { return entries };
    while let Some(end) = rest.find([',', '{', '[', '}', '#']) {
        let (entry, after) = rest.split_at(end);
        let has_open_quote = ['"', '\''].iter().any(|quote| entry.matches(*quote).count() % 2 == 1);
        if has_open_quote || after.starts_with('#') {
            return entries;
        }
        rest = match after.starts_with(['{', '[']) {
            true => match after_collection(after) {
                Some(rest) => rest,
                None => return entries,
            },
            false => {
                entries.extend(entry.split_once(':').map(|(key, value)| (unquoted(key.trim()), value.trim())));
                &after[1..]
            }
        };
        if after.starts_with('}') {
            return entries;
        }
    }
    entries.extend(rest.split_once(':').map(|(key, value)| (unquoted(key.trim()), value.trim())));
    entries
}

/// The text after a flow collection without quotes and comments.
fn after_collection(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return Some(&text[at + 1..]),
            '}' | ']' => depth -= 1,
            '"' | '\'' | '#' => return None,
            _ => {}
        }
    }
    None
}

/// A text without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

fn source(text: &str) -> Option<&str> {
    text.lines()
        .take_while(|line| line.starts_with(['#', '-']) || line.trim().is_empty())
        .find_map(|line| line.strip_prefix(SOURCE))
}

fn named(kind: &str, namespace: Option<&str>, name: Option<&str>, file: Option<&str>) -> ResourceName {
    let is_short = |text: &&str| !text.is_empty() && text.len() <= MAX_LENGTH && !text.contains('\n');
    let shown = |text: Option<&str>| text.filter(is_short).map(|text| masked_value(text.trim()));
    let mut out = shown(Some(kind)).unwrap_or_default();
    if let Some(name) = shown(name) {
        let namespace = shown(namespace).map_or_else(String::new, |namespace| format!("{namespace}/"));
        let _ = write!(out, " {namespace}{name}");
    }
    ResourceName { name: out, file: shown(file) }
}
