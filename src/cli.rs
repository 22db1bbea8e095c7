//! The declaration of the command line, and nothing else.

mod setting_options;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::profile::{Backend, CONFIG, DISABLE, ENABLE, LINT, STATUS};
pub use setting_options::SettingOptions;

/// The version, and where it is known the commit that it is of.
const VERSION: &str = env!("SELDON_TRACE_VERSION");

/// Switches distributed tracing on and off in Seldon Core manifests, and keeps every other byte
#[derive(Debug, Parser)]
#[command(
    name = "seldon-trace",
    version = VERSION,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,

    /// When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = false)]
    pub color: When,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Switch tracing on, for one backend
    #[command(after_help = EXIT_STATUS)]
    Enable(Box<Enable>),
    /// Switch tracing off: take the tracing variables out, and what that leaves empty
    #[command(after_help = EXIT_STATUS)]
    Disable(Box<Disable>),
    /// Tell who reads a tracing variable, its values, and what becomes of it here; or what a rule of lint finds, and why
    Explain {
        /// The variable or rule; without it, all of them are listed
        #[arg(value_name = "RULE | VARIABLE")]
        name: Option<String>,
    },
    /// Show what traces today, where its traces go, and why others do not trace
    #[command(after_help = STATUS_EXIT_STATUS)]
    Status(Box<Status>),
    /// Find what is wrong with the tracing of manifests
    #[command(after_help = LINT_EXIT_STATUS)]
    Lint(Box<Lint>),
    /// Print the settings that are in force, and where each comes from
    Config(Box<Config>),
    /// Print the completions of a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print a man page, of the program or of one of its commands
    Man {
        /// The command
        command: Option<String>,
    },
}

const EXIT_STATUS: &str = "\
Exit status:
  0  done; with --diff or --check: nothing would change
  1  with --diff or --check: something would change
  2  bad usage, an input that can't be read or edited, or a failed write: nothing was written";

const STATUS_EXIT_STATUS: &str = "\
Exit status:
  0  done
  2  bad usage, an input that can't be read, or with --require-match: nothing is selected";

const LINT_EXIT_STATUS: &str = "\
Exit status:
  0  nothing was found that is as bad as --fail-on says
  1  something was
  2  bad usage, or an input that can't be read";

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum When {
    /// By NO_COLOR and CLICOLOR_FORCE, then on a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `enable`
#[derive(Debug, Args)]
pub struct Enable {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub patch: PatchArgs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ ENABLE }>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}

/// `disable`
#[derive(Debug, Args)]
pub struct Disable {
    /// Take only this backend's variables out
    #[arg(short, long, value_enum)]
    pub backend: Option<Backend>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub patch: PatchArgs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ DISABLE }>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}

/// `status`
#[derive(Debug, Args)]
pub struct Status {
    /// How it is shown
    #[arg(long, value_enum, default_value_t)]
    pub format: StatusFormat,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ STATUS }>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}

/// How the status is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum StatusFormat {
    /// A table, fitted to the terminal
    #[default]
    Text,
    /// The same table in Markdown, for $GITHUB_STEP_SUMMARY
    Markdown,
    /// JSON
    Json,
    /// The same in YAML
    Yaml,
    /// The JSON Schema of that JSON; nothing is read
    JsonSchema,
}

/// `lint`
#[derive(Debug, Args)]
pub struct Lint {
    /// Mend what has one right answer, and print the manifests; what is left is said on standard error
    #[arg(long)]
    pub fix: bool,

    /// How findings are shown
    #[arg(long, value_enum, default_value_t)]
    pub format: LintFormat,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ LINT }>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LintFormat {
    /// Each with its line, and what to write instead
    #[default]
    Text,
    /// JSON
    Json,
    /// The JSON Schema of that JSON; nothing is read
    JsonSchema,
    /// Workflow commands of GitHub, which show them beside the lines
    Github,
    /// SARIF 2.1.0, which GitHub's code scanning and editors read
    Sarif,
}

/// `config`
#[derive(Debug, Args)]
pub struct Config {
    /// Print the JSON Schema of a settings file, for editors; nothing is read
    #[arg(long)]
    pub schema: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ CONFIG }>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}

/// By which file of settings.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingsFile {
    /// Go by this settings file [default: .seldon-trace.yaml of the working folder, or the nearest above it]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,

    /// Go by no settings file
    #[arg(long)]
    pub no_config: bool,

    /// Go by this profile of the settings file
    #[arg(long, value_name = "NAME", conflicts_with = "no_config")]
    pub profile: Option<String>,
}

/// What is read.
#[derive(Debug, Args)]
pub struct Inputs {
    /// Files, folders (walked for .yaml, .yml and .json) or - for standard input, which is read where none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The same as PATH, for the hand that types kubectl; may be repeated
    #[arg(short, long = "filename", value_name = "PATH", action = ArgAction::Append)]
    pub filename: Vec<PathBuf>,
}

impl Inputs {
    /// All paths, however they were given.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.paths.iter().chain(&self.filename).cloned().collect()
    }

    /// Whether standard input is among them.
    pub fn has_stdin(&self) -> bool {
        let paths = self.paths();
        paths.is_empty() || paths.iter().any(|path| path.as_os_str() == "-")
    }
}

/// Where the result goes: standard output by default.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Write each result back into its file, all of them or none
    #[arg(short, long, conflicts_with_all = ["output", "diff", "check"])]
    pub in_place: bool,

    /// Write the result into this file, replaced whole
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["diff", "check"])]
    pub output: Option<PathBuf>,

    /// Print a unified diff instead; exit 1 where it is not empty
    #[arg(long)]
    pub diff: bool,

    /// Print the names of the files that would change instead; exit 1 where there is one
    #[arg(long)]
    pub check: bool,

    /// Lines of context in a diff
    #[arg(short = 'U', long, value_name = "N", default_value_t = 3, requires = "diff")]
    pub unified: usize,

    /// Say nothing of what was done; errors are still shown
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// List each variable that changed, and count what lint finds before and after
    #[arg(short, long)]
    pub verbose: bool,
}

/// A result of another kind.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct PatchArgs {
    /// Print a JSON Patch (RFC 6902) of the one resource that changes instead, for kubectl patch --type json
    #[arg(long, conflicts_with_all = ["in_place", "diff", "check"])]
    pub json_patch: bool,
}
