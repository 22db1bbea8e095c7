//! The mappings of a deployment that have annotations and labels.

use super::value_of;
use crate::yaml::{NodeId, ScalarKind, Tree};

/// A mapping that has annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Metadata,
    Spec,
    Predictor,
    PodMetadata,
}

/// An annotation or label that the API server refuses, since its value is no string.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NonString {
    /// `annotations` or `labels`
    pub mapping: NodeId,
    /// Its index in the mapping.
    pub index: usize,
    pub key: NodeId,
    pub value: NodeId,
    pub is_label: bool,
}

/// The mappings of a deployment and some of its predictors that have annotations, aliases followed.
pub(crate) fn holders(
    tree: &Tree<'_>,
    deployment: NodeId,
    predictors: impl Iterator<Item = NodeId>,
) -> Vec<(Holder, NodeId)> {
    let mut holders: Vec<(Holder, NodeId)> = Vec::new();
    holders.extend(value_of(tree, deployment, "metadata").map(|node| (Holder::Metadata, node)));
    holders.extend(value_of(tree, deployment, "spec").map(|node| (Holder::Spec, node)));
    for predictor in predictors {
        holders.push((Holder::Predictor, tree.resolve(predictor)));
        let specs = value_of(tree, predictor, "componentSpecs").map_or(&[][..], |specs| tree.items(specs));
        let metadata = specs.iter().filter_map(|spec| value_of(tree, *spec, "metadata"));
        holders.extend(metadata.map(|node| (Holder::PodMetadata, node)));
    }
    holders
}

/// The annotations and labels of these that are no strings.
pub(crate) fn non_strings(tree: &Tree<'_>, holders: &[(Holder, NodeId)]) -> Vec<NonString> {
    let mut found = Vec::new();
    for (holder, node) in holders {
        for (field, is_label) in [("annotations", false), ("labels", true)] {
            // `spec` has no labels.
            let mapping = value_of(tree, *node, field).filter(|_| !is_label || *holder != Holder::Spec);
            let Some(mapping) = mapping else { continue };
            let is_string =
                |value| matches!(tree.scalar_kind(value), ScalarKind::String | ScalarKind::Null | ScalarKind::Missing);
            let entries = tree.entries(mapping).enumerate().filter(|(_, (key, _))| !tree.is_merge_key(*key));
            let others = entries.filter(|(_, (_, value))| !is_string(*value));
            found.extend(others.map(|(index, (key, value))| NonString { mapping, index, key, value, is_label }));
        }
    }
    found
}
