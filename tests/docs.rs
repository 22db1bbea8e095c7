//! What the README shows is what the program does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use clap::CommandFactory;
use seldon_trace::cli::Cli;
use seldon_trace::lint::{RULES, Rule};
use seldon_trace::manifest::selection::{MAX_GLOB_DEPTH, MAX_GLOB_LENGTH, MAX_GLOBS};
use seldon_trace::profile::{
    BACKENDS, Backend, Content, Names, Place, Profile, Reader, Readers, Request, Variable, table,
};
use seldon_trace::settings::{MAX_OVERRIDES, MAX_SETTINGS_LENGTH};
use seldon_trace::source::{MAX_IGNORE_LENGTH, MAX_INPUT_LENGTH};
use seldon_trace::yaml::{MAX_DEPTH, MAX_DIRECTIVES, MAX_DOCUMENT_LENGTH, MAX_EXPANDED_NODES};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The fixture that the README works with.
const CASE: &str = "fixtures/enable/seldon-jaeger-example-bare";

fn file(name: &str) -> Result<String> {
    fs::read_to_string(Path::new(ROOT).join(name)).with_context(|| format!("reading {name}"))
}

/// The first two lines of the README that begin with `cargo`.
fn commands() -> Result<[String; 2]> {
    let readme = file("README.md")?;
    let mut lines = readme.lines().filter(|line| line.starts_with("cargo")).map(str::to_owned);
    Ok([lines.next().context("no command")?, lines.next().context("no second command")?])
}

/// The part of the README under this heading.
fn section(heading: &str) -> Result<String> {
    let readme = file("README.md")?;
    let (_, rest) = readme.split_once(&format!("\n## {heading}\n")).with_context(|| format!("no {heading}"))?;
    Ok(rest.split("\n## ").next().unwrap_or_default().to_owned())
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
fn the_second_command_is_what_ci_runs() -> Result<()> {
    let [_, second] = commands()?;
    ensure!(second.starts_with("cargo test"), "{second}");
    ensure!(file(".ci/run")?.lines().any(|line| line == second), ".ci/run has no line `{second}`");
    Ok(())
}

#[test]
fn the_diff_is_what_the_program_prints() -> Result<()> {
    let readme = file("README.md")?;
    let (_, rest) = readme.split_once("\n```diff\n").context("no diff")?;
    let (shown, _) = rest.split_once("```").context("no end of the diff")?;
    let done = run(&format!("enable --backend jaeger --diff {CASE}/input.yaml"))?;
    ensure!(done.status.code() == Some(1), "{}", done.status);
    ensure!(shown == String::from_utf8(done.stdout)?, "the diff in the README is stale");
    Ok(())
}

#[test]
fn the_status_is_what_the_program_prints() -> Result<()> {
    let section = section("What traces today")?;
    let (_, path) = section.split_once("`fixtures/").context("no fixture")?;
    let path = path.split('`').next().context("no end of the fixture's name")?;
    let (_, rest) = section.split_once("\n```text\n").context("no table")?;
    let (shown, _) = rest.split_once("```").context("no end of the table")?;
    let done = run(&format!("status fixtures/{path}"))?;
    ensure!(done.status.code() == Some(0), "{}", done.status);
    ensure!(shown == String::from_utf8(done.stdout)?, "the table in the README is stale");
    Ok(())
}

#[test]
fn the_patch_is_what_the_program_prints() -> Result<()> {
    let section = section("A patch for the cluster")?;
    let (_, path) = section.split_once("`fixtures/").context("no fixture")?;
    let path = path.split('`').next().context("no end of the fixture's name")?;
    let (_, rest) = section.split_once("\n```json\n").context("no patch")?;
    let (shown, _) = rest.split_once("```").context("no end of the patch")?;
    let done = run(&format!("disable --json-patch fixtures/{path}"))?;
    ensure!(done.status.code() == Some(0), "{}", done.status);
    let printed = String::from_utf8(done.stdout)?;
    ensure!(shown == printed, "the patch in the README is stale:\n{printed}");
    Ok(())
}

#[test]
fn every_option_is_in_the_tables_and_no_other() -> Result<()> {
    let options = section("Options")?;
    let shown: BTreeSet<&str> = options
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .flat_map(|code| code.split([' ', ',', '=']))
        .filter_map(|word| word.strip_prefix("--"))
        .collect();
    let mut program = Cli::command();
    program.build();
    let mut declared = BTreeSet::new();
    for command in
        program.get_subcommands().filter(|command| ["enable", "disable", "status"].contains(&command.get_name()))
    {
        for option in command.get_arguments().filter(|option| option.get_id() != "help") {
            declared.extend(option.get_long().map(str::to_owned));
            declared.extend(option.get_all_aliases().into_iter().flatten().map(str::to_owned));
        }
    }
    let declared: BTreeSet<&str> = declared.iter().map(String::as_str).collect();
    let missing: Vec<_> = declared.difference(&shown).collect();
    let invented: Vec<_> = shown.difference(&declared).collect();
    ensure!(missing.is_empty() && invented.is_empty(), "missing: {missing:?}; there is no {invented:?}");
    Ok(())
}

#[test]
fn every_variable_and_default_is_in_its_table() -> Result<()> {
    let readme = file("README.md")?;
    for backend in [Backend::Jaeger, Backend::Datadog] {
        for variable in table(backend) {
            ensure!(readme.contains(&format!("`{}`", variable.name)), "{} is not in the README", variable.name);
        }
    }
    let variables = section("What `enable` writes")?;
    let place = Place { name: "", namespace: "", predictor: "", container: "" };
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
                    Content::HostIp => "status.hostIP".to_owned(),
                    Content::Tags(_) => continue,
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
    let readme = file("README.md")?.split_whitespace().collect::<Vec<_>>().join(" ");
    for backend in BACKENDS {
        let of = |readers: Readers, words: &str| {
            let is_asked = |variable: &&Variable| variable.entry.is_none() && variable.readers == readers;
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
        ensure!(readme.contains(&sentence), "the README does not say: {sentence}");
    }
    Ok(())
}

#[test]
fn the_explanation_is_what_the_program_prints() -> Result<()> {
    let section = section("What a variable does")?;
    let (_, rest) = section.split_once("\n$ seldon-trace ").context("no command")?;
    let (arguments, rest) = rest.split_once('\n').context("no output")?;
    let (shown, _) = rest.split_once("```").context("no end of the output")?;
    let done = run(arguments)?;
    ensure!(done.status.code() == Some(0), "{arguments}: {}", done.status);
    ensure!(shown == String::from_utf8(done.stdout)?, "{arguments}: what the README shows is stale");
    Ok(())
}

#[test]
fn the_settings_are_those_of_a_fixture_and_in_force_as_shown() -> Result<()> {
    const SETTINGS: &str = "fixtures/settings/file-of-the-working-folder/.seldon-trace.yaml";
    let section = section("Settings for a team")?;
    let (_, rest) = section.split_once("\n```yaml\n").context("no settings")?;
    let (shown, _) = rest.split_once("```").context("no end of the settings")?;
    ensure!(shown == file(SETTINGS)?, "the settings in the README are not those of {SETTINGS}");
    let (_, rest) = section.split_once("\n$ seldon-trace ").context("no command")?;
    let (arguments, rest) = rest.split_once('\n').context("no output")?;
    let (shown, _) = rest.split_once("```").context("no end of the output")?;
    let done = run(&format!("{arguments} --config {SETTINGS}"))?;
    ensure!(done.status.code() == Some(0), "{arguments}: {}", done.status);
    let printed = String::from_utf8(done.stdout)?.replace(SETTINGS, ".seldon-trace.yaml");
    ensure!(printed.starts_with(shown), "{arguments} prints\n{printed}");
    Ok(())
}

#[test]
fn every_limit_is_in_its_table() -> Result<()> {
    let limits = section("Limits")?;
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
        ensure!(row.is_some_and(|row| row.contains(&value)), "{name} is {value}, the README says {row:?}");
    }
    Ok(())
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[test]
fn links_lead_somewhere() -> Result<()> {
    for name in ["README.md", "CHANGELOG.md"] {
        let text = file(name)?;
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let is_ours = !link.starts_with("http");
            if let (true, Some(anchor)) = (is_ours, link.strip_prefix('#')) {
                let text_of = |line: &str| line.trim_start_matches('#').trim().to_lowercase();
                let anchor_of = |line: &str| text_of(line).replace(['`', ',', '…'], "").replace(' ', "-");
                let found = text.lines().filter(|line| line.starts_with('#')).any(|line| anchor_of(line) == anchor);
                ensure!(found, "{name}: no heading for #{anchor}");
            } else if is_ours {
                ensure!(Path::new(ROOT).join(link).exists(), "{name}: no {link}");
            }
        }
    }
    Ok(())
}

#[test]
fn the_changelog_knows_this_version() -> Result<()> {
    let changelog = file("CHANGELOG.md")?;
    ensure!(changelog.contains(concat!("\n## [", env!("CARGO_PKG_VERSION"), "] - ")), "no entry for this version");
    Ok(())
}

#[test]
fn the_rules_of_lint_are_listed() -> Result<()> {
    let row = |rule: &Rule| {
        let fix = rule.fix.map(|fix| format!("{fix} ")).unwrap_or_default();
        format!("| `{}` | {} | {} | {fix}|\n", rule.id, rule.severity.name(), rule.finds)
    };
    let rows: String = RULES.iter().map(row).collect();
    let listed: String = section("No traces arrive")?
        .lines()
        .filter(|line| line.starts_with("| `ST"))
        .map(|line| format!("{line}\n"))
        .collect();
    ensure!(listed == rows, "the README should list:\n{rows}");
    Ok(())
}

#[test]
fn the_finding_shown_is_what_lint_prints() -> Result<()> {
    let shown = section("No traces arrive")?;
    let (_, finding) = shown.split_once("```text\n").context("no finding")?;
    let finding = finding.split("```").next().unwrap_or_default();
    ensure!(file("fixtures/lint/finds-each-with-its-line/output")?.contains(finding), "{finding}");
    Ok(())
}
