//! The rules on the tracing of a deployment, each with its explanation. This module knows no output formats.

mod allow;
pub(crate) mod findings;
mod rules;

use std::borrow::Cow;

use crate::diagnostic::Severity;
use crate::knowledge::{Profile, nearest};
use crate::manifest::{Deployment, Env, Unit, Variable, value_of};
use crate::survey::{Cause, DeploymentSurvey, EffectiveEnv, PredictorSurvey, UnitSurvey};
use crate::yaml::{NodeId, Tree};

use allow::Allowed;
pub use rules::RULES;
pub(crate) use rules::{LostSetting, UnitGroup, distance_up_to, groups_of, lost_settings, meant_variable, most_typos};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// The identifier, such as `ST004`.
    pub id: &'static str,
    /// The severity of its findings, unless a finding has its own.
    pub severity: Severity,
    /// The problem that it finds, in a few words.
    pub finds: &'static str,
    /// The reason why that is wrong, in full.
    pub explanation: &'static str,
    /// The source of the explanation.
    pub source: &'static str,
    /// An example of the problem: one or more entries of an env list, or the `spec` of a deployment.
    pub wrong: &'static str,
    /// The corrected example.
    pub right: &'static str,
    /// The effect of `lint --fix`, if there is one right answer.
    pub fix: Option<&'static str>,
    check: Check,
}

/// The rules for a deployment.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// The rules to check.
    pub rules: Vec<&'static Rule>,
    /// The rules whose findings count as errors.
    pub denied: Vec<&'static Rule>,
}

impl RuleSet {
    /// All rules except the allowed ones.
    pub fn new(allowed: &[&'static Rule], denied: &[&'static Rule]) -> Self {
        // Both lists may have duplicates.
        let denied = RULES.iter().filter(|rule| is_among(denied, rule)).collect();
        Self { rules: RULES.iter().filter(|rule| !is_among(allowed, rule)).collect(), denied }
    }

    /// Returns true if the findings of a rule count as errors.
    pub(crate) fn denies(&self, rule: &Rule) -> bool {
        is_among(&self.denied, rule)
    }
}

fn is_among(rules: &[&Rule], wanted: &Rule) -> bool {
    rules.iter().any(|rule| rule.id == wanted.id)
}

/// The check function of a rule.
#[derive(Debug)]
enum Check {
    /// Checks each unit separately.
    Unit(fn(&Scene<'_, '_, '_>) -> Vec<Found>),
    /// Checks each unit separately, and each deployment as a whole.
    UnitAndDeployment(fn(&Scene<'_, '_, '_>) -> Vec<Found>, fn(&Tree<'_>, &DeploymentSurvey<'_>) -> Vec<Found>),
    /// Compares the units of a deployment.
    Units(for<'a, 't> fn(&'t Tree<'_>, &'a DeploymentSurvey<'t>) -> Vec<(&'a UnitSurvey<'t>, Found)>),
    /// Checks each deployment as a whole.
    Deployment(fn(&Tree<'_>, &DeploymentSurvey<'_>) -> Vec<Found>),
}

/// A unit to check, and its context.
struct Scene<'a, 't, 'x> {
    tree: &'t Tree<'x>,
    deployment: &'a DeploymentSurvey<'t>,
    survey: &'a UnitSurvey<'t>,
    predictor: &'a PredictorSurvey<'t>,
}

/// A finding of a rule, without the rule.
#[derive(Debug)]
struct Found {
    node: NodeId,
    /// The severity, if it differs from the rule's.
    severity: Option<Severity>,
    message: String,
    help: String,
    fix: Option<Fix>,
}

/// The fix of a finding, if there is one right answer. An index is that of an entry in the env list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fix {
    /// Quotes the value of the variable at this index as it is written.
    Quote(usize),
    /// Quotes the value of the entry at this index of this mapping as it is written.
    QuoteEntry(NodeId, usize),
    /// Gives the variable at this index this value.
    Write(usize, Cow<'static, str>),
    /// Replaces the variable at this index by another one with this value.
    Replace(usize, &'static str, String),
    /// Removes the variables at these indexes.
    RemoveEntries(Vec<usize>),
    /// Adds a variable to the end.
    Add(&'static str, &'static str),
    /// Several fixes.
    All(Vec<Self>),
    /// Switches tracing on, as `enable` does.
    Enable(Box<Profile>),
}

/// A finding of a rule in a deployment.
#[derive(Debug)]
pub(crate) struct Inspected<'a, 't> {
    pub rule: &'static Rule,
    pub deployment: &'a DeploymentSurvey<'t>,
    /// The unit of the finding; `None` if it is about the whole deployment.
    pub unit: Option<&'a UnitSurvey<'t>>,
    pub node: NodeId,
    pub severity: Severity,
    /// The problem, with the value found.
    pub message: String,
    /// The text to write instead.
    pub help: String,
    pub fix: Option<Fix>,
}

impl Found {
    fn new(node: NodeId, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { node, severity: None, message: message.into(), help: help.into(), fix: None }
    }

    /// The same finding, as information.
    fn info(self) -> Self {
        Self { severity: Some(Severity::Info), ..self }
    }

    fn fixed_by(self, fix: impl Into<Option<Fix>>) -> Self {
        Self { fix: fix.into(), ..self }
    }

    fn by<'a, 't>(
        self,
        rule: &'static Rule,
        deployment: &'a DeploymentSurvey<'t>,
        unit: Option<&'a UnitSurvey<'t>>,
    ) -> Inspected<'a, 't> {
        let Self { node, severity, message, help, fix } = self;
        Inspected { rule, deployment, unit, node, severity: severity.unwrap_or(rule.severity), message, help, fix }
    }
}

impl Inspected<'_, '_> {
    fn order(&self) -> (NodeId, &str, &str) {
        (self.node, self.rule.id, &self.message)
    }
}

impl Rule {
    /// The rule with this identifier, in upper or lower case.
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
    }

    /// Returns true if a name looks like a rule's: `ST` and digits, or the letter O for a 0.
    pub(crate) fn is_like_an_id(name: &str) -> bool {
        let (start, rest) = name.split_at_checked(2).unwrap_or_default();
        let is_digit = |next: char| next.is_ascii_digit() || next.eq_ignore_ascii_case(&'O');
        start.eq_ignore_ascii_case("ST") && !rest.is_empty() && rest.chars().all(is_digit)
    }

    /// The message for a rule that does not exist, with the nearest one that does.
    pub(crate) fn unknown(id: &str) -> String {
        // `ST4` and `STO04` are ST004.
        let number = |id: &str| id.get(2..)?.to_uppercase().replace('O', "0").parse::<u32>().ok();
        let same = RULES.iter().find(|rule| number(rule.id) == number(id)).map(|rule| rule.id);
        let hint = match same.or_else(|| nearest(id, RULES.iter().map(|rule| rule.id))) {
            Some(nearest) => format!("did you mean {nearest}?"),
            None => "`seldon-trace explain` lists them".to_owned(),
        };
        format!("there is no rule {id}; {hint}")
    }
}

/// The findings of each deployment's rules, unit by unit, except those that a comment allows.
pub(crate) fn inspect<'a, 't, 'r>(
    tree: &'t Tree<'_>,
    surveys: &'a [DeploymentSurvey<'t>],
    rules: impl Fn(&Deployment<'t>) -> &'r [&'static Rule],
) -> Vec<Inspected<'a, 't>> {
    let mut all = Vec::new();
    for survey in surveys {
        let rules = rules(&survey.deployment);
        for scene in scenes(tree, survey) {
            for &rule in rules {
                if let Check::Unit(check) | Check::UnitAndDeployment(check, _) = rule.check {
                    all.extend(check(&scene).into_iter().map(|found| found.by(rule, survey, Some(scene.survey))));
                }
            }
        }
        for &rule in rules {
            match rule.check {
                Check::Unit(_) => {}
                Check::Units(check) => {
                    let found = check(tree, survey).into_iter();
                    all.extend(found.map(|(unit, found)| found.by(rule, survey, Some(unit))));
                }
                Check::Deployment(check) | Check::UnitAndDeployment(_, check) => {
                    all.extend(check(tree, survey).into_iter().map(|found| found.by(rule, survey, None)));
                }
            }
        }
    }
    let mut allowed = Allowed::of(tree);
    all.retain(|found| !allowed.has(tree, found.node, found.rule.id));
    all
}

/// The same findings in the order of the text, without duplicates: an env list with several aliases is checked at each
/// alias.
pub(crate) fn distinct<'a, 't>(mut found: Vec<Inspected<'a, 't>>) -> Vec<Inspected<'a, 't>> {
    found.sort_by(|one, other| one.order().cmp(&other.order()));
    found.dedup_by(|one, other| one.order() == other.order());
    found
}

fn scenes<'a, 't, 'x>(
    tree: &'t Tree<'x>,
    deployment: &'a DeploymentSurvey<'t>,
) -> impl Iterator<Item = Scene<'a, 't, 'x>> {
    let scene = move |predictor, survey| Scene { tree, deployment, survey, predictor };
    let units =
        move |predictor: &'a PredictorSurvey<'t>| predictor.units.iter().map(move |unit| scene(predictor, unit));
    deployment.predictors.iter().flat_map(units)
}

impl<'a, 't> Scene<'a, 't, '_> {
    fn unit(&self) -> &Unit<'t> {
        &self.survey.unit
    }

    fn env(&self) -> &Env<'t> {
        &self.survey.env
    }

    /// The environment of the unit's program: the env list, and the variables that only annotations define.
    fn in_effect(&self) -> EffectiveEnv<'a, 't> {
        EffectiveEnv::of(&self.survey.unit, &self.survey.env, &self.deployment.engine)
    }

    /// The variables of the list that are in effect: the last of each name.
    fn effective(&self) -> impl Iterator<Item = &Variable<'t>> {
        self.env().effective()
    }

    /// The variable of that name that is in effect. A variable from an annotation is not in the list.
    fn last(&self, name: &str) -> Option<Variable<'a>> {
        self.in_effect().last(name)
    }

    /// Returns true if a variable of that name is in effect.
    fn has(&self, name: &str) -> bool {
        self.last(name).is_some()
    }

    /// The value of the variable of that name, if the manifest shows it.
    fn text(&self, name: &str) -> Option<&'a str> {
        self.last(name).as_ref().and_then(plain_text)
    }

    /// Returns true if a switch that the unit's program reads is off.
    fn is_switched_off(&self) -> bool {
        self.survey.tracing.cause == Some(Cause::SwitchedOff)
    }

    /// A finding at the value of a variable, or at its entry if it has no value.
    fn at(&self, variable: &Variable<'_>, message: String, help: impl Into<String>) -> Found {
        let value = value_of(self.tree, variable.node, "value");
        Found::new(value.unwrap_or(variable.node), message, help)
    }
}

/// The value of a variable, unless it is a reference or is filled in by Kubernetes or another tool.
fn plain_text<'t>(variable: &Variable<'t>) -> Option<&'t str> {
    let is_visible = |text: &&str| !variable.is_reference() && !text.contains("$(") && !variable.is_placeholder();
    variable.text().filter(is_visible)
}

#[cfg(test)]
mod tests;
