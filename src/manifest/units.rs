//! The units of a predictor: everything in it that can have variables, with its role.

use std::collections::HashSet;

use serde::de::IgnoredAny;

use super::pods::SplitNode;
use super::{
    At, Container, ContainerPath, ExecutorPlace, Field, GraphNode, InCommon, NO_ENGINE_ANNOTATION, Pods, Predictor,
    is_bare, is_filled_in, text_of, value_of,
};
use crate::yaml::{NodeId, ScalarKind, Tree};

/// The name of the OpenTelemetry Collector that this program adds to a pod.
pub(crate) const COLLECTOR_SIDECAR: &str = "seldon-trace-collector";

/// The name of Datadog's agent in a pod. It keeps Datadog's admission controller from adding another.
pub(crate) const DATADOG_SIDECAR: &str = "datadog-agent-injected";

/// The name of the executor's container. A user's container with this name in the executor's pod replaces it.
pub(crate) const ORCHESTRATOR: &str = "seldon-container-engine";

/// The implementation of a node with a container of its own.
pub(super) const UNKNOWN_IMPLEMENTATION: &str = "UNKNOWN_IMPLEMENTATION";

const NO_CONTAINER_NEEDED: [&str; 4] = ["SIMPLE_MODEL", "SIMPLE_ROUTER", "RANDOM_ABTEST", "AVERAGE_COMBINER"];
const TRACED_SERVERS: [&str; 4] = ["SKLEARN_SERVER", "XGBOOST_SERVER", "MLFLOW_SERVER", "TENSORFLOW_SERVER"];
/// The servers that MLServer runs on any protocol.
const ALWAYS_MLSERVER: [&str; 2] = ["HUGGINGFACE_SERVER", "TEMPO_SERVER"];
/// The protocols on which MLServer runs the other traced servers, but for TensorFlow's.
const MLSERVER_PROTOCOLS: [&str; 2] = ["v2", "kfserving"];
const UNTRACED_SERVERS: [&str; 3] = ["TRITON_SERVER", "HUGGINGFACE_SERVER", "TEMPO_SERVER"];

/// A predictor and its units.
#[derive(Debug)]
pub(crate) struct PredictorUnits<'t> {
    /// The name, or its index if it has none.
    pub name: String,
    /// The mapping.
    pub node: NodeId,
    /// True if it has no graph, which the API server requires.
    pub lacks_graph: bool,
    pub pods: Pods<'t>,
    pub executor: ExecutorPlace,
    /// True if the executor may be in a pod of its own: another tool decides.
    pub may_be_elsewhere: bool,
    /// The graph node on whose account there is no pod for the executor.
    pub split: Option<SplitNode<'t>>,
    /// The orchestrator, the graph's nodes, depth first, then the rest.
    pub units: Vec<Unit<'t>>,
}

/// A part of a predictor.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'t> {
    /// The container's or graph node's name; [`ORCHESTRATOR`] for the orchestrator.
    pub name: &'t str,
    pub role: Role<'t>,
    /// The mapping of the container or else of the graph node, `svcOrchSpec`, explainer or predictor.
    pub node: NodeId,
    /// The env list.
    pub env: Field<IgnoredAny>,
    /// The container. Those of init containers and explainers are not parsed.
    pub container: Option<Container<'t>>,
    /// The graph node, if that has a name.
    pub graph_node: Option<NodeId>,
    /// The `implementation` of its graph node, or an empty text.
    pub implementation: &'t str,
    /// The Secret from which the operator adds variables.
    pub env_secret: Option<&'t str>,
    /// True for a container with the name of a graph node for which an earlier one is taken.
    pub is_second: bool,
}

/// The role of a unit in its predictor.
#[derive(Debug, Clone, Copy)]
pub enum Role<'t> {
    /// The orchestrator that the operator adds. Its variables are in `svcOrchSpec`, whose node, null or not, is given
    /// if it exists.
    SvcOrchSpec(Option<NodeId>),
    /// A container that replaces the executor, in the pod that would get that one.
    OwnOrchestrator(ContainerPath),
    /// No orchestrator, by an annotation of the predictor. `svcOrchSpec` is not used.
    NoOrchestrator,
    /// A `svcOrchSpec` that is not used, for a container is the orchestrator.
    IdleSvcOrchSpec,
    /// The container of a graph node.
    Server {
        /// The container.
        place: ContainerPath,
        /// True if the operator adds the container if it is missing.
        prepackaged: bool,
    },
    /// A graph node whose prepackaged server traces, and has no container.
    ServerWithoutContainer,
    /// A graph node whose server does not trace.
    UntracedServer {
        /// The protocol, if it is the reason.
        protocol: Option<&'t str>,
    },
    /// A graph node that runs inside the executor.
    InExecutor,
    /// A graph node of an unknown server, without a container or with one that has only a name.
    UnknownServer,
    /// A graph node that lacks its container.
    NoContainer,
    /// A graph node without a name.
    NoName,
    /// A container that no graph node names.
    Sidecar(ContainerPath),
    InitContainer,
    Explainer,
}

/// Finds the units of a predictor, the `index`th of its deployment.
pub(crate) fn units<'t>(
    tree: &'t Tree<'_>,
    (index, predictor): (usize, &At<Predictor<'t>>),
    common: InCommon<'t>,
) -> PredictorUnits<'t> {
    let At { node, value } = predictor;
    let graph = value.graph.value.as_ref().filter(|_| value.graph.node.is_some_and(|node| tree.length(node) > 0));
    let (nodes, found) = Default::default();
    let mut search = Search { tree, protocol: common.protocol, pods: Pods::new(value), own: None, nodes, found };
    if let (Some(graph), Some(at)) = (graph, value.graph.node) {
        search.graph_node(graph, at);
    }
    let executor = ExecutorPlace::of(value, &search.pods, common.is_separate, graph.is_some());
    search.orchestrator(predictor, executor);
    match graph {
        Some(_) => search.unbound(),
        None => search.ungraphed(),
    }
    search.rest(value);
    let split = search.pods.split().filter(|_| executor == ExecutorPlace::Nowhere);
    PredictorUnits {
        name: value.name.as_text().map_or_else(|| index.to_string(), str::to_owned),
        node: *node,
        lacks_graph: graph.is_none(),
        pods: search.pods,
        executor,
        may_be_elsewhere: common.may_be_separate || may_lack_engine(tree, *node),
        split,
        units: search.found,
    }
}

struct Search<'t, 'x> {
    tree: &'t Tree<'x>,
    protocol: Option<&'t str>,
    pods: Pods<'t>,
    /// The container that is the orchestrator.
    own: Option<NodeId>,
    /// The graph's nodes.
    nodes: Vec<Unit<'t>>,
    found: Vec<Unit<'t>>,
}

impl<'t> Search<'t, '_> {
    /// The orchestrator, and after it the graph's nodes.
    fn orchestrator(&mut self, predictor: &At<Predictor<'t>>, executor: ExecutorPlace) {
        let At { node, value } = predictor;
        let by_spec = |role| {
            let env = value.svc_orch_spec.value.map(|spec| spec.env).unwrap_or_default();
            Unit { env, ..Unit::new(ORCHESTRATOR, role, value.svc_orch_spec.node.unwrap_or(*node)) }
        };
        let own = match executor {
            ExecutorPlace::Pod(pod) => self.pods.named_in(ORCHESTRATOR, pod),
            ExecutorPlace::None | ExecutorPlace::Alone | ExecutorPlace::Nowhere => None,
        };
        if let Some((place, container)) = own {
            self.own = Some(place.container);
            self.found.push(Unit::of_container(ORCHESTRATOR, Role::OwnOrchestrator(place), place, container));
            self.found.extend(value.svc_orch_spec.node.map(|_| by_spec(Role::IdleSvcOrchSpec)));
        } else if executor == ExecutorPlace::None {
            self.found.push(by_spec(Role::NoOrchestrator));
        } else {
            self.found.push(by_spec(Role::SvcOrchSpec(value.svc_orch_spec.node)));
        }
        self.found.append(&mut self.nodes);
    }

    /// A node of the graph and those below it, depth first.
    fn graph_node(&mut self, node: &GraphNode<'t>, at: NodeId) {
        let is_prepackaged = is_prepackaged(node.implementation.as_text().unwrap_or_default());
        match node.name.as_text() {
            Some(name) if self.pods.add_node(name, at, is_prepackaged) => self.nodes.extend(self.bind(name, node, at)),
            Some(_) => {}
            None => self.nodes.push(Unit::new("graph node", Role::NoName, at)),
        }
        for child in node.children.value.iter().flatten() {
            self.graph_node(&child.value, child.node);
        }
    }

    /// The unit of a graph node; none if its container has the orchestrator's name, for no call reaches that as a node's.
    fn bind(&self, name: &'t str, node: &GraphNode<'t>, at: NodeId) -> Option<Unit<'t>> {
        let implementation = node.implementation.as_text().unwrap_or_default();
        let env_secret = node.env_secret_ref_name.as_text().filter(|secret| !secret.is_empty());
        let container = self.pods.named(name).filter(|_| name != ORCHESTRATOR);
        let unit = match (self.does_not_trace(implementation), container) {
            (Some(role), Some((place, container))) => Unit::of_container(name, role, place, container),
            (Some(role), None) => Unit::new(name, role, at),
            // `enable` adds such containers, so they do not show that the server traces.
            (None, Some((place, container))) if is_unknown(implementation) && is_bare(self.tree, place.container) => {
                Unit::of_container(name, Role::UnknownServer, place, container)
            }
            (None, Some((place, container))) => {
                let prepackaged = is_prepackaged(implementation);
                Unit::of_container(name, Role::Server { place, prepackaged }, place, container)
            }
            (None, None) if self.pods.named(name).is_some() => return None,
            (None, None) if TRACED_SERVERS.contains(&implementation) => {
                Unit::new(name, Role::ServerWithoutContainer, at)
            }
            (None, None) if NO_CONTAINER_NEEDED.contains(&implementation) => Unit::new(name, Role::InExecutor, at),
            (None, None) if is_unknown(implementation) => Unit::new(name, Role::UnknownServer, at),
            (None, None) => Unit::new(name, Role::NoContainer, at),
        };
        Some(Unit { graph_node: Some(at), implementation, env_secret, ..unit })
    }

    fn does_not_trace(&self, implementation: &str) -> Option<Role<'t>> {
        let foreign = self.protocol.filter(|protocol| !protocol.is_empty() && *protocol != "seldon");
        if UNTRACED_SERVERS.contains(&implementation) {
            return Some(Role::UntracedServer { protocol: None });
        }
        foreign
            .filter(|_| TRACED_SERVERS.contains(&implementation))
            .map(|protocol| Role::UntracedServer { protocol: Some(protocol) })
    }

    /// The containers of a predictor without a graph, all of which are taken for servers but those with a sidecar's name.
    fn ungraphed(&mut self) {
        let units =
            self.pods.containers().iter().filter(|(place, _)| !self.orchestrates(place)).map(|(place, container)| {
                let name = container.name.as_text().unwrap_or_default();
                let role = match [COLLECTOR_SIDECAR, DATADOG_SIDECAR].contains(&name) {
                    true => Role::Sidecar(*place),
                    false => Role::Server { place: *place, prepackaged: false },
                };
                Unit::of_container(name, role, *place, *container)
            });
        let units: Vec<Unit<'t>> = units.collect();
        self.found.extend(units);
    }

    /// The containers that no node names.
    fn unbound(&mut self) {
        let mut seen = HashSet::new();
        let mut sidecars = Vec::new();
        for &(place, container) in self.pods.containers().iter().filter(|(place, _)| !self.orchestrates(place)) {
            let name = container.name.as_text().unwrap_or_default();
            let (is_first, is_node) = (seen.insert(name), self.pods.has_node(name));
            if !is_first || !is_node || name == ORCHESTRATOR {
                let unit = Unit::of_container(name, Role::Sidecar(place), place, container);
                sidecars.push(Unit { is_second: is_node && !is_first, ..unit });
            }
        }
        self.found.extend(sidecars);
    }

    /// Init containers and the explainer.
    fn rest(&mut self, predictor: &Predictor<'t>) {
        for pod in predictor.component_specs.value.iter().flatten().filter_map(|spec| spec.value.spec.value.as_ref()) {
            for &item in pod.init_containers.node.map_or(&[][..], |node| self.tree.items(node)) {
                let name = text_of(self.tree, item, "name");
                let unit = Unit::new(name.unwrap_or("init container"), Role::InitContainer, self.tree.resolve(item));
                self.found.push(Unit { env: self.env_of(item), ..unit });
            }
        }
        if let (Some(node), Some(_)) = (predictor.explainer.node, &predictor.explainer.value) {
            let env = value_of(self.tree, node, "containerSpec").map(|spec| self.env_of(spec)).unwrap_or_default();
            self.found.push(Unit { env, ..Unit::new("explainer", Role::Explainer, node) });
        }
    }

    /// The env list of a container that is not parsed.
    fn env_of(&self, container: NodeId) -> Field<IgnoredAny> {
        let node = value_of(self.tree, container, "env");
        let is_null = |node: &NodeId| self.tree.scalar_kind(*node) == ScalarKind::Null;
        Field { node, value: node.filter(|node| !is_null(node)).map(|_| IgnoredAny) }
    }

    fn orchestrates(&self, place: &ContainerPath) -> bool {
        self.own == Some(place.container)
    }
}

/// Returns true if another tool fills in the annotation that removes a predictor's executor.
pub(crate) fn may_lack_engine(tree: &Tree<'_>, predictor: NodeId) -> bool {
    let value =
        value_of(tree, predictor, "annotations").and_then(|entries| value_of(tree, entries, NO_ENGINE_ANNOTATION));
    value.is_some_and(|value| tree.scalar_text(value).is_some_and(|text| is_filled_in(tree, value, text)))
}

impl<'t> Unit<'t> {
    fn new(name: &'t str, role: Role<'t>, node: NodeId) -> Self {
        Self {
            name,
            role,
            node,
            env: Field::default(),
            container: None,
            graph_node: None,
            implementation: "",
            env_secret: None,
            is_second: false,
        }
    }

    fn of_container(name: &'t str, role: Role<'t>, place: ContainerPath, container: Container<'t>) -> Self {
        Self { env: container.env, container: Some(container), ..Self::new(name, role, place.container) }
    }

    /// A description of `envFrom` or the Secret that may define more variables.
    pub fn other_env_source(&self, tree: &Tree<'_>) -> Option<String> {
        let env_from = self.container.and_then(|container| container.filled_env_from(tree));
        let secret = || self.env_secret.map(|_| "the Secret of envSecretRefName".to_owned());
        env_from.map(|_| "envFrom".to_owned()).or_else(secret)
    }

    /// Returns true for a graph node whose prepackaged server is MLServer.
    pub fn is_mlserver(&self) -> bool {
        match self.role {
            Role::UntracedServer { protocol: None } => ALWAYS_MLSERVER.contains(&self.implementation),
            Role::UntracedServer { protocol: Some(protocol) } => {
                ALWAYS_MLSERVER.contains(&self.implementation)
                    || MLSERVER_PROTOCOLS.contains(&protocol) && self.implementation != "TENSORFLOW_SERVER"
            }
            _ => false,
        }
    }

    /// Returns true for the orchestrator, also one that is missing or not used.
    pub fn is_orchestrator(&self) -> bool {
        matches!(
            self.role,
            Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_) | Role::NoOrchestrator | Role::IdleSvcOrchSpec
        )
    }
}

/// Returns true if the operator adds a missing container for this implementation.
pub(super) fn is_prepackaged(implementation: &str) -> bool {
    !implementation.is_empty()
        && implementation != UNKNOWN_IMPLEMENTATION
        && !NO_CONTAINER_NEEDED.contains(&implementation)
}

/// Returns true for a prepackaged server that is not one of Seldon's.
pub(super) fn is_unknown(implementation: &str) -> bool {
    let is_seldons = TRACED_SERVERS.contains(&implementation) || UNTRACED_SERVERS.contains(&implementation);
    is_prepackaged(implementation) && !is_seldons
}
