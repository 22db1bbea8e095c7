//! Remarks on annotations with misspelt names, and on names in the annotation of the containers to skip that no
//! container has.

use std::collections::HashSet;

use super::Remark;
use crate::knowledge;
use crate::knowledge::parts::ADDED_ANNOTATION;
use crate::lint::{distance_up_to, most_typos};
use crate::manifest::{
    Deployment, InCommon, ORCHESTRATOR, Predictor, SKIP_ANNOTATION, is_placeholder, units, value_of,
};
use crate::yaml::Tree;
use crate::yaml::de::At;

/// More names have no remark: each is compared with those of all containers.
const MAX_NAMED: usize = 5;

/// The beginning of the names of this program's annotations.
const PREFIX: &str = "seldon-trace/";

/// The annotations of a deployment that this program reads.
const ANNOTATIONS: [&str; 2] = [SKIP_ANNOTATION, ADDED_ANNOTATION];

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
    let mut remarks = misspelt_annotations(tree, deployment);
    if kept_out.is_empty() {
        return remarks;
    }
    let units = predictors.iter().enumerate().flat_map(|predictor| units(tree, predictor, common).units);
    let names: HashSet<&str> = units.map(|unit| unit.name).collect();
    let mut unknown: Vec<&str> = kept_out.difference(&names).copied().collect();
    // Another tool may fill in the name.
    if unknown.iter().chain(&names).any(|name| is_placeholder(name, true)) {
        return remarks;
    }
    unknown.sort_unstable();
    let annotation = deployment.metadata.annotations.value.as_ref().and_then(|annotations| annotations.skip.node);
    let node = annotation.unwrap_or(deployment.node);
    let remark = |name: &&str| {
        let hint = nearest(name, &names).map_or(String::new(), |near| format!(": did you mean `{near}`?"));
        Remark::new(node, format!("{SKIP_ANNOTATION}: no container is named `{name}`{hint}"))
    };
    remarks.extend(unknown.iter().take(MAX_NAMED).map(remark));
    remarks
}

/// Remarks on annotations of the deployment that begin like this program's and are none of them.
fn misspelt_annotations(tree: &Tree<'_>, deployment: &Deployment<'_>) -> Vec<Remark> {
    let annotations = value_of(tree, deployment.node, "metadata")
        .and_then(|metadata| value_of(tree, metadata, "annotations"))
        .into_iter()
        .flat_map(|annotations| tree.entries(annotations));
    let unknown = annotations.filter_map(|(key, _)| {
        let name = tree.scalar_text(key).filter(|name| name.starts_with(PREFIX) && !ANNOTATIONS.contains(name))?;
        let hint = match knowledge::nearest(name, ANNOTATIONS) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("there are {}", ANNOTATIONS.join(" and ")),
        };
        Some(Remark::new(key, format!("nothing reads the annotation `{name}`: {hint}")))
    });
    unknown.take(MAX_NAMED).collect()
}

fn nearest<'n>(name: &str, names: &HashSet<&'n str>) -> Option<&'n str> {
    if name == REPORTED_ORCHESTRATOR {
        return Some(ORCHESTRATOR);
    }
    let near = |other: &'n str| Some((distance_up_to(name, other, most_typos(name))?, other));
    let candidates = names.iter().copied().chain([ALL]).filter(|other| !other.is_empty());
    candidates.filter_map(near).min().map(|(_, other)| other)
}
