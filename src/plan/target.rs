//! The changes of an enabled target: its variables, and the parts that options add.

use std::collections::HashSet;

use super::disable::{TRACING, belongs, keep_switch_of};
use super::enable::left_of_other;
use super::{DeploymentReport, Planner, RunNote, SkippedTarget, TargetOutcome, reader, target_label};
use crate::diagnostic::Diagnostic;
use crate::knowledge::address::is_loopback;
use crate::knowledge::otlp::{NODE_ADDRESS, OTLP_SERVER, OTLP_SWITCH};
use crate::knowledge::parts::{
    AgentPlace, CONFIG_PATH, Inject, LIBRARY_PATH, LIBRARY_SWITCH, backend_of_part, config_file, config_key,
};
use crate::knowledge::sidecar::AgentChoice;
use crate::knowledge::{
    Backend, Content, PlaceholderValues, Profile, Reader, Strength, Wanted, column, host_variable, replaced,
};
use crate::manifest::{Env, PredictorTargets, Site, Target, Variable};

/// Settings that a config file decides, so that their variables have no effect.
const IN_CONFIG: [&str; 3] = ["JAEGER_SERVICE_NAME", "JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM"];

/// The variables of `--otlp` and of its switch.
const OTLP_NAMES: [&str; 3] = [NODE_ADDRESS, OTLP_SERVER, OTLP_SWITCH.0];

/// The parts of a container besides its variables.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extras {
    /// The existing injection of Datadog's library.
    pub present: Option<Inject>,
    /// The injection after the change.
    pub library: Option<Inject>,
    /// True if it has a config file of the Python wrapper.
    pub has_config: bool,
    /// The agent that it is to send to.
    pub agent: AgentChoice,
    /// True if it is MLServer.
    pub is_mlserver: bool,
    /// True if no client of a backend reads its variables.
    pub is_untraced: bool,
    /// True if it is skipped, and so only loses the variables of the other backend.
    pub is_skipped: bool,
    /// True if it is skipped and loses those of the same backend, too.
    pub loses_own: bool,
}

impl<'t> Planner<'t, '_> {
    /// Plans a target of a predictor, or skips it where the library that is asked for can't be injected.
    pub(super) fn enable_target(
        &mut self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        target: &Target<'t>,
        place: &PlaceholderValues<'_>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Result<(), Diagnostic> {
        let mut env = Env::read(self.tree, &target.env, target.container.as_ref())?;
        env.mark_secrets(&self.secrets);
        let name = format!("{label}{}", target_label(target));
        let wants_library = profile.parts().inject.is_some();
        if wants_library {
            report.with_library.get_or_insert(0);
        }
        let wants_sidecar = profile.parts().wants_sidecar();
        if wants_sidecar {
            report.with_sidecar.get_or_insert(0);
        }
        let present = self.present_library(found, target);
        let library = self.wanted_library(profile, found, (target, present), &env);
        let wanted = library.and_then(|library| Ok((library, self.agent_of(profile, found, target, &env)?)));
        let outcome = match wanted {
            Ok((library, agent)) => {
                report.with_library = report.with_library.map(|count| count + usize::from(wants_library));
                report.with_sidecar = report.with_sidecar.map(|count| count + usize::from(wants_sidecar));
                let has_config = self.wants_config(profile, target, &env)?;
                let is_mlserver = self.is_mlserver(target, &env);
                let extras = Extras { present, library, has_config, agent, is_mlserver, ..Extras::default() };
                if let Site::Container(container) = &target.site
                    && (library.is_some() || !self.keeps_library(&env))
                {
                    self.set_library(Some(profile), library, target.name, container)?;
                }
                self.enable(profile, found, (target, &env), extras, place)?
            }
            Err(reason) => {
                report.skips.push(SkippedTarget { node: target.node, name: name.clone(), reason });
                let is_mlserver = profile.parts().otlp.is_some() && self.is_mlserver(target, &env);
                let outcome = self.enable_skipped(profile, found, (target, &env, is_mlserver), place)?;
                if outcome.variables.is_empty() && !is_mlserver {
                    return Ok(());
                }
                report.with_library = report.with_library.map(|count| count + usize::from(is_mlserver));
                report.with_sidecar = report.with_sidecar.map(|count| count + usize::from(is_mlserver));
                outcome
            }
        };
        outcome.report(name, report);
        Ok(())
    }

    /// Plans a target that is skipped without the variables of the other backend. `--otlp` is for MLServer all the same.
    fn enable_skipped(
        &mut self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        (target, env, is_mlserver): (&Target<'t>, &Env<'t>, bool),
        place: &PlaceholderValues<'_>,
    ) -> Result<TargetOutcome, Diagnostic> {
        let is_jaeger = profile.backend().is_jaeger();
        let has_config = is_jaeger && self.has_config(target);
        let loses_own = self.loses_own(profile, found, target, env);
        let extras =
            Extras { has_config, is_mlserver, is_untraced: true, is_skipped: true, loses_own, ..Extras::default() };
        let outcome = if is_mlserver {
            self.enable(profile, found, (target, env), extras, place)?
        } else {
            let leaves = |name: &str| {
                self.is_replaced(profile, &[], extras, target, name)
                    || is_switch_of_other(profile.backend(), env, name)
                    || name == CONFIG_PATH && !has_config && self.is_our_config(target, env)
            };
            let is_of_library = |name: &str| self.is_of_library(target, None, name);
            let mut leaving = env.leaving(&self.treatment, is_of_library, |_| false, leaves);
            keep_switch_of(profile.backend().other(), env, &mut leaving.names);
            if let Site::Container(container) = &target.site
                && !is_jaeger
            {
                self.set_config(self.keeps_config(target, env, &leaving.names), container)?;
            }
            let left = left_of_other(profile.backend(), env, &leaving);
            let remarks = left.into_iter().chain(leaving.remarks).collect();
            let mut outcome = TargetOutcome { remarks, ..TargetOutcome::default() };
            self.remove_variables(target, env, &leaving.names, &mut outcome);
            if loses_own {
                let is_own = |name: &&&str| column(profile.backend()).contains(*name);
                let own = leaving.names.iter().filter(is_own).copied().collect();
                self.list_custom_values(found, (target, env), &own, &mut outcome);
            }
            outcome
        };
        let holder = match target.site {
            Site::SvcOrchSpec(holder) => holder,
            Site::OwnOrchestrator(place) | Site::Container(place) => Some(place.container),
        };
        if let Some(holder) = holder {
            self.may_empty(holder, "env");
            if matches!(target.site, Site::SvcOrchSpec(_)) {
                self.may_empty(found.node, "svcOrchSpec");
            }
        }
        Ok(outcome)
    }

    /// Returns true if an orchestrator, into which no library is injected, loses the variables of an earlier choice: by
    /// `--reset`, and where they lead to a sidecar in the place of which there is another agent now.
    fn loses_own(&self, profile: &Profile, found: &PredictorTargets<'t>, target: &Target<'t>, env: &Env<'t>) -> bool {
        let host = host_variable(profile.backend());
        let has_other_agent =
            profile.parts().agent == Some(AgentPlace::Node) || profile.gives(host, reader(&target.site));
        let sends_to_sidecar = || {
            let host = env.last(host).and_then(Variable::text);
            host.is_some_and(is_loopback) && self.is_beside_sidecar(found, &target.site, profile.backend())
        };
        profile.parts().inject.is_some()
            && target.site.is_orchestrator()
            && (profile.reset() || has_other_agent && sends_to_sidecar())
    }

    /// The variables that an env list is to hold.
    pub(super) fn wanted(
        &mut self,
        profile: &Profile,
        reader: Reader,
        extras: Extras,
        place: &PlaceholderValues<'_>,
    ) -> Vec<Wanted> {
        if extras.is_untraced {
            return Vec::new();
        }
        let profile = if extras.library.is_some() { profile.injected() } else { profile };
        let mut wanted = profile.wanted(reader, place);
        profile.name_agent(&mut wanted, extras.agent);
        if extras.library == Some(Inject::Init) {
            let content = Content::Folder(LIBRARY_PATH);
            wanted.push(Wanted { name: "PYTHONPATH", content, strength: Strength::Given, is_listed: false });
        }
        if extras.has_config && reader == Reader::Container {
            wanted.retain(|want| !IN_CONFIG.contains(&want.name));
            if let Some(config_map) = &profile.parts().config_map {
                let key = config_key(place.name, place.predictor, place.container);
                let content = Content::Literal(config_file(&key).into());
                self.current.config_files.push((config_map.clone(), key));
                wanted.push(Wanted { name: CONFIG_PATH, content, strength: Strength::Given, is_listed: false });
            }
        }
        if profile.parts().tagging.is_some() {
            self.current.label_uses.extend(wanted.iter().filter_map(|want| match want.content {
                Content::Field(field) => Some(field),
                _ => None,
            }));
        }
        wanted
    }

    /// Returns true if a variable leaves an env list: one of the other backend, or one that is listed and that nobody
    /// asks for any more, such as the one by which `disable --keep-config` switched the library off.
    pub(super) fn is_replaced(
        &self,
        profile: &Profile,
        wanted: &[Wanted],
        extras: Extras,
        target: &Target<'_>,
        name: &str,
    ) -> bool {
        let is_unwanted = || wanted.iter().all(|want| want.name != name);
        if OTLP_NAMES.contains(&name) {
            let is_asked = profile.reset() || extras.is_mlserver && profile.parts().otlp.is_some();
            return self.current.listed.has(target.name, name) && is_asked && is_unwanted();
        }
        let of_other = Some(profile.backend().other());
        let is_listed_of_other = || self.current.listed.has(target.name, name) && backend_of_part(name) == of_other;
        if extras.is_untraced {
            let is_own = || column(profile.backend()).contains(&name) || self.current.listed.has(target.name, name);
            return extras.is_skipped
                && (replaced(profile.backend()).contains(&name)
                    || is_listed_of_other()
                    || extras.loses_own && is_own());
        }
        if extras.has_config && IN_CONFIG.contains(&name) {
            return true;
        }
        let switches = ["TRACING", "DD_ENABLED"];
        if replaced(profile.backend()).contains(&name) || profile.is_injected() && switches.contains(&name) {
            return true;
        }
        is_listed_of_other()
            || self.current.listed.has(target.name, name)
                && (profile.reset() || name == LIBRARY_SWITCH)
                && is_unwanted()
    }

    /// Lists new variables that are removed only if the list has them.
    pub(super) fn list_new(&mut self, target: &str, new: &[&Wanted]) {
        if new.iter().any(|want| matches!(want.content, Content::Folder(_))) {
            self.plan.notes.insert(RunNote::NewPath);
        }
        for want in new.iter().filter(|want| want.is_listed) {
            self.current.listed.add(target, want.name);
        }
    }

    /// Removes variables from an env list, and takes them off the list of what was added.
    pub(super) fn remove_variables(
        &mut self,
        target: &Target<'_>,
        env: &Env<'_>,
        names: &HashSet<&str>,
        outcome: &mut TargetOutcome,
    ) {
        let removed = env.variables.iter().filter(|variable| names.contains(variable.name));
        outcome.variables.extend(removed.map(|variable| self.reporter().removed(variable)));
        env.remove(&mut self.draft, names);
        for name in names {
            self.current.listed.remove(target.name, name);
        }
    }
}

/// Returns true for TRACING in an env list that only has variables of the other backend, whose switch it then is.
pub(super) fn is_switch_of_other(backend: Backend, env: &Env<'_>, name: &str) -> bool {
    let has = |backend: Backend| env.variables.iter().any(|variable| belongs(backend, variable.name));
    name == TRACING && has(backend.other()) && !has(backend)
}
