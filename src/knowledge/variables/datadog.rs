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

const VARIABLES: &[KnownVariable] = &[
    KnownVariable {
        name: "TRACING",
        readers: Readers::Both,
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
        tried: None,
    },
    KnownVariable {
        name: "DD_ENABLED",
        readers: Readers::Both,
        takes: Takes::True(GO_TRUE),
        entry: entry(Purpose::Switch, ALL, Unasked::On),
        readings: &[
            reads(
                DatadogExecutor,
                Unset::Words("off"),
                Bad::GoesOn("takes what is no boolean to Go, such as `yes`, for off"),
            ),
            reads(DatadogWrapper, Unset::Words("off"), Bad::GoesOn("takes all but `yes`, `true`, `t` and `1` for off")),
            ignores(Libraries, "DD_TRACE_ENABLED switches them"),
        ],
        about: "Chooses Datadog in the images of pull request 2859. Their wrapper wants TRACING as well; with DD_ENABLED \
                off, their executor traces to Jaeger. No release of Seldon Core reads it.",
        tried: None,
    },
    KnownVariable {
        name: "DD_AGENT_HOST",
        readers: Readers::Both,
        takes: Takes::Host,
        entry: entry(Purpose::Host, ALL, Unasked::HostIp),
        readings: &[
            reads(DatadogExecutor, Unset::Value("localhost"), Bad::Nothing),
            reads(DatadogWrapper, Unset::Value("localhost"), Bad::Nothing),
            reads(Libraries, Unset::Value("localhost"), Bad::Nothing),
        ],
        about: "Where the Datadog agent listens. An agent on each node is reached by the node's address; on Fargate \
                the agent is a container of the same pod: localhost.",
        tried: Some("it arrives with ddtrace 2.21 and 4.16"),
    },
    KnownVariable {
        name: "DATADOG_TRACE_AGENT_PORT",
        readers: Readers::Both,
        takes: Takes::Port,
        entry: entry(Purpose::Port, SELDON, Unasked::Text("8126")),
        readings: &[
            reads(DatadogWrapper, Unset::Value("8126"), Bad::Nothing),
            ignores(DatadogExecutor, "it reads DD_TRACE_AGENT_PORT"),
            ignores(Libraries, "DD_TRACE_AGENT_PORT; this one left ddtrace at 0.55"),
        ],
        about: "The agent's port by the name of Seldon's document.",
        tried: None,
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_PORT",
        readers: Readers::Both,
        takes: Takes::Port,
        entry: entry(Purpose::Port, STANDARD, Unasked::Text("8126")),
        readings: &[
            reads(DatadogExecutor, Unset::Value("8126"), Bad::Nothing),
            reads(Libraries, Unset::Value("8126"), Bad::Nothing),
            ignores(DatadogWrapper, "it reads DATADOG_TRACE_AGENT_PORT"),
        ],
        about: "The agent's port by Datadog's own name.",
        tried: Some("it arrives with ddtrace 2.21 and 4.16"),
    },
    KnownVariable {
        name: "DD_SERVICE",
        readers: Readers::Both,
        takes: Takes::Service,
        entry: entry(Purpose::Service, ALL, Unasked::Nothing),
        readings: &[
            reads(DatadogExecutor, Unset::Value("executor"), Bad::Nothing),
            reads(DatadogWrapper, Unset::Words("its Python class"), Bad::Nothing),
            reads(Libraries, Unset::Nothing, Bad::Nothing),
        ],
        about: "The service's name in Datadog.",
        tried: Some("it arrives with ddtrace 2.21 and 4.16"),
    },
    KnownVariable {
        name: "DD_TAGS",
        readers: Readers::Both,
        takes: Takes::Tags,
        entry: entry(Purpose::Tags, ALL, Unasked::Nothing),
        readings: &[
            reads(DatadogExecutor, Unset::Nothing, Bad::Nothing),
            reads(DatadogWrapper, Unset::Nothing, Bad::Ends("a `:` in a tag's value, or a comma at the end")),
            reads(Libraries, Unset::Nothing, Bad::Nothing),
        ],
        about: "Tags for every span. ddtrace splits them at commas or blanks, and at the first `:` of each.",
        tried: Some("it arrives with ddtrace 2.21 and 4.16"),
    },
    KnownVariable {
        name: "DD_SAMPLE_RATE",
        readers: Readers::Both,
        takes: Takes::Rate,
        entry: entry(Purpose::Rate, SELDON, Unasked::Text("1")),
        readings: &[
            reads(DatadogWrapper, Unset::Value("1"), Bad::Ends("a fraction, even `1.0`: it reads an integer")),
            ignores(DatadogExecutor, "it reads DD_SAMPLING_RATE"),
            ignores(Libraries, "DD_TRACE_SAMPLING_RULES thins their traces"),
        ],
        about: "The share of traces kept, by a name of Seldon's own.",
        tried: None,
    },
    KnownVariable {
        name: "DD_TRACE_SAMPLING_RULES",
        readers: Readers::Both,
        takes: Takes::Rules,
        entry: entry(Purpose::Rate, STANDARD, Unasked::Text("1")),
        readings: &[reads(Libraries, Unset::Nothing, Bad::Nothing)],
        about: "Sampling rules, which ddtrace 2 and 4 both heed. Every rule wants a rate.",
        tried: Some("it works with ddtrace 2.21 and 4.16"),
    },
    KnownVariable {
        name: "DD_SAMPLING_RATE",
        readers: Readers::Orchestrator,
        takes: Takes::Rate,
        entry: entry(Purpose::Rate, STANDARD, Unasked::Text("1")),
        readings: &[
            reads(DatadogExecutor, Unset::Value("1"), Bad::GoesOn("takes 1 for what is no number, without a word")),
            ignores(DatadogWrapper, "it reads DD_SAMPLE_RATE"),
            ignores(Libraries, "DD_TRACE_SAMPLING_RULES thins their traces"),
        ],
        about: "The share of traces kept by the executor of pull request 2859.",
        tried: Some("it does nothing with ddtrace 2.21 and 4.16"),
    },
    KnownVariable {
        name: "DD_TRACE_SAMPLE_RATE",
        readers: Readers::Both,
        takes: Takes::Rate,
        entry: None,
        readings: &[reads(Libraries, Unset::Nothing, Bad::Nothing)],
        about: "The share of traces kept in ddtrace before 4. ddtrace 4 ignores it without a word; \
                DD_TRACE_SAMPLING_RULES says the same to both.",
        tried: Some("of 40 spans ddtrace 2.21 keeps 19 at `0.5` and none at `0.0`, ddtrace 4.16 all 40 at either"),
    },
    KnownVariable {
        name: "DD_ENV",
        readers: Readers::Both,
        takes: Takes::Text,
        entry: None,
        readings: &[reads(Libraries, Unset::Nothing, Bad::Nothing)],
        about: "The environment's name in Datadog.",
        tried: None,
    },
    KnownVariable {
        name: "DD_VERSION",
        readers: Readers::Both,
        takes: Takes::Text,
        entry: None,
        readings: &[reads(Libraries, Unset::Nothing, Bad::Nothing)],
        about: "The service's version in Datadog.",
        tried: None,
    },
    KnownVariable {
        name: "DD_TRACE_ENABLED",
        readers: Readers::Both,
        takes: Takes::True(&["true", "1", "True", "TRUE"]),
        entry: None,
        readings: &[reads(
            Libraries,
            Unset::Value("true"),
            Bad::GoesOn("ddtrace takes all but `true` and `1` for false"),
        )],
        about: "False sends nothing, whatever else is set.",
        tried: Some("with `false` ddtrace 2.21 and 4.16 send nothing"),
    },
    KnownVariable {
        name: "DD_LOGS_INJECTION",
        readers: Readers::Container,
        takes: Takes::Boolean,
        entry: None,
        readings: &[reads(Libraries, Unset::Nothing, Bad::Nothing)],
        about: "Puts the trace's id into the log lines of Python's logging.",
        tried: None,
    },
    KnownVariable {
        name: "DD_TRACE_AGENT_URL",
        readers: Readers::Both,
        takes: Takes::Url(&["http", "https", "unix"]),
        entry: None,
        readings: &[reads(Libraries, Unset::Nothing, Bad::Nothing)],
        about: "The agent's URL. It may name a socket: unix:///var/run/datadog/apm.socket.",
        tried: None,
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
        readers: Readers::Both,
        words: "wins over the agent's host and port",
    },
    OverridingVariable {
        name: "DD_TRACE_ENABLED",
        overrides: &[],
        // ddtrace takes anything but true and 1 for false, dd-trace-go what Go's ParseBool does: what both take.
        only_when: &["0", "f", "F", "false", "False", "FALSE"],
        readers: Readers::Both,
        words: "switches Datadog's libraries off, whatever else is set",
    },
];
