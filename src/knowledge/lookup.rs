//! Known variables by name.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::backends::table;
use super::options::usage::UsageError;
use super::values::nearest;
use super::variables::KnownVariable;
use super::variables::unread::{Owner, UNREAD, Unread};
use super::{BACKENDS, Backend};

/// A known variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// A variable that a client of this backend reads.
    Read(Backend, &'static KnownVariable),
    /// A name that looks like a variable, but that no client reads.
    Unread(&'static Unread),
}

impl Known {
    /// The variable's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read(_, variable) => variable.name,
            Self::Unread(unread) => unread.name,
        }
    }

    /// The backend that reads it, or that its name suggests; `None` for OpenTelemetry.
    pub fn backend(self) -> Option<Backend> {
        match self {
            Self::Read(backend, _) => Some(backend),
            Self::Unread(unread) => unread.backend,
        }
    }
}

/// All known variables: for each backend those that are read, in the order of the table, then the unread ones; then
/// those of neither backend.
pub fn known() -> impl Iterator<Item = Known> {
    BACKENDS.into_iter().map(Some).chain([None]).flat_map(|backend| {
        let read = backend
            .into_iter()
            .flat_map(|backend| table(backend).iter().map(move |variable| Known::Read(backend, variable)));
        read.chain(UNREAD.iter().filter(move |unread| unread.backend == backend).map(Known::Unread))
    })
}

/// Returns true if a variable is one of the Datadog agent.
pub(crate) fn is_of_agent(name: &str) -> bool {
    UNREAD.iter().any(|unread| unread.name == name && unread.owner == Owner::Agent)
}

/// Returns true if a variable is known by this name.
pub(crate) fn is_known(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| known().map(Known::name).collect());
    NAMES.contains(name)
}

/// The known variables of a name in any case: one, or one for each backend.
///
/// # Errors
/// If the variable is unknown; the error has the nearest of the variables and of `others`.
pub(crate) fn look_up(name: &str, others: &[&'static str]) -> Result<Vec<Known>, UsageError> {
    let found: Vec<Known> = known().filter(|known| known.name().eq_ignore_ascii_case(name)).collect();
    if found.is_empty() {
        let nearest = nearest(name, known().map(Known::name).chain(others.iter().copied()));
        return Err(UsageError::UnknownName { name: name.to_owned(), nearest });
    }
    Ok(found)
}
