//! The build script: it says which commit the program is of, for `--version`.
//!
//! In a packaged crate that is what cargo wrote down, without a date. Where nothing is known it is the version alone.

#![allow(clippy::print_stdout, reason = "that is how cargo is told")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let commit = packaged_commit(&root).or_else(|| commit(&root));
    let version = commit.map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=SELDON_TRACE_VERSION={version}");
}

/// What cargo packaged the crate from.
fn packaged_commit(root: &Path) -> Option<String> {
    let path = root.join(".cargo_vcs_info.json");
    let text = fs::read_to_string(&path).ok()?;
    println!("cargo::rerun-if-changed={}", path.display());
    let (_, rest) = text.split_once("\"sha1\": \"")?;
    let commit = rest.get(..7)?;
    commit.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| commit.to_owned())
}

/// The commit that is checked out, and its date in UTC. Not that of another repository around this folder.
fn commit(root: &Path) -> Option<String> {
    // Else any change of a file would run this again.
    println!("cargo::rerun-if-changed=src/build.rs");
    root.join(".git").exists().then_some(())?;
    let branch = git(root, &["rev-parse", "--symbolic-full-name", "HEAD"])?;
    for name in ["HEAD", "logs/HEAD", &branch] {
        let path = root.join(git(root, &["rev-parse", "--git-path", name])?);
        // One that is missing would run this each time.
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    git(root, &["log", "-1", "--abbrev=7", "--date=format-local:%Y-%m-%d", "--format=%h %cd"])
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let done = Command::new("git").arg("-C").arg(root).args(arguments).env("TZ", "UTC").output().ok()?;
    let said = String::from_utf8(done.stdout).ok()?;
    let said = said.trim();
    (done.status.success() && !said.is_empty()).then(|| said.to_owned())
}
