//! What is said on standard error of what was done.

use std::fmt::Write as _;

use console::Style;

use super::escaped;
use crate::plan::DeploymentReport;
use crate::transform::{Deployment, Lines};

/// How much is said.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// Each variable, too.
    pub verbose: bool,
    /// In colours.
    pub colour: bool,
}

/// What was done to a deployment of an input, with a line break at the end of each line: `seldon/iris  jaeger
/// orchestrator +5`.
pub fn render(deployment: &Deployment, input: &str, voice: Voice) -> String {
    let style = |style: Style| style.force_styling(voice.colour);
    let (bold, dim, yellow) = (style(Style::new().bold()), style(Style::new().dim()), style(Style::new().yellow()));
    let DeploymentReport { namespace, name, what, targets, skips, remarks, .. } = &deployment.report;
    let full_name = escaped(&format!("{namespace}/{}", named(name)));
    let changed: Vec<String> =
        targets.iter().filter(|target| !target.variables.is_empty()).map(ToString::to_string).collect();
    let done = if changed.is_empty() { "unchanged".to_owned() } else { changed.join(", ") };
    let mut out = String::new();
    let _ = writeln!(out, "{}  {what}  {}", bold.apply_to(&full_name), escaped(&done));
    if voice.verbose {
        for target in targets {
            for (variable, action) in target.variables.iter() {
                let _ = writeln!(out, "  {}: {} {}", escaped(&target.name), action.sign(), escaped(variable));
            }
        }
    }
    for (name, reason) in skips {
        let line = format!("  skipped {}: {}", escaped(name), escaped(reason));
        let _ = writeln!(out, "{}", dim.apply_to(line));
    }
    for (remark, Lines { line, also }) in remarks.iter().zip(&deployment.lines) {
        let also = also.map_or(String::new(), |also| format!(" (and line {also})"));
        let place = format!("{input}:{line}");
        let _ = writeln!(out, "  {} {place}: {}{also}", yellow.apply_to("note:"), escaped(&remark.text));
    }
    out
}

/// A name, or that there is none.
fn named(name: &str) -> &str {
    if name.is_empty() { "(no name)" } else { name }
}
