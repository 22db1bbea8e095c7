//! The checks of given values against the clients: it is an error if a client exits at a value, sends nothing with it,
//! or takes it for another.

use super::usage::{GivenBy, UsageError};
use super::{CheckedValue, Given, Key};
use crate::knowledge::clients::programs::Program;
use crate::knowledge::clients::{ClientStart, ClientState, EnvText, Environment, Outcome, ddtrace, pr2859};
use crate::knowledge::parts::Parts;
use crate::knowledge::values::{RULE_OF_RATE, Takes, bare_rate, nearest, python};
use crate::knowledge::{Backend, PlaceholderValues, Reader};

/// Pairs of which the second may be in the manifest if only the first is given: then the manifest's pair is checked.
const IN_THE_MANIFEST: [(&str, &str); 4] = [
    ("JAEGER_SAMPLER_PARAM", "JAEGER_SAMPLER_TYPE"),
    ("JAEGER_USER", "JAEGER_PASSWORD"),
    ("JAEGER_PASSWORD", "JAEGER_USER"),
    ("DD_AGENTLESS_ENABLED", "DD_API_KEY"),
];

const IN_PLACE: &str = "may be in the manifest";

/// Sample values for the placeholders.
const SOME_PLACE: PlaceholderValues<'_> =
    PlaceholderValues { name: "a", namespace: "a", predictor: "a", container: "a" };

/// Adds an error for each value that a client can't use as it is.
pub(super) fn check_clients(backend: Backend, given: &[Given], parts: &Parts, errors: &mut Vec<UsageError>) {
    for reader in [Reader::Orchestrator, Reader::Container] {
        let values = || given.iter().filter(|given| given.reader == reader);
        // Kubernetes replaces `$$` by `$`.
        let written_text = |value| written_text(value).replace("$$", "$");
        let texts: Vec<(&Given, String)> = values().map(|given| (given, written_text(&given.value))).collect();
        let mut environment: Environment<'_> =
            texts.iter().map(|(given, text)| (given.variable.name, env_text(given, text))).collect();
        for (name, other) in IN_THE_MANIFEST {
            if environment.get(name).is_some() && environment.get(other).is_none() {
                environment = environment.with(other, EnvText::Hidden(IN_PLACE));
            }
        }
        // The value that `enable` writes, or that of the manifest.
        if environment.get("JAEGER_SAMPLER_TYPE").is_none() {
            environment = environment.with("JAEGER_SAMPLER_TYPE", EnvText::Literal("const"));
        }
        let not_a_number = texts.iter().filter(|(given, text)| is_invalid_rate(given, text));
        let not_a_number = not_a_number.map(|(given, text)| {
            (given.variable.name, format!("`{}` is not a rate; write one from 0 to 1", rate(text)))
        });
        for (name, reason) in not_a_number.chain(refused(backend, reader, &environment, parts)) {
            let Some(given) = values().find(|given| given.variable.name == name) else { continue };
            // One reason is enough for each option.
            let is_known =
                |error: &UsageError| matches!(error, UsageError::Value { origin, .. } if *origin == given.origin);
            if !errors.iter().any(is_known) {
                let problem = with_nearest_word(given, reason);
                errors.push(UsageError::Value { origin: given.origin.clone(), value: None, problem });
            }
        }
        // No tags at all replace the existing ones.
        let is_option =
            |given: &&Given| matches!(given.origin, GivenBy::Option(key) if !matches!(key, Key::Tags | Key::Tag));
        for given in values().filter(is_option).filter(|given| written_text(&given.value).is_empty()) {
            let problem = "it is empty; leave the option out".to_owned();
            let error = UsageError::Value { origin: given.origin.clone(), value: None, problem };
            let is_known =
                |known: &UsageError| matches!(known, UsageError::Value { origin, .. } if *origin == given.origin);
            errors.extend((!errors.iter().any(is_known)).then_some(error));
        }
    }
}

/// The reason with the nearest word in place of all words, if the value may be a typo of one.
fn with_nearest_word(given: &Given, reason: String) -> String {
    let Takes::Word(words) = given.variable.takes else { return reason };
    match (nearest(given.text(), words.iter().copied()), reason.split_once("; write ")) {
        (Some(near), Some((fact, _))) if !near.eq_ignore_ascii_case(given.text()) => {
            format!("{fact}; did you mean {near}?")
        }
        _ => reason,
    }
}

/// Adds an error for a sampler at which the wrapper exits if it is in a config file.
pub(super) fn check_config_file(parts: &Parts, given: &[Given], errors: &mut Vec<UsageError>) {
    let is_remote = |given: &&Given| {
        given.variable.name == "JAEGER_SAMPLER_TYPE"
            && given.reader == Reader::Container
            && given.text().eq_ignore_ascii_case("remote")
    };
    let remote = given.iter().find(is_remote).filter(|_| parts.config_map.is_some());
    errors.extend(remote.map(|given| {
        UsageError::Value {
            origin: given.origin.clone(),
            value: None,
            problem:
                "the wrapper exits at a config file with a remote sampler; write const, probabilistic or ratelimiting"
                    .to_owned(),
        }
    }));
}

/// The variables of an environment that a client can't use as they are, each with the reason and with what to write
/// instead.
pub(in crate::knowledge) fn refused(
    backend: Backend,
    reader: Reader,
    environment: &Environment<'_>,
    parts: &Parts,
) -> Vec<(&'static str, String)> {
    let injected = parts.injected_version().filter(|_| backend.is_datadog());
    if let (Reader::Container, Some(version)) = (reader, injected) {
        return refused_in(&ddtrace::start(environment, version), environment);
    }
    let is_asked = |program: &Program| {
        // The executor has no library for Python.
        let is_present = injected.is_none() || *program != Program::Libraries;
        is_present && program.backend() == backend && program.readers().each().any(|one| one == reader)
    };
    let refused_by = |program: Program| match program.start(environment) {
        Some(start) => refused_in(&start, environment),
        None => vec![("DD_ENABLED", OFF.to_owned())],
    };
    Program::ALL.into_iter().filter(is_asked).flat_map(refused_by).collect()
}

const OFF: &str = "it switches tracing off, and `enable` switches it on";

fn refused_in(start: &ClientStart, environment: &Environment<'_>) -> Vec<(&'static str, String)> {
    let off = match &start.state {
        ClientState::Off { variable, .. } => Some((*variable, OFF.to_owned())),
        _ => None,
    };
    let harmful = start.variables.iter().filter_map(|(name, outcome)| match (outcome, environment.get(name)) {
        (Outcome::Exits(_), Some(EnvText::Literal(text))) if pr2859::is_for_the_library(name, text) => None,
        (Outcome::Exits(reason) | Outcome::SendsNothing(reason) | Outcome::Depends(reason), _) => {
            Some((*name, reason.to_string()))
        }
        (Outcome::Replaced(reason), _) => Some((*name, format!("it would be taken for {reason}"))),
        _ => None,
    });
    off.into_iter().chain(harmful).collect()
}

/// Returns true for a rate that would become another rule than one of this rate, or that is for the executor, which
/// reads another variable.
fn is_invalid_rate(given: &Given, text: &str) -> bool {
    match (&given.origin, given.variable.takes) {
        (GivenBy::Option(Key::SampleRate | Key::OrchestratorSampleRate), Takes::Rules) => bare_rate(text).is_none(),
        (GivenBy::Option(Key::SampleRate), _) => python::float(text).is_some_and(|rate| !(0.0..=1.0).contains(&rate)),
        (GivenBy::Option(Key::OrchestratorSampleRate), _) => !pr2859::executor_takes_rate(text),
        _ => false,
    }
}

/// The rate of an option, without the rule around it.
fn rate(text: &str) -> &str {
    text.strip_prefix(RULE_OF_RATE[0]).and_then(|text| text.strip_suffix(RULE_OF_RATE[1])).unwrap_or(text)
}

fn env_text<'a>(given: &Given, text: &'a str) -> EnvText<'a> {
    match given.variable.takes {
        _ if text.contains("$(") => EnvText::Hidden("is filled in by Kubernetes"),
        Takes::Secret => EnvText::Secret(text),
        _ => EnvText::Literal(text),
    }
}

pub(in crate::knowledge) fn written_text(value: &CheckedValue) -> String {
    match value {
        CheckedValue::Text(text) => text.clone(),
        CheckedValue::Tags(tags) => {
            tags.iter().map(|(key, value)| format!("{key}:{value}")).collect::<Vec<_>>().join(",")
        }
        CheckedValue::Service(template) => template.fill(&SOME_PLACE),
    }
}
