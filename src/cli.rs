//! The declaration of the command line.
//!
//! `-h` prints the first paragraph of each comment, `--help` all of it. Options for few users have `hide_short_help` and are
//! only in `--help`, so that `-h` fits one screen.

mod agent;
mod argocd;
pub(crate) mod help;
mod setting_options;
#[cfg(feature = "webhook")]
mod webhook;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::knowledge::{Backend, CONFIG, DISABLE, ENABLE, LINT, STATUS};
pub(crate) use agent::{
    AgentArgs, AgentKind, AgentWebhookArgs, CollectorArgs, ComposeArgs, DatadogValuesArgs, JaegerArgs, JaegerConfigArgs,
};
pub(crate) use argocd::{ArgocdArgs, ArgocdCommand, GenerateArgs};
pub(crate) use setting_options::SettingOptions;
#[cfg(feature = "webhook")]
pub(crate) use webhook::{OnError, WebhookArgs};

/// The version, with the commit if it is known.
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
    /// The annotation seldon-trace/skip excludes a SeldonDeployment (`true`), or containers of it (their names).
    /// The options of the backend and the selection are also keys of the settings file, .seldon-trace.yaml.
    /// `seldon-trace explain` lists all variables.
    #[command(after_help = help::short("enable"), after_long_help = help::long("enable"))]
    Enable(Box<EnableArgs>),
    /// Switch tracing off: remove the tracing variables, and what that leaves empty
    #[command(after_help = help::short("disable"), after_long_help = help::long("disable"))]
    Disable(Box<DisableArgs>),
    /// Explain a variable, a rule of lint, or a part that an option adds
    ///
    /// For a variable: who reads it, its values, and what enable and disable do with it. For a rule: what it finds, why that
    /// is wrong, and what to write instead. `explain no-traces` is a checklist: what to look at if no trace arrives.
    #[command(after_help = help::short("explain"), after_long_help = help::long("explain"))]
    Explain {
        /// The rule, the variable, the part, or no-traces; without it, all of them are listed
        #[arg(value_name = "RULE | VARIABLE | PART")]
        name: Option<String>,
    },
    /// Show what traces today, where its traces go, and why others do not trace
    #[command(after_help = help::short("status"), after_long_help = help::long("status"))]
    Status(Box<StatusArgs>),
    /// Find what is wrong with the tracing of manifests
    #[command(after_help = help::short("lint"), after_long_help = help::long("lint"))]
    Lint(Box<LintArgs>),
    /// Print the settings that are in force, and where each comes from
    #[command(after_help = help::short("config"), after_long_help = help::long("config"))]
    Config(Box<ConfigArgs>),
    /// Print what receives the traces, or changes manifests in a cluster, as YAML for kubectl, Helm or Compose
    ///
    /// `seldon-trace agent KIND --help` has the options of each kind.
    #[command(
        arg_required_else_help = true,
        disable_help_subcommand = true,
        subcommand_value_name = "KIND",
        subcommand_help_heading = "Kinds",
        after_help = help::short("agent"),
        after_long_help = help::long("agent")
    )]
    Agent(AgentArgs),
    /// The commands of the plugins for Argo CD
    ///
    /// They work on the folder of the Application, which is the working folder. docs/hosts.md has the plugins.
    #[command(
        arg_required_else_help = true,
        disable_help_subcommand = true,
        after_help = help::short("argocd"),
        after_long_help = help::long("argocd")
    )]
    Argocd(ArgocdArgs),
    /// Serve the same change to the API server, as a mutating admission webhook
    ///
    /// Each SeldonDeployment that is created, or updated in its spec, is changed as enable does by the settings file, or as
    /// disable does with `action: disable`. It answers /mutate, /healthz, /readyz and /metrics, over TLS. `seldon-trace agent
    /// webhook` prints what runs it in a cluster.
    #[cfg(feature = "webhook")]
    #[command(after_help = help::short("webhook"), after_long_help = help::long("webhook"))]
    Webhook(Box<WebhookArgs>),
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
        /// The command, such as enable, or its two words, such as agent collector
        command: Vec<String>,
    },
}

/// When to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum When {
    /// On a terminal; NO_COLOR and CLICOLOR_FORCE take precedence
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `enable`
#[derive(Debug, Args)]
pub struct EnableArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ ENABLE }>,

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
    pub settings_file: SettingsFile,
}

/// `disable`
#[derive(Debug, Args)]
pub struct DisableArgs {
    /// Remove only this backend's variables
    #[arg(short, long, value_enum, help_heading = "Backend")]
    pub backend: Option<Backend>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ DISABLE }>,

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
    pub settings_file: SettingsFile,
}

/// `status`
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ STATUS }>,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: StatusFormat,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

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
pub struct LintArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ LINT }>,

    /// Fix what has one right answer, and print the manifests
    ///
    /// The remaining findings are printed on standard error. With --in-place, --diff, --check or --output the result goes
    /// where it does for enable.
    #[arg(long)]
    pub fix: bool,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: LintFormat,

    /// Show findings of this severity and above [default: warning]
    ///
    /// With --verbose or --fail-on info, all of them are shown.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub show: Option<Show>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,

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
pub struct ConfigArgs {
    /// Print what holds for this file or folder [default: the working folder]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub path: Option<PathBuf>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ CONFIG }>,

    /// Print the JSON Schema of a settings file, for editors; nothing is read
    #[arg(long)]
    pub schema: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}

/// The settings file and its profile.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingsFile {
    /// Settings file [default: nearest .seldon-trace.yaml]
    ///
    /// Without it, each input has the settings of the nearest .seldon-trace.yaml in its folder or above it, up to the root
    /// of the repository. An input without one has those of the working folder.
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
    /// Files, folders (.yaml, .yml, .json), or - for stdin, the default
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The same as PATH, as in kubectl; may be repeated
    #[arg(short, long = "filename", value_name = "PATH", action = ArgAction::Append, hide_short_help = true)]
    pub filename: Vec<PathBuf>,

    /// In folders, take files and folders that ignore files exclude too
    #[arg(long, hide_short_help = true)]
    pub no_ignore: bool,

    /// In folders, take hidden files and folders too
    #[arg(long, hide_short_help = true)]
    pub hidden: bool,

    /// In folders, take at most this many levels; 1 is the files of the folder itself
    #[arg(long, value_name = "N", value_parser = whole_number, hide_short_help = true)]
    pub max_depth: Option<usize>,
}

impl Inputs {
    /// The paths of both options.
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
#[derive(Debug, Default, Args)]
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

    /// Print files that would change; exit 1 if there is one
    ///
    /// With --diff, the diff is printed instead of the names.
    #[arg(long)]
    pub check: bool,

    /// With --check, --diff or lint, accept a selection that matches no deployment
    #[arg(long, hide_short_help = true)]
    pub allow_no_match: bool,

    /// Lines of context in a diff
    #[arg(short = 'U', long, value_name = "N", default_value_t = 3, value_parser = whole_number, requires = "diff", hide_short_help = true)]
    pub unified: usize,

    /// Print no report, but errors and what lint finds
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print more: unchanged deployments, values, findings
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

fn whole_number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "it is a whole number, such as 3".to_owned())
}
