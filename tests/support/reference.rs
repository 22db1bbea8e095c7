//! The generated parts of `docs/`: options from the declaration of the command line, rules and variables from the pages
//! of `explain`.

use clap::{Arg, Command, CommandFactory};
use seldon_trace::internals::cli::Cli;
use seldon_trace::internals::explain;
use seldon_trace::internals::explain::page::{Body, Page, Section};
use seldon_trace::internals::knowledge::{BACKENDS, Backend, known};
use seldon_trace::internals::lint::RULES;

/// An option, with the commands that have it.
struct Row {
    heading: String,
    label: String,
    meaning: String,
    commands: Vec<String>,
}

/// All options: a table for each help heading, with a row for each option that differs in some way.
pub fn options() -> String {
    let mut program = Cli::command();
    program.build();
    let mut rows: Vec<Row> = Vec::new();
    let mut headings: Vec<String> = Vec::new();
    let is_help = |command: &&Command| command.get_name() == "help";
    let nested = |command| [command].into_iter().chain(Command::get_subcommands(command));
    let commands = program.get_subcommands().filter(|command| !is_help(command)).flat_map(nested);
    for command in commands.filter(|command| !is_help(command)) {
        for argument in
            command.get_arguments().filter(|argument| !argument.is_hide_set() && argument.get_id() != "help")
        {
            let row = row(command, argument);
            if !headings.contains(&row.heading) {
                headings.push(row.heading.clone());
            }
            let same = |other: &&mut Row| (&other.label, &other.meaning) == (&row.label, &row.meaning);
            match rows.iter_mut().find(same) {
                Some(same) => same.commands.extend(row.commands),
                None => rows.push(row),
            }
        }
    }
    let table = |heading: &String| {
        let rows: String = rows
            .iter()
            .filter(|row| row.heading == *heading)
            .map(|row| format!("| {} | {} | {} |\n", row.label, row.commands.join(", "), row.meaning))
            .collect();
        format!("## {heading}\n\n| option | commands | what it does |\n|---|---|---|\n{rows}")
    };
    headings.iter().map(table).collect::<Vec<_>>().join("\n")
}

fn row(command: &Command, argument: &Arg) -> Row {
    let heading = argument.get_help_heading().unwrap_or("General").to_owned();
    let name = command.get_bin_name().and_then(|name| name.split_once(' ')).map_or("", |(_, words)| words);
    let names = argument.get_value_names().unwrap_or_default();
    let value = names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(" ");
    let takes_value = argument.get_action().takes_values();
    let long = argument.get_long().map(|long| match takes_value {
        true if argument.is_require_equals_set() => format!("--{long}[={value}]"),
        true => format!("--{long} {value}"),
        false => format!("--{long}"),
    });
    let spellings = [argument.get_short().map(|short| format!("-{short}")), long];
    let spellings: Vec<String> = spellings.into_iter().flatten().map(|spelling| code(&spelling)).collect();
    let label = if spellings.is_empty() { code(&value) } else { spellings.join(", ") };
    Row { heading, label, meaning: meaning(argument), commands: vec![code(name)] }
}

/// The help of an option with its values, its default and its other names.
fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut parts: Vec<String> = help.split("\n\n").map(cell).collect();
    let values = argument.get_possible_values();
    let of_switch = !argument.get_action().takes_values();
    if !of_switch && !values.is_empty() {
        let values = values.iter().filter(|value| !value.is_hide_set()).map(|value| {
            let help = value.get_help().map(|help| format!(" ({})", cell(&help.to_string()))).unwrap_or_default();
            format!("{}{help}", code(value.get_name()))
        });
        parts.push(format!("Values: {}.", values.collect::<Vec<_>>().join(", ")));
    }
    let defaults = argument.get_default_values();
    if !of_switch && !defaults.is_empty() {
        let defaults = defaults.iter().map(|value| code(&value.to_string_lossy()));
        parts.push(format!("Default: {}.", defaults.collect::<Vec<_>>().join(", ")));
    }
    let aliases: Vec<String> =
        argument.get_all_aliases().unwrap_or_default().iter().map(|alias| code(&format!("--{alias}"))).collect();
    if !aliases.is_empty() {
        parts.push(format!("Also {}.", aliases.join(", ")));
    }
    let last = parts.len() - 1;
    let sentence = |(index, part): (usize, String)| match index < last && !part.ends_with('.') {
        true => part + ".",
        false => part,
    };
    parts.into_iter().enumerate().map(sentence).collect::<Vec<_>>().join(" ")
}

/// All rules: a table, then a part for each.
pub fn rules() -> String {
    let row = |rule: &seldon_trace::internals::lint::Rule| {
        let anchor = rule.id.to_lowercase();
        let fix = rule.fix.map(cell).unwrap_or_default();
        format!("| [{}](#{anchor}) | {} | {} | {fix} |\n", rule.id, rule.severity.name(), cell(rule.finds))
    };
    let rows: String = RULES.iter().map(row).collect();
    let parts = RULES.iter().map(|rule| {
        let page = explain::rule_page(rule);
        format!("## {}\n\n**{}**: {}.\n\n{}", rule.id, rule.severity.name(), cell(rule.finds), body(&page, &block))
    });
    format!("## All rules\n\n| rule | severity | finds | `--fix` |\n|---|---|---|---|\n{rows}\n") + &join(parts)
}

/// All variables, by backend.
pub fn variables() -> String {
    let parts = BACKENDS.into_iter().map(Some).chain([None]).map(|backend| {
        let of_backend = known().filter(|known| known.backend() == backend).map(|known| {
            let page = explain::page(known);
            format!("#### {}\n\n{}", known.name(), body(&page, &|_| String::new()) + &table(&page))
        });
        format!("### {}\n\n{}", backend.map_or("OpenTelemetry", Backend::title), join(of_backend))
    });
    join(parts)
}

/// The checklist for missing traces.
pub fn no_traces() -> String {
    let page = explain::no_traces();
    let section = |section: &Section| {
        let Body::Lines(lines) = &section.body else { return String::new() };
        let part = |is_asked: fn(&str) -> bool, row: fn(&(String, String)) -> String| {
            let rows: String = lines.iter().filter(|(label, _)| is_asked(label)).map(row).collect();
            if rows.is_empty() { rows } else { format!("\n{rows}") }
        };
        let text = part(str::is_empty, |(_, text)| format!("{}\n", wrapped(text)));
        let is_point = |label: &str| !label.is_empty() && !label.starts_with("$ ");
        let point =
            |(label, text): &(String, String)| wrapped(&format!("- **{label}**: {text}")).replace('\n', "\n  ") + "\n";
        let points = part(is_point, point);
        let commands = part(|label| label.starts_with("$ "), |(command, _)| format!("{}\n", &command[2..]));
        let block = if commands.is_empty() { commands } else { format!("\n```sh{commands}```\n") };
        format!("## {}\n{text}{points}{block}\n", section.heading)
    };
    body(&page, &section)
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\n")
}

/// The text of a page, then its sections.
fn body(page: &Page, section: &dyn Fn(&Section) -> String) -> String {
    let text = page.text.iter().map(|text| format!("{}\n\n", wrapped(text)));
    text.chain(page.sections.iter().map(section)).collect::<String>().trim_end_matches('\n').to_owned() + "\n"
}

fn block(section: &Section) -> String {
    match &section.body {
        Body::Verbatim(text) => format!("{}:\n\n```yaml\n{}\n```\n\n", section.heading, text.trim_end_matches('\n')),
        Body::Lines(lines) => {
            let heading =
                if section.heading.starts_with('-') { code(&section.heading) } else { section.heading.clone() };
            format!("{}\n\n", wrapped(&format!("{heading}: {}.", said(lines).join("; "))))
        }
    }
}

/// The sections of a page as a table.
fn table(page: &Page) -> String {
    let row = |section: &Section| match &section.body {
        Body::Verbatim(text) => format!("| {} | {} |\n", section.heading, code(text)),
        Body::Lines(lines) => format!("| {} | {} |\n", section.heading, said(lines).join("<br>")),
    };
    let rows: String = page.sections.iter().map(row).collect();
    format!("\n| | |\n|---|---|\n{rows}")
}

/// Labels with their texts.
fn said(lines: &[(String, String)]) -> Vec<String> {
    let line = |(label, text): &(String, String)| match (label.as_str(), text.as_str()) {
        ("", text) => cell(text),
        (label, "") => cell(label),
        (label, text) => format!("{}: {}", cell(label), cell(text)),
    };
    lines.iter().map(line).collect()
}

/// A text in lines of at most 120 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > 120 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// Text on one line, with what Markdown would read as a cell, as emphasis or as HTML escaped outside of code.
fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut is_code = false;
    let mut out = String::new();
    for character in line.chars() {
        match character {
            '`' => is_code = !is_code,
            '|' => out.push('\\'),
            '*' | '<' | '[' if !is_code => out.push('\\'),
            _ => {}
        }
        out.push(character);
    }
    out
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
