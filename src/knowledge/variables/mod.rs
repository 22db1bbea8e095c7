//! The types of a backend's table. The tables are in `jaeger` and `datadog`.

pub(super) mod datadog;
pub(super) mod jaeger;
pub(super) mod library;
pub(super) mod unread;

use std::borrow::Cow;

use crate::manifest::HOST_IP;

use super::clients::programs::{Program, Reading};
use super::clients::switches_off;
use super::readers::Readers;
use super::values::{RULE_OF_RATE, Takes};
use super::{Content, Names, Strength, Wanted};

/// The data of a backend.
pub(in crate::knowledge) struct Client {
    /// The variables that `enable` writes in their order, then those that only `--set` writes.
    pub variables: &'static [KnownVariable],
    /// Seldon's document with their values.
    pub document: &'static str,
    /// The variables of all `--names`.
    pub column: &'static [&'static str],
    /// The variables of the other backend that `enable` removes.
    pub replaced: &'static [&'static str],
    /// The variables that switch it off.
    pub off: &'static [Off],
    /// The variables that override its own.
    pub overrides: &'static [OverridingVariable],
    /// The variable with the agent's host.
    pub host: &'static str,
    /// The agent as a container in a pod.
    pub agent: AgentContainer,
    /// True if the images of Seldon Core's releases have its client.
    pub in_stock_images: bool,
}

/// A variable that a tracing client reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownVariable {
    /// The name.
    pub name: &'static str,
    /// The env lists that it is added to.
    pub readers: Readers,
    /// The kind of its value.
    pub takes: Takes,
    /// The place among those that `enable` writes; `None` if only `--set` writes it.
    pub entry: Option<WrittenEntry>,
    /// The behavior of the programs that might read it.
    pub readings: &'static [Reading],
    /// The effect beyond the readings, in a sentence or two.
    pub about: &'static str,
    /// The observed effect in a real client.
    pub tried: Option<&'static str>,
}

/// The condition on which `enable` writes a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenEntry {
    /// The setting that gives its value.
    pub setting: Purpose,
    /// The `--names` under which it is written.
    pub names: &'static [Names],
    /// The value without an option.
    pub default_value: DefaultValue,
}

/// The purpose of an option, independent of the variable's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Tracing itself.
    Switch,
    /// `--agent-host`
    Host,
    /// `--agent-port`
    Port,
    /// `--service`
    Service,
    /// `--sampler-type`
    SamplerType,
    /// `--sampler-param`, `--orchestrator-sampler-param`
    SamplerParam,
    /// `--tag`, `--tags`
    Tags,
    /// `--sample-rate`, `--orchestrator-sample-rate`
    Rate,
    /// `--environment`
    Environment,
    /// `--service-version`
    Version,
    /// `--propagation`
    Propagation,
}

/// The value without an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultValue {
    /// `1`, as a switch that has to be on.
    On,
    /// The node's address, as a default.
    HostIp,
    /// This text, as a default.
    Text(&'static str),
    /// Nothing.
    Nothing,
}

/// A variable that switches a backend off and keeps its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Off {
    /// The variable.
    pub name: &'static str,
    /// The value that switches off.
    pub value: &'static str,
    /// The readers that it applies to.
    pub readers: Readers,
    pub added: AddedIf,
}

/// The condition on which a missing switch is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddedIf {
    Never,
    /// Other variables of the backend are kept.
    SetUp,
    /// Datadog's library is injected or started. It is not a switch of other containers.
    Injected,
}

/// The agent of a backend as a container in a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AgentContainer {
    /// The usual names of the container, that of the sidecar first.
    pub names: &'static [&'static str],
    /// The ends of the images' names, without tags.
    pub images: &'static [&'static str],
}

/// The condition on which a variable may be removed from an env list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaves {
    /// Always.
    Always,
    /// Only from a list that also has DD_ENABLED: the variable is for metrics and logs, too.
    BesideDdEnabled,
    /// Only if its value switches tracing off.
    WhenTrue,
}

/// A variable that overrides others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OverridingVariable {
    /// The variable.
    pub name: &'static str,
    /// The overridden variables; empty for all, since it switches tracing off.
    pub overrides: &'static [&'static str],
    /// The condition beside the value, in a clause; may be empty.
    pub condition: &'static str,
    /// The readers that it applies to.
    pub readers: Readers,
    /// The text after its name in messages.
    pub words: &'static str,
}

impl KnownVariable {
    /// The place among those written under these names.
    pub(in crate::knowledge) fn entry_under(&self, names: Names) -> Option<WrittenEntry> {
        self.entry.filter(|entry| entry.names.contains(&names))
    }

    /// The programs that read it.
    pub fn programs(&self) -> impl Iterator<Item = Program> {
        self.readings.iter().filter(|reading| reading.is_read()).map(|reading| reading.program)
    }

    /// The value without an option.
    pub fn default_value(&self, entry: WrittenEntry) -> Option<Wanted> {
        let (content, strength) = match entry.default_value {
            DefaultValue::On => (Content::Literal("1".into()), Strength::On),
            DefaultValue::HostIp => (Content::Field(HOST_IP), Strength::Default),
            DefaultValue::Text(text) => (Content::Literal(self.spell(text)), Strength::Default),
            DefaultValue::Nothing => return None,
        };
        Some(Wanted { name: self.name, content, strength, is_listed: false })
    }

    /// A setting's value as this variable spells it: a rate becomes a rule.
    pub(in crate::knowledge) fn spell<'v>(&self, value: &'v str) -> Cow<'v, str> {
        match self.takes {
            Takes::Rules => RULE_OF_RATE.join(value).into(),
            _ => value.into(),
        }
    }
}

impl OverridingVariable {
    /// Returns true if it overrides others with this value; `None` is a reference with an unknown value.
    pub(crate) fn applies(&self, value: Option<&str>) -> bool {
        !self.overrides.is_empty() || value.is_some_and(|value| switches_off(self.name, value))
    }
}

/// The condition on which a variable may be removed.
pub(crate) fn leaves(name: &str) -> Leaves {
    LEAVES.iter().find(|(one, _)| *one == name).map_or(Leaves::Always, |(_, when)| *when)
}

/// The variables with the same purpose for other readers.
pub(crate) fn counterparts(name: &str) -> &'static [&'static str] {
    COUNTERPARTS.iter().find(|(one, _)| *one == name).map_or(&[], |(_, others)| others)
}

/// Written with any `--names`.
pub(in crate::knowledge) const ALL: &[Names] = &[Names::Seldon, Names::Standard, Names::Both];
/// Written with Seldon's names.
pub(in crate::knowledge) const SELDON: &[Names] = &[Names::Seldon, Names::Both];
/// Written with Datadog's own names.
pub(in crate::knowledge) const STANDARD: &[Names] = &[Names::Standard, Names::Both];

/// An entry of the table.
pub(in crate::knowledge) const fn entry(
    setting: Purpose,
    names: &'static [Names],
    default_value: DefaultValue,
) -> Option<WrittenEntry> {
    Some(WrittenEntry { setting, names, default_value })
}

const LEAVES: &[(&str, Leaves)] = &[
    ("DD_AGENT_HOST", Leaves::BesideDdEnabled),
    ("DD_SERVICE", Leaves::BesideDdEnabled),
    ("DD_TAGS", Leaves::BesideDdEnabled),
    ("JAEGER_DISABLED", Leaves::WhenTrue),
];

const COUNTERPARTS: &[(&str, &[&str])] = &[
    ("DATADOG_TRACE_AGENT_PORT", &["DD_TRACE_AGENT_PORT"]),
    ("DD_TRACE_AGENT_PORT", &["DATADOG_TRACE_AGENT_PORT"]),
    ("DD_SAMPLE_RATE", &["DD_TRACE_SAMPLING_RULES", "DD_TRACE_SAMPLE_RATE", "DD_SAMPLING_RATE"]),
    ("DD_TRACE_SAMPLING_RULES", &["DD_SAMPLE_RATE", "DD_TRACE_SAMPLE_RATE", "DD_SAMPLING_RATE"]),
    ("DD_TRACE_SAMPLE_RATE", &["DD_SAMPLE_RATE", "DD_TRACE_SAMPLING_RULES", "DD_SAMPLING_RATE"]),
    ("DD_SAMPLING_RATE", &["DD_SAMPLE_RATE", "DD_TRACE_SAMPLING_RULES", "DD_TRACE_SAMPLE_RATE"]),
];
