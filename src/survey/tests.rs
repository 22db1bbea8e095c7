//! The state of each unit of a manifest.

mod agents;
mod expansion;
mod images;
mod mlserver;
mod operator;

use super::{Agent, Verdict, survey};
use crate::manifest::selection::{Only, Selection};
use crate::yaml::Tree;

/// The states of the units of a deployment with these fields of its only predictor.
fn surveyed(predictor: &str) -> Vec<String> {
    surveyed_with(predictor, "", &Selection::default())
}

fn surveyed_with(predictor: &str, spec: &str, selection: &Selection) -> Vec<String> {
    let text = format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: iris}}\n\
         spec: {{ {spec} predictors: [{{ {predictor} }}] }}\n"
    );
    let tree = Tree::parse(&text).unwrap();
    let surveys = survey(&tree, selection).unwrap();
    let units = surveys.iter().flat_map(|survey| &survey.predictors).flat_map(|predictor| &predictor.units);
    units
        .map(|unit| {
            let tracing = &unit.tracing;
            let verdict = match tracing.verdict {
                Verdict::Yes => "yes",
                Verdict::No => "no",
                Verdict::Unknown => "unknown",
                Verdict::Cannot => "cannot",
            };
            let agent = tracing.agent.as_ref().map(|agent| match agent {
                Agent::Url(url) => url.value.clone(),
                Agent::Address { host, port } => format!("{}:{}", host.value, port.value),
            });
            let backend = tracing.backend.map(|backend| backend.to_string());
            let service = tracing.service.as_ref().map(|service| service.value.clone());
            let parts = [backend, agent, tracing.sampling.clone(), service, tracing.reason.clone()];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            format!("{} {verdict} {}", unit.unit.label(), parts.join(" | ")).trim_end().to_owned()
        })
        .collect()
}

/// The state of an orchestrator with this env.
fn orchestrator(env: &str) -> String {
    surveyed(&format!("svcOrchSpec: {{env: [{env}]}}")).remove(0)
}

/// The state of a graph node's container with these fields, without an executor.
fn container(fields: &str) -> String {
    let graph = format!("graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{{name: c, {fields}}}]}}}}]");
    surveyed(&format!("annotations: {{seldon.io/no-engine: 'true'}}, {graph}")).remove(1)
}

const AGENT: &str = "{name: JAEGER_AGENT_HOST, value: jaeger}";
const ALL: &str = "{name: JAEGER_SAMPLER_TYPE, value: const}, {name: JAEGER_SAMPLER_PARAM, value: '1'}";

#[test]
fn the_executor_s_sampler_decides_what_it_samples() {
    let by_default = "no jaeger | localhost:6831 | remote 0 | executor | JAEGER_SAMPLER_TYPE is not set: remote samples \
                      nothing";
    assert_eq!(orchestrator(""), format!("orchestrator {by_default}"));
    assert_eq!(orchestrator("{name: TRACING, value: '1'}"), format!("orchestrator {by_default}"));
    let server = "a sampling server decides what is sampled; against Jaeger 2 nothing was ever sampled";
    for (env, verdict, end) in [
        (
            "{name: JAEGER_SAMPLER_TYPE, value: const}",
            "no",
            "const 0 | executor | JAEGER_SAMPLER_PARAM is not set: const samples nothing",
        ),
        (
            "{name: JAEGER_SAMPLER_TYPE, value: CONST}, {name: JAEGER_SAMPLER_PARAM, value: '1'}",
            "yes",
            "CONST 1 | executor",
        ),
        (
            "{name: JAEGER_SAMPLER_TYPE, value: const}, {name: JAEGER_SAMPLER_PARAM, value: '0'}",
            "no",
            "const 0 | executor | const with the param 0 samples nothing",
        ),
        (
            "{name: JAEGER_SAMPLER_TYPE, value: probabilistic}, {name: JAEGER_SAMPLER_PARAM, value: '2'}",
            "no",
            "probabilistic 2 | executor | JAEGER_SAMPLER_PARAM: `2` is not a probability: the executor exits at start",
        ),
        ("{name: JAEGER_SAMPLER_TYPE, value: remote}", "unknown", &format!("remote 0 | executor | {server}")),
        ("{name: JAEGER_SAMPLER_PARAM, value: '0.5'}", "unknown", &format!("remote 0.5 | executor | {server}")),
        (
            "{name: JAEGER_SAMPLER_TYPE, value: all}",
            "no",
            "all 0 | executor | JAEGER_SAMPLER_TYPE: `all` is not a sampler: the executor exits at start",
        ),
        (
            "{name: JAEGER_SAMPLER_TYPE, value: '${TYPE}'}",
            "unknown",
            "${TYPE} 0 | executor | JAEGER_SAMPLER_TYPE comes from the placeholder ${TYPE}",
        ),
    ] {
        let state = orchestrator(&format!("{AGENT}, {env}"));
        assert_eq!(
            state,
            format!("orchestrator {verdict} jaeger | jaeger:6831 | {end}")
                .replace("${TYPE} 0", "the placeholder ${TYPE} 0"),
            "{env}"
        );
    }
}

#[test]
fn a_server_that_can_not_be_reached_keeps_the_initial_probability() {
    for (server, param, verdict) in [
        ("JAEGER_SAMPLER_MANAGER_HOST_PORT, value: 'x:5778'", "0", "no"),
        ("JAEGER_SAMPLER_MANAGER_HOST_PORT, value: 'x:5778'", "0.5", "yes"),
        ("JAEGER_SAMPLER_MANAGER_HOST_PORT, value: 'http://x:5778/sampling'", "0", "unknown"),
        ("JAEGER_SAMPLING_ENDPOINT, value: 'x:5778'", "0", "no"),
        ("JAEGER_SAMPLING_ENDPOINT, value: '${SERVER}'", "0", "unknown"),
        ("DD_ENV, value: x", "0", "unknown"),
    ] {
        let state =
            orchestrator(&format!("{AGENT}, {{name: JAEGER_SAMPLER_PARAM, value: '{param}'}}, {{name: {server}}}"));
        assert_eq!(state.split(' ').nth(1), Some(verdict), "{state}");
    }
}

#[test]
fn only_jaeger_disabled_switches_the_executor_off() {
    for (env, end) in [
        ("{name: TRACING, value: '0'}", "yes"),
        ("{name: JAEGER_DISABLED, value: 'true'}", "no"),
        ("{name: JAEGER_DISABLED, value: 'False'}", "yes"),
        ("{name: JAEGER_DISABLED, value: ''}", "yes"),
        ("{name: JAEGER_DISABLED, value: 'yes'}", "no"),
        ("{name: JAEGER_DISABLED, valueFrom: {configMapKeyRef: {name: x, key: y}}}", "unknown"),
        ("{name: JAEGER_AGENT_PORT, value: 'udp://x'}", "no"),
        ("{name: JAEGER_AGENT_PORT, value: '6832'}", "no"),
        ("{name: JAEGER_AGENT_PORT, value: '0'}", "no"),
        ("{name: JAEGER_AGENT_PORT, value: '${PORT}'}", "unknown"),
        ("{name: JAEGER_AGENT_HOST, valueFrom: {configMapKeyRef: {name: x, key: y}}}", "unknown"),
        ("{name: JAEGER_AGENT_HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}", "yes"),
        ("{name: JAEGER_SERVICE_NAME, valueFrom: {configMapKeyRef: {name: x, key: y}}}", "yes"),
        ("{name: JAEGER_REPORTER_LOG_SPANS, value: 'yes'}", "no"),
        (
            "{name: JAEGER_AGENT_PORT, value: 'x'}, {name: JAEGER_DISABLED, valueFrom: {configMapKeyRef: {key: y}}}",
            "no",
        ),
        ("{name: JAEGER_AGENT_PORT, value: 'x'}, {name: JAEGER_ENDPOINT, value: 'http://x/api/traces'}", "yes"),
        ("{name: JAEGER_ENDPOINT, value: 'collector:14268'}", "no"),
        ("{name: JAEGER_ENDPOINT, value: 'http://collector:14268'}", "no"),
        ("{name: JAEGER_ENDPOINT, value: 'http://collector:14268/traces'}", "no"),
        ("{name: JAEGER_ENDPOINT, value: 'http://collector/'}", "no"),
        ("{name: JAEGER_ENDPOINT, value: 'https://proxy/traces'}", "unknown"),
        ("{name: JAEGER_ENDPOINT, value: 'https://proxy/jaeger/api/traces?format=jaeger.thrift'}", "yes"),
        ("{name: TRACING, value: 1}", "no jaeger | jaeger:6831 | const 1 | executor | Kubernetes refuses the manifest"),
    ] {
        let state = orchestrator(&format!("{AGENT}, {ALL}, {env}"));
        assert!(state.starts_with(&format!("orchestrator {end}")), "{env}: {state}");
    }
}

#[test]
fn what_a_hidden_value_may_make_harmless_is_unknown() {
    let key = "valueFrom: {configMapKeyRef: {name: c, key: k}}";
    for (env, verdict) in [
        (format!("{{name: JAEGER_ENDPOINT, {key}}}, {{name: JAEGER_USER, value: u}}"), "unknown"),
        (format!("{{name: JAEGER_ENDPOINT, {key}}}, {{name: JAEGER_AGENT_PORT, value: '0'}}"), "unknown"),
        (format!("{{name: JAEGER_ENDPOINT, {key}}}, {{name: JAEGER_AGENT_PORT, value: x}}"), "unknown"),
        (format!("{{name: JAEGER_ENDPOINT, {key}}}, {{name: JAEGER_TAGS, value: a}}"), "no"),
        (format!("{{name: JAEGER_DISABLED, {key}}}, {{name: JAEGER_SAMPLER_TYPE, value: x}}"), "unknown"),
        (format!("{{name: JAEGER_DISABLED, {key}}}, {{name: JAEGER_SAMPLER_PARAM, value: x}}"), "no"),
    ] {
        let state = orchestrator(&format!("{AGENT}, {ALL}, {env}"));
        assert!(state.starts_with(&format!("orchestrator {verdict}")), "{env}: {state}");
    }
}

#[test]
fn an_agent_on_localhost_has_to_be_in_the_pod() {
    let predictor = |agent: &str| {
        let node = "{name: c, env: [{name: TRACING, value: '1'}]}";
        let states = surveyed(&format!(
            "svcOrchSpec: {{env: [{ALL}]}}, graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{node} {agent}]}}}}]"
        ));
        states.iter().take(2).map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(predictor(""), ["unknown", "unknown"]);
    assert_eq!(predictor(", {name: a, image: 'jaegertracing/jaeger-agent:1.52'}"), ["yes", "yes"]);
    assert_eq!(predictor(", {name: a, image: 'datadog/agent:7'}"), ["unknown", "unknown"]);
    let spec = "annotations: {seldon.io/engine-separate-pod: 'true'},";
    let states = surveyed_with(&format!("svcOrchSpec: {{env: [{ALL}]}}"), spec, &Selection::default());
    assert!(states[0].starts_with("orchestrator no"), "{states:?}");
}

#[test]
fn the_orchestrator_decides_for_its_containers() {
    let verdict_with = |env: &str, selection: &Selection| {
        let node = format!("{{name: c, env: [{{name: TRACING, value: '1'}}, {AGENT}]}}");
        let predictor = format!(
            "svcOrchSpec: {{env: [{AGENT}, {env}]}}, graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{node}]}}}}]"
        );
        let states = surveyed_with(&predictor, "", selection);
        states.last().unwrap().split(' ').nth(1).unwrap().to_owned()
    };
    let containers = Selection { only: Only::Containers, ..Selection::default() };
    for selection in [Selection::default(), containers] {
        for (env, verdict) in [
            (ALL, "yes"),
            ("{name: JAEGER_SAMPLER_TYPE, value: const}", "no"),
            ("{name: JAEGER_SAMPLER_TYPE, value: probabilistic}, {name: JAEGER_SAMPLER_PARAM, value: '0'}", "no"),
            ("{name: JAEGER_SAMPLER_TYPE, value: probabilistic}, {name: JAEGER_SAMPLER_PARAM, value: '0.1'}", "yes"),
            ("{name: JAEGER_SAMPLER_TYPE, value: nonsense}", "no"),
            ("{name: JAEGER_SAMPLER_TYPE, value: remote}", "unknown"),
            ("{name: JAEGER_SAMPLER_TYPE, valueFrom: {configMapKeyRef: {name: x, key: y}}}", "unknown"),
            ("{name: JAEGER_DISABLED, value: 'true'}", "yes"),
            // It sends nothing itself, but still samples.
            (&format!("{ALL}, {{name: JAEGER_AGENT_PORT, value: '0'}}"), "yes"),
        ] {
            assert_eq!(verdict_with(env, &selection), verdict, "{env}");
        }
    }
    assert_eq!(surveyed(&format!("graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{{name: c, env: [{{name: TRACING, value: '1'}}, {AGENT}]}}]}}}}]"))[1].split(' ').nth(1), Some("no"));
}

#[test]
fn the_wrapper_reads_tracing_as_an_integer() {
    let on = "yes jaeger | jaeger:5775 | const 1";
    for (value, expected) in [
        ("'1'", on),
        ("' -0_2 '", on),
        ("'0'", "no TRACING is `0`"),
        ("'true'", "no TRACING: `true` is not a whole number: the container exits at start"),
        ("", "no TRACING: an empty value is not a whole number: the container exits at start"),
        (
            "1",
            "no jaeger | jaeger:5775 | const 1 | Kubernetes refuses the manifest: \
             spec.predictors[0].componentSpecs[0].spec.containers[0].env[1].value is a number, and not a string",
        ),
        ("$(OTHER)", "no TRACING: `$(OTHER)` is not a whole number: the container exits at start"),
        ("'${ON}'", "unknown TRACING is the placeholder ${ON}"),
    ] {
        assert_eq!(
            container(&format!("env: [{AGENT}, {{name: TRACING, value: {value}}}]")),
            format!("c {expected}"),
            "{value}"
        );
    }
    assert_eq!(container("env: []"), "c no TRACING is not set");
    assert_eq!(
        container("envFrom: [{secretRef: {name: x}}]"),
        "c unknown TRACING is not set here, and envFrom may define it"
    );
    assert_eq!(container("envFrom: []"), "c no TRACING is not set");
    let with = |more: &str| container(&format!("env: [{AGENT}, {{name: TRACING, value: '1'}}, {more}]"));
    assert_eq!(
        with("{name: JAEGER_AGENT_PORT, value: '6832'}"),
        "c no jaeger | jaeger:6832 | const 1 | port 6832 is the agent's port for binary Thrift: no span arrives"
    );
    assert_eq!(
        container(&format!("env: [{AGENT}, {{name: TRACING, value: '0'}}, {{name: TRACING, value: '1'}}]")),
        format!("c {on}"),
        "the last one counts"
    );
    assert_eq!(with("{name: JAEGER_AGENT_PORT, value: x}"), "c yes jaeger | jaeger:6831 | const 1");
    assert_eq!(
        with("{name: JAEGER_AGENT_HOST, value: '::1'}"),
        "c no jaeger | ::1:5775 | const 1 | JAEGER_AGENT_HOST: `::1` is an IPv6 address, to which the wrapper can't send"
    );
    assert_eq!(
        with("{name: JAEGER_CONFIG_PATH, value: /x.yaml}"),
        "c unknown jaeger | jaeger:5775 | by /x.yaml | JAEGER_CONFIG_PATH names a file that decides on the agent, the sampler and the service"
    );
}

#[test]
fn datadog_needs_both_switches_in_the_wrapper_and_one_in_the_executor() {
    const SWITCH: &str = "{name: DD_AGENT_HOST, value: dd}, {name: DD_ENABLED, value: 'true'}";
    assert_eq!(
        orchestrator(SWITCH),
        "orchestrator unknown datadog | dd:8126 | rate 1 | executor | no image of a release of Seldon Core has Datadog's client"
    );
    assert_eq!(container(&format!("env: [{SWITCH}]")), "c no TRACING is not set");
    assert_eq!(
        container(&format!("env: [{SWITCH}, {{name: TRACING, value: '1'}}, {{name: DD_SERVICE, value: s}}]")),
        "c unknown datadog | dd:8126 | rate 1 | s | only images built from pull request 2859 read DD_ENABLED, and the \
         manifest does not show if this is one"
    );
    assert_eq!(
        orchestrator(&format!("{SWITCH}, {{name: DD_TRACE_SAMPLING_RULES, value: '[{{\"sample_rate\":0.5}}]'}}")),
        "orchestrator unknown datadog | dd:8126 | rate 0.5 | executor | no image of a release of Seldon Core has Datadog's client"
    );
    // `0x0p0` is 0 only in Go, and a rate below 0 counts as 0.
    let zeros = ["0.0", "0x0p0", "-1"].map(|rate| ("DD_SAMPLING_RATE", rate));
    for (name, value) in zeros.into_iter().chain([("DD_TRACE_ENABLED", "false"), ("DD_TRACE_SAMPLE_RATE", "0")]) {
        let state = orchestrator(&format!("{SWITCH}, {{name: {name}, value: '{value}'}}"));
        assert!(state.starts_with("orchestrator no datadog"), "{state}");
    }
}

#[test]
fn a_credential_is_never_shown() {
    let state = orchestrator(
        "{name: JAEGER_ENDPOINT, value: 'http://u:hush@jaeger'}, {name: JAEGER_USER, value: u}, \
         {name: JAEGER_PASSWORD, value: hush}, {name: DD_API_KEY, value: 1234}",
    );
    assert!(!state.contains("hush") && !state.contains("1234"), "{state}");
    let state = orchestrator(
        "{name: DD_AGENT_HOST, value: dd}, {name: DD_ENABLED, value: '1'}, {name: DD_SERVICE, valueFrom: {secretKeyRef: {name: s, key: k}}}",
    );
    assert_eq!(
        state,
        "orchestrator unknown datadog | dd:8126 | rate 1 | secretKeyRef | no image of a release of Seldon Core has Datadog's client"
    );
}

#[test]
fn annotations_of_the_spec_reach_the_executor_unless_its_env_overrides_them() {
    let spec = "annotations: {seldon.io/engine-jaeger-sampler-type: const, seldon.io/engine-jaeger-sampler-param: '1', \
         seldon.io/engine-jaeger-agent-host: jaeger},";
    let states = surveyed_with("", spec, &Selection::default());
    assert_eq!(states, ["orchestrator yes jaeger | jaeger:6831 | const 1 | executor"]);
    let states =
        surveyed_with("svcOrchSpec: {env: [{name: JAEGER_SAMPLER_TYPE, value: x}]}", spec, &Selection::default());
    assert!(states[0].starts_with("orchestrator no jaeger | jaeger:6831 | x 1"), "{states:?}");
}

#[test]
fn every_unit_has_a_state() {
    let predictor = "annotations: {seldon.io/no-engine: 'true'}, svcOrchSpec: {env: [{name: TRACING, value: '1'}]}, \
                     graph: {name: a, implementation: SKLEARN_SERVER, children: [\
                       {name: b, implementation: TRITON_SERVER}, {name: c, implementation: SIMPLE_MODEL}, {name: d}, \
                       {name: e, implementation: OWN_SERVER}, {}]}, \
                     componentSpecs: [{spec: {initContainers: [{name: i, env: [{}]}], \
                       containers: [{name: s, env: [{name: TRACING, value: '1'}, {name: JAEGER_AGENT_HOST, value: jaeger}]}]}}], \
                     explainer: {type: x}";
    let states = [
        "orchestrator cannot the predictor has no executor (seldon.io/no-engine)",
        "a no TRACING is not set",
        "b cannot TRITON_SERVER does not trace",
        "c cannot SIMPLE_MODEL runs inside the executor",
        "d cannot no container has this graph node's name",
        "e no Seldon's operator refuses the manifest: seldon.io/no-engine is for a graph of one node",
        "graph node cannot it has no name to find its container by",
        "s cannot no graph node has this container's name",
        "i cannot init containers do not trace",
        "explainer cannot explainers do not trace",
    ];
    assert_eq!(surveyed(predictor), states);
    let all = Selection { all_containers: true, ..Selection::default() };
    let one_node = predictor.replace("seldon.io/no-engine", "other").replace("{name: d}, ", "").replace(", {}]", "]");
    let one_node = one_node
        .replace(", {name: e, implementation: OWN_SERVER}", "")
        .replace("_SERVER", "_SERVER, modelUri: 'gs://x'");
    assert_eq!(surveyed_with(&one_node, "", &all)[4], "s yes jaeger | jaeger:5775 | const 1");
}

#[test]
fn an_own_orchestrator_container_replaces_svc_orch_spec() {
    let own = "labels: {seldon-app: d-p}, svcOrchSpec: {env: [{name: JAEGER_DISABLED, value: 'true'}]}, graph: {name: seldon-container-engine}, \
               componentSpecs: [{spec: {containers: [{name: seldon-container-engine, \
               env: [{name: JAEGER_AGENT_HOST, value: jaeger}, {name: JAEGER_SAMPLER_TYPE, value: const}, {name: JAEGER_SAMPLER_PARAM, value: '1'}]}]}}]";
    assert_eq!(
        surveyed(own),
        [
            "orchestrator yes jaeger | jaeger:6831 | const 1 | executor",
            "orchestrator cannot a container of its own is the orchestrator"
        ]
    );
}

#[test]
fn a_variable_has_its_position_in_the_text() {
    let text = "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nspec:\n  predictors:\n  - svcOrchSpec:\n\
                \x20     env:\n      - {name: A, value: b}\n      - {name: TRACING, value: '1'}\n";
    let tree = Tree::parse(text).unwrap();
    let surveys = survey(&tree, &Selection::default()).unwrap();
    let orchestrator = &surveys[0].predictors[0].units[0];
    let tracing = orchestrator.env.last("TRACING").unwrap();
    assert_eq!(&text[tree.outer(tracing.node).range()], "{name: TRACING, value: '1'}");
    assert_eq!(tree.path(orchestrator.unit.node), "spec.predictors[0].svcOrchSpec");
}

#[test]
fn a_value_in_a_message_is_masked_and_whole() {
    let password = "hunter2".repeat(12);
    let state = container(&format!("env: [{{name: TRACING, value: 'http://me:{password}@host'}}]"));
    assert!(!state.contains("hunter2"), "{state}");
    let state = orchestrator(&format!("{AGENT}, {ALL}, {{name: JAEGER_AGENT_PORT, value: '80; x'}}"));
    assert!(state.contains("`80; x` is not a port"), "{state}");
}

#[test]
fn hidden_values_of_the_orchestrator_make_its_containers_unknown() {
    let node = format!("{{name: c, env: [{{name: TRACING, value: '1'}}, {AGENT}]}}");
    for env in [
        "{name: DD_ENABLED, value: '${DATADOG}'}",
        "{name: JAEGER_AGENT_PORT, valueFrom: {configMapKeyRef: {name: x, key: y}}}",
    ] {
        let states = surveyed(&format!(
            "svcOrchSpec: {{env: [{AGENT}, {ALL}, {env}]}}, graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{node}]}}}}]"
        ));
        assert!(states[1].starts_with("c unknown"), "{env}: {states:?}");
    }
    let secret = "{name: JAEGER_ENDPOINT, value: 'http://c:14268/api/traces'}, {name: JAEGER_USER, value: u}, \
                  {name: JAEGER_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}";
    assert!(orchestrator(&format!("{ALL}, {secret}")).starts_with("orchestrator yes"), "as ST025 advises");
    let optional = secret.replace("key: k", "key: k, optional: true");
    let state = orchestrator(&format!("{ALL}, {optional}"));
    let reason = "JAEGER_PASSWORD comes from an optional secretKeyRef, and the executor exits if it is missing beside JAEGER_USER";
    assert!(state.starts_with("orchestrator unknown") && state.ends_with(reason), "{state}");
    let alone = secret.replace("{name: JAEGER_USER, value: u}, ", "");
    let state = orchestrator(&format!("{ALL}, {alone}"));
    assert!(state.ends_with("the executor exits if it is set without JAEGER_USER"), "{state}");
    let unread = optional.replace("JAEGER_ENDPOINT, value: 'http://c:14268/api/traces'", "JAEGER_AGENT_HOST, value: j");
    assert!(orchestrator(&format!("{ALL}, {unread}")).starts_with("orchestrator yes"), "without JAEGER_ENDPOINT");
}
