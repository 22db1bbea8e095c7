//! A serde Deserializer over the [`Tree`], so that typed structs know the bytes that they were read from.
//!
//! [`At`] and [`Field`] carry the node of a value, [`Scalar`] a scalar as it stands, whatever its type. They are asked
//! for by reserved struct names, as `serde_spanned` does for TOML. Aliases yield the node that their anchor stands at,
//! and `<<` the keys that it brings. What a struct has no field for is never looked at.

use std::collections::HashSet;
use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::scalar::ScalarKind;
use super::sharing::ancestors;
use super::tree::{Kind, NodeId, Tag, Tree};
use crate::credentials::without;

/// A value and the node it was read from.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename = "$seldon_trace::At")]
pub struct At<T> {
    /// The node; for an alias, the one that its anchor stands at.
    pub node: NodeId,
    /// What it holds.
    pub value: T,
}

/// A field that may be missing (no node), null (a node and no value), or hold a value.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename = "$seldon_trace::At")]
pub struct Field<T> {
    /// The node, null or not; for an alias, the one that its anchor stands at.
    pub node: Option<NodeId>,
    /// What it holds.
    pub value: Option<T>,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { node: None, value: None }
    }
}

/// A scalar as it stands, whatever its type.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(rename = "$seldon_trace::Scalar")]
pub struct Scalar<'t> {
    /// The node, an alias followed; `None` where the field is missing.
    pub node: Option<NodeId>,
    /// What Kubernetes takes it for.
    pub kind: ScalarKind,
    /// What it says; empty for a collection.
    pub text: &'t str,
}

impl<'t> Scalar<'t> {
    /// What it says, where it is a string to Kubernetes.
    pub fn as_string(&self) -> Option<&'t str> {
        (self.kind == ScalarKind::String).then_some(self.text)
    }

    /// What it says, be it a string, a number or a boolean.
    pub fn as_text(&self) -> Option<&'t str> {
        use ScalarKind::{Bool, Float, Int, String};
        matches!(self.kind, String | Bool | Int | Float).then_some(self.text)
    }

    /// Whether it is missing or null.
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, ScalarKind::Missing | ScalarKind::Null)
    }
}

/// Reads a `T` from a node.
///
/// # Errors
/// Where the tree does not fit the type; see [`Error`].
pub(crate) fn from_node<'a, T: Deserialize<'a>>(tree: &'a Tree<'_>, node: NodeId) -> Result<T, Error> {
    T::deserialize(Deserializer::new(tree, node)).map_err(|error| error.or_at(node))
}

/// The keys and values of a mapping, those that `<<` brings included.
///
/// # Errors
/// Where it is none, has a key twice, or has a tag that makes it something else.
pub(crate) fn entries(tree: &Tree<'_>, node: NodeId) -> Result<Vec<(NodeId, NodeId)>, Error> {
    Deserializer::new(tree, node).entries(None)
}

/// The items of a list.
///
/// # Errors
/// Where it is none, or has a tag that makes it something else.
pub(crate) fn items<'a>(tree: &'a Tree<'_>, node: NodeId) -> Result<&'a [NodeId], Error> {
    Deserializer::new(tree, node).items()
}

/// What stands at a node, in words.
pub(crate) fn found(tree: &Tree<'_>, node: NodeId) -> String {
    Deserializer::new(tree, node).found()
}

/// What does not fit, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The node at fault.
    pub node: Option<NodeId>,
    /// What is wrong with it, and what was expected.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

impl Error {
    fn new(node: NodeId, message: impl Into<String>, help: &'static str) -> Self {
        Self { node: Some(node), message: message.into(), help }
    }

    fn or_at(mut self, node: NodeId) -> Self {
        self.node.get_or_insert(node);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { node: None, message: message.to_string(), help: "" }
    }
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

    /// What stands here, in words.
    fn found(&self) -> String {
        let text = self.tree.scalar_text(self.node).unwrap_or_default();
        let is_anchored = |node: NodeId| self.tree.properties(node).anchor.is_some();
        let is_hidden = !self.tree.aliases().is_empty() && ancestors(self.tree, self.node).any(is_anchored);
        match self.tree.scalar_kind(self.node) {
            ScalarKind::Collection if matches!(self.tree.node(self.node).kind, Kind::Sequence { .. }) => {
                "a list".into()
            }
            ScalarKind::Collection => "a mapping".into(),
            ScalarKind::Null | ScalarKind::Missing => "nothing".into(),
            ScalarKind::Bool => format!("the boolean `{text}`"),
            // It may be a credential, by the name of another place that it is read at.
            ScalarKind::Int | ScalarKind::Float if is_hidden => "a number".into(),
            ScalarKind::String if is_hidden => "a text".into(),
            ScalarKind::Int | ScalarKind::Float => format!("the number `{text}`"),
            ScalarKind::String => format!("the text `{}`", without(text)),
        }
    }

    fn mismatch(&self, expected: &str, help: &'static str) -> Error {
        Error::new(self.node, format!("expected {expected}, found {}", self.found()), help)
    }

    /// That the node's tag, if any, says what it is to be used as.
    fn check_tag(&self, allowed: Tag) -> Result<(), Error> {
        match self.tree.tag(self.node) {
            Some(tag) if tag != allowed => Err(self.misleading_tag()),
            _ => Ok(()),
        }
    }

    fn misleading_tag(&self) -> Error {
        Error::new(
            self.node,
            "a tag makes this something else than what Kubernetes would read here",
            "take the tag out",
        )
    }
}

impl<'a> de::Deserializer<'a> for Deserializer<'a, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree.node(self.node).kind {
            Kind::Sequence { .. } => self.deserialize_seq(visitor),
            Kind::Mapping { .. } => self.deserialize_map(visitor),
            _ => self.deserialize_str(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree.scalar_kind(self.node) {
            ScalarKind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self.tree.scalar_kind(self.node), self.tree.scalar_text(self.node)) {
            (ScalarKind::String, Some(text)) => visitor.visit_borrowed_str(text),
            _ => Err(self.mismatch("text", "put it in quotes")),
        }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items { tree: self.tree, items: self.items()?.iter() })
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit_entries(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            AT => visitor.visit_seq(AtParts { de: self, next: 0 }),
            SCALAR if self.tree.tag(self.node) == Some(Tag::Other) => Err(self.misleading_tag()),
            SCALAR => visitor.visit_seq(ScalarParts { de: self, next: 0 }),
            _ => self.visit_entries(Some((name, fields)), visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string bytes byte_buf unit unit_struct newtype_struct
        tuple tuple_struct enum identifier
    }
}

impl<'a> Deserializer<'a, '_> {
    fn items(self) -> Result<&'a [NodeId], Error> {
        let Kind::Sequence { .. } = self.tree.node(self.node).kind else {
            return Err(self.mismatch("a list", "write a list here, each item behind a dash"));
        };
        self.check_tag(Tag::Seq)?;
        Ok(self.tree.items(self.node))
    }

    fn visit_entries<V: Visitor<'a>>(self, of: Option<(&str, &[&str])>, visitor: V) -> Result<V::Value, Error> {
        let entries = self.entries(of)?;
        visitor.visit_map(Entries { tree: self.tree, entries: entries.into_iter(), value: self.node })
    }

    /// The keys and values of a mapping, those that `<<` brings included; of a struct only its fields.
    fn entries(self, of: Option<(&str, &[&str])>) -> Result<Vec<(NodeId, NodeId)>, Error> {
        let Kind::Mapping { .. } = self.tree.node(self.node).kind else {
            return Err(self.mismatch("a mapping", "write keys and values here"));
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

    /// Drops a `name` that repeats the first one: whichever counts, the name is the same.
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

/// That no key stands twice among these.
///
/// # Errors
/// The second of a key.
pub(crate) fn check_keys(tree: &Tree<'_>, keys: impl Iterator<Item = NodeId>) -> Result<(), Error> {
    let (mut few, mut many) = (Vec::new(), HashSet::new());
    for key in keys {
        let name = tree.scalar_text(key).unwrap_or_default();
        // Hashing a name takes longer than comparing it with a few others.
        let is_new = match few.len() < FEW_KEYS {
            true if few.contains(&name) => false,
            true => {
                few.push(name);
                true
            }
            false => !few.contains(&name) && many.insert(name),
        };
        if !is_new {
            let message = format!("the key `{name}` is in this mapping twice, and only the last would be used");
            return Err(Error::new(key, message, "keep one of them"));
        }
    }
    Ok(())
}

const FEW_KEYS: usize = 8;

/// The keys and values of a mapping with those that `<<` brings, in the order in which they come to count.
///
/// # Errors
/// Where `<<` is given something else than mappings, stands twice, or stands behind a key which it brings too: kubectl
/// then lets the merge win, YAML the key.
fn effective_entries(tree: &Tree<'_>, mapping: NodeId) -> Result<Vec<(NodeId, NodeId)>, Error> {
    let mut own: Vec<(NodeId, NodeId)> = tree.entries(mapping).collect();
    let Some(at) = own.iter().position(|(key, _)| tree.is_merge_key(*key)) else { return Ok(own) };
    let (merge_key, merged) = own.remove(at);
    if let Some((second, _)) = own.iter().find(|(key, _)| tree.is_merge_key(*key)) {
        return Err(Error::new(*second, "`<<` is in this mapping twice", "give `<<` one list of aliases"));
    }
    let name = |(key, _): &(NodeId, NodeId)| tree.scalar_text(*key).unwrap_or_default();
    let before: HashSet<&str> = own[..at].iter().map(name).collect();
    let mut known: HashSet<&str> = own.iter().map(name).collect();
    for source in merge_sources(tree, merged)? {
        for entry in effective_entries(tree, source)? {
            let name = name(&entry);
            if before.contains(name) {
                return Err(Error::new(
                    merge_key,
                    format!(
                        "`<<` stands behind the key `{name}`, which it brings too: kubectl takes the merged value, \
                         YAML the key"
                    ),
                    "put `<<` first in the mapping",
                ));
            }
            if known.insert(name) {
                own.push(entry);
            }
        }
    }
    Ok(own)
}

/// The mappings that the value of a `<<` stands for.
fn merge_sources(tree: &Tree<'_>, merged: NodeId) -> Result<Vec<NodeId>, Error> {
    let value = tree.resolve(merged);
    let sources = match tree.node(value).kind {
        Kind::Sequence { .. } => tree.items(value).iter().map(|item| tree.resolve(*item)).collect(),
        _ => vec![value],
    };
    match sources.iter().find(|source| !matches!(tree.node(**source).kind, Kind::Mapping { .. })) {
        Some(_) => {
            Err(Error::new(merged, "`<<` takes a mapping or a list of mappings", "give it an alias of a mapping"))
        }
        None => Ok(sources),
    }
}

struct Items<'a, 't> {
    tree: &'a Tree<'t>,
    items: std::slice::Iter<'a, NodeId>,
}

impl<'a> SeqAccess<'a> for Items<'a, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(&item) = self.items.next() else { return Ok(None) };
        seed.deserialize(Deserializer::new(self.tree, item)).map(Some).map_err(|error| error.or_at(item))
    }
}

struct Entries<'a, 't> {
    tree: &'a Tree<'t>,
    entries: std::vec::IntoIter<(NodeId, NodeId)>,
    value: NodeId,
}

impl<'a> MapAccess<'a> for Entries<'a, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = value;
        let text = self.tree.scalar_text(key).unwrap_or_default();
        seed.deserialize(BorrowedStrDeserializer::new(text)).map(Some).map_err(|error: Error| error.or_at(key))
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = self.value;
        seed.deserialize(Deserializer::new(self.tree, value)).map_err(|error| error.or_at(value))
    }
}

/// The two fields of [`At`] and [`Field`].
struct AtParts<'a, 't> {
    de: Deserializer<'a, 't>,
    next: u8,
}

impl<'a> SeqAccess<'a> for AtParts<'a, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.next += 1;
        match self.next {
            1 => seed.deserialize(Id(self.de.node)).map(Some),
            2 => seed.deserialize(self.de).map(Some).map_err(|error| error.or_at(self.de.node)),
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
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
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
    type Error = Error;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u32(self.0.0)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Debug, serde::Deserialize)]
    struct Pod<'t> {
        #[serde(default, borrow)]
        env: Field<Vec<At<EnvList<'t>>>>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct EnvList<'t> {
        #[serde(default, borrow)]
        name: Scalar<'t>,
    }

    fn names(text: &str) -> Result<Vec<String>, String> {
        let tree = Tree::parse(text).map_err(|error| error.fault.to_string())?;
        let pod: Pod<'_> = from_node(&tree, tree.roots()[0]).map_err(|error| {
            let at = error.node.map_or(String::new(), |node| tree.path(node));
            format!("{at}: {}", error.message)
        })?;
        let env = pod.env.value.unwrap_or_default();
        Ok(env.iter().map(|at| format!("{}={:?}", &text[tree.span(at.node).range()], at.value.name.kind)).collect())
    }

    #[test]
    fn values_lead_back_to_their_bytes() {
        assert_eq!(names("env:\n- name: a\n- {name: 1}\n"), Ok(vec!["name: a=String".into(), "{name: 1}=Int".into()]));
        assert_eq!(names("x: [env]\nenv:\n"), Ok(vec![]));
        assert_eq!(names("b: &b {env: [&e {name: x}, *e]}\n<<: *b\n").map(|names| names.len()), Ok(2));
    }

    #[test]
    fn what_does_not_fit_is_said_with_its_path() {
        assert_eq!(names("env: {a: b}"), Err("env: expected a list, found a mapping".into()));
        assert_eq!(names("env:\n- a\n"), Err("env[0]: expected a mapping, found the text `a`".into()));
        assert_eq!(
            names("env: []\nenv: []\n").map_err(|error| error.split(':').next().map(str::to_owned)),
            Err(Some("env".into()))
        );
        assert_eq!(
            names("a: &a {env: []}\nenv: []\n<<: *a\n"),
            Err("<<: `<<` stands behind the key `env`, which it brings too: kubectl takes the merged value, YAML the key".replacen("<<", "[\"<<\"]", 1))
        );
        assert!(names("env: !foo []").is_err());
    }

    #[test]
    fn merged_keys_count_after_the_mapping_s_own() {
        let text = "a: &a {k: 1, l: 1}\nb: &b {l: 2, m: 2}\nc: {<<: [*a, *b], k: '3'}\n";
        let tree = Tree::parse(text).expect("yaml");
        let all: BTreeMap<String, BTreeMap<String, Scalar<'_>>> = from_node(&tree, tree.roots()[0]).expect("maps");
        let c: Vec<_> = all["c"].iter().map(|(key, scalar)| format!("{key}={}", scalar.text)).collect();
        assert_eq!(c, ["k=3", "l=1", "m=2"]);
    }
}
