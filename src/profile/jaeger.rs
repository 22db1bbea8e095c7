//! Jaeger's variables.
//!
//! Sources, by the names used below. *Executor*: jaeger-client-go 2.25, `config/config_env.go`, and Seldon Core's
//! `executor/api/tracing/trace.go`. *Wrapper*: Seldon Core's `python/seldon_core/utils.py` and `microservice.py`, with
//! jaeger-client 4. The values are those of Seldon's document *Distributed Tracing*.

use super::values::SAMPLER_TYPES;
use super::variables::{ALL, Client, Off, Override, Readers, Setting, Takes, Unasked, Variable, entry};

pub(super) const CLIENT: Client =
    Client { variables: VARIABLES, column: COLUMN, replaced: REPLACED, off: OFF, overrides: OVERRIDES };

const WEB: &[&str] = &["http", "https"];

const VARIABLES: &[Variable] = &[
    Variable {
        name: "TRACING",
        readers: Readers::Both,
        takes: Takes::NotZero,
        entry: entry(Setting::Switch, ALL, Unasked::On),
        about: "Switches the Python wrapper's tracing on. It is read as an integer at start: `true`, `yes` or an empty \
                value end the container. The executor never reads it; Seldon's document writes it there all the same.",
    },
    Variable {
        name: "JAEGER_AGENT_HOST",
        readers: Readers::Both,
        takes: Takes::Host,
        entry: entry(Setting::Host, ALL, Unasked::HostIp),
        about: "Where the Jaeger agent listens. The executor's default is localhost, the wrapper's 0.0.0.0; an agent \
                on each node is reached by the node's address.",
    },
    Variable {
        name: "JAEGER_AGENT_PORT",
        readers: Readers::Both,
        takes: Takes::Port,
        entry: entry(Setting::Port, ALL, Unasked::Text("5775")),
        about: "The agent's UDP port for compact Thrift: 6831, or 5775 until Jaeger 1.x ended. A Service named \
                jaeger-agent injects a variable of this name that ends the executor unless it is set here.",
    },
    Variable {
        name: "JAEGER_SAMPLER_TYPE",
        readers: Readers::Both,
        takes: Takes::Word(SAMPLER_TYPES),
        entry: entry(Setting::SamplerType, ALL, Unasked::Text("const")),
        about: "How the executor samples: const, probabilistic, ratelimiting or remote, its default. The wrapper \
                samples all unless JAEGER_CONFIG_PATH says otherwise; Seldon's document writes it there all the same.",
    },
    Variable {
        name: "JAEGER_SAMPLER_PARAM",
        readers: Readers::Both,
        takes: Takes::Number,
        entry: entry(Setting::SamplerParam, ALL, Unasked::Text("1")),
        about: "The sampler's param, 0 for the executor unless set: with const 0 or 1, with probabilistic and remote \
                from 0 to 1, with ratelimiting the traces a second. The wrapper does not read it.",
    },
    Variable {
        name: "JAEGER_SERVICE_NAME",
        readers: Readers::Orchestrator,
        takes: Takes::Service,
        entry: entry(Setting::Service, ALL, Unasked::Nothing),
        about: "The executor's name in Jaeger; unless set, every deployment's is `executor`. The wrapper's name is its \
                Python class.",
    },
    Variable {
        name: "JAEGER_DISABLED",
        readers: Readers::Orchestrator,
        takes: Takes::False,
        entry: None,
        about: "True is the only thing that really switches the executor's tracing off; a boolean as Go reads it.",
    },
    Variable {
        name: "JAEGER_ENDPOINT",
        readers: Readers::Orchestrator,
        takes: Takes::Url(WEB),
        entry: None,
        about: "The collector to which the executor sends over HTTP; the agent's host and port are then ignored.",
    },
    Variable {
        name: "JAEGER_USER",
        readers: Readers::Orchestrator,
        takes: Takes::Text,
        entry: None,
        about: "The user for JAEGER_ENDPOINT. The executor does not start without JAEGER_PASSWORD beside it.",
    },
    Variable {
        name: "JAEGER_PASSWORD",
        readers: Readers::Orchestrator,
        takes: Takes::Secret,
        entry: None,
        about: "The password for JAEGER_ENDPOINT, better brought by a secretKeyRef. The executor does not start \
                without JAEGER_USER beside it.",
    },
    Variable {
        name: "JAEGER_SAMPLING_ENDPOINT",
        readers: Readers::Orchestrator,
        takes: Takes::Url(WEB),
        entry: None,
        about: "Where a remote sampler asks for its strategy; http://127.0.0.1:5778/sampling unless set.",
    },
    Variable {
        name: "JAEGER_SAMPLER_MAX_OPERATIONS",
        readers: Readers::Orchestrator,
        takes: Takes::Count,
        entry: None,
        about: "How many operations a remote sampler keeps apart; 2000 unless set.",
    },
    Variable {
        name: "JAEGER_SAMPLER_REFRESH_INTERVAL",
        readers: Readers::Orchestrator,
        takes: Takes::Duration,
        entry: None,
        about: "How often a remote sampler asks anew; 1m unless set.",
    },
    Variable {
        name: "JAEGER_REPORTER_MAX_QUEUE_SIZE",
        readers: Readers::Orchestrator,
        takes: Takes::Count,
        entry: None,
        about: "How many spans the executor holds back; 100 unless set.",
    },
    Variable {
        name: "JAEGER_REPORTER_FLUSH_INTERVAL",
        readers: Readers::Orchestrator,
        takes: Takes::Duration,
        entry: None,
        about: "How long the executor holds spans back; 1s unless set.",
    },
    Variable {
        name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL",
        readers: Readers::Orchestrator,
        takes: Takes::Duration,
        entry: None,
        about: "How often the executor looks the agent's name up anew; 30s unless set.",
    },
    Variable {
        name: "JAEGER_TAGS",
        readers: Readers::Both,
        takes: Takes::Pairs,
        entry: None,
        about: "Tags for every span, `k=v,k2=v2`. A pair without `=` or a trailing comma ends the executor, a second \
                `=` the wrapper; the executor alone fills in `${ENV:default}`.",
    },
    Variable {
        name: "JAEGER_TRACE_PROPAGATION_TYPE",
        readers: Readers::Orchestrator,
        takes: Takes::Word(&["jaeger", "b3"]),
        entry: None,
        about: "The headers by which the executor hands a trace on: jaeger, its default, or b3. A name of \
                Seldon's own.",
    },
    Variable {
        name: "JAEGER_CONFIG_PATH",
        readers: Readers::Container,
        takes: Takes::Text,
        entry: None,
        about: "A YAML file that configures the wrapper's Jaeger client, the only way to a sampler of its own.",
    },
    Variable {
        name: "JAEGER_EXTRA_TAGS",
        readers: Readers::Container,
        takes: Takes::Text,
        entry: None,
        about: "A comma list of attributes of the request that the wrapper tags spans with; REST only.",
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
    Off { name: "TRACING", value: "0", readers: Readers::Both },
    // The executor heeds nothing else.
    Off { name: "JAEGER_DISABLED", value: "true", readers: Readers::Orchestrator },
];

const OVERRIDES: &[Override] = &[Override {
    name: "JAEGER_ENDPOINT",
    overrides: &["JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT"],
    only_when: &[],
    readers: Readers::Both,
    words: "stays: where it is read, which the Python wrapper does not, it wins over the agent's host and port",
}];
