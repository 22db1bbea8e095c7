//! The events of YAML text, by `libyaml-safer`.

use std::io::{BufRead, Read, Result as IoResult};

use libyaml_safer::{Encoding, EventData, MappingStyle, Parser, ScalarStyle as ParsedStyle, SequenceStyle};

use super::compare::{Comparison, FoundProperties};
use super::{Mismatch, MismatchKind};
use crate::yaml::{ScalarStyle, Structure};

/// Compares the events of `text` with the expected ones.
pub(super) fn read(text: &str, comparison: &mut Comparison<'_>) -> Result<(), Mismatch> {
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input(Pieces::ended(text));
    for event in parser {
        let event = event.map_err(|error| {
            let at = error.problem_mark().map_or(text.len(), |mark| (mark.index as usize).min(text.len()));
            Mismatch::new(MismatchKind::Syntax, at, words(&error))
        })?;
        let at = event.start_mark.index as usize..event.end_mark.index as usize;
        match &event.data {
            EventData::StreamStart { .. } | EventData::StreamEnd => {}
            EventData::DocumentStart { .. } => comparison.document_start()?,
            EventData::DocumentEnd { .. } => comparison.document_end()?,
            EventData::Alias { anchor } => comparison.alias(anchor, at.start)?,
            EventData::Scalar { anchor, tag, value, style, .. } => {
                comparison.scalar(value, scalar_style(*style), properties(anchor, tag), at)?;
            }
            EventData::SequenceStart { anchor, tag, style, .. } => {
                comparison.open(true, structure(*style == SequenceStyle::Flow), properties(anchor, tag), at)?;
            }
            EventData::MappingStart { anchor, tag, style, .. } => {
                comparison.open(false, structure(*style == MappingStyle::Flow), properties(anchor, tag), at)?;
            }
            EventData::SequenceEnd | EventData::MappingEnd => comparison.close(at.start)?,
        }
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

fn properties<'e>(anchor: &'e Option<String>, tag: &'e Option<String>) -> FoundProperties<'e> {
    FoundProperties { anchor: anchor.as_deref(), tag: tag.as_deref() }
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
