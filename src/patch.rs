//! The changes of a resource as a JSON Patch (RFC 6902), for `kubectl patch --type json`.
//!
//! A patch is for the resource in the API server, where aliases and `<<` are resolved and no list is around it. So its
//! values are those of the resource before and after the edit, each parsed from its text. The changes only tell which
//! items of a list are removed and which values are replaced whole. Each patch is applied before it is returned: the
//! result has to be the edited resource.

mod apply;
mod make;

use serde::Serialize;

use crate::changes::Changes;
use crate::manifest::{Deployment, deployments};
use crate::yaml::json::{Json, to_json};
use crate::yaml::{NodeId, Tree};

/// The patch of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The resource's namespace, or `default`.
    pub namespace: String,
    pub name: String,
    /// The operations, in order; none if it does not change.
    pub operations: Vec<Operation>,
}

/// An operation of a patch. A path is a JSON Pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is the operation of RFC 6902 that has its name")]
pub enum Operation {
    Test { path: String, value: Json },
    Add { path: String, value: Json },
    Replace { path: String, value: Json },
    Remove { path: String },
}

/// The patches of all deployments of a tree, in order, also of unchanged ones.
///
/// # Errors
/// The result of a patch is not the edited resource.
pub(crate) fn patches(tree: &Tree<'_>, changes: &Changes, edited: &str) -> Result<Vec<Patch>, String> {
    let before = deployments_of(tree)?;
    if changes.is_empty() {
        return Ok(before.iter().map(|deployment| patch(deployment, Vec::new())).collect());
    }
    let edited = tree.parse_again(edited).map_err(|error| error.fault.to_string())?;
    let after = deployments_of(&edited)?;
    if before.len() != after.len() {
        return Err("the edit adds or removes a resource".to_owned());
    }
    let replaced = make::replaced(tree, changes);
    let pairs = before.iter().zip(&after);
    pairs
        .map(|(before, after)| {
            let (old, new) = (to_json(tree, before.node), to_json(&edited, after.node));
            let operations = make::operations(tree, changes, &replaced, (before.node, &old), &new);
            let patched = apply::apply(old, &operations)?;
            if patched == new {
                Ok(patch(before, operations))
            } else {
                Err("the result of the patch is not the edited resource".to_owned())
            }
        })
        .collect()
}

fn deployments_of<'t>(tree: &'t Tree<'_>) -> Result<Vec<Deployment<'t>>, String> {
    let of = |root: &NodeId| deployments(tree, *root).map_err(|error| error.to_string());
    Ok(tree.roots().iter().map(of).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn patch(deployment: &Deployment<'_>, operations: Vec<Operation>) -> Patch {
    Patch { namespace: deployment.namespace().to_owned(), name: deployment.name().to_owned(), operations }
}

#[cfg(test)]
mod tests;
