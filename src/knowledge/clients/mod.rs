//! The behavior of each client, as one pure function. From all variables that the client reads it computes whether the
//! client starts, where it sends its spans, and the outcome of each variable. The options, `lint`, `status` and
//! `explain` call these functions; no other code judges a value.
//!
//! The tests compare each function with a record of the real client (`tests/clients/recorded`).

pub(crate) mod ddtrace;
pub(crate) mod executor;
pub(crate) mod mlserver;
pub(crate) mod pr2859;
pub(crate) mod programs;
mod reading;
mod switches;
pub(crate) mod wrapper;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::manifest::{name_bit, name_order};

pub(crate) use switches::{switches_off, switches_on};

/// The value of a variable, as far as a manifest shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnvText<'a> {
    /// This text.
    Literal(&'a str),
    /// This text, which no message may show.
    Secret(&'a str),
    /// The address of the node: a `fieldRef` to `status.hostIP`.
    NodeAddress,
    /// A text that the manifest does not show, and the reason: a reference, or a placeholder that is filled in later.
    Hidden(&'a str),
    /// Like `Hidden`, but the variable may be missing: an optional reference.
    Optional(&'a str),
}

impl<'a> EnvText<'a> {
    /// The text, if the manifest shows it.
    pub(crate) fn shown(self) -> Option<&'a str> {
        match self {
            Self::Literal(text) | Self::Secret(text) => Some(text),
            Self::NodeAddress | Self::Hidden(_) | Self::Optional(_) => None,
        }
    }
}

/// The variables of a process. Unset variables are not in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment<'a> {
    /// Sorted by [`name_order`].
    variables: Vec<(&'a str, EnvText<'a>)>,
    /// The [`name_bit`]s of all.
    name_bits: u64,
}

impl<'a> Environment<'a> {
    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<EnvText<'a>> {
        self.position(name).map(|at| self.variables[at].1)
    }

    /// The index of a variable, which is below [`Environment::len`].
    fn position(&self, name: &str) -> Option<usize> {
        if self.name_bits & name_bit(name) == 0 {
            return None;
        }
        self.variables.binary_search_by_key(&name_order(name), |(name, _)| name_order(name)).ok()
    }

    fn len(&self) -> usize {
        self.variables.len()
    }

    fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// A copy with this variable.
    pub(crate) fn with(&self, name: &'a str, text: EnvText<'a>) -> Self {
        self.variables.iter().copied().chain([(name, text)]).collect()
    }

    /// A copy without this variable.
    pub(crate) fn without(&self, name: &str) -> Self {
        self.variables.iter().filter(|(other, _)| *other != name).copied().collect()
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.variables.iter().map(|(name, _)| *name)
    }
}

impl<'a> FromIterator<(&'a str, EnvText<'a>)> for Environment<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, EnvText<'a>)>>(variables: I) -> Self {
        let mut variables: Vec<_> = variables.into_iter().collect();
        // The last of a name counts. The sort is stable.
        variables.reverse();
        variables.sort_by(|(one, _), (other, _)| name_order(one).cmp(&name_order(other)));
        variables.dedup_by(|(one, _), (other, _)| one == other);
        let name_bits = variables.iter().fold(0, |bits, (name, _)| bits | name_bit(name));
        Self { variables, name_bits }
    }
}

/// A clause for users. Most are the same for every value, and few are ever shown.
pub(crate) type Clause = Cow<'static, str>;

/// The behavior of a client in an environment.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientStart {
    pub state: ClientState,
    /// The outcome of each variable of the environment that the client reads or is known to ignore.
    pub variables: Vec<(&'static str, Outcome)>,
}

/// The state of a process with a client.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientState {
    /// It exits at start because of a variable.
    Exits {
        variable: &'static str,
        /// The reason, a clause without a capital letter or a full stop.
        reason: Clause,
    },
    /// It runs, and makes no spans, because of a variable (or of its absence).
    Off { variable: &'static str, reason: Clause },
    /// It makes spans, and none can reach an agent, because of a variable.
    SendsNothing { variable: &'static str, reason: Clause },
    /// It makes spans and sends them.
    Sends(SpanFlow),
    /// It depends on a value that the manifest does not show.
    Unknown { variable: &'static str, reason: Clause },
}

/// The address and the content of spans.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanFlow {
    /// The agent's address as the client uses it: `HOST:PORT`, or a URL. `None`: the manifest does not show it.
    pub agent: Option<String>,
    pub sampling: ClientSampling,
    /// The service's name. `None`: the manifest does not show it.
    pub service: Option<String>,
    /// The tags that the client adds to each span. `None`: the manifest does not show them.
    pub tags: Option<BTreeMap<String, String>>,
}

/// The share of its own traces that a client keeps.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientSampling {
    /// All.
    All,
    None,
    /// This share, above 0 and below 1.
    Rate(f64),
    /// At most this number a second.
    PerSecond(f64),
    /// The share that a sampling server sets; until it does, this one.
    Remote(f64),
    /// The share that the agent sets.
    Agent,
    /// It depends on a value that the manifest does not show.
    Unknown,
}

/// The effect of a variable. Each text is a clause for users, without a capital letter or a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The client uses the value as this.
    Used(Clause),
    /// The client silently uses another value than the written one: this one, and the reason.
    Replaced(Clause),
    /// The client does not read the variable, or not here, for this reason. It does no harm.
    Ignored(Clause),
    /// The client starts, but because of the value no span arrives.
    SendsNothing(Clause),
    /// The process exits at start.
    Exits(Clause),
    /// The effect depends on the client's version, and some versions do harm: the versions and their effects.
    Depends(Clause),
    /// Like `Depends`, but no version does harm.
    Varies(Clause),
    /// The manifest does not show the value, for this reason.
    Unknown(Clause),
}

/// Splits a reason into the problem and the value to write instead.
pub(crate) fn fact_and_advice(reason: &str) -> (&str, &str) {
    match reason.rsplit_once("; ") {
        // Do not split within a value.
        Some((fact, advice)) if !advice.contains('`') => (fact, advice),
        _ => (reason, ""),
    }
}

#[cfg(test)]
mod tests;
