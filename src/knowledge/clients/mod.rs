//! What each client makes of its environment: one pure function a client, from all variables that it reads to whether it
//! starts, where it sends its spans, and what became of each variable. The options, `lint`, `status` and `explain` ask
//! these functions; nothing else judges a value.
//!
//! The tests hold each function against a record of the real client (`tests/clients/recorded`).

pub(crate) mod ddtrace;
pub(crate) mod executor;
pub(crate) mod pr2859;
pub(crate) mod programs;
mod reading;
mod switches;
pub(crate) mod wrapper;

use std::borrow::Cow;
use std::collections::BTreeMap;

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
    /// The same of a variable that may be missing: an optional reference.
    Optional(&'a str),
}

/// The variables of a process by their names. A variable that is not set is not in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment<'a>(BTreeMap<&'a str, EnvText<'a>>);

impl<'a> Environment<'a> {
    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<EnvText<'a>> {
        self.0.get(name).copied()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with this variable.
    pub(crate) fn with(&self, name: &'a str, text: EnvText<'a>) -> Self {
        let mut variables = self.0.clone();
        variables.insert(name, text);
        Self(variables)
    }

    #[cfg(test)]
    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }
}

impl<'a> FromIterator<(&'a str, EnvText<'a>)> for Environment<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, EnvText<'a>)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// A clause for users. Most are the same for every value, and few are ever shown.
pub(crate) type Clause = Cow<'static, str>;

/// What a client makes of its environment.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientStart {
    /// What the process does.
    pub state: ClientState,
    /// What becomes of each variable of the environment that the client reads or is known to ignore.
    pub variables: Vec<(&'static str, Outcome)>,
}

/// What a process with a client in it does.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientState {
    /// It exits at start because of a variable.
    Exits {
        /// The variable.
        variable: &'static str,
        /// The reason, a clause without a capital letter or a full stop.
        reason: Clause,
    },
    /// It runs, and makes no spans, because of a variable (or of its absence).
    Off {
        /// The variable.
        variable: &'static str,
        /// The reason.
        reason: Clause,
    },
    /// It makes spans, and none can reach an agent, because of a variable.
    SendsNothing {
        /// The variable.
        variable: &'static str,
        /// The reason.
        reason: Clause,
    },
    /// It makes spans and sends them.
    Sends(SpanFlow),
    /// A value that the manifest does not show decides.
    Unknown {
        /// The variable.
        variable: &'static str,
        /// The reason.
        reason: Clause,
    },
}

/// Where spans go and what is in them.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanFlow {
    /// The agent's address as the client uses it: `HOST:PORT`, or a URL. `None`: the manifest does not show it.
    pub agent: Option<String>,
    /// Which traces are kept.
    pub sampling: ClientSampling,
    /// The service's name. `None`: the manifest does not show it.
    pub service: Option<String>,
    /// The tags that the client adds to each span. `None`: the manifest does not show them.
    pub tags: Option<BTreeMap<String, String>>,
}

/// Which traces a client keeps of those that it begins.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientSampling {
    /// All.
    All,
    /// None.
    None,
    /// This part of them, above 0 and below 1.
    Rate(f64),
    /// At most this number a second.
    PerSecond(f64),
    /// What a sampling server says; until then this part of them.
    Remote(f64),
    /// What the agent says.
    Agent,
    /// What a value says that the manifest does not show.
    Unknown,
}

/// What becomes of a variable. Each text is a clause for users, without a capital letter or a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The client uses the value as this.
    Used(Clause),
    /// The client uses another value than the one that is written, and says nothing: this one, and the reason.
    Replaced(Clause),
    /// The client does not read the variable, or not here, for this reason. It does no harm.
    Ignored(Clause),
    /// The client starts, and because of the value no span arrives.
    SendsNothing(Clause),
    /// The process exits at start.
    Exits(Clause),
    /// What becomes of it depends on the version of the client, and some do harm: the versions and what each does.
    Depends(Clause),
    /// The same where none does harm.
    Varies(Clause),
    /// The manifest does not show the value, for this reason.
    Unknown(Clause),
}

/// The two parts of what a client says of a variable: what is wrong, and what to write instead.
pub(crate) fn fact_and_advice(reason: &str) -> (&str, &str) {
    match reason.rsplit_once("; ") {
        // Not within a value.
        Some((fact, advice)) if !advice.contains('`') => (fact, advice),
        _ => (reason, ""),
    }
}

#[cfg(test)]
mod tests;
