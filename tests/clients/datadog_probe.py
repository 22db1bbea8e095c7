"""One case: starts Datadog's library, makes one span and prints what came of both as a line of JSON."""

import json
import sys

import ddtrace.auto  # noqa: F401
from ddtrace import config
from ddtrace.trace import tracer

enabled = tracer.enabled
span = tracer.trace("flask.request", resource="GET /predict")
# By this tag the listener knows the case.
span.set_tag("case", sys.argv[1])
span.finish()
tracer.shutdown()

tags = span.get_tags()
# What the library adds itself, or the record has elsewhere.
OWN = ("case", "env", "language", "runtime-id", "tracestate", "version")
# Without a name the library makes one of the program's, which is another in each folder.
is_named = config.service is not None and config.service != config._inferred_base_service
# What it sends by OpenTelemetry's protocol does not go to the agent.
otlp = getattr(getattr(getattr(tracer, "_span_aggregator", None), "writer", None), "_otlp_endpoint", None)
rate = span.get_metric("_dd.rule_psr")
outcome = {
    "agent": otlp or tracer._agent_url,
    "rate": rate,
    # At any other rate the trace's identifier decides.
    "kept": span.get_metric("_sampling_priority_v1") > 0 if enabled and rate in (None, 0, 1) else None,
    "limit": int(config._trace_rate_limit),
    "service": span.service if is_named else None,
    "environment": tags.get("env"),
    "version": tags.get("version"),
    "tags": {key: value for key, value in sorted(tags.items()) if key not in OWN and not key.startswith("_dd.")},
    "logs": config._logs_injection is True,
    "styles": config._propagation_style_extract,
    "enabled": True,
}
print(json.dumps(outcome if enabled else {"agent": outcome["agent"], "tags": {}, "styles": [], "enabled": False}))
