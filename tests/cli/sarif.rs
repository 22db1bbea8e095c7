//! The output of `lint --format sarif`. tests/schema checks it with the published schema.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use seldon_trace::internals::lint::RULES;
use serde_json::{Value, json};

use crate::support::{MANIFEST, Outcome, Sandbox, feed};

/// Three findings on one line, after characters of several bytes.
const FOUND: &str = "\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: iris, namespace: seldon}
spec:
  predictors:
  - name: main
    graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: 'gs://iris'}
    svcOrchSpec:
      env: [{name: JAEGER_PASSWORD, value: \"\u{1f511}鍵は秘密\"}, {name: JAEGER_AGENT_PORT, value: udp}]
";

/// The only run.
fn run(done: &Outcome) -> Value {
    let log: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&log["version"], log["runs"].as_array().unwrap().len()), (&json!("2.1.0"), 1));
    log["runs"][0].clone()
}

fn uri(done: &Outcome) -> String {
    let place = &run(done)["results"][0]["locations"][0]["physicalLocation"];
    place["artifactLocation"]["uri"].as_str().unwrap().to_owned()
}

#[test]
fn a_result_has_a_message_and_a_location() {
    let sandbox = Sandbox::with(&[("a.yaml", FOUND)]);
    let done = sandbox.run("lint --format sarif a.yaml");
    let results = &run(done.expect(1, &[]))["results"];
    assert_eq!(results.as_array().unwrap().len(), 2);
    let wanted = json!({
        "ruleId": "ST004",
        "ruleIndex": RULES.iter().position(|rule| rule.id == "ST004"),
        "level": "error",
        "message": {
            "text": "JAEGER_AGENT_PORT: `udp` is not a port, and the executor exits at start (SeldonDeployment seldon/iris). \
                     Help: write a number such as 6831, and nothing else."
        },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": "a.yaml" },
                "region": { "startLine": 9, "startColumn": 87, "endLine": 9, "endColumn": 90 }
            },
            "logicalLocations": [{
                "name": "seldon/iris",
                "fullyQualifiedName": "seldon/iris:spec.predictors[0].svcOrchSpec.env[1].value"
            }]
        }],
        "partialFingerprints": {
            "seldonTrace/v1": "ST004:seldon/iris:spec.predictors[main].svcOrchSpec.env[JAEGER_AGENT_PORT].value"
        }
    });
    assert_eq!(results[1], wanted);
    assert!(!done.text().contains('鍵'), "a credential is shown");
}

#[test]
fn a_clean_run_has_all_rules_and_no_results() {
    let done = feed("lint --format sarif", MANIFEST);
    let run = run(done.expect(0, &[]));
    assert_eq!((&run["results"], &run["columnKind"]), (&json!([]), &json!("unicodeCodePoints")));
    let driver = &run["tool"]["driver"];
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        (&driver["name"], &driver["version"], &driver["semanticVersion"]),
        (&json!("seldon-trace"), &json!(version), &json!(version))
    );
    let rules = driver["rules"].as_array().unwrap();
    assert_eq!(rules.len(), RULES.len());
    for (shown, rule) in rules.iter().zip(RULES) {
        let texts = ["/id", "/shortDescription/text", "/fullDescription/text"].map(|at| shown.pointer(at).unwrap());
        assert_eq!(texts, [rule.id, rule.finds, rule.explanation]);
        for help in ["/help/text", "/help/markdown"].map(|at| shown.pointer(at).unwrap().as_str().unwrap()) {
            assert!([rule.wrong, rule.right, rule.source].iter().all(|part| help.contains(part)), "{help}");
        }
    }
}

#[test]
fn nothing_in_has_no_results_either() {
    assert_eq!(run(feed("lint --format sarif", "").expect(0, &[]))["results"], json!([]));
}

#[test]
fn a_file_is_named_by_a_uri() {
    let sandbox = Sandbox::with(&[("50%, a:b é #1.yaml", FOUND)]);
    fs::create_dir(sandbox.path("deploy")).unwrap();
    fs::write(sandbox.path("deploy/a.yaml"), FOUND).unwrap();
    fs::write(sandbox.path("").join(OsStr::from_bytes(b"\xff.yaml")), FOUND).unwrap();
    for (arguments, wanted) in [
        ("'50%, a:b é #1.yaml'", "50%25%2C%20a%3Ab%20%C3%A9%20%231.yaml"),
        ("./deploy", "deploy/a.yaml"),
        (".", "50%25%2C%20a%3Ab%20%C3%A9%20%231.yaml"),
        ("deploy/../deploy/a.yaml", "deploy/../deploy/a.yaml"),
    ] {
        assert_eq!(uri(&sandbox.run(&format!("lint --format sarif {arguments}"))), wanted, "{arguments}");
    }
    let text = sandbox.run("lint --format sarif .").text().to_owned();
    assert!(text.contains("\"%FF.yaml\""), "{text}");
    let path = sandbox.path("deploy/a.yaml");
    let done = sandbox.run(&format!("lint --format sarif '{}'", path.display()));
    assert_eq!(uri(&done), format!("file://{}", path.display()));
    assert_eq!(uri(&feed("lint --format sarif -", FOUND)), "stdin");
}

#[test]
fn a_denied_rule_is_an_error() {
    let text = FOUND.replace("value: udp", "value: '6832'");
    let level = |arguments: &str| {
        let run = run(&feed(arguments, &text));
        let results = run["results"].as_array().unwrap().clone();
        let result = results.into_iter().find(|result| result["ruleId"] == "ST014").unwrap();
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], "ST014");
        (result["level"].clone(), rule["defaultConfiguration"]["level"].clone())
    };
    assert_eq!(level("lint --format sarif"), (json!("warning"), json!("warning")));
    assert_eq!(level("lint --format sarif --deny ST014"), (json!("error"), json!("warning")));
}
