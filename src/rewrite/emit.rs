//! Writes new values in block or flow style.

use std::borrow::Cow;

use super::style::{BlockStyle, Quote};
use crate::changes::{MapKey, Value};
use crate::yaml::{ScalarStyle, needs_escape, reads_as_string_everywhere};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FlowStyle {
    /// True if keys and values are in double quotes, as in JSON.
    pub json: bool,
    /// The space after a colon, or nothing.
    pub after_colon: &'static str,
    /// The space after a comma, or nothing.
    pub after_comma: &'static str,
    /// The space inside braces, or nothing.
    pub padding: &'static str,
    /// The indentation of one level of a collection on several lines.
    pub unit: String,
    pub quote: Quote,
}

/// The layout of a new flow collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout<'a> {
    /// On one line.
    Inline,
    /// Each member on its own line, indented one unit more than this.
    Lines(&'a str),
}

/// Writes a key and its value as lines. The caller has indented the first to `column`.
pub(super) fn block_entry(out: &mut String, style: &BlockStyle, column: usize, key: &MapKey, value: &Value) {
    match key {
        Cow::Borrowed(key) => out.push_str(key),
        Cow::Owned(key) => push_scalar(out, key, style.quote),
    }
    out.push(':');
    let inner = match value {
        Value::Text(_) | Value::InStyle(_) | Value::Plain(_) => {
            out.push(' ');
            return block_lines(out, style, column, value);
        }
        Value::Map(entries) if entries.is_empty() => return out.push_str(" {}"),
        Value::Map(_) => column + style.step,
        Value::List(_) => column + style.dash,
    };
    out.push('\n');
    indent(out, inner);
    block_lines(out, style, inner, value);
}

/// Writes a collection as lines at `column`, or a text. The caller has indented the first line.
pub(super) fn block_lines(out: &mut String, style: &BlockStyle, column: usize, value: &Value) {
    let mut first = true;
    let mut begin_line = |out: &mut String| {
        if !std::mem::take(&mut first) {
            out.push('\n');
            indent(out, column);
        }
    };
    match value {
        Value::Text(text) | Value::InStyle(text) => push_scalar(out, text, style.quote),
        Value::Plain(text) => out.push_str(text),
        Value::Map(entries) => {
            for (key, value) in entries {
                begin_line(out);
                block_entry(out, style, column, key, value);
            }
        }
        Value::List(items) => {
            for item in items {
                begin_line(out);
                block_item(out, style, column, item);
            }
        }
    }
}

/// Writes an item with its dash at `column`.
pub(super) fn block_item(out: &mut String, style: &BlockStyle, column: usize, item: &Value) {
    out.push('-');
    indent(out, style.gap - 1);
    block_lines(out, style, column + style.gap, item);
}

pub(super) fn indent(out: &mut String, columns: usize) {
    out.extend(std::iter::repeat_n(' ', columns));
}

fn push_scalar(out: &mut String, text: &str, quote: Quote) {
    out.push_str(&scalar(text, quote, false));
}

pub(super) fn flow(style: &FlowStyle, layout: Layout<'_>, value: &Value) -> String {
    match value {
        Value::Text(text) | Value::InStyle(text) => flow_scalar(style, text),
        Value::Plain(text) => text.to_string(),
        Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Value::List(items) => {
            let parts = |inner: Layout<'_>| items.iter().map(|item| flow(style, inner, item)).collect();
            brackets(style, layout, ("[", "]"), "", parts)
        }
        Value::Map(entries) => {
            let parts =
                |inner: Layout<'_>| entries.iter().map(|(key, value)| flow_entry(style, inner, key, value)).collect();
            brackets(style, layout, ("{", "}"), style.padding, parts)
        }
    }
}

pub(super) fn flow_entry(style: &FlowStyle, layout: Layout<'_>, key: &MapKey, value: &Value) -> String {
    let key = match key {
        Cow::Borrowed(key) => flow_key(style, key),
        Cow::Owned(key) => flow_scalar(style, key),
    };
    format!("{key}:{}{}", style.after_colon, flow(style, layout, value))
}

pub(super) fn flow_key(style: &FlowStyle, key: &str) -> String {
    if style.json { double_quoted(key) } else { key.to_owned() }
}

pub(super) fn flow_scalar(style: &FlowStyle, text: &str) -> String {
    if style.json { double_quoted(text) } else { scalar(text, style.quote, true).into_owned() }
}

fn brackets(
    style: &FlowStyle,
    layout: Layout<'_>,
    (open, close): (&str, &str),
    padding: &str,
    parts: impl Fn(Layout<'_>) -> Vec<String>,
) -> String {
    match layout {
        Layout::Inline => {
            let joined = parts(Layout::Inline).join(&format!(",{}", style.after_comma));
            format!("{open}{padding}{joined}{padding}{close}")
        }
        Layout::Lines(indent) => {
            let inner = format!("{indent}{}", style.unit);
            let joined = parts(Layout::Lines(&inner)).join(&format!(",\n{inner}"));
            format!("{open}\n{inner}{joined}\n{indent}{close}")
        }
    }
}

/// A string: plain if every YAML reader reads it as a string, otherwise in quotes.
pub(super) fn scalar(text: &str, quote: Quote, in_flow: bool) -> Cow<'_, str> {
    let breaks_flow = in_flow && text.contains([',', '[', ']', '{', '}']);
    if reads_as_string_everywhere(text) && !breaks_flow {
        Cow::Borrowed(text)
    } else if quote == Quote::Double || text.chars().any(needs_escape) {
        Cow::Owned(double_quoted(text))
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', "''")))
    }
}

/// A string in the quotes of the scalar that it replaces, or without quotes as that one if every reader reads a string.
pub(super) fn scalar_in_style(text: &str, style: Option<ScalarStyle>, quote: Quote, in_flow: bool) -> Cow<'_, str> {
    match style {
        Some(ScalarStyle::DoubleQuoted) => Cow::Owned(double_quoted(text)),
        Some(ScalarStyle::SingleQuoted) if !text.chars().any(needs_escape) => {
            Cow::Owned(format!("'{}'", text.replace('\'', "''")))
        }
        Some(ScalarStyle::Plain) if may_be_plain(text, in_flow) => Cow::Borrowed(text),
        _ => scalar(text, quote, in_flow),
    }
}

/// Returns true if a text is the same string without quotes, also one with spaces.
fn may_be_plain(text: &str, in_flow: bool) -> bool {
    let is_inner = |character: char| {
        let is_space = character != ' ' && character.is_whitespace();
        let breaks_flow = in_flow && ",[]{}".contains(character);
        !needs_escape(character) && !is_space && !breaks_flow
    };
    let is_word = text.is_ascii() && !text.contains([' ', '/']) && !reads_as_string_everywhere(text);
    let is_split = text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text.chars().all(is_inner)
        && !is_word
        && !is_split
}

/// The text in double quotes, with escapes that JSON has too.
pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if needs_escape(character) => {
                out.push_str(&format!("\\u{:04x}", character as u32));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_plain_only_if_every_reader_reads_a_string() {
        for (text, single, double) in [
            ("const", "const", "const"),
            ("1", "'1'", "\"1\""),
            ("no", "'no'", "\"no\""),
            ("it's", "'it''s'", "\"it's\""),
            ("a\tb", "\"a\\tb\"", "\"a\\tb\""),
            ("", "''", "\"\""),
            ("env:prod,team=risk", "env:prod,team=risk", "env:prod,team=risk"),
        ] {
            assert_eq!(scalar(text, Quote::Single, false), single);
            assert_eq!(scalar(text, Quote::Double, false), double);
        }
        assert_eq!(scalar("env:prod,team:risk", Quote::Single, true), "'env:prod,team:risk'");
    }
}
