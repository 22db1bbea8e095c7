//! Only listed places (`shown`) and names (`names`) of a manifest are shown; everything else is masked. All output
//! about a manifest passes through here: values of variables by [`quoted_value`], diagnostics by [`printed`], source
//! lines by [`Covered`]. Credentials in listed places and in the user's own settings are masked, too.

mod lines;
mod names;
mod resource;
mod shown;
mod text;
mod tool;

use crate::diagnostic::{Diagnostic, DiagnosticKind, quoted};
pub(crate) use lines::secret_nodes;
pub use lines::{Covered, TextKind};
#[cfg(test)]
pub(crate) use names::SHOWN_VARIABLES;
pub(crate) use names::is_shown_variable;
pub(crate) use names::shown_path;
pub(crate) use resource::{NamedResources, ResourceName};
pub(crate) use tool::tool_message;

/// The placeholder for a masked credential.
pub(crate) const HIDDEN: char = '…';

/// [`HIDDEN`] as a key.
pub(crate) const HIDDEN_KEY: &str = "…";

pub(crate) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    // The first letters of `password` are enough: a name may have a typo.
    ["KEY", "TOKEN", "SECRET", "PASSW", "PASWO", "PASSPHRASE"].iter().any(|word| name.contains(word))
        || name.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| word == "AUTH")
}

/// A variable's value, quoted, with a placeholder for what is not shown.
pub(crate) fn quoted_value(name: &str, value: &str) -> String {
    if is_shown_variable(name) { quoted(&masked_value(value)) } else { masked_placeholder() }
}

/// The quoted placeholder of a value that is not shown.
pub(crate) fn masked_placeholder() -> String {
    format!("`{HIDDEN}`")
}

/// The name of a resource, a predictor or a container, with credentials masked.
pub(crate) fn shown_name(name: &str) -> String {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_plain { name.to_owned() } else { masked_value(name) }
}

/// A key, or a placeholder for one that is not shown.
pub(crate) fn shown_key(key: &str) -> &str {
    if names::is_shown_key(key) { key } else { HIDDEN_KEY }
}

/// A diagnostic with credentials masked. Every output format gets its texts from here.
pub(crate) fn printed(diagnostic: &Diagnostic) -> Diagnostic {
    let mask: fn(&str) -> String = match diagnostic.kind {
        DiagnosticKind::Manifest | DiagnosticKind::Template => {
            |words| without_found(&with_shown_key(&masked_message(words)))
        }
        // Not every message quotes a name and its value from the command line.
        DiagnosticKind::Settings => |words| masked_value(&masked_message(words)),
        DiagnosticKind::Bug => without_quoted,
    };
    let related = diagnostic.related.as_ref().map(|(span, words)| (span.clone(), mask(words)));
    let [message, help] = [&diagnostic.message, &diagnostic.help].map(|words| mask(words));
    let path = match diagnostic.kind {
        DiagnosticKind::Settings => mask(&diagnostic.path),
        _ => names::shown_path(&diagnostic.path),
    };
    Diagnostic { path, message, related, help, span: diagnostic.span.clone(), ..*diagnostic }
}

/// A message with a placeholder for the key that it names, if that is not shown.
fn with_shown_key(words: &str) -> String {
    const KEY: &str = "the key `";
    let parts = words.split_once(KEY).and_then(|(before, rest)| Some((before, rest.split_once('`')?)));
    match parts {
        Some((before, (key, after))) => format!("{before}{KEY}{}`{after}", shown_key(key)),
        None => words.to_owned(),
    }
}

/// A type error without the value that was found. Its line is shown masked.
pub(crate) fn without_found(words: &str) -> String {
    const FOUND: &str = ", found the ";
    match words.split_once(FOUND) {
        Some((expected, found)) if expected.starts_with("expected ") => {
            let kind = found.split(" `").next().unwrap_or_default();
            format!("{expected}, found a {kind}")
        }
        _ => words.to_owned(),
    }
}

/// A message with the credentials masked. Each quoted value is masked by itself: in a whole message the end of a URL
/// with a space in its password is unknown.
fn masked_message(words: &str) -> String {
    words.split('`').map(masked_value).collect::<Vec<_>>().join("`")
}

/// A value with the credentials masked: the user and the query of a URL, and the values after names of credentials.
pub(crate) fn masked_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut at = 0;
    for range in text::credentials(value, text::Within::Value) {
        out.push_str(&value[at..range.start]);
        out.push(HIDDEN);
        at = range.end;
    }
    out.push_str(&value[at..]);
    out
}

/// The message of a YAML parser without the quoted part, which may be a value without its name.
pub(crate) fn without_quoted(words: &str) -> String {
    let quotes = ['`', '"', '\''];
    match (words.find(quotes), words.rfind(quotes)) {
        (Some(first), Some(last)) if first < last => format!("{}{HIDDEN}{}", &words[..=first], &words[last..]),
        _ => words.to_owned(),
    }
}

/// Returns true if the value of the key is a credential. Some fields of Kubernetes only refer to one.
fn is_credential_key(key: &str) -> bool {
    const OTHERS: [&str; 11] = [
        "automountServiceAccountToken",
        "configMapKeyRef",
        "envSecretRefName",
        "imagePullSecrets",
        "nodePublishSecretRef",
        "secretKeyRef",
        "secretName",
        "secretRef",
        "serviceAccountToken",
        "topologyKey",
        "topologyKeys",
    ];
    is_credential(key) && !OTHERS.contains(&key)
}

#[cfg(test)]
mod tests;
