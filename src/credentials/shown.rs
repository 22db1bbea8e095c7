//! The scalars of a document that may be shown: a list of places. All others are masked.

use std::collections::HashSet;
use std::ops::Range;

use super::names::{is_shown_annotation, is_shown_key, is_shown_label, is_shown_variable};
use crate::yaml::{Kind, NodeId, Tree};

/// The places of nodes that have shown values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShownPlace {
    Resources,
    Resource,
    /// The metadata of any resource.
    Metadata,
    Deployment,
    /// A part of a SeldonDeployment without a name that is shown.
    Part,
    DeploymentMetadata,
    Annotations,
    Labels,
    /// A list of named things: predictors, children of a graph node, containers.
    Named,
    NamedItem,
    Env,
    EnvEntry {
        is_known: bool,
    },
    Reference,
    Shown,
    Hidden,
}

/// A leaf of the tree, and true if it may be shown.
pub(super) type Leaf = (NodeId, bool);

/// The scalars and aliases in these ranges of a document, in the order of the text; `None` for the whole document.
pub(super) fn leaves(tree: &Tree<'_>, within: Option<&[Range<usize>]>) -> Vec<Leaf> {
    let mut walk = Walk { tree, within, leaves: Vec::new() };
    tree.roots().iter().for_each(|root| walk.node(*root, ShownPlace::Resource));
    walk.leaves
}

/// The scalars that are not shown.
pub(super) fn hidden(tree: &Tree<'_>) -> HashSet<NodeId> {
    leaves(tree, None).into_iter().filter(|(_, is_shown)| !is_shown).map(|(node, _)| node).collect()
}

struct Walk<'a, 't> {
    tree: &'a Tree<'t>,
    within: Option<&'a [Range<usize>]>,
    leaves: Vec<Leaf>,
}

impl Walk<'_, '_> {
    fn node(&mut self, id: NodeId, place: ShownPlace) {
        let (tree, outer) = (self.tree, self.tree.outer(id).range());
        if let Some(lines) = self.within {
            let next = lines.partition_point(|line| line.end < outer.start);
            if lines.get(next).is_none_or(|line| line.start > outer.end) {
                return;
            }
        }
        match tree.node(id).kind {
            Kind::Scalar { .. } => self.leaves.push((id, place == ShownPlace::Shown)),
            Kind::Alias(_) => self.leaves.push((id, false)),
            Kind::Sequence { .. } => {
                let of_item = place.of_item();
                tree.items(id).iter().for_each(|item| self.node(*item, of_item));
            }
            Kind::Mapping { .. } => {
                let place = self.of_mapping(id, place);
                for (key, value) in tree.entries(id) {
                    let name = match tree.node(key).kind {
                        Kind::Scalar { .. } => tree.scalar_text(key).unwrap_or_default(),
                        _ => "",
                    };
                    let shows_key = if is_shown_key(name) { ShownPlace::Shown } else { ShownPlace::Hidden };
                    self.node(key, shows_key);
                    self.node(value, place.of_value(name));
                }
            }
        }
    }

    /// The place of a mapping, refined by its entries.
    fn of_mapping(&self, id: NodeId, place: ShownPlace) -> ShownPlace {
        let mut texts = self.tree.entries(id).filter_map(|(key, value)| {
            let value = matches!(self.tree.node(value).kind, Kind::Scalar { .. }).then_some(value)?;
            Some((self.tree.scalar_text(key)?, self.tree.scalar_text(value)?))
        });
        match place {
            ShownPlace::Resource if texts.any(|entry| entry == ("kind", "SeldonDeployment")) => ShownPlace::Deployment,
            ShownPlace::EnvEntry { .. } => {
                let mut names = texts.filter(|(key, _)| *key == "name").map(|(_, name)| name).peekable();
                ShownPlace::EnvEntry { is_known: names.peek().is_some() && names.all(is_shown_variable) }
            }
            _ => place,
        }
    }
}

impl ShownPlace {
    fn of_item(self) -> Self {
        match self {
            Self::Resources => Self::Resource,
            Self::Named => Self::NamedItem,
            Self::Env => Self::EnvEntry { is_known: false },
            // Such as `componentSpecs`.
            Self::Part => Self::Part,
            _ => Self::Hidden,
        }
    }

    /// The place of the value of a key in a mapping here.
    fn of_value(self, key: &str) -> Self {
        match (self, key) {
            (Self::Resource | Self::Deployment, "kind" | "apiVersion") => Self::Shown,
            (Self::Resource, "metadata") => Self::Metadata,
            (Self::Resource, "items") => Self::Resources,
            (Self::Resource, "functionConfig") => Self::Resource,
            (Self::Metadata | Self::DeploymentMetadata, "name" | "namespace") => Self::Shown,
            (Self::Deployment, "metadata") => Self::DeploymentMetadata,
            (Self::DeploymentMetadata | Self::Deployment | Self::Part | Self::NamedItem, "annotations") => {
                Self::Annotations
            }
            (Self::DeploymentMetadata | Self::Deployment | Self::Part | Self::NamedItem, "labels") => Self::Labels,
            (Self::Annotations, key) if is_shown_annotation(key) => Self::Shown,
            (Self::Labels, key) if is_shown_label(key) => Self::Shown,
            (Self::NamedItem, "name" | "implementation" | "type" | "protocol") => Self::Shown,
            (Self::EnvEntry { .. }, "name") | (Self::Reference, "fieldPath") => Self::Shown,
            (Self::EnvEntry { is_known: true }, "value") => Self::Shown,
            (Self::EnvEntry { .. }, "valueFrom") | (Self::Reference, "fieldRef") => Self::Reference,
            (Self::Deployment | Self::Part | Self::NamedItem, "env") => Self::Env,
            (
                Self::Deployment | Self::Part | Self::NamedItem,
                "predictors" | "children" | "containers" | "initContainers",
            ) => Self::Named,
            (Self::Deployment | Self::Part | Self::NamedItem, "graph" | "explainer" | "containerSpec") => {
                Self::NamedItem
            }
            (Self::Deployment | Self::Part, "protocol" | "type" | "implementation") => Self::Shown,
            (Self::Part, "metadata") => Self::Part,
            (
                Self::Deployment | Self::Part | Self::NamedItem,
                "spec" | "svcOrchSpec" | "componentSpecs" | "endpoint",
            ) => Self::Part,
            _ => Self::Hidden,
        }
    }
}
