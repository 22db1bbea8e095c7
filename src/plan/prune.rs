//! What `disable` leaves empty goes, too.

use std::collections::HashSet;

use super::Planner;
use super::changes::Part;
use super::env::own_key;
use crate::manifest::{Place, PredictorTargets, Site, Target};
use crate::yaml::sharing::merges;
use crate::yaml::{NodeId, Tree};

impl<'t> Planner<'t, '_> {
    /// Takes out the env lists, `svcOrchSpec`, containers and component specs of a predictor that are left empty.
    pub(super) fn prune(&mut self, found: &PredictorTargets<'t>) {
        let others: HashSet<&str> = found.others.iter().map(|unit| unit.name).collect();
        let mut touched: Vec<Place> = Vec::new();
        for target in &found.targets {
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
                Site::Container { place, prepackaged } => {
                    self.remove_env(Some(place.container), target);
                    // Another container of its name would take its place.
                    let has_twin = others.contains(target.name);
                    if prepackaged && !has_twin && self.only_a_name_is_left(place.container) {
                        self.remove_item(place.containers, place.container);
                        touched.push(place);
                    }
                }
            }
        }
        // Each list is counted through once, however many of its items go.
        let mut seen = HashSet::new();
        touched.retain(|place| seen.insert(place.component_spec));
        for place in &touched {
            if self.is_emptied(Some(place.containers)) {
                self.remove_key(place.spec, "containers");
            }
            if self.is_emptied(Some(place.spec)) {
                self.remove_key(place.component_spec, "spec");
            }
            if self.is_emptied(Some(place.component_spec)) {
                self.remove_item(place.component_specs, place.component_spec);
            }
        }
        touched.retain(|place| seen.insert(place.component_specs));
        for place in &touched {
            if self.is_emptied(Some(place.component_specs)) {
                self.remove_key(found.node, "componentSpecs");
            }
        }
    }

    /// Takes the env key out of the mapping that holds it: the target's own, or one that `<<` brings.
    fn remove_env(&mut self, holder: Option<NodeId>, target: &Target<'_>) {
        let own = holder.filter(|holder| own_key(self.tree, *holder, "env").is_some());
        let brought = || target.env.node.and_then(|env| self.tree.parent(env));
        if let Some(mapping) = own.or_else(brought) {
            self.remove_key(mapping, "env");
        }
    }

    /// Takes a key out, unless a `<<` would then bring another in its place.
    fn remove_key(&mut self, mapping: NodeId, key: &str) {
        if let Some(index) = own_key(self.tree, mapping, key).filter(|_| !merges(self.tree, mapping, key)) {
            self.draft.part(mapping, index, Part::Remove);
        }
    }

    fn remove_item(&mut self, list: NodeId, item: NodeId) {
        if let Some(index) = position(self.tree, list, item) {
            self.draft.part(list, index, Part::Remove);
        }
    }

    /// Whether a collection held something, and all of it goes.
    fn is_emptied(&self, node: Option<NodeId>) -> bool {
        node.is_some_and(|node| {
            let length = self.tree.length(node);
            length > 0 && self.draft.removed(self.tree, node) == length
        })
    }

    fn only_a_name_is_left(&self, container: NodeId) -> bool {
        let left = self.tree.length(container) - self.draft.removed(self.tree, container);
        left == 1 && own_key(self.tree, container, "name").is_some() && !self.has_merge(container)
    }

    fn has_merge(&self, mapping: NodeId) -> bool {
        self.tree.entries(mapping).any(|(key, _)| self.tree.is_merge_key(key))
    }
}

/// The place of an item in a list, which it may stand in by an alias.
fn position(tree: &Tree<'_>, list: NodeId, item: NodeId) -> Option<usize> {
    let stands_there = tree.parent(item) == Some(list);
    let own = if stands_there { tree.index_of(item) } else { None };
    own.or_else(|| tree.items(list).iter().position(|place| tree.resolve(*place) == item))
}
