//! Requests to the program.

use seldon_trace::internals::diagnostic::Severity;
use seldon_trace::internals::knowledge::{Backend, Key, Names, Profile, Request};
use seldon_trace::internals::lint::RULES;
use seldon_trace::internals::manifest::selection::Selection;
use seldon_trace::internals::plan::{Disable, Policy, Task};

/// A request to the program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ask {
    Jaeger,
    Datadog,
    JaegerReset,
    DatadogReset,
    DatadogBothNames,
    DatadogStandardNames,
    JaegerGiven,
    DatadogGiven,
    JaegerAllContainers,
    LibraryByInit,
    LibraryByAdmission,
    TagLabels,
    ConfigMap,
    Otlp,
    OtlpGiven,
    CollectorSidecar,
    NativeCollector,
    AgentSidecar,
    NativeAgent,
    CollectorOfNode,
    AgentOfNode,
    LibraryOfMirror,
    OtherVersion,
    OtherCollector,
    Disable,
    DisableJaeger,
    DisableDatadog,
    DisableAllContainers,
    KeepConfig,
    Fix,
    FixAllContainers,
}

impl Ask {
    pub const ENABLES: &[Self] = &[
        Self::Jaeger,
        Self::Datadog,
        Self::JaegerReset,
        Self::DatadogReset,
        Self::DatadogBothNames,
        Self::DatadogStandardNames,
        Self::JaegerGiven,
        Self::DatadogGiven,
        Self::JaegerAllContainers,
    ];

    /// Those that add more than variables of tracing.
    pub const PARTS: &[Self] = &[
        Self::LibraryByInit,
        Self::LibraryByAdmission,
        Self::TagLabels,
        Self::ConfigMap,
        Self::CollectorSidecar,
        Self::NativeCollector,
        Self::AgentSidecar,
        Self::NativeAgent,
        Self::Otlp,
        Self::OtlpGiven,
    ];

    /// Those with a sidecar.
    pub const SIDECARS: &[Self] =
        &[Self::CollectorSidecar, Self::NativeCollector, Self::AgentSidecar, Self::NativeAgent];

    pub const DISABLES: &[Self] =
        &[Self::Disable, Self::DisableJaeger, Self::DisableDatadog, Self::DisableAllContainers, Self::KeepConfig];

    pub const FIXES: &[Self] = &[Self::Fix, Self::FixAllContainers];

    pub fn policy(self) -> Policy {
        let jaeger = Request::new(Backend::Jaeger);
        let datadog = Request::new(Backend::Datadog);
        let task = match self {
            Self::Jaeger | Self::JaegerAllContainers => enable(jaeger),
            Self::Datadog => enable(datadog),
            Self::JaegerReset => enable(Request { reset: true, ..jaeger }),
            Self::DatadogReset => enable(Request { reset: true, ..datadog }),
            Self::DatadogBothNames => enable(Request { names: Some(Names::Both), ..datadog }),
            Self::DatadogStandardNames => enable(Request { names: Some(Names::Standard), ..datadog }),
            Self::JaegerGiven => {
                enable(jaeger.with(Key::AgentHost, "agent.example").with(Key::Service, "{namespace}/{name}"))
            }
            Self::DatadogGiven => enable(
                datadog
                    .with(Key::Service, "{predictor}: {container} # it's")
                    .with(Key::Tag, "team:it's\"ml\"#1")
                    .with(Key::SampleRate, "0.75"),
            ),
            Self::LibraryByInit => enable(
                datadog
                    .with(Key::Inject, "init")
                    .with(Key::LibraryVersion, "v3.2")
                    .with(Key::LibraryImage, "mirror.example:5000/dd-lib-python-init")
                    .with(Key::Environment, "it's")
                    .with(Key::Set, "DD_PROFILING_ENABLED=true"),
            ),
            Self::LibraryByAdmission => enable(
                datadog
                    .with(Key::Inject, "admission")
                    .with(Key::LibraryVersion, "v3")
                    .with(Key::Service, "{name}")
                    .with(Key::Tag, "team:ml")
                    .with(Key::OrchestratorAgentHost, "agent.example"),
            ),
            Self::CollectorSidecar => {
                enable(jaeger.with(Key::Agent, "sidecar").with(Key::Collector, "jaeger.tracing:4317"))
            }
            Self::NativeCollector => enable(
                jaeger
                    .with(Key::Agent, "sidecar")
                    .with(Key::Collector, "[::1]:4317")
                    .with(Key::AgentImage, "mirror.example/collector@sha256:0")
                    .with(Key::CollectorTls, "true")
                    .with(Key::NativeSidecar, "true"),
            ),
            Self::AgentSidecar => enable(
                datadog
                    .with(Key::Agent, "sidecar")
                    .with(Key::ApiKeySecret, "keys/it")
                    .with(Key::AgentImage, "mirror.example:5000/agent:7.1")
                    .with(Key::OrchestratorAgentHost, "agent.example"),
            ),
            Self::NativeAgent => enable(
                datadog
                    .with(Key::Agent, "sidecar")
                    .with(Key::NativeSidecar, "true")
                    .with(Key::Fargate, "true")
                    .with(Key::Site, "datadoghq.eu")
                    .with(Key::Inject, "init"),
            ),
            Self::Otlp => enable(jaeger.with(Key::Otlp, "true")),
            Self::OtlpGiven => enable(datadog.with(Key::Otlp, "collector:4317")),
            Self::LibraryOfMirror => enable(
                datadog
                    .with(Key::Inject, "init")
                    .with(Key::LibraryImage, "mirror.example:5000/dd-lib-python-init")
                    .with(Key::LibraryVersion, "v2.1"),
            ),
            Self::OtherVersion => enable(datadog.with(Key::Inject, "init").with(Key::LibraryVersion, "v3.2")),
            Self::OtherCollector => {
                enable(jaeger.with(Key::Agent, "sidecar").with(Key::Collector, "other.example:4317"))
            }
            Self::CollectorOfNode => enable(jaeger.with(Key::Agent, "node")),
            Self::AgentOfNode => enable(datadog.with(Key::Agent, "node")),
            Self::ConfigMap => {
                enable(jaeger.with(Key::ConfigMap, "traces").with(Key::Propagation, "b3").with(Key::Service, "{name}"))
            }
            Self::TagLabels => enable(
                datadog
                    .with(Key::Tagging, "labels")
                    .with(Key::Environment, "prod")
                    .with(Key::Service, "{name}")
                    .with(Key::ServiceVersion, "1.2"),
            ),
            Self::Disable | Self::DisableAllContainers => Task::Disable(Disable::default()),
            Self::DisableJaeger => Task::Disable(Disable { backend: Some(Backend::Jaeger), ..Disable::default() }),
            Self::DisableDatadog => Task::Disable(Disable { backend: Some(Backend::Datadog), ..Disable::default() }),
            Self::KeepConfig => Task::Disable(Disable { keep_config: true, ..Disable::default() }),
            Self::Fix | Self::FixAllContainers => Task::Fix(RULES.iter().collect()),
        };
        let all_containers =
            matches!(self, Self::JaegerAllContainers | Self::DisableAllContainers | Self::FixAllContainers);
        let rules = RULES.iter().filter(|rule| rule.severity > Severity::Info).collect();
        Policy { rules, shows_values: true, ..Policy::new(task, Selection { all_containers, ..Selection::default() }) }
    }

    /// The variables in each env list after the edit.
    pub(super) fn writes(self) -> &'static [&'static str] {
        match self {
            Self::Jaeger | Self::JaegerReset | Self::JaegerGiven | Self::JaegerAllContainers => {
                &["TRACING", "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM"]
            }
            Self::Datadog | Self::DatadogReset | Self::DatadogBothNames | Self::DatadogGiven => {
                &["TRACING", "DD_ENABLED", "DD_AGENT_HOST", "DATADOG_TRACE_AGENT_PORT", "DD_SAMPLE_RATE"]
            }
            Self::DatadogStandardNames => {
                &["TRACING", "DD_ENABLED", "DD_AGENT_HOST", "DD_TRACE_AGENT_PORT", "DD_TRACE_SAMPLING_RULES"]
            }
            _ => &[],
        }
    }

    /// The request that removes what this one adds.
    pub(super) fn undone_by(self) -> &'static [Self] {
        match self {
            Self::Jaeger | Self::JaegerReset | Self::JaegerGiven => &[Self::Disable, Self::DisableJaeger],
            Self::JaegerAllContainers => &[Self::DisableAllContainers],
            Self::ConfigMap | Self::CollectorSidecar | Self::NativeCollector => &[Self::Disable, Self::DisableJaeger],
            Self::Otlp | Self::OtlpGiven => &[Self::Disable],
            _ => &[Self::Disable, Self::DisableDatadog],
        }
    }
}

fn enable(request: Request) -> Task {
    Task::Enable(Profile::new(request).expect("a request without faults"))
}
