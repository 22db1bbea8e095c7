//! Rules on Jaeger's variables in the executor and the Python wrapper.

use std::collections::BTreeSet;

use super::super::{Check, Fix, Found, Rule, Scene, Severity, plain_text};
use super::datadog::enabled_that_is_off;
use super::wrapper::{is_off, traces_although_off};
use super::{
    CLIENTS, EXECUTOR, advice_in_order, exits, is_jaeger_executor, is_orchestrator, is_target, name_of,
    other_env_source, outcomes_with_library, outcomes_without_mlserver,
};
use crate::knowledge::Backend;
use crate::knowledge::address::Address;
use crate::knowledge::clients::{ClientStart, ClientState, Outcome};
use crate::knowledge::ports::{Receiver, THRIFT};
use crate::manifest::{ORCHESTRATOR, Reference, Role, Variable, value_of};
use crate::survey::{
    Agent, Cause, DeploymentSurvey, NO_PATH, UnitSurvey, ValueSource, Verdict, about, fact_and_advice,
};
use crate::yaml::{NodeId, Tree};

pub(super) const ST004: Rule = Rule {
    id: "ST004",
    severity: Severity::Error,
    finds: "a value at which the executor exits",
    explanation: "The executor reads its JAEGER_* variables at start, and exits if one can't be parsed. The whole \
                  predictor is then down. It also exits if the annotation seldon.io/rest-timeout or \
                  seldon.io/grpc-max-message-size of its pod is not a whole number. A user or a password from a Secret without the \
                  other is a warning: the executor exits, unless the Secret's value is empty.",
    source: EXECUTOR,
    wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: always",
    right: "- name: JAEGER_SAMPLER_TYPE\n  value: const",
    fix: None,
    check: Check::Unit(|scene| {
        let made = matches!(scene.unit().role, Role::SvcOrchSpec(_)).then_some(&scene.predictor.pods);
        let fault = made.and_then(|pods| pods.annotation_fault).map(|fault| {
            let message = format!("{} is not a whole number of 32 bits, and the executor exits at start", fault.name);
            Found::new(fault.node, message, "write a number alone, such as '5000'")
        });
        let found = exits(scene).map(|(_, found)| found).chain(credential_alone(scene));
        found.filter(|_| is_jaeger_executor(scene)).chain(fault).collect()
    }),
};

pub(super) const ST013: Rule = Rule {
    id: "ST013",
    severity: Severity::Warning,
    finds: "a const or ratelimiting sampler without a param",
    explanation: "The executor's param is 0 unless set. With 0 a const sampler samples nothing, and a ratelimiting one the \
                  first trace alone.",
    source: EXECUTOR,
    wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: const",
    right: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    fix: Some("adds '1' to const"),
    check: Check::Unit(|scene| {
        let needs_param =
            |text: &str| ["const", "ratelimiting"].into_iter().find(|kind| text.eq_ignore_ascii_case(kind));
        let may_sample = is_jaeger_executor(scene) && !scene.is_switched_off();
        let sampler = scene.last("JAEGER_SAMPLER_TYPE").filter(|_| may_sample);
        let lacks_param =
            scene.last("JAEGER_SAMPLER_PARAM").is_none_or(|param| param.is_gap()) && !other_env_source(scene);
        let kind = sampler.as_ref().filter(|_| lacks_param).and_then(plain_text).and_then(needs_param);
        let (Some(variable), Some(kind)) = (sampler, kind) else { return Vec::new() };
        let sampled = if kind == "const" { "nothing" } else { "one trace in all" };
        let words = format!("the sampler is {kind} without JAEGER_SAMPLER_PARAM: it samples {sampled}");
        let fix = scene.env().list.and_then(|_| match scene.env().last("JAEGER_SAMPLER_PARAM") {
            Some(gap) => Some(Fix::Write(gap.index?, "1".into())),
            None => Some(Fix::Add("JAEGER_SAMPLER_PARAM", "1")),
        });
        match kind {
            "const" => vec![scene.at(&variable, words, "add JAEGER_SAMPLER_PARAM, '1' for all").fixed_by(fix)],
            _ => vec![scene.at(&variable, words, "add JAEGER_SAMPLER_PARAM, a number of traces a second")],
        }
    }),
};

pub(super) const ST019: Rule = Rule {
    id: "ST019",
    severity: Severity::Warning,
    finds: "tracing that TRACING does not switch off",
    explanation: "The executor does not read TRACING: it always builds its tracer from the JAEGER_* variables. Only \
                  JAEGER_DISABLED switches it off. The Python wrapper of Seldon Core 1.5 to 1.8 traces REST calls with \
                  TRACING 0, too; the rule finds it if the tag of one of Seldon's own images is such a version.",
    source: "Seldon Core 1.19.0-dev, executor/api/tracing/trace.go; seldon-core#3158, fixed in 1.9.0",
    wrong: "- name: TRACING\n  value: \"0\"\n- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  \
            value: \"1\"",
    right: "- name: TRACING\n  value: \"0\"\n- name: JAEGER_DISABLED\n  value: \"true\"\n- name: JAEGER_SAMPLER_TYPE\n  \
            value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    fix: None,
    check: Check::Unit(|scene| {
        // Another source may switch it off.
        let still_traces = is_jaeger_executor(scene) && scene.survey.tracing.is_on && !other_env_source(scene);
        let variable = scene
            .last("TRACING")
            .filter(is_off)
            .filter(|_| still_traces && scene.in_effect().first_of_jaeger().is_some());
        let words = |text: String| format!("TRACING is {text}, which the executor does not read: it still traces");
        let found = variable
            .map(|variable| scene.at(&variable, words(variable.shown(variable.value)), "add JAEGER_DISABLED 'true'"));
        found.into_iter().chain(traces_although_off(scene)).collect()
    }),
};

pub(super) const ST021: Rule = Rule {
    id: "ST021",
    severity: Severity::Info,
    finds: "an executor without a service name of its own",
    explanation: "In Jaeger the executor of every deployment is the service `executor`, unless JAEGER_SERVICE_NAME is \
                  set. So the traces of all deployments are mixed.",
    source: EXECUTOR,
    wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    right: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"\n- name: \
            JAEGER_SERVICE_NAME\n  value: iris",
    fix: None,
    check: Check::Unit(|scene| {
        let tracing = &scene.survey.tracing;
        let is_unnamed = tracing.service.as_ref().is_some_and(|service| service.source == ValueSource::Default);
        let may_trace = tracing.is_on || tracing.verdict == Verdict::Unknown;
        if !is_jaeger_executor(scene) || !is_unnamed || !may_trace || other_env_source(scene) {
            return Vec::new();
        }
        let message = "the executor's service is named `executor`, as that of every deployment";
        let help = "add JAEGER_SERVICE_NAME";
        scene.in_effect().first_of_jaeger().map(|first| Found::new(first.node, message, help)).into_iter().collect()
    }),
};

pub(super) const ST023: Rule = Rule {
    id: "ST023",
    severity: Severity::Warning,
    finds: "b3 on the orchestrator alone",
    explanation: "With b3 the executor passes traces on in Zipkin's headers. The Python wrapper reads Jaeger's \
                  headers, unless the file of JAEGER_CONFIG_PATH has another `propagation`. So each call starts a new \
                  trace there.",
    source: EXECUTOR,
    wrong: "- name: TRACING\n  value: \"1\"\n- name: JAEGER_TRACE_PROPAGATION_TYPE\n  value: b3",
    right: "- name: TRACING\n  value: \"1\"",
    fix: None,
    check: Check::Unit(|scene| {
        let is_b3 = |variable: &Variable<'_>| plain_text(variable) == Some("b3");
        let by_jaeger_headers = |unit: &UnitSurvey<'_>| {
            let tracing = &unit.tracing;
            let is_jaegers = tracing.is_on && tracing.backend.is_some_and(Backend::is_jaeger);
            // The file may set another propagation.
            matches!(unit.unit.role, Role::Server { .. }) && is_jaegers && !unit.env.has("JAEGER_CONFIG_PATH")
        };
        let splits = is_jaeger_executor(scene)
            && !scene.is_switched_off()
            && scene.predictor.units.iter().any(by_jaeger_headers);
        let found = scene.last("JAEGER_TRACE_PROPAGATION_TYPE").filter(is_b3).filter(|_| splits);
        let words = "the executor hands traces on as b3, and the Python wrapper looks for Jaeger's headers".to_owned();
        let help = "remove it, unless what the executor calls reads b3";
        found.map(|variable| scene.at(&variable, words, help)).into_iter().collect()
    }),
};

pub(super) const ST032: Rule = Rule {
    id: "ST032",
    severity: Severity::Warning,
    finds: "a value with which nothing can be sent",
    explanation: "The client starts with it, makes spans, and sends none. To each client: a port of the agent out of \
                  range, or a host that no resolver knows. To the executor also a JAEGER_ENDPOINT without scheme or host, \
                  with another port, or without the path /api/traces. To Datadog's library also a URL as DD_AGENT_HOST.",
    source: CLIENTS,
    wrong: "- name: JAEGER_ENDPOINT\n  value: collector:14268\n- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    right: "- name: JAEGER_ENDPOINT\n  value: http://collector:14268/api/traces\n- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    fix: None,
    check: Check::Unit(addresses_to_which_nothing_is_sent),
};

pub(super) const ST036: Rule = Rule {
    id: "ST036",
    severity: Severity::Warning,
    finds: "JAEGER_TRACE_PROPAGATION_TYPE without an effect",
    explanation: "Only the executor reads JAEGER_TRACE_PROPAGATION_TYPE, and only `b3` in lower case has an effect: \
                  any other value silently selects Jaeger's own headers. The Python wrapper reads `propagation` from \
                  the file of JAEGER_CONFIG_PATH.",
    source: EXECUTOR,
    wrong: "- name: TRACING\n  value: \"1\"\n- name: JAEGER_TRACE_PROPAGATION_TYPE\n  value: B3",
    right: "- name: TRACING\n  value: \"1\"",
    fix: None,
    check: Check::Unit(|scene| {
        let variable = scene.last("JAEGER_TRACE_PROPAGATION_TYPE").filter(|variable| !variable.is_gap());
        let Some(variable) = variable.filter(|_| is_target(scene)) else { return Vec::new() };
        let name = variable.name;
        if !is_orchestrator(scene) {
            let message = format!("{name} is not read by the Python wrapper");
            let help = "remove it, and write `propagation: b3` into the file of JAEGER_CONFIG_PATH";
            return vec![scene.at(&variable, message, help)];
        }
        let is_replaced = outcomes_without_mlserver(scene)
            .any(|(variable, outcome)| variable.name == name && matches!(outcome, Outcome::Replaced(_)));
        let text = variable.text().filter(|_| is_replaced && is_jaeger_executor(scene));
        let found = text.map(|text| {
            let message = format!("{name} is {}, which the executor takes for jaeger", variable.shown(text));
            scene.at(&variable, message, "write b3 in lower case, or remove it")
        });
        found.into_iter().collect()
    }),
};

pub(super) const ST024: Rule = Rule {
    id: "ST024",
    severity: Severity::Info,
    finds: "an executor without JAEGER_AGENT_PORT",
    explanation: "Kubernetes gives every pod variables for each Service of its namespace. A Service named \
                  `jaeger-agent` defines JAEGER_AGENT_PORT with a URL as its value, and the executor exits at start, \
                  unless the port is set here or the pod has `enableServiceLinks: false` (jaeger#1986).",
    source: EXECUTOR,
    wrong: "- name: JAEGER_AGENT_HOST\n  value: jaeger",
    right: "- name: JAEGER_AGENT_HOST\n  value: jaeger\n- name: JAEGER_AGENT_PORT\n  value: \"6831\"",
    fix: Some("adds '6831'"),
    check: Check::Unit(|scene| {
        let port = match &scene.survey.tracing.agent {
            Some(Agent::Address { port, .. }) => Some(port),
            _ => None,
        };
        let is_default = port.is_some_and(|port| port.source == ValueSource::Default);
        // An empty value overrides the one of Kubernetes, and means the default to the executor.
        let is_missing = is_default && !scene.has("JAEGER_AGENT_PORT");
        if !is_jaeger_executor(scene) || !is_missing || other_env_source(scene) || has_no_service_links(scene) {
            return Vec::new();
        }
        let message = "JAEGER_AGENT_PORT is not set: if the namespace has a Service named jaeger-agent, that sets it, and the executor exits";
        let help = "add JAEGER_AGENT_PORT, '6831' unless the agent listens elsewhere";
        let fix = scene.env().list.map(|_| Fix::Add("JAEGER_AGENT_PORT", THRIFT.text));
        scene
            .in_effect()
            .first_of_jaeger()
            .map(|first| Found::new(first.node, message, help).fixed_by(fix))
            .into_iter()
            .collect()
    }),
};

pub(super) const ST039: Rule = Rule {
    id: "ST039",
    severity: Severity::Warning,
    finds: "an orchestrator that tells its containers not to sample",
    explanation: "Every call of the executor has a header with its sampling decision, and the Python wrapper follows \
                  it: after an executor that samples nothing, no container sends a span, whatever its own variables \
                  are. Set a sampler on the orchestrator, or JAEGER_DISABLED=true, which leaves the decision to the \
                  containers.",
    source: "tried with the executor and the wrapper of Seldon Core 1.18.2",
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    svcOrchSpec:
      env:
      - name: JAEGER_SAMPLER_TYPE
        value: const
      - name: JAEGER_SAMPLER_PARAM
        value: '0'
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          env:
          - name: TRACING
            value: '1'",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    svcOrchSpec:
      env:
      - name: JAEGER_SAMPLER_TYPE
        value: const
      - name: JAEGER_SAMPLER_PARAM
        value: '1'
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          env:
          - name: TRACING
            value: '1'",
    fix: None,
    check: Check::Units(orchestrators_that_silence),
};

pub(super) const ST040: Rule = Rule {
    id: "ST040",
    severity: Severity::Warning,
    finds: "a value that a client reads as another one",
    explanation: "The client silently uses another value than the one that is written. The executor's const sampler \
                  reads any number except 0 as 1, and an interval or a count of 0 or less as the default. The Python \
                  wrapper reads a JAEGER_AGENT_PORT that is not an integer as 6831. Datadog's library reads a \
                  DD_TRACE_ENABLED other than true and 1 as false, and the clients of pull request 2859 read some values of \
                  DD_ENABLED as off: `on`, and in the executor `yes`.",
    source: CLIENTS,
    wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"0.1\"",
    right: "- name: JAEGER_SAMPLER_TYPE\n  value: probabilistic\n- name: JAEGER_SAMPLER_PARAM\n  value: \"0.1\"",
    fix: None,
    check: Check::Unit(|scene| {
        let mut found = values_that_are_taken_for_others(scene);
        found.extend(enabled_that_is_off(scene));
        found
    }),
};

/// The finding for a user or a password from a Secret, if the other is not set: the executor exits, unless the Secret's
/// value is empty.
fn credential_alone(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    let pairs = [("JAEGER_USER", "JAEGER_PASSWORD"), ("JAEGER_PASSWORD", "JAEGER_USER")];
    let is_missing = |name: &str| scene.last(name).is_none_or(|variable| variable.is_gap());
    outcomes_without_mlserver(scene).find_map(|(variable, outcome)| {
        let Outcome::Unknown(reason) = outcome else { return None };
        let (_, other) = pairs.iter().find(|(name, _)| *name == variable.name)?;
        if !is_missing(other) || other_env_source(scene) || is_optional(&variable) {
            return None;
        }
        let message = format!("{} {}", variable.name, fact_and_advice(reason).0);
        let found = scene.at(&variable, message, "set both beside JAEGER_ENDPOINT, or neither");
        Some(Found { severity: Some(Severity::Warning), ..found })
    })
}

fn is_optional(variable: &Variable<'_>) -> bool {
    matches!(variable.reference, Some(Reference::Key { is_optional: true, .. }))
}

fn orchestrators_that_silence<'a, 't>(
    tree: &'t Tree<'_>,
    deployment: &'a DeploymentSurvey<'t>,
) -> Vec<(&'a UnitSurvey<'t>, Found)> {
    let mut found = Vec::new();
    for predictor in &deployment.predictors {
        let Some(reason) = predictor.decision.silence() else { continue };
        let is_silenced = |unit: &&UnitSurvey<'_>| unit.tracing.cause == Some(Cause::Silenced);
        let Some(silenced) = predictor.units.iter().find(is_silenced) else { continue };
        let orchestrator = predictor.units.iter().find(|unit| unit.unit.is_orchestrator());
        // ST004, ST010 and ST013 find these.
        let has_fault = predictor.pods.annotation_fault.is_some();
        let has_other_finding = |unit: &UnitSurvey<'_>| {
            let exits = matches!(unit.tracing.start, Some(ClientStart { state: ClientState::Exits { .. }, .. }));
            exits || has_fault || matches!(unit.tracing.cause, Some(Cause::Missing(_)))
        };
        let is_kept_out = || deployment.deployment.kept_out().has(ORCHESTRATOR);
        if orchestrator.is_some_and(has_other_finding) && !is_kept_out() {
            continue;
        }
        let at = orchestrator.unwrap_or(silenced);
        let scene = Scene { tree, deployment, survey: at, predictor };
        let place = scene.last("JAEGER_SAMPLER_PARAM").or_else(|| scene.last("TRACING"));
        let node = place.map_or(at.unit.node, |variable| variable.node);
        let message = format!("the orchestrator tells {} not to sample ({reason})", name_of(&silenced.unit));
        let help = "set a sampler on the orchestrator, or JAEGER_DISABLED 'true' to leave the decision to containers";
        found.push((at, Found::new(node, message, help)));
    }
    found
}

fn addresses_to_which_nothing_is_sent(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let found = outcomes_with_library(scene).filter_map(|(_, variable, outcome)| match outcome {
        Outcome::SendsNothing(reason) => {
            let (fact, advice) = fact_and_advice(reason);
            let advice = advice_in_order(scene, &variable, advice);
            Some(scene.at(&variable, format!("{}, and no span is sent", about(variable.name, fact)), advice))
        }
        Outcome::Used(_) if variable.name == "JAEGER_ENDPOINT" => {
            let url = plain_text(&variable)?;
            if !Address::of(url).is_web() {
                let message = "JAEGER_ENDPOINT has no scheme http:// or https://, and no span is sent".to_owned();
                return Some(scene.at(&variable, message, "write http://HOST:14268/api/traces"));
            }
            let (message, help, is_certain) = match Receiver::JaegerCollector.other_service_at(url) {
                Some((port, what)) => (
                    format!("JAEGER_ENDPOINT has port {port}, {what}, and the executor sends Thrift over HTTP"),
                    "write the collector's port 14268: http://HOST:14268/api/traces",
                    true,
                ),
                None if Address::of(url).has_collector_path() => return None,
                None => (
                    NO_PATH.to_owned(),
                    "write http://HOST:14268/api/traces for a collector",
                    Address::of(url).has_no_proxy(),
                ),
            };
            Some(scene.at(&variable, message, help)).map(|found| if is_certain { found } else { found.info() })
        }
        _ => None,
    });
    found.collect()
}

fn values_that_are_taken_for_others(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let found = outcomes_with_library(scene).filter_map(|(client, variable, outcome)| match outcome {
        // ST036 finds it.
        Outcome::Replaced(_) if variable.name == "JAEGER_TRACE_PROPAGATION_TYPE" => None,
        Outcome::Replaced(reason) => {
            let (fact, advice) = fact_and_advice(reason);
            let value = variable.shown(variable.text()?);
            Some(scene.at(
                &variable,
                format!("{} is {value}, which {} takes for {fact}", variable.name, client.name()),
                advice,
            ))
        }
        // The manifest shows the value, but its effect is not known.
        Outcome::Unknown(reason) if plain_text(&variable).is_some() => {
            let (fact, advice) = fact_and_advice(reason);
            Some(scene.at(&variable, about(variable.name, fact), advice)).filter(|_| !advice.is_empty())
        }
        _ => None,
    });
    found.collect()
}

/// Returns true if a pod of the predictor gets no variables from Services. It may be any of them, since the operator
/// chooses the pod of the executor.
fn has_no_service_links(scene: &Scene<'_, '_, '_>) -> bool {
    let pods = scene.predictor.units.iter().filter_map(|unit| match unit.unit.role {
        Role::OwnOrchestrator(place) | Role::Server { place, .. } | Role::Sidecar(place) => Some(place.spec),
        _ => None,
    });
    // A pod may have several containers.
    pods.collect::<BTreeSet<NodeId>>().into_iter().any(|pod| {
        let links = value_of(scene.tree, pod, "enableServiceLinks");
        links.is_some_and(|links| scene.tree.scalar_text(links) == Some("false"))
    })
}
