//! The status as JSON or YAML, as `schema.json` documents it. Its version changes with each change that removes
//! something or changes its meaning.

use serde::Serialize;

use super::{InputStatus, counts};
use crate::credentials::printed;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::escaped;
use crate::output::json::pretty;
use crate::status::{DeploymentStatus, FindingStatus, State, TargetKind, TargetStatus};
use crate::survey::{Agent, EffectiveValue, ValueSource, Verdict};

/// The JSON Schema of what [`to_json`] prints.
pub const SCHEMA: &str = include_str!("schema.json");

const VERSION: u32 = 1;

#[derive(Serialize)]
struct StatusReport<'a> {
    version: u32,
    deployments: Vec<DeploymentEntry<'a>>,
    summary: StatusSummary,
}

#[derive(Serialize)]
struct DeploymentEntry<'a> {
    file: &'a str,
    line: usize,
    namespace: &'a str,
    name: &'a str,
    tracing: State,
    targets: Vec<TargetEntry<'a>>,
    findings: Vec<TargetFinding<'a>>,
}

#[derive(Serialize)]
struct TargetEntry<'a> {
    predictor: &'a str,
    kind: TargetKind,
    name: &'a str,
    implementation: Option<&'a str>,
    line: usize,
    traces: Verdict,
    reason: Option<&'a str>,
    backend: Option<String>,
    agent: Option<AgentOf<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_in_pod: Option<&'a str>,
    sampling: Option<&'a str>,
    service: Option<SourcedValue<'a>>,
    findings: Vec<TargetFinding<'a>>,
}

#[derive(Serialize)]
struct TargetFinding<'a> {
    rule: &'a str,
    severity: Severity,
    line: usize,
    message: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AgentOf<'a> {
    Url { url: SourcedValue<'a> },
    Address { host: SourcedValue<'a>, port: SourcedValue<'a> },
}

#[derive(Serialize)]
struct SourcedValue<'a> {
    value: &'a str,
    source: ValueSource,
}

#[derive(Serialize)]
struct StatusSummary {
    deployments: usize,
    traced: usize,
    partly: usize,
    not: usize,
    unknown: usize,
}

/// The status of all inputs as JSON, with a line break at the end.
///
/// # Errors
/// None with these types.
pub fn to_json(inputs: &[InputStatus]) -> serde_json::Result<String> {
    pretty(&report(inputs))
}

/// The same as YAML, with characters that control a terminal escaped as in a table.
///
/// # Errors
/// None with these types.
pub fn to_yaml(inputs: &[InputStatus]) -> anyhow::Result<String> {
    let mut report = serde_json::to_value(report(inputs))?;
    escape(&mut report);
    Ok(serde_yaml::to_string(&report)?)
}

fn escape(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = escaped(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(escape),
        serde_json::Value::Object(members) => members.values_mut().for_each(escape),
        _ => {}
    }
}

fn report(inputs: &[InputStatus]) -> StatusReport<'_> {
    let deployments = inputs.iter().flat_map(|input| {
        input.deployments.iter().map(|deployment| {
            let DeploymentStatus { namespace, name, line, state, targets, findings } = deployment;
            let targets = targets.iter().map(TargetEntry::of).collect();
            let findings = TargetFinding::all_of(findings);
            DeploymentEntry { file: &input.name, line: *line, namespace, name, tracing: *state, targets, findings }
        })
    });
    let deployments: Vec<DeploymentEntry<'_>> = deployments.collect();
    let counts = counts(inputs);
    let of = |state: State| counts.get(&state).copied().unwrap_or_default();
    let summary = StatusSummary {
        deployments: deployments.len(),
        traced: of(State::Traced),
        partly: of(State::Partly),
        not: of(State::Not),
        unknown: of(State::Unknown),
    };
    StatusReport { version: VERSION, deployments, summary }
}

impl<'a> TargetEntry<'a> {
    fn of(target: &'a TargetStatus) -> Self {
        let TargetStatus { predictor, kind, name, implementation, line, tracing, findings } = target;
        let agent = tracing.agent.as_ref().map(|agent| match agent {
            Agent::Url(url) => AgentOf::Url { url: SourcedValue::of(url) },
            Agent::Address { host, port } => {
                AgentOf::Address { host: SourcedValue::of(host), port: SourcedValue::of(port) }
            }
        });
        Self {
            predictor,
            kind: *kind,
            name,
            implementation: implementation.as_deref(),
            line: *line,
            traces: tracing.verdict,
            reason: tracing.reason.as_deref(),
            backend: tracing.backend_name(),
            agent,
            agent_in_pod: tracing.beside.as_deref(),
            sampling: tracing.sampling.as_deref(),
            service: tracing.service.as_ref().map(SourcedValue::of),
            findings: TargetFinding::all_of(findings),
        }
    }
}

impl<'a> TargetFinding<'a> {
    fn all_of(findings: &'a [FindingStatus]) -> Vec<Self> {
        let finding = |finding: &'a FindingStatus| {
            let FindingStatus { rule, line, diagnostic } = finding;
            let Diagnostic { severity, message, .. } = printed(diagnostic);
            Self { rule: rule.id, severity, line: *line, message }
        };
        findings.iter().map(finding).collect()
    }
}

impl<'a> SourcedValue<'a> {
    fn of(EffectiveValue { value, source }: &'a EffectiveValue) -> Self {
        Self { value, source: *source }
    }
}
