//! Keys and containers with a wrong name or in the wrong place.

use super::*;

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
        ("predictors: [], annotations: {seldon.io/no-engine: 'true'}", "seldon.io/no-engine is read on a predictor"),
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
    let linted = linted(&text, &selection, &[Rule::find("ST018").unwrap()]).unwrap();
    let paths: Vec<&str> = linted.findings.iter().map(|finding| finding.diagnostic.path.as_str()).collect();
    assert_eq!(paths, ["spec.predictors[1].env"]);
}

#[test]
fn keys_of_an_unselected_deployment_are_not_checked() {
    let text = with_spec("predictors: [{name: a, env: [{name: A}]}], componentSpecs: [{spec: {}}]");
    let found = |predictor: &str| {
        let glob = globset::Glob::new(predictor).unwrap().compile_matcher();
        let selection = Selection { predictor: Some(glob), ..Selection::default() };
        linted(&text, &selection, &[Rule::find("ST018").unwrap()]).unwrap().findings.len()
    };
    assert_eq!(found("a"), 2);
    assert_eq!(found("nosuch"), 0);
}

#[test]
fn a_misspelled_key_is_found_on_the_path_to_an_env_list() {
    for (predictor, message) in [
        (
            "graph: {name: c}, svcOrchspec: {env: [{name: A, value: b}]}",
            "`svcOrchspec` is no field of a predictor: did you mean `svcOrchSpec`?",
        ),
        (
            "graph: {name: c}, componentSpec: [{spec: {containers: [{name: c}]}}]",
            "`componentSpec` is no field of a predictor: did you mean `componentSpecs`?",
        ),
        (
            "graph: {name: c}, componentSpecs: [{spec: {container: [{name: c}]}}]",
            "`container` is no field of a pod's `spec`: did you mean `containers`?",
        ),
        (
            "graph: {name: c}, componentSpecs: [{spec: {containers: [{name: c, envs: [{name: A, value: b}]}]}}]",
            "`envs` is no field of a container: did you mean `env`?",
        ),
        (
            "graph: {name: c}, svcOrchSpec: {env: [{name: A, vaule: b}]}",
            "`vaule` is no field of an env entry: did you mean `value`?",
        ),
        (
            "graph: {name: c}, svcOrchSpec: {env: [{name: A, val: b}]}",
            "`val` is no field of an env entry: the API server drops it",
        ),
        (
            "graph: {name: c}, svcOrchSpec: {env: [{name: A, valueFrom: {fieldref: {fieldPath: metadata.name}}}]}",
            "`fieldref` is no field of `valueFrom`: did you mean `fieldRef`?",
        ),
        (
            "graph: {name: c}, svcOrchSpec: {env: [{name: A, valueFrom: {fieldRef: {fieldpath: metadata.name}}}]}",
            "`fieldpath` is no field of `fieldRef`: did you mean `fieldPath`?",
        ),
    ] {
        assert_eq!(found_by("ST018", predictor), [message]);
    }
    // Fields of Seldon and Kubernetes, and keys without content.
    for predictor in [
        "graph: {name: c}, replicas: 2, componentSpecs: [{hpaSpec: {maxReplicas: 2}, spec: {volumes: [{name: v}]}}]",
        "graph: {name: c}, componentSpecs: [{spec: {containers: [{name: c, envFrom: [{secretRef: {name: s}}], tty: true}]}}]",
        "graph: {name: c}, svcOrchspec: {}",
        "graph: {name: c}, svcOrchSpec: {env: [{name: A, $patch: delete}]}",
        "graph: {name: c}, svcOrchSpec: {env: [{name: A, valueFrom: {secretKeyRef: {name: x, key: y, optional: true}}}]}",
    ] {
        assert_eq!(found_by("ST018", predictor), Vec::<String>::new(), "{predictor}");
    }
    let text = with_spec("predictor: [{name: p, graph: {name: c}}]");
    assert_eq!(messages("ST018", &text), ["`predictor` is no field of `spec`: did you mean `predictors`?"]);
}

#[test]
fn a_misspelled_container_is_found_and_gets_no_second_one_beside_it() {
    let graph = "name: classifier, implementation: SKLEARN_SERVER";
    let near = "{name: clasifier, image: 'example/iris:1', env: [{name: A, value: b}]}";
    assert_eq!(
        found_by("ST031", &predictor(graph, near)),
        ["no graph node is named clasifier; did you mean classifier, which has no container?"]
    );
    // The operator adds the image of a prepackaged server.
    let bare = "{name: clasifier, env: [{name: TRACING, value: '1'}]}";
    for server in ["SKLEARN_SERVER", "TRITON_SERVER", "LIGHTGBM_SERVER"] {
        let predictor = predictor(&format!("name: classifier, implementation: {server}"), bare);
        assert_eq!(found_by("ST031", &predictor).len(), 1, "{server}");
        assert_eq!(found_by("ST015", &predictor), Vec::<String>::new(), "{server}");
    }
    // Two candidates, one without an image, a node that needs no container, a different number.
    for (graph, containers) in [
        (graph, "{name: clasifier, image: a}, {name: classifer, image: a}"),
        ("name: classifier", "{name: clasifier}"),
        ("name: classifier, implementation: SIMPLE_MODEL", "{name: clasifier, image: a}"),
        ("name: model-1", "{name: model-2, image: a}"),
        ("name: classifier", "{name: classifier, image: a}, {name: clasifier, image: a}"),
    ] {
        assert_eq!(found_by("ST031", &predictor(graph, containers)), Vec::<String>::new(), "{containers}");
    }
    let orchestrator = format!("svcOrchSpec: {{env: [{ALL}, {{name: JAEGER_AGENT_HOST, value: jaeger}}]}}");
    for near in [near, bare] {
        let text = deployment(&format!("{orchestrator}, {}", predictor(graph, near)));
        assert_eq!(fixed("ST010", &text), text);
    }
}

#[test]
fn no_second_block_is_written_beside_a_key_that_the_api_server_drops() {
    let host = "{name: JAEGER_AGENT_HOST, value: jaeger}";
    let (orchestrator, traced) =
        (format!("svcOrchSpec: {{env: [{ALL}, {host}]}}"), format!("env: [{TRACING}, {host}, {ALL}]"));
    let untraced_container = |predictor: &str, pod: &str, container: &str| {
        deployment(&format!(
            "{orchestrator}, {predictor}, graph: {{name: c}}, componentSpecs: [{{{pod}, spec: {{containers: [{{name: c, {container}}}]}}}}]"
        ))
    };
    let untraced_orchestrator = |predictor: &str| {
        deployment(&format!(
            "{predictor}, graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{{name: c, {traced}}}]}}}}]"
        ))
    };
    let server =
        |pods: &str| deployment(&format!("{orchestrator}, graph: {{name: c, implementation: SKLEARN_SERVER}}, {pods}"));
    let (pod, predictor) = ("replicas: 1", "replicas: 1");
    for key in ["envs", "Env", "ENV", "en", "envVars", "enviroment", "environment", "envfrom"] {
        let text = untraced_container(predictor, pod, &format!("{key}: [{TRACING}]"));
        assert_eq!((messages("ST018", &text).len(), fixed("ST010", &text)), (1, text.clone()), "{key}");
    }
    for key in ["svcorchSpec", "svcOrcSpec", "SvcOrchSpecs", "svc_orch_spec", "svcOrchestratorSpec", "serviceOrchSpec"]
    {
        let text = untraced_orchestrator(&format!("{key}: {{env: [{ALL}]}}"));
        assert_eq!((messages("ST018", &text).len(), fixed("ST010", &text)), (1, text.clone()), "{key}");
    }
    for text in [
        untraced_orchestrator(&format!("svcOrchSpec: {{envs: [{ALL}]}}")),
        untraced_orchestrator(&format!("svcOrchSpec: {{spec: {{env: [{ALL}]}}}}")),
        untraced_orchestrator(&format!("env: [{ALL}]")),
        untraced_orchestrator("annotations: {seldon.io/engine-jaeger-sampler-type: const}"),
        untraced_orchestrator("replicas: 1")
            .replace("{name: iris}", "{name: iris, annotations: {seldon.io/engine-jaeger-sampler-type: const}}"),
        untraced_orchestrator("replicas: 1")
            .replace("spec: {predictors", &format!("spec: {{svcOrchSpec: {{env: [{ALL}]}}, predictors")),
        untraced_container(&format!("componentSpec: [{{spec: {{containers: [{{{traced}}}]}}}}]"), pod, "image: i"),
        untraced_container(&format!("containers: [{{{traced}}}]"), pod, "image: i"),
        untraced_container(predictor, &format!("containers: [{{{traced}}}]"), "image: i"),
        untraced_container(predictor, "Spec: {containers: [{name: c}]}", "image: i"),
        untraced_container(predictor, pod, "image: i")
            .replace("graph: {name: c", &format!("graph: {{name: c, {traced}")),
        server(&format!("componentSpec: [{{spec: {{containers: [{{name: c, {traced}}}]}}}}]")),
        server(&format!("componentSpecs: [{{spec: {{conatiners: [{{name: c, {traced}}}]}}}}]")),
    ] {
        assert_eq!(messages("ST010", &text).len(), 1, "{text}");
        assert_eq!(fixed("ST010", &text), text);
        assert!(helps("ST010", &text).concat().contains("correct that first"), "{text}");
    }
    // Those of other units.
    for text in [
        untraced_container(&format!("svcorchSpec: {{env: [{ALL}]}}"), pod, "image: i"),
        untraced_container("annotations: {seldon.io/engine-jaeger-sampler-type: const}", pod, "image: i"),
        untraced_container(predictor, pod, "image: i}, {name: other, envs: [{name: A, value: b}]"),
        untraced_orchestrator(&format!("componentSpec: [{{spec: {{containers: [{{{traced}}}]}}}}]")),
        untraced_orchestrator("annotations: {seldon.io/engine-log-level: debug}"),
    ] {
        assert_ne!(fixed("ST010", &text), text);
    }
}

#[test]
fn only_the_name_of_a_predictor_may_be_a_duplicate_key() {
    assert_eq!(
        found_by("ST038", "name: main, graph: {name: c}, name: main"),
        ["the key `name` is in this predictor twice"]
    );
    for text in [
        deployment("name: main, graph: {name: c}, name: other"),
        deployment("name: main, graph: {name: c, name: c}"),
        with_spec("predictors: [{name: main}], predictors: [{name: main}]"),
    ] {
        assert!(linted(&text, &Selection::default(), &[Rule::find("ST038").unwrap()]).is_err(), "{text}");
    }
}
