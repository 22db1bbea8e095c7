//! The pages of `explain`: rules, variables, parts, and the checklist for missing traces.

mod no_traces;
pub(crate) mod page;
mod parts;
mod values;

use clap::ValueEnum;

use crate::knowledge::otlp::OTLP_SERVER;
use crate::knowledge::{
    AddedIf, BACKENDS, Backend, Behavior, Content, Known, KnownVariable, Leaves, Names, OverridingVariable, Program,
    Readers, Strength, Unread, Unset, Wanted, WrittenEntry, column, counterparts, document, find, known, leaves,
    merge_tags, off, option_of_part, options_of, overridden_by, removed_with, replaced,
};
use crate::lint::{RULES, Rule};
use crate::manifest::REFUSAL_RULES;
pub use no_traces::{ABOUT_NO_TRACES, NO_TRACES, no_traces};
use page::{Page, Section};
pub use parts::{PARTS, PartTopic};

const OTLP: &str = "enable --otlp, on nodes that MLServer serves; `disable` removes it if that added it";

type PageRows = Vec<(String, String)>;

/// All variables and rules, each on one line.
pub fn list() -> Page {
    let line = |known: Known| (known.name().to_owned(), summary(known).to_owned());
    let of = |backend: Option<Backend>, is_asked: fn(Known) -> bool| {
        known().filter(|known| known.backend() == backend && is_asked(*known)).map(line).collect()
    };
    let sections = BACKENDS.into_iter().flat_map(|backend| {
        let (title, backend) = (backend.title(), Some(backend));
        [
            Section::new(&format!("{title}, written by enable"), of(backend, |known| entry_of(known).is_some())),
            Section::new(&format!("{title}, by options"), of(backend, is_of_an_option)),
            Section::new(&format!("{title}, not read by clients"), of(backend, is_unread)),
        ]
    });
    let topic = (NO_TRACES.to_owned(), ABOUT_NO_TRACES.to_owned());
    let parts = PARTS.iter().map(|part| (part.name.to_owned(), part.summary().to_owned()));
    let parts = Section::new("Parts beside variables", parts.collect());
    let opentelemetry = Section::new("OpenTelemetry, read by MLServer", of(None, |_| true));
    let checklist = Section::new("Checklist", vec![topic]);
    let rules = RULES.iter().map(|rule| (format!("{} {}", rule.id, rule.severity.name()), rule.finds.to_owned()));
    let rules = Section::new("Rules of lint", rules.collect());
    Page {
        title: None,
        text: None,
        sections: sections.chain([opentelemetry, parts, rules, checklist]).flatten().collect(),
    }
}

/// The page of a rule.
pub fn rule_page(rule: &Rule) -> Page {
    let sections = [
        Some(Section::verbatim("Finds", rule.wrong)),
        Some(Section::verbatim("Wants", rule.right)),
        rule.fix.and_then(|words| Section::new("--fix", vec![alone(words)])),
        Section::new("Refused with", refusals(rule)),
        Section::new("Source", vec![alone(rule.source)]),
    ];
    Page {
        title: Some(format!("{}, {}: {}", rule.id, rule.severity.name(), rule.finds)),
        text: Some(rule.explanation.to_owned()),
        sections: sections.into_iter().flatten().collect(),
    }
}

/// The words with which manifests are refused that a rule finds.
fn refusals(rule: &Rule) -> Vec<(String, String)> {
    let found = REFUSAL_RULES.into_iter().flatten().filter(|refusal| refusal.found_by == rule.id);
    let mut words: Vec<_> = found.map(|refusal| alone(refusal.words)).collect();
    words.dedup();
    words
}

/// The page of a variable.
pub fn page(known: Known) -> Page {
    let sections = match known {
        Known::Read(backend, variable) => sections(backend, variable),
        Known::Unread(unread) => sections_of_unread(unread),
    };
    Page {
        title: Some(format!("{}, for {}", known.name(), known.backend().map_or("OpenTelemetry", Backend::title))),
        text: Some(about(known).to_owned()),
        sections: sections.into_iter().flatten().collect(),
    }
}

/// The first sentence about a variable.
pub(crate) fn summary(known: Known) -> &'static str {
    first_sentence(about(known))
}

fn about(known: Known) -> &'static str {
    match known {
        Known::Read(_, variable) => variable.about,
        Known::Unread(unread) => unread.about,
    }
}

fn entry_of(known: Known) -> Option<WrittenEntry> {
    match known {
        Known::Read(_, variable) => variable.entry,
        Known::Unread(_) => None,
    }
}

fn is_unread(known: Known) -> bool {
    matches!(known, Known::Unread(_))
}

fn is_of_an_option(known: Known) -> bool {
    !is_unread(known) && entry_of(known).is_none()
}

/// The first sentence of a text, without its full stop.
fn first_sentence(text: &str) -> &str {
    let sentence = text.split_once(". ").map_or(text, |(sentence, _)| sentence);
    sentence.trim_end_matches('.')
}

fn sections(backend: Backend, variable: &KnownVariable) -> Vec<Option<Section>> {
    vec![
        Section::new("Read by", read_by(variable)),
        Section::new("Not read by", not_read_by(variable)),
        Section::new("Values", values::values(variable)),
        Section::new("Written by", written_by(backend, variable)),
        Section::new("Overridden by", overridden(backend, variable)),
        Section::new("Overrides", overrides(backend, variable)),
        Section::new("Other names", other_names(variable)),
        Section::new("Removed by", removed_by(backend, variable)),
        Section::new("Tested", variable.tried.iter().map(|seen| alone(seen)).collect()),
        Section::new("Sources", sources(backend, variable)),
    ]
}

fn sections_of_unread(unread: &Unread) -> Vec<Option<Section>> {
    vec![
        Section::new("Read by", vec![alone(unread.owner.name())]),
        Section::new("Not read by", vec![("Seldon's clients".to_owned(), unread.why().to_owned())]),
        Section::new(
            "Written by",
            vec![alone(if unread.name == OTLP_SERVER { OTLP } else { "nothing: --set rejects it" })],
        ),
        Section::new("Removed by", removed_if_added(unread.name)),
        Section::new("Sources", unread.sources().into_iter().map(alone).collect()),
    ]
}

fn alone(text: &str) -> (String, String) {
    (String::new(), text.to_owned())
}

/// The options that remove a variable that is in no table of a backend.
fn removed_if_added(name: &str) -> PageRows {
    let unset = format!("disable --unset {name}");
    match option_of_part(name) {
        None => vec![alone(&unset)],
        Some(option) => {
            let added = format!("if --{} added it", option.name());
            vec![("disable".to_owned(), added), (unset, "in any case".to_owned())]
        }
    }
}

fn read_by(variable: &KnownVariable) -> PageRows {
    let line = |program: Program, unset: Unset| {
        let default = match unset {
            Unset::Value(value) => format!("`{value}` unless set"),
            Unset::Words(words) => format!("{words} unless set"),
            Unset::Nothing => "no default".to_owned(),
        };
        (program.name().to_owned(), default)
    };
    let reads = variable.readings.iter().filter_map(|reading| match reading.behavior {
        Behavior::Reads(unset) => Some(line(reading.program, unset)),
        Behavior::Ignores(_) => None,
    });
    reads.collect()
}

fn not_read_by(variable: &KnownVariable) -> PageRows {
    let ignores = variable.readings.iter().filter_map(|reading| match reading.behavior {
        Behavior::Ignores(instead) => Some((reading.program.name().to_owned(), instead.to_owned())),
        Behavior::Reads(_) => None,
    });
    ignores.collect()
}

fn written_by(backend: Backend, variable: &KnownVariable) -> PageRows {
    let mut lines = PageRows::new();
    if let Some(entry) = variable.entry {
        let words = match variable.default_value(entry) {
            None => "if an option gives it".to_owned(),
            Some(Wanted { content, strength, .. }) => {
                let condition = if strength == Strength::On { "it is not on" } else { "it has no value" };
                format!("{}, if {condition} or with --reset", content_words(&content))
            }
        };
        lines.push((format!("enable --backend {backend}"), words + &under(entry.names)));
    }
    for off in off(backend).iter().filter(|off| off.name == variable.name) {
        let condition =
            if off.added == AddedIf::Injected { " with Datadog's library (injected, or by ddtrace-run)" } else { "" };
        let words = format!("`{}`, {}{condition}", off.value, place(off.readers));
        lines.push(("disable --keep-config".to_owned(), words));
    }
    lines.push(("options".to_owned(), options_of(backend, variable).join(", ")));
    lines.push(("where".to_owned(), place(variable.readers).to_owned()));
    lines
}

fn content_words(content: &Content) -> String {
    match content {
        Content::Literal(text) => format!("`{text}`"),
        Content::Field(_) => "the address of the node, by a fieldRef to status.hostIP".to_owned(),
        Content::Folder(folder) => (*folder).to_owned(),
        Content::Tags(tags) => format!("`{}`", merge_tags("", tags)),
    }
}

/// The `--names` with which a variable is written; empty if with all.
fn under(names: &[Names]) -> String {
    let name = |names: &Names| match names {
        names if *names == Names::default() => format!("{names} (the default)"),
        names => names.to_string(),
    };
    if Names::value_variants().iter().all(|one| names.contains(one)) {
        return String::new();
    }
    format!("; with --names {}", names.iter().map(name).collect::<Vec<_>>().join(" or "))
}

fn place(readers: Readers) -> &'static str {
    match readers {
        Readers::Orchestrator => "on the orchestrator",
        Readers::Container => "on the containers",
        Readers::Both => "on the orchestrator and the containers",
    }
}

fn overridden(backend: Backend, variable: &KnownVariable) -> PageRows {
    let off = off(backend).iter().filter(|off| off.added != AddedIf::Injected);
    let off = off.map(|off| (off.name, format!("{}={}", off.name, off.value), String::new()));
    let overrides = overridden_by(backend)
        .iter()
        .filter(|over| over.overrides.is_empty() || over.overrides.contains(&variable.name))
        .map(|over| (over.name, over.name.to_owned(), values_of(over)));
    let others = off.chain(overrides).filter(|(name, ..)| *name != variable.name);
    let lines = others.filter_map(|(name, label, values)| {
        let readers = programs_of(backend, name);
        let shared: Vec<&str> =
            variable.programs().filter(|program| readers.contains(program)).map(Program::name).collect();
        (!shared.is_empty()).then(|| (label, format!("for {}{values}", shared.join(", "))))
    });
    lines.collect()
}

fn overrides(backend: Backend, variable: &KnownVariable) -> PageRows {
    let line = |over: &OverridingVariable| {
        let what = if over.overrides.is_empty() { "everything".to_owned() } else { over.overrides.join(", ") };
        alone(&(what + &values_of(over)))
    };
    overridden_by(backend).iter().filter(|over| over.name == variable.name).map(line).collect()
}

/// The condition with which a variable overrides others; empty if always.
fn values_of(over: &OverridingVariable) -> String {
    match (over.overrides, over.condition) {
        ([], _) => ", if it switches tracing off".to_owned(),
        (_, "") => String::new(),
        (_, condition) => format!(", {condition}"),
    }
}

/// The programs that read a variable of this name.
fn programs_of(backend: Backend, name: &str) -> Vec<Program> {
    find(backend, name).map(|variable| variable.programs().collect()).unwrap_or_default()
}

fn other_names(variable: &KnownVariable) -> PageRows {
    counterparts(variable.name).iter().map(|name| alone(name)).collect()
}

fn removed_by(backend: Backend, variable: &KnownVariable) -> PageRows {
    let name = variable.name;
    let condition = match leaves(name) {
        Leaves::Always => "",
        Leaves::BesideDdEnabled => "if the same env has DD_ENABLED",
        Leaves::WhenTrue => "if it is true",
    };
    let switched = BACKENDS
        .into_iter()
        .filter(|other| replaced(*other).contains(&name))
        .map(|other| (format!("enable --backend {other}"), condition.to_owned()));
    let mut lines: PageRows = switched.collect();
    if column(backend.other()).contains(&name) {
        let condition = "with --backend, only if no variable of the other backend stays";
        lines.push(("disable".to_owned(), condition.to_owned()));
    } else if removed_with(backend, name) {
        lines.push(("disable".to_owned(), condition.to_owned()));
    } else {
        lines.extend(removed_if_added(name));
    }
    lines
}

fn sources(backend: Backend, variable: &KnownVariable) -> PageRows {
    let of_programs = variable.readings.iter().map(|reading| reading.program);
    let mut lines: PageRows =
        of_programs.map(|program| (program.name().to_owned(), program.source().to_owned())).collect();
    lines.extend(variable.entry.map(|_| ("what enable writes".to_owned(), document(backend).to_owned())));
    lines
}

#[cfg(test)]
mod tests {
    use super::page::render;
    use super::*;

    const WIDTH: usize = 100;

    #[test]
    fn the_list_has_a_line_for_each() {
        let text = render(&list(), WIDTH, false);
        for known in known() {
            let start = format!("  {} ", known.name());
            assert!(text.lines().any(|line| line.starts_with(&start)), "{}", known.name());
        }
        let lines = text.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")).count();
        assert_eq!(lines, known().count() + RULES.len() + PARTS.len() + 1);
    }

    #[test]
    fn every_variable_is_explained_with_its_source() {
        for known in known() {
            let page = page(known);
            let headings: Vec<&str> = page.sections.iter().map(|section| section.heading.as_str()).collect();
            for heading in ["Read by", "Written by", "Removed by", "Sources"] {
                assert!(headings.contains(&heading), "{}: no {heading}", known.name());
            }
            assert!(page.text.is_some_and(|text| text.ends_with('.')), "{}", known.name());
        }
    }

    /// The variables of the documents of Seldon and Datadog that this program is about.
    const IN_DOCUMENTS: [&str; 26] = [
        "DATADOG_TRACE_AGENT_PORT",
        "DD_AC_EXCLUDE",
        "DD_AGENT_HOST",
        "DD_API_KEY",
        "DD_APM_ANALYZED_SPANS",
        "DD_APM_ENABLED",
        "DD_APM_NON_LOCAL_TRAFFIC",
        "DD_ECS_FARGATE",
        "DD_ENABLED",
        "DD_ENV",
        "DD_LOGS_CONFIG_CONTAINER_COLLECT_ALL",
        "DD_LOGS_ENABLED",
        "DD_SAMPLE_RATE",
        "DD_SERVICE",
        "DD_SITE",
        "DD_TAGS",
        "DD_TRACE_AGENT_PORT",
        "DD_TRACE_ENABLED",
        "DD_TRACE_SAMPLE_RATE",
        "DD_VERSION",
        "JAEGER_AGENT_HOST",
        "JAEGER_AGENT_PORT",
        "JAEGER_CONFIG_PATH",
        "JAEGER_SAMPLER_PARAM",
        "JAEGER_SAMPLER_TYPE",
        "TRACING",
    ];

    #[test]
    fn every_variable_of_the_documents_is_known() {
        for name in IN_DOCUMENTS {
            assert!(known().any(|known| known.name() == name), "{name}");
        }
    }

    #[test]
    fn the_checklist_names_what_tells_for_both_backends() {
        let text = render(&no_traces(), WIDTH, false);
        for told in ["Reporting span", "Could not initialize jaeger tracer", "ModuleNotFoundError", "6831", "8126"] {
            assert!(text.contains(told), "{told}");
        }
        let commands = |line: &&str| line.starts_with("  $ ");
        assert!(text.lines().filter(commands).count() >= 10);
        assert!(text.lines().filter(|line| !commands(line)).all(|line| console::measure_text_width(line) <= WIDTH));
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        for width in [60, 80, WIDTH] {
            for page in known().map(page).chain([list()]) {
                for line in render(&page, width, false).lines() {
                    let is_one_word = line.split_whitespace().count() == 1;
                    assert!(is_one_word || console::measure_text_width(line) <= width, "{width}: {line}");
                }
            }
        }
    }
}
