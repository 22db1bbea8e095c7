use std::sync::Arc;

use super::*;
use crate::lint::RuleSet;
use crate::lint::findings::lint;
use crate::manifest::selection::Selection;
use crate::output::diagnostic::render_all;
use crate::pipeline::Transformer;
use crate::plan::{Disable, Input, Policy, Task};

#[test]
fn a_value_is_shown_without_its_credentials() {
    for (value, shown) in [
        ("http://jaeger:14268/api/traces", "http://jaeger:14268/api/traces"),
        ("http://user:hush@jaeger/api?token=hush", "http://…@jaeger/api?…"),
        ("http://jaeger?token=hush@x", "http://jaeger?…"),
        ("http://jaeger:80?token=hush@x", "http://jaeger:80?…"),
        ("http://[::1]:80?token=hush@x", "http://[::1]:80?…"),
        ("http://user:hu/sh@jaeger:14268/api#hush", "http://…@jaeger:14268/api#…"),
        ("http://user:hu?sh@jaeger", "http://…@jaeger"),
        ("http://user:hu sh@jaeger", "http://…@jaeger"),
        ("//user:hush@jaeger:14268/api", "//…@jaeger:14268/api"),
        ("user:hush@jaeger/api", "…@jaeger/api"),
        ("unix:///var/run/datadog/apm.socket", "unix:///var/run/datadog/apm.socket"),
        ("user@host", "user@host"),
        ("acme/iris:1.0@sha256:00", "acme/iris:1.0@sha256:00"),
        ("password=hush,foo=bar", "password=…,foo=bar"),
        ("password=hu,sh", "password=…"),
        ("'password=hush, x'", "'password=…'"),
        ("\"password:hush,a\"", "\"password:…\""),
        ("env:prod,db_password:hush", "env:prod,db_password:…"),
        ("--api-key=hush --port=1", "--api-key=… --port=1"),
        ("run --api-key hush", "run --api-key …"),
        ("run --api-key --port", "run --api-key --port"),
        (r#"{"name":"A_KEY","value":"hush"}"#, r#"{"name":"A_KEY","value":…}"#),
        (r#"{\"password\":\"hu\\\"sh\",\"a\":1}"#, r#"{\"password\":…,\"a\":1}"#),
        ("[{\"sample_rate\":0.5}]", "[{\"sample_rate\":0.5}]"),
        ("", ""),
    ] {
        assert_eq!(masked_value(value), shown);
    }
}

/// Settings with all lines masked.
fn covered(text: &str) -> String {
    Covered::new(text, TextKind::Settings, 0..text.len()).shown(0..text.len())
}

#[test]
fn of_a_manifest_only_the_listed_places_are_shown() {
    let deployment = "\
apiVersion: machinelearning.seldon.io/v1 # hush
kind: SeldonDeployment
metadata:
  name: iris
  namespace: prod
  labels: {tags.datadoghq.com/env: prod, app: hush}
  annotations: {seldon.io/rest-timeout: '1', seldon.io/engine-dsn: hush, seldon.io/engine-jaeger-tags: a=b, x/y: hush}
hush: &hush !hush hush
spec:
  name: hush
  protocol: seldon
  predictors:
  - name: main
    graph: {name: c, implementation: SKLEARN_SERVER, type: MODEL, modelUri: hush, parameters: [{name: hush, type: hush}]}
    svcOrchSpec:
      env:
      - name: DSN
        value: |
          hush
          hush
      - {name: TRACING, value: \"1\"}
      - {name: JAEGER_ENDPOINT, value: 'http://me:hush@jaeger'}
      - {name: JAEGER_USER, value: hush}
      - {name: A, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
      - {name: B, valueFrom: {secretKeyRef: {name: hush, key: hush}}}
    componentSpecs: [{spec: {containers: [{name: c, image: hush, args: [hush, *hush]}]}}]
";
    let wanted = "\
apiVersion: machinelearning.seldon.io/v1 …
kind: SeldonDeployment
metadata:
  name: iris
  namespace: prod
  labels: {tags.datadoghq.com/env: prod, …: …}
  annotations: {seldon.io/rest-timeout: '1', seldon.io/engine-dsn: …, seldon.io/engine-jaeger-tags: a=b, …: …}
…: … …
spec:
  name: …
  protocol: seldon
  predictors:
  - name: main
    graph: {name: c, implementation: SKLEARN_SERVER, type: MODEL, modelUri: …, parameters: [{name: …, type: …}]}
    svcOrchSpec:
      env:
      - name: DSN
        value: …
      - {name: TRACING, value: \"1\"}
      - {name: JAEGER_ENDPOINT, value: 'http://…@jaeger'}
      - {name: JAEGER_USER, value: …}
      - {name: A, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
      - {name: B, valueFrom: {secretKeyRef: {name: …, key: …}}}
    componentSpecs: [{spec: {containers: [{name: c, image: …, args: […, …]}]}}]
";
    let secret =
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {b: hush}}\nstringData: {TRACING: hush}\n";
    let shown = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {…: …}}\nstringData: {…: …}\n";
    let text = format!("{deployment}{secret}");
    let covered = Covered::new(&text, TextKind::Manifest, 0..text.len()).shown(0..text.len());
    assert_eq!(covered, format!("{wanted}{shown}"));
}

#[test]
fn of_a_broken_document_only_first_keys_are_shown() {
    for (text, shown) in [
        ("- - name: hush\n  hush: a\nb: [\n", "- - name: …\n  …\n…\n"),
        ("data:\n  LICENSE: a: b\n", "data:\n  …\n"),
        ("env: |\n  hush\n\"kind\": hush\n\tname\n", "env: …\n  …\n\"kind\": …\n\t…\n"),
        ("{\"kind\": hush", "…"),
    ] {
        assert_eq!(Covered::new(text, TextKind::Manifest, 0..text.len()).shown(0..text.len()), shown, "{text}");
    }
}

#[test]
fn a_broken_document_is_named_by_its_metadata() {
    for (metadata, wanted) in [
        ("\n  name: a\n  namespace: b", " b/a"),
        ("\n  name: 'a'", " a"),
        ("\n  labels:\n    name: hush", ""),
        (" {name: a, namespace: \"b\"}", " b/a"),
        (" { 'name' : a", " a"),
        (" {labels: {name: hush, list: [hush]}, name: a}", " a"),
        (" {labels: {name: hush", ""),
        (" {name: \"hush, name: hush}", ""),
        (" {labels: {a: '}', name: hush}}", ""),
        (" {uid: 'a, name: hush', b: c}", ""),
        (" {uid: a} # , name: hush}", ""),
        (" {name: Hush}", ""),
    ] {
        let text = format!("kind: SeldonDeployment\nmetadata:{metadata}\nspec: [\n");
        let covered = Covered::new(&text, TextKind::Manifest, [0]);
        let name = covered.resource_at(0).map(|resource| resource.name.as_str());
        assert_eq!(name, Some(&*format!("SeldonDeployment{wanted}")), "{metadata}");
    }
}

/// A function's call is a manifest, except for its settings.
#[test]
fn of_a_call_only_the_settings_are_shown() {
    let text = "{kind: ResourceList, functionConfig: {spec: {a: b, token: hush}}, items: [{kind: A, data: {a: hush}}]}";
    let wanted = "{kind: ResourceList, functionConfig: {spec: {a: b, token: …}}, items: [{kind: A, data: {…: …}}]}";
    assert_eq!(covered(text), wanted);
}

#[test]
fn keys_of_a_path_are_masked() {
    for (path, shown) in [
        ("spec.predictors[0].graph", "spec.predictors[0].graph"),
        ("metadata.annotations[\"seldon.io/no-engine\"]", "metadata.annotations[\"seldon.io/no-engine\"]"),
        ("metadata.annotations[\"a.b/hush\"].c[1]", "metadata.annotations[…].…[1]"),
        ("spec.hush[\"\\\"]hush\"]", "spec.…[…]"),
        ("", ""),
    ] {
        assert_eq!(super::names::shown_path(path), shown);
    }
}

#[test]
fn lines_are_shown_without_credentials() {
    for (text, shown) in [
        ("- {name: A_KEY, value: hush}\n", "- {name: A_KEY, value: …}\n"),
        ("- {value: hush, name: A_KEY}\n", "- {value: …, name: A_KEY}\n"),
        ("oauth_secret: hüsh # a comment\n", "oauth_secret: … # a comment\n"),
        ("a: {seldon.io/engine-jaeger-password: hush}\n", "a: {seldon.io/engine-jaeger-password: …}\n"),
        ("oauth_secret: [a, {b: c}]\n", "oauth_secret: […, {b: …}]\n"),
        ("a: &a hush\npassword: *a\n", "a: &a …\npassword: *a\n"),
        ("a: &a {value: hush}\nb: {<<: *a, name: A_KEY}\n", "a: &a {value: …}\nb: {<<: *a, name: A_KEY}\n"),
        ("[run, --api-key, hush, -v]\n", "[run, --api-key, …, -v]\n"),
        ("[run, \"--api-key=hush\", b: c]\n", "[run, \"--api-key=…\", b: c]\n"),
        ("a: http://u:hush@b/c\n", "a: http://…@b/c\n"),
        ("a: \"password\\u003dhush\"\n", "a: …\n"),
        ("a: |\n  password=hush\n  b\n", "a: |\n  password=…\n  b\n"),
        ("a: b # password=hush\n", "a: b # password=…\n"),
        ("kind: Secret\ndata: {dsn: hush}\n", "kind: Secret\ndata: {dsn: …}\n"),
        ("a: 1\n---\npassword: hush\n", "a: 1\n---\npassword: …\n"),
        ("{\"a\":1}{\"password\":\"hush\"}", "{\"a\":1}{\"password\":…}"),
    ] {
        assert_eq!(covered(text), shown, "{text}");
    }
}

#[test]
fn what_only_refers_to_a_credential_is_shown() {
    for text in [
        "valueFrom: {secretKeyRef: {name: jaeger, key: password}}\n",
        "envSecretRefName: jaeger\n",
        "imagePullSecrets: [{name: registry}]\n",
        "volumes: [{name: a, secret: {secretName: b, items: [{key: c, path: d}]}}]\n",
        "automountServiceAccountToken: false\n",
        "tolerations: [{key: gpu, operator: Exists}]\n",
        "- topologyKey: kubernetes.io/hostname\n",
        "image: acme/iris:1.0@sha256:00\n",
        "- {name: A_KEY, value: null}\n",
        "- {name: A_KEY, valueFrom: {secretKeyRef: {name: a, key: b}}}\n- {name: B, value: c}\n",
    ] {
        assert_eq!(covered(text), text);
    }
}

#[test]
fn lines_of_invalid_yaml_are_shown_without_credentials() {
    for (text, shown) in [
        ("[password: hush", "[password: …"),
        ("[password: 'hush', a: b", "[password: …, a: b"),
        ("{password: hush, a: b", "{password: …, a: b"),
        ("[\n- name: A_KEY\n  value: hush\n", "[\n- name: A_KEY\n  value: …\n"),
        ("[\n- value: hush\n  name: A_KEY\n", "[\n- value: …\n  name: A_KEY\n"),
        ("[\ntls.key: |\n  hush\n  hush\na: b\n", "[\ntls.key: …\na: b\n"),
        ("[\n- {name: A, value: b}\n", "[\n- {name: A, value: b}\n"),
        ("{valueFrom: {secretKeyRef: {name: a, key: b}", "{valueFrom: {secretKeyRef: {name: a, key: b}"),
        ("[\"--password\", \"hush\"", "[\"--password\", …"),
    ] {
        assert_eq!(covered(text), shown, "{text}");
    }
}

/// With quadratic run time each of these would take minutes.
#[test]
fn a_value_of_any_length_is_read_once() {
    const COUNT: usize = 1 << 16;
    for part in
        ["// ", "(value:", "value: ", "( ", "a@:", "name: K ", "key: ", "\\\"", "value: 'x ", "-a-key ", "\n// "]
    {
        let value = format!("{} {}", "x".repeat(COUNT), part.repeat(COUNT));
        assert!(!masked_value(&value).is_empty(), "{part}");
        assert!(!masked_value(&format!("value: {value}")).is_empty(), "{part}");
    }
    assert_eq!(masked_value("value: ( ( name: TOKEN"), "value: … name: TOKEN");
}

/// A deployment with this `spec`.
fn deployment(spec: &str) -> String {
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: iris}}\nspec: {{{spec}}}\n"
    )
}

/// A diagnostic as it is printed.
fn rendered(diagnostics: &[Diagnostic], text: &str) -> String {
    render_all(diagnostics, "a", text, false)
}

#[test]
fn no_kind_of_diagnostic_shows_a_credential() {
    let policy = Policy::new(Task::Disable(Disable::default()), Selection::default());
    let refusals = [
        // A parse error, a template, a value of the wrong kind, a duplicate key.
        "oauth_secret: hush: x, predictors: [",
        "oauth_secret: hush, x: {{ .Values.x }}",
        "predictors: 'http://me:hu sh@x'",
        "predictors: 'http://me:hu`sh@x'",
        "oauth_secret: hush, predictors: [{graph: {name: a}, svcOrchSpec: {env: [], env: []}}]",
    ];
    for spec in refusals {
        let text = deployment(spec);
        let refused = Transformer::new(&policy).transform(&text, Input::default()).unwrap_err();
        let shown = rendered(&refused, &text);
        assert!(!shown.contains("hu") && !shown.contains("sh@"), "{shown}");
    }
    // A finding.
    let text = deployment(
        "predictors: [{graph: {name: c}, svcOrchSpec: {env: [{name: JAEGER_AGENT_PORT, value: 'password=hush'}]}}]",
    );
    let rules = Arc::new(RuleSet::new(&[], &[]));
    let found = lint(&text, &Selection::default(), |_, _| Ok(Arc::clone(&rules))).unwrap().findings;
    let found: Vec<Diagnostic> = found.into_iter().map(|finding| finding.diagnostic).collect();
    let shown = rendered(&found, &text);
    assert!(shown.contains("`password=…`") && !shown.contains("hush"), "{shown}");
    // The settings, and this program.
    for (kind, message) in [
        (DiagnosticKind::Manifest, "expected a list, found the text `http://me:hu sh@x`"),
        (DiagnosticKind::Template, "found `password=hush`"),
        (DiagnosticKind::Settings, "--set DD_API_KEY: hush is no key"),
        (DiagnosticKind::Settings, "found `http://me:hu sh@x`"),
        (DiagnosticKind::Bug, "expected \"hush\" and not 'hush'"),
    ] {
        let related = Some((0..0, message.to_owned()));
        let all = Diagnostic { kind, related, path: message.into(), ..Diagnostic::new(message, message).at(0..0) };
        let shown = rendered(&[all], "");
        // A type error in a manifest does not show the value.
        let is_masked = kind == DiagnosticKind::Manifest || shown.matches('…').count() >= 4;
        assert!(is_masked && !shown.contains("hu"), "{kind:?}: {shown}");
    }
}

#[test]
fn a_key_in_a_message_is_shown_if_it_is_a_field() {
    for (kind, key, wanted) in [
        (DiagnosticKind::Manifest, "env", "the key `env` is"),
        (DiagnosticKind::Manifest, "hunter2", "the key `…` is"),
        (DiagnosticKind::Settings, "reset", "the key `reset` is"),
    ] {
        let fault = Diagnostic { kind, ..Diagnostic::new(format!("the key `{key}` is in this mapping twice"), "") };
        assert!(printed(&fault).message.starts_with(wanted), "{}", printed(&fault).message);
    }
}

/// Only the values in a message are masked, and only once.
#[test]
fn only_the_values_of_a_message_are_masked() {
    let message =
        format!("DD_TAGS is {}, at which the wrapper ends", quoted_value("DD_TAGS", "env:prod,password:hush"));
    let wanted = "DD_TAGS is `env:prod,password:…`, at which the wrapper ends";
    assert_eq!(printed(&Diagnostic::new(message, "")).message, wanted);
}
