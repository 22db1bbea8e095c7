//! The variables at which Seldon's operator drops the env list of a graph node's container.
//!
//! `createContainerService` (`operator/controllers/seldondeployment_controller.go`) adds variables by `SetEnvVar`
//! (`operator/utils/utils.go`) without overriding existing ones: of a variable that is there, it returns an empty list.
//! So in 1.14.1 to 1.19.0-rc.1; tried with the operator of 1.17.1, also with MLServer.

use super::refusals::has_content;
use super::{Env, ORCHESTRATOR, Unit, Variable};
use crate::yaml::Tree;
use crate::yaml::sharing::effective_value;

/// These variables, and the field of the graph node that each requires.
const SET_BY_OPERATOR: [(&str, Option<&str>); 6] = [
    ("PREDICTIVE_UNIT_HTTP_SERVICE_PORT", None),
    ("PREDICTIVE_UNIT_GRPC_SERVICE_PORT", None),
    ("MLSERVER_HTTP_PORT", None),
    ("MLSERVER_GRPC_PORT", None),
    ("PREDICTIVE_UNIT_PARAMETERS", Some("parameters")),
    ("MLSERVER_MODEL_URI", Some("modelUri")),
];

/// The container of TensorFlow's server, beside that of its graph node. The operator adds no variables to it.
const TENSORFLOW_CONTAINER: &str = "tfserving";

impl<'t> Unit<'t> {
    /// The variables of its env list at which the operator drops the whole list.
    pub(crate) fn dropped_at<'a>(&self, tree: &Tree<'_>, env: &'a Env<'t>) -> Vec<&'a Variable<'t>> {
        let is_other = self.container.is_none() || [ORCHESTRATOR, TENSORFLOW_CONTAINER].contains(&self.name);
        let Some(node) = self.graph_node.filter(|_| !is_other) else { return Vec::new() };
        let is_set = |field: Option<&str>| {
            field.is_none_or(|field| effective_value(tree, node, field).is_some_and(|value| has_content(tree, value)))
        };
        let set = SET_BY_OPERATOR.into_iter().filter_map(|(name, field)| Some((env.last(name)?, field)));
        set.filter(|(_, field)| is_set(*field)).map(|(variable, _)| variable).collect()
    }
}
