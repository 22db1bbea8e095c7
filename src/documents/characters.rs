//! Characters that some YAML readers reject or take for line breaks.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::yaml::{Kind, ScalarStyle, Tree};

/// Characters that YAML forbids: control characters except tabs and line breaks, and non-characters.
pub(crate) fn refuse_control_characters(text: &str) -> Result<(), Diagnostic> {
    let forbidden = |character: char| {
        matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}'
            | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
    };
    // The fast path: nearly every text has none.
    let may_begin_one = |byte: u8| (byte < b' ' && !b"\t\n\r".contains(&byte)) || matches!(byte, 0x7f | 0xc2 | 0xef);
    if !text.bytes().fold(false, |found, byte| found | may_begin_one(byte)) {
        return Ok(());
    }
    match text.char_indices().find(|(_, character)| forbidden(*character)) {
        Some((at, character)) => Err(Diagnostic::new(
            format!("the control character U+{:04X}, which YAML forbids", character as u32),
            "remove it or, in double quotes, write it as an escape",
        )
        .at(at..at + character.len_utf8())),
        None => Ok(()),
    }
}

/// U+0085, U+2028 and U+2029 break lines to kubectl and not to YAML 1.2: outside of quotes, the rest of
/// the line would be parsed, even of a comment.
pub(crate) fn refuse_hidden_line_breaks(tree: &Tree<'_>) -> Result<(), Diagnostic> {
    let text = tree.text();
    let breaks = ['\u{85}', '\u{2028}', '\u{2029}'];
    if memchr::memchr2(0xc2, 0xe2, text.as_bytes()).is_none() || !text.contains(breaks) {
        return Ok(());
    }
    let quoted: Vec<Range<usize>> = tree
        .nodes()
        .filter(|(_, node)| {
            let quotes = [ScalarStyle::SingleQuoted, ScalarStyle::DoubleQuoted];
            matches!(node.kind, Kind::Scalar { style, .. } if quotes.contains(&style))
        })
        .map(|(_, node)| node.span.range())
        .collect();
    let is_quoted = |at: usize| {
        let next = quoted.partition_point(|range| range.end <= at);
        quoted.get(next).is_some_and(|range| range.contains(&at))
    };
    match text.match_indices(breaks).find(|(at, _)| !is_quoted(*at)) {
        Some((at, found)) => Err(Diagnostic::new(
            format!(
                "U+{:04X} is a line break to kubectl, but not to YAML 1.2",
                found.chars().next().map_or(0, u32::from)
            ),
            "write a line break or a space instead",
        )
        .at(at..at + found.len())),
        None => Ok(()),
    }
}
