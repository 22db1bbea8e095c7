//! A run of the program. Nothing is written before all inputs have been read and transformed.

mod agent;
mod argocd;
mod called;
mod colours;
mod completion;
mod config;
mod helm;
mod hint;
mod inputs;
mod job;
mod lint;
mod man;
mod matching;
mod policy;
mod progress;
mod settings;
mod status;
mod usage;
#[cfg(feature = "webhook")]
mod webhook;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::cli::{self, Cli, Command, When};
use crate::credentials::without_quoted;
use crate::explain::{self, NO_TRACES, PARTS, PartTopic, page};
use crate::knowledge::{Key, look_up};
use crate::lint::Rule;
use crate::output::diagnostic::render_all;
use crate::output::escaped;
use crate::plan::Policy;
use crate::settings::{File, Layer, Refused};
use crate::source::{Gathered, Origin, SourceError, cause};
use crate::stdout::{StandardOutput, check as check_stdout};
use crate::write::WriteError;
use called::Called;
use colours::Colours;
use hint::LintCommand;
use inputs::read_stdin;
use job::{Job, check_output};
use matching::TypedSelection;
use settings::RunSettings;
use usage::escaped_error;
#[cfg(all(test, feature = "webhook"))]
pub(crate) use webhook::rewriter;

/// The result of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
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

/// The most notes on misspelt words of one kind: each takes a search.
const MAX_NOTES: usize = 5;

const NO_ARGUMENTS: &str = "no command: give one, such as `enable --backend jaeger`, or --help. A kustomization gives it by \
                            `args: [enable]` beside `path`, Helm by --post-renderer-args, once for each word. For \
                            `kustomize fn run`, `path` is a link with the name SeldonTrace, which means `enable`";

impl From<RunStatus> for ExitCode {
    fn from(status: RunStatus) -> Self {
        Self::from(match status {
            RunStatus::Done => 0,
            RunStatus::WouldChange | RunStatus::Found => 1,
            RunStatus::Failed => FAILED,
        })
    }
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> RunStatus {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let called = Called::by(arguments.first());
    let arguments = called.typed(arguments);
    let mut colours = Colours::new(When::Auto);
    let done = match called.words_to_complete(&arguments) {
        Some(words) => print(completion::candidates(called.declaration(), words).as_bytes()),
        None if called.lacks_arguments(&arguments) => Err(anyhow!(NO_ARGUMENTS)),
        None => match called.parse(&arguments) {
            Ok(cli) => {
                colours = Colours::new(cli.color);
                execute(called, cli.command, colours)
            }
            Err(error) => return say_usage(&escaped_error(error, called, &arguments)),
        },
    };
    match done {
        Ok(status) => status,
        Err(error) if is_broken_pipe(&error) => RunStatus::Done,
        Err(error) => {
            if let Some(error) = error.downcast_ref::<clap::Error>() {
                return say_usage(error);
            }
            match error.downcast_ref::<Refused>() {
                Some(Refused { name, text, faults }) => say_error(&render_all(faults, name, text, colours.stderr)),
                None => say_error(&format!("error: {}\n", escaped_lines(&words(&error)))),
            }
            RunStatus::Failed
        }
    }
}

/// Makes a panic exit as any other error does, with a message and exit status 2.
pub fn fail_at_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let words = escaped_lines(&without_quoted(&panic.to_string()));
        say_error(&format!(
            "error: {words}\n  = help: this is a bug of seldon-trace; please report it with the manifest\n"
        ));
        std::process::exit(FAILED.into());
    }));
}

/// Prints a usage error, the help or the version.
fn say_usage(error: &clap::Error) -> RunStatus {
    // Help and version are on standard output.
    if error.use_stderr() {
        helm::tell(&error.render().to_string());
    }
    let printed = if error.use_stderr() { Ok(()) } else { check_stdout() }.and_then(|()| error.print());
    match printed {
        // A usage error that can't be printed still has its exit status.
        _ if error.use_stderr() => RunStatus::Failed,
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say_error(&format!("error: standard output: {}\n", cause(&error)));
            RunStatus::Failed
        }
        _ => RunStatus::Done,
    }
}

/// An error and its causes on one line.
fn words(error: &anyhow::Error) -> String {
    // Its message has the cause, and a list of files after it.
    if let Some(error) = error.downcast_ref::<WriteError>() {
        return error.to_string();
    }
    let link = |link: &(dyn std::error::Error + 'static)| match link.downcast_ref::<io::Error>() {
        Some(error) => cause(error),
        None => link.to_string(),
    };
    error.chain().map(link).collect::<Vec<_>>().join(": ")
}

fn execute(called: Called, command: Command, colours: Colours) -> Result<RunStatus> {
    match command {
        Command::Enable(command) => enable(called, *command, colours),
        Command::Disable(command) => disable(*command, colours),
        Command::Config(command) => config::run(*command),
        Command::Explain { name } => print(explanation(name.as_deref(), colours)?.as_bytes()),
        Command::Lint(command) => lint::run(*command, colours),
        Command::Status(command) => status::run(*command, colours),
        Command::Agent(args) => agent::run(args.kind, colours),
        #[cfg(feature = "webhook")]
        Command::Webhook(args) => webhook::run(*args),
        Command::Argocd(args) => argocd::run(args.command),
        Command::Completions { shell } => print(&completion::script(shell, Cli::command())),
        Command::Man { command } => print(&man::page(&command.join("-"))?),
    }
}

fn enable(called: Called, command: cli::EnableArgs, colours: Colours) -> Result<RunStatus> {
    let cli::EnableArgs { inputs, output, patch, options, settings_file } = command;
    let (is_verbose, reads_stdin) = (output.verbose, inputs.has_stdin());
    // A plugin gets a file that is for its stream alone.
    let is_plugin = called == Called::KustomizePlugin && settings_file.config.is_some() && reads_stdin;
    edit(Edited { inputs, output, patch, options: options.0, settings_file, colours }, |settings, gathered| {
        if let Some(file) = settings.run.file().filter(|_| is_plugin) {
            file.refuse_paths("the settings of a plugin of kustomize: its input has none")?;
        }
        let has_no_address = settings.run.settings(&[]).text(Key::Otlp) == Some("true");
        let missing = gathered.errors.iter().find_map(SourceError::missing_address);
        if let Some(address) = missing.filter(|_| has_no_address) {
            bail!("{address}: no such file or directory; the address of --otlp needs a `=`: --otlp={address}");
        }
        let Some(backend) = settings.backend()? else {
            return Err(match settings.run.file().filter(|_| settings.is_call) {
                Some(file) => file.without_backend().into(),
                None => match fault_of_call(gathered) {
                    Some(fault) => fault.into(),
                    None => no_backend(called, reads_stdin).into(),
                },
            });
        };
        settings.policies(|stack| policy::of_enable(stack, backend, is_verbose))
    })
}

fn disable(command: cli::DisableArgs, colours: Colours) -> Result<RunStatus> {
    let cli::DisableArgs { backend, inputs, output, patch, options, settings_file } = command;
    let is_verbose = output.verbose;
    edit(Edited { inputs, output, patch, options: options.0, settings_file, colours }, |settings, _| {
        settings.policies(|stack| policy::of_disable(stack, backend, is_verbose))
    })
}

/// The command line of a run that edits.
struct Edited {
    inputs: cli::Inputs,
    output: cli::Output,
    patch: cli::PatchArgs,
    options: Layer,
    settings_file: cli::SettingsFile,
    colours: Colours,
}

fn edit(command: Edited, policies: impl Fn(&RunSettings, &Gathered) -> Result<Vec<Policy>>) -> Result<RunStatus> {
    let Edited { inputs, output, patch, options, settings_file, colours } = command;
    check_output(&output, &inputs)?;
    let is_trial = output.check || output.diff;
    if output.allow_no_match && !is_trial {
        bail!("--allow-no-match needs --check or --diff");
    }
    let typed = TypedSelection::of(&options, is_trial && !output.allow_no_match);
    let lint_command = LintCommand::new(&options, &settings_file, &inputs);
    let (settings, gathered) =
        RunSettings::of_inputs(settings_file, options, &inputs, read_stdin(&inputs), !output.quiet)?;
    let policies = policies(&settings, &gathered)?;
    let require_match = settings.run.settings(&[]).is_on(Key::RequireMatch);
    let json_patch = patch.json_patch;
    let job = Job { settings, policies, require_match, typed, lint_command, output, json_patch, colours };
    job.run(gathered).map(|(status, _)| status)
}

/// The error of standard input that is meant as the call of a KRM function, and has no settings that can be read.
fn fault_of_call(gathered: &Gathered) -> Option<Refused> {
    let stdin = gathered.sources.iter().find(|source| source.origin == Origin::Stdin)?;
    File::fault_of_call(&stdin.origin.display_name(), std::str::from_utf8(&stdin.bytes).ok()?)
}

/// The error if neither an option nor a file has a backend. Only standard input may have a functionConfig.
fn no_backend(called: Called, reads_stdin: bool) -> clap::Error {
    let mut program = called.declaration();
    program.build();
    let places = if reads_stdin { "in a settings file or a functionConfig" } else { "in a settings file" };
    let words = format!("--backend <BACKEND> is needed: jaeger or datadog, here, or as `backend` {places}");
    let enable = program.find_subcommand_mut("enable");
    match enable {
        Some(enable) => enable.error(ErrorKind::MissingRequiredArgument, words),
        None => program.error(ErrorKind::MissingRequiredArgument, words),
    }
}

/// The pages that are not of a variable or a rule.
fn topics() -> Vec<&'static str> {
    PARTS.iter().map(|part| part.name).chain([NO_TRACES]).collect()
}

/// The explanation of a rule, a variable or a part, the checklist, or the list of all.
fn explanation(name: Option<&str>, colours: Colours) -> Result<String> {
    let pages = match name {
        None => vec![explain::list()],
        Some(name) => match Rule::find(name) {
            Some(rule) => vec![explain::rule_page(rule)],
            None if Rule::is_like_an_id(name) => bail!(Rule::unknown(name)),
            None if name.eq_ignore_ascii_case(NO_TRACES) => vec![explain::no_traces()],
            None => match PartTopic::find(name) {
                Some(part) => vec![part.page()],
                None => look_up(name, &topics())?.into_iter().map(explain::page).collect(),
            },
        },
    };
    let pages: Vec<String> = pages.iter().map(|page| page::render(page, width(), colours.stdout)).collect();
    Ok(pages.join("\n"))
}

/// The width of printed text: that of the terminal, but at most 100 columns.
fn width() -> usize {
    const WIDEST: usize = 100;
    console::Term::stdout().size_checked().map_or(WIDEST, |(_, columns)| usize::from(columns).min(WIDEST))
}

fn command_names(program: &clap::Command) -> impl Iterator<Item = &str> {
    program.get_subcommands().map(clap::Command::get_name)
}

fn print(bytes: &[u8]) -> Result<RunStatus> {
    let mut out = StandardOutput::lock();
    out.write_all(bytes).and_then(|()| out.flush()).context("standard output")?;
    Ok(RunStatus::Done)
}

/// Prints on standard error. If that is closed, nobody reads it, and it is no error.
fn say(words: &str) {
    let _ = io::stderr().lock().write_all(words.as_bytes());
}

/// Prints an error, also where a tool that runs the program would drop it.
fn say_error(words: &str) {
    say(words);
    helm::tell(words);
}

/// The message of `--require-match` if nothing is selected. The notes may have the reason.
fn nothing_selected(notes: &[String]) -> String {
    let notes: String = notes.iter().map(|note| format!("\nnote: {note}")).collect();
    format!("--require-match: nothing is selected{notes}")
}

/// Prints notes, a line each.
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
