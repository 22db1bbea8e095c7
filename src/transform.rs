//! One input made into its edits: split, read, planned, edited and proved, document by document and in parallel. It
//! knows no files.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;
use rayon::prelude::*;

use crate::manifest::WORD;
use crate::plan::{Action, DeploymentReport, Plan, Policy, Refusal, Remark, RunNote, plan};
use crate::rewrite::{Unwritable, rewrite};
use crate::text::{Edit, EditSet, LineIndex, Position, position};
use crate::verify::{Fault, Judge, Language, misread, unreadable};
use crate::yaml::{Kind, NodeId, ScalarStyle, SyntaxError, SyntaxFault, Tree, stream};

/// What becomes of an input.
#[derive(Debug, Default)]
pub struct Transformed {
    /// The proved edits, in offsets of the input.
    pub edits: EditSet,
    /// What is said of each deployment, in order.
    pub deployments: Vec<Deployment>,
    /// What is said once a run.
    pub notes: BTreeSet<RunNote>,
    /// Whether the input is JSON throughout.
    pub is_json: bool,
}

/// A deployment's report, its remarks with their lines.
#[derive(Debug)]
pub struct Deployment {
    /// What was done.
    pub report: DeploymentReport,
    /// Where each remark is about.
    pub lines: Vec<Lines>,
}

/// The lines that a remark is about, from 1.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// The place.
    pub line: usize,
    /// The second place that it names.
    pub also: Option<usize>,
}

/// Why an input is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind it is of.
    pub kind: ProblemKind,
    /// The bytes at fault.
    pub range: Range<usize>,
    /// Where they stand in the resource; may be empty.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// A second place that has to do with it, and what it has.
    pub also: Option<(Range<usize>, String)>,
    /// What to do; may be empty.
    pub help: String,
}

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The manifest has to be changed.
    Manifest,
    /// It is a template, which has to be rendered first.
    Template,
    /// This program is at fault.
    Bug,
}

/// What to do where this program is at fault.
const BUG_HELP: &str = "this is a fault of seldon-trace, not of the manifest; nothing was written; please report it \
                            with the manifest";

/// Makes the edits of a text.
///
/// # Errors
/// What is wrong with each document that can't be edited.
pub fn transform(text: &str, policy: &Policy) -> Result<Transformed, Vec<Problem>> {
    if memmem::find(text.as_bytes(), WORD.as_bytes()).is_none() {
        let is_json = stream::split_json(text).is_some();
        return Ok(Transformed { is_json, ..Transformed::default() });
    }
    // A byte order mark belongs to the stream, not to its first document.
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let body = &text[start..];
    let json = stream::split_json(body);
    let is_json = json.is_some();
    let language = if is_json { Language::Json } else { Language::Yaml };
    let documents = json.unwrap_or_else(|| stream::split(body));
    let work = Work {
        policy,
        language,
        judge: Judge::default(),
        replacements: Shared::default(),
        variables: Shared::default(),
    };
    let results: Vec<Result<Document, Box<Problem>>> = documents
        .into_par_iter()
        .filter(|range| memmem::find(&body.as_bytes()[range.clone()], WORD.as_bytes()).is_some())
        .map(|range| {
            let base = start + range.start;
            work.document(&body[range])
                .map(|document| Document { base, ..document })
                .map_err(|problem| Box::new(problem.shifted(base)))
        })
        .collect();
    gather(text, results, is_json)
}

/// Whether a text has a document with `{{` in it that is no YAML. Those that are not edited are not read otherwise.
pub fn is_template(text: &str) -> bool {
    let document = |range: Range<usize>| &text[range];
    memmem::find(text.as_bytes(), b"{{").is_some()
        && stream::split_json(text).is_none()
        && stream::split(text).into_iter().map(document).any(|document| {
            let fault = document.contains("{{").then(|| Tree::parse(document).err()).flatten();
            fault.is_some_and(|error| syntax_problem(document, error).kind == ProblemKind::Template)
        })
}

fn gather(
    text: &str,
    results: Vec<Result<Document, Box<Problem>>>,
    is_json: bool,
) -> Result<Transformed, Vec<Problem>> {
    let mut transformed = Transformed { is_json, ..Transformed::default() };
    let mut edits = Vec::new();
    let mut problems = Vec::new();
    let mut lines = LineCounter { text, at: 0, line: 1 };
    for result in results {
        match result {
            Err(problem) => problems.push(*problem),
            Ok(document) => {
                let first = lines.advance_to(document.base);
                edits.extend(document.edits.into_iter().map(|edit| edit.shifted(document.base)));
                transformed.notes.extend(document.notes);
                let place = |line: usize| first + line - 1;
                for mut deployment in document.deployments {
                    for Lines { line, also } in &mut deployment.lines {
                        (*line, *also) = (place(*line), also.map(place));
                    }
                    transformed.deployments.push(deployment);
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    transformed.edits = EditSet::new(edits).map_err(|overlap| vec![Problem::bug(overlap.first, overlap_words())])?;
    Ok(transformed)
}

/// Counts lines forward, so that a stream is counted once and not once a document.
struct LineCounter<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn advance_to(&mut self, offset: usize) -> usize {
        let Position { line, .. } = position(&self.text[self.at..offset], offset - self.at);
        self.line += line - 1;
        self.at = offset;
        self.line
    }
}

/// What becomes of a document, in offsets and lines of its own.
struct Document {
    base: usize,
    edits: Vec<Edit>,
    deployments: Vec<Deployment>,
    notes: BTreeSet<RunNote>,
}

/// What the documents of an input have in common.
struct Work<'p> {
    policy: &'p Policy,
    language: Language,
    judge: Judge,
    // The same comes to nearly every container.
    replacements: Shared<str>,
    variables: Shared<[(Cow<'static, str>, Action)]>,
}

/// What many have in common, each kept once.
struct Shared<T: ?Sized>(Mutex<HashSet<Arc<T>>>);

impl<T: ?Sized> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: ?Sized + Eq + Hash> Shared<T> {
    fn share<'a>(&self, all: impl Iterator<Item = &'a mut Arc<T>>)
    where
        T: 'a,
    {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in all {
            match kept.get(one) {
                Some(same) => *one = Arc::clone(same),
                None => {
                    kept.insert(Arc::clone(one));
                }
            }
        }
    }
}

impl Work<'_> {
    fn document(&self, text: &str) -> Result<Document, Problem> {
        if self.language == Language::Yaml {
            refuse_control_characters(text)?;
        }
        let tree = Tree::parse(text).map_err(|error| syntax_problem(text, error))?;
        let Plan { changes, mut deployments, notes } =
            plan(&tree, self.policy).map_err(|refusal| refused(&tree, refusal))?;
        let edits = if changes.is_empty() {
            EditSet::default()
        } else {
            refuse_hidden_line_breaks(&tree)?;
            let rewritten = rewrite(&tree, &changes).map_err(|unwritable| match unwritable {
                Unwritable::Refused(refusal) => refused(&tree, refusal),
                Unwritable::Overlap(overlap) => Problem::bug(overlap.first, overlap_words()),
            })?;
            self.judge
                .verify(&tree, &changes, &rewritten, self.language)
                .map_err(|fault| proof_problem(&tree, &fault, self.language))?;
            rewritten.edits
        };
        let mut edits = edits.into_vec();
        edits.shrink_to_fit();
        self.replacements.share(edits.iter_mut().map(|edit| &mut edit.replacement));
        let targets = deployments.iter_mut().flat_map(|report| &mut report.targets);
        self.variables.share(targets.map(|target| &mut target.variables));
        let has_remarks = deployments.iter().any(|report| !report.remarks.is_empty());
        let lines = if has_remarks { LineIndex::new(text) } else { LineIndex::new("") };
        let line = |node: NodeId| lines.line(tree.outer(node).start());
        let deployments = deployments
            .into_iter()
            .map(|report| {
                let place = |remark: &Remark| Lines { line: line(remark.node), also: remark.also.map(line) };
                Deployment { lines: report.remarks.iter().map(place).collect(), report }
            })
            .collect();
        Ok(Document { base: 0, edits, deployments, notes })
    }
}

fn overlap_words() -> String {
    "two of its edits claim the same bytes".to_owned()
}

impl Problem {
    fn new(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Manifest,
            range,
            path: String::new(),
            message: message.into(),
            also: None,
            help: help.into(),
        }
    }

    fn bug(range: Range<usize>, words: String) -> Self {
        Self { kind: ProblemKind::Bug, ..Self::new(range, words, BUG_HELP) }
    }

    fn shifted(mut self, base: usize) -> Self {
        let shift = |range: Range<usize>| range.start + base..range.end + base;
        self.range = shift(self.range);
        self.also = self.also.map(|(range, words)| (shift(range), words));
        self
    }
}

fn refused(tree: &Tree<'_>, refusal: Refusal) -> Problem {
    let place = |node: NodeId| {
        let outer = tree.outer(node);
        // A collection's first line says where it is; all of it would only be in the way.
        match tree.node(node).kind {
            Kind::Scalar { .. } | Kind::Alias(_) => outer.range(),
            _ => outer.start()..outer.end().min(crate::text::line_end(tree.text(), outer.start())),
        }
    };
    Problem {
        path: tree.path(refusal.node),
        also: refusal.also.map(|(node, words)| (place(node), words)),
        ..Problem::new(place(refusal.node), refusal.message, refusal.help)
    }
}

fn syntax_problem(text: &str, error: SyntaxError) -> Problem {
    let SyntaxError { at, fault } = error;
    let range = at..text[at.min(text.len())..].chars().next().map_or(at, |character| at + character.len_utf8());
    let may_be_template = matches!(fault, SyntaxFault::Malformed(_) | SyntaxFault::KeyIsNoScalar);
    if may_be_template && text.contains("{{") {
        let at = text.find("{{").filter(|_| !matches!(fault, SyntaxFault::KeyIsNoScalar)).unwrap_or(range.start);
        return Problem {
            kind: ProblemKind::Template,
            ..Problem::new(
                at..at + 2,
                "this is a template, not a manifest",
                "render it first: helm template … | seldon-trace enable --backend … -",
            )
        };
    }
    let help = match fault {
        SyntaxFault::Malformed(_) => "mend the YAML; `kubectl create --dry-run=client -f` would refuse it, too",
        SyntaxFault::TooDeep | SyntaxFault::TooManyNodes | SyntaxFault::TooLong => "split the document up",
        SyntaxFault::TooManyDirectives => "take the directives out",
        SyntaxFault::RecursiveAlias => "write the value out in the place of the alias",
        SyntaxFault::KeyIsNoScalar => "put the key in quotes",
    };
    Problem::new(range, fault.to_string(), help)
}

/// Whose fault it is that a proof failed. libyaml, which reads for it, is of the family of kubectl's own parser: what it
/// can't read in the manifest, or reads otherwise than the parser of the tree, kubectl does likewise.
fn proof_problem(tree: &Tree<'_>, fault: &Fault, language: Language) -> Problem {
    let text = tree.text();
    if let Some(words) = unreadable(text, language) {
        let at = place_named_in(&words, text);
        Problem::new(at..at, format!("kubectl can't read this YAML: {words}"), "mend the YAML")
    } else if let Some(words) = misread(tree, language) {
        let at = place_named_in(&words, text);
        Problem::new(at..at, format!("kubectl reads this otherwise than YAML 1.2 has it: {words}"), "put it in quotes")
    } else {
        Problem::bug(0..0, fault.to_string())
    }
}

/// The place that libyaml's words end on: `… at line 6 column 12`.
fn place_named_in(words: &str, text: &str) -> usize {
    let number = |name: &str| -> Option<usize> {
        let rest = &words[words.rfind(name)? + name.len()..];
        rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    };
    let (line, column) = (number("line ").unwrap_or(1), number("column ").unwrap_or(1));
    let start = (1..line).fold(0, |at, _| crate::text::next_line(text, at));
    text[start..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| start + at)
}

/// Characters that YAML forbids: control characters but for tabs and line breaks, and what is no character.
fn refuse_control_characters(text: &str) -> Result<(), Problem> {
    let forbidden = |character: char| {
        matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}'
            | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
    };
    // Nearly every text has none, and is found to be so many bytes at a time.
    let may_begin_one = |byte: u8| (byte < b' ' && !b"\t\n\r".contains(&byte)) || matches!(byte, 0x7f | 0xc2 | 0xef);
    if !text.bytes().fold(false, |found, byte| found | may_begin_one(byte)) {
        return Ok(());
    }
    match text.char_indices().find(|(_, character)| forbidden(*character)) {
        Some((at, character)) => Err(Problem::new(
            at..at + character.len_utf8(),
            format!("the control character U+{:04X}, which YAML forbids", character as u32),
            "take it out or, in double quotes, write it as an escape",
        )),
        None => Ok(()),
    }
}

/// U+0085, U+2028 and U+2029 break lines to kubectl and not to YAML 1.2: outside of quotes, what follows on the line
/// would come alive.
fn refuse_hidden_line_breaks(tree: &Tree<'_>) -> Result<(), Problem> {
    let text = tree.text();
    let breaks = ['\u{85}', '\u{2028}', '\u{2029}'];
    if memchr::memchr2(0xc2, 0xe2, text.as_bytes()).is_none() || !text.contains(breaks) {
        return Ok(());
    }
    let quoted: Vec<Range<usize>> = tree
        .nodes()
        .filter(|(_, node)| {
            let quotes = [ScalarStyle::SingleQuoted, ScalarStyle::DoubleQuoted];
            matches!(node.kind, Kind::Scalar { style, .. } if quotes.contains(&style))
        })
        .map(|(_, node)| node.span.range())
        .collect();
    let is_quoted = |at: usize| {
        let next = quoted.partition_point(|range| range.end <= at);
        quoted.get(next).is_some_and(|range| range.contains(&at))
    };
    match text.match_indices(breaks).find(|(at, _)| !is_quoted(*at)) {
        Some((at, found)) => Err(Problem::new(
            at..at + found.len(),
            format!(
                "U+{:04X} is a line break to kubectl, but not to YAML 1.2",
                found.chars().next().map_or(0, u32::from)
            ),
            "write a line break or a blank instead",
        )),
        None => Ok(()),
    }
}
