//! What the clients make of the values that a user gives: a value at which one of them exits, or with which it sends
//! nothing, is refused.

use super::{CheckedValue, Given};
use crate::knowledge::clients::ddtrace::{self, LibraryVersion};
use crate::knowledge::clients::{ClientStart, EnvText, Environment, Outcome, executor, wrapper};
use crate::knowledge::usage::UsageError;
use crate::knowledge::{Backend, Reader};

/// The variables whose values depend on what the manifest has: `check_sampler_pair` judges them in place.
const SAMPLER: [&str; 2] = ["JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM"];

/// Adds a fault for each value that a client can't use.
pub(super) fn check_clients(backend: Backend, given: &[Given], faults: &mut Vec<UsageError>) {
    for reader in [Reader::Orchestrator, Reader::Container] {
        let values = || given.iter().filter(|given| given.reader == reader);
        let texts: Vec<(&str, String)> =
            values().filter_map(|given| Some((given.variable.name, text_of(&given.value)?))).collect();
        let environment: Environment<'_> =
            texts.iter().map(|(name, text)| (*name, EnvText::Literal(text.as_str()))).collect();
        let starts = starts(backend, reader, &environment);
        for (name, reason) in starts.iter().flat_map(refused) {
            let Some(given) = values().find(|given| given.variable.name == name) else { continue };
            // One reason is enough for each option.
            let is_known =
                |fault: &UsageError| matches!(fault, UsageError::Value { origin, .. } if *origin == given.origin);
            if !faults.iter().any(is_known) {
                let (origin, problem) = (given.origin.clone(), reason.to_owned());
                faults.push(UsageError::Value { origin, value: None, problem });
            }
        }
    }
}

/// What each client that may read the variables makes of them, in each version that was tried.
fn starts(backend: Backend, reader: Reader, environment: &Environment<'_>) -> Vec<ClientStart> {
    match (backend, reader) {
        (Backend::Jaeger, Reader::Orchestrator) => vec![executor::start(environment)],
        (Backend::Jaeger, Reader::Container) => {
            vec![wrapper::start(&environment.with("TRACING", EnvText::Literal("1")))]
        }
        (Backend::Datadog, _) => {
            let versions = [LibraryVersion::Known(2, 21), LibraryVersion::Known(4, 16)];
            versions.into_iter().map(|version| ddtrace::start(environment, version)).collect()
        }
    }
}

fn refused(start: &ClientStart) -> impl Iterator<Item = (&'static str, &str)> {
    start.variables.iter().filter_map(|(name, outcome)| match outcome {
        _ if SAMPLER.contains(name) => None,
        Outcome::Exits(reason) | Outcome::SendsNothing(reason) => Some((*name, &**reason)),
        // Some of them would be lost.
        Outcome::Replaced(reason) if *name == "DD_TAGS" => Some((*name, &**reason)),
        _ => None,
    })
}

/// The text that a value becomes, as far as it depends on no manifest.
fn text_of(value: &CheckedValue) -> Option<String> {
    match value {
        CheckedValue::Text(text) => Some(text.clone()),
        CheckedValue::Tags(tags) => {
            Some(tags.iter().map(|(key, value)| format!("{key}:{value}")).collect::<Vec<_>>().join(","))
        }
        CheckedValue::Service(_) => None,
    }
}
