//! The pages of what options add beside variables.

use super::alone;
use super::page::{Page, Section};
use crate::knowledge::otlp::mlserver;
use crate::knowledge::parts::{
    ADDED_ANNOTATION, ADMISSION_LABEL, CONFIG_VOLUME, LIBRARY_CONTAINER, LIBRARY_VOLUME, is_library_annotation,
};
use crate::knowledge::sidecar::{FARGATE, KUBELET_NODE};
use crate::manifest::{COLLECTOR_SIDECAR, DATADOG_SIDECAR, SKIP_ANNOTATION};

/// A part, or several that come together.
pub struct PartTopic {
    /// The name of its page.
    pub name: &'static str,
    /// Names in manifests, and of options, that have the same page.
    others: &'static [&'static str],
    /// The first sentence is its summary.
    about: &'static str,
    /// The options.
    written_by: &'static str,
    /// The written parts, with their places.
    writes: &'static [&'static str],
    needs: &'static str,
    removed_by: &'static str,
}

const SIDECAR: &str = "It is removed once no target of its pod sends to localhost: the Collector by its shape, Datadog's agent \
                       if the annotation seldon-trace/added lists it.";

const BY_SHAPE: &str = "It is recognized by its shape, whoever wrote it: one that differs stays and is named.";

/// The parts, in the order of the options.
pub const PARTS: &[PartTopic] = &[
    PartTopic {
        name: "injection",
        others: &["inject", LIBRARY_CONTAINER, LIBRARY_VOLUME.name, "PYTHONPATH"],
        about: "Datadog's library for Python in stock images, by an init container. It copies the library into a volume, \
                and PYTHONPATH starts it before the wrapper. The orchestrator is a Go program and gets none.",
        written_by: "enable --backend datadog --inject init; --library-version, --library-image",
        writes: &[
            "pod: the init container datadog-lib-python-init and the volume datadog-auto-instrumentation, an emptyDir",
            "container: the mount of the volume, and /datadog-lib/ before an existing PYTHONPATH; not TRACING or \
             DD_ENABLED, which the library does not read",
        ],
        needs: "Python 3.9 for v4; v2, the default, runs in all stock images of Seldon Core 1.17 to 1.19.",
        removed_by: BY_SHAPE,
    },
    PartTopic {
        name: "admission-label",
        others: &["admission", ADMISSION_LABEL],
        about: "The label and the annotations that ask Datadog's admission controller for its library.",
        written_by: "enable --backend datadog --inject admission; --library-version",
        writes: &[
            "predictors[].labels: admission.datadoghq.com/enabled: \"true\", which reaches the pods of the explainer and \
             of a separate orchestrator too",
            "predictors[].annotations: admission.datadoghq.com/CONTAINER.python-lib.version, for each container",
        ],
        needs: "A cluster with Datadog's admission controller: without it nothing is injected, without a message.",
        removed_by: "It is removed if the annotation seldon-trace/added lists it.",
    },
    PartTopic {
        name: "tag-labels",
        others: &["tagging", "tags.datadoghq.com/env", "tags.datadoghq.com/service", "tags.datadoghq.com/version"],
        about: "The labels of Datadog's unified service tagging. A label that is missing would give an empty value, so \
                each is written with its variable, and only for an option that is given.",
        written_by: "enable --backend datadog --tagging labels, with --environment, --service or --service-version",
        writes: &[
            "predictors[].labels: tags.datadoghq.com/env, /service and /version",
            "each target: DD_ENV, DD_SERVICE and DD_VERSION by fieldRef to the label",
        ],
        needs: "One value for a predictor: a service with {container} is an error, and so is a value that no label can \
                have.",
        removed_by: "They are removed if the annotation seldon-trace/added lists them.",
    },
    PartTopic {
        name: "sidecar",
        others: &["agent", DATADOG_SIDECAR, FARGATE, KUBELET_NODE],
        about: "A receiver of spans in each pod, for clusters without an agent on the nodes. Clients send to localhost. For \
                Jaeger it is an OpenTelemetry Collector, for Datadog its agent.",
        written_by: "enable --agent sidecar; for Jaeger with --collector, for Datadog with --api-key-secret",
        writes: &[
            "pod: a container after those of the graph, with a securityContext and resources of its own",
            "each target: the host localhost, and the port 6831 or 8126",
        ],
        needs: "The Deployment gets another name, unless metadata.name of its component spec is set; ports can move. With \
                seldon.io/engine-separate-pod the orchestrator needs --orchestrator-agent-host.",
        removed_by: SIDECAR,
    },
    PartTopic {
        name: "native-sidecar",
        others: &[],
        about: "A sidecar as an init container with restartPolicy: Always. It renames no Deployment and moves no port.",
        written_by: "enable --agent sidecar --native-sidecar",
        writes: &["pod: the sidecar among its init containers"],
        needs: "Kubernetes 1.29, and a resource definition that has the field: that of Seldon's Helm chart from 1.19 on. \
                Elsewhere the field is dropped and the pod never starts; rule ST045.",
        removed_by: SIDECAR,
    },
    PartTopic {
        name: "collector",
        others: &[COLLECTOR_SIDECAR, "OTELCOL_CONFIG"],
        about: "The OpenTelemetry Collector that receives from Jaeger's clients. It is a sidecar on 127.0.0.1:6831, or runs \
                on each node, as `agent collector` prints it, on ports 5775 and 6831.",
        written_by: "enable --backend jaeger --agent sidecar --collector HOST:PORT; --collector-tls, --agent-image",
        writes: &["pod: the container seldon-trace-collector, with its config in the variable OTELCOL_CONFIG"],
        needs: "Something that takes OTLP over gRPC at HOST:PORT.",
        removed_by: BY_SHAPE,
    },
    PartTopic {
        name: "config-map",
        others: &[CONFIG_VOLUME.name],
        about: "Config files of Seldon's Python wrapper, which takes its service name, sampler and propagation only from \
                them.",
        written_by: "enable --backend jaeger --config-map NAME; --service, --sampler-type, --sampler-param",
        writes: &[
            "pod: the volume seldon-trace-jaeger",
            "container: its mount, and JAEGER_CONFIG_PATH with the key DEPLOYMENT.PREDICTOR.CONTAINER.yaml",
        ],
        needs: "The ConfigMap, before the pods start: `agent jaeger-config` prints it for the same options and files.",
        removed_by: BY_SHAPE,
    },
    PartTopic {
        name: "b3",
        others: &["propagation"],
        about: "B3 headers instead of uber-trace-id. Both sides need them: with one side alone each trace breaks in two.",
        written_by: "enable --backend jaeger --config-map NAME --propagation b3",
        writes: &["orchestrator: JAEGER_TRACE_PROPAGATION_TYPE", "containers: propagation: b3, in the ConfigMap"],
        needs: "--config-map.",
        removed_by: "It is removed if the annotation seldon-trace/added lists it.",
    },
    PartTopic {
        name: "otlp",
        others: &["HOST_IP"],
        about: "The address of a collector for MLServer, which speaks OpenTelemetry and reads no variables of Jaeger or \
                Datadog. Its traces are its own: they do not join those of the orchestrator.",
        written_by: "enable --otlp, or --otlp=HOST:PORT, with either backend",
        writes: &["each node of MLServer: MLSERVER_TRACING_SERVER, and before it HOST_IP for the address of the node"],
        needs: concat!("MLServer ", mlserver!(first), " or later. ", mlserver!(releases), "."),
        removed_by: "It is removed by `disable` without --backend, if the annotation seldon-trace/added lists it.",
    },
    PartTopic {
        name: ADDED_ANNOTATION,
        others: &["added"],
        about: "The list of what was added and may serve more than tracing. Only what it lists is removed. It is an \
                annotation of the SeldonDeployment and reaches no pod.",
        written_by: "enable with --inject admission, --tagging, --environment, --service-version, --propagation, --otlp or \
                     Datadog's sidecar",
        writes: &["metadata.annotations: a comma list of PREDICTOR:TARGET:PART. TARGET is a container, \
             seldon-container-engine, or empty; PART is a variable, label/NAME, annotation/NAME or container/NAME"],
        needs: "Names of predictors and containers without a comma or a colon.",
        removed_by: "An entry is removed with its part, and the annotation with its last entry.",
    },
    PartTopic {
        name: SKIP_ANNOTATION,
        others: &["skip"],
        about: "Excludes a SeldonDeployment, or some of its containers, from every edit. It is an annotation of the \
                SeldonDeployment.",
        written_by: "its author: no command adds it",
        writes: &["metadata.annotations: \"true\", or a comma list of containers and graph nodes, of which \
                   seldon-container-engine is the orchestrator"],
        needs: "The names of the manifest.",
        removed_by: "It stays.",
    },
];

impl PartTopic {
    /// The part of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        // A container's annotation has its name.
        let name = if is_library_annotation(name) { ADMISSION_LABEL } else { name };
        let is = |other: &&str| other.eq_ignore_ascii_case(name);
        PARTS.iter().find(|topic| is(&topic.name) || topic.others.iter().any(&is))
    }

    /// The first sentence.
    pub fn summary(&self) -> &'static str {
        super::first_sentence(self.about)
    }

    /// The page.
    pub fn page(&self) -> Page {
        let section = |heading: &str, text: &str| Section::new(heading, vec![alone(text)]);
        let names = self.others.iter().map(|name| alone(name)).collect();
        let sections = [
            section("Added by", self.written_by),
            Section::new("Adds", self.writes.iter().map(|text| alone(text)).collect()),
            section("Needs", self.needs),
            section("Removed by disable", self.removed_by),
            Section::new("Other names of this page", names),
        ];
        Page {
            title: Some(self.name.to_owned()),
            text: Some(self.about.to_owned()),
            sections: sections.into_iter().flatten().collect(),
        }
    }
}
