//! What is wrong with the tracing of the deployments of one input: what the rules find, and where. It reads, and knows
//! no files.

use std::collections::HashMap;
use std::sync::Arc;

use crate::credentials::shown_key;
use crate::diagnostic::{Diagnostic, Severity};
use crate::documents::each_document;
use crate::lint::{Inspected, Rule, RuleSet, distinct, inspect};
use crate::manifest::selection::Selection;
use crate::manifest::{Deployment, value_of};
use crate::survey::survey;
use crate::yaml::{NodeId, Tree};

/// What a rule found, and where.
#[derive(Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What is wrong, with the value found; where; and what to write instead.
    pub diagnostic: Diagnostic,
    /// The path by names in the place of indexes: it stays while entries come and go beside it.
    pub landmark: String,
    /// The deployment's namespace and name.
    pub deployment: String,
}

/// What came of a text.
#[derive(Debug, Default)]
pub struct Linted {
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// The number of selected deployments.
    pub deployments: usize,
}

/// Looks at the selected deployments of a text, at each by its rules. What a comment allows is no finding.
///
/// # Errors
/// What is wrong with each document that can't be read, or for whose deployments no rules can be found.
pub fn lint(
    text: &str,
    selection: &Selection,
    rules: impl Fn(&Tree<'_>, &Deployment<'_>) -> Result<Arc<RuleSet>, Diagnostic> + Sync,
) -> Result<Linted, Vec<Diagnostic>> {
    let documents = each_document(
        text,
        |tree, _| {
            let surveys = survey(tree, selection)?;
            let mut sets = HashMap::new();
            for survey in &surveys {
                let set = rules(tree, &survey.deployment)?;
                sets.insert(survey.deployment.node, set);
            }
            let set = |deployment: &Deployment<'_>| sets.get(&deployment.node);
            let rules = |deployment: &Deployment<'_>| set(deployment).map_or(&[][..], |set| &set.rules);
            let mut names = HashMap::new();
            let mut findings = Vec::new();
            for found in distinct(inspect(tree, &surveys, rules)) {
                let is_denied = set(&found.deployment.deployment).is_some_and(|set| set.denies(found.rule));
                let severity = if is_denied { Severity::Error } else { found.severity };
                findings.push(Finding::new(tree, &mut names, Inspected { severity, ..found }));
            }
            Ok(Linted { findings, deployments: surveys.iter().filter(|survey| survey.is_selected()).count() })
        },
        |_| false,
    );
    let mut all = Linted::default();
    for (base, Linted { findings, deployments }) in documents.done()? {
        all.deployments += deployments;
        let shifted = |finding: Finding| Finding { diagnostic: finding.diagnostic.shifted(base), ..finding };
        all.findings.extend(findings.into_iter().map(shifted));
    }
    Ok(all)
}

/// The names of list items, each found once: an item of many keys may contain any number of findings.
type ItemNames<'t> = HashMap<NodeId, &'t str>;

impl Finding {
    fn new<'t>(tree: &'t Tree<'_>, names: &mut ItemNames<'t>, inspected: Inspected<'_, '_>) -> Self {
        let Inspected { rule, deployment, node, severity, message, help, .. } = inspected;
        let deployment = format!("{}/{}", deployment.deployment.namespace(), deployment.deployment.name());
        let diagnostic = Diagnostic { severity, ..tree.diagnostic(node, message, help) };
        Self { rule, diagnostic, landmark: landmark(tree, names, node), deployment }
    }
}

/// The path of a node with the names of list items in the place of their indexes:
/// `spec.predictors[main].svcOrchSpec.env[TRACING]`.
fn landmark<'t>(tree: &'t Tree<'_>, names: &mut ItemNames<'t>, node: NodeId) -> String {
    let mut step = |node| {
        let name = || value_of(tree, node, "name").and_then(|name| tree.scalar_text(name)).unwrap_or_default();
        *names.entry(node).or_insert_with(name)
    };
    let (Some(parent), Some(index)) = (tree.parent(node), tree.index_of(node)) else {
        return match (tree.item(), tree.items_of_list(node)) {
            (None, _) => String::new(),
            (Some(_), Some(_)) => "items".to_owned(),
            (Some(_), None) => format!("items[{}]", step(node)),
        };
    };
    match tree.entry(parent, index) {
        Some((key, _)) => {
            let before = landmark(tree, names, parent);
            let dot = if before.is_empty() { "" } else { "." };
            format!("{before}{dot}{}", shown_key(tree.scalar_text(key).unwrap_or_default()))
        }
        None => {
            let name = step(node);
            format!("{}[{name}]", landmark(tree, names, parent))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::RULES;

    #[test]
    fn a_landmark_stays_while_lines_and_entries_move() {
        let text = "\
kind: SeldonDeployment
apiVersion: machinelearning.seldon.io/v1
metadata: {name: iris}
spec:
  predictors:
  - name: main
    graph: {name: classifier}
    svcOrchSpec:
      env:
      - name: JAEGER_AGENT_PORT
        value: udp
";
        let moved = text
            .replace("  - name: main\n", "  # moved\n  - {name: other, graph: {name: classifier}}\n  - name: main\n")
            .replace("      env:\n", "      env:\n      - {name: A, value: b}\n");
        let rules = RULES.iter().filter(|rule| rule.id == "ST004").collect();
        let set = Arc::new(RuleSet { rules, denied: Vec::new() });
        for (text, path) in [
            (text, "spec.predictors[0].svcOrchSpec.env[0].value"),
            (&moved, "spec.predictors[1].svcOrchSpec.env[1].value"),
        ] {
            let found = lint(text, &Selection::default(), |_, _| Ok(Arc::clone(&set))).unwrap().findings;
            let places: Vec<_> =
                found.iter().map(|found| (found.diagnostic.path.as_str(), found.landmark.as_str())).collect();
            assert_eq!(places, [(path, "spec.predictors[main].svcOrchSpec.env[JAEGER_AGENT_PORT].value")]);
        }
    }
}
