//! What the image of a container tells of its program.

use super::*;

#[test]
fn another_program_is_unknown() {
    let tracing = format!("env: [{AGENT}, {{name: TRACING, value: '1'}}]");
    for (fields, verdict) in [
        (tracing.clone(), "yes"),
        (format!("image: 'seldonio/mlserver:1.3.5', {tracing}"), "unknown"),
        (format!("image: 'nvcr.io/nvidia/tritonserver:23.01', {tracing}"), "unknown"),
        (format!("image: 'mirror.example.com/nvidia/inferenceserver:18.08.1-py3', {tracing}"), "unknown"),
        (format!("image: 'gcr.io/images/tensorflow-serving-1.8:v1', {tracing}"), "unknown"),
        (format!("image: 'vllm/vllm-openai:v0.5', {tracing}"), "unknown"),
        (format!("image: 'mirror.example.com:5000/nginx:1.25', {tracing}"), "unknown"),
        (format!("image: 'example.com/redis-ranker:6', {tracing}"), "yes"),
        (format!("image: 'seldonio/tfserving-proxy:1.18.2', {tracing}"), "yes"),
        (format!("command: [python, serve.py], {tracing}"), "unknown"),
        (format!("command: [seldon-core-microservice, Model], {tracing}"), "yes"),
        (
            format!("env: [{AGENT}, {{name: TRACING, value: '1'}}, {{name: MLSERVER_MODEL_NAME, value: 'c'}}]"),
            "unknown",
        ),
        ("image: 'seldonio/mlserver:1.3.5'".to_owned(), "no"),
    ] {
        assert_eq!(container(&fields).split(' ').nth(1), Some(verdict), "{fields}");
    }
}

#[test]
fn an_old_wrapper_traces_rest_calls_although_off() {
    let reason = "and the wrapper of this image traces REST calls all the same";
    let state = |orchestrator: &str, fields: &str| {
        let graph = format!("graph: {{name: c}}, componentSpecs: [{{spec: {{containers: [{{name: c, {fields}}}]}}}}]");
        surveyed(&format!("svcOrchSpec: {{env: [{orchestrator}]}}, {graph}")).remove(1)
    };
    let off = "image: 'seldonio/mock_classifier:1.7.0', env: [{name: TRACING, value: '0'}]";
    assert_eq!(state(ALL, off), format!("c unknown TRACING is `0`, {reason}"));
    assert_eq!(
        state(ALL, "image: 'seldonio/mock_classifier:1.5.0'"),
        format!("c unknown TRACING is not set, {reason}")
    );
    for (orchestrator, fields) in [
        // Its calls say that nothing is sampled.
        ("", off),
        (ALL, "image: 'seldonio/mock_classifier:1.9.0'"),
        (ALL, "image: 'seldonio/mock_classifier:1.4.0'"),
        (ALL, "image: 'seldonio/mock_classifier:1.7.0', env: [{name: TRACING, value: x}]"),
    ] {
        assert!(state(orchestrator, fields).starts_with("c no"), "{fields}");
    }
}
