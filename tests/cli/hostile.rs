//! Inputs that are large, deep, odd or no manifests at all: right or refused at once, and never a crash.

use std::time::{Duration, Instant};

use crate::support::{MANIFEST, Outcome, Random, Sandbox, feed};

const COMMANDS: [&str; 3] = ["enable -b jaeger -q", "enable -b datadog -q", "disable -q"];

/// Far more than any run takes, even of a debug build on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(20);

/// Runs it, and minds the time.
#[track_caller]
fn at_once(arguments: &str, stdin: impl AsRef<[u8]>) -> Outcome {
    let start = Instant::now();
    let done = feed(arguments, stdin);
    assert!(start.elapsed() < AT_ONCE, "{arguments}: {:?}", start.elapsed());
    done
}

/// Checks that all commands report this error for the input.
#[track_caller]
fn refused(stdin: impl AsRef<[u8]>, words: &str) {
    for command in COMMANDS {
        let done = at_once(command, &stdin);
        done.expect(2, &["error: ", words]);
        assert!(done.stdout.is_empty(), "{command}");
        assert!(done.stderr.len() < 2000, "{command}: a message is no copy of the input");
    }
}

/// Checks that the input, which needs no change, is printed unchanged.
#[track_caller]
fn copied(stdin: impl AsRef<[u8]>) {
    for command in COMMANDS {
        let done = at_once(command, &stdin);
        done.expect(0, &[]);
        assert!(done.stdout == stdin.as_ref(), "{command}");
    }
}

/// Returns the output of `enable`, and checks that `disable` restores the input.
#[track_caller]
fn there_and_back(stdin: &str) -> String {
    let on = at_once("enable -b jaeger -q", stdin);
    on.expect(0, &[]);
    assert_ne!(on.text(), stdin);
    assert!(at_once("enable -b jaeger -q", on.text()).expect(0, &[]).text() == on.text(), "twice is once");
    assert!(at_once("disable -q", on.text()).expect(0, &[]).text() == stdin, "disable takes it back");
    on.text().to_owned()
}

#[test]
fn a_hundred_thousand_brackets() {
    let words = "nesting is deeper than 100 levels";
    for bracket in ["[", "{", "- ", "? ", "[{a: ", "a: {", "!!seq [", "&a [", "\"\\\n["] {
        let deep = bracket.repeat(100_000);
        copied(&deep);
        let done = at_once("enable -b jaeger", format!("SeldonDeployment: x\n---\nSeldonDeployment:\n {deep}"));
        assert_eq!(done.status, 2, "{bracket}: {}", done.stderr);
    }
    refused(format!("SeldonDeployment: {}", "[".repeat(100_000)), words);
    refused(format!("{{\"SeldonDeployment\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000)), words);
    let indented: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    refused(format!("{MANIFEST}{indented}"), words);
    refused(MANIFEST.replace("image:", &format!("a: {}{}\n          image:", "[".repeat(101), "]".repeat(101))), words);
}

#[test]
fn nesting_below_the_limit_is_fine() {
    // Nine levels lead to the container's own keys.
    let deep = format!("args: {}{}\n          image:", "[".repeat(90), "]".repeat(90));
    there_and_back(&MANIFEST.replace("image:", &deep));
}

#[test]
fn aliases_that_expand_without_end() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    refused(format!("{bomb}{MANIFEST}"), "the aliases of this document expand to more than 1000000 nodes");
    copied(bomb);
}

#[test]
fn merges_that_expand_without_end() {
    let bomb = |levels: usize| -> String {
        let level = |level: usize| {
            format!("a{level}: &a{level} {{<<: [{}]}}\n", vec![format!("*a{}", level - 1); 10].join(", "))
        };
        "a0: &a0 {x: 1}\n".to_owned() + &(1..levels).map(level).collect::<String>()
    };
    refused(format!("{}{MANIFEST}", bomb(30)), "the aliases of this document expand to more than 1000000 nodes");
    copied(bomb(30));
    there_and_back(&format!("{}{MANIFEST}          <<: *a4\n", bomb(5)));
}

#[test]
fn a_hundred_lines_of_comment_before_the_first_entry() {
    let comment = "            # about what follows\n".repeat(100);
    let env = format!("          env:\n{comment}            - name: REGION\n              value: eu\n");
    let on = there_and_back(&format!("{MANIFEST}{env}"));
    assert!(on.contains(&format!("{env}            - name: TRACING\n")), "{on}");
    let heads = "# a license\n".repeat(10_000);
    assert!(there_and_back(&format!("{heads}{MANIFEST}")).starts_with(&heads));
}

#[test]
fn a_line_of_a_hundred_kilobytes() {
    let long = "x".repeat(100_000);
    there_and_back(&MANIFEST.replace("acme/iris:1.0 # pinned", &long));
    there_and_back(&MANIFEST.replace("# pinned", &format!("# {long}")));
    there_and_back(&MANIFEST.replace("image:", &format!("args: ['{long}', \"{long}\"]\n          image:")));
    refused(format!("SeldonDeployment: '{long}' {long}"), "standard input:1:");
}

#[test]
fn many_entries_in_one_list() {
    let entries: String = (0..5000).map(|at| format!("          - name: V{at}\n            value: 'x'\n")).collect();
    let on = there_and_back(&format!("{MANIFEST}          env:\n{entries}"));
    assert!(on.contains("V4999\n            value: 'x'\n          - name: TRACING\n"));
}

#[test]
fn very_many_errors_are_all_printed() {
    let in_lines = "---\nSeldonDeployment: [\n".repeat(20_000);
    let on_one_line =
        r#"{"apiVersion":"machinelearning.seldon.io/v1","kind":"SeldonDeployment","spec":[]}"#.repeat(5000);
    for (text, count, last) in
        [(in_lines, 20_000, "standard input:40000:19"), (on_one_line, 5000, "standard input:1:404998")]
    {
        let done = at_once("enable -b jaeger", text);
        done.expect(2, &[last]);
        assert_eq!(done.stderr.matches("error: ").count(), count);
    }
}

#[test]
fn directives_without_number() {
    let directives = |count: usize| (0..count).map(|at| format!("%TAG !t{at}! tag:x,{at}:\n")).collect::<String>();
    there_and_back(&format!("{}---\n{MANIFEST}", directives(100)));
    for start in ["", "\u{feff}", "# comment\n\n", "kind: Pod\n...\n"] {
        refused(format!("{start}{}---\n{MANIFEST}", directives(10_000)), "a document with more than 100 directives");
    }
    copied(format!("{}---\nkind: Pod\n", directives(10_000)));
}

#[test]
fn globs_that_no_stack_holds() {
    for (option, glob) in [("--name", "{".repeat(30_000)), ("--keep", "?*".repeat(40_000)), ("-c", "*".repeat(1001))] {
        let done = at_once(&format!("enable -b jaeger {option} '{glob}'"), MANIFEST);
        done.expect(2, &["error: --", ": a glob of more than 1000 bytes\n"]);
    }
    for glob in ["{".repeat(10) + "iris" + &"}".repeat(10), "?*".repeat(500), "{a,b}".repeat(200), "**/".repeat(333)] {
        at_once(&format!("enable -b jaeger --name '{glob}'"), MANIFEST).expect(0, &[]);
    }
}

/// Wherever a glob may be written: braces nested deeper than any stack or regular expression takes.
#[test]
fn braces_nested_in_globs() {
    let words = ": a glob with more than 10 levels of braces\n";
    for depth in [11, 121, 240] {
        let glob = "{b,".repeat(depth) + "a" + &"}".repeat(depth);
        for option in ["--name", "--predictor", "-c", "--keep", "--exclude"] {
            at_once(&format!("enable -b jaeger {option} '{glob}'"), MANIFEST).expect(2, &["error: --", words]);
        }
        for settings in [
            format!("keep: ['{glob}']\n"),
            format!("name: '{glob}'\n"),
            format!("predictor: '{glob}'\n"),
            format!("container: '{glob}'\n"),
            format!("profiles: {{p: {{keep: ['{glob}']}}}}\n"),
            format!("overrides: [{{match: {{name: '{glob}'}}}}]\n"),
            format!("overrides: [{{match: {{path: '{glob}'}}}}]\n"),
            format!("overrides: [{{match: {{name: a}}, keep: ['{glob}']}}]\n"),
        ] {
            let sandbox = Sandbox::with(&[(".seldon-trace.yaml", &settings)]);
            for command in ["enable -b jaeger", "disable", "lint", "status", "config"] {
                sandbox.feed(command, MANIFEST).expect(2, &[words.trim_start_matches(": ").trim_end()]);
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    refused(b"SeldonDeployment\0", "the byte at offset 16 is a NUL");
    refused(b"\0", "NUL");
    refused(b"kind: \xff\xfe", "not UTF-8");
    refused(MANIFEST.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(), "UTF-16 (little-endian)");
    refused(MANIFEST.replace("iris", "\u{7}"), "control character U+0007, which YAML forbids");
}

#[test]
fn random_bytes() {
    let mut random = Random::new(0x5e1d_0a7e);
    for length in [1, 2, 7, 100, 5000, 1_000_000] {
        let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        ended(&at_once("enable -b jaeger -q", &bytes), &bytes);
        let marked = [b"SeldonDeployment\n", &bytes[..]].concat();
        ended(&at_once("enable -b jaeger -q", &marked), &marked);
    }
}

#[test]
fn manifests_with_bytes_changed_at_random() {
    let mut random = Random::new(0x7ace);
    let alphabet = b" \t\n\r-:#&*!|>'\"[]{},?%@`~0aA\\<=\xc3\xa9";
    for round in 0..150 {
        let mut bytes = MANIFEST.as_bytes().to_vec();
        for _ in 0..1 + round % 4 {
            let at = random.below(bytes.len());
            bytes[at] = alphabet[random.below(alphabet.len())];
        }
        let command = COMMANDS[round % COMMANDS.len()];
        let done = at_once(command, &bytes);
        assert!(
            !done.stderr.contains("of seldon-trace, not of the manifest"),
            "{}\n{}",
            String::from_utf8_lossy(&bytes),
            done.stderr
        );
        if done.status == 0 {
            let twice = at_once(command, &done.stdout);
            assert!(twice.status == 0 && twice.stdout == done.stdout, "{}", String::from_utf8_lossy(&bytes));
        }
        ended(&done, &bytes);
    }
}

/// Checks that the run succeeded or printed an error.
#[track_caller]
fn ended(done: &Outcome, stdin: &[u8]) {
    match done.status {
        0 => assert!(stdin.is_empty() || !done.stdout.is_empty()),
        2 => assert!(done.stdout.is_empty() && done.stderr.starts_with("error: "), "{}", done.stderr),
        other => panic!("status {other}: {}", done.stderr),
    }
}
