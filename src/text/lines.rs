//! Lines as YAML breaks them: `\n`, `\r\n`, or a lone `\r`.

use std::ops::Range;

use memchr::{memchr2, memrchr2};

/// The line break that a text ends with; empty where it ends with none.
pub fn final_break(text: &str) -> &'static str {
    match text.as_bytes() {
        [.., b'\r', b'\n'] => "\r\n",
        [.., b'\n'] => "\n",
        [.., b'\r'] => "\r",
        _ => "",
    }
}

/// A place in a text, counted as editors count: from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// Where the line of the byte at `offset` begins. A `\r\n` belongs to the line that it ends.
pub fn line_start(text: &str, offset: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = offset;
    while let Some(at) = memrchr2(b'\n', b'\r', &bytes[..end]) {
        let inside_crlf = bytes[at] == b'\r' && at + 1 == offset && bytes.get(offset) == Some(&b'\n');
        if !inside_crlf {
            return at + 1;
        }
        end = at;
    }
    0
}

/// Where the line of the byte at `offset` ends, before its line break.
pub fn line_end(text: &str, offset: usize) -> usize {
    memchr2(b'\n', b'\r', &text.as_bytes()[offset..]).map_or(text.len(), |at| offset + at)
}

/// Where the next line begins, after the line break; the end of the text where there is none.
pub fn next_line(text: &str, offset: usize) -> usize {
    let end = line_end(text, offset);
    let rest = &text.as_bytes()[end..];
    end + if rest.starts_with(b"\r\n") { 2 } else { rest.len().min(1) }
}

/// Where each line of a text begins, for many questions about one text.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Looks at the text once.
    pub fn new(text: &str) -> Self {
        let ends = breaks_in(text, 0..text.len());
        Self { starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect() }
    }

    /// The line of the byte at `offset`, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

/// The places of one text, each counted from the one asked for before: many that stand in the text's order take one
/// look at it.
#[derive(Debug)]
pub struct Places<'t> {
    text: &'t str,
    at: usize,
    position: Position,
}

impl<'t> Places<'t> {
    /// Looks at nothing yet.
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, position: Position { line: 1, column: 1 } }
    }

    /// The line and column of the byte at `offset`.
    pub fn position(&mut self, offset: usize) -> Position {
        let offset = character_start(self.text, offset);
        let is_ahead = offset >= self.at;
        let between = if is_ahead { self.at..offset } else { offset..self.at };
        let (breaks, last) =
            breaks_in(self.text, between.clone()).fold((0, None), |(count, _), at| (count + 1, Some(at)));
        let count = |range: Range<usize>| self.text[range].chars().count();
        let Position { line, column } = self.position;
        self.position = match last {
            None if is_ahead => Position { line, column: column + count(between) },
            None => Position { line, column: column - count(between) },
            Some(last) if is_ahead => Position { line: line + breaks, column: count(last + 1..offset) + 1 },
            Some(_) => Position { line: line - breaks, column: count(line_start(self.text, offset)..offset) + 1 },
        };
        self.at = offset;
        self.position
    }
}

/// The last byte of each line break in a range.
fn breaks_in(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', &bytes[range.clone()]).map(move |at| range.start + at);
    ends.filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
}

/// Where the character begins that the byte at `offset` belongs to.
fn character_start(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The line and column of the byte at `offset`.
pub fn position(text: &str, offset: usize) -> Position {
    Places::new(text).position(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_break_of_yaml_ends_a_line() {
        let text = "a\r\nbé\rc\n";
        assert_eq!(next_line(text, 0), 3);
        assert_eq!(line_start(text, 4), 3);
        assert_eq!(line_start(text, 2), 0, "between \\r and \\n is still the first line");
        assert_eq!(next_line(text, 3), 7);
        assert_eq!(position(text, 7), Position { line: 3, column: 1 });
        assert_eq!(position(text, 6), Position { line: 2, column: 3 });
        assert_eq!(position(text, 99), Position { line: 4, column: 1 });
        let index = LineIndex::new(text);
        for offset in 0..=text.len() {
            assert_eq!(index.line(offset), position(text, offset).line, "{offset}");
        }
    }

    #[test]
    fn a_place_is_the_same_from_wherever_it_is_counted() {
        let text = "é\r\nb名c\rd\n\n\r\r\ne";
        for from in 0..=text.len() {
            let mut places = Places::new(text);
            places.position(from);
            for to in (0..=text.len()).rev().chain(0..=text.len()) {
                assert_eq!(places.position(to), position(text, to), "from {from} to {to}");
            }
        }
    }
}
