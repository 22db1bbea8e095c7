//! Datadog's library for Python in containers: how it is loaded, and what keeps it from being loaded.

use std::collections::HashMap;

use super::mounted::NOT_MOUNTED;
use super::surroundings::{PredictorPods, text_of};
use super::tracing::{Doubt, Verdict};
use crate::knowledge::clients::ddtrace::LibraryVersion;
use crate::knowledge::parts::{
    ADMISSION_LABEL, LIBRARY_CONTAINER, LIBRARY_VOLUME, admission_annotations, is_library_annotation,
};
use crate::manifest::{Deployment, Env, Role, Unit, is_placeholder, value_of};
use crate::yaml::{NodeId, Tree};

/// The first version that needs Python 3.9.
const FIRST_FOR_PYTHON_3_9: u32 = 4;

/// The last release of Seldon Core whose images have Python 3.8.
const LAST_WITH_PYTHON_3_8: (u32, u32) = (1, 18);

/// The prefixes of Seldon's images with the wrapper. The tag of such an image is the wrapper's version.
const WRAPPER_IMAGES: [&str; 6] =
    ["mlflowserver", "mock_classifier", "seldon-core-s2i-python", "sklearnserver", "tfserving-proxy", "xgboostserver"];

/// Datadog's library in a container, by the way it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Library {
    /// The command line runs it. If it exits, the program does not start.
    Runs(LibraryVersion),
    /// It is injected by PYTHONPATH. If it exits, the program runs without it.
    Injected(LibraryVersion, Option<Obstacle>),
    /// An admission controller may inject it, in this version.
    MayBeInjected(LibraryVersion, Option<Obstacle>),
}

/// A reason why an injected library is not loaded, or may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// No volume is mounted at its folder, or the pod lacks that volume.
    NotMounted(&'static str),
    /// Nothing copies it into the volume.
    NotCopied,
    /// The image has Python 3.8.
    OldPython,
    /// The server is prepackaged and has Python 3.8 in some releases of Seldon Core.
    PythonOfRelease,
    /// The image may have an old Python.
    UnknownPython,
    /// The pod lacks the label for the admission controller.
    NotLabelled,
    /// The label keeps the admission controller from changing the pod.
    LabelledOff,
}

impl Obstacle {
    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Self::NotMounted(_) | Self::NotCopied | Self::OldPython | Self::LabelledOff => Verdict::No,
            Self::PythonOfRelease | Self::UnknownPython | Self::NotLabelled => Verdict::Unknown,
        }
    }

    /// The reason, as a sentence about Datadog's library.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::NotMounted(reason) if reason == NOT_MOUNTED => {
                "PYTHONPATH has /datadog-lib, and no volume is mounted there: Datadog's library is not loaded"
            }
            Self::NotMounted(_) => {
                "the pod lacks the volume that is mounted at /datadog-lib, so that the API server refuses it"
            }
            Self::NotCopied => {
                "no init container copies Datadog's library into the volume at /datadog-lib: it is not loaded"
            }
            Self::OldPython => "this version of Datadog's library needs Python 3.9, and stock images have 3.8",
            Self::PythonOfRelease => {
                "this version of Datadog's library needs Python 3.9, and the servers of Seldon Core up to 1.18 have 3.8"
            }
            Self::UnknownPython => {
                "this version of Datadog's library needs Python 3.9, and that of the image is not known"
            }
            Self::NotLabelled => {
                "the label admission.datadoghq.com/enabled is missing: only a controller that also changes pods \
                 without it injects Datadog's library"
            }
            Self::LabelledOff => {
                "the label admission.datadoghq.com/enabled is not true: Datadog's library is not injected"
            }
        }
    }

    /// What to write instead.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::NotMounted(reason) if reason == NOT_MOUNTED => {
                "mount the volume into which the init container copies the library, or remove /datadog-lib from the path"
            }
            Self::NotMounted(_) => "add the volume to the pod's `volumes`",
            Self::NotCopied => "add the init container datadog-lib-python-init, as `enable --inject init` does",
            Self::OldPython | Self::PythonOfRelease => "write v2",
            Self::UnknownPython => "write v2, unless the image has Python 3.9 or later",
            Self::NotLabelled | Self::LabelledOff => {
                "give the predictor the label admission.datadoghq.com/enabled: 'true'"
            }
        }
    }

    pub(super) fn doubt(self) -> Doubt {
        Doubt { verdict: self.verdict(), ..Doubt::no(self.reason()) }
    }
}

impl<'t> PredictorPods<'t> {
    /// Datadog's library in a container, if the manifest shows or requests it.
    pub(super) fn library_of(&self, tree: &'t Tree<'_>, unit: &Unit<'t>, env: &Env<'t>) -> Option<Library> {
        let is_run = env.command_line.iter().any(|text| text.contains("ddtrace-run"));
        let on_path = env.last("PYTHONPATH").filter(|path| path.value.contains(LIBRARY_VOLUME.folder));
        if is_run || on_path.is_some() {
            let image = self.library_image(tree, unit);
            let version = image.map_or(LibraryVersion::NotKnown, |(_, image)| LibraryVersion::of_image(image));
            return Some(match is_run {
                true => Library::Runs(version),
                false => Library::Injected(version, self.obstacle(tree, unit)),
            });
        }
        let (tag, label) = self.requested(tree, unit)?;
        let version = tag.map_or(LibraryVersion::NotKnown, LibraryVersion::of_tag);
        let of_label = label_obstacle(label);
        let of_python = python_obstacle(tree, unit, version);
        let is_certain = |obstacle: &Obstacle| obstacle.verdict() == Verdict::No;
        let certain = of_label.filter(is_certain).or(of_python.filter(is_certain));
        Some(Library::MayBeInjected(version, certain.or(of_label).or(of_python)))
    }

    /// The reason why the admission controller does not inject the library that an annotation requests, or may not.
    pub(crate) fn label_obstacle(&self, tree: &'t Tree<'_>, unit: &Unit<'_>) -> Option<Obstacle> {
        label_obstacle(self.requested(tree, unit)?.1)
    }

    /// The image of the init container with the library, and its node.
    pub(crate) fn library_image(&self, tree: &'t Tree<'_>, unit: &Unit<'_>) -> Option<(NodeId, &'t str)> {
        let Role::Server { place, .. } = unit.role else { return None };
        let list = value_of(tree, place.spec, "initContainers");
        list.into_iter().flat_map(|list| tree.items(list)).find_map(|container| {
            let image = value_of(tree, *container, "image")?;
            let text = tree.scalar_text(image)?;
            let is_named = text_of(tree, *container, "name") == Some(LIBRARY_CONTAINER);
            (is_named || text.contains("dd-lib-python-init")).then_some((image, text))
        })
    }

    /// The reason why the library on PYTHONPATH is not loaded, or may not be.
    pub(crate) fn obstacle(&self, tree: &'t Tree<'_>, unit: &Unit<'_>) -> Option<Obstacle> {
        if let Some(reason) = self.why_not_mounted(tree, unit, LIBRARY_VOLUME.folder) {
            return Some(Obstacle::NotMounted(reason));
        }
        if self.is_never_filled(tree, unit, LIBRARY_VOLUME.folder) {
            return Some(Obstacle::NotCopied);
        }
        python_obstacle(tree, unit, LibraryVersion::of_image(self.library_image(tree, unit)?.1))
    }

    /// The library that the admission controller is asked to inject, as its tag and the label.
    fn requested(&self, tree: &'t Tree<'_>, unit: &Unit<'_>) -> Option<(Option<&'t str>, Option<&'t str>)> {
        let pod = self.pod_of(unit);
        let in_pod = Admission::of(tree, pod.and_then(|pod| value_of(tree, pod, "metadata")));
        let (predictor, spec) = (&self.admission, &*self.admission_of_spec);
        // In the executor's pod the predictor's annotations override those of the pod.
        let all = if pod == self.orchestrator { [predictor, &in_pod, spec] } else { [&in_pod, predictor, spec] };
        // A label of the pod overrides the predictor's.
        Admission::library_of(&all, in_pod.label.or(predictor.label), unit.name)
    }
}

fn label_obstacle(label: Option<&str>) -> Option<Obstacle> {
    match label {
        None => Some(Obstacle::NotLabelled),
        Some("true") => None,
        Some(label) if is_placeholder(label, true) => None,
        Some(_) => Some(Obstacle::LabelledOff),
    }
}

/// The reason why a container's Python does not load a version of the library, or may not.
pub(crate) fn python_obstacle(tree: &Tree<'_>, unit: &Unit<'_>, version: LibraryVersion) -> Option<Obstacle> {
    let is_new = match version {
        LibraryVersion::Known(major, _) => major >= FIRST_FOR_PYTHON_3_9,
        LibraryVersion::NotKnown => false,
    };
    let image = text_of(tree, unit.node, "image");
    match (unit.role, image) {
        _ if !is_new => None,
        (Role::ServerWithoutContainer, _) | (Role::Server { prepackaged: true, .. }, None) => {
            Some(Obstacle::PythonOfRelease)
        }
        (Role::Server { .. }, Some(image)) => match wrapper_version(image) {
            Some(version) if version <= LAST_WITH_PYTHON_3_8 => Some(Obstacle::OldPython),
            Some(_) => None,
            None => Some(Obstacle::UnknownPython),
        },
        _ => None,
    }
}

/// The first two numbers of the wrapper's version in an image of a release of Seldon Core.
pub(crate) fn wrapper_version(image: &str) -> Option<(u32, u32)> {
    let image = image.strip_prefix("docker.io/").unwrap_or(image).strip_prefix("seldonio/")?;
    let (name, tag) = image.split('@').next()?.split_once(':')?;
    let numbers: Vec<u32> = tag.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    match numbers[..] {
        [major, minor, _] if WRAPPER_IMAGES.iter().any(|image| name.starts_with(image)) => Some((major, minor)),
        _ => None,
    }
}

/// Requests to Datadog's admission controller to inject the library.
#[derive(Debug)]
pub(super) struct Admission<'t> {
    /// The tags in annotations, by their names.
    tags: HashMap<&'t str, &'t str>,
    /// The value of the label.
    label: Option<&'t str>,
}

impl<'t> Admission<'t> {
    /// The requests in a deployment's `spec`, which has no labels.
    pub(super) fn of_spec(tree: &'t Tree<'_>, deployment: &Deployment<'t>) -> Self {
        Self { label: None, ..Self::of(tree, value_of(tree, deployment.node, "spec")) }
    }

    /// The requests in the labels and annotations of a predictor or a pod.
    pub(super) fn of(tree: &'t Tree<'_>, holder: Option<NodeId>) -> Self {
        let entries = |field: &str| {
            let mapping = holder.and_then(|holder| value_of(tree, holder, field));
            let entries = mapping.into_iter().flat_map(|mapping| tree.entries(mapping));
            entries.filter_map(|(key, value)| Some((tree.scalar_text(key)?, tree.scalar_text(tree.resolve(value))?)))
        };
        let requests = entries("annotations").filter(|(name, _)| is_library_annotation(name));
        let label = entries("labels").find(|(name, _)| *name == ADMISSION_LABEL).map(|(_, value)| value);
        Self { tags: requests.collect(), label }
    }

    /// The library for a container, as its tag and the label; the first request takes precedence. A label without
    /// annotations requests the default version for all containers, an annotation the library for those that it names.
    fn library_of(
        all: &[&Self; 3],
        label: Option<&'t str>,
        container: &str,
    ) -> Option<(Option<&'t str>, Option<&'t str>)> {
        if all.iter().all(|each| each.tags.is_empty()) {
            return label.filter(|label| *label == "true").map(|label| (None, Some(label)));
        }
        let tag = |name: &String| all.iter().find_map(|each| each.tags.get(name.as_str()).copied());
        admission_annotations(container).iter().find_map(tag).map(|tag| (Some(tag), label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_an_image_of_seldon_s_own_is_the_wrapper_s_version() {
        for (image, version) in [
            ("seldonio/sklearnserver:1.8.0", Some((1, 8))),
            ("docker.io/seldonio/mock_classifier_rest:1.5.0", Some((1, 5))),
            ("seldonio/seldon-core-s2i-python37:1.5.1@sha256:00", Some((1, 5))),
            ("seldonio/mock_classifier:1.3", None),
            ("seldonio/mock_classifier:1.9.0-dev", None),
            ("seldonio/mlserver:1.5.0", None),
            ("seldonio/sklearnserver", None),
            ("example.com/seldonio/sklearnserver:1.5.0", None),
            ("iris:1.5.0", None),
        ] {
            assert_eq!(wrapper_version(image), version, "{image}");
        }
    }
}
