//! Right edits pass; each kind of wrong one is refused by the proof that is there for it.

mod recurring;

use super::{Fault, Judge, Language, bytes, meaning, values};
use crate::manifest::selection::Selection;
use crate::plan::{Added, Changes, NodeChange, Part, Policy, Task, Value, plan};
use crate::profile::{Backend, Profile, Request};
use crate::rewrite::{Rewrite, rewrite};
use crate::text::{Edit, EditSet};
use crate::yaml::{NodeId, Tree};

const MANIFEST: &str = r#"apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: iris # its name
  labels: {}
  annotations: &one {a: x, b: 1.0}
  first: *one
  second: &two {a: y, b: 1.0}
spec:
  predictors:
  - name: main
    graph: {name: classifier}
    svcOrchSpec:
      env:
      - name: TRACING
        value: !!int "2" # counted
      # about the host
      - name: DD_AGENT_HOST
        value: agent
      - name: DD_ENABLED
        value: '1'
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          # what is served
          env:
          - name: MODEL
            value: iris
"#;

const JSON: &str = r#"{
  "apiVersion": "machinelearning.seldon.io/v1",
  "kind": "SeldonDeployment",
  "metadata": {"labels": {}, "name": "\ud83d\ude00", "big": 123456789012345678901234567890},
  "spec": {"predictors": [{"name": "main", "graph": {"name": "classifier"},
    "svcOrchSpec": {"env": [{"name": "TRACING", "value": 2}]}}]}
}
"#;

/// A manifest, what is to become of it, and what became of it.
struct Edited<'t> {
    tree: Tree<'t>,
    changes: Changes,
    rewrite: Rewrite,
    language: Language,
}

impl<'t> Edited<'t> {
    /// A manifest on which Jaeger is switched on.
    fn with_jaeger(text: &'t str, language: Language) -> Self {
        let profile = Profile::new(Request::new(Backend::Jaeger)).unwrap();
        let policy = Policy::new(Task::Enable(profile), Selection::default());
        let tree = Tree::parse(text).unwrap();
        let changes = plan(&tree, &policy).unwrap().changes;
        Self::by(tree, changes, language)
    }

    /// A text of which one node changes: the value that stands under a key of the root.
    fn with_change(text: &'t str, key: &str, change: NodeChange) -> Self {
        let tree = Tree::parse(text).unwrap();
        let mut changes = Changes::default();
        changes.insert(under(&tree, key), change);
        Self::by(tree, changes, Language::Yaml)
    }

    fn by(tree: Tree<'t>, changes: Changes, language: Language) -> Self {
        let rewrite = rewrite(&tree, &changes).unwrap();
        Self { tree, changes, rewrite, language }
    }

    fn output(&self) -> String {
        self.rewrite.edits.apply(self.tree.text())
    }

    /// What the proofs say of another output than the edits make.
    fn judge(&self, output: &str) -> Result<(), Fault> {
        bytes::prove(&self.tree, &self.changes, &self.rewrite)?;
        meaning::prove(&self.tree, &self.changes, output, self.language)
    }

    /// What the proofs say where `from`, which the output has once, reads `to`.
    fn judge_with(&self, from: &str, to: &str) -> Result<(), Fault> {
        let output = self.output();
        assert_eq!(output.matches(from).count(), 1, "{from:?} in\n{output}");
        self.judge(&output.replace(from, to))
    }

    /// What the proofs say where the edits are others, and the output what they make.
    fn judge_edits(&self, change: impl FnOnce(&mut Vec<Edit>)) -> Result<(), Fault> {
        let mut edits = self.rewrite.edits.as_slice().to_vec();
        change(&mut edits);
        let rewrite = Rewrite { edits: EditSet::new(edits).unwrap(), comments: self.rewrite.comments.clone() };
        self.judge_rewrite(&rewrite)
    }

    /// What a judge says who has seen nothing yet.
    fn judge_rewrite(&self, rewrite: &Rewrite) -> Result<(), Fault> {
        Judge::default().verify(&self.tree, &self.changes, rewrite, self.language)
    }

    /// Where a text stands that the input has once.
    fn place(&self, text: &str) -> std::ops::Range<usize> {
        assert_eq!(self.tree.text().matches(text).count(), 1, "{text:?}");
        let start = self.tree.text().find(text).unwrap();
        start..start + text.len()
    }
}

fn under(tree: &Tree<'_>, key: &str) -> NodeId {
    let mut entries = tree.entries(tree.roots()[0]);
    entries.find(|(name, _)| tree.scalar_text(*name) == Some(key)).unwrap().1
}

fn is_bytes(verdict: &Result<(), Fault>) -> bool {
    matches!(verdict, Err(Fault::Bytes(_)))
}

fn is_meaning(verdict: &Result<(), Fault>) -> bool {
    matches!(verdict, Err(Fault::Meaning(_)))
}

fn is_value(verdict: &Result<(), Fault>) -> bool {
    matches!(verdict, Err(Fault::Value(_)))
}

#[test]
fn a_right_edit_passes() {
    let yaml = Edited::with_jaeger(MANIFEST, Language::Yaml);
    assert_eq!(yaml.judge(&yaml.output()), Ok(()));
    assert_eq!(yaml.judge_edits(|_| ()), Ok(()));
    let json = Edited::with_jaeger(JSON, Language::Json);
    assert_eq!(json.judge(&json.output()), Ok(()));
    assert_eq!(json.judge_edits(|_| ()), Ok(()));
    assert!(json.output().contains("\"2\""), "{}", json.output());
}

#[test]
fn the_bytes_of_others_are_not_touched() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    for (from, to) in [
        ("kind: SeldonDeployment", "kind: SeldonDeployments"),
        ("value: iris", "value: rose"),
        ("value: iris", ""),
        ("{a: x, b: 1.0}", "{b: 1.0, a: x}"),
        ("1.0}\n  first", "1.00}\n  first"),
        ("*one", "*two"),
        ("&one", "&uno"),
        ("labels: {}", "labels: "),
        ("name: MODEL\n", "name:  MODEL\n"),
        ("  first: *one\n", ""),
    ] {
        let place = edited.place(from);
        let verdict = edited.judge_edits(|edits| edits.push(Edit::replace(place, to)));
        assert!(is_bytes(&verdict), "{from:?} to {to:?}: {verdict:?}");
    }
}

#[test]
fn nothing_comes_in_where_nothing_was_planned() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    for (before, new) in [
        ("kind:", "extra: 1\n"),
        ("  predictors:", "  annotations: {}\n"),
        ("{}", "&three "),
        ("\"2\"", "!!str "),
        (": !!int", "d"),
        ("\n      - name: TRACING", " "),
        (" # its name", " "),
        ("name: iris", "\n"),
    ] {
        let at = edited.place(before).start;
        let verdict = edited.judge_edits(|edits| edits.push(Edit::insert(at, new)));
        // Within a value that is replaced an insertion is refused by its meaning at the latest.
        assert!(is_bytes(&verdict) || before == "\"2\"" && verdict.is_err(), "{new:?}: {verdict:?}");
    }
}

#[test]
fn blanks_go_only_beside_what_changes() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    for (from, blank) in [("iris # its name", " "), ("{a: x, b", " "), ("name: MODEL\n", " "), ("metadata:\n  ", "\n")]
    {
        let start = edited.place(from).start + from.find(blank).unwrap();
        let verdict = edited.judge_edits(|edits| edits.push(Edit::delete(start..start + 1)));
        assert!(is_bytes(&verdict), "{from:?}: {verdict:?}");
    }
    let text = MANIFEST.replace("spec:\n  predictors", "\nspec:\n  predictors");
    let edited = Edited::with_jaeger(&text, Language::Yaml);
    let start = edited.place("\n\nspec").start;
    let verdict = edited.judge_edits(|edits| edits.push(Edit::delete(start..start + 1)));
    assert!(is_bytes(&verdict), "a blank line: {verdict:?}");
}

#[test]
fn no_comment_is_lost_and_none_slips_in() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    for comment in [" # its name", " # counted", "          # what is served\n"] {
        let place = edited.place(comment);
        let verdict = edited.judge_edits(|edits| edits.push(Edit::delete(place)));
        assert!(is_bytes(&verdict), "{comment:?}: {verdict:?}");
    }
    let lines = edited.rewrite.edits.as_slice().iter().position(|edit| edit.replacement.contains("JAEGER")).unwrap();
    for comment in ["# by seldon-trace\n", " #"] {
        let verdict = edited.judge_edits(|edits| {
            edits[lines].replacement = format!("{}{comment}", edits[lines].replacement).into();
        });
        assert!(is_bytes(&verdict), "{comment:?}: {verdict:?}");
    }
    // Nothing is put behind a comment that stays, and nothing joined to it.
    let lists = "list: [\n  a, # one\n  # two\n]\n";
    let change = NodeChange { added: vec![Added::Item(Value::Text("b".into()))], ..NodeChange::default() };
    let edited = Edited::with_change(lists, "list", change);
    assert_eq!(edited.judge_edits(|_| ()), Ok(()));
    let behind = edited.place(" # one").end;
    for (wrong, what) in [
        (Edit::insert(behind, ","), "a comma"),
        (Edit::delete(behind..edited.place("# two").start), "a line break lost"),
    ] {
        let verdict = edited.judge_edits(|edits| edits.push(wrong));
        assert!(is_bytes(&verdict), "{what}: {verdict:?}");
    }
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    // Of a comment that may go, no part stays to garble what follows.
    let part = edited.place("out the host").start;
    let verdict = edited.judge_edits(|edits| {
        let edit = edits.iter_mut().find(|edit| edit.range.contains(&part)).unwrap();
        edit.range.start = part;
    });
    assert!(is_bytes(&verdict), "{verdict:?}");
    // The rules let the comment above an entry go with it; by another list of comments it would not.
    let rewrite = Rewrite { edits: edited.rewrite.edits.clone(), comments: Vec::new() };
    let verdict = edited.judge_rewrite(&rewrite);
    assert!(is_bytes(&verdict), "{verdict:?}");
}

#[test]
fn nothing_comes_in_that_only_one_reader_sees() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let new = edited.rewrite.edits.as_slice().iter().position(|edit| edit.replacement.contains("JAEGER_AGENT_PORT"));
    for (from, to) in [
        ("name: JAEGER_AGENT_PORT", "name: &one JAEGER_AGENT_PORT"),
        ("name: JAEGER_AGENT_PORT", "&one name: JAEGER_AGENT_PORT"),
        ("valueFrom:", "valueFrom: &one"),
        ("valueFrom:", "valueFrom: !!map"),
        // A line break to the second proof's reader, and to kubectl, but not to YAML 1.2.
        ("valueFrom:", "valueFrom:\u{2028}"),
        ("valueFrom:", "valueFrom:\u{85}"),
        ("- name: JAEGER_AGENT_PORT", "\u{feff}- name: JAEGER_AGENT_PORT"),
        ("'5775'", r#""5775" # x"#),
        ("'5775'", r#""57\"75" # x"#),
    ] {
        let verdict = edited.judge_edits(|edits| {
            let text = &mut edits[new.unwrap()].replacement;
            *text = text.replacen(from, to, 1).into();
        });
        assert!(is_bytes(&verdict), "{to:?}: {verdict:?}");
    }
}

#[test]
fn what_stands_in_quotes_is_left_to_the_second_proof() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let new = edited.rewrite.edits.as_slice().iter().position(|edit| edit.replacement.contains("'5775'")).unwrap();
    for quoted in ["'no # comment'", r#""no \" # comment""#, "'no '' # comment'", "'no \\' "] {
        let verdict = edited.judge_edits(|edits| {
            edits[new].replacement = edits[new].replacement.replace("'5775'", quoted).into();
        });
        assert!(is_meaning(&verdict), "{quoted}: {verdict:?}");
    }
}

#[test]
fn what_other_readers_break_into_lines_is_compared_all_the_same() {
    let change = NodeChange { added: vec![Added::Item(Value::Text("a".into()))], ..NodeChange::default() };
    let edited = Edited::with_change("list: []\nrest: \"one \u{2028} two\"\n", "list", change);
    assert_eq!(edited.judge(&edited.output()), Ok(()));
    for wrong in ["one \u{2028} too", "one \u{2028}", "\u{2028}"] {
        assert!(is_meaning(&edited.judge_with("one \u{2028} two", wrong)), "{wrong}");
    }
}

#[test]
fn what_has_a_tag_or_comes_by_an_alias_is_walked_too() {
    let change = NodeChange { added: vec![Added::Item(Value::Text("a".into()))], ..NodeChange::default() };
    let text =
        "list: []\nitems: !own [x, y]\nkeys: &keys !own {x: y}\nouter: &outer {keys: *keys, x: z}\nuse: *outer\n";
    let edited = Edited::with_change(text, "list", change);
    assert_eq!(edited.judge(&edited.output()), Ok(()));
    for (from, to) in
        [("[x, y]", "[x, z]"), ("{x: y}", "{x: z}"), ("*keys, x: z", "*keys, x: y"), ("use: *outer", "use: *keys")]
    {
        assert!(is_meaning(&edited.judge_with(from, to)), "{to}");
    }
}

#[test]
fn aliases_that_the_reader_gives_up_on_or_mixes_up_are_no_fault() {
    let doubled = |level: usize| format!("l{level}: &l{level} [*l{0}, *l{0}]\n", level - 1);
    let many = format!("list: []\nl0: &l0 [x]\n{}", (1..15).map(doubled).collect::<String>());
    let given_again = "list: []\none: &a {x: &b 1}\ntwo: [*a, *b]\nthree: &b {y: &a 2}\nfour: [*a, *b]\n";
    for text in [&many, given_again] {
        let change = NodeChange { added: vec![Added::Item(Value::Text("a".into()))], ..NodeChange::default() };
        let edited = Edited::with_change(text, "list", change);
        assert_eq!(edited.judge(&edited.output()), Ok(()), "{text}");
    }
}

#[test]
fn another_meaning_is_refused() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    for (from, to, what) in [
        ("value: iris", "value: rose", "a value changed"),
        ("name: MODEL\n", "naem: MODEL\n", "a key changed"),
        ("{a: x, b: 1.0}", "{b: 1.0, a: x}", "keys in another order"),
        ("{a: x, b: 1.0}", "{a: x, b: 1.00}", "a number spelt in another way"),
        ("{a: x, b: 1.0}", "{a: x, b: 1.0, b: 1.0}", "a key twice"),
        ("{a: x, b: 1.0}", "{a: x}", "a key lost"),
        ("{a: x, b: 1.0}", "[a, b]", "a list for a mapping"),
        ("labels: {}", "labels:", "nothing for an empty mapping"),
        ("labels: {}", "labels: []", "an empty list for an empty mapping"),
        ("*one", "*two", "another alias"),
        ("&one", "&uno", "another anchor"),
        ("graph: {name: classifier}", "graph: classifier", "a text for a mapping"),
        ("  - name: main", "  - name: main\n  - {}", "an item too many"),
        ("kind: SeldonDeployment\n", "", "a line lost"),
        ("kind: SeldonDeployment\n", "kind: SeldonDeployment\nkind: SeldonDeployment\n", "a line twice"),
        ("apiVersion: ", "--- {}\n---\napiVersion: ", "a document too many"),
        ("        - name: classifier\n", "        - name: classifier\n         - x\n", "no YAML"),
        ("value: '5775'", "value: '6831'", "another value written"),
        ("value: '2' # counted", "value: '2' # counted\n        valueFrom: {}", "a key too many in an entry"),
    ] {
        let wrong = edited.output().replacen(from, to, 1);
        assert_ne!(wrong, edited.output(), "{what}");
        let verdict = edited.judge(&wrong);
        assert!(is_meaning(&verdict), "{what}: {verdict:?}");
    }
    let output = edited.output();
    assert!(is_meaning(&edited.judge(&(output.clone() + "---\na: 1\n"))), "a document behind the last");
    assert!(is_meaning(&edited.judge("")), "nothing at all");
    let without_last_line = output.trim_end().rsplit_once('\n').unwrap().0;
    assert!(is_meaning(&edited.judge(without_last_line)), "the last line lost");
}

#[test]
fn entries_stay_in_order() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let output = edited.output();
    let port = "          - name: JAEGER_AGENT_PORT\n            value: '5775'\n";
    let kind = "          - name: JAEGER_SAMPLER_TYPE\n            value: const\n";
    assert!(is_meaning(&edited.judge(&output.replace(&format!("{port}{kind}"), &format!("{kind}{port}")))));
    assert!(is_meaning(&edited.judge(&output.replace(port, ""))), "one missing");
    assert!(is_meaning(&edited.judge(&output.replace(port, &port.repeat(2)))), "one twice");
}

#[test]
fn values_written_are_strings_to_every_reader() {
    let item = |text: &str| Added::Item(Value::Text(text.to_owned().into()));
    for text in ["1", "0.5", "yes", "No", "on", "null", "~", "", "0x1F", "1_000", "a: b", "# a", "*x", "- a", "12:30"] {
        let change = NodeChange { added: vec![item(text)], ..NodeChange::default() };
        let edited = Edited::with_change("list:\n- a\nrest: b\n", "list", change);
        assert_eq!(edited.judge(&edited.output()), Ok(()), "{text}");
        let quoted = format!("'{text}'");
        // Without its quotes it means something else, or is no string to every reader.
        let verdict = edited.judge_with(&quoted, text);
        assert!(verdict.is_err(), "{text}");
        if ["1", "0.5", "yes", "No", "on", "0x1F", "1_000", "12:30"].contains(&text) {
            assert!(is_value(&verdict), "{text}: {verdict:?}");
        }
        for tag in ["!!int", "!!str", "!", "!own"] {
            assert!(is_value(&edited.judge_with(&quoted, &format!("{tag} {quoted}"))), "{tag} {text}");
        }
        assert_eq!(edited.judge_with(&quoted, &format!("\"{text}\"")), Ok(()), "{text}");
    }
}

#[test]
fn a_plain_string_is_none_of_yaml_s_words_and_numbers() {
    for (text, is_string) in [
        ("a", true),
        ("a:b#c", true),
        ("noon", true),
        ("a: b", false),
        ("a:", false),
        ("a #b", false),
        ("a\tb", false),
        ("a\nb", false),
        ("1a", false),
        ("-a", false),
        ("", false),
        ("NO", false),
    ] {
        let verdict = values::is_string(&format!("- {text}\n"), text, Some(2));
        assert_eq!(verdict.is_ok(), is_string, "{text:?}: {verdict:?}");
    }
}

#[test]
fn a_tag_does_not_stay_before_a_value_that_was_quoted() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let written = "value: '2' # counted";
    assert!(is_value(&edited.judge_with(written, "value: !!int '2' # counted")));
    assert!(is_value(&edited.judge_with(written, "value: !!int\n          '2' # counted")));
    assert!(is_value(&edited.judge_with(written, "value: 2 # counted")));
    assert!(is_value(&edited.judge_with(written, "value: |-\n          2")), "a block scalar is not what was written");
}

#[test]
fn a_filled_null_holds_what_was_planned() {
    let change = NodeChange {
        added: vec![Added::Entry("k", Value::List(vec![Value::Map(Vec::new())]))],
        ..NodeChange::default()
    };
    let edited = Edited::with_change("a: 1\nb: # why\nc: 2\n", "b", change);
    assert_eq!(edited.judge("a: 1\nb: # why\n  k:\n  - {}\nc: 2\n"), Ok(()));
    for wrong in [
        "a: 1\nb: # why\nc: 2\n",
        "a: 1\nb: # why\n  k: {}\nc: 2\n",
        "a: 1\nb: # why\n  k:\n  -\nc: 2\n",
        "a: 1\nb: # why\n  k:\n  - {}\n  c: 2\n",
        "a: 1\nb: # why\n- k:\n  - {}\nc: 2\n",
    ] {
        assert!(is_meaning(&edited.judge(wrong)), "{wrong}");
    }
}

#[test]
fn what_is_taken_out_is_the_planned_part() {
    let change = NodeChange { parts: [(1, Part::Remove)].into(), ..NodeChange::default() };
    let edited = Edited::with_change("list:\n- a\n- b\n- c\n", "list", change);
    assert_eq!(edited.output(), "list:\n- a\n- c\n");
    assert_eq!(edited.judge("list:\n- a\n- c\n"), Ok(()));
    for wrong in ["list:\n- a\n- b\n", "list:\n- a\n", "list:\n- a\n- b\n- c\n", "list:\n- c\n- a\n", "list:\n"] {
        assert!(is_meaning(&edited.judge(wrong)), "{wrong}");
    }
    let other = edited.place("- c\n");
    assert!(is_bytes(&edited.judge_edits(|edits| *edits = vec![Edit::delete(other)])));
}

#[test]
fn a_key_that_is_replaced_is_the_planned_one() {
    let new = Part::Replace("value", Value::Text("1".into()));
    let change = NodeChange { parts: [(1, new)].into(), ..NodeChange::default() };
    let edited = Edited::with_change("entry:\n  name: A\n  valueFrom:\n    x: y\n", "entry", change);
    assert_eq!(edited.output(), "entry:\n  name: A\n  value: '1'\n");
    assert_eq!(edited.judge(&edited.output()), Ok(()));
    assert!(is_meaning(&edited.judge("entry:\n  name: A\n  valueFrom: '1'\n")));
    assert!(is_meaning(&edited.judge("entry:\n  name: A\n  value: '1'\n  valueFrom:\n    x: y\n")));
    assert!(is_value(&edited.judge("entry:\n  name: A\n  value: 1\n")));
}

#[test]
fn json_is_judged_as_json() {
    let edited = Edited::with_jaeger(JSON, Language::Json);
    for (from, to, what) in [
        (r#""labels": {}"#, r#""labels": null"#, "nothing for an empty object"),
        (r#""labels": {}"#, r#""labels": []"#, "an array for an object"),
        (r#""labels": {}"#, r#""labels": {}, "labels": {}"#, "a key twice"),
        (r#""\ud83d\ude00""#, r#""\ud83d\ude01""#, "another character"),
        ("123456789012345678901234567890", "123456789012345678901234567891", "another big number"),
        (r#""name": "main", "graph""#, r#""graph""#, "a key lost"),
        (r#"{"name": "main","#, r#"{}, {"name": "main","#, "an item too many"),
        (r#""kind": "SeldonDeployment""#, r#"kind: "SeldonDeployment""#, "YAML"),
        (r#""kind": "SeldonDeployment""#, r#""kind": "SeldonDeployment" # x"#, "a comment"),
        (r#""5775""#, r#""6831""#, "another value written"),
    ] {
        let verdict = edited.judge_with(from, to);
        assert!(is_meaning(&verdict), "{what}: {verdict:?}");
    }
    // A number that is spelt as the string is.
    assert!(is_value(&edited.judge_with(r#""5775""#, "5775")));
    assert!(is_value(&edited.judge_with(r#""value": "2""#, r#""value": 2"#)));
    assert_eq!(edited.judge_with(r#""5775""#, r#""577\u0035""#).map_err(|fault| fault.to_string()), {
        // Not as it was written, though it says the same.
        Err("a value written would not be read as a string: `5775` is not written as one token".to_owned())
    });
    assert!(is_meaning(&edited.judge(&(edited.output() + "{}"))), "a value behind the last");
    let place = edited.place(r#""labels": {}, "#);
    assert!(is_bytes(&edited.judge_edits(|edits| edits.push(Edit::delete(place)))));
}
