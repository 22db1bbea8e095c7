//! The notes on a request, each printed once for a run.

use std::collections::BTreeSet;
use std::fmt;

use super::clients::ddtrace::LibraryVersion;
use super::clients::pr2859::{executor_keeps_all, wrapper_takes};
use super::options::{Given, written_text};
use super::parts::Parts;
use super::ports::Receiver;
use super::values::CheckedValue;
use super::{Backend, Reader, is_in_stock_images};

/// A warning that an accepted option may not have the expected effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// No release of Seldon Core reads what Datadog needs (26 tags of 1.x were searched; PR 2441, 2474, 2859 have it).
    StockImages,
    /// The wrapper of PR 2859 reads DD_SAMPLE_RATE with `int()`.
    FractionalRate,
    /// The executor of PR 2859 reads DD_SAMPLING_RATE, which was not given.
    UnreadRate,
    /// The wrapper of PR 2859 splits a tag at every `:`.
    ColonInTag,
    /// ddtrace ignores DD_TRACE_SAMPLE_RATE from 3.0 on (tested with 2.21, 3.0, 3.19 and 4.16).
    OldSampleRate,
    /// An option is for the orchestrator alone, into which no library is injected.
    SkippedOrchestrator,
    /// JAEGER_PASSWORD, set by `--set`, is plain text in the manifest.
    PasswordInClear,
    /// The tag of `--library-version` does not tell the version of Datadog's library.
    UnknownVersion,
    /// A port is that of another service than the receiver of the spans.
    OtherService(u16, Receiver),
}

impl Note {
    /// The reader whose env lists it is about; `None` for all. It is printed only if such a list is edited.
    pub fn reader(self) -> Option<Reader> {
        match self {
            Self::FractionalRate | Self::ColonInTag | Self::UnknownVersion => Some(Reader::Container),
            Self::UnreadRate | Self::PasswordInClear => Some(Reader::Orchestrator),
            Self::StockImages | Self::OldSampleRate | Self::SkippedOrchestrator | Self::OtherService(..) => None,
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherService(port, receiver) => {
                let what = receiver.other_service(*port).unwrap_or_default();
                return write!(f, "port {port} is {what}: no span arrives; {}", receiver.usual_port());
            }
            Self::StockImages => {
                "no release of Seldon Core reads DD_ENABLED: Datadog needs images built from pull request 2859, or \
                 with Datadog's own library, which --inject brings into stock images"
            }
            Self::FractionalRate => {
                "the Python wrapper of pull request 2859 reads DD_SAMPLE_RATE as an integer and exits at a fraction; \
                 --names standard writes what Datadog's own library reads"
            }
            Self::UnreadRate => {
                "the executor of pull request 2859 reads DD_SAMPLING_RATE and not DD_SAMPLE_RATE; --names both or \
                 standard writes it"
            }
            Self::ColonInTag => {
                "the Python wrapper of pull request 2859 exits at a `:` in a tag's value; Datadog's own library takes it"
            }
            Self::OldSampleRate => {
                "ddtrace ignores DD_TRACE_SAMPLE_RATE silently from 3.0 on; DD_TRACE_SAMPLING_RULES, which --names \
                 standard writes, works in every version"
            }
            Self::UnknownVersion => {
                "--library-version is not a version such as v2 or v4.1: make sure that the image has this tag"
            }
            Self::SkippedOrchestrator => {
                "--inject skips the orchestrator, so the options --orchestrator-… change nothing"
            }
            Self::PasswordInClear => {
                "JAEGER_PASSWORD is in the manifest in clear text; use a secretKeyRef instead"
            }
        })
    }
}

/// The notes on the given values.
pub(super) fn of(backend: Backend, given: &[Given], parts: &Parts) -> Vec<Note> {
    let text = |name: &str, reader: Reader| {
        let found = given.iter().find(|given| given.variable.name == name && given.reader == reader);
        found.and_then(|given| match &given.value {
            CheckedValue::Text(text) => Some(text.as_str()),
            CheckedValue::Service(_) | CheckedValue::Tags(_) => None,
        })
    };
    let is_given = |name: &str| given.iter().any(|given| given.variable.name == name);
    // An executor that reads no rate keeps all, too.
    let drops_traces = |rate: &str| !executor_keeps_all(rate);
    let tag_has_colon = given
        .iter()
        .filter(|given| given.variable.name == "DD_TAGS")
        .any(|given| !wrapper_takes("DD_TAGS", &written_text(&given.value)));
    let other_service = |given: &Given| {
        let at_port = |receiver: Receiver| {
            let port = given.text().parse().ok()?;
            receiver.other_service(port).map(|_| Note::OtherService(port, receiver))
        };
        let at_address = |receiver: Receiver| {
            receiver.other_service_at(given.text()).map(|(port, _)| Note::OtherService(port, receiver))
        };
        match given.variable.name {
            "JAEGER_AGENT_PORT" => at_port(Receiver::JaegerAgent),
            "JAEGER_ENDPOINT" => at_address(Receiver::JaegerCollector),
            "DATADOG_TRACE_AGENT_PORT" | "DD_TRACE_AGENT_PORT" | "DD_AGENT_PORT" => at_port(Receiver::DatadogAgent),
            "DD_TRACE_AGENT_URL" => at_address(Receiver::DatadogAgent),
            _ => None,
        }
    };
    let otlp = parts.otlp.iter().map(|otlp| otlp.address.as_str());
    let otlp = otlp.chain(parts.sidecar.collector.iter().map(|collector| collector.as_str()));
    let otlp = otlp
        .filter_map(|address| Some(Note::OtherService(Receiver::Otlp.other_service_at(address)?.0, Receiver::Otlp)));
    let other_services: BTreeSet<Note> = given.iter().filter_map(other_service).chain(otlp).collect();
    [
        (Note::StockImages, !is_in_stock_images(backend)),
        (
            Note::FractionalRate,
            text("DD_SAMPLE_RATE", Reader::Container).is_some_and(|rate| !wrapper_takes("DD_SAMPLE_RATE", rate)),
        ),
        (
            Note::UnreadRate,
            text("DD_SAMPLE_RATE", Reader::Orchestrator).is_some_and(drops_traces) && !is_given("DD_SAMPLING_RATE"),
        ),
        (Note::ColonInTag, tag_has_colon),
        (Note::OldSampleRate, is_given("DD_TRACE_SAMPLE_RATE")),
        (
            Note::UnknownVersion,
            parts.library_version.is_some() && parts.injected_version() == Some(LibraryVersion::NotKnown),
        ),
        (
            Note::SkippedOrchestrator,
            parts.inject.is_some()
                && given.iter().any(|given| given.is_specific && given.reader == Reader::Orchestrator),
        ),
        (
            Note::PasswordInClear,
            text("JAEGER_PASSWORD", Reader::Orchestrator).is_some_and(|password| !password.contains("$(")),
        ),
    ]
    .into_iter()
    .filter(|(_, holds)| *holds)
    .map(|(note, _)| note)
    .chain(other_services)
    .collect()
}
