//! Volumes mounted in a container, for the files and sockets that variables name.

use std::collections::HashSet;

use super::PredictorPods;
use crate::manifest::{Role, Unit, Variable, is_placeholder, value_of};
use crate::yaml::{NodeId, Tree};

/// The path at which the operator mounts a volume with the model, in the container of a node that has one.
const MODELS: &str = "/mnt/models";

pub(crate) const NOT_MOUNTED: &str = "no volume is mounted there";
const NO_VOLUME: &str = "the pod lacks the volume that is mounted there, so that the API server refuses it";
const NOT_FILLED: &str = "no other container has the volume that is mounted there";
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
        let volumes = list(tree, spec, "volumes");
        let mut found = Self { may_have_more: has_merge_key(tree, spec), ..Self::default() };
        for volume in volumes {
            match text(tree, *volume, "name") {
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

/// The text of an entry of a mapping.
fn text<'t>(tree: &'t Tree<'_>, item: NodeId, key: &str) -> Option<&'t str> {
    value_of(tree, item, key).and_then(|value| tree.scalar_text(value))
}

fn list<'t>(tree: &'t Tree<'_>, mapping: NodeId, key: &str) -> &'t [NodeId] {
    value_of(tree, mapping, key).map_or(&[], |list| tree.items(list))
}

/// Returns true if a path is that of a mount, or in its folder.
fn is_below(path: &str, mount: &str) -> bool {
    let below = path.strip_prefix(mount.trim_end_matches('/'));
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

fn has_merge_key(tree: &Tree<'_>, mapping: NodeId) -> bool {
    tree.entries(mapping).any(|(key, _)| tree.is_merge_key(key))
}

impl PredictorPods<'_> {
    /// The reason why a path does not exist in the container of a unit; `None` if a volume is or may be mounted over it.
    pub(crate) fn why_not_mounted(&self, tree: &Tree<'_>, unit: &Unit<'_>, path: &str) -> Option<&'static str> {
        let container = unit.node;
        let is_over = |mount: &str| is_below(path, mount);
        if has_merge_key(tree, container) || is_over(MODELS) {
            return None;
        }
        let mounts = list(tree, container, "volumeMounts");
        let mut over = mounts.iter().filter(|item| text(tree, **item, "mountPath").is_some_and(is_over)).peekable();
        if over.peek().is_none() {
            return Some(NOT_MOUNTED);
        }
        let volumes = self.volumes_of(unit)?;
        // The API server rejects the pod at the first missing volume.
        over.any(|item| text(tree, *item, "name").is_some_and(|name| !volumes.may_have(name))).then_some(NO_VOLUME)
    }

    /// Returns true if an empty volume is mounted over a path, and no other container of the pod can write to it.
    pub(super) fn is_never_filled(&self, tree: &Tree<'_>, unit: &Unit<'_>, path: &str) -> bool {
        let (Role::Server { place, .. } | Role::OwnOrchestrator(place) | Role::Sidecar(place)) = unit.role else {
            return false;
        };
        let container = tree.resolve(unit.node);
        let mounts = list(tree, container, "volumeMounts").iter();
        let over = mounts.filter(|item| text(tree, **item, "mountPath").is_some_and(|mount| is_below(path, mount)));
        let names: Vec<&str> = over.filter_map(|item| text(tree, *item, "name")).collect();
        let is_ours = |item: NodeId| text(tree, item, "name").is_some_and(|name| names.contains(&name));
        let mut ours = list(tree, place.spec, "volumes").iter().filter(|volume| is_ours(**volume)).peekable();
        let others = ["initContainers", "containers"].into_iter().flat_map(|key| list(tree, place.spec, key));
        let mut others = others.map(|other| tree.resolve(*other)).filter(|other| *other != container);
        let may_write = |other: NodeId| {
            has_merge_key(tree, other) || list(tree, other, "volumeMounts").iter().any(|mount| is_ours(*mount))
        };
        ours.peek().is_some()
            && ours.all(|volume| value_of(tree, *volume, "emptyDir").is_some())
            && !has_merge_key(tree, place.spec)
            && !others.any(may_write)
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
            _ => {
                let never_filled = || self.is_never_filled(tree, unit, path).then_some(NOT_FILLED);
                self.why_not_mounted(tree, unit, path).or_else(never_filled)
            }
        }
    }
}
