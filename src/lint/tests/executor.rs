//! Jaeger's variables in the executor.

use super::*;

#[test]
fn a_port_with_another_source_or_without_service_links_is_not_missing() {
    let found = |env: &str, more: &str| found_by("ST024", &format!("svcOrchSpec: {{env: [{env}]}}, {more}")).len();
    let host = "{name: JAEGER_AGENT_HOST, value: x}";
    assert_eq!(found(host, "name: main"), 1);
    assert_eq!(found("{name: TRACING, value: '1'}", "name: main"), 0);
    assert_eq!(found(&format!("{host}, {{name: JAEGER_AGENT_PORT, value: ''}}"), "name: main"), 0);
    assert_eq!(found(&format!("{host}, {{name: JAEGER_ENDPOINT, value: 'http://x/api'}}"), "name: main"), 0);
    assert_eq!(found(&format!("{host}, {{name: DD_ENABLED, value: '1'}}"), "name: main"), 0);
    for (links, count) in [("false", 0), ("true", 1)] {
        let pod = format!(
            "graph: {{name: c}}, componentSpecs: [{{spec: {{enableServiceLinks: {links}, containers: [{{name: c}}]}}}}]"
        );
        assert_eq!(found(host, &pod), count, "{links}");
    }
}

#[test]
fn tracing_that_may_be_off_is_not_reported() {
    let found = |env: &str| found_by("ST019", &format!("svcOrchSpec: {{env: [{env}]}}")).len();
    let off = "{name: TRACING, value: '0'}";
    assert_eq!(found(&format!("{off}, {ALL}")), 1);
    assert_eq!(found(&format!("{off}, {{name: JAEGER_AGENT_HOST, value: x}}")), 0);
    let reference = "{name: JAEGER_DISABLED, valueFrom: {configMapKeyRef: {name: x, key: y}}}";
    assert_eq!(found(&format!("{off}, {ALL}, {reference}")), 0);
}

#[test]
fn a_user_or_password_from_a_secret_needs_the_other() {
    let found = |env: &str| {
        let url = "{name: JAEGER_ENDPOINT, value: 'http://x/api/traces'}";
        severities("ST004", &deployment(&format!("svcOrchSpec: {{env: [{ALL}, {url}, {env}]}}")))
    };
    let secret =
        |name: &str, more: &str| format!("{{name: {name}, valueFrom: {{secretKeyRef: {{name: x, key: y{more}}}}}}}");
    assert_eq!(found(&secret("JAEGER_PASSWORD", "")), [Severity::Warning]);
    assert_eq!(found(&secret("JAEGER_USER", "")), [Severity::Warning]);
    assert_eq!(found(&secret("JAEGER_PASSWORD", ", optional: true")), []);
    assert_eq!(found(&format!("{}, {}", secret("JAEGER_PASSWORD", ""), secret("JAEGER_USER", ""))), []);
    let user = "{name: JAEGER_USER, value: u}";
    assert_eq!(found(&format!("{}, {user}", secret("JAEGER_PASSWORD", ""))), []);
}

#[test]
fn b3_splits_traces_only_where_there_are_some() {
    let found = |env: &str| {
        let orchestrator = format!("svcOrchSpec: {{env: [{ALL}, {{name: JAEGER_TRACE_PROPAGATION_TYPE, value: b3}}]}}");
        let containers = predictor("name: c", &format!("{{name: c, env: [{env}]}}"));
        found_by("ST023", &format!("{orchestrator}, {containers}")).len()
    };
    assert_eq!(found(TRACING), 1);
    assert_eq!(found(""), 0);
    assert_eq!(found(&format!("{TRACING}, {{name: JAEGER_CONFIG_PATH, value: /x}}")), 0);
}

#[test]
fn port_5775_is_information() {
    let found = |port: &str| {
        let env = format!("{TRACING}, {{name: JAEGER_AGENT_PORT, value: '{port}'}}");
        severities("ST014", &deployment(&predictor("name: c", &format!("{{name: c, env: [{env}]}}"))))
    };
    assert_eq!(found("5775"), [Severity::Info]);
    assert_eq!(found("6832"), [Severity::Warning]);
    assert_eq!(found("6831"), []);
}

#[test]
fn annotations_for_the_executor_are_found_with_their_effect() {
    let found = |annotation: &str, predictors: &str| {
        let spec = format!("annotations: {{seldon.io/{annotation}: x}}, predictors: [{predictors}]");
        messages("ST022", &with_spec(&spec))
    };
    let sets = "{svcOrchSpec: {env: [{name: JAEGER_AGENT_HOST, value: y}]}}";
    let host = "engine-jaeger-agent-host";
    assert_eq!(found(host, "{}"), ["seldon.io/engine-jaeger-agent-host sets JAEGER_AGENT_HOST of the executor"]);
    assert_eq!(
        found(host, sets),
        ["seldon.io/engine-jaeger-agent-host does nothing: svcOrchSpec.env has JAEGER_AGENT_HOST"]
    );
    assert_eq!(
        found(host, &format!("{sets}, {{}}")),
        ["seldon.io/engine-jaeger-agent-host sets JAEGER_AGENT_HOST of the executor where svcOrchSpec.env does not"]
    );
    assert_eq!(found("engine-dd-trace-sampling-rules", "{}").len(), 1);
    assert_eq!(
        found("rest-timeout", "{annotations: {seldon.io/engine-jaeger-agent-host: x}}"),
        ["seldon.io/engine-jaeger-agent-host does nothing: the operator reads it in the annotations of `spec` alone"]
    );
    assert_eq!(found(host, "{annotations: {seldon.io/no-engine: 'true'}}").len(), 0);
    for other in ["engine-separate-pod", "engine-log-level", "engine-jaeger-config-path", "rest-timeout"] {
        assert_eq!(found(other, "{}"), Vec::<String>::new(), "{other}");
    }
}

/// The findings of a rule in a deployment with these annotations, and these variables of its orchestrator and its only
/// container.
fn beside_annotations(rule: &str, annotations: &str, orchestrator: &str, container: &str) -> Vec<String> {
    let predictor = predictor("name: c", &format!("{{name: c, env: [{container}]}}"));
    let spec = format!(
        "annotations: {{{annotations}}}, predictors: [{{svcOrchSpec: {{env: [{orchestrator}]}}, {predictor}}}]"
    );
    messages(rule, &with_spec(&spec))
}

#[test]
fn annotations_define_variables_that_the_list_does_not() {
    const TYPE: &str = "{name: JAEGER_SAMPLER_TYPE, value: const}";
    const PARAM: &str = "{name: JAEGER_SAMPLER_PARAM, value: '5'}";
    let found = |rule: &str, annotation: &str, orchestrator: &str| {
        beside_annotations(rule, &format!("seldon.io/engine-{annotation}"), orchestrator, TRACING).len()
    };
    assert_eq!(found("ST013", "log-level: x", TYPE), 1);
    assert_eq!(found("ST013", "jaeger-sampler-param: '1'", TYPE), 0);
    assert_eq!(found("ST013", "jaeger-sampler-type: const", "{name: JAEGER_AGENT_HOST, value: x}"), 1);
    assert_eq!(found("ST004", "log-level: x", PARAM), 1);
    assert_eq!(found("ST004", "jaeger-sampler-type: ratelimiting", PARAM), 0);
    let user = "{name: JAEGER_ENDPOINT, value: 'http://c:14268'}, {name: JAEGER_USER, value: me}";
    assert_eq!(found("ST004", "log-level: x", user), 1);
    assert_eq!(found("ST004", "jaeger-password: hush", user), 0);
    for (rule, orchestrator) in [("ST004", "{name: JAEGER_SAMPLER_TYPE, value: bogus}"), ("ST021", ALL)] {
        assert_eq!(found(rule, "log-level: x", orchestrator), 1);
        assert_eq!(found(rule, "dd-enabled: 'true'", orchestrator), 0, "{rule}");
    }
    let bad = "jaeger-agent-port: 'udp://x', seldon.io/engine-jaeger-sampler-type: always";
    assert_eq!(found("ST004", bad, ""), 2);
    // The list takes precedence.
    assert_eq!(found("ST004", bad, "{name: JAEGER_AGENT_PORT, value: '6831'}"), 1);
    assert_eq!(found("ST014", "jaeger-agent-port: '6832', seldon.io/engine-jaeger-sampler-param: '1'", TYPE), 1);
}

#[test]
fn an_empty_user_is_unset_to_the_executor() {
    let endpoint = "{name: JAEGER_ENDPOINT, value: 'http://c:14268'}";
    let found = |env: &str| found_by("ST004", &format!("svcOrchSpec: {{env: [{endpoint}, {env}]}}")).len();
    assert_eq!(found("{name: JAEGER_USER, value: ''}"), 0);
    assert_eq!(found("{name: JAEGER_USER, value: me}, {name: JAEGER_PASSWORD, value: ''}"), 1);
    let reference = "{name: JAEGER_PASSWORD, valueFrom: {secretKeyRef: {name: x, key: y}}}";
    assert_eq!(found(&format!("{{name: JAEGER_USER, value: me}}, {reference}")), 0);
}

#[test]
fn what_is_switched_off_neither_samples_nor_sends() {
    let disabled = "{name: JAEGER_DISABLED, value: 'true'}";
    let orchestrator =
        |rule: &str, env: &str| found_by(rule, &format!("svcOrchSpec: {{env: [{disabled}, {env}]}}")).len();
    assert_eq!(orchestrator("ST013", "{name: JAEGER_SAMPLER_TYPE, value: const}"), 0);
    assert_eq!(orchestrator("ST014", "{name: JAEGER_AGENT_PORT, value: '6832'}"), 0);
    // The port is read nevertheless.
    assert_eq!(orchestrator("ST004", "{name: JAEGER_AGENT_PORT, value: udp}"), 1);
    let container = |env: &str| {
        let env = format!("{{name: TRACING, value: '0'}}, {env}");
        found_by("ST016", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len()
    };
    assert_eq!(container(disabled), 0);
    assert_eq!(container("{name: JAEGER_SAMPLER_PARAM, value: '0.1'}"), 0);
    assert_eq!(container("{name: JAEGER_SERVICE_NAME, value: x}"), 1);
}

#[test]
fn an_endpoint_that_go_can_t_parse_crashes_the_executor() {
    let found =
        |url: &str| found_by("ST004", &format!("svcOrchSpec: {{env: [{{name: JAEGER_ENDPOINT, value: '{url}'}}]}}"));
    for url in ["http://jaeger:14268/api/traces", "/api", "jaeger:14268", "http://[::1]:14268", "", "http://ab/x?%"] {
        assert_eq!(found(url), Vec::<String>::new(), "{url}");
    }
    for url in
        ["jaeger/api", "jaeger", "http://a%20b/", "http://jaeger:x/api", "http://user:hunter2@x/%zz", "1http://x", ":x"]
    {
        let found = found(url).concat();
        assert!(found.contains("is not a URL, and the executor exits at start"), "{url}: {found}");
        assert!(!found.contains("hunter2"), "{found}");
    }
}

#[test]
fn a_credential_in_an_annotation_is_an_error() {
    let annotation = "seldon.io/engine-jaeger-password: hush";
    let found = |rule: &str, annotation: &str| beside_annotations(rule, annotation, "", "");
    assert_eq!(found("ST025", annotation), ["seldon.io/engine-jaeger-password is in clear text"]);
    assert_eq!(found("ST022", annotation), Vec::<String>::new());
    assert_eq!(found("ST025", "seldon.io/engine-jaeger-user: me").len(), 0);
}

#[test]
fn an_invalid_boolean_crashes_the_executor_even_without_effect() {
    let found = |name: &str, value: &str| {
        found_by("ST004", &format!("svcOrchSpec: {{env: [{ALL}, {{name: {name}, value: '{value}'}}]}}")).len()
    };
    for name in ["JAEGER_REPORTER_LOG_SPANS", "JAEGER_RPC_METRICS", "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED"] {
        assert_eq!(found(name, "yes"), 1, "{name}");
        assert_eq!(found(name, "t"), 0, "{name}");
    }
    assert_eq!(found("JAEGER_SAMPLER_MANAGER_HOST_PORT", "any text"), 0);
}

#[test]
fn a_queue_that_may_have_no_room_is_shown() {
    let found = |size: &str| {
        let env = format!("{{name: JAEGER_REPORTER_MAX_QUEUE_SIZE, value: '{size}'}}");
        found_by("ST040", &format!("svcOrchSpec: {{env: [{env}]}}")).len()
    };
    assert_eq!((found("900000000"), found("100"), found("${SIZE}")), (1, 0, 0));
}

#[test]
fn a_jaeger_container_in_the_pod_that_takes_no_spans_is_found() {
    let found = |image: &str, port: &str| {
        let env = format!(
            "{TRACING}, {{name: JAEGER_AGENT_HOST, value: localhost}}, {{name: JAEGER_AGENT_PORT, value: '{port}'}}"
        );
        let pod =
            predictor("name: c", &format!("{{name: c, env: [{env}]}}, {{name: x, image: 'jaegertracing/{image}'}}"));
        found_by("ST014", &format!("annotations: {{seldon.io/no-engine: 'true'}}, {pod}"))
    };
    let message = "x in the pod takes no spans on 6831: Jaeger from 1.63 to 2.1 has no port for spans over UDP, and no \
                   span arrives";
    assert_eq!(found("all-in-one:1.76", "6831"), [message]);
    assert_eq!(found("all-in-one:1.50", "6831").len(), 0);
    assert_eq!(found("all-in-one", "6831").len(), 0);
    let message = "x in the pod takes no spans on 5775: Jaeger 2 listens on 6831, and no span arrives";
    assert_eq!(found("jaeger:2.8", "5775"), [message]);
}
