//! Compares the start function with records of the library (`tests/clients/recorded/ddtrace-*.jsonl`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::super::{ClientSampling, EnvText};
use super::*;

/// The tested versions, each with the minimum number of cases in its record.
const TRIED: [(&str, LibraryVersion); 4] = [
    ("2.21", LibraryVersion::Known(2, 21)),
    ("3.0", LibraryVersion::Known(3, 0)),
    ("3.19", LibraryVersion::Known(3, 19)),
    ("4.16", LibraryVersion::Known(4, 16)),
];
const FEWEST_CASES: usize = 600;

fn records(version: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/clients/recorded/ddtrace-{version}.jsonl"));
    let text = fs::read_to_string(path).expect("the record is in the repository");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn environment(record: &Value) -> Environment<'_> {
    let variables = record["env"].as_object().expect("an environment");
    variables.iter().map(|(name, value)| (name.as_str(), EnvText::Literal(value.as_str().unwrap()))).collect()
}

fn texts<'a>(of: &[(&'a str, &'a str)]) -> Environment<'a> {
    of.iter().map(|(name, value)| (*name, EnvText::Literal(value))).collect()
}

/// The recorded tags, with the environment and the version.
fn tags(record: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let tags = record["tags"].as_object().expect("a mapping");
    let named = [("env", "environment"), ("version", "version")];
    let named = named.iter().filter(|(_, field)| !record[field].is_null());
    let named = named.map(|(key, field)| ((*key).to_owned(), text(&record[field])));
    tags.iter().map(|(key, value)| (key.clone(), text(value))).chain(named).collect()
}

/// Returns true if a sampling matches the record. A single request proves nothing about a rule for some requests.
fn is_sampling(sampling: &ClientSampling, record: &Value) -> bool {
    let rules = record["env"]["DD_TRACE_SAMPLING_RULES"].as_str().unwrap_or_default();
    let kept = record["kept"].as_bool();
    match (sampling, record["rate"].as_f64()) {
        (ClientSampling::All, rate) => rate == Some(1.0) && kept == Some(true),
        (ClientSampling::None, rate) => {
            rate == Some(0.0) && kept == Some(false) || record["limit"] == 0 && rate.is_some()
        }
        (ClientSampling::Rate(computed), rate) => rate == Some(*computed),
        (ClientSampling::Agent, rate) => rate.is_none() && kept == Some(true),
        (ClientSampling::Unknown, _) => ["\"name\"", "\"resource\""].iter().any(|key| rules.contains(key)),
        _ => false,
    }
}

/// Returns true if this is the recorded address or, if a span arrived, has the recorded port.
fn is_agent(computed: &str, record: &Value) -> bool {
    let shown = record["agent"].as_str().expect("a URL").trim().to_lowercase();
    let (scheme, rest) = shown.split_once("://").unwrap_or_default();
    if shown.starts_with("unix:") || record["env"]["OTEL_TRACES_EXPORTER"] == "otlp" && shown.contains("/v1/") {
        return computed.eq_ignore_ascii_case(&shown);
    }
    let address = rest.split(['/', '?', '#']).next().and_then(|address| address.rsplit('@').next()).unwrap_or_default();
    let colon = address.rfind(':').filter(|at| !address[*at..].contains(']'));
    let host = &address[..colon.unwrap_or(address.len())];
    let (computed, port) = computed.rsplit_once(':').expect("a port");
    let port = port.parse::<u64>().expect("a number");
    computed.to_lowercase() == format!("{scheme}://{host}") && record["port"].as_u64().is_none_or(|seen| seen == port)
}

fn difference(record: &Value, start: &ClientStart) -> Option<String> {
    let problem = |problem: &str| Some(format!("{problem}: {}\n    {:?}", record, start.state));
    let runs = record["start"] == "runs";
    let exits = start.variables.iter().any(|(_, outcome)| matches!(outcome, Outcome::Exits(_)));
    match &start.state {
        // Only the record shows the content of a folder.
        ClientState::Unknown { variable: "DD_TRACE_LOG_FILE" | "DD_SPAN_SAMPLING_RULES_FILE", .. } => None,
        _ if runs == exits => problem("the outcomes of the variables"),
        ClientState::Exits { .. } if runs => problem("it runs"),
        ClientState::Exits { variable, .. } if record["env"][variable].is_null() => problem("the variable"),
        ClientState::Exits { .. } => None,
        _ if !runs => problem("it exits"),
        ClientState::Off { .. } if record["enabled"] == false => None,
        ClientState::SendsNothing { .. } if record["sends"] == false && record["enabled"] == true => None,
        ClientState::Sends(flow) => {
            let agent = flow.agent.as_deref().is_some_and(|agent| is_agent(agent, record));
            if record["enabled"] == false || record["sends"] == false {
                problem("what is sent")
            } else if !agent {
                problem("the agent")
            } else if !is_sampling(&flow.sampling, record) {
                problem("the sampling")
            } else if flow.service.as_deref() != record["service"].as_str() {
                problem("the service")
            } else {
                let own = |tags: &BTreeMap<String, String>| {
                    tags.clone().into_iter().filter(|(key, _)| !key.starts_with("_dd.")).collect()
                };
                let computed: Option<BTreeMap<_, _>> = flow.tags.as_ref().map(own);
                if computed == Some(tags(record)) { None } else { problem("the tags") }
            }
        }
        _ => problem("the state"),
    }
}

#[test]
fn the_library_matches_its_record() {
    for (name, version) in TRIED {
        let records = records(name);
        assert!(records.len() > FEWEST_CASES, "the record of {name} is short");
        let wrong: Vec<_> =
            records.iter().filter_map(|seen| difference(seen, &start(&environment(seen), version))).collect();
        assert!(wrong.is_empty(), "ddtrace {name}: {} differences:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// The texts of `lint`, `explain`, the notes and the documents on DD_TRACE_SAMPLE_RATE.
#[test]
fn the_rate_is_ignored_from_3_0_on() {
    for (name, _) in TRIED {
        let records = records(name);
        let alone: Vec<_> =
            records.iter().filter(|record| record["env"] == json!({"DD_TRACE_SAMPLE_RATE": "0"})).collect();
        let [record] = alone[..] else { panic!("{name}: {alone:?}") };
        assert_eq!(record["kept"], name != "2.21", "ddtrace {name}");
    }
}

#[test]
fn between_3_0_and_3_19_only_what_they_do_alike_is_known() {
    let start = |minor: u32, of: &[(&str, &str)]| start(&texts(of), LibraryVersion::Known(3, minor));
    let outcome = |start: &ClientStart| start.variables[0].1.clone();

    let rate = start(10, &[("DD_TRACE_SAMPLE_RATE", "0")]);
    assert!(matches!(rate.state, ClientState::Sends(_)) && matches!(outcome(&rate), Outcome::Ignored(_)), "{rate:?}");
    for (minor, expected) in [
        (0, "`abc` is not a port; write a number from 1 to 65535"),
        (
            10,
            "ddtrace 3.0 sends nothing, since `abc` is not a port, while ddtrace 3.19 exits, since `abc` is not an integer",
        ),
        (19, "`abc` is not an integer; write digits alone, such as 8126"),
    ] {
        let port = start(minor, &[("DD_TRACE_AGENT_PORT", "abc")]);
        let (Outcome::SendsNothing(text) | Outcome::Depends(text) | Outcome::Exits(text)) = outcome(&port) else {
            panic!("{port:?}")
        };
        assert_eq!(text, expected);
        assert_eq!(matches!(port.state, ClientState::Unknown { .. }), minor == 10, "{port:?}");
    }
    // `v3` is the last release.
    assert_eq!(start(u32::MAX, &[("DD_TRACE_AGENT_PORT", "abc")]), start(19, &[("DD_TRACE_AGENT_PORT", "abc")]));
}

#[test]
fn versions_that_do_the_same_are_named_together() {
    let outcome_of = |name: &'static str, value: &str| {
        let start = start(&texts(&[(name, value)]), LibraryVersion::NotKnown);
        let (Outcome::Depends(text) | Outcome::Varies(text)) = start.variables[0].1.clone() else {
            panic!("{start:?}")
        };
        text
    };
    assert_eq!(
        outcome_of("OTEL_TRACES_EXPORTER", "otlp"),
        "ddtrace 2 and 3 ignore it, since spans go to Datadog's agent alone, while ddtrace 4 uses it as the switch to \
         OpenTelemetry's protocol, by which spans do not go to Datadog's port"
    );
    assert_eq!(
        outcome_of("DD_AI_GUARD_TIMEOUT", "x"),
        "ddtrace 2 and 3.0 do not read it, while ddtrace 3.19 and later exit, since `x` is not an integer"
    );
    assert_eq!(
        outcome_of("DD_TELEMETRY_HEARTBEAT_INTERVAL", "0"),
        "ddtrace 2 and 3 exit, since `0` is not a number of seconds, while ddtrace 4 uses it as a setting of the library"
    );
}

#[test]
fn a_file_that_may_not_exist_is_not_known() {
    for name in ["DD_TRACE_LOG_FILE", "DD_SPAN_SAMPLING_RULES_FILE"] {
        for (_, version) in TRIED {
            let start = start(&texts(&[(name, "/some/file")]), version);
            assert!(matches!(start.state, ClientState::Unknown { variable, .. } if variable == name), "{start:?}");
            assert!(matches!(start.variables[..], [(_, Outcome::Unknown(_))]), "{start:?}");
        }
    }
}

#[test]
fn every_variable_has_an_outcome() {
    for (name, version) in TRIED {
        for seen in records(name) {
            let environment = environment(&seen);
            let start = start(&environment, version);
            if matches!(start.state, ClientState::Exits { .. }) {
                continue;
            }
            for variable in environment.names() {
                let is_recorded = start.variables.iter().any(|(recorded, _)| *recorded == variable);
                assert!(is_recorded, "ddtrace {name}: {variable} in {}", seen["env"]);
            }
        }
    }
}

#[test]
fn without_a_version_only_what_differs_depends_on_it() {
    let start = |of: &[(&str, &str)]| start(&texts(of), LibraryVersion::NotKnown);
    let outcome = |start: &ClientStart, name: &str| {
        start.variables.iter().find(|(recorded, _)| *recorded == name).map(|(_, outcome)| outcome.clone())
    };

    let plain = start(&[("DD_AGENT_HOST", "agent"), ("DD_TRACE_SAMPLING_RULES", r#"[{"sample_rate":0.5}]"#)]);
    let ClientState::Sends(flow) = &plain.state else { panic!("{plain:?}") };
    assert_eq!((flow.agent.as_deref(), &flow.sampling), (Some("http://agent:8126"), &ClientSampling::Rate(0.5)));
    assert!(plain.variables.iter().all(|(_, outcome)| matches!(outcome, Outcome::Used(_))), "{plain:?}");

    let rate = start(&[("DD_TRACE_SAMPLE_RATE", "0.5")]);
    let ClientState::Sends(flow) = &rate.state else { panic!("{rate:?}") };
    assert_eq!(flow.sampling, ClientSampling::Unknown);
    // No version exits, and none loses spans.
    let Some(Outcome::Varies(text)) = outcome(&rate, "DD_TRACE_SAMPLE_RATE") else { panic!("{rate:?}") };
    assert!(
        text.starts_with("ddtrace 2 uses it as the share") && text.contains("ddtrace 3.0 and later ignore"),
        "{text}"
    );

    let port = start(&[("DD_TRACE_AGENT_PORT", "abc")]);
    assert!(matches!(port.state, ClientState::Unknown { variable: "DD_TRACE_AGENT_PORT", .. }), "{port:?}");
    assert!(matches!(outcome(&port, "DD_TRACE_AGENT_PORT"), Some(Outcome::Depends(_))), "{port:?}");
    let host = start(&[("DD_AGENT_HOST", "agent:8126")]);
    assert!(matches!(host.state, ClientState::Exits { variable: "DD_AGENT_HOST", .. }), "{host:?}");
}

#[test]
fn a_hidden_value_matters_only_where_it_decides() {
    const HIDDEN: EnvText<'_> = EnvText::Hidden("it is in a Secret");
    let start = |of: &[(&str, EnvText<'static>)]| {
        super::start(
            &of.iter().map(|(name, text)| (*name, *text)).collect::<Environment<'_>>(),
            LibraryVersion::Known(4, 16),
        )
    };
    let flow = |of: &[(&str, EnvText<'static>)]| match start(of).state {
        ClientState::Sends(flow) => flow,
        other => panic!("{other:?}"),
    };
    let literal = EnvText::Literal;

    let switch = start(&[("DD_TRACE_ENABLED", HIDDEN)]).state;
    assert!(matches!(switch, ClientState::Unknown { variable: "DD_TRACE_ENABLED", .. }), "{switch:?}");
    assert_eq!(flow(&[("DD_AGENT_HOST", HIDDEN)]).agent, None);
    let by_url = [("DD_AGENT_HOST", HIDDEN), ("DD_TRACE_AGENT_URL", literal("http://agent:8126"))];
    assert_eq!(flow(&by_url).agent.as_deref(), Some("http://agent:8126"));
    assert_eq!(flow(&[("DD_AGENT_HOST", EnvText::NodeAddress)]).agent.as_deref(), Some("http://status.hostIP:8126"));
    assert_eq!(flow(&[("DD_TRACE_SAMPLE_RATE", HIDDEN)]).sampling, ClientSampling::Agent);
    assert_eq!(flow(&[("DD_TRACE_SAMPLING_RULES", HIDDEN)]).sampling, ClientSampling::Unknown);
    let rules = literal(r#"[{"sample_rate":0.2,"service":"a"},{"sample_rate":0.7}]"#);
    let by_service = [("DD_TRACE_SAMPLING_RULES", rules), ("DD_SERVICE", HIDDEN)];
    assert_eq!((flow(&by_service).sampling, flow(&by_service).service), (ClientSampling::Unknown, None));
    let tagged = [("DD_TAGS", HIDDEN), ("DD_SERVICE", literal("a"))];
    assert_eq!((flow(&tagged).tags, flow(&tagged).service), (None, Some("a".to_owned())));
    let exit = start(&[("DD_AGENT_HOST", HIDDEN), ("DD_TRACE_RATE_LIMIT", literal("x"))]).state;
    assert!(matches!(exit, ClientState::Exits { variable: "DD_TRACE_RATE_LIMIT", .. }), "{exit:?}");
}

/// A switch does not change what is sampled once it is on again.
#[test]
fn the_sampling_is_the_same_where_the_library_is_off() {
    for (version, library) in TRIED {
        for record in records(version) {
            let environment = environment(&record);
            let ClientState::Sends(flow) = start(&environment, library).state else { continue };
            let off = environment.with(ENABLED, EnvText::Literal("false"));
            assert_eq!(sampling(&off, library), flow.sampling, "{version}: {}", record["env"]);
        }
    }
    let rules = texts(&[("DD_TRACE_SAMPLING_RULES", r#"[{"sample_rate":0.5,"max_per_second":1}]"#)]);
    assert_eq!(sampling(&rules, LibraryVersion::Known(2, 21)), ClientSampling::Rate(0.5));
    assert_eq!(sampling(&rules, LibraryVersion::NotKnown), ClientSampling::Unknown);
}
