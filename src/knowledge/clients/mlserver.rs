//! MLServer, which sends its spans with OpenTelemetry's SDK for Python. Tried with MLServer 1.7.1.

use super::reading::{Judgement, Lookup};
use super::{Clause, ClientSampling, ClientStart, ClientState, Environment, Outcome, SpanFlow};
use crate::knowledge::otlp::{OTLP_SERVER, OTLP_SWITCH, check};
use crate::knowledge::ports::Receiver;
use crate::knowledge::values::python;

const DISABLED: &str = "OTEL_SDK_DISABLED";
const SAMPLER: &str = OTLP_SWITCH.0;
const RATIO: &str = "OTEL_TRACES_SAMPLER_ARG";

const SAMPLERS: [&str; 4] = ["always_on", "always_off", "parentbased_always_on", "parentbased_always_off"];
const RATIO_SAMPLERS: [&str; 2] = ["traceidratio", "parentbased_traceidratio"];

/// The start of MLServer in this environment; `None` if no variable names a collector.
pub(crate) fn start(environment: &Environment<'_>) -> Option<ClientStart> {
    let mut judged = Judgement::new(environment);
    let address = judged.raw(OTLP_SERVER);
    if address.is_unset() {
        return None;
    }
    let off = read_switch(&mut judged);
    let (sampling, none) = read_sampler(&mut judged);
    let state = off.or(none).unwrap_or_else(|| match address.map(|text| problem(&judged, text)) {
        Lookup::Value(Some(reason)) => {
            judged.record(OTLP_SERVER, Outcome::SendsNothing(reason.clone()));
            ClientState::SendsNothing { variable: OTLP_SERVER, reason }
        }
        Lookup::Value(None) => {
            let agent = address.map(str::to_owned).or(String::new());
            ClientState::Sends(SpanFlow { agent: Some(agent), sampling, service: None, tags: None })
        }
        _ => unknown(&judged, OTLP_SERVER),
    });
    judged.record(OTLP_SERVER, Outcome::Used("the collector's address".into()));
    Some(ClientStart { state, variables: judged.into_outcomes() })
}

/// The reason why no span arrives at an address.
fn problem(judged: &Judgement<'_>, address: &str) -> Option<Clause> {
    match check(address) {
        Ok(()) if address.contains("$(") => {
            Some("no variable before it defines what it refers to; define it before, or write HOST:4317".into())
        }
        Err(needed) => {
            Some(format!("{} is not the address of a collector; {needed}", judged.quoted_value(OTLP_SERVER)).into())
        }
        Ok(()) => Receiver::Otlp.other_service_at(address).map(|(port, what)| {
            format!("port {port} is {what}, and MLServer sends OTLP over gRPC; write HOST:4317").into()
        }),
    }
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
