//! What is printed: streams, diffs, problems with their place, the report of what was done, the table of what stands,
//! what is known of variables.

pub mod diff;
pub mod explain;
pub mod findings;
pub mod page;
pub mod problem;
pub mod report;
pub mod status;
pub mod stream;
mod table;

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
