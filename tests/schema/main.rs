//! The output for programs matches its JSON Schema: that of `--format json-schema`, or that of OASIS for SARIF.
//! Settings files match the schema of `config --schema`.

#[path = "../support/cases.rs"]
mod cases;
mod validator;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cases::cases;
use serde_json::{Value, json};
use validator::check;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const STATUS: &[&str] = &["status", "--format", "json"];
const STATUS_SCHEMA: &[&str] = &["status", "--format", "json-schema"];
const LINT: &[&str] = &["lint", "--fail-on", "never", "--format", "json"];
const LINT_SCHEMA: &[&str] = &["lint", "--format", "json-schema"];
const SARIF: &[&str] = &["lint", "--fail-on", "never", "--format", "sarif"];

/// The schema as it is published at its `$id`.
const SARIF_SCHEMA: &str = include_str!("../support/sarif-schema-2.1.0.json");

fn printed(arguments: &[&str]) -> Result<Value> {
    printed_from(Stdio::null(), arguments)
}

fn printed_from(stdin: impl Into<Stdio>, arguments: &[&str]) -> Result<Value> {
    let program = env!("CARGO_BIN_EXE_seldon-trace");
    let done = Command::new(program).args(arguments).current_dir(ROOT).env_clear().stdin(stdin).output()?;
    ensure!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// The output for each file of the golden cases, without those that are errors.
fn printed_of_every_fixture(arguments: &[&str]) -> Result<Vec<(String, Value)>> {
    let mut all = Vec::new();
    for case in cases()? {
        if fs::read_to_string(case.join("status")).is_ok_and(|status| status != "1\n") {
            continue;
        }
        for file in fs::read_dir(&case)? {
            let file = file?.path();
            let name = file.to_str().context("a name that is not UTF-8")?;
            if [".yaml", ".json"].iter().any(|end| name.ends_with(end)) {
                all.push((name.to_owned(), printed(&[arguments, &[name]].concat())?));
            }
        }
    }
    ensure!(all.len() >= 100, "only {} files in fixtures/", all.len());
    Ok(all)
}

/// Checks that a document matches a schema, and does not with any of these changes.
fn refuses(schema: &Value, right: &Value, faults: &[(&str, Value)]) -> Result<()> {
    check(schema, right)?;
    for (pointer, wrong) in faults {
        let mut document = right.clone();
        *document.pointer_mut(pointer).with_context(|| format!("nothing at {pointer}"))? = wrong.clone();
        ensure!(check(schema, &document).is_err(), "{pointer} may be {wrong}");
    }
    Ok(())
}

#[test]
fn the_json_of_every_fixture_matches_the_schema() -> Result<()> {
    for (form, schema) in [(STATUS, STATUS_SCHEMA), (LINT, LINT_SCHEMA)] {
        let schema = printed(schema)?;
        for (name, document) in printed_of_every_fixture(form)? {
            check(&schema, &document).with_context(|| format!("{form:?} {name}"))?;
        }
    }
    Ok(())
}

#[test]
fn what_the_schema_of_status_does_not_allow_is_found() -> Result<()> {
    let file = "fixtures/status/references-are-named-and-credentials-hidden/input.yaml";
    let faults = [
        ("/version", Value::from(2)),
        ("/deployments/0/line", Value::from(0)),
        ("/deployments/0/tracing", Value::from("perhaps")),
        ("/deployments/0/targets/0/agent/host", Value::from("localhost")),
        ("/deployments/0/targets/0/service", Value::from("name")),
        ("/summary", Value::Null),
    ];
    refuses(&printed(STATUS_SCHEMA)?, &printed(&[STATUS, &[file]].concat())?, &faults)
}

#[test]
fn what_the_schema_of_lint_does_not_allow_is_found() -> Result<()> {
    let faults = [
        ("/version", Value::from(2)),
        ("/findings", Value::Null),
        ("/findings/0/severity", Value::from("fatal")),
        ("/findings/0/line", Value::from(0)),
        ("/findings/0/column", Value::from("1")),
        ("/findings/0", Value::from("ST004")),
        ("/summary/info", Value::from(-1)),
    ];
    refuses(&printed(LINT_SCHEMA)?, &printed(&[LINT, &["fixtures/lint/json/input.yaml"]].concat())?, &faults)
}

/// The cases in `fixtures/settings/` with an error that the schema can find.
const REFUSED_SETTINGS: [&str; 7] = [
    "bad-value",
    "key-that-is-near-none",
    "option-that-is-no-setting",
    "override-without-a-match",
    "unknown-key-suggests-the-nearest",
    "wrong-type",
    "wrong-type-in-an-override",
];

#[test]
fn valid_settings_of_fixtures_match_the_schema() -> Result<()> {
    let schema = printed(&["config", "--schema"])?;
    let (mut right, mut wrong) = (0, Vec::new());
    for case in cases()? {
        let name = case.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let Ok(text) = fs::read_to_string(case.join(".seldon-trace.yaml")) else { continue };
        if REFUSED_SETTINGS.contains(&name.as_str()) {
            let settings: Value = serde_yaml::from_str(&text).with_context(|| name.clone())?;
            ensure!(check(&schema, &settings).is_err(), "{name}: the schema takes what is refused");
            wrong.push(name);
        } else if !case.join("status").exists() || fs::read_to_string(case.join("status"))? == "1\n" {
            let settings: Value = serde_yaml::from_str(&text).with_context(|| name.clone())?;
            check(&schema, &settings).with_context(|| name)?;
            right += 1;
        }
    }
    ensure!(right >= 10 && wrong.len() == REFUSED_SETTINGS.len(), "{right} are right, and wrong are {wrong:?}");
    Ok(())
}

/// Settings that are taken.
const RIGHT_SETTINGS: &[&str] = &[
    "service: 5",
    "agent-host: jaeger-agent.tracing",
    "service: 10.5",
    "agent-host: true",
    "agent-port: 5",
    "agent-port: 65535",
    "agent-port: \"5\"",
    "agent-port: \"65535\"",
    "agent-port: \"05\"",
    "agent-port: \"+5\"",
    "sampler-type: Const",
    "sampler-param: \".5\"",
    "sampler-param: \"1e-1\"",
    "orchestrator-sample-rate: \"+0.5\"",
    "selector: 5",
    "selector: true",
    "selector: team=ml",
    "name: 5",
    "name: \"\"",
    "namespace: 5",
    "service: 5",
    "service: true",
    "service: \"{namespace}-{name}\"",
    "sampler-type: remote",
    "sampler-param: 0.5",
    "sampler-param: \"0.50\"",
    "orchestrator-sampler-param: 2",
    "sample-rate: 0",
    "sample-rate: 1.0",
    "sample-rate: \"0.25\"",
    "tags: a:b",
    "tags: 'a:b,c:d:e,f:g'",
    "tag: {a: 5, b: x}",
    "set: {DD_VERSION: 5}",
    "keep: [5, true, A*]",
    "unset: []",
    "allow: [ST001, st029]",
    "deny: [St010]",
    "deny: []",
    "reset: false",
    "profiles: {}",
    "profiles: {a: {}}",
    "profiles: {a: {service: 5, allow: [ST001]}}",
    "overrides: []",
    "overrides: [{match: {selector: 5}}]",
    "overrides: [{match: {path: 5}}]",
    "overrides: [{match: {name: 5, namespace: true}, service: 5}]",
    "{}",
    "",
    "null",
    "---",
    "# Nothing yet.",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nspec:",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nmetadata: {name: a, annotations: {b: c}}\nspec: {backend: jaeger}",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nmetadata:\nspec: {overrides: [{match: {name: a}}], profiles: {}}",
];

/// Settings that are refused. Values that only the clients refuse, the schema takes.
const WRONG_SETTINGS: &[&str] = &[
    "agent-host: [a]",
    "agent-host:",
    "agent-port: 5.0",
    "agent-port: 0",
    "agent-port: 65536",
    "agent-port: true",
    "selector: \"\"",
    "selector: [a]",
    "service: \"{x}\"",
    "service: \"{name\"",
    "sampler-param: true",
    "tags: 5",
    "set:",
    "set: {DD_VERSION: null}",
    "tag: [a:b]",
    "keep: [null]",
    "keep: A",
    "allow: [ST999]",
    "allow: [ST0010]",
    "allow: [5]",
    "deny: [x]",
    "deny: ST001",
    "deny: [ST001, ST006]",
    "reset: \"true\"",
    "backend: 5",
    "backend:",
    "profiles:",
    "profiles: {a: null}",
    "profiles: {a: {profiles: {}}}",
    "overrides:",
    "overrides: [{match: {}}]",
    "overrides: [{match: null}]",
    "overrides: [{match: {selector: \"\"}}]",
    "overrides: [{match: {path: [a]}}]",
    "overrides: [{match: {name: a}, agent-port: true}]",
    "overrides: [{match: {name: a}, fail-on: error}]",
    "[]",
    "backend",
    "kind: SeldonTrace",
    "kind: ConfigMap\nbackend: jaeger",
    "apiVersion: seldon-trace.dev/v1\nbackend: jaeger",
    "apiVersion: seldon-trace.dev/v2\nkind: SeldonTrace",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nbackend: jaeger",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nstatus: {}",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nspec: 5",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nspec: {agent-port: true}",
    "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nspec: {apiVersion: seldon-trace.dev/v1, kind: SeldonTrace}",
];

#[test]
fn the_schema_of_settings_agrees_with_the_program() -> Result<()> {
    let schema = printed(&["config", "--schema"])?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("settings.yaml");
    let mut wrong = Vec::new();
    for (texts, status) in [(RIGHT_SETTINGS, 0), (WRONG_SETTINGS, 2)] {
        for text in texts {
            fs::write(&file, text)?;
            let mut command = Command::new(env!("CARGO_BIN_EXE_seldon-trace"));
            let done = command.args(["config", "--config"]).arg(&file).env_clear().output()?;
            if done.status.code() != Some(status) {
                wrong.push(format!("the reader, {text:?}: {}", String::from_utf8_lossy(&done.stderr)));
            }
            let settings: Value = serde_yaml::from_str(text).with_context(|| format!("{text:?}"))?;
            if check(&schema, &settings).is_ok() != (status == 0) {
                wrong.push(format!("the schema, {text:?}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn a_keyword_that_the_validator_does_not_know_fails() {
    for unknown in [json!({ "patternProperties": {} }), json!({ "pattern": "[" }), json!({ "pattern": 5 })] {
        assert!(check(&unknown, &json!("a")).is_err(), "{unknown}");
    }
    assert!(check(&json!({ "pattern": "^a$" }), &json!("a")).is_ok());
    assert!(check(&json!({ "pattern": "^a$" }), &json!(5)).is_ok());
    assert!(check(&json!({ "pattern": "^a$" }), &json!("ab")).is_err());
}

#[test]
fn what_the_schema_of_settings_does_not_allow_is_found() -> Result<()> {
    let right = json!({
        "backend": "jaeger",
        "agent-port": 6831,
        "sample-rate": 0.1,
        "set": { "JAEGER_TAGS": "team=ml", "JAEGER_DISABLED": false },
        "keep": ["A"],
        "reset": true,
        "profiles": { "staging": { "agent-port": "6831" } },
        "overrides": [{ "match": { "path": "models/**" }, "tags": "a:b" }],
    });
    let faults = [
        ("/backend", json!("zipkin")),
        ("/agent-port", json!(70000)),
        ("/agent-port", json!([6831])),
        ("/sample-rate", json!([1])),
        ("/set", json!(["JAEGER_TAGS=a"])),
        ("/set/JAEGER_TAGS", json!({})),
        ("/keep", json!("A")),
        ("/reset", json!("true")),
        ("/profiles", json!([])),
        ("/profiles/staging", json!({ "overrides": [] })),
        ("/overrides/0", json!({ "tags": "a:b" })),
        ("/overrides/0", json!({ "match": {}, "tags": "a:b" })),
        ("/overrides/0", json!({ "match": { "name": "a" }, "fail-on": "error" })),
        ("/overrides/0/match", json!({ "file": "a" })),
        ("/overrides/0/tags", json!(["a:b"])),
    ];
    refuses(&printed(&["config", "--schema"])?, &right, &faults)
}

#[test]
fn the_sarif_of_every_fixture_matches_the_schema() -> Result<()> {
    let schema = serde_json::from_str(SARIF_SCHEMA)?;
    let mut documents = printed_of_every_fixture(SARIF)?;
    let stdin = File::open(Path::new(ROOT).join("fixtures/lint/json/input.yaml"))?;
    documents.push(("standard input".to_owned(), printed_from(stdin, SARIF)?));
    let mut seen = BTreeSet::new();
    for (name, document) in &documents {
        check(&schema, document).with_context(|| name.clone())?;
        let results = document["runs"][0]["results"].as_array().with_context(|| format!("{name}: no results"))?;
        seen.extend(results.iter().filter_map(|result| result["level"].as_str()));
        seen.extend(results.is_empty().then_some("none"));
    }
    ensure!(seen == BTreeSet::from(["error", "none", "note", "warning"]), "only {seen:?}");
    Ok(())
}

#[test]
fn what_the_schema_of_sarif_does_not_allow_is_found() -> Result<()> {
    let location = "/runs/0/results/0/locations/0/physicalLocation";
    let faults = [
        ("/version", Value::from("2.0.0")),
        ("/runs/0/columnKind", Value::from("bytes")),
        ("/runs/0/newlineSequences", json!(["\n", "\n"])),
        ("/runs/0/tool/driver/rules/0", json!({ "shortDescription": { "text": "no id" } })),
        ("/runs/0/results/0", json!({ "ruleId": "ST004" })),
        ("/runs/0/results/0", json!({ "message": { "text": "one more" }, "rule_id": "ST004" })),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/results/0/level", Value::from("info")),
        ("/runs/0/results/0/ruleIndex", Value::from(-2)),
        ("/runs/0/results/0/partialFingerprints", json!({ "seldonTrace/v1": 1 })),
        (location, json!({})),
        (&format!("{location}/region/startLine"), Value::from(0)),
        (&format!("{location}/artifactLocation/uri"), Value::from("a b.yaml")),
    ];
    let right = printed(&[SARIF, &["fixtures/lint/json/input.yaml"]].concat())?;
    refuses(&serde_json::from_str(SARIF_SCHEMA)?, &right, &faults)
}
