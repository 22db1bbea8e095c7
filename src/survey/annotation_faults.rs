//! Annotations of the executor's pod at which the executor exits. Source: Seldon Core 1.18.2,
//! `executor/api/rest/client.go`, `executor/api/grpc/server.go` and `executor/k8s/annotation.go`.

use super::tracing::EXITS;
use crate::manifest::{ExecutorPlace, is_placeholder, value_of};
use crate::yaml::{NodeId, Tree};

/// The annotations that must be whole numbers of 32 bits. The executor ignores a bad `seldon.io/grpc-timeout`.
const NUMBERS: [&str; 2] = ["seldon.io/rest-timeout", "seldon.io/grpc-max-message-size"];

/// An annotation at which the executor exits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnnotationFault {
    /// Its value.
    pub node: NodeId,
    pub name: &'static str,
}

impl AnnotationFault {
    pub(super) fn reason(&self) -> String {
        format!("the annotation {} is not a whole number of 32 bits: {EXITS}", self.name)
    }
}

/// The annotations of a deployment's `spec`, of a predictor or of a pod, as far as the executor reads them. There may be
/// many, so that each mapping is read once.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExecutorAnnotations {
    /// The values of [`NUMBERS`].
    numbers: [Option<NodeId>; 2],
    /// True if one has an equals sign: the executor then reads none at all.
    is_unreadable: bool,
}

impl ExecutorAnnotations {
    pub(super) fn of(tree: &Tree<'_>, holder: Option<NodeId>) -> Self {
        let mut found = Self::default();
        let annotations = holder.and_then(|holder| value_of(tree, holder, "annotations"));
        for (key, value) in annotations.into_iter().flat_map(|annotations| tree.entries(annotations)) {
            let value = tree.resolve(value);
            let texts = [key, value].map(|node| tree.scalar_text(node).unwrap_or_default());
            found.is_unreadable |= texts.iter().any(|text| text.contains('='));
            if let Some(at) = NUMBERS.iter().position(|name| *name == texts[0]) {
                found.numbers[at].get_or_insert(value);
            }
        }
        found
    }

    /// The annotation at which the executor that the operator adds exits, by those of `spec`.
    pub(super) fn fault(self, tree: &Tree<'_>, predictor: NodeId, executor: ExecutorPlace) -> Option<AnnotationFault> {
        let of_predictor = Self::of(tree, Some(predictor));
        let of_pod = |pod| Self::of(tree, value_of(tree, pod, "metadata"));
        // The first takes precedence. Those of `spec` reach the pods of models alone.
        let holders = match executor {
            ExecutorPlace::Pod(pod) => [of_predictor, pod.map(of_pod).unwrap_or_default(), self],
            ExecutorPlace::Alone => [of_predictor, Self::default(), Self::default()],
            ExecutorPlace::None | ExecutorPlace::Nowhere => return None,
        };
        if holders.iter().any(|holder| holder.is_unreadable) {
            return None;
        }
        let faults = NUMBERS.into_iter().enumerate().filter_map(|(at, name)| {
            let node = holders.iter().find_map(|holder| holder.numbers[at])?;
            let text = tree.scalar_text(node).filter(|text| !is_placeholder(text, true))?;
            let text = text.strip_prefix('"').unwrap_or(text);
            let text = text.strip_suffix('"').unwrap_or(text);
            (!text.is_empty() && text.parse::<i32>().is_err()).then_some(AnnotationFault { node, name })
        });
        faults.into_iter().next()
    }
}
