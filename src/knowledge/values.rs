//! What values mean to the clients that read them, and which of them they refuse.

pub(super) mod go;
pub(super) mod python;
pub(super) mod python_url;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use serde_json::value::RawValue;

use crate::manifest::is_placeholder;

use super::service::{THE_FOUR, Template};
use super::tags;
use super::variables::Takes;

/// What Go's `strconv.ParseBool` reads as true; the wrapper of PR 2859 takes each of them for on, too.
pub(super) const GO_TRUE: &[&str] = &["1", "t", "T", "true", "True", "TRUE"];

/// What Go's `strconv.ParseBool` reads as false.
pub(super) const GO_FALSE: &[&str] = &["0", "f", "F", "false", "False", "FALSE"];

/// The samplers of jaeger-client-go 2.25 (`config/config.go`, `NewSampler`), as a user spells them.
pub(super) const SAMPLER_TYPES: &[&str] = &["const", "probabilistic", "ratelimiting", "remote"];

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

/// Whether a value of a variable that switches a backend on is read as on by everyone who reads it: TRACING is an
/// integer to the Python wrapper, DD_ENABLED a boolean to Go. False for any other variable.
pub(crate) fn is_on(name: &str, value: &str) -> bool {
    match name {
        "TRACING" => is_not_zero(value),
        "DD_ENABLED" => go_true(value),
        _ => false,
    }
}

/// Whether Go's `strconv.ParseBool` reads this as true.
pub(crate) fn go_true(value: &str) -> bool {
    go::boolean(value) == Some(true)
}

/// Whether Go's `strconv.ParseBool` reads this as false.
pub(crate) fn go_false(value: &str) -> bool {
    go::boolean(value) == Some(false)
}

/// Whether what Python's `int()` makes of this is other than zero; `None` where it raises.
pub(crate) fn python_integer(value: &str) -> Option<bool> {
    python::integer(value).map(|number| number != 0)
}

/// Whether a rate has no fraction even as it is spelt. The wrapper of PR 2859 reads DD_SAMPLE_RATE with Python's
/// `int()`, to which `1.0` is as bad as `0.75`.
pub(crate) fn is_whole(rate: &str) -> bool {
    is_digits(rate.strip_prefix(['+', '-']).unwrap_or(rate))
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

/// Whether a sampler's param fits its type, once both stand in an env list. The type is read in any case, as
/// jaeger-client-go 2.25 does (`config/config.go`, `NewSampler`).
///
/// # Errors
/// What the type takes, or that there is no such type.
pub(crate) fn check_sampler_pair(kind: &str, param: &str) -> Result<(), String> {
    let Some(sampler) = SAMPLERS.iter().find(|sampler| sampler.name.eq_ignore_ascii_case(kind)) else {
        return Err("the samplers are const, probabilistic, ratelimiting and remote".to_owned());
    };
    match param.parse::<f64>() {
        Ok(number) if number.is_finite() && (sampler.allows)(number) => Ok(()),
        _ => Err(format!("a {} sampler takes {}", sampler.name, sampler.param)),
    }
}

/// Reads a value as those who read the variable would.
///
/// # Errors
/// What they take, in words that follow `invalid value … for …: `.
pub(super) fn read(takes: Takes, text: &str) -> Result<CheckedValue, String> {
    if text.is_empty() {
        return Err("the value is empty".to_owned());
    }
    if text.contains(is_unwritable) {
        return Err("it holds a control character or a line break".to_owned());
    }
    let is_client_syntax = matches!(takes, Takes::Rules) || (takes == Takes::Pairs && text.contains("${"));
    if !is_client_syntax && is_placeholder(text, true) {
        return Err("it is a placeholder: give the value, or let the other tool fill it in first".to_owned());
    }
    let holds = match takes {
        Takes::Service => return Template::parse(text).map(CheckedValue::Service),
        Takes::Host => check_host(text).map(|()| true)?,
        Takes::Url(schemes) => is_url(text, schemes),
        Takes::Tags => tags::parse_list(text).map(|_| true)?,
        Takes::Pairs => check_pairs(text).map(|()| true)?,
        Takes::Word(words) => check_word(text, words).map(|()| true)?,
        Takes::NotZero => is_not_zero(text),
        Takes::True(spellings) => spellings.contains(&text),
        Takes::False => GO_FALSE.contains(&text),
        Takes::Boolean => BOOLEANS.contains(&text),
        Takes::Port => is_port(text),
        Takes::Count => is_count(text),
        Takes::RateLimit => text == "-1" || text == "0" || is_count(text),
        Takes::Words(words) => text.split(',').all(|word| words.contains(&word)),
        Takes::Number => decimal(text).is_some(),
        Takes::Rate => is_rate(text),
        Takes::Rules => are_rules(text),
        Takes::Duration => is_duration(text),
        Takes::Text | Takes::Secret => true,
        Takes::Environment => !text.is_empty() && !text.contains('='),
    };
    let lead = match takes {
        Takes::NotZero | Takes::True(_) | Takes::False => "with enable it is",
        Takes::Port => "a port is",
        Takes::Rate => "a rate is",
        _ => "it is",
    };
    require(holds, &format!("{lead} {}", form(takes)))?;
    Ok(CheckedValue::Text(text.to_owned()))
}

/// What a value has to be, in words that follow *it is*.
pub(crate) fn form(takes: Takes) -> Cow<'static, str> {
    match takes {
        Takes::NotZero => "an integer other than 0, as the wrapper reads it".into(),
        Takes::True(_) => "true, spelt `true` or `1`".into(),
        Takes::False => "false, spelt `false` or `0`".into(),
        Takes::Boolean => "`true` or `false`".into(),
        Takes::Host => "a host name or address, without scheme and port".into(),
        Takes::Port => "a whole number from 1 to 65535".into(),
        Takes::Count => "a whole number from 1 to 2147483647".into(),
        Takes::RateLimit => "a whole number, or -1 for no limit".into(),
        Takes::Words(words) => format!("one or more of {}, with a comma between two", words.join(", ")).into(),
        Takes::Number => "a plain decimal number, such as 1 or 0.25".into(),
        Takes::Rate => "a plain decimal number from 0 to 1, such as 0.25".into(),
        Takes::Rules => r#"a JSON list such as [{"sample_rate":0.5}], rates from 0 to 1"#.into(),
        Takes::Word(words) => format!("one of {}", words.join(", ")).into(),
        Takes::Duration => "a duration with its unit, such as 500ms, 30s or 1m30s".into(),
        Takes::Url(schemes) => format!("an absolute URL that begins with {}://", schemes.join(":// or ")).into(),
        Takes::Service => format!("a name; {THE_FOUR}").into(),
        Takes::Tags => tags::FORM.into(),
        Takes::Pairs => "a list of KEY=VALUE with a comma between two, and none at the end".into(),
        Takes::Text => "any text".into(),
        Takes::Environment => "the name of an environment; --set VARIABLE=VALUE gives other variables".into(),
        Takes::Secret => "any text, better brought by a secretKeyRef".into(),
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

/// The samplers, each with what its param has to be.
pub(crate) fn sampler_params() -> impl Iterator<Item = (&'static str, &'static str)> {
    SAMPLERS.iter().map(|sampler| (sampler.name, sampler.param))
}

struct Sampler {
    name: &'static str,
    param: &'static str,
    allows: fn(f64) -> bool,
}

const SAMPLERS: &[Sampler] = &[
    Sampler { name: "const", param: "0 or 1", allows: |param| param == 0.0 || param == 1.0 },
    Sampler { name: "probabilistic", param: "a number from 0 to 1", allows: |param| (0.0..=1.0).contains(&param) },
    Sampler { name: "ratelimiting", param: "a number of traces a second, 0 or more", allows: |param| param >= 0.0 },
    Sampler { name: "remote", param: "a number from 0 to 1", allows: |param| (0.0..=1.0).contains(&param) },
];

/// What Go's `ParseBool` and ddtrace read alike.
const BOOLEANS: &[&str] = &["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"];

/// Of two names, the share of letters that agree from which on one is taken for a slip of the other.
const NEAR_ENOUGH: f64 = 0.6;

fn require(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_not_zero(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    is_digits(digits) && digits.bytes().any(|digit| digit != b'0')
}

/// Digits as nobody reads them otherwise: without a sign, and without a leading zero, which can mean octal.
fn is_natural(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

fn is_port(text: &str) -> bool {
    is_natural(text) && text.parse::<u16>().is_ok_and(|port| port != 0)
}

/// Go makes a channel of the queue's size: more than an `i32` holds is no size.
fn is_count(text: &str) -> bool {
    is_natural(text) && text.parse::<i32>().is_ok_and(|count| count != 0)
}

/// A number as Go, Python and JSON read it alike: digits, and digits after a point. The last is why `.5` is none.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let number = if is_natural(whole) && is_digits(fraction) { text.parse::<f64>().ok() } else { None };
    number.filter(|number| number.is_finite())
}

fn is_rate(text: &str) -> bool {
    decimal(text).is_some_and(|rate| rate <= 1.0)
}

/// ddtrace skips a rule without a rate: nobody asks for one.
fn are_rules(text: &str) -> bool {
    let rate_is_right = |rule: &serde_json::Map<String, serde_json::Value>| {
        let rate = rule.get("sample_rate").and_then(serde_json::Value::as_f64);
        rate.is_some_and(|rate| (0.0..=1.0).contains(&rate))
    };
    serde_json::from_str::<Vec<_>>(text).is_ok_and(|rules| rules.iter().all(rate_is_right))
}

/// As Go reads it, but without a sign, and never without a unit.
fn is_duration(text: &str) -> bool {
    !text.starts_with(['+', '-']) && text != "0" && go::duration(text).is_some()
}

fn check_word(text: &str, words: &'static [&'static str]) -> Result<(), String> {
    if words.contains(&text) {
        return Ok(());
    }
    let hint = nearest(text, words.iter().copied()).map(|word| format!("; did you mean {word}?")).unwrap_or_default();
    Err(format!("it is {}{hint}", form(Takes::Word(words))))
}

fn check_host(text: &str) -> Result<(), String> {
    require(!text.contains(char::is_whitespace), "a host name or address holds no blank")?;
    require(
        !text.contains("://"),
        "give the host name or address alone; a whole URL is JAEGER_ENDPOINT's or DD_TRACE_AGENT_URL's, by --set",
    )?;
    require(!text.contains('/'), "a host name or address holds no slash")?;
    let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    let address = bare.split_once('%').map_or(bare, |(address, _zone)| address);
    let colon_is_fine = !text.contains(':') || address.parse::<Ipv6Addr>().is_ok();
    require(colon_is_fine, "give the host name or address alone, and the port with --agent-port")
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    let rest_is_right =
        |scheme, rest: &str| if scheme == "unix" { rest.len() > 1 && rest.starts_with('/') } else { has_host(rest) };
    let parts = text.split_once("://").filter(|_| !text.contains(char::is_whitespace));
    parts.is_some_and(|(scheme, rest)| schemes.contains(&scheme) && rest_is_right(scheme, rest))
}

fn has_host(rest: &str) -> bool {
    !rest.is_empty() && !rest.starts_with([':', '/', '?', '#'])
}

/// `parseTags` of jaeger-client-go panics on a pair without `=`, and on `${NAME}` without a default; jaeger-client for
/// Python raises at a second `=`. Either ends at a trailing comma.
fn check_pairs(text: &str) -> Result<(), String> {
    for pair in text.split(',') {
        let Some((key, value)) = pair.split_once('=').filter(|(key, _)| !key.trim().is_empty()) else {
            return Err(format!("it is {}", form(Takes::Pairs)));
        };
        let reference = value.trim().strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
        require(!value.contains('='), &format!("the wrapper takes no second `=` in a pair, as for {}", key.trim()))?;
        require(
            reference.is_none_or(|inner| inner.contains(':')),
            &format!("the executor takes a reference only with a default, ${{NAME:default}}, as for {}", key.trim()),
        )?;
    }
    Ok(())
}

fn number_said((name, value): (&str, &str)) -> Option<f64> {
    let text = if name == "DD_TRACE_SAMPLING_RULES" { bare_rate(value)? } else { value.to_owned() };
    text.parse::<f64>().ok()
}

#[cfg(test)]
mod tests;
