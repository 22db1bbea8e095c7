//! The events of JSON text, by `serde_json`.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::compare::{Comparison, FoundProperties};
use super::{Mismatch, MismatchKind};
use crate::yaml::{ScalarStyle, Structure};

/// Compares the events of `text` with the expected ones.
pub(super) fn read(text: &str, comparison: &mut Comparison<'_>) -> Result<(), Mismatch> {
    let mut reader = JsonReader { text, at: 0, comparison, fault: None };
    let mut parser = serde_json::Deserializer::from_str(text);
    reader.comparison.document_start()?;
    let read = JsonNode(&mut reader).deserialize(&mut parser).and_then(|()| parser.end());
    match (reader.fault.take(), read) {
        (Some(fault), _) => Err(fault),
        (None, Ok(())) => reader.comparison.document_end(),
        (None, Err(error)) => Err(Mismatch::new(MismatchKind::Syntax, reader.at, error.to_string())),
    }
}

/// The comparison and the place in the text: serde has no offsets, but between two values there is only punctuation.
struct JsonReader<'r, 'a, 'o> {
    text: &'o str,
    at: usize,
    comparison: &'r mut Comparison<'a>,
    /// The fault that stopped the reading.
    fault: Option<Mismatch>,
}

/// A stop, whose reason is in the reader: this text is not shown.
const STOPPED: &str = "stopped";

impl<'o> JsonReader<'_, '_, 'o> {
    /// Notes the fault, if the comparison has one.
    fn note(&mut self, verdict: Result<(), Mismatch>) -> Result<(), &'static str> {
        verdict.map_err(|fault| {
            self.fault.get_or_insert(fault);
            STOPPED
        })
    }

    /// Moves to the next byte that is none of these and no white space.
    fn skip(&mut self, punctuation: &[u8]) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let is_skipped = |byte: &u8| b" \t\r\n".contains(byte) || punctuation.contains(byte);
        self.at += rest.iter().take_while(|byte| is_skipped(byte)).count();
        self.at
    }

    fn open(&mut self, is_list: bool) -> Result<(), &'static str> {
        let start = self.skip(b",:");
        self.at += 1;
        let at = start..self.at;
        let verdict = self.comparison.open(is_list, Structure::Flow, FoundProperties::default(), at);
        self.note(verdict)
    }

    fn close(&mut self) -> Result<(), &'static str> {
        let at = self.skip(b"");
        self.at += 1;
        let verdict = self.comparison.close(at);
        self.note(verdict)
    }

    fn scalar(&mut self, raw: &'o str) -> Result<(), &'static str> {
        let start = self.skip(b",:");
        self.at += raw.len();
        let (text, style) = match raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) {
            None => (Cow::Borrowed(raw), ScalarStyle::Plain),
            // Only faster: the last arm reads the same from it, into a text of its own.
            Some(text) if !text.contains('\\') => (Cow::Borrowed(text), ScalarStyle::DoubleQuoted),
            Some(_) => (Cow::Owned(serde_json::from_str(raw).unwrap_or_default()), ScalarStyle::DoubleQuoted),
        };
        let verdict = self.comparison.scalar(&text, style, FoundProperties::default(), start..self.at);
        self.note(verdict)
    }
}

/// A value: a collection where one is expected, else a scalar as it is written.
struct JsonNode<'n, 'r, 'a, 'o>(&'n mut JsonReader<'r, 'a, 'o>);

impl<'o> DeserializeSeed<'o> for JsonNode<'_, '_, '_, 'o> {
    type Value = ();

    fn deserialize<D: Deserializer<'o>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.0.comparison.expects_collection() {
            return deserializer.deserialize_any(self);
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        self.0.scalar(raw).map_err(D::Error::custom)
    }
}

impl<'o> Visitor<'o> for JsonNode<'_, '_, '_, 'o> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object")
    }

    fn visit_seq<A: SeqAccess<'o>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.open(true).map_err(A::Error::custom)?;
        while items.next_element_seed(JsonNode(self.0))?.is_some() {}
        self.0.close().map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'o>>(self, mut entries: A) -> Result<(), A::Error> {
        self.0.open(false).map_err(A::Error::custom)?;
        while entries.next_key_seed(JsonNode(self.0))?.is_some() {
            entries.next_value_seed(JsonNode(self.0))?;
        }
        self.0.close().map_err(A::Error::custom)
    }
}
