//! The options that are settings too, each declared once: the command line, the settings file, its JSON Schema,
//! `config` and the checks of `enable` are made from this table.

use super::sidecar;
use super::spec::{
    AGENT, CONFIG, Commands, DATADOG, DISABLE, ENABLE, FailOn, Form, JAEGER, Key, LINT, OptionSpec, PART, PLAIN,
    STATUS, Scope, Sets, VARIABLE, WebhookAction, words,
};
use crate::knowledge::otlp::mlserver;
use crate::knowledge::parts::{Inject, Propagation, Tagging};
use crate::knowledge::values::{SAMPLER_TYPES, Takes};
use crate::knowledge::variables::Purpose;
use crate::knowledge::{Backend, Names, Reader};
use crate::manifest::selection::Only;

const ALL: Commands = ENABLE | DISABLE | STATUS | LINT | CONFIG | AGENT;

const fn sets(setting: Purpose, takes: Takes) -> Option<Sets> {
    Some(Sets { setting, takes, reader: None })
}

const fn sets_for_the_orchestrator(setting: Purpose, takes: Takes) -> Option<Sets> {
    Some(Sets { setting, takes, reader: Some(Reader::Orchestrator) })
}

const SELECTION: OptionSpec =
    OptionSpec { heading: Some("Selection"), scope: Scope::Run, commands: ALL, value_name: "GLOB", ..PLAIN };

/// Every option, in the order of [`Key`].
pub(crate) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        key: Key::Action,
        name: "action",
        form: Form::Word(words::<WebhookAction>),
        help: "The change that the admission webhook makes; no other command reads it",
        default: Some("enable"),
        commands: 0,
        ..PLAIN
    },
    OptionSpec {
        key: Key::Backend,
        name: "backend",
        short: Some('b'),
        form: Form::Word(words::<Backend>),
        value_name: "BACKEND",
        heading: Some("Backend"),
        help: "Where the traces go: jaeger or datadog",
        ..PLAIN
    },
    OptionSpec {
        key: Key::AgentHost,
        name: "agent-host",
        value_name: "HOST",
        help: "Agent's host",
        default: Some("the node's address"),
        sets: sets(Purpose::Host, Takes::Host),
        more: "It is JAEGER_AGENT_HOST or DD_AGENT_HOST. The default is a fieldRef to status.hostIP.",
        ..VARIABLE
    },
    OptionSpec {
        key: Key::AgentPort,
        name: "agent-port",
        value_name: "N",
        help: "Agent's port",
        default: Some("jaeger 5775, datadog 8126"),
        sets: sets(Purpose::Port, Takes::Port),
        more: "It is JAEGER_AGENT_PORT, or DATADOG_TRACE_AGENT_PORT and DD_TRACE_AGENT_PORT by --names.",
        ..VARIABLE
    },
    OptionSpec {
        key: Key::Service,
        name: "service",
        alias: Some("dd-service"),
        value_name: "NAME",
        help: "JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}",
        sets: sets(Purpose::Service, Takes::Service),
        more: "{name}, {namespace}, {predictor} and {container} are filled in.",
        commands: ENABLE | CONFIG | AGENT,
        ..VARIABLE
    },
    OptionSpec {
        key: Key::Set,
        name: "set",
        form: Form::Pairs('='),
        value_name: "VAR=VALUE",
        help: "Another tracing variable",
        more: "It is any that a tracing client reads, and is added where one does. `seldon-trace explain` lists the variables.",
        ..VARIABLE
    },
    OptionSpec {
        key: Key::SamplerType,
        name: "sampler-type",
        value_name: "TYPE",
        help: "such as probabilistic",
        more: "It is const, probabilistic, ratelimiting or remote, in JAEGER_SAMPLER_TYPE.",
        default: Some("const"),
        sets: sets(Purpose::SamplerType, Takes::Word(SAMPLER_TYPES)),
        commands: ENABLE | CONFIG | AGENT,
        ..JAEGER
    },
    OptionSpec {
        key: Key::SamplerParam,
        name: "sampler-param",
        value_name: "X",
        help: "e.g. 0.1 with probabilistic",
        more: "It is JAEGER_SAMPLER_PARAM.",
        default: Some("1"),
        sets: sets(Purpose::SamplerParam, Takes::Number),
        commands: ENABLE | CONFIG | AGENT,
        ..JAEGER
    },
    OptionSpec {
        key: Key::OrchestratorSamplerParam,
        name: "orchestrator-sampler-param",
        value_name: "X",
        help: "JAEGER_SAMPLER_PARAM of the orchestrator alone",
        sets: sets_for_the_orchestrator(Purpose::SamplerParam, Takes::Number),
        is_rare: true,
        ..JAEGER
    },
    OptionSpec {
        key: Key::SampleRate,
        name: "sample-rate",
        alias: Some("dd-sample-rate"),
        value_name: "X",
        help: "DD_SAMPLE_RATE, from 0 to 1",
        more: "It is the share of the traces that are kept.",
        default: Some("1"),
        sets: sets(Purpose::Rate, Takes::Number),
        ..DATADOG
    },
    OptionSpec {
        key: Key::OrchestratorSampleRate,
        name: "orchestrator-sample-rate",
        value_name: "X",
        help: "DD_SAMPLE_RATE of the orchestrator alone",
        sets: sets_for_the_orchestrator(Purpose::Rate, Takes::Number),
        is_rare: true,
        ..DATADOG
    },
    OptionSpec {
        key: Key::Tag,
        name: "tag",
        form: Form::Pairs(':'),
        value_name: "K:V",
        help: "a tag in DD_TAGS",
        more: "Other tags stay.",
        ..DATADOG
    },
    OptionSpec {
        key: Key::Tags,
        name: "tags",
        alias: Some("dd-tags"),
        value_name: "K:V,…",
        help: "all of DD_TAGS; other tags are removed",
        is_rare: true,
        sets: sets(Purpose::Tags, Takes::Tags),
        ..DATADOG
    },
    OptionSpec {
        key: Key::Names,
        name: "names",
        form: Form::Word(words::<Names>),
        value_name: "NAMES",
        help: "seldon, standard or both",
        default: Some("seldon"),
        more: "The names of variables.\n\nseldon: those of Seldon's documentation, DATADOG_TRACE_AGENT_PORT and DD_SAMPLE_RATE.\n\nstandard: those of Datadog's own libraries, DD_TRACE_AGENT_PORT and DD_TRACE_SAMPLING_RULES.\n\nboth: both sets of names.",
        ..DATADOG
    },
    OptionSpec {
        key: Key::Environment,
        name: "environment",
        alias: Some("dd-env"),
        value_name: "NAME",
        help: "DD_ENV, such as prod",
        sets: sets(Purpose::Environment, Takes::Environment),
        ..DATADOG
    },
    OptionSpec {
        key: Key::ServiceVersion,
        name: "service-version",
        alias: Some("dd-version"),
        value_name: "V",
        help: "DD_VERSION, the version of the service",
        is_rare: true,
        sets: sets(Purpose::Version, Takes::Text),
        ..DATADOG
    },
    OptionSpec {
        key: Key::Tagging,
        name: "tagging",
        form: Form::Word(words::<Tagging>),
        value_name: "labels",
        help: "labels: write the tags of unified service tagging as labels",
        more: "Of --environment, --service and --service-version, each that is given becomes a label of the predictor (tags.datadoghq.com/env, …), and its variable refers to the label.",
        is_rare: true,
        ..PART
    },
    OptionSpec {
        key: Key::Inject,
        name: "inject",
        form: Form::Word(words::<Inject>),
        value_name: "HOW",
        help: "add its library by init or admission",
        more: "This is for stock images, which have no library of Datadog.\n\ninit: an init container copies the library into each pod, and PYTHONPATH starts it before the program.\n\nadmission: a label and annotations ask Datadog's admission controller for it, which the cluster has to have.\n\nThe containers need no other image. The library reads the standard names (--names standard), and neither TRACING nor DD_ENABLED. The orchestrator is a Go program, into which no library can be injected.",
        ..PART
    },
    OptionSpec {
        key: Key::LibraryVersion,
        name: "library-version",
        value_name: "TAG",
        help: "version of the library that --inject brings in",
        default: Some("v2"),
        more: "Stock images of Seldon Core 1.17 and 1.18 have Python 3.8, which v2 and v3 support; v4 needs 3.9 and does nothing there, without a message.",
        is_rare: true,
        ..PART
    },
    OptionSpec {
        key: Key::LibraryImage,
        name: "library-image",
        value_name: "IMAGE",
        help: "image of --inject init, without a tag",
        default: Some("Datadog's own"),
        more: "The default is gcr.io/datadoghq/dd-lib-python-init. The name of a mirror has to end in dd-lib-python-init, by which `disable` recognizes it.",
        is_rare: true,
        ..PART
    },
    OptionSpec {
        key: Key::ConfigMap,
        name: "config-map",
        value_name: "NAME",
        help: "mount config files of the Python wrapper, from this ConfigMap",
        more: "The wrapper takes its service name, sampler and propagation only from such a file. `seldon-trace agent jaeger-config` prints the ConfigMap for the same manifests, with the same --config-map, --service, --sampler-type, --sampler-param and --propagation: apply it first, and restart the pods after a change.",
        is_rare: true,
        backend: Some(Backend::Jaeger),
        ..PART
    },
    OptionSpec {
        key: Key::Propagation,
        name: "propagation",
        form: Form::Word(words::<Propagation>),
        value_name: "b3",
        help: "headers that pass a trace on: b3; it needs --config-map",
        more: "The orchestrator has the same in JAEGER_TRACE_PROPAGATION_TYPE: with b3 on one side only, a trace breaks in two.",
        sets: sets_for_the_orchestrator(Purpose::Propagation, Takes::Text),
        commands: ENABLE | CONFIG | AGENT,
        is_rare: true,
        backend: Some(Backend::Jaeger),
        ..PART
    },
    OptionSpec {
        key: Key::OrchestratorAgentHost,
        name: "orchestrator-agent-host",
        value_name: "HOST",
        help: "The agent's host for the orchestrator alone",
        sets: sets_for_the_orchestrator(Purpose::Host, Takes::Host),
        is_rare: true,
        ..VARIABLE
    },
    sidecar::AGENT,
    sidecar::AGENT_IMAGE,
    sidecar::NATIVE_SIDECAR,
    sidecar::COLLECTOR,
    sidecar::COLLECTOR_TLS,
    sidecar::API_KEY_SECRET,
    sidecar::SITE,
    sidecar::FARGATE,
    OptionSpec {
        key: Key::Otlp,
        name: "otlp",
        value_name: "HOST:PORT",
        implied: Some("true"),
        help: "MLServer's spans to a collector of OpenTelemetry, by --otlp or --otlp=HOST:PORT",
        more: concat!(
            "Without HOST:PORT they go to the node's address, port 4317. It is MLSERVER_TRACING_SERVER on nodes that MLServer serves: prepackaged servers on protocol v2 or kfserving, HUGGINGFACE_SERVER, TEMPO_SERVER, and containers that are evidently MLServer. The spans go by OTLP over gRPC, without TLS. MLServer traces from ",
            mlserver!(first),
            " on. ",
            mlserver!(releases),
            "."
        ),
        is_rare: true,
        is_part: true,
        ..VARIABLE
    },
    OptionSpec {
        key: Key::Reset,
        name: "reset",
        form: Form::Switch,
        help: "Write the defaults over existing values too",
        is_rare: true,
        ..VARIABLE
    },
    OptionSpec {
        key: Key::Keep,
        name: "keep",
        form: Form::List,
        value_name: "GLOB",
        help: "Never change or remove variables of this name",
        commands: ENABLE | DISABLE | CONFIG,
        is_rare: true,
        ..VARIABLE
    },
    OptionSpec {
        key: Key::KeepConfig,
        name: "keep-config",
        form: Form::Switch,
        help: "Keep the variables and switch tracing off",
        commands: DISABLE,
        more: "TRACING and DD_ENABLED become 0. For Jaeger, the orchestrator also gets JAEGER_DISABLED true; where \
               Datadog's library is injected, or ddtrace-run starts it, a container gets DD_TRACE_ENABLED false, and MLServer with an address of \
               --otlp gets OTEL_TRACES_SAMPLER always_off.",
        heading: Some("Backend"),
        ..PLAIN
    },
    OptionSpec {
        key: Key::Unset,
        name: "unset",
        form: Form::List,
        value_name: "VAR",
        help: "Remove this variable too",
        commands: DISABLE,
        heading: Some("Backend"),
        ..PLAIN
    },
    OptionSpec { key: Key::Name, name: "name", help: "Deployments of this name", ..SELECTION },
    OptionSpec {
        key: Key::Namespace,
        name: "namespace",
        short: Some('n'),
        value_name: "NS",
        help: "Deployments in this namespace",
        more: "One without a namespace is in `default`.",
        ..SELECTION
    },
    OptionSpec {
        key: Key::Selector,
        name: "selector",
        short: Some('l'),
        value_name: "SELECTOR",
        help: "Deployments with these labels, as in kubectl",
        more: "The terms are k=v, k!=v, k in (v, …), k notin (v, …), k and !k, with commas between them.",
        ..SELECTION
    },
    OptionSpec { key: Key::Predictor, name: "predictor", help: "Predictors of this name", ..SELECTION },
    OptionSpec {
        key: Key::Container,
        name: "container",
        short: Some('c'),
        help: "Containers, or seldon-container-engine",
        more: "That is the name of the orchestrator.",
        ..SELECTION
    },
    OptionSpec {
        key: Key::Only,
        name: "only",
        form: Form::Word(words::<Only>),
        value_name: "KIND",
        help: "Only these: containers or orchestrator",
        ..SELECTION
    },
    OptionSpec {
        key: Key::AllContainers,
        name: "all-containers",
        form: Form::Switch,
        help: "Also containers that no graph node names",
        is_rare: true,
        ..SELECTION
    },
    OptionSpec {
        key: Key::Exclude,
        name: "exclude",
        form: Form::List,
        help: "Skip files and folders that match, in folders that are walked",
        more: "The syntax is that of .gitignore: `old/`, `*.tmp.yaml`, `/deploy/test`. Globs are relative to the working folder, those of a settings file to its folder. Files and folders on the command line are always read.",
        is_rare: true,
        ..SELECTION
    },
    OptionSpec {
        key: Key::RequireMatch,
        name: "require-match",
        form: Form::Switch,
        help: "Fail if no deployment is selected",
        is_rare: true,
        ..SELECTION
    },
    OptionSpec {
        key: Key::FailOn,
        name: "fail-on",
        form: Form::Word(words::<FailOn>),
        value_name: "SEVERITY",
        help: "Exit 1 if something at least this bad is found",
        default: Some("warning"),
        scope: Scope::Run,
        commands: LINT,
        ..PLAIN
    },
    OptionSpec {
        key: Key::Allow,
        name: "allow",
        form: Form::List,
        value_name: "ID",
        help: "Skip this rule",
        commands: LINT,
        ..PLAIN
    },
    OptionSpec {
        key: Key::Deny,
        name: "deny",
        form: Form::List,
        value_name: "ID",
        help: "Report what this rule finds as an error",
        commands: LINT,
        ..PLAIN
    },
];
