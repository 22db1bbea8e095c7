//! `lint --fix`: the changes of a predictor by the fixes of the rules.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::containers::Lacking;
use super::env::{entry, quote, rename, set_text};
use super::report::Action;
use super::target::Extras;
use super::{
    DeploymentReport, Input, Planner, Policy, TargetOutcome, TargetReport, Task, VariableChange, target_label,
};
use crate::changes::{Part, Value};
use crate::credentials::shown_key;
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Content, PlaceholderValues, Profile};
use crate::lint::{Fix, inspect};
use crate::manifest::{Deployment, Env, PredictorTargets};
use crate::survey::{DeploymentSurvey, survey};
use crate::yaml::{NodeId, Tree};

/// The fixes for a tree.
#[derive(Debug, Clone, Default)]
pub struct Fixes(Vec<(NodeId, Fix)>);

impl Fixes {
    /// The fixes for the findings in the selected deployments. A fix edits an env list, and so every unit that shares it
    /// by an alias, or enables a unit.
    ///
    /// # Errors
    /// If a manifest is invalid on the path to an env list.
    pub fn find(tree: &Tree<'_>, policy: &Policy, input: Input<'_>) -> Result<Self, Diagnostic> {
        let surveys = survey(tree, &policy.selection)?;
        let mut treatments = HashMap::new();
        for DeploymentSurvey { deployment, .. } in &surveys {
            treatments.insert(deployment.node, policy.treatment(tree, deployment, input.exceptions)?);
        }
        let rules = |deployment: &Deployment<'_>| match treatments.get(&deployment.node).map(|found| &found.task) {
            Some(Task::Fix(rules)) => rules.as_slice(),
            _ => &[],
        };
        let mut fixes = Vec::new();
        for found in inspect(tree, &surveys, rules) {
            let Some(fix) = found.fix else { continue };
            if matches!(fix, Fix::QuoteEntry(..)) {
                fixes.push((found.deployment.deployment.node, fix));
                continue;
            }
            let Some(at) = found.unit else { continue };
            let node = if matches!(fix, Fix::Enable(_)) { Some(at.unit.node) } else { at.env.list };
            fixes.extend(node.map(|node| (node, fix)));
        }
        Ok(Self(fixes))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fixes at the wanted indexes.
    #[must_use]
    pub(crate) fn only(&self, wanted: impl Fn(usize) -> bool) -> Self {
        let wanted = self.0.iter().enumerate().filter(|(at, _)| wanted(*at));
        Self(wanted.map(|(_, fix)| fix.clone()).collect())
    }
}

/// The fixes by node.
#[derive(Debug, Default)]
pub(super) struct FixesByNode {
    in_lists: HashMap<NodeId, Vec<Fix>>,
    by_enabling: HashMap<NodeId, Profile>,
    /// The entries to quote, with their mappings, by the deployment's node.
    entries: HashMap<NodeId, Vec<(NodeId, usize)>>,
}

impl FixesByNode {
    pub(super) fn new(fixes: &Fixes) -> Self {
        let mut by_node = Self::default();
        for (node, fix) in &fixes.0 {
            match fix {
                Fix::Enable(profile) => {
                    by_node.by_enabling.insert(*node, (**profile).clone());
                }
                Fix::QuoteEntry(mapping, index) => {
                    by_node.entries.entry(*node).or_default().push((*mapping, *index));
                }
                Fix::All(each) => by_node.in_lists.entry(*node).or_default().extend(each.iter().cloned()),
                fix => by_node.in_lists.entry(*node).or_default().push(fix.clone()),
            }
        }
        by_node
    }

    fn in_list(&self, env: &Env<'_>) -> &[Fix] {
        env.list.and_then(|list| self.in_lists.get(&list)).map_or(&[], Vec::as_slice)
    }
}

impl<'t> Planner<'t, '_> {
    /// Fixes a predictor, and returns the names of the containers that are added. If a unit has both fixes of its list and
    /// one that enables it, the list is fixed first: the next pass finds what is left to enable.
    pub(super) fn fix(
        &mut self,
        found: &PredictorTargets<'t>,
        place: &PlaceholderValues<'_>,
        kept_out: &HashSet<&str>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Result<Vec<&'t str>, Diagnostic> {
        for target in &found.targets {
            let mut env = Env::read(self.tree, &target.env, target.container.as_ref())?;
            env.mark_secrets(&self.secrets);
            let by_enabling = self.fixes.by_enabling.get(&target.node).filter(|_| self.fixes.in_list(&env).is_empty());
            let outcome = match by_enabling.cloned() {
                Some(profile) => {
                    let place = PlaceholderValues { container: target.name, ..*place };
                    let (present, has_config) = (self.present_library(found, target), self.has_config(target));
                    self.enable(
                        &profile,
                        found,
                        (target, &env),
                        Extras { present, library: present, has_config, ..Extras::default() },
                        &place,
                    )?
                }
                None => self.fix_list(&env)?,
            };
            outcome.without_remarks().report(format!("{label}{}", target_label(target)), report);
        }
        for unit in found.others.iter().filter(|unit| !kept_out.contains(unit.name)) {
            // An invalid list has no findings.
            let mut env = Env::read(self.tree, &unit.env, unit.container.as_ref()).unwrap_or_default();
            env.mark_secrets(&self.secrets);
            if !self.fixes.in_list(&env).is_empty() {
                self.fix_list(&env)?.without_remarks().report(format!("{label}{}", unit.label()), report);
            }
        }
        let wanted = |node: &NodeId| self.fixes.by_enabling.get(node).cloned();
        let missing = found.missing.iter().filter(|missing| wanted(&missing.node).is_some());
        let missing: Lacking<'_, 't> = missing.map(|missing| (missing.name, (missing, false))).collect();
        let made = match found.missing.iter().find_map(|missing| wanted(&missing.node)) {
            Some(profile) => self.make_containers(&profile, found, missing, place, label, report),
            None => Vec::new(),
        };
        self.add_parts(found)?;
        Ok(made)
    }

    /// Quotes annotations, labels and other strings of a deployment that are not in an env list.
    pub(super) fn quote_entries(&mut self, deployment: NodeId) -> Option<TargetReport> {
        let mut variables = Vec::new();
        let mut seen = HashSet::new();
        for &(mapping, index) in self.fixes.entries.get(&deployment)? {
            let Some((key, value)) = self.tree.entry(mapping, index) else { continue };
            let text = |node| self.tree.scalar_text(node).unwrap_or_default().to_owned();
            // An entry of a mapping with aliases is found, and changes, at each of them.
            self.draft.part(mapping, index, Part::Set(Value::Text(text(value).into())));
            if !seen.insert((mapping, index)) {
                continue;
            }
            let (name, action) = (shown_key(&text(key)).to_owned().into(), Action::Changed);
            variables.push(VariableChange { name, action, before: None, after: None });
        }
        Some(TargetReport { name: "strings outside of env".to_owned(), variables: variables.into() })
    }

    /// Fixes an env list, each variable once.
    fn fix_list(&mut self, env: &Env<'t>) -> Result<TargetOutcome, Diagnostic> {
        let mut outcome = TargetOutcome::default();
        let (Some(list), fixes) = (env.list, self.fixes.in_list(env).to_vec()) else { return Ok(outcome) };
        let (mut touched, mut new, mut added_last) = (HashSet::new(), Vec::<Value>::new(), Vec::new());
        let reporter = self.reporter();
        let literal = |text: &str| Content::Literal(text.to_owned().into());
        let mut added: HashSet<&str> = HashSet::new();
        for fix in fixes {
            match fix {
                Fix::Quote(index) if touched.insert(index) => {
                    let variable = &env.variables[index];
                    quote(self.tree, &mut self.draft, variable);
                    outcome.variables.push(reporter.changed(variable, &literal(variable.value)));
                }
                Fix::Write(index, text) if touched.insert(index) => {
                    set_text(self.tree, &mut self.draft, &env.variables[index], &text)?;
                    outcome.variables.push(reporter.changed(&env.variables[index], &literal(&text)));
                }
                Fix::Replace(index, name, text) if touched.insert(index) => {
                    rename(self.tree, &mut self.draft, &env.variables[index], name)?;
                    set_text(self.tree, &mut self.draft, &env.variables[index], &text)?;
                    outcome.variables.push(reporter.renamed(&env.variables[index], name, &literal(&text)));
                }
                Fix::RemoveEntries(indexes) => {
                    for index in indexes.into_iter().filter(|index| touched.insert(*index)) {
                        self.draft.part(list, index, Part::Remove);
                        outcome.variables.push(reporter.removed(&env.variables[index]));
                    }
                }
                Fix::Add(name, text) if added.insert(name) => {
                    let content = Content::Literal(Cow::Borrowed(text));
                    added_last.push(reporter.added(name, &content));
                    new.push(entry(name, &content));
                }
                _ => {}
            }
        }
        outcome.variables.extend(added_last);
        if !new.is_empty() {
            self.draft.items(list, new);
        }
        Ok(outcome)
    }
}
