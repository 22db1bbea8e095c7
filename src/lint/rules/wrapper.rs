//! Rules on the Python wrapper's variables, its image and the volumes of its container.

use super::super::{Check, Fix, Found, Rule, Scene, Severity, plain_text};
use super::{WRAPPER, exits, is_server, other_env_source};
use crate::knowledge::switches_off;
use crate::manifest::{ExecutorPlace, Variable};
use crate::survey::{Unmounted, traces_rest_although_off};

pub(super) const ST003: Rule = Rule {
    id: "ST003",
    severity: Severity::Error,
    finds: "a value at which the Python wrapper exits",
    explanation: "The wrapper reads TRACING as an integer at start, and exits if it is not one: `true`, `yes`, `1.0` \
                  and an empty value crash the container. If it traces to Jaeger, it also exits if JAEGER_TAGS has a \
                  pair without `=` or with two, or ends with a comma.",
    source: WRAPPER,
    wrong: "- name: TRACING\n  value: \"true\"",
    right: "- name: TRACING\n  value: \"1\"",
    fix: Some("writes '1' or '0' to TRACING, where the meaning is plain"),
    check: Check::Unit(|scene| {
        if !is_server(scene) || !scene.survey.tracing.is_wrapper() {
            return Vec::new();
        }
        let found = exits(scene).map(|(variable, found)| match variable.name {
            "TRACING" => {
                let meant = plain_text(&variable).and_then(meant_by);
                let help = meant.map_or("write '1' or '0'".to_owned(), |meant| format!("write '{meant}'"));
                let fix = meant.zip(variable.index).map(|(meant, index)| Fix::Write(index, meant.into()));
                Found { help, ..found }.fixed_by(fix)
            }
            _ => found,
        });
        found.collect()
    }),
};

pub(super) const ST016: Rule = Rule {
    id: "ST016",
    severity: Severity::Warning,
    finds: "settings that the Python wrapper ignores",
    explanation: "The wrapper does not read JAEGER_SAMPLER_TYPE, JAEGER_SAMPLER_PARAM, JAEGER_SERVICE_NAME, \
                  JAEGER_ENDPOINT or JAEGER_DISABLED. In a call from the executor, the executor's sampler decides; in \
                  any other call the wrapper samples everything, or what the file of JAEGER_CONFIG_PATH defines. The \
                  rule does not find a sampler of const 1, which Seldon's own example sets there, or a sampler that \
                  the orchestrator has too.",
    source: WRAPPER,
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          env:
          - name: JAEGER_SAMPLER_TYPE
            value: probabilistic
          - name: JAEGER_SAMPLER_PARAM
            value: '0.1'",
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
          env:
          - name: JAEGER_CONFIG_PATH
            value: /etc/tracing/config.yaml",
    fix: None,
    check: Check::Unit(settings_that_the_wrapper_ignores),
};

pub(super) const ST027: Rule = Rule {
    id: "ST027",
    severity: Severity::Warning,
    finds: "JAEGER_CONFIG_PATH without a volume, or beside a sampler",
    explanation: "JAEGER_CONFIG_PATH names a file in the container. Without a volume mounted over it, the file is \
                  missing, unless the image has it; then allow the finding by a comment. The Python wrapper reads its \
                  sampler only from the file, and uses it in calls that no executor has sampled. The rule does not \
                  find a sampler of const 1, which Seldon's own example sets.",
    source: WRAPPER,
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          env:
          - name: JAEGER_CONFIG_PATH
            value: /etc/tracing/config.yaml
          - name: JAEGER_SAMPLER_PARAM
            value: '0.1'",
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
          env:
          - name: JAEGER_CONFIG_PATH
            value: /etc/tracing/config.yaml
          volumeMounts:
          - name: tracing
            mountPath: /etc/tracing
        volumes:
        - name: tracing
          configMap:
            name: tracing",
    fix: None,
    check: Check::Unit(|scene| {
        let path = scene.env().last("JAEGER_CONFIG_PATH").filter(|path| is_server(scene) && !path.is_gap());
        let Some(path) = path else { return Vec::new() };
        let missing_file = plain_text(path).filter(|text| text.starts_with('/')).and_then(|text| {
            let reason = scene.predictor.pods.why_not_mounted(scene.tree, scene.unit(), text)?;
            let words = format!("JAEGER_CONFIG_PATH is {}, and {}", path.shown(text), reason.reason());
            let help = match reason {
                Unmounted::NoMount => "mount the ConfigMap that holds the file, unless the image does",
                Unmounted::NoVolume => "add the volume of the ConfigMap that holds the file to the pod's `volumes`",
            };
            Some(scene.at(path, words, help))
        });
        let values = scene.effective().filter_map(|variable| Some((variable, sampler_other_than_const_1(variable)?)));
        let samplers = values.map(|(variable, text)| {
            let value = variable.shown(text);
            let words = format!("{} is {value}, and the file of JAEGER_CONFIG_PATH decides", variable.name);
            scene.at(variable, words, "remove it, and say it in the file")
        });
        missing_file.into_iter().chain(samplers).collect()
    }),
};

fn settings_that_the_wrapper_ignores(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    let has_file = || scene.last("JAEGER_CONFIG_PATH").is_some_and(|path| !path.is_gap());
    let is_jaegers = |variable: &&Variable<'_>| variable.name.starts_with("JAEGER_");
    let mut variables = scene.effective().filter(is_jaegers).peekable();
    if variables.peek().is_none() || !is_server(scene) || has_file() || other_env_source(scene) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for variable in variables {
        let text = plain_text(variable);
        let words = match variable.name {
            // A container that is switched off does not sample.
            "JAEGER_SAMPLER_TYPE" | "JAEGER_SAMPLER_PARAM" | "JAEGER_DISABLED" if scene.is_switched_off() => continue,
            // `enable` and Seldon's documents write the orchestrator's sampler to containers, too.
            "JAEGER_SAMPLER_TYPE" | "JAEGER_SAMPLER_PARAM" if is_as_in_orchestrator(scene, variable) => continue,
            "JAEGER_SAMPLER_TYPE" | "JAEGER_SAMPLER_PARAM" => match sampler_other_than_const_1(variable) {
                Some(text) => {
                    format!("{} is {}, which the Python wrapper does not read", variable.name, variable.shown(text))
                }
                None => continue,
            },
            "JAEGER_DISABLED" if text.is_some_and(|text| switches_off(variable.name, text)) => {
                "JAEGER_DISABLED does not switch the Python wrapper off".to_owned()
            }
            "JAEGER_SERVICE_NAME" | "JAEGER_ENDPOINT" => {
                format!("{} is not read by the Python wrapper", variable.name)
            }
            _ => continue,
        };
        let help = match variable.name {
            "JAEGER_DISABLED" => "write TRACING '0'",
            "JAEGER_SERVICE_NAME" => "remove it; the service's name is that of the Python class",
            "JAEGER_ENDPOINT" => "remove it, and name the agent by JAEGER_AGENT_HOST and JAEGER_AGENT_PORT",
            _ if matches!(scene.predictor.pods.executor, ExecutorPlace::None | ExecutorPlace::Nowhere) => {
                "remove it, and write the sampler into the file of JAEGER_CONFIG_PATH"
            }
            _ => "remove it, and set the sampler of the orchestrator",
        };
        found.push(scene.at(variable, words, help));
    }
    found
}

/// The value to write to TRACING instead of this one, if the meaning is clear.
fn meant_by(text: &str) -> Option<&'static str> {
    let is_among = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match text.parse::<f64>() {
        _ if is_among(&["true", "t", "yes", "y", "on"]) => Some("1"),
        _ if is_among(&["false", "f", "no", "n", "off"]) => Some("0"),
        Ok(number) if number.is_finite() => Some(if number == 0.0 { "0" } else { "1" }),
        _ => None,
    }
}

/// The value of a sampler's variable, if it is not that of const 1.
fn sampler_other_than_const_1<'t>(variable: &Variable<'t>) -> Option<&'t str> {
    let text = plain_text(variable).filter(|text| !text.is_empty())?;
    let is_const_1 = match variable.name {
        "JAEGER_SAMPLER_TYPE" => text.eq_ignore_ascii_case("const"),
        "JAEGER_SAMPLER_PARAM" => text.parse::<f64>().is_ok_and(|param| param == 1.0),
        _ => return None,
    };
    (!is_const_1).then_some(text)
}

/// The finding for a wrapper of 1.5 to 1.8, which traces with TRACING 0.
pub(super) fn traces_although_off(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    // An orchestrator that does not sample keeps it from sending.
    let is_silenced = scene.predictor.decision.silence().is_some();
    let still_traces = !is_silenced && traces_rest_although_off(scene.tree, scene.unit());
    let variable = scene.last("TRACING").filter(is_off).filter(|_| is_server(scene) && still_traces)?;
    let words = format!(
        "TRACING is {}, and the wrapper of this image traces REST calls all the same",
        variable.shown(variable.value)
    );
    Some(scene.at(&variable, words, "take an image of 1.9.0 or later"))
}

/// Returns true if the wrapper reads this value of TRACING as off.
pub(super) fn is_off(variable: &Variable<'_>) -> bool {
    plain_text(variable).is_some_and(|text| switches_off("TRACING", text))
}

fn is_as_in_orchestrator(scene: &Scene<'_, '_, '_>, variable: &Variable<'_>) -> bool {
    let orchestrator = scene.predictor.units.iter().find(|unit| unit.unit.is_orchestrator());
    let text = orchestrator.and_then(|unit| unit.env.last(variable.name)).and_then(plain_text);
    text.is_some() && text == plain_text(variable)
}
