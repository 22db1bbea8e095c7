//! Where edits are gathered before they are sorted: whole lines that go, lines that come, and bytes within lines.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::text::{Edit, LineIndex, final_break, joined};
use crate::yaml::Tree;

/// The edits of a text, as they are found.
#[derive(Debug)]
pub(super) struct Sheet<'t> {
    text: &'t str,
    lines: &'t LineIndex<'t>,
    inline: Vec<Edit>,
    lines_out: Vec<Range<usize>>,
    /// Lines that come before the line at an offset, each with its column: the deeper come first.
    lines_in: BTreeMap<usize, Vec<(usize, String)>>,
}

impl<'t> Sheet<'t> {
    pub(super) fn new(tree: &'t Tree<'_>) -> Self {
        let (text, lines) = (tree.text(), tree.lines());
        Self { text, lines, inline: Vec::new(), lines_out: Vec::new(), lines_in: BTreeMap::new() }
    }

    /// Changes bytes within a line.
    pub(super) fn edit(&mut self, edit: Edit) {
        self.inline.push(edit);
    }

    /// Takes out the lines from the one of `first` to the one of `last`, with their comments.
    pub(super) fn take_lines(&mut self, first: usize, last: usize) {
        self.lines_out.push(self.lines.start(first)..self.lines.next(last));
    }

    /// Puts lines, joined by `\n`, before the line at `offset`, or at the end of the text.
    pub(super) fn put_lines(&mut self, offset: usize, column: usize, lines: String) {
        self.lines_in.entry(offset).or_default().push((column, lines));
    }

    /// The line break of the line before `offset`.
    pub(super) fn line_break_before(&self, offset: usize) -> &'static str {
        line_break_before(self.text, self.lines, offset)
    }

    /// The lines that go and in the place of which nothing comes.
    pub(super) fn gaps(&self) -> Vec<Range<usize>> {
        let mut gaps = stretches(self.lines_out.clone(), &self.lines_in);
        gaps.retain(|gap| self.lines_in.range(gap.start..=gap.end).next().is_none());
        gaps
    }

    /// All edits.
    ///
    /// A last line that lacks its line break is edited as if it had one, and what then stands last goes without.
    pub(super) fn edits(mut self) -> Vec<Edit> {
        let (text, lines) = (self.text, self.lines);
        let ended = text.is_empty() || text.ends_with(['\n', '\r']);
        let mut deletions = stretches(std::mem::take(&mut self.lines_out), &self.lines_in);
        let cut_off = deletions.pop_if(|range| !ended && range.end == text.len());
        let mut edits = self.inline;
        edits.extend(deletions.into_iter().map(Edit::delete));
        // New lines stand in the place of a last line that goes.
        let mut at_cut_off = Vec::new();
        for (offset, mut parts) in self.lines_in {
            parts.sort_by_key(|(column, _)| std::cmp::Reverse(*column));
            let line_break = line_break_before(text, lines, offset);
            let mut new = parts.into_iter().map(|(_, lines)| lines).collect::<Vec<_>>().join("\n");
            if line_break != "\n" {
                new = new.replace('\n', line_break);
            }
            match &cut_off {
                Some(range) if offset >= range.start => at_cut_off.push(new),
                None if offset == text.len() && !ended => {
                    edits.push(Edit::insert(offset, line_break.to_owned() + &new));
                }
                _ => {
                    new.reserve_exact(line_break.len());
                    edits.push(Edit::insert(offset, new + line_break));
                }
            }
        }
        edits.extend(cut_off.map(|range| match at_cut_off.is_empty() {
            true => Edit::delete(range.start - last_break(&text[..range.start], lines).len()..range.end),
            false => Edit::replace(range.clone(), at_cut_off.join(line_break_before(text, lines, range.start))),
        }));
        edits
    }
}

/// The ranges, those that touch made one, in stretches that no new line stands within.
fn stretches<T>(ranges: Vec<Range<usize>>, new: &BTreeMap<usize, T>) -> Vec<Range<usize>> {
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

/// The line break that goes with the lines behind it, so that the last line is without one as before. That of an empty
/// line stays: without it there would be no such line, which may be a part of a block scalar.
fn last_break(text: &str, lines: &LineIndex<'_>) -> &'static str {
    let line_break = final_break(text);
    let line = &text[..text.len() - line_break.len()];
    if lines.start(line.len()) == line.len() { "" } else { line_break }
}
