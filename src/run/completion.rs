//! How a command line may go on, in the words that kubectl wants of a plugin: a candidate a line, with what it is behind
//! a tab, and last what the shell should do besides.

use std::ffi::OsString;

use clap::{Arg, Command, ValueHint};

/// The shell offers files.
const FILES: &str = ":0\n";

/// The shell offers nothing of its own.
const NO_FILES: &str = ":4\n";

/// What may stand for the last of these words, which is empty where none is begun.
pub fn of_kubectl(mut program: Command, words: &[OsString]) -> String {
    program.build();
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let (word, typed) = words.split_last().map_or(("", &[][..]), |(last, typed)| (last, typed));
    let place = Place::behind(&program, typed);
    let (offers, ending) = place.offers(word);
    let lines = offers.into_iter().filter(|(offer, _)| offer.starts_with(word));
    let lines: String = lines.map(|(offer, help)| format!("{offer}\t{help}\n")).collect();
    lines + ending
}

/// Where a command line stands.
struct Place<'a> {
    command: &'a Command,
    /// The option whose value comes next.
    option: Option<&'a Arg>,
    /// How many words were no options.
    positionals: usize,
    /// Behind `--`.
    is_past_options: bool,
}

/// Candidates and what each is.
type Offers = Vec<(String, String)>;

impl<'a> Place<'a> {
    fn behind(program: &'a Command, typed: &[impl AsRef<str>]) -> Self {
        let mut place = Place { command: program, option: None, positionals: 0, is_past_options: false };
        for word in typed {
            place.go_past(word.as_ref());
        }
        place
    }

    fn go_past(&mut self, word: &str) {
        if self.option.take().is_some() {
            return;
        }
        if self.is_past_options || word == "-" || !word.starts_with('-') {
            match self.command.find_subcommand(word) {
                Some(command) if !self.is_past_options => self.command = command,
                _ => self.positionals += 1,
            }
        } else if word == "--" {
            self.is_past_options = true;
        } else if let Some(long) = word.strip_prefix("--") {
            self.option = self.option_of(|option| has_long(option, long));
        } else {
            self.go_past_shorts(&word[1..]);
        }
    }

    /// Several may stand together, and the first that takes a value has the rest for it.
    fn go_past_shorts(&mut self, shorts: &str) {
        for (start, short) in shorts.char_indices() {
            if let Some(option) = self.option_of(|option| option.get_short() == Some(short)) {
                self.option = (start + short.len_utf8() == shorts.len()).then_some(option);
                return;
            }
        }
    }

    /// The option that takes a value, and is this one.
    fn option_of(&self, is_it: impl Fn(&Arg) -> bool) -> Option<&'a Arg> {
        self.command.get_opts().find(|option| option.get_action().takes_values() && is_it(option))
    }

    fn offers(&self, word: &str) -> (Offers, &'static str) {
        if let Some(option) = self.option {
            return values(option, "");
        }
        if !self.is_past_options && word.starts_with('-') {
            let (name, is_given) = word.split_once('=').map_or((word, false), |(name, _)| (name, true));
            let option = self.option_of(|option| name.strip_prefix("--").is_some_and(|name| has_long(option, name)));
            return match option {
                Some(option) if is_given => values(option, &format!("{name}=")),
                _ => (self.options(), NO_FILES),
            };
        }
        let commands = self.command.get_subcommands().filter(|command| !command.is_hide_set());
        let commands: Offers =
            commands.map(|command| (command.get_name().to_owned(), first_line(command.get_about()))).collect();
        if !commands.is_empty() {
            return (commands, NO_FILES);
        }
        let positionals: Vec<_> = self.command.get_positionals().collect();
        let next = positionals.get(self.positionals).or(positionals.last().filter(|last| is_list(last)));
        next.map_or((Vec::new(), NO_FILES), |positional| values(positional, ""))
    }

    fn options(&self) -> Offers {
        let shown = self.command.get_arguments().filter(|option| !option.is_hide_set());
        shown.filter_map(|option| Some((format!("--{}", option.get_long()?), first_line(option.get_help())))).collect()
    }
}

/// By its name or another that it goes by.
fn has_long(option: &Arg, name: &str) -> bool {
    option.get_long() == Some(name) || option.get_all_aliases().is_some_and(|names| names.contains(&name))
}

fn is_list(positional: &Arg) -> bool {
    positional.get_num_args().is_some_and(|count| count.max_values() > 1)
}

/// What may be given here, each behind what is typed of the word already.
fn values(argument: &Arg, typed: &str) -> (Offers, &'static str) {
    let shown = argument.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
    let offers = shown.map(|value| (format!("{typed}{}", value.get_name()), first_line(value.get_help()))).collect();
    let is_path = matches!(argument.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath);
    (offers, if is_path { FILES } else { NO_FILES })
}

fn first_line(help: Option<&clap::builder::StyledStr>) -> String {
    help.map(ToString::to_string).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}
