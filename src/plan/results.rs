//! The `results` of a KRM function in its ResourceList. Results that an earlier call left are not repeated.

use std::collections::HashSet;

use super::{DeploymentReport, Planner};
use crate::changes::Value;
use crate::manifest::{WORD, is_function_input, text_of, value_of};
use crate::yaml::NodeId;

const KEY: &str = "results";

/// The annotations with the file of a resource, which the caller sets.
const FILES: [&str; 2] = ["config.kubernetes.io/path", "internal.config.kubernetes.io/path"];

impl Planner<'_, '_> {
    /// Adds the results of the reports from index `from` on, each once, after the existing ones.
    pub(super) fn add_results(&mut self, root: NodeId, from: usize) {
        if !is_function_input(self.tree, root) {
            return;
        }
        let existing = value_of(self.tree, root, KEY);
        let known: HashSet<String> =
            existing.iter().flat_map(|list| self.tree.items(*list)).map(|result| self.identity(*result)).collect();
        let results = self.plan.deployments[from..].iter().flat_map(|report| self.results(report));
        let new: Vec<Value> = results.filter(|result| !known.contains(&identity(result))).collect();
        let is_shared = existing.is_some_and(|list| self.tree.properties(list).anchor.is_some());
        match existing {
            _ if new.is_empty() || is_shared => {}
            Some(list) => self.draft.items(list, new),
            None => self.draft.entry(root, KEY, Value::List(new)),
        }
    }

    /// The message and the resource of an existing result.
    fn identity(&self, result: NodeId) -> String {
        let resource = value_of(self.tree, result, "resourceRef");
        let text_at = |holder: Option<NodeId>, key: &str| {
            let value = holder.and_then(|holder| value_of(self.tree, holder, key));
            value.and_then(|value| self.tree.scalar_text(value)).unwrap_or_default()
        };
        let [name, namespace] = ["name", "namespace"].map(|key| text_at(resource, key));
        [text_at(Some(result), "message"), name, namespace].join("\n")
    }

    fn results(&self, report: &DeploymentReport) -> Vec<Value> {
        let task = &report.what;
        let changed = report.targets.iter().filter(|target| !target.variables.is_empty());
        let changed: Vec<String> = changed.map(ToString::to_string).collect();
        let done = (!changed.is_empty()).then(|| (format!("{task}: {}", changed.join(", ")), "info"));
        let skipped = report.skips.iter();
        let skipped = skipped.map(|skip| (format!("{task}: skipped {}: {}", skip.name, skip.reason), "info"));
        let remarked = report.remarks.iter().map(|remark| (format!("{task}: {}", remark.text), "warning"));
        let all = done.into_iter().chain(skipped).chain(remarked);
        all.map(|(message, severity)| self.result(report, message, severity)).collect()
    }

    fn result(&self, report: &DeploymentReport, message: String, severity: &'static str) -> Value {
        let text = |text: &str| Value::Text(text.to_owned().into());
        let text_at = |node: NodeId, key: &str| text_of(self.tree, node, key);
        let version = text_at(report.node, "apiVersion").unwrap_or_default();
        let mut resource = vec![
            ("apiVersion".into(), text(version)),
            ("kind".into(), text(WORD)),
            ("name".into(), text(&report.name)),
        ];
        let metadata = value_of(self.tree, report.node, "metadata");
        if metadata.is_some_and(|metadata| text_at(metadata, "namespace").is_some()) {
            resource.push(("namespace".into(), text(&report.namespace)));
        }
        let mut result = vec![
            ("message".into(), message.into()),
            ("severity".into(), severity.into()),
            ("resourceRef".into(), Value::Map(resource)),
        ];
        let annotations = metadata.and_then(|metadata| value_of(self.tree, metadata, "annotations"));
        let file = annotations.and_then(|annotations| FILES.iter().find_map(|key| text_at(annotations, key)));
        result.extend(file.map(|file| ("file".into(), Value::map([("path", text(file))]))));
        Value::Map(result)
    }
}

/// The message and the resource of a new result.
fn identity(result: &Value) -> String {
    let resource = result.get("resourceRef");
    let text_at = |holder: Option<&Value>, key: &str| {
        holder.and_then(|holder| holder.get(key)).and_then(Value::text).unwrap_or_default().to_owned()
    };
    let [name, namespace] = ["name", "namespace"].map(|key| text_at(resource, key));
    [text_at(Some(result), "message"), name, namespace].join("\n")
}
