//! The values that an argument may have.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Arg, Command, ValueEnum, ValueHint};

use super::{FILES, NO_FILES, Offers, Place, first_line};
use crate::explain::{ABOUT_NO_TRACES, NO_TRACES, PARTS, summary};
use crate::knowledge::{Backend, Key, Known, Takes, known};
use crate::lint::RULES;
use crate::settings::{FoundFile, find, open};

impl Place<'_> {
    /// The values of an argument, each after the typed part of the word, and the directive for the shell.
    pub(super) fn values(&self, argument: &Arg, typed: &str) -> (Offers, &'static str) {
        let declared = argument.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
        let declared = declared.map(|value| (value.get_name().to_owned(), first_line(value.get_help())));
        let values = declared.chain(self.known_values(argument));
        let offers = values.map(|(value, help)| (format!("{typed}{value}"), help)).collect();
        let is_path =
            matches!(argument.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath);
        (offers, if is_path { FILES } else { NO_FILES })
    }

    /// Values that the declaration does not list: they are in tables, or in the settings file.
    fn known_values(&self, argument: &Arg) -> Offers {
        match (self.command.get_name(), argument.get_id().as_str()) {
            ("explain", "name") => {
                let topic = (NO_TRACES.to_owned(), ABOUT_NO_TRACES.to_owned());
                let parts = PARTS.iter().map(|part| (part.name.to_owned(), part.summary().to_owned()));
                rules().into_iter().chain(variables("", |_| true)).chain(parts).chain([topic]).collect()
            }
            ("man", "command") => {
                let shown = self.program.get_subcommands().filter(|command| !command.is_hide_set());
                let offer = |name: String, command: &Command| (name, first_line(command.get_about()));
                let offers = shown.flat_map(|command| {
                    let name = command.get_name();
                    let kinds = command.get_subcommands().filter(move |_| name != "help");
                    let kinds = kinds.map(move |kind| offer(format!("{name}-{}", kind.get_name()), kind));
                    [offer(name.to_owned(), command)].into_iter().chain(kinds)
                });
                offers.collect()
            }
            (_, "allow" | "deny") => rules(),
            (_, "set") => {
                let backend = self.value_of("backend").and_then(|name| Backend::from_str(name, false).ok());
                let is_read = |known: Known| matches!(known, Known::Read(..));
                variables("=", |known| is_read(known) && backend.is_none_or(|backend| known.backend() == Some(backend)))
            }
            (_, "unset" | "keep") => variables("", |_| true),
            (_, "profile") => self.profiles(),
            (_, option) => words_of(option),
        }
    }

    /// The last value of this option so far.
    fn value_of(&self, id: &str) -> Option<&str> {
        let (_, value) = self.given.iter().rev().find(|(option, _)| option.get_id() == id)?;
        Some(value)
    }

    /// The profiles of the settings file that the command line so far would use. A file with errors has none.
    fn profiles(&self) -> Offers {
        let folder = std::env::current_dir().unwrap_or_default();
        let found = match self.value_of("config") {
            Some(path) => Some(FoundFile::named(Path::new(path), &folder)),
            None => find(&folder),
        };
        let file = found.and_then(|found| open(&found).ok());
        file.iter().flat_map(|file| file.profile_names()).map(|name| (name.to_owned(), String::new())).collect()
    }
}

/// The words of an option whose value is not limited to them.
fn words_of(option: &str) -> Offers {
    let takes = Key::find(option).and_then(|key| key.spec().sets).map(|sets| sets.takes);
    let words = if let Some(Takes::Word(words)) = takes { words } else { &[] };
    words.iter().map(|word| ((*word).to_owned(), String::new())).collect()
}

fn rules() -> Offers {
    RULES.iter().map(|rule| (rule.id.to_owned(), rule.finds.to_owned())).collect()
}

/// The variables for which `is_wanted` holds, each name once and with this ending.
fn variables(ending: &str, is_wanted: impl Fn(Known) -> bool) -> Offers {
    let mut seen = BTreeSet::new();
    let wanted = known().filter(|known| is_wanted(*known) && seen.insert(known.name()));
    wanted.map(|known| (format!("{}{ending}", known.name()), summary(known).to_owned())).collect()
}
