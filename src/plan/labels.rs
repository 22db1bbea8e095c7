//! Labels and annotations of a predictor: unified service tagging, and Datadog's admission controller.

use std::collections::HashSet;

use super::Planner;
use super::env::own_key;
use crate::changes::Part;
use crate::diagnostic::Diagnostic;
use crate::knowledge::names::{LABEL_VALUE, is_label_value};
use crate::knowledge::parts::{ADMISSION_LABEL, ADMISSION_PREFIX, TAG_LABELS, TagLabel, admission_annotation};
use crate::manifest::{Env, PredictorTargets, Reference, Unit, value_of};
use crate::yaml::sharing::effective_value;
use crate::yaml::{NodeId, Tree};

impl<'t> Planner<'t, '_> {
    /// Plans the labels and annotations of a predictor, after its targets.
    pub(super) fn settle_labels(
        &mut self,
        found: &PredictorTargets<'t>,
        tags: Vec<(TagLabel, String)>,
    ) -> Result<(), Diagnostic> {
        if tags.is_empty() && self.wanted_annotations.is_empty() && self.listed.is_empty() {
            return Ok(());
        }
        for (label, value) in tags {
            if !is_label_value(&value) {
                let message = format!("{} would be `{value}`: {LABEL_VALUE}", label.label);
                let help = "give another name, or leave --tagging out";
                return Err(self.tree.diagnostic(found.node, message, help));
            }
            self.set_entry(found.node, "labels", label.label.to_owned(), value, true);
        }
        let wanted = std::mem::take(&mut self.wanted_annotations);
        let is_asked = !wanted.is_empty();
        for (name, version, is_given) in wanted {
            self.set_entry(found.node, "annotations", name, version, is_given);
        }
        if is_asked {
            self.set_entry(found.node, "labels", ADMISSION_LABEL.to_owned(), "true".to_owned(), true);
        }
        for container in std::mem::take(&mut self.withdrawn_admission) {
            self.remove_listed(found.node, "annotations", &admission_annotation(&container));
        }
        if self.listed.has("", &part_of("labels", ADMISSION_LABEL)) && !self.asks_for_admission(found.node) {
            self.remove_listed(found.node, "labels", ADMISSION_LABEL);
        }
        if self.listed.of_predictor().any(|part| part.starts_with("label/tags.")) {
            let used = self.used_labels(found);
            let unused: Vec<_> = TAG_LABELS.iter().filter(|label| !used.contains(label.field)).collect();
            for label in unused {
                self.remove_listed(found.node, "labels", label.label);
            }
        }
        Ok(())
    }

    /// Sets a label or an annotation, and lists it if it is new. A value that is there stays unless another is given.
    fn set_entry(&mut self, predictor: NodeId, key: &'static str, name: String, value: String, is_given: bool) {
        let Some((mapping, index, own)) = entry_of(self.tree, predictor, key, &name) else {
            let gathered = match key {
                "labels" => &mut self.additions.labels,
                _ => &mut self.additions.annotations,
            };
            if gathered.iter().all(|(known, _)| *known != name) {
                self.listed.add("", part_of(key, &name));
                gathered.push((name.into(), value.into()));
            }
            return;
        };
        if is_given && self.tree.scalar_text(own) != Some(value.as_str()) {
            self.draft.part(mapping, index, Part::Set(value.into()));
        }
    }

    /// Removes a label or an annotation if the list has it.
    fn remove_listed(&mut self, predictor: NodeId, key: &'static str, name: &str) {
        let part = part_of(key, name);
        if !self.listed.has("", &part) {
            return;
        }
        self.listed.remove("", &part);
        if let Some((mapping, index, _)) = entry_of(self.tree, predictor, key, name) {
            self.remove_part(predictor, key, (mapping, index));
        }
    }

    /// Returns true if an annotation asks the admission controller for a library after the change.
    fn asks_for_admission(&self, predictor: NodeId) -> bool {
        let is_new = self.additions.annotations.iter().any(|(name, _)| name.starts_with(ADMISSION_PREFIX));
        let stays = value_of(self.tree, predictor, "annotations").is_some_and(|annotations| {
            self.tree.entries(annotations).enumerate().any(|(index, (key, _))| {
                self.tree.scalar_text(key).is_some_and(|key| key.starts_with(ADMISSION_PREFIX))
                    && self.draft.of_part(annotations, index) != Some(&Part::Remove)
            })
        });
        is_new || stays
    }

    /// The fields of labels to which variables of a predictor refer after the change, selected or not.
    fn used_labels(&self, found: &PredictorTargets<'t>) -> HashSet<&str> {
        let mut used: HashSet<&str> = self.label_uses.iter().copied().collect();
        let targets = found.targets.iter().map(|target| target.env);
        for env in targets.chain(found.others.iter().map(|unit: &Unit<'_>| unit.env)) {
            let Ok(env) = Env::read(self.tree, &env, None) else { continue };
            for variable in &env.variables {
                let Some(Reference::Field(field)) = variable.reference else { continue };
                let is_removed =
                    env.list.is_some_and(|list| self.draft.of_part(list, variable.index) == Some(&Part::Remove));
                let from = own_key(self.tree, variable.node, "valueFrom");
                let is_replaced = from.is_some_and(|from| self.draft.of_part(variable.node, from).is_some());
                if !is_removed && !is_replaced {
                    used.insert(field);
                }
            }
        }
        used
    }
}

/// The part of a label or an annotation in the list.
fn part_of(key: &str, name: &str) -> String {
    format!("{}/{name}", key.trim_end_matches('s'))
}

fn entry_of(tree: &Tree<'_>, holder: NodeId, key: &str, name: &str) -> Option<(NodeId, usize, NodeId)> {
    let mapping = effective_value(tree, holder, key)?;
    let index = own_key(tree, mapping, name)?;
    let (_, value) = tree.entry(mapping, index)?;
    Some((mapping, index, tree.resolve(value)))
}
