//! Whether traces will come from a unit, by which backend, and with what settings.
//!
//! What is decided here, and by whose word:
//!
//! - **The executor** never reads TRACING and always builds a Jaeger tracer from `JAEGER_*`
//!   (`executor/api/tracing/trace.go`). JAEGER_DISABLED that Go reads as true is its only off. What it samples is up to
//!   `NewSampler` of jaeger-client-go 2.25 (`config/config.go`): `const` all unless its param is 0, as it is unless
//!   set; `probabilistic` and `ratelimiting` nothing at 0; `remote`, its default, begins with its param as a
//!   probability and then asks a sampling server. So an executor of which nothing is said samples nothing, while one
//!   that is told where to ask, or told to ask, does what only the server knows.
//!   An annotation `seldon.io/engine-…` of the `spec` sets a variable where `svcOrchSpec` does not.
//! - **A value that its reader can't parse** ends the executor at start (`config/config_env.go`), and a TRACING that is
//!   no integer the wrapper (`python/seldon_core/microservice.py`): no trace will come.
//! - **Port 6832** of a Jaeger agent takes binary Thrift. Both clients send compact Thrift, so that it never works.
//! - **A container of a graph node** is taken for the Python wrapper, as `enable` takes it: no manifest says in which
//!   language a server is written, and those of others do not trace. The wrapper reads TRACING, its agent's host and
//!   port, and samples everything unless JAEGER_CONFIG_PATH names a file (`python/seldon_core/utils.py`).
//! - **Datadog** is in no release of Seldon Core but in images of pull request 2859: with DD_ENABLED that Go reads as
//!   true in the executor, with TRACING and a DD_ENABLED of yes, true, t or 1 in the wrapper. Which image runs no
//!   manifest says for certain: where these stand, they are taken at their word. Names of rate and port differ from
//!   reader to reader; the reader's own counts first. At rate 0 every trace is rejected.
//! - **What the cluster alone knows** (a reference, `$(NAME)`, envFrom, envSecretRefName) is unknown here.

use super::reading::{EffectiveValue, EnvReading, Said};
use crate::knowledge::{Backend, Program, bare_rate, ends_at_start, go_false, go_true, overridden_by, python_integer};
use crate::manifest::{Role, SkipReason, Unit};

/// What comes of a unit's variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracing {
    /// Whether traces will come.
    pub verdict: Verdict,
    /// Where they go; `None` where none is asked for, and where the manifest alone does not say.
    pub backend: Option<Backend>,
    /// Why none come, or why it is not known.
    pub reason: Option<String>,
    /// What the reason is, where there is more to it than its words.
    pub cause: Option<Cause>,
    /// The agent; `None` without a backend.
    pub agent: Option<Agent>,
    /// The sampler and its param, or the rate; `None` without a backend.
    pub sampling: Option<String>,
    /// The service's name; `None` without a backend, and where it is the name of the server's Python class.
    pub service: Option<EffectiveValue>,
}

/// Whether traces will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// They will.
    Yes,
    /// They will not, and could.
    No,
    /// The manifest alone does not say.
    Unknown,
    /// They can't, whatever the variables are.
    Cannot,
}

/// Why no traces come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// This variable lacks.
    Missing(&'static str),
    /// A switch says *off*.
    SwitchedOff,
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
    /// That a Jaeger agent's port is the one for binary Thrift, which no client of Seldon's sends.
    fn speaks_otherwise(&self) -> Option<Doubt> {
        match self {
            Self::Address { port, .. } if port.value == "6832" => {
                Some(Doubt::no("port 6832 takes binary Thrift, and its client sends compact Thrift"))
            }
            _ => None,
        }
    }
}

/// What decided against traces, or against knowing.
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

    /// That a switch says off.
    fn off(reading: &EnvReading<'_, '_>, name: &str, value: &str) -> Self {
        let value = reading.shown(name, value);
        Self { cause: Some(Cause::SwitchedOff), ..Self::no(format!("{name} is {value}")) }
    }

    fn elsewhere(name: &str, place: &str) -> Self {
        Self::unknown(format!("{name} comes from {place}"))
    }

    fn ends_at_start(reading: &EnvReading<'_, '_>, name: &str, value: &str, is_no: &str, who: &str) -> Self {
        let value = if value.is_empty() { "empty".to_owned() } else { reading.shown(name, value) };
        Self::no(format!("{name} is {value}, which is no {is_no}: the {who} ends at start"))
    }

    /// That a variable which has to be there is not, unless something else brings it.
    fn lacks(reading: &EnvReading<'_, '_>, name: &'static str) -> Self {
        match reading.more() {
            Some(more) => Self::unknown(format!("{name} is not set here, and {more} may bring it")),
            None => Self { cause: Some(Cause::Missing(name)), ..Self::no(format!("{name} is not set")) },
        }
    }
}

/// Judges a unit; `left_alone` says why it can't trace, where it can't.
pub(super) fn judge(reading: &EnvReading<'_, '_>, unit: &Unit<'_>, left_alone: Option<SkipReason>) -> Tracing {
    match left_alone {
        Some(reason @ SkipReason::UnknownServer { .. }) => Tracing::without(Doubt::unknown(reason.to_string())),
        Some(reason) => Tracing::without(Doubt::cannot(reason.to_string())),
        None => match reading.refusal() {
            Some(reason) => Tracing::without(Doubt::no(reason)),
            None => match unit.role {
                Role::IdleSvcOrchSpec => Tracing::without(Doubt::cannot("a container of its own is the orchestrator")),
                _ if unit.is_orchestrator() => executor(reading),
                _ => wrapper(reading),
            },
        },
    }
}

impl Tracing {
    /// Without a backend.
    fn without(doubt: Doubt) -> Self {
        let Doubt { verdict, reason, cause } = doubt;
        Self { verdict, backend: None, reason: Some(reason), cause, agent: None, sampling: None, service: None }
    }

    fn by(
        backend: Backend,
        agent: Agent,
        sampling: String,
        service: Option<EffectiveValue>,
        doubt: Option<Doubt>,
    ) -> Self {
        let (verdict, cause) = doubt.as_ref().map_or((Verdict::Yes, None), |doubt| (doubt.verdict, doubt.cause));
        let reason = doubt.map(|doubt| doubt.reason);
        Self { verdict, backend: Some(backend), reason, cause, agent: Some(agent), sampling: Some(sampling), service }
    }
}

fn executor(reading: &EnvReading<'_, '_>) -> Tracing {
    match reading.said("DD_ENABLED") {
        Said::Elsewhere(place) => return Tracing::without(Doubt::elsewhere("DD_ENABLED", &place)),
        Said::Text(text) if go_true(text) => {
            let rate = ["DD_SAMPLING_RATE", "DD_TRACE_SAMPLING_RULES", "DD_TRACE_SAMPLE_RATE", "DD_SAMPLE_RATE"];
            let port = ["DD_TRACE_AGENT_PORT", "DATADOG_TRACE_AGENT_PORT"];
            return datadog(reading, &rate, &port, Some(reading.setting("DD_SERVICE", "executor")));
        }
        Said::Text(_) | Said::Unset => {}
    }
    let endpoint = reading.said_if_any("JAEGER_ENDPOINT");
    let agent = match endpoint {
        Said::Unset => Agent::Address {
            host: reading.setting("JAEGER_AGENT_HOST", "localhost"),
            port: reading.setting("JAEGER_AGENT_PORT", "6831"),
        },
        _ => Agent::Url(reading.setting("JAEGER_ENDPOINT", "")),
    };
    let (sampling, sampler_doubt) = sampler(reading);
    let disabled = match reading.said_if_any("JAEGER_DISABLED") {
        Said::Text(text) if go_true(text) => Some(Doubt::off(reading, "JAEGER_DISABLED", text)),
        Said::Text(text) if !go_false(text) => {
            Some(Doubt::ends_at_start(reading, "JAEGER_DISABLED", text, "boolean to Go", "executor"))
        }
        Said::Elsewhere(place) => Some(Doubt::elsewhere("JAEGER_DISABLED", &place)),
        Said::Text(_) | Said::Unset => None,
    };
    let port = match (&endpoint, reading.said_if_any("JAEGER_AGENT_PORT")) {
        (Said::Unset, Said::Text(text)) if text.parse::<i64>().is_err() => {
            Some(Doubt::ends_at_start(reading, "JAEGER_AGENT_PORT", text, "integer", "executor"))
        }
        _ => None,
    };
    let url = match endpoint {
        // It may hold a password.
        Said::Text(text) if ends_at_start(Program::Executor, "JAEGER_ENDPOINT", text) => {
            Some(Doubt::no("JAEGER_ENDPOINT is no absolute URL: the executor ends at start"))
        }
        _ => None,
    };
    let service = reading.setting("JAEGER_SERVICE_NAME", "executor");
    let mut doubts: Vec<Doubt> =
        [disabled, port, url, agent.speaks_otherwise(), sampler_doubt].into_iter().flatten().collect();
    // What is certain outweighs what is not known.
    doubts.sort_by_key(|doubt| doubt.verdict != Verdict::No);
    Tracing::by(Backend::Jaeger, agent, sampling, Some(service), doubts.into_iter().next())
}

/// The executor's sampler, and what speaks against its sampling anything.
fn sampler(reading: &EnvReading<'_, '_>) -> (String, Option<Doubt>) {
    const TYPE: &str = "JAEGER_SAMPLER_TYPE";
    const PARAM: &str = "JAEGER_SAMPLER_PARAM";
    let (kind, param) = (reading.raw_of(&[TYPE], "remote"), reading.raw_of(&[PARAM], "0"));
    let (shown_kind, shown_param) = (reading.setting(TYPE, "remote").value, reading.setting(PARAM, "0").value);
    let (said_kind, said_param) = (reading.said_if_any(TYPE), reading.said_if_any(PARAM));
    let judged = || -> Result<(), Doubt> {
        if let Said::Elsewhere(place) = &said_kind {
            return Err(Doubt::elsewhere(TYPE, place));
        }
        if let Said::Elsewhere(place) = &said_param {
            return Err(Doubt::elsewhere(PARAM, place));
        }
        let number: f64 =
            param.parse().map_err(|_| Doubt::ends_at_start(reading, PARAM, &param, "number", "executor"))?;
        let lacks = |name: &'static str| {
            let doubt = Doubt::lacks(reading, name);
            Doubt { reason: format!("{}: {shown_kind} samples nothing", doubt.reason), ..doubt }
        };
        let nothing = || match said_param {
            Said::Unset => lacks(PARAM),
            _ => Doubt::no(format!("{shown_kind} with the param {shown_param} samples nothing")),
        };
        let share = |number: f64| {
            let fits = (0.0..=1.0).contains(&number);
            if fits {
                Ok(number > 0.0)
            } else {
                Err(Doubt::ends_at_start(reading, PARAM, &param, "share from 0 to 1", "executor"))
            }
        };
        let samples = match kind.to_ascii_lowercase().as_str() {
            "const" => number != 0.0,
            "ratelimiting" => number > 0.0,
            "probabilistic" => share(number)?,
            "remote" => {
                let asks = said_kind != Said::Unset || reading.said_if_any("JAEGER_SAMPLING_ENDPOINT") != Said::Unset;
                match share(number)? {
                    true => true,
                    false if asks => return Err(Doubt::unknown("the sampling server alone knows what is sampled")),
                    false => return Err(lacks(TYPE)),
                }
            }
            _ => return Err(Doubt::ends_at_start(reading, TYPE, &kind, "sampler", "executor")),
        };
        if samples { Ok(()) } else { Err(nothing()) }
    };
    let doubt = judged().err();
    (format!("{shown_kind} {shown_param}"), doubt)
}

fn wrapper(reading: &EnvReading<'_, '_>) -> Tracing {
    match reading.said("TRACING") {
        Said::Unset => return Tracing::without(Doubt::lacks(reading, "TRACING")),
        Said::Elsewhere(place) => return Tracing::without(Doubt::elsewhere("TRACING", &place)),
        Said::Text(text) => match python_integer(text) {
            None => return Tracing::without(Doubt::ends_at_start(reading, "TRACING", text, "integer", "container")),
            Some(false) => return Tracing::without(Doubt::off(reading, "TRACING", text)),
            Some(true) => {}
        },
    }
    match reading.said("DD_ENABLED") {
        Said::Elsewhere(place) => return Tracing::without(Doubt::elsewhere("DD_ENABLED", &place)),
        Said::Text(text) if ["yes", "true", "t", "1"].contains(&text.to_ascii_lowercase().as_str()) => {
            let rate = ["DD_SAMPLE_RATE", "DD_TRACE_SAMPLING_RULES", "DD_TRACE_SAMPLE_RATE"];
            let port = ["DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT"];
            let service = Some(reading.setting("DD_SERVICE", "")).filter(|service| !service.value.is_empty());
            return datadog(reading, &rate, &port, service);
        }
        Said::Text(_) | Said::Unset => {}
    }
    let port = match reading.said_if_any("JAEGER_AGENT_PORT") {
        // What is no integer becomes its client's default in silence.
        Said::Text(text) if python_integer(text).is_none() => reading.setting_of(&[], "6831"),
        _ => reading.setting("JAEGER_AGENT_PORT", "5775"),
    };
    let agent = Agent::Address { host: reading.setting("JAEGER_AGENT_HOST", "0.0.0.0"), port };
    let (sampling, doubt) = match reading.said_if_any("JAEGER_CONFIG_PATH") {
        Said::Unset => ("const 1".to_owned(), agent.speaks_otherwise()),
        _ => {
            let path = reading.setting("JAEGER_CONFIG_PATH", "").value;
            let doubt = Doubt::unknown("JAEGER_CONFIG_PATH names a file that decides");
            (format!("by {path}"), Some(doubt))
        }
    };
    Tracing::by(Backend::Jaeger, agent, sampling, None, doubt)
}

/// Datadog's client. The first of the rates and of the ports that stands counts.
fn datadog(reading: &EnvReading<'_, '_>, rates: &[&str], ports: &[&str], service: Option<EffectiveValue>) -> Tracing {
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
    let doubt = off.or_else(rejected);
    Tracing::by(Backend::Datadog, agent, format!("rate {shown}"), service, doubt)
}
