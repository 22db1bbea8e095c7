//! Each step from a text to its verified edits, in MB/s of input, compared with a plain parse of the same bytes.
//!
//! `cargo bench` runs all of them, `cargo bench -- proof` those with a word in their name.

#![allow(clippy::expect_used, reason = "a benchmark that can't run has to say so")]

mod manifests;

use divan::Bencher;
use divan::counter::BytesCount;
use seldon_trace::internals::knowledge::{Backend, Profile, Request};
use seldon_trace::internals::manifest::selection::Selection;
use seldon_trace::internals::pipeline::Transformer;
use seldon_trace::internals::plan::{Fixes, Input, Plan, Policy, Task, plan};
use seldon_trace::internals::rewrite::rewrite;
use seldon_trace::internals::verify::{Language, judge};
use seldon_trace::internals::yaml::{Tree, stream};
use serde::Deserialize;
use serde::de::IgnoredAny;

use manifests::manifest;

fn main() {
    divan::main();
}

/// How many documents a stream has.
const SIZES: [usize; 2] = [100, 1000];

/// A plain parse of the same bytes by `serde_yaml`, to measure the rest against.
#[divan::bench(args = SIZES)]
fn plain_parse(bencher: Bencher<'_, '_>, documents: usize) {
    let text = manifests(documents);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let read = |document| IgnoredAny::deserialize(document).is_ok();
        assert!(serde_yaml::Deserializer::from_str(&text).all(read));
    });
}

/// The stream into documents.
#[divan::bench(args = SIZES)]
fn split(bencher: Bencher<'_, '_>, documents: usize) {
    let text = manifests(documents);
    bencher.counter(BytesCount::of_str(&text)).bench(|| stream::split(&text).len());
}

/// Documents into trees, on one core.
#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, documents: usize) {
    let text = manifests(documents);
    bencher.counter(BytesCount::of_str(&text)).bench(|| trees(&text).len());
}

/// Trees into changes.
#[divan::bench(args = SIZES)]
fn planning(bencher: Bencher<'_, '_>, documents: usize) {
    let (text, policy) = (manifests(documents), policy());
    let trees = trees(&text);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        trees
            .iter()
            .map(|tree| {
                plan(tree, &policy, Input::default(), &Fixes::default()).expect("a right manifest").deployments.len()
            })
            .sum::<usize>()
    });
}

/// Changes into edits.
#[divan::bench(args = SIZES)]
fn editing(bencher: Bencher<'_, '_>, documents: usize) {
    let (text, policy) = (manifests(documents), policy());
    let trees = trees(&text);
    let planned: Vec<_> = trees
        .iter()
        .map(|tree| (tree, plan(tree, &policy, Input::default(), &Fixes::default()).expect("a right manifest")))
        .collect();
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let edits = |(tree, plan): &(&Tree<'_>, Plan)| rewrite(tree, &plan.changes).expect("edits").iter().count();
        planned.iter().map(edits).sum::<usize>()
    });
}

/// The judge over the edited documents, on one core.
#[divan::bench(args = SIZES)]
fn proof(bencher: Bencher<'_, '_>, documents: usize) {
    let (text, policy) = (manifests(documents), policy());
    let trees = trees(&text);
    let edited: Vec<_> = trees
        .iter()
        .map(|tree| {
            let plan = plan(tree, &policy, Input::default(), &Fixes::default()).expect("a right manifest");
            let output = rewrite(tree, &plan.changes).expect("edits").apply(tree.text());
            (tree, plan, output)
        })
        .collect();
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        for (tree, plan, output) in &edited {
            judge(tree, &plan.changes, output, Language::Yaml).expect("a right edit");
        }
    });
}

/// All steps, on all cores.
#[divan::bench(args = SIZES)]
fn whole(bencher: Bencher<'_, '_>, documents: usize) {
    let (text, policy) = (manifests(documents), policy());
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        Transformer::new(&policy).transform(&text, Input::default()).expect("a right manifest").deployments.len()
    });
}

fn policy() -> Policy {
    let profile = Profile::new(Request::new(Backend::Jaeger)).expect("no option is wrong");
    Policy::new(Task::Enable(profile), Selection::default())
}

fn trees(text: &str) -> Vec<Tree<'_>> {
    stream::split(text).into_iter().map(|range| Tree::parse(&text[range]).expect("YAML")).collect()
}

/// A stream of that many deployments.
fn manifests(documents: usize) -> String {
    (0..documents).map(manifest).collect()
}
