//! SeldonDeployments as typed structs with the nodes of their tree, and the containers and orchestrators in them that
//! can trace. It does not know backends.
//!
//! Only the fields on the path to an env list are typed. They have the names of
//! `operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go`.

mod dropped;
mod engine_variables;
mod env;
mod executor;
pub(crate) mod glob;
mod holders;
mod placeholder;
mod pods;
mod reference;
mod refusals;
pub(crate) mod selection;
mod targets;
mod units;

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::diagnostic::Diagnostic;
use crate::yaml::de::{At, Field, Scalar, from_node};
use crate::yaml::{Kind, NodeId, Tree};

use engine_variables::engine_variables_in;
pub(crate) use engine_variables::{EngineVariable, engine_annotation};
pub(crate) use env::{Env, HOST_IP, Variable, is_field, is_for_client, is_host_ip, name_bit, name_order, references};
pub(crate) use executor::ExecutorPlace;
pub(crate) use holders::{Holder, holders};
pub(crate) use placeholder::{is_encrypted, is_filled_in, is_placeholder};
pub(crate) use pods::{ContainerPath, FirstPod, NumberedNames, Pods, Remade};
pub(crate) use reference::Reference;
pub(crate) use refusals::{Certainty, REFUSAL_RULES, Refusal, has_content, refusals};
pub(crate) use targets::{MissingContainer, PredictorTargets, Site, SkipReason, Target, targets};
pub(crate) use units::{
    COLLECTOR_SIDECAR, DATADOG_SIDECAR, ORCHESTRATOR, PredictorUnits, Role, Unit, may_lack_engine, units,
};

/// The kind. A document without this word has no SeldonDeployment.
pub(crate) const WORD: &str = "SeldonDeployment";

/// The annotation that excludes a resource, or some of its containers.
pub const SKIP_ANNOTATION: &str = "seldon-trace/skip";

/// The annotation of a `spec` that gives the orchestrator a pod of its own.
pub(crate) const SEPARATE_ENGINE_ANNOTATION: &str = "seldon.io/engine-separate-pod";

/// The annotation of a predictor that has no executor.
pub(crate) const NO_ENGINE_ANNOTATION: &str = "seldon.io/no-engine";

/// The annotation of a predictor that names its Service.
pub(crate) const SERVICE_NAME_ANNOTATION: &str = "seldon.io/svc-name";

const GROUP: &str = "machinelearning.seldon.io/";
/// The kinds that have resources as `items`.
pub(crate) const LIST_KINDS: [&str; 3] = ["List", "SeldonDeploymentList", "ResourceList"];

/// The fields of every resource.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'t> {
    #[serde(default, borrow)]
    api_version: Scalar<'t>,
    #[serde(default, borrow)]
    kind: Scalar<'t>,
}

#[derive(Debug, Deserialize)]
struct List {
    #[serde(default)]
    items: Field<Vec<NodeOf>>,
}

type NodeOf = At<IgnoredAny>;

#[derive(Debug, Deserialize)]
struct Envelope<'t> {
    #[serde(default, borrow)]
    metadata: Field<Metadata<'t>>,
}

/// The properties that the predictors of a deployment have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InCommon<'t> {
    /// The protocol of the servers.
    pub protocol: Option<&'t str>,
    /// True if the orchestrators have pods of their own.
    pub is_separate: bool,
    /// True if another tool decides on that.
    pub may_be_separate: bool,
}

/// `metadata`
#[derive(Debug, Default, Deserialize)]
pub struct Metadata<'t> {
    #[serde(default, borrow)]
    pub name: Scalar<'t>,
    /// The namespace, if the manifest has one.
    #[serde(default, borrow)]
    pub namespace: Scalar<'t>,
    /// The labels, which are parsed only for a label selector.
    #[serde(default)]
    pub labels: Field<IgnoredAny>,
    #[serde(default, borrow)]
    pub annotations: Field<Annotations<'t>>,
}

/// The annotations that the program uses.
#[derive(Debug, Default, Deserialize)]
pub struct Annotations<'t> {
    /// [`SKIP_ANNOTATION`]
    #[serde(default, borrow, rename = "seldon-trace/skip")]
    pub skip: Scalar<'t>,
    /// [`NO_ENGINE_ANNOTATION`]: `true` if it has no executor.
    #[serde(default, borrow, rename = "seldon.io/no-engine")]
    pub no_engine: Scalar<'t>,
}

#[derive(Debug, Deserialize)]
struct WithSpec<'t> {
    #[serde(default, borrow)]
    spec: Field<Spec<'t>>,
}

/// `spec`
#[derive(Debug, Default, Deserialize)]
pub struct Spec<'t> {
    /// The protocol of the servers; seldon if empty or absent.
    #[serde(default, borrow)]
    pub protocol: Scalar<'t>,
    #[serde(default, borrow)]
    pub predictors: Field<Vec<At<Predictor<'t>>>>,
}

/// A predictor: a graph and its containers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Predictor<'t> {
    #[serde(default, borrow)]
    pub name: Scalar<'t>,
    #[serde(default, borrow)]
    pub annotations: Field<Annotations<'t>>,
    /// The root of its graph.
    #[serde(default, borrow)]
    pub graph: Field<GraphNode<'t>>,
    /// The pods.
    #[serde(default, borrow)]
    pub component_specs: Field<Vec<At<ComponentSpec<'t>>>>,
    /// The service orchestrator.
    #[serde(default)]
    pub svc_orch_spec: Field<SvcOrchSpec>,
    /// The explainer, which does not trace.
    #[serde(default)]
    pub explainer: Field<IgnoredAny>,
}

/// A node of a graph (Seldon's PredictiveUnit).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphNode<'t> {
    /// The name of the node and of its container.
    #[serde(default, borrow)]
    pub name: Scalar<'t>,
    /// A prepackaged server, or a unit that runs inside the executor.
    #[serde(default, borrow)]
    pub implementation: Scalar<'t>,
    /// A Secret whose keys become variables of the container.
    #[serde(default, borrow)]
    pub env_secret_ref_name: Scalar<'t>,
    /// The nodes below it.
    #[serde(default, borrow)]
    pub children: Field<Vec<At<GraphNode<'t>>>>,
}

/// One of a predictor's pods.
#[derive(Debug, Deserialize)]
pub struct ComponentSpec<'t> {
    /// The PodSpec.
    #[serde(default, borrow)]
    pub spec: Field<PodSpec<'t>>,
}

/// A PodSpec.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSpec<'t> {
    #[serde(default, borrow)]
    pub containers: Field<Vec<At<Container<'t>>>>,
    /// The init containers, which do not trace.
    #[serde(default)]
    pub init_containers: Field<IgnoredAny>,
}

/// A container.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container<'t> {
    #[serde(default, borrow)]
    pub name: Scalar<'t>,
    /// The variables, parsed as an [`Env`] on demand.
    #[serde(default)]
    pub env: Field<IgnoredAny>,
    /// More variables, from ConfigMaps and Secrets.
    #[serde(default)]
    pub env_from: Field<IgnoredAny>,
    /// The command, which may refer to variables as `$(NAME)`.
    #[serde(default)]
    pub command: Field<IgnoredAny>,
    /// The arguments, which may refer to variables as `$(NAME)`.
    #[serde(default)]
    pub args: Field<IgnoredAny>,
}

/// `svcOrchSpec`
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SvcOrchSpec {
    /// The orchestrator's variables, parsed as an [`Env`] on demand.
    #[serde(default)]
    pub env: Field<IgnoredAny>,
}

/// A SeldonDeployment whose `spec` is not yet parsed.
#[derive(Debug)]
pub struct Deployment<'t> {
    /// The mapping.
    pub node: NodeId,
    pub metadata: Metadata<'t>,
}

impl Annotations<'_> {
    /// Returns true if there is no executor. Seldon's operator ignores the letter case of the value.
    fn has_no_engine(&self) -> bool {
        self.no_engine.as_string().is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

impl<'t> Container<'t> {
    /// The `envFrom`, if that may define variables that clients read.
    pub fn filled_env_from(&self, tree: &Tree<'_>) -> Option<NodeId> {
        let may_define = |source: &NodeId| {
            let prefix = text_of(tree, *source, "prefix");
            prefix.is_none_or(|prefix| env::may_be_for_client(prefix) || is_placeholder(prefix, true))
        };
        self.env_from.node.filter(|node| tree.items(tree.resolve(*node)).iter().any(may_define))
    }

    /// Returns true if it has an `envFrom` that is not empty.
    pub fn has_env_from(&self, tree: &Tree<'_>) -> bool {
        self.env_from.node.is_some_and(|node| tree.length(tree.resolve(node)) > 0)
    }
}

impl<'t> Deployment<'t> {
    /// The name, or an empty text.
    pub fn name(&self) -> &'t str {
        self.metadata.name.as_text().unwrap_or_default()
    }

    /// The namespace, or `default`.
    pub fn namespace(&self) -> &'t str {
        self.metadata.namespace.as_text().filter(|name| !name.is_empty()).unwrap_or("default")
    }

    /// The labels.
    ///
    /// # Errors
    /// The labels are not a mapping, or a key is duplicate.
    pub fn labels(&self, tree: &'t Tree<'_>) -> Result<selection::Labels<'t>, Diagnostic> {
        match self.metadata.labels {
            Field { node: Some(node), value: Some(_) } => from_node(tree, node),
            _ => Ok(BTreeMap::new()),
        }
    }

    /// The containers that [`SKIP_ANNOTATION`] excludes.
    pub fn kept_out(&self) -> KeptOut<'t> {
        match self.metadata.annotations.value.as_ref().and_then(|annotations| annotations.skip.as_text()) {
            None => KeptOut::Names(HashSet::new()),
            Some("true") => KeptOut::All,
            Some(names) => KeptOut::Names(names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()),
        }
    }

    /// The variables of the executor from annotations of its `spec`. Those of `svcOrchSpec` take precedence.
    pub fn engine_variables(&self, tree: &'t Tree<'_>) -> Vec<EngineVariable<'t>> {
        engine_variables_in(tree, self.spec_annotations(tree))
    }

    /// The annotations that would be variables of the executor if its `spec` had them: its own, and those of some of its
    /// predictors, each with its predictor.
    pub fn misplaced_engine_variables(
        &self,
        tree: &'t Tree<'_>,
        predictors: impl Iterator<Item = NodeId>,
    ) -> Vec<(Option<NodeId>, EngineVariable<'t>)> {
        let mut found = Vec::new();
        for (holder, node, predictor) in holders(tree, self.node, predictors) {
            if holder != Holder::Spec {
                let variables = engine_variables_in(tree, value_of(tree, node, "annotations")).into_iter();
                found.extend(variables.map(|variable| (predictor, variable)));
            }
        }
        found
    }

    /// Returns true if an annotation of its `spec`, in any letter case, gives the orchestrator a pod of its own.
    pub fn has_separate_engine(&self, tree: &Tree<'_>) -> bool {
        self.separate_engine(tree).is_some_and(|(_, value)| value.eq_ignore_ascii_case("true"))
    }

    /// Returns true if another tool decides on that.
    pub fn may_have_separate_engine(&self, tree: &Tree<'_>) -> bool {
        self.separate_engine(tree).is_some_and(|(node, value)| is_filled_in(tree, node, value))
    }

    fn separate_engine<'a>(&self, tree: &'a Tree<'_>) -> Option<(NodeId, &'a str)> {
        let value = value_of(tree, self.spec_annotations(tree)?, SEPARATE_ENGINE_ANNOTATION)?;
        Some((value, tree.scalar_text(value)?))
    }

    /// The properties that the predictors have in common; `spec` is that of the deployment.
    pub(crate) fn in_common(&self, tree: &Tree<'_>, spec: &Spec<'t>) -> InCommon<'t> {
        InCommon {
            protocol: spec.protocol.as_text(),
            is_separate: self.has_separate_engine(tree),
            may_be_separate: self.may_have_separate_engine(tree),
        }
    }

    fn spec_annotations(&self, tree: &Tree<'_>) -> Option<NodeId> {
        value_of(tree, self.node, "spec").and_then(|spec| value_of(tree, spec, "annotations"))
    }

    /// The `spec`.
    ///
    /// # Errors
    /// An ancestor of an env list has another kind than Kubernetes expects.
    pub fn spec(&self, tree: &'t Tree<'_>) -> Result<Spec<'t>, Diagnostic> {
        let body: WithSpec<'t> = from_node(tree, self.node)?;
        Ok(body.spec.value.unwrap_or_default())
    }
}

/// The containers that [`SKIP_ANNOTATION`] excludes.
#[derive(Debug, PartialEq, Eq)]
pub enum KeptOut<'t> {
    /// The whole resource.
    All,
    /// The containers and graph nodes with these names.
    Names(HashSet<&'t str>),
}

impl KeptOut<'_> {
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.contains(name),
        }
    }
}

/// The SeldonDeployments of a document, also those in lists.
///
/// # Errors
/// The `items` of a list are not a list of mappings, or a key that matters is duplicate.
pub(crate) fn deployments<'t>(tree: &'t Tree<'_>, root: NodeId) -> Result<Vec<Deployment<'t>>, Diagnostic> {
    let mut found = Vec::new();
    match tree.items_of_list(root) {
        Some(items) => items.iter().try_for_each(|item| item_deployments(tree, *item, &mut found))?,
        None => find_deployments(tree, root, &mut found)?,
    }
    Ok(found)
}

fn find_deployments<'t>(tree: &'t Tree<'_>, node: NodeId, found: &mut Vec<Deployment<'t>>) -> Result<(), Diagnostic> {
    let node = tree.resolve(node);
    if !matches!(tree.node(node).kind, Kind::Mapping { .. }) {
        return Ok(());
    }
    let resource: Resource<'t> = from_node(tree, node)?;
    let kind = resource.kind.as_string().unwrap_or_default();
    if LIST_KINDS.contains(&kind) {
        let list: List = from_node(tree, node)?;
        for item in list.items.value.unwrap_or_default() {
            item_deployments(tree, item.node, found)?;
        }
    } else if kind == WORD && resource.api_version.as_text().is_some_and(|version| version.starts_with(GROUP)) {
        let envelope: Envelope<'t> = from_node(tree, node)?;
        found.push(Deployment { node, metadata: envelope.metadata.value.unwrap_or_default() });
    }
    Ok(())
}

/// Those of an item of a list. An item that is not a mapping is an error.
fn item_deployments<'t>(tree: &'t Tree<'_>, item: NodeId, found: &mut Vec<Deployment<'t>>) -> Result<(), Diagnostic> {
    let _: Resource<'t> = from_node(tree, item)?;
    find_deployments(tree, item, found)
}

/// Returns true for the input of a KRM function: a ResourceList with a `functionConfig`.
pub(crate) fn is_function_input(tree: &Tree<'_>, root: NodeId) -> bool {
    let text = |key: &str| text_of(tree, root, key);
    text("kind") == Some("ResourceList")
        && text("apiVersion").is_some_and(|version| version.starts_with("config.kubernetes.io/"))
        && value_of(tree, root, "functionConfig").is_some()
}

/// Returns true if a mapping has a `name` of its own and nothing else.
pub(crate) fn is_bare(tree: &Tree<'_>, mapping: NodeId) -> bool {
    let mut entries = tree.entries(mapping);
    entries.len() == 1 && entries.all(|(key, _)| tree.scalar_text(key) == Some("name"))
}

/// The text of the value of a key, if that is a scalar.
pub(crate) fn text_of<'t>(tree: &'t Tree<'_>, mapping: NodeId, key: &str) -> Option<&'t str> {
    value_of(tree, mapping, key).and_then(|value| tree.scalar_text(value))
}

/// The value of a key, with aliases resolved.
pub(crate) fn value_of(tree: &Tree<'_>, mapping: NodeId, key: &str) -> Option<NodeId> {
    let mut entries = tree.entries(tree.resolve(mapping));
    let (_, value) = entries.find(|(name, _)| tree.scalar_text(*name) == Some(key))?;
    Some(tree.resolve(value))
}

/// The items of a list in a field.
pub(crate) fn items_of<'t>(tree: &'t Tree<'_>, mapping: NodeId, key: &str) -> &'t [NodeId] {
    value_of(tree, mapping, key).map_or(&[], |list| tree.items(list))
}
