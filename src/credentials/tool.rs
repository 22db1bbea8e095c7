//! The messages of kustomize and Helm. They quote manifests, values and templates, so only listed words are shown.

use super::HIDDEN;
use super::names::is_field;

/// The words that are shown, in lower case and sorted: those of the messages of kustomize 5.8, Helm 3.22 and Helm 4.3.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "accumulate", "accumulating", "accumulation", "add", "added", "after", "all", "allowed", "already", "an",
    "anchor", "and", "annotation", "annotations", "any", "apiversion", "applied", "apply", "are", "argument", "as",
    "at", "available", "base", "be", "been", "before", "block", "bool", "boolean", "build", "building", "but", "by",
    "call", "calling", "cannot", "cause", "char", "character", "characters", "chart", "chart.yaml", "charts",
    "column", "compatible", "component", "components", "conflict", "conflicts", "constraint", "constraints",
    "contain", "contains", "content", "contents", "could", "create", "cycle", "data", "decode", "decoding",
    "defined", "definition", "denied", "dependencies", "dependency", "deployment", "detected", "did", "directory",
    "do", "document", "documents", "does", "doesn't", "don't", "duplicate", "duplicated", "empty", "encountered",
    "end", "entry", "env", "eof", "error", "errors", "evaluate", "evaluating", "exact", "executing", "execution",
    "exist", "exists", "expected", "expects", "fail", "failed", "failing", "failure", "false", "fetch", "field",
    "fieldpath", "fieldpaths", "fields", "file", "files", "find", "float64", "fnpath", "folder", "following", "for",
    "format", "found", "from", "function", "functions", "generate", "generating", "generator", "generators", "get",
    "given", "got", "group", "has", "have", "helm", "hook", "id", "identified", "if", "illegal", "import", "in",
    "include", "includes", "incompatible", "incorrect", "indentation", "index", "install", "int", "interface",
    "into", "invalid", "is", "isn't", "it", "item", "items", "json", "key", "keys", "kind", "known", "kubernetes",
    "kustomization", "kustomization.yaml", "kustomizationfile", "kustomize", "label", "labels", "length", "line",
    "lines", "list", "literal", "literals", "load", "loading", "local", "lock", "lookup", "malformed", "manifest",
    "manifests", "map", "mapping", "mappingnode", "match", "matches", "matching", "may", "merge", "merging",
    "message", "metadata", "might", "missing", "more", "multiple", "must", "name", "names", "namespace", "nil",
    "no", "node", "nodes", "not", "not-found", "null", "number", "obj", "object", "objects", "of", "on", "one",
    "only", "open", "opening", "operation", "option", "or", "out", "outside", "overlay", "parse", "parsing",
    "patch", "patches", "path", "paths", "permission", "please", "plugin", "pointer", "populate", "possible",
    "prefix", "previous", "process", "range", "read", "reading", "reference", "referenced", "references",
    "registered", "release", "remote", "render", "rendering", "replacement", "replacements", "repository",
    "required", "requires", "resolve", "resolved", "resource", "resources", "root", "rule", "same", "scalar",
    "scalarnode", "scan", "schema", "sections", "security", "see", "select", "selector", "semantic", "sequence",
    "sequencenode", "set", "should", "slice", "source", "specification", "specifications", "start", "stderr",
    "stdin", "stdout", "step", "strategic", "string", "struct", "structure", "subchart", "such", "suffix",
    "support", "supported", "syntax", "tag", "target", "targets", "template", "templates", "than", "that", "the",
    "them", "there", "this", "to", "token", "too", "transform", "transformer", "transformers", "true", "type",
    "types", "unable", "undefined", "unexpected", "unexported", "unknown", "unmarshal", "unmarshaling",
    "unmarshalling", "unrecognized", "unresolved", "unsupported", "use", "used", "using", "utf-8", "valid",
    "validate", "validating", "validation", "value", "values", "values.yaml", "var", "variable", "variables",
    "vars", "version", "versions", "was", "were", "when", "where", "which", "while", "with", "within", "without",
    "wrong", "yaml", "you", "your", "zero",
];

/// Names of positions, after which a number is shown.
const POSITIONS: [&str; 4] = ["line", "column", "lines", "columns"];

const MAX_DIGITS: usize = 6;

/// The longest word of punctuation that is shown, such as `->`.
const MAX_PUNCTUATION: usize = 2;

/// A message with a placeholder for all but listed words, names of fields, the paths of files and positions.
pub(crate) fn tool_message(message: &str, is_file: impl Fn(&str) -> bool) -> String {
    let lines = message.lines().map(|line| {
        let (mut out, mut before) = (Vec::new(), "");
        for word in line.split_whitespace() {
            let bare = word.trim_matches(|next: char| next.is_ascii_punctuation());
            let is_position = POSITIONS.contains(&before) && is_number(bare);
            let is_punctuation = bare.is_empty() && word.len() <= MAX_PUNCTUATION;
            match is_position || is_punctuation || is_word(bare) || is_file(without_position(bare)) {
                true => out.push(word.to_owned()),
                false if out.last().is_some_and(|last| *last == HIDDEN.to_string()) => {}
                false => out.push(HIDDEN.to_string()),
            }
            before = bare;
        }
        out.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_word(word: &str) -> bool {
    is_field(word) || WORDS.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.len() <= MAX_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A path without the line and the column after it.
fn without_position(word: &str) -> &str {
    let shorter =
        |word: &str| word.rsplit_once(':').filter(|(_, number)| is_number(number)).map(|(path, _)| path.len());
    let path = shorter(word).map_or(word, |end| &word[..end]);
    shorter(path).map_or(path, |end| &path[..end])
}

#[cfg(test)]
mod tests {
    use super::{WORDS, tool_message};

    fn shown(message: &str) -> String {
        tool_message(message, |path| path == "templates/iris.yaml")
    }

    #[test]
    fn words_are_sorted() {
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn only_what_is_listed_is_shown() {
        let cases = [
            ("Error: invalid literal source sesame7", "Error: invalid literal source …"),
            (
                "wrong node kind: expected SequenceNode but got ScalarNode: node contents:\nsesame7",
                "wrong node kind: expected sequencenode",
            ),
            (
                "Error: template: (templates/iris.yaml:5:20): at <.Values.dsn>: nil pointer",
                "Error: template: (templates/iris.yaml:5:20): at … nil pointer",
            ),
            ("yaml: line 5: mapping values are not allowed", "yaml: line 5: mapping values are not allowed"),
            ("password 12345 is not allowed", "… is not allowed"),
            ("found !@#$%^&* here - there", "found … - there"),
            ("unknown anchor 'sesame7' referenced", "unknown anchor … referenced"),
        ];
        for (message, expected) in cases {
            let shown = shown(message);
            assert!(shown.to_lowercase().starts_with(&expected.to_lowercase()), "{message}: {shown}");
            assert!(!shown.contains("sesame7") && !shown.contains("12345"), "{shown}");
        }
    }
}
