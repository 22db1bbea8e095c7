//! A run of the program: inputs are gathered, transformed, and only when all of that has succeeded is anything written.

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{CommandFactory, Parser};
use globset::GlobMatcher;
use rayon::prelude::*;

use crate::cli::{Cli, Command, Inputs, Output, PolicyArgs, SelectionArgs, Settings, When};
use crate::manifest::selection::{Selection, glob, label_selector};
use crate::output::diff::{DiffOptions, unified};
use crate::output::report::Voice;
use crate::output::stream::{self, Part};
use crate::output::{escaped, problem, report};
use crate::plan::{self, Policy, RunNote, Task};
use crate::profile::{Backend, Profile, Request};
use crate::source::{Gathered, Source, cause, encoding_problem, gather, has_kind_line};
use crate::transform::{Problem, ProblemKind, Transformed, is_template, transform};
use crate::write::{Replacement, WriteError, replace_all};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Done; with `--diff` or `--check`, nothing would change.
    Done,
    /// With `--diff` or `--check`, something would change.
    WouldChange,
    /// Nothing was written.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::WouldChange => 1,
            Status::Failed => 2,
        })
    }
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Status {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return say_usage(&error),
    };
    let colour = Colours::new(cli.color);
    match execute(cli.command, colour) {
        Ok(status) => status,
        Err(error) if is_broken_pipe(&error) => Status::Done,
        Err(error) => {
            say(&format!("error: {}\n", escaped_lines(&words(&error))));
            Status::Failed
        }
    }
}

/// Prints what clap has to say: a usage error, or the help or version that was asked for.
fn say_usage(error: &clap::Error) -> Status {
    match error.print() {
        // Where a usage error can't even be said, the exit status still says it.
        _ if error.use_stderr() => Status::Failed,
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(&format!("error: standard output: {}\n", cause(&error)));
            Status::Failed
        }
        _ => Status::Done,
    }
}

/// An error and its causes on one line.
fn words(error: &anyhow::Error) -> String {
    // It says its cause itself, and more behind it.
    if let Some(error) = error.downcast_ref::<WriteError>() {
        return error.to_string();
    }
    let link = |link: &(dyn std::error::Error + 'static)| match link.downcast_ref::<io::Error>() {
        Some(error) => cause(error),
        None => link.to_string(),
    };
    error.chain().map(link).collect::<Vec<_>>().join(": ")
}

/// Whether standard output and standard error are in colours.
#[derive(Debug, Clone, Copy)]
struct Colours {
    stdout: bool,
    stderr: bool,
}

impl Colours {
    /// By `--color`, then NO_COLOR, then CLICOLOR_FORCE, then whether it is a terminal.
    fn new(when: When) -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let decide = |terminal: bool| match when {
            When::Always => true,
            When::Never => false,
            When::Auto => !is_set("NO_COLOR") && (forced || terminal),
        };
        Self { stdout: decide(io::stdout().is_terminal()), stderr: decide(io::stderr().is_terminal()) }
    }
}

fn execute(command: Command, colours: Colours) -> Result<Status> {
    match command {
        Command::Enable(enable) => {
            let backend = enable.backend;
            let profile = profile(backend, enable.settings)?;
            let policy = policy(Task::Enable(profile), enable.selection.try_into()?, enable.policy)?;
            let job = Job {
                what: backend.to_string(),
                policy: policy.0,
                require_match: policy.1,
                output: enable.output,
                colours,
            };
            job.run(enable.inputs)
        }
        Command::Disable(disable) => {
            let what = disable.backend.map_or("off".to_owned(), |backend| format!("{backend} off"));
            let task =
                plan::Disable { backend: disable.backend, keep_config: disable.keep_config, unset: disable.unset };
            let policy = policy(Task::Disable(task), disable.selection.try_into()?, disable.policy)?;
            let job = Job { what, policy: policy.0, require_match: policy.1, output: disable.output, colours };
            job.run(disable.inputs)
        }
        Command::Completions { shell } => {
            let mut command = Cli::command();
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut command, "seldon-trace", &mut out);
            print(&out)
        }
        Command::Man { command } => print(&man_page(command.as_deref())?),
    }
}

fn man_page(name: Option<&str>) -> Result<Vec<u8>> {
    let mut program = Cli::command();
    program.build();
    let command = match name {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => bail!("there is no command `{name}`"),
        },
    };
    let mut out = Vec::new();
    let source = concat!("seldon-trace ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).source(source).render(&mut out)?;
    Ok(out)
}

fn print(bytes: &[u8]) -> Result<Status> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).context("standard output")?;
    Ok(Status::Done)
}

fn profile(backend: Backend, settings: Settings) -> Result<Profile> {
    let Settings {
        agent_host,
        agent_port,
        service,
        set,
        sampler_type,
        sampler_param,
        orchestrator_sampler_param,
        sample_rate,
        orchestrator_sample_rate,
        tag,
        tags,
        names,
        reset,
    } = settings;
    let request = Request {
        backend,
        agent_host,
        agent_port,
        service,
        set,
        sampler_type,
        sampler_param,
        orchestrator_sampler_param,
        sample_rate,
        orchestrator_sample_rate,
        tag,
        tags,
        names,
        reset,
    };
    Profile::new(request).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(lines.join("\nerror: "))
    })
}

struct Wanted {
    selection: Selection,
    require_match: bool,
}

impl TryFrom<SelectionArgs> for Wanted {
    type Error = anyhow::Error;

    fn try_from(args: SelectionArgs) -> Result<Self> {
        let globbed = |option: &str, text: Option<String>| text.map(|text| globbed(option, &text)).transpose();
        let labels = args.selector.map(|text| label_selector(&text)).transpose();
        let selection = Selection {
            name: globbed("--name", args.name)?,
            namespace: args.namespace,
            labels: labels.map_err(|words| anyhow::anyhow!("--selector: {words}"))?.unwrap_or_default(),
            predictor: globbed("--predictor", args.predictor)?,
            container: globbed("--container", args.container)?,
            only: args.only.unwrap_or_default(),
            all_containers: args.all_containers,
        };
        Ok(Self { selection, require_match: args.require_match })
    }
}

fn globbed(option: &str, text: &str) -> Result<GlobMatcher> {
    glob(text).map_err(|words| anyhow::anyhow!("{option}: {words}"))
}

fn policy(task: Task, wanted: Wanted, args: PolicyArgs) -> Result<(Policy, bool)> {
    let keep = args.keep.iter().map(|text| globbed("--keep", text)).collect::<Result<_>>()?;
    Ok((Policy { task, selection: wanted.selection, keep }, wanted.require_match))
}

/// A run of `enable` or `disable`.
struct Job {
    /// What is done, for the report.
    what: String,
    policy: Policy,
    require_match: bool,
    output: Output,
    colours: Colours,
}

/// An input that was transformed.
struct Done {
    source: Source,
    name: String,
    text: String,
    transformed: Transformed,
}

impl Job {
    fn run(self, inputs: Inputs) -> Result<Status> {
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
        let status = self.write(&done, &mut notes)?;
        if !self.output.quiet {
            self.report(&done, &notes);
        }
        Ok(status)
    }

    /// Transforms every input, or says what is wrong with those that can't be.
    fn transform_all(&self, sources: Vec<Source>, notes: &mut Vec<String>) -> (Vec<Done>, Vec<String>) {
        let results: Vec<Verdict> = sources.into_par_iter().map(|source| self.transform(source)).collect();
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

    fn transform(&self, source: Source) -> Verdict {
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
        match transform(&text, &self.policy) {
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
            Err(problems) => {
                let render = |problem: &Problem| problem::render(problem, &name, &text, self.colours.stderr);
                Verdict::Problem(problems.iter().map(render).collect())
            }
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
            notes.extend(files.iter().map(|file| format!("{}: changed", crate::source::display_path(file.path))));
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
        let mut out = stdout();
        let options = DiffOptions { context: self.output.unified, colour: self.colours.stdout };
        for (done, name) in changed.iter().zip(names) {
            if self.output.diff {
                unified(&name, &done.text, &done.transformed.edits, &options, &mut out).context("standard output")?;
            } else {
                out.write_all(&name).and_then(|()| out.write_all(b"\n")).context("standard output")?;
            }
        }
        out.flush().context("standard output")?;
        Ok(!changed.is_empty())
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
        let run_notes: std::collections::BTreeSet<&RunNote> =
            done.iter().flat_map(|done| &done.transformed.notes).collect();
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
                std::path::Component::ParentDir => {
                    clean.pop();
                }
                std::path::Component::CurDir => {}
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

/// Says something on standard error. Where that is closed, there is nobody to say it to.
fn say(words: &str) {
    let _ = io::stderr().lock().write_all(words.as_bytes());
}

fn escaped_lines(words: &str) -> String {
    words.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let is_broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(is_broken)
}
