//! A problem with its place: the message, where it stands, the line itself, and what to do.

use std::fmt::Write as _;
use std::ops::Range;

use console::Style;

use super::escaped;
use crate::text::{line_end, line_start, position};
use crate::transform::Problem;

/// How much of a line is shown on either side of the place, in characters.
const WINDOW: usize = 60;

/// A problem as it is shown, with a line break at its end.
pub fn render(problem: &Problem, name: &str, text: &str, colour: bool) -> String {
    let style = |style: Style| style.force_styling(colour);
    let (red, blue, bold) =
        (style(Style::new().red().bold()), style(Style::new().blue().bold()), style(Style::new().bold()));
    let mut out = String::new();
    let message = bold.apply_to(escaped(&problem.message)).to_string();
    let _ = writeln!(out, "{}{} {message}", red.apply_to("error"), bold.apply_to(":"));
    let mut places = vec![(&problem.range, escaped(&problem.path), &red)];
    if let Some((range, words)) = &problem.also {
        places.push((range, escaped(words), &blue));
    }
    let numbers: Vec<usize> = places.iter().map(|(range, ..)| position(text, range.start).line).collect();
    let width = numbers.iter().max().map_or(1, |number| number.to_string().len());
    let bar = blue.apply_to("|");
    for ((range, label, marks), number) in places.into_iter().zip(numbers) {
        let place = position(text, range.start);
        let (line, before, length) = shown(text, range);
        let _ = writeln!(out, "{:width$}{} {name}:{}:{}", "", blue.apply_to("-->"), place.line, place.column);
        let _ = writeln!(out, "{:width$} {bar}", "");
        let _ = writeln!(out, "{} {bar} {line}", blue.apply_to(format!("{number:width$}")));
        let marked = format!("{} {label}", "^".repeat(length));
        let _ = writeln!(out, "{:width$} {bar} {:before$}{}", "", "", marks.apply_to(marked.trim_end()));
    }
    if !problem.help.is_empty() {
        let _ =
            writeln!(out, "{:width$} {} {}: {}", "", blue.apply_to("="), bold.apply_to("help"), escaped(&problem.help));
    }
    out
}

/// The line of a place, cut to a window around it, with the width of what stands before the place and of the place.
fn shown(text: &str, range: &Range<usize>) -> (String, usize, usize) {
    let start = line_start(text, range.start.min(text.len()));
    let end = line_end(text, start);
    let (from, to) = (range.start.clamp(start, end), range.end.clamp(range.start.clamp(start, end), end));
    let cut_before = text[start..from].char_indices().rev().nth(WINDOW).map(|(at, _)| start + at);
    let cut_after = text[from..end].char_indices().nth(WINDOW).map(|(at, _)| from + at);
    let ellipsis = if cut_before.is_some() { "…" } else { "" };
    let before = format!("{ellipsis}{}", escaped(&text[cut_before.unwrap_or(start)..from]));
    let after = escaped(&text[from..cut_after.unwrap_or(end)]);
    let tail = if cut_after.is_some() { "…" } else { "" };
    let marked = escaped(&text[from..to.min(cut_after.unwrap_or(end))]);
    let width = |text: &str| console::measure_text_width(text);
    (format!("{before}{after}{tail}"), width(&before), width(&marked).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::ProblemKind;

    #[test]
    fn a_place_is_shown_with_its_line() {
        let text = "a: b\nenv: {\u{1b}}\n";
        let problem = Problem {
            kind: ProblemKind::Manifest,
            range: 10..13,
            path: "env".into(),
            message: "expected a list, found a mapping".into(),
            also: None,
            help: "write a list".into(),
        };
        assert_eq!(
            render(&problem, "x.yaml", text, false),
            "error: expected a list, found a mapping\n --> x.yaml:2:6\n  |\n2 | env: {\\u{1b}}\n  |      ^^^^^^^^ env\n  = help: write a list\n"
        );
    }
}
