//! What a KRM function says of its run, in the ResourceList itself: `results`, as the specification of KRM functions has
//! them. Where the same is said already, as
//! after a call before, it stays as it is.

use std::collections::HashSet;

use super::{DeploymentReport, Planner};
use crate::changes::Value;
use crate::manifest::{WORD, is_function_input, value_of};
use crate::yaml::NodeId;

const KEY: &str = "results";

/// The annotations by which the caller tells which file a resource came from.
const FILES: [&str; 2] = ["config.kubernetes.io/path", "internal.config.kubernetes.io/path"];

impl Planner<'_, '_> {
    /// Plans the results of a call, whose reports are those from that place on. What others said stays, and nothing is
    /// said twice.
    pub(super) fn tell(&mut self, root: NodeId, from: usize) {
        if !is_function_input(self.tree, root) {
            return;
        }
        let standing = value_of(self.tree, root, KEY);
        let said: HashSet<String> =
            standing.iter().flat_map(|list| self.tree.items(*list)).map(|result| self.gist(*result)).collect();
        let results = self.plan.deployments[from..].iter().flat_map(|report| self.results(report));
        let new: Vec<Value> = results.filter(|result| !said.contains(&gist(result))).collect();
        let is_shared = standing.is_some_and(|list| self.tree.properties(list).anchor.is_some());
        match standing {
            _ if new.is_empty() || is_shared => {}
            Some(list) => self.draft.items(list, new),
            None => self.draft.entry(root, KEY, Value::List(new)),
        }
    }

    /// What a result that stands says, and of what.
    fn gist(&self, result: NodeId) -> String {
        let resource = value_of(self.tree, result, "resourceRef");
        let says = |holder: Option<NodeId>, key: &str| {
            let value = holder.and_then(|holder| value_of(self.tree, holder, key));
            value.and_then(|value| self.tree.scalar_text(value)).unwrap_or_default()
        };
        let [name, namespace] = ["name", "namespace"].map(|key| says(resource, key));
        [says(Some(result), "message"), name, namespace].join("\n")
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
        let mut resource = vec![
            ("apiVersion".into(), text(version)),
            ("kind".into(), text(WORD)),
            ("name".into(), text(&report.name)),
        ];
        let metadata = value_of(self.tree, report.node, "metadata");
        if metadata.is_some_and(|metadata| says(metadata, "namespace").is_some()) {
            resource.push(("namespace".into(), text(&report.namespace)));
        }
        let mut result = vec![
            ("message".into(), message.into()),
            ("severity".into(), severity.into()),
            ("resourceRef".into(), Value::Map(resource)),
        ];
        let annotations = metadata.and_then(|metadata| value_of(self.tree, metadata, "annotations"));
        let file = annotations.and_then(|annotations| FILES.iter().find_map(|key| says(annotations, key)));
        result.extend(file.map(|file| ("file".into(), Value::map([("path", text(file))]))));
        Value::Map(result)
    }
}

/// The same of a new one.
fn gist(result: &Value) -> String {
    let resource = result.get("resourceRef");
    let says = |holder: Option<&Value>, key: &str| {
        holder.and_then(|holder| holder.get(key)).and_then(Value::text).unwrap_or_default().to_owned()
    };
    let [name, namespace] = ["name", "namespace"].map(|key| says(resource, key));
    [says(Some(result), "message"), name, namespace].join("\n")
}
