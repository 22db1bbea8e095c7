//! Jaeger and Datadog as tables of variables, and the checks of a request. It knows no manifests.
//!
//! A [`Request`] is what was typed. [`Profile::new`] checks every value of it against what the reader of the variable
//! accepts, and [`Profile::wanted`] has the variables of an env list, in the order in which they are written.

mod backends;
pub(crate) mod clients;
mod lookup;
mod notes;
mod options;
mod service;
mod tags;
mod usage;
mod values;
mod variables;

use std::borrow::Cow;
use std::fmt;

pub use backends::table;
pub(crate) use backends::{
    agent_container, column, document, find, host_variable, is_in_a_column, is_in_stock_images, off, overridden_by,
    replaced,
};
pub(crate) use clients::programs::{Habit, Program, Unset};
pub(crate) use clients::{switches_off, switches_on};
pub use lookup::known;
pub(crate) use lookup::{Known, look_up};
pub(crate) use notes::Note;
pub(crate) use options::{
    CONFIG, Commands, DISABLE, ENABLE, FailOn, Form, LINT, OPTIONS, OptionSpec, STATUS, Scope, options_of,
};
pub use options::{Key, Request};
pub(crate) use tags::merge_tags;
pub(crate) use usage::{GivenBy, UsageError};
pub(crate) use values::{SAMPLER_TYPES, agree, bare_rate, is_whole, nearest};
pub(crate) use variables::unread::{Owner, Unread};
pub(crate) use variables::{Entry, Leaves, Off, OverridingVariable, Takes, counterparts, leaves};
pub use variables::{KnownVariable, Readers};

use options::Given;

/// A tracing backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Backend {
    /// Jaeger's clients, the default of Seldon Core
    Jaeger,
    /// Datadog's, in images that hold them
    Datadog,
}

/// All backends.
pub const BACKENDS: [Backend; 2] = [Backend::Jaeger, Backend::Datadog];

/// The names of Datadog's port and rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Names {
    /// Those of Seldon's document: DATADOG_TRACE_AGENT_PORT, DD_SAMPLE_RATE
    #[default]
    Seldon,
    /// Those of Datadog's own libraries: DD_TRACE_AGENT_PORT, DD_TRACE_SAMPLING_RULES
    Standard,
    /// Each of Datadog's after Seldon's
    Both,
}

/// The program that reads an env list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    /// The service orchestrator: Seldon's executor, written in Go.
    Orchestrator,
    /// A graph node's container: the Python wrapper, or a prepackaged server made of it.
    Container,
}

/// The values of the placeholders in a service's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceholderValues<'a> {
    /// The SeldonDeployment's name.
    pub name: &'a str,
    /// Its namespace, or `default`.
    pub namespace: &'a str,
    /// The predictor's name.
    pub predictor: &'a str,
    /// The container's name; for the orchestrator, the name of the container that the operator adds.
    pub container: &'a str,
}

/// The wanted content of an env entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// `value`: this text.
    Literal(Cow<'static, str>),
    /// `valueFrom`: the node's address, a `fieldRef` to `status.hostIP`.
    HostIp,
    /// `value`: these tags, merged into the existing ones by [`merge_tags`].
    Tags(Vec<(String, String)>),
}

/// The precedence of a wanted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strength {
    /// On in effect: a spelling for which [`is_on`] holds is kept.
    On,
    /// Given by the user: it replaces the existing value.
    Given,
    /// A default: it is only written if there is no value.
    Default,
}

/// A variable that `enable` wants in an env list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The variable's name.
    pub name: &'static str,
    /// The wanted content.
    pub content: Content,
    /// The precedence over an existing value.
    pub strength: Strength,
}

/// A request with checked values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    backend: Backend,
    names: Names,
    reset: bool,
    /// The given values by variable and reader; those of `--set` last, in the order given.
    given: Vec<Given>,
}

impl Profile {
    /// Checks a request, and resolves its options into values of variables.
    ///
    /// # Errors
    /// All errors of the request.
    pub fn new(request: Request) -> Result<Self, Vec<UsageError>> {
        let given = options::resolve(&request)?;
        Ok(Self { backend: request.backend, names: request.names.unwrap_or_default(), reset: request.reset, given })
    }

    /// The backend asked for.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The names of the port and the rate.
    pub fn names(&self) -> Names {
        self.names
    }

    /// Returns true if defaults replace existing values, too.
    pub fn reset(&self) -> bool {
        self.reset
    }

    /// The wanted variables of an env list: those of the backend's table in its order, then those of `--set`.
    pub fn wanted(&self, reader: Reader, place: &PlaceholderValues<'_>) -> Vec<Wanted> {
        let written = table(self.backend)
            .iter()
            .filter(|variable| variable.readers.include(reader))
            .filter_map(|variable| Some((variable, variable.entry_under(self.names)?)))
            .filter_map(|(variable, entry)| match self.given(variable.name, reader) {
                Some(given) => Some(given.wanted(place)),
                None => variable.unasked(entry),
            });
        let set = self
            .given
            .iter()
            .filter(|given| given.reader == reader && given.variable.entry_under(self.names).is_none())
            .map(|given| given.wanted(place));
        written.chain(set).collect()
    }

    /// Returns true if an option gives a value for this variable in the env lists of this reader.
    pub fn gives(&self, name: &str, reader: Reader) -> bool {
        self.given(name, reader).is_some()
    }

    /// The variables of an environment that a client can't use as they are, each with the reason and with what to write
    /// instead.
    pub(crate) fn refused(
        &self,
        reader: Reader,
        environment: &clients::Environment<'_>,
    ) -> Vec<(&'static str, String)> {
        options::refused(self.backend, reader, environment)
    }

    /// Returns true if the sampler's type was given: it does not inherit the existing param.
    pub fn sampler_type_given(&self) -> bool {
        self.gives("JAEGER_SAMPLER_TYPE", Reader::Orchestrator)
    }

    /// Returns true if the sampler's param was given for this reader.
    pub fn sampler_param_given(&self, reader: Reader) -> bool {
        self.gives("JAEGER_SAMPLER_PARAM", reader)
    }

    /// The notes on this request, each once.
    pub fn notes(&self) -> Vec<Note> {
        notes::of(self.backend, &self.given)
    }

    fn given(&self, name: &str, reader: Reader) -> Option<&Given> {
        self.given.iter().find(|given| given.reader == reader && given.variable.name == name)
    }
}

impl Backend {
    /// Returns true for Jaeger.
    ///
    /// Code about one backend asks this instead of `== Backend::Jaeger`: a new backend doesn't compile before it has an
    /// answer.
    #[must_use]
    pub fn is_jaeger(self) -> bool {
        match self {
            Self::Jaeger => true,
            Self::Datadog => false,
        }
    }

    /// Returns true for Datadog; see [`Self::is_jaeger`].
    #[must_use]
    pub fn is_datadog(self) -> bool {
        match self {
            Self::Datadog => true,
            Self::Jaeger => false,
        }
    }

    /// The other backend.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Jaeger => Self::Datadog,
            Self::Datadog => Self::Jaeger,
        }
    }

    /// Its name in a text.
    pub fn title(self) -> &'static str {
        match self {
            Self::Jaeger => "Jaeger",
            Self::Datadog => "Datadog",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jaeger => "jaeger",
            Self::Datadog => "datadog",
        })
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seldon => "seldon",
            Self::Standard => "standard",
            Self::Both => "both",
        })
    }
}

#[cfg(test)]
mod tests;
