//! What a credential is, and how a text is shown without it. Whatever is said of a manifest passes through here:
//! variables by [`shown`], what is wrong by [`printed`], lines of the text by [`Covered`].

mod lines;
mod text;

use crate::diagnostic::{Diagnostic, DiagnosticKind, quoted};
pub use lines::Covered;
pub(crate) use lines::secret_nodes;

/// What stands where something is left out.
pub(crate) const HIDDEN: char = '…';

/// Whether a name says that what it names is a credential.
pub(crate) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    // The first letters of a password are enough: a name may have a slip in it.
    ["KEY", "TOKEN", "SECRET", "PASSW", "PASWO", "PASSPHRASE"].iter().any(|word| name.contains(word))
        || name.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| word == "AUTH")
}

/// A variable's value as it may be shown.
pub(crate) fn shown(name: &str, value: &str) -> String {
    if is_credential(name) { its_value() } else { quoted(&without(value)) }
}

/// What is said of a value that is not shown.
pub(crate) fn its_value() -> String {
    "its value".to_owned()
}

/// A diagnostic as it may be printed. Every format gets its texts from here, and nowhere else.
pub(crate) fn printed(diagnostic: &Diagnostic) -> Diagnostic {
    let mask: fn(&str) -> String = match diagnostic.kind {
        DiagnosticKind::Manifest | DiagnosticKind::Template => masked,
        // A name that is typed is not quoted everywhere, nor is its value.
        DiagnosticKind::Settings => |words| without(&masked(words)),
        DiagnosticKind::Bug => without_quoted,
    };
    let related = diagnostic.related.as_ref().map(|(span, words)| (span.clone(), mask(words)));
    let [path, message, help] = [&diagnostic.path, &diagnostic.message, &diagnostic.help].map(|words| mask(words));
    Diagnostic { path, message, related, help, span: diagnostic.span.clone(), ..*diagnostic }
}

/// Words without what they, or a value that they quote, may hold of credentials. Each value is looked at by itself: in a
/// whole message it can't be told where a URL ends that has a space in its password.
fn masked(words: &str) -> String {
    words.split('`').map(without).collect::<Vec<_>>().join("`")
}

/// A value without what it may hold of credentials: what is in a URL before its host and behind its path, and what such
/// a name stands before.
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

/// The words of a reader of YAML, which quotes values and not by which names they go, without what is in quotes.
pub(crate) fn without_quoted(words: &str) -> String {
    let quotes = ['`', '"', '\''];
    match (words.find(quotes), words.rfind(quotes)) {
        (Some(first), Some(last)) if first < last => format!("{}{HIDDEN}{}", &words[..=first], &words[last..]),
        _ => words.to_owned(),
    }
}

/// Whether what stands at such a key of a manifest is a credential. Some fields of Kubernetes only refer to one.
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
