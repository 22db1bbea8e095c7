//! The lines of a gap, without the parts that are removed or written in it.

use std::ops::Range;

use memchr::memchr3;

pub(super) struct GapLines<'t> {
    pub text: &'t str,
    /// The bytes of the parts, in order.
    parts: Vec<Range<usize>>,
    /// At least one. The first starts where the gap starts, the last ends where it ends.
    pub lines: Vec<Line>,
}

/// A line, or several if a part extends over them.
#[derive(Clone)]
pub(super) struct Line {
    /// Without the line break.
    pub range: Range<usize>,
    /// The parts on it, by their index.
    pub parts: Range<usize>,
    /// The `#` of its comment.
    pub comment: Option<usize>,
}

impl<'t> GapLines<'t> {
    pub(super) fn new(text: &'t str, gap: Range<usize>, parts: Vec<Range<usize>>) -> Self {
        let mut lines = Self { text, parts, lines: Vec::new() };
        let (mut start, mut part, mut found) = (gap.start, 0, None);
        loop {
            let line = lines.line(start, part, gap.end, &mut found);
            (start, part) = (line.range.end + lines.line_break(&line).len(), line.parts.end);
            let is_last = line.range.end >= gap.end;
            // A last line without a line break is one all the same.
            let is_unended = is_last && gap.end == text.len() && (line.range.start < gap.end || lines.lines.is_empty());
            lines.lines.push(line);
            if is_unended {
                lines.lines.push(Line { range: gap.end..gap.end, parts: part..part, comment: None });
            }
            if is_last {
                return lines;
            }
        }
    }

    /// The line from `start` on. `found` is the place of the last line break or `#` that was found: it holds until the
    /// line or a part passes it.
    fn line(&self, start: usize, first_part: usize, end: usize, found: &mut Option<usize>) -> Line {
        let bytes = self.text.as_bytes();
        let (mut at, mut part, mut comment) = (start, first_part, None);
        loop {
            let search = || memchr3(b'\n', b'\r', b'#', &bytes[at..end]).map_or(end, |found| at + found);
            let mark = found.filter(|mark| *mark >= at).unwrap_or_else(search);
            *found = Some(mark);
            let next = self.parts.get(part).map_or(end, |part| part.start.clamp(at, end));
            if comment.is_none() && next < end && next <= mark {
                at = self.parts[part].end.clamp(at, end);
                part += 1;
            } else if mark < end && bytes[mark] == b'#' {
                // No anchor or tag has the character, nor is a text in a gap.
                comment = comment.or(Some(mark));
                at = mark + 1;
            } else {
                return Line { range: start..mark, parts: first_part..part, comment };
            }
        }
    }

    pub(super) fn first(&self) -> &Line {
        &self.lines[0]
    }

    pub(super) fn last(&self) -> &Line {
        &self.lines[self.lines.len() - 1]
    }

    /// The lines with parts, with their index.
    pub(super) fn with_parts(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().filter(|(_, line)| !line.parts.is_empty())
    }

    pub(super) fn line_break(&self, line: &Line) -> &'t str {
        let rest = &self.text[line.range.end..];
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
        &rest[..length]
    }

    /// Returns true if a line of the text ends with this line break.
    fn has_line_break(&self, line_break: &str) -> bool {
        let is_whole = |at: usize| line_break != "\n" || !self.text[..at].ends_with('\r');
        self.text.match_indices(line_break).any(|(at, _)| is_whole(at))
    }

    /// The text before the first part of a line.
    pub(super) fn indentation(&self, line: &Line) -> &'t str {
        let end = self.parts.get(line.parts.start).map_or(line.range.end, |part| part.start);
        &self.text[line.range.start..end.clamp(line.range.start, line.range.end)]
    }

    /// The text after the last part of a line.
    pub(super) fn after_parts(&self, line: &Line) -> &'t str {
        let start = self.parts[line.parts.clone()].last().map_or(line.range.start, |part| part.end);
        &self.text[start.min(line.range.end)..line.range.end]
    }

    /// The bytes of a line before its first part and after its last, without its comment. Spaces, commas and colons do not
    /// count: a wrong one changes the events.
    pub(super) fn rest(&self, line: &Line) -> impl Iterator<Item = u8> + '_ {
        let end = line.comment.unwrap_or(line.range.end);
        let parts = &self.parts[line.parts.clone()];
        let before = line.range.start..parts.first().map_or(end, |part| part.start);
        let after = parts.last().map_or(end, |part| part.end)..end;
        let pieces = [before, after].into_iter().filter_map(|piece| self.text.as_bytes().get(piece));
        pieces.flatten().copied().filter(|byte| !matches!(byte, b' ' | b'\t' | b',' | b':'))
    }

    /// Returns true if there is nothing but punctuation between the parts of a line.
    pub(super) fn has_only_punctuation_between(&self, line: &Line) -> bool {
        self.parts[line.parts.clone()].windows(2).all(|pair| {
            let between = self.text.as_bytes().get(pair[0].end..pair[1].start).unwrap_or(b"?");
            between.iter().all(|byte| matches!(byte, b' ' | b'\t' | b',' | b':' | b'-'))
        })
    }

    fn ends_with_space(&self, line: &Line) -> bool {
        line.comment.is_none() && self.text[line.range.clone()].ends_with([' ', '\t'])
    }

    /// Returns true unless a line of the other side ends with a space, and none of this one does.
    pub(super) fn may_end_with_space(&self, other: &GapLines<'t>, other_line: &Line) -> bool {
        !other.ends_with_space(other_line) || self.lines.iter().any(|line| self.ends_with_space(line))
    }

    /// Returns true if the other side has the only line on several.
    pub(super) fn is_split(&self, other: &GapLines<'t>) -> bool {
        self.rest(self.first()).eq(other.rest(other.first()).chain(other.rest(other.last())))
    }

    /// Returns true if the other side has the first line and the last on one.
    pub(super) fn is_joined(&self, other: &GapLines<'t>) -> bool {
        self.rest(self.first()).chain(self.rest(self.last())).eq(other.rest(other.first()))
    }

    /// Returns true if a line at the edge of the gap is the same on both sides, but for commas. On a line with a part,
    /// which is mostly of a flow collection, spaces do not count, except at its end.
    pub(super) fn is_same_edge(&self, line: &Line, other: &GapLines<'t>, other_line: &Line) -> bool {
        let content =
            |lines: &GapLines<'t>, line: &Line| &lines.text[line.range.start..line.comment.unwrap_or(line.range.end)];
        let commas = |text: &str| text.bytes().filter(|byte| *byte == b',').count();
        // What follows the last member follows an added one, or the one before a removed one.
        let (own, theirs) = (commas(content(self, line)), commas(content(other, other_line)));
        let (line_break, other_break) = (self.line_break(line), other.line_break(other_line));
        let is_same_break = line_break == other_break || line_break.is_empty() || other_break.is_empty();
        if !(is_same_break || own != theirs && self.has_line_break(other_break)) {
            return false;
        }
        if own != theirs || !line.parts.is_empty() || !other_line.parts.is_empty() {
            let may_end = other_break.is_empty() || self.may_end_with_space(other, other_line);
            return may_end && self.rest(line).eq(other.rest(other_line));
        }
        let middles = [line, other_line].map(|line| line.comment.unwrap_or(line.range.end));
        let no_commas = |text: &'t str| text.bytes().filter(|byte| *byte != b',');
        self.text[middles[0]..line.range.end] == other.text[middles[1]..other_line.range.end]
            && no_commas(&self.text[line.range.start..middles[0]])
                .eq(no_commas(&other.text[other_line.range.start..middles[1]]))
    }
}
