//! Jaeger and Datadog as tables of variables, and the checks of what a user asks for. It knows no manifests.
