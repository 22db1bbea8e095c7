//! A run of `lint`: it reads and prints what it found or, with `--fix`, mends what it can and says what is left.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

use super::colours::Colours;
use super::hint::LintCommand;
use super::inputs::{Work, Worked};
use super::job::{Job, check_output};
use super::matching::TypedSelection;
use super::policy::Decided;
use super::{Status, is_broken_pipe, policy, print, say, say_notes, settings};
use crate::cli::{self, FailOn, Inputs, LintFormat, Output, Show};
use crate::findings::{Linted, lint_by};
use crate::lint::{RuleSet, Severity};
use crate::output::findings::{InputFindings, SCHEMA, to_github, to_json, to_sarif, to_text};
use crate::settings::{Key, Layer, Settings, Source, Stack};
use crate::source::Origin;
use crate::transform::Problem;

pub(super) fn run(command: cli::Lint, colours: Colours) -> Result<Status> {
    if command.format == LintFormat::JsonSchema {
        return print(SCHEMA.as_bytes());
    }
    let cli::Lint { fix, format, show, fail_on, allow, deny, inputs, output, selection, settings_file } = command;
    if show.is_some() && format != LintFormat::Text {
        bail!("--show is for --format text alone: the other formats have all findings");
    }
    let mut options = Layer::new(Source::Options);
    options.type_text(Key::FailOn, policy::word(fail_on));
    options.type_list(Key::Allow, allow);
    options.type_list(Key::Deny, deny);
    policy::add_selection(&mut options, selection);
    let typed = TypedSelection::of(&options);
    let lint_command = LintCommand::new(&options, &settings_file);
    let stack = settings::stack(settings_file, options)?;
    let settings = stack.settings(&[]);
    let fail_on = settings.word(Key::FailOn).unwrap_or(FailOn::Warning);
    let require_match = settings.is_on(Key::RequireMatch);
    let decided = policy::decide(&stack, Settings::rule_set)?;
    let shown = least_shown(show, output.verbose, fail_on);
    let linter = Linter { decided, stack: Arc::clone(&stack), format, shown, fail_on, colours };
    if fix {
        check_output(&output, &inputs)?;
        let policy = policy::of_fix(&stack, output.verbose)?;
        let job = Job {
            policy,
            stack,
            require_match,
            typed,
            lint_command,
            output,
            json_patch: false,
            colours,
            is_call: false,
        };
        return linter.fix(&job, &inputs);
    }
    if let Some(option) = given(&output, format) {
        bail!("{option} is of use with --fix alone: without it lint writes nothing");
    }
    linter.look(&inputs, require_match)
}

/// What is looked for, and how it is told.
struct Linter {
    decided: Decided<RuleSet>,
    stack: Arc<Stack>,
    format: LintFormat,
    /// The least severity that the text format shows.
    shown: Severity,
    fail_on: FailOn,
    colours: Colours,
}

impl Linter {
    fn look(&self, inputs: &Inputs, require_match: bool) -> Result<Status> {
        let work = Work {
            with_text: |text: &str, origin: &Origin| self.lint(text, origin),
            concerns: |linted: &Linted| linted.deployments > 0,
            only_manifests: true,
            colour: self.colours.stderr,
        };
        let Some((done, notes)) = work.run(&inputs.paths()) else { return Ok(Status::Failed) };
        if require_match && !done.iter().any(|worked| worked.result.deployments > 0) {
            bail!("--require-match: nothing is selected");
        }
        let inputs: Vec<InputFindings> = done.into_iter().map(findings).collect();
        self.print(&inputs)?;
        say_notes(&notes);
        Ok(if self.fails(&inputs) { Status::Found } else { Status::Done })
    }

    /// Mends what can be, writes as `enable` does, and tells what is left in what was written.
    fn fix(&self, job: &Job, inputs: &Inputs) -> Result<Status> {
        if self.format != LintFormat::Text && !job.output.in_place {
            bail!("with --fix, --format other than text needs --in-place: standard output is for the manifests");
        }
        let (status, done) = job.run(inputs, Vec::new())?;
        if status == Status::Failed {
            return Ok(status);
        }
        let mut left = Vec::new();
        for Worked { source, name, text, result } in done {
            let text = result.edits.apply(&text);
            let result = self.lint(&text, &source.origin).map_err(|_| {
                anyhow!("{name}: what was written can't be read again, which is a fault of seldon-trace")
            })?;
            left.push(findings(Worked { source, name, text, result }));
        }
        match self.format {
            LintFormat::Text => say(&self.shown(&left, self.colours.stderr)?),
            _ => self.print(&left)?,
        }
        Ok(if self.fails(&left) { Status::Found } else { status })
    }

    fn lint(&self, text: &str, origin: &Origin) -> Result<Linted, Vec<Problem>> {
        let Decided { for_all, selection, exceptions } = &self.decided;
        let among = self.stack.overrides_of(origin.path());
        lint_by(text, selection, |tree, deployment| match exceptions {
            Some(all) => all.choose(for_all, tree, deployment, &among),
            None => Ok(Arc::clone(for_all)),
        })
    }

    fn print(&self, inputs: &[InputFindings]) -> Result<()> {
        match print(self.shown(inputs, self.colours.stdout)?.as_bytes()) {
            // Who closes the pipe has seen enough; what was found is still so.
            Err(error) if is_broken_pipe(&error) => Ok(()),
            printed => printed.map(drop),
        }
    }

    fn shown(&self, inputs: &[InputFindings], colour: bool) -> Result<String> {
        Ok(match self.format {
            LintFormat::Json => to_json(inputs).context("JSON")?,
            LintFormat::Github => to_github(inputs),
            LintFormat::Sarif => to_sarif(inputs).context("SARIF")?,
            LintFormat::Text | LintFormat::JsonSchema => to_text(inputs, self.shown, colour),
        })
    }

    fn fails(&self, inputs: &[InputFindings]) -> bool {
        let least = match self.fail_on {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
            FailOn::Never => return false,
        };
        inputs.iter().flat_map(|input| &input.findings).any(|finding| finding.severity >= least)
    }
}

/// The least severity that the text format shows: what makes the run fail is shown unless `--show` asks for less.
fn least_shown(show: Option<Show>, is_verbose: bool, fail_on: FailOn) -> Severity {
    match show {
        Some(Show::Error) => Severity::Error,
        Some(Show::Warning) => Severity::Warning,
        Some(Show::Info) => Severity::Info,
        None if is_verbose || fail_on == FailOn::Info => Severity::Info,
        None => Severity::Warning,
    }
}

/// An option that needs `--fix`, if one was given. In the text format `--verbose` also shows infos.
fn given(output: &Output, format: LintFormat) -> Option<&'static str> {
    let Output { in_place, output, diff, check, quiet, verbose, allow_no_match: _, unified: _ } = output;
    let options = [
        (*in_place, "--in-place"),
        (output.is_some(), "--output"),
        (*diff, "--diff"),
        (*check, "--check"),
        (*quiet, "--quiet"),
        (*verbose && format != LintFormat::Text, "--verbose"),
    ];
    options.into_iter().find_map(|(is_given, option)| is_given.then_some(option))
}

fn findings(worked: Worked<Linted>) -> InputFindings {
    let Worked { source, name, text, result: Linted { findings, deployments } } = worked;
    let path = source.origin.path().map(Path::to_owned);
    InputFindings { name, path, text, findings, deployments }
}
