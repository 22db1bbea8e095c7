//! Variables, sockets and labels in the wrong place.

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
    // The agents of both backends have variables of their own.
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
fn variables_of_a_selected_sidecar_are_not_unread() {
    let sidecar = predictor("name: c", &format!("{{name: c}}, {{name: other, env: [{TRACING}]}}"));
    let text = deployment(&sidecar);
    let selection = Selection { all_containers: true, ..Selection::default() };
    assert!(linted(&text, &selection, &[Rule::find("ST015").unwrap()]).unwrap().findings.is_empty());
}

#[test]
fn a_port_by_hand_matters_only_beside_tracing() {
    let port = "{name: MLSERVER_HTTP_PORT, value: '9000'}";
    let found = |env: &str| found_by("ST017", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len();
    assert_eq!(found(&format!("{TRACING}, {port}")), 1);
    assert_eq!(found(port), 0);
}

#[test]
fn a_variable_for_a_node_s_field_matters_only_with_the_field() {
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
fn without_an_executor_its_variables_are_not_read() {
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
fn a_socket_needs_a_volume_and_the_orchestrator_can_have_none() {
    let url = "{name: DD_TRACE_AGENT_URL, value: 'unix:///var/run/datadog/apm.socket'}";
    let mount = "volumeMounts: [{name: v, mountPath: /var/run/datadog}]";
    let found = |fields: &str, volumes: &str| {
        let pod = format!("spec: {{containers: [{{name: c, env: [{url}]{fields}}}]{volumes}}}");
        found_by("ST033", &format!("graph: {{name: c}}, componentSpecs: [{{{pod}}}]"))
    };
    let (mount, volume) = (format!(", {mount}"), ", volumes: [{name: v, hostPath: {path: /var/run/datadog}}]");
    assert_eq!(found("", ""), ["DD_TRACE_AGENT_URL is a socket, and no volume is mounted there"]);
    assert_eq!(found("", volume), ["DD_TRACE_AGENT_URL is a socket, and no volume is mounted there"]);
    assert_eq!(found(&mount, volume).len(), 0);
    let message = "DD_TRACE_AGENT_URL is a socket, and the pod lacks the volume that is mounted there, so that the API \
                   server refuses it";
    assert_eq!(found(&mount, ""), [message]);
    assert_eq!(found(&mount, &volume.replace("name: v", "name: w")), [message]);
    assert_eq!(found(&mount, &volume.replace("name: v", "name: '${V}'")).len(), 0, "a placeholder");
    assert_eq!(found_by("ST033", &format!("graph: {{name: c}}, svcOrchSpec: {{env: [{url}]}}")).len(), 1);
}

#[test]
fn a_library_that_needs_a_later_python_is_found_beside_stock_images() {
    let annotated = |graph: &str, version: &str, containers: &str| {
        let key = "admission.datadoghq.com/c.python-lib.version";
        let label = "labels: {admission.datadoghq.com/enabled: 'true'}";
        let graph = predictor(graph, containers);
        found_by("ST037", &format!("{label}, annotations: {{{key}: {version}}}, {graph}")).len()
    };
    assert_eq!(annotated("name: c", "v4", "{name: c, image: 'seldonio/mock_classifier:1.18.2'}"), 1);
    assert_eq!(annotated("name: c", "v4.1.0", "{name: c, image: 'seldonio/mock_classifier:1.18.2'}"), 1);
    assert_eq!(annotated("name: c", "v2", "{name: c, image: 'seldonio/mock_classifier:1.18.2'}"), 0);
    assert_eq!(annotated("name: c", "v4", "{name: c, image: 'seldonio/mock_classifier:1.19.0'}"), 0);
    assert_eq!(annotated("name: c", "v4", "{name: c, image: 'example/mine:1'}"), 1, "information");
    let text = "graph: {name: c}, annotations: {admission.datadoghq.com/c.python-lib.version: v2}, \
                componentSpecs: [{spec: {containers: [{name: c, image: i}]}}]";
    assert!(found_by("ST037", text)[0].starts_with("the label admission.datadoghq.com/enabled is missing"));
    let path = "{name: c, image: i, env: [{name: PYTHONPATH, value: /datadog-lib/}]}";
    assert_eq!(found_by("ST037", &predictor("name: c", path)).len(), 1);
    // Annotations of `spec` reach the pods, unless the predictor has them.
    let of_spec = |fields: &str| {
        let pod = predictor("name: c", "{name: c, image: 'seldonio/mock_classifier:1.18.2'}");
        let key = "admission.datadoghq.com/python-lib.version";
        let pod = format!("labels: {{admission.datadoghq.com/enabled: 'true'}}, {pod}");
        let spec = format!("annotations: {{{key}: v4}}, predictors: [{{{fields} {pod}}}, {{{fields} {pod}}}]");
        messages("ST037", &with_spec(&spec)).len()
    };
    assert_eq!(of_spec(""), 1);
    assert_eq!(of_spec("annotations: {admission.datadoghq.com/python-lib.version: v2},"), 0);
}

#[test]
fn the_advice_for_a_library_is_about_the_label_or_annotation_in_effect() {
    let label = |value: &str| format!("labels: {{admission.datadoghq.com/enabled: '{value}'}}");
    let version = |value: &str| format!("annotations: {{admission.datadoghq.com/python-lib.version: {value}}}");
    let helps_of = |predictor: &str, pod: &str| {
        let container = "{name: c, image: 'seldonio/mock_classifier:1.18.2'}";
        let spec = format!("{{metadata: {{{pod}}}, spec: {{containers: [{container}]}}}}");
        let other = "{spec: {containers: [{name: first, image: i}]}}";
        let graph = "graph: {name: first, children: [{name: c}]}";
        helps("ST037", &deployment(&format!("{graph}, {predictor}, componentSpecs: [{other}, {spec}]")))
    };
    let of_pod = "write admission.datadoghq.com/enabled: 'true' in the `metadata` of the component spec: its label \
                  overrides the predictor's";
    let of_predictor = "give the predictor the label admission.datadoghq.com/enabled: 'true'";
    let name = "admission.datadoghq.com/c.python-lib.version: v2";
    let annotation = format!("annotations: {{{name}}}");
    assert_eq!(helps_of(&format!("{annotation}, {}", label("true")), &label("false")), [of_pod]);
    assert_eq!(helps_of(&format!("{annotation}, {}", label("false")), "a: b"), [of_predictor]);
    assert_eq!(helps_of(&annotation, "a: b"), [of_predictor]);
    // An annotation of the pod takes precedence, and one of another pod requests nothing.
    let predictor = |value: &str| format!("{}, {}", label("true"), version(value));
    assert_eq!(helps_of(&predictor("v2"), &version("v4")), ["write v2"]);
    let helps = helps_of(&predictor("v4"), &version("v2"));
    assert_eq!(helps, ["write v2, unless the image has Python 3.9 or later"], "that of `first` is the predictor's");
}

#[test]
fn labels_of_spec_reach_no_pod() {
    let found = |field: &str, key: &str| {
        messages(
            "ST034",
            &with_spec(&format!("{field}: {{{key}: x}}, predictors: [{{{}}}]", predictor("name: c", "{name: c}"))),
        )
    };
    let message = "the label tags.datadoghq.com/env of `spec` reaches no pod: only predictors have labels";
    assert_eq!(found("labels", "tags.datadoghq.com/env"), [message]);
    assert_eq!(found("labels", "team").len(), 0);
    assert_eq!(found("annotations", "sidecar.opentelemetry.io/inject").len(), 0);
    let message = "tags.datadoghq.com/env is an annotation, and only a label of that name is read";
    assert_eq!(found("annotations", "tags.datadoghq.com/env"), [message]);
    let message = "the label tags.datadoghq.com/c.service of `spec` reaches no pod: only predictors have labels";
    assert_eq!(found("labels", "tags.datadoghq.com/c.service"), [message]);
}

#[test]
fn the_wrapper_does_not_read_the_propagation_of_other_clients() {
    let found = |env: &str| {
        let propagation = "{name: JAEGER_PROPAGATION, value: b3}";
        found_by("ST015", &predictor("name: c", &format!("{{name: c, env: [{env}, {propagation}]}}"))).len()
    };
    assert_eq!(found(TRACING), 1);
    assert_eq!(found("{name: TRACING, value: '0'}"), 0, "the container may have any program");
}

#[test]
fn an_annotation_for_a_container_names_one() {
    let found = |container: &str, more: &str| {
        let annotation = format!("annotations: {{'admission.datadoghq.com/{container}python-lib.version': v2}}");
        let label = "labels: {admission.datadoghq.com/enabled: 'true'}";
        let graph = "graph: {name: c, children: [{name: d, implementation: SKLEARN_SERVER, modelUri: 'gs://x'}]}";
        let pod = "componentSpecs: [{spec: {containers: [{name: c}, {name: side}]}}]";
        found_by("ST034", &format!("{annotation}, {label}, {graph}, {pod}{more}"))
    };
    let message = "admission.datadoghq.com/e.python-lib.version names a container that no pod of the deployment has";
    assert_eq!(found("e.", ""), [message]);
    for container in ["", "c.", "d.", "side.", "seldon-container-engine.", "${NAME}."] {
        assert_eq!(found(container, ""), Vec::<String>::new(), "{container}");
    }
    assert_eq!(found("e.", ", explainer: {type: AnchorTabular}"), Vec::<String>::new());
}

#[test]
fn a_library_that_is_mounted_has_to_be_on_the_path() {
    let found = |folder: &str, env: &str, more: &str| {
        let mount = |folder: &str| format!("volumeMounts: [{{name: v, mountPath: {folder}}}]");
        let init = format!("{{name: i, image: 'gcr.io/datadoghq/dd-lib-python-init:v2', {}}}", mount("/datadog-lib"));
        let own = format!("{{name: c, {}, env: [{env}]{more}}}", mount(folder));
        let pod = format!("initContainers: [{init}], containers: [{own}], volumes: [{{name: v, emptyDir: {{}}}}]");
        found_by("ST037", &format!("graph: {{name: c}}, componentSpecs: [{{spec: {{{pod}}}}}]"))
    };
    let path = |value: &str| format!("{{name: PYTHONPATH, value: '{value}'}}");
    let missing = "Datadog's library is mounted here, and PYTHONPATH does not name it: it is not loaded";
    assert_eq!(found("/datadog-lib", "", ""), [missing]);
    assert_eq!(found("/datadog-lib", &path(""), ""), [missing]);
    let wrong = "PYTHONPATH does not have the folder of Datadog's library, which is not loaded";
    assert_eq!(found("/datadog-lib", &path("/datadog/"), ""), [wrong]);
    for (folder, env, more) in [
        ("/datadog-lib", path("/app:/datadog-lib/"), ""),
        ("/opt/dd/", path("/opt/dd"), ""),
        ("/datadog-lib", path("$(LIBRARIES)"), ""),
        ("/datadog-lib", "{name: LD_PRELOAD, value: /datadog-lib/x.so}".to_owned(), ""),
        ("/datadog-lib", String::new(), ", envFrom: [{configMapRef: {name: x}}]"),
        ("/datadog-lib", String::new(), ", command: [sh, -c, 'PYTHONPATH=/datadog-lib seldon-core-microservice M']"),
        ("/datadog-lib", String::new(), ", command: [ddtrace-run, seldon-core-microservice, M]"),
    ] {
        assert_eq!(found(folder, &env, more), Vec::<String>::new(), "{folder} {env} {more}");
    }
}

#[test]
fn a_variable_of_a_label_that_nothing_sets_is_found() {
    let found = |fields: &str, metadata: &str| {
        let env = "[{name: DD_ENV, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['tags.datadoghq.com/env']\"}}}]";
        let pod = format!("{{metadata: {{{metadata}}}, spec: {{containers: [{{name: c, env: {env}}}]}}}}");
        let other = "{metadata: {labels: {tags.datadoghq.com/env: x}}, spec: {containers: [{name: d}]}}";
        let predictor =
            format!("{fields} graph: {{name: c, children: [{{name: d}}]}}, componentSpecs: [{pod}, {other}]");
        found_by("ST034", &predictor)
    };
    let message = "DD_ENV is the pod's label tags.datadoghq.com/env, which nothing sets: it is empty";
    assert_eq!(found("", ""), [message]);
    assert_eq!(found("labels: {tags.datadoghq.com/service: x}, ", "labels: {team: x}"), [message]);
    assert_eq!(found("labels: {tags.datadoghq.com/env: x}, ", ""), Vec::<String>::new());
    assert_eq!(found("", "labels: {tags.datadoghq.com/env: x}"), Vec::<String>::new());
    assert_eq!(found("labels: {'${TAG}': x}, ", ""), Vec::<String>::new());
    let annotation = "tags.datadoghq.com/env is an annotation, and only a label of that name is read";
    assert_eq!(found("annotations: {tags.datadoghq.com/env: x}, ", ""), [annotation]);
}

#[test]
fn an_orchestrator_in_its_own_pod_has_no_agent_on_localhost() {
    let found = |env: &str| {
        let spec = format!(
            "annotations: {{seldon.io/engine-separate-pod: 'true'}}, predictors: [{{svcOrchSpec: {{env: [{env}]}}, {}}}]",
            predictor("name: c", "{name: c}")
        );
        messages("ST035", &with_spec(&spec))
    };
    let alone = "and the orchestrator is alone in its pod";
    let url = |name: &str, url: &str| format!("{{name: {name}, value: '{url}'}}");
    let collector = "http://localhost:14268/api/traces";
    let message = format!("JAEGER_ENDPOINT is `{collector}`, {alone}");
    assert_eq!(found(&format!("{ALL}, {}", url("JAEGER_ENDPOINT", collector))), [message]);
    assert_eq!(found(&format!("{ALL}, {}", url("JAEGER_ENDPOINT", "http://jaeger:14268"))).len(), 0);
    // An empty value counts as unset.
    assert_eq!(found(&format!("{ALL}, {}", url("JAEGER_ENDPOINT", ""))).len(), 1);
    let enabled = "{name: DD_ENABLED, value: 'true'}";
    let message = format!("DD_TRACE_AGENT_URL is `http://127.0.0.1:8126`, {alone}");
    assert_eq!(found(&format!("{enabled}, {}", url("DD_TRACE_AGENT_URL", "http://127.0.0.1:8126"))), [message]);
    assert_eq!(found(enabled).len(), 1);
    assert_eq!(found(&format!("{enabled}, {}", url("DD_AGENT_HOST", "dd"))).len(), 0);
}

#[test]
fn propagation_counts_on_the_executor_and_only_as_b3() {
    let found = |orchestrator: &str, container: &str| messages("ST036", &manifest_of(orchestrator, container)).len();
    let entry = |value: &str| format!("- name: JAEGER_TRACE_PROPAGATION_TYPE\n  value: {value}");
    assert_eq!(found(&entry("b3"), "- name: A\n  value: b"), 0);
    assert_eq!(found(&entry("jaeger"), "- name: A\n  value: b"), 0);
    assert_eq!(found(&entry("w3c"), "- name: A\n  value: b"), 1);
    assert_eq!(found("- name: A\n  value: b", &entry("b3")), 1);
}
