//! Turns edits of bytes into changes of whole lines.

use std::iter;
use std::ops::Range;

use memchr::{memchr_iter, memrchr};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::next_line;
use crate::text::{Edit, EditSet};

/// The limit of lines in a row, of both sides together, that are compared with each other, which takes quadratic time.
const MAX_COMPARED: usize = 512;

/// Removed lines, and the added lines that replace them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The removed lines, as bytes of the old text.
    pub(super) removed: Range<usize>,
    /// The number of the first removed line, from 0, or of the line after the added ones.
    pub(super) first_line: usize,
    pub(super) removed_lines: usize,
    pub(super) added: String,
    pub(super) added_lines: usize,
}

impl Change {
    /// The number of the first old line after the change, from 0.
    pub(super) fn end_line(&self) -> usize {
        self.first_line + self.removed_lines
    }
}

/// The changes that the edits make to the lines of `old`, in order.
pub(super) fn changes(old: &str, edits: &EditSet) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut counted, mut first_line) = (0, 0);
    for block in blocks(old, edits.as_slice()) {
        first_line += count_breaks(&old[counted..block.lines.start]);
        counted = block.lines.start;
        block.compare(old, first_line, &mut changes);
    }
    changes
}

/// Lines in a row, and their edits.
struct Block<'a> {
    /// The bytes of the lines, with the last `\n`.
    lines: Range<usize>,
    edits: &'a [Edit],
}

/// The edited lines. A line whose `\n` is removed is in one block with the next line, so only the last block can end
/// without a `\n` in the new text.
fn blocks<'a>(old: &str, mut edits: &'a [Edit]) -> impl Iterator<Item = Block<'a>> {
    iter::from_fn(move || {
        let first = edits.first()?;
        let start = memrchr(b'\n', &old.as_bytes()[..first.range.start]).map_or(0, |at| at + 1);
        let (mut end, mut count) = (start, 0);
        while let Some(edit) = edits.get(count).filter(|edit| count == 0 || edit.range.start <= end) {
            if edit.range.end >= end {
                end = next_line(old, edit.range.end);
            }
            count += 1;
        }
        let (within, rest) = edits.split_at(count);
        edits = rest;
        Some(Block { lines: start..end, edits: within })
    })
}

impl Block<'_> {
    /// The lines after the edits.
    fn new_text(&self, old: &str) -> String {
        let mut text = String::new();
        let mut at = self.lines.start;
        for edit in self.edits {
            text.push_str(&old[at..edit.range.start]);
            text.push_str(&edit.replacement);
            at = edit.range.end;
        }
        text.push_str(&old[at..self.lines.end]);
        text
    }

    /// Adds the changes of the block. Equal lines at the end are skipped before equal lines at the start, so that lines
    /// which are inserted before equal ones are shown in their place.
    fn compare(&self, old: &str, first_line: usize, changes: &mut Vec<Change>) {
        let new = self.new_text(old);
        let old_lines: Vec<&str> = old[self.lines.clone()].split_inclusive('\n').collect();
        let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
        let same_end = iter::zip(old_lines.iter().rev(), new_lines.iter().rev()).take_while(|(a, b)| a == b).count();
        let old_lines = &old_lines[..old_lines.len() - same_end];
        let new_lines = &new_lines[..new_lines.len() - same_end];
        let same_start = iter::zip(old_lines, new_lines).take_while(|(a, b)| a == b).count();
        let mut cursor = Cursor { offset: self.lines.start, line: first_line };
        cursor.pass(&old_lines[..same_start]);
        cursor.compare(&old_lines[same_start..], &new_lines[same_start..], changes);
    }
}

/// A position in the old text at the start of a line.
struct Cursor {
    offset: usize,
    line: usize,
}

impl Cursor {
    fn pass(&mut self, lines: &[&str]) {
        self.offset += lines.iter().map(|line| line.len()).sum::<usize>();
        self.line += lines.len();
    }

    fn compare(&mut self, old: &[&str], new: &[&str], changes: &mut Vec<Change>) {
        let is_one_sided = old.is_empty() || new.is_empty();
        if is_one_sided || old.len() + new.len() > MAX_COMPARED {
            changes.extend(self.change(old, new));
            return;
        }
        for op in capture_diff_slices(Algorithm::Myers, old, new) {
            let (tag, old_range, new_range) = op.as_tag_tuple();
            match tag {
                DiffTag::Equal => self.pass(&old[old_range]),
                _ => changes.extend(self.change(&old[old_range], &new[new_range])),
            }
        }
    }

    /// The change of the lines here into `added`.
    fn change(&mut self, removed: &[&str], added: &[&str]) -> Option<Change> {
        let (start, first_line) = (self.offset, self.line);
        self.pass(removed);
        (!removed.is_empty() || !added.is_empty()).then(|| Change {
            removed: start..self.offset,
            first_line,
            removed_lines: removed.len(),
            added: added.concat(),
            added_lines: added.len(),
        })
    }
}

fn count_breaks(text: &str) -> usize {
    memchr_iter(b'\n', text.as_bytes()).count()
}
