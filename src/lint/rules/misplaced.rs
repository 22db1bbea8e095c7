//! A rule on keys that are not fields of the schema. Their content never reaches a pod.

use super::super::{Check, Found, Rule, Severity};
use super::near::{distance_up_to, may_differ_by};
use crate::manifest::{Holder, NO_ENGINE_ANNOTATION, SEPARATE_ENGINE_ANNOTATION, has_content, holders, value_of};
use crate::survey::DeploymentSurvey;
use crate::yaml::{NodeId, Tree};

/// A mapping on the path to an env list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Resource,
    Spec,
    Predictor,
    SvcOrchSpec,
    ComponentSpec,
    PodSpec,
    Container,
    EnvEntry,
    EnvSource,
    FieldRef,
    KeyRef,
    GraphNode,
    Explainer,
}

use Level::{
    ComponentSpec, Container, EnvEntry, EnvSource, Explainer, FieldRef, GraphNode, KeyRef, PodSpec, Predictor,
    Resource, Spec, SvcOrchSpec,
};

/// The fields that lead to an env list or define variables, with their levels in the schema
/// (`operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go`).
const FIELDS: &[(&str, &[Level])] = &[
    ("predictors", &[Spec]),
    ("graph", &[Predictor]),
    ("componentSpecs", &[Predictor]),
    ("svcOrchSpec", &[Predictor]),
    ("explainer", &[Predictor]),
    ("spec", &[Resource, ComponentSpec]),
    ("containers", &[PodSpec]),
    ("initContainers", &[PodSpec]),
    ("env", &[SvcOrchSpec, Container]),
    ("envFrom", &[Container]),
    ("children", &[GraphNode]),
    ("envSecretRefName", &[GraphNode, Explainer]),
    ("containerSpec", &[Explainer]),
    ("value", &[EnvEntry]),
    ("valueFrom", &[EnvEntry]),
    ("fieldRef", &[EnvSource]),
    ("configMapKeyRef", &[EnvSource]),
    ("secretKeyRef", &[EnvSource]),
    ("fieldPath", &[FieldRef]),
    ("key", &[KeyRef]),
];

/// All fields of each level in Seldon's types. A pod's `spec` and a container are types of Kubernetes and have only the
/// fields of [`FIELDS`] here.
const ALL_FIELDS: &[(Level, &[&str])] = &[
    (Resource, &["apiVersion", "kind", "metadata", "spec", "status", "sops"]),
    (
        Spec,
        &[
            "name",
            "predictors",
            "annotations",
            "protocol",
            "transport",
            "replicas",
            "serverType",
            "oauth_key",
            "oauth_secret",
        ],
    ),
    (
        Predictor,
        &[
            "name",
            "graph",
            "componentSpecs",
            "replicas",
            "annotations",
            "engineResources",
            "labels",
            "svcOrchSpec",
            "traffic",
            "explainer",
            "shadow",
            "ssl",
            "progressDeadlineSeconds",
        ],
    ),
    (SvcOrchSpec, &["resources", "env", "replicas"]),
    (ComponentSpec, &["metadata", "spec", "hpaSpec", "kedaSpec", "pdbSpec", "replicas"]),
    (
        GraphNode,
        &[
            "name",
            "children",
            "type",
            "implementation",
            "methods",
            "endpoint",
            "parameters",
            "modelUri",
            "serviceAccountName",
            "envSecretRefName",
            "storageInitializerImage",
            "logger",
        ],
    ),
    (
        Explainer,
        &[
            "type",
            "modelUri",
            "serviceAccountName",
            "containerSpec",
            "config",
            "endpoint",
            "envSecretRefName",
            "storageInitializerImage",
            "replicas",
            "initParameters",
        ],
    ),
    (PodSpec, &["containers", "initContainers"]),
    (Container, &["env", "envFrom"]),
    (EnvEntry, &["name", "value", "valueFrom"]),
    (EnvSource, &["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]),
    (FieldRef, &["apiVersion", "fieldPath"]),
    (KeyRef, &["name", "key", "optional"]),
];

/// Shorter field names may differ by one letter only.
const LONG_FIELD: usize = 6;

/// The annotations that the operator reads in one place only.
const ANNOTATIONS: [(&str, Holder); 2] =
    [(NO_ENGINE_ANNOTATION, Holder::Predictor), (SEPARATE_ENGINE_ANNOTATION, Holder::Spec)];

pub(super) const ST018: Rule = Rule {
    id: "ST018",
    severity: Severity::Warning,
    finds: "a key at the wrong place, or misspelled",
    explanation: "The API server silently drops a key that the schema of a SeldonDeployment does not have, with the \
                  variables in it: `componentSpecs` beside `predictors`, `containers` beside `spec`, `env` beside \
                  `containers`, `svcOrchspec` for `svcOrchSpec`, `valuefrom` for `valueFrom`. With strict \
                  validation, its default, `kubectl apply` rejects it. The annotation seldon.io/no-engine is read only on a predictor, and \
                  seldon.io/engine-separate-pod only in the annotations of `spec`. The rule does not find empty keys, \
                  or keys that lead to no variables.",
    source: "Seldon Core 1.19.0-dev, operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go; \
             seldon-core#1922 and #3981",
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - containers:
      - name: classifier
        env:
        - name: TRACING
          value: '1'",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          env:
          - name: TRACING
            value: '1'",
    fix: None,
    check: Check::Deployment(|tree, survey| {
        let predictors =
            value_of(tree, survey.deployment.node, "spec").and_then(|spec| value_of(tree, spec, "predictors"));
        let has_predictors = predictors.is_some_and(|predictors| has_content(tree, predictors));
        if has_predictors && !survey.is_selected() {
            return Vec::new();
        }
        let mut found = misplaced_annotations(tree, survey);
        for (level, mapping) in levels(tree, survey) {
            found.extend(tree.entries(mapping).filter_map(|entry| unknown_key(tree, level, entry)));
        }
        found
    }),
};

/// The finding at an unknown key, if it is a field of another level or a typo of a field of this level.
fn unknown_key(tree: &Tree<'_>, level: Level, (key, value): (NodeId, NodeId)) -> Option<Found> {
    let name = tree.scalar_text(key)?;
    if level.fields().contains(&name) {
        return None;
    }
    // The fields of a container are those of Kubernetes, and are not checked.
    let is_misplaced = level.may_have_misplaced() && FIELDS.iter().any(|(field, _)| *field == name);
    let meant = meant_field(level, name).filter(|_| !is_misplaced);
    // An entry has three fields, and those of kustomize's patches.
    let is_foreign = level == EnvEntry && !name.starts_with('$') && !tree.is_merge_key(key);
    if meant.is_none() && !is_misplaced && !is_foreign {
        return None;
    }
    if !has_content(tree, value) {
        return None;
    }
    let (question, help) = match meant {
        None => (": the API server drops it".to_owned(), level.help(name).to_owned()),
        Some(meant) => (
            format!(": did you mean `{meant}`?"),
            format!("write `{meant}`: the API server drops what it does not know"),
        ),
    };
    Some(Found::new(key, format!("`{name}` is no field of {}{question}", level.name()), help))
}

/// The field of which a key may be a typo, of those that lead to an env list. `None` if the key is any field of
/// Seldon's types.
fn meant_field(level: Level, key: &str) -> Option<&'static str> {
    let fields = FIELDS.iter().filter(|(_, levels)| levels.contains(&level)).map(|(name, _)| *name);
    let mut near = fields.filter(|name| {
        let max_distance = if name.len() < LONG_FIELD { 1 } else { 2 };
        may_differ_by(key, name, max_distance)
            && distance_up_to(&key.to_ascii_lowercase(), &name.to_ascii_lowercase(), max_distance).is_some()
    });
    near.next().filter(|_| !ALL_FIELDS.iter().any(|(_, fields)| fields.contains(&key)))
}

fn misplaced_annotations(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (holder, node) in holders(tree, survey.deployment.node, survey.selected()) {
        let annotations = value_of(tree, node, "annotations");
        for (key, value) in annotations.into_iter().flat_map(|annotations| tree.entries(annotations)) {
            let name = tree.scalar_text(key);
            let misplaced = ANNOTATIONS.iter().find(|(annotation, place)| name == Some(annotation) && *place != holder);
            let is_true = || tree.scalar_text(value).is_some_and(|value| value.eq_ignore_ascii_case("true"));
            let Some((name, place)) = misplaced.filter(|_| is_true()) else { continue };
            let (words, help) = match place {
                Holder::Predictor => ("on a predictor", "put it under the `annotations` of a predictor"),
                _ => ("in `spec`", "put it under the `annotations` of `spec`"),
            };
            found.push(Found::new(key, format!("{name} is read {words}, and not here"), help));
        }
    }
    found
}

/// The mappings of a deployment that lead to its env lists, with aliases resolved.
fn levels(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<(Level, NodeId)> {
    let mut levels = vec![(Resource, survey.deployment.node)];
    levels.extend(value_of(tree, survey.deployment.node, "spec").map(|spec| (Spec, spec)));
    let selected = survey.predictors.iter().filter(|predictor| !predictor.units.is_empty());
    for predictor in selected.map(|predictor| tree.resolve(predictor.node)) {
        let field = |name: &str| value_of(tree, predictor, name);
        levels.push((Predictor, predictor));
        levels.extend(field("svcOrchSpec").map(|node| (SvcOrchSpec, node)));
        levels.extend(field("svcOrchSpec").into_iter().flat_map(|node| env_levels(tree, node)));
        levels.extend(field("explainer").map(|node| (Explainer, node)));
        let mut nodes: Vec<NodeId> = field("graph").into_iter().collect();
        while let Some(node) = nodes.pop() {
            levels.push((GraphNode, node));
            let children = value_of(tree, node, "children");
            nodes.extend(children.into_iter().flat_map(|list| tree.items(list)).map(|child| tree.resolve(*child)));
        }
        for item in field("componentSpecs").into_iter().flat_map(|list| tree.items(list)) {
            levels.push((ComponentSpec, tree.resolve(*item)));
            let Some(pod) = value_of(tree, *item, "spec") else { continue };
            levels.push((PodSpec, pod));
            let containers = value_of(tree, pod, "containers").into_iter().flat_map(|list| tree.items(list));
            for container in containers.map(|container| tree.resolve(*container)) {
                levels.push((Container, container));
                levels.extend(env_levels(tree, container));
            }
        }
    }
    levels
}

/// The entries of an env list, and the mappings in them.
fn env_levels(tree: &Tree<'_>, holder: NodeId) -> Vec<(Level, NodeId)> {
    let mut levels = Vec::new();
    let entries = value_of(tree, holder, "env").into_iter().flat_map(|list| tree.items(list));
    for entry in entries.map(|entry| tree.resolve(*entry)) {
        levels.push((EnvEntry, entry));
        let Some(source) = value_of(tree, entry, "valueFrom") else { continue };
        levels.push((EnvSource, source));
        let refs = [("fieldRef", FieldRef), ("configMapKeyRef", KeyRef), ("secretKeyRef", KeyRef)];
        levels.extend(refs.into_iter().filter_map(|(key, level)| Some((level, value_of(tree, source, key)?))));
    }
    levels
}

impl Level {
    /// Returns true if a field of another level may be at this one by mistake. `key` is a field of an entry's source, and
    /// any name in a container.
    fn may_have_misplaced(self) -> bool {
        !matches!(self, Container | EnvEntry | EnvSource | FieldRef | KeyRef)
    }

    fn fields(self) -> &'static [&'static str] {
        ALL_FIELDS.iter().find(|(level, _)| *level == self).map_or(&[], |(_, fields)| fields)
    }

    /// The name in a message.
    fn name(self) -> &'static str {
        match self {
            Resource => "a SeldonDeployment",
            Spec => "`spec`",
            Predictor => "a predictor",
            SvcOrchSpec => "`svcOrchSpec`",
            ComponentSpec => "an item of `componentSpecs`",
            PodSpec => "a pod's `spec`",
            Container => "a container",
            EnvEntry => "an env entry",
            EnvSource => "`valueFrom`",
            FieldRef => "`fieldRef`",
            KeyRef => "a reference to a key",
            GraphNode => "a node of the graph",
            Explainer => "`explainer`",
        }
    }

    /// The right place for a key that was found at this level.
    fn help(self, key: &str) -> &'static str {
        match (self, key) {
            (EnvEntry, _) => "write `value` or `valueFrom`",
            (SvcOrchSpec, "spec") => "put what it holds right under `svcOrchSpec`",
            (PodSpec | Spec, "spec") => "put what it holds right here",
            (Explainer, "env" | "envFrom") => "put it under `containerSpec`",
            (GraphNode, "env" | "envFrom") => "put it into the container of the node's name, under `componentSpecs`",
            (Predictor | Spec | Resource, "env") => "put it under `svcOrchSpec`, or into a container",
            (_, "env" | "envFrom") => "put it into a container",
            (ComponentSpec, "containers" | "initContainers") => "put it under `spec`",
            (_, "containers" | "initContainers") => "put it under the `spec` of an item of `componentSpecs`",
            (_, "predictors") => "put it under `spec`",
            (_, "spec") => "put it under an item of `componentSpecs`",
            (_, "children" | "envSecretRefName") => "put it under a node of the graph",
            (_, "containerSpec") => "put it under `explainer`",
            _ => "put it under an item of `predictors`",
        }
    }
}
