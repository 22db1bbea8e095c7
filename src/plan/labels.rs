//! Labels and annotations of a predictor: unified service tagging, and Datadog's admission controller.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::added::KeyIndex;
use super::env::own_key;
use super::{Planner, Remark};
use crate::changes::Part;
use crate::diagnostic::Diagnostic;
use crate::knowledge::names::{LABEL_VALUE, is_label_value};
use crate::knowledge::parts::{ADMISSION_LABEL, TAG_LABELS, TagLabel, admission_annotation};
use crate::manifest::{Env, PredictorTargets, Reference, Role, Site, Unit, is_field, items_of, value_of};
use crate::yaml::{NodeId, Tree};

/// A label or an annotation of a predictor to write.
struct WantedEntry<'n> {
    key: &'static str,
    name: Cow<'n, str>,
    value: String,
    /// True if it replaces another value.
    is_given: bool,
}

/// The mapping, the index and the value of each label or annotation of pods.
type PodEntries<'t> = HashMap<(&'static str, &'t str), Vec<(NodeId, usize, NodeId)>>;

/// The labels and annotations that a predictor has.
struct OwnEntries<'t> {
    labels: KeyIndex<'t>,
    annotations: KeyIndex<'t>,
}

impl<'t> OwnEntries<'t> {
    fn of_key(&self, key: &str) -> &KeyIndex<'t> {
        if key == "labels" { &self.labels } else { &self.annotations }
    }
}

impl<'t> Planner<'t, '_> {
    /// Plans the labels and annotations of a predictor, after its targets. Returns remarks on those of the author's that
    /// get another value.
    pub(super) fn settle_labels(
        &mut self,
        found: &PredictorTargets<'t>,
        tags: Vec<(TagLabel, String)>,
    ) -> Result<Vec<Remark>, Diagnostic> {
        let mut remarks = Vec::new();
        if tags.is_empty() && self.current.annotations.is_empty() && self.current.listed.is_empty() {
            return Ok(remarks);
        }
        let [labels, annotations] = ["labels", "annotations"].map(|key| KeyIndex::of(self.tree, found.node, key));
        let own = OwnEntries { labels, annotations };
        let mut wanted = Vec::new();
        for (label, value) in tags {
            if !is_label_value(&value) {
                let message = format!("{} would be `{value}`: {LABEL_VALUE}", label.label);
                let help = "give another name, or leave --tagging out";
                return Err(self.tree.diagnostic(found.node, message, help));
            }
            wanted.push(WantedEntry { key: "labels", name: label.label.into(), value, is_given: true });
        }
        let asked = std::mem::take(&mut self.current.annotations);
        let is_asked = !asked.is_empty();
        wanted.extend(asked.into_iter().map(|(name, value, is_given)| WantedEntry {
            key: "annotations",
            name: name.into(),
            value,
            is_given,
        }));
        if is_asked {
            let (name, value) = (ADMISSION_LABEL.into(), "true".to_owned());
            wanted.push(WantedEntry { key: "labels", name, value, is_given: true });
        }
        let in_pods = if wanted.is_empty() { HashMap::new() } else { pod_entries(self.tree, found.node) };
        for entry in wanted {
            let is_new = entry.name == ADMISSION_LABEL && !own.of_key(entry.key).by_name.contains_key(ADMISSION_LABEL);
            remarks.extend(self.other_labelled_pods(found).filter(|_| is_new));
            remarks.extend(self.set_in_pods(&in_pods, &entry));
            remarks.extend(self.set_entry(&own, entry));
        }
        let withdrawn = std::mem::take(&mut self.current.withdrawn);
        for container in &withdrawn {
            self.remove_listed(found.node, &own, "annotations", &admission_annotation(container));
        }
        if !is_asked && self.may_remove_label() && !self.uses_label(found, &withdrawn) {
            self.remove_listed(found.node, &own, "labels", ADMISSION_LABEL);
        }
        if self.current.listed.of_predictor().any(|part| part.starts_with("label/tags.")) {
            let used = self.used_labels(found);
            let unused: Vec<_> = TAG_LABELS.iter().filter(|label| !used.contains(label.field)).collect();
            for label in unused {
                self.remove_listed(found.node, &own, "labels", label.label);
            }
        }
        Ok(remarks)
    }

    /// The remark on pods that get the label of the admission controller although nothing there is to be traced.
    fn other_labelled_pods(&self, found: &PredictorTargets<'t>) -> Option<Remark> {
        let has_explainer = found.others.iter().any(|unit| matches!(unit.role, Role::Explainer));
        let has_executor = found.targets.iter().any(|target| matches!(target.site, Site::SvcOrchSpec(_)))
            || found.others.iter().any(|unit| matches!(unit.role, Role::SvcOrchSpec(_)));
        let pods = match (has_explainer, self.is_separate && has_executor) {
            (true, true) => "pods of the explainer and the separate orchestrator",
            (true, false) => "pod of the explainer",
            (false, true) => "pod of the separate orchestrator",
            (false, false) => return None,
        };
        Some(Remark::new(found.node, format!("the label {ADMISSION_LABEL} also reaches the {pods}")))
    }

    /// Returns true if a variable refers to a label of unified service tagging that the list has.
    pub(super) fn refers_to_listed_label(&self, env: &Env<'t>, name: &str) -> bool {
        let label = TAG_LABELS.iter().find(|label| label.variable == name);
        let is_listed = |label: &&TagLabel| self.current.listed.has("", &part_of("labels", label.label));
        let refers = |label: &TagLabel| env.last(name).is_some_and(|one| is_field(self.tree, one, label.field));
        label.filter(is_listed).is_some_and(refers)
    }

    /// Sets a label or an annotation, and lists it if it is new. A value that is there stays unless another is given.
    fn set_entry(&mut self, own: &OwnEntries<'t>, entry: WantedEntry<'_>) -> Option<Remark> {
        let WantedEntry { key, name, value, is_given } = entry;
        let part = part_of(key, &name);
        let Some((mapping, index, existing)) = own.of_key(key).entry(self.tree, &name) else {
            // Two containers of the same name share an annotation.
            if self.current.listed.add("", part) {
                let gathered = match key {
                    "labels" => &mut self.current.additions.labels,
                    _ => &mut self.current.additions.annotations,
                };
                gathered.push((name.into_owned().into(), value.into()));
            }
            return None;
        };
        if !is_given || self.tree.scalar_text(existing) == Some(value.as_str()) {
            return None;
        }
        let remark = (!self.current.listed.has("", &part)).then(|| was_another(existing, key, &name, &value));
        self.draft.part(mapping, index, Part::Set(value.into()));
        remark
    }

    /// Sets a label or an annotation where a component spec has another value, which would take precedence.
    fn set_in_pods(&mut self, in_pods: &PodEntries<'t>, entry: &WantedEntry<'_>) -> Vec<Remark> {
        let WantedEntry { key, name, value, is_given } = entry;
        let places = in_pods.get(&(*key, &**name)).filter(|_| *is_given).into_iter().flatten();
        let others = places.filter(|(_, _, existing)| self.tree.scalar_text(*existing) != Some(value.as_str()));
        let mut remarks = Vec::new();
        for (mapping, index, existing) in others {
            self.draft.part(*mapping, *index, Part::Set(value.clone().into()));
            remarks.push(was_another(*existing, key, name, value));
        }
        remarks
    }

    /// Removes a label or an annotation if the list has it.
    fn remove_listed(&mut self, predictor: NodeId, own: &OwnEntries<'t>, key: &'static str, name: &str) {
        if !self.current.listed.remove("", &part_of(key, name)) {
            return;
        }
        if let Some((mapping, index, _)) = own.of_key(key).entry(self.tree, name) {
            self.remove_part(predictor, key, (mapping, index));
        }
    }

    /// The fields of labels to which variables of a predictor refer after the change, selected or not.
    fn used_labels(&self, found: &PredictorTargets<'t>) -> HashSet<&str> {
        let mut used: HashSet<&str> = self.current.label_uses.iter().copied().collect();
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

/// The labels and annotations of the component specs of a predictor, by key and name.
fn pod_entries<'t>(tree: &'t Tree<'_>, predictor: NodeId) -> PodEntries<'t> {
    let mut all = PodEntries::new();
    let component_specs = items_of(tree, predictor, "componentSpecs");
    for metadata in component_specs.iter().filter_map(|one| value_of(tree, *one, "metadata")) {
        for key in ["labels", "annotations"] {
            let index = KeyIndex::of(tree, metadata, key);
            for name in index.by_name.keys() {
                all.entry((key, *name)).or_default().extend(index.entry(tree, name));
            }
        }
    }
    all
}

/// The remark on a label or an annotation of the author's that gets another value.
fn was_another(existing: NodeId, key: &str, name: &str, value: &str) -> Remark {
    let kind = key.trim_end_matches('s');
    Remark::new(existing, format!("the {kind} {name} had another value, and is now `{value}`: `disable` leaves it"))
}

/// The part of a label or an annotation in the list.
fn part_of(key: &str, name: &str) -> String {
    format!("{}/{name}", key.trim_end_matches('s'))
}
