//! Volumes mounted in a container, for the files and sockets that variables name.

use crate::manifest::{Role, Unit, Variable, is_placeholder, value_of};
use crate::yaml::{NodeId, Tree};

/// The path at which the operator mounts a volume with the model, in the container of a node that has one.
const MODELS: &str = "/mnt/models";

/// With more volumes, a pod is not searched.
const MAX_VOLUMES: usize = 1000;

pub(crate) const NOT_MOUNTED: &str = "no volume is mounted there";
const NO_VOLUME: &str = "the pod lacks the volume that is mounted there, so that the API server refuses it";
const NO_MOUNT: &str = "the orchestrator can have no volume";

/// The reason why a path does not exist in the container of a unit; `None` if a volume is or may be mounted over it.
pub(crate) fn why_not_mounted(tree: &Tree<'_>, unit: &Unit<'_>, path: &str) -> Option<&'static str> {
    let container = unit.node;
    let is_over = |mount: &str| {
        let below = path.strip_prefix(mount.trim_end_matches('/'));
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    };
    // The entries of a merge key `<<` are not searched.
    let has_merge_key = |mapping: NodeId| tree.entries(mapping).any(|(key, _)| tree.is_merge_key(key));
    let text = |item: NodeId, key: &str| value_of(tree, item, key).and_then(|value| tree.scalar_text(value));
    if has_merge_key(container) || is_over(MODELS) {
        return None;
    }
    let mounts = value_of(tree, container, "volumeMounts").map_or(&[][..], |list| tree.items(list));
    let mut over = mounts.iter().filter(|item| text(**item, "mountPath").is_some_and(is_over)).peekable();
    if over.peek().is_none() {
        return Some(NOT_MOUNTED);
    }
    let pod = match unit.role {
        Role::Server { place, .. } | Role::OwnOrchestrator(place) | Role::Sidecar(place) => place.spec,
        _ => return None,
    };
    let volumes = value_of(tree, pod, "volumes").map_or(&[][..], |list| tree.items(list));
    if has_merge_key(pod) || volumes.len() > MAX_VOLUMES {
        return None;
    }
    let has_volume = |name: &str| {
        is_placeholder(name, true)
            || volumes
                .iter()
                .any(|volume| text(*volume, "name").is_none_or(|volume| volume == name || is_placeholder(volume, true)))
    };
    // The API server rejects the pod at the first missing volume.
    over.any(|item| text(*item, "name").is_some_and(|name| !has_volume(name))).then_some(NO_VOLUME)
}

/// The reason why the socket of DD_TRACE_AGENT_URL does not exist.
pub(crate) fn why_no_socket(tree: &Tree<'_>, unit: &Unit<'_>, url: &Variable<'_>) -> Option<&'static str> {
    let is_shown = !url.is_reference() && !url.is_placeholder() && !url.value.contains("$(");
    let (scheme, path) = url.value.split_once("://").filter(|_| is_shown)?;
    if !scheme.eq_ignore_ascii_case("unix") {
        return None;
    }
    match unit.role {
        // The orchestrator that the operator adds.
        Role::SvcOrchSpec(_) => Some(NO_MOUNT),
        _ => why_not_mounted(tree, unit, path),
    }
}
