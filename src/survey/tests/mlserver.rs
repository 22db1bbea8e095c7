//! MLServer, as a prepackaged server and as a container.

use super::*;

const ADDRESS: &str = "{name: MLSERVER_TRACING_SERVER, value: 'c:4317'}";

/// The state of MLServer 1.7.1 with this env.
fn mlserver(env: &str) -> String {
    let of_container = container(&format!("image: 'seldonio/mlserver:1.7.1', env: [{env}]"));
    of_container.trim_start_matches("c ").to_owned()
}

#[test]
fn what_opentelemetry_does_not_sample_is_off() {
    for (env, state) in [
        ("", "yes c:4317 | parentbased_always_on"),
        (
            ", {name: OTEL_TRACES_SAMPLER, value: ALWAYS_OFF}",
            "no c:4317 | ALWAYS_OFF | OTEL_TRACES_SAMPLER is `ALWAYS_OFF`",
        ),
        (
            ", {name: OTEL_TRACES_SAMPLER, value: parentbased_always_off}",
            "no c:4317 | parentbased_always_off | OTEL_TRACES_SAMPLER is `parentbased_always_off`",
        ),
        (
            ", {name: OTEL_TRACES_SAMPLER, value: traceidratio}, {name: OTEL_TRACES_SAMPLER_ARG, value: '0'}",
            "no c:4317 | traceidratio | OTEL_TRACES_SAMPLER_ARG is `0`",
        ),
        (
            ", {name: OTEL_TRACES_SAMPLER, value: traceidratio}, {name: OTEL_TRACES_SAMPLER_ARG, value: '0.5'}",
            "yes c:4317 | traceidratio 0.5",
        ),
        (
            ", {name: OTEL_SDK_DISABLED, value: 'true'}",
            "no c:4317 | parentbased_always_on | OTEL_SDK_DISABLED is `true`",
        ),
        (
            ", {name: OTEL_SDK_DISABLED, valueFrom: {configMapKeyRef: {name: a, key: b}}}",
            "unknown c:4317 | parentbased_always_on | OTEL_SDK_DISABLED comes from configMapKeyRef",
        ),
    ] {
        assert_eq!(mlserver(&format!("{ADDRESS}{env}")), state, "{env}");
    }
}

#[test]
fn its_address_is_expanded_and_checked() {
    let address = |value: &str| format!("{{name: MLSERVER_TRACING_SERVER, value: '{value}'}}");
    let host = "{name: HOST_IP, value: c}";
    let node = "{name: HOST_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}";
    for (env, state) in [
        (format!("{host}, {}", address("$(HOST_IP):4317")), "yes c:4317 | parentbased_always_on"),
        (format!("{node}, {}", address("$(HOST_IP):4317")), "yes status.hostIP:4317 | parentbased_always_on"),
        (
            format!("{}, {host}", address("$(HOST_IP):4317")),
            "no $(HOST_IP):4317 | parentbased_always_on | MLSERVER_TRACING_SERVER: no variable before it defines what it \
             refers to",
        ),
        (
            address("c:4318"),
            "no c:4318 | parentbased_always_on | MLSERVER_TRACING_SERVER: port 4318 is the port for OTLP over HTTP, \
             and MLServer sends OTLP over gRPC",
        ),
        (
            format!("{}, {}", address("c:1"), address("")),
            "no  | parentbased_always_on | MLSERVER_TRACING_SERVER: an empty value is not the address of a collector: \
             gRPC finds no collector there",
        ),
    ] {
        assert_eq!(mlserver(&env), state, "{env}");
    }
}

#[test]
fn the_operator_moves_the_last_of_two_addresses_to_the_first() {
    let env = "{name: MLSERVER_TRACING_SERVER, value: 'c:4317'}, {name: HOST_IP, value: c}, \
               {name: MLSERVER_TRACING_SERVER, value: '$(HOST_IP):4317'}";
    let predictor = format!(
        "graph: {{name: c, implementation: SKLEARN_SERVER}}, \
         componentSpecs: [{{spec: {{containers: [{{name: c, image: 'mlserver:1.7.1', env: [{env}]}}]}}}}]"
    );
    let state = surveyed_with(&predictor, "protocol: v2,", &Selection::default()).remove(1);
    assert!(state.contains("$(HOST_IP):4317"), "{state}");
}

#[test]
fn one_container_s_state_is_not_another_s() {
    assert!(mlserver(ADDRESS).starts_with("yes"));
    assert!(container("image: other").ends_with("no TRACING is not set"));
    assert!(mlserver(ADDRESS).starts_with("yes"));
}
