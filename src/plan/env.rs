//! Edits of an env list: the entries that are removed, and new values for the others.

use std::collections::{BTreeMap, HashSet};

use super::draft::Draft;
use super::{Remark, Treatment};
use crate::changes::{Part, Value};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Content, Leaves, leaves, merge_tags, switches_off};
use crate::manifest::{Env, Site, Variable, is_field};
use crate::yaml::sharing::merges;
use crate::yaml::{NodeId, ScalarKind, Tree};

/// The variables that are removed.
#[derive(Debug, Default)]
pub(super) struct Leaving<'t> {
    pub names: HashSet<&'t str>,
    /// The candidates that are kept, with the reasons.
    pub remarks: Vec<Remark>,
}

impl<'t> Env<'t> {
    /// The candidates to remove, without those that `--keep` has, that are used elsewhere, or that others refer to.
    /// `is_of_library` is true for a variable that Datadog's library got with the tracing, `is_overwritten` for one that
    /// gets another value.
    pub(super) fn leaving(
        &self,
        treatment: &Treatment,
        is_of_library: impl Fn(&str) -> bool,
        is_overwritten: impl Fn(&str) -> bool,
        candidates: impl Fn(&str) -> bool,
    ) -> Leaving<'t> {
        let mut leaving = Leaving::default();
        for variable in self
            .variables
            .iter()
            .filter(|variable| candidates(variable.name) && self.may_leave(variable.name, &is_of_library))
        {
            if treatment.keeps(variable.name) {
                leaving.remark(variable, "is kept by --keep");
            } else {
                leaving.names.insert(variable.name);
            }
        }
        self.keep_referenced(&mut leaving, is_overwritten);
        leaving
    }

    /// Keeps the variables that the remaining ones refer to as `$(NAME)`, directly or through others.
    fn keep_referenced(&self, leaving: &mut Leaving<'t>, is_overwritten: impl Fn(&str) -> bool) {
        if leaving.names.is_empty() {
            return;
        }
        // By index: the set has no order of its own.
        let mut named = BTreeMap::new();
        let mut texts: Vec<&str> = self.command_line.clone();
        let is_last = |one: &Variable<'_>| self.last(one.name).is_some_and(|last| last.index == one.index);
        let stays = |one: &&Variable<'_>| {
            let changes = leaving.names.contains(one.name) || is_overwritten(one.name) && is_last(one);
            !changes
        };
        texts.extend(self.variables.iter().filter(stays).map(|one| one.value));
        loop {
            for name in texts.drain(..).flat_map(references) {
                let last = leaving.names.get(name).and_then(|name| self.last(name));
                named.extend(last.map(|variable| (variable.index, variable)));
            }
            let Some((_, variable)) = named.pop_first() else { return };
            leaving.names.remove(variable.name);
            leaving.remark(variable, &format!("is kept, because $({}) refers to it", variable.name));
            texts.extend(self.named(variable.name).map(|entry| entry.value));
        }
    }

    fn may_leave(&self, name: &str, is_of_library: impl Fn(&str) -> bool) -> bool {
        match leaves(name) {
            Leaves::Always => true,
            Leaves::BesideDdEnabled => self.has("DD_ENABLED") || is_of_library(name),
            Leaves::WhenTrue => self.last(name).and_then(Variable::text).is_some_and(|text| switches_off(name, text)),
        }
    }

    /// Removes every entry of these names.
    pub(super) fn remove(&self, draft: &mut Draft, names: &HashSet<&str>) {
        let Some(list) = self.list else { return };
        for variable in self.variables.iter().filter(|variable| names.contains(variable.name)) {
            draft.part(list, variable.index, Part::Remove);
        }
    }

    /// Appends entries to the list, which is added if it is missing.
    pub(super) fn append(&self, draft: &mut Draft, predictor: NodeId, site: &Site, entries: Vec<Value>) {
        if entries.is_empty() {
            return;
        }
        match (self.list, site) {
            (Some(list), _) => draft.items(list, entries),
            (None, Site::SvcOrchSpec(None)) => {
                draft.entry(predictor, "svcOrchSpec", Value::map([("env", Value::List(entries))]));
            }
            (None, Site::SvcOrchSpec(Some(holder))) => draft.entry(*holder, "env", Value::List(entries)),
            (None, Site::OwnOrchestrator(place) | Site::Container(place)) => {
                draft.entry(place.container, "env", Value::List(entries));
            }
        }
    }
}

impl Leaving<'_> {
    fn remark(&mut self, variable: &Variable<'_>, words: &str) {
        self.remarks.push(Remark::new(variable.node, format!("{} {words}", variable.name)));
    }
}

/// The names that a text refers to as `$(NAME)`. `$(A$(B)` may refer to `A$(B` or to `B`.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(')').filter_map(|piece| piece.strip_suffix(')')).flat_map(|piece| {
        let (outer, inner) = (piece.find("$("), piece.rfind("$("));
        [outer, inner.filter(|inner| Some(*inner) != outer)].into_iter().flatten().map(move |at| &piece[at + 2..])
    })
}

/// The warning that a value replaces a reference.
pub(super) fn was_a_reference(variable: &Variable<'_>) -> Option<Remark> {
    let words = format!("{} was a reference, and is now a value", variable.name);
    variable.is_reference().then(|| Remark::new(variable.node, words))
}

/// Quotes the value of an entry.
pub(super) fn quote(tree: &Tree<'_>, draft: &mut Draft, variable: &Variable<'_>) {
    let text = Value::Text(variable.value.to_owned().into());
    match own_key(tree, variable.node, "value") {
        Some(own) => draft.part(variable.node, own, Part::Set(text)),
        None => draft.entry(variable.node, "value", text),
    }
}

/// Renames an entry.
///
/// # Errors
/// If `<<` defines its name.
pub(super) fn rename(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    name: &'static str,
) -> Result<(), Diagnostic> {
    let own = own_key(tree, variable.node, "name").ok_or_else(|| {
        let message = format!("{} has its name from `<<` and can't be renamed", variable.name);
        tree.diagnostic(variable.node, message, "write the entry out without `<<`")
    })?;
    draft.part(variable.node, own, Part::Set(Value::Text(name.into())));
    Ok(())
}

/// Sets `value`, and removes `valueFrom`.
///
/// # Errors
/// If `<<` defines the key to remove.
pub(super) fn set_text(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    text: &str,
) -> Result<(), Diagnostic> {
    let value = Value::Text(text.to_owned().into());
    let is_same = variable.kind == ScalarKind::String && variable.value == text;
    match (own_key(tree, variable.node, "value"), own_key(tree, variable.node, "valueFrom")) {
        (Some(own), from) => {
            if !is_same {
                draft.part(variable.node, own, Part::Set(value));
            }
            remove_sibling(tree, draft, variable, ("valueFrom", from), variable.value_from.is_some())
        }
        (None, Some(_)) if merges(tree, variable.node, "valueFrom") => Err(both_by_merge(tree, variable)),
        (None, Some(from)) => {
            draft.part(variable.node, from, Part::Replace("value", value));
            Ok(())
        }
        (None, None) => {
            draft.entry(variable.node, "value", value);
            remove_sibling(tree, draft, variable, ("valueFrom", None), variable.value_from.is_some())
        }
    }
}

/// Puts a folder before the others of a search path. Returns the path.
///
/// # Errors
/// See [`set_text`].
pub(super) fn set_folder(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    folder: &str,
) -> Result<String, Diagnostic> {
    if variable.is_gap() {
        set_text(tree, draft, variable, folder)?;
        return Ok(folder.to_owned());
    }
    let path = format!("{folder}:{}", variable.value);
    restyle(tree, draft, variable, path.clone());
    Ok(path)
}

/// Gives an entry another text in the quotes that it has.
pub(super) fn restyle(tree: &Tree<'_>, draft: &mut Draft, variable: &Variable<'_>, text: String) {
    if let Some(own) = own_key(tree, variable.node, "value") {
        draft.part(variable.node, own, Part::Set(Value::InStyle(text.into())));
    }
}

/// Sets `valueFrom` to a field of the pod, and removes `value`.
///
/// # Errors
/// If `<<` defines the key to remove.
pub(super) fn set_field(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    field: &'static str,
) -> Result<(), Diagnostic> {
    match (own_key(tree, variable.node, "valueFrom"), own_key(tree, variable.node, "value")) {
        (Some(own), value) => {
            if !is_field(tree, variable, field) {
                draft.part(variable.node, own, Part::Set(field_ref(field)));
            }
            remove_sibling(tree, draft, variable, ("value", value), variable.kind != ScalarKind::Missing)
        }
        (None, Some(_)) if merges(tree, variable.node, "value") => Err(both_by_merge(tree, variable)),
        (None, Some(value)) => {
            draft.part(variable.node, value, Part::Replace("valueFrom", field_ref(field)));
            Ok(())
        }
        (None, None) => {
            draft.entry(variable.node, "valueFrom", field_ref(field));
            remove_sibling(tree, draft, variable, ("value", None), variable.kind != ScalarKind::Missing)
        }
    }
}

/// Removes the key that excludes the one just set.
fn remove_sibling(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    (key, own): (&str, Option<usize>),
    exists: bool,
) -> Result<(), Diagnostic> {
    match own {
        Some(_) if merges(tree, variable.node, key) => Err(both_by_merge(tree, variable)),
        Some(index) => {
            draft.part(variable.node, index, Part::Remove);
            Ok(())
        }
        None if exists => Err(both_by_merge(tree, variable)),
        None => Ok(()),
    }
}

fn both_by_merge(tree: &Tree<'_>, variable: &Variable<'_>) -> Diagnostic {
    let message = format!("{} would have both value and valueFrom, one of them from `<<`", variable.name);
    tree.diagnostic(variable.node, message, "write the entry out without `<<`")
}

pub(super) fn entry(name: &'static str, content: &Content) -> Value {
    let (key, value) = match content {
        Content::Literal(text) => ("value", Value::Text(text.clone())),
        Content::Field(field) => ("valueFrom", field_ref(field)),
        Content::Folder(folder) => ("value", (*folder).into()),
        Content::Tags(tags) => ("value", Value::Text(merge_tags("", tags).into())),
    };
    Value::map([("name", name.into()), (key, value)])
}

/// A reference to a field of the pod.
fn field_ref(path: &'static str) -> Value {
    Value::map([("fieldRef", Value::map([("fieldPath", path.into())]))])
}

/// The index of a key in the mapping itself, without `<<`.
pub(super) fn own_key(tree: &Tree<'_>, mapping: NodeId, key: &str) -> Option<usize> {
    tree.entries(mapping).position(|(own, _)| tree.scalar_text(own) == Some(key))
}
