//! The planned changes of a document: for each node that changes, what changes in it. `rewrite` makes edits of them, and
//! `verify` holds the result against them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::yaml::NodeId;

/// Something new to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(Cow<'static, str>),
    /// A list.
    List(Vec<Value>),
    /// Keys and values.
    Map(Vec<(&'static str, Value)>),
}

/// What becomes of an item or an entry that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// It goes.
    Remove,
    /// The entry's value becomes this.
    Set(Value),
    /// The entry becomes this key and value.
    Replace(&'static str, Value),
}

/// What comes to the end of a list or a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// An item.
    Item(Value),
    /// A key and its value.
    Entry(&'static str, Value),
}

/// What changes in one list or mapping. A null that something comes to becomes a list or a mapping of that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeChange {
    /// What becomes of the items or entries, by their place.
    pub parts: BTreeMap<usize, Part>,
    /// What comes behind them.
    pub added: Vec<Added>,
}

impl Value {
    /// What it says, where it is a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Its items; none where it is no list.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Text(_) | Self::Map(_) => &[],
        }
    }

    /// The value of a key; none where it is no mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value),
            Self::Text(_) | Self::List(_) => None,
        }
    }
}

impl NodeChange {
    /// How many parts go.
    pub fn removed(&self) -> usize {
        self.parts.values().filter(|part| **part == Part::Remove).count()
    }
}

/// The changes of a document, each node's once.
#[derive(Debug, Default)]
pub struct Changes {
    nodes: BTreeMap<NodeId, NodeChange>,
}

impl Changes {
    /// The changes in the order of the text.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (NodeId, &NodeChange)> {
        self.nodes.iter().map(|(node, change)| (*node, change))
    }

    /// The change of this node, to be added to.
    pub(crate) fn of_mut(&mut self, node: NodeId) -> &mut NodeChange {
        self.nodes.entry(node).or_default()
    }

    /// What changes in this node.
    pub fn of(&self, node: NodeId) -> Option<&NodeChange> {
        self.nodes.get(&node)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    #[cfg(test)]
    #[allow(dead_code, reason = "for tests of what reads changes")]
    pub(crate) fn insert(&mut self, node: NodeId, change: NodeChange) {
        self.nodes.insert(node, change);
    }
}
