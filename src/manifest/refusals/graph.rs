//! Seldon's rules on graphs and the containers of their nodes.

use super::{BY_OPERATOR, Certainty, FieldText, Problem, RefusalContext, RefusalRule};
use crate::manifest::units::{UNKNOWN_IMPLEMENTATION, is_prepackaged, is_unknown};
use crate::manifest::{ExecutorPlace, NO_ENGINE_ANNOTATION, PredictorUnits, Role, Unit, is_placeholder};
use crate::yaml::sharing::{effective_items, effective_value};
use crate::yaml::{Kind, NodeId, ScalarKind, Tree};

/// The servers that don't know TensorFlow's protocol.
const WITHOUT_TENSORFLOW: [&str; 4] = ["SKLEARN_SERVER", "XGBOOST_SERVER", "MLFLOW_SERVER", "HUGGINGFACE_SERVER"];

pub(super) const RULES: &[RefusalRule] = &[
    RefusalRule {
        id: "no engine",
        words: "Running without engine only valid for single element graphs",
        help: "remove the annotation",
        check: no_engine_of_several,
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "no container",
        words: "Can't find container for Predictive Unit",
        help: "add a container of that name, or give the node an `implementation`",
        certainty: Certainty::AsItIs,
        check: |context| {
            let lacking =
                |unit: &Unit<'_>| matches!(unit.role, Role::NoContainer) && !has_empty_implementation(context, unit);
            of_units(context, lacking, |unit| {
                let text = format!("no container has the name of graph node {}", unit.name);
                Problem::new(context.at(unit.node, "name"), text)
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "no name",
        words: "Can't find container for Predictive Unit",
        help: "give it the name of its container",
        certainty: Certainty::AsItIs,
        check: |context| {
            let is_nameless = |unit: &Unit<'_>| matches!(unit.role, Role::NoName);
            of_units(context, is_nameless, |unit| Problem::new(unit.node, "a graph node has no name"))
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "no methods",
        words: "Predictive Unit has no implementation methods defined",
        help: "give it a type, such as MODEL, or `methods`",
        check: |context| {
            of_nodes(context, |node| {
                let has_methods = !effective_items(context.tree, node, "methods").is_empty();
                let is_own = matches!(
                    context.text(node, "implementation"),
                    FieldText::Missing | FieldText::Known(UNKNOWN_IMPLEMENTATION)
                );
                let is_unknown = context.known(node, "type") == Some("UNKNOWN_TYPE");
                (is_own && is_unknown && !has_methods).then(|| {
                    let text = format!("{} has the type UNKNOWN_TYPE, and no methods", named(context, node));
                    Problem::new(context.at(node, "type"), text)
                })
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "no model",
        words: "Predictive unit modelUri required when using standalone servers",
        help: "give it the `modelUri` of its model",
        certainty: Certainty::AsItIs,
        check: |context| {
            of_servers(context, |node, server| {
                // It can load a model from its hub.
                let needs_one = server != "HUGGINGFACE_SERVER" && context.text(node, "modelUri") == FieldText::Missing;
                needs_one.then(|| {
                    let text = format!("{} has no modelUri, which {server} needs", named(context, node));
                    Problem::new(context.at(node, "implementation"), text)
                })
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "tensorflow protocol",
        words: "Prepackaged server does not handle tensorflow protocol",
        help: "use another protocol, or another server",
        check: |context| {
            let protocol = context.spec.and_then(|spec| context.known(spec, "protocol"));
            of_servers(context, |node, server| {
                let is_wrong = protocol == Some("tensorflow") && WITHOUT_TENSORFLOW.contains(&server);
                let text =
                    || format!("{} has the server {server}, which has no protocol tensorflow", named(context, node));
                is_wrong.then(|| Problem::new(context.at(node, "implementation"), text()))
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "unknown server",
        words: "Failed to get server config for",
        help: "give the server an entry in the ConfigMap seldon-config",
        certainty: Certainty::Possible,
        check: |context| {
            of_servers(context, |node, server| {
                let text = || format!("{server} is not one of Seldon's servers, and the cluster has to know it");
                is_unknown(server).then(|| Problem::new(context.at(node, "implementation"), text()))
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "model without server",
        words: "Failed to find PodSpec for Prepackaged server",
        help: "remove the `modelUri`: the executor has no use for it",
        check: |context| {
            let lacks_container = |unit: &Unit<'_>| match unit.role {
                Role::InExecutor => unit.container.is_none(),
                Role::NoContainer => has_empty_implementation(context, unit),
                _ => false,
            };
            let has_model = |unit: &Unit<'_>| context.text(unit.node, "modelUri") != FieldText::Missing;
            let is_wrong = |unit: &Unit<'_>| lacks_container(unit) && has_model(unit);
            of_units(context, is_wrong, |unit| {
                let text = format!("graph node {} has a modelUri, and no container", unit.name);
                Problem::new(context.at(unit.node, "modelUri"), text)
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "logger mode",
        words: "No logger mode specified",
        help: "give it a `mode`: all, request or response",
        check: |context| {
            of_nodes(context, |node| {
                let logger = effective_value(context.tree, node, "logger")?;
                let is_mapping = matches!(context.tree.node(logger).kind, Kind::Mapping { .. });
                let lacks_mode = is_mapping && context.text(logger, "mode") == FieldText::Missing;
                lacks_mode.then(|| Problem::new(logger, format!("the logger of {} has no mode", named(context, node))))
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "first of two pods",
        words: "engine not separate and no pu with localhost service",
        help: "rename one of the two, or set seldon.io/engine-separate-pod: 'true' in the annotations of `spec`",
        certainty: Certainty::AsItIs,
        check: |context| {
            without_place(context, |predictor| {
                let split = predictor.split?;
                Some(Problem::new(context.at(split.container, "name"), split.to_string()))
            })
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "no node in first pod",
        words: "engine not separate and no pu with localhost service",
        help: "put a component spec with one first, or set seldon.io/engine-separate-pod: 'true' in the annotations of \
               `spec`",
        check: |context| without_place(context, |predictor| no_node_in_first(context, predictor)),
        ..BY_OPERATOR
    },
];

/// The nodes of a graph, depth first.
pub(super) fn nodes(tree: &Tree<'_>, root: NodeId) -> Vec<NodeId> {
    let (mut found, mut waiting) = (Vec::new(), vec![root]);
    while let Some(node) = waiting.pop() {
        found.push(node);
        let children = effective_items(tree, node, "children").iter().rev();
        waiting.extend(children.map(|child| tree.resolve(*child)));
    }
    found
}

/// The problems of all graph nodes.
fn of_nodes(context: &RefusalContext<'_, '_, '_>, problem: impl Fn(NodeId) -> Option<Problem>) -> Vec<Problem> {
    context.graph.iter().filter_map(|(_, node)| problem(*node)).collect()
}

/// The problems of the nodes with a prepackaged server.
fn of_servers(context: &RefusalContext<'_, '_, '_>, problem: impl Fn(NodeId, &str) -> Option<Problem>) -> Vec<Problem> {
    of_nodes(context, |node| {
        let server = context.known(node, "implementation").filter(|server| is_prepackaged(server))?;
        problem(node, server)
    })
}

/// The problems of units. Without a container, or beside a placeholder as a name, it may be a part of a manifest.
fn of_units<'t>(
    context: &RefusalContext<'_, 't, '_>,
    is_wrong: impl Fn(&Unit<'t>) -> bool,
    problem: impl Fn(&Unit<'t>) -> Problem,
) -> Vec<Problem> {
    let mut found = Vec::new();
    for predictor in context.predictors.iter().filter(|predictor| has_node(predictor)) {
        let mut wrong = predictor.units.iter().filter(|unit| is_wrong(unit)).peekable();
        let is_possible = wrong.peek().is_some() && is_part(predictor);
        found.extend(wrong.map(|unit| problem(unit).possible_if(is_possible)));
    }
    found
}

/// The problems of the predictors that have no pod for their executor.
fn without_place<'t>(
    context: &RefusalContext<'_, 't, '_>,
    problem: impl Fn(&PredictorUnits<'t>) -> Option<Problem>,
) -> Vec<Problem> {
    let found = context
        .predictors
        .iter()
        .filter(|predictor| predictor.executor == ExecutorPlace::Nowhere && has_node(predictor));
    let found = found.filter_map(|predictor| {
        let is_possible = is_part(predictor) || predictor.may_be_elsewhere;
        Some(problem(predictor)?.possible_if(is_possible))
    });
    found.collect()
}

fn no_node_in_first(context: &RefusalContext<'_, '_, '_>, predictor: &PredictorUnits<'_>) -> Option<Problem> {
    // The container of such a node would be there.
    let lacks_container = predictor.units.iter().any(|unit| matches!(unit.role, Role::NoContainer));
    if predictor.split.is_some() || lacks_container {
        return None;
    }
    let has_containers = !predictor.pods.containers().is_empty();
    match predictor.pods.first.component_spec.filter(|_| has_containers) {
        Some(first) => Some(Problem::new(first, "the first component spec has no graph node's container")),
        None => {
            let root = effective_value(context.tree, predictor.node, "graph")?;
            Some(Problem::new(root, "there is no container beside which the orchestrator could run"))
        }
    }
}

fn no_engine_of_several(context: &RefusalContext<'_, '_, '_>) -> Vec<Problem> {
    let found = context.predictors.iter().filter_map(|predictor| {
        let annotations = effective_value(context.tree, predictor.node, "annotations")?;
        let annotation = effective_value(context.tree, annotations, NO_ENGINE_ANNOTATION)?;
        let root = effective_value(context.tree, predictor.node, "graph")?;
        let has_several = !effective_items(context.tree, root, "children").is_empty();
        let problem = || Problem::new(annotation, format!("{NO_ENGINE_ANNOTATION} is for a graph of one node"));
        has_several.then(|| problem().possible_if(is_part(predictor)))
    });
    found.collect()
}

fn has_node(predictor: &PredictorUnits<'_>) -> bool {
    predictor.units.iter().any(|unit| unit.graph_node.is_some())
}

/// Returns true if a predictor may be a part of a manifest, or if another tool fills in names.
fn is_part(predictor: &PredictorUnits<'_>) -> bool {
    predictor.pods.containers().is_empty() || predictor.units.iter().any(|unit| is_placeholder(unit.name, true))
}

/// Returns true if the operator takes a node for one that needs no container, since its implementation is empty.
fn has_empty_implementation(context: &RefusalContext<'_, '_, '_>, unit: &Unit<'_>) -> bool {
    let value = effective_value(context.tree, unit.node, "implementation");
    value.is_some_and(|value| context.tree.scalar_kind(value) == ScalarKind::String) && unit.implementation.is_empty()
}

fn named(context: &RefusalContext<'_, '_, '_>, node: NodeId) -> String {
    format!("graph node {}", context.known(node, "name").unwrap_or("without a name"))
}
