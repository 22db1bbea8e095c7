//! The functions of the clients against the records of the real ones (`tests/clients`).

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// The start function of a client.
type Start = fn(&Environment<'_>) -> ClientStart;

/// A recorded start of a client in an environment.
struct Seen {
    env: Vec<(String, String)>,
    record: Value,
}

impl Seen {
    /// All records of a client.
    fn all(client: &str) -> Vec<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/clients/recorded/{client}.jsonl"));
        let text = fs::read_to_string(path).expect("the record is in the repository");
        let of_line = |line| {
            let record: Value = serde_json::from_str(line).expect("each line is JSON");
            let env = record["env"].as_object().expect("an environment");
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            Self { env: env.iter().map(|(name, value)| (name.clone(), text(value))).collect(), record }
        };
        text.lines().map(of_line).collect()
    }

    fn environment(&self) -> Environment<'_> {
        self.env.iter().map(|(name, value)| (name.as_str(), EnvText::Literal(value))).collect()
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.record[field].as_str()
    }

    fn tags(&self) -> BTreeMap<String, String> {
        let tags = self.record["tags"].as_array().expect("a list");
        let text = |tag: &Value, at: usize| tag[at].as_str().expect("a text").to_owned();
        tags.iter().map(|tag| (text(tag, 0), text(tag, 1))).collect()
    }

    /// Returns true if the recorded sampler keeps these traces.
    fn samples(&self, sampling: &ClientSampling) -> bool {
        let sampler = &self.record["sampler"];
        let param = sampler["param"].as_str().expect("a text");
        let number = || param.parse::<f64>().expect("a number");
        match (sampler["type"].as_str().expect("a text"), sampling) {
            ("const", ClientSampling::All) => param == "true",
            ("const", ClientSampling::None) => param == "false",
            ("probabilistic", ClientSampling::All) => number() == 1.0,
            ("probabilistic", ClientSampling::None) => number() < 1e-18,
            ("remote", ClientSampling::Remote(0.0)) => number() < 1e-18,
            ("probabilistic", ClientSampling::Rate(rate)) | ("remote", ClientSampling::Remote(rate)) => {
                number() == *rate
            }
            ("ratelimiting", ClientSampling::None) => number().is_nan(),
            ("ratelimiting", ClientSampling::PerSecond(most)) => number() == *most,
            _ => false,
        }
    }
}

/// An address with a host, without a user, and without the escapes by which a client writes it.
fn plain_address(agent: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = agent.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = || u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok();
        let escape = if *first == b'%' { escape() } else { None };
        bytes.push(escape.unwrap_or(*first));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if let Some(port) = text.strip_prefix(':') {
        return format!("0.0.0.0:{port}");
    }
    match (text.split_once("://"), text.rfind('@')) {
        (Some((scheme, _)), Some(at)) => format!("{scheme}://{}", &text[at + 1..]),
        _ => text,
    }
}

/// The difference between a computed start and the recorded one.
fn difference(seen: &Seen, start: &ClientStart) -> Option<String> {
    let problem =
        |problem: &str| Some(format!("{problem}: {:?}\n    {:?}\n    {}", seen.env, start.state, seen.record));
    let runs = seen.text("start") == Some("runs");
    let ends: Vec<_> = start.variables.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Exits(_))).collect();
    // Only the record shows the content of a file.
    if let ClientState::Unknown { variable: "JAEGER_CONFIG_PATH", .. } = &start.state {
        return None;
    }
    if runs != ends.is_empty() {
        return problem("the outcomes of the variables");
    }
    let sends = seen.record["sends"].as_bool();
    match &start.state {
        ClientState::Exits { .. } if runs => problem("it runs"),
        ClientState::Exits { variable, .. } => {
            let why = seen.text("why").unwrap_or_default();
            let names_another = why.contains("env var ") && !why.contains(&format!("env var {variable}="));
            if names_another { problem("another variable") } else { None }
        }
        _ if !runs => problem("it exits"),
        ClientState::Off { .. } if sends == Some(false) && seen.record["sampler"].is_null() => None,
        ClientState::SendsNothing { .. } if sends == Some(false) => None,
        ClientState::Sends(flow) => {
            let is_sent = !matches!(flow.sampling, ClientSampling::None | ClientSampling::Remote(0.0));
            if sends.is_some_and(|sends| sends != is_sent) {
                return problem("what is sent");
            }
            if !seen.samples(&flow.sampling) {
                return problem("the sampler");
            }
            // An address to which nothing is sent is not compared.
            let agents = [flow.agent.as_deref(), seen.text("agent")].map(|agent| agent.map(plain_address));
            if agents[0] != agents[1] && (is_sent || agents[0].is_some()) {
                return problem("the agent");
            }
            if flow.service.is_some() && flow.service.as_deref() != seen.text("service") {
                return problem("the service");
            }
            if flow.tags.as_ref() != Some(&seen.tags()) { problem("the tags") } else { None }
        }
        _ => problem("the state"),
    }
}

fn differences(client: &str, start: Start) -> Vec<String> {
    let seen = Seen::all(client);
    assert!(seen.len() > 200, "the record of the {client} is short");
    seen.iter().filter_map(|seen| difference(seen, &start(&seen.environment()))).collect()
}

#[test]
fn the_executor_matches_its_record() {
    let wrong = differences("executor", executor::start);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_wrapper_matches_its_record() {
    let wrong = differences("wrapper", wrapper::start);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_hidden_value_matters_only_where_it_decides() {
    const HIDDEN: EnvText<'_> = EnvText::Hidden("it comes from a Secret");
    let state = |variables: &[(&'static str, EnvText<'static>)]| {
        executor::start(&variables.iter().copied().collect::<Environment<'_>>()).state
    };
    let sampling =
        [("JAEGER_SAMPLER_TYPE", EnvText::Literal("const")), ("JAEGER_SAMPLER_PARAM", EnvText::Literal("1"))];
    let beside = |more: &[(&'static str, EnvText<'static>)]| state(&[sampling.as_slice(), more].concat());
    let agent = |more: &[(&'static str, EnvText<'static>)]| match beside(more) {
        ClientState::Sends(flow) => flow.agent,
        other => panic!("{other:?}"),
    };

    assert_eq!(agent(&[("JAEGER_AGENT_HOST", EnvText::NodeAddress)]).as_deref(), Some("status.hostIP:6831"));
    assert_eq!(agent(&[("JAEGER_AGENT_HOST", HIDDEN)]), None);
    assert_eq!(agent(&[("JAEGER_ENDPOINT", HIDDEN)]), None);
    let may_be_empty = ClientState::Unknown { variable: "JAEGER_ENDPOINT", reason: "it comes from a Secret".into() };
    assert_eq!(beside(&[("JAEGER_ENDPOINT", HIDDEN), ("JAEGER_AGENT_PORT", EnvText::Literal("x"))]), may_be_empty);
    let collector = ("JAEGER_ENDPOINT", EnvText::Literal("http://c/"));
    assert_eq!(agent(&[collector, ("JAEGER_AGENT_HOST", HIDDEN)]).as_deref(), Some("http://c/"));
    assert_eq!(
        agent(&[collector, ("JAEGER_USER", EnvText::Literal("u")), ("JAEGER_PASSWORD", HIDDEN)]).as_deref(),
        Some("http://c/")
    );

    let bad_host = ("JAEGER_AGENT_HOST", EnvText::Literal("a:1"));
    let bad_port = ("JAEGER_AGENT_PORT", EnvText::Literal("x"));
    let unknown = ClientState::Unknown { variable: "JAEGER_DISABLED", reason: "it comes from a Secret".into() };
    assert_eq!(beside(&[("JAEGER_DISABLED", HIDDEN)]), unknown);
    assert_eq!(beside(&[("JAEGER_DISABLED", HIDDEN), bad_host]), unknown);
    assert!(matches!(beside(&[("JAEGER_DISABLED", HIDDEN), bad_port]), ClientState::Exits { .. }));

    let kept = |variables: &[(&'static str, EnvText<'static>)]| match state(variables) {
        ClientState::Sends(flow) => flow.sampling,
        other => panic!("{other:?}"),
    };
    assert_eq!(kept(&[("JAEGER_SAMPLER_TYPE", HIDDEN)]), ClientSampling::Unknown);
    assert_eq!(kept(&[sampling[0], ("JAEGER_SAMPLER_PARAM", HIDDEN)]), ClientSampling::Unknown);
    assert!(matches!(
        state(&[("JAEGER_SAMPLER_TYPE", EnvText::Literal("x")), ("JAEGER_SAMPLER_PARAM", HIDDEN)]),
        ClientState::Exits { variable: "JAEGER_SAMPLER_TYPE", .. }
    ));

    let tags = |more: &[(&'static str, EnvText<'static>)]| match beside(more) {
        ClientState::Sends(flow) => flow.tags,
        other => panic!("{other:?}"),
    };
    let referring = ("JAEGER_TAGS", EnvText::Literal("a=b,c=${POD:x}"));
    assert_eq!(tags(&[referring]).map(|tags| tags["c"].clone()).as_deref(), Some("x"));
    assert_eq!(tags(&[referring, ("POD", HIDDEN)]), None);
}

#[test]
fn each_variable_that_is_set_gets_one_outcome() {
    let clients: [(&str, Start); 2] = [("executor", executor::start), ("wrapper", wrapper::start)];
    for (client, start) in clients {
        for seen in Seen::all(client) {
            let start = start(&seen.environment());
            let is_tracings = |name: &str| name.starts_with("JAEGER_") || name == "TRACING";
            for (name, _) in seen.env.iter().filter(|(name, _)| is_tracings(name)) {
                let outcomes = start.variables.iter().filter(|(recorded, _)| recorded == name).count();
                // A wrapper that exits for its switch reads nothing else.
                let least = usize::from(client == "executor" || seen.text("start") == Some("runs"));
                assert!((least..=1).contains(&outcomes), "{name} in {:?}", seen.env);
            }
        }
    }
}

#[test]
fn a_hidden_switch_of_the_wrapper_decides() {
    const HIDDEN: EnvText<'_> = EnvText::Hidden("it comes from a Secret");
    let state = |variables: &[(&'static str, EnvText<'static>)]| {
        wrapper::start(&variables.iter().copied().collect::<Environment<'_>>()).state
    };
    let on = ("TRACING", EnvText::Literal("1"));
    let bad_tags = ("JAEGER_TAGS", EnvText::Literal("a"));
    let unknown = |variable: &'static str| ClientState::Unknown { variable, reason: "it comes from a Secret".into() };
    assert_eq!(state(&[("TRACING", HIDDEN), bad_tags]), unknown("TRACING"));
    assert_eq!(state(&[on, ("JAEGER_CONFIG_PATH", HIDDEN)]), unknown("JAEGER_CONFIG_PATH"));
    assert!(matches!(state(&[on, ("JAEGER_CONFIG_PATH", HIDDEN), bad_tags]), ClientState::Exits { .. }));
    let agent = |more: (&'static str, EnvText<'static>)| match state(&[on, more]) {
        ClientState::Sends(flow) => flow.agent,
        other => panic!("{other:?}"),
    };
    assert_eq!(agent(("JAEGER_AGENT_HOST", EnvText::NodeAddress)).as_deref(), Some("status.hostIP:5775"));
    assert_eq!(agent(("JAEGER_AGENT_HOST", HIDDEN)), None);
    assert_eq!(agent(("JAEGER_AGENT_PORT", HIDDEN)), None);
    assert_eq!(agent(("JAEGER_SAMPLER_TYPE", HIDDEN)).as_deref(), Some("0.0.0.0:5775"));
}

proptest! {
    #[test]
    fn any_text_is_judged(
        name in prop::sample::select(vec![
            "TRACING", "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "JAEGER_ENDPOINT", "JAEGER_SAMPLER_PARAM", "JAEGER_TAGS",
            "JAEGER_REPORTER_FLUSH_INTERVAL", "JAEGER_REPORTER_MAX_QUEUE_SIZE", "JAEGER_SERVICE_NAME",
        ]),
        text in prop_oneof![
            ".{0,80}", "[0-9a-fxp_.+-]{0,12}", "[0-9.hmsnu]{0,8}", "(http:)?[/:%@0-9a-f\\[\\]]{0,12}", "[a$:=,{}]{0,8}",
        ],
        kind in prop::sample::select(vec!["const", "ratelimiting", "remote"]),
    ) {
        let mut variables = vec![("TRACING", "1"), ("JAEGER_SAMPLER_TYPE", kind)];
        variables.push((name, &text));
        let environment: Environment<'_> =
            variables.into_iter().map(|(name, text)| (name, EnvText::Literal(text))).collect();
        for start in [executor::start(&environment), wrapper::start(&environment)] {
            let exits = matches!(start.state, ClientState::Exits { .. });
            let says_so = start.variables.iter().any(|(_, outcome)| matches!(outcome, Outcome::Exits(_)));
            prop_assert_eq!(exits, says_so);
        }
    }
}
