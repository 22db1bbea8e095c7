//! References and placeholders in values.

use super::*;

#[test]
fn kubernetes_replaces_references_to_the_variables_before() {
    let agent = |fields: &str, before: &str, host: &str| {
        let list = format!("{before}{{name: TRACING, value: '1'}}, {{name: JAEGER_AGENT_HOST, value: '{host}'}}");
        let found = container(&format!("{fields}env: [{list}, {{name: LATER, value: b}}]"));
        found.split(" const 1").next().unwrap_or_default().to_owned()
    };
    let x = "{name: DD_ENV, value: a}, ";
    assert_eq!(agent("", x, "$(DD_ENV).b"), "c yes jaeger | a.b:5775 |");
    assert_eq!(agent("", x, "$$(DD_ENV)"), "c no jaeger | $(DD_ENV):5775 |");
    assert_eq!(agent("", x, "$(LATER)"), "c no jaeger | $(LATER):5775 |");
    assert_eq!(
        agent("", "{name: DD_ENV, value: v}, {name: DD_ENV, value: w}, ", "$(DD_ENV)"),
        "c yes jaeger | w:5775 |"
    );
    // A Service of the namespace, and envFrom, may define it.
    assert_eq!(agent("", x, "$(JAEGER_SERVICE_HOST)"), "c unknown jaeger | $(JAEGER_SERVICE_HOST):5775 |");
    for prefix in ["", ", prefix: A_"] {
        let fields = format!("envFrom: [{{configMapRef: {{name: x}}{prefix}}}], ");
        assert_eq!(agent(&fields, x, "$(LATER)"), "c unknown jaeger | $(LATER):5775 |");
    }
    // A port is wrong, whatever the host is.
    let namespace = "{name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}, ";
    for (host, verdict) in [("a.$(NS)", "unknown"), ("a.$(NS):6831", "no"), ("a.$(NS).svc:6831", "no")] {
        let state = agent("", namespace, host);
        assert_eq!(state.split(' ').nth(1), Some(verdict), "{state}");
        let list = format!("{namespace}{{name: JAEGER_AGENT_HOST, value: '{host}'}}, {ALL}");
        assert_eq!(orchestrator(&list).split(' ').nth(1), Some(verdict), "{host}");
    }
    // The operator's own variables are before an executor's list, those of annotations after it.
    for (host, verdict) in [
        ("$(LATER)", "no"),
        ("$$(DD_ENV)", "no"),
        ("$(DD_ENV).b", "yes"),
        ("$(REQUEST_LOGGER_DEFAULT_ENDPOINT)", "unknown"),
        ("$(JAEGER_PORT)", "unknown"),
    ] {
        let list = format!("{x}{{name: JAEGER_AGENT_HOST, value: '{host}'}}, {ALL}, {{name: LATER, value: b}}");
        assert_eq!(orchestrator(&list).split(' ').nth(1), Some(verdict), "{host}");
    }
    for (host, verdict) in [("$(DD_ENV).b", "yes"), ("$(NOWHERE)", "no"), ("$(FOO)", "unknown")] {
        let spec = format!("annotations: {{seldon.io/engine-jaeger-agent-host: '{host}', seldon.io/engine-foo: b}}, ");
        let found = surveyed_with(&format!("svcOrchSpec: {{env: [{x}{ALL}]}}"), &spec, &Selection::default());
        assert_eq!(found[0].split(' ').nth(1), Some(verdict), "{found:?}");
    }
    // The value of a credential is not shown under another name.
    for name in ["DB_PASSWORD", "DSN"] {
        let secret = agent("", &format!("{{name: {name}, value: hunter2}}, "), &format!("$({name})"));
        assert!(!secret.contains("hunter2"), "{secret}");
    }
    let chained = "{name: A, value: x}, {name: DD_ENV, value: $(A)}, ";
    assert_eq!(agent("", chained, "$(DD_ENV)"), "c unknown jaeger | $(DD_ENV):5775 |");
    let long = format!("{{name: DD_ENV, value: {}}}, ", "a".repeat(1000));
    assert_eq!(agent("", &long, &"$(DD_ENV)".repeat(1000)).split(' ').nth(1), Some("unknown"));
}

#[test]
fn a_placeholder_for_a_name_or_for_the_executor_is_unknown() {
    assert_eq!(container("env: []"), "c no TRACING is not set");
    let unknown = "c unknown TRACING is not set here, and a variable whose name is a placeholder may define it";
    assert_eq!(container("env: [{name: '${NAME}', value: '1'}]"), unknown);
    // `ENC[…]` is a placeholder only in a document that SOPS signed.
    assert_eq!(container("env: [{name: 'ENC[AES256_GCM,data:Zg==,type:str]', value: '1'}]"), "c no TRACING is not set");
    assert_eq!(surveyed("graph: {name: '${NODE}'}")[1], "${NODE} unknown its name is a placeholder");
    // The graph node and the container may belong together.
    let beside = |node: &str, container: &str| {
        surveyed(&format!(
            "graph: {{name: '{node}'}}, componentSpecs: [{{spec: {{containers: [{{name: '{container}'}}]}}}}]"
        ))
    };
    assert_eq!(beside("${NODE}", "c")[2], "c unknown the name of a graph node is a placeholder");
    assert_eq!(beside("c", "${NAME}")[1], "c unknown the name of a container is a placeholder");
    let pod = format!(
        "graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{{name: c, env: [{{name: TRACING, value: '1'}}, {AGENT}]}}]}}}}]"
    );
    let units = surveyed(&format!("annotations: {{seldon.io/no-engine: '${{X}}'}}, {pod}"));
    let reason = "the annotation seldon.io/no-engine is a placeholder";
    assert!(units[0].starts_with("orchestrator unknown") && units[0].ends_with(reason), "{units:?}");
    assert!(units[1].starts_with("c unknown") && units[1].contains(reason), "{units:?}");
}

#[test]
fn env_from_with_the_prefix_of_another_program_defines_nothing() {
    for (prefix, verdict) in
        [("DB_", "no"), ("J", "unknown"), ("JAEGER_AGENT_", "unknown"), ("''", "unknown"), ("'${P}'", "unknown")]
    {
        let fields = format!("envFrom: [{{configMapRef: {{name: x}}, prefix: {prefix}}}], env: []");
        assert_eq!(container(&fields).split(' ').nth(1), Some(verdict), "{prefix}");
    }
}
