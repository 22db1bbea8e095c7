//! Each finding with its line, and a last line that sums up.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use console::Style;

use super::{InputFindings, count};
use crate::credentials::Covered;
use crate::lint::Severity;
use crate::lint::findings::Finding;
use crate::output::counted;
use crate::output::problem::{Shown, render};
use crate::text::Places;

/// Each finding of at least this severity with its line, and a last line that sums up and counts the rest. An info that
/// is found in several places is shown once, with their number.
pub fn to_text(inputs: &[InputFindings], least: Severity, colour: bool) -> String {
    let mut out = String::new();
    let mut repeated = repeated_infos(inputs);
    for InputFindings { name, text, findings, .. } in inputs {
        let mut positions = Places::new(text);
        let text = Covered::new(text, findings.iter().map(|finding| finding.range.start));
        for finding in findings.iter().filter(|finding| finding.severity >= least) {
            let mut message = Cow::Borrowed(&finding.message);
            if finding.severity == Severity::Info {
                match repeated.remove(&gist(finding)) {
                    None => continue,
                    Some(1) => {}
                    Some(places) => message = Cow::Owned(format!("{message} ({places} places, this is the first)")),
                }
            }
            let level = format!("{}[{}]", finding.severity.name(), finding.rule.id);
            let style = match finding.severity {
                Severity::Error => Style::new().red().bold(),
                Severity::Warning => Style::new().yellow().bold(),
                Severity::Info => Style::new().cyan().bold(),
            };
            let shown = Shown {
                level: (&level, style),
                message: &message,
                place: (&finding.range, &finding.path),
                also: None,
                help: &finding.help,
            };
            out.push_str(&render(&shown, name, &text, &mut positions, colour));
            out.push('\n');
        }
    }
    let _ = writeln!(out, "{}", summary(inputs, least));
    out
}

/// What tells an info from others, wherever it is found.
type Gist<'a> = (&'a str, &'a str, &'a str);

fn gist(finding: &Finding) -> Gist<'_> {
    (finding.rule.id, &finding.message, &finding.help)
}

/// The number of places of each info.
fn repeated_infos(inputs: &[InputFindings]) -> HashMap<Gist<'_>, usize> {
    let mut places = HashMap::new();
    let findings = inputs.iter().flat_map(|input| &input.findings);
    for finding in findings.filter(|finding| finding.severity == Severity::Info) {
        *places.entry(gist(finding)).or_default() += 1;
    }
    places
}

/// `2 errors, 1 warning; not shown: 3 infos (--show info)`
fn summary(inputs: &[InputFindings], least: Severity) -> String {
    let of = |is_asked: &dyn Fn(Severity) -> bool| {
        let parts = [
            (Severity::Error, "error", "errors"),
            (Severity::Warning, "warning", "warnings"),
            (Severity::Info, "info", "infos"),
        ];
        let parts = parts.into_iter().filter(|(severity, ..)| is_asked(*severity));
        let parts: Vec<_> = parts.map(|(severity, one, several)| (count(inputs, severity), one, several)).collect();
        counted(&parts)
    };
    let shown = of(&|severity| severity >= least);
    let deployments: usize = inputs.iter().map(|input| input.deployments).sum();
    let shown = shown.unwrap_or_else(|| match counted(&[(deployments, "deployment", "deployments")]) {
        Some(deployments) => format!("nothing found in {deployments}"),
        None => "nothing found: no deployment is selected".to_owned(),
    });
    let hidden = of(&|severity| severity < least);
    let way = if count(inputs, Severity::Info) > 0 { "info" } else { "warning" };
    shown + &hidden.map_or_else(String::new, |hidden| format!("; not shown: {hidden} (--show {way})"))
}
