//! What becomes of an env list: which of its entries go, and how one is made to hold something else.

use std::collections::{BTreeMap, HashSet};

use super::draft::Draft;
use super::{Remark, Treatment};
use crate::changes::{Part, Value};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Content, Leaves, leaves, merge_tags, switches_off};
use crate::manifest::{Env, HOST_IP, Site, Variable, is_host_ip};
use crate::yaml::sharing::merges;
use crate::yaml::{NodeId, ScalarKind, Tree};

/// Which variables go.
#[derive(Debug, Default)]
pub(super) struct Leaving<'t> {
    /// Their names.
    pub names: HashSet<&'t str>,
    /// Those that would have gone and stay, and why.
    pub remarks: Vec<Remark>,
}

impl<'t> Env<'t> {
    /// Which of the candidates go: not those that feed something else, that the user keeps, or that what stays names.
    pub(super) fn leaving(&self, treatment: &Treatment, candidates: impl Fn(&str) -> bool) -> Leaving<'t> {
        let mut leaving = Leaving::default();
        for variable in
            self.variables.iter().filter(|variable| candidates(variable.name) && self.may_leave(variable.name))
        {
            if treatment.keeps(variable.name) {
                leaving.remark(variable, "stays, as --keep says");
            } else {
                leaving.names.insert(variable.name);
            }
        }
        self.keep_what_is_named(&mut leaving);
        leaving
    }

    /// Keeps the variables that what stays names as `$(NAME)`, and those that these name in turn.
    fn keep_what_is_named(&self, leaving: &mut Leaving<'t>) {
        if leaving.names.is_empty() {
            return;
        }
        // By their places in the list: the set has no order of its own.
        let mut named = BTreeMap::new();
        let mut texts: Vec<&str> = self.command_line.clone();
        texts.extend(self.variables.iter().filter(|one| !leaving.names.contains(one.name)).map(|one| one.value));
        loop {
            for name in texts.drain(..).flat_map(references) {
                let last = leaving.names.get(name).and_then(|name| self.last(name));
                named.extend(last.map(|variable| (variable.index, variable)));
            }
            let Some((_, variable)) = named.pop_first() else { return };
            leaving.names.remove(variable.name);
            leaving.remark(variable, &format!("stays, for $({}) names it", variable.name));
            texts.extend(self.named(variable.name).map(|entry| entry.value));
        }
    }

    fn may_leave(&self, name: &str) -> bool {
        match leaves(name) {
            Leaves::Always => true,
            Leaves::BesideDdEnabled => self.has("DD_ENABLED"),
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

    /// Puts entries at the end of the list, which is made where it is missing.
    pub(super) fn append(&self, draft: &mut Draft, predictor: NodeId, site: &Site, entries: Vec<Value>) {
        if entries.is_empty() {
            return;
        }
        match (self.list, site) {
            (Some(list), _) => draft.items(list, entries),
            (None, Site::SvcOrchSpec(None)) => {
                draft.entry(predictor, "svcOrchSpec", Value::Map(vec![("env", Value::List(entries))]));
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

/// The names that a text takes up as `$(NAME)`. Of `$(A$(B)` it is both `A$(B` and `B`, for one may have either name.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(')').filter_map(|piece| piece.strip_suffix(')')).flat_map(|piece| {
        let (outer, inner) = (piece.find("$("), piece.rfind("$("));
        [outer, inner.filter(|inner| Some(*inner) != outer)].into_iter().flatten().map(move |at| &piece[at + 2..])
    })
}

/// What is said where a text takes the place of a reference.
pub(super) fn was_a_reference(variable: &Variable<'_>) -> Option<Remark> {
    let words = format!("{} was a reference, and is now a value", variable.name);
    variable.is_reference().then(|| Remark::new(variable.node, words))
}

/// Quotes the value of an entry as it is spelt.
pub(super) fn quote(tree: &Tree<'_>, draft: &mut Draft, variable: &Variable<'_>) {
    let text = Value::Text(variable.value.to_owned().into());
    match own_key(tree, variable.node, "value") {
        Some(own) => draft.part(variable.node, own, Part::Set(text)),
        None => draft.entry(variable.node, "value", text),
    }
}

/// Gives an entry another name.
///
/// # Errors
/// Where its name comes by a `<<`.
pub(super) fn rename(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    name: &'static str,
) -> Result<(), Diagnostic> {
    let own = own_key(tree, variable.node, "name").ok_or_else(|| {
        let message = format!("{} has its name by `<<`, and can't become another variable", variable.name);
        tree.diagnostic(variable.node, message, "write the entry out without `<<`")
    })?;
    draft.part(variable.node, own, Part::Set(Value::Text(name.into())));
    Ok(())
}

/// Makes an entry hold a text, and no reference.
///
/// # Errors
/// Where what has to go comes by a `<<`.
pub(super) fn set_text(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    text: &str,
) -> Result<(), Diagnostic> {
    let value = Value::Text(text.to_owned().into());
    let stands = variable.kind == ScalarKind::String && variable.value == text;
    match (own_key(tree, variable.node, "value"), own_key(tree, variable.node, "valueFrom")) {
        (Some(own), from) => {
            if !stands {
                draft.part(variable.node, own, Part::Set(value));
            }
            take_out_sibling(tree, draft, variable, ("valueFrom", from), variable.value_from.is_some())
        }
        (None, Some(_)) if merges(tree, variable.node, "valueFrom") => Err(both_by_merge(tree, variable)),
        (None, Some(from)) => {
            draft.part(variable.node, from, Part::Replace("value", value));
            Ok(())
        }
        (None, None) => {
            draft.entry(variable.node, "value", value);
            take_out_sibling(tree, draft, variable, ("valueFrom", None), variable.value_from.is_some())
        }
    }
}

/// Makes an entry hold the node's address, and no text.
///
/// # Errors
/// Where what has to go comes by a `<<`.
pub(super) fn set_host_ip(tree: &Tree<'_>, draft: &mut Draft, variable: &Variable<'_>) -> Result<(), Diagnostic> {
    match (own_key(tree, variable.node, "valueFrom"), own_key(tree, variable.node, "value")) {
        (Some(own), value) => {
            if !is_host_ip(tree, variable) {
                draft.part(variable.node, own, Part::Set(host_ip()));
            }
            take_out_sibling(tree, draft, variable, ("value", value), variable.kind != ScalarKind::Missing)
        }
        (None, Some(_)) if merges(tree, variable.node, "value") => Err(both_by_merge(tree, variable)),
        (None, Some(value)) => {
            draft.part(variable.node, value, Part::Replace("valueFrom", host_ip()));
            Ok(())
        }
        (None, None) => {
            draft.entry(variable.node, "valueFrom", host_ip());
            take_out_sibling(tree, draft, variable, ("value", None), variable.kind != ScalarKind::Missing)
        }
    }
}

/// Takes out the key that must not stand beside the one just written.
fn take_out_sibling(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    (key, own): (&str, Option<usize>),
    stands: bool,
) -> Result<(), Diagnostic> {
    match own {
        Some(_) if merges(tree, variable.node, key) => Err(both_by_merge(tree, variable)),
        Some(index) => {
            draft.part(variable.node, index, Part::Remove);
            Ok(())
        }
        None if stands => Err(both_by_merge(tree, variable)),
        None => Ok(()),
    }
}

fn both_by_merge(tree: &Tree<'_>, variable: &Variable<'_>) -> Diagnostic {
    let message = format!("{} would have both value and valueFrom, one of them by `<<`", variable.name);
    tree.diagnostic(variable.node, message, "write the entry out without `<<`")
}

/// A new entry.
pub(super) fn entry(name: &'static str, content: &Content) -> Value {
    let (key, value) = match content {
        Content::Literal(text) => ("value", Value::Text(text.clone())),
        Content::HostIp => ("valueFrom", host_ip()),
        Content::Tags(tags) => ("value", Value::Text(merge_tags("", tags).into())),
    };
    Value::Map(vec![("name", Value::Text(name.into())), (key, value)])
}

fn host_ip() -> Value {
    let path = Value::Map(vec![("fieldPath", Value::Text(HOST_IP.into()))]);
    Value::Map(vec![("fieldRef", path)])
}

/// The place of a key among the mapping's own.
pub(super) fn own_key(tree: &Tree<'_>, mapping: NodeId, key: &str) -> Option<usize> {
    tree.entries(mapping).position(|(own, _)| tree.scalar_text(own) == Some(key))
}
