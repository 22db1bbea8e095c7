//! A right edit passes, and every kind of wrong one is refused.

mod faults;
mod round_trip;
mod rules;

use super::{Language, Mismatch, MismatchKind, judge};
use crate::changes::{Added, Changes, NodeChange, Part, Value};
use crate::knowledge::{Backend, Profile, Request};
use crate::manifest::selection::Selection;
use crate::plan::{Fixes, Input, Policy, Task, plan};
use crate::rewrite::rewrite;
use crate::text::EditSet;
use crate::yaml::{NodeId, Tree};

/// A manifest, its planned changes, and the edits of the rewriter.
struct Edited<'t> {
    tree: Tree<'t>,
    changes: Changes,
    edits: EditSet,
    language: Language,
}

impl<'t> Edited<'t> {
    fn by_task(text: &'t str, task: Task, language: Language) -> Self {
        let tree = Tree::parse(text).unwrap();
        let changes =
            plan(&tree, &Policy::new(task, Selection::default()), Input::default(), &Fixes::default()).unwrap().changes;
        Self::by(tree, changes, language)
    }

    /// A text in which the value of a key of the root changes.
    fn by_change(text: &'t str, key: &str, change: NodeChange) -> Self {
        let tree = Tree::parse(text).unwrap();
        let mut changes = Changes::default();
        changes.insert(value_of_root(&tree, key), change);
        Self::by(tree, changes, Language::Yaml)
    }

    fn by(tree: Tree<'t>, changes: Changes, language: Language) -> Self {
        let edits = rewrite(&tree, &changes).unwrap();
        Self { tree, changes, edits, language }
    }

    fn output(&self) -> String {
        self.edits.apply(self.tree.text())
    }

    fn judge(&self, output: &str) -> Result<(), Mismatch> {
        judge(&self.tree, &self.changes, output, self.language)
    }

    /// The verdict on the output with `from`, which it has once, replaced.
    fn judge_with(&self, from: &str, to: &str) -> Result<(), Mismatch> {
        let output = self.output();
        assert_eq!(output.matches(from).count(), 1, "{from:?} in\n{output}");
        self.judge(&output.replace(from, to))
    }
}

fn value_of_root(tree: &Tree<'_>, key: &str) -> NodeId {
    tree.entries(tree.roots()[0]).find(|(name, _)| tree.scalar_text(*name) == Some(key)).unwrap().1
}

fn enable(backend: Backend) -> Task {
    Task::Enable(Profile::new(Request::new(backend)).unwrap())
}

fn added_text(text: &str) -> NodeChange {
    NodeChange { added: vec![Added::Item(Value::Text(text.to_owned().into()))], ..NodeChange::default() }
}

#[track_caller]
fn refuses(verdict: Result<(), Mismatch>, kind: MismatchKind) {
    assert_eq!(verdict.map_err(|fault| fault.kind), Err(kind));
}

#[test]
fn line_breaks_of_yaml_1_1_are_compared_by_their_bytes() {
    let edited = Edited::by_change("list: []\nrest: \"one \u{2028} two\"\n", "list", added_text("a"));
    assert_eq!(edited.judge(&edited.output()), Ok(()));
    for wrong in ["one \u{2028} too", "one \u{2028}", "\u{2028}"] {
        refuses(edited.judge_with("one \u{2028} two", wrong), MismatchKind::Meaning);
    }
    refuses(edited.judge_with("one \u{2028} two", "one  \u{2028} two"), MismatchKind::Bytes);
}

#[test]
fn tags_anchors_and_aliases_are_compared() {
    let text = "list: []\nitems: !own [x, y]\nkeys: &keys !own {x: y}\nother: &other {}\nouter: {keys: *keys, x: z}\n";
    let edited = Edited::by_change(text, "list", added_text("a"));
    assert_eq!(edited.judge(&edited.output()), Ok(()));
    for (from, to) in [
        ("[x, y]", "[x, z]"),
        ("[x, y]", "\n- x\n- y"),
        ("!own [", "!!seq ["),
        ("!own [", "["),
        ("&keys !own", "!own"),
        ("&keys !own", "&kyes !own"),
        ("*keys,", "*none,"),
        ("*keys, x: z", "*keys, x: y"),
        ("*keys, x", "{x: y}, x"),
        ("&other {}", "{}"),
    ] {
        refuses(edited.judge_with(from, to), MismatchKind::Meaning);
    }
    refuses(edited.judge_with("*keys,", "*other,"), MismatchKind::Bytes);
}

#[test]
fn a_tag_is_kept_whatever_its_handle() {
    for tag in ["!", "!own", "!!str", "!<tag:example.com,2026:x>", "!<!own>", "!%61b"] {
        let text = format!("list: []\nrest: {tag} x\n");
        let edited = Edited::by_change(&text, "list", added_text("a"));
        assert_eq!(edited.judge(&edited.output()), Ok(()), "{tag}");
    }
    let text = "%TAG !e! tag:example.com,2026:\n---\nlist: []\nrest: !e!x y\n";
    let edited = Edited::by_change(text, "list", added_text("a"));
    assert_eq!(edited.judge(&edited.output()), Ok(()));
}

#[test]
fn aliases_are_not_expanded() {
    let doubled = |level: usize| format!("l{level}: &l{level} [*l{0}, *l{0}]\n", level - 1);
    let many = format!("list: []\nl0: &l0 [x]\n{}", (1..15).map(doubled).collect::<String>());
    let redefined = "list: []\none: &a {x: &b 1}\ntwo: [*a, *b]\nthree: &b {y: &a 2}\nfour: [*a, *b]\n";
    for text in [&many, redefined] {
        let edited = Edited::by_change(text, "list", added_text("a"));
        assert_eq!(edited.judge(&edited.output()), Ok(()), "{text}");
    }
}

#[test]
fn a_removed_part_is_the_planned_one() {
    let change = NodeChange { parts: [(1, Part::Remove)].into(), ..NodeChange::default() };
    let edited = Edited::by_change("list:\n- a\n- b\n- c\n", "list", change);
    assert_eq!(edited.judge("list:\n- a\n- c\n"), Ok(()));
    for wrong in ["list:\n- a\n- b\n", "list:\n- a\n", "list:\n- a\n- b\n- c\n", "list:\n- c\n- a\n", "list:\n"] {
        refuses(edited.judge(wrong), MismatchKind::Meaning);
    }
}

#[test]
fn a_replaced_key_is_the_planned_one() {
    let new = Part::Replace("value", Value::Text("1".into()));
    let change = NodeChange { parts: [(1, new)].into(), ..NodeChange::default() };
    let text = "entry:\n  name: A\n  valueFrom: # why\n    # x\n    x: y # z\n  # below\n";
    let edited = Edited::by_change(text, "entry", change);
    assert_eq!(edited.judge("entry:\n  name: A\n  value: '1' # why\n  # below\n"), Ok(()));
    for (wrong, kind) in [
        ("entry:\n  name: A\n  valueFrom: '1' # why\n  # below\n", MismatchKind::Meaning),
        ("entry:\n  name: A\n  value: '1' # why\n  x: y\n  # below\n", MismatchKind::Meaning),
        ("entry:\n  name: A\n  value: 1 # why\n  # below\n", MismatchKind::Value),
        ("entry:\n  name: A\n  value: '1'\n  # below\n", MismatchKind::Bytes),
        ("entry:\n  name: A\n  value: '1' # why\n", MismatchKind::Bytes),
        ("entry:\n  name: A\n  value: '1' # why\n    # x\n  # below\n", MismatchKind::Bytes),
    ] {
        refuses(edited.judge(wrong), kind);
    }
}

#[test]
fn a_filled_null_has_what_was_planned() {
    let change = NodeChange {
        added: vec![Added::Entry("k".into(), Value::List(vec![Value::Map(Vec::new())]))],
        ..NodeChange::default()
    };
    let edited = Edited::by_change("a: 1\nb: # why\nc: 2\n", "b", change);
    assert_eq!(edited.judge("a: 1\nb: # why\n  k:\n  - {}\nc: 2\n"), Ok(()));
    for wrong in [
        "a: 1\nb: # why\nc: 2\n",
        "a: 1\nb: # why\n  k: {}\nc: 2\n",
        "a: 1\nb: # why\n  k:\n  - []\nc: 2\n",
        "a: 1\nb: # why\n  k:\n  -\nc: 2\n",
        "a: 1\nb: # why\n  k:\n  - {}\n  c: 2\n",
        "a: 1\nb: # why\n- k:\n  - {}\nc: 2\n",
        "a: 1\nb:\n  k:\n  - {}\nc: 2\n",
    ] {
        assert!(edited.judge(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn comments_belong_where_the_rules_say() {
    let text = "list:\n- a\n  # deeper than the dash: of a\n# of rest\n\nrest: b\n";
    let edited = Edited::by_change(text, "list", added_text("x"));
    assert_eq!(edited.output(), "list:\n- a\n  # deeper than the dash: of a\n- x\n# of rest\n\nrest: b\n");
    assert_eq!(edited.judge(&edited.output()), Ok(()));
    for wrong in [
        "list:\n- a\n  # deeper than the dash: of a\n# of rest\n- x\n\nrest: b\n",
        "list:\n- a\n  # deeper than the dash: of a\n# of rest\n\n- x\nrest: b\n",
        "list:\n- a\n  # deeper than the dash: of a\n- x\n\n# of rest\nrest: b\n",
        "list:\n- a\n# deeper than the dash: of a\n- x\n# of rest\n\nrest: b\n",
    ] {
        refuses(edited.judge(wrong), MismatchKind::Bytes);
    }
    let remove = NodeChange { parts: [(1, Part::Remove)].into(), ..NodeChange::default() };
    let text = "list:\n  # one\n  - a\n\n  # kept: a blank line follows\n\n    # kept: deeper\n  # of b\n  # of b too\n  - b # of b\n  # of c\n  - c\n";
    let edited = Edited::by_change(text, "list", remove);
    let output = edited.output();
    assert_eq!(
        output,
        "list:\n  # one\n  - a\n\n  # kept: a blank line follows\n\n    # kept: deeper\n  # of c\n  - c\n"
    );
    assert_eq!(edited.judge(&output), Ok(()));
    for comment in ["  # one\n", "  # kept: a blank line follows\n", "    # kept: deeper\n", "  # of c\n"] {
        refuses(edited.judge_with(comment, ""), MismatchKind::Bytes);
    }
}

#[test]
fn a_mixture_of_line_breaks_is_kept() {
    let edited = Edited::by_change("list:\r\n- a\r\nrest: b\n", "list", added_text("x"));
    assert_eq!(edited.output(), "list:\r\n- a\r\n- x\r\nrest: b\n");
    assert_eq!(edited.judge(&edited.output()), Ok(()));
    refuses(edited.judge("list:\r\n- a\r\n- x\nrest: b\n"), MismatchKind::Bytes);
    refuses(edited.judge("list:\r\n- a\n- x\r\nrest: b\n"), MismatchKind::Bytes);
}

#[test]
fn the_parser_of_the_output_can_refuse_the_input() {
    let is_refused =
        |text: &str| super::unreadable(&Tree::parse(text).unwrap(), Language::Yaml).map(|fault| fault.kind);
    assert_eq!(is_refused("a: b\n"), None);
    // YAML 1.2 has `?` in a plain scalar within brackets, and surrogate pairs are JSON's alone.
    assert_eq!(is_refused("a: \"\\ud83d\\ude00\"\n"), Some(MismatchKind::Syntax));
}
