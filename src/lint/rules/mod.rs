//! The rules, in the order of their numbers.

mod beside;
mod datadog;
mod groups;
mod jaeger;
mod labels;
mod lost;
mod misplaced;
mod near;
mod operator;
mod places;
mod pods;
mod ports;
mod values;
mod wrapper;

pub(crate) use groups::{UnitGroup, groups_of};
pub(crate) use lost::{LostSetting, lost_settings};
pub(crate) use near::{distance_up_to, meant_variable, most_typos};

use super::{Found, Rule, Scene};
use crate::diagnostic::quoted;
use crate::knowledge::clients::ddtrace::tried;
use crate::knowledge::clients::{ClientStart, Outcome};
use crate::knowledge::switches_on;
use crate::manifest::{Role, Unit, Variable, references};
use crate::survey::{TracingClient, about, fact_and_advice};

const EXECUTOR: &str = "Seldon Core 1.19.0-dev, executor/api/tracing/trace.go; jaeger-client-go 2.25, \
                        config/config_env.go";
const WRAPPER: &str = "Seldon Core 1.19.0-dev, python/seldon_core/utils.py and microservice.py, with jaeger-client 4";
const CLIENTS: &str = concat!("tried with jaeger-client-go 2.25, the Python wrapper 1.18.2 and ddtrace ", tried!());
const API_SERVER: &str = "tried on kube-apiserver 1.36 with Seldon's own resource definition";

/// All rules.
pub static RULES: &[Rule] = &[
    values::ST001,
    values::ST002,
    wrapper::ST003,
    jaeger::ST004,
    datadog::ST005,
    beside::ST010,
    datadog::ST011,
    values::ST012,
    jaeger::ST013,
    ports::ST014,
    places::ST015,
    wrapper::ST016,
    places::ST017,
    misplaced::ST018,
    jaeger::ST019,
    datadog::ST020,
    jaeger::ST021,
    places::ST022,
    jaeger::ST023,
    jaeger::ST024,
    values::ST025,
    datadog::ST026,
    wrapper::ST027,
    beside::ST028,
    datadog::ST029,
    near::ST030,
    near::ST031,
    jaeger::ST032,
    pods::ST033,
    labels::ST034,
    pods::ST035,
    jaeger::ST036,
    pods::ST037,
    near::ST038,
    jaeger::ST039,
    jaeger::ST040,
    datadog::ST041,
    pods::ST045,
    operator::ST046,
    operator::ST047,
    pods::ST048,
];

/// Returns true if the unit is a container that may run the Python wrapper.
fn is_server(scene: &Scene<'_, '_, '_>) -> bool {
    matches!(scene.unit().role, Role::Server { .. })
}

/// Returns true if the unit is an orchestrator whose variables are read.
fn is_orchestrator(scene: &Scene<'_, '_, '_>) -> bool {
    matches!(scene.unit().role, Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_))
}

/// Returns true if the unit is the executor with Jaeger's tracer.
fn is_jaeger_executor(scene: &Scene<'_, '_, '_>) -> bool {
    is_orchestrator(scene) && !scene.text("DD_ENABLED").is_some_and(|text| switches_on("DD_ENABLED", text))
}

/// The variables of a unit, each with its effect on the client that reads them.
fn outcomes_with_mlserver<'a>(scene: &Scene<'a, '_, '_>) -> impl Iterator<Item = (Variable<'a>, &'a Outcome)> {
    outcomes_of(scene, scene.survey.tracing.start.as_ref())
}

/// The same for the client of a target, which sends to a backend.
fn outcomes_without_mlserver<'a>(scene: &Scene<'a, '_, '_>) -> impl Iterator<Item = (Variable<'a>, &'a Outcome)> {
    let is_of_backend = is_target(scene) && scene.survey.tracing.client != TracingClient::MlServer;
    outcomes_with_mlserver(scene).filter(move |_| is_of_backend)
}

/// The same for all clients of a target, with the client: a container may also have Datadog's own library.
fn outcomes_with_library<'a>(
    scene: &Scene<'a, '_, '_>,
) -> impl Iterator<Item = (TracingClient, Variable<'a>, &'a Outcome)> {
    let of = |client| move |(variable, outcome)| (client, variable, outcome);
    let library = scene.survey.tracing.library.as_ref().filter(|_| is_library(scene));
    let own = outcomes_without_mlserver(scene).map(of(scene.survey.tracing.client));
    own.chain(outcomes_of(scene, library).map(of(TracingClient::InjectedLibrary)))
}

/// The same for Datadog's own library alone, if a container has it.
fn outcomes_of_library<'a>(scene: &Scene<'a, '_, '_>) -> impl Iterator<Item = (Variable<'a>, &'a Outcome)> {
    let tracing = &scene.survey.tracing;
    outcomes_of(scene, tracing.library.as_ref().or(tracing.start.as_ref()).filter(|_| is_library(scene)))
}

fn outcomes_of<'a>(
    scene: &Scene<'a, '_, '_>,
    start: Option<&'a ClientStart>,
) -> impl Iterator<Item = (Variable<'a>, &'a Outcome)> {
    let in_effect = scene.in_effect();
    let outcomes = start.into_iter().flat_map(|start| &start.variables);
    outcomes.filter_map(move |(name, outcome)| Some((in_effect.last(name)?, outcome)))
}

/// Returns true if Datadog's own library reads the variables.
fn is_library(scene: &Scene<'_, '_, '_>) -> bool {
    is_server(scene) && scene.survey.tracing.is_library()
}

/// The findings for the variables at which a target exits.
fn exits<'a>(scene: &Scene<'a, '_, '_>) -> impl Iterator<Item = (Variable<'a>, Found)> {
    let client = scene.survey.tracing.client;
    outcomes_without_mlserver(scene)
        .filter_map(move |(variable, outcome)| Some((variable, exit(scene, client, &variable, outcome)?)))
}

/// The finding for a variable at which a client exits.
fn exit(scene: &Scene<'_, '_, '_>, client: TracingClient, variable: &Variable<'_>, outcome: &Outcome) -> Option<Found> {
    let Outcome::Exits(reason) = outcome else { return None };
    let (fact, advice) = fact_and_advice(reason);
    let message = format!("{}, and {} {}", about(variable.name, fact), client.name(), client.failure());
    Some(scene.at(variable, message, advice_in_order(scene, variable, advice)))
}

/// The advice for a value or, if it refers to a variable after it, that on their order.
fn advice_in_order(scene: &Scene<'_, '_, '_>, variable: &Variable<'_>, advice: &str) -> String {
    let is_after = |name: &&str| {
        let env = scene.env();
        env.last_before(name, variable.index).is_none()
            && env.last(name).is_some_and(|other| other.index > variable.index)
    };
    match references(variable.value).find(is_after) {
        Some(name) => format!(
            "move {} before {}: Kubernetes replaces references to earlier variables alone",
            quoted(name),
            variable.name
        ),
        None => advice.to_owned(),
    }
}

/// Returns true if a program that can trace reads the variables.
fn is_target(scene: &Scene<'_, '_, '_>) -> bool {
    is_server(scene) || is_orchestrator(scene)
}

/// The name of a unit in a message.
fn name_of<'t>(unit: &Unit<'t>) -> &'t str {
    match unit.name {
        _ if unit.is_orchestrator() => "the orchestrator",
        "" => "a container",
        name => name,
    }
}

/// Returns true if another source may define missing variables.
fn other_env_source(scene: &Scene<'_, '_, '_>) -> bool {
    scene.unit().other_env_source(scene.tree).is_some() || scene.env().has_placeholder_name()
}

/// Returns true if a value or the command line refers to this variable.
fn is_referenced(scene: &Scene<'_, '_, '_>, name: &str) -> bool {
    scene.env().is_referenced(name)
}
