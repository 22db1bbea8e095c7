//! The containers of a predictor's pods, and those that Seldon's operator adds to them.
//!
//! `DefaultSeldonDeployment` (`operator/apis/machinelearning.seldon.io/v1/defaults.go`, the `Default()` of the
//! admission webhook, tag 1.18.2) adds a container for each prepackaged node that has none, at the end of
//! `componentSpecs[0]`, in the order of the graph, depth first. The Deployment's name is made of the containers' names
//! in their order. So a container that is added or removed here has to be one that the operator adds, at the same
//! index.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::{At, ComponentSpec, Container, ExecutorPlace, Field, Predictor, items_of, text_of};
use crate::yaml::{NodeId, Tree};

/// The operator's name of the port on which a container serves its metrics.
const METRICS_PORT: &str = "metrics";

/// The pods of a predictor.
#[derive(Debug, Default)]
pub(crate) struct Pods<'t> {
    /// The nodes of the first component spec.
    pub first: FirstPod,
    /// The containers of all component specs.
    containers: Vec<(ContainerPath, Container<'t>)>,
    /// The number of them in the first component spec.
    in_first: usize,
    has_later: bool,
    by_name: HashMap<&'t str, Named>,
    /// The graph's nodes for which the operator adds a missing container: each name once, depth first.
    prepackaged: Vec<PrepackagedNode<'t>>,
    /// The names of all nodes of the graph, with their indexes in `prepackaged`.
    ranks: HashMap<&'t str, Option<usize>>,
    /// The same names, depth first.
    nodes: Vec<&'t str>,
}

/// The containers with one name, by their indexes in `containers`.
#[derive(Debug, Clone, Copy)]
struct Named {
    /// The first of them, which is the effective one.
    first: usize,
    last: usize,
    is_single: bool,
    /// The first one in another component spec.
    elsewhere: Option<usize>,
}

/// A graph node with a prepackaged server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PrepackagedNode<'t> {
    /// The name, which is that of its container.
    pub name: &'t str,
    /// The mapping.
    pub node: NodeId,
}

/// A container of the first component spec that the operator adds again if it is removed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remade<'t> {
    pub name: &'t str,
    /// The index in `containers`.
    pub index: usize,
    /// The nodes.
    pub place: ContainerPath,
}

/// A container and its ancestors.
#[derive(Debug, Clone, Copy)]
pub struct ContainerPath {
    /// The container's mapping.
    pub container: NodeId,
    pub containers: NodeId,
    pub spec: NodeId,
    /// The item of `componentSpecs`.
    pub component_spec: NodeId,
    /// `componentSpecs`
    pub component_specs: NodeId,
}

/// A graph node with a container in the first component spec and in another one. Seldon's operator has no pod for the
/// executor then, unless that has one of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SplitNode<'t> {
    name: &'t str,
    /// The container in the first component spec.
    pub container: NodeId,
    pub other: NodeId,
}

/// The names of containers to which the operator assigned a port in the predictors so far.
#[derive(Debug, Default)]
pub(crate) struct NumberedNames<'t> {
    numbered: HashSet<&'t str>,
    /// Those whose port is another one after the change.
    moved: HashSet<&'t str>,
}

/// The nodes from a predictor to the containers of its first component spec that exist, null or not.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FirstPod {
    /// `componentSpecs`
    pub component_specs: Option<NodeId>,
    /// The first item.
    pub component_spec: Option<NodeId>,
    pub spec: Option<NodeId>,
}

impl<'t> Pods<'t> {
    /// The pods of a predictor whose graph is not yet read.
    pub(super) fn new(predictor: &Predictor<'t>) -> Self {
        let mut pods = Self { first: first_pod(predictor), ..Self::default() };
        let specs = predictor.component_specs.value.as_deref().unwrap_or_default();
        pods.has_later = specs.len() > 1;
        for (at, component_spec) in specs.iter().enumerate() {
            pods.add(component_spec, predictor.component_specs.node);
            if at == 0 {
                pods.in_first = pods.containers.len();
            }
        }
        pods
    }

    /// Adds the containers of a component spec.
    fn add(&mut self, component_spec: &At<ComponentSpec<'t>>, component_specs: Option<NodeId>) {
        let Field { node: Some(spec), value: Some(pod) } = &component_spec.value.spec else { return };
        let Field { node: Some(containers), value: Some(items) } = &pod.containers else { return };
        let Some(component_specs) = component_specs else { return };
        let (spec, containers, component_spec) = (*spec, *containers, component_spec.node);
        let before = self.containers.len();
        for &At { node: container, value } in items {
            let at = self.containers.len();
            self.containers
                .push((ContainerPath { container, containers, spec, component_spec, component_specs }, value));
            let Some(name) = value.name.as_text() else { continue };
            let new = Named { first: at, last: at, is_single: true, elsewhere: None };
            let again = |named: &mut Named| {
                named.last = at;
                named.is_single = false;
                named.elsewhere = named.elsewhere.or((named.first < before).then_some(at));
            };
            self.by_name.entry(name).and_modify(again).or_insert(new);
        }
    }

    /// Adds a node of the graph, and returns true if it is the first of its name.
    pub(super) fn add_node(&mut self, name: &'t str, node: NodeId, is_prepackaged: bool) -> bool {
        let is_first = !self.has_node(name);
        if is_first {
            self.nodes.push(name);
        }
        let rank = self.ranks.entry(name).or_default();
        if is_prepackaged && rank.is_none() {
            *rank = Some(self.prepackaged.len());
            self.prepackaged.push(PrepackagedNode { name, node });
        }
        is_first
    }

    /// Returns true if a node of the graph has this name.
    pub(crate) fn has_node(&self, name: &str) -> bool {
        self.ranks.contains_key(name)
    }

    /// The containers of all component specs, in their order.
    pub(super) fn containers(&self) -> &[(ContainerPath, Container<'t>)] {
        &self.containers
    }

    /// The pods with containers, each by its first container, with true if a graph node names one of them.
    pub(crate) fn specs(&self) -> impl Iterator<Item = (ContainerPath, bool)> {
        let is_of_node = |(_, container): &(ContainerPath, Container<'_>)| {
            container.name.as_text().is_some_and(|name| self.has_node(name))
        };
        self.all_in_pods().filter_map(move |pod| Some((pod.first()?.0, pod.iter().any(is_of_node))))
    }

    /// The containers of each pod that has some.
    pub(crate) fn all_in_pods(&self) -> impl Iterator<Item = &[(ContainerPath, Container<'t>)]> {
        self.containers.chunk_by(|(one, _), (other, _)| one.component_spec == other.component_spec)
    }

    /// Returns true if no container has this name.
    pub(crate) fn named_none(&self, name: &str) -> bool {
        !self.by_name.contains_key(name)
    }

    /// The first container of that name.
    pub(super) fn named(&self, name: &str) -> Option<(ContainerPath, Container<'t>)> {
        self.by_name.get(name).map(|named| self.containers[named.first])
    }

    /// The first container of that name in the pod of a component spec.
    pub(super) fn named_in(
        &self,
        name: &str,
        component_spec: Option<NodeId>,
    ) -> Option<(ContainerPath, Container<'t>)> {
        let has_name =
            |(_, container): &&(ContainerPath, Container<'_>)| container.name.as_text().is_some_and(|own| own == name);
        // Most predictors have none of that name.
        let all = if self.by_name.contains_key(name) { &self.containers[..] } else { &[] };
        all.iter().filter(has_name).find(|(place, _)| Some(place.component_spec) == component_spec).copied()
    }

    /// The place of an executor that has no pod of its own.
    ///
    /// `Default()` gives a node the host `localhost` if its container is in the first component spec: the last of its
    /// containers counts, but the first one for a prepackaged server. `createComponents` adds the executor to the last pod
    /// with a container of the first such node.
    pub(crate) fn executor(&self) -> ExecutorPlace {
        let pod = self.nodes.iter().find_map(|name| {
            let is_prepackaged = self.ranks.get(name).is_some_and(Option::is_some);
            match self.by_name.get(name) {
                Some(named) => {
                    let decisive = if is_prepackaged { named.first } else { named.last };
                    (decisive < self.in_first).then(|| Some(self.containers[named.last].0.component_spec))
                }
                None => is_prepackaged.then_some(self.first.component_spec),
            }
        });
        pod.map_or(ExecutorPlace::Nowhere, ExecutorPlace::Pod)
    }

    /// The nodes for which the operator adds a container, in the order of its additions.
    pub(crate) fn containerless(&self) -> impl Iterator<Item = &PrepackagedNode<'t>> {
        self.prepackaged.iter().filter(|node| !self.by_name.contains_key(node.name))
    }

    /// The containers at the end of the first component spec, the last one first, that the operator adds again at the
    /// same index if they are removed in this order, provided that they have only a name.
    /// Those at the indexes that `is_removed` has are removed already.
    pub(crate) fn remade_from_the_end(
        &self,
        is_removed: impl Fn(&ContainerPath, usize) -> bool,
    ) -> impl Iterator<Item = Remade<'t>> {
        let rank = |name: &str| self.ranks.get(name).copied().flatten();
        // It adds them in the order of the graph, together with those that are missing already.
        let mut next = self.containerless().next().and_then(|node| rank(node.name)).unwrap_or(self.prepackaged.len());
        let all = self.containers[..self.in_first].iter().enumerate().rev();
        all.filter(move |(index, (place, _))| !is_removed(place, *index)).map_while(
            move |(index, (place, container))| {
                let name = container.name.as_text()?;
                // Another container with its name would become the effective one.
                let is_single = self.by_name.get(name).is_some_and(|named| named.is_single);
                next = rank(name).filter(|rank| is_single && *rank < next)?;
                Some(Remade { name, index, place: *place })
            },
        )
    }

    /// Returns true if the first component spec becomes empty without this many containers, and another one would
    /// become the first. `left` counts the entries of a mapping that are not removed.
    pub(crate) fn is_replaced_without(&self, removed: usize, left: impl Fn(NodeId) -> usize) -> bool {
        let FirstPod { component_spec, spec, .. } = self.first;
        let has_one_entry = |node: Option<NodeId>| node.is_some_and(|node| left(node) == 1);
        self.has_later && removed == self.in_first && has_one_entry(component_spec) && has_one_entry(spec)
    }

    /// Returns true if the operator assigns other ports to this predictor's containers if these ones, which it adds
    /// itself otherwise, are added to or removed from the end of the first component spec.
    ///
    /// It numbers the names of containers in the order of component specs and predictors, each name once. The containers
    /// that it adds are the last of their predictor. Ports for metrics are numbered separately, for each container of a
    /// node that has none.
    pub(crate) fn moves_ports(&self, tree: &Tree<'_>, names: &mut NumberedNames<'t>, moved: &[&'t str]) -> bool {
        let later = &self.containers[self.in_first..];
        let is_in_first = |name: &str| self.by_name.get(name).is_some_and(|named| named.first < self.in_first);
        let named = || later.iter().filter_map(|(place, container)| Some((place.container, container.name.as_text()?)));
        let shifts_metrics = || named().any(|(node, name)| self.has_node(name) && !has_metrics_port(tree, node));
        let moved_new: Vec<&str> = moved.iter().copied().filter(|name| !names.numbered.contains(name)).collect();
        let shifted = named().map(|(_, name)| name);
        let shifted: Vec<&str> = shifted
            .filter(|name| !moved_new.is_empty() && !names.numbered.contains(name) && !is_in_first(name))
            .collect();
        let moves = !shifted.is_empty()
            || !moved.is_empty() && shifts_metrics()
            || self.numbered().any(|name| names.moved.contains(name));
        if !shifted.is_empty() {
            names.moved.extend(shifted.into_iter().chain(moved_new));
        }
        names.numbered.extend(self.numbered());
        moves
    }

    /// The names to which the operator assigns a port.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = &'t str> {
        let containers = self.containers.iter().filter_map(|(_, container)| container.name.as_text());
        containers.chain(self.prepackaged.iter().map(|node| node.name))
    }

    /// The first graph node with a container in the first component spec and in another one.
    pub(super) fn split(&self) -> Option<SplitNode<'t>> {
        self.nodes.iter().find_map(|name| {
            let named = self.by_name.get(name).filter(|named| named.first < self.in_first)?;
            let container = |at: usize| self.containers[at].0.container;
            Some(SplitNode { name, container: container(named.first), other: container(named.elsewhere?) })
        })
    }
}

impl fmt::Display for SplitNode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "graph node {} has a container in two component specs", self.name)
    }
}

fn has_metrics_port(tree: &Tree<'_>, container: NodeId) -> bool {
    let ports = items_of(tree, container, "ports");
    let name = |port: &NodeId| text_of(tree, *port, "name");
    ports.iter().any(|port| name(port) == Some(METRICS_PORT))
}

fn first_pod(predictor: &Predictor<'_>) -> FirstPod {
    let first: Option<&At<ComponentSpec<'_>>> =
        predictor.component_specs.value.as_ref().and_then(|specs| specs.first());
    let spec = first.map(|first| &first.value.spec);
    FirstPod {
        component_specs: predictor.component_specs.node,
        component_spec: first.map(|first| first.node),
        spec: spec.and_then(|spec| spec.node),
    }
}
