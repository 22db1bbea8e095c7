//! `agent jaeger`: Jaeger 2 in one pod, with its user interface.

use anyhow::Result;
use serde::Serialize;

use super::kubernetes::PodVariable;
use super::receiver::{Placement, ReceiverWorkload};
use super::{stream, yaml};
use crate::knowledge::collector::{
    CollectorConfig, ConfigSection, HEALTH_PORT, Listener, Pipeline, Processors, ServiceSection, receivers,
};
use crate::knowledge::ports::{JAEGER_QUERY, JAEGER_UI};

/// The end of the name of the Service for the user interface.
pub(super) const UI_ENDING: &str = "-ui";

const STORAGE: &str = "memory";
const EXPORTER: &str = "jaeger_storage_exporter";

/// The traces that are kept: those of Seldon have a few spans of about 1 KiB, and all of them have to fit into the memory
/// limit.
const MAX_TRACES: u32 = 50_000;

/// Else Jaeger sends a trace of each request of its user interface to itself.
pub(super) const NO_OWN_TRACES: (&str, &str) = ("OTEL_TRACES_SAMPLER", "always_off");

/// Jaeger 2 in one pod.
#[derive(Debug)]
pub(crate) struct AllInOne {
    pub name: String,
    pub namespace: Option<String>,
    pub image: String,
}

#[derive(Debug, Serialize)]
struct JaegerExtensions {
    healthcheckv2: HealthCheckV2,
    jaeger_query: JaegerQuery,
    jaeger_storage: JaegerStorage,
}

#[derive(Debug, Serialize)]
struct HealthCheckV2 {
    use_v2: bool,
    http: Listener,
}

#[derive(Debug, Serialize)]
struct JaegerQuery {
    storage: QueryStorage,
    http: Listener,
    grpc: Listener,
}

#[derive(Debug, Serialize)]
struct QueryStorage {
    traces: &'static str,
}

#[derive(Debug, Serialize)]
struct JaegerStorage {
    backends: ConfigSection<StorageBackend>,
}

#[derive(Debug, Serialize)]
struct StorageBackend {
    memory: MemoryStorage,
}

#[derive(Debug, Serialize)]
struct MemoryStorage {
    max_traces: u32,
}

#[derive(Debug, Serialize)]
struct StorageExporter {
    trace_storage: &'static str,
}

impl AllInOne {
    /// The ConfigMap, the Deployment, and a Service each for clients and for the user interface.
    pub(crate) fn manifests(&self) -> Result<String> {
        let receiver = ReceiverWorkload {
            name: &self.name,
            namespace: self.namespace.as_deref(),
            app: "jaeger",
            image: &self.image,
            folder: "/etc/jaeger",
            health_path: "/status",
            memory: ("128Mi", "1Gi"),
            placement: Placement::Single,
            ui_port: Some(JAEGER_UI.number),
            env: vec![PodVariable::text(NO_OWN_TRACES.0, NO_OWN_TRACES.1)],
        };
        let mut documents = receiver.documents(yaml(&config())?)?;
        documents.push(receiver.service()?);
        documents.push(receiver.ui_service(&format!("{}{UI_ENDING}", self.name), JAEGER_UI.number)?);
        Ok(stream(&documents))
    }
}

fn config() -> CollectorConfig<ConfigSection<StorageExporter>, JaegerExtensions> {
    let (receivers, processors) = (receivers(), Processors::with(Vec::new()));
    let traces = Pipeline::of_traces(&receivers, &processors, vec![EXPORTER]);
    let memory = MemoryStorage { max_traces: MAX_TRACES };
    CollectorConfig {
        extensions: Some(JaegerExtensions {
            healthcheckv2: HealthCheckV2 { use_v2: true, http: Listener::on(HEALTH_PORT) },
            jaeger_query: JaegerQuery {
                storage: QueryStorage { traces: STORAGE },
                http: Listener::on(JAEGER_UI.number),
                grpc: Listener::on(JAEGER_QUERY.number),
            },
            jaeger_storage: JaegerStorage {
                backends: ConfigSection::from([(STORAGE.to_owned(), StorageBackend { memory })]),
            },
        }),
        receivers,
        processors,
        connectors: ConfigSection::new(),
        exporters: ConfigSection::from([(EXPORTER.to_owned(), StorageExporter { trace_storage: STORAGE })]),
        service: ServiceSection {
            extensions: vec!["jaeger_storage", "jaeger_query", "healthcheckv2"],
            pipelines: ConfigSection::from([("traces".to_owned(), traces)]),
        },
    }
}
