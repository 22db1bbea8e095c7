//! Runs the fuzz targets of `tests/fuzz/` on their stored inputs and on mutations of these, the same in every build.
//!
//! What it finds becomes a golden case, a test with a name, or one more input in `tests/fuzz/seeds/`.

#![allow(clippy::expect_used, reason = "a test may fail")]

mod support;
#[path = "fuzz/targets/mod.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, ensure};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use support::broken::broken;
use support::dice::Dice;
use support::laws::Verdict;

/// The number of mutations of each stored input.
const MADE: usize = 30;

/// The maximum number of damages to an input, each of which takes up to six rolls.
const BLOWS: usize = 3;

/// The maximum number of changed bytes of the first line, which selects the edit and its options.
const CHOICES: usize = 40;

/// The stored inputs of a target, in sorted order.
fn seeds(target: &str) -> Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(target);
    let entries = fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// Runs a target on its stored inputs and on mutations of these.
fn try_seeds(name: &str, target: fn(&[u8]) -> Verdict) -> Result<()> {
    let mut runner = TestRunner::deterministic();
    let rolls = prop::collection::vec(any::<u16>(), BLOWS * 6 + CHOICES);
    let seeds = seeds(name)?;
    ensure!(seeds.len() >= 3, "where are the stored inputs of {name}?");
    for seed in seeds {
        let bytes = fs::read(&seed)?;
        target(&bytes).map_err(|words| Error::msg(format!("{}: {words}", seed.display())))?;
        let text = String::from_utf8_lossy(&bytes);
        for round in 0..MADE {
            let rolls = rolls.new_tree(&mut runner).map_err(Error::msg)?.current();
            let (choices, damages) = rolls.split_at(CHOICES);
            let (line, rest) = text.split_at(text.find('\n').unwrap_or(text.len()).min(CHOICES));
            let line: String =
                line.bytes().zip(choices).map(|(_, roll)| char::from(b'!' + (roll % 94) as u8)).collect();
            let mut dice = Dice::new(damages);
            let made = (0..round % (BLOWS + 1)).fold(line + rest, |text, _| broken(&text, &mut dice));
            target(made.as_bytes()).map_err(|words| Error::msg(format!("made of {}: {words}", seed.display())))?;
        }
    }
    Ok(())
}

#[test]
fn enabling_any_text() -> Result<()> {
    try_seeds("enable", targets::enable)
}

#[test]
fn disabling_any_text() -> Result<()> {
    try_seeds("disable", targets::disable)
}

#[test]
fn linting_and_fixing_any_text() -> Result<()> {
    try_seeds("lint", targets::lint)
}

#[test]
fn manifests_made_by_dice() -> Result<()> {
    try_seeds("manifest", targets::manifest)
}

#[test]
fn edits_that_were_tampered_with() -> Result<()> {
    try_seeds("proofs", targets::proofs)
}

#[test]
fn the_fast_reader_and_the_parser() -> Result<()> {
    try_seeds("readers", targets::readers)
}
