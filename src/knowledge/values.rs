//! The parsers of values: for options, and those of Go and Python.

pub(super) mod go;
pub(super) mod python;
pub(super) mod python_url;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::manifest::is_placeholder;

use super::service::Template;

/// The texts that Go's `strconv.ParseBool` reads as true.
pub(super) const GO_TRUE: &[&str] = &["1", "t", "T", "true", "True", "TRUE"];

/// The texts that Go's `strconv.ParseBool` reads as false.
pub(super) const GO_FALSE: &[&str] = &["0", "f", "F", "false", "False", "FALSE"];

/// The samplers of jaeger-client-go 2.25 (`config/config.go`, `NewSampler`), as a user spells them.
pub(crate) const SAMPLER_TYPES: &[&str] = &["const", "probabilistic", "ratelimiting", "remote"];

/// The kind of a variable's value: the parser of an option's text, and the values that `explain` shows. Only a client's
/// function computes the effect of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// True or false.
    Boolean,
    /// A host.
    Host,
    /// A port.
    Port,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Sampling rules in JSON.
    Rules,
    /// One or several of these words.
    Word(&'static [&'static str]),
    /// A duration.
    Duration,
    /// A URL.
    Url,
    /// A service's name, with placeholders.
    Service,
    /// `k:v,k2:v2`
    Tags,
    /// `k=v,k2=v2`
    Pairs,
    /// Any text.
    Text,
    /// The name of an environment, without `=`.
    Environment,
    /// Any text, never shown.
    Secret,
}

impl Takes {
    /// Values that show the effect of such a variable, valid ones first.
    pub fn samples(self) -> &'static [&'static str] {
        match self {
            Self::Boolean => &["1", "true", "t", "yes", "0", "false", ""],
            Self::Host => &["agent", "10.0.0.1", "[::1]", "agent:6831", "http://agent", ""],
            Self::Port => &["6831", "0", "70000", "http", ""],
            Self::Integer => &["100", "0", "-1", "1.5", ""],
            Self::Number => &["1", "0.25", "0", "-1", "5", "half", ""],
            Self::Rules => {
                &[r#"[{"sample_rate":0.5}]"#, r#"[{"service":"a"}]"#, r#"[{"sample_rate":0.5,"rate":1}]"#, "0.5", ""]
            }
            Self::Word(words) => words,
            Self::Duration => &["500ms", "1m30s", "0s", "-1s", "10", ""],
            Self::Url => &["http://agent:8126", "unix:///var/run/datadog/apm.socket", "grpc://agent", "agent:8126", ""],
            Self::Service => &["iris", ""],
            Self::Tags => &["env:prod,team:ml", "env:prod team:ml", "url:http://a", "env:prod,", "env:", ""],
            Self::Pairs => &["team=ml,env=prod", "pod=${HOSTNAME:none}", "pod=${HOSTNAME}", "a=b=c", "a=b,", ""],
            Self::Text | Self::Environment | Self::Secret => &["text", ""],
        }
    }
}

/// A given value that is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CheckedValue {
    /// A text that is written unchanged.
    Text(String),
    /// A template that is filled in for each target.
    Service(Template),
    /// Tags that are merged into the existing ones.
    Tags(Vec<(String, String)>),
}

/// The text before and after the rate in a DD_TRACE_SAMPLING_RULES that only sets one rate for everything.
pub(crate) const RULE_OF_RATE: [&str; 2] = [r#"[{"sample_rate":"#, "}]"];

/// The rate, as written, of a DD_TRACE_SAMPLING_RULES that only sets one rate for everything.
pub(crate) fn bare_rate(rules: &str) -> Option<String> {
    // Most texts are a rate alone.
    if !rules.trim_start().starts_with('[') {
        return None;
    }
    let rules: Vec<&RawValue> = serde_json::from_str(rules).ok()?;
    let [rule] = rules.as_slice() else { return None };
    // A map, since a derived struct would accept the JSON list `[[1]]`, too.
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(rule.get()).ok()?;
    let rate = fields.get("sample_rate").filter(|_| fields.len() == 1)?.get();
    rate.starts_with(|first: char| first == '-' || first.is_ascii_digit()).then(|| rate.to_owned())
}

/// Returns true if two [`counterparts`](super::counterparts) have the same value: numbers are compared by value,
/// sampling rules by their bare rate.
pub(crate) fn agree(one: (&str, &str), other: (&str, &str)) -> bool {
    match (number_in(one), number_in(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.1 == other.1,
    }
}

/// Parses the text of an option. The clients' functions check its meaning.
///
/// # Errors
/// The expected value, in words that follow `invalid value … for …: `.
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

/// The word that is nearest to the typed one, if any is near.
pub(crate) fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |word: &&str| strsim::normalized_damerau_levenshtein(&typed.to_lowercase(), &word.to_lowercase());
    words
        .into_iter()
        .map(|word| (near(&word), word))
        .filter(|(nearness, _)| *nearness >= NEAR_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

/// The share of equal letters from which on one name counts as a typo of another.
const NEAR_ENOUGH: f64 = 0.6;

fn number_in((name, value): (&str, &str)) -> Option<f64> {
    let text = if name == "DD_TRACE_SAMPLING_RULES" { bare_rate(value)? } else { value.to_owned() };
    text.parse::<f64>().ok()
}

#[cfg(test)]
mod tests;
