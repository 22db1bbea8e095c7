//! Datadog's library for Python in containers: by an init container, or by Datadog's admission controller.

use std::collections::HashSet;

use super::env::{own_key, restyle};
use super::mounts::MountedPods;
use super::target::Extras;
use super::{Planner, Remark, TargetOutcome};
use crate::changes::Value;
use crate::diagnostic::Diagnostic;
use crate::knowledge::names::MAX_LABEL;
use crate::knowledge::parts::{
    CONFIG_VOLUME, Inject, LIBRARY_CONTAINER, LIBRARY_PATH, LIBRARY_VOLUME, Parts, admission_annotation,
    admission_annotations, library_container, library_volume,
};
use crate::knowledge::{Content, Profile};
use crate::manifest::{ContainerPath, Env, PredictorTargets, Target, Variable, value_of};
use crate::survey::other_program;
use crate::yaml::{Kind, NodeId, ScalarStyle, Tree};

/// The search path of Python.
pub(super) const PATH: &str = "PYTHONPATH";

impl<'t> Planner<'t, '_> {
    /// The existing injection of Datadog's library into a container, in the form that this program writes.
    pub(super) fn present_library(&self, target: &Target<'t>) -> Option<Inject> {
        let container = target.site.container().filter(|_| !target.site.is_orchestrator())?;
        if LIBRARY_VOLUME.mount_in(self.tree, container).is_some() {
            return Some(Inject::Init);
        }
        let is_listed = || self.current.listed.has("", &format!("annotation/{}", admission_annotation(target.name)));
        (!self.current.listed.is_empty() && is_listed()).then_some(Inject::Admission)
    }

    /// Returns true if Datadog's library comes into a container, whoever asks for that.
    pub(super) fn is_injected(&self, found: &PredictorTargets<'t>, target: &Target<'t>) -> bool {
        let annotations = || value_of(self.tree, found.node, "annotations");
        let asks = |name: &String| annotations().is_some_and(|held| value_of(self.tree, held, name).is_some());
        self.present_library(target).is_some()
            || !target.site.is_orchestrator() && admission_annotations(target.name).iter().any(asks)
    }

    /// The injection of Datadog's library into a container after the change.
    ///
    /// # Errors
    /// The reason why the container is skipped, in words.
    pub(super) fn wanted_library(
        &self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        (target, present): (&Target<'t>, Option<Inject>),
        env: &Env<'t>,
    ) -> Result<Option<Inject>, String> {
        let asked = profile.parts().inject;
        if target.site.is_orchestrator() {
            let is_kept =
                || !profile.reset() && found.targets.iter().any(|other| self.present_library(other).is_some());
            return match asked.is_some() || profile.backend().is_datadog() && is_kept() {
                true => Err("it is a Go program, into which no library is injected".to_owned()),
                false => Ok(None),
            };
        }
        if profile.backend().is_jaeger() {
            return Ok(None);
        }
        let is_kept = asked.is_none() && !profile.reset();
        let wanted = asked.or(present.filter(|_| is_kept));
        let other = || other_program(self.tree, target.container.as_ref(), target.node, env);
        if let Some(reason) = asked.and_then(|_| other()) {
            return Err(reason);
        }
        if wanted == Some(Inject::Admission) && !has_room_for_annotation(target.name) {
            return Err("its name can't be in an annotation, which has at most 63 characters".to_owned());
        }
        let path = env.last(PATH).filter(|path| wanted == Some(Inject::Init) && !has_library(path.value));
        match path {
            Some(path) if path.is_reference() => Err(format!("its {PATH} is a reference")),
            Some(path) if path.value_node.is_some_and(|value| !is_on_one_line(self.tree, path.node, value)) => {
                Err(format!("its {PATH} is an alias, or has several lines"))
            }
            _ => Ok(wanted),
        }
    }

    /// Plans what is left of a search path, where a container loses the library. A path of which nothing is left is
    /// removed like other variables: see [`is_lost_path`].
    pub(super) fn shorten_path(
        &mut self,
        extras: Extras,
        env: &Env<'t>,
        gone: &HashSet<&str>,
        outcome: &mut TargetOutcome,
    ) {
        let Some(path) = lost_path(extras, env).filter(|path| !gone.contains(path.name)) else { return };
        let Some(rest) = without_library(path.value) else { return };
        if self.treatment.keeps(PATH) {
            outcome.remarks.push(Remark::new(path.node, format!("{PATH} is kept by --keep")));
            return;
        }
        restyle(self.tree, &mut self.draft, path, rest.to_owned());
        outcome.variables.push(self.reporter().changed(path, &Content::Literal(rest.to_owned().into())));
    }

    /// Plans the library for a container, or without it.
    pub(super) fn set_library(
        &mut self,
        profile: Option<&Profile>,
        wanted: Option<Inject>,
        name: &str,
        place: &ContainerPath,
    ) -> Result<(), Diagnostic> {
        let mut pods = std::mem::take(&mut self.current.library);
        let is_init = wanted == Some(Inject::Init);
        let done = self.set_mount(&LIBRARY_VOLUME, &mut pods, is_init, (place.container, place.spec));
        self.current.library = pods;
        done?;
        match (wanted, profile) {
            (Some(Inject::Admission), Some(profile)) => self.ask_for_admission(profile.parts(), name),
            _ if self.current.listed.is_empty() => {}
            _ => self.current.withdrawn.push(name.to_owned()),
        }
        Ok(())
    }

    /// Plans what a container that is to be made gets. Returns its volume mounts.
    pub(super) fn new_mounts(&mut self, profile: &Profile, name: &str, spec: Option<NodeId>) -> Vec<Value> {
        if profile.parts().config_map.is_some() {
            self.current.config.with.insert(spec);
            return vec![CONFIG_VOLUME.mount()];
        }
        match profile.parts().inject {
            Some(Inject::Init) => {
                self.current.library.with.insert(spec);
                vec![LIBRARY_VOLUME.mount()]
            }
            Some(Inject::Admission) => {
                self.ask_for_admission(profile.parts(), name);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    fn ask_for_admission(&mut self, parts: &Parts, name: &str) {
        self.current.annotations.push((
            admission_annotation(name),
            parts.version().to_owned(),
            parts.library_version.is_some(),
        ));
    }

    /// Plans the shared parts of the library, after the containers of a predictor.
    pub(super) fn settle_library(&mut self, parts: &Parts, is_reset: bool) -> Result<Vec<Remark>, Diagnostic> {
        let MountedPods { with, without } = std::mem::take(&mut self.current.library);
        for spec in with {
            let volume = library_volume();
            let known = (LIBRARY_VOLUME.name, &volume);
            if self.pod_item(spec, "volumes", known, "a volume of this name")?.is_none() {
                self.current.additions.pod(spec).volumes.push(volume);
            }
            let image = parts.image();
            let known = (LIBRARY_CONTAINER, &library_container(String::new()));
            match self.pod_item(spec, "initContainers", known, "an init container of this name")? {
                None => self.current.additions.pod(spec).init_containers.push(library_container(image)),
                Some(node) if is_reset || parts.library_version.is_some() || parts.library_image.is_some() => {
                    self.set_part_text(node, "image", image);
                }
                Some(_) => {}
            }
        }
        let mut remarks = Vec::new();
        for spec in without {
            if self.is_mounted_in(spec, &LIBRARY_VOLUME) {
                continue;
            }
            remarks.extend(self.remove_pod_item(spec, "volumes", (LIBRARY_VOLUME.name, &library_volume())));
            let container = (LIBRARY_CONTAINER, &library_container(String::new()));
            remarks.extend(self.remove_pod_item(spec, "initContainers", container));
        }
        Ok(remarks)
    }
}

/// Returns true if the annotation of a container is one that Kubernetes takes.
fn has_room_for_annotation(name: &str) -> bool {
    let annotation = admission_annotation(name);
    !name.is_empty() && annotation.split_once('/').is_some_and(|(_, name)| name.len() <= MAX_LABEL)
}

/// The search path with the library, where a container loses that.
fn lost_path<'e, 't>(extras: Extras, env: &'e Env<'t>) -> Option<&'e Variable<'t>> {
    let is_lost = extras.library != Some(Inject::Init) && extras.present == Some(Inject::Init);
    env.last(PATH).filter(|path| is_lost && !path.is_reference() && has_library(path.value))
}

/// Returns true for a search path that has only the library, where a container loses that.
pub(super) fn is_lost_path(extras: Extras, env: &Env<'_>, name: &str) -> bool {
    name == PATH && lost_path(extras, env).is_some_and(|path| without_library(path.value).is_none())
}

/// Returns true if a search path begins with the library.
pub(super) fn has_library(path: &str) -> bool {
    path.strip_prefix(LIBRARY_PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// The search path without the library; `None` if nothing is left.
pub(super) fn without_library(path: &str) -> Option<&str> {
    path.strip_prefix(LIBRARY_PATH).and_then(|rest| rest.strip_prefix(':'))
}

/// Returns true if the value of an entry is its own, and on one line.
fn is_on_one_line(tree: &Tree<'_>, entry: NodeId, value: NodeId) -> bool {
    let own = own_key(tree, entry, "value").and_then(|at| tree.entry(entry, at)).is_some_and(|(_, own)| own == value);
    let styles = [ScalarStyle::Literal, ScalarStyle::Folded];
    let is_block = matches!(tree.node(value).kind, Kind::Scalar { style, .. } if styles.contains(&style));
    own && !is_block && !tree.text()[tree.span(value).range()].contains(['\n', '\r'])
}
