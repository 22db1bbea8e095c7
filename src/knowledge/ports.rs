//! Well-known ports of agents and collectors, and what each accepts.

use super::address::Address;

/// A port as a number and as the text of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port {
    pub number: u16,
    pub text: &'static str,
}

macro_rules! port {
    ($number:literal) => {
        Port { number: $number, text: stringify!($number) }
    };
}

/// Compact Thrift over UDP, as Jaeger's clients send it.
pub(crate) const THRIFT: Port = port!(6831);
/// The same in Seldon's documentation, and in Jaeger's agent until 1.x ended.
pub(crate) const OLD_THRIFT: Port = port!(5775);
/// Thrift over HTTP.
pub(crate) const COLLECTOR: Port = port!(14268);
pub(crate) const OTLP_GRPC: Port = port!(4317);
pub(crate) const OTLP_HTTP: Port = port!(4318);
pub(crate) const DATADOG: Port = port!(8126);
/// DogStatsD.
pub(crate) const DATADOG_METRICS: Port = port!(8125);
/// Jaeger's queries over gRPC.
pub(crate) const JAEGER_QUERY: Port = port!(16685);
/// Jaeger's web page.
pub(crate) const JAEGER_UI: Port = port!(16686);

/// A receiver of spans, by what its clients send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// Compact Thrift over UDP, from Jaeger's clients of Seldon Core.
    JaegerAgent,
    /// Thrift over HTTP.
    JaegerCollector,
    /// OTLP over gRPC.
    Otlp,
    /// Datadog's agent.
    DatadogAgent,
}

/// Each port and its service. Source: Jaeger's documentation on its ports, OpenTelemetry's and Datadog's.
const PORTS: [(u16, &str); 16] = [
    (OTLP_GRPC.number, "the port for OTLP over gRPC"),
    (OTLP_HTTP.number, "the port for OTLP over HTTP"),
    (OLD_THRIFT.number, "the agent's port for UDP"),
    (5778, "the agent's port for sampling strategies"),
    (THRIFT.number, "the agent's port for UDP"),
    (6832, "the agent's port for binary Thrift"),
    (DATADOG_METRICS.number, "the port of Datadog's agent for metrics"),
    (DATADOG.number, "the port of Datadog's agent"),
    (9411, "Zipkin's port"),
    (14250, "the collector's port for gRPC"),
    (COLLECTOR.number, "the collector's port for Thrift over HTTP"),
    (14269, "the collector's port for its health and metrics"),
    (14271, "the agent's port for its health and metrics"),
    (JAEGER_QUERY.number, "the port for queries over gRPC"),
    (JAEGER_UI.number, "the port of Jaeger's web page"),
    (16687, "the port for health and metrics of Jaeger's web page"),
];

impl Receiver {
    fn ports(self) -> &'static [u16] {
        match self {
            Self::JaegerAgent => &[OLD_THRIFT.number, THRIFT.number],
            Self::JaegerCollector => &[COLLECTOR.number],
            Self::Otlp => &[OTLP_GRPC.number],
            Self::DatadogAgent => &[DATADOG.number],
        }
    }

    /// The port at which it usually takes spans, in words.
    pub(crate) fn usual_port(self) -> &'static str {
        match self {
            Self::JaegerAgent => "an agent takes them at 6831",
            Self::JaegerCollector => "a collector takes them at 14268",
            Self::Otlp => "a collector takes OTLP over gRPC at 4317",
            Self::DatadogAgent => "Datadog's agent takes them at 8126",
        }
    }

    /// The service on a port, if it is known not to be this receiver.
    pub(crate) fn other_service(self, port: u16) -> Option<&'static str> {
        let known = PORTS.iter().find(|(number, _)| *number == port && !self.ports().contains(number));
        known.map(|(_, what)| *what)
    }

    /// The port of `HOST:PORT` or of a URL, and its service, if that is known not to be this receiver.
    pub(crate) fn other_service_at(self, address: &str) -> Option<(u16, &'static str)> {
        let number = Address::of(address).last_number()?;
        Some((number, self.other_service(number)?))
    }
}
