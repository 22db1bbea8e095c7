//! The output formats: streams, diffs, patches, errors with their source line, reports, the status, findings and
//! settings.

pub mod diagnostic;
pub(crate) mod diff;
pub(crate) mod findings;
mod json;
pub(crate) mod patch;
pub(crate) mod report;
pub(crate) mod settings;
pub mod status;
pub(crate) mod stream;
mod table;

use crate::text::drives_a_terminal;

/// A text with its control characters escaped, so that a manifest or a file name can't drive a terminal.
pub(crate) fn escaped(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => out.push(' '),
            _ if drives_a_terminal(character) => out.extend(character.escape_default()),
            _ => out.push(character),
        }
    }
    out
}

/// `2 errors, 1 warning`, from numbers with their singular and plural; `None` if all are 0.
pub(crate) fn counted(parts: &[(usize, &str, &str)]) -> Option<String> {
    let words = parts.iter().filter_map(|(number, one, several)| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {several}")),
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(", "))
}
