//! Each finding with its line, and the last line.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{InputFindings, count};
use crate::diagnostic::Severity;
use crate::lint::findings::Finding;
use crate::output::counted;
use crate::output::diagnostic::Renderer;

/// Each finding of at least this severity with its line. An info that is found in several places is shown once, with
/// their number.
pub fn to_text(inputs: &[InputFindings], least: Severity, colour: bool) -> String {
    let mut out = String::new();
    let mut repeated = repeated_infos(inputs);
    for InputFindings { name, text, findings, .. } in inputs {
        let mut renderer = Renderer::new(findings.iter().map(|finding| &finding.diagnostic), name, text, colour);
        for finding in findings.iter().filter(|finding| finding.diagnostic.severity >= least) {
            let mut diagnostic = Cow::Borrowed(&finding.diagnostic);
            if diagnostic.severity == Severity::Info {
                match repeated.remove(&gist(finding)) {
                    None => continue,
                    Some(1) => {}
                    Some(places) => {
                        diagnostic.to_mut().message += &format!(" ({places} places, this is the first)");
                    }
                }
            }
            out += &renderer.render(&diagnostic, &format!("[{}]", finding.rule.id));
            out.push('\n');
        }
    }
    out
}

/// The parts by which infos are the same, wherever they are found.
type Gist<'a> = (&'a str, &'a str, &'a str);

fn gist(finding: &Finding) -> Gist<'_> {
    (finding.rule.id, &finding.diagnostic.message, &finding.diagnostic.help)
}

/// The number of places of each info.
fn repeated_infos(inputs: &[InputFindings]) -> HashMap<Gist<'_>, usize> {
    let mut places = HashMap::new();
    let findings = inputs.iter().flat_map(|input| &input.findings);
    for finding in findings.filter(|finding| finding.diagnostic.severity == Severity::Info) {
        *places.entry(gist(finding)).or_default() += 1;
    }
    places
}

/// The last line: `2 errors, 1 warning; not shown: 3 infos (--show info)`
pub(crate) fn summary(inputs: &[InputFindings], least: Severity) -> String {
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
