//! Each rule on its own example: found where it is wrong, not where it is right, and not where a comment allows it.

use super::*;
use crate::findings::lint;
use crate::manifest::selection::Selection;
use crate::plan::{Policy, Task};
use crate::transform::Transformer;

/// A deployment whose orchestrator and whose graph's container have this env.
fn manifest(env: &str) -> String {
    manifest_of(env, env)
}

fn manifest_of(orchestrator: &str, container: &str) -> String {
    let indented = |indent: &str, env: &str| env.lines().map(|line| format!("{indent}{line}\n")).collect::<String>();
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata:\n  name: \"iris\"\nspec:\n  predictors:\n  \
         - name: main\n    graph: {{name: classifier}}\n    svcOrchSpec:\n      env:\n{}    componentSpecs:\n    - spec:\n        \
         containers:\n        - name: classifier\n          env:\n{}",
        indented("      ", orchestrator),
        indented("          ", container)
    )
}

/// A deployment that holds a rule's example: an env list, or a whole `spec`.
fn example(text: &str) -> String {
    let spec = text.lines().any(|line| line.starts_with("spec:")).then(|| {
        format!("apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata:\n  name: iris\n{text}\n")
    });
    spec.unwrap_or_else(|| manifest(text))
}

/// The rules that find something in a text.
fn found(text: &str) -> Vec<&'static str> {
    let rules: Vec<&Rule> = RULES.iter().collect();
    let linted = lint(text, &Selection::default(), &rules).unwrap();
    linted.findings.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn every_rule_finds_what_its_example_says() {
    for rule in RULES {
        assert!(found(&example(rule.wrong)).contains(&rule.id), "{}", rule.id);
        assert!(!found(&example(rule.right)).contains(&rule.id), "{}", rule.id);
    }
}

#[test]
fn a_fix_makes_the_example_right() {
    for rule in RULES {
        let policy = Policy::new(Task::Fix(vec![rule]), Selection::default());
        let wrong = example(rule.wrong);
        let fixed = Transformer::new(&policy).transform(&wrong).unwrap().edits.apply(&wrong);
        // Many a rule looks at the one list or at the other.
        let (right, wrong) = (rule.right, rule.wrong);
        let lists = [manifest_of(right, wrong), manifest_of(wrong, right)].into_iter().chain([example(right)]);
        match rule.fix {
            Some(_) => assert!(lists.into_iter().any(|right| right == fixed), "{}\n{fixed}", rule.id),
            None => assert_eq!(fixed, example(wrong), "{}", rule.id),
        }
    }
}

#[test]
fn a_comment_on_the_line_or_above_it_allows() {
    for rule in RULES {
        let finds = |comment: &str, is_above: bool| {
            let lines = rule.wrong.lines().map(|line| match is_above {
                true => format!("# {comment}\n{line}\n"),
                false => format!("{line} # {comment}\n"),
            });
            found(&example(&lines.collect::<String>())).contains(&rule.id)
        };
        for is_above in [false, true] {
            assert!(!finds(&format!("seldon-trace: allow {}", rule.id), is_above), "{}", rule.id);
            assert!(!finds(&format!("seldon-trace: allow ST999, {}", rule.id), is_above), "{}", rule.id);
            assert!(finds("seldon-trace: allow ST999", is_above), "{}", rule.id);
        }
    }
}

#[test]
fn a_comment_above_an_entry_allows_what_is_found_at_its_value() {
    let found = |env: &str| found(&manifest(env)).contains(&"ST001");
    assert!(!found("# seldon-trace: allow ST001\n- name: A\n  value: 1"));
    assert!(!found("- name: A # seldon-trace: allow ST001\n  value: 1"));
    assert!(found("- name: A\n  value: 1\n# seldon-trace: allow ST001\n- name: B\n  value: b"));
    assert!(found("# seldon-trace: allow ST001\n\n- name: A\n  value: 1"));
}

#[test]
fn rules_stand_in_the_order_of_their_numbers() {
    assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(Rule::find("st016").map(|rule| rule.id), Some("ST016"));
}

#[test]
fn what_is_right_has_no_finding() {
    let orchestrator =
        format!("{ALL}, {{name: JAEGER_AGENT_PORT, value: '6831'}}, {{name: JAEGER_SERVICE_NAME, value: iris}}");
    let containers = predictor("name: c", &format!("{{name: c, env: [{TRACING}]}}"));
    let text = deployment(&format!("svcOrchSpec: {{env: [{orchestrator}]}}, {containers}"));
    assert_eq!(found(&text), Vec::<&str>::new());
}

/// A deployment with these fields of its only predictor, in YAML's flow style.
fn deployment(predictor: &str) -> String {
    with_spec(&format!("predictors: [{{{predictor}}}]"))
}

/// A deployment with these fields of its `spec`, in YAML's flow style.
fn with_spec(spec: &str) -> String {
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: iris}}\nspec: {{{spec}}}\n"
    )
}

/// The findings of a rule in a text.
fn messages(rule: &str, text: &str) -> Vec<String> {
    let linted = lint(text, &Selection::default(), &[Rule::find(rule).unwrap()]).unwrap();
    linted.findings.into_iter().map(|finding| finding.message).collect()
}

/// How bad the findings of a rule in a text are.
fn severities(rule: &str, text: &str) -> Vec<Severity> {
    let linted = lint(text, &Selection::default(), &[Rule::find(rule).unwrap()]).unwrap();
    linted.findings.into_iter().map(|finding| finding.severity).collect()
}

/// The findings of a rule in a deployment with these fields of its only predictor.
fn found_by(rule: &str, predictor: &str) -> Vec<String> {
    messages(rule, &deployment(predictor))
}

/// A predictor whose graph is this one, with containers of these names and fields.
fn predictor(graph: &str, containers: &str) -> String {
    format!("graph: {{{graph}}}, componentSpecs: [{{spec: {{containers: [{containers}]}}}}]")
}

const TRACING: &str = "{name: TRACING, value: '1'}";
const DATADOG: &str = "{name: TRACING, value: '1'}, {name: DD_ENABLED, value: '1'}";
const ALL: &str = "{name: JAEGER_SAMPLER_TYPE, value: const}, {name: JAEGER_SAMPLER_PARAM, value: '1'}";

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
    assert!(lint(&text, &selection, &[Rule::find("ST015").unwrap()]).unwrap().findings.is_empty());
}

#[test]
fn a_port_that_something_else_brings_or_nothing_can_is_not_missed() {
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
fn off_is_off_where_it_may_be() {
    let found = |env: &str| found_by("ST019", &format!("svcOrchSpec: {{env: [{env}]}}")).len();
    let off = "{name: TRACING, value: '0'}";
    assert_eq!(found(&format!("{off}, {ALL}")), 1);
    assert_eq!(found(&format!("{off}, {{name: JAEGER_AGENT_HOST, value: x}}")), 0);
    let reference = "{name: JAEGER_DISABLED, valueFrom: {configMapKeyRef: {name: x, key: y}}}";
    assert_eq!(found(&format!("{off}, {ALL}, {reference}")), 0);
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
fn what_the_datadog_wrapper_reads_is_not_found() {
    let found = |name: &str, value: &str| {
        let env = format!("{DATADOG}, {{name: {name}, value: '{value}'}}");
        severities("ST005", &deployment(&predictor("name: c", &format!("{{name: c, env: [{env}]}}"))))
    };
    for (name, right, wrong) in [
        ("DD_SAMPLE_RATE", ["1", "", " 1 "], &["half", "nan", "50%", "50", "-1"][..]),
        ("DATADOG_TRACE_AGENT_PORT", ["8126", "$(PORT)", ""], &["x", "tcp://x:8126", "8126.0", "0", "99999"][..]),
        ("DD_TAGS", ["a:b", "a:b, c:d", "a:b,c:"], &["a:b,", "a:b,,c:d", "a"][..]),
    ] {
        for value in right {
            assert_eq!(found(name, value), [], "{name} {value}");
        }
        for value in wrong {
            assert_eq!(found(name, value), [Severity::Error], "{name} {value}");
        }
    }
    for (name, value) in
        [("DD_SAMPLE_RATE", "0.75"), ("DD_SAMPLE_RATE", "1.0"), ("DD_TAGS", "a:b:c"), ("DD_TAGS", "a:b c:d")]
    {
        assert_eq!(found(name, value), [Severity::Info], "{name} {value}");
    }
}

#[test]
fn backends_are_at_once_only_where_both_are_on() {
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
fn a_sampler_of_const_1_beside_a_file_is_not_found() {
    let env = format!("{TRACING}, {ALL}, {{name: JAEGER_CONFIG_PATH, value: /mnt/models/x}}");
    assert_eq!(found_by("ST027", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len(), 0);
}

#[test]
fn a_port_by_hand_matters_only_beside_tracing() {
    let port = "{name: MLSERVER_HTTP_PORT, value: '9000'}";
    let found = |env: &str| found_by("ST017", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len();
    assert_eq!(found(&format!("{TRACING}, {port}")), 1);
    assert_eq!(found(port), 0);
}

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
        "{name: JAEGER_SAMPLER_TYPE, value: remote}",
        "{name: JAEGER_AGENT_PORT, value: udp}",
        "{name: WORKERS, value: 4}",
    ] {
        assert_eq!(found(orchestrator, TRACING, ""), 0, "{orchestrator}");
    }
    assert_eq!(found("{name: JAEGER_SAMPLER_TYPE, value: ratelimiting}", TRACING, ""), 1);
}

#[test]
fn servers_that_may_not_be_the_wrapper_s_or_are_kept_out_are_not_half_on() {
    let found = |head: &str, spec: &str, graph: &str| {
        let text = format!(
            "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: iris{head}}}\n\
             spec: {{predictors: [{{svcOrchSpec: {{env: [{ALL}]}}, graph: {{name: c{graph}}}, \
             componentSpecs: [{{spec: {{containers: [{{name: c}}, {{name: sidecar}}]}}}}]}}]{spec}}}\n"
        );
        let linted = lint(&text, &Selection::default(), &[Rule::find("ST010").unwrap()]).unwrap();
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
    let linted = lint(&text, &selection, &[Rule::find("ST018").unwrap()]).unwrap();
    let paths: Vec<&str> = linted.findings.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(paths, ["spec.predictors[1].env"]);
}

#[test]
fn datadog_is_told_once_in_a_deployment() {
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
fn a_wrapper_that_goes_on_is_found_by_its_image() {
    let found = |image: &str, tracing: &str| {
        let env = format!("{{name: TRACING, value: '{tracing}'}}");
        let container = format!("{{name: c, image: '{image}', env: [{env}]}}");
        found_by("ST019", &predictor("name: c", &container)).len()
    };
    assert_eq!(found("seldonio/sklearnserver:1.7.0", "0"), 1);
    assert_eq!(found("seldonio/sklearnserver:1.7.0", "1"), 0);
    assert_eq!(found("seldonio/sklearnserver:1.9.0", "0"), 0);
    assert_eq!(found("seldonio/sklearnserver:1.4.0", "0"), 0);
    assert_eq!(found("iris:1.7.0", "0"), 0);
}

#[test]
fn a_file_is_there_where_a_volume_is_mounted_over_it() {
    let found = |path: &str, mounts: &str| {
        let env = format!("{{name: JAEGER_CONFIG_PATH, value: '{path}'}}");
        let container = format!("{{name: c, env: [{env}], volumeMounts: [{mounts}]}}");
        found_by("ST027", &predictor("name: c", &container)).len()
    };
    let path = "/etc/tracing/config.yaml";
    for mount in ["/etc/tracing", "/etc/tracing/", "/etc", "/", "/etc/tracing/config.yaml"] {
        assert_eq!(found(path, &format!("{{mountPath: {mount}}}")), 0, "{mount}");
        assert_eq!(found(path, &format!("{{mountPath: /x}}, {{name: v, mountPath: {mount}}}")), 0, "{mount}");
    }
    for mount in ["/etc/trac", "/etc/tracing/config", "/x"] {
        assert_eq!(found(path, &format!("{{mountPath: {mount}}}")), 1, "{mount}");
    }
    assert_eq!(found(path, ""), 1);
    for elsewhere in ["config.yaml", "$(DIR)/x", "/$(DIR)/x", "", "/mnt/models/x.yaml"] {
        assert_eq!(found(elsewhere, ""), 0, "{elsewhere}");
    }
}

#[test]
fn annotations_for_the_executor_are_found_with_what_they_come_to() {
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
    assert_eq!(found(host, "{annotations: {seldon.io/no-engine: 'true'}}").len(), 0);
    for other in ["engine-separate-pod", "engine-log-level", "engine-jaeger-config-path", "rest-timeout"] {
        assert_eq!(found(other, "{}"), Vec::<String>::new(), "{other}");
    }
}

#[test]
fn an_agent_is_passed_by_only_in_its_own_pod() {
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

/// The findings of a rule in a deployment with these annotations, these variables of its orchestrator and these of its
/// only container.
fn beside_annotations(rule: &str, annotations: &str, orchestrator: &str, container: &str) -> Vec<String> {
    let predictor = predictor("name: c", &format!("{{name: c, env: [{container}]}}"));
    let spec = format!(
        "annotations: {{{annotations}}}, predictors: [{{svcOrchSpec: {{env: [{orchestrator}]}}, {predictor}}}]"
    );
    messages(rule, &with_spec(&spec))
}

#[test]
fn annotations_give_the_executor_what_its_list_does_not() {
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
    let user = "{name: JAEGER_USER, value: me}";
    assert_eq!(found("ST004", "log-level: x", user), 1);
    assert_eq!(found("ST004", "jaeger-password: hush", user), 0);
    for (rule, orchestrator) in [("ST004", "{name: JAEGER_SAMPLER_TYPE, value: bogus}"), ("ST021", ALL)] {
        assert_eq!(found(rule, "log-level: x", orchestrator), 1);
        assert_eq!(found(rule, "dd-enabled: 'true'", orchestrator), 0, "{rule}");
    }
    let bad = "jaeger-agent-port: 'udp://x', seldon.io/engine-jaeger-sampler-type: always";
    assert_eq!(found("ST004", bad, ""), 2);
    // The list wins.
    assert_eq!(found("ST004", bad, "{name: JAEGER_AGENT_PORT, value: '6831'}"), 1);
    assert_eq!(found("ST014", "jaeger-agent-port: '6832', seldon.io/engine-jaeger-sampler-param: '1'", TYPE), 1);
}

#[test]
fn an_empty_user_is_none_to_the_executor() {
    let found = |env: &str| found_by("ST004", &format!("svcOrchSpec: {{env: [{env}]}}")).len();
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
    // The port is read all the same.
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
fn nothing_brings_nothing() {
    let sampler = "{name: JAEGER_SAMPLER_PARAM, value: '0.1'}";
    let found = |more: &str, env: &str| {
        found_by("ST016", &predictor("name: c", &format!("{{name: c, {more}env: [{env}{sampler}]}}"))).len()
    };
    assert_eq!(found("envFrom: [], ", ""), 1);
    assert_eq!(found("envFrom: [{configMapRef: {name: x}}], ", ""), 0);
    assert_eq!(found("", "{name: JAEGER_CONFIG_PATH, value: ''}, "), 1);
    assert_eq!(found("", "{name: JAEGER_CONFIG_PATH, value: /x}, "), 0);
}

/// What fixing by a rule makes of a text.
fn fixed(rule: &str, text: &str) -> String {
    let policy = Policy::new(Task::Fix(vec![Rule::find(rule).unwrap()]), Selection::default());
    Transformer::new(&policy).transform(text).unwrap().edits.apply(text)
}

#[test]
fn a_rate_becomes_a_rule_where_that_is_plain() {
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

/// What the findings of a rule say to do.
fn helps(rule: &str, text: &str) -> Vec<String> {
    let linted = lint(text, &Selection::default(), &[Rule::find(rule).unwrap()]).unwrap();
    linted.findings.into_iter().map(|finding| finding.help).collect()
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
fn what_is_half_on_is_switched_on_like_the_rest() {
    let host = "{name: JAEGER_AGENT_HOST, value: jaeger}";
    let with = |orchestrator: &str, env: &str| {
        let containers = predictor("name: c", &format!("{{name: c, env: [{env}]}}"));
        deployment(&format!("svcOrchSpec: {{env: [{orchestrator}]}}, {containers}"))
    };
    // The executor's own port, and not the one that `enable` writes.
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
        // Their wrapper ends at a fraction.
        (&*format!("{DATADOG}, {agent}, {rate}"), ""),
    ] {
        let text = with(orchestrator, container);
        assert_eq!(messages("ST010", &text).len(), 1, "{text}");
        assert_eq!(fixed("ST010", &text), text);
    }
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
fn a_credential_is_known_by_its_name_and_by_what_it_says() {
    let found = |name: &str, value: &str| {
        found_by("ST025", &predictor("name: c", &format!("{{name: c, env: [{{name: {name}, value: '{value}'}}]}}")))
            .len()
    };
    for name in ["DD_API_KEY", "JAEGER_PASSWORD", "AWS_SECRET_ACCESS_KEY", "DB_TOKEN", "CLIENT_SECRET", "db_password"] {
        assert_eq!(found(name, "hunter2"), 1, "{name}");
        for other in ["", "/var/run/x", "ENC[api_key]", "$(OTHER)", "${OTHER}", "{{ .Values.x }}", "true"] {
            assert_eq!(found(name, other), 0, "{name} {other}");
        }
    }
    for name in [
        "DD_SECRET_BACKEND_COMMAND",
        "TLS_KEY_FILE",
        "DD_APM_REPLACE_KEY_REGEXP",
        "AWS_ACCESS_KEY_ID",
        "CACHE_KEY",
        "PUBLIC_KEY",
        "PAD_TOKEN",
        "MAX_TOKENS",
        "TOKENIZER",
    ] {
        assert_eq!(found(name, "hunter2"), 0, "{name}");
    }
}

#[test]
fn a_credential_in_an_annotation_is_an_error() {
    let annotation = "seldon.io/engine-jaeger-password: hush";
    let found = |rule: &str, annotation: &str| beside_annotations(rule, annotation, "", "");
    assert_eq!(found("ST025", annotation), ["seldon.io/engine-jaeger-password stands here for all to read"]);
    assert_eq!(found("ST022", annotation), Vec::<String>::new());
    assert_eq!(found("ST025", "seldon.io/engine-jaeger-user: me").len(), 0);
}

#[test]
fn an_endpoint_that_go_can_t_read_ends_the_executor() {
    let found =
        |url: &str| found_by("ST004", &format!("svcOrchSpec: {{env: [{{name: JAEGER_ENDPOINT, value: '{url}'}}]}}"));
    for url in ["http://jaeger:14268/api/traces", "/api", "jaeger:14268", "http://[::1]:14268", "", "http://a%20b/x?%"]
    {
        assert_eq!(found(url), Vec::<String>::new(), "{url}");
    }
    for url in ["jaeger/api", "jaeger", "http://jaeger:x/api", "http://user:hunter2@x/%zz", "1http://x", ":x"] {
        assert_eq!(found(url), ["JAEGER_ENDPOINT is no absolute URL, at which the executor ends"], "{url}");
    }
}

#[test]
fn a_value_that_is_no_scalar_is_no_string() {
    let found = |value: &str| {
        found_by("ST001", &predictor("name: c", &format!("{{name: c, env: [{{name: DB_TOKEN, value: {value}}}]}}")))
    };
    let is_list = "DB_TOKEN is a list or a mapping, which Kubernetes does not take for a string";
    assert_eq!(found("[1]"), [is_list]);
    assert_eq!(found("{a: b}"), [is_list]);
    assert_eq!(found("5"), ["DB_TOKEN has a value without quotes, which Kubernetes does not take for a string"]);
    assert_eq!(found("'5'"), Vec::<String>::new());
}

#[test]
fn a_name_is_counted() {
    let found = |count: usize| {
        let env = vec!["{name: A, value: x}"; count].join(", ");
        found_by("ST012", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).concat()
    };
    assert_eq!(found(2), "A stands twice in this env; the last one counts");
    assert_eq!(found(20), "A stands 20 times in this env; the last one counts");
}

#[test]
fn of_what_is_not_selected_no_key_is_misplaced() {
    let text = with_spec("predictors: [{name: a, env: [{name: A}]}], componentSpecs: [{spec: {}}]");
    let found = |predictor: &str| {
        let glob = globset::Glob::new(predictor).unwrap().compile_matcher();
        let selection = Selection { predictor: Some(glob), ..Selection::default() };
        lint(&text, &selection, &[Rule::find("ST018").unwrap()]).unwrap().findings.len()
    };
    assert_eq!(found("a"), 2);
    assert_eq!(found("nosuch"), 0);
}

#[test]
fn tags_end_the_wrapper_where_it_reads_them() {
    let found = |env: &str, tags: &str| {
        let env = format!("{env}, {{name: JAEGER_TAGS, value: '{tags}'}}");
        found_by("ST003", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len()
    };
    for tags in ["a=b,", "a=b=c", "a"] {
        assert_eq!(found(TRACING, tags), 1, "{tags}");
        assert_eq!(found("{name: TRACING, value: '0'}", tags), 0, "{tags}");
        assert_eq!(found(DATADOG, tags), 0, "{tags}");
    }
    for tags in ["a=b", "a=b, c=d", "", "a=$(B),"] {
        assert_eq!(found(TRACING, tags), 0, "{tags}");
    }
}
