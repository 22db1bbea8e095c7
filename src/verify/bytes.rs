//! The first proof: every edit lies inside what the plan names or at an insertion point of its own; what is taken out
//! holds no comment that is not named; what is put in holds none, and no anchor, alias or tag.

use std::ops::Range;

use super::Fault;
use crate::plan::{Changes, NodeChange, Part};
use crate::rewrite::Rewrite;
use crate::text::{Edit, joined, line_start};
use crate::yaml::{NodeId, Span, Tree};

/// What the plan lets an edit touch.
#[derive(Default)]
struct Permit {
    /// Bytes that may go: parts that are taken out or replaced, and empty collections that are filled.
    parts: Vec<Range<usize>>,
    /// Where something new may come: in a changed part, and between the end of a collection and what follows it.
    sites: Vec<Range<usize>>,
    /// Where a dash may move to: the blanks before a key that comes to stand first.
    dashes: Vec<Range<usize>>,
}

pub(super) fn prove(tree: &Tree<'_>, changes: &Changes, rewrite: &Rewrite) -> Result<(), Fault> {
    let mut permit = Permit::default();
    for (node, change) in changes.iter() {
        permit.node(tree, node, change);
    }
    let mut comments: Vec<Range<usize>> = rewrite.comments.iter().map(|span| span.range()).collect();
    for list in [&mut permit.parts, &mut permit.sites, &mut permit.dashes, &mut comments] {
        *list = joined(std::mem::take(list));
    }
    rewrite.edits.iter().try_for_each(|edit| check(tree, &permit, &comments, edit))?;
    comments_end_their_lines(tree, &comments, rewrite.edits.as_slice())
}

/// That nothing is put behind a comment that stays, on its line, and no line joined to it.
fn comments_end_their_lines(tree: &Tree<'_>, gone: &[Range<usize>], edits: &[Edit]) -> Result<(), Fault> {
    for (index, edit) in edits.iter().enumerate() {
        let at = edit.range.start;
        let ends_here = |comment: &&Span| comment.end() == at && !covers(gone, comment.range());
        if tree.comments_in(0..at).last().filter(ends_here).is_some()
            && first_behind(tree.text(), &edits[index..]).is_some_and(|first| !['\n', '\r'].contains(&first))
        {
            return Err(Fault::Bytes(format!("a comment would grow at byte {at}")));
        }
    }
    Ok(())
}

/// The first character of the edited text from where the first of these edits begins.
fn first_behind(text: &str, edits: &[Edit]) -> Option<char> {
    let mut end = edits.first()?.range.start;
    for edit in edits {
        if edit.range.start != end {
            break;
        }
        if let Some(first) = edit.replacement.chars().next() {
            return Some(first);
        }
        end = edit.range.end;
    }
    text[end..].chars().next()
}

impl Permit {
    fn node(&mut self, tree: &Tree<'_>, node: NodeId, change: &NodeChange) {
        let parts = parts(tree, node);
        for (&index, part) in &change.parts {
            let Some((start, value)) = parts.get(index).copied() else { continue };
            let end = tree.span(value).end();
            match part {
                Part::Remove => {
                    self.parts.push(start..end);
                    self.sites.push(start..after_gap(tree, end));
                }
                Part::Set(_) => {
                    self.parts.push(tree.outer(value).range());
                    // Behind the colon, where a block collection begins on a line below.
                    let start = tree.lead(value).map_or(tree.outer(value).start(), |colon| colon + 1);
                    self.sites.push(start..after_gap(tree, end));
                }
                Part::Replace(..) => {
                    self.parts.push(start..end);
                    self.sites.push(start..after_gap(tree, end));
                }
            }
        }
        let first_kept = (0..parts.len()).find(|index| change.parts.get(index) != Some(&Part::Remove));
        if let Some(&(first, _)) = parts.first().filter(|_| first_kept != Some(0)) {
            let kept = first_kept.map(|index| parts[index].0);
            self.dashes.extend(kept.map(|start| line_start(tree.text(), start)..start));
            // The dash that the first part stood behind goes with its line; where nothing is kept, brackets come to it.
            let dash = line_start(tree.text(), first)..first;
            if tree.text()[dash.clone()].bytes().all(|byte| byte == b' ' || byte == b'-') {
                self.sites.extend(kept.is_none().then(|| dash.clone()));
                self.parts.push(dash);
            }
        }
        if !parts.is_empty() && first_kept.is_none() && change.added.is_empty() {
            // Brackets stand for what is left empty, behind the colon or the dash.
            let start = tree.span(node).start();
            self.sites.push(tree.lead(node).unwrap_or(start)..start);
        }
        if !change.added.is_empty() {
            let span = tree.span(node);
            let last = parts.last().map_or(span.start(), |(_, value)| tree.span(*value).end());
            if parts.is_empty() {
                self.parts.push(span.range());
            }
            self.sites.push(last.min(span.end())..after_gap(tree, span.end()));
        }
    }
}

/// Where each item or entry of a collection begins, and the node that it ends with.
fn parts(tree: &Tree<'_>, node: NodeId) -> Vec<(usize, NodeId)> {
    let items = tree.items(node).iter().map(|item| (tree.start(*item), *item));
    items.chain(tree.entries(node).map(|(key, value)| (tree.start(key), value))).collect()
}

/// The first byte behind `end` that carries meaning: not a blank, a line break, a comma or a comment.
fn after_gap(tree: &Tree<'_>, end: usize) -> usize {
    let bytes = tree.text().as_bytes();
    let mut at = end;
    while at < bytes.len() {
        match bytes[at] {
            byte if is_gap(char::from(byte)) => at += 1,
            b'#' => match tree.comments_in(at..at + 1).first() {
                Some(comment) => at = comment.end(),
                None => break,
            },
            _ => break,
        }
    }
    at
}

/// The place behind the last byte before `start` that carries meaning.
fn before_gap(tree: &Tree<'_>, start: usize) -> usize {
    let mut at = start;
    loop {
        at = tree.text()[..at].trim_end_matches(is_gap).len();
        match tree.comments_in(0..at).last().filter(|comment| comment.end() == at) {
            Some(comment) => at = comment.start(),
            None => return at,
        }
    }
}

fn check(tree: &Tree<'_>, permit: &Permit, comments: &[Range<usize>], edit: &Edit) -> Result<(), Fault> {
    let text = tree.text();
    let fault = |words: &str| {
        Err(Fault::Bytes(format!("{words} at byte {}: {:?}", edit.range.start, &text[edit.range.clone()])))
    };
    for comment in tree.comments_in(edit.range.clone()) {
        if !covers(comments, comment.range()) {
            return fault("a comment would go");
        }
    }
    let begins_before = |offset: usize| tree.comments_in(0..offset).last().is_some_and(|last| offset < last.end());
    if begins_before(edit.range.start) || begins_before(edit.range.end) {
        return fault("a part of a comment would go");
    }
    let moves_dash = covers(&permit.dashes, edit.range.clone())
        && text[edit.range.clone()].bytes().all(|byte| byte == b' ')
        && edit.replacement.bytes().all(|byte| byte == b' ' || byte == b'-');
    if moves_dash {
        return Ok(());
    }
    let mut at = edit.range.start;
    while at < edit.range.end {
        let end = [&permit.parts[..], comments].iter().filter_map(|list| end_of_range_at(list, at)).max();
        match end {
            Some(end) => at = end,
            None if is_gap(char::from(text.as_bytes()[at])) => at += 1,
            None => return fault("something else would go"),
        }
    }
    // Blanks and commas may go, but only beside what goes or comes.
    let gap = before_gap(tree, edit.range.start)..after_gap(tree, edit.range.end);
    if ![&permit.parts[..], &permit.sites, comments].iter().any(|list| touches(list, &gap)) {
        return fault("blanks of others would go");
    }
    if edit.replacement.is_empty() {
        return Ok(());
    }
    if !touches(&permit.sites, &edit.range) {
        return fault("something would come in where nothing was planned");
    }
    match bare_stranger(&edit.replacement) {
        Some('#') => fault("a comment would come in"),
        Some(character) => fault(&format!("{character:?} would come in outside of quotes")),
        None => Ok(()),
    }
}

/// Where the range that holds the byte ends.
fn end_of_range_at(ranges: &[Range<usize>], at: usize) -> Option<usize> {
    let index = ranges.partition_point(|range| range.end <= at);
    ranges.get(index).filter(|range| range.start <= at).map(|range| range.end)
}

/// Whether one of the ranges holds a byte of another, or ends where it begins, or begins where it ends.
fn touches(ranges: &[Range<usize>], other: &Range<usize>) -> bool {
    let index = ranges.partition_point(|range| range.end < other.start);
    ranges.get(index).is_some_and(|range| range.start <= other.end)
}

/// What stands between two parts and carries no meaning of its own.
fn is_gap(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | ',')
}

fn covers(ranges: &[Range<usize>], inner: Range<usize>) -> bool {
    end_of_range_at(ranges, inner.start).is_some_and(|end| end >= inner.end)
}

/// What stands outside of quotes and nothing that is written has there: what could begin a comment, an anchor, an alias
/// or a tag, and what is no ASCII, among it the line breaks of some readers.
fn bare_stranger(text: &str) -> Option<char> {
    let is_stranger = |character: char| matches!(character, '#' | '&' | '*' | '!') || !character.is_ascii();
    if !text.contains(is_stranger) {
        return None;
    }
    let mut quote = None;
    let mut escaped = false;
    text.chars().find(|&character| {
        match quote {
            Some('"') if escaped => escaped = false,
            Some('"') if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None => return is_stranger(character),
        }
        false
    })
}
