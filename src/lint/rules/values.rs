//! Rules on all values: strings, duplicates and credentials.

use std::collections::HashSet;

use super::super::{Check, Fix, Found, Rule, Scene, Severity, plain_text, scenes};
use super::API_SERVER;
use crate::credentials::{is_credential, shown_key};
use crate::manifest::{Refusal, Role, Variable, value_of};
use crate::survey::{DeploymentSurvey, UnitSurvey};
use crate::yaml::sharing::ancestors;
use crate::yaml::{NodeId, ScalarKind, Tree};

pub(super) const ST001: Rule = Rule {
    id: "ST001",
    severity: Severity::Error,
    finds: "a value that is not a string",
    explanation: "The API server requires env values, annotations, labels, and the entries of nodeSelector and of an \
                  explainer's `config` to be strings, and rejects the whole manifest if one is not. YAML reads more spellings as numbers and booleans than one expects: `010`, \
                  `1_000`, `1e3`, `yes`, `on`. Quotes can't repair a list or a mapping. A container with a NUL \
                  character in a value can't be started.",
    source: API_SERVER,
    wrong: "- name: JAEGER_AGENT_PORT\n  value: 5775",
    right: "- name: JAEGER_AGENT_PORT\n  value: \"5775\"",
    fix: Some("puts a number or a boolean in quotes"),
    check: Check::UnitAndDeployment(variables_that_are_no_strings, entries_that_are_no_strings),
};

pub(super) const ST002: Rule = Rule {
    id: "ST002",
    severity: Severity::Error,
    finds: "`value` beside `valueFrom`",
    explanation: "An env entry has one or the other. The API server accepts such a SeldonDeployment, and then rejects \
                  the Deployment that the operator makes from it.",
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
        variables.map(|variable| scene.at(variable, words(variable.name), "remove one of them")).collect()
    }),
};

pub(super) const ST012: Rule = Rule {
    id: "ST012",
    severity: Severity::Warning,
    finds: "a duplicate name in one env",
    explanation: "The last one counts in the pod. If one of the two is removed later, `kubectl apply` removes both \
                  (kubernetes#58477). Seldon 1.19 rejects duplicates.",
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
        let times = |name: &str| match env.count(name) {
            2 => "twice".to_owned(),
            count => format!("{count} times"),
        };
        let words = |name: &str| format!("{name} is in this env {}; the last one is used", times(name));
        let variables = scene.effective().filter(is_repeated);
        variables.map(|variable| scene.at(variable, words(variable.name), "remove the others")).collect()
    }),
};

pub(super) const ST025: Rule = Rule {
    id: "ST025",
    severity: Severity::Error,
    finds: "a credential as a literal value",
    explanation: "A literal value is visible in the repository, in the cluster's history of the manifest, and in every \
                  diff; Seldon's operator also copies the whole predictor into a variable of the executor. Use a \
                  Secret. A credential is recognized by the last words of its name: PASSWORD, SECRET, TOKEN, and KEY \
                  as in API_KEY or ACCESS_KEY. A path, ENC[…], which Datadog's agent fills in, and a placeholder of a \
                  template are not credentials. An annotation seldon.io/engine-… sets a variable of the executor, and \
                  is checked, too.",
    source: "Kubernetes' document on Secrets",
    wrong: "- name: JAEGER_PASSWORD\n  value: hunter2",
    right: "- name: JAEGER_PASSWORD\n  valueFrom: {secretKeyRef: {name: jaeger, key: password}}",
    fix: None,
    check: Check::Units(literal_credentials),
};

fn variables_that_are_no_strings(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let found = scene.env().variables.iter().filter_map(|variable| {
        let name = variable.name;
        if variable.kind == ScalarKind::Collection {
            let words = format!("{name} is a list or a mapping, which Kubernetes does not take for a string");
            return Some(scene.at(variable, words, "write a string"));
        }
        if variable.value.contains('\0') {
            let words = format!("{name} holds a NUL character, which no process can be given");
            return Some(scene.at(variable, words, "remove it"));
        }
        if !variable.is_unquoted() {
            return None;
        }
        let is = match is_credential(name) || variable.is_secret {
            true => "has a value".to_owned(),
            false => format!("is {}", variable.shown(variable.value)),
        };
        let words = format!("{name} {is} without quotes, which Kubernetes does not take for a string");
        Some(scene.at(variable, words, "put it in quotes").fixed_by(variable.index.map(Fix::Quote)))
    });
    found.collect()
}

/// The findings for annotations, labels and the like that the API server rejects.
fn entries_that_are_no_strings(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let is_entry = |refusal: &&Refusal| refusal.rule.found_by == ST001.id && refusal.rule.id != "variable";
    let mut refusals = survey.refusals.iter().filter(is_entry).filter(|_| survey.is_selected()).peekable();
    if refusals.peek().is_none() {
        return Vec::new();
    }
    let selected: HashSet<NodeId> = survey.selected().collect();
    let all = value_of(tree, survey.deployment.node, "spec").and_then(|spec| value_of(tree, spec, "predictors"));
    let all = all.map_or(&[][..], |predictors| tree.items(predictors)).iter().map(|predictor| tree.resolve(*predictor));
    let others: HashSet<NodeId> = all.filter(|predictor| !selected.contains(predictor)).collect();
    let is_of_other = |node: NodeId| ancestors(tree, node).any(|node| others.contains(&node));
    let found = refusals.filter(|refusal| !is_of_other(refusal.node)).filter_map(|refusal| {
        let (value, what) = (refusal.node, refusal.rule.id);
        let (mapping, index) = tree.parent(value).zip(tree.index_of(value))?;
        let name = tree.entry(mapping, index).and_then(|(key, _)| tree.scalar_text(key));
        let name = name.filter(|name| shown_key(name) == *name);
        let which = name.map_or_else(|| format!("this {what}"), |name| format!("the {what} {name}"));
        let Some(text) = tree.scalar_text(value) else {
            return Some(Found::new(
                value,
                format!("{which} is a list or a mapping, and not a string"),
                "write a string",
            ));
        };
        // `yes` may mean `yes` or `true`. The value of an alias may have another meaning at its anchor.
        let has_one_meaning = tree.scalar_kind(value) != ScalarKind::Bool || ["true", "false"].contains(&text);
        let is_alias = tree.resolve(value) != value;
        let fix = (has_one_meaning && !is_alias).then_some(Fix::QuoteEntry(mapping, index));
        let words = format!("{which} has a value without quotes, which Kubernetes does not take for a string");
        Some(Found::new(value, words, "put it in quotes").fixed_by(fix))
    });
    found.collect()
}

/// The words before KEY in the name of a credential. Other keys are for sorting or caching, or are public.
const KEYS: [&str; 11] =
    ["ACCESS", "ACCOUNT", "API", "APP", "APPLICATION", "AUTH", "ENCRYPTION", "MASTER", "PRIVATE", "SECRET", "SIGNING"];

/// The words before TOKEN in the names of a language model's tokens.
const MODEL_TOKENS: [&str; 9] = ["BOS", "CLS", "EOS", "MASK", "PAD", "SEP", "STOP", "START", "UNK"];

fn literal_credentials<'a, 't>(
    tree: &'t Tree<'_>,
    deployment: &'a DeploymentSurvey<'t>,
) -> Vec<(&'a UnitSurvey<'t>, Found)> {
    let help = "take it from a Secret by a secretKeyRef, and revoke this one: others may have read it";
    let mut found = Vec::new();
    for scene in scenes(tree, deployment) {
        let is_literal = |variable: &&Variable<'_>| {
            has_name_of_credential(variable.name) && plain_text(variable).is_some_and(is_in_clear_text)
        };
        let words = |name: &str| format!("{name} is in clear text");
        let variables = scene.survey.env.variables.iter().filter(is_literal);
        found.extend(variables.map(|variable| (scene.survey, scene.at(variable, words(variable.name), help))));
    }
    let mut units = deployment.predictors.iter().flat_map(|predictor| &predictor.units);
    let Some(executor) = units.find(|unit| matches!(unit.unit.role, Role::SvcOrchSpec(_))) else { return found };
    let annotated = deployment.engine.iter().filter(|variable| is_literal_credential(&variable.name, variable.text));
    found.extend(annotated.map(|variable| {
        let key = tree.scalar_text(variable.annotation).unwrap_or_default();
        let words = format!("{key} is in clear text");
        let help =
            "take it from a Secret by a secretKeyRef in svcOrchSpec.env, and revoke this one: others may have read it";
        (executor, Found::new(variable.annotation, words, help))
    }));
    found
}

/// Returns true if a variable is a credential in clear text, by its name and value.
pub(super) fn is_literal_credential(name: &str, text: &str) -> bool {
    has_name_of_credential(name) && is_in_clear_text(text)
}

fn has_name_of_credential(name: &str) -> bool {
    let is = |word: &str, other: &&str| word.eq_ignore_ascii_case(other);
    let (before, last) = name.rsplit_once('_').unwrap_or(("", name));
    let before = || before.rsplit('_').next().unwrap_or_default();
    if ["PASSWORD", "SECRET", "APIKEY"].iter().any(|word| is(last, word)) {
        return true;
    }
    (is(last, &"TOKEN") && !MODEL_TOKENS.iter().any(|word| is(before(), word)))
        || (is(last, &"KEY") && KEYS.iter().any(|word| is(before(), word)))
}

fn is_in_clear_text(text: &str) -> bool {
    let is_filled_in = ["$(", "${", "{{"].iter().any(|mark| text.contains(mark)) || text.starts_with("ENC[");
    let is_none = text.is_empty() || text.starts_with('/') || ["true", "false"].contains(&&*text.to_ascii_lowercase());
    !is_filled_in && !is_none
}
