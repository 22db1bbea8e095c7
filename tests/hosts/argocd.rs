//! A config-management plugin for Argo CD, by its contract: its commands run in the folder of the manifests, as user
//! 999, with Argo CD's variables. Standard output has only manifests, and standard error, which the UI shows, has no
//! secret.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde::Deserialize;
use serde_yaml::Value;

use crate::support::{CASE, Host, Outcome, file, guide, outcome, yaml};

const PLUGIN: &str = ".ci/hosts/argocd-plugin.yaml";

const SECRET: &str = "hunter2hunter2";

/// Runs the command of the plugin at this place of its spec.
fn run(host: &Host, which: &[&str], backend: Option<&str>) -> Outcome {
    let plugin = yaml(&file(PLUGIN));
    let spec = which.iter().fold(&plugin["spec"], |value, key| &value[*key]);
    let words: Vec<&str> = spec["command"].as_sequence().unwrap().iter().filter_map(Value::as_str).collect();
    let mut command = as_user_999(host, &words);
    command.env_remove("HOME").env("ARGOCD_APP_NAME", "models").env("ARGOCD_APP_NAMESPACE", "seldon");
    if let Some(backend) = backend {
        command.env("PARAM_BACKEND", backend);
    }
    outcome(&mut command)
}

/// These words as a command of the user 999 if root runs the tests, else of the current user.
fn as_user_999(host: &Host, words: &[&str]) -> Command {
    let other = ["--reuid=999", "--regid=999", "--clear-groups"];
    let can = host.command("setpriv").args(other).args(["seldon-trace", "--version"]).output();
    if can.is_ok_and(|done| done.status.success()) {
        let mut command = host.command("setpriv");
        command.args(other).args(words);
        return command;
    }
    let mut command = host.command(words[0]);
    command.args(&words[1..]);
    command
}

/// A folder that nobody can write into, with these manifests.
fn application(files: &[(&str, &str)]) -> Host {
    let host = Host::new(false);
    host.copy_program(&host.programs().join("seldon-trace"));
    fs::set_permissions(host.programs(), Permissions::from_mode(0o755)).unwrap();
    for (name, text) in files {
        host.write(name, text);
    }
    fs::set_permissions(host.folder(), Permissions::from_mode(0o555)).unwrap();
    host
}

#[test]
fn generate_prints_only_manifests() {
    let input = file(&format!("{CASE}/input.yaml"));
    let host = application(&[
        ("iris.yaml", &input),
        ("more/service.yml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: iris\n"),
        ("more/config.json", "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\"}"),
        ("README.md", "# Models\n"),
        ("values.yaml", "replicas: 3\n"),
    ]);
    let done = run(&host, &["generate"], Some("jaeger"));
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let documents = serde_yaml::Deserializer::from_str(&done.stdout).map(Value::deserialize);
    let kinds: Vec<String> = documents.map(|document| document.unwrap()["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["SeldonDeployment", "ConfigMap", "Service"]);
    assert!(done.stdout.contains("JAEGER_AGENT_HOST"), "{}", done.stdout);
    assert_eq!(fs::read_dir(host.folder()).unwrap().count(), 4);
    assert!(run(&host, &["generate"], Some("datadog")).stdout.contains("DD_ENABLED"));
    for hostile in ["zipkin", "jaeger; id", "--output=x", "$(id)"] {
        let done = run(&host, &["generate"], Some(hostile));
        assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{hostile}");
        assert!(!done.stderr.contains("uid="), "{}", done.stderr);
    }
}

#[test]
fn the_settings_file_decides_without_parameters_of_the_application() {
    let input = file(&format!("{CASE}/input.yaml"));
    let host = application(&[("iris.yaml", &input), (".seldon-trace.yaml", "backend: datadog\n")]);
    for (backend, wanted) in [(None, "DD_ENABLED"), (Some(""), "DD_ENABLED"), (Some("jaeger"), "JAEGER_AGENT_HOST")] {
        let done = run(&host, &["generate"], backend);
        assert_eq!((done.status, done.stderr.as_str()), (0, ""), "{backend:?}");
        assert!(done.stdout.contains(wanted), "{backend:?}: {}", done.stdout);
    }
    // The UI fills in empty parameters.
    assert_eq!(yaml(&file(PLUGIN))["spec"]["parameters"]["static"][0]["string"], "");
    let done = run(&application(&[("iris.yaml", &input)]), &["generate"], None);
    assert_eq!((done.status, done.stdout.as_str()), (2, ""));
    assert!(done.stderr.starts_with("error") && done.stderr.contains("backend"), "{}", done.stderr);
}

#[test]
fn only_folders_with_a_seldon_deployment_are_discovered() {
    let input = file(&format!("{CASE}/input.yaml"));
    let json = "{\"apiVersion\": \"machinelearning.seldon.io/v1\", \"kind\": \"SeldonDeployment\", \"spec\": \
                {\"predictors\": [{\"name\": \"main\", \"graph\": {\"name\": \"a\"}}]}}";
    type Files<'a> = &'a [(&'a str, &'a str)];
    let cases: [(bool, Files<'_>); 6] = [
        (true, &[("a.yaml", &input)]),
        (true, &[("more/a.json", json)]),
        (false, &[("a.yaml", "kind: Pod\n# no SeldonDeployment\n")]),
        (false, &[("kustomization.yaml", "resources: [a.yaml]\n"), ("a.yaml", &input)]),
        (false, &[("Chart.yaml", "name: a\n"), ("templates/a.yaml", &input)]),
        (false, &[]),
    ];
    for (wanted, files) in cases {
        let done = run(&application(files), &["discover", "find"], None);
        assert_eq!(done.status == 0 && !done.stdout.is_empty(), wanted, "{files:?}: {}", done.stderr);
    }
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
        format!("- {{name: JAEGER_ENDPOINT, value: \"http://me:{SECRET}@jaeger:14268\"}}"),
    ] {
        let host = application(&[("a.yaml", &with(&entry)), ("b.yaml", &traced)]);
        let done = run(&host, &["generate"], Some("datadog"));
        assert!(!done.stderr.contains(SECRET), "{entry}: {}", done.stderr);
        if done.status != 0 {
            assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{entry}");
            assert!(done.stderr.starts_with("error: ") && done.stderr.contains("a.yaml:"), "{}", done.stderr);
            said += 1;
        }
    }
    assert!(said >= 3, "only {said} of them fail");
    // Nothing printed would be everything pruned.
    let done = run(&application(&[("a.yaml", "kind: Pod\n")]), &["generate"], None);
    assert_eq!((done.status, done.stdout.as_str()), (2, ""));
}

#[test]
fn the_guide_shows_the_plugin_and_a_sidecar_without_rights() {
    let blocks = guide("Argo CD", "yaml");
    let plugin = file(PLUGIN);
    let spec = |text: &str| yaml(text)["spec"].clone();
    assert_eq!(spec(&blocks[0]), spec(&plugin));
    let sidecar = &yaml(&blocks[1])[0];
    assert_eq!(sidecar["command"][0], "/var/run/argocd/argocd-cmp-server");
    assert_eq!(sidecar["securityContext"]["runAsUser"], 999);
    assert_eq!(sidecar["securityContext"]["runAsNonRoot"], true);
    let mounts = sidecar["volumeMounts"].as_sequence().unwrap();
    assert!(mounts.iter().any(|mount| mount["mountPath"] == "/home/argocd/cmp-server/config/plugin.yaml"));
}
