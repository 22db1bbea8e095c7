//! The config management plugins for Argo CD, by their contract: their commands run without a shell in the folder of the
//! Application, as user 999, with Argo CD's variables. Standard output has only manifests, and standard error, which the
//! UI shows, has no secret.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_yaml::Value;

use crate::support::{CASE, Host, Outcome, file, guide, outcome, yaml};

const PLUGIN: &str = ".ci/hosts/argocd-plugin.yaml";

const BUILD_PLUGIN: &str = ".ci/hosts/argocd-plugin-build.yaml";

const SECRET: &str = "hunter2hunter2";

const GENERATE: &[&str] = &["generate"];

const DISCOVER: &[&str] = &["discover", "find"];

type Files<'a> = &'a [(&'a str, &'a str)];

/// Runs the command of a plugin at this place of its spec, with these variables, and no other program than ours and the
/// stand-ins for kustomize and Helm.
fn run(host: &Host, plugin: &str, which: &[&str], variables: Files<'_>) -> Outcome {
    let plugin = yaml(&file(plugin));
    let spec = which.iter().fold(&plugin["spec"], |value, key| &value[*key]);
    let words: Vec<&str> = spec["command"].as_sequence().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(words[0], "seldon-trace");
    let program = host.programs().join(words[0]);
    let mut words = words;
    words[0] = program.to_str().unwrap();
    let mut command = as_user_999(host, &words);
    command.env_remove("HOME").env("ARGOCD_APP_NAME", "team_models").env("ARGOCD_APP_NAMESPACE", "seldon");
    command.env("PATH", host.programs()).env("KUBE_VERSION", "1.30.1").env("KUBE_API_VERSIONS", "v1,apps/v1");
    command.envs(variables.iter().copied());
    outcome(&mut command)
}

/// These words as a command of the user 999 if root runs the tests, else of the current user.
fn as_user_999(host: &Host, words: &[&str]) -> Command {
    let other = ["--reuid=999", "--regid=999", "--clear-groups"];
    let can = Command::new("/usr/bin/setpriv").args(other).args([words[0], "--version"]).output();
    let mut command = match can.is_ok_and(|done| done.status.success()) {
        true => {
            let mut command = Command::new("/usr/bin/setpriv");
            command.args(other).arg(words[0]);
            command
        }
        false => Command::new(words[0]),
    };
    command.args(&words[1..]).current_dir(host.folder()).env_clear();
    command
}

/// A folder that nobody can write into, with these manifests.
fn application(files: Files<'_>) -> Host {
    let host = Host::new(false);
    host.copy_program(&host.programs().join("seldon-trace"));
    fs::set_permissions(host.programs(), Permissions::from_mode(0o755)).unwrap();
    for (name, text) in files {
        host.write(name, text);
    }
    fs::set_permissions(host.folder(), Permissions::from_mode(0o755)).unwrap();
    host
}

/// Puts a stand-in for a tool on the PATH.
fn stand_in(host: &Host, name: &str, script: &str) {
    let path = host.programs().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}

fn deployment() -> String {
    file(&format!("{CASE}/input.yaml"))
}

/// The kinds of the documents of a stream.
fn kinds(text: &str) -> Vec<String> {
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    documents.map(|document| document.unwrap()["kind"].as_str().unwrap().to_owned()).collect()
}

/// Checks that a run failed without output, with these words after `error: `.
#[track_caller]
fn assert_refused(done: &Outcome, words: &str) {
    assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{}", done.stderr);
    assert!(done.stderr.starts_with("error: "), "{}", done.stderr);
    assert!(done.stderr.contains(words), "{}", done.stderr);
}

const JAEGER: (&str, &str) = ("PARAM_BACKEND", "jaeger");

#[test]
fn generate_takes_what_argo_cd_takes() {
    let input = deployment();
    let kind = |kind: &str| format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: iris\n");
    let host = application(&[
        (".gitignore", "ignored.yaml\n"),
        (".git/config.yaml", &kind("Git")),
        (".seldon-trace.yaml", "backend: datadog\nexclude: [excluded.yaml]\n"),
        (".hidden.yaml", &kind("Hidden")),
        (".yml", &kind("Unnamed")),
        ("README.md", "# Models\n"),
        ("a.yaml", &input),
        ("broken.yaml", "kind: {\n"),
        ("config.json", "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\"}"),
        ("excluded.yaml", &kind("Excluded")),
        ("ignored.yaml", &kind("Ignored")),
        ("more/b.yaml", &kind("Below")),
        ("skipped.jsonnet", "// +argocd:skip-file-rendering\n"),
        ("skipped.yaml", &format!("# +argocd:skip-file-rendering\n{}", kind("Skipped"))),
        ("upper.YAML", &kind("Upper")),
        ("values.yaml", "replicas: 3\n"),
        ("written.yaml", "apiVersion: v1\n? kind\n: Otherwise\nmetadata: {name: iris}\n"),
    ]);
    symlink("more/b.yaml", host.folder().join("link.yml")).unwrap();
    symlink("missing.yaml", host.folder().join("dangling.yaml")).unwrap();
    let done = run(&host, PLUGIN, GENERATE, &[JAEGER]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    assert_eq!(
        kinds(&done.stdout),
        ["Hidden", "Unnamed", "SeldonDeployment", "ConfigMap", "Ignored", "Below", "Otherwise"]
    );
    assert!(done.stdout.contains("JAEGER_AGENT_HOST"), "{}", done.stdout);
    let all = run(&host, PLUGIN, GENERATE, &[("PARAM_RECURSE", "true")]);
    assert_eq!(
        kinds(&all.stdout),
        ["Hidden", "Unnamed", "SeldonDeployment", "ConfigMap", "Ignored", "Below", "Below", "Otherwise"]
    );
    assert!(all.stdout.contains("DD_ENABLED"), "the settings file decides: {}", all.stdout);
    assert!(run(&host, PLUGIN, GENERATE, &[("PARAM_BACKEND", "")]).stdout.contains("DD_ENABLED"));
}

#[test]
fn generate_refuses_what_it_would_lose() {
    let input = deployment();
    let chart = "apiVersion: v2\nname: a\nversion: 0.1.0\n";
    let utf_16: String = "kind: SeldonDeployment\n".chars().flat_map(|char| [char, '\0']).collect();
    let template = "apiVersion: v1\nkind: SeldonDeployment\nmetadata: {name: {{ .Values.name }}}\n";
    let recurse = ("PARAM_RECURSE", "true");
    for (name, text, variables, words) in [
        ("b.jsonnet", "{}", &[JAEGER][..], "./b.jsonnet: jsonnet, which Argo CD evaluates"),
        ("b.yaml", template, &[JAEGER], "./b.yaml"),
        ("b.yaml", &utf_16, &[JAEGER], "./b.yaml: the byte at offset 1 is a NUL"),
        ("more/kustomization.yaml", "resources: []\n", &[JAEGER, recurse], "./more: it has a kustomization.yaml"),
        ("more/Chart.yaml", chart, &[JAEGER, recurse], "./more: it has a Chart.yaml"),
        ("Chart.yaml", chart, &[JAEGER], "this folder has a Chart.yaml"),
        ("b.txt", "", &[], "no backend: set the parameter `backend`"),
        ("b.txt", "", &[("PARAM_BACKEND", "zipkin")], "the parameter `backend` is `zipkin`"),
        ("b.txt", "", &[("PARAM_BACKEND", "--output=x")], "the parameter `backend` is"),
        ("b.txt", "", &[JAEGER, ("PARAM_RECURSE", "yes")], "the parameter `recurse` is `yes`"),
        (
            "b.txt",
            "",
            &[JAEGER, ("ARGOCD_APP_PARAMETERS", "[{\"name\": \"recursive\", \"string\": \"true\"}]")],
            "there is no parameter `recursive`: the plugin has backend, recurse",
        ),
        (
            "b.txt",
            "",
            &[JAEGER, ("ARGOCD_APP_PARAMETERS", "[{\"name\": \"recurse\", \"array\": [\"true\"]}]")],
            "the parameter `recurse` needs a `string`",
        ),
    ] {
        assert_refused(&run(&application(&[("a.yaml", &input), (name, text)]), PLUGIN, GENERATE, variables), words);
    }
    let secret = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\nstringData: {{LICENSE: *{SECRET}}}\n");
    let done = run(&application(&[("a.yaml", &input), ("b.yaml", &secret)]), PLUGIN, GENERATE, &[JAEGER]);
    assert_refused(&done, "./b.yaml: invalid YAML at line 4, column");
    assert!(!done.stderr.contains(SECRET), "{}", done.stderr);
    let linked = application(&[("a.yaml", &input)]);
    symlink("/etc/passwd", linked.folder().join(".seldon-trace.yaml")).unwrap();
    assert_refused(&run(&linked, PLUGIN, GENERATE, &[JAEGER]), ".seldon-trace.yaml: a link to a file outside");
    // Nothing printed would be everything pruned.
    assert_refused(&run(&application(&[("a.yaml", "a: b\n")]), PLUGIN, GENERATE, &[JAEGER]), "no manifest");
    let host = application(&[("a.yaml", &input)]);
    symlink("/etc/passwd", host.folder().join("link.yaml")).unwrap();
    assert_refused(&run(&host, PLUGIN, GENERATE, &[JAEGER]), "./link.yaml: a link to a file outside of the repository");
}

#[test]
fn what_may_be_a_manifest_is_printed_or_refused() {
    let (input, emoji) =
        (deployment(), r#"{"apiVersion": "v1", "kind": "A", "metadata": {"name": "\ud83d\ude00\\ud83d"}}"#);
    let two = emoji.to_owned() + &emoji.replace("\"A\"", "\"B\"");
    let marked = format!("\u{feff}{emoji}");
    let utf_16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (name, bytes) in
        [("e.yaml", two.as_bytes()), ("e.json", emoji.as_bytes()), ("e.yaml", marked.as_bytes()), ("e.yaml", &utf_16)]
    {
        let host = application(&[("a.yaml", &input)]);
        fs::write(host.folder().join(name), bytes).unwrap();
        let done = run(&host, PLUGIN, GENERATE, &[JAEGER]);
        let expected: &[&str] =
            if bytes == two.as_bytes() { &["SeldonDeployment", "A", "B"] } else { &["SeldonDeployment", "A"] };
        assert_eq!(
            (done.status, kinds(&done.stdout)),
            (0, expected.iter().map(ToString::to_string).collect()),
            "{}",
            done.stderr
        );
        assert!(done.stdout.contains("😀\\\\ud83d"), "{}", done.stdout);
    }
    let secret = format!("apiVersion: v1\nkind: Secret\nstringData: {SECRET}: b: c\n");
    for (name, text, words) in [
        (
            "b.yaml",
            format!("{{\"apiVersion\": \"v1\", \"kind\": \"A\", \"{}\": 1}}", "k".repeat(2000)),
            "./b.yaml: invalid YAML at line 1",
        ),
        ("b.yaml", "\"apiVersion\": v1\n\"kind\": A\n---\na: [\n".to_owned(), "./b.yaml: invalid YAML at line 5"),
        ("b.yaml", format!("{input}---\n{secret}"), "mapping values are not allowed"),
        ("b.json", two, "./b.json: several values"),
    ] {
        let done = run(&application(&[("a.yaml", &input), (name, &text)]), PLUGIN, GENERATE, &[JAEGER]);
        assert_refused(&done, words);
        assert!(!done.stderr.contains(SECRET), "{}", done.stderr);
    }
    for ignored in ["controller:\n  kind: Deployment\n", "- kind: A\n", "{a: {kind: A}}\n"] {
        let done = run(&application(&[("a.yaml", &input), ("values.yaml", ignored)]), PLUGIN, GENERATE, &[JAEGER]);
        assert_eq!((done.status, kinds(&done.stdout)), (0, vec!["SeldonDeployment".to_owned()]), "{ignored}");
    }
    // One mark may begin a stream, and another its first document: a fault of the whole text is none of its parts.
    let marked = "a: 1\n...\n\u{feff}\u{feff}\n---\nb: kindness\n";
    let done = run(&application(&[("a.yaml", &input), ("b.yaml", marked)]), PLUGIN, GENERATE, &[JAEGER]);
    assert_eq!((done.status, kinds(&done.stdout)), (0, vec!["SeldonDeployment".to_owned()]), "{}", done.stderr);
    let host = application(&[("a.yaml", &input), ("more/b.yaml", "a: b\n")]);
    fs::write(host.folder().join("b.yaml"), b"apiVersion: v1\nkind: ConfigMap\ndata: {a: \xe9}\n").unwrap();
    assert_refused(&run(&host, PLUGIN, GENERATE, &[JAEGER]), "./b.yaml: the byte at offset 41");
    fs::set_permissions(host.folder().join("more"), Permissions::from_mode(0o000)).unwrap();
    assert_refused(&run(&host, PLUGIN, GENERATE, &[JAEGER, ("PARAM_RECURSE", "true")]), "./more: permission denied");
    fs::set_permissions(host.folder().join("more"), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn without_a_deployment_no_backend_is_needed() {
    // The custom resource of Seldon's operator mentions it.
    let text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n# SeldonDeployment\n";
    let host = application(&[("a.yaml", text)]);
    let done = run(&host, PLUGIN, GENERATE, &[("ARGOCD_APP_PARAMETERS", "null")]);
    assert_eq!((done.status, done.stdout.as_str()), (0, text), "{}", done.stderr);
}

#[test]
fn discover_matches_what_mentions_a_deployment_and_never_fails() {
    let input = deployment();
    let utf_16: String = "kind: SeldonDeployment\n".chars().flat_map(|char| [char, '\0']).collect();
    let kustomization = "resources:\n- ../base\n- https://example.com/more\n";
    let chart = "apiVersion: v2\nname: a\nversion: 0.1.0\n";
    let cases: &[(bool, bool, Files<'_>)] = &[
        (true, false, &[("a.yaml", &input)]),
        (true, false, &[("a.json", "{\"kind\": \"SeldonDeployment\", ")]),
        (true, false, &[("a.yaml", "kind: SeldonDeployment\n: {{\n")]),
        (true, false, &[("a.yaml", &utf_16)]),
        (true, false, &[("a.jsonnet", "{kind: 'SeldonDeployment'}")]),
        (true, false, &[("a.yaml", &input), (".seldon-trace.yaml", "backend: [\n"), ("b.yaml", "a: *b\n")]),
        (false, false, &[("more/a.yaml", &input)]),
        (false, false, &[("a.txt", &input)]),
        (false, false, &[("a.yaml", &format!("# +argocd:skip-file-rendering\n{input}"))]),
        (false, false, &[("a.yaml", "kind: Pod\n")]),
        (false, true, &[("kustomization.yaml", "resources: [a.yaml]\n"), ("a.yaml", &input)]),
        (false, true, &[("Kustomization", "resources: [more]\n"), ("more/a.yaml", &input)]),
        (false, true, &[("kustomization.yml", "patches: [{path: b/a.yaml}]\n"), ("b/a.yaml", &input)]),
        (false, false, &[("kustomization.yaml", kustomization), ("other/a.yaml", &input)]),
        (
            false,
            false,
            &[("kustomization.yaml", "resources: [more, more]\n"), ("more/kustomization.yaml", "bases: [..]\n")],
        ),
        (false, false, &[("kustomization.yaml", "resources: [")]),
        (false, true, &[("Chart.yaml", chart), ("templates/a.yaml", "{{ if }}kind: SeldonDeployment")]),
        (false, true, &[("Chart.yaml", chart), ("charts/b/templates/_a.tpl", "kind: SeldonDeployment")]),
        (false, true, &[("Chart.yaml", chart), ("templates/a.yaml.gotmpl", "kind: SeldonDeployment")]),
        (
            false,
            true,
            &[("Chart.yaml", chart), ("templates/a.yaml", &format!("# +argocd:skip-file-rendering\n{input}"))],
        ),
        (false, false, &[("Chart.yaml", chart), ("README.md", "SeldonDeployment")]),
        (false, true, &[("kustomization.yaml", "resources: [a.txt]\n---\n"), ("a.txt", &input)]),
        (false, true, &[("kustomization.yaml", "resources: []\nresources: [more]\n"), ("more/a.yaml", &input)]),
        (false, true, &[("kustomization.yaml", "resources: [more, {\n"), ("more/a.yaml", &input)]),
        (false, false, &[("Chart.yaml", chart), ("templates/a.yaml", "kind: Pod\n")]),
        (false, false, &[]),
    ];
    for (manifests, build, files) in cases {
        let host = application(files);
        for (plugin, wanted) in [(PLUGIN, manifests), (BUILD_PLUGIN, build)] {
            let done = run(&host, plugin, DISCOVER, &[]);
            assert_eq!((done.status, done.stderr.as_str()), (0, ""), "{files:?}");
            assert_eq!(!done.stdout.is_empty(), *wanted, "{plugin}: {files:?}: {}", done.stdout);
        }
    }
    // What can't be read may mention one.
    let hidden = application(&[("a.yaml", &input)]);
    fs::set_permissions(hidden.folder().join("a.yaml"), Permissions::from_mode(0o000)).unwrap();
    assert_eq!(run(&hidden, PLUGIN, DISCOVER, &[]).stdout, "./a.yaml\n");
    let partly = application(&[("a/a.yaml", &input), ("b/b.yaml", &input)]);
    fs::set_permissions(partly.folder().join("a"), Permissions::from_mode(0o000)).unwrap();
    assert_eq!(run(&partly, PLUGIN, DISCOVER, &[("PARAM_RECURSE", "true")]).stdout, "./b/b.yaml\n");
    fs::set_permissions(partly.folder().join("a"), Permissions::from_mode(0o755)).unwrap();
    let host = application(&[("more/a.yaml", &input)]);
    for recurse in ["true", "yes"] {
        assert_eq!(run(&host, PLUGIN, DISCOVER, &[("PARAM_RECURSE", recurse)]).stdout, "./more/a.yaml\n");
    }
}

#[test]
fn a_chart_is_discovered_by_a_packed_one_and_by_links() {
    let chart = application(&[("Chart.yaml", "name: a\n"), ("charts/README.md", "")]);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(deployment().as_bytes()).unwrap();
    fs::write(chart.folder().join("charts/sub-0.1.0.tgz"), packed.finish().unwrap()).unwrap();
    assert_eq!(run(&chart, BUILD_PLUGIN, DISCOVER, &[]).stdout, "./charts/sub-0.1.0.tgz\n");
    // One that can't be read may mention one.
    fs::write(chart.folder().join("charts/sub-0.1.0.tgz"), "no archive").unwrap();
    assert_eq!(run(&chart, BUILD_PLUGIN, DISCOVER, &[]).stdout, "./charts/sub-0.1.0.tgz\n");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(b"kind: Pod\n").unwrap();
    fs::write(chart.folder().join("charts/sub-0.1.0.tgz"), packed.finish().unwrap()).unwrap();
    symlink("/", chart.folder().join("templates")).unwrap();
    assert_eq!(run(&chart, BUILD_PLUGIN, DISCOVER, &[]).stdout, "", "a link out of the repository is not followed");

    let chart = application(&[("Chart.yaml", "name: a\n"), ("common/templates/a.yaml", &deployment())]);
    symlink("common/templates", chart.folder().join("templates")).unwrap();
    symlink("..", chart.folder().join("common/loop")).unwrap();
    assert_eq!(run(&chart, BUILD_PLUGIN, DISCOVER, &[]).stdout, "./common/templates/a.yaml\n");
}

#[test]
fn an_overlay_is_discovered_by_its_base() {
    let base = [("below/base/a.yaml", &*deployment()), ("below/base/kustomization.yaml", "resources: [a.yaml]\n")];
    let overlay =
        application(&[base[0], base[1], ("kustomization.yaml", "resources:\n- https://example.com/more\n- base\n")]);
    symlink("below/base", overlay.folder().join("base")).unwrap();
    assert_eq!(run(&overlay, BUILD_PLUGIN, DISCOVER, &[]).stdout, "./base/a.yaml\n");
    // A base outside of the repository is not looked at.
    let other = application(&[("kustomization.yaml", "resources: [base]\n")]);
    symlink(overlay.folder().join("base"), other.folder().join("base")).unwrap();
    assert_eq!(run(&other, BUILD_PLUGIN, DISCOVER, &[]).stdout, "");
}

#[test]
fn kustomizations_are_built_and_traced() {
    let host = application(&[
        ("kustomization.yaml", "resources: [a.yaml]\n"),
        ("Chart.yaml", "name: a\n"),
        ("a.yaml", &deployment()),
    ]);
    stand_in(
        &host,
        "kustomize",
        "[ \"$*\" = 'build .' ] && while IFS= read -r line; do printf '%s\\n' \"$line\"; done < a.yaml",
    );
    let done = run(&host, BUILD_PLUGIN, GENERATE, &[JAEGER]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    assert!(done.stdout.contains("JAEGER_AGENT_HOST"), "{}", done.stdout);
    let files = [JAEGER, ("PARAM_VALUE_FILES_0", "a.yaml")];
    assert_refused(&run(&host, BUILD_PLUGIN, GENERATE, &files), "are for Helm");
    let quoted = format!(
        "echo 'kind: Pod'; echo 'Error: accumulating resources: `{SECRET}` http://me:{SECRET}@host' >&2; exit 1"
    );
    stand_in(&host, "kustomize", &quoted);
    let done = run(&host, BUILD_PLUGIN, GENERATE, &[JAEGER]);
    assert_refused(&done, "error: kustomize build: Error: accumulating resources");
    assert!(!done.stderr.contains(SECRET), "{}", done.stderr);
    stand_in(&host, "kustomize", "echo 'kind: SeldonDeployment'; echo '  : {'");
    assert_refused(&run(&host, BUILD_PLUGIN, GENERATE, &[JAEGER]), "the output of kustomize build:");
    stand_in(&host, "kustomize", "");
    assert_refused(&run(&host, BUILD_PLUGIN, GENERATE, &[JAEGER]), "there is no manifest to print");
    fs::remove_file(host.programs().join("kustomize")).unwrap();
    assert_refused(&run(&host, BUILD_PLUGIN, GENERATE, &[JAEGER]), "kustomize build can't be run");
    assert_refused(
        &run(&application(&[]), BUILD_PLUGIN, GENERATE, &[JAEGER]),
        "no kustomization file and no Chart.yaml",
    );
}

#[test]
fn charts_are_built_as_argo_cd_does() {
    let host = application(&[("Chart.yaml", "name: a\n"), ("values/a.yaml", ""), ("a,b.yaml", "")]);
    stand_in(&host, "helm", "echo \"kind: '$*'\"");
    let folder = host.folder().canonicalize().unwrap().display().to_string();
    let values = [("PARAM_VALUE_FILES_0", "values/a.yaml"), ("PARAM_VALUE_FILES_1", "/values/a.yaml")];
    let done = run(&host, BUILD_PLUGIN, GENERATE, &values);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let wanted = format!(
        "template . --name-template=models --namespace=seldon --kube-version=1.30.1 --values={folder}/values/a.yaml \
         --values={folder}/values/a.yaml --api-versions=v1 --api-versions=apps/v1 --include-crds"
    );
    assert_eq!(kinds(&done.stdout), [wanted]);
    let empty = [("PARAM_VALUE_FILES_0", ""), ("PARAM_VALUE_FILES_1", "values/a.yaml")];
    let done = run(&host, BUILD_PLUGIN, GENERATE, &empty);
    assert!(done.stdout.contains("/values/a.yaml"), "an empty one is left out: {}", done.stdout);
    let named = run(&host, BUILD_PLUGIN, GENERATE, &[("PARAM_RELEASE_NAME", "iris")]);
    assert!(named.stdout.contains("--name-template=iris "), "{}", named.stdout);
    for (name, words) in [
        ("../x.yaml", "the value file `../x.yaml`"),
        ("..", "is outside of the repository"),
        ("--debug", "the value file `--debug`"),
        ("a,b.yaml", "has a name that Helm can't take"),
    ] {
        assert_refused(&run(&host, BUILD_PLUGIN, GENERATE, &[("PARAM_VALUE_FILES_0", name)]), words);
    }
    assert_refused(&run(&host, PLUGIN, GENERATE, &[JAEGER]), "use the plugin for kustomize and Helm");
}

#[test]
fn an_error_prints_nothing_and_no_secret() {
    let traced = file(&format!("{CASE}/output"));
    let with = |entry: &str| traced.replacen("- name: TRACING", &format!("{entry}\n          - name: TRACING"), 1);
    let mut said = 0;
    for entry in [
        format!("- {{name: JAEGER_PASSWORD, value: {SECRET}}}"),
        format!("- {{name: JAEGER_PASSWORD, value: [{SECRET}]}}"),
        format!("- {{name: [{SECRET}], value: a}}"),
        format!("- {{name: JAEGER_PASSWORD, value: {SECRET}, value: b}}"),
        format!("- {{name: JAEGER_PASSWORD, value: \"{SECRET}}}"),
        format!("- {{name: DB_PASSWORD, value: *{SECRET}}}"),
        format!("- {{name: DSN, value: {SECRET}, value: b}}"),
        format!("- {{name: JAEGER_ENDPOINT, value: \"http://me:{SECRET}@jaeger:14268\"}}"),
    ] {
        let host = application(&[("a.yaml", &with(&entry)), ("b.yaml", &traced)]);
        let done = run(&host, PLUGIN, GENERATE, &[("PARAM_BACKEND", "datadog")]);
        assert!(!done.stderr.contains(SECRET), "{entry}: {}", done.stderr);
        if done.status != 0 {
            assert_refused(&done, "--> ./a.yaml:");
            said += 1;
        }
    }
    assert!(said >= 3, "only {said} of them fail");
    let settings = format!("backend: jaeger\nset: {{DSN: [{SECRET}]}}\n");
    let host = application(&[("a.yaml", &traced), (".seldon-trace.yaml", &settings)]);
    let done = run(&host, PLUGIN, GENERATE, &[]);
    assert_refused(&done, "--> .seldon-trace.yaml:2:");
    assert!(!done.stderr.contains(SECRET), "{}", done.stderr);
}

#[test]
fn the_guide_shows_the_plugins_and_sidecars_without_rights() {
    let blocks = guide("Argo CD", "yaml");
    let config = yaml(&blocks[0]);
    for (key, name) in [("manifests.yaml", PLUGIN), ("build.yaml", BUILD_PLUGIN)] {
        assert_eq!(yaml(config["data"][key].as_str().unwrap()), yaml(&file(name)));
        // The UI fills in empty parameters.
        assert_eq!(yaml(&file(name))["spec"]["parameters"]["static"][0]["string"], "");
    }
    let pod = &yaml(&blocks[1])["spec"]["template"]["spec"];
    let volumes: Vec<&str> =
        pod["volumes"].as_sequence().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    let sidecars = pod["containers"].as_sequence().unwrap();
    for (sidecar, key) in sidecars.iter().zip(["manifests.yaml", "build.yaml"]) {
        assert_eq!(sidecar["command"][0], "/var/run/argocd/argocd-cmp-server");
        assert_eq!(sidecar["securityContext"]["runAsUser"], 999);
        assert_eq!(sidecar["securityContext"]["runAsNonRoot"], true);
        let mounts = sidecar["volumeMounts"].as_sequence().unwrap();
        let of_plugin = |mount: &&Value| mount["mountPath"] == "/home/argocd/cmp-server/config/plugin.yaml";
        let plugin = mounts.iter().find(of_plugin).unwrap();
        assert_eq!(
            (plugin["name"].as_str(), plugin["subPath"].as_str()),
            (config["metadata"]["name"].as_str(), Some(key))
        );
        for mount in mounts {
            let name = mount["name"].as_str().unwrap();
            assert!(["var-files", "plugins"].contains(&name) || volumes.contains(&name), "{name}");
        }
    }
    assert_eq!(sidecars.len(), 2);
}
