//! Seldon's executor with jaeger-client-go 2.25 (`config/config_env.go`, `config/config.go`), as of Seldon Core 1.18.2
//! (`executor/api/tracing/trace.go`). It always builds a tracer, from JAEGER_* alone.

use std::collections::BTreeMap;

use super::reading::{Judgement, Lookup};
use super::{ClientSampling, ClientStart, ClientState, Environment, Outcome, SpanFlow};
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

/// What looks as if the executor read it, and what it does instead.
const UNREAD: &[(&str, &str)] = &[
    ("TRACING", "the executor always builds a tracer, from JAEGER_*; JAEGER_DISABLED switches it off"),
    ("JAEGER_PROPAGATION", "the executor reads JAEGER_TRACE_PROPAGATION_TYPE"),
    ("JAEGER_AUTH_TOKEN", "the executor has no tokens; JAEGER_USER and JAEGER_PASSWORD go with JAEGER_ENDPOINT"),
    ("JAEGER_TRACEID_128BIT", "the executor's identifiers have 64 bits"),
    ("JAEGER_CONFIG_PATH", "the executor reads no file"),
    ("JAEGER_EXTRA_TAGS", "the executor reads JAEGER_TAGS alone"),
];

const BOOLEAN: &str = "a boolean; write true or false";
const INTEGER: &str = "a whole number; write digits alone, such as 100";
const DURATION: &str = "a duration; write a number with its unit, such as 10s";

/// The bytes of an element of the reporter's queue, which Go allocates whole at start.
const QUEUE_ITEM: i64 = 24;

/// More than that is no size for Go (`runtime.maxAlloc`).
const MOST_MEMORY: i64 = 1 << 48;

/// More than that and Linux or the container's limit may refuse it.
const MUCH_MEMORY: i64 = 1 << 28;

/// The bytes of a packet that a service's name may fill: the client sends at most 65,000, with the process's tags.
const LONGEST_SERVICE: usize = 64_000;

/// What the executor makes of its environment.
pub(crate) fn start(environment: &Environment<'_>) -> ClientStart {
    let mut judged = Judgement::new(environment);
    let settings = ExecutorSettings::read(&mut judged);
    let state = settings.state(&mut judged);
    settings.explain(&mut judged);
    ClientStart { state, variables: judged.into_outcomes() }
}

/// Which traces the executor keeps, whatever becomes of their spans: what it tells the containers behind it, too. Of no
/// use where it exits or is off.
pub(crate) fn sampling(environment: &Environment<'_>) -> ClientSampling {
    ExecutorSettings::read(&mut Judgement::new(environment)).sampling().unwrap_or(ClientSampling::Unknown)
}

/// What it reads before it builds anything. What can't be parsed ends it even where it is disabled.
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
}

/// What JAEGER_ENDPOINT names.
#[derive(Clone, Copy)]
struct Collector<'e>(Lookup<go::RequestUri<'e>>);

impl<'e> ExecutorSettings<'e> {
    /// In the order of the client, which names the first that is bad.
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
        };
        match collector {
            Some(_) => check_credentials(judged),
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

    /// What the process does, as far as the manifest shows it.
    fn state(&self, judged: &mut Judgement<'e>) -> ClientState {
        if let Some((variable, reason)) = judged.exit() {
            return ClientState::Exits { variable, reason };
        }
        if self.disabled == Lookup::Value(true) {
            return ClientState::Off { variable: DISABLED, reason: "tracing is disabled".to_owned() };
        }
        let sampling = match self.sampling() {
            Ok(sampling) => sampling,
            Err((variable, needed)) => {
                judged.exits(variable, format!("{} is not {needed}", judged.shown(variable)));
                ClientSampling::Unknown
            }
        };
        let reach = self.reach(judged);
        self.check_queue(judged);
        // Where it is true, none of this does harm.
        if let Some(reason) = judged.hidden_reason(DISABLED) {
            return ClientState::Unknown { variable: DISABLED, reason: reason.to_owned() };
        }
        match (judged.exit(), reach) {
            (Some((variable, reason)), _) => ClientState::Exits { variable, reason },
            // Where nothing is sampled it does not matter where spans would go.
            (None, Err((variable, reason))) if sampling != ClientSampling::None => {
                judged.say(variable, Outcome::SendsNothing(reason.clone()));
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

    /// `SamplerConfig.NewSampler`, or the variable at which it fails and what that has to be.
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
        // Identifiers have 63 bits, and 0 is none.
        let keeps_none = param * 2.0_f64.powi(63) < 1.0;
        Ok(match kind.as_str() {
            "const" if param == 0.0 => ClientSampling::None,
            "const" => ClientSampling::All,
            // Compared with infinity, so that not-a-number keeps none.
            "ratelimiting" if param.is_nan() => ClientSampling::None,
            "ratelimiting" => ClientSampling::PerSecond(param),
            _ if !(0.0..=1.0).contains(&param) => return Err((PARAM, NEEDED)),
            "remote" => ClientSampling::Remote(if keeps_none { 0.0 } else { param }),
            _ if param == 1.0 => ClientSampling::All,
            _ if keeps_none => ClientSampling::None,
            _ => ClientSampling::Rate(param),
        })
    }

    /// Where spans go, as far as it is shown; or the variable because of which they go nowhere, and the reason.
    fn reach(&self, judged: &mut Judgement<'e>) -> Result<Option<String>, (&'static str, String)> {
        let agent = match self.collector {
            Some(Collector(Lookup::Value(uri))) => {
                let reason = |problem: &str| format!("{problem}; write http://HOST:14268/api/traces");
                collector_address(&uri).map(Some).map_err(|problem| (ENDPOINT, reason(problem)))?
            }
            Some(_) => return Ok(None),
            None => self.agent(judged)?,
        };
        // Over HTTP there is no such limit.
        match judged.text(SERVICE) {
            Lookup::Value(name) if self.collector.is_none() && name.len() > LONGEST_SERVICE => Err((
                SERVICE,
                "no packet has room for a name of more than 64,000 bytes; write a shorter one".to_owned(),
            )),
            _ => Ok(agent),
        }
    }

    /// The agent's address, which the client takes apart at its colons.
    fn agent(&self, judged: &mut Judgement<'e>) -> Result<Option<String>, (&'static str, String)> {
        let host = self.host.or("localhost");
        let port = self.port.or(6831);
        if !go::takes_a_port(host) {
            let needed = "a host name or an address alone; leave out scheme and port, and put IPv6 in brackets";
            judged.exits(HOST, format!("{} is not {needed}", judged.shown(HOST)));
            return Ok(None);
        }
        let (bare, _) = go::split_port(host);
        let problem = if !(0..=65535).contains(&port) {
            Some((PORT, format!("{port} is not a port; write a number from 1 to 65535")))
        } else if !bare.is_empty() && !go::can_be_host(bare) {
            Some((HOST, format!("{} can't be resolved; write a host name or an address", judged.shown(HOST))))
        } else {
            None
        };
        if let Some((variable, reason)) = problem {
            if self.stays == Lookup::Value(true) {
                judged.exits(variable, format!("{reason}, or leave out {STAYS}"));
            }
            return Err((variable, reason));
        }
        if port == 0 {
            return Err((PORT, "nothing is sent to port 0; write a number from 1 to 65535".to_owned()));
        }
        let host = if judged.is_node_address(HOST) { "status.hostIP" } else { host };
        Ok(Some(format!("{host}:{port}")).filter(|_| !self.host.is_hidden() && !self.port.is_hidden()))
    }

    /// What only fails once the reporter is made.
    fn check_queue(&self, judged: &mut Judgement<'e>) {
        if let Lookup::Value(..0) = self.reconnect {
            judged.exits(
                RECONNECT,
                format!("{} is less than zero; write a duration such as 30s", judged.shown(RECONNECT)),
            );
        }
        if self.queue.or(0).saturating_mul(QUEUE_ITEM) >= MOST_MEMORY {
            judged.exits(
                QUEUE,
                format!("a queue of {} has no room in memory; write a number such as 100", judged.shown(QUEUE)),
            );
        }
    }

    /// Says what becomes of each variable that is set and of which nothing has been said.
    fn explain(&self, judged: &mut Judgement<'e>) {
        for (name, instead) in UNREAD {
            judged.say(name, Outcome::Ignored((*instead).to_owned()));
        }
        if self.disabled == Lookup::Value(true) {
            judged.say(DISABLED, Outcome::Used("tracing is off".to_owned()));
            for name in READ {
                judged.say_unless_empty(name, Outcome::Ignored("JAEGER_DISABLED is true".to_owned()));
            }
        }
        judged.say_unless_empty(DISABLED, Outcome::Used("tracing is on".to_owned()));
        judged.say_unless_empty(SERVICE, Outcome::Used("the name of the service".to_owned()));
        judged.say_unless_empty(TAGS, Outcome::Used("tags of each span".to_owned()));
        for name in [LOG_SPANS, RPC_METRICS] {
            let outcome = "the executor gives its client no logger and no metrics: it shows nothing";
            judged.say_unless_empty(name, Outcome::Ignored(outcome.to_owned()));
        }
        let propagation = match judged.text(PROPAGATION) {
            Lookup::Value("b3") => Outcome::Used("B3 headers".to_owned()),
            Lookup::Value("jaeger") => Outcome::Used("Jaeger's own headers".to_owned()),
            _ => {
                Outcome::Replaced("Jaeger's own headers, since the only other choice is `b3`, in lower case".to_owned())
            }
        };
        judged.say_unless_empty(PROPAGATION, propagation);
        self.explain_sampler(judged);
        self.explain_reporter(judged);
    }

    fn explain_sampler(&self, judged: &mut Judgement<'e>) {
        let kind = self.kind.or("remote").to_ascii_lowercase();
        judged.say_unless_empty(TYPE, Outcome::Used(format!("the {kind} sampler")));
        let param = self.param.or(0.0);
        judged.say_unless_empty(
            PARAM,
            match kind.as_str() {
                "const" if param != 0.0 && param != 1.0 => {
                    Outcome::Replaced("1, since a const sampler keeps all traces at any number but 0".to_owned())
                }
                "const" if param == 0.0 => Outcome::Used("no trace is kept".to_owned()),
                "const" => Outcome::Used("all traces are kept".to_owned()),
                "ratelimiting" if param <= 0.0 => {
                    Outcome::Replaced("one trace in all, since no more are allowed".to_owned())
                }
                "ratelimiting" => Outcome::Used(format!("at most {param} traces a second")),
                "remote" => Outcome::Used(format!("the probability {param} until the sampling server answers")),
                _ => Outcome::Used(format!("the probability {param}")),
            },
        );
        let is_remote = self.kind.is_hidden() || kind == "remote";
        let of_remote = |outcome: Outcome| {
            if is_remote { outcome } else { Outcome::Ignored(format!("a {kind} sampler asks no server")) }
        };
        let server = |name: &str, judged: &Judgement<'e>| match judged.text(name) {
            Lookup::Value(url) if go::request_uri(url).is_none_or(|uri| collector_address(&uri).is_err()) => {
                Outcome::Replaced("no server at all, since it is no URL; write http://HOST:5778/sampling".to_owned())
            }
            _ => Outcome::Used("where the sampling server is asked".to_owned()),
        };
        let outcome = of_remote(server(SAMPLING_ENDPOINT, judged));
        judged.say_unless_empty(SAMPLING_ENDPOINT, outcome);
        let outcome = match judged.text(SAMPLING_ENDPOINT) {
            Lookup::Unset => server(MANAGER, judged),
            _ => Outcome::Ignored("JAEGER_SAMPLING_ENDPOINT takes its place".to_owned()),
        };
        judged.say_unless_empty(MANAGER, of_remote(outcome));
        let number = |value: Lookup<i64>, default: &str, used: &str| match value {
            Lookup::Value(..=0) => Outcome::Replaced(format!("{default}, the default, since it is not above 0")),
            _ => Outcome::Used(used.to_owned()),
        };
        let outcome = number(self.operations, "2000", "the operations that a remote sampler keeps apart");
        judged.say_unless_empty(OPERATIONS, of_remote(outcome));
        let outcome = number(self.refresh, "1m", "how often the sampling server is asked");
        judged.say_unless_empty(REFRESH, of_remote(outcome));
        judged.say_unless_empty(FLUSH, number(self.flush, "1s", "how often spans are sent"));
        let queue = match self.queue {
            Lookup::Value(size) if size.saturating_mul(QUEUE_ITEM) > MUCH_MEMORY => Outcome::Unknown(
                "the queue takes its memory at start, and a container may not have as much; write a number such as 100"
                    .to_owned(),
            ),
            size => number(size, "100", "the spans that can wait"),
        };
        judged.say_unless_empty(QUEUE, queue);
    }

    fn explain_reporter(&self, judged: &mut Judgement<'e>) {
        let is_collector = self.collector.is_some();
        for name in [USER, PASSWORD] {
            let outcome = if is_collector {
                Outcome::Used("for basic authentication at JAEGER_ENDPOINT".to_owned())
            } else {
                Outcome::Ignored("without JAEGER_ENDPOINT spans go to the agent, which asks for none".to_owned())
            };
            judged.say_unless_empty(name, outcome);
        }
        judged.say_unless_empty(ENDPOINT, Outcome::Used("the collector to which spans go over HTTP".to_owned()));
        let asks_host = judged.text(SAMPLING_ENDPOINT).is_unset()
            && judged.text(MANAGER).is_unset()
            && self.kind.or("remote").eq_ignore_ascii_case("remote");
        let of_agent = |outcome: Outcome| {
            if is_collector { Outcome::Ignored("spans go to JAEGER_ENDPOINT".to_owned()) } else { outcome }
        };
        let host = if is_collector && asks_host {
            Outcome::Used("the host of the sampling server alone, since spans go to JAEGER_ENDPOINT".to_owned())
        } else {
            of_agent(Outcome::Used("the agent's host".to_owned()))
        };
        judged.say_unless_empty(HOST, host);
        judged.say_unless_empty(PORT, of_agent(Outcome::Used("the agent's port".to_owned())));
        judged.say_unless_empty(
            STAYS,
            of_agent(Outcome::Used("whether the agent's name is looked up but once".to_owned())),
        );
        let reconnect = match self.reconnect {
            _ if self.stays == Lookup::Value(true) => Outcome::Ignored(format!("{STAYS} is true")),
            Lookup::Value(0) => Outcome::Replaced("30s, the default, since it is 0".to_owned()),
            _ => Outcome::Used("how often the agent's name is looked up".to_owned()),
        };
        judged.say_unless_empty(RECONNECT, of_agent(reconnect));
    }
}

/// All that the client reads but JAEGER_DISABLED.
const READ: &[&str] = &[
    SERVICE,
    TAGS,
    TYPE,
    PARAM,
    SAMPLING_ENDPOINT,
    MANAGER,
    OPERATIONS,
    REFRESH,
    QUEUE,
    FLUSH,
    LOG_SPANS,
    RPC_METRICS,
    ENDPOINT,
    USER,
    PASSWORD,
    HOST,
    PORT,
    STAYS,
    RECONNECT,
    PROPAGATION,
];

/// Each is of use only with the other.
fn check_credentials(judged: &mut Judgement<'_>) {
    for (name, other) in [(USER, PASSWORD), (PASSWORD, USER)] {
        if matches!(judged.text(name), Lookup::Value(_)) && judged.text(other).is_unset() {
            judged.exits(name, format!("{other} is not set; set both beside JAEGER_ENDPOINT, or neither"));
        }
    }
}

/// The tags; `None` where the manifest does not show what one refers to.
fn read_tags(judged: &mut Judgement<'_>) -> Lookup<Option<BTreeMap<String, String>>> {
    let text = match judged.text(TAGS) {
        Lookup::Value(text) => text,
        other => return other.map(|_| None),
    };
    let mut tags = Some(BTreeMap::new());
    for pair in text.split(',') {
        let problem = "a list of KEY=VALUE; write KEY=VALUE,KEY2=VALUE2 without a comma at the end";
        let Some((key, value)) = pair.split_once('=') else {
            judged.exits(TAGS, format!("{} is not {problem}", judged.shown(TAGS)));
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

/// The URL as the client uses it, without the user in it; or why nothing is sent there.
fn collector_address(uri: &go::RequestUri<'_>) -> Result<String, &'static str> {
    let scheme = uri.scheme.to_ascii_lowercase();
    let (host, port) = go::split_port(uri.authority);
    if !["http", "https"].contains(&scheme.as_str()) {
        return Err("spans are sent to URLs of http and https alone");
    }
    if uri.authority.is_empty() {
        return Err("the URL has no host");
    }
    // A name beyond ASCII is encoded before it is looked up.
    if !host.is_empty() && host.is_ascii() && !go::can_be_host(host) {
        return Err("its host can't be resolved");
    }
    match port.filter(|port| !port.is_empty()).map(str::parse::<u16>) {
        Some(Ok(0) | Err(_)) => Err("its port is not from 1 to 65535"),
        _ => Ok(format!("{scheme}://{}{}", uri.authority, uri.rest)),
    }
}
