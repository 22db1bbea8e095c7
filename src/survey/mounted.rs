//! Volumes mounted in a container, for the files and sockets that variables name.

use std::collections::HashMap;

use super::PredictorPods;
use crate::knowledge::parts::is_library_image;
use crate::manifest::{Role, Unit, Variable, is_placeholder, items_of, text_of, value_of};
use crate::yaml::{NodeId, Tree};

/// The path at which the operator mounts a volume with the model, in the container of a node that has one.
const MODELS: &str = "/mnt/models";

const NOT_FILLED: &str = "no other container has the volume that is mounted there";
/// The name of the socket of Datadog's agent for metrics.
const METRICS_SOCKET: &str = "dsd.socket";

/// The reason why no span can be sent to that.
const FOR_METRICS: &str = "dsd.socket is the agent's for metrics";

const NO_MOUNT: &str = "the orchestrator can have no volume";

/// The reason why a path does not exist in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unmounted {
    /// No volume is mounted there.
    NoMount,
    /// The pod lacks the volume.
    NoVolume,
}

impl Unmounted {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::NoMount => "no volume is mounted there",
            Self::NoVolume => "the pod lacks the volume that is mounted there, so that the API server refuses it",
        }
    }
}

/// The volumes of a pod and who mounts them, read once for all its containers.
#[derive(Debug, Default)]
pub(super) struct PodVolumes<'t> {
    named: HashMap<&'t str, NamedVolume>,
    /// True if it may have volumes with other names, such as those of a merge key `<<`, which is not searched.
    may_have_more: bool,
    /// True if the pod has a merge key.
    is_merged: bool,
    /// The containers with a merge key, which may mount any volume.
    merged_containers: Vec<NodeId>,
    /// The image of the init container with Datadog's library, and its node.
    pub(super) library: Option<(NodeId, &'t str)>,
}

/// A volume of a pod.
#[derive(Debug, Default)]
struct NamedVolume {
    is_empty_dir: bool,
    /// The containers that mount it.
    containers: Vec<NodeId>,
    /// True if the init container with Datadog's library mounts it.
    is_mounted_by_library: bool,
    /// The same, or perhaps.
    has_library: bool,
}

impl<'t> PodVolumes<'t> {
    pub(super) fn of(tree: &'t Tree<'_>, spec: NodeId) -> Self {
        let is_merged = has_merge_key(tree, spec);
        let mut found = Self { may_have_more: is_merged, is_merged, ..Self::default() };
        for volume in items_of(tree, spec, "volumes") {
            let name = text_of(tree, *volume, "name");
            found.may_have_more |= name.is_none_or(|name| is_placeholder(name, true));
            let is_empty_dir = value_of(tree, *volume, "emptyDir").is_some();
            let new = || NamedVolume { is_empty_dir: true, ..NamedVolume::default() };
            if let Some(name) = name {
                found.named.entry(name).or_insert_with(new).is_empty_dir &= is_empty_dir;
            }
        }
        let inits = items_of(tree, spec, "initContainers");
        // Most pods have no volume.
        let containers = if found.named.is_empty() { &[][..] } else { items_of(tree, spec, "containers") };
        for container in inits.iter().chain(containers).map(|item| tree.resolve(*item)) {
            if has_merge_key(tree, container) {
                found.merged_containers.push(container);
            }
            let mounts = items_of(tree, container, "volumeMounts").iter();
            for name in mounts.filter_map(|mount| text_of(tree, *mount, "name")) {
                let containers = found.named.get_mut(name).map(|volume| &mut volume.containers);
                // A container may mount a volume many times.
                if let Some(containers) = containers.filter(|all| all.last() != Some(&container)) {
                    containers.push(container);
                }
            }
        }
        let library = inits.iter().find_map(|container| {
            let image = value_of(tree, *container, "image")?;
            let text = tree.scalar_text(image).filter(|text| is_library_image(text))?;
            found.library = Some((image, text));
            Some(tree.resolve(*container))
        });
        // Each is asked for by every container.
        let is_merged = library.is_some_and(|library| found.merged_containers.contains(&library));
        for volume in found.named.values_mut() {
            volume.is_mounted_by_library = library.is_some_and(|library| volume.containers.contains(&library));
            volume.has_library = is_merged || volume.is_mounted_by_library;
        }
        found
    }

    fn may_have(&self, name: &str) -> bool {
        self.may_have_more || self.named.contains_key(name) || is_placeholder(name, true)
    }
}

/// Returns true if a path is that of a mount, or in its folder.
fn is_below(path: &str, mount: &str) -> bool {
    let below = path.strip_prefix(mount.trim_end_matches('/'));
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

fn has_merge_key(tree: &Tree<'_>, mapping: NodeId) -> bool {
    tree.entries(mapping).any(|(key, _)| tree.is_merge_key(key))
}

/// The mounts of a container over a path.
fn mounts_over(tree: &Tree<'_>, container: NodeId, path: &str) -> impl Iterator<Item = NodeId> {
    let is_over = move |item: &NodeId| text_of(tree, *item, "mountPath").is_some_and(|mount| is_below(path, mount));
    items_of(tree, container, "volumeMounts").iter().copied().filter(is_over)
}

/// Returns true if a container has a mount over a folder or in it.
pub(super) fn has_mount_at(tree: &Tree<'_>, container: NodeId, folder: &str) -> bool {
    let paths = items_of(tree, container, "volumeMounts").iter().filter_map(|item| text_of(tree, *item, "mountPath"));
    paths.into_iter().any(|mount| is_below(folder, mount) || is_below(mount, folder))
}

impl PredictorPods<'_> {
    /// The reason why a path does not exist in the container of a unit; `None` if a volume is or may be mounted over it.
    pub(crate) fn why_not_mounted(&self, tree: &Tree<'_>, unit: &Unit<'_>, path: &str) -> Option<Unmounted> {
        if has_merge_key(tree, unit.node) || is_below(path, MODELS) {
            return None;
        }
        let mut over = mounts_over(tree, unit.node, path).peekable();
        if over.peek().is_none() {
            return Some(Unmounted::NoMount);
        }
        let volumes = self.volumes_of(unit)?;
        // The API server rejects the pod at the first missing volume.
        let is_missing = |item| text_of(tree, item, "name").is_some_and(|name| !volumes.may_have(name));
        over.any(is_missing).then_some(Unmounted::NoVolume)
    }

    /// Returns true if an empty volume is mounted over a path, and no other container of the pod can write to it.
    pub(super) fn is_never_filled(&self, tree: &Tree<'_>, unit: &Unit<'_>, path: &str) -> bool {
        let Some(volumes) = self.volumes_of(unit) else { return false };
        let container = tree.resolve(unit.node);
        let is_alone = |containers: &[NodeId]| containers.iter().all(|other| *other == container);
        let names = mounts_over(tree, container, path).filter_map(|item| text_of(tree, item, "name"));
        let mut mounted = names.filter_map(|name| volumes.named.get(name)).peekable();
        !volumes.is_merged
            && is_alone(&volumes.merged_containers)
            && mounted.peek().is_some()
            && mounted.all(|volume| volume.is_empty_dir && is_alone(&volume.containers))
    }

    /// Returns true if the init container with Datadog's library has, or may have, a volume that a unit mounts over a
    /// path.
    pub(super) fn shares_library(&self, tree: &Tree<'_>, unit: &Unit<'_>, path: &str) -> bool {
        let Some(volumes) = self.volumes_of(unit) else { return false };
        let mut names = mounts_over(tree, unit.node, path).filter_map(|item| text_of(tree, item, "name"));
        has_merge_key(tree, unit.node)
            || names.any(|name| volumes.named.get(name).is_none_or(|volume| volume.has_library))
    }

    /// The mount of the volume that the init container with Datadog's library has too, and its folder.
    pub(crate) fn library_mount<'a>(&self, tree: &'a Tree<'_>, unit: &Unit<'_>) -> Option<(NodeId, &'a str)> {
        let volumes = self.volumes_of(unit).filter(|volumes| volumes.library.is_some())?;
        items_of(tree, tree.resolve(unit.node), "volumeMounts").iter().find_map(|mount| {
            let volume = volumes.named.get(text_of(tree, *mount, "name")?)?;
            volume.is_mounted_by_library.then_some((*mount, text_of(tree, *mount, "mountPath")?))
        })
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
            _ if path.rsplit('/').next() == Some(METRICS_SOCKET) => Some(FOR_METRICS),
            _ => {
                let never_filled = || self.is_never_filled(tree, unit, path).then_some(NOT_FILLED);
                self.why_not_mounted(tree, unit, path).map(Unmounted::reason).or_else(never_filled)
            }
        }
    }
}
