//! The report on a plan: the changes of each deployment, with the values for display, and the warnings.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;

use crate::credentials::{is_credential, is_shown_variable, masked_value};
use crate::knowledge::otlp::mlserver;
use crate::knowledge::{Content, Note, merge_tags};
use crate::manifest::Variable;
use crate::yaml::NodeId;

/// The number of lint findings before and after the change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LintCounts {
    /// In the input.
    pub before: LintCount,
    /// In the result.
    pub after: LintCount,
}

/// The number of findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LintCount {
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
}

impl AddAssign for LintCounts {
    fn add_assign(&mut self, more: Self) {
        for (count, more) in [(&mut self.before, more.before), (&mut self.after, more.after)] {
            count.errors += more.errors;
            count.warnings += more.warnings;
        }
    }
}

/// The changes of one deployment.
#[derive(Debug)]
pub struct DeploymentReport {
    /// The mapping of the resource.
    pub node: NodeId,
    /// The namespace, or `default`.
    pub namespace: String,
    /// The name, which may be empty.
    pub name: String,
    /// The task in a word or two: `jaeger`, `off`, `fixed`.
    pub what: Cow<'static, str>,
    /// The targets, changed or not.
    pub targets: Vec<TargetReport>,
    /// The skipped targets.
    pub skips: Vec<SkippedTarget>,
    /// The warnings.
    pub remarks: Vec<Remark>,
    /// The number of targets that get the library that was asked for; `None` if none was, or there was no target.
    pub with_library: Option<usize>,
    /// The number of targets that can send to the sidecar that was asked for; `None` if none was, or there was no target.
    pub with_sidecar: Option<usize>,
    /// The config files of its containers, each as the ConfigMap and the key.
    pub config_files: Vec<(String, String)>,
}

impl DeploymentReport {
    /// Adds the changes of a later pass over the same deployment.
    pub fn absorb(&mut self, later: Self) {
        let places = self.targets.iter().enumerate().map(|(at, target)| (target.name.clone(), at));
        let places: HashMap<String, usize> = places.collect();
        for target in later.targets {
            match places.get(&target.name) {
                Some(at) => self.targets[*at].absorb(&target.variables),
                None => self.targets.push(target),
            }
        }
    }

    /// Returns true if something changed.
    pub fn is_changed(&self) -> bool {
        self.targets.iter().any(|target| !target.variables.is_empty())
    }

    /// Returns true if all selected targets were skipped.
    pub fn is_skipped(&self) -> bool {
        self.targets.is_empty() && !self.skips.is_empty()
    }

    /// Returns true if at least one target was selected: changed, unchanged or skipped.
    pub fn is_selected(&self) -> bool {
        !self.targets.is_empty() || !self.skips.is_empty()
    }
}

/// A target that is skipped.
#[derive(Debug)]
pub struct SkippedTarget {
    /// The node that it is about.
    pub node: NodeId,
    /// The name, as that of a [`TargetReport`].
    pub name: String,
    pub reason: String,
}

/// The changes of one target.
#[derive(Debug)]
pub struct TargetReport {
    /// `orchestrator` or the container's name; `PREDICTOR/NAME` if there are several predictors. For a change of other
    /// parts the collection that has them, such as `labels`.
    pub name: String,
    /// The changed variables, in the order of the list. Targets with the same changes may share them.
    pub variables: Arc<[VariableChange]>,
}

/// A variable that changed, or another part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VariableChange {
    /// The name before the change.
    pub name: Cow<'static, str>,
    /// The kind of change.
    pub action: Action,
    /// The old value for display, if there is one and values are shown.
    pub before: Option<Box<str>>,
    /// The new value for display, if there is one and values are shown.
    pub after: Option<Box<str>>,
}

/// `classifier +5 ~1 -2`
impl fmt::Display for TargetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.name.is_empty() { "(no name)" } else { &self.name })?;
        for action in [Action::Added, Action::Changed, Action::Removed] {
            let count = self.variables.iter().filter(|change| change.action == action).count();
            if count > 0 {
                write!(f, " {}{count}", action.sign())?;
            }
        }
        Ok(())
    }
}

impl Action {
    /// The sign in reports.
    pub fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Changed => '~',
            Self::Removed => '-',
        }
    }
}

impl TargetReport {
    fn absorb(&mut self, later: &[VariableChange]) {
        if later.is_empty() {
            return;
        }
        let mut by_name: HashMap<&str, &VariableChange> = later.iter().map(|change| (&*change.name, change)).collect();
        let mut all = self.variables.to_vec();
        for change in &mut all {
            if let Some(again) = by_name.remove(&*change.name) {
                change.after.clone_from(&again.after);
            }
        }
        all.extend(later.iter().filter(|change| by_name.contains_key(&*change.name)).cloned());
        self.variables = all.into();
    }
}

/// The kind of change of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// A new variable.
    Added,
    /// A changed value, or quotes around the same one.
    Changed,
    /// A removed variable.
    Removed,
}

/// A warning about a deployment.
#[derive(Debug, PartialEq, Eq)]
pub struct Remark {
    /// The node that it is about.
    pub node: NodeId,
    /// A second, related node.
    pub also: Option<NodeId>,
    /// The message.
    pub text: String,
}

impl Remark {
    pub(super) fn new(node: NodeId, text: String) -> Self {
        Self { node, also: None, text }
    }
}

/// A note that is printed once for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunNote {
    Profile(Note),
    /// JAEGER_AGENT_PORT was removed from an orchestrator.
    PortRemoved,
    /// Config files come from a ConfigMap.
    ConfigMap,
    /// No container of a predictor takes a config file, and the option for it is given.
    NoConfigMap,
    /// A sidecar is an init container that keeps running.
    NativeSidecar,
    /// MLServer gets the address of a collector.
    MlServer,
    /// A predictor has no node that MLServer serves, and the option for it is given.
    NoMlServer,
    /// A container gets a search path of Python, which it did not have in the manifest.
    NewPath,
}

impl fmt::Display for RunNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(note) => note.fmt(f),
            // jaeger#1986: the Service's links set JAEGER_AGENT_PORT=udp://…, which jaeger-client-go can't parse.
            Self::PortRemoved => f.write_str(
                "without JAEGER_AGENT_PORT an executor does not start beside a Service named jaeger-agent; \
                 --keep JAEGER_AGENT_PORT keeps it",
            ),
            Self::MlServer => f.write_str(concat!(
                "MLServer traces from ",
                mlserver!(first),
                " on, so set an image of that version or a later one: ",
                mlserver!(releases)
            )),
            Self::NoMlServer => f.write_str(
                "--otlp changes nothing: it is for nodes that MLServer serves, and none is selected",
            ),
            Self::NoConfigMap => f.write_str(
                "--config-map changes nothing: it is for containers of Seldon's Python wrapper, and none is selected",
            ),
            Self::NewPath => f.write_str(
                "if the image sets PYTHONPATH, this value replaces it; copy the image's value into the manifest first",
            ),
            Self::ConfigMap => f.write_str(
                "`seldon-trace agent jaeger-config` prints the ConfigMap, for the same files and the same --config-map, \
                 --service, --sampler-type, --sampler-param and --propagation: apply it first, and restart the pods \
                 after a change",
            ),
            Self::NativeSidecar => f.write_str(
                "a native sidecar needs Kubernetes 1.29 and a resource definition that knows `restartPolicy` of init \
                 containers: Seldon's Helm chart has it from 1.19 on, its kustomization from 1.18.1 on",
            ),
        }
    }
}

/// The placeholder for a credential.
const HIDDEN: &str = "(hidden)";

/// Makes `VariableChange`s, with values only if they are shown: they take memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reporter {
    pub shows_values: bool,
}

impl Reporter {
    pub(super) fn added(self, name: impl Into<Cow<'static, str>>, content: &Content) -> VariableChange {
        let name = name.into();
        let after = self.shows_values.then(|| of_content(&name, content).into());
        VariableChange { name, action: Action::Added, before: None, after }
    }

    pub(super) fn changed(self, variable: &Variable<'_>, after: &Content) -> VariableChange {
        let after = self.shows_values.then(|| match variable.is_secret {
            true => HIDDEN.into(),
            // It may be the old value in quotes.
            false if !is_shown_variable(variable.name) => HIDDEN.into(),
            false => of_content(variable.name, after).into(),
        });
        VariableChange { after, ..self.with_before(variable, Action::Changed) }
    }

    /// A change that also renames the variable.
    pub(super) fn renamed(self, variable: &Variable<'_>, name: &str, after: &Content) -> VariableChange {
        let after = self.shows_values.then(|| format!("{name} {}", of_content(name, after)).into());
        VariableChange { after, ..self.with_before(variable, Action::Changed) }
    }

    pub(super) fn removed(self, variable: &Variable<'_>) -> VariableChange {
        self.with_before(variable, Action::Removed)
    }

    fn with_before(self, variable: &Variable<'_>, action: Action) -> VariableChange {
        let before = self.shows_values.then(|| of_variable(variable).into());
        VariableChange { name: variable.name.to_owned().into(), action, before, after: None }
    }
}

fn of_content(name: &str, content: &Content) -> String {
    match content {
        _ if is_credential(name) => HIDDEN.to_owned(),
        Content::Literal(text) => literal(text),
        Content::Field(field) => (*field).to_owned(),
        Content::Folder(folder) => format!("`{folder}` before the rest"),
        Content::Tags(tags) => literal(&merge_tags("", tags)),
    }
}

fn of_variable(variable: &Variable<'_>) -> String {
    match (variable.reference, variable.text()) {
        (Some(reference), _) => reference.to_string(),
        _ if variable.is_secret || !is_shown_variable(variable.name) => HIDDEN.to_owned(),
        (None, Some(text)) => literal(text),
        (None, None) => "(no value)".to_owned(),
    }
}

fn literal(text: &str) -> String {
    format!("`{}`", masked_value(text))
}
