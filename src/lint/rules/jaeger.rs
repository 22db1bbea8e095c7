//! Rules on Jaeger's variables in the executor, and on what both clients do.

use std::collections::BTreeSet;

use super::super::{Check, Fix, Found, Rule, Scene, Severity, plain_text};
use super::wrapper::{is_off, traces_although_off};
use super::{EXECUTOR, brings_more, is_jaeger_executor, is_target};
use crate::knowledge::{Backend, Program, Takes, check_sampler_pair, ends_at_start, find, form};
use crate::manifest::{Role, Variable, value_of};
use crate::survey::{Agent, UnitSurvey, ValueSource, Verdict};
use crate::yaml::NodeId;

pub(super) const ST004: Rule = Rule {
    id: "ST004",
    severity: Severity::Error,
    finds: "a value at which the executor exits",
    explanation: "The executor reads its JAEGER_* when it starts, and exits if one does not parse: the whole \
                  predictor is down, for the sake of a trace.",
    source: EXECUTOR,
    wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: always",
    right: "- name: JAEGER_SAMPLER_TYPE\n  value: const",
    fix: None,
    check: Check::Unit(values_that_end_the_executor),
};

pub(super) const ST013: Rule = Rule {
    id: "ST013",
    severity: Severity::Warning,
    finds: "a const sampler without a param",
    explanation: "The executor's param is 0 unless set, and a const sampler with 0 samples nothing.",
    source: EXECUTOR,
    wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: const",
    right: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    fix: Some("adds '1'"),
    check: Check::Unit(|scene| {
        let is_const = |text: &str| text.eq_ignore_ascii_case("const");
        let may_sample = is_jaeger_executor(scene) && !scene.is_switched_off();
        let says = scene.last("JAEGER_SAMPLER_TYPE").filter(|_| may_sample);
        let lacks_param = scene.last("JAEGER_SAMPLER_PARAM").is_none_or(|param| param.is_gap()) && !brings_more(scene);
        let found = says.filter(|variable| lacks_param && plain_text(variable).is_some_and(is_const));
        let words = "the sampler is const without JAEGER_SAMPLER_PARAM: nothing is sampled".to_owned();
        let fix = scene.env().list.map(|_| match scene.env().last("JAEGER_SAMPLER_PARAM") {
            Some(gap) => Fix::Write(gap.index, "1".into()),
            None => Fix::Add("JAEGER_SAMPLER_PARAM", "1"),
        });
        let help = "add JAEGER_SAMPLER_PARAM, '1' for all";
        found.map(|variable| scene.at(&variable, words, help).fixed_by(fix)).into_iter().collect()
    }),
};

pub(super) const ST014: Rule = Rule {
    id: "ST014",
    severity: Severity::Warning,
    finds: "the agent's port 6832, or 5775",
    explanation: "Both clients send compact Thrift, which Jaeger's agent takes on 6831 and, until Jaeger 1 ended, on \
                  5775. 6832 is for binary Thrift, and never works for them. 5775, which Seldon's documents use and \
                  `enable` writes, is information: an agent of Jaeger 1 listens there, and Jaeger 2 does not.",
    source: "Jaeger's document on the ports of its agent",
    wrong: "- name: JAEGER_AGENT_PORT\n  value: \"6832\"",
    right: "- name: JAEGER_AGENT_PORT\n  value: \"6831\"",
    fix: None,
    check: Check::Unit(|scene| {
        let variable = scene.last("JAEGER_AGENT_PORT").filter(|_| sends_to_jaeger(scene));
        let found = variable.as_ref().and_then(|variable| match plain_text(variable)? {
            "6832" => {
                let words = "JAEGER_AGENT_PORT is 6832, where the agent takes binary Thrift: no span arrives";
                Some(scene.at(variable, words.to_owned(), "write '6831'"))
            }
            "5775" => {
                let words = "JAEGER_AGENT_PORT is 5775, where Jaeger 2 does not listen";
                let help = "write '6831', where Jaeger 1 and 2 both do";
                Some(scene.at(variable, words.to_owned(), help).info())
            }
            _ => None,
        });
        found.into_iter().collect()
    }),
};

pub(super) const ST019: Rule = Rule {
    id: "ST019",
    severity: Severity::Warning,
    finds: "tracing that TRACING does not switch off",
    explanation: "The executor never reads TRACING: it builds its tracer from JAEGER_* whatever TRACING says. Only \
                  JAEGER_DISABLED switches it off. The Python wrapper of Seldon Core 1.5 to 1.8 traces REST calls \
                  with TRACING 0, too; it is found where the tag of an image of Seldon's own says that version.",
    source: "Seldon Core 1.19.0-dev, executor/api/tracing/trace.go; seldon-core#3158, mended in 1.9.0",
    wrong: "- name: TRACING\n  value: \"0\"\n- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  \
            value: \"1\"",
    right: "- name: TRACING\n  value: \"0\"\n- name: JAEGER_DISABLED\n  value: \"true\"\n- name: JAEGER_SAMPLER_TYPE\n  \
            value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    fix: None,
    check: Check::Unit(|scene| {
        // What is unknown here may be off.
        let goes_on = is_jaeger_executor(scene) && scene.survey.tracing.verdict == Verdict::Yes && !brings_more(scene);
        let variable =
            scene.last("TRACING").filter(is_off).filter(|_| goes_on && scene.in_effect().first_of_jaeger().is_some());
        let words = |text: &str| format!("TRACING is `{text}`, which the executor does not read: it goes on tracing");
        let found = variable.map(|variable| scene.at(&variable, words(variable.value), "add JAEGER_DISABLED 'true'"));
        found.into_iter().chain(traces_although_off(scene)).collect()
    }),
};

pub(super) const ST021: Rule = Rule {
    id: "ST021",
    severity: Severity::Info,
    finds: "an executor without a name of its own",
    explanation: "In Jaeger the executor of every deployment is the service `executor`, unless JAEGER_SERVICE_NAME says \
                  otherwise, and the traces of all of them are in one heap.",
    source: EXECUTOR,
    wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
    right: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"\n- name: \
            JAEGER_SERVICE_NAME\n  value: iris",
    fix: None,
    check: Check::Unit(|scene| {
        let tracing = &scene.survey.tracing;
        let is_unnamed = tracing.service.as_ref().is_some_and(|service| service.source == ValueSource::Default);
        let may_trace = matches!(tracing.verdict, Verdict::Yes | Verdict::Unknown);
        if !is_jaeger_executor(scene) || !is_unnamed || !may_trace || brings_more(scene) {
            return Vec::new();
        }
        let message = "the executor's service is named `executor`, as that of every deployment";
        let help = "add JAEGER_SERVICE_NAME";
        scene.in_effect().first_of_jaeger().map(|first| Found::new(first.node, message, help)).into_iter().collect()
    }),
};

pub(super) const ST023: Rule = Rule {
    id: "ST023",
    severity: Severity::Info,
    finds: "b3 on the orchestrator alone",
    explanation: "With b3 the executor hands traces on by the headers of Zipkin. The Python wrapper looks for Jaeger's, \
                  unless a file named by JAEGER_CONFIG_PATH says otherwise: each call begins a trace of its own there.",
    source: EXECUTOR,
    wrong: "- name: TRACING\n  value: \"1\"\n- name: JAEGER_TRACE_PROPAGATION_TYPE\n  value: b3",
    right: "- name: TRACING\n  value: \"1\"",
    fix: None,
    check: Check::Unit(|scene| {
        let is_b3 = |variable: &Variable<'_>| plain_text(variable) == Some("b3");
        let by_jaeger_headers = |unit: &UnitSurvey<'_>| {
            let tracing = &unit.tracing;
            let is_jaegers = tracing.verdict == Verdict::Yes && tracing.backend.is_some_and(Backend::is_jaeger);
            matches!(unit.unit.role, Role::Server { .. }) && is_jaegers
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

pub(super) const ST024: Rule = Rule {
    id: "ST024",
    severity: Severity::Info,
    finds: "an executor without JAEGER_AGENT_PORT",
    explanation: "Kubernetes gives every pod variables for each Service of its namespace. Of a Service named \
                  `jaeger-agent` comes JAEGER_AGENT_PORT with a URL for its value, at which the executor exits at start, \
                  unless the port is set here or the pod says `enableServiceLinks: false` (jaeger#1986).",
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
        // Empty it hides the one that Kubernetes brings, and is the default to the executor.
        let is_missing = is_default && !scene.has("JAEGER_AGENT_PORT");
        if !is_jaeger_executor(scene) || !is_missing || brings_more(scene) || has_no_service_links(scene) {
            return Vec::new();
        }
        let message = "JAEGER_AGENT_PORT is not set: a Service named jaeger-agent sets it, and the executor exits";
        let help = "add JAEGER_AGENT_PORT, '6831' unless the agent listens elsewhere";
        let fix = scene.env().list.map(|_| Fix::Add("JAEGER_AGENT_PORT", "6831"));
        scene
            .in_effect()
            .first_of_jaeger()
            .map(|first| Found::new(first.node, message, help).fixed_by(fix))
            .into_iter()
            .collect()
    }),
};

fn values_that_end_the_executor(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    if !is_jaeger_executor(scene) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for variable in scene.in_effect().counting() {
        let Some(text) = plain_text(&variable).filter(|text| !text.is_empty()) else { continue };
        if ends_at_start(Program::Executor, variable.name, text) {
            let known = find(Backend::Jaeger, variable.name);
            // A URL may hold a password.
            let value = match known.map(|known| known.takes) {
                Some(Takes::Url(_)) => "no absolute URL".to_owned(),
                _ => variable.shown(text),
            };
            let takes = known.map(|known| form(known.takes));
            found.push(scene.at(
                &variable,
                format!("{} is {value}, at which the executor exits", variable.name),
                takes.map(|takes| format!("it takes {takes}")).unwrap_or_default(),
            ));
        }
    }
    let param = scene.last("JAEGER_SAMPLER_PARAM");
    // Unless it is set, the sampler is remote. A const one takes any number but 0 for 1.
    let kind = if scene.has("JAEGER_SAMPLER_TYPE") { scene.text("JAEGER_SAMPLER_TYPE") } else { Some("remote") };
    if let (Some(kind), Some(param), Some(text)) = (kind, param, scene.text("JAEGER_SAMPLER_PARAM"))
        && !ends_at_start(Program::Executor, "JAEGER_SAMPLER_TYPE", kind)
        && !kind.eq_ignore_ascii_case("const")
        && text.parse::<f64>().is_ok()
        && let Err(words) = check_sampler_pair(kind, text)
    {
        found.push(scene.at(
            &param,
            format!("JAEGER_SAMPLER_PARAM is {} beside a {kind} sampler", param.shown(text)),
            words,
        ));
    }
    for (name, other) in [("JAEGER_USER", "JAEGER_PASSWORD"), ("JAEGER_PASSWORD", "JAEGER_USER")] {
        // An empty one is none to the client.
        let set = |name: &str| scene.last(name).filter(|variable| !variable.is_gap());
        if let (Some(variable), None, false) = (set(name), set(other), brings_more(scene)) {
            let words = format!("{name} without {other}, at which the executor exits");
            found.push(scene.at(&variable, words, format!("add {other}, or take {name} out")));
        }
    }
    found
}

fn sends_to_jaeger(scene: &Scene<'_, '_, '_>) -> bool {
    let by_address = matches!(scene.survey.tracing.agent, Some(Agent::Address { .. }));
    is_target(scene)
        && by_address
        && !scene.is_switched_off()
        && scene.survey.tracing.backend.is_some_and(Backend::is_jaeger)
}

/// Whether a pod of the predictor takes no variables from Services. Which of them holds the executor is up to the
/// operator.
fn has_no_service_links(scene: &Scene<'_, '_, '_>) -> bool {
    let pods = scene.predictor.units.iter().filter_map(|unit| match unit.unit.role {
        Role::OwnOrchestrator(place) | Role::Server { place, .. } | Role::Sidecar(place) => Some(place.spec),
        _ => None,
    });
    // Each once, however many containers it has.
    pods.collect::<BTreeSet<NodeId>>().into_iter().any(|pod| {
        let links = value_of(scene.tree, pod, "enableServiceLinks");
        links.is_some_and(|links| scene.tree.scalar_text(links) == Some("false"))
    })
}
