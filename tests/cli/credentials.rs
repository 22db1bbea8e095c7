//! Values of credentials are in no report: `status`, `lint`, `lint --fix`, the notes of `enable` and `disable`, errors.

use super::support::{Outcome, Sandbox};

/// A credential.
const SECRET: &str = "sesame";

/// Every command with a report, without manifests and diffs, which are not reports.
const REPORTS: &[&str] = &[
    "status a",
    "status --format json a",
    "lint a",
    "lint --format json a",
    "lint --format github a",
    "lint --format sarif a",
    "lint --all-containers a",
    "lint --fix -v a",
    "enable -b jaeger -v a",
    "enable -b jaeger -v --sampler-type probabilistic --all-containers a",
    "enable -b datadog -v --names both --tag a:b a",
    "disable -v a",
    "disable -v --keep-config a",
];

/// Checks that no report on a manifest has a credential of it.
#[track_caller]
fn are_silent(manifest: &str) {
    assert!(manifest.contains(SECRET));
    for command in REPORTS {
        let sandbox = Sandbox::with(&[("a", manifest)]);
        let Outcome { stdout, stderr, status } = sandbox.run(command);
        let is_report = command.starts_with("status") || (command.starts_with("lint") && !command.contains("--fix"));
        let printed = if is_report { String::from_utf8(stdout).unwrap() } else { String::new() };
        for said in [&printed, &stderr] {
            let told: Vec<&str> = said.lines().filter(|line| line.contains(SECRET)).collect();
            assert!(told.is_empty(), "{command} ({status}) of\n{manifest}\nsays\n{}", told.join("\n"));
        }
    }
}

/// The same for a deployment with these fields of its `spec` on the line of a finding.
#[track_caller]
fn are_silent_on(spec: &str) {
    are_silent(&deployment(spec));
}

fn deployment(spec: &str) -> String {
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: iris}}\nspec: {{{spec}}}\n"
    )
}

/// A predictor with these fields of its container and these variables of its orchestrator.
fn predictor(container: &str, env: &str) -> String {
    format!("predictors: [{}]", predictor_of(container, env))
}

fn predictor_of(container: &str, env: &str) -> String {
    format!(
        "{{name: m, graph: {{name: c}}, svcOrchSpec: {{env: [{env}]}}, componentSpecs: [{{spec: {{containers: \
         [{{name: c, {container}}}]}}}}]}}"
    )
}

/// A deployment with this value in each of these variables, of an orchestrator and a container, for either backend.
fn with_value(value: &str, names: &[&str]) -> String {
    let mut predictors = Vec::new();
    for name in names {
        for more in ["{name: TRACING, value: 'true'}", "{name: TRACING, value: '1'}, {name: DD_ENABLED, value: '1'}"] {
            let env = format!("{more}, {{name: {name}, value: {value:?}}}");
            predictors.push(predictor_of(&format!("env: [{env}]"), &env));
        }
    }
    deployment(&format!("predictors: [\n{}]", predictors.join(",\n")))
}

#[test]
fn in_urls() {
    for url in [
        "http://user:sesame2@jaeger/api/traces",
        "user:sesame2@jaeger/api",
        "//user:sesame2@jaeger:14268/api",
        "http://user:hun/ter2sesame@jaeger:14268/api#sesame",
        "http://user:hun?sesame@jaeger",
        "http://jaeger/api?x=sesame",
        "ftp://user:hunt%zzsesame@x:y",
        "http://user:sesame@$(HOST)",
    ] {
        let host = ["JAEGER_ENDPOINT", "JAEGER_SERVICE_NAME", "JAEGER_AGENT_HOST", "DD_TRACE_AGENT_URL"];
        are_silent(&with_value(url, &host));
    }
}

#[test]
fn in_values_that_are_found_or_named() {
    for value in ["password=sesame3,foo", "api_key:sesame3", "x --token sesame3", "password=$(sesame)"] {
        let names = [
            "JAEGER_TAGS",
            "DD_TAGS",
            "TRACING",
            "JAEGER_DISABLED",
            "JAEGER_SAMPLER_TYPE",
            "JAEGER_SAMPLER_PARAM",
            "JAEGER_CONFIG_PATH",
            "DD_SAMPLE_RATE",
            "DD_ENABLED",
            "DATADOG_TRACE_AGENT_PORT",
            "DD_TRACE_SAMPLING_RULES",
            "DD_SERVICE",
            "JAEGER_AGENT_PORT",
        ];
        are_silent(&with_value(value, &names));
    }
    for name in ["JAEGER_PASSWORD", "DD_API_KEY", "DD_TOKEN", "MY_SECRET"] {
        let entry = format!("{{name: {name}, value: sesame1}}");
        are_silent_on(&predictor(&format!("env: [{entry}, {entry}]"), &entry));
    }
}

/// A node is a credential, whatever the name at its alias.
#[test]
fn taken_by_an_alias_or_a_merge_under_another_name() {
    let names = [
        "TRACING",
        "JAEGER_SERVICE_NAME",
        "JAEGER_AGENT_HOST",
        "JAEGER_AGENT_PORT",
        "JAEGER_SAMPLER_TYPE",
        "JAEGER_SAMPLER_PARAM",
        "JAEGER_CONFIG_PATH",
        "JAEGER_DISABLED",
        "JAEGER_ENDPOINT",
        "JAEGER_TAGS",
        "JAEGER_AUTH",
        "DD_AGENT_HOST",
        "DD_SERVICE",
        "DD_TAGS",
        "DD_ENABLED",
        "DD_SAMPLE_RATE",
        "DD_TRACE_SAMPLING_RULES",
        "DD_TRACE_AGENT_URL",
        "DD_TRACE_ENABLED",
        "DATADOG_TRACE_AGENT_PORT",
    ];
    let on = "{name: TRACING, value: '1'}, {name: DD_ENABLED, value: '1'}";
    for (of, secret) in [
        ("JAEGER_PASSWORD", "sesame1"),
        ("DD_API_KEY", "'sesame: 1'"),
        ("JAEGER_AUTH_TOKEN", "\"/sesame1\""),
        ("JAEGER_AUTH", "'sesame $(X)'"),
    ] {
        let anchor = format!("{{name: {of}, value: &s {secret}}}");
        for on in ["", on] {
            let taken =
                names.map(|name| format!("{on}, {{name: {name}, value: *s}}").trim_start_matches(", ").to_owned());
            let predictors = taken.iter().enumerate().map(|(at, env)| {
                let anchor = if at == 0 { format!("{anchor}, ") } else { String::new() };
                predictor_of(&format!("env: [{env}]"), &format!("{anchor}{env}"))
            });
            are_silent(&deployment(&format!("predictors: [\n{}]", predictors.collect::<Vec<_>>().join(",\n"))));
        }
    }
    let merged = "[{name: A_TOKEN, value: &s sesame1}, &m {value: *s, name: X}, {<<: *m, name: JAEGER_AGENT_HOST}]";
    are_silent_on(&format!("predictors: [{{name: m, graph: {{name: c}}, svcOrchSpec: {{env: {merged}}}}}]"));
    // By a key of the manifest, and through an annotation.
    are_silent_on(&format!("oauth_secret: &s sesame1, {}", predictor("", "{name: JAEGER_SERVICE_NAME, value: *s}")));
    are_silent_on(&format!(
        "oauth_secret: &s sesame1, annotations: {{seldon.io/engine-jaeger-agent-host: *s}}, {}",
        predictor("", "")
    ));
    are_silent_on("oauth_secret: &s sesame1, predictors: [{graph: {name: c}, svcOrchSpec: {env: *s}}]");
}

#[test]
fn a_number_without_quotes_that_is_a_credential_is_not_named() {
    let manifest = deployment(&predictor("env: [{name: DD_API_KEY, value: 4711471147114711}]", ""));
    for command in REPORTS {
        let done = Sandbox::with(&[("a", &manifest)]).run(command);
        assert!(!done.stderr.contains("4711"), "{command}: {}", done.stderr);
    }
}

#[test]
fn on_the_line_of_a_finding() {
    let found = predictor("env: [{name: TRACING, value: 'true'}]", "");
    for more in [
        "oauth_key: sesame0, oauth_secret: sesame1, ",
        "oauth_secret: [sesame1, {a: sesame2}], ",
        "annotations: {seldon.io/engine-jaeger-password: sesame9}, ",
        "x: {env: [{name: DB_PASSWORD, value: sesame1}]}, ",
        "x: {env: [{value: sesame1, name: DB_PASSWORD}]}, ",
        "x: [run, --api-key=sesame2], ",
        "x: [run, --api-key, sesame2], ",
        "x: 'PASSWORD=sesame2 run', ",
        "x: 'http://me:sesame2@x', ",
        "x: \"{\\\"password\\\":\\\"sesame2\\\"}\", ",
        "x: \"\\x70assword=sesame2\", ",
        "x: '{\"name\":\"A_KEY\",\"value\":\"sesame2\"}', ",
        "x: &it sesame2, password: *it, ",
    ] {
        are_silent_on(&format!("{more}{found}"));
    }
    are_silent_on(&predictor("args: [\"--password=sesame3\"], env: [{name: TRACING, value: 'true'}]", ""));
    are_silent_on(&predictor("env: [{name: TRACING, value: 'true'}]} # password=sesame3\n, {name: d", ""));
}

#[test]
fn of_another_document_or_resource_on_the_line() {
    let found = r#"{"apiVersion":"machinelearning.seldon.io/v1","kind":"SeldonDeployment","metadata":{"name":"a"},"spec":{"predictors":[{"graph":{"name":"c"},"componentSpecs":[{"spec":{"containers":[{"name":"c","env":[{"name":"TRACING","value":"true"}]}]}}]}]}}"#;
    for other in [
        r#"{"e":[{"name":"A_KEY","value":"sesame6"}]}"#,
        r#"{"kind":"Secret","stringData":{"dsn":"sesame7"}}"#,
        r#"{"kind":"Pod","spec":{"containers":[{"name":"x","env":[{"name":"DB_PASSWORD","value":"sesame8"}]}]}}"#,
    ] {
        are_silent(&format!("{found}{other}"));
        are_silent(&format!("{other}{found}"));
        are_silent(&format!(r#"{{"kind":"List","apiVersion":"v1","items":[{other},{found}]}}"#));
        are_silent(&format!(r#"{{"kind":"List","apiVersion":"v1","items":[{found},{other}]}}"#));
    }
}

#[test]
fn in_errors() {
    let found = predictor("env: [{name: TRACING, value: 'true'}]", "");
    for spec in [
        // Each is an error on the line of a credential.
        "oauth_secret: sesame1, predictors: [{graph: {name: c}, svcOrchSpec: {env: {}}}]",
        "oauth_secret: sesame1, predictors: [{graph: {name: c}, svcOrchSpec: {env: [\"DB_PASSWORD=sesame1\"]}}]",
        "oauth_secret: sesame1, predictors: 'http://u:sesame1@x'",
        "oauth_secret: sesame1, predictors: [{graph: {name: c}, svcOrchSpec: &a {env: []}}, {svcOrchSpec: *a}]",
        "oauth_secret: sesame1, oauth_secret: sesame2, predictors: []",
        // Malformed.
        "oauth_secret: sesame1: x, predictors: [",
        "oauth_secret: \"sesame1\" x, predictors: []",
        "x: {name: A_KEY, value: sesame1]",
        "x: [\"--password\", \"sesame1\"}",
        "x: {url: http://me:sesame1@x]",
        "oauth_secret: sesame1, x: {{ .Values.x }}",
    ] {
        are_silent_on(spec);
    }
    for block in [
        "x:\n- name: A_KEY\n  value: sesame1: x\n",
        "x:\n- value: 'sesame1' x\n  name: A_KEY\n",
        "x:\n  tls.key: |\n    sesame1\n   sesame2: [\n",
        "oauth_secret: sesame1\u{85}\n",
        "oauth_secret: 'sesame1\u{1}'\n",
    ] {
        are_silent(&format!("{}{block}", deployment(&found)));
    }
}

#[test]
fn a_masked_host_is_not_written() {
    let agent = "{name: JAEGER_AGENT_HOST, value: 'me:sesame1@x'}, {name: JAEGER_AGENT_PORT, value: '6831'}, \
                 {name: JAEGER_SAMPLER_TYPE, value: const}, {name: JAEGER_SAMPLER_PARAM, value: '1'}";
    let done = Sandbox::with(&[("a", &deployment(&predictor("image: a", agent)))]).run("lint --fix a");
    assert!(!done.text().contains('…') && done.text().contains("sesame1"), "{}", done.text());
}

#[test]
fn a_credential_in_a_name_is_not_shown() {
    let name = format!("'https://me:{SECRET}@host'");
    let deployment = deployment(&predictor(&format!("name: {name}"), "{name: TRACING, value: '1'}"));
    are_silent(&deployment.replace("name: iris", &format!("name: {name}")));
    are_silent(&deployment.replace("name: iris", &format!("name: iris, namespace: {name}")));
    are_silent(&deployment.replace("{name: m,", &format!("{{name: {name},")));
    are_silent(&deployment.replace("graph: {name: c}", &format!("graph: {{name: {name}}}")));
    // Of a document that does not parse, the kind and the name are shown if they have the form of one.
    for broken in [
        format!("kind: SeldonDeployment\nmetadata:\n  name: {name}\na: [\n"),
        format!("kind: {SECRET}\nmetadata:\n  name: x\na: [SeldonDeployment\n"),
    ] {
        are_silent(&broken);
    }
}
