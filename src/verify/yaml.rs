//! The events of YAML text, by `libyaml-safer`.

use std::borrow::Cow;
use std::io::{BufRead, Read, Result as IoResult};

use libyaml_safer::{Encoding, EventData, MappingStyle, Parser, ScalarStyle as ParsedStyle, SequenceStyle};

use super::compare::{Comparison, Found, FoundProperties};
use super::{Fault, FaultKind};
use crate::yaml::{ScalarStyle, Structure};

/// Compares the events of `text` with the expected ones.
pub(super) fn read(text: &str, comparison: &mut Comparison<'_>) -> Result<(), Fault> {
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input(Pieces::ended(text));
    for event in parser {
        let event = event.map_err(|error| {
            let at = error.problem_mark().map_or(text.len(), |mark| (mark.index as usize).min(text.len()));
            Fault::new(FaultKind::Syntax, at, words(&error))
        })?;
        let at = event.start_mark.index as usize..event.end_mark.index as usize;
        let found = match event.data {
            EventData::StreamStart { .. } | EventData::StreamEnd => continue,
            EventData::DocumentStart { .. } => Found::DocumentStart,
            EventData::DocumentEnd { .. } => Found::DocumentEnd,
            EventData::Alias { anchor } => Found::Alias { name: anchor, at },
            EventData::Scalar { anchor, tag, value, style, .. } => {
                let properties = FoundProperties { anchor, tag };
                Found::Scalar { text: Cow::Owned(value), style: scalar_style(style), properties, at }
            }
            EventData::SequenceStart { anchor, tag, style, .. } => {
                let properties = FoundProperties { anchor, tag };
                Found::Open { is_list: true, structure: structure(style == SequenceStyle::Flow), properties, at }
            }
            EventData::MappingStart { anchor, tag, style, .. } => {
                let properties = FoundProperties { anchor, tag };
                Found::Open { is_list: false, structure: structure(style == MappingStyle::Flow), properties, at }
            }
            EventData::SequenceEnd | EventData::MappingEnd => Found::Close { at: at.start },
        };
        comparison.take(found)?;
    }
    Ok(())
}

/// The parser's reason, without the positions that it adds.
fn words(error: &libyaml_safer::Error) -> String {
    match error.context() {
        Some(context) => format!("{} {context}", error.problem()),
        None => error.problem().to_owned(),
    }
}

fn scalar_style(style: ParsedStyle) -> ScalarStyle {
    match style {
        ParsedStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        ParsedStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        ParsedStyle::Literal => ScalarStyle::Literal,
        ParsedStyle::Folded => ScalarStyle::Folded,
        _ => ScalarStyle::Plain,
    }
}

fn structure(is_flow: bool) -> Structure {
    if is_flow { Structure::Flow } else { Structure::Block }
}

/// A text with its last line ended, as kubectl reads it, in small pieces: the parser decodes a whole piece ahead, into
/// four times its size.
struct Pieces<'a> {
    text: &'a [u8],
    last: &'a [u8],
}

const PIECE: usize = 512;

impl<'a> Pieces<'a> {
    fn ended(text: &'a str) -> Self {
        let last: &[u8] = if text.ends_with(['\n', '\r']) { b"" } else { b"\n" };
        Self { text: text.as_bytes(), last }
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> IoResult<&[u8]> {
        Ok(if self.text.is_empty() { self.last } else { &self.text[..self.text.len().min(PIECE)] })
    }

    fn consume(&mut self, amount: usize) {
        let of = if self.text.is_empty() { &mut self.last } else { &mut self.text };
        *of = &of[amount..];
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
