//! The fast reader of plain documents, compared with the parser, and small documents on which they may differ.

use seldon_trace::internals::yaml::Tree;

use crate::support::dice::Dice;

/// Compares the trees of both readers. Returns true if the fast one read the text, and an error if the trees differ, or
/// if the parser rejects a text that the fast one reads.
pub fn compare(text: &str) -> Result<bool, String> {
    let Some(plain) = Tree::parse_plain(text) else { return Ok(false) };
    match Tree::parse_any(text) {
        Ok(tree) if tree == plain => Ok(true),
        Ok(tree) => Err(format!("{text:?}\n{text}\n── the fast reader\n{plain:#?}\n── the parser\n{tree:#?}")),
        Err(error) => Err(format!("{text:?}\n{text}\n── the fast reader\n{plain:#?}\n── the parser\n{error:?}")),
    }
}

/// Dashes after the indentation of a line.
const DASHES: &[&str] = &["", "", "", "", "- ", "- ", "- - ", "-   ", "-", "-\t"];

/// Lines of plain documents.
const PLAIN: &[&str] = &[
    "a: b",
    "b:",
    "c: d e",
    "d: 'e'",
    "e: \"f\"",
    "f: |",
    "g: >",
    "h: |-",
    "i: >-",
    "k: {}",
    "l: []",
    "m: [a, b]",
    "n: {a: b, c: [d]}",
    "o: b # c",
    "p:  # c",
    "'q': r",
    "\"s\" : t",
    "w: 'it''s'",
    "x: \"\\u00e9\\n\"",
    "y: -1",
    "a:b: c#d",
    "<<: b",
    "é: ü",
    "a:",
    "b:",
    "c:",
    "# c",
    "",
    "z: a  ",
    "v: | # c",
    "u:   \"\"  # d",
];

/// Lines of any block style, many of them malformed.
const CONTENT: &[&str] = &[
    "a: b",
    "b:",
    "c: d e",
    "a",
    "- ",
    "",
    "# c",
    "d: 'e'",
    "e: \"f\"",
    "f: |",
    "g: >",
    "h: |-",
    "i: >-",
    "x y",
    "k: {}",
    "l: []",
    "m: [a, b]",
    "n: {a: b, c: [d]}",
    "o: b # c",
    "p:  # c",
    "'q': r",
    "\"s\" : t",
    "u: {",
    "}",
    "]",
    "v: [",
    "w: 'it''s'",
    "x: \"\\u00e9\\n\"",
    "a: b: c",
    "y: -1",
    "-z: --q",
    "a:b",
    "a:b: c#d",
    "|",
    ">",
    "> # x",
    "|+",
    "a: |2",
    "a: &x b",
    "a: *x",
    "a: !t b",
    "? a",
    ": b",
    "<<: b",
    "é: ü",
    "a: \"b",
    "c'",
    "c\": d",
    "a: \tb",
    "\tb",
    "a: [b",
    "c]",
    "a: {b: c,",
    "d: e}",
    "---",
    "...",
    "--- a",
    "--- {a: b}",
    "---  [a,",
    "%a",
    "{a: b}",
    "[a, b]",
    "{a: b}: c",
    "a: - b",
    "- a: b",
    "- - c",
    "a: 'b' c",
    "a:    b  ",
    "   ",
    "  # d",
    "a: b #c",
    "a: ,b",
    "a: [,]",
    "a: {b}",
    "a: {b: , c:}",
    "a: {\"b\":c}",
    "a: [b: c]",
    "a: [{b: c}, [d]]",
    "a: {b: {c: d}}",
    "'a\"':",
    "a: @b",
    "a: `b",
    "a: b\\",
    "~: null",
    "a: [- b]",
];

/// Pieces of flow style.
const FLOW: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ": ",
    "a",
    "b c",
    "\"d\"",
    "'e'",
    "\"f\":",
    "\"g\": ",
    "h: ",
    "i:",
    " ",
    "\n",
    "\n  ",
    "# c\n",
    " # c\n",
    "\t",
    "-",
    "- ",
    "-1",
    "?",
    "? ",
    "1.5",
    "true",
    "{\"a\":1}",
    "[1,2]",
    "{}",
    "[]",
    "\"\\\"\"",
    "é",
    "&x ",
    "*x",
    "|",
    "\\",
    "#",
    "k:\n",
    "\"\n\"",
    "---\n",
    "...",
    "\r\n",
    "\"x\" :",
    "\"x\"\n:",
    "j #",
];

/// A small document of random lines, or of random pieces in brackets. Many are malformed.
pub fn small_document(dice: &mut Dice<'_>) -> String {
    let body = match dice.below(4) {
        0 => return flow_pieces(dice),
        1 => random_lines(dice),
        _ => orderly_lines(dice),
    };
    let mut text = dice.pick(&["", "", "", "", "---\n", "# c\n---\n", "--- ", "\n", "  "]).to_owned() + &body;
    match dice.below(12) {
        9 | 10 => text = text.replace('\n', "\r\n"),
        11 => text = text.replace('\n', "\r"),
        _ => {}
    }
    if dice.one_in(6) {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    text
}

fn flow_pieces(dice: &mut Dice<'_>) -> String {
    let (open, close) =
        dice.pick(&[("{", "}"), ("[", "]"), ("a: {", "}\n"), ("- [", "]\n"), ("a:\n  - {b: ", "}"), ("{", "")]);
    let mut text = open.to_owned();
    for _ in 0..1 + dice.below(10) {
        // Most of the time, a piece that may follow the last byte.
        let fitting = match text.trim_end().as_bytes().last() {
            _ if dice.one_in(8) => FLOW,
            Some(b'{' | b',') if open != "[" => &["\"f\":", "\"g\": ", "h: ", "'i': ", "i:", " ", "\n  ", " # c\n"],
            Some(b':' | b'[' | b',') => {
                &["a", "b c", "\"d\"", "-1", "'e'", "{\"a\":1}", "[1,2]", "{}", "[]", "\n ", " "]
            }
            _ => &[",", ", ", ",\n", " , ", " # c\n, ", "\n,"],
        };
        text.push_str(dice.pick(fitting));
    }
    text + close
}

/// Lines of any indentation and content.
fn random_lines(dice: &mut Dice<'_>) -> String {
    let mut text = String::new();
    for _ in 0..1 + dice.below(8) {
        text.push_str(&" ".repeat(dice.below(7)));
        text.push_str(dice.pick(DASHES));
        text.push_str(dice.pick(CONTENT));
        text.push('\n');
    }
    text
}

/// Lines that form collections, most of the time.
fn orderly_lines(dice: &mut Dice<'_>) -> String {
    let mut text = String::new();
    // The columns of the open collections, and the start of their lines.
    let mut open = vec![(0, dice.pick(&["", "- "]))];
    for _ in 0..1 + dice.below(9) {
        if text.ends_with(":\n") || text.ends_with("-\n") {
            let deeper = open.last().map_or(0, |(column, _)| *column) + dice.pick(&[2, 2, 1, 4, 0]);
            open.push((deeper, dice.pick(&["", "- ", "- "])));
        } else if dice.one_in(3) && open.len() > 1 {
            open.truncate(1 + dice.below(open.len() - 1));
        }
        let (column, dash) = open.last().copied().unwrap_or_default();
        let column = if dice.one_in(12) { dice.below(7) } else { column };
        let content = if dice.one_in(12) { dice.pick(CONTENT) } else { dice.pick(PLAIN) };
        text.push_str(&format!("{:column$}{dash}{content}\n", ""));
        if !dash.is_empty() && content.ends_with(':') {
            open.push((column + dash.len(), ""));
        }
        if content.ends_with(['|', '>', '-']) && content.contains(": ") {
            for _ in 0..dice.below(4) {
                let indent = column + dash.len() + dice.pick(&[2, 2, 2, 3, 0, 1]);
                text.push_str(&format!(
                    "{:indent$}{}\n",
                    "",
                    dice.pick(&["x", "y z", "", "# w", " v", "'", "- u", "é"])
                ));
            }
        }
    }
    text
}
