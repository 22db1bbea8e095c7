//! A unified diff made of the edits themselves.
//!
//! Comparing whole texts is quadratic where a manifest repeats itself, as manifests do. The edits say where the text
//! changes: only the few lines around each are compared, and the cost grows with the file and with nothing else.

mod change;
mod print;
#[cfg(test)]
mod tests;

use std::io;

use memchr::{memchr, memrchr};

use crate::text::EditSet;
use change::{Change, changes};
use print::Printer;

/// How a diff is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DiffOptions {
    /// The unchanged lines around each change.
    pub context: usize,
    /// For a terminal: colours, changed words marked, and control characters escaped, lest a manifest drive it. A diff
    /// without colours holds every byte as it is, and can be applied.
    pub colour: bool,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self { context: 3, colour: false }
    }
}

/// Prints what `edits` do to `old` as a diff that `git apply` and `patch -p1` take, and nothing where they do nothing.
///
/// `name` is the path as the diff names it, byte for byte: relative to the working folder, or `-`. Each line takes
/// several small writes, so `out` should be buffered.
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

/// How many lines the changes so far add and remove: what a line's number in the new text differs by.
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
    /// The bytes of the context's first line to its last.
    start: usize,
    end: usize,
    /// The lines above the hunk, and in it, as the old text has them.
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

/// A hunk's lines on one side: the first, from 1, or the line above where there are none, and how many; a count of 1
/// is left out, as git leaves it out.
fn span(lines_above: usize, count: usize) -> String {
    match count {
        0 => format!("{lines_above},0"),
        1 => format!("{}", lines_above + 1),
        _ => format!("{},{count}", lines_above + 1),
    }
}

/// Where up to `limit` lines before the one that starts at `offset` begin, and how many there are.
fn lines_before(text: &str, offset: usize, limit: usize) -> (usize, usize) {
    let (mut start, mut count) = (offset, 0);
    while count < limit && start > 0 {
        start = memrchr(b'\n', &text.as_bytes()[..start - 1]).map_or(0, |at| at + 1);
        count += 1;
    }
    (start, count)
}

/// Where up to `limit` lines from the one that starts at `offset` end, and how many there are.
fn lines_after(text: &str, offset: usize, limit: usize) -> (usize, usize) {
    let (mut end, mut count) = (offset, 0);
    while count < limit && end < text.len() {
        end = next_line(text, end);
        count += 1;
    }
    (end, count)
}

/// Where the line of the byte at `offset` ends, its `\n` included. Diffs know no other line break.
fn next_line(text: &str, offset: usize) -> usize {
    memchr(b'\n', &text.as_bytes()[offset..]).map_or(text.len(), |at| offset + at + 1)
}
