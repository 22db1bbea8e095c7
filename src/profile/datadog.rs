//! Datadog's variables.
//!
//! Sources, by the names used below. *PR 2859*: the pull request to Seldon Core that brings Datadog to its executor
//! (dd-trace-go 1.28) and its Python wrapper; no release holds it. *ddtrace*: Datadog's library for Python, 2.21 and
//! 4.16 where it says what is heeded. The values are those of Seldon's document *Distributed Tracing with Datadog*.

use super::values::GO_TRUE;
use super::variables::{
    ALL, Client, Off, Override, Readers, SELDON, STANDARD, Setting, Takes, Unasked, Variable, entry,
};

pub(super) const CLIENT: Client =
    Client { variables: VARIABLES, column: COLUMN, replaced: REPLACED, off: OFF, overrides: OVERRIDES };

const VARIABLES: &[Variable] = &[
    Variable {
        name: "TRACING",
        readers: Readers::Both,
        takes: Takes::NotZero,
        entry: entry(Setting::Switch, ALL, Unasked::On),
        about: "Switches the Python wrapper's tracing on; read as an integer at start.",
    },
    Variable {
        name: "DD_ENABLED",
        readers: Readers::Both,
        takes: Takes::True(GO_TRUE),
        entry: entry(Setting::Switch, ALL, Unasked::On),
        about: "Chooses Datadog in the images of PR 2859: a boolean as Go reads it in the executor; yes, true, t or 1 \
                in the wrapper, which wants TRACING as well. Stock images do not read it.",
    },
    Variable {
        name: "DD_AGENT_HOST",
        readers: Readers::Both,
        takes: Takes::Host,
        entry: entry(Setting::Host, ALL, Unasked::HostIp),
        about: "Where the Datadog agent listens, localhost unless set; an agent on each node is reached by the node's \
                address. On Fargate the agent is a container of the same pod: localhost.",
    },
    Variable {
        name: "DATADOG_TRACE_AGENT_PORT",
        readers: Readers::Both,
        takes: Takes::Port,
        entry: entry(Setting::Port, SELDON, Unasked::Text("8126")),
        about: "The agent's port in Seldon's document, which the wrapper of PR 2859 reads; its executor reads \
                DD_TRACE_AGENT_PORT, and so does ddtrace from 0.55 on.",
    },
    Variable {
        name: "DD_TRACE_AGENT_PORT",
        readers: Readers::Both,
        takes: Takes::Port,
        entry: entry(Setting::Port, STANDARD, Unasked::Text("8126")),
        about: "The agent's port for Datadog's own libraries and the executor of PR 2859; 8126 unless set.",
    },
    Variable {
        name: "DD_SERVICE",
        readers: Readers::Both,
        takes: Takes::Service,
        entry: entry(Setting::Service, ALL, Unasked::Nothing),
        about: "The service's name in Datadog; `executor`, or the Python class, unless set.",
    },
    Variable {
        name: "DD_TAGS",
        readers: Readers::Both,
        takes: Takes::Tags,
        entry: entry(Setting::Tags, ALL, Unasked::Nothing),
        about: "Tags for every span, `k:v,k2:v2`. A trailing comma or a second `:` ends the wrapper of PR 2859.",
    },
    Variable {
        name: "DD_SAMPLE_RATE",
        readers: Readers::Both,
        takes: Takes::Rate,
        entry: entry(Setting::Rate, SELDON, Unasked::Text("1")),
        about: "The share of traces kept, from 0 to 1; a name of Seldon's own. The wrapper of PR 2859 reads it as an \
                integer, so that 0.75 ends it; the executor reads DD_SAMPLING_RATE.",
    },
    Variable {
        name: "DD_TRACE_SAMPLING_RULES",
        readers: Readers::Both,
        takes: Takes::Rules,
        entry: entry(Setting::Rate, STANDARD, Unasked::Text("1")),
        about: "Sampling rules in JSON, `[{\"sample_rate\":0.5}]`: the only way to a rate that ddtrace 2 and 4 \
                both heed.",
    },
    Variable {
        name: "DD_SAMPLING_RATE",
        readers: Readers::Orchestrator,
        takes: Takes::Rate,
        entry: entry(Setting::Rate, STANDARD, Unasked::Text("1")),
        about: "The share of traces kept by the executor of PR 2859, from 0 to 1. ddtrace does not read it.",
    },
    Variable {
        name: "DD_TRACE_SAMPLE_RATE",
        readers: Readers::Both,
        takes: Takes::Rate,
        entry: None,
        about: "The share of traces kept, from 0 to 1, in ddtrace before 4, which ignores it without a word.",
    },
    Variable {
        name: "DD_ENV",
        readers: Readers::Both,
        takes: Takes::Text,
        entry: None,
        about: "The environment's name in Datadog.",
    },
    Variable {
        name: "DD_VERSION",
        readers: Readers::Both,
        takes: Takes::Text,
        entry: None,
        about: "The service's version in Datadog.",
    },
    Variable {
        name: "DD_TRACE_ENABLED",
        readers: Readers::Both,
        takes: Takes::True(&["true", "1", "True", "TRUE"]),
        entry: None,
        about: "False sends nothing, whatever else is set; true unless set.",
    },
    Variable {
        name: "DD_LOGS_INJECTION",
        readers: Readers::Container,
        takes: Takes::Boolean,
        entry: None,
        about: "Puts the trace's id into the log lines of Python's logging.",
    },
    Variable {
        name: "DD_TRACE_AGENT_URL",
        readers: Readers::Both,
        takes: Takes::Url(&["http", "https", "unix"]),
        entry: None,
        about: "The agent's URL, such as unix:///var/run/datadog/apm.socket; it wins over host and port.",
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
    Off { name: "TRACING", value: "0", readers: Readers::Both },
    Off { name: "DD_ENABLED", value: "0", readers: Readers::Both },
];

const OVERRIDES: &[Override] = &[
    Override {
        name: "DD_TRACE_AGENT_URL",
        overrides: &["DD_AGENT_HOST", "DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT"],
        only_when: &[],
        readers: Readers::Both,
        words: "wins over the agent's host and port",
    },
    Override {
        name: "DD_TRACE_ENABLED",
        overrides: &[],
        // ddtrace takes anything but true and 1 for false, dd-trace-go what Go's ParseBool does: what both take.
        only_when: &["0", "f", "F", "false", "False", "FALSE"],
        readers: Readers::Both,
        words: "switches Datadog's libraries off, whatever else is set",
    },
];
