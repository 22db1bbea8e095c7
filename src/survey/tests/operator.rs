//! What Seldon's operator and Datadog's admission controller make of a manifest.

use super::*;

#[test]
fn the_operator_drops_variables_beside_one_that_it_sets() {
    let state = |fields: &str, env: &str| {
        let env = format!("{{name: TRACING, value: '1'}}, {AGENT}, {{name: {env}, value: x}}");
        let container = format!("{{name: c, {fields}, env: [{env}]}}");
        let node = "name: c, parameters: [{name: a, value: b, type: STRING}]";
        surveyed(&format!("graph: {{{node}}}, svcOrchSpec: {{env: [{ALL}, {AGENT}]}}, componentSpecs: [{{spec: {{containers: [{container}]}}}}]"))
            .remove(1)
    };
    for name in ["PREDICTIVE_UNIT_HTTP_SERVICE_PORT", "MLSERVER_GRPC_PORT", "PREDICTIVE_UNIT_PARAMETERS"] {
        let reason = format!("c no Seldon's operator drops the variables, since {name} is one of them");
        assert_eq!(state("image: x", name), reason);
    }
    for name in ["PREDICTIVE_UNIT_SERVICE_PORT", "PREDICTIVE_UNIT_ID", "OTHER"] {
        assert_eq!(state("image: x", name), "c yes jaeger | jaeger:5775 | const 1");
    }
    // What comes from elsewhere is left.
    let state = state("envFrom: [{configMapRef: {name: x}}]", "MLSERVER_HTTP_PORT");
    assert_eq!(state, "c unknown TRACING is not set here, and envFrom may define it");
}

#[test]
fn a_service_selects_an_own_orchestrator_by_its_name() {
    let state = |predictor: &str, pod: &str| {
        let container = format!("{{name: seldon-container-engine, env: [{AGENT}, {ALL}]}}");
        let pod = format!("metadata: {{labels: {{{pod}}}}}, spec: {{containers: [{{name: c}}, {container}]}}");
        let states = surveyed(&format!("name: main, {predictor}, graph: {{name: c}}, componentSpecs: [{{{pod}}}]"));
        states[0].split(' ').nth(1).unwrap().to_owned()
    };
    for (predictor, pod, verdict) in [
        ("labels: {}", "seldon-app: iris-main", "yes"),
        ("labels: {seldon-app: iris-main}", "", "yes"),
        ("labels: {seldon-app: wrong}", "seldon-app: iris-main", "yes"),
        ("labels: {seldon-app: iris-main}", "seldon-app: wrong", "unknown"),
        ("labels: {seldon-app: main}", "", "unknown"),
        ("labels: {}", "", "unknown"),
        ("labels: {}", "seldon-app: '${NAME}'", "yes"),
        ("annotations: {seldon.io/svc-name: own}", "seldon-app: own", "yes"),
        ("annotations: {seldon.io/svc-name: own}", "seldon-app: iris-main", "unknown"),
    ] {
        assert_eq!(state(predictor, pod), verdict, "{predictor}, {pod}");
    }
}

#[test]
fn a_label_against_the_library_overrides_every_request() {
    let state = |predictor: &str, pod: &str| {
        let pod = format!(
            "metadata: {{{pod}}}, spec: {{containers: [{{name: c, env: [{{name: DD_AGENT_HOST, value: dd}}]}}]}}"
        );
        surveyed(&format!("{predictor}, graph: {{name: c}}, componentSpecs: [{{{pod}}}]")).remove(1)
    };
    let version = "annotations: {admission.datadoghq.com/python-lib.version: v2}";
    let label = |value: &str| format!("labels: {{admission.datadoghq.com/enabled: '{value}'}}");
    let is_off = |predictor: &str, pod: &str| {
        let state = state(predictor, pod);
        assert!(state.starts_with("c no ") || state.starts_with("c unknown datadog"), "{state}");
        state.starts_with("c no ")
    };
    assert!(!is_off(version, &label("true")));
    assert!(is_off(version, &label("false")));
    assert!(is_off(&format!("{version}, {}", label("false")), ""));
    assert!(is_off(&label("true"), &label("false")));
    assert!(!is_off(&label("false"), &label("true")));
}
