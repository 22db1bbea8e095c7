//! Unselected orchestrators that make the decision not to sample for the containers of their predictor.

use std::collections::HashMap;

use super::{Planner, Remark};
use crate::diagnostic::Diagnostic;
use crate::manifest::selection::Only;
use crate::manifest::{ORCHESTRATOR, SKIP_ANNOTATION};
use crate::survey::{PredictorSurvey, survey};
use crate::yaml::NodeId;

impl Planner<'_, '_> {
    /// Warns if containers are enabled for Jaeger, but an unselected orchestrator silences them.
    pub(super) fn warn_of_silent_orchestrators(&mut self) -> Result<(), Diagnostic> {
        let selection = &self.policy.selection;
        let leaves_out = selection.only == Only::Containers
            || selection.container.is_some()
            || self.tree.text().contains(SKIP_ANNOTATION);
        if self.enabled_for_jaeger.is_empty() || !leaves_out {
            return Ok(());
        }
        let reports: HashMap<NodeId, usize> = self.enabled_for_jaeger.drain(..).collect();
        for deployment in survey(self.tree, selection)? {
            let Some(report) = reports.get(&deployment.deployment.node).map(|at| &mut self.plan.deployments[*at])
            else {
                continue;
            };
            let is_kept_out = deployment.deployment.kept_out().has(ORCHESTRATOR);
            for predictor in &deployment.predictors {
                if let Some(reason) = reason_of_silence(predictor, is_kept_out) {
                    let text = format!(
                        "the orchestrator of predictor `{}` is left out and tells its containers not to sample ({reason}): no \
                         span comes from them",
                        predictor.name
                    );
                    report.remarks.push(Remark::new(predictor.node, text));
                }
            }
        }
        Ok(())
    }
}

fn reason_of_silence<'a>(predictor: &'a PredictorSurvey<'_>, is_kept_out: bool) -> Option<&'a str> {
    let reason = predictor.decision.silence()?;
    let is_left_out = is_kept_out || !predictor.units.iter().any(|unit| unit.unit.is_orchestrator());
    let has_containers = predictor.units.iter().any(|unit| !unit.unit.is_orchestrator());
    (is_left_out && has_containers).then_some(reason)
}
