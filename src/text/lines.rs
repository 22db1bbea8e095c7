//! Lines as YAML breaks them: `\n`, `\r\n`, or a lone `\r`.

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
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        Self { starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect() }
    }

    /// The line of the byte at `offset`, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

/// The line and column of the byte at `offset`.
pub fn position(text: &str, offset: usize) -> Position {
    let offset = (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let start = line_start(text, offset);
    let before = &text.as_bytes()[..start];
    let breaks = memchr::memchr2_iter(b'\n', b'\r', before)
        .filter(|&at| before[at] == b'\n' || before.get(at + 1) != Some(&b'\n'))
        .count();
    Position { line: breaks + 1, column: text[start..offset].chars().count() + 1 }
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
}
