//! The options of a sidecar, for the table of all options.

use super::spec::{Form, Key, OptionSpec, PART, VARIABLE, words};
use crate::knowledge::Backend;
use crate::knowledge::parts::AgentPlace;

const SIDECAR: OptionSpec = OptionSpec { is_part: true, ..VARIABLE };
const JAEGER_SIDECAR: OptionSpec = OptionSpec { backend: Some(Backend::Jaeger), ..SIDECAR };

pub(super) const AGENT: OptionSpec = OptionSpec {
    key: Key::Agent,
    name: "agent",
    form: Form::Word(words::<AgentPlace>),
    value_name: "PLACE",
    help: "The agent: node, or sidecar in each pod",
    default: Some("node"),
    more: "node: the agent of the node, by its address. It removes a sidecar that this program added.\n\nsidecar: a container beside those of the graph receives the spans, so that clients send to localhost. For Jaeger it is an OpenTelemetry Collector, which sends on to --collector; for Datadog it is Datadog's agent, with the key of --api-key-secret. The Deployment gets a new name; see --native-sidecar.\n\nAn agent with a name or an address is --agent-host alone.",
    is_rare: true,
    ..SIDECAR
};

pub(super) const AGENT_IMAGE: OptionSpec = OptionSpec {
    key: Key::AgentImage,
    name: "agent-image",
    value_name: "IMAGE",
    help: "Image of the sidecar",
    default: Some("the official image"),
    more: "For Jaeger it has to be OpenTelemetry Collector Contrib, for Datadog the Agent from 7.48 on.",
    is_rare: true,
    ..SIDECAR
};

pub(super) const NATIVE_SIDECAR: OptionSpec = OptionSpec {
    key: Key::NativeSidecar,
    name: "native-sidecar",
    form: Form::Switch,
    help: "The sidecar as an init container that keeps running",
    more: "It renames no Deployment and moves no port. It needs Kubernetes 1.29, and a resource definition of Seldon that knows `restartPolicy` of init containers: that of Seldon's Helm chart does from 1.19 on, that of its kustomization from 1.18.1 on. Without it the pod never starts.",
    is_rare: true,
    ..SIDECAR
};

pub(super) const COLLECTOR: OptionSpec = OptionSpec {
    key: Key::Collector,
    name: "collector",
    value_name: "HOST:PORT",
    help: "where the sidecar sends traces, by OTLP over gRPC",
    more: "For example jaeger.tracing:4317, which `seldon-trace agent jaeger` makes.",
    is_rare: true,
    ..JAEGER_SIDECAR
};

pub(super) const COLLECTOR_TLS: OptionSpec = OptionSpec {
    key: Key::CollectorTls,
    name: "collector-tls",
    form: Form::Switch,
    help: "use TLS to --collector",
    is_rare: true,
    ..JAEGER_SIDECAR
};

pub(super) const API_KEY_SECRET: OptionSpec = OptionSpec {
    key: Key::ApiKeySecret,
    name: "api-key-secret",
    value_name: "NAME[/KEY]",
    help: "the Secret with the API key of the sidecar",
    default: Some("datadog-secret/api-key"),
    more: "It is in the namespace of the deployment. A Secret without KEY has the key `api-key`.",
    is_rare: true,
    ..PART
};

pub(super) const SITE: OptionSpec = OptionSpec {
    key: Key::Site,
    name: "site",
    value_name: "SITE",
    help: "Datadog's site, to which the sidecar sends",
    default: Some("datadoghq.com"),
    is_rare: true,
    ..PART
};

pub(super) const FARGATE: OptionSpec = OptionSpec {
    key: Key::Fargate,
    name: "fargate",
    form: Form::Switch,
    help: "the sidecar runs on AWS Fargate",
    is_rare: true,
    ..PART
};
