//! The settings of OpenTelemetry's SDK and exporter at which MLServer exits or sends nothing. Tried with MLServer 1.7.1
//! and OpenTelemetry 1.45.

use super::super::reading::{Judgement, Lookup};
use super::super::{Clause, Outcome};
use crate::knowledge::values::python;

const TIMEOUT: &str = "OTEL_EXPORTER_OTLP_TIMEOUT";
const TRACES_TIMEOUT: &str = "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT";
const COMPRESSION: &str = "OTEL_EXPORTER_OTLP_COMPRESSION";
const TRACES_COMPRESSION: &str = "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION";
const PROPAGATORS: &str = "OTEL_PROPAGATORS";
const QUEUE: &str = "OTEL_BSP_MAX_QUEUE_SIZE";
const BATCH: &str = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";
const DELAY: &str = "OTEL_BSP_SCHEDULE_DELAY";

/// The variables that must be whole numbers of 0 or more, or empty.
const LIMITS: [&str; 8] = [
    "OTEL_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_EVENT_COUNT_LIMIT",
    "OTEL_SPAN_LINK_COUNT_LIMIT",
];

/// MLServer has no packages with others, such as b3.
const KNOWN_PROPAGATORS: [&str; 2] = ["tracecontext", "baggage"];

const DEFAULT_QUEUE: i64 = 2048;
const DEFAULT_BATCH: i64 = 512;
const DEFAULT_DELAY: i64 = 5000;

/// Reads the settings. The error is the variable because of which nothing is sent, and the reason.
pub(super) fn read(judged: &mut Judgement<'_>) -> Result<(), (&'static str, Clause)> {
    let propagators = read_propagators(judged);
    for name in LIMITS {
        let is_limit = |text: &str| text.trim().is_empty() || python::integer(text).is_some_and(|number| number >= 0);
        if judged.raw(name).map(is_limit) == Lookup::Value(false) {
            judged.exits(name, format!("{} is not a whole number of 0 or more; write one", judged.quoted_value(name)));
        }
        judged.record(name, Outcome::Used("a limit of each span".into()));
    }
    let timeout = read_timeout(judged);
    read_compression(judged);
    read_batches(judged);
    propagators.and(timeout)
}

fn read_propagators(judged: &mut Judgement<'_>) -> Result<(), (&'static str, Clause)> {
    let names = judged.text(PROPAGATORS).map(|text| text.split(',').map(str::trim)).or("".split(',').map(str::trim));
    for name in names.filter(|_| !judged.text(PROPAGATORS).is_unset()) {
        if name.eq_ignore_ascii_case("none") {
            let reason = Clause::from("with none it answers every call with an error; remove it");
            judged.record(PROPAGATORS, Outcome::SendsNothing(reason.clone()));
            return Err((PROPAGATORS, reason));
        }
        if !KNOWN_PROPAGATORS.contains(&name) && !judged.text(PROPAGATORS).is_hidden() {
            let words = KNOWN_PROPAGATORS.join(",");
            let value = judged.quoted_value(PROPAGATORS);
            judged.exits(PROPAGATORS, format!("{value} names a propagator that it does not have; write {words}"));
            return Ok(());
        }
    }
    judged.record_unless_empty(PROPAGATORS, Outcome::Used("the headers of requests".into()));
    Ok(())
}

/// The exporter reads the second variable only if the first is unset or 0.
fn read_timeout(judged: &mut Judgement<'_>) -> Result<(), (&'static str, Clause)> {
    const NEEDED: &str = "write a number of seconds, such as 10";
    for name in [TRACES_TIMEOUT, TIMEOUT] {
        match judged.raw(name).map(python::float) {
            Lookup::Value(None) => {
                judged.exits(name, format!("{} is not a number; {NEEDED}", judged.quoted_value(name)));
                return Ok(());
            }
            Lookup::Value(Some(0.0)) if name == TRACES_TIMEOUT => {
                judged.record(name, Outcome::Replaced(format!("{TIMEOUT}, since 0 counts as unset; {NEEDED}").into()));
            }
            Lookup::Value(Some(seconds)) if !(seconds > 0.0 && seconds.is_finite()) => {
                return Err((name, format!("no call ends in {} seconds; {NEEDED}", judged.quoted_value(name)).into()));
            }
            Lookup::Value(Some(_)) => {
                judged.record(name, Outcome::Used("how many seconds it tries to send".into()));
                judged.record(TIMEOUT, Outcome::Ignored(format!("{TRACES_TIMEOUT} takes its place").into()));
                return Ok(());
            }
            _ => judged.record(name, Outcome::Used("how many seconds it tries to send".into())),
        }
    }
    Ok(())
}

fn read_compression(judged: &mut Judgement<'_>) {
    let name = if judged.raw(TRACES_COMPRESSION).is_unset() { COMPRESSION } else { TRACES_COMPRESSION };
    if judged.raw(name).map(|text| text.trim().eq_ignore_ascii_case("gzip")) == Lookup::Value(false) {
        judged.exits(name, format!("{} is not gzip; write gzip, or remove it", judged.quoted_value(name)));
    }
    judged.record(name, Outcome::Used("how spans are compressed".into()));
    judged.record(COMPRESSION, Outcome::Ignored(format!("{TRACES_COMPRESSION} takes its place").into()));
}

/// The processor that collects spans takes its default for what is no number, and exits at a number that is too small.
fn read_batches(judged: &mut Judgement<'_>) {
    let [queue, batch, _] =
        [(QUEUE, DEFAULT_QUEUE), (BATCH, DEFAULT_BATCH), (DELAY, DEFAULT_DELAY)].map(|(name, default)| {
            let number = judged.raw(name).map(python::integer);
            match number {
                Lookup::Value(None) => {
                    judged.record(name, Outcome::Replaced(format!("{default}; write a whole number").into()));
                }
                Lookup::Value(Some(..=0)) => {
                    let value = judged.quoted_value(name);
                    judged.exits(name, format!("{value} is not more than 0; write a number such as {default}"));
                }
                _ => {}
            }
            (number.map(|number| number.unwrap_or(default)), default)
        });
    let is_shown = !queue.0.is_hidden() && !batch.0.is_hidden();
    let (queue, batch) = (queue.0.or(queue.1), batch.0.or(batch.1));
    if is_shown && queue > 0 && batch > queue {
        let name = if judged.raw(BATCH).is_unset() { QUEUE } else { BATCH };
        let reason = format!("a batch of {batch} has no room in a queue of {queue}; write a smaller {BATCH}");
        judged.exits(name, reason);
    }
    for (name, what) in [(QUEUE, "the most spans that wait"), (BATCH, "the most spans of a call")] {
        judged.record(name, Outcome::Used(what.into()));
    }
    judged.record(DELAY, Outcome::Used("the milliseconds between two calls".into()));
}

#[cfg(test)]
mod tests {
    use super::super::super::{ClientState, EnvText, Environment};
    use super::super::{OTLP_SERVER, start};

    #[derive(Debug, PartialEq)]
    enum SeenStart {
        Exits,
        Nothing,
        Sends,
    }

    fn seen(variables: &[(&'static str, &str)]) -> SeenStart {
        let address = (OTLP_SERVER, EnvText::Literal("c:4317"));
        let variables = variables.iter().map(|(name, value)| (*name, EnvText::Literal(value)));
        let environment: Environment<'_> = [address].into_iter().chain(variables).collect();
        match start(&environment).unwrap().state {
            ClientState::Exits { .. } => SeenStart::Exits,
            ClientState::Sends(_) => SeenStart::Sends,
            _ => SeenStart::Nothing,
        }
    }

    #[test]
    fn the_settings_are_read_as_by_the_sdk() {
        use SeenStart::{Exits, Nothing, Sends};
        // Each was tried with MLServer 1.7.1.
        for (name, values) in [
            (
                super::TIMEOUT,
                &[("10s", Exits), ("", Exits), (" 5 ", Sends), ("1_0", Sends), ("0", Nothing), ("nan", Nothing)][..],
            ),
            (super::TIMEOUT, &[("inf", Nothing), ("-1", Nothing)]),
            (super::TRACES_TIMEOUT, &[("10s", Exits), ("", Exits), ("0", Sends)]),
            (super::COMPRESSION, &[("zip", Exits), ("", Exits), ("none", Exits), (" GZIP ", Sends)]),
            (super::TRACES_COMPRESSION, &[("zip", Exits), ("", Exits), ("gzip", Sends)]),
            (
                super::PROPAGATORS,
                &[("b3", Exits), ("jaeger", Exits), ("TraceContext", Exits), ("tracecontext,", Exits)],
            ),
            (super::PROPAGATORS, &[(" ", Exits), ("b3,none", Exits), ("none", Nothing), ("none,b3", Nothing)]),
            (super::PROPAGATORS, &[("", Sends), ("tracecontext", Sends), ("tracecontext, baggage", Sends)]),
            (super::QUEUE, &[("0", Exits), ("-1", Exits), ("511", Exits), ("512", Sends), ("abc", Sends), ("", Sends)]),
            (super::BATCH, &[("0", Exits), ("2049", Exits), ("2048", Sends), ("abc", Sends), ("", Sends)]),
            (super::DELAY, &[("0", Exits), ("-5", Exits), ("0.5", Sends), ("abc", Sends), (" 500 ", Sends)]),
            (super::LIMITS[4], &[("abc", Exits), ("-1", Exits), ("unset", Exits), ("", Sends), ("0", Sends)]),
            ("OTEL_BSP_EXPORT_TIMEOUT", &[("abc", Sends), ("-1", Sends)]),
            ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", &[("abc", Sends)]),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", &[("foo", Sends)]),
            ("OTEL_TRACES_EXPORTER", &[("none", Sends)]),
        ] {
            for (value, expected) in values {
                assert_eq!(seen(&[(name, value)]), *expected, "{name}={value}");
            }
        }
        for (variables, expected) in [
            ([(super::TRACES_TIMEOUT, "10"), (super::TIMEOUT, "10s")], Sends),
            ([(super::TRACES_TIMEOUT, "0"), (super::TIMEOUT, "10s")], Exits),
            ([(super::TRACES_COMPRESSION, "gzip"), (super::COMPRESSION, "zip")], Sends),
            ([(super::BATCH, "10"), (super::QUEUE, "20")], Sends),
            ([("OTEL_SDK_DISABLED", "true"), (super::TIMEOUT, "10s")], Exits),
            ([("OTEL_TRACES_SAMPLER", "always_off"), (super::DELAY, "0")], Exits),
        ] {
            assert_eq!(seen(&variables), expected, "{variables:?}");
        }
    }
}
