//! Rules on Datadog's variables, and on variables of both backends in one place.

use super::super::{Check, Fix, Found, Rule, Scene, Severity, plain_text, scenes};
use super::{
    exit, exits, is_library, is_orchestrator, is_referenced, is_server, is_target, name_of, other_env_source,
    outcomes_of_library,
};
use crate::knowledge::clients::ddtrace::tried;
use crate::knowledge::clients::{Outcome, pr2859};
use crate::knowledge::{BACKENDS, Backend, bare_rate, column, is_of_agent};
use crate::manifest::Variable;
use crate::survey::{DeploymentSurvey, TracingClient, UnitSurvey, Verdict, about};
use crate::yaml::Tree;

const WRAPPER: &str = "Seldon Core, pull request 2859, the Python wrapper with ddtrace";
const BOTH: &str = "Seldon Core, pull request 2859, executor and Python wrapper";

pub(super) const ST005: Rule = Rule {
    id: "ST005",
    severity: Severity::Error,
    finds: "a value that the Datadog wrapper can't read",
    explanation: "The wrapper of pull request 2859 reads DD_SAMPLE_RATE as an integer, and splits DD_TAGS at each \
                  comma and each pair at the `:`. It exits at an empty pair, such as a comma at the end makes, and at \
                  a pair without `:`. It also exits at a fraction, and at a `:` in a tag's value; Datadog's own \
                  libraries accept these two, so they are infos.",
    source: WRAPPER,
    wrong: "- name: TRACING\n  value: \"1\"\n- name: DD_ENABLED\n  value: \"1\"\n- name: DD_TAGS\n  value: env:prod,",
    right: "- name: TRACING\n  value: \"1\"\n- name: DD_ENABLED\n  value: \"1\"\n- name: DD_TAGS\n  value: env:prod",
    fix: None,
    check: Check::Unit(values_that_the_wrapper_refuses),
};

pub(super) const ST011: Rule = Rule {
    id: "ST011",
    severity: Severity::Warning,
    finds: "variables of both backends at once",
    explanation: "DD_ENABLED selects Datadog in images that have its client, and the JAEGER_* variables beside it then \
                  have no effect. In any other image it is the reverse. So the env does not tell which backend gets \
                  the traces. Of Jaeger's variables the rule finds those that `enable` writes, and not others such as \
                  JAEGER_ENDPOINT. If DD_ENABLED is nowhere set and the traces are sent to Jaeger, DD_SAMPLE_RATE and \
                  DATADOG_TRACE_AGENT_PORT, which are Seldon's own names, are left over. If one part of a predictor \
                  traces to Datadog and another to Jaeger, neither backend has a whole trace.",
    source: BOTH,
    wrong: "- name: TRACING\n  value: \"1\"\n- name: DD_ENABLED\n  value: \"1\"\n- name: JAEGER_AGENT_HOST\n  value: jaeger",
    right: "- name: TRACING\n  value: \"1\"\n- name: DD_ENABLED\n  value: \"1\"",
    fix: Some("removes those of the backend that is not on, where nothing else of the predictor traces to it"),
    check: Check::Units(both_backends),
};

pub(super) const ST020: Rule = Rule {
    id: "ST020",
    severity: Severity::Info,
    finds: "Datadog on images that may not support it",
    explanation: "No release of Seldon Core 1 has Datadog's client. What Seldon's document describes is in the pull \
                  requests 2441, 2474 and 2859, and in images built from them. In an upstream image DD_ENABLED has no \
                  effect, and the executor can trace only to Jaeger. The rule reports it once for each deployment.",
    source: "Seldon Core 1.0.2 to 1.19.0-rc.1, 26 releases; pull requests 2441, 2474 and 2859",
    wrong: "- name: TRACING\n  value: \"1\"\n- name: DD_ENABLED\n  value: \"1\"",
    right: "- name: TRACING\n  value: \"1\"",
    fix: None,
    check: Check::Units(|tree, survey| {
        let switches = scenes(tree, survey).filter_map(|scene| {
            let tracing = &scene.survey.tracing;
            let is_on = tracing.backend.is_some_and(Backend::is_datadog) && tracing.is_on;
            let words = "DD_ENABLED asks for Datadog, which no image of a release of Seldon Core supports".to_owned();
            let help = "use `enable --inject init`, or images that are built with Datadog's support";
            let variable = scene.last("DD_ENABLED").filter(|_| is_on)?;
            Some((scene.survey, scene.at(&variable, words, help)))
        });
        switches.take(1).collect()
    }),
};

pub(super) const ST026: Rule = Rule {
    id: "ST026",
    severity: Severity::Warning,
    finds: "variables of the Datadog agent",
    explanation: "The agent reads them in its own container. The program that it traces does not, except DD_SITE, \
                  which Datadog's libraries read when they send without an agent: the rule does not find it beside a \
                  variable with AGENTLESS or LLMOBS in its name.",
    source: "Datadog's guides for its agent and for Fargate",
    wrong: "- name: DD_APM_ENABLED\n  value: \"true\"",
    right: "- name: DD_TRACE_ENABLED\n  value: \"true\"",
    fix: None,
    check: Check::Unit(|scene| {
        // ST025 finds an API key here.
        let is_for_agent = |name: &str| match name {
            _ if !name.starts_with("DD_") => false,
            "DD_SITE" => {
                !scene.effective().any(|beside| ["AGENTLESS", "LLMOBS"].iter().any(|one| beside.name.contains(one)))
            }
            name => is_of_agent(name),
        };
        let variables = scene
            .effective()
            .filter(|variable| is_target(scene) && is_for_agent(variable.name) && !is_referenced(scene, variable.name));
        let words = |name: &str| format!("{name} belongs to the Datadog agent, not to what it traces");
        let help = "remove it, and set it in the agent's own container";
        variables.map(|variable| scene.at(variable, words(variable.name), help)).collect()
    }),
};

pub(super) const ST029: Rule = Rule {
    id: "ST029",
    severity: Severity::Warning,
    finds: "DD_TRACE_SAMPLE_RATE",
    explanation: "ddtrace silently ignores it from 3.0 on: with 4.16, all forty of forty spans arrived at a rate of 0.5, and at 0. One \
                  sampling rule has the same effect, and works in every version. It is found on the containers of the graph, \
                  and not on the orchestrator, whose library is the one for Go. Where existing rules have \
                  more than one rate, or another value refers to it, what to write is up to the author.",
    source: concat!("tried with ddtrace ", tried!()),
    wrong: "- name: DD_TRACE_SAMPLE_RATE\n  value: '0.5'",
    right: "- name: DD_TRACE_SAMPLING_RULES\n  value: '[{\"sample_rate\":0.5}]'",
    fix: Some("writes the rule, or keeps the existing one, where that is plain"),
    check: Check::Unit(|scene| {
        let variable = scene.env().last("DD_TRACE_SAMPLE_RATE").filter(|_| is_server(scene));
        let Some(variable) = variable else { return Vec::new() };
        let rate = plain_text(variable).and_then(|text| text.parse::<f64>().ok());
        let rule = rate.filter(|rate| (0.0..=1.0).contains(rate)).map(|rate| format!(r#"[{{"sample_rate":{rate}}}]"#));
        let help = match (&rule, scene.env().last(RULES)) {
            (_, Some(rules)) if !rules.is_gap() => format!("write the rate into {RULES}, and remove it"),
            (Some(rule), _) => format!("write {RULES}: '{rule}'"),
            (None, _) => format!("write {RULES}, a list with a rule that has the rate"),
        };
        let fix = rule.filter(|_| !is_referenced(scene, variable.name)).and_then(|rule| replace_with_rule(scene, rule));
        let words = "DD_TRACE_SAMPLE_RATE does nothing from ddtrace 3.0 on".to_owned();
        vec![scene.at(variable, words, help).fixed_by(fix)]
    }),
};

pub(super) const ST041: Rule = Rule {
    id: "ST041",
    severity: Severity::Error,
    finds: "a value that Datadog's library can't use",
    explanation: "Datadog's library for Python exits at some values when it is imported; injected, it is switched off \
                  instead, without a message. It is found where the manifest shows the library: by `ddtrace-run`, or by \
                  the init container and PYTHONPATH of library injection. Values that only some versions reject, or \
                  that are read differently, are warnings.",
    source: concat!("tried with ddtrace ", tried!()),
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          command: [ddtrace-run, seldon-core-microservice, Model]
          env:
          - name: DD_AGENT_HOST
            value: agent:8126",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          command: [ddtrace-run, seldon-core-microservice, Model]
          env:
          - name: DD_AGENT_HOST
            value: agent",
    fix: None,
    check: Check::Unit(|scene| {
        let client = match scene.survey.tracing.client {
            TracingClient::Library => TracingClient::Library,
            _ => TracingClient::InjectedLibrary,
        };
        let found = outcomes_of_library(scene).filter_map(|(variable, outcome)| match outcome {
            Outcome::Depends(reason) => {
                let found = scene.at(&variable, about(variable.name, reason), "write what all versions take");
                Some(Found { severity: Some(Severity::Warning), ..found })
            }
            _ => exit(scene, client, &variable, outcome),
        });
        found.collect()
    }),
};

/// The finding if DD_ENABLED seems on, and the client of pull request 2859 reads it as off.
pub(super) fn enabled_that_is_off(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    let variable = scene.last("DD_ENABLED").filter(|_| is_target(scene) && !is_library(scene))?;
    let is_executor = is_orchestrator(scene);
    let text = plain_text(&variable).filter(|text| pr2859::is_unexpectedly_off(text, is_executor))?;
    let client = if is_executor { TracingClient::DatadogExecutor } else { TracingClient::DatadogWrapper };
    let message = format!("DD_ENABLED is {}, which {} takes for off", variable.shown(text), client.name());
    Some(scene.at(&variable, message, "write '1' for on, '0' for off"))
}

const RULES: &str = "DD_TRACE_SAMPLING_RULES";

/// The fix that replaces the rates by one sampling rule.
fn replace_with_rule(scene: &Scene<'_, '_, '_>, rule: String) -> Option<Fix> {
    let rates = scene.env().variables.iter().filter(|variable| variable.name == "DD_TRACE_SAMPLE_RATE");
    let mut rates: Vec<usize> = rates.filter_map(|variable| variable.index).collect();
    let first = match scene.env().last(RULES) {
        Some(gap) if gap.is_gap() => Some(Fix::Write(gap.index?, rule.into())),
        // If the rules are not one bare rate, ddtrace before 3.0 uses both the rules and the rate.
        Some(rules) => {
            plain_text(rules).and_then(bare_rate)?;
            None
        }
        None => Some(Fix::Replace(rates.pop()?, RULES, rule)),
    };
    Some(Fix::All(first.into_iter().chain([Fix::RemoveEntries(rates)]).collect()))
}

fn both_backends<'a, 't>(tree: &'t Tree<'_>, deployment: &'a DeploymentSurvey<'t>) -> Vec<(&'a UnitSurvey<'t>, Found)> {
    let mut found = Vec::new();
    for predictor in &deployment.predictors {
        let scene = |survey| Scene { tree, deployment, survey, predictor };
        let first = |backend: Backend| {
            let sends = |unit: &&UnitSurvey<'_>| unit.tracing.backend == Some(backend) && unit.tracing.is_on;
            predictor.units.iter().find(sends)
        };
        let may_use_jaeger = predictor.units.iter().any(|unit| {
            let is_possible = unit.tracing.is_on || unit.tracing.verdict == Verdict::Unknown;
            unit.tracing.backend.is_some_and(Backend::is_jaeger) && is_possible
        });
        for survey in &predictor.units {
            let scene = scene(survey);
            let beside = jaeger_beside_datadog(&scene, may_use_jaeger).into_iter().chain(datadog_beside_jaeger(&scene));
            found.extend(beside.map(|beside| (survey, beside)));
        }
        let [jaeger, datadog] = BACKENDS.map(first);
        found.extend(datadog.zip(jaeger).and_then(|(one, other)| {
            let (name, other) = (name_of(&one.unit), name_of(&other.unit));
            let words = format!("{name} traces to Datadog, while {other} traces to Jaeger: no trace is whole");
            let help = "switch both on for the one backend that is wanted, as `enable` does";
            let scene = scene(one);
            Some((one, scene.at(&scene.last("DD_ENABLED")?, words, help)))
        }));
    }
    found
}

/// The finding for Jaeger's variables that `enable` writes, in a list where DD_ENABLED is on.
fn jaeger_beside_datadog(scene: &Scene<'_, '_, '_>, may_use_jaeger: bool) -> Option<Found> {
    let tracing = &scene.survey.tracing;
    let is_on = tracing.backend.is_some_and(Backend::is_datadog) && tracing.is_on;
    let is_disabled = scene.last("JAEGER_DISABLED").is_some_and(|variable| !variable.is_gap());
    let variable = scene.last("DD_ENABLED").filter(|_| is_on && is_target(scene) && !is_disabled)?;
    let is_jaegers = |name: &str| name.starts_with("JAEGER_") && column(Backend::Jaeger).contains(&name);
    let left_over = left_over(scene, is_jaegers);
    let words = format!("DD_ENABLED switches Datadog on beside {}", left_over.first()?.name);
    let help = match may_use_jaeger {
        true => "remove the variables of the backend that is not wanted, here and where others trace to Jaeger",
        false => "remove the variables of the backend that is not wanted: `--fix` takes Jaeger's that `enable` writes",
    };
    let fix = Fix::RemoveEntries(left_over.iter().filter_map(|variable| variable.index).collect());
    Some(scene.at(&variable, words, help).fixed_by((!may_use_jaeger).then_some(fix)))
}

/// The findings for Seldon's own names of Datadog variables, in the list of a unit that traces to Jaeger. With
/// DD_ENABLED off, they are kept for later, as by `disable --keep-config`.
fn datadog_beside_jaeger(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let tracing = &scene.survey.tracing;
    let is_jaegers = tracing.backend.is_some_and(Backend::is_jaeger) && tracing.is_on;
    if !is_jaegers || !is_target(scene) || scene.has("DD_ENABLED") || other_env_source(scene) {
        return Vec::new();
    }
    let left_over = left_over(scene, |name| ["DD_SAMPLE_RATE", "DATADOG_TRACE_AGENT_PORT"].contains(&name));
    let found = left_over.into_iter().map(|variable| {
        let words = format!("{} is Datadog's, which nothing switches on here: the traces go to Jaeger", variable.name);
        scene.at(variable, words, "remove it").fixed_by(Fix::RemoveEntries(variable.index.into_iter().collect()))
    });
    found.collect()
}

/// The non-empty variables of a list to which nothing else there refers.
fn left_over<'a, 't>(scene: &Scene<'a, 't, '_>, is_of_other: impl Fn(&str) -> bool) -> Vec<&'a Variable<'t>> {
    let variables = scene.survey.env.variables.iter();
    let is_left_over = |variable: &&Variable<'_>| {
        is_of_other(variable.name) && !variable.is_gap() && !is_referenced(scene, variable.name)
    };
    variables.filter(is_left_over).collect()
}

fn values_that_the_wrapper_refuses(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    if !is_server(scene) || is_library(scene) || !scene.survey.tracing.backend.is_some_and(Backend::is_datadog) {
        return Vec::new();
    }
    let found = exits(scene).map(|(variable, found)| {
        let text = plain_text(&variable).unwrap_or_default();
        // A value that Datadog's own library accepts may be meant for it.
        let help = match variable.name {
            name if !pr2859::is_for_the_library(name, text) => return found,
            "DD_SAMPLE_RATE" => "write '0' or '1', or a rule in DD_TRACE_SAMPLING_RULES where its library is used",
            _ => "write one `:` a tag, unless Datadog's own library reads it",
        };
        Found { help: help.to_owned(), ..found }.info()
    });
    found.collect()
}
