//! The findings as JSON.

use serde::Serialize;

use super::InputFindings;
use crate::lint::Severity;
use crate::text::{Places, Position};

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
    for InputFindings { name, text, findings, .. } in inputs {
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
