//! The containers that prepackaged servers lack.

use std::collections::HashMap;

use super::enable::SECRET_MAY_DEFINE;
use super::env::entry;
use super::target::Extras;
use super::{DeploymentReport, Planner, Remark, RunNote, TargetReport};
use crate::changes::Value;
use crate::knowledge::{PlaceholderValues, Profile, Reader, Wanted};
use crate::manifest::{Env, MissingContainer, PredictorTargets};

/// The containers that are missing, by name, each with true for one of MLServer.
pub(super) type Lacking<'f, 't> = HashMap<&'t str, (&'f MissingContainer<'t>, bool)>;

impl<'t> Planner<'t, '_> {
    /// The containers that prepackaged servers lack, for these options.
    pub(super) fn lacking<'f>(&self, profile: &Profile, found: &'f PredictorTargets<'t>) -> Lacking<'f, 't> {
        let mlservers = profile.parts().otlp.iter().flat_map(|_| &found.missing_mlservers);
        let all = found.missing.iter().map(|missing| (missing, false)).chain(mlservers.map(|missing| (missing, true)));
        all.map(|(missing, is_mlserver)| (missing.name, (missing, is_mlserver))).collect()
    }

    /// Adds the containers that prepackaged servers lack. Each earlier node for which Seldon's operator adds a container
    /// gets one with only a name: the operator would add it after these, and so rename the Deployment. Returns all names.
    pub(super) fn make_containers(
        &mut self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        mut lacking: Lacking<'_, 't>,
        place: &PlaceholderValues<'_>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Vec<&'t str> {
        let needs_all = self.first_needs_containers(profile, found);
        if lacking.is_empty() && !needs_all {
            return Vec::new();
        }
        if lacking.values().any(|(_, is_mlserver)| !is_mlserver) {
            let noted = if profile.parts().inject.is_some() { profile.injected() } else { profile };
            self.note(noted, Reader::Container);
        }
        let (mut names, mut containers, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for node in found.pods.containerless() {
            if lacking.is_empty() && !needs_all {
                break;
            }
            names.push(node.name);
            let mut container = vec![("name".into(), node.name.to_owned().into())];
            match lacking.remove(node.name) {
                Some((missing, true)) => {
                    container.push(("env".into(), self.new_mlserver_env(profile, missing, label, report)));
                }
                Some((missing, false)) => {
                    container.push(("env".into(), self.new_env(profile, found, missing, place, label, report)));
                    let mounts = self.new_mounts(profile, found, missing.name);
                    container.extend((!mounts.is_empty()).then(|| ("volumeMounts".into(), Value::List(mounts))));
                }
                None => bare.push(node),
            }
            containers.push(Value::Map(container));
        }
        if let Some(first) = bare.first() {
            let names: Vec<String> = bare.iter().map(|node| format!("{label}{}", node.name)).collect();
            let reason = match needs_all {
                true => "before the sidecar",
                false => "so that the Deployment keeps its name",
            };
            let text =
                format!("added containers with only a name, as Seldon's operator does, {reason}: {}", names.join(", "));
            report.remarks.push(Remark::new(first.node, text));
        }
        self.current.additions.pod(found.pods.first.spec).containers.extend(containers);
        names
    }

    /// The env list of a container that a prepackaged server lacks.
    fn new_env(
        &mut self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        missing: &MissingContainer<'_>,
        place: &PlaceholderValues<'_>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Value {
        let name = format!("{label}{}", missing.name);
        if profile.parts().inject.is_some() {
            *report.with_library.get_or_insert(0) += 1;
        }
        if profile.parts().wants_sidecar() {
            *report.with_sidecar.get_or_insert(0) += 1;
        }
        let library = self.library_of_new(profile, found, missing.name);
        let has_config = profile.parts().config_map.is_some();
        let agent = self.agent_of_new(profile, found);
        let extras = Extras { library, has_config, agent, ..Extras::default() };
        let place = PlaceholderValues { container: missing.name, ..*place };
        let wanted = self.wanted(profile, Reader::Container, extras, &place);
        if missing.env_secret.is_some() {
            report.remarks.push(Remark::new(found.node, format!("{name}: {SECRET_MAY_DEFINE}")));
        }
        self.new_entries(missing, &wanted, name, report)
    }

    /// The env list of a container that a node of MLServer lacks.
    fn new_mlserver_env(
        &mut self,
        profile: &Profile,
        missing: &MissingContainer<'_>,
        label: &str,
        report: &mut DeploymentReport,
    ) -> Value {
        self.plan.notes.insert(RunNote::MlServer);
        // An env list that is empty can't have another HOST_IP.
        let otlp = self.plan_otlp(profile, &Env::default()).unwrap_or_default();
        self.new_entries(missing, &otlp.wanted, format!("{label}{}", missing.name), report)
    }

    fn new_entries(
        &mut self,
        missing: &MissingContainer<'_>,
        wanted: &[Wanted],
        name: String,
        report: &mut DeploymentReport,
    ) -> Value {
        let variables = wanted.iter().map(|want| self.reporter().added(want.name, &want.content)).collect();
        report.targets.push(TargetReport { name, variables });
        self.list_new(missing.name, &wanted.iter().collect::<Vec<_>>());
        let entries: Vec<Value> = wanted.iter().map(|want| entry(want.name, &want.content)).collect();
        Value::List(entries)
    }
}
