//! What holds for every manifest, tried on manifests made at random.
//!
//! The cases are few enough for every build; `PROPTEST_CASES=200000 cargo test --release --test properties` hunts. What a
//! hunt finds becomes a golden case or a test with a name, so no seeds are kept.

#![allow(clippy::expect_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use seldon_trace::manifest::selection::Selection;
use seldon_trace::plan::{Disable, Policy, Task};
use seldon_trace::profile::{Backend, Names, Profile, Request};
use seldon_trace::transform::{ProblemKind, Transformed, transform};
use support::print::KEPT;
use support::{Wanted, manifest, oracle};

const ANY: Wanted = Wanted { untraced: false, block_only: false };
const UNTRACED: Wanted = Wanted { untraced: true, block_only: false };
const UNTRACED_BLOCK: Wanted = Wanted { untraced: true, block_only: true };

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 40_000, ..ProptestConfig::default() }
}

fn manifests(wanted: Wanted) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u16>(), 0..1500).prop_map(move |rolls| manifest(&rolls, wanted))
}

fn policy(task: Task) -> Policy {
    Policy { task, selection: Selection::default(), keep: Vec::new() }
}

fn enable(request: Request) -> Policy {
    policy(Task::Enable(Profile::new(request).expect("a request without faults")))
}

fn disable(disable: Disable) -> Policy {
    policy(Task::Disable(disable))
}

/// What is asked of the program.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Jaeger,
    Datadog,
    JaegerReset,
    DatadogReset,
    DatadogBothNames,
    JaegerGiven,
    Disable,
    DisableJaeger,
    DisableDatadog,
    KeepConfig,
}

impl Ask {
    fn policy(self) -> Policy {
        match self {
            Self::Jaeger => enable(Request::new(Backend::Jaeger)),
            Self::Datadog => enable(Request::new(Backend::Datadog)),
            Self::JaegerReset => enable(Request { reset: true, ..Request::new(Backend::Jaeger) }),
            Self::DatadogReset => enable(Request { reset: true, ..Request::new(Backend::Datadog) }),
            Self::DatadogBothNames => enable(Request { names: Some(Names::Both), ..Request::new(Backend::Datadog) }),
            Self::JaegerGiven => enable(Request {
                agent_host: Some("agent.example".to_owned()),
                service: Some("{namespace}/{name}".to_owned()),
                ..Request::new(Backend::Jaeger)
            }),
            Self::Disable => disable(Disable::default()),
            Self::DisableJaeger => disable(Disable { backend: Some(Backend::Jaeger), ..Disable::default() }),
            Self::DisableDatadog => disable(Disable { backend: Some(Backend::Datadog), ..Disable::default() }),
            Self::KeepConfig => disable(Disable { keep_config: true, ..Disable::default() }),
        }
    }

    fn is_jaeger(self) -> bool {
        matches!(self, Self::Jaeger | Self::JaegerReset | Self::JaegerGiven | Self::DisableJaeger)
    }
}

fn enables() -> impl Strategy<Value = Ask> {
    use Ask::*;
    prop::sample::select(&[Jaeger, Datadog, JaegerReset, DatadogReset, DatadogBothNames, JaegerGiven][..])
}

fn disables() -> impl Strategy<Value = Ask> {
    use Ask::*;
    prop::sample::select(&[Disable, DisableJaeger, DisableDatadog, KeepConfig][..])
}

/// What the program makes of a text; `None` where it refuses it for a reason of the text's own.
fn edited(text: &str, ask: Ask) -> Result<Option<(String, Transformed)>, TestCaseError> {
    match transform(text, &ask.policy()) {
        Ok(done) => Ok(Some((done.edits.apply(text), done))),
        Err(problems) => {
            let bug = problems.iter().find(|problem| problem.kind == ProblemKind::Bug);
            prop_assert!(bug.is_none(), "{ask:?} makes a wrong edit: {bug:?}\n{text}");
            prop_assert!(!problems.is_empty());
            Ok(None)
        }
    }
}

/// Doing it twice is doing it once.
fn is_settled(text: &str, ask: Ask) -> Result<(), TestCaseError> {
    if let Some((once, _)) = edited(text, ask)? {
        let twice = edited(&once, ask)?;
        prop_assert!(
            twice.is_some(),
            "its own output is refused: {:?}\n{text}\n──\n{once}",
            transform(&once, &ask.policy()).err()
        );
        if let Some((twice, _)) = twice {
            prop_assert_eq!(&twice, &once, "of\n{}", text);
        }
    }
    Ok(())
}

/// The comments that have to be kept, in order.
fn kept_comments(text: &str) -> Vec<&str> {
    let comments = text.split(KEPT).skip(1);
    comments
        .map(|rest| &rest[..rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len())])
        .collect()
}

/// What two readings differ in.
fn difference(was: &[serde_yaml::Value], is: &[serde_yaml::Value]) -> String {
    let print = |documents: &[serde_yaml::Value]| serde_yaml::to_string(documents).unwrap_or_default();
    similar::TextDiff::from_lines(&print(was), &print(is)).unified_diff().to_string()
}

/// Whether the lines of one text are all in another, in the same order.
fn lines_are_kept(before: &str, after: &str) -> bool {
    let mut after = after.split(['\n', '\r']);
    before.split(['\n', '\r']).all(|line| line.is_empty() || after.any(|other| other == line))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn enabling_twice_is_enabling_once(text in manifests(ANY), ask in enables()) {
        is_settled(&text, ask)?;
    }

    #[test]
    fn disabling_twice_is_disabling_once(text in manifests(ANY), ask in disables()) {
        is_settled(&text, ask)?;
    }

    /// Of a manifest without tracing of its own.
    #[test]
    fn disable_gives_back_what_enable_was_given(text in manifests(UNTRACED), ask in enables()) {
        if let Some((on, done)) = edited(&text, ask)? {
            prop_assert!(done.edits.iter().all(|edit| edit.range.is_empty()), "enable took something out of\n{text}");
            for off in [Ask::Disable, if ask.is_jaeger() { Ask::DisableJaeger } else { Ask::DisableDatadog }] {
                let off = edited(&on, off)?.map(|(off, _)| off);
                prop_assert_eq!(off.as_ref(), Some(&text), "after\n{}", on);
            }
        }
    }

    #[test]
    fn every_line_of_an_untraced_manifest_is_kept(text in manifests(UNTRACED_BLOCK), ask in enables()) {
        if let Some((on, _)) = edited(&text, ask)? {
            prop_assert!(lines_are_kept(&text, &on), "{}\n──\n{}", text, on);
        }
    }

    #[test]
    fn comments_of_others_are_kept(text in manifests(ANY), on in enables(), off in disables()) {
        for ask in [on, off] {
            if let Some((after, _)) = edited(&text, ask)? {
                prop_assert_eq!(kept_comments(&after), kept_comments(&text), "{:?}\n{}\n──\n{}", ask, text, after);
            }
        }
    }

    /// To another reader the manifest is the same but for tracing variables.
    #[test]
    fn nothing_else_means_something_else(text in manifests(ANY), on in enables(), off in disables()) {
        for ask in [on, off] {
            if let Some((after, done)) = edited(&text, ask)? {
                let read = |text: &str| {
                    let documents = oracle::documents(text, done.is_json).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
                    Ok::<_, TestCaseError>(documents.iter().map(oracle::without_tracing).collect::<Vec<_>>())
                };
                let (is, was) = (read(&after)?, read(&text)?);
                prop_assert!(is == was, "{ask:?}\n{}\n{text}\n──\n{after}", difference(&was, &is));
            }
        }
    }

    /// To another reader every target traces.
    #[test]
    fn every_target_traces(text in manifests(ANY), reset in any::<bool>()) {
        for (ask, names) in [
            (if reset { Ask::JaegerReset } else { Ask::Jaeger }, ["TRACING", "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM"]),
            (if reset { Ask::DatadogReset } else { Ask::Datadog }, ["TRACING", "DD_ENABLED", "DD_AGENT_HOST", "DATADOG_TRACE_AGENT_PORT", "DD_SAMPLE_RATE"]),
        ] {
            if let Some((after, done)) = edited(&text, ask)? {
                let documents = oracle::documents(&after, done.is_json).map_err(TestCaseError::fail)?;
                for (target, env) in documents.iter().flat_map(oracle::deployments).flat_map(oracle::targets) {
                    for name in names {
                        let entry = oracle::variable(env, name);
                        let filled = entry.is_some_and(|entry| oracle::is_filled(entry) || !reset && entry["valueFrom"].is_mapping());
                        prop_assert!(filled, "{name} of {target} is {entry:?}\n{text}\n──\n{after}");
                    }
                    let tracing = oracle::variable(env, "TRACING").and_then(|entry| entry["value"].as_str());
                    prop_assert!(tracing.is_some_and(|text| text.parse::<i64>().is_ok_and(|number| number != 0)), "{after}");
                }
            }
        }
    }

    /// Whatever is done to a manifest, the program says something sensible of it.
    #[test]
    fn a_broken_manifest_does_no_harm(
        text in manifests(ANY),
        blows in prop::collection::vec((0_u8..7, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
        on in enables(),
        off in disables(),
    ) {
        let broken = blows.into_iter().fold(text, |text, (kind, at, other)| broken(text, kind, at, other));
        for ask in [on, off] {
            is_settled(&broken, ask)?;
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), ask in enables()) {
        let text = String::from_utf8_lossy(&bytes);
        edited(&text, ask)?;
        edited(&format!("kind: SeldonDeployment\n{text}"), ask)?;
        edited(&format!("# SeldonDeployment\n{text}"), ask)?;
    }
}

/// A text with one thing wrong, or changed.
fn broken(text: String, kind: u8, at: prop::sample::Index, other: prop::sample::Index) -> String {
    let place = |index: prop::sample::Index| {
        (0..=index.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = |index: prop::sample::Index| index.index(lines.len().max(1));
    match kind {
        0 => text[..place(at)].to_owned(),
        1 => {
            let (from, to) = (place(at), place(at) + other.index(8));
            text.char_indices().filter(|(at, _)| *at < from || *at >= to).map(|(_, character)| character).collect()
        }
        2 | 3 => {
            const SPECIAL: &[&str] = &[
                "\t",
                " ",
                "  ",
                "\n",
                "\r",
                "- ",
                ": ",
                ":",
                "#",
                " #",
                "'",
                "\"",
                "[",
                "]",
                "{",
                "}",
                ",",
                "&x ",
                "*x",
                "!t ",
                "!!str ",
                "? ",
                "|",
                ">",
                "%",
                "@",
                "`",
                "---\n",
                "\n---\n",
                "...\n",
                "\u{feff}",
                "\u{85}",
                "\u{2028}",
                "{{ .x }}",
                "\0",
                "<<: ",
                "null",
                "é",
                "~",
                "\\",
                "\n\n",
                "- - ",
                "[]",
                "{}",
                "  - name: TRACING\n",
                "env:\n",
                "\u{a0}",
            ];
            let at = place(at);
            format!("{}{}{}", &text[..at], SPECIAL[other.index(SPECIAL.len())], &text[at..])
        }
        4 if !lines.is_empty() => {
            let (one, two) = (line(at), line(other));
            lines.swap(one, two);
            lines.concat()
        }
        5 if !lines.is_empty() => {
            let (one, two) = (line(at), line(other));
            lines.insert(one, lines[two]);
            lines.concat()
        }
        6 if !lines.is_empty() => {
            lines.remove(line(at));
            lines.concat()
        }
        _ => text,
    }
}

/// The properties above would hold if nothing were edited at all: most manifests have to be.
#[test]
fn most_manifests_are_edited() {
    let mut runner = TestRunner::deterministic();
    let mut changed = 0;
    let mut refusals: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..500 {
        let text = manifests(ANY).new_tree(&mut runner).expect("a manifest").current();
        match transform(&text, &Ask::Jaeger.policy()) {
            Ok(done) => changed += usize::from(!done.edits.is_empty()),
            Err(problems) => *refusals.entry(problems[0].message.clone()).or_default() += 1,
        }
    }
    assert!(changed > 400, "only {changed} of 500 changed: {refusals:#?}");
}
