//! Volumes that only trace, with their mounts: each is recognized by its shape.

use std::collections::BTreeSet;

use super::env::own_key;
use super::parts::{is_shape, named_item};
use super::{Planner, Remark};
use crate::changes::Part;
use crate::diagnostic::Diagnostic;
use crate::knowledge::parts::{CONFIG_VOLUME, LIBRARY_VOLUME, MountedVolume};
use crate::manifest::text_of;
use crate::yaml::sharing::{effective_items, effective_value};
use crate::yaml::{NodeId, Tree};

/// The pods of a predictor whose containers get a volume, or lose it, in this run.
#[derive(Debug, Default)]
pub(super) struct MountedPods {
    /// By `spec`; `None` is the first pod, if its `spec` is to be made.
    pub with: BTreeSet<Option<NodeId>>,
    pub without: BTreeSet<NodeId>,
}

impl MountedVolume {
    /// The mounts in a container, which may be more than one by mistake: the list and the indexes.
    fn mounts_in(&self, tree: &Tree<'_>, container: NodeId) -> Vec<(NodeId, usize)> {
        let Some(list) = effective_value(tree, container, "volumeMounts") else { return Vec::new() };
        let items = tree.items(list).iter().enumerate();
        items.filter(|(_, item)| is_shape(tree, **item, &self.mount())).map(|(index, _)| (list, index)).collect()
    }

    /// Returns true if it is mounted in a container.
    pub(super) fn is_in(&self, tree: &Tree<'_>, container: NodeId) -> bool {
        !self.mounts_in(tree, container).is_empty()
    }

    /// A mount of the same name or folder that is not this one.
    fn conflict_in(&self, tree: &Tree<'_>, container: NodeId) -> Option<NodeId> {
        let mounts = effective_items(tree, container, "volumeMounts");
        let is_there = |item: &&NodeId| {
            text_of(tree, **item, "name") == Some(self.name)
                || text_of(tree, **item, "mountPath").is_some_and(|path| path.trim_end_matches('/') == self.folder)
        };
        let is_other = |item: &&NodeId| !is_shape(tree, **item, &self.mount());
        mounts.iter().filter(is_other).find(is_there).copied()
    }
}

/// The remark on a part of the author's that has the name of one of this program.
pub(super) fn not_ours(node: NodeId, name: &str) -> Remark {
    Remark::new(node, format!("{name} is not as seldon-trace writes it, and stays"))
}

impl<'t> Planner<'t, '_> {
    /// Plans the mount of a volume in a container, or its removal.
    pub(super) fn set_mount(
        &mut self,
        volume: &MountedVolume,
        pods: &mut MountedPods,
        is_wanted: bool,
        (container, spec): (NodeId, NodeId),
    ) -> Result<(), Diagnostic> {
        let mounts = volume.mounts_in(self.tree, container);
        match (is_wanted, mounts.is_empty()) {
            (true, true) => {
                if let Some(node) = volume.conflict_in(self.tree, container) {
                    return Err(self.taken(
                        node,
                        &format!("a volume mount with the name {} or the path {}", volume.name, volume.folder),
                    ));
                }
                self.current.additions.mount(container, volume.mount());
                pods.with.insert(Some(spec));
            }
            (true, false) => {
                pods.with.insert(Some(spec));
            }
            (false, false) => {
                mounts.into_iter().for_each(|mount| self.remove_part(container, "volumeMounts", mount));
                pods.without.insert(spec);
            }
            (false, true) => {}
        }
        Ok(())
    }

    /// Returns true if one of these containers of a pod mounts a volume after the change.
    pub(super) fn is_mounted_in(&self, spec: NodeId, key: &str, volume: &MountedVolume) -> bool {
        let Some(containers) = effective_value(self.tree, spec, key) else { return false };
        let stays = |list: NodeId, index: usize| self.draft.of_part(list, index) != Some(&Part::Remove);
        let is_mount = |item: NodeId| text_of(self.tree, item, "name") == Some(volume.name);
        self.tree.items(containers).iter().enumerate().any(|(at, container)| {
            let mounts = effective_value(self.tree, self.tree.resolve(*container), "volumeMounts");
            stays(containers, at)
                && mounts.is_some_and(|list| {
                    let mut items = self.tree.items(list).iter().enumerate();
                    items.any(|(index, item)| is_mount(*item) && stays(list, index))
                })
        })
    }

    /// The remarks on mounts of a container that have the name or the folder of a mount of this program, and not both.
    pub(super) fn other_mounts(&self, container: NodeId) -> Vec<Remark> {
        let volumes = [&LIBRARY_VOLUME, &CONFIG_VOLUME].into_iter();
        let other = |volume: &MountedVolume| {
            let node = volume.conflict_in(self.tree, container)?;
            let name = text_of(self.tree, node, "name");
            Some(not_ours(node, if name == Some(volume.name) { volume.name } else { volume.folder }))
        };
        volumes.filter_map(other).collect()
    }

    /// The item of this name in a pod, if it is one that this program writes.
    ///
    /// # Errors
    /// It is another one.
    pub(super) fn pod_item(
        &self,
        spec: Option<NodeId>,
        key: &str,
        name: &str,
        is_known: impl Fn(NodeId) -> bool,
    ) -> Result<Option<NodeId>, Diagnostic> {
        let what = if key == "volumes" { "a volume" } else { "an init container" };
        match spec.and_then(|spec| named_item(self.tree, spec, key, name)) {
            Some((.., node)) if !is_known(node) => Err(self.taken(node, &format!("{what} with the name {name}"))),
            found => Ok(found.map(|(.., node)| node)),
        }
    }

    /// Removes the item of this name from a pod. Returns a remark if it is not one that this program writes.
    pub(super) fn remove_pod_item(
        &mut self,
        spec: NodeId,
        key: &'static str,
        name: &str,
        is_known: impl Fn(NodeId) -> bool,
    ) -> Option<Remark> {
        let (list, index, node) = named_item(self.tree, spec, key, name)?;
        if is_known(node) {
            self.remove_part(spec, key, (list, index));
            return None;
        }
        Some(not_ours(node, name))
    }

    /// Sets a text of a part to another one.
    pub(super) fn set_part_text(&mut self, mapping: NodeId, key: &str, text: String) {
        let own = own_key(self.tree, mapping, key);
        let Some((index, (_, own))) = own.and_then(|index| Some((index, self.tree.entry(mapping, index)?))) else {
            return;
        };
        if self.tree.scalar_text(own) != Some(text.as_str()) {
            self.draft.part(mapping, index, Part::Set(text.into()));
        }
    }
}
