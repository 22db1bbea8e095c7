//! The sampling of traces: DD_TRACE_SAMPLING_RULES, DD_TRACE_SAMPLE_RATE, DD_TRACE_RATE_LIMIT and the equivalent
//! variables of OpenTelemetry.

use super::super::reading::{Judgement, Lookup};
use super::super::{ClientSampling, Outcome};
use super::names::SpanNames;
use super::rules::{RuleMatch, RuleProblem, SamplingRule};
use super::{ReleaseLine, parsed, shadowed};
use crate::knowledge::values::python;

const RULES: &str = "DD_TRACE_SAMPLING_RULES";
const RATE: &str = "DD_TRACE_SAMPLE_RATE";
const LIMIT: &str = "DD_TRACE_RATE_LIMIT";
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const SAMPLER_ARG: &str = "OTEL_TRACES_SAMPLER_ARG";

const A_RATE: &str = "a number; write one from 0 to 1, such as 0.25";

/// The rules in an environment.
enum RulesFound {
    Rules(Vec<SamplingRule>),
    /// The manifest does not show them.
    Hidden,
}

pub(super) fn read(judged: &mut Judgement<'_>, line: ReleaseLine, names: &SpanNames) -> ClientSampling {
    let limit = read_limit(judged);
    let mut found_rules = match judged.raw(RULES) {
        Lookup::Value(text) => RulesFound::Rules(read_rules(judged, RULES, text, line)),
        Lookup::Hidden | Lookup::Bad => {
            judged.record(RULES, Outcome::Used("the sampling rules".into()));
            RulesFound::Hidden
        }
        Lookup::Unset if line == ReleaseLine::Two => RulesFound::Rules(Vec::new()),
        Lookup::Unset => read_otel_rules(judged, line),
    };
    if line == ReleaseLine::Two {
        let rate = read_rate(judged);
        if let RulesFound::Rules(rules) = &mut found_rules {
            rules.extend(rate);
        }
    }
    let outcome = "ddtrace has not read it since 3.0; write DD_TRACE_SAMPLING_RULES";
    judged.record(RATE, Outcome::Ignored(outcome.into()));
    let taker = if line == ReleaseLine::Two && !judged.raw(RATE).is_unset() { RATE } else { RULES };
    judged.record_unless_empty(SAMPLER, shadowed(taker));
    let outcome = "without OTEL_TRACES_SAMPLER=parentbased_traceidratio it has no use";
    judged.record_unless_empty(SAMPLER_ARG, Outcome::Ignored(outcome.into()));
    let RulesFound::Rules(rules) = found_rules else { return ClientSampling::Unknown };
    decide(&rules, names, limit)
}

/// The sampling of the first rule that matches.
fn decide(rules: &[SamplingRule], names: &SpanNames, limit: Lookup<i64>) -> ClientSampling {
    let found = rules.iter().find_map(|rule| match rule.matches(names) {
        RuleMatch::Yes => Some(rule.rate),
        RuleMatch::No => None,
        RuleMatch::ByRequest => Some(None),
    });
    match found {
        None => ClientSampling::Agent,
        Some(_) if limit == Lookup::Value(0) => ClientSampling::None,
        Some(None) => ClientSampling::Unknown,
        Some(Some(rate)) if rate >= 1.0 => ClientSampling::All,
        Some(Some(rate)) if rate > 0.0 => ClientSampling::Rate(rate),
        Some(Some(_)) => ClientSampling::None,
    }
}

fn read_limit(judged: &mut Judgement<'_>) -> Lookup<i64> {
    let limit = parsed(judged, LIMIT, python::integer, "an integer; write digits alone, such as 100");
    let outcome = match limit {
        Lookup::Value(0) => Outcome::Used("no trace that a rule keeps is kept".into()),
        Lookup::Value(limit) if limit < 0 => Outcome::Used("no limit".into()),
        _ => Outcome::Used("the most traces a second of those that rules keep".into()),
    };
    judged.record(LIMIT, outcome);
    limit
}

/// The rule for all traces that ddtrace 2 derives from DD_TRACE_SAMPLE_RATE, or else from OTEL_TRACES_SAMPLER.
fn read_rate(judged: &mut Judgement<'_>) -> Option<SamplingRule> {
    let rate = parsed(judged, RATE, python::float, A_RATE);
    let outcome = match rate {
        Lookup::Value(rate) if rate > 1.0 => Outcome::Replaced("1, since a rate is at most 1".into()),
        Lookup::Value(rate) if rate >= 0.0 => Outcome::Used("the share of traces that is kept".into()),
        Lookup::Value(_) => Outcome::Replaced("0, since a rate is at least 0".into()),
        _ => Outcome::Used("the share of traces that is kept".into()),
    };
    judged.record(RATE, outcome);
    match rate {
        Lookup::Value(rate) => Some(SamplingRule::for_all(Some(rate))),
        Lookup::Hidden | Lookup::Bad => Some(SamplingRule::for_all(None)),
        Lookup::Unset => match otel_rate(judged) {
            Lookup::Unset => None,
            Lookup::Value("") => {
                no_sampler(judged);
                None
            }
            Lookup::Value(text) => {
                let rate = python::float(text);
                if rate.is_none() {
                    judged.exits(SAMPLER_ARG, format!("{} is not {A_RATE}", judged.quoted_value(SAMPLER_ARG)));
                }
                explain_otel(judged);
                Some(SamplingRule::for_all(rate))
            }
            Lookup::Hidden | Lookup::Bad => Some(SamplingRule::for_all(None)),
        },
    }
}

/// The rules that ddtrace 3.0 and later derive from OTEL_TRACES_SAMPLER.
fn read_otel_rules(judged: &mut Judgement<'_>, line: ReleaseLine) -> RulesFound {
    match otel_rate(judged) {
        Lookup::Unset => RulesFound::Rules(Vec::new()),
        Lookup::Value("") if line == ReleaseLine::ThreeLast => {
            no_sampler(judged);
            RulesFound::Rules(Vec::new())
        }
        Lookup::Value(rate) => {
            let rate = if rate.is_empty() && line == ReleaseLine::Four { "1" } else { rate };
            let text = format!(r#"[{{"sample_rate":{rate}}}]"#);
            let rules = read_rules(judged, SAMPLER_ARG, &text, line);
            explain_otel(judged);
            RulesFound::Rules(rules)
        }
        Lookup::Hidden | Lookup::Bad => {
            explain_otel(judged);
            RulesFound::Hidden
        }
    }
}

/// The rate of OTEL_TRACES_SAMPLER as text. It is empty if OTEL_TRACES_SAMPLER_ARG is.
fn otel_rate<'e>(judged: &mut Judgement<'e>) -> Lookup<&'e str> {
    let sampler = match judged.text(SAMPLER) {
        Lookup::Value(sampler) => sampler.to_lowercase(),
        other => return other,
    };
    match sampler.strip_prefix("parentbased_").unwrap_or(&sampler) {
        "always_on" => Lookup::Value("1.0"),
        "always_off" => Lookup::Value("0.0"),
        "traceidratio" => match judged.raw(SAMPLER_ARG) {
            Lookup::Unset => Lookup::Value("1"),
            argument => argument,
        },
        _ => {
            let outcome = "no sampler at all, since ddtrace knows always_on, always_off and traceidratio";
            judged.record(SAMPLER, Outcome::Replaced(outcome.into()));
            Lookup::Unset
        }
    }
}

fn no_sampler(judged: &mut Judgement<'_>) {
    judged.record(SAMPLER, Outcome::Replaced("no sampler at all, since OTEL_TRACES_SAMPLER_ARG is empty".into()));
}

fn explain_otel(judged: &mut Judgement<'_>) {
    judged.record(SAMPLER, Outcome::Used("the share of traces that is kept, unless the caller decides".into()));
    if judged.text(SAMPLER).map(|sampler| sampler.to_lowercase().ends_with("traceidratio")).or(true) {
        judged.record_unless_empty(SAMPLER_ARG, Outcome::Used("the share of traces that is kept".into()));
    }
}

/// Reads rules, and records the outcome of the variable that has them.
fn read_rules(judged: &mut Judgement<'_>, variable: &'static str, text: &str, line: ReleaseLine) -> Vec<SamplingRule> {
    if text.is_empty() {
        judged.record_unless_empty(variable, Outcome::Used("".into()));
        return Vec::new();
    }
    const FORM: &str = r#"write a list such as [{"sample_rate":0.5}]"#;
    let (rules, problem) = SamplingRule::read_all(text, line);
    let outcome = match problem {
        Some(RuleProblem::Exits(reason)) => {
            judged.exits(variable, format!("{reason}; {FORM}"));
            return Vec::new();
        }
        Some(RuleProblem::Dropped(reason)) if rules.is_empty() => {
            Outcome::Replaced(format!("no rules, since {reason}; {FORM}").into())
        }
        Some(RuleProblem::Dropped(reason)) => {
            Outcome::Replaced(format!("the first rules alone, since {reason}; {FORM}").into())
        }
        Some(RuleProblem::Skipped) => Outcome::Replaced(format!("the rules with a `sample_rate` alone; {FORM}").into()),
        None if rules.is_empty() => Outcome::Used("no rules: the agent decides".into()),
        None => Outcome::Used("the sampling rules, of which the first that matches counts".into()),
    };
    judged.record(variable, outcome);
    rules
}
