//! What `.github/CONTRIBUTING.md` promises, where the compiler can't enforce it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The Rust files of the program, without its tests.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("tests") => {}
            _ if path.is_dir() => files.extend(sources(&path)?),
            _ => files.push(path),
        }
    }
    Ok(files)
}

#[test]
fn a_new_backend_is_missed_by_no_comparison() -> Result<()> {
    let comparisons = ["== Backend::", "!= Backend::", "== Some(Backend::", "!= Some(Backend::"];
    let mut found = Vec::new();
    for path in sources(&Path::new(ROOT).join("src"))? {
        let text = fs::read_to_string(&path)?;
        for (number, line) in text.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            if !is_comment && comparisons.iter().any(|comparison| line.contains(comparison)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    ensure!(found.is_empty(), "match on the backend instead, with an arm for each:\n{}", found.join("\n"));
    Ok(())
}
