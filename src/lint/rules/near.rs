//! Rules on misspelled and duplicate names.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::{Check, Found, Rule, Scene, Severity};
use super::{API_SERVER, is_referenced, is_target};
use crate::diagnostic::quoted;
use crate::knowledge::{Known, Reader, is_in_a_column, is_known, known};
use crate::manifest::{Role, engine_annotation, value_of};
use crate::survey::{DeploymentSurvey, PredictorSurvey, UnitSurvey};
use crate::yaml::Tree;

/// The prefixes of tracing variables.
const PREFIXES: [&str; 3] = ["JAEGER", "DATADOG", "DD"];

/// Shorter names of variables may differ by one letter only: `DD_DBM_ENABLED` is not a typo of `DD_APM_ENABLED`.
const LONG_NAME: usize = 16;

/// Shorter names of fields and containers may differ by one letter only.
const LONG_WORD: usize = 6;

/// Shorter names of containers are not compared.
const MIN_CONTAINER_NAME_LENGTH: usize = 5;

/// Longer names are not compared. Kubernetes allows 63 bytes for a container, and no known variable is longer.
const MAX_NAME_LENGTH: usize = 64;

/// Variables of Datadog that differ from known ones by a few letters only.
const OTHER_VARIABLES: [&str; 2] = ["DD_APP_KEY", "DD_EKS_FARGATE"];

/// The names in a predictor with more containers or nodes are not compared, since each is compared with each.
const MAX_COMPARED: usize = 50;

pub(super) const ST030: Rule = Rule {
    id: "ST030",
    severity: Severity::Warning,
    finds: "a variable one or two letters off a known one",
    explanation: "Nothing reads a variable with a misspelled name, and no program reports it. Only names that begin \
                  with JAEGER_, DD_ or DATADOG_, or with a misspelling of these, are compared. An annotation \
                  seldon.io/engine-foo-bar is compared as the executor's variable FOO_BAR.",
    source: "the variables of `seldon-trace explain`",
    wrong: "- name: JAEGER_AGENTPORT\n  value: \"6831\"",
    right: "- name: JAEGER_AGENT_PORT\n  value: \"6831\"",
    fix: None,
    check: Check::UnitAndDeployment(misspelled_variables, misspelled_annotations),
};

fn misspelled_variables(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let mut found = Vec::new();
    for variable in scene.effective().filter(|_| is_target(scene)) {
        if let Some(meant) = meant_variable(variable.name).filter(|_| !is_referenced(scene, variable.name)) {
            let is_word = variable.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let name = if is_word { variable.name.to_owned() } else { quoted(variable.name) };
            let message = format!("nothing reads {name}; did you mean {meant}?");
            found.push(Found::new(name_node(scene.tree, variable.node), message, format!("write {meant}")));
        }
    }
    found
}

/// The findings for annotations of `spec` that become variables of the executor.
fn misspelled_annotations(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let mut units = survey.predictors.iter().flat_map(|predictor| &predictor.units);
    let has_executor = units.any(|unit| matches!(unit.unit.role, Role::SvcOrchSpec(_)));
    let annotations = survey.engine.iter().filter(|_| has_executor).filter_map(|variable| {
        let meant = meant_variable(&variable.name).filter(|meant| is_for_the_executor(meant))?;
        let annotation = engine_annotation(meant);
        let key = tree.scalar_text(variable.annotation)?;
        let message = format!("nothing reads the variable of {key}; did you mean {annotation}?");
        Some(Found::new(variable.annotation, message, format!("write {annotation}")))
    });
    annotations.collect()
}

pub(super) const ST031: Rule = Rule {
    id: "ST031",
    severity: Severity::Warning,
    finds: "a container whose name is one or two letters off a graph node's",
    explanation: "A graph node runs in the container of the same name. If the two differ, the operator finds no \
                  container for the node (or makes another one for a prepackaged server), and the variables in this \
                  one have no effect. Upper case counts, and is not allowed in a container's name. The rule needs \
                  exactly one container near the node's name that no other node names, and with an image, unless the \
                  node is a prepackaged server.",
    source: "Seldon Core 1.19.0-dev, operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go",
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: clasifier
          image: example.com/iris:1",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: example.com/iris:1",
    fix: None,
    check: Check::Units(|tree, deployment| {
        let mut found = Vec::new();
        for predictor in &deployment.predictors {
            for (node, container) in near_containers(tree, predictor) {
                let (node, name) = (node.unit.name, container.unit.name);
                let message = format!("no graph node is named {name}; did you mean {node}, which has no container?");
                // The name of a container has no capitals.
                let help = match (is_lower(node), is_lower(name)) {
                    (true, true) => {
                        format!("name it {node}, or the node {name}; a new container name also renames the Deployment")
                    }
                    (true, false) => format!("name it {node}"),
                    (false, true) => format!("name the node {name}"),
                    (false, false) => "give both the same name, without capitals".to_owned(),
                };
                found.push((container, Found::new(name_node(tree, container.unit.node), message, help)));
            }
        }
        found
    }),
};

pub(super) const ST038: Rule = Rule {
    id: "ST038",
    severity: Severity::Warning,
    finds: "a duplicate name",
    explanation: "YAML forbids duplicate keys in a mapping. kubectl uses the last one, even with strict validation, \
                  and other tools reject the file.",
    source: API_SERVER,
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    name: main",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier",
    fix: None,
    check: Check::Deployment(names_given_twice),
};

fn names_given_twice(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for predictor in survey.predictors.iter().filter(|predictor| !predictor.units.is_empty()) {
        let keys = tree.entries(tree.resolve(predictor.node)).map(|(key, _)| key);
        let names = keys.filter(|key| tree.scalar_text(*key) == Some("name"));
        let message = "the key `name` is in this predictor twice";
        found.extend(names.skip(1).map(|key| Found::new(key, message, "remove one of them")));
    }
    found
}

/// The graph nodes without a container, each with the only container whose name may be a typo of the node's.
pub(super) fn near_containers<'a, 't>(
    tree: &Tree<'_>,
    predictor: &'a PredictorSurvey<'t>,
) -> Vec<(&'a UnitSurvey<'t>, &'a UnitSurvey<'t>)> {
    let lacks_container = |unit: &&UnitSurvey<'_>| match unit.unit.role {
        Role::NoContainer | Role::ServerWithoutContainer | Role::UnknownServer => true,
        Role::UntracedServer { .. } => unit.unit.container.is_none(),
        _ => false,
    };
    let is_unnamed = |unit: &&UnitSurvey<'_>| matches!(unit.unit.role, Role::Sidecar(_));
    // The operator adds the image of a prepackaged server, and of no other.
    let fits = |node: &UnitSurvey<'_>, container: &UnitSurvey<'_>| {
        let is_prepackaged = !matches!(node.unit.role, Role::NoContainer);
        is_prepackaged || value_of(tree, container.unit.node, "image").is_some()
    };
    let nodes: Vec<_> = predictor.units.iter().filter(lacks_container).take(MAX_COMPARED + 1).collect();
    let containers: Vec<_> = predictor.units.iter().filter(is_unnamed).take(MAX_COMPARED + 1).collect();
    if nodes.len().max(containers.len()) > MAX_COMPARED {
        return Vec::new();
    }
    let only_near = |node: &&'a UnitSurvey<'t>| {
        let is_near = |container: &&&UnitSurvey<'_>| is_typo(container.unit.name, node.unit.name);
        let mut near = containers.iter().filter(is_near).filter(|container| fits(node, container));
        near.next().filter(|_| near.next().is_none()).map(|container| (*node, *container))
    };
    nodes.iter().filter_map(only_near).collect()
}

/// Returns true if one container's name may be a typo of another: they differ in one or two letters, or in case alone.
/// It is not a typo if only digits or short words differ (`worker-a`, `worker-b`), or if the first letter and another
/// one differ (`encoder`, `decoder`).
fn is_typo(one: &str, other: &str) -> bool {
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    let (one, other) = (&*one.to_ascii_lowercase(), &*other.to_ascii_lowercase());
    let differ_in_short_words = {
        let (one, other) = (one.split(['-', '_']), other.split(['-', '_']));
        one.clone().count() == other.clone().count()
            && one.zip(other).filter(|(one, other)| one != other).all(|(one, other)| one.len().max(other.len()) <= 3)
    };
    let most = if one.chars().next() == other.chars().next() { 2 } else { 1 };
    let letters = |name: &str| name.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    one.len().min(other.len()) >= MIN_CONTAINER_NAME_LENGTH
        && !differ_in_short_words
        && letters(one) != letters(other)
        && distance_up_to(one, other, most).is_some()
}

fn is_lower(name: &str) -> bool {
    !name.bytes().any(|letter| letter.is_ascii_uppercase())
}

/// Names that are more than a typo away from the variable that is meant.
const MEANT: [(&str, &str); 1] = [("DD_TRACE_AGENT_HOST", "DD_AGENT_HOST")];

/// Returns true if a name has a word of known variables where this one has another: `HOST` is no typo of `PORT`. The words
/// are those of the same client: `SAMPLE` of Datadog's DD_SAMPLE_RATE is a typo of Jaeger's `SAMPLER`.
fn has_other_meaning(name: &str, other: &str) -> bool {
    const JAEGER: &str = "JAEGER_";
    static WORDS: LazyLock<[HashSet<&str>; 2]> = LazyLock::new(|| {
        [true, false].map(|is_jaegers| {
            let names = known().map(|known| known.name()).filter(|name| name.starts_with(JAEGER) == is_jaegers);
            names.flat_map(|name| name.split('_')).collect()
        })
    });
    let words = &WORDS[if other.starts_with(JAEGER) { 0 } else { 1 }];
    let is_plural = |one: &str, other: &str| one.strip_suffix('S') == Some(other);
    let is_other = |(one, other): (&str, &str)| {
        one != other && words.contains(one) && !is_plural(one, other) && !is_plural(other, one)
    };
    name.split('_').zip(other.split('_')).any(is_other) && name.split('_').count() == other.split('_').count()
}

/// Returns true if the executor reads a variable for tracing, or if it is in a backend's column.
pub(super) fn is_for_the_executor(name: &str) -> bool {
    let is_read = |known: Known| match known {
        Known::Read(_, variable) => variable.programs().any(|program| program.readers().include(Reader::Orchestrator)),
        Known::Unread(_) => false,
    };
    is_in_a_column(name) || known().any(|known| known.name() == name && is_read(known))
}

/// The known variable of which an unknown name may be a typo.
pub(crate) fn meant_variable(name: &str) -> Option<&'static str> {
    if is_known(name) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let prefix = upper.split('_').next()?;
    let is_like = |known: &str| {
        // Without its `_` a prefix is joined to the next word. For `DD`, only one letter less or more is a typo.
        upper.starts_with(known)
            || matches!(prefix, "D" | "DDD")
            || (known.len() > 2 && distance_up_to(prefix, known, 2).is_some())
    };
    if let Some((_, meant)) = MEANT.iter().find(|(wrong, _)| *wrong == upper) {
        return Some(meant);
    }
    if OTHER_VARIABLES.contains(&name) || !PREFIXES.into_iter().any(is_like) {
        return None;
    }
    let mut nearest: Option<(usize, &'static str)> = None;
    for known in known().map(|known| known.name()).filter(|known| *known != "TRACING") {
        let max_distance = if known.len() >= LONG_NAME { 2 } else { 1 };
        if let Some(distance) = distance_up_to(&upper, known, max_distance)
            && !has_other_meaning(&upper, known)
            && nearest.is_none_or(|(least, _)| distance < least)
        {
            nearest = Some((distance, known));
        }
    }
    nearest.map(|(_, known)| known)
}

/// The most letters by which a typo of a field's or a container's name differs from it.
pub(crate) fn most_typos(name: &str) -> usize {
    if name.len() < LONG_WORD { 1 } else { 2 }
}

/// The number of letters by which two names differ, if not more than `most`. A swapped pair counts once. Names longer
/// than [`MAX_NAME_LENGTH`] are not compared, since the time is the product of the lengths.
pub(crate) fn distance_up_to(one: &str, other: &str, most: usize) -> Option<usize> {
    if !may_differ_by(one, other, most) {
        return None;
    }
    Some(strsim::damerau_levenshtein(one, other)).filter(|distance| *distance <= most)
}

/// A quick test before [`distance_up_to`], without regard to case. Returns false if the lengths differ by more than
/// `most`, or if one name has more than `most` letters that the other lacks.
pub(super) fn may_differ_by(one: &str, other: &str, most: usize) -> bool {
    // A letter and its capital have the same last five bits.
    let letters = |name: &str| name.bytes().fold(0_u32, |letters, byte| letters | 1 << (byte & 31));
    let fits = |only: u32| only.count_ones() as usize <= most;
    let shares_letters = || {
        let (in_one, in_other) = (letters(one), letters(other));
        !one.is_ascii() || !other.is_ascii() || fits(in_one & !in_other) && fits(in_other & !in_one)
    };
    one.len().abs_diff(other.len()) <= most && one.len() <= MAX_NAME_LENGTH && shares_letters()
}

/// The value of an entry's `name`, or the entry if it has none.
fn name_node(tree: &Tree<'_>, mapping: crate::yaml::NodeId) -> crate::yaml::NodeId {
    value_of(tree, mapping, "name").unwrap_or(mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_in_a_variable_is_told_from_another_variable() {
        for (name, meant) in [
            ("JAEGER_AGENTPORT", Some("JAEGER_AGENT_PORT")),
            ("JEAGER_AGENT_HOST", Some("JAEGER_AGENT_HOST")),
            ("JAEGER_SAMPLER_TYP", Some("JAEGER_SAMPLER_TYPE")),
            ("JAEGER_SAMPLE_TYPE", Some("JAEGER_SAMPLER_TYPE")),
            ("JAEGER_SAMPLE_PARAM", Some("JAEGER_SAMPLER_PARAM")),
            ("JAEGER_DISABLE", Some("JAEGER_DISABLED")),
            ("JAEGER_SAMPLE_PORT", None),
            ("jaeger_agent_host", Some("JAEGER_AGENT_HOST")),
            ("DD_TAG", Some("DD_TAGS")),
            ("DATADOG_TRACE_AGENTPORT", Some("DATADOG_TRACE_AGENT_PORT")),
            ("DD_SERVCIE", Some("DD_SERVICE")),
            ("JAEGER_AGENT_HOST", None),
            ("TRAINING", None),
            ("TRACKING", None),
            ("DD_DBM_ENABLED", None),
            ("DB_SERVICE", None),
            ("ADD_TAGS", None),
            ("DD_APP_KEY", None),
            ("DDD_TAGS", Some("DD_TAGS")),
            ("DD_TRACE_AGENT_HOST", Some("DD_AGENT_HOST")),
            ("JAEGER_SAMPLER_PORT", None),
            ("DD_TRACE_DEBUG", None),
            ("AGENT_HOST", None),
        ] {
            assert_eq!(meant_variable(name), meant, "{name}");
        }
    }

    #[test]
    fn numbered_containers_are_not_typos() {
        assert!(is_typo("clasifier", "classifier"));
        assert!(is_typo("calssifier", "classifier"));
        assert!(is_typo("lassifier", "classifier") && is_typo("lcassifier", "classifier"));
        assert!(!is_typo("model1", "model2"));
        assert!(!is_typo("iris", "irsi"));
        assert!(!is_typo("worker-a", "worker-b") && !is_typo("model-eu", "model-us") && !is_typo("encoder", "decoder"));
        assert!(!is_typo(&format!("{}b", "a".repeat(100_000)), &format!("{}c", "a".repeat(100_000))));
        assert!(!is_typo("transformer", "classifier"));
        // The first pair passes the quick test, the second does not.
        assert_eq!(distance_up_to("abcd", "abxy", 2), Some(2));
        assert_eq!(distance_up_to("abcd", "axyz", 2), None);
    }
}
