//! Remarks on settings beside the targets that reach no program: keys that the API server drops, and annotations that
//! the operator does not read.

use std::collections::HashSet;

use super::{Planner, Remark, Task};
use crate::lint::{LostSetting, UnitGroup, groups_of, lost_settings};
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

/// The groups of the targets of a predictor.
pub(super) fn target_groups<'t>(found: &PredictorTargets<'t>) -> impl Iterator<Item = UnitGroup<'t>> {
    let targets = found.targets.iter().flat_map(|target| groups_of(found.node, target.name, Some(target.site)));
    targets.chain(found.missing.iter().flat_map(|missing| groups_of(found.node, missing.name, None)))
}

/// The remarks on lost settings for targets. Of several annotations, the first is named.
pub(super) fn remarks_on_lost<'t>(lost: Vec<LostSetting<'t>>, targets: &HashSet<UnitGroup<'t>>) -> Vec<Remark> {
    let mut annotated = HashSet::new();
    let lost = lost.into_iter().filter(|setting| setting.is_for(targets));
    let named = lost.filter(|setting| !setting.is_annotation() || annotated.insert(setting.groups().to_vec()));
    named.map(|setting| Remark::new(setting.node, setting.remark)).collect()
}
