//! Every text is written so that it reads back, whatever its characters: as a value, as a name, in every place.

use super::{Added, Edited, Language, MismatchKind, NodeChange, Value, added_text, refuses};

/// The words and numbers of YAML 1.1 and 1.2, in the cases that their readers know, and what only looks like one.
const RESERVED: &[&str] = &[
    "",
    "~",
    "null",
    "Null",
    "NULL",
    "y",
    "Y",
    "n",
    "N",
    "yes",
    "Yes",
    "YES",
    "no",
    "No",
    "NO",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "FALSE",
    "on",
    "On",
    "ON",
    "off",
    "Off",
    "OFF",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "+inf",
    "Infinity",
    ".nan",
    ".NaN",
    ".NAN",
    ".inf",
    ".Inf",
    ".INF",
    "-.inf",
    "+.inf",
    "0",
    "-0",
    "1",
    "+1",
    "-1",
    "010",
    "0o17",
    "0x1F",
    "0b11",
    "1_000",
    "1e3",
    "1.",
    ".5",
    "1.5e-9",
    "12:30",
    "190:20:30",
    "2001-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "=",
    "<<",
    "---",
    "...",
    "--- x",
    "- x",
    "-",
    "?",
    "? x",
    ":",
    ": x",
    "::",
    "x:",
    "x: y",
    "x #y",
    "#",
    "# x",
    "&x",
    "*x",
    "!x",
    "!!str x",
    "|",
    ">",
    "%x",
    "@x",
    "`x",
    "[",
    "]",
    "{",
    "}",
    ",",
    "[x]",
    "{x}",
    "\\",
    "\\n",
    "\\\"",
    "\"",
    "\"x\"",
    "'",
    "'x'",
    "''",
    " ",
    " x",
    "x ",
    "\t",
    "\tx",
    "x\t",
    "\n",
    "x\ny",
    "\r",
    "\r\n",
    "x\n",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{feff}x",
    "\u{fffe}",
    "\u{ffff}",
    "\u{7f}",
    "\u{80}",
    "\u{9f}",
    "\u{a0}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{fffd}",
    "\u{1f600}",
    "\u{1ffff}",
    "\u{10ffff}",
    "é",
    "名",
    "\0",
    "\u{1}",
    "\u{1b}[0m",
];

fn texts() -> impl Iterator<Item = String> {
    let characters = (0..0x80u8).map(char::from);
    let placed = characters.flat_map(|character| {
        [format!("{character}ab"), format!("a{character}b"), format!("ab{character}"), character.to_string()]
    });
    RESERVED.iter().map(|text| (*text).to_owned()).chain(placed)
}

/// As an item, as the value of a key, and beside values in double quotes.
const DOCUMENTS: [&str; 6] = [
    "list:\n- a\nrest: b\n",
    "list: []\nrest: b\n",
    "list: [a]\nrest: b\n",
    "list:\n- \"a\"\nrest: \"b\"\n",
    "list: [\n  a\n]\n",
    "{\"list\": [\"a\"], \"rest\": \"b\"}",
];

#[test]
fn every_text_reads_back() {
    for text in texts() {
        for document in DOCUMENTS {
            let languages =
                if document.starts_with('{') { &[Language::Json, Language::Yaml][..] } else { &[Language::Yaml] };
            for language in languages {
                let mut edited = Edited::by_change(document, "list", added_text(&text));
                edited.language = *language;
                assert_eq!(edited.judge(&edited.output()), Ok(()), "{text:?} in {document:?}: {:?}", edited.output());
            }
        }
        let entry = Added::Entry("name".into(), Value::Text(text.clone().into()));
        let edited = Edited::by_change(
            "map:\n  a: b\nrest: c\n",
            "map",
            NodeChange { added: vec![entry], ..NodeChange::default() },
        );
        assert_eq!(edited.judge(&edited.output()), Ok(()), "{text:?}");
    }
}

#[test]
fn a_text_that_is_no_string_everywhere_has_quotes() {
    for text in RESERVED {
        let edited = Edited::by_change("list:\n- a\nrest: b\n", "list", added_text(text));
        let output = edited.output();
        if output.contains(&format!("- {text}\n")) {
            continue;
        }
        // Without its quotes it is not a string, or not this one.
        assert!(edited.judge(&format!("list:\n- a\n- {text}\nrest: b\n")).is_err(), "{text:?}");
        for tag in ["!!int ", "!!str ", "! ", "!own ", "&x "] {
            let tagged = output.replacen("\n- a\n- ", &format!("\n- a\n- {tag}"), 1);
            refuses(edited.judge(&tagged), MismatchKind::Value);
        }
    }
}

#[test]
fn a_value_is_written_on_one_line_and_without_a_tag() {
    let edited = Edited::by_change("list:\n- a\nrest: b\n", "list", added_text("x y"));
    for (wrong, kind) in [
        ("- |-\n  x y", MismatchKind::Value),
        ("- >-\n  x y", MismatchKind::Value),
        ("- 'x\n  y'", MismatchKind::Value),
        ("- x\n  y", MismatchKind::Value),
        ("- !!str 'x y'", MismatchKind::Value),
    ] {
        refuses(edited.judge(&format!("list:\n- a\n{wrong}\nrest: b\n")), kind);
    }
    for right in ["- 'x y'", "- \"x y\"", "- x y"] {
        assert_eq!(edited.judge(&format!("list:\n- a\n{right}\nrest: b\n")), Ok(()));
    }
}
