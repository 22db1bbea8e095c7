//! Requests to Datadog's admission controller for its library, of this program and of others.

use std::collections::HashSet;

use super::{Disable, Planner, Remark, Task};
use crate::changes::Part;
use crate::knowledge::names::MAX_LABEL;
use crate::knowledge::parts::{
    ADMISSION_LABEL, ADMISSION_PREFIX, Inject, LIBRARY_SWITCH, admission_annotation, admission_annotations,
    is_library_annotation,
};
use crate::knowledge::{Backend, Profile, column, switches_off};
use crate::manifest::{Env, PredictorTargets, Role, Site, Target, Variable, items_of, value_of};
use crate::yaml::{NodeId, Tree};

/// The annotations of a deployment that request the library, and its labels that allow it, by their holders: `spec`, the
/// predictors and the component specs.
#[derive(Debug, Default)]
pub(super) struct AdmissionRequests<'t> {
    names: HashSet<(NodeId, &'t str)>,
    spec: Option<NodeId>,
}

impl<'t> AdmissionRequests<'t> {
    pub(super) fn of(tree: &'t Tree<'_>, deployment: NodeId) -> Self {
        let mut found = Self::default();
        let Some(spec) = value_of(tree, deployment, "spec").filter(|_| tree.text().contains(ADMISSION_PREFIX)) else {
            return found;
        };
        found.spec = Some(spec);
        let mut add = |holder: NodeId, held: NodeId| {
            let entries = |key| value_of(tree, held, key).into_iter().flat_map(|mapping| tree.entries(mapping));
            let annotations = entries("annotations").filter_map(|(key, _)| tree.scalar_text(key));
            let requests = annotations.filter(|name| is_library_annotation(name));
            found.names.extend(requests.map(|name| (holder, name)));
            let is_on = |value: NodeId| tree.scalar_text(tree.resolve(value)) == Some("true");
            let labels =
                entries("labels").filter(|(_, value)| is_on(*value)).filter_map(|(key, _)| tree.scalar_text(key));
            found.names.extend(labels.filter(|name| *name == ADMISSION_LABEL).map(|name| (holder, name)));
        };
        add(spec, spec);
        for predictor in items_of(tree, spec, "predictors").iter().map(|item| tree.resolve(*item)) {
            add(predictor, predictor);
            for component_spec in items_of(tree, predictor, "componentSpecs").iter().map(|item| tree.resolve(*item)) {
                if let Some(metadata) = value_of(tree, component_spec, "metadata") {
                    add(component_spec, metadata);
                }
            }
        }
        found
    }

    fn has(&self, name: &str, holders: [Option<NodeId>; 3]) -> bool {
        !self.names.is_empty() && holders.into_iter().flatten().any(|holder| self.names.contains(&(holder, name)))
    }
}

impl<'t> Planner<'t, '_> {
    /// Returns true if an annotation requests the library for a container, whoever wrote it.
    pub(super) fn is_requested(&self, found: &PredictorTargets<'t>, target: &Target<'t>) -> bool {
        match &target.site {
            Site::Container(place) => {
                self.request(found.node, target.name, Some(place.component_spec), |_| true).is_some()
            }
            Site::SvcOrchSpec(_) | Site::OwnOrchestrator(_) => false,
        }
    }

    /// Returns true if the list has the request for a container, or the label without which nothing is injected.
    pub(super) fn is_requested_by_us(&self, found: &PredictorTargets<'t>, target: &Target<'t>) -> bool {
        let listed = &self.current.listed;
        let has = |part: &str| listed.has("", part);
        !listed.is_empty()
            && (has(&annotation(&admission_annotation(target.name)))
                || has(&label()) && self.is_requested(found, target))
    }

    /// The injection into a container that is made in the first pod: the one that is asked for, or else the one that it
    /// would keep if it were there.
    pub(super) fn library_of_new(&self, profile: &Profile, found: &PredictorTargets<'t>, name: &str) -> Option<Inject> {
        let may_keep = profile.backend().is_datadog() && !profile.reset() && has_room_for_annotation(name);
        let keeps = may_keep
            && self.current.listed.has("", &label())
            && self.request(found.node, name, found.pods.first.component_spec, |_| true).is_some();
        profile.parts().inject.or(keeps.then_some(Inject::Admission))
    }

    /// An annotation that requests the library for a container and passes a test.
    fn request(
        &self,
        predictor: NodeId,
        container: &str,
        component_spec: Option<NodeId>,
        is_meant: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let requests = &self.admission;
        let holders = [requests.spec, Some(predictor), component_spec];
        if requests.names.is_empty() {
            return None;
        }
        admission_annotations(container).into_iter().find(|name| requests.has(name, holders) && is_meant(name))
    }

    /// Returns true if the run removes the label once no container uses it.
    pub(super) fn may_remove_label(&self) -> bool {
        let is_removed = match &self.treatment.task {
            Task::Disable(disable) => disable.removes_part(&label()),
            Task::Enable(_) => true,
            Task::Fix(_) => false,
        };
        is_removed && self.current.listed.has("", &label())
    }

    /// Returns true if a container that this program has enabled uses the label after the change: by an annotation of
    /// this program, or by one of the author's beside variables of the library.
    pub(super) fn uses_label(&self, found: &PredictorTargets<'t>, withdrawn: &[String]) -> bool {
        let withdrawn: HashSet<&str> = withdrawn.iter().map(String::as_str).collect();
        let targets = found.targets.iter().map(|target| match target.site {
            Site::Container(place) => (target.name, Some(place), target.env),
            Site::SvcOrchSpec(_) | Site::OwnOrchestrator(_) => (target.name, None, target.env),
        });
        let others = found.others.iter().map(|unit| match unit.role {
            Role::Server { place, .. } | Role::Sidecar(place) => (unit.name, Some(place), unit.env),
            _ => (unit.name, None, unit.env),
        });
        targets.chain(others).any(|(name, place, env)| {
            let Some(place) = place.filter(|_| !withdrawn.contains(name)) else { return false };
            let is_ours = self.current.listed.stays("", &annotation(&admission_annotation(name)));
            is_ours
                || self.request(found.node, name, Some(place.component_spec), |_| true).is_some() && {
                    let env = Env::read(self.tree, &env, None).unwrap_or_default();
                    let stays = |variable: &Variable<'_>| {
                        env.list.is_some_and(|list| self.draft.of_part(list, variable.index) != Some(&Part::Remove))
                    };
                    let is_of_library = |name: &str| name != "TRACING" && column(Backend::Datadog).contains(&name);
                    env.variables.iter().any(|variable| is_of_library(variable.name) && stays(variable))
                }
        })
    }

    /// The remark on an author's request, by which the library still traces once the variables are removed.
    pub(super) fn remark_on_request(
        &self,
        disable: &Disable,
        found: &PredictorTargets<'t>,
        (target, env): (&Target<'t>, &Env<'t>),
        gone: &HashSet<&str>,
    ) -> Option<Remark> {
        let Site::Container(place) = target.site else { return None };
        if !disable.removes_parts_of(Backend::Datadog) {
            return None;
        }
        let listed = &self.current.listed;
        let is_authors = |name: &str| listed.is_empty() || !listed.has("", &annotation(name));
        let name = self.request(found.node, target.name, Some(place.component_spec), is_authors)?;
        let of_pod = self.admission.has(ADMISSION_LABEL, [Some(place.component_spec), None, None]);
        let of_predictor = || {
            self.admission.has(ADMISSION_LABEL, [Some(found.node), None, None])
                && (listed.is_empty() || !listed.has("", &label()))
        };
        let left = env.last(LIBRARY_SWITCH).filter(|_| !gone.contains(LIBRARY_SWITCH)).and_then(Variable::text);
        let is_off = left.is_some_and(|left| switches_off(LIBRARY_SWITCH, left));
        let text = format!(
            "the annotation {name} is not from seldon-trace, and stays: Datadog's admission controller injects its \
             library, which traces; --keep-config switches it off by {LIBRARY_SWITCH}"
        );
        ((of_pod || of_predictor()) && !is_off).then(|| Remark::new(target.node, text))
    }
}

pub(super) fn annotation(name: &str) -> String {
    format!("annotation/{name}")
}

fn label() -> String {
    format!("label/{ADMISSION_LABEL}")
}

/// Returns true if the annotation of a container is one that Kubernetes takes.
pub(super) fn has_room_for_annotation(name: &str) -> bool {
    let annotation = admission_annotation(name);
    !name.is_empty() && annotation.split_once('/').is_some_and(|(_, name)| name.len() <= MAX_LABEL)
}
