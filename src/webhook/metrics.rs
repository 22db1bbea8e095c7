//! The counters of `/metrics`, in the text format of Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::admission::ReviewOutcome;

pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper ends of the buckets of the latency, in seconds. The API server waits five.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

type OneLabel<V> = [(&'static str, V); 1];

/// The counters.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<OneLabel<&'static str>, Counter>,
    seconds: Histogram,
    patches: Family<OneLabel<String>, Counter>,
    pub reload_failures: Counter<u64, AtomicU64>,
    pub tls_failures: Counter,
    pub connections: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("seldon_trace_webhook"),
            requests: Family::default(),
            seconds: Histogram::new(BUCKETS),
            patches: Family::default(),
            reload_failures: Counter::default(),
            tls_failures: Counter::default(),
            connections: Gauge::default(),
        };
        // Each outcome is there from the start, so that its rate is known from the first on.
        for outcome in ReviewOutcome::ALL {
            drop(metrics.requests.get_or_create(&[("outcome", outcome.word())]));
        }
        let Self { registry, requests, seconds, patches, reload_failures, tls_failures, connections } = &mut metrics;
        registry.register("requests", "Requests to /mutate", requests.clone());
        registry.register("request_duration_seconds", "Time to answer requests to /mutate", seconds.clone());
        registry.register("patches", "Patches by backend, or off", patches.clone());
        registry.register("reload_failures", "Files that changed and are wrong", reload_failures.clone());
        registry.register("tls_failures", "Connections without a TLS handshake", tls_failures.clone());
        registry.register("connections", "Open connections", connections.clone());
        metrics
    }

    /// Counts a request to `/mutate`.
    pub(super) fn count(&self, outcome: ReviewOutcome, took: Duration) {
        self.requests.get_or_create(&[("outcome", outcome.word())]).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    pub(super) fn count_patch(&self, task: String) {
        self.patches.get_or_create(&[("backend", task)]).inc();
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // A String takes everything.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
