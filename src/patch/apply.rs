//! A patch applied, as RFC 6902 has it: of its operations those that are made here.
//!
//! In one thing it is as kubectl and the API server have it, whom a patch is for: to a test, a key that is missing is
//! null. The RFC leaves no way to ask that a key is missing.

use serde_json::Value;

use super::Operation;

/// What comes of a document.
///
/// # Errors
/// Where an operation can't be done, or a test fails.
pub(super) fn apply(mut document: Value, operations: &[Operation]) -> Result<Value, String> {
    for operation in operations {
        step(&mut document, operation).ok_or_else(|| format!("this fails: {operation:?}"))?;
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

/// What a test finds in place of a key that a mapping has not.
fn missing(document: &Value, path: &str) -> Option<&'static Value> {
    let (parent, _) = path.rsplit_once('/')?;
    document.pointer(parent)?.is_object().then_some(&Value::Null)
}

/// Where the last step of a path is taken from, and its name.
fn last(path: &str) -> Option<(&str, String)> {
    let (parent, name) = path.rsplit_once('/')?;
    Some((parent, name.replace("~1", "/").replace("~0", "~")))
}

/// A number of RFC 6901, which has no sign and no leading zero.
fn index(name: &str) -> Option<usize> {
    let is_number = name == "0" || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()));
    name.parse().ok().filter(|_| is_number)
}
