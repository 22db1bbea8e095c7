//! A run of the program: inputs are gathered, worked on, and only when all of that has succeeded is anything written.

mod called;
mod colours;
mod completion;
mod config;
mod hint;
mod inputs;
mod job;
mod lint;
mod matching;
mod policy;
mod settings;
mod status;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::cli::{self, Cli, Command, When};
use crate::lint::Rule;
use crate::output::problem::render_refused;
use crate::output::{escaped, explain, page};
use crate::profile::look_up;
use crate::settings::{Key, Layer, Refused, Source};
use crate::source::cause;
use crate::stdout::{StandardOutput, check as check_stdout};
use crate::write::WriteError;
use called::Called;
use colours::Colours;
use hint::LintCommand;
use inputs::read_stdin;
use job::{Job, check_output};
use matching::TypedSelection;
use settings::RunSettings;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Done; with `--diff` or `--check`, nothing would change.
    Done,
    /// With `--diff` or `--check`, something would change.
    WouldChange,
    /// `lint` found something.
    Found,
    /// Nothing was written.
    Failed,
}

const FAILED: u8 = 2;

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::WouldChange | Status::Found => 1,
            Status::Failed => FAILED,
        })
    }
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Status {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let called = Called::by(arguments.first());
    let arguments = called.typed(arguments);
    let mut colours = Colours::new(When::Auto);
    let done = match called {
        Called::KubectlCompletion => {
            print(completion::of_kubectl(called.declaration(), arguments.get(1..).unwrap_or_default()).as_bytes())
        }
        Called::Program | Called::KubectlPlugin | Called::KustomizePlugin => match called.parse(&arguments) {
            Ok(cli) => {
                colours = Colours::new(cli.color);
                execute(called, cli.command, colours)
            }
            Err(error) => return say_usage(&escaped_error(error, called, &arguments)),
        },
    };
    match done {
        Ok(status) => status,
        Err(error) if is_broken_pipe(&error) => Status::Done,
        Err(error) => {
            if let Some(error) = error.downcast_ref::<clap::Error>() {
                return say_usage(error);
            }
            match error.downcast_ref::<Refused>() {
                Some(refused) => say(&render_refused(refused, colours.stderr)),
                None => say(&format!("error: {}\n", escaped_lines(&words(&error)))),
            }
            Status::Failed
        }
    }
}

/// Makes a panic end the run as any other failure does: said, with the status of one, and with nothing printed, for
/// nothing is before all has succeeded.
pub fn fail_at_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let words = escaped_lines(&panic.to_string());
        say(&format!(
            "error: {words}\n  = help: this is a fault of seldon-trace; please report it with the manifest\n"
        ));
        std::process::exit(FAILED.into());
    }));
}

/// A usage error with what could drive the terminal escaped: it quotes what was typed, which may be a file's name that
/// the shell put in the place of a pattern.
fn escaped_error(error: clap::Error, called: Called, arguments: &[OsString]) -> clap::Error {
    let escaped = arguments.iter().map(|argument| escaped(&argument.to_string_lossy()));
    called.parse(escaped).err().unwrap_or(error)
}

/// Prints what clap has to say: a usage error, or the help or version that was asked for.
fn say_usage(error: &clap::Error) -> Status {
    // Help and version are data.
    let printed = if error.use_stderr() { Ok(()) } else { check_stdout() }.and_then(|()| error.print());
    match printed {
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

fn execute(called: Called, command: Command, colours: Colours) -> Result<Status> {
    match command {
        Command::Enable(command) => enable(called, *command, colours),
        Command::Disable(command) => disable(*command, colours),
        Command::Config(command) => config::run(*command),
        Command::Explain { name } => print(explanation(name.as_deref(), colours)?.as_bytes()),
        Command::Lint(command) => lint::run(*command, colours),
        Command::Status(command) => status::run(*command, colours),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "seldon-trace", &mut out);
            print(&out)
        }
        Command::Man { command } => print(&man_page(command.as_deref())?),
    }
}

fn enable(called: Called, command: cli::Enable, colours: Colours) -> Result<Status> {
    let cli::Enable { backend, inputs, output, settings, selection, policy, settings_file, patch } = command;
    let mut options = Layer::new(Source::Options);
    options.type_text(Key::Backend, policy::word(backend));
    policy::add_variables(&mut options, settings);
    policy::add_selection(&mut options, selection);
    policy::add_policy(&mut options, policy);
    check_output(&output, &inputs)?;
    let typed = TypedSelection::of(&options);
    let lint_command = LintCommand::new(&options, &settings_file);
    let (settings, gathered) = RunSettings::of_inputs(settings_file, options, &inputs, read_stdin(&inputs))?;
    let Some(backend) = settings.backend()? else { return Err(no_backend(called).into()) };
    let policies = settings.policies(|stack| policy::of_enable(stack, backend, output.verbose))?;
    let require_match = settings.run.settings(&[]).is_on(Key::RequireMatch);
    let json_patch = patch.json_patch;
    let job = Job { settings, policies, require_match, typed, lint_command, output, json_patch, colours };
    job.run(gathered).map(|(status, _)| status)
}

fn disable(command: cli::Disable, colours: Colours) -> Result<Status> {
    let cli::Disable { backend, keep_config, unset, inputs, output, selection, policy, settings_file, patch } = command;
    let mut options = Layer::new(Source::Options);
    options.type_switch(Key::KeepConfig, keep_config);
    options.type_list(Key::Unset, unset);
    policy::add_selection(&mut options, selection);
    policy::add_policy(&mut options, policy);
    check_output(&output, &inputs)?;
    let typed = TypedSelection::of(&options);
    let lint_command = LintCommand::new(&options, &settings_file);
    let (settings, gathered) = RunSettings::of_inputs(settings_file, options, &inputs, read_stdin(&inputs))?;
    let policies = settings.policies(|stack| policy::of_disable(stack, backend, output.verbose))?;
    let require_match = settings.run.settings(&[]).is_on(Key::RequireMatch);
    let json_patch = patch.json_patch;
    let job = Job { settings, policies, require_match, typed, lint_command, output, json_patch, colours };
    job.run(gathered).map(|(status, _)| status)
}

/// That neither an option nor a file says where the traces go.
fn no_backend(called: Called) -> clap::Error {
    let mut program = called.declaration();
    program.build();
    let words = "--backend <BACKEND> is needed: jaeger or datadog, here, or as `backend` in a settings file \
                 or a functionConfig";
    let enable = program.find_subcommand_mut("enable");
    match enable {
        Some(enable) => enable.error(ErrorKind::MissingRequiredArgument, words),
        None => program.error(ErrorKind::MissingRequiredArgument, words),
    }
}

/// What is known of a variable, or the list of all.
fn explanation(name: Option<&str>, colours: Colours) -> Result<String> {
    let pages = match name {
        None => vec![explain::list()],
        Some(name) => match Rule::find(name) {
            Some(rule) => vec![explain::rule_page(rule)],
            None => look_up(name)?.into_iter().map(explain::page).collect(),
        },
    };
    let pages: Vec<String> = pages.iter().map(|page| page::render(page, width(), colours.stdout)).collect();
    Ok(pages.join("\n"))
}

/// How wide a text is printed: as the terminal is, and never so wide that lines are hard to follow.
fn width() -> usize {
    const WIDEST: usize = 100;
    console::Term::stdout().size_checked().map_or(WIDEST, |(_, columns)| usize::from(columns).min(WIDEST))
}

fn man_page(name: Option<&str>) -> Result<Vec<u8>> {
    // Without the commit: the page of a version is the same wherever it is made.
    let mut program = Cli::command().version(env!("CARGO_PKG_VERSION"));
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
    let mut out = StandardOutput::lock();
    out.write_all(bytes).and_then(|()| out.flush()).context("standard output")?;
    Ok(Status::Done)
}

/// Says something on standard error. Where that is closed, there is nobody to say it to.
fn say(words: &str) {
    let _ = io::stderr().lock().write_all(words.as_bytes());
}

/// What a user would want to know besides, a line each.
fn say_notes(notes: &[String]) {
    say(&notes.iter().map(|note| format!("note: {note}\n")).collect::<String>());
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
