//! The part of JSON Schema that the schemas here need. An unknown keyword fails the test.
//!
//! The crates that validate JSON Schemas bring licences that `.ci/deny.toml` does not let in, and crates that are here
//! in another version.

use anyhow::{Context, Result, bail, ensure};
use regex_lite::Regex;
use serde_json::{Map, Value};

/// The differences of a document from its schema.
pub fn check(schema: &Value, document: &Value) -> Result<()> {
    check_value(schema, schema, document, "")
}

fn check_value(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<()> {
    let keywords = match schema {
        Value::Bool(allows) => {
            ensure!(*allows, "{at}: the schema has no such property");
            return Ok(());
        }
        _ => schema.as_object().with_context(|| format!("{at}: the schema is no object"))?,
    };
    for (keyword, said) in keywords {
        let holds = match (keyword.as_str(), said) {
            ("$schema" | "$id" | "$defs" | "definitions" | "title" | "description" | "default", _) => true,
            ("$ref", Value::String(path)) => {
                let pointer = path.strip_prefix('#').with_context(|| format!("{path} leads elsewhere"))?;
                let target = root.pointer(pointer).with_context(|| format!("nothing at {path}"))?;
                check_value(root, target, value, at)?;
                true
            }
            ("type", Value::String(name)) => has_type(value, name)?,
            ("type", Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                names.map(|name| has_type(value, name)).collect::<Result<Vec<_>>>()?.contains(&true)
            }
            ("const", wanted) => value == wanted,
            ("enum", Value::Array(allowed)) => allowed.contains(value),
            ("minimum", Value::Number(least)) => !value.is_number() || value.as_f64() >= least.as_f64(),
            ("maximum", Value::Number(most)) => !value.is_number() || value.as_f64() <= most.as_f64(),
            ("minProperties", Value::Number(least)) => {
                value.as_object().is_none_or(|object| Some(object.len() as u64) >= least.as_u64())
            }
            ("format", Value::String(name)) => has_format(value, name)?,
            ("pattern", Value::String(pattern)) => {
                let pattern = Regex::new(pattern).with_context(|| format!("{at}: no pattern: {pattern}"))?;
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            ("anyOf", Value::Array(schemas)) => {
                schemas.iter().any(|schema| check_value(root, schema, value, at).is_ok())
            }
            ("required", Value::Array(names)) => value
                .as_object()
                .is_some_and(|object| names.iter().filter_map(Value::as_str).all(|name| object.contains_key(name))),
            ("minItems", Value::Number(least)) => value.as_array().map(|items| items.len() as u64) >= least.as_u64(),
            ("uniqueItems", Value::Bool(wanted)) => {
                let items: Vec<&Value> = value.as_array().into_iter().flatten().collect();
                let is_new = |(index, item): (usize, &&Value)| !items[..index].contains(item);
                !wanted || items.iter().enumerate().all(is_new)
            }
            ("items", schema) => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check_value(root, schema, item, &format!("{at}[{index}]"))?;
                }
                true
            }
            ("properties", Value::Object(schemas)) => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = schemas.get(name) {
                        check_value(root, schema, inner, &format!("{at}.{name}"))?;
                    } else {
                        // Our schemas let later versions add properties; this version has none that they do not name.
                        ensure!(keywords.contains_key("additionalProperties"), "{at}: the schema has no {name}");
                    }
                }
                true
            }
            ("additionalProperties", schema) => {
                let named = keywords.get("properties").and_then(Value::as_object);
                let is_additional = |name: &str| !named.is_some_and(|named: &Map<_, _>| named.contains_key(name));
                for (name, inner) in value.as_object().into_iter().flatten().filter(|(name, _)| is_additional(name)) {
                    check_value(root, schema, inner, &format!("{at}.{name}"))?;
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
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        _ => bail!("what is the type {name}?"),
    })
}

fn has_format(value: &Value, name: &str) -> Result<bool> {
    let text = value.as_str().unwrap_or_default();
    Ok(match name {
        "uri" => is_uri_reference(text) && scheme(text).is_some(),
        "uri-reference" => is_uri_reference(text),
        _ => bail!("what is the format {name}?"),
    })
}

/// The characters of a URI by RFC 3986, and a colon only after a possible scheme.
fn is_uri_reference(text: &str) -> bool {
    let is_right = |(at, byte): (usize, u8)| match byte {
        b'%' => text.as_bytes().get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
        _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
    };
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    text.bytes().enumerate().all(is_right) && (!first.contains(':') || scheme(text).is_some())
}

fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let is_right = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    (scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(is_right)).then_some(scheme)
}

#[test]
fn a_uri_has_its_other_characters_escaped() {
    for right in ["", "a.yaml", "../a%20b/%C3%A9.yaml", "file:///a.yaml", "a/b:c", "https://example.org/?a#b"] {
        assert!(is_uri_reference(right), "{right}");
    }
    for wrong in ["a b", "é", "50%.yaml", "%2", "a\\b", "1:2.yaml", ":"] {
        assert!(!is_uri_reference(wrong), "{wrong}");
    }
    assert!(scheme("https://example.org").is_some() && scheme("example.org/a:b").is_none());
}
