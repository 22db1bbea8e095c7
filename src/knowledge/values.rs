//! Values: how an option's text is read, and how Go and Python read one.

pub(super) mod go;
pub(super) mod python;
pub(super) mod python_url;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::manifest::is_placeholder;

use super::service::Template;
use super::variables::Takes;

/// What Go's `strconv.ParseBool` reads as true.
pub(super) const GO_TRUE: &[&str] = &["1", "t", "T", "true", "True", "TRUE"];

/// What Go's `strconv.ParseBool` reads as false.
pub(super) const GO_FALSE: &[&str] = &["0", "f", "F", "false", "False", "FALSE"];

/// The samplers of jaeger-client-go 2.25 (`config/config.go`, `NewSampler`), as a user spells them.
pub(crate) const SAMPLER_TYPES: &[&str] = &["const", "probabilistic", "ratelimiting", "remote"];

/// A value that was given and found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CheckedValue {
    /// To be written as it is.
    Text(String),
    /// To be filled in, target by target.
    Service(Template),
    /// To be merged into those that stand.
    Tags(Vec<(String, String)>),
}

/// The rate, as it is spelt, of a DD_TRACE_SAMPLING_RULES that says nothing but one rate for everything.
pub(crate) fn bare_rate(rules: &str) -> Option<String> {
    let rules: Vec<&RawValue> = serde_json::from_str(rules).ok()?;
    let [rule] = rules.as_slice() else { return None };
    // A map, for a derived struct would take the JSON list `[[1]]` too.
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(rule.get()).ok()?;
    let rate = fields.get("sample_rate").filter(|_| fields.len() == 1)?.get();
    rate.starts_with(|first: char| first == '-' || first.is_ascii_digit()).then(|| rate.to_owned())
}

/// Whether two variables that are [`counterparts`](super::counterparts) say the same: numbers by their value, sampling
/// rules by their bare rate.
pub(crate) fn agree(one: (&str, &str), other: (&str, &str)) -> bool {
    match (number_said(one), number_said(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.1 == other.1,
    }
}

/// Reads the text of an option into the form in which it is kept. What it means, the clients say.
///
/// # Errors
/// What it has to be, in words that follow `invalid value … for …: `.
pub(super) fn read(takes: Takes, text: &str) -> Result<CheckedValue, String> {
    if text.contains('\0') {
        return Err("it holds a NUL character, which no process can be given".to_owned());
    }
    let is_client_syntax = takes == Takes::Pairs && text.contains("${");
    if !is_client_syntax && is_placeholder(text, true) {
        return Err("it is a placeholder: give the value, or let the other tool fill it in first".to_owned());
    }
    match takes {
        Takes::Service => Template::parse(text).map(CheckedValue::Service),
        Takes::Environment if text.is_empty() || text.contains('=') => {
            Err("it is the name of an environment; --set VARIABLE=VALUE gives other variables".to_owned())
        }
        _ => Ok(CheckedValue::Text(text.to_owned())),
    }
}

/// Whether a character cannot be written into a manifest that every reader of YAML takes alike, or has no business in
/// a variable: control characters, what kubectl takes for a line break, byte order marks, non-characters.
pub(super) fn is_unwritable(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The one of these words that is nearest to what was typed, if any is near.
pub(crate) fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |word: &&str| strsim::normalized_damerau_levenshtein(&typed.to_lowercase(), &word.to_lowercase());
    words
        .into_iter()
        .map(|word| (near(&word), word))
        .filter(|(nearness, _)| *nearness >= NEAR_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

/// Of two names, the share of letters that agree from which on one is taken for a slip of the other.
const NEAR_ENOUGH: f64 = 0.6;

fn number_said((name, value): (&str, &str)) -> Option<f64> {
    let text = if name == "DD_TRACE_SAMPLING_RULES" { bare_rate(value)? } else { value.to_owned() };
    text.parse::<f64>().ok()
}

#[cfg(test)]
mod tests;
