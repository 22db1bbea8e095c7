//! The env lists after the change, as the draft has them.

use super::draft::Draft;
use crate::changes::{Part, Value};
use crate::manifest::{Env, Reference, Variable};
use crate::yaml::{NodeId, ScalarKind, Tree};

/// The manifest with the changes of a draft.
pub(super) struct After<'t, 'x> {
    pub tree: &'t Tree<'x>,
    pub draft: &'t Draft,
}

impl<'t> After<'t, '_> {
    /// The env list of a unit after the change. A new variable has the node of the list or container that it is added to.
    pub(super) fn env(&self, unit: NodeId, env: Env<'t>) -> Env<'t> {
        let new = match env.list {
            Some(list) => self.draft.new_items(list),
            None => self.new_list(unit),
        };
        let remains = |variable: &&Variable<'t>| {
            let part = env.list.and_then(|list| self.draft.of_part(list, variable.index));
            part != Some(&Part::Remove)
        };
        let existing = env.variables.iter().filter(remains).map(|variable| self.changed(variable));
        let place = env.list.unwrap_or(unit);
        let variables = existing.chain(new.iter().filter_map(|entry| new_variable(entry, place))).collect();
        Env::of(env.list, variables, env.command_line)
    }

    /// The entries of a new env list.
    fn new_list(&self, unit: NodeId) -> &'t [Value] {
        let in_unit = || self.draft.new_entry(unit, "env");
        let in_predictor = || self.draft.new_entry(unit, "svcOrchSpec")?.get("env");
        in_unit().or_else(in_predictor).map_or(&[], Value::items)
    }

    /// A variable after the changes of its entry.
    fn changed(&self, variable: &Variable<'t>) -> Variable<'t> {
        let (node, mut after) = (variable.node, *variable);
        for (index, (key, _)) in self.tree.entries(node).enumerate() {
            let key = self.tree.scalar_text(key).unwrap_or_default();
            match self.draft.of_part(node, index) {
                Some(Part::Remove) => clear(&mut after, key),
                Some(Part::Set(value)) => set(&mut after, key, value),
                Some(Part::Replace(new, value)) => {
                    clear(&mut after, key);
                    set(&mut after, new, value);
                }
                None => {}
            }
        }
        for key in ["value", "valueFrom"] {
            if let Some(value) = self.draft.new_entry(node, key) {
                set(&mut after, key, value);
            }
        }
        after
    }
}

fn new_variable(entry: &Value, place: NodeId) -> Option<Variable<'_>> {
    let mut variable = Variable {
        index: None,
        node: place,
        name: entry.get("name")?.text()?,
        value: "",
        kind: ScalarKind::Missing,
        value_from: None,
        reference: None,
        value_node: None,
        is_quoted: false,
        is_secret: false,
        is_encrypted: false,
    };
    for key in ["value", "valueFrom"] {
        if let Some(value) = entry.get(key) {
            set(&mut variable, key, value);
        }
    }
    Some(variable)
}

fn clear(variable: &mut Variable<'_>, key: &str) {
    match key {
        "value" => (variable.value, variable.kind) = ("", ScalarKind::Missing),
        "valueFrom" => (variable.value_from, variable.reference) = (None, None),
        _ => {}
    }
}

fn set<'t>(variable: &mut Variable<'t>, key: &str, value: &'t Value) {
    match key {
        "name" => variable.name = value.text().unwrap_or_default(),
        "value" => (variable.value, variable.kind) = (value.text().unwrap_or_default(), ScalarKind::String),
        "valueFrom" => {
            let path = value.get("fieldRef").and_then(|field| field.get("fieldPath")).and_then(Value::text);
            variable.reference = Some(path.map_or(Reference::Other(""), Reference::Field));
        }
        _ => {}
    }
}
