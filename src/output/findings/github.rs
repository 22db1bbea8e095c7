//! The findings as workflow commands of GitHub, which show them beside the lines.

use std::fmt::Write as _;

use super::InputFindings;
use crate::lint::Severity;
use crate::text::{Places, Position};

/// Workflow commands, a line each: `::error file=…,line=…::…`.
pub fn to_github(inputs: &[InputFindings]) -> String {
    let mut out = String::new();
    for InputFindings { name, text, findings, .. } in inputs {
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
