//! The exit status.

use crate::support::{MANIFEST, REFUSED, Sandbox, feed};

const ON: &str = "enable --backend jaeger";

fn sandbox() -> Sandbox {
    let on = feed(ON, MANIFEST).stdout;
    let on = std::str::from_utf8(&on).unwrap();
    Sandbox::with(&[("off.yaml", MANIFEST), ("on.yaml", on), ("refused.yaml", REFUSED), ("other.yaml", "kind: Pod\n")])
}

#[test]
fn each_exit_status() {
    let sandbox = sandbox();
    for (status, arguments) in [
        (0, "enable -b jaeger off.yaml"),
        (0, "enable -b jaeger on.yaml"),
        (0, "enable -b jaeger other.yaml"),
        (0, "enable -b jaeger --diff on.yaml"),
        (0, "enable -b jaeger --check on.yaml other.yaml"),
        (0, "enable -b jaeger --check --diff on.yaml"),
        (0, "disable off.yaml on.yaml"),
        (0, "disable --check off.yaml"),
        (0, "--help"),
        (0, "help enable"),
        (0, "--version"),
        (0, "man"),
        (0, "man disable"),
        (0, "completions fish"),
        (1, "enable -b jaeger --diff off.yaml"),
        (1, "enable -b jaeger --check off.yaml on.yaml"),
        (1, "enable -b jaeger --check --diff off.yaml"),
        (1, "enable -b datadog --check on.yaml"),
        (1, "disable --diff on.yaml"),
        (1, "disable --check on.yaml"),
        (2, ""),
        (2, "unknown"),
        (2, "enable off.yaml"),
        (2, "enable -b zipkin off.yaml"),
        (2, "enable -b jaeger --unknown off.yaml"),
        (2, "enable -b jaeger --agent-port 0 off.yaml"),
        (2, "enable -b jaeger --sample-rate 1 off.yaml"),
        (2, "enable -b jaeger --selector '=' off.yaml"),
        (2, "enable -b jaeger --name '[' off.yaml"),
        (2, "enable -b jaeger -U 1 off.yaml"),
        (2, "enable -b jaeger -i"),
        (2, "enable -b jaeger -i -o x off.yaml"),
        (2, "enable -b jaeger -q -v off.yaml"),
        (2, "enable -b jaeger missing.yaml"),
        (2, "enable -b jaeger refused.yaml"),
        (2, "enable -b jaeger --check off.yaml refused.yaml"),
        (2, "enable -b jaeger --diff on.yaml refused.yaml"),
        (2, "enable -b jaeger --require-match --name nothing off.yaml"),
        (2, "enable -b jaeger -o missing/folder off.yaml"),
        (2, "disable refused.yaml"),
        (2, "man unknown"),
        (2, "completions tcsh"),
    ] {
        let done = sandbox.run(arguments);
        assert_eq!(done.status, status, "{arguments}: {}", done.stderr);
        if status == 2 {
            assert!(done.stdout.is_empty(), "{arguments}: an error prints nothing");
            assert!(!done.stderr.is_empty(), "{arguments}: an error says something");
        }
    }
}

#[test]
fn standard_input_ends_as_a_file_does() {
    let on = feed(ON, MANIFEST);
    on.expect(0, &["default/iris  jaeger  orchestrator +5, classifier +5\n"]);
    for (status, arguments, stdin) in [
        (0, "enable -b jaeger -", MANIFEST),
        (0, "enable -b jaeger --check", on.text()),
        (1, "enable -b jaeger --check", MANIFEST),
        (1, "enable -b jaeger --diff -", MANIFEST),
        (2, "enable -b jaeger --check -", REFUSED),
        (2, "enable -b jaeger -i -", MANIFEST),
    ] {
        feed(arguments, stdin).expect(status, &[]);
    }
    assert_eq!(feed("enable -b jaeger --check -", MANIFEST).text(), "-\n");
}

#[test]
fn an_empty_input_has_an_empty_output() {
    for stdin in ["", "\n", "# a comment\n", "---\n", "\u{feff}", "---\n---\n...\n", "null\n", "{}"] {
        for arguments in ["enable -b jaeger", "enable -b datadog -", "disable"] {
            let done = feed(arguments, stdin);
            done.expect(0, &["no SeldonDeployment found\n"]);
            assert_eq!(done.text(), stdin, "{arguments}");
        }
        assert_eq!(feed("enable -b jaeger --diff", stdin).expect(0, &[]).text(), "");
    }
}

#[test]
fn every_input_s_error_is_shown_and_nothing_is_printed() {
    let sandbox = Sandbox::with(&[
        ("a.yaml", MANIFEST),
        ("b.yaml", REFUSED),
        ("c.yaml", "SeldonDeployment: [\n"),
        ("d.yaml", "SeldonDeployment: \"\u{0}\"\n"),
    ]);
    let done = sandbox.run("enable -b jaeger a.yaml missing.yaml b.yaml c.yaml d.yaml missing/too.yaml");
    done.expect(
        2,
        &["missing.yaml: no such file", "missing/too.yaml: no such", "b.yaml:7:24", "c.yaml:1:19", "d.yaml: the byte"],
    );
    assert!(done.stdout.is_empty());
}

#[test]
fn every_document_s_error_is_shown() {
    let done = feed("enable -b jaeger", format!("{REFUSED}---\n{MANIFEST}---\n{REFUSED}"));
    done.expect(2, &["standard input:7:24", "standard input:30:24"]);
    assert!(done.stdout.is_empty());
}

#[test]
fn every_fault_of_a_command_line_is_shown() {
    let done = feed("enable -b datadog --agent-port 0 --sample-rate 2 --tag x --set FOO=1", MANIFEST);
    done.expect(2, &["--agent-port", "--sample-rate", "--tag", "--set FOO"]);
    assert_eq!(done.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 4, "{}", done.stderr);
}

#[test]
fn quiet_prints_only_errors() {
    assert_eq!(feed("enable -b datadog -q", MANIFEST).expect(0, &[]).stderr, "");
    feed("enable -b datadog -q", REFUSED).expect(2, &["error: "]);
    feed("lint -q", REFUSED).expect(2, &["error: "]);
    assert_eq!(feed("lint -q", MANIFEST).expect(0, &[]).text(), "");
    let verbose = feed("enable -b jaeger -v", MANIFEST);
    verbose.expect(0, &["  orchestrator: + TRACING `1`\n", "  classifier: + JAEGER_AGENT_HOST status.hostIP\n"]);
}
