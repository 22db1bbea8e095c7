//! A program that receives traces, as objects of Kubernetes.

use std::collections::BTreeMap;

use anyhow::Result;

use super::kubernetes::{
    AgentPod, ConfigMap, ContainerPort, ContainerSecurity, HealthProbe, HttpGet, KubernetesObject, MatchLabels,
    ObjectMeta, PodContainer, PodSecurity, PodTemplate, PodVariable, PodVolume, Resources, ServicePort, ServiceSpec,
    TemplateMeta, TextMap, Toleration, UpdateStrategy, VolumeMount, VolumeSource, WorkloadSpec, labels, selector,
};
use super::yaml;
use crate::knowledge::collector::{COLLECTOR_USER as USER, HEALTH_PORT, THRIFT_PORTS};
use crate::knowledge::ports::{OTLP_GRPC, OTLP_HTTP, Port};

/// The annotation with the hash of the config: another config restarts the pods.
const CONFIG_HASH: &str = "seldon-trace/config";

const VOLUME: &str = "config";
const CONFIG_FILE: &str = "config.yaml";

/// A program that receives traces: its pods and their config.
#[derive(Debug)]
pub(super) struct ReceiverWorkload<'a> {
    pub name: &'a str,
    pub namespace: Option<&'a str>,
    /// The label `app.kubernetes.io/name`.
    pub app: &'static str,
    pub image: &'a str,
    /// The folder of the config file.
    pub folder: &'static str,
    /// The path that answers if the program is healthy.
    pub health_path: &'static str,
    /// The memory that is requested, and the limit.
    pub memory: (&'static str, &'static str),
    pub placement: Placement,
    /// The TCP port of a user interface.
    pub ui_port: Option<u16>,
    pub env: Vec<PodVariable>,
}

/// The placement of the pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    /// One on each node, with ports of the node.
    EachNode,
    /// One in the cluster.
    Single,
}

impl ReceiverWorkload<'_> {
    fn selector(&self) -> TextMap {
        selector(self.app, self.name)
    }

    fn labels(&self) -> TextMap {
        labels(self.app, self.name)
    }

    fn metadata(&self, name: &str) -> ObjectMeta {
        ObjectMeta::new(name, self.namespace, self.labels())
    }

    /// The ConfigMap and the DaemonSet or Deployment, as documents.
    pub(super) fn documents(&self, config: String) -> Result<Vec<String>> {
        let annotations = BTreeMap::from([(CONFIG_HASH, hash(&config))]);
        let data = BTreeMap::from([(CONFIG_FILE.to_owned(), config)]);
        let config_map = ConfigMap::new(self.name, self.namespace, self.labels(), data);
        let is_single = self.placement == Placement::Single;
        let spec = WorkloadSpec {
            replicas: is_single.then_some(1),
            strategy: is_single.then_some(UpdateStrategy { r#type: "Recreate" }),
            selector: MatchLabels { match_labels: self.selector() },
            template: PodTemplate { metadata: TemplateMeta { labels: self.labels(), annotations }, spec: self.pod() },
        };
        let kind = if is_single { "Deployment" } else { "DaemonSet" };
        let workload = KubernetesObject { api_version: "apps/v1", kind, metadata: self.metadata(self.name), spec };
        Ok(vec![yaml(&config_map)?, yaml(&workload)?])
    }

    /// A Service for what clients send.
    pub(super) fn service(&self) -> Result<String> {
        self.service_of(self.name, receiving_ports())
    }

    /// A Service for the user interface on this port.
    pub(super) fn ui_service(&self, name: &str, port: u16) -> Result<String> {
        self.service_of(name, vec![NamedPort { name: "ui".to_owned(), port, protocol: "TCP" }])
    }

    fn service_of(&self, name: &str, ports: Vec<NamedPort>) -> Result<String> {
        let ports = ports.into_iter().map(|port| ServicePort {
            target_port: port.name.clone(),
            name: port.name,
            port: port.port,
            protocol: port.protocol,
        });
        let spec = ServiceSpec { selector: self.selector(), ports: ports.collect() };
        yaml(&KubernetesObject { api_version: "v1", kind: "Service", metadata: self.metadata(name), spec })
    }

    fn pod(&self) -> AgentPod {
        let is_on_each_node = self.placement == Placement::EachNode;
        let ui = self.ui_port.map(|port| NamedPort { name: "ui".to_owned(), port, protocol: "TCP" });
        let health = NamedPort { name: "health".to_owned(), port: HEALTH_PORT, protocol: "TCP" };
        let receiving = receiving_ports().into_iter().map(|port| (port, is_on_each_node));
        let ports = receiving.chain(ui.into_iter().chain([health]).map(|port| (port, false)));
        let ports = ports.map(|(port, is_of_node)| ContainerPort {
            name: port.name,
            container_port: port.port,
            host_port: is_of_node.then_some(port.port),
            protocol: port.protocol,
        });
        let health = HttpGet { path: self.health_path, port: "health", scheme: None };
        let (request, limit) = self.memory;
        let container = PodContainer {
            name: self.app,
            image: self.image.to_owned(),
            args: vec![format!("--config={}/{CONFIG_FILE}", self.folder)],
            env: self.env.clone(),
            ports: ports.collect(),
            readiness_probe: HealthProbe { http_get: health },
            liveness_probe: HealthProbe { http_get: health },
            resources: Resources {
                requests: BTreeMap::from([("cpu", "50m"), ("memory", request)]),
                limits: BTreeMap::from([("memory", limit)]),
            },
            security_context: ContainerSecurity::restricted(),
            volume_mounts: vec![VolumeMount { name: VOLUME, mount_path: self.folder, read_only: true }],
        };
        AgentPod {
            // A link of a Service can be a variable that the program reads.
            enable_service_links: false,
            automount_service_account_token: false,
            security_context: PodSecurity::restricted(USER),
            service_account_name: None,
            termination_grace_period_seconds: None,
            topology_spread_constraints: Vec::new(),
            node_selector: BTreeMap::from([("kubernetes.io/os", "linux")]),
            // Models run on tainted nodes too, such as those with a GPU.
            tolerations: is_on_each_node.then_some(Toleration { operator: "Exists" }).into_iter().collect(),
            containers: vec![container],
            volumes: vec![PodVolume { name: VOLUME, source: VolumeSource::ConfigMap { name: self.name.to_owned() } }],
        }
    }
}

fn receiving_ports() -> Vec<NamedPort> {
    let port = |name: String, port: u16, protocol| NamedPort { name, port, protocol };
    let thrift = THRIFT_PORTS.map(|Port { number, .. }| port(format!("thrift-{number}"), number, "UDP"));
    let otlp = [("otlp-grpc", OTLP_GRPC.number), ("otlp-http", OTLP_HTTP.number)];
    thrift.into_iter().chain(otlp.map(|(name, number)| port(name.to_owned(), number, "TCP"))).collect()
}

/// FNV-1a: short, and the same in every version.
fn hash(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("fnv-{hash:016x}")
}

/// A port before it is one of a container or of a Service.
struct NamedPort {
    name: String,
    port: u16,
    protocol: &'static str,
}
