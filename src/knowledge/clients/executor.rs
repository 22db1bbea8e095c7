//! Seldon's executor with jaeger-client-go 2.25 (`config/config_env.go`, `config/config.go`), as of Seldon Core 1.18.2
//! (`executor/api/tracing/trace.go`). It always builds a tracer, from JAEGER_* alone.

mod outcomes;

use std::collections::BTreeMap;

use super::reading::{Judgement, Lookup};
use super::{Clause, ClientSampling, ClientStart, ClientState, EnvText, Environment, Outcome, SpanFlow};
use crate::knowledge::ports::THRIFT;
use crate::knowledge::values::{SAMPLER_TYPES, go};

const DISABLED: &str = "JAEGER_DISABLED";
const SERVICE: &str = "JAEGER_SERVICE_NAME";
const TAGS: &str = "JAEGER_TAGS";
const TYPE: &str = "JAEGER_SAMPLER_TYPE";
const PARAM: &str = "JAEGER_SAMPLER_PARAM";
const SAMPLING_ENDPOINT: &str = "JAEGER_SAMPLING_ENDPOINT";
const MANAGER: &str = "JAEGER_SAMPLER_MANAGER_HOST_PORT";
const OPERATIONS: &str = "JAEGER_SAMPLER_MAX_OPERATIONS";
const REFRESH: &str = "JAEGER_SAMPLER_REFRESH_INTERVAL";
const QUEUE: &str = "JAEGER_REPORTER_MAX_QUEUE_SIZE";
const FLUSH: &str = "JAEGER_REPORTER_FLUSH_INTERVAL";
const LOG_SPANS: &str = "JAEGER_REPORTER_LOG_SPANS";
const RPC_METRICS: &str = "JAEGER_RPC_METRICS";
const ENDPOINT: &str = "JAEGER_ENDPOINT";
const USER: &str = "JAEGER_USER";
const PASSWORD: &str = "JAEGER_PASSWORD";
const HOST: &str = "JAEGER_AGENT_HOST";
const PORT: &str = "JAEGER_AGENT_PORT";
const STAYS: &str = "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED";
const RECONNECT: &str = "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL";
const PROPAGATION: &str = "JAEGER_TRACE_PROPAGATION_TYPE";

const BOOLEAN: &str = "a boolean; write true or false";
const INTEGER: &str = "a whole number; write digits alone, such as 100";
const DURATION: &str = "a duration; write a number with its unit, such as 10s";

/// The size of an element of the reporter's queue. Go allocates the whole queue at start.
const QUEUE_ITEM: i64 = 24;

/// The maximum size of memory in Go (`runtime.maxAlloc`).
const MOST_MEMORY: i64 = 1 << 48;

/// The maximum length of a service name: the client sends packets of up to 65,000 bytes, with the process's tags.
const LONGEST_SERVICE: usize = 64_000;

/// The variables that decide which others are read.
const DECIDERS: [&str; 3] = [DISABLED, ENDPOINT, STAYS];

/// The start of the executor in this environment.
pub(crate) fn start(environment: &Environment<'_>) -> ClientStart {
    start_by(&DECIDERS, environment)
}

/// The start for every value of the deciding variables that the manifest does not show.
fn start_by(deciders: &[&'static str], environment: &Environment<'_>) -> ClientStart {
    let Some((decider, rest)) = deciders.split_first() else { return start_of(environment) };
    let Some(EnvText::Hidden(reason) | EnvText::Optional(reason)) = environment.get(decider) else {
        return start_by(rest, environment);
    };
    let alternatives = match *decider {
        // It may be missing or empty.
        ENDPOINT => [environment.without(decider), environment.clone()],
        _ => ["true", "false"].map(|value| environment.with(decider, EnvText::Literal(value))),
    };
    either_start(decider, reason, alternatives.map(|alternative| start_by(rest, &alternative)))
}

/// The start if one of two happens, as this variable decides.
fn either_start(decider: &'static str, reason: &str, [one, other]: [ClientStart; 2]) -> ClientStart {
    let state = match (one.state, other.state) {
        (ClientState::Sends(one), ClientState::Sends(other)) => ClientState::Sends(SpanFlow {
            agent: one.agent.filter(|agent| Some(agent) == other.agent.as_ref()),
            ..other
        }),
        (one, other) if std::mem::discriminant(&one) == std::mem::discriminant(&other) => other,
        _ => ClientState::Unknown { variable: decider, reason: reason.to_owned().into() },
    };
    let mut variables = one.variables;
    for (name, outcome) in other.variables {
        let Some((_, first)) = variables.iter_mut().find(|(recorded, _)| *recorded == name) else {
            variables.push((name, outcome));
            continue;
        };
        let is_alike = std::mem::discriminant(first) == std::mem::discriminant(&outcome);
        let is_harmful =
            |outcome: &Outcome| matches!(outcome, Outcome::Exits(_) | Outcome::SendsNothing(_) | Outcome::Replaced(_));
        *first = match &*first {
            _ if name == decider => Outcome::Unknown(reason.to_owned().into()),
            _ if !is_alike && (is_harmful(first) || is_harmful(&outcome)) => {
                Outcome::Unknown(format!("depends on {decider}, which {reason}").into())
            }
            Outcome::Ignored(_) => outcome,
            _ => continue,
        };
    }
    ClientStart { state, variables }
}

fn start_of(environment: &Environment<'_>) -> ClientStart {
    let mut judged = Judgement::new(environment);
    let settings = ExecutorSettings::read(&mut judged);
    let state = settings.state(&mut judged);
    if !environment.is_empty() {
        settings.explain(&mut judged);
    }
    ClientStart { state, variables: judged.into_outcomes() }
}

/// Returns true if this value of JAEGER_DISABLED switches the executor's tracing off.
pub(super) fn is_disabled(text: &str) -> bool {
    go::boolean(text) == Some(true)
}

/// The sampling of the executor, even if it can't send the spans: the containers that it calls follow it, too. The
/// result means nothing if the executor exits or is off.
pub(crate) fn sampling(environment: &Environment<'_>) -> ClientSampling {
    ExecutorSettings::read(&mut Judgement::new(environment)).sampling().unwrap_or(ClientSampling::Unknown)
}

/// The server that a remote sampler asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SamplingServer {
    /// The default, on localhost.
    Default,
    /// None: nothing listens at its address.
    Unreachable,
    /// The server that a variable names, perhaps with a hidden value.
    Named,
    /// None: the value of this variable is not the address of a server.
    Unusable(&'static str),
}

/// The server that a remote sampler in this environment asks.
pub(crate) fn sampling_server(environment: &Environment<'_>) -> SamplingServer {
    let judged = Judgement::new(environment);
    let named = [SAMPLING_ENDPOINT, MANAGER].into_iter().find(|name| !judged.text(name).is_unset());
    match (named, judged.text(HOST)) {
        (Some(name), _) if !is_server(judged.text(name)) => SamplingServer::Unusable(name),
        (None, Lookup::Unset) => SamplingServer::Default,
        (None, Lookup::Value(host)) if !go::can_be_host(go::split_port(host).0) => SamplingServer::Unusable(HOST),
        _ => SamplingServer::Named,
    }
}

/// Returns true if a sampling server can be asked at this URL, as far as it is shown.
fn is_server(url: Lookup<&str>) -> bool {
    match url {
        Lookup::Value(url) => go::request_uri(url).is_some_and(|uri| collector_address(&uri).is_ok()),
        _ => true,
    }
}

/// The settings that it reads before it builds anything. It exits at an invalid one, even if it is disabled.
struct ExecutorSettings<'e> {
    disabled: Lookup<bool>,
    tags: Lookup<Option<BTreeMap<String, String>>>,
    kind: Lookup<&'e str>,
    param: Lookup<f64>,
    operations: Lookup<i64>,
    refresh: Lookup<i64>,
    queue: Lookup<i64>,
    flush: Lookup<i64>,
    collector: Option<Collector<'e>>,
    host: Lookup<&'e str>,
    port: Lookup<i64>,
    stays: Lookup<bool>,
    reconnect: Lookup<i64>,
    /// The variable because of which the process may exit, and the reason.
    possible_exit: Option<(&'static str, Clause)>,
}

/// The collector in JAEGER_ENDPOINT.
#[derive(Clone, Copy)]
struct Collector<'e>(Lookup<go::RequestUri<'e>>);

impl<'e> ExecutorSettings<'e> {
    /// Reads the variables in the order of the client, which reports the first invalid one.
    fn read(judged: &mut Judgement<'e>) -> Self {
        judged.parsed(RPC_METRICS, go::boolean, BOOLEAN);
        let disabled = judged.parsed(DISABLED, go::boolean, BOOLEAN);
        let tags = read_tags(judged);
        let kind = judged.text(TYPE);
        let param = judged.parsed(PARAM, go::float, "a number; write one such as 1 or 0.25");
        let operations = judged.parsed(OPERATIONS, go::integer, INTEGER);
        let refresh = judged.parsed(REFRESH, go::duration, DURATION);
        let queue = judged.parsed(QUEUE, go::integer, INTEGER);
        let flush = judged.parsed(FLUSH, go::duration, DURATION);
        judged.parsed(LOG_SPANS, go::boolean, BOOLEAN);
        let collector = match judged.text(ENDPOINT) {
            Lookup::Unset => None,
            _ => Some(Collector(judged.parsed(ENDPOINT, go::request_uri, "a URL; write http://HOST:14268/api/traces"))),
        };
        let mut settings = Self {
            disabled,
            tags,
            kind,
            param,
            operations,
            refresh,
            queue,
            flush,
            collector,
            host: judged.text(HOST),
            port: Lookup::Unset,
            stays: Lookup::Unset,
            reconnect: Lookup::Unset,
            possible_exit: None,
        };
        match collector {
            Some(_) => settings.possible_exit = check_credentials(judged),
            None => {
                settings.port =
                    judged.parsed(PORT, go::integer, "a port; write a number such as 6831, and nothing else");
                settings.stays = judged.parsed(STAYS, go::boolean, BOOLEAN);
                if settings.stays != Lookup::Value(true) {
                    settings.reconnect = judged.parsed(RECONNECT, go::duration, DURATION);
                }
            }
        }
        settings
    }

    /// The state of the process, as far as the manifest shows it.
    fn state(&self, judged: &mut Judgement<'e>) -> ClientState {
        if let Some((variable, reason)) = judged.exit() {
            // The client exits before it reads the sampler. Report its error too.
            if let (false, Err((variable, needed))) = (self.disabled == Lookup::Value(true), self.sampling()) {
                judged.exits(variable, format!("{} is not {needed}", judged.quoted_value(variable)));
            }
            return ClientState::Exits { variable, reason };
        }
        if self.disabled == Lookup::Value(true) {
            return ClientState::Off { variable: DISABLED, reason: "tracing is disabled".into() };
        }
        let sampling = match self.sampling() {
            Ok(sampling) => sampling,
            Err((variable, needed)) => {
                judged.exits(variable, format!("{} is not {needed}", judged.quoted_value(variable)));
                ClientSampling::Unknown
            }
        };
        let reach = self.reach(judged);
        self.check_queue(judged);
        if let Err((variable, reason)) = &reach {
            judged.record(variable, Outcome::SendsNothing(reason.clone()));
        }
        if let (None, Ok(_), Some((variable, reason))) = (judged.exit(), &reach, self.possible_exit.clone()) {
            return ClientState::Unknown { variable, reason };
        }
        match (judged.exit(), reach) {
            (Some((variable, reason)), _) => ClientState::Exits { variable, reason },
            // If nothing is sampled, the address of spans does not matter.
            (None, Err((variable, reason))) if sampling != ClientSampling::None => {
                ClientState::SendsNothing { variable, reason }
            }
            (None, reach) => ClientState::Sends(SpanFlow {
                agent: reach.ok().flatten(),
                sampling,
                service: match judged.text(SERVICE) {
                    Lookup::Hidden => None,
                    service => Some(service.or("executor").to_owned()),
                },
                tags: match &self.tags {
                    Lookup::Value(tags) => tags.clone(),
                    Lookup::Unset => Some(BTreeMap::new()),
                    Lookup::Bad | Lookup::Hidden => None,
                },
            }),
        }
    }

    /// `SamplerConfig.NewSampler`. The error is the variable at which it fails, and the expected value.
    fn sampling(&self) -> Result<ClientSampling, (&'static str, &'static str)> {
        const NEEDED: &str = "a probability; write a number from 0 to 1";
        // Go lower-cases this one letter beyond ASCII to a letter in it.
        let kind = self.kind.or("remote").replace('\u{130}', "i").to_ascii_lowercase();
        if !self.kind.is_hidden() && !SAMPLER_TYPES.contains(&kind.as_str()) {
            return Err((TYPE, "a sampler; write const, probabilistic, ratelimiting or remote"));
        }
        if self.kind.is_hidden() || self.param.is_hidden() {
            return Ok(ClientSampling::Unknown);
        }
        let param = self.param.or(0.0);
        // Identifiers have 63 bits, and 0 is not valid.
        let keeps_none = param * 2.0_f64.powi(63) < 1.0;
        Ok(match kind.as_str() {
            "const" if param == 0.0 => ClientSampling::None,
            "const" => ClientSampling::All,
            // Every comparison with NaN is false, so none is kept.
            "ratelimiting" if param.is_nan() => ClientSampling::None,
            "ratelimiting" => ClientSampling::PerSecond(param),
            _ if !(0.0..=1.0).contains(&param) => return Err((PARAM, NEEDED)),
            "remote" => ClientSampling::Remote(if keeps_none { 0.0 } else { param }),
            _ if param == 1.0 => ClientSampling::All,
            _ if keeps_none => ClientSampling::None,
            _ => ClientSampling::Rate(param),
        })
    }

    /// The address to which spans are sent, if it is shown. The error is the variable that keeps them from being sent,
    /// and the reason.
    fn reach(&self, judged: &mut Judgement<'e>) -> Result<Option<String>, (&'static str, Clause)> {
        let agent = match self.collector {
            Some(Collector(Lookup::Value(uri))) => {
                let reason = |problem: &str| format!("{problem}; write http://HOST:14268/api/traces").into();
                collector_address(&uri).map(Some).map_err(|problem| (ENDPOINT, reason(problem)))?
            }
            Some(_) => return Ok(None),
            None => self.agent(judged)?,
        };
        // HTTP has no such limit.
        match judged.text(SERVICE) {
            Lookup::Value(name) if self.collector.is_none() && name.len() > LONGEST_SERVICE => {
                Err((SERVICE, "no packet has room for a name of more than 64,000 bytes; write a shorter one".into()))
            }
            _ => Ok(agent),
        }
    }

    /// The agent's address, which the client splits at its colons.
    fn agent(&self, judged: &mut Judgement<'e>) -> Result<Option<String>, (&'static str, Clause)> {
        let host = self.host.or("localhost");
        let port = self.port.or(THRIFT.number.into());
        if !go::takes_a_port(host) {
            let needed = "a host name or an address alone; leave out scheme and port, and put IPv6 in brackets";
            judged.exits(HOST, format!("{} is not {needed}", judged.quoted_value(HOST)));
            return Ok(None);
        }
        let (bare, _) = go::split_port(host);
        let problem = if !(0..=65535).contains(&port) {
            Some((PORT, format!("{port} is not a port; write a number from 1 to 65535")))
        } else if !bare.is_empty() && !go::can_be_host(bare) {
            Some((HOST, format!("{} can't be resolved; write a host name or an address", judged.quoted_value(HOST))))
        } else {
            None
        };
        if let Some((variable, reason)) = problem {
            if self.stays == Lookup::Value(true) {
                judged.exits(variable, format!("{reason}, or leave out {STAYS}"));
            }
            return Err((variable, reason.into()));
        }
        if port == 0 {
            return Err((PORT, "nothing is sent to port 0; write a number from 1 to 65535".into()));
        }
        let host = if judged.is_node_address(HOST) { "status.hostIP" } else { host };
        Ok(Some(format!("{host}:{port}")).filter(|_| !self.host.is_hidden() && !self.port.is_hidden()))
    }

    /// Checks the settings that fail only when the reporter is created.
    fn check_queue(&self, judged: &mut Judgement<'e>) {
        if let Lookup::Value(..0) = self.reconnect {
            judged.exits(
                RECONNECT,
                format!("{} is less than zero; write a duration such as 30s", judged.quoted_value(RECONNECT)),
            );
        }
        if self.queue.or(0).saturating_mul(QUEUE_ITEM) >= MOST_MEMORY {
            judged.exits(
                QUEUE,
                format!("a queue of {} has no room in memory; write a number such as 100", judged.quoted_value(QUEUE)),
            );
        }
    }
}

/// User and password need each other. Returns the one that may be set alone, or may be missing, and the reason.
fn check_credentials(judged: &mut Judgement<'_>) -> Option<(&'static str, Clause)> {
    for (name, other) in [(USER, PASSWORD), (PASSWORD, USER)] {
        let doubtful = match (judged.text(name), judged.text(other)) {
            (Lookup::Value(_), Lookup::Unset) => {
                judged.exits(name, format!("{other} is not set; set both beside JAEGER_ENDPOINT, or neither"));
                None
            }
            (Lookup::Hidden, Lookup::Unset) => Some((name, other)),
            (found, _) if !found.is_unset() && judged.is_optional(other) => Some((other, name)),
            _ => None,
        };
        if let Some((variable, beside)) = doubtful {
            let place = judged.hidden_reason(variable).unwrap_or_default();
            let clause = match judged.text(beside).is_unset() {
                true => format!("{place}, and the executor exits if it is set without {beside}"),
                false => format!("{place}, and the executor exits if it is missing beside {beside}"),
            };
            let reason = Clause::from(clause);
            judged.record(variable, Outcome::Unknown(reason.clone()));
            return Some((variable, reason));
        }
    }
    None
}

/// The tags; `None` if the manifest does not show a value to which one refers.
fn read_tags(judged: &mut Judgement<'_>) -> Lookup<Option<BTreeMap<String, String>>> {
    let text = match judged.text(TAGS) {
        Lookup::Value(text) => text,
        other => return other.map(|_| None),
    };
    let mut tags = Some(BTreeMap::new());
    for pair in text.split(',') {
        let problem = "a list of name=value; write name=value,name2=value2 without a comma at the end";
        let Some((key, value)) = pair.split_once('=') else {
            judged.exits(TAGS, format!("{} is not {problem}", judged.quoted_value(TAGS)));
            return Lookup::Bad;
        };
        let value = value.trim();
        let reference = value.strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
        let value = match reference.map(|inner| inner.split_once(':')) {
            None => Some(value),
            Some(None) => {
                judged.exits(TAGS, "a reference without a default stops the client; write ${NAME:DEFAULT}".to_owned());
                return Lookup::Bad;
            }
            Some(Some((name, default))) => match judged.text(name) {
                Lookup::Value(_) if judged.is_node_address(name) => None,
                Lookup::Hidden => None,
                found => Some(found.or(default)),
            },
        };
        tags = tags.zip(value).map(|(mut tags, value): (BTreeMap<_, _>, _)| {
            tags.insert(key.trim().to_owned(), value.to_owned());
            tags
        });
    }
    Lookup::Value(tags)
}

/// The URL as the client uses it, without the user in it. The error is the reason why nothing is sent there.
fn collector_address(uri: &go::RequestUri<'_>) -> Result<String, &'static str> {
    let scheme = uri.scheme.to_ascii_lowercase();
    let (host, port) = go::split_port(uri.authority);
    if !["http", "https"].contains(&scheme.as_str()) {
        return Err("spans are sent to URLs of http and https alone");
    }
    if uri.authority.is_empty() {
        return Err("the URL has no host");
    }
    // A name beyond ASCII, escaped or not, is encoded before it is looked up.
    let is_escape = |part: &str| part.starts_with(|first: char| "89abcdefABCDEF".contains(first));
    let is_ascii = host.is_ascii() && !host.split('%').skip(1).any(is_escape);
    if !host.is_empty() && is_ascii && !go::can_be_host(host) {
        return Err("its host can't be resolved");
    }
    match port.filter(|port| !port.is_empty()).map(str::parse::<u16>) {
        Some(Ok(0) | Err(_)) => Err("its port is not from 1 to 65535"),
        _ => Ok(format!("{scheme}://{}{}", uri.authority, uri.rest)),
    }
}
