//! The count of files during a long run, which is shown only on a terminal.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{MANIFEST, Outcome, Sandbox};

/// Longer than the two seconds before the first count.
const LONG: Duration = Duration::from_millis(2600);

/// Runs a command with a pipe as input that is written late.
fn run_long(sandbox: &Sandbox, command: &mut Command) -> Outcome {
    let pipe = sandbox.path("late.yaml");
    if !pipe.exists() {
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    }
    let writer = std::thread::spawn(move || {
        std::thread::sleep(LONG);
        fs::write(pipe, MANIFEST).unwrap();
    });
    let done = Outcome::of(command);
    writer.join().unwrap();
    done
}

#[test]
fn a_long_run_shows_its_progress_only_on_a_terminal() {
    let sandbox = Sandbox::with(&[]);
    let command = "enable -b jaeger late.yaml";
    let in_a_pipe = run_long(&sandbox, &mut sandbox.command(command));
    in_a_pipe.expect(0, &["default/iris"]);
    assert!(!in_a_pipe.stderr.contains("reading"), "{}", in_a_pipe.stderr);
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: there is no script on PATH");
        return;
    }
    let on_a_terminal = |options: &str| {
        let line = format!("{} {command} {options} >out.yaml", env!("CARGO_BIN_EXE_seldon-trace"));
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(sandbox.path("")).stdin(Stdio::null());
        run_long(&sandbox, script.env("TERM", "xterm")).text().to_owned()
    };
    let shown = on_a_terminal("--color never");
    let (progress, report) = shown.rsplit_once("\r\u{1b}[2K").unwrap_or_else(|| panic!("{shown:?}"));
    assert!(progress.starts_with("\r\u{1b}[2Kreading files"), "{shown:?}");
    assert!(report.starts_with("default/iris"), "{shown:?}");
    assert_eq!(on_a_terminal("--quiet"), "");
}
