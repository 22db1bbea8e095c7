//! Where variables stand.

use super::*;

#[test]
fn variables_are_found_where_nothing_reads_them() {
    let orchestrator = |more: &str| found_by("ST015", &format!("svcOrchSpec: {{env: [{TRACING}]}}, {more}"));
    assert_eq!(orchestrator("name: main").len(), 0);
    assert_eq!(orchestrator("annotations: {seldon.io/no-engine: 'false'}").len(), 0);
    assert_eq!(orchestrator("annotations: {seldon.io/no-engine: 'true'}").len(), 1);
    assert_eq!(orchestrator(&predictor("name: c", "{name: c}, {name: seldon-container-engine}")).len(), 1);

    let container = |name: &str, implementation: &str, env: &str| {
        let graph = format!("name: c, implementation: {implementation}");
        found_by("ST015", &predictor(&graph, &format!("{{name: c}}, {{name: {name}, env: [{env}]}}")))
    };
    let server = |implementation: &str, env: &str| {
        let graph = format!("name: c, implementation: {implementation}");
        found_by("ST015", &predictor(&graph, &format!("{{name: c, env: [{env}]}}")))
    };
    assert_eq!(server("SKLEARN_SERVER", DATADOG).len(), 0);
    assert_eq!(server("TRITON_SERVER", DATADOG).len(), 2);
    // Datadog's libraries read it for metrics, too.
    assert_eq!(server("TRITON_SERVER", "{name: DD_AGENT_HOST, value: x}").len(), 0);
    assert_eq!(server("TRITON_SERVER", &format!("{DATADOG}, {{name: DD_AGENT_HOST, value: x}}")).len(), 3);
    // An agent of either backend has variables of its own.
    let agents = "{name: DD_TAGS, value: 'a:b'}, {name: JAEGER_AGENT_HOST, value: x}";
    assert_eq!(container("agent", "SKLEARN_SERVER", agents).len(), 0);
    assert_eq!(container("other", "SKLEARN_SERVER", TRACING).len(), 1);
    let explainer =
        format!("graph: {{name: c}}, explainer: {{type: AnchorTabular, containerSpec: {{env: [{TRACING}]}}}}");
    assert_eq!(found_by("ST015", &explainer).len(), 1);
    // Java's client reads it.
    assert_eq!(server("UNKNOWN_IMPLEMENTATION", "{name: JAEGER_PROPAGATION, value: b3}").len(), 0);
}

#[test]
fn a_sidecar_that_is_wanted_is_no_place_where_nothing_reads() {
    let sidecar = predictor("name: c", &format!("{{name: c}}, {{name: other, env: [{TRACING}]}}"));
    let text = deployment(&sidecar);
    let selection = Selection { all_containers: true, ..Selection::default() };
    assert!(linted(&text, &selection, &[Rule::find("ST015").unwrap()]).findings.is_empty());
}

#[test]
fn a_port_by_hand_matters_only_beside_tracing() {
    let port = "{name: MLSERVER_HTTP_PORT, value: '9000'}";
    let found = |env: &str| found_by("ST017", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len();
    assert_eq!(found(&format!("{TRACING}, {port}")), 1);
    assert_eq!(found(port), 0);
}

#[test]
fn a_key_is_found_where_its_level_has_no_such_field() {
    for (spec, wrong) in [
        ("predictors: [{}], componentSpecs: [{spec: {}}]", "`componentSpecs` is no field of `spec`"),
        ("predictors: [{}], svcOrchSpec: {env: []}", "`svcOrchSpec` is no field of `spec`"),
        ("graph: {name: c}", "`graph` is no field of `spec`"),
        ("predictors: [{containers: [{name: c}]}]", "`containers` is no field of a predictor"),
        ("predictors: [{env: [{name: A}]}]", "`env` is no field of a predictor"),
        ("predictors: [{spec: {containers: []}}]", "`spec` is no field of a predictor"),
        ("predictors: [{svcOrchSpec: {spec: {env: []}}}]", "`spec` is no field of `svcOrchSpec`"),
        ("predictors: [{svcOrchSpec: {containers: [{}]}}]", "`containers` is no field of `svcOrchSpec`"),
        ("predictors: [{graph: {env: [{name: A}]}}]", "`env` is no field of a node of the graph"),
        ("predictors: [{graph: {children: [{env: [{}]}]}}]", "`env` is no field of a node of the graph"),
        ("predictors: [{componentSpecs: [{containers: [{}]}]}]", "`containers` is no field of an item of"),
        ("predictors: [{componentSpecs: [{spec: {env: [{name: A}]}}]}]", "`env` is no field of a pod's `spec`"),
        ("predictors: [{explainer: {env: [{name: A}]}}]", "`env` is no field of `explainer`"),
        ("predictors: [{envSecretRefName: x}]", "`envSecretRefName` is no field of a predictor"),
        ("predictors: [], annotations: {seldon.io/no-engine: 'true'}", "seldon.io/no-engine is heeded on a predictor"),
    ] {
        let found = messages("ST018", &with_spec(spec));
        assert!(matches!(&found[..], [one] if one.starts_with(wrong)), "{spec}: {found:?}");
    }
    for right in [
        "predictors: [{}], componentSpecs: []",
        "predictors: [{}], svcOrchSpec: null",
        "predictors: [{}], componentspecs: [{}], replicas: 1, template: {spec: {containers: [{}]}}",
        "predictors: [{annotations: {seldon.io/no-engine: 'true'}, explainer: {containerSpec: {env: [{name: A}]}}}]",
        "predictors: [{graph: {children: [{envSecretRefName: x}]}, svcOrchSpec: {env: [{name: A}]}}]",
        "predictors: [{componentSpecs: [{spec: {initContainers: [{}], containers: [{env: [{name: A}]}]}}]}]",
    ] {
        assert_eq!(messages("ST018", &with_spec(right)), Vec::<String>::new(), "{right}");
    }
    let beside = with_spec("predictors: []").replace("spec:", "containers: [{name: c}]\nspec:");
    assert_eq!(messages("ST018", &beside).len(), 1);
}

#[test]
fn misplaced_keys_of_one_predictor_are_not_looked_for_in_another() {
    let text = with_spec("predictors: [{name: a, env: [{name: A}]}, {name: b, env: [{name: A}]}]");
    let only_b = globset::Glob::new("b").unwrap().compile_matcher();
    let selection = Selection { predictor: Some(only_b), ..Selection::default() };
    let linted = linted(&text, &selection, &[Rule::find("ST018").unwrap()]);
    let paths: Vec<&str> = linted.findings.iter().map(|finding| finding.diagnostic.path.as_str()).collect();
    assert_eq!(paths, ["spec.predictors[1].env"]);
}

#[test]
fn what_the_operator_sets_of_a_node_s_own_matters_where_the_node_has_it() {
    let found = |node: &str, name: &str| {
        let env = format!("{TRACING}, {{name: {name}, value: x}}");
        found_by("ST017", &predictor(&format!("name: c{node}"), &format!("{{name: c, env: [{env}]}}"))).len()
    };
    for (name, field) in [
        ("PREDICTIVE_UNIT_PARAMETERS", ", parameters: [{name: a, value: b, type: STRING}]"),
        ("MLSERVER_MODEL_URI", ", modelUri: 'gs://x'"),
    ] {
        assert_eq!(found(field, name), 1, "{name}");
        assert_eq!(found("", name), 0, "{name}");
    }
    assert_eq!(found(", parameters: []", "PREDICTIVE_UNIT_PARAMETERS"), 0);
}

#[test]
fn without_an_executor_nothing_of_it_is_read() {
    let found = |name: &str| {
        let orchestrator = format!("svcOrchSpec: {{env: [{{name: {name}, value: x}}]}}");
        found_by("ST015", &format!("{orchestrator}, annotations: {{seldon.io/no-engine: 'true'}}")).len()
    };
    for name in ["JAEGER_TAGS", "JAEGER_ENDPOINT", "DD_TRACE_AGENT_URL", "JAEGER_PROPAGATION"] {
        assert_eq!(found(name), 1, "{name}");
    }
    assert_eq!(found("LOG_LEVEL"), 0);
}

#[test]
fn of_what_is_not_selected_no_key_is_misplaced() {
    let text = with_spec("predictors: [{name: a, env: [{name: A}]}], componentSpecs: [{spec: {}}]");
    let found = |predictor: &str| {
        let glob = globset::Glob::new(predictor).unwrap().compile_matcher();
        let selection = Selection { predictor: Some(glob), ..Selection::default() };
        linted(&text, &selection, &[Rule::find("ST018").unwrap()]).findings.len()
    };
    assert_eq!(found("a"), 2);
    assert_eq!(found("nosuch"), 0);
}
