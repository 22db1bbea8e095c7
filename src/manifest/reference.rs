//! The `valueFrom` of a variable.

use std::fmt;

use super::{is_placeholder, text_of};
use crate::yaml::json::is_true;
use crate::yaml::{NodeId, Tree};

/// The source of a variable's value. The value itself is known only in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'t> {
    /// A field of the pod, such as `status.hostIP`.
    Field(&'t str),
    /// A key of a Secret or a ConfigMap.
    Key {
        /// `secretKeyRef` or `configMapKeyRef`.
        kind: &'t str,
        /// The Secret's or ConfigMap's name.
        name: &'t str,
        key: &'t str,
        /// True if the variable is left out where the key is missing.
        is_optional: bool,
    },
    /// Anything else, by the name of its kind, which may be empty.
    Other(&'t str),
}

impl<'t> Reference<'t> {
    pub fn of(tree: &'t Tree<'_>, from: NodeId) -> Self {
        let Some((kind, holder)) = tree.entries(tree.resolve(from)).next() else { return Self::Other("") };
        let kind = tree.scalar_text(kind).unwrap_or_default();
        let text = |key: &str| text_of(tree, holder, key).unwrap_or_default();
        match kind {
            "fieldRef" => Self::Field(text("fieldPath")),
            "secretKeyRef" | "configMapKeyRef" => Self::Key {
                kind,
                name: text("name"),
                key: text("key"),
                is_optional: is_true(text("optional")) || is_placeholder(text("optional"), true),
            },
            _ => Self::Other(kind),
        }
    }
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(path) => f.write_str(path),
            // What it refers to is not shown.
            Self::Key { kind, is_optional: false, .. } => f.write_str(kind),
            Self::Key { kind, is_optional: true, .. } => write!(f, "an optional {kind}"),
            Self::Other("resourceFieldRef") => f.write_str("resourceFieldRef"),
            Self::Other(_) => f.write_str("valueFrom"),
        }
    }
}
