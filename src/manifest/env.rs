//! An env list as Kubernetes reads it: its variables, the effective one of each name, and the references to variables.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Container, Reference, is_encrypted, is_placeholder};
use crate::credentials::{masked_placeholder, quoted_value};
use crate::diagnostic::Diagnostic;
use crate::yaml::de::{At, Field, Scalar, from_node};
use crate::yaml::keys::check_keys;
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

/// The beginnings of the names that clients read, and one name.
const CLIENT_VARIABLES: [&str; 6] = ["TRACING", "JAEGER_", "DD_", "DATADOG_", "OTEL_", "MLSERVER_"];

/// Returns true if a client may read a variable of that name. Most variables of a manifest are for other programs.
pub(crate) fn is_for_client(name: &str) -> bool {
    CLIENT_VARIABLES.iter().any(|start| name.starts_with(start))
}

/// Returns true if such a name may begin with this.
pub(super) fn may_be_for_client(prefix: &str) -> bool {
    is_for_client(prefix) || CLIENT_VARIABLES.iter().any(|start| start.starts_with(prefix))
}

/// The names of the variables to which a text refers by `$(NAME)`.
pub(crate) fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split("$(").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0))
}

/// The order in which variables are searched by name: by length first, since most names begin alike (`DD_TRACE_…`), and a
/// comparison of lengths takes less time.
pub(crate) fn name_order(name: &str) -> (usize, &str) {
    (name.len(), name)
}

/// A bit for a name. If it is not among those of the variables, there is none of that name: most lookups find none.
pub(crate) fn name_bit(name: &str) -> u64 {
    let last = name.as_bytes().last().copied().unwrap_or_default();
    1 << ((name.len() * 7 + usize::from(last)) % 64)
}

/// The variables of an env list.
#[derive(Debug, Default)]
pub(crate) struct Env<'t> {
    /// The env list, null or not, if it exists.
    pub list: Option<NodeId>,
    /// The entries in order.
    pub variables: Vec<Variable<'t>>,
    /// The command and arguments of the container, which may refer to variables.
    pub command_line: Vec<&'t str>,
    /// The names that values and the command line refer to as `$(NAME)`.
    referenced: HashSet<&'t str>,
    /// The indexes of the variables, sorted by [`name_order`] and then by index.
    by_name: Vec<usize>,
    /// The [`name_bit`]s of all variables.
    name_bits: u64,
}

/// An entry of an env list.
#[derive(Debug, Clone, Copy)]
pub struct Variable<'t> {
    /// The index in the list; `None` if it is in none.
    pub index: Option<usize>,
    /// The mapping.
    pub node: NodeId,
    pub name: &'t str,
    /// The text of `value`; empty if it has none.
    pub value: &'t str,
    /// The type of `value` in Kubernetes.
    pub kind: ScalarKind,
    /// `valueFrom`, null or not.
    pub value_from: Option<NodeId>,
    /// The content of `valueFrom`, unless that is missing or null.
    pub reference: Option<Reference<'t>>,
    /// The node of `value`, with aliases resolved.
    pub value_node: Option<NodeId>,
    /// True if `value` is in quotes.
    pub is_quoted: bool,
    /// True if `value` is a credential, by whatever name.
    pub is_secret: bool,
    /// True if SOPS encrypted its value or its name.
    pub is_encrypted: bool,
}

impl<'t> Variable<'t> {
    /// The text with credentials masked.
    pub fn shown(&self, text: &str) -> String {
        if self.is_secret { masked_placeholder() } else { quoted_value(self.name, text) }
    }

    /// Returns true if the API server rejects `value` because it is not a string.
    pub fn is_unquoted(&self) -> bool {
        matches!(self.kind, ScalarKind::Bool | ScalarKind::Int | ScalarKind::Float)
    }

    /// The text of `value`, quoted or not; `None` if it is missing, null or a collection.
    pub fn text(&self) -> Option<&'t str> {
        (self.kind == ScalarKind::String || self.is_unquoted()).then_some(self.value)
    }

    /// Returns true if it is empty, so that a default may fill it.
    pub fn is_gap(&self) -> bool {
        let is_empty = matches!(self.kind, ScalarKind::Missing | ScalarKind::Null)
            || (self.kind == ScalarKind::String && self.value.is_empty());
        is_empty && !self.is_reference()
    }

    /// Returns true if another tool is to fill the value in. In JAEGER_TAGS `${…}` is the syntax of Jaeger's client.
    pub fn is_placeholder(&self) -> bool {
        let is_client_syntax = self.name == "JAEGER_TAGS" && self.value.contains("${");
        let is_filled_in = || !is_client_syntax && is_placeholder(self.value, self.is_quoted);
        self.is_encrypted || self.kind == ScalarKind::String && is_filled_in()
    }

    /// Returns true if it has a `valueFrom`.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some()
    }
}

impl<'t> Env<'t> {
    /// Reads an env list, and the command and arguments of its container.
    ///
    /// # Errors
    /// It is not a list of mappings, or an entry has a duplicate key or no string as its name.
    pub(crate) fn read(
        tree: &'t Tree<'_>,
        env: &Field<IgnoredAny>,
        container: Option<&Container<'t>>,
    ) -> Result<Self, Diagnostic> {
        let entries: Vec<At<EnvVar<'t>>> = match (env.node, &env.value) {
            (Some(node), Some(_)) => from_node(tree, node)?,
            _ => Vec::new(),
        };
        let mut variables = Vec::with_capacity(entries.len());
        for (index, At { node, value: entry }) in entries.into_iter().enumerate() {
            // Unknown keys too.
            check_keys(tree, tree.entries(node).map(|(key, _)| key))?;
            let Some(name) = entry.name.as_string() else {
                return Err(tree.diagnostic(
                    entry.name.node.unwrap_or(node),
                    "the name of an env entry has to be a string",
                    "give it a name, in quotes if it is a number or a boolean",
                ));
            };
            let from = entry.value_from.node.filter(|_| entry.value_from.value.is_some());
            variables.push(Variable {
                index: Some(index),
                node,
                name,
                value: entry.value.text,
                kind: entry.value.kind,
                value_from: entry.value_from.node,
                reference: from.map(|from| Reference::of(tree, from)),
                value_node: entry.value.node,
                is_quoted: entry.value.node.is_some_and(|value| is_quoted(tree, value)),
                is_secret: false,
                is_encrypted: [entry.value.text, name].into_iter().any(|text| is_encrypted(tree, node, text)),
            });
        }
        let mut command_line = Vec::new();
        if let Some(container) = container {
            for node in [container.command.node, container.args.node].into_iter().flatten() {
                command_line.extend(tree.items(tree.resolve(node)).iter().filter_map(|item| tree.scalar_text(*item)));
            }
        }
        Ok(Self::of(env.node, variables, command_line))
    }

    /// An env list of these variables.
    pub(crate) fn of(list: Option<NodeId>, variables: Vec<Variable<'t>>, command_line: Vec<&'t str>) -> Self {
        let mut by_name: Vec<usize> = (0..variables.len()).collect();
        by_name.sort_by_key(|at| name_order(variables[*at].name));
        let texts = variables.iter().map(|variable| variable.value).chain(command_line.iter().copied());
        let referenced = texts.flat_map(references).collect();
        let name_bits = variables.iter().fold(0, |bits, variable| bits | name_bit(variable.name));
        Self { list, variables, command_line, referenced, by_name, name_bits }
    }

    /// Marks the variables whose value is a credential.
    pub(crate) fn mark_secrets(&mut self, secrets: &HashSet<NodeId>) {
        if secrets.is_empty() {
            return;
        }
        for variable in &mut self.variables {
            variable.is_secret = variable.value_node.is_some_and(|node| secrets.contains(&node));
        }
    }

    /// Returns true if a value or the command line refers to a variable as `$(NAME)`.
    pub(crate) fn is_referenced(&self, name: &str) -> bool {
        self.referenced.contains(name)
    }

    /// The effective variable with that name, which is the last one.
    pub(crate) fn last(&self, name: &str) -> Option<&Variable<'t>> {
        if self.name_bits & name_bit(name) == 0 {
            return None;
        }
        let end = self.by_name.partition_point(|at| name_order(self.variables[*at].name) <= name_order(name));
        self.sorted(end.checked_sub(1)?).filter(|variable| variable.name == name)
    }

    /// The last variable of that name before an index of the list, or of the whole list.
    pub(crate) fn last_before(&self, name: &str, index: Option<usize>) -> Option<&Variable<'t>> {
        let Some(index) = index else { return self.last(name) };
        let end =
            self.by_name.partition_point(|at| (name_order(self.variables[*at].name), *at) < (name_order(name), index));
        self.sorted(end.checked_sub(1)?).filter(|variable| variable.name == name)
    }

    /// The first variable of that name.
    pub(crate) fn first(&self, name: &str) -> Option<&Variable<'t>> {
        let start = self.by_name.partition_point(|at| name_order(self.variables[*at].name) < name_order(name));
        self.sorted(start).filter(|variable| variable.name == name)
    }

    /// The variables of that name, in their order.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Variable<'t>> {
        let start = self.by_name.partition_point(|at| name_order(self.variables[*at].name) < name_order(name));
        self.by_name[start..].iter().map(|at| &self.variables[*at]).take_while(move |variable| variable.name == name)
    }

    /// The number of variables with that name.
    pub(crate) fn count(&self, name: &str) -> usize {
        let start = self.by_name.partition_point(|at| name_order(self.variables[*at].name) < name_order(name));
        self.by_name.partition_point(|at| name_order(self.variables[*at].name) <= name_order(name)) - start
    }

    /// The effective variables: the last of each name, in the order of [`name_order`].
    pub(crate) fn effective(&self) -> impl Iterator<Item = &Variable<'t>> {
        let is_last = |at: &usize| {
            let name = |at: usize| self.sorted(at).map(|variable| variable.name);
            name(*at) != name(at + 1)
        };
        (0..self.variables.len()).filter(is_last).filter_map(|at| self.sorted(at))
    }

    /// The variable at an index of `by_name`.
    fn sorted(&self, at: usize) -> Option<&Variable<'t>> {
        self.by_name.get(at).map(|at| &self.variables[*at])
    }

    /// Returns true if the name of a variable is a placeholder, so that it may be any.
    pub(crate) fn has_placeholder_name(&self) -> bool {
        let is_filled_in = |name: &str| name.contains('$') && is_placeholder(name, false);
        let is_encrypted = |variable: &Variable<'_>| variable.is_encrypted && variable.name.starts_with("ENC[");
        self.variables.iter().any(|variable| is_encrypted(variable) || is_filled_in(variable.name))
    }

    /// Returns true if there is a variable with that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.last(name).is_some()
    }
}

fn is_quoted(tree: &Tree<'_>, value: NodeId) -> bool {
    let quotes = [ScalarStyle::SingleQuoted, ScalarStyle::DoubleQuoted];
    matches!(tree.node(tree.resolve(value)).kind, Kind::Scalar { style, .. } if quotes.contains(&style))
}

/// Returns true if an entry refers to the address of the node, and has nothing else.
pub(crate) fn is_host_ip(tree: &Tree<'_>, variable: &Variable<'_>) -> bool {
    is_field(tree, variable, HOST_IP)
}

/// Returns true if an entry refers to a field of the pod, and has nothing else.
pub(crate) fn is_field(tree: &Tree<'_>, variable: &Variable<'_>, field: &str) -> bool {
    let only = |node: NodeId, key: &str| {
        let mut entries = tree.entries(tree.resolve(node));
        match (entries.next(), entries.next()) {
            (Some((name, value)), None) if tree.scalar_text(name) == Some(key) => Some(value),
            _ => None,
        }
    };
    let path = variable.value_from.and_then(|from| only(from, "fieldRef")).and_then(|field| only(field, "fieldPath"));
    path.is_some_and(|path| tree.scalar_kind(path) == ScalarKind::String && tree.scalar_text(path) == Some(field))
}
