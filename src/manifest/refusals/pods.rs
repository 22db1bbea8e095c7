//! Kubernetes' rules on pods, by which the Deployment that the operator makes of a component spec is refused.

use std::collections::HashSet;

use super::{BY_OPERATOR, Certainty, FieldText, Problem, RefusalContext, RefusalRule, Refuser};
use crate::yaml::sharing::{effective_items, effective_value};
use crate::yaml::{NodeId, ScalarKind};

/// The volumes that the operator adds to a pod, and the end of the name of another one.
const VOLUMES_OF_OPERATOR: [&str; 3] = ["seldon-podinfo", "podinfo", "seldon-cert-volume"];
const MODEL_VOLUME: &str = "-provision-location";

/// The sources of a variable. Since Kubernetes 1.34 there is `fileKeyRef`.
const SOURCES: [&str; 5] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/// The fields of a pod that a variable can have. Source: Kubernetes, pkg/apis/core/validation (validateEnvVarValueFrom)
/// and pkg/apis/core/pods (ConvertDownwardAPIFieldLabel), which also takes `spec.host`.
const FIELDS: [&str; 10] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.host",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

pub(super) const RULES: &[RefusalRule] = &[
    RefusalRule {
        id: "container name twice",
        words: "Duplicate value",
        help: "give each another name",
        check: |context| {
            let mut found = Vec::new();
            for pod in pods(context) {
                let mut seen = HashSet::new();
                let names = containers(context, pod)
                    .filter_map(|container| Some((context.at(container, "name"), context.known(container, "name")?)));
                let second = names.filter(|(_, name)| !seen.insert(*name));
                let text = |name| format!("two containers of a pod are named {name}");
                found.extend(second.map(|(node, name)| Problem::new(node, text(name))));
            }
            found
        },
        ..BY_POD_VALIDATION
    },
    RefusalRule {
        id: "container name",
        words: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'",
        help: "use lower case letters, digits and `-`, at most 63, with a letter or digit at both ends",
        certainty: Certainty::AsItIs,
        check: |context| {
            let named = pods(context).flat_map(|pod| containers(context, pod));
            let made =
                context.predictors.iter().flat_map(|predictor| predictor.pods.containerless()).map(|node| node.node);
            let text = "the name of a container has characters that Kubernetes does not allow, or too many";
            let is_wrong = |node: &NodeId| context.known(*node, "name").is_some_and(|name| !is_label(name));
            named.chain(made).filter(is_wrong).map(|node| Problem::new(context.at(node, "name"), text)).collect()
        },
        ..BY_POD_VALIDATION
    },
    RefusalRule {
        id: "variable name",
        words: "a valid environment variable name must consist only of printable ASCII characters other than '='",
        help: "correct the name",
        check: |context| {
            let is_wrong = |entry: &NodeId| {
                let name =
                    effective_value(context.tree, *entry, "name").and_then(|name| context.tree.scalar_text(name));
                name.is_some_and(|name| !is_variable_name(name)) && context.text(*entry, "name") != FieldText::FilledIn
            };
            let text = "a variable has a name that Kubernetes does not allow";
            let wrong = variables(context).filter(is_wrong);
            wrong.map(|entry| Problem::new(context.at(entry, "name"), text)).collect()
        },
        ..BY_POD_VALIDATION
    },
    RefusalRule {
        id: "two sources",
        words: "may not be specified when `value` is not empty",
        help: "remove one of them",
        found_by: "ST002",
        check: |context| {
            let has_both = |entry: &NodeId| {
                let from = effective_value(context.tree, *entry, "valueFrom");
                let from = from.filter(|from| context.tree.scalar_kind(*from) != ScalarKind::Null);
                from.is_some() && context.text(*entry, "value") != FieldText::Missing
            };
            let both = variables(context).filter(has_both);
            let text = |entry| format!("{} has both value and valueFrom", variable_name(context, entry));
            both.map(|entry| Problem::new(entry, text(entry))).collect()
        },
        ..BY_POD_VALIDATION
    },
    RefusalRule {
        id: "no source",
        words: "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
        help: "give it one of fieldRef, resourceFieldRef, configMapKeyRef and secretKeyRef",
        check: |context| {
            let found = variables(context).filter_map(|entry| {
                let from = effective_value(context.tree, entry, "valueFrom")?;
                let lacks_source = context.tree.scalar_kind(from) == ScalarKind::Collection
                    && SOURCES.iter().all(|key| effective_value(context.tree, from, key).is_none());
                let text = format!("{} has a valueFrom without a source", variable_name(context, entry));
                lacks_source.then(|| Problem::new(from, text))
            });
            found.collect()
        },
        ..BY_POD_VALIDATION
    },
    RefusalRule {
        id: "field of a pod",
        words: "error converting fieldPath: field label not supported",
        help: "write status.hostIP for the node's address, status.podIP for the pod's",
        check: |context| {
            let found = variables(context).filter_map(|entry| {
                let from = effective_value(context.tree, entry, "valueFrom")?;
                let field = effective_value(context.tree, from, "fieldRef")?;
                let name = variable_name(context, entry);
                let text = match context.text(field, "fieldPath") {
                    FieldText::Missing => format!("{name} has a fieldRef without a fieldPath"),
                    FieldText::Known(path) if !is_field_of_pod(path) => {
                        format!("{name} has a fieldPath that is no field of a pod for variables")
                    }
                    FieldText::Known(_) | FieldText::FilledIn => return None,
                };
                Some(Problem::new(context.at(field, "fieldPath"), text))
            });
            found.collect()
        },
        ..BY_POD_VALIDATION
    },
    RefusalRule {
        id: "no volume",
        words: "Not found",
        help: "add the volume to `volumes` of the pod",
        certainty: Certainty::AsItIs,
        check: |context| {
            let mut found = Vec::new();
            for pod in pods(context) {
                let volumes = effective_items(context.tree, pod, "volumes").iter();
                let volumes: Vec<FieldText<'_>> = volumes.map(|volume| context.text(*volume, "name")).collect();
                if volumes.contains(&FieldText::FilledIn) {
                    continue;
                }
                let volumes: HashSet<&str> = volumes
                    .iter()
                    .filter_map(|name| match name {
                        FieldText::Known(name) => Some(*name),
                        FieldText::Missing | FieldText::FilledIn => None,
                    })
                    .collect();
                let mounts = containers(context, pod)
                    .flat_map(|container| effective_items(context.tree, container, "volumeMounts"));
                let missing = mounts.filter_map(|mount| {
                    let name = context.known(*mount, "name")?;
                    let is_made = VOLUMES_OF_OPERATOR.contains(&name) || name.ends_with(MODEL_VOLUME);
                    (!is_made && !volumes.contains(name)).then(|| context.at(*mount, "name"))
                });
                found.extend(
                    missing.map(|node| Problem::new(node, "a container mounts a volume that the pod does not have")),
                );
            }
            found
        },
        ..BY_POD_VALIDATION
    },
];

const BY_POD_VALIDATION: RefusalRule = RefusalRule { by: Refuser::PodValidation, ..BY_OPERATOR };

/// The `spec` of each component spec.
fn pods<'a>(context: &'a RefusalContext<'_, '_, '_>) -> impl Iterator<Item = NodeId> + 'a {
    let specs =
        context.predictors.iter().flat_map(|predictor| effective_items(context.tree, predictor.node, "componentSpecs"));
    specs.filter_map(|spec| effective_value(context.tree, *spec, "spec"))
}

/// The containers and init containers of a pod.
fn containers<'a>(context: &'a RefusalContext<'_, '_, '_>, pod: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    let lists = ["containers", "initContainers"];
    lists.into_iter().flat_map(move |list| effective_items(context.tree, pod, list)).copied()
}

/// The entries of the env lists of all pods and orchestrators.
fn variables<'a>(context: &'a RefusalContext<'_, '_, '_>) -> impl Iterator<Item = NodeId> + 'a {
    let of_pods = pods(context).flat_map(|pod| containers(context, pod));
    let of_executors =
        context.predictors.iter().filter_map(|predictor| effective_value(context.tree, predictor.node, "svcOrchSpec"));
    of_pods.chain(of_executors).flat_map(|holder| effective_items(context.tree, holder, "env")).copied()
}

/// The name of a variable in a message.
fn variable_name<'t>(context: &RefusalContext<'_, 't, '_>, entry: NodeId) -> &'t str {
    context.known(entry, "name").unwrap_or("a variable")
}

/// Returns true if a variable can have this field of a pod, or one of its labels or annotations.
fn is_field_of_pod(path: &str) -> bool {
    let is_entry = |of: &str| path.strip_prefix(of).is_some_and(|rest| rest.starts_with("['") && rest.ends_with("']"));
    FIELDS.contains(&path) || is_entry("metadata.labels") || is_entry("metadata.annotations")
}

/// Returns true for a label by RFC 1123, which the name of a container is.
fn is_label(name: &str) -> bool {
    let is_alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(is_alphanumeric)
        && bytes.last().is_some_and(is_alphanumeric)
        && bytes.iter().all(|byte| is_alphanumeric(byte) || *byte == b'-')
}

/// Returns true if a version of Kubernetes allows the name. Those from 1.30 on allow more than earlier ones.
fn is_variable_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=')
}
