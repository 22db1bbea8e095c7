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
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let Some(patch) = response["patch"].as_str() else { return Vec::new() };
    let digits = patch.trim_end_matches('=').bytes().map(|digit| DIGITS.find(char::from(digit)).unwrap());
    let bits: Vec<usize> = digits.flat_map(|digit| (0..6).rev().map(move |at| digit >> at & 1)).collect();
    let byte = |bits: &[usize]| u8::try_from(bits.iter().fold(0, |byte, bit| byte << 1 | bit)).unwrap();
    let bytes: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    serde_json::from_slice(&bytes).unwrap()
}
