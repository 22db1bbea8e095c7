//! The status of the deployments of an input, with a row for each target.

use std::collections::HashMap;

use crate::credentials::shown_name;
use crate::diagnostic::Diagnostic;
use crate::documents::each_document;
use crate::knowledge::BACKENDS;
use crate::knowledge::sidecar::sidecar_name;
use crate::lint::{Inspected, RULES, Rule, inspect};
use crate::manifest::selection::Selection;
use crate::manifest::{Role, Unit};
use crate::survey::{DeploymentSurvey, Tracing, UnitSurvey, Verdict, survey};
use crate::text::LineStarts;
use crate::yaml::{NodeId, Tree};

/// The status of a deployment.
#[derive(Debug)]
pub struct DeploymentStatus {
    /// The namespace, or `default`.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The state by its targets.
    pub state: State,
    /// The targets, predictor by predictor.
    pub targets: Vec<TargetStatus>,
    /// The findings about the deployment as a whole, and in a `svcOrchSpec` that is not used.
    pub findings: Vec<FindingStatus>,
}

/// A finding of lint.
#[derive(Debug)]
pub struct FindingStatus {
    pub rule: &'static Rule,
    /// The line, from 1.
    pub line: usize,
    /// The error.
    pub diagnostic: Diagnostic,
}

/// The state of a deployment, by the targets that could trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Each of them traces.
    Traced,
    /// Some trace and some do not.
    Partly,
    /// None traces.
    Not,
    /// The manifest alone does not tell.
    Unknown,
}

/// The status of a target.
#[derive(Debug)]
pub struct TargetStatus {
    /// The name of its predictor, or the index if it has none.
    pub predictor: String,
    pub kind: TargetKind,
    /// The name: the container's or the graph node's.
    pub name: String,
    /// The `implementation` of its graph node, if any.
    pub implementation: Option<String>,
    /// The line that it begins on, from 1: of the container, of the graph node, of `svcOrchSpec`, or of the predictor.
    pub line: usize,
    /// The tracing, by its variables.
    pub tracing: Tracing,
    pub findings: Vec<FindingStatus>,
}

/// The kind of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// The service orchestrator.
    Orchestrator,
    /// The container of a graph node.
    Container,
    /// A server of the operator, with or without a container in the manifest.
    PrepackagedServer,
    /// A graph node without a container.
    GraphNode,
    /// A container that no graph node names.
    Sidecar,
    InitContainer,
    Explainer,
}

/// The status of the selected deployments of a text.
///
/// # Errors
/// An error for each document that can't be read.
pub fn status(text: &str, selection: &Selection) -> Result<Vec<DeploymentStatus>, Vec<Diagnostic>> {
    let documents = each_document(
        text,
        |tree, _| {
            let surveys = survey(tree, selection)?;
            let rules: Vec<&'static Rule> = RULES.iter().collect();
            let mut findings = Findings::of(tree, inspect(tree, &surveys, |_| rules.as_slice()));
            let statuses = surveys.iter().map(|survey| of_deployment(tree, survey, &mut findings));
            // A deployment without a target is not selected.
            Ok(statuses.filter(|status| !status.targets.is_empty()).collect::<Vec<_>>())
        },
        |_| false,
    );
    let mut statuses = Vec::new();
    let lines = LineStarts::new(text);
    for (base, found) in documents.done()? {
        let line = |offset: usize| lines.line(base + offset);
        for mut deployment in found {
            deployment.line = line(deployment.line);
            deployment.findings.iter_mut().for_each(|finding| finding.line = line(finding.line));
            for target in &mut deployment.targets {
                target.line = line(target.line);
                target.findings.iter_mut().for_each(|finding| finding.line = line(finding.line));
            }
            statuses.push(deployment);
        }
    }
    Ok(statuses)
}

/// The findings by the address of their unit or deployment.
struct Findings(HashMap<*const (), Vec<FindingStatus>>);

impl Findings {
    fn of(tree: &Tree<'_>, found: Vec<Inspected<'_, '_>>) -> Self {
        let mut findings: HashMap<*const (), Vec<FindingStatus>> = HashMap::new();
        for Inspected { rule, deployment, unit, node, severity, message, help, .. } in found {
            let of = unit.map_or(address(deployment), address);
            let line = tree.outer(node).start();
            let diagnostic = Diagnostic { severity, ..tree.diagnostic(node, message, help) };
            findings.entry(of).or_default().push(FindingStatus { rule, line, diagnostic });
        }
        Self(findings)
    }

    fn take<T>(&mut self, of: &T) -> Vec<FindingStatus> {
        self.0.remove(&address(of)).unwrap_or_default()
    }
}

/// The address of a unit or deployment, which identifies it.
fn address<T>(of: &T) -> *const () {
    std::ptr::from_ref(of).cast()
}

/// The status of a deployment, with offsets in the document instead of lines.
fn of_deployment(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>, findings: &mut Findings) -> DeploymentStatus {
    let DeploymentSurvey { deployment, predictors, .. } = survey;
    let offset = |node: NodeId| tree.outer(tree.key_of(node).unwrap_or(node)).start();
    let (mut targets, mut others) = (Vec::new(), Vec::new());
    for predictor in predictors {
        // A `svcOrchSpec` that nothing reads is no target.
        let is_idle =
            |survey: &&UnitSurvey<'_>| matches!(survey.unit.role, Role::IdleSvcOrchSpec | Role::NoOrchestrator);
        let (idle, units): (Vec<_>, Vec<_>) = predictor.units.iter().partition(is_idle);
        others.extend(idle.into_iter().flat_map(|survey| findings.take(survey)));
        targets.extend(units.into_iter().map(|survey| TargetStatus {
            predictor: shown_name(&predictor.name),
            kind: TargetKind::of(&survey.unit),
            name: shown_name(survey.unit.name),
            implementation: (!survey.unit.implementation.is_empty()).then(|| shown_name(survey.unit.implementation)),
            line: offset(survey.unit.node),
            tracing: tracing_of(survey),
            findings: findings.take(survey),
        }));
    }
    DeploymentStatus {
        namespace: shown_name(deployment.namespace()),
        name: shown_name(deployment.name()),
        line: offset(deployment.node),
        state: State::of(targets.iter().map(|target| target.tracing.verdict)),
        targets,
        findings: findings.take(survey).into_iter().chain(others).collect(),
    }
}

/// The tracing of a unit. A sidecar of this program is no target, and has another reason than others.
fn tracing_of(survey: &UnitSurvey<'_>) -> Tracing {
    let is_ours = BACKENDS.iter().any(|backend| sidecar_name(*backend) == survey.unit.name);
    let tracing = survey.tracing.for_display();
    match survey.unit.role {
        Role::Sidecar(_) | Role::InitContainer if is_ours && tracing.verdict == Verdict::Cannot => {
            Tracing { reason: Some("it receives the spans of its pod".to_owned()), ..tracing }
        }
        _ => tracing,
    }
}

impl State {
    fn of(verdicts: impl Iterator<Item = Verdict> + Clone) -> Self {
        let any = |wanted: Verdict| verdicts.clone().any(|verdict| verdict == wanted);
        match (any(Verdict::Yes), any(Verdict::No), any(Verdict::Unknown)) {
            (true, true, _) => Self::Partly,
            (_, _, true) => Self::Unknown,
            (true, false, false) => Self::Traced,
            (false, _, false) => Self::Not,
        }
    }
}

impl TargetKind {
    fn of(unit: &Unit<'_>) -> Self {
        match unit.role {
            Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_) | Role::NoOrchestrator | Role::IdleSvcOrchSpec => {
                Self::Orchestrator
            }
            Role::Server { prepackaged: false, .. } => Self::Container,
            Role::Server { prepackaged: true, .. }
            | Role::ServerWithoutContainer
            | Role::UntracedServer { .. }
            | Role::UnknownServer => Self::PrepackagedServer,
            Role::InExecutor | Role::NoContainer | Role::NoName => Self::GraphNode,
            Role::Sidecar(_) => Self::Sidecar,
            Role::InitContainer => Self::InitContainer,
            Role::Explainer => Self::Explainer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_that_can_not_trace_do_not_count() {
        use Verdict::{Cannot, No, Unknown, Yes};
        for (verdicts, state) in [
            (&[][..], State::Not),
            (&[Cannot], State::Not),
            (&[Yes, Cannot], State::Traced),
            (&[Yes, No], State::Partly),
            (&[Yes, No, Unknown], State::Partly),
            (&[Yes, Unknown], State::Unknown),
            (&[No, Unknown], State::Unknown),
            (&[No, Cannot], State::Not),
        ] {
            assert_eq!(State::of(verdicts.iter().copied()), state, "{verdicts:?}");
        }
    }

    #[test]
    fn lines_count_in_the_whole_input() {
        const MANIFEST: &str = "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: a}\n\
                                spec:\n  predictors:\n  - svcOrchSpec:\n      env: []\n    graph: {name: b}\n";
        let text = format!("a: 1\n---\n{MANIFEST}---\n{MANIFEST}");
        let statuses = status(&text, &Selection::default()).unwrap();
        let lines: Vec<(usize, Vec<usize>)> = statuses
            .iter()
            .map(|status| (status.line, status.targets.iter().map(|target| target.line).collect()))
            .collect();
        assert_eq!(lines, [(3, vec![8, 10]), (12, vec![17, 19])]);
    }

    #[test]
    fn every_document_with_an_error_is_reported() {
        let broken = "kind: SeldonDeployment\na: [\n";
        let text = format!("{broken}---\n{broken}");
        assert_eq!(status(&text, &Selection::default()).unwrap_err().len(), 2);
    }
}
