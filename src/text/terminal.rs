//! Characters that a terminal does not show as they are.

/// Returns true for a character that controls a terminal or changes the direction of text.
pub(crate) fn drives_a_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_are_shown() {
        assert!(!"a é 名 א ع \u{1F600}\u{200d}\u{a0}".contains(drives_a_terminal));
        for character in
            ['\t', '\n', '\u{1b}', '\u{7f}', '\u{9b}', '\u{61c}', '\u{2029}', '\u{202e}', '\u{2067}', '\u{feff}']
        {
            assert!(drives_a_terminal(character), "{character:?}");
        }
    }
}
