//! The tracing state of a unit: whether it sends spans, its backend and its settings.
//!
//! The functions in `knowledge::clients` evaluate the variables of a client. This module chooses the client, and adds
//! the context from the manifest:
//!
//! - **A container of a graph node** counts as the Python wrapper, as in `enable`, unless it is clearly something else.
//! - **The orchestrator decides for the containers that it calls**: its calls have a header with a flag. With the flag
//!   0 the wrapper sends nothing, whatever its own variables are. Only JAEGER_DISABLED=true leaves the decision to the
//!   containers.
//! - **Datadog** is in no release of Seldon Core, only in images of pull request 2859, with DD_ENABLED. Each reader has
//!   its own names for rate and port, which take precedence.
//! - **A loopback address** is an agent only if the pod has one.

use super::jaeger::{executor, wrapper};
use super::otlp::mlserver;
use super::reading::{EffectiveValue, EnvReading, ValueSource};
use super::surroundings::Surroundings;
use crate::credentials::is_credential;
use crate::knowledge::Backend;
use crate::knowledge::address::{Address, is_loopback};
pub(crate) use crate::knowledge::clients::fact_and_advice;
use crate::knowledge::clients::{ClientStart, ClientState, Outcome, SpanFlow};
use crate::knowledge::ports::Receiver;
use crate::manifest::{Role, SkipReason, Unit, is_placeholder};

/// The tracing state of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracing {
    pub verdict: Verdict,
    /// The backend. `None` if tracing is not switched on, or if the manifest does not show it.
    pub backend: Option<Backend>,
    /// The reason why it sends no spans, or why that is not known.
    pub reason: Option<String>,
    /// The kind of the reason, if a rule needs it.
    pub cause: Option<Cause>,
    /// True if its own variables switch tracing on, even if it sends no spans for another reason.
    pub is_on: bool,
    /// The agent. `None` without a backend.
    pub agent: Option<Agent>,
    /// The name of the agent's container in the pod, if the unit sends to localhost.
    pub beside: Option<String>,
    /// The sampler and its param, or the rate. `None` without a backend.
    pub sampling: Option<String>,
    /// The service's name. `None` without a backend, or if it is the name of the server's Python class.
    pub service: Option<EffectiveValue>,
    /// The orchestrator's decision for its containers.
    pub decision: Decision,
    /// The result of the client's start, if a client reads the variables.
    pub start: Option<ClientStart>,
    pub client: TracingClient,
    /// The result of Datadog's injected library, if that is not loaded or switched off, and the wrapper sends spans.
    pub library: Option<ClientStart>,
}

/// The client that reads the variables of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TracingClient {
    /// No client, or an unknown one.
    Unknown,
    Executor,
    Wrapper,
    /// The executor of pull request 2859.
    DatadogExecutor,
    /// The wrapper of pull request 2859.
    DatadogWrapper,
    /// Datadog's library for Python, which `ddtrace-run` starts.
    Library,
    /// The injected library. If it exits, the program runs without it.
    InjectedLibrary,
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

    /// The effect of an invalid value, as a predicate after the client's name.
    pub(crate) fn failure(self) -> &'static str {
        match self {
            Self::InjectedLibrary => "is not loaded",
            _ => "exits at start",
        }
    }
}

/// The answer to the question whether a unit sends spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It sends spans to the address shown, as far as the manifest decides.
    Yes,
    /// It sends no spans, but other variables would change that.
    No,
    /// The manifest does not show it.
    Unknown,
    /// It can't send spans, whatever the variables are.
    Cannot,
}

/// The kind of reason why a unit sends no spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// This variable is missing.
    Missing(&'static str),
    /// A switch is off.
    SwitchedOff,
    /// The orchestrator tells the container not to sample.
    Silenced,
}

/// The sampling decision of an orchestrator, which it sends to the containers with every call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// No decision: each container decides for itself.
    None,
    /// The containers sample the same calls.
    Samples,
    /// The containers do not sample, for this reason.
    Silences(String),
    /// The orchestrator exits at start, for this reason.
    Exits(String),
    /// The manifest does not show it, for this reason.
    Unknown(String),
}

impl Decision {
    /// The reason why the containers get no call to sample.
    pub(crate) fn silence(&self) -> Option<&str> {
        match self {
            Self::Silences(reason) | Self::Exits(reason) => Some(reason),
            Self::None | Self::Samples | Self::Unknown(_) => None,
        }
    }
}

/// The address to which a client sends its spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agent {
    Url(EffectiveValue),
    Address { host: EffectiveValue, port: EffectiveValue },
}

impl Agent {
    /// The doubt if another source may define the port.
    pub(super) fn other_source_of_port(&self, reading: &EnvReading<'_, '_>, name: &'static str) -> Option<Doubt> {
        let is_default = matches!(self, Self::Address { port, .. } if port.source == ValueSource::Default);
        reading.other_source().filter(|_| is_default).map(|_| Doubt::missing(reading, name))
    }

    /// The doubt if Jaeger's clients of Seldon Core send to an address that does not accept their spans. `url` is the
    /// address as the client uses it, if it is shown.
    pub(super) fn foreign_address_doubt(&self, url: Option<&str>) -> Option<Doubt> {
        let (number, what) = match self {
            Self::Address { port, .. } => {
                let number = port.value.trim().replace('_', "").parse().ok()?;
                (number, Receiver::JaegerAgent.other_service(number)?)
            }
            Self::Url(_) => match Receiver::JaegerCollector.other_service_at(url?) {
                Some(other) => other,
                None if Address::of(url?).has_collector_path() => return None,
                // A proxy may change the path.
                None => {
                    return Some(Doubt {
                        verdict: if Address::of(url?).has_no_proxy() { Verdict::No } else { Verdict::Unknown },
                        ..Doubt::no(NO_PATH)
                    });
                }
            },
        };
        Some(Doubt::no(format!("port {number} is {what}: no span arrives")))
    }
}

/// The reason why a URL is not that of a collector.
pub(crate) const NO_PATH: &str = "the path of JAEGER_ENDPOINT is not /api/traces, at which a collector takes spans";

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

    /// The doubt because a switch is off.
    pub(super) fn off(reading: &EnvReading<'_, '_>, name: &str, value: &str) -> Self {
        let value = reading.shown(name, value);
        Self { cause: Some(Cause::SwitchedOff), ..Self::no(format!("{name} is {value}")) }
    }

    pub(super) fn elsewhere(name: &str, place: &str) -> Self {
        Self::unknown(format!("{name} comes from {place}"))
    }

    /// The doubt because a required variable is missing. Another source may define it.
    pub(super) fn missing(reading: &EnvReading<'_, '_>, name: &'static str) -> Self {
        match reading.other_source() {
            Some(source) => Self::unknown(format!("{name} is not set here, and {source} may define it")),
            None => Self { cause: Some(Cause::Missing(name)), ..Self::no(format!("{name} is not set")) },
        }
    }
}

/// Judges a unit; `skip_reason` is the reason why it can't trace, if there is one.
pub(super) fn judge(
    reading: &EnvReading<'_, '_>,
    unit: &Unit<'_>,
    skip_reason: Option<SkipReason>,
    around: &Surroundings<'_>,
) -> Tracing {
    let otlp = if unit.is_mlserver() && skip_reason.is_some() { mlserver(reading, around) } else { None };
    if let Some(tracing) = otlp {
        return tracing;
    }
    match skip_reason {
        Some(reason @ SkipReason::UnknownServer { .. }) => Tracing::without(Doubt::unknown(reason.to_string())),
        Some(SkipReason::ServerDoesNotTrace { protocol: Some(protocol), .. }) if is_placeholder(&protocol, true) => {
            Tracing::without(Doubt::unknown("its protocol is a placeholder"))
        }
        Some(_) if is_placeholder(unit.name, true) => Tracing::without(Doubt::unknown("its name is a placeholder")),
        Some(reason) => Tracing::without(Doubt::cannot(reason.to_string())),
        None if matches!(unit.role, Role::IdleSvcOrchSpec) => {
            Tracing::without(Doubt::cannot("a container of its own is the orchestrator"))
        }
        None if unit.is_orchestrator() => executor(reading, around),
        None => wrapper(reading, around),
    }
}

impl Tracing {
    /// Returns true if Datadog's own library reads the variables. The executor can't have it.
    pub(crate) fn is_library(&self) -> bool {
        matches!(self.client, TracingClient::Library | TracingClient::InjectedLibrary) || self.library.is_some()
    }

    /// Returns true if the agent is on localhost.
    pub(crate) fn is_at_localhost(&self) -> bool {
        match &self.agent {
            Some(Agent::Url(url)) => Address::of(&url.value).is_loopback(),
            Some(Agent::Address { host, .. }) => host.source != ValueSource::Reference && is_loopback(&host.value),
            None => false,
        }
    }

    /// The agent's port, if the manifest shows it.
    pub(crate) fn agent_port(&self) -> Option<u16> {
        match self.agent.as_ref()? {
            Agent::Url(url) => Address::of(&url.value).port(),
            Agent::Address { port, .. } => port.value.trim().replace('_', "").parse().ok(),
        }
    }

    /// The port to which the client sends: the executor of pull request 2859 does not read every port that is shown.
    pub(crate) fn sent_port(&self) -> Option<u16> {
        match self.start.as_ref().map(|start| &start.state) {
            Some(ClientState::Sends(SpanFlow { agent: Some(agent), .. })) => Address::of(agent).port(),
            _ => self.agent_port(),
        }
    }

    /// Returns true if Seldon's Python wrapper reads the variables.
    pub(crate) fn is_wrapper(&self) -> bool {
        self.client == TracingClient::Wrapper
    }

    /// A copy for the reader, without what the rules need.
    pub(crate) fn for_display(&self) -> Self {
        Self {
            verdict: self.verdict,
            backend: self.backend,
            reason: self.reason.clone(),
            cause: self.cause,
            is_on: self.is_on,
            agent: self.agent.clone(),
            beside: self.beside.clone(),
            sampling: self.sampling.clone(),
            service: self.service.clone(),
            decision: Decision::None,
            start: None,
            client: self.client,
            library: None,
        }
    }

    /// The state without a backend.
    pub(super) fn without(doubt: Doubt) -> Self {
        Self::judged(Some(doubt))
    }

    fn judged(doubt: Option<Doubt>) -> Self {
        let (verdict, cause) = doubt.as_ref().map_or((Verdict::Yes, None), |doubt| (doubt.verdict, doubt.cause));
        Self {
            verdict,
            backend: None,
            reason: doubt.map(|doubt| doubt.reason),
            cause,
            is_on: verdict == Verdict::Yes,
            agent: None,
            beside: None,
            sampling: None,
            service: None,
            decision: Decision::None,
            start: None,
            client: TracingClient::Unknown,
            library: None,
        }
    }

    /// The backend's name, or `otlp` for MLServer's spans.
    pub(crate) fn backend_name(&self) -> Option<String> {
        let otlp = (self.client == TracingClient::MlServer).then(|| "otlp".to_owned());
        self.backend.map(|backend| backend.to_string()).or(otlp)
    }

    /// The state with a backend, or with `None` for OpenTelemetry. The first doubt with the verdict `no`
    /// counts or, without one, the first doubt.
    pub(super) fn by(
        backend: impl Into<Option<Backend>>,
        agent: Agent,
        sampling: String,
        service: Option<EffectiveValue>,
        doubts: impl IntoIterator<Item = Doubt>,
    ) -> Self {
        let mut doubts: Vec<Doubt> = doubts.into_iter().collect();
        doubts.sort_by_key(|doubt| doubt.verdict != Verdict::No);
        Self {
            backend: backend.into(),
            agent: Some(agent),
            sampling: Some(sampling),
            service,
            ..Self::judged(doubts.into_iter().next())
        }
    }

    /// Sets the state of an orchestrator to unknown, since it may not exist for this reason. Without an orchestrator,
    /// the containers decide for themselves.
    pub(super) fn may_be_missing(&mut self, reason: &str) {
        self.verdict = Verdict::Unknown;
        self.cause = None;
        self.reason = Some(reason.to_owned());
        if self.decision.silence().is_some() {
            self.decision = Decision::Unknown(reason.to_owned());
        }
    }

    /// Sets the state of an orchestrator that exits at start for this reason, beside its variables.
    pub(super) fn set_exiting(&mut self, reason: String) {
        self.decision = Decision::Exits(reason.clone());
        (self.verdict, self.cause, self.reason, self.is_on) = (Verdict::No, None, Some(reason), false);
    }

    /// Sets the state of an executor without variables, while containers trace to Datadog by its library for Python: it
    /// has a client for Jaeger alone, which nobody asks for.
    pub(super) fn drop_missing_library(&mut self) {
        let is_bare = self.start.as_ref().is_some_and(|start| start.variables.is_empty());
        if self.client == TracingClient::Executor && is_bare && matches!(self.cause, Some(Cause::Missing(_))) {
            (self.backend, self.agent, self.sampling, self.service) = (None, None, None, None);
            let reason = self.reason.take().unwrap_or_default();
            self.reason = Some(format!("Datadog: no library. Jaeger: {reason}"));
        }
    }

    /// Sets the state of a wrapper that is off and traces REST calls all the same. The manifest does not show how it is
    /// called.
    pub(super) fn set_tracing_rest(&mut self) {
        let is_off = matches!(self.start, Some(ClientStart { state: ClientState::Off { .. }, .. }));
        if self.is_wrapper() && is_off && self.verdict == Verdict::No {
            self.verdict = Verdict::Unknown;
            self.cause = self.cause.filter(|cause| *cause == Cause::SwitchedOff);
            let reason = self.reason.take().unwrap_or_default();
            self.reason = Some(format!("{reason}, and the wrapper of this image traces REST calls all the same"));
        }
    }

    /// Applies the orchestrator's decision to a container with Jaeger's client.
    pub(super) fn apply_decision(&mut self, orchestrator: &Decision) {
        let is_jaeger = self.backend.is_some_and(Backend::is_jaeger);
        if !is_jaeger || !matches!(self.verdict, Verdict::Yes | Verdict::Unknown) {
            return;
        }
        let reason = match orchestrator {
            Decision::None | Decision::Samples => return,
            Decision::Silences(reason) => format!("the orchestrator tells it not to sample ({reason})"),
            Decision::Exits(reason) => format!("the orchestrator does not start ({reason})"),
            Decision::Unknown(reason) => {
                return self.set_unknown(&format!("the orchestrator decides what is sampled ({reason})"));
            }
        };
        (self.verdict, self.cause, self.reason) = (Verdict::No, Some(Cause::Silenced), Some(reason));
    }
}

/// The end of the reason why the executor does not start.
pub(super) const EXITS: &str = "the executor exits at start";

/// A fact about a variable. The text after a credential's name and a colon would be masked.
pub(crate) fn about(variable: &str, fact: &str) -> String {
    match is_credential(variable) {
        true => format!("{variable} can't be used, since {fact}"),
        false => format!("{variable}: {fact}"),
    }
}

/// The doubt about a hidden variable that decides whether spans are sent.
pub(super) fn decisive_and_hidden((name, outcome): &(&'static str, Outcome)) -> Option<Doubt> {
    // Spans are sent whatever the values of these are.
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
