//! What stands today: the units of each deployment with their variables, and whether traces will come from each. It
//! knows manifests and backends, and no text.

mod reading;
mod tracing;

use std::collections::HashSet;

use crate::credentials::secret_nodes;
use crate::diagnostic::Diagnostic;
use crate::manifest::selection::Selection;
use crate::manifest::{Deployment, Env, PredictorUnits, Role, Unit, deployments, units};
use crate::yaml::{NodeId, Tree};

use reading::EnvReading;
pub(crate) use reading::{EffectiveValue, Engine, InEffect, ValueSource};
pub use tracing::Verdict;
pub(crate) use tracing::{Agent, Cause, Tracing};

/// A deployment and what stands in it.
#[derive(Debug)]
pub(crate) struct DeploymentSurvey<'t> {
    /// The deployment.
    pub deployment: Deployment<'t>,
    /// What annotations of its `spec` give the executor.
    pub engine: Engine<'t>,
    /// Its predictors.
    pub predictors: Vec<PredictorSurvey<'t>>,
}

/// A predictor and what stands in it.
#[derive(Debug)]
pub(crate) struct PredictorSurvey<'t> {
    /// Its name, or its place in the list where it has none.
    pub name: String,
    /// Its mapping.
    pub node: NodeId,
    /// Its units in the order of the graph, the orchestrator first.
    pub units: Vec<UnitSurvey<'t>>,
}

/// A unit, its variables, and what they come to.
#[derive(Debug)]
pub(crate) struct UnitSurvey<'t> {
    /// The unit.
    pub unit: Unit<'t>,
    /// Its variables. Of what does not trace an env list that can't be read is taken for empty.
    pub env: Env<'t>,
    /// Whether traces will come from it.
    pub tracing: Tracing,
}

impl DeploymentSurvey<'_> {
    /// Whether any of it was selected.
    pub(crate) fn is_selected(&self) -> bool {
        self.predictors.iter().any(|predictor| !predictor.units.is_empty())
    }
}

/// Surveys the deployments in the documents of a tree that are selected. The annotation that keeps a resource from
/// being edited hides nothing here.
///
/// # Errors
/// Where a manifest is not what Kubernetes wants on the way to an env list.
pub(crate) fn survey<'t>(tree: &'t Tree<'_>, selection: &Selection) -> Result<Vec<DeploymentSurvey<'t>>, Diagnostic> {
    survey_with(tree, selection, |_, env| env)
}

/// The same where each unit has another env list than the one that stands.
///
/// # Errors
/// Where a manifest is not what Kubernetes wants on the way to an env list.
pub(crate) fn survey_with<'t>(
    tree: &'t Tree<'_>,
    selection: &Selection,
    env_of: impl Fn(&Unit<'t>, Env<'t>) -> Env<'t>,
) -> Result<Vec<DeploymentSurvey<'t>>, Diagnostic> {
    let (mut found, secrets) = (Vec::new(), secret_nodes(tree));
    for &root in tree.roots() {
        for deployment in deployments(tree, root)? {
            if !selection.selects(tree, &deployment)? {
                continue;
            }
            let spec = deployment.spec(tree)?;
            let mut engine = deployment.engine_variables(tree);
            for variable in &mut engine {
                variable.is_secret = secrets.contains(&tree.resolve(variable.value));
            }
            let engine = Engine::new(engine);
            let protocol = spec.protocol.as_text();
            let mut predictors = Vec::new();
            for predictor in spec.predictors.value.iter().flatten().enumerate() {
                let PredictorUnits { name, node, units, .. } = units(tree, predictor, protocol);
                if selection.selects_predictor(&name) {
                    let selected = units.into_iter().filter(|unit| selection.selects_unit(unit));
                    let units = selected
                        .map(|unit| unit_survey(tree, unit, &engine, &secrets, selection.all_containers, &env_of));
                    predictors.push(PredictorSurvey { name, node, units: units.collect::<Result<_, _>>()? });
                }
            }
            found.push(DeploymentSurvey { deployment, engine, predictors });
        }
    }
    Ok(found)
}

fn unit_survey<'t>(
    tree: &'t Tree<'_>,
    unit: Unit<'t>,
    engine: &Engine<'t>,
    secrets: &HashSet<NodeId>,
    all_containers: bool,
    env_of: impl Fn(&Unit<'t>, Env<'t>) -> Env<'t>,
) -> Result<UnitSurvey<'t>, Diagnostic> {
    let is_wanted_sidecar = all_containers && matches!(unit.role, Role::Sidecar(_));
    let traces_not = unit.why_left_alone().filter(|_| !is_wanted_sidecar);
    let read = Env::read(tree, &unit.env, unit.container.as_ref());
    let is_read_by_none = traces_not.is_some() || matches!(unit.role, Role::IdleSvcOrchSpec);
    let mut env = env_of(&unit, if is_read_by_none { read.unwrap_or_default() } else { read? });
    env.mark_secrets(secrets);
    let tracing = tracing::judge(&EnvReading::new(tree, &unit, &env, engine), &unit, traces_not);
    Ok(UnitSurvey { unit, env, tracing })
}

#[cfg(test)]
mod tests;
