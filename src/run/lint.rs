//! A run of `lint`: it reads, and prints what it found.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::colours::Colours;
use super::inputs::{Work, Worked};
use super::{Status, policy, print, say_notes};
use crate::cli::{self, FailOn, LintFormat};
use crate::findings::{Finding, Linted, lint};
use crate::lint::{RULES, Rule, Severity};
use crate::output::findings::{InputFindings, SCHEMA, to_github, to_json, to_sarif, to_text};

pub(super) fn run(command: cli::Lint, colours: Colours) -> Result<Status> {
    if command.format == LintFormat::JsonSchema {
        return print(SCHEMA.as_bytes());
    }
    let require_match = command.selection.require_match;
    let selection = policy::selection(command.selection)?;
    let (allowed, denied) = (rules_of(&command.allow)?, rules_of(&command.deny)?);
    let is_among = |rules: &[&Rule], wanted: &Rule| rules.iter().any(|rule| rule.id == wanted.id);
    let rules: Vec<&'static Rule> = RULES.iter().filter(|rule| !is_among(&allowed, rule)).collect();
    let work = Work {
        with_text: |text: &str| lint(text, &selection, &rules),
        concerns: |linted: &Linted| linted.is_selected,
        only_manifests: true,
        colour: colours.stderr,
    };
    let Some((done, notes)) = work.run(&command.inputs.paths()) else { return Ok(Status::Failed) };
    if require_match && !done.iter().any(|worked| worked.result.is_selected) {
        bail!("--require-match: nothing is selected");
    }
    let counted = |finding: Finding| match is_among(&denied, finding.rule) {
        true => Finding { severity: Severity::Error, ..finding },
        false => finding,
    };
    let inputs: Vec<InputFindings> = done
        .into_iter()
        .map(|Worked { source, name, text, result }| {
            let Linted { findings, credentials, .. } = result;
            let path = source.origin.path().map(Path::to_owned);
            InputFindings { name, path, text, credentials, findings: findings.into_iter().map(counted).collect() }
        })
        .collect();
    let shown = match command.format {
        LintFormat::Json => to_json(&inputs).context("JSON")?,
        LintFormat::Github => to_github(&inputs),
        LintFormat::Sarif => to_sarif(&inputs).context("SARIF")?,
        LintFormat::Text | LintFormat::JsonSchema => to_text(&inputs, colours.stdout),
    };
    print(shown.as_bytes())?;
    say_notes(&notes);
    let least = match command.fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    };
    let mut found = inputs.iter().flat_map(|input| &input.findings);
    let fails = least.is_some_and(|least| found.any(|finding| finding.severity >= least));
    Ok(if fails { Status::Found } else { Status::Done })
}

fn rules_of(ids: &[String]) -> Result<Vec<&'static Rule>> {
    let mut rules = Vec::new();
    for id in ids {
        match Rule::find(id) {
            Some(rule) => rules.push(rule),
            None => bail!("there is no rule {id}; `seldon-trace explain` lists them"),
        }
    }
    Ok(rules)
}
