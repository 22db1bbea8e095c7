//! The settings that are in force, and where each comes from.

use std::fmt::Write as _;

use console::Style;

use super::escaped;
use super::table::{Cell, line, widths};
use crate::profile::{Form, Key};
use crate::settings::{Setting, Stack};

/// The settings of a run as a table, then what each override says.
pub fn to_text(stack: &Stack) -> String {
    let in_force = stack.settings(&[]);
    let mut rows = Vec::new();
    for key in Key::all() {
        let said: Vec<&Setting> = in_force.said(key).collect();
        rows.extend(said.iter().map(|setting| row(stack, setting)));
        if said.is_empty() {
            rows.push([key.name().to_owned(), default(key).to_owned(), "ours".to_owned()]);
        }
    }
    let mut out = table(["SETTING", "VALUE", "FROM"], &rows);
    for one in stack.overrides() {
        let _ = writeln!(out, "\nFor {} ({}):", escaped(&one.title), stack.place(&one.spot));
        let rows: Vec<_> = one.settings().iter().map(|setting| row(stack, setting)).collect();
        out.push_str(&table(["SETTING", "VALUE", "FROM"], &rows));
    }
    out
}

/// The value of an option that nobody gives.
fn default(key: Key) -> &'static str {
    match key.spec().form {
        Form::Switch => "false",
        _ => key.spec().default.unwrap_or("–"),
    }
}

fn row(stack: &Stack, setting: &Setting) -> [String; 3] {
    let name = match setting.key.spec().form {
        Form::Pairs(_) => format!("{}.{}", setting.key.name(), setting.name),
        _ => setting.key.name().to_owned(),
    };
    [name, setting.shown(), stack.origin(setting)]
}

fn table(heading: [&str; 3], rows: &[[String; 3]]) -> String {
    let cell = |text: &str| Cell { text: escaped(text), style: Style::new() };
    let heading = heading.map(cell);
    let rows: Vec<[Cell; 3]> =
        [heading].into_iter().chain(rows.iter().map(|row| row.each_ref().map(|text| cell(text)))).collect();
    let widths = widths(&rows, None);
    rows.iter().map(|row| format!("{}\n", line(row, &widths))).collect()
}
