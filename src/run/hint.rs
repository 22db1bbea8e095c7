//! A command to paste: `seldon-trace lint` of the same deployments.

use std::path::Path;

use crate::cli::SettingsFile;
use crate::profile::Key;
use crate::settings::{Layer, SettingValue, Settings};
use crate::text::drives_a_terminal;

/// More paths than this would hide what is said around them.
const MAX_PATHS: usize = 8;

/// The options that `lint` takes too, and say what it looks at.
const KEYS: [Key; 7] =
    [Key::Name, Key::Namespace, Key::Selector, Key::Predictor, Key::Container, Key::Only, Key::AllContainers];

/// `seldon-trace lint` with the selection and the settings file of this run.
#[derive(Debug)]
pub(super) struct LintCommand {
    words: Vec<String>,
}

impl LintCommand {
    pub(super) fn new(options: &Layer, file: &SettingsFile) -> Self {
        let mut words = vec!["seldon-trace".to_owned(), "lint".to_owned()];
        let settings = Settings::of([options]);
        for setting in KEYS.iter().flat_map(|key| settings.said(*key)) {
            let option = format!("--{}", setting.key.name());
            match &setting.value {
                SettingValue::Text(text) if text.starts_with('-') => {
                    words.push(quoted(format!("{option}={text}").as_bytes()))
                }
                SettingValue::Text(text) => words.extend([option, quoted(text.as_bytes())]),
                SettingValue::Switch(_) | SettingValue::List(_) => words.push(option),
            }
        }
        let SettingsFile { config, no_config, profile } = file;
        if let Some(path) = config {
            words.extend(["--config".to_owned(), quoted(path.as_os_str().as_encoded_bytes())]);
        }
        words.extend(no_config.then(|| "--no-config".to_owned()));
        if let Some(name) = profile {
            words.extend(["--profile".to_owned(), quoted(name.as_bytes())]);
        }
        Self { words }
    }

    /// The command on these paths, on standard input where there are none; `None` where they are too many to show.
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

/// A word as a shell reads it. What a terminal would obey, or is no text, is escaped as bash and zsh read it.
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
    fn a_word_is_quoted_where_a_shell_would_read_something_else() {
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
