//! Which env lists of a predictor are to be edited, and why others are not.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::de::IgnoredAny;

use super::selection::{Only, Selection};
use super::{At, ComponentSpec, Container, Field, GraphNode, Predictor};
use crate::yaml::{NodeId, Tree};

/// The name that the executor's container has, and by which a user's own one takes its place.
pub const ORCHESTRATOR: &str = "seldon-container-engine";

const NO_CONTAINER_NEEDED: [&str; 4] = ["SIMPLE_MODEL", "SIMPLE_ROUTER", "RANDOM_ABTEST", "AVERAGE_COMBINER"];
const TRACED_SERVERS: [&str; 4] = ["SKLEARN_SERVER", "XGBOOST_SERVER", "MLFLOW_SERVER", "TENSORFLOW_SERVER"];
const UNTRACED_SERVERS: [&str; 3] = ["TRITON_SERVER", "HUGGINGFACE_SERVER", "TEMPO_SERVER"];

/// What of a predictor is to be edited, and what is not.
#[derive(Debug)]
pub struct PredictorTargets<'t> {
    /// The predictor's name, or its place in the list where it has none.
    pub name: String,
    /// Its mapping.
    pub node: NodeId,
    /// Whether it has no graph, which the API server wants.
    pub lacks_graph: bool,
    /// Orchestrator and containers, in that order.
    pub targets: Vec<Target<'t>>,
    /// Containers that prepackaged servers lack, in the graph's order, and where they are to be made.
    pub missing: Vec<MissingContainer<'t>>,
    /// Where the first component spec stands or is to stand.
    pub first_pod: FirstPod,
    /// What is left alone, and why.
    pub skips: Vec<Skip>,
    /// What is no target and may hold variables all the same: its name and its env list.
    pub others: Vec<(String, Field<IgnoredAny>)>,
}

/// Whose variables an env list holds, and the mapping that it stands in.
#[derive(Debug)]
pub struct Target<'t> {
    /// The container's name; [`ORCHESTRATOR`] for the orchestrator.
    pub name: &'t str,
    /// Where it stands.
    pub site: Site,
    /// The env list.
    pub env: Field<IgnoredAny>,
    /// The container, unless the target is `svcOrchSpec`.
    pub container: Option<Container<'t>>,
    /// The Secret that the operator takes more variables from.
    pub env_secret: Option<&'t str>,
}

/// Where a target stands.
#[derive(Debug, Clone, Copy)]
pub enum Site {
    /// `svcOrchSpec` of this predictor, at that node, null or not, where there is one.
    SvcOrchSpec(Option<NodeId>),
    /// The container that runs the orchestrator in the executor's stead.
    OwnOrchestrator(Place),
    /// The container of a graph node.
    Container {
        /// Where it stands.
        place: Place,
        /// Whether the operator makes the container where nothing but its name would be left.
        prepackaged: bool,
    },
}

/// A container and what it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The container's mapping.
    pub container: NodeId,
    /// `containers`
    pub containers: NodeId,
    /// `spec`
    pub spec: NodeId,
    /// The item of `componentSpecs`.
    pub component_spec: NodeId,
    /// `componentSpecs`
    pub component_specs: NodeId,
}

/// A container that a prepackaged server lacks.
#[derive(Debug, Clone, Copy)]
pub struct MissingContainer<'t> {
    /// The graph node's name, which it is to have.
    pub name: &'t str,
    /// The Secret that the operator takes more variables from.
    pub env_secret: Option<&'t str>,
}

/// The nodes from a predictor to the containers of its first component spec, as far as they stand, null or not.
#[derive(Debug, Clone, Copy, Default)]
pub struct FirstPod {
    /// `componentSpecs`
    pub component_specs: Option<NodeId>,
    /// Its first item.
    pub component_spec: Option<NodeId>,
    /// `spec`
    pub spec: Option<NodeId>,
    /// `containers`
    pub containers: Option<NodeId>,
}

/// Something that is left alone.
#[derive(Debug, PartialEq, Eq)]
pub struct Skip {
    /// The container, node or part of the predictor.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why something is left alone.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says itself in its Display")]
pub enum SkipReason {
    NoEngine,
    Annotated,
    ServerDoesNotTrace { server: String, protocol: Option<String> },
    RunsInExecutor { implementation: String },
    UnknownServer { server: String },
    NoContainer,
    NoName,
    Sidecar,
    InitContainer,
    Explainer,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEngine => write!(f, "the predictor has no executor (seldon.io/no-engine)"),
            Self::Annotated => write!(f, "the annotation {} keeps it out", super::SKIP_ANNOTATION),
            Self::ServerDoesNotTrace { server, protocol: None } => write!(f, "{server} does not trace"),
            Self::ServerDoesNotTrace { server, protocol: Some(protocol) } => {
                write!(f, "{server} does not trace on protocol {protocol}")
            }
            Self::RunsInExecutor { implementation } => write!(f, "{implementation} runs inside the executor"),
            Self::UnknownServer { server } => {
                write!(f, "it has no container, and whether {server} traces is not known")
            }
            Self::NoContainer => write!(f, "no container has this graph node's name"),
            Self::NoName => write!(f, "it has no name, by which its container would be found"),
            Self::Sidecar => write!(f, "no graph node has this container's name"),
            Self::InitContainer => write!(f, "init containers do not trace"),
            Self::Explainer => write!(f, "explainers do not trace"),
        }
    }
}

/// Finds the targets of a predictor, the `index`th of its deployment.
pub fn targets<'t>(
    tree: &'t Tree<'_>,
    (index, predictor): (usize, &At<Predictor<'t>>),
    protocol: Option<&str>,
    kept_out: &[&str],
    selection: &Selection,
) -> PredictorTargets<'t> {
    let At { node, value } = predictor;
    let graph = value.graph.value.as_ref().filter(|_| value.graph.node.is_some_and(|node| tree.length(node) > 0));
    let containers = containers(value);
    let mut by_name = HashMap::new();
    for (at, (_, container)) in containers.iter().enumerate() {
        if let Some(name) = container.name.as_text() {
            by_name.entry(name).or_insert(at);
        }
    }
    let search = Search { tree, protocol, kept_out, selection, containers, by_name, bound: HashSet::new() };
    let mut found = PredictorTargets {
        name: value.name.as_text().map_or_else(|| index.to_string(), str::to_owned),
        node: *node,
        lacks_graph: graph.is_none(),
        targets: Vec::new(),
        missing: Vec::new(),
        first_pod: first_pod(value),
        skips: Vec::new(),
        others: Vec::new(),
    };
    search.run(value, graph, &mut found);
    found
}

struct Search<'a, 't, 'x> {
    tree: &'t Tree<'x>,
    protocol: Option<&'a str>,
    kept_out: &'a [&'a str],
    selection: &'a Selection,
    containers: Vec<(Place, Container<'t>)>,
    /// The first container of each name.
    by_name: HashMap<&'t str, usize>,
    /// The names that graph nodes have claimed.
    bound: HashSet<&'t str>,
}

impl<'t> Search<'_, 't, '_> {
    fn run(mut self, predictor: &Predictor<'t>, graph: Option<&GraphNode<'t>>, found: &mut PredictorTargets<'t>) {
        self.orchestrator(predictor, found);
        match graph {
            Some(graph) => {
                self.node(graph, found);
                self.unbound(found);
            }
            None => {
                for at in 0..self.containers.len() {
                    let (place, container) = self.containers[at];
                    let name = container.name.as_text().unwrap_or_default();
                    self.container(name, Site::Container { place, prepackaged: false }, container, None, found);
                }
            }
        }
        self.rest(predictor, found);
    }

    fn orchestrator(&self, predictor: &Predictor<'t>, found: &mut PredictorTargets<'t>) {
        if self.selection.only == Only::Containers || !self.selection.selects_container(ORCHESTRATOR) {
            return;
        }
        let annotations = predictor.annotations.value.as_ref();
        let no_engine = annotations.is_some_and(|annotations| annotations.no_engine.as_string() == Some("true"));
        let skip = |reason| Skip { name: "orchestrator".to_owned(), reason };
        if self.kept_out.contains(&ORCHESTRATOR) {
            found.skips.push(skip(SkipReason::Annotated));
        } else if let Some((place, container)) = self.named(ORCHESTRATOR) {
            let site = Site::OwnOrchestrator(place);
            found.targets.push(Target {
                name: ORCHESTRATOR,
                site,
                env: container.env,
                container: Some(container),
                env_secret: None,
            });
        } else if no_engine {
            found.skips.push(skip(SkipReason::NoEngine));
        } else {
            let env = predictor.svc_orch_spec.value.map(|spec| spec.env).unwrap_or_default();
            let site = Site::SvcOrchSpec(predictor.svc_orch_spec.node);
            found.targets.push(Target { name: ORCHESTRATOR, site, env, container: None, env_secret: None });
        }
    }

    /// A node of the graph and those below it, depth first.
    fn node(&mut self, node: &GraphNode<'t>, found: &mut PredictorTargets<'t>) {
        let wanted = |name: &str| self.selection.only != Only::Orchestrator && self.selection.selects_container(name);
        if let Some(name) = node.name.as_text()
            && self.bound.insert(name)
            && wanted(name)
        {
            self.bind(name, node, found);
        } else if node.name.as_text().is_none() && self.selection.container.is_none() {
            found.skips.push(Skip { name: "graph node".to_owned(), reason: SkipReason::NoName });
        }
        for child in node.children.value.iter().flatten() {
            self.node(&child.value, found);
        }
    }

    fn bind(&self, name: &'t str, node: &GraphNode<'t>, found: &mut PredictorTargets<'t>) {
        let server = node.implementation.as_text().unwrap_or_default();
        let env_secret = node.env_secret_ref_name.as_text().filter(|secret| !secret.is_empty());
        let skip = |reason| Skip { name: name.to_owned(), reason };
        if let Some(reason) = self.does_not_trace(server) {
            found.skips.push(skip(reason));
        } else if let Some((place, container)) = self.named(name) {
            let prepackaged = is_prepackaged(server);
            self.container(name, Site::Container { place, prepackaged }, container, env_secret, found);
        } else if self.kept_out.contains(&name) {
            found.skips.push(skip(SkipReason::Annotated));
        } else if TRACED_SERVERS.contains(&server) {
            found.missing.push(MissingContainer { name, env_secret });
        } else if NO_CONTAINER_NEEDED.contains(&server) {
            found.skips.push(skip(SkipReason::RunsInExecutor { implementation: server.to_owned() }));
        } else if is_prepackaged(server) {
            found.skips.push(skip(SkipReason::UnknownServer { server: server.to_owned() }));
        } else {
            found.skips.push(skip(SkipReason::NoContainer));
        }
    }

    fn does_not_trace(&self, server: &str) -> Option<SkipReason> {
        let foreign = self.protocol.filter(|protocol| !protocol.is_empty() && *protocol != "seldon");
        let protocol = match (UNTRACED_SERVERS.contains(&server), foreign) {
            (true, _) => None,
            (false, Some(protocol)) if TRACED_SERVERS.contains(&server) => Some(protocol.to_owned()),
            _ => return None,
        };
        Some(SkipReason::ServerDoesNotTrace { server: server.to_owned(), protocol })
    }

    fn container(
        &self,
        name: &'t str,
        site: Site,
        container: Container<'t>,
        env_secret: Option<&'t str>,
        found: &mut PredictorTargets<'t>,
    ) {
        let Site::Container { place, .. } = site else { return };
        // Whether it is wanted as the orchestrator was decided before.
        let orchestrates = self.named(ORCHESTRATOR).is_some_and(|(own, _)| own.container == place.container);
        if orchestrates || self.selection.only == Only::Orchestrator || !self.selection.selects_container(name) {
            return;
        }
        if self.kept_out.contains(&name) {
            found.skips.push(Skip { name: name.to_owned(), reason: SkipReason::Annotated });
        } else {
            found.targets.push(Target { name, site, env: container.env, container: Some(container), env_secret });
        }
    }

    /// The containers that no node names.
    fn unbound(&self, found: &mut PredictorTargets<'t>) {
        let mut seen = HashSet::new();
        for &(place, container) in &self.containers {
            let name = container.name.as_text().unwrap_or_default();
            let first = seen.insert(name);
            if first && (name == ORCHESTRATOR || self.bound.contains(name)) {
                continue;
            }
            if self.selection.all_containers {
                self.container(name, Site::Container { place, prepackaged: false }, container, None, found);
            } else if self.selection.only != Only::Orchestrator && self.selection.selects_container(name) {
                found.skips.push(Skip { name: name.to_owned(), reason: SkipReason::Sidecar });
            }
        }
    }

    /// Init containers and the explainer, which are never targets, and the variables of all that is none.
    fn rest(&self, predictor: &Predictor<'t>, found: &mut PredictorTargets<'t>) {
        let wants_containers = self.selection.only != Only::Orchestrator && self.selection.container.is_none();
        for pod in predictor.component_specs.value.iter().flatten().filter_map(|spec| spec.value.spec.value.as_ref()) {
            for &item in pod.init_containers.node.map_or(&[][..], |node| self.tree.items(node)) {
                let name = self.value_of(item, "name").and_then(|name| self.tree.scalar_text(name));
                let name = name.unwrap_or("init container").to_owned();
                found.others.push((name.clone(), self.env_of(item)));
                if wants_containers {
                    found.skips.push(Skip { name, reason: SkipReason::InitContainer });
                }
            }
        }
        if let (Some(node), Some(_)) = (predictor.explainer.node, &predictor.explainer.value) {
            let spec = self.value_of(node, "containerSpec");
            found.others.push(("explainer".to_owned(), spec.map(|spec| self.env_of(spec)).unwrap_or_default()));
            if wants_containers {
                found.skips.push(Skip { name: "explainer".to_owned(), reason: SkipReason::Explainer });
            }
        }
        let containers: HashSet<NodeId> = found.targets.iter().filter_map(|target| target.site.container()).collect();
        let orchestrates = found.targets.iter().any(|target| matches!(target.site, Site::SvcOrchSpec(_)));
        let mut others = Vec::new();
        if let Some(spec) = predictor.svc_orch_spec.value.filter(|_| !orchestrates) {
            others.push(("svcOrchSpec".to_owned(), spec.env));
        }
        for (_, container) in self.containers.iter().filter(|(place, _)| !containers.contains(&place.container)) {
            others.push((container.name.as_text().unwrap_or_default().to_owned(), container.env));
        }
        found.others.extend(others);
    }

    /// The env list of a container that is not typed.
    fn env_of(&self, container: NodeId) -> Field<IgnoredAny> {
        let node = self.value_of(container, "env");
        Field { node, value: node.map(|_| IgnoredAny) }
    }

    fn value_of(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        let mut entries = self.tree.entries(self.tree.resolve(mapping));
        let (_, value) = entries.find(|(name, _)| self.tree.scalar_text(*name) == Some(key))?;
        Some(self.tree.resolve(value))
    }

    /// The first container of that name.
    fn named(&self, name: &str) -> Option<(Place, Container<'t>)> {
        self.by_name.get(name).map(|at| self.containers[*at])
    }
}

impl Site {
    /// The container's mapping, where the target is a container.
    pub fn container(&self) -> Option<NodeId> {
        match self {
            Self::SvcOrchSpec(_) => None,
            Self::OwnOrchestrator(place) | Self::Container { place, .. } => Some(place.container),
        }
    }

    /// Whether the orchestrator reads the variables.
    pub fn is_orchestrator(&self) -> bool {
        !matches!(self, Self::Container { .. })
    }
}

/// Whether the operator makes a container for this implementation where there is none.
fn is_prepackaged(implementation: &str) -> bool {
    !implementation.is_empty()
        && implementation != "UNKNOWN_IMPLEMENTATION"
        && !NO_CONTAINER_NEEDED.contains(&implementation)
}

fn containers<'t>(predictor: &Predictor<'t>) -> Vec<(Place, Container<'t>)> {
    let mut found = Vec::new();
    let Some(component_specs) = predictor.component_specs.node else { return found };
    for At { node: component_spec, value } in predictor.component_specs.value.iter().flatten() {
        let Field { node: Some(spec), value: Some(pod) } = &value.spec else { continue };
        let Field { node: Some(containers), value: Some(items) } = &pod.containers else { continue };
        for item in items {
            let place = Place {
                container: item.node,
                containers: *containers,
                spec: *spec,
                component_spec: *component_spec,
                component_specs,
            };
            found.push((place, item.value));
        }
    }
    found
}

fn first_pod(predictor: &Predictor<'_>) -> FirstPod {
    let first: Option<&At<ComponentSpec<'_>>> =
        predictor.component_specs.value.as_ref().and_then(|specs| specs.first());
    let spec = first.map(|first| &first.value.spec);
    FirstPod {
        component_specs: predictor.component_specs.node,
        component_spec: first.map(|first| first.node),
        spec: spec.and_then(|spec| spec.node),
        containers: spec.and_then(|spec| spec.value.as_ref()).and_then(|pod| pod.containers.node),
    }
}
