//! The annotations that become variables of the executor.

use super::{Variable, is_encrypted};
use crate::yaml::{NodeId, ScalarKind, Tree};

/// The annotations of a `spec` that become variables of the executor: `seldon.io/engine-foo-bar` is FOO_BAR.
const ENGINE_ANNOTATION: &str = "seldon.io/engine-";

pub(super) fn engine_variables_in<'t>(tree: &'t Tree<'_>, annotations: Option<NodeId>) -> Vec<EngineVariable<'t>> {
    let entries = annotations.into_iter().flat_map(|node| tree.entries(node));
    let variable = |(annotation, value): (NodeId, NodeId)| {
        let name = tree.scalar_text(annotation)?.strip_prefix(ENGINE_ANNOTATION)?;
        let name = name.replace('-', "_").to_ascii_uppercase();
        let text = tree.scalar_text(value)?;
        let is_encrypted = is_encrypted(tree, value, text);
        Some(EngineVariable { name, text, annotation, value, is_secret: false, is_encrypted })
    };
    entries.filter_map(variable).collect()
}

/// The annotation that becomes this variable of the executor.
pub(crate) fn engine_annotation(variable: &str) -> String {
    format!("{ENGINE_ANNOTATION}{}", variable.replace('_', "-").to_ascii_lowercase())
}

/// A variable of the executor from an annotation.
#[derive(Debug, Clone)]
pub struct EngineVariable<'t> {
    pub name: String,
    /// The value.
    pub text: &'t str,
    /// The annotation's key.
    pub annotation: NodeId,
    /// The annotation's value.
    pub value: NodeId,
    /// True if the value is a credential, by whatever name.
    pub is_secret: bool,
    /// True if SOPS encrypted the value.
    pub is_encrypted: bool,
}

impl EngineVariable<'_> {
    /// The same as a variable of an env list, at the annotation's key and without an index in a list.
    pub fn as_variable(&self) -> Variable<'_> {
        Variable {
            index: None,
            node: self.annotation,
            name: &self.name,
            value: self.text,
            kind: ScalarKind::String,
            value_from: None,
            reference: None,
            value_node: Some(self.value),
            is_quoted: false,
            is_secret: self.is_secret,
            is_encrypted: self.is_encrypted,
        }
    }
}
