//! Block scalars, literal and folded, which keep at most one of the line breaks at their end.

use super::*;

impl<'t> PlainReader<'t> {
    /// Reads a block scalar in a block collection at the column `around`, and moves to the next token.
    pub(super) fn block_scalar(&mut self, around: isize, lead: Option<Lead>) -> Option<()> {
        let start = self.at;
        let style = if self.byte(start) == b'|' { ScalarStyle::Literal } else { ScalarStyle::Folded };
        self.at += 1;
        let is_stripped = self.byte(self.at) == b'-';
        self.at += usize::from(is_stripped);
        self.end_line()?;
        let mut body =
            ScalarText { text: Cow::Borrowed(""), is_folded: style == ScalarStyle::Folded, is_indented: false };
        let breaks = self.empty_lines(usize::MAX)?;
        let indent = breaks.column;
        if around < 0 || indent as isize <= around || indent < breaks.widest || self.byte(self.at) == 0 {
            return None;
        }
        let end = self.content(&mut body, indent, breaks.count)?;
        let mut text = body.text;
        if text.trim().is_empty() {
            return None;
        }
        if !is_stripped {
            text = self.with_break(text, end);
        }
        self.push_scalar(PlainScalar { text, style, span: Span::new(start, end) }, lead);
        self.find_token()?;
        (!self.is_at_marker()).then_some(())
    }

    /// Reads the lines of content, moves to the start of the line after them, and returns the end of the last.
    fn content(&mut self, body: &mut ScalarText<'t>, indent: usize, leading: usize) -> Option<usize> {
        let mut breaks = leading;
        let mut is_first = true;
        loop {
            let from = self.at;
            let line_feed = memchr::memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |end| from + end);
            let end = if self.bytes[line_feed - 1] == b'\r' { line_feed - 1 } else { line_feed };
            body.push(&self.tree.text[from..end], breaks, is_first);
            self.at = (line_feed + 1).min(self.bytes.len());
            let next = self.empty_lines(indent)?;
            if next.column < indent || self.byte(self.at) == 0 {
                self.at -= next.column;
                return Some(end);
            }
            (breaks, is_first) = (next.count, false);
        }
    }

    /// Skips the lines that have nothing but `indent` spaces at most, and the indentation of the next one.
    fn empty_lines(&mut self, indent: usize) -> Option<EmptyLines> {
        let mut lines = EmptyLines { count: 0, widest: 0, column: 0 };
        loop {
            let line = self.at;
            while self.byte(self.at) == b' ' && self.at - line < indent {
                self.at += 1;
            }
            lines.column = self.at - line;
            match self.byte(self.at) {
                b'\n' | b'\r' => self.line_break()?,
                b'\t' if lines.column < indent => return None,
                _ => return Some(lines),
            }
            lines.count += 1;
            lines.widest = lines.widest.max(lines.column);
        }
    }

    /// The text with a final line break, without a copy if the input has the same bytes.
    fn with_break(&self, text: Cow<'t, str>, end: usize) -> Cow<'t, str> {
        match text {
            Cow::Borrowed(line) if self.byte(end) == b'\n' => Cow::Borrowed(&self.tree.text[end - line.len()..=end]),
            mut text => {
                text.to_mut().push('\n');
                text
            }
        }
    }
}

/// Lines without content, and the indentation of the next line.
struct EmptyLines {
    count: usize,
    widest: usize,
    column: usize,
}

/// The text of a block scalar as far as it is read.
struct ScalarText<'t> {
    text: Cow<'t, str>,
    is_folded: bool,
    /// True if the last line begins with a space or tab beyond the indentation. Such lines are not folded.
    is_indented: bool,
}

impl<'t> ScalarText<'t> {
    /// Appends a line of content that follows `breaks` empty lines.
    fn push(&mut self, line: &'t str, breaks: usize, is_first: bool) {
        let is_indented = line.starts_with([' ', '\t']);
        let joins = self.is_folded && !is_first && !self.is_indented && !is_indented;
        self.is_indented = is_indented;
        if is_first && breaks == 0 {
            self.text = Cow::Borrowed(line);
            return;
        }
        let text = self.text.to_mut();
        if joins && breaks == 0 {
            text.push(' ');
        } else if !joins && !is_first {
            text.push('\n');
        }
        text.extend(std::iter::repeat_n('\n', breaks));
        text.push_str(line);
    }
}
