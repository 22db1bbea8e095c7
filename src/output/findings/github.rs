//! The findings as workflow commands of GitHub, which show them beside the lines.

use std::fmt::Write as _;

use super::{InputFindings, PrintedFinding, Region, each, in_brackets};
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::escaped;

/// Workflow commands, a line each: `::error file=…,line=…::…`.
pub fn to_github(inputs: &[InputFindings]) -> String {
    let mut out = String::new();
    for PrintedFinding { input, finding, diagnostic, region, resource } in each(inputs) {
        let Diagnostic { severity, message, help, .. } = diagnostic;
        let command = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let words = if help.is_empty() { message } else { format!("{message}. Help: {help}") };
        let words = format!("{words}{}", in_brackets(&resource));
        let (file, place, title) = (property(&input.name), place(region), finding.rule.id);
        let _ = writeln!(out, "::{command} file={file},{place},title={title}::{}", data(&escaped(&words)));
    }
    out
}

/// Lines and columns. The runner takes no columns for a range of several lines.
fn place(Region { start, end }: Region) -> String {
    if start.line == end.line {
        format!("line={},endLine={},col={},endColumn={}", start.line, end.line, start.column, end.column)
    } else {
        format!("line={},endLine={}", start.line, end.line)
    }
}

/// A message, escaped for GitHub's runner.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, escaped for GitHub's runner.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
