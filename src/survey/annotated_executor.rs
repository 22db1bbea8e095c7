//! The state of an executor with variables from annotations, for an env list that a command is about to write.

use std::sync::Arc;

use super::annotation_faults::ExecutorAnnotations;
use super::injection::Admission;
use super::reading::{Engine, EnvReading};
use super::surroundings::PredictorPods;
use super::tracing::{Tracing, judge};
use crate::manifest::{
    Deployment, EngineVariable, Env, InCommon, Predictor, PredictorUnits, Role, Unit, may_lack_engine, units, value_of,
};
use crate::yaml::Tree;
use crate::yaml::de::At;

/// The annotations of a deployment's `spec`, as far as they matter to the pods of its predictors.
#[derive(Debug, Clone)]
pub(crate) struct SpecAnnotations<'t> {
    pub(super) variables: Arc<Engine<'t>>,
    pub(super) admission: Arc<Admission<'t>>,
    pub(super) settings: ExecutorAnnotations,
}

impl<'t> SpecAnnotations<'t> {
    pub(super) fn of(tree: &'t Tree<'_>, deployment: &Deployment<'t>, variables: Engine<'t>) -> Self {
        Self {
            variables: Arc::new(variables),
            admission: Arc::new(Admission::of_spec(tree, deployment)),
            settings: ExecutorAnnotations::of(tree, value_of(tree, deployment.node, "spec")),
        }
    }

    /// Those of a deployment; `None` if no client may read one as a variable.
    pub(crate) fn read_by_a_client(tree: &'t Tree<'_>, deployment: &Deployment<'t>) -> Option<Self> {
        let variables = Engine::new(deployment.engine_variables(tree));
        (!variables.is_unread()).then(|| Self::of(tree, deployment, variables))
    }
}

/// An executor that the operator adds, and that has variables from annotations.
#[derive(Debug)]
pub(crate) struct AnnotatedExecutor<'t> {
    variables: Arc<Engine<'t>>,
    unit: Unit<'t>,
    pods: PredictorPods<'t>,
}

impl<'t> AnnotatedExecutor<'t> {
    /// The executor of a predictor, the `index`th of its deployment. `None` if there is none, or perhaps none.
    pub(crate) fn of(
        tree: &'t Tree<'_>,
        deployment: &Deployment<'t>,
        predictor: (usize, &At<Predictor<'t>>),
        common: InCommon<'t>,
        spec: &SpecAnnotations<'t>,
    ) -> Option<Self> {
        let PredictorUnits { node, executor, units, .. } = units(tree, predictor, common);
        let unit = *units.iter().find(|unit| matches!(unit.role, Role::SvcOrchSpec(_)))?;
        let pods = PredictorPods::of(tree, spec, deployment, (node, executor), &units);
        (!may_lack_engine(tree, node)).then(|| Self { variables: Arc::clone(&spec.variables), unit, pods })
    }

    /// Its state with an env list in place of its own.
    pub(crate) fn tracing<'a>(&'a self, tree: &'a Tree<'a>, env: &'a Env<'a>) -> Tracing {
        self.tracing_with(tree, env, &self.variables)
    }

    /// The same without one of the annotations.
    pub(crate) fn tracing_without<'a>(&'a self, tree: &'a Tree<'a>, env: &'a Env<'a>, name: &str) -> Tracing {
        // There may be many others.
        let others = self.variables.known().filter(|variable| variable.name != name);
        self.tracing_with(tree, env, &Engine::new(others.cloned().collect()))
    }

    fn tracing_with<'a>(&'a self, tree: &'a Tree<'a>, env: &'a Env<'a>, variables: &Engine<'a>) -> Tracing {
        let reading = EnvReading::new(tree, &self.unit, env, variables);
        let mut tracing = judge(&reading, &self.unit, None, &self.pods.around(tree, &self.unit, env));
        if let Some(fault) = self.pods.annotation_fault {
            tracing.set_exiting(fault.reason());
        }
        tracing
    }

    /// The variables from annotations that a client may read and that an env list does not override, in order.
    pub(crate) fn in_effect<'a>(&'a self, env: &'a Env<'_>) -> impl Iterator<Item = &'a EngineVariable<'t>> {
        self.variables.known().filter(|variable| !env.has(&variable.name))
    }

    /// The annotation of a variable that an env list may override.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.variables.known().any(|variable| variable.name == name)
    }
}
