//! Each finding with its line, and a last line that sums up.

use std::fmt::Write as _;

use console::Style;

use super::{InputFindings, count};
use crate::credentials::Covered;
use crate::lint::Severity;
use crate::output::counted;
use crate::output::problem::{Shown, render};
use crate::text::Places;

/// Each finding with its line, and a last line that sums up.
pub fn to_text(inputs: &[InputFindings], colour: bool) -> String {
    let mut out = String::new();
    for InputFindings { name, text, findings, .. } in inputs {
        let mut positions = Places::new(text);
        let text = Covered::new(text, findings.iter().map(|finding| finding.range.start));
        for finding in findings {
            let level = format!("{}[{}]", finding.severity.name(), finding.rule.id);
            let style = match finding.severity {
                Severity::Error => Style::new().red().bold(),
                Severity::Warning => Style::new().yellow().bold(),
                Severity::Info => Style::new().cyan().bold(),
            };
            let shown = Shown {
                level: (&level, style),
                message: &finding.message,
                place: (&finding.range, &finding.path),
                also: None,
                help: &finding.help,
            };
            out.push_str(&render(&shown, name, &text, &mut positions, colour));
            out.push('\n');
        }
    }
    let _ = writeln!(out, "{}", summary(inputs));
    out
}

/// `2 errors, 1 warning`
fn summary(inputs: &[InputFindings]) -> String {
    let words = counted(&[
        (count(inputs, Severity::Error), "error", "errors"),
        (count(inputs, Severity::Warning), "warning", "warnings"),
        (count(inputs, Severity::Info), "info", "info"),
    ]);
    words.unwrap_or_else(|| "nothing found".to_owned())
}
