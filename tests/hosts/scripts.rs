//! The shell scripts beside this file, and shellcheck for every script of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{PROGRAM, ROOT};

#[test]
fn the_hooks_of_pre_commit_work() {
    let done = Command::new(Path::new(ROOT).join("tests/hosts/pre-commit")).arg(PROGRAM).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    eprint!("{said}");
}

/// The scripts for a shell.
fn scripts() -> Vec<PathBuf> {
    let mut scripts = Vec::new();
    for folder in [".ci", "tests/hosts", "tests/hosts/stand-ins"] {
        for entry in Path::new(ROOT).join(folder).read_dir().unwrap() {
            let path = entry.unwrap().path();
            let first = std::fs::read_to_string(&path).unwrap_or_default();
            if first.lines().next().is_some_and(|line| line.starts_with("#!") && line.ends_with("sh")) {
                scripts.push(path);
            }
        }
    }
    assert!(scripts.len() >= 4, "{scripts:?}");
    scripts
}

#[test]
fn bash_can_read_every_script_and_shellcheck_has_nothing_to_say() {
    for script in scripts() {
        let done = Command::new("bash").arg("-n").arg(&script).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let Ok(done) = Command::new("shellcheck").arg(&script).output() else {
            eprintln!("skipped: there is no shellcheck on PATH");
            return;
        };
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }
}
