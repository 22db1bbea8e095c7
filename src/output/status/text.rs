//! The status as a table with a row for each target. If it is too wide for the terminal, deployments become headings
//! and reasons become lines.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use console::{Style, measure_text_width};

use super::{InputStatus, summary};
use crate::diagnostic::Severity;
use crate::output::escaped;
use crate::output::table::{Cell, line, total, widths};
use crate::status::{DeploymentStatus, FindingStatus, TargetKind, TargetStatus};
use crate::survey::{Agent, ValueSource, Verdict};

/// The text of an empty cell.
const NOTHING: &str = "–";

/// The indentation of rows below a heading.
const INDENT: &str = "  ";

/// The cells of a target.
pub(super) struct Row {
    /// The deployment and the predictor.
    place: [Cell; 2],
    settings: [Cell; 6],
    /// The rules with findings.
    findings: Cell,
    why: Cell,
}

/// The table of all inputs, each after its name if there are several, and the summary. It fits into `width` columns, if
/// given.
pub fn to_text(inputs: &[InputStatus], lint_hint: Option<&str>, width: Option<usize>, colour: bool) -> String {
    let style = |style: Style| style.force_styling(colour);
    let (bold, dim) = (style(Style::new().bold()), style(Style::new().dim()));
    let inputs_with_rows = inputs.iter().filter(|input| !input.deployments.is_empty());
    let groups: Vec<(&str, Vec<Row>)> =
        inputs_with_rows.map(|input| (input.name.as_str(), rows(input, colour).collect())).collect();
    let heading = heading_of(&groups, &bold);
    let all = || groups.iter().flat_map(|(_, rows)| rows).chain([&heading]);
    let columns = widths(all().map(Row::whole), None);
    let too_narrow = width.filter(|width| total(&columns) > *width);
    let fitted = too_narrow.map(|width| {
        let settings = all().map(|row| row.settings.each_ref());
        (width, widths(settings, Some(width.saturating_sub(INDENT.len()))))
    });
    let mut out = String::new();
    for (name, rows) in &groups {
        if inputs.len() > 1 {
            let _ = writeln!(out, "{}", bold.apply_to(name));
        }
        match &fitted {
            None => std::iter::once(&heading).chain(rows).for_each(|row| {
                let _ = writeln!(out, "{}", line(row.whole(), &columns));
            }),
            Some((width, columns)) => write_below_headings(&mut out, &heading, rows, *width, columns),
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{}", dim.apply_to(summary(inputs, lint_hint)));
    out
}

fn write_below_headings(out: &mut String, heading: &Row, rows: &[Row], width: usize, columns: &[usize; 6]) {
    let _ = writeln!(out, "{INDENT}{}", line(heading.settings.each_ref(), columns));
    let mut before = None;
    for row in rows {
        let place = row.place.each_ref().map(|cell| cell.text.as_str());
        if before.replace(place) != Some(place) {
            let _ = writeln!(
                out,
                "{}",
                line(row.place.each_ref(), &widths(std::iter::once(row.place.each_ref()), Some(width)))
            );
        }
        let _ = writeln!(out, "{INDENT}{}", line(row.settings.each_ref(), columns));
        for Cell { text, style } in [&row.why, &row.findings] {
            for words in wrapped(text, width.saturating_sub(2 * INDENT.len())) {
                let _ = writeln!(out, "{INDENT}{INDENT}{}", style.apply_to(words));
            }
        }
    }
}

/// Wraps a text at this width. A longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if measure_text_width(line) + 1 + measure_text_width(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The heading of these rows. A column without a text has none.
pub(super) fn heading_of(groups: &[(&str, Vec<Row>)], bold: &Style) -> Row {
    let cell = |text: &str| Cell { text: text.to_owned(), style: bold.clone() };
    let has = |cell: fn(&Row) -> &Cell| groups.iter().flat_map(|(_, rows)| rows).any(|row| !cell(row).text.is_empty());
    let if_any = |has: bool, text: &str| cell(if has { text } else { "" });
    Row {
        place: ["DEPLOYMENT", "PREDICTOR"].map(cell),
        settings: ["TARGET", "TRACES", "BACKEND", "AGENT", "SAMPLING", "SERVICE"].map(cell),
        findings: if_any(has(|row| &row.findings), "FINDINGS"),
        why: if_any(has(|row| &row.why), "WHY"),
    }
}

pub(super) fn rows(input: &InputStatus, colour: bool) -> impl Iterator<Item = Row> {
    input
        .deployments
        .iter()
        .flat_map(move |deployment| deployment.targets.iter().map(move |target| Row::of(deployment, target, colour)))
}

impl Row {
    fn of(deployment: &DeploymentStatus, target: &TargetStatus, colour: bool) -> Self {
        let plain = Style::new().force_styling(colour);
        let cell = |text: &str| Cell { text: escaped(text), style: plain.clone() };
        let or_nothing = |text: Option<&str>| cell(text.unwrap_or(NOTHING));
        let tracing = &target.tracing;
        let (verdict, style) = match tracing.verdict {
            Verdict::Yes => ("yes", plain.clone().green()),
            Verdict::No => ("no", plain.clone().red()),
            Verdict::Unknown => ("unknown", plain.clone().yellow()),
            Verdict::Cannot => (NOTHING, plain.clone()),
        };
        let name = if deployment.name.is_empty() { "(no name)" } else { &deployment.name };
        Self {
            place: [cell(&format!("{}/{name}", deployment.namespace)), cell(&target.predictor)],
            settings: [
                cell(&shown_target(target)),
                Cell { text: verdict.to_owned(), style: style.clone() },
                or_nothing(tracing.backend_name().as_deref()),
                or_nothing(
                    tracing.agent.as_ref().map(|agent| shown_agent(agent, tracing.beside.as_deref())).as_deref(),
                ),
                or_nothing(tracing.sampling.as_deref()),
                or_nothing(tracing.service.as_ref().map(|service| service.value.as_str())),
            ],
            findings: Cell { text: shown_findings(&target.findings), style: plain.yellow() },
            why: Cell { text: escaped(tracing.reason.as_deref().unwrap_or_default()), style },
        }
    }

    /// All cells, in order.
    pub(super) fn whole(&self) -> [&Cell; 10] {
        let [deployment, predictor] = &self.place;
        let [target, traces, backend, agent, sampling, service] = &self.settings;
        [deployment, predictor, target, traces, backend, agent, sampling, service, &self.findings, &self.why]
    }
}

fn shown_target(target: &TargetStatus) -> String {
    let kind = match target.kind {
        TargetKind::Orchestrator => return "orchestrator".to_owned(),
        TargetKind::Explainer => return "explainer".to_owned(),
        TargetKind::Container => "container",
        TargetKind::PrepackagedServer => "prepackaged server",
        TargetKind::GraphNode => "graph node",
        TargetKind::Sidecar => "sidecar",
        TargetKind::InitContainer => "init container",
    };
    // The name first: a narrow column cuts off the end.
    format!("{} ({kind})", target.name)
}

/// The rules with a finding above the severity info, each once.
fn shown_findings(findings: &[FindingStatus]) -> String {
    let bad = findings.iter().filter(|finding| finding.diagnostic.severity > Severity::Info);
    let rules: BTreeSet<&str> = bad.map(|finding| finding.rule.id).collect();
    rules.into_iter().collect::<Vec<_>>().join(" ")
}

fn shown_agent(agent: &Agent, beside: Option<&str>) -> String {
    let address = match agent {
        Agent::Url(url) => url.value.clone(),
        // An IPv6 address has colons of its own.
        Agent::Address { host, port } if host.source != ValueSource::Reference && host.value.contains(':') => {
            format!("[{}]:{}", host.value.trim_matches(['[', ']']), port.value)
        }
        Agent::Address { host, port } => format!("{}:{}", host.value, port.value),
    };
    match beside {
        Some(name) => format!("{address} ({name})"),
        None => address,
    }
}
