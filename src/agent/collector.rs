//! `agent collector`: an OpenTelemetry Collector on each node.

use anyhow::Result;
use serde::Serialize;

use super::kubernetes::PodVariable;
use super::receiver::{Placement, ReceiverWorkload};
use super::{stream, yaml};
use crate::knowledge::collector::{
    CollectorConfig, ConfigSection, HEALTH_PORT, Listener, NoSettings, OTLP, OtlpExporter, Pipeline, Processors,
    ResourceAttribute, ServiceSection, receivers,
};
use crate::knowledge::receivers::{ApiKeySecret, Endpoint};

const DATADOG: &str = "datadog";
const CONNECTOR: &str = "datadog/connector";
const HEALTH_CHECK: &str = "health_check";

/// Jaeger's clients give the name of the pod as the host, and each would count as one.
const NODE_AS_HOST: ResourceAttribute =
    ResourceAttribute { key: "datadog.host.name", value: "${env:NODE_NAME}", action: "upsert" };

/// A Collector on each node.
#[derive(Debug)]
pub(crate) struct NodeCollector {
    pub name: String,
    pub namespace: Option<String>,
    pub image: String,
    pub export: Export,
}

/// The exporters of a Collector.
#[derive(Debug)]
pub(crate) enum Export {
    Otlp { endpoint: Endpoint, tls: bool },
    Datadog { secret: ApiKeySecret, site: String },
}

#[derive(Debug, Serialize)]
struct HealthCheck {
    health_check: Listener,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ExporterConfig {
    Otlp(OtlpExporter),
    Datadog { api: DatadogApi, hostname: &'static str },
}

#[derive(Debug, Serialize)]
struct DatadogApi {
    key: &'static str,
    site: String,
}

impl NodeCollector {
    /// The ConfigMap and the DaemonSet.
    pub(crate) fn manifests(&self) -> Result<String> {
        let (env, memory) = match &self.export {
            Export::Otlp { .. } => (Vec::new(), ("64Mi", "256Mi")),
            Export::Datadog { secret, .. } => {
                let env =
                    vec![PodVariable::key("DD_API_KEY", secret), PodVariable::field("NODE_NAME", "spec.nodeName")];
                (env, ("128Mi", "512Mi"))
            }
        };
        let receiver = ReceiverWorkload {
            name: &self.name,
            namespace: self.namespace.as_deref(),
            app: "opentelemetry-collector",
            image: &self.image,
            folder: "/etc/otelcol",
            health_path: "/",
            memory,
            placement: Placement::EachNode,
            ui_port: None,
            env,
        };
        Ok(stream(&receiver.documents(yaml(&self.config())?)?))
    }

    fn config(&self) -> CollectorConfig<ConfigSection<ExporterConfig>, HealthCheck> {
        let receivers = receivers();
        let (name, exporter) = self.exporter();
        let is_datadog = matches!(self.export, Export::Datadog { .. });
        let processors = Processors::with(is_datadog.then_some(NODE_AS_HOST).into_iter().collect());
        // Datadog's statistics of all calls are made of the traces by the connector.
        let connector = is_datadog.then_some(CONNECTOR);
        let exporters = [name].into_iter().chain(connector).collect();
        let traces = ("traces".to_owned(), Pipeline::of_traces(&receivers, &processors, exporters));
        let metrics = connector.map(|connector| ("metrics".to_owned(), Pipeline::of_metrics(connector, name)));
        CollectorConfig {
            extensions: Some(HealthCheck { health_check: Listener::on(HEALTH_PORT) }),
            receivers,
            processors,
            connectors: connector.map(|name| (name.to_owned(), NoSettings {})).into_iter().collect(),
            exporters: ConfigSection::from([(name.to_owned(), exporter)]),
            service: ServiceSection {
                extensions: vec![HEALTH_CHECK],
                pipelines: [traces].into_iter().chain(metrics).collect(),
            },
        }
    }

    fn exporter(&self) -> (&'static str, ExporterConfig) {
        match &self.export {
            Export::Otlp { endpoint, tls } => (OTLP, ExporterConfig::Otlp(OtlpExporter::to(endpoint.as_str(), *tls))),
            Export::Datadog { site, .. } => {
                let api = DatadogApi { key: "${env:DD_API_KEY}", site: site.clone() };
                (DATADOG, ExporterConfig::Datadog { api, hostname: NODE_AS_HOST.value })
            }
        }
    }
}
