//! Lines: spaces, comments, line breaks, and the first token of the next line.

use super::characters::end_of_spaces;
use super::*;

impl PlainReader<'_> {
    /// Returns true if an indicator that ends before `at` is one: whitespace or nothing follows.
    pub(super) fn is_separated(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\t' | b'\n' | b'\r' | 0)
    }

    pub(super) fn is_dash(&self) -> bool {
        self.byte(self.at) == b'-' && self.is_separated(self.at + 1)
    }

    pub(super) fn is_marker(&self, marker: &[u8]) -> bool {
        self.bytes[self.at..].starts_with(marker) && self.is_separated(self.at + marker.len())
    }

    /// Returns true at a `---` or `...` that begins or ends a document.
    pub(super) fn is_at_marker(&self) -> bool {
        matches!(self.byte(self.at), b'-' | b'.')
            && (self.is_marker(b"---") || self.is_marker(b"..."))
            && (self.at == 0 || self.byte(self.at - 1) == b'\n')
    }

    pub(super) fn skip_spaces(&mut self) {
        self.at = end_of_spaces(self.bytes, self.at);
    }

    /// Reads a comment up to the end of its line. Whitespace has to separate it from the token before.
    pub(super) fn comment(&mut self) -> Option<()> {
        let start = self.at;
        if start > 0 && !matches!(self.bytes[start - 1], b' ' | b'\t' | b'\n') {
            return None;
        }
        let end = memchr::memchr(b'\n', &self.bytes[start..]).map_or(self.bytes.len(), |end| start + end);
        self.at = if self.bytes[end - 1] == b'\r' { end - 1 } else { end };
        self.tree.comments.push(Span::new(start, self.at));
        Some(())
    }

    /// Reads a line break, or the end of the text.
    pub(super) fn line_break(&mut self) -> Option<()> {
        match self.byte(self.at) {
            b'\n' => self.at += 1,
            b'\r' => self.at += 2,
            0 => {}
            _ => return None,
        }
        Some(())
    }

    /// Reads the rest of a line, which may be spaces and a comment.
    pub(super) fn end_line(&mut self) -> Option<()> {
        self.skip_spaces();
        if self.byte(self.at) == b'#' {
            self.comment()?;
        }
        self.line_break()
    }

    /// Moves from the start of a line to the next token, over comments and empty lines.
    pub(super) fn find_token(&mut self) -> Option<()> {
        loop {
            let line = self.at;
            self.skip_spaces();
            match self.byte(self.at) {
                b'\n' | b'\r' => self.line_break()?,
                b'#' => {
                    self.comment()?;
                    self.line_break()?;
                }
                b'\t' => return None,
                0 => {
                    self.column = END;
                    return Some(());
                }
                _ => {
                    self.column = (self.at - line) as isize;
                    return Some(());
                }
            }
        }
    }

    /// Moves from the end of a node to the first token of a later line.
    pub(super) fn next_line(&mut self) -> Option<()> {
        self.end_line()?;
        self.find_token()?;
        (!self.is_at_marker()).then_some(())
    }

    /// Returns true if a line has nothing more, or only a comment.
    pub(super) fn is_line_over(&self) -> bool {
        matches!(self.byte(self.at), b'\n' | b'\r' | b'#' | 0)
    }
}
