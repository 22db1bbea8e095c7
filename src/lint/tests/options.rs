//! `enable` rejects the same values as `lint` finds: both use the functions of the clients.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;
use crate::diagnostic::Severity;
use crate::knowledge::{
    BACKENDS, Backend, Content, Key, KnownVariable, Names, OPTIONS, OptionSpec, PlaceholderValues, Purpose, Reader,
    Readers, Request, table,
};
use crate::manifest::is_placeholder;

const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "-1",
    "+5",
    "01",
    "06831",
    "08",
    "1e0",
    "1e3",
    "0x1p-1",
    "0.25",
    ".5",
    "1.",
    "1.0",
    "-0.5",
    "1.5",
    "2",
    "100",
    "1_000",
    " 1 ",
    "\u{661}",
    "nan",
    "inf",
    "Infinity",
    "99999999999999999999",
    "65535",
    "65536",
    "70000",
    "6831",
    "14268",
    "8126",
    "true",
    "True",
    "TRUE",
    "tRUE",
    "t",
    "false",
    "False",
    "f",
    "yes",
    "no",
    "on",
    "off",
    "structured",
    "const",
    "Const",
    "probabilistic",
    "ratelimiting",
    "remote",
    "always",
    "b3",
    "B3",
    "jaeger",
    "w3c",
    "agent",
    "Agent.svc",
    "agent ",
    " agent",
    "a b",
    "a\tb",
    "agent\n",
    "agent:6831",
    "10.0.0.1",
    "256.1.1.1",
    "::1",
    "[::1]",
    "[agent]",
    "fe80::1%eth0",
    "agent/",
    "-agent",
    "bücher",
    "http://agent",
    "http://agent:14268/api/traces",
    "http://agent:abc",
    "http://a b",
    "HTTP://agent:14268",
    "https://agent",
    "grpc://agent:4317",
    "ftp://agent",
    "agent:14268",
    "unix:///var/run/datadog/apm.socket",
    "unix://",
    "udp://agent:8125",
    "http://",
    "http://agent:0",
    "http://agent:99999",
    "/api",
    "1s",
    "500ms",
    "1m30s",
    "-1s",
    "0s",
    "10",
    "1d",
    "2562048h",
    "a=b",
    "a=b,c=d",
    "a=b,",
    "=b",
    "a",
    "a=b=c",
    "a=",
    "pod=${HOSTNAME:none}",
    "pod=${HOSTNAME}",
    "a:b",
    "a:b,c:d",
    "a:b, c:d",
    "a:b c:d",
    "a:b c",
    "a:b,",
    "a:",
    ":b",
    "a:b:c",
    "a:b,a:c",
    ",",
    "[]",
    r#"[{"sample_rate":0.5}]"#,
    r#"[{"sample_rate":2}]"#,
    r#"[{"sample_rate":"x"}]"#,
    r#"[{"service":"a"}]"#,
    r#"[{"sample_rate":0.5,"max_per_second":1}]"#,
    r#"{"sample_rate":0.5}"#,
    "[0.5]",
    "[{]",
    "[\n {\"sample_rate\": 1}\n]",
    "datadog,b3multi",
    "datadog, tracecontext",
    "none",
    "datadog,x",
    "otlp",
    "console",
    "always_off",
    "traceidratio",
    "parentbased_traceidratio",
    "$(HOST)",
    "text with $(HOST) in it",
    "/etc/jaeger.yaml",
    "\u{1}",
    "\u{feff}x",
    "a\u{2028}b",
    "\0",
];

/// Values for the options of sidecars and of MLServer.
const PART_VALUES: &[&str] = &[
    "datadoghq.eu",
    "datadoghq",
    "DATADOGHQ.EU",
    "https://datadoghq.eu",
    "us5.datadoghq.com ",
    "datadoghq.eu:443",
    "0123456789abcdef0123456789abcdef",
    "collector.tracing:4317",
    "collector.tracing:04317",
    "collector.tracing:0",
    "Collector:4317",
    "[::1]:4317",
    "::1:4317",
    "col\"lector:4317",
    "it's:4317",
    "collector:4317/v1",
];

/// The values of each variable in the records of the real clients.
fn recorded() -> BTreeMap<String, BTreeSet<String>> {
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for client in ["executor", "wrapper", "ddtrace-2.21", "ddtrace-3.0", "ddtrace-3.19", "ddtrace-4.16"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/clients/recorded/{client}.jsonl"));
        for line in fs::read_to_string(path).unwrap().lines() {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            for (name, value) in record["env"].as_object().unwrap() {
                values.entry(name.clone()).or_default().insert(value.as_str().unwrap().to_owned());
            }
        }
    }
    values
}

/// A text as a double-quoted YAML scalar.
fn quoted(text: &str) -> String {
    let escape = |character: char| match character {
        '"' | '\\' => format!("\\{character}"),
        ' '..='~' => character.to_string(),
        _ => format!("\\U{:08x}", u32::from(character)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// The variables that `enable` writes by default for a reader, with these added or replaced.
fn env_with(backend: Backend, reader: Reader, variables: &[(&KnownVariable, &str)]) -> String {
    let place = PlaceholderValues { name: "iris", namespace: "default", predictor: "main", container: "classifier" };
    let set: Vec<_> = variables.iter().filter(|(variable, _)| variable.readers.include(reader)).collect();
    let mut lines = String::new();
    for wanted in Profile::new(Request::new(backend)).unwrap().wanted(reader, &place) {
        lines += &match wanted.content {
            _ if set.iter().any(|(variable, _)| variable.name == wanted.name) => continue,
            Content::Literal(text) => format!("- name: {}\n  value: {}\n", wanted.name, quoted(&text)),
            _ => format!("- name: {}\n  valueFrom: {{fieldRef: {{fieldPath: status.hostIP}}}}\n", wanted.name),
        };
    }
    let entry = |(variable, value): &&(&KnownVariable, &str)| {
        format!("- name: {}\n  value: {}\n", variable.name, quoted(value))
    };
    lines + &set.iter().map(entry).collect::<String>()
}

/// A manifest as `enable` writes it, for the wrapper alone and with Datadog's library.
fn manifests(backend: Backend, variables: &[(&KnownVariable, &str)]) -> Vec<String> {
    let [orchestrator, container] =
        [Reader::Orchestrator, Reader::Container].map(|reader| env_with(backend, reader, variables));
    let plain = manifest_of(&orchestrator, &container);
    let traced = plain.replace(
        "- name: classifier\n",
        "- name: classifier\n          command: [ddtrace-run, seldon-core-microservice, Model]\n",
    );
    if backend.is_jaeger() { vec![plain] } else { vec![plain, traced] }
}

/// A manifest with Datadog's library as `enable --inject init` adds it.
fn with_library(manifest: &str) -> String {
    let mount = "volumeMounts: [{name: d, mountPath: /datadog-lib}]";
    let init = format!("initContainers: [{{name: datadog-lib-python-init, image: 'dd-lib-python-init:v2', {mount}}}]");
    let path = "- name: PYTHONPATH\n            value: /datadog-lib/";
    manifest
        .replace(
            "        containers:\n",
            &format!("        volumes: [{{name: d, emptyDir: {{}}}}]\n        {init}\n        containers:\n"),
        )
        .replace(
            "- name: classifier\n          env:\n",
            &format!("- name: classifier\n          {mount}\n          env:\n          {path}\n"),
        )
}

/// The severities, rules and messages of the errors and warnings.
fn findings(manifests: &[String]) -> BTreeSet<(Severity, &'static str, String)> {
    // A literal credential is always an error, and `enable` rejects it.
    let rules: Vec<&'static Rule> = RULES.iter().filter(|rule| rule.id != "ST025").collect();
    let mut found = BTreeSet::new();
    for manifest in manifests {
        let findings = linted(manifest, &Selection::default(), &rules)
            .unwrap_or_else(|faults| panic!("{faults:?} {manifest}"))
            .findings;
        let bad = findings.into_iter().filter(|finding| finding.diagnostic.severity != Severity::Info);
        found.extend(bad.map(|finding| (finding.diagnostic.severity, finding.rule.id, finding.diagnostic.message)));
    }
    found
}

/// The reason why `enable` rejects a request for a manifest.
fn refusal(request: Request, manifest: &str) -> Option<String> {
    let profile = match Profile::new(request) {
        Ok(profile) => profile,
        Err(faults) => return Some(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    let policy = Policy::new(Task::Enable(profile), Selection::default());
    let faults = Transformer::new(&policy).transform(manifest, Input::default()).err()?;
    Some(faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("\n"))
}

#[test]
fn options_refuse_what_lint_finds() {
    let recorded = recorded();
    let (mut problems, mut pairs) = (Vec::new(), 0);
    for backend in BACKENDS {
        let plain = manifests(backend, &[]);
        let before = findings(&plain);
        // Each value with some variables, and each variable with those of its kind and of the records.
        for (at, variable) in table(backend).iter().enumerate() {
            let of_record = recorded.get(variable.name).into_iter().flatten().map(String::as_str);
            // Most of the last variables are numbers that are parsed in the same way.
            let step = if at < 40 { 4 } else { 24 };
            let some = VALUES.iter().skip(at % step).step_by(step).chain(variable.takes.samples());
            let values: BTreeSet<&str> = some.copied().chain(of_record).collect();
            for value in values {
                let is_filled_in =
                    is_placeholder(value, true) && !(variable.name == "JAEGER_TAGS" && value.contains("${"));
                // Braces have a meaning in these options.
                let is_template = variable.name.contains("SERVICE") && value.contains(['{', '}']);
                if is_filled_in || is_template {
                    continue;
                }
                pairs += 1;
                let mut request = Request::new(backend).with(Key::Set, format!("{}={value}", variable.name));
                if variable.name == "JAEGER_SAMPLER_TYPE" {
                    request = request.with(Key::SamplerParam, "1");
                }
                let refusal = refusal(request, &plain[0]);
                let found = findings(&manifests(backend, &[(variable, value)]));
                let new: Vec<_> = found.difference(&before).collect();
                let is_error = new.iter().any(|(severity, ..)| *severity == Severity::Error);
                let pair = format!("{}={value:?}", variable.name);
                match refusal {
                    // ST025 finds it.
                    Some(reason) if reason.contains("this is a credential") => {}
                    Some(reason) if new.is_empty() && !reason.contains("it switches tracing off") => {
                        problems.push(format!("only refused: {pair}: {reason}"));
                    }
                    // In another manifest the reference may expand to a valid value.
                    None if value.contains("$(") => {}
                    None if is_error => problems.push(format!("only found: {pair}: {new:?}")),
                    _ => {}
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} of {pairs}:\n{}", problems.len(), problems.join("\n"));
    assert!(pairs > 3000, "{pairs}");
}

/// The variables that an option sets, by these names. For an option with one reader, those that only it reads.
fn set_by(backend: Backend, option: &OptionSpec, names: Names) -> Vec<&'static KnownVariable> {
    let setting = if option.key == Key::Tag { Some(Purpose::Tags) } else { option.sets.map(|sets| sets.setting) };
    let reader = option.sets.and_then(|sets| sets.reader);
    let is_set = |variable: &&KnownVariable| {
        variable.entry.is_some_and(|entry| {
            Some(entry.setting) == setting
                && match reader {
                    None => entry.names.contains(&names),
                    Some(reader) => variable.readers == Readers::from(reader),
                }
        })
    };
    table(backend).iter().filter(is_set).collect()
}

/// An address that the options below accept. Its host is a valid site.
const GOOD: &str = "good.example:4317";

/// A request with an option that sets no variable of a table, and the manifest that it would write: the result for a
/// good value, with this value instead.
fn part_with(backend: Backend, key: Key, value: &str) -> Option<(Request, String)> {
    let plain = manifests(backend, &[]).swap_remove(0);
    let (request, good) = match key {
        Key::Site => (Request::new(backend).with(Key::Agent, "sidecar"), GOOD.split(':').next()?),
        Key::Collector => (Request::new(backend).with(Key::Agent, "sidecar"), GOOD),
        Key::Otlp => (Request::new(backend), GOOD),
        _ => return None,
    };
    let plain = match key {
        Key::Otlp => plain.replace("- name: classifier\n", "- name: classifier\n          image: mlserver:1.7.1\n"),
        _ => plain,
    };
    let policy =
        Policy::new(Task::Enable(Profile::new(request.clone().with(key, good)).unwrap()), Selection::default());
    let written = Transformer::new(&policy).transform(&plain, Input::default()).unwrap().edits.apply(&plain);
    let (before, rest) = written.split_once(good).expect("the good value");
    let (before, start) = before.rsplit_once("value: ").expect("a value");
    let (end, after) = rest.split_once('\n').expect("more lines");
    let scalar = format!("{start}{good}{end}");
    let text: String = serde_json::from_str(&scalar).unwrap_or(scalar);
    // The config of a Collector is JSON.
    let json = serde_json::to_string(value).unwrap();
    let whole = text.replace(good, if key == Key::Collector { &json[1..json.len() - 1] } else { value });
    Some((request.with(key, value), format!("{before}value: {}\n{after}", quoted(&whole))))
}

#[test]
fn every_option_refuses_what_lint_finds() {
    let (mut problems, mut pairs) = (Vec::new(), 0);
    for (backend, is_injected) in [(Backend::Jaeger, false), (Backend::Datadog, false), (Backend::Datadog, true)] {
        let plain = manifests(backend, &[]);
        let with_parts = |mut written: Vec<String>| match is_injected {
            true => vec![with_library(&written.swap_remove(0))],
            false => written,
        };
        let before = findings(&with_parts(plain.clone()));
        let is_for = |option: &&OptionSpec| option.backend.is_none_or(|only| only == backend);
        for option in OPTIONS.iter().filter(is_for) {
            // A container with the library gets the names that it reads.
            let set = set_by(backend, option, if is_injected { Names::Standard } else { Names::Seldon });
            let is_part = !is_injected && set.is_empty() && part_with(backend, option.key, GOOD).is_some();
            for value in VALUES.iter().chain(PART_VALUES).filter(|_| is_part || !set.is_empty()) {
                // These characters and words have a meaning in the option.
                let is_own = match option.key {
                    Key::Service => value.contains(['{', '}']),
                    // The library takes a tag without a value, and the option does not.
                    Key::Tag => value.is_empty() || value.contains(',') || is_injected && !value.contains(':'),
                    // Python takes a sign and spaces.
                    Key::AgentPort => is_injected && value.contains(['+', ' ']),
                    Key::Environment => value.is_empty() || value.contains('='),
                    Key::Propagation => true,
                    // It becomes a rule.
                    Key::SampleRate | Key::OrchestratorSampleRate => is_injected,
                    Key::Otlp => ["true", "false"].contains(value),
                    _ => false,
                };
                if is_placeholder(value, true) || is_own || value.contains("$(") {
                    continue;
                }
                pairs += 1;
                let mut request = Request::new(backend).with(option.key, *value);
                if is_injected {
                    request = request.with(Key::Inject, "init");
                }
                if option.key == Key::SamplerType {
                    request = request.with(Key::SamplerParam, "1");
                }
                let written: Vec<_> = set.iter().map(|variable| (*variable, *value)).collect();
                let (request, written) = match part_with(backend, option.key, value).filter(|_| is_part) {
                    Some((request, written)) => (request, vec![written]),
                    None => (request, with_parts(manifests(backend, &written))),
                };
                let refusal = refusal(request, &plain[0]);
                let found = findings(&written);
                let new: Vec<_> = found.difference(&before).collect();
                let is_error = new.iter().any(|(severity, ..)| *severity == Severity::Error);
                match refusal {
                    // An option that is left out does the same.
                    Some(reason) if reason.contains("it is empty; leave the option out") => {}
                    Some(reason) if new.is_empty() => {
                        problems
                            .push(format!("only refused: --{} {value:?} ({is_injected}): {reason}", option.key.name()));
                    }
                    None if is_error => {
                        problems.push(format!("only found: --{} {value:?} ({is_injected}): {new:?}", option.key.name()))
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} of {pairs}:\n{}", problems.len(), problems.join("\n"));
    assert!(pairs > 1500, "{pairs}");
}
