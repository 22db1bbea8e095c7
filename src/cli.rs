//! The declaration of the command line.
//!
//! `-h` prints the first paragraph of each comment, `--help` all of it. An option with `hide_short_help` is for few users
//! and is only in `--help`: `-h` fits one screen.

pub mod help;

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
    arg_required_else_help = true,
    after_help = help::short(""),
    after_long_help = help::long("")
)]
pub struct Cli {
    /// The command
    #[command(subcommand)]
    pub command: Command,

    /// When to use colors
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, hide_short_help = true)]
    pub color: When,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Switch tracing on
    ///
    /// It finds the orchestrator and the containers that can trace, and gives each the variables that Seldon's own
    /// documentation gives for Jaeger or for Datadog. The other backend's variables are removed. Every other byte stays.
    ///
    /// The options of the backend and the selection are also keys of the settings file, .seldon-trace.yaml.
    /// `seldon-trace explain` lists all variables.
    #[command(after_help = help::short("enable"), after_long_help = help::long("enable"))]
    Enable(Box<Enable>),
    /// Switch tracing off: remove the tracing variables, and what that leaves empty
    #[command(after_help = help::short("disable"), after_long_help = help::long("disable"))]
    Disable(Box<Disable>),
    /// Explain a variable or a rule of lint
    ///
    /// For a variable: who reads it, its values, and what enable and disable do with it. For a rule: what it finds, why that
    /// is wrong, and what to write instead.
    #[command(after_help = help::short("explain"), after_long_help = help::long("explain"))]
    Explain {
        /// The rule or variable; without it, all of them are listed
        #[arg(value_name = "RULE | VARIABLE")]
        name: Option<String>,
    },
    /// Show what traces today, where its traces go, and why others do not trace
    #[command(after_help = help::short("status"), after_long_help = help::long("status"))]
    Status(Box<Status>),
    /// Find what is wrong with the tracing of manifests
    #[command(after_help = help::short("lint"), after_long_help = help::long("lint"))]
    Lint(Box<Lint>),
    /// Print the settings that are in force, and where each comes from
    #[command(after_help = help::short("config"), after_long_help = help::long("config"))]
    Config(Box<Config>),
    /// Print the completions of a shell
    ///
    /// Those of bash, zsh and fish ask the program, and so know rules, variables and the profiles of the settings file.
    #[command(after_help = help::short("completions"), after_long_help = help::long("completions"))]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print a man page, of the program or of one of its commands
    #[command(after_help = help::short("man"), after_long_help = help::long("man"))]
    Man {
        /// The command
        command: Option<String>,
    },
}

/// When to use colors.
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
    #[arg(short, long, value_enum, help_heading = "Backend")]
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
    /// Remove only this backend's variables
    #[arg(short, long, value_enum, help_heading = "Backend")]
    pub backend: Option<Backend>,

    /// Keep the variables and switch tracing off
    ///
    /// TRACING and DD_ENABLED become 0. For Jaeger, the orchestrator also gets JAEGER_DISABLED true.
    #[arg(long, help_heading = "Backend")]
    pub keep_config: bool,

    /// Remove this variable too; may be repeated
    #[arg(long, value_name = "VAR", action = ArgAction::Append, help_heading = "Backend")]
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
    /// The format of what is printed
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

/// Formats of `status`.
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
    /// Fix what has one right answer, and print the manifests
    ///
    /// The remaining findings are printed on standard error. With --in-place, --diff, --check or --output the result goes
    /// where it does for enable.
    #[arg(long)]
    pub fix: bool,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: LintFormat,

    /// Exit 1 if something at least this bad is found [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,

    /// Skip this rule; may be repeated
    #[arg(long, value_name = "ID", action = ArgAction::Append)]
    pub allow: Vec<String>,

    /// Report what this rule finds as an error; may be repeated
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

/// Formats of `lint`.
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

/// The least severity that makes `lint` exit 1.
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

/// `config`
#[derive(Debug, Args)]
pub struct Config {
    /// Print the JSON Schema of a settings file, for editors; nothing is read
    #[arg(long)]
    pub schema: bool,

    /// Where the traces go
    #[arg(short, long, value_enum, help_heading = "Backend")]
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

/// The settings file and its profile.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingsFile {
    /// The settings file [default: the nearest .seldon-trace.yaml]
    ///
    /// Without it, .seldon-trace.yaml is looked for in the working folder and in those above it, up to the root of the
    /// repository.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,

    /// Use no settings file
    #[arg(long, hide_short_help = true)]
    pub no_config: bool,

    /// Use this profile of the settings file
    #[arg(long, value_name = "NAME", conflicts_with = "no_config")]
    pub profile: Option<String>,
}

/// The inputs.
#[derive(Debug, Args)]
pub struct Inputs {
    /// Files, folders (walked for .yaml, .yml, .json), or - for standard input, the default
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// A path too: the option of kubectl; may be repeated
    #[arg(short, long = "filename", value_name = "PATH", action = ArgAction::Append, hide_short_help = true)]
    pub filename: Vec<PathBuf>,
}

impl Inputs {
    /// All paths, however they were given.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.paths.iter().chain(&self.filename).cloned().collect()
    }

    /// Returns true if standard input is one of them.
    pub fn has_stdin(&self) -> bool {
        let paths = self.paths();
        paths.is_empty() || paths.iter().any(|path| path.as_os_str() == "-")
    }
}

/// The destination of the result: standard output by default.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Write each result into its file: all files, or none
    #[arg(short, long, conflicts_with_all = ["output", "diff", "check"])]
    pub in_place: bool,

    /// Write the result into this file
    ///
    /// The file is replaced whole, or not at all.
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["diff", "check"])]
    pub output: Option<PathBuf>,

    /// Print a unified diff; exit 1 if something would change
    ///
    /// `git apply` and `patch -p1` accept it.
    #[arg(long)]
    pub diff: bool,

    /// Print the names of files that would change; exit 1 if there is one
    ///
    /// With --diff, the diff is printed instead of the names.
    #[arg(long)]
    pub check: bool,

    /// Lines of context in a diff
    #[arg(short = 'U', long, value_name = "N", default_value_t = 3, requires = "diff", hide_short_help = true)]
    pub unified: usize,

    /// Print no report; errors are still printed
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// List each changed variable, and count what lint finds before and after
    #[arg(short, long)]
    pub verbose: bool,
}

/// A patch as the result.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct PatchArgs {
    /// Print a JSON Patch of the one resource that changes
    ///
    /// It is one of RFC 6902, for `kubectl patch --type json`.
    #[arg(long, conflicts_with_all = ["in_place", "diff", "check"])]
    pub json_patch: bool,
}

/// The variables to write.
#[derive(Debug, Args)]
#[command(next_help_heading = "Backend")]
pub struct Settings {
    /// The agent's host [default: the node's address, by fieldRef]
    ///
    /// It is JAEGER_AGENT_HOST or DD_AGENT_HOST. The default is a fieldRef to status.hostIP.
    #[arg(long, value_name = "HOST")]
    pub agent_host: Option<String>,

    /// The agent's port [default: jaeger 5775, datadog 8126]
    ///
    /// It is JAEGER_AGENT_PORT, or DATADOG_TRACE_AGENT_PORT and DD_TRACE_AGENT_PORT by --names.
    #[arg(long, value_name = "N")]
    pub agent_port: Option<String>,

    /// The service: JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}-{predictor}
    ///
    /// {name}, {namespace}, {predictor} and {container} are filled in.
    #[arg(long, alias = "dd-service", value_name = "NAME")]
    pub service: Option<String>,

    /// Any other variable that a tracing client reads; may be repeated
    ///
    /// It is added where a client reads it. `seldon-trace explain` lists the variables.
    #[arg(long, value_name = "VAR=VALUE", action = ArgAction::Append)]
    pub set: Vec<String>,

    /// jaeger: const, probabilistic, ratelimiting or remote [default: const]
    #[arg(long, value_name = "TYPE")]
    pub sampler_type: Option<String>,

    /// jaeger: JAEGER_SAMPLER_PARAM, e.g. 0.1 with probabilistic [default: 1]
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub sampler_param: Option<String>,

    /// jaeger: JAEGER_SAMPLER_PARAM of the orchestrator alone
    #[arg(long, value_name = "X", allow_hyphen_values = true, hide_short_help = true)]
    pub orchestrator_sampler_param: Option<String>,

    /// datadog: DD_SAMPLE_RATE, the share of traces to keep, 0 to 1 [default: 1]
    #[arg(long, alias = "dd-sample-rate", value_name = "X", allow_hyphen_values = true)]
    pub sample_rate: Option<String>,

    /// datadog: DD_SAMPLE_RATE of the orchestrator alone
    #[arg(long, value_name = "X", allow_hyphen_values = true, hide_short_help = true)]
    pub orchestrator_sample_rate: Option<String>,

    /// datadog: a tag of DD_TAGS; may be repeated, and other tags stay
    #[arg(long, value_name = "K:V", action = ArgAction::Append)]
    pub tag: Vec<String>,

    /// datadog: all of DD_TAGS; other tags are removed
    #[arg(long, alias = "dd-tags", value_name = "K:V,…")]
    pub tags: Option<String>,

    /// datadog: names of variables: seldon, standard or both [default: seldon]
    ///
    /// seldon: those of Seldon's documentation, DATADOG_TRACE_AGENT_PORT and DD_SAMPLE_RATE.
    ///
    /// standard: those of Datadog's own libraries, DD_TRACE_AGENT_PORT and DD_TRACE_SAMPLING_RULES.
    ///
    /// both: each of Datadog's after Seldon's.
    #[arg(long, value_enum, hide_possible_values = true)]
    pub names: Option<Names>,

    /// Write the defaults over existing values too
    #[arg(long, hide_short_help = true)]
    pub reset: bool,
}

/// The deployments and containers to edit or show.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Deployments of this name
    #[arg(long, value_name = "GLOB")]
    pub name: Option<String>,

    /// Deployments in this namespace; one without a namespace is in `default`
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

    /// Only these: containers or orchestrator
    #[arg(long, value_enum, value_name = "KIND", hide_possible_values = true)]
    pub only: Option<Only>,

    /// Also containers that no graph node names
    #[arg(long, hide_short_help = true)]
    pub all_containers: bool,

    /// Fail if no deployment is selected
    #[arg(long, hide_short_help = true)]
    pub require_match: bool,
}

/// The variables that never change.
#[derive(Debug, Args)]
#[command(next_help_heading = "Backend")]
pub struct PolicyArgs {
    /// Never change or remove variables of this name; may be repeated
    #[arg(long, value_name = "GLOB", action = ArgAction::Append, hide_short_help = true)]
    pub keep: Vec<String>,
}
