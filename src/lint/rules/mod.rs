//! The rules, in the order of their numbers.

mod beside;
mod datadog;
mod jaeger;
mod misplaced;
mod places;
mod values;
mod wrapper;

use super::{Rule, Scene};
use crate::knowledge::go_true;
use crate::manifest::{Role, Unit};

const EXECUTOR: &str = "Seldon Core 1.19.0-dev, executor/api/tracing/trace.go; jaeger-client-go 2.25, \
                        config/config_env.go";
const WRAPPER: &str = "Seldon Core 1.19.0-dev, python/seldon_core/utils.py and microservice.py, with jaeger-client 4";
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
    jaeger::ST014,
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
];

/// Whether the unit is a container whose server may be the Python wrapper's.
fn is_server(scene: &Scene<'_, '_, '_>) -> bool {
    matches!(scene.unit().role, Role::Server { .. })
}

/// Whether it is an orchestrator whose variables are read.
fn is_orchestrator(scene: &Scene<'_, '_, '_>) -> bool {
    matches!(scene.unit().role, Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_))
}

/// Whether it is the executor, with Jaeger's tracer.
fn is_jaeger_executor(scene: &Scene<'_, '_, '_>) -> bool {
    is_orchestrator(scene) && !scene.text("DD_ENABLED").is_some_and(go_true)
}

/// Whether its variables are read by something that could trace.
fn is_target(scene: &Scene<'_, '_, '_>) -> bool {
    is_server(scene) || is_orchestrator(scene)
}

/// What a unit is called in a message.
fn name_of<'t>(unit: &Unit<'t>) -> &'t str {
    match unit.name {
        _ if unit.is_orchestrator() => "the orchestrator",
        "" => "a container",
        name => name,
    }
}

/// Whether something else may bring variables that are missing.
fn other_env_source(scene: &Scene<'_, '_, '_>) -> bool {
    scene.unit().other_env_source(scene.tree).is_some()
}

/// Whether a value or the command line takes this variable up.
fn is_named(scene: &Scene<'_, '_, '_>, name: &str) -> bool {
    scene.env().is_referenced(name)
}
