//! What is printed for programs is what a JSON Schema says: that of `--format json-schema`.

mod validator;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use validator::check;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const STATUS: &[&str] = &["status", "--format", "json"];
const STATUS_SCHEMA: &[&str] = &["status", "--format", "json-schema"];
const LINT: &[&str] = &["lint", "--fail-on", "never", "--format", "json"];
const LINT_SCHEMA: &[&str] = &["lint", "--format", "json-schema"];

fn printed(arguments: &[&str]) -> Result<Value> {
    let program = env!("CARGO_BIN_EXE_seldon-trace");
    let done = Command::new(program).args(arguments).current_dir(ROOT).env_clear().output()?;
    ensure!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// What is printed of each file of the golden cases, but for those that end in an error.
fn printed_of_every_fixture(arguments: &[&str]) -> Result<Vec<(String, Value)>> {
    let mut all = Vec::new();
    for case in fs::read_dir(Path::new(ROOT).join("fixtures"))? {
        let case = case?.path();
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

/// That a document is as a schema says, and would not be with any of these in it.
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
fn the_json_of_every_fixture_is_what_the_schema_says() -> Result<()> {
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
    let file = "fixtures/status-references-are-named-and-credentials-hidden/input.yaml";
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
    refuses(&printed(LINT_SCHEMA)?, &printed(&[LINT, &["fixtures/lint-json/input.yaml"]].concat())?, &faults)
}
