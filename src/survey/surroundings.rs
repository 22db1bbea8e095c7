//! The pod and the program of a unit, as far as the manifest shows them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::annotated_executor::SpecAnnotations;
use super::annotation_faults::AnnotationFault;
use super::injection::{Admission, Library};
use super::mounted::{PodVolumes, has_mount_at};
use super::tracing::{Doubt, Verdict};
use crate::credentials::shown_name;
use crate::knowledge::clients::EnvText;
use crate::knowledge::names::{split_image, version_in_tag};
use crate::knowledge::sidecar::sidecar_port;
use crate::knowledge::{AgentCandidate, AgentPorts, BACKENDS, Backend, DATADOG_CONFIG};
use crate::manifest::{
    Container, Deployment, Env, ExecutorPlace, Role, SERVICE_NAME_ANNOTATION, Unit, is_placeholder, items_of, text_of,
    value_of,
};
use crate::yaml::sharing::{effective_items, effective_value};
use crate::yaml::{NodeId, Tree};

/// Images that are not Seldon's Python wrapper, by a part of their names. Seldon's detectors (`python -m adserver`) and its
/// servers of explanations have no tracer: Seldon Core 1.18.2, components/alibi-detect-server and alibi-explain-server.
const OTHER_SERVERS: [&str; 20] = [
    "tensorflow/serving",
    "tensorflow-serving",
    "tensorflow_serving",
    "tritonserver",
    "tensorrtserver",
    "nvidia/inferenceserver",
    MLSERVER,
    "torchserve",
    "openvino/model_server",
    "openvino_model_server",
    "vllm",
    "text-generation-inference",
    "text-embeddings-inference",
    "bentoml",
    "alibi-detect-server",
    "alibi-explain",
    "alibiexplainer",
    "seldon-core-executor",
    "s2i-java",
    "nodejs",
];

/// Images of programs whose names are also part of the names of models, by the last part of their path.
const OTHER_PROGRAMS: [&str; 5] = ["nginx", "nginx-unprivileged", "envoy", "redis", "haproxy"];

const MLSERVER: &str = "mlserver";

/// The command that starts the Python wrapper.
const WRAPPER_PROGRAM: &str = "seldon-core-microservice";

/// The label by which a predictor's Service selects pods.
const SERVICE_LABEL: &str = "seldon-app";

const MAX_SERVICE_NAME_LENGTH: usize = 63;

/// The pod and the program of a unit. Most of it is read only where a variable needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pods: &'a PredictorPods<'a>,
    tree: &'a Tree<'a>,
    unit: &'a Unit<'a>,
    env: &'a Env<'a>,
    /// Datadog's library, if the manifest shows it.
    pub library: Option<Library>,
}

/// A container that is an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgentInPod {
    pub name: String,
    pub ports: AgentPorts,
}

/// The agents of a backend in a pod, one for each set of ports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PodAgents {
    /// Those with one port, of which there may be many.
    by_port: BTreeMap<u16, AgentInPod>,
    /// Those with a set of ports of the tables.
    others: Vec<AgentInPod>,
}

impl PodAgents {
    fn add(&mut self, name: &str, ports: AgentPorts) {
        let new = || AgentInPod { name: shown_name(name), ports };
        match ports {
            AgentPorts::At(port) => {
                self.by_port.entry(port).or_insert_with(new);
            }
            _ if self.others.iter().all(|agent| agent.ports != ports) => self.others.push(new()),
            _ => {}
        }
    }

    /// The agent that takes spans at a port, or else one that may do so.
    pub(crate) fn at(&self, port: u16) -> Option<&AgentInPod> {
        let find = |takes| self.others.iter().find(|agent| agent.ports.takes(port) == takes);
        self.by_port.get(&port).or_else(|| find(Some(true))).or_else(|| find(None))
    }

    fn first(&self) -> Option<&AgentInPod> {
        self.others.first().or_else(|| self.by_port.values().next())
    }

    /// The reason why none of them takes spans at a port.
    pub(crate) fn why_none_at(&self, port: u16) -> Option<String> {
        self.doubt_at(port).filter(|doubt| doubt.verdict == Verdict::No).map(|doubt| doubt.reason)
    }

    /// The doubt about spans that are sent to a port of the pod.
    pub(super) fn doubt_at(&self, port: u16) -> Option<Doubt> {
        let (agent, verb) = match self.at(port) {
            None => (self.first()?, "takes"),
            Some(agent) if agent.ports.takes(port).is_none() => (agent, "may take"),
            Some(_) => return None,
        };
        let words = format!("{} in the pod {verb} no spans on {port}: {}", agent.name, agent.ports.reason());
        Some(if verb == "takes" { Doubt::no(words) } else { Doubt::unknown(words) })
    }
}

/// The pods of a predictor.
#[derive(Debug)]
pub(crate) struct PredictorPods<'t> {
    agents: HashMap<(NodeId, Backend), PodAgents>,
    /// The pod to which the operator adds the orchestrator; `None` if it has a separate pod.
    pub(super) orchestrator: Option<NodeId>,
    /// The predictor's request for Datadog's library, for all pods.
    pub(super) admission: Admission<'t>,
    /// The requests of each pod, by its component spec.
    pub(super) admission_of_pods: HashMap<NodeId, Admission<'t>>,
    /// The request in the annotations of `spec`, which reach the pods of models.
    pub(super) admission_of_spec: Arc<Admission<'t>>,
    /// The volumes of each pod, by its `spec`.
    volumes: HashMap<NodeId, PodVolumes<'t>>,
    pub executor: ExecutorPlace,
    /// The annotation at which the executor that the operator adds exits.
    pub annotation_fault: Option<AnnotationFault>,
    /// True if a container replaces the orchestrator, and the predictor's Service selects no pod.
    pub is_unreached: bool,
}

impl Surroundings<'_> {
    fn image(&self) -> Option<&str> {
        text_of(self.tree, self.unit.node, "image")
    }

    fn is_server(&self) -> bool {
        matches!(self.unit.role, Role::Server { .. } | Role::ServerWithoutContainer)
    }

    pub(super) fn without_library(self) -> Self {
        Self { library: None, ..self }
    }

    /// The containers of the pod that are clearly agents of a backend.
    pub(super) fn agents(&self, backend: Backend) -> Option<&PodAgents> {
        self.pods.agents_beside(self.unit, backend)
    }

    /// Returns true if the pod has no other container, even at runtime.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.unit.role, Role::SvcOrchSpec(_)) && self.pods.pod_of(self.unit).is_none()
    }

    /// Returns true if the program comes from a release of Seldon Core.
    pub(super) fn is_stock(&self) -> bool {
        is_stock(self.tree, self.unit)
    }

    /// The reason why the socket of DD_TRACE_AGENT_URL does not exist.
    pub(super) fn why_no_socket(&self) -> Option<&'static str> {
        let url = self.env.last("DD_TRACE_AGENT_URL")?;
        self.pods.why_no_socket(self.tree, self.unit, url)
    }

    /// The reason why a container is clearly not Seldon's Python wrapper.
    pub(super) fn other_program(&self) -> Option<String> {
        let Unit { container, node, .. } = self.unit;
        self.is_server().then(|| other_program(self.tree, container.as_ref(), *node, self.env)).flatten()
    }

    /// Returns true if the container is clearly MLServer.
    pub(super) fn is_mlserver(&self) -> bool {
        self.is_server() && is_mlserver(self.tree, self.unit.node, self.env)
    }

    /// The version of MLServer, if its image shows one.
    pub(super) fn mlserver(&self) -> Option<(u32, u32)> {
        self.image().filter(|image| image.contains(MLSERVER)).and_then(version_in_tag)
    }
}

impl<'t> PredictorPods<'t> {
    pub(super) fn of(
        tree: &'t Tree<'_>,
        spec: &SpecAnnotations<'t>,
        deployment: &Deployment<'t>,
        (predictor, executor): (NodeId, ExecutorPlace),
        units: &[Unit<'t>],
    ) -> Self {
        let mut agents: HashMap<_, PodAgents> = HashMap::new();
        let mut add = |pod: NodeId, name: &str, container: NodeId| {
            for (backend, ports) in agents_of(tree, name, container) {
                agents.entry((pod, backend)).or_default().add(name, ports);
            }
        };
        for unit in units {
            if let Role::Sidecar(place) = unit.role {
                add(place.component_spec, unit.name, unit.node);
            }
        }
        let specs = items_of(tree, predictor, "componentSpecs");
        let specs = || specs.iter().map(|spec| tree.resolve(*spec));
        for (pod, spec) in specs().filter_map(|pod| Some((pod, value_of(tree, pod, "spec")?))) {
            for container in native_sidecars(tree, spec) {
                add(pod, text_of(tree, container, "name").unwrap_or_default(), container);
            }
        }
        // Without a component spec the operator makes one.
        let orchestrator = match executor {
            ExecutorPlace::Alone => None,
            ExecutorPlace::Pod(pod) => Some(tree.resolve(pod.unwrap_or(predictor))),
            ExecutorPlace::None | ExecutorPlace::Nowhere => Some(specs().next().unwrap_or(predictor)),
        };
        let is_unreached = units.iter().any(|unit| match unit.role {
            Role::OwnOrchestrator(place) => !is_labelled_for_service(tree, deployment, predictor, place.component_spec),
            _ => false,
        });
        let admission = Admission::of(tree, Some(predictor));
        let mut volumes = HashMap::new();
        for spec in specs().filter_map(|pod| value_of(tree, pod, "spec")) {
            volumes.entry(spec).or_insert_with(|| PodVolumes::of(tree, spec));
        }
        let of_pod = |pod| (pod, Admission::of(tree, value_of(tree, pod, "metadata")));
        let admission_of_pods = specs().map(of_pod).collect();
        let annotation_fault = spec.settings.fault(tree, predictor, executor);
        Self {
            agents,
            orchestrator,
            admission,
            admission_of_pods,
            admission_of_spec: Arc::clone(&spec.admission),
            volumes,
            executor,
            annotation_fault,
            is_unreached,
        }
    }

    /// The pod of a unit, if it is known.
    pub(super) fn pod_of(&self, unit: &Unit<'_>) -> Option<NodeId> {
        match unit.role {
            Role::Server { place, .. } | Role::OwnOrchestrator(place) | Role::Sidecar(place) => {
                Some(place.component_spec)
            }
            Role::SvcOrchSpec(_) | Role::ServerWithoutContainer => self.orchestrator,
            _ => None,
        }
    }

    /// The volumes of the pod of a unit that has a container in the manifest.
    pub(super) fn volumes_of(&self, unit: &Unit<'_>) -> Option<&PodVolumes<'t>> {
        match unit.role {
            Role::Server { place, .. } | Role::OwnOrchestrator(place) | Role::Sidecar(place) => {
                self.volumes.get(&place.spec)
            }
            _ => None,
        }
    }

    /// The backend's agents in the pod of a unit, if there are any.
    pub(crate) fn agents_beside(&self, unit: &Unit<'_>, backend: Backend) -> Option<&PodAgents> {
        self.agents.get(&(self.pod_of(unit)?, backend))
    }

    pub(super) fn around<'a>(&'a self, tree: &'t Tree<'_>, unit: &'a Unit<'t>, env: &'a Env<'t>) -> Surroundings<'a> {
        let around = Surroundings { pods: self, tree, unit, env, library: None };
        Surroundings { library: around.is_server().then(|| self.library_of(tree, unit, env)).flatten(), ..around }
    }
}

/// The backends of which a container is an agent, by its image, its name, or a port that it declares.
pub(crate) fn agents_of(
    tree: &Tree<'_>,
    name: &str,
    container: NodeId,
) -> impl Iterator<Item = (Backend, AgentPorts)> + use<> {
    let image = text_of(tree, container, "image").unwrap_or_default();
    let candidate = AgentCandidate {
        name,
        image: split_image(image).0,
        version: version_in_tag(image),
        has_arguments: ["command", "args"].iter().any(|key| value_of(tree, container, key).is_some()),
        has_config: has_mount_at(tree, container, DATADOG_CONFIG),
        variable: &|name| variable_of(tree, container, name),
    };
    let declared =
        |backend| declares_port(tree, container, sidecar_port(backend)).then(|| AgentPorts::declared_for(backend));
    let ports = |backend| AgentPorts::of(backend, &candidate).or_else(|| declared(backend));
    BACKENDS.map(|backend| (backend, ports(backend))).into_iter().filter_map(|(backend, ports)| Some((backend, ports?)))
}

/// The value of a variable of a container that is no target, as far as the manifest shows it.
fn variable_of<'t>(tree: &'t Tree<'_>, container: NodeId, name: &str) -> Option<EnvText<'t>> {
    const ELSEWHERE: EnvText<'_> = EnvText::Hidden("comes from another source");
    let items = |key: &str| items_of(tree, container, key).iter();
    let is_named = |item: &&NodeId| text_of(tree, **item, "name") == Some(name);
    let Some(entry) = items("env").rfind(is_named) else {
        return items("envFrom").next().map(|_| ELSEWHERE);
    };
    match text_of(tree, *entry, "value") {
        Some(text) if !is_placeholder(text, true) && !text.contains("$(") => Some(EnvText::Literal(text)),
        None if value_of(tree, *entry, "valueFrom").is_none() => Some(EnvText::Literal("")),
        _ => Some(ELSEWHERE),
    }
}

/// Returns true if a container declares that it listens on a port.
pub(crate) fn declares_port(tree: &Tree<'_>, container: NodeId, port: &str) -> bool {
    let ports = effective_items(tree, container, "ports");
    ports.iter().any(|item| text_of(tree, *item, "containerPort") == Some(port))
}

/// Returns true if the manifest gives a pod the label by which the predictor's Service selects pods, with the Service's
/// name as its value. The operator sets it on the pod to which it adds the executor.
fn is_labelled_for_service(
    tree: &Tree<'_>,
    deployment: &Deployment<'_>,
    predictor: NodeId,
    component_spec: NodeId,
) -> bool {
    // Labels of the pod override those of the predictor.
    let holders = [value_of(tree, component_spec, "metadata"), Some(predictor)];
    let label = holders.into_iter().flatten().find_map(|holder| {
        let labels = value_of(tree, holder, "labels")?;
        text_of(tree, labels, SERVICE_LABEL)
    });
    let annotations = value_of(tree, predictor, "annotations");
    let own = annotations.and_then(|annotations| text_of(tree, annotations, SERVICE_NAME_ANNOTATION));
    // The operator hashes a name that is too long.
    let made = || Some(format!("{}-{}", deployment.metadata.name.as_text()?, text_of(tree, predictor, "name")?));
    let service = own.map(str::to_owned).or_else(made).filter(|name| name.len() <= MAX_SERVICE_NAME_LENGTH);
    let is_known = |text: &str| !is_placeholder(text, true);
    match (label, service) {
        (None, _) => false,
        (Some(label), Some(service)) if is_known(label) && is_known(&service) => label == service,
        (Some(_), _) => true,
    }
}

/// The init containers of a pod, by its `spec`, that keep running beside its containers.
pub(crate) fn native_sidecars(tree: &Tree<'_>, spec: NodeId) -> impl Iterator<Item = NodeId> {
    let list = effective_value(tree, spec, "initContainers");
    let items = list.into_iter().flat_map(|list| tree.items(list)).map(|item| tree.resolve(*item));
    items.filter(|item| is_native_sidecar(tree, *item))
}

/// Returns true if an init container keeps running.
pub(crate) fn is_native_sidecar(tree: &Tree<'_>, container: NodeId) -> bool {
    text_of(tree, container, "restartPolicy") == Some("Always")
}

/// Returns true if the program of a unit comes from a release of Seldon Core.
pub(super) fn is_stock(tree: &Tree<'_>, unit: &Unit<'_>) -> bool {
    let image = text_of(tree, unit.node, "image");
    match unit.role {
        Role::SvcOrchSpec(_) | Role::ServerWithoutContainer => true,
        Role::Server { prepackaged, .. } => image.map_or(prepackaged, is_from_seldon),
        _ => image.is_some_and(is_from_seldon),
    }
}

fn is_from_seldon(image: &str) -> bool {
    image.strip_prefix("docker.io/").unwrap_or(image).starts_with("seldonio/")
}

/// Returns true if a container is clearly MLServer.
pub(crate) fn is_mlserver(tree: &Tree<'_>, container: NodeId, env: &Env<'_>) -> bool {
    let image = text_of(tree, container, "image").unwrap_or_default();
    let has_variable = || env.variables.iter().any(|variable| variable.name.starts_with("MLSERVER_"));
    image.contains(MLSERVER) || !is_other_server(tree, container) && has_variable()
}

/// Returns true if the image of a container is that of a server other than MLServer.
pub(crate) fn is_other_server(tree: &Tree<'_>, container: NodeId) -> bool {
    let image = text_of(tree, container, "image").unwrap_or_default();
    !image.contains(MLSERVER) && is_image_of_other(image)
}

fn is_image_of_other(image: &str) -> bool {
    let name = split_image(image).0.rsplit('/').next().unwrap_or_default();
    OTHER_SERVERS.iter().any(|server| image.contains(server)) || OTHER_PROGRAMS.contains(&name)
}

/// The reason why a container is clearly not Seldon's Python wrapper.
pub(crate) fn other_program(
    tree: &Tree<'_>,
    container: Option<&Container<'_>>,
    node: NodeId,
    env: &Env<'_>,
) -> Option<String> {
    let image = text_of(tree, node, "image").unwrap_or_default();
    if is_image_of_other(image) {
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
