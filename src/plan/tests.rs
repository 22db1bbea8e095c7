//! The containers that are added and removed, by the rules of Seldon's operator: `DefaultSeldonDeployment` in
//! `operator/apis/machinelearning.seldon.io/v1/defaults.go` (`Default()` of its admission webhook,
//! `seldondeployment_webhook.go`), tag 1.18.2. It makes a container for each prepackaged node without one, at the end of
//! `componentSpecs[0]`, in the order of the graph, and names the Deployment after all of them in their order.
//!
//! A predictor is written as its nodes, depth first, and its containers: `+` after the name of one is an env list with
//! a tracing variable, `!` an image, `%` a port for metrics, and `/` separates component specs. The first letter of a node's name is that of its
//! implementation.

use serde_yaml::Value;

use super::{Disable, Policy, Task};
use crate::knowledge::{Backend, Profile, Request};
use crate::manifest::glob::glob;
use crate::manifest::selection::Selection;
use crate::pipeline::{Transformed, Transformer};
use crate::plan::Input;

fn implementation(node: &str) -> &'static str {
    match node.chars().next() {
        Some('s') => ", implementation: SKLEARN_SERVER",
        Some('t') => ", implementation: TRITON_SERVER",
        // One that the program does not know.
        Some('u') => ", implementation: LIGHTGBM_SERVER",
        Some('r') => ", implementation: RANDOM_ABTEST",
        Some('n') => ", implementation: UNKNOWN_IMPLEMENTATION",
        _ => "",
    }
}

/// A predictor whose second node is a child of the first, and the others are siblings of that one.
fn predictor(name: &str, nodes: &str, containers: &str) -> String {
    let node = |node: &str| format!("{{name: {node}{}}}", implementation(node));
    let mut nodes: Vec<String> = nodes.split_whitespace().map(node).collect();
    if nodes.len() > 1 {
        let child = nodes.remove(1);
        nodes[0] = format!("{}, children: [{child}]}}", nodes[0].trim_end_matches('}'));
    }
    let container = |container: &str| {
        let keys = [('!', "image: i"), ('%', "ports: [{name: metrics}]"), ('+', "env: [{name: TRACING, value: '1'}]")];
        let keys = keys.iter().filter(|(mark, _)| container.contains(*mark)).map(|(_, key)| format!(", {key}"));
        format!("{{name: {}{}}}", container.trim_end_matches(['!', '%', '+']), keys.collect::<String>())
    };
    let pod = |pod: &str| {
        let containers: Vec<String> = pod.split_whitespace().map(container).collect();
        format!("{{spec: {{containers: [{}]}}}}", containers.join(", "))
    };
    let pods: Vec<String> = containers.split('/').filter(|pod| !pod.is_empty()).map(pod).collect();
    let pods = if pods.is_empty() { String::new() } else { format!("    componentSpecs: [{}]\n", pods.join(", ")) };
    let graph = format!("{{name: root, implementation: RANDOM_ABTEST, children: [{}]}}", nodes.join(", "));
    format!("  - name: {name}\n    graph: {graph}\n{pods}")
}

fn deployment(spec: &str, predictors: &[String]) -> String {
    let head = "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: a}\n";
    format!("{head}spec:\n{spec}  predictors:\n{}", predictors.concat())
}

/// The containers of the first predictor, as they are written here.
fn containers(text: &str) -> String {
    let document: Value = serde_yaml::from_str(text).expect("YAML");
    let items = |value: &Value| value.as_sequence().cloned().unwrap_or_default();
    let container = |container: Value| {
        let mark = |key: &str, mark: &'static str| if container.get(key).is_some() { mark } else { "" };
        format!("{}{}{}", container["name"].as_str().unwrap_or_default(), mark("image", "!"), mark("env", "+"))
    };
    let pod = |pod: Value| items(&pod["spec"]["containers"]).into_iter().map(container).collect::<Vec<_>>().join(" ");
    let predictor = &document["spec"]["predictors"][0];
    items(&predictor["componentSpecs"]).into_iter().map(pod).collect::<Vec<_>>().join(" / ")
}

fn done(text: &str, task: Task, selected: &str) -> Transformed {
    let container = Some(glob(selected).expect("a glob"));
    let selection = Selection { container, ..Selection::default() };
    Transformer::new(&Policy::new(task, selection)).transform(text, Input::default()).expect("a manifest")
}

fn jaeger() -> Task {
    Task::Enable(Profile::new(Request::new(Backend::Jaeger)).expect("a request"))
}

fn off() -> Task {
    Task::Disable(Disable::default())
}

fn remarks(text: &str, task: Task) -> Vec<String> {
    let reports = done(text, task, "*").deployments.into_iter().map(|deployment| deployment.report);
    reports.flat_map(|report| report.remarks).map(|remark| remark.text).collect()
}

#[test]
fn enable_adds_a_bare_container_for_each_node_without_one_before_its_own() {
    for (nodes, before, selected, after) in [
        ("s0 s1", "", "s1", "s0 s1+"),
        ("s0 s1", "", "s0", "s0+"),
        ("s0 s1", "", "*", "s0+ s1+"),
        ("s0 s1", "", "other", ""),
        ("s0 s1", "s1", "s1", "s1+"),
        ("s0 s1", "s0!", "s1", "s0! s1+"),
        ("s0 s1", "c!/s0!", "s1", "c! s1+ / s0!"),
        ("t0 u1 s2 t3", "", "*", "t0 u1 s2+"),
        ("t0 u1", "", "*", ""),
        ("r0 n1 c2 s3", "", "*", "s3+"),
    ] {
        let off = deployment("", &[predictor("p", nodes, before)]);
        let on = done(&off, jaeger(), selected).edits.apply(&off);
        assert_eq!(containers(&on), after, "{nodes}: {before} -c {selected}");
        assert!(done(&on, jaeger(), selected).edits.is_empty(), "{nodes}: {before} -c {selected}");
        let has_bare = before.split([' ', '/']).any(|container| !container.is_empty() && !container.ends_with('!'));
        if !has_bare {
            assert_eq!(done(&on, self::off(), "*").edits.apply(&on), off, "{nodes}: {before} -c {selected}");
        }
    }
}

#[test]
fn disable_removes_the_containers_that_the_operator_makes_again_in_the_same_place() {
    for (nodes, before, after) in [
        ("s0 s1", "s0+ s1+", ""),
        ("s0 s1", "s0+", ""),
        ("t0 u1 s2", "t0 u1 s2+", ""),
        // A bare one of the author's, before one that this run empties, and after it.
        ("s0 s1", "s0 s1+", ""),
        ("s0 s1", "s0+ s1", "s0 s1"),
        // Not in the order of the graph.
        ("s0 s1", "s1+ s0+", "s1"),
        ("s0 s1 s2", "s1+ s2+", "s1 s2"),
        ("s0 s1 s2", "s0+ s2+ s1+", "s0 s2"),
        // Not the last one.
        ("s0 c1", "s0+ c1!", "s0 c1!"),
        ("s0 c1", "c1! s0+", "c1!"),
        ("s0 side", "s0+ side! s0", "s0 side! s0"),
        // Not what the operator makes.
        ("s0 s1", "s0! s1+", "s0!"),
        ("c0 n1 r2", "c0+ n1+ r2+", "c0 n1 r2"),
        // Not in the first component spec, or all that is in it.
        ("c0 s1", "c0! / s1+", "c0! / s1"),
        ("s0 c1", "s0+ / c1!", "s0 / c1!"),
        ("s0 s1 c2", "s0+ s1+ / c2!", "s0 / c2!"),
        ("s0 c1", "side! s0+ / c1!", "side! / c1!"),
        ("s0", "s0+ / s0!", "s0 / s0!"),
    ] {
        let on = deployment("", &[predictor("p", nodes, before)]);
        let off = done(&on, self::off(), "*").edits.apply(&on);
        assert_eq!(containers(&off), after, "{nodes}: {before}");
    }
}

#[test]
fn a_remark_names_bare_containers() {
    let off = deployment("", &[predictor("p", "t0 u1 s2", "")]);
    let on = done(&off, jaeger(), "*").edits.apply(&off);
    let added =
        "added containers with only a name, as Seldon's operator does, so that the Deployment keeps its name: t0, u1";
    assert_eq!(remarks(&off, jaeger()), [added]);
    let removed = "removed containers with only a name, which Seldon's operator adds itself: t0, u1";
    assert_eq!(remarks(&on, self::off()), [removed]);
}

/// The operator numbers the names of containers in the order of component specs and predictors, and those that it makes
/// itself last in their predictor; a port for metrics it numbers for each node's container that has none.
#[test]
fn a_remark_says_where_ports_move() {
    let moves = |text: &str, task| remarks(text, task).iter().any(|remark| remark.contains("get other ports"));
    for (nodes, before, is_moved) in [
        ("s0", "", false),
        ("s0 c1", "c1!", false),
        ("s0 c1", "side! / c1!", true),
        ("s0 s1", "side! / s1", true),
        ("s0 c1", "c1! / side!", true),
        ("s0 c1", "c1! side! / side!", false),
        ("c0 s1", "side! / s1 c0!", false),
    ] {
        let off = deployment("", &[predictor("p", nodes, before)]);
        let on = done(&off, jaeger(), "*").edits.apply(&off);
        assert_eq!(moves(&off, jaeger()), is_moved, "{nodes}: {before}");
        assert_eq!(moves(&on, self::off()), is_moved, "{nodes}: {before}");
    }
    // Names that have their numbers by then.
    let first = predictor("p", "s0 c1", "c1! side!");
    for (containers, is_moved) in
        [("side! / c1!", true), ("side! / c1!%", false), ("c1! / side!", false), ("c1! / other!", false)]
    {
        let off = deployment("", &[first.clone(), predictor("q", "s0 c1", containers)]);
        assert_eq!(moves(&off, jaeger()), is_moved, "{containers}");
    }
    // A predictor with a name whose number moved in an earlier one.
    let first = predictor("p", "c0 s1", "side! / c0!");
    for (nodes, containers, count) in [("c0", "c0!", 2), ("s1", "s1!", 2), ("c2", "c2! side!", 1)] {
        let off = deployment("", &[first.clone(), predictor("q", nodes, containers)]);
        let said = remarks(&off, jaeger());
        let said = said.iter().filter(|remark| remark.contains("get other ports"));
        assert_eq!(said.count(), count, "{containers}");
    }
}

#[test]
fn a_remark_names_a_node_in_two_component_specs() {
    let engine = |value: &str| format!("  annotations: {{seldon.io/engine-separate-pod: '{value}'}}\n");
    let no_engine = |value: &str| format!("    annotations: {{seldon.io/no-engine: '{value}'}}\n");
    let count = |spec: &str, more: &str, containers: &str| {
        let predictor = predictor("p", "c0 c1", containers) + more;
        let remarks = remarks(&deployment(spec, &[predictor]), jaeger());
        remarks.iter().filter(|remark| remark.contains("in two component specs")).count()
    };
    for (containers, wanted) in [
        ("c0! / c1!", 0),
        ("c0! / c0! / c0!", 1),
        ("c0! c1! / c1! c0!", 1),
        ("c0! c1! / c0!", 0),
        ("c0! c0!", 0),
        ("c0! x! / x!", 0),
    ] {
        assert_eq!(count("", "", containers), wanted, "{containers}");
    }
    for (value, wanted) in [("true", 0), ("TRUE", 0), ("True", 0), ("yes", 1), ("", 1), ("${SEPARATE}", 0)] {
        assert_eq!(count(&engine(value), "", "c0! / c0!"), wanted, "{value}");
        assert_eq!(count("", &no_engine(value), "c0! / c0!"), wanted, "{value}");
    }
}
