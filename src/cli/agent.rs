//! `agent` and its kinds.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Inputs, SettingOptions, SettingsFile, help};
use crate::agent::{JAEGER_IMAGE, MODEL_IMAGE, SendTo, WebhookScope, check_label, check_service_name};
use crate::knowledge::AGENT;
use crate::knowledge::receivers::{COLLECTOR_IMAGE, DEFAULT_SITE, check_image, check_site, check_subdomain};

/// `agent`
#[derive(Debug, Args)]
pub struct AgentArgs {
    /// The kind
    #[command(subcommand)]
    pub kind: AgentKind,
}

/// The kinds that `agent` prints.
#[derive(Debug, Subcommand)]
pub enum AgentKind {
    /// An OpenTelemetry Collector on each node, which sends to Jaeger, Datadog or another receiver
    ///
    /// A ConfigMap and a DaemonSet with the ports 5775 and 6831 (UDP), for Jaeger's clients, and 4317 and 4318, for OTLP, of
    /// each node. What enable writes by default finds it there. The namespace has to allow host ports.
    #[command(after_help = help::short("agent collector"), after_long_help = help::long("agent collector"))]
    Collector(Box<CollectorArgs>),
    /// Jaeger 2 in one pod, with its user interface; it keeps traces in memory
    ///
    /// A ConfigMap, a Deployment and two Services: NAME receives on 5775 and 6831 (UDP), for Jaeger's clients, and on 4317
    /// and 4318, for OTLP; NAME-ui has the user interface on 16686. A restart loses all traces.
    #[command(after_help = help::short("agent jaeger"), after_long_help = help::long("agent jaeger"))]
    Jaeger(Box<JaegerArgs>),
    /// Values for Datadog's Helm chart, with its agent on port 8126 of each node
    ///
    /// The chart's own values leave that port closed.
    #[command(after_help = help::short("agent datadog-values"), after_long_help = help::long("agent datadog-values"))]
    DatadogValues(Box<DatadogValuesArgs>),
    /// The ConfigMap of enable --config-map: a config file of the Python wrapper for each container
    ///
    /// The wrapper takes its service name, sampler and propagation only from such a file. Manifests and selection are those
    /// of enable. There is a ConfigMap for each namespace, with a key DEPLOYMENT.PREDICTOR.CONTAINER.yaml for each container.
    #[command(after_help = help::short("agent jaeger-config"), after_long_help = help::long("agent jaeger-config"))]
    JaegerConfig(Box<JaegerConfigArgs>),
    /// A compose.yaml for one machine: Jaeger 2 and a model that traces
    ///
    /// The model is that of Seldon's documentation. Both ports are open for this machine alone: 16686 is the user interface,
    /// 9000 the model.
    #[command(after_help = help::short("agent compose"), after_long_help = help::long("agent compose"))]
    Compose(Box<ComposeArgs>),
    /// What runs the admission webhook in a cluster, which changes each SeldonDeployment as enable does
    ///
    /// A namespace with two replicas, their settings and certificate, and the MutatingWebhookConfiguration. cert-manager makes
    /// the certificate, unless a Secret has one. docs/cluster.md has the image, and what this means for GitOps.
    #[command(after_help = help::short("agent webhook"), after_long_help = help::long("agent webhook"))]
    Webhook(Box<AgentWebhookArgs>),
}

/// `agent webhook`
#[derive(Debug, Args)]
pub struct AgentWebhookArgs {
    /// The image of seldon-trace with the webhook
    #[arg(long, value_parser = check_image, help_heading = "Objects")]
    pub image: String,

    /// The namespace of the objects, which is printed too
    #[arg(short, long, value_name = "NS", value_parser = check_label, default_value = "seldon-trace", help_heading = "Objects")]
    pub namespace: String,

    /// The namespaces whose SeldonDeployments it changes
    #[arg(long, value_enum, default_value_t, help_heading = "Objects")]
    pub(crate) scope: WebhookScope,

    /// The Secret of type kubernetes.io/tls with its certificate, instead of cert-manager's
    #[arg(long, value_name = "NAME", value_parser = check_subdomain, requires = "ca_bundle", help_heading = "Certificate")]
    pub tls_secret: Option<String>,

    /// The certificate of the authority that has signed that of --tls-secret, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_secret", help_heading = "Certificate")]
    pub ca_bundle: Option<PathBuf>,

    /// The settings file, which is checked and printed as a ConfigMap [default: the nearest .seldon-trace.yaml]
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
}

/// `agent collector`
#[derive(Debug, Args)]
pub struct CollectorArgs {
    /// The receiver of its traces: HOST:PORT, by OTLP over gRPC, or datadog
    #[arg(long, value_name = "HOST:PORT | datadog", help_heading = "Destination")]
    pub(crate) to: SendTo,

    /// Use TLS to HOST:PORT
    #[arg(long, help_heading = "Destination")]
    pub tls: bool,

    /// The Secret with Datadog's API key [default key: api-key]
    ///
    /// It is in the namespace of the Collector.
    #[arg(long, value_name = "NAME[/KEY]", help_heading = "Destination")]
    pub api_key_secret: Option<String>,

    /// Datadog's site [default: datadoghq.com]
    #[arg(long, value_parser = check_site, help_heading = "Destination")]
    pub site: Option<String>,

    /// The name of the objects
    #[arg(long, value_parser = check_label, default_value = "seldon-trace-collector", help_heading = "Objects")]
    pub name: String,

    /// Their namespace [default: that of kubectl]
    #[arg(short, long, value_name = "NS", value_parser = check_label, help_heading = "Objects")]
    pub namespace: Option<String>,

    /// The image, of OpenTelemetry Collector Contrib
    #[arg(long, value_parser = check_image, default_value = COLLECTOR_IMAGE, help_heading = "Objects")]
    pub image: String,
}

/// `agent jaeger`
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub struct JaegerArgs {
    /// The name of the objects, and the host that clients use
    #[arg(long, value_parser = check_service_name, default_value = "jaeger")]
    pub name: String,

    /// Their namespace [default: that of kubectl]
    #[arg(short, long, value_name = "NS", value_parser = check_label)]
    pub namespace: Option<String>,

    /// The image, of Jaeger 2
    #[arg(long, value_parser = check_image, default_value = JAEGER_IMAGE)]
    pub image: String,
}

/// `agent datadog-values`
#[derive(Debug, Args)]
#[command(next_help_heading = "Datadog")]
pub struct DatadogValuesArgs {
    /// The Secret with the API key, under the key api-key
    #[arg(long, value_name = "NAME")]
    pub api_key_secret: String,

    /// The site
    #[arg(long, value_parser = check_site, default_value = DEFAULT_SITE)]
    pub site: String,

    /// Receive OTLP too, on ports 4317 and 4318 of each node
    #[arg(long)]
    pub otlp: bool,
}

/// `agent jaeger-config`
#[derive(Debug, Args)]
pub struct JaegerConfigArgs {
    /// The ConfigMap's name
    #[arg(long, value_name = "NAME", value_parser = check_subdomain, help_heading = "Backend")]
    pub config_map: String,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub options: SettingOptions<{ AGENT }>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub inputs: Inputs,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}

/// `agent compose`
#[derive(Debug, Args)]
#[command(next_help_heading = "Containers")]
pub struct ComposeArgs {
    /// The name of the project
    #[arg(long, value_parser = check_label, default_value = "seldon-trace")]
    pub name: String,

    /// The image of Jaeger 2
    #[arg(long, value_parser = check_image, default_value = JAEGER_IMAGE)]
    pub image: String,

    /// The image of a model in Seldon's Python wrapper
    #[arg(long, value_name = "IMAGE", value_parser = check_image, default_value = MODEL_IMAGE)]
    pub model_image: String,
}
