//! The build script: it finds the commit for `--version`.
//!
//! In a packaged crate it is that of cargo's record, without a date. Without a commit, there is only the version.

#![allow(clippy::print_stdout, reason = "cargo reads it")]

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

/// The commit of a packaged crate.
fn packaged_commit(root: &Path) -> Option<String> {
    let path = root.join(".cargo_vcs_info.json");
    let text = fs::read_to_string(&path).ok()?;
    println!("cargo::rerun-if-changed={}", path.display());
    let (_, rest) = text.split_once("\"sha1\": \"")?;
    let commit = rest.get(..7)?;
    commit.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| commit.to_owned())
}

/// The current commit and its date in UTC, unless the repository is another one around this folder.
fn commit(root: &Path) -> Option<String> {
    // Without it, any change of a file would run this again.
    println!("cargo::rerun-if-changed=src/build.rs");
    root.join(".git").exists().then_some(())?;
    let branch = git(root, &["rev-parse", "--symbolic-full-name", "HEAD"])?;
    for name in ["HEAD", "logs/HEAD", &branch] {
        let path = root.join(git(root, &["rev-parse", "--git-path", name])?);
        // A missing file would run this each time.
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    git(root, &["log", "-1", "--abbrev=7", "--date=format-local:%Y-%m-%d", "--format=%h %cd"])
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let done = Command::new("git").arg("-C").arg(root).args(arguments).env("TZ", "UTC").output().ok()?;
    let output = String::from_utf8(done.stdout).ok()?;
    let output = output.trim();
    (done.status.success() && !output.is_empty()).then(|| output.to_owned())
}
