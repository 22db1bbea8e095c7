//! Every input read and worked on in parallel; where one can't be, the problems of all are said.

use std::io::{self, IsTerminal, Read};

use rayon::prelude::*;

use super::{escaped_lines, say};
use crate::cli::Inputs;
use crate::output::problem;
use crate::source::{Gathered, Origin, Source, encoding_problem, gather, has_kind_line, read_text};
use crate::transform::{Problem, ProblemKind, is_template};

/// An input and what came of it.
pub(super) struct Worked<T> {
    /// Where it came from, its bytes gone into the text.
    pub source: Source,
    /// Its name, to be shown.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What came of it.
    pub result: T,
}

/// What is to be done with each input.
pub(super) struct Work<F, G> {
    /// Does it.
    pub with_text: F,
    /// Whether an input had anything to do with it.
    pub concerns: G,
    /// Whether a file that a walk found is left out where it can't be a manifest.
    pub only_manifests: bool,
    /// Whether problems are in colours.
    pub colour: bool,
}

/// Reads standard input, where it is an input: it may be a call of a KRM function, with the settings of the run.
pub(super) fn read_stdin(inputs: &Inputs) -> Vec<u8> {
    let mut bytes = Vec::new();
    if inputs.has_stdin() && !io::stdin().is_terminal() {
        // What can't be read can't be read again, and is an error then.
        let _ = read_text(io::stdin().lock(), &mut bytes);
    }
    bytes
}

/// Reads the inputs, where these bytes of standard input have been read already.
pub(super) fn gather_inputs(inputs: &Inputs, stdin: Vec<u8>) -> Gathered {
    let stdin = io::Cursor::new(stdin).chain(io::stdin().lock());
    gather(&inputs.paths(), stdin, io::stdin().is_terminal())
}

/// What came of an input.
enum Verdict<T> {
    Done(Box<Worked<T>>),
    LeftAlone(String),
    Problem(String),
}

impl<T, F, G> Work<F, G>
where
    T: Send,
    F: Fn(&str, &Origin) -> Result<T, Vec<Problem>> + Sync,
    G: Fn(&T) -> bool + Sync,
{
    /// What came of every input, and what a user would want to know besides; `None` where there was a problem.
    pub fn run(&self, gathered: Gathered) -> Option<(Vec<Worked<T>>, Vec<String>)> {
        let Gathered { sources, errors, mut notes } = gathered;
        let verdicts: Vec<Verdict<T>> = sources.into_par_iter().map(|source| self.verdict(source)).collect();
        let (mut done, mut problems) = (Vec::new(), Vec::new());
        for verdict in verdicts {
            match verdict {
                Verdict::Done(one) => done.push(*one),
                Verdict::LeftAlone(note) => notes.push(note),
                Verdict::Problem(words) => problems.push(words),
            }
        }
        if errors.is_empty() && problems.is_empty() {
            return Some((done, notes));
        }
        for error in &errors {
            say(&format!("error: {}\n", escaped_lines(&error.to_string())));
        }
        say(&problems.concat());
        None
    }

    fn verdict(&self, source: Source) -> Verdict<T> {
        let name = source.origin.display_name();
        let Source { origin, bytes, named, under_chart } = source;
        if under_chart {
            return Verdict::LeftAlone(format!("{name}: left alone, it belongs to a Helm chart"));
        }
        if !named && self.only_manifests && !has_kind_line(&bytes) {
            return Verdict::LeftAlone(format!("{name}: left out, no line of it has a `kind` key"));
        }
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err(problem) if named => return Verdict::Problem(format!("error: {name}: {problem}\n")),
            Err(problem) => return Verdict::LeftAlone(format!("{name}: left alone, {problem}")),
        };
        match (self.with_text)(&text, &origin) {
            Ok(result) => {
                if !named && !(self.concerns)(&result) && is_template(&text) {
                    return Verdict::LeftAlone(format!("{name}: left alone, it is a template"));
                }
                let source = Source { origin, bytes: Vec::new(), named, under_chart };
                Verdict::Done(Box::new(Worked { source, name, text, result }))
            }
            Err(problems) if !named && problems.iter().any(|problem| problem.kind == ProblemKind::Template) => {
                Verdict::LeftAlone(format!("{name}: left alone, it is a template"))
            }
            Err(problems) => Verdict::Problem(problem::render_all(&problems, &name, &text, self.colour)),
        }
    }
}

/// The bytes as a text, or what else they look like.
fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    let words = |bytes: &[u8]| encoding_problem(bytes).map_or_else(String::new, |problem| problem.to_string());
    match String::from_utf8(bytes) {
        Ok(text) if memchr::memchr(0, text.as_bytes()).is_none() => Ok(text),
        Ok(text) => Err(words(text.as_bytes())),
        Err(error) => Err(words(error.as_bytes())),
    }
}
