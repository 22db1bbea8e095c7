//! The options that are also settings, from the table of options.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::knowledge::{Commands, Form, OPTIONS, OptionSpec, Takes};
use crate::settings::{Layer, SettingSource};

/// The typed options of these commands.
#[derive(Debug, Clone)]
pub struct SettingOptions<const COMMANDS: Commands>(pub Layer);

/// The options of these commands.
fn options(commands: Commands) -> impl Iterator<Item = &'static OptionSpec> {
    OPTIONS.iter().filter(move |option| option.commands & commands != 0)
}

fn argument(option: &'static OptionSpec) -> Arg {
    let mut help = option.description();
    if option.repeats() {
        help.push_str("; may be repeated");
    }
    if let Some(default) = option.default {
        help.push_str(&format!(" [default: {default}]"));
    }
    let mut argument = Arg::new(option.name).long(option.name).hide_short_help(option.is_rare);
    argument = match option.more {
        "" => argument.help(help),
        more => argument.long_help(format!("{help}\n\n{more}")).help(help),
    };
    if let Some(heading) = option.heading {
        argument = argument.help_heading(heading);
    }
    if let Some(short) = option.short {
        argument = argument.short(short);
    }
    if let Some(alias) = option.alias {
        argument = argument.alias(alias);
    }
    if matches!(option.form, Form::Switch) {
        return argument.action(ArgAction::SetTrue);
    }
    if let Form::Word(words) = option.form {
        // Not listed if the help already has all of them.
        let is_listed = words().iter().all(|word| option.help.contains(word.get_name()));
        argument = argument.value_parser(PossibleValuesParser::new(words())).hide_possible_values(is_listed);
    }
    // A number may be negative, so that the error is about the number and not about an option.
    let is_number = option.sets.is_some_and(|sets| sets.takes == Takes::Number);
    let action = if option.repeats() { ArgAction::Append } else { ArgAction::Set };
    if let Some(implied) = option.implied {
        argument = argument.num_args(0..=1).require_equals(true).default_missing_value(implied);
    }
    argument.value_name(option.value_name).allow_hyphen_values(is_number).action(action)
}

impl<const COMMANDS: Commands> Args for SettingOptions<COMMANDS> {
    fn augment_args(command: Command) -> Command {
        options(COMMANDS).map(argument).fold(command, Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const COMMANDS: Commands> FromArgMatches for SettingOptions<COMMANDS> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut layer = Layer::new(SettingSource::Options);
        let text = |option: &OptionSpec| matches.get_one::<String>(option.name).cloned();
        let texts = |option: &OptionSpec| matches.get_many(option.name).into_iter().flatten().cloned().collect();
        for option in options(COMMANDS) {
            match option.form {
                Form::Text | Form::Word(_) => layer.type_text(option.key, text(option)),
                Form::Switch => layer.type_switch(option.key, matches.get_flag(option.name)),
                Form::List => layer.type_list(option.key, texts(option)),
                Form::Pairs(_) => layer.type_pairs(option.key, texts(option)),
            }
        }
        Ok(Self(layer))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
