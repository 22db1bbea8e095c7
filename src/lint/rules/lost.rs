//! Settings in a manifest that reach no program, and the units that they may be for.

use std::collections::HashSet;

use super::super::Rule;
use super::groups::UnitGroup;
use super::misplaced::{ST018, dropped_keys};
use super::places::{ST022, misplaced_settings};
use crate::manifest::Deployment;
use crate::yaml::{NodeId, Tree};

/// A setting that reaches no program: what is written for it elsewhere is written a second time.
#[derive(Debug)]
pub(crate) struct LostSetting<'t> {
    pub node: NodeId,
    /// The remark on it beside the variables that a command writes.
    pub remark: String,
    /// The rule that finds it.
    pub rule: &'static Rule,
    groups: Vec<UnitGroup<'t>>,
}

/// The lost settings of a deployment and of some of its predictors, in the order of the rules.
pub(crate) fn lost_settings<'t>(
    tree: &'t Tree<'_>,
    deployment: &Deployment<'t>,
    predictors: impl Iterator<Item = NodeId> + Clone,
) -> Vec<LostSetting<'t>> {
    let keys = dropped_keys(tree, deployment.node, predictors.clone()).into_iter();
    let keys = keys.map(|key| LostSetting { node: key.node, remark: key.remark(), rule: &ST018, groups: key.groups() });
    let annotations = misplaced_settings(tree, deployment, predictors).into_iter();
    let annotations = annotations.map(|annotation| LostSetting {
        node: annotation.node,
        remark: annotation.words,
        rule: &ST022,
        groups: vec![UnitGroup::Orchestrator(annotation.predictor)],
    });
    keys.chain(annotations).collect()
}

impl<'t> LostSetting<'t> {
    /// Returns true if it may be for one of these units.
    pub(crate) fn is_for(&self, units: &HashSet<UnitGroup<'t>>) -> bool {
        self.groups.iter().any(|group| units.contains(group))
    }

    /// Returns true for an annotation; others are keys.
    pub(crate) fn is_annotation(&self) -> bool {
        self.rule.id == ST022.id
    }

    /// The units that it may be for.
    pub(crate) fn groups(&self) -> &[UnitGroup<'t>] {
        &self.groups
    }
}
