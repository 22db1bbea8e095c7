//! Quoted scalars on one line.

use super::characters::end_of_quoted;
use super::*;

impl<'t> PlainReader<'t> {
    pub(super) fn single_quoted(&mut self) -> Option<PlainScalar<'t>> {
        let start = self.at;
        let mut text = Cow::Borrowed("");
        let (mut from, mut at) = (start + 1, start + 1);
        loop {
            at = end_of_quoted::<b'\''>(self.bytes, at);
            match (self.byte(at), self.byte(at + 1)) {
                (b'\'', b'\'') => {
                    append(&mut text, &self.tree.text[from..=at]);
                    at += 2;
                    from = at;
                }
                (b'\'', _) => {
                    append(&mut text, &self.tree.text[from..at]);
                    return Some(self.quoted(text, ScalarStyle::SingleQuoted, start, at));
                }
                (b'\t', _) => at += 1,
                _ => return None,
            }
        }
    }

    pub(super) fn double_quoted(&mut self) -> Option<PlainScalar<'t>> {
        let start = self.at;
        let mut text = Cow::Borrowed("");
        let (mut from, mut at) = (start + 1, start + 1);
        loop {
            at = end_of_quoted::<b'"'>(self.bytes, at);
            match self.byte(at) {
                b'"' => {
                    append(&mut text, &self.tree.text[from..at]);
                    return Some(self.quoted(text, ScalarStyle::DoubleQuoted, start, at));
                }
                b'\\' => {
                    append(&mut text, &self.tree.text[from..at]);
                    self.at = at + 1;
                    text.to_mut().push(self.escape()?);
                    at = self.at;
                    from = at;
                }
                b'\t' => at += 1,
                _ => return None,
            }
        }
    }

    fn quoted(&mut self, text: Cow<'t, str>, style: ScalarStyle, start: usize, quote: usize) -> PlainScalar<'t> {
        self.at = quote + 1;
        self.skip_spaces();
        PlainScalar { text, style, span: Span::new(start, quote + 1) }
    }

    /// Reads an escape after its backslash.
    fn escape(&mut self) -> Option<char> {
        let byte = self.byte(self.at);
        self.at += 1;
        Some(match byte {
            b'0' => '\0',
            b'a' => '\x07',
            b'b' => '\x08',
            b't' => '\t',
            b'n' => '\n',
            b'v' => '\x0b',
            b'f' => '\x0c',
            b'r' => '\r',
            b'e' => '\x1b',
            b' ' | b'"' | b'/' | b'\\' => char::from(byte),
            b'N' => '\u{85}',
            b'_' => '\u{a0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' => char::from_u32(self.hexadecimal(2)?)?,
            b'u' => self.utf16()?,
            b'U' => char::from_u32(self.hexadecimal(8)?)?,
            _ => return None,
        })
    }

    /// The character of `\u`, which may be a pair of surrogates, as in JSON.
    fn utf16(&mut self) -> Option<char> {
        let first = self.hexadecimal(4)? as u16;
        if !(0xd800..=0xdbff).contains(&first) {
            return char::from_u32(first.into());
        }
        if !self.bytes[self.at..].starts_with(b"\\u") {
            return None;
        }
        self.at += 2;
        let second = self.hexadecimal(4)? as u16;
        char::decode_utf16([first, second]).next()?.ok()
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..digits {
            value = (value << 4) | char::from(self.byte(self.at)).to_digit(16)?;
            self.at += 1;
        }
        Some(value)
    }
}

fn append<'t>(text: &mut Cow<'t, str>, more: &'t str) {
    if text.is_empty() {
        *text = Cow::Borrowed(more);
    } else if !more.is_empty() {
        text.to_mut().push_str(more);
    }
}
