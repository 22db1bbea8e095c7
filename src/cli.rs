//! The declaration of the command line, and nothing else.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::manifest::selection::Only;
use crate::profile::{Backend, Names};

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
    /// Where the traces go
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
    pub settings: Settings,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub selection: SelectionArgs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub policy: PolicyArgs,

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

    /// Leave the settings, and switch off: TRACING and DD_ENABLED 0, JAEGER_DISABLED true on the orchestrator
    #[arg(long)]
    pub keep_config: bool,

    /// Take this variable out, too; may be repeated
    #[arg(long, value_name = "VAR", action = ArgAction::Append)]
    pub unset: Vec<String>,

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
    pub selection: SelectionArgs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub policy: PolicyArgs,

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
    pub selection: SelectionArgs,

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

    /// Show findings of this severity and above; --verbose and --fail-on info show all of them [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub show: Option<Show>,

    /// Exit 1 where something this bad is found [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,

    /// Leave this rule out; may be repeated
    #[arg(long, value_name = "ID", action = ArgAction::Append)]
    pub allow: Vec<String>,

    /// Count what this rule finds as an error; may be repeated
    #[arg(long, value_name = "ID", action = ArgAction::Append)]
    pub deny: Vec<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub selection: SelectionArgs,

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

/// What makes `lint` exit 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// An error
    Error,
    /// A warning or an error
    Warning,
    /// Anything
    Info,
    /// Nothing
    Never,
}

/// The least severity that `lint` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Show {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Everything
    Info,
}

/// `config`
#[derive(Debug, Args)]
pub struct Config {
    /// Print what holds for this file or folder [default: the working folder]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub path: Option<PathBuf>,

    /// Print the JSON Schema of a settings file, for editors; nothing is read
    #[arg(long)]
    pub schema: bool,

    /// Where the traces go
    #[arg(short, long, value_enum)]
    pub backend: Option<Backend>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings: Settings,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub selection: SelectionArgs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub policy: PolicyArgs,
}

/// By which file of settings.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingsFile {
    /// Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else
    /// that of the working folder]
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

    /// With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment
    #[arg(long, requires = "check")]
    pub allow_no_match: bool,

    /// Lines of context in a diff
    #[arg(short = 'U', long, value_name = "N", default_value_t = 3, requires = "diff")]
    pub unified: usize,

    /// Say nothing of what was done; errors are still shown
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more: the values of variables that change, unchanged deployments, what lint finds before and after
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

/// What is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Variables")]
pub struct Settings {
    /// The agent's host [default: the node's address, by fieldRef status.hostIP]
    #[arg(long, value_name = "HOST")]
    pub agent_host: Option<String>,

    /// The agent's port [default: 5775 for jaeger, 8126 for datadog]
    #[arg(long, value_name = "N")]
    pub agent_port: Option<String>,

    /// The service's name, in which {name}, {namespace}, {predictor} and {container} are filled in
    #[arg(long, alias = "dd-service", value_name = "NAME")]
    pub service: Option<String>,

    /// Any other variable that a tracing client reads, put where one does; may be repeated
    #[arg(long, value_name = "VAR=VALUE", action = ArgAction::Append)]
    pub set: Vec<String>,

    /// jaeger: const, probabilistic, ratelimiting or remote [default: const]
    #[arg(long, value_name = "TYPE")]
    pub sampler_type: Option<String>,

    /// jaeger: the sampler's param [default: 1]
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub sampler_param: Option<String>,

    /// jaeger: the sampler's param for the orchestrator alone
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub orchestrator_sampler_param: Option<String>,

    /// datadog: the share of traces that is kept, 0 to 1 [default: 1]
    #[arg(long, alias = "dd-sample-rate", value_name = "X", allow_hyphen_values = true)]
    pub sample_rate: Option<String>,

    /// datadog: the same for the orchestrator alone
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub orchestrator_sample_rate: Option<String>,

    /// datadog: a tag, merged into DD_TAGS by its key; may be repeated
    #[arg(long, value_name = "K:V", action = ArgAction::Append)]
    pub tag: Vec<String>,

    /// datadog: all tags, in the place of those that stand
    #[arg(long, alias = "dd-tags", value_name = "K:V,…")]
    pub tags: Option<String>,

    /// datadog: whose names the port and the rate get [default: seldon]
    #[arg(long, value_enum)]
    pub names: Option<Names>,

    /// Write the defaults over what stands in the manifest, too
    #[arg(long)]
    pub reset: bool,
}

/// What is edited, or shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Deployments of this name
    #[arg(long, value_name = "GLOB")]
    pub name: Option<String>,

    /// Deployments in this namespace; one that says none is in default
    #[arg(short, long, value_name = "NS")]
    pub namespace: Option<String>,

    /// Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,

    /// Predictors of this name
    #[arg(long, value_name = "GLOB")]
    pub predictor: Option<String>,

    /// Containers of this name; the orchestrator's is seldon-container-engine
    #[arg(short, long, value_name = "GLOB")]
    pub container: Option<String>,

    /// Only containers, or only orchestrators
    #[arg(long, value_enum)]
    pub only: Option<Only>,

    /// Containers that no graph node names, too
    #[arg(long)]
    pub all_containers: bool,

    /// Fail where no deployment is selected
    #[arg(long)]
    pub require_match: bool,
}

/// What is never changed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Variables")]
pub struct PolicyArgs {
    /// Never change or take out variables of this name; may be repeated
    #[arg(long, value_name = "GLOB", action = ArgAction::Append)]
    pub keep: Vec<String>,
}
