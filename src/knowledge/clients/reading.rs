//! How the functions of the clients read an environment: variable by variable, with what became of each.

use super::{Clause, EnvText, Environment, Outcome};
use crate::credentials::shown;

/// What a client finds where it looks for a variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lookup<T> {
    /// No variable.
    Unset,
    /// A value that it takes.
    Value(T),
    /// A value at which it exits.
    Bad,
    /// A value that the manifest does not show.
    Hidden,
}

impl<T> Lookup<T> {
    /// The value, or this one where there is none to be seen.
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

/// An environment while it is read, and what became of the variables so far.
pub(super) struct Judgement<'e> {
    environment: &'e Environment<'e>,
    outcomes: Vec<(&'static str, Outcome)>,
    /// The first variable at which the process exits, and the reason.
    exit: Option<(&'static str, Clause)>,
}

/// In the place of the node's address where a client reads it as something else.
const SOME_ADDRESS: &str = "192.0.2.1";

impl<'e> Judgement<'e> {
    pub(super) fn new(environment: &'e Environment<'e>) -> Self {
        Self { environment, outcomes: Vec::new(), exit: None }
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

    /// The value of a variable at which the process exits where it can't be read; `needed` is what to write instead.
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&'e str) -> Option<T>,
        needed: &str,
    ) -> Lookup<T> {
        match self.text(name).map(parse) {
            Lookup::Value(Some(value)) => Lookup::Value(value),
            Lookup::Value(None) => {
                self.exits(name, format!("{} is not {needed}", self.shown(name)));
                Lookup::Bad
            }
            Lookup::Unset => Lookup::Unset,
            Lookup::Bad => Lookup::Bad,
            Lookup::Hidden => Lookup::Hidden,
        }
    }

    /// Says that the process exits because of a variable. The first to be said is the one that counts.
    pub(super) fn exits(&mut self, name: &'static str, reason: impl Into<Clause>) {
        let reason = reason.into();
        self.say(name, Outcome::Exits(reason.clone()));
        self.exit.get_or_insert((name, reason));
    }

    /// Says what becomes of a variable, if it is set and nothing has been said of it.
    pub(super) fn say(&mut self, name: &'static str, outcome: Outcome) {
        let outcome = match self.environment.get(name) {
            None => return,
            Some(EnvText::Hidden(reason) | EnvText::Optional(reason))
                if !matches!(outcome, Outcome::Ignored(_) | Outcome::Unknown(_)) =>
            {
                Outcome::Unknown(reason.to_owned().into())
            }
            Some(_) => outcome,
        };
        if !self.outcomes.iter().any(|(said, _)| *said == name) {
            self.outcomes.push((name, outcome));
        }
    }

    /// Says that a variable is empty, where that is the same as unset, or else what becomes of it.
    pub(super) fn say_unless_empty(&mut self, name: &'static str, outcome: Outcome) {
        let is_empty = self.environment.get(name) == Some(EnvText::Literal(""));
        self.say(name, if is_empty { Outcome::Ignored("an empty value counts as unset".into()) } else { outcome });
    }

    /// The value of a variable as it may be shown.
    pub(super) fn shown(&self, name: &str) -> String {
        const MOST: usize = 60;
        match self.environment.get(name) {
            Some(EnvText::Literal("")) => "an empty value".to_owned(),
            Some(EnvText::Literal(text)) => {
                let text: String = shown(name, text).escape_debug().collect();
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
