//! Collects edits before they are sorted: removed lines, inserted lines, and changes within lines.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::text::{Edit, LineIndex, final_break, joined};
use crate::yaml::Tree;

#[derive(Debug)]
pub(super) struct EditBuilder<'t> {
    text: &'t str,
    lines: &'t LineIndex<'t>,
    inline: Vec<Edit>,
    removed_lines: Vec<Range<usize>>,
    /// Lines to insert before the line at an offset, each with its column: the deeper ones are first.
    inserted_lines: BTreeMap<usize, Vec<(usize, String)>>,
}

impl<'t> EditBuilder<'t> {
    pub(super) fn new(tree: &'t Tree<'_>) -> Self {
        let (text, lines) = (tree.text(), tree.lines());
        Self { text, lines, inline: Vec::new(), removed_lines: Vec::new(), inserted_lines: BTreeMap::new() }
    }

    /// Changes bytes within a line.
    pub(super) fn edit(&mut self, edit: Edit) {
        self.inline.push(edit);
    }

    /// Removes the lines from that of `first` to that of `last`, with their comments.
    pub(super) fn remove_lines(&mut self, first: usize, last: usize) {
        self.removed_lines.push(self.lines.start(first)..self.lines.next(last));
    }

    /// Inserts lines, joined by `\n`, before the line at `offset`, or at the end of the text.
    pub(super) fn insert_lines(&mut self, offset: usize, column: usize, lines: String) {
        self.inserted_lines.entry(offset).or_default().push((column, lines));
    }

    /// The line break of the line before `offset`.
    pub(super) fn line_break_before(&self, offset: usize) -> &'static str {
        line_break_before(self.text, self.lines, offset)
    }

    /// The removed lines without an insertion in their place.
    pub(super) fn gaps(&self) -> Vec<Range<usize>> {
        let mut gaps = split_at_inserted(self.removed_lines.clone(), &self.inserted_lines);
        gaps.retain(|gap| self.inserted_lines.range(gap.start..=gap.end).next().is_none());
        gaps
    }

    /// All edits. If the last line has no line break, the new last line has none either.
    pub(super) fn finish(mut self) -> Vec<Edit> {
        let (text, lines) = (self.text, self.lines);
        let ended = text.is_empty() || text.ends_with(['\n', '\r']);
        let mut deletions = split_at_inserted(std::mem::take(&mut self.removed_lines), &self.inserted_lines);
        let last_lines = deletions.pop_if(|range| !ended && range.end == text.len());
        let mut edits = self.inline;
        edits.extend(deletions.into_iter().map(Edit::delete));
        // New lines in the place of a removed last line.
        let mut new_last_lines = Vec::new();
        for (offset, mut parts) in self.inserted_lines {
            parts.sort_by_key(|(column, _)| std::cmp::Reverse(*column));
            let line_break = line_break_before(text, lines, offset);
            let mut new = parts.into_iter().map(|(_, lines)| lines).collect::<Vec<_>>().join("\n");
            if line_break != "\n" {
                new = new.replace('\n', line_break);
            }
            match &last_lines {
                Some(range) if offset >= range.start => new_last_lines.push(new),
                None if offset == text.len() && !ended => {
                    edits.push(Edit::insert(offset, line_break.to_owned() + &new));
                }
                _ => {
                    new.reserve_exact(line_break.len());
                    edits.push(Edit::insert(offset, new + line_break));
                }
            }
        }
        edits.extend(last_lines.map(|range| match new_last_lines.is_empty() {
            true => Edit::delete(range.start - last_break(&text[..range.start], lines).len()..range.end),
            false => Edit::replace(range.clone(), new_last_lines.join(line_break_before(text, lines, range.start))),
        }));
        edits
    }
}

/// Joins ranges that touch, and splits them at the offsets of new lines.
fn split_at_inserted<T>(ranges: Vec<Range<usize>>, new: &BTreeMap<usize, T>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for Range { mut start, end } in joined(ranges) {
        for &offset in new.range(start + 1..end.max(start + 1)).map(|(offset, _)| offset) {
            out.push(start..offset);
            start = offset;
        }
        out.push(start..end);
    }
    out
}

fn line_break_before(text: &str, lines: &LineIndex<'_>, offset: usize) -> &'static str {
    let before = &text[..offset];
    let own = final_break(before);
    if !own.is_empty() {
        return own;
    }
    // A last line without a break follows the line before it.
    match final_break(&before[..lines.start(offset)]) {
        "" => "\n",
        found => found,
    }
}

/// The line break that is removed with the lines after it, so that the last line still has none. That of an empty line
/// is kept: the line may be a part of a block scalar.
fn last_break(text: &str, lines: &LineIndex<'_>) -> &'static str {
    let line_break = final_break(text);
    let line = &text[..text.len() - line_break.len()];
    if lines.start(line.len()) == line.len() { "" } else { line_break }
}
