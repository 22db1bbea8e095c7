//! Rules on pods: labels and annotations that reach no pod, sockets without a volume, an agent in another pod.

use std::collections::HashSet;

use super::super::{Check, Found, Rule, Scene, Severity, plain_text, scenes};
use super::{is_server, is_target};
use crate::knowledge::otlp::{self, OTLP_SERVER};
use crate::knowledge::parts::{ADMISSION_LABEL, is_library_annotation};
use crate::knowledge::receivers::check_site;
use crate::knowledge::sidecar::{self, COLLECTOR_CONFIG, SITE};
use crate::knowledge::{Backend, host_variable};
use crate::manifest::{COLLECTOR_SIDECAR, DATADOG_SIDECAR, Role, value_of};
use crate::survey::{
    Agent, DeploymentSurvey, PredictorSurvey, TracingClient, UnitSurvey, is_mlserver, is_native_sidecar,
};
use crate::yaml::{NodeId, Tree};

/// Labels that Datadog reads from a pod.
const POD_LABELS: [&str; 5] = [
    "tags.datadoghq.com/env",
    "tags.datadoghq.com/service",
    "tags.datadoghq.com/version",
    ADMISSION_LABEL,
    "agent.datadoghq.com/sidecar",
];

/// Annotations that an admission controller reads from a pod.
const POD_ANNOTATIONS: [&str; 2] = ["sidecar.opentelemetry.io/inject", "sidecar.jaegertracing.io/inject"];

/// The first version of Datadog's Python library that needs Python 3.9: stock images up to Seldon Core 1.18 have 3.8.
const FIRST_FOR_PYTHON_3_9: u32 = 4;

pub(super) const ST033: Rule = Rule {
    id: "ST033",
    severity: Severity::Warning,
    finds: "a socket of Datadog's agent without a volume",
    explanation: "DD_TRACE_AGENT_URL may name a socket of the agent on the node. A container sees it only if a volume, \
                  as a hostPath, is mounted over its folder. A mount needs a volume of its name in the pod: without it \
                  the API server refuses the Deployment. The orchestrator that the operator makes can have no mount, so \
                  no socket.",
    source: "Datadog's guide for APM on Kubernetes; Seldon Core 1.19.0-dev, operator/controllers",
    wrong: "- name: DD_TRACE_AGENT_URL\n  value: unix:///var/run/datadog/apm.socket",
    right: "- name: DD_TRACE_AGENT_URL\n  value: http://datadog-agent.monitoring:8126",
    fix: None,
    check: Check::Unit(|scene| {
        let Some(variable) = scene.last("DD_TRACE_AGENT_URL").filter(|_| is_target(scene)) else { return Vec::new() };
        let help = match scene.unit().role {
            Role::SvcOrchSpec(_) => "give an http:// URL",
            _ => "mount the agent's folder as a hostPath volume of the pod, or give an http:// URL",
        };
        let reason = scene.predictor.pods.why_no_socket(scene.tree, scene.unit(), &variable);
        let found =
            reason.map(|reason| scene.at(&variable, format!("DD_TRACE_AGENT_URL is a socket, and {reason}"), help));
        found.into_iter().collect()
    }),
};

pub(super) const ST034: Rule = Rule {
    id: "ST034",
    severity: Severity::Warning,
    finds: "a label or annotation for pods that reaches no pod",
    explanation: "Labels and annotations of the SeldonDeployment itself reach no pod. Labels reach the pods from \
                  `predictors[].labels` or from `componentSpecs[].metadata`, and not from `spec`, which has no field for \
                  them; annotations from `predictors[].annotations` and from `spec.annotations` too.",
    source: "Seldon Core 1.18.2, operator/controllers/seldondeployment_controller.go (createComponents), tried",
    wrong: "\
metadata:
  name: iris
  labels:
    tags.datadoghq.com/env: prod
spec:
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
    labels:
      tags.datadoghq.com/env: prod",
    fix: None,
    check: Check::Deployment(|tree, survey| {
        let keys = |holder: &str, field: &str| {
            let holder = value_of(tree, survey.deployment.node, holder);
            let mapping = holder.and_then(|holder| value_of(tree, holder, field));
            let entries = mapping.into_iter().flat_map(|mapping| tree.entries(mapping));
            entries.filter_map(|(key, _)| Some((key, tree.scalar_text(key)?))).collect::<Vec<_>>()
        };
        let labels = |holder: &str| keys(holder, "labels").into_iter().filter(|(_, name)| POD_LABELS.contains(name));
        let of_resource = labels("metadata").map(|(key, name)| reaches_no_pod(key, name, "label", "labels"));
        // `spec` has no field `labels` in Seldon's types: the API server drops it.
        let of_spec = labels("spec").map(|(key, name)| {
            let message = format!("the label {name} of `spec` reaches no pod: only predictors have labels");
            Found::new(key, message, "put it under the `labels` of a predictor")
        });
        let is_for_pods = |name: &str| POD_ANNOTATIONS.contains(&name) || is_library_annotation(name);
        let annotations = keys("metadata", "annotations").into_iter().filter(|(_, name)| is_for_pods(name));
        let annotations = annotations.map(|(key, name)| reaches_no_pod(key, name, "annotation", "annotations"));
        if survey.is_selected() { of_resource.chain(of_spec).chain(annotations).collect() } else { Vec::new() }
    }),
};

pub(super) const ST035: Rule = Rule {
    id: "ST035",
    severity: Severity::Warning,
    finds: "localhost as the agent of an orchestrator in a pod of its own",
    explanation: "With the annotation seldon.io/engine-separate-pod the orchestrator runs alone in its pod: no sidecar \
                  reaches it, and nothing listens on its localhost, which is also the default.",
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
        value: jaeger-agent.tracing
      - name: JAEGER_SAMPLER_TYPE
        value: const
      - name: JAEGER_SAMPLER_PARAM
        value: '1'",
    fix: None,
    check: Check::Units(|tree, deployment| {
        let is_separate = deployment.deployment.has_separate_engine(tree);
        let orchestrators = scenes(tree, deployment)
            .filter(|scene| is_separate && matches!(scene.unit().role, Role::SvcOrchSpec(_)))
            .filter(|scene| scene.survey.tracing.is_on);
        orchestrators.filter_map(|scene| Some((scene.survey, agent_on_localhost(&scene)?))).collect()
    }),
};

pub(super) const ST037: Rule = Rule {
    id: "ST037",
    severity: Severity::Warning,
    finds: "a version of Datadog's Python library that stock images can't load",
    explanation: "From version 4 on, Datadog's Python library needs Python 3.9. Stock images of Seldon Core up to 1.18 \
                  have 3.8: the library is injected, is not loaded, and no span comes. Version v2 works in all.",
    source: "tried with wrapper 1.18.2 on Python 3.8 and the injector 4.13.1",
    wrong: "\
spec:
  predictors:
  - name: main
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
    annotations:
      admission.datadoghq.com/python-lib.version: v2
    graph:
      name: classifier
      implementation: SKLEARN_SERVER
      modelUri: gs://models/iris",
    fix: None,
    check: Check::Deployment(libraries_that_stock_images_cannot_load),
};

pub(super) const ST045: Rule = Rule {
    id: "ST045",
    severity: Severity::Info,
    finds: "an init container that goes on running",
    explanation: "An init container with `restartPolicy: Always` is a sidecar of Kubernetes 1.29 and later. It needs a \
                  resource definition of Seldon that has the field: that of the Helm chart has it from 1.19 on, that of \
                  Seldon's kustomization from 1.18.1 on. Elsewhere the API server drops the field, the pod waits for the \
                  init container to end, and never starts.",
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
        let items = |mapping: NodeId, key: &str| value_of(tree, mapping, key).map_or(&[][..], |list| tree.items(list));
        let specs = predictors.flat_map(|predictor| items(predictor.node, "componentSpecs"));
        let pods = specs.filter_map(|spec| value_of(tree, *spec, "spec"));
        let containers = pods.flat_map(|pod| items(pod, "initContainers"));
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
    finds: "an address to which MLServer or a sidecar of `enable` can't send",
    explanation: "MLServer sends to MLSERVER_TRACING_SERVER by gRPC, and the Collector that `enable --agent sidecar` adds \
                  to the endpoint in OTELCOL_CONFIG: both are HOST:PORT. The site of Datadog's agent, DD_SITE in its \
                  own container, is a domain. The options --otlp, --collector and --site refuse the same values. A \
                  config of the Collector that was changed by hand is not judged.",
    source: "MLServer 1.7.1, mlserver/tracing.py; OpenTelemetry Collector 0.162; Datadog's guides for its agent",
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
            value: grpc://collector:4317",
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
        let is_mlserver = scene.survey.tracing.client == TracingClient::MlServer
            || is_server(scene) && is_mlserver(scene.tree, scene.unit().node, scene.env());
        let is_sidecar = matches!(scene.unit().role, Role::Sidecar(_) | Role::InitContainer);
        let (name, check): (_, fn(&str) -> Option<String>) = match scene.unit().name {
            _ if is_mlserver => (OTLP_SERVER, |text| otlp::check(text).err()),
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

fn reaches_no_pod(key: NodeId, name: &str, what: &str, field: &str) -> Found {
    let message = format!("the {what} {name} of the SeldonDeployment reaches no pod");
    Found::new(key, message, format!("put it under the `{field}` of a predictor"))
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

fn libraries_that_stock_images_cannot_load(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let too_new = |holder: NodeId| {
        let annotations = value_of(tree, holder, "annotations");
        let entries = annotations.into_iter().flat_map(|annotations| tree.entries(annotations));
        entries.filter_map(|(key, value)| {
            let (name, version) = (tree.scalar_text(key)?, tree.scalar_text(tree.resolve(value))?);
            let is_new = version == "latest" || major(version).is_some_and(|major| major >= FIRST_FOR_PYTHON_3_9);
            (is_library_annotation(name) && is_new).then_some((name, value))
        })
    };
    let words = "this version of Datadog's library needs Python 3.9, and stock images have 3.8";
    let at = |value: NodeId| Found::new(value, words, "write v2");
    let spec = value_of(tree, survey.deployment.node, "spec");
    let mut of_spec: Vec<(&str, NodeId)> = spec.into_iter().flat_map(too_new).collect();
    let mut found = Vec::new();
    let has_stock_image =
        |predictor: &&PredictorSurvey<'_>| predictor.units.iter().any(|unit| has_stock_image(tree, unit));
    for predictor in survey.predictors.iter().filter(has_stock_image) {
        let node = tree.resolve(predictor.node);
        let specs = value_of(tree, node, "componentSpecs");
        let metadata =
            specs.into_iter().flat_map(|specs| tree.items(specs)).filter_map(|spec| value_of(tree, *spec, "metadata"));
        found.extend(std::iter::once(node).chain(metadata).flat_map(too_new).map(|(_, value)| at(value)));
        // Annotations of a predictor override those of `spec`.
        let own = value_of(tree, node, "annotations").filter(|_| !of_spec.is_empty());
        let own = own.into_iter().flat_map(|own| tree.entries(own)).filter_map(|(key, _)| tree.scalar_text(key));
        let own: HashSet<&str> = own.collect();
        of_spec.retain(|(name, value)| {
            let is_overridden = own.contains(name);
            found.extend((!is_overridden).then(|| at(*value)));
            is_overridden
        });
    }
    found
}

/// The first number of a version such as `v4` or `4.1.0`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v').unwrap_or(version).split('.').next()?.parse().ok()
}

/// Returns true if a server runs in an image of a release of Seldon Core up to 1.18.
fn has_stock_image(tree: &Tree<'_>, unit: &UnitSurvey<'_>) -> bool {
    let image = value_of(tree, unit.unit.node, "image").and_then(|image| tree.scalar_text(image));
    match (unit.unit.role, image) {
        (Role::ServerWithoutContainer, _) | (Role::Server { prepackaged: true, .. }, None) => true,
        (Role::Server { .. }, Some(image)) => {
            super::wrapper::wrapper_version(image).is_some_and(|version| version <= (1, 18))
        }
        _ => false,
    }
}
