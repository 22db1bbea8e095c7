//! Every block of shell in the README and in `docs/`, run by a shell in a folder of its own, with the program on the
//! PATH under its names. kubectl and helm are stand-ins (`stand-ins/`), because there is no cluster; the one for
//! kubectl calls the real kubectl for what needs no cluster, if it is on the PATH. kustomize, git and jq are real. A
//! block that needs a program that is missing is skipped with a message. The table has the expected results.

mod table;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::process::Stdio;

use serde::Deserialize;
use serde_yaml::Value;
use tempfile::TempDir;

use table::Wanted::{Holds, Off, Traced};
use table::{APPLIED, BLOCKS, PRINTED, Plan, Wanted};

use crate::support::{CASE, Host, PROGRAM, ROOT, file, outcome, yaml};

/// A block of shell.
struct Block {
    file: String,
    /// The line on which it begins.
    line: usize,
    heading: String,
    script: String,
    /// The files that blocks of YAML before it, under the same heading, begin with the names of.
    files: Vec<(String, String)>,
    /// The output of the block, which is the next block, a diff.
    shown: Option<String>,
}

impl Block {
    fn first(&self) -> &str {
        self.script.lines().next().unwrap_or_default()
    }
}

/// The README, then the files of `docs/` by name.
fn documents() -> Vec<String> {
    let folder = fs::read_dir(Path::new(ROOT).join("docs")).unwrap();
    let mut names: Vec<String> =
        folder.map(|entry| format!("docs/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort();
    names.insert(0, "README.md".to_owned());
    names
}

fn blocks(name: &str) -> Vec<Block> {
    let (mut blocks, mut files, mut heading) = (Vec::<Block>::new(), Vec::new(), String::new());
    let text = file(name);
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let text = |line: &str| format!("{line}\n");
            let body: String =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").map(text).collect();
            let file_name = body.lines().next().and_then(|first| first.strip_prefix("# "));
            match (language, file_name) {
                ("sh", _) => {
                    let (file, line) = (name.to_owned(), number + 2);
                    let (heading, files) = (heading.clone(), files.clone());
                    blocks.push(Block { file, line, heading, script: body, files, shown: None });
                }
                ("diff", _) => blocks.last_mut().unwrap().shown = Some(body),
                ("yaml", Some(name)) if name.ends_with(".yaml") && !name.contains(' ') => {
                    files.push((name.to_owned(), body));
                }
                _ => {}
            }
        } else if let Some((_, text)) = line.split_once("# ").filter(|(level, _)| level.chars().all(|sign| sign == '#'))
        {
            heading = text.to_owned();
            files.clear();
        }
    }
    blocks
}

/// The real program of this name on the PATH.
fn real(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A folder with the files of the blocks and the stand-ins for a cluster.
struct World {
    host: Host,
    cluster: TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { host: Host::new(true), cluster: tempfile::tempdir().unwrap() };
        let host = &world.host;
        for name in ["kubectl", "helm"] {
            symlink(Path::new(ROOT).join("tests/hosts/stand-ins").join(name), host.programs().join(name)).unwrap();
        }
        fs::create_dir_all(host.folder().join(".local/bin")).unwrap();
        let example = file(&format!("{CASE}/input.yaml"));
        let iris = example.replace("tracing-example", "iris");
        let commented = format!("# Ours, and kept.\n{example}");
        let plugin = file(".ci/hosts/helm-plugin.yaml").replace("@VERSION@", env!("CARGO_PKG_VERSION"));
        let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: iris\n";
        let template = "kind: SeldonDeployment\nmetadata: {name: {{ .Release.Name }}}\n";
        for (name, text) in [
            ("deploy/iris.yaml", commented.as_str()),
            ("deploy/service.yaml", service),
            ("iris.yaml", &iris),
            ("base/iris.yaml", &iris),
            ("base/kustomization.yaml", "resources: [iris.yaml]\n"),
            ("overlays/prod/kustomization.yaml", "resources: [../../base]\nnamespace: prod\n"),
            ("chart/Chart.yaml", "apiVersion: v2\nname: models\nversion: 0.1.0\n"),
            ("chart/templates/iris.yaml", template),
            ("seldon-trace/plugin.yaml", &plugin),
            ("seldon-trace.yaml", &file(".ci/hosts/krew.yaml")),
        ] {
            host.write(name, text);
        }
        symlink(PROGRAM, host.folder().join("seldon-trace/seldon-trace")).unwrap();
        let archive = format!("seldon-trace-{}.tgz", env!("CARGO_PKG_VERSION"));
        let packed = Command::new("tar").args(["-czf", &archive, "seldon-trace"]).current_dir(host.folder()).status();
        assert!(packed.unwrap().success());
        fs::write(world.at("rendered.yaml"), format!("---\n# Source: models/templates/iris.yaml\n{iris}")).unwrap();
        fs::write(world.at("iris.json"), serde_json::to_string_pretty(&yaml(&iris)).unwrap()).unwrap();
        world
    }

    fn at(&self, name: &str) -> PathBuf {
        self.cluster.path().join(name)
    }

    /// The output of a script, or the reason why it failed.
    fn sh(&self, script: &str) -> Result<String, String> {
        let mut sh = self.host.command("sh");
        let path = sh.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap().to_owned();
        let folders = std::iter::once(self.host.folder().join(".local/bin")).chain(std::env::split_paths(&path));
        sh.args(["-euc", script]).stdin(Stdio::null()).env("PATH", std::env::join_paths(folders).unwrap());
        sh.env("CLUSTER", self.cluster.path()).env("STAND_INS", self.at("stand-ins"));
        sh.env("KUBECTL", real("kubectl").unwrap_or_default());
        sh.env("GIT_CONFIG_NOSYSTEM", "1");
        for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"] {
            sh.env(name, "A Tester").env(name.replace("NAME", "EMAIL"), "tester@example.com");
        }
        let done = outcome(&mut sh);
        match done.status {
            0 => Ok(done.stdout),
            status => Err(format!("ended with {status}\n{}{}", done.stdout, done.stderr)),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        match name {
            PRINTED => self.at("printed.yaml"),
            APPLIED => self.at("applied.yaml"),
            name => self.host.folder().join(name),
        }
    }

    /// The status of each deployment of a file or a folder.
    fn tracing(&self, name: &str) -> Result<Vec<String>, String> {
        let path = self.path(name);
        if path.is_file() {
            let text = fs::read_to_string(&path).unwrap();
            for document in serde_yaml::Deserializer::from_str(&text) {
                let value = Value::deserialize(document).map_err(|error| format!("{name}: {error}\n{text}"))?;
                let is_manifest = value["apiVersion"].is_string() && value["kind"].is_string();
                if !is_manifest && !value.is_null() {
                    return Err(format!("{name} holds what is no manifest:\n{text}"));
                }
            }
        }
        let done = outcome(self.host.command("seldon-trace").args(["status", "--format", "json"]).arg(&path));
        let says: Value = serde_json::from_str(&done.stdout).map_err(|_| format!("{name}: {}", done.stderr))?;
        let deployments = says["deployments"].as_sequence().unwrap();
        Ok(deployments.iter().map(|deployment| deployment["tracing"].as_str().unwrap().to_owned()).collect())
    }

    fn judge(&self, wanted: &Wanted) -> Result<(), String> {
        match *wanted {
            Traced(name) | Off(name) => {
                let word = if matches!(wanted, Traced(_)) { "traced" } else { "not" };
                let all = self.tracing(name)?;
                let is_right = !all.is_empty() && all.iter().all(|tracing| tracing == word);
                if is_right { Ok(()) } else { Err(format!("{name}: {all:?}, and not {word}")) }
            }
            Holds(name, words) => {
                let text = fs::read_to_string(self.path(name)).map_err(|error| format!("{name}: {error}"))?;
                if text.contains(words) { Ok(()) } else { Err(format!("{name} does not hold `{words}`:\n{text}")) }
            }
        }
    }

    /// Runs a block, and returns what is wrong with its result.
    fn run(&self, block: &Block, before: &str, wanted: &[Wanted]) -> Result<(), String> {
        for (name, text) in &block.files {
            self.host.write(name, text);
        }
        self.sh(before).map_err(|error| format!("what is done before {error}"))?;
        let printed = self.sh(&block.script)?;
        if let Some(shown) = block.shown.as_ref().filter(|shown| **shown != printed) {
            return Err(format!("prints\n{printed}\nand not what is shown:\n{shown}"));
        }
        fs::write(self.path(PRINTED), printed).unwrap();
        if self.at("origin.git").exists() {
            let pushed = self.sh("git --git-dir \"$CLUSTER/origin.git\" log --format=%s tracing")?;
            self.host.write("pushed", pushed);
        }
        wanted.iter().try_for_each(|wanted| self.judge(wanted))
    }
}

#[test]
fn every_block_of_shell_in_the_documents_runs() {
    let blocks: Vec<Block> = documents().iter().flat_map(|name| blocks(name)).collect();
    for index in 0..blocks.len().max(BLOCKS.len()) {
        let found = blocks.get(index).map(|block| (block.file.as_str(), block.heading.as_str(), block.first()));
        let listed = BLOCKS.get(index).map(|(file, heading, first, _)| (*file, *heading, *first));
        let is_same = matches!((found, listed), (Some(found), Some(listed))
            if (found.0, found.1) == (listed.0, listed.1) && found.2.starts_with(listed.2));
        assert!(is_same, "the next block of shell in the documents is {found:?}, and here {listed:?}");
    }
    let mut wrong = Vec::new();
    for (block, (.., plan)) in blocks.iter().zip(BLOCKS) {
        let name = format!("{}:{}: `{}`", block.file, block.line, block.first());
        let (needs, before, wanted) = match plan {
            Plan::Run { needs, before, wanted } => (needs, before, wanted),
            Plan::Skip(why) => {
                eprintln!("{name}: skipped: {why}");
                continue;
            }
        };
        if let Some(missing) = needs.iter().find(|name| real(name).is_none()) {
            eprintln!("{name}: skipped: there is no {missing} on PATH");
            continue;
        }
        let world = World::new();
        if let Err(error) = world.run(block, before, wanted) {
            wrong.push(format!("{name} {error}"));
        }
        for line in fs::read_to_string(world.at("stand-ins")).unwrap_or_default().lines() {
            eprintln!("{name}: a stand-in took `{line}`");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
