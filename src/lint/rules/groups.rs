//! Groups of units, for which a setting may be.

use crate::manifest::Site;
use crate::yaml::NodeId;

/// Units of a deployment. A predictor is given by its mapping; `None` are all predictors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum UnitGroup<'t> {
    Orchestrator(Option<NodeId>),
    Containers(Option<NodeId>),
    /// The containers that prepackaged servers lack.
    MissingContainers(Option<NodeId>),
    /// A container, by its own mapping or an ancestor.
    Below(NodeId),
    /// The container of a graph node, by the name of that.
    GraphNode(Option<NodeId>, &'t str),
}

/// All groups that have a unit of a predictor. A container without a place is missing.
pub(crate) fn groups_of<'t>(predictor: NodeId, name: &'t str, site: Option<Site>) -> Vec<UnitGroup<'t>> {
    let own = Some(predictor);
    if let Some(Site::SvcOrchSpec(_)) = site {
        return vec![UnitGroup::Orchestrator(None), UnitGroup::Orchestrator(own)];
    }
    let mut groups = vec![UnitGroup::Containers(None), UnitGroup::Containers(own), UnitGroup::GraphNode(own, name)];
    match site {
        Some(Site::OwnOrchestrator(place) | Site::Container(place)) => {
            groups.extend([place.component_spec, place.spec, place.container].map(UnitGroup::Below));
        }
        _ => groups.push(UnitGroup::MissingContainers(own)),
    }
    groups
}
