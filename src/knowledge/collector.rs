//! The config of an OpenTelemetry Collector, and of Jaeger 2, which is one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ports::{OLD_THRIFT, OTLP_GRPC, OTLP_HTTP, Port, THRIFT};

/// The ports of the receivers for compact Thrift over UDP.
pub(crate) const THRIFT_PORTS: [Port; 2] = [OLD_THRIFT, THRIFT];

/// The port that answers if the program is healthy.
pub(crate) const HEALTH_PORT: u16 = 13133;

/// The user of the images of the Collector and of Jaeger.
pub(crate) const COLLECTOR_USER: u32 = 10001;

/// The exporter of OTLP over gRPC.
pub(crate) const OTLP: &str = "otlp_grpc";

const BATCH: &str = "batch";
const MEMORY_LIMITER: &str = "memory_limiter";
const RESOURCE: &str = "resource";

/// A section with its entries by their names.
pub(crate) type ConfigSection<T> = BTreeMap<String, T>;

/// A config, with exporters and extensions of these types.
#[derive(Debug, Serialize)]
pub(crate) struct CollectorConfig<E, X> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<X>,
    pub receivers: ConfigSection<ReceiverConfig>,
    pub processors: Processors,
    #[serde(skip_serializing_if = "ConfigSection::is_empty")]
    pub connectors: ConfigSection<NoSettings>,
    pub exporters: E,
    pub service: ServiceSection,
}

/// An entry without settings: `{}`.
#[derive(Debug, Serialize)]
pub(crate) struct NoSettings {}

/// An address to listen on.
#[derive(Debug, Serialize)]
pub(crate) struct Listener {
    endpoint: String,
}

impl Listener {
    /// On all addresses: by default, programs listen on localhost, where no other pod reaches them.
    pub(crate) fn on(port: u16) -> Self {
        Self { endpoint: format!("0.0.0.0:{port}") }
    }
}

/// The settings of the exporter [`OTLP`].
#[derive(Debug, Serialize)]
pub(crate) struct OtlpExporter {
    endpoint: String,
    tls: Tls,
}

#[derive(Debug, Serialize)]
struct Tls {
    insecure: bool,
}

impl OtlpExporter {
    pub(crate) fn to(endpoint: &str, tls: bool) -> Self {
        Self { endpoint: endpoint.to_owned(), tls: Tls { insecure: !tls } }
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ReceiverConfig {
    Jaeger { protocols: JaegerProtocols },
    Otlp { protocols: OtlpProtocols },
}

#[derive(Debug, Serialize)]
pub(crate) struct JaegerProtocols {
    thrift_compact: Listener,
}

#[derive(Debug, Serialize)]
pub(crate) struct OtlpProtocols {
    grpc: Listener,
    http: Listener,
}

/// One receiver for each port: a receiver listens on a single one.
pub(crate) fn receivers() -> ConfigSection<ReceiverConfig> {
    let thrift = THRIFT_PORTS.map(|port| {
        let protocols = JaegerProtocols { thrift_compact: Listener::on(port.number) };
        (format!("jaeger/{}", port.number), ReceiverConfig::Jaeger { protocols })
    });
    let otlp = OtlpProtocols { grpc: Listener::on(OTLP_GRPC.number), http: Listener::on(OTLP_HTTP.number) };
    thrift.into_iter().chain([("otlp".to_owned(), ReceiverConfig::Otlp { protocols: otlp })]).collect()
}

/// A receiver of Jaeger's clients in the same pod.
pub(crate) fn local_receiver() -> ConfigSection<ReceiverConfig> {
    let thrift_compact = Listener { endpoint: format!("127.0.0.1:{}", THRIFT.number) };
    let receiver = ReceiverConfig::Jaeger { protocols: JaegerProtocols { thrift_compact } };
    ConfigSection::from([("jaeger".to_owned(), receiver)])
}

#[derive(Debug, Serialize)]
pub(crate) struct Processors {
    memory_limiter: MemoryLimiter,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<ResourceProcessor>,
    batch: NoSettings,
}

#[derive(Debug, Serialize)]
struct MemoryLimiter {
    check_interval: &'static str,
    limit_percentage: u8,
    spike_limit_percentage: u8,
}

/// A processor that sets attributes of the sender of spans.
#[derive(Debug, Serialize)]
struct ResourceProcessor {
    attributes: Vec<ResourceAttribute>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ResourceAttribute {
    pub key: &'static str,
    pub value: &'static str,
    pub action: &'static str,
}

impl Processors {
    /// Processors that also set these attributes.
    pub(crate) fn with(attributes: Vec<ResourceAttribute>) -> Self {
        let memory_limiter = MemoryLimiter { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 };
        let resource = (!attributes.is_empty()).then_some(ResourceProcessor { attributes });
        Self { memory_limiter, resource, batch: NoSettings {} }
    }

    /// The limiter is first, so that it rejects data for which there is no memory.
    fn names(&self) -> Vec<&'static str> {
        [MEMORY_LIMITER].into_iter().chain(self.resource.as_ref().map(|_| RESOURCE)).chain([BATCH]).collect()
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct ServiceSection {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<&'static str>,
    pub pipelines: ConfigSection<Pipeline>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Pipeline {
    receivers: Vec<String>,
    processors: Vec<&'static str>,
    exporters: Vec<&'static str>,
}

impl Pipeline {
    /// The traces of these receivers.
    pub(crate) fn of_traces(
        receivers: &ConfigSection<ReceiverConfig>,
        processors: &Processors,
        exporters: Vec<&'static str>,
    ) -> Self {
        Self { receivers: receivers.keys().cloned().collect(), processors: processors.names(), exporters }
    }

    /// The metrics that a connector creates from traces.
    pub(crate) fn of_metrics(connector: &str, exporter: &'static str) -> Self {
        Self { receivers: vec![connector.to_owned()], processors: vec![BATCH], exporters: vec![exporter] }
    }
}
