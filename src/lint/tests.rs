//! Each rule on its own example: it finds the wrong one, not the right one, and nothing that a comment allows.

mod beside;
mod datadog;
mod executor;
mod keys;
mod operator;
mod options;
mod places;
mod wrapper;

use std::sync::Arc;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::lint::findings::{Linted, lint};
use crate::manifest::selection::Selection;
use crate::pipeline::Transformer;
use crate::plan::{Input, Policy, Task};

/// A deployment whose orchestrator and whose graph's container have this env.
fn manifest(env: &str) -> String {
    manifest_of(env, env)
}

fn manifest_of(orchestrator: &str, container: &str) -> String {
    let indented = |indent: &str, env: &str| env.lines().map(|line| format!("{indent}{line}\n")).collect::<String>();
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata:\n  name: \"iris\"\nspec:\n  predictors:\n  \
         - name: main\n    graph: {{name: classifier}}\n    svcOrchSpec:\n      env:\n{}    componentSpecs:\n    - spec:\n        \
         containers:\n        - name: classifier\n          env:\n{}",
        indented("      ", orchestrator),
        indented("          ", container)
    )
}

/// A deployment with a rule's example: an env list, or a whole `spec`.
fn example(text: &str) -> String {
    let spec = text.lines().any(|line| line.starts_with("spec:")).then(|| {
        let metadata =
            if text.lines().any(|line| line.starts_with("metadata:")) { "" } else { "metadata:\n  name: iris\n" };
        format!("apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\n{metadata}{text}\n")
    });
    spec.unwrap_or_else(|| manifest(text))
}

/// The result of these rules.
fn linted(text: &str, selection: &Selection, rules: &[&'static Rule]) -> Result<Linted, Vec<Diagnostic>> {
    let set = Arc::new(RuleSet { rules: rules.to_vec(), denied: Vec::new() });
    lint(text, selection, |_, _| Ok(Arc::clone(&set)))
}

/// The rules that find something in a text.
fn found(text: &str) -> Vec<&'static str> {
    let rules: Vec<&'static Rule> = RULES.iter().collect();
    let linted = linted(text, &Selection::default(), &rules).unwrap();
    linted.findings.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn every_rule_finds_its_wrong_example() {
    for rule in RULES {
        assert!(found(&example(rule.wrong)).contains(&rule.id), "{}", rule.id);
        assert!(!found(&example(rule.right)).contains(&rule.id), "{}", rule.id);
    }
}

#[test]
fn a_fix_makes_the_example_right() {
    for rule in RULES {
        let policy = Policy::new(Task::Fix(vec![rule]), Selection::default());
        let wrong = example(rule.wrong);
        let fixed = Transformer::new(&policy).transform(&wrong, Input::default()).unwrap().edits.apply(&wrong);
        // Many rules check only one of the two lists.
        let (right, wrong) = (rule.right, rule.wrong);
        let lists = [manifest_of(right, wrong), manifest_of(wrong, right)].into_iter().chain([example(right)]);
        match rule.fix {
            Some(_) => assert!(lists.into_iter().any(|right| right == fixed), "{}\n{fixed}", rule.id),
            None => assert_eq!(fixed, example(wrong), "{}", rule.id),
        }
    }
}

#[test]
fn a_comment_on_the_line_or_above_it_allows() {
    for rule in RULES {
        let finds = |comment: &str, is_above: bool| {
            let lines = rule.wrong.lines().map(|line| match is_above {
                true => format!("# {comment}\n{line}\n"),
                false => format!("{line} # {comment}\n"),
            });
            found(&example(&lines.collect::<String>())).contains(&rule.id)
        };
        for is_above in [false, true] {
            assert!(!finds(&format!("seldon-trace: allow {}", rule.id), is_above), "{}", rule.id);
            assert!(!finds(&format!("seldon-trace: allow ST999, {}", rule.id), is_above), "{}", rule.id);
            assert!(finds("seldon-trace: allow ST999", is_above), "{}", rule.id);
        }
    }
}

#[test]
fn a_comment_above_an_entry_allows_what_is_found_at_its_value() {
    let found = |env: &str| found(&manifest(env)).contains(&"ST001");
    assert!(!found("# seldon-trace: allow ST001\n- name: A\n  value: 1"));
    assert!(!found("- name: A # seldon-trace: allow ST001\n  value: 1"));
    assert!(found("- name: A\n  value: 1\n# seldon-trace: allow ST001\n- name: B\n  value: b"));
    assert!(found("# seldon-trace: allow ST001\n\n- name: A\n  value: 1"));
}

#[test]
fn rules_are_in_the_order_of_their_numbers() {
    assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(Rule::find("st016").map(|rule| rule.id), Some("ST016"));
}

#[test]
fn a_correct_manifest_has_no_finding() {
    let orchestrator =
        format!("{ALL}, {{name: JAEGER_AGENT_PORT, value: '6831'}}, {{name: JAEGER_SERVICE_NAME, value: iris}}");
    let containers = predictor("name: c", &format!("{{name: c, env: [{TRACING}]}}"));
    let text = deployment(&format!("svcOrchSpec: {{env: [{orchestrator}]}}, {containers}"));
    assert_eq!(found(&text), Vec::<&str>::new());
}

/// A deployment with these fields of its only predictor, in YAML's flow style.
fn deployment(predictor: &str) -> String {
    with_spec(&format!("predictors: [{{{predictor}}}]"))
}

/// A deployment with these fields of its `spec`, in YAML's flow style.
fn with_spec(spec: &str) -> String {
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: iris}}\nspec: {{{spec}}}\n"
    )
}

/// The findings of a rule in a text.
fn messages(rule: &str, text: &str) -> Vec<String> {
    let linted = linted(text, &Selection::default(), &[Rule::find(rule).unwrap()]).unwrap();
    linted.findings.into_iter().map(|finding| finding.diagnostic.message).collect()
}

/// The severities of the findings of a rule in a text.
fn severities(rule: &str, text: &str) -> Vec<Severity> {
    let linted = linted(text, &Selection::default(), &[Rule::find(rule).unwrap()]).unwrap();
    linted.findings.into_iter().map(|finding| finding.diagnostic.severity).collect()
}

/// The findings of a rule in a deployment with these fields of its only predictor.
fn found_by(rule: &str, predictor: &str) -> Vec<String> {
    messages(rule, &deployment(predictor))
}

/// A predictor with this graph and these containers.
fn predictor(graph: &str, containers: &str) -> String {
    format!("graph: {{{graph}}}, componentSpecs: [{{spec: {{containers: [{containers}]}}}}]")
}

const TRACING: &str = "{name: TRACING, value: '1'}";
const DATADOG: &str = "{name: TRACING, value: '1'}, {name: DD_ENABLED, value: '1'}";
const ALL: &str = "{name: JAEGER_SAMPLER_TYPE, value: const}, {name: JAEGER_SAMPLER_PARAM, value: '1'}";

/// A text after the fix of a rule.
fn fixed(rule: &str, text: &str) -> String {
    let policy = Policy::new(Task::Fix(vec![Rule::find(rule).unwrap()]), Selection::default());
    Transformer::new(&policy).transform(text, Input::default()).unwrap().edits.apply(text)
}

/// The help texts of the findings of a rule.
fn helps(rule: &str, text: &str) -> Vec<String> {
    let linted = linted(text, &Selection::default(), &[Rule::find(rule).unwrap()]).unwrap();
    linted.findings.into_iter().map(|finding| finding.diagnostic.help).collect()
}

#[test]
fn a_credential_is_recognized_by_its_name_and_value() {
    let found = |name: &str, value: &str| {
        found_by("ST025", &predictor("name: c", &format!("{{name: c, env: [{{name: {name}, value: '{value}'}}]}}")))
            .len()
    };
    for name in ["DD_API_KEY", "JAEGER_PASSWORD", "AWS_SECRET_ACCESS_KEY", "DB_TOKEN", "CLIENT_SECRET", "db_password"] {
        assert_eq!(found(name, "hunter2"), 1, "{name}");
        for other in ["", "/var/run/x", "ENC[api_key]", "$(OTHER)", "${OTHER}", "{{ .Values.x }}", "true"] {
            assert_eq!(found(name, other), 0, "{name} {other}");
        }
    }
    for name in [
        "DD_SECRET_BACKEND_COMMAND",
        "TLS_KEY_FILE",
        "DD_APM_REPLACE_KEY_REGEXP",
        "AWS_ACCESS_KEY_ID",
        "CACHE_KEY",
        "PUBLIC_KEY",
        "PAD_TOKEN",
        "MAX_TOKENS",
        "TOKENIZER",
    ] {
        assert_eq!(found(name, "hunter2"), 0, "{name}");
    }
}

#[test]
fn a_value_that_is_not_a_scalar_is_not_a_string() {
    let found = |value: &str| {
        found_by("ST001", &predictor("name: c", &format!("{{name: c, env: [{{name: DB_TOKEN, value: {value}}}]}}")))
    };
    let is_list = "DB_TOKEN is a list or a mapping, which Kubernetes does not take for a string";
    assert_eq!(found("[1]"), [is_list]);
    assert_eq!(found("{a: b}"), [is_list]);
    assert_eq!(found("5"), ["DB_TOKEN has a value without quotes, which Kubernetes does not take for a string"]);
    assert_eq!(found("'5'"), Vec::<String>::new());
}

#[test]
fn a_name_is_counted() {
    let found = |count: usize| {
        let env = vec!["{name: A, value: x}"; count].join(", ");
        found_by("ST012", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).concat()
    };
    assert_eq!(found(2), "A is in this env twice; the last one is used");
    assert_eq!(found(20), "A is in this env 20 times; the last one is used");
}
