//! An option, and what can be asked about it.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::knowledge::ports;
use crate::knowledge::values::Takes;
use crate::knowledge::variables::Purpose;
use crate::knowledge::{Backend, Reader};

/// An option, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the option of its name")]
pub enum Key {
    Action,
    Backend,
    AgentHost,
    AgentPort,
    Service,
    Set,
    SamplerType,
    SamplerParam,
    OrchestratorSamplerParam,
    SampleRate,
    OrchestratorSampleRate,
    Tag,
    Tags,
    Names,
    Environment,
    ServiceVersion,
    Tagging,
    Inject,
    LibraryVersion,
    LibraryImage,
    ConfigMap,
    Propagation,
    OrchestratorAgentHost,
    Agent,
    AgentImage,
    NativeSidecar,
    Collector,
    CollectorTls,
    ApiKeySecret,
    Site,
    Fargate,
    Otlp,
    Reset,
    Keep,
    KeepConfig,
    Unset,
    Name,
    Namespace,
    Selector,
    Predictor,
    Container,
    Only,
    AllContainers,
    Exclude,
    RequireMatch,
    FailOn,
    Allow,
    Deny,
}

/// The kind of value that an option has.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Text. In a file, a number or a boolean counts as it is spelt.
    Text,
    /// One of these words.
    Word(fn() -> Vec<PossibleValue>),
    /// `true` or `false`.
    Switch,
    /// Several texts: in a file a list, on the command line the option again.
    List,
    /// Several names with a text each: in a file a mapping. On the command line the option again, with this character
    /// between name and text.
    Pairs(char),
}

/// The lowest severity at which `lint` exits with status 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// An error
    Error,
    /// A warning or an error
    Warning,
    /// Anything
    Info,
    /// Nothing
    Never,
}

/// The change that the admission webhook makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum WebhookAction {
    /// The change of `enable`
    #[default]
    Enable,
    /// The change of `disable`
    Disable,
}

/// The commands that have an option, a bit each; none for a setting of files alone.
pub(crate) type Commands = u8;

pub(crate) const ENABLE: Commands = 1;
pub(crate) const DISABLE: Commands = 2;
pub(crate) const STATUS: Commands = 4;
pub(crate) const LINT: Commands = 8;
pub(crate) const CONFIG: Commands = 16;
/// `agent jaeger-config`
pub(crate) const AGENT: Commands = 32;

/// The manifests that an option of a settings file may differ for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Each deployment: an override may have it.
    Deployment,
    /// None: it is the same for the whole run.
    Run,
}

/// The properties of an option.
#[derive(Debug)]
pub struct OptionSpec {
    /// The option.
    pub key: Key,
    /// The name on the command line and in a file.
    pub name: &'static str,
    /// The letter on the command line.
    pub short: Option<char>,
    /// Another name on the command line.
    pub alias: Option<&'static str>,
    /// The heading in the help.
    pub heading: Option<&'static str>,
    /// The kind of its value.
    pub form: Form,
    /// The name of its value in the help.
    pub value_name: &'static str,
    /// The value if the command line has none; such an option takes one only after `=`.
    pub implied: Option<&'static str>,
    /// The help, in one line.
    pub help: &'static str,
    /// More about it, for `--help` alone; may be empty.
    pub more: &'static str,
    /// True if it is for few users, so that `-h` leaves it out.
    pub is_rare: bool,
    /// The value that is used without it, in the words of the help.
    pub default: Option<&'static str>,
    /// The manifests that it may differ for.
    pub scope: Scope,
    /// The commands that have it.
    pub commands: Commands,
    /// The backend that it is for; `None` for both.
    pub backend: Option<Backend>,
    /// The variables that it sets.
    pub sets: Option<Sets>,
    /// True if it requests parts of pods beside variables.
    pub is_part: bool,
}

/// The variables that an option sets.
#[derive(Debug, Clone, Copy)]
pub struct Sets {
    /// The variables with this setting.
    pub setting: Purpose,
    /// The kind of its value.
    pub takes: Takes,
    /// The reader in whose env lists it sets them; `None` for both.
    pub reader: Option<Reader>,
}

impl OptionSpec {
    /// The help: the backend that it is for, what it does, how often it may be given.
    pub fn description(&self) -> String {
        let backend = self.backend.map(|backend| format!("{backend}: ")).unwrap_or_default();
        format!("{backend}{}", self.help)
    }

    /// The default in words, for one of the backends where that is known.
    pub fn default_for(&self, backend: Option<Backend>) -> &'static str {
        match backend.filter(|_| self.key == Key::AgentPort) {
            Some(Backend::Jaeger) => ports::OLD_THRIFT.text,
            Some(Backend::Datadog) => ports::DATADOG.text,
            None if matches!(self.form, Form::Switch) => "false",
            None => self.default.unwrap_or("–"),
        }
    }

    /// Returns true if the option may be given several times.
    pub fn repeats(&self) -> bool {
        matches!(self.form, Form::List | Form::Pairs(_))
    }
}

impl Form {
    /// The possible words; empty for other forms.
    pub fn words(self) -> Vec<String> {
        match self {
            Self::Word(words) => words().iter().map(|word| word.get_name().to_owned()).collect(),
            _ => Vec::new(),
        }
    }
}

/// An option without anything special.
pub(super) const PLAIN: OptionSpec = OptionSpec {
    key: Key::Backend,
    name: "",
    short: None,
    alias: None,
    heading: None,
    form: Form::Text,
    value_name: "",
    implied: None,
    help: "",
    more: "",
    is_rare: false,
    default: None,
    scope: Scope::Deployment,
    commands: ENABLE | CONFIG,
    backend: None,
    sets: None,
    is_part: false,
};

pub(super) const VARIABLE: OptionSpec = OptionSpec { heading: Some("Backend"), ..PLAIN };
pub(super) const JAEGER: OptionSpec = OptionSpec { backend: Some(Backend::Jaeger), ..VARIABLE };
pub(super) const DATADOG: OptionSpec = OptionSpec { backend: Some(Backend::Datadog), ..VARIABLE };
/// An option for parts of pods beside variables.
pub(super) const PART: OptionSpec = OptionSpec { is_part: true, ..DATADOG };

pub(super) fn words<T: ValueEnum>() -> Vec<PossibleValue> {
    T::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect()
}
