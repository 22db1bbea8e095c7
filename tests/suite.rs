//! Compares the tree with the YAML test suite (<https://github.com/yaml/yaml-test-suite>), which is not in this
//! repository:
//!
//! ```sh
//! YAML_TEST_SUITE=cases.jsonl cargo test --test suite -- --ignored
//! ```
//!
//! The file has a JSON object a line, each a case: `id`, its name in the suite, such as `229Q` or `2G84/02`; `yaml`,
//! the input; `events`, the expected events in the suite's notation (`test.event`); `error`, true for an invalid input.
//! The folders of the suite's `data` branch have these as `in.yaml`, `test.event` and `error`; the variable may also be
//! a checkout of that branch.
//!
//! The tree does not have `---`, `...` and the names of tags beyond YAML's core schema, so they are not compared. Each
//! case that is read differently is in a list with the reason. The lists are exact: a case in a list that is read as
//! the suite expects fails the test.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use seldon_trace::internals::knowledge::{Backend, Profile, Request};
use seldon_trace::internals::manifest::selection::Selection;
use seldon_trace::internals::pipeline::Transformer;
use seldon_trace::internals::plan::{Input, Policy, Task};
use seldon_trace::internals::yaml::{Kind, NodeId, ScalarStyle, Structure, SyntaxError, Tag, Tree, stream};
use serde::Deserialize;

/// Cases that are read differently, by the reason.
type Exceptions = &'static [(&'static str, &'static [&'static str])];

const KEY_IS_NO_SCALAR: &str = "a list or a mapping as a key: refused, for Kubernetes can't have one";
const WITH_SUCH_KEYS: &[&str] =
    &["9MMW", "KK5P", "LX3P", "M2N8/00", "M2N8/01", "M5DY", "Q9WF", "RZP5", "SBG9", "V9D5", "X38W", "XW4D"];
/// They begin with a `---`.
const WITH_SUCH_KEYS_AND_MARKED: &[&str] = &["4FJ6", "6BFJ", "6PBE"];

/// Valid cases with other events in the tree, or none.
const READ_DIFFERENTLY: Exceptions =
    &[(KEY_IS_NO_SCALAR, WITH_SUCH_KEYS), (KEY_IS_NO_SCALAR, WITH_SUCH_KEYS_AND_MARKED)];

/// Invalid cases that are read without an error.
const READ_WITHOUT_ERROR: Exceptions =
    &[("the lines of a flow list are not indented deeper than its key: kubectl reads it too", &["9C9N"])];

/// Valid cases with the word SeldonDeployment that prevent the edit of a deployment beside them.
const REFUSED_WHEN_READ: Exceptions = &[(KEY_IS_NO_SCALAR, WITH_SUCH_KEYS)];

const DEPLOYMENT: &str = "\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: iris}
spec:
  predictors:
  - graph: {name: classifier}
    name: default
";

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    yaml: String,
    events: String,
    error: bool,
}

/// The cases, valid or not, of the suite that the environment names.
fn cases(error: bool) -> Vec<Case> {
    let place = std::env::var_os("YAML_TEST_SUITE").expect("YAML_TEST_SUITE names the suite, see tests/suite.rs");
    let place = Path::new(&place);
    let mut all = Vec::new();
    if place.is_dir() {
        read_folder(place, "", &mut all);
    } else {
        let lines = fs::read_to_string(place).unwrap();
        all.extend(lines.lines().map(|line| serde_json::from_str::<Case>(line).unwrap()));
    }
    assert!(all.len() >= 400, "only {} cases: is that the whole suite?", all.len());
    all.retain(|case| case.error == error);
    all
}

/// The cases of a folder and of those in it: `229Q/in.yaml`, `2G84/02/in.yaml`.
fn read_folder(folder: &Path, id: &str, found: &mut Vec<Case>) {
    let read = |name: &str| fs::read_to_string(folder.join(name));
    if let Ok(yaml) = read("in.yaml") {
        let error = folder.join("error").exists();
        found.push(Case { id: id.to_owned(), yaml, events: read("test.event").unwrap(), error });
    }
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        // `name` and `tags` hold links to the cases, by other names.
        let is_case = name.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if is_case && entry.file_type().unwrap().is_dir() {
            let id = if id.is_empty() { name } else { format!("{id}/{name}") };
            read_folder(&entry.path(), &id, found);
        }
    }
}

/// Checks that these cases and no others failed.
fn expect_failures(failed: &BTreeMap<String, String>, exceptions: Exceptions) {
    let listed: Vec<&str> = exceptions.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let unlisted: Vec<String> = failed
        .iter()
        .filter(|(id, _)| !listed.contains(&id.as_str()))
        .map(|(id, words)| format!("{id}: {words}"))
        .collect();
    let passed: Vec<&&str> = listed.iter().filter(|id| !failed.contains_key(**id)).collect();
    assert!(passed.is_empty(), "listed, and as the suite has them: {passed:?}");
    assert!(unlisted.is_empty(), "{} otherwise than the suite has them:\n{}", unlisted.len(), unlisted.join("\n"));
}

/// The events of a stream, read as the program reads it: split into documents, each parsed on its own.
fn events(text: &str) -> Result<String, SyntaxError> {
    let mut out = String::from("+STR\n");
    for range in stream::split(text) {
        let tree = Tree::parse(&text[range])?;
        for &root in tree.roots() {
            out.push_str("+DOC\n");
            write_events(&tree, root, &mut out);
            out.push_str("-DOC\n");
        }
    }
    out.push_str("-STR\n");
    Ok(out)
}

fn write_events(tree: &Tree<'_>, node: NodeId, out: &mut String) {
    let properties = tree.properties(node);
    let mut marks = String::new();
    if let Some(anchor) = properties.anchor {
        marks.push_str(&format!(" &{}", anchor_name(tree, anchor.range())));
    }
    if let Some((tag, _)) = properties.tag {
        marks.push_str(&format!(" <{}>", tag_name(tag)));
    }
    let brackets = |brackets: &'static str| if tree.structure(node) == Some(Structure::Flow) { brackets } else { "" };
    match &tree.node(node).kind {
        Kind::Scalar { text, style } => {
            let escaped = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
            let escaped = escaped.replace('\t', "\\t").replace('\u{8}', "\\b");
            out.push_str(&format!("=VAL{marks} {}{escaped}\n", style_mark(*style)));
        }
        // By the node that it refers to.
        Kind::Alias(target) => {
            let anchor = tree.properties(*target).anchor.expect("an anchor");
            out.push_str(&format!("=ALI *{}\n", anchor_name(tree, anchor.range())));
        }
        Kind::Sequence { .. } => {
            out.push_str(&format!("+SEQ{}{marks}\n", brackets(" []")));
            tree.items(node).iter().for_each(|item| write_events(tree, *item, out));
            out.push_str("-SEQ\n");
        }
        Kind::Mapping { .. } => {
            out.push_str(&format!("+MAP{}{marks}\n", brackets(" {}")));
            for (key, value) in tree.entries(node) {
                write_events(tree, key, out);
                write_events(tree, value, out);
            }
            out.push_str("-MAP\n");
        }
    }
}

fn anchor_name<'t>(tree: &Tree<'t>, span: std::ops::Range<usize>) -> &'t str {
    tree.text()[span].trim_start_matches('&')
}

fn style_mark(style: ScalarStyle) -> char {
    match style {
        ScalarStyle::Plain => ':',
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        ScalarStyle::Literal => '|',
        ScalarStyle::Folded => '>',
    }
}

const CORE_SCHEMA: &str = "tag:yaml.org,2002:";
const OTHER_TAG: &str = "another";

fn tag_name(tag: Tag) -> String {
    match tag {
        Tag::Other => OTHER_TAG.to_owned(),
        known => format!("{CORE_SCHEMA}{}", format!("{known:?}").to_lowercase()),
    }
}

/// The suite's events, without those that the tree does not have.
fn normalised(events: &str) -> String {
    let line = |line: &str| match line.split_once(' ') {
        Some((mark @ ("+DOC" | "-DOC"), _)) => mark.to_owned(),
        _ => without_foreign_tag(line),
    };
    events.lines().map(|each| line(each) + "\n").collect()
}

fn without_foreign_tag(line: &str) -> String {
    let known = ["str", "int", "float", "bool", "null", "map", "seq", "merge"];
    let is_known = |tag: &str| tag.strip_prefix(CORE_SCHEMA).is_some_and(|name| known.contains(&name));
    let mut is_text = false;
    let word = |word: &str| {
        is_text |= word.starts_with([':', '\'', '"', '|', '>']);
        let tag = word.strip_prefix('<').and_then(|word| word.strip_suffix('>')).filter(|_| !is_text);
        if tag.is_some_and(|tag| !is_known(tag)) { format!("<{OTHER_TAG}>") } else { word.to_owned() }
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
#[ignore = "YAML_TEST_SUITE has to name the suite"]
fn valid_cases_have_the_events_of_the_suite() {
    let mut failed = BTreeMap::new();
    for case in cases(false) {
        let expected = normalised(&case.events);
        match events(&case.yaml) {
            Ok(found) if found == expected => {}
            Ok(found) => {
                let diff = similar::TextDiff::from_lines(&expected, &found).unified_diff().to_string();
                failed.insert(case.id, format!("{diff}of {:?}", case.yaml));
            }
            Err(error) => {
                failed.insert(case.id, format!("{:?}: refused at {}, {}", case.yaml, error.at, error.fault));
            }
        }
    }
    expect_failures(&failed, READ_DIFFERENTLY);
}

#[test]
#[ignore = "YAML_TEST_SUITE has to name the suite"]
fn error_cases_are_refused() {
    let mut failed = BTreeMap::new();
    for case in cases(true) {
        if let Ok(found) = events(&case.yaml) {
            failed.insert(case.id, format!("{:?} is read as\n{found}", case.yaml));
        }
    }
    expect_failures(&failed, READ_WITHOUT_ERROR);
}

/// Valid or not, whole and from each line on: more endings and beginnings than the suite has.
#[test]
#[ignore = "YAML_TEST_SUITE has to name the suite"]
fn the_fast_reader_builds_the_tree_of_the_parser() {
    let (mut texts, mut plain) = (0, 0);
    for case in cases(false).into_iter().chain(cases(true)) {
        let starts = case.yaml.match_indices('\n').map(|(at, _)| at + 1);
        for text in std::iter::once(0).chain(starts).map(|start| &case.yaml[start..]) {
            for range in stream::split(text) {
                texts += 1;
                let Some(tree) = Tree::parse_plain(&text[range.clone()]) else { continue };
                plain += 1;
                assert_eq!(Ok(tree), Tree::parse_any(&text[range]), "{}: {text:?}", case.id);
            }
        }
    }
    assert!(plain > 200, "the fast reader reads only {plain} of {texts}");
}

/// A stream of the case, the deployment, and the case again. Each begins with the mark, but one with directives has to
/// follow a `...`.
fn stream_of(case: &str, deployment: &str, mark: &str) -> String {
    let has_directives = case.lines().find(|line| !line.starts_with('#')).is_some_and(|line| line.starts_with('%'));
    let case = if has_directives { format!("...\n{case}") } else { format!("{mark}\n{case}") };
    let end = if case.ends_with('\n') { "" } else { "\n" };
    format!("{case}{end}{mark}\n{deployment}{case}")
}

/// The streams of valid cases in which anything but the deployment's variables changes.
fn not_kept(mark: &str) -> BTreeMap<String, String> {
    let profile = Profile::new(Request::new(Backend::Jaeger)).unwrap();
    let policy = Policy::new(Task::Enable(profile), Selection::default());
    let enabled = Transformer::new(&policy).transform(DEPLOYMENT, Input::default()).unwrap().edits.apply(DEPLOYMENT);
    assert_ne!(enabled, DEPLOYMENT);
    let mut failed = BTreeMap::new();
    for case in cases(false) {
        let text = stream_of(&case.yaml, DEPLOYMENT, mark);
        match Transformer::new(&policy).transform(&text, Input::default()) {
            Ok(done) if done.edits.apply(&text) == stream_of(&case.yaml, &enabled, mark) => {}
            Ok(done) => {
                failed.insert(case.id, format!("{text}\n── becomes ──\n{}", done.edits.apply(&text)));
            }
            Err(problems) => {
                failed.insert(case.id, format!("{:?}: {}", case.yaml, problems[0].message));
            }
        }
    }
    failed
}

#[test]
#[ignore = "YAML_TEST_SUITE has to name the suite"]
fn valid_cases_are_kept_beside_a_deployment() {
    expect_failures(&not_kept("---"), &[]);
}

/// Documents with the word are parsed and are not SeldonDeployments.
#[test]
#[ignore = "YAML_TEST_SUITE has to name the suite"]
fn valid_cases_are_read_and_kept_beside_a_deployment() {
    expect_failures(&not_kept("--- # SeldonDeployment"), REFUSED_WHEN_READ);
}
