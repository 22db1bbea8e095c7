//! The settings that there are.

use crate::profile::Backend;

/// A setting. It is called as the option is that says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the option of its name")]
pub enum Key {
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
    RequireMatch,
    FailOn,
    Allow,
    Deny,
}

/// What a setting looks like in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text; a number or a boolean counts as it is spelt.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Switch,
    /// A list of texts.
    List,
    /// A mapping of texts, each of which is a setting of its own. An option has this between the name and the text.
    Pairs(char),
}

/// What is known of a setting.
struct About {
    key: Key,
    name: &'static str,
    form: Form,
    /// The default value, in words.
    default: &'static str,
    /// Whether overrides may say it, deployment by deployment.
    may_differ: bool,
}

/// Options that say what a single run is to do, and are no settings.
pub const COMMAND_LINE_ONLY: &[&str] = &[
    "filename",
    "in-place",
    "output",
    "diff",
    "unified",
    "check",
    "allow-no-match",
    "json-patch",
    "quiet",
    "verbose",
    "color",
    "fix",
    "format",
    "config",
    "no-config",
    "profile",
    "schema",
    "show",
];

const NOTHING: &str = "–";

const fn of_deployment(key: Key, name: &'static str, form: Form, default: &'static str) -> About {
    About { key, name, form, default, may_differ: true }
}

const fn of_run(key: Key, name: &'static str, form: Form, default: &'static str) -> About {
    About { key, name, form, default, may_differ: false }
}

const TABLE: &[About] = &[
    of_deployment(Key::Backend, "backend", Form::Word(&["jaeger", "datadog"]), NOTHING),
    of_deployment(Key::AgentHost, "agent-host", Form::Text, "status.hostIP"),
    of_deployment(Key::AgentPort, "agent-port", Form::Text, "5775 for jaeger, 8126 for datadog"),
    of_deployment(Key::Service, "service", Form::Text, NOTHING),
    of_deployment(Key::Set, "set", Form::Pairs('='), NOTHING),
    of_deployment(Key::SamplerType, "sampler-type", Form::Text, "const"),
    of_deployment(Key::SamplerParam, "sampler-param", Form::Text, "1"),
    of_deployment(Key::OrchestratorSamplerParam, "orchestrator-sampler-param", Form::Text, NOTHING),
    of_deployment(Key::SampleRate, "sample-rate", Form::Text, "1"),
    of_deployment(Key::OrchestratorSampleRate, "orchestrator-sample-rate", Form::Text, NOTHING),
    of_deployment(Key::Tag, "tag", Form::Pairs(':'), NOTHING),
    of_deployment(Key::Tags, "tags", Form::Text, NOTHING),
    of_deployment(Key::Names, "names", Form::Word(&["seldon", "standard", "both"]), "seldon"),
    of_deployment(Key::Reset, "reset", Form::Switch, "false"),
    of_deployment(Key::Keep, "keep", Form::List, NOTHING),
    of_deployment(Key::KeepConfig, "keep-config", Form::Switch, "false"),
    of_deployment(Key::Unset, "unset", Form::List, NOTHING),
    of_run(Key::Name, "name", Form::Text, NOTHING),
    of_run(Key::Namespace, "namespace", Form::Text, NOTHING),
    of_run(Key::Selector, "selector", Form::Text, NOTHING),
    of_run(Key::Predictor, "predictor", Form::Text, NOTHING),
    of_run(Key::Container, "container", Form::Text, NOTHING),
    of_run(Key::Only, "only", Form::Word(&["containers", "orchestrator"]), NOTHING),
    of_run(Key::AllContainers, "all-containers", Form::Switch, "false"),
    of_run(Key::RequireMatch, "require-match", Form::Switch, "false"),
    of_run(Key::FailOn, "fail-on", Form::Word(&["error", "warning", "info", "never"]), "warning"),
    of_deployment(Key::Allow, "allow", Form::List, NOTHING),
    of_deployment(Key::Deny, "deny", Form::List, NOTHING),
];

impl Key {
    /// All of them, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        TABLE.iter().map(|about| about.key)
    }

    /// The setting of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|key| key.name() == name)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// What it looks like.
    pub fn form(self) -> Form {
        self.about().form
    }

    /// The default value in words, for one of the backends where it is known.
    pub fn default(self, backend: Option<Backend>) -> &'static str {
        match (self, backend) {
            (Self::AgentPort, Some(Backend::Jaeger)) => "5775",
            (Self::AgentPort, Some(Backend::Datadog)) => "8126",
            _ => self.about().default,
        }
    }

    /// The only backend that it is for; `None` for both.
    pub fn backend(self) -> Option<Backend> {
        match self {
            Self::SamplerType | Self::SamplerParam | Self::OrchestratorSamplerParam => Some(Backend::Jaeger),
            Self::SampleRate | Self::OrchestratorSampleRate | Self::Tag | Self::Tags | Self::Names => {
                Some(Backend::Datadog)
            }
            _ => None,
        }
    }

    /// Whether overrides may say it, deployment by deployment.
    pub fn may_differ(self) -> bool {
        self.about().may_differ
    }

    fn about(self) -> &'static About {
        // A test holds the table against the order of the variants.
        &TABLE[self as usize]
    }
}
