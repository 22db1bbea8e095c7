//! A problem with its place: the message, where it stands, the line itself, and what to do.

use std::fmt::Write as _;
use std::ops::Range;

use console::Style;

use super::escaped;
use crate::credentials::{Covered, without};
use crate::documents::Problem;
use crate::settings::{Fault, Refused};
use crate::text::{Places, Position, line_end, line_start};

/// How much of a line is shown on either side of the place, in characters.
const WINDOW: usize = 60;

/// Something to be shown with its place.
pub(super) struct Shown<'a> {
    /// How bad it is, in a word, and in which style.
    pub level: (&'a str, Style),
    /// What is wrong.
    pub message: &'a str,
    /// The bytes at fault, and what is said there.
    pub place: (&'a Range<usize>, &'a str),
    /// A second place that has to do with it, and what it has.
    pub also: Option<(&'a Range<usize>, &'a str)>,
    /// What to do; may be empty.
    pub help: &'a str,
}

/// The problems of a text as they are shown, each with a line break at its end.
pub fn render_all(problems: &[Problem], name: &str, text: &str, colour: bool) -> String {
    let mut positions = Places::new(text);
    let also = |problem: &Problem| problem.also.as_ref().map(|(range, _)| range.start);
    let text =
        Covered::new(text, problems.iter().flat_map(|problem| also(problem).into_iter().chain([problem.range.start])));
    let shown = |problem: &Problem| {
        let shown = Shown {
            level: ("error", Style::new().red().bold()),
            message: &problem.message,
            place: (&problem.range, &problem.path),
            also: problem.also.as_ref().map(|(range, words)| (range, &**words)),
            help: &problem.help,
        };
        render(&shown, name, &text, &mut positions, colour)
    };
    problems.iter().map(shown).collect()
}

/// What is wrong with settings, each with a line break at its end. What was typed has no line to show.
pub fn render_refused(refused: &Refused, colour: bool) -> String {
    let Refused { name, text, faults } = refused;
    let mut positions = Places::new(text);
    let covered = Covered::new(text, faults.iter().filter_map(|fault| Some(fault.spot.as_ref()?.range.start)));
    let shown = |Fault { spot, message, help }: &Fault| {
        let [message, help] = [message, help].map(|words| without(words));
        match spot {
            Some(spot) => {
                let level = ("error", Style::new().red().bold());
                let place = (&spot.range, &*without(&spot.path));
                let shown = Shown { level, message: &message, place, also: None, help: &help };
                render(&shown, name, &covered, &mut positions, colour)
            }
            None if help.is_empty() => format!("error: {}\n", escaped(&message)),
            None => format!("error: {}\n  = help: {}\n", escaped(&message), escaped(&help)),
        }
    };
    faults.iter().map(shown).collect()
}

/// One thing as it is shown, with a line break at its end.
pub(super) fn render(
    thing: &Shown<'_>,
    name: &str,
    text: &Covered<'_>,
    positions: &mut Places<'_>,
    colour: bool,
) -> String {
    let style = |style: Style| style.force_styling(colour);
    let (level, style_of_level) = (thing.level.0, style(thing.level.1.clone()));
    let (blue, bold) = (style(Style::new().blue().bold()), style(Style::new().bold()));
    let mut out = String::new();
    let message = bold.apply_to(escaped(thing.message)).to_string();
    let _ = writeln!(out, "{}{} {message}", style_of_level.apply_to(level), bold.apply_to(":"));
    let mut place = |range: &Range<usize>| positions.position(range.start);
    let (range, words) = thing.place;
    let mut places = vec![(place(range), range, escaped(words), &style_of_level)];
    if let Some((range, words)) = thing.also {
        places.push((place(range), range, escaped(words), &blue));
    }
    let width = places.iter().map(|(place, ..)| place.line).max().map_or(1, |number| number.to_string().len());
    let bar = blue.apply_to("|");
    for (Position { line: number, column }, range, label, marks) in places {
        let (line, before, length) = shown(text, range);
        let _ = writeln!(out, "{:width$}{} {name}:{number}:{column}", "", blue.apply_to("-->"));
        let _ = writeln!(out, "{:width$} {bar}", "");
        let _ = writeln!(out, "{} {bar} {line}", blue.apply_to(format!("{number:width$}")));
        let marked = format!("{} {label}", "^".repeat(length));
        let _ = writeln!(out, "{:width$} {bar} {:before$}{}", "", "", marks.apply_to(marked.trim_end()));
    }
    if !thing.help.is_empty() {
        let _ =
            writeln!(out, "{:width$} {} {}: {}", "", blue.apply_to("="), bold.apply_to("help"), escaped(thing.help));
    }
    out
}

/// The line of a place, cut to a window around it, with the width of what stands before the place and of the place. What
/// is outside of the window is not looked at: a stream may have any number of problems on one line.
fn shown(covered: &Covered<'_>, range: &Range<usize>) -> (String, usize, usize) {
    let text = covered.text();
    let at = range.start.min(text.len());
    let window_start = text[..at].char_indices().rev().nth(WINDOW).map_or(0, |(start, _)| start);
    let window_end = text[at..].char_indices().nth(WINDOW).map_or(text.len(), |(end, _)| at + end);
    let window = &text[window_start..window_end];
    let start = window_start + line_start(window, at - window_start);
    let end = window_start + line_end(window, start - window_start);
    let (from, to) = (at.clamp(start, end), range.end.clamp(at.clamp(start, end), end));
    let ellipsis = |is_cut: bool| if is_cut { "…" } else { "" };
    let cut_before = start == window_start && !text[..start].is_empty() && !text[..start].ends_with(['\n', '\r']);
    let cut_after = end == window_end && !text[end..].is_empty() && !text[end..].starts_with(['\n', '\r']);
    let before = format!("{}{}", ellipsis(cut_before), escaped(&covered.shown(start..from)));
    let after = escaped(&covered.shown(from..end));
    let marked = escaped(&covered.shown(from..to));
    let width = |text: &str| console::measure_text_width(text);
    (format!("{before}{after}{}", ellipsis(cut_after)), width(&before), width(&marked).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::ProblemKind;

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
            render_all(&[problem], "x.yaml", text, false),
            "error: expected a list, found a mapping\n --> x.yaml:2:6\n  |\n2 | env: {\\u{1b}}\n  |      ^^^^^^^^ env\n  = help: write a list\n"
        );
    }
}
