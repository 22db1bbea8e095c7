//! Properties of every edit, checked with random manifests.
//!
//! Every build tries the same few; `PROPTEST_CASES=200000 cargo test --release --test properties` tries others. A
//! failure becomes a golden case or a test with a name, so no seeds are kept.

#![allow(clippy::expect_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestRunner};
use seldon_trace::internals::credentials::{Covered, TextKind};
use seldon_trace::internals::diagnostic::{Diagnostic, Severity};
use seldon_trace::internals::lint::RuleSet;
use seldon_trace::internals::lint::findings::{Linted, lint};
use seldon_trace::internals::manifest::selection::Selection;
use seldon_trace::internals::output::findings::{InputFindings, to_github, to_json, to_sarif, to_text};
use seldon_trace::internals::output::report::{ReportStyle, render};
use seldon_trace::internals::output::{diagnostic, status as shown};
use seldon_trace::internals::pipeline::Transformer;
use seldon_trace::internals::plan::Input;
use seldon_trace::internals::status::status;
use support::broken::broken;
use support::dice::Dice;
use support::laws::{self, Ask, Law, OF_ANY_TEXT, OF_FIXES};
use support::{ANY, OWN_PARTS, UNTRACED, UNTRACED_BLOCK, Wanted, manifest};

/// A word that only credentials have.
const SECRET: &str = "sesame";

/// The same few cases in every build; with PROPTEST_CASES that many others each time.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(192),
        rng_seed: if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_261) },
        failure_persistence: None,
        max_shrink_iters: 40_000,
        ..ProptestConfig::default()
    }
}

fn manifests(wanted: Wanted) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u16>(), 0..1500).prop_map(move |rolls| manifest(&rolls, wanted))
}

fn enables() -> impl Strategy<Value = Ask> {
    prop::sample::select(Ask::ENABLES)
}

fn parts() -> impl Strategy<Value = Ask> {
    prop::sample::select(Ask::PARTS)
}

fn disables() -> impl Strategy<Value = Ask> {
    prop::sample::select(Ask::DISABLES)
}

fn fixes() -> impl Strategy<Value = Ask> {
    prop::sample::select(Ask::FIXES)
}

fn hold(text: &str, ask: Ask, laws: &[Law]) -> Result<(), TestCaseError> {
    laws::hold(text, ask, laws).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn enabling_twice_is_enabling_once(text in manifests(ANY), ask in enables()) {
        hold(&text, ask, &[laws::settles])?;
    }

    #[test]
    fn disabling_twice_is_disabling_once(text in manifests(ANY), ask in disables()) {
        hold(&text, ask, &[laws::settles])?;
    }

    #[test]
    fn disable_restores_the_input_of_enable(text in manifests(UNTRACED), ask in enables()) {
        hold(&text, ask, &[laws::is_given_back])?;
    }

    #[test]
    fn every_line_of_an_untraced_manifest_is_kept(text in manifests(UNTRACED_BLOCK), ask in enables()) {
        hold(&text, ask, &[laws::keeps_lines])?;
    }

    #[test]
    fn bytes_and_comments_of_others_are_kept(text in manifests(ANY), on in enables(), off in disables()) {
        for ask in [on, off] {
            hold(&text, ask, &[laws::keeps_bytes, laws::keeps_comments])?;
        }
    }

    #[test]
    fn fixing_twice_is_fixing_once(text in manifests(ANY), ask in fixes()) {
        hold(&text, ask, &OF_FIXES)?;
        hold(&text, ask, &[laws::keeps_comments])?;
    }

    #[test]
    fn nothing_else_means_something_else(text in manifests(ANY), on in enables(), off in disables()) {
        for ask in [on, off] {
            hold(&text, ask, &[laws::is_readable, laws::keeps_meaning])?;
        }
    }

    #[test]
    fn no_deployment_is_renamed(text in manifests(ANY), on in enables(), off in disables(), fix in fixes()) {
        for ask in [on, off, fix] {
            hold(&text, ask, &[laws::keeps_pods])?;
        }
        if let Some(on) = laws::edited(&text, on).map_err(TestCaseError::fail)? {
            hold(&on.after, off, &[laws::keeps_pods])?;
        }
    }

    #[test]
    fn parts_are_given_back(text in manifests(UNTRACED), ask in parts()) {
        hold(&text, ask, &[laws::settles, laws::is_given_back_with_parts, laws::is_patched])?;
        hold(&text, ask, &[laws::keeps_pods, laws::is_linted, laws::is_shown])?;
    }

    #[test]
    fn parts_are_given_back_after_another_choice(text in manifests(UNTRACED), first in parts(), next in parts()) {
        laws::is_undone_after(&text, first, next).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn parts_of_an_author_are_given_back(text in manifests(OWN_PARTS), ask in parts()) {
        hold(&text, ask, &[laws::settles, laws::is_given_back_with_parts, laws::is_patched])?;
        hold(&text, ask, &[laws::is_restored_after_keep_config])?;
    }

    #[test]
    fn a_lone_option_changes_only_its_value(text in manifests(OWN_PARTS)) {
        laws::lone_options_keep_the_rest(&text).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn another_agent_replaces_a_sidecar(text in manifests(UNTRACED), ask in prop::sample::select(Ask::SIDECARS)) {
        hold(&text, ask, &[laws::is_replaced, laws::is_shown_beside_a_sidecar])?;
    }

    #[test]
    fn parts_settle_in_any_manifest(text in manifests(ANY), ask in parts(), off in disables(), on in enables()) {
        hold(&text, ask, &[laws::settles, laws::is_patched, laws::is_readable])?;
        if let Some(parts) = laws::edited(&text, ask).map_err(TestCaseError::fail)? {
            for next in [off, on] {
                hold(&parts.after, next, &[laws::settles, laws::is_patched, laws::is_reported])?;
            }
        }
    }

    #[test]
    fn a_patch_has_the_result_of_the_edit(text in manifests(ANY), on in enables(), off in disables()) {
        for ask in [on, off] {
            hold(&text, ask, &[laws::is_patched])?;
        }
    }

    #[test]
    fn every_target_traces(text in manifests(ANY), ask in enables()) {
        hold(&text, ask, &[laws::traces])?;
    }

    #[test]
    fn what_is_switched_on_is_shown_to_trace(text in manifests(UNTRACED), ask in enables()) {
        hold(&text, ask, &[laws::is_shown, laws::is_shown_to_trace, laws::is_no_worse_to_lint])?;
    }

    #[test]
    fn disable_with_keep_config_adds_no_findings(text in manifests(UNTRACED), ask in enables()) {
        hold(&text, ask, &[laws::is_no_worse_once_off])?;
    }

    #[test]
    fn keys_may_be_explicit(
        text in manifests(Wanted { explicit_keys: true, ..ANY }),
        untraced in manifests(Wanted { explicit_keys: true, ..UNTRACED }),
        on in enables(),
        off in disables(),
        part in parts(),
    ) {
        hold(&text, on, &[laws::settles, laws::keeps_meaning, laws::keeps_comments, laws::is_patched])?;
        hold(&text, off, &[laws::settles, laws::keeps_meaning, laws::keeps_comments])?;
        hold(&untraced, on, &[laws::is_given_back])?;
        hold(&untraced, part, &[laws::is_given_back_with_parts])?;
    }

    /// A damaged manifest is an error or has a valid result.
    #[test]
    fn a_broken_manifest_does_no_harm(
        text in manifests(ANY),
        rolls in prop::collection::vec(any::<u16>(), 6..24),
        on in enables(),
        off in disables(),
        fix in fixes(),
    ) {
        let mut dice = Dice::new(&rolls);
        // A damage takes up to six rolls.
        let broken = (0..rolls.len() / 6).fold(text, |text, _| broken(&text, &mut dice));
        for ask in [on, off] {
            hold(&broken, ask, &OF_ANY_TEXT)?;
        }
        hold(&broken, fix, &OF_FIXES)?;
        hold(&broken, on, &[laws::is_given_back_where_promised])?;
    }

    #[test]
    fn no_report_has_a_credential(
        text in manifests(Wanted { secrets: true, ..ANY }),
        rolls in prop::collection::vec(any::<u16>(), 6..24),
        on in enables(),
        off in disables(),
        fix in fixes(),
    ) {
        let said = [on, off, fix].into_iter().flat_map(|ask| said_of_edits(&text, ask)).chain(reports(&text));
        for said in said {
            let told: Vec<&str> = said.lines().filter(|line| line.contains(SECRET)).collect();
            prop_assert!(told.is_empty(), "{}", told.join("\n"));
        }
        // As if something were found on every line.
        for kind in [TextKind::Manifest, TextKind::Settings] {
            let covered = Covered::new(&text, kind, 0..text.len()).shown(0..text.len());
            prop_assert!(!covered.contains(SECRET), "{covered}");
        }
        let broken = broken(&text, &mut Dice::new(&rolls));
        Covered::new(&broken, TextKind::Settings, 0..broken.len()).shown(0..broken.len());
    }

    /// In a document that does not parse, a secret is at any place, in a value of any kind.
    #[test]
    fn no_line_of_a_broken_document_has_a_value(
        text in manifests(Wanted { secrets: true, ..ANY }),
        rolls in prop::collection::vec(any::<u16>(), 6..24),
    ) {
        let broken = broken(&text, &mut Dice::new(&rolls));
        // All of it is one document.
        let lines = broken.split_inclusive(['\n', '\r']).filter(|line| !line.starts_with("---") && !line.starts_with("..."));
        let text = format!("{}\n\"{SECRET}: [", lines.collect::<String>());
        let covered = Covered::new(&text, TextKind::Manifest, 0..text.len()).shown(0..text.len());
        prop_assert!(!covered.contains(SECRET), "{covered}");
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), ask in enables()) {
        let text = String::from_utf8_lossy(&bytes);
        for head in ["", "kind: SeldonDeployment\n", "# SeldonDeployment\n"] {
            hold(&format!("{head}{text}"), ask, &OF_ANY_TEXT)?;
        }
    }
}

/// The reports of the edits of a text.
fn said_of_edits(text: &str, ask: Ask) -> Vec<String> {
    let voice = ReportStyle { verbose: true, is_trial: true, names_inputs: true, colour: false };
    match Transformer::new(&ask.policy()).transform(text, Input::default()) {
        Ok(done) => done.deployments.iter().map(|deployment| render(deployment, "a", voice)).collect(),
        Err(problems) => vec![diagnostic::render_all(&problems, "a", text, false)],
    }
}

/// The reports of `lint` and `status` on a text.
fn reports(text: &str) -> Vec<String> {
    let error = |problems: Vec<Diagnostic>| vec![diagnostic::render_all(&problems, "a", text, false)];
    let selection = Selection { all_containers: true, ..Selection::default() };
    let rules = Arc::new(RuleSet::new(&[], &[]));
    let mut said = match lint(text, &selection, |_, _| Ok(Arc::clone(&rules))) {
        Ok(linted) => {
            let Linted { findings, deployments, .. } = linted;
            let input = InputFindings { name: "a".into(), path: None, text: text.to_owned(), findings, deployments };
            let inputs = [input];
            let (json, sarif) = (to_json(&inputs).expect("JSON"), to_sarif(&inputs).expect("SARIF"));
            vec![to_text(&inputs, Severity::Info, false), json, to_github(&inputs), sarif]
        }
        Err(problems) => error(problems),
    };
    said.extend(match status(text, &selection) {
        Ok(deployments) => {
            let inputs = [shown::InputStatus { name: "a".into(), deployments }];
            vec![shown::to_json(&inputs).expect("JSON"), shown::to_text(&inputs, None, None, false)]
        }
        Err(problems) => error(problems),
    });
    said
}

/// Without credentials in the manifests, the property above would be trivial.
#[test]
fn most_manifests_with_credentials_have_one() {
    let mut runner = TestRunner::deterministic();
    let mut texts = || manifests(Wanted { secrets: true, ..ANY }).new_tree(&mut runner).expect("a manifest").current();
    let with = (0..200).filter(|_| texts().contains(SECRET)).count();
    assert!(with > 100, "only {with} of 200");
}

/// The properties above would hold if nothing were edited at all: most manifests have to be.
#[test]
fn most_manifests_are_edited() {
    let mut runner = TestRunner::deterministic();
    let mut changed = 0;
    let mut refusals: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..500 {
        let text = manifests(ANY).new_tree(&mut runner).expect("a manifest").current();
        match Transformer::new(&Ask::Jaeger.policy()).transform(&text, Input::default()) {
            Ok(done) => changed += usize::from(!done.edits.is_empty()),
            Err(problems) => *refusals.entry(problems[0].message.clone()).or_default() += 1,
        }
    }
    assert!(changed > 400, "only {changed} of 500 changed: {refusals:#?}");
}

/// Requests of an author's to the admission controller stay, and nothing else: by each way that undoes it.
fn leaves_requests(text: &str) -> Result<(), String> {
    let on = laws::edited(text, Ask::LibraryByAdmission)?.ok_or_else(|| format!("it is refused:\n{text}"))?;
    laws::settles(&on)?;
    laws::is_given_back_with_parts(&on)?;
    laws::is_undone_after(text, Ask::Datadog, Ask::LibraryByAdmission)?;
    for ask in [Ask::Jaeger, Ask::JaegerReset, Ask::DatadogReset, Ask::LibraryByInit, Ask::KeepConfig] {
        laws::is_undone_after(text, Ask::LibraryByAdmission, ask)?;
        let next = laws::edited(&on.after, ask)?.ok_or_else(|| format!("{ask:?} is refused:\n{}", on.after))?;
        let is_left = next.after.matches("datadoghq").count() == text.matches("datadoghq").count();
        if ask != Ask::KeepConfig && !is_left {
            return Err(format!("{ask:?} leaves requests:\n{}\n── of\n{text}", next.after));
        }
        if [Ask::Jaeger, Ask::JaegerReset].contains(&ask) && next.after.contains("name: DD_") {
            return Err(format!("{ask:?} leaves variables:\n{}\n── of\n{text}", next.after));
        }
    }
    Ok(())
}

/// The labels and annotations that an author may have for Datadog's admission controller: each with its place.
#[test]
fn requests_of_an_author_are_left() -> Result<(), String> {
    let label = "labels: {admission.datadoghq.com/enabled: 'true'}, ";
    let annotation = |name: &str| format!("annotations: {{admission.datadoghq.com/{name}python-lib.version: v3}}, ");
    let annotations = [String::new(), annotation(""), annotation("m.")];
    for (label, label_of_pod) in [("", ""), (label, ""), ("", label)] {
        for of_predictor in &annotations {
            let of_pods = annotations.iter().map(|one| (one.as_str(), ""));
            for (of_pod, of_spec) in of_pods.chain(annotations[1..].iter().map(|one| ("", one.as_str()))) {
                leaves_requests(&format!(
                    "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: d}}\nspec:\n  \
                     {{{of_spec}predictors: [{{{label}{of_predictor}name: p, graph: {{name: m, children: [{{name: n}}]}},\n  \
                     componentSpecs: [{{metadata: {{{label_of_pod}{of_pod}name: c}},\n  \
                     spec: {{containers: [{{name: m}}, {{name: n}}]}}}}]}}]}}\n"
                ))?;
            }
        }
    }
    Ok(())
}
