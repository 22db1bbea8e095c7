//! Completions of a command line, in the format that kubectl expects of a plugin: one candidate a line, with its
//! description after a tab, and on the last line a directive for the shell. The scripts in `completions/` for bash, zsh
//! and fish use the same.

mod values;

use std::ffi::OsString;

use crate::text::drives_a_terminal;
use clap::{Arg, Command};
use clap_complete::Shell;

/// The shell offers files.
const FILES: &str = ":0\n";

/// The shell offers nothing of its own.
const NO_FILES: &str = ":4\n";

/// The first argument by which a script asks for candidates. It is not part of the command line that users see.
pub(super) const QUESTION: &str = "__complete";

/// Candidates for the last of these words, which is empty where a new word begins.
pub(super) fn candidates(mut program: Command, words: &[OsString]) -> String {
    program.build();
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let (word, typed) = words.split_last().map_or(("", &[][..]), |(last, typed)| (last, typed));
    let place = Place::after(&program, typed);
    let (offers, ending) = place.offers(word);
    let lines = offers.into_iter().filter(|(offer, _)| offer.starts_with(word) && !is_hostile(offer));
    let lines: String = lines.map(|(offer, help)| format!("{offer}\t{help}\n")).collect();
    lines + ending
}

/// Returns true for a candidate that a terminal or the script would misinterpret.
fn is_hostile(offer: &str) -> bool {
    offer.starts_with(':') || offer.contains(drives_a_terminal)
}

/// The script of a shell. Those for bash, zsh and fish ask the program; clap makes the others, with fixed values alone.
pub(super) fn script(shell: Shell, mut program: Command) -> Vec<u8> {
    match shell {
        Shell::Bash => include_bytes!("../../completions/seldon-trace.bash").to_vec(),
        Shell::Zsh => include_bytes!("../../completions/_seldon-trace").to_vec(),
        Shell::Fish => include_bytes!("../../completions/seldon-trace.fish").to_vec(),
        shell => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut program, "seldon-trace", &mut out);
            out
        }
    }
}

/// The end of a command line, where the next word is wanted.
struct Place<'a> {
    program: &'a Command,
    command: &'a Command,
    /// The option whose value comes next.
    option: Option<&'a Arg>,
    /// The options with a value so far.
    given: Vec<(&'a Arg, String)>,
    /// The number of words that are not options.
    positionals: usize,
    /// True after `--`.
    is_past_options: bool,
}

/// Candidates with their descriptions.
type Offers = Vec<(String, String)>;

impl<'a> Place<'a> {
    fn after(program: &'a Command, typed: &[impl AsRef<str>]) -> Self {
        let mut place = Place {
            program,
            command: program,
            option: None,
            given: Vec::new(),
            positionals: 0,
            is_past_options: false,
        };
        for word in typed {
            place.go_past(word.as_ref());
        }
        place
    }

    fn go_past(&mut self, word: &str) {
        if let Some(option) = self.option.take() {
            self.given.push((option, word.to_owned()));
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
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let option = self.option_of(|option| has_long(option, name));
            match (option, value) {
                (Some(option), Some(value)) => self.given.push((option, value.to_owned())),
                _ => self.option = option,
            }
        } else {
            self.go_past_shorts(&word[1..]);
        }
    }

    /// Several short options may share a word. The first that takes a value has the rest of the word as its value.
    fn go_past_shorts(&mut self, shorts: &str) {
        for (start, short) in shorts.char_indices() {
            if let Some(option) = self.option_of(|option| option.get_short() == Some(short)) {
                let value = &shorts[start + short.len_utf8()..];
                if value.is_empty() {
                    self.option = Some(option);
                } else {
                    self.given.push((option, value.strip_prefix('=').unwrap_or(value).to_owned()));
                }
                return;
            }
        }
    }

    /// The first option with a value for which `is_it` holds.
    fn option_of(&self, is_it: impl Fn(&Arg) -> bool) -> Option<&'a Arg> {
        self.command.get_opts().find(|option| option.get_action().takes_values() && is_it(option))
    }

    fn offers(&self, word: &str) -> (Offers, &'static str) {
        if let Some(option) = self.option {
            return self.values(option, "");
        }
        if !self.is_past_options && word.starts_with('-') {
            let (name, is_given) = word.split_once('=').map_or((word, false), |(name, _)| (name, true));
            let option = self.option_of(|option| name.strip_prefix("--").is_some_and(|name| has_long(option, name)));
            return match option {
                Some(option) if is_given => self.values(option, &format!("{name}=")),
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
        next.map_or((Vec::new(), NO_FILES), |positional| self.values(positional, ""))
    }

    fn options(&self) -> Offers {
        let shown = self.command.get_arguments().filter(|option| !option.is_hide_set());
        shown.filter_map(|option| Some((format!("--{}", option.get_long()?), first_line(option.get_help())))).collect()
    }
}

/// Returns true if the option has this name or alias.
fn has_long(option: &Arg, name: &str) -> bool {
    option.get_long() == Some(name) || option.get_all_aliases().is_some_and(|names| names.contains(&name))
}

fn is_list(positional: &Arg) -> bool {
    positional.get_num_args().is_some_and(|count| count.max_values() > 1)
}

fn first_line(help: Option<&clap::builder::StyledStr>) -> String {
    help.map(ToString::to_string).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}
