//! The settings files of a team, and errors in them.

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
fn a_path_that_is_not_a_file_is_an_error() {
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
fn every_command_with_settings_reports_wrong_ones() {
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
fn schemas_are_printed_with_any_settings() {
    let sandbox = Sandbox::with(&[(".seldon-trace.yaml", "[")]);
    for command in ["config --schema", "status --format json-schema", "lint --format json-schema"] {
        sandbox.run(command).expect(0, &[]);
    }
}

#[test]
fn config_reports_settings_that_are_wrong_for_both_backends() {
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

/// A working folder with settings, one folder with its own, and one without.
fn nested(own: &str) -> Sandbox {
    let sandbox = Sandbox::with(&[(".seldon-trace.yaml", "backend: jaeger\nagent-port: 1111\n"), ("a.yaml", MANIFEST)]);
    for folder in ["own", "own/deep", "plain"] {
        fs::create_dir(sandbox.path(folder)).unwrap();
        fs::write(sandbox.path(folder).join("a.yaml"), MANIFEST).unwrap();
    }
    fs::write(sandbox.path("own/.seldon-trace.yaml"), own).unwrap();
    sandbox
}

fn port(sandbox: &Sandbox, line: &str) -> String {
    let done = sandbox.run(line);
    let text = done.expect(0, &[]).text();
    let ports: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("value: '")).collect();
    let ports = ports.iter().map(|port| port.trim_end_matches('\'')).filter(|port| port.len() == 4);
    let mut ports: Vec<&str> = ports.collect();
    ports.dedup();
    ports.join(" ")
}

#[test]
fn the_settings_of_an_input_are_the_nearest_above_it() {
    let sandbox = nested("backend: datadog\nagent-port: 2222\n");
    for (line, ports) in [
        ("enable a.yaml", "1111"),
        ("enable plain/a.yaml", "1111"),
        ("enable own/a.yaml", "2222"),
        ("enable own/deep/../a.yaml", "2222"),
        ("enable own", "2222"),
        ("enable own/deep/a.yaml", "2222"),
        ("enable .", "1111 2222 1111"),
        ("enable --agent-port 3333 .", "3333"),
        ("enable --config .seldon-trace.yaml own", "1111"),
        ("enable --no-config -b jaeger own", "5775"),
    ] {
        assert_eq!(port(&sandbox, line), ports, "{line}");
    }
    let done = sandbox.run("enable .");
    done.expect(0, &["./own/a.yaml: default/iris  datadog", "./plain/a.yaml: default/iris  jaeger"]);
    // From within, or from a folder beside it, it is the same file.
    let mut command = sandbox.command("enable a.yaml ../own/deep ../plain/a.yaml");
    let done = Outcome::of(command.current_dir(sandbox.path("own")));
    done.expect(0, &["a.yaml: default/iris  datadog", "../plain/a.yaml: default/iris  jaeger"]);
    fs::create_dir(sandbox.path("own/deep/.git")).unwrap();
    assert_eq!(port(&sandbox, "enable own/deep"), "1111", "not beyond a repository, but the working folder's");
    assert_eq!(sandbox.feed("enable", MANIFEST).expect(0, &["  jaeger  "]).status, 0);
}

#[test]
fn a_file_beside_inputs_can_not_switch_a_gate_off() {
    let gates = "fail-on: never\nname: nobody\nrequire-match: false\nprofiles: {p: {only: containers}}\n";
    let sandbox = nested(&format!("backend: jaeger\n{gates}"));
    let warning = "warning: own/.seldon-trace.yaml:2: `fail-on` does not count here: it is for a whole run";
    let done = sandbox.run("enable --check own");
    done.expect(1, &[warning, "own/.seldon-trace.yaml:3: `name` does not count here", "4: `require-match` does"]);
    assert!(!done.stderr.contains("`only`"), "a profile that nobody asked for: {}", done.stderr);
    sandbox.run("enable --check own --profile p").expect(1, &["5: `only` does not count here"]);
    let wrong = MANIFEST.replace("image: acme", "env: [{name: DD_ENABLED, value: 1}]\n          image: acme");
    fs::write(sandbox.path("own/a.yaml"), wrong).unwrap();
    sandbox.run("lint own").expect(1, &[warning]);
    sandbox.run("status own").expect(0, &[warning]);
    // They count in the working folder and with `--config`.
    let mut command = sandbox.command("lint .");
    let done = Outcome::of(command.current_dir(sandbox.path("own")));
    assert!(done.status == 0 && done.stderr.is_empty(), "{}", done.stderr);
    sandbox.run("lint --config own/.seldon-trace.yaml own").expect(0, &[]);
    // Keys that an override may have count.
    fs::write(sandbox.path("own/.seldon-trace.yaml"), "backend: jaeger\nallow: [ST001, ST010]\n").unwrap();
    sandbox.run("lint own").expect(0, &[]);
    // The selection of the working folder is for all inputs.
    fs::write(sandbox.path(".seldon-trace.yaml"), "backend: jaeger\nname: nobody\n").unwrap();
    sandbox.run("enable --check own").expect(0, &["nothing is selected in 2 deployments"]);
}

#[test]
fn a_profile_has_to_be_in_one_of_the_files() {
    let sandbox = nested("backend: jaeger\nprofiles: {ci: {agent-port: 4444}}\n");
    assert_eq!(port(&sandbox, "enable --profile ci ."), "1111 4444 1111");
    assert_eq!(port(&sandbox, "enable --profile ci own"), "4444");
    sandbox.run("status --profile ci own").expect(0, &[]);
    sandbox
        .run("enable --profile ci a.yaml")
        .expect(2, &["--profile ci: there is no such profile in .seldon-trace.yaml"]);
    sandbox.run("enable --profile cj own").expect(
        2,
        &[
            "--profile cj: there is no such profile in .seldon-trace.yaml, own/.seldon-trace.yaml",
            "existing profiles: ci",
        ],
    );
    fs::remove_file(sandbox.path(".seldon-trace.yaml")).unwrap();
    sandbox
        .run("enable --profile cj own")
        .expect(2, &["no such profile in own/.seldon-trace.yaml", "existing profiles: ci"]);
}

#[test]
fn paths_of_overrides_are_those_from_their_own_file() {
    let own = "backend: jaeger\noverrides: [{match: {path: 'deep/*'}, agent-port: 5555}, {match: {path: 'own/**'}, agent-port: 6666}]\n";
    let sandbox = nested(own);
    assert_eq!(port(&sandbox, "enable own/deep"), "5555");
    assert_eq!(port(&sandbox, "enable own/a.yaml"), "5775");
    let shown = sandbox.run("config own/deep/a.yaml");
    let text = shown.expect(0, &[]).text();
    assert!(text.contains("For path deep/*") && !text.contains("For path own/**"), "{text}");
}

#[test]
fn config_prints_the_settings_of_a_path() {
    let sandbox = nested("backend: datadog\nfail-on: never\n");
    for path in ["own", "own/deep", "own/a.yaml", "own/not-there.yaml"] {
        let done = sandbox.run(&format!("config {path}"));
        let text = done.expect(0, &["own/.seldon-trace.yaml:2: `fail-on` does not count"]).text();
        assert!(text.contains("  own/.seldon-trace.yaml:1\n") && text.contains("datadog"), "{text}");
        assert!(!text.contains("never") && text.contains("8126") && !text.contains("sampler"), "{text}");
    }
    let mut command = sandbox.command("config ../own/a.yaml");
    let done = Outcome::of(command.current_dir(sandbox.path("plain")));
    assert!(done.text().contains("  ../own/.seldon-trace.yaml:1\n"), "{}", done.text());
    for line in ["config", "config plain", "config a.yaml"] {
        assert!(sandbox.run(line).expect(0, &[]).text().contains("  .seldon-trace.yaml:1\n"), "{line}");
    }
}

#[test]
fn inputs_need_a_backend_in_their_own_settings() {
    let sandbox = nested("agent-port: 7777\n");
    sandbox.run("enable own").expect(2, &["error: own/.seldon-trace.yaml: no `backend`", "or give --backend"]);
    assert_eq!(port(&sandbox, "enable own -b jaeger"), "7777");
    sandbox.run("disable own").expect(0, &[]);
    fs::remove_file(sandbox.path(".seldon-trace.yaml")).unwrap();
    fs::write(sandbox.path("own/.seldon-trace.yaml"), "backend: jaeger\nagent-port: 8888\n").unwrap();
    assert_eq!(port(&sandbox, "enable own"), "8888");
    sandbox.run("enable own plain").expect(2, &["--backend <BACKEND> is needed"]);
    fs::write(sandbox.path("own/.seldon-trace.yaml"), "x: 1\n").unwrap();
    for command in ["enable -b jaeger", "disable", "lint", "status", "config"] {
        sandbox.run(&format!("{command} own")).expect(2, &["own/.seldon-trace.yaml:1:1"]);
    }
}

#[test]
fn settings_that_no_deployment_has_are_no_error() {
    let sandbox = nested("backend: datadog\n");
    // The working folder's settings are for Jaeger, and no input has them.
    sandbox.run("enable --sample-rate 0.5 own").expect(0, &["default/iris  datadog"]);
    fs::create_dir(sandbox.path("services")).unwrap();
    fs::write(sandbox.path("services/.seldon-trace.yaml"), "service: x\n").unwrap();
    fs::write(sandbox.path("services/a.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n").unwrap();
    sandbox.run("enable own services").expect(0, &["default/iris  datadog"]);
    fs::write(sandbox.path("services/b.yaml"), MANIFEST).unwrap();
    sandbox.run("enable own services").expect(2, &["services/.seldon-trace.yaml: no `backend`"]);
}

#[test]
fn files_are_excluded_by_the_settings_of_the_run() {
    let sandbox = nested("backend: jaeger\nexclude: [deep]\n");
    let names = |line: &str| {
        let done = sandbox.run(line);
        (done.text().replace("./", "").lines().collect::<Vec<_>>().join(" "), done.stderr)
    };
    // That of the folder `own` does not count, and is named.
    let (all, said) = names("enable -b jaeger --check .");
    assert_eq!(all, "a.yaml own/a.yaml own/deep/a.yaml plain/a.yaml");
    assert!(said.contains("own/.seldon-trace.yaml:2: `exclude` does not count here"), "{said}");
    fs::write(sandbox.path(".seldon-trace.yaml"), "exclude: [/deep, /plain]\nprofiles: {p: {exclude: [own/deep/]}}\n")
        .unwrap();
    assert_eq!(names("enable -b jaeger --check .").0, "a.yaml own/a.yaml own/deep/a.yaml");
    assert_eq!(names("enable -b jaeger --check --profile p .").0, "a.yaml own/a.yaml plain/a.yaml");
    assert_eq!(names("enable -b jaeger --check --exclude own .").0, "a.yaml plain/a.yaml");
    // With --config they are relative to the folder of that file.
    fs::write(sandbox.path("own/x.yaml"), "exclude: [/deep, /a.yaml]\n").unwrap();
    assert_eq!(names("enable -b jaeger --check --config own/x.yaml .").0, "a.yaml plain/a.yaml");
    sandbox.run("config").expect(0, &[]);
    assert!(sandbox.run("config").text().contains("/deep, /plain"), "{}", sandbox.run("config").text());
    for (text, words) in [
        ("overrides: [{match: {name: a}, exclude: [b]}]\n", "`exclude` is a setting of the whole run"),
        ("exclude: [a, '{']\n", ".seldon-trace.yaml:1:14"),
        ("exclude: a\n", "expected"),
    ] {
        fs::write(sandbox.path(".seldon-trace.yaml"), text).unwrap();
        let done = sandbox.run("enable -b jaeger --check .");
        done.expect(2, &[words]);
        assert_eq!(done.text(), "");
    }
}
