//! The container of a pod that receives the spans of the others: an OpenTelemetry Collector for Jaeger's clients, or
//! Datadog's agent.

use super::collector::{
    COLLECTOR_USER, CollectorConfig, ConfigSection, NoSettings, OTLP, OtlpExporter, Pipeline, Processors,
    ServiceSection, local_receiver,
};
use super::parts::SidecarOptions;
use super::ports::{DATADOG, THRIFT};
use super::receivers::{ApiKeySecret, COLLECTOR_IMAGE, DEFAULT_SITE, Endpoint};
use super::{Backend, Strength};
use crate::changes::Value;
use crate::manifest::{COLLECTOR_SIDECAR, DATADOG_SIDECAR, is_placeholder};

/// The variable with the Collector's config.
pub(crate) const COLLECTOR_CONFIG: &str = "OTELCOL_CONFIG";

/// The variable with Datadog's API key.
pub(crate) const API_KEY: &str = "DD_API_KEY";

/// The variable with Datadog's site.
pub(crate) const SITE: &str = "DD_SITE";

/// The variable by which Datadog's agent runs on AWS Fargate.
pub(crate) const FARGATE: &str = "DD_EKS_FARGATE";

/// The variable with the node's name, for an agent that is not on Fargate.
const HOSTNAME: &str = "DD_HOSTNAME";

/// The variable with the node whose kubelet Datadog's agent asks.
pub(crate) const KUBELET_NODE: &str = "DD_KUBERNETES_KUBELET_NODENAME";

/// The host variables of a sidecar, which exclude each other.
pub(crate) const HOST_VARIABLES: [&str; 2] = [HOSTNAME, FARGATE];

const AGENT_IMAGE: &str = "gcr.io/datadoghq/agent:7";
const NODE_NAME: &str = "spec.nodeName";

/// The user of Datadog's agent, from 7.48 on, and the group of its files.
const AGENT_USER: (u32, u32) = (100, 0);

/// A placeholder for the endpoint in the config of a Collector.
const PLACE: &str = "<endpoint>";

/// A sidecar with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sidecar {
    pub image: String,
    /// True for an init container that keeps running.
    pub is_native: bool,
    pub destination: SidecarTarget,
}

/// The destination of the spans of a sidecar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SidecarTarget {
    Otlp { endpoint: Endpoint, tls: bool },
    Datadog { secret: ApiKeySecret, site: String, on_fargate: bool },
}

/// The agent to which a target sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum AgentChoice {
    /// The agent of the options, or the default.
    #[default]
    Options,
    /// The sidecar of its pod.
    Sidecar(Strength),
    /// The agent of the node; `with_port` if a sidecar had another port.
    Node { with_port: bool },
}

/// The name of a backend's sidecar.
pub(crate) fn sidecar_name(backend: Backend) -> &'static str {
    match backend {
        Backend::Jaeger => COLLECTOR_SIDECAR,
        Backend::Datadog => DATADOG_SIDECAR,
    }
}

/// The port of a backend's sidecar.
pub(crate) fn sidecar_port(backend: Backend) -> &'static str {
    match backend {
        Backend::Jaeger => THRIFT.text,
        Backend::Datadog => DATADOG.text,
    }
}

impl SidecarOptions {
    /// The requested sidecar. Settings that are not given are kept from `existing`; `None` without a destination.
    pub(crate) fn over(&self, backend: Backend, existing: Option<&Sidecar>) -> Option<Sidecar> {
        let old = existing.map(|sidecar| &sidecar.destination);
        let (image, destination) = match backend {
            Backend::Jaeger => {
                let kept = match old {
                    Some(SidecarTarget::Otlp { endpoint, tls }) => Some((endpoint, *tls)),
                    _ => None,
                };
                let endpoint = self.collector.as_ref().or(kept.map(|(endpoint, _)| endpoint))?.clone();
                let tls = self.collector_tls || kept.is_some_and(|(_, tls)| tls);
                (COLLECTOR_IMAGE, SidecarTarget::Otlp { endpoint, tls })
            }
            Backend::Datadog => {
                let (old_secret, old_site, was) = match old {
                    Some(SidecarTarget::Datadog { secret, site, on_fargate }) => {
                        (Some(secret), Some(site), *on_fargate)
                    }
                    _ => (None, None, false),
                };
                let secret = self.secret.as_ref().or(old_secret).cloned();
                let site = self.site.as_ref().or(old_site).cloned();
                let secret = secret.unwrap_or_default();
                let site = site.unwrap_or_else(|| DEFAULT_SITE.to_owned());
                (AGENT_IMAGE, SidecarTarget::Datadog { secret, site, on_fargate: self.on_fargate || was })
            }
        };
        let kept = self.image.as_ref().or(existing.map(|sidecar| &sidecar.image)).cloned();
        let image = kept.unwrap_or_else(|| image.to_owned());
        Some(Sidecar { image, is_native: self.is_native || existing.is_some_and(|old| old.is_native), destination })
    }
}

impl Sidecar {
    pub(crate) fn backend(&self) -> Backend {
        match self.destination {
            SidecarTarget::Otlp { .. } => Backend::Jaeger,
            SidecarTarget::Datadog { .. } => Backend::Datadog,
        }
    }

    pub(crate) fn env(&self) -> Vec<Value> {
        let text = |name: &'static str, value: String| Value::map([("name", name.into()), ("value", value.into())]);
        let source = |name: &'static str, from: Value| Value::map([("name", name.into()), ("valueFrom", from)]);
        let field = |path: &'static str| Value::map([("fieldRef", Value::map([("fieldPath", path.into())]))]);
        match &self.destination {
            SidecarTarget::Otlp { endpoint, tls } => vec![text(COLLECTOR_CONFIG, config(endpoint.as_str(), *tls))],
            SidecarTarget::Datadog { secret, site, on_fargate } => {
                let key = Value::map([("name", secret.name.clone().into()), ("key", secret.key.clone().into())]);
                vec![
                    source(API_KEY, Value::map([("secretKeyRef", key)])),
                    text(SITE, site.clone()),
                    text("DD_APM_ENABLED", "true".to_owned()),
                    match on_fargate {
                        true => text(FARGATE, "true".to_owned()),
                        false => source(HOSTNAME, field(NODE_NAME)),
                    },
                    source(KUBELET_NODE, field(NODE_NAME)),
                ]
            }
        }
    }

    /// Returns true if it has a variable of this name.
    pub(crate) fn has_variable(&self, name: &str) -> bool {
        self.env().iter().any(|entry| entry.get("name").and_then(Value::text) == Some(name))
    }

    pub(crate) fn container(&self) -> Value {
        let mut entries = vec![("name", sidecar_name(self.backend()).into()), ("image", self.image.clone().into())];
        entries.extend(self.is_native.then(|| ("restartPolicy", "Always".into())));
        let env = Value::List(self.env());
        let resources = |requests: [&'static str; 2], limits: [&'static str; 2]| {
            let of = |[cpu, memory]: [&'static str; 2]| Value::map([("cpu", cpu.into()), ("memory", memory.into())]);
            Value::map([("requests", of(requests)), ("limits", of(limits))])
        };
        match self.destination {
            SidecarTarget::Otlp { .. } => entries.extend([
                ("args", Value::List(vec![format!("--config=env:{COLLECTOR_CONFIG}").into()])),
                ("env", env),
                ("resources", resources(["50m", "64Mi"], ["200m", "128Mi"])),
                ("securityContext", security(COLLECTOR_USER, COLLECTOR_USER, true)),
            ]),
            SidecarTarget::Datadog { .. } => entries.extend([
                ("env", env),
                ("ports", Value::List(vec![Value::map([("containerPort", Value::Plain(DATADOG.text.into()))])])),
                ("resources", resources(["200m", "256Mi"], ["200m", "256Mi"])),
                ("securityContext", security(AGENT_USER.0, AGENT_USER.1, false)),
            ]),
        }
        Value::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

/// A security context of its own: the pod's user is for models.
fn security(user: u32, group: u32, reads_only: bool) -> Value {
    let plain = |text: &'static str| Value::Plain(text.into());
    let mut entries = vec![
        ("runAsUser".into(), Value::Plain(user.to_string().into())),
        ("runAsGroup".into(), Value::Plain(group.to_string().into())),
        ("runAsNonRoot".into(), plain("true")),
        ("allowPrivilegeEscalation".into(), plain("false")),
    ];
    entries.extend(reads_only.then(|| ("readOnlyRootFilesystem".into(), plain("true"))));
    entries.push(("capabilities".into(), Value::map([("drop", Value::List(vec!["ALL".into()]))])));
    Value::Map(entries)
}

/// The config of a Collector, on one line.
fn config(endpoint: &str, tls: bool) -> String {
    let receivers = local_receiver();
    let processors = Processors::with(Vec::new());
    let traces = Pipeline::of_traces(&receivers, &processors, vec![OTLP]);
    let config = CollectorConfig::<_, NoSettings> {
        extensions: None,
        receivers,
        processors,
        connectors: ConfigSection::new(),
        exporters: ConfigSection::from([(OTLP.to_owned(), OtlpExporter::to(endpoint, tls))]),
        service: ServiceSection {
            extensions: Vec::new(),
            pipelines: ConfigSection::from([("traces".to_owned(), traces)]),
        },
    };
    // JSON can represent all values of these types.
    serde_json::to_string(&config).unwrap_or_default()
}

/// The endpoint of a config that this program writes, and true if it uses TLS.
pub(crate) fn endpoint_of(text: &str) -> Option<(Endpoint, bool)> {
    let (endpoint, tls) = endpoint_text(text)?;
    Some((endpoint.parse().ok()?, tls))
}

/// The error of the endpoint in a config with the form that this program writes.
pub(crate) fn endpoint_problem(text: &str) -> Option<String> {
    let (endpoint, _) = endpoint_text(text).filter(|(endpoint, _)| !is_placeholder(endpoint, true))?;
    endpoint.parse::<Endpoint>().err()
}

fn endpoint_text(text: &str) -> Option<(String, bool)> {
    [false, true].into_iter().find_map(|tls| {
        let known = config(PLACE, tls);
        let (before, after) = known.split_once(PLACE)?;
        let endpoint = text.strip_prefix(before)?.strip_suffix(after)?;
        Some((serde_json::from_str(&format!("\"{endpoint}\"")).ok()?, tls))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_of_a_config_is_read_again() {
        for (endpoint, tls) in [("jaeger.tracing:4317", false), ("[::1]:1", true)] {
            let read = endpoint_of(&config(endpoint, tls));
            assert_eq!(read, Some((endpoint.parse().unwrap(), tls)));
        }
        let other = config("jaeger:4317", false).replace("80", "90");
        assert_eq!(endpoint_of(&other), None);
        assert_eq!(endpoint_of(&config("no endpoint", false)), None);
    }

    #[test]
    fn the_config_is_that_of_a_collector_on_localhost() {
        let config: serde_json::Value = serde_json::from_str(&config("jaeger.tracing:4317", false)).unwrap();
        let wanted = serde_json::json!({
            "receivers": {"jaeger": {"protocols": {"thrift_compact": {"endpoint": "127.0.0.1:6831"}}}},
            "processors": {
                "memory_limiter": {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 25},
                "batch": {},
            },
            "exporters": {"otlp_grpc": {"endpoint": "jaeger.tracing:4317", "tls": {"insecure": true}}},
            "service": {"pipelines": {"traces": {
                "receivers": ["jaeger"], "processors": ["memory_limiter", "batch"], "exporters": ["otlp_grpc"],
            }}},
        });
        assert_eq!(config, wanted);
    }

    #[test]
    fn what_is_not_given_stays() {
        let given =
            SidecarOptions { collector: Some("a:1".parse().unwrap()), collector_tls: true, ..Default::default() };
        let first = given.over(Backend::Jaeger, None).unwrap();
        let same = SidecarOptions { collector_tls: false, ..given.clone() }.over(Backend::Jaeger, Some(&first));
        assert_eq!(same.as_ref(), Some(&first));
        let other = SidecarOptions { collector: Some("b:1".parse().unwrap()), ..Default::default() };
        let other = other.over(Backend::Jaeger, Some(&first)).unwrap();
        assert_eq!(other.destination, SidecarTarget::Otlp { endpoint: "b:1".parse().unwrap(), tls: true });

        let given = SidecarOptions { site: Some("datadoghq.eu".to_owned()), on_fargate: true, ..Default::default() };
        let first = given.over(Backend::Datadog, None).unwrap();
        let image = SidecarOptions { image: Some("agent:1".to_owned()), is_native: true, ..Default::default() };
        let second = image.over(Backend::Datadog, Some(&first)).unwrap();
        assert_eq!((second.image.as_str(), second.is_native), ("agent:1", true));
        assert_eq!(second.destination, first.destination);
        assert_eq!(SidecarOptions::default().over(Backend::Jaeger, None), None);
    }
}
