//! Datadog's variables, and variables of both backends in one place.

use super::*;

#[test]
fn what_the_datadog_wrapper_reads_is_not_found() {
    let found = |name: &str, value: &str| {
        let env = format!("{DATADOG}, {{name: {name}, value: '{value}'}}");
        severities("ST005", &deployment(&predictor("name: c", &format!("{{name: c, env: [{env}]}}"))))
    };
    for (name, right, wrong) in [
        ("DD_SAMPLE_RATE", ["1", "$(MY_PORT)", " 1 "], &["$(RATE)", "half", "nan", "50%", ""][..]),
        ("DD_TAGS", ["a:b", "a:b, c:d", "a:b,c:"], &["a:b,", "a:b,,c:d", "a"][..]),
    ] {
        for value in right {
            assert_eq!(found(name, value), [], "{name} {value}");
        }
        for value in wrong {
            assert_eq!(found(name, value), [Severity::Error], "{name} {value}");
        }
    }
    let found_otherwise = |rule: &str, name: &str, value: &str| {
        let env = format!("{DATADOG}, {{name: {name}, value: '{value}'}}");
        found_by(rule, &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len()
    };
    for port in ["x", "tcp://x:8126", "8126.0", "0", "99999"] {
        assert_eq!(found_otherwise("ST032", "DATADOG_TRACE_AGENT_PORT", port), 1, "{port}");
    }
    for rate in ["50", "-1"] {
        assert_eq!(found_otherwise("ST040", "DD_SAMPLE_RATE", rate), 1, "{rate}");
    }
    for (name, value) in
        [("DD_SAMPLE_RATE", "0.75"), ("DD_SAMPLE_RATE", "1.0"), ("DD_TAGS", "a:b:c"), ("DD_TAGS", "a:b c:d")]
    {
        assert_eq!(found(name, value), [Severity::Info], "{name} {value}");
    }
}

#[test]
fn values_that_a_library_beside_the_wrapper_replaces_are_found() {
    let found = |env: &str| {
        let mount = "volumeMounts: [{name: d, mountPath: /datadog-lib}]";
        let init = format!("initContainers: [{{name: i, image: 'dd-lib-python-init:v2', {mount}}}]");
        let path = "{name: PYTHONPATH, value: /datadog-lib/}, {name: DD_TRACE_ENABLED, value: 'yes'}";
        let containers = format!("containers: [{{name: c, {mount}, env: [{path}, {env}]}}]");
        let spec = format!("volumes: [{{name: d, emptyDir: {{}}}}], {init}, {containers}");
        found_by("ST040", &format!("graph: {{name: c}}, componentSpecs: [{{spec: {{{spec}}}}}]"))
    };
    let message = "DD_TRACE_ENABLED is `yes`, which Datadog's library takes for false, since only true and 1 switch \
                   tracing on";
    assert_eq!(found("{name: A, value: b}"), [message]);
    assert_eq!(found(&format!("{TRACING}, {{name: JAEGER_AGENT_HOST, value: jaeger}}")), [message]);
}

#[test]
fn both_backends_are_reported_only_if_both_are_on() {
    let found = |env: &str| found_by("ST011", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len();
    let host = "{name: JAEGER_AGENT_HOST, value: x}";
    assert_eq!(found(&format!("{DATADOG}, {host}")), 1);
    assert_eq!(found(&format!("{{name: DD_ENABLED, value: '1'}}, {host}")), 0);
    assert_eq!(found(&format!("{TRACING}, {{name: DD_ENABLED, value: '0'}}, {host}")), 0);
    let command_line =
        predictor("name: c", &format!("{{name: c, args: [$(JAEGER_AGENT_HOST)], env: [{DATADOG}, {host}]}}"));
    assert_eq!(found_by("ST011", &command_line).len(), 0);
}

#[test]
fn datadog_is_reported_once_per_deployment() {
    let containers = format!("{{name: c, env: [{DATADOG}]}}, {{name: d, env: [{DATADOG}]}}");
    let both = predictor("name: c, children: [{name: d}]", &containers);
    let found =
        |orchestrator: &str| found_by("ST020", &format!("svcOrchSpec: {{env: [{orchestrator}]}}, {both}")).len();
    assert_eq!(found(DATADOG), 1);
    assert_eq!(found(ALL), 1);
    let off = predictor("name: c", "{name: c, env: [{name: DD_ENABLED, value: '1'}]}");
    assert_eq!(found_by("ST020", &off).len(), 0);
}

#[test]
fn a_rate_becomes_a_rule_if_the_meaning_is_clear() {
    const RATE: &str = "{name: DD_TRACE_SAMPLE_RATE, value: '0.5'}";
    const RULE: &str = r#"{name: DD_TRACE_SAMPLING_RULES, value: '[{"sample_rate":0.5}]'}"#;
    let with = |env: &str| deployment(&predictor("name: c", &format!("{{name: c, env: [{env}]}}")));
    for (env, right) in [
        (RATE, RULE),
        (&*format!("{RATE}, {RATE}, {RATE}"), RULE),
        (&*format!("{{name: DD_TRACE_SAMPLING_RULES, value: ''}}, {RATE}"), RULE),
        (&*format!("{RATE}, {RULE}, {RATE}"), RULE),
    ] {
        assert_eq!(fixed("ST029", &with(env)), with(right), "{env}");
    }
    for other in [
        "{name: DD_TRACE_SAMPLE_RATE, valueFrom: {configMapKeyRef: {name: a, key: b}}}",
        "{name: DD_TRACE_SAMPLE_RATE, value: half}",
        &format!("{RATE}, {{name: MINE, value: $(DD_TRACE_SAMPLE_RATE)}}"),
        &format!("{RATE}, {{name: DD_TRACE_SAMPLING_RULES, value: '[]'}}"),
        &format!(r#"{RATE}, {{name: DD_TRACE_SAMPLING_RULES, value: '[{{"service":"x","sample_rate":0.5}}]'}}"#),
    ] {
        let text = with(other);
        assert_eq!(messages("ST029", &text).len(), 1, "{other}");
        assert_eq!(fixed("ST029", &text), text, "{other}");
        assert!(!helps("ST029", &text).concat().contains('…'), "{other}");
    }
    // The orchestrator's library is dd-trace-go.
    assert_eq!(found_by("ST029", &format!("svcOrchSpec: {{env: [{RATE}]}}")).len(), 0);
}

#[test]
fn jaeger_s_variables_stay_where_others_trace_to_it() {
    let host = "{name: JAEGER_AGENT_HOST, value: x}";
    let with = |orchestrator: &str, env: &str| {
        let containers = predictor("name: c", &format!("{{name: c, env: [{env}]}}"));
        deployment(&format!("svcOrchSpec: {{env: [{orchestrator}]}}, {containers}"))
    };
    let text = with(ALL, &format!("{DATADOG}, {host}"));
    assert_eq!(
        messages("ST011", &text),
        [
            "DD_ENABLED switches Datadog on beside JAEGER_AGENT_HOST",
            "c traces to Datadog, while the orchestrator traces to Jaeger: no trace is whole"
        ]
    );
    assert_eq!(fixed("ST011", &text), text);
    let text = with("", &format!("{DATADOG}, {host}"));
    assert_eq!(messages("ST011", &text).len(), 1);
    assert_eq!(fixed("ST011", &text), with("", DATADOG));
    assert_eq!(messages("ST011", &with(DATADOG, DATADOG)), Vec::<String>::new());
}

#[test]
fn datadog_s_variables_are_left_over_where_nothing_switches_it_on() {
    let with = |env: &str| deployment(&predictor("name: c", &format!("{{name: c, env: [{TRACING}{env}]}}")));
    let rate = ", {name: DD_SAMPLE_RATE, value: '1'}, {name: DATADOG_TRACE_AGENT_PORT, value: '8126'}";
    assert_eq!(fixed("ST011", &with(rate)), with(""));
    assert_eq!(messages("ST011", &with(rate)).len(), 2);
    for other in [
        &*format!("{rate}, {{name: DD_ENABLED, value: '0'}}"),
        ", {name: DD_SERVICE, value: x}, {name: DD_TRACE_AGENT_PORT, value: '8126'}",
    ] {
        assert_eq!(messages("ST011", &with(other)), Vec::<String>::new(), "{other}");
    }
}

#[test]
fn a_switch_that_a_client_reads_as_off_is_found() {
    let found = |value: &str| {
        let env = format!("env: [{TRACING}, {{name: DD_ENABLED, value: '{value}'}}]");
        let predictor = predictor("name: c", &format!("{{name: c, {env}}}"));
        found_by("ST040", &format!("svcOrchSpec: {{{env}}}, {predictor}")).len()
    };
    for (value, count) in [("on", 2), ("yes", 1), ("y", 2), ("1", 0), ("0", 0), ("off", 0), ("", 0), ("$(X)", 0)] {
        assert_eq!(found(value), count, "{value}");
    }
}
