//! The README and `docs/` show what the program does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use clap::CommandFactory;
use seldon_trace::internals::cli::Cli;
use seldon_trace::internals::knowledge::{
    BACKENDS, Backend, Content, KnownVariable, Names, PlaceholderValues, Profile, Reader, Readers, Request, table,
};
use seldon_trace::internals::manifest::selection::{MAX_GLOB_DEPTH, MAX_GLOB_LENGTH, MAX_GLOBS};
use seldon_trace::internals::settings::{MAX_OVERRIDES, MAX_SETTINGS_LENGTH};
use seldon_trace::internals::source::{MAX_IGNORE_LENGTH, MAX_INPUT_LENGTH};
use seldon_trace::internals::yaml::{MAX_DEPTH, MAX_DIRECTIVES, MAX_DOCUMENT_LENGTH, MAX_EXPANDED_NODES};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The fixture of the first command in the README.
const CASE: &str = "fixtures/enable/seldon-jaeger-example-bare";

/// The fixtures whose output `docs/` shows.
const STATUS_CASE: &str = "fixtures/status/sums-up-traced-partly-and-not";
const PATCH_CASE: &str = "fixtures/json-patch/disable-tests-removed-values";
const LINT_CASE: &str = "fixtures/lint/finds-each-with-its-line";
const SETTINGS_CASE: &str = "fixtures/settings/file-of-the-working-folder";

fn file(name: &str) -> Result<String> {
    fs::read_to_string(Path::new(ROOT).join(name)).with_context(|| format!("reading {name}"))
}

/// The first two lines that begin with `cargo` in the README's section with the two commands.
fn commands() -> Result<[String; 2]> {
    let section = section("README.md", "Try it")?;
    let mut lines = section.lines().filter(|line| line.starts_with("cargo")).map(str::to_owned);
    Ok([lines.next().context("no command")?, lines.next().context("no second command")?])
}

/// The part of a file under this heading.
fn section(name: &str, heading: &str) -> Result<String> {
    let text = file(name)?;
    let (_, rest) = text.split_once(&format!("\n## {heading}\n")).with_context(|| format!("{name}: no {heading}"))?;
    Ok(rest.split("\n## ").next().unwrap_or_default().to_owned())
}

/// The first code block of a section in this language.
fn block<'s>(section: &'s str, language: &str) -> Result<&'s str> {
    let (_, rest) = section.split_once(&format!("\n```{language}\n")).with_context(|| format!("no {language}"))?;
    rest.split("```").next().context("no end of the block")
}

/// The README and all files of `docs/`.
fn documents() -> Result<Vec<PathBuf>> {
    let mut paths = vec![PathBuf::from("README.md"), PathBuf::from("CHANGELOG.md")];
    for entry in fs::read_dir(Path::new(ROOT).join("docs"))? {
        paths.push(Path::new("docs").join(entry?.file_name()));
    }
    Ok(paths)
}

/// Runs the program at the root of the repository.
fn run(arguments: &str) -> Result<Output> {
    let words = shell_words::split(arguments)?;
    Ok(Command::new(env!("CARGO_BIN_EXE_seldon-trace")).args(words).current_dir(ROOT).env_clear().output()?)
}

#[test]
fn the_first_command_prints_the_fixture_s_output() -> Result<()> {
    let [first, _] = commands()?;
    let (cargo, arguments) = first.split_once(" -- ").context("no ` -- ` in the first command")?;
    ensure!(cargo.starts_with("cargo run"), "{first}");
    ensure!(arguments.ends_with(&format!("{CASE}/input.yaml")), "{first}");
    let done = run(arguments)?;
    ensure!(done.status.code() == Some(0), "{first}: {}", done.status);
    ensure!(String::from_utf8(done.stdout)? == file(&format!("{CASE}/output"))?, "{first} prints something else");
    Ok(())
}

#[test]
fn the_second_command_is_that_of_ci() -> Result<()> {
    let [_, second] = commands()?;
    ensure!(second.starts_with("cargo test"), "{second}");
    ensure!(file(".ci/run")?.lines().any(|line| line == second), ".ci/run has no line `{second}`");
    Ok(())
}

#[test]
fn the_readme_is_short() -> Result<()> {
    let lines = file("README.md")?.lines().count();
    ensure!(lines <= 250, "{lines} lines: move something to docs/");
    Ok(())
}

#[test]
fn every_command_is_in_the_table_of_the_readme() -> Result<()> {
    let section = section("README.md", "Commands")?;
    let first_cell = |line: &str| line.strip_prefix("| `")?.split('`').next().map(str::to_owned);
    let shown: BTreeSet<String> = section.lines().filter_map(first_cell).collect();
    let program = Cli::command();
    let declared: BTreeSet<String> = program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    ensure!(shown == declared, "the README has {shown:?}, and the program {declared:?}");
    Ok(())
}

#[test]
fn every_page_of_docs_is_linked_from_the_readme() -> Result<()> {
    let readme = file("README.md")?;
    for path in documents()? {
        let link = format!("]({})", path.display());
        ensure!(path == Path::new("README.md") || readme.contains(&link), "the README has no link to {path:?}");
    }
    Ok(())
}

#[test]
fn the_status_is_that_of_the_program() -> Result<()> {
    let section = section("docs/output.md", "status")?;
    let shown = block(&section, "text")?;
    ensure!(shown == file(&format!("{STATUS_CASE}/output"))?, "the table in docs/output.md is stale");
    Ok(())
}

#[test]
fn the_message_is_that_of_the_first_command() -> Result<()> {
    let section = section("docs/output.md", "Messages")?;
    ensure!(block(&section, "text")? == file(&format!("{CASE}/stderr"))?, "the message in docs/output.md is stale");
    Ok(())
}

#[test]
fn the_patch_is_that_of_the_program() -> Result<()> {
    let section = section("docs/output.md", "JSON Patch")?;
    let shown = block(&section, "json")?;
    let done = run(&format!("disable --json-patch {PATCH_CASE}/input.yaml"))?;
    ensure!(done.status.code() == Some(0), "{}", done.status);
    let printed = String::from_utf8(done.stdout)?;
    ensure!(shown == printed, "the patch in docs/output.md is stale:\n{printed}");
    Ok(())
}

#[test]
fn every_variable_and_default_is_in_its_table() -> Result<()> {
    let variables = section("docs/variables.md", "What `enable` writes")?;
    let place = PlaceholderValues { name: "", namespace: "", predictor: "", container: "" };
    for (backend, names) in [
        (Backend::Jaeger, None),
        (Backend::Datadog, Some(Names::Seldon)),
        (Backend::Datadog, Some(Names::Standard)),
        (Backend::Datadog, Some(Names::Both)),
    ] {
        let request = Request { names, ..Request::new(backend) };
        let profile = Profile::new(request).map_err(|errors| anyhow::anyhow!("{errors:?}"))?;
        for reader in [Reader::Orchestrator, Reader::Container] {
            for wanted in profile.wanted(reader, &place) {
                let value = match wanted.content {
                    Content::Literal(text) => text.into_owned(),
                    Content::Field(field) => field.to_owned(),
                    Content::Tags(_) | Content::Folder(_) => continue,
                };
                let says = |row: &&str| row.contains(&format!("`{}`", wanted.name)) && row.contains(&value);
                ensure!(variables.lines().any(|row| says(&row)), "{backend}: no row has {} = {value}", wanted.name);
            }
        }
    }
    Ok(())
}

#[test]
fn more_variables_are_those_of_set_by_who_reads_them() -> Result<()> {
    let section = section("docs/variables.md", "What `enable` writes")?;
    let section = section.split_whitespace().collect::<Vec<_>>().join(" ");
    for backend in BACKENDS {
        let of = |readers: Readers, words: &str| {
            let is_asked = |variable: &&KnownVariable| variable.entry.is_none() && variable.readers == readers;
            let names: Vec<_> =
                table(backend).iter().filter(is_asked).map(|variable| format!("`{}`", variable.name)).collect();
            (!names.is_empty()).then(|| format!("by {words}: {}", names.join(", ")))
        };
        let groups = [
            of(Readers::Orchestrator, "the orchestrator"),
            of(Readers::Container, "the containers"),
            of(Readers::Both, "both"),
        ];
        let sentence = format!("For {backend}, read {}.", groups.into_iter().flatten().collect::<Vec<_>>().join("; "));
        ensure!(section.contains(&sentence), "docs/variables.md does not contain: {sentence}");
    }
    Ok(())
}

#[test]
fn the_explanation_is_that_of_the_program() -> Result<()> {
    let section = file("docs/variables.md")?;
    let (_, rest) = section.split_once("\n$ seldon-trace ").context("no command")?;
    let (arguments, rest) = rest.split_once('\n').context("no output")?;
    let (shown, _) = rest.split_once("```").context("no end of the output")?;
    let done = run(arguments)?;
    ensure!(done.status.code() == Some(0), "{arguments}: {}", done.status);
    ensure!(shown == String::from_utf8(done.stdout)?, "{arguments}: docs/variables.md is stale");
    Ok(())
}

#[test]
fn the_settings_are_those_of_a_fixture_and_in_force_as_shown() -> Result<()> {
    let settings = format!("{SETTINGS_CASE}/.seldon-trace.yaml");
    let section = file("docs/settings.md")?;
    ensure!(
        block(&section, "yaml")? == file(&settings)?,
        "the settings in docs/settings.md are not those of {settings}"
    );
    let (_, rest) = section.split_once("\n$ seldon-trace ").context("no command")?;
    let (arguments, rest) = rest.split_once('\n').context("no output")?;
    let (shown, _) = rest.split_once("```").context("no end of the output")?;
    let done = run(&format!("{arguments} --config {settings}"))?;
    ensure!(done.status.code() == Some(0), "{arguments}: {}", done.status);
    let printed = String::from_utf8(done.stdout)?.replace(&settings, ".seldon-trace.yaml");
    ensure!(printed.starts_with(shown), "{arguments} prints\n{printed}");
    Ok(())
}

#[test]
fn every_setting_is_in_the_table_of_who_has_it() -> Result<()> {
    let schema: serde_json::Value = serde_json::from_slice(&run("config --schema")?.stdout)?;
    let keys = schema["$defs"]["settings"]["properties"].as_object().context("no settings in the schema")?;
    let declared: BTreeSet<&str> = keys.keys().map(String::as_str).collect();
    let section = section("docs/settings.md", "Which keys apply to which command")?;
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let shown: BTreeSet<&str> = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let of_file = BTreeSet::from(["profiles", "overrides"]);
    let declared: BTreeSet<&str> = declared.difference(&of_file).copied().collect();
    ensure!(shown == declared, "docs/settings.md has {shown:?}, and the schema {declared:?}");
    Ok(())
}

#[test]
fn every_limit_is_in_its_table() -> Result<()> {
    let limits = section("docs/guarantees.md", "Limits")?;
    for (name, value) in [
        ("MAX_DEPTH", MAX_DEPTH.to_string()),
        ("MAX_EXPANDED_NODES", with_commas(MAX_EXPANDED_NODES)),
        ("MAX_GLOB_LENGTH", with_commas(MAX_GLOB_LENGTH as u64)),
        ("MAX_GLOB_DEPTH", MAX_GLOB_DEPTH.to_string()),
        ("MAX_GLOBS", MAX_GLOBS.to_string()),
        ("MAX_OVERRIDES", with_commas(MAX_OVERRIDES as u64)),
        ("MAX_IGNORE_LENGTH", with_commas(MAX_IGNORE_LENGTH)),
        ("MAX_SETTINGS_LENGTH", with_commas(MAX_SETTINGS_LENGTH)),
        ("MAX_DIRECTIVES", MAX_DIRECTIVES.to_string()),
        ("MAX_INPUT_LENGTH", with_commas(MAX_INPUT_LENGTH)),
        ("MAX_DOCUMENT_LENGTH", with_commas(MAX_DOCUMENT_LENGTH as u64)),
    ] {
        let row = limits.lines().find(|line| line.contains(&format!("`{name}`")));
        ensure!(row.is_some_and(|row| row.contains(&value)), "{name} is {value}, docs/guarantees.md has {row:?}");
    }
    Ok(())
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// The anchors of the headings of a text, by GitHub's rules.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.starts_with("```");
        let Some(heading) = line.strip_prefix('#').filter(|_| !in_code) else { continue };
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let anchor: String = heading.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect();
        let mut distinct = anchor.clone();
        let mut count = 0;
        while !anchors.insert(distinct.clone()) {
            count += 1;
            distinct = format!("{anchor}-{count}");
        }
    }
    anchors
}

#[test]
fn anchors_are_those_of_github() {
    let text = "# A `b`, c: d\n```sh\n# no heading\n```\n## ST001\n### A-B_c\n## ST001\n";
    let expected: BTreeSet<String> = ["a-b-c-d", "st001", "a-b_c", "st001-1"].map(str::to_owned).into();
    assert_eq!(anchors(text), expected);
}

#[test]
fn links_lead_somewhere() -> Result<()> {
    for path in documents()? {
        let name = path.display();
        let text = file(&name.to_string())?;
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            let (target, anchor) = link.split_once('#').map_or((link, None), |(target, anchor)| (target, Some(anchor)));
            let target = match target {
                "" => path.clone(),
                target => path.parent().unwrap_or(Path::new("")).join(target),
            };
            ensure!(Path::new(ROOT).join(&target).exists(), "{name}: no file for the link {link}");
            if let Some(anchor) = anchor {
                let has_anchor = anchors(&file(&target.display().to_string())?).contains(anchor);
                ensure!(has_anchor, "{name}: no heading for the link {link}");
            }
        }
    }
    Ok(())
}

#[test]
fn the_commands_for_the_documents_run() -> Result<()> {
    let page = file("docs/documents.md")?;
    let commands = page.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("seldon-trace "));
    for command in commands {
        let arguments = command.replace("FILE", &format!("{CASE}/input.yaml"));
        let done = run(&arguments)?;
        ensure!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(())
}

#[test]
fn the_drawing_and_the_modules_are_those_of_the_crate() -> Result<()> {
    let architecture = file("docs/architecture.md")?;
    let library = file("src/lib.rs")?;
    let lines = library.lines().filter_map(|line| line.strip_prefix("//!"));
    let comment: String = lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
    ensure!(block(&architecture, "text")? == block(&comment, "text")?, "the drawing is not that of src/lib.rs");
    let path = section("docs/architecture.md", "The path of a manifest")?;
    let drawn: BTreeSet<&str> = comment.split(|one: char| !one.is_ascii_alphanumeric()).collect();
    let modules = library.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    for module in modules {
        ensure!(path.contains(&format!("`{module}`")), "docs/architecture.md does not name the module {module}");
        ensure!(drawn.contains(module), "the comment of src/lib.rs does not name the module {module}");
    }
    Ok(())
}

#[test]
fn the_changelog_and_the_fuzz_targets_know_this_version() -> Result<()> {
    let changelog = file("CHANGELOG.md")?;
    ensure!(changelog.contains(concat!("\n## [", env!("CARGO_PKG_VERSION"), "] - ")), "no entry for this version");
    let lock = file("tests/fuzz/Cargo.lock")?;
    let entry = concat!("name = \"seldon-trace\"\nversion = \"", env!("CARGO_PKG_VERSION"), "\"\n");
    ensure!(lock.contains(entry), "tests/fuzz/Cargo.lock has another version");
    Ok(())
}

#[test]
fn the_finding_is_that_of_lint() -> Result<()> {
    let section = section("docs/output.md", "lint")?;
    let finding = block(&section, "text")?;
    ensure!(file(&format!("{LINT_CASE}/output"))?.contains(finding), "{finding}");
    Ok(())
}
