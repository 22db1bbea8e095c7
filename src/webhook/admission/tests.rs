mod review;

use std::path::PathBuf;

use serde_json::{Value, json};

use self::review::{deployment, operations_of as patch, review_of};
use super::*;
use crate::run::rewriter as of_file;
use crate::settings::File;

const JAEGER: &str = "backend: jaeger";

fn rewriter(settings: &str) -> Rewriter {
    of_file(File::parse("settings.yaml".to_owned(), PathBuf::new(), settings.to_owned()).unwrap()).unwrap()
}

fn answered(review: &Value, settings: &str, denies: bool) -> (Answer, Value) {
    let answer = answer(review.to_string().as_bytes(), &rewriter(settings), denies).unwrap();
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["response"]["uid"], review["request"]["uid"]);
    (answer, body["response"].clone())
}

fn outcome(review: &Value, settings: &str) -> ReviewOutcome {
    let (answer, response) = answered(review, settings, false);
    assert_eq!(response["allowed"], true);
    assert_eq!(response.get("patch").is_some(), answer.outcome == ReviewOutcome::Patched, "{response}");
    answer.outcome
}

/// The values that a patch adds for a variable, anywhere in it.
fn added<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) if members.get("name").is_some_and(|own| own == name) => {
            found.extend(members.get("value"));
        }
        Value::Object(members) => members.values().for_each(|value| added(value, name, found)),
        Value::Array(items) => items.iter().for_each(|value| added(value, name, found)),
        _ => {}
    }
}

fn values(response: &Value, name: &str) -> Vec<String> {
    let operations = Value::from(patch(response));
    let mut found = Vec::new();
    added(&operations, name, &mut found);
    found.iter().filter_map(|value| value.as_str()).map(str::to_owned).collect()
}

#[test]
fn an_object_that_is_created_gets_a_patch_without_tests() {
    let (answer, response) = answered(&review_of(&deployment()), JAEGER, false);
    assert_eq!((answer.outcome, answer.task.as_str()), (ReviewOutcome::Patched, "jaeger"));
    assert_eq!((answer.namespace.as_str(), answer.name.as_str()), ("models", "iris"));
    assert_eq!((&response["allowed"], &response["patchType"]), (&json!(true), &json!("JSONPatch")));
    assert!(response.get("warnings").is_none(), "{response}");
    let operations = patch(&response);
    assert_eq!(operations.len(), answer.operations);
    assert!(operations.iter().all(|operation| operation["op"] != "test"), "{operations:?}");
    assert_eq!(values(&response, "TRACING"), ["1", "1"]);
}

#[test]
fn all_versions_of_the_main_resource_are_concerned_and_nothing_else() {
    let review = review_of(&deployment());
    for version in ["v1", "v1alpha2", "v1alpha3"] {
        let mut review = review.clone();
        review["request"]["kind"]["version"] = version.into();
        review["request"]["object"]["apiVersion"] = format!("machinelearning.seldon.io/{version}").into();
        assert_eq!(outcome(&review, JAEGER), ReviewOutcome::Patched, "{version}");
    }
    for (path, value) in [
        ("/request/kind/version", json!("v2")),
        ("/request/kind/group", json!("apps")),
        ("/request/kind/kind", json!("Deployment")),
        ("/request/operation", json!("DELETE")),
        ("/request/operation", json!("CONNECT")),
        ("/request/object", json!(null)),
    ] {
        let mut review = review.clone();
        *review.pointer_mut(path).unwrap() = value;
        assert_eq!(outcome(&review, JAEGER), ReviewOutcome::Ignored, "{path}");
    }
    let mut review = review;
    review["request"]["subResource"] = "status".into();
    assert_eq!(outcome(&review, JAEGER), ReviewOutcome::Ignored);
}

#[test]
fn an_update_is_patched_if_its_spec_changes_and_it_is_not_deleted() {
    let mut review = review_of(&deployment());
    review["request"]["operation"] = "UPDATE".into();
    review["request"]["oldObject"] = deployment();
    review["request"]["object"]["metadata"]["annotations"] = json!({ "team": "a" });
    assert_eq!(outcome(&review, JAEGER), ReviewOutcome::Ignored);
    review["request"]["oldObject"]["spec"]["predictors"][0]["replicas"] = 2.into();
    assert_eq!(outcome(&review, JAEGER), ReviewOutcome::Patched);
    review["request"]["object"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    assert_eq!(outcome(&review, JAEGER), ReviewOutcome::Ignored);
}

#[test]
fn an_object_that_needs_nothing_gets_no_patch() {
    let mut skipped = deployment();
    skipped["metadata"]["annotations"] = json!({ "seldon-trace/skip": "true" });
    assert_eq!(outcome(&review_of(&skipped), JAEGER), ReviewOutcome::Unchanged);
    assert_eq!(outcome(&review_of(&deployment()), "action: disable"), ReviewOutcome::Unchanged);
    assert_eq!(outcome(&review_of(&deployment()), "{backend: jaeger, namespace: other}"), ReviewOutcome::Unchanged);
}

#[test]
fn the_namespace_is_that_of_the_request() {
    let mut review = review_of(&deployment());
    review["request"]["object"]["metadata"].as_object_mut().unwrap().remove("namespace");
    let settings = "{backend: datadog, service: '{namespace}-{name}', overrides: [{match: {namespace: models}, sample-rate: 0.5}]}";
    let (_, response) = answered(&review, settings, false);
    assert_eq!(values(&response, "DD_SERVICE"), ["models-iris"; 2], "{:?}", patch(&response));
    assert_eq!(values(&response, "DD_SAMPLE_RATE"), ["0.5"; 2]);
    // It is in the API server already.
    assert!(patch(&response).iter().all(|operation| operation["path"] != "/metadata/namespace"));
}

#[test]
fn overrides_choose_the_backend_and_the_action() {
    let settings = "
backend: jaeger
overrides:
- match: {selector: team=b}
  backend: datadog
- match: {name: 'old-*'}
  action: disable
";
    let mut object = deployment();
    assert_eq!(answered(&review_of(&object), settings, false).0.task, "jaeger");
    object["metadata"]["labels"] = json!({ "team": "b" });
    assert_eq!(answered(&review_of(&object), settings, false).0.task, "datadog");
    object["metadata"]["name"] = "old-iris".into();
    assert_eq!(outcome(&review_of(&object), settings), ReviewOutcome::Unchanged);
    object["spec"]["predictors"][0]["svcOrchSpec"] = json!({ "env": [{ "name": "TRACING", "value": "1" }] });
    let (answer, response) = answered(&review_of(&object), settings, false);
    assert_eq!(answer.task, "off");
    assert!(patch(&response).iter().all(|operation| operation["op"] == "remove"), "{:?}", patch(&response));
}

#[test]
fn a_name_that_is_not_known_yet_is_in_no_service() {
    let mut object = deployment();
    object["metadata"] = json!({ "generateName": "iris-" });
    let settings = "{backend: datadog, service: '{name}-{container}', environment: prod}";
    let (answer, response) = answered(&review_of(&object), settings, false);
    assert_eq!((answer.outcome, answer.name.as_str()), (ReviewOutcome::Patched, "iris-"));
    assert!(values(&response, "DD_SERVICE").is_empty(), "{:?}", patch(&response));
    assert_eq!(values(&response, "DD_ENV").len(), 2);
    let warnings = response["warnings"].as_array().unwrap();
    assert!(warnings[0].as_str().unwrap().contains("generateName"), "{warnings:?}");
    let (_, response) = answered(&review_of(&object), "{backend: jaeger, config-map: jaeger}", false);
    assert!(!format!("{:?}", patch(&response)).contains("configMap"), "{:?}", patch(&response));
    assert!(response["warnings"][0].as_str().unwrap().contains("config-map"), "{response}");
    for action in ["action: disable", "backend: jaeger"] {
        let settings = format!("{{backend: datadog, overrides: [{{match: {{name: 'iris-*'}}, {action}}}]}}");
        let (_, response) = answered(&review_of(&object), &settings, false);
        assert!(response["warnings"][0].as_str().unwrap().contains("no override by `name`"), "{response}");
    }
    let other = "{backend: datadog, overrides: [{match: {name: 'other-*'}, action: disable}]}";
    for settings in ["{backend: datadog, service: models}", "{backend: datadog}", other] {
        let (_, response) = answered(&review_of(&object), settings, false);
        assert!(response.get("warnings").is_none(), "{settings}: {response}");
    }
}

#[test]
fn what_can_not_be_edited_is_admitted_with_a_warning_or_denied() {
    let mut object = deployment();
    object["spec"]["predictors"][0]["componentSpecs"][0]["spec"]["containers"][0]["env"] =
        json!({ "DB_PASSWORD": "hunter2-sesame" });
    let (answer, response) = answered(&review_of(&object), JAEGER, false);
    assert_eq!((answer.outcome, &response["allowed"]), (ReviewOutcome::Refused, &json!(true)));
    assert!(response.get("patch").is_none());
    let warning = response["warnings"][0].as_str().unwrap();
    let start = "seldon-trace: not changed: spec.predictors[0].componentSpecs[0].spec.containers[0].env: ";
    assert!(warning.starts_with(start), "{warning}");
    assert!(!response.to_string().contains("sesame"), "{response}");
    let (answer, response) = answered(&review_of(&object), JAEGER, true);
    assert_eq!((answer.outcome, &response["allowed"]), (ReviewOutcome::Denied, &json!(false)));
    assert!(response["status"]["message"].as_str().unwrap().contains(start), "{response}");
    assert!(!response.to_string().contains("sesame"), "{response}");
}

#[test]
fn errors_of_lint_in_the_result_are_warnings() {
    let mut object = deployment();
    let port = json!([{ "name": "JAEGER_AGENT_PORT", "value": "udp" }]);
    object["spec"]["predictors"][0]["svcOrchSpec"] = json!({ "env": port });
    object["spec"]["predictors"][0]["componentSpecs"][0]["spec"]["containers"][0]["env"] =
        json!([{ "name": "DB_PASSWORD", "value": "sesame" }, { "name": "DB_PASSWORD", "value": "sesame" }]);
    let warnings = |settings: &str| {
        let response = answered(&review_of(&object), settings, false).1;
        assert!(!response.to_string().contains("sesame"), "{response}");
        response["warnings"].as_array().cloned().unwrap_or_default()
    };
    let found = warnings("{backend: jaeger, keep: [JAEGER_AGENT_PORT]}");
    for rule in ["ST004", "ST025"] {
        let start = format!("seldon-trace: {rule} spec.predictors[0]");
        assert!(found.iter().any(|words| words.as_str().unwrap().starts_with(&start)), "{found:?}");
    }
    assert!(warnings("{backend: jaeger, keep: [JAEGER_AGENT_PORT], allow: [ST004, ST025]}").is_empty());
}

#[test]
fn warnings_are_short_and_few() {
    let mut object = deployment();
    let entries: Vec<Value> = (0..40)
        .map(|at| {
            json!({ "name": format!("main-{at}"), "graph": { "name": "classifier" }, "svcOrchSpec": { "env": [
            { "name": "JAEGER_AGENT_PORT", "value": "x".repeat(300) } ] } })
        })
        .collect();
    object["spec"]["predictors"] = entries.into();
    let settings = "{backend: jaeger, keep: [JAEGER_AGENT_PORT]}";
    let response = answered(&review_of(&object), settings, false).1;
    let warnings = response["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), MAX_WARNINGS);
    assert!(warnings.iter().all(|words| words.as_str().unwrap().chars().count() <= MAX_WARNING), "{warnings:?}");
    assert!(warnings[MAX_WARNINGS - 1].as_str().unwrap().contains("33 more"), "{warnings:?}");
}

#[test]
fn anything_but_a_review_is_an_error_without_its_text() {
    let rewriter = rewriter(JAEGER);
    let mut other = review_of(&deployment());
    other["apiVersion"] = "admission.k8s.io/v1beta1".into();
    let mut empty = review_of(&deployment());
    empty.as_object_mut().unwrap().remove("request");
    let mut wrong = review_of(&deployment());
    wrong["request"]["operation"] = "sesame".into();
    let deep = "[".repeat(100_000);
    for text in ["", "{", "[]", "null", "\u{0}", &deep, &other.to_string(), &empty.to_string(), &wrong.to_string()] {
        let NoReview(words) = answer(text.as_bytes(), &rewriter, false).unwrap_err();
        assert!(!words.contains("sesame") && words.contains("AdmissionReview"), "{words}");
    }
}

#[test]
fn settings_for_objects_have_a_backend_and_no_paths() {
    let refused = |settings: &str| {
        let file = File::parse("settings.yaml".to_owned(), PathBuf::new(), settings.to_owned()).unwrap();
        of_file(file).unwrap_err().to_string()
    };
    assert!(refused("service: iris").contains("`backend`"));
    assert!(refused("{backend: jaeger, overrides: [{match: {path: 'a/*'}, service: b}]}").contains("`path`"));
    drop(rewriter("{action: disable, overrides: [{match: {name: a}, action: enable, backend: datadog}]}"));
    assert_eq!(
        refused("backend: jaeger\nsampler-param: 0.5\n"),
        "settings.yaml:2: sampler-param: invalid value for `sampler-param`: it would be taken for 1, since a const sampler keeps all \
         traces at any number but 0"
    );
    let with_default =
        "{backend: datadog, overrides: [{match: {name: a}, backend: jaeger, set: {JAEGER_SAMPLER_PARAM: '0.5'}}]}";
    assert!(refused(with_default).starts_with("settings.yaml:1: overrides[0].set.JAEGER_SAMPLER_PARAM: "));
    drop(rewriter("{backend: jaeger, sampler-type: probabilistic, sampler-param: 0.5}"));
}
