//! The findings of lint as text, JSON, workflow commands of GitHub and SARIF.

mod github;
mod json;
mod sarif;
mod text;

use std::path::PathBuf;

use crate::credentials::{Covered, ResourceName, TextKind, printed};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::findings::Finding;
use crate::text::{Places, Position};

pub use github::to_github;
pub(crate) use json::SCHEMA;
pub use json::to_json;
pub use sarif::to_sarif;
pub(crate) use text::summary;
pub use text::to_text;

/// An input and what was found in it.
#[derive(Debug)]
pub struct InputFindings {
    /// The input's name, to be shown.
    pub name: String,
    /// The path, byte for byte; none for standard input.
    pub path: Option<PathBuf>,
    /// The text.
    pub text: String,
    /// The findings, in the order of the text.
    pub findings: Vec<Finding>,
    /// The number of selected deployments.
    pub deployments: usize,
}

/// The position of a finding.
#[derive(Clone, Copy)]
struct Region {
    /// The first character.
    start: Position,
    /// The column after its last character.
    end: Position,
}

/// The number of findings with this severity.
fn count(inputs: &[InputFindings], severity: Severity) -> usize {
    inputs.iter().flat_map(|input| &input.findings).filter(|finding| finding.diagnostic.severity == severity).count()
}

/// A finding in the form in which it is printed.
struct PrintedFinding<'a> {
    input: &'a InputFindings,
    finding: &'a Finding,
    diagnostic: Diagnostic,
    region: Region,
    resource: ResourceName,
}

/// The findings of all inputs, in their order.
fn each(inputs: &[InputFindings]) -> impl Iterator<Item = PrintedFinding<'_>> {
    inputs.iter().flat_map(|input| {
        let starts = input.findings.iter().filter_map(|finding| finding.diagnostic.span.as_ref());
        let text = Covered::new(&input.text, TextKind::Manifest, starts.map(|span| span.start));
        let mut places = Places::new(&input.text);
        input.findings.iter().map(move |finding| {
            let diagnostic = printed(&finding.diagnostic);
            let region = Region::of(&diagnostic, &input.text, &mut places);
            let start = diagnostic.span.as_ref().map(|span| span.start);
            let resource = start.and_then(|start| text.resource_at(start)).cloned().unwrap_or_default();
            PrintedFinding { input, finding, diagnostic, region, resource }
        })
    })
}

/// ` (SeldonDeployment prod/iris)`, or nothing where no resource is known.
fn in_brackets(resource: &ResourceName) -> String {
    if *resource == ResourceName::default() { String::new() } else { format!(" ({resource})") }
}

impl Region {
    /// Without the line breaks at its end, which a block scalar has.
    fn of(diagnostic: &Diagnostic, text: &str, places: &mut Places<'_>) -> Self {
        let bytes = diagnostic.span.clone().unwrap_or_default();
        let words = text.get(bytes.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']);
        Self { start: places.position(bytes.start), end: places.position(bytes.start + words.len()) }
    }
}
