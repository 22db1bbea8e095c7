//! The outcomes of the executor's variables, in words.

use super::{
    DISABLED, ENDPOINT, ExecutorSettings, FLUSH, HOST, LOG_SPANS, MANAGER, OPERATIONS, PARAM, PASSWORD, PORT,
    PROPAGATION, QUEUE, QUEUE_ITEM, RECONNECT, REFRESH, RPC_METRICS, SAMPLING_ENDPOINT, SERVICE, STAYS, TAGS, TYPE,
    USER, is_server,
};
use crate::knowledge::clients::Outcome;
use crate::knowledge::clients::reading::{Judgement, Lookup};

/// Variables that look as if the executor read them, and what it does instead.
const UNREAD: &[(&str, &str)] = &[
    ("TRACING", "the executor always builds a tracer, from JAEGER_*; JAEGER_DISABLED switches it off"),
    ("JAEGER_PROPAGATION", "the executor reads JAEGER_TRACE_PROPAGATION_TYPE"),
    ("JAEGER_AUTH_TOKEN", "the executor has no tokens; JAEGER_USER and JAEGER_PASSWORD go with JAEGER_ENDPOINT"),
    ("JAEGER_TRACEID_128BIT", "the executor's identifiers have 64 bits"),
    ("JAEGER_CONFIG_PATH", "the executor reads no file"),
    ("JAEGER_EXTRA_TAGS", "the executor reads JAEGER_TAGS alone"),
];

/// The variables that the client reads, except JAEGER_DISABLED.
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

/// Linux or the container's limit may refuse more memory than this.
const MUCH_MEMORY: i64 = 1 << 28;

impl<'e> ExecutorSettings<'e> {
    /// Records the outcome of each variable that is set and has none yet.
    pub(super) fn explain(&self, judged: &mut Judgement<'e>) {
        for (name, instead) in UNREAD {
            judged.record(name, Outcome::Ignored((*instead).into()));
        }
        if self.disabled == Lookup::Value(true) {
            judged.record(DISABLED, Outcome::Used("tracing is off".into()));
            for name in READ {
                judged.record_unless_empty(name, Outcome::Ignored("JAEGER_DISABLED is true".into()));
            }
        }
        judged.record_unless_empty(DISABLED, Outcome::Used("tracing is on".into()));
        judged.record_unless_empty(SERVICE, Outcome::Used("the name of the service".into()));
        judged.record_unless_empty(TAGS, Outcome::Used("tags of each span".into()));
        for name in [LOG_SPANS, RPC_METRICS] {
            let outcome = "the executor gives its client no logger and no metrics: it shows nothing";
            judged.record_unless_empty(name, Outcome::Ignored(outcome.into()));
        }
        let propagation = match judged.text(PROPAGATION) {
            Lookup::Value("b3") => Outcome::Used("B3 headers".into()),
            Lookup::Value("jaeger") => Outcome::Used("Jaeger's own headers".into()),
            _ => Outcome::Replaced("Jaeger's own headers, since the only other choice is `b3`, in lower case".into()),
        };
        judged.record_unless_empty(PROPAGATION, propagation);
        self.explain_sampler(judged);
        self.explain_reporter(judged);
    }

    fn explain_sampler(&self, judged: &mut Judgement<'e>) {
        let kind = self.kind.or("remote").to_ascii_lowercase();
        judged.record_unless_empty(TYPE, Outcome::Used(format!("the {kind} sampler").into()));
        let param = self.param.or(0.0);
        judged.record_unless_empty(
            PARAM,
            match kind.as_str() {
                "const" if param != 0.0 && param != 1.0 => {
                    Outcome::Replaced("1, since a const sampler keeps all traces at any number but 0".into())
                }
                "const" if param == 0.0 => Outcome::Used("no trace is kept".into()),
                "const" => Outcome::Used("all traces are kept".into()),
                "ratelimiting" if param <= 0.0 => Outcome::Replaced(
                    "one trace in all, since no more are allowed; write how many a second are kept".into(),
                ),
                "ratelimiting" => Outcome::Used(format!("at most {param} traces a second").into()),
                "remote" => Outcome::Used(format!("the probability {param} until the sampling server answers").into()),
                _ => Outcome::Used(format!("the probability {param}").into()),
            },
        );
        let is_remote = self.kind.is_hidden() || kind == "remote";
        let of_remote = |outcome: Outcome| {
            if is_remote { outcome } else { Outcome::Ignored(format!("a {kind} sampler asks no server").into()) }
        };
        let server = |name: &str, judged: &Judgement<'e>| match is_server(judged.text(name)) {
            false => Outcome::Replaced("no server at all, since it is no URL; write http://HOST:5778/sampling".into()),
            true => Outcome::Used("where the sampling server is asked".into()),
        };
        let outcome = of_remote(server(SAMPLING_ENDPOINT, judged));
        judged.record_unless_empty(SAMPLING_ENDPOINT, outcome);
        let outcome = match judged.text(SAMPLING_ENDPOINT) {
            Lookup::Unset => server(MANAGER, judged),
            _ => Outcome::Ignored("JAEGER_SAMPLING_ENDPOINT takes its place".into()),
        };
        judged.record_unless_empty(MANAGER, of_remote(outcome));
        let number = |value: Lookup<i64>, default: &str, used: &'static str| match value {
            Lookup::Value(..=0) => Outcome::Replaced(format!("{default}, the default, since it is not above 0").into()),
            _ => Outcome::Used(used.into()),
        };
        let outcome = number(self.operations, "2000", "the operations that a remote sampler keeps apart");
        judged.record_unless_empty(OPERATIONS, of_remote(outcome));
        let outcome = number(self.refresh, "1m", "how often the sampling server is asked");
        judged.record_unless_empty(REFRESH, of_remote(outcome));
        judged.record_unless_empty(FLUSH, number(self.flush, "1s", "how often spans are sent"));
        let queue = match self.queue {
            Lookup::Value(size) if size.saturating_mul(QUEUE_ITEM) > MUCH_MEMORY => Outcome::Unknown(
                "the queue takes its memory at start, and a container may not have as much; write a number such as 100"
                    .into(),
            ),
            size => number(size, "100", "the spans that can wait"),
        };
        judged.record_unless_empty(QUEUE, queue);
    }

    fn explain_reporter(&self, judged: &mut Judgement<'e>) {
        let is_collector = self.collector.is_some();
        for name in [USER, PASSWORD] {
            let outcome = if is_collector {
                Outcome::Used("for basic authentication at JAEGER_ENDPOINT".into())
            } else {
                Outcome::Ignored("without JAEGER_ENDPOINT spans go to the agent, which asks for none".into())
            };
            judged.record_unless_empty(name, outcome);
        }
        judged.record_unless_empty(ENDPOINT, Outcome::Used("the collector to which spans go over HTTP".into()));
        let asks_host = judged.text(SAMPLING_ENDPOINT).is_unset()
            && judged.text(MANAGER).is_unset()
            && self.kind.or("remote").eq_ignore_ascii_case("remote");
        let of_agent = |outcome: Outcome| {
            if is_collector { Outcome::Ignored("spans go to JAEGER_ENDPOINT".into()) } else { outcome }
        };
        let host = if is_collector && asks_host {
            Outcome::Used("the host of the sampling server alone, since spans go to JAEGER_ENDPOINT".into())
        } else {
            of_agent(Outcome::Used("the agent's host".into()))
        };
        judged.record_unless_empty(HOST, host);
        judged.record_unless_empty(PORT, of_agent(Outcome::Used("the agent's port".into())));
        let times = if self.stays == Lookup::Value(true) { "once, at start" } else { "again and again" };
        judged.record_unless_empty(
            STAYS,
            of_agent(Outcome::Used(format!("the agent's name is looked up {times}").into())),
        );
        let reconnect = match self.reconnect {
            _ if self.stays == Lookup::Value(true) => Outcome::Ignored(format!("{STAYS} is true").into()),
            Lookup::Value(0) => Outcome::Replaced("30s, the default, since it is 0".into()),
            _ => Outcome::Used("how often the agent's name is looked up".into()),
        };
        judged.record_unless_empty(RECONNECT, of_agent(reconnect));
    }
}
