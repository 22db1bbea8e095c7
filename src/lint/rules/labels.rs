//! The rule on labels and annotations of pods.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use super::super::{Check, Found, Rule, Severity};
use crate::knowledge::parts::{ADMISSION_LABEL, is_library_annotation, library_annotation_container};
use crate::manifest::{Holder, ORCHESTRATOR, Reference, Role, Variable, holders, is_placeholder, items_of, value_of};
use crate::survey::DeploymentSurvey;
use crate::yaml::sharing::effective_value;
use crate::yaml::{NodeId, Tree};

/// The prefix of Datadog's tags, also of those of a container.
const TAG: &str = "tags.datadoghq.com/";

/// Other labels that Datadog reads from a pod.
const POD_LABELS: [&str; 2] = [ADMISSION_LABEL, "agent.datadoghq.com/sidecar"];

/// Annotations that an admission controller reads from a pod.
const POD_ANNOTATIONS: [&str; 2] = ["sidecar.opentelemetry.io/inject", "sidecar.jaegertracing.io/inject"];

/// The prefix of the annotations that OpenTelemetry's operator reads.
const INSTRUMENTATION: &str = "instrumentation.opentelemetry.io/";

pub(super) const ST034: Rule = Rule {
    id: "ST034",
    severity: Severity::Warning,
    finds: "a label or annotation for pods that has no effect",
    explanation: "Labels and annotations of the SeldonDeployment itself reach no pod. Labels reach the pods from \
                  `predictors[].labels` or `componentSpecs[].metadata`, but not from `spec`, which has no field for \
                  them. Annotations reach them from `predictors[].annotations` and from `spec.annotations`. Datadog \
                  reads its tags from labels, and not from annotations; a variable that refers to a missing label is \
                  empty. An annotation for one container has that container's name in it.",
    source: "Seldon Core 1.18.2, operator/controllers/seldondeployment_controller.go (createComponents), tried",
    wrong: "\
metadata:
  name: iris
  labels:
    tags.datadoghq.com/env: prod
spec:
  predictors:
  - name: main
    graph:
      name: classifier",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    labels:
      tags.datadoghq.com/env: prod",
    fix: None,
    check: Check::Deployment(|tree, survey| {
        let mut found = labels_without_an_effect(tree, survey);
        found.extend(variables_from_missing_labels(tree, survey));
        found
    }),
};

fn is_pod_label(name: &str) -> bool {
    POD_LABELS.contains(&name) || name.starts_with(TAG)
}

fn is_pod_annotation(name: &str) -> bool {
    POD_ANNOTATIONS.contains(&name) || name.starts_with(INSTRUMENTATION) || is_library_annotation(name)
}

/// The keys of the labels or annotations of a mapping.
fn keys<'t>(tree: &'t Tree<'_>, holder: NodeId, field: &str) -> impl Iterator<Item = (NodeId, &'t str)> {
    let entries = value_of(tree, holder, field).into_iter().flat_map(|mapping| tree.entries(mapping));
    entries.filter_map(|(key, _)| Some((key, tree.scalar_text(key)?)))
}

/// The names of all containers of a deployment, those of nodes without one and of the operator among them; `None` if it
/// may have others.
fn container_names<'t>(tree: &'t Tree<'_>, survey: &DeploymentSurvey<'t>) -> Option<HashSet<&'t str>> {
    let field = |mapping: NodeId, key: &str| effective_value(tree, mapping, key);
    let list = |mapping: NodeId, key: &str| field(mapping, key).map_or(&[][..], |list| tree.items(list));
    let mut names = HashSet::from([ORCHESTRATOR]);
    let mut named: Vec<NodeId> = Vec::new();
    let spec = value_of(tree, survey.deployment.node, "spec")?;
    for predictor in list(spec, "predictors") {
        if field(*predictor, "explainer").is_some() {
            return None;
        }
        let specs = list(*predictor, "componentSpecs").iter().filter_map(|spec| field(*spec, "spec"));
        named.extend(specs.flat_map(|spec| ["containers", "initContainers"].map(|key| list(spec, key))).flatten());
        let mut nodes: Vec<NodeId> = field(*predictor, "graph").into_iter().collect();
        while let Some(node) = nodes.pop() {
            named.push(node);
            nodes.extend(list(node, "children").iter().map(|child| tree.resolve(*child)));
        }
    }
    for node in named {
        let name = field(node, "name").and_then(|name| tree.scalar_text(name));
        names.insert(name.filter(|name| !is_placeholder(name, true))?);
    }
    Some(names)
}

fn labels_without_an_effect(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    if !survey.is_selected() {
        return found;
    }
    let names = container_names(tree, survey);
    let lacks_container = |name: &str| {
        let container = library_annotation_container(name).filter(|container| !is_placeholder(container, true));
        container.zip(names.as_ref()).is_some_and(|(container, names)| !names.contains(container))
    };
    for (holder, node, _) in holders(tree, survey.deployment.node, survey.selected()) {
        for (key, name) in keys(tree, node, "labels").filter(|(_, name)| is_pod_label(name)) {
            match holder {
                Holder::Metadata => found.push(reaches_no_pod(key, name, "label", "labels")),
                // `spec` has no field `labels` in Seldon's types: the API server drops it.
                Holder::Spec => {
                    let message = format!("the label {name} of `spec` reaches no pod: only predictors have labels");
                    found.push(Found::new(key, message, "put it under the `labels` of a predictor"));
                }
                Holder::Predictor | Holder::PodMetadata => {}
            }
        }
        for (key, name) in keys(tree, node, "annotations") {
            if lacks_container(name) {
                let message = format!("{name} names a container that no pod of the deployment has");
                found.push(Found::new(key, message, "write the name of a container in it"));
            }
            if is_pod_label(name) {
                let message = format!("{name} is an annotation, and only a label of that name is read");
                found.push(Found::new(key, message, "put it under the `labels` of a predictor"));
            } else if holder == Holder::Metadata && is_pod_annotation(name) {
                found.push(reaches_no_pod(key, name, "annotation", "annotations"));
            }
        }
    }
    found
}

fn reaches_no_pod(key: NodeId, name: &str, what: &str, field: &str) -> Found {
    let message = format!("the {what} {name} of the SeldonDeployment reaches no pod");
    Found::new(key, message, format!("put it under the `{field}` of a predictor"))
}

/// The findings for variables that are a tag of Datadog on the pod, if nothing sets that label. One at a place without an
/// effect is found there.
fn variables_from_missing_labels(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let above = holders(tree, survey.deployment.node, std::iter::empty()).into_iter();
    let of_deployment = PodKeys::of(tree, above.map(|(holder, node, _)| (holder, node)));
    for predictor in &survey.predictors {
        let in_pods = items_of(tree, predictor.node, "componentSpecs");
        let in_pods: Vec<NodeId> = in_pods.iter().filter_map(|spec| value_of(tree, *spec, "metadata")).collect();
        let in_any_pod = LazyCell::new(|| PodKeys::of(tree, in_pods.iter().map(|node| (Holder::PodMetadata, *node))));
        let in_pods: HashMap<_, _> =
            in_pods.iter().map(|node| (*node, PodKeys::of(tree, [(Holder::PodMetadata, *node)]))).collect();
        let of_predictor = PodKeys::of(tree, [(Holder::Predictor, predictor.node)]);
        let is_target =
            |role: Role| matches!(role, Role::Server { .. } | Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_));
        for unit in predictor.units.iter().filter(|unit| is_target(unit.unit.role)) {
            let own = LazyCell::new(|| match unit.unit.role {
                Role::Server { place, .. } | Role::OwnOrchestrator(place) => {
                    in_pods.get(&value_of(tree, place.component_spec, "metadata")?)
                }
                _ => Some(&*in_any_pod),
            });
            let may_have = |label: &str| {
                own.is_some_and(|keys| keys.may_have(label))
                    || of_predictor.may_have(label)
                    || of_deployment.may_have(label)
            };
            for variable in unit.env.effective() {
                let Some(label) = tag_of(variable).filter(|label| !may_have(label)) else { continue };
                let message = format!("{} is the pod's label {label}, which nothing sets: it is empty", variable.name);
                let help = "give the predictor the label, as `enable --tagging labels` does, or write the value";
                found.push(Found::new(variable.node, message, help));
            }
        }
    }
    found
}

/// The tag of Datadog of which a variable has the value.
fn tag_of<'t>(variable: &Variable<'t>) -> Option<&'t str> {
    let Some(Reference::Field(path)) = variable.reference else { return None };
    let label = path.strip_prefix("metadata.labels['")?.strip_suffix("']")?;
    label.starts_with(TAG).then_some(label)
}

/// The names of labels and annotations.
struct PodKeys<'t> {
    names: HashSet<&'t str>,
    /// True if there may be others, such as those of a merge key.
    may_have_more: bool,
}

impl<'t> PodKeys<'t> {
    fn of(tree: &'t Tree<'_>, holders: impl IntoIterator<Item = (Holder, NodeId)>) -> Self {
        let mut found = Self { names: HashSet::new(), may_have_more: false };
        for (_, holder) in holders {
            let mappings = ["labels", "annotations"].into_iter().filter_map(|field| value_of(tree, holder, field));
            for (key, _) in mappings.flat_map(|mapping| tree.entries(mapping)) {
                let name = tree.scalar_text(key).unwrap_or_default();
                found.may_have_more |= tree.is_merge_key(key) || is_placeholder(name, true);
                found.names.insert(name);
            }
        }
        found
    }

    fn may_have(&self, name: &str) -> bool {
        self.may_have_more || self.names.contains(name)
    }
}
