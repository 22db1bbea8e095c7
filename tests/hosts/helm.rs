//! A post-renderer for Helm 3 and 4: by their contracts, and with the real one if it is on the PATH.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::Stdio;

use crate::support::{Host, Outcome, PROGRAM, file, guide, outcome, yaml};

const PLUGIN: &str = ".ci/hosts/helm-plugin.yaml";

/// The input from Helm 4: all rendered manifests and hooks, each with its file.
const RENDERED: &str = "\
---
# Source: models/templates/migrate.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    \"helm.sh/hook\": pre-install,pre-upgrade
    \"helm.sh/hook-weight\": \"-5\"
    postrenderer.helm.sh/postrender-filename: 'models/templates/migrate.yaml'
---
# Source: models/templates/iris.yaml
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: iris
  annotations:
    helm.sh/resource-policy: keep
    postrenderer.helm.sh/postrender-filename: 'models/templates/iris.yaml'
spec:
  predictors:
  - name: default
    graph: {name: classifier, implementation: SKLEARN_SERVER}
---
# Source: models/templates/test.yaml
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: probe
  annotations: {helm.sh/hook: test, postrenderer.helm.sh/postrender-filename: 'models/templates/test.yaml'}
spec:
  predictors:
  - name: default
    graph: {name: classifier, implementation: SKLEARN_SERVER}
";

/// The arguments of the post-renderer in this command line of the guide.
fn arguments(line: &str) -> Vec<String> {
    let words = shell_words::split(line).unwrap();
    assert!(words.windows(2).any(|pair| pair == ["--post-renderer", "seldon-trace"]), "{line}");
    let given = words.windows(2).filter(|pair| pair[0] == "--post-renderer-args");
    given.map(|pair| pair[1].clone()).collect()
}

/// The guide's command line for this version.
fn line(version: &str) -> String {
    let block = guide("Helm", "sh").into_iter().find(|block| block.contains(version)).unwrap();
    let joined = block.replace("\\\n", " ");
    joined.lines().find(|line| line.starts_with("helm upgrade")).unwrap().to_owned()
}

fn filter(host: &Host, program: &str, arguments: &[String], rendered: &str) -> Outcome {
    host.write("rendered.yaml", rendered);
    let rendered = File::open(host.folder().join("rendered.yaml")).unwrap();
    outcome(host.command(program).args(arguments).env("HELM_NAMESPACE", "models").stdin(Stdio::from(rendered)))
}

/// Checks that both deployments trace and that everything else is unchanged.
fn expect_traced(host: &Host, done: &Outcome) {
    assert_eq!(done.status, 0, "{}", done.stderr);
    assert_eq!(done.stdout.matches("name: JAEGER_AGENT_HOST").count(), 4, "{}", done.stdout);
    for line in RENDERED.lines() {
        assert!(done.stdout.contains(line), "{line} is gone:\n{}", done.stdout);
    }
    let back = filter(host, "seldon-trace", &["disable".to_owned()], &done.stdout);
    assert_eq!(back.stdout, RENDERED);
}

#[test]
fn a_filter_for_helm_3_keeps_hooks_and_annotations() {
    let host = Host::new(true);
    let done = filter(&host, "seldon-trace", &arguments(&line("# Helm 3")), RENDERED);
    expect_traced(&host, &done);
    let done = filter(&host, "seldon-trace", &arguments(&line("# Helm 3")), "kind: SeldonDeployment\nspec: [\n");
    assert_eq!((done.status, done.stdout.as_str()), (2, ""));
    // An empty chart is no error here: that is for Helm to decide.
    let done = filter(&host, "seldon-trace", &arguments(&line("# Helm 3")), "");
    assert_eq!((done.status, done.stdout.as_str()), (0, ""));
}

#[test]
fn the_plugin_for_helm_4_runs_the_program_beside_it() {
    let plugin = yaml(&file(PLUGIN).replace("@VERSION@", env!("CARGO_PKG_VERSION")));
    for (key, value) in [
        ("apiVersion", "v1"),
        ("type", "postrenderer/v1"),
        ("name", "seldon-trace"),
        ("runtime", "subprocess"),
        ("version", env!("CARGO_PKG_VERSION")),
    ] {
        assert_eq!(plugin[key], value);
    }
    // The platforms of Helm that a test can check; tests/hosts/release.rs checks the others.
    let command = &plugin["runtimeConfig"]["platformCommand"][0];
    assert_eq!((&command["os"], &command["arch"]), (&"linux".into(), &"amd64".into()));
    assert!(command["args"].is_null(), "the arguments are those of Helm 3");
    let host = Host::new(true);
    let folder = host.folder().join("plugins/seldon-trace");
    fs::create_dir_all(folder.join("linux-amd64")).unwrap();
    symlink(PROGRAM, folder.join("linux-amd64/seldon-trace")).unwrap();
    let program = command["command"].as_str().unwrap().replace("${HELM_PLUGIN_DIR}", folder.to_str().unwrap());
    expect_traced(&host, &filter(&host, &program, &arguments(&line("# Helm 4")), RENDERED));
}

#[test]
fn helm_renders_through_it() {
    let host = Host::new(true);
    let Ok(version) = host.command("helm").args(["version", "--template", "{{.Version}}"]).output() else {
        eprintln!("skipped: there is no helm on PATH");
        return;
    };
    host.write("models/Chart.yaml", "apiVersion: v2\nname: models\nversion: 0.1.0\n");
    for (name, document) in ["migrate", "iris", "test"].iter().zip(RENDERED.split("---\n").skip(1)) {
        let ours = |line: &&str| line.contains("postrender-filename: ") && !line.contains('{');
        let text: Vec<&str> = document.lines().filter(|line| !ours(line)).collect();
        host.write(&format!("models/templates/{name}.yaml"), text.join("\n") + "\n");
    }
    let is_4 = version.stdout.starts_with(b"v4");
    if is_4 {
        host.write("plugin/plugin.yaml", file(PLUGIN).replace("@VERSION@", env!("CARGO_PKG_VERSION")));
        for platform in ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"] {
            fs::create_dir_all(host.folder().join("plugin").join(platform)).unwrap();
            host.copy_program(&host.folder().join("plugin").join(platform).join("seldon-trace"));
        }
        let done = outcome(host.command("helm").args(["plugin", "install", "./plugin"]));
        assert_eq!(done.status, 0, "{}{}", done.stdout, done.stderr);
    }
    let mut helm = host.command("helm");
    helm.args(["template", "models", "./models", "--post-renderer", "seldon-trace"]);
    for argument in arguments(&line(if is_4 { "# Helm 4" } else { "# Helm 3" })) {
        helm.args(["--post-renderer-args", &argument]);
    }
    let done = outcome(&mut helm);
    assert_eq!(done.status, 0, "{}{}", done.stdout, done.stderr);
    for words in ["name: JAEGER_AGENT_HOST", "helm.sh/hook", "helm.sh/hook-weight", "helm.sh/resource-policy: keep"] {
        assert!(done.stdout.contains(words), "no {words}:\n{}", done.stdout);
    }
}
