//! A run of `lint`, which prints findings. With `--fix` it fixes those that it can, and prints the rest.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

use super::colours::Colours;
use super::hint::LintCommand;
use super::inputs::{AllWorked, Work, Worked};
use super::job::{Job, check_output};
use super::matching::TypedSelection;
use super::policy::Decided;
use super::settings::RunSettings;
use super::{MAX_NOTES, RunStatus, is_broken_pipe, nothing_selected, policy, print, say, say_notes};
use crate::cli::{self, LintFormat, Output, Show};
use crate::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{FailOn, Key};
use crate::lint::findings::{Linted, lint};
use crate::lint::{Rule, RuleSet};
use crate::output::findings::{InputFindings, SCHEMA, summary, to_github, to_json, to_sarif, to_text};
use crate::settings::Settings;
use crate::source::{Gathered, Origin};
use crate::text::LineStarts;

pub(super) fn run(command: cli::LintArgs, colours: Colours) -> Result<RunStatus> {
    if command.format == LintFormat::JsonSchema {
        return print(SCHEMA.as_bytes());
    }
    let cli::LintArgs { fix, format, show, inputs, output, options, settings_file } = command;
    if show.is_some() && format != LintFormat::Text {
        bail!("--show is only for --format text: the other formats have all findings");
    }
    let options = options.0;
    let typed = TypedSelection::of(&options, !output.allow_no_match);
    let lint_command = LintCommand::new(&options, &settings_file, &inputs);
    if fix {
        check_output(&output, &inputs)?;
    } else if let Some(option) = given(&output, format) {
        bail!("{option} needs --fix: without it, lint prints findings and no manifest");
    }
    let (settings, gathered) = RunSettings::of_files(settings_file, options, &inputs, !output.quiet)?;
    let in_force = settings.run.settings(&[]);
    let fail_on = in_force.word(Key::FailOn).unwrap_or(FailOn::Warning);
    let require_match = in_force.is_on(Key::RequireMatch);
    let decided = settings.all().map(|stack| policy::decide(stack, Settings::rule_set)).collect::<Result<_>>()?;
    let shown = least_shown(show, output.verbose, fail_on);
    let linter = Linter { decided, format, shown, fail_on, colours, is_quiet: output.quiet };
    if fix {
        let policies = settings.policies(|stack| policy::of_fix(stack, output.verbose))?;
        let json_patch = false;
        let job = Job { settings, policies, require_match, typed, lint_command, output, json_patch, colours };
        return linter.fix(&job, gathered);
    }
    linter.print_findings(&settings, gathered, require_match, &typed)
}

/// The rules and the output format.
struct Linter {
    /// The rules of each of the settings.
    decided: Vec<Decided<RuleSet>>,
    format: LintFormat,
    /// The least severity that the text format shows.
    shown: Severity,
    fail_on: FailOn,
    colours: Colours,
    /// True if only findings and errors are printed.
    is_quiet: bool,
}

impl Linter {
    /// Prints the findings.
    fn print_findings(
        &self,
        settings: &RunSettings,
        gathered: Gathered,
        require_match: bool,
        typed: &TypedSelection,
    ) -> Result<RunStatus> {
        let work = Work {
            with_text: |text: &str, origin: &Origin| self.lint(settings, text, origin),
            concerns: |linted: &Linted| linted.deployments > 0,
            only_manifests: true,
            colour: self.colours.stderr,
            shows_progress: !self.is_quiet,
        };
        let AllWorked { done, mut notes, has_problems } = work.run(gathered);
        if has_problems && done.is_empty() {
            return Ok(RunStatus::Failed);
        }
        if !done.iter().any(|worked| worked.result.deployments > 0) {
            if require_match {
                bail!(nothing_selected(&notes));
            }
            typed.check_matches(done.iter().map(|worked| worked.text.as_str()))?;
        }
        notes.extend(notes_on_comments(&done));
        let inputs: Vec<InputFindings> = done.into_iter().map(findings).collect();
        self.print(&inputs)?;
        if !self.is_quiet {
            say(&settings.warnings());
            say_notes(&notes);
        }
        Ok(match self.fails(&inputs) {
            _ if has_problems => RunStatus::Failed,
            true => RunStatus::Found,
            false => RunStatus::Done,
        })
    }

    /// Applies fixes, writes as `enable` does, and prints the findings in the result.
    fn fix(&self, job: &Job, gathered: Gathered) -> Result<RunStatus> {
        if self.format != LintFormat::Text && !job.output.in_place {
            bail!("with --fix, --format other than text needs --in-place: standard output is for the manifests");
        }
        let (status, done) = job.run(gathered)?;
        if status == RunStatus::Failed {
            return Ok(status);
        }
        let mut remaining = Vec::new();
        for Worked { source, name, text, passed, result } in done {
            let text = result.edits.apply(&text);
            let result = self
                .lint(&job.settings, &text, &source.origin)
                .map_err(|_| anyhow!("{name}: the result can't be read again, which is a bug of seldon-trace"))?;
            remaining.push(findings(Worked { source, name, text, passed, result }));
        }
        match self.format {
            LintFormat::Text => say(&self.shown(&remaining, self.colours.stderr)?),
            _ => self.print(&remaining)?,
        }
        Ok(if self.fails(&remaining) { RunStatus::Found } else { status })
    }

    fn lint(&self, settings: &RunSettings, text: &str, origin: &Origin) -> Result<Linted, Vec<Diagnostic>> {
        let (at, stack) = settings.of_input(origin);
        let Decided { for_all, exceptions, .. } = &self.decided[at];
        let selection = &self.decided[0].selection;
        let among = stack.overrides_of(origin.path());
        lint(text, selection, |tree, deployment| match exceptions {
            Some(all) => all.choose(for_all, tree, deployment, &among),
            None => Ok(Arc::clone(for_all)),
        })
    }

    fn print(&self, inputs: &[InputFindings]) -> Result<()> {
        match print(self.shown(inputs, self.colours.stdout)?.as_bytes()) {
            // The reader has closed the pipe. The exit status still has to tell what was found.
            Err(error) if is_broken_pipe(&error) => Ok(()),
            printed => printed.map(drop),
        }
    }

    fn shown(&self, inputs: &[InputFindings], colour: bool) -> Result<String> {
        Ok(match self.format {
            LintFormat::Json => to_json(inputs).context("JSON")?,
            LintFormat::Github => to_github(inputs),
            LintFormat::Sarif => to_sarif(inputs).context("SARIF")?,
            LintFormat::Text | LintFormat::JsonSchema => {
                let last = if self.is_quiet { String::new() } else { format!("{}\n", summary(inputs, self.shown)) };
                to_text(inputs, self.shown, colour) + &last
            }
        })
    }

    fn fails(&self, inputs: &[InputFindings]) -> bool {
        let least = match self.fail_on {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
            FailOn::Never => return false,
        };
        inputs.iter().flat_map(|input| &input.findings).any(|finding| finding.diagnostic.severity >= least)
    }
}

/// The least severity that the text format shows. Findings that fail the run are shown unless `--show` excludes them.
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
    let Output { in_place, output, diff, check, verbose, quiet: _, allow_no_match: _, unified: _ } = output;
    let options = [
        (*in_place, "--in-place"),
        (output.is_some(), "--output"),
        (*diff, "--diff"),
        (*check, "--check"),
        (*verbose && format != LintFormat::Text, "--verbose"),
    ];
    options.into_iter().find_map(|(is_given, option)| is_given.then_some(option))
}

/// Notes on comments that allow rules that do not exist: the first on each rule.
fn notes_on_comments(done: &[Worked<Linted>]) -> Vec<String> {
    let unknown = done.iter().flat_map(|one| one.result.unknown_rules.iter().map(move |(at, rule)| (one, *at, rule)));
    let mut seen = HashSet::new();
    let distinct = unknown.filter(|(.., rule)| seen.insert(*rule)).take(MAX_NOTES);
    let note = |(Worked { name, text, .. }, at, rule): (&Worked<Linted>, usize, &String)| {
        format!("{name}:{}: {}", LineStarts::new(text).line(at), Rule::unknown(rule))
    };
    distinct.map(note).collect()
}

fn findings(worked: Worked<Linted>) -> InputFindings {
    let Worked { source, name, text, result: Linted { findings, deployments, .. }, .. } = worked;
    let path = source.origin.path().map(Path::to_owned);
    InputFindings { name, path, text, findings, deployments }
}
