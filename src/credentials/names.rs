//! The names that may be shown, and those of the variables whose values may be.

/// The known tracing variables whose values are not credentials. Excluded: JAEGER_USER and JAEGER_PASSWORD, DD_API_KEY,
/// and OTEL_EXPORTER_OTLP_HEADERS. A test compares them with the tables.
pub(crate) const SHOWN_VARIABLES: &[&str] = &[
    "DATADOG_TRACE_AGENT_PORT",
    "DD_AGENTLESS_ENABLED",
    "DD_AGENT_HOST",
    "DD_AGENT_PORT",
    "DD_AI_GUARD_MAX_CONTENT_SIZE",
    "DD_AI_GUARD_MAX_MESSAGES_LENGTH",
    "DD_AI_GUARD_TIMEOUT",
    "DD_API_SECURITY_DOWNSTREAM_BODY_ANALYSIS_SAMPLE_RATE",
    "DD_API_SECURITY_ENDPOINT_COLLECTION_MESSAGE_LIMIT",
    "DD_API_SECURITY_MAX_DOWNSTREAM_REQUEST_BODY_ANALYSIS",
    "DD_API_SECURITY_SAMPLE_DELAY",
    "DD_APM_TRACING_ENABLED",
    "DD_APPSEC_ENABLED",
    "DD_APPSEC_MAX_STACK_TRACES",
    "DD_APPSEC_MAX_STACK_TRACE_DEPTH",
    "DD_APPSEC_MAX_STACK_TRACE_DEPTH_TOP_PERCENT",
    "DD_APPSEC_TRACE_RATE_LIMIT",
    "DD_APPSEC_WAF_TIMEOUT",
    "DD_CODE_ORIGIN_FOR_SPANS_ENABLED",
    "DD_CRASHTRACKING_ENABLED",
    "DD_DATA_STREAMS_ENABLED",
    "DD_DOGSTATSD_DISABLE",
    "DD_DOGSTATSD_HOST",
    "DD_DOGSTATSD_PORT",
    "DD_DOGSTATSD_URL",
    "DD_DYNAMIC_INSTRUMENTATION_ENABLED",
    "DD_EKS_FARGATE",
    "DD_ENABLED",
    "DD_ENV",
    "DD_EXCEPTION_REPLAY_ENABLED",
    "DD_FASTAPI_ASYNC_BODY_TIMEOUT_SECONDS",
    "DD_GIT_COMMIT_SHA",
    "DD_GIT_REPOSITORY_URL",
    "DD_HOSTNAME",
    "DD_HTTP_SERVER_TAG_QUERY_STRING",
    "DD_IAST_ENABLED",
    "DD_IAST_MAX_CONCURRENT_REQUESTS",
    "DD_IAST_REQUEST_SAMPLING",
    "DD_IAST_TRUNCATION_MAX_VALUE_LENGTH",
    "DD_IAST_VULNERABILITIES_PER_REQUEST",
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED",
    "DD_LLMOBS_EVENT_SIZE_BYTES",
    "DD_LLMOBS_PAYLOAD_SIZE_BYTES",
    "DD_LLMOBS_SAMPLE_RATE",
    "DD_LOGS_INJECTION",
    "DD_PATCH_MODULES",
    "DD_PROFILING_ENABLED",
    "DD_REMOTECONFIG_POLL_SECONDS",
    "DD_REMOTE_CONFIGURATION_ENABLED",
    "DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS",
    "DD_RUNTIME_METRICS_ENABLED",
    "DD_SAMPLE_RATE",
    "DD_SAMPLING_RATE",
    "DD_SERVICE",
    "DD_SERVICE_MAPPING",
    "DD_SERVICE_NAME",
    "DD_SITE",
    "DD_SPAN_SAMPLING_RULES",
    "DD_SPAN_SAMPLING_RULES_FILE",
    "DD_TAGS",
    "DD_TELEMETRY_HEARTBEAT_INTERVAL",
    "DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED",
    "DD_TRACE_AGENT_HOSTNAME",
    "DD_TRACE_AGENT_PORT",
    "DD_TRACE_AGENT_TIMEOUT_SECONDS",
    "DD_TRACE_AGENT_URL",
    "DD_TRACE_API_VERSION",
    "DD_TRACE_CLIENT_IP_ENABLED",
    "DD_TRACE_CLIENT_IP_HEADER",
    "DD_TRACE_COMPUTE_STATS",
    "DD_TRACE_DEBUG",
    "DD_TRACE_ENABLED",
    "DD_TRACE_EXPERIMENTAL_LONG_RUNNING_FLUSH_INTERVAL",
    "DD_TRACE_EXPERIMENTAL_LONG_RUNNING_INITIAL_FLUSH_INTERVAL",
    "DD_TRACE_GLOBAL_TAGS",
    "DD_TRACE_HEADER_TAGS",
    "DD_TRACE_HEALTH_METRICS_ENABLED",
    "DD_TRACE_HTTP_SERVER_ERROR_STATUSES",
    "DD_TRACE_LOGGING_RATE",
    "DD_TRACE_LOG_FILE",
    "DD_TRACE_LOG_FILE_LEVEL",
    "DD_TRACE_LOG_FILE_SIZE_BYTES",
    "DD_TRACE_METHODS",
    "DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP",
    "DD_TRACE_OTEL_ENABLED",
    "DD_TRACE_PARTIAL_FLUSH_ENABLED",
    "DD_TRACE_PARTIAL_FLUSH_MIN_SPANS",
    "DD_TRACE_PEER_SERVICE_MAPPING",
    "DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT",
    "DD_TRACE_PROPAGATION_EXTRACT_FIRST",
    "DD_TRACE_PROPAGATION_STYLE",
    "DD_TRACE_PROPAGATION_STYLE_EXTRACT",
    "DD_TRACE_PROPAGATION_STYLE_INJECT",
    "DD_TRACE_RATE_LIMIT",
    "DD_TRACE_REPORT_HOSTNAME",
    "DD_TRACE_SAMPLE_RATE",
    "DD_TRACE_SAMPLING_RULES",
    "DD_TRACE_SPAN_ATTRIBUTE_SCHEMA",
    "DD_TRACE_SPAN_TRACEBACK_MAX_SIZE",
    "DD_TRACE_STARTUP_LOGS",
    "DD_TRACE_STATS_ADDITIONAL_TAGS_CARDINALITY_LIMIT",
    "DD_TRACE_STATS_CARDINALITY_LIMIT",
    "DD_TRACE_STATS_COMPUTATION_ENABLED",
    "DD_TRACE_STATS_HTTP_ENDPOINT_CARDINALITY_LIMIT",
    "DD_TRACE_STATS_PEER_TAGS_CARDINALITY_LIMIT",
    "DD_TRACE_STATS_RESOURCE_CARDINALITY_LIMIT",
    "DD_TRACE_WRITER_BUFFER_SIZE_BYTES",
    "DD_TRACE_WRITER_INTERVAL_SECONDS",
    "DD_TRACE_WRITER_MAX_PAYLOAD_SIZE_BYTES",
    "DD_TRACE_WRITER_REUSE_CONNECTIONS",
    "DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH",
    "DD_VERSION",
    "HOST_IP",
    "JAEGER_AGENT_HOST",
    "JAEGER_AGENT_PORT",
    "JAEGER_CONFIG_PATH",
    "JAEGER_DISABLED",
    "JAEGER_ENDPOINT",
    "JAEGER_EXTRA_TAGS",
    "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED",
    "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL",
    "JAEGER_REPORTER_FLUSH_INTERVAL",
    "JAEGER_REPORTER_LOG_SPANS",
    "JAEGER_REPORTER_MAX_QUEUE_SIZE",
    "JAEGER_RPC_METRICS",
    "JAEGER_SAMPLER_MANAGER_HOST_PORT",
    "JAEGER_SAMPLER_MAX_OPERATIONS",
    "JAEGER_SAMPLER_PARAM",
    "JAEGER_SAMPLER_REFRESH_INTERVAL",
    "JAEGER_SAMPLER_TYPE",
    "JAEGER_SAMPLING_ENDPOINT",
    "JAEGER_SERVICE_NAME",
    "JAEGER_TAGS",
    "JAEGER_TRACEID_128BIT",
    "JAEGER_TRACE_PROPAGATION_TYPE",
    "MLSERVER_SERVER_NAME",
    "MLSERVER_TRACING_SERVER",
    "OTEL_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_EXPORTER_OTLP_COMPRESSION",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT",
    "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TIMEOUT",
    "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_LOGS_EXPORTER",
    "OTEL_LOG_LEVEL",
    "OTEL_METRICS_EXPORTER",
    "OTEL_METRIC_EXPORT_INTERVAL",
    "OTEL_METRIC_EXPORT_TIMEOUT",
    "OTEL_PROPAGATORS",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_SDK_DISABLED",
    "OTEL_SERVICE_NAME",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_EVENT_COUNT_LIMIT",
    "OTEL_SPAN_LINK_COUNT_LIMIT",
    "OTEL_TRACES_EXPORTER",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "TRACING",
];

/// The keys that are shown, sorted: the field names of Kubernetes' resources and Seldon's. Any other key may be a
/// secret, such as a value whose own key is missing.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "<<", "accessModes", "add", "affinity", "allowPrivilegeEscalation", "annotations", "apiGroup", "apiGroups",
    "apiVersion", "args", "automountServiceAccountToken", "averageUtilization", "averageValue", "backend",
    "backoffLimit", "binaryData", "capabilities", "certSecretName", "children", "claimName", "claims",
    "clusterIP", "command", "completions", "componentSpecs", "config", "configMap", "configMapKeyRef",
    "configMapRef", "containerName", "containerPort", "containerSpec", "containers", "cpu",
    "creationTimestamp", "csi", "currentValue", "data", "defaultMode", "devicePath", "divisor", "dnsConfig",
    "dnsPolicy", "downwardAPI", "driver", "drop", "effect", "emptyDir", "enableServiceLinks", "endpoint",
    "engineResources", "env", "envFrom", "envSecretRefName", "ephemeralContainers", "exec", "explainer",
    "externalName", "failureThreshold", "field", "fieldPath", "fieldRef", "file", "finalizers", "fsGroup",
    "functionConfig", "generateName", "generation", "graph", "group", "grpc", "grpcPort", "host",
    "hostAliases", "hostIP", "hostNetwork", "hostPID", "hostPath", "hostPort", "hostnames", "hosts", "hpaSpec",
    "http", "httpGet", "httpHeaders", "httpPort", "image", "imagePullPolicy", "imagePullSecrets", "immutable",
    "implementation", "index", "ingressClassName", "initContainers", "initParameters", "initialDelaySeconds",
    "items", "jobTemplate", "kedaSpec", "key", "kind", "labelSelector", "labels", "level", "lifecycle",
    "limits", "list", "livenessProbe", "logger", "managedFields", "matchExpressions", "matchFields",
    "matchLabels", "maxReplicas", "maxSkew", "maxSurge", "maxUnavailable", "medium", "memory", "message",
    "metadata", "methods", "metric", "metrics", "minAvailable", "minReplicas", "mode", "modelUri", "mountPath",
    "mountPropagation", "name", "namespace", "namespaceSelector", "nodeAffinity", "nodeName", "nodePort",
    "nodeSelector", "nodeSelectorTerms", "oauth_key", "oauth_secret", "operator", "optional",
    "ownerReferences", "parallelism", "parameters", "path", "pathType", "paths", "pdbSpec", "periodSeconds",
    "persistentVolumeClaim", "podAffinity", "podAffinityTerm", "podAntiAffinity", "port", "ports", "postStart",
    "preStop", "predictors", "preference", "preferredDuringSchedulingIgnoredDuringExecution", "prefix",
    "priorityClassName", "privileged", "progressDeadlineSeconds", "projected", "proposedValue", "protocol",
    "readOnly", "readOnlyRootFilesystem", "readinessProbe", "replicas", "requests",
    "requiredDuringSchedulingIgnoredDuringExecution", "resource", "resourceFieldRef", "resourceNames",
    "resourceRef", "resourceVersion", "resources", "restartPolicy", "results", "roleRef", "rollingUpdate",
    "rules", "runAsGroup", "runAsNonRoot", "runAsUser", "runtimeClassName", "scaleTargetRef", "schedule",
    "schedulerName", "schema", "scheme", "scope", "seLinuxOptions", "seccompProfile", "secret", "secretKeyRef",
    "secretName", "secretRef", "securityContext", "selector", "serverType", "service", "serviceAccount",
    "serviceAccountName", "serviceAccountToken", "service_host", "service_port", "sessionAffinity", "severity",
    "shadow", "sizeLimit", "sources", "spec", "ssl", "startupProbe", "status", "stdin", "storage",
    "storageClassName", "storageInitializerImage", "strategy", "stringData", "subPath", "subPathExpr",
    "subjects", "successThreshold", "svcOrchSpec", "tags", "target", "targetPort", "tcpSocket", "template",
    "terminationGracePeriodSeconds", "terminationMessagePath", "terminationMessagePolicy", "timeoutSeconds",
    "tls", "tolerationSeconds", "tolerations", "topologyKey", "topologySpreadConstraints", "traffic",
    "transport", "tty", "type", "uid", "url", "value", "valueFrom", "values", "verbs", "version", "versions",
    "volumeAttributes", "volumeClaimTemplates", "volumeDevices", "volumeMounts", "volumes", "weight",
    "whenUnsatisfiable", "workingDir",
];

/// The prefixes of annotations and labels that are shown.
const KEY_DOMAINS: [&str; 7] = [
    "seldon.io/",
    "tags.datadoghq.com/",
    "admission.datadoghq.com/",
    "seldon-trace/",
    "config.kubernetes.io/",
    "internal.config.kubernetes.io/",
    "postrenderer.helm.sh/",
];

/// The prefix of the annotations that become variables of the executor: `seldon.io/engine-foo-bar` is FOO_BAR.
const ENGINE_ANNOTATION: &str = "seldon.io/engine-";

/// Returns true if the values of the variable may be shown.
pub(crate) fn is_shown_variable(name: &str) -> bool {
    SHOWN_VARIABLES.contains(&name)
}

/// Returns true if this is the name of a field.
pub(super) fn is_field(key: &str) -> bool {
    FIELDS.binary_search(&key).is_ok()
}

/// Returns true if the key may be shown.
pub(super) fn is_shown_key(key: &str) -> bool {
    let is_plain =
        |rest: &str| rest.len() < 64 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    is_field(key) || KEY_DOMAINS.iter().any(|domain| key.strip_prefix(domain).is_some_and(is_plain))
}

/// Returns true if the value of an annotation may be shown.
pub(super) fn is_shown_annotation(key: &str) -> bool {
    match key.strip_prefix(ENGINE_ANNOTATION) {
        Some(name) => is_shown_variable(&name.replace('-', "_").to_ascii_uppercase()),
        None => key.starts_with("seldon.io/"),
    }
}

/// Returns true if the value of a label may be shown.
pub(super) fn is_shown_label(key: &str) -> bool {
    key.starts_with("tags.datadoghq.com/")
}

/// The path of a place, without the keys that are not shown.
pub(crate) fn shown_path(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (dot, step) = rest.strip_prefix('.').map_or(("", rest), |step| (".", step));
        let (shown, length) = match step.strip_prefix('[') {
            // A key that is not a plain word is quoted, as in Rust.
            Some(quoted) if quoted.starts_with('"') => match quoted[1..].split_once("\"]") {
                Some((key, _)) if !key.contains('\\') => (is_shown_key(key), key.len() + 4),
                _ => (false, step.len()),
            },
            Some(index) => (true, index.find(']').map_or(step.len(), |end| end + 2)),
            None => {
                let end = step[..].find(['.', '[']).unwrap_or(step.len());
                (is_shown_key(&step[..end]), end.max(1).min(step.len()))
            }
        };
        out.push_str(dot);
        match (shown, step.starts_with('[')) {
            (true, _) => out.push_str(&step[..length]),
            (false, true) => out.push_str("[…]"),
            (false, false) => out.push('…'),
        }
        rest = &step[length..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `is_field` is a binary search.
    #[test]
    fn fields_are_sorted() {
        assert!(FIELDS.is_sorted());
    }
}
