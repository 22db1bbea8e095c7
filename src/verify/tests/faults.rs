//! Seeded faults: the output of the rewriter is broken in every place where a kind of fault can be, in block style, in
//! flow style and in JSON, and each broken output is refused.

use std::ops::Range;

use super::{Edited, Language, enable};
use crate::knowledge::Backend;
use crate::plan::{Disable, Task};
use crate::text::{Edit, EditSet};
use crate::yaml::{Kind, ScalarStyle, Tree};

const BLOCK: &str = include_str!("faults/manifest.yaml");

const FLOW: &str = include_str!("faults/flow.yaml");

const JSON: &str = include_str!("faults/manifest.json");

/// A right output and the parts of it that were written.
struct Right {
    text: String,
    written: Vec<Range<usize>>,
    input: String,
    edits: Vec<Edit>,
}

impl Right {
    fn of(edited: &Edited<'_>) -> Self {
        let (mut shift, mut written) = (0_isize, Vec::new());
        for edit in edited.edits.iter() {
            let start = edit.range.start.checked_add_signed(shift).unwrap();
            written.push(start..start + edit.replacement.len());
            shift += edit.replacement.len() as isize - edit.range.len() as isize;
        }
        let (input, edits) = (edited.tree.text().to_owned(), edited.edits.as_slice().to_vec());
        Self { text: edited.output(), written, input, edits }
    }

    /// Returns true if a broken output differs in nothing but the spaces, quotes or commas of what was written, or beside a
    /// change in a flow collection: a matter of style.
    fn is_restyled(&self, broken: &str) -> bool {
        let (own, other) = (self.text.as_bytes(), broken.as_bytes());
        let before = own.iter().zip(other).take_while(|(own, other)| own == other).count();
        let rests = own[before..].iter().rev().zip(other[before..].iter().rev());
        let after = rests.take_while(|(own, other)| own == other).count();
        let (own, other) = (&own[before..own.len() - after], &other[before..other.len() - after]);
        let style = |byte: &&u8| !b" ,'\"".contains(byte);
        let is_flow = self.text.contains("[{") && !self.text.contains("\n- ") && !self.text.contains("  - ");
        let beside = if is_flow { 2 } else { 0 };
        let is_written = |part: &Range<usize>| match is_flow {
            true => part.start <= before + own.len() + beside && before <= part.end + beside,
            false => part.start <= before && before + own.len() <= part.end,
        };
        own.iter().filter(style).eq(other.iter().filter(style)) && self.written.iter().any(is_written)
    }

    /// The output with the lines from each one on replaced: `change` gets the lines before it and from it on.
    fn by_line(&self, change: impl Fn(&[&str], &[&str]) -> Option<String>) -> Vec<String> {
        let lines: Vec<&str> = self.text.split_inclusive('\n').collect();
        (0..lines.len()).filter_map(|at| change(&lines[..at], &lines[at..])).collect()
    }

    /// The output with each line replaced by another.
    fn each_line(&self, change: impl Fn(&str) -> Option<String>) -> Vec<String> {
        self.by_line(|before, rest| {
            let ending = if rest[0].ends_with("\r\n") {
                "\r\n"
            } else if rest[0].ends_with('\n') {
                "\n"
            } else {
                ""
            };
            let line = change(rest[0].strip_suffix(ending).unwrap_or(rest[0]))?;
            Some(before.concat() + &line + ending + &rest[1..].concat())
        })
    }

    /// The output with each scalar, alias, anchor and tag replaced by another.
    fn each_token(&self, kinds: &[Token], change: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let tree = Tree::parse(&self.text).unwrap();
        let mut found = Vec::new();
        for (id, node) in tree.nodes() {
            let (span, properties) = (node.span, tree.properties(id));
            match &node.kind {
                Kind::Scalar { style, .. } if !span.is_empty() => found.push((Token::Scalar(*style), span)),
                Kind::Alias(_) => found.push((Token::Alias, span)),
                _ => {}
            }
            found.extend(properties.anchor.map(|span| (Token::Anchor, span)));
            found.extend(properties.tag.map(|(_, span)| (Token::Tag, span)));
        }
        found.retain(|(token, _)| kinds.contains(token));
        let changed = found.into_iter().filter_map(|(_, span)| {
            let new = change(&self.text[span.range()])?;
            Some(self.text[..span.start()].to_owned() + &new + &self.text[span.end()..])
        });
        changed.collect()
    }

    /// The output of edits of which each is replaced by others.
    fn each_edit(&self, change: impl Fn(&Edit) -> Vec<Edit>) -> Vec<String> {
        let with = |at: usize| {
            let others = self.edits.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, edit)| edit.clone());
            let edits = EditSet::new(others.chain(change(&self.edits[at])).collect()).ok()?;
            Some(edits.apply(&self.input))
        };
        (0..self.edits.len()).filter_map(with).collect()
    }

    /// The output with `from` replaced in each place by itself.
    fn each_match(&self, from: &str, to: &str) -> Vec<String> {
        let matches = self.text.match_indices(from);
        matches.map(|(at, _)| self.text[..at].to_owned() + to + &self.text[at + from.len()..]).collect()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Scalar(ScalarStyle),
    Alias,
    Anchor,
    Tag,
}

const PLAIN: Token = Token::Scalar(ScalarStyle::Plain);
const SINGLE: Token = Token::Scalar(ScalarStyle::SingleQuoted);
const DOUBLE: Token = Token::Scalar(ScalarStyle::DoubleQuoted);
const LITERAL: Token = Token::Scalar(ScalarStyle::Literal);
const QUOTED: &[Token] = &[SINGLE, DOUBLE];
const SCALARS: &[Token] = &[PLAIN, SINGLE, DOUBLE];

type Break = fn(&Right) -> Vec<String>;

fn comment_at(line: &str) -> Option<usize> {
    line.rfind(" # ").filter(|at| !line[..*at].trim().is_empty()).map(|at| at + 1)
}

fn is_comment_or_blank(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

fn inner(quoted: &str) -> String {
    quoted[1..quoted.len() - 1].to_owned()
}

fn moved(edit: &Edit, range: Range<usize>) -> Vec<Edit> {
    vec![Edit::replace(range, &*edit.replacement)]
}

const FAULTS: &[(&str, Break)] = &[
    ("a line is removed", |right| right.by_line(|before, rest| Some(before.concat() + &rest[1..].concat()))),
    ("a line is repeated", |right| right.by_line(|before, rest| Some(before.concat() + rest[0] + &rest.concat()))),
    ("a comment or a blank line is removed", |right| {
        right.by_line(|before, rest| is_comment_or_blank(rest[0]).then(|| before.concat() + &rest[1..].concat()))
    }),
    ("the comments and blank lines above a line are removed", |right| {
        right.by_line(|before, rest| {
            let kept = before.iter().rposition(|line| !is_comment_or_blank(line)).map_or(0, |at| at + 1);
            (kept < before.len()).then(|| before[..kept].concat() + &rest.concat())
        })
    }),
    ("the comments above a line move below it", |right| {
        right.by_line(|before, rest| {
            let kept = before.iter().rposition(|line| !is_comment_or_blank(line)).map_or(0, |at| at + 1);
            (kept < before.len())
                .then(|| before[..kept].concat() + rest[0] + &before[kept..].concat() + &rest[1..].concat())
        })
    }),
    ("a blank line is added", |right| right.by_line(|before, rest| Some(before.concat() + "\n" + &rest.concat()))),
    ("a comment line is added", |right| {
        right.by_line(|before, rest| Some(before.concat() + "# new\n" + &rest.concat()))
    }),
    ("two lines change places", |right| {
        right.by_line(|before, rest| Some(before.concat() + rest.get(1)? + rest[0] + &rest[2..].concat()))
    }),
    ("two lines are joined", |right| {
        right.by_line(|before, rest| {
            Some(before.concat() + rest[0].trim_end() + " " + rest.get(1)? + &rest[2..].concat())
        })
    }),
    ("a line is split", |right| {
        right.each_line(|line| line.find(": ").map(|at| format!("{}:\n{}", &line[..at], &line[at + 1..])))
    }),
    ("a line is indented more", |right| right.each_line(|line| Some(format!(" {line}")))),
    ("a line is indented by two more", |right| right.each_line(|line| Some(format!("  {line}")))),
    ("a line is indented less", |right| right.each_line(|line| line.strip_prefix(' ').map(str::to_owned))),
    ("the indentation is a tab", |right| {
        right.each_line(|line| line.strip_prefix("  ").map(|rest| format!("\t{rest}")))
    }),
    ("all lines from one on are indented more", |right| {
        right.by_line(|before, rest| {
            Some(before.concat() + &rest.iter().map(|line| format!(" {line}")).collect::<String>())
        })
    }),
    ("a space is added to the end of a line", |right| right.each_line(|line| Some(format!("{line} ")))),
    ("the space at the end of a line is removed", |right| {
        right.each_line(|line| line.ends_with(' ').then(|| line.trim_end().to_owned()))
    }),
    ("a comment after a value is removed", |right| {
        right.each_line(|line| comment_at(line).map(|at| line[..at].trim_end().to_owned()))
    }),
    ("a comment after a value moves to a line of its own", |right| {
        right.each_line(|line| comment_at(line).map(|at| format!("{}\n{}", &line[at..], &line[..at])))
    }),
    ("a comment is changed", |right| right.each_line(|line| line.contains("# ").then(|| format!("{line}!")))),
    ("a comment is cut", |right| right.each_line(|line| line.find("# ").map(|at| line[..at + 3].to_owned()))),
    ("the space before a comment is changed", |right| {
        right.each_line(|line| comment_at(line).map(|at| format!("{} {}", &line[..at], &line[at..])))
    }),
    ("a comment is added to a line", |right| right.each_line(|line| Some(format!("{line} # new")))),
    ("a carriage return is added", |right| right.each_line(|line| Some(format!("{line}\r")))),
    ("a carriage return is dropped", |right| right.each_match("\r\n", "\n")),
    ("the line break at the end is dropped", |right| {
        right.text.strip_suffix('\n').map(str::to_owned).into_iter().collect()
    }),
    ("a line break is added at the end", |right| vec![format!("{}\n", right.text)]),
    ("a document marker is added", |right| {
        ["---\n", "...\n", "--- {}\n---\n"]
            .iter()
            .flat_map(|marker| right.by_line(|before, rest| Some(before.concat() + marker + &rest.concat())))
            .collect()
    }),
    ("a byte order mark or another line break is added", |right| {
        ["\u{feff}", "\u{2028}", "\u{85}", "\u{a0}"]
            .iter()
            .flat_map(|mark| {
                right
                    .each_line(|line| Some(format!("{line}{mark}")))
                    .into_iter()
                    .chain(right.each_line(|line| Some(format!("{mark}{line}"))))
            })
            .collect()
    }),
    ("a quote is changed", |right| {
        right.each_token(QUOTED, |token| match token.as_bytes()[0] {
            b'"' => Some(format!("'{}'", inner(token))),
            _ => Some(format!("\"{}\"", inner(token))),
        })
    }),
    ("quotes are dropped", |right| right.each_token(QUOTED, |token| Some(inner(token)))),
    ("quotes are added", |right| {
        right
            .each_token(&[PLAIN], |token| Some(format!("'{token}'")))
            .into_iter()
            .chain(right.each_token(&[PLAIN], |token| Some(format!("\"{token}\""))))
            .collect()
    }),
    ("a character is escaped", |right| {
        right.each_token(&[DOUBLE], |token| {
            let first = token[1..].chars().next().filter(char::is_ascii_alphanumeric)?;
            Some(format!("\"\\u{:04x}{}", first as u32, &token[2..]))
        })
    }),
    ("a character of a scalar is changed", |right| {
        right.each_token(SCALARS, |token| {
            Some(token.replacen(|letter: char| letter.is_ascii_alphanumeric(), "q", 1)).filter(|new| new != token)
        })
    }),
    ("a character is added to a scalar", |right| {
        right.each_token(SCALARS, |token| {
            let at = token.len() - usize::from(token.ends_with(['"', '\'']));
            Some(format!("{}x{}", &token[..at], &token[at..]))
        })
    }),
    ("the case of a scalar is changed", |right| {
        right.each_token(SCALARS, |token| {
            Some(token.to_ascii_uppercase()).filter(|new| new != token && !new.contains("\\U"))
        })
    }),
    ("a scalar is emptied", |right| right.each_token(SCALARS, |_| Some(String::new()))),
    ("a scalar becomes null", |right| right.each_token(SCALARS, |_| Some("null".to_owned()))),
    ("a scalar becomes a collection", |right| right.each_token(SCALARS, |token| Some(format!("[{token}]")))),
    ("a block scalar is written on one line", |right| {
        right.each_token(&[LITERAL], |_| Some("\"# not a comment\\n\\ntext\\n\"".to_owned()))
    }),
    ("a block scalar loses a line break", |right| {
        right.each_token(&[LITERAL], |token| Some(token.replacen('|', "|-", 1)))
    }),
    ("a tag is added", |right| right.each_token(SCALARS, |token| Some(format!("!!str {token}")))),
    ("an anchor is added", |right| right.each_token(SCALARS, |token| Some(format!("&new {token}")))),
    ("an anchor is renamed", |right| right.each_token(&[Token::Anchor], |token| Some(format!("{token}x")))),
    ("an anchor is dropped", |right| right.each_token(&[Token::Anchor], |_| Some(String::new()))),
    ("a tag is changed", |right| right.each_token(&[Token::Tag], |token| Some(format!("{token}x")))),
    ("a tag is dropped", |right| right.each_token(&[Token::Tag], |_| Some(String::new()))),
    ("an alias is written out", |right| right.each_token(&[Token::Alias], |_| Some("{a: x, b: 1.0}".to_owned()))),
    ("an alias refers to another anchor", |right| {
        ["*two", "*three", "*none"]
            .iter()
            .flat_map(|new| right.each_token(&[Token::Alias], |_| Some((*new).to_owned())))
            .collect()
    }),
    ("a number is written in another way", |right| {
        let mut broken = right.each_match("1.0", "1.00");
        broken.extend(right.each_match("123456789012345678901234567890", "123456789012345678901234567891"));
        broken
    }),
    ("an empty mapping becomes another empty value", |right| {
        ["[]", "null", "{ }", ""].iter().flat_map(|new| right.each_match("{}", new)).collect()
    }),
    ("an empty list becomes another empty value", |right| {
        ["{}", "null", "[ ]", "[{}]"].iter().flat_map(|new| right.each_match("[]", new)).collect()
    }),
    ("the space after a colon is changed", |right| right.each_match(": ", ":  ")),
    ("the space after a comma is changed", |right| {
        right.each_match(", ", ",  ").into_iter().chain(right.each_match(", ", ",")).collect()
    }),
    ("a space is added within brackets", |right| {
        [("{", "{ "), ("}", " }"), ("[", "[ "), ("]", " ]")]
            .iter()
            .flat_map(|(from, to)| right.each_match(from, to))
            .collect()
    }),
    ("a comma is dropped", |right| right.each_match(",", "")),
    ("a comma is added", |right| right.each_match("}", ",}").into_iter().chain(right.each_match("]", ",]")).collect()),
    ("a dash is dropped", |right| right.each_match("- ", "  ")),
    ("a dash is added", |right| {
        right.each_line(|line| {
            let at = line.len() - line.trim_start().len();
            Some(format!("{}- {}", &line[..at], &line[at..]))
        })
    }),
    ("an edit is left out", |right| right.each_edit(|_| Vec::new())),
    ("an edit is made twice", |right| {
        right
            .each_edit(|edit| vec![Edit::replace(edit.range.clone(), format!("{0}{0}", edit.replacement))])
            .into_iter()
            .filter(|text| *text != right.text)
            .collect()
    }),
    ("an edit moves to the left", |right| {
        right.each_edit(|edit| moved(edit, edit.range.start.saturating_sub(1)..edit.range.end.saturating_sub(1)))
    }),
    ("an edit moves to the right", |right| {
        right.each_edit(|edit| moved(edit, edit.range.start + 1..edit.range.end + 1))
    }),
    ("an edit takes a byte more on the left", |right| {
        right.each_edit(|edit| moved(edit, edit.range.start.saturating_sub(1)..edit.range.end))
    }),
    ("an edit takes a byte more on the right", |right| {
        right.each_edit(|edit| moved(edit, edit.range.start..edit.range.end + 1))
    }),
    ("an edit takes a byte less", |right| {
        right.each_edit(|edit| {
            moved(edit, edit.range.start.min(edit.range.end.saturating_sub(1))..edit.range.end.saturating_sub(1))
        })
    }),
    ("an edit takes a line more", |right| {
        right.each_edit(|edit| {
            let end = right.input[edit.range.end..].find('\n').map_or(right.input.len(), |at| edit.range.end + at + 1);
            moved(edit, edit.range.start..end)
        })
    }),
    ("what is written is cut at its end", |right| {
        right
            .each_edit(|edit| {
                let end = edit.replacement.len().saturating_sub(1);
                vec![Edit::replace(edit.range.clone(), &edit.replacement[..end])]
            })
            .into_iter()
            .filter(|text| *text != right.text)
            .collect()
    }),
    ("what is written has its lines in another order", |right| {
        right
            .each_edit(|edit| {
                let lines: Vec<&str> = edit.replacement.split_inclusive('\n').collect();
                vec![Edit::replace(edit.range.clone(), lines.into_iter().rev().collect::<String>())]
            })
            .into_iter()
            .filter(|text| *text != right.text)
            .collect()
    }),
    ("two written entries change places", |right| {
        let (port, kind) = ("JAEGER_AGENT_PORT", "JAEGER_SAMPLER_TYPE");
        vec![right.text.replace(port, "@").replace(kind, port).replace('@', kind)]
            .into_iter()
            .filter(|text| *text != right.text)
            .collect()
    }),
];

/// The tasks that are done to each manifest.
fn tasks() -> Vec<Task> {
    vec![enable(Backend::Jaeger), enable(Backend::Datadog), Task::Disable(Disable::default())]
}

fn cases() -> Vec<(String, Language)> {
    let crlf = BLOCK.replace('\n', "\r\n");
    let unended = BLOCK.trim_end().to_owned();
    let on_one_line = JSON.replace(['\n'], "");
    vec![
        (BLOCK.to_owned(), Language::Yaml),
        (crlf, Language::Yaml),
        (unended, Language::Yaml),
        (FLOW.to_owned(), Language::Yaml),
        (JSON.to_owned(), Language::Json),
        (on_one_line, Language::Json),
    ]
}

#[test]
fn every_seeded_fault_is_refused() {
    let mut counts = vec![0; FAULTS.len()];
    for (text, language) in cases() {
        for task in tasks() {
            let edited = Edited::by_task(&text, task, language);
            let right = Right::of(&edited);
            assert_eq!(edited.judge(&right.text), Ok(()), "{}", right.text);
            assert!(!right.edits.is_empty());
            for ((fault, break_), count) in FAULTS.iter().zip(&mut counts) {
                for broken in break_(&right) {
                    if broken == right.text || right.is_restyled(&broken) {
                        continue;
                    }
                    *count += 1;
                    assert!(edited.judge(&broken).is_err(), "{fault}:\n{broken}\n── instead of\n{}", right.text);
                }
            }
        }
    }
    for ((fault, _), count) in FAULTS.iter().zip(counts) {
        assert!(count > 0, "{fault}: in no place");
    }
}

#[test]
fn the_wrong_one_of_two_equal_containers_is_refused() {
    for (container, language) in [
        ("\n        - name: same\n          env:\n          - name: TRACING\n            value: '0'", Language::Yaml),
        ("\n        - {name: same, env: [{name: TRACING, value: '0'}]}", Language::Yaml),
    ] {
        let text = format!(
            "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: a}}\nspec:\n  predictors:\n  - name: main\n    graph: {{name: same}}\n    annotations: {{seldon.io/no-engine: 'true'}}\n    componentSpecs:\n    - spec:\n        containers:{container}{container}\n"
        );
        let edited = Edited::by_task(&text, enable(Backend::Datadog), language);
        let right = edited.output();
        assert_eq!(edited.judge(&right), Ok(()));
        let start = text.find(container).unwrap();
        let (first, second) = (start, start + container.len());
        let written = &right[first..right.len() - (text.len() - second)];
        // The same edit, in the second container instead of the first.
        let wrong = format!("{}{container}{written}{}", &text[..first], &text[second + container.len()..]);
        assert_ne!(wrong, right);
        assert!(edited.judge(&wrong).is_err(), "{wrong}");
    }
}
