//! The objects of Kubernetes that are printed, with the fields that they have here.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::knowledge::receivers::ApiKeySecret;

pub(super) type TextMap = BTreeMap<&'static str, String>;

/// An object with a `spec`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KubernetesObject<S> {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: ObjectMeta,
    pub spec: S,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigMap {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: ObjectMeta,
    pub data: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ObjectMeta {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "TextMap::is_empty")]
    pub labels: TextMap,
    #[serde(skip_serializing_if = "TextMap::is_empty")]
    pub annotations: TextMap,
}

impl ObjectMeta {
    pub(super) fn new(name: &str, namespace: Option<&str>, labels: TextMap) -> Self {
        let namespace = namespace.map(str::to_owned);
        Self { name: name.to_owned(), namespace, labels, annotations: TextMap::new() }
    }
}

/// The labels that select the pods of a program.
pub(super) fn selector(app: &str, instance: &str) -> TextMap {
    BTreeMap::from([("app.kubernetes.io/name", app.to_owned()), ("app.kubernetes.io/instance", instance.to_owned())])
}

/// The labels of an object.
pub(super) fn labels(app: &str, instance: &str) -> TextMap {
    let mut labels = selector(app, instance);
    labels.insert("app.kubernetes.io/managed-by", "seldon-trace".to_owned());
    labels
}

impl ConfigMap {
    pub(super) fn new(name: &str, namespace: Option<&str>, labels: TextMap, data: BTreeMap<String, String>) -> Self {
        let metadata = ObjectMeta::new(name, namespace, labels);
        Self { api_version: "v1", kind: "ConfigMap", metadata, data }
    }
}

impl PodSecurity {
    /// As the Pod Security level `restricted` wants it.
    pub(super) fn restricted(user: u32) -> Self {
        let seccomp_profile = SeccompProfile { r#type: "RuntimeDefault" };
        Self { run_as_non_root: true, run_as_user: user, run_as_group: user, seccomp_profile }
    }
}

impl ContainerSecurity {
    /// The same for a container, which writes no file.
    pub(super) fn restricted() -> Self {
        let capabilities = Capabilities { drop: ["ALL"] };
        Self { allow_privilege_escalation: false, read_only_root_filesystem: true, capabilities }
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

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceSpec {
    pub selector: TextMap,
    pub ports: Vec<ServicePort>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServicePort {
    pub name: String,
    pub port: u16,
    pub protocol: &'static str,
    pub target_port: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkloadSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<UpdateStrategy>,
    pub selector: MatchLabels,
    pub template: PodTemplate,
}

#[derive(Debug, Serialize)]
pub(super) struct UpdateStrategy {
    pub r#type: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MatchLabels {
    pub match_labels: TextMap,
}

#[derive(Debug, Serialize)]
pub(super) struct PodTemplate {
    pub metadata: TemplateMeta,
    pub spec: AgentPod,
}

#[derive(Debug, Serialize)]
pub(super) struct TemplateMeta {
    pub labels: TextMap,
    #[serde(skip_serializing_if = "TextMap::is_empty")]
    pub annotations: TextMap,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgentPod {
    pub enable_service_links: bool,
    pub automount_service_account_token: bool,
    pub security_context: PodSecurity,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_grace_period_seconds: Option<u32>,
    pub node_selector: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topology_spread_constraints: Vec<SpreadConstraint>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<Toleration>,
    pub containers: Vec<PodContainer>,
    pub volumes: Vec<PodVolume>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodSecurity {
    pub run_as_non_root: bool,
    pub run_as_user: u32,
    pub run_as_group: u32,
    pub seccomp_profile: SeccompProfile,
}

#[derive(Debug, Serialize)]
pub(super) struct SeccompProfile {
    pub r#type: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Toleration {
    pub operator: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodContainer {
    pub name: &'static str,
    pub image: String,
    pub args: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<PodVariable>,
    pub ports: Vec<ContainerPort>,
    pub readiness_probe: HealthProbe,
    pub liveness_probe: HealthProbe,
    pub resources: Resources,
    pub security_context: ContainerSecurity,
    pub volume_mounts: Vec<VolumeMount>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodVariable {
    pub name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from: Option<VariableSource>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum VariableSource {
    Secret { secret_key_ref: SecretKeyRef },
    Field { field_ref: FieldRef },
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldRef {
    pub field_path: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct SecretKeyRef {
    pub name: String,
    pub key: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContainerPort {
    pub name: String,
    pub container_port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_port: Option<u16>,
    pub protocol: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HealthProbe {
    pub http_get: HttpGet,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct HttpGet {
    pub path: &'static str,
    pub port: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Resources {
    pub requests: BTreeMap<&'static str, &'static str>,
    pub limits: BTreeMap<&'static str, &'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContainerSecurity {
    pub allow_privilege_escalation: bool,
    pub read_only_root_filesystem: bool,
    pub capabilities: Capabilities,
}

#[derive(Debug, Serialize)]
pub(super) struct Capabilities {
    pub drop: [&'static str; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VolumeMount {
    pub name: &'static str,
    pub mount_path: &'static str,
    pub read_only: bool,
}

/// Pods that are spread over what has a label.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SpreadConstraint {
    pub max_skew: u32,
    pub topology_key: &'static str,
    pub when_unsatisfiable: &'static str,
    pub label_selector: MatchLabels,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodVolume {
    pub name: &'static str,
    #[serde(flatten)]
    pub source: VolumeSource,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum VolumeSource {
    ConfigMap { name: String },
    Secret { secret_name: String },
}
