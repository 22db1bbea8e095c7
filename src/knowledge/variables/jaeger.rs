//! Jaeger's variables.
//!
//! The *executor* and the *wrapper* are Seldon Core's. Where what is said was read, `Program::source` says.

use super::{
    ALL, AgentContainer, Client, KnownVariable, Off, OverridingVariable, Purpose, Readers, Takes, Unasked, entry,
};
use crate::knowledge::clients::programs::Program::{Executor, Wrapper};
use crate::knowledge::clients::programs::{Bad, Unset, ignores, reads};
use crate::knowledge::values::SAMPLER_TYPES;

pub(in crate::knowledge) const CLIENT: Client = Client {
    variables: VARIABLES,
    document: DOCUMENT,
    column: COLUMN,
    replaced: REPLACED,
    off: OFF,
    overrides: OVERRIDES,
    host: "JAEGER_AGENT_HOST",
    agent: AgentContainer { name: "jaeger-agent", images: &["jaegertracing/jaeger-agent", "jaegertracing/all-in-one"] },
    in_stock_images: true,
};

const DOCUMENT: &str = "Seldon's document `Distributed Tracing`";

/// What the wrapper goes by in the place of JAEGER_SAMPLER_*.
const NO_SAMPLER: &str = "it samples everything, or as the file of JAEGER_CONFIG_PATH says";

/// What Go's `time.ParseDuration` refuses.
const NO_DURATION: &str = "a number without a unit, or anything else that is no duration";

const WEB: &[&str] = &["http", "https"];

const VARIABLES: &[KnownVariable] = &[
    KnownVariable {
        name: "TRACING",
        readers: Readers::Both,
        takes: Takes::NotZero,
        entry: entry(Purpose::Switch, ALL, Unasked::On),
        readings: &[
            reads(
                Wrapper,
                Unset::Value("0"),
                Bad::Ends("anything but an integer: `true`, `yes`, `1.0` or an empty value"),
            ),
            ignores(Executor, "it always builds a tracer, from JAEGER_*"),
        ],
        about: "Switches the Python wrapper's tracing on. Any integer but 0 is on; wrappers 1.5.0 to 1.8.0 trace \
                REST calls even with 0. Seldon's document writes it to the executor all the same.",
        tried: Some("wrapper 1.18.2 ends at `true` with `invalid literal for int()`, and sends nothing with `0`"),
    },
    KnownVariable {
        name: "JAEGER_AGENT_HOST",
        readers: Readers::Both,
        takes: Takes::Host,
        entry: entry(Purpose::Host, ALL, Unasked::HostIp),
        readings: &[
            reads(Executor, Unset::Value("localhost"), Bad::Nothing),
            reads(Wrapper, Unset::Value("0.0.0.0"), Bad::Nothing),
        ],
        about: "Where the Jaeger agent listens. An agent on each node is reached by the node's address.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_AGENT_PORT",
        readers: Readers::Both,
        takes: Takes::Port,
        entry: entry(Purpose::Port, ALL, Unasked::Text("5775")),
        readings: &[
            reads(Executor, Unset::Value("6831"), Bad::Ends("what is no integer")),
            reads(Wrapper, Unset::Value("5775"), Bad::GoesOn("takes 6831 for what is no integer, without a word")),
        ],
        about: "The agent's UDP port for compact Thrift. That is 6831, or 5775 until Jaeger 1.x ended; 6832 is for \
                binary Thrift and never works. A Service named jaeger-agent injects a variable of this name that \
                ends the executor unless it is set here.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_TYPE",
        readers: Readers::Both,
        takes: Takes::Word(SAMPLER_TYPES),
        entry: entry(Purpose::SamplerType, ALL, Unasked::Text("const")),
        readings: &[
            reads(Executor, Unset::Value("remote"), Bad::Ends("any other word; upper and lower case are one to it")),
            ignores(Wrapper, NO_SAMPLER),
        ],
        about: "How the executor samples. Seldon's document writes it to the wrapper all the same.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_PARAM",
        readers: Readers::Both,
        takes: Takes::Number,
        entry: entry(Purpose::SamplerParam, ALL, Unasked::Text("1")),
        readings: &[
            reads(Executor, Unset::Value("0"), Bad::Ends("what is no number, or out of its sampler's range")),
            ignores(Wrapper, NO_SAMPLER),
        ],
        about: "The sampler's param. A const sampler without one samples nothing.",
        tried: Some("with `0` on wrapper 1.18.2, spans still come"),
    },
    KnownVariable {
        name: "JAEGER_SERVICE_NAME",
        readers: Readers::Orchestrator,
        takes: Takes::Service,
        entry: entry(Purpose::Service, ALL, Unasked::Nothing),
        readings: &[
            reads(Executor, Unset::Value("executor"), Bad::Nothing),
            ignores(Wrapper, "its name is its Python class"),
        ],
        about: "The executor's name in Jaeger. Every deployment shares it unless it is set.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_DISABLED",
        readers: Readers::Orchestrator,
        takes: Takes::False,
        entry: None,
        readings: &[
            reads(Executor, Unset::Value("false"), Bad::Ends("what is no boolean to Go, such as `yes`")),
            ignores(Wrapper, "TRACING switches it"),
        ],
        about: "True switches the executor's tracing off. Nothing else really does.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_ENDPOINT",
        readers: Readers::Orchestrator,
        takes: Takes::Url(WEB),
        entry: None,
        readings: &[
            reads(Executor, Unset::Nothing, Bad::Ends("what is no absolute URI")),
            ignores(Wrapper, "it sends to the agent"),
        ],
        about: "The collector to which the executor sends over HTTP.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_USER",
        readers: Readers::Orchestrator,
        takes: Takes::Text,
        entry: None,
        readings: &[reads(Executor, Unset::Nothing, Bad::Ends("no JAEGER_PASSWORD beside it"))],
        about: "The user for JAEGER_ENDPOINT.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_PASSWORD",
        readers: Readers::Orchestrator,
        takes: Takes::Secret,
        entry: None,
        readings: &[reads(Executor, Unset::Nothing, Bad::Ends("no JAEGER_USER beside it"))],
        about: "The password for JAEGER_ENDPOINT. As a plain value it stands in the manifest for all to read.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_SAMPLING_ENDPOINT",
        readers: Readers::Orchestrator,
        takes: Takes::Url(WEB),
        entry: None,
        readings: &[reads(Executor, Unset::Value("http://127.0.0.1:5778/sampling"), Bad::Nothing)],
        about: "Where a remote sampler asks for its strategy.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_MAX_OPERATIONS",
        readers: Readers::Orchestrator,
        takes: Takes::Count,
        entry: None,
        readings: &[
            reads(Executor, Unset::Value("2000"), Bad::Ends("what is no integer")),
            ignores(Wrapper, NO_SAMPLER),
        ],
        about: "How many operations a remote sampler keeps apart.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_SAMPLER_REFRESH_INTERVAL",
        readers: Readers::Orchestrator,
        takes: Takes::Duration,
        entry: None,
        readings: &[reads(Executor, Unset::Value("1m"), Bad::Ends(NO_DURATION)), ignores(Wrapper, NO_SAMPLER)],
        about: "How often a remote sampler asks anew.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_REPORTER_MAX_QUEUE_SIZE",
        readers: Readers::Orchestrator,
        takes: Takes::Count,
        entry: None,
        readings: &[reads(Executor, Unset::Value("100"), Bad::Ends("what is no integer"))],
        about: "How many spans the executor holds back.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_REPORTER_FLUSH_INTERVAL",
        readers: Readers::Orchestrator,
        takes: Takes::Duration,
        entry: None,
        readings: &[reads(Executor, Unset::Value("1s"), Bad::Ends(NO_DURATION))],
        about: "How long the executor holds spans back.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL",
        readers: Readers::Orchestrator,
        takes: Takes::Duration,
        entry: None,
        readings: &[reads(Executor, Unset::Value("30s"), Bad::Ends(NO_DURATION))],
        about: "How often the agent's name is looked up anew.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_TAGS",
        readers: Readers::Both,
        takes: Takes::Pairs,
        entry: None,
        readings: &[
            reads(Executor, Unset::Nothing, Bad::Ends("a pair without `=`, or a comma at the end")),
            reads(Wrapper, Unset::Nothing, Bad::Ends("a second `=` in a pair, or a comma at the end")),
        ],
        about: "Tags for every span. The executor alone fills in `${ENV:default}`.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_TRACE_PROPAGATION_TYPE",
        readers: Readers::Orchestrator,
        takes: Takes::Word(&["jaeger", "b3"]),
        entry: None,
        readings: &[reads(
            Executor,
            Unset::Value("jaeger"),
            Bad::GoesOn("takes all but `b3` for jaeger, without a word"),
        )],
        about: "The headers by which the executor hands a trace on. A name of Seldon's own. The wrapper knows \
                Jaeger's headers alone: with b3 traces come apart.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_CONFIG_PATH",
        readers: Readers::Container,
        takes: Takes::Text,
        entry: None,
        readings: &[reads(Wrapper, Unset::Nothing, Bad::Nothing)],
        about: "A YAML file for the wrapper's Jaeger client. It is the only way to a sampler of its own.",
        tried: None,
    },
    KnownVariable {
        name: "JAEGER_EXTRA_TAGS",
        readers: Readers::Container,
        takes: Takes::Text,
        entry: None,
        readings: &[reads(Wrapper, Unset::Nothing, Bad::Nothing)],
        about: "Attributes of the request that become tags. They are a comma list, and for the wrapper's REST calls \
                only.",
        tried: None,
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
    Off { name: "TRACING", value: "0", readers: Readers::Both, added: false },
    // The executor heeds nothing else.
    Off { name: "JAEGER_DISABLED", value: "true", readers: Readers::Orchestrator, added: true },
];

const OVERRIDES: &[OverridingVariable] = &[
    OverridingVariable {
        name: "JAEGER_ENDPOINT",
        overrides: &["JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT"],
        only_when: &[],
        readers: Readers::Both,
        words: "stays: where it is read, which the Python wrapper does not, it wins over the agent's host and port",
    },
    // `setup_tracing` hands the client what the file says, and nothing else.
    OverridingVariable {
        name: "JAEGER_CONFIG_PATH",
        overrides: &["JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT"],
        only_when: &[],
        readers: Readers::Container,
        words: "stays: the Python wrapper takes the agent's host and port from its file",
    },
];
