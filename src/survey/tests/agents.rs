//! Agents in the pod, and Datadog's library.

use super::*;

#[test]
fn a_jaeger_container_in_the_pod_takes_spans_by_its_version() {
    let judged = |image: &str, address: &str| {
        let containers = format!("{{name: c, env: [{{name: TRACING, value: '1'}}, {address}]}}, {{name: x, {image}}}");
        let pod = format!("graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{containers}]}}}}]");
        surveyed(&format!("svcOrchSpec: {{env: [{ALL}, {address}]}}, {pod}"))
    };
    let verdict = |image: &str, port: &str| {
        let address =
            format!("{{name: JAEGER_AGENT_PORT, value: '{port}'}}, {{name: JAEGER_AGENT_HOST, value: localhost}}");
        judged(image, &address)[1].split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for (image, port, expected) in [
        ("image: 'jaegertracing/all-in-one:1.50'", "5775", "yes"),
        ("image: 'jaegertracing/all-in-one:1.76.0'", "6831", "no"),
        ("image: 'docker.io/jaegertracing/all-in-one:latest'", "6831", "unknown"),
        ("image: jaegertracing/all-in-one", "5775", "unknown"),
        ("image: 'jaegertracing/jaeger:2.5.0'", "6831", "yes"),
        ("image: 'jaegertracing/jaeger:2.5.0'", "5775", "no"),
        ("image: 'jaegertracing/jaeger:2.5.0', args: [--config, /etc/x]", "5775", "unknown"),
        ("image: 'jaegertracing/jaeger:2.0.0'", "6831", "no"),
        ("image: 'jaegertracing/jaeger-agent:1.50'", "5775", "yes"),
    ] {
        assert_eq!(verdict(image, port), expected, "{image} {port}");
    }
    let url = "{name: JAEGER_ENDPOINT, value: 'http://localhost:14268/api/traces'}";
    for (image, expected) in [("all-in-one:1.76", "yes"), ("all-in-one", "yes"), ("jaeger-agent:1.5", "no")] {
        let found = judged(&format!("image: 'jaegertracing/{image}'"), url);
        assert_eq!(found[0].split(' ').nth(1), Some(expected), "{found:?}");
    }
}

/// The mount and the volume of Datadog's library.
const MOUNT: &str = "volumeMounts: [{name: d, mountPath: /datadog-lib}]";
const VOLUME: &str = "volumes: [{name: d, emptyDir: {}}]";

/// The state of a container `c` in a pod with these fields, without an executor.
fn in_pod(pod: &str) -> String {
    surveyed(&format!(
        "annotations: {{seldon.io/no-engine: 'true'}}, graph: {{name: c}}, componentSpecs: [{{spec: {{{pod}}}}}]"
    ))
    .remove(1)
}

#[test]
fn an_injected_library_has_to_be_copied_mounted_and_loaded() {
    let init = |tag: &str, mount: &str| {
        format!("initContainers: [{{name: i, image: 'gcr.io/datadoghq/dd-lib-python-init{tag}', {mount}}}]")
    };
    let own = |fields: &str| {
        let env = "env: [{name: PYTHONPATH, value: /datadog-lib/}, {name: DD_AGENT_HOST, value: dd}]";
        format!("containers: [{{name: c, {fields}, {env}}}]")
    };
    let (mounted, bare) = (own(&format!("image: i, {MOUNT}")), own("image: i"));
    let stock = |release: &str| own(&format!("image: 'seldonio/mock_classifier:{release}', {MOUNT}"));
    let (whole, other) = (init(":v2", MOUNT), init(":v2", "volumeMounts: [{name: e, mountPath: /datadog-lib}]"));
    let not_copied = "no init container copies Datadog's library into the volume at /datadog-lib: it is not loaded";
    let not_mounted = "PYTHONPATH has /datadog-lib, and no volume is mounted there: Datadog's library is not loaded";
    let in_image = "PYTHONPATH has /datadog-lib, no volume is mounted there, and the image may have Datadog's library";
    let not_shown = "the manifest does not show if the volume at /datadog-lib has Datadog's library";
    let old = "this version of Datadog's library needs Python 3.9";
    for (pod, verdict, reason) in [
        (format!("{VOLUME}, {whole}, {mounted}"), "yes", ""),
        (bare.clone(), "unknown", in_image),
        (format!("{VOLUME}, {whole}, {bare}"), "unknown", in_image),
        (format!("{VOLUME}, {whole}, {}", own("image: 'seldonio/mock_classifier:1.18.2'")), "no", not_mounted),
        (format!("{whole}, {mounted}"), "no", "the pod lacks the volume"),
        (format!("{VOLUME}, {mounted}"), "no", not_copied),
        (format!("{VOLUME}, {other}, {mounted}"), "no", not_copied),
        (format!("volumes: [{{name: d, hostPath: {{path: /opt}}}}], {mounted}"), "unknown", not_shown),
        (format!("volumes: [{{name: d, csi: {{driver: x}}}}], {mounted}"), "unknown", not_shown),
        (format!("volumes: [{{name: d, image: {{reference: x}}}}], {mounted}"), "unknown", not_shown),
        (format!("{VOLUME}, initContainers: [{{name: i, image: mine, {MOUNT}}}], {mounted}"), "unknown", not_shown),
        (format!("{VOLUME}, {}, {}", init(":v4", MOUNT), stock("1.18.2")), "no", old),
        (format!("{VOLUME}, {}, {}", init(":latest", MOUNT), stock("1.18.2")), "no", old),
        (format!("{VOLUME}, {}, {}", init("", MOUNT), stock("1.18.2")), "no", old),
        (format!("{VOLUME}, {}, {}", init(":v4", MOUNT), stock("1.19.0")), "yes", ""),
        (format!("{VOLUME}, {}, {mounted}", init(":v4", MOUNT)), "unknown", old),
        // It is not an image that `disable` takes for the library's, so that its content is not known.
        (format!("{VOLUME}, {}, {}", init("-mine:v4", MOUNT), stock("1.18.2")), "unknown", not_shown),
        (format!("{VOLUME}, {whole}, {}", stock("1.18.2")), "yes", ""),
    ] {
        let state = in_pod(&pod);
        assert!(state.starts_with(&format!("c {verdict} ")) && state.contains(reason), "{pod}: {state}");
    }
    let admission = |label: &str, tag: &str| {
        surveyed(&format!(
            "labels: {{admission.datadoghq.com/enabled: '{label}'}}, graph: {{name: c}}, annotations: \
             {{admission.datadoghq.com/c.python-lib.version: {tag}}}, componentSpecs: [{{spec: {{containers: \
             [{{name: c, image: 'seldonio/mock_classifier:1.18.2'}}]}}}}]"
        ))
        .remove(1)
    };
    assert_eq!(admission("true", "v2"), "c unknown Datadog's admission controller may inject its library");
    assert!(admission("true", "v4").starts_with(&format!("c no {old}")));
    assert!(admission("false", "v2").starts_with("c no the label"));
}

#[test]
fn datadog_s_library_is_read_where_the_manifest_shows_it() {
    const HOST: &str = "{name: DD_AGENT_HOST, value: dd}";
    let run = |env: &str| container(&format!("command: [ddtrace-run, seldon-core-microservice, M], env: [{env}]"));
    assert_eq!(run(HOST), "c yes datadog | http://dd:8126 | by the agent");
    assert!(run(&format!("{HOST}, {{name: DD_TRACE_ENABLED, value: 'no'}}")).starts_with("c no"));
    assert!(run("{name: DD_AGENT_HOST, value: 'dd:8126'}").starts_with("c no"));
    assert!(run("").starts_with("c unknown"));
    // From version 4 on, the library exits at a port such as 8126.0.
    let injected = |tag: &str, port: &str| {
        let path = "{name: PYTHONPATH, value: /datadog-lib/}";
        let env = format!("env: [{HOST}, {path}, {{name: DD_TRACE_AGENT_PORT, value: '{port}'}}]");
        let init = format!("{{name: i, image: 'gcr.io/datadoghq/dd-lib-python-init:{tag}', {MOUNT}}}");
        in_pod(&format!("{VOLUME}, initContainers: [{init}], containers: [{{name: c, image: i, {MOUNT}, {env}}}]"))
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(injected("v2", "8126"), "yes");
    let beside = surveyed(
        "annotations: {seldon.io/no-engine: 'true'}, graph: {name: c}, componentSpecs: [{spec: {initContainers: \
         [{name: i, image: 'gcr.io/datadoghq/dd-lib-python-init:v2'}], containers: [{name: c}]}}]",
    );
    assert!(beside[1].starts_with("c no "), "the library is not on its path: {beside:?}");
    assert_eq!(injected("v4", "8126.0"), "no");
    // If an injected library exits, the program runs without it, and the wrapper sends its own spans.
    let path = "{name: PYTHONPATH, value: /datadog-lib/}, {name: DD_AGENT_HOST, value: 'dd:1'}";
    let own = format!("{{name: TRACING, value: '1'}}, {AGENT}");
    let reason = "DD_AGENT_HOST: `dd:1` is wrong: it has a port, or is more than a host: Datadog's library";
    let injected_with = |env: &str| {
        let init = format!("{{name: i, image: 'dd-lib-python-init:v2', {MOUNT}}}");
        in_pod(&format!("{VOLUME}, initContainers: [{init}], containers: [{{name: c, {MOUNT}, env: [{env}]}}]"))
    };
    let alone = injected_with(path);
    assert!(alone.starts_with("c no datadog") && alone.ends_with(&format!("{reason} is not loaded")), "{alone}");
    assert_eq!(injected_with(&format!("{path}, {own}")), "c yes jaeger | jaeger:5775 | const 1");
    let bad = "{name: TRACING, value: '1'}, {name: JAEGER_AGENT_PORT, value: '0'}";
    assert!(injected_with(&format!("{path}, {bad}")).ends_with(&format!("{reason} is not loaded")));
    let off = "{name: PYTHONPATH, value: /datadog-lib/}, {name: DD_TRACE_ENABLED, value: 'false'}";
    assert_eq!(injected_with(&format!("{off}, {own}")), "c yes jaeger | jaeger:5775 | const 1");
    assert!(
        run(&format!("{{name: DD_AGENT_HOST, value: 'dd:1'}}, {own}")).ends_with(&format!("{reason} exits at start"))
    );
    let annotation = "admission.datadoghq.com/c.python-lib.version: v2";
    let label = "labels: {admission.datadoghq.com/enabled: 'true'}";
    let states = surveyed(&format!(
        "{label}, annotations: {{{annotation}, seldon.io/no-engine: 'true'}}, graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{{name: c}}]}}}}]"
    ));
    assert_eq!(states[1], "c unknown Datadog's admission controller may inject its library");
    let states = surveyed(&format!(
        "{label}, annotations: {{{annotation}, seldon.io/no-engine: 'true'}}, graph: {{name: c}}, componentSpecs: [{{spec: {{containers: \
         [{{name: c, env: [{{name: DD_AGENT_HOST, value: 'dd:1'}}]}}]}}}}]"
    ));
    assert_eq!(states[1], format!("c no {reason}, if injected, is not loaded"));
    let graph = "annotations: {seldon.io/no-engine: 'true'}, graph: {name: c}, componentSpecs: [{spec: {containers: [{name: c}]}}]";
    let states =
        surveyed_with(&format!("{label}, {graph}"), &format!("annotations: {{{annotation}}},"), &Selection::default());
    assert_eq!(states[1], "c unknown Datadog's admission controller may inject its library");
}

#[test]
fn a_port_or_socket_of_another_service_takes_no_spans_of_datadog_s_library() {
    let run = "command: [ddtrace-run, seldon-core-microservice, Model]";
    for (env, verdict) in [
        ("{name: DD_AGENT_HOST, value: dd}, {name: DD_TRACE_AGENT_PORT, value: '8125'}", "no"),
        ("{name: DD_AGENT_HOST, value: dd}, {name: DD_AGENT_PORT, value: '4317'}", "no"),
        ("{name: DD_TRACE_AGENT_URL, value: 'http://collector:4318'}", "no"),
        ("{name: DD_AGENT_HOST, value: dd}, {name: DD_TRACE_AGENT_PORT, value: '8127'}", "yes"),
        (
            "{name: DD_TRACE_AGENT_URL, value: 'http://collector:4318'}, {name: OTEL_TRACES_EXPORTER, value: otlp}",
            "yes",
        ),
    ] {
        let state = container(&format!("{run}, env: [{env}]"));
        assert_eq!(state.split(' ').nth(1), Some(verdict), "{env}: {state}");
    }
    let agent = "{name: agent, image: 'datadog/agent:7', env: [{name: DD_APM_RECEIVER_PORT, value: '4318'}]}";
    let env = "env: [{name: DD_TRACE_AGENT_URL, value: 'http://localhost:4318'}]";
    let state = in_pod(&format!("containers: [{{name: c, {run}, {env}}}, {agent}]"));
    assert!(state.starts_with("c yes"), "{state}");
    let socket = |name: &str| {
        let env = format!("env: [{{name: DD_TRACE_AGENT_URL, value: 'unix:///var/run/datadog/{name}'}}]");
        let mount = "volumeMounts: [{name: d, mountPath: /var/run/datadog}]";
        let volume = "volumes: [{name: d, hostPath: {path: /var/run/datadog}}]";
        in_pod(&format!("containers: [{{name: c, {run}, {env}, {mount}}}], {volume}"))
    };
    assert!(socket("apm.socket").starts_with("c yes"));
    assert!(socket("dsd.socket").ends_with("dsd.socket is the agent's for metrics"));
}
