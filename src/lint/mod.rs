//! What is wrong with the tracing of a deployment: rules as a list of values, each with its explanation. It knows no
//! output formats.

mod allow;
mod rules;

use std::ops::Range;

use crate::manifest::selection::Selection;
use crate::manifest::{Env, Unit, Variable, value_of};
use crate::survey::{PredictorSurvey, UnitSurvey, survey};
use crate::transform::{Problem, each_document, place, refused};
use crate::yaml::{NodeId, Tree};

pub use rules::RULES;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Traces are missing, or wrong.
    Warning,
    /// It will not run, or be refused.
    Error,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// What it is called by.
    pub id: &'static str,
    /// How bad it is where it finds something.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub finds: &'static str,
    /// Why that is wrong, at length.
    pub explanation: &'static str,
    /// Where that was read.
    pub source: &'static str,
    /// An entry of an env list, or several, that it finds.
    pub wrong: &'static str,
    /// The same as it should be.
    pub right: &'static str,
    check: fn(&Scene<'_, '_, '_>) -> Vec<Found>,
}

/// A unit that a rule looks at, and what is around it.
struct Scene<'a, 't, 'x> {
    tree: &'t Tree<'x>,
    survey: &'a UnitSurvey<'t>,
    /// What stands beside it.
    predictor: &'a PredictorSurvey<'t>,
}

/// What a rule found.
#[derive(Debug)]
struct Found {
    /// Where.
    node: NodeId,
    /// What is wrong, with the value found.
    message: String,
    /// What to write instead.
    help: String,
}

/// What a rule found, and where.
#[derive(Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The bytes at fault.
    pub range: Range<usize>,
    /// Where they stand in the resource.
    pub path: String,
    /// The deployment's namespace and name.
    pub deployment: String,
    /// What is wrong, with the value found.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// What came of a text.
#[derive(Debug, Default)]
pub struct Linted {
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// Where values stand that may not be shown.
    pub credentials: Vec<Range<usize>>,
    /// Whether anything was selected to be looked at.
    pub is_selected: bool,
}

impl Rule {
    /// The rule of that name, in whichever case.
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
    }
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Looks at the selected deployments of a text, by these rules. What a comment allows is no finding.
///
/// # Errors
/// What is wrong with each document that can't be read.
pub fn lint(text: &str, selection: &Selection, rules: &[&'static Rule]) -> Result<Linted, Vec<Problem>> {
    let documents = each_document(text, |tree, _| {
        let surveys = survey(tree, selection).map_err(|error| refused(tree, error.into()))?;
        let (mut findings, mut credentials) = (Vec::new(), Vec::new());
        for survey in &surveys {
            let deployment = format!("{}/{}", survey.deployment.namespace(), survey.deployment.name());
            for predictor in &survey.predictors {
                for unit in &predictor.units {
                    let scene = Scene { tree, survey: unit, predictor };
                    credentials.extend(scene.credentials());
                    for &rule in rules {
                        let found = (rule.check)(&scene).into_iter();
                        findings.extend(found.map(|found| finding(tree, rule, &deployment, found)));
                    }
                }
            }
        }
        findings.retain(|finding| !allow::is_allowed(tree, finding));
        findings.sort_by_key(|finding| (finding.range.start, finding.rule.id));
        // An env list that several aliases stand for is looked at by each of them.
        findings.dedup_by_key(|finding| (finding.range.start, finding.rule.id, finding.message.clone()));
        let mut predictors = surveys.iter().flat_map(|survey| &survey.predictors);
        let is_selected = predictors.any(|predictor| !predictor.units.is_empty());
        Ok(Linted { findings, credentials, is_selected })
    });
    let mut linted = Linted::default();
    for (base, Linted { findings, credentials, is_selected }) in documents.done()? {
        linted.is_selected |= is_selected;
        let shifted = |range: Range<usize>| range.start + base..range.end + base;
        let findings = findings.into_iter();
        linted.findings.extend(findings.map(|finding| Finding { range: shifted(finding.range.clone()), ..finding }));
        linted.credentials.extend(credentials.into_iter().map(shifted));
    }
    Ok(linted)
}

fn finding(tree: &Tree<'_>, rule: &'static Rule, deployment: &str, found: Found) -> Finding {
    let Found { node, message, help } = found;
    Finding { rule, range: place(tree, node), path: tree.path(node), deployment: deployment.to_owned(), message, help }
}

impl<'t> Scene<'_, 't, '_> {
    fn unit(&self) -> &Unit<'t> {
        &self.survey.unit
    }

    fn env(&self) -> &Env<'t> {
        &self.survey.env
    }

    /// Where the values of credentials stand.
    fn credentials(&self) -> impl Iterator<Item = Range<usize>> {
        let variables = self.env().variables.iter().filter(|variable| is_credential(variable.name));
        let value = |variable: &Variable<'_>| value_of(self.tree, variable.node, "value");
        variables.filter_map(value).map(|value| self.tree.span(value).range())
    }

    /// The variables that count: of each name the last.
    fn counting(&self) -> impl Iterator<Item = &Variable<'t>> {
        let env = self.env();
        env.variables.iter().filter(|variable| env.last(variable.name).is_some_and(|last| last.index == variable.index))
    }

    /// What the variable of that name says, where the manifest alone says it.
    fn text(&self, name: &str) -> Option<&'t str> {
        self.env().last(name).and_then(plain_text)
    }

    /// Something found at a variable: at its value, where it has one.
    fn at(&self, variable: &Variable<'_>, message: String, help: impl Into<String>) -> Found {
        let value = value_of(self.tree, variable.node, "value");
        Found { node: value.unwrap_or(variable.node), message, help: help.into() }
    }
}

/// What a variable says, where the manifest alone says it: no reference, and nothing that Kubernetes fills in.
fn plain_text<'t>(variable: &Variable<'t>) -> Option<&'t str> {
    variable.text().filter(|text| !variable.is_reference && !text.contains("$("))
}

/// A value as it may be shown: credentials never are.
fn shown(name: &str, value: &str) -> String {
    if is_credential(name) { "its value".to_owned() } else { format!("`{value}`") }
}

/// Whether a variable's name says that it holds a credential.
fn is_credential(name: &str) -> bool {
    ["KEY", "TOKEN", "SECRET", "PASSWORD"].iter().any(|word| name.to_ascii_uppercase().contains(word))
}

#[cfg(test)]
mod tests;
