//! What is wrong with the tracing of a deployment: rules as a list of values, each with its explanation. It knows no
//! output formats.

mod allow;
pub(crate) mod findings;
mod rules;

use std::borrow::Cow;

use crate::diagnostic::Severity;
use crate::knowledge::{Profile, nearest};
use crate::manifest::{Deployment, Env, Unit, Variable, value_of};
use crate::survey::{Cause, DeploymentSurvey, InEffect, PredictorSurvey, UnitSurvey};
use crate::yaml::{NodeId, Tree};

use allow::Allowed;
pub use rules::RULES;

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
    /// What it finds: an entry of an env list, or several, or the `spec` of a deployment.
    pub wrong: &'static str,
    /// The same as it should be.
    pub right: &'static str,
    /// What `lint --fix` does, where there is one right answer.
    pub fix: Option<&'static str>,
    check: Check,
}

/// By which rules a deployment is looked at.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// The rules.
    pub rules: Vec<&'static Rule>,
    /// Those whose findings count as errors.
    pub denied: Vec<&'static Rule>,
}

impl RuleSet {
    /// All rules but those that are allowed to find something.
    pub fn new(allowed: &[&'static Rule], denied: &[&'static Rule]) -> Self {
        // Either may name a rule any number of times.
        let denied = RULES.iter().filter(|rule| is_among(denied, rule)).collect();
        Self { rules: RULES.iter().filter(|rule| !is_among(allowed, rule)).collect(), denied }
    }

    /// Whether what a rule finds counts as an error.
    pub(crate) fn denies(&self, rule: &Rule) -> bool {
        is_among(&self.denied, rule)
    }
}

fn is_among(rules: &[&Rule], wanted: &Rule) -> bool {
    rules.iter().any(|rule| rule.id == wanted.id)
}

/// How a rule looks for what it finds.
#[derive(Debug)]
enum Check {
    /// At each unit by itself, with what is around it.
    Unit(fn(&Scene<'_, '_, '_>) -> Vec<Found>),
    /// At each unit by itself, and at each deployment as a whole.
    UnitAndDeployment(fn(&Scene<'_, '_, '_>) -> Vec<Found>, fn(&Tree<'_>, &DeploymentSurvey<'_>) -> Vec<Found>),
    /// At the units of a deployment beside each other.
    Units(for<'a, 't> fn(&'t Tree<'_>, &'a DeploymentSurvey<'t>) -> Vec<(&'a UnitSurvey<'t>, Found)>),
    /// At each deployment as a whole.
    Deployment(fn(&Tree<'_>, &DeploymentSurvey<'_>) -> Vec<Found>),
}

/// A unit that a rule looks at, and what is around it.
struct Scene<'a, 't, 'x> {
    tree: &'t Tree<'x>,
    deployment: &'a DeploymentSurvey<'t>,
    survey: &'a UnitSurvey<'t>,
    /// What stands beside it.
    predictor: &'a PredictorSurvey<'t>,
}

/// What a rule found.
#[derive(Debug)]
struct Found {
    node: NodeId,
    /// How bad it is, where that is not what the rule says.
    severity: Option<Severity>,
    message: String,
    help: String,
    fix: Option<Fix>,
}

/// What puts right what a rule found, where there is one right answer. Places are those of the env list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fix {
    /// The value of the variable at this place is quoted as it is spelt.
    Quote(usize),
    /// The value of the entry at this index of this mapping is quoted as it is spelt.
    QuoteEntry(NodeId, usize),
    /// The variable at this place gets this value.
    Write(usize, Cow<'static, str>),
    /// The variable at this place becomes another, with this value.
    Replace(usize, &'static str, String),
    /// The variables at these places go.
    TakeOut(Vec<usize>),
    /// A variable comes to the end.
    Add(&'static str, &'static str),
    /// Each of these.
    All(Vec<Self>),
    /// Tracing is switched on, as `enable` does it.
    Enable(Box<Profile>),
}

/// What a rule found, and in which deployment.
#[derive(Debug)]
pub(crate) struct Inspected<'a, 't> {
    /// The rule.
    pub rule: &'static Rule,
    /// The deployment.
    pub deployment: &'a DeploymentSurvey<'t>,
    /// The unit in which it was found; `None` where it is of the whole deployment.
    pub unit: Option<&'a UnitSurvey<'t>>,
    /// Where.
    pub node: NodeId,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, with the value found.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// What puts it right.
    pub fix: Option<Fix>,
}

impl Found {
    fn new(node: NodeId, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { node, severity: None, message: message.into(), help: help.into(), fix: None }
    }

    /// The same as something that is merely worth knowing.
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
    /// The rule of that name, in whichever case.
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
    }

    /// Returns true if a name is spelled like a rule's: `ST` and a digit.
    pub(crate) fn is_like_an_id(name: &str) -> bool {
        let (start, rest) = name.split_at_checked(2).unwrap_or_default();
        start.eq_ignore_ascii_case("ST") && rest.starts_with(|next: char| next.is_ascii_digit())
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

/// What the rules for each deployment find in it, unit by unit, but for what a comment allows.
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

/// The same in the order of the text, each once: an env list that several aliases stand for is looked at by each of
/// them.
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

    /// What the unit's program starts with: the list, and what annotations bring where the list does not.
    fn in_effect(&self) -> InEffect<'a, 't> {
        InEffect::of(&self.survey.unit, &self.survey.env, &self.deployment.engine)
    }

    /// The variables of the list that count: of each name the last.
    fn effective(&self) -> impl Iterator<Item = &Variable<'t>> {
        self.env().effective()
    }

    /// The variable of that name that is in effect. One that an annotation brings has no place in the list.
    fn last(&self, name: &str) -> Option<Variable<'a>> {
        self.in_effect().last(name)
    }

    /// Whether a variable of that name is in effect.
    fn has(&self, name: &str) -> bool {
        self.last(name).is_some()
    }

    /// What the variable of that name says, where the manifest alone says it.
    fn text(&self, name: &str) -> Option<&'a str> {
        self.last(name).as_ref().and_then(plain_text)
    }

    /// Whether a switch that the unit's program heeds says *off*.
    fn is_switched_off(&self) -> bool {
        self.survey.tracing.cause == Some(Cause::SwitchedOff)
    }

    /// Something found at a variable: at its value, where it has one.
    fn at(&self, variable: &Variable<'_>, message: String, help: impl Into<String>) -> Found {
        let value = value_of(self.tree, variable.node, "value");
        Found::new(value.unwrap_or(variable.node), message, help)
    }
}

/// The value of a variable if the manifest shows it: no reference, and nothing that Kubernetes or another tool fills in.
fn plain_text<'t>(variable: &Variable<'t>) -> Option<&'t str> {
    let is_shown = |text: &&str| !variable.is_reference() && !text.contains("$(") && !variable.is_placeholder();
    variable.text().filter(is_shown)
}

#[cfg(test)]
mod tests;
