//! The answer to an AdmissionReview: a pure function of its bytes and the settings.

mod object;

use std::sync::Arc;

use kube_core::admission::{AdmissionRequest, AdmissionResponse, AdmissionReview, Operation as Verb};
use kube_core::{ObjectMeta, Resource};

use super::Rewriter;
use crate::credentials::{printed, shown_name};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::findings::lint;
use crate::manifest::WORD;
use crate::output::escaped;
use crate::patch::Operation;
use crate::pipeline::{Transformed, Transformer};
use crate::plan::{Input, Policy};
use object::{GROUP, ObjectFields};

const API_VERSION: &str = "admission.k8s.io/v1";
const VERSIONS: [&str; 3] = ["v1", "v1alpha2", "v1alpha3"];

/// The longest warning, in characters. The API server cuts longer ones.
const MAX_WARNING: usize = 256;

/// The most warnings of an answer.
const MAX_WARNINGS: usize = 8;

/// The longest name of the log, in characters: that of a resource has at most 253.
const MAX_NAME: usize = 253;

/// What was done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ReviewOutcome {
    /// Admitted with a patch.
    Patched,
    /// Admitted: there is nothing to change.
    Unchanged,
    /// Admitted: it is another kind, is deleted, or has the spec that it had.
    Ignored,
    /// Admitted unchanged, since it can't be edited.
    Refused,
    /// Denied, since it can't be edited.
    Denied,
    /// No AdmissionReview.
    Invalid,
    /// Too much is being worked on.
    Overloaded,
    /// It took too long.
    TimedOut,
}

impl ReviewOutcome {
    pub(super) const ALL: [Self; 8] = [
        Self::Patched,
        Self::Unchanged,
        Self::Ignored,
        Self::Refused,
        Self::Denied,
        Self::Invalid,
        Self::Overloaded,
        Self::TimedOut,
    ];

    /// The word of logs and metrics.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Patched => "patched",
            Self::Unchanged => "unchanged",
            Self::Ignored => "ignored",
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Invalid => "invalid",
            Self::Overloaded => "overloaded",
            Self::TimedOut => "timed-out",
        }
    }
}

/// The answer to a review, and what the log has of it.
#[derive(Debug)]
pub(super) struct Answer {
    /// The AdmissionReview, as JSON.
    pub body: Vec<u8>,
    pub outcome: ReviewOutcome,
    pub uid: String,
    pub verb: &'static str,
    pub namespace: String,
    pub name: String,
    /// The task of the patch: a backend, or `off`.
    pub task: String,
    /// The number of operations of the patch.
    pub operations: usize,
}

/// What is wrong with the bytes of a review, without any of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoReview(pub String);

/// The number of operations of a patch, and their JSON.
type PatchBytes = (usize, Vec<u8>);

/// What is decided about an object.
#[derive(Debug)]
struct ObjectDecision {
    outcome: ReviewOutcome,
    patch: Option<PatchBytes>,
    task: String,
    warnings: Vec<String>,
}

impl ObjectDecision {
    fn of(outcome: ReviewOutcome) -> Self {
        Self { outcome, patch: None, task: String::new(), warnings: Vec::new() }
    }
}

/// Answers a review. `denies` is true if an object that can't be edited is denied.
///
/// # Errors
/// The bytes are no AdmissionReview of a request.
pub(super) fn answer(body: &[u8], rewriter: &Rewriter, denies: bool) -> Result<Answer, NoReview> {
    // The words of serde_json may have values of the object.
    let review: AdmissionReview<ObjectFields<'_>> = serde_json::from_slice(body)
        .map_err(|error| NoReview(format!("no AdmissionReview: line {}, column {}", error.line(), error.column())))?;
    if (review.types.api_version.as_str(), review.types.kind.as_str()) != (API_VERSION, "AdmissionReview") {
        return Err(NoReview(format!("no AdmissionReview of {API_VERSION}")));
    }
    let request: AdmissionRequest<ObjectFields<'_>> =
        review.try_into().map_err(|_| NoReview("an AdmissionReview without a request".to_owned()))?;
    let name = match &request.object {
        Some(object) if request.name.is_empty() => {
            let ObjectMeta { name, generate_name, .. } = object.meta();
            name.as_ref().or(generate_name.as_ref()).cloned().unwrap_or_default()
        }
        _ => request.name.clone(),
    };
    let decision = match &request.object {
        Some(object) if is_concerned(&request) => {
            decide(object, request.old_object.as_ref(), request.namespace.as_deref(), rewriter)
        }
        _ => ObjectDecision::of(ReviewOutcome::Ignored),
    };
    let mut response = AdmissionResponse::from(&request);
    let mut warnings: Vec<String> = decision.warnings.iter().map(|words| shortened(words, MAX_WARNING)).collect();
    if warnings.len() > MAX_WARNINGS {
        let more = warnings.len() - (MAX_WARNINGS - 1);
        warnings.truncate(MAX_WARNINGS - 1);
        warnings.push(format!("seldon-trace: {more} more; seldon-trace lint shows all"));
    }
    let mut outcome = decision.outcome;
    if outcome == ReviewOutcome::Refused && denies {
        outcome = ReviewOutcome::Denied;
        response = response.deny(warnings.join("\n"));
        response.result.code = 403;
    } else if !warnings.is_empty() {
        response.warnings = Some(warnings);
    }
    let mut operations = 0;
    if let Some((count, patch)) = decision.patch {
        operations = count;
        let patch = serde_json::from_slice(&patch).map_err(|_| NoReview("the patch can't be written".to_owned()))?;
        response = response.with_patch(patch).map_err(|_| NoReview("the patch can't be written".to_owned()))?;
    }
    let body = serde_json::to_vec(&response.into_review());
    Ok(Answer {
        body: body.map_err(|_| NoReview("the answer can't be written".to_owned()))?,
        outcome,
        uid: shortened(&request.uid, MAX_NAME),
        verb: word(&request.operation),
        namespace: logged(request.namespace.as_deref().unwrap_or_default()),
        name: logged(&name),
        task: decision.task,
        operations,
    })
}

/// The most keys and values that a JSON text can have.
pub(super) fn most_values(text: &[u8]) -> usize {
    text.iter().filter(|byte| b",:[{".contains(byte)).count()
}

/// The most keys and values that the object of a review can have; 0 if nothing is done with it.
pub(super) fn most_values_of_object(body: &[u8]) -> usize {
    let review: Option<AdmissionReview<ObjectFields<'_>>> = serde_json::from_slice(body).ok();
    let request = review.and_then(|review| review.request).filter(is_concerned);
    let text = request.and_then(|request| request.object?.text(&[]).ok());
    text.map_or(0, |text| most_values(text.as_bytes()))
}

/// Returns true for a SeldonDeployment itself that is created or updated.
fn is_concerned(request: &AdmissionRequest<ObjectFields<'_>>) -> bool {
    let kind = &request.kind;
    kind.group == GROUP
        && kind.kind == WORD
        && VERSIONS.contains(&kind.version.as_str())
        && request.sub_resource.as_deref().unwrap_or_default().is_empty()
        && matches!(request.operation, Verb::Create | Verb::Update)
}

fn word(verb: &Verb) -> &'static str {
    match verb {
        Verb::Create => "CREATE",
        Verb::Update => "UPDATE",
        Verb::Delete => "DELETE",
        Verb::Connect => "CONNECT",
    }
}

/// Decides about an object. The patch is for the object as the API server sent it.
fn decide(
    object: &ObjectFields<'_>,
    former: Option<&ObjectFields<'_>>,
    namespace: Option<&str>,
    rewriter: &Rewriter,
) -> ObjectDecision {
    // A change of an annotation must not restart pods, nor a finalizer that is removed.
    let is_same = former.is_some_and(|former| former.spec() == object.spec());
    if object.meta().deletion_timestamp.is_some() || is_same {
        return ObjectDecision::of(ReviewOutcome::Ignored);
    }
    let namespace = namespace.filter(|name| !name.is_empty()).map(|name| ("namespace", name));
    let namespace = namespace.as_slice();
    let Ok(text) = object.text(namespace) else { return ObjectDecision::of(ReviewOutcome::Unchanged) };
    let has_name = object.meta().name.as_ref().is_some_and(|name| !name.is_empty());
    let policy = if has_name { &rewriter.policy } else { &rewriter.nameless };
    let done = match transformed(&text, policy, rewriter) {
        Ok(done) => done,
        Err(problems) => {
            return ObjectDecision {
                warnings: problems.iter().map(|problem| words(problem, "not changed: ")).collect(),
                ..ObjectDecision::of(ReviewOutcome::Refused)
            };
        }
    };
    let patch = patch(&done);
    let mut warnings = Vec::new();
    if !has_name && !is_for_any_name(object, namespace, patch.as_ref(), rewriter) {
        warnings.push(
            "seldon-trace: the object has no name yet (generateName): no override by `name` is for it, and it gets no service \
             made from {name} and no config-map"
                .to_owned(),
        );
    }
    let task = done.deployments.first().map(|deployment| deployment.report.what.to_string()).unwrap_or_default();
    let edited = done.edits.apply(&text);
    drop(done);
    warnings.extend(findings(&edited, policy, rewriter));
    let outcome = if patch.is_none() { ReviewOutcome::Unchanged } else { ReviewOutcome::Patched };
    ObjectDecision { outcome, patch, task, warnings }
}

/// Returns true if an object whose name is made later has the patch that it would have with a name, such as the API server
/// makes: with five more characters.
fn is_for_any_name(
    object: &ObjectFields<'_>,
    namespace: &[(&str, &str)],
    patch: Option<&PatchBytes>,
    rewriter: &Rewriter,
) -> bool {
    let name = object.meta().generate_name.clone().unwrap_or_default() + "bcdfg";
    let text = object.text(&[namespace, &[("name", name.as_str())]].concat());
    let named = text.map(|text| transformed(&text, &rewriter.policy, rewriter));
    matches!(named, Ok(Ok(named)) if self::patch(&named).as_ref() == patch)
}

fn transformed(text: &str, policy: &Policy, rewriter: &Rewriter) -> Result<Transformed, Vec<Diagnostic>> {
    let input = Input { exceptions: &rewriter.overrides, is_call: false };
    Transformer::new(policy).with_patches(true).transform(text, input)
}

/// The patch without tests: it is applied to the object that it was made from.
fn patch(done: &Transformed) -> Option<PatchBytes> {
    let all = done.patches.iter().flat_map(|patch| &patch.operations);
    let changes: Vec<_> = all.filter(|operation| !matches!(operation, Operation::Test { .. })).collect();
    if changes.is_empty() { None } else { Some((changes.len(), serde_json::to_vec(&changes).ok()?)) }
}

/// The errors that `lint` finds in the result.
fn findings(text: &str, policy: &Policy, rewriter: &Rewriter) -> Vec<String> {
    let linted = lint(text, &policy.selection, |tree, deployment| match &rewriter.other_rules {
        Some(all) => all.choose(&rewriter.rules, tree, deployment, &rewriter.overrides),
        None => Ok(Arc::clone(&rewriter.rules)),
    });
    let found = linted.map(|linted| linted.findings).unwrap_or_default();
    let errors = found.iter().filter(|finding| finding.diagnostic.severity == Severity::Error);
    errors.map(|finding| words(&finding.diagnostic, &format!("{} ", finding.rule.id))).collect()
}

/// A diagnostic on one line, with credentials masked.
fn words(diagnostic: &Diagnostic, title: &str) -> String {
    let Diagnostic { path, message, help, .. } = printed(diagnostic);
    let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
    let help = if help.is_empty() { String::new() } else { format!("; {help}") };
    escaped(&format!("seldon-trace: {title}{place}{message}{help}"))
}

fn logged(name: &str) -> String {
    shown_name(&shortened(name, MAX_NAME))
}

/// The beginning of a text, with `…` at the end of one that is too long.
fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests;
