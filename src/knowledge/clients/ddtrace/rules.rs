//! DD_TRACE_SAMPLING_RULES: a list of rules in JSON, as Python's `json` reads it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::ReleaseLine;
use super::names::SpanNames;
use crate::knowledge::values::python;

/// The names of the root spans of Seldon's Python wrapper: of REST and of gRPC.
const ROOT_SPANS: [&str; 2] = ["flask.request", "grpc"];

/// The keys of a rule. Releases after ddtrace 3.0 exit at any other key. Only ddtrace 4 has the last one.
const KEYS: [&str; 7] = ["sample_rate", "service", "name", "resource", "tags", "provenance", "discard"];

/// The values of `provenance`, highest precedence first.
const PROVENANCES: [&str; 3] = ["customer", "dynamic", "default"];

pub(super) struct SamplingRule {
    /// `None`: the manifest does not show it.
    pub rate: Option<f64>,
    service: RulePattern,
    name: RulePattern,
    resource: RulePattern,
    tags: Vec<(String, RulePattern)>,
    provenance: usize,
}

/// The condition of a rule on a text.
#[derive(Clone)]
enum RulePattern {
    Any,
    Never,
    /// In lower case.
    Glob(String),
}

/// The result of matching a rule with root spans.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleMatch {
    Yes,
    No,
    /// It depends on the request, or the manifest does not show it.
    ByRequest,
}

/// An error in a list of rules.
pub(super) enum RuleProblem {
    /// The process exits; the reason.
    Exits(String),
    /// This rule and those after it are dropped; the reason.
    Dropped(String),
    /// A rule without a rate is skipped.
    Skipped,
}

type RuleFields<'a> = BTreeMap<String, &'a RawValue>;

impl SamplingRule {
    pub(super) fn for_all(rate: Option<f64>) -> Self {
        let any = RulePattern::Any;
        let rate = rate.map(clamp);
        Self { rate, service: any.clone(), name: any.clone(), resource: any, tags: Vec::new(), provenance: 2 }
    }

    /// The rules in the order in which they are tried, and the error in them.
    pub(super) fn read_all(text: &str, line: ReleaseLine) -> (Vec<Self>, Option<RuleProblem>) {
        let text = with_quoted_numbers(text);
        let mut rules = Vec::new();
        let mut problem = None;
        let Ok(list) = serde_json::from_str::<&RawValue>(&text) else {
            let reason = "it is not JSON".to_owned();
            return (rules, Some(line.of_wrong_value(reason)));
        };
        let list = match items(list) {
            Ok(list) => list,
            Err(reason) => return (rules, Some(RuleProblem::Exits(reason))),
        };
        for item in list {
            match Self::read(item, line) {
                Ok(Some(rule)) => rules.push(rule),
                Ok(None) => problem = Some(RuleProblem::Skipped),
                Err(RuleProblem::Exits(reason)) => return (Vec::new(), Some(RuleProblem::Exits(reason))),
                Err(dropped) => {
                    problem = Some(dropped);
                    break;
                }
            }
        }
        rules.sort_by_key(|rule| rule.provenance);
        if rules.iter().any(|rule| rule.provenance == PROVENANCES.len()) {
            let reason = "a `provenance` is not customer, dynamic or default".to_owned();
            return (Vec::new(), Some(RuleProblem::Exits(reason)));
        }
        (rules, problem)
    }

    fn read(item: RuleItem<'_>, line: ReleaseLine) -> Result<Option<Self>, RuleProblem> {
        let exits = |reason: &str| RuleProblem::Exits(reason.to_owned());
        let RuleItem::Mapping(fields) = item else {
            return match item {
                RuleItem::Text(text) if !text.contains("sample_rate") => Ok(None),
                RuleItem::List(list)
                    if !list.iter().any(|value| json_string(value).as_deref() == Some("sample_rate")) =>
                {
                    Ok(None)
                }
                _ => Err(exits("a rule is not a mapping")),
            };
        };
        let Some(rate) = fields.get("sample_rate") else { return Ok(None) };
        if let Some(key) =
            fields.keys().find(|key| line >= ReleaseLine::ThreeLast && !line.keys().contains(&key.as_str()))
        {
            return Err(exits(&format!("`{key}` is not a key of a rule")));
        }
        let rate = read_rate(rate, line)?;
        let tags = read_tags(fields.get("tags").copied(), line).map_err(exits)?;
        let pattern = |key| RulePattern::read(fields.get(key).copied(), key, line).map_err(|reason| exits(&reason));
        let rule = Self {
            rate: Some(clamp(rate)),
            service: pattern("service")?,
            name: pattern("name")?,
            resource: pattern("resource")?,
            tags,
            provenance: fields.get("provenance").map_or(2, |provenance| {
                let text = json_string(provenance).unwrap_or_default();
                PROVENANCES.iter().position(|known| *known == text).unwrap_or(PROVENANCES.len())
            }),
        };
        let discard = fields.get("discard").map_or("false", |discard| discard.get());
        if line == ReleaseLine::Four && !["true", "false"].contains(&discard) {
            return Err(RuleProblem::Dropped("a `discard` is not true or false".to_owned()));
        }
        Ok(Some(rule))
    }

    /// Matches the rule with root spans.
    pub(super) fn matches(&self, names: &SpanNames) -> RuleMatch {
        let all = [
            self.tags_match(names),
            self.service.matches(names.service.as_deref()),
            self.name.matches_all(&ROOT_SPANS),
            self.resource.matches(None),
        ];
        if all.contains(&RuleMatch::No) {
            RuleMatch::No
        } else if all.contains(&RuleMatch::ByRequest) {
            RuleMatch::ByRequest
        } else {
            RuleMatch::Yes
        }
    }

    /// A tag that is not in the environment may come from the request.
    fn tags_match(&self, names: &SpanNames) -> RuleMatch {
        let found = |key| names.tags.as_ref().and_then(|tags| tags.get(key));
        let results = self.tags.iter().map(|(key, pattern)| found(key).map(|value| pattern.matches(Some(value))));
        let results: Vec<_> = results.collect();
        if results.contains(&Some(RuleMatch::No)) {
            RuleMatch::No
        } else if results.contains(&None) {
            RuleMatch::ByRequest
        } else {
            RuleMatch::Yes
        }
    }
}

impl ReleaseLine {
    fn keys(self) -> &'static [&'static str] {
        if self == Self::Four { &KEYS } else { &KEYS[..KEYS.len() - 1] }
    }

    /// ddtrace 2 and 3.0 exit at an invalid value; later versions log it.
    fn of_wrong_value(self, reason: String) -> RuleProblem {
        match self {
            Self::Two | Self::ThreeFirst => RuleProblem::Exits(reason),
            Self::ThreeLast | Self::Four => RuleProblem::Dropped(reason),
        }
    }
}

impl RulePattern {
    fn read(value: Option<&RawValue>, key: &str, line: ReleaseLine) -> Result<Self, String> {
        let Some(value) = value else { return Ok(Self::Any) };
        let is_new = line >= ReleaseLine::ThreeLast;
        if is_new && key == "resource" && is_falsy(value.get()) {
            return Ok(Self::Any);
        }
        match json_string(value) {
            Some(text) => Ok(Self::Glob(text.to_lowercase())),
            None if value.get() == "null" => Ok(if is_new { Self::Any } else { Self::Never }),
            None => Err(format!("the `{key}` of a rule is not a text")),
        }
    }

    /// `None`: the text depends on the request.
    fn matches(&self, text: Option<&str>) -> RuleMatch {
        match (self, text) {
            (Self::Any, _) => RuleMatch::Yes,
            (Self::Never, _) => RuleMatch::No,
            (Self::Glob(glob), None) if !glob.is_empty() && glob.bytes().all(|byte| byte == b'*') => RuleMatch::Yes,
            (Self::Glob(_), None) => RuleMatch::ByRequest,
            (Self::Glob(glob), Some(text)) => {
                if is_match(glob, &text.to_lowercase()) {
                    RuleMatch::Yes
                } else {
                    RuleMatch::No
                }
            }
        }
    }

    fn matches_all(&self, texts: &[&str]) -> RuleMatch {
        let mut results = texts.iter().map(|text| self.matches(Some(text)));
        let first = results.next().unwrap_or(RuleMatch::ByRequest);
        if results.all(|result| result == first) { first } else { RuleMatch::ByRequest }
    }
}

/// An element of the list.
enum RuleItem<'a> {
    Mapping(RuleFields<'a>),
    Text(String),
    List(Vec<&'a RawValue>),
    Other,
}

impl<'a> RuleItem<'a> {
    fn read(value: &'a RawValue) -> Self {
        let json = value.get();
        let list = || serde_json::from_str(json).map_or(Self::Other, Self::List);
        match json_string(value) {
            Some(text) => Self::Text(text),
            None if json.starts_with('{') => serde_json::from_str(json).map_or(Self::Other, Self::Mapping),
            None => list(),
        }
    }
}

/// The elements over which Python iterates: those of a list, the keys of a mapping. The elements of a text are
/// characters, which are not rules.
fn items(list: &RawValue) -> Result<Vec<RuleItem<'_>>, String> {
    match RuleItem::read(list) {
        RuleItem::Mapping(fields) => Ok(fields.into_keys().map(RuleItem::Text).collect()),
        RuleItem::Text(_) => Ok(Vec::new()),
        RuleItem::List(list) => Ok(list.into_iter().map(RuleItem::read).collect()),
        RuleItem::Other => Err("it is not a list".to_owned()),
    }
}

fn json_string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// `float()` of a value.
fn read_rate(value: &RawValue, line: ReleaseLine) -> Result<f64, RuleProblem> {
    let text = value.get();
    if let Some(text) = json_string(value) {
        return python::float(&text).ok_or_else(|| line.of_wrong_value("a `sample_rate` is not a number".to_owned()));
    }
    let number = match text {
        "true" => Some(1.0),
        "false" => Some(0.0),
        // In Python, converting an integer to a float fails if it is too large.
        _ => text.parse().ok().filter(|number: &f64| number.is_finite() || text.contains(['.', 'e', 'E'])),
    };
    number.ok_or_else(|| RuleProblem::Exits("a `sample_rate` is not a number".to_owned()))
}

fn read_tags(value: Option<&RawValue>, line: ReleaseLine) -> Result<Vec<(String, RulePattern)>, &'static str> {
    let Some(value) = value else { return Ok(Vec::new()) };
    if line >= ReleaseLine::ThreeLast && is_falsy(value.get()) {
        return Ok(Vec::new());
    }
    let fields: RuleFields<'_> =
        serde_json::from_str(value.get()).map_err(|_| "the `tags` of a rule are not a mapping")?;
    let pattern = |value: &RawValue| match (json_string(value), value.get()) {
        (Some(text), _) => text.to_lowercase(),
        (None, "null") => "none".to_owned(),
        (None, other) => other.to_owned(),
    };
    Ok(fields.into_iter().map(|(key, value)| (key, RulePattern::Glob(pattern(value)))).collect())
}

/// Returns true for a value that is falsy in Python.
fn is_falsy(json: &str) -> bool {
    let bare: String = json.chars().filter(|character| !character.is_whitespace()).collect();
    ["null", "false", "\"\"", "[]", "{}"].contains(&bare.as_str()) || bare.parse() == Ok(0.0)
}

/// A rate from 0 to 1; NaN becomes 0.
fn clamp(rate: f64) -> f64 {
    if rate > 0.0 { rate.min(1.0) } else { 0.0 }
}

/// Quotes `NaN`, `Infinity` and `-Infinity`, which only Python's `json` reads as numbers. `float()` reads them quoted,
/// too.
fn with_quoted_numbers(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut is_in_text, mut is_escaped, mut rest) = (false, false, json);
    while let Some(next) = rest.chars().next() {
        let word = ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| !is_in_text && rest.starts_with(word));
        if let Some(word) = word {
            out.extend(["\"", word, "\""]);
            rest = &rest[word.len()..];
            continue;
        }
        is_in_text ^= next == '"' && !is_escaped;
        is_escaped = is_in_text && next == '\\' && !is_escaped;
        out.push(next);
        rest = &rest[next.len_utf8()..];
    }
    out
}

/// `GlobMatcher`: `*` and `?`, both texts in lower case.
fn is_match(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut at, mut in_text, mut star) = (0, 0, None);
    while in_text < text.len() {
        match glob.get(at) {
            Some('*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => {
                let Some((star_at, from)) = star else { return false };
                star = Some((star_at, from + 1));
                (at, in_text) = (star_at + 1, from + 1);
            }
        }
    }
    glob[at..].iter().all(|wanted| *wanted == '*')
}
