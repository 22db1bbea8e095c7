//! Lines as YAML breaks them: `\n`, `\r\n`, or a lone `\r`.

use std::ops::Range;
use std::sync::OnceLock;

use memchr::{memchr2, memrchr2};

/// The line break at the end of a text, or an empty text.
pub(crate) fn final_break(text: &str) -> &'static str {
    match text.as_bytes() {
        [.., b'\r', b'\n'] => "\r\n",
        [.., b'\n'] => "\n",
        [.., b'\r'] => "\r",
        _ => "",
    }
}

/// A line and column, as editors count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// The start of the line of the byte at `offset`. A `\r\n` belongs to the line that it ends.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
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

/// The end of the line of the byte at `offset`, before its line break.
pub(crate) fn line_end(text: &str, offset: usize) -> usize {
    memchr2(b'\n', b'\r', &text.as_bytes()[offset..]).map_or(text.len(), |at| offset + at)
}

/// The start of the next line; the end of the text if there is none.
pub(crate) fn next_line(text: &str, offset: usize) -> usize {
    let end = line_end(text, offset);
    let rest = &text.as_bytes()[end..];
    end + if rest.starts_with(b"\r\n") { 2 } else { rest.len().min(1) }
}

/// The start of each line of a text of less than 4 GiB.
#[derive(Debug, PartialEq)]
pub(crate) struct LineStarts(Vec<u32>);

impl LineStarts {
    pub(crate) fn new(text: &str) -> Self {
        let ends = breaks_in(text, 0..text.len());
        Self(std::iter::once(0).chain(ends.map_while(|at| u32::try_from(at + 1).ok())).collect())
    }

    /// The line of the byte at `offset`, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start as usize <= offset)
    }
}

/// The lines of a text of less than 4 GiB. A lookup takes logarithmic time, however long a line is.
#[derive(Debug, PartialEq)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: LineStarts,
    /// The end of the spaces and tabs that each line begins with, found at the first lookup.
    indents: OnceLock<Vec<u32>>,
}

impl<'t> LineIndex<'t> {
    /// Reads the text once.
    pub fn new(text: &'t str) -> Self {
        Self { text, starts: LineStarts::new(text), indents: OnceLock::new() }
    }

    /// The line of the byte at `offset`, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.line(offset)
    }

    /// The start of the line of the byte at `offset`. A `\r\n` belongs to the line that it ends.
    pub fn start(&self, offset: usize) -> usize {
        self.starts.0[self.line(offset) - 1] as usize
    }

    /// The end of the line of the byte at `offset`, before its line break.
    pub fn end(&self, offset: usize) -> usize {
        let next = self.next(offset);
        (next - final_break(&self.text[offset..next]).len()).max(offset)
    }

    /// The start of the next line; the end of the text if there is none.
    pub fn next(&self, offset: usize) -> usize {
        self.starts.0.get(self.line(offset)).map_or(self.text.len(), |start| *start as usize)
    }

    /// The spaces and tabs that the line of the byte at `offset` begins with.
    pub fn indent(&self, offset: usize) -> &'t str {
        let indents = self.indents.get_or_init(|| {
            let spaces = |start: usize| {
                let line = &self.text.as_bytes()[start..];
                line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len())
            };
            self.starts.0.iter().map(|start| *start + spaces(*start as usize) as u32).collect()
        });
        let line = self.line(offset) - 1;
        &self.text[self.starts.0[line] as usize..indents[line] as usize]
    }
}

/// The lines and columns of a text. The text is read once, up to the last position so far. A lookup takes constant
/// time, however long a line is.
#[derive(Debug)]
pub(crate) struct Places<'t> {
    text: &'t str,
    /// A mark in every [`STEP`] bytes.
    marks: Vec<Mark>,
    /// The last position: the next one is often near it.
    last: Mark,
}

const STEP: usize = 1 << 12;

/// A character of a text.
#[derive(Debug, Clone, Copy)]
struct Mark {
    offset: usize,
    line: usize,
    /// The characters before it.
    characters: usize,
    /// The characters before its line.
    before_line: usize,
}

impl<'t> Places<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let first = Mark { offset: 0, line: 1, characters: 0, before_line: 0 };
        Self { text, marks: vec![first], last: first }
    }

    /// The line and column of the byte at `offset`.
    pub(crate) fn position(&mut self, offset: usize) -> Position {
        let offset = character_start(self.text, offset);
        while self.marks.len() <= offset / STEP {
            let next = character_start(self.text, self.marks.len() * STEP);
            self.marks.extend(self.marks.last().map(|last| last.ahead(self.text, next)));
        }
        let mark = self.marks[offset / STEP];
        let is_nearer = mark.offset < self.last.offset && self.last.offset <= offset;
        self.last = if is_nearer { self.last } else { mark }.ahead(self.text, offset);
        Position { line: self.last.line, column: self.last.characters - self.last.before_line + 1 }
    }
}

impl Mark {
    /// The mark at a later offset.
    fn ahead(self, text: &str, offset: usize) -> Self {
        let Self { offset: start, mut line, mut characters, mut before_line } = self;
        let mut line_start = start;
        for at in breaks_in(text, start..offset) {
            line += 1;
            line_start = at + 1;
        }
        characters += text[start..line_start].chars().count();
        if line_start > start {
            before_line = characters;
        }
        characters += text[line_start..offset].chars().count();
        Self { offset, line, characters, before_line }
    }
}

/// The last byte of each line break in a range.
fn breaks_in(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', &bytes[range.clone()]).map(move |at| range.start + at);
    ends.filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
}

/// The start of the character of the byte at `offset`.
fn character_start(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_break_of_yaml_ends_a_line() {
        let text = "a\r\nbé\rc\n";
        let position = |text, offset| Places::new(text).position(offset);
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
    fn the_index_finds_what_a_search_finds() {
        for text in ["", "a", "\n", "a\r\n\tb\rc\n", " \r\n\r\r\n \t", "\n\n  x\n", "ab\n \t"] {
            let index = LineIndex::new(text);
            for offset in 0..=text.len() {
                let found = (index.start(offset), index.end(offset), index.next(offset));
                let start = line_start(text, offset);
                assert_eq!(found, (start, line_end(text, offset), next_line(text, offset)), "{text:?} {offset}");
                let indent = text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len();
                assert_eq!(index.indent(offset), &text[start..start + indent], "{text:?} {offset}");
            }
        }
    }

    #[test]
    fn a_column_is_right_far_from_the_start_of_its_line() {
        let text = "é\n".to_owned() + &"aé".repeat(3 * STEP) + "\r\nb";
        let mut places = Places::new(&text);
        let length = text.len();
        assert_eq!(places.position(length), Position { line: 3, column: 2 });
        assert_eq!(places.position(length - 3), Position { line: 2, column: 6 * STEP + 1 });
        assert_eq!(places.position(3), Position { line: 2, column: 1 });
        assert_eq!(places.position(3 + 3 * STEP), Position { line: 2, column: 2 * STEP + 1 });
        assert_eq!(places.position(4 + 3 * STEP), Position { line: 2, column: 2 * STEP + 2 });
    }

    #[test]
    fn a_position_does_not_depend_on_the_one_before() {
        let text = "é\r\nb名c\rd\n\n\r\r\ne";
        for from in 0..=text.len() {
            let mut places = Places::new(text);
            places.position(from);
            for to in (0..=text.len()).rev().chain(0..=text.len()) {
                assert_eq!(places.position(to), Places::new(text).position(to), "from {from} to {to}");
            }
        }
    }
}
