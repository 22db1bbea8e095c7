//! Runs the program in a folder of its own.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A deployment without a tracing variable.
pub const MANIFEST: &str = "\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: iris
spec:
  predictors:
  - name: default
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: acme/iris:1.0 # pinned
";

/// A deployment whose env is not a list.
pub const REFUSED: &str = "\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: refused
spec:
  predictors:
  - svcOrchSpec: {env: {}}
";

/// A folder that a run finds itself in.
pub struct Sandbox(TempDir);

/// The result of a run.
pub struct Outcome {
    pub status: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Sandbox {
    /// A folder with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            fs::write(sandbox.path(name), text).unwrap();
        }
        sandbox
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = fs::read_dir(self.0.path()).unwrap().map(name).collect();
        names.sort();
        names
    }

    /// The program with the arguments that a user types, an empty environment and nothing on standard input.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seldon-trace"));
        command.args(shell_words::split(arguments).unwrap()).current_dir(&self.0).env_clear().stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &str) -> Outcome {
        Outcome::of(&mut self.command(arguments))
    }

    /// Runs it with these bytes on standard input.
    pub fn feed(&self, arguments: &str, stdin: impl AsRef<[u8]>) -> Outcome {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, stdin.as_ref()).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        Outcome::of(self.command(arguments).stdin(Stdio::from(file)))
    }
}

impl Outcome {
    pub fn of(command: &mut Command) -> Self {
        let done = command.output().unwrap();
        let stderr = String::from_utf8(done.stderr).unwrap();
        let status = done.status.code().unwrap_or_else(|| panic!("ended by a signal: {stderr}"));
        assert!(!stderr.contains("panicked"), "{stderr}");
        Self { status, stdout: done.stdout, stderr }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// Checks the exit status, and that standard error has these words.
    #[track_caller]
    pub fn expect(&self, status: i32, words: &[&str]) -> &Self {
        assert_eq!(self.status, status, "{}", self.stderr);
        for words in words {
            assert!(self.stderr.contains(words), "expected `{words}` in:\n{}", self.stderr);
        }
        self
    }
}

/// Runs it without input, in the current folder.
pub fn feed(arguments: &str, stdin: impl AsRef<[u8]>) -> Outcome {
    Sandbox::with(&[]).feed(arguments, stdin)
}

/// A device that is always full.
pub fn full() -> Stdio {
    Stdio::from(File::options().write(true).open("/dev/full").unwrap())
}

/// The manifest so many times, as one stream.
pub fn stream(count: usize) -> String {
    vec![MANIFEST; count].join("---\n")
}

/// Numbers that look random and are the same in every run (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
