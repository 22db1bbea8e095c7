//! The mappings of a deployment that have annotations.

use super::{items_of, value_of};
use crate::yaml::{NodeId, Tree};

/// A mapping that has annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Metadata,
    Spec,
    Predictor,
    PodMetadata,
}

/// The mappings of a deployment and some of its predictors that have annotations, aliases followed, each with the
/// predictor that it belongs to.
pub(crate) fn holders(
    tree: &Tree<'_>,
    deployment: NodeId,
    predictors: impl Iterator<Item = NodeId>,
) -> Vec<(Holder, NodeId, Option<NodeId>)> {
    let mut holders: Vec<(Holder, NodeId, Option<NodeId>)> = Vec::new();
    holders.extend(value_of(tree, deployment, "metadata").map(|node| (Holder::Metadata, node, None)));
    holders.extend(value_of(tree, deployment, "spec").map(|node| (Holder::Spec, node, None)));
    for predictor in predictors {
        holders.push((Holder::Predictor, tree.resolve(predictor), Some(predictor)));
        let specs = items_of(tree, predictor, "componentSpecs");
        let metadata = specs.iter().filter_map(|spec| value_of(tree, *spec, "metadata"));
        holders.extend(metadata.map(|node| (Holder::PodMetadata, node, Some(predictor))));
    }
    holders
}
