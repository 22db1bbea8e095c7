//! Standard output and standard error that close, or are full.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

use crate::support::{Outcome, Sandbox, full, stream};

/// Far more than a pipe holds.
fn sandbox() -> Sandbox {
    let wrong = "---\nkind: SeldonDeployment\napiVersion: machinelearning.seldon.io/v1\nspec:\n  predictors:\n  - svcOrchSpec:\n      \
                 env:\n      - name: A\n        value: 1\n";
    Sandbox::with(&[("big.yaml", &stream(1000)), ("wrong.yaml", &wrong.repeat(1000))])
}

#[test]
fn a_reader_that_stops_reading_ends_the_run_in_silence() {
    let sandbox = sandbox();
    for (arguments, status) in [
        ("enable -b jaeger big.yaml", 0),
        ("enable -b jaeger --diff big.yaml", 1),
        ("status big.yaml", 0),
        ("status --format json big.yaml", 0),
        ("lint wrong.yaml", 1),
        ("lint --fail-on never wrong.yaml", 0),
        ("lint --fix wrong.yaml", 0),
        ("lint --fix --diff wrong.yaml", 1),
        ("completions bash", 0),
        ("man enable", 0),
    ] {
        let mut child = sandbox.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(status), "{arguments}: {said}");
        assert!(!said.contains("error") && !said.contains("panicked"), "{arguments}: {said}");
        assert!(!first.is_empty(), "{arguments}");
    }
}

#[test]
fn a_reader_that_is_gone_from_the_start_ends_the_run_in_silence() {
    let sandbox = sandbox();
    for (arguments, status) in
        [("enable -b jaeger big.yaml", 0), ("enable -b jaeger --check big.yaml", 1), ("--help", 0), ("man", 0)]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Outcome::of(sandbox.command(arguments).stdout(writer)).expect(status, &[]);
    }
}

#[test]
fn a_closed_standard_error_is_no_error() {
    let sandbox = sandbox();
    let wanted = sandbox.run("enable -b jaeger big.yaml").stdout;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let done = sandbox.command("enable -b jaeger big.yaml").stderr(writer).output().unwrap();
    assert_eq!((done.status.code(), done.stdout == wanted), (Some(0), true));
}

#[test]
fn a_full_disk_is_an_error() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let sandbox = sandbox();
    for arguments in [
        "enable -b jaeger big.yaml",
        "enable -b jaeger --diff big.yaml",
        "enable -b jaeger --check big.yaml",
        "disable big.yaml",
        "status big.yaml",
        "lint wrong.yaml",
        "completions zsh",
        "man",
        "--help",
        "enable --help",
        "--version",
    ] {
        let done = Outcome::of(sandbox.command(arguments).stdout(full()));
        done.expect(2, &["error: standard output: no space left on device\n"]);
        assert_eq!(done.stderr.lines().count(), 1, "nothing but that is said: {}", done.stderr);
    }
    let done = sandbox.run("enable -b jaeger big.yaml -o /dev/full");
    done.expect(2, &["error: /dev/full: cannot write to it: no space left on device; no file was changed\n"]);
    let done = sandbox.command("enable -b jaeger big.yaml").stderr(full()).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "what was done can't be said, but it was done");
}
