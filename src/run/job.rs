//! A run of `enable`, `disable` or `lint --fix` over its inputs.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use memchr::memmem;

use super::colours::Colours;
use super::hint::LintCommand;
use super::inputs::{AllWorked, Work, Worked};
use super::matching::TypedSelection;
use super::settings::RunSettings;
use super::{MAX_NOTES, RunStatus, is_broken_pipe, nothing_selected, say};
use crate::cli::{Inputs, Output};
use crate::knowledge::Key;
use crate::lint::meant_variable;
use crate::manifest::glob::is_literal;
use crate::output::diff::{DiffOptions, unified};
use crate::output::patch;
use crate::output::report::{ReportStyle, Totals};
use crate::output::stream::{self, StreamPart};
use crate::output::{counted, report};
use crate::patch::{Operation, Patch};
use crate::pipeline::{Transformed, Transformer};
use crate::plan::{DeploymentReport, Input, LintCount, LintCounts, Policy, RunNote, Task};
use crate::settings::relative;
use crate::source::{Gathered, Origin};
use crate::stdout::StandardOutput;
use crate::write::{Replacement, replace_all};

/// Returns an error for `--in-place` with standard input, before that is read.
pub(super) fn check_output(output: &Output, inputs: &Inputs) -> Result<()> {
    if output.in_place && inputs.has_stdin() {
        bail!("--in-place needs files: standard input can't be written back");
    }
    Ok(())
}

/// A run of `enable`, `disable` or `lint --fix`.
pub(super) struct Job {
    /// The settings of the run and of its inputs.
    pub settings: RunSettings,
    /// The policy of each of the settings.
    pub policies: Vec<Policy>,
    /// True if it is an error that nothing is selected.
    pub require_match: bool,
    /// The selection of the command line, if it has to match something.
    pub typed: TypedSelection,
    /// The command that lints the same deployments.
    pub lint_command: LintCommand,
    /// The destination of the result.
    pub output: Output,
    /// True if the result is a patch of one resource.
    pub json_patch: bool,
    pub colours: Colours,
}

/// An input that was transformed.
pub(super) type Done = Worked<Transformed>;

/// The outcome of a run, with its inputs.
pub(super) type RunOutcome = (RunStatus, Vec<Done>);

impl Job {
    /// Transforms the inputs, writes the result, and prints the report.
    pub(super) fn run(&self, gathered: Gathered) -> Result<RunOutcome> {
        let transformer = |policy| Transformer::new(policy).with_patches(self.json_patch);
        let transformers: Vec<Transformer<'_>> = self.policies.iter().map(transformer).collect();
        let work = Work {
            with_text: |text: &str, origin: &Origin| {
                let (at, stack) = self.settings.of_input(origin);
                let exceptions = stack.overrides_of(origin.path());
                // Results are for the caller of the function, and only with the texts.
                let is_call = self.settings.is_call && *origin == Origin::Stdin && self.prints_texts();
                transformers[at].transform(text, Input { exceptions: &exceptions, is_call })
            },
            concerns: |transformed: &Transformed| !transformed.deployments.is_empty(),
            only_manifests: self.prints_texts(),
            colour: self.colours.stderr,
            shows_progress: !self.output.quiet,
        };
        let AllWorked { done, mut notes, has_problems } = work.run(gathered);
        notes.extend(self.misspelt_names(&done));
        if has_problems {
            return Ok((RunStatus::Failed, Vec::new()));
        }
        if self.require_match && !done.iter().any(Done::is_selected) {
            bail!(nothing_selected(&notes));
        }
        let reports = || done.iter().flat_map(|done| &done.result.deployments).map(|deployment| &deployment.report);
        let reasons = |may_be: fn(&str) -> bool| {
            let skips = reports().flat_map(|report| &report.skips).filter(|skip| may_be(&skip.name));
            let reasons: Vec<String> = skips.take(3).map(|skip| format!("{}: {}", skip.name, skip.reason)).collect();
            reasons.join("; ")
        };
        if sum(reports().filter_map(|report| report.with_library)) == Some(0) {
            let of_containers = reasons(|name| !name.ends_with("orchestrator"));
            let reasons = if of_containers.is_empty() { reasons(|_| true) } else { of_containers };
            bail!("--inject: no target can take Datadog's library ({reasons})");
        }
        if sum(reports().filter_map(|report| report.with_sidecar)) == Some(0) {
            bail!("--agent sidecar: no target can send to a sidecar ({})", reasons(|_| true));
        }
        refuse_shared_files(reports())?;
        if !done.iter().any(Done::is_selected) {
            self.typed.check_matches(done.iter().map(|done| done.text.as_str()))?;
        }
        let status = match self.write(&done, &mut notes) {
            // The reader has closed the pipe. The exit status still has to tell that something would change.
            Err(error) if is_broken_pipe(&error) && (self.output.diff || self.output.check) => {
                return Ok((RunStatus::WouldChange, done));
            }
            written => written?,
        };
        if !self.output.quiet {
            self.report(&done, &notes);
        }
        Ok((status, done))
    }

    /// Notes on given names that are a typo of a known variable, and that no input has.
    fn misspelt_names(&self, done: &[Done]) -> Vec<String> {
        let settings = self.settings.run.settings(&[]);
        let names = [Key::Unset, Key::Keep].into_iter().flat_map(|key| {
            let may_be_a_typo = move |name: &String| key == Key::Unset || is_literal(name);
            let names = settings.texts(key).into_iter().filter(may_be_a_typo);
            names.filter_map(move |name| Some((key, meant_variable(&name)?, name)))
        });
        let is_missing =
            |name: &str| !done.iter().any(|done| memmem::find(done.text.as_bytes(), name.as_bytes()).is_some());
        let missing = names.take(MAX_NOTES).filter(|(_, _, name)| is_missing(name));
        missing
            .map(|(key, meant, name)| format!("--{} {name}: no input has it; did you mean {meant}?", key.name()))
            .collect()
    }

    /// Returns true if the texts are printed, as one stream of all inputs.
    fn prints_texts(&self) -> bool {
        let Output { in_place, diff, check, .. } = &self.output;
        !in_place && !diff && !check && !self.json_patch
    }

    fn write(&self, done: &[Done], notes: &mut Vec<String>) -> Result<RunStatus> {
        let changed = done.iter().filter(|done| !done.result.edits.is_empty());
        if self.output.in_place {
            let files: Vec<Replacement<'_>> = changed.filter_map(Done::replacement).collect();
            notes.extend(replace_all(&files)?);
            return Ok(RunStatus::Done);
        }
        if self.output.diff || self.output.check {
            let would_change = self.write_changes(&changed.collect::<Vec<_>>())?;
            return Ok(if would_change { RunStatus::WouldChange } else { RunStatus::Done });
        }
        if self.json_patch {
            let operations = single_patch(done)?;
            return self.write_result(notes, |out| patch::write(operations, out));
        }
        let parts: Vec<StreamPart<'_>> = done.iter().map(Done::part).collect();
        if let Err(stream::SurrogateEscapes { name }) = stream::check(&parts) {
            bail!(
                "{name}: JSON with surrogate escapes (\\ud83d\\ude00) can't be read as YAML, which a stream of JSON and \
                 YAML is; run seldon-trace once for the JSON and once for the YAML inputs"
            );
        }
        self.write_result(notes, |out| stream::write(&parts, out))
    }

    /// Writes a result to where it goes, standard output or a file.
    fn write_result(
        &self,
        notes: &mut Vec<String>,
        write: impl Fn(&mut dyn Write) -> io::Result<()>,
    ) -> Result<RunStatus> {
        match &self.output.output {
            Some(path) => {
                let mut bytes = Vec::new();
                write(&mut bytes)?;
                notes.extend(replace_all(&[Replacement { path, original: None, pieces: vec![&bytes] }])?);
            }
            None => write(&mut stdout()).context("standard output")?,
        }
        Ok(RunStatus::Done)
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
                unified(name, &done.text, &done.result.edits, &options, out)?;
            } else {
                out.write_all(name)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()
    }

    /// The name of an input in a diff or a list: in a diff it is relative to the working folder.
    fn shown_name(&self, done: &Done) -> Result<Vec<u8>> {
        match done.source.origin.path() {
            None => Ok(b"-".to_vec()),
            Some(path) if !self.output.diff => Ok(path.as_os_str().as_encoded_bytes().to_vec()),
            Some(path) => {
                relative(path, Path::new("")).map(|path| path.as_os_str().as_encoded_bytes().to_vec()).with_context(
                    || format!("{}: --diff names files relative to the working folder, and this is outside", done.name),
                )
            }
        }
    }

    /// Returns true if a deployment has a line in the report: an unchanged one has one only with `--verbose` or
    /// remarks.
    fn is_reported(&self, report: &DeploymentReport) -> bool {
        let is_notable = report.is_changed() || !report.remarks.is_empty();
        match self.policies[0].treatment.task {
            Task::Enable(_) | Task::Disable(_) if self.output.verbose => report.is_selected(),
            Task::Enable(_) | Task::Disable(_) => is_notable || report.is_skipped(),
            Task::Fix(_) => report.is_changed(),
        }
    }

    /// A hint how to list the findings in the result.
    fn lint_hint(&self) -> Option<String> {
        let Output { in_place, output, diff, check, .. } = &self.output;
        let command = &self.lint_command;
        match output {
            Some(path) => Some(format!("to list them: {}", command.on(&[path])?)),
            None if *in_place => Some(format!("to list them: {}", command.on_inputs()?)),
            None if *diff || *check => Some(format!("once they are written: {}", command.on_inputs()?)),
            None if self.json_patch => None,
            None => Some(format!("to list them, pipe the result into: {}", command.on(&[])?)),
        }
    }

    fn report(&self, done: &[Done], notes: &[String]) {
        let Output { verbose, in_place, diff, check, .. } = self.output;
        let style = ReportStyle {
            verbose,
            is_trial: diff || check,
            names_inputs: in_place || done.len() > 1,
            colour: self.colours.stderr,
        };
        let (mut out, mut reported) = (String::new(), 0);
        for done in done {
            for deployment in done.result.deployments.iter().filter(|deployment| self.is_reported(&deployment.report)) {
                reported += 1;
                out.push_str(&report::render(deployment, &done.name, style));
            }
        }
        let mut run_notes: BTreeSet<&RunNote> = done.iter().flat_map(|done| &done.result.notes).collect();
        for (found, missing) in [(RunNote::MlServer, RunNote::NoMlServer), (RunNote::ConfigMap, RunNote::NoConfigMap)] {
            if run_notes.contains(&found) {
                run_notes.remove(&missing);
            }
        }
        let lint = done.iter().fold(LintCounts::default(), |mut lint, done| {
            lint += done.result.lint;
            lint
        });
        let words =
            |count: LintCount| counted(&[(count.errors, "error", "errors"), (count.warnings, "warning", "warnings")]);
        let before = words(lint.before).unwrap_or_else(|| "none".to_owned());
        let left = words(lint.after).map(|after| {
            let hint = self.lint_hint().map_or_else(String::new, |hint| format!("; {hint}"));
            format!("{after} in the result, {before} before{hint}")
        });
        out.push_str(&self.settings.warnings());
        for note in notes.iter().cloned().chain(run_notes.into_iter().map(ToString::to_string)).chain(left) {
            out.push_str(&format!("note: {note}\n"));
        }
        let totals = totals(done);
        // The line of the only deployment has the same information.
        if (reported, totals.seen) != (1, 1) || totals.files > 1 {
            out.push_str(&format!("{}\n", totals.in_words(style.is_trial)));
        }
        say(&out);
    }
}

fn sum(counts: impl Iterator<Item = usize>) -> Option<usize> {
    counts.reduce(|one, other| one + other)
}

fn totals(done: &[Done]) -> Totals {
    let mut totals = Totals::default();
    let has_files = done.iter().any(|done| done.source.origin != Origin::Stdin);
    for one in done {
        totals.seen += one.result.seen;
        if has_files {
            totals.files += 1;
            totals.changed_files += usize::from(!one.result.edits.is_empty());
        }
        one.result.deployments.iter().for_each(|deployment| totals.count(&deployment.report));
    }
    totals
}

impl Done {
    fn is_selected(&self) -> bool {
        self.result.deployments.iter().any(|deployment| deployment.report.is_selected())
    }

    fn part(&self) -> StreamPart<'_> {
        let Transformed { edits, is_json, .. } = &self.result;
        StreamPart { name: &self.name, text: &self.text, edits, is_json: *is_json }
    }

    fn replacement(&self) -> Option<Replacement<'_>> {
        let path = self.source.origin.path()?;
        let pieces = self.result.edits.pieces(&self.text).map(str::as_bytes).collect();
        Some(Replacement { path, original: Some(self.text.as_bytes()), pieces })
    }
}

/// Returns an error if containers of two deployments would have the same config file: a name may contain the dots that
/// separate the names in a key.
fn refuse_shared_files<'r>(reports: impl Iterator<Item = &'r DeploymentReport>) -> Result<()> {
    let mut owners = HashMap::new();
    for report in reports {
        for (config_map, key) in &report.config_files {
            let first = *owners.entry((&report.namespace, config_map, key)).or_insert(&report.name);
            if first != &report.name {
                bail!(
                    "--config-map: containers of `{first}` and `{}` would have the same file {key} in {config_map}: \
                     rename one, or give each deployment a ConfigMap of its own",
                    report.name
                );
            }
        }
    }
    Ok(())
}

/// The patch of the one resource that changes; empty if none does.
fn single_patch(done: &[Done]) -> Result<&[Operation]> {
    let patches = done.iter().flat_map(|done| &done.result.patches);
    let changed: Vec<&Patch> = patches.filter(|patch| !patch.operations.is_empty()).collect();
    match changed[..] {
        [] => Ok(&[]),
        [patch] => Ok(&patch.operations),
        _ => bail!(
            "--json-patch is for one resource, and {} SeldonDeployments would change: choose one by --name and \
             --namespace",
            changed.len()
        ),
    }
}

fn stdout() -> BufWriter<StandardOutput> {
    BufWriter::with_capacity(1 << 16, StandardOutput::lock())
}
