//! `agent jaeger-config`: the ConfigMap with a config file of the Python wrapper for each container.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};

use super::kubernetes::ConfigMap;
use super::{stream, yaml};
use crate::diagnostic::{Diagnostic, quoted};
use crate::knowledge::parts::config_key;
use crate::knowledge::receivers::is_config_key;
use crate::knowledge::{PlaceholderValues, Profile, WrapperSettings};
use crate::manifest::selection::Selection;
use crate::manifest::{Deployment, KeptOut, deployments, targets};
use crate::yaml::{Tree, reads_as_string_everywhere};

/// The largest size of a ConfigMap, in bytes.
const MAX_CONFIG_MAP: usize = 1 << 20;

/// The largest size for `kubectl apply` without `--server-side`, in bytes: it keeps a copy in an annotation.
pub(crate) const MAX_APPLIED: usize = 1 << 18;

/// The config file of a container.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    /// The namespace, if the manifest has one.
    namespace: Option<String>,
    key: String,
    text: String,
}

/// The config files of the selected containers of a document, with the settings that `profile` chooses for a deployment.
///
/// # Errors
/// A manifest that can't be read, or a key that Kubernetes does not take.
pub(crate) fn config_files<'t>(
    tree: &'t Tree<'_>,
    selection: &Selection,
    profile: impl Fn(&Deployment<'t>) -> Result<Arc<Profile>, Diagnostic>,
) -> Result<Vec<ConfigFile>, Diagnostic> {
    let mut files = Vec::new();
    for &root in tree.roots() {
        for deployment in deployments(tree, root)? {
            if !selection.selects(tree, &deployment)? {
                continue;
            }
            let KeptOut::Names(kept_out) = deployment.kept_out() else { continue };
            let profile = profile(&deployment)?;
            let spec = deployment.spec(tree)?;
            let common = deployment.in_common(tree, &spec);
            for predictor in spec.predictors.value.iter().flatten().enumerate() {
                let found = targets(tree, predictor, common, &kept_out, selection);
                if !selection.selects_predictor(&found.name) {
                    continue;
                }
                let containers = found.targets.iter().filter(|target| !target.site.is_orchestrator());
                let containers = containers.map(|target| (target.name, target.node));
                for (container, node) in
                    containers.chain(found.missing.iter().map(|missing| (missing.name, missing.node)))
                {
                    let key = config_key(deployment.name(), &found.name, container);
                    let is_nameless = [deployment.name(), &found.name, container].contains(&"");
                    if is_nameless || !is_config_key(&key) {
                        let message =
                            format!("the name {} of this container's file is not a key of a ConfigMap", quoted(&key));
                        let help = "it is DEPLOYMENT.PREDICTOR.CONTAINER.yaml: at most 253 letters, digits, `-`, `_` \
                                    and `.`, and none of the names is empty";
                        return Err(tree.diagnostic(node, message, help));
                    }
                    let (name, namespace) = (deployment.name(), deployment.namespace());
                    let place = PlaceholderValues { name, namespace, predictor: &found.name, container };
                    let text = config_file(&profile.wrapper_settings(&place));
                    let namespace = deployment.metadata.namespace.as_text().filter(|name| !name.is_empty());
                    files.push(ConfigFile { namespace: namespace.map(str::to_owned), key, text });
                }
            }
        }
    }
    Ok(files)
}

/// The file. Numbers are as they were given: the wrapper reads `1e-7`, which serde_yaml would write, as a text.
fn config_file(settings: &WrapperSettings) -> String {
    let WrapperSettings { service, sampler_type, sampler_param, is_b3 } = settings;
    let service = service.as_ref().map(|name| format!("service_name: {}\n", string(name))).unwrap_or_default();
    let param = match (sampler_type.as_str(), sampler_param.parse::<f64>()) {
        // The wrapper reads only `0` as false: `0.0` would sample everything.
        ("const", Ok(param)) => {
            if param == 0.0 {
                "0"
            } else {
                "1"
            }
        }
        _ => sampler_param,
    };
    let propagation = if *is_b3 { "propagation: b3\n" } else { "" };
    format!("{service}sampler:\n  type: {sampler_type}\n  param: {param}\n{propagation}logging: true\n")
}

/// A string in YAML. The wrapper sends nothing under a name that it reads as a number.
fn string(text: &str) -> Cow<'_, str> {
    match reads_as_string_everywhere(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("'{}'", text.replace('\'', "''"))),
    }
}

/// The config files of all inputs.
#[derive(Debug, Default)]
pub(crate) struct ConfigFiles {
    by_namespace: BTreeMap<Option<String>, BTreeMap<String, String>>,
}

impl ConfigFiles {
    /// # Errors
    /// Two containers that want different content under the same key.
    pub(crate) fn add(&mut self, file: ConfigFile) -> Result<()> {
        let ConfigFile { namespace, key, text } = file;
        let files = self.by_namespace.entry(namespace).or_default();
        match files.get(&key) {
            Some(other) if *other != text => {
                bail!(
                    "two containers have the key `{key}` and other settings: select one by --name, --predictor or \
                       --container, or run once for each"
                )
            }
            _ => drop(files.insert(key, text)),
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_namespace.is_empty()
    }

    /// Returns true if some deployments have a namespace and others have none.
    pub(crate) fn is_mixed(&self) -> bool {
        self.by_namespace.len() > 1 && self.by_namespace.contains_key(&None)
    }

    /// A ConfigMap of this name for each namespace.
    ///
    /// # Errors
    /// One that is too large for Kubernetes.
    pub(crate) fn manifests(self, name: &str) -> Result<String> {
        let config_map = |(namespace, data): (Option<String>, BTreeMap<String, String>)| {
            let size: usize = data.iter().map(|(key, text)| key.len() + text.len()).sum();
            if size > MAX_CONFIG_MAP {
                let of = namespace.map(|name| format!(" in namespace {name}")).unwrap_or_default();
                bail!(
                    "the ConfigMap{of} would have {size} bytes, and Kubernetes takes {MAX_CONFIG_MAP}: select fewer \
                       deployments, with a ConfigMap for each selection"
                );
            }
            let labels = BTreeMap::from([("app.kubernetes.io/managed-by", "seldon-trace".to_owned())]);
            yaml(&ConfigMap::new(name, namespace.as_deref(), labels, data))
        };
        let documents: Vec<String> = self.by_namespace.into_iter().map(config_map).collect::<Result<_>>()?;
        Ok(stream(&documents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_what_was_given_and_always_a_sampler() {
        let file = |service: Option<&str>, kind: &str, param: &str, is_b3| {
            let (sampler_type, sampler_param) = (kind.to_owned(), param.to_owned());
            config_file(&WrapperSettings { service: service.map(str::to_owned), sampler_type, sampler_param, is_b3 })
        };
        assert_eq!(file(None, "const", "1", false), "sampler:\n  type: const\n  param: 1\nlogging: true\n");
        assert_eq!(
            file(Some("1.30"), "probabilistic", "0.0000001", true),
            "service_name: '1.30'\nsampler:\n  type: probabilistic\n  param: 0.0000001\npropagation: b3\nlogging: true\n"
        );
        assert!(file(Some("it's"), "const", "0.0", false).starts_with("service_name: 'it''s'\n"));
        assert!(file(None, "const", "0.0", false).contains("param: 0\n"));
        for name in ["no", "1:30", "2024-01-01", "a: b", "a #b", "~"] {
            let text = file(Some(name), "const", "1", false);
            let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            assert_eq!(read["service_name"].as_str(), Some(name), "{text}");
            assert!(text.starts_with("service_name: '"), "{text}");
        }
    }
}
