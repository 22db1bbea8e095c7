//! The errors of a request.

use std::fmt;

use super::Key;
use crate::credentials::is_credential;
use crate::knowledge::Backend;
use crate::yaml::needs_escape;

/// The source of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GivenBy {
    /// An option of its own, such as `--agent-port`.
    Option(Key),
    /// `--set`, of the variable of this name.
    Set(String),
}

/// An error in a request. Its text names the option, its value, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageError {
    /// A value that the reader of the variable rejects or misreads.
    Value {
        /// The source of the value.
        origin: GivenBy,
        /// The value; `None` for a secret.
        value: Option<String>,
        /// The expected value.
        problem: String,
    },
    /// A `--set` without a name or without a `=`.
    NoAssignment {
        /// The given text.
        text: String,
    },
    /// A variable that no client reads.
    Unknown {
        /// The variable.
        name: String,
        /// The advice.
        hint: String,
    },
    /// An unknown variable in `explain`.
    UnknownName {
        /// The variable.
        name: String,
        /// The nearest known name.
        nearest: Option<&'static str>,
    },
    /// An option, or a variable, of the other backend.
    OtherBackend {
        /// The given option or variable.
        origin: GivenBy,
        belongs_to: Backend,
        /// The requested backend.
        asked_for: Backend,
    },
    /// Two values for one variable, or two ways to give it that exclude each other.
    Contradiction {
        /// The first of the two.
        first: GivenBy,
        /// The second, which contradicts it.
        second: GivenBy,
        /// The variable that both give.
        name: &'static str,
    },
    /// Something that has to be given as well.
    Missing {
        /// The given option or variable.
        origin: GivenBy,
        /// The missing option or variable.
        needed: GivenBy,
        reason: String,
    },
}

/// Text with control characters escaped, for a terminal.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            character if needs_escape(character) => write!(f, "{}", character.escape_default()),
            character => write!(f, "{character}"),
        })
    }
}

impl fmt::Display for GivenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Text after the name of a credential and a space would be masked.
            Self::Option(Key::ApiKeySecret) => f.write_str("`--api-key-secret`"),
            Self::Option(option) => write!(f, "--{}", option.name()),
            Self::Set(name) if is_credential(name) => write!(f, "`--set {}`", Escaped(name)),
            Self::Set(name) => write!(f, "--set {}", Escaped(name)),
        }
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(GivenBy::to_string))
    }
}

impl UsageError {
    /// The message, with other names for the sources than those of the command line.
    pub fn words(&self, called: impl Fn(&GivenBy) -> String) -> String {
        match self {
            Self::Value { origin, value: Some(value), problem } => {
                format!("invalid value '{}' for {}: {}", Escaped(value), called(origin), Escaped(problem))
            }
            Self::Value { origin, value: None, problem } => {
                format!("invalid value for {}: {}", called(origin), Escaped(problem))
            }
            Self::NoAssignment { text } => {
                format!("invalid value '{}' for --set: it is VARIABLE=VALUE", Escaped(text))
            }
            Self::Unknown { name, hint } => {
                format!("{}: nothing in Seldon Core reads this variable; {hint}", called(&GivenBy::Set(name.clone())))
            }
            Self::UnknownName { name, nearest: Some(nearest) } => {
                format!("{} is not known; did you mean {nearest}?", Escaped(name))
            }
            Self::UnknownName { name, nearest: None } => {
                format!("{} is not known; `seldon-trace explain` lists what is", Escaped(name))
            }
            Self::OtherBackend { origin, belongs_to, asked_for } => {
                let origin = called(origin);
                format!("{origin} belongs to --backend {belongs_to} and cannot be used with --backend {asked_for}")
            }
            Self::Contradiction { first, second, name } if first == second => {
                format!("{} is given twice, with different values: give {name} once", called(first))
            }
            Self::Contradiction { first, second, name } => {
                format!("{} cannot be used with {}: both give {name}; leave one out", called(first), called(second))
            }
            Self::Missing { origin, needed, reason } => {
                format!("{} needs {} too: {reason}", called(origin), called(needed))
            }
        }
    }
}

impl std::error::Error for UsageError {}
