//! Variables that only Datadog's library for Python reads, except those for the address of spans. Each group has the
//! variables at which it exits in the same cases.

use super::{KnownVariable, Readers, Takes};
use crate::knowledge::clients::programs::Program::Libraries;
use crate::knowledge::clients::programs::{Unset, reads};

/// A variable of Datadog's own libraries alone, which `--set` writes.
pub(super) const LIBRARY: KnownVariable = KnownVariable {
    name: "",
    readers: Readers::Both,
    takes: Takes::Text,
    entry: None,
    readings: &[reads(Libraries, Unset::Nothing)],
    about: "",
    tried: None,
};

const fn of(name: &'static str, takes: Takes, about: &'static str, tried: &'static str) -> KnownVariable {
    KnownVariable { name, takes, about, tried: Some(tried), ..LIBRARY }
}

/// The behavior of all versions at numbers.
const START_AND_EXIT: &str = "ddtrace 2.21 to 4.16 start at a number and exit at `abc`";

/// The behavior at numbers that were added after ddtrace 3.0.
const EXIT_OF_3_19: &str = "ddtrace 3.19 and 4.16 start at a number and exit at `abc`; 2.21 and 3.0 do not read it";

/// The behavior at numbers that only ddtrace 4 reads.
const EXIT_OF_4: &str = "ddtrace 4.16 starts at a number and exits at `abc`; 2.21 to 3.19 do not read it";

/// The behavior of all versions at a limit.
const NOT_NEGATIVE: &str = "ddtrace 2.21 to 4.16 start at 0, and exit at -1 and `abc`";

const fn integer(name: &'static str, about: &'static str) -> KnownVariable {
    of(name, Takes::Integer, about, START_AND_EXIT)
}

const fn number(name: &'static str, about: &'static str) -> KnownVariable {
    of(name, Takes::Number, about, START_AND_EXIT)
}

const fn of_3_19(name: &'static str, takes: Takes, about: &'static str) -> KnownVariable {
    of(name, takes, about, EXIT_OF_3_19)
}

const fn of_4(name: &'static str, takes: Takes, about: &'static str) -> KnownVariable {
    of(name, takes, about, EXIT_OF_4)
}

/// A variable at which it never exits.
const fn any(name: &'static str, takes: Takes, about: &'static str) -> KnownVariable {
    of(name, takes, about, "ddtrace 2.21 to 4.16 start at every value")
}

/// The levels of a log file.
pub(in crate::knowledge) const LOG_LEVELS: &[&str] = &["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"];

/// All of them.
pub(in crate::knowledge) const SETTINGS: [&[KnownVariable]; 10] = [
    &INTEGERS,
    &NUMBERS,
    &INTEGERS_OF_3_19,
    &NUMBERS_OF_3_19,
    &INTEGERS_OF_4,
    &NUMBERS_OF_4,
    &OTEL_INTEGERS_OF_4,
    &NOT_NEGATIVE_INTEGERS,
    &OTHERS,
    &ANY,
];

/// Variables at which it exits unless they are integers. An empty value is not one.
pub(in crate::knowledge) const INTEGERS: [KnownVariable; 7] = [
    KnownVariable {
        readings: &[reads(Libraries, Unset::Value("300"))],
        ..integer(
            "DD_TRACE_PARTIAL_FLUSH_MIN_SPANS",
            "The number of finished spans from which ddtrace sends those of an unfinished trace.",
        )
    },
    integer("DD_TRACE_LOG_FILE_SIZE_BYTES", "The size at which DD_TRACE_LOG_FILE is replaced."),
    integer("DD_TRACE_LOGGING_RATE", "The seconds in which ddtrace logs a message once."),
    integer("DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH", "The longest header x-datadog-tags that ddtrace writes and reads."),
    integer("DD_TRACE_SPAN_TRACEBACK_MAX_SIZE", "The most frames of the traceback in a span with an error."),
    integer("DD_IAST_MAX_CONCURRENT_REQUESTS", "The requests that DD_IAST_ENABLED analyzes at the same time."),
    integer("DD_IAST_VULNERABILITIES_PER_REQUEST", "The most that DD_IAST_ENABLED finds in a request."),
];

/// Variables at which it exits unless they are numbers. An empty value is not one.
pub(in crate::knowledge) const NUMBERS: [KnownVariable; 7] = [
    KnownVariable {
        readings: &[reads(Libraries, Unset::Value("2"))],
        ..number("DD_TRACE_AGENT_TIMEOUT_SECONDS", "How many seconds ddtrace waits for the agent.")
    },
    number("DD_TRACE_WRITER_INTERVAL_SECONDS", "How often ddtrace sends spans."),
    number("DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS", "How often ddtrace asks for its remote configuration."),
    number("DD_APPSEC_WAF_TIMEOUT", "How many milliseconds DD_APPSEC_ENABLED may look at a request."),
    number("DD_API_SECURITY_SAMPLE_DELAY", "How often DD_APPSEC_ENABLED looks at the schema of an endpoint."),
    number("DD_IAST_REQUEST_SAMPLING", "The percentage of the requests that DD_IAST_ENABLED looks at."),
    number("DD_LLMOBS_SAMPLE_RATE", "The share of the calls of language models that Datadog evaluates."),
];

/// Like [`INTEGERS`], but ddtrace 2 and 3.0 do not read them.
pub(in crate::knowledge) const INTEGERS_OF_3_19: [KnownVariable; 6] = [
    of_3_19("DD_API_SECURITY_ENDPOINT_COLLECTION_MESSAGE_LIMIT", Takes::Integer, "The endpoints in one message."),
    of_3_19(
        "DD_API_SECURITY_MAX_DOWNSTREAM_REQUEST_BODY_ANALYSIS",
        Takes::Integer,
        "The calls of a request whose bodies DD_APPSEC_ENABLED looks at.",
    ),
    of_3_19("DD_IAST_TRUNCATION_MAX_VALUE_LENGTH", Takes::Integer, "The longest value that DD_IAST_ENABLED reports."),
    of_3_19("DD_AI_GUARD_TIMEOUT", Takes::Integer, "How many milliseconds ddtrace waits for AI Guard."),
    of_3_19("DD_AI_GUARD_MAX_CONTENT_SIZE", Takes::Integer, "The most bytes of a message to AI Guard."),
    of_3_19("DD_AI_GUARD_MAX_MESSAGES_LENGTH", Takes::Integer, "The most messages that AI Guard gets."),
];

/// Like [`INTEGERS`], but only ddtrace 4 reads them.
pub(in crate::knowledge) const INTEGERS_OF_4: [KnownVariable; 7] = [
    of_4("DD_TRACE_STATS_CARDINALITY_LIMIT", Takes::Integer, "A limit of the statistics that ddtrace makes itself."),
    of_4(
        "DD_TRACE_STATS_RESOURCE_CARDINALITY_LIMIT",
        Takes::Integer,
        "The most values of resources in the statistics that ddtrace makes itself.",
    ),
    of_4(
        "DD_TRACE_STATS_HTTP_ENDPOINT_CARDINALITY_LIMIT",
        Takes::Integer,
        "The most values of endpoints in the statistics that ddtrace makes itself.",
    ),
    of_4(
        "DD_TRACE_STATS_PEER_TAGS_CARDINALITY_LIMIT",
        Takes::Integer,
        "The most values of peer tags in the statistics that ddtrace makes itself.",
    ),
    of_4(
        "DD_TRACE_STATS_ADDITIONAL_TAGS_CARDINALITY_LIMIT",
        Takes::Integer,
        "The most values of additional tags in the statistics that ddtrace makes itself.",
    ),
    of_4("DD_LLMOBS_PAYLOAD_SIZE_BYTES", Takes::Integer, "The most bytes of spans of language models at once."),
    of_4("DD_LLMOBS_EVENT_SIZE_BYTES", Takes::Integer, "The most bytes of one span of a language model."),
];

/// Like [`NUMBERS`], but ddtrace 2 and 3.0 do not read them.
pub(in crate::knowledge) const NUMBERS_OF_3_19: [KnownVariable; 3] = [
    of_3_19(
        "DD_TRACE_EXPERIMENTAL_LONG_RUNNING_FLUSH_INTERVAL",
        Takes::Number,
        "How often ddtrace sends a span that is not finished.",
    ),
    of_3_19(
        "DD_TRACE_EXPERIMENTAL_LONG_RUNNING_INITIAL_FLUSH_INTERVAL",
        Takes::Number,
        "After how many seconds ddtrace first sends a span that is not finished.",
    ),
    of_3_19("DD_FASTAPI_ASYNC_BODY_TIMEOUT_SECONDS", Takes::Number, "How long ddtrace waits for a body in FastAPI."),
];

/// Like [`NUMBERS`], but only ddtrace 4 reads them.
pub(in crate::knowledge) const NUMBERS_OF_4: [KnownVariable; 1] = [of_4(
    "DD_API_SECURITY_DOWNSTREAM_BODY_ANALYSIS_SAMPLE_RATE",
    Takes::Number,
    "The share of calls whose bodies DD_APPSEC_ENABLED looks at.",
)];

/// OpenTelemetry's timeouts and intervals, in milliseconds. An empty one counts as unset.
pub(in crate::knowledge) const OTEL_INTEGERS_OF_4: [KnownVariable; 6] = [
    of_4(
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        Takes::Integer,
        "How many milliseconds ddtrace 4.16 waits for the collector. It exits at anything but an integer, even if it \
         sends to Datadog's agent. To MLServer it is a number of seconds: it exits at anything else, and sends nothing \
         at 0.",
    ),
    of_4("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", Takes::Integer, "OTEL_EXPORTER_OTLP_TIMEOUT for traces only."),
    of_4("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", Takes::Integer, "OTEL_EXPORTER_OTLP_TIMEOUT for logs only."),
    of_4("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", Takes::Integer, "OTEL_EXPORTER_OTLP_TIMEOUT for metrics only."),
    of_4("OTEL_METRIC_EXPORT_INTERVAL", Takes::Integer, "How often ddtrace 4.16 sends OpenTelemetry's metrics."),
    of_4(
        "OTEL_METRIC_EXPORT_TIMEOUT",
        Takes::Integer,
        "How many milliseconds ddtrace 4.16 takes to send OpenTelemetry's metrics.",
    ),
];

/// Variables at which it exits unless they are integers of 0 or more.
pub(in crate::knowledge) const NOT_NEGATIVE_INTEGERS: [KnownVariable; 2] = [
    of("DD_APPSEC_MAX_STACK_TRACES", Takes::Integer, "The stack traces of a request that was blocked.", NOT_NEGATIVE),
    of(
        "DD_APPSEC_MAX_STACK_TRACE_DEPTH",
        Takes::Integer,
        "The most frames of the stack trace of a request that was blocked.",
        NOT_NEGATIVE,
    ),
];

/// Variables with a rule of their own.
const OTHERS: [KnownVariable; 9] = [
    of(
        "DD_APPSEC_MAX_STACK_TRACE_DEPTH_TOP_PERCENT",
        Takes::Number,
        "The percentage of frames in the stack trace of a blocked request that is from the top of the stack.",
        "ddtrace 2.21 to 4.16 start at 0 and 100, and exit at -1, 101 and `abc`",
    ),
    of(
        "DD_REMOTECONFIG_POLL_SECONDS",
        Takes::Number,
        "An old name of DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS.",
        START_AND_EXIT,
    ),
    of(
        "DD_SPAN_SAMPLING_RULES",
        Takes::Text,
        "Rules in JSON for single spans that are kept although their trace is not. Each needs a service or a name; one \
         that is no mapping makes ddtrace exit.",
        "ddtrace 2.21 to 4.16 start at `abc` and exit at `[1]`",
    ),
    of(
        "DD_SPAN_SAMPLING_RULES_FILE",
        Takes::Text,
        "The path of a file with DD_SPAN_SAMPLING_RULES. ddtrace exits if the file does not exist.",
        "ddtrace 2.21 to 4.16 exit if it does not exist",
    ),
    of(
        "DD_TRACE_WRITER_BUFFER_SIZE_BYTES",
        Takes::Integer,
        "The bytes of spans that can wait to be sent. ddtrace exits at 0 and less.",
        "ddtrace 2.21 to 4.16 start at 1048576 and exit at 0, -1 and `abc`",
    ),
    of(
        "DD_TRACE_WRITER_MAX_PAYLOAD_SIZE_BYTES",
        Takes::Integer,
        "The most bytes that ddtrace sends at once. It drops every trace that is larger, and exits at less than 0.",
        "ddtrace 2.21 to 4.16 send nothing at 0, and exit at -1 and `abc`",
    ),
    of(
        "DD_TRACE_LOG_FILE",
        Takes::Text,
        "The file for ddtrace's own log. ddtrace exits if it can't be made, or if the value is empty.",
        "ddtrace 2.21 to 4.16 start at `/dev/null`, and exit at a folder that does not exist",
    ),
    of(
        "DD_TRACE_LOG_FILE_LEVEL",
        Takes::Word(LOG_LEVELS),
        "The level of DD_TRACE_LOG_FILE.",
        "ddtrace 2.21 to 4.16 start at `debug` and exit at `abc`",
    ),
    of(
        "DD_TELEMETRY_HEARTBEAT_INTERVAL",
        Takes::Number,
        "How often ddtrace tells Datadog that it runs.",
        "ddtrace 2.21 to 4.16 start at 60 and exit at `abc`; 2.21 to 3.19 exit at 0, 4.16 at -1, at which 3.19 hangs",
    ),
];

/// Variables at which it never exits.
pub(in crate::knowledge) const ANY: [KnownVariable; 47] = [
    KnownVariable {
        readings: &[reads(Libraries, Unset::Value("false"))],
        ..any(
            "DD_PROFILING_ENABLED",
            Takes::Boolean,
            "Switches Datadog's profiler on. It is independent of tracing: with a bad setting of its own it stays off.",
        )
    },
    KnownVariable {
        readings: &[reads(Libraries, Unset::Value("false"))],
        ..any(
            "DD_APPSEC_ENABLED",
            Takes::Boolean,
            "Switches Datadog's threat detection on. It is independent of tracing.",
        )
    },
    any("DD_TRACE_WRITER_REUSE_CONNECTIONS", Takes::Boolean, "Keeps the connection to the agent open."),
    any("DD_TRACE_DEBUG", Takes::Boolean, "Makes ddtrace log what it does, each span that it sends included."),
    any("DD_TRACE_STARTUP_LOGS", Takes::Boolean, "Makes ddtrace log its configuration at start."),
    any(
        "DD_APM_TRACING_ENABLED",
        Takes::Boolean,
        "False is for those who use other products of Datadog's alone. Without one of them it changes nothing.",
    ),
    any("DD_INSTRUMENTATION_TELEMETRY_ENABLED", Takes::Boolean, "Makes ddtrace tell Datadog how it is used."),
    any("DD_REMOTE_CONFIGURATION_ENABLED", Takes::Boolean, "Lets Datadog change the configuration while it runs."),
    any("DD_RUNTIME_METRICS_ENABLED", Takes::Boolean, "Makes ddtrace send metrics of Python to DogStatsD."),
    any("DD_DOGSTATSD_DISABLE", Takes::Boolean, "Switches the client for DogStatsD off."),
    any("DD_TRACE_HEALTH_METRICS_ENABLED", Takes::Boolean, "Makes ddtrace send metrics of itself to DogStatsD."),
    any("DD_SERVICE_MAPPING", Takes::Text, "Other names for services, as FROM:TO,FROM2:TO2."),
    any("DD_TRACE_PEER_SERVICE_MAPPING", Takes::Text, "Other names for called services, as FROM:TO,FROM2:TO2."),
    any("DD_TRACE_HEADER_TAGS", Takes::Text, "Headers of requests that become tags, as HEADER:TAG,HEADER2:TAG2."),
    any("DD_TRACE_CLIENT_IP_ENABLED", Takes::Boolean, "Makes the address of the caller a tag."),
    any("DD_TRACE_CLIENT_IP_HEADER", Takes::Text, "The header with the address of the caller."),
    any("DD_TRACE_HTTP_SERVER_ERROR_STATUSES", Takes::Text, "The statuses that count as errors, such as 500-599."),
    any("DD_HTTP_SERVER_TAG_QUERY_STRING", Takes::Boolean, "Keeps the query in the URLs of spans."),
    any("DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP", Takes::Text, "The parts of a query that are masked."),
    any("DD_TRACE_METHODS", Takes::Text, "Functions that get a span each, as MODULE:FUNCTION,FUNCTION2."),
    any("DD_TRACE_SPAN_ATTRIBUTE_SCHEMA", Takes::Word(&["v0", "v1"]), "How spans and services are named."),
    any("DD_TRACE_REPORT_HOSTNAME", Takes::Boolean, "Makes the name of the host a tag."),
    any("DD_HOSTNAME", Takes::Text, "The name of the host that DD_TRACE_REPORT_HOSTNAME makes a tag."),
    any("DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED", Takes::Boolean, "Makes identifiers of traces of 128 bits."),
    any("DD_TRACE_PARTIAL_FLUSH_ENABLED", Takes::Boolean, "Sends spans of traces that are not finished."),
    any("DD_TRACE_COMPUTE_STATS", Takes::Boolean, "An old name of DD_TRACE_STATS_COMPUTATION_ENABLED."),
    any("DD_TRACE_STATS_COMPUTATION_ENABLED", Takes::Boolean, "Makes ddtrace count calls itself."),
    any("DD_TRACE_PROPAGATION_EXTRACT_FIRST", Takes::Boolean, "Takes the first kind of headers that is found alone."),
    any(
        "DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT",
        Takes::Word(&["continue", "restart", "ignore"]),
        "What becomes of the trace of the caller; with `ignore` no trace is joined.",
    ),
    any("DD_TRACE_OTEL_ENABLED", Takes::Boolean, "Lets spans of OpenTelemetry's API go to Datadog."),
    any("DD_TRACE_API_VERSION", Takes::Word(&["v0.4", "v0.5"]), "The format in which spans are sent to the agent."),
    any("DD_PATCH_MODULES", Takes::Text, "The modules that are traced or not, as MODULE:true,MODULE2:false."),
    any("DD_GIT_REPOSITORY_URL", Takes::Text, "The repository of the program."),
    any("DD_GIT_COMMIT_SHA", Takes::Text, "The commit of the program."),
    any("DD_CRASHTRACKING_ENABLED", Takes::Boolean, "Makes ddtrace report crashes."),
    any("DD_IAST_ENABLED", Takes::Boolean, "Makes ddtrace look for vulnerabilities."),
    any("DD_APPSEC_TRACE_RATE_LIMIT", Takes::Integer, "The most traces a second that DD_APPSEC_ENABLED keeps."),
    any("DD_DYNAMIC_INSTRUMENTATION_ENABLED", Takes::Boolean, "Lets Datadog add probes while the program runs."),
    any("DD_EXCEPTION_REPLAY_ENABLED", Takes::Boolean, "Makes ddtrace report variables beside exceptions."),
    any("DD_CODE_ORIGIN_FOR_SPANS_ENABLED", Takes::Boolean, "Makes the place in the code a tag."),
    any("DD_DATA_STREAMS_ENABLED", Takes::Boolean, "Makes ddtrace follow messages in queues."),
    any(
        "OTEL_PROPAGATORS",
        Takes::Text,
        "The headers, unless DD_TRACE_PROPAGATION_STYLE is set. MLServer has tracecontext and baggage, exits at others, \
         and answers no call with none.",
    ),
    any("OTEL_LOG_LEVEL", Takes::Text, "With `debug` the same as DD_TRACE_DEBUG."),
    any("OTEL_METRICS_EXPORTER", Takes::Text, "With `none` the same as DD_RUNTIME_METRICS_ENABLED switched off."),
    any("OTEL_LOGS_EXPORTER", Takes::Text, "ddtrace knows `none` alone."),
    any("OTEL_SDK_DISABLED", Takes::Boolean, "False is the same as DD_TRACE_OTEL_ENABLED."),
    any(
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        Takes::Word(&["http/json", "http/protobuf", "grpc"]),
        "How ddtrace 4.16 sends to a collector. ddtrace 2 and 3 do not.",
    ),
];
