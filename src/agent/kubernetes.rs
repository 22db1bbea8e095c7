//! The objects of Kubernetes that a receiver of traces consists of.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::yaml;
use crate::knowledge::collector::{COLLECTOR_USER as USER, HEALTH_PORT, OTLP_GRPC_PORT, OTLP_HTTP_PORT, THRIFT_PORTS};
use crate::knowledge::receivers::ApiKeySecret;

/// The annotation with the hash of the config: another config restarts the pods.
const CONFIG_HASH: &str = "seldon-trace/config";

const VOLUME: &str = "config";
const CONFIG_FILE: &str = "config.yaml";

type TextMap = BTreeMap<&'static str, String>;

/// An object with a `spec`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct KubernetesObject<S> {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    spec: S,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigMap {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    pub data: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct ObjectMeta {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "TextMap::is_empty")]
    labels: TextMap,
}

impl ConfigMap {
    pub(super) fn new(name: &str, namespace: Option<&str>, labels: TextMap, data: BTreeMap<String, String>) -> Self {
        let metadata = ObjectMeta { name: name.to_owned(), namespace: namespace.map(str::to_owned), labels };
        Self { api_version: "v1", kind: "ConfigMap", metadata, data }
    }
}

/// A program that receives traces: its pods and their config.
#[derive(Debug)]
pub(super) struct Receiver<'a> {
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

impl Receiver<'_> {
    fn selector(&self) -> TextMap {
        BTreeMap::from([
            ("app.kubernetes.io/name", self.app.to_owned()),
            ("app.kubernetes.io/instance", self.name.to_owned()),
        ])
    }

    fn labels(&self) -> TextMap {
        let mut labels = self.selector();
        labels.insert("app.kubernetes.io/managed-by", "seldon-trace".to_owned());
        labels
    }

    fn metadata(&self, name: &str) -> ObjectMeta {
        let namespace = self.namespace.map(str::to_owned);
        ObjectMeta { name: name.to_owned(), namespace, labels: self.labels() }
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

    fn pod(&self) -> ReceiverPod {
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
        let health = HttpGet { path: self.health_path, port: "health" };
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
            security_context: ContainerSecurity {
                allow_privilege_escalation: false,
                read_only_root_filesystem: true,
                capabilities: Capabilities { drop: ["ALL"] },
            },
            volume_mounts: vec![VolumeMount { name: VOLUME, mount_path: self.folder, read_only: true }],
        };
        ReceiverPod {
            // A link of a Service can be a variable that the program reads.
            enable_service_links: false,
            automount_service_account_token: false,
            security_context: PodSecurity {
                run_as_non_root: true,
                run_as_user: USER,
                run_as_group: USER,
                seccomp_profile: SeccompProfile { r#type: "RuntimeDefault" },
            },
            node_selector: BTreeMap::from([("kubernetes.io/os", "linux")]),
            // Models run on tainted nodes too, such as those with a GPU.
            tolerations: is_on_each_node.then_some(Toleration { operator: "Exists" }).into_iter().collect(),
            containers: vec![container],
            volumes: vec![ConfigVolume { name: VOLUME, config_map: NameOf { name: self.name.to_owned() } }],
        }
    }
}

impl PodVariable {
    pub(super) fn text(name: &'static str, value: &'static str) -> Self {
        Self { name, value: Some(value), value_from: None }
    }

    pub(super) fn key(name: &'static str, secret: &ApiKeySecret) -> Self {
        let ApiKeySecret { name: of, key } = secret.clone();
        let source = VariableSource::Secret { secret_key_ref: SecretKeyRef { name: of, key } };
        Self { name, value: None, value_from: Some(source) }
    }

    pub(super) fn field(name: &'static str, field_path: &'static str) -> Self {
        let source = VariableSource::Field { field_ref: FieldRef { field_path } };
        Self { name, value: None, value_from: Some(source) }
    }
}

fn receiving_ports() -> Vec<NamedPort> {
    let port = |name: String, port: u16, protocol| NamedPort { name, port, protocol };
    let thrift = THRIFT_PORTS.map(|number| port(format!("thrift-{number}"), number, "UDP"));
    let otlp = [("otlp-grpc", OTLP_GRPC_PORT), ("otlp-http", OTLP_HTTP_PORT)];
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

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceSpec {
    selector: TextMap,
    ports: Vec<ServicePort>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServicePort {
    name: String,
    port: u16,
    protocol: &'static str,
    target_port: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkloadSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    replicas: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy: Option<UpdateStrategy>,
    selector: MatchLabels,
    template: PodTemplate,
}

#[derive(Debug, Serialize)]
struct UpdateStrategy {
    r#type: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MatchLabels {
    match_labels: TextMap,
}

#[derive(Debug, Serialize)]
struct PodTemplate {
    metadata: TemplateMeta,
    spec: ReceiverPod,
}

#[derive(Debug, Serialize)]
struct TemplateMeta {
    labels: TextMap,
    annotations: TextMap,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiverPod {
    enable_service_links: bool,
    automount_service_account_token: bool,
    security_context: PodSecurity,
    node_selector: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tolerations: Vec<Toleration>,
    containers: Vec<PodContainer>,
    volumes: Vec<ConfigVolume>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodSecurity {
    run_as_non_root: bool,
    run_as_user: u32,
    run_as_group: u32,
    seccomp_profile: SeccompProfile,
}

#[derive(Debug, Serialize)]
struct SeccompProfile {
    r#type: &'static str,
}

#[derive(Debug, Serialize)]
struct Toleration {
    operator: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodContainer {
    name: &'static str,
    image: String,
    args: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env: Vec<PodVariable>,
    ports: Vec<ContainerPort>,
    readiness_probe: HealthProbe,
    liveness_probe: HealthProbe,
    resources: Resources,
    security_context: ContainerSecurity,
    volume_mounts: Vec<VolumeMount>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodVariable {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_from: Option<VariableSource>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum VariableSource {
    Secret { secret_key_ref: SecretKeyRef },
    Field { field_ref: FieldRef },
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldRef {
    field_path: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct SecretKeyRef {
    name: String,
    key: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerPort {
    name: String,
    container_port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    host_port: Option<u16>,
    protocol: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HealthProbe {
    http_get: HttpGet,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct HttpGet {
    path: &'static str,
    port: &'static str,
}

#[derive(Debug, Serialize)]
struct Resources {
    requests: BTreeMap<&'static str, &'static str>,
    limits: BTreeMap<&'static str, &'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerSecurity {
    allow_privilege_escalation: bool,
    read_only_root_filesystem: bool,
    capabilities: Capabilities,
}

#[derive(Debug, Serialize)]
struct Capabilities {
    drop: [&'static str; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct VolumeMount {
    name: &'static str,
    mount_path: &'static str,
    read_only: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConfigVolume {
    name: &'static str,
    config_map: NameOf,
}

#[derive(Debug, Serialize)]
struct NameOf {
    name: String,
}
