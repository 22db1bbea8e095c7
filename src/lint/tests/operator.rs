//! Manifests that Seldon's operator or Kubernetes refuses. Each row was tried with the operator of 1.17.1.

use super::*;
use crate::manifest::{Certainty, REFUSAL_RULES};
use crate::survey::{Verdict, survey};
use Certainty::{AsItIs, Certain, Possible};

const POD: &str = "componentSpecs: [{spec: {containers: [{name: c, image: x}]}}]";
const SHADOW: &str = "name: b, shadow: true, graph: {name: c}, componentSpecs: [{spec: {containers: [{name: c}]}}]";

/// The rule of the first refusal of a deployment, its certainty, and the state of the orchestrator.
fn refused(spec: &str) -> Option<(&'static str, Certainty, Verdict)> {
    let text = with_spec(spec);
    let tree = Tree::parse(&text).unwrap();
    let survey = survey(&tree, &Selection::default()).unwrap().remove(0);
    let refusal = survey.refusals.first()?;
    Some((refusal.rule.id, refusal.certainty, survey.predictors[0].units[0].tracing.verdict))
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

/// Every rule of the operator and of Kubernetes, by its id.
fn rows() -> Vec<(&'static str, Certainty, String)> {
    let node = "graph: {name: c}";
    let kafka = "env: [{name: KAFKA_BROKER, value: x}, {name: KAFKA_INPUT_TOPIC, value: x}]";
    let side =
        |more: &str| of_pod(&format!("containers: [{{name: c, image: x}}, {{name: side, image: other, {more}}}]"));
    vec![
        ("variable", Certain, side("env: [{name: PORT, value: 8080}]")),
        (
            "variable",
            Certain,
            of_pod("initContainers: [{name: i, env: [{name: A, value: true}]}], containers: [{name: c}]"),
        ),
        ("label", Certain, of_predictor("labels: {a: 1}")),
        ("type", Certain, side("args: [--port, 8080]")),
        ("type", Certain, of_predictor("replicas: '2'")),
        ("type", Certain, of_graph("parameters: [{name: a, value: 1, type: INT}]")),
        ("protocol", Certain, of_spec("protocol: grpc")),
        ("transport", Certain, of_spec("transport: http")),
        ("server type", Certain, of_spec("serverType: http")),
        ("Kafka variables", AsItIs, of_spec("serverType: kafka")),
        (
            "Kafka variables",
            AsItIs,
            format!("serverType: kafka, predictors: [{{name: a, {node}, {POD}, svcOrchSpec: {{{kafka}}}}}]"),
        ),
        ("only shadow", Certain, of_predictor("shadow: true")),
        ("only shadow", Certain, of_predictor("shadow: On")),
        (
            "several shadows",
            Certain,
            format!(
                "predictors: [{}, {{{SHADOW}}}, {{{}}}]",
                traced(&format!("{node}, {POD}")),
                SHADOW.replace(": b,", ": d,")
            ),
        ),
        ("shadow traffic", Certain, of_two("traffic: 100", &format!("traffic: 101, {SHADOW}"))),
        (
            "service name",
            Certain,
            of_two(
                "traffic: 50, annotations: {seldon.io/svc-name: a}",
                &format!("name: b, traffic: 50, annotations: {{seldon.io/svc-name: a}}, {node}, {POD}"),
            ),
        ),
        ("predictor name", AsItIs, of_two("traffic: 50", &format!("name: main, traffic: 50, {node}, {POD}"))),
        (
            "endpoint types",
            Certain,
            of_graph(
                "endpoint: {type: REST}, children: [{name: d, implementation: SIMPLE_MODEL, endpoint: {type: GRPC}}]",
            ),
        ),
        ("mixed transport", Certain, format!("transport: rest, {}", of_graph("endpoint: {type: GRPC}"))),
        ("traffic of several", Certain, of_two("traffic: 50", &format!("name: b, traffic: 30, {node}, {POD}"))),
        ("traffic of several", AsItIs, of_two("traffic: 50", &format!("name: b, {node}, {POD}"))),
        ("traffic of one", Certain, of_predictor("traffic: 50")),
        (
            "no engine",
            Certain,
            of_predictor("annotations: {seldon.io/no-engine: 'false'}")
                .replace("{name: c}, comp", "{name: c, children: [{name: d, implementation: SIMPLE_MODEL}]}, comp"),
        ),
        ("no container", AsItIs, of_graph("children: [{name: d}]")),
        ("no methods", Certain, of_graph("type: UNKNOWN_TYPE")),
        ("no model", AsItIs, of_server("XGBOOST_SERVER", "")),
        (
            "tensorflow protocol",
            Certain,
            format!("protocol: tensorflow, {}", of_server("SKLEARN_SERVER", ", modelUri: 'gs://x'")),
        ),
        ("unknown server", Possible, of_server("MY_SERVER", ", modelUri: 'gs://x'")),
        (
            "model without server",
            Certain,
            of_graph("children: [{name: d, implementation: SIMPLE_MODEL, modelUri: 'gs://x'}]"),
        ),
        ("model without server", Certain, of_graph("children: [{name: d, implementation: '', modelUri: 'gs://x'}]")),
        ("explainer type", Certain, format!("protocol: v2, {}", of_predictor("explainer: {type: Other}"))),
        ("logger mode", Certain, of_graph("logger: {url: 'http://x'}")),
        ("first of two pods", AsItIs, of_pod("containers: [{name: c}]}}, {spec: {containers: [{name: c}]")),
        ("no node in first pod", Certain, of_pod("containers: [{name: side}]}}, {spec: {containers: [{name: c}]")),
        ("container name twice", Certain, of_pod("containers: [{name: c}, {name: s}, {name: s}]")),
        ("container name twice", Certain, of_pod("initContainers: [{name: c}], containers: [{name: c}]")),
        ("container name", AsItIs, side("").replace("side", "Side")),
        (
            "container name",
            AsItIs,
            of_server("SKLEARN_SERVER", ", modelUri: 'gs://x'").replace("name: c", "name: my_node"),
        ),
        ("variable name", Certain, side("env: [{name: 'A=B', value: x}]")),
        ("variable name", Certain, side("env: [{name: '', value: x}]")),
        ("no source", Certain, side("env: [{name: A, valueFrom: {fieldref: {fieldPath: status.hostIP}}}]")),
        ("field of a pod", Certain, side("env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.hostIp}}}]")),
        ("field of a pod", Certain, side("env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.phase}}}]")),
        ("field of a pod", Certain, side("env: [{name: A, valueFrom: {fieldRef: {fieldpath: status.hostIP}}}]")),
        ("two sources", Certain, side("env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]")),
        ("no volume", AsItIs, side("volumeMounts: [{name: nowhere, mountPath: /x}]")),
        ("annotation", Certain, of_predictor("annotations: {a: true}")),
        ("node selector", Certain, of_pod("nodeSelector: {gpu: true}, containers: [{name: c}]")),
        ("explainer setting", Certain, of_predictor("explainer: {type: Other, config: {threshold: 0.9}}")),
        ("type", Certain, of_predictor("replicas: 1.5")),
        ("no name", AsItIs, of_graph("children: [{type: MODEL}]")),
    ]
}

#[test]
fn what_is_refused_does_not_trace() {
    for (id, certainty, spec) in rows() {
        let verdict = if certainty == Possible { Verdict::Unknown } else { Verdict::No };
        let state = refused(&spec);
        // Without an orchestrator, its state is that of the predictor.
        let state =
            state.map(|(id, certainty, found)| (id, certainty, if found == Verdict::Cannot { verdict } else { found }));
        assert_eq!(state, Some((id, certainty, verdict)), "{spec}");
    }
}

#[test]
fn what_is_refused_is_found_and_explained() {
    let rules = || REFUSAL_RULES.into_iter().flatten();
    for id in rules().map(|rule| rule.id) {
        assert!(rows().iter().any(|row| row.0 == id), "{id}");
        assert_eq!(rules().filter(|other| other.id == id).count(), 1, "{id}");
    }
    for (id, certainty, spec) in rows() {
        let rule = rules().find(|rule| rule.id == id).unwrap();
        let found = severities(rule.found_by, &with_spec(&spec));
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
        of_pod(
            "containers: [{name: c, env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a']\"}}}]}]",
        ),
        of_pod("containers: [{name: c, env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.host}}}]}]"),
        of_pod("containers: [{name: c, env: [{name: A, valueFrom: {fieldRef: {fieldPath: '${IP}'}}}]}]"),
        of_pod("containers: [{name: c, env: [{name: A, valueFrom: null}]}]"),
        of_pod("containers: [{name: c, env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]}]"),
        of_spec("protocol: '${PROTOCOL}'"),
        of_spec("transport: null"),
        of_predictor("explainer: {type: Other}"),
        format!("protocol: v2, {}", of_predictor("explainer: {type: TreeShap}")),
        format!(
            "serverType: kafka, predictors: [{{name: a, graph: {{name: c}}, {POD}, svcOrchSpec: {{env: [{kafka}]}}}}]"
        ),
        of_two("traffic: 100", SHADOW),
        of_two("traffic: 100", &format!("traffic: 10, {}", SHADOW.replace("true", "True"))),
        of_two("traffic: 100", &format!("traffic: 10, {}", SHADOW.replace("true", "yes"))),
        of_two("traffic: 100", &format!("traffic: 10, {}", SHADOW.replace("true", "'${SHADOW}'"))),
        of_two("traffic: 50", &format!("name: b, traffic: 50, graph: {{name: c}}, {POD}")),
        of_two("traffic: 50", &format!("name: b, traffic: '${{B}}', graph: {{name: c}}, {POD}")),
        of_predictor("traffic: 0"),
        of_predictor("traffic: 150"),
        of_predictor("replicas: null, annotations: null"),
        of_predictor("replicas: '${REPLICAS}'"),
        of_predictor("replicas: 2.0"),
        of_predictor("replicas: 1e1"),
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
        assert_eq!(refused(&spec).map(|(id, ..)| id), None, "{spec}");
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

#[test]
fn every_value_that_is_not_a_string_is_quoted() {
    for (spec, fault, quoted) in [
        (of_pod("nodeSelector: {disk: ssd, gpu: true}, containers: [{name: c}]"), "this node selector", "gpu: 'true'"),
        (of_predictor("explainer: {type: Other, config: {p: 0.9}}"), "this explainer setting", "p: '0.9'"),
        (of_predictor("labels: {a: yes}"), "this label", "a: yes"),
        (of_predictor("labels: {a: [b]}"), "this label", "a: [b]"),
    ] {
        let text = with_spec(&spec);
        assert!(messages("ST001", &text).iter().any(|message| message.contains(fault)), "{text}");
        assert!(fixed("ST001", &text).replace('"', "'").contains(quoted), "{text}");
    }
    let text = with_spec("predictors: [{name: a, graph: {name: c}}, {name: b, graph: {name: c}, labels: {n: 1}}]");
    for (predictor, count) in [("a", 0), ("b", 1)] {
        let predictor = Some(globset::Glob::new(predictor).unwrap().compile_matcher());
        let selection = Selection { predictor, ..Selection::default() };
        let found = linted(&text, &selection, &[Rule::find("ST001").unwrap()]).unwrap().findings;
        assert_eq!(found.len(), count);
    }
}
