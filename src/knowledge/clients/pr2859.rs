//! The executor and the Python wrapper of Seldon Core's pull request 2859. No release has it, so its code was read but
//! not run: less is known about it than about the other clients.

use std::collections::BTreeMap;

use super::reading::{Judgement, Lookup};
use super::{Clause, ClientSampling, ClientStart, ClientState, EnvText, Environment, Outcome, SpanFlow};
use crate::knowledge::ports::DATADOG;
use crate::knowledge::values::{bare_rate, go, python};

const ENABLED: &str = "DD_ENABLED";
const TRACING: &str = "TRACING";
const HOST: &str = "DD_AGENT_HOST";
const SERVICE: &str = "DD_SERVICE";
const TAGS: &str = "DD_TAGS";
const EXECUTOR_PORT: &str = "DD_TRACE_AGENT_PORT";
const WRAPPER_PORT: &str = "DATADOG_TRACE_AGENT_PORT";
const EXECUTOR_RATE: &str = "DD_SAMPLING_RATE";
const WRAPPER_RATE: &str = "DD_SAMPLE_RATE";
const RULES: &str = "DD_TRACE_SAMPLING_RULES";
const LIBRARY_RATE: &str = "DD_TRACE_SAMPLE_RATE";
const A_RATE: &str = "write a number from 0 to 1";

/// The rates of an executor, of which the first that is set applies. The last three are for other clients of Datadog.
pub(crate) const EXECUTOR_RATES: [&str; 4] = [EXECUTOR_RATE, RULES, LIBRARY_RATE, WRAPPER_RATE];

/// The rates of a wrapper.
pub(crate) const WRAPPER_RATES: [&str; 3] = [WRAPPER_RATE, RULES, LIBRARY_RATE];

/// Returns true if this value of DD_ENABLED is on for the executor.
pub(super) fn executor_is_on(text: &str) -> bool {
    go::boolean(text) == Some(true)
}

/// Returns true if this value of DD_ENABLED is on for the wrapper.
pub(super) fn wrapper_is_on(text: &str) -> bool {
    ["yes", "true", "t", "1"].iter().any(|on| text.eq_ignore_ascii_case(on))
}

/// Returns true if a program reads this value of DD_ENABLED as off, and it is no word for that.
pub(crate) fn is_unexpectedly_off(text: &str, is_executor: bool) -> bool {
    const OFF: [&str; 8] = ["", "0", "f", "false", "n", "no", "off", "disabled"];
    let is_on = if is_executor { executor_is_on(text) } else { wrapper_is_on(text) };
    !is_on && !OFF.iter().any(|off| text.eq_ignore_ascii_case(off))
}

/// The start of the executor in this environment. `None`: DD_ENABLED is not on, so that it traces to Jaeger.
pub(crate) fn executor(environment: &Environment<'_>) -> Option<ClientStart> {
    let mut judged = Judgement::new(environment);
    if let Some(state) = read_enabled(&mut judged, executor_is_on)? {
        return Some(ClientStart { state, variables: judged.into_outcomes() });
    }
    let sampling = match judged.text(EXECUTOR_RATE) {
        Lookup::Unset => other_sampling(&judged, &EXECUTOR_RATES[1..], go::float),
        Lookup::Hidden | Lookup::Bad => ClientSampling::Unknown,
        Lookup::Value(text) => match go::float(text) {
            None => {
                judged
                    .record(EXECUTOR_RATE, Outcome::Replaced(format!("1, since it is not a number; {A_RATE}").into()));
                ClientSampling::All
            }
            Some(rate) if rate > 1.0 => {
                judged
                    .record(EXECUTOR_RATE, Outcome::Replaced(format!("1, since a rate is at most 1; {A_RATE}").into()));
                ClientSampling::All
            }
            Some(rate) if rate.is_nan() || rate < 0.0 => {
                judged.record(
                    EXECUTOR_RATE,
                    Outcome::Replaced(format!("0, since a rate is at least 0; {A_RATE}").into()),
                );
                ClientSampling::None
            }
            Some(rate) => sampling_of(rate),
        },
    };
    judged.record_unless_empty(EXECUTOR_RATE, Outcome::Used("the share of traces that is kept".into()));
    judged.record(WRAPPER_RATE, Outcome::Ignored("this executor reads DD_SAMPLING_RATE".into()));
    judged.record(WRAPPER_PORT, Outcome::Ignored("this executor reads DD_TRACE_AGENT_PORT".into()));
    let tags = read_tags(&mut judged, false);
    let service = match judged.text(SERVICE) {
        Lookup::Hidden | Lookup::Bad => None,
        service => Some(service.or("executor").to_owned()),
    };
    Some(sends(judged, EXECUTOR_PORT, sampling, service, tags))
}

/// The start of the Python wrapper in this environment. `None`: DD_ENABLED is not on, so that it traces to Jaeger, if
/// at all. Without DD_SERVICE the service is the Python class, which the manifest does not show.
pub(crate) fn wrapper(environment: &Environment<'_>) -> Option<ClientStart> {
    let mut judged = Judgement::new(environment);
    let hidden = read_enabled(&mut judged, wrapper_is_on)?;
    let tracing = match judged.raw(TRACING).map(python::integer) {
        Lookup::Unset => Lookup::Value(0),
        Lookup::Value(Some(number)) => Lookup::Value(number),
        Lookup::Value(None) => {
            judged.exits(TRACING, format!("{} is not an integer; write 1 or 0", judged.quoted_value(TRACING)));
            Lookup::Bad
        }
        _ => Lookup::Hidden,
    };
    judged.record(TRACING, Outcome::Used("the switch of tracing".into()));
    let rate = match judged.raw(WRAPPER_RATE).map(python::integer) {
        Lookup::Value(None) if tracing != Lookup::Value(0) => {
            let is_fraction =
                matches!(judged.raw(WRAPPER_RATE), Lookup::Value(text) if is_for_the_library(WRAPPER_RATE, text));
            let needed = match is_fraction {
                true => "an integer, which this wrapper needs; write 1 or 0",
                false => "a rate; write 1 or 0, or from 0 to 1 where Datadog's own library reads it",
            };
            judged.exits(WRAPPER_RATE, format!("{} is not {needed}", judged.quoted_value(WRAPPER_RATE)));
            Lookup::Bad
        }
        Lookup::Value(Some(rate)) if !(0..=1).contains(&rate) => {
            judged.record(
                WRAPPER_RATE,
                Outcome::Replaced("1, since this wrapper knows no rate between 0 and 1; write 1 or 0".into()),
            );
            Lookup::Value(rate)
        }
        Lookup::Value(rate) => Lookup::Value(rate.unwrap_or(1)),
        Lookup::Unset => Lookup::Value(1),
        _ => Lookup::Hidden,
    };
    judged.record(WRAPPER_RATE, Outcome::Used("the share of traces that is kept".into()));
    judged.record(EXECUTOR_RATE, Outcome::Ignored("this wrapper reads DD_SAMPLE_RATE".into()));
    judged.record(EXECUTOR_PORT, Outcome::Ignored("this wrapper reads DATADOG_TRACE_AGENT_PORT".into()));
    let tags = read_tags(&mut judged, tracing != Lookup::Value(0));
    let state = match (judged.exit(), hidden, tracing) {
        (Some((variable, reason)), ..) => Some(ClientState::Exits { variable, reason }),
        (None, Some(hidden), _) => Some(hidden),
        (None, None, Lookup::Value(0)) => {
            Some(ClientState::Off { variable: TRACING, reason: "this wrapper needs TRACING as well".into() })
        }
        (None, None, Lookup::Hidden) => {
            let reason = judged.hidden_reason(TRACING).unwrap_or_default().to_owned().into();
            Some(ClientState::Unknown { variable: TRACING, reason })
        }
        _ => None,
    };
    if let Some(state) = state {
        return Some(ClientStart { state, variables: judged.into_outcomes() });
    }
    let sampling = match rate {
        Lookup::Value(0) => ClientSampling::None,
        Lookup::Value(_) if judged.raw(WRAPPER_RATE).is_unset() => {
            other_sampling(&judged, &WRAPPER_RATES[1..], python::float)
        }
        Lookup::Value(_) => ClientSampling::All,
        _ => ClientSampling::Unknown,
    };
    let service = match judged.text(SERVICE) {
        Lookup::Value(service) => Some(service.to_owned()),
        _ => None,
    };
    Some(sends(judged, WRAPPER_PORT, sampling, service, tags))
}

/// Returns true if a value at which the wrapper exits may be meant for Datadog's own library, which accepts it: a
/// fraction as the rate, and a `:` in the value of a tag.
pub(crate) fn is_for_the_library(name: &str, text: &str) -> bool {
    match name {
        WRAPPER_RATE => python::float(text).is_some_and(|rate| (0.0..=1.0).contains(&rate)),
        TAGS => text.split(',').all(|pair| pair.trim().contains(':')),
        _ => false,
    }
}

/// Returns true if the wrapper accepts this value of a variable.
pub(crate) fn wrapper_takes(name: &str, text: &str) -> bool {
    let texts = [(TRACING, "1"), (ENABLED, "1"), (name, text)];
    let start = wrapper(&texts.into_iter().map(|(name, text)| (name, EnvText::Literal(text))).collect());
    !matches!(start, Some(ClientStart { state: ClientState::Exits { .. }, .. }))
}

/// The start of the executor at this rate.
fn executor_at(rate: &str) -> Option<ClientStart> {
    let texts = [(ENABLED, "1"), (EXECUTOR_RATE, rate)];
    executor(&texts.into_iter().map(|(name, text)| (name, EnvText::Literal(text))).collect())
}

/// Returns true if the executor uses this rate as it is.
pub(crate) fn executor_takes_rate(rate: &str) -> bool {
    executor_at(rate)
        .is_some_and(|start| !start.variables.iter().any(|(_, outcome)| matches!(outcome, Outcome::Replaced(_))))
}

/// Returns true if the executor keeps all traces at this rate.
pub(crate) fn executor_keeps_all(rate: &str) -> bool {
    executor_at(rate)
        .is_some_and(|start| matches!(start.state, ClientState::Sends(SpanFlow { sampling: ClientSampling::All, .. })))
}

/// `None`: it is not on. `Some(Some(_))`: the manifest does not show it.
fn read_enabled(judged: &mut Judgement<'_>, is_on: impl Fn(&str) -> bool) -> Option<Option<ClientState>> {
    let is_on = judged.raw(ENABLED).map(is_on);
    judged.record(ENABLED, Outcome::Used("the choice of Datadog".into()));
    match (is_on, judged.hidden_reason(ENABLED)) {
        (_, Some(reason)) => Some(Some(ClientState::Unknown { variable: ENABLED, reason: reason.to_owned().into() })),
        (Lookup::Value(true), None) => Some(None),
        _ => None,
    }
}

/// The sampling by rates that only other clients of Datadog read.
fn other_sampling(judged: &Judgement<'_>, names: &[&str], float: fn(&str) -> Option<f64>) -> ClientSampling {
    let rate = names.iter().map(|name| judged.text(name)).find(|rate| !rate.is_unset());
    match rate.unwrap_or(Lookup::Unset).map(|text| float(bare_rate(text).as_deref().unwrap_or(text))) {
        Lookup::Unset => ClientSampling::All,
        Lookup::Value(Some(rate)) if !rate.is_nan() => sampling_of(rate),
        _ => ClientSampling::Unknown,
    }
}

fn sampling_of(rate: f64) -> ClientSampling {
    if rate >= 1.0 {
        ClientSampling::All
    } else if rate > 0.0 {
        ClientSampling::Rate(rate)
    } else {
        ClientSampling::None
    }
}

/// `K:V,K2:V2`. The wrapper accepts exactly one `:` in each pair; the executor's behavior at others is unknown.
fn read_tags(judged: &mut Judgement<'_>, exits: bool) -> Option<BTreeMap<String, String>> {
    let text = match judged.text(TAGS) {
        Lookup::Value(text) => text,
        Lookup::Unset => return Some(BTreeMap::new()),
        Lookup::Hidden | Lookup::Bad => {
            judged.record(TAGS, Outcome::Used("tags of each span".into()));
            return None;
        }
    };
    let pair = |pair: &str| pair.split_once(':').filter(|(_, value)| !value.contains(':')).map(owned);
    let tags: Option<BTreeMap<String, String>> = text.split(',').map(pair).collect();
    if tags.is_none() && exits {
        let needed = "a list of name:value, with one `:` each and no comma at the end";
        judged.exits(TAGS, format!("{} is not {needed}; write name:value,name2:value2", judged.quoted_value(TAGS)));
    }
    judged.record_unless_empty(TAGS, Outcome::Used("tags of each span".into()));
    tags
}

fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

fn sends(
    mut judged: Judgement<'_>,
    port: &'static str,
    sampling: ClientSampling,
    service: Option<String>,
    tags: Option<BTreeMap<String, String>>,
) -> ClientStart {
    let host = if judged.is_node_address(HOST) { Lookup::Value("status.hostIP") } else { judged.text(HOST) };
    let is_shown = !host.is_hidden() && !judged.text(port).is_hidden();
    let address = format!("{}:{}", host.or("localhost"), judged.text(port).or(DATADOG.text));
    let is_port = |text: &str| text.trim().parse::<u16>().is_ok_and(|port| port != 0);
    let state = match judged.text(port) {
        Lookup::Value(text) if !is_port(text) => {
            let reason: Clause =
                format!("{} is not a port; write a number from 1 to 65535", judged.quoted_value(port)).into();
            judged.record(port, Outcome::SendsNothing(reason.clone()));
            ClientState::SendsNothing { variable: port, reason }
        }
        _ if matches!(host, Lookup::Value(text) if !go::can_be_host(text.trim_matches(['[', ']']))) => {
            let reason = format!("{} can't be resolved; write a host name or an address", judged.quoted_value(HOST));
            let reason: Clause = reason.into();
            judged.record(HOST, Outcome::SendsNothing(reason.clone()));
            ClientState::SendsNothing { variable: HOST, reason }
        }
        _ => ClientState::Sends(SpanFlow { agent: Some(address).filter(|_| is_shown), sampling, service, tags }),
    };
    for (name, what) in [(HOST, "the agent's host"), (port, "the agent's port"), (SERVICE, "the name of the service")] {
        judged.record_unless_empty(name, Outcome::Used(what.into()));
    }
    ClientStart { state, variables: judged.into_outcomes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(start: fn(&Environment<'_>) -> Option<ClientStart>, variables: &[(&str, &str)]) -> Option<ClientState> {
        let environment = variables.iter().map(|(name, value)| (*name, EnvText::Literal(value))).collect();
        start(&environment).map(|start| start.state)
    }

    #[test]
    fn each_of_the_two_has_names_of_its_own() {
        let env = [
            ("TRACING", "1"),
            ("DD_ENABLED", "1"),
            ("DD_TRACE_AGENT_PORT", "1001"),
            ("DATADOG_TRACE_AGENT_PORT", "1002"),
            ("DD_SAMPLING_RATE", "0.25"),
            ("DD_SAMPLE_RATE", "0"),
        ];
        let sent = |start| match state(start, &env) {
            Some(ClientState::Sends(flow)) => (flow.agent.unwrap(), flow.sampling),
            other => panic!("{other:?}"),
        };
        assert_eq!(sent(executor), ("localhost:1001".to_owned(), ClientSampling::Rate(0.25)));
        assert_eq!(sent(wrapper), ("localhost:1002".to_owned(), ClientSampling::None));
    }

    #[test]
    fn a_rate_for_another_client_counts_where_the_own_is_not_set() {
        let sampling = |start, variables: &[(&str, &str)]| match state(start, variables) {
            Some(ClientState::Sends(flow)) => flow.sampling,
            other => panic!("{other:?}"),
        };
        for (rate, expected) in
            [("0", ClientSampling::None), ("0.5", ClientSampling::Rate(0.5)), ("x", ClientSampling::Unknown)]
        {
            let env = [("TRACING", "1"), ("DD_ENABLED", "1"), ("DD_TRACE_SAMPLE_RATE", rate)];
            assert_eq!((sampling(executor, &env), sampling(wrapper, &env)), (expected.clone(), expected));
        }
        let rules = [("TRACING", "1"), ("DD_ENABLED", "1"), ("DD_TRACE_SAMPLING_RULES", r#"[{"sample_rate":0.0}]"#)];
        assert_eq!(sampling(wrapper, &rules), ClientSampling::None);
        let own = [("DD_ENABLED", "1"), ("DD_SAMPLING_RATE", "1"), ("DD_TRACE_SAMPLE_RATE", "0")];
        assert_eq!(sampling(executor, &own), ClientSampling::All);
    }

    #[test]
    fn the_wrapper_exits_where_the_executor_runs() {
        for (name, value) in [("DD_SAMPLE_RATE", "0.5"), ("DD_TAGS", "a:b:c"), ("DD_TAGS", "a:b,")] {
            let env = [("TRACING", "1"), ("DD_ENABLED", "true"), (name, value)];
            assert!(matches!(state(executor, &env), Some(ClientState::Sends(_))), "{name}={value}");
            assert!(matches!(state(wrapper, &env), Some(ClientState::Exits { variable, .. }) if variable == name));
        }
    }

    #[test]
    fn without_the_switch_nothing_goes_to_datadog() {
        for enabled in ["", "0", "no"] {
            assert_eq!(state(executor, &[("DD_ENABLED", enabled)]), None);
            assert_eq!(state(wrapper, &[("DD_ENABLED", enabled), ("TRACING", "1")]), None);
        }
        assert_eq!(state(executor, &[("DD_ENABLED", "yes")]), None);
        let without_tracing = state(wrapper, &[("DD_ENABLED", "yes")]);
        assert!(matches!(without_tracing, Some(ClientState::Off { variable: "TRACING", .. })));
    }
}
