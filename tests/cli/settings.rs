//! Settings of a team: where they are found, and what becomes of files that are none.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{MANIFEST, Outcome, Sandbox};

const SETTINGS: &str = "\
backend: jaeger
overrides:
- match: {path: models/*.yaml}
  agent-port: 6000
";

fn team() -> Sandbox {
    let sandbox = Sandbox::with(&[(".seldon-trace.yaml", SETTINGS)]);
    fs::create_dir(sandbox.path("models")).unwrap();
    fs::write(sandbox.path("models/a.yaml"), MANIFEST).unwrap();
    sandbox
}

#[test]
fn a_file_above_counts_and_its_paths_start_from_its_folder() {
    let sandbox = team();
    for path in ["a.yaml", "../models/a.yaml", sandbox.path("models/a.yaml").to_str().unwrap()] {
        let mut command = sandbox.command(&format!("enable {path}"));
        let done = Outcome::of(command.current_dir(sandbox.path("models")));
        done.expect(0, &["default/iris  jaeger"]);
        assert!(done.text().contains("'6000'"), "{path}: {}", done.text());
    }
    let mut command = sandbox.command("config");
    let done = Outcome::of(command.current_dir(sandbox.path("models")));
    assert!(done.text().contains(" ../.seldon-trace.yaml:1\n"), "{}", done.text());
}

#[test]
fn a_path_that_leads_into_the_folder_by_a_link_is_inside() {
    let (sandbox, elsewhere) = (team(), Sandbox::with(&[]));
    symlink(sandbox.path(""), elsewhere.path("link")).unwrap();
    let done = sandbox.run(&format!("enable {}", elsewhere.path("link/models/a.yaml").display()));
    assert!(done.text().contains("'6000'"), "{}", done.text());
}

#[test]
fn the_repository_s_root_is_the_last_folder_that_is_looked_into() {
    let sandbox = team();
    fs::create_dir(sandbox.path("models/.git")).unwrap();
    let mut command = sandbox.command("enable a.yaml");
    Outcome::of(command.current_dir(sandbox.path("models"))).expect(2, &["--backend <BACKEND> is needed"]);
}

#[test]
fn nothing_comes_from_the_environment() {
    let sandbox = team();
    let plain = sandbox.run("config").stdout;
    let variables =
        ["BACKEND", "SELDON_TRACE_BACKEND", "SELDON_TRACE_CONFIG", "DD_SERVICE", "JAEGER_AGENT_PORT", "HOME"];
    let done = Outcome::of(sandbox.command("config").envs(variables.map(|name| (name, "datadog"))));
    assert_eq!(done.stdout, plain);
}

#[test]
fn what_is_no_file_is_an_error_that_names_it() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    symlink("nowhere", sandbox.path(".seldon-trace.yaml")).unwrap();
    let done = sandbox.run("enable -b jaeger a.yaml");
    done.expect(2, &["error: .seldon-trace.yaml: no such file or directory\n"]);
    assert!(done.stdout.is_empty());
    sandbox.run("enable -b jaeger --config . a.yaml").expect(2, &["error: .: is a directory\n"]);
    sandbox
        .run("enable -b jaeger --config /dev/zero a.yaml")
        .expect(2, &["error: /dev/zero: a device, and not a regular file\n"]);
    let done = sandbox.run("status --no-config a.yaml");
    done.expect(0, &[]);
}

#[test]
fn every_command_that_goes_by_settings_refuses_those_that_are_wrong() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), (".seldon-trace.yaml", "backend: jaeger\nx\u{1b}y: 1\n")]);
    for command in ["enable a.yaml", "disable a.yaml", "status a.yaml", "lint a.yaml", "lint --fix -i a.yaml", "config"]
    {
        let done = sandbox.run(command);
        done.expect(2, &[".seldon-trace.yaml:2:2", "control character U+001B"]);
        assert!(done.stdout.is_empty() && !done.stderr.contains('\u{1b}'), "{command}: {}", done.stderr);
    }
    let quoted = Sandbox::with(&[(".seldon-trace.yaml", "\"x\\ey\": 1\n")]);
    let done = quoted.run("config --profile 'a\u{1b}b'");
    done.expect(2, &[r"there is no setting `x\u{1b}y` here"]);
    let done = team().run("config --profile 'a\u{1b}b'");
    done.expect(2, &[r"--profile a\u{1b}b: there is no such profile"]);
    sandbox.run("explain TRACING").expect(0, &[]);
}

#[test]
fn schemas_are_printed_whatever_the_settings_are() {
    let sandbox = Sandbox::with(&[(".seldon-trace.yaml", "[")]);
    for command in ["config --schema", "status --format json-schema", "lint --format json-schema"] {
        sandbox.run(command).expect(0, &[]);
    }
}

#[test]
fn config_refuses_what_no_backend_could_go_by() {
    let sandbox = Sandbox::with(&[]);
    for line in ["config --set JAEGER_TAGS", "config --sampler-type x", "config --agent-port 0", "config --keep ["] {
        assert!(sandbox.run(line).expect(2, &["error: "]).stdout.is_empty());
    }
    sandbox.run("config --sample-rate 0.5").expect(0, &[]);
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for line in ["config --no-config --config a.yaml", "config --no-config --profile a"] {
        team().run(line).expect(2, &["cannot be used with"]);
    }
}
