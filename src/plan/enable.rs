//! `enable`: the changes of a target.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::check::check_clients;
use super::disable::keep_switch_of;
use super::env::{Leaving, entry, quote, set_field, set_folder, set_text, was_a_reference};
use super::library::{is_lost_path, names_library};
use super::otlp::OtlpPlan;
use super::target::{Extras, is_switch_of_other};
use super::{Planner, Remark, RunNote, TargetOutcome, reader};
use crate::credentials::quoted_value;
use crate::diagnostic::Diagnostic;
use crate::knowledge::clients::pr2859::wrapper_takes;
use crate::knowledge::otlp::OTLP_SERVER;
use crate::knowledge::parts::{CONFIG_PATH, Inject};
use crate::knowledge::{
    Backend, Content, Note, PlaceholderValues, Profile, Reader, Strength, Wanted, agree, bare_rate, column,
    counterparts, find, merge_tags, overridden_by, switches_on,
};
use crate::manifest::{Env, PredictorTargets, Site, Target, Variable, is_field};
use crate::yaml::{ScalarKind, Tree};

pub(super) const SAMPLER_TYPE: &str = "JAEGER_SAMPLER_TYPE";
pub(super) const SAMPLER_PARAM: &str = "JAEGER_SAMPLER_PARAM";
const SAMPLING_RULES: &str = "DD_TRACE_SAMPLING_RULES";
const SAMPLE_RATE: &str = "DD_SAMPLE_RATE";

/// The edit of an existing variable.
enum EntryEdit {
    /// None: it has the wanted value, or one that the author chose.
    Keep,
    /// Quotes around the same value.
    Quote,
    /// The wanted value.
    Write,
}

impl<'t> Planner<'t, '_> {
    pub(super) fn enable(
        &mut self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        (target, env): (&Target<'t>, &Env<'t>),
        extras: Extras,
        place: &PlaceholderValues<'_>,
    ) -> Result<TargetOutcome, Diagnostic> {
        let reader = reader(&target.site);
        let profile = if extras.library.is_some() { profile.injected() } else { profile };
        let mut outcome = TargetOutcome::default();
        let otlp = if extras.is_mlserver { self.plan_otlp(profile, env)? } else { OtlpPlan::default() };
        let mut wanted = with_sampler_pair(profile, reader, env, self.wanted(profile, reader, extras, place));
        wanted.extend(otlp.wanted);
        let wanted_by_name = by_name(&wanted);
        let is_overwritten = |name: &str| {
            wanted_by_name.get(name).is_some_and(|want| {
                want.strength == Strength::Given
                    && name != SAMPLING_RULES
                    && !matches!(want.content, Content::Folder(_) | Content::Tags(_))
                    && !self.treatment.keeps(name)
            })
        };
        let is_of_library = |name: &str| self.is_of_library(target, extras.present, name);
        let mut leaving = env.leaving(&self.treatment, is_of_library, is_overwritten, |name| {
            self.is_replaced(profile, &wanted, extras, target, name)
                || profile.reset() && !wanted_by_name.contains_key(name) && self.refers_to_listed_label(env, name)
                || name == CONFIG_PATH && !extras.has_config && self.is_our_config(target, env)
                || extras.is_skipped && is_switch_of_other(profile.backend(), env, name)
                || is_lost_path(extras, env, name)
        });
        if extras.is_skipped {
            keep_switch_of(profile.backend().other(), env, &mut leaving.names);
        }
        if let Site::Container(container) = &target.site {
            self.set_config(extras.has_config || self.keeps_config(target, env, &leaving.names), container)?;
        }
        outcome.remarks.extend(left_of_other(profile.backend(), env, &leaving));
        outcome.remarks.extend(leaving.remarks);
        self.remove_variables(target, env, &leaving.names, &mut outcome);
        self.shorten_path(extras, env, &leaving.names, &mut outcome);
        let moves = |name: &str| otlp.moves && name == OTLP_SERVER;
        if otlp.moves {
            env.remove(&mut self.draft, &HashSet::from([OTLP_SERVER]));
        }
        let stays = |variable: &&Variable<'_>| !leaving.names.contains(variable.name) && !moves(variable.name);
        for variable in env.variables.iter().filter(stays) {
            let counts = env.last(variable.name).is_some_and(|last| last.index == variable.index);
            let want = wanted_by_name.get(variable.name).filter(|_| counts);
            if let Some(after) = self.change(profile, variable, want.copied(), &mut outcome)? {
                outcome.variables.push(self.reporter().changed(variable, &after));
            }
        }
        let (mut new, moved): (Vec<&Wanted>, Vec<&Wanted>) =
            wanted.iter().filter(|want| !env.has(want.name) || moves(want.name)).partition(|want| !env.has(want.name));
        outcome.variables.extend(new.iter().map(|want| self.reporter().added(want.name, &want.content)));
        if !new.is_empty() {
            warn_of_other_sources(self.tree, target, &mut outcome);
        }
        self.list_new(target.name, &new);
        if extras.library == Some(Inject::Admission) && extras.present.is_none() && self.is_requested(found, target) {
            self.list_beside_request((target, env), &wanted_by_name);
        }
        for want in moved {
            let existing = env.last(want.name);
            outcome.variables.extend(existing.map(|existing| self.reporter().changed(existing, &want.content)));
            new.push(want);
        }
        let entries = new.into_iter().map(|want| entry(want.name, &want.content)).collect();
        env.append(&mut self.draft, found.node, &target.site, entries);

        if extras.is_mlserver {
            outcome.remarks.extend(self.note_otlp(profile, env, &leaving.names));
        }
        if extras.is_untraced {
            return Ok(outcome);
        }
        self.note(profile, reader);
        let after = (&wanted_by_name, &leaving.names);
        check_clients(self.tree, profile, reader, target, found, env, after)?;
        let gets_config = wanted_by_name.contains_key(CONFIG_PATH) && !self.treatment.keeps(CONFIG_PATH);
        let has_our_config = gets_config || self.is_our_config(target, env);
        remark_on_existing(profile, reader, (env, has_our_config), &wanted, &leaving.names, &mut outcome);
        outcome.remarks.extend(self.annotations_against(profile, target, env));
        outcome.remarks.extend(self.remark_on_other_program(profile, (target, env)));
        self.note_fraction(reader, env, &wanted);
        if reader == Reader::Orchestrator && leaving.names.contains("JAEGER_AGENT_PORT") {
            self.plan.notes.insert(RunNote::PortRemoved);
        }
        Ok(outcome)
    }

    /// Changes an existing variable. Returns its new content if it changed.
    fn change(
        &mut self,
        profile: &Profile,
        variable: &Variable<'_>,
        want: Option<&Wanted>,
        outcome: &mut TargetOutcome,
    ) -> Result<Option<Content>, Diagnostic> {
        let mut remark = |text: String| outcome.remarks.push(Remark::new(variable.node, text));
        let quotes = variable.is_unquoted() && column(profile.backend()).contains(&variable.name);
        let content = match want {
            Some(want) => merged(self.tree, variable, &want.content)?,
            None => Content::Literal(Cow::Borrowed("")),
        };
        let verdict = match want {
            Some(want) if keeps_rules(profile, variable) => {
                remark(match variable.is_reference() {
                    true => format!("{} is a reference and is kept; --reset replaces it", want.name),
                    false => format!("{} has more than a bare rate and is kept", want.name),
                });
                EntryEdit::Keep
            }
            Some(want) => self.verdict(profile, variable, want, &content),
            None => EntryEdit::Keep,
        };
        let verdict = if quotes && matches!(verdict, EntryEdit::Keep) { EntryEdit::Quote } else { verdict };
        if self.treatment.keeps(variable.name) && !matches!(verdict, EntryEdit::Keep) {
            remark(format!("{} is kept by --keep", variable.name));
            return Ok(None);
        }
        match verdict {
            EntryEdit::Keep => {
                if want.is_some() && variable.is_placeholder() {
                    remark(format!("{} is a placeholder and is kept; --reset replaces it", variable.name));
                }
                if want.is_some() && variable.is_reference() && variable.text().is_some() {
                    remark(format!("{} has both value and valueFrom, which Kubernetes rejects", variable.name));
                }
                return Ok(None);
            }
            EntryEdit::Quote => {
                quote(self.tree, &mut self.draft, variable);
                return Ok(Some(Content::Literal(variable.value.to_owned().into())));
            }
            EntryEdit::Write => {
                if !matches!(content, Content::Field(_)) {
                    outcome.remarks.extend(was_a_reference(variable));
                }
                match &content {
                    Content::Field(field) => set_field(self.tree, &mut self.draft, variable, field)?,
                    Content::Folder(folder) => {
                        let path = set_folder(self.tree, &mut self.draft, variable, folder)?;
                        return Ok(Some(Content::Literal(path.into())));
                    }
                    Content::Literal(text) => set_text(self.tree, &mut self.draft, variable, text)?,
                    Content::Tags(tags) => set_text(self.tree, &mut self.draft, variable, &merge_tags("", tags))?,
                }
            }
        }
        Ok(Some(content))
    }

    fn verdict(&self, profile: &Profile, variable: &Variable<'_>, want: &Wanted, content: &Content) -> EntryEdit {
        let text = variable.text();
        let is_same = match content {
            Content::Literal(new) => {
                let same_rate = want.name == SAMPLING_RULES && bare_rate(new) == text.and_then(bare_rate);
                !variable.is_reference() && (text == Some(new) || same_rate)
            }
            Content::Field(field) => {
                matches!(variable.kind, ScalarKind::Missing | ScalarKind::Null) && is_field(self.tree, variable, field)
            }
            Content::Folder(_) => names_library(variable.value),
            Content::Tags(_) => false,
        };
        let wins = match want.strength {
            _ if is_same => false,
            _ if profile.reset() || variable.is_gap() => true,
            Strength::On => !is_switched_on(variable) && !variable.is_placeholder(),
            Strength::Given => true,
            Strength::Default => false,
        };
        if wins { EntryEdit::Write } else { EntryEdit::Keep }
    }

    pub(super) fn note(&mut self, profile: &Profile, reader: Reader) {
        let notes = profile.notes().into_iter().filter(|note| note.reader().is_none_or(|about| about == reader));
        self.plan.notes.extend(notes.map(RunNote::Profile));
    }

    /// Adds a note if the rate is a fraction: the wrapper of PR 2859 reads an integer.
    fn note_fraction(&mut self, reader: Reader, env: &Env<'_>, wanted: &[Wanted]) {
        let is_wanted = wanted.iter().any(|want| want.name == SAMPLE_RATE);
        let rate = env.last(SAMPLE_RATE).and_then(Variable::text);
        if reader == Reader::Container
            && is_wanted
            && rate.is_some_and(|rate| !rate.is_empty() && !wrapper_takes(SAMPLE_RATE, rate))
        {
            self.plan.notes.insert(RunNote::Profile(Note::FractionalRate));
        }
    }
}

/// Returns true if every reader takes the value for on. A value that was no string is judged before it is quoted: a
/// boolean `true` does not switch TRACING on.
fn is_switched_on(variable: &Variable<'_>) -> bool {
    variable.text().is_some_and(|text| switches_on(variable.name, text))
}

/// Replaces the sampler's param, too, if the type changes: the old one may not fit.
fn with_sampler_pair(profile: &Profile, reader: Reader, env: &Env<'_>, mut wanted: Vec<Wanted>) -> Vec<Wanted> {
    let given = wanted.iter().find(|want| want.name == SAMPLER_TYPE && want.strength == Strength::Given);
    let changes = given.is_some_and(|want| {
        let existing = env.last(SAMPLER_TYPE).and_then(Variable::text);
        !matches!((&want.content, existing), (Content::Literal(new), Some(old)) if new.eq_ignore_ascii_case(old))
    });
    if changes && !profile.sampler_param_given(reader) {
        for param in wanted.iter_mut().filter(|want| want.name == SAMPLER_PARAM) {
            param.strength = Strength::Given;
        }
    }
    wanted
}

/// Tags merged into the existing ones.
fn merged(tree: &Tree<'_>, variable: &Variable<'_>, content: &Content) -> Result<Content, Diagnostic> {
    match content {
        Content::Tags(_) if variable.is_reference() => {
            let message = format!("{} is a reference, into which no tag can be merged", variable.name);
            Err(tree.diagnostic(variable.node, message, "--tags replaces it whole"))
        }
        Content::Tags(tags) => Ok(Content::Literal(merge_tags(variable.text().unwrap_or_default(), tags).into())),
        other => Ok(other.clone()),
    }
}

/// Returns true if a variable holds sampling rules of its author's that no rate can replace: more than a bare rate or,
/// without `--reset`, a reference.
fn keeps_rules(profile: &Profile, variable: &Variable<'_>) -> bool {
    let is_more = |text: &str| !text.is_empty() && bare_rate(text).is_none();
    let stays = match variable.is_reference() {
        true => !profile.reset(),
        false => variable.text().is_some_and(is_more),
    };
    variable.name == SAMPLING_RULES && stays
}

/// The remark on the variables of `--set` for the other backend, which stay where a switch removes the rest. They may be
/// the author's. Those that `enable` writes stay only where something else than tracing reads them.
pub(super) fn left_of_other(backend: Backend, env: &Env<'_>, leaving: &Leaving<'_>) -> Option<Remark> {
    let other = backend.other();
    let is_of_other = |name: &str| find(other, name).is_some() && find(backend, name).is_none();
    leaving.names.iter().find(|name| is_of_other(name))?;
    let is_named = |variable: &&Variable<'_>| leaving.remarks.iter().any(|remark| remark.node == variable.node);
    let is_left = |variable: &&Variable<'_>| {
        let is_of_set = is_of_other(variable.name) && !column(other).contains(&variable.name);
        is_of_set && !leaving.names.contains(variable.name) && !is_named(variable)
    };
    let mut left: Vec<&Variable<'_>> = env.effective().filter(is_left).collect();
    left.sort_by_key(|variable| variable.index);
    let names: Vec<&str> = left.iter().map(|variable| variable.name).collect();
    let text = format!("kept: {}, which {}'s clients do not read", names.join(", "), backend.title());
    left.first().map(|first| Remark::new(first.node, text))
}

fn warn_of_other_sources(tree: &Tree<'_>, target: &Target<'_>, outcome: &mut TargetOutcome) {
    if let Some(node) = target.container.and_then(|container| container.filled_env_from(tree)) {
        outcome.remarks.push(Remark::new(
            node,
            "envFrom may define some of these variables, too; the values in `env` take precedence".to_owned(),
        ));
    }
    if let (Some(_), Some(node)) = (target.env_secret, target.site.container()) {
        outcome.remarks.push(Remark::new(node, SECRET_MAY_DEFINE.to_owned()));
    }
}

pub(super) const SECRET_MAY_DEFINE: &str =
    "the Secret of envSecretRefName may define some of these variables, too; the values in `env` take precedence";

/// Warns of existing variables: duplicates, overrides, contradictions, and values that the API server rejects.
fn remark_on_existing(
    profile: &Profile,
    reader: Reader,
    (env, has_our_config): (&Env<'_>, bool),
    wanted: &[Wanted],
    gone: &HashSet<&str>,
    outcome: &mut TargetOutcome,
) {
    let backend = profile.backend();
    // The first of several takes precedence.
    let twins = wanted.iter().rev().flat_map(|want| counterparts(want.name).iter().map(move |twin| (*twin, want)));
    let twins: HashMap<&str, &Wanted> = twins.collect();
    let wanted = by_name(wanted);
    for variable in env.variables.iter().filter(|variable| !gone.contains(variable.name)) {
        let Variable { name, node, .. } = *variable;
        let is_last = env.last(name).is_some_and(|last| last.index == variable.index);
        let want = wanted.get(name).copied();
        let known = column(backend).contains(&name) || want.is_some();
        if let Some(earlier) = env.first(name).filter(|earlier| known && is_last && earlier.index != variable.index) {
            outcome.remarks.push(Remark {
                also: Some(earlier.node),
                ..Remark::new(node, format!("{name} is in this env twice; the last one is used"))
            });
        }
        if !known && variable.is_unquoted() && ["JAEGER_", "DD_"].iter().any(|prefix| name.starts_with(prefix)) {
            let text =
                format!("{name} is {} without quotes, which the API server rejects", variable.shown(variable.value));
            outcome.remarks.push(Remark::new(node, text));
        }
        let written = want.and_then(|want| value_after(profile, env, want));
        let value = written.as_deref().or(variable.text());
        let may_override = is_last && !(name == CONFIG_PATH && has_our_config);
        for over in overridden_by(backend) {
            if may_override && over.name == name && over.readers.include(reader) && over.applies(value) {
                outcome.remarks.push(Remark::new(node, format!("{name} {}", over.words)));
            }
        }
        let twin = twins.get(name).filter(|_| is_last && want.is_none());
        if let Some((want, other)) = twin.and_then(|want| Some((want, value_after(profile, env, want)?))) {
            let agrees = variable.text().is_some_and(|text| agree((name, text), (want.name, &other)));
            if !agrees {
                let value = variable.text().map_or("a reference".to_owned(), |text| variable.shown(text));
                let other = display_after(env, want.name, &other);
                outcome
                    .remarks
                    .push(Remark::new(node, format!("{name} is kept as {value}, but {} is {other}", want.name)));
            }
        }
    }
}

fn by_name(wanted: &[Wanted]) -> HashMap<&str, &Wanted> {
    wanted.iter().map(|want| (want.name, want)).collect()
}

/// A variable's value after the edit, with credentials masked.
pub(super) fn display_after(env: &Env<'_>, name: &str, text: &str) -> String {
    match env.last(name) {
        Some(variable) if variable.text() == Some(text) => variable.shown(text),
        _ => quoted_value(name, text),
    }
}

/// A wanted variable's value after the edit, if it is text.
pub(super) fn value_after(profile: &Profile, env: &Env<'_>, want: &Wanted) -> Option<String> {
    match (&want.content, env.last(want.name)) {
        (_, Some(existing)) if want.strength == Strength::Default && !existing.is_gap() && !profile.reset() => {
            existing.text().map(str::to_owned)
        }
        (_, Some(rules)) if keeps_rules(profile, rules) => {
            rules.text().filter(|_| !rules.is_reference()).map(str::to_owned)
        }
        (Content::Literal(text), _) => Some(text.to_string()),
        _ => None,
    }
}
