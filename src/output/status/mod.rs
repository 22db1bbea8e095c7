//! The status as a table for people, on a terminal or in Markdown, and as JSON or YAML for programs.

mod json;
mod markdown;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::counted;
use crate::diagnostic::Severity;
use crate::status::{DeploymentStatus, State};

pub use json::{SCHEMA, to_json, to_yaml};
pub use markdown::to_markdown;
pub use text::to_text;

/// An input and the status of its deployments.
#[derive(Debug)]
pub struct InputStatus {
    /// The input's name.
    pub name: String,
    /// The deployments, in order.
    pub deployments: Vec<DeploymentStatus>,
}

/// The number of deployments in each state.
fn counts(inputs: &[InputStatus]) -> BTreeMap<State, usize> {
    let mut counts = BTreeMap::new();
    for deployment in inputs.iter().flat_map(|input| &input.deployments) {
        *counts.entry(deployment.state).or_default() += 1;
    }
    counts
}

/// `3 deployments: 1 traced, 1 partly, 1 not; 1 warning: seldon-trace lint deploy/`
fn summary(inputs: &[InputStatus], lint_hint: Option<&str>) -> String {
    let counts = counts(inputs);
    let all: usize = counts.values().sum();
    let mut out = format!("{all} deployment{}", if all == 1 { "" } else { "s" });
    for (at, (state, count)) in counts.into_iter().enumerate() {
        let words = match state {
            State::Traced => "traced",
            State::Partly => "partly",
            State::Not => "not",
            State::Unknown => "unknown",
        };
        let _ = write!(out, "{} {count} {words}", if at == 0 { ":" } else { "," });
    }
    if let Some(found) = found(inputs) {
        let hint = lint_hint.map_or_else(String::new, |command| format!(": {command}"));
        let _ = write!(out, "; {found}{hint}");
    }
    out
}

/// `2 errors, 1 warning`; `None` if there are none.
fn found(inputs: &[InputStatus]) -> Option<String> {
    let findings = |input: &InputStatus, severity: Severity| {
        let all = input.deployments.iter().flat_map(|deployment| {
            deployment.findings.iter().chain(deployment.targets.iter().flat_map(|target| &target.findings))
        });
        // A finding that several targets share counts once.
        let found = all.filter(|finding| finding.diagnostic.severity == severity);
        found.map(|finding| (finding.line, finding.rule.id, &finding.diagnostic.message)).collect::<BTreeSet<_>>().len()
    };
    let count = |severity| inputs.iter().map(|input| findings(input, severity)).sum();
    counted(&[(count(Severity::Error), "error", "errors"), (count(Severity::Warning), "warning", "warnings")])
}
