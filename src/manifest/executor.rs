//! The place of a predictor's executor.
//!
//! `createComponents` (`operator/controllers/seldondeployment_controller.go`), tag 1.18.2; tried with the operator of
//! 1.17.1.

use super::{Pods, Predictor};
use crate::yaml::NodeId;

/// The place of a predictor's executor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExecutorPlace {
    /// There is no executor, by an annotation of the predictor.
    None,
    /// A pod of its own, by an annotation of `spec`.
    Alone,
    /// The pod of this component spec; `None` if the operator makes it.
    Pod(Option<NodeId>),
    /// No pod can have it: the operator refuses the predictor.
    Nowhere,
}

impl ExecutorPlace {
    pub(super) fn of(predictor: &Predictor<'_>, pods: &Pods<'_>, is_separate: bool, has_graph: bool) -> Self {
        let annotations = predictor.annotations.value.as_ref();
        match pods.executor() {
            _ if annotations.is_some_and(super::Annotations::has_no_engine) => Self::None,
            _ if is_separate => Self::Alone,
            // A predictor without a graph is taken to get one.
            Self::Nowhere if !has_graph => Self::Pod(pods.first.component_spec),
            place => place,
        }
    }
}
