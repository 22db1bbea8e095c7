//! Checks that the selection of the command line matches something, so that a misspelt name does not pass a CI job.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::documents::each_document;
use crate::knowledge::{Key, nearest};
use crate::manifest::deployments;
use crate::manifest::selection::Selection;
use crate::settings::{Layer, Refused, Setting, Settings};
use crate::survey::{DeploymentSurvey, survey};
use crate::yaml::Tree;

/// The options that have to match something.
const KEYS: [Key; 6] = [Key::Name, Key::Namespace, Key::Selector, Key::Predictor, Key::Container, Key::Only];

/// The selection of the command line alone, without that of the settings. It is empty where it need not match.
#[derive(Debug, Default)]
pub(super) struct TypedSelection {
    settings: Settings,
    selection: Selection,
}

impl TypedSelection {
    pub(super) fn of(options: &Layer, must_match: bool) -> Self {
        if !must_match {
            return Self::default();
        }
        let settings = Settings::of([options]);
        // The policy reports an invalid one.
        let selection = settings.selection().unwrap_or_default();
        Self { settings, selection }
    }

    /// Checks that it matches a deployment of these texts, unless they have none.
    ///
    /// # Errors
    /// The options that match nothing.
    pub(super) fn check_matches<'a>(&self, texts: impl Iterator<Item = &'a str> + Clone) -> Result<(), Refused> {
        let typed: Vec<&Setting> = KEYS.iter().flat_map(|key| self.settings.said(*key)).collect();
        if typed.is_empty() {
            return Ok(());
        }
        let deployments = texts.clone().map(deployment_count).sum();
        let all = typed.iter().fold(self.only(None), |all, setting| self.with(all, setting.key));
        if deployments == 0 || texts.clone().any(|text| matches(text, &all)) {
            return Ok(());
        }
        let matches_none = |setting: &&&Setting| {
            let alone = self.only(Some(setting.key));
            !texts.clone().any(|text| matches(text, &alone))
        };
        let wrong: Vec<&Setting> = typed.iter().filter(matches_none).copied().collect();
        let deployments = match deployments {
            1 => "the one deployment".to_owned(),
            count => format!("any of the {count} deployments"),
        };
        let fault = |words: String, help: String| {
            let help = format!("{help}use --allow-no-match if that is expected");
            Diagnostic::new(format!("{words} not match {deployments}"), help)
        };
        let called = |setting: &Setting| format!("{} {}", setting.called(), setting.shown());
        let faults = if wrong.is_empty() {
            let all: Vec<String> = typed.iter().map(|setting| called(setting)).collect();
            vec![fault(format!("{} together do", all.join(" ")), String::new())]
        } else {
            let of = |setting: &Setting| {
                let names: BTreeSet<String> = texts.clone().flat_map(|text| names(text, setting.key)).collect();
                let near = setting.text().and_then(|typed| nearest(typed, names.iter().map(String::as_str)));
                let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                fault(format!("{} does", called(setting)), help)
            };
            wrong.into_iter().map(of).collect()
        };
        Err(Refused::typed(faults))
    }

    /// The selection by this option alone. Sidecars are still selected only with `--all-containers`.
    fn only(&self, key: Option<Key>) -> Selection {
        let nothing = Selection { all_containers: self.selection.all_containers, ..Selection::default() };
        key.map_or(nothing.clone(), |key| self.with(nothing, key))
    }

    fn with(&self, selection: Selection, key: Key) -> Selection {
        let Selection { name, namespace, labels, predictor, container, only, .. } = self.selection.clone();
        match key {
            Key::Name => Selection { name, ..selection },
            Key::Namespace => Selection { namespace, ..selection },
            Key::Selector => Selection { labels, ..selection },
            Key::Predictor => Selection { predictor, ..selection },
            Key::Container => Selection { container, ..selection },
            Key::Only => Selection { only, ..selection },
            _ => selection,
        }
    }
}

/// The number of deployments of a text.
fn deployment_count(text: &str) -> usize {
    let of_document = |tree: &Tree<'_>| {
        tree.roots().iter().map(|root| deployments(tree, *root).unwrap_or_default().len()).sum::<usize>()
    };
    each_document(text, |tree, _| Ok(of_document(tree)), |_| false)
        .done()
        .map_or(0, |counts| counts.into_iter().map(|(_, count)| count).sum())
}

/// Returns true if a text has a deployment, or can't be read.
pub(super) fn has_deployment(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return true };
    let documents = each_document(
        text,
        |tree, _| {
            let mut roots = tree.roots().iter();
            Ok(roots.any(|root| !deployments(tree, *root).unwrap_or_default().is_empty()))
        },
        |_| false,
    );
    documents.done().map_or(true, |found| found.into_iter().any(|(_, has_one)| has_one))
}

/// Returns true if a text has a selected deployment. One that can't be read counts as selected.
fn matches(text: &str, selection: &Selection) -> bool {
    each_survey(text, selection, |found| found.iter().any(DeploymentSurvey::is_selected))
        .is_none_or(|all| all.contains(&true))
}

/// The names in a text that an option can have.
fn names(text: &str, key: Key) -> Vec<String> {
    let names = |found: &[DeploymentSurvey<'_>]| {
        let of_deployment = |one: &DeploymentSurvey<'_>| -> Vec<String> {
            let predictors = one.predictors.iter();
            match key {
                Key::Name => vec![one.deployment.name().to_owned()],
                Key::Namespace => vec![one.deployment.namespace().to_owned()],
                Key::Predictor => predictors.map(|predictor| predictor.name.clone()).collect(),
                Key::Container => predictors.flat_map(|one| &one.units).map(|unit| unit.unit.name.to_owned()).collect(),
                _ => Vec::new(),
            }
        };
        found.iter().flat_map(of_deployment).collect::<Vec<_>>()
    };
    each_survey(text, &Selection::default(), names).unwrap_or_default().concat()
}

/// A result for each document of a text; `None` if one can't be read.
fn each_survey<T: Send + Sync>(
    text: &str,
    selection: &Selection,
    of_document: impl Fn(&[DeploymentSurvey<'_>]) -> T + Sync,
) -> Option<Vec<T>> {
    let documents = each_document(text, |tree, _| survey(tree, selection).map(|found| of_document(&found)), |_| false);
    Some(documents.done().ok()?.map(|(_, result)| result).collect())
}
