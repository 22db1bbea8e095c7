//! Compares the output with how kubectl, which has the YAML parser of the API server, reads it. Skipped without
//! kubectl.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{MANIFEST, Sandbox};

/// The documents of a stream as kubectl reads them; `None` without kubectl.
pub fn read_by_kubectl(stream: &[u8]) -> Option<Result<Vec<Value>, String>> {
    let mut kubectl = Command::new("kubectl");
    kubectl.args(["annotate", "--local", "-f", "-", "seldon-trace-test=yes", "-o", "json"]);
    let spawned = kubectl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = spawned else {
        eprintln!("skipped: there is no kubectl on PATH");
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    let stream = stream.to_vec();
    let feeder = std::thread::spawn(move || stdin.write_all(&stream));
    let done = child.wait_with_output().unwrap();
    // If kubectl stops reading early, its own message is better than the broken pipe.
    let _ = feeder.join().unwrap();
    if !done.status.success() {
        return Some(Err(String::from_utf8(done.stderr).unwrap()));
    }
    let values = serde_json::Deserializer::from_slice(&done.stdout).into_iter();
    Some(Ok(values.map(Result::unwrap).collect()))
}

/// The version of the kubectl on PATH.
pub fn version_of_kubectl() -> Option<String> {
    let done = Command::new("kubectl").args(["version", "--client", "-o", "json"]).output().ok()?;
    let version: Value = serde_json::from_slice(&done.stdout).ok()?;
    version["clientVersion"]["gitVersion"].as_str().map(str::to_owned)
}

#[test]
fn a_stream_of_yaml_and_json_is_read_whole() {
    let json = |name: &str| {
        format!(
            "{{\"apiVersion\": \"machinelearning.seldon.io/v1\", \"kind\": \"SeldonDeployment\",\n\t\"metadata\": \
             {{\"name\": \"{name}\"}}, \"spec\": {{\"predictors\": [{{\"name\": \"p\"}}]}}}}"
        )
    };
    let yaml = |name: &str| MANIFEST.replace("iris", name);
    let crlf = yaml("e").replace('\n', "\r\n");
    let sandbox = Sandbox::with(&[
        ("a.json", &json("a")),
        ("b.yaml", yaml("b").trim_end()),
        ("c.json", &format!("{}{}\n", json("c1"), json("c2"))),
        ("comments.yaml", "# nothing\n"),
        (
            "d.yaml",
            &format!("# first\n---\n{}---\nkind: Service\napiVersion: v1\nmetadata: {{name: d2}}\n---\n", yaml("d1")),
        ),
        ("e.yaml", &format!("\u{feff}{crlf}")),
        ("empty.yaml", ""),
        ("f.json", &json("f")),
        ("flow.yaml", "{apiVersion: machinelearning.seldon.io/v1, kind: SeldonDeployment, metadata: {name: flow}}\n"),
        ("g.json", &format!("\u{feff}{}", json("g"))),
    ]);
    for (files, names) in [
        ("a.json b.yaml c.json comments.yaml d.yaml empty.yaml f.json", "a b c1 c2 d1 d2 f"),
        ("b.yaml a.json", "b a"),
        ("a.json f.json c.json", "a f c1 c2"),
        ("e.yaml b.yaml d.yaml", "e b d1 d2"),
        ("b.yaml e.yaml g.json a.json", "b e g a"),
        ("g.json b.yaml", "g b"),
        ("comments.yaml g.json b.yaml", "g b"),
        ("flow.yaml b.yaml", "flow b"),
        ("flow.yaml c.json", "flow c1 c2"),
        ("comments.yaml a.json", "a"),
        ("d.yaml c.json b.yaml", "d1 d2 c1 c2 b"),
    ] {
        for command in ["enable -b jaeger", "enable -b datadog --names both", "disable"] {
            let done = sandbox.run(&format!("{command} {files}"));
            done.expect(0, &[]);
            let Some(read) = read_by_kubectl(&done.stdout) else { return };
            let read = read.unwrap_or_else(|words| panic!("{command} {files}: {words}\n{}", done.text()));
            let found: Vec<&str> = read.iter().filter_map(|value| value["metadata"]["name"].as_str()).collect();
            assert_eq!(found.join(" "), names, "{command} {files}\n{}", done.text());
        }
    }
}

#[test]
fn every_value_that_is_written_is_a_string_to_kubernetes() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for options in [
        "enable -b jaeger --service yes --agent-host 10.0.0.1 --set JAEGER_TAGS=a=1e3",
        "enable -b jaeger --sampler-type probabilistic --sampler-param 0.25 --agent-host no",
        "enable -b datadog --names both --sample-rate 0.5 --tag 'on:off' --service 010",
        "enable -b datadog --service 'a: b # c' --set DD_ENV=null --set 'DD_VERSION=1.10' --tags 'é:ü'",
    ] {
        let done = sandbox.run(&format!("{options} a.yaml"));
        done.expect(0, &[]);
        let Some(read) = read_by_kubectl(&done.stdout) else { return };
        let predictor = &read.unwrap()[0]["spec"]["predictors"][0];
        for env in [&predictor["svcOrchSpec"]["env"], &predictor["componentSpecs"][0]["spec"]["containers"][0]["env"]] {
            let entries = env.as_array().unwrap();
            assert!(entries.len() >= 5, "{}", done.text());
            for entry in entries {
                assert!(entry["value"].is_string() || entry["valueFrom"].is_object(), "{options}: {entry}");
            }
        }
    }
}
