//! What a manifest shows of the pod and the program around a unit's variables.

use std::collections::HashMap;

use crate::knowledge::clients::ddtrace::LibraryVersion;
use crate::knowledge::parts::LIBRARY_CONTAINER;
use crate::knowledge::parts::{ADMISSION_LABEL, admission_annotations, is_library_annotation};
use crate::knowledge::{BACKENDS, Backend, agent_container};
use crate::manifest::{Container, Env, ExecutorPlace, Role, Unit, value_of};
use crate::yaml::{NodeId, Tree};

/// Images that are not Seldon's Python wrapper, by a part of their names.
const OTHER_SERVERS: [&str; 4] = ["tensorflow/serving", "tritonserver", MLSERVER, "torchserve"];

const MLSERVER: &str = "mlserver";

/// The program that the Python wrapper is started by.
const WRAPPER_PROGRAM: &str = "seldon-core-microservice";

/// Where the operator mounts a volume with the model, in the container of a node that has one.
const MODELS: &str = "/mnt/models";

/// The label by which a predictor's Service selects pods.
const SERVICE_LABEL: &str = "seldon-app";

/// What is around a unit's variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Surroundings {
    /// The containers of the pod that are evidently agents.
    pub agents: PodAgents,
    /// True if the pod has no other container, and gets none.
    pub is_alone: bool,
    /// True if the program comes from a release of Seldon Core.
    pub is_stock: bool,
    /// The reason why a container is evidently not Seldon's Python wrapper.
    pub other_program: Option<String>,
    /// True if DD_TRACE_AGENT_URL is a socket over which no volume is mounted.
    pub lacks_socket: bool,
    /// True if the container is evidently MLServer.
    pub is_mlserver: bool,
    /// The version of MLServer, if its image shows one.
    pub mlserver: LibraryVersion,
    /// Datadog's library, if the manifest shows it.
    pub library: Option<Library>,
}

/// The names of the agents in a pod.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PodAgents {
    pub jaeger: Option<String>,
    pub datadog: Option<String>,
}

impl PodAgents {
    pub(super) fn of(&self, backend: Backend) -> Option<&str> {
        match backend {
            Backend::Jaeger => self.jaeger.as_deref(),
            Backend::Datadog => self.datadog.as_deref(),
        }
    }
}

/// How Datadog's library comes into a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Library {
    /// The pod or the command line has it.
    Present(LibraryVersion),
    /// An admission controller may inject it, in this version.
    MayBeInjected(LibraryVersion),
}

/// What is around the units of a predictor.
#[derive(Debug)]
pub(crate) struct PredictorPods<'t> {
    /// The names of the agents, by pod and backend.
    agents: HashMap<(NodeId, Backend), &'t str>,
    /// The pod of the orchestrator that the operator makes; `None` if it has one of its own.
    orchestrator: Option<NodeId>,
    /// What asks an admission controller for Datadog's library in all pods.
    admission: Admission<'t>,
    pub executor: ExecutorPlace,
    /// True if a container replaces the orchestrator, and the predictor's Service selects no pod.
    pub is_unreached: bool,
}

impl<'t> PredictorPods<'t> {
    pub(super) fn of(tree: &'t Tree<'_>, predictor: NodeId, executor: ExecutorPlace, units: &[Unit<'t>]) -> Self {
        let containers = units.iter().rev().filter_map(|unit| match unit.role {
            Role::Sidecar(place) => Some(((place.component_spec, agent_of(tree, unit.name, unit.node)?), unit.name)),
            _ => None,
        });
        let specs = value_of(tree, predictor, "componentSpecs").map_or(&[][..], |pods| tree.items(pods));
        let specs = || specs.iter().map(|spec| tree.resolve(*spec));
        let agents = specs().flat_map(|pod| native_agents(tree, pod)).chain(containers).collect();
        // Without a component spec the operator makes one.
        let orchestrator = match executor {
            ExecutorPlace::Alone => None,
            ExecutorPlace::Pod(pod) => Some(tree.resolve(pod.unwrap_or(predictor))),
            ExecutorPlace::None | ExecutorPlace::Nowhere => Some(specs().next().unwrap_or(predictor)),
        };
        let is_unreached = units.iter().any(|unit| match unit.role {
            Role::OwnOrchestrator(place) => !is_labelled_for_service(tree, predictor, place.component_spec),
            _ => false,
        });
        Self { agents, orchestrator, admission: Admission::of(tree, predictor), executor, is_unreached }
    }

    /// The pod of a unit, if it is known.
    fn pod_of(&self, unit: &Unit<'_>) -> Option<NodeId> {
        match unit.role {
            Role::Server { place, .. } | Role::OwnOrchestrator(place) | Role::Sidecar(place) => {
                Some(place.component_spec)
            }
            Role::SvcOrchSpec(_) | Role::ServerWithoutContainer => self.orchestrator,
            _ => None,
        }
    }

    /// The name of the backend's agent in the pod of a unit.
    pub(crate) fn agent_beside(&self, unit: &Unit<'_>, backend: Backend) -> Option<&'t str> {
        self.agents.get(&(self.pod_of(unit)?, backend)).copied()
    }

    pub(super) fn around(&self, tree: &Tree<'_>, unit: &Unit<'_>, env: &Env<'_>) -> Surroundings {
        let pod = self.pod_of(unit);
        let agent = |backend: Backend| self.agent_beside(unit, backend).map(str::to_owned);
        let image = text_of(tree, unit.node, "image");
        let is_server = matches!(unit.role, Role::Server { .. } | Role::ServerWithoutContainer);
        let library = || {
            let metadata = pod.and_then(|pod| value_of(tree, pod, "metadata"));
            let in_pod = || metadata.and_then(|holder| Admission::of(tree, holder).library_of(unit.name));
            let injected = || in_pod().or_else(|| self.admission.library_of(unit.name));
            library_of(tree, unit, env).or_else(|| injected().map(Library::MayBeInjected))
        };
        Surroundings {
            agents: PodAgents { jaeger: agent(Backend::Jaeger), datadog: agent(Backend::Datadog) },
            is_alone: matches!(unit.role, Role::SvcOrchSpec(_)) && pod.is_none(),
            is_stock: match unit.role {
                Role::SvcOrchSpec(_) | Role::ServerWithoutContainer => true,
                Role::Server { prepackaged, .. } => image.map_or(prepackaged, is_seldons),
                _ => image.is_some_and(is_seldons),
            },
            lacks_socket: lacks_socket(tree, unit, env),
            other_program: is_server.then(|| other_program(tree, unit.container.as_ref(), unit.node, env)).flatten(),
            is_mlserver: is_server && is_mlserver(tree, unit.node, env),
            mlserver: image.filter(|image| image.contains(MLSERVER)).map_or(LibraryVersion::NotKnown, tag_version),
            library: is_server.then(library).flatten(),
        }
    }
}

/// The backend whose agent a container is, by the name of its image or of itself.
fn agent_of(tree: &Tree<'_>, name: &str, container: NodeId) -> Option<Backend> {
    let image = text_of(tree, container, "image").unwrap_or_default();
    // A registry's port comes before a slash, a tag after the last one.
    let image = image.split('@').next().unwrap_or_default();
    let tag = image.rfind(':').filter(|colon| !image[*colon..].contains('/'));
    let image = &image[..tag.unwrap_or(image.len())];
    let is_named = |end: &str| image.strip_suffix(end).is_some_and(|path| path.is_empty() || path.ends_with('/'));
    BACKENDS.into_iter().find(|backend| {
        let agent = agent_container(*backend);
        agent.names.contains(&name) || agent.images.iter().any(|end| is_named(end))
    })
}

/// Returns true if the manifest gives a pod the label by which the predictor's Service selects pods. The operator gives it
/// to the pod to which it adds the executor.
fn is_labelled_for_service(tree: &Tree<'_>, predictor: NodeId, component_spec: NodeId) -> bool {
    let holders = [Some(predictor), value_of(tree, component_spec, "metadata")];
    let labels = holders.into_iter().flatten().filter_map(|holder| value_of(tree, holder, "labels"));
    labels.into_iter().any(|labels| value_of(tree, labels, SERVICE_LABEL).is_some())
}

/// The agents among the init containers of a pod that go on running.
fn native_agents<'t>(tree: &'t Tree<'_>, pod: NodeId) -> impl Iterator<Item = ((NodeId, Backend), &'t str)> {
    let list = value_of(tree, pod, "spec").and_then(|spec| value_of(tree, spec, "initContainers"));
    let native = list.into_iter().flat_map(|list| tree.items(list)).filter(|item| is_native_sidecar(tree, **item));
    native.filter_map(move |item| {
        let name = text_of(tree, *item, "name")?;
        Some(((pod, agent_of(tree, name, *item)?), name))
    })
}

/// Returns true for an init container that goes on running.
pub(crate) fn is_native_sidecar(tree: &Tree<'_>, container: NodeId) -> bool {
    text_of(tree, container, "restartPolicy") == Some("Always")
}

fn lacks_socket(tree: &Tree<'_>, unit: &Unit<'_>, env: &Env<'_>) -> bool {
    let url = env.last("DD_TRACE_AGENT_URL").filter(|url| !url.is_reference() && !url.is_placeholder());
    let path = url.and_then(|url| {
        url.value.split_once("://").filter(|(scheme, _)| scheme.eq_ignore_ascii_case("unix")).map(|(_, path)| path)
    });
    // The orchestrator that the operator makes can have no mount.
    path.is_some_and(|path| matches!(unit.role, Role::SvcOrchSpec(_)) || !is_mounted(tree, unit.node, path))
}

/// Returns true if a volume is mounted over a path, or may be.
pub(crate) fn is_mounted(tree: &Tree<'_>, container: NodeId, path: &str) -> bool {
    let is_over = |mount: &str| {
        let below = path.strip_prefix(mount.trim_end_matches('/'));
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    };
    let mounts = value_of(tree, container, "volumeMounts");
    let mut paths = mounts.iter().flat_map(|list| tree.items(*list)).filter_map(|item| {
        let path = value_of(tree, *item, "mountPath")?;
        tree.scalar_text(path)
    });
    // What `<<` brings is not looked into.
    let takes_in_more = tree.entries(container).any(|(key, _)| tree.is_merge_key(key));
    takes_in_more || is_over(MODELS) || paths.any(is_over)
}

fn is_seldons(image: &str) -> bool {
    image.strip_prefix("docker.io/").unwrap_or(image).starts_with("seldonio/")
}

/// Returns true if a container is evidently MLServer.
pub(crate) fn is_mlserver(tree: &Tree<'_>, container: NodeId, env: &Env<'_>) -> bool {
    let image = text_of(tree, container, "image").unwrap_or_default();
    let has_variable = || env.variables.iter().any(|variable| variable.name.starts_with("MLSERVER_"));
    image.contains(MLSERVER) || !is_other_server(tree, container) && has_variable()
}

/// Returns true if the image of a container is that of a server other than MLServer.
pub(crate) fn is_other_server(tree: &Tree<'_>, container: NodeId) -> bool {
    let image = text_of(tree, container, "image").unwrap_or_default();
    OTHER_SERVERS.iter().any(|server| *server != MLSERVER && image.contains(server))
}

/// The reason why a container is evidently not Seldon's Python wrapper.
pub(crate) fn other_program(
    tree: &Tree<'_>,
    container: Option<&Container<'_>>,
    node: NodeId,
    env: &Env<'_>,
) -> Option<String> {
    let image = text_of(tree, node, "image").unwrap_or_default();
    if OTHER_SERVERS.iter().any(|server| image.contains(server)) {
        return Some("its image is not Seldon's Python wrapper".to_owned());
    }
    if let Some(variable) = env.variables.iter().find(|variable| variable.name.starts_with("MLSERVER_")) {
        return Some(format!("{} is for MLServer, which is not Seldon's Python wrapper", variable.name));
    }
    let has_command = container.is_some_and(|container| container.command.value.is_some());
    let runs_wrapper = env.command_line.iter().any(|text| text.contains(WRAPPER_PROGRAM));
    (has_command && !runs_wrapper)
        .then(|| "it has a `command` of its own, which may not be Seldon's Python wrapper".to_owned())
}

/// Datadog's library, if the command line, an init container or PYTHONPATH shows it.
fn library_of(tree: &Tree<'_>, unit: &Unit<'_>, env: &Env<'_>) -> Option<Library> {
    let Role::Server { place, .. } = unit.role else { return None };
    let init_containers = value_of(tree, place.spec, "initContainers");
    let of_init = || {
        init_containers.into_iter().flat_map(|list| tree.items(list)).find_map(|container| {
            let image = text_of(tree, *container, "image")?;
            let is_named = text_of(tree, *container, "name") == Some(LIBRARY_CONTAINER);
            (is_named || image.contains("dd-lib-python-init")).then(|| tag_version(image))
        })
    };
    let is_on_path = env.last("PYTHONPATH").is_some_and(|path| path.value.contains("/datadog-lib"));
    let is_run = env.command_line.iter().any(|text| text.contains("ddtrace-run"));
    // The library that an init container copies starts only by the path.
    match is_run || is_on_path {
        true => Some(Library::Present(of_init().unwrap_or(LibraryVersion::NotKnown))),
        false => None,
    }
}

/// The version by the tag of an image.
fn tag_version(image: &str) -> LibraryVersion {
    let image = image.split('@').next().unwrap_or_default();
    let tag = image.rsplit('/').next().and_then(|image| image.split_once(':')).map_or("", |(_, tag)| tag);
    version(tag)
}

/// The version of a tag such as `:v2` or `:v2.21.12`.
fn version(tag: &str) -> LibraryVersion {
    let mut numbers = tag.trim_start_matches([':', 'v']).split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => LibraryVersion::Known(major, minor),
        // `v2` is the last release of 2.
        (Some(Ok(major)), None) => LibraryVersion::Known(major, u32::MAX),
        _ => LibraryVersion::NotKnown,
    }
}

/// What asks Datadog's admission controller for its library.
#[derive(Debug)]
struct Admission<'t> {
    /// The versions in annotations, by their names.
    versions: HashMap<&'t str, LibraryVersion>,
    is_labelled: bool,
}

impl<'t> Admission<'t> {
    /// What the labels and annotations of a predictor or a pod ask for.
    fn of(tree: &'t Tree<'_>, holder: NodeId) -> Self {
        let entries = |field: &str| {
            let mapping = value_of(tree, holder, field);
            let entries = mapping.into_iter().flat_map(|mapping| tree.entries(mapping));
            entries.filter_map(|(key, value)| Some((tree.scalar_text(key)?, tree.scalar_text(tree.resolve(value))?)))
        };
        let asked = entries("annotations").filter(|(name, _)| is_library_annotation(name));
        let versions = asked.map(|(name, tag)| (name, version(tag))).collect();
        Self { versions, is_labelled: entries("labels").any(|entry| entry == (ADMISSION_LABEL, "true")) }
    }

    /// The version for a container. A label alone asks for all, and annotations for those that they name.
    fn library_of(&self, container: &str) -> Option<LibraryVersion> {
        if self.versions.is_empty() {
            return self.is_labelled.then_some(LibraryVersion::NotKnown);
        }
        admission_annotations(container).iter().find_map(|name| self.versions.get(name.as_str()).copied())
    }
}

fn text_of<'t>(tree: &'t Tree<'_>, mapping: NodeId, key: &str) -> Option<&'t str> {
    value_of(tree, mapping, key).and_then(|value| tree.scalar_text(value))
}
