//! A diagnostic as text: the message, its place, the line itself, and what to do.

use std::fmt::Write as _;
use std::ops::Range;

use console::Style;

use super::escaped;
use crate::credentials::{Covered, TextKind, printed};
use crate::diagnostic::{Diagnostic, DiagnosticKind, Severity};
use crate::text::{Places, Position, line_end, line_start};

/// The longest part of a line that is shown on either side of the place, in characters.
const WINDOW: usize = 60;

/// Diagnostics of a text as they are shown, each with a line break at its end.
pub fn render_all(diagnostics: &[Diagnostic], name: &str, text: &str, colour: bool) -> String {
    let mut renderer = Renderer::new(diagnostics, name, text, colour);
    diagnostics.iter().map(|diagnostic| renderer.render(diagnostic, "")).collect()
}

/// Renders the diagnostics of a text.
pub(super) struct Renderer<'t> {
    name: &'t str,
    text: Covered<'t>,
    places: Places<'t>,
    colour: bool,
}

impl<'t> Renderer<'t> {
    /// One for these diagnostics alone: it masks no other line.
    pub(super) fn new<'d>(
        diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
        name: &'t str,
        text: &'t str,
        colour: bool,
    ) -> Self {
        let spans =
            |diagnostic: &'d Diagnostic| diagnostic.span.iter().chain(diagnostic.related.iter().map(|one| &one.0));
        let mut kind = TextKind::Manifest;
        let starts: Vec<usize> = diagnostics
            .into_iter()
            .inspect(|one| {
                if one.kind == DiagnosticKind::Settings {
                    kind = TextKind::Settings;
                }
            })
            .flat_map(spans)
            .map(|span| span.start)
            .collect();
        Self { name, text: Covered::new(text, kind, starts), places: Places::new(text), colour }
    }

    /// A diagnostic, with a line break at its end. `rule` is what found it, in brackets.
    pub(super) fn render(&mut self, diagnostic: &Diagnostic, rule: &str) -> String {
        let Diagnostic { severity, span, path, message, related, help, .. } = printed(diagnostic);
        let style = |style: Style| style.force_styling(self.colour);
        let (blue, bold) = (style(Style::new().blue().bold()), style(Style::new().bold()));
        let of_severity = style(match severity {
            Severity::Error => Style::new().red().bold(),
            Severity::Warning => Style::new().yellow().bold(),
            Severity::Info => Style::new().cyan().bold(),
        });
        let level = of_severity.apply_to(format!("{}{rule}", severity.name()));
        let mut out = format!("{level}{} {}\n", bold.apply_to(":"), bold.apply_to(escaped(&message)));
        let places = span.map(|span| (span, path, &of_severity)).into_iter();
        let places = places.chain(related.map(|(span, words)| (span, words, &blue)));
        let mut position = |span: &Range<usize>| self.places.position(span.start);
        let places: Vec<_> = places.map(|place| (position(&place.0), place)).collect();
        let width = places.iter().map(|(place, _)| place.line).max().map_or(1, |number| number.to_string().len());
        let bar = blue.apply_to("|");
        let mut last = None;
        for (Position { line: number, column }, (span, label, marks)) in places {
            let (line, before, length) = shown(&self.text, &span);
            // Named once if both places are in it.
            let resource = self.text.resource_at(span.start).filter(|name| last.replace(*name) != Some(*name));
            let resource = resource.map_or_else(String::new, |name| format!(" ({})", escaped(&name.to_string())));
            let _ = writeln!(out, "{:width$}{} {}:{number}:{column}{resource}", "", blue.apply_to("-->"), self.name);
            let _ = writeln!(out, "{:width$} {bar}", "");
            let _ = writeln!(out, "{} {bar} {line}", blue.apply_to(format!("{number:width$}")));
            let marked = format!("{} {}", "^".repeat(length), escaped(&label));
            let _ = writeln!(out, "{:width$} {bar} {:before$}{}", "", "", marks.apply_to(marked.trim_end()));
        }
        if !help.is_empty() {
            let (equals, word) = (blue.apply_to("="), bold.apply_to("help"));
            let _ = writeln!(out, "{:width$} {equals} {word}: {}", "", escaped(&help));
        }
        out
    }
}

/// The line of a place, cut to a window around it, with the width of the text before the place and of the place.
/// Text outside the window is not read: a stream may have any number of problems on one line.
fn shown(covered: &Covered<'_>, range: &Range<usize>) -> (String, usize, usize) {
    let text = covered.text();
    let at = range.start.min(text.len());
    let window_start = text[..at].char_indices().rev().nth(WINDOW).map_or(0, |(start, _)| start);
    let window_end = text[at..].char_indices().nth(WINDOW).map_or(text.len(), |(end, _)| at + end);
    let window = &text[window_start..window_end];
    let start = window_start + line_start(window, at - window_start);
    let end = window_start + line_end(window, start - window_start);
    let (from, to) = (at.clamp(start, end), range.end.clamp(at.clamp(start, end), end));
    // A hidden part has one placeholder, and is marked as a whole.
    let from = covered.hidden_at(from).map_or(from, |hidden| hidden.start.max(start));
    let to = covered.hidden_at(to).map_or(to, |hidden| if hidden.start < to { hidden.end.min(end) } else { to });
    let ellipsis = |is_cut: bool, at: usize| if is_cut && covered.hidden_at(at).is_none() { "…" } else { "" };
    let cut_before = start == window_start && !text[..start].is_empty() && !text[..start].ends_with(['\n', '\r']);
    let cut_after = end == window_end && !text[end..].is_empty() && !text[end..].starts_with(['\n', '\r']);
    let before = format!("{}{}", ellipsis(cut_before, start), escaped(&covered.shown(start..from)));
    let after = escaped(&covered.shown(from..end));
    let marked = escaped(&covered.shown(from..to));
    let width = |text: &str| console::measure_text_width(text);
    (format!("{before}{after}{}", ellipsis(cut_after, end.saturating_sub(1))), width(&before), width(&marked).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_place_is_shown_with_its_line() {
        let text = "a: b\nkind: \u{1b}\n";
        let wrong = Diagnostic::new("expected a list, found a mapping", "write a list").at(11..12);
        assert_eq!(
            render_all(
                &[Diagnostic { kind: DiagnosticKind::Settings, path: "kind".into(), ..wrong }],
                "x.yaml",
                text,
                false
            ),
            "error: expected a list, found a mapping\n --> x.yaml:2:7\n  |\n2 | kind: \\u{1b}\n  |       ^^^^^^ kind\n  = help: write a list\n"
        );
    }
}
