//! `disable`: the changes of a target.

use std::collections::HashSet;

use super::env::{entry, set_text, was_a_reference};
use super::library::{PATH, has_library, is_lost_path};
use super::target::Extras;
use super::{DeploymentReport, Disable, Planner, Remark, RunNote, TargetOutcome, reader};
use crate::diagnostic::Diagnostic;
use crate::knowledge::parts::{CONFIG_PATH, backend_of_part};
use crate::knowledge::sidecar::AgentChoice;
use crate::knowledge::{
    AddedIf, BACKENDS, Backend, Content, Names, Off, PlaceholderValues, Profile, Reader, Request, Strength, column,
    is_in_a_column, off, removed_with, switches_off,
};
use crate::manifest::{Env, PredictorTargets, Role, Site, Target, Variable, is_field};
use crate::yaml::ScalarKind;

pub(super) const TRACING: &str = "TRACING";

impl<'t> Planner<'t, '_> {
    pub(super) fn disable(
        &mut self,
        disable: &Disable,
        found: &PredictorTargets<'t>,
        target: &Target<'t>,
    ) -> Result<TargetOutcome, Diagnostic> {
        let mut env = Env::read(self.tree, &target.env, target.container.as_ref())?;
        env.mark_secrets(&self.secrets);
        let mut outcome = TargetOutcome::default();
        let library = self.present_library(found, target);
        let removes_library =
            library.is_some() && !disable.keep_config && disable.backend.is_none_or(|backend| backend.is_datadog());
        let removes_config = self.has_config(target)
            && !disable.keep_config
            && disable.backend.is_none_or(|backend| backend.is_jaeger());
        let lost = Extras { present: library.filter(|_| removes_library), ..Extras::default() };
        let leaving = env.leaving(
            &self.treatment,
            |name| self.is_of_library(target, library, name),
            |_| false,
            |name| {
                disable.removes(name)
                    || is_lost_path(lost, &env, name)
                    || removes_config && name == CONFIG_PATH && self.is_our_config(target, &env)
                    || self.current.listed.has(target.name, name) && disable.removes_part(name)
            },
        );
        if let Site::Container(place) = &target.site {
            outcome.remarks.extend(self.other_mounts(place.container));
        }
        if let (true, Site::Container(place)) = (removes_config, &target.site) {
            self.set_config(self.keeps_config(target, &env, &leaving.names), place)?;
        }
        if removes_library {
            self.shorten_path(lost, &env, &leaving.names, &mut outcome);
            if let Site::Container(place) = &target.site
                && !self.keeps_library(&env)
            {
                self.set_library(None, None, target.name, place)?;
            }
        }
        let mut gone = leaving.names;
        outcome.remarks.extend(leaving.remarks);
        if let Some(backend) = disable.backend.filter(|_| !disable.unset.contains(TRACING)) {
            keep_switch_of(backend.other(), &env, &mut gone);
        }
        if !disable.keep_config {
            self.keep_what_overrides(disable, (target, &env), &mut gone, &mut outcome);
        }
        self.remove_variables(target, &env, &gone, &mut outcome);
        if disable.keep_config {
            self.switch_off(disable, found, (target, &env), &gone, &mut outcome)?;
        } else {
            let removed = gone.iter().copied().filter(|name| !disable.unset.contains(*name)).collect();
            self.list_custom_values(found, (target, &env), &removed, &mut outcome);
            list_kept(&env, &gone, &mut outcome);
            if disable.backend.is_none_or(Backend::is_datadog) {
                outcome.remarks.extend(self.remark_on_ddtrace_run((target, &env), &gone));
                outcome.remarks.extend(self.remark_on_request(disable, found, (target, &env), &gone));
            }
            if self.is_mlserver(target, &env) {
                self.switch_otlp_off(disable, (target, &env), &gone, &mut outcome)?;
            }
        }
        if reader(&target.site) == Reader::Orchestrator && gone.contains("JAEGER_AGENT_PORT") {
            self.plan.notes.insert(RunNote::PortRemoved);
        }
        Ok(outcome)
    }

    /// Keeps the settings, and switches tracing off.
    fn switch_off(
        &mut self,
        disable: &Disable,
        found: &PredictorTargets<'t>,
        (target, env): (&Target<'t>, &Env<'t>),
        gone: &HashSet<&str>,
        outcome: &mut TargetOutcome,
    ) -> Result<(), Diagnostic> {
        let stays = |variable: &&Variable<'_>| !gone.contains(variable.name);
        let holds =
            |backend: Backend| env.variables.iter().filter(stays).any(|variable| belongs(backend, variable.name));
        let mut new = Vec::new();
        let mut done = HashSet::new();
        let has_library = self.loads_library(found, (target, env));
        let is_annotated = self.is_on_by_annotations(target, env, gone);
        let is_set_up = |backend: Backend| holds(backend) || backend.is_jaeger() && is_annotated;
        for backend in BACKENDS.into_iter().filter(|backend| disable.backend.is_none_or(|only| only == *backend)) {
            for Off { name, value, readers, added } in off(backend) {
                let shared_switch = *name == TRACING && disable.backend.is_some() && holds(backend.other());
                let applies = *added != AddedIf::Injected || has_library;
                if !readers.include(reader(&target.site)) || shared_switch || !applies || !done.insert(*name) {
                    continue;
                }
                match env.last(name).filter(stays) {
                    Some(variable)
                        if variable.text() == Some(value)
                            && variable.kind == ScalarKind::String
                            && !variable.is_reference() => {}
                    Some(variable) if self.treatment.keeps(name) => {
                        outcome.remarks.push(Remark::new(variable.node, format!("{name} is kept by --keep")));
                    }
                    Some(variable) if *added == AddedIf::Injected && !self.current.listed.has(target.name, name) => {
                        let is_off = variable.text().is_some_and(|text| switches_off(name, text));
                        outcome.remarks.extend((!is_off).then(|| stays_on(variable, value)));
                    }
                    Some(variable) => {
                        set_text(self.tree, &mut self.draft, variable, value)?;
                        outcome.remarks.extend(was_a_reference(variable));
                        outcome.variables.push(self.reporter().changed(variable, &Content::Literal((*value).into())));
                    }
                    // The executor always builds a tracer; where Jaeger is set up, only this stops it.
                    None if *added == AddedIf::Injected || *added == AddedIf::SetUp && is_set_up(backend) => {
                        let content = Content::Literal((*value).into());
                        new.push(entry(name, &content));
                        outcome.variables.push(self.reporter().added(*name, &content));
                        if *added == AddedIf::Injected {
                            self.current.listed.add(target.name, *name);
                        }
                    }
                    None => {}
                }
            }
        }
        if self.is_mlserver(target, env) {
            new.extend(self.switch_otlp_off(disable, (target, env), gone, outcome)?);
        }
        env.append(&mut self.draft, found.node, &target.site, new);
        Ok(())
    }

    /// Lists the removed variables whose values are not the defaults of `enable`.
    pub(super) fn list_custom_values(
        &self,
        found: &PredictorTargets<'t>,
        (target, env): (&Target<'t>, &Env<'t>),
        gone: &HashSet<&str>,
        outcome: &mut TargetOutcome,
    ) {
        let place = PlaceholderValues { name: "", namespace: "", predictor: "", container: "" };
        let defaults: Vec<_> = BACKENDS
            .into_iter()
            .filter_map(|backend| {
                let names = match backend {
                    Backend::Jaeger => None,
                    Backend::Datadog => Some(Names::Both),
                };
                Profile::new(Request { names, ..Request::new(backend) }).ok()
            })
            .flat_map(|profile| {
                let wanted = profile.wanted(reader(&target.site), &place);
                let is_beside = self.is_beside_sidecar(found, &target.site, profile.backend());
                let mut beside = if is_beside { wanted.clone() } else { Vec::new() };
                profile.name_agent(&mut beside, AgentChoice::Sidecar(Strength::Default));
                wanted.into_iter().chain(beside)
            })
            .collect();
        let is_default = |variable: &Variable<'_>| {
            defaults.iter().filter(|want| want.name == variable.name).any(|want| match &want.content {
                Content::Literal(text) => variable.text() == Some(text) && !variable.is_reference(),
                Content::Field(field) => is_field(self.tree, variable, field),
                Content::Tags(_) | Content::Folder(_) => false,
            })
        };
        let own: Vec<&Variable<'_>> = env
            .variables
            .iter()
            .filter(|variable| {
                let is_known = variable.name == PATH && has_library(variable.value)
                    // It is only removed with the file of this program.
                    || variable.name == CONFIG_PATH;
                gone.contains(variable.name) && !is_known && !is_default(variable)
            })
            .collect();
        if let Some(first) = own.first() {
            let names: Vec<&str> = own.iter().map(|variable| variable.name).collect();
            let text = format!("removed values that differ from the defaults: {}", names.join(", "));
            outcome.remarks.push(Remark::new(first.node, text));
        }
    }

    /// Lists the tracing variables of units that are no targets.
    pub(super) fn list_elsewhere(&self, found: &PredictorTargets<'t>, label: &str, report: &mut DeploymentReport) {
        for unit in &found.others {
            // An invalid list is an error only in a target.
            let env = Env::read(self.tree, &unit.env, None).unwrap_or_default();
            let names: Vec<&str> =
                env.variables.iter().map(|variable| variable.name).filter(|name| is_in_a_column(name)).collect();
            if let (Some(node), false) = (env.list, names.is_empty()) {
                let name = match unit.role {
                    Role::OwnOrchestrator(_) => unit.name,
                    _ if unit.is_orchestrator() => "svcOrchSpec",
                    _ => unit.name,
                };
                let kept = if names.len() == 1 { "this is" } else { "these are" };
                let text = format!("{label}{name}: no target, so {kept} kept: {}", names.join(", "));
                report.remarks.push(Remark::new(node, text));
            }
        }
    }
}

/// The remark on a switch of the author's, which could not be restored after a change.
pub(super) fn stays_on(variable: &Variable<'_>, off: &str) -> Remark {
    let name = variable.name;
    let text = format!("{name} is not from seldon-trace, and stays: set it to `{off}`, else spans are still sent");
    Remark::new(variable.node, text)
}

impl Disable {
    /// Returns true if a listed part is to be removed. One of neither backend is removed with both.
    pub(super) fn removes_part(&self, part: &str) -> bool {
        let is_of_it = || self.backend.is_none() || backend_of_part(part) == self.backend;
        !self.keep_config && is_of_it()
    }

    /// Returns true if the parts of a backend are to be removed.
    pub(super) fn removes_parts_of(&self, backend: Backend) -> bool {
        !self.keep_config && self.backend.is_none_or(|only| only == backend)
    }

    fn removes(&self, name: &str) -> bool {
        let of_backend =
            |backend: &Backend| self.backend.is_none_or(|only| only == *backend) && removed_with(*backend, name);
        self.unset.contains(name) || !self.keep_config && BACKENDS.iter().any(of_backend)
    }
}

/// Keeps the switch of both backends where variables of this one stay.
pub(super) fn keep_switch_of(backend: Backend, env: &Env<'_>, gone: &mut HashSet<&str>) {
    if env.variables.iter().any(|variable| belongs(backend, variable.name) && !gone.contains(variable.name)) {
        gone.remove(TRACING);
    }
}

/// Returns true for a backend's variables, but not for the switch of both.
pub(super) fn belongs(backend: Backend, name: &str) -> bool {
    name != TRACING && column(backend).contains(&name)
}

fn list_kept(env: &Env<'_>, gone: &HashSet<&str>, outcome: &mut TargetOutcome) {
    let is_tracing = |name: &str| name.starts_with("JAEGER_") || name.starts_with("DD_");
    let left: Vec<&Variable<'_>> =
        env.variables.iter().filter(|variable| is_tracing(variable.name) && !gone.contains(variable.name)).collect();
    if let Some(first) = left.first() {
        let names: Vec<&str> = left.iter().map(|variable| variable.name).collect();
        outcome.remarks.push(Remark::new(first.node, format!("kept: {}", names.join(", "))));
    }
}
