//! MLServer's spans, which go by OpenTelemetry and belong to no backend.

use std::collections::HashSet;

use super::disable::stays_on;
use super::env::{entry, set_text, was_a_reference};
use super::target::Extras;
use super::{DeploymentReport, Disable, Planner, Remark, RunNote, TargetOutcome};
use crate::changes::Value;
use crate::diagnostic::Diagnostic;
use crate::knowledge::otlp::{NODE_ADDRESS, OTLP_SERVER, OTLP_SWITCH, refers_to_node};
use crate::knowledge::{Content, PlaceholderValues, Profile, Strength, Wanted};
use crate::manifest::{Env, HOST_IP, PredictorTargets, Site, Target, Variable, is_field, value_of};
use crate::survey::{is_mlserver, is_other_server};

/// Additions to an env list of MLServer.
#[derive(Debug, Default)]
pub(super) struct OtlpPlan {
    pub wanted: Vec<Wanted>,
    /// True if the existing address has to move after the node's address, to which it refers.
    pub moves: bool,
}

impl<'t> Planner<'t, '_> {
    /// Returns true if the container of a target is evidently MLServer.
    pub(super) fn is_mlserver(&self, target: &Target<'t>, env: &Env<'t>) -> bool {
        let is_container = matches!(target.site, Site::Container(_));
        is_container && is_mlserver(self.tree, target.node, env)
    }

    /// The variables that MLServer is to have.
    ///
    /// # Errors
    /// HOST_IP exists with other content.
    pub(super) fn plan_otlp(&self, profile: &Profile, env: &Env<'t>) -> Result<OtlpPlan, Diagnostic> {
        let Some(otlp) = &profile.parts().otlp else { return Ok(OtlpPlan::default()) };
        let [mut host, server] = otlp.wanted();
        let existing = env.last(OTLP_SERVER);
        let writes = |existing: &&Variable<'_>| {
            let is_same = !existing.is_reference() && existing.text() == Some(otlp.address.as_str());
            let is_replaced = otlp.is_given || existing.is_gap() || profile.reset() || is_same;
            is_replaced && !self.treatment.keeps(OTLP_SERVER)
        };
        if let Some(stays) = existing.filter(|existing| !writes(existing)) {
            // What it refers to stays with it.
            host.strength = Strength::Default;
            let has_host = refers_to_node(stays.value) && env.has(NODE_ADDRESS);
            let wanted = has_host.then_some(host).into_iter().chain([server]).collect();
            return Ok(OtlpPlan { wanted, moves: false });
        }
        if !refers_to_node(&otlp.address) {
            return Ok(OtlpPlan { wanted: vec![server], moves: false });
        }
        let other = env.last(NODE_ADDRESS).filter(|host| !host.is_gap() && !is_field(self.tree, host, HOST_IP));
        if let Some(other) = other {
            let message = format!("{NODE_ADDRESS} exists, and is not the node's address, which --otlp needs");
            let help = "rename it, or give another address by --otlp=HOST:PORT";
            return Err(self.tree.diagnostic(other.node, message, help));
        }
        let moves = existing.is_some_and(|existing| env.last_before(NODE_ADDRESS, existing.index).is_none());
        Ok(OtlpPlan { wanted: vec![host, server], moves })
    }

    /// Plans the nodes of a predictor that MLServer serves. Returns their names.
    pub(super) fn enable_mlservers(
        &mut self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        place: &PlaceholderValues<'_>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Result<HashSet<&'t str>, Diagnostic> {
        let mut done = HashSet::new();
        let is_asked = profile.parts().otlp.is_some();
        if !is_asked && (!profile.reset() || self.current.listed.is_empty()) {
            return Ok(done);
        }
        for target in &found.mlservers {
            if is_other_server(self.tree, target.node) {
                continue;
            }
            let mut env = Env::read(self.tree, &target.env, target.container.as_ref())?;
            env.mark_secrets(&self.secrets);
            let extras = Extras { is_mlserver: true, is_untraced: true, ..Extras::default() };
            let place = PlaceholderValues { container: target.name, ..*place };
            let outcome = self.enable(profile, found, (target, &env), extras, &place)?;
            if let Some(container) = target.site.container() {
                self.may_empty(container, "env");
            }
            if is_asked || !outcome.variables.is_empty() {
                outcome.report(format!("{label}{}", target.name), report);
                done.insert(target.name);
            }
        }
        if is_asked {
            done.extend(found.missing_mlservers.iter().map(|missing| missing.name));
        }
        Ok(done)
    }

    /// The remark on a container that evidently runs a program without a client of Jaeger's.
    pub(super) fn remark_on_other_program(
        &self,
        profile: &Profile,
        (target, env): (&Target<'t>, &Env<'t>),
    ) -> Option<Remark> {
        if !matches!(target.site, Site::Container(_)) || !profile.backend().is_jaeger() {
            return None;
        }
        let text = if !self.is_mlserver(target, env) {
            is_other_server(self.tree, target.node)
                .then_some("its image is not Seldon's Python wrapper, and reads none of these variables")?
        } else if profile.parts().otlp.is_some() {
            "MLServer reads none of the variables for Jaeger's clients"
        } else {
            "MLServer reads none of these variables: --otlp gives it the address of a collector"
        };
        let image = value_of(self.tree, target.node, "image");
        Some(Remark::new(image.unwrap_or(target.node), text.to_owned()))
    }

    /// Notes what MLServer needs, and remarks on a sampler that sends nothing.
    pub(super) fn note_otlp(&mut self, profile: &Profile, env: &Env<'t>, gone: &HashSet<&str>) -> Option<Remark> {
        profile.parts().otlp.as_ref()?;
        self.plan.notes.insert(RunNote::MlServer);
        let (switch, off) = OTLP_SWITCH;
        let is_off = |one: &&Variable<'_>| !gone.contains(switch) && one.text() == Some(off) && !one.is_reference();
        let one = env.last(switch).filter(is_off)?;
        Some(Remark::new(one.node, format!("{switch} is {off}: MLServer sends nothing")))
    }

    /// Plans `disable` for the nodes of a predictor that MLServer serves. Returns the names of those that change.
    pub(super) fn disable_mlservers(
        &mut self,
        disable: &Disable,
        found: &PredictorTargets<'t>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Result<HashSet<&'t str>, Diagnostic> {
        let mut done = HashSet::new();
        for target in &found.mlservers {
            let mut env = match Env::read(self.tree, &target.env, target.container.as_ref()) {
                Ok(env) => env,
                Err(error) if !self.current.listed.is_empty() => return Err(error),
                Err(_) => continue,
            };
            env.mark_secrets(&self.secrets);
            let leaving = env.leaving(
                &self.treatment,
                |_| true,
                |_| false,
                |name| self.current.listed.has(target.name, name) && disable.removes_part(name),
            );
            let mut outcome = TargetOutcome { remarks: leaving.remarks, ..TargetOutcome::default() };
            self.remove_variables(target, &env, &leaving.names, &mut outcome);
            let new = self.switch_otlp_off(disable, (target, &env), &leaving.names, &mut outcome)?;
            env.append(&mut self.draft, found.node, &target.site, new.into_iter().collect());
            if !outcome.variables.is_empty() || !outcome.remarks.is_empty() {
                outcome.report(format!("{label}{}", target.name), report);
                done.insert(target.name);
            }
        }
        Ok(done)
    }

    /// Switches MLServer's spans off if the settings stay, and names what stays otherwise. Returns a new entry.
    pub(super) fn switch_otlp_off(
        &mut self,
        disable: &Disable,
        (target, env): (&Target<'t>, &Env<'t>),
        gone: &HashSet<&str>,
        outcome: &mut TargetOutcome,
    ) -> Result<Option<Value>, Diagnostic> {
        let Some(server) = env.last(OTLP_SERVER).filter(|one| !gone.contains(one.name)) else { return Ok(None) };
        if disable.keep_config && disable.backend.is_none() {
            let (switch, off) = OTLP_SWITCH;
            let content = Content::Literal(off.into());
            return match env.last(switch) {
                _ if server.is_gap() => Ok(None),
                Some(one) if one.text() == Some(off) && !one.is_reference() => Ok(None),
                Some(one) if self.treatment.keeps(switch) => {
                    outcome.remarks.push(Remark::new(one.node, format!("{switch} is kept by --keep")));
                    Ok(None)
                }
                Some(one) if !self.current.listed.has(target.name, switch) => {
                    outcome.remarks.push(stays_on(one, off));
                    Ok(None)
                }
                Some(one) => {
                    set_text(self.tree, &mut self.draft, one, off)?;
                    outcome.remarks.extend(was_a_reference(one));
                    outcome.variables.push(self.reporter().changed(one, &content));
                    Ok(None)
                }
                None => {
                    outcome.variables.push(self.reporter().added(switch, &content));
                    self.current.listed.add(target.name, switch);
                    Ok(Some(entry(switch, &content)))
                }
            };
        }
        let listed: Vec<&str> = [NODE_ADDRESS, OTLP_SERVER, OTLP_SWITCH.0]
            .into_iter()
            .filter(|name| env.has(name) && !gone.contains(name) && self.current.listed.has(target.name, name))
            .collect();
        let words = match (&*listed, disable.backend) {
            ([], _) => format!("kept: {OTLP_SERVER}, which seldon-trace did not add"),
            (names, Some(_)) => {
                let (belong, them) = if names.len() == 1 { ("belongs", "it") } else { ("belong", "them") };
                let names = names.join(", ");
                format!("kept: {names}, which {belong} to no backend: `disable` without --backend removes {them}")
            }
            (_, None) => return Ok(None),
        };
        outcome.remarks.push(Remark::new(server.node, words));
        Ok(None)
    }
}
