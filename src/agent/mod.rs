//! Receivers of traces, as YAML for `kubectl apply`, Helm or Compose. Each kind of `agent` has a file.

mod collector;
mod compose;
mod datadog_values;
mod jaeger;
mod jaeger_config;
mod kubernetes;
mod receiver;
mod values;
mod webhook;

use anyhow::Result;
use serde::Serialize;

pub(crate) use collector::{Export, NodeCollector};
pub(crate) use compose::{Compose, MODEL_PORT};
pub(crate) use datadog_values::DatadogValues;
pub(crate) use jaeger::AllInOne;
pub(crate) use jaeger_config::{ConfigFile, ConfigFiles, MAX_APPLIED, config_files};
pub(crate) use values::{SendTo, check_label, check_service_name};
pub(crate) use webhook::{TlsSource, WebhookManifests, WebhookScope};

/// The image of Jaeger 2.
pub(crate) const JAEGER_IMAGE: &str = "jaegertracing/jaeger:2.20.0";

/// The model of Seldon's documentation.
pub(crate) const MODEL_IMAGE: &str = "seldonio/mock_classifier_rest:1.3";

/// Valid names that are booleans in YAML 1.1 and texts in YAML 1.2.
const BOOLEANS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];

/// The value as YAML. A name that is a boolean in YAML 1.1, to kubectl, is quoted, which serde_yaml does not do.
fn yaml(value: &impl Serialize) -> Result<String> {
    // The indentation of the key whose value is a text of several lines, which stay as they are.
    let mut text = None;
    let quoted = |line: &str| {
        let indentation = line.len() - line.trim_start_matches(' ').len();
        let is_of_text = text.is_some_and(|key| line.is_empty() || indentation > key);
        if !is_of_text {
            text = [": |", ": |-", ": |+"].iter().any(|end| line.ends_with(end)).then_some(indentation);
        }
        match line.rsplit_once(' ') {
            Some((before, word)) if !is_of_text && before.ends_with([':', '-']) && BOOLEANS.contains(&word) => {
                format!("{before} '{word}'\n")
            }
            _ => format!("{line}\n"),
        }
    };
    Ok(serde_yaml::to_string(value)?.lines().map(quoted).collect())
}

fn stream(documents: &[String]) -> String {
    documents.join("---\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::yaml;
    use crate::yaml::{ScalarKind, Tree};

    #[test]
    fn a_name_is_a_string_to_kubernetes() {
        for name in [
            "y",
            "n",
            "yes",
            "no",
            "on",
            "off",
            "true",
            "false",
            "null",
            "nan",
            "inf",
            "0",
            "12",
            "012",
            "08",
            "0o7",
            "0x1f",
            "0b1",
            "1e3",
            "1-2",
            "2024-01-01",
            "a",
        ] {
            for text in [yaml(&BTreeMap::from([("name", name)])), yaml(&[name])] {
                let text = text.unwrap();
                let tree = Tree::parse(&text).unwrap();
                let root = tree.roots()[0];
                let node = tree.entries(root).next().map(|(_, value)| value).or(tree.items(root).first().copied());
                assert_eq!(node.map(|node| tree.scalar_kind(node)), Some(ScalarKind::String), "{text}");
            }
        }
    }
}
