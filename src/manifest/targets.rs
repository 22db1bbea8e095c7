//! The env lists of a predictor to edit, and the reasons why others are skipped.

use std::collections::HashSet;
use std::fmt;

use serde::de::IgnoredAny;

use super::pods::SplitNode;
use super::selection::Selection;
use super::units::{PredictorUnits, Role, Unit, units};
use super::{At, Container, ContainerPath, Field, InCommon, Pods, Predictor};
use crate::yaml::{NodeId, Tree};

/// The targets of a predictor, and what is skipped.
#[derive(Debug)]
pub(crate) struct PredictorTargets<'t> {
    /// The predictor's name, or its index if it has none.
    pub name: String,
    /// The mapping.
    pub node: NodeId,
    /// True if it has no graph, which the API server requires.
    pub lacks_graph: bool,
    /// The graph node on whose account there is no pod for the executor, unless another tool gives it one.
    pub split: Option<SplitNode<'t>>,
    /// The orchestrator, then containers.
    pub targets: Vec<Target<'t>>,
    /// The missing containers of prepackaged servers, in the order of the graph.
    pub missing: Vec<MissingContainer<'t>>,
    /// The containers of graph nodes that MLServer serves. No client of a backend reads their variables, so that they are
    /// in `skips` and `others`, too.
    pub mlservers: Vec<Target<'t>>,
    /// Those of such nodes that are missing.
    pub missing_mlservers: Vec<MissingContainer<'t>>,
    pub pods: Pods<'t>,
    pub skips: Vec<Skip>,
    /// The units that are not targets but may have variables.
    pub others: Vec<Unit<'t>>,
}

/// An env list to edit, with its owner.
#[derive(Debug)]
pub(crate) struct Target<'t> {
    /// The container's name; [`ORCHESTRATOR`](super::units::ORCHESTRATOR) for the orchestrator.
    pub name: &'t str,
    /// The node of its unit.
    pub node: NodeId,
    pub site: Site,
    /// The env list.
    pub env: Field<IgnoredAny>,
    /// The container; `None` for `svcOrchSpec`.
    pub container: Option<Container<'t>>,
    /// The Secret from which the operator adds variables.
    pub env_secret: Option<&'t str>,
}

/// The place of a target's env list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Site {
    /// `svcOrchSpec` of the predictor, with its node, null or not, if it exists.
    SvcOrchSpec(Option<NodeId>),
    /// A container that replaces the executor.
    OwnOrchestrator(ContainerPath),
    /// The container of a graph node.
    Container(ContainerPath),
}

/// A missing container of a prepackaged server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MissingContainer<'t> {
    /// The name of the graph node and of the container.
    pub name: &'t str,
    /// The graph node.
    pub node: NodeId,
    /// The Secret from which the operator adds variables.
    pub env_secret: Option<&'t str>,
}

/// A skipped container, graph node or part of a predictor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Skip {
    /// The node of its unit.
    pub node: NodeId,
    pub name: String,
    pub reason: SkipReason,
}

/// The reason why something is skipped.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "Display explains each")]
pub enum SkipReason {
    NoEngine,
    Annotated,
    ServerDoesNotTrace { server: String, protocol: Option<String> },
    RunsInExecutor { implementation: String },
    UnknownServer { server: String },
    NoContainer,
    NoName,
    Sidecar,
    SecondContainer,
    InitContainer,
    Explainer,
}

impl SkipReason {
    /// Returns true if it is about the server of a graph node.
    pub(crate) fn is_of_server(&self) -> bool {
        matches!(self, Self::ServerDoesNotTrace { .. } | Self::UnknownServer { .. })
    }
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
                write!(f, "it has no container with more than a name, and it is not known if {server} traces")
            }
            Self::NoContainer => write!(f, "no container has this graph node's name"),
            Self::NoName => write!(f, "it has no name to find its container by"),
            Self::Sidecar => write!(f, "no graph node has this container's name"),
            Self::SecondContainer => write!(f, "an earlier container of its name is taken for the graph node's"),
            Self::InitContainer => write!(f, "init containers do not trace"),
            Self::Explainer => write!(f, "explainers do not trace"),
        }
    }
}

/// Finds the targets of a predictor, the `index`th of its deployment.
pub(crate) fn targets<'t>(
    tree: &'t Tree<'_>,
    predictor: (usize, &At<Predictor<'t>>),
    common: InCommon<'t>,
    kept_out: &HashSet<&str>,
    selection: &Selection,
) -> PredictorTargets<'t> {
    let PredictorUnits { name, node, lacks_graph, pods, split, may_be_elsewhere, units, .. } =
        units(tree, predictor, common);
    let (targets, missing, mlservers, missing_mlservers, skips, others) = Default::default();
    let mut found = PredictorTargets {
        name,
        node,
        lacks_graph,
        split: split.filter(|_| !may_be_elsewhere),
        targets,
        missing,
        mlservers,
        missing_mlservers,
        pods,
        skips,
        others,
    };
    for unit in units {
        if !selection.selects_unit(&unit) || matches!(unit.role, Role::IdleSvcOrchSpec) {
            found.others.push(unit);
            continue;
        }
        let skip = |reason| Skip { node: unit.node, name: unit.label().to_owned(), reason };
        match (Site::of(&unit, selection.all_containers), unit.why_left_alone()) {
            (None, Some(reason)) => {
                let is_kept_out = kept_out.contains(unit.name) && unit.could_be_kept_out();
                found.skips.push(skip(if is_kept_out { SkipReason::Annotated } else { reason }));
                if unit.is_mlserver() && !kept_out.contains(unit.name) {
                    found.add_mlserver(&unit);
                }
                found.others.push(unit);
            }
            (Some(_), _) | (_, None) if kept_out.contains(unit.name) => {
                found.skips.push(skip(SkipReason::Annotated));
                found.others.push(unit);
            }
            (Some(site), _) => {
                found.targets.push(Target::of(&unit, site));
            }
            (None, None) => {
                found.missing.push(MissingContainer::of(&unit));
            }
        }
    }
    found
}

impl<'t> Target<'t> {
    fn of(unit: &Unit<'t>, site: Site) -> Self {
        let Unit { name, node, env, container, env_secret, .. } = *unit;
        Self { name, node, site, env, container, env_secret }
    }
}

impl<'t> MissingContainer<'t> {
    fn of(unit: &Unit<'t>) -> Self {
        Self { name: unit.name, node: unit.node, env_secret: unit.env_secret }
    }
}

impl<'t> PredictorTargets<'t> {
    fn add_mlserver(&mut self, unit: &Unit<'t>) {
        match self.pods.named(unit.name).filter(|_| unit.container.is_some()) {
            Some((place, _)) => self.mlservers.push(Target::of(unit, Site::Container(place))),
            None => self.missing_mlservers.push(MissingContainer::of(unit)),
        }
    }
}

impl<'t> Unit<'t> {
    /// The reason why it has no variables that a tracing client reads; `None` if it has or could have some.
    pub fn why_left_alone(&self) -> Option<SkipReason> {
        let server = || self.implementation.to_owned();
        Some(match self.role {
            Role::NoOrchestrator => SkipReason::NoEngine,
            Role::UntracedServer { protocol } => {
                SkipReason::ServerDoesNotTrace { server: server(), protocol: protocol.map(str::to_owned) }
            }
            Role::InExecutor => SkipReason::RunsInExecutor { implementation: server() },
            Role::UnknownServer => SkipReason::UnknownServer { server: server() },
            Role::NoContainer => SkipReason::NoContainer,
            Role::NoName => SkipReason::NoName,
            Role::Sidecar(_) if self.is_second => SkipReason::SecondContainer,
            Role::Sidecar(_) => SkipReason::Sidecar,
            Role::InitContainer => SkipReason::InitContainer,
            Role::Explainer => SkipReason::Explainer,
            Role::SvcOrchSpec(_)
            | Role::OwnOrchestrator(_)
            | Role::IdleSvcOrchSpec
            | Role::Server { .. }
            | Role::ServerWithoutContainer => return None,
        })
    }

    /// The name to show.
    pub fn label(&self) -> &'t str {
        if self.is_orchestrator() { "orchestrator" } else { self.name }
    }

    /// Returns true if the annotation takes precedence over the reason by its role.
    fn could_be_kept_out(&self) -> bool {
        matches!(self.role, Role::NoOrchestrator | Role::InExecutor | Role::UnknownServer | Role::NoContainer)
    }
}

impl Site {
    /// The place for a unit's variables. Sidecars have one only with `all_containers`.
    pub(crate) fn of(unit: &Unit<'_>, all_containers: bool) -> Option<Self> {
        match unit.role {
            Role::SvcOrchSpec(node) => Some(Self::SvcOrchSpec(node)),
            Role::OwnOrchestrator(place) => Some(Self::OwnOrchestrator(place)),
            Role::Server { place, .. } => Some(Self::Container(place)),
            Role::Sidecar(place) if all_containers => Some(Self::Container(place)),
            _ => None,
        }
    }

    /// The container's mapping; `None` for `svcOrchSpec`.
    pub(crate) fn container(&self) -> Option<NodeId> {
        match self {
            Self::SvcOrchSpec(_) => None,
            Self::OwnOrchestrator(place) | Self::Container(place) => Some(place.container),
        }
    }

    /// Returns true if the orchestrator reads the variables.
    pub(crate) fn is_orchestrator(&self) -> bool {
        !matches!(self, Self::Container(_))
    }
}
