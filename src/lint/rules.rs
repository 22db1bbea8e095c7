//! The rules, in the order of their numbers.

use super::{Found, Rule, Scene, Severity, is_credential, plain_text, shown};
use crate::manifest::Role;
use crate::profile::{Backend, Program, check_sampler_pair, ends_at_start, find, form, go_true};
use crate::survey::Agent;

const EXECUTOR: &str = "Seldon Core 1.19.0-dev, executor/api/tracing/trace.go; jaeger-client-go 2.25, \
                        config/config_env.go";
const WRAPPER: &str = "Seldon Core 1.19.0-dev, python/seldon_core/utils.py and microservice.py, with jaeger-client 4";
const API_SERVER: &str = "tried on kube-apiserver 1.36 with Seldon's own resource definition";

/// All rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "ST001",
        severity: Severity::Error,
        finds: "a value without quotes that is a number or a boolean",
        explanation: "The API server wants env values to be strings, and refuses the whole manifest where one is not. \
                      YAML takes more spellings than one thinks for numbers and booleans: `010`, `1_000`, `1e3`, `yes`, \
                      `on`.",
        source: API_SERVER,
        wrong: "- name: JAEGER_AGENT_PORT\n  value: 5775",
        right: "- name: JAEGER_AGENT_PORT\n  value: \"5775\"",
        check: |scene| {
            let variables = scene.env().variables.iter().filter(|variable| variable.is_unquoted());
            let found = variables.map(|variable| {
                let value = shown(variable.name, variable.value);
                scene.at(
                    variable,
                    format!("{} is {value} without quotes, which Kubernetes does not take for a string", variable.name),
                    "put it in quotes",
                )
            });
            found.collect()
        },
    },
    Rule {
        id: "ST002",
        severity: Severity::Error,
        finds: "`value` beside `valueFrom`",
        explanation: "An env entry has either. The API server takes the SeldonDeployment all the same, and the \
                      Deployment that the operator makes of it fails.",
        source: API_SERVER,
        wrong: "- name: JAEGER_AGENT_HOST\n  value: localhost\n  valueFrom: {fieldRef: {fieldPath: status.hostIP}}",
        right: "- name: JAEGER_AGENT_HOST\n  valueFrom: {fieldRef: {fieldPath: status.hostIP}}",
        check: |scene| {
            let has_both = |variable: &&_| {
                let variable: &crate::manifest::Variable<'_> = variable;
                variable.is_reference && variable.text().is_some_and(|text| !text.is_empty())
            };
            let variables = scene.env().variables.iter().filter(has_both);
            let words = |name: &str| format!("{name} has both value and valueFrom");
            variables.map(|variable| scene.at(variable, words(variable.name), "take one of them out")).collect()
        },
    },
    Rule {
        id: "ST003",
        severity: Severity::Error,
        finds: "TRACING that the Python wrapper can't read",
        explanation: "The wrapper reads TRACING as an integer when it starts, and ends where it is none: `true`, `yes`, \
                      `1.0` and an empty value crash the container.",
        source: WRAPPER,
        wrong: "- name: TRACING\n  value: \"true\"",
        right: "- name: TRACING\n  value: \"1\"",
        check: |scene| {
            let variable = scene.counting().find(|variable| variable.name == "TRACING");
            let text = variable.and_then(plain_text).filter(|_| is_server(scene));
            let (Some(variable), Some(text)) = (variable, text) else { return Vec::new() };
            if !ends_at_start(Program::Wrapper, "TRACING", text) {
                return Vec::new();
            }
            let help = if go_true(text) || text.eq_ignore_ascii_case("yes") { "write '1'" } else { "write '1' or '0'" };
            vec![scene.at(variable, format!("TRACING is `{text}`, at which the Python wrapper ends"), help)]
        },
    },
    Rule {
        id: "ST004",
        severity: Severity::Error,
        finds: "a value at which the executor ends",
        explanation: "The executor reads its JAEGER_* when it starts, and ends where one does not parse: the whole \
                      predictor is down, for the sake of a trace.",
        source: EXECUTOR,
        wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: always",
        right: "- name: JAEGER_SAMPLER_TYPE\n  value: const",
        check: values_that_end_the_executor,
    },
    Rule {
        id: "ST012",
        severity: Severity::Warning,
        finds: "a name twice in one env",
        explanation: "The last one counts in the pod. When one of the two is taken out, `kubectl apply` takes out both \
                      (kubernetes#58477), and Seldon 1.19 refuses them.",
        source: API_SERVER,
        wrong: "- name: TRACING\n  value: \"0\"\n- name: TRACING\n  value: \"1\"",
        right: "- name: TRACING\n  value: \"1\"",
        check: |scene| {
            let env = scene.env();
            let is_repeated = |variable: &&_| {
                let variable: &crate::manifest::Variable<'_> = variable;
                env.first(variable.name).is_some_and(|first| first.index != variable.index)
            };
            let words = |name: &str| format!("{name} stands twice in this env; the last one counts");
            let variables = scene.counting().filter(is_repeated);
            variables.map(|variable| scene.at(variable, words(variable.name), "take the others out")).collect()
        },
    },
    Rule {
        id: "ST013",
        severity: Severity::Warning,
        finds: "a const sampler without a param",
        explanation: "The executor's param is 0 unless set, and a const sampler with 0 samples nothing.",
        source: EXECUTOR,
        wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: const",
        right: "- name: JAEGER_SAMPLER_TYPE\n  value: const\n- name: JAEGER_SAMPLER_PARAM\n  value: \"1\"",
        check: |scene| {
            let is_const = |text: &str| text.eq_ignore_ascii_case("const");
            let says = scene.env().last("JAEGER_SAMPLER_TYPE").filter(|_| is_jaeger_executor(scene));
            let lacks_param =
                scene.env().last("JAEGER_SAMPLER_PARAM").is_none_or(|param| param.is_gap()) && !brings_more(scene);
            let found = says.filter(|variable| lacks_param && plain_text(variable).is_some_and(is_const));
            let words = "the sampler is const without JAEGER_SAMPLER_PARAM: nothing is sampled".to_owned();
            found
                .map(|variable| scene.at(variable, words, "add JAEGER_SAMPLER_PARAM, '1' for all"))
                .into_iter()
                .collect()
        },
    },
    Rule {
        id: "ST014",
        severity: Severity::Warning,
        finds: "the agent's port 6832",
        explanation: "Both clients send compact Thrift, which Jaeger's agent takes on 6831 and, until Jaeger 1 ended, on \
                      5775. 6832 is for binary Thrift, and never works for them.",
        source: "Jaeger's document on the ports of its agent",
        wrong: "- name: JAEGER_AGENT_PORT\n  value: \"6832\"",
        right: "- name: JAEGER_AGENT_PORT\n  value: \"6831\"",
        check: |scene| {
            let variable = scene.env().last("JAEGER_AGENT_PORT").filter(|_| sends_to_jaeger(scene));
            let found = variable.filter(|variable| plain_text(variable) == Some("6832"));
            let words = "JAEGER_AGENT_PORT is 6832, where the agent takes binary Thrift: no span arrives".to_owned();
            found.map(|variable| scene.at(variable, words, "write '6831'")).into_iter().collect()
        },
    },
    Rule {
        id: "ST016",
        severity: Severity::Warning,
        finds: "settings that the Python wrapper ignores",
        explanation: "The wrapper samples everything, whatever JAEGER_SAMPLER_TYPE and JAEGER_SAMPLER_PARAM say, unless \
                      JAEGER_CONFIG_PATH names a file that says otherwise; and it reads neither JAEGER_SERVICE_NAME nor \
                      JAEGER_ENDPOINT nor JAEGER_DISABLED. A sampler of const 1, which Seldon's own example sets there, \
                      says what it does anyway, and is not found.",
        source: WRAPPER,
        wrong: "- name: JAEGER_SAMPLER_TYPE\n  value: probabilistic\n- name: JAEGER_SAMPLER_PARAM\n  value: \"0.1\"",
        right: "- name: JAEGER_CONFIG_PATH\n  value: /etc/tracing/config.yaml",
        check: settings_that_the_wrapper_ignores,
    },
    Rule {
        id: "ST025",
        severity: Severity::Error,
        finds: "a credential as a literal value",
        explanation: "What stands in a manifest stands in its repository, in the cluster's history of it, and in every \
                      diff. A Secret keeps it out of these.",
        source: "Kubernetes' document on Secrets",
        wrong: "- name: JAEGER_PASSWORD\n  value: hunter2",
        right: "- name: JAEGER_PASSWORD\n  valueFrom: {secretKeyRef: {name: jaeger, key: password}}",
        check: |scene| {
            let is_ours = |name: &str| name.starts_with("JAEGER_") || name.starts_with("DD_");
            let variables = scene.env().variables.iter().filter(|variable| {
                is_ours(variable.name)
                    && is_credential(variable.name)
                    && plain_text(variable).is_some_and(|text| !text.is_empty())
            });
            let words = |name: &str| format!("{name} stands here for all to read");
            let help = "bring it by a secretKeyRef, and change it: it has been read";
            variables.map(|variable| scene.at(variable, words(variable.name), help)).collect()
        },
    },
    Rule {
        id: "ST029",
        severity: Severity::Warning,
        finds: "DD_TRACE_SAMPLE_RATE",
        explanation: "ddtrace 4 ignores it without a word: all forty of forty spans came at a rate of 0.5, and at 0. One \
                      sampling rule says the same, and works in every version.",
        source: "tried with ddtrace 2.21 and 4.16",
        wrong: "- name: DD_TRACE_SAMPLE_RATE\n  value: \"0.5\"",
        right: "- name: DD_TRACE_SAMPLING_RULES\n  value: '[{\"sample_rate\":0.5}]'",
        check: |scene| {
            let variables = scene.counting().filter(|variable| variable.name == "DD_TRACE_SAMPLE_RATE");
            let found = variables.filter(|_| is_target(scene)).map(|variable| {
                let rate = plain_text(variable).filter(|text| text.parse::<f64>().is_ok()).unwrap_or("…");
                scene.at(
                    variable,
                    "DD_TRACE_SAMPLE_RATE does nothing from ddtrace 4 on".to_owned(),
                    format!("write DD_TRACE_SAMPLING_RULES: '[{{\"sample_rate\":{rate}}}]'"),
                )
            });
            found.collect()
        },
    },
];

fn values_that_end_the_executor(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    if !is_jaeger_executor(scene) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for variable in scene.counting() {
        let Some(text) = plain_text(variable).filter(|text| !text.is_empty()) else { continue };
        if ends_at_start(Program::Executor, variable.name, text) {
            let value = shown(variable.name, text);
            let takes = find(Backend::Jaeger, variable.name).map(|known| form(known.takes));
            found.push(scene.at(
                variable,
                format!("{} is {value}, at which the executor ends", variable.name),
                takes.map(|takes| format!("it takes {takes}")).unwrap_or_default(),
            ));
        }
    }
    let param = scene.env().last("JAEGER_SAMPLER_PARAM");
    // Unless it is set, the sampler is remote. A const one takes any number but 0 for 1.
    let kind = if scene.env().has("JAEGER_SAMPLER_TYPE") { scene.text("JAEGER_SAMPLER_TYPE") } else { Some("remote") };
    if let (Some(kind), Some(param), Some(text)) = (kind, param, param.and_then(plain_text))
        && !ends_at_start(Program::Executor, "JAEGER_SAMPLER_TYPE", kind)
        && !kind.eq_ignore_ascii_case("const")
        && text.parse::<f64>().is_ok()
        && let Err(words) = check_sampler_pair(kind, text)
    {
        found.push(scene.at(param, format!("JAEGER_SAMPLER_PARAM is `{text}` beside a {kind} sampler"), words));
    }
    for (name, other) in [("JAEGER_USER", "JAEGER_PASSWORD"), ("JAEGER_PASSWORD", "JAEGER_USER")] {
        if let (Some(variable), false, false) = (scene.env().last(name), scene.env().has(other), brings_more(scene)) {
            let words = format!("{name} without {other}, at which the executor ends");
            found.push(scene.at(variable, words, format!("add {other}, or take {name} out")));
        }
    }
    found
}

fn settings_that_the_wrapper_ignores(scene: &Scene<'_, '_, '_>) -> Vec<Found> {
    if !is_server(scene) || scene.env().has("JAEGER_CONFIG_PATH") || brings_more(scene) {
        return Vec::new();
    }
    let says_const_1 = |name: &str, text: &str| match name {
        "JAEGER_SAMPLER_TYPE" => text.eq_ignore_ascii_case("const"),
        _ => text.parse::<f64>().is_ok_and(|param| param == 1.0),
    };
    let mut found = Vec::new();
    for variable in scene.counting() {
        let text = plain_text(variable);
        let words = match variable.name {
            "JAEGER_SAMPLER_TYPE" | "JAEGER_SAMPLER_PARAM" => match text.filter(|text| !text.is_empty()) {
                Some(text) if !says_const_1(variable.name, text) => {
                    format!("{} is `{text}`, and the Python wrapper samples everything", variable.name)
                }
                _ => continue,
            },
            "JAEGER_DISABLED" if text.is_some_and(go_true) => {
                "JAEGER_DISABLED does not switch the Python wrapper off".to_owned()
            }
            "JAEGER_SERVICE_NAME" | "JAEGER_ENDPOINT" => {
                format!("{} is not read by the Python wrapper", variable.name)
            }
            _ => continue,
        };
        let help = match variable.name {
            "JAEGER_DISABLED" => "write TRACING '0'",
            "JAEGER_SERVICE_NAME" => "take it out; the service's name is that of the Python class",
            "JAEGER_ENDPOINT" => "take it out, and name the agent by JAEGER_AGENT_HOST and JAEGER_AGENT_PORT",
            _ => "take it out, or name a file by JAEGER_CONFIG_PATH that says it",
        };
        found.push(scene.at(variable, words, help));
    }
    found
}

/// Whether the unit is a container whose server may be the Python wrapper's.
fn is_server(scene: &Scene<'_, '_, '_>) -> bool {
    matches!(scene.unit().role, Role::Server { .. })
}

/// Whether it is the executor, with Jaeger's tracer.
fn is_jaeger_executor(scene: &Scene<'_, '_, '_>) -> bool {
    let is_executor = matches!(scene.unit().role, Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_));
    let is_datadog = scene.text("DD_ENABLED").is_some_and(go_true);
    is_executor && !is_datadog
}

/// Whether its variables are read by something that could trace.
fn is_target(scene: &Scene<'_, '_, '_>) -> bool {
    is_server(scene) || matches!(scene.unit().role, Role::SvcOrchSpec(_) | Role::OwnOrchestrator(_))
}

fn sends_to_jaeger(scene: &Scene<'_, '_, '_>) -> bool {
    let by_address = matches!(scene.survey.tracing.agent, Some(Agent::Address { .. }));
    is_target(scene) && by_address && scene.survey.tracing.backend == Some(Backend::Jaeger)
}

/// Whether something else may bring variables that are missing.
fn brings_more(scene: &Scene<'_, '_, '_>) -> bool {
    let container = scene.unit().container;
    container.is_some_and(|container| container.env_from.value.is_some()) || scene.unit().env_secret.is_some()
}
