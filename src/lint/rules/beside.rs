//! Rules on units together: a predictor that traces only in part, an agent in the pod that is not used.

use std::cell::LazyCell;
use std::collections::HashMap;

use super::super::{Check, Fix, Found, Rule, Scene, Severity, scenes};
use super::groups::{UnitGroup, groups_of};
use super::lost::lost_settings;
use super::near::near_containers;
use super::{is_orchestrator, is_target, name_of};
use crate::credentials::HIDDEN;
use crate::knowledge::address::is_loopback;
use crate::knowledge::clients::pr2859::wrapper_takes;
use crate::knowledge::sidecar::sidecar_port;
use crate::knowledge::{BACKENDS, Backend, Key, Names, Profile, Request, host_variable, switches_off};
use crate::manifest::{Certainty, ExecutorPlace, HOST_IP, KeptOut, Role, Site, Unit, Variable, is_host_ip, value_of};
use crate::survey::{Agent, Cause, DeploymentSurvey, Tracing, UnitSurvey, ValueSource, Verdict, other_program};
use crate::yaml::{NodeId, Tree};

pub(super) const ST010: Rule = Rule {
    id: "ST010",
    severity: Severity::Warning,
    finds: "tracing that is only partly on",
    explanation: "A trace passes through the executor and the servers that it calls. A part that does not trace leaves \
                  a gap, or splits the trace. The rule finds a missing switch beside others that trace: TRACING on a \
                  container, or a sampler or DD_ENABLED on the orchestrator, which samples nothing without it. With an \
                  agent and no sampler, a sampling server decides, and the finding is an info. It does not apply to \
                  what a value switches off or what the annotation seldon-trace/skip excludes. `--fix` does nothing \
                  if the traced part sends to an agent in its own pod, or if its sampler is not const 1. It also does \
                  nothing where ST018 or ST022 finds what may be the missing variables. A manifest does not tell in which \
                  language a server is written: if it is not Python, allow the finding by a comment.",
    source: "Seldon Core 1.19.0-dev, executor/api/tracing/trace.go and python/seldon_core/microservice.py",
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
          env:
          - name: TRACING
            value: '1'
          - name: JAEGER_AGENT_HOST
            value: jaeger",
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
          env:
          - name: TRACING
            value: '1'
          - name: JAEGER_AGENT_HOST
            value: jaeger
    svcOrchSpec:
      env:
      - name: TRACING
        value: '1'
      - name: JAEGER_AGENT_HOST
        value: jaeger
      - name: JAEGER_AGENT_PORT
        value: '5775'
      - name: JAEGER_SAMPLER_TYPE
        value: const
      - name: JAEGER_SAMPLER_PARAM
        value: '1'",
    fix: Some("does what `enable` does, with the agent of what traces, where another pod reaches that"),
    check: Check::Units(half_on),
};

pub(super) const ST028: Rule = Rule {
    id: "ST028",
    severity: Severity::Info,
    finds: "an agent in the pod beside the node's address",
    explanation: "An agent in the pod itself listens on localhost. The node's address, a fieldRef to status.hostIP, \
                  leads to the agent of the node: to another agent, or to none, as on Fargate. The rule assumes that \
                  the orchestrator runs in the first pod of its predictor. An agent is recognized by the name of its \
                  image or of its container.",
    source: "Datadog's guides for Kubernetes and for Fargate; Jaeger's document on its agent",
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
          env:
          - name: DD_AGENT_HOST
            valueFrom: {fieldRef: {fieldPath: status.hostIP}}
        - name: agent
          image: public.ecr.aws/datadog/agent:7",
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
          env:
          - name: DD_AGENT_HOST
            value: localhost
        - name: agent
          image: public.ecr.aws/datadog/agent:7",
    fix: None,
    check: Check::Units(bypassed_agents),
};

fn bypassed_agents<'a, 't>(
    tree: &'t Tree<'_>,
    deployment: &'a DeploymentSurvey<'t>,
) -> Vec<(&'a UnitSurvey<'t>, Found)> {
    let mut found = Vec::new();
    for scene in scenes(tree, deployment).filter(|scene| is_target(scene)) {
        for backend in BACKENDS {
            let agents = scene.predictor.pods.agents_beside(scene.unit(), backend);
            let tracing = Some(&scene.survey.tracing).filter(|tracing| tracing.backend == Some(backend));
            let port = tracing.and_then(Tracing::agent_port).or_else(|| sidecar_port(backend).parse().ok());
            let Some(agent) = agents.zip(port).and_then(|(agents, port)| agents.at(port)) else { continue };
            let name = host_variable(backend);
            if let Some(variable) = scene.env().last(name).filter(|variable| is_host_ip(tree, variable)) {
                let words = format!("{name} is the node's address, and {} in the pod is an agent", agent.name);
                let help = "write localhost (`--agent-host localhost`), unless the node's agent is meant";
                found.push((scene.survey, scene.at(variable, words, help)));
            }
        }
    }
    found
}

fn half_on<'a, 't>(tree: &'t Tree<'_>, deployment: &'a DeploymentSurvey<'t>) -> Vec<(&'a UnitSurvey<'t>, Found)> {
    let kept_out = match deployment.deployment.kept_out() {
        KeptOut::Names(names) if !has_other_protocol(tree, deployment) => names,
        _ => return Vec::new(),
    };
    // ST001 and ST046 find why nothing traces.
    if deployment.refusals.first().is_some_and(|refusal| refusal.certainty == Certainty::Certain) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let lost_for = LazyCell::new(|| -> HashMap<UnitGroup<'_>, &str> {
        let lost = lost_settings(tree, &deployment.deployment, deployment.selected());
        lost.iter().flat_map(|lost| lost.groups().iter().map(|group| (*group, lost.rule.id))).collect()
    });
    for predictor in &deployment.predictors {
        let traces =
            |unit: &&UnitSurvey<'_>| could_trace(&unit.unit) && unit.tracing.is_on && !unit.tracing.is_library();
        let tracing: Vec<&UnitSurvey<'_>> = predictor.units.iter().filter(traces).collect();
        let Some(backend) = tracing.first().and_then(|first| first.tracing.backend) else { continue };
        let scene = |survey| Scene { tree, deployment, survey, predictor };
        let typos = near_containers(tree, predictor);
        let request = common_request(tracing.iter().map(|unit| scene(unit)), backend);
        let sends_there = |unit: &&&UnitSurvey<'_>| unit.tracing.backend == Some(backend);
        let labels: Vec<&str> = tracing.iter().filter(sends_there).map(|unit| name_of(&unit.unit)).collect();
        for survey in predictor.units.iter().filter(|unit| could_trace(&unit.unit)) {
            let scene = scene(survey);
            // ST031 finds it. The fix would add a second container beside the misspelled one.
            let has_typo = typos.iter().any(|(node, _)| node.unit.node == survey.unit.node);
            let missing = missing_switch(&scene, backend)
                .filter(|_| !has_typo && !is_other_program(&scene))
                .filter(|_| !kept_out.contains(survey.unit.name));
            if let Some(missing) = missing {
                let (label, others) = (name_of(&survey.unit), tracing_phrase(&labels));
                let is_unknown = survey.tracing.verdict == Verdict::Unknown;
                let verb = if is_unknown { "may not" } else { "does not" };
                let message =
                    format!("{label} {verb} trace ({missing} is not set), while {others} to {}", backend.title());
                let is_apart = is_orchestrator(&scene) && predictor.pods.executor == ExecutorPlace::Alone;
                // The sidecar of the others is not in its pod.
                let needs_host = is_apart && tracing.iter().any(|unit| unit.tracing.is_at_localhost());
                let host = if needs_host { " --orchestrator-agent-host HOST" } else { "" };
                // A fix would write a second block beside them.
                let groups = groups_of(predictor.node, survey.unit.name, Site::of(&survey.unit, false));
                let lost = groups.iter().find_map(|group| lost_for.get(group));
                let help = match lost {
                    Some(rule) => format!("{rule} finds what may be its variables: correct that first"),
                    None => format!("`seldon-trace enable --backend {backend}{host}` switches it on"),
                };
                let request = request.as_ref().filter(|request| lost.is_none() && fits(request, &scene));
                let fix = request.and_then(profile_of).map(|profile| Fix::Enable(Box::new(profile)));
                let partly = Found::new(node_to_report(&scene), message, help).fixed_by(fix);
                found.push((survey, if is_unknown { partly.info() } else { partly }));
            }
        }
    }
    found
}

/// The request to `enable` for the same agent and sampling as these units have. `None` if the units differ, if the
/// manifest does not show it, or if `enable` has no option for it.
fn common_request<'a, 't: 'a, 'x: 't>(
    units: impl Iterator<Item = Scene<'a, 't, 'x>>,
    backend: Backend,
) -> Option<Request> {
    let mut all: Option<Request> = None;
    for unit in units {
        let request = request_of(&unit, backend)?;
        if all.as_ref().is_some_and(|all| *all != request) {
            return None;
        }
        all = Some(request);
    }
    all
}

fn request_of(unit: &Scene<'_, '_, '_>, backend: Backend) -> Option<Request> {
    let tracing = &unit.survey.tracing;
    let (host, port) = match &tracing.agent {
        Some(Agent::Address { host, port }) if tracing.backend == Some(backend) => (host, port),
        _ => return None,
    };
    // From another pod, a loopback address is another agent, or none.
    let agent_host = match host.source {
        ValueSource::Reference if host.value == HOST_IP => None,
        // The masked part of a value can't be written.
        ValueSource::Manifest if !is_loopback(&host.value) && !host.value.contains(HIDDEN) => Some(host.value.clone()),
        _ => return None,
    };
    // The default port differs from program to program, so it is written, too.
    let agent_port =
        Some(port.value.clone()).filter(|_| port.source != ValueSource::Reference && !port.value.contains(HIDDEN))?;
    let is_one = |number: &str| number.parse::<f64>().is_ok_and(|number| number == 1.0);
    let (kind, number) = tracing.sampling.as_deref().and_then(|sampling| sampling.split_once(' '))?;
    let samples_all = is_one(number);
    let (names, sample_rate) = match backend {
        Backend::Jaeger if samples_all && kind.eq_ignore_ascii_case("const") => (None, None),
        Backend::Jaeger => return None,
        Backend::Datadog => (Some(names_of(unit)), (!samples_all).then(|| number.to_owned())),
    };
    let values = [(Key::AgentHost, agent_host), (Key::AgentPort, Some(agent_port)), (Key::SampleRate, sample_rate)];
    let values = values.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    Some(Request { names, values, ..Request::new(backend) })
}

/// The names that a unit uses for Datadog's port and rate.
fn names_of(unit: &Scene<'_, '_, '_>) -> Names {
    let has = |names: &[&str]| names.iter().any(|name| unit.has(name));
    let seldon = has(&["DATADOG_TRACE_AGENT_PORT", "DD_SAMPLE_RATE"]);
    let standard = has(&["DD_TRACE_AGENT_PORT", "DD_TRACE_SAMPLING_RULES", "DD_SAMPLING_RATE", "DD_TRACE_SAMPLE_RATE"]);
    match (seldon, standard) {
        (true, true) => Names::Both,
        (false, true) => Names::Standard,
        (_, false) => Names::Seldon,
    }
}

/// Returns true if the unit will trace like the others once the request is carried out.
fn fits(request: &Request, unit: &Scene<'_, '_, '_>) -> bool {
    let host = host_variable(request.backend);
    // The node's address is a default, and replaces empty values only.
    let has_other_host = |host: Variable<'_>| !host.is_gap() && !is_host_ip(unit.tree, &host);
    let keeps_its_host = request.value(Key::AgentHost).is_none() && unit.last(host).is_some_and(has_other_host);
    // The wrapper of pull request 2859 reads DD_SAMPLE_RATE as an integer.
    let is_read = request.names == Some(Names::Standard)
        || request.value(Key::SampleRate).is_none_or(|rate| wrapper_takes("DD_SAMPLE_RATE", rate));
    !keeps_its_host && (is_read || is_orchestrator(unit))
}

fn profile_of(request: &Request) -> Option<Profile> {
    Profile::new(request.clone()).ok()
}

/// Returns true if the servers have a protocol other than Seldon's own, which the Python wrapper does not support.
fn has_other_protocol(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> bool {
    let protocol = value_of(tree, survey.deployment.node, "spec").and_then(|spec| value_of(tree, spec, "protocol"));
    protocol
        .and_then(|protocol| tree.scalar_text(protocol))
        .is_some_and(|text| !["", "seldon", "null", "~"].contains(&text))
}

/// Returns true if a unit can trace, depending on its variables.
fn could_trace(unit: &Unit<'_>) -> bool {
    matches!(
        unit.role,
        Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_) | Role::Server { .. } | Role::ServerWithoutContainer
    )
}

/// Returns true if a container is evidently not Seldon's Python wrapper.
fn is_other_program(scene: &Scene<'_, '_, '_>) -> bool {
    let unit = scene.unit();
    !is_orchestrator(scene) && other_program(scene.tree, unit.container.as_ref(), unit.node, scene.env()).is_some()
}

/// `a traces`, `a and b trace`, `a, b and 3 more trace`
fn tracing_phrase(labels: &[&str]) -> String {
    match labels {
        [] => "nothing traces".to_owned(),
        [one] => format!("{one} traces"),
        [one, other] => format!("{one} and {other} trace"),
        [one, other, more @ ..] => format!("{one}, {other} and {} more trace", more.len()),
    }
}

/// The missing switch because of which a unit does not trace; `None` if it traces, if it is switched off, or if another
/// rule finds the problem.
fn missing_switch(scene: &Scene<'_, '_, '_>, backend: Backend) -> Option<&'static str> {
    let tracing = &scene.survey.tracing;
    let missing = match tracing.cause {
        Some(Cause::Missing(name)) if tracing.verdict != Verdict::Yes && !has_switch_off(scene) => name,
        _ => return None,
    };
    let is_const = scene.text("JAEGER_SAMPLER_TYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("const"));
    if !is_orchestrator(scene) {
        return Some(missing);
    }
    match backend {
        // ST013 finds it.
        _ if is_const => None,
        Backend::Datadog if !scene.has("DD_ENABLED") => Some("DD_ENABLED"),
        Backend::Datadog | Backend::Jaeger => Some(missing),
    }
}

/// Returns true if a variable switches a client off, even if this unit does not read it.
fn has_switch_off(scene: &Scene<'_, '_, '_>) -> bool {
    let switches = ["TRACING", "JAEGER_DISABLED", "DD_ENABLED", "DD_TRACE_ENABLED"];
    switches.iter().any(|name| scene.text(name).is_some_and(|text| switches_off(name, text)))
}

/// The node to report for a unit, as short as possible: its env list's key, its name, or its own key.
fn node_to_report(scene: &Scene<'_, '_, '_>) -> NodeId {
    let (tree, unit) = (scene.tree, scene.unit());
    let env = scene.env().list.and_then(|list| tree.key_of(list));
    let name = || value_of(tree, unit.node, "name");
    env.or_else(name).or_else(|| tree.key_of(unit.node)).unwrap_or(unit.node)
}
