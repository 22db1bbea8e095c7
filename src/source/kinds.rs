//! Resources of Seldon that this program passes through: found in the text, for a note. Nothing is parsed.

use std::collections::BTreeSet;

use memchr::memmem;

/// The API group of Seldon Core 2, as an `apiVersion` begins.
const CORE_2: &str = "mlops.seldon.io/";

/// The API group of Seldon Core 1.
const CORE_1: &str = "machinelearning.seldon.io/";

/// The kinds of Seldon Core 1.
const KINDS: [&str; 2] = ["SeldonDeployment", "SeldonDeploymentList"];

/// A version of the API and a kind; the kind is empty where it is not beside the version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PassedKind {
    /// `mlops.seldon.io/v1alpha1`
    pub version: String,
    /// `Model`, `Pipeline`, …
    pub kind: String,
}

impl PassedKind {
    /// Returns true for one of Seldon Core 2, false for a kind of Seldon Core 1 that does not exist.
    pub(crate) fn is_of_core_2(&self) -> bool {
        self.version.starts_with(CORE_2)
    }
}

/// The kinds of Seldon in a text that are passed through: of documents, items of a list, and JSON.
pub(crate) fn passed_kinds(text: &str) -> BTreeSet<PassedKind> {
    let mut kinds = BTreeSet::new();
    add_kinds(&mut kinds, text, CORE_2, |_| true);
    add_kinds(&mut kinds, text, CORE_1, |kind| !kind.is_empty() && !KINDS.contains(&kind));
    kinds
}

/// Adds the kinds of an API group that are passed through.
fn add_kinds(kinds: &mut BTreeSet<PassedKind>, text: &str, group: &str, is_passed: impl Fn(&str) -> bool) {
    for at in memmem::find_iter(text.as_bytes(), group) {
        let (before, after) = (&text[..at], &text[at..]);
        let Some(before) = before_key(before, "apiVersion").filter(|before| starts_a_resource(before)) else {
            continue;
        };
        let version = &after[..group.len() + word(&after[group.len()..]).len()];
        let rest = after[version.len()..].trim_start_matches(['"', '\'', ',', ' ', '\t', '\r', '\n']);
        let kind = kind_after(rest).or_else(|| kind_before(before)).unwrap_or_default();
        if is_passed(kind) {
            kinds.insert(PassedKind { version: version.to_owned(), kind: kind.to_owned() });
        }
    }
}

/// The text before a key, where that key and its colon are the end of `text`.
fn before_key<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let text = text.strip_suffix(['"', '\'']).unwrap_or(text).trim_end_matches([' ', '\t']).strip_suffix(':')?;
    let text = text.trim_end_matches([' ', '\t']);
    let text = text.strip_suffix(['"', '\'']).unwrap_or(text).strip_suffix(key)?;
    Some(text.strip_suffix(['"', '\'']).unwrap_or(text))
}

/// Returns true if a key after this text can be one of a resource: at the start of a line, of a list item or of a flow
/// mapping, or below a `kind` there. A text in a block scalar is indented, and none.
fn starts_a_resource(before: &str) -> bool {
    starts_a_mapping(before) || kind_before(before).is_some()
}

fn starts_a_mapping(before: &str) -> bool {
    before.is_empty()
        || before.ends_with(['\n', '\u{feff}'])
        || before.trim_end_matches(' ').ends_with('-') && before.ends_with(' ')
        || before.trim_end().ends_with(['{', ','])
}

/// The kind on the line before, at the same column.
fn kind_before(before: &str) -> Option<&str> {
    // No further back than that line: a line of JSON may hold any number of resources.
    let lines = before.trim_end_matches(' ').strip_suffix('\n')?;
    let column = before.len() - lines.len() - 1;
    let start = lines.rfind('\n').map_or(0, |end| end + 1);
    let key = start + lines[start..].find("kind")?;
    let is_beside = key - start == column && starts_a_mapping(&lines[..key]);
    kind_after(&lines[key..]).filter(|_| is_beside)
}

/// The kind, where the text begins with that key.
fn kind_after(text: &str) -> Option<&str> {
    let value = text.strip_prefix("kind")?.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
    Some(word(value.trim_start_matches([' ', '\t', '"', '\'']))).filter(|kind| !kind.is_empty())
}

fn word(text: &str) -> &str {
    &text[..text.find(|next: char| !next.is_ascii_alphanumeric()).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        passed_kinds(text).into_iter().map(|found| format!("{} {}", found.version, found.kind)).collect()
    }

    #[test]
    fn resources_are_found_in_every_form() {
        for text in [
            "apiVersion: mlops.seldon.io/v1alpha1\nkind: Model\n",
            "\u{feff}apiVersion: 'mlops.seldon.io/v1alpha1'\r\nkind: \"Model\"\r\n",
            "kind: Model\napiVersion: mlops.seldon.io/v1alpha1\n",
            "kind: List\nitems:\n- apiVersion: \"mlops.seldon.io/v1alpha1\"\n  kind: Model\n",
            "items:\n  - kind: Model\n    apiVersion: mlops.seldon.io/v1alpha1\n",
            "{\"apiVersion\":\"mlops.seldon.io/v1alpha1\",\"kind\":\"Model\"}",
            "{\n  \"apiVersion\": \"mlops.seldon.io/v1alpha1\",\n  \"kind\": \"Model\"\n}\n",
            "[{apiVersion: mlops.seldon.io/v1alpha1, kind: Model}]",
        ] {
            assert_eq!(found(text), ["mlops.seldon.io/v1alpha1 Model"], "{text}");
        }
        assert_eq!(found("apiVersion: mlops.seldon.io/v1\nmetadata: {}\nkind: Model\n"), ["mlops.seldon.io/v1 "]);
    }

    #[test]
    fn a_misspelt_kind_is_found() {
        let misspelt = "kind: SeldonDeploymnet\napiVersion: machinelearning.seldon.io/v1\n";
        assert_eq!(found(misspelt), ["machinelearning.seldon.io/v1 SeldonDeploymnet"]);
        for text in ["kind: SeldonDeploymentList", "kind: '{{ .Values.kind }}'", "metadata: {}\nkind: X"] {
            assert_eq!(found(&format!("apiVersion: machinelearning.seldon.io/v1\n{text}\n")), [""; 0], "{text}");
        }
    }

    #[test]
    fn other_text_is_not_a_resource() {
        for text in [
            "",
            "# apiVersion: mlops.seldon.io/v1alpha1\n",
            "data:\n  a: |\n    apiVersion: mlops.seldon.io/v1alpha1\n    kind: Model\n",
            "data:\n  a: |\n    kind: Model\n    apiVersion: mlops.seldon.io/v1alpha1\n",
            "group: mlops.seldon.io/v1alpha1\n",
            "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\n",
            "mlops.seldon.io/",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
