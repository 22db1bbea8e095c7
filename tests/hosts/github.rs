//! The scripts of the action's steps, run as GitHub runs them, with the values that GitHub fills in.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_yaml::Value;

use crate::support::{CASE, Host, Outcome, ROOT, file, guide, outcome, yaml};

const ACTION: &str = ".github/actions/seldon-trace/action.yml";

/// The release that the action fetches.
const VERSION: &str = "v1.2.3";

/// Runs all steps with these inputs, until one fails.
fn run(host: &Host, given: &[(&str, &str)]) -> Outcome {
    let action = yaml(&file(ACTION));
    assert_eq!(action["runs"]["using"], "composite");
    let input = |name: &str| {
        let default = action["inputs"][name]["default"].as_str().unwrap_or_else(|| panic!("no input {name}"));
        given.iter().find(|(given, _)| *given == name).map_or(default, |(_, value)| value).to_owned()
    };
    let context = |name: &str| match name {
        "github.server_url" => format!("file://{}", host.folder().display()),
        "github.action_repository" => "owner/repository".to_owned(),
        "github.action_ref" => VERSION.to_owned(),
        name => input(name.strip_prefix("inputs.").unwrap_or_else(|| panic!("what is {name}?"))),
    };
    // `${{ a || b }}`
    let expression = |text: &str| {
        let inner = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}"));
        inner.unwrap_or_else(|| panic!("{text}")).split(" || ").map(context).find(|value| !value.is_empty())
    };
    let mut all = Outcome { status: 0, stdout: String::new(), stderr: String::new() };
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        assert_eq!(step["shell"], "bash");
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "an input in a script could be one: {script}");
        let mut bash = host.command("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
        // The additions of earlier steps.
        let path = bash.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap().to_owned();
        let added = host.read("path").trim_end().to_owned();
        if !added.is_empty() {
            bash.env("PATH", format!("{added}:{}", path.to_str().unwrap()));
        }
        for (name, value) in step["env"].as_mapping().unwrap() {
            bash.env(name.as_str().unwrap(), expression(value.as_str().unwrap()).unwrap_or_default());
        }
        for (name, file) in [("GITHUB_STEP_SUMMARY", "summary.md"), ("GITHUB_PATH", "path"), ("RUNNER_TEMP", "temp")] {
            bash.env(name, host.folder().join(file));
        }
        let done = outcome(&mut bash);
        all.stdout += &done.stdout;
        all.stderr += &done.stderr;
        all.status = done.status;
        if done.status != 0 {
            break;
        }
    }
    all
}

fn with_manifests() -> Host {
    let host = Host::new(true);
    host.write("deploy/off.yaml", file(&format!("{CASE}/input.yaml")));
    host.write("on/model a.yaml", file(&format!("{CASE}/output")));
    host.write("wrong/a.yaml", file(&format!("{CASE}/output")).replace("'5775'", "udp"));
    host
}

#[test]
fn the_summary_has_the_status_and_the_lines_have_the_findings() {
    let host = with_manifests();
    let done = run(&host, &[("paths", "on\n"), ("backend", "jaeger")]);
    assert_eq!(done.status, 0, "{}{}", done.stdout, done.stderr);
    let summary = host.read("summary.md");
    assert!(summary.starts_with("### Tracing of SeldonDeployments\n\n| DEPLOYMENT | PREDICTOR |"), "{summary}");
    assert!(summary.contains("\n| seldon/tracing-example | tracing | orchestrator | yes | jaeger |"), "{summary}");
    assert!(summary.ends_with("\n1 deployment: 1 traced\n"), "{summary}");

    let done = run(&host, &[("paths", "wrong"), ("sarif", "found.sarif"), ("fail-on", "error")]);
    assert_eq!(done.status, 1, "{}", done.stderr);
    assert!(done.stdout.contains("::error file=wrong/a.yaml,line="), "{}", done.stdout);
    assert!(host.read("found.sarif").contains("\"ST004\""), "it is written before lint fails");
    assert_eq!(run(&host, &[("paths", "wrong"), ("fail-on", "never")]).status, 0);
    // Both summaries are kept, as those of other steps are.
    assert_eq!(host.read("summary.md").matches("### ").count(), 3);
}

#[test]
fn a_manifest_that_does_not_trace_fails_with_a_backend() {
    let host = with_manifests();
    assert_eq!(run(&host, &[("paths", "deploy"), ("fail-on", "never")]).status, 0);
    let done = run(&host, &[("paths", "on/model a.yaml\ndeploy"), ("backend", "jaeger"), ("fail-on", "error")]);
    assert_eq!(done.status, 1, "{}", done.stderr);
    assert!(done.stdout.ends_with("deploy/off.yaml\n"), "{}", done.stdout);
    assert!(host.read("summary.md").contains("| FILE |"), "two inputs have their names");
    assert_eq!(run(&host, &[("paths", "missing")]).status, 2);
    assert_eq!(run(&host, &[("paths", "on"), ("backend", "$(touch taken)")]).status, 2);
    assert!(!host.folder().join("taken").exists());
}

#[test]
fn manifests_are_checked_with_a_settings_file_alone() {
    let host = with_manifests();
    host.write(".seldon-trace.yaml", "backend: jaeger\n");
    let run = |paths: &str, check: &str| run(&host, &[("paths", paths), ("check", check), ("fail-on", "error")]);
    assert_eq!(run("deploy", "false").status, 0);
    assert_eq!(run("deploy", "").status, 0);
    assert_eq!(run("on", "true").status, 0);
    let done = run("deploy", "true");
    assert_eq!(done.status, 1, "{}", done.stderr);
    assert!(done.stdout.ends_with("deploy/off.yaml\n"), "{}", done.stdout);
    let done = run("on", "yes");
    assert_eq!(done.status, 2);
    assert!(done.stdout.contains("::error::check is true or false"), "{}", done.stdout);
    host.write(".seldon-trace.yaml", "backend: datadog\n");
    assert_eq!(run("on", "true").status, 1);
}

#[test]
fn paths_of_empty_lines_are_the_working_folder() {
    let host = with_manifests();
    for paths in ["", "\n", "  \n\t\n"] {
        host.write("summary.md", "");
        let done = run(&host, &[("paths", paths), ("fail-on", "never")]);
        assert_eq!(done.status, 0, "{paths:?}: {}", done.stderr);
        assert!(host.read("summary.md").contains("| ./deploy/off.yaml |"), "{paths:?}: {}", host.read("summary.md"));
    }
}

#[test]
fn the_program_is_fetched_from_the_release_and_its_sum_is_checked() {
    let host = Host::new(false);
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no curl on PATH");
        return;
    }
    let is_installed = outcome(host.command("sh").args(["-c", "command -v seldon-trace"])).status == 0;
    let target = match () {
        () if cfg!(all(target_os = "linux", target_arch = "x86_64")) => "x86_64-unknown-linux-gnu",
        () if cfg!(all(target_os = "linux", target_arch = "aarch64")) => "aarch64-unknown-linux-musl",
        () => "",
    };
    if is_installed || target.is_empty() {
        eprintln!("skipped: there is no release for this machine, or a seldon-trace on PATH");
        return;
    }
    let done = run(&host, &[]);
    assert_eq!(done.status, 1);
    assert!(done.stdout.contains("::error::file://"), "{}", done.stdout);
    let release = format!("owner/repository/releases/download/{VERSION}");
    let name = format!("seldon-trace-1.2.3-{target}");
    fs::create_dir(host.folder().join(&name)).unwrap();
    host.copy_program(&host.folder().join(&name).join("seldon-trace"));
    host.write(&format!("{release}/SHA256SUMS"), "");
    let pack = format!("tar -czf {release}/{name}.tar.gz {name} && cd {release} && sha256sum *.tar.gz > SHA256SUMS");
    assert_eq!(outcome(host.command("sh").args(["-c", &pack])).status, 0);
    host.write("on/a.yaml", file(&format!("{CASE}/output")));
    let done = run(&host, &[("paths", "on")]);
    assert_eq!(done.status, 0, "{}{}", done.stdout, done.stderr);
    assert!(host.read("summary.md").ends_with("1 deployment: 1 traced\n"));
    let sums = host.read(&format!("{release}/SHA256SUMS"));
    for wrong in [sums.replace(&sums[..8], "00000000"), String::new()] {
        host.write(&format!("{release}/SHA256SUMS"), wrong);
        host.write("path", "");
        assert_eq!(run(&host, &[("paths", "on")]).status, 1);
        assert_eq!(host.read("path"), "");
    }
}

#[test]
fn the_workflow_of_the_guide_uses_existing_inputs() {
    let blocks = guide("GitHub", "yaml");
    let workflow = yaml(&blocks[0]);
    let steps = workflow["jobs"]["tracing"]["steps"].as_sequence().unwrap();
    let step = steps.iter().find(|step| step["uses"].as_str().unwrap().contains("seldon-trace")).unwrap();
    let uses = step["uses"].as_str().unwrap();
    let path = uses.strip_prefix("OWNER/REPOSITORY/").unwrap().split('@').next().unwrap();
    assert_eq!(Path::new(ROOT).join(path).join("action.yml"), Path::new(ROOT).join(ACTION));
    assert!(uses.ends_with(concat!("@v", env!("CARGO_PKG_VERSION"))), "{uses}");
    let inputs = yaml(&file(ACTION));
    let with = step["with"].as_mapping().unwrap();
    let given: Vec<(&str, &str)> =
        with.iter().map(|(name, value)| (name.as_str().unwrap(), value.as_str().unwrap())).collect();
    for (name, _) in &given {
        assert!(inputs["inputs"][*name].is_mapping(), "there is no input {name}");
    }
    let upload = steps.last().unwrap();
    assert_eq!(upload["with"]["sarif_file"], step["with"]["sarif"]);

    let host = with_manifests();
    host.write("deploy/off.yaml", file(&format!("{CASE}/output")));
    assert_eq!(run(&host, &given).status, 0);
    let Value::Sequence(steps) = yaml(&blocks[1]) else { panic!("{}", blocks[1]) };
    for step in steps {
        let mut bash = host.command("bash");
        bash.args(["-ec", step["run"].as_str().unwrap()]).env("GITHUB_STEP_SUMMARY", host.folder().join("second.md"));
        assert_eq!(outcome(&mut bash).status, 0);
    }
    assert!(host.read("second.md").ends_with("1 deployment: 1 traced\n"));
}
