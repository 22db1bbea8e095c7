//! Files that are generated from the command line and from the tables of the program: completions, man pages, and parts
//! of `docs/`.
//!
//! `BLESS=1 cargo test --test generated` updates `completions/` and `docs/`.

#[path = "support/reference.rs"]
mod reference;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{self, Stdio};

use anyhow::{Context, Result, ensure};
use clap::{Command, CommandFactory, Parser};
use seldon_trace::internals::cli::Cli;
use seldon_trace::internals::cli::help::ENDINGS;

/// The shells and the names under which each looks for completions.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "seldon-trace.bash"),
    ("zsh", "_seldon-trace"),
    ("fish", "seldon-trace.fish"),
    ("elvish", "seldon-trace.elv"),
    ("powershell", "_seldon-trace.ps1"),
];

fn printed(arguments: &[&str]) -> Result<String> {
    printed_within(arguments, 100)
}

fn printed_within(arguments: &[&str], columns: usize) -> Result<String> {
    let mut program = process::Command::new(env!("CARGO_BIN_EXE_seldon-trace"));
    let done = program.args(arguments).env("COLUMNS", columns.to_string()).output()?;
    ensure!(done.status.success() && done.stderr.is_empty(), "{arguments:?}: {}", String::from_utf8(done.stderr)?);
    Ok(String::from_utf8(done.stdout)?)
}

fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

#[test]
fn reference_pages_in_docs_are_fresh() -> Result<()> {
    const MARKER: &str =
        "<!-- Generated below: do not edit. Update it with `BLESS=1 cargo test --test generated`. -->\n";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut stale = Vec::new();
    for (name, generated) in [
        ("no-traces.md", reference::no_traces()),
        ("options.md", reference::options()),
        ("rules.md", reference::rules()),
        ("variables.md", reference::variables()),
    ] {
        let text = fs::read_to_string(folder.join(name))?;
        let (written, _) = text.split_once(MARKER).with_context(|| format!("docs/{name}: no line {MARKER}"))?;
        let fresh = format!("{written}{MARKER}\n{generated}");
        if is_blessing() {
            fs::write(folder.join(name), fresh)?;
        } else if text != fresh {
            stale.push(name);
        }
    }
    let help = "run: BLESS=1 cargo test --test generated";
    ensure!(stale.is_empty(), "stale in docs/: {}; {help}", stale.join(", "));
    Ok(())
}

#[test]
fn committed_completions_are_fresh() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    let mut stale = Vec::new();
    for (shell, name) in COMPLETIONS {
        let fresh = printed(&["completions", shell])?;
        if is_blessing() {
            fs::write(folder.join(name), fresh)?;
        } else if fs::read_to_string(folder.join(name)).ok() != Some(fresh) {
            stale.push(name);
        }
    }
    let way_out = "run: BLESS=1 cargo test --test generated";
    ensure!(stale.is_empty(), "stale in completions/: {}; {way_out}", stale.join(", "));
    Ok(())
}

#[test]
fn nothing_else_lies_among_the_completions() -> Result<()> {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("completions"))? {
        let name = entry?.file_name();
        ensure!(COMPLETIONS.iter().any(|(_, ours)| name == *ours), "what is {name:?}?");
    }
    Ok(())
}

#[test]
fn every_man_page_renders() -> Result<()> {
    let mut program = Cli::command();
    program.build();
    let page = printed(&["man"])?;
    ensure!(page.contains(".TH seldon-trace 1") && page.contains("seldon\\-trace\\-enable(1)"), "{page}");
    is_clean(&page)?;
    for command in commands(&program) {
        let name = &page_name(command);
        let page = printed(&["man", name])?;
        ensure!(page.contains(&format!(".TH seldon-trace-{name} 1")), "{name}: {page}");
        ensure!(page.contains(env!("CARGO_PKG_VERSION")), "{name}: no version");
        for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
            let long = option.get_long().map(|long| format!("\\-\\-{}", long.replace('-', "\\-")));
            ensure!(long.as_ref().is_none_or(|long| page.contains(long)), "{name}: {long:?} is not in its man page");
            // Its first words: roff escapes other characters.
            let help = option.get_help().map(ToString::to_string).unwrap_or_default();
            let words = help.split(|next: char| !next.is_alphanumeric() && next != ' ').next().unwrap_or_default();
            ensure!(words.len() > 2 && page.contains(words), "{name}: {long:?} has no text in its man page");
        }
        ensure!(page.contains("\n.SH EXAMPLES\n"), "{name}: no examples");
        ensure!(page.contains("\n.SH \"EXIT STATUS\"\n"), "{name}: no exit status");
        ensure!(!page.contains("EXTRA"), "{name}: {page}");
        is_clean(&page)?;
    }
    let enable = printed(&["man", "enable"])?;
    let synopsis = enable.split("\n.SH ").find(|section| section.starts_with("SYNOPSIS")).context("no synopsis")?;
    for part in
        [r"\fB\-\-backend\fR \fIBACKEND\fR]", r"[\fB\-\-tag\fR \fIK:V\fR]...", r"[\fB\-\-reset\fR]", r"[\fIPATH\fR]..."]
    {
        ensure!(synopsis.contains(part), "no {part} in {synopsis}");
    }
    let required = r" \fB\-\-to\fR \fIHOST:PORT | datadog\fR [";
    ensure!(printed(&["man", "agent", "collector"])?.contains(required), "a required option has brackets");
    Ok(())
}

/// All commands, and the kinds of `agent`, without `help`.
fn commands(program: &Command) -> impl Iterator<Item = &Command> {
    let is_help = |command: &&Command| command.get_name() == "help";
    let nested = |command| [command].into_iter().chain(Command::get_subcommands(command));
    program.get_subcommands().filter(move |command| !is_help(command)).flat_map(nested).filter(move |one| !is_help(one))
}

/// The words of a command after the program's name.
fn words(command: &Command) -> Vec<&str> {
    command.get_bin_name().unwrap_or_default().split(' ').skip(1).collect()
}

/// The name of a command in the name of its man page.
fn page_name(command: &Command) -> String {
    words(command).join("-")
}

/// The lines of a screen that `-h` has to fit, in a terminal of 80 columns too.
const LINES: usize = 50;

#[test]
fn short_help_fits_one_screen_and_long_help_has_everything() -> Result<()> {
    let mut program = Cli::command();
    program.build();
    for command in commands(&program) {
        let (name, words) = (page_name(command), words(command));
        let (short, long) = ([&words[..], &["-h"]].concat(), printed(&[&words[..], &["--help"]].concat())?);
        for width in [80, 100] {
            let short = printed_within(&short, width)?;
            let (lines, columns) = (short.lines().count(), short.lines().map(|line| line.chars().count()).max());
            ensure!(lines <= LINES && columns <= Some(width), "{name} -h has {lines} lines, {columns:?} columns");
        }
        let short = printed(&short)?;
        ensure!(
            short.matches("\n  # ").count() <= 2 && long.contains("\nExit status:\n  0  "),
            "{name}: {short}{long}"
        );
        for option in command.get_arguments().filter_map(|option| option.get_long()) {
            ensure!(long.contains(&format!("--{option}")), "{name} --help: no --{option}");
        }
    }
    let short = printed(&["enable", "-h"])?;
    for part in
        ["\nBackend:\n", "\nOutput:\n", "\nSelection:\n", "\nExamples:\n", "DD_SERVICE", "DD_TAGS", "DD_SAMPLE_RATE"]
    {
        ensure!(short.contains(part), "no {part} in {short}");
    }
    ensure!(short.matches("\n  # ").count() == 2, "two examples: {short}");
    Ok(())
}

#[test]
fn every_example_of_the_help_is_a_command_line() -> Result<()> {
    for ending in ENDINGS {
        ensure!(!ending.examples.is_empty() && !ending.exit_status.is_empty(), "{}", ending.command);
        for example in ending.examples {
            let line = example.line.split([' ']).take_while(|word| !["|", "<", ">"].contains(word));
            let words: Vec<&str> = ["seldon-trace"].into_iter().chain(line).collect();
            let is_own = words[1..].join(" ").starts_with(ending.command);
            ensure!(is_own, "{words:?} is for {}", ending.command);
            Cli::try_parse_from(&words)?;
        }
    }
    Ok(())
}

/// Checks that groff, if there is one, accepts a page.
fn is_clean(page: &str) -> Result<()> {
    let mut groff = process::Command::new("groff");
    groff.args(["-man", "-Tutf8", "-Kutf8", "-ww", "-z"]);
    let Ok(mut child) = groff.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn() else { return Ok(()) };
    child.stdin.take().context("no standard input")?.write_all(page.as_bytes())?;
    let done = child.wait_with_output()?;
    let said = String::from_utf8(done.stderr)?;
    // Without preconv, groff does not know the encoding, which is not an error of the page.
    ensure!(said.is_empty() || said.contains("preconv"), "groff: {said}\n{page}");
    Ok(())
}
