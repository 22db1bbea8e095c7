//! The report of the changes on standard error.

use std::fmt::Write as _;

use console::Style;

use super::escaped;
use crate::credentials::HIDDEN;
use crate::pipeline::{Lines, ReportedDeployment};
use crate::plan::{DeploymentReport, SkippedTarget, VariableChange};

/// The style of a report.
#[derive(Debug, Clone, Copy)]
pub struct ReportStyle {
    /// True if each variable is printed with its values.
    pub verbose: bool,
    /// True if nothing is written: the changes are only possible ones.
    pub is_trial: bool,
    /// True if each line begins with the name of its input.
    pub names_inputs: bool,
    /// True if the report is in colours.
    pub colour: bool,
}

/// The changes of a deployment, as lines: `a.yaml: seldon/iris  jaeger  orchestrator +5`.
pub fn render(deployment: &ReportedDeployment, input: &str, report_style: ReportStyle) -> String {
    let style = |style: Style| style.force_styling(report_style.colour);
    let (bold, dim, yellow) = (style(Style::new().bold()), style(Style::new().dim()), style(Style::new().yellow()));
    let DeploymentReport { namespace, name, what, targets, skips, remarks, .. } = &deployment.report;
    let full_name = escaped(&format!("{namespace}/{}", named(name)));
    let changed: Vec<String> =
        targets.iter().filter(|target| !target.variables.is_empty()).map(ToString::to_string).collect();
    let done = match changed[..] {
        [] if deployment.report.is_skipped() => "skipped".to_owned(),
        [] => "unchanged".to_owned(),
        _ => changed.join(", "),
    };
    let mut out = String::new();
    if report_style.names_inputs {
        let _ = write!(out, "{input}: ");
    }
    let would = if report_style.is_trial && !changed.is_empty() { "would change: " } else { "" };
    let _ = writeln!(out, "{}  {what}  {would}{}", bold.apply_to(&full_name), escaped(&done));
    if report_style.verbose {
        for target in targets {
            for change in target.variables.iter() {
                let _ = writeln!(out, "  {}: {}", escaped(&target.name), escaped(&in_words(change)));
            }
        }
    }
    let source = deployment.source.as_ref().map_or_else(String::new, |file| format!(" ({})", escaped(file)));
    for (SkippedTarget { name, reason, .. }, line) in skips.iter().zip(&deployment.skip_lines) {
        let line = format!("  skipped: {input}:{line}{source}: {}: {}", escaped(name), escaped(reason));
        let _ = writeln!(out, "{}", dim.apply_to(line));
    }
    for (remark, Lines { line, also }) in remarks.iter().zip(&deployment.lines) {
        let also = also.map_or(String::new(), |also| format!(" (and line {also})"));
        let note = yellow.apply_to("note:");
        let _ = writeln!(out, "  {note} {input}:{line}{source}: {}{also}", escaped(&remark.text));
    }
    out
}

/// `+ TRACING `1``, `~ JAEGER_AGENT_PORT `5775` → `6831``
fn in_words(change: &VariableChange) -> String {
    let VariableChange { name, action, before, after } = change;
    let values = match (before, after) {
        (None, None) => String::new(),
        // With a masked part, different values may be printed as equal words.
        (Some(before), Some(after)) if before == after && !after.contains([HIDDEN, '(']) => {
            format!(" {after}, now in quotes")
        }
        (Some(before), Some(after)) => format!(" {before} → {after}"),
        (Some(value), None) | (None, Some(value)) => format!(" {value}"),
    };
    format!("{} {name}{values}", action.sign())
}

/// The numbers of all files and deployments of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// The files that were read; 0 if standard input is the only input.
    pub files: usize,
    /// The files that change.
    pub changed_files: usize,
    /// The deployments that were read, selected or not.
    pub seen: usize,
    /// The deployments that change.
    pub changed: usize,
    /// The deployments of which everything selected is skipped.
    pub skipped: usize,
    /// The other selected deployments.
    pub unchanged: usize,
}

impl Totals {
    pub(crate) fn count(&mut self, report: &DeploymentReport) {
        if report.is_changed() {
            self.changed += 1;
        } else if report.is_skipped() {
            self.skipped += 1;
        } else if report.is_selected() {
            self.unchanged += 1;
        }
    }

    /// `37 of 92 files would change`, or `12 deployments changed, 3 skipped, 77 unchanged`.
    pub(crate) fn in_words(&self, is_trial: bool) -> String {
        let Self { files, changed_files, seen, changed, skipped, unchanged } = *self;
        let noun = |count: usize, noun: &str| format!("{noun}{}", if count == 1 { "" } else { "s" });
        let selected = changed + skipped + unchanged;
        if selected == 0 {
            return match seen {
                0 => "no SeldonDeployment found".to_owned(),
                1 => "nothing is selected in the one deployment".to_owned(),
                _ => format!("nothing is selected in {seen} deployments"),
            };
        }
        if is_trial && files > 0 {
            return format!("{changed_files} of {files} {} would change", noun(files, "file"));
        }
        if is_trial {
            return format!("{changed} of {selected} {} would change", noun(selected, "deployment"));
        }
        let parts = [(changed, "changed"), (skipped, "skipped"), (unchanged, "unchanged")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0).enumerate().map(|(at, (count, done))| match at {
            0 => format!("{count} {} {done}", noun(count, "deployment")),
            _ => format!("{count} {done}"),
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}

fn named(name: &str) -> &str {
    if name.is_empty() { "(no name)" } else { name }
}
