//! A rule on keys that are not fields of the schema. Their content never reaches a pod.

use super::super::{Check, Found, Rule, Severity};
use super::groups::UnitGroup;
use super::near::{distance_up_to, may_differ_by, most_typos};
use crate::manifest::{
    Holder, NO_ENGINE_ANNOTATION, SEPARATE_ENGINE_ANNOTATION, has_content, holders, items_of, text_of, value_of,
};
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

/// The fields of each level in Seldon's types: those that lead to an env list or define variables, and the others
/// (`operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go`). A pod's `spec` and a container are types of
/// Kubernetes, and have only the first here.
const FIELDS: &[(Level, &[&str], &[&str])] = &[
    (Resource, &["spec"], &["apiVersion", "kind", "metadata", "status", "sops"]),
    (
        Spec,
        &["predictors"],
        &["name", "annotations", "protocol", "transport", "replicas", "serverType", "oauth_key", "oauth_secret"],
    ),
    (
        Predictor,
        &["graph", "componentSpecs", "svcOrchSpec", "explainer"],
        &[
            "name",
            "replicas",
            "annotations",
            "engineResources",
            "labels",
            "traffic",
            "shadow",
            "ssl",
            "progressDeadlineSeconds",
        ],
    ),
    (SvcOrchSpec, &["env"], &["resources", "replicas"]),
    (ComponentSpec, &["spec"], &["metadata", "hpaSpec", "kedaSpec", "pdbSpec", "replicas"]),
    (PodSpec, &["containers", "initContainers"], &[]),
    (Container, &["env", "envFrom"], &[]),
    (
        GraphNode,
        &["children", "envSecretRefName"],
        &[
            "name",
            "type",
            "implementation",
            "methods",
            "endpoint",
            "parameters",
            "modelUri",
            "serviceAccountName",
            "storageInitializerImage",
            "logger",
        ],
    ),
    (
        Explainer,
        &["envSecretRefName", "containerSpec"],
        &[
            "type",
            "modelUri",
            "serviceAccountName",
            "config",
            "endpoint",
            "storageInitializerImage",
            "replicas",
            "initParameters",
        ],
    ),
    (EnvEntry, &["value", "valueFrom"], &["name"]),
    (EnvSource, &["fieldRef", "configMapKeyRef", "secretKeyRef"], &["resourceFieldRef", "fileKeyRef"]),
    (FieldRef, &["fieldPath"], &["apiVersion"]),
    (KeyRef, &["key"], &["name", "optional"]),
];

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
                  validation, its default, `kubectl apply` rejects it. The annotation seldon.io/no-engine is read only \
                  on a predictor, and seldon.io/engine-separate-pod only in the annotations of `spec`. The rule does not \
                  find empty keys. It checks keys without variables only in env entries.",
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
        found.extend(dropped_keys(tree, survey.deployment.node, survey.selected()).iter().map(DroppedKey::found));
        found
    }),
};

/// A key that the schema does not have: the API server drops it, with the variables that it leads to.
#[derive(Debug)]
pub(super) struct DroppedKey<'t> {
    pub node: NodeId,
    name: &'t str,
    /// The field of this level of which it is a typo, or itself.
    field: &'t str,
    is_typo: bool,
    level: Level,
    /// The mapping.
    holder: NodeId,
    /// The name of the graph node that has it.
    graph_node: Option<&'t str>,
    /// The predictor that has it; `None` if it is above the predictors.
    predictor: Option<NodeId>,
}

/// The keys of a deployment and of some of its predictors that lead to variables, and that the API server drops.
pub(super) fn dropped_keys<'t>(
    tree: &'t Tree<'_>,
    deployment: NodeId,
    predictors: impl Iterator<Item = NodeId>,
) -> Vec<DroppedKey<'t>> {
    let mut found = Vec::new();
    for (level, holder, predictor) in levels(tree, deployment, predictors) {
        let graph_node = (level == GraphNode).then(|| text_of(tree, holder, "name")).flatten();
        let entries = tree.entries(holder);
        found.extend(entries.filter_map(|entry| {
            let (node, name, field) = unknown_key(tree, level, entry)?;
            let is_typo = name != field;
            Some(DroppedKey { node, name, field, is_typo, level, holder, graph_node, predictor })
        }));
    }
    found
}

/// A key that is no field of its level, its name, and the field of this level of which it is a typo, or else itself.
fn unknown_key<'t>(
    tree: &'t Tree<'_>,
    level: Level,
    (key, value): (NodeId, NodeId),
) -> Option<(NodeId, &'t str, &'t str)> {
    let name = tree.scalar_text(key)?;
    if level.fields().iter().any(|fields| fields.contains(&name)) {
        return None;
    }
    // The fields of a container are those of Kubernetes, and are not checked.
    let is_misplaced = level.may_have_misplaced() && FIELDS.iter().any(|(_, leading, _)| leading.contains(&name));
    // An entry has three fields, and those of kustomize's patches.
    let is_foreign = level == EnvEntry && !name.starts_with('$') && !tree.is_merge_key(key);
    let own = || (is_misplaced || is_foreign).then_some(name);
    let field = meant_field(level, name).filter(|_| !is_misplaced).or_else(own)?;
    has_content(tree, value).then_some((key, name, field))
}

impl<'t> DroppedKey<'t> {
    /// The remark on it beside the variables that a command writes.
    pub(super) fn remark(&self) -> String {
        let advice = match self.is_typo {
            true => format!("did you mean `{}`? Rename it first", self.field),
            false => format!("{} first", self.level.help(self.name)),
        };
        format!("the API server drops `{}`: {advice}", self.name)
    }

    fn found(&self) -> Found {
        let (question, help) = match self.is_typo {
            false => (": the API server drops it".to_owned(), self.level.help(self.name).to_owned()),
            true => (
                format!(": did you mean `{}`?", self.field),
                format!("write `{}`: the API server drops what it does not know", self.field),
            ),
        };
        Found::new(self.node, format!("`{}` is no field of {}{question}", self.name, self.level.name()), help)
    }

    /// The units whose variables it may hold.
    pub(super) fn groups(&self) -> Vec<UnitGroup<'t>> {
        let (orchestrator, containers) =
            (UnitGroup::Orchestrator(self.predictor), UnitGroup::Containers(self.predictor));
        match (self.level, self.field) {
            (Explainer | EnvEntry | EnvSource | FieldRef | KeyRef, _)
            | (_, "graph" | "children" | "explainer" | "initContainers") => Vec::new(),
            (_, "envSecretRefName" | "containerSpec") => Vec::new(),
            (SvcOrchSpec, _) | (_, "svcOrchSpec") => vec![orchestrator],
            (ComponentSpec | PodSpec, _) => {
                vec![UnitGroup::Below(self.holder), UnitGroup::MissingContainers(self.predictor)]
            }
            (Container, _) => vec![UnitGroup::Below(self.holder)],
            (GraphNode, "env" | "envFrom") => {
                self.graph_node.map(|name| UnitGroup::GraphNode(self.predictor, name)).into_iter().collect()
            }
            (GraphNode, _) | (_, "componentSpecs" | "containers") | (Predictor, "spec") => vec![containers],
            (Resource | Spec | Predictor, _) => vec![orchestrator, containers],
        }
    }
}

/// The field of which a key may be a typo, of those that lead to an env list. `None` if the key is any field of
/// Seldon's types.
fn meant_field(level: Level, key: &str) -> Option<&'static str> {
    let is_near = |name: &&str| {
        let max_distance = most_typos(name);
        may_differ_by(key, name, max_distance)
            && distance_up_to(&key.to_ascii_lowercase(), &name.to_ascii_lowercase(), max_distance).is_some()
    };
    // No other field has these words.
    let is_reworded = |name: &&str| match *name {
        "env" => starts_with(key, "env"),
        "svcOrchSpec" => starts_with(key, "svcOrch") || starts_with(key, "serviceOrch"),
        _ => false,
    };
    let [leading, _] = level.fields();
    let fields = || leading.iter().copied();
    let meant = fields().find(is_near).or_else(|| fields().find(is_reworded));
    meant.filter(|_| !FIELDS.iter().any(|(_, leading, others)| leading.contains(&key) || others.contains(&key)))
}

/// Returns true if a key starts with a word, in any letter case.
fn starts_with(key: &str, word: &str) -> bool {
    key.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn misplaced_annotations(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (holder, node, _) in holders(tree, survey.deployment.node, survey.selected()) {
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

/// The mappings of a deployment and of some of its predictors that lead to env lists, each with its predictor. Aliases
/// are resolved.
fn levels(
    tree: &Tree<'_>,
    deployment: NodeId,
    predictors: impl Iterator<Item = NodeId>,
) -> Vec<(Level, NodeId, Option<NodeId>)> {
    let mut levels = vec![(Resource, deployment, None)];
    levels.extend(value_of(tree, deployment, "spec").map(|spec| (Spec, spec, None)));
    for own in predictors {
        let predictor = tree.resolve(own);
        let field = |name: &str| value_of(tree, predictor, name);
        let mut add = |level, node| levels.push((level, node, Some(own)));
        add(Predictor, predictor);
        if let Some(node) = field("svcOrchSpec") {
            add(SvcOrchSpec, node);
            env_levels(tree, node, &mut add);
        }
        field("explainer").into_iter().for_each(|node| add(Explainer, node));
        let mut nodes: Vec<NodeId> = field("graph").into_iter().collect();
        while let Some(node) = nodes.pop() {
            add(GraphNode, node);
            let children = value_of(tree, node, "children");
            nodes.extend(children.into_iter().flat_map(|list| tree.items(list)).map(|child| tree.resolve(*child)));
        }
        for item in field("componentSpecs").into_iter().flat_map(|list| tree.items(list)) {
            add(ComponentSpec, tree.resolve(*item));
            let Some(pod) = value_of(tree, *item, "spec") else { continue };
            add(PodSpec, pod);
            let containers = items_of(tree, pod, "containers").iter();
            for container in containers.map(|container| tree.resolve(*container)) {
                add(Container, container);
                env_levels(tree, container, &mut add);
            }
        }
    }
    levels
}

/// Adds the entries of an env list, and the mappings in them.
fn env_levels(tree: &Tree<'_>, holder: NodeId, add: &mut impl FnMut(Level, NodeId)) {
    let entries = items_of(tree, holder, "env").iter();
    for entry in entries.map(|entry| tree.resolve(*entry)) {
        add(EnvEntry, entry);
        let Some(source) = value_of(tree, entry, "valueFrom") else { continue };
        add(EnvSource, source);
        for (key, level) in [("fieldRef", FieldRef), ("configMapKeyRef", KeyRef), ("secretKeyRef", KeyRef)] {
            value_of(tree, source, key).into_iter().for_each(|node| add(level, node));
        }
    }
}

impl Level {
    /// Returns true if a field of another level may be at this one by mistake. `key` is a field of an entry's source, and
    /// any name in a container.
    fn may_have_misplaced(self) -> bool {
        !matches!(self, Container | EnvEntry | EnvSource | FieldRef | KeyRef)
    }

    /// Its fields that lead to variables, and its others.
    fn fields(self) -> [&'static [&'static str]; 2] {
        FIELDS.iter().find(|(level, ..)| *level == self).map_or([&[]; 2], |(_, leading, others)| [leading, others])
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
            (EnvEntry, _) => "an entry has `name`, and `value` or `valueFrom`",
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
