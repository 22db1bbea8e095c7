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

use std::cell::LazyCell;

use super::reading::{EffectiveValue, EnvReading, Said};
use super::surroundings::{Library, Surroundings};
use crate::knowledge::clients::ddtrace::LibraryVersion;
use crate::knowledge::clients::{
    ClientSampling, ClientStart, ClientState, Outcome, ddtrace, executor, pr2859, wrapper,
};
use crate::knowledge::{Backend, bare_rate, host_variable, overridden_by};
use crate::manifest::{Role, SkipReason, Unit};

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
    /// The sampler and its param, or the rate. `None` without a backend.
    pub sampling: Option<String>,
    /// The service's name. `None` without a backend, and where it is the name of the server's Python class.
    pub service: Option<EffectiveValue>,
    /// What an orchestrator tells the containers behind it.
    pub decision: Decision,
    /// What the client makes of each variable, where one reads them.
    pub start: Option<ClientStart>,
    /// The client, in a message.
    pub client: &'static str,
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

/// The doubt if the agent is on a loopback address: one may be injected, unless nothing else can be in the pod.
fn loopback(reading: &EnvReading<'_, '_>, around: &Surroundings, backend: Backend) -> Option<Doubt> {
    let (has_agent, url) = match backend {
        Backend::Jaeger => (around.has_jaeger_agent, "JAEGER_ENDPOINT"),
        Backend::Datadog => (around.has_datadog_agent, "DD_TRACE_AGENT_URL"),
    };
    let host = url_host(reading.said_if_any(url));
    let host = host.unwrap_or_else(|| reading.raw_of(&[host_variable(backend)], "localhost"));
    if has_agent || !is_loopback(&host) {
        return None;
    }
    Some(match around.is_alone {
        true => Doubt::no("the agent would be on localhost, and the orchestrator is alone in its pod"),
        false => Doubt::unknown("the agent would be on localhost, and the manifest has none in the pod"),
    })
}

/// The host of a URL, if there is a text.
fn url_host(said: Said<'_>) -> Option<String> {
    let Said::Text(url) = said else { return None };
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    Some(host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(host, _)| host).to_owned())
}

/// Returns true if a host is the pod itself. The wrapper's default 0.0.0.0 is one too: Linux takes it for localhost.
pub(crate) fn is_loopback(host: &str) -> bool {
    matches!(host, "" | "localhost" | "0.0.0.0" | "::1" | "[::1]") || host.starts_with("127.")
}

impl Agent {
    /// The doubt if a Jaeger agent's port is the one for binary Thrift, which no client of Seldon's sends.
    fn speaks_otherwise(&self) -> Option<Doubt> {
        match self {
            Self::Address { port, .. } if port.value == "6832" => {
                Some(Doubt::no("port 6832 takes binary Thrift, and its client sends compact Thrift"))
            }
            _ => None,
        }
    }
}

/// What speaks against spans, or against knowing.
#[derive(Debug, Clone)]
struct Doubt {
    verdict: Verdict,
    reason: String,
    cause: Option<Cause>,
}

impl Doubt {
    fn no(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::No, reason: reason.into(), cause: None }
    }

    fn unknown(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unknown, reason: reason.into(), cause: None }
    }

    fn cannot(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Cannot, reason: reason.into(), cause: None }
    }

    /// A switch is off.
    fn off(reading: &EnvReading<'_, '_>, name: &str, value: &str) -> Self {
        let value = reading.shown(name, value);
        Self { cause: Some(Cause::SwitchedOff), ..Self::no(format!("{name} is {value}")) }
    }

    fn elsewhere(name: &str, place: &str) -> Self {
        Self::unknown(format!("{name} comes from {place}"))
    }

    /// A variable that is needed is missing, unless something else may define it.
    fn lacks(reading: &EnvReading<'_, '_>, name: &'static str) -> Self {
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
    match left_alone {
        Some(reason @ SkipReason::UnknownServer { .. }) => Tracing::without(Doubt::unknown(reason.to_string())),
        Some(reason) => Tracing::without(Doubt::cannot(reason.to_string())),
        None if matches!(unit.role, Role::IdleSvcOrchSpec) => {
            Tracing::without(Doubt::cannot("a container of its own is the orchestrator"))
        }
        None => {
            let tracing = if unit.is_orchestrator() { executor(reading, around) } else { wrapper(reading, around) };
            match reading.refusal() {
                // What its client would do is worth a finding all the same.
                Some(reason) => {
                    let Tracing { start, client, .. } = tracing;
                    Tracing { start, client, ..Tracing::without(Doubt::no(reason)) }
                }
                None => tracing,
            }
        }
    }
}

impl Tracing {
    /// Returns true if Datadog's own library reads the variables. The executor can't have it.
    pub(crate) fn is_library(&self) -> bool {
        self.client == LIBRARY
    }

    /// Returns true if Seldon's Python wrapper reads the variables.
    pub(crate) fn is_wrapper(&self) -> bool {
        self.client == WRAPPER
    }

    /// Without a backend.
    fn without(doubt: Doubt) -> Self {
        let Doubt { verdict, reason, cause } = doubt;
        Self {
            verdict,
            backend: None,
            reason: Some(reason),
            cause,
            is_on: false,
            agent: None,
            sampling: None,
            service: None,
            decision: Decision::Leaves,
            start: None,
            client: "the client",
        }
    }

    /// With a backend. The first of the doubts counts, but what is certain before what is not known.
    fn by(
        backend: Backend,
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
            backend: Some(backend),
            reason,
            cause,
            is_on,
            agent: Some(agent),
            sampling: Some(sampling),
            service,
            decision: Decision::Leaves,
            start: None,
            client: "the client",
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
                self.reason = Some(format!("the orchestrator tells it not to sample ({reason})"));
            }
            Decision::Unknown(reason) if self.verdict == Verdict::Yes => {
                self.verdict = Verdict::Unknown;
                self.reason = Some(format!("the orchestrator decides what is sampled ({reason})"));
            }
            Decision::Unknown(_) => {}
        }
    }
}

const LIBRARY: &str = "Datadog's library";
const WRAPPER: &str = "the Python wrapper";

/// The two parts of what a client says of a variable: what is wrong, and what to write instead.
pub(crate) fn fact_and_advice(reason: &str) -> (&str, &str) {
    reason.split_once("; ").unwrap_or((reason, ""))
}

fn executor(reading: &EnvReading<'_, '_>, around: &Surroundings) -> Tracing {
    if let Some(start) = reading.given_to(pr2859::executor) {
        let rate = ["DD_SAMPLING_RATE", "DD_TRACE_SAMPLING_RULES", "DD_TRACE_SAMPLE_RATE", "DD_SAMPLE_RATE"];
        let port = ["DD_TRACE_AGENT_PORT", "DATADOG_TRACE_AGENT_PORT"];
        let tracing = datadog(reading, around, &rate, &port, Some(reading.setting("DD_SERVICE", "executor")), &start);
        return Tracing { start: Some(start), client: "the executor of pull request 2859", ..tracing };
    }
    let (start, sampling) = reading.given_to(|variables| (executor::start(variables), executor::sampling(variables)));
    let sampler = ExecutorSampler::of(reading, &sampling);
    let agent = match reading.said_if_any("JAEGER_ENDPOINT") {
        Said::Unset => Agent::Address {
            host: reading.setting("JAEGER_AGENT_HOST", "localhost"),
            port: reading.setting("JAEGER_AGENT_PORT", "6831"),
        },
        _ => Agent::Url(reading.setting("JAEGER_ENDPOINT", "")),
    };
    let (doubts, decision): (Vec<Doubt>, Decision) = match &start.state {
        ClientState::Exits { variable, reason } => {
            let reason = format!("{variable}: {}: the executor exits at start", fact_and_advice(reason).0);
            (vec![Doubt::no(reason.clone())], Decision::Silences(reason))
        }
        ClientState::Off { variable, .. } => {
            (vec![Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))], Decision::Leaves)
        }
        ClientState::Unknown { variable, reason } => {
            let reason = format!("{variable} {reason}");
            (vec![Doubt::unknown(reason.clone())], Decision::Unknown(reason))
        }
        ClientState::SendsNothing { variable, reason } => {
            let doubt = Doubt::no(format!("{variable}: {}", fact_and_advice(reason).0));
            (vec![doubt], sampler.decision.clone())
        }
        ClientState::Sends(_) => {
            let hidden = LazyCell::new(|| start.variables.iter().find_map(decisive_and_hidden));
            let doubts = [sampler.doubt.clone(), agent.speaks_otherwise(), loopback(reading, around, Backend::Jaeger)];
            (doubts.into_iter().flatten().chain(hidden.clone()).collect(), sampler.decision.clone())
        }
    };
    let is_on = decision == Decision::Samples;
    let service = reading.setting("JAEGER_SERVICE_NAME", "executor");
    let tracing = Tracing::by(Backend::Jaeger, agent, sampler.shown, Some(service), doubts);
    Tracing { is_on, decision, start: Some(start), client: "the executor", ..tracing }
}

/// The doubt of a variable that decides and that the manifest does not show.
fn decisive_and_hidden((name, outcome): &(&'static str, Outcome)) -> Option<Doubt> {
    // Whatever they are, spans come.
    const HARMLESS: [&str; 6] = [
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

/// The executor's sampler: how it is shown, and what it tells the containers.
struct ExecutorSampler {
    shown: String,
    doubt: Option<Doubt>,
    decision: Decision,
}

impl ExecutorSampler {
    fn of(reading: &EnvReading<'_, '_>, sampling: &ClientSampling) -> Self {
        const TYPE: &str = "JAEGER_SAMPLER_TYPE";
        const PARAM: &str = "JAEGER_SAMPLER_PARAM";
        let (kind, param) = (reading.setting(TYPE, "remote").value, reading.setting(PARAM, "0").value);
        let is_set = |name: &str| reading.said_if_any(name) != Said::Unset;
        let asks = ["JAEGER_AGENT_HOST", "JAEGER_SAMPLING_ENDPOINT", "JAEGER_SAMPLER_MANAGER_HOST_PORT"];
        let lacks = |name: &'static str| {
            let doubt = Doubt::lacks(reading, name);
            Doubt { reason: format!("{}: {kind} samples nothing", doubt.reason), ..doubt }
        };
        let doubt = match sampling {
            ClientSampling::All | ClientSampling::Rate(_) => None,
            // It keeps the first trace, whatever the limit.
            ClientSampling::PerSecond(_) => None,
            ClientSampling::None if is_set(PARAM) => {
                Some(Doubt::no(format!("{kind} with the param {param} samples nothing")))
            }
            ClientSampling::None => Some(lacks(PARAM)),
            ClientSampling::Remote(first) if *first == 0.0 && !asks.into_iter().any(is_set) => match is_set(PARAM) {
                true => Some(Doubt::no(format!("{kind} with the param {param} samples nothing"))),
                false => Some(lacks(if is_set(TYPE) { PARAM } else { TYPE })),
            },
            ClientSampling::Remote(_) => {
                let doubt = Doubt::unknown(
                    "a sampling server decides what is sampled; against Jaeger 2 nothing was ever sampled",
                );
                // With nothing but the agent's host, a sampler was rather forgotten than meant to be remote.
                let is_forgotten =
                    !is_set(TYPE) && !asks[1..].iter().any(|name| is_set(name)) && reading.more().is_none();
                Some(Doubt { cause: is_forgotten.then_some(Cause::Missing(TYPE)), ..doubt })
            }
            ClientSampling::Agent => None,
            ClientSampling::Unknown => {
                let name = if matches!(reading.said_if_any(TYPE), Said::Elsewhere(_)) { TYPE } else { PARAM };
                match reading.said_if_any(name) {
                    Said::Elsewhere(place) => Some(Doubt::elsewhere(name, &place)),
                    _ => None,
                }
            }
        };
        let decision = match &doubt {
            None => Decision::Samples,
            Some(doubt) if doubt.verdict == Verdict::No => Decision::Silences(doubt.reason.clone()),
            Some(doubt) => Decision::Unknown(doubt.reason.clone()),
        };
        Self { shown: format!("{kind} {param}"), doubt, decision }
    }
}

fn wrapper(reading: &EnvReading<'_, '_>, around: &Surroundings) -> Tracing {
    const TRACING: &str = "TRACING";
    if let Some(Library::Present(version)) = around.library {
        return library(reading, around, version);
    }
    let start = reading.given_to(wrapper::start);
    let is_off = match &start.state {
        ClientState::Off { .. } if reading.said(TRACING) == Said::Unset => Some(Doubt::lacks(reading, TRACING)),
        ClientState::Off { variable, .. } => Some(Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))),
        ClientState::Exits { variable: TRACING, reason } => {
            Some(Doubt::no(format!("{TRACING}: {}: the container exits at start", fact_and_advice(reason).0)))
        }
        ClientState::Unknown { variable: TRACING, reason } => Some(Doubt::unknown(format!("{TRACING} {reason}"))),
        _ => None,
    };
    if let Some(doubt) = is_off {
        return match around.library {
            Some(Library::MayBeInjected) if doubt.verdict == Verdict::No && doubt.cause.is_some() => {
                Tracing::without(Doubt::unknown("Datadog's admission controller may inject its library"))
            }
            _ => Tracing { start: Some(start), client: WRAPPER, ..Tracing::without(doubt) },
        };
    }
    if let Some(reason) = &around.other_program {
        return Tracing::without(Doubt::unknown(reason.clone()));
    }
    if let Some(start) = reading.given_to(pr2859::wrapper) {
        let rate = ["DD_SAMPLE_RATE", "DD_TRACE_SAMPLING_RULES", "DD_TRACE_SAMPLE_RATE"];
        let port = ["DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT"];
        let service = Some(reading.setting("DD_SERVICE", "")).filter(|service| !service.value.is_empty());
        let tracing = datadog(reading, around, &rate, &port, service, &start);
        return Tracing { start: Some(start), client: "the wrapper of pull request 2859", ..tracing };
    }
    let port = match start.variables.iter().find(|(name, _)| *name == "JAEGER_AGENT_PORT") {
        Some((_, Outcome::Replaced(_))) => reading.setting_of(&[], "6831"),
        _ => reading.setting("JAEGER_AGENT_PORT", "5775"),
    };
    let agent = Agent::Address { host: reading.setting("JAEGER_AGENT_HOST", "0.0.0.0"), port };
    let sampling = match reading.said_if_any("JAEGER_CONFIG_PATH") {
        Said::Unset => "const 1".to_owned(),
        _ => format!("by {}", reading.setting("JAEGER_CONFIG_PATH", "").value),
    };
    let doubts: Vec<Doubt> = match &start.state {
        ClientState::Exits { variable, reason } => {
            vec![Doubt::no(format!("{variable}: {}: the container exits at start", fact_and_advice(reason).0))]
        }
        ClientState::SendsNothing { variable, reason } => {
            vec![Doubt::no(format!("{variable}: {}", fact_and_advice(reason).0))]
        }
        ClientState::Unknown { variable, reason } => vec![Doubt::unknown(format!("{variable} {reason}"))],
        ClientState::Off { .. } | ClientState::Sends(_) => {
            let hidden = start.variables.iter().find_map(decisive_and_hidden);
            [agent.speaks_otherwise(), loopback(reading, around, Backend::Jaeger), hidden]
                .into_iter()
                .flatten()
                .collect()
        }
    };
    let is_on = !matches!(start.state, ClientState::Exits { .. });
    Tracing {
        is_on,
        start: Some(start),
        client: WRAPPER,
        ..Tracing::by(Backend::Jaeger, agent, sampling, None, doubts)
    }
}

/// Datadog's own library, which neither TRACING nor DD_ENABLED switches.
fn library(reading: &EnvReading<'_, '_>, around: &Surroundings, version: LibraryVersion) -> Tracing {
    let start = reading.given_to(|variables| ddtrace::start(variables, version));
    let agent = match reading.said_if_any("DD_TRACE_AGENT_URL") {
        Said::Unset => Agent::Address {
            host: reading.setting_of(&["DD_AGENT_HOST", "DD_TRACE_AGENT_HOSTNAME"], "localhost"),
            port: reading.setting_of(&["DD_TRACE_AGENT_PORT", "DD_AGENT_PORT"], "8126"),
        },
        _ => Agent::Url(reading.setting("DD_TRACE_AGENT_URL", "")),
    };
    let mut sampling = "by the agent".to_owned();
    let doubts: Vec<Doubt> = match &start.state {
        ClientState::Exits { variable, reason } => {
            vec![Doubt::no(format!("{variable}: {}: Datadog's library exits at start", fact_and_advice(reason).0))]
        }
        ClientState::Off { variable, .. } => vec![Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))],
        ClientState::SendsNothing { variable, reason } => {
            vec![Doubt::no(format!("{variable}: {}", fact_and_advice(reason).0))]
        }
        ClientState::Unknown { variable, reason } => vec![Doubt::unknown(format!("{variable} {reason}"))],
        ClientState::Sends(flow) => {
            let rejected = match &flow.sampling {
                ClientSampling::None => Some(Doubt::no("at rate 0 every trace is rejected")),
                ClientSampling::Rate(rate) => {
                    sampling = format!("rate {rate}");
                    None
                }
                ClientSampling::All => {
                    sampling = "rate 1".to_owned();
                    None
                }
                _ => None,
            };
            let hidden = start.variables.iter().find_map(decisive_and_hidden);
            let doubts = [rejected, hidden, loopback(reading, around, Backend::Datadog)];
            doubts.into_iter().flatten().collect()
        }
    };
    let is_on = matches!(start.state, ClientState::Sends(_) | ClientState::SendsNothing { .. });
    let service = Some(reading.setting("DD_SERVICE", "")).filter(|service| !service.value.is_empty());
    let tracing = Tracing::by(Backend::Datadog, agent, sampling, service, doubts);
    Tracing { is_on, start: Some(start), client: LIBRARY, ..tracing }
}

/// Datadog's client. The first of the rates and of the ports that stands counts.
fn datadog(
    reading: &EnvReading<'_, '_>,
    around: &Surroundings,
    rates: &[&str],
    ports: &[&str],
    service: Option<EffectiveValue>,
    start: &ClientStart,
) -> Tracing {
    if let ClientState::Unknown { variable: variable @ "DD_ENABLED", reason } = &start.state {
        return Tracing::without(Doubt::unknown(format!("{variable} {reason}")));
    }
    let agent = match reading.said_if_any("DD_TRACE_AGENT_URL") {
        Said::Unset => Agent::Address {
            host: reading.setting("DD_AGENT_HOST", "localhost"),
            port: reading.setting_of(ports, "8126"),
        },
        _ => Agent::Url(reading.setting("DD_TRACE_AGENT_URL", "")),
    };
    let (raw, shown) = (reading.raw_of(rates, "1"), reading.setting_of(rates, "1").value);
    // Rules with nothing but a rate are shown as the rate, unless they are a credential.
    let shown = if raw == shown { bare_rate(&raw).unwrap_or(shown) } else { shown };
    let rate = bare_rate(&raw).unwrap_or(raw);
    let off =
        overridden_by(Backend::Datadog).iter().filter(|over| over.overrides.is_empty()).find_map(|over| match reading
            .said(over.name)
        {
            Said::Text(text) if over.applies(Some(text)) => Some(Doubt::off(reading, over.name, text)),
            Said::Elsewhere(place) => Some(Doubt::elsewhere(over.name, &place)),
            _ => None,
        });
    let is_zero = rate.parse::<f64>().is_ok_and(|rate| rate == 0.0);
    let rejected = || is_zero.then(|| Doubt::no("at rate 0 every trace is rejected"));
    let of_start = || match &start.state {
        // Datadog's own library takes these.
        ClientState::Exits { variable: variable @ ("DD_SAMPLE_RATE" | "DD_TAGS"), .. } => {
            Some(Doubt::unknown(format!("{variable}: the wrapper of pull request 2859 exits at start, others don't")))
        }
        ClientState::Exits { variable, reason } | ClientState::SendsNothing { variable, reason } => {
            Some(Doubt::no(format!("{variable}: {}", fact_and_advice(reason).0)))
        }
        _ => None,
    };
    let certain = off.or_else(rejected).or_else(of_start);
    let is_on = certain.as_ref().is_none_or(|doubt| doubt.verdict != Verdict::No);
    let stock = || around.is_stock.then(|| Doubt::unknown("no image of a release of Seldon Core has Datadog's client"));
    let doubt = certain.or_else(stock).or_else(|| loopback(reading, around, Backend::Datadog));
    Tracing { is_on, ..Tracing::by(Backend::Datadog, agent, format!("rate {shown}"), service, doubt) }
}
