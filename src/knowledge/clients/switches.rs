//! The variables that switch tracing.

use super::ddtrace::LibraryVersion;
use super::{ClientState, EnvText, Environment, ddtrace, executor, pr2859, wrapper};

/// Returns true if this value of a variable alone switches off the client that reads it.
pub(crate) fn switches_off(name: &str, text: &str) -> bool {
    let environment: Environment<'_> = [(name, EnvText::Literal(text))].into_iter().collect();
    let state = match name {
        // An empty value counts as unset.
        "DD_ENABLED" => return !text.is_empty() && !asks_for_datadog(&environment),
        "TRACING" => wrapper::start(&environment).state,
        "JAEGER_DISABLED" => executor::start(&environment).state,
        _ => ddtrace::start(&environment, LibraryVersion::NotKnown).state,
    };
    matches!(state, ClientState::Off { variable, .. } if variable == name)
}

/// Returns true if this value of TRACING or DD_ENABLED switches on every client that reads it.
pub(crate) fn switches_on(name: &str, text: &str) -> bool {
    let environment: Environment<'_> = [(name, EnvText::Literal(text))].into_iter().collect();
    match name {
        "TRACING" => !matches!(wrapper::start(&environment).state, ClientState::Off { .. } | ClientState::Exits { .. }),
        "DD_ENABLED" => pr2859::executor(&environment).is_some() && pr2859::wrapper(&environment).is_some(),
        _ => false,
    }
}

fn asks_for_datadog(environment: &Environment<'_>) -> bool {
    pr2859::executor(environment).is_some() || pr2859::wrapper(environment).is_some()
}
