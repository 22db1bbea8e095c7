//! Lines as YAML breaks them: `\n`, `\r\n`, or a lone `\r`.

use std::ops::Range;
use std::sync::OnceLock;

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

/// The lines of a text of less than 4 GiB, found once: each answer takes logarithmic time, however long a line is.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<u32>,
    /// The end of the spaces and tabs that each line begins with, found when first asked for.
    indents: OnceLock<Vec<u32>>,
}

impl<'t> LineIndex<'t> {
    /// Looks at the text once.
    pub fn new(text: &'t str) -> Self {
        let ends = breaks_in(text, 0..text.len());
        let starts = std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect();
        Self { text, starts, indents: OnceLock::new() }
    }

    /// The line of the byte at `offset`, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= offset)
    }

    /// The start of the line of the byte at `offset`. A `\r\n` belongs to the line that it ends.
    pub fn start(&self, offset: usize) -> usize {
        self.starts[self.line(offset) - 1] as usize
    }

    /// The end of the line of the byte at `offset`, before its line break.
    pub fn end(&self, offset: usize) -> usize {
        let next = self.next(offset);
        (next - final_break(&self.text[offset..next]).len()).max(offset)
    }

    /// The start of the next line; the end of the text if there is none.
    pub fn next(&self, offset: usize) -> usize {
        self.starts.get(self.line(offset)).map_or(self.text.len(), |start| *start as usize)
    }

    /// The spaces and tabs that the line of the byte at `offset` begins with.
    pub fn indent(&self, offset: usize) -> &'t str {
        let indents = self.indents.get_or_init(|| {
            let blanks = |start: usize| {
                let line = &self.text.as_bytes()[start..];
                line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len())
            };
            self.starts.iter().map(|start| *start + blanks(*start as usize) as u32).collect()
        });
        let line = self.line(offset) - 1;
        &self.text[self.starts[line] as usize..indents[line] as usize]
    }
}

/// Lines and columns of one text. The text is read once, up to the last byte that is asked for; after that, an answer
/// takes the same time for any place, however long its line is.
#[derive(Debug)]
pub struct Places<'t> {
    text: &'t str,
    /// The position of every [`STEP`]th byte.
    marks: Vec<Mark>,
}

/// The bytes from one mark to the next.
const STEP: usize = 1 << 12;

/// A byte of a text.
#[derive(Debug, Clone, Copy)]
struct Mark {
    line: usize,
    line_start: usize,
    /// The characters before it.
    characters: usize,
}

impl<'t> Places<'t> {
    /// Looks at nothing yet.
    pub fn new(text: &'t str) -> Self {
        Self { text, marks: vec![Mark { line: 1, line_start: 0, characters: 0 }] }
    }

    /// The line and column of the byte at `offset`.
    pub fn position(&mut self, offset: usize) -> Position {
        let Mark { line, line_start, characters } = self.mark(character_start(self.text, offset));
        Position { line, column: characters - self.mark(line_start).characters + 1 }
    }

    fn mark(&mut self, offset: usize) -> Mark {
        let step = offset / STEP;
        while self.marks.len() <= step {
            let last = self.marks.len() - 1;
            self.marks.push(self.ahead(last, (last + 1) * STEP));
        }
        self.ahead(step, offset)
    }

    /// The place at `offset`, counted from a mark before it.
    fn ahead(&self, step: usize, offset: usize) -> Mark {
        let between = step * STEP..offset;
        let mut mark = self.marks[step];
        for at in breaks_in(self.text, between.clone()) {
            mark.line += 1;
            mark.line_start = at + 1;
        }
        let begins_character = |byte: &&u8| !matches!(byte, 0x80..=0xbf);
        mark.characters += self.text.as_bytes()[between].iter().filter(begins_character).count();
        mark
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
