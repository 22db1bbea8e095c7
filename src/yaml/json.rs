//! A tree as JSON, as kubectl converts it: aliases and `<<` resolved, scalars with the types of Kubernetes.

use std::collections::HashMap;

use serde_json::Value;

use super::scalar::{ScalarKind, number};
use super::tree::{Kind, NodeId, Tree};

/// The node as JSON. A number that JSON can't have, such as an infinity, becomes a text.
pub(crate) fn to_json(tree: &Tree<'_>, node: NodeId) -> Value {
    let node = tree.resolve(node);
    match &tree.node(node).kind {
        Kind::Sequence { .. } => tree.items(node).iter().map(|item| to_json(tree, *item)).collect(),
        Kind::Mapping { .. } => {
            members(tree, node).into_iter().map(|(name, value)| (name, to_json(tree, value))).collect()
        }
        Kind::Scalar { text, .. } => match tree.scalar_kind(node) {
            ScalarKind::Null => Value::Null,
            ScalarKind::Bool => Value::Bool(is_true(text)),
            ScalarKind::Int | ScalarKind::Float => {
                number(text).map_or_else(|| Value::String(text.to_string()), Value::Number)
            }
            _ => Value::String(text.to_string()),
        },
        Kind::Alias(_) => Value::Null,
    }
}

/// The members of a mapping with the nodes of their values, each name once. As in kubectl, a later entry overrides an
/// earlier one, and the entries of a `<<` have its position.
pub(crate) fn members(tree: &Tree<'_>, mapping: NodeId) -> Vec<(String, NodeId)> {
    let mut members = Members::default();
    members.add(tree, tree.resolve(mapping));
    members.list
}

#[derive(Default)]
struct Members {
    list: Vec<(String, NodeId)>,
    indexes: HashMap<String, usize>,
}

impl Members {
    fn add(&mut self, tree: &Tree<'_>, mapping: NodeId) {
        for (key, value) in tree.entries(mapping) {
            if tree.is_merge_key(key) {
                let merged = tree.resolve(value);
                match tree.node(merged).kind {
                    // The first of several overrides the others.
                    Kind::Sequence { .. } => {
                        tree.items(merged).iter().rev().for_each(|source| self.add(tree, tree.resolve(*source)));
                    }
                    _ => self.add(tree, merged),
                }
            } else {
                self.put(name(tree, key), value);
            }
        }
    }

    fn put(&mut self, name: String, value: NodeId) {
        match self.indexes.get(&name) {
            Some(index) => self.list[*index].1 = value,
            None => {
                self.indexes.insert(name.clone(), self.list.len());
                self.list.push((name, value));
            }
        }
    }
}

/// The key as a text, which all keys of JSON are.
fn name(tree: &Tree<'_>, key: NodeId) -> String {
    match to_json(tree, key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Returns true for a boolean of YAML 1.1 that is true.
pub(crate) fn is_true(word: &str) -> bool {
    ["y", "yes", "true", "on"].iter().any(|yes| yes.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let tree = Tree::parse(text).expect("yaml");
        to_json(&tree, tree.roots()[0]).to_string()
    }

    #[test]
    fn scalars_are_converted_as_by_kubectl() {
        assert_eq!(
            json("[1, '1', 010, 0.50, 1e3, yes, Off, ~, '', x, !!str 1, !!int '1', .inf, 2001-01-01]"),
            r#"[1,"1",8,0.5,1000,true,false,null,"","x","1",1,".inf","2001-01-01"]"#
        );
        assert_eq!(
            json("1: a\nyes: b\n.5: c\n~: d\ne/f: g\n"),
            r#"{"0.5":"c","1":"a","e/f":"g","null":"d","true":"b"}"#
        );
    }

    #[test]
    fn aliases_and_merges_are_resolved() {
        assert_eq!(json("a: &a [x]\nb: *a\n"), r#"{"a":["x"],"b":["x"]}"#);
        assert_eq!(
            json("a: &a {k: 1, l: 1}\nb: &b {l: 2, m: 2}\nc: {<<: [*a, *b], k: 3}\n"),
            r#"{"a":{"k":1,"l":1},"b":{"l":2,"m":2},"c":{"k":3,"l":1,"m":2}}"#
        );
        assert_eq!(json("a: &a {k: 1}\nb: {k: 2, <<: *a}\n"), r#"{"a":{"k":1},"b":{"k":1}}"#);
        assert_eq!(json("{\"<<\": {\"k\": 1}, k: 1, k: 2}"), r#"{"<<":{"k":1},"k":2}"#);
    }
}
