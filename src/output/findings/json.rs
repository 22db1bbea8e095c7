//! The findings as JSON, in the form that `schema.json` documents. Its version changes with each change that
//! removes something or changes its meaning.

use serde::Serialize;

use super::{InputFindings, PrintedFinding, count, each};
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::json::pretty;
use crate::text::Position;

/// The JSON Schema of what [`to_json`] prints.
pub(crate) const SCHEMA: &str = include_str!("schema.json");

const VERSION: u32 = 1;

#[derive(Serialize)]
struct FindingsReport<'a> {
    version: u32,
    findings: Vec<FindingEntry<'a>>,
    summary: FindingsSummary,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    rule: &'a str,
    severity: Severity,
    file: &'a str,
    line: usize,
    column: usize,
    deployment: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    path: String,
    message: String,
    help: String,
}

#[derive(Serialize)]
struct FindingsSummary {
    errors: usize,
    warnings: usize,
    info: usize,
}

/// The findings of all inputs, with a line break at the end.
///
/// # Errors
/// None with these types.
pub fn to_json(inputs: &[InputFindings]) -> serde_json::Result<String> {
    let findings = each(inputs).map(|PrintedFinding { input, finding, diagnostic, region, resource }| {
        let Diagnostic { severity, path, message, help, .. } = diagnostic;
        let Position { line, column } = region.start;
        FindingEntry {
            rule: finding.rule.id,
            severity,
            file: &input.name,
            line,
            column,
            deployment: &finding.deployment,
            source: resource.file,
            path,
            message,
            help,
        }
    });
    let summary = FindingsSummary {
        errors: count(inputs, Severity::Error),
        warnings: count(inputs, Severity::Warning),
        info: count(inputs, Severity::Info),
    };
    let report = FindingsReport { version: VERSION, findings: findings.collect(), summary };
    pretty(&report)
}
