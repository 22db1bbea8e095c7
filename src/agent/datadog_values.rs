//! `agent datadog-values`: values for the Helm chart of Datadog's agent.

use anyhow::{Result, bail};
use serde::Serialize;

use super::yaml;
use crate::knowledge::ports::{DATADOG, OTLP_GRPC, OTLP_HTTP};
use crate::knowledge::receivers::ApiKeySecret;

/// Values of the chart.
#[derive(Debug)]
pub(crate) struct DatadogValues {
    pub secret: ApiKeySecret,
    pub site: String,
    /// True if the agent also receives OTLP.
    pub otlp: bool,
}

#[derive(Debug, Serialize)]
struct ChartValues {
    datadog: ChartDatadog,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChartDatadog {
    api_key_existing_secret: String,
    site: String,
    apm: ChartApm,
    #[serde(skip_serializing_if = "Option::is_none")]
    otlp: Option<ChartOtlp>,
}

/// The chart leaves the port closed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChartApm {
    port_enabled: bool,
    port: u16,
}

#[derive(Debug, Serialize)]
struct ChartOtlp {
    receiver: ChartReceiver,
}

#[derive(Debug, Serialize)]
struct ChartReceiver {
    protocols: ChartProtocols,
}

#[derive(Debug, Serialize)]
struct ChartProtocols {
    grpc: ChartProtocol,
    http: ChartProtocol,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChartProtocol {
    enabled: bool,
    endpoint: String,
    use_host_port: bool,
}

impl DatadogValues {
    pub(crate) fn values(&self) -> Result<String> {
        if !self.secret.has_default_key() {
            bail!("--api-key-secret: Datadog's chart reads the key `api-key` of a Secret: give its name alone");
        }
        let protocol =
            |port: u16| ChartProtocol { enabled: true, endpoint: format!("0.0.0.0:{port}"), use_host_port: true };
        let protocols = || ChartProtocols { grpc: protocol(OTLP_GRPC.number), http: protocol(OTLP_HTTP.number) };
        let otlp = self.otlp.then(|| ChartOtlp { receiver: ChartReceiver { protocols: protocols() } });
        yaml(&ChartValues {
            datadog: ChartDatadog {
                api_key_existing_secret: self.secret.name.clone(),
                site: self.site.clone(),
                apm: ChartApm { port_enabled: true, port: DATADOG.number },
                otlp,
            },
        })
    }
}
