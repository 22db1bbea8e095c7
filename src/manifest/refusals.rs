//! The reasons why a SeldonDeployment does not run: the API server refuses it by its types, Seldon's operator refuses it,
//! or Kubernetes refuses a pod of it.
//!
//! The operator's are those of the admission webhook's validation
//! (`operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go`) and of `createComponents`
//! (`operator/controllers/seldondeployment_controller.go`), tag 1.18.2; each was tried with the operator of 1.17.1.

mod graph;
mod pods;
mod predictors;
mod types;

use std::fmt;

use super::{Deployment, PredictorUnits, is_filled_in, value_of};
use crate::yaml::sharing::effective_value;
use crate::yaml::{NodeId, ScalarKind, Tree};
use types::TypeFault;

/// A reason why a deployment is refused.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub rule: &'static RefusalRule,
    /// The place of the reason.
    pub node: NodeId,
    /// The reason, as a sentence.
    pub text: String,
    pub certainty: Certainty,
}

/// A rule by which a deployment is refused.
#[derive(Debug)]
pub(crate) struct RefusalRule {
    /// A few words that no other rule has.
    pub id: &'static str,
    pub by: Refuser,
    /// The words of the operator or the API server.
    pub words: &'static str,
    /// The text to write instead.
    pub help: &'static str,
    certainty: Certainty,
    /// The rule of `lint` that finds it.
    pub found_by: &'static str,
    check: fn(&RefusalContext<'_, '_, '_>) -> Vec<Problem>,
}

/// The program that refuses a deployment, and what it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refuser {
    /// The API server refuses the manifest.
    ApiServer,
    /// Seldon's operator refuses the manifest.
    Operator,
    /// The API server refuses the Deployment that the operator makes of a component spec.
    PodValidation,
}

/// The certainty of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// It is refused.
    Certain,
    /// It is refused as it is, but lacks something that another tool may add.
    AsItIs,
    /// It is evidently completed by another tool, or depends on the cluster.
    Possible,
}

/// A place at which a rule does not hold.
struct Problem {
    node: NodeId,
    text: String,
    /// The certainty, if it differs from the rule's.
    certainty: Option<Certainty>,
}

impl Problem {
    fn new(node: NodeId, text: impl Into<String>) -> Self {
        Self { node, text: text.into(), certainty: None }
    }

    fn possible_if(self, is_possible: bool) -> Self {
        Self { certainty: is_possible.then_some(Certainty::Possible).or(self.certainty), ..self }
    }
}

/// All rules, those of the API server first, which decides first.
pub(crate) static REFUSAL_RULES: [&[RefusalRule]; 4] = [types::RULES, predictors::RULES, graph::RULES, pods::RULES];

/// The fields that the operator's rules share.
const BY_OPERATOR: RefusalRule = RefusalRule {
    id: "",
    by: Refuser::Operator,
    words: "",
    help: "",
    certainty: Certainty::Certain,
    found_by: "ST046",
    check: |_| Vec::new(),
};

/// Returns true for a predictor that another tool merges into a whole one: it has no graph, or a directive of kustomize.
fn is_patch(tree: &Tree<'_>, predictor: &PredictorUnits<'_>) -> bool {
    let has_directive = |container: NodeId| effective_value(tree, container, "$patch").is_some();
    effective_value(tree, predictor.node, "graph").is_none()
        || predictor.pods.containers().iter().any(|(place, _)| has_directive(place.container))
}

/// The reasons why a deployment is refused, the most certain ones first.
pub(crate) fn refusals<'t>(
    tree: &'t Tree<'_>,
    deployment: &Deployment<'t>,
    predictors: &[PredictorUnits<'t>],
) -> Vec<Refusal> {
    let spec = value_of(tree, deployment.node, "spec");
    let graph = predictors.iter().enumerate().flat_map(|(at, predictor)| {
        let root = effective_value(tree, predictor.node, "graph");
        root.into_iter().flat_map(move |root| graph::nodes(tree, root)).map(move |node| (at, node))
    });
    let (graph, type_faults) = (graph.collect(), types::faults(tree, deployment.node));
    let context = RefusalContext { tree, spec, predictors, graph, type_faults };
    let is_patch = predictors.iter().any(|predictor| is_patch(tree, predictor));
    let mut found = Vec::new();
    for rule in REFUSAL_RULES.into_iter().flatten() {
        let problems = (rule.check)(&context).into_iter();
        let is_possible = is_patch && rule.by != Refuser::ApiServer;
        found.extend(problems.map(|Problem { node, text, certainty }| {
            let certainty = certainty.unwrap_or(rule.certainty).max(rule.certainty);
            let certainty = if is_possible { Certainty::Possible } else { certainty };
            Refusal { rule, node, text, certainty }
        }));
    }
    found.sort_by_key(|refusal| refusal.certainty);
    found
}

/// A deployment with what several rules need.
struct RefusalContext<'a, 't, 'x> {
    tree: &'t Tree<'x>,
    spec: Option<NodeId>,
    predictors: &'a [PredictorUnits<'t>],
    /// The nodes of all graphs, depth first, each with the index of its predictor.
    graph: Vec<(usize, NodeId)>,
    type_faults: Vec<TypeFault>,
}

/// The value of a field that has text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldText<'t> {
    /// It is missing, null or empty.
    Missing,
    Known(&'t str),
    /// Another tool fills it in.
    FilledIn,
}

impl<'t> RefusalContext<'_, 't, '_> {
    fn text(&self, mapping: NodeId, key: &str) -> FieldText<'t> {
        let Some(value) = effective_value(self.tree, mapping, key) else { return FieldText::Missing };
        match self.tree.scalar_text(value) {
            None | Some("") => FieldText::Missing,
            Some(_) if self.tree.scalar_kind(value) == ScalarKind::Null => FieldText::Missing,
            Some(text) if is_filled_in(self.tree, value, text) => FieldText::FilledIn,
            Some(text) => FieldText::Known(text),
        }
    }

    /// The text of a field, if the manifest shows it.
    fn known(&self, mapping: NodeId, key: &str) -> Option<&'t str> {
        match self.text(mapping, key) {
            FieldText::Known(text) => Some(text),
            FieldText::Missing | FieldText::FilledIn => None,
        }
    }

    /// The node of a field, or else the mapping.
    fn at(&self, mapping: NodeId, key: &str) -> NodeId {
        effective_value(self.tree, mapping, key).unwrap_or(mapping)
    }
}

/// Returns true if a value is neither null nor an empty list, mapping or text.
pub(crate) fn has_content(tree: &Tree<'_>, value: NodeId) -> bool {
    let value = tree.resolve(value);
    match tree.scalar_kind(value) {
        ScalarKind::Collection => tree.length(value) > 0,
        ScalarKind::Null | ScalarKind::Missing => false,
        _ => tree.scalar_text(value).is_some_and(|text| !text.is_empty()),
    }
}

impl fmt::Display for Refuser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiServer | Self::PodValidation => "Kubernetes",
            Self::Operator => "Seldon's operator",
        })
    }
}

impl Refusal {
    /// The consequence, as a sentence.
    pub(crate) fn consequence(&self) -> String {
        let verb = if self.certainty == Certainty::Possible { "may refuse" } else { "refuses" };
        let what = if self.rule.by == Refuser::PodValidation { "a pod" } else { "the manifest" };
        let as_it_is = if self.certainty == Certainty::AsItIs { " as it is" } else { "" };
        format!("{} {verb} {what}{as_it_is}", self.rule.by)
    }
}
