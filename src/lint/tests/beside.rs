//! Rules on units together.

use super::*;

#[test]
fn tracing_is_half_on_where_a_switch_is_missing() {
    let found = |orchestrator: &str, containers: &str, more: &str| {
        let graph = predictor("name: c, children: [{name: d}]", containers);
        found_by("ST010", &format!("svcOrchSpec: {{env: [{orchestrator}]}}, {graph}{more}"))
    };
    let both = format!("{{name: c, env: [{TRACING}]}}, {{name: d, env: [{TRACING}]}}");
    let one = format!("{{name: c, env: [{TRACING}]}}, {{name: d}}");
    assert_eq!(found(ALL, &both, ""), Vec::<String>::new());
    assert_eq!(
        found(ALL, &one, ""),
        ["d does not trace (TRACING is not set), while the orchestrator and c trace to Jaeger"]
    );
    assert_eq!(
        found("", &both, ""),
        ["the orchestrator does not trace (JAEGER_SAMPLER_TYPE is not set), while c and d trace to Jaeger"]
    );
    assert_eq!(found(ALL, "{name: c}, {name: d}", "").len(), 2);
    assert_eq!(found("", "{name: c}, {name: d}", "").len(), 0);
    assert_eq!(
        found_by("ST010", &format!("componentSpecs: [{{spec: {{containers: [{{env: [{TRACING}]}}]}}}}]")),
        ["the orchestrator does not trace (JAEGER_SAMPLER_TYPE is not set), while a container traces to Jaeger"]
    );
    let datadog = format!("{{name: c, env: [{DATADOG}]}}, {{name: d, env: [{DATADOG}]}}");
    assert_eq!(
        found(TRACING, &datadog, ""),
        ["the orchestrator does not trace (DD_ENABLED is not set), while c and d trace to Datadog"]
    );
}

#[test]
fn what_is_switched_off_unknown_or_found_by_another_rule_is_not_half_on() {
    let found = |orchestrator: &str, env: &str, more: &str| {
        let containers = format!("{{name: c, env: [{TRACING}]}}, {{name: d, env: [{env}]{more}}}");
        let graph = predictor("name: c, children: [{name: d}]", &containers);
        found_by("ST010", &format!("svcOrchSpec: {{env: [{orchestrator}]}}, {graph}")).len()
    };
    assert_eq!(found(ALL, "", ""), 1);
    for env in [
        "{name: TRACING, value: '0'}",
        "{name: TRACING, value: 'true'}",
        "{name: TRACING, valueFrom: {configMapKeyRef: {name: x, key: y}}}",
        "{name: JAEGER_DISABLED, value: 'true'}",
        "{name: DD_ENABLED, value: '0'}",
    ] {
        assert_eq!(found(ALL, env, ""), 0, "{env}");
    }
    assert_eq!(found(ALL, "", ", envFrom: [{configMapRef: {name: x}}]"), 0);
    for orchestrator in [
        "{name: TRACING, value: '0'}",
        "{name: JAEGER_DISABLED, value: 'true'}",
        "{name: JAEGER_SAMPLER_TYPE, value: const}",
        "{name: JAEGER_AGENT_HOST, value: x}, {name: JAEGER_SAMPLER_TYPE, value: remote}",
        // ST013 finds it.
        "{name: JAEGER_SAMPLER_TYPE, value: ratelimiting}",
        "{name: JAEGER_AGENT_PORT, value: udp}",
        // ST001 finds it.
        "{name: WORKERS, value: 4}",
    ] {
        assert_eq!(found(orchestrator, TRACING, ""), 0, "{orchestrator}");
    }
    assert_eq!(found("{name: JAEGER_SAMPLER_TYPE, value: remote}", TRACING, ""), 1);
}

#[test]
fn servers_that_may_not_be_the_wrapper_s_or_are_kept_out_are_not_half_on() {
    let found = |head: &str, spec: &str, graph: &str| {
        let text = format!(
            "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: iris{head}}}\n\
             spec: {{predictors: [{{svcOrchSpec: {{env: [{ALL}]}}, graph: {{name: c{graph}}}, \
             componentSpecs: [{{spec: {{containers: [{{name: c}}, {{name: sidecar}}]}}}}]}}]{spec}}}\n"
        );
        let linted = linted(&text, &Selection::default(), &[Rule::find("ST010").unwrap()]).unwrap();
        linted.findings.len()
    };
    assert_eq!(found("", "", ""), 1);
    assert_eq!(found("", ", protocol: seldon", ""), 1);
    assert_eq!(found("", ", protocol: v2", ""), 0);
    assert_eq!(found("", "", ", implementation: TRITON_SERVER"), 0);
    assert_eq!(found("", "", ", implementation: SKLEARN_SERVER, envSecretRefName: x"), 0);
    assert_eq!(found(", annotations: {seldon-trace/skip: 'true'}", "", ""), 0);
    assert_eq!(found(", annotations: {seldon-trace/skip: c}", "", ""), 0);
    assert_eq!(found(", annotations: {seldon-trace/skip: d}", "", ""), 1);
}

#[test]
fn an_agent_is_bypassed_only_in_its_own_pod() {
    let host_ip = "valueFrom: {fieldRef: {fieldPath: status.hostIP}}";
    let found = |variable: &str, agent: &str, spec: &str| {
        let env = format!("env: [{{name: {variable}, {host_ip}}}]");
        let pods = format!(
            "{{spec: {{containers: [{{name: c, {env}}}, {agent}]}}}}, {{spec: {{containers: [{{name: d, {env}}}]}}}}"
        );
        let predictor =
            format!("svcOrchSpec: {{{env}}}, graph: {{name: c, children: [{{name: d}}]}}, componentSpecs: [{pods}]");
        messages("ST028", &with_spec(&format!("predictors: [{{{predictor}}}]{spec}"))).len()
    };
    let datadog = "{name: agent, image: 'registry:5000/datadog/agent:7@sha256:00'}";
    assert_eq!(found("DD_AGENT_HOST", datadog, ""), 2);
    assert_eq!(found("DD_AGENT_HOST", datadog, ", annotations: {seldon.io/engine-separate-pod: 'true'}"), 1);
    assert_eq!(found("JAEGER_AGENT_HOST", datadog, ""), 0);
    assert_eq!(found("JAEGER_AGENT_HOST", "{name: jaeger-agent}", ""), 2);
    assert_eq!(found("JAEGER_AGENT_HOST", "{name: x, image: jaegertracing/jaeger-agent}", ""), 2);
    for other in ["{name: agent}", "{name: x, image: mydatadog/agent}", "{name: x, image: datadog/agent-proxy}"] {
        assert_eq!(found("DD_AGENT_HOST", other, ""), 0, "{other}");
    }
}

#[test]
fn a_half_traced_predictor_is_switched_on_like_its_other_units() {
    let host = "{name: JAEGER_AGENT_HOST, value: jaeger}";
    let with = |orchestrator: &str, env: &str| {
        let containers = predictor("name: c", &format!("{{name: c, env: [{env}]}}"));
        deployment(&format!("svcOrchSpec: {{env: [{orchestrator}]}}, {containers}"))
    };
    // The fix writes the executor's own port, not the default of `enable`.
    let text = with(&format!("{ALL}, {host}"), "");
    let after = fixed("ST010", &text);
    assert!(after.contains("name: JAEGER_AGENT_PORT, value: \"6831\"") || after.contains("'6831'"), "{after}");
    assert!(!after.contains("5775"), "{after}");
    let rate = "{name: DD_SAMPLE_RATE, value: '0.01'}";
    let agent = "{name: DD_AGENT_HOST, value: x}";
    let after = fixed("ST010", &with("", &format!("{DATADOG}, {agent}, {rate}")));
    assert_eq!(after.matches("name: DD_SAMPLE_RATE").count(), 2, "{after}");
    assert_eq!(after.matches("0.01").count(), 2, "{after}");
    let after = fixed("ST010", &with("", &format!("{DATADOG}, {agent}, {{name: DD_TRACE_AGENT_PORT, value: '9126'}}")));
    assert_eq!(after.matches("9126").count(), 2, "{after}");
    assert!(!after.contains("DATADOG_TRACE_AGENT_PORT"), "{after}");
    let sampler = |kind: &str, param: &str| {
        format!("{{name: JAEGER_SAMPLER_TYPE, value: {kind}}}, {{name: JAEGER_SAMPLER_PARAM, value: '{param}'}}")
    };
    for (orchestrator, container) in [
        (ALL, ""),
        ("", TRACING),
        (&*format!("{}, {host}", sampler("probabilistic", "0.01")), ""),
        (&*format!("{ALL}, {{name: JAEGER_AGENT_HOST, value: localhost}}"), ""),
        // Their wrapper exits at a fraction.
        (&*format!("{DATADOG}, {agent}, {rate}"), ""),
    ] {
        let text = with(orchestrator, container);
        assert_eq!(messages("ST010", &text).len(), 1, "{text}");
        assert_eq!(fixed("ST010", &text), text);
    }
}
