//! The annotation that lists the parts that were added to a deployment: a comma list of `PREDICTOR:TARGET:PART`.
//!
//! TARGET is the name of a container, that of the orchestrator, or empty for a part of the predictor. PART is a
//! variable, `label/NAME`, `annotation/NAME` or `container/NAME`.

use std::collections::{HashMap, HashSet};

use super::env::own_key;
use super::sidecar::has_container;
use super::{Planner, Remark};
use crate::changes::{MapKey, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::knowledge::parts::ADDED_ANNOTATION;
use crate::manifest::{Env, PredictorTargets, value_of};
use crate::yaml::{NodeId, Tree};

/// An entry of the list, but for its predictor: the target and the part.
type Entry<'t> = (&'t str, &'t str);

/// The list of a deployment, as it is and as it will be.
#[derive(Debug, Default)]
pub(super) struct AddedList<'t> {
    /// The value of the annotation, if it has one.
    value: Option<NodeId>,
    text: &'t str,
    by_predictor: HashMap<&'t str, Vec<Entry<'t>>>,
    /// What is no entry. It stays.
    unreadable: Vec<&'t str>,
    /// The entries that stay, and the new ones, in the order of the document.
    lines: Vec<String>,
    known: HashSet<String>,
    /// The names of the predictors so far, with true for one to which a part is added.
    seen: HashMap<String, bool>,
}

/// The entries of one predictor.
#[derive(Debug, Default)]
pub(super) struct AddedParts<'t> {
    old: HashSet<Entry<'t>>,
    in_order: Vec<Entry<'t>>,
    removed: HashSet<(String, String)>,
    new: Vec<(String, String)>,
}

impl<'t> AddedList<'t> {
    /// Reads the annotation of a deployment.
    pub(super) fn read(tree: &'t Tree<'_>, deployment: NodeId) -> Self {
        let annotations = value_of(tree, deployment, "metadata").and_then(|held| value_of(tree, held, "annotations"));
        let value = annotations.and_then(|held| value_of(tree, held, ADDED_ANNOTATION));
        let text = value.and_then(|value| tree.scalar_text(value)).unwrap_or_default();
        let mut list = Self { value, text, ..Self::default() };
        for entry in text.split(',').filter(|entry| !entry.is_empty()) {
            let mut fields = entry.splitn(3, ':');
            match (fields.next(), fields.next(), fields.next()) {
                (Some(predictor), Some(target), Some(part)) if is_part(part) => {
                    list.by_predictor.entry(predictor).or_default().push((target, part));
                }
                _ => list.unreadable.push(entry),
            }
        }
        list
    }

    /// The entries of a predictor.
    pub(super) fn of(&self, predictor: &str) -> AddedParts<'t> {
        let in_order = self.by_predictor.get(predictor).cloned().unwrap_or_default();
        AddedParts { old: in_order.iter().copied().collect(), in_order, ..AddedParts::default() }
    }

    /// Takes what holds of a predictor after the change. `targets` has its targets in their order.
    pub(super) fn put(
        &mut self,
        predictor: &str,
        parts: &AddedParts<'_>,
        targets: &[&str],
        is_present: impl Fn(&str, &str) -> bool,
    ) {
        let ranks: HashMap<&str, usize> = targets.iter().enumerate().map(|(rank, name)| (*name, rank + 1)).collect();
        let is_kept = |(target, part): &Entry<'_>| {
            !parts.removed.contains(&((*target).to_owned(), (*part).to_owned())) && is_present(target, part)
        };
        let old = parts.in_order.iter().copied().filter(is_kept);
        let new = parts.new.iter().map(|(target, part)| (target.as_str(), part.as_str()));
        let mut all: Vec<Entry<'_>> = old.chain(new).collect();
        all.sort_by_key(|(target, _)| ranks.get(target).copied().unwrap_or_default());
        for (target, part) in all {
            let line = format!("{predictor}:{target}:{part}");
            if self.known.insert(line.clone()) {
                self.lines.push(line);
            }
        }
    }
}

impl AddedParts<'_> {
    /// Returns true if the list has a part of a target.
    pub(super) fn has(&self, target: &str, part: &str) -> bool {
        self.old.contains(&(target, part))
    }

    /// Lists a part that is added.
    pub(super) fn add(&mut self, target: &str, part: impl Into<String>) {
        let part = part.into();
        if !self.has(target, &part) {
            self.new.push((target.to_owned(), part));
        }
    }

    /// Takes a part that is removed off the list.
    pub(super) fn remove(&mut self, target: &str, part: &str) {
        self.removed.insert((target.to_owned(), part.to_owned()));
    }

    /// The listed parts of the predictor itself.
    pub(super) fn of_predictor(&self) -> impl Iterator<Item = &str> {
        self.in_order
            .iter()
            .filter(|(target, part)| target.is_empty() && !self.is_removed(target, part))
            .map(|(_, part)| *part)
    }

    /// Returns true if nothing is listed, and nothing comes.
    pub(super) fn is_empty(&self) -> bool {
        self.in_order.is_empty() && self.new.is_empty()
    }

    fn is_removed(&self, target: &str, part: &str) -> bool {
        self.removed.contains(&(target.to_owned(), part.to_owned()))
    }

    /// Returns an error if a part is new whose entry could not be read again, or could stand for another part.
    fn check(
        &self,
        tree: &Tree<'_>,
        (predictor, node): (&str, NodeId),
        is_present: impl Fn(&str, &str) -> bool,
    ) -> Result<(), Diagnostic> {
        let mut faults = self.new.iter().map(|(target, part)| {
            let name = [predictor, target].into_iter().find(|name| name.contains([',', ':']));
            let variable = !part.contains('/');
            match name {
                Some(name) => Some(format!("`{name}` has a `,` or `:`")),
                None if variable && target.is_empty() => Some("a container has no name".to_owned()),
                None if variable && is_present(target, part) => {
                    Some(format!("two containers have the name `{target}`, and one of them has {part}"))
                }
                None => None,
            }
        });
        faults.find_map(|fault| fault).map_or(Ok(()), |fault| Err(not_listed(tree, node, &fault)))
    }
}

fn not_listed(tree: &Tree<'_>, node: NodeId, fault: &str) -> Diagnostic {
    let message = format!("{fault}, so that the annotation {ADDED_ANNOTATION} can't list what is added");
    tree.diagnostic(node, message, "rename it, or leave the option out that adds more than variables of tracing")
}

fn is_part(part: &str) -> bool {
    let (kind, name) = part.split_once('/').unwrap_or(("", part));
    matches!(kind, "" | "label" | "annotation" | "container") && !name.is_empty()
}

impl<'t> Planner<'t, '_> {
    /// Puts what holds of the predictor at hand on the list.
    ///
    /// # Errors
    /// A new part can't be told from another one on the list.
    pub(super) fn put_listed(
        &self,
        list: &mut AddedList<'t>,
        found: &PredictorTargets<'t>,
        several: bool,
    ) -> Result<(), Diagnostic> {
        let has_new = !self.listed.new.is_empty();
        let of_same_name = if several { list.seen.insert(found.name.clone(), has_new) } else { None };
        if of_same_name.is_some_and(|has_part| has_part || has_new) {
            let fault = format!("two predictors have the name `{}`", found.name);
            return Err(not_listed(self.tree, found.node, &fault));
        }
        if self.listed.is_empty() {
            return Ok(());
        }
        let targets = || found.targets.iter().map(|target| (target.name, target.env));
        let others = || found.others.iter().map(|unit| (unit.name, unit.env));
        let mut variables: HashSet<(&str, &str)> = HashSet::new();
        for (name, env) in targets().chain(others()) {
            let env = Env::read(self.tree, &env, None).unwrap_or_default();
            variables.extend(env.variables.iter().map(|variable| (name, variable.name)));
        }
        let is_present = |target: &str, part: &str| match part.split_once('/') {
            Some((kind @ ("label" | "annotation"), name)) => {
                let mapping = value_of(self.tree, found.node, &format!("{kind}s"));
                mapping.is_some_and(|mapping| own_key(self.tree, mapping, name).is_some())
            }
            Some(("container", name)) => has_container(self.tree, found.node, name),
            _ => variables.contains(&(target, part)),
        };
        self.listed.check(self.tree, (&found.name, found.node), is_present)?;
        list.put(&found.name, &self.listed, &found.names, is_present);
        Ok(())
    }

    /// Plans the annotation as it will be. Returns a remark on entries that can't be read.
    pub(super) fn write_list(
        &mut self,
        deployment: NodeId,
        list: &AddedList<'t>,
    ) -> Result<Option<Remark>, Diagnostic> {
        let lines: Vec<&str> = list.lines.iter().map(String::as_str).chain(list.unreadable.iter().copied()).collect();
        let text = lines.join(",");
        let holder = value_of(self.tree, deployment, "metadata");
        let annotations = holder.and_then(|holder| value_of(self.tree, holder, "annotations"));
        match (list.value, holder) {
            _ if text == list.text && list.value.is_some() != text.is_empty() => {}
            (Some(_), Some(metadata)) => {
                let Some((annotations, index)) =
                    annotations.and_then(|held| Some((held, own_key(self.tree, held, ADDED_ANNOTATION)?)))
                else {
                    return Ok(None);
                };
                if text.is_empty() {
                    self.draft.part(annotations, index, Part::Remove);
                    self.prune_key(metadata, "annotations");
                } else {
                    self.draft.part(annotations, index, Part::Set(text.into()));
                }
            }
            (None, Some(metadata)) => {
                self.add_entries(metadata, "annotations", vec![(ADDED_ANNOTATION.into(), text.into())])?;
            }
            (None, None) | (Some(_), None) => {
                let annotation: (MapKey, Value) = (ADDED_ANNOTATION.into(), text.into());
                let annotations = Value::map([("annotations", Value::Map(vec![annotation]))]);
                self.draft.entry(deployment, "metadata", annotations);
            }
        }
        let first = list.unreadable.first();
        Ok(first.map(|entry| {
            let text = format!("`{entry}` in the annotation {ADDED_ANNOTATION} can't be read, and stays");
            Remark::new(list.value.unwrap_or(deployment), text)
        }))
    }
}
