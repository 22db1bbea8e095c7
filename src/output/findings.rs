//! What lint found: for people, for programs, and for GitHub.

use std::fmt::Write as _;

use console::Style;
use serde::Serialize;

use super::counted;
use super::problem::{Shown, render};
use crate::findings::Finding;
use crate::lint::Severity;
use crate::text::{Places, Position};

/// An input and what was found in it.
#[derive(Debug)]
pub struct InputFindings {
    /// The input's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
}

/// Each finding with its line, and a last line that sums up.
pub fn to_text(inputs: &[InputFindings], colour: bool) -> String {
    let mut out = String::new();
    for InputFindings { name, text, findings } in inputs {
        let mut positions = Places::new(text);
        for finding in findings {
            let level = format!("{}[{}]", finding.severity.name(), finding.rule.id);
            let style = match finding.severity {
                Severity::Error => Style::new().red().bold(),
                Severity::Warning => Style::new().yellow().bold(),
                Severity::Info => Style::new().cyan().bold(),
            };
            let shown = Shown {
                level: (&level, style),
                message: &finding.message,
                place: (&finding.range, &finding.path),
                also: None,
                help: &finding.help,
            };
            out.push_str(&render(&shown, name, text, &mut positions, colour));
            out.push('\n');
        }
    }
    let _ = writeln!(out, "{}", summary(inputs));
    out
}

/// `2 errors, 1 warning`
fn summary(inputs: &[InputFindings]) -> String {
    let all = inputs.iter().flat_map(|input| &input.findings);
    let count = |wanted: Severity| all.clone().filter(|finding| finding.severity == wanted).count();
    let words = counted(&[
        (count(Severity::Error), "error", "errors"),
        (count(Severity::Warning), "warning", "warnings"),
        (count(Severity::Info), "info", "info"),
    ]);
    words.unwrap_or_else(|| "nothing found".to_owned())
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    severity: Severity,
    file: &'a str,
    line: usize,
    column: usize,
    deployment: &'a str,
    path: &'a str,
    message: &'a str,
    help: &'a str,
}

/// A list of findings.
///
/// # Errors
/// Those of the serializer.
pub fn to_json(inputs: &[InputFindings]) -> serde_json::Result<String> {
    let mut all = Vec::new();
    for InputFindings { name, text, findings } in inputs {
        let mut positions = Places::new(text);
        all.extend(findings.iter().map(|finding| {
            let Position { line, column } = positions.position(finding.range.start);
            JsonFinding {
                rule: finding.rule.id,
                severity: finding.severity,
                file: name,
                line,
                column,
                deployment: &finding.deployment,
                path: &finding.path,
                message: &finding.message,
                help: &finding.help,
            }
        }));
    }
    serde_json::to_string_pretty(&all).map(|json| json + "\n")
}

/// Workflow commands, a line each: `::error file=…,line=…::…`.
pub fn to_github(inputs: &[InputFindings]) -> String {
    let mut out = String::new();
    for InputFindings { name, text, findings } in inputs {
        let mut positions = Places::new(text);
        for finding in findings {
            let Position { line, column } = positions.position(finding.range.start);
            let command = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "notice",
            };
            let words = match finding.help.as_str() {
                "" => finding.message.clone(),
                help => format!("{}: {help}", finding.message),
            };
            let _ = writeln!(
                out,
                "::{command} file={},line={line},col={column},title={}::{}",
                property(name),
                finding.rule.id,
                data(&words)
            );
        }
    }
    out
}

/// A message, escaped as GitHub's runner wants it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, escaped as GitHub's runner wants it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
