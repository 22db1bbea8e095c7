//! The rule on the ports to which clients send.

use super::super::{Check, Found, Rule, Scene, Severity, plain_text};
use super::{is_target, outcomes_with_library};
use crate::knowledge::Backend;
use crate::knowledge::clients::Outcome;
use crate::knowledge::ports::{OLD_THRIFT, Receiver};
use crate::manifest::Variable;
use crate::survey::Agent;

pub(super) const ST014: Rule = Rule {
    id: "ST014",
    severity: Severity::Warning,
    finds: "a port of the agent that takes no spans, or 5775",
    explanation: "Both clients send compact Thrift, which Jaeger's agent takes on 6831 and, until Jaeger 1 ended, on \
                  5775. 6832 is for binary Thrift, and never works for them, and others, such as 14268 and 4317, are \
                  not the agent's. 5775, which Seldon's documents use and \
                  `enable` writes, is information: an agent of Jaeger 1 listens there, and Jaeger 2 does not. \
                  A container of Jaeger in the pod takes spans by its version: the all-in-one has no port for UDP \
                  from 1.63 on, and Jaeger 2 listens on 6831 from 2.2 on. Datadog's agent in the pod listens on 8126, or \
                  on the port in its DD_APM_RECEIVER_PORT, and on none if its DD_APM_ENABLED is false. Elsewhere, the \
                  ports of other services, such as 8125 for metrics and 4318 for OTLP, take none of what Datadog's \
                  clients send.",
    source: "Jaeger's document on the ports of its agent; jaeger#6081 and #6413; datadog-agent, pkg/config/setup/apm.go",
    wrong: "- name: JAEGER_AGENT_PORT\n  value: \"6832\"",
    right: "- name: JAEGER_AGENT_PORT\n  value: \"6831\"",
    fix: None,
    check: Check::Unit(|scene| {
        if let Some(found) = port_in_the_pod(scene) {
            return vec![found];
        }
        if let Some(found) = port_of_another_service(scene) {
            return vec![found];
        }
        let other_service = |port: &str| Receiver::JaegerAgent.other_service(port.parse().ok()?);
        let variable = scene.last("JAEGER_AGENT_PORT").filter(|_| sends_to_jaeger(scene));
        let found = variable.as_ref().and_then(|variable| match plain_text(variable)?.trim() {
            port if other_service(port).is_some() => {
                let what = other_service(port)?;
                let message = format!("JAEGER_AGENT_PORT is {port}, {what}: no span arrives");
                Some(scene.at(variable, message, "write '6831', the agent's port for compact Thrift"))
            }
            port if port == OLD_THRIFT.text => {
                let words = "JAEGER_AGENT_PORT is 5775, where Jaeger 2 does not listen";
                let help = "write '6831', where Jaeger 1 and 2 both do";
                Some(scene.at(variable, words.to_owned(), help).info())
            }
            _ => None,
        });
        found.into_iter().collect()
    }),
};

/// The variables with the address of Datadog's agent, and those that switch its clients on.
const DATADOG: [&str; 8] = [
    "DD_TRACE_AGENT_URL",
    "DD_TRACE_AGENT_PORT",
    "DATADOG_TRACE_AGENT_PORT",
    "DD_AGENT_PORT",
    "DD_AGENT_HOST",
    "DD_ENABLED",
    "PYTHONPATH",
    "TRACING",
];

/// The finding if no agent in the pod takes no spans at the port.
fn port_in_the_pod(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    let tracing = &scene.survey.tracing;
    let may_send = is_target(scene) && !scene.is_switched_off() && tracing.is_at_localhost();
    let backend = tracing.backend.filter(|_| may_send)?;
    let agents = scene.predictor.pods.agents_beside(scene.unit(), backend)?;
    let port = tracing.sent_port()?;
    // Foreign ports are found without looking at the pod.
    let (names, is_foreign) = match tracing.agent.as_ref()? {
        _ if backend.is_datadog() => (&DATADOG[..], false),
        Agent::Url(url) => (&["JAEGER_ENDPOINT"][..], Receiver::JaegerCollector.other_service_at(&url.value).is_some()),
        Agent::Address { .. } => {
            let names = &["JAEGER_AGENT_PORT", "JAEGER_AGENT_HOST", "TRACING"][..];
            (names, Receiver::JaegerAgent.other_service(port).is_some())
        }
    };
    let reason = agents.why_none_at(port).filter(|_| !is_foreign)?;
    let place = names.iter().find_map(|name| scene.last(name)).or_else(|| scene.in_effect().first_of_jaeger())?;
    // Another rule finds an address that no client uses.
    let is_unused = outcomes_with_library(scene).any(|(_, variable, outcome)| {
        variable.name == place.name && matches!(outcome, Outcome::Exits(_) | Outcome::SendsNothing(_))
    });
    if is_unused {
        return None;
    }
    Some(scene.at(&place, format!("{reason}, and no span arrives"), "give the address of an agent that takes them"))
}

/// The finding if Datadog's clients send to the port of another service.
fn port_of_another_service(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    let tracing = &scene.survey.tracing;
    let may_send = is_target(scene) && !scene.is_switched_off() && !scene.has("OTEL_TRACES_EXPORTER");
    let backend = tracing.backend.filter(|backend| may_send && backend.is_datadog())?;
    // Its own ports count for an agent in the pod.
    if tracing.is_at_localhost() && scene.predictor.pods.agents_beside(scene.unit(), backend).is_some() {
        return None;
    }
    let port = tracing.sent_port()?;
    let what = Receiver::DatadogAgent.other_service(port)?;
    let has_port = |variable: &Variable<'_>| plain_text(variable).is_some_and(|text| text.contains(&port.to_string()));
    let variable = DATADOG[..4].iter().find_map(|name| scene.last(name).filter(has_port))?;
    let verb = if variable.name == DATADOG[0] { "has port" } else { "is" };
    let message = format!("{} {verb} {port}, {what}: no span arrives", variable.name);
    Some(scene.at(&variable, message, "write 8126, the agent's port for traces"))
}

fn sends_to_jaeger(scene: &Scene<'_, '_, '_>) -> bool {
    let by_address = matches!(scene.survey.tracing.agent, Some(Agent::Address { .. }));
    is_target(scene)
        && by_address
        && !scene.is_switched_off()
        && scene.survey.tracing.backend.is_some_and(Backend::is_jaeger)
}
