//! Plans the changes of a tree by a policy: a pure function of the tree, without the text of the file.

mod added;
mod admission;
mod after;
mod check;
mod config_map;
mod containers;
mod disable;
mod draft;
mod enable;
mod env;
mod fix;
mod labels;
mod library;
mod lost;
mod mounts;
mod other_changes;
mod otlp;
mod parts;
mod policy;
mod ports;
mod prune;
mod report;
mod results;
mod sidecar;
mod silence;
mod skip;
mod spec_annotations;
mod target;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::changes::Changes;
use crate::credentials::{secret_nodes, shown_name};
use crate::diagnostic::Diagnostic;
use crate::knowledge::parts::{LIBRARY_CONTAINER, Parts};
use crate::knowledge::sidecar::sidecar_name;
use crate::knowledge::{BACKENDS, PlaceholderValues, Reader};
use crate::manifest::{
    Deployment, KeptOut, NumberedNames, PredictorTargets, Site, SkipReason, Target, deployments, targets, units,
    value_of,
};
use crate::survey::{AnnotatedExecutor, SpecAnnotations};
use crate::yaml::{NodeId, Tree};

use added::{AddedList, AddedParts};
use admission::AdmissionRequests;
use draft::Draft;
pub use fix::Fixes;
use fix::FixesByNode;
use lost::{remarks_on_lost, target_groups};
use mounts::MountedPods;
use parts::Additions;
pub use policy::{Disable, Input, Policy, Task};
pub(crate) use policy::{Exceptions, Treatment};
use ports::PortOrder;
pub use report::LintCount;
use report::Reporter;
pub(crate) use report::{DeploymentReport, LintCounts, Remark, RunNote, SkippedTarget, TargetReport, VariableChange};
use sidecar::{PodKey, PodSidecars};
use skip::remarks_on_skip;

/// The planned changes of the documents of a tree.
#[derive(Debug, Default)]
pub struct Plan {
    /// The changes by node.
    pub changes: Changes,
    /// The reports on the selected deployments.
    pub deployments: Vec<DeploymentReport>,
    /// The number of deployments, selected or not.
    pub seen: usize,
    /// The notes that are printed once for a run.
    pub notes: BTreeSet<RunNote>,
}

/// Plans the changes of every deployment in the documents of a tree.
///
/// # Errors
/// If a manifest is invalid on the path to an env list, can't be edited safely, or has overrides that contradict each
/// other.
pub fn plan(tree: &Tree<'_>, policy: &Policy, input: Input<'_>, fixes: &Fixes) -> Result<Plan, Diagnostic> {
    let fixes = FixesByNode::new(fixes);
    let (draft, enabled_for_jaeger, admission, current, plan) = Default::default();
    let mentions_sidecar = BACKENDS.into_iter().any(|backend| tree.text().contains(sidecar_name(backend)));
    let treatment = Arc::clone(&policy.treatment);
    let secrets = secret_nodes(tree);
    let mut planner = Planner {
        tree,
        policy,
        treatment,
        fixes,
        secrets,
        draft,
        enabled_for_jaeger,
        mentions_sidecar,
        is_separate: false,
        admission,
        current,
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
            planner.add_results(root, before);
        }
    }
    planner.plan.changes = planner.draft.settle(tree)?;
    Ok(planner.plan)
}

struct Planner<'t, 'x> {
    tree: &'t Tree<'x>,
    policy: &'t Policy,
    /// The treatment of the current deployment.
    treatment: Arc<Treatment>,
    fixes: FixesByNode,
    /// The nodes whose values are not shown.
    secrets: HashSet<NodeId>,
    draft: Draft,
    /// The deployments enabled for Jaeger, with the indexes of their reports.
    enabled_for_jaeger: Vec<(NodeId, usize)>,
    /// True if the text may have a sidecar that this program added.
    mentions_sidecar: bool,
    /// True if the orchestrators of the deployment have pods of their own.
    is_separate: bool,
    /// The requests of the deployment for Datadog's library.
    admission: AdmissionRequests<'t>,
    current: CurrentPredictor<'t>,
    plan: Plan,
}

/// State for the parts of one predictor besides its variables.
#[derive(Debug, Default)]
struct CurrentPredictor<'t> {
    additions: Additions,
    /// The executor, if that has variables from annotations.
    executor: Option<AnnotatedExecutor<'t>>,
    /// The entries on the list of what was added.
    listed: AddedParts<'t>,
    library: MountedPods,
    config: MountedPods,
    /// The annotations of the admission controller to write: name, value, and true if the value was given.
    annotations: Vec<(String, String, bool)>,
    /// The containers for which no annotation is to ask the admission controller.
    withdrawn: Vec<String>,
    /// The fields of labels to which new variables refer.
    label_uses: HashSet<&'static str>,
    /// The config files that its containers get, each as the ConfigMap and the key.
    config_files: Vec<(String, String)>,
    sidecars: PodSidecars,
    /// The names of the containers that are added to its pods.
    added_containers: HashMap<PodKey, Vec<String>>,
}

impl<'t> Planner<'t, '_> {
    fn reporter(&self) -> Reporter {
        Reporter { shows_values: self.policy.shows_values }
    }

    /// Returns an error if a resource that SOPS has signed has more than `before` changes.
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
        let before = self.draft.count();
        if !self.policy.selection.selects(self.tree, deployment)? {
            return Ok(());
        }
        self.treatment = self.policy.treatment(self.tree, deployment, exceptions)?;
        let mut report = DeploymentReport {
            node: deployment.node,
            namespace: shown_name(deployment.namespace()),
            name: shown_name(deployment.name()),
            what: self.treatment.task.title(),
            targets: Vec::new(),
            skips: Vec::new(),
            remarks: Vec::new(),
            with_library: None,
            with_sidecar: None,
            config_files: Vec::new(),
        };
        let kept_out = match deployment.kept_out() {
            KeptOut::Names(names) => names,
            KeptOut::All if !self.selects_unit(deployment) => return Ok(()),
            KeptOut::All => {
                let (name, reason) = ("the resource".to_owned(), SkipReason::Annotated.to_string());
                report.skips.push(SkippedTarget { node: deployment.node, name, reason });
                self.plan.deployments.push(report);
                return Ok(());
            }
        };
        let spec = deployment.spec(self.tree)?;
        let common = deployment.in_common(self.tree, &spec);
        let predictors = spec.predictors.value.unwrap_or_default();
        let several = predictors.len() > 1;
        report.remarks.extend(remarks_on_skip(self.tree, deployment, &kept_out, &predictors, common));
        let lost = self.lost_settings(deployment, predictors.iter().map(|predictor| predictor.node));
        let mut groups = HashSet::new();
        let annotations = SpecAnnotations::read_by_a_client(self.tree, deployment);
        self.is_separate = common.is_separate;
        self.admission = AdmissionRequests::of(self.tree, deployment.node);
        let mut numbered = NumberedNames::default();
        let mut list = AddedList::read(self.tree, deployment.node);
        let wants_sidecar = self.treatment.task.profile().is_some_and(|profile| profile.parts().wants_sidecar());
        let mut ports = (wants_sidecar || self.mentions_sidecar).then(PortOrder::default);
        let mut is_resized = false;
        for predictor in predictors.iter().enumerate() {
            let mut found = targets(self.tree, predictor, common, &kept_out, &self.policy.selection);
            let of_spec = annotations.as_ref();
            let executor =
                of_spec.and_then(|spec| AnnotatedExecutor::of(self.tree, deployment, predictor, common, spec));
            self.current = CurrentPredictor { executor, listed: list.of(&found.name), ..CurrentPredictor::default() };
            self.find_sidecars(&mut found);
            let mut moved = Vec::new();
            if self.policy.selection.selects_predictor(&found.name) {
                let label = if several { format!("{}/", found.name) } else { String::new() };
                moved = self.predictor(deployment, &found, &kept_out, &label, &mut report)?;
                report.remarks.extend(split_node(&found, several));
                report.config_files.append(&mut self.current.config_files);
                groups.extend((!lost.is_empty()).then(|| target_groups(&found)).into_iter().flatten());
            }
            let names = || units(self.tree, predictor, common).units.iter().map(|unit| unit.name).collect();
            self.put_listed(&mut list, &found, several, names)?;
            if let Some(order) = &mut ports {
                self.number_ports(order, &found);
            }
            is_resized |= !self.current.sidecars.resized.is_empty();
            let moves = (several || !moved.is_empty()) && found.pods.moves_ports(self.tree, &mut numbered, &moved);
            if moves && !is_resized {
                report.remarks.push(moves_ports(&found));
            }
        }
        report.remarks.extend(remarks_on_lost(lost, &groups));
        if let Some(moved) = ports.filter(|_| is_resized).and_then(|order| order.moves()) {
            let text = format!(
                "Seldon's operator numbers the ports of all containers, and gives others to {moved}: their pods restart"
            );
            report.remarks.push(Remark::new(deployment.node, text));
        }
        if matches!(self.treatment.task, Task::Fix(_)) {
            report.targets.extend(self.quote_entries(deployment.node));
        } else {
            report.remarks.extend(self.write_list(deployment.node, &list)?);
        }
        if !report.is_changed() {
            report.targets.extend(self.other_changes(before));
        }
        if self.treatment.task.profile().is_some_and(|profile| profile.backend().is_jaeger()) {
            self.enabled_for_jaeger.push((deployment.node, self.plan.deployments.len()));
        }
        self.plan.deployments.push(report);
        Ok(())
    }

    /// Returns true if a unit of a deployment is selected, or if it can't be read.
    fn selects_unit(&self, deployment: &Deployment<'t>) -> bool {
        let selection = &self.policy.selection;
        let Ok(spec) = deployment.spec(self.tree) else { return true };
        let common = deployment.in_common(self.tree, &spec);
        spec.predictors.value.iter().flatten().enumerate().any(|predictor| {
            let found = units(self.tree, predictor, common);
            selection.selects_predictor(&found.name) && found.units.iter().any(|unit| selection.selects_unit(unit))
        })
    }

    /// Plans the changes of a predictor. Returns the names of the containers that are added or removed.
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
        let config_map = self.treatment.task.profile().and_then(|profile| profile.parts().config_map.as_deref());
        if config_map.is_some() && (place.name.is_empty() || place.predictor.is_empty()) {
            let what = if place.name.is_empty() { "this deployment" } else { "a predictor" };
            let message = format!("{what} has no name, and --config-map names the files of containers by it");
            return Err(self.tree.diagnostic(found.node, message, "give it a name, or leave --config-map out"));
        }
        if found.lacks_graph {
            let text = format!("predictor `{}` has no graph, which the API server requires", found.name);
            report.remarks.push(Remark::new(found.node, text));
        }
        let treatment = Arc::clone(&self.treatment);
        let (moved, mlservers) = match &treatment.task {
            Task::Enable(profile) => {
                for target in &found.targets {
                    let place = PlaceholderValues { container: target.name, ..place };
                    self.enable_target(profile, found, target, &place, label, report)?;
                }
                let mlservers = self.enable_mlservers(profile, found, &place, label, report)?;
                let lacking = self.lacking(profile, found);
                if profile.parts().inject.is_some() && found.skips.iter().any(|skip| skip.reason.is_of_server()) {
                    *report.with_library.get_or_insert(0) += mlservers.len();
                }
                report.with_sidecar = report.with_sidecar.map(|count| count + mlservers.len());
                if profile.parts().otlp.is_some() && mlservers.is_empty() {
                    self.plan.notes.insert(RunNote::NoMlServer);
                }
                self.find_sidecar_users(found);
                let made = self.make_containers(profile, found, lacking, &place, label, report);
                report.remarks.extend(self.settle_library(found, profile.parts(), profile.reset())?);
                report.remarks.extend(self.settle_config(profile.parts().config_map.as_deref())?);
                let (sidecars, remarks) = self.settle_sidecars(found, label, |_| true)?;
                report.targets.extend(sidecars);
                report.remarks.extend(remarks);
                let mut tags = profile.tag_labels(&place);
                tags.retain(|(label, _)| self.current.label_uses.contains(label.field));
                report.remarks.extend(self.settle_labels(found, tags)?);
                self.add_parts(found)?;
                let mut moved = made;
                let emptied = found.mlservers.iter().filter(|target| self.is_emptied(target.env.node));
                let emptied = emptied.filter_map(|target| target.site.container()).collect();
                moved.extend(self.prune_containers(found, &emptied, label, report));
                (moved, mlservers)
            }
            Task::Disable(disable) => {
                for target in &found.targets {
                    let outcome = self.disable(disable, found, target)?;
                    outcome.report(format!("{label}{}", target_label(target)), report);
                }
                let mlservers = self.disable_mlservers(disable, found, label, report)?;
                report.remarks.extend(self.settle_library(found, &Parts::default(), false)?);
                report.remarks.extend(self.settle_config(None)?);
                self.find_sidecar_users(found);
                let (sidecars, remarks) =
                    self.settle_sidecars(found, label, |backend| disable.removes_parts_of(backend))?;
                report.targets.extend(sidecars);
                report.remarks.extend(remarks);
                report.remarks.extend(self.settle_labels(found, Vec::new())?);
                self.add_parts(found)?;
                let removed = self.prune(found, label, report);
                self.list_elsewhere(found, label, report);
                (removed, mlservers)
            }
            Task::Fix(_) => return self.fix(found, &place, kept_out, label, report),
        };
        // `Task::Fix` reports no skips: only `enable` would have changed these.
        let is_ours =
            |name: &str| name == LIBRARY_CONTAINER || BACKENDS.iter().any(|backend| name == sidecar_name(*backend));
        let skips = found.skips.iter().filter(|skip| !mlservers.contains(skip.name.as_str()));
        let skips = skips.filter(|skip| skip.reason != SkipReason::InitContainer || !is_ours(&skip.name));
        report.skips.extend(skips.map(|skip| SkippedTarget {
            node: skip.node,
            name: format!("{label}{}", skip.name),
            reason: skip.reason.to_string(),
        }));
        Ok(moved)
    }
}

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

/// Warns of a graph node that leaves the operator without a pod for the executor ("no pu with localhost service").
fn split_node(found: &PredictorTargets<'_>, several: bool) -> Option<Remark> {
    let split = found.split?;
    let label = if several { format!("predictor {}: ", found.name) } else { String::new() };
    let text = format!(
        "{label}{split}, which Seldon's operator refuses; annotation seldon.io/engine-separate-pod of `spec` allows it"
    );
    Some(Remark { also: Some(split.other), ..Remark::new(split.container, text) })
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
