//! `disable` removes what it leaves empty, too.

use std::collections::HashSet;

use super::env::own_key;
use super::{DeploymentReport, Planner, Remark};
use crate::changes::Part;
use crate::manifest::{ContainerPath, PredictorTargets, Remade, Site, Target};
use crate::yaml::NodeId;
use crate::yaml::sharing::merges;

impl<'t> Planner<'t, '_> {
    /// Removes the env lists, `svcOrchSpec`, containers and component specs of a predictor that are left empty. Returns
    /// the names of the containers that are removed.
    pub(super) fn prune(
        &mut self,
        found: &PredictorTargets<'t>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Vec<&'t str> {
        let mut emptied = HashSet::new();
        for target in found.targets.iter().chain(&found.mlservers) {
            if !self.is_emptied(target.env.node) {
                continue;
            }
            match target.site {
                Site::SvcOrchSpec(holder) => {
                    self.remove_env(holder, target);
                    if self.is_emptied(holder) {
                        self.remove_key(found.node, "svcOrchSpec");
                    }
                }
                Site::OwnOrchestrator(place) => self.remove_env(Some(place.container), target),
                Site::Container(place) => {
                    self.remove_env(Some(place.container), target);
                    emptied.insert(place.container);
                }
            }
        }
        self.prune_containers(found, &emptied, label, report)
    }

    /// Removes the containers that Seldon's operator adds again: those with an env list that is emptied, and those that
    /// were added before a sidecar that is removed.
    pub(super) fn prune_containers(
        &mut self,
        found: &PredictorTargets<'t>,
        emptied: &HashSet<NodeId>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Vec<&'t str> {
        let remade = self.remade(found, emptied);
        let Some(Remade { place, .. }) = remade.first() else { return Vec::new() };
        for container in &remade {
            self.draft.part(place.containers, container.index, Part::Remove);
        }
        for (node, holder, key) in
            [(place.containers, place.spec, "containers"), (place.spec, place.component_spec, "spec")]
        {
            if self.is_emptied(Some(node)) {
                self.remove_key(holder, key);
            }
        }
        if self.is_emptied(Some(place.component_spec)) {
            self.draft.part(place.component_specs, 0, Part::Remove);
        }
        if self.is_emptied(Some(place.component_specs)) {
            self.remove_key(found.node, "componentSpecs");
        }
        let bare: Vec<_> = remade.iter().rev().filter(|remade| !emptied.contains(&remade.place.container)).collect();
        if let Some(first) = bare.first() {
            let names: Vec<String> = bare.iter().map(|remade| format!("{label}{}", remade.name)).collect();
            let text = format!(
                "removed containers with only a name, which Seldon's operator adds itself: {}",
                names.join(", ")
            );
            report.remarks.push(Remark::new(first.place.container, text));
        }
        remade.into_iter().map(|remade| remade.name).collect()
    }

    /// The containers at the end of the first component spec, last one first, that Seldon's operator adds again as they
    /// are: those that are emptied, and those before them that have only a name.
    fn remade(&self, found: &PredictorTargets<'t>, emptied: &HashSet<NodeId>) -> Vec<Remade<'t>> {
        let only_a_name_is_left = |remade: &Remade<'_>| self.only_a_name_is_left(remade.place.container);
        let is_removed =
            |place: &ContainerPath, index: usize| self.draft.of_part(place.containers, index) == Some(&Part::Remove);
        let mut remade: Vec<_> = found.pods.remade_from_the_end(is_removed).take_while(only_a_name_is_left).collect();
        let Some(Remade { place, .. }) = remade.first() else { return Vec::new() };
        let is_asked = emptied.contains(&place.container) || self.current.sidecars.first_loses_one;
        if !is_asked || self.draft.adds_to(place.containers) {
            return Vec::new();
        }
        let gone = self.draft.removed(self.tree, place.containers) + remade.len();
        let has_more = self.draft.adds_to(place.spec) || self.keeps_native_sidecar(place.spec);
        let needs_one = gone == self.tree.length(place.containers) && has_more;
        // The next component spec would become the first.
        if needs_one || found.pods.is_replaced_without(gone, |node| self.entries_left(node)) {
            remade.pop();
        }
        remade
    }

    /// Removes the env key from the mapping that has it: the target's own, or one that `<<` merges.
    fn remove_env(&mut self, holder: Option<NodeId>, target: &Target<'_>) {
        let own = holder.filter(|holder| own_key(self.tree, *holder, "env").is_some());
        let merged = || target.env.node.and_then(|env| self.tree.parent(env));
        if let Some(mapping) = own.or_else(merged) {
            self.remove_key(mapping, "env");
        }
    }

    /// Removes a key, unless `<<` would then define it.
    fn remove_key(&mut self, mapping: NodeId, key: &str) {
        if let Some(index) = own_key(self.tree, mapping, key).filter(|_| !merges(self.tree, mapping, key)) {
            self.draft.part(mapping, index, Part::Remove);
        }
    }

    /// Returns true if the collection had content and all of it is removed.
    pub(super) fn is_emptied(&self, node: Option<NodeId>) -> bool {
        node.is_some_and(|node| {
            let length = self.tree.length(node);
            length > 0 && self.draft.removed(self.tree, node) == length && !self.draft.adds_to(node)
        })
    }

    fn entries_left(&self, mapping: NodeId) -> usize {
        self.tree.length(mapping) - self.draft.removed(self.tree, mapping)
    }

    fn only_a_name_is_left(&self, container: NodeId) -> bool {
        self.entries_left(container) == 1
            && own_key(self.tree, container, "name").is_some()
            && !self.has_merge(container)
            && !self.draft.adds_to(container)
    }

    fn has_merge(&self, mapping: NodeId) -> bool {
        self.tree.entries(mapping).any(|(key, _)| self.tree.is_merge_key(key))
    }
}
