//! The findings of the rules in the deployments of one text. This module knows no files.

use std::collections::HashMap;
use std::sync::Arc;

use crate::credentials::{HIDDEN_KEY, shown_key, shown_name};
use crate::diagnostic::{Diagnostic, Severity};
use crate::documents::each_document;
use crate::lint::allow::unknown_rules;
use crate::lint::{Inspected, Rule, RuleSet, distinct, inspect};
use crate::manifest::selection::Selection;
use crate::manifest::{Deployment, text_of};
use crate::survey::survey;
use crate::yaml::{NodeId, Tree};

/// A finding of a rule.
#[derive(Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The problem with the value found, its position, and the text to write instead.
    pub diagnostic: Diagnostic,
    /// The path with names instead of indexes. It does not change if other entries are added or removed.
    pub landmark: String,
    /// The deployment's namespace and name.
    pub deployment: String,
}

/// The result of `lint` for a text.
#[derive(Debug, Default)]
pub struct Linted {
    /// The findings, in the order of the text.
    pub findings: Vec<Finding>,
    /// The number of selected deployments.
    pub deployments: usize,
    /// The rules that comments allow and that do not exist, with the offsets of the comments.
    pub unknown_rules: Vec<(usize, String)>,
}

/// Checks each selected deployment of a text by its rules. A comment can allow a finding.
///
/// # Errors
/// The problem of each document that can't be read, or for whose deployments no rules can be determined.
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
            let mut landmarks = Landmarks::default();
            let mut findings = Vec::new();
            for found in distinct(inspect(tree, &surveys, rules)) {
                let is_denied = set(&found.deployment.deployment).is_some_and(|set| set.denies(found.rule));
                let severity = if is_denied { Severity::Error } else { found.severity };
                findings.push(Finding::new(tree, &mut landmarks, Inspected { severity, ..found }));
            }
            let deployments = surveys.iter().filter(|survey| survey.is_selected()).count();
            let unknown_rules = if deployments > 0 { unknown_rules(tree) } else { Vec::new() };
            Ok(Linted { findings, deployments, unknown_rules })
        },
        |_| false,
    );
    let mut all = Linted::default();
    for (base, Linted { findings, deployments, unknown_rules }) in documents.done()? {
        all.deployments += deployments;
        all.unknown_rules.extend(unknown_rules.into_iter().map(|(at, rule)| (base + at, rule)));
        let shifted = |finding: Finding| Finding { diagnostic: finding.diagnostic.shifted(base), ..finding };
        all.findings.extend(findings.into_iter().map(shifted));
    }
    Ok(all)
}

/// A cache of the parts of landmarks, since an item with many keys may have many findings.
#[derive(Default)]
struct Landmarks {
    /// The names of list items, without credentials.
    names: HashMap<NodeId, String>,
    /// The masked keys, each with its number among the masked keys of its mapping.
    hidden_keys: HashMap<NodeId, usize>,
}

impl Finding {
    fn new(tree: &Tree<'_>, landmarks: &mut Landmarks, inspected: Inspected<'_, '_>) -> Self {
        let Inspected { rule, deployment, node, severity, message, help, .. } = inspected;
        let [namespace, name] = [deployment.deployment.namespace(), deployment.deployment.name()].map(shown_name);
        let diagnostic = Diagnostic { severity, ..tree.diagnostic(node, message, help) };
        Self { rule, diagnostic, landmark: landmarks.of(tree, node), deployment: format!("{namespace}/{name}") }
    }
}

impl Landmarks {
    /// The path of a node with the names of list items instead of their indexes:
    /// `spec.predictors[main].svcOrchSpec.env[TRACING]`.
    fn of(&mut self, tree: &Tree<'_>, node: NodeId) -> String {
        let (Some(parent), Some(index)) = (tree.parent(node), tree.index_of(node)) else {
            return match (tree.item(), tree.items_of_list(node)) {
                (None, _) => String::new(),
                (Some(_), Some(_)) => "items".to_owned(),
                (Some(_), None) => format!("items[{}]", self.name(tree, node)),
            };
        };
        let parent_path = self.of(tree, parent);
        match tree.entry(parent, index) {
            Some((key, _)) => {
                let dot = if parent_path.is_empty() { "" } else { "." };
                format!("{parent_path}{dot}{}", self.key(tree, parent, key))
            }
            None => format!("{parent_path}[{}]", self.name(tree, node)),
        }
    }

    fn name(&mut self, tree: &Tree<'_>, item: NodeId) -> &str {
        let name = || text_of(tree, item, "name").unwrap_or_default();
        self.names.entry(item).or_insert_with(|| shown_name(name()))
    }

    /// A key, or `…` for a masked key. The second and later ones of a mapping get a number, as in `…2`.
    fn key(&mut self, tree: &Tree<'_>, mapping: NodeId, key: NodeId) -> String {
        let displayed = |key| shown_key(tree.scalar_text(key).unwrap_or_default());
        if displayed(key) != HIDDEN_KEY {
            return displayed(key).to_owned();
        }
        if !self.hidden_keys.contains_key(&key) {
            let hidden = tree.entries(mapping).map(|(key, _)| key).filter(|key| displayed(*key) == HIDDEN_KEY);
            self.hidden_keys.extend(hidden.zip(1..));
        }
        match self.hidden_keys.get(&key) {
            Some(number @ 2..) => format!("{HIDDEN_KEY}{number}"),
            _ => HIDDEN_KEY.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::RULES;

    #[test]
    fn a_landmark_does_not_change_if_lines_and_entries_move() {
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

    #[test]
    fn masked_keys_have_different_landmarks() {
        let text = "\
kind: SeldonDeployment
apiVersion: machinelearning.seldon.io/v1
metadata: {name: 'https://me:sesame@iris'}
spec:
  predictors:
  - name: main
    graph: {name: classifier}
    svcOrchspec: {env: [{name: A, value: b}]}
    svcOrcSpec: {env: [{name: A, value: b}]}
";
        let rules = RULES.iter().filter(|rule| rule.id == "ST018").collect();
        let set = Arc::new(RuleSet { rules, denied: Vec::new() });
        let found = lint(text, &Selection::default(), |_, _| Ok(Arc::clone(&set))).unwrap().findings;
        let landmarks: Vec<_> = found.iter().map(|found| found.landmark.as_str()).collect();
        assert_eq!(landmarks, ["spec.predictors[main].…", "spec.predictors[main].…2"]);
        assert_eq!(found[0].deployment, "default/https://…@iris");
    }
}
