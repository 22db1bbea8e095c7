//! An independent check of an edit, with the values of `serde_yaml` and Seldon's rules written again: no code of the
//! program is used.

use std::collections::HashSet;

use serde::Deserialize;
use serde_yaml::Value;

use super::build::TRACING_VARIABLES;

const RUN_ON_THEIR_OWN: &[&str] = &["TRITON_SERVER", "HUGGINGFACE_SERVER", "TEMPO_SERVER"];
const RUN_IN_THE_EXECUTOR: &[&str] = &["SIMPLE_MODEL", "SIMPLE_ROUTER", "RANDOM_ABTEST", "AVERAGE_COMBINER"];
const MADE_BY_THE_OPERATOR: &[&str] = &["SKLEARN_SERVER", "XGBOOST_SERVER", "MLFLOW_SERVER", "TENSORFLOW_SERVER"];
const ORCHESTRATOR: &str = "seldon-container-engine";

/// The documents of a text, aliases and `<<` followed.
pub fn documents(text: &str, is_json: bool) -> Result<Vec<Value>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if is_json {
        let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        return values.collect::<Result<_, _>>().map_err(|error| error.to_string());
    }
    // kubectl reads a last line without a break as if it had one.
    let ended = if text.ends_with(['\n', '\r']) { text.to_owned() } else { format!("{text}\n") };
    serde_yaml::Deserializer::from_str(&ended)
        .map(|document| {
            let mut value = Value::deserialize(document).map_err(|error| error.to_string())?;
            // Each time one level of nested merges.
            for _ in 0..4 {
                value.apply_merge().map_err(|error| error.to_string())?;
            }
            Ok(untagged(value))
        })
        .collect()
}

fn untagged(value: Value) -> Value {
    match value {
        Value::Tagged(tagged) => untagged(tagged.value),
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(untagged).collect()),
        Value::Mapping(entries) => {
            Value::Mapping(entries.into_iter().map(|(key, value)| (untagged(key), untagged(value))).collect())
        }
        other => other,
    }
}

/// The SeldonDeployments of a document.
pub fn deployments(document: &Value) -> Vec<&Value> {
    match document["kind"].as_str() {
        Some("SeldonDeployment") => vec![document],
        Some("List" | "SeldonDeploymentList" | "ResourceList") => {
            items(&document["items"]).flat_map(deployments).collect()
        }
        _ => Vec::new(),
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_sequence().into_iter().flatten()
}

/// Returns true for a resource of Seldon's group.
pub fn is_seldons(resource: &Value) -> bool {
    resource["apiVersion"].as_str().is_some_and(|version| version.starts_with("machinelearning.seldon.io/"))
}

/// Applies a JSON Patch to a resource. Each key that is added has to be tested to be missing directly before, which is
/// a test of null for kubectl.
pub fn patched(resource: &Value, patch: &str) -> Result<Value, String> {
    let operations: Vec<Value> = serde_json::from_str(patch).map_err(|error| error.to_string())?;
    let mut patched = resource.clone();
    for (index, operation) in operations.iter().enumerate() {
        let path = operation["path"].as_str().ok_or("a step without a path")?;
        let is_test = |other: &Value| other["op"] == "test" && other["path"] == path && other["value"].is_null();
        if operation["op"] == "add" && !path.ends_with("/-") && !operations[..index].last().is_some_and(is_test) {
            return Err(format!("not tested before {operation:?}"));
        }
        let steps: Vec<String> =
            path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        step(&mut patched, &steps, operation).ok_or_else(|| format!("at {operation:?}"))?;
    }
    Ok(patched)
}

/// Applies an operation at the end of this path.
fn step(value: &mut Value, path: &[String], operation: &Value) -> Option<()> {
    let (first, rest) = path.split_first()?;
    let new = || operation.get("value").cloned();
    if !rest.is_empty() {
        let next = match value {
            Value::Sequence(items) => items.get_mut(first.parse::<usize>().ok()?)?,
            other => other.get_mut(first.as_str())?,
        };
        return step(next, rest, operation);
    }
    match (value, operation["op"].as_str()?) {
        (Value::Sequence(items), "add") if first == "-" => items.push(new()?),
        (Value::Sequence(items), "remove") => drop(items.remove(first.parse().ok()?)),
        (Value::Sequence(items), "replace") => *items.get_mut(first.parse::<usize>().ok()?)? = new()?,
        (Value::Sequence(items), "test") => return agree(items.get(first.parse::<usize>().ok()?)?, &new()?),
        (Value::Mapping(entries), "add") => drop(entries.insert(first.as_str().into(), new()?)),
        (Value::Mapping(entries), "remove") => drop(entries.remove(first.as_str())?),
        (Value::Mapping(entries), "replace") => *entries.get_mut(first.as_str())? = new()?,
        (Value::Mapping(entries), "test") => {
            return agree(entries.get(first.as_str()).unwrap_or(&Value::Null), &new()?);
        }
        _ => return None,
    }
    Some(())
}

/// Returns true if a value is equal to the tested one. A value that is not a text in Kubernetes may be one for this
/// parser.
fn agree(found: &Value, tested: &Value) -> Option<()> {
    match (found, tested) {
        (Value::Sequence(found), Value::Sequence(tested)) => {
            (found.len() == tested.len()).then_some(())?;
            found.iter().zip(tested).try_for_each(|(found, tested)| agree(found, tested))
        }
        (Value::Mapping(found), Value::Mapping(tested)) => {
            (found.len() == tested.len()).then_some(())?;
            tested.iter().try_for_each(|(key, tested)| agree(found.get(key)?, tested))
        }
        (Value::Sequence(_) | Value::Mapping(_), _) | (_, Value::Sequence(_) | Value::Mapping(_)) => None,
        (found, Value::String(_)) => (found == tested).then_some(()),
        (Value::Null, other) | (other, Value::Null) => other.is_null().then_some(()),
        _ => Some(()),
    }
}

/// The env list of each target of a deployment, by name; `Null` if there is none.
pub fn targets(deployment: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let protocol = deployment["spec"]["protocol"].as_str().unwrap_or_default();
    for predictor in items(&deployment["spec"]["predictors"]) {
        let containers: Vec<&Value> = items(&predictor["componentSpecs"])
            .flat_map(|component_spec| items(&component_spec["spec"]["containers"]))
            .collect();
        let named = |name: &str| containers.iter().find(|container| container["name"].as_str() == Some(name));
        if !is_true(predictor, "seldon.io/no-engine") {
            let pod =
                executor_pod(predictor).filter(|_| !is_true(&deployment["spec"], "seldon.io/engine-separate-pod"));
            let beside = pod.and_then(|pod| items(&predictor["componentSpecs"]).nth(pod));
            let mut beside = beside.into_iter().flat_map(|pod| items(&pod["spec"]["containers"]));
            let own = beside.find(|container| container["name"].as_str() == Some(ORCHESTRATOR));
            let env = own.map_or(&predictor["svcOrchSpec"]["env"], |own| &own["env"]);
            found.push((ORCHESTRATOR.to_owned(), env));
        }
        let mut nodes = Vec::new();
        graph_nodes(&predictor["graph"], &mut nodes);
        let mut seen = HashSet::new();
        for (name, server) in nodes {
            let seldons = ["", "seldon"].contains(&protocol) || !MADE_BY_THE_OPERATOR.contains(&server);
            if !seen.insert(name) || RUN_ON_THEIR_OWN.contains(&server) || !seldons {
                continue;
            }
            match named(name) {
                // The operator completes a container with only a name, and it is unknown if that server traces.
                Some(container)
                    if is_prepackaged(server) && !MADE_BY_THE_OPERATOR.contains(&server) && is_empty(container) => {}
                Some(container) => found.push((name.to_owned(), &container["env"])),
                None if MADE_BY_THE_OPERATOR.contains(&server) => found.push((name.to_owned(), &Value::Null)),
                None => {}
            }
        }
    }
    found
}

fn is_true(holder: &Value, annotation: &str) -> bool {
    holder["annotations"][annotation].as_str().is_some_and(|value| value.to_lowercase() == "true")
}

/// The pod to which Seldon's operator adds the executor, by its index: the last one with a container of the first graph
/// node that counts as one of the first pod (`Default()` and `createComponents`, tag 1.18.2).
fn executor_pod(predictor: &Value) -> Option<usize> {
    let has = |pod: &Value, name: &str| {
        items(&pod["spec"]["containers"]).any(|container| container["name"].as_str() == Some(name))
    };
    let mut nodes = Vec::new();
    graph_nodes(&predictor["graph"], &mut nodes);
    if nodes.is_empty() {
        return Some(0);
    }
    nodes.into_iter().find_map(|(name, server)| {
        let pods = items(&predictor["componentSpecs"]).enumerate().filter(|(_, pod)| has(pod, name));
        let pods: Vec<usize> = pods.map(|(index, _)| index).collect();
        match (pods.first(), pods.last()) {
            (Some(first), Some(last)) => {
                let decisive = if is_prepackaged(server) { first } else { last };
                (*decisive == 0).then_some(*last)
            }
            _ => is_prepackaged(server).then_some(0),
        }
    })
}

/// The names of the containers in each pod of each predictor, as Seldon's operator completes them: `Default()`, tag
/// 1.18.2.
pub fn pods(deployment: &Value) -> Vec<Vec<Vec<String>>> {
    items(&deployment["spec"]["predictors"]).map(completed).collect()
}

fn completed(predictor: &Value) -> Vec<Vec<String>> {
    let name = |container: &Value| container["name"].as_str().unwrap_or_default().to_owned();
    let names = |pod: &Value| items(&pod["spec"]["containers"]).map(name).collect();
    let mut pods: Vec<Vec<String>> = items(&predictor["componentSpecs"]).map(names).collect();
    let mut nodes = Vec::new();
    graph_nodes(&predictor["graph"], &mut nodes);
    for (node, _) in nodes.into_iter().filter(|(_, server)| is_prepackaged(server)) {
        if !pods.iter().flatten().any(|name| name == node) {
            match pods.first_mut() {
                Some(first) => first.push(node.to_owned()),
                None => pods.push(vec![node.to_owned()]),
            }
        }
    }
    pods
}

fn is_prepackaged(server: &str) -> bool {
    !["", "UNKNOWN_IMPLEMENTATION"].contains(&server) && !RUN_IN_THE_EXECUTOR.contains(&server)
}

fn graph_nodes<'v>(node: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    let word = |key: &str| node[key].as_str().unwrap_or_default();
    if !word("name").is_empty() {
        found.push((word("name"), word("implementation")));
    }
    items(&node["children"]).for_each(|child| graph_nodes(child, found));
}

/// The effective entry of a variable in an env list, which is the last one.
pub fn variable<'v>(env: &'v Value, name: &str) -> Option<&'v Value> {
    items(env).filter(|entry| entry["name"].as_str() == Some(name)).last()
}

/// Returns true if an entry has a text or a reference, and not both.
pub fn is_filled(entry: &Value) -> bool {
    let has_text = entry["value"].as_str().is_some_and(|text| !text.is_empty());
    has_text != entry["valueFrom"].is_mapping()
}

/// A document without tracing variables and values that are empty without them: the same before and after every edit.
pub fn without_tracing(value: &Value) -> Value {
    match value {
        Value::Sequence(list) => Value::Sequence(
            list.iter()
                .filter(|item| !is_tracing_variable(item))
                .map(without_tracing)
                .filter(|item| !is_empty(item))
                .collect(),
        ),
        Value::Mapping(entries) => {
            let kept = entries.iter().map(|(key, value)| (key.clone(), without_tracing(value)));
            let goes_when_empty = ["env", "svcOrchSpec", "componentSpecs", "spec", "containers"];
            let goes = |key: &Value| key.as_str().is_some_and(|key| goes_when_empty.contains(&key));
            Value::Mapping(kept.filter(|(key, value)| !(goes(key) && is_empty(value))).collect())
        }
        other => other.clone(),
    }
}

/// Returns true if `enable` and then `disable` have to restore a document: it has no tracing variable, no empty value
/// that `disable` would remove, and no text that could refer to a variable.
pub fn is_untraced(document: &Value) -> bool {
    fn is_silent(value: &Value) -> bool {
        match value {
            Value::String(text) => !text.contains("$(") && !TRACING_VARIABLES.contains(&text.as_str()),
            Value::Sequence(items) => items.iter().all(is_silent),
            Value::Mapping(entries) => entries.iter().all(|(key, value)| is_silent(key) && is_silent(value)),
            _ => true,
        }
    }
    is_silent(document) && without_tracing(document) == *document
}

fn is_tracing_variable(value: &Value) -> bool {
    value["name"].as_str().is_some_and(|name| TRACING_VARIABLES.contains(&name))
}

/// Nothing, or a container that has nothing but a name.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Sequence(list) => list.is_empty(),
        Value::Mapping(entries) => entries.is_empty() || entries.len() == 1 && entries.contains_key("name"),
        _ => false,
    }
}
