//! Volumes mounted in a container, for the files and sockets that variables name.

use std::collections::HashSet;

use super::PredictorPods;
use crate::manifest::{Role, Unit, Variable, is_placeholder, value_of};
use crate::yaml::{NodeId, Tree};

/// The path at which the operator mounts a volume with the model, in the container of a node that has one.
const MODELS: &str = "/mnt/models";

pub(crate) const NOT_MOUNTED: &str = "no volume is mounted there";
const NO_VOLUME: &str = "the pod lacks the volume that is mounted there, so that the API server refuses it";
const NO_MOUNT: &str = "the orchestrator can have no volume";

/// The volumes of a pod.
#[derive(Debug, Default)]
pub(super) struct PodVolumes<'t> {
    names: HashSet<&'t str>,
    /// True if it may have volumes with other names, such as those of a merge key `<<`, which is not searched.
    may_have_more: bool,
}

impl<'t> PodVolumes<'t> {
    pub(super) fn of(tree: &'t Tree<'_>, spec: NodeId) -> Self {
        let volumes = value_of(tree, spec, "volumes").map_or(&[][..], |list| tree.items(list));
        let mut found = Self { may_have_more: has_merge_key(tree, spec), ..Self::default() };
        for volume in volumes {
            match value_of(tree, *volume, "name").and_then(|name| tree.scalar_text(name)) {
                Some(name) if !is_placeholder(name, true) => found.names.extend([name]),
                _ => found.may_have_more = true,
            }
        }
        found
    }

    fn may_have(&self, name: &str) -> bool {
        self.may_have_more || self.names.contains(name) || is_placeholder(name, true)
    }
}

fn has_merge_key(tree: &Tree<'_>, mapping: NodeId) -> bool {
    tree.entries(mapping).any(|(key, _)| tree.is_merge_key(key))
}

impl PredictorPods<'_> {
    /// The reason why a path does not exist in the container of a unit; `None` if a volume is or may be mounted over it.
    pub(crate) fn why_not_mounted(&self, tree: &Tree<'_>, unit: &Unit<'_>, path: &str) -> Option<&'static str> {
        let container = unit.node;
        let is_over = |mount: &str| {
            let below = path.strip_prefix(mount.trim_end_matches('/'));
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        };
        let text = |item: NodeId, key: &str| value_of(tree, item, key).and_then(|value| tree.scalar_text(value));
        if has_merge_key(tree, container) || is_over(MODELS) {
            return None;
        }
        let mounts = value_of(tree, container, "volumeMounts").map_or(&[][..], |list| tree.items(list));
        let mut over = mounts.iter().filter(|item| text(**item, "mountPath").is_some_and(is_over)).peekable();
        if over.peek().is_none() {
            return Some(NOT_MOUNTED);
        }
        let volumes = self.volumes_of(unit)?;
        // The API server rejects the pod at the first missing volume.
        over.any(|item| text(*item, "name").is_some_and(|name| !volumes.may_have(name))).then_some(NO_VOLUME)
    }

    /// The reason why the socket of DD_TRACE_AGENT_URL does not exist.
    pub(crate) fn why_no_socket(&self, tree: &Tree<'_>, unit: &Unit<'_>, url: &Variable<'_>) -> Option<&'static str> {
        let is_shown = !url.is_reference() && !url.is_placeholder() && !url.value.contains("$(");
        let (scheme, path) = url.value.split_once("://").filter(|_| is_shown)?;
        if !scheme.eq_ignore_ascii_case("unix") {
            return None;
        }
        match unit.role {
            // The orchestrator that the operator adds.
            Role::SvcOrchSpec(_) => Some(NO_MOUNT),
            _ => self.why_not_mounted(tree, unit, path),
        }
    }
}
