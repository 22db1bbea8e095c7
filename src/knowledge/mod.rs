//! Jaeger and Datadog as tables of variables, and the checks of a request. This module does not use manifests.
//!
//! A [`Request`] has the options as typed. [`Profile::new`] checks each value against the reader of its variable.
//! [`Profile::wanted`] returns the variables of an env list in the order in which they are written.

pub(crate) mod address;
mod agents;
mod backends;
pub(crate) mod clients;
pub(crate) mod collector;
mod lookup;
pub(crate) mod names;
mod notes;
mod options;
pub(crate) mod otlp;
pub(crate) mod parts;
pub(crate) mod ports;
mod readers;
pub(crate) mod receivers;
mod service;
pub(crate) mod sidecar;
mod tags;
mod values;
mod variables;

use std::borrow::Cow;
use std::fmt;

pub(crate) use agents::{AgentCandidate, AgentPorts, DATADOG_CONFIG};
pub use backends::table;
pub(crate) use backends::{
    column, document, find, host_variable, is_in_a_column, is_in_stock_images, off, overridden_by, removed_with,
    replaced,
};
pub(crate) use clients::programs::{Behavior, Program, Unset};
pub(crate) use clients::{switches_off, switches_on};
pub use lookup::known;
pub(crate) use lookup::{Known, is_known, is_of_agent, look_up};
pub(crate) use notes::Note;
pub(crate) use options::usage::{GivenBy, UsageError};
pub(crate) use options::{
    AGENT, CONFIG, Commands, DISABLE, ENABLE, FailOn, Form, LINT, OPTIONS, OptionSpec, STATUS, Scope, WebhookAction,
    option_of_part, options_of,
};
pub use options::{Key, Request};
pub use readers::{Reader, Readers};
pub(crate) use tags::merge_tags;
pub(crate) use values::{SAMPLER_TYPES, Takes, agree, bare_rate, nearest};
pub use variables::KnownVariable;
pub(crate) use variables::unread::{Owner, Unread};
pub(crate) use variables::{AddedIf, Leaves, Off, OverridingVariable, WrittenEntry, counterparts, leaves};

use options::Given;
use parts::{Parts, TagLabel};
use sidecar::AgentChoice;
pub(crate) use variables::Purpose;

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

/// The values of the placeholders in a service's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceholderValues<'a> {
    /// The SeldonDeployment's name.
    pub name: &'a str,
    /// The namespace, or `default`.
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
    /// `valueFrom`: a `fieldRef` to this field of the pod.
    Field(&'static str),
    /// `value`: this folder before the others of a search path.
    Folder(&'static str),
    /// `value`: these tags, merged into the existing ones by [`merge_tags`].
    Tags(Vec<(String, String)>),
}

/// The precedence of a wanted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strength {
    /// A switch that has to be on: an existing value that every reader accepts as on is kept.
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
    /// True if it is removed only where the annotation [`parts::ADDED_ANNOTATION`] lists it.
    pub is_listed: bool,
}

/// A request with checked values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    backend: Backend,
    names: Names,
    reset: bool,
    /// The given values by variable and reader; those of `--set` last, in the order given.
    given: Vec<Given>,
    parts: Parts,
    /// True for containers into which Datadog's library is injected.
    is_injected: bool,
    /// The profile of such containers. `None`: the library can't use the options, which do not ask for injection.
    injected: Option<Box<Self>>,
}

/// The settings of a config file of the Python wrapper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrapperSettings {
    /// The service, if it is given.
    pub service: Option<String>,
    pub sampler_type: String,
    pub sampler_param: String,
    /// True for B3 headers.
    pub is_b3: bool,
}

impl Profile {
    /// Checks a request, and resolves its options into values of variables.
    ///
    /// # Errors
    /// All errors of the request.
    pub fn new(request: Request) -> Result<Self, Vec<UsageError>> {
        let (given, parts) = options::resolve(&request)?;
        let profile = Self {
            backend: request.backend,
            names: request.names.unwrap_or_default(),
            reset: request.reset,
            given,
            parts: parts.clone(),
            is_injected: false,
            injected: None,
        };
        if request.backend.is_jaeger() {
            return Ok(profile);
        }
        let is_asked = parts.inject.is_some();
        let injected = match options::resolve(&Request { names: Some(Names::Standard), ..request }) {
            Ok((given, _)) => {
                Self { names: Names::Standard, given, parts, is_injected: true, injected: None, ..profile }
            }
            Err(errors) if is_asked => return Err(errors),
            Err(_) => return Ok(profile),
        };
        Ok(Self { injected: Some(Box::new(injected)), ..profile })
    }

    /// The requested parts of pods.
    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The profile of a container into which Datadog's library is injected.
    pub(crate) fn injected(&self) -> &Self {
        self.injected.as_deref().unwrap_or(self)
    }

    /// Returns true if this is the profile of a container into which Datadog's library is injected.
    pub(crate) fn is_injected(&self) -> bool {
        self.is_injected
    }

    /// Returns true if the annotation lists the parts that a run adds and the variables of `--set`.
    fn writes_list(&self) -> bool {
        let has_listed_sidecar = self.backend.is_datadog() && self.parts.wants_sidecar();
        has_listed_sidecar || self.parts.is_listed() || self.given.iter().any(Given::is_listed)
    }

    /// The requested labels of unified service tagging, with their values in a predictor.
    pub(crate) fn tag_labels(&self, place: &PlaceholderValues<'_>) -> Vec<(TagLabel, String)> {
        if self.parts.tagging.is_none() {
            return Vec::new();
        }
        let of = |label: &TagLabel| {
            let given = self.given.iter().find(|given| given.variable.name == label.variable)?;
            Some((*label, given.literal(place)?))
        };
        parts::TAG_LABELS.iter().filter_map(of).collect()
    }

    /// The requested backend.
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
            .filter(|(_, entry)| !(self.is_injected() && entry.setting == Purpose::Switch))
            .filter_map(|(variable, entry)| match self.given(variable.name, reader).filter(|given| !given.is_last()) {
                Some(given) => Some(given.wanted(place)),
                None => variable.default_value(entry),
            });
        let set = self
            .given
            .iter()
            .filter(|given| given.reader == reader)
            .filter(|given| given.variable.entry_under(self.names).is_none() || given.is_last())
            .map(|given| given.wanted(place));
        let mut wanted: Vec<Wanted> = written.chain(set).collect();
        if !self.writes_list() {
            return wanted;
        }
        for want in wanted.iter_mut().filter(|want| want.strength == Strength::Given) {
            want.is_listed = !column(self.backend).contains(&want.name);
            let label = parts::TAG_LABELS.iter().find(|label| label.variable == want.name);
            if let Some(label) = label.filter(|_| self.parts.tagging.is_some()) {
                want.content = Content::Field(label.field);
            }
        }
        wanted
    }

    /// Sets the agent in the wanted variables, unless an option gives its host or port.
    pub(crate) fn name_agent(&self, wanted: &mut [Wanted], agent: AgentChoice) {
        for want in wanted.iter_mut().filter(|want| want.strength == Strength::Default) {
            let entry = find(self.backend, want.name).and_then(|variable| variable.entry);
            match (entry.map(|entry| entry.setting), agent) {
                (Some(Purpose::Host), AgentChoice::Sidecar(strength)) => {
                    (want.content, want.strength) = (Content::Literal("localhost".into()), strength);
                }
                (Some(Purpose::Port), AgentChoice::Sidecar(strength)) => {
                    let port = sidecar::sidecar_port(self.backend);
                    (want.content, want.strength) = (Content::Literal(port.into()), strength);
                }
                (Some(Purpose::Host), AgentChoice::Node { .. })
                | (Some(Purpose::Port), AgentChoice::Node { with_port: true }) => want.strength = Strength::Given,
                _ => {}
            }
        }
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
        options::refused(self.backend, reader, environment, self.parts())
    }

    /// Returns true if the sampler's param was given for this reader.
    pub fn sampler_param_given(&self, reader: Reader) -> bool {
        self.gives("JAEGER_SAMPLER_PARAM", reader)
    }

    /// The settings of a container in a config file of the Python wrapper, which reads no variable for them.
    pub(crate) fn wrapper_settings(&self, place: &PlaceholderValues<'_>) -> WrapperSettings {
        let wanted = self.wanted(Reader::Container, place);
        let text = |name: &str| match wanted.iter().find(|wanted| wanted.name == name).map(|wanted| &wanted.content) {
            Some(Content::Literal(text)) => text.to_string(),
            _ => String::new(),
        };
        let service = self.given("JAEGER_SERVICE_NAME", Reader::Orchestrator).map(|given| given.wanted(place).content);
        WrapperSettings {
            service: service.and_then(|content| match content {
                Content::Literal(text) => Some(text.into_owned()),
                Content::Field(_) | Content::Folder(_) | Content::Tags(_) => None,
            }),
            // The wrapper exits at other letter cases.
            sampler_type: text("JAEGER_SAMPLER_TYPE").to_ascii_lowercase(),
            sampler_param: text("JAEGER_SAMPLER_PARAM"),
            is_b3: self
                .given("JAEGER_TRACE_PROPAGATION_TYPE", Reader::Orchestrator)
                .is_some_and(|it| it.text() == "b3"),
        }
    }

    /// The notes on this request, each once.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = notes::of(self.backend, &self.given, &self.parts);
        if self.is_injected() {
            notes.retain(|note| *note != Note::StockImages);
        }
        notes
    }

    fn given(&self, name: &str, reader: Reader) -> Option<&Given> {
        self.given.iter().find(|given| given.reader == reader && given.variable.name == name)
    }
}

impl Backend {
    /// Returns true for Jaeger.
    ///
    /// Use this instead of `== Backend::Jaeger`: a new backend then does not compile until it has an answer.
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

    /// The display name.
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
