//! One env list: its entries, which of them go, and how one is made to hold something else.

use std::collections::{HashMap, HashSet};

use super::changes::{Draft, Part, Value};
use super::{Policy, Refusal, Remark};
use crate::manifest::{Site, Target, read_env};
use crate::profile::{Content, Leaves, leaves, merge_tags};
use crate::yaml::de::{At, check_keys};
use crate::yaml::sharing::merges;
use crate::yaml::{NodeId, ScalarKind, Tree};

/// The variables of a target.
#[derive(Debug)]
pub(super) struct Env<'t> {
    /// The env list, null or not, where there is one.
    pub list: Option<NodeId>,
    /// Its entries in order.
    pub variables: Vec<Variable<'t>>,
    /// The places of the first and the last variable of each name.
    by_name: HashMap<&'t str, (usize, usize)>,
    /// What the container runs, with what arguments: text in which variables may be named.
    run: Vec<&'t str>,
}

/// An entry of an env list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable<'t> {
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
    /// Whether `valueFrom` says anything.
    pub is_reference: bool,
}

impl<'t> Variable<'t> {
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
        says_nothing && !self.is_reference
    }

    /// What is said where a text takes the place of a reference.
    pub fn was_a_reference(&self) -> Option<Remark> {
        self.is_reference.then(|| Remark::new(self.node, format!("{} was a reference, and is now a value", self.name)))
    }
}

/// Which variables go.
#[derive(Debug, Default)]
pub(super) struct Leaving<'t> {
    /// Their names.
    pub names: HashSet<&'t str>,
    /// Those that would have gone and stay, and why.
    pub remarks: Vec<Remark>,
}

impl<'t> Env<'t> {
    /// Reads the env list of a target.
    ///
    /// # Errors
    /// Where it is no list of mappings, or an entry has no name that is a string, or a key twice.
    pub fn read(tree: &'t Tree<'_>, target: &Target<'t>) -> Result<Self, Refusal> {
        let mut variables = Vec::new();
        for (index, At { node, value: entry }) in read_env(tree, &target.env)?.into_iter().enumerate() {
            // Be it a key that we know or not.
            check_keys(tree, tree.entries(node).map(|(key, _)| key))?;
            let Some(name) = entry.name.as_string() else {
                return Err(Refusal {
                    node: entry.name.node.unwrap_or(node),
                    message: "an env entry whose name is no string to Kubernetes".to_owned(),
                    also: None,
                    help: "give it a name, in quotes where it could be a number or a boolean".to_owned(),
                });
            };
            variables.push(Variable {
                index,
                node,
                name,
                value: entry.value.text,
                kind: entry.value.kind,
                value_from: entry.value_from.node,
                is_reference: entry.value_from.value.is_some(),
            });
        }
        let mut run = Vec::new();
        if let Some(container) = &target.container {
            for node in [container.command.node, container.args.node].into_iter().flatten() {
                run.extend(tree.items(tree.resolve(node)).iter().filter_map(|item| tree.scalar_text(*item)));
            }
        }
        let mut by_name = HashMap::new();
        for (at, variable) in variables.iter().enumerate() {
            by_name.entry(variable.name).or_insert((at, at)).1 = at;
        }
        Ok(Self { list: target.env.node, variables, by_name, run })
    }

    /// The variable of that name that counts: the last one.
    pub fn last(&self, name: &str) -> Option<&Variable<'t>> {
        self.by_name.get(name).map(|(_, last)| &self.variables[*last])
    }

    /// The first variable of that name.
    pub fn first(&self, name: &str) -> Option<&Variable<'t>> {
        self.by_name.get(name).map(|(first, _)| &self.variables[*first])
    }

    /// Whether there is a variable of that name.
    pub fn has(&self, name: &str) -> bool {
        self.last(name).is_some()
    }

    /// Which of the candidates go: not those that feed something else, that the user keeps, or that what stays names.
    pub fn leaving(&self, policy: &Policy, candidates: impl Fn(&str) -> bool) -> Leaving<'t> {
        let mut leaving = Leaving::default();
        for variable in
            self.variables.iter().filter(|variable| candidates(variable.name) && self.may_leave(variable.name))
        {
            if policy.keeps(variable.name) {
                leaving.remark(variable, "stays, as --keep says");
            } else {
                leaving.names.insert(variable.name);
            }
        }
        while let Some(named) = self.named_by_what_stays(&leaving.names) {
            leaving.names.remove(named.name);
            leaving.remark(named, &format!("stays, for $({}) names it", named.name));
        }
        leaving
    }

    fn may_leave(&self, name: &str) -> bool {
        match leaves(name) {
            Leaves::Always => true,
            Leaves::BesideDdEnabled => self.has("DD_ENABLED"),
            Leaves::WhenTrue => self.last(name).and_then(Variable::text).is_some_and(crate::profile::go_true),
        }
    }

    fn named_by_what_stays(&self, gone: &HashSet<&str>) -> Option<&Variable<'t>> {
        let staying =
            self.variables.iter().filter(|variable| !gone.contains(variable.name)).map(|variable| variable.value);
        let texts: Vec<&str> = staying.chain(self.run.iter().copied()).filter(|text| text.contains("$(")).collect();
        let is_named = |name: &str| texts.iter().any(|text| text.contains(&format!("$({name})")));
        let named = gone.iter().filter(|name| is_named(name)).filter_map(|name| self.last(name));
        // The set has no order of its own.
        named.min_by_key(|variable| variable.index)
    }

    /// Takes out every entry of that name.
    pub fn remove(&self, draft: &mut Draft, name: &str) {
        let Some(list) = self.list else { return };
        for variable in self.variables.iter().filter(|variable| variable.name == name) {
            draft.part(list, variable.index, Part::Remove);
        }
    }

    /// Puts entries at the end of the list, which is made where it is missing.
    pub fn append(&self, draft: &mut Draft, predictor: NodeId, site: &Site, entries: Vec<Value>) {
        if entries.is_empty() {
            return;
        }
        match (self.list, site) {
            (Some(list), _) => draft.items(list, entries),
            (None, Site::SvcOrchSpec(None)) => {
                draft.entry(predictor, "svcOrchSpec", Value::Map(vec![("env", Value::List(entries))]));
            }
            (None, Site::SvcOrchSpec(Some(holder))) => draft.entry(*holder, "env", Value::List(entries)),
            (None, Site::OwnOrchestrator(place) | Site::Container { place, .. }) => {
                draft.entry(place.container, "env", Value::List(entries));
            }
        }
    }
}

impl Leaving<'_> {
    fn remark(&mut self, variable: &Variable<'_>, words: &str) {
        self.remarks.push(Remark::new(variable.node, format!("{} {words}", variable.name)));
    }
}

/// Makes an entry hold a text, and no reference.
///
/// # Errors
/// Where what has to go comes by a `<<`.
pub(super) fn set_text(tree: &Tree<'_>, draft: &mut Draft, variable: &Variable<'_>, text: &str) -> Result<(), Refusal> {
    let value = Value::Text(text.to_owned().into());
    let stands = variable.kind == ScalarKind::String && variable.value == text;
    match (own_key(tree, variable.node, "value"), own_key(tree, variable.node, "valueFrom")) {
        (Some(own), from) => {
            if !stands {
                draft.part(variable.node, own, Part::Set(value));
            }
            take_out_sibling(tree, draft, variable, ("valueFrom", from), variable.value_from.is_some())
        }
        (None, Some(_)) if merges(tree, variable.node, "valueFrom") => Err(both_by_merge(variable)),
        (None, Some(from)) => {
            draft.part(variable.node, from, Part::Replace("value", value));
            Ok(())
        }
        (None, None) => {
            draft.entry(variable.node, "value", value);
            take_out_sibling(tree, draft, variable, ("valueFrom", None), variable.value_from.is_some())
        }
    }
}

/// Makes an entry hold the node's address, and no text.
///
/// # Errors
/// Where what has to go comes by a `<<`.
pub(super) fn set_host_ip(tree: &Tree<'_>, draft: &mut Draft, variable: &Variable<'_>) -> Result<(), Refusal> {
    match (own_key(tree, variable.node, "valueFrom"), own_key(tree, variable.node, "value")) {
        (Some(own), value) => {
            if !is_host_ip(tree, variable) {
                draft.part(variable.node, own, Part::Set(host_ip()));
            }
            take_out_sibling(tree, draft, variable, ("value", value), variable.kind != ScalarKind::Missing)
        }
        (None, Some(_)) if merges(tree, variable.node, "value") => Err(both_by_merge(variable)),
        (None, Some(value)) => {
            draft.part(variable.node, value, Part::Replace("valueFrom", host_ip()));
            Ok(())
        }
        (None, None) => {
            draft.entry(variable.node, "valueFrom", host_ip());
            take_out_sibling(tree, draft, variable, ("value", None), variable.kind != ScalarKind::Missing)
        }
    }
}

/// Takes out the key that must not stand beside the one just written.
fn take_out_sibling(
    tree: &Tree<'_>,
    draft: &mut Draft,
    variable: &Variable<'_>,
    (key, own): (&str, Option<usize>),
    stands: bool,
) -> Result<(), Refusal> {
    match own {
        Some(_) if merges(tree, variable.node, key) => Err(both_by_merge(variable)),
        Some(index) => {
            draft.part(variable.node, index, Part::Remove);
            Ok(())
        }
        None if stands => Err(both_by_merge(variable)),
        None => Ok(()),
    }
}

fn both_by_merge(variable: &Variable<'_>) -> Refusal {
    Refusal {
        node: variable.node,
        message: format!("{} would have both value and valueFrom, one of them by `<<`", variable.name),
        also: None,
        help: "write the entry out without `<<`".to_owned(),
    }
}

/// Whether an entry refers to the node's address, and says nothing else.
pub(super) fn is_host_ip(tree: &Tree<'_>, variable: &Variable<'_>) -> bool {
    let only = |node: NodeId, key: &str| {
        let mut entries = tree.entries(tree.resolve(node));
        match (entries.next(), entries.next()) {
            (Some((name, value)), None) if tree.scalar_text(name) == Some(key) => Some(value),
            _ => None,
        }
    };
    let path = variable.value_from.and_then(|from| only(from, "fieldRef")).and_then(|field| only(field, "fieldPath"));
    path.is_some_and(|path| {
        tree.scalar_kind(path) == ScalarKind::String && tree.scalar_text(path) == Some("status.hostIP")
    })
}

/// A new entry.
pub(super) fn entry(name: &'static str, content: &Content) -> Value {
    let (key, value) = match content {
        Content::Literal(text) => ("value", Value::Text(text.clone())),
        Content::HostIp => ("valueFrom", host_ip()),
        Content::Tags(tags) => ("value", Value::Text(merge_tags("", tags).into())),
    };
    Value::Map(vec![("name", Value::Text(name.into())), (key, value)])
}

fn host_ip() -> Value {
    let path = Value::Map(vec![("fieldPath", Value::Text("status.hostIP".into()))]);
    Value::Map(vec![("fieldRef", path)])
}

/// The place of a key among the mapping's own.
pub(super) fn own_key(tree: &Tree<'_>, mapping: NodeId, key: &str) -> Option<usize> {
    tree.entries(mapping).position(|(own, _)| tree.scalar_text(own) == Some(key))
}
