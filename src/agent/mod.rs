//! What receives traces, as YAML for `kubectl apply`, Helm or Compose: a file for each kind of `agent`.

mod collector;
mod compose;
mod config;
mod datadog_values;
mod jaeger;
mod jaeger_config;
mod kubernetes;
mod values;

use anyhow::Result;
use serde::Serialize;

pub(crate) use collector::{Export, NodeCollector};
pub(crate) use compose::{Compose, MODEL_PORT, UI_PORT};
pub(crate) use datadog_values::DatadogValues;
pub(crate) use jaeger::AllInOne;
pub(crate) use jaeger_config::{ConfigFile, ConfigFiles, MAX_APPLIED, config_files};
pub(crate) use values::{
    ApiKeySecret, DEFAULT_SITE, SendTo, check_image, check_label, check_service_name, check_site, check_subdomain,
};

/// The Collector's image.
pub(crate) const COLLECTOR_IMAGE: &str = "otel/opentelemetry-collector-contrib:0.162.0";

/// The image of Jaeger 2.
pub(crate) const JAEGER_IMAGE: &str = "jaegertracing/jaeger:2.20.0";

/// The model of Seldon's documentation.
pub(crate) const MODEL_IMAGE: &str = "seldonio/mock_classifier_rest:1.3";

fn yaml(value: &impl Serialize) -> Result<String> {
    Ok(serde_yaml::to_string(value)?)
}

/// Documents as one stream.
fn stream(documents: &[String]) -> String {
    documents.join("---\n")
}
