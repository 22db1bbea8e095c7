//! Access to the tables of the backends.

use super::variables::{AddedIf, AgentContainer, Client, KnownVariable, Off, OverridingVariable};
use super::variables::{datadog, jaeger};
use super::{BACKENDS, Backend};

fn client(backend: Backend) -> &'static Client {
    match backend {
        Backend::Jaeger => &jaeger::CLIENT,
        Backend::Datadog => &datadog::CLIENT,
    }
}

/// A backend's variables: those that `enable` writes in their order, then those of `--set` alone.
pub fn table(backend: Backend) -> &'static [KnownVariable] {
    client(backend).variables
}

/// Seldon's document with the values that `enable` writes for a backend.
pub(crate) fn document(backend: Backend) -> &'static str {
    client(backend).document
}

/// A backend's variable of this name.
pub(crate) fn find(backend: Backend, name: &str) -> Option<&'static KnownVariable> {
    table(backend).iter().find(|variable| variable.name == name)
}

/// A backend's variables of all `--names`: `enable` quotes their unquoted values, and `disable` removes them.
pub(crate) fn column(backend: Backend) -> &'static [&'static str] {
    client(backend).column
}

/// Returns true if a variable is in either backend's column.
pub(crate) fn is_in_a_column(name: &str) -> bool {
    BACKENDS.into_iter().any(|backend| column(backend).contains(&name))
}

/// The variables that `enable` removes when it switches to this backend, each if [`leaves`](super::leaves) allows it.
pub(crate) fn replaced(backend: Backend) -> &'static [&'static str] {
    client(backend).replaced
}

/// The variables that `disable --keep-config` writes.
pub(crate) fn off(backend: Backend) -> &'static [Off] {
    client(backend).off
}

/// Returns true if `disable` removes a variable of this backend, if [`leaves`](super::leaves) allows it: one that `enable`
/// or `disable --keep-config` writes there. The plan keeps the latter where something else would switch the target on.
pub(crate) fn removed_with(backend: Backend, name: &str) -> bool {
    column(backend).contains(&name) || off(backend).iter().any(|off| off.name == name && off.added == AddedIf::SetUp)
}

/// The variables that override those of this backend.
pub(crate) fn overridden_by(backend: Backend) -> &'static [OverridingVariable] {
    client(backend).overrides
}

/// The variable with the host of a backend's agent.
pub(crate) fn host_variable(backend: Backend) -> &'static str {
    client(backend).host
}

/// A backend's agent as a container in a pod.
pub(super) fn agent_container(backend: Backend) -> AgentContainer {
    client(backend).agent
}

/// Returns true if the images of Seldon Core's releases hold the client of a backend.
pub(crate) fn is_in_stock_images(backend: Backend) -> bool {
    client(backend).in_stock_images
}
