//! What can be asked about an option.

use super::table::{Form, Key, OPTIONS, OptionSpec};
use crate::knowledge::Backend;

impl OptionSpec {
    /// The help: the backend that it is for, what it does, how often it may be given.
    pub fn description(&self) -> String {
        let backend = self.backend.map(|backend| format!("{backend}: ")).unwrap_or_default();
        format!("{backend}{}", self.help)
    }

    /// The default in words, for one of the backends where that is known.
    pub fn default_for(&self, backend: Option<Backend>) -> &'static str {
        match (self.key, backend) {
            (Key::AgentPort, Some(Backend::Jaeger)) => "5775",
            (Key::AgentPort, Some(Backend::Datadog)) => "8126",
            _ if matches!(self.form, Form::Switch) => "false",
            _ => self.default.unwrap_or("–"),
        }
    }

    /// Returns true if the option may be given several times.
    pub fn repeats(&self) -> bool {
        matches!(self.form, Form::List | Form::Pairs(_))
    }
}

impl Form {
    /// The words that it may be; none where it is no word.
    pub fn words(self) -> Vec<String> {
        match self {
            Self::Word(words) => words().iter().map(|word| word.get_name().to_owned()).collect(),
            _ => Vec::new(),
        }
    }
}

impl Key {
    /// All of them, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        OPTIONS.iter().map(|option| option.key)
    }

    /// The option of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|key| key.name() == name)
    }

    /// Its name, without dashes before it.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// What is known of it.
    pub fn spec(self) -> &'static OptionSpec {
        // A test compares the order of the table with that of the variants.
        &OPTIONS[self as usize]
    }
}
