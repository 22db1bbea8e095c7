//! Rules on variables in places where they are not read or have side effects.

use std::collections::HashSet;

use super::super::{Check, Found, Rule, Scene, Severity};
use super::near::{is_for_the_executor, near_containers};
use super::values::is_literal_credential;
use super::{is_orchestrator, is_referenced, is_server, outcomes_without_mlserver};
use crate::credentials::is_credential;
use crate::knowledge::clients::Outcome;
use crate::knowledge::otlp::OTLP_SERVER;
use crate::knowledge::{Known, Leaves, Owner, Unread, is_in_a_column, known, leaves};
use crate::manifest::{Deployment, Role, is_placeholder};
use crate::survey::{DeploymentSurvey, UnitSurvey, Verdict};
use crate::yaml::{NodeId, Tree};

pub(super) const ST015: Rule = Rule {
    id: "ST015",
    severity: Severity::Warning,
    finds: "variables where nothing reads them",
    explanation: "Only the executor and the Python wrapper trace. Without an executor svcOrchSpec is not used. Servers \
                  of other protocols and explainers have no tracing client of Seldon's. Seldon does not call a \
                  container that no graph node names; such a sidecar may be any program, so only TRACING and \
                  DD_ENABLED are found there. JAEGER_PROPAGATION, JAEGER_AUTH_TOKEN and JAEGER_TRACEID_128BIT are for \
                  other Jaeger clients than the executor's, and the Python wrapper does not read the first two either.",
    source: "Seldon Core 1.19.0-dev, executor/api/tracing/trace.go, operator/controllers; jaeger-client-go 2.25, \
             config/config_env.go",
    wrong: "- name: JAEGER_PROPAGATION\n  value: b3",
    right: "- name: JAEGER_TRACE_PROPAGATION_TYPE\n  value: b3",
    fix: None,
    check: Check::Units(|tree, deployment| {
        let mut found = Vec::new();
        for predictor in &deployment.predictors {
            // ST031 finds a typo in the name of a container.
            let typos: HashSet<NodeId> =
                near_containers(tree, predictor).iter().map(|(_, container)| container.unit.node).collect();
            let units = predictor.units.iter().filter(|survey| !typos.contains(&survey.unit.node));
            for survey in units {
                let scene = Scene { tree, deployment, survey, predictor };
                found.extend(variables_that_nothing_reads(&scene).into_iter().map(|found| (survey, found)));
            }
        }
        found
    }),
};

pub(super) const ST017: Rule = Rule {
    id: "ST017",
    severity: Severity::Warning,
    finds: "a variable at which the operator drops the env",
    explanation: "The operator sets the ports of a server itself, and PREDICTIVE_UNIT_PARAMETERS and MLSERVER_MODEL_URI \
                  where the graph node has `parameters` and `modelUri`. Where it finds one set by hand, it loses the \
                  variables gathered so far, those of tracing among them: 1.14.1 to 1.19.0-rc.1 do, and `status` judges \
                  the container by what is left.",
    source: "tried with the operator of Seldon Core 1.17.1; 1.14.1 to 1.19.0-rc.1, operator/utils/utils.go, SetEnvVar \
             without override",
    wrong: "- name: TRACING\n  value: \"1\"\n- name: PREDICTIVE_UNIT_HTTP_SERVICE_PORT\n  value: \"9000\"",
    right: "- name: TRACING\n  value: \"1\"",
    fix: None,
    check: Check::Unit(|scene| {
        let unit = scene.unit();
        let is_read = |name: &str| match unit.is_mlserver() {
            true => name == OTLP_SERVER,
            false => is_server(scene) && is_in_a_column(name),
        };
        if !scene.env().variables.iter().any(|variable| is_read(variable.name)) {
            return Vec::new();
        }
        let words = |name: &str| format!("{name} set by hand makes the operator drop this env, tracing and all");
        let help = "remove it: the operator sets it";
        let variables = unit.dropped_at(scene.tree, scene.env()).into_iter();
        variables.map(|variable| scene.at(variable, words(variable.name), help)).collect()
    }),
};

pub(super) const ST022: Rule = Rule {
    id: "ST022",
    severity: Severity::Info,
    finds: "annotations that configure the executor's tracing",
    explanation: "An annotation seldon.io/engine-foo-bar of the `spec` becomes the variable FOO_BAR of the executor of \
                  each predictor, unless its svcOrchSpec has that variable. Readers look for the executor's settings \
                  in svcOrchSpec, where `enable` and `disable` write; these commands don't change annotations. In other \
                  annotations, such as those of a predictor, it has no effect. ST025 finds a credential in one.",
    source: "Seldon Core 1.19.0-dev, operator/controllers/seldondeployment_engine.go",
    wrong: "\
spec:
  annotations:
    seldon.io/engine-jaeger-agent-host: jaeger
  predictors:
  - name: main
    graph:
      name: classifier",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    svcOrchSpec:
      env:
      - name: JAEGER_AGENT_HOST
        value: jaeger",
    fix: None,
    check: Check::Deployment(annotations_that_configure_the_executor),
};

fn annotations_that_configure_the_executor(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let units = survey.predictors.iter().flat_map(|predictor| &predictor.units);
    let executors: Vec<&UnitSurvey<'_>> = units.filter(|unit| matches!(unit.unit.role, Role::SvcOrchSpec(_))).collect();
    let mut seen = HashSet::new();
    let variables = survey.engine.iter().filter(|variable| is_for_the_executor(&variable.name));
    let found = variables.filter(|variable| seen.insert(&variable.name)).filter_map(|variable| {
        let name = &variable.name;
        let key = tree.scalar_text(variable.annotation).unwrap_or_default();
        let setting = executors.iter().filter(|executor| executor.env.has(name)).count();
        let (words, help) = match setting {
            _ if executors.is_empty() => return None,
            // ST025 finds it.
            _ if is_literal_credential(name, variable.text) => return None,
            0 if is_credential(name) => (
                format!("{key} sets {name} of the executor"),
                "take it from a Secret by a secretKeyRef in svcOrchSpec.env",
            ),
            0 => (format!("{key} sets {name} of the executor"), "set it in svcOrchSpec.env, beside the others"),
            all if all == executors.len() => (format!("{key} does nothing: svcOrchSpec.env has {name}"), "remove it"),
            _ => {
                let words = format!("{key} sets {name} of the executor where svcOrchSpec.env does not");
                (words, "set it in the svcOrchSpec.env of each predictor")
            }
        };
        Some(Found::new(variable.annotation, words, help))
    });
    let misplaced = misplaced_settings(tree, &survey.deployment, survey.selected()).into_iter();
    let misplaced =
        misplaced.map(|setting| Found::new(setting.node, setting.words, "set the variable in svcOrchSpec.env"));
    found.chain(misplaced).collect()
}

/// An annotation outside of `spec` that would configure the executor's tracing in it.
pub(super) struct MisplacedSetting {
    pub node: NodeId,
    /// The problem.
    pub words: String,
    /// The predictor that has it; `None` if it is above the predictors.
    pub predictor: Option<NodeId>,
}

pub(super) fn misplaced_settings(
    tree: &Tree<'_>,
    deployment: &Deployment<'_>,
    predictors: impl Iterator<Item = NodeId>,
) -> Vec<MisplacedSetting> {
    let all = deployment.misplaced_engine_variables(tree, predictors).into_iter();
    let settings = all.filter(|(_, variable)| is_for_the_executor(&variable.name));
    let found = settings.map(|(predictor, variable)| {
        let key = tree.scalar_text(variable.annotation).unwrap_or_default();
        let words = format!("{key} does nothing: the operator reads it in the annotations of `spec` alone");
        MisplacedSetting { node: variable.annotation, words, predictor }
    });
    found.collect()
}

fn variables_that_nothing_reads(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let tracing = &scene.survey.tracing;
    let unit = scene.unit();
    let label = if unit.is_orchestrator() { "the orchestrator" } else { unit.name };
    let reason = tracing.reason.as_deref().unwrap_or_default();
    // Datadog's libraries read these in any program, for metrics and logs too.
    let is_shared = |name: &str| leaves(name) == Leaves::BesideDdEnabled && !scene.env().has("DD_ENABLED");
    let mut found = Vec::new();
    // The container may have any program where tracing is off.
    let is_wrapper = is_server(scene) && tracing.is_wrapper() && tracing.is_on;
    let of_wrapper = |name: &str| {
        let ignored = outcomes_without_mlserver(scene).filter(|(variable, _)| is_wrapper && variable.name == name);
        ignored.into_iter().find_map(|(_, outcome)| match outcome {
            Outcome::Ignored(reason) => Some(reason.to_string()),
            _ => None,
        })
    };
    for variable in scene.effective() {
        let name = variable.name;
        let is_unread = match unit.role {
            // With `--all-containers` the sidecar is judged like a server.
            Role::Sidecar(_) if unit.is_second => false,
            Role::Sidecar(_) => tracing.verdict == Verdict::Cannot && matches!(name, "TRACING" | "DD_ENABLED"),
            Role::NoOrchestrator | Role::IdleSvcOrchSpec => {
                is_in_a_column(name) || known().any(|known| known.name() == name)
            }
            Role::UntracedServer { protocol: Some(protocol) } if is_placeholder(protocol, true) => false,
            Role::UntracedServer { .. } | Role::Explainer => is_in_a_column(name) && !is_shared(name),
            _ => false,
        };
        if is_unread && !is_referenced(scene, name) {
            let words = format!("{name} is not read by {label}: {reason}");
            found.push(scene.at(variable, words, "remove it"));
        } else if let Some(of_executor) = of_other_clients(name) {
            let of_executor = is_orchestrator(scene).then(|| of_executor.to_owned());
            let Some(instead) = of_executor.or_else(|| of_wrapper(name)) else { continue };
            found.push(scene.at(variable, format!("{name} is not read by {label}: {instead}"), "remove it"));
        }
    }
    found
}

/// The executor's replacement for a variable that only other clients of Jaeger read.
fn of_other_clients(name: &str) -> Option<&'static str> {
    if !name.starts_with("JAEGER_") {
        return None;
    }
    known().find_map(|known| match known {
        Known::Unread(Unread { name: other, owner: Owner::OtherClients(instead), .. }) if *other == name => {
            Some(*instead)
        }
        _ => None,
    })
}
