//! Settings that stand in a resource, as a KRM function and kustomize's plugins are given them: a SeldonTrace with the
//! settings for its `spec`, or a ConfigMap with them for its `data`.

use super::layer::unknown;
use super::{Fault, Spot};
use crate::manifest::value_of;
use crate::yaml::{NodeId, ScalarKind, Tree};

const API_VERSION: &str = "seldon-trace.dev/v1";
const KIND: &str = "SeldonTrace";

/// What a SeldonTrace may hold.
const FIELDS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];

/// The node at which the settings of a file stand: in a SeldonTrace its `spec`, else the root.
pub(super) fn settings_of(tree: &Tree<'_>, root: NodeId) -> Result<Option<NodeId>, Fault> {
    match says(tree, root, "kind") {
        Some(KIND) => of_seldon_trace(tree, root),
        _ => Ok(Some(root)),
    }
}

/// The node at which the settings of a KRM function stand that is called with this ResourceList.
pub(super) fn settings_of_call(tree: &Tree<'_>, list: NodeId) -> Result<Option<NodeId>, Fault> {
    let Some(config) = value_of(tree, list, "functionConfig").filter(|node| says_something(tree, *node)) else {
        return Ok(None);
    };
    match says(tree, config, "kind") {
        Some(KIND) => of_seldon_trace(tree, config),
        // What `kustomize fn run … -- backend=jaeger` makes of its arguments.
        Some("ConfigMap") => Ok(value_of(tree, config, "data").filter(|node| says_something(tree, *node))),
        _ => {
            let node = value_of(tree, config, "kind").unwrap_or(config);
            let message = "a functionConfig that is neither a SeldonTrace nor a ConfigMap";
            let help = format!("write `apiVersion: {API_VERSION}`, `kind: {KIND}`, and the settings under `spec`");
            Err(Fault::at(Spot::of(tree, node), message, help))
        }
    }
}

fn of_seldon_trace(tree: &Tree<'_>, resource: NodeId) -> Result<Option<NodeId>, Fault> {
    if says(tree, resource, "apiVersion") != Some(API_VERSION) {
        let node = value_of(tree, resource, "apiVersion").unwrap_or(resource);
        let message = format!("a {KIND} of another version than {API_VERSION}");
        return Err(Fault::at(Spot::of(tree, node), message, format!("write `apiVersion: {API_VERSION}`")));
    }
    for (key, _) in tree.entries(resource) {
        if !tree.scalar_text(key).is_some_and(|name| FIELDS.contains(&name)) {
            return Err(unknown(tree, key, FIELDS.into_iter()));
        }
    }
    Ok(value_of(tree, resource, "spec").filter(|node| says_something(tree, *node)))
}

fn says<'t>(tree: &'t Tree<'_>, mapping: NodeId, key: &str) -> Option<&'t str> {
    value_of(tree, mapping, key).and_then(|value| tree.scalar_text(value))
}

fn says_something(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.scalar_kind(node) != ScalarKind::Null
}
