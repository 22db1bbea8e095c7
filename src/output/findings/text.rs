//! Each finding with its line, and a last line that sums up.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use console::Style;

use super::{InputFindings, count};
use crate::lint::Severity;
use crate::output::counted;
use crate::output::problem::{Shown, render};
use crate::text::Places;

/// Each finding with its line, and a last line that sums up.
pub fn to_text(inputs: &[InputFindings], colour: bool) -> String {
    let mut out = String::new();
    for InputFindings { name, text, credentials, findings, .. } in inputs {
        let mut positions = Places::new(text);
        let text = masked(text, credentials);
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

/// The text with asterisks for the bytes of credentials, so that no line that is shown holds one. Every other byte
/// stands where it stood; columns are counted in the text itself, where a character may have several bytes.
fn masked<'t>(text: &'t str, credentials: &[Range<usize>]) -> Cow<'t, str> {
    if credentials.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in credentials.iter().flat_map(|range| range.clone()) {
        if !b"\r\n".contains(&bytes[byte]) {
            bytes[byte] = b'*';
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
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
