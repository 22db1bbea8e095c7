//! Changes as they are planned, target by target, and the check that every path to a shared node asks for the same.

use std::collections::{HashMap, HashSet};

use crate::changes::{Added, Changes, MapKey, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::yaml::sharing::{Sharing, ancestors, first_alias};
use crate::yaml::{Kind, NodeId, Tree};

/// Changes as they are found, way by way: a node that several ways lead to is asked to change by each of them.
#[derive(Debug, Default)]
pub(super) struct Draft {
    asked: Vec<(NodeId, Slot, Vec<Ask>)>,
    places: HashMap<(NodeId, Slot), usize>,
    count: usize,
    /// The nodes to which something is added.
    grown: HashSet<NodeId>,
}

/// The place in a node that a change is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Slot {
    Part(usize),
    Items,
    Entry(MapKey),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Ask {
    Part(Part),
    Items(Vec<Value>),
    Entry(Value),
}

impl Draft {
    /// An item or entry is to change.
    pub(super) fn part(&mut self, node: NodeId, index: usize, part: Part) {
        self.ask(node, Slot::Part(index), Ask::Part(part));
    }

    /// Items are to come to the end of a list, or of a null that becomes one.
    pub(super) fn items(&mut self, node: NodeId, items: Vec<Value>) {
        self.grown.insert(node);
        self.ask(node, Slot::Items, Ask::Items(items));
    }

    /// A key is to come to the end of a mapping, or of a null that becomes one.
    pub(super) fn entry(&mut self, node: NodeId, key: impl Into<MapKey>, value: Value) {
        self.grown.insert(node);
        self.ask(node, Slot::Entry(key.into()), Ask::Entry(value));
    }

    /// How many of a node's parts go.
    pub(super) fn removed(&self, tree: &Tree<'_>, node: NodeId) -> usize {
        let goes = |index| self.of_part(node, index) == Some(&Part::Remove);
        (0..tree.length(node)).filter(|index| goes(*index)).count()
    }

    /// What is to become of an item or entry.
    pub(super) fn of_part(&self, node: NodeId, index: usize) -> Option<&Part> {
        match self.asked_of(node, Slot::Part(index))? {
            Ask::Part(part) => Some(part),
            Ask::Items(_) | Ask::Entry(_) => None,
        }
    }

    /// The items that are to come to the end of a list.
    pub(super) fn new_items(&self, node: NodeId) -> &[Value] {
        match self.asked_of(node, Slot::Items) {
            Some(Ask::Items(items)) => items,
            _ => &[],
        }
    }

    /// What is to come to a mapping under this key.
    pub(super) fn new_entry(&self, node: NodeId, key: &'static str) -> Option<&Value> {
        match self.asked_of(node, Slot::Entry(key.into()))? {
            Ask::Entry(value) => Some(value),
            Ask::Part(_) | Ask::Items(_) => None,
        }
    }

    fn asked_of(&self, node: NodeId, slot: Slot) -> Option<&Ask> {
        self.asked[*self.places.get(&(node, slot))?].2.first()
    }

    /// Returns true if something is added to a list or a mapping.
    pub(super) fn adds_to(&self, node: NodeId) -> bool {
        self.grown.contains(&node)
    }

    /// How many changes were asked for so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn ask(&mut self, node: NodeId, slot: Slot, ask: Ask) {
        self.count += 1;
        let next = self.asked.len();
        let place = *self.places.entry((node, slot.clone())).or_insert(next);
        if place == next {
            self.asked.push((node, slot, Vec::new()));
        }
        self.asked[place].2.push(ask);
    }

    /// Leaves a new key to the mapping that `<<` brings, where that one is to get the same.
    fn leave_to_merged(&mut self, sharing: &Sharing<'_, '_>) {
        let mut entries: Vec<(NodeId, Slot)> =
            self.places.keys().filter(|(_, slot)| matches!(slot, Slot::Entry(_))).cloned().collect();
        // An anchor stands before its aliases: what is merged last is left to what it merges first.
        entries.sort_by_key(|(node, _)| std::cmp::Reverse(*node));
        for (node, slot) in entries {
            let Slot::Entry(key) = &slot else { continue };
            for merger in sharing.mergers_with_key(node, key) {
                let place = |node| self.places.get(&(node, slot.clone())).copied();
                let (Some(own), Some(theirs)) = (place(node), place(merger)) else {
                    continue;
                };
                if self.asked[own].2.first() == self.asked[theirs].2.first() {
                    let left = std::mem::take(&mut self.asked[theirs].2);
                    self.asked[own].2.extend(left);
                }
            }
        }
        self.asked.retain(|(_, _, asks)| !asks.is_empty());
    }

    /// That no key comes to an anchored mapping while a mapping with a `<<` loses its own of that name, under which the
    /// new one would come to light.
    fn check_uncovered(&self, tree: &Tree<'_>) -> Result<(), Diagnostic> {
        let has_merge = |node| tree.entries(node).any(|(key, _)| tree.is_merge_key(key));
        let is_anchored = |node| tree.properties(node).anchor.is_some();
        let come: HashMap<&str, NodeId> = self
            .asked
            .iter()
            .filter_map(|(source, slot, _)| match slot {
                Slot::Entry(key) if is_anchored(*source) => Some((&**key, *source)),
                _ => None,
            })
            .collect();
        for (node, slot, asks) in self.asked.iter().filter(|_| !come.is_empty()) {
            let (Slot::Part(index), Some(Ask::Part(Part::Remove | Part::Replace(..)))) = (slot, asks.first()) else {
                continue;
            };
            let name = tree.entry(*node, *index).and_then(|(key, _)| tree.scalar_text(key));
            if let Some(source) = name.and_then(|name| come.get(name)).filter(|_| has_merge(*node)) {
                return Err(shared_elsewhere(tree, *source));
            }
        }
        Ok(())
    }

    /// The changes, each once.
    ///
    /// # Errors
    /// Where not every way to a node asks for the same change, and where an alias elsewhere stands for a node that goes.
    pub(super) fn settle(mut self, tree: &Tree<'_>) -> Result<Changes, Diagnostic> {
        let mut sharing = (!tree.aliases().is_empty()).then(|| Sharing::new(tree));
        if let Some(sharing) = &sharing {
            self.leave_to_merged(sharing);
        }
        self.check_uncovered(tree)?;
        let mut changes = Changes::default();
        for (node, slot, asks) in self.asked {
            let ways = sharing.as_mut().map_or(asks.len() as u64, |sharing| ways_to_slot(tree, sharing, node, &slot));
            let count = asks.len() as u64;
            let reaches_others =
                sharing.as_mut().is_some_and(|sharing| reaches_others(tree, sharing, node, &slot, &asks));
            if count != ways || reaches_others || asks.windows(2).any(|pair| pair[0] != pair[1]) {
                return Err(shared_elsewhere(tree, node));
            }
            let change = changes.of_mut(node);
            for ask in asks.into_iter().take(1) {
                match (slot.clone(), ask) {
                    (Slot::Part(index), Ask::Part(part)) => {
                        change.parts.insert(index, part);
                    }
                    (Slot::Entry(key), Ask::Entry(value)) => change.added.push(Added::Entry(key, value)),
                    (_, Ask::Items(items)) => change.added.extend(items.into_iter().map(Added::Item)),
                    _ => {}
                }
            }
        }
        check_anchors(tree, &changes)?;
        Ok(changes)
    }
}

fn ways_to_slot(tree: &Tree<'_>, sharing: &mut Sharing<'_, '_>, node: NodeId, slot: &Slot) -> u64 {
    match (slot, &tree.node(node).kind) {
        (Slot::Entry(key), Kind::Mapping { .. }) => sharing.key_path_count(node, key),
        (Slot::Part(index), Kind::Mapping { .. }) => {
            let key = tree.entry(node, *index).and_then(|(key, _)| tree.scalar_text(key));
            sharing.key_path_count(node, key.unwrap_or_default())
        }
        _ => sharing.path_count(node),
    }
}

/// Whether a key that goes, or another that comes in its place, changes what a mapping is that this one is merged into.
fn reaches_others(tree: &Tree<'_>, sharing: &mut Sharing<'_, '_>, node: NodeId, slot: &Slot, asks: &[Ask]) -> bool {
    let (Slot::Part(index), Some(Ask::Part(part))) = (slot, asks.first()) else { return false };
    let Some((key, _)) = tree.entry(node, *index) else { return false };
    let goes = |sharing: &Sharing<'_, '_>| sharing.uncovers(node, tree.scalar_text(key).unwrap_or_default());
    match part {
        Part::Set(_) => false,
        Part::Remove => goes(sharing),
        Part::Replace(new, _) => goes(sharing) || sharing.key_path_count(node, new) != asks.len() as u64,
    }
}

fn shared_elsewhere(tree: &Tree<'_>, node: NodeId) -> Diagnostic {
    let (anchored, alias) = first_alias(tree, node).unwrap_or((node, node));
    let message = "an anchor shares this with a place that is not to change in the same way";
    used_elsewhere(tree, anchored, alias, message, "write the shared part out in one of the places")
}

fn used_elsewhere(tree: &Tree<'_>, node: NodeId, alias: NodeId, message: &str, help: &str) -> Diagnostic {
    let related = Some((tree.shown_span(alias), "it is used here".to_owned()));
    Diagnostic { related, ..tree.diagnostic(node, message, help) }
}

/// That no alias that stays stands for a node that goes.
fn check_anchors(tree: &Tree<'_>, changes: &Changes) -> Result<(), Diagnostic> {
    if tree.aliases().is_empty() {
        return Ok(());
    }
    let gone = gone_nodes(tree, changes);
    let goes = |node: NodeId| ancestors(tree, node).any(|ancestor| gone.contains(&ancestor));
    for &alias in tree.aliases() {
        let target = tree.resolve(alias);
        if goes(target) && !goes(alias) {
            let message = "this is to go, but its anchor is used elsewhere";
            return Err(used_elsewhere(tree, target, alias, message, "write the value out where the alias stands"));
        }
    }
    Ok(())
}

/// The nodes that the changes take out or replace, with all that stands in them.
fn gone_nodes(tree: &Tree<'_>, changes: &Changes) -> HashSet<NodeId> {
    let mut gone = HashSet::new();
    for (node, change) in changes.iter() {
        for (&index, part) in &change.parts {
            match (tree.entry(node, index), part) {
                (None, _) => gone.extend(tree.items(node).get(index)),
                (Some((_, value)), Part::Set(_)) => gone.extend([value]),
                (Some((key, value)), _) => gone.extend([key, value]),
            }
        }
    }
    gone
}
