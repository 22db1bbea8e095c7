//! Splits a stream into documents without parsing it.
//!
//! `---` at the start of a line, followed by whitespace or the end of the line, always begins a document, even in a
//! block scalar or in quotes. Directives and comments before it belong to the document that it begins.

use std::ops::Range;

use memchr::memmem;

use crate::text::{line_end, next_line};

/// The ranges of the documents of a YAML or JSON text, and true if it is JSON. A byte order mark belongs to the stream
/// and is in no document.
pub fn unmarked_documents(text: &str) -> (Vec<Range<usize>>, bool) {
    let body = text.trim_start_matches('\u{feff}');
    let mark = text.len() - body.len();
    let json = split_json(body);
    let is_json = json.is_some();
    let mut documents = json.unwrap_or_else(|| split(body));
    for document in &mut documents {
        *document = mark + document.start..mark + document.end;
    }
    (documents, is_json)
}

/// The ranges of the documents of a YAML stream. Together they are the whole text. A range has more than one document
/// if `...` ends one and the next begins without `---`.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut documents = Vec::new();
    let mut start = 0;
    for marker in memmem::find_iter(bytes, "---").filter(|&at| is_marker(bytes, at)) {
        let end = start_of_prefix(text, start..marker);
        if end > start {
            documents.push(start..end);
        }
        start = end;
    }
    documents.push(start..text.len());
    documents
}

/// The ranges of the values of a JSON input; `None` if it is not JSON, or empty.
pub fn split_json(text: &str) -> Option<Vec<Range<usize>>> {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        return None;
    }
    let offset = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut values = serde_json::Deserializer::from_str(&text[offset..]).into_iter::<serde::de::IgnoredAny>();
    let mut documents = Vec::new();
    let mut start = 0;
    while let Some(value) = values.next() {
        value.ok()?;
        let end = offset + values.byte_offset();
        documents.push(start..end);
        start = end;
    }
    if let Some(last) = documents.last_mut() {
        last.end = text.len();
    }
    (!documents.is_empty()).then_some(documents)
}

/// Returns true if the `---` at `at` begins a document.
fn is_marker(bytes: &[u8], at: usize) -> bool {
    let starts_line = at == 0 || matches!(bytes[at - 1], b'\n' | b'\r') || bytes[..at] == *"\u{feff}".as_bytes();
    starts_line && matches!(bytes.get(at + 3), None | Some(b' ' | b'\t' | b'\n' | b'\r'))
}

/// The start of the document of the marker at the end of `before`, with its directives and comments. They belong to it
/// only at the start of the stream and after the last `...`.
fn start_of_prefix(text: &str, before: Range<usize>) -> usize {
    let bytes = text.as_bytes();
    let ended = memmem::rfind_iter(&bytes[before.clone()], b"...").map(|at| before.start + at).find(|&at| {
        matches!(bytes[at.saturating_sub(1)], b'\n' | b'\r') && owns_nothing(&text[at + 3..line_end(text, at)])
    });
    let prefix = match ended {
        Some(at) => next_line(text, at).min(before.end),
        None if before.start == 0 => 0,
        None => return before.end,
    };
    let only_directives = text[prefix..before.end]
        .trim_start_matches('\u{feff}')
        .split(['\n', '\r'])
        .all(|line| owns_nothing(line) || line.starts_with('%'));
    if only_directives { prefix } else { before.end }
}

/// The directives at the start of a document.
pub(super) fn directives(document: &str) -> impl Iterator<Item = &str> {
    let lines = document.trim_start_matches('\u{feff}').split(['\n', '\r']);
    let lines = lines.take_while(|line| owns_nothing(line) || line.starts_with('%'));
    lines.filter(|line| line.starts_with('%'))
}

/// Returns true if a line has only whitespace and a comment.
fn owns_nothing(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_marker_at_the_start_of_a_line_ends_a_document() {
        assert_eq!(
            parts("a: |\n  ---\n--- x\nb\n---\n--- # c\r\n---"),
            ["a: |\n  ---\n", "--- x\nb\n", "---\n", "--- # c\r\n", "---"]
        );
        assert_eq!(parts("----\n---a\n"), ["----\n---a\n"]);
    }

    #[test]
    fn directives_and_comments_belong_to_the_document_that_follows() {
        assert_eq!(
            parts("# head\n%YAML 1.1\n---\na\n...\n# next\n%TAG ! x\n---\nb\n"),
            ["# head\n%YAML 1.1\n---\na\n...\n", "# next\n%TAG ! x\n---\nb\n"]
        );
        assert_eq!(parts("a: 1\n# about b\n---\nb: 2\n"), ["a: 1\n# about b\n", "---\nb: 2\n"]);
        assert_eq!(parts("\u{feff}---\na\n"), ["\u{feff}---\na\n"]);
        assert_eq!(parts(""), [""]);
    }

    #[test]
    fn json_values_follow_one_another() {
        let text = "{\"a\": \"\\ud83d\\ude00---\"}\n{\"b\":1}{}\n";
        let values: Option<Vec<&str>> =
            split_json(text).map(|parts| parts.into_iter().map(|range| &text[range]).collect());
        assert_eq!(values, Some(vec!["{\"a\": \"\\ud83d\\ude00---\"}", "\n{\"b\":1}", "{}\n"]));
        assert_eq!(split_json("{a: b}"), None);
        assert_eq!(split_json(""), None);
    }
}
