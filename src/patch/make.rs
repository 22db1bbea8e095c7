//! Makes the operations of a patch by a parallel walk through the resource before and after the edit.
//!
//! Each change is preceded by tests: of the resource's name and namespace, the name of each item on the path, the value
//! that is changed or removed, and that an added key is missing. So a patch of a resource that has changed since fails,
//! instead of changing something else.

use std::collections::HashSet;

use super::Operation;
use crate::changes::{Changes, Part};
use crate::yaml::json::{Json, members};
use crate::yaml::{NodeId, Tree};

/// The limit of the item moves that the removals of a list cause. Above it the list is replaced as a whole, for the
/// time to apply the patch would be quadratic in its length.
const MAX_MOVES: usize = 10_000_000;

/// The operations that turn the resource `before` into `after`.
pub(super) fn operations(
    tree: &Tree<'_>,
    changes: &Changes,
    replaced: &HashSet<NodeId>,
    (node, before): (NodeId, &Json),
    after: &Json,
) -> Vec<Operation> {
    let mut maker = Maker { tree, changes, replaced, operations: Vec::new(), guards: Vec::new(), tested: 0 };
    for key in ["name", "namespace"] {
        let name = before.get("metadata").and_then(|metadata| metadata.get(key));
        // The API server fills in an empty namespace.
        let name = name.filter(|name| name.as_str().is_some_and(|name| !name.is_empty()));
        maker.guards.extend(name.map(|name| (format!("/metadata/{key}"), name.clone())));
    }
    maker.walk(node, before, after, "");
    maker.operations
}

/// The values that are replaced as a whole.
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
    /// The names on the current path, of which the first `tested` have been tested.
    guards: Vec<(String, Json)>,
    tested: usize,
}

impl Maker<'_, '_> {
    fn walk(&mut self, node: NodeId, before: &Json, after: &Json, path: &str) {
        let node = self.tree.resolve(node);
        match (before, after) {
            _ if before == after => {}
            (Json::Mapping(_), Json::Mapping(_)) => self.members(node, before, after, path),
            (Json::List(before), Json::List(after)) => self.items(node, before, after, path),
            _ => self.replace(path, before, after),
        }
    }

    fn members(&mut self, mapping: NodeId, before: &Json, after: &Json, path: &str) {
        for (name, node) in members(self.tree, mapping) {
            let Some(old) = before.get(&name) else { continue };
            let path = below(path, &name);
            match after.get(&name) {
                Some(new) if new == old => {}
                Some(new) if *old == Json::Null => self.add(path, new),
                Some(new) if self.replaced.contains(&node) => self.replace(&path, old, new),
                Some(new) => self.walk(node, old, new, &path),
                None => self.remove(path, old),
            }
        }
        for (name, new) in after.members().iter().filter(|(name, _)| before.get(name).is_none()) {
            self.add(below(path, name), new);
        }
    }

    fn items(&mut self, list: NodeId, before: &[Json], after: &[Json], path: &str) {
        let parts = self.changes.of(list).map(|change| &change.parts);
        let is_removed = |index: &usize| parts.is_some_and(|parts| parts.get(index) == Some(&Part::Remove));
        let moves = (0..before.len()).filter(is_removed).count().saturating_mul(before.len());
        if moves > MAX_MOVES {
            return self.replace(path, &Json::List(before.into()), &Json::List(after.into()));
        }
        let (mut kept, mut last_is_tested) = (0, false);
        let items = self.tree.items(list).iter().zip(before).enumerate();
        for ((index, (item, old)), new) in items.filter(|(index, _)| !is_removed(index)).zip(after) {
            last_is_tested = self.item(*item, old, new, format!("{path}/{index}"));
            kept += 1;
        }
        // From the end, so that the indexes before do not change.
        for (index, old) in before.iter().enumerate().rev().filter(|(index, _)| is_removed(index)) {
            self.remove(format!("{path}/{index}"), old);
        }
        let (existing, added) = after.split_at(kept);
        if added.is_empty() {
            return;
        }
        match existing.last() {
            Some(_) if last_is_tested => {}
            Some(last) => {
                let path = format!("{path}/{}", kept - 1);
                let (path, value) = name_of(last).map_or((path.clone(), last), |name| (below(&path, "name"), name));
                self.test(path, value);
            }
            None => self.test(path.to_owned(), &Json::List(Vec::new())),
        }
        for new in added {
            self.push(path, new);
        }
    }

    /// Walks through an item. Returns true if it was changed after a test of its name.
    fn item(&mut self, item: NodeId, old: &Json, new: &Json, path: String) -> bool {
        let (done, depth) = (self.operations.len(), self.guards.len());
        let name = name_of(old);
        self.guards.extend(name.map(|name| (below(&path, "name"), name.clone())));
        self.walk(item, old, new, &path);
        self.guards.truncate(depth);
        self.tested = self.tested.min(depth);
        name.is_some() && self.operations.len() > done
    }

    /// Tests the names on the current path, each once.
    fn guard(&mut self) {
        for (path, value) in &self.guards[self.tested..] {
            self.operations.push(Operation::Test { path: path.clone(), value: value.clone() });
        }
        self.tested = self.guards.len();
    }

    fn test(&mut self, path: String, value: &Json) {
        self.guard();
        self.operations.push(Operation::Test { path, value: value.clone() });
    }

    fn replace(&mut self, path: &str, old: &Json, new: &Json) {
        self.test(path.to_owned(), old);
        self.operations.push(Operation::Replace { path: path.to_owned(), value: new.clone() });
    }

    fn remove(&mut self, path: String, old: &Json) {
        self.test(path.clone(), old);
        self.operations.push(Operation::Remove { path });
    }

    /// Adds a key, or fills a null, which the API server may have dropped. In kubectl a test of null passes for both,
    /// and fails if the key was added meanwhile, which `add` would replace.
    fn add(&mut self, path: String, new: &Json) {
        self.test(path.clone(), &Json::Null);
        self.operations.push(Operation::Add { path, value: new.clone() });
    }

    /// Adds an item after the last one.
    fn push(&mut self, list: &str, new: &Json) {
        self.guard();
        let path = format!("{list}/-");
        self.operations.push(Operation::Add { path, value: new.clone() });
    }
}

fn name_of(item: &Json) -> Option<&Json> {
    item.get("name").filter(|name| name.as_str().is_some())
}

/// The path of a member of the object at `path`.
pub(super) fn below(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}
