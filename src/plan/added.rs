//! The annotation that lists the parts that were added to a deployment: a comma list of `PREDICTOR:TARGET:PART`.
//!
//! TARGET is the name of a container, that of the orchestrator, or empty for a part of the predictor. PART is a
//! variable, `label/NAME`, `annotation/NAME` or `container/NAME`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::env::own_key;
use super::sidecar::has_container;
use super::{Planner, Remark};
use crate::changes::{MapKey, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::knowledge::parts::ADDED_ANNOTATION;
use crate::manifest::{Env, PredictorTargets, value_of};
use crate::yaml::sharing::effective_value;
use crate::yaml::{Kind, NodeId, Tree};

/// An entry of the list, but for its predictor: the target and the part.
type ListedPart<'t> = (Cow<'t, str>, Cow<'t, str>);

/// The list of a deployment, as it is and as it will be.
#[derive(Debug, Default)]
pub(super) struct AddedList<'t> {
    /// The value of the annotation, if it has one.
    value: Option<NodeId>,
    text: &'t str,
    /// True if the value is a list or a mapping.
    is_collection: bool,
    by_predictor: HashMap<&'t str, Vec<(&'t str, &'t str)>>,
    /// Text that is not an entry. It stays.
    unreadable: Vec<&'t str>,
    /// The entries that stay, and the new ones, in the order of the document.
    lines: Vec<String>,
    known: HashSet<String>,
    /// The names of the predictors so far, with true for one to which a part is added.
    seen: HashMap<String, bool>,
}

/// The entries of one predictor, each once: those of the list in its order, then the new ones.
#[derive(Debug, Default)]
pub(super) struct AddedParts<'t> {
    entries: Vec<(ListedPart<'t>, EntryState)>,
    places: HashMap<ListedPart<'t>, usize>,
}

/// The fate of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryState {
    /// Not on the list so far.
    Unlisted,
    Listed,
    /// On the list, but its part is removed.
    Removed,
    New,
}

/// The own keys of a mapping that a key of a predictor has.
#[derive(Debug, Default)]
pub(super) struct KeyIndex<'t> {
    mapping: Option<NodeId>,
    pub(super) by_name: HashMap<&'t str, usize>,
}

impl<'t> KeyIndex<'t> {
    pub(super) fn of(tree: &'t Tree<'_>, holder: NodeId, key: &str) -> Self {
        let mapping = effective_value(tree, holder, key);
        let mut by_name = HashMap::new();
        for (index, (key, _)) in mapping.into_iter().flat_map(|mapping| tree.entries(mapping)).enumerate() {
            if let Some(name) = tree.scalar_text(key) {
                by_name.entry(name).or_insert(index);
            }
        }
        Self { mapping, by_name }
    }

    /// The mapping, the index and the value of a key.
    pub(super) fn entry(&self, tree: &Tree<'_>, name: &str) -> Option<(NodeId, usize, NodeId)> {
        let (mapping, index) = (self.mapping?, *self.by_name.get(name)?);
        let (_, value) = tree.entry(mapping, index)?;
        Some((mapping, index, tree.resolve(value)))
    }
}

impl<'t> AddedList<'t> {
    /// Reads the annotation of a deployment.
    pub(super) fn read(tree: &'t Tree<'_>, deployment: NodeId) -> Self {
        let annotations = value_of(tree, deployment, "metadata").and_then(|held| value_of(tree, held, "annotations"));
        let value = annotations.and_then(|held| value_of(tree, held, ADDED_ANNOTATION));
        let text = value.and_then(|value| tree.scalar_text(value)).unwrap_or_default();
        let is_collection = value.is_some_and(|value| !matches!(tree.node(value).kind, Kind::Scalar { .. }));
        let mut list = Self { value, text, is_collection, ..Self::default() };
        for entry in text.split(',').filter(|entry| !entry.is_empty()) {
            let mut fields = entry.splitn(3, ':');
            match (fields.next(), fields.next(), fields.next()) {
                (Some(predictor), Some(target), Some(part)) if is_entry(predictor, target, part) => {
                    list.by_predictor.entry(predictor).or_default().push((target, part));
                }
                _ => list.unreadable.push(entry),
            }
        }
        list
    }

    /// The entries of a predictor.
    pub(super) fn of(&self, predictor: &str) -> AddedParts<'t> {
        let mut parts = AddedParts::default();
        for (target, part) in self.by_predictor.get(predictor).into_iter().flatten() {
            *parts.state_mut(((*target).into(), (*part).into())) = EntryState::Listed;
        }
        parts
    }

    /// Takes what holds of a predictor after the change. `targets` has its targets in their order, and `rank_of` is the
    /// place of a part of the predictor.
    fn put(
        &mut self,
        predictor: &str,
        parts: &AddedParts<'_>,
        targets: &[&str],
        rank_of: impl Fn(&str) -> usize,
        is_present: impl Fn(&str, &str) -> bool,
    ) {
        let ranks: HashMap<&str, usize> = targets.iter().enumerate().map(|(rank, name)| (*name, rank + 1)).collect();
        let stays = |((target, part), state): &&(ListedPart<'_>, EntryState)| match state {
            EntryState::Listed => is_present(target, part),
            EntryState::Unlisted | EntryState::Removed => false,
            EntryState::New => true,
        };
        let mut all: Vec<&ListedPart<'_>> = parts.entries.iter().filter(stays).map(|(entry, _)| entry).collect();
        all.sort_by_key(|(target, part)| {
            let rank = ranks.get(&**target).copied().unwrap_or_default();
            (rank, target.is_empty().then(|| rank_of(part)))
        });
        for (target, part) in all {
            let line = format!("{predictor}:{target}:{part}");
            if self.known.insert(line.clone()) {
                self.lines.push(line);
            }
        }
    }
}

impl<'t> AddedParts<'t> {
    /// The state of an entry, which becomes one if it is none.
    fn state_mut(&mut self, entry: ListedPart<'t>) -> &mut EntryState {
        let next = self.entries.len();
        let place = *self.places.entry(entry.clone()).or_insert(next);
        if place == next {
            self.entries.push((entry, EntryState::Unlisted));
        }
        &mut self.entries[place].1
    }

    fn state(&self, target: &str, part: &str) -> Option<EntryState> {
        let place = self.places.get(&(Cow::Borrowed(target), Cow::Borrowed(part)))?;
        Some(self.entries[*place].1)
    }

    /// Returns true if the list has a part of a target, which this run may remove.
    pub(super) fn has(&self, target: &str, part: &str) -> bool {
        matches!(self.state(target, part), Some(EntryState::Listed | EntryState::Removed))
    }

    /// Returns true if the list has a part after the change.
    pub(super) fn stays(&self, target: &str, part: &str) -> bool {
        matches!(self.state(target, part), Some(EntryState::Listed | EntryState::New))
    }

    /// Lists a part that is added. Returns false if this run has added it already.
    pub(super) fn add(&mut self, target: &str, part: impl Into<String>) -> bool {
        let state = self.state_mut((target.to_owned().into(), part.into().into()));
        std::mem::replace(state, EntryState::New) != EntryState::New
    }

    /// Lists a part that is there already.
    pub(super) fn take_over(&mut self, target: &str, part: &str) {
        *self.state_mut((target.to_owned().into(), part.to_owned().into())) = EntryState::Listed;
    }

    /// Takes a part that is removed off the list. Returns false if the list does not have it, or no longer.
    pub(super) fn remove(&mut self, target: &str, part: &str) -> bool {
        let is_listed = self.state(target, part) == Some(EntryState::Listed);
        if is_listed {
            *self.state_mut((target.to_owned().into(), part.to_owned().into())) = EntryState::Removed;
        }
        is_listed
    }

    /// The listed parts of the predictor itself.
    pub(super) fn of_predictor(&self) -> impl Iterator<Item = &str> {
        self.entries
            .iter()
            .filter(|((target, _), state)| target.is_empty() && *state == EntryState::Listed)
            .map(|((_, part), _)| &**part)
    }

    /// Returns true if nothing is listed, and nothing comes.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn new_entries(&self) -> impl Iterator<Item = &ListedPart<'t>> {
        self.entries.iter().filter(|(_, state)| *state == EntryState::New).map(|(entry, _)| entry)
    }

    /// Returns an error if a part is new whose entry could not be read again, or would be read as another part.
    fn check(
        &self,
        tree: &Tree<'_>,
        (predictor, node): (&str, NodeId),
        is_present: impl Fn(&str, &str) -> bool,
    ) -> Result<(), Diagnostic> {
        let mut faults = self.new_entries().map(|(target, part)| {
            let name = [predictor, &**target].into_iter().find(|name| name.contains([',', ':']));
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

/// Returns true if the fields of an entry are those of a part. Only a variable is part of a target.
fn is_entry(predictor: &str, target: &str, part: &str) -> bool {
    let is_word = |text: &str| !text.contains([' ', '\t', '\n', '\r']);
    let is_name = |name: &str| !name.is_empty() && !name.contains(':') && is_word(name);
    let is_part = match part.split_once('/') {
        None => !target.is_empty() && is_name(part),
        Some((kind, name)) => {
            target.is_empty() && matches!(kind, "label" | "annotation" | "container") && is_name(name)
        }
    };
    is_part && is_word(predictor) && is_word(target)
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
        names: impl FnOnce() -> Vec<&'t str>,
    ) -> Result<(), Diagnostic> {
        let has_new = self.current.listed.new_entries().next().is_some();
        let of_same_name = if several { list.seen.insert(found.name.clone(), has_new) } else { None };
        if of_same_name.is_some_and(|has_part| has_part || has_new) {
            let fault = format!("two predictors have the name `{}`", found.name);
            return Err(not_listed(self.tree, found.node, &fault));
        }
        if self.current.listed.is_empty() {
            return Ok(());
        }
        let targets = || found.targets.iter().map(|target| (target.name, target.env));
        let others = || found.others.iter().map(|unit| (unit.name, unit.env));
        let mut variables: HashSet<(&str, &str)> = HashSet::new();
        for (name, env) in targets().chain(others()) {
            let env = Env::read(self.tree, &env, None).unwrap_or_default();
            variables.extend(env.variables.iter().map(|variable| (name, variable.name)));
        }
        let [labels, annotations] = ["labels", "annotations"].map(|key| KeyIndex::of(self.tree, found.node, key));
        let is_present = |target: &str, part: &str| match part.split_once('/') {
            Some(("label", name)) => labels.by_name.contains_key(name),
            Some(("annotation", name)) => annotations.by_name.contains_key(name),
            Some(("container", name)) => has_container(self.tree, found.node, name),
            _ => variables.contains(&(target, part)),
        };
        self.current.listed.check(self.tree, (&found.name, found.node), is_present)?;
        // A mapping that is new comes after the others, and containers in the pods after both.
        let place = |index: &KeyIndex<'_>| (index.mapping.is_none(), index.mapping);
        let is_in_order = place(&labels) <= place(&annotations);
        let rank_of = |part: &str| match part.split_once('/') {
            Some(("label", _)) => usize::from(!is_in_order),
            Some(("annotation", _)) => usize::from(is_in_order),
            _ => 2,
        };
        list.put(&found.name, &self.current.listed, &names(), rank_of, is_present);
        Ok(())
    }

    /// Plans the annotation as it will be. Returns a remark on what can't be read.
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
            _ if text == list.text && (list.is_collection || list.value.is_some() != text.is_empty()) => {}
            (Some(_), Some(metadata)) => {
                let Some((annotations, index)) =
                    annotations.and_then(|held| Some((held, own_key(self.tree, held, ADDED_ANNOTATION)?)))
                else {
                    return Ok(None);
                };
                if text.is_empty() {
                    self.draft.part(annotations, index, Part::Remove);
                    self.prune_key(metadata, "annotations");
                    self.prune_key(deployment, "metadata");
                } else {
                    self.draft.part(annotations, index, Part::Set(Value::InStyle(text.clone().into())));
                }
            }
            (None, Some(metadata)) => {
                self.add_entries(metadata, "annotations", vec![(ADDED_ANNOTATION.into(), text.clone().into())])?;
            }
            (None, None) | (Some(_), None) => {
                let annotation: (MapKey, Value) = (ADDED_ANNOTATION.into(), text.clone().into());
                let annotations = Value::map([("annotations", Value::Map(vec![annotation]))]);
                self.draft.entry(deployment, "metadata", annotations);
            }
        }
        let words = match list.unreadable.first() {
            Some(_) => Some(format!("an entry of the annotation {ADDED_ANNOTATION} can't be read, and stays")),
            None if list.is_collection => {
                let end = if text.is_empty() { "stays" } else { "is replaced" };
                Some(format!("the annotation {ADDED_ANNOTATION} is not a text, and {end}"))
            }
            None => None,
        };
        Ok(words.map(|words| Remark::new(list.value.unwrap_or(deployment), words)))
    }
}
