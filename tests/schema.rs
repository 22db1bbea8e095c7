//! What `status --format json` prints is what the JSON Schema says that the program prints.
//!
//! The crates that validate JSON Schemas bring some sixty others. The schema needs a handful of keywords, and a keyword
//! that this does not know fails the test.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn printed(arguments: &[&str]) -> Result<Value> {
    let program = env!("CARGO_BIN_EXE_seldon-trace");
    let done = Command::new(program).args(arguments).current_dir(ROOT).env_clear().output()?;
    ensure!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// What of a value is not as a schema says.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<()> {
    for (keyword, said) in schema.as_object().with_context(|| format!("{at}: the schema is no object"))? {
        let holds = match (keyword.as_str(), said) {
            ("$schema" | "$defs" | "title" | "description", _) => true,
            ("$ref", Value::String(path)) => {
                let pointer = path.strip_prefix('#').with_context(|| format!("{path} leads elsewhere"))?;
                let target = root.pointer(pointer).with_context(|| format!("nothing at {path}"))?;
                check(root, target, value, at)?;
                true
            }
            ("type", Value::String(name)) => has_type(value, name)?,
            ("type", Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                names.map(|name| has_type(value, name)).collect::<Result<Vec<_>>>()?.contains(&true)
            }
            ("const", wanted) => value == wanted,
            ("enum", Value::Array(allowed)) => allowed.contains(value),
            ("minimum", Value::Number(least)) => value.as_f64() >= least.as_f64(),
            ("anyOf", Value::Array(schemas)) => schemas.iter().any(|schema| check(root, schema, value, at).is_ok()),
            ("required", Value::Array(names)) => value
                .as_object()
                .is_some_and(|object| names.iter().filter_map(Value::as_str).all(|name| object.contains_key(name))),
            ("items", schema) => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, schema, item, &format!("{at}[{index}]"))?;
                }
                true
            }
            ("properties", Value::Object(schemas)) => {
                // The schema lets later versions add properties; this version has none that it does not name.
                for (name, inner) in value.as_object().into_iter().flatten() {
                    let schema = schemas.get(name).with_context(|| format!("{at}: the schema has no {name}"))?;
                    check(root, schema, inner, &format!("{at}.{name}"))?;
                }
                true
            }
            _ => bail!("{at}: what does {keyword}: {said} mean?"),
        };
        ensure!(holds, "{at}: {value} is not {keyword}: {said}");
    }
    Ok(())
}

fn has_type(value: &Value, name: &str) -> Result<bool> {
    Ok(match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        _ => bail!("what is the type {name}?"),
    })
}

#[test]
fn the_json_of_every_fixture_is_what_the_schema_says() -> Result<()> {
    let schema = printed(&["status", "--format", "json-schema"])?;
    let mut checked = 0;
    for case in fs::read_dir(Path::new(ROOT).join("fixtures"))? {
        let case = case?.path();
        if case.join("status").exists() {
            continue;
        }
        for file in fs::read_dir(&case)? {
            let file = file?.path();
            let name = file.to_str().context("a name that is not UTF-8")?;
            if [".yaml", ".json"].iter().any(|end| name.ends_with(end)) {
                check(&schema, &schema, &printed(&["status", "--format", "json", name])?, name)?;
                checked += 1;
            }
        }
    }
    ensure!(checked >= 100, "only {checked} files in fixtures/");
    Ok(())
}

#[test]
fn what_the_schema_does_not_allow_is_found() -> Result<()> {
    let schema = printed(&["status", "--format", "json-schema"])?;
    let file = "fixtures/status-references-are-named-and-credentials-hidden/input.yaml";
    let right = printed(&["status", "--format", "json", file])?;
    check(&schema, &schema, &right, "right")?;
    for (pointer, wrong) in [
        ("/version", Value::from(2)),
        ("/deployments/0/line", Value::from(0)),
        ("/deployments/0/tracing", Value::from("perhaps")),
        ("/deployments/0/targets/0/agent/host", Value::from("localhost")),
        ("/deployments/0/targets/0/service", Value::from("name")),
        ("/summary", Value::Null),
    ] {
        let mut document = right.clone();
        *document.pointer_mut(pointer).with_context(|| format!("nothing at {pointer}"))? = wrong;
        ensure!(check(&schema, &schema, &document, "wrong").is_err(), "{pointer} may be anything");
    }
    Ok(())
}
