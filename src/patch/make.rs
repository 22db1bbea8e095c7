//! The operations of a patch, found by walking through the resource as it is and as it is to be, side by side.
//!
//! Before anything is changed, what stands there is tested: the resource's name and namespace, the name of each item on
//! the way to it, the value that is changed or goes, and that what is added is missing. So a patch fails on a resource
//! that has moved since, instead of changing something else.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Operation;
use crate::changes::{Changes, Part};
use crate::yaml::json::members;
use crate::yaml::{NodeId, Tree};

/// How many items may have to move up where others go, one after another. Where it were more, the list is replaced: or
/// who applies the patch would take time that grows with the square of its length.
const MOST_MOVES: usize = 10_000_000;

/// The operations that make of a resource what it is to be.
pub(super) fn operations(
    tree: &Tree<'_>,
    changes: &Changes,
    replaced: &HashSet<NodeId>,
    (node, before): (NodeId, &Value),
    after: &Value,
) -> Vec<Operation> {
    let mut maker = Maker { tree, changes, replaced, operations: Vec::new(), guards: Vec::new(), tested: 0 };
    for path in ["/metadata/name", "/metadata/namespace"] {
        // The API server fills in a namespace that is empty.
        let name = before.pointer(path).filter(|name| name.as_str().is_some_and(|name| !name.is_empty()));
        maker.guards.extend(name.map(|name| (path.to_owned(), name.clone())));
    }
    maker.walk(node, before, after, "");
    maker.operations
}

/// The values that the changes replace whole.
pub(super) fn replaced(tree: &Tree<'_>, changes: &Changes) -> HashSet<NodeId> {
    let mut replaced = HashSet::new();
    for (node, change) in changes.iter() {
        let set = change.parts.iter().filter(|(_, part)| matches!(part, Part::Set(_)));
        replaced.extend(set.filter_map(|(index, _)| tree.entry(node, *index)).map(|(_, value)| value));
    }
    replaced
}

struct Maker<'a, 't> {
    tree: &'a Tree<'t>,
    changes: &'a Changes,
    replaced: &'a HashSet<NodeId>,
    operations: Vec<Operation>,
    /// The names on the way to where the walk is, the first `tested` of which have been tested.
    guards: Vec<(String, Value)>,
    tested: usize,
}

impl Maker<'_, '_> {
    fn walk(&mut self, node: NodeId, before: &Value, after: &Value, path: &str) {
        let node = self.tree.resolve(node);
        match (before, after) {
            _ if before == after => {}
            (Value::Object(before), Value::Object(after)) => self.members(node, before, after, path),
            (Value::Array(before), Value::Array(after)) => self.items(node, before, after, path),
            _ => self.replace(path, before, after),
        }
    }

    fn members(&mut self, mapping: NodeId, before: &Map<String, Value>, after: &Map<String, Value>, path: &str) {
        for (name, node) in members(self.tree, mapping) {
            let Some(old) = before.get(&name) else { continue };
            let path = below(path, &name);
            match after.get(&name) {
                Some(new) if new == old => {}
                Some(new) if old.is_null() => self.add(path, new),
                Some(new) if self.replaced.contains(&node) => self.replace(&path, old, new),
                Some(new) => self.walk(node, old, new, &path),
                None => self.remove(path, old),
            }
        }
        for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
            self.add(below(path, name), new);
        }
    }

    fn items(&mut self, list: NodeId, before: &[Value], after: &[Value], path: &str) {
        let parts = self.changes.of(list).map(|change| &change.parts);
        let goes = |index: &usize| parts.is_some_and(|parts| parts.get(index) == Some(&Part::Remove));
        let moves = (0..before.len()).filter(goes).count().saturating_mul(before.len());
        if moves > MOST_MOVES {
            return self.replace(path, &before.into(), &after.into());
        }
        let (mut kept, mut last_is_tested) = (0, false);
        let items = self.tree.items(list).iter().zip(before).enumerate();
        for ((index, (item, old)), new) in items.filter(|(index, _)| !goes(index)).zip(after) {
            last_is_tested = self.item(*item, old, new, format!("{path}/{index}"));
            kept += 1;
        }
        // From the back, so that those before them stay where they were.
        for (index, old) in before.iter().enumerate().rev().filter(|(index, _)| goes(index)) {
            self.remove(format!("{path}/{index}"), old);
        }
        let (stay, come) = after.split_at(kept);
        if come.is_empty() {
            return;
        }
        match stay.last() {
            Some(_) if last_is_tested => {}
            Some(last) => {
                let path = format!("{path}/{}", kept - 1);
                let (path, value) = name_of(last).map_or((path.clone(), last), |name| (below(&path, "name"), name));
                self.test(path, value);
            }
            None => self.test(path.to_owned(), &json!([])),
        }
        for new in come {
            self.push(path, new);
        }
    }

    /// Whether the item was changed behind a test of its name.
    fn item(&mut self, item: NodeId, old: &Value, new: &Value, path: String) -> bool {
        let (done, depth) = (self.operations.len(), self.guards.len());
        let name = name_of(old);
        self.guards.extend(name.map(|name| (below(&path, "name"), name.clone())));
        self.walk(item, old, new, &path);
        self.guards.truncate(depth);
        self.tested = self.tested.min(depth);
        name.is_some() && self.operations.len() > done
    }

    /// Tests the names on the way here, each once.
    fn guard(&mut self) {
        for (path, value) in &self.guards[self.tested..] {
            self.operations.push(Operation::Test { path: path.clone(), value: value.clone() });
        }
        self.tested = self.guards.len();
    }

    fn test(&mut self, path: String, value: &Value) {
        self.guard();
        self.operations.push(Operation::Test { path, value: value.clone() });
    }

    fn replace(&mut self, path: &str, old: &Value, new: &Value) {
        self.test(path.to_owned(), old);
        self.operations.push(Operation::Replace { path: path.to_owned(), value: new.clone() });
    }

    fn remove(&mut self, path: String, old: &Value) {
        self.test(path.clone(), old);
        self.operations.push(Operation::Remove { path });
    }

    /// Adds a key, or fills one that is null: the API server may have left it out. To kubectl a test of null passes
    /// either way, and fails on what somebody added meanwhile, which `add` would replace.
    fn add(&mut self, path: String, new: &Value) {
        self.test(path.clone(), &Value::Null);
        self.operations.push(Operation::Add { path, value: new.clone() });
    }

    /// Adds an item behind the last one.
    fn push(&mut self, list: &str, new: &Value) {
        self.guard();
        let path = format!("{list}/-");
        self.operations.push(Operation::Add { path, value: new.clone() });
    }
}

fn name_of(item: &Value) -> Option<&Value> {
    item.get("name").filter(|name| name.is_string())
}

/// The path of a member of what stands at this one.
pub(super) fn below(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}
