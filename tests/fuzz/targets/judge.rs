//! An independent check of tampered edits that the judge accepted: it compares their result with that of the program's
//! own edits.
//!
//! Harmless differences are allowed: the quotes of new values, and spaces, line breaks and commas beside an edit.

use std::ops::Range;

use seldon_trace::internals::text::{Edit, EditSet, joined};
use seldon_trace::internals::verify::Language;
use seldon_trace::internals::yaml::{Kind, NodeId, ScalarStyle, Tree};

use crate::support::laws::Verdict;
use crate::support::oracle;

/// Returns true if the tampered edits have the result of the honest ones.
pub fn is_as_planned(tree: &Tree<'_>, honest: &EditSet, tampered: &EditSet, language: Language) -> Verdict {
    let text = tree.text();
    let regions = joined(honest.iter().map(|edit| with_gaps(tree, edit.range.clone())).collect());
    if let Some(edit) = tampered.iter().find(|edit| !is_within(&regions, &at_least(text, edit))) {
        return Err(format!("an edit where the program makes none: {edit:?}"));
    }
    let (was, is) = (honest.apply(text), tampered.apply(text));
    let read = |text: &str| oracle::documents(text, language == Language::Json);
    if let Ok(expected) = read(&was)
        && read(&is)? != expected
    {
        return Err("another meaning".to_owned());
    }
    let parse = |text| Tree::parse(text).map_err(|error| format!("{error:?}"));
    is_alike(&parse(&was)?, &parse(&is)?)
}

/// A range with the spaces, line breaks, commas and comments on both sides.
fn with_gaps(tree: &Tree<'_>, range: Range<usize>) -> Range<usize> {
    let text = tree.text();
    let comments = tree.comments_in(0..text.len());
    let is_gap = |character: char| character.is_ascii_whitespace() || character == ',';
    let Range { mut start, mut end } = range;
    loop {
        start = text[..start].trim_end_matches(is_gap).len();
        match comments.iter().find(|comment| comment.end() == start) {
            Some(comment) => start = comment.start(),
            None => break,
        }
    }
    loop {
        end = text.len() - text[end..].trim_start_matches(is_gap).len();
        match comments.iter().find(|comment| comment.start() == end) {
            Some(comment) => end = comment.end(),
            None => break,
        }
    }
    start..end
}

/// The bytes that an edit changes, without equal bytes at its start and end.
fn at_least(text: &str, edit: &Edit) -> Range<usize> {
    let (old, new) = (&text.as_bytes()[edit.range.clone()], edit.replacement.as_bytes());
    let before = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let pairs = old[before..].iter().rev().zip(new[before..].iter().rev());
    let behind = pairs.take_while(|(old, new)| old == new).count();
    edit.range.start + before..edit.range.end - behind
}

fn is_within(regions: &[Range<usize>], range: &Range<usize>) -> bool {
    regions.iter().any(|region| region.start <= range.start && range.end <= region.end)
}

/// Returns true if two texts have the same nodes and comments.
fn is_alike(was: &Tree<'_>, is: &Tree<'_>) -> Verdict {
    if was.len() != is.len() || was.roots() != is.roots() {
        return Err("other nodes".to_owned());
    }
    for (node, old) in was.nodes() {
        let new = is.node(node);
        let same = match (&old.kind, &new.kind) {
            (Kind::Scalar { text: old, style: was }, Kind::Scalar { text: new, style: is }) => {
                old == new && (was == is || *is != ScalarStyle::Plain)
            }
            (Kind::Sequence { .. }, Kind::Sequence { .. }) | (Kind::Mapping { .. }, Kind::Mapping { .. }) => {
                was.children(node).eq(is.children(node))
            }
            (Kind::Alias(old), Kind::Alias(new)) => old == new,
            _ => false,
        };
        if !same || properties(was, node) != properties(is, node) {
            return Err(format!("{} is another node", is.path(node)));
        }
    }
    if comments(was).eq(comments(is)) { Ok(()) } else { Err("other comments".to_owned()) }
}

/// A node's anchor and tag.
fn properties<'t>(tree: &Tree<'t>, node: NodeId) -> [Option<&'t str>; 2] {
    let properties = tree.properties(node);
    let spans = [properties.anchor, properties.tag.map(|(_, span)| span)];
    spans.map(|span| span.map(|span| &tree.text()[span.range()]))
}

fn comments<'t>(tree: &Tree<'t>) -> impl Iterator<Item = &'t str> {
    let text = tree.text();
    tree.comments_in(0..text.len()).iter().map(|comment| text[comment.range()].trim_end())
}
