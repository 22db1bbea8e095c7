//! The start of an unknown version: the common behavior of all possible versions, and the differences.

use super::{ENABLED, NOT_READ, ReleaseLine};
use crate::knowledge::clients::{ClientSampling, ClientStart, ClientState, Outcome, SpanFlow, fact_and_advice};

pub(super) const ALL: [ReleaseLine; 4] =
    [ReleaseLine::Two, ReleaseLine::ThreeFirst, ReleaseLine::ThreeLast, ReleaseLine::Four];

/// The common part of these starts: at least two, in the order of their versions.
pub(super) fn alike(starts: Vec<(ReleaseLine, ClientStart)>) -> ClientStart {
    let outcome_in = |start: &ClientStart, name: &str| {
        start.variables.iter().find(|(recorded, _)| *recorded == name).map(|(_, outcome)| outcome.clone())
    };
    let mut variables: Vec<(&'static str, Outcome)> = Vec::new();
    for (name, outcome) in starts.iter().flat_map(|(_, start)| &start.variables) {
        if variables.iter().any(|(recorded, _)| recorded == name) {
            continue;
        }
        let outcomes: Vec<_> = starts.iter().map(|(line, start)| (*line, outcome_in(start, name))).collect();
        let is_alike = outcomes.iter().all(|(_, other)| other.as_ref() == Some(outcome));
        variables.push((*name, if is_alike { outcome.clone() } else { depends(&outcomes) }));
    }
    ClientStart { state: state_of(starts.into_iter().map(|(line, start)| (line, start.state)).collect()), variables }
}

fn state_of(states: Vec<(ReleaseLine, ClientState)>) -> ClientState {
    let clauses: Vec<_> = states.iter().map(|(line, state)| (*line, clause_of_state(state))).collect();
    let variable = states.iter().find_map(|(_, state)| variable_of(state)).unwrap_or(ENABLED);
    let mut states = states.into_iter().map(|(_, state)| state);
    let common = states.next().and_then(|first| {
        states.try_fold(first, |common, state| match (common, state) {
            (ClientState::Sends(one), ClientState::Sends(other)) => Some(ClientState::Sends(flow_of(one, other))),
            // For example, all exit, each for a different reason.
            (common, state) if std::mem::discriminant(&common) == std::mem::discriminant(&state) => Some(common),
            _ => None,
        })
    });
    common.unwrap_or_else(|| {
        let reason = format!("is not read alike by all versions: {}", by_version(&clauses));
        ClientState::Unknown { variable, reason: reason.into() }
    })
}

fn flow_of(one: SpanFlow, other: SpanFlow) -> SpanFlow {
    SpanFlow {
        agent: one.agent.filter(|agent| Some(agent) == other.agent.as_ref()),
        sampling: if one.sampling == other.sampling { one.sampling } else { ClientSampling::Unknown },
        service: one.service.filter(|service| Some(service) == other.service.as_ref()),
        tags: one.tags.filter(|tags| Some(tags) == other.tags.as_ref()),
    }
}

fn variable_of(state: &ClientState) -> Option<&'static str> {
    match state {
        ClientState::Exits { variable, .. }
        | ClientState::Off { variable, .. }
        | ClientState::SendsNothing { variable, .. }
        | ClientState::Unknown { variable, .. } => Some(variable),
        ClientState::Sends(_) => None,
    }
}

/// A clause about versions: its verb in singular and plural, and the rest.
type VersionClause = ([&'static str; 2], String);

fn clause_of_state(state: &ClientState) -> VersionClause {
    let (verbs, rest) = match state {
        ClientState::Exits { .. } => (["exits", "exit"], ""),
        ClientState::Off { .. } => (["makes", "make"], " no spans"),
        ClientState::SendsNothing { .. } => (["sends", "send"], " nothing"),
        ClientState::Unknown { .. } => (["depends", "depend"], " on a value that is not shown"),
        ClientState::Sends(_) => (["sends", "send"], " spans"),
    };
    (verbs, rest.to_owned())
}

fn depends(outcomes: &[(ReleaseLine, Option<Outcome>)]) -> Outcome {
    let clauses: Vec<_> = outcomes.iter().map(|(line, outcome)| (*line, clause_of(outcome.as_ref()))).collect();
    let text = by_version(&clauses).into();
    let is_harmful = |outcome: &Option<Outcome>| {
        matches!(outcome, Some(Outcome::Exits(_) | Outcome::SendsNothing(_) | Outcome::Replaced(_)))
    };
    match outcomes.iter().any(|(_, outcome)| is_harmful(outcome)) {
        true => Outcome::Depends(text),
        false => Outcome::Varies(text),
    }
}

fn clause_of(outcome: Option<&Outcome>) -> VersionClause {
    let (verbs, link, text) = match outcome {
        None => (["does", "do"], " not read it", ""),
        Some(Outcome::Ignored(text)) if text == NOT_READ => (["does", "do"], " not read it", ""),
        Some(Outcome::Used(text)) => (["uses", "use"], " it as ", text.as_ref()),
        Some(Outcome::Replaced(text)) => (["reads", "read"], " it as ", text.as_ref()),
        Some(Outcome::Ignored(text)) => (["ignores", "ignore"], " it, since ", text.as_ref()),
        Some(Outcome::SendsNothing(text)) => (["sends", "send"], " nothing, since ", text.as_ref()),
        Some(Outcome::Exits(text)) => (["exits", "exit"], ", since ", text.as_ref()),
        Some(Outcome::Unknown(_) | Outcome::Depends(_) | Outcome::Varies(_)) => {
            (["reads", "read"], " it, and its value is not shown", "")
        }
    };
    (verbs, format!("{link}{}", fact_and_advice(text).0))
}

/// `ddtrace 2 and 3.0 do this, while ddtrace 3.19 and later do that`. Adjacent versions with the same behavior are
/// named together.
fn by_version(clauses: &[(ReleaseLine, VersionClause)]) -> String {
    let groups: Vec<_> = clauses.chunk_by(|(_, one), (_, other)| one == other).collect();
    let sentences: Vec<_> = groups
        .iter()
        .map(|group| {
            let (_, (verbs, rest)) = &group[0];
            let name = match (group[0].0, group[group.len() - 1].0) {
                _ if groups.len() == 1 => return format!("ddtrace {}{rest}", verbs[0]),
                (first, last) if first == last => return format!("ddtrace {} {}{rest}", number(first), verbs[0]),
                (first, ReleaseLine::Four) => format!("{} and later", number(first)),
                (ReleaseLine::Two, ReleaseLine::ThreeLast) => "2 and 3".to_owned(),
                (first, last) => format!("{} and {}", number(first), number(last)),
            };
            format!("ddtrace {name} {}{rest}", verbs[1])
        })
        .collect();
    match sentences.split_first() {
        Some((first, [])) => first.clone(),
        Some((first, others)) => format!("{first}, while {}", others.join(", and ")),
        None => String::new(),
    }
}

fn number(line: ReleaseLine) -> &'static str {
    match line {
        ReleaseLine::Two => "2",
        ReleaseLine::ThreeFirst => "3.0",
        ReleaseLine::ThreeLast => "3.19",
        ReleaseLine::Four => "4",
    }
}
