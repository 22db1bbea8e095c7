//! Seldon's rules on the fields of `spec` and on predictors beside each other.

use std::collections::HashSet;

use super::{BY_OPERATOR, Certainty, FieldText, Problem, RefusalContext, RefusalRule};
use crate::manifest::SERVICE_NAME_ANNOTATION;
use crate::yaml::json::is_true;
use crate::yaml::sharing::{effective_items, effective_value};
use crate::yaml::{NodeId, ScalarKind};

/// Variables that a server for Kafka needs.
const KAFKA_VARIABLES: [&str; 3] = ["KAFKA_BROKER", "KAFKA_INPUT_TOPIC", "KAFKA_OUTPUT_TOPIC"];

/// The types of explainers that MLServer knows.
const EXPLAINERS: [&str; 9] = [
    "AnchorTabular",
    "AnchorImages",
    "AnchorText",
    "Counterfactuals",
    "Contrastive",
    "KernelShap",
    "IntegratedGradients",
    "ALE",
    "TreeShap",
];

pub(super) const RULES: &[RefusalRule] = &[
    RefusalRule {
        id: "protocol",
        words: "Invalid protocol",
        help: "write one of them",
        check: |context| none_of(context, "protocol", &["seldon", "tensorflow", "kfserving", "v2"]),
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "transport",
        words: "Invalid transport",
        help: "write one of them",
        check: |context| none_of(context, "transport", &["rest", "grpc"]),
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "server type",
        words: "Invalid serverType",
        help: "write one of them",
        check: |context| none_of(context, "serverType", &["rpc", "kafka"]),
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "Kafka variables",
        words: "For kafka please supply svcOrchSpec envs KAFKA_BROKER, KAFKA_INPUT_TOPIC, KAFKA_OUTPUT_TOPIC",
        help: "set them in svcOrchSpec.env",
        certainty: Certainty::AsItIs,
        check: without_kafka,
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "only shadow",
        words: "Shadow can not exist as only predictor",
        help: "remove `shadow`, or add the predictor that it shadows",
        check: |context| {
            let [only] = context.predictors else { return Vec::new() };
            let shadow = effective_value(context.tree, only.node, "shadow").filter(|_| is_shadow(context, 0));
            shadow.map(|node| Problem::new(node, "the only predictor is a shadow")).into_iter().collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "several shadows",
        words: "Multiple shadows are not allowed",
        help: "keep one of them",
        check: |context| {
            let shadows = (0..context.predictors.len()).filter(|at| is_shadow(context, *at)).skip(1);
            let at = |at: usize| context.at(context.predictors[at].node, "shadow");
            shadows.map(|shadow| Problem::new(at(shadow), "more than one predictor is a shadow")).collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "shadow traffic",
        words: "shadow traffic is illegal, the traffic number should be between [0, 100]",
        help: "write a number from 0 to 100",
        check: |context| {
            let is_wrong = |at: &usize| {
                is_shadow(context, *at)
                    && traffic(context, *at).is_ok_and(|traffic| !(0..=100).contains(&traffic.unwrap_or(0)))
            };
            let at = |at: usize| context.at(context.predictors[at].node, "traffic");
            let problem = |shadow| Problem::new(at(shadow), "the traffic of a shadow is not between 0 and 100");
            (0..context.predictors.len()).filter(is_wrong).map(problem).collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "service name",
        words: "Found duplicate service name in seldon.io/svc-name",
        help: "give each predictor another one",
        check: |context| {
            let mut seen = HashSet::new();
            let names = context.predictors.iter().filter_map(|predictor| {
                let annotations = effective_value(context.tree, predictor.node, "annotations")?;
                let name = context.known(annotations, SERVICE_NAME_ANNOTATION)?;
                Some((context.at(annotations, SERVICE_NAME_ANNOTATION), name))
            });
            let second = names.filter(|(_, name)| !seen.insert(*name));
            let text = format!("two predictors have the same {SERVICE_NAME_ANNOTATION}");
            second.map(|(node, _)| Problem::new(node, text.as_str())).collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "predictor name",
        words: "Duplicate predictor name",
        help: "give each predictor another name",
        certainty: Certainty::AsItIs,
        check: |context| {
            let mut seen = HashSet::new();
            let names = context.predictors.iter().filter_map(|predictor| {
                Some((context.at(predictor.node, "name"), context.known(predictor.node, "name")?))
            });
            let second = names.filter(|(_, name)| !seen.insert(*name));
            second.map(|(node, name)| Problem::new(node, format!("two predictors are named {name}"))).collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "endpoint types",
        words: "Multiple endpoint.types found - can only have 1 type in graph",
        help: "remove them, and use `transport` of `spec`",
        check: |context| {
            let types = endpoint_types(context);
            let first = types.first().map(|(_, kind)| *kind);
            let other = types.into_iter().find(|(_, kind)| Some(*kind) != first);
            let text = "graph nodes have endpoints of several types";
            other.map(|(node, _)| Problem::new(node, text)).into_iter().collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "mixed transport",
        words: "Mixed transport types found. Remove graph endpoint.types if transport set at deployment level",
        help: "remove the type of the endpoint",
        check: |context| {
            let transport = context.spec.and_then(|spec| context.known(spec, "transport"));
            let other = match transport {
                Some("rest") => "GRPC",
                Some("grpc") => "REST",
                _ => return Vec::new(),
            };
            let node = endpoint_types(context).into_iter().find(|(_, kind)| *kind == other);
            let text = format!("an endpoint has the type {other}, beside another transport of `spec`");
            node.map(|(node, _)| Problem::new(node, text)).into_iter().collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "explainer type",
        words: "not supported",
        help: "write the type of one of Alibi's explainers",
        check: |context| {
            let protocol = context.spec.and_then(|spec| context.known(spec, "protocol"));
            if !matches!(protocol, Some("v2" | "kfserving")) {
                return Vec::new();
            }
            let explainers = context
                .predictors
                .iter()
                .filter_map(|predictor| effective_value(context.tree, predictor.node, "explainer"));
            let is_other = |node: &NodeId| context.known(*node, "type").is_some_and(|kind| !EXPLAINERS.contains(&kind));
            let text = "MLServer has no explainer of this type";
            explainers.filter(is_other).map(|node| Problem::new(context.at(node, "type"), text)).collect()
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "traffic of several",
        words: "Traffic must sum to 100 for multiple predictors",
        help: "give each predictor a `traffic`, 100 in total",
        check: |context| {
            let all = 0..context.predictors.len();
            if all.clone().any(|at| shadow(context, at).is_none()) {
                return Vec::new();
            }
            let mains: Vec<usize> = all.filter(|at| !is_shadow(context, *at)).collect();
            wrong_traffic(context, &mains, |sum| sum != 100 && mains.len() > 1)
        },
        ..BY_OPERATOR
    },
    RefusalRule {
        id: "traffic of one",
        words: "Traffic must sum be 100 for a single predictor when set",
        help: "remove it, or write 100",
        check: |context| match context.predictors.len() {
            1 if shadow(context, 0) == Some(false) => wrong_traffic(context, &[0], |sum| sum > 0 && sum < 100),
            _ => Vec::new(),
        },
        ..BY_OPERATOR
    },
];

/// The problem of a field of `spec` that is none of these.
fn none_of(context: &RefusalContext<'_, '_, '_>, key: &str, all: &[&str]) -> Vec<Problem> {
    let Some(spec) = context.spec else { return Vec::new() };
    let is_other = context.known(spec, key).is_some_and(|text| !all.contains(&text));
    let text = || format!("`{key}` of `spec` is none of {}", all.join(", "));
    is_other.then(|| Problem::new(context.at(spec, key), text())).into_iter().collect()
}

fn without_kafka(context: &RefusalContext<'_, '_, '_>) -> Vec<Problem> {
    let tree = context.tree;
    if context.spec.and_then(|spec| context.known(spec, "serverType")) != Some("kafka") {
        return Vec::new();
    }
    let found = context.predictors.iter().filter_map(|predictor| {
        let spec = effective_value(tree, predictor.node, "svcOrchSpec");
        let list = spec.map_or(&[][..], |spec| effective_items(tree, spec, "env"));
        let names: Vec<FieldText<'_>> = list.iter().map(|entry| context.text(*entry, "name")).collect();
        // The operator counts them.
        let count =
            names.iter().filter(|name| matches!(name, FieldText::Known(name) if KAFKA_VARIABLES.contains(name)));
        let is_missing = count.count() < KAFKA_VARIABLES.len() && !names.contains(&FieldText::FilledIn);
        is_missing.then(|| {
            let text = format!(
                "predictor {} lacks one of {} in svcOrchSpec.env, which `serverType` kafka needs",
                predictor.name,
                KAFKA_VARIABLES.join(", ")
            );
            Problem::new(spec.unwrap_or(predictor.node), text)
        })
    });
    found.collect()
}

/// Returns true if a predictor is a shadow; `None` if another tool decides.
fn shadow(context: &RefusalContext<'_, '_, '_>, predictor: usize) -> Option<bool> {
    let node = context.predictors[predictor].node;
    match context.text(node, "shadow") {
        FieldText::Missing => Some(false),
        FieldText::Known(text) => {
            Some(context.tree.scalar_kind(context.at(node, "shadow")) == ScalarKind::Bool && is_true(text))
        }
        FieldText::FilledIn => None,
    }
}

fn is_shadow(context: &RefusalContext<'_, '_, '_>, predictor: usize) -> bool {
    shadow(context, predictor) == Some(true)
}

/// The traffic of a predictor, if it has one; an error if the manifest does not show it.
fn traffic(context: &RefusalContext<'_, '_, '_>, predictor: usize) -> Result<Option<i64>, ()> {
    match context.text(context.predictors[predictor].node, "traffic") {
        FieldText::Missing => Ok(None),
        FieldText::Known(text) => text.parse().map(Some).map_err(|_| ()),
        FieldText::FilledIn => Err(()),
    }
}

/// The problem of predictors whose traffic has a wrong sum. Another tool may add what is missing.
fn wrong_traffic(context: &RefusalContext<'_, '_, '_>, all: &[usize], is_wrong: impl Fn(i64) -> bool) -> Vec<Problem> {
    let Ok(traffic) = all.iter().map(|at| traffic(context, *at)).collect::<Result<Vec<Option<i64>>, ()>>() else {
        return Vec::new();
    };
    let sum = traffic.iter().flatten().fold(0_i64, |sum, traffic| sum.saturating_add(*traffic));
    let Some(first) = context.predictors.first().filter(|_| is_wrong(sum)) else { return Vec::new() };
    let certainty = traffic.contains(&None).then_some(Certainty::AsItIs);
    let text = format!("the traffic of the predictors is {sum} in total, and not 100");
    vec![Problem { certainty, ..Problem::new(context.at(first.node, "traffic"), text) }]
}

/// The types of the endpoints of all graph nodes, except those that another tool fills in.
fn endpoint_types<'t>(context: &RefusalContext<'_, 't, '_>) -> Vec<(NodeId, &'t str)> {
    let endpoints = context.graph.iter().filter_map(|(_, node)| effective_value(context.tree, *node, "endpoint"));
    let types = endpoints.filter_map(|endpoint| Some((context.at(endpoint, "type"), context.known(endpoint, "type")?)));
    types.collect()
}
