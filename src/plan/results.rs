//! What a KRM function says of its run, in the ResourceList itself: `results`, as the specification of KRM functions has
//! them. Only a list with a `functionConfig` comes from somebody who calls functions.

use super::changes::{Part, Value};
use super::env::own_key;
use super::{DeploymentReport, Planner};
use crate::manifest::{WORD, is_function_input, value_of};
use crate::yaml::NodeId;

const KEY: &str = "results";

/// The annotations by which the caller tells which file a resource came from.
const FILES: [&str; 2] = ["config.kubernetes.io/path", "internal.config.kubernetes.io/path"];

impl Planner<'_, '_> {
    /// Plans the results of a document, whose reports are those from that place on.
    pub(super) fn tell(&mut self, root: NodeId, from: usize) {
        if !is_function_input(self.tree, root) {
            return;
        }
        let results: Vec<Value> =
            self.plan.deployments[from..].iter().flat_map(|report| self.results(report)).collect();
        let standing = own_key(self.tree, root, KEY);
        match standing {
            Some(index) if results.is_empty() => self.draft.part(root, index, Part::Remove),
            Some(index) => self.draft.part(root, index, Part::Set(Value::List(results))),
            None if results.is_empty() => {}
            None => self.draft.entry(root, KEY, Value::List(results)),
        }
    }

    fn results(&self, report: &DeploymentReport) -> Vec<Value> {
        let task = &report.what;
        let changed = report.targets.iter().filter(|target| !target.variables.is_empty());
        let changed: Vec<String> = changed.map(ToString::to_string).collect();
        let done = (!changed.is_empty()).then(|| (format!("{task}: {}", changed.join(", ")), "info"));
        let skipped = report.skips.iter().map(|(name, reason)| (format!("{task}: skipped {name}: {reason}"), "info"));
        let remarked = report.remarks.iter().map(|remark| (format!("{task}: {}", remark.text), "warning"));
        let all = done.into_iter().chain(skipped).chain(remarked);
        all.map(|(message, severity)| self.result(report, message, severity)).collect()
    }

    fn result(&self, report: &DeploymentReport, message: String, severity: &'static str) -> Value {
        let text = |text: &str| Value::Text(text.to_owned().into());
        let says =
            |node: NodeId, key: &str| value_of(self.tree, node, key).and_then(|value| self.tree.scalar_text(value));
        let version = says(report.node, "apiVersion").unwrap_or_default();
        let mut resource = vec![("apiVersion", text(version)), ("kind", text(WORD)), ("name", text(&report.name))];
        let metadata = value_of(self.tree, report.node, "metadata");
        if metadata.is_some_and(|metadata| says(metadata, "namespace").is_some()) {
            resource.push(("namespace", text(&report.namespace)));
        }
        let mut result = vec![
            ("message", Value::Text(message.into())),
            ("severity", Value::Text(severity.into())),
            ("resourceRef", Value::Map(resource)),
        ];
        let annotations = metadata.and_then(|metadata| value_of(self.tree, metadata, "annotations"));
        let file = annotations.and_then(|annotations| FILES.iter().find_map(|key| says(annotations, key)));
        result.extend(file.map(|file| ("file", Value::Map(vec![("path", text(file))]))));
        Value::Map(result)
    }
}
