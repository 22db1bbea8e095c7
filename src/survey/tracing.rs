//! Whether spans come from a unit, by which backend, and with what settings.
//!
//! The functions in `knowledge::clients` say what a client makes of its variables. This module chooses the client, and
//! adds what the manifest says around it:
//!
//! - **A container of a graph node** is taken for the Python wrapper, as `enable` takes it, unless it is evidently
//!   something else.
//! - **The orchestrator decides for the containers behind it**: its calls carry a header, and with a flag of 0 the wrapper
//!   sends nothing, whatever its own variables say. Only JAEGER_DISABLED=true leaves the decision to the containers.
//! - **Datadog** is in no release of Seldon Core but in images of pull request 2859, with DD_ENABLED. Names of rate and
//!   port differ from reader to reader; the reader's own counts first.
//! - **A loopback address** is an agent only if the pod has one.

use super::address::{foreign_port, foreign_port_of_url, host_of, is_loopback, port_of};
use super::jaeger::{executor, wrapper};
use super::otlp::mlserver;
use super::reading::{EffectiveValue, EnvReading, ValueSource};
use super::surroundings::Surroundings;
use crate::credentials::is_credential;
use crate::knowledge::Backend;
pub(crate) use crate::knowledge::clients::fact_and_advice;
use crate::knowledge::clients::{ClientStart, Outcome};
use crate::manifest::{Role, SkipReason, Unit, is_placeholder};

/// What comes of a unit's variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracing {
    /// Whether spans come from it.
    pub verdict: Verdict,
    /// Where they go. `None` if none are asked for, or if the manifest does not show it.
    pub backend: Option<Backend>,
    /// Why none come, or why that is not known.
    pub reason: Option<String>,
    /// The kind of reason, where a rule asks for it.
    pub cause: Option<Cause>,
    /// True if its own variables switch tracing on, whatever else is in the way.
    pub is_on: bool,
    /// The agent. `None` without a backend.
    pub agent: Option<Agent>,
    /// The name of the container in its pod that is the agent, if it sends to localhost.
    pub beside: Option<String>,
    /// The sampler and its param, or the rate. `None` without a backend.
    pub sampling: Option<String>,
    /// The service's name. `None` without a backend, and where it is the name of the server's Python class.
    pub service: Option<EffectiveValue>,
    /// What an orchestrator tells the containers behind it.
    pub decision: Decision,
    /// What the client makes of each variable, where one reads them.
    pub start: Option<ClientStart>,
    /// The client that reads its variables.
    pub client: TracingClient,
}

/// The client that reads the variables of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TracingClient {
    /// None, or none that is known.
    Unknown,
    /// Seldon's executor.
    Executor,
    /// Seldon's Python wrapper.
    Wrapper,
    /// The executor of pull request 2859.
    DatadogExecutor,
    /// The wrapper of pull request 2859.
    DatadogWrapper,
    /// Datadog's library for Python, which `ddtrace-run` starts.
    Library,
    /// The same, injected: the program runs without it where it exits.
    InjectedLibrary,
    /// MLServer.
    MlServer,
}

impl TracingClient {
    /// The client's name in a message.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unknown => "the client",
            Self::Executor => "the executor",
            Self::Wrapper => "the Python wrapper",
            Self::DatadogExecutor => "the executor of pull request 2859",
            Self::DatadogWrapper => "the wrapper of pull request 2859",
            Self::Library | Self::InjectedLibrary => "Datadog's library",
            Self::MlServer => "MLServer",
        }
    }

    /// What becomes of it at a value at which it exits, after its name.
    pub(crate) fn failure(self) -> &'static str {
        match self {
            Self::InjectedLibrary => "is not loaded",
            _ => "exits at start",
        }
    }
}

/// Whether spans come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It makes spans and sends them to the address shown, as far as the manifest decides.
    Yes,
    /// None come, and could.
    No,
    /// The manifest alone does not say.
    Unknown,
    /// None can come, whatever the variables are.
    Cannot,
}

/// Why no spans come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// This variable is missing.
    Missing(&'static str),
    /// A switch is off.
    SwitchedOff,
    /// The orchestrator tells the container not to sample.
    Silenced,
}

/// What an orchestrator tells the containers behind it, with every call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: each decides for itself.
    Leaves,
    /// To sample what it samples.
    Samples,
    /// Not to sample, for this reason; or it does not even start.
    Silences(String),
    /// The manifest does not show it, for this reason.
    Unknown(String),
}

/// Where a client sends its spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agent {
    /// A URL.
    Url(EffectiveValue),
    /// A host and a port.
    Address {
        /// The host.
        host: EffectiveValue,
        /// The port.
        port: EffectiveValue,
    },
}

impl Agent {
    /// The doubt if the port is one where nothing takes spans from Jaeger's clients of Seldon Core.
    pub(super) fn speaks_otherwise(&self) -> Option<Doubt> {
        let (number, what) = match self {
            Self::Address { port, .. } => {
                let number = port.value.trim().replace('_', "").parse().ok()?;
                (number, foreign_port(number)?)
            }
            Self::Url(url) => foreign_port_of_url(&url.value)?,
        };
        Some(Doubt::no(format!("port {number} is {what}: no span arrives")))
    }
}

/// A reason against the verdict `yes`.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub verdict: Verdict,
    pub reason: String,
    pub cause: Option<Cause>,
}

impl Doubt {
    pub(super) fn no(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::No, reason: reason.into(), cause: None }
    }

    pub(super) fn unknown(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unknown, reason: reason.into(), cause: None }
    }

    pub(super) fn cannot(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Cannot, reason: reason.into(), cause: None }
    }

    /// A switch is off.
    pub(super) fn off(reading: &EnvReading<'_, '_>, name: &str, value: &str) -> Self {
        let value = reading.shown(name, value);
        Self { cause: Some(Cause::SwitchedOff), ..Self::no(format!("{name} is {value}")) }
    }

    pub(super) fn elsewhere(name: &str, place: &str) -> Self {
        Self::unknown(format!("{name} comes from {place}"))
    }

    /// A variable that is needed is missing, unless something else may define it.
    pub(super) fn lacks(reading: &EnvReading<'_, '_>, name: &'static str) -> Self {
        match reading.more() {
            Some(more) => Self::unknown(format!("{name} is not set here, and {more} may bring it")),
            None => Self { cause: Some(Cause::Missing(name)), ..Self::no(format!("{name} is not set")) },
        }
    }
}

/// Judges a unit; `left_alone` is the reason why it can't trace, if there is one.
pub(super) fn judge(
    reading: &EnvReading<'_, '_>,
    unit: &Unit<'_>,
    left_alone: Option<SkipReason>,
    around: &Surroundings,
) -> Tracing {
    let otlp = if unit.is_mlserver() && left_alone.is_some() { mlserver(reading, around) } else { None };
    if let Some(tracing) = otlp {
        return tracing;
    }
    match left_alone {
        Some(reason @ SkipReason::UnknownServer { .. }) => Tracing::without(Doubt::unknown(reason.to_string())),
        Some(SkipReason::ServerDoesNotTrace { protocol: Some(protocol), .. }) if is_placeholder(&protocol, true) => {
            Tracing::without(Doubt::unknown("its protocol is a placeholder"))
        }
        Some(_) if is_placeholder(unit.name, true) => Tracing::without(Doubt::unknown("its name is a placeholder")),
        Some(reason) => Tracing::without(Doubt::cannot(reason.to_string())),
        None if matches!(unit.role, Role::IdleSvcOrchSpec) => {
            Tracing::without(Doubt::cannot("a container of its own is the orchestrator"))
        }
        None => {
            let tracing = if unit.is_orchestrator() { executor(reading, around) } else { wrapper(reading, around) };
            match reading.refusal() {
                // What its client would do is worth a finding all the same.
                Some(reason) => {
                    let Tracing { start, client, decision, .. } = tracing;
                    Tracing { start, client, decision, ..Tracing::without(Doubt::no(reason)) }
                }
                None => tracing,
            }
        }
    }
}

impl Tracing {
    /// Returns true if Datadog's own library reads the variables. The executor can't have it.
    pub(crate) fn is_library(&self) -> bool {
        matches!(self.client, TracingClient::Library | TracingClient::InjectedLibrary)
    }

    /// Returns true if the agent is on localhost.
    pub(crate) fn is_at_localhost(&self) -> bool {
        match &self.agent {
            Some(Agent::Url(url)) => host_of(&url.value).is_some_and(is_loopback),
            Some(Agent::Address { host, .. }) => host.source != ValueSource::Reference && is_loopback(&host.value),
            None => false,
        }
    }

    /// The agent's port, if the manifest shows it.
    pub(crate) fn agent_port(&self) -> Option<u16> {
        match self.agent.as_ref()? {
            Agent::Url(url) => port_of(&url.value),
            Agent::Address { port, .. } => port.value.trim().replace('_', "").parse().ok(),
        }
    }

    /// Returns true if Seldon's Python wrapper reads the variables.
    pub(crate) fn is_wrapper(&self) -> bool {
        self.client == TracingClient::Wrapper
    }

    /// Without a backend.
    pub(super) fn without(doubt: Doubt) -> Self {
        let Doubt { verdict, reason, cause } = doubt;
        Self {
            verdict,
            backend: None,
            reason: Some(reason),
            cause,
            is_on: false,
            agent: None,
            beside: None,
            sampling: None,
            service: None,
            decision: Decision::Leaves,
            start: None,
            client: TracingClient::Unknown,
        }
    }

    /// The backend's name, or `otlp` for MLServer's spans.
    pub(crate) fn backend_name(&self) -> Option<String> {
        let otlp = (self.client == TracingClient::MlServer).then(|| "otlp".to_owned());
        self.backend.map(|backend| backend.to_string()).or(otlp)
    }

    /// With a backend, or none for OpenTelemetry. The first of the doubts counts, but what is certain before what is not known.
    pub(super) fn by(
        backend: impl Into<Option<Backend>>,
        agent: Agent,
        sampling: String,
        service: Option<EffectiveValue>,
        doubts: impl IntoIterator<Item = Doubt>,
    ) -> Self {
        let mut doubts: Vec<Doubt> = doubts.into_iter().collect();
        doubts.sort_by_key(|doubt| doubt.verdict != Verdict::No);
        let doubt = doubts.into_iter().next();
        let (verdict, cause) = doubt.as_ref().map_or((Verdict::Yes, None), |doubt| (doubt.verdict, doubt.cause));
        let reason = doubt.map(|doubt| doubt.reason);
        let is_on = verdict == Verdict::Yes;
        Self {
            verdict,
            backend: backend.into(),
            reason,
            cause,
            is_on,
            agent: Some(agent),
            beside: None,
            sampling: Some(sampling),
            service,
            decision: Decision::Leaves,
            start: None,
            client: TracingClient::Unknown,
        }
    }

    /// Makes the state of an orchestrator that may not exist, for this reason, unknown. Containers without one decide for
    /// themselves.
    pub(super) fn may_be_missing(&mut self, reason: &str) {
        self.verdict = Verdict::Unknown;
        self.cause = None;
        self.reason = Some(reason.to_owned());
        if matches!(self.decision, Decision::Silences(_)) {
            self.decision = Decision::Unknown(reason.to_owned());
        }
    }

    /// What becomes of a container with Jaeger's client behind an orchestrator: that one decides what is sampled.
    pub(super) fn behind(&mut self, orchestrator: &Decision) {
        let is_jaeger = self.backend.is_some_and(Backend::is_jaeger);
        if !is_jaeger || !matches!(self.verdict, Verdict::Yes | Verdict::Unknown) {
            return;
        }
        match orchestrator {
            Decision::Leaves | Decision::Samples => {}
            Decision::Silences(reason) => {
                self.verdict = Verdict::No;
                self.cause = Some(Cause::Silenced);
                self.reason = Some(match reason.ends_with(EXITS) {
                    true => format!("the orchestrator does not start ({reason})"),
                    false => format!("the orchestrator tells it not to sample ({reason})"),
                });
            }
            Decision::Unknown(reason) => self.doubted(&format!("the orchestrator decides what is sampled ({reason})")),
        }
    }
}

/// The end of the reason why the executor does not start.
pub(super) const EXITS: &str = "the executor exits at start";

/// A fact about a variable. What follows a credential's name and a colon would be masked.
pub(crate) fn about(variable: &str, fact: &str) -> String {
    match is_credential(variable) {
        true => format!("{variable} can't be used, since {fact}"),
        false => format!("{variable}: {fact}"),
    }
}

/// The doubt of a variable that decides and that the manifest does not show.
pub(super) fn decisive_and_hidden((name, outcome): &(&'static str, Outcome)) -> Option<Doubt> {
    // Whatever they are, spans come.
    const HARMLESS: [&str; 9] = [
        "JAEGER_USER",
        "JAEGER_PASSWORD",
        "DD_API_KEY",
        "JAEGER_SERVICE_NAME",
        "JAEGER_TRACE_PROPAGATION_TYPE",
        "DD_SERVICE",
        "DD_ENV",
        "DD_VERSION",
        "DD_LOGS_INJECTION",
    ];
    match outcome {
        Outcome::Unknown(reason) if !HARMLESS.contains(name) => {
            Some(Doubt::unknown(format!("{name} {}", fact_and_advice(reason).0)))
        }
        _ => None,
    }
}
