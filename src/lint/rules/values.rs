//! Rules on what the API server, and whoever reads a manifest, makes of any value.

use super::super::{Check, Fix, Rule, Severity, plain_text};
use super::API_SERVER;
use crate::credentials::{is_credential, shown};
use crate::manifest::Variable;

pub(super) const ST001: Rule = Rule {
    id: "ST001",
    severity: Severity::Error,
    finds: "a value without quotes that is a number or a boolean",
    explanation: "The API server wants env values to be strings, and refuses the whole manifest where one is not. \
                  YAML takes more spellings than one thinks for numbers and booleans: `010`, `1_000`, `1e3`, `yes`, \
                  `on`.",
    source: API_SERVER,
    wrong: "- name: JAEGER_AGENT_PORT\n  value: 5775",
    right: "- name: JAEGER_AGENT_PORT\n  value: \"5775\"",
    fix: Some("puts it in quotes"),
    check: Check::Unit(|scene| {
        let variables = scene.env().variables.iter().filter(|variable| variable.is_unquoted());
        let found = variables.map(|variable| {
            let value = shown(variable.name, variable.value);
            scene
                .at(
                    variable,
                    format!("{} is {value} without quotes, which Kubernetes does not take for a string", variable.name),
                    "put it in quotes",
                )
                .fixed_by(Fix::Quote(variable.index))
        });
        found.collect()
    }),
};

pub(super) const ST002: Rule = Rule {
    id: "ST002",
    severity: Severity::Error,
    finds: "`value` beside `valueFrom`",
    explanation: "An env entry has either. The API server takes the SeldonDeployment all the same, and the \
                  Deployment that the operator makes of it fails.",
    source: API_SERVER,
    wrong: "- name: JAEGER_AGENT_HOST\n  value: localhost\n  valueFrom: {fieldRef: {fieldPath: status.hostIP}}",
    right: "- name: JAEGER_AGENT_HOST\n  valueFrom: {fieldRef: {fieldPath: status.hostIP}}",
    fix: None,
    check: Check::Unit(|scene| {
        let has_both = |variable: &&_| {
            let variable: &Variable<'_> = variable;
            variable.is_reference() && variable.text().is_some_and(|text| !text.is_empty())
        };
        let variables = scene.env().variables.iter().filter(has_both);
        let words = |name: &str| format!("{name} has both value and valueFrom");
        variables.map(|variable| scene.at(variable, words(variable.name), "take one of them out")).collect()
    }),
};

pub(super) const ST012: Rule = Rule {
    id: "ST012",
    severity: Severity::Warning,
    finds: "a name twice in one env",
    explanation: "The last one counts in the pod. When one of the two is taken out, `kubectl apply` takes out both \
                  (kubernetes#58477), and Seldon 1.19 refuses them.",
    source: API_SERVER,
    wrong: "- name: TRACING\n  value: \"0\"\n- name: TRACING\n  value: \"1\"",
    right: "- name: TRACING\n  value: \"1\"",
    fix: None,
    check: Check::Unit(|scene| {
        let env = scene.env();
        let is_repeated = |variable: &&_| {
            let variable: &Variable<'_> = variable;
            env.first(variable.name).is_some_and(|first| first.index != variable.index)
        };
        let words = |name: &str| format!("{name} stands twice in this env; the last one counts");
        let variables = scene.counting().filter(is_repeated);
        variables.map(|variable| scene.at(variable, words(variable.name), "take the others out")).collect()
    }),
};

pub(super) const ST025: Rule = Rule {
    id: "ST025",
    severity: Severity::Error,
    finds: "a credential as a literal value",
    explanation: "What stands in a manifest stands in its repository, in the cluster's history of it, and in every \
                  diff. A Secret keeps it out of these.",
    source: "Kubernetes' document on Secrets",
    wrong: "- name: JAEGER_PASSWORD\n  value: hunter2",
    right: "- name: JAEGER_PASSWORD\n  valueFrom: {secretKeyRef: {name: jaeger, key: password}}",
    fix: None,
    check: Check::Unit(|scene| {
        let is_ours = |name: &str| name.starts_with("JAEGER_") || name.starts_with("DD_");
        let variables = scene.env().variables.iter().filter(|variable| {
            is_ours(variable.name)
                && is_credential(variable.name)
                && plain_text(variable).is_some_and(|text| !text.is_empty())
        });
        let words = |name: &str| format!("{name} stands here for all to read");
        let help = "bring it by a secretKeyRef, and change it: it has been read";
        variables.map(|variable| scene.at(variable, words(variable.name), help)).collect()
    }),
};
