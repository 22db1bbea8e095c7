//! Applies a patch by RFC 6902, for the operations that are made here.
//!
//! As in kubectl and the API server, a test finds null for a missing key. The RFC has no test for a missing key.

use serde_json::Value;

use super::Operation;

/// Applies the operations to a document.
///
/// # Errors
/// The first operation that fails.
pub(super) fn apply(mut document: Value, operations: &[Operation]) -> Result<Value, String> {
    for operation in operations {
        step(&mut document, operation).ok_or_else(|| format!("this operation fails: {operation:?}"))?;
    }
    Ok(document)
}

fn step(document: &mut Value, operation: &Operation) -> Option<()> {
    match operation {
        Operation::Test { path, value } => {
            let found = document.pointer(path).or_else(|| missing(document, path))?;
            (found == value).then_some(())
        }
        Operation::Replace { path, value } => {
            *document.pointer_mut(path)? = value.clone();
            Some(())
        }
        Operation::Add { path, value } => {
            let (parent, name) = last(path)?;
            match document.pointer_mut(parent)? {
                Value::Object(members) => {
                    members.insert(name, value.clone());
                }
                Value::Array(items) => {
                    let index = if name == "-" { items.len() } else { index(&name)? };
                    (index <= items.len()).then(|| items.insert(index, value.clone()))?;
                }
                _ => return None,
            }
            Some(())
        }
        Operation::Remove { path } => {
            let (parent, name) = last(path)?;
            match document.pointer_mut(parent)? {
                Value::Object(members) => members.remove(&name).map(drop),
                Value::Array(items) => {
                    let index = index(&name)?;
                    (index < items.len()).then(|| drop(items.remove(index)))
                }
                _ => None,
            }
        }
    }
}

/// Null for a missing key of a mapping.
fn missing(document: &Value, path: &str) -> Option<&'static Value> {
    let (parent, _) = path.rsplit_once('/')?;
    document.pointer(parent)?.is_object().then_some(&Value::Null)
}

/// The path of the parent, and the last name.
fn last(path: &str) -> Option<(&str, String)> {
    let (parent, name) = path.rsplit_once('/')?;
    Some((parent, name.replace("~1", "/").replace("~0", "~")))
}

/// An index by RFC 6901, without a sign and leading zeros.
fn index(name: &str) -> Option<usize> {
    let is_number = name == "0" || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()));
    name.parse().ok().filter(|_| is_number)
}
