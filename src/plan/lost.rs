//! Remarks on settings beside the targets that reach no program: keys that the API server drops, and annotations that
//! the operator does not read.

use std::collections::HashSet;

use super::{Planner, Remark, Task};
use crate::lint::{LostSetting, Scope, lost_settings, scopes_of};
use crate::manifest::{Deployment, PredictorTargets};
use crate::yaml::NodeId;

impl<'t> Planner<'t, '_> {
    /// The lost settings beside which `enable` may write.
    pub(super) fn lost_settings(
        &self,
        deployment: &Deployment<'t>,
        predictors: impl Iterator<Item = NodeId> + Clone,
    ) -> Vec<LostSetting<'t>> {
        match self.treatment.task {
            Task::Enable(_) => lost_settings(self.tree, deployment, predictors),
            Task::Disable(_) | Task::Fix(_) => Vec::new(),
        }
    }
}

/// The scopes of the targets of a predictor.
pub(super) fn target_scopes<'t>(found: &PredictorTargets<'t>) -> impl Iterator<Item = Scope<'t>> {
    let targets = found.targets.iter().flat_map(|target| scopes_of(found.node, target.name, Some(target.site)));
    targets.chain(found.missing.iter().flat_map(|missing| scopes_of(found.node, missing.name, None)))
}

/// The remarks on lost settings for targets. Of several annotations, the first is named.
pub(super) fn remarks_on_lost<'t>(lost: Vec<LostSetting<'t>>, targets: &HashSet<Scope<'t>>) -> Vec<Remark> {
    let mut annotated = HashSet::new();
    let lost = lost.into_iter().filter(|setting| setting.is_for(targets));
    let named = lost.filter(|setting| setting.rule != "ST022" || annotated.insert(setting.scopes().to_vec()));
    named.map(|setting| Remark::new(setting.node, setting.remark)).collect()
}
