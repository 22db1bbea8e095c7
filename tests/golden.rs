//! The golden cases: each folder `fixtures/GROUP/NAME/` is one run of the program. `fixtures/README.md` describes the
//! groups and the files of a case.
//!
//! A case runs in an empty folder with nothing but PATH in its environment. All cases run before the test fails, so
//! that every effect of a change is shown at once.

#[path = "support/cases.rs"]
mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cases::cases;
use similar::TextDiff;

/// Fewer cases than this mean that the folder was not found.
const AT_LEAST: usize = 80;

/// The content of files by their paths relative to a folder.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The expected or actual result of a run.
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
    let bless = is_blessing();
    let (fixtures, cases) = (fixtures(), cases()?);
    let mut failures = Vec::new();
    for case in &cases {
        let name = case.strip_prefix(&fixtures)?.display();
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

fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The problems with the layout of a folder of cases: a group that its README does not list or that is empty, a folder
/// that is no case or is at another depth than GROUP/NAME, and a file outside the cases.
fn misplaced(fixtures: &Path) -> Result<Vec<String>> {
    let readme = fs::read_to_string(fixtures.join("README.md"))?;
    let listed = |group: &str| readme.lines().any(|line| line.starts_with(&format!("| `{group}` |")));
    let mut cases: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    let mut problems = Vec::new();
    for path in read(fixtures)?.into_keys() {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let is_command = parts.last().is_some_and(|name| name == "command");
        match &parts[..] {
            [file] if file == "README.md" => {}
            [_] | [_, _] => problems.push(format!("{}: not in a folder GROUP/NAME", path.display())),
            [_, _, _, ..] if is_command && parts.len() > 3 => {
                problems.push(format!("{}: not at the depth GROUP/NAME", path.display()));
            }
            [group, name, ..] => {
                *cases.entry(group.to_string()).or_default().entry(name.to_string()).or_default() |= is_command;
            }
            [] => {}
        }
    }
    for (group, names) in cases {
        if !listed(&group) {
            problems.push(format!("{group}: not in the table of fixtures/README.md"));
        }
        let without = names.into_iter().filter(|(_, has_command)| !has_command);
        problems.extend(without.map(|(name, _)| format!("{group}/{name}: no file `command`")));
    }
    Ok(problems)
}

#[test]
fn every_folder_is_a_case_in_a_listed_group() -> Result<()> {
    let problems = misplaced(&fixtures())?;
    ensure!(problems.is_empty(), "in fixtures/:\n{}", problems.join("\n"));
    Ok(())
}

#[test]
fn a_misplaced_folder_is_found() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = |path: &str, text: &str| save(&folder.path().join(path), text.as_bytes());
    file("README.md", "| `enable` | |\n")?;
    file("enable/right/command", "seldon-trace\n")?;
    file("enable/right/after/input.yaml", "")?;
    ensure!(misplaced(folder.path())?.is_empty());
    let wrong = [
        ("command", "command: not in a folder GROUP/NAME"),
        ("stray/command", "stray/command: not in a folder GROUP/NAME"),
        ("enable/deeper/case/command", "enable/deeper/case/command: not at the depth GROUP/NAME"),
        ("enable/no-case/input.yaml", "enable/no-case: no file `command`"),
        ("unlisted/case/command", "unlisted: not in the table of fixtures/README.md"),
    ];
    for (path, problem) in wrong {
        file(path, "")?;
        let found = misplaced(folder.path())?;
        ensure!(found.iter().any(|found| found == problem), "{path}: {found:?}");
        fs::remove_file(folder.path().join(path))?;
    }
    Ok(())
}

/// What the program prints for these arguments.
fn printed(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seldon-trace"));
    let done = command.args(arguments).env_clear().stdin(Stdio::null()).output()?;
    ensure!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(String::from_utf8(done.stdout)?)
}

#[test]
fn every_rule_has_a_case_and_every_fix_another() -> Result<()> {
    if is_blessing() {
        // The cases are written meanwhile.
        return Ok(());
    }
    let sarif: serde_json::Value = serde_json::from_str(&printed(&["lint", "--format", "sarif"])?)?;
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().context("no rules")?;
    let mut wanted = BTreeSet::new();
    for rule in rules {
        let id = rule["id"].as_str().context("a rule without an id")?;
        let name = id.to_lowercase();
        let output = fs::read_to_string(fixtures().join(format!("rules/{name}/output")));
        ensure!(output.is_ok_and(|output| output.contains(&format!("[{id}]"))), "no finding in fixtures/rules/{name}/");
        if printed(&["explain", id])?.contains("\n--fix\n") {
            let fixed = format!("{name}-fixed");
            let [input, same] =
                [&name, &fixed].map(|name| fs::read(fixtures().join(format!("rules/{name}/input.yaml"))));
            ensure!(
                same.is_ok_and(|same| input.is_ok_and(|input| input == same)),
                "the input of fixtures/rules/{fixed}/ has to be that of {name}/"
            );
            wanted.insert(fixed);
        }
        wanted.insert(name);
    }
    let cases = fs::read_dir(fixtures().join("rules"))?;
    let found: BTreeSet<_> = cases.map(|case| Ok(case?.file_name().into_string().unwrap())).collect::<Result<_>>()?;
    ensure!(found == wanted, "fixtures/rules/ has {found:?}, and the rules need {wanted:?}");
    Ok(())
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

/// The input files of the case.
fn inputs(golden: &Files) -> Files {
    let ours = ["command", "output", "stderr", "status", "after"];
    let is_input = |path: &Path| !ours.iter().any(|name| path.starts_with(name));
    golden.iter().filter(|(path, _)| is_input(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

/// The expected result.
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

/// Replaces the expected result by the actual one.
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

/// The differences between the expected (-) and the actual (+) result.
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

/// A text with visible carriage returns, byte order marks and bytes that are not UTF-8.
fn visible(bytes: &[u8]) -> String {
    let text: String = bytes
        .utf8_chunks()
        .flat_map(|chunk| [chunk.valid().into(), chunk.invalid().escape_ascii().to_string()])
        .collect();
    text.replace('\r', "\\r").replace('\u{feff}', "\\u{feff}")
}
