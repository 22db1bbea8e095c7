//! Reviews as the API server sends them. `tests/webhook` has them from here.

use serde_json::{Value, json};

/// A review of an object that is created.
pub(crate) fn review_of(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let version = object["apiVersion"].as_str().and_then(|version| version.split('/').nth(1)).unwrap_or_default();
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "e911857d-c318-11e8-bbad-025000000001",
            "kind": { "group": "machinelearning.seldon.io", "version": version, "kind": "SeldonDeployment" },
            "resource": { "group": "machinelearning.seldon.io", "version": version, "resource": "seldondeployments" },
            "name": metadata["name"].as_str().unwrap_or_default(),
            "namespace": metadata["namespace"].as_str().unwrap_or("default"),
            "operation": "CREATE",
            "userInfo": { "username": "me" },
            "object": object,
            "oldObject": null,
        },
    })
}

/// A deployment of one container.
pub(crate) fn deployment() -> Value {
    json!({
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "metadata": { "name": "iris", "namespace": "models" },
        "spec": { "predictors": [{
            "name": "main",
            "graph": { "name": "classifier" },
            "componentSpecs": [{ "spec": { "containers": [{ "name": "classifier", "image": "a/b:1" }] } }],
        }] },
    })
}

/// The operations of a response; none without a patch.
pub(crate) fn operations_of(response: &Value) -> Vec<Value> {
    let bytes: Option<Vec<u8>> = serde_json::from_value(response["patch"].clone()).unwrap();
    bytes.map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default()
}
