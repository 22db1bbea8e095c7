//! The selection of deployments, predictors and containers by the user.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use globset::GlobMatcher;

pub use super::glob::{MAX_GLOB_DEPTH, MAX_GLOB_LENGTH, MAX_GLOBS};
use super::{Deployment, Role, Unit};
use crate::diagnostic::Diagnostic;
use crate::yaml::Tree;
use crate::yaml::de::Scalar;

/// A selection; everything by default.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `--name`
    pub name: Option<GlobMatcher>,
    /// `--namespace`
    pub namespace: Option<String>,
    /// `--selector`
    pub labels: LabelSelector,
    /// `--predictor`
    pub predictor: Option<GlobMatcher>,
    /// `--container`. The name of the orchestrator is [`super::units::ORCHESTRATOR`].
    pub container: Option<GlobMatcher>,
    /// `--only`
    pub only: Only,
    /// `--all-containers`: sidecars too.
    pub all_containers: bool,
}

/// The selected kind of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Only {
    /// Both kinds.
    #[default]
    #[value(skip)]
    Everything,
    /// Containers of graph nodes.
    Containers,
    /// Orchestrators.
    Orchestrator,
}

/// A term of a label selector, as in kubectl.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// `k=v`, `k==v`, `k in (v, …)`
    In(String, Vec<String>),
    /// `k!=v`, `k notin (v, …)`: true also if the label is missing.
    NotIn(String, Vec<String>),
    /// `k`
    Exists(String),
    /// `!k`
    Missing(String),
}

/// The labels of a deployment.
pub(crate) type Labels<'t> = BTreeMap<String, Scalar<'t>>;

/// All terms of a label selector, by their keys.
#[derive(Debug, Clone, Default)]
pub struct LabelSelector {
    terms: HashMap<String, Term>,
    /// The number of keys that a deployment must have.
    required: usize,
}

/// All terms on one key.
#[derive(Debug, Clone, Default)]
struct Term {
    is_required: bool,
    is_forbidden: bool,
    /// The values that match, if they are given.
    allowed: Option<HashSet<String>>,
    refused: HashSet<String>,
}

impl Selection {
    /// Returns true if a deployment is selected.
    ///
    /// # Errors
    /// The selection needs labels that can't be read.
    pub fn selects<'t>(&self, tree: &'t Tree<'_>, deployment: &Deployment<'t>) -> Result<bool, Diagnostic> {
        let is_named = self.name.as_ref().is_none_or(|glob| glob.is_match(deployment.name()));
        Ok(is_named && self.selects_beside_name(tree, deployment, &OnceCell::new())?)
    }

    /// The same without the name. `labels` caches the labels for several selections.
    ///
    /// # Errors
    /// The labels are needed and invalid.
    pub fn selects_beside_name<'t>(
        &self,
        tree: &'t Tree<'_>,
        deployment: &Deployment<'t>,
        labels: &OnceCell<Result<Labels<'t>, Diagnostic>>,
    ) -> Result<bool, Diagnostic> {
        let fits = self.namespace.as_ref().is_none_or(|namespace| namespace == deployment.namespace());
        if !fits || self.labels.is_empty() {
            return Ok(fits);
        }
        match labels.get_or_init(|| deployment.labels(tree)) {
            Ok(labels) => Ok(self.labels.selects(labels)),
            Err(error) => Err(error.clone()),
        }
    }

    /// Returns true if a predictor of that name is selected.
    pub fn selects_predictor(&self, name: &str) -> bool {
        self.predictor.as_ref().is_none_or(|glob| glob.is_match(name))
    }

    /// Returns true if a unit is selected. A unit without a container name is not selected by `--container`.
    pub fn selects_unit(&self, unit: &Unit<'_>) -> bool {
        let of_kind = match unit.role {
            Role::NoName => true,
            _ if unit.is_orchestrator() => self.only != Only::Containers,
            _ => self.only != Only::Orchestrator,
        };
        of_kind
            && match unit.role {
                Role::NoName | Role::InitContainer | Role::Explainer => self.container.is_none(),
                _ => self.selects_container(unit.name),
            }
    }

    fn selects_container(&self, name: &str) -> bool {
        self.container.as_ref().is_none_or(|glob| glob.is_match(name))
    }
}

impl LabelSelector {
    /// Returns true if it selects everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Returns true if all terms match. The time depends on the labels, not on the terms.
    fn selects(&self, labels: &Labels<'_>) -> bool {
        let mut required = 0;
        for (key, value) in labels {
            let (Some(term), Some(value)) = (self.terms.get(key), value.as_text()) else { continue };
            if !term.matches(value) {
                return false;
            }
            required += usize::from(term.is_required);
        }
        required == self.required
    }
}

impl FromIterator<Requirement> for LabelSelector {
    fn from_iter<T: IntoIterator<Item = Requirement>>(requirements: T) -> Self {
        let mut terms: HashMap<String, Term> = HashMap::new();
        for requirement in requirements {
            match requirement {
                Requirement::In(key, values) => {
                    let term = terms.entry(key).or_default();
                    term.is_required = true;
                    let values: HashSet<String> = values.into_iter().collect();
                    term.allowed = Some(match term.allowed.take() {
                        Some(others) => values.into_iter().filter(|value| others.contains(value)).collect(),
                        None => values,
                    });
                }
                Requirement::NotIn(key, values) => terms.entry(key).or_default().refused.extend(values),
                Requirement::Exists(key) => terms.entry(key).or_default().is_required = true,
                Requirement::Missing(key) => terms.entry(key).or_default().is_forbidden = true,
            }
        }
        let required = terms.values().filter(|term| term.is_required).count();
        Self { terms, required }
    }
}

impl Term {
    fn matches(&self, value: &str) -> bool {
        let is_allowed = self.allowed.as_ref().is_none_or(|allowed| allowed.contains(value));
        is_allowed && !self.is_forbidden && !self.refused.contains(value)
    }
}

/// Reads a label selector: `k=v,k2!=v2,k3 in (a, b),k4 notin (c),k5,!k6`.
///
/// # Errors
/// The invalid term, with the valid forms.
pub(crate) fn label_selector(text: &str) -> Result<Vec<Requirement>, String> {
    terms(text).into_iter().map(|term| requirement(term.trim())).collect()
}

/// Splits at the commas outside parentheses.
fn terms(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut terms) = (0_i32, 0, Vec::new());
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth <= 0 => {
                terms.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms
}

fn requirement(term: &str) -> Result<Requirement, String> {
    let invalid = || format!("`{term}` is not a label selector: write k=v, k!=v, k in (v, …), k notin (v, …), k or !k");
    let key = |key: &str| {
        let key = key.trim();
        let fits = |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
        if !key.is_empty() && key.chars().all(fits) { Ok(key.to_owned()) } else { Err(invalid()) }
    };
    let value = |value: &str| {
        let value = value.trim();
        if value.contains(['=', '!', ' ', '(', ')']) { Err(invalid()) } else { Ok(value.to_owned()) }
    };
    if let Some((head, values)) = term.strip_suffix(')').and_then(|term| term.split_once('(')) {
        let values: Vec<String> = values.split(',').map(value).collect::<Result<_, _>>()?;
        match head.split_whitespace().collect::<Vec<_>>()[..] {
            [name, "in"] => Ok(Requirement::In(key(name)?, values)),
            [name, "notin"] => Ok(Requirement::NotIn(key(name)?, values)),
            _ => Err(invalid()),
        }
    } else if let Some((name, refused)) = term.split_once("!=") {
        Ok(Requirement::NotIn(key(name)?, vec![value(refused)?]))
    } else if let Some((name, wanted)) = term.split_once("==").or_else(|| term.split_once('=')) {
        Ok(Requirement::In(key(name)?, vec![value(wanted)?]))
    } else if let Some(name) = term.strip_prefix('!') {
        Ok(Requirement::Missing(key(name)?))
    } else {
        Ok(Requirement::Exists(key(term)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_reads_as_kubectl_reads_it() {
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            label_selector("app=x, tier!=db,env in (a, b),zone notin(c),team,!old,k==v"),
            Ok(vec![
                Requirement::In("app".into(), list(&["x"])),
                Requirement::NotIn("tier".into(), list(&["db"])),
                Requirement::In("env".into(), list(&["a", "b"])),
                Requirement::NotIn("zone".into(), list(&["c"])),
                Requirement::Exists("team".into()),
                Requirement::Missing("old".into()),
                Requirement::In("k".into(), list(&["v"])),
            ])
        );
        for wrong in ["", "a b", "=x", "a in b", "a=b=c", ","] {
            assert!(label_selector(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn all_terms_of_a_selector_have_to_match() {
        let scalar = |text: &'static str| Scalar { text, kind: crate::yaml::ScalarKind::String, node: None };
        let label = |(key, value): &(&str, &'static str)| ((*key).to_owned(), scalar(value));
        let selects = |text: &str, labels: &[(&str, &'static str)]| {
            let selector: LabelSelector = label_selector(text).unwrap().into_iter().collect();
            selector.selects(&labels.iter().map(label).collect())
        };
        let labels = [("app", "iris"), ("tier", "db")];
        for yes in [
            "app",
            "!team",
            "app=iris,tier in (db, web)",
            "app!=x,app notin (y, z),team!=x",
            "app in (iris, x),app in (iris, y)",
            "app,app,!team",
        ] {
            assert!(selects(yes, &labels), "{yes}");
        }
        for no in [
            "team",
            "!app",
            "app,!app",
            "app=x",
            "app=iris,team=x",
            "app in (x, iris),app in (x)",
            "app!=iris",
            "app notin (x, iris)",
            "team,!team",
        ] {
            assert!(!selects(no, &labels), "{no}");
        }
    }
}
