//! Applies a patch by RFC 6902, for the operations that are made here.
//!
//! As in kubectl and the API server, a test finds null for a missing key. The RFC has no test for a missing key.

use std::mem;

use super::Operation;
use crate::yaml::json::{Json, member_index};

/// Applies the operations to a document.
///
/// # Errors
/// The first operation that fails.
pub(super) fn apply(mut document: Json, operations: &[Operation]) -> Result<Json, String> {
    for operation in operations {
        step(&mut document, operation).ok_or_else(|| format!("this operation fails: {operation:?}"))?;
    }
    Ok(document)
}

fn step(document: &mut Json, operation: &Operation) -> Option<()> {
    match operation {
        Operation::Test { path, value } => {
            let is_equal = match at(document, path) {
                Some(found) => found == value,
                // A missing key of a mapping is null.
                None => matches!(at(document, last(path)?.0)?, Json::Mapping(_)) && *value == Json::Null,
            };
            is_equal.then_some(())
        }
        Operation::Replace { path, value } => {
            *at(document, path)? = value.clone();
            Some(())
        }
        Operation::Add { path, value } => {
            let (parent, name) = last(path)?;
            match at(document, parent)? {
                Json::Mapping(members) => match member_index(members, &name) {
                    Ok(index) => members[index].1 = value.clone(),
                    Err(index) => {
                        let mut more = mem::take(members).into_vec();
                        more.insert(index, (name.into(), value.clone()));
                        *members = more.into();
                    }
                },
                Json::List(items) => {
                    let index = if name == "-" { items.len() } else { index(&name)? };
                    (index <= items.len()).then(|| items.insert(index, value.clone()))?;
                }
                _ => return None,
            }
            Some(())
        }
        Operation::Remove { path } => {
            let (parent, name) = last(path)?;
            match at(document, parent)? {
                Json::Mapping(members) => {
                    let index = member_index(members, &name).ok()?;
                    let mut fewer = mem::take(members).into_vec();
                    fewer.remove(index);
                    *members = fewer.into();
                    Some(())
                }
                Json::List(items) => {
                    let index = index(&name)?;
                    (index < items.len()).then(|| drop(items.remove(index)))
                }
                _ => None,
            }
        }
    }
}

/// The value at a path.
fn at<'d>(document: &'d mut Json, path: &str) -> Option<&'d mut Json> {
    let (parent, name) = match path {
        "" => return Some(document),
        _ => last(path)?,
    };
    match at(document, parent)? {
        Json::Mapping(members) => {
            let index = member_index(members, &name).ok()?;
            Some(&mut members[index].1)
        }
        Json::List(items) => items.get_mut(index(&name)?),
        _ => None,
    }
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
