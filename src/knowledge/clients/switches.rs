//! The variables that switch tracing.

use super::ddtrace::LibraryVersion;
use super::{ClientState, EnvText, ddtrace, executor, pr2859, wrapper};

/// Returns true if this value of a variable alone switches off the client that reads it.
pub(crate) fn switches_off(name: &str, text: &str) -> bool {
    match name {
        // An empty value counts as unset.
        "DD_ENABLED" => !text.is_empty() && !pr2859::executor_is_on(text) && !pr2859::wrapper_is_on(text),
        "TRACING" => wrapper::is_on(text) == Some(false),
        "JAEGER_DISABLED" => executor::is_disabled(text),
        "DD_TRACE_ENABLED" => !ddtrace::is_true(text),
        _ => {
            let environment = [(name, EnvText::Literal(text))].into_iter().collect();
            let state = ddtrace::start(&environment, LibraryVersion::NotKnown).state;
            matches!(state, ClientState::Off { variable, .. } if variable == name)
        }
    }
}

/// Returns true if this value of TRACING or DD_ENABLED switches on every client that reads it.
pub(crate) fn switches_on(name: &str, text: &str) -> bool {
    match name {
        "TRACING" => wrapper::is_on(text) == Some(true),
        "DD_ENABLED" => pr2859::executor_is_on(text) && pr2859::wrapper_is_on(text),
        _ => false,
    }
}
