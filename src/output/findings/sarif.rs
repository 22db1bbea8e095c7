//! The findings as SARIF 2.1.0, which GitHub's code scanning and editors read.

use std::path::{Component, Path};

use serde::Serialize;

use super::{InputFindings, PrintedFinding, Region, each, in_brackets};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::findings::Finding;
use crate::lint::{RULES, Rule};
use crate::output::escaped;
use crate::output::json::pretty;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The path of standard input.
const STDIN: &str = "stdin";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'a str,
    newline_sequences: [&'a str; 3],
    /// Never left out: a run without results means that nothing was checked.
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    semantic_version: &'a str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: RuleProperties<'a>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: SarifLevel,
}

/// The properties by which GitHub sorts and filters.
#[derive(Serialize)]
struct RuleProperties<'a> {
    tags: [&'a str; 2],
    precision: &'a str,
    #[serde(rename = "problem.severity")]
    severity: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: Option<usize>,
    level: SarifLevel,
    message: Text,
    locations: [Location<'a>; 1],
    partial_fingerprints: Fingerprints,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum SarifLevel {
    Note,
    Warning,
    Error,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation,
    logical_locations: [LogicalLocation<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: SarifRegion,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    name: &'a str,
    fully_qualified_name: String,
}

/// Identifies a finding after its lines have moved.
#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "seldonTrace/v1")]
    v1: String,
}

/// One run with all rules and the findings of all inputs, with a line break at the end.
///
/// # Errors
/// None with these types.
pub fn to_sarif(inputs: &[InputFindings]) -> serde_json::Result<String> {
    let version = env!("CARGO_PKG_VERSION");
    let rules = RULES.iter().map(Descriptor::of).collect();
    let driver = Driver { name: env!("CARGO_PKG_NAME"), version, semantic_version: version, rules };
    let run = Run {
        tool: Tool { driver },
        column_kind: "unicodeCodePoints",
        newline_sequences: ["\r\n", "\n", "\r"],
        results: each(inputs).map(SarifResult::of).collect(),
    };
    pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

impl<'a> Descriptor<'a> {
    fn of(rule: &'a Rule) -> Self {
        let Rule { id, finds, explanation, source, wrong, right, .. } = rule;
        let text = format!("Finds:\n\n{wrong}\n\nWants:\n\n{right}\n\nSource: {source}");
        let markdown =
            format!("Finds:\n\n```yaml\n{wrong}\n```\n\nWants:\n\n```yaml\n{right}\n```\n\nSource: {source}");
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "recommendation",
        };
        Self {
            id,
            short_description: Text { text: (*finds).to_owned() },
            full_description: Text { text: (*explanation).to_owned() },
            help: Help { text, markdown },
            default_configuration: Configuration { level: SarifLevel::of(rule.severity) },
            properties: RuleProperties { tags: ["seldon-core", "tracing"], precision: "high", severity },
        }
    }
}

impl<'a> SarifResult<'a> {
    fn of(printed: PrintedFinding<'a>) -> Self {
        let PrintedFinding { input, finding, diagnostic, region, resource } = printed;
        let Finding { rule, deployment, landmark, .. } = finding;
        let Diagnostic { severity, path, message, help, .. } = diagnostic;
        let Region { start, end } = region;
        let resource = in_brackets(&resource);
        // In a short view, GitHub shows the first sentence.
        let words = match help.as_str() {
            "" => format!("{message}{resource}."),
            help => format!("{message}{resource}. Help: {help}."),
        };
        let lines = SarifRegion {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        };
        let location = Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: input.path.as_deref().map_or(STDIN.to_owned(), uri) },
                region: lines,
            },
            logical_locations: [LogicalLocation {
                name: deployment,
                fully_qualified_name: format!("{deployment}:{path}"),
            }],
        };
        Self {
            rule_id: rule.id,
            rule_index: RULES.iter().position(|other| other.id == rule.id),
            level: SarifLevel::of(severity),
            message: Text { text: escaped(&words) },
            locations: [location],
            partial_fingerprints: Fingerprints { v1: format!("{}:{deployment}:{landmark}", rule.id) },
        }
    }
}

impl SarifLevel {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Note,
        }
    }
}

/// A path as a URI: one relative to the working folder stays relative.
fn uri(path: &Path) -> String {
    let steps = path.components().filter(|step| !matches!(step, Component::CurDir | Component::RootDir));
    let steps: Vec<String> = steps.map(|step| percent_encoded(step.as_os_str().as_encoded_bytes())).collect();
    let root = if path.is_absolute() { "file:///" } else { "" };
    format!("{root}{}", steps.join("/"))
}

/// Escapes every byte that RFC 3986 does not allow everywhere.
fn percent_encoded(bytes: &[u8]) -> String {
    let encoded = |byte: &u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        for (path, wanted) in [
            ("a.yaml", "a.yaml"),
            ("./deploy//a.yaml", "deploy/a.yaml"),
            ("../a b/50%.yaml", "../a%20b/50%25.yaml"),
            ("1:2/é?#.yaml", "1%3A2/%C3%A9%3F%23.yaml"),
        ] {
            assert_eq!(uri(Path::new(path)), wanted, "{path}");
        }
        let root = std::env::temp_dir();
        assert!(uri(&root.join("a.yaml")).starts_with("file:///"));
    }

    /// GitHub cuts what is longer.
    #[test]
    fn descriptions_are_no_longer_than_github_takes() {
        for Rule { id, finds, explanation, .. } in RULES {
            assert!(finds.chars().count() <= 1024 && explanation.chars().count() <= 1024, "{id}");
        }
    }
}
