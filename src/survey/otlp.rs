//! The state of MLServer, which sends its spans by OpenTelemetry.

use super::address::is_loopback;
use super::reading::{EnvReading, VariableValue};
use super::surroundings::Surroundings;
use super::tracing::{Agent, Doubt, Tracing, TracingClient};
use crate::knowledge::clients::ddtrace::LibraryVersion;
use crate::knowledge::otlp::{OTLP_SERVER, OTLP_SWITCH, check, mlserver, mlserver_traces, without_scheme};

/// The state of MLServer; `None` if its variables name no collector.
pub(super) fn mlserver(reading: &EnvReading<'_, '_>, around: &Surroundings) -> Option<Tracing> {
    let (address, unusable) = match reading.non_empty_value(OTLP_SERVER) {
        VariableValue::Unset => return None,
        VariableValue::Text(text) => {
            let problem = check(text).err();
            (Some(text), problem.map(|problem| Doubt::no(format!("no span can be sent to {OTLP_SERVER}: {problem}"))))
        }
        VariableValue::Elsewhere(place) => (None, Some(Doubt::elsewhere(OTLP_SERVER, &place))),
    };
    let (switch, off) = OTLP_SWITCH;
    let switched_off = match reading.value(switch) {
        VariableValue::Text(text) if text == off => Some(Doubt::off(reading, switch, text)),
        VariableValue::Elsewhere(place) => Some(Doubt::elsewhere(switch, &place)),
        _ => None,
    };
    let loopback = || {
        let host = address.and_then(|address| without_scheme(address).rsplit_once(':')).map(|(host, _)| host);
        let doubt = Doubt::unknown("the collector would be on localhost");
        host.is_some_and(is_loopback).then_some(doubt)
    };
    let version = || match around.mlserver {
        LibraryVersion::Known(major, minor) if mlserver_traces(major, minor) => None,
        LibraryVersion::Known(..) => {
            let does_not = concat!("this version of MLServer does not trace; ", mlserver!(first), " and later do");
            Some(Doubt::no(does_not))
        }
        LibraryVersion::NotKnown => {
            let depends = concat!("MLServer traces from ", mlserver!(first), " on, and its version is not known");
            Some(Doubt::unknown(depends))
        }
    };
    let doubt = switched_off.or(unusable).or_else(version).or_else(loopback);
    let sampling = reading.setting(switch, "parentbased_always_on").value;
    let service = Some(reading.setting("MLSERVER_SERVER_NAME", "")).filter(|service| !service.value.is_empty());
    let agent = Agent::Url(reading.setting(OTLP_SERVER, ""));
    Some(Tracing { client: TracingClient::MlServer, ..Tracing::by(None, agent, sampling, service, doubt) })
}
