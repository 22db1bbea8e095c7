//! Variables of Datadog's library for Python alone, beside those that decide where spans go.

use super::datadog::LIBRARY;
use super::{KnownVariable, Takes};

const fn of(name: &'static str, takes: Takes, about: &'static str, tried: &'static str) -> KnownVariable {
    KnownVariable { name, takes, about, tried: Some(tried), ..LIBRARY }
}

/// What was seen at numbers.
const START_AND_EXIT: &str = "ddtrace 2.21 and 4.16 start at a number and exit at `abc`";

/// The levels of a log file.
pub(in crate::knowledge) const LOG_LEVELS: &[&str] = &["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"];

pub(super) const SETTINGS: [KnownVariable; 13] = [
    of(
        "DD_SPAN_SAMPLING_RULES",
        Takes::Text,
        "Rules in JSON for single spans that are kept although their trace is not. Each needs a service or a name; one \
         that is no mapping makes ddtrace exit.",
        "ddtrace 2.21 and 4.16 start at `abc` and exit at `[1]`",
    ),
    of(
        "DD_SPAN_SAMPLING_RULES_FILE",
        Takes::Text,
        "The path of a file with DD_SPAN_SAMPLING_RULES. ddtrace exits if the file does not exist.",
        "ddtrace 2.21 and 4.16 exit if it does not exist",
    ),
    of(
        "DD_TRACE_WRITER_BUFFER_SIZE_BYTES",
        Takes::Integer,
        "The bytes of spans that can wait to be sent. ddtrace exits at 0 and less.",
        "ddtrace 2.21 and 4.16 start at 1048576 and exit at 0, -1 and `abc`",
    ),
    of(
        "DD_TRACE_WRITER_MAX_PAYLOAD_SIZE_BYTES",
        Takes::Integer,
        "The most bytes that ddtrace sends at once. It drops every trace that is larger, and exits at less than 0.",
        "ddtrace 2.21 and 4.16 send nothing at 0, and exit at -1 and `abc`",
    ),
    of("DD_TRACE_WRITER_INTERVAL_SECONDS", Takes::Number, "How often ddtrace sends spans.", START_AND_EXIT),
    of(
        "DD_TRACE_WRITER_REUSE_CONNECTIONS",
        Takes::Boolean,
        "Keeps the connection to the agent open.",
        "ddtrace 2.21 and 4.16 start at `true` and `abc`",
    ),
    of(
        "DD_TRACE_LOG_FILE",
        Takes::Text,
        "The file for ddtrace's own log. ddtrace exits if it can't be made, or if the value is empty.",
        "ddtrace 2.21 and 4.16 start at `/dev/null`, and exit at a folder that does not exist",
    ),
    of(
        "DD_TRACE_LOG_FILE_LEVEL",
        Takes::Word(LOG_LEVELS),
        "The level of DD_TRACE_LOG_FILE.",
        "ddtrace 2.21 and 4.16 start at `debug` and exit at `abc`",
    ),
    of(
        "DD_TRACE_LOG_FILE_SIZE_BYTES",
        Takes::Integer,
        "The size at which DD_TRACE_LOG_FILE is replaced.",
        START_AND_EXIT,
    ),
    of("DD_TRACE_LOGGING_RATE", Takes::Integer, "The seconds in which ddtrace logs a message once.", START_AND_EXIT),
    of(
        "DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH",
        Takes::Integer,
        "The longest header x-datadog-tags that ddtrace writes and reads.",
        START_AND_EXIT,
    ),
    of(
        "DD_TELEMETRY_HEARTBEAT_INTERVAL",
        Takes::Number,
        "How often ddtrace tells Datadog that it runs.",
        "ddtrace 2.21 and 4.16 start at 60 and exit at `abc`; 2.21 exits at 0, and 4.16 at -1",
    ),
    of(
        "DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS",
        Takes::Number,
        "How often ddtrace asks for its remote configuration.",
        START_AND_EXIT,
    ),
];
