//! What is printed: streams, diffs, patches, problems with their place, the report of what was done, the table of what
//! stands, what is known of variables, the settings in force.

pub mod diff;
pub mod explain;
pub mod findings;
pub mod page;
pub mod patch;
pub mod problem;
pub mod report;
pub mod settings;
pub mod status;
pub mod stream;
mod table;

use std::borrow::Cow;
use std::ops::Range;

use crate::text::drives_a_terminal;

/// A text with its control characters escaped, so that a manifest or a file name can't drive a terminal.
pub fn escaped(text: &str) -> String {
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

/// The text with asterisks for the bytes of credentials, so that no line that is shown holds one. Every other byte
/// stands where it stood; columns are counted in the text itself, where a character may have several bytes.
fn masked<'t>(text: &'t str, credentials: &[Range<usize>]) -> Cow<'t, str> {
    if credentials.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in credentials.iter().flat_map(|range| range.clone()) {
        if !b"\r\n".contains(&bytes[byte]) {
            bytes[byte] = b'*';
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// `2 errors, 1 warning`: of each its number, and its name where there is one and where there are several. `None` where
/// there is nothing of any.
pub fn counted(parts: &[(usize, &str, &str)]) -> Option<String> {
    let words = parts.iter().filter_map(|(number, one, several)| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {several}")),
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(", "))
}
