//! The second proof: the output, read by a reader that shares no code with the one that planned the edit, is the input
//! plus the planned changes.
//!
//! A `DeserializeSeed` led by the expected tree walks the reading: scalars by their text, mappings as ordered lists, so
//! that duplicate keys, big numbers and `<<` neither fail nor hide. On the way it holds the values that were written
//! against the output's own bytes.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::value::RawValue;

use super::recurring::{Abridged, Known, are_left_out, stand_in};
use super::{Fault, Language, values};
use crate::plan::{Added, Changes, Part, Value};
use crate::yaml::{Kind, NodeId, Tree};

/// Proves it of the whole output.
pub(super) fn prove(tree: &Tree<'_>, changes: &Changes, output: &str, language: Language) -> Result<(), Fault> {
    match language {
        Language::Yaml => Walk::new(tree, changes, ended(output)).yaml(documents(tree)),
        Language::Json => Walk::new(tree, changes, Cow::Borrowed(output)).json(),
    }
}

/// Proves it of an abridged output of YAML.
pub(super) fn prove_abridged(
    tree: &Tree<'_>,
    changes: &Changes,
    output: &Abridged<'_>,
    known: Memory<'_>,
) -> Result<(), Fault> {
    let stand_ins = StandIns { left_out: &output.left_out, known };
    Walk { stand_ins: Some(stand_ins), ..Walk::new(tree, changes, ended(&output.text)) }.yaml(documents(tree))
}

fn documents<'a>(tree: &'a Tree<'_>) -> impl Iterator<Item = Expected<'a>> {
    tree.roots().iter().map(|root| Expected::Node(*root))
}

impl StandIns<'_> {
    /// Whether what a stand-in is for is known to be read as planned.
    fn stand_for(&self, word: &str, planned: &[&Value]) -> Result<(), &'static str> {
        let place =
            word.parse().ok().filter(|place: &usize| *place < self.left_out.len()).ok_or("a stand-in is missing")?;
        let items = self.left_out[place];
        match self.known {
            Memory::Recalls(known) if known[place].iter().eq(planned.iter().copied()) => Ok(()),
            Memory::Recalls(_) => Err("other items were planned"),
            Memory::Learns(known) => {
                if reads_as(items, planned) {
                    known.learn(items, planned);
                }
                Ok(())
            }
        }
    }
}

/// Whether items by themselves, with one more behind them, are what is planned.
fn reads_as(items: &str, planned: &[&Value]) -> bool {
    const BEHIND: &str = "behind";
    let text = items.to_owned() + &stand_in(items, BEHIND);
    let behind = Value::Text(BEHIND.into());
    let list = Value::List(planned.iter().copied().chain([&behind]).cloned().collect());
    Tree::parse("").is_ok_and(|nothing| {
        Walk::new(&nothing, &Changes::default(), Cow::Owned(text)).yaml([Expected::New(&list)]).is_ok()
    })
}

/// What is known of the items that stand-ins are for.
#[derive(Clone, Copy)]
pub(super) enum Memory<'a> {
    /// What each is known to be read as.
    Recalls(&'a [Arc<[Value]>]),
    /// They are read by themselves, and known from then on.
    Learns(&'a Known),
}

pub(super) fn unreadable(text: &str, language: Language) -> Option<String> {
    match language {
        Language::Yaml => serde_yaml::Deserializer::from_str(&ended(text))
            .find_map(|document| IgnoredAny::deserialize(document).err())
            .map(|error| error.to_string()),
        Language::Json => serde_json::from_str::<IgnoredAny>(text).err().map(|error| error.to_string()),
    }
}

/// The text with its last line ended, as kubectl reads it.
fn ended(text: &str) -> Cow<'_, str> {
    if text.ends_with(['\n', '\r']) { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}\n")) }
}

/// What the output is held against, and what comes to light on the way through it.
struct Walk<'a> {
    tree: &'a Tree<'a>,
    changes: &'a Changes,
    /// The text that is read.
    text: Cow<'a, str>,
    stand_ins: Option<StandIns<'a>>,
    fault: RefCell<Option<String>>,
}

struct StandIns<'a> {
    left_out: &'a [&'a str],
    known: Memory<'a>,
}

impl<'a> Walk<'a> {
    fn new(tree: &'a Tree<'a>, changes: &'a Changes, text: Cow<'a, str>) -> Self {
        Self { tree, changes, text, stand_ins: None, fault: RefCell::new(None) }
    }

    /// Walks through documents of YAML, one for each of these.
    fn yaml(&self, documents: impl IntoIterator<Item = Expected<'a>>) -> Result<(), Fault> {
        let mut found = serde_yaml::Deserializer::from_str(&self.text);
        let walk = || {
            for expected in documents {
                let document = found.next().ok_or("a document is missing")?;
                self.seed::<Yaml>(expected).deserialize(document).map_err(|error| error.to_string())?;
            }
            match found.next() {
                Some(_) => Err("there is a document too many".to_owned()),
                None => Ok(()),
            }
        };
        let walked = walk();
        self.verdict(walked)
    }

    fn json(&self) -> Result<(), Fault> {
        let walk = || {
            let &root = self.tree.roots().first().ok_or("there is no document")?;
            let mut reader = serde_json::Deserializer::from_str(&self.text);
            let seed = self.seed::<Json>(Expected::Node(root));
            seed.deserialize(&mut reader).and_then(|()| reader.end()).map_err(|error| error.to_string())
        };
        self.verdict(walk())
    }

    fn seed<S>(&self, expected: Expected<'a>) -> Seed<'_, 'a, S> {
        Seed { walk: self, expected, in_alias: false, scalars: PhantomData }
    }

    /// A value that does not read back as it was written is behind what else is found.
    fn verdict(&self, walked: Result<(), String>) -> Result<(), Fault> {
        match self.fault.take() {
            Some(words) => Err(Fault::Value(words)),
            None => walked.map_err(Fault::Meaning),
        }
    }
}

/// What is to be found in a place: a node of the input with its changes, or something new.
#[derive(Clone, Copy)]
enum Expected<'a> {
    Node(NodeId),
    New(&'a Value),
    /// A text that is new, such as a key.
    Text(&'a str),
}

/// A collection as it is to be found: a node of the input with its changes, or something new.
#[derive(Clone, Copy)]
enum Collection<'a> {
    Node(NodeId),
    Items(&'a [Value]),
    Entries(&'a [(&'static str, Value)]),
}

struct Seed<'w, 'a, S> {
    walk: &'w Walk<'a>,
    expected: Expected<'a>,
    in_alias: bool,
    scalars: PhantomData<S>,
}

/// How a reader gives a scalar's text.
trait Scalars {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error>;
}

struct Yaml;
struct Json;

impl Scalars for Yaml {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

impl Scalars for Json {
    /// Strings unescaped, numbers and words as they are spelt.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if !raw.starts_with('"') {
            return Ok(Cow::Borrowed(raw));
        }
        let mut string = serde_json::Deserializer::from_str(raw);
        string.deserialize_str(TextVisitor).map_err(D::Error::custom)
    }
}

/// Any scalar, as its text.
struct TextSeed<S>(PhantomData<S>);

impl<'de, S: Scalars> DeserializeSeed<'de> for TextSeed<S> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        S::read(deserializer)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

impl<'a> Walk<'a> {
    /// What comes to the end of a node, and what becomes of one of its parts.
    fn added(&self, node: NodeId) -> &'a [Added] {
        self.changes.of(node).map_or(&[], |change| &change.added)
    }

    fn part(&self, node: NodeId, index: usize) -> Option<&'a Part> {
        self.changes.of(node)?.parts.get(&index)
    }

    /// Whether a node is a list after the change; `None` for a scalar that stays.
    fn is_list(&self, node: NodeId) -> Option<bool> {
        match self.tree.node(node).kind {
            Kind::Sequence { .. } => Some(true),
            Kind::Mapping { .. } => Some(false),
            _ => self.added(node).first().map(|added| matches!(added, Added::Item(_))),
        }
    }

    /// The items of a list that stay.
    fn items(&self, collection: Collection<'a>) -> impl Iterator<Item = NodeId> {
        let items = match collection {
            Collection::Node(node) => self.tree.items(node),
            _ => &[],
        };
        let goes = move |index| match collection {
            Collection::Node(node) => self.part(node, index) == Some(&Part::Remove),
            _ => false,
        };
        items.iter().enumerate().filter(move |(index, _)| !goes(*index)).map(|(_, item)| *item)
    }

    /// The items that come to a list.
    fn new_items(&self, collection: Collection<'a>) -> Vec<&'a Value> {
        match collection {
            Collection::Node(node) => {
                let item = |added: &'a Added| match added {
                    Added::Item(value) => Some(value),
                    Added::Entry(..) => None,
                };
                self.added(node).iter().filter_map(item).collect()
            }
            Collection::Items(items) => items.iter().collect(),
            Collection::Entries(_) => Vec::new(),
        }
    }

    fn entries(&self, collection: Collection<'a>) -> impl Iterator<Item = (Expected<'a>, Expected<'a>)> {
        let (node, new) = match collection {
            Collection::Node(node) => (Some(node), &[][..]),
            Collection::Entries(entries) => (None, entries),
            Collection::Items(_) => (None, &[][..]),
        };
        let tree = self.tree;
        let stays = node.into_iter().flat_map(move |node| {
            tree.entries(node).enumerate().filter_map(move |(index, (key, value))| match self.part(node, index) {
                None => Some((Expected::Node(key), Expected::Node(value))),
                Some(Part::Remove) => None,
                Some(Part::Set(new)) => Some((Expected::Node(key), Expected::New(new))),
                Some(Part::Replace(name, new)) => Some((Expected::Text(name), Expected::New(new))),
            })
        });
        let comes = node.map_or(&[][..], |node| self.added(node)).iter().filter_map(|added| match added {
            Added::Entry(key, value) => Some((Expected::Text(key), Expected::New(value))),
            Added::Item(_) => None,
        });
        stays.chain(comes).chain(new.iter().map(|(key, value)| (Expected::Text(key), Expected::New(value))))
    }

    /// Whether a text is the one expected. The reader breaks lines where YAML 1.1 does, at characters that YAML 1.2
    /// takes for text, and trims the blanks beside them; around these, blanks don't count.
    fn same(&self, expected: &str, found: &str) -> bool {
        let breaks = ['\u{85}', '\u{2028}', '\u{2029}'];
        let bare = |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>();
        expected == found || (expected.contains(breaks) && bare(expected) == bare(found))
    }

    /// `found` is the bytes of the output where the reader could take them as they are.
    fn judge_written(&self, text: &str, found: Option<&str>) {
        let at = found.and_then(|found| (found.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize));
        if let Err(words) = values::is_string(&self.text, text, at.filter(|at| at + text.len() <= self.text.len())) {
            self.fault.borrow_mut().get_or_insert(words);
        }
    }
}

impl<'a, S: Scalars> Seed<'_, 'a, S> {
    fn child(&self, expected: Expected<'a>) -> Self {
        Self { walk: self.walk, expected, in_alias: self.in_alias, scalars: PhantomData }
    }
}

impl<'de, S: Scalars> DeserializeSeed<'de> for Seed<'_, '_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        let walk = self.walk;
        let (collection, is_list) = match self.expected {
            Expected::Text(text) => return read_text::<S, D>(walk, text, false, deserializer),
            Expected::New(Value::Text(text)) => return read_text::<S, D>(walk, text, true, deserializer),
            Expected::New(Value::List(items)) => (Collection::Items(items), true),
            Expected::New(Value::Map(entries)) => (Collection::Entries(entries), false),
            Expected::Node(id) => {
                if let Kind::Alias(_) = walk.tree.node(id).kind {
                    // Behind an anchor whose name is given again, `serde_yaml` follows aliases to the wrong node. The
                    // first proof holds that no anchor and no alias is touched, so each still means what it meant.
                    // Within another alias there is nothing new: what an anchor holds was walked where it was defined.
                    if walk.tree.anchors_redefined || self.in_alias {
                        return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
                    }
                    self.in_alias = true;
                }
                let id = walk.tree.resolve(id);
                match (walk.is_list(id), &walk.tree.node(id).kind) {
                    (Some(is_list), _) => (Collection::Node(id), is_list),
                    (None, Kind::Scalar { text, .. }) => return read_text::<S, D>(walk, text, false, deserializer),
                    (None, _) => return Err(D::Error::custom("an alias of an alias")),
                }
            }
        };
        // An empty collection is told from nothing at all only where the reader is not told what to expect.
        if is_list {
            let new = walk.new_items(collection);
            deserializer.deserialize_any(ItemsVisitor { stay: collection, new, seed: self })
        } else {
            deserializer.deserialize_any(EntriesVisitor(collection, self))
        }
    }
}

fn read_text<'de, S: Scalars, D: Deserializer<'de>>(
    walk: &Walk<'_>,
    expected: &str,
    written: bool,
    deserializer: D,
) -> Result<(), D::Error> {
    let found = S::read(deserializer)?;
    if !walk.same(expected, &found) {
        return Err(D::Error::custom(format!("`{expected}` was expected, `{found}` found")));
    }
    if written {
        let as_it_stands = match &found {
            Cow::Borrowed(found) => Some(*found),
            Cow::Owned(_) => None,
        };
        walk.judge_written(expected, as_it_stands);
    }
    Ok(())
}

struct ItemsVisitor<'w, 'a, S> {
    stay: Collection<'a>,
    new: Vec<&'a Value>,
    seed: Seed<'w, 'a, S>,
}

impl<'de, S: Scalars> Visitor<'de> for ItemsVisitor<'_, '_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut found: A) -> Result<(), A::Error> {
        let Self { stay, new, seed } = self;
        let missing = || A::Error::custom("an item is missing");
        for item in seed.walk.items(stay) {
            found.next_element_seed(seed.child(Expected::Node(item)))?.ok_or_else(missing)?;
        }
        let mut in_full = &new[..];
        if let (Some(stand_ins), Some((last, left_out))) = (&seed.walk.stand_ins, new.split_last())
            && are_left_out(&new)
        {
            let word = found.next_element_seed(TextSeed::<S>(PhantomData))?.ok_or_else(missing)?;
            stand_ins.stand_for(&word, left_out).map_err(A::Error::custom)?;
            in_full = std::slice::from_ref(last);
        }
        for item in in_full {
            found.next_element_seed(seed.child(Expected::New(item)))?.ok_or_else(missing)?;
        }
        match found.next_element::<IgnoredAny>()? {
            Some(_) => Err(A::Error::custom("there is an item too many")),
            None => Ok(()),
        }
    }

    /// `serde_yaml` gives a collection with a tag of its own as an enum.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (IgnoredAny, collection) = tagged.variant()?;
        collection.tuple_variant(0, self)
    }
}

struct EntriesVisitor<'w, 'a, S>(Collection<'a>, Seed<'w, 'a, S>);

impl<'de, S: Scalars> Visitor<'de> for EntriesVisitor<'_, '_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut found: A) -> Result<(), A::Error> {
        let Self(expected, seed) = self;
        for (key, value) in seed.walk.entries(expected) {
            found.next_key_seed(seed.child(key))?.ok_or_else(|| A::Error::custom("a key is missing"))?;
            found.next_value_seed(seed.child(value))?;
        }
        match found.next_key::<IgnoredAny>()? {
            Some(_) => Err(A::Error::custom("there is a key too many")),
            None => Ok(()),
        }
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (IgnoredAny, collection) = tagged.variant()?;
        collection.struct_variant(&[], self)
    }
}
