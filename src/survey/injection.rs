//! Datadog's library for Python in containers: how it is loaded, and what keeps it from being loaded.

use std::collections::HashMap;

use super::mounted::Unmounted;
use super::surroundings::{PredictorPods, is_stock};
use super::tracing::{Doubt, Verdict};
use crate::knowledge::clients::ddtrace::LibraryVersion;
use crate::knowledge::names::{split_image, tag_of};
use crate::knowledge::parts::{
    ADMISSION_LABEL, LIBRARY_CONTAINER, LIBRARY_VOLUME, admission_annotations, is_library_annotation,
};
use crate::manifest::{Deployment, Env, Role, Unit, is_placeholder, text_of, value_of};
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
    NotMounted(Unmounted),
    /// No volume is mounted at its folder, and the image may have it.
    MayBeInImage,
    /// Nothing copies it into the volume.
    NotCopied,
    /// The volume may have it: the manifest does not show what is in it, or who fills it.
    UnknownContent,
    /// The volume with it is mounted at another folder than usual.
    OtherFolder,
    /// The image has Python 3.8.
    OldPython,
    /// The server is prepackaged and has Python 3.8 in some releases of Seldon Core.
    PythonOfRelease,
    /// The image may have an old Python.
    UnknownPython,
    /// The pod lacks the label for the admission controller.
    NotLabelled,
    /// A label keeps the admission controller from changing the pod: that of the pod itself, or the predictor's.
    LabelledOff { by_pod: bool },
}

impl Obstacle {
    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Self::NotMounted(_) | Self::NotCopied | Self::OldPython | Self::LabelledOff { .. } => Verdict::No,
            Self::MayBeInImage
            | Self::UnknownContent
            | Self::OtherFolder
            | Self::PythonOfRelease
            | Self::UnknownPython
            | Self::NotLabelled => Verdict::Unknown,
        }
    }

    /// The reason, as a sentence about Datadog's library.
    pub(crate) fn reason(self) -> String {
        let (folder, python) = (LIBRARY_VOLUME.folder, "this version of Datadog's library needs Python 3.9");
        match self {
            Self::NotMounted(Unmounted::NoMount) => {
                format!("PYTHONPATH has {folder}, and no volume is mounted there: Datadog's library is not loaded")
            }
            Self::NotMounted(Unmounted::NoVolume) => {
                format!("the pod lacks the volume that is mounted at {folder}, so that the API server refuses it")
            }
            Self::MayBeInImage => {
                format!("PYTHONPATH has {folder}, no volume is mounted there, and the image may have Datadog's library")
            }
            Self::UnknownContent => {
                format!("the manifest does not show if the volume at {folder} has Datadog's library")
            }
            Self::OtherFolder => {
                format!("Datadog's library is at another folder than {folder}, where it may not be loaded")
            }
            Self::NotCopied => {
                format!("no init container copies Datadog's library into the volume at {folder}: it is not loaded")
            }
            Self::OldPython => format!("{python}, and this image has Python 3.8"),
            Self::PythonOfRelease => format!("{python}, and the servers of Seldon Core up to 1.18 have 3.8"),
            Self::UnknownPython => format!("{python}, and that of the image is not known"),
            Self::NotLabelled => format!(
                "the label {ADMISSION_LABEL} is missing: only a controller that also changes pods without it injects \
                 Datadog's library"
            ),
            Self::LabelledOff { .. } => {
                format!("the label {ADMISSION_LABEL} is not true: Datadog's library is not injected")
            }
        }
    }

    /// What to write instead.
    pub(crate) fn advice(self) -> String {
        match self {
            Self::NotMounted(Unmounted::NoMount) | Self::MayBeInImage => format!(
                "mount the volume into which the init container copies the library, or remove {} from the path",
                LIBRARY_VOLUME.folder
            ),
            Self::NotMounted(Unmounted::NoVolume) => "add the volume to the pod's `volumes`".to_owned(),
            Self::NotCopied | Self::UnknownContent => {
                format!("add the init container {LIBRARY_CONTAINER}, as `enable --inject init` does")
            }
            Self::OtherFolder => format!("mount it at {}", LIBRARY_VOLUME.folder),
            Self::OldPython | Self::PythonOfRelease => "write v2".to_owned(),
            Self::UnknownPython => "write v2, unless the image has Python 3.9 or later".to_owned(),
            Self::NotLabelled | Self::LabelledOff { by_pod: false } => {
                format!("give the predictor the label {ADMISSION_LABEL}: 'true'")
            }
            Self::LabelledOff { by_pod: true } => format!(
                "write {ADMISSION_LABEL}: 'true' in the `metadata` of the component spec: its label overrides the \
                 predictor's"
            ),
        }
    }

    pub(super) fn doubt(self) -> Doubt {
        Doubt { verdict: self.verdict(), ..Doubt::no(self.reason()) }
    }
}

impl<'t> PredictorPods<'t> {
    /// Datadog's library in a container, if the manifest shows or requests it.
    pub(super) fn library_of(&self, tree: &'t Tree<'_>, unit: &Unit<'t>, env: &Env<'t>) -> Option<Library> {
        let is_run = runs_library(env);
        let on_path = |folder: &str| env.last("PYTHONPATH").is_some_and(|path| path.value.contains(folder));
        let other_folder = || {
            let (_, folder) = self.library_mount(tree, unit)?;
            Some(folder.trim_end_matches('/')).filter(|folder| !folder.is_empty() && on_path(folder))
        };
        let obstacle = match on_path(LIBRARY_VOLUME.folder) {
            true => Some(self.obstacle(tree, unit)),
            false => other_folder().map(|_| Some(Obstacle::OtherFolder)),
        };
        if is_run || obstacle.is_some() {
            let image = self.library_image(unit);
            let version = image.map_or(LibraryVersion::NotKnown, |(_, image)| LibraryVersion::of_image(image));
            return Some(match is_run {
                true => Library::Runs(version),
                false => Library::Injected(version, obstacle.flatten()),
            });
        }
        let tag = self.requested(unit)?;
        let version = tag.map_or(LibraryVersion::NotKnown, LibraryVersion::of_tag);
        let of_label = self.label_obstacle(unit);
        let of_python = python_obstacle(tree, unit, version);
        let is_certain = |obstacle: &Obstacle| obstacle.verdict() == Verdict::No;
        let certain = of_label.filter(is_certain).or(of_python.filter(is_certain));
        Some(Library::MayBeInjected(version, certain.or(of_label).or(of_python)))
    }

    /// The image of the init container with the library, and its node.
    pub(crate) fn library_image(&self, unit: &Unit<'_>) -> Option<(NodeId, &'t str)> {
        self.volumes_of(unit).filter(|_| matches!(unit.role, Role::Server { .. }))?.library
    }

    /// The reason why the library on PYTHONPATH is not loaded, or may not be.
    pub(crate) fn obstacle(&self, tree: &'t Tree<'_>, unit: &Unit<'_>) -> Option<Obstacle> {
        if let Some(reason) = self.why_not_mounted(tree, unit, LIBRARY_VOLUME.folder) {
            return Some(match reason {
                Unmounted::NoMount if !is_stock(tree, unit) => Obstacle::MayBeInImage,
                reason => Obstacle::NotMounted(reason),
            });
        }
        if self.is_never_filled(tree, unit, LIBRARY_VOLUME.folder) {
            return Some(Obstacle::NotCopied);
        }
        let image = self.library_image(unit).filter(|_| self.shares_library(tree, unit, LIBRARY_VOLUME.folder));
        match image {
            Some((_, image)) => python_obstacle(tree, unit, LibraryVersion::of_image(image)),
            None => Some(Obstacle::UnknownContent),
        }
    }

    /// The reason why the admission controller does not inject a requested library, or may not.
    pub(crate) fn label_obstacle(&self, unit: &Unit<'_>) -> Option<Obstacle> {
        match self.label(unit).0 {
            None => Some(Obstacle::NotLabelled),
            Some("true") => None,
            Some(label) if is_placeholder(label, true) => None,
            Some(_) => Some(Obstacle::LabelledOff { by_pod: self.label(unit).1 }),
        }
    }

    /// The annotations in effect that request the library for a container, as their nodes and tags: its own, and that of
    /// all containers.
    pub(crate) fn requests(&self, unit: &Unit<'_>) -> [Option<(NodeId, &'t str)>; 2] {
        // Most pods have none.
        if self.admissions(unit).into_iter().flatten().all(|each| each.tags.is_empty()) {
            return [None; 2];
        }
        admission_annotations(unit.name).map(|name| {
            self.admissions(unit).into_iter().flatten().find_map(|each| each.tags.get(name.as_str()).copied())
        })
    }

    /// The library that the admission controller is asked to inject, as its tag. A label without annotations requests
    /// the default version for all containers, an annotation the library for those that it names.
    fn requested(&self, unit: &Unit<'_>) -> Option<Option<&'t str>> {
        if self.admissions(unit).into_iter().flatten().all(|each| each.tags.is_empty()) {
            return (self.label(unit).0 == Some("true")).then_some(None);
        }
        self.requests(unit).into_iter().flatten().next().map(|(_, tag)| Some(tag))
    }

    /// The label of the pod, or else the predictor's. True if it is the pod's.
    fn label(&self, unit: &Unit<'_>) -> (Option<&'t str>, bool) {
        let of_pod = self.admission_of_pod(unit).and_then(|pod| pod.label);
        (of_pod.or(self.admission.label), of_pod.is_some())
    }

    fn admission_of_pod(&self, unit: &Unit<'_>) -> Option<&Admission<'t>> {
        self.admission_of_pods.get(&self.pod_of(unit)?)
    }

    /// The requests for a unit; the first takes precedence.
    fn admissions(&self, unit: &Unit<'_>) -> [Option<&Admission<'t>>; 3] {
        let (in_pod, predictor) = (self.admission_of_pod(unit), Some(&self.admission));
        let spec = Some(&*self.admission_of_spec);
        // In the executor's pod the predictor's annotations override those of the pod.
        if self.pod_of(unit) == self.orchestrator { [predictor, in_pod, spec] } else { [in_pod, predictor, spec] }
    }
}

/// Returns true if the command line of a container starts Datadog's library.
pub(crate) fn runs_library(env: &Env<'_>) -> bool {
    env.command_line.iter().any(|text| text.contains("ddtrace-run"))
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
fn wrapper_version(image: &str) -> Option<(u32, u32)> {
    let repository = split_image(image).0;
    let name = repository.strip_prefix("docker.io/").unwrap_or(repository).strip_prefix("seldonio/")?;
    let numbers: Vec<u32> = tag_of(image).split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    match numbers[..] {
        [major, minor, _] if WRAPPER_IMAGES.iter().any(|image| name.starts_with(image)) => Some((major, minor)),
        _ => None,
    }
}

/// Returns true if the wrapper of a unit's image traces REST calls even with TRACING 0. Source: seldon-core 1.5.0 to
/// 1.8.0, `gunicorn_utils.py` (UserModelApplication.load), and seldon-core#3158.
pub(crate) fn traces_rest_although_off(tree: &Tree<'_>, unit: &Unit<'_>) -> bool {
    let version = text_of(tree, unit.node, "image").and_then(wrapper_version);
    version.is_some_and(|version| ((1, 5)..=(1, 8)).contains(&version))
}

/// Requests to Datadog's admission controller to inject the library.
#[derive(Debug)]
pub(super) struct Admission<'t> {
    /// The annotations by their names, as their nodes and tags.
    tags: HashMap<&'t str, (NodeId, &'t str)>,
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
            entries.filter_map(|(key, value)| {
                Some((tree.scalar_text(key)?, (value, tree.scalar_text(tree.resolve(value))?)))
            })
        };
        let requests = entries("annotations").filter(|(name, _)| is_library_annotation(name));
        let label = entries("labels").find(|(name, _)| *name == ADMISSION_LABEL).map(|(_, (_, value))| value);
        Self { tags: requests.collect(), label }
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
