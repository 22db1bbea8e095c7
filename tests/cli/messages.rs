//! Messages: their colours, their escapes, and the settings of both.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use crate::support::{MANIFEST, Outcome, REFUSED, Sandbox, feed};

const ESCAPE: char = '\u{1b}';

#[test]
fn colours_go_by_the_option_then_no_color_then_clicolor_force() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("refused.yaml", REFUSED)]);
    type Variables = &'static [(&'static str, &'static str)];
    let cases: &[(&str, Variables, bool)] = &[
        ("", &[], false),
        ("", &[("CLICOLOR_FORCE", "1")], true),
        ("", &[("CLICOLOR_FORCE", "0")], false),
        ("", &[("CLICOLOR_FORCE", "")], false),
        ("", &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
        ("", &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")], true),
        ("--color auto", &[("CLICOLOR_FORCE", "1")], true),
        ("--color always", &[], true),
        ("--color always", &[("NO_COLOR", "1")], true),
        ("--color never", &[("CLICOLOR_FORCE", "1")], false),
    ];
    for (option, variables, coloured) in cases {
        for command in ["enable -b jaeger a.yaml", "enable -b jaeger refused.yaml"] {
            let line = format!("{command} {option}");
            let done = Outcome::of(sandbox.command(&line).envs(variables.iter().copied()));
            assert_eq!(done.stderr.contains(ESCAPE), *coloured, "{line} {variables:?}: {}", done.stderr);
            assert!(!done.text().contains(ESCAPE), "{line} {variables:?}: a manifest is never coloured");
        }
        let line = format!("enable -b jaeger --diff a.yaml {option}");
        let done = Outcome::of(sandbox.command(&line).envs(variables.iter().copied()));
        assert_eq!(done.text().contains(ESCAPE), *coloured, "{line} {variables:?}");
    }
}

#[test]
fn control_characters_of_a_manifest_are_escaped() {
    let hostile = r#"name: "a\e[31m\a\r\n\u202Eb""#;
    let done = feed("enable -b jaeger -v", MANIFEST.replace("name: iris", hostile));
    done.expect(0, &[r"default/a\u{1b}[31m\u{7}\r\n\u{202e}b  jaeger"]);
    assert!(done.text().contains(hostile), "the manifest keeps its bytes");
    let in_a_message = MANIFEST.replace("graph:", "\"\u{80}\u{85}\": 1\n    graph:");
    let done = feed("enable -b jaeger", in_a_message);
    done.expect(2, &["control character U+0080"]);
    assert!(!done.stderr.contains(['\u{80}', '\u{85}']), "{}", done.stderr.escape_debug());
    let skipped = MANIFEST.replace("- name: classifier", "- name: \"x\\e]0;y\"");
    let done = feed("enable -b jaeger", skipped);
    assert!(!done.stderr.contains(ESCAPE), "{}", done.stderr.escape_debug());
}

#[test]
fn control_characters_of_a_file_name_are_escaped() {
    let name = "a\u{1b}[31m\n.yaml";
    let shown = r"a\u{1b}[31m\n.yaml";
    for text in [REFUSED, "SeldonDeployment: [\n", "\u{0}"] {
        let sandbox = Sandbox::with(&[(name, text)]);
        let done = Outcome::of(sandbox.command("enable -b jaeger").arg(name));
        done.expect(2, &[shown]);
        assert!(!done.stderr.contains(ESCAPE), "{}", done.stderr.escape_debug());
    }
    let sandbox = Sandbox::with(&[(name, MANIFEST)]);
    let done = Outcome::of(sandbox.command("enable -b jaeger -i").arg(name));
    done.expect(0, &[&format!("{shown}: default/iris  jaeger")]);
    Outcome::of(sandbox.command("enable -b jaeger").arg("\u{7}")).expect(2, &[r"error: \u{7}: no such file"]);
}

/// Characters that control a terminal or change the direction of text.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{9b}2J\r\u{8}\u{202e}\u{2067}";

/// Checks that none of them is printed unescaped.
#[track_caller]
fn harmless(said: &str) {
    let raw = said.find(|shown: char| (shown.is_control() && shown != '\n') || "\u{202e}\u{2067}".contains(shown));
    assert!(raw.is_none(), "{}", said.escape_debug());
}

#[test]
fn whatever_is_named_in_a_manifest_is_escaped() {
    let escapes: String = HOSTILE.chars().map(|character| format!("\\u{:04x}", u32::from(character))).collect();
    let name = format!("\"x{escapes}\"");
    let entries = format!(
        "          env:\n          - {{name: {name}, value: $(TRACING)}}\n          - {{name: TRACING, value: {name}}}\n          \
         - {{name: TRACING, valueFrom: {{x: {name}}}}}\n          - {{name: JAEGER_AGENT_PORT, value: {name}}}\n"
    );
    let manifest = MANIFEST.replace("name: iris", &format!("name: {name}\n  namespace: {name}")) + &entries;
    let manifest = manifest.replace("  - name: default", &format!("  - name: {name}"));
    for text in [manifest.replace("name: classifier", &format!("name: {name}")), manifest] {
        for command in
            ["enable -b jaeger -v", "enable -b datadog -v --names both", "disable -v", "disable -v --keep-config"]
        {
            let done = feed(command, &text);
            harmless(&done.expect(0, &["\\u{1b}"]).stderr);
            harmless(feed(&format!("{command} --diff"), &text).text());
        }
    }
    let refused = REFUSED.replace("- svcOrchSpec", &format!("- {name}: {name}\n    {name}: 1\n    svcOrchSpec"));
    harmless(&feed("enable -b jaeger", refused).expect(2, &[]).stderr);
}

#[test]
fn whatever_is_typed_is_escaped() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for option in ["", "--", "--color=", "--name={", "--only=", "--selector=(", "--set=", "--sampler-type=", "-o/no/"] {
        let done = Outcome::of(sandbox.command("enable -b jaeger a.yaml").arg(format!("{option}{HOSTILE}")));
        harmless(&done.expect(2, &["error: ", "\\u{202e}"]).stderr);
    }
    for command in ["man", "completions", "help"] {
        harmless(&Outcome::of(sandbox.command(command).arg(HOSTILE)).expect(2, &["\\u{202e}"]).stderr);
    }
}

#[test]
fn a_coloured_diff_is_for_a_terminal_and_escaped_another_is_data_and_raw() {
    // In a document that is copied unread, close enough to be shown around the change.
    let text = format!("{MANIFEST}---\n# {HOSTILE}\n");
    let coloured = feed("enable -b jaeger --diff --color always", &text);
    let shown = r"# \u{1b}]0;x\u{7}\u{9b}2J\u{d}\u{8}\u{202e}\u{2067}";
    assert!(coloured.expect(1, &[]).text().contains(shown), "{}", coloured.text().escape_debug());
    harmless(&coloured.text().replace("\u{1b}[", ""));
    let plain = feed("enable -b jaeger --diff", &text);
    assert!(plain.expect(1, &[]).text().contains(&format!("\n # {HOSTILE}\n")));
}

#[test]
fn names_that_are_no_utf_8_come_out_as_they_are() {
    let sandbox = Sandbox::with(&[]);
    let name = OsStr::from_bytes(b"caf\xe9.yaml");
    if fs::write(sandbox.path("").join(name), MANIFEST).is_err() {
        eprintln!("skipped: the file system takes no such name");
        return;
    }
    let checked = Outcome::of(sandbox.command("enable -b jaeger --check").arg(name));
    assert_eq!((checked.status, &checked.stdout[..]), (1, &b"caf\xe9.yaml\n"[..]));
    let checked = sandbox.run("enable -b jaeger --check .");
    assert_eq!(checked.stdout, b"./caf\xe9.yaml\n");
    // As git writes such a name, and as git and patch read it.
    let diff = Outcome::of(sandbox.command("enable -b jaeger --diff").arg(name));
    assert!(diff.stdout.starts_with(b"--- \"a/caf\\351.yaml\"\n+++ \"b/caf\\351.yaml\"\n"), "{:?}", diff.text());
    fs::write(sandbox.path("c.yaml"), REFUSED).unwrap();
    sandbox.run("enable -b jaeger c.yaml").expect(2, &["c.yaml:7:24"]);
    Outcome::of(sandbox.command("enable -b jaeger -i").arg(name)).expect(0, &[r"caf\xe9.yaml: default/iris"]);
}

#[test]
fn no_option_comes_from_the_environment() {
    let hostile = [
        ("DD_AGENT_HOST", "ci"),
        ("DD_ENABLED", "false"),
        ("DD_SERVICE", "ci"),
        ("DD_TAGS", "ci:1"),
        ("DD_SAMPLE_RATE", "0.1"),
        ("DD_TRACE_AGENT_PORT", "1"),
        ("DATADOG_TRACE_AGENT_PORT", "tcp://10.0.0.1:8126"),
        ("JAEGER_AGENT_HOST", "ci"),
        ("JAEGER_AGENT_PORT", "udp://10.0.0.1:5775"),
        ("JAEGER_SAMPLER_TYPE", "remote"),
        ("JAEGER_SAMPLER_PARAM", "0"),
        ("JAEGER_SERVICE_NAME", "ci"),
        ("JAEGER_DISABLED", "true"),
        ("TRACING", "0"),
        ("BACKEND", "datadog"),
        ("SELDON_TRACE_BACKEND", "datadog"),
        ("SELDON_TRACE_AGENT_HOST", "ci"),
        ("NAMESPACE", "ci"),
    ];
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for arguments in ["enable -b jaeger a.yaml", "enable -b datadog --names both a.yaml", "disable a.yaml"] {
        let (plain, steered) =
            (sandbox.run(arguments), Outcome::of(sandbox.command(arguments).envs(hostile.iter().copied())));
        assert_eq!((plain.status, plain.text(), &plain.stderr), (steered.status, steered.text(), &steered.stderr));
    }
}

#[test]
fn a_diff_is_one_that_git_applies() {
    let sandbox = Sandbox::with(&[("a b.yaml", MANIFEST), ("c.yaml", &MANIFEST.replace('\n', "\r\n"))]);
    let wanted = sandbox.run("enable -b jaeger .").stdout;
    let diff = sandbox.run("enable -b jaeger --diff .");
    fs::write(sandbox.path("patch"), &diff.stdout).unwrap();
    let mut git = std::process::Command::new("git");
    git.args(["apply", "patch"]).current_dir(sandbox.path("")).stdout(Stdio::null());
    match git.status() {
        Err(_) => eprintln!("skipped: there is no git"),
        Ok(status) => {
            assert!(status.success());
            assert_eq!(sandbox.run("disable --name nothing .").stdout, wanted);
        }
    }
}

/// A reference may have any rules: only `--reset` replaces it, and the report is about what was done.
#[test]
fn sampling_rules_that_are_a_reference() {
    let entry = "valueFrom: {configMapKeyRef: {name: a, key: b}}";
    let container = "        - name: classifier\n";
    let env = format!("{container}          env:\n          - name: DD_TRACE_SAMPLING_RULES\n            {entry}\n");
    let manifest = MANIFEST.replace(container, &env);
    let (kept, was) = ("is a reference and is kept; --reset replaces it", "was a reference, and is now a value");
    for (options, words, not) in [
        ("", kept, was),
        ("--sample-rate 0.5", kept, was),
        ("--reset", was, kept),
        ("--sample-rate 0.5 --reset", was, kept),
    ] {
        let command = format!("enable -b datadog --names standard {options}");
        let done = feed(&command, &manifest);
        done.expect(0, &[&format!("classifier: DD_TRACE_SAMPLING_RULES {words}\n")]);
        assert!(!done.stderr.contains(not), "{options}: {}", done.stderr);
        assert_eq!(done.text().contains(entry), words == kept, "{options}: {}", done.text());
        if words == was {
            let rate = if options.contains("0.5") { "0.5" } else { "1" };
            assert!(done.text().contains(&format!("value: '[{{\"sample_rate\":{rate}}}]'")), "{}", done.text());
        }
        assert_eq!(feed(&command, done.text()).text(), done.text(), "{options}: twice is once");
    }
    // Other rates are not compared with one that is not written.
    let both = manifest
        .replace("          - name: DD_T", "          - {name: DD_SAMPLE_RATE, value: '0.1'}\n          - name: DD_T");
    let done = feed("enable -b datadog --names standard --sample-rate 0.5", both);
    assert!(!done.stderr.contains("DD_SAMPLE_RATE is kept as"), "{}", done.stderr);
}

/// Characters that control a terminal are escaped in all output. A JSON parser gets them back.
#[test]
fn characters_that_drive_a_terminal() {
    let marks = "\u{80}\u{9b}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}\u{7f}";
    let quoted = marks.chars().map(|mark| format!("\\u{:04x}", u32::from(mark))).collect::<String>();
    let manifest = MANIFEST.replace("name: iris", &format!("name: \"iris{quoted}\"\n  namespace: \"n{quoted}\""))
        + &format!(
            "          env:\n          - name: \"JAEGER_{quoted}\"\n            value: 1\n          - name: JAEGER_AGENT_HOST\n            value: \"{quoted}\"\n          - {{name: TRACING, value: '1'}}\n"
        );
    let name = format!("a{marks}.yaml");
    let sandbox = Sandbox::with(&[(&name, &manifest)]);
    let drives = |text: &str| {
        text.contains(|character: char| character != '\n' && (character.is_control() || marks.contains(character)))
    };
    for command in [
        "lint",
        "lint --format json",
        "lint --format sarif",
        "lint --format github",
        "status",
        "status --format json",
        "status --format markdown",
        "enable -b jaeger --json-patch -v",
        "enable -b datadog --json-patch -v",
        "disable --json-patch -v",
    ] {
        let done = sandbox.run(&format!("{command} ."));
        assert!(done.status < 2 && !done.stdout.is_empty(), "{command}: {}", done.stderr);
        assert!(!drives(done.text()) && !drives(&done.stderr), "{command}: {:?} {:?}", done.text(), done.stderr);
        if command.contains("json") || command.contains("sarif") {
            let read: serde_json::Value = serde_json::from_str(done.text()).unwrap();
            assert!(read.to_string().contains(&format!("iris{marks}")), "{command}: {}", done.text());
        }
    }
    // Data stays as it is.
    let raw = format!("# \u{202a}\u{202e}\u{2066}\u{2069}\n{MANIFEST}");
    assert!(feed("enable -b jaeger -q", &raw).text().starts_with(raw.lines().next().unwrap()));
}

/// The nearest word that exists is in the message for one that does not.
#[test]
fn wrong_words_get_the_nearest_right_one() {
    let settings = "profiles:\n  staging: {names: standrad}\n";
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("wrong.yaml", settings), ("key.yaml", "agentport: 1\n")]);
    for (arguments, hint) in [
        ("explain ST999", "there is no rule ST999; did you mean ST039?"),
        ("explain ST4", "did you mean ST004?"),
        ("explain STO14", "there is no rule STO14; did you mean ST014?"),
        ("explain ST12345", "there is no rule ST12345; `seldon-trace explain` lists them"),
        ("explain JAEGER_AGENT_PROT", "did you mean JAEGER_AGENT_PORT?"),
        ("explain MLSERVER_TRACING", "did you mean MLSERVER_TRACING_SERVER?"),
        ("explain no-trace", "did you mean no-traces?"),
        ("lint --allow STO04 a.yaml", "there is no rule STO04; did you mean ST004?"),
        ("lint --deny st01 a.yaml", "did you mean ST001?"),
        ("man lnit", "there is no command `lnit`; did you mean lint?"),
        ("help lnit", "a similar subcommand exists: 'lint'"),
        ("lnit", "a similar subcommand exists: 'lint'"),
        ("completions bsh", "a similar value exists: 'bash'"),
        ("lint --fail-on eror", "a similar value exists: 'error'"),
        ("status --format jsn", "a similar value exists: 'json'"),
        ("enable -b datdog", "a similar value exists: 'datadog'"),
        ("enable --bakend datadog", "a similar argument exists: '--backend'"),
        ("enable -b jaeger --set JAEGER_TAG=a=b a.yaml", "did you mean JAEGER_TAGS?"),
        ("enable -b jaeger --config wrong.yaml a.yaml", "did you mean `standard`?"),
        ("enable -b jaeger --config key.yaml a.yaml", "did you mean `agent-port`?"),
    ] {
        let done = sandbox.run(arguments);
        done.expect(2, &[hint]);
        assert_eq!(done.text(), "", "{arguments}");
    }
    // No tip that does not help.
    for arguments in ["explain --inject", "status --watch a.yaml"] {
        let done = sandbox.run(arguments);
        done.expect(2, &["unexpected argument"]);
        assert!(!done.stderr.contains("as a value"), "{}", done.stderr);
    }
    fs::write(sandbox.path(".seldon-trace.yaml"), "profiles: {staging: {}}\n").unwrap();
    sandbox.run("enable -b jaeger --profile stagign a.yaml").expect(2, &["did you mean staging?"]);
}

/// A slip in the kind does not pass in silence.
#[test]
fn a_misspelt_kind_gets_a_note() {
    let misspelt = MANIFEST.replace("SeldonDeployment", "SeldonDeploymnet");
    let note =
        "SeldonDeploymnet (machinelearning.seldon.io/v1) is passed through unchanged; did you mean SeldonDeployment?";
    for command in ["enable -b jaeger", "disable", "lint", "status", "lint --fix"] {
        feed(command, &misspelt).expect(0, &[note]);
    }
    let json = r#"{"apiVersion":"machinelearning.seldon.io/v1","kind":"Foo"}"#;
    feed("enable -b jaeger", json).expect(0, &["Foo (machinelearning.seldon.io/v1)", "Core 1 is SeldonDeployment"]);
    assert_eq!(feed("lint -q", misspelt).stderr, "");
}

/// The program edits only Seldon Core 1. Resources of Seldon Core 2 are unchanged and get a note.
#[test]
fn resources_of_seldon_core_2_get_a_note() {
    let model = "apiVersion: mlops.seldon.io/v1alpha1\nkind: Model\nmetadata: {name: iris}\n";
    let pipeline = model.replace("Model", "Pipeline");
    let sandbox = Sandbox::with(&[("a.yaml", model), ("b.yaml", &pipeline), ("c.yaml", MANIFEST)]);
    let note = "a.yaml: resources of Seldon Core 2 (mlops.seldon.io/v1alpha1: Model) are passed through unchanged";
    for command in ["enable -b jaeger", "disable", "lint", "status", "lint --fix"] {
        let done = sandbox.run(&format!("{command} a.yaml"));
        done.expect(0, &[note]);
        assert!(!done.stderr.contains("not selected"), "{command}: {}", done.stderr);
    }
    assert_eq!(sandbox.run("enable -b jaeger a.yaml").text(), model);
    let done = sandbox.run("enable -b jaeger .");
    done.expect(0, &["a.yaml and one more: resources of Seldon Core 2 (mlops.seldon.io/v1alpha1: Model, Pipeline)"]);
    done.expect(0, &["default/iris"]);
    sandbox
        .run("enable -b jaeger --name other .")
        .expect(0, &["nothing is selected in the one deployment", "Seldon Core 2"]);
    assert!(!sandbox.run("enable -b jaeger c.yaml").stderr.contains("Core 2"));
    assert_eq!(sandbox.run("enable -b jaeger -q a.yaml").stderr, "");
}

/// The user of Helm or kustomize has never seen the stream.
#[test]
fn an_error_names_the_resource_and_its_file() {
    let stream = |head: &str, metadata: &str, spec: &str| {
        format!(
            "---\n{head}apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata:\n  name: iris\n\
             {metadata}spec:\n  {spec}\n"
        )
    };
    let wrong = "predictors: hush";
    for (head, metadata, spec, shown) in [
        ("", "", wrong, ":8:15 (SeldonDeployment iris)\n"),
        ("# Source: a/b.yaml\n", "  namespace: prod\n", wrong, " (SeldonDeployment prod/iris, a/b.yaml)\n"),
        ("", "  annotations: {config.kubernetes.io/path: c.yaml}\n", wrong, " (SeldonDeployment iris, c.yaml)\n"),
        (
            "# Source: a/b.yaml\n",
            "  annotations: {postrenderer.helm.sh/postrender-filename: d.yaml}\n",
            wrong,
            " (SeldonDeployment iris, d.yaml)\n",
        ),
        ("# Source: a/b.yaml\n", "  namespace: prod\n", "hush: [", " (SeldonDeployment prod/iris, a/b.yaml)\n"),
    ] {
        for command in ["enable -b jaeger -", "disable -", "lint -", "status -"] {
            let text = format!("a: 1\n{}", stream(head, metadata, spec));
            let Outcome { stderr, status, .. } = feed(command, text);
            assert!(status == 2 && stderr.contains(shown) && !stderr.contains("hush"), "{command}: {stderr}");
        }
    }
    let list = stream("", "", wrong).replace("---\n", "").replace('\n', "\n  ");
    let list =
        format!("kind: List\napiVersion: v1\nitems:\n- {{kind: Secret, metadata: {{name: a}}}}\n- {}", list.trim_end());
    let Outcome { stderr, .. } = feed("lint -", list);
    assert!(stderr.contains(" (SeldonDeployment iris)\n"), "{stderr}");
}

#[test]
fn a_finding_and_a_note_name_the_resource_and_its_file() {
    let text = "# Source: a/b.yaml\napiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata:\n  name: \
                iris\n  namespace: prod\nspec:\n  predictors:\n  - name: p\n    graph: {name: c, implementation: SKLEARN_SERVER}\n    \
                svcOrchSpec: {env: [{name: JAEGER_ENDPOINT, value: 'http://a:14268/api/traces'}, {name: JAEGER_SAMPLER_PARAM, value: x}]}\n";
    for (command, shown) in [
        ("lint --format github -", "(SeldonDeployment prod/iris, a/b.yaml)\n"),
        ("lint --format sarif -", "(SeldonDeployment prod/iris, a/b.yaml). Help: "),
        ("lint --format json -", "\"source\": \"a/b.yaml\""),
    ] {
        let stdout = String::from_utf8(feed(command, text).stdout).unwrap();
        assert!(stdout.contains(shown), "{command}: {stdout}");
    }
    let stderr = feed("enable -b jaeger -", text).stderr;
    assert!(stderr.contains("note: standard input:11 (a/b.yaml): "), "{stderr}");
}
