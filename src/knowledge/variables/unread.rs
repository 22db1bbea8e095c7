//! Variables that look as if something in Seldon Core read them. They are explained, and neither set nor taken out.

use crate::knowledge::Backend;
use crate::knowledge::clients::programs::Program;

/// A variable that nothing which traces in Seldon Core reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// Its name.
    pub name: &'static str,
    /// The backend it looks to be of.
    pub backend: Backend,
    /// Who reads it instead.
    pub owner: Owner,
    /// What it is for.
    pub about: &'static str,
}

/// Who reads a variable that nothing in Seldon Core does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Other clients of Jaeger's; and what Seldon's executor has in its place.
    OtherClients(&'static str),
    /// The Datadog agent.
    Agent,
}

impl Unread {
    /// Why it does nothing, in a clause.
    pub fn why(&self) -> &'static str {
        match self.owner {
            Owner::OtherClients(instead) => instead,
            Owner::Agent => "it belongs to the Datadog agent, not to what it traces",
        }
    }

    /// Where that was read.
    pub fn sources(&self) -> Vec<&'static str> {
        match self.owner {
            Owner::OtherClients(_) => vec![Program::Executor.source(), Program::Wrapper.source()],
            Owner::Agent => vec!["Datadog's guides for its agent and for Fargate"],
        }
    }
}

const fn of_agent(name: &'static str, about: &'static str) -> Unread {
    Unread { name, backend: Backend::Datadog, owner: Owner::Agent, about }
}

const fn of_other_clients(name: &'static str, instead: &'static str, about: &'static str) -> Unread {
    Unread { name, backend: Backend::Jaeger, owner: Owner::OtherClients(instead), about }
}

/// All of them.
pub(in crate::knowledge) const UNREAD: &[Unread] = &[
    of_other_clients(
        "JAEGER_PROPAGATION",
        "Seldon's executor reads JAEGER_TRACE_PROPAGATION_TYPE in its place",
        "The headers by which a trace is handed on.",
    ),
    of_other_clients(
        "JAEGER_AUTH_TOKEN",
        "Seldon's executor takes JAEGER_USER and JAEGER_PASSWORD, and no token",
        "A token for the collector.",
    ),
    of_other_clients(
        "JAEGER_TRACEID_128BIT",
        "the client in Seldon's executor has no such setting",
        "Ids of traces in 128 bits.",
    ),
    of_agent("DD_API_KEY", "The key by which the agent sends to Datadog."),
    of_agent("DD_SITE", "The Datadog site to which the agent sends."),
    of_agent("DD_APM_ENABLED", "Whether the agent takes traces."),
    of_agent("DD_APM_NON_LOCAL_TRAFFIC", "Whether the agent takes traces from other containers."),
    of_agent("DD_APM_ANALYZED_SPANS", "Which spans the agent keeps for analysis."),
    of_agent("DD_LOGS_ENABLED", "Whether the agent collects logs."),
    of_agent("DD_ECS_FARGATE", "Tells the agent that it runs on Fargate."),
];
