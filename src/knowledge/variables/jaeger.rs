//! Jaeger's variables.
//!
//! The *executor* and the *wrapper* are Seldon Core's. `Program::source` has the sources of the facts.

use super::{
    ALL, AddedIf, AgentContainer, Client, DefaultValue, KnownVariable, Off, OverridingVariable, Purpose, Readers,
    Takes, entry,
};
use crate::knowledge::clients::programs::Program::{Executor, Wrapper};
use crate::knowledge::clients::programs::{Unset, ignores, reads};
use crate::knowledge::ports::{OLD_THRIFT, THRIFT};
use crate::knowledge::values::SAMPLER_TYPES;
use crate::manifest::COLLECTOR_SIDECAR;

pub(in crate::knowledge) const CLIENT: Client = Client {
    variables: VARIABLES,
    document: DOCUMENT,
    column: COLUMN,
    replaced: REPLACED,
    off: OFF,
    overrides: OVERRIDES,
    host: "JAEGER_AGENT_HOST",
    agent: AgentContainer {
        names: &[COLLECTOR_SIDECAR, "jaeger-agent"],
        images: &["jaegertracing/jaeger-agent", "jaegertracing/all-in-one", "jaegertracing/jaeger"],
    },
    in_stock_images: true,
};

const DOCUMENT: &str = "Seldon's document `Distributed Tracing`";

/// The behavior of the wrapper, which does not read JAEGER_SAMPLER_*.
const NO_SAMPLER: &str = "it follows the `uber-trace-id` header of the executor; in a call without one it samples all, or \
                          as the file of JAEGER_CONFIG_PATH defines";

/// A variable of the executor alone, which `--set` writes.
const EXECUTOR: KnownVariable = KnownVariable {
    name: "",
    readers: Readers::Orchestrator,
    takes: Takes::Text,
    entry: None,
    readings: &[],
    about: "",
    tried: None,
};

const VARIABLES: &[KnownVariable] = &[
    KnownVariable {
        name: "TRACING",
        readers: Readers::Both,
        takes: Takes::Boolean,
        entry: entry(Purpose::Switch, ALL, DefaultValue::On),
        readings: &[reads(Wrapper, Unset::Value("0")), ignores(Executor, "it always builds a tracer, from JAEGER_*")],
        about: "Switches the Python wrapper's tracing on. Any integer but 0 is on; wrappers 1.5.0 to 1.8.0 trace \
                REST calls even with 0. Seldon's document writes it to the executor all the same.",
        tried: Some("wrapper 1.18.2 exits at `true` with `invalid literal for int()`, and sends nothing with `0`"),
    },
    KnownVariable {
        name: "JAEGER_AGENT_HOST",
        readers: Readers::Both,
        takes: Takes::Host,
        entry: entry(Purpose::Host, ALL, DefaultValue::HostIp),
        readings: &[reads(Executor, Unset::Value("localhost")), reads(Wrapper, Unset::Value("0.0.0.0"))],
        about: "The host of the Jaeger agent. An agent on each node is reached by the address of the node; on a node with \
                IPv6 only, that reaches nothing. A name that does not resolve sends nothing and logs nothing.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_AGENT_PORT",
        readers: Readers::Both,
        takes: Takes::Port,
        entry: entry(Purpose::Port, ALL, DefaultValue::Text(OLD_THRIFT.text)),
        readings: &[reads(Executor, Unset::Value(THRIFT.text)), reads(Wrapper, Unset::Value(OLD_THRIFT.text))],
        about: "The agent's UDP port for compact Thrift. It is 6831, or 5775 until Jaeger 1.x ended. 6832 is for \
                binary Thrift and never works. The executor reads it only if JAEGER_ENDPOINT is unset or empty. A \
                Service named jaeger-agent injects a variable of this name, and the executor then exits unless it is \
                set here.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_TYPE",
        readers: Readers::Both,
        takes: Takes::Word(SAMPLER_TYPES),
        entry: entry(Purpose::SamplerType, ALL, DefaultValue::Text("const")),
        readings: &[reads(Executor, Unset::Value("remote")), ignores(Wrapper, NO_SAMPLER)],
        about: "How the executor samples. Its decision counts for the wrapper too. A remote sampler starts with the \
                probability JAEGER_SAMPLER_PARAM until the sampling server answers.",
        tried: Some("against the sampling endpoint of Jaeger 2 a remote sampler never sampled anything"),
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_PARAM",
        readers: Readers::Both,
        takes: Takes::Number,
        entry: entry(Purpose::SamplerParam, ALL, DefaultValue::Text("1")),
        readings: &[reads(Executor, Unset::Value("0")), ignores(Wrapper, NO_SAMPLER)],
        about: "The parameter of the sampler. A const sampler without one samples nothing.",
        tried: Some("with `0` on wrapper 1.18.2 alone, spans still arrive; with `0` on the executor, none of either"),
    },
    KnownVariable {
        name: "JAEGER_SERVICE_NAME",
        takes: Takes::Service,
        entry: entry(Purpose::Service, ALL, DefaultValue::Nothing),
        readings: &[reads(Executor, Unset::Value("executor")), ignores(Wrapper, "its name is its Python class")],
        about: "The name of the executor in Jaeger. All deployments share the default.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_DISABLED",
        takes: Takes::Boolean,
        readings: &[reads(Executor, Unset::Value("false")), ignores(Wrapper, "TRACING switches it")],
        about: "True switches the executor's tracing off. Nothing else does. The wrapper then decides for itself, \
                and each call is a trace of its own. Other variables must still parse.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_ENDPOINT",
        takes: Takes::Url,
        readings: &[reads(Executor, Unset::Nothing), ignores(Wrapper, "it sends to the agent")],
        about: "The executor's collector for HTTP. It replaces the agent. Only http and https with a host work: with \
                `localhost:14268` or grpc:// the executor starts and sends nothing.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_USER",
        readings: &[reads(Executor, Unset::Nothing)],
        about: "The user for JAEGER_ENDPOINT. It is read only beside JAEGER_ENDPOINT.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_PASSWORD",
        takes: Takes::Secret,
        readings: &[reads(Executor, Unset::Nothing)],
        about: "The password for JAEGER_ENDPOINT. It is read only beside JAEGER_ENDPOINT. A literal value is readable for \
                everyone who can read the manifest: use a secretKeyRef.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_SAMPLING_ENDPOINT",
        takes: Takes::Url,
        readings: &[reads(
            Executor,
            Unset::Words("http://HOST:5778/sampling, with HOST from JAEGER_AGENT_HOST or 127.0.0.1,"),
        )],
        about: "The server that a remote sampler asks.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_MANAGER_HOST_PORT",
        takes: Takes::Url,
        readings: &[reads(Executor, Unset::Nothing)],
        about: "The old name of JAEGER_SAMPLING_ENDPOINT. It is read if that is unset.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_MAX_OPERATIONS",
        takes: Takes::Integer,
        readings: &[reads(Executor, Unset::Value("2000")), ignores(Wrapper, NO_SAMPLER)],
        about: "The most operations that a remote sampler knows.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_REFRESH_INTERVAL",
        takes: Takes::Duration,
        readings: &[reads(Executor, Unset::Value("1m")), ignores(Wrapper, NO_SAMPLER)],
        about: "The time between two questions of a remote sampler.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_REPORTER_LOG_SPANS",
        takes: Takes::Boolean,
        readings: &[reads(Executor, Unset::Value("false"))],
        about: "Without effect, but an invalid value exits. The executor gives its client no logger. The wrapper's \
                own log line `Reporting span` shows which spans are made.",
        tried: Some("executor 1.18.2 logs nothing with `true`"),
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_RPC_METRICS",
        takes: Takes::Boolean,
        readings: &[reads(Executor, Unset::Value("false"))],
        about: "Without effect, but an invalid value exits. The executor gives its client no metrics registry.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_REPORTER_MAX_QUEUE_SIZE",
        takes: Takes::Integer,
        readings: &[reads(Executor, Unset::Value("100"))],
        about: "The most spans that the executor buffers.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_REPORTER_FLUSH_INTERVAL",
        takes: Takes::Duration,
        readings: &[reads(Executor, Unset::Value("1s"))],
        about: "How long the executor buffers spans.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL",
        takes: Takes::Duration,
        readings: &[reads(Executor, Unset::Value("30s"))],
        about: "The time between two lookups of the agent's name. It is read only if JAEGER_ENDPOINT is unset and \
                reconnecting is not disabled.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED",
        takes: Takes::Boolean,
        readings: &[reads(Executor, Unset::Value("false"))],
        about: "True looks up the agent's name only at start. The executor then exits if it does not resolve, or if \
                the port is out of range. It is read only if JAEGER_ENDPOINT is unset.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_TAGS",
        readers: Readers::Both,
        takes: Takes::Pairs,
        readings: &[reads(Executor, Unset::Nothing), reads(Wrapper, Unset::Nothing)],
        about: "Tags of every span, as k=v,k2=v2. Only the executor replaces `${ENV:default}`.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_TRACE_PROPAGATION_TYPE",
        entry: entry(Purpose::Propagation, ALL, DefaultValue::Nothing),
        takes: Takes::Word(&["jaeger", "b3"]),
        readings: &[reads(Executor, Unset::Value("jaeger"))],
        about: "The headers by which the executor passes a trace on. Only Seldon uses this name. b3 splits traces, unless \
                each Python container has `propagation: b3` in the file of JAEGER_CONFIG_PATH.",
        tried: Some("b3 on one side splits the trace; b3 on both sides joins it, over REST and gRPC"),
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_CONFIG_PATH",
        readers: Readers::Container,
        readings: &[reads(Wrapper, Unset::Nothing)],
        about: "A YAML file for the wrapper's Jaeger client. It is the only way to a sampler, a service name or b3. \
                The host and the port still come from JAEGER_AGENT_HOST and JAEGER_AGENT_PORT (default then: 6831), \
                unless the file has `local_agent`. `Reporting span` is logged only with `logging: true`.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_EXTRA_TAGS",
        readers: Readers::Container,
        readings: &[reads(Wrapper, Unset::Nothing)],
        about: "Attributes of the request that become tags. It is a comma list of names, for REST calls only.",
        ..EXECUTOR
    },
    KnownVariable {
        name: "JAEGER_TRACEID_128BIT",
        readers: Readers::Container,
        takes: Takes::Boolean,
        readings: &[reads(Wrapper, Unset::Value("false")), ignores(Executor, "its trace ids have 64 bits")],
        about: "Trace ids of 128 bits in the wrapper.",
        ..EXECUTOR
    },
];

const COLUMN: &[&str] = &[
    "TRACING",
    "JAEGER_AGENT_HOST",
    "JAEGER_AGENT_PORT",
    "JAEGER_SAMPLER_TYPE",
    "JAEGER_SAMPLER_PARAM",
    "JAEGER_SERVICE_NAME",
];

const REPLACED: &[&str] = &[
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
    "JAEGER_DISABLED",
];

const OFF: &[Off] = &[
    Off { name: "TRACING", value: "0", readers: Readers::Both, added: AddedIf::Never },
    // The executor reads no other switch.
    Off { name: "JAEGER_DISABLED", value: "true", readers: Readers::Orchestrator, added: AddedIf::SetUp },
];

const OVERRIDES: &[OverridingVariable] = &[
    OverridingVariable {
        name: "JAEGER_ENDPOINT",
        overrides: &["JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT"],
        condition: "",
        readers: Readers::Both,
        words: "stays: for the executor, which alone reads it, it takes precedence over the agent's host and port",
    },
    OverridingVariable {
        name: "JAEGER_CONFIG_PATH",
        overrides: &["JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT"],
        condition: "if its file has `local_agent`",
        readers: Readers::Container,
        words: "stays: a `local_agent` in its file takes precedence over the agent's host and port",
    },
];
