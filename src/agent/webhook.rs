//! `agent webhook`: what runs the admission webhook in a cluster.

mod objects;

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::kubernetes::{
    AgentPod, ConfigMap, ContainerPort, ContainerSecurity, HealthProbe, HttpGet, KubernetesObject, MatchLabels,
    ObjectMeta, PodContainer, PodSecurity, PodTemplate, PodVolume, Resources, ServicePort, ServiceSpec,
    SpreadConstraint, TemplateMeta, TextMap, VolumeMount, VolumeSource, WorkloadSpec, labels, selector,
};
use super::{stream, yaml};
use crate::manifest::SKIP_ANNOTATION;
use objects::{
    AccountBody, AllowedPort, AuthoritySecret, CertificateSpec, DisruptionBudget, HookBody, HookClient, HookRule,
    HookService, IngressRule, IssuerRef, IssuerSpec, KeySpec, MatchCondition, MutatingHook, NameNotIn,
    NamespaceSelector, NetworkRules, NoBody, OtherObject,
};

/// The name of the objects.
const NAME: &str = "seldon-trace-webhook";

/// The label of a namespace whose deployments are traced, and its value.
const INJECT: (&str, &str) = ("seldon-trace/inject", "enabled");

/// The label with the name that each namespace has.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

const PORT: u16 = 8443;
const REPLICAS: u32 = 2;
/// The user of images without a root.
const USER: u32 = 65532;

const SETTINGS: (&str, &str) = ("settings", "/etc/seldon-trace/settings");
const SETTINGS_KEY: &str = "settings.yaml";
const TLS: (&str, &str) = ("tls", "/etc/seldon-trace/tls");

/// The time to serve after SIGTERM, in seconds, and that until the pod is killed: requests are drained in between.
const SHUTDOWN_DELAY: u32 = 10;
const GRACE_PERIOD: u32 = 30;

/// The time that the API server waits, in seconds.
const TIMEOUT: u32 = 5;

/// The time that a certificate of the authority is valid: it is replaced by hand.
const CA_DURATION: &str = "87600h";

/// The admission webhook.
#[derive(Debug)]
pub(crate) struct WebhookManifests {
    pub namespace: String,
    pub image: String,
    /// The text of the settings file.
    pub settings: String,
    pub scope: WebhookScope,
    pub tls: TlsSource,
}

/// The namespaces whose deployments are sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum WebhookScope {
    /// Those with the label seldon-trace/inject: enabled
    #[default]
    Labelled,
    /// All but kube-system and its own
    All,
}

/// The source of its certificate.
#[derive(Debug)]
pub(crate) enum TlsSource {
    /// cert-manager makes it.
    CertManager,
    /// A Secret has it. The authority is in PEM.
    Secret { name: String, authority: String },
}

impl WebhookManifests {
    /// All objects, in an order in which they can be applied.
    pub(crate) fn manifests(&self) -> Result<String> {
        let mut documents = vec![self.namespace()?, self.account()?, yaml(&self.config_map())?];
        if let TlsSource::CertManager = self.tls {
            documents.extend(self.certificates()?);
        }
        documents.extend([self.deployment()?, self.service()?, self.budget()?, self.network_policy()?, self.hook()?]);
        Ok(stream(&documents))
    }

    fn metadata(&self, name: &str) -> ObjectMeta {
        ObjectMeta::new(name, Some(&self.namespace), labels(NAME, NAME))
    }

    fn with_spec<S: Serialize>(&self, api_version: &'static str, kind: &'static str, spec: S) -> Result<String> {
        yaml(&KubernetesObject { api_version, kind, metadata: self.metadata(NAME), spec })
    }

    fn selector() -> MatchLabels {
        MatchLabels { match_labels: selector(NAME, NAME) }
    }

    fn namespace(&self) -> Result<String> {
        let mut metadata = ObjectMeta::new(&self.namespace, None, labels(NAME, NAME));
        metadata.labels.insert("pod-security.kubernetes.io/enforce", "restricted".to_owned());
        yaml(&OtherObject { api_version: "v1", kind: "Namespace", metadata, body: NoBody {} })
    }

    fn account(&self) -> Result<String> {
        let body = AccountBody { automount_service_account_token: false };
        yaml(&OtherObject { api_version: "v1", kind: "ServiceAccount", metadata: self.metadata(NAME), body })
    }

    fn config_map(&self) -> ConfigMap {
        let data = BTreeMap::from([(SETTINGS_KEY.to_owned(), self.settings.clone())]);
        ConfigMap::new(NAME, Some(&self.namespace), labels(NAME, NAME), data)
    }

    /// An authority of its own, so that the webhook's certificate can be replaced without a time in which the API server
    /// trusts only one of two.
    fn certificates(&self) -> Result<Vec<String>> {
        let named = |kind: &'static str, name: &str, spec: IssuerSpec| {
            yaml(&KubernetesObject { api_version: "cert-manager.io/v1", kind, metadata: self.metadata(name), spec })
        };
        let certificate = |name: &str, spec: CertificateSpec| {
            let metadata = self.metadata(name);
            yaml(&KubernetesObject { api_version: "cert-manager.io/v1", kind: "Certificate", metadata, spec })
        };
        let (root, ca) = (format!("{NAME}-root"), authority());
        let key = || KeySpec { algorithm: "ECDSA", rotation_policy: "Always" };
        let issued_by = |name: &str| IssuerRef { kind: "Issuer", name: name.to_owned() };
        let of_ca = CertificateSpec {
            secret_name: ca.clone(),
            common_name: Some(NAME),
            is_ca: Some(true),
            duration: Some(CA_DURATION),
            dns_names: Vec::new(),
            private_key: key(),
            issuer_ref: issued_by(&root),
        };
        let of_webhook = CertificateSpec {
            secret_name: self.secret().to_owned(),
            common_name: None,
            is_ca: None,
            duration: None,
            dns_names: vec![format!("{NAME}.{}.svc", self.namespace)],
            private_key: key(),
            issuer_ref: issued_by(&ca),
        };
        Ok(vec![
            named("Issuer", &root, IssuerSpec::SelfSigned { self_signed: NoBody {} })?,
            certificate(&ca, of_ca)?,
            named("Issuer", &ca, IssuerSpec::Authority { ca: AuthoritySecret { secret_name: ca.clone() } })?,
            certificate(NAME, of_webhook)?,
        ])
    }

    /// The Secret with the certificate.
    fn secret(&self) -> &str {
        match &self.tls {
            TlsSource::CertManager => "seldon-trace-webhook-tls",
            TlsSource::Secret { name, .. } => name,
        }
    }

    fn deployment(&self) -> Result<String> {
        let template = PodTemplate {
            metadata: TemplateMeta { labels: labels(NAME, NAME), annotations: TextMap::new() },
            spec: self.pod(),
        };
        let spec = WorkloadSpec { replicas: Some(REPLICAS), strategy: None, selector: Self::selector(), template };
        self.with_spec("apps/v1", "Deployment", spec)
    }

    fn pod(&self) -> AgentPod {
        let probe = |path| HealthProbe { http_get: HttpGet { path, port: "https", scheme: Some("HTTPS") } };
        let mount = |(name, mount_path)| VolumeMount { name, mount_path, read_only: true };
        let port = ContainerPort { name: "https".to_owned(), container_port: PORT, host_port: None, protocol: "TCP" };
        let container = PodContainer {
            name: NAME,
            image: self.image.clone(),
            args: vec![
                "webhook".to_owned(),
                format!("--cert={}/tls.crt", TLS.1),
                format!("--key={}/tls.key", TLS.1),
                format!("--config={}/{SETTINGS_KEY}", SETTINGS.1),
                format!("--listen=0.0.0.0:{PORT}"),
                format!("--shutdown-delay={SHUTDOWN_DELAY}"),
            ],
            env: Vec::new(),
            ports: vec![port],
            readiness_probe: probe("/readyz"),
            liveness_probe: probe("/healthz"),
            resources: Resources {
                requests: BTreeMap::from([("cpu", "50m"), ("memory", "64Mi")]),
                limits: BTreeMap::from([("memory", "512Mi")]),
            },
            security_context: ContainerSecurity::restricted(),
            volume_mounts: vec![mount(SETTINGS), mount(TLS)],
        };
        let spread = SpreadConstraint {
            max_skew: 1,
            topology_key: "kubernetes.io/hostname",
            when_unsatisfiable: "ScheduleAnyway",
            label_selector: Self::selector(),
        };
        let secret = VolumeSource::Secret { secret_name: self.secret().to_owned() };
        AgentPod {
            enable_service_links: false,
            automount_service_account_token: false,
            security_context: PodSecurity::restricted(USER),
            service_account_name: Some(NAME),
            termination_grace_period_seconds: Some(GRACE_PERIOD),
            node_selector: BTreeMap::from([("kubernetes.io/os", "linux")]),
            topology_spread_constraints: vec![spread],
            tolerations: Vec::new(),
            containers: vec![container],
            volumes: vec![
                PodVolume { name: SETTINGS.0, source: VolumeSource::ConfigMap { name: NAME.to_owned() } },
                PodVolume { name: TLS.0, source: secret },
            ],
        }
    }

    fn service(&self) -> Result<String> {
        let target_port = "https".to_owned();
        let port = ServicePort { name: target_port.clone(), port: 443, protocol: "TCP", target_port };
        self.with_spec("v1", "Service", ServiceSpec { selector: selector(NAME, NAME), ports: vec![port] })
    }

    fn budget(&self) -> Result<String> {
        let spec = DisruptionBudget { max_unavailable: 1, selector: Self::selector() };
        self.with_spec("policy/v1", "PodDisruptionBudget", spec)
    }

    /// The API server has no address that a rule could name.
    fn network_policy(&self) -> Result<String> {
        let spec = NetworkRules {
            pod_selector: Self::selector(),
            policy_types: ["Ingress", "Egress"],
            ingress: [IngressRule { ports: [AllowedPort { port: "https", protocol: "TCP" }] }],
            egress: [],
        };
        self.with_spec("networking.k8s.io/v1", "NetworkPolicy", spec)
    }

    fn hook(&self) -> Result<String> {
        let mut metadata = ObjectMeta::new(NAME, None, labels(NAME, NAME));
        let ca_bundle = match &self.tls {
            TlsSource::Secret { authority, .. } => Some(base64(authority.as_bytes())),
            TlsSource::CertManager => {
                let certificate = format!("{}/{}", self.namespace, authority());
                metadata.annotations.insert("cert-manager.io/inject-ca-from", certificate);
                None
            }
        };
        let namespace_selector = match self.scope {
            WebhookScope::Labelled => {
                NamespaceSelector::Labels { match_labels: BTreeMap::from([(INJECT.0, INJECT.1.to_owned())]) }
            }
            WebhookScope::All => {
                let values = ["kube-system".to_owned(), self.namespace.clone()];
                NamespaceSelector::Names {
                    match_expressions: [NameNotIn { key: NAMESPACE_NAME, operator: "NotIn", values }],
                }
            }
        };
        let annotations = "object.metadata.annotations";
        let hook = MutatingHook {
            name: "webhook.seldon-trace.dev",
            admission_review_versions: ["v1"],
            client_config: HookClient {
                service: HookService { name: NAME, namespace: self.namespace.clone(), path: "/mutate", port: 443 },
                ca_bundle,
            },
            rules: [HookRule {
                api_groups: ["machinelearning.seldon.io"],
                api_versions: ["v1", "v1alpha2", "v1alpha3"],
                resources: ["seldondeployments"],
                operations: ["CREATE", "UPDATE"],
                scope: "Namespaced",
            }],
            namespace_selector,
            match_conditions: [MatchCondition {
                name: "not-skipped",
                expression: format!(
                    "!(has({annotations}) && '{SKIP_ANNOTATION}' in {annotations} && {annotations}['{SKIP_ANNOTATION}'] \
                     == 'true')"
                ),
            }],
            failure_policy: "Ignore",
            side_effects: "None",
            reinvocation_policy: "IfNeeded",
            timeout_seconds: TIMEOUT,
        };
        yaml(&OtherObject {
            api_version: "admissionregistration.k8s.io/v1",
            kind: "MutatingWebhookConfiguration",
            metadata,
            body: HookBody { webhooks: [hook] },
        })
    }
}

/// The name of the authority's Issuer, its Certificate and its Secret.
fn authority() -> String {
    format!("{NAME}-ca")
}

/// Base64 by RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let number = (0..3).fold(0, |number, at| number << 8 | u32::from(bytes.get(at).copied().unwrap_or(0)));
        let letter = move |at: usize| char::from(LETTERS[(number >> (18 - 6 * at)) as usize & 63]);
        let count = bytes.len() + 1;
        (0..4).map(move |at| if at < count { letter(at) } else { '=' })
    };
    bytes.chunks(3).flat_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, wanted) in cases {
            assert_eq!(base64(text.as_bytes()), wanted);
        }
        assert_eq!(base64(&[255, 254, 253]), "//79");
    }
}
