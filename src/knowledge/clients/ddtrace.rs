//! Datadog's library for Python (ddtrace), as `ddtrace-run`, `import ddtrace.auto` and library injection start it.
//!
//! Under library injection a process at which the library exits runs on, without spans. Versions read their environment
//! in one of two ways ([`ReleaseLine`]), of which 2.21 and 4.16 were tried.

mod address;
mod names;
mod rules;
mod sampling;
mod settings;

use super::reading::{Judgement, Lookup};
use super::{ClientSampling, ClientStart, ClientState, Environment, Outcome, SpanFlow};
use names::SpanNames;

const ENABLED: &str = "DD_TRACE_ENABLED";
const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
const LOGS: &str = "DD_LOGS_INJECTION";

/// The version of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LibraryVersion {
    /// Its first two numbers.
    Known(u32, u32),
    /// The manifest does not show it.
    NotKnown,
}

/// The versions that read their environment alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReleaseLine {
    Two,
    Four,
}

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
    match version {
        LibraryVersion::Known(..=2, _) => start_of(environment, ReleaseLine::Two),
        LibraryVersion::Known(4.., _) => start_of(environment, ReleaseLine::Four),
        // Releases of 3 took over one variable after another what 4 does: 3.0.0 the rates alone.
        LibraryVersion::Known(..) | LibraryVersion::NotKnown => {
            either(start_of(environment, ReleaseLine::Two), start_of(environment, ReleaseLine::Four))
        }
    }
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
        judged.say(variable, Outcome::Used("the switch of tracing".into()));
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
        judged.say(ENABLED, outcome);
        if judged.text(EXPORTER).map(|exporter| exporter.eq_ignore_ascii_case("none")).or(false) {
            judged.say(EXPORTER, shadowed(ENABLED));
        }
    } else if !is_on {
        judged.say(EXPORTER, outcome);
    }
    (!is_on).then_some(ClientState::Off { variable, reason: "tracing is off".into() })
}

/// Says what becomes of each variable of which nothing has been said.
fn explain(judged: &mut Judgement<'_>, line: ReleaseLine) {
    for (name, instead) in UNREAD {
        judged.say(name, Outcome::Ignored((*instead).into()));
    }
    let is_structured = |text: &str| line == ReleaseLine::Four && text.eq_ignore_ascii_case("structured");
    let outcome = match judged.raw(LOGS).map(|text| is_true(text) || is_structured(text)) {
        Lookup::Value(false) => Outcome::Used("log lines stay as they are".into()),
        _ => Outcome::Used("log lines get the trace's identifier".into()),
    };
    judged.say(LOGS, outcome);
    for name in
        ["DD_TRACE_PROPAGATION_STYLE", "DD_TRACE_PROPAGATION_STYLE_EXTRACT", "DD_TRACE_PROPAGATION_STYLE_INJECT"]
    {
        let outcome = match judged.raw(name) {
            Lookup::Value(text) => outcome_of_styles(text, line),
            _ => Outcome::Used("the headers of requests".into()),
        };
        judged.say(name, outcome);
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
fn is_true(text: &str) -> bool {
    ["true", "1"].contains(&text.to_lowercase().as_str())
}

/// The outcome of a variable in whose place another counts.
fn shadowed(by: &str) -> Outcome {
    Outcome::Ignored(format!("{by} takes its place").into())
}

/// The value of a variable at which the process exits where it can't be read, if it is set, even if it is empty; `needed`
/// is what to write instead.
fn parsed<'e, T>(
    judged: &mut Judgement<'e>,
    name: &'static str,
    parse: impl FnOnce(&'e str) -> Option<T>,
    needed: &str,
) -> Lookup<T> {
    match judged.raw(name).map(parse) {
        Lookup::Value(Some(value)) => Lookup::Value(value),
        Lookup::Value(None) => {
            judged.exits(name, format!("{} is not {needed}", judged.shown(name)));
            Lookup::Bad
        }
        Lookup::Unset => Lookup::Unset,
        Lookup::Bad => Lookup::Bad,
        Lookup::Hidden => Lookup::Hidden,
    }
}

/// The start where the version is not known: what both lines do alike.
fn either(old: ClientStart, new: ClientStart) -> ClientStart {
    let named = |outcomes: &[(&str, Outcome)], name: &str| {
        outcomes.iter().find(|(said, _)| *said == name).map(|(_, outcome)| outcome.clone())
    };
    let mut variables = Vec::new();
    for (name, outcome) in old.variables.iter().chain(&new.variables) {
        if variables.iter().any(|(said, _)| said == name) {
            continue;
        }
        let [before, since] = [&old, &new].map(|start| named(&start.variables, name));
        let outcome = if before == since { outcome.clone() } else { depends(before.as_ref(), since.as_ref()) };
        variables.push((*name, outcome));
    }
    ClientStart { state: either_state(old.state, new.state), variables }
}

fn either_state(old: ClientState, new: ClientState) -> ClientState {
    match (old, new) {
        (old, new) if old == new => old,
        (ClientState::Sends(old), ClientState::Sends(new)) => ClientState::Sends(SpanFlow {
            agent: if old.agent == new.agent { old.agent } else { None },
            sampling: if old.sampling == new.sampling { old.sampling } else { ClientSampling::Unknown },
            service: if old.service == new.service { old.service } else { None },
            tags: if old.tags == new.tags { old.tags } else { None },
        }),
        // Both exit, say, each for a reason of its own.
        (old, new) => {
            let [(variable, before), (other, since)] = [&old, &new].map(described);
            let reason = format!("is not read alike by all versions: in ddtrace 2 {before}, and in ddtrace 4 {since}");
            match (&old, &new) {
                (ClientState::Exits { .. }, ClientState::Exits { .. }) => old,
                (ClientState::SendsNothing { .. }, ClientState::SendsNothing { .. }) => old,
                (ClientState::Off { .. }, ClientState::Off { .. }) => old,
                _ => ClientState::Unknown { variable: variable.or(other).unwrap_or(ENABLED), reason: reason.into() },
            }
        }
    }
}

/// The variable that decides, and a clause.
fn described(state: &ClientState) -> (Option<&'static str>, &'static str) {
    match state {
        ClientState::Exits { variable, .. } => (Some(variable), "the process exits"),
        ClientState::Off { variable, .. } => (Some(variable), "tracing is off"),
        ClientState::SendsNothing { variable, .. } => (Some(variable), "nothing is sent"),
        ClientState::Unknown { variable, .. } => (Some(variable), "it is not known"),
        ClientState::Sends(_) => (None, "spans are sent"),
    }
}

fn depends(before: Option<&Outcome>, since: Option<&Outcome>) -> Outcome {
    let clause = |outcome: Option<&Outcome>| match outcome {
        None => "it is not read".to_owned(),
        Some(Outcome::Used(text)) => format!("it is used as {text}"),
        Some(Outcome::Replaced(text)) => format!("it is {text}"),
        Some(Outcome::Ignored(text)) => format!("it is ignored, since {text}"),
        Some(Outcome::SendsNothing(text)) => format!("nothing is sent, since {text}"),
        Some(Outcome::Exits(text)) => format!("the process exits, since {text}"),
        Some(Outcome::Depends(text) | Outcome::Unknown(text)) => text.to_string(),
    };
    let fact = |outcome: Option<&Outcome>| clause(outcome).split("; ").next().unwrap_or_default().to_owned();
    let text = format!("in ddtrace 2 {}, and in ddtrace 4 {}", fact(before), fact(since));
    let is_harmful = |outcome: Option<&Outcome>| {
        matches!(outcome, Some(Outcome::Exits(_) | Outcome::SendsNothing(_) | Outcome::Replaced(_)))
    };
    if is_harmful(before) || is_harmful(since) { Outcome::Depends(text.into()) } else { Outcome::Used(text.into()) }
}

#[cfg(test)]
mod tests;
