//! The settings in force, with their sources.

use std::collections::HashSet;
use std::fmt::Write as _;

use console::Style;

use super::escaped;
use super::table::{Cell, line, widths};
use crate::knowledge::{BACKENDS, Backend, Form, Key, Scope};
use crate::settings::{Override, Setting, Settings, Stack};

/// The settings as a table, without those of a backend that is not in force, then each override as a table.
///
/// Settings of deployments are from `stack`, and those of the whole run from `run`. `overrides` are the indexes of the
/// overrides to print; `None` for all of them.
pub(crate) fn to_text(run: &Stack, stack: &Stack, overrides: Option<&[usize]>) -> String {
    let in_force = stack.settings(&[]);
    let of_run = run.settings(&[]);
    let shown = |at: &usize| overrides.is_none_or(|overrides| overrides.binary_search(at).is_ok());
    let overrides = || stack.overrides().iter().enumerate().filter(|(at, _)| shown(at)).map(|(_, one)| one);
    let backends = backends(&in_force, overrides());
    let default_backend = if let [backend] = backends[..] { Some(backend) } else { None };
    let is_relevant =
        |key: &Key| key.spec().backend.is_none_or(|backend| backends.is_empty() || backends.contains(&backend));
    let mut rows = Vec::new();
    for key in Key::all().filter(is_relevant) {
        let (stack, in_force) = if key.spec().scope == Scope::Deployment { (stack, &in_force) } else { (run, &of_run) };
        let settings: Vec<&Setting> = in_force.said(key).collect();
        rows.extend(settings.iter().map(|setting| row(stack, setting)));
        // One that no command line has is of interest only where it is given.
        if settings.is_empty() && key.spec().commands != 0 {
            let default = key.spec().default_for(default_backend);
            rows.push([key.name().to_owned(), default.to_owned(), "default".to_owned()]);
        }
    }
    let mut out = table(["SETTING", "VALUE", "FROM"], &rows);
    for one in overrides() {
        let _ = writeln!(out, "\nFor {} ({}):", escaped(&one.title), stack.place(&one.spot));
        let rows: Vec<_> = one.settings().iter().map(|setting| row(stack, setting)).collect();
        out.push_str(&table(["SETTING", "VALUE", "FROM"], &rows));
    }
    out
}

/// The backends of the run and of its overrides.
fn backends<'a>(in_force: &'a Settings, overrides: impl Iterator<Item = &'a Override>) -> Vec<Backend> {
    let overridden = overrides.flat_map(Override::settings);
    let overridden = overridden.filter(|setting| setting.key == Key::Backend).filter_map(Setting::text);
    let named: HashSet<&str> = in_force.text(Key::Backend).into_iter().chain(overridden).collect();
    BACKENDS.into_iter().filter(|backend| named.contains(backend.to_string().as_str())).collect()
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
    let widths = widths(rows.iter().map(|row| row.each_ref()), None);
    rows.iter().map(|row| format!("{}\n", line(row.each_ref(), &widths))).collect()
}
