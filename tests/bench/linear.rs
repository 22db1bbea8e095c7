//! Instructions of whole processes at one size of input and at four times that size, for each shape, form and command.
//!
//! `cargo bench --bench linear` exits with status 1 if four times the input takes more than five times the
//! instructions. A word after `--` selects the rows that contain it, a number is the smaller size. Instructions are
//! counted by `perf stat` or, if the machine has no counters, by valgrind.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark that can't run has to say so")]

#[path = "../cli/shapes.rs"]
mod shapes;
#[path = "../cli/support.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod support;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use shapes::{Form, TRACED, UNTRACED};

const PROGRAM: &str = env!("CARGO_BIN_EXE_seldon-trace");

/// The most that four times the input may take, as a multiple.
const BAR: f64 = 5.0;

const COUNT: usize = 500;

const ENABLE: &str = "enable -b jaeger -q";

const COMMANDS: [&str; 12] = [
    ENABLE,
    "enable -b datadog",
    "enable -b jaeger --diff --color always",
    "enable -b jaeger --json-patch",
    "disable -q",
    "disable --keep-config --diff",
    "lint --fix -q",
    "lint --fix --diff",
    "lint",
    "lint --format sarif",
    "lint --format github",
    "status",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let count = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(COUNT);
    let words: Vec<&String> = arguments.iter().filter(|argument| argument.parse::<usize>().is_err()).collect();
    let folder = tempfile::tempdir().unwrap();
    let counter =
        Counter::find(folder.path()).unwrap_or_else(|| panic!("neither perf nor valgrind counts instructions"));
    let mut failed = 0;
    println!("{:<40} {:<6} {:<40} {:>10} {:>6}", "many", "form", "command", "million", "ratio");
    for shape in UNTRACED.into_iter().chain(TRACED) {
        for form in [Form::Block, Form::Flow, Form::Json] {
            let mut inputs = HashMap::new();
            for command in COMMANDS {
                let name = format!("{:<40} {:<6} {command:<40}", shape.0, format!("{form:?}").to_lowercase());
                if !words.iter().all(|word| name.contains(word.as_str())) {
                    continue;
                }
                let mut counts = [count, 4 * count]
                    .map(|count| {
                        let file =
                            inputs.entry((count, command.starts_with("disable"))).or_insert_with_key(|(_, traced)| {
                                let text = form.of(shape, count)?;
                                let file = folder.path().join(format!("{count}-{traced}.yaml"));
                                fs::write(&file, text).unwrap();
                                traced.then(|| enable(&file));
                                Some(file)
                            });
                        file.as_ref().and_then(|file| counter.count(command, file))
                    })
                    .into_iter();
                let (Some(Some(few)), Some(Some(many))) = (counts.next(), counts.next()) else { continue };
                let ratio = many / few;
                let mark = if ratio > BAR { " <" } else { "" };
                failed += usize::from(ratio > BAR);
                println!("{name} {:>10.1} {ratio:>6.2}{mark}", many / 1e6);
            }
        }
    }
    println!("{failed} above {BAR:.1}");
    ExitCode::from(u8::from(failed > 0))
}

/// Switches tracing on in a file.
fn enable(file: &Path) {
    let status = Command::new(PROGRAM).args(ENABLE.split(' ')).arg("-i").arg(file).status().unwrap();
    assert!(status.success(), "{}", file.display());
}

enum Counter {
    Perf,
    /// Its report is written to this file.
    Valgrind(PathBuf),
}

impl Counter {
    fn find(folder: &Path) -> Option<Self> {
        [Self::Perf, Self::Valgrind(folder.join("report"))]
            .into_iter()
            .find(|counter| counter.run(Command::new("true")).is_some())
    }

    /// The instructions of a run; `None` if the command refuses the file.
    fn count(&self, command: &str, file: &Path) -> Option<f64> {
        let mut program = Command::new(PROGRAM);
        program.args(command.split(' ')).arg(file);
        self.run(program)
    }

    fn run(&self, program: Command) -> Option<f64> {
        let mut counter = match self {
            Self::Perf => Command::new("perf"),
            Self::Valgrind(_) => Command::new("valgrind"),
        };
        match self {
            Self::Perf => counter.args(["stat", "-x", ",", "-e", "instructions:u"]),
            Self::Valgrind(report) => counter
                .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
                .arg(format!("--log-file={}", report.display())),
        };
        counter.arg(program.get_program()).args(program.get_args());
        counter.env("RAYON_NUM_THREADS", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let done = counter.output().ok().filter(|done| matches!(done.status.code(), Some(0 | 1)))?;
        let report = match self {
            Self::Perf => String::from_utf8_lossy(&done.stderr).into_owned(),
            Self::Valgrind(report) => fs::read_to_string(report).ok()?,
        };
        let number = match self {
            Self::Perf => report.lines().find(|line| line.contains("instructions"))?.split(',').next()?.to_owned(),
            Self::Valgrind(_) => {
                report.lines().find(|line| line.contains("refs:"))?.rsplit(' ').next()?.replace(',', "")
            }
        };
        number.parse().ok()
    }
}
