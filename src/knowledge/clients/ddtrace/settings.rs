//! Settings of the library that have no part in where spans go, but at some of which it exits.

use super::{ReleaseLine, is_true, parsed};
use crate::knowledge::clients::reading::{Judgement, Lookup};
use crate::knowledge::clients::{Clause, ClientState, Outcome};
use crate::knowledge::values::python;
use crate::knowledge::variables::library::LOG_LEVELS;

const BUFFER: &str = "DD_TRACE_WRITER_BUFFER_SIZE_BYTES";
const PAYLOAD: &str = "DD_TRACE_WRITER_MAX_PAYLOAD_SIZE_BYTES";
const LOG_FILE: &str = "DD_TRACE_LOG_FILE";
const LOG_LEVEL: &str = "DD_TRACE_LOG_FILE_LEVEL";
const HEARTBEAT: &str = "DD_TELEMETRY_HEARTBEAT_INTERVAL";
const SPAN_RULES: &str = "DD_SPAN_SAMPLING_RULES";
const SPAN_RULES_FILE: &str = "DD_SPAN_SAMPLING_RULES_FILE";

/// Files, and when the process exits because of them.
const FILES: [(&str, &str); 2] = [
    (LOG_FILE, "ddtrace exits if it can't write this file"),
    (SPAN_RULES_FILE, "ddtrace exits if it can't read this file"),
];

const INTEGERS: [&str; 4] = [
    "DD_TRACE_PARTIAL_FLUSH_MIN_SPANS",
    "DD_TRACE_LOG_FILE_SIZE_BYTES",
    "DD_TRACE_LOGGING_RATE",
    "DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH",
];
const NUMBERS: [&str; 3] =
    ["DD_TRACE_AGENT_TIMEOUT_SECONDS", "DD_TRACE_WRITER_INTERVAL_SECONDS", "DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS"];
const OTHERS: [&str; 8] =
    [BUFFER, PAYLOAD, HEARTBEAT, LOG_FILE, LOG_LEVEL, SPAN_RULES, SPAN_RULES_FILE, "DD_TRACE_WRITER_REUSE_CONNECTIONS"];

/// Says at which of them the process exits. The state is that of a process that otherwise sends spans.
pub(super) fn read(judged: &mut Judgement<'_>, line: ReleaseLine) -> Option<ClientState> {
    for name in NUMBERS {
        parsed(judged, name, python::float, "a number; write one such as 2");
    }
    for name in INTEGERS {
        parsed(judged, name, python::integer, "an integer; write digits alone");
    }
    // ddtrace 2 divides by it; ddtrace 4 makes a duration of it where telemetry is on.
    let has_telemetry = judged.raw("DD_INSTRUMENTATION_TELEMETRY_ENABLED").map(is_true).or(true);
    let is_interval = |seconds: &f64| match line {
        ReleaseLine::Two => *seconds != 0.0,
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
        judged.say(PAYLOAD, Outcome::SendsNothing(reason.clone()));
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
            judged.say(name, Outcome::Unknown(reason.into()));
            state.get_or_insert(ClientState::Unknown { variable: name, reason: reason.into() });
        }
    }
    state
}

/// Says of the others that they are used.
pub(super) fn explain(judged: &mut Judgement<'_>) {
    for name in NUMBERS.into_iter().chain(INTEGERS).chain(OTHERS) {
        judged.say(name, Outcome::Used("a setting of the library".into()));
    }
}
