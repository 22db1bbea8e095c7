//! The same table in Markdown, as GitHub shows it in the summary of a job.

use std::fmt::Write as _;

use console::Style;

use super::text::{heading_of, rows};
use super::{InputStatus, summary};
use crate::output::escaped;
use crate::output::table::Cell;

/// What Markdown, HTML in it or GitHub's formulas would take for something else.
const MARKS: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '&', '|', '~', '#', '!', '$'];

/// The table of all inputs, with their names where there are several, and the line that sums up.
pub fn to_markdown(inputs: &[InputStatus], way_to_lint: Option<&str>) -> String {
    let groups: Vec<_> = inputs.iter().map(|input| (input.name.as_str(), rows(input, false).collect())).collect();
    let heading = heading_of(&groups, &Style::new());
    let mut out = String::new();
    let mut push = |name: &str, cells: &[Cell]| {
        out.push('|');
        if inputs.len() > 1 {
            let _ = write!(out, " {} |", marks_escaped(&escaped(name)));
        }
        let shown = cells.iter().zip(heading.whole()).filter(|(_, heading)| !heading.text.is_empty());
        for (cell, _) in shown {
            let _ = write!(out, " {} |", marks_escaped(&cell.text));
        }
        out.push('\n');
    };
    if groups.iter().any(|(_, rows)| !rows.is_empty()) {
        push("FILE", &heading.whole());
        push("---", &heading.whole().map(|cell| Cell { text: "---".to_owned(), ..cell }));
        for (name, rows) in &groups {
            rows.iter().for_each(|row| push(name, &row.whole()));
        }
        out.push('\n');
    }
    // GitHub shows a command as it is typed where it is code.
    let way_to_lint = way_to_lint.map(|way| format!("`{way}`"));
    let _ = writeln!(out, "{}", summary(inputs, way_to_lint.as_deref()));
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
