//! The command `seldon-trace lint` for the same deployments, to paste.

use std::path::{Path, PathBuf};

use crate::cli::{Inputs, SettingsFile};
use crate::knowledge::Key;
use crate::settings::{Layer, SettingValue, Settings};
use crate::text::drives_a_terminal;

/// More paths than this would hide the text around them.
const MAX_PATHS: usize = 8;

/// The options of the selection, which `lint` has too.
const KEYS: [Key; 8] = [
    Key::Name,
    Key::Namespace,
    Key::Selector,
    Key::Predictor,
    Key::Container,
    Key::Only,
    Key::AllContainers,
    Key::Exclude,
];

/// `seldon-trace lint` with the selection and the settings file of this run.
#[derive(Debug, Default)]
pub(super) struct LintCommand {
    words: Vec<String>,
    /// The typed paths; `None` if standard input is one of them.
    inputs: Option<Vec<PathBuf>>,
}

impl LintCommand {
    pub(super) fn new(options: &Layer, file: &SettingsFile, inputs: &Inputs) -> Self {
        let mut words = vec!["seldon-trace".to_owned(), "lint".to_owned()];
        let settings = Settings::of([options]);
        for setting in KEYS.iter().flat_map(|key| settings.said(*key)) {
            let name = setting.key.name();
            match &setting.value {
                SettingValue::Text(text) => words.extend(option(name, text.as_bytes())),
                SettingValue::Switch(_) => words.push(format!("--{name}")),
                SettingValue::List(items) => {
                    words.extend(items.iter().flat_map(|(text, _)| option(name, text.as_bytes())));
                }
            }
        }
        let SettingsFile { config, no_config, profile } = file;
        if let Some(path) = config {
            words.extend(option("config", path.as_os_str().as_encoded_bytes()));
        }
        words.extend(no_config.then(|| "--no-config".to_owned()));
        if let Some(name) = profile {
            words.extend(option("profile", name.as_bytes()));
        }
        words.extend(inputs.no_ignore.then(|| "--no-ignore".to_owned()));
        words.extend(inputs.hidden.then(|| "--hidden".to_owned()));
        words
            .extend(inputs.max_depth.into_iter().flat_map(|levels| option("max-depth", levels.to_string().as_bytes())));
        Self { words, inputs: (!inputs.has_stdin()).then(|| inputs.paths()) }
    }

    /// The command on the inputs of this run.
    pub(super) fn on_inputs(&self) -> Option<String> {
        self.on(&self.inputs.as_ref()?.iter().map(PathBuf::as_path).collect::<Vec<_>>())
    }

    /// The command on these paths, or on standard input if there are none; `None` if there are too many to show.
    pub(super) fn on(&self, paths: &[&Path]) -> Option<String> {
        if paths.len() > MAX_PATHS {
            return None;
        }
        let paths: Vec<&[u8]> = paths.iter().map(|path| path.as_os_str().as_encoded_bytes()).collect();
        let end_of_options = paths.iter().any(|path| path.starts_with(b"-")).then(|| "--".to_owned());
        let paths = paths.iter().map(|path| quoted(path));
        Some(self.words.iter().cloned().chain(end_of_options).chain(paths).collect::<Vec<_>>().join(" "))
    }
}

/// An option with its value, as words of a command line.
fn option(name: &str, value: &[u8]) -> Vec<String> {
    match value.starts_with(b"-") {
        true => vec![format!("--{name}={}", quoted(value))],
        false => vec![format!("--{name}"), quoted(value)],
    }
}

/// A word quoted for a shell. Control characters and bytes that are not UTF-8 are escaped for bash and zsh.
fn quoted(word: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:=,@%+".contains(byte);
    match std::str::from_utf8(word) {
        Ok(text) if !text.is_empty() && word.iter().all(is_plain) => text.to_owned(),
        Ok(text) if !text.contains(drives_a_terminal) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => {
            let escaped = |byte: &u8| match byte {
                b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
                b' '..=b'~' => char::from(*byte).to_string(),
                _ => format!("\\x{byte:02x}"),
            };
            format!("$'{}'", word.iter().map(escaped).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_if_a_shell_needs_it() {
        for (word, wanted) in [
            (&b"deploy/a.yaml"[..], "deploy/a.yaml"),
            (b"", "''"),
            (b"iris-*", "'iris-*'"),
            (b"it's", r"'it'\''s'"),
            ("é".as_bytes(), "'é'"),
            (b"a\x1b'\xff", r"$'a\x1b\'\xff'"),
        ] {
            assert_eq!(quoted(word), wanted);
        }
    }
}
