//! The env lists after the change, as the draft has them: lint counts the findings of a result that is not written yet.

use std::collections::HashMap;

use super::draft::Draft;
use super::target::CONFIG_PATH;
use super::{LintCount, LintCounts, Policy};
use crate::changes::{Part, Value};
use crate::diagnostic::{Diagnostic, Severity};
use crate::knowledge::parts::CONFIG_VOLUME;
use crate::lint::{distinct, inspect};
use crate::manifest::{Env, Reference, Variable};
use crate::survey::{DeploymentSurvey, SidecarChanges, survey, survey_changed};
use crate::yaml::{NodeId, ScalarKind, Tree};

/// The findings of lint in the manifest and in the result of the draft.
///
/// # Errors
/// If a manifest is invalid on the path to an env list that is not edited.
pub(super) fn lint_counts(
    tree: &Tree<'_>,
    policy: &Policy,
    draft: &Draft,
    made: &HashMap<NodeId, Vec<Value>>,
    sidecars: &SidecarChanges,
) -> Result<LintCounts, Diagnostic> {
    let after = After { tree, draft, made };
    let count = |surveys: &[DeploymentSurvey<'_>]| {
        let found = distinct(inspect(tree, surveys, |_| policy.rules.as_slice()));
        let of = |severity| found.iter().filter(|inspected| inspected.severity == severity).count();
        LintCount { errors: of(Severity::Error), warnings: of(Severity::Warning) }
    };
    Ok(LintCounts {
        before: count(&survey(tree, &policy.selection, |_, env| env)?),
        after: count(&survey_changed(tree, &policy.selection, |unit, env| after.env(unit.node, env), sidecars)?),
    })
}

/// The manifest with the changes of a draft.
pub(super) struct After<'t, 'x> {
    pub tree: &'t Tree<'x>,
    pub draft: &'t Draft,
    /// The env entries of new containers, by graph node.
    pub made: &'t HashMap<NodeId, Vec<Value>>,
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
        let variables: Vec<Variable<'t>> = variables;
        // A new path to a config file comes with its mount.
        let is_config = |one: &Variable<'_>| one.name == CONFIG_PATH && one.value.starts_with(CONFIG_VOLUME.folder);
        let new_mount = variables.iter().any(is_config).then_some(CONFIG_VOLUME.folder);
        let mut after = Env::of(env.list, variables, env.command_line);
        after.new_mount = new_mount;
        after
    }

    /// The entries of a new env list.
    fn new_list(&self, unit: NodeId) -> &'t [Value] {
        if let Some(entries) = self.made.get(&unit) {
            return entries;
        }
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
        index: usize::MAX,
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
