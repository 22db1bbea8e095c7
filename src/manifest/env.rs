//! An env list as Kubernetes reads it: its variables, which of them counts, and what else names variables there.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Container, Reference, is_placeholder};
use crate::credentials::{its_value, shown};
use crate::yaml::de::{At, Error, Field, Scalar, check_keys, from_node};
use crate::yaml::{Kind, NodeId, ScalarKind, ScalarStyle, Tree};

/// The field of a pod that is the address of its node.
pub(crate) const HOST_IP: &str = "status.hostIP";

/// An entry of an env list.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnvVar<'t> {
    #[serde(default, borrow)]
    name: Scalar<'t>,
    #[serde(default, borrow)]
    value: Scalar<'t>,
    #[serde(default)]
    value_from: Field<IgnoredAny>,
}

/// The variables of an env list.
#[derive(Debug, Default)]
pub(crate) struct Env<'t> {
    /// The env list, null or not, where there is one.
    pub list: Option<NodeId>,
    /// Its entries in order.
    pub variables: Vec<Variable<'t>>,
    /// What the container runs, with what arguments: text in which variables may be named.
    pub run: Vec<&'t str>,
    /// The names that values and the command line take up as `$(NAME)`.
    taken_up: HashSet<&'t str>,
    /// The places of the variables, sorted by their names and then by their places.
    by_name: Vec<usize>,
}

/// An entry of an env list.
#[derive(Debug, Clone, Copy)]
pub struct Variable<'t> {
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: NodeId,
    /// Its name.
    pub name: &'t str,
    /// What `value` says; empty where there is none.
    pub value: &'t str,
    /// What `value` is to Kubernetes.
    pub kind: ScalarKind,
    /// `valueFrom`, null or not.
    pub value_from: Option<NodeId>,
    /// What `valueFrom` says, where it says anything.
    pub reference: Option<Reference<'t>>,
    /// The node that `value` is read from, aliases followed.
    pub value_node: Option<NodeId>,
    /// True if `value` is in quotes.
    pub is_quoted: bool,
    /// Whether that node is a credential, by whichever name.
    pub is_secret: bool,
}

impl<'t> Variable<'t> {
    /// A text that it holds, as it may be shown.
    pub fn shown(&self, text: &str) -> String {
        if self.is_secret { its_value() } else { shown(self.name, text) }
    }

    /// Whether `value` is what the API server refuses there.
    pub fn is_unquoted(&self) -> bool {
        matches!(self.kind, ScalarKind::Bool | ScalarKind::Int | ScalarKind::Float)
    }

    /// What `value` says or, once quoted, would say; `None` where it says nothing.
    pub fn text(&self) -> Option<&'t str> {
        (self.kind == ScalarKind::String || self.is_unquoted()).then_some(self.value)
    }

    /// Whether it holds nothing, so that a default may fill it.
    pub fn is_gap(&self) -> bool {
        let says_nothing = matches!(self.kind, ScalarKind::Missing | ScalarKind::Null)
            || (self.kind == ScalarKind::String && self.value.is_empty());
        says_nothing && !self.is_reference()
    }

    /// Returns true if another tool is to fill the value in. In JAEGER_TAGS `${…}` is the syntax of Jaeger's client.
    pub fn is_placeholder(&self) -> bool {
        let is_client_syntax = self.name == "JAEGER_TAGS" && self.value.contains("${");
        self.kind == ScalarKind::String && !is_client_syntax && is_placeholder(self.value, self.is_quoted)
    }

    /// Whether `valueFrom` says anything.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some()
    }
}

impl<'t> Env<'t> {
    /// Reads an env list, and what the container that it belongs to runs.
    ///
    /// # Errors
    /// Where it is no list of mappings, or an entry has no name that is a string, or a key twice.
    pub(crate) fn read(
        tree: &'t Tree<'_>,
        env: &Field<IgnoredAny>,
        container: Option<&Container<'t>>,
    ) -> Result<Self, Error> {
        let entries: Vec<At<EnvVar<'t>>> = match (env.node, &env.value) {
            (Some(node), Some(_)) => from_node(tree, node)?,
            _ => Vec::new(),
        };
        let mut variables = Vec::with_capacity(entries.len());
        for (index, At { node, value: entry }) in entries.into_iter().enumerate() {
            // Be it a key that we know or not.
            check_keys(tree, tree.entries(node).map(|(key, _)| key))?;
            let Some(name) = entry.name.as_string() else {
                return Err(Error {
                    node: Some(entry.name.node.unwrap_or(node)),
                    message: "an env entry whose name is no string to Kubernetes".to_owned(),
                    help: "give it a name, in quotes where it could be a number or a boolean",
                });
            };
            let said = entry.value_from.node.filter(|_| entry.value_from.value.is_some());
            variables.push(Variable {
                index,
                node,
                name,
                value: entry.value.text,
                kind: entry.value.kind,
                value_from: entry.value_from.node,
                reference: said.map(|from| Reference::of(tree, from)),
                value_node: entry.value.node,
                is_quoted: entry.value.node.is_some_and(|value| is_quoted(tree, value)),
                is_secret: false,
            });
        }
        let mut run = Vec::new();
        if let Some(container) = container {
            for node in [container.command.node, container.args.node].into_iter().flatten() {
                run.extend(tree.items(tree.resolve(node)).iter().filter_map(|item| tree.scalar_text(*item)));
            }
        }
        Ok(Self::of(env.node, variables, run))
    }

    /// An env list of these variables.
    pub(crate) fn of(list: Option<NodeId>, variables: Vec<Variable<'t>>, run: Vec<&'t str>) -> Self {
        let mut by_name: Vec<usize> = (0..variables.len()).collect();
        by_name.sort_by_key(|at| variables[*at].name);
        let texts = variables.iter().map(|variable| variable.value).chain(run.iter().copied());
        let taken_up = texts.flat_map(|text| text.split("$(").skip(1)).filter_map(|rest| rest.split_once(')'));
        let taken_up = taken_up.map(|(name, _)| name).collect();
        Self { list, variables, run, taken_up, by_name }
    }

    /// Marks the variables that are read from a credential.
    pub(crate) fn mark_secrets(&mut self, secrets: &HashSet<NodeId>) {
        if secrets.is_empty() {
            return;
        }
        for variable in &mut self.variables {
            variable.is_secret = variable.value_node.is_some_and(|node| secrets.contains(&node));
        }
    }

    /// Whether a value or the command line takes a variable up as `$(NAME)`, and so has a use for it whoever else reads
    /// it.
    pub(crate) fn takes_up(&self, name: &str) -> bool {
        self.taken_up.contains(name)
    }

    /// The variable of that name that counts: the last one.
    pub(crate) fn last(&self, name: &str) -> Option<&Variable<'t>> {
        let end = self.by_name.partition_point(|at| self.variables[*at].name <= name);
        self.sorted(end.checked_sub(1)?).filter(|variable| variable.name == name)
    }

    /// The first variable of that name.
    pub(crate) fn first(&self, name: &str) -> Option<&Variable<'t>> {
        let start = self.by_name.partition_point(|at| self.variables[*at].name < name);
        self.sorted(start).filter(|variable| variable.name == name)
    }

    /// The variables of that name, in their order.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Variable<'t>> {
        let start = self.by_name.partition_point(|at| self.variables[*at].name < name);
        self.by_name[start..].iter().map(|at| &self.variables[*at]).take_while(move |variable| variable.name == name)
    }

    /// How many variables have that name.
    pub(crate) fn count(&self, name: &str) -> usize {
        let start = self.by_name.partition_point(|at| self.variables[*at].name < name);
        self.by_name.partition_point(|at| self.variables[*at].name <= name) - start
    }

    /// The variables that count: of each name the last, in the order of the names.
    pub(crate) fn counting(&self) -> impl Iterator<Item = &Variable<'t>> {
        let is_last = |at: &usize| {
            let name = |at: usize| self.sorted(at).map(|variable| variable.name);
            name(*at) != name(at + 1)
        };
        (0..self.variables.len()).filter(is_last).filter_map(|at| self.sorted(at))
    }

    /// The variable at this place in the order of the names.
    fn sorted(&self, at: usize) -> Option<&Variable<'t>> {
        self.by_name.get(at).map(|at| &self.variables[*at])
    }

    /// Whether there is a variable of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.last(name).is_some()
    }
}

fn is_quoted(tree: &Tree<'_>, value: NodeId) -> bool {
    let quotes = [ScalarStyle::SingleQuoted, ScalarStyle::DoubleQuoted];
    matches!(tree.node(tree.resolve(value)).kind, Kind::Scalar { style, .. } if quotes.contains(&style))
}

/// Whether an entry refers to the node's address, and says nothing else.
pub(crate) fn is_host_ip(tree: &Tree<'_>, variable: &Variable<'_>) -> bool {
    let only = |node: NodeId, key: &str| {
        let mut entries = tree.entries(tree.resolve(node));
        match (entries.next(), entries.next()) {
            (Some((name, value)), None) if tree.scalar_text(name) == Some(key) => Some(value),
            _ => None,
        }
    };
    let path = variable.value_from.and_then(|from| only(from, "fieldRef")).and_then(|field| only(field, "fieldPath"));
    path.is_some_and(|path| tree.scalar_kind(path) == ScalarKind::String && tree.scalar_text(path) == Some(HOST_IP))
}
