//! The program as a user runs it: whole processes, interleaved with another program that does the same or less.
//!
//! `cargo bench --bench process` measures everything, in some minutes; with a word after `--`, only the benchmarks with
//! it in their name. Comparisons with yq need yq 4 on the PATH.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark that can't run has to say so")]

mod manifests;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::IgnoredAny;
use wait4::Wait4;

use manifests::manifest;

const PROGRAM: &str = env!("CARGO_BIN_EXE_seldon-trace");

/// The option by which this program reads a file plainly, as a process of its own to be measured.
const PLAIN_PARSE: &str = "--plain-parse";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [option, file] = &arguments[..]
        && option == PLAIN_PARSE
    {
        return plain_parse(Path::new(file));
    }
    let folder = tempfile::tempdir()?;
    let bench = Bench { folder: folder.path().to_owned(), only: arguments.first().cloned().unwrap_or_default() };
    println!("{}", machine());
    println!("{:<36} {:>13} {:>8} {:>8}   against", "", "median", "MB/s", "MiB");
    bench.streams()?;
    bench.other_destinations()?;
    bench.looking()?;
    bench.folder()?;
    bench.nothing_to_do()?;
    bench.one_file()
}

/// Reads the documents of a file with `serde_yaml`, and forgets them.
fn plain_parse(file: &Path) -> io::Result<()> {
    let text = fs::read_to_string(file)?;
    let read = |document| IgnoredAny::deserialize(document).is_ok();
    assert!(serde_yaml::Deserializer::from_str(&text).all(read));
    Ok(())
}

struct Bench {
    folder: PathBuf,
    only: String,
}

impl Bench {
    /// Streams of a thousand documents and more, against a plain parse and against yq.
    fn streams(&self) -> io::Result<()> {
        for (documents, rounds) in [(1000, 11), (10_000, 7), (100_000, 3)] {
            let name = format!("stream of {documents} documents");
            if self.leaves_out(&name) {
                continue;
            }
            let file = self.stream(documents)?;
            let ours = enable(&file);
            let parse = Run::new(std::env::current_exe()?, [PLAIN_PARSE.as_ref(), file.as_os_str()]);
            compare(&name, &ours, "a plain parse", &parse, rounds)?;
            if let (10_000, Some(yq)) = (documents, yq(&file)) {
                compare(&name, &ours, "yq, appending the same", &yq, 3)?;
            }
        }
        Ok(())
    }

    /// A diff, against the text itself.
    fn other_destinations(&self) -> io::Result<()> {
        let name = "a diff of 10000 documents";
        if self.leaves_out(name) {
            return Ok(());
        }
        let file = self.stream(10_000)?;
        compare(name, &enable(&file).with("--diff").within(&self.folder), "the text", &enable(&file), 7)
    }

    /// Commands that only read, and reports on the result, compared with edits without a report.
    fn looking(&self) -> io::Result<()> {
        let others: [(&str, &[&str]); 4] = [
            ("enable with a report", &["enable", "--backend=jaeger"]),
            ("lint", &["lint", "--fail-on=never"]),
            ("lint of what was switched on", &["lint", "--fail-on=never"]),
            ("status", &["status"]),
        ];
        for (what, arguments) in others {
            let name = format!("{what}, 10000 documents");
            if self.leaves_out(&name) {
                continue;
            }
            let off = self.stream(10_000)?;
            let on = self.folder.join("on.yaml");
            let input = if what.ends_with("switched on") { &on } else { &off };
            if !on.exists() {
                let output = Command::new(PROGRAM).args(enable(&off).arguments).arg("--output").arg(&on).status()?;
                assert!(output.success());
            }
            let arguments = arguments.iter().map(|argument| argument.as_ref()).chain([input.as_os_str()]);
            compare(&name, &Run::new(PROGRAM, arguments), "enable in silence", &enable(&off), 7)?;
        }
        Ok(())
    }

    /// A folder of files, against one stream of them all.
    fn folder(&self) -> io::Result<()> {
        let name = "folder of 2000 files";
        if self.leaves_out(name) {
            return Ok(());
        }
        let folder = self.folder.join("manifests");
        fs::create_dir(&folder)?;
        for number in 0..2000 {
            fs::write(folder.join(format!("{number:04}.yaml")), manifest(number))?;
        }
        compare(name, &enable(&folder), "one stream", &enable(&self.stream(2000)?), 11)
    }

    /// A stream that has no deployment in it, through a pipe, against `cat`.
    fn nothing_to_do(&self) -> io::Result<()> {
        const LENGTH: usize = 200_000_000;
        let name = "200 MB without a SeldonDeployment";
        if self.leaves_out(name) {
            return Ok(());
        }
        let file = self.folder.join("others.yaml");
        let mut out = BufWriter::new(File::create(&file)?);
        let mut written = 0;
        for number in 0.. {
            let other = manifest(number).replace("SeldonDeployment", "Deployment");
            out.write_all(other.as_bytes())?;
            written += other.len();
            if written >= LENGTH {
                break;
            }
        }
        out.flush()?;
        compare(name, &enable(&file), "cat", &Run::new("cat", [&file]), 7)
    }

    /// One small file, against a program that does nothing.
    fn one_file(&self) -> io::Result<()> {
        let name = "one file of 2 kB";
        if self.leaves_out(name) {
            return Ok(());
        }
        compare(name, &enable(&self.stream(1)?), "true", &Run::new("true", [""; 0]), 101)
    }

    fn leaves_out(&self, name: &str) -> bool {
        !name.contains(&self.only)
    }

    /// A file with this many documents. It is written piece by piece, for the memory of this process counts as its
    /// children's.
    fn stream(&self, documents: usize) -> io::Result<PathBuf> {
        let file = self.folder.join(format!("{documents}.yaml"));
        if !file.exists() {
            let mut out = BufWriter::new(File::create(&file)?);
            for number in 0..documents {
                out.write_all(manifest(number).as_bytes())?;
            }
            out.flush()?;
        }
        Ok(file)
    }
}

/// A command to be measured.
struct Run {
    program: PathBuf,
    arguments: Vec<std::ffi::OsString>,
    folder: Option<PathBuf>,
    /// How many bytes it reads.
    bytes: u64,
}

impl Run {
    fn new(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> Self {
        let arguments: Vec<_> = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        let bytes = arguments.last().map_or(0, |input| length_of(Path::new(input)));
        Self { program: program.into(), arguments, folder: None, bytes }
    }

    fn with(mut self, option: &str) -> Self {
        self.arguments.insert(1, option.into());
        self
    }

    fn within(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Runs it into a pipe that is read as fast as can be.
    fn measure(&self) -> io::Result<Measured> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        let start = Instant::now();
        let mut child = command.spawn()?;
        let mut output = child.stdout.take().expect("standard output is a pipe");
        let drain = thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        let used = child.wait4()?;
        drain.join().expect("nothing panics")?;
        let time = start.elapsed();
        // A diff of something exits 1.
        assert!(used.status.code() < Some(2), "{:?} {:?}: {}", self.program, self.arguments, used.status);
        Ok(Measured { time, memory: used.rusage.maxrss })
    }
}

struct Measured {
    time: Duration,
    memory: u64,
}

/// Runs two commands interleaved, and prints the median of the first and its ratio to that of the second.
fn compare(name: &str, ours: &Run, against: &str, theirs: &Run, rounds: usize) -> io::Result<()> {
    let (mut of_ours, mut of_theirs) = (Vec::new(), Vec::new());
    ours.measure()?;
    for _ in 0..rounds {
        of_ours.push(ours.measure()?);
        of_theirs.push(theirs.measure()?);
    }
    let (ours_time, theirs_time) = (median(&of_ours), median(&of_theirs));
    let memory = of_ours.iter().map(|measured| measured.memory).max().unwrap_or_default();
    let ratio = if ours_time < theirs_time {
        format!("{:.2} times as fast", theirs_time / ours_time)
    } else {
        format!("{:.2} times its time", ours_time / theirs_time)
    };
    println!(
        "{name:<36} {:>10.1} ms {:>8.1} {:>8.1}   {against}, {:.1} ms: {ratio}",
        ours_time * 1e3,
        ours.bytes as f64 / 1e6 / ours_time,
        memory as f64 / f64::from(1 << 20),
        theirs_time * 1e3,
    );
    Ok(())
}

/// In seconds.
fn median(of: &[Measured]) -> f64 {
    let mut times: Vec<Duration> = of.iter().map(|measured| measured.time).collect();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

fn enable(input: &Path) -> Run {
    Run::new(PROGRAM, ["enable".as_ref(), "--backend=jaeger".as_ref(), "--quiet".as_ref(), input.as_os_str()])
}

/// yq, which appends what `enable` adds to orchestrators and containers, if there is a yq that can.
fn yq(input: &Path) -> Option<Run> {
    const VARIABLES: &str = r#"[{"name": "TRACING", "value": "1"},
        {"name": "JAEGER_AGENT_HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}},
        {"name": "JAEGER_AGENT_PORT", "value": "5775"}, {"name": "JAEGER_SAMPLER_TYPE", "value": "const"},
        {"name": "JAEGER_SAMPLER_PARAM", "value": "1"}]"#;
    let program = ["yq", "yq-go"].into_iter().find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("version v4"))
    })?;
    let append = format!(
        "(.spec.predictors[].componentSpecs[].spec.containers[].env) += {VARIABLES} \
         | (.spec.predictors[].svcOrchSpec.env) += {VARIABLES}"
    );
    Some(Run::new(program, [append.as_ref(), input.as_os_str()]))
}

/// How many bytes a file has, or the files of a folder.
fn length_of(input: &Path) -> u64 {
    match fs::read_dir(input) {
        Ok(entries) => entries.flatten().map(|entry| length_of(&entry.path())).sum(),
        Err(_) => fs::metadata(input).map_or(0, |metadata| metadata.len()),
    }
}

/// The machine of the measurements.
fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{}, {cores} cores, {}", model.unwrap_or("an unknown processor"), std::env::consts::OS)
}
