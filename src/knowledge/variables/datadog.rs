//! Datadog's variables.
//!
//! *PR 2859* is the pull request to Seldon Core that brings Datadog to its executor and its Python wrapper; no release
//! holds it. Where what is said was read, `Program::source` says.

use super::{
    ALL, AgentContainer, Client, KnownVariable, Off, OverridingVariable, Purpose, Readers, SELDON, STANDARD, Takes,
    Unasked, entry,
};
use crate::knowledge::clients::programs::Program::{DatadogExecutor, DatadogWrapper, Libraries};
use crate::knowledge::clients::programs::{Bad, Unset, ignores, reads};
use crate::knowledge::values::GO_TRUE;

pub(in crate::knowledge) const CLIENT: Client = Client {
    variables: VARIABLES,
    document: DOCUMENT,
    column: COLUMN,
    replaced: REPLACED,
    off: OFF,
    overrides: OVERRIDES,
    host: "DD_AGENT_HOST",
    agent: AgentContainer { name: "datadog-agent", images: &["datadog/agent", "datadoghq/agent"] },
    in_stock_images: false,
};

const DOCUMENT: &str = "Seldon's document `Distributed Tracing with Datadog`";

/// A variable of Datadog's own libraries alone, which `--set` writes.
const LIBRARY: KnownVariable = KnownVariable {
    name: "",
    readers: Readers::Both,
    takes: Takes::Text,
    entry: None,
    readings: &[reads(Libraries, Unset::Nothing, Bad::Nothing)],
    about: "",
    tried: None,
};

/// The names that ddtrace 2.21 and 4.16 both accept.
const PROPAGATION_STYLES: &[&str] = &["datadog", "tracecontext", "b3multi", "b3", "baggage", "none"];

const OTEL_SAMPLERS: &[&str] = &[
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

const WEB: &[&str] = &["http", "https"];

const VARIABLES: &[KnownVariable] = &[
    KnownVariable {
        name: "TRACING",
        takes: Takes::NotZero,
        entry: entry(Purpose::Switch, ALL, Unasked::On),
        readings: &[
            reads(
                DatadogWrapper,
                Unset::Value("0"),
                Bad::Ends("anything but an integer: `true`, `yes`, `1.0` or an empty value"),
            ),
            ignores(Libraries, "DD_TRACE_ENABLED switches them"),
        ],
        about: "Switches the wrapper's tracing on, together with DD_ENABLED. Any integer but 0 is on.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_ENABLED",
        takes: Takes::True(GO_TRUE),
        entry: entry(Purpose::Switch, ALL, Unasked::On),
        readings: &[
            reads(
                DatadogExecutor,
                Unset::Words("off"),
                Bad::GoesOn("is off at a value that is not a boolean in Go, such as `yes`"),
            ),
            reads(
                DatadogWrapper,
                Unset::Words("off"),
                Bad::GoesOn("is off at any value but `yes`, `true`, `t` and `1`"),
            ),
            ignores(Libraries, "DD_TRACE_ENABLED switches them"),
        ],
        about: "Chooses Datadog in the images of pull request 2859. Their wrapper needs TRACING as well; with DD_ENABLED \
                off, their executor traces to Jaeger. No release of Seldon Core reads it.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_AGENT_HOST",
        takes: Takes::Host,
        entry: entry(Purpose::Host, ALL, Unasked::HostIp),
        readings: &[
            reads(DatadogExecutor, Unset::Value("localhost"), Bad::Nothing),
            reads(DatadogWrapper, Unset::Value("localhost"), Bad::Nothing),
            reads(Libraries, Unset::Value("localhost"), Bad::Ends("a port, or a name in brackets (ddtrace)")),
        ],
        about: "The host of the Datadog agent. An agent on each node is reached by the address of the node; on Fargate \
                the agent is a container in the same pod: localhost. If neither the host nor the port is set, ddtrace \
                uses the socket /var/run/datadog/apm.socket where it exists.",
        tried: Some("spans arrive with ddtrace 2.21 and 4.16; `http://agent` sends nothing"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DATADOG_TRACE_AGENT_PORT",
        takes: Takes::Port,
        entry: entry(Purpose::Port, SELDON, Unasked::Text("8126")),
        readings: &[
            reads(DatadogWrapper, Unset::Value("8126"), Bad::Nothing),
            ignores(DatadogExecutor, "it reads DD_TRACE_AGENT_PORT"),
            ignores(Libraries, "they read DD_TRACE_AGENT_PORT; ddtrace dropped this one in 0.55"),
        ],
        about: "The port of the agent, by the name in Seldon's document.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_PORT",
        takes: Takes::Port,
        entry: entry(Purpose::Port, STANDARD, Unasked::Text("8126")),
        readings: &[
            reads(DatadogExecutor, Unset::Value("8126"), Bad::Nothing),
            reads(
                Libraries,
                Unset::Value("8126"),
                Bad::GoesOn(
                    "ddtrace 2.21 sends nothing at a value that is not a port; 4.16 exits, even beside \
                             DD_TRACE_AGENT_URL or DD_TRACE_ENABLED=false",
                ),
            ),
            ignores(DatadogWrapper, "it reads DATADOG_TRACE_AGENT_PORT"),
        ],
        about: "The port of the agent, by Datadog's own name.",
        tried: Some("spans arrive with ddtrace 2.21 and 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_SERVICE",
        takes: Takes::Service,
        entry: entry(Purpose::Service, ALL, Unasked::Nothing),
        readings: &[
            reads(DatadogExecutor, Unset::Value("executor"), Bad::Nothing),
            reads(DatadogWrapper, Unset::Words("the name of its Python class"), Bad::Nothing),
            reads(Libraries, Unset::Words("a derived name (`flask` in the Python wrapper)"), Bad::Nothing),
        ],
        about: "The name of the service in Datadog. With ddtrace an empty value is a service without a name; it hides \
                `service:` in DD_TAGS and OTEL_SERVICE_NAME.",
        tried: Some("it arrives with ddtrace 2.21 and 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TAGS",
        takes: Takes::Tags,
        entry: entry(Purpose::Tags, ALL, Unasked::Nothing),
        readings: &[
            reads(DatadogExecutor, Unset::Nothing, Bad::Nothing),
            reads(DatadogWrapper, Unset::Nothing, Bad::Ends("a `:` in the value of a tag, or a comma at the end")),
            reads(Libraries, Unset::Nothing, Bad::Nothing),
        ],
        about: "Tags of every span. The first `:` ends a key. ddtrace 4.16 splits at commas; without a comma, at spaces. \
                ddtrace 2.21 splits at commas or at spaces: a value with both, such as `a:b, c:d`, or a lone `a:` loses \
                all tags.",
        tried: Some("they arrive with ddtrace 2.21 and 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_SAMPLE_RATE",
        takes: Takes::Rate,
        entry: entry(Purpose::Rate, SELDON, Unasked::Text("1")),
        readings: &[
            reads(DatadogWrapper, Unset::Value("1"), Bad::Ends("a fraction, even `1.0`: it reads an integer")),
            ignores(DatadogExecutor, "it reads DD_SAMPLING_RATE"),
            ignores(Libraries, "they read DD_TRACE_SAMPLING_RULES"),
        ],
        about: "The share of traces kept. Only Seldon uses this name.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_SAMPLING_RULES",
        takes: Takes::Rules,
        entry: entry(Purpose::Rate, STANDARD, Unasked::Text("1")),
        readings: &[reads(
            Libraries,
            Unset::Nothing,
            Bad::GoesOn(
                "ddtrace exits at a value that is not a list of mappings; at invalid JSON 2.21 exits and 4.16 keeps \
                 all; at an unknown key 4.16 exits",
            ),
        )],
        about: "Sampling rules, in ddtrace 2 and 4. The first rule that matches decides; a rule without a rate is \
                skipped. Without any rule or rate the agent keeps about 10 traces a second of each service.",
        tried: Some("it works with ddtrace 2.21 and 4.16"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_SAMPLING_RATE",
        readers: Readers::Orchestrator,
        takes: Takes::Rate,
        entry: entry(Purpose::Rate, STANDARD, Unasked::Text("1")),
        readings: &[
            reads(DatadogExecutor, Unset::Value("1"), Bad::GoesOn("uses 1 for a value that is not a number")),
            ignores(DatadogWrapper, "it reads DD_SAMPLE_RATE"),
            ignores(Libraries, "they read DD_TRACE_SAMPLING_RULES"),
        ],
        about: "The share of traces kept by the executor of pull request 2859.",
        tried: Some("it does nothing with ddtrace 2.21 and 4.16"),
    },
    KnownVariable {
        name: "DD_TRACE_SAMPLE_RATE",
        takes: Takes::Rate,
        about: "The share of traces kept, in ddtrace before 3.0. From 3.0 on ddtrace ignores it silently: use \
                DD_TRACE_SAMPLING_RULES, which works in every version.",
        tried: Some("of 40 spans ddtrace 2.21 keeps 19 at `0.5` and none at `0.0`, ddtrace 4.16 all 40 at either"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_RATE_LIMIT",
        takes: Takes::RateLimit,
        readings: &[reads(Libraries, Unset::Value("100"), Bad::Ends("a value that is not an integer (ddtrace)"))],
        about: "The most traces a second that sampling rules keep. -1 is no limit. In ddtrace 2.21 it also limits \
                DD_TRACE_SAMPLE_RATE.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_ENV",
        entry: entry(Purpose::Environment, ALL, Unasked::Nothing),
        about: "The name of the environment in Datadog. It overrides `env:` in DD_TAGS.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_VERSION",
        entry: entry(Purpose::Version, ALL, Unasked::Nothing),
        about: "The version of the service in Datadog. It overrides `version:` in DD_TAGS.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_ENABLED",
        takes: Takes::True(&["true", "1", "True", "TRUE"]),
        readings: &[reads(
            Libraries,
            Unset::Value("true"),
            Bad::GoesOn(
                "ddtrace is on at `true` and `1`, in any letter case, and silently off at anything else, such as \
                 `yes`, `on`, `t` or an empty value",
            ),
        )],
        about: "Switches the library on or off. Off, it sends nothing, whatever else is set.",
        tried: Some("with `false` ddtrace 2.21 and 4.16 send nothing"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_PROPAGATION_STYLE",
        takes: Takes::Words(PROPAGATION_STYLES),
        readings: &[reads(
            Libraries,
            Unset::Value("datadog,tracecontext,baggage"),
            Bad::GoesOn("ddtrace drops an unknown name; if none is left, it reads and writes no headers"),
        )],
        about: "The headers that pass a trace on, in order. b3multi is needed behind an executor with \
                JAEGER_TRACE_PROPAGATION_TYPE=b3.",
        tried: Some("with `datadog,tracecontext,b3multi`, ddtrace joins the traces of such an executor over REST"),
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_LOGS_INJECTION",
        readers: Readers::Container,
        takes: Takes::Word(&["true", "false", "structured", "1", "0"]),
        readings: &[reads(Libraries, Unset::Words("off in ddtrace 2.21, `structured` in 4.16,"), Bad::Nothing)],
        about: "Adds the trace's id to the log lines of Python's logging. The log format of Seldon's Python wrapper is \
                fixed: its lines do not change.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_PROFILING_ENABLED",
        takes: Takes::Boolean,
        readings: &[reads(Libraries, Unset::Value("false"), Bad::Nothing)],
        about: "Switches Datadog's profiler on. It is independent of tracing.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_APPSEC_ENABLED",
        takes: Takes::Boolean,
        readings: &[reads(Libraries, Unset::Value("false"), Bad::Nothing)],
        about: "Switches Datadog's threat detection on. It is independent of tracing.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_URL",
        takes: Takes::Url(&["http", "https", "unix"]),
        readings: &[reads(
            Libraries,
            Unset::Nothing,
            Bad::Ends("another scheme than http, https or unix, or none (ddtrace)"),
        )],
        about: "The URL of the agent. It may be a socket: unix:///var/run/datadog/apm.socket. Without a port ddtrace \
                uses 80. An invalid host or port beside it still makes ddtrace exit.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_HOSTNAME",
        takes: Takes::Host,
        about: "An old name of DD_AGENT_HOST. If both are set, ddtrace 2.21 uses DD_AGENT_HOST and 4.16 this one.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_AGENT_PORT",
        takes: Takes::Port,
        about: "An old name of DD_TRACE_AGENT_PORT. If both are set, ddtrace 2.21 uses this one and 4.16 \
                DD_TRACE_AGENT_PORT.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_TRACE_GLOBAL_TAGS",
        takes: Takes::Tags,
        about: "An old name of DD_TAGS. ddtrace 2.21 reads it, 4.16 does not.",
        ..LIBRARY
    },
    KnownVariable {
        name: "DD_AGENTLESS_ENABLED",
        takes: Takes::Boolean,
        readings: &[reads(Libraries, Unset::Value("false"), Bad::Nothing)],
        about: "Makes ddtrace 4.16 send to DD_SITE without an agent. It needs DD_API_KEY, and exits without it. ddtrace \
                2.21 ignores it.",
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
        about: "The sampler. DD_TRACE_SAMPLING_RULES overrides it, and so does DD_TRACE_SAMPLE_RATE in ddtrace 2.21. \
                MLServer reads it from 1.4.0 on, beside MLSERVER_TRACING_SERVER.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_TRACES_SAMPLER_ARG",
        takes: Takes::Rate,
        about: "The rate of a traceidratio sampler. MLServer reads it from 1.4.0 on, beside MLSERVER_TRACING_SERVER.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_TRACES_EXPORTER",
        takes: Takes::Word(&["none", "otlp"]),
        about: "Where ddtrace sends. With `none` it sends nothing, unless DD_TRACE_ENABLED is on. With `otlp` 4.16 sends \
                OTLP to port 4318 of DD_AGENT_HOST and nothing to 8126; 2.21 ignores `otlp`. MLServer does not read it.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_EXPORTER_OTLP_ENDPOINT",
        takes: Takes::Url(WEB),
        about: "The collector of ddtrace 4.16 for OTLP. It needs OTEL_TRACES_EXPORTER=otlp; /v1/traces is added. \
                ddtrace 2.21 does not read it. MLServer does not either: it sends to MLSERVER_TRACING_SERVER.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        takes: Takes::Url(WEB),
        about: "OTEL_EXPORTER_OTLP_ENDPOINT for traces only. It has the whole path, and takes precedence.",
        ..LIBRARY
    },
    KnownVariable {
        name: "OTEL_EXPORTER_OTLP_HEADERS",
        takes: Takes::Secret,
        about: "Headers for the collector of ddtrace 4.16, as k=v,k2=v2. It needs OTEL_TRACES_EXPORTER=otlp. ddtrace \
                2.21 does not read it.",
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
    Off { name: "TRACING", value: "0", readers: Readers::Both, added: false },
    Off { name: "DD_ENABLED", value: "0", readers: Readers::Both, added: false },
];

const OVERRIDES: &[OverridingVariable] = &[
    OverridingVariable {
        name: "DD_TRACE_AGENT_URL",
        overrides: &["DD_AGENT_HOST", "DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT"],
        only_when: &[],
        condition: "",
        readers: Readers::Both,
        words: "takes precedence over the agent's host and port",
    },
    OverridingVariable {
        name: "DD_TRACE_ENABLED",
        overrides: &[],
        // ddtrace takes anything but true and 1 for false, dd-trace-go what Go's ParseBool does: what both take.
        only_when: &["0", "f", "F", "false", "False", "FALSE"],
        condition: "",
        readers: Readers::Both,
        words: "switches Datadog's libraries off, whatever else is set",
    },
];
