//! Datadog's variables.
//!
//! *PR 2859* is the pull request to Seldon Core that adds Datadog to its executor and its Python wrapper; no release
//! has it. `Program::source` has the sources of the facts.

use super::library::{LIBRARY, SETTINGS};
use super::{
    ALL, AddedIf, AgentContainer, Client, DefaultValue, KnownVariable, Off, OverridingVariable, Purpose, Readers,
    SELDON, STANDARD, Takes, entry,
};
use crate::knowledge::clients::programs::Program::{DatadogExecutor, DatadogWrapper, Libraries};
use crate::knowledge::clients::programs::{Unset, ignores, reads};
use crate::knowledge::otlp::mlserver;
use crate::knowledge::ports::{DATADOG, DATADOG_METRICS};
use crate::manifest::DATADOG_SIDECAR;

pub(in crate::knowledge) const CLIENT: Client = Client {
    variables: &ALL_VARIABLES,
    document: DOCUMENT,
    column: COLUMN,
    replaced: REPLACED,
    off: OFF,
    overrides: OVERRIDES,
    host: "DD_AGENT_HOST",
    agent: AgentContainer { names: &[DATADOG_SIDECAR, "datadog-agent"], images: &["datadog/agent", "datadoghq/agent"] },
    in_stock_images: false,
};

const DOCUMENT: &str = "Seldon's document `Distributed Tracing with Datadog`";

/// The names that ddtrace 2.21 to 4.16 accept.
const PROPAGATION_STYLES: &[&str] = &["datadog", "tracecontext", "b3multi", "b3", "baggage", "none"];

const OTEL_SAMPLERS: &[&str] = &[
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// The variables of this file, then the library's other settings.
static ALL_VARIABLES: [KnownVariable; COUNT] = {
    let mut all = [LIBRARY; COUNT];
    let (own, others) = all.split_at_mut(VARIABLES.len());
    own.copy_from_slice(VARIABLES);
    let (mut rest, mut at) = (others, 0);
    while at < SETTINGS.len() {
        let (these, after) = rest.split_at_mut(SETTINGS[at].len());
        these.copy_from_slice(SETTINGS[at]);
        (rest, at) = (after, at + 1);
    }
    all
};

const COUNT: usize = {
    let (mut count, mut at) = (VARIABLES.len(), 0);
    while at < SETTINGS.len() {
        (count, at) = (count + SETTINGS[at].len(), at + 1);
    }
    count
};

const VARIABLES: &[KnownVariable] = &[
    KnownVariable {
        name: "TRACING",
        takes: Takes::Boolean,
        entry: entry(Purpose::Switch, ALL, DefaultValue::On),
        readings: &[reads(DatadogWrapper, Unset::Value("0")), ignores(Libraries, "DD_TRACE_ENABLED switches them")],
        about: "Switches the wrapper's tracing on, together with DD_ENABLED. Any integer but 0 is on.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_ENABLED",
        takes: Takes::Boolean,
        entry: entry(Purpose::Switch, ALL, DefaultValue::On),
        readings: &[
            reads(DatadogExecutor, Unset::Words("off")),
            reads(DatadogWrapper, Unset::Words("off")),
            ignores(Libraries, "DD_TRACE_ENABLED switches them"),
        ],
        about: "Chooses Datadog in the images of pull request 2859. Their wrapper needs TRACING as well; with DD_ENABLED \
                off, their executor traces to Jaeger. No release of Seldon Core reads it.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_AGENT_HOST",
        takes: Takes::Host,
        entry: entry(Purpose::Host, ALL, DefaultValue::HostIp),
        readings: &[
            reads(DatadogExecutor, Unset::Value("localhost")),
            reads(DatadogWrapper, Unset::Value("localhost")),
            reads(Libraries, Unset::Value("localhost")),
        ],
        about: "The host of the Datadog agent. An agent on each node is reached by the address of the node; on Fargate \
                the agent is a container in the same pod: localhost. If neither the host nor the port is set, ddtrace \
                uses the socket /var/run/datadog/apm.socket where it exists.",
        tried: Some("spans arrive with ddtrace 2.21 to 4.16; `http://agent` sends nothing"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DATADOG_TRACE_AGENT_PORT",
        takes: Takes::Port,
        entry: entry(Purpose::Port, SELDON, DefaultValue::Text(DATADOG.text)),
        readings: &[
            reads(DatadogWrapper, Unset::Value(DATADOG.text)),
            ignores(DatadogExecutor, "it reads DD_TRACE_AGENT_PORT"),
            ignores(Libraries, "they read DD_TRACE_AGENT_PORT; ddtrace dropped this one in 0.55"),
        ],
        about: "The port of the agent, by the name in Seldon's document.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_PORT",
        takes: Takes::Port,
        entry: entry(Purpose::Port, STANDARD, DefaultValue::Text(DATADOG.text)),
        readings: &[
            reads(DatadogExecutor, Unset::Value(DATADOG.text)),
            reads(Libraries, Unset::Value(DATADOG.text)),
            ignores(DatadogWrapper, "it reads DATADOG_TRACE_AGENT_PORT"),
        ],
        about: "The port of the agent, by Datadog's own name.",
        tried: Some("spans arrive with ddtrace 2.21 to 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_SERVICE",
        takes: Takes::Service,
        entry: entry(Purpose::Service, ALL, DefaultValue::Nothing),
        readings: &[
            reads(DatadogExecutor, Unset::Value("executor")),
            reads(DatadogWrapper, Unset::Words("the name of its Python class")),
            reads(Libraries, Unset::Words("a derived name (`flask` in the Python wrapper)")),
        ],
        about: "The name of the service in Datadog. With ddtrace an empty value is a service without a name; it hides \
                `service:` in DD_TAGS and OTEL_SERVICE_NAME.",
        tried: Some("it arrives with ddtrace 2.21 to 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TAGS",
        takes: Takes::Tags,
        entry: entry(Purpose::Tags, ALL, DefaultValue::Nothing),
        readings: &[
            reads(DatadogExecutor, Unset::Nothing),
            reads(DatadogWrapper, Unset::Nothing),
            reads(Libraries, Unset::Nothing),
        ],
        about: "Tags of every span. The first `:` ends a key. ddtrace 3.19 and later split at commas; without a comma, at \
                spaces. ddtrace 2 and 3.0 split at commas or at spaces: a value with both, such as `a:b, c:d`, or a \
                lone `a:` loses all tags.",
        tried: Some("they arrive with ddtrace 2.21 to 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_SAMPLE_RATE",
        takes: Takes::Number,
        entry: entry(Purpose::Rate, SELDON, DefaultValue::Text("1")),
        readings: &[
            reads(DatadogWrapper, Unset::Value("1")),
            ignores(DatadogExecutor, "it reads DD_SAMPLING_RATE"),
            ignores(Libraries, "they read DD_TRACE_SAMPLING_RULES"),
        ],
        about: "The share of traces kept. Only Seldon uses this name.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_SAMPLING_RULES",
        takes: Takes::Rules,
        entry: entry(Purpose::Rate, STANDARD, DefaultValue::Text("1")),
        readings: &[reads(Libraries, Unset::Nothing)],
        about: "Sampling rules, in ddtrace 2 to 4. The first rule that matches decides; a rule without a rate is \
                skipped. Without any rule or rate the agent keeps about 10 traces a second of each service.",
        tried: Some("it works with ddtrace 2.21 to 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_SAMPLING_RATE",
        readers: Readers::Orchestrator,
        takes: Takes::Number,
        entry: entry(Purpose::Rate, STANDARD, DefaultValue::Text("1")),
        readings: &[
            reads(DatadogExecutor, Unset::Value("1")),
            ignores(DatadogWrapper, "it reads DD_SAMPLE_RATE"),
            ignores(Libraries, "they read DD_TRACE_SAMPLING_RULES"),
        ],
        about: "The share of traces kept by the executor of pull request 2859.",
        tried: Some("it does nothing with ddtrace 2.21 to 4.16"),
    },
    KnownVariable {
        name: "DD_TRACE_SAMPLE_RATE",
        takes: Takes::Number,
        about: "The share of traces kept, in ddtrace before 3.0. From 3.0 on ddtrace ignores it silently: use \
                DD_TRACE_SAMPLING_RULES, which works in every version.",
        tried: Some(
            "of 40 spans ddtrace 2.21 keeps 19 at `0.5` and none at `0.0`, ddtrace 4.16 all 40 at either; 3.0 keeps all at `0`",
        ),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_RATE_LIMIT",
        takes: Takes::Integer,
        readings: &[reads(Libraries, Unset::Value("100"))],
        about: "The most traces a second that sampling rules keep. -1 is no limit. In ddtrace 2 it also limits \
                DD_TRACE_SAMPLE_RATE.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_ENV",
        entry: entry(Purpose::Environment, ALL, DefaultValue::Nothing),
        about: "The name of the environment in Datadog. It overrides `env:` in DD_TAGS.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_VERSION",
        entry: entry(Purpose::Version, ALL, DefaultValue::Nothing),
        about: "The version of the service in Datadog. It overrides `version:` in DD_TAGS.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_ENABLED",
        takes: Takes::Boolean,
        readings: &[reads(Libraries, Unset::Value("true"))],
        about: "Switches the library on or off. Off, it sends nothing, whatever else is set.",
        tried: Some("with `false` ddtrace 2.21 to 4.16 send nothing"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_PROPAGATION_STYLE",
        takes: Takes::Word(PROPAGATION_STYLES),
        readings: &[reads(Libraries, Unset::Value("datadog,tracecontext,baggage"))],
        about: "The headers that pass a trace on, in order. b3multi is needed after an executor with \
                JAEGER_TRACE_PROPAGATION_TYPE=b3.",
        tried: Some("with `datadog,tracecontext,b3multi`, ddtrace joins the traces of such an executor over REST"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_LOGS_INJECTION",
        readers: Readers::Container,
        takes: Takes::Word(&["true", "false", "structured", "1", "0"]),
        readings: &[reads(Libraries, Unset::Words("off in ddtrace 2 and 3.0, `structured` in 3.19 and later,"))],
        about: "Adds the trace's id to the log lines of Python's logging. The log format of Seldon's Python wrapper is \
                fixed: its lines do not change.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_URL",
        takes: Takes::Url,
        readings: &[reads(Libraries, Unset::Nothing)],
        about: "The URL of the agent. It may be a socket: unix:///var/run/datadog/apm.socket. Without a port ddtrace \
                uses 80. An invalid host or port beside it still makes ddtrace exit.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_HOSTNAME",
        takes: Takes::Host,
        about: "An old name of DD_AGENT_HOST. If both are set, ddtrace 2 and 3.0 use DD_AGENT_HOST, 3.19 and later \
                this one.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_AGENT_PORT",
        takes: Takes::Port,
        about: "An old name of DD_TRACE_AGENT_PORT. If both are set, ddtrace 2 and 3.0 use this one, 3.19 and later \
                DD_TRACE_AGENT_PORT.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_GLOBAL_TAGS",
        takes: Takes::Tags,
        about: "An old name of DD_TAGS. ddtrace 2 and 3 read it, 4 does not.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_AGENTLESS_ENABLED",
        takes: Takes::Boolean,
        readings: &[reads(Libraries, Unset::Value("false"))],
        about: "Makes ddtrace 4.16 send to DD_SITE without an agent. It needs DD_API_KEY, and exits without it. ddtrace \
                2 and 3 ignore it.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_SERVICE_NAME",
        takes: Takes::Service,
        about: "The name of the service, unless DD_SERVICE is set. MLServer ignores it: its service is \
                MLSERVER_SERVER_NAME.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_RESOURCE_ATTRIBUTES",
        about: "Tags of every span as k=v,k2=v2, unless DD_TAGS is set. DD_SERVICE and DD_ENV override its \
                service.name and its environment.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_TRACES_SAMPLER",
        takes: Takes::Word(OTEL_SAMPLERS),
        about: concat!(
            "The sampler. DD_TRACE_SAMPLING_RULES overrides it, and so does DD_TRACE_SAMPLE_RATE in ddtrace 2. \
             MLServer reads it from ",
            mlserver!(first),
            " on, beside MLSERVER_TRACING_SERVER."
        ),
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_TRACES_SAMPLER_ARG",
        takes: Takes::Number,
        about: concat!(
            "The rate of a traceidratio sampler. MLServer reads it from ",
            mlserver!(first),
            " on, beside MLSERVER_TRACING_SERVER."
        ),
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_TRACES_EXPORTER",
        takes: Takes::Word(&["none", "otlp"]),
        about: "Where ddtrace sends. With `none` it sends nothing, unless DD_TRACE_ENABLED is on. With `otlp` 4.16 sends \
                OTLP to port 4318 of DD_AGENT_HOST and nothing to 8126; 2 and 3 ignore `otlp`. MLServer does not read it.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_EXPORTER_OTLP_ENDPOINT",
        takes: Takes::Url,
        about: "The collector of ddtrace 4.16 for OTLP. It needs OTEL_TRACES_EXPORTER=otlp; /v1/traces is added. \
                ddtrace 2 and 3 do not read it. MLServer does not either: it sends to MLSERVER_TRACING_SERVER.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        takes: Takes::Url,
        about: "OTEL_EXPORTER_OTLP_ENDPOINT for traces only. It has the whole path, and takes precedence.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_EXPORTER_OTLP_HEADERS",
        takes: Takes::Secret,
        about: "Headers for the collector of ddtrace 4.16, as k=v,k2=v2. It needs OTEL_TRACES_EXPORTER=otlp. ddtrace \
                2 and 3 do not read it.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_PROPAGATION_STYLE_EXTRACT",
        takes: Takes::Word(PROPAGATION_STYLES),
        about: "DD_TRACE_PROPAGATION_STYLE for the headers that are read.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_PROPAGATION_STYLE_INJECT",
        takes: Takes::Word(PROPAGATION_STYLES),
        about: "DD_TRACE_PROPAGATION_STYLE for the headers that are written.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_DOGSTATSD_HOST",
        takes: Takes::Host,
        about: "The host to which ddtrace sends metrics. It makes the client for them at start, and exits if it can't.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_DOGSTATSD_PORT",
        takes: Takes::Port,
        readings: &[reads(Libraries, Unset::Value(DATADOG_METRICS.text))],
        about: "The port to which ddtrace sends metrics.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_DOGSTATSD_URL",
        takes: Takes::Url,
        about: "The URL to which ddtrace sends metrics: udp://HOST:PORT or unix:///PATH. It overrides DD_DOGSTATSD_HOST \
                and DD_DOGSTATSD_PORT.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_API_KEY",
        takes: Takes::Secret,
        about: "The key with which the agent sends to Datadog, in the agent's own container. ddtrace 4.16 reads it beside \
                DD_AGENTLESS_ENABLED. A literal value is readable for everyone who can read the manifest: use a \
                secretKeyRef.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_SITE",
        about: "The Datadog site to which the agent sends, in the agent's own container. ddtrace 4.16 reads it beside \
                DD_AGENTLESS_ENABLED.",
        ..LIBRARY
    },
];

const COLUMN: &[&str] = &[
    "TRACING",
    "DD_ENABLED",
    "DD_AGENT_HOST",
    "DATADOG_TRACE_AGENT_PORT",
    "DD_TRACE_AGENT_PORT",
    "DD_SERVICE",
    "DD_TAGS",
    "DD_SAMPLE_RATE",
    "DD_TRACE_SAMPLING_RULES",
    "DD_SAMPLING_RATE",
    "DD_TRACE_SAMPLE_RATE",
];

const REPLACED: &[&str] =
    &["JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM", "JAEGER_SERVICE_NAME"];

const OFF: &[Off] = &[
    Off { name: "TRACING", value: "0", readers: Readers::Both, added: AddedIf::Never },
    Off { name: "DD_ENABLED", value: "0", readers: Readers::Both, added: AddedIf::Never },
    Off { name: "DD_TRACE_ENABLED", value: "false", readers: Readers::Container, added: AddedIf::Injected },
];

const OVERRIDES: &[OverridingVariable] = &[
    OverridingVariable {
        name: "DD_TRACE_AGENT_URL",
        overrides: &["DD_AGENT_HOST", "DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT"],
        condition: "",
        readers: Readers::Both,
        words: "takes precedence over the agent's host and port",
    },
    OverridingVariable {
        name: "DD_TRACE_ENABLED",
        overrides: &[],
        condition: "",
        readers: Readers::Both,
        words: "switches Datadog's libraries off, whatever else is set",
    },
];
