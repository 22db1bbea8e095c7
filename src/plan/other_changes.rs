//! The report on a deployment that changes, but in none of its variables.

use std::collections::HashSet;

use super::draft::{ChangeRequest, Slot};
use super::ports::names;
use super::report::{Action, VariableChange};
use super::{Planner, TargetReport};
use crate::changes::{Part, Value};
use crate::manifest::value_of;
use crate::yaml::NodeId;
use crate::yaml::sharing::ancestors;

/// The collections that have parts beside variables.
const COLLECTIONS: [&str; 6] = ["labels", "annotations", "containers", "initContainers", "volumes", "volumeMounts"];

impl Planner<'_, '_> {
    /// The requests from this one on, each as a change of a part of its collection: `labels ~1`.
    pub(super) fn other_changes(&self, from: usize) -> Vec<TargetReport> {
        let requests: Vec<_> = self.draft.since(from).collect();
        let touched: HashSet<NodeId> = requests.iter().map(|(node, ..)| *node).collect();
        let mut known = HashSet::new();
        let mut reports: Vec<(String, Vec<VariableChange>)> = Vec::new();
        for (node, slot, request) in requests {
            let (collection, names, action) = self.changed_parts(node, slot, request);
            let is_emptied = |index: usize| {
                action == Action::Removed && self.tree.entry(node, index).is_some_and(|(_, old)| touched.contains(&old))
            };
            if matches!(slot, Slot::Part(index) if is_emptied(*index)) {
                continue;
            }
            for name in names {
                if !known.insert((collection.clone(), name.clone(), action)) {
                    continue;
                }
                let change = VariableChange { name: name.into(), action, before: None, after: None };
                match reports.iter_mut().find(|(other, _)| *other == collection) {
                    Some((_, changes)) => changes.push(change),
                    None => reports.push((collection.clone(), vec![change])),
                }
            }
        }
        let report = |(name, changes): (String, Vec<_>)| TargetReport { name, variables: changes.into() };
        reports.into_iter().map(report).collect()
    }

    /// The collection of a request, and the names of its parts that change.
    fn changed_parts(&self, node: NodeId, slot: &Slot, request: &ChangeRequest) -> (String, Vec<String>, Action) {
        let text = |node: NodeId| self.tree.scalar_text(node).unwrap_or_default().to_owned();
        let name_of = |item: NodeId| value_of(self.tree, item, "name").map(text).unwrap_or_default();
        let key_of = |value: NodeId| self.tree.key_of(value).map(text).unwrap_or_default();
        let part_name = |part: NodeId| if self.tree.key_of(part).is_some() { key_of(part) } else { name_of(part) };
        let slot_name = || match (slot, request) {
            (Slot::Part(index), _) => match self.tree.entry(node, *index) {
                Some((key, _)) => vec![text(key)],
                None => self.tree.items(node).get(*index).map(|item| vec![name_of(*item)]).unwrap_or_default(),
            },
            (Slot::Entry(key), _) => vec![key.to_string()],
            (Slot::Items, ChangeRequest::Items(items)) => names(items),
            (Slot::Items, _) => Vec::new(),
        };
        let action = match request {
            ChangeRequest::Part(Part::Remove) => Action::Removed,
            ChangeRequest::Part(Part::Set(_) | Part::Replace(..)) => Action::Changed,
            ChangeRequest::Items(_) | ChangeRequest::Entry(_) => Action::Added,
        };
        if let (Slot::Entry(key), ChangeRequest::Entry(value)) = (slot, request)
            && COLLECTIONS.contains(&&**key)
        {
            let names = match value {
                Value::Map(entries) => entries.iter().map(|(key, _)| key.to_string()).collect(),
                other => names(other.items()),
            };
            return (key.to_string(), names, action);
        }
        let mut part = None;
        for around in ancestors(self.tree, node) {
            let key = key_of(around);
            if COLLECTIONS.contains(&&*key) {
                return match part {
                    Some(part) => (key, vec![part_name(part)], Action::Changed),
                    None => (key, slot_name(), action),
                };
            }
            part = Some(around);
        }
        ("resource".to_owned(), slot_name(), action)
    }
}
