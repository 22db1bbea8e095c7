//! The requested changes, target by target, and the check that all paths to a shared node request the same.

use std::collections::{HashMap, HashSet};

use crate::changes::{Added, Changes, MapKey, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::yaml::sharing::{Sharing, ancestors, first_alias};
use crate::yaml::{Kind, NodeId, Tree};

/// The requested changes. A node that several paths lead to has one request for each path.
#[derive(Debug, Default)]
pub(super) struct Draft {
    requests: Vec<(NodeId, Slot, Vec<ChangeRequest>)>,
    places: HashMap<(NodeId, Slot), usize>,
    /// The index in `requests` of each request, in their order.
    order: Vec<usize>,
    /// The nodes to which something is added.
    grown: HashSet<NodeId>,
}

/// The part of a node that changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    Part(usize),
    Items,
    Entry(MapKey),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ChangeRequest {
    Part(Part),
    Items(Vec<Value>),
    Entry(Value),
}

impl Draft {
    /// Changes an item or entry. What is not in the collection has no index, and does not change.
    pub(super) fn part(&mut self, node: NodeId, index: impl Into<Option<usize>>, part: Part) {
        if let Some(index) = index.into() {
            self.request(node, Slot::Part(index), ChangeRequest::Part(part));
        }
    }

    /// Appends items to a list, or to a null that becomes one.
    pub(super) fn items(&mut self, node: NodeId, items: Vec<Value>) {
        self.grown.insert(node);
        self.request(node, Slot::Items, ChangeRequest::Items(items));
    }

    /// Appends a key to a mapping, or to a null that becomes one.
    pub(super) fn entry(&mut self, node: NodeId, key: impl Into<MapKey>, value: Value) {
        self.grown.insert(node);
        self.request(node, Slot::Entry(key.into()), ChangeRequest::Entry(value));
    }

    /// The number of removed items or entries of a node.
    pub(super) fn removed(&self, tree: &Tree<'_>, node: NodeId) -> usize {
        (0..tree.length(node)).filter(|index| self.of_part(node, *index) == Some(&Part::Remove)).count()
    }

    /// The requested change of an item or entry.
    pub(super) fn of_part(&self, node: NodeId, index: impl Into<Option<usize>>) -> Option<&Part> {
        match self.request_of(node, Slot::Part(index.into()?))? {
            ChangeRequest::Part(part) => Some(part),
            ChangeRequest::Items(_) | ChangeRequest::Entry(_) => None,
        }
    }

    /// The items to append to a list.
    pub(super) fn new_items(&self, node: NodeId) -> &[Value] {
        match self.request_of(node, Slot::Items) {
            Some(ChangeRequest::Items(items)) => items,
            _ => &[],
        }
    }

    /// The value to add to a mapping under this key.
    pub(super) fn new_entry(&self, node: NodeId, key: &'static str) -> Option<&Value> {
        match self.request_of(node, Slot::Entry(key.into()))? {
            ChangeRequest::Entry(value) => Some(value),
            ChangeRequest::Part(_) | ChangeRequest::Items(_) => None,
        }
    }

    fn request_of(&self, node: NodeId, slot: Slot) -> Option<&ChangeRequest> {
        self.requests[*self.places.get(&(node, slot))?].2.first()
    }

    /// Returns true if something is added to a list or a mapping.
    pub(super) fn adds_to(&self, node: NodeId) -> bool {
        self.grown.contains(&node)
    }

    /// The number of requests so far.
    pub(super) fn count(&self) -> usize {
        self.order.len()
    }

    fn request(&mut self, node: NodeId, slot: Slot, request: ChangeRequest) {
        let next = self.requests.len();
        let place = *self.places.entry((node, slot.clone())).or_insert(next);
        if place == next {
            self.requests.push((node, slot, Vec::new()));
        }
        self.requests[place].2.push(request);
        self.order.push(place);
    }

    /// The requests after this many.
    pub(super) fn since(&self, count: usize) -> impl Iterator<Item = (NodeId, &Slot, &ChangeRequest)> {
        let places = self.order[count..].iter().map(|place| &self.requests[*place]);
        places.filter_map(|(node, slot, requests)| Some((*node, slot, requests.first()?)))
    }

    /// Drops a new key of a mapping if a mapping that it merges by `<<` gets the same key and value.
    fn leave_to_merged(&mut self, sharing: &Sharing<'_, '_>) {
        let mut entries: Vec<(NodeId, Slot)> =
            self.places.keys().filter(|(_, slot)| matches!(slot, Slot::Entry(_))).cloned().collect();
        // An anchor comes before its aliases, so this visits a mapping before those that it merges.
        entries.sort_by_key(|(node, _)| std::cmp::Reverse(*node));
        for (node, slot) in entries {
            let Slot::Entry(key) = &slot else { continue };
            for merger in sharing.mergers_with_key(node, key) {
                let place = |node| self.places.get(&(node, slot.clone())).copied();
                let (Some(own), Some(theirs)) = (place(node), place(merger)) else {
                    continue;
                };
                if self.requests[own].2.first() == self.requests[theirs].2.first() {
                    let dropped = std::mem::take(&mut self.requests[theirs].2);
                    self.requests[own].2.extend(dropped);
                }
            }
        }
        self.requests.retain(|(_, _, requests)| !requests.is_empty());
    }

    /// Checks that an anchored mapping gets no key that a mapping with `<<` loses: the merge would restore it there.
    fn check_uncovered(&self, tree: &Tree<'_>) -> Result<(), Diagnostic> {
        let has_merge = |node| tree.entries(node).any(|(key, _)| tree.is_merge_key(key));
        let is_anchored = |node| tree.properties(node).anchor.is_some();
        let added: HashMap<&str, NodeId> = self
            .requests
            .iter()
            .filter_map(|(source, slot, _)| match slot {
                Slot::Entry(key) if is_anchored(*source) => Some((&**key, *source)),
                _ => None,
            })
            .collect();
        for (node, slot, requests) in self.requests.iter().filter(|_| !added.is_empty()) {
            let (Slot::Part(index), Some(ChangeRequest::Part(Part::Remove | Part::Replace(..)))) =
                (slot, requests.first())
            else {
                continue;
            };
            let name = tree.entry(*node, *index).and_then(|(key, _)| tree.scalar_text(key));
            if let Some(source) = name.and_then(|name| added.get(name)).filter(|_| has_merge(*node)) {
                return Err(shared_elsewhere(tree, *source));
            }
        }
        Ok(())
    }

    /// The changes, each once.
    ///
    /// # Errors
    /// If the paths to a node request different changes, or an alias elsewhere refers to a removed node.
    pub(super) fn settle(mut self, tree: &Tree<'_>) -> Result<Changes, Diagnostic> {
        let mut sharing = (!tree.aliases().is_empty()).then(|| Sharing::new(tree));
        if let Some(sharing) = &sharing {
            self.leave_to_merged(sharing);
        }
        self.check_uncovered(tree)?;
        let mut changes = Changes::default();
        for (node, slot, requests) in self.requests {
            let paths =
                sharing.as_mut().map_or(requests.len() as u64, |sharing| path_count(tree, sharing, node, &slot));
            let count = requests.len() as u64;
            let reaches_others =
                sharing.as_mut().is_some_and(|sharing| reaches_others(tree, sharing, node, &slot, &requests));
            if count != paths || reaches_others || requests.windows(2).any(|pair| pair[0] != pair[1]) {
                return Err(shared_elsewhere(tree, node));
            }
            let change = changes.of_mut(node);
            for request in requests.into_iter().take(1) {
                match (slot.clone(), request) {
                    (Slot::Part(index), ChangeRequest::Part(part)) => {
                        change.parts.insert(index, part);
                    }
                    (Slot::Entry(key), ChangeRequest::Entry(value)) => change.added.push(Added::Entry(key, value)),
                    (_, ChangeRequest::Items(items)) => change.added.extend(items.into_iter().map(Added::Item)),
                    _ => {}
                }
            }
        }
        check_anchors(tree, &changes)?;
        Ok(changes)
    }
}

fn path_count(tree: &Tree<'_>, sharing: &mut Sharing<'_, '_>, node: NodeId, slot: &Slot) -> u64 {
    match (slot, &tree.node(node).kind) {
        (Slot::Entry(key), Kind::Mapping { .. }) => sharing.key_path_count(node, key),
        (Slot::Part(index), Kind::Mapping { .. }) => {
            let key = tree.entry(node, *index).and_then(|(key, _)| tree.scalar_text(key));
            sharing.key_path_count(node, key.unwrap_or_default())
        }
        _ => sharing.path_count(node),
    }
}

/// Returns true if removing or replacing a key changes a mapping that merges this one.
fn reaches_others(
    tree: &Tree<'_>,
    sharing: &mut Sharing<'_, '_>,
    node: NodeId,
    slot: &Slot,
    requests: &[ChangeRequest],
) -> bool {
    let (Slot::Part(index), Some(ChangeRequest::Part(part))) = (slot, requests.first()) else { return false };
    let Some((key, _)) = tree.entry(node, *index) else { return false };
    let uncovers = |sharing: &Sharing<'_, '_>| sharing.uncovers(node, tree.scalar_text(key).unwrap_or_default());
    match part {
        Part::Set(_) => false,
        Part::Remove => uncovers(sharing),
        Part::Replace(new, _) => uncovers(sharing) || sharing.key_path_count(node, new) != requests.len() as u64,
    }
}

fn shared_elsewhere(tree: &Tree<'_>, node: NodeId) -> Diagnostic {
    let (anchored, alias) = first_alias(tree, node).unwrap_or((node, node));
    let message = "an anchor shares this with a place that does not change in the same way";
    used_elsewhere(tree, anchored, alias, message, "write the shared part out in one of the places")
}

fn used_elsewhere(tree: &Tree<'_>, node: NodeId, alias: NodeId, message: &str, help: &str) -> Diagnostic {
    let related = Some((tree.shown_span(alias), "it is used here".to_owned()));
    Diagnostic { related, ..tree.diagnostic(node, message, help) }
}

/// Checks that no remaining alias refers to a removed node.
fn check_anchors(tree: &Tree<'_>, changes: &Changes) -> Result<(), Diagnostic> {
    if tree.aliases().is_empty() {
        return Ok(());
    }
    let removed = removed_nodes(tree, changes);
    let is_removed = |node: NodeId| ancestors(tree, node).any(|ancestor| removed.contains(&ancestor));
    for &alias in tree.aliases() {
        let target = tree.resolve(alias);
        if is_removed(target) && !is_removed(alias) {
            let message = "this would be removed, but its anchor is used elsewhere";
            return Err(used_elsewhere(tree, target, alias, message, "write the value out in place of the alias"));
        }
    }
    Ok(())
}

/// The nodes that the changes remove or replace; their descendants are not listed.
fn removed_nodes(tree: &Tree<'_>, changes: &Changes) -> HashSet<NodeId> {
    let mut removed = HashSet::new();
    for (node, change) in changes.iter() {
        for (&index, part) in &change.parts {
            match (tree.entry(node, index), part) {
                (None, _) => removed.extend(tree.items(node).get(index)),
                (Some((_, value)), Part::Set(_)) => removed.extend([value]),
                (Some((key, value)), _) => removed.extend([key, value]),
            }
        }
    }
    removed
}
