//! The promises of `.github/CONTRIBUTING.md` that the compiler can't enforce, and the workflows.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files in a folder and below.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        match path.is_dir() {
            true => files.extend(files_below(&path)?),
            false => files.push(path),
        }
    }
    Ok(files)
}

/// The Rust files of the program, without its tests.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = files_below(folder)?;
    files.retain(|path| {
        !path.strip_prefix(folder).unwrap_or(path).iter().any(|part| part == "tests" || part == "tests.rs")
    });
    Ok(files)
}

/// The compiler never sees a file that no `mod` names, so its tests would not run.
#[test]
fn every_file_is_a_module() -> Result<()> {
    let mut files = files_below(&Path::new(ROOT).join("src"))?;
    for entry in fs::read_dir(Path::new(ROOT).join("tests"))? {
        let folder = entry?.path();
        if folder.join("main.rs").exists() {
            files.extend(files_below(&folder)?);
        }
    }
    let mut missing = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let module = if path.ends_with("mod.rs") { path.parent().context("no folder")? } else { path };
        let name = module.file_stem().and_then(|stem| stem.to_str()).context("no name")?;
        let folder = module.parent().context("no folder")?;
        let parents = ["mod.rs", "lib.rs", "main.rs"].map(|file| folder.join(file)).into_iter();
        let mut parents = parents.chain([folder.with_extension("rs")]).filter_map(|path| fs::read_to_string(path).ok());
        let is_root = ["main", "lib", "build"].contains(&name);
        if !is_root && !parents.any(|text| text.contains(&format!("mod {name};"))) {
            missing.push(path.display().to_string());
        }
    }
    ensure!(missing.is_empty(), "no `mod` names:\n{}", missing.join("\n"));
    Ok(())
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

/// The name of the type that a line defines. The types of an `impl` are not among them.
fn defined_type(line: &str) -> Option<&str> {
    if line.starts_with("    type ") {
        return None;
    }
    let line = line.trim_start();
    let line = match line.strip_prefix("pub") {
        Some(rest) => rest.split_once(' ')?.1,
        None => line,
    };
    let rest = ["struct ", "enum ", "trait ", "type "].iter().find_map(|word| line.strip_prefix(word))?;
    rest.split(|character: char| !character.is_alphanumeric()).next()
}

#[test]
fn each_type_has_a_name_of_its_own() -> Result<()> {
    // A file may define a type for each platform.
    let mut places: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for path in sources(&Path::new(ROOT).join("src"))? {
        let text = fs::read_to_string(&path)?;
        for name in text.lines().filter_map(defined_type) {
            places.entry(name.to_owned()).or_default().insert(path.clone());
        }
    }
    ensure!(places.len() > 100, "the types are not found any more");
    places.retain(|_, places| places.len() > 1);
    ensure!(places.is_empty(), "these names mean several things: {places:#?}");
    Ok(())
}

/// The modules in the order of the table in `docs/architecture.md`, where each uses only those above it.
fn modules_in_order() -> Result<Vec<String>> {
    let text = file("docs/architecture.md")?;
    let (_, table) = text.split_once("Each module uses only those above it").context("the table has no heading")?;
    let rows = table.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let names = rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split('`').skip(1).step_by(2));
    Ok(names.map(str::to_owned).collect())
}

#[test]
fn each_module_uses_only_those_above_it() -> Result<()> {
    let order = modules_in_order()?;
    let place = |module: &str| order.iter().position(|other| other == module);
    let src = Path::new(ROOT).join("src");
    let (mut found, mut count) = (Vec::new(), 0);
    for path in sources(&src)? {
        let module = path.strip_prefix(&src)?.components().next().context("no module")?;
        let module = Path::new(&module).file_stem().and_then(|stem| stem.to_str()).context("no module")?;
        if ["lib", "main", "build"].contains(&module) {
            continue;
        }
        let own = place(module).with_context(|| format!("{module} is not in the table of docs/architecture.md"))?;
        let text = fs::read_to_string(&path)?;
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            for rest in line.split("crate::").skip(1) {
                let used = rest.split(|next: char| !next.is_alphanumeric() && next != '_').next().unwrap_or_default();
                count += 1;
                if place(used).is_none_or(|used| used > own) {
                    found.push(format!("{}:{}: {module} uses `{used}`", path.display(), number + 1));
                }
            }
        }
    }
    ensure!(count > 200, "the uses are not found any more");
    ensure!(found.is_empty(), "a module uses only those above it in docs/architecture.md:\n{}", found.join("\n"));
    Ok(())
}

fn file(name: &str) -> Result<String> {
    fs::read_to_string(Path::new(ROOT).join(name)).with_context(|| format!("reading {name}"))
}

/// The paths of the files in a folder, relative to the root, in sorted order.
fn files(folder: &str) -> Result<Vec<String>> {
    let entries = fs::read_dir(Path::new(ROOT).join(folder)).with_context(|| format!("reading {folder}"))?;
    let mut names = entries
        .map(|entry| Ok(format!("{folder}/{}", entry?.file_name().to_string_lossy())))
        .collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

#[test]
fn every_path_in_the_guide_exists() -> Result<()> {
    let guide = file(".github/CONTRIBUTING.md")? + &file(".github/SECURITY.md")? + &file("fixtures/README.md")?;
    let folders = ["src", "tests", "fixtures", ".ci", ".github", "docs"];
    // The reader fills this in.
    let is_example =
        |path: &str| ["NAME", "NNN", "TARGET", "/corpus", "keeps-the-comment"].iter().any(|word| path.contains(word));
    let mut count = 0;
    for word in guide.split(|char: char| char.is_whitespace() || "`()*,;:".contains(char)) {
        let path = word.trim_end_matches(['.', '/']);
        let is_path = folders.iter().any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        if is_path && !is_example(path) {
            ensure!(Path::new(ROOT).join(path).exists(), "there is no {path}");
            count += 1;
        }
    }
    ensure!(count >= 20, "only {count} paths");
    Ok(())
}

#[test]
fn every_fuzz_target_is_in_the_guide() -> Result<()> {
    let guide = file(".github/CONTRIBUTING.md")?;
    for target in files("tests/fuzz/bin")? {
        let name = Path::new(&target).file_stem().and_then(|stem| stem.to_str()).context("no name")?;
        ensure!(guide.contains(&format!("`{name}`")), "{name} is not in CONTRIBUTING.md");
    }
    Ok(())
}

#[test]
fn every_file_of_a_host_is_tested() -> Result<()> {
    let mut tests = String::new();
    for test in files("tests/hosts")?.iter().filter(|name| name.ends_with(".rs")) {
        tests += &file(test)?;
    }
    for name in files(".ci/hosts")? {
        ensure!(tests.contains(&name), "no test in tests/hosts/ reads {name}");
    }
    Ok(())
}

/// Every value of a key, at any depth.
fn values<'a>(value: &'a serde_yaml::Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        serde_yaml::Value::Mapping(mapping) => {
            for (name, value) in mapping {
                if name.as_str() == Some(key) {
                    found.extend(value.as_str());
                }
                values(value, key, found);
            }
        }
        serde_yaml::Value::Sequence(items) => items.iter().for_each(|item| values(item, key, found)),
        _ => {}
    }
}

#[test]
fn workflows_pin_actions_and_run_the_project_s_own_scripts() -> Result<()> {
    let mut commands = String::new();
    for name in files(".github/workflows")? {
        let workflow: serde_yaml::Value = serde_yaml::from_str(&file(&name)?).with_context(|| name.clone())?;
        let mut actions = Vec::new();
        values(&workflow, "uses", &mut actions);
        for action in actions {
            let commit = action.split_once('@').map_or("", |(_, commit)| commit);
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            ensure!(is_commit, "{name}: {action} is not pinned by a commit");
        }
        let mut runs = Vec::new();
        values(&workflow, "run", &mut runs);
        ensure!(!runs.iter().any(|run| run.contains("${{")), "{name}: an expression in a script can be code");
        commands += &(runs.join("\n") + "\n");
        ensure!(workflow["permissions"]["contents"] == "read", "{name}: more permissions than a job needs");
    }
    ensure!(commands.lines().any(|line| line == ".ci/run"), "no workflow runs .ci/run");
    ensure!(commands.contains(".ci/release"), "no workflow runs .ci/release");
    Ok(())
}

#[test]
fn actionlint_accepts_the_workflows() -> Result<()> {
    let Ok(done) = std::process::Command::new("actionlint").current_dir(ROOT).arg("-no-color").output() else {
        eprintln!("skipped: there is no actionlint on PATH");
        return Ok(());
    };
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    Ok(())
}
