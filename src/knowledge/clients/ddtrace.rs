//! Datadog's library for Python (ddtrace), as `ddtrace-run`, `import ddtrace.auto` and library injection start it.
//!
//! If the library exits under library injection, the process continues without spans. Versions read their environment
//! in one of four ways ([`ReleaseLine`]); one version of each was tried ([`tried`]). Releases 3.1 to 3.18 adopted the
//! behavior of 3.19 step by step: where 3.0 and 3.19 differ, their behavior is unknown.

mod address;
mod names;
mod rules;
mod sampling;
mod settings;
mod versions;

use super::reading::{Judgement, Lookup};
use super::{ClientSampling, ClientStart, ClientState, Environment, Outcome, SpanFlow};
use crate::knowledge::names::{numbers, tag_of};
use names::SpanNames;

const ENABLED: &str = "DD_TRACE_ENABLED";
const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
const LOGS: &str = "DD_LOGS_INJECTION";

/// The versions that were tried, as text for `concat!`.
macro_rules! tried {
    () => {
        "2.21, 3.0, 3.19 and 4.16"
    };
}
pub(crate) use tried;

/// The version of Datadog's library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LibraryVersion {
    /// The first two numbers.
    Known(u32, u32),
    /// The manifest does not show it.
    NotKnown,
}

impl LibraryVersion {
    /// The version of the image of an init container. Without a tag it is the latest.
    pub(crate) fn of_image(image: &str) -> Self {
        match tag_of(image) {
            "" if image.contains('@') => Self::NotKnown,
            "" => Self::of_tag("latest"),
            tag => Self::of_tag(tag),
        }
    }

    /// The version of an image's tag, or of an annotation for the admission controller.
    pub(crate) fn of_tag(tag: &str) -> Self {
        match tag {
            // The latest is 4 or later.
            "latest" => Self::Known(4, u32::MAX),
            _ => numbers(tag).map_or(Self::NotKnown, |(major, minor)| Self::Known(major, minor)),
        }
    }

    /// The lines that it may be of.
    fn lines(self) -> &'static [ReleaseLine] {
        match self {
            Self::Known(..=2, _) => &[ReleaseLine::Two],
            Self::Known(3, 0) => &[ReleaseLine::ThreeFirst],
            Self::Known(3, 1..19) => &[ReleaseLine::ThreeFirst, ReleaseLine::ThreeLast],
            Self::Known(3, 19..) => &[ReleaseLine::ThreeLast],
            Self::Known(4.., _) => &[ReleaseLine::Four],
            Self::NotKnown => &versions::ALL,
        }
    }
}

/// The groups of versions that read their environment in the same way, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ReleaseLine {
    Two,
    /// 3.0, which reads rates as 4 does, and everything else as 2 does.
    ThreeFirst,
    /// 3.19, the last of 3, which reads most as 4 does.
    ThreeLast,
    Four,
}

/// The reason for ignoring a variable that other versions read.
const NOT_READ: &str = "this version of ddtrace does not read it";

/// Variables that look as if the library read them, and what it does instead.
const UNREAD: &[(&str, &str)] = &[
    ("TRACING", "the library is switched by DD_TRACE_ENABLED"),
    ("DD_ENABLED", "the library is switched by DD_TRACE_ENABLED"),
    ("DD_SAMPLE_RATE", "the library reads DD_TRACE_SAMPLING_RULES"),
    ("DD_SAMPLING_RATE", "the library reads DD_TRACE_SAMPLING_RULES"),
    ("DATADOG_TRACE_AGENT_PORT", "the library has not read it since 0.55; write DD_TRACE_AGENT_PORT"),
    ("DATADOG_TRACE_AGENT_HOSTNAME", "the library reads DD_AGENT_HOST"),
    ("DATADOG_SERVICE_NAME", "the library reads DD_SERVICE"),
    ("DD_SERVICE_NAME", "the library reads DD_SERVICE"),
];

/// The headers that the library knows.
const STYLES: [&str; 6] = ["datadog", "b3multi", "b3", "tracecontext", "baggage", "none"];

/// The start of a process with the library in this environment.
pub(crate) fn start(environment: &Environment<'_>, version: LibraryVersion) -> ClientStart {
    match version.lines() {
        [line] => start_of(environment, *line),
        lines => versions::alike(lines.iter().map(|line| (*line, start_of(environment, *line))).collect()),
    }
}

/// The sampling of the library in this environment, also where it is off.
pub(crate) fn sampling(environment: &Environment<'_>, version: LibraryVersion) -> ClientSampling {
    let in_line = |line: &ReleaseLine| {
        let mut judged = Judgement::new(environment);
        let names = SpanNames::read(&mut judged, *line);
        sampling::read(&mut judged, *line, &names)
    };
    let alike = |one, other| if one == other { one } else { ClientSampling::Unknown };
    version.lines().iter().map(in_line).reduce(alike).unwrap_or(ClientSampling::Unknown)
}

fn start_of(environment: &Environment<'_>, line: ReleaseLine) -> ClientStart {
    let mut judged = Judgement::new(environment);
    let settings = settings::read(&mut judged, line);
    let names = SpanNames::read(&mut judged, line);
    let sampling = sampling::read(&mut judged, line, &names);
    let off = read_switch(&mut judged);
    let destination = address::read(&mut judged, line);
    explain(&mut judged, line);
    settings::explain(&mut judged, line);
    let state = match (judged.exit(), off, destination) {
        (Some((variable, reason)), ..) => ClientState::Exits { variable, reason },
        (None, Some(off), _) => off,
        (None, None, Err((variable, reason))) => ClientState::SendsNothing { variable, reason },
        (None, None, Ok(agent)) => settings.unwrap_or(ClientState::Sends(SpanFlow {
            agent,
            sampling,
            service: names.service,
            tags: names.tags,
        })),
    };
    ClientStart { state, variables: judged.into_outcomes() }
}

/// The state of a process that makes no spans, or may make none.
fn read_switch(judged: &mut Judgement<'_>) -> Option<ClientState> {
    let (variable, value) = match judged.raw(ENABLED) {
        Lookup::Unset => {
            let is_none = |exporter: &str| exporter.eq_ignore_ascii_case("none");
            (EXPORTER, judged.text(EXPORTER).map(|exporter| !is_none(exporter)))
        }
        value => (ENABLED, value.map(is_true)),
    };
    if let Some(reason) = judged.hidden_reason(variable) {
        judged.record(variable, Outcome::Used("the switch of tracing".into()));
        return Some(ClientState::Unknown { variable, reason: reason.to_owned().into() });
    }
    let is_on = value.or(true);
    let outcome = match judged.raw(ENABLED).map(|text| text.to_lowercase()) {
        Lookup::Value(text) if !is_on && !["false", "0"].contains(&text.as_str()) => {
            Outcome::Replaced("false, since only true and 1 switch tracing on; write true or false".into())
        }
        _ if is_on => Outcome::Used("tracing is on".into()),
        _ => Outcome::Used("tracing is off".into()),
    };
    if variable == ENABLED {
        judged.record(ENABLED, outcome);
        if judged.text(EXPORTER).map(|exporter| exporter.eq_ignore_ascii_case("none")).or(false) {
            judged.record(EXPORTER, shadowed(ENABLED));
        }
    } else if !is_on {
        judged.record(EXPORTER, outcome);
    }
    (!is_on).then_some(ClientState::Off { variable, reason: "tracing is off".into() })
}

/// Records the outcome of each variable that has none yet.
fn explain(judged: &mut Judgement<'_>, line: ReleaseLine) {
    for (name, instead) in UNREAD {
        judged.record(name, Outcome::Ignored((*instead).into()));
    }
    let is_structured = |text: &str| line >= ReleaseLine::ThreeLast && text.eq_ignore_ascii_case("structured");
    let outcome = match judged.raw(LOGS).map(|text| is_true(text) || is_structured(text)) {
        Lookup::Value(false) => Outcome::Used("the switch of the trace's identifier in log lines, which is off".into()),
        _ => Outcome::Used("the switch of the trace's identifier in log lines, which is on".into()),
    };
    judged.record(LOGS, outcome);
    for name in
        ["DD_TRACE_PROPAGATION_STYLE", "DD_TRACE_PROPAGATION_STYLE_EXTRACT", "DD_TRACE_PROPAGATION_STYLE_INJECT"]
    {
        let outcome = match judged.raw(name) {
            Lookup::Value(text) => outcome_of_styles(text, line),
            _ => Outcome::Used("the headers of requests".into()),
        };
        judged.record(name, outcome);
    }
}

fn outcome_of_styles(text: &str, line: ReleaseLine) -> Outcome {
    let styles: Vec<String> = text.split(',').map(|style| style.trim().to_lowercase()).collect();
    let is_known =
        |style: &&String| STYLES.contains(&style.as_str()) || line == ReleaseLine::Two && *style == "b3 single header";
    let known: Vec<&str> = styles.iter().filter(is_known).map(String::as_str).collect();
    match known.as_slice() {
        known if known.len() == styles.len() => Outcome::Used("the headers of requests".into()),
        [] => Outcome::Replaced(
            format!("no headers, so that no trace is joined; write some of {}", STYLES.join(", ")).into(),
        ),
        known => Outcome::Replaced(format!("{} alone, since the library knows no other", known.join(", ")).into()),
    }
}

/// `asbool`
pub(super) fn is_true(text: &str) -> bool {
    ["true", "1"].contains(&text.to_lowercase().as_str())
}

/// The outcome of a variable that another one overrides.
fn shadowed(by: &str) -> Outcome {
    Outcome::Ignored(format!("{by} takes its place").into())
}

/// The parsed value of a variable that is set, even if it is empty. The process exits if parsing fails; `needed` is
/// what to write instead.
fn parsed<'e, T>(
    judged: &mut Judgement<'e>,
    name: &'static str,
    parse: impl FnOnce(&'e str) -> Option<T>,
    needed: &str,
) -> Lookup<T> {
    let value = judged.raw(name);
    judged.parse(name, value, parse, needed)
}

#[cfg(test)]
mod tests;
