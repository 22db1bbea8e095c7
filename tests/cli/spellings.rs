//! Compares the types of scalars with a record of how kubectl reads them.
//!
//! `spellings.tsv` has one spelling a line, with how kubectl reads it as a value and as a key: JSON, `refused`, or `-`
//! if it can't be a key. In a spelling `\n` is a line break and `\\` a backslash. If there is kubectl, the record is
//! compared with it; `BLESS=1 cargo test --test cli the_record` rewrites it. To add a spelling, add a line with it.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use seldon_trace::internals::yaml::{NodeId, ScalarKind, Tree};
use serde_json::Value;

use crate::kubectl::{read_by_kubectl, version_of_kubectl};

/// Spellings of the record that the program reads differently, with the reason why that does no harm.
const DIFFERENCES: &[(&str, &[&str])] = &[
    (
        "a tag that does not fit, which kubectl refuses: to us the tag alone says what it is, and what is no string gets \
         its quotes where it is a tracing variable's",
        &[
            "!!int 1.0",
            "!!int 1.5",
            "!!int x",
            "!!int true",
            "!!int 1:30",
            "!!int",
            "!!int |\\n  1",
            "!!bool 1",
            "!!bool x",
            "!!null x",
        ],
    ),
    (
        "a tag beyond the core schema: refused on the way to an env list, and not our business elsewhere",
        &["!!timestamp x", "!!binary aGk=", "!!binary \"aGk=\"", "!!binary 1"],
    ),
    ("a merge of something that is no mapping: refused on the way to an env list, too", &["<<", "!!merge <<"]),
];

struct Spelling {
    /// As in the record.
    name: String,
    value: Answer,
    key: Answer,
}

#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Read(Value),
    Refused,
    /// It is never used.
    NotAsked,
}

/// A place of a spelling in a document.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Value,
    Key,
}

impl Answer {
    fn parse(text: Option<&str>) -> Self {
        match text {
            Some("refused") => Self::Refused,
            Some("-") | None => Self::NotAsked,
            Some(json) => Self::Read(serde_json::from_str(json).unwrap()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Read(value) => value.to_string(),
            Self::Refused => "refused".to_owned(),
            Self::NotAsked => "-".to_owned(),
        }
    }
}

impl Spelling {
    fn parse(line: &str) -> Self {
        let mut columns = line.split('\t');
        let name = columns.next().unwrap_or_default().to_owned();
        let (value, key) = (Answer::parse(columns.next()), Answer::parse(columns.next()));
        Self { name, value, key }
    }

    fn answer(&self, place: Place) -> &Answer {
        match place {
            Place::Value => &self.value,
            Place::Key => &self.key,
        }
    }

    /// The document of a spelling at this place.
    fn source(&self) -> String {
        self.name.replace("\\\\", "\0").replace("\\n", "\n  ").replace('\0', "\\")
    }

    /// Returns true for a key, which is on one line without a comment.
    fn fits(&self, place: Place) -> bool {
        let source = self.source();
        place == Place::Value
            || !(source.contains(['\n', '|', '>']) || source.starts_with('#') || source.contains(" #"))
    }

    fn item(&self, place: Place) -> String {
        match place {
            Place::Value => format!("- v: {}\n", self.source()),
            Place::Key => format!("- {} : x\n", self.source()),
        }
    }
}

fn record() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cli/spellings.tsv")
}

fn spellings() -> Vec<Spelling> {
    let text = fs::read_to_string(record()).unwrap();
    text.lines().skip(1).map(Spelling::parse).collect()
}

/// How kubectl reads each of these in one manifest; `None` if it reports an error, or without kubectl.
fn ask(spellings: &[&Spelling], place: Place) -> Option<Vec<Answer>> {
    let items: String = spellings.iter().map(|spelling| spelling.item(place)).collect();
    let manifest = format!("apiVersion: v1\nkind: Spellings\nmetadata: {{name: x}}\nspec:\n{items}");
    let Ok(read) = read_by_kubectl(manifest.as_bytes())? else { return Some(vec![Answer::Refused; spellings.len()]) };
    let answer = |item: &Value| match place {
        Place::Value => item["v"].clone(),
        Place::Key => item.as_object().unwrap().keys().map(|key| Value::from(key.as_str())).next().unwrap(),
    };
    Some(read[0]["spec"].as_array().unwrap().iter().map(answer).map(Answer::Read).collect())
}

/// Asks kubectl for everything, each spelling on its own.
fn bless(spellings: &[Spelling]) {
    let version = version_of_kubectl().unwrap();
    let mut text = format!("# What kubectl {version} reads: the spelling, as a value, as a key.\n");
    for spelling in spellings {
        let answer = |place| match spelling.fits(place) {
            true => ask(&[spelling], place).unwrap().remove(0).text(),
            false => Answer::NotAsked.text(),
        };
        let _ = writeln!(text, "{}\t{}\t{}", spelling.name, answer(Place::Value), answer(Place::Key));
    }
    fs::write(record(), text).unwrap();
}

/// The scalar as our tree has it.
fn ours(spelling: &Spelling, place: Place) -> Result<(ScalarKind, String), String> {
    let text = spelling.item(place);
    let tree = Tree::parse(&text).map_err(|error| error.fault.to_string())?;
    let (key, value) = tree.entry(tree.items(tree.roots()[0])[0], 0).unwrap();
    let node: NodeId = if place == Place::Key { key } else { value };
    Ok((tree.scalar_kind(node), tree.scalar_text(node).unwrap_or_default().to_owned()))
}

/// The difference between the program and kubectl, in words.
fn difference(spelling: &Spelling, place: Place) -> Option<String> {
    let answer = spelling.answer(place);
    if *answer == Answer::NotAsked {
        return None;
    }
    let (kind, text) = match ours(spelling, place) {
        Ok(read) => read,
        Err(_) if *answer == Answer::Refused => return None,
        Err(words) => return Some(words),
    };
    let agrees = match (answer, kind) {
        // kubectl turns such keys into texts like `1` and `true`, and no known field has such a name.
        (_, ScalarKind::Null | ScalarKind::Bool | ScalarKind::Int | ScalarKind::Float) if place == Place::Key => true,
        (Answer::Read(Value::Null), kind) => kind == ScalarKind::Null,
        (Answer::Read(Value::Bool(_)), kind) => kind == ScalarKind::Bool,
        (Answer::Read(Value::Number(_)), kind) => matches!(kind, ScalarKind::Int | ScalarKind::Float),
        (Answer::Read(Value::String(read)), kind) => kind == ScalarKind::String && *read == text,
        // JSON has no infinities.
        (Answer::Refused, kind) => kind == ScalarKind::Float,
        (Answer::Read(Value::Array(_) | Value::Object(_)) | Answer::NotAsked, _) => false,
    };
    (!agrees).then(|| format!("{} to kubectl, and {kind:?} `{text}` to us", answer.text()))
}

#[test]
fn scalars_are_read_as_recorded() {
    let spellings = spellings();
    assert!(spellings.len() >= 400, "only {} spellings", spellings.len());
    let mut words = Vec::new();
    for spelling in &spellings {
        let found: Vec<String> = [Place::Value, Place::Key]
            .iter()
            .filter_map(|place| Some(format!("as a {place:?}: {}", difference(spelling, *place)?)))
            .collect();
        match DIFFERENCES.iter().any(|(_, names)| names.contains(&spelling.name.as_str())) {
            true if found.is_empty() => words.push(format!("`{}` is listed, and read as kubectl does", spelling.name)),
            false if !found.is_empty() => words.push(format!("`{}` {}", spelling.name, found.join("; "))),
            _ => {}
        }
    }
    assert!(words.is_empty(), "{} differ:\n{}", words.len(), words.join("\n"));
}

#[test]
fn the_record_is_how_kubectl_reads() {
    let spellings = spellings();
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        return bless(&spellings);
    }
    for place in [Place::Value, Place::Key] {
        let asked = spellings.iter().filter(|spelling| *spelling.answer(place) != Answer::NotAsked);
        let (refused, read): (Vec<_>, Vec<_>) = asked.partition(|spelling| *spelling.answer(place) == Answer::Refused);
        // An error is about all spellings of its manifest.
        let alone = refused.into_iter().map(|spelling| vec![spelling]);
        for group in std::iter::once(read).chain(alone) {
            let Some(answers) = ask(&group, place) else { return };
            for (spelling, answer) in group.iter().zip(answers) {
                assert_eq!(*spelling.answer(place), answer, "`{}` as a {place:?}", spelling.name);
            }
        }
    }
}
