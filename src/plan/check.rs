//! The check of given values beside those of the manifest.

use std::collections::{HashMap, HashSet};

use super::enable::{SAMPLER_PARAM, SAMPLER_TYPE, display_after, value_after};
use crate::credentials::is_credential;
use crate::diagnostic::Diagnostic;
use crate::knowledge::clients::{EnvText, Environment};
use crate::knowledge::{Profile, Reader, Wanted};
use crate::manifest::{Env, PredictorTargets, Target, is_placeholder};
use crate::survey::{Expansion, ExternalVariables, about, expand_text, fact_and_advice, is_expanded};
use crate::yaml::Tree;

/// Returns an error if a client can't use a given value beside those of the manifest.
pub(super) fn check_clients(
    tree: &Tree<'_>,
    profile: &Profile,
    reader: Reader,
    target: &Target<'_>,
    found: &PredictorTargets<'_>,
    env: &Env<'_>,
    (wanted, gone): (&HashMap<&str, &Wanted>, &HashSet<&str>),
) -> Result<(), Diagnostic> {
    // The existing param has to fit a type that is given.
    let is_given =
        |name: &str| profile.gives(name, reader) || name == SAMPLER_PARAM && profile.gives(SAMPLER_TYPE, reader);
    if !wanted.keys().any(|name| is_given(name)) {
        return Ok(());
    }
    let after = |name: &str| value_after(profile, env, wanted.get(name)?);
    let kept = env.effective().filter(|variable| !gone.contains(variable.name));
    let is_made = target.site.is_orchestrator() && target.container.is_none();
    let beside = ExternalVariables::of(tree, target.container.as_ref(), target.env_secret.is_some(), is_made);
    let expanded = |name: &str, text: Option<String>| match text {
        None => Expansion::Hidden,
        Some(text) if !is_expanded(&text) => Expansion::Shown { text, is_secret: false },
        // What it refers to may be written by this run.
        Some(text) if wanted.keys().any(|name| text.contains(&format!("$({name})"))) => Expansion::Hidden,
        Some(text) => {
            let index = env.last(name).and_then(|variable| variable.index);
            expand_text(env, &text, index, beside)
        }
    };
    let texts: Vec<(&str, Expansion)> = kept
        .filter(|variable| !wanted.contains_key(variable.name))
        .map(|variable| (variable.name, variable.text().filter(|_| !variable.is_reference()).map(str::to_owned)))
        .chain(wanted.keys().map(|name| (*name, after(name))))
        .map(|(name, text)| (name, expanded(name, text)))
        .collect();
    let environment: Environment<'_> = texts.iter().map(|(name, text)| (*name, env_text(name, text))).collect();
    let refused = profile.refused(reader, &environment).into_iter().find(|(name, _)| is_given(name));
    let Some((name, reason)) = refused else { return Ok(()) };
    let (fact, advice) = fact_and_advice(&reason);
    let shown = |name: &str| after(name).map_or("a reference".to_owned(), |text| display_after(env, name, &text));
    let (message, help) = match name {
        SAMPLER_TYPE | SAMPLER_PARAM => (
            format!("the sampler would be {} with the param {}: {fact}", shown(SAMPLER_TYPE), shown(SAMPLER_PARAM)),
            "give the type and the param of a sampler that fit each other",
        ),
        _ => (about(name, fact), advice),
    };
    let existing = env.last(name).or(env.last(SAMPLER_TYPE)).map(|variable| variable.node);
    let node = existing.or(env.list).or(target.site.container()).unwrap_or(found.node);
    Err(tree.diagnostic(node, message, help))
}

/// The text of a variable as its client will find it.
fn env_text<'a>(name: &str, text: &'a Expansion) -> EnvText<'a> {
    match text {
        Expansion::NodeAddress => EnvText::NodeAddress,
        Expansion::Shown { text, .. } if name != "JAEGER_TAGS" && is_placeholder(text, true) => {
            EnvText::Hidden("is filled in by another tool")
        }
        Expansion::Shown { text, is_secret } if *is_secret || is_credential(name) => EnvText::Secret(text),
        Expansion::Shown { text, .. } => EnvText::Literal(text),
        Expansion::Hidden => EnvText::Hidden("is not in the manifest"),
    }
}
