//! The dependencies of the program are those that `docs/architecture.md` lists, and follow the rules of
//! `.ci/deny.toml`.
//!
//! `cargo deny` checks more than this test, which needs only cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The metadata of the crates for Linux.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    dependencies: Vec<Wanted>,
}

/// A dependency as `Cargo.toml` has it.
#[derive(Deserialize)]
struct Wanted {
    name: String,
    req: String,
}

#[derive(Deserialize)]
struct Resolve {
    root: String,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

/// The crates that name no licence in their manifest, with the licence in their licence file: the exceptions of
/// `.ci/deny.toml`.
const LICENCE_FILES: [(&str, &str); 1] = [("libyaml-safer", "MIT")];

impl Package {
    fn licence(&self) -> Option<&str> {
        let in_file = || LICENCE_FILES.iter().find(|(name, _)| *name == self.name).map(|(_, licence)| *licence);
        self.license.as_deref().or_else(in_file)
    }
}

impl Metadata {
    /// Of the program with these features; of the plain program with none.
    fn read(features: &str) -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
        let platform = "--filter-platform=x86_64-unknown-linux-gnu";
        let arguments = ["metadata", "--locked", "--format-version=1", platform, "--features", features];
        let done = Command::new(cargo).args(arguments).current_dir(ROOT).output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Ok(serde_json::from_slice(&done.stdout)?)
    }

    fn package(&self, id: &str) -> Result<&Package> {
        self.packages.iter().find(|package| package.id == id).with_context(|| format!("no package {id}"))
    }

    fn edges(&self, id: &str) -> impl Iterator<Item = &Edge> {
        self.resolve.nodes.iter().filter(move |node| node.id == id).flat_map(|node| &node.deps)
    }

    /// The dependencies of a crate, direct and indirect, also those for its build.
    fn brought_by<'a>(&'a self, id: &'a str) -> BTreeSet<&'a str> {
        let mut brought = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let edges =
                self.edges(id).filter(|edge| edge.dep_kinds.iter().any(|edge| edge.kind.as_deref() != Some("dev")));
            open.extend(edges.map(|edge| edge.pkg.as_str()).filter(|id| brought.insert(*id)));
        }
        brought
    }
}

/// The feature with crates of its own.
const WEBHOOK: &str = "webhook";

fn file(name: &str) -> Result<String> {
    fs::read_to_string(Path::new(ROOT).join(name)).with_context(|| format!("reading {name}"))
}

/// The strings in quotes of a list in `.ci/deny.toml`.
fn listed(key: &str) -> Result<BTreeSet<String>> {
    let settings = file(".ci/deny.toml")?;
    let (_, rest) = settings.split_once(&format!("\n{key} = [")).with_context(|| format!("no {key}"))?;
    let list = rest.split("]").next().unwrap_or_default();
    Ok(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// The rows of a table of crates: the name with its licence and the number of crates that it adds.
fn shown(document: &str, heading: &str) -> Result<BTreeMap<String, (String, String)>> {
    let (_, table) = document.split_once(&format!("\n| {heading} | for |")).context("no table of crates")?;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let name = cells[0].split('`').rev().nth(1).with_context(|| format!("no name in {row}"))?;
        Ok((name.to_owned(), (cells[3].to_owned(), cells[4].to_owned())))
    })
    .collect()
}

#[test]
fn the_tables_have_each_dependency_with_its_licence_and_its_own_dependencies() -> Result<()> {
    let document = file("docs/architecture.md")?;
    let mut listed = BTreeMap::new();
    for (features, heading, end) in [("", "crate", "."), (WEBHOOK, "crate of `webhook`", " then.")] {
        let metadata = Metadata::read(features)?;
        listed.extend(shown(&document, heading)?);
        let mut built_from = BTreeMap::new();
        for edge in metadata.edges(&metadata.resolve.root) {
            let package = metadata.package(&edge.pkg)?;
            let licence = package.licence().unwrap_or_default().to_owned();
            built_from.insert(package.name.clone(), (licence, metadata.brought_by(&edge.pkg).len().to_string()));
        }
        ensure!(listed == built_from, "docs/architecture.md lists\n{listed:#?}\nand it is built from\n{built_from:#?}");
        let all = metadata.brought_by(&metadata.resolve.root).len();
        ensure!(document.contains(&format!("together they are {all}{end}")), "together they are {all}");
    }
    Ok(())
}

#[test]
fn every_crate_has_an_allowed_licence_and_is_from_the_registry() -> Result<()> {
    let allowed = listed("allow")?;
    // `A AND B` needs both. One is enough of those joined by `OR`, or by `/` in old manifests.
    let is_allowed = |licence: &str| {
        licence
            .replace(['(', ')'], "")
            .split(" AND ")
            .all(|all| all.split(" OR ").flat_map(|one| one.split('/')).any(|one| allowed.contains(one.trim())))
    };
    let metadata = Metadata::read(WEBHOOK)?;
    let settings = file(".ci/deny.toml")?;
    for (name, licence) in LICENCE_FILES {
        let exception = format!("{{ crate = \"{name}\", allow = [\"{licence}\"] }}");
        ensure!(settings.contains(&exception), ".ci/deny.toml has no exception for {name}");
    }
    for package in &metadata.packages {
        let Package { id, name, source, .. } = package;
        let licence = package.licence().with_context(|| format!("{name} has no licence"))?;
        ensure!(is_allowed(licence), "{name} has the licence {licence}");
        let is_ours = *id == metadata.resolve.root;
        let is_from_registry = source.as_deref() == Some("registry+https://github.com/rust-lang/crates.io-index");
        ensure!(is_ours || is_from_registry, "{name} comes from {source:?}");
    }
    Ok(())
}

#[test]
fn no_crate_is_there_in_two_versions_and_none_in_any() -> Result<()> {
    let allowed = listed("skip")?;
    let metadata = Metadata::read(WEBHOOK)?;
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Package { name, version, .. } in &metadata.packages {
        let is_allowed = |one: &String| {
            let older = one.split_once('@').filter(|(other, _)| other == name).map(|(_, older)| older);
            older.is_some_and(|older| version.starts_with(&format!("{older}.")))
        };
        if !allowed.iter().any(is_allowed) {
            versions.entry(name).or_default().push(version);
        }
    }
    versions.retain(|_, versions| versions.len() > 1);
    ensure!(versions.is_empty(), "in several versions: {versions:?}");
    let ours = metadata.package(&metadata.resolve.root)?;
    for Wanted { name, req } in &ours.dependencies {
        ensure!(!req.contains('*'), "{name} in any version");
    }
    Ok(())
}
