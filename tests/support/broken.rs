//! Texts with one thing wrong, or changed.

use super::dice::Dice;

/// Texts with a meaning in YAML or for this program.
const SPECIAL: &[&str] = &[
    "\t",
    " ",
    "  ",
    "\n",
    "\r",
    "- ",
    ": ",
    ":",
    "#",
    " #",
    "'",
    "\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&x ",
    "*x",
    "!t ",
    "!!str ",
    "? ",
    "|",
    ">",
    "%",
    "@",
    "`",
    "---\n",
    "\n---\n",
    "...\n",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "{{ .x }}",
    "\0",
    "<<: ",
    "null",
    "é",
    "~",
    "\\",
    "\n\n",
    "- - ",
    "[]",
    "{}",
    "  - name: TRACING\n",
    "env:\n",
    "\u{a0}",
];

/// The text with one damage.
pub fn broken(text: &str, dice: &mut Dice<'_>) -> String {
    let kind = dice.below(7);
    let at = dice.place(text);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    match kind {
        0 => text[..at].to_owned(),
        1 => {
            let end = at + dice.below(8);
            text.char_indices()
                .filter(|(place, _)| !(at..end).contains(place))
                .map(|(_, character)| character)
                .collect()
        }
        2 | 3 => format!("{}{}{}", &text[..at], dice.pick(SPECIAL), &text[at..]),
        _ if lines.is_empty() => String::new(),
        _ => {
            let (one, two) = (dice.far_below(lines.len()), dice.far_below(lines.len()));
            match kind {
                4 => lines.swap(one, two),
                5 => lines.insert(one, lines[two]),
                _ => drop(lines.remove(one)),
            }
            lines.concat()
        }
    }
}
