//! Names of what `enable` writes beside variables. Commands that print what belongs to it use the same.

/// The key of a container's config file in the ConfigMap of `--config-map`.
pub(crate) fn config_key(deployment: &str, predictor: &str, container: &str) -> String {
    format!("{deployment}.{predictor}.{container}.yaml")
}
