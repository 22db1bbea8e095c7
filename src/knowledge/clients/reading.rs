//! The lookup of variables for the clients' functions, which records the outcome of each variable.

use super::{Clause, EnvText, Environment, Outcome};
use crate::credentials::quoted_value;

/// The result of the lookup of a variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lookup<T> {
    /// No variable.
    Unset,
    /// A value that the client accepts.
    Value(T),
    /// A value at which it exits.
    Bad,
    /// A value that the manifest does not show.
    Hidden,
}

impl<T> Lookup<T> {
    /// The value, or `otherwise` if there is none or it is not shown.
    pub(super) fn or(self, otherwise: T) -> T {
        match self {
            Self::Value(value) => value,
            Self::Unset | Self::Bad | Self::Hidden => otherwise,
        }
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Lookup<U> {
        match self {
            Self::Unset => Lookup::Unset,
            Self::Value(value) => Lookup::Value(change(value)),
            Self::Bad => Lookup::Bad,
            Self::Hidden => Lookup::Hidden,
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }

    pub(super) fn is_unset(&self) -> bool {
        matches!(self, Self::Unset)
    }
}

/// An environment, and the outcomes recorded so far.
pub(super) struct Judgement<'e> {
    environment: &'e Environment<'e>,
    outcomes: Vec<(&'static str, Outcome)>,
    /// True at the index of each variable of the environment that has an outcome.
    is_recorded: Vec<bool>,
    /// The first variable at which the process exits, and the reason.
    exit: Option<(&'static str, Clause)>,
}

/// A placeholder for the node's address, for a client that reads it as something else.
const SOME_ADDRESS: &str = "192.0.2.1";

impl<'e> Judgement<'e> {
    pub(super) fn new(environment: &'e Environment<'e>) -> Self {
        Self { environment, outcomes: Vec::new(), is_recorded: vec![false; environment.len()], exit: None }
    }

    /// The text of a variable, if it is set, empty or not.
    pub(super) fn raw(&self, name: &str) -> Lookup<&'e str> {
        match self.environment.get(name) {
            None => Lookup::Unset,
            Some(EnvText::Literal(text) | EnvText::Secret(text)) => Lookup::Value(text),
            Some(EnvText::NodeAddress) => Lookup::Value(SOME_ADDRESS),
            Some(EnvText::Hidden(_) | EnvText::Optional(_)) => Lookup::Hidden,
        }
    }

    /// Returns true if a variable has a name for which this is true.
    pub(super) fn has_any(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.environment.names().any(is_wanted)
    }

    /// Returns true if a variable that the manifest does not show may be missing.
    pub(super) fn is_optional(&self, name: &str) -> bool {
        matches!(self.environment.get(name), Some(EnvText::Optional(_)))
    }

    pub(super) fn is_node_address(&self, name: &str) -> bool {
        self.environment.get(name) == Some(EnvText::NodeAddress)
    }

    /// The text of a variable, where an empty one counts as unset.
    pub(super) fn text(&self, name: &str) -> Lookup<&'e str> {
        match self.raw(name) {
            Lookup::Value("") => Lookup::Unset,
            other => other,
        }
    }

    /// The parsed value of a variable. The process exits if parsing fails; `needed` is what to write instead.
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&'e str) -> Option<T>,
        needed: &str,
    ) -> Lookup<T> {
        let value = self.text(name);
        self.parse(name, value, parse, needed)
    }

    /// The same of a value of the variable.
    pub(super) fn parse<T>(
        &mut self,
        name: &'static str,
        value: Lookup<&'e str>,
        parse: impl FnOnce(&'e str) -> Option<T>,
        needed: &str,
    ) -> Lookup<T> {
        match value.map(parse) {
            Lookup::Value(Some(value)) => Lookup::Value(value),
            Lookup::Value(None) => {
                self.exits(name, format!("{} is not {needed}", self.quoted_value(name)));
                Lookup::Bad
            }
            Lookup::Unset => Lookup::Unset,
            Lookup::Bad => Lookup::Bad,
            Lookup::Hidden => Lookup::Hidden,
        }
    }

    /// Records that the process exits because of a variable. The first one is the reason of the exit.
    pub(super) fn exits(&mut self, name: &'static str, reason: impl Into<Clause>) {
        let reason = reason.into();
        self.record(name, Outcome::Exits(reason.clone()));
        self.exit.get_or_insert((name, reason));
    }

    /// Records the outcome of a variable, if it is set and has none yet.
    pub(super) fn record(&mut self, name: &'static str, outcome: Outcome) {
        let Some(at) = self.environment.position(name).filter(|at| !self.is_recorded[*at]) else { return };
        self.is_recorded[at] = true;
        let outcome = match self.environment.get(name) {
            Some(EnvText::Hidden(reason) | EnvText::Optional(reason))
                if !matches!(outcome, Outcome::Ignored(_) | Outcome::Unknown(_)) =>
            {
                Outcome::Unknown(reason.to_owned().into())
            }
            _ => outcome,
        };
        self.outcomes.push((name, outcome));
    }

    /// Records the outcome of a variable for which an empty value counts as unset.
    pub(super) fn record_unless_empty(&mut self, name: &'static str, outcome: Outcome) {
        let is_empty = self.environment.get(name) == Some(EnvText::Literal(""));
        self.record(name, if is_empty { Outcome::Ignored("an empty value counts as unset".into()) } else { outcome });
    }

    /// The value of a variable for a message.
    pub(super) fn quoted_value(&self, name: &str) -> String {
        const MOST: usize = 60;
        match self.environment.get(name) {
            Some(EnvText::Literal("")) => "an empty value".to_owned(),
            Some(EnvText::Literal(text)) => {
                let text: String = quoted_value(name, text).escape_debug().collect();
                match text.char_indices().nth(MOST) {
                    Some((end, _)) => format!("{}…`", &text[..end]),
                    None => text,
                }
            }
            Some(EnvText::NodeAddress) => "the address of the node".to_owned(),
            Some(EnvText::Hidden(_) | EnvText::Optional(_) | EnvText::Secret(_)) | None => "its value".to_owned(),
        }
    }

    /// The first variable at which the process exits, and the reason.
    pub(super) fn exit(&self) -> Option<(&'static str, Clause)> {
        self.exit.clone()
    }

    /// The reason why a variable is not shown.
    pub(super) fn hidden_reason(&self, name: &str) -> Option<&'e str> {
        match self.environment.get(name) {
            Some(EnvText::Hidden(reason) | EnvText::Optional(reason)) => Some(reason),
            _ => None,
        }
    }

    pub(super) fn into_outcomes(self) -> Vec<(&'static str, Outcome)> {
        self.outcomes
    }
}
