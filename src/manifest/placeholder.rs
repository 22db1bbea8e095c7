//! Values that another tool fills in before Kubernetes sees them.

use super::value_of;
use crate::yaml::{NodeId, Tree};

/// The start of a value that SOPS encrypted.
const SOPS: &str = "ENC[AES256_GCM,";

/// Returns true if SOPS encrypted a text of this node: the node is in a document that it signed.
pub(crate) fn is_encrypted(tree: &Tree<'_>, node: NodeId, text: &str) -> bool {
    let is_signed =
        |node: NodeId| value_of(tree, node, "sops").is_some_and(|sops| value_of(tree, sops, "mac").is_some());
    text.starts_with(SOPS) && std::iter::successors(Some(node), |node| tree.parent(*node)).any(is_signed)
}

/// Returns true if another tool fills in a text of this node, in quotes or not, or SOPS encrypted it.
pub(crate) fn is_filled_in(tree: &Tree<'_>, node: NodeId, text: &str) -> bool {
    is_placeholder(text, true) || is_encrypted(tree, node, text)
}

/// Returns true if another tool is to fill in a value: `${NAME}` of Flux and envsubst, `<%= name %>` of ERB and, in quotes,
/// `{{ name }}` and `<name>`. Kubernetes' own `$(NAME)` is none.
pub(crate) fn is_placeholder(text: &str, is_quoted: bool) -> bool {
    let has = |open: &str, close: &str| {
        text.split_once(open).and_then(|(_, rest)| rest.split_once(close)).is_some_and(|(name, _)| !name.is_empty())
    };
    // Most values have none of these bytes, which is found out faster than a missing text.
    if !text.bytes().any(|byte| matches!(byte, b'$' | b'{' | b'<')) {
        return false;
    }
    has("${", "}") || has("<%", "%>") || (is_quoted && (has("{{", "}}") || has("<", ">")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_has_a_name_in_it() {
        for text in ["${HOST}", "http://${HOST}:80", "${A:=1}", "<%= host %>"] {
            assert!(is_placeholder(text, false), "{text}");
        }
        for text in ["{{ .Values.host }}", "<agent-host>"] {
            assert!(is_placeholder(text, true) && !is_placeholder(text, false), "{text}");
        }
        for text in ["$(HOST)", "$HOST", "${", "${}", "{name}", "<>", "a > b", "ENC[AES256_GCM,data:Zg==,type:str]"] {
            assert!(!is_placeholder(text, true), "{text}");
        }
    }
}
