//! The state of a unit whose variables Datadog's clients read.

use super::address::{foreign_port, loopback};
use super::injection::Obstacle;
use super::reading::{EffectiveValue, EnvReading, VariableValue};
use super::surroundings::Surroundings;
use super::tracing::{Agent, Doubt, Tracing, TracingClient, Verdict, about, decisive_and_hidden, fact_and_advice};
use crate::credentials::masked_value;
use crate::knowledge::clients::ddtrace::{self, LibraryVersion};
use crate::knowledge::clients::{ClientSampling, ClientStart, ClientState, SpanFlow};
use crate::knowledge::ports::DATADOG;
use crate::knowledge::{Backend, bare_rate, overridden_by};

/// The state with Datadog's own library, which neither TRACING nor DD_ENABLED switches. If it sends no spans and
/// TRACING is on, the wrapper still sends its own.
pub(super) fn library(
    reading: &EnvReading<'_, '_>,
    around: &Surroundings<'_>,
    (version, client, obstacle): (LibraryVersion, TracingClient, Option<Obstacle>),
    wrapper: impl FnOnce() -> Option<Tracing>,
) -> Tracing {
    let by_library = library_alone(reading, around, (version, client, obstacle));
    let exits = matches!(by_library.start, Some(ClientStart { state: ClientState::Exits { .. }, .. }));
    if by_library.verdict != Verdict::No || exits && client == TracingClient::Library {
        return by_library;
    }
    match wrapper().filter(|own| own.verdict != Verdict::No) {
        // The rules check the variables of both.
        Some(own) => Tracing { library: by_library.start, ..own },
        None => by_library,
    }
}

pub(super) fn library_alone(
    reading: &EnvReading<'_, '_>,
    around: &Surroundings<'_>,
    (version, client, obstacle): (LibraryVersion, TracingClient, Option<Obstacle>),
) -> Tracing {
    let (start, sampling) = reading.apply(|variables| {
        let start = ddtrace::start(variables, version);
        let sampling = match &start.state {
            ClientState::Sends(flow) => flow.sampling.clone(),
            _ => ddtrace::sampling(variables, version),
        };
        (start, sampling)
    });
    const NAMES: [&str; 5] =
        ["DD_TRACE_AGENT_URL", "DD_AGENT_HOST", "DD_TRACE_AGENT_HOSTNAME", "DD_TRACE_AGENT_PORT", "DD_AGENT_PORT"];
    let agent = match &start.state {
        ClientState::Sends(SpanFlow { agent: Some(agent), .. }) => {
            Agent::Url(EffectiveValue { value: masked_value(agent), ..reading.setting_of(&NAMES, "") })
        }
        _ if reading.non_empty_value(NAMES[0]) != VariableValue::Unset => Agent::Url(reading.setting(NAMES[0], "")),
        _ => Agent::Address {
            host: reading.setting_of(&NAMES[1..3], "localhost"),
            port: reading.setting_of(&NAMES[3..], DATADOG.text),
        },
    };
    let doubts: Vec<Doubt> = match &start.state {
        ClientState::Exits { variable, reason } => {
            let fact = about(variable, fact_and_advice(reason).0);
            vec![Doubt::no(format!("{fact}: {} {}", client.name(), client.failure()))]
        }
        ClientState::Off { variable, .. } => vec![Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))],
        ClientState::SendsNothing { variable, reason } => {
            vec![Doubt::no(about(variable, fact_and_advice(reason).0))]
        }
        ClientState::Unknown { variable, reason } => vec![Doubt::unknown(format!("{variable} {reason}"))],
        ClientState::Sends(flow) => {
            let rejected = match &flow.sampling {
                ClientSampling::None => Some(all_rejected()),
                ClientSampling::Unknown => Some(Doubt::unknown(
                    "what is sampled depends on the library's version, or on a value that is not shown",
                )),
                _ => None,
            };
            let hidden = start.variables.iter().find_map(decisive_and_hidden);
            let socket = around.why_no_socket().map(no_socket);
            let not_loaded = obstacle.map(Obstacle::doubt);
            let loopback = loopback(flow.agent.as_deref(), around, Backend::Datadog);
            let is_set = |name: &&str| reading.non_empty_value(name) != VariableValue::Unset;
            let may_have_port = reading.other_source().is_some() && ![NAMES[0], NAMES[3], NAMES[4]].iter().any(is_set);
            let port = may_have_port.then(|| Doubt::missing(reading, NAMES[3]));
            // The library of version 4 sends OTLP to a collector, if it is told so.
            let is_otlp = is_set(&"OTEL_TRACES_EXPORTER");
            let foreign = foreign_port(flow.agent.as_deref(), around).filter(|_| !is_otlp);
            let doubts = [not_loaded, rejected, socket, foreign, hidden, loopback, port];
            doubts.into_iter().flatten().collect()
        }
    };
    let is_on = matches!(start.state, ClientState::Sends(_) | ClientState::SendsNothing { .. });
    let names = ["DD_SERVICE", "DD_TAGS", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"];
    let setting = reading.setting_of(&names, "");
    let service = match &start.state {
        ClientState::Sends(SpanFlow { service: Some(service), .. }) if !service.is_empty() => {
            Some(EffectiveValue { value: masked_value(service), ..setting })
        }
        _ => Some(reading.setting("DD_SERVICE", "")).filter(|service| !service.value.is_empty()),
    };
    let tracing = Tracing::by(Backend::Datadog, agent, sampling_in_words(&sampling), service, doubts);
    Tracing { is_on, start: Some(start), client, ..tracing }
}

fn sampling_in_words(sampling: &ClientSampling) -> String {
    match sampling {
        ClientSampling::All => "rate 1".to_owned(),
        ClientSampling::None => "rate 0".to_owned(),
        ClientSampling::Rate(rate) => format!("rate {rate}"),
        ClientSampling::Unknown => "not known".to_owned(),
        ClientSampling::Agent | ClientSampling::PerSecond(_) | ClientSampling::Remote(_) => "by the agent".to_owned(),
    }
}

fn all_rejected() -> Doubt {
    Doubt::no("at rate 0 every trace is rejected")
}

fn no_socket(reason: &'static str) -> Doubt {
    Doubt::no(format!("DD_TRACE_AGENT_URL is a socket, and {reason}"))
}

/// The state with Datadog's client in an image of pull request 2859. The first rate and the first port that are set are
/// used.
pub(super) fn datadog(
    reading: &EnvReading<'_, '_>,
    around: &Surroundings<'_>,
    rates: &[&str],
    ports: &[&str],
    service: Option<EffectiveValue>,
    start: &ClientStart,
) -> Tracing {
    if let ClientState::Unknown { variable: variable @ "DD_ENABLED", reason } = &start.state {
        return Tracing::without(Doubt::unknown(format!("{variable} {reason}")));
    }
    let agent = match reading.non_empty_value("DD_TRACE_AGENT_URL") {
        VariableValue::Unset => Agent::Address {
            host: reading.setting("DD_AGENT_HOST", "localhost"),
            port: reading.setting_of(ports, DATADOG.text),
        },
        _ => Agent::Url(reading.setting("DD_TRACE_AGENT_URL", "")),
    };
    let (raw, displayed) = (reading.raw_of(rates, "1"), reading.setting_of(rates, "1").value);
    // Rules with only a rate are shown as the rate, unless they are masked.
    let displayed = if raw == displayed { bare_rate(&raw).unwrap_or(displayed) } else { displayed };
    let off =
        overridden_by(Backend::Datadog).iter().filter(|over| over.overrides.is_empty()).find_map(|over| match reading
            .value(over.name)
        {
            VariableValue::Text(text) if over.applies(Some(text)) => Some(Doubt::off(reading, over.name, text)),
            VariableValue::Elsewhere(place) => Some(Doubt::elsewhere(over.name, &place)),
            _ => None,
        });
    let rejected = || match &start.state {
        ClientState::Sends(SpanFlow { sampling: ClientSampling::None, .. }) => Some(all_rejected()),
        _ => None,
    };
    let of_start = || match &start.state {
        // Datadog's own library accepts these values.
        ClientState::Exits { variable: variable @ ("DD_SAMPLE_RATE" | "DD_TAGS"), .. } => {
            Some(Doubt::unknown(format!("{variable}: the wrapper of pull request 2859 exits at start, others don't")))
        }
        ClientState::Exits { variable, reason } | ClientState::SendsNothing { variable, reason } => {
            Some(Doubt::no(about(variable, fact_and_advice(reason).0)))
        }
        _ => None,
    };
    let socket = || around.why_no_socket().map(no_socket);
    let certain = off.or_else(rejected).or_else(of_start).or_else(socket);
    let is_on = certain.as_ref().is_none_or(|doubt| doubt.verdict != Verdict::No);
    let image = || {
        Some(Doubt::unknown(match around.is_stock() {
            true => "no image of a release of Seldon Core has Datadog's client",
            false => {
                "only images built from pull request 2859 read DD_ENABLED, and the manifest does not show if this is one"
            }
        }))
    };
    let host = || match (&agent, &start.state) {
        (Agent::Url(url), _) => Some(url.value.clone()),
        (_, ClientState::Sends(flow)) => flow.agent.clone(),
        _ => None,
    };
    // If nothing can be on localhost, the image does not matter.
    let foreign = || foreign_port(host().as_deref(), around);
    let alone = || loopback(host().as_deref(), around, Backend::Datadog).filter(|doubt| doubt.verdict == Verdict::No);
    let doubt = certain.or_else(foreign).or_else(alone).or_else(image);
    Tracing { is_on, ..Tracing::by(Backend::Datadog, agent, format!("rate {displayed}"), service, doubt) }
}
