//! The events of `granit-parser` in types of this crate. No other file uses that parser.

use std::borrow::Cow;

use granit_parser::{Event as GranitEvent, Parser, ScalarStyle as GranitScalarStyle, StructureStyle};

use super::tree::{ScalarStyle, Span, Structure, SyntaxError, SyntaxFault, Tag};

/// An event of the parser, in the order of the text. The event of an anchor follows that of its node.
#[derive(Debug)]
pub(super) enum Event<'t> {
    DocumentStart,
    DocumentEnd,
    Scalar { text: Cow<'t, str>, style: ScalarStyle, anchor: usize, tag: Option<Tag>, indent: Option<usize> },
    SequenceStart { structure: Structure, anchor: usize, tag: Option<Tag> },
    SequenceEnd,
    MappingStart { structure: Structure, anchor: usize, tag: Option<Tag> },
    MappingEnd,
    Alias(usize),
    Anchor,
}

/// An event with its bytes and those of its tag.
#[derive(Debug)]
pub(super) struct Spanned<'t> {
    pub event: Event<'t>,
    pub span: Span,
    pub tag_span: Option<Span>,
}

/// The events of `text`, up to the first error.
pub(super) fn events(text: &str) -> impl Iterator<Item = Result<Spanned<'_>, SyntaxError>> {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        // The tree finds them faster by itself.
        emit_comments: false,
        flow_nesting_limit: super::MAX_DEPTH + 1,
        block_nesting_limit: super::MAX_DEPTH + 1,
    };
    Parser::new_from_str_with_options(text, options).filter_map(move |next| match next {
        Ok((event, span)) => {
            let tag_span = span.tag_span().and_then(|span| span.byte_range()).map(Span::from);
            let bytes = span.byte_range().map(Span::from).unwrap_or_default();
            translate(event, span.indent).map(|event| Ok(Spanned { event, span: bytes, tag_span }))
        }
        Err(error) => {
            let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
            let fault = match error.kind() {
                granit_parser::ErrorKind::RecursionLimitExceeded => SyntaxFault::TooDeep,
                _ => SyntaxFault::Malformed(error.info()),
            };
            Some(Err(SyntaxError { at, fault }))
        }
    })
}

fn translate(event: GranitEvent<'_>, indent: Option<usize>) -> Option<Event<'_>> {
    Some(match event {
        GranitEvent::DocumentStart(..) => Event::DocumentStart,
        GranitEvent::DocumentEnd => Event::DocumentEnd,
        GranitEvent::Scalar(text, style, anchor, tag) => {
            Event::Scalar { text, style: scalar_style(style), anchor, tag: tag.as_deref().map(tag_of), indent }
        }
        GranitEvent::SequenceStart(style, anchor, tag) => {
            Event::SequenceStart { structure: structure(style), anchor, tag: tag.as_deref().map(tag_of) }
        }
        GranitEvent::SequenceEnd => Event::SequenceEnd,
        GranitEvent::MappingStart(style, anchor, tag) => {
            Event::MappingStart { structure: structure(style), anchor, tag: tag.as_deref().map(tag_of) }
        }
        GranitEvent::MappingEnd => Event::MappingEnd,
        GranitEvent::Alias(anchor) => Event::Alias(anchor),
        GranitEvent::Anchor(..) => Event::Anchor,
        _ => return None,
    })
}

fn scalar_style(style: GranitScalarStyle) -> ScalarStyle {
    match style {
        GranitScalarStyle::Plain => ScalarStyle::Plain,
        GranitScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        GranitScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        GranitScalarStyle::Literal => ScalarStyle::Literal,
        GranitScalarStyle::Folded => ScalarStyle::Folded,
    }
}

fn structure(style: StructureStyle) -> Structure {
    match style {
        StructureStyle::Block => Structure::Block,
        StructureStyle::Flow => Structure::Flow,
    }
}

fn tag_of(tag: &granit_parser::Tag) -> Tag {
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
        Some("str") => Tag::Str,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("bool") => Tag::Bool,
        Some("null") => Tag::Null,
        Some("map") => Tag::Map,
        Some("seq") => Tag::Seq,
        Some("merge") => Tag::Merge,
        _ => Tag::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Tree;

    /// The comments by the parser; `None` if it reports an error.
    fn comments(text: &str) -> Option<Vec<Span>> {
        let options = granit_parser::options! { emit_comments: true, max_buffered_comment_events: usize::MAX };
        let mut found = Vec::new();
        for next in Parser::new_from_str_with_options(text, options) {
            let (event, span) = next.ok()?;
            if matches!(event, GranitEvent::Comment(..)) {
                found.push(Span::from(span.byte_range()?));
            }
        }
        found.sort_unstable();
        Some(found)
    }

    #[test]
    fn the_tree_finds_the_comments_that_the_parser_finds() {
        let texts = [
            "# a\n%YAML 1.2 # b\n--- # c\n- x # d\n-\t# e\n  y#f # g\n# h\n... # i\n# j\n--- # k\n",
            "a: '# b' # c\nd: \"# e\n  # f\" # g\n# h\ni: j # k\n",
            "a: | # b\n  # c\n\n  d # e\n # f\n# g\nh: >- # i\n# j\nk: |+ # l\n  # m\n\n# n\n",
            "a: [ # b\n  c, # d\n  # e\n  'f' # g\n] # h\n? # i\n  j\n: # k\n  l#\n",
            "a: &b # c\n  - !d # e\n    f\n  - g\n# h\nh: *b # g\ni: &i #j\n  |\n  # k\n",
            "#\r\na: b # c\r\nd: |\r\n  # e\r\n# f\r\n#",
            "é: ü # ñ\nb: #\n  c d\n  e #\n",
        ];
        for text in texts {
            let tree = Tree::parse(text).unwrap();
            assert_eq!(Some(tree.comments_in(0..text.len()).to_vec()), comments(text), "{text}");
        }
        let below = |folder: &std::path::Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let groups = below("fixtures".as_ref()).filter(|path| path.is_dir());
        let mut files = groups.flat_map(|group| below(&group)).flat_map(|case| below(&case)).peekable();
        assert!(files.peek().is_some(), "no files in fixtures/");
        for file in files {
            let Ok(text) = std::fs::read_to_string(file) else { continue };
            if let (Ok(tree), Some(comments)) = (Tree::parse(&text), comments(&text)) {
                assert_eq!(tree.comments_in(0..text.len()), comments, "{text}");
            }
        }
    }
}
