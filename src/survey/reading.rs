//! The environment of a unit's process, as far as the manifest shows it.

use std::collections::HashMap;

use super::expansion::{Expansion, ExternalVariables, expand_text as expand, is_expanded};
use crate::credentials::{HIDDEN, is_shown_variable, masked_value, quoted_value};
use crate::knowledge::clients::{EnvText, Environment};
use crate::knowledge::{BACKENDS, host_variable, is_known};
use crate::manifest::{EngineVariable, Env, HOST_IP, Reference, Role, Unit, Variable, is_for_client, references};
use crate::yaml::Tree;

/// A setting in effect, and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveValue {
    /// The value or, for a reference, its target.
    pub value: String,
    /// The source of the value.
    pub source: ValueSource,
}

/// The source of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueSource {
    Manifest,
    /// A reference in the manifest.
    Reference,
    /// The default of the program that reads it.
    Default,
}

/// The value of a variable, as far as the manifest shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VariableValue<'t> {
    Unset,
    /// A text; empty for a variable without a value.
    Text(&'t str),
    /// A value that only the cluster knows, by a description of its source.
    Elsewhere(String),
}

/// The variables of a deployment's executors from its annotations. There may be many.
#[derive(Debug, Default)]
pub(crate) struct Engine<'t> {
    variables: Vec<EngineVariable<'t>>,
    /// The first variable of each name, which is the one in effect.
    by_name: HashMap<String, usize>,
    /// The variables of `by_name` that a client may read, in order.
    known: Vec<usize>,
    /// The variables of `by_name` whose name begins with `JAEGER_`, in order.
    jaeger: Vec<usize>,
}

impl<'t> Engine<'t> {
    pub(crate) fn new(variables: Vec<EngineVariable<'t>>) -> Self {
        let mut engine = Self { variables, ..Self::default() };
        for (at, EngineVariable { name, .. }) in engine.variables.iter().enumerate() {
            if !engine.by_name.contains_key(name) {
                engine.by_name.insert(name.clone(), at);
                engine.known.extend(is_known(name).then_some(at));
                engine.jaeger.extend(name.starts_with("JAEGER_").then_some(at));
            }
        }
        engine
    }

    /// All of them, in the order of the annotations.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &EngineVariable<'t>> {
        self.variables.iter()
    }

    /// Those in effect that a client may read, in the same order.
    pub(super) fn known(&self) -> impl Iterator<Item = &EngineVariable<'t>> {
        self.known.iter().map(|at| &self.variables[*at])
    }

    /// Returns true if no client reads any of them.
    pub(super) fn is_unread(&self) -> bool {
        self.known.is_empty()
    }

    fn of(&self, name: &str) -> Option<&EngineVariable<'t>> {
        self.by_name.get(name).map(|at| &self.variables[*at])
    }
}

/// The variables with which the program of a unit starts, as far as the manifest shows them: those of its env list and,
/// for the executor, those of annotations that are not in the list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EffectiveEnv<'a, 't> {
    env: &'a Env<'t>,
    engine: Option<&'a Engine<'t>>,
}

impl<'a, 't> EffectiveEnv<'a, 't> {
    pub(crate) fn of(unit: &Unit<'t>, env: &'a Env<'t>, engine: &'a Engine<'t>) -> Self {
        // The annotations apply only to the executor that the operator adds.
        let engine = Some(engine).filter(|_| matches!(unit.role, Role::SvcOrchSpec(_)));
        Self { env, engine }
    }

    /// The variable of that name that is in effect.
    pub(crate) fn last(&self, name: &str) -> Option<Variable<'a>> {
        let annotated = || self.engine.and_then(|engine| engine.of(name));
        self.env.last(name).copied().or_else(|| annotated().map(EngineVariable::as_variable))
    }

    /// The variables in effect: all of the list, and those of annotations that a client may read.
    pub(crate) fn effective(&self) -> impl Iterator<Item = Variable<'a>> {
        self.env.effective().copied().chain(self.annotated(|engine| &engine.known))
    }

    /// The first of Jaeger's variables, those of the list first.
    pub(crate) fn first_of_jaeger(&self) -> Option<Variable<'a>> {
        let is_jaegers = |variable: &&Variable<'_>| variable.name.starts_with("JAEGER_");
        let listed = self.env.variables.iter().find(is_jaegers);
        listed.copied().or_else(|| self.annotated(|engine| &engine.jaeger).next())
    }

    /// The wanted variables of annotations that the list does not override.
    fn annotated(&self, wanted: fn(&'a Engine<'t>) -> &'a [usize]) -> impl Iterator<Item = Variable<'a>> {
        let env = self.env;
        let variables = self.engine.into_iter().flat_map(move |engine| {
            wanted(engine).iter().map(move |at| &engine.variables[*at]).filter(|variable| !env.has(&variable.name))
        });
        variables.map(EngineVariable::as_variable)
    }
}

/// The env list of a unit as its program reads it.
pub(super) struct EnvReading<'a, 't> {
    in_effect: EffectiveEnv<'a, 't>,
    /// The variables that the client may read.
    variables: Vec<Variable<'a>>,
    /// The variables that Kubernetes expands.
    expanded: HashMap<&'a str, Expansion>,
    /// Another source of variables, such as envFrom, in words.
    other_source: Option<String>,
}

impl<'a, 't> EnvReading<'a, 't> {
    pub(super) fn new(tree: &Tree<'_>, unit: &Unit<'t>, env: &'a Env<'t>, engine: &'a Engine<'t>) -> Self {
        let in_effect = EffectiveEnv::of(unit, env, engine);
        // In JAEGER_TAGS, Jaeger's clients replace `${NAME}` by any variable.
        let refers = in_effect.last("JAEGER_TAGS").is_some_and(|tags| tags.value.contains("${"));
        let variables: Vec<_> = in_effect.effective().filter(|each| refers || is_for_client(each.name)).collect();
        let is_made = matches!(unit.role, Role::SvcOrchSpec(_));
        let beside = ExternalVariables::of(tree, unit.container.as_ref(), unit.env_secret.is_some(), is_made);
        // The operator moves the last of several variables of MLServer to the place of the first.
        let index_of = |each: &Variable<'_>| match unit.is_mlserver() {
            true => env.first(each.name).map_or(each.index, |first| first.index),
            false => each.index,
        };
        let expanded = variables.iter().filter(|each| is_expanded(each.value) && !each.is_placeholder());
        // The operator adds the annotations' variables after the list, in an unknown order.
        let refers_to_annotation =
            |each: &Variable<'_>| each.index.is_none() && references(each.value).any(|name| engine.of(name).is_some());
        let expanded = expanded.map(|each| match refers_to_annotation(each) {
            true => (each.name, Expansion::Hidden),
            false => (each.name, expand(env, each.value, index_of(each), beside)),
        });
        let expanded = expanded.collect();
        let unnamed = || env.has_placeholder_name().then(|| "a variable whose name is a placeholder".to_owned());
        Self { in_effect, variables, expanded, other_source: unit.other_env_source(tree).or_else(unnamed) }
    }

    /// The value of the variable of that name that is in effect.
    pub(super) fn value(&self, name: &str) -> VariableValue<'_> {
        let Some(variable) = self.in_effect.last(name) else { return VariableValue::Unset };
        match (variable.reference, variable.text()) {
            (Some(reference), _) => VariableValue::Elsewhere(reference.to_string()),
            (None, Some(text)) if variable.is_placeholder() => {
                VariableValue::Elsewhere(format!("the placeholder {}", self.without(name, text)))
            }
            (None, text) => match self.expanded.get(name) {
                Some(Expansion::Shown { text, .. }) => VariableValue::Text(text),
                Some(Expansion::NodeAddress) => VariableValue::Elsewhere(HOST_IP.to_owned()),
                Some(Expansion::Hidden) => VariableValue::Elsewhere(self.without(name, text.unwrap_or_default())),
                None => VariableValue::Text(text.unwrap_or_default()),
            },
        }
    }

    /// The same for a client to which an empty value is unset, as for those in Go.
    pub(super) fn non_empty_value(&self, name: &str) -> VariableValue<'_> {
        match self.value(name) {
            VariableValue::Text("") => VariableValue::Unset,
            value => value,
        }
    }

    /// Returns true if the list and the annotations have no variable that a client reads, and there is no other source.
    pub(super) fn is_empty(&self) -> bool {
        self.variables.is_empty() && self.other_source.is_none()
    }

    /// Another source that may define a missing variable.
    pub(super) fn other_source(&self) -> Option<&str> {
        self.other_source.as_deref()
    }

    /// A setting, or the default if the variable is unset or empty.
    pub(super) fn setting(&self, name: &str, default: &str) -> EffectiveValue {
        self.setting_of(&[name], default)
    }

    /// The first non-empty variable of several, or the default.
    pub(super) fn setting_of(&self, names: &[&str], default: &str) -> EffectiveValue {
        let setting = |value: String, source| EffectiveValue { value, source };
        match self.first_of(names) {
            Some((name, VariableValue::Text(text))) => setting(self.without(name, text), ValueSource::Manifest),
            Some((_, VariableValue::Elsewhere(place))) => setting(place, ValueSource::Reference),
            _ => setting(default.to_owned(), ValueSource::Default),
        }
    }

    /// The same, unmasked.
    pub(super) fn raw_of(&self, names: &[&str], default: &str) -> String {
        match self.first_of(names) {
            Some((_, VariableValue::Text(text))) => text.to_owned(),
            Some((_, VariableValue::Elsewhere(place))) => place,
            _ => default.to_owned(),
        }
    }

    fn first_of<'n>(&self, names: &[&'n str]) -> Option<(&'n str, VariableValue<'_>)> {
        names.iter().map(|name| (*name, self.non_empty_value(name))).find(|(_, value)| *value != VariableValue::Unset)
    }

    /// A text of a variable for a message, without credentials.
    pub(super) fn shown(&self, name: &str, text: &str) -> String {
        self.in_effect.last(name).map_or_else(|| quoted_value(name, text), |variable| variable.shown(text))
    }

    /// A text of a variable without the credentials in it.
    fn without(&self, name: &str, text: &str) -> String {
        let is_secret = self.in_effect.last(name).is_some_and(|variable| variable.is_secret);
        if is_secret || self.has_secret(name) || !is_shown_variable(name) {
            HIDDEN.to_string()
        } else {
            masked_value(text)
        }
    }

    /// Returns true if the expansion by Kubernetes puts a credential into a variable.
    fn has_secret(&self, name: &str) -> bool {
        matches!(self.expanded.get(name), Some(Expansion::Shown { is_secret: true, .. }))
    }

    /// The result of a client's function for the variables in effect, as far as the manifest shows them.
    pub(super) fn apply<T>(&self, client: impl FnOnce(&Environment<'_>) -> T) -> T {
        let reasons: Vec<String> = self.variables.iter().map(|variable| self.why_hidden(variable)).collect();
        let texts = self.variables.iter().zip(&reasons).map(|(variable, reason)| {
            let value = match self.expanded.get(variable.name) {
                Some(Expansion::Shown { text, .. }) => text,
                _ => variable.text().unwrap_or_default(),
            };
            let is_node_address = self.expanded.get(variable.name) == Some(&Expansion::NodeAddress);
            let text = match variable.reference {
                Some(Reference::Field(HOST_IP)) if variable.text().is_none() => EnvText::NodeAddress,
                None if is_node_address => EnvText::NodeAddress,
                Some(Reference::Key { is_optional: true, .. }) => EnvText::Optional(reason),
                // It is wrong whatever Kubernetes fills in.
                None if !variable.is_placeholder() && is_host_with_port(variable) => EnvText::Literal(value),
                _ if !reason.is_empty() => EnvText::Hidden(reason),
                _ if variable.is_secret || self.has_secret(variable.name) => EnvText::Secret(value),
                _ => EnvText::Literal(value),
            };
            (variable.name, text)
        });
        client(&texts.collect())
    }

    /// The reason why the manifest does not show a variable's value, after its name; empty if it does.
    fn why_hidden(&self, variable: &Variable<'_>) -> String {
        match (variable.reference, variable.text()) {
            (Some(reference), _) => format!("comes from {reference}"),
            (None, Some(text)) if variable.is_placeholder() => {
                format!("is the placeholder {}", self.without(variable.name, text))
            }
            (None, Some(text)) if self.expanded.get(variable.name) == Some(&Expansion::Hidden) => {
                format!("is {}, which Kubernetes fills in", self.without(variable.name, text))
            }
            (None, _) => String::new(),
        }
    }
}

/// Returns true for a host of an agent that ends in a port. An IPv6 address has more colons.
fn is_host_with_port(variable: &Variable<'_>) -> bool {
    let is_port = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = BACKENDS.map(host_variable).contains(&variable.name) && !variable.is_secret;
    is_host && variable.value.rsplit_once(':').is_some_and(|(start, end)| !start.contains(':') && is_port(end))
}
