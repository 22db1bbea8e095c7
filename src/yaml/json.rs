//! A tree as JSON, as kubectl converts it: aliases and `<<` resolved, scalars with the types of Kubernetes.

use std::collections::HashMap;

use serde::{Serialize, Serializer};
use serde_json::Number;

use super::scalar::{ScalarKind, number};
use super::tree::{Kind, NodeId, Tree};

/// A JSON value. A mapping of one entry takes 64 bytes; that of serde_json takes 632, since its tree has room for eleven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(Box<str>),
    /// An array.
    List(Vec<Json>),
    /// An object: its members, sorted by name.
    Mapping(Box<[(Box<str>, Json)]>),
}

impl Json {
    /// A mapping of members, each name once.
    fn of_members(members: impl Iterator<Item = (Box<str>, Json)>) -> Self {
        let mut members: Box<[_]> = members.collect();
        members.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Self::Mapping(members)
    }

    /// The member of a mapping.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        let members = self.members();
        member_index(members, name).ok().map(|index| &members[index].1)
    }

    /// The members of a mapping, sorted by name.
    pub(crate) fn members(&self) -> &[(Box<str>, Json)] {
        match self {
            Self::Mapping(members) => members,
            _ => &[],
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The index of a member, or else the one to insert it at.
pub(crate) fn member_index(members: &[(Box<str>, Json)], name: &str) -> Result<usize, usize> {
    members.binary_search_by(|(own, _)| (**own).cmp(name))
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Mapping(members) => serializer.collect_map(members.iter().map(|(name, value)| (name, value))),
        }
    }
}

/// The node as JSON. A number that JSON can't have, such as an infinity, becomes a text.
pub(crate) fn to_json(tree: &Tree<'_>, node: NodeId) -> Json {
    let node = tree.resolve(node);
    match &tree.node(node).kind {
        Kind::Sequence { .. } => Json::List(tree.items(node).iter().map(|item| to_json(tree, *item)).collect()),
        Kind::Mapping { .. } => {
            let members = members(tree, node).into_iter();
            Json::of_members(members.map(|(name, value)| (name.into_boxed_str(), to_json(tree, value))))
        }
        Kind::Scalar { text, .. } => match tree.scalar_kind(node) {
            ScalarKind::Null => Json::Null,
            ScalarKind::Bool => Json::Bool(is_true(text)),
            ScalarKind::Int | ScalarKind::Float => {
                number(text).map_or_else(|| Json::Text(text.as_ref().into()), Json::Number)
            }
            _ => Json::Text(text.as_ref().into()),
        },
        Kind::Alias(_) => Json::Null,
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
        Json::Text(text) => text.into(),
        // It has no text that JSON can't have.
        other => serde_json::to_string(&other).unwrap_or_default(),
    }
}

/// Returns true for a boolean of YAML 1.1 that is true.
pub(crate) fn is_true(word: &str) -> bool {
    ["y", "yes", "true", "on"].iter().any(|yes| yes.eq_ignore_ascii_case(word))
}

#[cfg(test)]
impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::of_members(members.into_iter().map(|(name, value)| (name.into(), value.into())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let tree = Tree::parse(text).expect("yaml");
        serde_json::to_string(&to_json(&tree, tree.roots()[0])).expect("JSON")
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
