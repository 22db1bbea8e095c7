//! JSON without characters that control a terminal: in strings, they are escaped as `\u…`.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::text::drives_a_terminal;

/// A value as indented JSON, with a line break at the end.
///
/// # Errors
/// Those of the value.
pub(super) fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(escaped(&serde_json::to_string_pretty(value)?) + "\n")
}

/// A value as JSON on one line, with a space after each colon and comma.
///
/// # Errors
/// Those of the value.
pub(super) fn on_one_line(value: &impl Serialize) -> serde_json::Result<String> {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, OnOneLine))?;
    Ok(escaped(&String::from_utf8_lossy(&out)))
}

/// Escapes the characters that control a terminal. Line breaks are only outside strings, the others only in strings.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !drives_a_terminal(character) {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

struct OnOneLine;

impl Formatter for OnOneLine {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_control_a_terminal_are_escaped() {
        let all: String = ('\0'..='\u{10ffff}').filter(|character| drives_a_terminal(*character)).collect();
        let text = format!("é\"\\ 名{all}\u{1F600}");
        let value = serde_json::json!({ &text: [text] });
        for shown in [pretty(&value).unwrap(), on_one_line(&value).unwrap()] {
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
