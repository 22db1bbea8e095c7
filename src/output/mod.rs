//! What is printed: streams, diffs, problems with their place, the report of what was done.

pub mod diff;
pub mod problem;
pub mod report;
pub mod stream;

/// A text with its control characters escaped, so that a manifest or a file name can't drive a terminal.
pub fn escaped(text: &str) -> String {
    let hides = |character: char| {
        character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => out.push(' '),
            _ if hides(character) => out.extend(character.escape_default()),
            _ => out.push(character),
        }
    }
    out
}
