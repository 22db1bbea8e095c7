//! The status as a Markdown table, for the summary of a GitHub job.

use std::fmt::Write as _;

use console::Style;

use super::text::{heading_of, rows};
use super::{InputStatus, summary};
use crate::output::escaped;
use crate::output::table::Cell;

/// Characters with a meaning in Markdown, HTML or GitHub's formulas.
const MARKS: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '&', '|', '~', '#', '!', '$'];

/// The table of all inputs, with their names if there are several, and the summary.
pub fn to_markdown(inputs: &[InputStatus], lint_hint: Option<&str>) -> String {
    let groups: Vec<_> = inputs.iter().map(|input| (input.name.as_str(), rows(input, false).collect())).collect();
    let heading = heading_of(&groups, &Style::new());
    let mut out = String::new();
    let mut push = |name: &str, cells: [&Cell; 10]| {
        out.push('|');
        if inputs.len() > 1 {
            let _ = write!(out, " {} |", marks_escaped(&escaped(name)));
        }
        let shown = cells.into_iter().zip(heading.whole()).filter(|(_, heading)| !heading.text.is_empty());
        for (cell, _) in shown {
            let _ = write!(out, " {} |", marks_escaped(&cell.text));
        }
        out.push('\n');
    };
    if groups.iter().any(|(_, rows)| !rows.is_empty()) {
        push("FILE", heading.whole());
        push("---", [&Cell { text: "---".to_owned(), style: Style::new() }; 10]);
        for (name, rows) in &groups {
            rows.iter().for_each(|row| push(name, row.whole()));
        }
        out.push('\n');
    }
    let lint_hint = lint_hint.map(|command| format!("`{command}`"));
    let _ = writeln!(out, "{}", summary(inputs, lint_hint.as_deref()));
    out
}

fn marks_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if MARKS.contains(&char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}
