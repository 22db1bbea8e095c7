//! The third proof: a value that was written reads back from the output's own bytes, style and tag included, as a
//! string under YAML 1.1 and 1.2.

/// Judges a value by where its text stands in the output: `None` where the reader had to unescape it, which it has to do
/// only within quotes.
pub(super) fn is_string(output: &str, text: &str, at: Option<usize>) -> Result<(), String> {
    let Some(at) = at else {
        let needs_escapes = text.chars().any(|character| {
            matches!(character, '\'' | '"' | '\\' | '\u{2028}' | '\u{2029}' | '\u{feff}') || character.is_control()
        });
        return if needs_escapes { Ok(()) } else { Err(format!("`{text}` is not written as one token")) };
    };
    let (before, after) = (&output[..at], &output[at + text.len()..]);
    let quoted = ['\'', '"'].into_iter().find(|quote| before.ends_with(*quote) && after.starts_with(*quote));
    if quoted.is_none() && !is_plain_string(text) {
        return Err(format!("`{text}` without quotes"));
    }
    let lead = before[..before.len() - usize::from(quoted.is_some())].trim_end_matches([' ', '\t', '\n', '\r']);
    let last_token = lead.rsplit([' ', '\t', '\n', '\r']).next().unwrap_or_default();
    if last_token.starts_with('!') {
        return Err(format!("`{text}` behind the tag {last_token}"));
    }
    Ok(())
}

/// Whether every reader takes a plain scalar for a string. YAML 1.1 and 1.2 agree on what begins with a letter and is
/// none of their words; nothing else is written without quotes.
fn is_plain_string(text: &str) -> bool {
    const WORDS: [&str; 11] = ["y", "yes", "n", "no", "true", "false", "on", "off", "null", "nan", "inf"];
    let begins_with_letter = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let has_indicator =
        text.contains(": ") || text.contains(" #") || text.ends_with(':') || text.contains(['\n', '\t']);
    begins_with_letter && !has_indicator && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}
