//! `explain no-traces`: what to check, and in which order, if no trace arrives.

use super::page::{Page, Section};
use crate::knowledge::otlp::mlserver;

/// The name of the page.
pub const NO_TRACES: &str = "no-traces";

/// The page in a few words.
pub const ABOUT_NO_TRACES: &str = "What to check if no trace arrives, in the order in which causes were found";

/// A cause of missing traces: its heading, the explanation, and the commands that show it.
struct ChecklistItem {
    heading: &'static str,
    text: &'static str,
    /// Each with its label.
    points: &'static [(&'static str, &'static str)],
    commands: &'static [&'static str],
}

/// The page.
pub fn no_traces() -> Page {
    let row = |(label, text): &(&str, &str)| ((*label).to_owned(), (*text).to_owned());
    let sections = CAUSES.iter().filter_map(|cause| {
        let commands = cause.commands.iter().map(|command| (format!("$ {command}"), String::new()));
        let rows = [("", cause.text)].iter().chain(cause.points).map(row).chain(commands).collect();
        Section::new(cause.heading, rows)
    });
    Page {
        title: Some("No traces: what to check, in this order".to_owned()),
        text: Some(
            "An agent that is missing shows nowhere: requests succeed, and neither the executor nor the Python wrapper \
             logs or counts what is lost. So check the causes one by one, in the order in which they were found. Replace \
             FILE, NAME, POD and CONTAINER; the orchestrator is the container seldon-container-engine."
                .to_owned(),
        ),
        sections: sections.collect(),
    }
}

const CAUSES: &[ChecklistItem] = &[
    ChecklistItem {
        heading: "1. What the manifest decides",
        text: "`status` gives the reason for each part that does not trace, `lint` the values at which a process exits. \
               Look at the resource in the cluster too: the API server drops misplaced keys silently.",
        points: &[],
        commands: &[
            "seldon-trace status FILE",
            "seldon-trace lint FILE",
            "kubectl get sdep NAME -o yaml | seldon-trace status -",
        ],
    },
    ChecklistItem {
        heading: "2. What the pod has",
        text: "If a variable of the manifest is missing in this list, the API server or the operator dropped it. The \
               operator does where a port such as PREDICTIVE_UNIT_HTTP_SERVICE_PORT is set by hand. A pod that does not start:",
        points: &[
            (
                "--native-sidecar",
                "it waits for the sidecar, if the cluster drops restartPolicy; see `explain native-sidecar`",
            ),
            (
                "--config-map",
                "`kubectl describe pod` names a ConfigMap that is missing: apply what `agent jaeger-config` prints first",
            ),
            ("--agent sidecar", "`kubectl describe pod` names a Secret that is missing, or is without its key"),
        ],
        commands: &[
            r#"kubectl get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.env[*].name}{"\n"}{end}'"#,
        ],
    },
    ChecklistItem {
        heading: "3. Jaeger: the orchestrator exits at start",
        text: "Its last line is `Could not initialize jaeger tracer` with the reason; for JAEGER_TAGS it is a panic. A \
               JAEGER_AGENT_PORT that begins with udp:// or tcp:// comes from a Service named jaeger-agent: set the port.",
        points: &[],
        commands: &["kubectl logs POD -c seldon-container-engine --previous | grep -E 'jaeger tracer|panic'"],
    },
    ChecklistItem {
        heading: "4. Jaeger: a container exits at start",
        text: "`invalid literal for int()` is TRACING: write '1', not true. With --config-map it exits if the ConfigMap \
               lacks its file.",
        points: &[],
        commands: &["kubectl logs POD -c CONTAINER --previous --tail=5"],
    },
    ChecklistItem {
        heading: "5. Jaeger: no span is made",
        text: "Send a prediction. The Python wrapper logs `Reporting span …` for each sampled span, also if it does not \
               arrive. Without that line nothing is sampled:",
        points: &[
            (
                "orchestrator",
                "it decides for all containers; without variables, or with const and no param, it samples nothing: set \
                 JAEGER_SAMPLER_TYPE=const and JAEGER_SAMPLER_PARAM=1 there",
            ),
            ("remote", "against Jaeger 2 a remote sampler never sampled anything"),
            ("caller", "an `uber-trace-id` header in the request overrides every sampler"),
            ("file", "with JAEGER_CONFIG_PATH (--config-map) the line appears only if the file has `logging: true`"),
        ],
        commands: &["kubectl logs POD -c CONTAINER | grep 'Reporting span'"],
    },
    ChecklistItem {
        heading: "6. Jaeger: spans are made and do not arrive",
        text: "The line of check 5 appears, so the address is wrong, or nothing listens there:",
        points: &[
            (
                "port",
                "6831 (UDP). Jaeger 2 does not listen on 5775, the all-in-one 1.76 has no UDP port, and 6832 never works",
            ),
            (
                "host",
                "status.hostIP needs an agent on each node with a hostPort, which the first command lists; \
                 `enable --agent sidecar` adds one to each pod, on localhost. The Python wrapper \
                 cannot use IPv6. With seldon.io/engine-separate-pod, localhost is wrong for the orchestrator",
            ),
            (
                "receiver",
                "Jaeger 2 and the OpenTelemetry Collector listen on localhost by default: set JAEGER_LISTEN_HOST=0.0.0.0, \
                 or `endpoint: 0.0.0.0:6831`. `seldon-trace agent collector` and `agent jaeger` print receivers that \
                 listen on 5775 and 6831",
            ),
            (
                "sidecar",
                "the Collector of --agent sidecar logs each time that it can't send on to --collector: the second command",
            ),
        ],
        commands: &[
            r#"kubectl get pods -A -o jsonpath='{range .items[*]}{.metadata.name} {.spec.containers[*].ports}{"\n"}{end}' | grep 6831"#,
            "kubectl logs POD -c seldon-trace-collector | grep -i error",
        ],
    },
    ChecklistItem {
        heading: "7. Jaeger: traces have another name, or are in pieces",
        text: "Look for the services `executor` (or JAEGER_SERVICE_NAME) and the name of the Python class, such as `Model`, \
               not for the name of the deployment. `enable --config-map` gives Python containers another name.",
        points: &[
            (
                "--propagation b3",
                "a trace in two pieces has B3 headers on one side only: the orchestrator has the variable \
                 JAEGER_TRACE_PROPAGATION_TYPE, and the ConfigMap `propagation: b3`. Restart the pods after a change of it",
            ),
            ("--otlp", "the traces of MLServer have the service `mlserver`, and do not join those of the orchestrator"),
        ],
        commands: &[],
    },
    ChecklistItem {
        heading: "8. Datadog: no agent, or it refuses connections",
        text: "ddtrace logs that. With Datadog's Helm chart nothing listens on port 8126 of the node unless \
               datadog.apm.portEnabled is true: `seldon-trace agent datadog-values` prints such values. On Fargate there is \
               no agent of the node: `enable --agent sidecar --fargate` adds one to each pod. Without any address ddtrace \
               sends to localhost:8126.",
        points: &[],
        commands: &[
            "kubectl get pods -A | grep -i datadog",
            "kubectl logs POD -c CONTAINER | grep -i 'failed to send'",
            r#"kubectl exec POD -c CONTAINER -- sh -c 'env | grep -E "DD_(TRACE_)?AGENT|DD_TRACE_ENABLED"'"#,
        ],
    },
    ChecklistItem {
        heading: "9. Datadog: no library in the image",
        text: "No release of Seldon Core supports Datadog: in stock images DD_* has no effect, and the orchestrator never \
               makes Datadog spans. `ModuleNotFoundError` means that there is no library. Any other error is a value at \
               which the library exits; under library injection the program then runs untraced, without a message. \
               `enable --backend datadog --inject init` brings the library into stock images.",
        points: &[],
        commands: &["kubectl exec POD -c CONTAINER -- python -c 'import ddtrace.auto; print(ddtrace.__version__)'"],
    },
    ChecklistItem {
        heading: "10. Datadog: the library does not start",
        text: "The image's command is `ddtrace-run …`, or the library is injected. If it is, the first command \
               lists datadog-lib-python-init; if it lists nothing, the injection did not reach the pod. The label admission.datadoghq.com/enabled: \"true\" belongs in \
               predictors[].labels, the annotation admission.datadoghq.com/python-lib.version in \
               predictors[].annotations. Use v2 for stock images up to 1.18: they have Python 3.8, in which v4 does nothing.",
        points: &[],
        commands: &[
            "kubectl get pod POD -o jsonpath='{.spec.initContainers[*].name}'",
            "kubectl get pod POD -o jsonpath='{.metadata.labels} {.metadata.annotations}'",
        ],
    },
    ChecklistItem {
        heading: "11. Datadog: the agent does not send on",
        text: "Its log names an API key that is not valid, a site that it does not reach, and a limit. The key is in the \
               Secret of --api-key-secret, the site is --site: a key counts on one site only. The container of an agent on \
               the node has another name.",
        points: &[],
        commands: &["kubectl logs POD -c datadog-agent-injected | grep -iE 'api key|error|rate.?limit'"],
    },
    ChecklistItem {
        heading: "12. Datadog: the library is off, or the agent drops the spans",
        text: "DD_TRACE_ENABLED is on only at `true` and `1`. ddtrace ignores DD_TRACE_SAMPLE_RATE from 3.0 on: set \
               DD_TRACE_SAMPLING_RULES. At rate 0 each span is sent and dropped by the agent. A caller's \
               `x-datadog-sampling-priority: 0`, or a `traceparent` that ends in 00, drops its trace.",
        points: &[],
        commands: &[],
    },
    ChecklistItem {
        heading: "13. Datadog: traces have another name, or no environment",
        text: "Without DD_SERVICE the service is `flask`: give --service, --environment and --service-version. With \
               --tagging labels a value is empty where its label tags.datadoghq.com/… is missing in predictors[].labels.",
        points: &[],
        commands: &["kubectl get pod POD -o jsonpath='{.metadata.labels}'"],
    },
    ChecklistItem {
        heading: "14. Not Seldon's Python wrapper",
        text: concat!(
            "TRACING, JAEGER_* and DD_* do nothing in MLServer (protocol v2), Triton and the wrappers for Java, NodeJS \
             and R. MLServer ",
            mlserver!(first),
            " and later sends OTLP to MLSERVER_TRACING_SERVER, which `enable --otlp` sets. ",
            mlserver!(releases),
            ". At that address something has to take OTLP over gRPC, as `seldon-trace agent collector` does on port 4317; \
             OTEL_TRACES_SAMPLER=always_off silences it."
        ),
        points: &[],
        commands: &[
            "kubectl get pod POD -o jsonpath='{.spec.containers[*].image}'",
            r#"kubectl exec POD -c CONTAINER -- sh -c 'env | grep -E "MLSERVER_TRACING|OTEL"'"#,
        ],
    },
];
