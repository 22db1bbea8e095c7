//! What kubectl, whose reader of YAML is the API server's, makes of what is written. Without kubectl these are skipped.

use std::io::Write;
use std::process::{Command, Stdio};

use seldon_trace::yaml::{ScalarKind, plain_kind};
use serde_json::Value;

use crate::support::{MANIFEST, Sandbox};

/// Every spelling that Kubernetes might take for something else than the text it looks like.
const SPELLINGS: &str = "
    y Y yes Yes YES yEs n N no No NO on On ON oN off Off OFF true True TRUE tRUE false False FALSE t f T F
    ~ null Null NULL nULL nil none ~x
    0 00 1 01 08 09 010 0777777777777777777777 0o7 0o17 0O17 0o8 0x 0x1F 0X1f 0xg 0b 0b11 0B1 0b2 -0b1 -0x1 -0o7
    +1 -1 +0 -0 + --1 1_000 _1 1_ 1__0 0_1 0_ 0x_1F 0b_1 0o_7 +1_0 -_1 0xFFFFFFFFFFFFFFFF 0x10000000000000000
    9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615
    18446744073709551616 +18446744073709551615 99999999999999999999999999999999
    1. .5 0.75 -.5 +.5 ._5 .5_ .5_0 .5__0 .5_e1 .5e1_0 .5e_1 .1_2_3 1_0.5 1._5 . .. 1.2.3 0. 00.5 0.1f 1d 1f v1 1.0.0 1.e 1.E+1
    1e3 1E3 1e+3 1e-3 1e 1e+ e3 .e3 1.e3 1.5e3 1_0e3 1e1_0 1e400 -1e400 12e03 0e0 0x1p3 0x1.8
    +.nan -.nan .Inf5 inf nan NaN Infinity 1,000 1% 1m 1Mi = < é 1é １
    1:30 1:30:15 190:20:30.15 2001-01-01 2001-12-14t21:59:43.10-05:00
";

/// Those with blanks in them, or nothing at all.
const WITH_BLANKS: [&str; 4] = ["", "2001-12-14 21:59:43", "1 000", "yes no"];

/// What kubectl makes of a stream, document by document; none where there is no kubectl.
fn read_by_kubectl(stream: &[u8]) -> Option<Result<Vec<Value>, String>> {
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
    // Where kubectl stops reading early, its own words say more than the broken pipe.
    let _ = feeder.join().unwrap();
    if !done.status.success() {
        return Some(Err(String::from_utf8(done.stderr).unwrap()));
    }
    let values = serde_json::Deserializer::from_slice(&done.stdout).into_iter();
    Some(Ok(values.map(Result::unwrap).collect()))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) | Value::Object(_) => "a collection",
    }
}

fn name_of(kind: ScalarKind) -> &'static str {
    match kind {
        ScalarKind::Null => "null",
        ScalarKind::Bool => "a boolean",
        ScalarKind::Int | ScalarKind::Float => "a number",
        ScalarKind::String => "a string",
        ScalarKind::Missing | ScalarKind::Collection => "no scalar",
    }
}

#[test]
fn plain_scalars_are_what_kubernetes_takes_them_for() {
    let mut manifest = "apiVersion: example.com/v1\nkind: Scalars\nmetadata: {name: x}\nspec:\n".to_owned();
    let spellings: Vec<&str> = SPELLINGS.split_whitespace().chain(WITH_BLANKS).collect();
    for (at, spelling) in spellings.iter().enumerate() {
        manifest.push_str(&format!("  v{at}: {spelling}\n"));
    }
    let Some(read) = read_by_kubectl(manifest.as_bytes()) else { return };
    let read = read.unwrap();
    let differs = |(at, spelling): (usize, &&str)| {
        let (kubectl, ours) = (kind_of(&read[0]["spec"][format!("v{at}")]), name_of(plain_kind(spelling)));
        (kubectl != ours).then(|| format!("`{spelling}` is {kubectl} to kubectl, and {ours} to us"))
    };
    let differences: Vec<String> = spellings.iter().enumerate().filter_map(differs).collect();
    assert!(spellings.len() >= 60 && differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn infinities_and_not_a_number_are_numbers_that_json_cannot_hold() {
    for spelling in [".inf", ".Inf", ".INF", "+.inf", "-.Inf", ".nan", ".NaN", ".NAN"] {
        let manifest = format!("apiVersion: v1\nkind: Scalars\nmetadata: {{name: x}}\nspec: {spelling}\n");
        let Some(read) = read_by_kubectl(manifest.as_bytes()) else { return };
        assert!(read.is_err(), "{spelling}");
        assert_eq!(plain_kind(spelling), ScalarKind::Float, "{spelling}");
    }
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
        "enable -b jaeger --service yes --agent-host 1.5 --set JAEGER_TAGS=a=1e3",
        "enable -b jaeger --sampler-type probabilistic --sampler-param 0.25 --agent-host ::1",
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
