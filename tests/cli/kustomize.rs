//! kustomize and `kubectl kustomize`, if they are on PATH, with the program as a transformer.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::{MANIFEST, Outcome, Sandbox};

const CONFIG: &str = "apiVersion: seldon-trace.dev/v1\nkind: SeldonTrace\nmetadata:\n  name: tracing\n";

/// A folder with a manifest, a config with this spec, and the program, named as the kind of the config.
fn sandbox(annotations: &str, spec: &str) -> Sandbox {
    let sandbox = Sandbox::with(&[
        ("iris.yaml", MANIFEST),
        ("kustomization.yaml", "resources: [iris.yaml]\ntransformers: [trace.yaml]\n"),
        ("trace.yaml", &format!("{CONFIG}{annotations}spec:\n{spec}")),
    ]);
    let folder = sandbox.path("plugins/seldon-trace.dev/v1/seldontrace");
    fs::create_dir_all(&folder).unwrap();
    // Copied by another process: a file that this process, or a child of another test, has open can't be run.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_seldon-trace")).arg(folder.join("SeldonTrace")).status();
    assert!(copied.unwrap().success());
    sandbox
}

/// Runs another program in the folder; `None` if it is not on PATH.
fn run(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> Option<Outcome> {
    if Command::new(name).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no {name} on PATH");
        return None;
    }
    let mut command = Command::new(name);
    command.args(arguments).current_dir(sandbox.path("")).env("KUSTOMIZE_PLUGIN_HOME", sandbox.path("plugins"));
    Some(Outcome::of(command.stdin(Stdio::null())))
}

const BUILD: [&str; 4] = ["build", "--enable-alpha-plugins", "--enable-exec", "."];

#[test]
fn kustomize_builds_through_it_as_a_function() {
    let annotations = "  annotations:\n    config.kubernetes.io/function: |\n      exec:\n        path: \
                       ./plugins/seldon-trace.dev/v1/seldontrace/SeldonTrace\n        args: [enable]\n";
    let jaeger = sandbox(annotations, "  backend: jaeger\n  agent-port: 6831\n");
    if let Some(done) = run(&jaeger, "kustomize", &BUILD) {
        let text = done.expect(0, &["default/iris  jaeger  orchestrator +5"]).text();
        assert!(text.contains("value: \"6831\"") && !text.contains("config.kubernetes.io"), "{text}");
    }
    let wrong = sandbox(annotations, "  backnd: jaeger\n");
    if let Some(done) = run(&wrong, "kustomize", &BUILD) {
        done.expect(1, &["there is no setting `backnd` here", "did you mean `backend`?"]);
        assert_eq!(done.text(), "");
    }
}

#[test]
fn kustomize_edits_files_through_it() {
    let sandbox = sandbox("", "  backend: jaeger\n");
    fs::create_dir(sandbox.path("models")).unwrap();
    fs::write(sandbox.path("models/iris.yaml"), format!("# ours\n{MANIFEST}")).unwrap();
    let program = "plugins/seldon-trace.dev/v1/seldontrace/SeldonTrace";
    let arguments = ["fn", "run", "--enable-exec", "--exec-path", program, "models", "--", "backend=jaeger"];
    if let Some(done) = run(&sandbox, "kustomize", &arguments) {
        done.expect(0, &["default/iris  jaeger"]);
        let text = fs::read_to_string(sandbox.path("models/iris.yaml")).unwrap();
        assert!(text.starts_with("# ours\n") && text.contains("JAEGER_AGENT_HOST"), "{text}");
        assert_eq!(fs::read_dir(sandbox.path("models")).unwrap().count(), 1);
    }
}

#[test]
fn kubectl_kustomize_runs_it_as_an_exec_plugin() {
    let right = sandbox("", "  backend: datadog\n");
    if let Some(done) = run(&right, "kubectl", &["kustomize", "--enable-alpha-plugins", "."]) {
        assert!(done.expect(0, &[]).text().contains("DD_ENABLED"), "{}", done.text());
    }
    let wrong = sandbox("", "  backend: zipkin\n");
    if let Some(done) = run(&wrong, "kubectl", &["kustomize", "--enable-alpha-plugins", "."]) {
        done.expect(1, &["expected `jaeger` or `datadog`, found the text `zipkin`"]);
    }
}

/// The first argument is the config, unless it is a command or close to one.
#[test]
fn a_missing_config_is_not_a_command() {
    let sandbox = sandbox("", "  backend: jaeger\n");
    let program = sandbox.path("plugins/seldon-trace.dev/v1/seldontrace/SeldonTrace");
    let run = |argument: &str| Outcome::of(Command::new(&program).arg(argument).stdin(Stdio::null()));
    for name in ["nofile", "nofile.yaml", "/no/file"] {
        run(name).expect(2, &[&format!("error: {name}: no such file or directory")]);
    }
    run("enabel").expect(2, &["unrecognized subcommand 'enabel'", "'enable'"]);
    run("help").expect(0, &[]);
    run("--version").expect(0, &[]);
}

/// The stream of an exec plugin has no files, so that such an override would never apply.
#[test]
fn an_override_by_path_is_refused_in_the_config_of_a_plugin() {
    let spec = "  backend: jaeger\n  overrides:\n  - match: {path: 'models/*'}\n    agent-port: 6831\n";
    let sandbox = sandbox("", spec);
    let program = sandbox.path("plugins/seldon-trace.dev/v1/seldontrace/SeldonTrace");
    let run = |arguments: &[&str]| {
        let stdin = fs::File::open(sandbox.path("iris.yaml")).unwrap();
        Outcome::of(Command::new(&program).args(arguments).current_dir(sandbox.path("")).stdin(stdin))
    };
    run(&["trace.yaml"]).expect(2, &["a `path` in the settings of a plugin of kustomize: its input has none"]);
    run(&["enable", "--config", "trace.yaml", "iris.yaml"]).expect(0, &["default/iris  jaeger"]);
}
