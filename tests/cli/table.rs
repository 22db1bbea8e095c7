//! The table of `status` on a terminal and in a pipe.

use std::path::Path;
use std::process::Command;

use crate::support::{MANIFEST, REFUSED, Sandbox, feed};

/// The output of the program on a terminal of this width, a pseudo terminal of `script`; `None` without that tool.
fn in_terminal(sandbox: &Sandbox, columns: usize, arguments: &str) -> Option<Vec<String>> {
    let program = env!("CARGO_BIN_EXE_seldon-trace");
    let line = format!("stty rows 24 cols {columns} && '{program}' {arguments}");
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| Path::new(folder).join("script").exists())?;
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(sandbox.path("")).env_clear().env("PATH", path);
    let done = command.env("TERM", "xterm").output().unwrap();
    let shown = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{shown}");
    Some(shown.lines().map(|line| line.trim_end().to_owned()).collect())
}

#[test]
fn it_fits_the_terminal_and_loses_no_reason() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for columns in [40, 60, 80, 120, 200] {
        let Some(lines) = in_terminal(&sandbox, columns, "status --color never a.yaml") else { return };
        let widest = lines.iter().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns, "{widest} in {columns} columns: {lines:#?}");
        let words = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("JAEGER_SAMPLER_TYPE is not set: remote samples nothing"), "{columns}: {lines:#?}");
        assert!(words.contains("default/iris default"), "{columns}: {lines:#?}");
        assert_eq!(lines.last().unwrap(), "1 deployment: 1 not");
        let is_whole = lines.iter().any(|line| line.contains("SERVICE   WHY"));
        assert_eq!(is_whole, columns == 200, "{columns}: {lines:#?}");
    }
}

#[test]
fn in_sixty_columns_the_widest_are_narrowed() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    let Some(lines) = in_terminal(&sandbox, 60, "status --color never a.yaml") else { return };
    let expected = [
        "  TARGET      TRACES  BACKEND  AGENT      SAMPLING  SERVICE",
        "default/iris  default",
        "  orchestra…  no      jaeger   localhos…  remote 0  executor",
        "    JAEGER_SAMPLER_TYPE is not set: remote samples nothing",
        "  classifie…  no      –        –          –         –",
        "    TRACING is not set",
        "",
        "1 deployment: 1 not",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_pipe_has_full_rows_and_no_colours_by_default() {
    let name = "a".repeat(200);
    let done = feed("status", MANIFEST.replace("classifier", &name));
    assert!(done.text().contains(&format!("{name} (container)  no")), "{}", done.text());
    assert!(!done.text().contains('\u{1b}'));
    assert!(feed("status --color always", MANIFEST).text().contains("\u{1b}[31mno\u{1b}[0m"));
    assert!(!feed("status --color always --format json", MANIFEST).text().contains('\u{1b}'));
}

#[test]
fn what_could_drive_a_terminal_is_escaped() {
    let hostile = "\"a\\e[31m\\u202E\\n\"";
    let text = MANIFEST
        .replace("name: iris", &format!("name: {hostile}"))
        .replace("name: classifier", &format!("name: {hostile}"));
    let done = feed("status", text);
    assert!(done.text().contains(r"default/a\u{1b}[31m\u{202e}\n  default"), "{}", done.text());
    assert!(!done.text().contains(['\u{1b}', '\u{202e}']));
    assert_eq!(done.text().lines().count(), 5, "{}", done.text());
}

#[test]
fn it_only_reads() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", REFUSED), ("c.yaml", "SeldonDeployment: [\n")]);
    sandbox.run("status a.yaml").expect(0, &[]);
    sandbox.run("status --name x a.yaml").expect(0, &[]);
    sandbox.run("status --format json-schema missing.yaml").expect(0, &[]);
    let done = sandbox.run("status a.yaml b.yaml c.yaml missing.yaml");
    done.expect(2, &["b.yaml:7:24", "c.yaml:1:19", "missing.yaml: no such file"]);
    assert!(done.text().contains("iris"), "what can be read is shown");
    for arguments in
        ["status --format xml a.yaml", "status --name '[' a.yaml", "status --require-match --name x a.yaml"]
    {
        let done = sandbox.run(arguments);
        assert!(done.stdout.is_empty() && done.status == 2, "{arguments}");
    }
    assert_eq!((sandbox.read("a.yaml").as_str(), sandbox.names().len()), (MANIFEST, 3));
}
