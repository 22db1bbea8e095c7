//! The state of MLServer, which sends its spans by OpenTelemetry.

use super::reading::EnvReading;
use super::surroundings::Surroundings;
use super::tracing::{Agent, Doubt, Tracing, TracingClient, Verdict, about, decisive_and_hidden, fact_and_advice};
use crate::knowledge::address::Address;
use crate::knowledge::clients::{ClientSampling, ClientState, SpanFlow, mlserver as client};
use crate::knowledge::otlp::{OTLP_SERVER, OTLP_SWITCH, mlserver, mlserver_traces};

/// The state of MLServer; `None` if its variables name no collector.
pub(super) fn mlserver(reading: &EnvReading<'_, '_>, around: &Surroundings<'_>) -> Option<Tracing> {
    let start = reading.apply(client::start)?;
    let by_client = match &start.state {
        ClientState::Off { variable, .. } => Some(Doubt::off(reading, variable, &reading.raw_of(&[variable], ""))),
        ClientState::Exits { variable, reason } => {
            let (client, fact) = (TracingClient::MlServer, about(variable, fact_and_advice(reason).0));
            Some(Doubt::no(format!("{fact}: {} {}", client.name(), client.failure())))
        }
        ClientState::SendsNothing { variable, reason } => Some(Doubt::no(about(variable, fact_and_advice(reason).0))),
        ClientState::Unknown { variable, reason } => Some(Doubt::unknown(format!("{variable} {reason}"))),
        ClientState::Sends(_) => None,
    };
    let loopback = || match &start.state {
        ClientState::Sends(SpanFlow { agent: Some(agent), .. }) if Address::of(agent).is_loopback() => {
            Some(Doubt::unknown("the collector would be on localhost"))
        }
        _ => None,
    };
    let version = || match around.mlserver() {
        Some((major, minor)) if mlserver_traces(major, minor) => None,
        Some(_) => {
            let does_not = concat!("this version of MLServer does not trace; ", mlserver!(first), " and later do");
            Some(Doubt::no(does_not))
        }
        None => {
            let depends = concat!("MLServer traces from ", mlserver!(first), " on, and its version is not known");
            Some(Doubt::unknown(depends))
        }
    };
    let hidden = || start.variables.iter().find_map(decisive_and_hidden);
    // A version that does not trace reads none of the variables.
    let version = version();
    let is_read = version.as_ref().is_none_or(|doubt| doubt.verdict != Verdict::No);
    let doubt = match is_read {
        true => by_client.or(version).or_else(hidden).or_else(loopback),
        false => version,
    };
    let sampler = reading.setting(OTLP_SWITCH.0, "parentbased_always_on").value;
    let sampling = match &start.state {
        ClientState::Sends(SpanFlow { sampling: ClientSampling::Rate(ratio), .. }) => format!("{sampler} {ratio}"),
        _ => sampler,
    };
    let service = Some(reading.setting("MLSERVER_SERVER_NAME", "")).filter(|service| !service.value.is_empty());
    let agent = Agent::Url(reading.setting(OTLP_SERVER, ""));
    let tracing = Tracing::by(None, agent, sampling, service, doubt);
    Some(Tracing { start: Some(start).filter(|_| is_read), client: TracingClient::MlServer, ..tracing })
}
