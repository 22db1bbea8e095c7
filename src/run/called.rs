//! The name by which the program was called. As `kubectl-seldon_trace` it is a plugin of kubectl, as `SeldonTrace` one
//! of kustomize.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::path::Path;

use clap::{CommandFactory, FromArgMatches};

use super::command_names;
use super::completion::QUESTION;
use crate::cli::Cli;
use crate::knowledge::nearest;

/// The role of the program, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    /// `seldon-trace`, or any other name.
    Program,
    /// `kubectl seldon-trace`.
    KubectlPlugin,
    /// A plugin of kustomize, named by the kind of its config: an exec plugin, which gets the config's file and a
    /// stream, or a KRM function without arguments.
    KustomizePlugin,
    /// The program that kubectl asks for completions of the plugin.
    KubectlCompletion,
}

impl Called {
    /// The role by the first argument. kubectl gives the whole path of the program.
    pub(super) fn by(name: Option<&OsString>) -> Self {
        let path = name.map(Path::new);
        let is_exe = path.and_then(Path::extension).is_some_and(|end| end.eq_ignore_ascii_case("exe"));
        let name = path.and_then(if is_exe { Path::file_stem } else { Path::file_name }).and_then(OsStr::to_str);
        match name {
            Some("kubectl-seldon_trace") => Self::KubectlPlugin,
            Some("kubectl_complete-seldon_trace") => Self::KubectlCompletion,
            Some("SeldonTrace") => Self::KustomizePlugin,
            _ => Self::Program,
        }
    }

    /// The declaration of the command line. Its usage has the name by which the program was called.
    pub(super) fn declaration(self) -> clap::Command {
        match self {
            Self::Program | Self::KustomizePlugin => Cli::command(),
            Self::KubectlPlugin | Self::KubectlCompletion => Cli::command().bin_name("kubectl seldon-trace"),
        }
    }

    /// The arguments as a user would type them. kustomize gives no command, which means `enable`, and first the path of
    /// a config: also where that file is missing, unless the word is close to a command.
    pub(super) fn typed(self, mut arguments: Vec<OsString>) -> Vec<OsString> {
        if self != Self::KustomizePlugin {
            return arguments;
        }
        let first = arguments.get(1).map(Path::new);
        let is_config = first.is_some_and(|first| first.is_file() || !is_like_a_command(&first.to_string_lossy()));
        if first.is_none() || is_config {
            let command: &[&str] = if is_config { &["enable", "--config"] } else { &["enable"] };
            let index = arguments.len().min(1);
            arguments.splice(index..index, command.iter().map(OsString::from));
        }
        arguments
    }

    /// Returns true if nothing was typed and standard input is no terminal: a tool has a stream for the program, as Helm
    /// and kustomize do, and its user sees only an error.
    pub(super) fn lacks_arguments(self, arguments: &[OsString]) -> bool {
        self == Self::Program && arguments.len() == 1 && !io::stdin().is_terminal()
    }

    /// The words of a command line to complete, if kubectl or a shell called the program for that.
    pub(super) fn words_to_complete(self, arguments: &[OsString]) -> Option<&[OsString]> {
        match arguments {
            [_, words @ ..] if self == Self::KubectlCompletion => Some(words),
            [] if self == Self::KubectlCompletion => Some(&[]),
            [_, first, words @ ..] if self == Self::Program && first == QUESTION => Some(words),
            _ => None,
        }
    }

    /// Reads these arguments, the first of which is the program's name.
    pub(super) fn parse(
        self,
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Cli, clap::Error> {
        let mut declaration = self.declaration();
        let mut matches = declaration.try_get_matches_from_mut(arguments)?;
        Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut declaration))
    }
}

/// Returns true if this is an option, a command, or close to one.
fn is_like_a_command(argument: &str) -> bool {
    let declaration = Cli::command();
    let commands = command_names(&declaration).chain(["help"]);
    argument.starts_with('-') || nearest(argument, commands).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_is_known_by_its_file_s_name() {
        for (name, called) in [
            ("seldon-trace", Called::Program),
            ("", Called::Program),
            ("/", Called::Program),
            ("kubectl-seldon_trace/tracer", Called::Program),
            ("kubectl-seldon_trace.sh", Called::Program),
            ("/usr/bin/kubectl-seldon_trace", Called::KubectlPlugin),
            ("kubectl-seldon_trace.exe", Called::KubectlPlugin),
            ("kubectl-seldon_trace.EXE", Called::KubectlPlugin),
            ("./kubectl_complete-seldon_trace", Called::KubectlCompletion),
            ("kubectl_complete-seldon_trace.exe", Called::KubectlCompletion),
            ("/plugins/seldon-trace.dev/v1/seldontrace/SeldonTrace", Called::KustomizePlugin),
        ] {
            assert_eq!(Called::by(Some(&name.into())), called, "{name}");
        }
        assert_eq!(Called::by(None), Called::Program);
    }
}
