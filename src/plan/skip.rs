//! Remarks on names in the annotation of the containers to skip that no container has.

use std::collections::HashSet;

use super::Remark;
use crate::lint::{distance_up_to, most_typos};
use crate::manifest::{Deployment, InCommon, ORCHESTRATOR, Predictor, SKIP_ANNOTATION, is_placeholder, units};
use crate::yaml::Tree;
use crate::yaml::de::At;

/// More names have no remark: each is compared with those of all containers.
const MAX_NAMED: usize = 5;

/// The value that excludes the whole resource.
const ALL: &str = "true";

/// The name of the orchestrator in reports.
const REPORTED_ORCHESTRATOR: &str = "orchestrator";

pub(super) fn remarks_on_skip(
    tree: &Tree<'_>,
    deployment: &Deployment<'_>,
    kept_out: &HashSet<&str>,
    predictors: &[At<Predictor<'_>>],
    common: InCommon<'_>,
) -> Vec<Remark> {
    if kept_out.is_empty() {
        return Vec::new();
    }
    let units = predictors.iter().enumerate().flat_map(|predictor| units(tree, predictor, common).units);
    let names: HashSet<&str> = units.map(|unit| unit.name).collect();
    let mut unknown: Vec<&str> = kept_out.difference(&names).copied().collect();
    // Another tool may fill in the name.
    if unknown.iter().chain(&names).any(|name| is_placeholder(name, true)) {
        return Vec::new();
    }
    unknown.sort_unstable();
    let annotation = deployment.metadata.annotations.value.as_ref().and_then(|annotations| annotations.skip.node);
    let node = annotation.unwrap_or(deployment.node);
    let remark = |name: &&str| {
        let hint = nearest(name, &names).map_or(String::new(), |near| format!(": did you mean `{near}`?"));
        Remark::new(node, format!("{SKIP_ANNOTATION}: no container is named `{name}`{hint}"))
    };
    unknown.iter().take(MAX_NAMED).map(remark).collect()
}

fn nearest<'n>(name: &str, names: &HashSet<&'n str>) -> Option<&'n str> {
    if name == REPORTED_ORCHESTRATOR {
        return Some(ORCHESTRATOR);
    }
    let near = |other: &'n str| Some((distance_up_to(name, other, most_typos(name))?, other));
    let candidates = names.iter().copied().chain([ALL]).filter(|other| !other.is_empty());
    candidates.filter_map(near).min().map(|(_, other)| other)
}
