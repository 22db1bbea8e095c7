//! Prints several inputs as one stream that kubectl can read.

use std::io::{self, Write};
use std::ops::Range;

use memchr::memmem;

use crate::text::{Edit, EditSet};
use crate::yaml::stream::split_json;

/// An input and its edits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StreamPart<'a> {
    /// The name, for messages.
    pub name: &'a str,
    /// The unedited text.
    pub text: &'a str,
    pub edits: &'a EditSet,
    /// True if all of it is JSON.
    pub is_json: bool,
}

/// A JSON input with surrogate escapes in a stream with YAML, where they can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SurrogateEscapes {
    /// The name of the input.
    pub name: String,
}

/// Checks that the inputs can be one stream.
///
/// # Errors
/// [`SurrogateEscapes`]
pub(crate) fn check(parts: &[StreamPart<'_>]) -> Result<(), SurrogateEscapes> {
    let mixed = parts.iter().any(|part| part.is_json) && !parts.iter().all(is_json_or_empty);
    let wrong = parts.iter().find(|part| mixed && part.is_json && has_surrogate_escape(part.text));
    wrong.map_or(Ok(()), |part| Err(SurrogateEscapes { name: part.name.to_owned() }))
}

/// Writes the edited inputs one after another. Missing `---` and line breaks are inserted between two inputs and, in a
/// stream of JSON and YAML, between the values of a JSON input. Such a stream begins with `---`, and so do several
/// inputs if the first is YAML in braces: kubectl reads a stream that begins with `{` as JSON.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write(parts: &[StreamPart<'_>], out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let all_json = parts.iter().all(is_json_or_empty);
    let mixed = !all_json && parts.iter().any(|part| part.is_json);
    let mut documents = parts.iter().filter(|part| !is_blank(part.text));
    let (first, several) = (documents.next(), documents.next().is_some());
    let lacks_marker = |first: &StreamPart<'_>| {
        (mixed && !begins_document(first.text)) || (!all_json && first.text.trim_start().starts_with('{'))
    };
    let mut lacks_first_marker = (several || mixed) && first.is_some_and(lacks_marker);
    // The last input that is not empty, and the last that has a document.
    let (mut before, mut document_before) = ("", "");
    for part in parts {
        let line_break = last_line_break(before);
        if !before.is_empty() && !part.text.is_empty() && !before.ends_with('\n') {
            out.write_all(line_break.as_bytes())?;
        }
        let follows = !document_before.is_empty() && !is_blank(part.text);
        if follows && !all_json && !ends_with_marker(document_before) && !begins_document(part.text) {
            let end = if begins_with_directive(part.text) { "..." } else { "---" };
            write!(out, "{end}{line_break}")?;
        }
        let mut markers = Vec::new();
        if !before.is_empty() && part.text.starts_with('\u{feff}') {
            // A byte order mark inside a stream is text, and hides a `---` after it.
            markers.push(Edit::delete(0..'\u{feff}'.len_utf8()));
        }
        if lacks_first_marker && !is_blank(part.text) {
            lacks_first_marker = false;
            // After a byte order mark at the start of the stream.
            let at =
                if before.is_empty() { part.text.len() - part.text.trim_start_matches('\u{feff}').len() } else { 0 };
            markers.push(Edit::insert(at, "---\n"));
        }
        if mixed && part.is_json {
            markers.extend(between_values(part.text));
        }
        let marked = if markers.is_empty() { None } else { Some(with(part.edits, markers)?) };
        for piece in marked.as_ref().unwrap_or(part.edits).pieces(part.text) {
            out.write_all(piece.as_bytes())?;
        }
        if !part.text.is_empty() {
            before = part.text;
        }
        if !is_blank(part.text) {
            document_before = part.text;
        }
    }
    out.flush()
}

/// The edits that insert a `---` between each two values of a JSON input.
fn between_values(text: &str) -> Vec<Edit> {
    let marker = |value: Range<usize>| {
        let line_break = last_line_break(&text[..value.start]);
        Edit::insert(value.start, format!("{line_break}---{line_break}"))
    };
    split_json(text).unwrap_or_default().into_iter().skip(1).map(marker).collect()
}

/// The edits of an input with markers, which are between its values, where no edit is.
fn with(edits: &EditSet, markers: Vec<Edit>) -> io::Result<EditSet> {
    EditSet::new(edits.iter().cloned().chain(markers).collect()).map_err(io::Error::other)
}

/// Returns false for comments alone, which are not JSON.
fn is_json_or_empty(part: &StreamPart<'_>) -> bool {
    part.is_json || part.text.trim_start_matches('\u{feff}').trim().is_empty()
}

/// Returns true if there is only whitespace and comments.
fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

/// Returns true if the first line with content begins a document with `---`.
fn begins_document(text: &str) -> bool {
    first_line(text).is_some_and(|line| line == "---" || line.starts_with("--- ") || line.starts_with("---\t"))
}

fn begins_with_directive(text: &str) -> bool {
    first_line(text).is_some_and(|line| line.starts_with('%'))
}

fn first_line(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}');
    text.split(['\n', '\r']).find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

/// Returns true if the last line with content is a `---`.
fn ends_with_marker(text: &str) -> bool {
    let mut lines = text.rsplit(['\n', '\r']);
    lines
        .find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .is_some_and(|line| line.trim_end() == "---")
}

fn last_line_break(text: &str) -> &'static str {
    match text.as_bytes() {
        [.., b'\r', b'\n'] => "\r\n",
        // kubectl finds no document after a lone `\r`.
        [.., b'\n' | b'\r'] | [] => "\n",
        _ => last_line_break(&text[..text.rfind(['\n', '\r']).map_or(0, |at| at + 1)]),
    }
}

/// Returns true if a JSON text has an escape of a surrogate, which libyaml and kubectl's YAML parser reject.
fn has_surrogate_escape(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), br"\u").any(|at| {
        let digits = text.as_bytes().get(at + 2..at + 4).unwrap_or_default();
        let backslashes = text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        backslashes % 2 == 0 && matches!(digits, [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(inputs: &[(&str, bool)]) -> String {
        let edits = EditSet::default();
        let parts: Vec<StreamPart<'_>> = inputs
            .iter()
            .map(|(text, is_json)| StreamPart { name: "x", text, edits: &edits, is_json: *is_json })
            .collect();
        let mut out = Vec::new();
        write(&parts, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn documents_are_kept_apart_and_nothing_else_is_added() {
        assert_eq!(joined(&[("a: 1\n", false), ("b: 2\n", false)]), "a: 1\n---\nb: 2\n");
        assert_eq!(joined(&[("a: 1\n---\n", false), ("b: 2", false)]), "a: 1\n---\nb: 2");
        assert_eq!(joined(&[("a: 1", false), ("# c\n---\nb: 2\n", false)]), "a: 1\n# c\n---\nb: 2\n");
        assert_eq!(
            joined(&[("a: 1\r\n", false), ("", false), ("# only\r\n", false), ("b: 2\r\n", false)]),
            "a: 1\r\n# only\r\n---\r\nb: 2\r\n"
        );
        assert_eq!(joined(&[("a: 1\r\nb: 2", false), ("c: 3\n", false)]), "a: 1\r\nb: 2\r\n---\r\nc: 3\n");
        assert_eq!(joined(&[("a: 1\r\nb: 2\n", false), ("c: 3\n", false)]), "a: 1\r\nb: 2\n---\nc: 3\n");
        assert_eq!(
            joined(&[("a: 1\n", false), ("%YAML 1.1\n---\nb: 2\n", false)]),
            "a: 1\n...\n%YAML 1.1\n---\nb: 2\n"
        );
    }

    #[test]
    fn json_and_yaml_begin_with_a_document_start() {
        assert_eq!(joined(&[("{}\n", true), ("{}", true)]), "{}\n{}");
        assert_eq!(joined(&[("{}", true), ("a: 1\n", false)]), "---\n{}\n---\na: 1\n");
        assert_eq!(joined(&[("a: 1\n", false), ("{}{}\n{}\n", true)]), "---\na: 1\n---\n{}\n---\n{}\n---\n\n{}\n");
        assert_eq!(joined(&[("{a: 1}\n", false), ("b: 2\n", false)]), "---\n{a: 1}\n---\nb: 2\n");
        assert_eq!(joined(&[("# c\n", false), ("\u{feff}{}\n", true), ("b: 2\n", false)]), "# c\n---\n{}\n---\nb: 2\n");
        assert_eq!(joined(&[("\u{feff}{}\n", true), ("b: 2\n", false)]), "\u{feff}---\n{}\n---\nb: 2\n");
        assert_eq!(joined(&[("{a: 1}\n", false), ("# b\n", false)]), "{a: 1}\n# b\n");
        assert_eq!(joined(&[("{}\n", true), ("# b\n", false)]), "---\n{}\n# b\n");
        assert_eq!(joined(&[("{}\n", true), ("\n", false)]), "{}\n\n");
    }

    #[test]
    fn a_later_document_is_found_after_a_mark_and_a_lone_carriage_return() {
        assert_eq!(joined(&[("a: 1\n", false), ("\u{feff}---\nb: 2\n", false)]), "a: 1\n---\nb: 2\n");
        assert_eq!(joined(&[("a: 1\r", false), ("b: 2\n", false)]), "a: 1\r\n---\nb: 2\n");
    }
}
