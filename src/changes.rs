//! The planned changes of a document, node by node. `rewrite` turns them into edits, and `verify` compares the result
//! with them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::yaml::NodeId;

/// A new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(Cow<'static, str>),
    List(Vec<Value>),
    /// A string in the quotes of the scalar that it replaces.
    InStyle(MapKey),
    /// A number or a boolean, written without quotes.
    Plain(MapKey),
    /// Keys and values.
    Map(Vec<(MapKey, Value)>),
}

/// A key of a mapping. A borrowed one needs no quotes in any style.
pub(crate) type MapKey = Cow<'static, str>;

/// The change of an existing item or entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// It is removed.
    Remove,
    /// The entry's value becomes this.
    Set(Value),
    /// The entry becomes this key and value.
    Replace(&'static str, Value),
}

/// An addition at the end of a list or a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    Item(Value),
    /// A key and its value.
    Entry(MapKey, Value),
}

/// The changes of one list or mapping. A null with additions becomes a list or a mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeChange {
    /// The changes of existing items or entries, by index.
    pub parts: BTreeMap<usize, Part>,
    /// The additions after them.
    pub added: Vec<Added>,
}

impl Value {
    /// A mapping of these keys.
    pub fn map<const N: usize>(entries: [(&'static str, Self); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The text of a string; `None` for other values.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::InStyle(text) => Some(text),
            Self::Plain(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The items of a list; none for other values.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Text(_) | Self::InStyle(_) | Self::Plain(_) | Self::Map(_) => &[],
        }
    }

    /// The value of a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value),
            Self::Text(_) | Self::InStyle(_) | Self::Plain(_) | Self::List(_) => None,
        }
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl NodeChange {
    /// The number of removed parts.
    pub fn removed(&self) -> usize {
        self.parts.values().filter(|part| **part == Part::Remove).count()
    }
}

/// The changes of a document, by node.
#[derive(Debug, Default)]
pub struct Changes {
    nodes: BTreeMap<NodeId, NodeChange>,
}

impl Changes {
    /// The changes in the order of the text.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (NodeId, &NodeChange)> {
        self.nodes.iter().map(|(node, change)| (*node, change))
    }

    /// The change of a node, for additions to it.
    pub(crate) fn of_mut(&mut self, node: NodeId) -> &mut NodeChange {
        self.nodes.entry(node).or_default()
    }

    /// The change of a node.
    pub fn of(&self, node: NodeId) -> Option<&NodeChange> {
        self.nodes.get(&node)
    }

    /// Returns true if nothing changes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    #[cfg(test)]
    #[allow(dead_code, reason = "for tests of what reads changes")]
    pub(crate) fn insert(&mut self, node: NodeId, change: NodeChange) {
        self.nodes.insert(node, change);
    }
}
