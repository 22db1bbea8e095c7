//! Annotations of the executor's pod at which the executor exits. Source: Seldon Core 1.18.2,
//! `executor/api/rest/client.go`, `executor/api/grpc/server.go` and `executor/k8s/annotation.go`.

use super::surroundings::PredictorPods;
use super::tracing::EXITS;
use crate::manifest::{Deployment, ExecutorPlace, is_placeholder, value_of};
use crate::yaml::{NodeId, Tree};

/// The annotations that must be whole numbers of 32 bits. The executor ignores a bad `seldon.io/grpc-timeout`.
const NUMBERS: [&str; 2] = ["seldon.io/rest-timeout", "seldon.io/grpc-max-message-size"];

/// An annotation at which the executor exits.
#[derive(Debug)]
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

/// The mappings of annotations that reach the executor's pod; the first takes precedence.
pub(super) fn of_executor(
    tree: &Tree<'_>,
    deployment: &Deployment<'_>,
    predictor: NodeId,
    executor: ExecutorPlace,
) -> Vec<NodeId> {
    let pod = match executor {
        ExecutorPlace::Pod(pod) => pod,
        ExecutorPlace::Alone => None,
        ExecutorPlace::None | ExecutorPlace::Nowhere => return Vec::new(),
    };
    let metadata = pod.and_then(|pod| value_of(tree, pod, "metadata"));
    // Those of `spec` reach the pods of models alone.
    let spec = value_of(tree, deployment.node, "spec").filter(|_| executor != ExecutorPlace::Alone);
    let holders = [Some(predictor), metadata, spec].into_iter().flatten();
    holders.filter_map(|holder| value_of(tree, holder, "annotations")).collect()
}

impl PredictorPods<'_> {
    /// The annotation at which the executor that the operator adds exits.
    pub(crate) fn annotation_fault(&self, tree: &Tree<'_>) -> Option<AnnotationFault> {
        let find = |name: &'static str| {
            let node = self.executor_annotations.iter().find_map(|holder| value_of(tree, *holder, name))?;
            let text = tree.scalar_text(tree.resolve(node)).filter(|text| !is_placeholder(text, true))?;
            let text = text.strip_prefix('"').unwrap_or(text);
            let text = text.strip_suffix('"').unwrap_or(text);
            (!text.is_empty() && text.parse::<i32>().is_err()).then_some(AnnotationFault { node, name })
        };
        NUMBERS.into_iter().find_map(find).filter(|_| !self.has_unreadable_annotation(tree))
    }

    /// Returns true if the executor reads no annotation at all, because one of them has an equals sign.
    fn has_unreadable_annotation(&self, tree: &Tree<'_>) -> bool {
        let mut entries = self.executor_annotations.iter().flat_map(|holder| tree.entries(*holder));
        let has_sign = |node| tree.scalar_text(tree.resolve(node)).is_some_and(|text| text.contains('='));
        entries.any(|(key, value)| has_sign(key) || has_sign(value))
    }
}
