//! Usage errors of clap, with better suggestions.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use super::called::Called;
use crate::cli::Cli;
use crate::credentials::masked_value;
use crate::knowledge::nearest;
use crate::output::escaped;

/// The usage error with its arguments escaped. One may be a file name with control characters, from a glob of the
/// shell.
pub(super) fn escaped_error(error: clap::Error, called: Called, arguments: &[OsString]) -> clap::Error {
    let arguments: Vec<String> = arguments.iter().map(|argument| escaped(&argument.to_string_lossy())).collect();
    let error = called.parse(&arguments).err().unwrap_or(error);
    let mut program = called.declaration();
    program.build();
    let command = command_of(&program, &arguments);
    with_masked_value(without_literal_tip(match error.kind() {
        ErrorKind::InvalidSubcommand => with_nearest_command(error, command),
        ErrorKind::UnknownArgument => with_longer_option(error, command),
        _ => error,
    }))
}

/// Masks the credentials of an invalid value.
fn with_masked_value(mut error: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidSubcommand] {
        if let Some(ContextValue::String(value)) = error.get(kind) {
            let masked = masked_value(value);
            error.insert(kind, ContextValue::String(masked));
        }
    }
    error
}

/// The command that these arguments name.
fn command_of<'a>(program: &'a Command, arguments: &[String]) -> &'a Command {
    let words = arguments.iter().skip(1).filter(|argument| *argument != "help");
    words.fold(program, |command, word| command.find_subcommand(word).unwrap_or(command))
}

/// Removes the tip to pass an unknown option as a value, which hardly anybody wants.
fn without_literal_tip(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        let tips: Vec<_> = tips.into_iter().filter(|tip| !tip.to_string().contains("as a value")).collect();
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    error
}

/// Adds the nearest command to an error about one that does not exist, as clap does everywhere but after `help`.
fn with_nearest_command(mut error: clap::Error, command: &Command) -> clap::Error {
    let has_hint = error.get(ContextKind::SuggestedSubcommand).is_some();
    if let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand).filter(|_| !has_hint) {
        if cfg!(not(feature = "webhook")) && name == "webhook" {
            let words = "`webhook` is in builds with the feature of that name: cargo install --features webhook";
            return Cli::command().error(ErrorKind::InvalidSubcommand, words);
        }
        if let Some(nearest) = nearest(name, command.get_subcommands().map(Command::get_name)) {
            let value = ContextValue::Strings(vec![nearest.to_owned()]);
            error.insert(ContextKind::SuggestedSubcommand, value);
        }
    }
    error
}

/// Suggests for `--port` the option `--agent-port`, of which it is a word.
fn with_longer_option(mut error: clap::Error, command: &Command) -> clap::Error {
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else { return error };
    let Some(word) = typed.strip_prefix("--") else { return error };
    // A plural is nearer.
    if matches!(error.get(ContextKind::SuggestedArg), Some(ContextValue::String(near)) if typed.starts_with(near)) {
        return error;
    }
    let options = command.get_arguments().filter_map(|option| option.get_long());
    let longer = options.filter(|option| option.split('-').any(|part| part == word));
    if let Some(longer) = longer.min_by_key(|option| option.len()) {
        error.insert(ContextKind::SuggestedArg, ContextValue::String(format!("--{longer}")));
        error.insert(ContextKind::Usage, ContextValue::StyledStr(command.clone().render_usage()));
    }
    error
}
