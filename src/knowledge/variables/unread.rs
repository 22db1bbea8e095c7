//! Variables that look as if Seldon's tracing read them. `explain` knows them; no command sets or removes them by
//! itself.

use crate::knowledge::Backend;
use crate::knowledge::clients::programs::Program;
use crate::knowledge::otlp::mlserver;

/// A variable that neither Seldon's clients nor Datadog's libraries read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// The variable.
    pub name: &'static str,
    /// The backend that its name suggests; `None` for OpenTelemetry.
    pub backend: Option<Backend>,
    /// The program that reads it instead.
    pub owner: Owner,
    /// The purpose there.
    pub about: &'static str,
}

/// The program that reads such a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Other clients of Jaeger; with what Seldon's executor has instead.
    OtherClients(&'static str),
    /// The Datadog agent.
    Agent,
    /// Datadog's admission controller.
    AdmissionController,
    /// Old versions of Datadog's libraries; with what they read now.
    OldLibraries(&'static str),
    /// MLServer, if it traces.
    MlServer,
}

impl Owner {
    /// The name of the program.
    pub fn name(self) -> &'static str {
        match self {
            Self::OtherClients(_) => "other clients of Jaeger",
            Self::Agent => "the Datadog agent",
            Self::AdmissionController => "Datadog's admission controller, in the agent's Cluster Agent",
            Self::OldLibraries(_) => "old versions of Datadog's libraries",
            Self::MlServer => concat!(
                "MLServer from ",
                mlserver!(first),
                " on, the prepackaged server on protocol v2. ",
                mlserver!(releases)
            ),
        }
    }
}

impl Unread {
    /// The reason why it does nothing in Seldon's tracing, in a clause.
    pub fn why(&self) -> &'static str {
        match self.owner {
            Owner::OtherClients(instead) | Owner::OldLibraries(instead) => instead,
            Owner::Agent => "it belongs to the Datadog agent, not to the program that it traces",
            Owner::AdmissionController => {
                "it belongs to Datadog's admission controller, not to the program that is traced"
            }
            Owner::MlServer => concat!("MLServer ", mlserver!(first), " and later reads it"),
        }
    }

    /// The sources of these facts.
    pub fn sources(&self) -> Vec<&'static str> {
        match self.owner {
            Owner::OtherClients(_) => vec![Program::Executor.source(), Program::Wrapper.source()],
            Owner::Agent | Owner::AdmissionController => vec!["Datadog's guides for its agent and for Fargate"],
            Owner::OldLibraries(_) => vec!["tested with ddtrace 2.21 to 4.16"],
            Owner::MlServer => vec!["MLServer 1.7.1, mlserver/tracing.py, with OpenTelemetry 1.45; tested over REST"],
        }
    }
}

const fn of_agent(name: &'static str, about: &'static str) -> Unread {
    Unread { name, backend: Some(Backend::Datadog), owner: Owner::Agent, about }
}

const fn of_other_clients(name: &'static str, instead: &'static str, about: &'static str) -> Unread {
    Unread { name, backend: Some(Backend::Jaeger), owner: Owner::OtherClients(instead), about }
}

const fn of_mlserver(name: &'static str, about: &'static str) -> Unread {
    Unread { name, backend: None, owner: Owner::MlServer, about }
}

/// The limits of spans, all alike.
const LIMIT: &str = "A limit of each span. MLServer exits at anything but a whole number of 0 or more.";

/// All unread variables.
pub(in crate::knowledge) const UNREAD: &[Unread] = &[
    of_other_clients(
        "JAEGER_PROPAGATION",
        "Seldon's executor reads JAEGER_TRACE_PROPAGATION_TYPE instead",
        "The headers that pass a trace on.",
    ),
    of_other_clients(
        "JAEGER_AUTH_TOKEN",
        "Seldon's executor reads JAEGER_USER and JAEGER_PASSWORD instead",
        "A token for the collector.",
    ),
    of_agent("DD_APM_ENABLED", "Makes the agent accept traces."),
    of_agent("DD_APM_NON_LOCAL_TRAFFIC", "Makes the agent accept traces from other containers."),
    of_agent(
        "DD_APM_RECEIVER_PORT",
        "The port at which the agent accepts traces. Its clients read DD_TRACE_AGENT_PORT.",
    ),
    of_agent(
        "DD_APM_RECEIVER_SOCKET",
        "The socket at which the agent accepts traces. Its clients read DD_TRACE_AGENT_URL: unix:///PATH.",
    ),
    of_agent("DD_APM_ANALYZED_SPANS", "The spans that the agent keeps for analysis."),
    of_agent("DD_LOGS_ENABLED", "Makes the agent collect logs."),
    of_agent("DD_LOGS_CONFIG_CONTAINER_COLLECT_ALL", "Makes the agent collect the logs of all containers."),
    of_agent(
        "DD_AC_EXCLUDE",
        "The containers that the agent leaves out of metrics and logs. Its newer name is DD_CONTAINER_EXCLUDE.",
    ),
    of_agent("DD_ECS_FARGATE", "Tells the agent that it runs on Fargate."),
    Unread {
        name: "DD_SERVICE_NAME",
        backend: Some(Backend::Datadog),
        owner: Owner::OldLibraries("ddtrace reads DD_SERVICE instead"),
        about: "An old name of DD_SERVICE.",
    },
    of_mlserver(
        "MLSERVER_TRACING_SERVER",
        "HOST:PORT of an OpenTelemetry collector, for OTLP over gRPC without TLS, usually port 4317. A scheme such as \
         http:// or grpc:// and a path after it are taken off; https:// means TLS. A path without a scheme sends \
         nothing. `$(HOST_IP):4317` works, with HOST_IP defined before it by a fieldRef to status.hostIP.",
    ),
    of_mlserver(
        "MLSERVER_SERVER_NAME",
        "The name of the service in MLServer's traces. MLServer ignores OTEL_SERVICE_NAME.",
    ),
    of_mlserver("OTEL_EXPORTER_OTLP_COMPRESSION", "How spans are compressed. MLServer exits at anything but gzip."),
    of_mlserver("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION for traces only."),
    of_mlserver(
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "The most spans that wait, 2048 unless set. MLServer exits at 0 and less, and if it is less than \
         OTEL_BSP_MAX_EXPORT_BATCH_SIZE; what is no number counts as unset.",
    ),
    of_mlserver(
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "The most spans of a call, 512 unless set. MLServer exits at 0 and less; what is no number counts as unset.",
    ),
    of_mlserver(
        "OTEL_BSP_SCHEDULE_DELAY",
        "The milliseconds between two calls, 5000 unless set. MLServer exits at 0 and less; what is no number counts \
         as unset.",
    ),
    of_mlserver("OTEL_ATTRIBUTE_COUNT_LIMIT", LIMIT),
    of_mlserver("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", LIMIT),
    of_mlserver("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", LIMIT),
    of_mlserver("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", LIMIT),
    of_mlserver("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", LIMIT),
    of_mlserver("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", LIMIT),
    of_mlserver("OTEL_SPAN_EVENT_COUNT_LIMIT", LIMIT),
    of_mlserver("OTEL_SPAN_LINK_COUNT_LIMIT", LIMIT),
];
