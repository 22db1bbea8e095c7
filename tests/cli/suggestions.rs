//! Misspelt words, and the right ones that messages suggest.

use std::fs;

use crate::support::{MANIFEST, Sandbox};

#[test]
fn misspelt_words_get_the_nearest_one() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for (line, words) in [
        ("enable -b jaeger --sampler-type probablistic --sampler-param 0.1 a.yaml", "did you mean probabilistic?"),
        ("enable -b jaeger --set DD_SERVCE=1 a.yaml", "did you mean DD_SERVICE, which is for --backend datadog?"),
        ("man agent-colector", "did you mean agent-collector?"),
        ("man agent colector", "did you mean agent-collector?"),
        ("man lnit", "did you mean lint?"),
        ("help agent colector", "tip: a similar subcommand exists: 'collector'"),
        ("enable -b jaeger --port 1 a.yaml", "tip: a similar argument exists: '--agent-port'"),
        ("enable --containers m a.yaml", "tip: a similar argument exists: '--container'"),
        ("enable -b jaeger --host a a.yaml", "tip: a similar argument exists: '--agent-host'"),
        (
            "enable -b jaeger --otlp x:4317 a.yaml",
            "x:4317: no such file or directory; the address of --otlp needs a `=`",
        ),
        ("enable -b jaeger --max-depth x .", "it is a whole number"),
        ("enable -b jaeger --diff -U x .", "it is a whole number"),
    ] {
        sandbox.run(line).expect(2, &[words]);
    }
    for line in
        ["status x:4317", "lint x:4317", "disable x:4317", "enable -b jaeger x:80", "enable -b jaeger --otlp=x:1 x:80"]
    {
        let done = sandbox.run(line);
        done.expect(2, &[": no such file or directory\n"]);
        assert!(!done.stderr.contains("--otlp"), "{line}: {}", done.stderr);
    }
    let settings = "backend: jaeger\nsampler-type: probablistic\nsampler-param: 0.1\n";
    fs::write(sandbox.path(".seldon-trace.yaml"), settings).unwrap();
    sandbox.run("enable a.yaml").expect(2, &["did you mean probabilistic?"]);
    assert_eq!(sandbox.run("man agent collector").stdout, sandbox.run("man agent-collector").stdout);
}

#[test]
fn names_that_may_be_meant_get_a_note() {
    let other = MANIFEST
        .replace("name: iris", "name: iris\n  annotations: {seldon-trace/skpi: 'true'} # seldon-trace: allow ST999");
    let with_typo = MANIFEST.replace("name: iris", "name: iris # JAEGER_TGAS");
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("other.yaml", &other), ("with-typo.yaml", &with_typo)]);
    for option in ["unset", "keep"] {
        let line = format!("disable --{option} JAEGER_TGAS");
        let note = format!("note: --{option} JAEGER_TGAS: no input has it; did you mean JAEGER_TAGS?");
        sandbox.run(&format!("{line} a.yaml")).expect(0, &[&note]);
        assert!(!sandbox.run(&format!("{line} with-typo.yaml")).stderr.contains("did you mean"));
    }
    for glob in ["JAEGER_TAG*", "JAEGER_AGENT_POR?", "JAEGER_TAG[S]", "{JAEGER_TAGS}"] {
        assert!(!sandbox.run(&format!("disable --keep {glob} a.yaml")).stderr.contains("did you mean"), "{glob}");
    }
    sandbox.run("disable --unset JAEGER_TAG* a.yaml").expect(0, &["note: --unset JAEGER_TAG*: no input has it"]);
    let note = "note: other.yaml:5: nothing reads the annotation `seldon-trace/skpi`: did you mean seldon-trace/skip?";
    sandbox.run("enable -b jaeger --check other.yaml").expect(1, &[note]);
    sandbox.run("lint other.yaml").expect(0, &["note: other.yaml:5: there is no rule ST999; did you mean "]);
    let many: String = (0..2000).map(|id| format!("# seldon-trace: allow ST{}, ST999\n", 100 + id / 2)).collect();
    fs::write(sandbox.path("many.yaml"), many + MANIFEST).unwrap();
    let notes = sandbox.run("lint many.yaml other.yaml").stderr;
    let lines: Vec<&str> = notes.lines().filter_map(|line| line.split("; did").next()).collect();
    let unknown = [(1, "ST100"), (1, "ST999"), (3, "ST101"), (5, "ST102"), (7, "ST103")];
    assert_eq!(
        lines,
        unknown.map(|(line, rule)| format!("note: many.yaml:{line}: there is no rule {rule}")),
        "{notes}"
    );
    sandbox
        .run("enable -b datadog --inject init --library-version foo a.yaml")
        .expect(0, &["note: --library-version is not a version such as v2"]);
}

#[test]
fn usage_errors_have_one_empty_line_before_the_usage() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    sandbox.run("enable -b jaeger --foobarbaz a.yaml").expect(2, &["'--foobarbaz' found\n\nUsage: "]);
    let done = sandbox.run("enable a.yaml");
    assert!(done.status == 2 && !done.stderr.contains("functionConfig"), "{}", done.stderr);
    sandbox.feed("enable", MANIFEST).expect(2, &["or a functionConfig"]);
    let done = sandbox.run("enable -b jaeger --config a.yaml a.yaml");
    done.expect(2, &["error: a resource, and no settings", "manifests are given as PATH"]);
    assert_eq!(done.stderr.matches("error").count(), 1, "{}", done.stderr);
}
