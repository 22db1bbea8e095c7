//! A run of `enable` or `disable` over its inputs.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use super::colours::Colours;
use super::{Status, escaped_lines, is_broken_pipe, say};
use crate::cli::{Inputs, Output};
use crate::output::diff::{DiffOptions, unified};
use crate::output::report::Voice;
use crate::output::stream::{self, Part};
use crate::output::{problem, report};
use crate::plan::{Policy, RunNote};
use crate::source::{Gathered, Source, display_path, encoding_problem, gather, has_kind_line};
use crate::transform::{ProblemKind, Transformed, Transformer, is_template};
use crate::write::{Replacement, replace_all};

/// A run of `enable` or `disable`.
pub(super) struct Job {
    /// What is done, for the report.
    pub what: String,
    /// What is done to which deployments.
    pub policy: Policy,
    /// Whether it is an error that nothing is selected.
    pub require_match: bool,
    /// Where the result goes.
    pub output: Output,
    /// What is in colours.
    pub colours: Colours,
}

/// An input that was transformed.
struct Done {
    source: Source,
    name: String,
    text: String,
    transformed: Transformed,
}

impl Job {
    pub fn run(self, inputs: Inputs) -> Result<Status> {
        let paths: Vec<PathBuf> = inputs.paths.into_iter().chain(inputs.filename).collect();
        let reads_stdin = paths.is_empty() || paths.iter().any(|path| path.as_os_str() == "-");
        if self.output.in_place && reads_stdin {
            bail!("--in-place needs files: standard input can't be written back");
        }
        let Gathered { sources, errors, mut notes } = gather(&paths, io::stdin().lock(), io::stdin().is_terminal());
        let (done, problems) = self.transform_all(sources, &mut notes);
        if !errors.is_empty() || !problems.is_empty() {
            for error in &errors {
                say(&format!("error: {}\n", escaped_lines(&error.to_string())));
            }
            say(&problems.concat());
            return Ok(Status::Failed);
        }
        if self.require_match && !done.iter().any(Done::is_selected) {
            bail!("--require-match: nothing is selected");
        }
        let status = match self.write(&done, &mut notes) {
            // Who closes the pipe has seen enough; that something would change is still so.
            Err(error) if is_broken_pipe(&error) && (self.output.diff || self.output.check) => {
                return Ok(Status::WouldChange);
            }
            written => written?,
        };
        if !self.output.quiet {
            self.report(&done, &notes);
        }
        Ok(status)
    }

    /// Transforms every input, or says what is wrong with those that can't be.
    fn transform_all(&self, sources: Vec<Source>, notes: &mut Vec<String>) -> (Vec<Done>, Vec<String>) {
        let transformer = Transformer::new(&self.policy);
        let results: Vec<Verdict> =
            sources.into_par_iter().map(|source| self.transform(source, &transformer)).collect();
        let (mut done, mut problems) = (Vec::new(), Vec::new());
        for result in results {
            match result {
                Verdict::Done(one) => done.push(*one),
                Verdict::LeftAlone(note) => notes.push(note),
                Verdict::Problem(words) => problems.push(words),
            }
        }
        (done, problems)
    }

    fn transform(&self, source: Source, transformer: &Transformer<'_>) -> Verdict {
        let name = source.origin.display_name();
        let Source { origin, bytes, named, under_chart } = source;
        if under_chart {
            return Verdict::LeftAlone(format!("{name}: left alone, it belongs to a Helm chart"));
        }
        if !named && self.prints_texts() && !has_kind_line(&bytes) {
            return Verdict::LeftAlone(format!("{name}: left out, no line of it has a `kind` key"));
        }
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err(problem) if named => return Verdict::Problem(format!("error: {name}: {problem}\n")),
            Err(problem) => return Verdict::LeftAlone(format!("{name}: left alone, {problem}")),
        };
        match transformer.transform(&text) {
            Ok(transformed) => {
                if !named && transformed.deployments.is_empty() && is_template(&text) {
                    return Verdict::LeftAlone(format!("{name}: left alone, it is a template"));
                }
                let source = Source { origin, bytes: Vec::new(), named, under_chart };
                Verdict::Done(Box::new(Done { source, name, text, transformed }))
            }
            Err(problems) if !named && problems.iter().any(|problem| problem.kind == ProblemKind::Template) => {
                Verdict::LeftAlone(format!("{name}: left alone, it is a template"))
            }
            Err(problems) => Verdict::Problem(problem::render_all(&problems, &name, &text, self.colours.stderr)),
        }
    }

    /// Whether whole texts are printed, one stream of all inputs.
    fn prints_texts(&self) -> bool {
        let Output { in_place, diff, check, .. } = &self.output;
        !in_place && !diff && !check
    }

    fn write(&self, done: &[Done], notes: &mut Vec<String>) -> Result<Status> {
        let changed = done.iter().filter(|done| !done.transformed.edits.is_empty());
        if self.output.in_place {
            let files: Vec<Replacement<'_>> = changed.filter_map(Done::replacement).collect();
            notes.extend(replace_all(&files)?);
            notes.extend(files.iter().map(|file| format!("{}: changed", display_path(file.path))));
            return Ok(Status::Done);
        }
        if self.output.diff || self.output.check {
            let would_change = self.write_changes(&changed.collect::<Vec<_>>())?;
            return Ok(if would_change { Status::WouldChange } else { Status::Done });
        }
        let parts: Vec<Part<'_>> = done.iter().map(Done::part).collect();
        if let Err(stream::SurrogateEscapes { name }) = stream::check(&parts) {
            bail!(
                "{name}: JSON with surrogate escapes (\\ud83d\\ude00) can't be read as YAML, which a stream of JSON and \
                 YAML is; run seldon-trace once for the JSON and once for the YAML inputs"
            );
        }
        match &self.output.output {
            Some(path) => {
                let mut bytes = Vec::new();
                stream::write(&parts, &mut bytes)?;
                notes.extend(replace_all(&[Replacement { path, original: None, pieces: vec![&bytes] }])?);
            }
            None => stream::write(&parts, &mut stdout()).context("standard output")?,
        }
        Ok(Status::Done)
    }

    /// Prints the diff, or the names, of what would change.
    fn write_changes(&self, changed: &[&Done]) -> Result<bool> {
        let names: Vec<Vec<u8>> = changed.iter().map(|done| self.shown_name(done)).collect::<Result<_>>()?;
        self.print_changes(changed, &names, &mut stdout()).context("standard output")?;
        Ok(!changed.is_empty())
    }

    fn print_changes(&self, changed: &[&Done], names: &[Vec<u8>], out: &mut impl Write) -> io::Result<()> {
        let options = DiffOptions { context: self.output.unified, colour: self.colours.stdout };
        for (done, name) in changed.iter().zip(names) {
            if self.output.diff {
                unified(name, &done.text, &done.transformed.edits, &options, out)?;
            } else {
                out.write_all(name)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()
    }

    /// The name that a diff or a list gives an input: a diff's is relative to the working folder.
    fn shown_name(&self, done: &Done) -> Result<Vec<u8>> {
        match done.source.origin.path() {
            None => Ok(b"-".to_vec()),
            Some(path) if !self.output.diff => Ok(path.as_os_str().as_encoded_bytes().to_vec()),
            Some(path) => relative(path).map(|path| path.as_os_str().as_encoded_bytes().to_vec()).with_context(|| {
                format!("{}: --diff names files relative to the working folder, and this is outside", done.name)
            }),
        }
    }

    fn report(&self, done: &[Done], notes: &[String]) {
        let voice = Voice { verbose: self.output.verbose, colour: self.colours.stderr };
        let mut out = String::new();
        for done in done {
            for deployment in done.transformed.deployments.iter().filter(|deployment| deployment.report.is_selected()) {
                out.push_str(&report::render(deployment, &self.what, &done.name, voice));
            }
        }
        if !done.iter().any(Done::is_selected) {
            out.push_str("note: nothing is selected, and nothing was changed\n");
        }
        let run_notes: BTreeSet<&RunNote> = done.iter().flat_map(|done| &done.transformed.notes).collect();
        for note in notes.iter().cloned().chain(run_notes.into_iter().map(ToString::to_string)) {
            out.push_str(&format!("note: {note}\n"));
        }
        say(&out);
    }
}

/// What came of an input.
enum Verdict {
    Done(Box<Done>),
    LeftAlone(String),
    Problem(String),
}

impl Done {
    fn is_selected(&self) -> bool {
        self.transformed.deployments.iter().any(|deployment| deployment.report.is_selected())
    }

    fn part(&self) -> Part<'_> {
        let Transformed { edits, is_json, .. } = &self.transformed;
        Part { name: &self.name, text: &self.text, edits, is_json: *is_json }
    }

    fn replacement(&self) -> Option<Replacement<'_>> {
        let path = self.source.origin.path()?;
        let pieces = self.transformed.edits.pieces(&self.text).map(str::as_bytes).collect();
        Some(Replacement { path, original: Some(self.text.as_bytes()), pieces })
    }
}

/// The bytes as a text, or what else they look like.
fn text_of(bytes: Vec<u8>) -> std::result::Result<String, String> {
    let words = |bytes: &[u8]| encoding_problem(bytes).map_or_else(String::new, |problem| problem.to_string());
    match String::from_utf8(bytes) {
        Ok(text) if memchr::memchr(0, text.as_bytes()).is_none() => Ok(text),
        Ok(text) => Err(words(text.as_bytes())),
        Err(error) => Err(words(error.as_bytes())),
    }
}

/// A path relative to the working folder, without `.` and `..`.
fn relative(path: &Path) -> Option<PathBuf> {
    let folder = std::env::current_dir().ok()?;
    let lexical = |path: &Path| {
        let mut clean = PathBuf::new();
        for part in folder.join(path).components() {
            match part {
                Component::ParentDir => {
                    clean.pop();
                }
                Component::CurDir => {}
                part => clean.push(part),
            }
        }
        clean
    };
    lexical(path).strip_prefix(lexical(&folder)).ok().map(Path::to_path_buf)
}

fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}
