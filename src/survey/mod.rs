//! The current state: the units of each deployment, their variables, and whether they send spans. This module knows
//! manifests and backends, but no output.

mod address;
mod annotated_executor;
mod annotation_faults;
mod datadog;
mod expansion;
mod injection;
mod jaeger;
mod mounted;
mod otlp;
mod reading;
mod refused;
mod surroundings;
mod tracing;

use std::collections::HashSet;
use std::sync::Arc;

use crate::credentials::secret_nodes;
use crate::diagnostic::Diagnostic;
use crate::knowledge::sidecar::sidecar_name;
use crate::knowledge::{BACKENDS, Backend};
use crate::manifest::selection::Selection;
use crate::manifest::{
    Deployment, Env, PredictorUnits, Refusal, Role, Unit, deployments, is_placeholder, may_lack_engine, refusals, units,
};
use crate::yaml::{NodeId, Tree};

pub(crate) use annotated_executor::{AnnotatedExecutor, SpecAnnotations};
pub(crate) use expansion::{Expansion, ExternalVariables, expand_text, is_expanded};
pub(crate) use injection::{Obstacle, python_obstacle, runs_library, traces_rest_although_off};
pub(crate) use mounted::Unmounted;
use reading::EnvReading;
pub(crate) use reading::{EffectiveEnv, EffectiveValue, Engine, ValueSource};
pub(crate) use surroundings::{
    PredictorPods, agents_of, declares_port, is_mlserver, is_native_sidecar, is_other_server, native_sidecars,
    other_program,
};
pub use tracing::Verdict;
pub(crate) use tracing::{Agent, Cause, Decision, NO_PATH, Tracing, TracingClient, about, fact_and_advice};

/// A deployment and the state of its predictors.
#[derive(Debug)]
pub(crate) struct DeploymentSurvey<'t> {
    pub deployment: Deployment<'t>,
    /// The executor's variables from annotations of `spec`.
    pub engine: Arc<Engine<'t>>,
    /// The reasons why the deployment is refused, including those of unselected predictors.
    pub refusals: Vec<Refusal>,
    pub predictors: Vec<PredictorSurvey<'t>>,
}

/// A predictor and the state of its units.
#[derive(Debug)]
pub(crate) struct PredictorSurvey<'t> {
    /// The name, or the index in the list if it has none.
    pub name: String,
    /// The predictor's mapping.
    pub node: NodeId,
    pub pods: PredictorPods<'t>,
    /// The sampling decision of its orchestrator, selected or not.
    pub decision: Decision,
    /// The selected units in the order of the graph, the orchestrator first.
    pub units: Vec<UnitSurvey<'t>>,
}

/// A unit, its variables and its tracing state.
#[derive(Debug)]
pub(crate) struct UnitSurvey<'t> {
    pub unit: Unit<'t>,
    /// The variables. An unreadable env list of a unit that does not trace counts as empty.
    pub env: Env<'t>,
    pub tracing: Tracing,
}

impl DeploymentSurvey<'_> {
    /// The mappings of the predictors with selected units.
    pub(crate) fn selected(&self) -> impl Iterator<Item = NodeId> + Clone {
        self.predictors.iter().filter(|predictor| !predictor.units.is_empty()).map(|predictor| predictor.node)
    }

    /// Returns true if a unit of the deployment is selected.
    pub(crate) fn is_selected(&self) -> bool {
        self.predictors.iter().any(|predictor| !predictor.units.is_empty())
    }
}

/// Surveys the selected deployments in the documents of a tree, including those with the annotation against edits.
///
/// # Errors
/// If a manifest is invalid on the path to an env list.
pub(crate) fn survey<'t>(tree: &'t Tree<'_>, selection: &Selection) -> Result<Vec<DeploymentSurvey<'t>>, Diagnostic> {
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
            let annotations = SpecAnnotations::of(tree, &deployment, Engine::new(engine));
            let engine = Arc::clone(&annotations.variables);
            let common = deployment.in_common(tree, &spec);
            let context =
                Context { tree, engine: &engine, secrets: &secrets, all_containers: selection.all_containers };
            let predictors = spec.predictors.value.iter().flatten().enumerate();
            let all: Vec<PredictorUnits<'_>> = predictors.map(|predictor| units(tree, predictor, common)).collect();
            let refusals = refusals(tree, &deployment, &all);
            let refusal_doubt = refusals.first().map(refused::doubt);
            let mut predictors = Vec::new();
            for predictor in all {
                let PredictorUnits { name, node, executor, units, .. } = predictor;
                let may_lack_engine = may_lack_engine(tree, node);
                if !selection.selects_predictor(&name) {
                    continue;
                }
                let pods = PredictorPods::of(tree, &annotations, &deployment, (node, executor), &units);
                let name_doubts = NameDoubts::of(&units);
                let mut decision = Decision::None;
                let mut surveyed = Vec::new();
                for unit in units {
                    let is_selected = selection.selects_unit(&unit);
                    // An unselected orchestrator still decides.
                    let decides = matches!(unit.role, Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_));
                    if !is_selected && !decides {
                        continue;
                    }
                    let mut unit = context.unit(unit, &pods)?;
                    let is_made = matches!(unit.unit.role, Role::SvcOrchSpec(_));
                    if let Some(fault) = pods.annotation_fault.filter(|_| is_made) {
                        unit.tracing.set_exiting(fault.reason());
                    }
                    if decides && may_lack_engine {
                        unit.tracing.may_be_missing(NO_ENGINE_PLACEHOLDER);
                    } else if matches!(unit.unit.role, Role::OwnOrchestrator(_)) && common.may_be_separate {
                        unit.tracing.may_be_missing(SEPARATE_ENGINE_PLACEHOLDER);
                    }
                    name_doubts.add_to(&mut unit);
                    let backend = unit.tracing.backend.filter(|_| unit.tracing.is_at_localhost());
                    let agents = backend.and_then(|backend| pods.agents_beside(&unit.unit, backend));
                    let agent = agents.zip(unit.tracing.agent_port()).and_then(|(agents, port)| agents.at(port));
                    unit.tracing.beside = agent.map(|agent| agent.name.clone());
                    if decides {
                        decision = unit.tracing.decision.clone();
                    } else if matches!(unit.unit.role, Role::Server { .. } | Role::ServerWithoutContainer) {
                        unit.tracing.apply_decision(&decision);
                        if decision.silence().is_none() && traces_rest_although_off(tree, &unit.unit) {
                            unit.tracing.set_tracing_rest();
                        }
                    }
                    if pods.is_unreached {
                        unit.tracing.set_unknown(NO_CALLS);
                    }
                    if let Some(doubt) = &refusal_doubt {
                        unit.tracing.apply_refusal(doubt);
                    }
                    if is_selected {
                        surveyed.push(unit);
                    }
                }
                let uses_library = |tracing: &Tracing| {
                    tracing.is_on && tracing.is_library() && tracing.backend.is_some_and(Backend::is_datadog)
                };
                if surveyed.iter().any(|unit| uses_library(&unit.tracing)) {
                    surveyed.iter_mut().for_each(|unit| unit.tracing.drop_missing_library());
                }
                predictors.push(PredictorSurvey { name, node, pods, decision, units: surveyed });
            }
            found.push(DeploymentSurvey { deployment, engine, refusals, predictors });
        }
    }
    Ok(found)
}

/// Placeholder names in a predictor. A graph node without a container and a container without a graph node may then
/// belong together.
struct NameDoubts {
    /// True if the name of a graph node without a container is a placeholder.
    in_graph: bool,
    /// True if the name of a container without a graph node is a placeholder.
    in_pods: bool,
}

impl NameDoubts {
    fn of(units: &[Unit<'_>]) -> Self {
        let has = |is_of_role: fn(&Role) -> bool| {
            units.iter().any(|unit| is_of_role(&unit.role) && is_placeholder(unit.name, true))
        };
        let lacks_container: fn(&Role) -> bool =
            |role| matches!(role, Role::NoContainer | Role::ServerWithoutContainer | Role::UnknownServer);
        Self { in_graph: has(lacks_container), in_pods: has(|role| matches!(role, Role::Sidecar(_))) }
    }

    fn add_to(&self, unit: &mut UnitSurvey<'_>) {
        let reason = match unit.unit.role {
            Role::Sidecar(_) if self.in_graph => "the name of a graph node is a placeholder",
            Role::NoContainer if self.in_pods => "the name of a container is a placeholder",
            _ => return,
        };
        if unit.tracing.verdict == Verdict::Cannot {
            unit.tracing.verdict = Verdict::Unknown;
            unit.tracing.reason = Some(reason.to_owned());
        }
    }
}

const NO_CALLS: &str = "a container replaces the orchestrator, and the predictor's Service selects no pod: the label seldon-app is missing or has another value";

const NO_ENGINE_PLACEHOLDER: &str = "the annotation seldon.io/no-engine is a placeholder";
const SEPARATE_ENGINE_PLACEHOLDER: &str = "the annotation seldon.io/engine-separate-pod is a placeholder";

/// The context of all units of a deployment.
struct Context<'a, 't, 'x> {
    tree: &'t Tree<'x>,
    engine: &'a Engine<'t>,
    secrets: &'a HashSet<NodeId>,
    all_containers: bool,
}

impl<'t> Context<'_, 't, '_> {
    fn unit(&self, unit: Unit<'t>, pods: &PredictorPods<'t>) -> Result<UnitSurvey<'t>, Diagnostic> {
        let is_agent = BACKENDS.into_iter().any(|backend| unit.name == sidecar_name(backend));
        let is_wanted_sidecar = self.all_containers && matches!(unit.role, Role::Sidecar(_)) && !is_agent;
        let skip_reason = || unit.why_left_alone().filter(|_| !is_wanted_sidecar);
        let read = Env::read(self.tree, &unit.env, unit.container.as_ref());
        let is_unread = skip_reason().is_some() || matches!(unit.role, Role::IdleSvcOrchSpec);
        let mut env = if is_unread { read.unwrap_or_default() } else { read? };
        env.mark_secrets(self.secrets);
        let judge = |env: &Env<'t>| {
            let reading = EnvReading::new(self.tree, &unit, env, self.engine);
            tracing::judge(&reading, &unit, skip_reason(), &pods.around(self.tree, &unit, env))
        };
        let mut tracing = judge(&env);
        if let Some(variable) = unit.dropped_at(self.tree, &env).first() {
            let left = Env::of(env.list, Vec::new(), env.command_line.clone());
            tracing.replace_by_dropped(judge(&left), variable.name);
        }
        Ok(UnitSurvey { unit, env, tracing })
    }
}

#[cfg(test)]
mod tests;
