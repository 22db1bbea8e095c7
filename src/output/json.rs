//! JSON as it is printed: what would drive a terminal, or turn the order of its text, is escaped as `\u…`. To a reader of
//! JSON it is the same text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::text::drives_a_terminal;

/// A value as indented JSON, with a line break at the end.
///
/// # Errors
/// Those of the value.
pub(super) fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, Pretty(PrettyFormatter::new())))?;
    out.push(b'\n');
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// A value as JSON on one line, with a space after each colon and comma.
///
/// # Errors
/// Those of the value and of `out`.
pub(super) fn on_one_line(value: &impl Serialize, out: &mut (impl Write + ?Sized)) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, OnOneLine))
}

/// A part of a string that JSON itself would leave as it is.
fn write_text<W: ?Sized + Write>(out: &mut W, text: &str) -> io::Result<()> {
    let mut rest = text;
    while let Some(at) = rest.find(drives_a_terminal) {
        out.write_all(&rest.as_bytes()[..at])?;
        let mut after = rest[at..].chars();
        let character = after.next().unwrap_or_default();
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = after.as_str();
    }
    out.write_all(rest.as_bytes())
}

struct OnOneLine;

impl Formatter for OnOneLine {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        write_text(out, text)
    }
}

struct Pretty(PrettyFormatter<'static>);

impl Formatter for Pretty {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        write_text(out, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_is_escaped_and_read_back() {
        let all: String = ('\0'..='\u{10ffff}').filter(|character| drives_a_terminal(*character)).collect();
        let text = format!("é\"\\ 名{all}\u{1F600}");
        let value = serde_json::json!({ &text: [text] });
        let mut line = Vec::new();
        on_one_line(&value, &mut line).unwrap();
        for shown in [pretty(&value).unwrap(), String::from_utf8(line).unwrap()] {
            assert!(!shown.replace('\n', "").contains(drives_a_terminal), "{shown}");
            assert!(
                shown.contains("é\\\"\\\\ 名") && shown.contains("\\u202e") && shown.contains('\u{1F600}'),
                "{shown}"
            );
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }
        assert_eq!(pretty(&[1]).unwrap(), "[\n  1\n]\n");
    }
}
