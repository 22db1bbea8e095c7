//! The program as a plugin of kubectl, called by its name and, if there is one, by kubectl.

use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::support::{MANIFEST, Outcome, Sandbox};

const PLUGIN: &str = "kubectl-seldon_trace";
const COMPLETION: &str = "kubectl_complete-seldon_trace";

/// A folder with a manifest and with the program under the names of a plugin.
fn installed() -> Sandbox {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for name in [PLUGIN, COMPLETION] {
        symlink(env!("CARGO_BIN_EXE_seldon-trace"), sandbox.path(name)).unwrap();
    }
    sandbox
}

/// Runs the file with this name in the folder.
fn call(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(sandbox.path(name));
    Outcome::of(command.args(arguments).current_dir(sandbox.path("")).env_clear().stdin(Stdio::null()))
}

/// The completions of these words by the plugin: the candidates without descriptions, and the directive.
fn candidates(sandbox: &Sandbox, words: &[&str]) -> String {
    let done = call(sandbox, COMPLETION, words);
    done.expect(0, &[]);
    assert_eq!(done.stderr, "", "{words:?}");
    let names = done.text().lines().map(|line| line.split('\t').next().unwrap());
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn help_and_usage_say_how_it_was_called() {
    let sandbox = installed();
    let help = call(&sandbox, PLUGIN, &["--help"]);
    assert!(help.expect(0, &[]).text().contains("Usage: kubectl seldon-trace [OPTIONS] <COMMAND>"), "{}", help.text());
    let help = call(&sandbox, PLUGIN, &["help", "enable"]);
    assert!(help.expect(0, &[]).text().contains("Usage: kubectl seldon-trace enable [OPTIONS]"), "{}", help.text());
    call(&sandbox, PLUGIN, &["enable"])
        .expect(2, &["--backend <BACKEND> is needed", "Usage: kubectl seldon-trace enable"]);
    call(&sandbox, PLUGIN, &["enable", "--\u{1b}"]).expect(2, &[r"--\u{1b}", "Usage: kubectl seldon-trace enable"]);
    call(&sandbox, PLUGIN, &["lint", "--fail-on", "x"]).expect(2, &["possible values"]);
    let version = call(&sandbox, PLUGIN, &["--version"]);
    assert_eq!(version.text(), sandbox.run("--version").text());
    let done = call(&sandbox, PLUGIN, &["enable", "-b", "jaeger", "a.yaml"]);
    assert_eq!(done.expect(0, &[]).text(), sandbox.run("enable -b jaeger a.yaml").text());
}

#[test]
fn a_command_line_may_go_on_as_it_is_declared() {
    let sandbox = installed();
    for (words, wanted) in [
        (&["en"][..], "enable :4"),
        (&["man", ""], PAGES),
        (&["man", "agent-c"], "agent-collector agent-compose :4"),
        (&["agent", ""], "collector jaeger datadog-values jaeger-config compose webhook :4"),
        (&["agent", "jaeger-config", "--config-map", "a", ""], ":0"),
        (&["lint", "--allow", "ST02"], "ST020 ST021 ST022 ST023 ST024 ST025 ST026 ST027 ST028 ST029 :4"),
        (&["lint", "--deny=ST001"], "--deny=ST001 :4"),
        (&["enable", "-bdatadog", "--set", "TR"], "TRACING= :4"),
        (&["completions", ""], "bash elvish fish powershell zsh :4"),
        (&["completions", "bash", ""], ":4"),
        (&["enable", "-b", ""], "jaeger datadog :4"),
        (&["enable", "-b", "d"], "datadog :4"),
        (&["enable", "-ib", "j"], "jaeger :4"),
        (&["enable", "-bjaeger", ""], ":0"),
        (&["enable", "--backend=d"], "--backend=datadog :4"),
        (&["enable", "--backend=jaeger", "--sampler-p"], "--sampler-param :4"),
        (&["enable", "--agent-"], "--agent-host --agent-port --agent-image :4"),
        (&["enable", "--agent-host", ""], ":4"),
        (&["enable", "--agent-host", "--backend", "-"], OPTIONS_OF_ENABLE),
        (&["enable", "--dd-service", "a", ""], ":0"),
        (&["enable", "-o", ""], ":0"),
        (&["enable", "--output=a"], ":0"),
        (&["enable", "a.yaml", "b"], ":0"),
        (&["enable", "-", ""], ":0"),
        (&["enable", "--", "-"], ":0"),
        (&["enable", "enable", "--nothing", ""], ":0"),
        (&["--color", "a"], "auto always :4"),
        (&["--color", "never", "st"], "status :4"),
        (&["status", "--format", "json"], "json json-schema :4"),
        (&["nothing", "dis"], "disable :4"),
        (&["\u{1b}["], ":4"),
    ] {
        let wanted = if wanted == OPTIONS_OF_ENABLE { candidates(&sandbox, &["enable", "-"]) } else { wanted.into() };
        assert_eq!(candidates(&sandbox, words), wanted, "{words:?}");
    }
    let all = "enable disable explain status lint config agent argocd completions man help :4";
    assert_eq!(candidates(&sandbox, &[""]), all);
    assert_eq!(candidates(&sandbox, &[]), all);
    let done = call(&sandbox, COMPLETION, &["enable", "--backend", "j"]);
    assert!(done.text().starts_with("jaeger\tJaeger"), "{}", done.text());
}

const PAGES: &str = "enable disable explain status lint config agent agent-collector agent-jaeger agent-datadog-values \
                     agent-jaeger-config agent-compose agent-webhook argocd argocd-generate argocd-discover completions man help :4";

const OPTIONS_OF_ENABLE: &str = "those that `enable -` offers";

#[test]
fn kubectl_runs_it_and_asks_it_for_completions() {
    let sandbox = installed();
    let kubectl = |arguments: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(sandbox.path("")).chain(std::env::split_paths(&path));
        let mut command = Command::new("kubectl");
        command.args(shell_words::split(arguments).unwrap()).current_dir(sandbox.path("")).stdin(Stdio::null());
        Outcome::of(command.env("PATH", std::env::join_paths(folders).unwrap()))
    };
    if Command::new("kubectl").args(["version", "--client"]).output().is_err() {
        eprintln!("skipped: there is no kubectl on PATH");
        return;
    }
    assert_eq!(kubectl("seldon-trace --version").expect(0, &[]).text(), sandbox.run("--version").text());
    let done = kubectl("seldon-trace enable -b jaeger a.yaml");
    assert_eq!(done.expect(0, &["default/iris"]).text(), sandbox.run("enable -b jaeger a.yaml").text());
    assert_eq!(kubectl("seldon-trace enable -b jaeger --check a.yaml").status, 1);
    kubectl("seldon-trace enable").expect(2, &["Usage: kubectl seldon-trace enable"]);
    let done = kubectl("__complete seldon-trace en");
    assert!(done.expect(0, &[]).text().starts_with("enable\tSwitch tracing on"), "{}", done.text());
    let done = kubectl("__completeNoDesc seldon-trace enable --backend ''");
    assert_eq!(done.expect(0, &[]).text(), "jaeger\ndatadog\n:4\n");
    assert!(kubectl("plugin list").text().contains(PLUGIN));
}

/// kustomize's exec path and Helm without `--post-renderer-args` give no arguments, and a stream.
#[test]
fn a_tool_that_gives_no_arguments_is_told_what_is_missing() {
    let sandbox = Sandbox::with(&[]);
    symlink(env!("CARGO_BIN_EXE_seldon-trace"), sandbox.path("tracer")).unwrap();
    let by_name = Outcome::of(Command::new(sandbox.path("tracer")).env_clear().stdin(Stdio::null()));
    for outcome in [by_name, sandbox.feed("", "kind: Pod\n")] {
        assert_eq!(outcome.status, 2);
        assert!(outcome.stdout.is_empty());
        let words = &outcome.stderr;
        assert!(words.starts_with("error: no command: ") && words.lines().count() == 1, "{words}");
        assert!(words.contains("--post-renderer-args") && words.contains("SeldonTrace"), "{words}");
    }
}
