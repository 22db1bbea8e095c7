//! The environment of a unit's process, as far as the manifest shows it.

use std::collections::HashMap;

use super::expansion::{BesideList, Expansion, expand, is_expanded};
use crate::credentials::{HIDDEN, is_shown_variable, masked_value, quoted_value};
use crate::knowledge::clients::{EnvText, Environment};
use crate::knowledge::known;
use crate::manifest::{EngineVariable, Env, HOST_IP, Reference, Role, Unit, Variable, is_for_client};
use crate::yaml::{ScalarKind, Tree};

/// A setting that is in effect, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveValue {
    /// Its value or, of a reference, what it refers to.
    pub value: String,
    /// Where it comes from.
    pub source: ValueSource,
}

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueSource {
    /// The manifest.
    Manifest,
    /// Another place that the manifest refers to.
    Reference,
    /// The reader's own default.
    Default,
}

/// The value of a variable, as far as the manifest shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said<'t> {
    /// It is not set.
    Unset,
    /// This text; empty for a variable without a value.
    Text(&'t str),
    /// What only the cluster knows, and where it is.
    Elsewhere(String),
}

/// The variables that annotations of a deployment give its executors, of which there may be any number.
#[derive(Debug, Default)]
pub(crate) struct Engine<'t> {
    variables: Vec<EngineVariable<'t>>,
    /// The first of each name, which counts.
    by_name: HashMap<String, usize>,
    /// Those of `by_name` that a client may read, in order.
    known: Vec<usize>,
    /// Those of `by_name` whose name begins with `JAEGER_`, in order.
    jaeger: Vec<usize>,
}

impl<'t> Engine<'t> {
    /// With these variables.
    pub(crate) fn new(variables: Vec<EngineVariable<'t>>) -> Self {
        let mut engine = Self { variables, ..Self::default() };
        for (at, EngineVariable { name, .. }) in engine.variables.iter().enumerate() {
            if !engine.by_name.contains_key(name) {
                engine.by_name.insert(name.clone(), at);
                engine.known.extend(known().any(|known| known.name() == name).then_some(at));
                engine.jaeger.extend(name.starts_with("JAEGER_").then_some(at));
            }
        }
        engine
    }

    /// All of them, in the order of the annotations.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &EngineVariable<'t>> {
        self.variables.iter()
    }

    fn of(&self, name: &str) -> Option<&EngineVariable<'t>> {
        self.by_name.get(name).map(|at| &self.variables[*at])
    }
}

/// The variables with which the program of a unit starts, as far as the manifest shows them: those of its env list, and
/// those that annotations of the deployment give the executor where the list has none of that name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InEffect<'a, 't> {
    env: &'a Env<'t>,
    engine: Option<&'a Engine<'t>>,
}

impl<'a, 't> InEffect<'a, 't> {
    /// Those of a unit, in a deployment whose annotations give its executor these.
    pub(crate) fn of(unit: &Unit<'t>, env: &'a Env<'t>, engine: &'a Engine<'t>) -> Self {
        // They reach the executor that the operator makes, and no other.
        let engine = Some(engine).filter(|_| matches!(unit.role, Role::SvcOrchSpec(_)));
        Self { env, engine }
    }

    /// The variable of that name that counts.
    pub(crate) fn last(&self, name: &str) -> Option<Variable<'a>> {
        let annotated = || self.engine.and_then(|engine| engine.of(name));
        self.env.last(name).copied().or_else(|| annotated().map(EngineVariable::as_variable))
    }

    /// Of each name the variable that counts: all of the list, and of the annotations those that a client may read.
    pub(crate) fn effective(&self) -> impl Iterator<Item = Variable<'a>> {
        self.env.effective().copied().chain(self.annotated(|engine| &engine.known))
    }

    /// The first of Jaeger's variables, those of the list first.
    pub(crate) fn first_of_jaeger(&self) -> Option<Variable<'a>> {
        let is_jaegers = |variable: &&Variable<'_>| variable.name.starts_with("JAEGER_");
        let listed = self.env.variables.iter().find(is_jaegers);
        listed.copied().or_else(|| self.annotated(|engine| &engine.jaeger).next())
    }

    /// These of the annotations that the list does not override.
    fn annotated(&self, wanted: fn(&'a Engine<'t>) -> &'a [usize]) -> impl Iterator<Item = Variable<'a>> {
        let env = self.env;
        let variables = self.engine.into_iter().flat_map(move |engine| {
            wanted(engine).iter().map(move |at| &engine.variables[*at]).filter(|variable| !env.has(&variable.name))
        });
        variables.map(EngineVariable::as_variable)
    }
}

/// The env list of a unit, read as its program does.
pub(super) struct EnvReading<'a, 't> {
    env: &'a Env<'t>,
    in_effect: InEffect<'a, 't>,
    /// The variables that the client may read.
    variables: Vec<Variable<'a>>,
    /// Those of the list that Kubernetes changes.
    expanded: HashMap<&'a str, Expansion>,
    /// Another source of variables, such as envFrom, in words.
    more: Option<String>,
}

impl<'a, 't> EnvReading<'a, 't> {
    pub(super) fn new(tree: &Tree<'_>, unit: &Unit<'t>, env: &'a Env<'t>, engine: &'a Engine<'t>) -> Self {
        let in_effect = InEffect::of(unit, env, engine);
        // Jaeger's clients fill in `${NAME}` in the tags with any variable.
        let refers = in_effect.last("JAEGER_TAGS").is_some_and(|tags| tags.value.contains("${"));
        let variables: Vec<_> = in_effect.effective().filter(|each| refers || is_for_client(each.name)).collect();
        let is_made = matches!(unit.role, Role::SvcOrchSpec(_));
        let beside = BesideList::of(tree, unit.container.as_ref(), unit.env_secret.is_some(), is_made);
        let expanded = variables.iter().filter(|each| is_expanded(each.value) && !each.is_placeholder());
        // The annotations' variables are after the list, in an order that no manifest shows.
        let refers_to_annotation = |each: &Variable<'_>| {
            let mut names = each.value.split("$(").skip(1).filter_map(|rest| rest.split_once(')'));
            each.index == usize::MAX && names.any(|(name, _)| engine.of(name).is_some())
        };
        let expanded = expanded.map(|each| match refers_to_annotation(each) {
            true => (each.name, Expansion::Hidden),
            false => (each.name, expand(env, each, beside)),
        });
        let expanded = expanded.collect();
        let unnamed = || env.has_placeholder_name().then(|| "a variable whose name is a placeholder".to_owned());
        Self { env, in_effect, variables, expanded, more: unit.other_env_source(tree).or_else(unnamed) }
    }

    /// What the last variable of that name says, which is the one that counts.
    pub(super) fn said(&self, name: &str) -> Said<'_> {
        let Some(variable) = self.in_effect.last(name) else { return Said::Unset };
        match (variable.reference, variable.text()) {
            (Some(reference), _) => Said::Elsewhere(reference.to_string()),
            (None, Some(text)) if variable.is_placeholder() => {
                Said::Elsewhere(format!("the placeholder {}", self.without(name, text)))
            }
            (None, text) => match self.expanded.get(name) {
                Some(Expansion::Shown { text, .. }) => Said::Text(text),
                Some(Expansion::NodeAddress) => Said::Elsewhere(HOST_IP.to_owned()),
                Some(Expansion::Hidden) => Said::Elsewhere(self.without(name, text.unwrap_or_default())),
                None => Said::Text(text.unwrap_or_default()),
            },
        }
    }

    /// The same to a reader that takes an empty value for none, as the clients written in Go do.
    pub(super) fn said_if_any(&self, name: &str) -> Said<'_> {
        match self.said(name) {
            Said::Text("") => Said::Unset,
            said => said,
        }
    }

    /// Returns true if the program has no variable that a client reads, whatever else defines some.
    pub(super) fn is_empty(&self) -> bool {
        self.variables.is_empty() && self.more.is_none()
    }

    /// Where a variable that is missing may come from all the same.
    pub(super) fn more(&self) -> Option<&str> {
        self.more.as_deref()
    }

    /// A setting; the default where nothing is said.
    pub(super) fn setting(&self, name: &str, default: &str) -> EffectiveValue {
        self.setting_of(&[name], default)
    }

    /// The first of several variables that says something; the default where none does.
    pub(super) fn setting_of(&self, names: &[&str], default: &str) -> EffectiveValue {
        let setting = |value: String, source| EffectiveValue { value, source };
        match self.first_of(names) {
            Some((name, Said::Text(text))) => setting(self.without(name, text), ValueSource::Manifest),
            Some((_, Said::Elsewhere(place))) => setting(place, ValueSource::Reference),
            _ => setting(default.to_owned(), ValueSource::Default),
        }
    }

    /// The same as it is, whatever may be shown of it.
    pub(super) fn raw_of(&self, names: &[&str], default: &str) -> String {
        match self.first_of(names) {
            Some((_, Said::Text(text))) => text.to_owned(),
            Some((_, Said::Elsewhere(place))) => place,
            _ => default.to_owned(),
        }
    }

    fn first_of<'n>(&self, names: &[&'n str]) -> Option<(&'n str, Said<'_>)> {
        names.iter().map(|name| (*name, self.said_if_any(name))).find(|(_, said)| *said != Said::Unset)
    }

    /// A text of a variable, as it may be shown.
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

    /// Returns true if Kubernetes puts a credential into a variable.
    fn has_secret(&self, name: &str) -> bool {
        matches!(self.expanded.get(name), Some(Expansion::Shown { is_secret: true, .. }))
    }

    /// What a client makes of the variables in effect, as far as the manifest shows them.
    pub(super) fn given_to<T>(&self, client: impl FnOnce(&Environment<'_>) -> T) -> T {
        let reasons: Vec<String> = self.variables.iter().map(|variable| self.why_hidden(variable)).collect();
        let texts = self.variables.iter().zip(&reasons).map(|(variable, reason)| {
            let shown = match self.expanded.get(variable.name) {
                Some(Expansion::Shown { text, .. }) => text,
                _ => variable.text().unwrap_or_default(),
            };
            let is_node_address = self.expanded.get(variable.name) == Some(&Expansion::NodeAddress);
            let text = match variable.reference {
                Some(Reference::Field(HOST_IP)) if variable.text().is_none() => EnvText::NodeAddress,
                None if is_node_address => EnvText::NodeAddress,
                Some(Reference::Key { is_optional: true, .. }) => EnvText::Optional(reason),
                _ if !reason.is_empty() => EnvText::Hidden(reason),
                _ if variable.is_secret || self.has_secret(variable.name) => EnvText::Secret(shown),
                _ => EnvText::Literal(shown),
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

    /// What makes the API server, or Kubernetes later on, refuse the env list.
    pub(super) fn refusal(&self) -> Option<String> {
        let refused = |variable: &Variable<'_>| {
            let has_both = variable.is_reference() && !matches!(variable.kind, ScalarKind::Missing | ScalarKind::Null);
            let words = match variable.kind {
                ScalarKind::Collection => "has a value that is no text",
                _ if variable.is_unquoted() => "has a value without quotes that is no text",
                _ if has_both && !variable.value.is_empty() => "has both value and valueFrom",
                _ => return None,
            };
            Some(format!("{} {words}: Kubernetes refuses it", variable.name))
        };
        self.env.variables.iter().find_map(refused)
    }
}
