//! A unified diff made from edits.
//!
//! Comparing whole texts takes quadratic time for repetitive texts, as manifests are. Here only the lines of the edits
//! are compared, which takes linear time.

mod change;
mod print;
#[cfg(test)]
mod tests;

use std::io;

use memchr::{memchr, memrchr};

use crate::text::EditSet;
use change::{Change, changes};
use print::Printer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DiffOptions {
    /// The unchanged lines around each change.
    pub context: usize,
    /// For a terminal: colours, changed words marked, and control characters escaped. A diff without colours has every
    /// byte unchanged, and can be applied.
    pub colour: bool,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self { context: 3, colour: false }
    }
}

/// Prints the edits of `old` as a diff for `git apply` and `patch -p1`, or nothing if the text does not change.
///
/// `name` is the path in the diff, byte for byte: relative to the working folder, or `-`. Each line takes several small
/// writes, so `out` should be buffered.
///
/// # Errors
/// Those of `out`.
pub(crate) fn unified(
    name: &[u8],
    old: &str,
    edits: &EditSet,
    options: &DiffOptions,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let changes = changes(old, edits);
    if changes.is_empty() {
        return Ok(());
    }
    let mut printer = Printer::new(out, options.colour);
    printer.file_header(name)?;
    let context = options.context;
    let mut shift = Shift::default();
    for together in changes.chunk_by(|one, next| next.first_line - one.end_line() <= context.saturating_mul(2)) {
        let hunk = Hunk::around(together, old, context);
        printer.hunk_header(&hunk.header(shift))?;
        hunk.print_lines(old, &mut printer)?;
        together.iter().for_each(|change| shift.pass(change));
    }
    Ok(())
}

/// The lines that the changes so far add and remove, which is the difference of line numbers in the new text.
#[derive(Debug, Clone, Copy, Default)]
struct Shift {
    added: usize,
    removed: usize,
}

impl Shift {
    fn pass(&mut self, change: &Change) {
        self.added += change.added_lines;
        self.removed += change.removed_lines;
    }
}

/// Changes that share their context, and the unchanged lines around them.
struct Hunk<'a> {
    changes: &'a [Change],
    /// The byte range with the context.
    start: usize,
    end: usize,
    /// The number of lines above the hunk and in it, in the old text.
    lines_above: usize,
    line_count: usize,
}

impl<'a> Hunk<'a> {
    fn around(changes: &'a [Change], old: &str, context: usize) -> Self {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return Self { changes, start: 0, end: 0, lines_above: 0, line_count: 0 };
        };
        let (start, before) = lines_before(old, first.removed.start, context);
        let (end, after) = lines_after(old, last.removed.end, context);
        let lines_above = first.first_line - before;
        Self { changes, start, end, lines_above, line_count: last.end_line() + after - lines_above }
    }

    fn header(&self, shift: Shift) -> String {
        let mut with_this = shift;
        self.changes.iter().for_each(|change| with_this.pass(change));
        let (added, removed) = (with_this.added - shift.added, with_this.removed - shift.removed);
        let old = span(self.lines_above, self.line_count);
        let new = span(self.lines_above + shift.added - shift.removed, self.line_count + added - removed);
        format!("@@ -{old} +{new} @@")
    }

    fn print_lines(&self, old: &str, printer: &mut Printer<impl io::Write>) -> io::Result<()> {
        let mut at = self.start;
        for change in self.changes {
            printer.context(&old[at..change.removed.start])?;
            printer.change(&old[change.removed.clone()], &change.added)?;
            at = change.removed.end;
        }
        printer.context(&old[at..self.end])
    }
}

/// The lines of a hunk on one side: the number of the first, or of the line above if there are none, and the count. As
/// in git, a count of 1 is left out.
fn span(lines_above: usize, count: usize) -> String {
    match count {
        0 => format!("{lines_above},0"),
        1 => format!("{}", lines_above + 1),
        _ => format!("{},{count}", lines_above + 1),
    }
}

/// The start and number of at most `limit` lines before the one that starts at `offset`.
fn lines_before(text: &str, offset: usize, limit: usize) -> (usize, usize) {
    let (mut start, mut count) = (offset, 0);
    while count < limit && start > 0 {
        start = memrchr(b'\n', &text.as_bytes()[..start - 1]).map_or(0, |at| at + 1);
        count += 1;
    }
    (start, count)
}

/// The end and number of at most `limit` lines from the one that starts at `offset`.
fn lines_after(text: &str, offset: usize, limit: usize) -> (usize, usize) {
    let (mut end, mut count) = (offset, 0);
    while count < limit && end < text.len() {
        end = next_line(text, end);
        count += 1;
    }
    (end, count)
}

/// The start of the next line. Diffs have no other line break than `\n`.
fn next_line(text: &str, offset: usize) -> usize {
    memchr(b'\n', &text.as_bytes()[offset..]).map_or(text.len(), |at| offset + at + 1)
}
