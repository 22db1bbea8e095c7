//! The objects of Kubernetes and cert-manager that only the webhook has.

use serde::Serialize;

use crate::agent::kubernetes::{MatchLabels, ObjectMeta, TextMap};

/// An object without a `spec`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OtherObject<B> {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: ObjectMeta,
    #[serde(flatten)]
    pub body: B,
}

#[derive(Debug, Serialize)]
pub(super) struct NoBody {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountBody {
    pub automount_service_account_token: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DisruptionBudget {
    pub max_unavailable: u32,
    pub selector: MatchLabels,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NetworkRules {
    pub pod_selector: MatchLabels,
    pub policy_types: [&'static str; 2],
    pub ingress: [IngressRule; 1],
    pub egress: [NoBody; 0],
}

#[derive(Debug, Serialize)]
pub(super) struct IngressRule {
    pub ports: [AllowedPort; 1],
}

#[derive(Debug, Serialize)]
pub(super) struct AllowedPort {
    pub port: &'static str,
    pub protocol: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum IssuerSpec {
    SelfSigned { self_signed: NoBody },
    Authority { ca: AuthoritySecret },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthoritySecret {
    pub secret_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CertificateSpec {
    pub secret_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_name: Option<&'static str>,
    #[serde(rename = "isCA", skip_serializing_if = "Option::is_none")]
    pub is_ca: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns_names: Vec<String>,
    pub private_key: KeySpec,
    pub issuer_ref: IssuerRef,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeySpec {
    pub algorithm: &'static str,
    pub rotation_policy: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct IssuerRef {
    pub kind: &'static str,
    pub name: String,
}

#[derive(Debug, Serialize)]
pub(super) struct HookBody {
    pub webhooks: [MutatingHook; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MutatingHook {
    pub name: &'static str,
    pub admission_review_versions: [&'static str; 1],
    pub client_config: HookClient,
    pub rules: [HookRule; 1],
    pub namespace_selector: NamespaceSelector,
    pub match_conditions: [MatchCondition; 1],
    pub failure_policy: &'static str,
    pub side_effects: &'static str,
    pub reinvocation_policy: &'static str,
    pub timeout_seconds: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookClient {
    pub service: HookService,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_bundle: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct HookService {
    pub name: &'static str,
    pub namespace: String,
    pub path: &'static str,
    pub port: u16,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookRule {
    pub api_groups: [&'static str; 1],
    pub api_versions: [&'static str; 3],
    pub resources: [&'static str; 1],
    pub operations: [&'static str; 2],
    pub scope: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum NamespaceSelector {
    Labels { match_labels: TextMap },
    Names { match_expressions: [NameNotIn; 1] },
}

#[derive(Debug, Serialize)]
pub(super) struct NameNotIn {
    pub key: &'static str,
    pub operator: &'static str,
    pub values: [String; 2],
}

#[derive(Debug, Serialize)]
pub(super) struct MatchCondition {
    pub name: &'static str,
    pub expression: String,
}
