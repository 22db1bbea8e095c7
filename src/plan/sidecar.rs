//! Sidecars that receive the spans of a pod: one a pod, which is shared by all targets that send to localhost.

mod edits;

use std::collections::{BTreeMap, HashSet};

use super::after::After;
use super::parts::{is_shape, named_item};
use super::report::{Action, VariableChange};
use super::{Planner, Remark, TargetReport};
use crate::changes::Part;
use crate::diagnostic::Diagnostic;
use crate::knowledge::address::is_loopback;
use crate::knowledge::parts::AgentPlace;
use crate::knowledge::receivers::{ApiKeySecret, DEFAULT_SITE};
use crate::knowledge::sidecar::{
    API_KEY, AgentChoice, COLLECTOR_CONFIG, FARGATE, SITE, Sidecar, SidecarTarget, endpoint_of, sidecar_name,
};
use crate::knowledge::{BACKENDS, Backend, Profile, Strength, host_variable};
use crate::manifest::{Env, ExecutorPlace, PredictorTargets, Role, Site, Target, items_of, text_of, value_of};
use crate::yaml::sharing::effective_value;
use crate::yaml::{NodeId, Tree};

/// The `spec` of a pod; `None` for the first pod if its `spec` is to be made.
pub(super) type PodKey = Option<NodeId>;

/// The pods of a predictor, with their sidecars.
#[derive(Debug, Default)]
pub(super) struct PodSidecars {
    pods: BTreeMap<PodKey, SidecarPod>,
    /// The pods in which a target sends to localhost after the change.
    users: HashSet<(PodKey, Backend)>,
    /// True if the first pod loses a sidecar and gets no other.
    pub first_loses_one: bool,
    /// The pods whose list of containers gets a sidecar, or loses one.
    pub resized: Vec<PodKey>,
}

#[derive(Debug, Default)]
struct SidecarPod {
    component_spec: Option<NodeId>,
    /// True if it has a container of a graph node, or gets one.
    has_node: bool,
    /// True if it has containers in the manifest.
    has_containers: bool,
    /// The containers with the name of a sidecar.
    named: Vec<NamedContainer>,
    /// True if a selected target runs in it.
    is_touched: bool,
    /// True if a container that is made in it sends to localhost.
    has_new_user: bool,
}

/// A container with the name of a sidecar.
#[derive(Debug, Clone)]
struct NamedContainer {
    backend: Backend,
    key: &'static str,
    list: NodeId,
    index: usize,
    node: NodeId,
    /// `None` if it is not one that this program adds.
    sidecar: Option<Sidecar>,
}

impl SidecarPod {
    fn own(&self, backend: Backend) -> impl Iterator<Item = (&NamedContainer, &Sidecar)> {
        self.named
            .iter()
            .filter_map(move |named| Some((named, named.sidecar.as_ref()?)))
            .filter(move |(named, _)| named.backend == backend)
    }

    fn foreign(&self, backend: Backend) -> Option<&NamedContainer> {
        self.named.iter().find(|named| named.backend == backend && named.sidecar.is_none())
    }
}

impl<'t> Planner<'t, '_> {
    /// Finds the sidecars of a predictor, which are no targets.
    pub(super) fn find_sidecars(&mut self, found: &mut PredictorTargets<'t>) {
        let mut pods: BTreeMap<PodKey, SidecarPod> = BTreeMap::new();
        let first = pods.entry(found.pods.first.spec).or_default();
        first.component_spec = found.pods.first.component_spec;
        first.has_node = found.pods.containerless().next().is_some();
        for (place, has_node) in found.pods.specs() {
            let pod = pods.entry(Some(place.spec)).or_default();
            pod.component_spec = Some(place.component_spec);
            pod.has_node |= has_node || found.lacks_graph;
            pod.has_containers = true;
        }
        for component_spec in items_of(self.tree, found.node, "componentSpecs") {
            let Some(spec) = value_of(self.tree, *component_spec, "spec") else { continue };
            for key in ["containers", "initContainers"] {
                let Some(list) = effective_value(self.tree, spec, key) else { continue };
                for (index, item) in self.tree.items(list).iter().enumerate() {
                    let node = self.tree.resolve(*item);
                    let name = text_of(self.tree, node, "name");
                    let Some(backend) = BACKENDS.into_iter().find(|one| name == Some(sidecar_name(*one))) else {
                        continue;
                    };
                    let sidecar = self.own_sidecar(backend, node, key);
                    let named = NamedContainer { backend, key, list, index, node, sidecar };
                    pods.entry(Some(spec)).or_default().named.push(named);
                }
            }
        }
        let own = || pods.values().flat_map(|pod| &pod.named).filter(|named| named.sidecar.is_some());
        let nodes: HashSet<NodeId> = own().map(|named| named.node).collect();
        let names: HashSet<&str> = own().map(|named| sidecar_name(named.backend)).collect();
        found.targets.retain(|target| !nodes.contains(&target.node));
        found.skips.retain(|skip| !names.contains(&*skip.name));
        for target in &found.targets {
            if let Some(pod) = self.pod_of(found, &target.site).and_then(|pod| pods.get_mut(&pod)) {
                pod.is_touched = true;
            }
        }
        if let Some(first) = pods.get_mut(&found.pods.first.spec).filter(|_| !found.missing.is_empty()) {
            first.is_touched = true;
        }
        self.current.sidecars = PodSidecars { pods, ..PodSidecars::default() };
    }

    /// The settings of a container with the name of a sidecar, if it is one that this program adds: the Collector by its
    /// whole shape, Datadog's agent by the list.
    fn own_sidecar(&self, backend: Backend, node: NodeId, key: &str) -> Option<Sidecar> {
        let text = |mapping: NodeId, key: &str| text_of(self.tree, mapping, key);
        let image = text(node, "image")?.to_owned();
        let is_native = key == "initContainers";
        let variable = |name: &str| named_item(self.tree, node, "env", name).map(|(.., entry)| entry);
        match backend {
            Backend::Jaeger => {
                let (endpoint, tls) = endpoint_of(text(variable(COLLECTOR_CONFIG)?, "value")?)?;
                let sidecar = Sidecar { image, is_native, destination: SidecarTarget::Otlp { endpoint, tls } };
                is_shape(self.tree, node, &sidecar.container()).then_some(sidecar)
            }
            Backend::Datadog => {
                if !self.current.listed.has("", &listed_part(backend)) {
                    return None;
                }
                let reference = variable(API_KEY)
                    .and_then(|entry| value_of(self.tree, entry, "valueFrom"))
                    .and_then(|from| value_of(self.tree, from, "secretKeyRef"));
                let secret = reference.and_then(|reference| {
                    Some(ApiKeySecret {
                        name: text(reference, "name")?.to_owned(),
                        key: text(reference, "key")?.to_owned(),
                    })
                });
                let site = variable(SITE).and_then(|entry| text(entry, "value")).unwrap_or(DEFAULT_SITE).to_owned();
                let on_fargate = variable(FARGATE).is_some();
                let secret = secret.unwrap_or_default();
                Some(Sidecar { image, is_native, destination: SidecarTarget::Datadog { secret, site, on_fargate } })
            }
        }
    }

    /// The pod of a target; `None` for an orchestrator in a pod of its own.
    fn pod_of(&self, found: &PredictorTargets<'_>, site: &Site) -> Option<PodKey> {
        match site {
            Site::Container(place) | Site::OwnOrchestrator(place) => Some(Some(place.spec)),
            Site::SvcOrchSpec(_) => (!self.is_separate).then(|| executor_pod(found)),
        }
    }

    /// The agent that a target is to send to.
    ///
    /// # Errors
    /// The reason why the target is skipped, in words.
    pub(super) fn agent_of(
        &self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        target: &Target<'t>,
        env: &Env<'t>,
    ) -> Result<AgentChoice, String> {
        let host = host_variable(profile.backend());
        if profile.gives(host, super::reader(&target.site)) {
            return Ok(AgentChoice::Options);
        }
        let is_kept = |pod: &SidecarPod| !profile.reset() && pod.own(profile.backend()).next().is_some();
        let Some(key) = self.pod_of(found, &target.site) else {
            let has_host = env.last(host).is_some_and(|host| !host.is_gap());
            let is_beside = match profile.parts().agent {
                Some(place) => place == AgentPlace::Sidecar,
                None => !has_host && self.current.sidecars.pods.values().any(is_kept),
            };
            return match is_beside {
                true => {
                    let words = "it runs in a pod of its own, where no sidecar is: give --orchestrator-agent-host";
                    let silences = "; while it samples nothing, no container does";
                    Err(format!("{words}{}", if profile.backend().is_jaeger() { silences } else { "" }))
                }
                false => Ok(self.agent_in(profile, None)),
            };
        };
        let pod = self.current.sidecars.pods.get(&key);
        if profile.parts().wants_sidecar() && !pod.is_some_and(|pod| pod.has_node) {
            return Err("its pod has no container of a graph node, and gets no sidecar".to_owned());
        }
        Ok(self.agent_in(profile, pod))
    }

    /// The agent of a pod's containers.
    fn agent_in(&self, profile: &Profile, pod: Option<&SidecarPod>) -> AgentChoice {
        let has_own = pod.is_some_and(|pod| pod.own(profile.backend()).next().is_some());
        match profile.parts().agent {
            Some(AgentPlace::Sidecar) => AgentChoice::Sidecar(Strength::Given),
            Some(AgentPlace::Node) => AgentChoice::Node { with_port: has_own },
            None if has_own && !profile.reset() => AgentChoice::Sidecar(Strength::Default),
            None => AgentChoice::Options,
        }
    }

    /// Returns true if a target runs beside a sidecar of a backend.
    pub(super) fn is_beside_sidecar(&self, found: &PredictorTargets<'t>, site: &Site, backend: Backend) -> bool {
        let pod = self.pod_of(found, site).and_then(|pod| self.current.sidecars.pods.get(&pod));
        pod.is_some_and(|pod| pod.own(backend).next().is_some())
    }

    /// The agent of a container that is made in the first pod.
    pub(super) fn agent_of_new(&mut self, profile: &Profile, found: &PredictorTargets<'t>) -> AgentChoice {
        if profile.gives(host_variable(profile.backend()), crate::knowledge::Reader::Container) {
            return AgentChoice::Options;
        }
        let choice = self.agent_in(profile, self.current.sidecars.pods.get(&found.pods.first.spec));
        if let Some(first) = self.current.sidecars.pods.get_mut(&found.pods.first.spec) {
            first.has_new_user |= matches!(choice, AgentChoice::Sidecar(_));
        }
        choice
    }

    /// Finds the pods in which a target, selected or not, sends to localhost after the change of the variables.
    pub(super) fn find_sidecar_users(&mut self, found: &PredictorTargets<'t>) {
        let is_asked = self.treatment.task.profile().is_some_and(|profile| profile.parts().wants_sidecar());
        if !is_asked && self.current.sidecars.pods.values().all(|pod| pod.named.is_empty()) {
            return;
        }
        let others = found.others.iter().filter_map(|unit| {
            let site = match unit.role {
                Role::SvcOrchSpec(node) => Site::SvcOrchSpec(node),
                Role::OwnOrchestrator(place) => Site::OwnOrchestrator(place),
                Role::Server { place, .. } | Role::Sidecar(place) => Site::Container(place),
                _ => return None,
            };
            Some((site, unit.node, unit.env, matches!(unit.role, Role::Sidecar(_))))
        });
        let targets = found.targets.iter().map(|target| (target.site, target.node, target.env, false));
        let after = After { tree: self.tree, draft: &self.draft };
        let mut users = HashSet::new();
        for (site, node, env, may_be_any) in targets.chain(others) {
            let (Some(pod), Ok(env)) = (self.pod_of(found, &site), Env::read(self.tree, &env, None)) else { continue };
            // A container of no graph node is a target only with --all-containers.
            if may_be_any && !env.has("TRACING") {
                continue;
            }
            let env = after.env(node, env);
            for backend in BACKENDS {
                let host = env.last(host_variable(backend)).filter(|host| !host.is_reference());
                if host.is_some_and(|host| !host.value.is_empty() && is_loopback(host.value)) {
                    users.insert((pod, backend));
                }
            }
        }
        self.current.sidecars.users = users;
    }

    /// Returns true if the first pod needs the containers that Seldon's operator adds: before a new sidecar, which comes
    /// after those of the graph, or for a pod that has none.
    pub(super) fn first_needs_containers(&self, profile: &Profile, found: &PredictorTargets<'t>) -> bool {
        let key = found.pods.first.spec;
        let Some(first) = self.current.sidecars.pods.get(&key).filter(|_| profile.parts().wants_sidecar()) else {
            return false;
        };
        let is_used = !found.missing.is_empty() || self.current.sidecars.users.contains(&(key, profile.backend()));
        let old = first.own(profile.backend()).next().map(|(_, sidecar)| sidecar);
        let options = &profile.parts().sidecar;
        let new = options.over(profile.backend(), old.filter(|_| !profile.reset()));
        let is_new = new.is_some_and(|new| match new.is_native {
            true => !first.has_containers,
            false => old.is_none_or(|old| old.is_native),
        });
        is_used && is_new
    }

    /// Plans the sidecars of a predictor, after its targets and the containers that are made.
    pub(super) fn settle_sidecars(
        &mut self,
        found: &PredictorTargets<'t>,
        label: &str,
        removes: impl Fn(Backend) -> bool,
    ) -> Result<(Option<TargetReport>, Vec<Remark>), Diagnostic> {
        let treatment = std::sync::Arc::clone(&self.treatment);
        let profile = treatment.task.profile();
        let pods = std::mem::take(&mut self.current.sidecars.pods);
        let mut changes = Vec::new();
        let mut remarks = Vec::new();
        for (key, pod) in pods.iter().filter(|(_, pod)| pod.is_touched) {
            for backend in BACKENDS {
                let asked = profile.filter(|profile| profile.backend() == backend);
                let is_used =
                    self.current.sidecars.users.contains(&(*key, backend)) || asked.is_some() && pod.has_new_user;
                match asked.filter(|profile| profile.parts().wants_sidecar() && pod.has_node) {
                    Some(profile) if is_used => {
                        changes.extend(self.ensure_sidecar(profile, found, (*key, pod), &pods)?);
                    }
                    _ if !is_used && removes(backend) => {
                        let own: Vec<_> = pod.own(backend).map(|(named, _)| named.clone()).collect();
                        if !own.is_empty() {
                            changes.push((Action::Removed, sidecar_name(backend)));
                        }
                        for named in &own {
                            self.remove_sidecar(*key, named);
                            self.current.sidecars.first_loses_one |= *key == found.pods.first.spec;
                        }
                        let foreign = pod.foreign(backend).filter(|_| profile.is_none() && backend.is_jaeger());
                        remarks.extend(foreign.map(|named| {
                            let text = format!("{} is not as seldon-trace writes it, and stays", sidecar_name(backend));
                            Remark::new(named.node, text)
                        }));
                    }
                    _ => {}
                }
            }
        }
        for backend in BACKENDS {
            let is_gone = |(named, _): (&NamedContainer, &Sidecar)| {
                self.draft.of_part(named.list, named.index) == Some(&Part::Remove)
            };
            let mut own = pods.values().flat_map(|pod| pod.own(backend)).peekable();
            let stays = own.peek().is_none() || own.any(|named| !is_gone(named));
            let is_moved =
                changes.iter().any(|(action, name)| *action == Action::Changed && *name == sidecar_name(backend));
            if !stays && !is_moved {
                self.current.listed.remove("", &listed_part(backend));
            }
        }
        self.current.sidecars.pods = pods;
        if !self.current.sidecars.resized.is_empty() {
            let pods = &self.current.sidecars.pods;
            let resized = |key: &PodKey| pods.get(key).and_then(|pod| pod.component_spec);
            let is_named = |spec: NodeId| {
                value_of(self.tree, spec, "metadata")
                    .and_then(|metadata| value_of(self.tree, metadata, "name"))
                    .is_some()
            };
            if self.current.sidecars.resized.iter().any(|key| !resized(key).is_some_and(is_named)) {
                let help = match self.treatment.task.profile().filter(|profile| profile.parts().wants_sidecar()) {
                    Some(_) => "; `metadata.name` of a component spec keeps the name, and so does --native-sidecar",
                    None => "",
                };
                let text = format!(
                    "predictor `{}`: its Deployment gets another name, which is made of all containers, so that a new \
                     one replaces the old{help}",
                    found.name
                );
                remarks.push(Remark::new(found.node, text));
            }
        }
        let variable = |(action, name): (Action, &'static str)| VariableChange {
            name: name.into(),
            action,
            before: None,
            after: None,
        };
        let report = (!changes.is_empty()).then(|| TargetReport {
            name: format!("{label}sidecar"),
            variables: changes.into_iter().map(variable).collect(),
        });
        Ok((report, remarks))
    }
}

/// The pod with the executor, which is another than the first one if a graph node has containers in both.
fn executor_pod(found: &PredictorTargets<'_>) -> PodKey {
    let first = found.pods.first;
    let other = match found.pods.executor() {
        ExecutorPlace::Pod(pod) => pod.filter(|pod| Some(*pod) != first.component_spec),
        _ => None,
    };
    let mut specs = found.pods.specs().map(|(place, _)| place);
    other.and_then(|pod| specs.find(|place| place.component_spec == pod)).map_or(first.spec, |place| Some(place.spec))
}

/// The part of a sidecar in the list of what was added.
fn listed_part(backend: Backend) -> String {
    format!("container/{}", sidecar_name(backend))
}

/// Returns true if a pod of a predictor has a container with this name.
pub(super) fn has_container(tree: &Tree<'_>, predictor: NodeId, name: &str) -> bool {
    let component_specs = items_of(tree, predictor, "componentSpecs");
    let mut specs = component_specs.iter().filter_map(|component_spec| value_of(tree, *component_spec, "spec"));
    specs
        .any(|spec| ["containers", "initContainers"].into_iter().any(|key| named_item(tree, spec, key, name).is_some()))
}
