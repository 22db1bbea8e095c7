//! Man pages of clap, with another synopsis, examples and the exit status.

use std::io::{self, Write};

use anyhow::{Result, bail};
use clap::{Arg, ArgAction, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::command_names;
use crate::cli::Cli;
use crate::cli::help::{Ending, ending};
use crate::knowledge::nearest;

/// The man page of one of the commands or, without a name, of the program.
pub(super) fn page(name: &str) -> Result<Vec<u8>> {
    // Without the commit: the page of a version is the same wherever it is made.
    let mut program = Cli::command().version(env!("CARGO_PKG_VERSION"));
    program.build();
    let command = match name {
        "" => program,
        name => match find(&program, name) {
            Some(command) => command.clone(),
            None => bail!(unknown_page(&program, name)),
        },
    };
    let mut out = Vec::new();
    let words = command.get_bin_name().and_then(|name| name.split_once(' ')).map_or("", |(_, words)| words);
    render(&command, ending(words), &mut out)?;
    Ok(out)
}

/// The command of this name; `agent-jaeger`, as in the name of the page, is the kind `jaeger` of `agent`.
fn find<'a>(program: &'a clap::Command, name: &str) -> Option<&'a clap::Command> {
    let kind = || {
        let (command, kind) = name.split_once('-')?;
        program.find_subcommand(command)?.find_subcommand(kind)
    };
    program.find_subcommand(name).or_else(kind)
}

/// The message for a page that does not exist, with the nearest one that does, or all.
fn unknown_page(program: &clap::Command, name: &str) -> String {
    let kinds = |command: &clap::Command| {
        let name = command.get_name().to_owned();
        command_names(command).map(|kind| format!("{name}-{kind}")).collect::<Vec<_>>()
    };
    let pages: Vec<String> = program.get_subcommands().flat_map(kinds).collect();
    let hint = match nearest(name, command_names(program).chain(pages.iter().map(String::as_str))) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("there are {}", command_names(program).collect::<Vec<_>>().join(", ")),
    };
    format!("there is no command `{name}`; {hint}")
}

fn render(command: &clap::Command, ending: Option<&Ending>, out: &mut dyn Write) -> io::Result<()> {
    let source = concat!("seldon-trace ", env!("CARGO_PKG_VERSION"));
    // clap_mangen leaves out the short help of options that `-h` hides.
    let described = command.clone().mut_args(|option| match (option.get_long_help(), option.get_help().cloned()) {
        (None, Some(help)) => option.long_help(help),
        _ => option,
    });
    let man = Man::new(described).source(source);
    man.render_title(out)?;
    man.render_name_section(out)?;
    synopsis(command).to_writer(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(out)?;
    }
    if let Some(ending) = ending {
        examples(ending).to_writer(out)?;
        exit_status(ending).to_writer(out)?;
    }
    if command.get_version().is_some() { man.render_version_section(out) } else { Ok(()) }
}

/// clap's synopsis leaves the values out.
fn synopsis(command: &clap::Command) -> Roff {
    let mut line = vec![bold(command.get_bin_name().unwrap_or_else(|| command.get_name()))];
    let shown = || command.get_arguments().filter(|argument| !argument.is_hide_set());
    for option in shown().filter(|argument| !argument.is_positional()) {
        line.push(roman(if option.is_required_set() { " " } else { " [" }));
        let names =
            [option.get_short().map(|short| format!("-{short}")), option.get_long().map(|long| format!("--{long}"))];
        for (at, name) in names.into_iter().flatten().enumerate() {
            line.extend((at > 0).then(|| roman("|")));
            line.push(bold(name));
        }
        let (before, after) = around_value(option);
        if option.get_action().takes_values() {
            line.extend([roman(before), value_name(option), roman(after)]);
        }
        line.extend((!option.is_required_set()).then(|| roman("]")));
        line.extend(matches!(option.get_action(), ArgAction::Append).then(|| roman("...")));
    }
    for positional in shown().filter(|argument| argument.is_positional()) {
        let (before, after) = if positional.is_required_set() { (" ", "") } else { (" [", "]") };
        line.extend([roman(before), value_name(positional), roman(after)]);
        line.extend(matches!(positional.get_action(), ArgAction::Append).then(|| roman("...")));
    }
    if command.has_subcommands() {
        line.extend([roman(" "), italic("COMMAND")]);
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text(line);
    roff
}

/// The text before and after the value of an option: an optional value needs `=`.
fn around_value(option: &Arg) -> (&'static str, &'static str) {
    if option.is_require_equals_set() { ("[=", "]") } else { (" ", "") }
}

fn value_name(argument: &Arg) -> Inline {
    let names = argument.get_value_names().unwrap_or_default();
    italic(names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "))
}

fn examples(ending: &Ending) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for example in ending.examples {
        roff.control("TP", []);
        roff.text([roman(format!("{}:", example.does))]);
        roff.text([bold(format!("seldon-trace {}", example.line))]);
    }
    roff
}

fn exit_status(ending: &Ending) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (status, means) in ending.exit_status {
        roff.control("TP", []);
        roff.text([bold(status.to_string())]);
        roff.text([roman(*means)]);
    }
    roff
}
