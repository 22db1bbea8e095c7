//! Targets, a profile and a policy made into changes and skips: a pure function. It knows no text.

mod added;
mod after;
mod disable;
mod draft;
mod enable;
mod env;
mod fix;
mod labels;
mod library;
mod parts;
mod policy;
mod prune;
mod report;
mod results;
mod silence;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;

use crate::changes::{Changes, Value};
use crate::credentials::secret_nodes;
use crate::diagnostic::Diagnostic;
use crate::knowledge::parts::Parts;
use crate::knowledge::{Note, PlaceholderValues, Reader};
use crate::manifest::{
    Deployment, KeptOut, NumberedNames, PredictorTargets, Site, Target, deployments, targets, value_of,
};
use crate::yaml::{NodeId, Tree};

use added::{AddedList, AddedParts};
use draft::Draft;
pub use fix::Fixes;
use fix::FixesByNode;
use library::LibraryPods;
use parts::Additions;
pub use policy::{Disable, Input, Policy, Task};
pub(crate) use policy::{Exceptions, Treatment};
use report::Reporter;

/// What becomes of the documents of a tree.
#[derive(Debug, Default)]
pub struct Plan {
    /// The changes.
    pub changes: Changes,
    /// What is said of each deployment.
    pub deployments: Vec<DeploymentReport>,
    /// The number of deployments, selected or not.
    pub seen: usize,
    /// What the user must know, once a run.
    pub notes: BTreeSet<RunNote>,
    /// The findings of the policy's rules.
    pub lint: LintCounts,
}

/// The findings of lint, before the change and after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LintCounts {
    /// In the manifest.
    pub before: LintCount,
    /// In the result.
    pub after: LintCount,
}

/// A number of findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LintCount {
    /// Those that are errors.
    pub errors: usize,
    /// Those that are warnings.
    pub warnings: usize,
}

impl AddAssign for LintCounts {
    fn add_assign(&mut self, more: Self) {
        for (count, more) in [(&mut self.before, more.before), (&mut self.after, more.after)] {
            count.errors += more.errors;
            count.warnings += more.warnings;
        }
    }
}

/// What was done to a deployment.
#[derive(Debug)]
pub struct DeploymentReport {
    /// Its mapping.
    pub node: NodeId,
    /// Its namespace, or `default`.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What was done, in a word or two.
    pub what: Cow<'static, str>,
    /// What was done to each target.
    pub targets: Vec<TargetReport>,
    /// What was left alone, and why.
    pub skips: Vec<(String, String)>,
    /// What a user should look at.
    pub remarks: Vec<Remark>,
}

impl DeploymentReport {
    /// What was done, and then what was done to the same deployment after that.
    pub fn absorb(&mut self, later: Self) {
        let places = self.targets.iter().enumerate().map(|(at, target)| (target.name.clone(), at));
        let places: HashMap<String, usize> = places.collect();
        for target in later.targets {
            match places.get(&target.name) {
                Some(at) => self.targets[*at].absorb(&target.variables),
                None => self.targets.push(target),
            }
        }
    }

    /// Whether a variable changed.
    pub fn is_changed(&self) -> bool {
        self.targets.iter().any(|target| !target.variables.is_empty())
    }

    /// Returns true if everything that was selected of the deployment was left alone.
    pub fn is_skipped(&self) -> bool {
        self.targets.is_empty() && !self.skips.is_empty()
    }

    /// Whether anything of the deployment was selected, be it edited, left as it is or skipped.
    pub fn is_selected(&self) -> bool {
        !self.targets.is_empty() || !self.skips.is_empty()
    }
}

/// What was done to a target.
#[derive(Debug)]
pub struct TargetReport {
    /// `orchestrator` or the container's name, behind the predictor's where there are several.
    pub name: String,
    /// The variables that changed, in the order of the list. Targets to which the same was done may share them.
    pub variables: Arc<[VariableChange]>,
}

/// A variable that changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VariableChange {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What was done.
    pub action: Action,
    /// The old value in words, where there is one and values are shown.
    pub before: Option<Box<str>>,
    /// The new value in words, where there is one and values are shown.
    pub after: Option<Box<str>>,
}

/// `classifier +5 ~1 -2`
impl fmt::Display for TargetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.name.is_empty() { "(no name)" } else { &self.name })?;
        for action in [Action::Added, Action::Changed, Action::Removed] {
            let count = self.variables.iter().filter(|change| change.action == action).count();
            if count > 0 {
                write!(f, " {}{count}", action.sign())?;
            }
        }
        Ok(())
    }
}

impl Action {
    /// The sign by which it is told.
    pub fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Changed => '~',
            Self::Removed => '-',
        }
    }
}

impl TargetReport {
    fn absorb(&mut self, later: &[VariableChange]) {
        if later.is_empty() {
            return;
        }
        let mut by_name: HashMap<&str, &VariableChange> = later.iter().map(|change| (&*change.name, change)).collect();
        let mut all = self.variables.to_vec();
        for change in &mut all {
            if let Some(again) = by_name.remove(&*change.name) {
                change.after.clone_from(&again.after);
            }
        }
        all.extend(later.iter().filter(|change| by_name.contains_key(&*change.name)).cloned());
        self.variables = all.into();
    }
}

/// What was done to a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is new.
    Added,
    /// Its value changed, if only by quotes.
    Changed,
    /// It is gone.
    Removed,
}

/// Something to look at.
#[derive(Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where.
    pub node: NodeId,
    /// A second place that has to do with it.
    pub also: Option<NodeId>,
    /// What.
    pub text: String,
}

impl Remark {
    fn new(node: NodeId, text: String) -> Self {
        Self { node, also: None, text }
    }
}

/// Something that is said once a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunNote {
    /// Of the profile.
    Profile(Note),
    /// JAEGER_AGENT_PORT left an orchestrator.
    PortLeft,
}

impl fmt::Display for RunNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(note) => note.fmt(f),
            // jaeger#1986: the Service's links set JAEGER_AGENT_PORT=udp://…, which jaeger-client-go can't parse.
            Self::PortLeft => f.write_str(
                "without JAEGER_AGENT_PORT an executor does not start beside a Service named jaeger-agent; \
                 --keep JAEGER_AGENT_PORT leaves it in",
            ),
        }
    }
}

/// Plans what becomes of every deployment in the documents of a tree, with these fixes.
///
/// # Errors
/// A manifest is not what Kubernetes accepts on the path to an env list, can't be edited without harm, or has overrides that
/// contradict each other.
pub fn plan(tree: &Tree<'_>, policy: &Policy, input: Input<'_>, fixes: &Fixes) -> Result<Plan, Diagnostic> {
    let fixes = FixesByNode::new(fixes);
    let (draft, made, enabled_for_jaeger, plan) = Default::default();
    let (additions, listed, library, wanted_annotations, withdrawn_admission, label_uses) = Default::default();
    let treatment = Arc::clone(&policy.treatment);
    let secrets = secret_nodes(tree);
    let mut planner = Planner {
        tree,
        policy,
        treatment,
        fixes,
        secrets,
        draft,
        made,
        enabled_for_jaeger,
        additions,
        listed,
        library,
        wanted_annotations,
        withdrawn_admission,
        label_uses,
        plan,
    };
    for &root in tree.roots() {
        let before = planner.plan.deployments.len();
        let before_root = planner.draft.count();
        for deployment in deployments(tree, root)? {
            let before = planner.draft.count();
            planner.deployment(&deployment, input.exceptions)?;
            planner.refuse_to_break_signature(deployment.node, before)?;
        }
        planner.refuse_to_break_signature(root, before_root)?;
        planner.warn_of_silent_orchestrators()?;
        if input.is_call {
            planner.tell(root, before);
        }
    }
    if !policy.rules.is_empty() {
        planner.plan.lint = after::lint_counts(tree, policy, &planner.draft, &planner.made)?;
    }
    planner.plan.changes = planner.draft.settle(tree)?;
    Ok(planner.plan)
}

struct Planner<'t, 'x> {
    tree: &'t Tree<'x>,
    policy: &'t Policy,
    /// What is done to the deployment at hand.
    treatment: Arc<Treatment>,
    fixes: FixesByNode,
    /// What is not shown.
    secrets: HashSet<NodeId>,
    draft: Draft,
    /// What the containers hold that are made, by the graph's node that lacks one.
    made: HashMap<NodeId, Vec<Value>>,
    /// The deployments that were set for Jaeger, with the indexes of their reports.
    enabled_for_jaeger: Vec<(NodeId, usize)>,
    /// The parts that are added to the predictor at hand.
    additions: Additions,
    /// The annotation's entries of the predictor at hand.
    listed: AddedParts<'t>,
    library: LibraryPods,
    /// The annotations of the admission controller to write: name, value, and true if the value was given.
    wanted_annotations: Vec<(String, String, bool)>,
    /// The containers for which no annotation is to ask the admission controller.
    withdrawn_admission: Vec<String>,
    /// The fields of labels to which new variables refer.
    label_uses: HashSet<&'static str>,
    plan: Plan,
}

impl<'t> Planner<'t, '_> {
    fn reporter(&self) -> Reporter {
        Reporter { shows_values: self.policy.shows_values }
    }

    /// Refuses changes, those after the first `before`, in a resource that SOPS has signed.
    fn refuse_to_break_signature(&self, resource: NodeId, before: usize) -> Result<(), Diagnostic> {
        let sops = value_of(self.tree, resource, "sops").filter(|_| self.draft.count() > before);
        match sops.filter(|sops| value_of(self.tree, *sops, "mac").is_some()) {
            None => Ok(()),
            Some(sops) => Err(self.tree.diagnostic(
                self.tree.key_of(sops).unwrap_or(sops),
                "this is encrypted by SOPS, and an edit would break its signature (`mac`)",
                "run seldon-trace as the editor of SOPS: EDITOR='seldon-trace enable --backend … -i' sops edit FILE",
            )),
        }
    }

    fn deployment(&mut self, deployment: &Deployment<'t>, exceptions: &[usize]) -> Result<(), Diagnostic> {
        self.plan.seen += 1;
        if !self.policy.selection.selects(self.tree, deployment)? {
            return Ok(());
        }
        self.treatment = self.policy.treatment(self.tree, deployment, exceptions)?;
        let mut report = DeploymentReport {
            node: deployment.node,
            namespace: deployment.namespace().to_owned(),
            name: deployment.name().to_owned(),
            what: self.treatment.task.title(),
            targets: Vec::new(),
            skips: Vec::new(),
            remarks: Vec::new(),
        };
        let kept_out = match deployment.kept_out() {
            KeptOut::Names(names) => names,
            KeptOut::All => {
                report.skips.push(("the resource".to_owned(), crate::manifest::SkipReason::Annotated.to_string()));
                self.plan.deployments.push(report);
                return Ok(());
            }
        };
        let spec = deployment.spec(self.tree)?;
        let protocol = spec.protocol.as_text();
        let predictors = spec.predictors.value.unwrap_or_default();
        let several = predictors.len() > 1;
        let is_separate = deployment.has_separate_engine(self.tree);
        let mut numbered = NumberedNames::default();
        let mut list = AddedList::read(self.tree, deployment.node);
        for found in predictors
            .iter()
            .enumerate()
            .map(|predictor| targets(self.tree, predictor, protocol, &kept_out, &self.policy.selection))
        {
            let mut moved = Vec::new();
            if self.policy.selection.selects_predictor(&found.name) {
                let label = if several { format!("{}/", found.name) } else { String::new() };
                self.listed = list.of(&found.name);
                moved = self.predictor(deployment, &found, &kept_out, &label, &mut report)?;
                if !is_separate && found.has_executor() {
                    report.remarks.extend(split_nodes(&found, &label));
                }
            } else {
                self.listed = list.of(&found.name);
            }
            if !self.listed.is_empty() {
                self.listed.check(self.tree, &found.name, found.node)?;
                self.put_listed(&mut list, &found);
            }
            if (several || !moved.is_empty()) && found.pods.moves_ports(self.tree, &mut numbered, &moved) {
                report.remarks.push(moves_ports(&found));
            }
        }
        if !matches!(self.treatment.task, Task::Fix(_)) {
            report.remarks.extend(self.write_list(deployment.node, &list)?);
        }
        if matches!(&self.treatment.task, Task::Enable(profile) if profile.backend().is_jaeger()) {
            self.enabled_for_jaeger.push((deployment.node, self.plan.deployments.len()));
        }
        self.plan.deployments.push(report);
        Ok(())
    }

    /// Plans what becomes of a predictor. Returns the names of the containers that are made or removed.
    fn predictor(
        &mut self,
        deployment: &Deployment<'t>,
        found: &PredictorTargets<'t>,
        kept_out: &HashSet<&str>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Result<Vec<&'t str>, Diagnostic> {
        let place = PlaceholderValues {
            name: deployment.name(),
            namespace: deployment.namespace(),
            predictor: &found.name,
            container: "",
        };
        if found.lacks_graph {
            let text = format!("predictor `{}` has no graph, which the API server wants", found.name);
            report.remarks.push(Remark::new(found.node, text));
        }
        let treatment = Arc::clone(&self.treatment);
        let moved = match &treatment.task {
            Task::Enable(profile) => {
                let before = report.targets.len();
                for target in &found.targets {
                    let place = PlaceholderValues { container: target.name, ..place };
                    self.enable_target(profile, found, target, &place, label, report)?;
                }
                let made = self.make_containers(profile, found, &found.missing, &place, label, report);
                report.remarks.extend(self.settle_library(profile.parts(), profile.reset())?);
                let tags = if report.targets.len() > before { profile.tag_labels(&place) } else { Vec::new() };
                self.settle_labels(found, tags)?;
                self.add_parts(found)?;
                made
            }
            Task::Disable(disable) => {
                for target in &found.targets {
                    let outcome = self.disable(disable, target)?;
                    outcome.report(format!("{label}{}", target_label(target)), report);
                }
                report.remarks.extend(self.settle_library(&Parts::default(), false)?);
                self.settle_labels(found, Vec::new())?;
                self.add_parts(found)?;
                let removed = self.prune(found, label, report);
                self.name_elsewhere(found, label, report);
                removed
            }
            Task::Fix(_) => return self.fix(found, &place, kept_out, label, report),
        };
        // Nothing is said of what only `enable` would have made.
        report.skips.extend(found.skips.iter().map(|skip| (format!("{label}{}", skip.name), skip.reason.to_string())));
        Ok(moved)
    }
}

/// What came of a target.
#[derive(Debug, Default)]
struct TargetOutcome {
    variables: Vec<VariableChange>,
    remarks: Vec<Remark>,
}

impl TargetOutcome {
    fn without_remarks(self) -> Self {
        Self { remarks: Vec::new(), ..self }
    }

    fn report(self, name: String, report: &mut DeploymentReport) {
        let prefix = |remark: Remark| Remark { text: format!("{name}: {}", remark.text), ..remark };
        report.remarks.extend(self.remarks.into_iter().map(prefix));
        report.targets.push(TargetReport { name, variables: self.variables.into() });
    }
}

fn moves_ports(found: &PredictorTargets<'_>) -> Remark {
    let text = format!(
        "the containers of predictor `{}` get other ports from Seldon's operator, which numbers them in order: their \
         pods restart",
        found.name
    );
    Remark::new(found.node, text)
}

/// The nodes of which Seldon's operator can't say in which pod they run ("no pu with localhost service").
fn split_nodes<'a>(found: &'a PredictorTargets<'_>, label: &'a str) -> impl Iterator<Item = Remark> {
    found.pods.split().map(move |(name, node, other)| {
        let text = format!(
            "{label}{name}: this graph node has a container in two component specs, which Seldon's operator may refuse; \
             annotation seldon.io/engine-separate-pod of `spec` allows it"
        );
        Remark { also: Some(other), ..Remark::new(node, text) }
    })
}

fn target_label<'a>(target: &Target<'a>) -> &'a str {
    match target.site {
        Site::SvcOrchSpec(_) | Site::OwnOrchestrator(_) => "orchestrator",
        Site::Container { .. } => target.name,
    }
}

fn reader(site: &Site) -> Reader {
    if site.is_orchestrator() { Reader::Orchestrator } else { Reader::Container }
}

#[cfg(test)]
mod tests;
