//! The completion scripts, sourced by the shells that are installed. A shell that is not is skipped by name.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::support::Sandbox;

/// Profiles to complete.
const SETTINGS: &str = "backend: jaeger\nprofiles:\n  staging: {service: a}\n  production: {service: b}\n";

/// Another file with a profile.
const OTHER: &str = "profiles: {elsewhere: {}}\n";

/// The words of a command line after the program's name, and all candidates for the last one.
const CASES: &[(&[&str], &[&str])] = &[
    (&["en"], &["enable"]),
    (&["enable", "--ba"], &["--backend"]),
    (&["enable", "--agent-"], &["--agent-host", "--agent-port", "--agent-image"]),
    (&["disable", "--keep-"], &["--keep-config"]),
    (&["enable", "--backend", ""], &["jaeger", "datadog"]),
    (&["enable", "-b", "d"], &["datadog"]),
    (&["enable", "--backend=j"], &["--backend=jaeger"]),
    (&["enable", "--backend="], &["--backend=jaeger", "--backend=datadog"]),
    (&["enable", "-b", "jaeger", "--sampler-type", "p"], &["probabilistic"]),
    (&["explain", "ST00"], &["ST001", "ST002", "ST003", "ST004", "ST005"]),
    (&["explain", "DD_SERVICE_N"], &["DD_SERVICE_NAME"]),
    (&["explain", "no-"], &["no-traces"]),
    (&["lint", "--allow", "ST01"], RULES_FROM_10),
    (&["lint", "--deny=ST001"], &["--deny=ST001"]),
    (&["enable", "--set", "JAEGER_EN"], &["JAEGER_ENDPOINT="]),
    (&["enable", "--set=DD_VERS"], &["--set=DD_VERSION="]),
    (&["enable", "-b", "jaeger", "--set", "DD_"], &[]),
    (&["disable", "--unset", "DD_SER"], &["DD_SERVICE", "DD_SERVICE_MAPPING", "DD_SERVICE_NAME"]),
    (&["enable", "--profile", ""], &["staging", "production"]),
    (&["enable", "--profile", "st"], &["staging"]),
    (&["enable", "--config", "other.yaml", "--profile", ""], &["elsewhere"]),
    (&["enable", "--config=other.yaml", "--profile="], &["--profile=elsewhere"]),
    (&["man", "l"], &["lint"]),
    (&["man", "agent-j"], &["agent-jaeger", "agent-jaeger-config"]),
    (&["agent", "c"], &["collector", "compose"]),
    (&["agent", "collector", "--api"], &["--api-key-secret"]),
    (&["agent", "jaeger-config", "--propagation", ""], &["b3"]),
    (&["completions", "z"], &["zsh"]),
    (&["enable", "mod"], &["models.yaml"]),
    (&["enable", "-o", "mod"], &["models.yaml"]),
    (&["enable", "--agent-host", ""], &[]),
];

const RULES_FROM_10: &[&str] =
    &["ST010", "ST011", "ST012", "ST013", "ST014", "ST015", "ST016", "ST017", "ST018", "ST019"];

/// Runs a script in a shell, in a folder with manifests and settings, and returns what it prints.
fn run(shell: &str, options: &[&str], script: &str) -> Option<String> {
    let sandbox = Sandbox::with(&[(".seldon-trace.yaml", SETTINGS), ("other.yaml", OTHER), ("models.yaml", "")]);
    let program = Path::new(env!("CARGO_BIN_EXE_seldon-trace")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: OsString = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))).unwrap();
    let mut command = Command::new(shell);
    command.args(options).arg("-c").arg(script).current_dir(sandbox.path("")).env("PATH", path);
    let Ok(done) = command.env("HOME", sandbox.path("")).env("XDG_CONFIG_HOME", sandbox.path("config")).output() else {
        eprintln!("skipped: there is no {shell} on PATH");
        return None;
    };
    assert!(done.status.success() && done.stderr.is_empty(), "{shell}: {}", String::from_utf8_lossy(&done.stderr));
    Some(String::from_utf8(done.stdout).unwrap())
}

fn script(name: &str) -> String {
    format!("{}/completions/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    shell_words::join(words)
}

/// The words as bash splits them: `=` is a word of its own.
fn split_as_bash_does(words: &[&str]) -> Vec<String> {
    let spaced = |word: &&str| word.replace('=', "\u{0}=\u{0}");
    let parts = words.iter().flat_map(|word| match word.is_empty() {
        true => vec![String::new()],
        false => spaced(word).split('\u{0}').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
    });
    parts.collect()
}

#[test]
fn bash() {
    let case = |words: &[&str]| {
        let split = split_as_bash_does(&[&["seldon-trace"], words].concat());
        let last = split.last().filter(|last| *last != "=").map_or("", String::as_str);
        let line = format!("seldon-trace {}", words.join(" "));
        format!(
            "COMP_LINE={}; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({}); COMP_CWORD={}\n_seldon_trace seldon-trace {}; \
             echo \"${{COMPREPLY[*]}}\"\n",
            quoted([&*line]),
            quoted(split.iter().map(String::as_str)),
            split.len() - 1,
            quoted([last]),
        )
    };
    let cases: String = CASES.iter().map(|(words, _)| case(words)).collect();
    let source = quoted([&*script("seldon-trace.bash")]);
    let Some(answers) = run("bash", &["--norc", "--noprofile"], &format!("source {source}\n{cases}")) else { return };
    assert_eq!(answers.lines().count(), CASES.len(), "{answers}");
    for ((words, wanted), found) in CASES.iter().zip(answers.lines()) {
        // Candidates for bash begin after the text that bash keeps.
        let kept = words.last().and_then(|word| word.find('=')).map_or(0, |at| at + 1);
        let wanted: Vec<&str> = wanted.iter().map(|candidate| &candidate[kept..]).collect();
        assert_eq!(found, wanted.join(" "), "{words:?}");
    }
}

#[test]
fn bash_puts_no_space_after_the_name_of_a_variable_and_lets_readline_offer_files() {
    let asked = |line: &str, last: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        format!(
            "COMP_LINE={}; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({line}); COMP_CWORD={}\n_seldon_trace seldon-trace \
             '{last}'; echo \"${{COMPREPLY[*]}}\"\n",
            quoted([line]),
            words.len() - 1
        )
    };
    let source = quoted([&*script("seldon-trace.bash")]);
    let lines = asked("seldon-trace enable --set DD_VERS", "DD_VERS") + &asked("seldon-trace enable mod", "mod");
    let script = format!("source {source}\ncompopt() {{ echo \"compopt $*\"; }}\n{lines}complete -p seldon-trace\n");
    let Some(answers) = run("bash", &["--norc", "--noprofile"], &script) else { return };
    let wanted = "compopt -o nospace\nDD_VERSION=\ncompopt -o default\n\ncomplete -F _seldon_trace seldon-trace\n";
    assert_eq!(answers, wanted);
}

/// The completion functions of zsh need a terminal, so they are replaced by functions that print.
#[test]
fn zsh() {
    const STUBS: &str = r#"
compdef() { :; }
_describe() { local -a entries; entries=("${(@P)4}"); print -rn -- "${(j: :)${(@)entries%%:*}} "; }
compset() { PREFIX=${PREFIX#*=}; }
_files() { local -a files; files=(${PREFIX}*(N)); print -rn -- "${files} "; }
"#;
    let case = |(words, _): &(&[&str], &[&str])| {
        let all = quoted([&["seldon-trace"], *words].concat());
        let last = quoted(words.last().copied());
        format!("words=({all}); CURRENT=${{#words}}; PREFIX={last}\n_seldon_trace; print\n")
    };
    let cases: String = CASES.iter().map(case).collect();
    let source = quoted([&*script("_seldon-trace")]);
    let Some(answers) = run("zsh", &["-f"], &format!("{STUBS}source {source}\n{cases}")) else { return };
    assert_eq!(answers.lines().count(), CASES.len(), "{answers}");
    for ((words, wanted), found) in CASES.iter().zip(answers.lines()) {
        assert_eq!(found.trim_end(), wanted.join(" "), "{words:?}");
    }
}

#[test]
fn fish() {
    let case = |(words, _): &(&[&str], &[&str])| {
        let line = format!("seldon-trace {}", words.join(" "));
        format!("echo (complete -C {} | string replace -r '\\t.*' '')\n", quoted([&*line]))
    };
    let cases: String = CASES.iter().map(case).collect();
    let source = quoted([&*script("seldon-trace.fish")]);
    let Some(answers) = run("fish", &["--no-config"], &format!("source {source}\n{cases}")) else { return };
    assert_eq!(answers.lines().count(), CASES.len(), "{answers}");
    for ((words, wanted), found) in CASES.iter().zip(answers.lines()) {
        // fish sorts.
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        let mut found: Vec<&str> = found.split_whitespace().collect();
        found.sort_unstable();
        assert_eq!(found, wanted, "{words:?}");
    }
}
