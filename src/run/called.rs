//! By which name the program was called. As `kubectl-seldon_trace` it is a plugin of kubectl, as `SeldonTrace` one of
//! kustomize.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{CommandFactory, FromArgMatches};

use super::completion::QUESTION;
use crate::cli::Cli;
use crate::profile::nearest;

/// What the program is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// `seldon-trace`, or what else somebody named it.
    Program,
    /// `kubectl seldon-trace`.
    KubectlPlugin,
    /// What kustomize calls by the kind of its config: an exec plugin, which is given the config's file and a stream, or a
    /// KRM function without arguments.
    KustomizePlugin,
    /// What kubectl asks how a command line of the plugin may go on.
    KubectlCompletion,
}

impl Called {
    /// By the first of the arguments. kubectl gives its whole path.
    pub fn by(name: Option<&OsString>) -> Self {
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

    /// The declaration of the command line, in which usage says how it was called.
    pub fn declaration(self) -> clap::Command {
        match self {
            Self::Program | Self::KustomizePlugin => Cli::command(),
            Self::KubectlPlugin | Self::KubectlCompletion => Cli::command().bin_name("kubectl seldon-trace"),
        }
    }

    /// The arguments as they would have been typed. What kustomize calls without a command switches on. What it gives
    /// first is a config, so one that is missing is not taken for a command; a command that is mistyped still is.
    pub fn typed(self, mut arguments: Vec<OsString>) -> Vec<OsString> {
        if self != Self::KustomizePlugin {
            return arguments;
        }
        let first = arguments.get(1).map(Path::new);
        let is_config = first.is_some_and(|first| first.is_file() || !is_like_a_command(&first.to_string_lossy()));
        if first.is_none() || is_config {
            let command: &[&str] = if is_config { &["enable", "--config"] } else { &["enable"] };
            let place = arguments.len().min(1);
            arguments.splice(place..place, command.iter().map(OsString::from));
        }
        arguments
    }

    /// The words of a command line that kubectl or a shell wants completed, if that is what the program was called for.
    pub fn words_to_complete(self, arguments: &[OsString]) -> Option<&[OsString]> {
        match arguments {
            [_, words @ ..] if self == Self::KubectlCompletion => Some(words),
            [] if self == Self::KubectlCompletion => Some(&[]),
            [_, first, words @ ..] if self == Self::Program && first == QUESTION => Some(words),
            _ => None,
        }
    }

    /// Reads these arguments, the first of which is the program's name.
    pub fn parse(self, arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, clap::Error> {
        let mut declaration = self.declaration();
        let mut matches = declaration.try_get_matches_from_mut(arguments)?;
        Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut declaration))
    }
}

/// Whether this is an option, a command, or close to one.
fn is_like_a_command(argument: &str) -> bool {
    let declaration = Cli::command();
    let commands = declaration.get_subcommands().map(clap::Command::get_name).chain(["help"]);
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
