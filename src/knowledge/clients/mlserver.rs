//! MLServer, which sends its spans with OpenTelemetry's SDK for Python. Tried with MLServer 1.7.1.

mod address;
mod settings;

use address::AddressFault;

pub(in crate::knowledge) use address::read as destination;

use super::reading::{Judgement, Lookup};
use super::{Clause, ClientSampling, ClientStart, ClientState, Environment, Outcome, SpanFlow};
use crate::knowledge::ports::Receiver;
use crate::knowledge::values::python;

/// MLServer's variable with the address of a collector.
pub(crate) const OTLP_SERVER: &str = "MLSERVER_TRACING_SERVER";

/// The sampler of OpenTelemetry's SDK, and the value that switches MLServer's tracing off.
pub(crate) const OTLP_SWITCH: (&str, &str) = ("OTEL_TRACES_SAMPLER", "always_off");

const DISABLED: &str = "OTEL_SDK_DISABLED";
const SAMPLER: &str = OTLP_SWITCH.0;
const RATIO: &str = "OTEL_TRACES_SAMPLER_ARG";

const SAMPLERS: [&str; 4] = ["always_on", "always_off", "parentbased_always_on", "parentbased_always_off"];
const RATIO_SAMPLERS: [&str; 2] = ["traceidratio", "parentbased_traceidratio"];

/// The start of MLServer in this environment; `None` if no variable names a collector.
pub(crate) fn start(environment: &Environment<'_>) -> Option<ClientStart> {
    let mut judged = Judgement::new(environment);
    if judged.raw(OTLP_SERVER).is_unset() {
        return None;
    }
    let off = read_switch(&mut judged);
    let (sampling, none) = read_sampler(&mut judged);
    let settings = settings::read(&mut judged);
    let destination = read_destination(&mut judged);
    let state = match (judged.exit(), off.or(none)) {
        (Some((variable, reason)), _) => ClientState::Exits { variable, reason },
        (None, Some(off)) => off,
        (None, None) => match settings.map_err(sends_nothing).and(destination) {
            Ok(agent) => ClientState::Sends(SpanFlow { agent, sampling, service: None, tags: None }),
            Err(state) => state,
        },
    };
    if let ClientState::SendsNothing { variable, reason } = &state {
        judged.record(variable, Outcome::SendsNothing(reason.clone()));
    }
    judged.record(OTLP_SERVER, Outcome::Used("the collector's address".into()));
    Some(ClientStart { state, variables: judged.into_outcomes() })
}

/// The address to which spans are sent. The error is the state if none is sent, or if that is not shown.
fn read_destination(judged: &mut Judgement<'_>) -> Result<Option<String>, ClientState> {
    const NEEDED: &str = "write HOST:4317";
    let Lookup::Value(text) = judged.raw(OTLP_SERVER) else { return Err(unknown(judged, OTLP_SERVER)) };
    let address = destination(text);
    let reason = match &address {
        Err(AddressFault::Exits(problem)) => {
            judged.exits(OTLP_SERVER, format!("{}: {problem}; {NEEDED}", judged.quoted_value(OTLP_SERVER)));
            return Ok(None);
        }
        _ if text.contains("$(") => {
            format!("no variable before it defines what it refers to; define it before, or {NEEDED}")
        }
        Err(AddressFault::Unusable(problem)) => {
            format!("{} is not the address of a collector: {problem}; {NEEDED}", judged.quoted_value(OTLP_SERVER))
        }
        Ok(None) => {
            let reason = "names a socket, which the manifest does not show".into();
            return Err(ClientState::Unknown { variable: OTLP_SERVER, reason });
        }
        Ok(Some(address)) => match Receiver::Otlp.other_service_at(address) {
            Some((port, what)) => format!("port {port} is {what}, and MLServer sends OTLP over gRPC; {NEEDED}"),
            None => return Ok(Some(address.clone())),
        },
    };
    Err(sends_nothing((OTLP_SERVER, reason.into())))
}

fn sends_nothing((variable, reason): (&'static str, Clause)) -> ClientState {
    ClientState::SendsNothing { variable, reason }
}

fn unknown(judged: &Judgement<'_>, variable: &'static str) -> ClientState {
    ClientState::Unknown { variable, reason: judged.hidden_reason(variable).unwrap_or_default().to_owned().into() }
}

fn read_switch(judged: &mut Judgement<'_>) -> Option<ClientState> {
    let is_off = judged.raw(DISABLED).map(|text| text.trim().eq_ignore_ascii_case("true"));
    judged.record(DISABLED, Outcome::Used("the switch of OpenTelemetry".into()));
    match is_off {
        Lookup::Value(true) => {
            Some(ClientState::Off { variable: DISABLED, reason: "OpenTelemetry is switched off".into() })
        }
        Lookup::Hidden => Some(unknown(judged, DISABLED)),
        _ => None,
    }
}

/// The share of traces that is kept, and the state if that is none or not shown.
fn read_sampler(judged: &mut Judgement<'_>) -> (ClientSampling, Option<ClientState>) {
    let sampler = match judged.raw(SAMPLER) {
        Lookup::Value(text) => text.to_lowercase(),
        Lookup::Hidden | Lookup::Bad => return (ClientSampling::Unknown, Some(unknown(judged, SAMPLER))),
        Lookup::Unset => "parentbased_always_on".to_owned(),
    };
    let off = |variable| ClientState::Off { variable, reason: "it samples nothing".into() };
    if RATIO_SAMPLERS.contains(&sampler.as_str()) {
        return match read_ratio(judged) {
            Lookup::Hidden => (ClientSampling::Unknown, Some(unknown(judged, RATIO))),
            Lookup::Value(0.0) => (ClientSampling::None, Some(off(RATIO))),
            Lookup::Value(ratio) if ratio < 1.0 => (ClientSampling::Rate(ratio), None),
            _ => (ClientSampling::All, None),
        };
    }
    judged.record(RATIO, Outcome::Ignored("only a sampler with traceidratio reads it".into()));
    if !SAMPLERS.contains(&sampler.as_str()) {
        let words =
            format!("parentbased_always_on; write one of {}", [&SAMPLERS[..], &RATIO_SAMPLERS].concat().join(", "));
        judged.record(SAMPLER, Outcome::Replaced(words.into()));
        return (ClientSampling::All, None);
    }
    judged.record(SAMPLER, Outcome::Used("the sampler".into()));
    match sampler.ends_with("off") {
        true => (ClientSampling::None, Some(off(SAMPLER))),
        false => (ClientSampling::All, None),
    }
}

fn read_ratio(judged: &mut Judgement<'_>) -> Lookup<f64> {
    /// The SDK compares identifiers of 64 bits with this share of them, rounded.
    const IDENTIFIERS: f64 = 18_446_744_073_709_551_616.0;
    judged.record(SAMPLER, Outcome::Used("the sampler".into()));
    let ratio = judged.raw(RATIO).map(|text| python::float(text).filter(|ratio| (0.0..=1.0).contains(ratio)));
    if ratio == Lookup::Value(None) {
        judged.record(RATIO, Outcome::Replaced("1; write a number from 0 to 1".into()));
    }
    judged.record(RATIO, Outcome::Used("the share of traces that is kept".into()));
    let kept = |ratio: f64| if (ratio * IDENTIFIERS).round() == 0.0 { 0.0 } else { ratio };
    ratio.map(|ratio| ratio.map_or(1.0, kept))
}

#[cfg(test)]
mod tests {
    use super::super::EnvText;
    use super::*;

    fn state(variables: &[(&str, &str)]) -> Option<ClientState> {
        start(&variables.iter().map(|(name, value)| (*name, EnvText::Literal(value))).collect())
            .map(|start| start.state)
    }

    #[test]
    fn the_sampler_is_read_as_by_the_sdk() {
        // Each was tried with MLServer 1.7.1, with 40 spans.
        for (sampler, argument, sends) in [
            ("always_off", None, false),
            ("ALWAYS_OFF", None, false),
            ("parentbased_always_off", None, false),
            ("Parentbased_Always_Off", None, false),
            ("always_off ", None, true),
            ("parentbased_always_on", Some("0"), true),
            ("foo", None, true),
            ("", None, true),
            ("traceidratio", None, true),
            ("traceidratio", Some("0"), false),
            ("traceidratio", Some(" 0.0 "), false),
            ("traceidratio", Some("1e-30"), false),
            ("traceidratio", Some("0.5"), true),
            ("traceidratio", Some("2"), true),
            ("traceidratio", Some("-1"), true),
            ("traceidratio", Some("nan"), true),
            ("traceidratio", Some(""), true),
            ("parentbased_traceidratio", Some("0"), false),
            ("parentbased_traceidratio", Some("x"), true),
        ] {
            let mut variables = vec![(OTLP_SERVER, "c:4317"), (SAMPLER, sampler)];
            variables.extend(argument.map(|argument| (RATIO, argument)));
            assert_eq!(matches!(state(&variables), Some(ClientState::Sends(_))), sends, "{sampler:?} {argument:?}");
        }
        for (disabled, sends) in [("true", false), (" TRUE ", false), ("1", true), ("", true)] {
            let sent = state(&[(OTLP_SERVER, "c:4317"), (DISABLED, disabled)]);
            assert_eq!(matches!(sent, Some(ClientState::Sends(_))), sends, "{disabled:?}");
        }
    }

    #[test]
    fn the_address_is_one_for_grpc() {
        for (address, sends) in
            [("", false), ("c:4317", true), ("c:14317", true), ("c", false), ("c:4318", false), ("c:6831", false)]
        {
            let is_sent = matches!(state(&[(OTLP_SERVER, address)]), Some(ClientState::Sends(_)));
            assert_eq!(is_sent, sends, "{address}");
        }
        assert_eq!(state(&[]), None);
    }
}
