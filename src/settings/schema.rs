//! The JSON Schema of a settings file, made from the table of options.

use serde_json::{Map, Value, json};

use super::file::MATCHERS;
use crate::knowledge::{Form, Key, OPTIONS, OptionSpec, Scope, Takes};
use crate::lint::RULES;

/// The schema, as text.
pub(crate) fn schema() -> String {
    let options: Vec<&OptionSpec> = OPTIONS.iter().collect();
    let differing: Vec<&OptionSpec> = OPTIONS.iter().filter(|option| option.scope == Scope::Deployment).collect();
    let profiles = json!({
        "description": "Settings by the name that --profile takes. They take precedence over those beside it.",
        "type": "object",
        "properties": {},
        "additionalProperties": { "$ref": "#/$defs/profile" },
    });
    let overrides = json!({
        "description": "Settings for some manifests. They take precedence over a profile, and each over those before it.",
        "type": "array",
        "items": { "$ref": "#/$defs/override" },
    });
    let settings = properties(&options, [("profiles", profiles), ("overrides", overrides)]);
    let overriding = properties(&differing, [("match", matchers())]);
    let mut defs = json!({
        "settings": object(settings, &[]),
        "profile": object(properties(&options, []), &[]),
        "override": object(overriding, &["match"]),
        "resource": resource(),
        "rule": rule(),
        "rules": { "type": "array", "items": { "$ref": "#/$defs/rule" } },
        "text": {
            "description": "Text. A number or a boolean counts as it is spelt.",
            "type": ["string", "number", "boolean"],
        },
        "list": { "type": "array", "items": { "$ref": "#/$defs/text" } },
    });
    for option in OPTIONS {
        defs[option.name] = of_option(option);
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "seldon-trace settings",
        "description": "Settings of seldon-trace: options, profiles by name, and overrides for some manifests.",
        "anyOf": [
            { "$ref": "#/$defs/settings" },
            { "$ref": "#/$defs/resource" },
            { "description": "An empty file, which sets nothing.", "type": "null" },
        ],
        "$defs": defs,
    });
    format!("{schema:#}\n")
}

fn object(properties: Map<String, Value>, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn properties<const N: usize>(options: &[&OptionSpec], others: [(&str, Value); N]) -> Map<String, Value> {
    let options = options.iter().map(|option| (option.name, json!({ "$ref": format!("#/$defs/{}", option.name) })));
    options.chain(others).map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn resource() -> Value {
    json!({
        "description": "The settings as a resource, which a KRM function takes, too.",
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": { "const": "seldon-trace.dev/v1" },
            "kind": { "const": "SeldonTrace" },
            "metadata": { "description": "That of every resource; it has no effect here." },
            "spec": { "anyOf": [{ "$ref": "#/$defs/settings" }, { "type": "null" }] },
        },
        "additionalProperties": false,
    })
}

fn matchers() -> Value {
    let matcher = |name: &&str| {
        let schema = match *name {
            "name" => json!({ "description": "Its name, a glob.", "$ref": "#/$defs/text" }),
            "namespace" => json!({ "description": "Its namespace.", "$ref": "#/$defs/text" }),
            "selector" => of_option(Key::Selector.spec()),
            _ => json!({
                "description": "The path of its file from the folder of the settings, a glob.",
                "$ref": "#/$defs/text",
            }),
        };
        ((*name).to_owned(), schema)
    };
    let matchers: Map<String, Value> = MATCHERS.iter().map(matcher).collect();
    json!({
        "description": "The deployments that it is for: those of which all of this is true.",
        "type": "object",
        "minProperties": 1,
        "properties": matchers,
        "additionalProperties": false,
    })
}

fn rule() -> Value {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let numbers: Vec<&str> = ids.iter().map(|id| id.trim_start_matches("ST")).collect();
    json!({
        "description": "The id of a rule of lint, in upper or lower case.",
        "type": "string",
        "anyOf": [{ "enum": ids }, { "pattern": format!("^[Ss][Tt]({})$", numbers.join("|")) }],
    })
}

fn of_option(option: &OptionSpec) -> Value {
    let mut schema = match option.form {
        Form::Word(_) => json!({ "enum": option.form.words() }),
        Form::Switch => json!({ "type": "boolean" }),
        Form::List if matches!(option.key, Key::Allow | Key::Deny) => json!({ "$ref": "#/$defs/rules" }),
        Form::List => json!({ "$ref": "#/$defs/list" }),
        Form::Pairs(_) => {
            json!({ "type": "object", "properties": {}, "additionalProperties": { "$ref": "#/$defs/text" } })
        }
        Form::Text if matches!(option.key, Key::Selector) => json!({ "$ref": "#/$defs/text", "pattern": "\\S" }),
        Form::Text => option.sets.map_or_else(|| json!({ "$ref": "#/$defs/text" }), |sets| of_value(sets.takes)),
    };
    let default = option.default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
    schema["description"] = format!("{}{default}", option.description()).into();
    schema
}

/// The schema of a value that an option passes on to variables. Of a text, only the program can say what the clients make.
fn of_value(takes: Takes) -> Value {
    match takes {
        Takes::Port => {
            json!({ "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 65535 }, { "type": "string" }] })
        }
        Takes::Number => json!({ "type": ["number", "string"] }),
        Takes::Tags => json!({ "type": "string" }),
        Takes::Service => {
            let pattern = "^([^{}]|[{](name|namespace|predictor|container)[}])*$";
            json!({ "$ref": "#/$defs/text", "pattern": pattern })
        }
        _ => json!({ "$ref": "#/$defs/text" }),
    }
}
