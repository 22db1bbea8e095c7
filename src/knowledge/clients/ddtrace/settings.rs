//! Settings of the library that do not affect the address of spans. It exits at some values of them.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{NOT_READ, ReleaseLine, is_true, parsed, shadowed};
use crate::knowledge::clients::reading::{Judgement, Lookup};
use crate::knowledge::clients::{Clause, ClientState, Outcome};
use crate::knowledge::values::python;
use crate::knowledge::variables::KnownVariable;
use crate::knowledge::variables::library::{
    ANY, INTEGERS, INTEGERS_OF_3_19, INTEGERS_OF_4, LOG_LEVELS, NOT_NEGATIVE_INTEGERS, NUMBERS, NUMBERS_OF_3_19,
    NUMBERS_OF_4, OTEL_INTEGERS_OF_4, SETTINGS,
};

const BUFFER: &str = "DD_TRACE_WRITER_BUFFER_SIZE_BYTES";
const PAYLOAD: &str = "DD_TRACE_WRITER_MAX_PAYLOAD_SIZE_BYTES";
const LOG_FILE: &str = "DD_TRACE_LOG_FILE";
const LOG_LEVEL: &str = "DD_TRACE_LOG_FILE_LEVEL";
const HEARTBEAT: &str = "DD_TELEMETRY_HEARTBEAT_INTERVAL";
const SPAN_RULES: &str = "DD_SPAN_SAMPLING_RULES";
const SPAN_RULES_FILE: &str = "DD_SPAN_SAMPLING_RULES_FILE";
const TOP_PERCENT: &str = "DD_APPSEC_MAX_STACK_TRACE_DEPTH_TOP_PERCENT";
const POLL: &str = "DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS";
const OLD_POLL: &str = "DD_REMOTECONFIG_POLL_SECONDS";

const SINCE_3_19: ReleaseLine = ReleaseLine::ThreeLast;
const SINCE_4: ReleaseLine = ReleaseLine::Four;

const A_NUMBER: &str = "a number; write one such as 2";
const AN_INTEGER: &str = "an integer; write digits alone";
const A_SETTING: &str = "a setting of the library";

/// The variables with files, and the cases in which the process exits.
const FILES: [(&str, &str); 2] = [
    (LOG_FILE, "ddtrace exits if it can't write this file"),
    (SPAN_RULES_FILE, "ddtrace exits if it can't read this file"),
];

/// Settings with a rule of their own.
const OTHERS: [&str; 9] =
    [BUFFER, PAYLOAD, HEARTBEAT, LOG_FILE, LOG_LEVEL, SPAN_RULES, SPAN_RULES_FILE, TOP_PERCENT, OLD_POLL];

/// Returns true for a variable of this module. They are many, and rarely set.
fn is_setting(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let of_library = SETTINGS.iter().copied().flatten().map(|variable| variable.name);
        of_library.chain(OTHERS).collect()
    });
    NAMES.contains(name)
}

/// Records the settings at which the process exits. Returns the state of a process that otherwise sends spans.
pub(super) fn read(judged: &mut Judgement<'_>, line: ReleaseLine) -> Option<ClientState> {
    if !judged.has_any(is_setting) {
        return None;
    }
    read_numbers(judged, line);
    // The library divides by it, and ddtrace 4 converts it to a duration. Below 0 ddtrace 3.19 hangs at start, which is
    // as bad as an exit.
    let has_telemetry = judged.raw("DD_INSTRUMENTATION_TELEMETRY_ENABLED").map(is_true).or(true);
    let is_interval = |seconds: &f64| match line {
        ReleaseLine::Two | ReleaseLine::ThreeFirst => *seconds != 0.0,
        ReleaseLine::ThreeLast => *seconds > 0.0 || !has_telemetry,
        ReleaseLine::Four => *seconds >= 0.0 || !has_telemetry,
    };
    let interval = |text| python::float(text).filter(is_interval);
    parsed(judged, HEARTBEAT, interval, "a number of seconds; write one such as 60");
    let above = |least: i64| move |text| python::integer(text).filter(|size| *size >= least);
    parsed(judged, BUFFER, above(1), "a size in bytes; write a number such as 20971520");
    let payload = parsed(judged, PAYLOAD, above(0), "a size in bytes; write a number such as 20971520");
    let mut state = None;
    if payload == Lookup::Value(0) {
        let reason: Clause =
            "every trace is larger than 0 bytes, and is dropped; write a number such as 20971520".into();
        judged.record(PAYLOAD, Outcome::SendsNothing(reason.clone()));
        state = Some(ClientState::SendsNothing { variable: PAYLOAD, reason });
    }
    let is_level = |text: &str| LOG_LEVELS.contains(&text.to_uppercase().as_str()).then_some(());
    parsed(judged, LOG_LEVEL, is_level, "a level; write CRITICAL, ERROR, WARNING, INFO or DEBUG");
    parsed(judged, LOG_FILE, |path: &str| (!path.is_empty()).then_some(()), "a file; write a path, or leave it out");
    // A rule without a service or a name is skipped.
    let is_list_of_mappings = |text: &str| match serde_json::from_str(text) {
        Ok(serde_json::Value::Array(rules)) => rules.iter().all(serde_json::Value::is_object).then_some(()),
        _ => Some(()),
    };
    parsed(judged, SPAN_RULES, is_list_of_mappings, r#"a list of rules; write [{"service":"a","sample_rate":1}]"#);
    for (name, reason) in FILES {
        if matches!(judged.text(name), Lookup::Value(_)) {
            judged.record(name, Outcome::Unknown(reason.into()));
            state.get_or_insert(ClientState::Unknown { variable: name, reason: reason.into() });
        }
    }
    state
}

fn read_numbers(judged: &mut Judgement<'_>, line: ReleaseLine) {
    let names = |variables: &'static [KnownVariable]| variables.iter().map(|variable| variable.name);
    let numbers = [(ReleaseLine::Two, &NUMBERS[..]), (SINCE_3_19, &NUMBERS_OF_3_19), (SINCE_4, &NUMBERS_OF_4)];
    for name in numbers.into_iter().filter(|(since, _)| line >= *since).flat_map(|(_, variables)| names(variables)) {
        parsed(judged, name, python::float, A_NUMBER);
    }
    let integers = [(ReleaseLine::Two, &INTEGERS[..]), (SINCE_3_19, &INTEGERS_OF_3_19), (SINCE_4, &INTEGERS_OF_4)];
    for name in integers.into_iter().filter(|(since, _)| line >= *since).flat_map(|(_, variables)| names(variables)) {
        parsed(judged, name, python::integer, AN_INTEGER);
    }
    for name in names(&OTEL_INTEGERS_OF_4).filter(|_| line == ReleaseLine::Four) {
        judged.parsed(name, python::integer, AN_INTEGER);
    }
    for name in names(&NOT_NEGATIVE_INTEGERS) {
        let not_negative = |text| python::integer(text).filter(|number| *number >= 0);
        parsed(judged, name, not_negative, "an integer of 0 or more; write digits alone");
    }
    // NaN is valid.
    let percentage = |text| python::float(text).filter(|percent| percent.is_nan() || (0.0..=100.0).contains(percent));
    parsed(judged, TOP_PERCENT, percentage, "a percentage; write a number from 0 to 100");
    if judged.raw(POLL).is_unset() {
        parsed(judged, OLD_POLL, python::float, A_NUMBER);
    }
    judged.record(OLD_POLL, if judged.raw(POLL).is_unset() { Outcome::Used(A_SETTING.into()) } else { shadowed(POLL) });
}

/// Records that the other settings are used, or that this release does not read them.
pub(super) fn explain(judged: &mut Judgement<'_>, line: ReleaseLine) {
    if !judged.has_any(is_setting) {
        return;
    }
    let of_3_19 = [&INTEGERS_OF_3_19[..], &NUMBERS_OF_3_19].map(|variables| (SINCE_3_19, variables));
    let of_4 = [&INTEGERS_OF_4[..], &NUMBERS_OF_4, &OTEL_INTEGERS_OF_4].map(|variables| (SINCE_4, variables));
    for (since, variables) in of_3_19.into_iter().chain(of_4) {
        for variable in variables {
            match line >= since {
                true => judged.record_unless_empty(variable.name, Outcome::Used(A_SETTING.into())),
                false => judged.record(variable.name, Outcome::Ignored(NOT_READ.into())),
            }
        }
    }
    let groups = [&NUMBERS[..], &INTEGERS, &NOT_NEGATIVE_INTEGERS, &ANY].into_iter().flatten();
    for name in groups.map(|variable| variable.name).chain(OTHERS) {
        judged.record(name, Outcome::Used(A_SETTING.into()));
    }
}
