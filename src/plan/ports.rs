//! The ports that Seldon's operator gives containers: it numbers the names of a deployment in their order, each once.

use std::collections::HashMap;

use super::Planner;
use crate::changes::{Part, Value};
use crate::manifest::{PredictorTargets, items_of, text_of};
use crate::yaml::{NodeId, Tree};

/// The first ports for HTTP and for gRPC.
const FIRST_PORTS: [usize; 2] = [9000, 9500];

/// The number of containers that a message names.
const NAMED: usize = 5;

/// The names of the containers of a deployment in the order of their ports, before and after the change.
#[derive(Debug, Default)]
pub(super) struct PortOrder {
    before: Vec<String>,
    after: Vec<String>,
    /// The containers with a number that counts.
    numbered: Vec<String>,
}

impl PortOrder {
    /// The containers that get other ports, in words; `None` if none does.
    pub(super) fn moves(&self) -> Option<String> {
        let (before, after) = (numbers(&self.before), numbers(&self.after));
        let moved = self.numbered.iter().filter_map(|name| {
            let (old, new) = (before.get(name.as_str())?, after.get(name.as_str())?);
            let [http, grpc] = FIRST_PORTS.map(|first| format!("{} → {}", first + old, first + new));
            (old != new).then(|| format!("{name} ({http}, gRPC {grpc})"))
        });
        let mut moved: Vec<String> = moved.collect();
        let more = moved.len().saturating_sub(NAMED);
        moved.truncate(NAMED);
        moved.extend((more > 0).then(|| format!("{more} more")));
        (!moved.is_empty()).then(|| moved.join(", "))
    }
}

fn numbers(names: &[String]) -> HashMap<&str, usize> {
    let mut numbers = HashMap::new();
    for name in names {
        let next = numbers.len();
        numbers.entry(name.as_str()).or_insert(next);
    }
    numbers
}

impl<'t> Planner<'t, '_> {
    /// Adds the containers of a predictor, whose changes are planned.
    pub(super) fn number_ports(&self, order: &mut PortOrder, found: &PredictorTargets<'t>) {
        let pods = &found.pods;
        let names = || pods.numbered().map(str::to_owned);
        order.before.extend(names());
        let added = |spec: Option<NodeId>| self.current.added_containers.get(&spec).cloned().unwrap_or_default();
        let first = pods.first.spec;
        if pods.all_in_pods().next().is_none_or(|containers| Some(containers[0].0.spec) != first) {
            order.after.extend(added(first));
        }
        for containers in pods.all_in_pods() {
            for (index, (place, container)) in containers.iter().enumerate() {
                let is_removed = self.draft.of_part(place.containers, index) == Some(&Part::Remove);
                let name = container.name.as_text().unwrap_or_default();
                order.after.extend((!is_removed).then(|| name.to_owned()));
                if pods.has_node(name) && !has_port(self.tree, place.container) {
                    order.numbered.push(name.to_owned());
                }
            }
            order.after.extend(added(Some(containers[0].0.spec)));
        }
        // The operator adds what is missing at the end.
        order.after.extend(names().filter(|name| pods.named_none(name)));
        order.numbered.extend(pods.containerless().map(|node| node.name.to_owned()));
    }
}

/// Returns true if a container has a port of its own for HTTP.
fn has_port(tree: &Tree<'_>, container: NodeId) -> bool {
    let ports = items_of(tree, container, "ports");
    let name = |port: &NodeId| text_of(tree, *port, "name");
    ports.iter().any(|port| name(port) == Some("http"))
}

/// The names of containers that are to be added.
pub(super) fn names(containers: &[Value]) -> Vec<String> {
    let name = |container: &Value| container.get("name").and_then(Value::text).unwrap_or_default().to_owned();
    containers.iter().map(name).collect()
}
