//! Paths, and a shell as a host runs it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_yaml::Value;
use tempfile::TempDir;

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_seldon-trace");

/// The example of Seldon's Jaeger documentation, and the result of `enable`.
pub const CASE: &str = "fixtures/enable/seldon-jaeger-example-bare";

/// A text of the repository.
pub fn file(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The code blocks in this language under this heading of docs/hosts.md.
pub fn guide(heading: &str, language: &str) -> Vec<String> {
    let guide = file("docs/hosts.md");
    let (_, rest) = guide.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let part = rest.split("\n## ").next().unwrap();
    let opening = format!("```{language}\n");
    part.split(&opening).skip(1).map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

pub fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// A folder to work in, and another with nothing but the program in it.
pub struct Host {
    folder: TempDir,
    programs: TempDir,
}

/// The result of a run.
pub struct Outcome {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Host {
    /// With or without the program.
    pub fn new(with_program: bool) -> Self {
        let host = Self { folder: tempfile::tempdir().unwrap(), programs: tempfile::tempdir().unwrap() };
        if with_program {
            symlink(PROGRAM, host.programs().join("seldon-trace")).unwrap();
        }
        host
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The path of the program, or the folder for it.
    pub fn programs(&self) -> &Path {
        self.programs.path()
    }

    /// Puts a copy of the program there. By a process of its own: while a file that this one writes is open in a child
    /// of another test, it can't be run.
    pub fn copy_program(&self, path: &Path) {
        assert_eq!(outcome(self.command("cp").arg(PROGRAM).arg(path)).status, 0);
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder().join(name)).unwrap_or_default()
    }

    /// A program found on the PATH, ours first, that runs in the folder.
    pub fn command(&self, name: &str) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.programs().to_owned()).chain(std::env::split_paths(&path));
        let mut command = Command::new(name);
        let path: OsString = std::env::join_paths(folders).unwrap();
        command.current_dir(self.folder()).env_clear().env("PATH", path).env("HOME", self.folder());
        command
    }
}

pub fn outcome(command: &mut Command) -> Outcome {
    let done = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { status: done.status.code().unwrap(), stdout: text(done.stdout), stderr: text(done.stderr) }
}
