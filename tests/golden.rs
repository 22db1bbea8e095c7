//! The golden cases: each folder under `fixtures/` is one run of the program, named after what it shows.
//!
//! | in the folder | is |
//! |---|---|
//! | `command` | the command line, as a user types it; `< FILE` at its end feeds standard input |
//! | `output` | what it prints, to the byte; missing where that is nothing |
//! | `stderr` | what it says, to the byte; missing where that is nothing |
//! | `status` | its exit status; missing where that is 0 |
//! | `after/` | the files that it changes or makes, as they stand afterwards |
//! | all else | the files that it finds in its working folder |
//!
//! A run happens in a fresh folder with nothing but PATH in its environment. All cases are run before the test
//! fails, so that one change of behaviour shows in every place at once.
//!
//! `BLESS=1 cargo test --test golden` writes `output`, `stderr`, `status` and `after/` anew from what the program
//! does. That is a draft: read its diff as you would a colleague's, for a case says what is right, not what is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use similar::TextDiff;

/// Fewer than this and something is amiss with the folder, not with the program.
const AT_LEAST: usize = 80;

/// Paths, relative to a folder, and what stands in them.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What a run has to come to, or came to.
#[derive(PartialEq)]
struct Outcome {
    status: i32,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// The whole working folder, untouched files included.
    files: Files,
}

#[test]
fn every_golden_case() -> Result<()> {
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    let cases = folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"))?;
    let mut failures = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        let golden = read(case)?;
        let wanted = expected(&golden).with_context(|| format!("reading {name}"))?;
        let found = run(&golden).with_context(|| format!("running {name}"))?;
        if bless {
            write(case, &golden, &found)?;
        } else if found != wanted {
            let command = text(&golden, "command");
            failures.push(format!("── {name}: {command}\n{}", differences(&wanted, &found)));
        }
    }
    ensure!(cases.len() >= AT_LEAST, "only {} cases in fixtures/", cases.len());
    ensure!(failures.is_empty(), "{} of {} cases differ\n\n{}", failures.len(), cases.len(), failures.join("\n"));
    Ok(())
}

/// The folders in a folder, in sorted order.
fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| format!("reading {}", parent.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.is_dir());
    paths.sort();
    Ok(paths)
}

/// Every file below a folder.
fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = PathBuf::from(path.file_name().unwrap_or_default());
        if path.is_dir() {
            files.extend(read(&path)?.into_iter().map(|(below, bytes)| (name.join(below), bytes)));
        } else {
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(files)
}

/// The case's own files: what the program finds in its working folder.
fn inputs(golden: &Files) -> Files {
    let ours = ["command", "output", "stderr", "status", "after"];
    let is_input = |path: &Path| !ours.iter().any(|name| path.starts_with(name));
    golden.iter().filter(|(path, _)| is_input(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

/// What the case says has to come of it.
fn expected(golden: &Files) -> Result<Outcome> {
    let bytes = |name: &str| golden.get(Path::new(name)).cloned().unwrap_or_default();
    let status = if golden.contains_key(Path::new("status")) { text(golden, "status").parse()? } else { 0 };
    let mut files = inputs(golden);
    for (path, bytes) in golden {
        if let Ok(path) = path.strip_prefix("after") {
            files.insert(path.to_owned(), bytes.clone());
        }
    }
    Ok(Outcome { status, stdout: bytes("output"), stderr: bytes("stderr"), files })
}

/// Runs the case's command in a folder of its own.
fn run(golden: &Files) -> Result<Outcome> {
    let folder = tempfile::tempdir()?;
    for (path, bytes) in inputs(golden) {
        save(&folder.path().join(path), &bytes)?;
    }
    let line = text(golden, "command");
    let (line, stdin) = match line.rsplit_once(" < ") {
        Some((line, file)) => (line, Stdio::from(File::open(folder.path().join(file))?)),
        None => (line.as_str(), Stdio::null()),
    };
    let words = shell_words::split(line)?;
    ensure!(words.first().is_some_and(|word| word == "seldon-trace"), "the command has to begin with seldon-trace");
    let done = Command::new(env!("CARGO_BIN_EXE_seldon-trace"))
        .args(&words[1..])
        .current_dir(&folder)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .stdin(stdin)
        .output()?;
    let status = done.status.code().context("ended by a signal")?;
    Ok(Outcome { status, stdout: done.stdout, stderr: done.stderr, files: read(folder.path())? })
}

/// Makes the case say what the program did.
fn write(case: &Path, golden: &Files, found: &Outcome) -> Result<()> {
    let status = if found.status == 0 { String::new() } else { format!("{}\n", found.status) };
    for (name, bytes) in [("output", &found.stdout[..]), ("stderr", &found.stderr), ("status", status.as_bytes())] {
        match bytes {
            [] if !case.join(name).exists() => {}
            [] => fs::remove_file(case.join(name))?,
            _ => save(&case.join(name), bytes)?,
        }
    }
    if case.join("after").exists() {
        fs::remove_dir_all(case.join("after"))?;
    }
    let before = inputs(golden);
    for (path, bytes) in found.files.iter().filter(|(path, bytes)| before.get(*path) != Some(*bytes)) {
        save(&case.join("after").join(path), bytes)?;
    }
    Ok(())
}

/// Writes a file and the folders that it needs.
fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file without a folder")?)?;
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// A one-line file of the case, without its line end.
fn text(golden: &Files, name: &str) -> String {
    let bytes = golden.get(Path::new(name)).map_or(&[][..], |bytes| bytes);
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

/// What was expected (-) and what came (+), part by part.
fn differences(expected: &Outcome, found: &Outcome) -> String {
    let mut report = String::new();
    if expected.status != found.status {
        let _ = writeln!(report, "status: expected {}, found {}", expected.status, found.status);
    }
    let mut compare = |name: &str, old: &[u8], new: &[u8]| {
        if old != new {
            let (old, new) = (visible(old), visible(new));
            let diff = TextDiff::from_lines(&old, &new);
            let (old, new) = (format!("{name}, expected"), format!("{name}, found"));
            let _ = write!(report, "{}", diff.unified_diff().header(&old, &new));
        }
    };
    compare("output", &expected.stdout, &found.stdout);
    compare("stderr", &expected.stderr, &found.stderr);
    let paths: BTreeSet<_> = expected.files.keys().chain(found.files.keys()).collect();
    for path in paths {
        let bytes = |files: &Files| files.get(path).map_or(&b"(no such file)"[..], |bytes| bytes).to_vec();
        compare(&path.to_string_lossy(), &bytes(&expected.files), &bytes(&found.files));
    }
    report
}

/// Text in which carriage returns, byte order marks and bytes that are no text show.
fn visible(bytes: &[u8]) -> String {
    let text: String = bytes
        .utf8_chunks()
        .flat_map(|chunk| [chunk.valid().into(), chunk.invalid().escape_ascii().to_string()])
        .collect();
    text.replace('\r', "\\r").replace('\u{feff}', "\\u{feff}")
}
