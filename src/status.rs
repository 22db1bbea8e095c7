//! What the deployments of one input do today: a row a target. It reads, and knows no files.

use std::collections::HashMap;

use crate::documents::{Problem, each_document, refused};
use crate::lint::{Inspected, RULES, Rule, Severity, inspect};
use crate::manifest::selection::Selection;
use crate::manifest::{Role, Unit};
use crate::survey::{DeploymentSurvey, Tracing, UnitSurvey, Verdict, survey};
use crate::text::Places;
use crate::yaml::{NodeId, Tree};

/// What a deployment does.
#[derive(Debug)]
pub struct DeploymentStatus {
    /// Its namespace, or `default`.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// What its targets come to.
    pub state: State,
    /// Its targets, predictor by predictor.
    pub targets: Vec<TargetStatus>,
    /// What lint finds of the deployment as a whole, and in a `svcOrchSpec` that is no target.
    pub findings: Vec<FindingStatus>,
}

/// What lint finds.
#[derive(Debug)]
pub struct FindingStatus {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// What the targets of a deployment come to: of those that could trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Each of them traces.
    Traced,
    /// Some trace and some do not.
    Partly,
    /// None traces.
    Not,
    /// The manifest alone does not say.
    Unknown,
}

/// What a target does.
#[derive(Debug)]
pub struct TargetStatus {
    /// Its predictor's name, or place where that has none.
    pub predictor: String,
    /// What it is.
    pub kind: TargetKind,
    /// Its name: the container's or the graph node's.
    pub name: String,
    /// The `implementation` of its graph node, where it has one.
    pub implementation: Option<String>,
    /// The line that it begins on, from 1: of the container, of the graph node, of `svcOrchSpec`, or of the predictor.
    pub line: usize,
    /// Whether traces will come from it.
    pub tracing: Tracing,
    /// What lint finds in it.
    pub findings: Vec<FindingStatus>,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// The service orchestrator.
    Orchestrator,
    /// The container of a graph node.
    Container,
    /// A server that the operator brings, with a container in the manifest or without.
    PrepackagedServer,
    /// A graph node without a container.
    GraphNode,
    /// A container that no graph node names.
    Sidecar,
    /// An init container.
    InitContainer,
    /// The explainer.
    Explainer,
}

/// What the selected deployments of a text do.
///
/// # Errors
/// What is wrong with each document that can't be read.
pub fn status(text: &str, selection: &Selection) -> Result<Vec<DeploymentStatus>, Vec<Problem>> {
    let documents = each_document(
        text,
        |tree, _| {
            let surveys = survey(tree, selection).map_err(|error| refused(tree, error.into()))?;
            let rules: Vec<&'static Rule> = RULES.iter().collect();
            let mut findings = Findings::of(tree, inspect(tree, &surveys, |_| rules.as_slice()));
            let statuses = surveys.iter().map(|survey| of_deployment(tree, survey, &mut findings));
            // Of one without a target nothing is selected.
            Ok(statuses.filter(|status| !status.targets.is_empty()).collect::<Vec<_>>())
        },
        |_| false,
    );
    let mut statuses = Vec::new();
    let mut places = Places::new(text);
    for (base, found) in documents.done()? {
        let mut line = |offset: usize| places.position(base + offset).line;
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

/// What lint finds, by the unit or deployment that it is of.
struct Findings(HashMap<*const (), Vec<FindingStatus>>);

impl Findings {
    fn of(tree: &Tree<'_>, found: Vec<Inspected<'_, '_>>) -> Self {
        let mut findings: HashMap<*const (), Vec<FindingStatus>> = HashMap::new();
        for Inspected { rule, deployment, unit, node, severity, message, .. } in found {
            let of = unit.map_or(address(deployment), address);
            let line = tree.outer(node).start();
            findings.entry(of).or_default().push(FindingStatus { rule, severity, line, message });
        }
        Self(findings)
    }

    fn take<T>(&mut self, of: &T) -> Vec<FindingStatus> {
        self.0.remove(&address(of)).unwrap_or_default()
    }
}

/// Where a unit or deployment lies, which tells it from all others.
fn address<T>(of: &T) -> *const () {
    std::ptr::from_ref(of).cast()
}

/// The status of a deployment, with offsets in the document where lines are to be.
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
            predictor: predictor.name.clone(),
            kind: TargetKind::of(&survey.unit),
            name: survey.unit.name.to_owned(),
            implementation: (!survey.unit.implementation.is_empty()).then(|| survey.unit.implementation.to_owned()),
            line: offset(survey.unit.node),
            tracing: survey.tracing.clone(),
            findings: findings.take(survey),
        }));
    }
    DeploymentStatus {
        namespace: deployment.namespace().to_owned(),
        name: deployment.name().to_owned(),
        line: offset(deployment.node),
        state: State::of(targets.iter().map(|target| target.tracing.verdict)),
        targets,
        findings: findings.take(survey).into_iter().chain(others).collect(),
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
    fn what_can_not_trace_does_not_count() {
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
    fn every_document_that_can_not_be_read_is_told() {
        let broken = "kind: SeldonDeployment\na: [\n";
        let text = format!("{broken}---\n{broken}");
        assert_eq!(status(&text, &Selection::default()).unwrap_err().len(), 2);
    }
}
