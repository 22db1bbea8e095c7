//! The place of a predictor's executor, and the predictors for which Seldon's operator has none.
//!
//! `createComponents` (`operator/controllers/seldondeployment_controller.go`) and the validation of the admission webhook
//! (`operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go`), tag 1.18.2; tried with the operator of
//! 1.17.1.

use std::fmt;

use super::{At, GraphNode, Pods, Predictor, Role, Unit, is_placeholder};
use crate::yaml::NodeId;

/// The place of a predictor's executor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExecutorPlace {
    /// There is no executor, by an annotation of the predictor.
    None,
    /// A pod of its own, by an annotation of `spec`.
    Alone,
    /// The pod of this component spec; `None` if the operator makes it.
    Pod(Option<NodeId>),
    /// No pod can have it: the operator refuses the predictor.
    Nowhere,
}

impl ExecutorPlace {
    pub(super) fn of(predictor: &Predictor<'_>, pods: &Pods<'_>, is_separate: bool, has_graph: bool) -> Self {
        let annotations = predictor.annotations.value.as_ref();
        match pods.with_executor() {
            _ if annotations.is_some_and(super::Annotations::has_no_engine) => Self::None,
            _ if is_separate => Self::Alone,
            // A predictor without a graph is taken to get one.
            None if !has_graph => Self::Pod(pods.first.component_spec),
            None => Self::Nowhere,
            Some(pod) => Self::Pod(pod),
        }
    }
}

/// A reason why Seldon's operator refuses a predictor, and with it the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal<'t> {
    pub kind: RefusalKind<'t>,
    /// Where the reason is.
    pub node: NodeId,
    /// False if the manifest is evidently completed by another tool.
    pub is_certain: bool,
}

/// The kinds of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalKind<'t> {
    /// A graph node has no container.
    NoContainer(&'t str),
    /// A graph node has no name.
    NoName,
    /// A graph node has a container in two component specs: the name, and the other one.
    Split(&'t str, NodeId),
    /// The first component spec has no graph node's container.
    NoNodeInFirst,
    /// There is no pod for the executor.
    NoPod,
    /// A graph of several nodes has no executor.
    NoEngineOfSeveral,
}

impl<'t> Refusal<'t> {
    /// All reasons for a predictor, which has these units.
    pub(super) fn all(
        predictor: &At<Predictor<'t>>,
        pods: &Pods<'t>,
        executor: ExecutorPlace,
        units: &[Unit<'t>],
    ) -> Vec<Self> {
        let in_graph = || units.iter().filter(|unit| unit.graph_node.is_some());
        let Some(root) = predictor.value.graph.node.filter(|_| in_graph().next().is_some()) else { return Vec::new() };
        let mut found = Vec::new();
        let mut add = |kind, node| found.push(Self { kind, node, is_certain: true });
        let has_annotation = predictor.value.annotations.value.as_ref().is_some_and(|all| !all.no_engine.is_absent());
        let has_children = |node: &GraphNode<'_>| node.children.value.as_ref().is_some_and(|all| !all.is_empty());
        if has_annotation && predictor.value.graph.value.as_ref().is_some_and(has_children) {
            add(RefusalKind::NoEngineOfSeveral, predictor.node);
        }
        let lacks_container = |unit: &&Unit<'_>| matches!(unit.role, Role::NoContainer);
        for unit in in_graph().filter(lacks_container) {
            add(RefusalKind::NoContainer(unit.name), unit.node);
        }
        for unit in units.iter().filter(|unit| matches!(unit.role, Role::NoName)) {
            add(RefusalKind::NoName, unit.node);
        }
        let has_none = pods.containers().is_empty();
        if executor == ExecutorPlace::Nowhere {
            match (pods.split(), pods.first.component_spec.filter(|_| !has_none)) {
                (Some((name, container, other)), _) => add(RefusalKind::Split(name, other), container),
                // Its container would be there.
                _ if in_graph().any(|unit| lacks_container(&unit)) => {}
                (None, Some(first)) => add(RefusalKind::NoNodeInFirst, first),
                (None, None) => add(RefusalKind::NoPod, root),
            }
        }
        // A predictor without a container may be a part of a manifest.
        if !found.is_empty() && (has_none || units.iter().any(|unit| is_placeholder(unit.name, true))) {
            found.iter_mut().for_each(|refusal| refusal.is_certain = false);
        }
        found
    }
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            RefusalKind::NoContainer(name) => write!(f, "no container has the name of graph node {name}"),
            RefusalKind::NoName => write!(f, "a graph node has no name"),
            RefusalKind::Split(name, _) => write!(f, "graph node {name} has a container in two component specs"),
            RefusalKind::NoNodeInFirst => write!(f, "the first component spec has no graph node's container"),
            RefusalKind::NoPod => write!(f, "there is no container beside which the orchestrator could run"),
            RefusalKind::NoEngineOfSeveral => write!(f, "seldon.io/no-engine is for a graph of one node"),
        }
    }
}
