//! The tests in a patch, which fail if the resource has changed.

use serde_json::{Value, json};

use super::apply::apply;
use super::{Operation, Patch, patches};
use crate::changes::Changes;
use crate::knowledge::{Backend, Profile, Request};
use crate::manifest::selection::Selection;
use crate::pipeline::Transformer;
use crate::plan::{Disable, Input, Policy, Task};
use crate::yaml::Tree;
use crate::yaml::json::{Json, to_json};

const MANIFEST: &str = "\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: iris, namespace: ml}
spec:
  predictors:
  - name: default
    graph: {name: classifier}
    svcOrchSpec: {env: [{name: LOG, value: info}, {name: TRACING, value: '1'}]}
    componentSpecs:
    - spec:
        containers:
        - {name: sidecar}
        - {name: classifier, image: x, env: [{name: JAEGER_AGENT_PORT, value: '1'}, {name: TRACING, value: '1'}]}
";

fn json_of(text: &str) -> Json {
    let tree = Tree::parse(text).expect("yaml");
    to_json(&tree, tree.roots()[0])
}

fn disabled(text: &str, keep_config: bool) -> Patch {
    let disable = Disable { keep_config, ..Disable::default() };
    let policy = Policy::new(Task::Disable(disable), Selection::default());
    let done = Transformer::new(&policy).with_patches(true).transform(text, Input::default()).expect("no problem");
    done.patches.into_iter().next().expect("a patch")
}

#[test]
fn values_are_tested_before_a_change() {
    let patch = disabled(MANIFEST, false);
    assert_eq!((patch.namespace.as_str(), patch.name.as_str()), ("ml", "iris"));
    let env = "/spec/predictors/0/svcOrchSpec/env";
    let container = "/spec/predictors/0/componentSpecs/0/spec/containers/1";
    let test = |path: String, value: Value| Operation::Test { path, value: value.into() };
    let entry = |name: &str| json!({"name": name, "value": "1"});
    assert_eq!(
        patch.operations,
        [
            test("/metadata/name".into(), json!("iris")),
            test("/metadata/namespace".into(), json!("ml")),
            test("/spec/predictors/0/name".into(), json!("default")),
            test(format!("{env}/1"), entry("TRACING")),
            Operation::Remove { path: format!("{env}/1") },
            test(format!("{container}/name"), json!("classifier")),
            test(format!("{container}/env"), json!([entry("JAEGER_AGENT_PORT"), entry("TRACING")])),
            Operation::Remove { path: format!("{container}/env") },
        ]
    );
}

#[test]
fn a_patch_fails_on_a_changed_resource() {
    for keep_config in [false, true] {
        let patch = disabled(MANIFEST, keep_config);
        assert!(apply(json_of(MANIFEST), &patch.operations).is_ok());
        for (was, is) in [
            ("{name: iris", "{name: digits"),
            ("namespace: ml", "namespace: default"),
            (", namespace: ml", ""),
            ("name: default", "name: canary"),
            ("- {name: sidecar}\n", "- {name: sidecar}\n        - {name: other}\n"),
            ("[{name: LOG, value: info}, ", "["),
            ("name: TRACING, value: '1'}]}\n    comp", "name: TRACER, value: '1'}]}\n    comp"),
            ("name: TRACING, value: '1'}]}\n    comp", "name: TRACING, value: '2'}]}\n    comp"),
        ] {
            let moved = MANIFEST.replacen(was, is, 1);
            assert_ne!(moved, MANIFEST, "{was}");
            assert!(apply(json_of(&moved), &patch.operations).is_err(), "{was} → {is}");
        }
    }
}

#[test]
fn an_unchanged_resource_has_an_empty_patch() {
    let off = MANIFEST.replace("TRACING", "OTHER").replace("JAEGER_AGENT_PORT", "PORT");
    assert_eq!(disabled(&off, false).operations, []);
}

fn enabled(text: &str) -> Patch {
    let profile = Profile::new(Request::new(Backend::Jaeger)).expect("a profile");
    let policy = Policy::new(Task::Enable(profile), Selection::default());
    let done = Transformer::new(&policy).with_patches(true).transform(text, Input::default()).expect("no problem");
    done.patches.into_iter().next().expect("a patch")
}

#[test]
fn a_key_that_was_added_meanwhile_is_not_replaced() {
    let bare =
        MANIFEST.replacen("    svcOrchSpec: {env: [{name: LOG, value: info}, {name: TRACING, value: '1'}]}\n", "", 1);
    let bare = bare.replacen(", env: [{name: JAEGER_AGENT_PORT, value: '1'}, {name: TRACING, value: '1'}]", "", 1);
    let patch = enabled(&bare);
    let applied = |text: &str| apply(json_of(text), &patch.operations);
    assert!(applied(&bare).is_ok());
    for (was, is) in [
        ("image: x", "image: x, env: [{name: KEEP, value: me}]"),
        ("image: x", "image: x, env: []"),
        ("    componentSpecs", "    svcOrchSpec: {resources: {}}\n    componentSpecs"),
    ] {
        let moved = bare.replacen(was, is, 1);
        assert_ne!(moved, bare, "{was}");
        assert!(applied(&moved).is_err(), "{is}");
    }
    assert!(applied(&bare.replacen("image: x", "image: x, env: null", 1)).is_ok());
    for (index, step) in patch.operations.iter().enumerate() {
        let Operation::Add { path, .. } = step else { continue };
        let asked = Operation::Test { path: path.clone(), value: Json::Null };
        assert!(path.ends_with("/-") || patch.operations[index - 1] == asked, "{path}");
    }
}

#[test]
fn a_missing_namespace_is_not_tested() {
    for is in ["", ", namespace: ''", ", namespace: null"] {
        let text = MANIFEST.replacen(", namespace: ml", is, 1);
        let patch = disabled(&text, false);
        assert!(apply(json_of(MANIFEST), &patch.operations).is_ok(), "{is}");
    }
}

#[test]
fn a_list_with_very_many_removals_is_replaced() {
    let many = |count: usize| {
        let entries = "{name: TRACING, value: '1'}, ".repeat(count);
        MANIFEST.replacen("{name: LOG", &format!("{entries}{{name: LOG"), 1)
    };
    let replaces = |patch: &Patch| patch.operations.iter().any(|step| matches!(step, Operation::Replace { .. }));
    assert!(!replaces(&disabled(&many(100), false)));
    let patch = disabled(&many(4000), false);
    assert!(replaces(&patch) && patch.operations.len() < 10);
}

#[test]
fn an_unplanned_edit_has_no_patch() {
    let tree = Tree::parse(MANIFEST).expect("yaml");
    let mut changes = Changes::default();
    changes.insert(tree.roots()[0], crate::changes::NodeChange::default());
    assert_eq!(patches(&tree, &changes, ""), Err("the edit adds or removes a resource".to_owned()));
    let shorter = MANIFEST.replace("[{name: LOG, value: info}, ", "[");
    assert_eq!(
        patches(&tree, &changes, &shorter),
        Err("the result of the patch is not the edited resource".to_owned())
    );
}

#[test]
fn paths_are_those_of_rfc_6901() {
    let document = Json::from(json!({"a/b": {"~1": [0, 1]}, "": 2}));
    let apply = |operation| apply(document.clone(), &[operation]).ok();
    let some = |value: Value| Some(Json::from(value));
    let (path, value) = (super::make::below("/a~1b", "~1"), Json::from(json!(3)));
    assert_eq!(path, "/a~1b/~01");
    let add = |path: String| Operation::Add { path, value: value.clone() };
    assert_eq!(apply(add(format!("{path}/1"))), some(json!({"a/b": {"~1": [0, 3, 1]}, "": 2})));
    assert_eq!(apply(add(format!("{path}/-"))), some(json!({"a/b": {"~1": [0, 1, 3]}, "": 2})));
    assert_eq!(apply(add(path.clone())), some(json!({"a/b": {"~1": 3}, "": 2})));
    assert_eq!(apply(Operation::Remove { path: format!("{path}/0") }), some(json!({"a/b": {"~1": [1]}, "": 2})));
    assert_eq!(apply(Operation::Remove { path: "/".into() }), some(json!({"a/b": {"~1": [0, 1]}})));
    for missing in [format!("{path}/2"), format!("{path}/01"), format!("{path}/+1"), "/c".into(), String::new()] {
        assert_eq!(apply(Operation::Remove { path: missing.clone() }), None, "{missing}");
    }
    for missing in [format!("{path}/3"), format!("{path}/00"), "/c/d".into(), format!("{path}/0/x")] {
        assert_eq!(apply(add(missing.clone())), None, "{missing}");
    }
    assert_eq!(apply(Operation::Replace { path: "/c".into(), value: value.clone() }), None);
    assert_eq!(apply(Operation::Test { path: "/".into(), value: value.clone() }), None);
    // As kubectl has it, a key that is missing is null. An item that is missing is not, nor what a missing key holds.
    let asked = |path: &str| apply(Operation::Test { path: path.into(), value: Json::Null }).is_some();
    assert!(asked("/c") && asked("/a~1b/x"));
    assert!(!asked("/") && !asked("/c/d") && !asked("/a~1b/~01/2") && !asked("/a~1b/~01/0") && !asked("//x"));
}
