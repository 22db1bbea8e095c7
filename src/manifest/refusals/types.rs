//! The types that Seldon's resource definition gives to the fields of a manifest, and the fields that have another one.
//!
//! Only the fields of Seldon and those of containers that people set by hand are known.

use super::{BY_OPERATOR, Certainty, Problem, RefusalContext, RefusalRule, Refuser};
use crate::credentials::shown_path;
use crate::manifest::is_filled_in;
use crate::yaml::json::{Json, to_json};
use crate::yaml::keys::effective_entries;
use crate::yaml::{Kind, NodeId, ScalarKind, Tree};

/// The type of a field. Null is always allowed.
enum FieldType {
    Text,
    Whole,
    Boolean,
    /// A string that ST001 checks, by the id of its rule.
    Value(&'static str),
    /// A mapping whose values have this type.
    Values(&'static FieldType),
    Fields(&'static [(&'static str, FieldType)]),
    Items(&'static FieldType),
}

use FieldType::{Boolean, Fields, Items, Text, Value, Values, Whole};

/// A field that has another type than the API server expects.
pub(super) struct TypeFault {
    /// The value as it is written, which may be an alias.
    node: NodeId,
    expected: &'static str,
    /// The id of the rule, if ST001 finds it.
    value: Option<&'static str>,
}

pub(super) const RULES: &[RefusalRule] = &[
    RefusalRule { id: "variable", check: |context| problems(context, Some("variable")), ..NOT_A_STRING },
    RefusalRule { id: "annotation", check: |context| problems(context, Some("annotation")), ..NOT_A_STRING },
    RefusalRule { id: "label", check: |context| problems(context, Some("label")), ..NOT_A_STRING },
    RefusalRule { id: "node selector", check: |context| problems(context, Some("node selector")), ..NOT_A_STRING },
    RefusalRule {
        id: "explainer setting",
        check: |context| problems(context, Some("explainer setting")),
        ..NOT_A_STRING
    },
    RefusalRule {
        id: "type",
        words: "must be of type",
        help: "write a value of that type",
        found_by: "ST046",
        check: |context| problems(context, None),
        ..NOT_A_STRING
    },
];

const NOT_A_STRING: RefusalRule = RefusalRule {
    by: Refuser::ApiServer,
    words: "must be of type string",
    help: "put it in quotes",
    found_by: "ST001",
    ..BY_OPERATOR
};

static TEXT: FieldType = Text;

static ANNOTATION: FieldType = Value("annotation");

static LABEL: FieldType = Value("label");

static NODE_SELECTOR: FieldType = Value("node selector");

static EXPLAINER_SETTING: FieldType = Value("explainer setting");

static DEPLOYMENT: FieldType = Fields(&[("metadata", Fields(METADATA)), ("spec", Fields(SPEC))]);

const METADATA: &[(&str, FieldType)] =
    &[("name", Text), ("namespace", Text), ("annotations", Values(&ANNOTATION)), ("labels", Values(&LABEL))];

const SPEC: &[(&str, FieldType)] = &[
    ("name", Text),
    ("predictors", Items(&PREDICTOR)),
    ("annotations", Values(&ANNOTATION)),
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
    ("annotations", Values(&ANNOTATION)),
    ("labels", Values(&LABEL)),
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
    ("nodeSelector", Values(&NODE_SELECTOR)),
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

static VARIABLE: FieldType = Fields(&[("name", Text), ("value", Value("variable"))]);

static PORT: FieldType = Fields(&[("containerPort", Whole), ("name", Text), ("protocol", Text)]);

static MOUNT: FieldType = Fields(&[("name", Text), ("mountPath", Text), ("subPath", Text), ("readOnly", Boolean)]);

const EXPLAINER: &[(&str, FieldType)] = &[
    ("type", Text),
    ("modelUri", Text),
    ("containerSpec", Fields(CONTAINER_FIELDS)),
    ("config", Values(&EXPLAINER_SETTING)),
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

fn check(tree: &Tree<'_>, written: NodeId, expected: &'static FieldType, found: &mut Vec<TypeFault>) {
    let node = tree.resolve(written);
    let kind = tree.scalar_kind(node);
    if matches!(kind, ScalarKind::Null | ScalarKind::Missing) {
        return;
    }
    let is_number = matches!(kind, ScalarKind::Int | ScalarKind::Float);
    let (is_right, name) = match expected {
        Text | Value(_) => (kind == ScalarKind::String, "a string"),
        // The API server takes `1.0` for 1.
        Whole => {
            (is_number && matches!(to_json(tree, node), Json::Number(number) if !number.is_f64()), "a whole number")
        }
        Boolean => (kind == ScalarKind::Bool, "a boolean"),
        Values(_) | Fields(_) => (matches!(tree.node(node).kind, Kind::Mapping { .. }), "a mapping"),
        Items(_) => (matches!(tree.node(node).kind, Kind::Sequence { .. }), "a list"),
    };
    if !is_right {
        if !tree.scalar_text(node).is_some_and(|text| is_filled_in(tree, node, text)) {
            let value = if let Value(id) = expected { Some(*id) } else { None };
            found.push(TypeFault { node: written, expected: name, value });
        }
        return;
    }
    match expected {
        Text | Value(_) | Whole | Boolean => {}
        Values(item) => tree.entries(node).for_each(|(key, value)| match tree.is_merge_key(key) {
            true => merged(tree, node, expected, found),
            false => check(tree, value, item, found),
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
            Values(item) => check(tree, value, item, found),
            _ => {}
        }
    }
}

fn problems(context: &RefusalContext<'_, '_, '_>, value: Option<&str>) -> Vec<Problem> {
    let tree = context.tree;
    let faults = context.type_faults.iter().filter(|fault| fault.value == value);
    let found = faults.map(|fault| {
        let is = match tree.scalar_kind(fault.node) {
            ScalarKind::Bool => "a boolean",
            ScalarKind::Int | ScalarKind::Float => "a number",
            ScalarKind::Collection => "a list or a mapping",
            ScalarKind::String | ScalarKind::Null | ScalarKind::Missing => "text",
        };
        let text = format!("{} is {is}, and not {}", shown_path(&tree.path(fault.node)), fault.expected);
        let certainty = may_be_replaced(tree, fault).then_some(Certainty::AsItIs);
        Problem { certainty, ..Problem::new(fault.node, text) }
    });
    found.collect()
}

/// Returns true for a text in the place of something else that is no quoted number or boolean, such as `$REPLICAS`:
/// templates have many forms.
fn may_be_replaced(tree: &Tree<'_>, fault: &TypeFault) -> bool {
    let node = tree.resolve(fault.node);
    let is_number_or_boolean = |text: &str| text.parse::<f64>().is_ok() || text.parse::<bool>().is_ok();
    tree.scalar_kind(node) == ScalarKind::String && !tree.scalar_text(node).is_some_and(is_number_or_boolean)
}
