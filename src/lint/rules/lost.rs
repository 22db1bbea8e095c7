//! Settings in a manifest that reach no program, and the units that they may be for.

use std::collections::HashSet;

use super::misplaced::dropped_keys;
use super::places::misplaced_settings;
use crate::manifest::{Deployment, Site};
use crate::yaml::{NodeId, Tree};

/// A setting that reaches no program: what is written for it elsewhere is written a second time.
#[derive(Debug)]
pub(crate) struct LostSetting<'t> {
    pub node: NodeId,
    /// The remark on it beside the variables that a command writes.
    pub remark: String,
    /// The rule that finds it.
    pub rule: &'static str,
    scopes: Vec<Scope<'t>>,
}

/// Units of a deployment. A predictor is given by its mapping; `None` are all predictors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope<'t> {
    Orchestrator(Option<NodeId>),
    Containers(Option<NodeId>),
    /// The containers that prepackaged servers lack.
    MissingContainers(Option<NodeId>),
    /// A container, by its own mapping or an ancestor.
    Below(NodeId),
    /// The container of a graph node, by the name of that.
    GraphNode(Option<NodeId>, &'t str),
}

/// The lost settings of a deployment and of some of its predictors, in the order of the rules.
pub(crate) fn lost_settings<'t>(
    tree: &'t Tree<'_>,
    deployment: &Deployment<'t>,
    predictors: impl Iterator<Item = NodeId> + Clone,
) -> Vec<LostSetting<'t>> {
    let keys = dropped_keys(tree, deployment.node, predictors.clone()).into_iter();
    let keys =
        keys.map(|key| LostSetting { node: key.node, remark: key.remark(), rule: "ST018", scopes: key.scopes() });
    let annotations = misplaced_settings(tree, deployment, predictors).into_iter();
    let annotations = annotations.map(|annotation| LostSetting {
        node: annotation.node,
        remark: annotation.words,
        rule: "ST022",
        scopes: vec![Scope::Orchestrator(annotation.predictor)],
    });
    keys.chain(annotations).collect()
}

impl<'t> LostSetting<'t> {
    /// Returns true if it may be for one of these units.
    pub(crate) fn is_for(&self, units: &HashSet<Scope<'t>>) -> bool {
        self.scopes.iter().any(|scope| units.contains(scope))
    }

    /// The units that it may be for.
    pub(crate) fn scopes(&self) -> &[Scope<'t>] {
        &self.scopes
    }
}

/// All scopes that have a unit of a predictor. A container without a place is missing.
pub(crate) fn scopes_of<'t>(predictor: NodeId, name: &'t str, site: Option<Site>) -> Vec<Scope<'t>> {
    let own = Some(predictor);
    if let Some(Site::SvcOrchSpec(_)) = site {
        return vec![Scope::Orchestrator(None), Scope::Orchestrator(own)];
    }
    let mut scopes = vec![Scope::Containers(None), Scope::Containers(own), Scope::GraphNode(own, name)];
    match site {
        Some(Site::OwnOrchestrator(place) | Site::Container(place)) => {
            scopes.extend([place.component_spec, place.spec, place.container].map(Scope::Below));
        }
        _ => scopes.push(Scope::MissingContainers(own)),
    }
    scopes
}
