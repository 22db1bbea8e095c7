//! The state of a unit whose variables Jaeger's clients read.

use std::sync::OnceLock;

use super::address::loopback;
use super::datadog::{datadog, library, library_alone};
use super::injection::Library;
use super::otlp;
use super::reading::{EnvReading, VariableValue};
use super::surroundings::Surroundings;
use super::tracing::{
    Agent, Cause, Decision, Doubt, EXITS, Tracing, TracingClient, Verdict, about, decisive_and_hidden, fact_and_advice,
};
use crate::knowledge::Backend;
use crate::knowledge::address::Address;
use crate::knowledge::clients::executor::SamplingServer;
use crate::knowledge::clients::{
    ClientSampling, ClientStart, ClientState, EnvText, Outcome, ddtrace, executor as executor_client, pr2859,
    wrapper as wrapper_client,
};
use crate::knowledge::ports::{OLD_THRIFT, THRIFT};

/// The state of an executor. Most have no variables and sample nothing, whatever else is in the pod: that state is
/// computed once.
pub(super) fn executor(reading: &EnvReading<'_, '_>, around: &Surroundings<'_>) -> Tracing {
    static WITHOUT_VARIABLES: OnceLock<Tracing> = OnceLock::new();
    match reading.is_empty() {
        true => WITHOUT_VARIABLES.get_or_init(|| executor_with(reading, around)).clone(),
        false => executor_with(reading, around),
    }
}

fn executor_with(reading: &EnvReading<'_, '_>, around: &Surroundings<'_>) -> Tracing {
    let asks_for_datadog = asks_for_datadog(reading);
    let (start, sampling, server) = reading.apply(|variables| {
        let sampling = || executor_client::sampling(variables);
        let server = executor_client::sampling_server(variables);
        if let Some(start) = asks_for_datadog.then(|| pr2859::executor(variables)).flatten() {
            return (Err(start), sampling(), server);
        }
        let mut start = executor_client::start(variables);
        // Another source may switch it off.
        if let (ClientState::Exits { .. }, Some(source), None) =
            (&start.state, reading.other_source(), variables.get("JAEGER_DISABLED"))
        {
            let reason = format!("may come from {source}");
            start = executor_client::start(&variables.with("JAEGER_DISABLED", EnvText::Optional(&reason)));
        }
        let sampling = match &start.state {
            ClientState::Sends(flow) => flow.sampling.clone(),
            _ => sampling(),
        };
        (Ok(start), sampling, server)
    });
    let server = if is_on_own_localhost(reading, around) { SamplingServer::Unreachable } else { server };
    let sampler = ExecutorSampler::of(reading, &sampling, server);
    let start = match start {
        Ok(start) => start,
        Err(start) => return datadog_executor(reading, around, start, sampler.decision),
    };
    let agent = match reading.non_empty_value("JAEGER_ENDPOINT") {
        VariableValue::Unset => Agent::Address {
            host: reading.setting("JAEGER_AGENT_HOST", "localhost"),
            port: reading.setting("JAEGER_AGENT_PORT", THRIFT.text),
        },
        _ => Agent::Url(reading.setting("JAEGER_ENDPOINT", "")),
    };
    let (doubts, decision): (Vec<Doubt>, Decision) = match &start.state {
        ClientState::Exits { variable, reason } => {
            let reason = format!("{}: {EXITS}", about(variable, fact_and_advice(reason).0));
            (vec![Doubt::no(reason.clone())], Decision::Exits(reason))
        }
        ClientState::Off { variable, .. } => {
            (vec![Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))], Decision::None)
        }
        ClientState::Unknown { variable, reason } => {
            let reason = format!("{variable} {reason}");
            (vec![Doubt::unknown(reason.clone())], Decision::Unknown(reason))
        }
        ClientState::SendsNothing { variable, reason } => {
            let doubt = Doubt::no(about(variable, fact_and_advice(reason).0));
            (vec![doubt], sampler.decision.clone())
        }
        ClientState::Sends(flow) => {
            let hidden = start.variables.iter().find_map(decisive_and_hidden);
            // The executor may also exit at such a value.
            let decision = match (&hidden, &sampler.decision) {
                (Some(doubt), Decision::Samples) => Decision::Unknown(doubt.reason.clone()),
                (_, decision) => decision.clone(),
            };
            let loopback = loopback(flow.agent.as_deref(), around, Backend::Jaeger);
            let foreign = agent.foreign_address_doubt(flow.agent.as_deref());
            let port = agent.other_source_of_port(reading, "JAEGER_AGENT_PORT");
            let doubts = [sampler.doubt.clone(), foreign, loopback, hidden, port];
            (doubts.into_iter().flatten().collect(), decision)
        }
    };
    let is_on = decision == Decision::Samples;
    let service = reading.setting("JAEGER_SERVICE_NAME", "executor");
    let tracing = Tracing::by(Backend::Jaeger, agent, sampler.description, Some(service), doubts);
    Tracing { is_on, decision, start: Some(start), client: TracingClient::Executor, ..tracing }
}

/// Returns true if a remote sampler asks localhost, and the orchestrator is alone in its pod.
fn is_on_own_localhost(reading: &EnvReading<'_, '_>, around: &Surroundings<'_>) -> bool {
    let names = ["JAEGER_SAMPLING_ENDPOINT", "JAEGER_SAMPLER_MANAGER_HOST_PORT", "JAEGER_AGENT_HOST"];
    let is_local = || Address::of(&reading.raw_of(&names, "localhost")).is_loopback();
    around.is_alone() && reading.other_source().is_none() && is_local()
}

/// The state of the executor of pull request 2859. A stock executor does not read DD_ENABLED, and decides as before.
fn datadog_executor(
    reading: &EnvReading<'_, '_>,
    around: &Surroundings<'_>,
    start: ClientStart,
    decision: Decision,
) -> Tracing {
    let rate = pr2859::EXECUTOR_RATES;
    let port = ["DD_TRACE_AGENT_PORT", "DATADOG_TRACE_AGENT_PORT"];
    let tracing = datadog(reading, around, &rate, &port, Some(reading.setting("DD_SERVICE", "executor")), &start);
    let decision = match (&start.state, decision.silence()) {
        (ClientState::Unknown { variable, reason }, _) => Decision::Unknown(format!("{variable} {reason}")),
        (_, Some(reason)) => Decision::Unknown(format!("without an image for DD_ENABLED, {reason}")),
        (_, None) => decision,
    };
    Tracing { decision, start: Some(start), client: TracingClient::DatadogExecutor, ..tracing }
}

/// Returns true if DD_ENABLED is set, which selects Datadog in images of pull request 2859. It is rare.
fn asks_for_datadog(reading: &EnvReading<'_, '_>) -> bool {
    reading.value("DD_ENABLED") != VariableValue::Unset
}

/// The executor's sampler, its description, and its decision for the containers.
struct ExecutorSampler {
    description: String,
    doubt: Option<Doubt>,
    decision: Decision,
}

impl ExecutorSampler {
    fn of(reading: &EnvReading<'_, '_>, sampling: &ClientSampling, server: SamplingServer) -> Self {
        const TYPE: &str = "JAEGER_SAMPLER_TYPE";
        const PARAM: &str = "JAEGER_SAMPLER_PARAM";
        let (kind, param) = (reading.setting(TYPE, "remote").value, reading.setting(PARAM, "0").value);
        let is_set = |name: &str| reading.non_empty_value(name) != VariableValue::Unset;
        let missing = |name: &'static str| {
            let doubt = Doubt::missing(reading, name);
            Doubt { reason: format!("{}: {kind} samples nothing", doubt.reason), ..doubt }
        };
        let doubt = match (sampling, server) {
            (ClientSampling::All | ClientSampling::Rate(_), _) => None,
            // It samples the first trace, whatever the limit.
            (ClientSampling::PerSecond(_), _) => None,
            (ClientSampling::None, _) if is_set(PARAM) => {
                Some(Doubt::no(format!("{kind} with the param {param} samples nothing")))
            }
            (ClientSampling::None, _) => Some(missing(PARAM)),
            // It keeps the initial probability.
            (ClientSampling::Remote(first), SamplingServer::Unusable(name)) => {
                let words = format!("{name} names no server, and {kind} with the param {param} samples nothing");
                (*first == 0.0).then(|| Doubt::no(words))
            }
            (ClientSampling::Remote(first), SamplingServer::Unreachable) if *first > 0.0 => None,
            (ClientSampling::Remote(first), SamplingServer::Default | SamplingServer::Unreachable) if *first == 0.0 => {
                match is_set(PARAM) {
                    true => Some(Doubt::no(format!("{kind} with the param {param} samples nothing"))),
                    false => Some(missing(if is_set(TYPE) { PARAM } else { TYPE })),
                }
            }
            (ClientSampling::Remote(_), _) => {
                let doubt = Doubt::unknown(
                    "a sampling server decides what is sampled; against Jaeger 2 nothing was ever sampled",
                );
                // With nothing but the agent's host, a remote sampler is probably not intended.
                let servers = ["JAEGER_SAMPLING_ENDPOINT", "JAEGER_SAMPLER_MANAGER_HOST_PORT"];
                let is_likely_forgotten =
                    ![TYPE, PARAM].into_iter().chain(servers).any(is_set) && reading.other_source().is_none();
                Some(Doubt { cause: is_likely_forgotten.then_some(Cause::Missing(TYPE)), ..doubt })
            }
            (ClientSampling::Agent, _) => None,
            (ClientSampling::Unknown, _) => {
                let name =
                    if matches!(reading.non_empty_value(TYPE), VariableValue::Elsewhere(_)) { TYPE } else { PARAM };
                match reading.non_empty_value(name) {
                    VariableValue::Elsewhere(place) => Some(Doubt::elsewhere(name, &place)),
                    _ => None,
                }
            }
        };
        let decision = match &doubt {
            None => Decision::Samples,
            Some(doubt) if doubt.verdict == Verdict::No => Decision::Silences(doubt.reason.clone()),
            Some(doubt) => Decision::Unknown(doubt.reason.clone()),
        };
        Self { description: format!("{kind} {param}"), doubt, decision }
    }
}

/// The state of a wrapper. Most have no variables and are off, unless Datadog's library is there: that state is
/// computed once.
pub(super) fn wrapper(reading: &EnvReading<'_, '_>, around: &Surroundings<'_>) -> Tracing {
    static WITHOUT_VARIABLES: OnceLock<Tracing> = OnceLock::new();
    match reading.is_empty() && around.library.is_none() {
        true => WITHOUT_VARIABLES.get_or_init(|| wrapper_with(reading, around)).clone(),
        false => wrapper_with(reading, around),
    }
}

fn wrapper_with(reading: &EnvReading<'_, '_>, around: &Surroundings<'_>) -> Tracing {
    const TRACING: &str = "TRACING";
    let asks_for_datadog = asks_for_datadog(reading);
    let (start, by_datadog) = reading.apply(|variables| {
        let by_datadog = asks_for_datadog.then(|| pr2859::wrapper(variables)).flatten();
        (wrapper_client::start(variables), by_datadog)
    });
    let loaded_library = match around.library {
        Some(Library::Runs(version)) => Some((version, TracingClient::Library, None)),
        Some(Library::Injected(version, obstacle)) => Some((version, TracingClient::InjectedLibrary, obstacle)),
        _ => None,
    };
    if let Some(present) = loaded_library {
        // The wrapper still reads its own variables.
        return match &start.state {
            ClientState::Exits { variable, reason } => {
                let reason = format!("{}: the container exits at start", about(variable, fact_and_advice(reason).0));
                Tracing { start: Some(start), client: TracingClient::Wrapper, ..Tracing::without(Doubt::no(reason)) }
            }
            state => library(reading, around, present, || {
                let is_off = matches!(state, ClientState::Off { .. });
                (!is_off).then(|| wrapper_with(reading, &around.without_library()))
            }),
        };
    }
    if let Some(tracing) = around.is_mlserver().then(|| otlp::mlserver(reading, around)).flatten() {
        return tracing;
    }
    let is_off = match &start.state {
        ClientState::Off { .. } if reading.value(TRACING) == VariableValue::Unset => {
            Some(Doubt::missing(reading, TRACING))
        }
        ClientState::Off { variable, .. } => Some(Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))),
        ClientState::Exits { variable: TRACING, reason } => {
            Some(Doubt::no(format!("{TRACING}: {}: the container exits at start", fact_and_advice(reason).0)))
        }
        ClientState::Unknown { variable: TRACING, reason } => Some(Doubt::unknown(format!("{TRACING} {reason}"))),
        _ => None,
    };
    if let Some(doubt) = is_off {
        return match around.library {
            Some(Library::MayBeInjected(version, obstacle))
                if doubt.verdict == Verdict::No && doubt.cause.is_some() =>
            {
                let client = TracingClient::InjectedLibrary;
                let start = reading.apply(|variables| ddtrace::start(variables, version));
                let doubt = match &start.state {
                    ClientState::Off { variable, .. } => {
                        Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))
                    }
                    ClientState::Exits { variable, reason } => {
                        let fact = about(variable, fact_and_advice(reason).0);
                        Doubt::no(format!("{fact}: {}, if injected, {}", client.name(), client.failure()))
                    }
                    ClientState::SendsNothing { variable, reason } => {
                        Doubt::no(about(variable, fact_and_advice(reason).0))
                    }
                    _ => match obstacle {
                        Some(obstacle) => obstacle.doubt(),
                        None => Doubt::unknown("Datadog's admission controller may inject its library"),
                    },
                };
                // Without a host in the manifest, the controller gives one.
                let has_host = ["DD_AGENT_HOST", "DD_TRACE_AGENT_URL"]
                    .iter()
                    .any(|name| reading.non_empty_value(name) != VariableValue::Unset);
                let without = Tracing::without(doubt);
                let by_library = match has_host && without.verdict == Verdict::Unknown {
                    true => Tracing {
                        verdict: without.verdict,
                        reason: without.reason,
                        cause: None,
                        is_on: false,
                        ..library_alone(reading, around, (version, client, obstacle))
                    },
                    false => without,
                };
                Tracing { start: Some(start), client, ..by_library }
            }
            _ => Tracing { start: Some(start), client: TracingClient::Wrapper, ..Tracing::without(doubt) },
        };
    }
    if let Some(reason) = around.other_program() {
        return Tracing::without(Doubt::unknown(reason));
    }
    if let Some(start) = by_datadog {
        let rate = pr2859::WRAPPER_RATES;
        let port = ["DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT"];
        let service = Some(reading.setting("DD_SERVICE", "")).filter(|service| !service.value.is_empty());
        let tracing = datadog(reading, around, &rate, &port, service, &start);
        return Tracing { start: Some(start), client: TracingClient::DatadogWrapper, ..tracing };
    }
    let port = match start.variables.iter().find(|(name, _)| *name == "JAEGER_AGENT_PORT") {
        Some((_, Outcome::Replaced(_))) => reading.setting_of(&[], THRIFT.text),
        _ => reading.setting("JAEGER_AGENT_PORT", OLD_THRIFT.text),
    };
    let agent = Agent::Address { host: reading.setting("JAEGER_AGENT_HOST", "0.0.0.0"), port };
    let sampling = match reading.non_empty_value("JAEGER_CONFIG_PATH") {
        VariableValue::Unset => "const 1".to_owned(),
        _ => format!("by {}", reading.setting("JAEGER_CONFIG_PATH", "").value),
    };
    let doubts: Vec<Doubt> = match &start.state {
        ClientState::Exits { variable, reason } => {
            vec![Doubt::no(format!("{}: the container exits at start", about(variable, fact_and_advice(reason).0)))]
        }
        ClientState::SendsNothing { variable, reason } => {
            vec![Doubt::no(about(variable, fact_and_advice(reason).0))]
        }
        ClientState::Unknown { variable, reason } => vec![Doubt::unknown(format!("{variable} {reason}"))],
        ClientState::Off { .. } => Vec::new(),
        ClientState::Sends(flow) => {
            let hidden = start.variables.iter().find_map(decisive_and_hidden);
            let loopback = loopback(flow.agent.as_deref(), around, Backend::Jaeger);
            let port = agent.other_source_of_port(reading, "JAEGER_AGENT_PORT");
            [agent.foreign_address_doubt(None), loopback, hidden, port].into_iter().flatten().collect()
        }
    };
    let is_on = !matches!(start.state, ClientState::Exits { .. });
    Tracing {
        is_on,
        start: Some(start),
        client: TracingClient::Wrapper,
        ..Tracing::by(Backend::Jaeger, agent, sampling, None, doubts)
    }
}
