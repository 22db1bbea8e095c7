//! Datadog's library for Python in containers: by an init container, or by Datadog's admission controller.

use std::collections::{HashMap, HashSet};

use super::admission::{annotation as listed_annotation, has_room_for_annotation};
use super::env::{own_key, restyle};
use super::mounts::{MountedPods, not_ours};
use super::parts::{is_shape, named_item};
use super::target::Extras;
use super::{Planner, Remark, TargetOutcome};
use crate::changes::Value;
use crate::diagnostic::Diagnostic;
use crate::knowledge::parts::{
    CONFIG_VOLUME, Inject, LIBRARY_CONTAINER, LIBRARY_PATH, LIBRARY_SWITCH, LIBRARY_VOLUME, Parts,
    admission_annotation, is_library_image, library_container, library_volume,
};
use crate::knowledge::{Backend, Content, Leaves, Profile, Wanted, column, leaves, switches_off};
use crate::manifest::{ContainerPath, Env, PredictorTargets, Target, Variable, text_of};
use crate::survey::{other_program, runs_library};
use crate::yaml::{Kind, NodeId, ScalarStyle, Tree};

/// The search path of Python.
pub(super) const PATH: &str = "PYTHONPATH";

impl<'t> Planner<'t, '_> {
    /// The existing injection of Datadog's library into a container, in the form that this program writes.
    pub(super) fn present_library(&self, found: &PredictorTargets<'t>, target: &Target<'t>) -> Option<Inject> {
        let container = target.site.container().filter(|_| !target.site.is_orchestrator())?;
        if LIBRARY_VOLUME.is_in(self.tree, container) {
            return Some(Inject::Init);
        }
        self.is_requested_by_us(found, target).then_some(Inject::Admission)
    }

    /// Returns true if a variable that metrics use, too, is of the tracing by the library: beside an injection of this
    /// program all are, beside an author's request those of the list.
    pub(super) fn is_of_library(&self, target: &Target<'t>, present: Option<Inject>, name: &str) -> bool {
        present.is_some() || self.current.listed.has(target.name, name)
    }

    /// Lists the variables that metrics use, too, beside an author's request for the library: the new ones, and those that
    /// were there for the tracing by DD_ENABLED, which leaves.
    pub(super) fn list_beside_request(
        &mut self,
        (target, env): (&Target<'t>, &Env<'t>),
        wanted: &HashMap<&str, &Wanted>,
    ) {
        let is_traced = env.has("DD_ENABLED");
        for name in column(Backend::Datadog).iter().filter(|name| leaves(name) == Leaves::BesideDdEnabled) {
            match env.has(name) {
                true if is_traced => self.current.listed.take_over(target.name, name),
                false if wanted.contains_key(name) => _ = self.current.listed.add(target.name, *name),
                _ => {}
            }
        }
    }

    /// Returns true if Datadog's library comes into a container or is started there, whoever asks for that.
    pub(super) fn loads_library(&self, found: &PredictorTargets<'t>, (target, env): (&Target<'t>, &Env<'t>)) -> bool {
        self.present_library(found, target).is_some()
            || self.is_requested(found, target)
            || !target.site.is_orchestrator() && runs_library(env)
    }

    /// The remark on a command that starts the library, where the variables that are left do not switch that off.
    pub(super) fn remark_on_ddtrace_run(
        &self,
        (target, env): (&Target<'t>, &Env<'t>),
        gone: &HashSet<&str>,
    ) -> Option<Remark> {
        let container = target.container.filter(|_| !target.site.is_orchestrator() && runs_library(env))?;
        let left = env.last(LIBRARY_SWITCH).filter(|_| !gone.contains(LIBRARY_SWITCH)).and_then(Variable::text);
        let text = format!(
            "ddtrace-run starts Datadog's library, which still traces: --keep-config switches it off by {LIBRARY_SWITCH}"
        );
        let node = container.command.node.or(container.args.node).unwrap_or(target.node);
        left.is_none_or(|left| !switches_off(LIBRARY_SWITCH, left)).then(|| Remark::new(node, text))
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
                || !profile.reset() && found.targets.iter().any(|other| self.present_library(found, other).is_some());
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
        let path = env.last(PATH).filter(|path| wanted == Some(Inject::Init) && !names_library(path.value));
        match path {
            Some(path) if path.is_reference() => Err(format!("its {PATH} is a reference")),
            Some(path) if path.value_node.is_some_and(|value| !is_restorable(self.tree, path, value)) => {
                Err(format!("its {PATH} is an alias, or has several lines, a tag or escapes"))
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
        if !has_library(path.value) {
            outcome.remarks.push(not_ours(path.node, &format!("{LIBRARY_PATH} in {PATH}")));
            return;
        }
        let Some(rest) = without_library(path.value) else { return };
        if self.treatment.keeps(PATH) {
            outcome.remarks.push(Remark::new(path.node, format!("{PATH} is kept by --keep")));
            return;
        }
        restyle(self.tree, &mut self.draft, path, rest.to_owned());
        outcome.variables.push(self.reporter().changed(path, &Content::Literal(rest.to_owned().into())));
    }

    /// Returns true if `--keep` keeps the search path that loads the library: its parts stay with it.
    pub(super) fn keeps_library(&self, env: &Env<'_>) -> bool {
        self.treatment.keeps(PATH) && env.last(PATH).is_some_and(|path| names_library(path.value))
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
            (Some(Inject::Admission), Some(profile)) => self.ask_for_admission(profile, name),
            _ if self.current.listed.is_empty() => {}
            _ => self.current.withdrawn.push(name.to_owned()),
        }
        Ok(())
    }

    /// Plans what a container that is to be made gets. Returns its volume mounts.
    pub(super) fn new_mounts(&mut self, profile: &Profile, found: &PredictorTargets<'t>, name: &str) -> Vec<Value> {
        let spec = found.pods.first.spec;
        if profile.parts().config_map.is_some() {
            self.current.config.with.insert(spec);
            return vec![CONFIG_VOLUME.mount()];
        }
        match self.library_of_new(profile, found, name) {
            Some(Inject::Init) => {
                self.current.library.with.insert(spec);
                vec![LIBRARY_VOLUME.mount()]
            }
            Some(Inject::Admission) => {
                self.ask_for_admission(profile, name);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    fn ask_for_admission(&mut self, profile: &Profile, name: &str) {
        let (parts, annotation) = (profile.parts(), admission_annotation(name));
        let is_reset = profile.reset() && self.current.listed.has("", &listed_annotation(&annotation));
        let is_given = parts.library_version.is_some() || is_reset;
        self.current.annotations.push((annotation, parts.version().to_owned(), is_given));
    }

    /// Plans the shared parts of the library, after the containers of a predictor.
    pub(super) fn settle_library(
        &mut self,
        found: &PredictorTargets<'t>,
        parts: &Parts,
        is_reset: bool,
    ) -> Result<Vec<Remark>, Diagnostic> {
        let MountedPods { with, without } = std::mem::take(&mut self.current.library);
        let tree = self.tree;
        let is_volume = |volume: NodeId| is_shape(tree, volume, &library_volume());
        for spec in with {
            if self.pod_item(spec, "volumes", LIBRARY_VOLUME.name, is_volume)?.is_none() {
                self.current.additions.pod(spec).volumes.push(library_volume());
            }
            self.refuse_container(found, spec)?;
            match self.pod_item(spec, "initContainers", LIBRARY_CONTAINER, |node| is_library(tree, node))? {
                None => self.current.additions.pod(spec).init_containers.push(library_container(parts.image(None))),
                Some(node) => {
                    let existing = image_of(tree, node).filter(|_| !is_reset);
                    self.set_part_text(node, "image", parts.image(existing));
                }
            }
        }
        let mut remarks = Vec::new();
        for spec in without {
            if self.is_mounted_in(spec, "containers", &LIBRARY_VOLUME) {
                continue;
            }
            let is_known = |node| is_library(tree, node);
            remarks.extend(self.remove_pod_item(spec, "initContainers", LIBRARY_CONTAINER, is_known));
            if !self.is_mounted_in(spec, "initContainers", &LIBRARY_VOLUME) {
                remarks.extend(self.remove_pod_item(spec, "volumes", LIBRARY_VOLUME.name, is_volume));
            }
        }
        Ok(remarks)
    }

    /// Returns an error if another container of a pod has the name of the init container.
    fn refuse_container(&self, found: &PredictorTargets<'t>, spec: Option<NodeId>) -> Result<(), Diagnostic> {
        let container = spec.and_then(|spec| named_item(self.tree, spec, "containers", LIBRARY_CONTAINER));
        if let Some((.., node)) = container {
            return Err(self.taken(node, &format!("a container with the name {LIBRARY_CONTAINER}")));
        }
        match found.pods.has_node(LIBRARY_CONTAINER) {
            true => Err(self.taken(found.node, &format!("a graph node with the name {LIBRARY_CONTAINER}"))),
            false => Ok(()),
        }
    }
}

fn image_of<'t>(tree: &'t Tree<'_>, container: NodeId) -> Option<&'t str> {
    text_of(tree, container, "image")
}

/// Returns true for the init container with the library.
fn is_library(tree: &Tree<'_>, container: NodeId) -> bool {
    is_shape(tree, container, &library_container(String::new()))
        && image_of(tree, container).is_some_and(is_library_image)
}

/// The search path with the library, where a container loses that, also as this program does not write it.
fn lost_path<'e, 't>(extras: Extras, env: &'e Env<'t>) -> Option<&'e Variable<'t>> {
    let is_lost = extras.library != Some(Inject::Init) && extras.present == Some(Inject::Init);
    env.last(PATH).filter(|path| is_lost && !path.is_reference() && names_library(path.value))
}

/// Returns true for a search path that has only the library, where a container loses that.
pub(super) fn is_lost_path(extras: Extras, env: &Env<'_>, name: &str) -> bool {
    name == PATH && lost_path(extras, env).is_some_and(|path| path.value == LIBRARY_PATH)
}

/// Returns true if a search path has the library, also where or as this program does not write it.
pub(super) fn names_library(path: &str) -> bool {
    path.split(':').any(|folder| folder.trim_end_matches('/') == LIBRARY_VOLUME.folder)
}

/// Returns true if a search path begins with the library.
pub(super) fn has_library(path: &str) -> bool {
    path.strip_prefix(LIBRARY_PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// The search path without the library; `None` if nothing is left.
pub(super) fn without_library(path: &str) -> Option<&str> {
    path.strip_prefix(LIBRARY_PATH).and_then(|rest| rest.strip_prefix(':'))
}

/// Returns true if the value of an entry can be restored after it got another text: it is its own, on one line, and
/// written as this program writes it.
fn is_restorable(tree: &Tree<'_>, path: &Variable<'_>, value: NodeId) -> bool {
    let own =
        own_key(tree, path.node, "value").and_then(|at| tree.entry(path.node, at)).is_some_and(|(_, own)| own == value);
    let text = &tree.text()[tree.span(value).range()];
    let Kind::Scalar { style, .. } = tree.node(value).kind else { return false };
    let is_escaped = || text != format!("\"{}\"", path.value.replace('\\', "\\\\").replace('"', "\\\""));
    let is_rewritten = match style {
        ScalarStyle::Literal | ScalarStyle::Folded => true,
        ScalarStyle::DoubleQuoted => is_escaped(),
        _ => false,
    };
    own && !is_rewritten && tree.tag(value).is_none() && !text.contains(['\n', '\r'])
}
