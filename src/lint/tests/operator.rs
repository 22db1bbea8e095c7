//! Manifests that Seldon's operator or Kubernetes refuses. Each row was tried with the operator of 1.17.1.

use super::*;
use crate::manifest::{Certainty, REFUSAL_RULES};
use crate::survey::{Verdict, survey};
use Certainty::{AsItIs, Certain, Possible};

const POD: &str = "componentSpecs: [{spec: {containers: [{name: c, image: x}]}}]";
const SHADOW: &str = "name: b, shadow: true, graph: {name: c}, componentSpecs: [{spec: {containers: [{name: c}]}}]";

/// The words of the first refusal of a deployment, its certainty, and the state of the orchestrator.
fn refused(spec: &str) -> Option<(&'static str, Certainty, Verdict)> {
    let text = with_spec(spec);
    let tree = Tree::parse(&text).unwrap();
    let survey = survey(&tree, &Selection::default()).unwrap().remove(0);
    let refusal = survey.refusals.first()?;
    Some((refusal.rule.words, refusal.certainty, survey.predictors[0].units[0].tracing.verdict))
}

/// A predictor that would trace.
fn traced(fields: &str) -> String {
    let host = "{name: JAEGER_AGENT_HOST, value: jaeger}, {name: JAEGER_AGENT_PORT, value: '6831'}";
    format!("{{name: main, svcOrchSpec: {{env: [{host}, {ALL}]}}, {fields}}}")
}

fn of_graph(graph: &str) -> String {
    format!("predictors: [{}]", traced(&format!("graph: {{name: c, {graph}}}, {POD}")))
}

fn of_pod(pod: &str) -> String {
    format!("predictors: [{}]", traced(&format!("graph: {{name: c}}, componentSpecs: [{{spec: {{{pod}}}}}]")))
}

fn of_predictor(fields: &str) -> String {
    format!("predictors: [{}]", traced(&format!("graph: {{name: c}}, {POD}, {fields}")))
}

fn of_two(first: &str, second: &str) -> String {
    format!("predictors: [{}, {{{second}}}]", traced(&format!("graph: {{name: c}}, {POD}, {first}")))
}

fn of_spec(field: &str) -> String {
    format!("{field}, {}", of_graph(""))
}

fn of_server(server: &str, model: &str) -> String {
    format!("predictors: [{}]", traced(&format!("graph: {{name: c, implementation: {server}{model}}}")))
}

/// Every rule of the operator and of Kubernetes, by its words.
fn rows() -> Vec<(&'static str, Certainty, String)> {
    let node = "graph: {name: c}";
    let kafka = "env: [{name: KAFKA_BROKER, value: x}, {name: KAFKA_INPUT_TOPIC, value: x}]";
    let side =
        |more: &str| of_pod(&format!("containers: [{{name: c, image: x}}, {{name: side, image: other, {more}}}]"));
    vec![
        ("must be of type string", Certain, side("env: [{name: PORT, value: 8080}]")),
        (
            "must be of type string",
            Certain,
            of_pod("initContainers: [{name: i, env: [{name: A, value: true}]}], containers: [{name: c}]"),
        ),
        ("must be of type string", Certain, of_predictor("labels: {a: 1}")),
        ("must be of type", Certain, side("args: [--port, 8080]")),
        ("must be of type", Certain, of_predictor("replicas: '2'")),
        ("must be of type", Certain, of_graph("parameters: [{name: a, value: 1, type: INT}]")),
        ("Invalid protocol", Certain, of_spec("protocol: grpc")),
        ("Invalid transport", Certain, of_spec("transport: http")),
        ("Invalid serverType", Certain, of_spec("serverType: http")),
        (REFUSAL_RULES[1][3].words, AsItIs, of_spec("serverType: kafka")),
        (
            REFUSAL_RULES[1][3].words,
            AsItIs,
            format!("serverType: kafka, predictors: [{{name: a, {node}, {POD}, svcOrchSpec: {{{kafka}}}}}]"),
        ),
        ("Shadow can not exist as only predictor", Certain, of_predictor("shadow: true")),
        (
            "Multiple shadows are not allowed",
            Certain,
            format!(
                "predictors: [{}, {{{SHADOW}}}, {{{}}}]",
                traced(&format!("{node}, {POD}")),
                SHADOW.replace(": b,", ": d,")
            ),
        ),
        (
            "shadow traffic is illegal, the traffic number should be between [0, 100]",
            Certain,
            of_two("traffic: 100", &format!("traffic: 101, {SHADOW}")),
        ),
        (
            "Found duplicate service name in seldon.io/svc-name",
            Certain,
            of_two(
                "traffic: 50, annotations: {seldon.io/svc-name: a}",
                &format!("name: b, traffic: 50, annotations: {{seldon.io/svc-name: a}}, {node}, {POD}"),
            ),
        ),
        ("Duplicate predictor name", AsItIs, of_two("traffic: 50", &format!("name: main, traffic: 50, {node}, {POD}"))),
        (
            "Multiple endpoint.types found - can only have 1 type in graph",
            Certain,
            of_graph(
                "endpoint: {type: REST}, children: [{name: d, implementation: SIMPLE_MODEL, endpoint: {type: GRPC}}]",
            ),
        ),
        (
            "Mixed transport types found. Remove graph endpoint.types if transport set at deployment level",
            Certain,
            format!("transport: rest, {}", of_graph("endpoint: {type: GRPC}")),
        ),
        (
            "Traffic must sum to 100 for multiple predictors",
            Certain,
            of_two("traffic: 50", &format!("name: b, traffic: 30, {node}, {POD}")),
        ),
        (
            "Traffic must sum to 100 for multiple predictors",
            AsItIs,
            of_two("traffic: 50", &format!("name: b, {node}, {POD}")),
        ),
        ("Traffic must sum be 100 for a single predictor when set", Certain, of_predictor("traffic: 50")),
        (
            "Running without engine only valid for single element graphs",
            Certain,
            of_predictor("annotations: {seldon.io/no-engine: 'false'}")
                .replace("{name: c}, comp", "{name: c, children: [{name: d, implementation: SIMPLE_MODEL}]}, comp"),
        ),
        ("Can't find container for Predictive Unit", AsItIs, of_graph("children: [{name: d}]")),
        ("Predictive Unit has no implementation methods defined", Certain, of_graph("type: UNKNOWN_TYPE")),
        ("Predictive unit modelUri required when using standalone servers", AsItIs, of_server("XGBOOST_SERVER", "")),
        (
            "Prepackaged server does not handle tensorflow protocol",
            Certain,
            format!("protocol: tensorflow, {}", of_server("SKLEARN_SERVER", ", modelUri: 'gs://x'")),
        ),
        ("Failed to get server config for", Possible, of_server("MY_SERVER", ", modelUri: 'gs://x'")),
        (
            "Failed to find PodSpec for Prepackaged server",
            Certain,
            of_graph("children: [{name: d, implementation: SIMPLE_MODEL, modelUri: 'gs://x'}]"),
        ),
        (
            "Failed to find PodSpec for Prepackaged server",
            Certain,
            of_graph("children: [{name: d, implementation: '', modelUri: 'gs://x'}]"),
        ),
        ("not supported", Certain, format!("protocol: v2, {}", of_predictor("explainer: {type: Other}"))),
        ("No logger mode specified", Certain, of_graph("logger: {url: 'http://x'}")),
        (
            "engine not separate and no pu with localhost service",
            AsItIs,
            of_pod("containers: [{name: c}]}}, {spec: {containers: [{name: c}]"),
        ),
        (
            "engine not separate and no pu with localhost service",
            Certain,
            of_pod("containers: [{name: side}]}}, {spec: {containers: [{name: c}]"),
        ),
        ("Duplicate value", Certain, of_pod("containers: [{name: c}, {name: s}, {name: s}]")),
        ("Duplicate value", Certain, of_pod("initContainers: [{name: c}], containers: [{name: c}]")),
        (REFUSAL_RULES[3][1].words, AsItIs, side("").replace("side", "Side")),
        (
            REFUSAL_RULES[3][1].words,
            AsItIs,
            of_server("SKLEARN_SERVER", ", modelUri: 'gs://x'").replace("name: c", "name: my_node"),
        ),
        (REFUSAL_RULES[3][2].words, Certain, side("env: [{name: 'A=B', value: x}]")),
        (REFUSAL_RULES[3][2].words, Certain, side("env: [{name: '', value: x}]")),
        (
            "may not be specified when `value` is not empty",
            Certain,
            side("env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]"),
        ),
        ("Not found", AsItIs, side("volumeMounts: [{name: nowhere, mountPath: /x}]")),
    ]
}

#[test]
fn what_is_refused_does_not_trace() {
    for (words, certainty, spec) in rows() {
        let verdict = if certainty == Possible { Verdict::Unknown } else { Verdict::No };
        let state = refused(&spec);
        // Without an orchestrator, its state is that of the predictor.
        let state = state.map(|(words, certainty, found)| {
            (words, certainty, if found == Verdict::Cannot { verdict } else { found })
        });
        assert_eq!(state, Some((words, certainty, verdict)), "{spec}");
    }
}

#[test]
fn what_is_refused_is_found_and_explained() {
    let rules = rows();
    for rule in REFUSAL_RULES.into_iter().flatten() {
        assert!(rules.iter().any(|(words, ..)| *words == rule.words), "{}", rule.words);
    }
    for (words, certainty, spec) in rows() {
        let rules: Vec<&str> =
            REFUSAL_RULES.into_iter().flatten().filter(|rule| rule.words == words).map(|rule| rule.found_by).collect();
        let found = severities(rules[0], &with_spec(&spec));
        let expected = match certainty {
            Certain => vec![Severity::Error],
            AsItIs => vec![Severity::Info],
            Possible => Vec::new(),
        };
        assert_eq!(found, expected, "{spec}");
    }
}

#[test]
fn what_the_operator_takes_is_not_refused() {
    let kafka =
        "{name: KAFKA_BROKER, value: x}, {name: KAFKA_INPUT_TOPIC, value: x}, {name: KAFKA_OUTPUT_TOPIC, value: x}";
    for spec in [
        of_spec("protocol: v2"),
        of_spec("protocol: '${PROTOCOL}'"),
        of_spec("transport: null"),
        of_predictor("explainer: {type: Other}"),
        format!("protocol: v2, {}", of_predictor("explainer: {type: TreeShap}")),
        format!(
            "serverType: kafka, predictors: [{{name: a, graph: {{name: c}}, {POD}, svcOrchSpec: {{env: [{kafka}]}}}}]"
        ),
        of_two("traffic: 100", SHADOW),
        of_two("traffic: 50", &format!("name: b, traffic: 50, graph: {{name: c}}, {POD}")),
        of_two("traffic: 50", &format!("name: b, traffic: '${{B}}', graph: {{name: c}}, {POD}")),
        of_predictor("traffic: 0"),
        of_predictor("traffic: 150"),
        of_predictor("replicas: null, annotations: null"),
        of_predictor("replicas: '${REPLICAS}'"),
        of_graph("type: UNKNOWN_TYPE, methods: [PREDICT]"),
        of_graph("type: ANYTHING"),
        of_graph("logger: {mode: all}"),
        of_graph("logger: null"),
        of_graph("children: [{name: d, implementation: ''}]"),
        of_server("HUGGINGFACE_SERVER", ""),
        of_server("TENSORFLOW_SERVER", ", modelUri: 'gs://x'"),
        of_pod("containers: [{name: c, env: [{name: A, value: null}]}]"),
        of_pod(
            "containers: [{name: c, env: [{name: A, value: '', valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]}]",
        ),
        of_pod(
            "volumes: [{name: v}], containers: [{name: c, volumeMounts: [{name: v}, {name: seldon-podinfo}, {name: c-provision-location}]}]",
        ),
        of_pod("containers: [{name: c}], initContainers: [{name: d}]"),
    ] {
        assert_eq!(refused(&spec).map(|(words, ..)| words), None, "{spec}");
    }
}

#[test]
fn fields_that_are_merged_are_not_missing() {
    let spec = format!(
        "annotations: {{x: &model {{modelUri: 'gs://x', implementation: SKLEARN_SERVER}}}}, predictors: [{{name: a, graph: {{<<: *model, name: c}}, {POD}}}]"
    );
    // The annotation itself is no string.
    let text = with_spec(&spec);
    let tree = Tree::parse(&text).unwrap();
    let found = survey(&tree, &Selection::default()).unwrap().remove(0).refusals;
    assert_eq!(found.iter().map(|refusal| refusal.rule.found_by).collect::<Vec<_>>(), ["ST001"]);
}
