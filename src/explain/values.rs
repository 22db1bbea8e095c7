//! Descriptions of how programs read values, from the functions of the clients.

use super::PageRows;
use crate::knowledge::clients::{ClientState, EnvText, Environment, Outcome};
use crate::knowledge::{KnownVariable, Program, SAMPLER_TYPES, Takes};
use crate::survey::fact_and_advice;

/// A row for each sample of a variable, with how each program reads it. `None` if no program is known to
/// judge the value.
pub(super) fn values(variable: &KnownVariable) -> PageRows {
    let others: &[&str] = if matches!(variable.takes, Takes::Word(_)) { &["other", ""] } else { &[] };
    let mut pairs: Vec<(&str, Option<&str>)> =
        variable.takes.samples().iter().chain(others).map(|sample| (*sample, None)).collect();
    if variable.name == "JAEGER_SAMPLER_PARAM" {
        let of_type = |kind| ["0", "0.25", "5"].into_iter().map(move |sample| (sample, Some(kind)));
        pairs = SAMPLER_TYPES.iter().flat_map(|kind| of_type(*kind)).chain([("half", None), ("", None)]).collect();
    }
    let rows: Vec<Option<(String, String)>> =
        pairs.into_iter().map(|(sample, kind)| row(variable, sample, kind)).collect();
    if rows.iter().all(Option::is_none) { PageRows::new() } else { rows.into_iter().flatten().collect() }
}

fn row(variable: &KnownVariable, sample: &str, kind: Option<&str>) -> Option<(String, String)> {
    let beside = kind.map(|kind| ("JAEGER_SAMPLER_TYPE", kind));
    let texts = [Some((variable.name, sample)), beside].into_iter().flatten();
    let environment: Environment<'_> = texts.map(|(name, text)| (name, EnvText::Literal(text))).collect();
    let outcomes: Vec<(&str, String)> = variable
        .programs()
        .filter_map(|program| Some((program.name(), outcome(variable.name, program, &environment)?)))
        .collect();
    let label = match (sample, kind) {
        ("", _) => "empty".to_owned(),
        (_, None) => format!("`{sample}`"),
        (_, Some(kind)) => format!("{kind}, `{sample}`"),
    };
    let (_, first) = outcomes.first()?;
    let text = match outcomes.iter().all(|(_, outcome)| outcome == first) {
        true => first.clone(),
        false => outcomes.iter().map(|(name, outcome)| format!("{name}: {outcome}")).collect::<Vec<_>>().join("; "),
    };
    Some((label, text))
}

/// A clause about how a program reads a variable.
fn outcome(name: &str, program: Program, environment: &Environment<'_>) -> Option<String> {
    let off = Some("tracing is off".to_owned());
    let Some(start) = program.start(environment) else { return off };
    if matches!(start.state, ClientState::Off { variable, .. } if variable == name) {
        return off;
    }
    let fact = |text: &str| fact_and_advice(text).0.to_owned();
    let (_, outcome) = start.variables.iter().find(|(said, _)| *said == name)?;
    Some(match outcome {
        Outcome::Used(text) => format!("used: {}", fact(text)),
        Outcome::Replaced(text) => format!("taken for {}", fact(text)),
        Outcome::Ignored(text) => format!("ignored: {}", fact(text)),
        Outcome::SendsNothing(text) => format!("sends nothing: {}", fact(text)),
        Outcome::Exits(text) => format!("exits at start: {}", fact(text)),
        Outcome::Depends(text) | Outcome::Varies(text) | Outcome::Unknown(text) => fact(text),
    })
}
