//! Credentials, and texts with credentials masked. All output about a manifest passes through here: variables by
//! [`shown`], diagnostics by [`printed`], source lines by [`Covered`].

mod lines;
mod text;

use crate::diagnostic::{Diagnostic, DiagnosticKind, quoted};
pub use lines::Covered;
pub(crate) use lines::secret_nodes;

/// The placeholder for a masked credential.
pub(crate) const HIDDEN: char = '…';

/// Returns true if the name is that of a credential.
pub(crate) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    // The first letters of `password` are enough: a name may have a typo.
    ["KEY", "TOKEN", "SECRET", "PASSW", "PASWO", "PASSPHRASE"].iter().any(|word| name.contains(word))
        || name.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| word == "AUTH")
}

/// A variable's value, quoted and masked.
pub(crate) fn shown(name: &str, value: &str) -> String {
    if is_credential(name) { its_value() } else { quoted(&without(value)) }
}

/// The words for a value that is not shown.
pub(crate) fn its_value() -> String {
    "its value".to_owned()
}

/// A diagnostic with credentials masked. Every output format gets its texts from here.
pub(crate) fn printed(diagnostic: &Diagnostic) -> Diagnostic {
    let mask: fn(&str) -> String = match diagnostic.kind {
        DiagnosticKind::Manifest | DiagnosticKind::Template => masked,
        // Not every message quotes a name and its value from the command line.
        DiagnosticKind::Settings => |words| without(&masked(words)),
        DiagnosticKind::Bug => without_quoted,
    };
    let related = diagnostic.related.as_ref().map(|(span, words)| (span.clone(), mask(words)));
    let [path, message, help] = [&diagnostic.path, &diagnostic.message, &diagnostic.help].map(|words| mask(words));
    Diagnostic { path, message, related, help, span: diagnostic.span.clone(), ..*diagnostic }
}

/// A message with the credentials masked. Each quoted value is masked by itself: in a whole message the end of a URL with
/// a space in its password is unknown.
fn masked(words: &str) -> String {
    words.split('`').map(without).collect::<Vec<_>>().join("`")
}

/// A value with the credentials masked: the user and the query of a URL, and the values after names of credentials.
pub(crate) fn without(value: &str) -> String {
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
