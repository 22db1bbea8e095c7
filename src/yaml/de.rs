//! A serde Deserializer over the [`Tree`], so that typed structs know the bytes that they were read from.
//!
//! [`At`] and [`Field`] carry the node of a value, [`Scalar`] the text of a scalar of any type. Reserved struct names
//! request them, as in `serde_spanned` for TOML. Aliases yield the anchored node, and `<<` the keys that it merges. Keys
//! that are no field of a struct are not read.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::keys::{check_keys, effective_entries};
use super::scalar::ScalarKind;
use super::tree::{Kind, NodeId, Tag, Tree};
use crate::diagnostic::Diagnostic;

/// A value and the node it was read from.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename = "$seldon_trace::At")]
pub struct At<T> {
    /// The node; for an alias, the anchored one.
    pub node: NodeId,
    pub value: T,
}

/// A field that may be missing (no node), null (a node and no value), or hold a value.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename = "$seldon_trace::At")]
pub struct Field<T> {
    /// The node, null or not; for an alias, the anchored one.
    pub node: Option<NodeId>,
    /// The value, if it is not null.
    pub value: Option<T>,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { node: None, value: None }
    }
}

/// A scalar of any type.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(rename = "$seldon_trace::Scalar")]
pub struct Scalar<'t> {
    /// The node, with aliases resolved; `None` if the field is missing.
    pub node: Option<NodeId>,
    /// The type in Kubernetes.
    pub kind: ScalarKind,
    /// The text; empty for a collection.
    pub text: &'t str,
}

impl<'t> Scalar<'t> {
    /// The text, if it is a string in Kubernetes.
    pub fn as_string(&self) -> Option<&'t str> {
        (self.kind == ScalarKind::String).then_some(self.text)
    }

    /// The text of a string, a number or a boolean.
    pub fn as_text(&self) -> Option<&'t str> {
        use ScalarKind::{Bool, Float, Int, String};
        matches!(self.kind, String | Bool | Int | Float).then_some(self.text)
    }

    /// Returns true if it is missing or null.
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, ScalarKind::Missing | ScalarKind::Null)
    }
}

/// Reads a `T` from a node.
///
/// # Errors
/// If the tree does not match the type.
pub(crate) fn from_node<'a, T: Deserialize<'a>>(tree: &'a Tree<'_>, node: NodeId) -> Result<T, Diagnostic> {
    T::deserialize(Deserializer::new(tree, node)).map_err(|error| tree.locate(error, node))
}

/// The keys and values of a mapping, with those that `<<` merges.
///
/// # Errors
/// If it is no mapping, has a duplicate key, or has a tag of another type.
pub(crate) fn entries(tree: &Tree<'_>, node: NodeId) -> Result<Vec<(NodeId, NodeId)>, Diagnostic> {
    Deserializer::new(tree, node).entries(None)
}

/// The items of a list.
///
/// # Errors
/// If it is no list, or has a tag of another type.
pub(crate) fn items<'a>(tree: &'a Tree<'_>, node: NodeId) -> Result<&'a [NodeId], Diagnostic> {
    Deserializer::new(tree, node).items()
}

const AT: &str = "$seldon_trace::At";
const SCALAR: &str = "$seldon_trace::Scalar";

#[derive(Clone, Copy)]
struct Deserializer<'a, 't> {
    tree: &'a Tree<'t>,
    node: NodeId,
}

impl<'a, 't> Deserializer<'a, 't> {
    fn new(tree: &'a Tree<'t>, node: NodeId) -> Self {
        Self { tree, node: tree.resolve(node) }
    }

    /// Checks that the node's tag, if any, is the allowed one.
    fn check_tag(&self, allowed: Tag) -> Result<(), Diagnostic> {
        match self.tree.tag(self.node) {
            Some(tag) if tag != allowed => Err(self.misleading_tag()),
            _ => Ok(()),
        }
    }

    fn misleading_tag(&self) -> Diagnostic {
        self.tree.diagnostic(
            self.node,
            "a tag makes this something else than what Kubernetes would read here",
            "remove the tag",
        )
    }
}

impl<'a> de::Deserializer<'a> for Deserializer<'a, '_> {
    type Error = Diagnostic;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        match self.tree.node(self.node).kind {
            Kind::Sequence { .. } => self.deserialize_seq(visitor),
            Kind::Mapping { .. } => self.deserialize_map(visitor),
            _ => self.deserialize_str(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        match self.tree.scalar_kind(self.node) {
            ScalarKind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        match (self.tree.scalar_kind(self.node), self.tree.scalar_text(self.node)) {
            (ScalarKind::String, Some(text)) => visitor.visit_borrowed_str(text),
            _ => Err(self.tree.mismatch(self.node, "text", "put it in quotes")),
        }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        visitor.visit_seq(Items { tree: self.tree, items: self.items()?.iter() })
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        self.visit_entries(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Diagnostic> {
        match name {
            AT => visitor.visit_seq(AtParts { de: self, next: 0 }),
            SCALAR if self.tree.tag(self.node) == Some(Tag::Other) => Err(self.misleading_tag()),
            SCALAR => visitor.visit_seq(ScalarParts { de: self, next: 0 }),
            _ => self.visit_entries(Some((name, fields)), visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string bytes byte_buf unit unit_struct newtype_struct
        tuple tuple_struct enum identifier
    }
}

impl<'a> Deserializer<'a, '_> {
    fn items(self) -> Result<&'a [NodeId], Diagnostic> {
        let Kind::Sequence { .. } = self.tree.node(self.node).kind else {
            return Err(self.tree.mismatch(self.node, "a list", "write a list here, each item after a dash"));
        };
        self.check_tag(Tag::Seq)?;
        Ok(self.tree.items(self.node))
    }

    fn visit_entries<V: Visitor<'a>>(self, of: Option<(&str, &[&str])>, visitor: V) -> Result<V::Value, Diagnostic> {
        let entries = self.entries(of)?;
        visitor.visit_map(Entries { tree: self.tree, entries: entries.into_iter(), value: self.node })
    }

    /// The keys and values of a mapping, with those that `<<` merges; for a struct only its fields.
    fn entries(self, of: Option<(&str, &[&str])>) -> Result<Vec<(NodeId, NodeId)>, Diagnostic> {
        let Kind::Mapping { .. } = self.tree.node(self.node).kind else {
            return Err(self.tree.mismatch(self.node, "a mapping", "write keys and values here"));
        };
        self.check_tag(Tag::Map)?;
        // A key with a tag may be any field, whatever its text: `!!binary ZW52` is `env`.
        let may_be_any = |key: NodeId| self.tree.tag(self.tree.resolve(key)) == Some(Tag::Other);
        let is_wanted = |&(key, _): &(NodeId, NodeId)| {
            let is_field = |fields: &[&str]| fields.contains(&self.tree.scalar_text(key).unwrap_or_default());
            of.is_none_or(|(_, fields)| is_field(fields) || may_be_any(key))
        };
        let has_merge = self.tree.entries(self.node).any(|(key, _)| self.tree.is_merge_key(key));
        let mut entries: Vec<(NodeId, NodeId)> = match has_merge {
            false => self.tree.entries(self.node).filter(is_wanted).collect(),
            true => effective_entries(self.tree, self.node)?.into_iter().filter(is_wanted).collect(),
        };
        if let Some((MAY_REPEAT, _)) = of {
            self.drop_repeated_name(&mut entries);
        }
        check_keys(self.tree, entries.iter().map(|(key, _)| *key))?;
        let tagged = |key: NodeId| !matches!(self.tree.tag(self.tree.resolve(key)), None | Some(Tag::Str));
        if let Some((key, _)) = entries.iter().find(|(key, _)| tagged(*key)) {
            return Err(Self { node: *key, ..self }.misleading_tag());
        }
        Ok(entries)
    }

    /// Drops a `name` that repeats the first one: the name is the same with either.
    fn drop_repeated_name(self, entries: &mut Vec<(NodeId, NodeId)>) {
        let text = |node: NodeId| self.tree.scalar_text(self.tree.resolve(node));
        let mut first = None;
        entries.retain(|(key, value)| match (text(*key), text(*value), first) {
            (Some("name"), Some(name), None) => {
                first = Some(name);
                true
            }
            (Some("name"), Some(name), Some(first)) => name != first,
            _ => true,
        });
    }
}

/// The struct whose `name` may be given twice with the same value.
const MAY_REPEAT: &str = "Predictor";

struct Items<'a, 't> {
    tree: &'a Tree<'t>,
    items: std::slice::Iter<'a, NodeId>,
}

impl<'a> SeqAccess<'a> for Items<'a, '_> {
    type Error = Diagnostic;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Diagnostic> {
        let Some(&item) = self.items.next() else { return Ok(None) };
        seed.deserialize(Deserializer::new(self.tree, item)).map(Some).map_err(|error| self.tree.locate(error, item))
    }
}

struct Entries<'a, 't> {
    tree: &'a Tree<'t>,
    entries: std::vec::IntoIter<(NodeId, NodeId)>,
    value: NodeId,
}

impl<'a> MapAccess<'a> for Entries<'a, '_> {
    type Error = Diagnostic;

    fn next_key_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Diagnostic> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = value;
        let text = self.tree.scalar_text(key).unwrap_or_default();
        seed.deserialize(BorrowedStrDeserializer::new(text)).map(Some).map_err(|error| self.tree.locate(error, key))
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Diagnostic> {
        let value = self.value;
        seed.deserialize(Deserializer::new(self.tree, value)).map_err(|error| self.tree.locate(error, value))
    }
}

/// The two fields of [`At`] and [`Field`].
struct AtParts<'a, 't> {
    de: Deserializer<'a, 't>,
    next: u8,
}

impl<'a> SeqAccess<'a> for AtParts<'a, '_> {
    type Error = Diagnostic;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Diagnostic> {
        self.next += 1;
        match self.next {
            1 => seed.deserialize(Id(self.de.node)).map(Some),
            2 => seed.deserialize(self.de).map(Some).map_err(|error| self.de.tree.locate(error, self.de.node)),
            _ => Ok(None),
        }
    }
}

/// The fields of [`Scalar`].
struct ScalarParts<'a, 't> {
    de: Deserializer<'a, 't>,
    next: u8,
}

impl<'a> SeqAccess<'a> for ScalarParts<'a, '_> {
    type Error = Diagnostic;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Diagnostic> {
        let Deserializer { tree, node } = self.de;
        self.next += 1;
        match self.next {
            1 => seed.deserialize(Id(node)).map(Some),
            2 => seed.deserialize((tree.scalar_kind(node) as u32).into_deserializer()).map(Some),
            3 => seed.deserialize(BorrowedStrDeserializer::new(tree.scalar_text(node).unwrap_or_default())).map(Some),
            _ => Ok(None),
        }
    }
}

/// A node's number, for [`NodeId`] and `Option<NodeId>`.
struct Id(NodeId);

impl<'a> de::Deserializer<'a> for Id {
    type Error = Diagnostic;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        visitor.visit_u32(self.0.0)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Diagnostic> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Diagnostic> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests;
