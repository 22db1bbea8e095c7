//! The items of a `List`, each as a text of its own, so that they are read, planned and judged in parallel and one at a
//! time.
//!
//! An item of a block sequence, from the line of its dash to the line of the next, is a YAML document: a sequence with
//! one item. An item of a flow sequence on one line is a document too: a mapping, from brace to brace. The list is split
//! only if the rest of it, without its items, is a plain mapping whose `items` are empty. The caller reads the whole
//! document instead if one of the items can't be read alone: where an alias refers to another item, or where a quote or a
//! bracket extends over a line that looks like an item.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memmem};
use serde::de::IgnoredAny;

use crate::changes::Changes;
use crate::manifest::LIST_KINDS;
use crate::verify::{Language, judge};
use crate::yaml::{Kind, Structure, Tree};

/// The bytes of the items of a document that is a `List` of Kubernetes, if it can be split.
pub(crate) fn items(document: &str, language: Language) -> Option<Vec<Range<usize>>> {
    match language {
        Language::Yaml => yaml_items(document),
        Language::Json => json_items(document),
    }
}

fn yaml_items(document: &str) -> Option<Vec<Range<usize>>> {
    if is_flow(document) { flow_items(document) } else { block_items(document) }
}

fn is_flow(document: &str) -> bool {
    document.strip_prefix("---").unwrap_or(document).trim_start().starts_with('{')
}

/// The items of a list in flow style on one line. One on several lines is read whole: its items are indented alike.
fn flow_items(document: &str) -> Option<Vec<Range<usize>>> {
    let list = memmem::find(document.as_bytes(), b"items")?;
    if memchr2(b'\n', b'\r', document[list..].trim_end().as_bytes()).is_some() {
        return None;
    }
    let tree = Tree::parse(document).ok().filter(|tree| tree.aliases().is_empty())?;
    let &[root] = tree.roots() else { return None };
    let (key, list) = tree.entries(root).find(|(key, _)| tree.scalar_text(*key) == Some("items"))?;
    let items: Vec<_> = tree.items(list).iter().map(|item| tree.span(*item).range()).collect();
    let is_separated = |pair: &[Range<usize>]| document[pair[0].end..pair[1].start].trim() == ",";
    let is_braced = |item: &Range<usize>| document[item.clone()].starts_with('{');
    let (key, first, end) = (tree.span(key).start(), items.first()?.start, items.last()?.end);
    let is_split = items.windows(2).all(is_separated) && items.iter().all(is_braced);
    (is_split && is_list_around(document, key, first..end, Structure::Flow)).then_some(items)
}

fn block_items(document: &str) -> Option<Vec<Range<usize>>> {
    let key = "items:";
    let starts_line = |at: &usize| *at == 0 || document.as_bytes()[at - 1] == b'\n';
    let mut keys = memmem::find_iter(document.as_bytes(), key).filter(starts_line);
    let key = keys.next().filter(|_| keys.next().is_none() && !has_lone_carriage_return(document))?;
    let starts = item_starts(document, key)?;
    let (first, end) = (*starts.first()?, *starts.last()?);
    is_list_around(document, key, first..end, Structure::Block)
        .then(|| starts.windows(2).map(|pair| pair[0]..pair[1]).collect())
}

/// The start of the line of each item of the sequence below the key, and the end of the last item.
fn item_starts(document: &str, key: usize) -> Option<Vec<usize>> {
    let bytes = document.as_bytes();
    let mut starts = Vec::new();
    let mut column = 0;
    let mut line = memchr(b'\n', &bytes[key..]).map(|end| key + end + 1)?;
    let ends = memchr_iter(b'\n', &bytes[line..]).map(|end| line + end).chain([bytes.len()]).collect::<Vec<_>>();
    for end in ends {
        let text = &bytes[line..end];
        let indent = text.iter().take_while(|byte| **byte == b' ').count();
        let is_item = matches!(&text[indent..], [b'-'] | [b'-', b' ' | b'\r', ..]);
        match text.get(indent) {
            None | Some(b'#' | b'\r') => {}
            Some(_) if starts.is_empty() && is_item => {
                column = indent;
                starts.push(line);
            }
            Some(_) if starts.is_empty() => return None,
            Some(_) if indent == column && is_item => starts.push(line),
            Some(_) if indent > column => {}
            Some(_) => {
                starts.push(line);
                return Some(starts);
            }
        }
        line = end + 1;
    }
    starts.push(document.len());
    Some(starts)
}

/// Returns true if more values of a list begin with a double quote than with a single one.
pub(crate) fn prefers_double_quotes(document: &str) -> bool {
    let bytes = document.as_bytes();
    // In a block list `:"` is in a text, such as the JSON of an annotation.
    let flow: &[u8] = if is_flow(document) { b":" } else { b": " };
    let is_value = |at: &usize| [b": ", b"- ", flow].iter().any(|before| bytes[..*at].ends_with(before));
    let quotes = memchr2_iter(b'"', b'\'', bytes).filter(is_value);
    quotes.fold(0, |count: isize, at| count + if bytes[at] == b'"' { 1 } else { -1 }) > 0
}

/// Returns true if a `\r` alone ends a line: the lines above end with `\n`.
fn has_lone_carriage_return(text: &str) -> bool {
    memchr_iter(b'\r', text.as_bytes()).any(|at| text.as_bytes().get(at + 1) != Some(&b'\n'))
}

/// Returns true if the document without the bytes of its items is a list whose `items`, at `key`, are empty: without a
/// value where they are a block sequence, with a pair of brackets where they are a flow sequence.
fn is_list_around(document: &str, key: usize, items: Range<usize>, structure: Structure) -> bool {
    let rest = format!("{}{}", &document[..items.start], &document[items.end..]);
    let Ok(tree) = Tree::parse(&rest) else { return false };
    let &[root] = tree.roots() else { return false };
    let is_plain = tree.nodes().all(|(id, _)| tree.tag(id).is_none()) && tree.anchored().next().is_none();
    let has = |name: &str| tree.entries(root).filter(|(key, _)| tree.scalar_text(*key) == Some(name)).count() == 1;
    let items = tree.entries(root).find(|(name, _)| tree.span(*name).start() == key);
    let is_empty = items.is_some_and(|(name, value)| {
        tree.scalar_text(name) == Some("items")
            && match (structure, &tree.node(value).kind) {
                (Structure::Block, Kind::Scalar { .. }) => tree.span(value).is_empty(),
                (Structure::Flow, Kind::Sequence { .. }) => tree.length(value) == 0,
                _ => false,
            }
    });
    let kind = tree.entries(root).find(|(key, _)| tree.scalar_text(*key) == Some("kind"));
    let is_list = kind.is_some_and(|(_, kind)| tree.scalar_text(kind).is_some_and(|kind| LIST_KINDS.contains(&kind)));
    let ends_documents = rest.contains("\n...") || rest.starts_with("...");
    // A list that its kind does not make one, or that has more to edit than its items, is read whole.
    is_plain
        && is_empty
        && is_list
        && has("items")
        && has("kind")
        && !ends_documents
        && !has("functionConfig")
        && !has("sops")
        && judge(&tree, &Changes::default(), &rest, Language::Yaml).is_ok()
}

fn json_items(document: &str) -> Option<Vec<Range<usize>>> {
    let bytes = document.as_bytes();
    let (mut kind, mut items) = (None, None);
    let mut at = after(bytes, 0, b'{')?;
    loop {
        let key = value_at(document, at)?;
        let value = value_at(document, after(bytes, key.end, b':')?)?;
        at = value.end;
        // A key that is there twice, with an escape, or that affects the whole list is left to the reader of the whole.
        match &document[key] {
            "\"kind\"" if kind.is_none() => kind = Some(&document[value]),
            "\"items\"" if items.is_none() => items = Some(value),
            "\"kind\"" | "\"items\"" | "\"functionConfig\"" | "\"sops\"" => return None,
            key if key.contains('\\') => return None,
            _ => {}
        }
        match after(bytes, at, b',') {
            Some(next) => at = next,
            None => break,
        }
    }
    let kind = kind?.trim_matches('"');
    LIST_KINDS.contains(&kind).then(|| json_members(document, items?)).flatten()
}

fn json_members(document: &str, array: Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut members = Vec::new();
    let mut next = after(document.as_bytes(), array.start, b'[');
    while let Some(at) = next {
        let member = value_at(document, at)?;
        next = after(document.as_bytes(), member.end, b',');
        members.push(member);
    }
    (!members.is_empty()).then_some(members)
}

/// The bytes of the JSON value that begins at `at` or after the white space there.
fn value_at(document: &str, at: usize) -> Option<Range<usize>> {
    let start = at + white_space(&document.as_bytes()[at..]);
    let mut values = serde_json::Deserializer::from_str(&document[start..]).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(start..start + values.byte_offset())
}

/// The offset after this punctuation, if it comes next.
fn after(bytes: &[u8], at: usize, punctuation: u8) -> Option<usize> {
    let at = at + white_space(&bytes[at..]);
    (bytes.get(at) == Some(&punctuation)).then_some(at + 1)
}

fn white_space(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| b" \t\r\n".contains(byte)).count()
}
