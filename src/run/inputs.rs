//! Reads every input and works on it, in parallel. If one has a problem, the problems of all are printed.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Read};

use rayon::prelude::*;

use super::progress::{self, Progress};
use super::{escaped_lines, say_error};
use crate::cli::Inputs;
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::knowledge::nearest;
use crate::manifest::WORD;
use crate::output::diagnostic::render_all;
use crate::pipeline::is_template;
use crate::source::{
    Excludes, Gathered, Origin, PassedKind, Source, WalkOptions, encoding_problem, gather, has_kind_line, passed_kinds,
    read_text,
};

/// An input and its result.
pub(super) struct Worked<T> {
    /// The origin. The bytes have moved into `text`.
    pub source: Source,
    /// The name to show.
    pub name: String,
    pub text: String,
    /// The resources of Seldon in it that are passed through.
    pub passed: BTreeSet<PassedKind>,
    pub result: T,
}

/// The results of all inputs.
pub(super) struct AllWorked<T> {
    /// Those that could be read, in order.
    pub done: Vec<Worked<T>>,
    /// Notes for the user.
    pub notes: Vec<String>,
    /// True if there were problems, which have been printed.
    pub has_problems: bool,
}

/// The work on each input.
pub(super) struct Work<F, G> {
    /// Makes the result of a text.
    pub with_text: F,
    /// Returns true if a result is of a deployment.
    pub concerns: G,
    /// True if files that were found by a walk and can't be manifests are skipped.
    pub only_manifests: bool,
    /// True if problems are printed in colors.
    pub colour: bool,
    /// True if a long run shows its progress, where standard error is a terminal.
    pub shows_progress: bool,
}

/// Reads standard input if it is an input: it may be a call of a KRM function, with the settings of the run.
pub(super) fn read_stdin(inputs: &Inputs) -> Vec<u8> {
    let mut bytes = Vec::new();
    if inputs.has_stdin() && !io::stdin().is_terminal() {
        // A failure here is found again, and reported, when the inputs are read.
        let _ = read_text(io::stdin().lock(), &mut bytes);
    }
    bytes
}

/// Reads the inputs. `stdin` is the part of standard input that has already been read.
pub(super) fn gather_inputs(inputs: &Inputs, excludes: Excludes, stdin: Vec<u8>, shows_progress: bool) -> Gathered {
    let stdin = io::Cursor::new(stdin).chain(io::stdin().lock());
    let &Inputs { no_ignore, hidden, max_depth, .. } = inputs;
    let options = WalkOptions { excludes, no_ignore, hidden, max_depth };
    let read = |_: &Progress| gather(&inputs.paths(), &options, stdin, io::stdin().is_terminal());
    progress::show_during(read, shows_progress)
}

/// The outcome of an input.
enum InputResult<T> {
    Done(Box<Worked<T>>),
    Skipped(String),
    Problem(String),
}

impl<T, F, G> Work<F, G>
where
    T: Send,
    F: Fn(&str, &Origin) -> Result<T, Vec<Diagnostic>> + Sync,
    G: Fn(&T) -> bool + Sync,
{
    /// Works on every input, and prints the problems.
    pub(super) fn run(&self, gathered: Gathered) -> AllWorked<T> {
        let Gathered { sources, errors, mut notes } = gathered;
        let work = |progress: &Progress| {
            progress.set_total(sources.len());
            let verdict = |source| {
                let verdict = self.verdict(source);
                progress.advance();
                verdict
            };
            sources.into_par_iter().map(verdict).collect()
        };
        let verdicts: Vec<InputResult<T>> = progress::show_during(work, self.shows_progress);
        let (mut done, mut problems) = (Vec::new(), Vec::new());
        for verdict in verdicts {
            match verdict {
                InputResult::Done(one) => done.push(*one),
                InputResult::Skipped(note) => notes.push(note),
                InputResult::Problem(words) => problems.push(words),
            }
        }
        for error in &errors {
            say_error(&format!("error: {}\n", escaped_lines(&error.to_string())));
        }
        say_error(&problems.concat());
        notes.extend(core_2_note(&done));
        notes.extend(misspelt_note(&done));
        AllWorked { done, notes, has_problems: !errors.is_empty() || !problems.is_empty() }
    }

    fn verdict(&self, source: Source) -> InputResult<T> {
        let name = source.origin.display_name();
        let Source { origin, bytes, named, under_chart } = source;
        if under_chart {
            return InputResult::Skipped(format!("{name}: skipped, it belongs to a Helm chart"));
        }
        if !named && self.only_manifests && !has_kind_line(&bytes) {
            return InputResult::Skipped(format!("{name}: skipped, it has no line with a `kind` key"));
        }
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err(problem) if named => return InputResult::Problem(format!("error: {name}: {problem}\n")),
            Err(problem) => return InputResult::Skipped(format!("{name}: skipped, {problem}")),
        };
        match (self.with_text)(&text, &origin) {
            Ok(result) => {
                if !named && !(self.concerns)(&result) && is_template(&text) {
                    return InputResult::Skipped(format!("{name}: skipped, it is a template"));
                }
                let source = Source { origin, bytes: Vec::new(), named, under_chart };
                let passed = passed_kinds(&text);
                InputResult::Done(Box::new(Worked { source, name, text, passed, result }))
            }
            Err(problems) if !named && problems.iter().any(|problem| problem.kind == DiagnosticKind::Template) => {
                InputResult::Skipped(format!("{name}: skipped, it is a template"))
            }
            Err(problems) => InputResult::Problem(render_all(&problems, &name, &text, self.colour)),
        }
    }
}

/// The note about resources of Seldon Core 2, if there are any.
fn core_2_note<T>(done: &[Worked<T>]) -> Option<String> {
    let PassedInputs { files, versions, kinds } = passed_inputs(done, PassedKind::is_of_core_2)?;
    let kinds = kinds.join(", ");
    let kinds = if kinds.is_empty() { String::new() } else { format!(": {kinds}") };
    Some(format!(
        "{files}: resources of Seldon Core 2 ({versions}{kinds}) are passed through unchanged; seldon-trace is for the \
         SeldonDeployments of Seldon Core 1"
    ))
}

/// The note about kinds of Seldon Core 1 that do not exist, if there are any.
fn misspelt_note<T>(done: &[Worked<T>]) -> Option<String> {
    let PassedInputs { files, versions, kinds } = passed_inputs(done, |one| !one.is_of_core_2())?;
    let hint = match kinds.iter().any(|kind| nearest(kind, [WORD]).is_some()) {
        true => format!("did you mean {WORD}?"),
        false => format!("the kind of Seldon Core 1 is {WORD}"),
    };
    Some(format!("{files}: {} ({versions}) is passed through unchanged; {hint}", kinds.join(", ")))
}

/// Inputs with resources that are passed through: their names, and the versions and kinds of the resources.
struct PassedInputs<'a> {
    files: String,
    versions: String,
    kinds: Vec<&'a str>,
}

/// The inputs with resources that are passed through, of those that are asked for; `None` if there are none.
fn passed_inputs<T>(done: &[Worked<T>], is_asked: impl Fn(&PassedKind) -> bool) -> Option<PassedInputs<'_>> {
    let mut inputs = done.iter().filter(|input| input.passed.iter().any(&is_asked));
    let first = inputs.next()?;
    let files = match inputs.count() {
        0 => first.name.clone(),
        1 => format!("{} and one more", first.name),
        more => format!("{} and {more} more", first.name),
    };
    let all = || done.iter().flat_map(|input| &input.passed).filter(|one| is_asked(one));
    let versions: BTreeSet<&str> = all().map(|one| one.version.as_str()).collect();
    let kinds: BTreeSet<&str> = all().map(|one| one.kind.as_str()).filter(|kind| !kind.is_empty()).collect();
    let versions = versions.into_iter().collect::<Vec<_>>().join(", ");
    Some(PassedInputs { files, versions, kinds: kinds.into_iter().collect() })
}

/// The bytes as text, or the problem with their encoding.
fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    let words = |bytes: &[u8]| encoding_problem(bytes).map_or_else(String::new, |problem| problem.to_string());
    match String::from_utf8(bytes) {
        Ok(text) if memchr::memchr(0, text.as_bytes()).is_none() => Ok(text),
        Ok(text) => Err(words(text.as_bytes())),
        Err(error) => Err(words(error.as_bytes())),
    }
}
