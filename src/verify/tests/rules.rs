//! Small changes of every form, each with its right output and with wrong ones that differ by a single rule.

use super::{Added, Edited, Language, MismatchKind, NodeChange, Part, Value, added_text, refuses};
use crate::changes::Changes;
use crate::yaml::{NodeId, Tree};
use MismatchKind::{Bytes, Meaning};

fn removed(parts: &[usize]) -> NodeChange {
    NodeChange { parts: parts.iter().map(|part| (*part, Part::Remove)).collect(), ..NodeChange::default() }
}

fn set(value: Value) -> NodeChange {
    NodeChange { parts: [(0, Part::Set(value))].into(), ..NodeChange::default() }
}

fn added(value: Value) -> NodeChange {
    NodeChange { added: vec![Added::Item(value)], ..NodeChange::default() }
}

fn text(text: &'static str) -> Value {
    Value::Text(text.into())
}

/// The node at a path of places: the value of an entry, or an item.
fn node_at(tree: &Tree<'_>, path: &[usize]) -> NodeId {
    let child =
        |node, place: &usize| tree.entry(node, *place).map_or_else(|| tree.items(node)[*place], |(_, value)| value);
    path.iter().fold(tree.roots()[0], child)
}

fn edited<'t>(text: &'t str, changes: &[(&[usize], NodeChange)]) -> Edited<'t> {
    let tree = Tree::parse(text).unwrap();
    let mut planned = Changes::default();
    for (path, change) in changes {
        planned.insert(node_at(&tree, path), change.clone());
    }
    Edited::by(tree, planned, Language::Yaml)
}

/// The changes by the path of the node, the input, the right output, and wrong ones.
type Case<'c> = (&'c [(&'c [usize], NodeChange)], &'c str, &'c str, &'c [(&'c str, MismatchKind)]);

#[track_caller]
fn check(cases: &[Case<'_>]) {
    let mut failures = String::new();
    for (changes, input, right, wrong) in cases {
        let edited = edited(input, changes);
        let output = edited.output();
        let verdict = edited.judge(&output);
        if output != *right || verdict.is_err() {
            failures += &format!("{input:?}\n  gives {output:?}\n  not   {right:?}\n  {verdict:?}\n");
        }
        for (wrong, kind) in *wrong {
            let verdict = edited.judge(wrong).map_err(|fault| fault.kind);
            if verdict != Err(*kind) {
                failures += &format!("{input:?}\n  as {wrong:?}: {verdict:?}, not {kind:?}\n");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn what_is_added_is_on_lines_of_its_own() {
    let x = || added_text("x");
    check(&[
        (
            &[(&[0], x())],
            "list:\n- a\nrest: b\n",
            "list:\n- a\n- x\nrest: b\n",
            &[("list:\n- a\n- x \nrest: b\n", Bytes), ("list:\n- a\n# c\u{85}- x\nrest: b\n", Bytes)],
        ),
        (&[(&[0], x())], "list:\n- a\n", "list:\n- a\n- x\n", &[("list:\n- a\n- x", Bytes)]),
        (&[(&[0], x())], "list:\n- a # c", "list:\n- a # c\n- x", &[("list:\n- a # c\n- x\n", Bytes)]),
        // An item that is a list has the place of its first item.
        (
            &[(&[0], added(Value::List(vec![text("x"), text("z")])))],
            "list:\n- - a\n# of rest\nrest: b\n",
            "list:\n- - a\n- - x\n  - z\n# of rest\nrest: b\n",
            &[("list:\n- - a\n# of rest\n- - x\n  - z\nrest: b\n", Bytes)],
        ),
        (
            &[(&[0], added_text("z")), (&[0, 0], x())],
            "list:\n- - a\n  # of the item\nrest: b\n",
            "list:\n- - a\n  - x\n  # of the item\n- z\nrest: b\n",
            &[("list:\n- - a\n  # of the item\n  - x\n- z\nrest: b\n", Bytes)],
        ),
    ]);
}

#[test]
fn what_is_added_between_brackets_has_their_line_breaks() {
    let x = || added_text("x");
    check(&[
        (
            &[(&[0], x())],
            "{\n  \"list\": [ ],\n  \"rest\": \"b\"\n}\n",
            "{\n  \"list\": [\n    \"x\"\n  ],\n  \"rest\": \"b\"\n}\n",
            &[],
        ),
        (
            &[(&[0], x())],
            "{\n  k: , z: c\n}\n",
            "{\n  k: [\n    x\n  ] , z: c\n}\n",
            &[("{\n  k: [\n    x\n  ] , ? z: c\n}\n", Bytes)],
        ),
        (&[(&[0], x())], "{\n  k: , ? z\n  : c\n}\n", "{\n  k: [\n    x\n  ] , ? z\n  : c\n}\n", &[]),
        (
            &[(&[0], x())],
            "list: [a]\nrest: b\n",
            "list: [a, x]\nrest: b\n",
            // A line break of YAML 1.1 alone.
            &[("list: [a\n# c\u{85}, x]\nrest: b\n", Bytes)],
        ),
        (&[(&[0], x())], "list: [\n  a\r\n]\n", "list: [\n  a,\n  x\r\n]\n", &[]),
        (&[(&[0], x())], "list: [\r\n  a\n]\n", "list: [\r\n  a,\r\n  x\n]\n", &[]),
        (
            &[(&[0], x())],
            "list: [\r\n  a\r\n]\r\n",
            "list: [\r\n  a,\r\n  x\r\n]\r\n",
            &[("list: [\r\n  a,\n  x\r\n]\r\n", Bytes)],
        ),
        (&[(&[0], x())], "list: [\n  a\n]\n", "list: [\n  a,\n  x\n]\n", &[("list: [\n  a,\r\n  x\n]\n", Bytes)]),
        (
            &[(&[0], added(Value::map([("name", text("x"))])))],
            "list: [{name: a}]\n",
            "list: [{name: a}, {name: x}]\n",
            &[("list: [{name: a}, {? name: x}]\n", Bytes)],
        ),
    ]);
}

#[test]
fn a_value_is_set_in_its_place() {
    check(&[
        (
            &[(&[0], set(text("1")))],
            "map:\n  a: | # why\n    x\n    y\n  b: c\n",
            "map:\n  a: '1' # why\n  b: c\n",
            &[("map:\n  a: '1'\n  b: c\n", Bytes)],
        ),
        (&[(&[0], set(text("1")))], "map:\n  a: |\n  b: c\n", "map:\n  a: '1'\n  b: c\n", &[]),
        (
            &[(&[0], set(text("v")))],
            "map: {a:\n    {x: y}, d: e}\n",
            "map: {a:\n    v, d: e}\n",
            &[("map: {a:\n    v, ? d: e}\n", Bytes)],
        ),
        (
            &[(&[0], set(Value::map([("k", text("v"))])))],
            "map:\n  a:\n    # c\n    {x: y}\n  b: c\n",
            "map:\n  a:\n    # c\n    {k: v}\n  b: c\n",
            &[("map:\n  a:\n    {k: v}\n  b: c\n", Bytes)],
        ),
        (
            &[(&[0], set(text("v")))],
            "map:\n  a: {x: y} # why\n  b: >\n    c\n    d\n",
            "map:\n  a: v # why\n  b: >\n    c\n    d\n",
            &[("map:\n  a: v # why\n  b: |\n    c\n    d\n", Meaning)],
        ),
    ]);
}

#[test]
fn what_is_removed_takes_its_own_comments_alone() {
    check(&[
        (
            &[(&[0], removed(&[0]))],
            "list:\n- name: a\n  # within\n  value: b\n- c\nrest: d\n",
            "list:\n- c\nrest: d\n",
            &[("list:\n  # within\n- c\nrest: d\n", Bytes)],
        ),
        // What is removed by itself within it leaves the comments between.
        (
            &[(&[0], removed(&[0])), (&[0, 0], removed(&[1])), (&[0, 0, 1], removed(&[0, 1]))],
            "list:\n# of a\n- name: a\n  env:\n  # of x\n  - x\n\n    # between\n  - z\n  # after\n- c\nrest: d\n",
            "list:\n\n    # between\n  # after\n- c\nrest: d\n",
            &[("list:\n\n  # after\n- c\nrest: d\n", Bytes), ("list:\n\n    # between\n- c\nrest: d\n", Bytes)],
        ),
        // The dash is followed by the next key.
        (
            &[(&[0, 0], removed(&[0]))],
            "list:\n- a: 1\n  b: 2\nrest: c\n",
            "list:\n- b: 2\nrest: c\n",
            &[("list:\n-  b: 2\nrest: c\n", Bytes)],
        ),
        // The blank line would be a part of the text.
        (
            &[(&[0], removed(&[1]))],
            "list:\n- |+\n  x\n- b\n\nrest: c\n",
            "list:\n- |+\n  x\nrest: c\n",
            &[("list:\n- |+\n  x\n\nrest: c\n", Meaning)],
        ),
        (
            &[(&[0], removed(&[0, 1]))],
            "list:\n- a\n- b\nrest: c\n",
            "list: []\nrest: c\n",
            &[("list: {}\nrest: c\n", Meaning), ("list:\nrest: c\n", Meaning)],
        ),
    ]);
}

#[test]
fn what_is_removed_between_brackets_takes_its_comma() {
    check(&[
        (
            &[(&[0], removed(&[1]))],
            "map: {a: 1, b: 2, c: 3}\nrest: d\n",
            "map: {a: 1, c: 3}\nrest: d\n",
            &[
                ("map: {a: 1, ? c: 3}\nrest: d\n", Bytes),
                ("map: {a: 1,\n  ? c: 3}\nrest: d\n", Bytes),
                ("map: {a: 1,\n  c: 3}\nrest: d\n", Bytes),
            ],
        ),
        (
            &[(&[0], removed(&[1]))],
            "map: {\n  a: 1,\n  b: 2, c: 3\n}\n",
            "map: {\n  a: 1,\n  c: 3\n}\n",
            &[("map: {\n  a: 1, ? c: 3\n}\n", Bytes)],
        ),
        (
            &[(&[0], removed(&[0]))],
            "list: [\n  # about a\n  a, # of a\n  # about b\n  b\n]\n",
            "list: [\n  # about a\n  # about b\n  b\n]\n",
            &[("list: [\n  # about b\n  b\n]\n", Bytes), ("list: [\n  # about a\n  b\n]\n", Bytes)],
        ),
        (&[(&[0], removed(&[1]))], "list: [\n  a\n  ,\n  b\n]\nrest: c\n", "list: [\n  a\n]\nrest: c\n", &[]),
        (
            &[(&[0], removed(&[0, 1]))],
            "list: [a, b] # why\nrest: c\n",
            "list: [] # why\nrest: c\n",
            &[("list: []\nrest: c\n", Bytes), ("list: {} # why\nrest: c\n", Meaning)],
        ),
        (&[(&[0], removed(&[0, 1]))], "list: [\n  # about a\n  a, # of a\n  # about b\n  b\n]\n", "list: []\n", &[]),
    ]);
}

#[test]
fn an_alias_needs_its_anchor() {
    let edited = edited("list:\n- &a x\n- y\nrest: *a\n", &[(&[0], removed(&[0]))]);
    refuses(edited.judge("list:\n- y\nrest: *a\n"), Meaning);
}

#[test]
fn the_colon_of_an_explicit_key_is_kept() {
    let map = || Value::Map(vec![("k".into(), text("v"))]);
    let replaced = || NodeChange { parts: [(0, Part::Replace("w", map()))].into(), ..NodeChange::default() };
    check(&[
        (
            &[(&[0], replaced())],
            "a:\n  ? u\n  : old\n  z: 1\n",
            "a:\n  ? w\n  :\n    k: v\n  z: 1\n",
            &[("a:\n  ? w\n  : \n    k: v\n  z: 1\n", Bytes), ("a:\n  ? w\n  : {k: v}\n  z: 1\n#\n", Bytes)],
        ),
        (&[(&[0], replaced())], "a:\n  ? u\n  : old # c\n", "a:\n  ? w\n  : # c\n    k: v\n", &[]),
        (
            &[(&[], set(text("v")))],
            "? u\n: old: 1\n  # inside\n  b: 2\nz: 1\n",
            "? u\n: v\nz: 1\n",
            &[("? u\n: w\nz: 1\n", Meaning)],
        ),
        (&[(&[], set(map()))], "? u\n: - a\n  - b\nz: 1\n", "? u\n:\n  k: v\nz: 1\n", &[]),
        (&[(&[0], added_text("x"))], "? u\n: []", "? u\n:\n- x", &[]),
        (
            &[(&[0], added_text("x"))],
            "? u\n: []  \nz: 1\n",
            "? u\n:  \n- x\nz: 1\n",
            &[("? u\n: \n- x\nz: 1\n", Bytes), ("? u\n:\n- x\nz: 1\n", Bytes)],
        ),
        // A key without a `:` gets one, on its own line.
        (
            &[(&[], set(map()))],
            "? u # c\nz: 1\n",
            "? u # c\n: k: v\nz: 1\n",
            &[("? u # c\n\n: k: v\nz: 1\n", Bytes), ("? u\n: k: v\nz: 1\n", Bytes), ("u: {k: v}\nz: 1\n", Bytes)],
        ),
        (&[(&[], set(text("v")))], "? u\n", "? u\n: v\n", &[("? u\n: v\n\n", Bytes), ("? u\n: v\nw:\n", Meaning)]),
    ]);
}

#[test]
fn what_is_before_a_removed_first_item_is_moved() {
    let swapped = || NodeChange { added: added_text("x").added, ..removed(&[0]) };
    check(&[
        (
            &[(&[0], removed(&[0]))],
            "? l\n  # c\n: - a\n  - b # d\nz: 1\n",
            "? l\n  # c\n: - b # d\nz: 1\n",
            &[("? l\n: - b # d\nz: 1\n", Bytes), ("? l\n  # c\n:   - b # d\nz: 1\n", Bytes)],
        ),
        (&[(&[0], removed(&[0]))], "? l\n: - a\n  - &x\n    k: v\n", "? l\n: - &x\n    k: v\n", &[]),
        (&[(&[0], removed(&[0]))], "? l\n: - a\n  # of b\n  - b\n", "? l\n  # of b\n: - b\n", &[]),
        (&[(&[0], removed(&[0]))], "? l\n: - a\n", "? l\n: []\n", &[]),
        (&[(&[0, 0], removed(&[0]))], "l:\n- - a\n  - b\n", "l:\n- - b\n", &[]),
        (&[(&[0], swapped())], "? l\n: - a\nz: 1\n", "? l\n: - x\nz: 1\n", &[]),
    ]);
}

#[test]
fn a_text_of_several_lines_is_no_block_scalar() {
    let edited = edited("list:\n- a\nrest: b\n", &[(&[0], added_text("x\ny"))]);
    refuses(edited.judge("list:\n- a\n- |-\n  x\n  y\nrest: b\n"), MismatchKind::Value);
}

#[test]
fn a_fault_has_its_place() {
    let edited = edited("list: []\nrest:  b\n---\nnext: c\n", &[(&[0], added_text("a"))]);
    let right = "list: [a]\nrest:  b\n---\nnext: c\n";
    let place = |output: &str| edited.judge(output).map_err(|fault| fault.at);
    assert_eq!(place(right), Ok(()));
    assert_eq!(place("list: [a]\nrest: b\n---\nnext: c\n"), Err("list: [a]\nrest: ".len()));
    assert_eq!(place("list: [a]\nrest:  b\n"), Err("list: [a]\nrest:  b".len()));
}

#[test]
fn a_fault_is_put_into_words() {
    let tree = Tree::parse("a: \"\\ud83d\\ude00\"\n").unwrap();
    let fault = super::super::unreadable(&tree, Language::Yaml).unwrap();
    let words = "found invalid Unicode character escape code while parsing a quoted scalar";
    assert_eq!(fault.to_string(), format!("the result can't be parsed: {words}, at byte 6 of the result"));
    let mut edited = edited("{\"list\": [\"a\"]}", &[(&[0], added_text("x"))]);
    edited.language = Language::Json;
    let fault = edited.judge("{\"list\": \"a\"}").unwrap_err().to_string();
    assert!(fault.contains("expected an array or an object"), "{fault}");
}
