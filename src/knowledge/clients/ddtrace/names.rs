//! The service, the environment, the version and the tags of spans.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::Outcome;
use super::super::reading::{Judgement, Lookup};
use super::{NOT_READ, ReleaseLine, shadowed};
use crate::knowledge::tags;

const SERVICE: &str = "DD_SERVICE";
const ENV: &str = "DD_ENV";
const VERSION: &str = "DD_VERSION";
const TAGS: &str = "DD_TAGS";
const GLOBAL_TAGS: &str = "DD_TRACE_GLOBAL_TAGS";
const OTEL_SERVICE: &str = "OTEL_SERVICE_NAME";
const OTEL_TAGS: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// OpenTelemetry's names and Datadog's names for the same tags. Only ddtrace 4 knows the first.
const UNIFIED: [(&str, &str); 4] = [
    ("deployment.environment.name", "env"),
    ("deployment.environment", "env"),
    ("service.name", "service"),
    ("service.version", "version"),
];

/// The maximum number of attributes of OTEL_RESOURCE_ATTRIBUTES that become tags.
const MOST_ATTRIBUTES: usize = 10;

/// Tags about the source code, which the library sends in another way.
const OF_SOURCE: [&str; 3] = ["git.repository_url", "git.commit.sha", "python_main_package"];

/// The names and the tags of the spans of a process.
pub(super) struct SpanNames {
    /// `None`: the manifest does not show it. Without any name the library uses the program's.
    pub service: Option<String>,
    /// With the environment and the version. `None`: they are not shown.
    pub tags: Option<BTreeMap<String, String>>,
}

impl SpanNames {
    pub(super) fn read(judged: &mut Judgement<'_>, line: ReleaseLine) -> Self {
        let mut tags = read_tags(judged, line);
        let service = match (judged.raw(SERVICE), judged.text(OTEL_SERVICE)) {
            (Lookup::Value(name), _) | (Lookup::Unset, Lookup::Value(name)) => Some(name.to_owned()),
            (Lookup::Unset, Lookup::Unset)
                if line == ReleaseLine::ThreeLast && !judged.raw(OTEL_SERVICE).is_unset() =>
            {
                Some(String::new())
            }
            (Lookup::Unset, Lookup::Unset) => tags.as_ref().and_then(|tags| tags.get("service").cloned()),
            _ => None,
        };
        explain_service(judged, line);
        if let Some(tags) = tags.as_mut().filter(|_| service.as_ref().is_some_and(|name| !name.is_empty())) {
            tags.remove("service");
        }
        for (variable, key, what) in [(ENV, "env", "the environment"), (VERSION, "version", "the version")] {
            match judged.text(variable) {
                Lookup::Value(value) if judged.is_node_address(variable) || value.is_empty() => tags = None,
                Lookup::Value(value) => {
                    let _ = tags.as_mut().and_then(|tags| tags.insert(key.to_owned(), value.to_owned()));
                }
                Lookup::Hidden | Lookup::Bad => tags = None,
                Lookup::Unset => {}
            }
            judged.record_unless_empty(variable, Outcome::Used(format!("{what} of each span").into()));
        }
        if line != ReleaseLine::Four {
            match judged.raw(GLOBAL_TAGS) {
                Lookup::Value(text) => tags = tags.map(|tags| tags.into_iter().chain(line.tags(text)).collect()),
                Lookup::Hidden | Lookup::Bad => tags = None,
                Lookup::Unset => {}
            }
            judged.record(GLOBAL_TAGS, Outcome::Used("tags of each span, which override DD_TAGS".into()));
        }
        judged.record(GLOBAL_TAGS, Outcome::Ignored(NOT_READ.into()));
        let service = service.filter(|_| ![SERVICE, OTEL_SERVICE].iter().any(|name| judged.is_node_address(name)));
        Self { service, tags }
    }
}

impl ReleaseLine {
    fn tags(self, text: &str) -> BTreeMap<String, String> {
        match self {
            Self::Two | Self::ThreeFirst => tags::read_by_2(text),
            Self::ThreeLast | Self::Four => tags::read(text),
        }
    }

    /// The attributes converted to the text of DD_TAGS (`_remap_otel_tags`); `None` if one is invalid.
    fn otel_tags(self, attributes: &str) -> Option<String> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for attribute in attributes.split(',') {
            let (key, value) = attribute.split_once('=').filter(|(_, value)| !value.contains('='))?;
            match pairs.iter_mut().find(|(known, _)| *known == key) {
                Some(pair) => pair.1 = value,
                None => pairs.push((key, value)),
            }
        }
        let known = if self == Self::Four { &UNIFIED } else { &UNIFIED[1..] };
        let names_environment = |key: &str| self == Self::Four && key.eq_ignore_ascii_case(UNIFIED[0].0);
        let has_name = pairs.iter().any(|(key, _)| names_environment(key));
        let mut tags = Vec::new();
        for (key, value) in pairs {
            match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
                Some((name, _)) if has_name && *name == UNIFIED[1].0 => {}
                Some((_, tag)) => tags.insert(0, format!("{tag}:{value}")),
                None => tags.push(format!("{key}:{value}")),
            }
        }
        tags.truncate(MOST_ATTRIBUTES);
        Some(tags.join(","))
    }
}

/// The tags of DD_TAGS, or of OTEL_RESOURCE_ATTRIBUTES.
fn read_tags(judged: &mut Judgement<'_>, line: ReleaseLine) -> Option<BTreeMap<String, String>> {
    let mut tags = match (judged.raw(TAGS), judged.text(OTEL_TAGS)) {
        (Lookup::Hidden | Lookup::Bad, _) => {
            judged.record(TAGS, Outcome::Used("tags of each span".into()));
            None
        }
        (Lookup::Value(text), _) => {
            let tags = line.tags(text);
            let outcome = outcome_of_tags(text, &tags, line);
            judged.record_unless_empty(TAGS, outcome);
            Some(tags)
        }
        (Lookup::Unset, Lookup::Value(attributes)) => {
            let tags = line.otel_tags(attributes).map(|text| line.tags(&text));
            let outcome = match &tags {
                None => Outcome::Replaced("no tags, since one is not name=value; write K=V,K2=V2".into()),
                Some(_) => Outcome::Used("tags of each span, the first ten".into()),
            };
            judged.record(OTEL_TAGS, outcome);
            Some(tags.unwrap_or_default())
        }
        (Lookup::Unset, Lookup::Unset) => Some(BTreeMap::new()),
        (Lookup::Unset, Lookup::Hidden | Lookup::Bad) => {
            judged.record(OTEL_TAGS, Outcome::Used("tags of each span".into()));
            None
        }
    };
    judged.record_unless_empty(OTEL_TAGS, shadowed(TAGS));
    for name in OF_SOURCE {
        let _ = tags.as_mut().and_then(|tags| tags.remove(name));
    }
    tags.filter(|_| ![TAGS, OTEL_TAGS].iter().any(|name| judged.is_node_address(name)))
}

/// The outcome of DD_TAGS: compares the tags that are read with the intended ones.
fn outcome_of_tags(text: &str, tags: &BTreeMap<String, String>, line: ReleaseLine) -> Outcome {
    let pieces = |separator| text.split(separator).map(str::trim).filter(|piece: &&str| !piece.is_empty());
    let pair = |piece: &str| {
        let (key, value) = piece.split_once(':').unwrap_or((piece, ""));
        (key.trim().to_owned(), value.trim().to_owned())
    };
    let by_comma: BTreeMap<_, _> = pieces(',').map(pair).collect();
    let is_by_space = !text.contains(',') && pieces(' ').all(|piece| piece.contains(':'));
    let found: BTreeMap<_, _> = tags.iter().map(|(key, value)| (key.clone(), value.trim().to_owned())).collect();
    let is_meant = found == by_comma || is_by_space && found == pieces(' ').map(pair).collect();
    if is_meant && !by_comma.contains_key("") {
        return Outcome::Used("tags of each span".into());
    }
    let shown: Vec<_> = tags.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    let shown = match shown.as_slice() {
        [] => "no tags".to_owned(),
        shown => format!("the tags {}", crate::credentials::quoted_value(TAGS, &shown.join(","))),
    };
    let reason = match line {
        ReleaseLine::Two | ReleaseLine::ThreeFirst => {
            "tags end either at commas or at spaces, and a tag without a value is dropped"
        }
        ReleaseLine::ThreeLast | ReleaseLine::Four => "where there is no comma, a space ends a tag",
    };
    Outcome::Replaced(format!("{shown}, since {reason}; write name:value,name2:value2").into())
}

fn explain_service(judged: &mut Judgement<'_>, line: ReleaseLine) {
    const NAMELESS: Outcome =
        Outcome::Replaced(Cow::Borrowed("a service without a name; write a name, or leave it out"));
    let service = match judged.raw(SERVICE) {
        Lookup::Value("") => NAMELESS,
        _ => Outcome::Used("the name of the service".into()),
    };
    judged.record(SERVICE, service);
    let of_otel = match judged.raw(SERVICE) {
        Lookup::Unset => Outcome::Used("the name of the service".into()),
        _ => shadowed(SERVICE),
    };
    if line == ReleaseLine::ThreeLast && judged.raw(SERVICE).is_unset() && judged.raw(OTEL_SERVICE) == Lookup::Value("")
    {
        judged.record(OTEL_SERVICE, NAMELESS);
    }
    judged.record_unless_empty(OTEL_SERVICE, of_otel);
}
