//! The types that Seldon's resource definition gives to the fields of a manifest, and the fields that have another one.
//!
//! Only the fields of Seldon and those of containers that people set by hand are known.

use super::{Certainty, Problem, RefusalContext, RefusalRule, Refuser, is_filled_in};
use crate::credentials::shown_path;
use crate::yaml::keys::effective_entries;
use crate::yaml::{Kind, NodeId, ScalarKind, Tree};

/// The type of a field. Null is always allowed.
enum FieldType {
    Text,
    Whole,
    Boolean,
    /// A string that ST001 checks: the value of a variable, an annotation or a label.
    Value,
    /// A mapping whose values are strings.
    Values,
    Fields(&'static [(&'static str, FieldType)]),
    Items(&'static FieldType),
}

use FieldType::{Boolean, Fields, Items, Text, Value, Values, Whole};

/// A field that has another type than the API server expects.
pub(super) struct TypeFault {
    node: NodeId,
    expected: &'static str,
    /// True if ST001 finds it.
    is_value: bool,
}

pub(super) const RULES: &[RefusalRule] = &[
    RefusalRule {
        by: Refuser::ApiServer,
        words: "must be of type string",
        help: "put it in quotes",
        certainty: Certainty::Certain,
        found_by: "ST001",
        check: |context| problems(context, true),
    },
    RefusalRule {
        by: Refuser::ApiServer,
        words: "must be of type",
        help: "write a value of that type",
        certainty: Certainty::Certain,
        found_by: "ST046",
        check: |context| problems(context, false),
    },
];

static TEXT: FieldType = Text;

static DEPLOYMENT: FieldType = Fields(&[("metadata", Fields(METADATA)), ("spec", Fields(SPEC))]);

const METADATA: &[(&str, FieldType)] =
    &[("name", Text), ("namespace", Text), ("annotations", Values), ("labels", Values)];

const SPEC: &[(&str, FieldType)] = &[
    ("name", Text),
    ("predictors", Items(&PREDICTOR)),
    ("annotations", Values),
    ("protocol", Text),
    ("transport", Text),
    ("serverType", Text),
    ("replicas", Whole),
    ("oauth_key", Text),
    ("oauth_secret", Text),
];

static PREDICTOR: FieldType = Fields(&[
    ("name", Text),
    ("graph", Fields(GRAPH_NODE)),
    ("componentSpecs", Items(&COMPONENT_SPEC)),
    ("svcOrchSpec", Fields(&[("env", Items(&VARIABLE)), ("replicas", Whole)])),
    ("annotations", Values),
    ("labels", Values),
    ("replicas", Whole),
    ("traffic", Whole),
    ("shadow", Boolean),
    ("progressDeadlineSeconds", Whole),
    ("explainer", Fields(EXPLAINER)),
]);

static CHILD: FieldType = Fields(GRAPH_NODE);

static GRAPH_NODE: &[(&str, FieldType)] = &[
    ("name", Text),
    ("type", Text),
    ("implementation", Text),
    ("modelUri", Text),
    ("children", Items(&CHILD)),
    ("methods", Items(&TEXT)),
    ("parameters", Items(&PARAMETER)),
    ("serviceAccountName", Text),
    ("envSecretRefName", Text),
    ("storageInitializerImage", Text),
    (
        "endpoint",
        Fields(&[
            ("type", Text),
            ("service_host", Text),
            ("service_port", Whole),
            ("httpPort", Whole),
            ("grpcPort", Whole),
        ]),
    ),
    ("logger", Fields(&[("url", Text), ("mode", Text)])),
];

static PARAMETER: FieldType = Fields(&[("name", Text), ("value", Text), ("type", Text)]);

static COMPONENT_SPEC: FieldType =
    Fields(&[("spec", Fields(POD_SPEC)), ("metadata", Fields(METADATA)), ("replicas", Whole)]);

const POD_SPEC: &[(&str, FieldType)] = &[
    ("containers", Items(&CONTAINER)),
    ("initContainers", Items(&CONTAINER)),
    ("volumes", Items(&NAMED)),
    ("imagePullSecrets", Items(&NAMED)),
    ("serviceAccountName", Text),
    ("priorityClassName", Text),
    ("nodeSelector", Values),
    ("terminationGracePeriodSeconds", Whole),
    ("enableServiceLinks", Boolean),
    ("hostNetwork", Boolean),
    ("shareProcessNamespace", Boolean),
    ("automountServiceAccountToken", Boolean),
];

static NAMED: FieldType = Fields(&[("name", Text)]);

static CONTAINER: FieldType = Fields(CONTAINER_FIELDS);

const CONTAINER_FIELDS: &[(&str, FieldType)] = &[
    ("name", Text),
    ("image", Text),
    ("env", Items(&VARIABLE)),
    ("command", Items(&TEXT)),
    ("args", Items(&TEXT)),
    ("imagePullPolicy", Text),
    ("workingDir", Text),
    ("ports", Items(&PORT)),
    ("volumeMounts", Items(&MOUNT)),
];

static VARIABLE: FieldType = Fields(&[("name", Text), ("value", Value)]);

static PORT: FieldType = Fields(&[("containerPort", Whole), ("name", Text), ("protocol", Text)]);

static MOUNT: FieldType = Fields(&[("name", Text), ("mountPath", Text), ("subPath", Text), ("readOnly", Boolean)]);

const EXPLAINER: &[(&str, FieldType)] = &[
    ("type", Text),
    ("modelUri", Text),
    ("containerSpec", Fields(CONTAINER_FIELDS)),
    ("config", Values),
    ("serviceAccountName", Text),
    ("envSecretRefName", Text),
    ("replicas", Whole),
];

/// The fields of a deployment that have another type.
pub(super) fn faults(tree: &Tree<'_>, deployment: NodeId) -> Vec<TypeFault> {
    let mut found = Vec::new();
    check(tree, deployment, &DEPLOYMENT, &mut found);
    found
}

fn check(tree: &Tree<'_>, node: NodeId, expected: &'static FieldType, found: &mut Vec<TypeFault>) {
    let node = tree.resolve(node);
    let kind = tree.scalar_kind(node);
    if matches!(kind, ScalarKind::Null | ScalarKind::Missing) {
        return;
    }
    let (is_right, name) = match expected {
        Text | Value => (kind == ScalarKind::String, "a string"),
        Whole => (matches!(kind, ScalarKind::Int | ScalarKind::Float), "a whole number"),
        Boolean => (kind == ScalarKind::Bool, "a boolean"),
        Values | Fields(_) => (matches!(tree.node(node).kind, Kind::Mapping { .. }), "a mapping"),
        Items(_) => (matches!(tree.node(node).kind, Kind::Sequence { .. }), "a list"),
    };
    if !is_right {
        if !tree.scalar_text(node).is_some_and(|text| is_filled_in(tree, node, text)) {
            found.push(TypeFault { node, expected: name, is_value: matches!(expected, Value) });
        }
        return;
    }
    match expected {
        Text | Value | Whole | Boolean => {}
        Values => tree.entries(node).for_each(|(key, value)| match tree.is_merge_key(key) {
            true => merged(tree, node, expected, found),
            false => check(tree, value, &Value, found),
        }),
        Fields(fields) => {
            for (key, value) in tree.entries(node) {
                if tree.is_merge_key(key) {
                    merged(tree, node, expected, found);
                } else if let Some(name) = tree.scalar_text(key)
                    && let Some((_, field)) = fields.iter().find(|(field, _)| *field == name)
                {
                    check(tree, value, field, found);
                }
            }
        }
        Items(item) => tree.items(node).iter().for_each(|value| check(tree, *value, item, found)),
    }
}

/// Checks the entries of a mapping that `<<` merges.
fn merged(tree: &Tree<'_>, mapping: NodeId, expected: &'static FieldType, found: &mut Vec<TypeFault>) {
    let own = tree.entries(mapping).len();
    // They come after its own.
    for (key, value) in effective_entries(tree, mapping).unwrap_or_default().into_iter().skip(own - 1) {
        let name = tree.scalar_text(key);
        match expected {
            Fields(fields) => {
                let field = fields.iter().find(|(field, _)| Some(*field) == name);
                field.into_iter().for_each(|(_, field)| check(tree, value, field, found));
            }
            _ => check(tree, value, &Value, found),
        }
    }
}

fn problems(context: &RefusalContext<'_, '_, '_>, is_value: bool) -> Vec<Problem> {
    let tree = context.tree;
    let faults = context.type_faults.iter().filter(|fault| fault.is_value == is_value);
    let found = faults.map(|fault| {
        let is = match tree.scalar_kind(fault.node) {
            ScalarKind::Bool => "a boolean",
            ScalarKind::Int | ScalarKind::Float => "a number",
            ScalarKind::Collection => "a list or a mapping",
            ScalarKind::String | ScalarKind::Null | ScalarKind::Missing => "text",
        };
        Problem::new(fault.node, format!("{} is {is}, and not {}", shown_path(&tree.path(fault.node)), fault.expected))
    });
    found.collect()
}
