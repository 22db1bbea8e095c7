//! Rules on pods: sockets without a volume, an agent in another pod.

use std::collections::HashSet;

use super::super::{Check, Found, Rule, Scene, Severity, plain_text, scenes};
use super::{exit, is_library, is_server, is_target, other_env_source, outcomes_with_mlserver};
use crate::knowledge::clients::ddtrace::LibraryVersion;
use crate::knowledge::clients::{ClientStart, ClientState, Outcome};
use crate::knowledge::parts::LIBRARY_VOLUME;
use crate::knowledge::receivers::check_site;
use crate::knowledge::sidecar::{self, COLLECTOR_CONFIG, SITE};
use crate::knowledge::{Backend, host_variable};
use crate::manifest::{COLLECTOR_SIDECAR, DATADOG_SIDECAR, Role, items_of, value_of};
use crate::survey::{
    Agent, Decision, DeploymentSurvey, Obstacle, Tracing, TracingClient, about, fact_and_advice, is_native_sidecar,
    python_obstacle,
};
use crate::yaml::{NodeId, Tree};

pub(super) const ST033: Rule = Rule {
    id: "ST033",
    severity: Severity::Warning,
    finds: "a socket of Datadog's agent without a volume",
    explanation: "DD_TRACE_AGENT_URL may name a socket of the agent on the node. A container sees it only if a volume, \
                  such as a hostPath, is mounted over its folder. A mount needs a volume of its name in the pod: \
                  without it the API server rejects the Deployment. The orchestrator that the operator makes can't \
                  have a mount, so it can't use a socket. The agent's dsd.socket takes metrics, and no traces.",
    source: "Datadog's guide for APM on Kubernetes; Seldon Core 1.19.0-dev, operator/controllers",
    wrong: "- name: DD_TRACE_AGENT_URL\n  value: unix:///var/run/datadog/apm.socket",
    right: "- name: DD_TRACE_AGENT_URL\n  value: http://datadog-agent.monitoring:8126",
    fix: None,
    check: Check::Unit(|scene| {
        let Some(variable) = scene.last("DD_TRACE_AGENT_URL").filter(|_| is_target(scene)) else { return Vec::new() };
        let help = match scene.unit().role {
            Role::SvcOrchSpec(_) => "give an http:// URL",
            _ if variable.value.ends_with("/dsd.socket") => "write apm.socket, the agent's socket for traces",
            _ => "mount the agent's folder as a hostPath volume of the pod, or give an http:// URL",
        };
        let reason = scene.predictor.pods.why_no_socket(scene.tree, scene.unit(), &variable);
        let found =
            reason.map(|reason| scene.at(&variable, format!("DD_TRACE_AGENT_URL is a socket, and {reason}"), help));
        found.into_iter().collect()
    }),
};

pub(super) const ST035: Rule = Rule {
    id: "ST035",
    severity: Severity::Warning,
    finds: "localhost as the agent of an orchestrator in a pod of its own",
    explanation: "With the annotation seldon.io/engine-separate-pod the orchestrator runs alone in its pod: no sidecar \
                  is there, and nothing listens on its localhost, which is also the default.",
    source: "Seldon Core 1.18.2, operator/controllers/seldondeployment_engine.go, tried",
    wrong: "\
spec:
  annotations:
    seldon.io/engine-separate-pod: 'true'
  predictors:
  - name: main
    graph:
      name: classifier
    svcOrchSpec:
      env:
      - name: JAEGER_AGENT_HOST
        value: localhost
      - name: JAEGER_SAMPLER_TYPE
        value: const
      - name: JAEGER_SAMPLER_PARAM
        value: '1'",
    right: "\
spec:
  annotations:
    seldon.io/engine-separate-pod: 'true'
  predictors:
  - name: main
    graph:
      name: classifier
    svcOrchSpec:
      env:
      - name: JAEGER_AGENT_HOST
        value: jaeger.tracing
      - name: JAEGER_SAMPLER_TYPE
        value: const
      - name: JAEGER_SAMPLER_PARAM
        value: '1'",
    fix: None,
    check: Check::Units(|tree, deployment| {
        let is_separate = deployment.deployment.has_separate_engine(tree);
        let orchestrators = scenes(tree, deployment)
            .filter(|scene| is_separate && matches!(scene.unit().role, Role::SvcOrchSpec(_)))
            .filter(|scene| may_send(&scene.survey.tracing));
        orchestrators.filter_map(|scene| Some((scene.survey, agent_on_localhost(&scene)?))).collect()
    }),
};

pub(super) const ST037: Rule = Rule {
    id: "ST037",
    severity: Severity::Warning,
    finds: "an injection of Datadog's Python library that can't load it",
    explanation: "The library is loaded from /datadog-lib on PYTHONPATH: that needs a volume that is mounted there, and \
                  an init container that copies the library into it, or an image that has it. Datadog's admission controller adds both where \
                  the pod has the label admission.datadoghq.com/enabled: 'true'. From version 4 on, the library needs \
                  Python 3.9. Stock images of Seldon Core up to 1.18 have 3.8. In each case the program runs without \
                  the library, and no span is sent. Version v2 works in all images.",
    source: "tried with wrapper 1.18.2 on Python 3.8 and the injector 4.13.1",
    wrong: "\
spec:
  predictors:
  - name: main
    labels:
      admission.datadoghq.com/enabled: 'true'
    annotations:
      admission.datadoghq.com/python-lib.version: v4
    graph:
      name: classifier
      implementation: SKLEARN_SERVER
      modelUri: gs://models/iris",
    right: "\
spec:
  predictors:
  - name: main
    labels:
      admission.datadoghq.com/enabled: 'true'
    annotations:
      admission.datadoghq.com/python-lib.version: v2
    graph:
      name: classifier
      implementation: SKLEARN_SERVER
      modelUri: gs://models/iris",
    fix: None,
    check: Check::UnitAndDeployment(libraries_that_are_not_loaded, requests_that_bring_no_library),
};

pub(super) const ST045: Rule = Rule {
    id: "ST045",
    severity: Severity::Info,
    finds: "an init container that keeps running",
    explanation: "An init container with `restartPolicy: Always` is a sidecar of Kubernetes 1.29 and later. It needs a \
                  resource definition of Seldon that has the field: Helm's has it from 1.19 on, the kustomization's \
                  from 1.18.1 on. Otherwise the API server drops the field, the pod waits for the init container to \
                  exit, and never starts.",
    source: "Seldon Core 1.17.1 to 1.19.0-rc.1, the resource definitions of helm-charts and operator/config/crd",
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: classifier:1
        initContainers:
        - name: seldon-trace-collector
          image: otel/opentelemetry-collector-contrib:0.162.0
          restartPolicy: Always",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: classifier:1
        - name: seldon-trace-collector
          image: otel/opentelemetry-collector-contrib:0.162.0",
    fix: None,
    check: Check::Deployment(|tree, survey| {
        let predictors = survey.predictors.iter().filter(|predictor| !predictor.units.is_empty());
        let specs = predictors.flat_map(|predictor| items_of(tree, predictor.node, "componentSpecs"));
        let pods = specs.filter_map(|spec| value_of(tree, *spec, "spec"));
        let containers = pods.flat_map(|pod| items_of(tree, pod, "initContainers"));
        let native = containers.filter(|container| is_native_sidecar(tree, **container));
        let found = native.filter_map(|container| {
            let message = "this init container needs Kubernetes 1.29, and a resource definition that has the field";
            let help = "Seldon's Helm chart has it from 1.19 on; before that, use a sidecar among the `containers`";
            Some(Found::new(value_of(tree, *container, "restartPolicy")?, message, help))
        });
        found.collect()
    }),
};

pub(super) const ST048: Rule = Rule {
    id: "ST048",
    severity: Severity::Warning,
    finds: "a value that MLServer or a sidecar of `enable` can't use",
    explanation: "MLServer sends to MLSERVER_TRACING_SERVER by gRPC. That is HOST:PORT, also with a scheme before `//` and \
                  a path after it; a path without a scheme, and no port, send nothing. A port for something else, such as \
                  4318 for OTLP over HTTP, takes none of its spans. Error: MLServer exits if an OTEL_* value is one that \
                  the SDK rejects: a timeout with a unit, a compression other than gzip, a propagator that it \
                  lacks, such as b3. The SDK takes a sampler that it does not know for parentbased_always_on, and a ratio \
                  that is not from 0 to 1 for 1. The Collector that `enable --agent sidecar` adds sends to the endpoint \
                  in OTELCOL_CONFIG, which is HOST:PORT. The site of Datadog's agent, DD_SITE in its own container, is a \
                  domain. A config of the Collector that was changed by hand is not judged.",
    source: "tried with MLServer 1.7.1 and OpenTelemetry's SDK 1.45; OpenTelemetry Collector 0.162; Datadog's guides for \
             its agent",
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: seldonio/mlserver:1.7.1
          env:
          - name: MLSERVER_TRACING_SERVER
            value: collector:4317/v1/traces",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: seldonio/mlserver:1.7.1
          env:
          - name: MLSERVER_TRACING_SERVER
            value: collector:4317",
    fix: None,
    check: Check::Unit(|scene| {
        if scene.survey.tracing.client == TracingClient::MlServer {
            return values_that_mlserver_cannot_use(scene);
        }
        let is_sidecar = matches!(scene.unit().role, Role::Sidecar(_) | Role::InitContainer);
        let (name, check): (_, fn(&str) -> Option<String>) = match scene.unit().name {
            COLLECTOR_SIDECAR if is_sidecar => (COLLECTOR_CONFIG, sidecar::endpoint_problem),
            DATADOG_SIDECAR if is_sidecar => (SITE, |text| check_site(text).err()),
            _ => return Vec::new(),
        };
        let variable = scene.last(name);
        let problem = variable.as_ref().and_then(plain_text).and_then(check);
        let found = variable.zip(problem).map(|(variable, problem)| {
            scene.at(&variable, format!("{name} has no address to which spans can be sent"), problem)
        });
        found.into_iter().collect()
    }),
};

fn values_that_mlserver_cannot_use(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let found = outcomes_with_mlserver(scene).filter_map(|(variable, outcome)| {
        if let Some(exit) = exit(scene, TracingClient::MlServer, &variable, outcome) {
            return Some(Found { severity: Some(Severity::Error), ..exit });
        }
        let (Outcome::SendsNothing(reason) | Outcome::Replaced(reason)) = outcome else { return None };
        let (fact, advice) = fact_and_advice(reason);
        let message = match outcome {
            Outcome::Replaced(_) => {
                format!("{} is {}, which MLServer takes for {fact}", variable.name, variable.shown(variable.value))
            }
            _ => format!("{}, and no span is sent", about(variable.name, fact)),
        };
        Some(scene.at(&variable, message, advice))
    });
    found.collect()
}

/// Returns true if an orchestrator makes spans, as far as the manifest shows it.
fn may_send(tracing: &Tracing) -> bool {
    let is_started = matches!(tracing.start, Some(ClientStart { state: ClientState::Sends(_), .. }));
    tracing.is_on || is_started && matches!(tracing.decision, Decision::Unknown(_))
}

fn agent_on_localhost(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    let tracing = &scene.survey.tracing;
    let backend = tracing.backend.filter(|_| tracing.is_at_localhost())?;
    let name = match (tracing.agent.as_ref()?, backend) {
        (Agent::Address { .. }, backend) => host_variable(backend),
        (Agent::Url(_), Backend::Jaeger) => "JAEGER_ENDPOINT",
        (Agent::Url(_), Backend::Datadog) => "DD_TRACE_AGENT_URL",
    };
    let help = "name an agent that another pod reaches";
    match scene.last(name).filter(|variable| !variable.is_gap()) {
        Some(variable) => {
            let value = variable.shown(variable.value);
            Some(scene.at(&variable, format!("{name} is {value}, and the orchestrator is alone in its pod"), help))
        }
        None => {
            let switch = scene.last("DD_ENABLED").filter(|_| backend.is_datadog());
            let first = switch.or_else(|| scene.in_effect().first_of_jaeger())?;
            let message =
                format!("{name} is not set: the agent is on localhost, and the orchestrator is alone in its pod");
            Some(Found::new(first.node, message, help))
        }
    }
}

/// The findings for the library that an init container copies, at the variable or at the image.
fn libraries_that_are_not_loaded(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    if scene.survey.tracing.client == TracingClient::Library || !is_server(scene) {
        return Vec::new();
    }
    let pods = &scene.predictor.pods;
    let path = scene.env().last("PYTHONPATH").filter(|path| path.value.contains(LIBRARY_VOLUME.folder));
    if path.is_none() {
        return library_that_is_not_on_the_path(scene).into_iter().collect();
    }
    let Some(obstacle) = pods.obstacle(scene.tree, scene.unit()) else { return Vec::new() };
    let node = match obstacle {
        // It may work.
        Obstacle::UnknownContent => return Vec::new(),
        Obstacle::NotMounted(_) | Obstacle::MayBeInImage | Obstacle::NotCopied => path.map(|path| path.node),
        _ => pods.library_image(scene.unit()).map(|(image, _)| image),
    };
    node.map(|node| found_obstacle(node, obstacle)).into_iter().collect()
}

/// The finding if an init container copies the library into a volume of the container, and PYTHONPATH does not name the
/// folder. Another program may load it by LD_PRELOAD or by its command line.
fn library_that_is_not_on_the_path(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    let env = scene.env();
    let may_be_loaded = is_library(scene) || env.has("LD_PRELOAD") || other_env_source(scene);
    let (mount, folder) = scene.predictor.pods.library_mount(scene.tree, scene.unit()).filter(|_| !may_be_loaded)?;
    if env.command_line.iter().any(|text| text.contains(folder.trim_end_matches('/'))) {
        return None;
    }
    let help = "write its folder into PYTHONPATH, as `enable --inject init` does";
    let path = env.last("PYTHONPATH").filter(|path| !path.is_gap());
    match path {
        Some(path) if plain_text(path).is_none_or(|text| text.contains("$(")) => None,
        Some(path) => {
            let message = "PYTHONPATH does not have the folder of Datadog's library, which is not loaded";
            Some(scene.at(path, message.to_owned(), help))
        }
        None => {
            let message = "Datadog's library is mounted here, and PYTHONPATH does not name it: it is not loaded";
            Some(Found::new(mount, message, help))
        }
    }
}

fn found_obstacle(node: NodeId, obstacle: Obstacle) -> Found {
    let found = Found::new(node, obstacle.reason(), obstacle.advice());
    if matches!(obstacle, Obstacle::UnknownPython | Obstacle::MayBeInImage) { found.info() } else { found }
}

/// The findings for the library that annotations request: of each in effect, the first unit that can't load it.
fn requests_that_bring_no_library(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (pods, unit) in survey.predictors.iter().flat_map(|each| each.units.iter().map(|unit| (&each.pods, &unit.unit)))
    {
        if !matches!(unit.role, Role::Server { .. } | Role::ServerWithoutContainer) {
            continue;
        }
        for (node, tag) in pods.requests(unit).into_iter().flatten() {
            let of_python = python_obstacle(tree, unit, LibraryVersion::of_tag(tag));
            if let Some(obstacle) = of_python.or_else(|| pods.label_obstacle(unit)).filter(|_| seen.insert(node)) {
                found.push(found_obstacle(node, obstacle));
            }
        }
    }
    found
}
