//! Seldon's Python wrapper with jaeger-client 4 (`python/seldon_core/microservice.py` and `utils.py`,
//! `jaeger_client/config.py`), as of Seldon Core 1.18.2.

use std::collections::BTreeMap;

use super::reading::{Judgement, Lookup};
use super::{Clause, ClientSampling, ClientStart, ClientState, Environment, Outcome, SpanFlow};
use crate::knowledge::ports::{OLD_THRIFT, THRIFT};
use crate::knowledge::values::python;

const TRACING: &str = "TRACING";
const HOST: &str = "JAEGER_AGENT_HOST";
const PORT: &str = "JAEGER_AGENT_PORT";
const FILE: &str = "JAEGER_CONFIG_PATH";
const TAGS: &str = "JAEGER_TAGS";
const EXTRA_TAGS: &str = "JAEGER_EXTRA_TAGS";
const LONG_IDS: &str = "JAEGER_TRACEID_128BIT";

const NO_SAMPLER: &str = "the wrapper keeps all traces, or those that the file of JAEGER_CONFIG_PATH says";
const NO_COLLECTOR: &str = "the wrapper sends to the agent alone";
const NO_REPORTER: &str = "the wrapper reads such settings from the file of JAEGER_CONFIG_PATH alone";

/// Variables that look as if the wrapper read them, and what it does instead.
const UNREAD: &[(&str, &str)] = &[
    ("JAEGER_SERVICE_NAME", "the wrapper's service has the name of the Python class"),
    ("JAEGER_DISABLED", "TRACING switches the wrapper's tracing"),
    ("JAEGER_ENDPOINT", NO_COLLECTOR),
    ("JAEGER_USER", NO_COLLECTOR),
    ("JAEGER_PASSWORD", NO_COLLECTOR),
    ("JAEGER_AUTH_TOKEN", NO_COLLECTOR),
    ("JAEGER_SAMPLER_TYPE", NO_SAMPLER),
    ("JAEGER_SAMPLER_PARAM", NO_SAMPLER),
    ("JAEGER_SAMPLER_MAX_OPERATIONS", NO_SAMPLER),
    ("JAEGER_SAMPLER_REFRESH_INTERVAL", NO_SAMPLER),
    ("JAEGER_SAMPLER_MANAGER_HOST_PORT", NO_SAMPLER),
    ("JAEGER_SAMPLING_ENDPOINT", NO_SAMPLER),
    ("JAEGER_REPORTER_MAX_QUEUE_SIZE", NO_REPORTER),
    ("JAEGER_REPORTER_FLUSH_INTERVAL", NO_REPORTER),
    ("JAEGER_REPORTER_LOG_SPANS", "the wrapper logs each span that it keeps"),
    ("JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", NO_REPORTER),
    ("JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", NO_REPORTER),
    ("JAEGER_RPC_METRICS", NO_REPORTER),
    (
        "JAEGER_TRACE_PROPAGATION_TYPE",
        "the wrapper uses Jaeger's headers, or those that the file of JAEGER_CONFIG_PATH says",
    ),
    ("JAEGER_PROPAGATION", "the wrapper uses Jaeger's headers, or those that the file of JAEGER_CONFIG_PATH says"),
];

/// The start of the wrapper in this environment.
pub(crate) fn start(environment: &Environment<'_>) -> ClientStart {
    let mut judged = Judgement::new(environment);
    let unread = if judged.has_any(|name| name.starts_with("JAEGER_")) { UNREAD } else { &[] };
    for (name, instead) in unread {
        judged.record(name, Outcome::Ignored((*instead).into()));
    }
    let state = match switch(&mut judged) {
        Lookup::Value(true) => on(&mut judged),
        Lookup::Bad => exited(&judged).unwrap_or_else(|| on(&mut judged)),
        Lookup::Unset | Lookup::Value(false) => {
            let is_set = !judged.raw(TRACING).is_unset();
            let (ignored, reason) = match is_set {
                true => ("TRACING is 0", "TRACING is 0; write 1 to trace"),
                false => ("TRACING is not set", "TRACING is not set; write 1 to trace"),
            };
            judged.record(TRACING, Outcome::Used("tracing is off".into()));
            for name in [HOST, PORT, FILE, TAGS, EXTRA_TAGS, LONG_IDS] {
                judged.record(name, Outcome::Ignored(ignored.into()));
            }
            ClientState::Off { variable: TRACING, reason: reason.into() }
        }
        // If it is 0, none of the others does harm.
        Lookup::Hidden => {
            on(&mut judged);
            let reason = judged.hidden_reason(TRACING).unwrap_or_default().to_owned().into();
            ClientState::Unknown { variable: TRACING, reason }
        }
    };
    ClientStart { state, variables: judged.into_outcomes() }
}

/// Returns true if this value of TRACING is on; `None` if the wrapper exits at it.
pub(super) fn is_on(text: &str) -> Option<bool> {
    python::integer(text).map(|number| number != 0)
}

/// The value of TRACING. Python can't parse an empty one.
fn switch(judged: &mut Judgement<'_>) -> Lookup<bool> {
    match judged.raw(TRACING).map(is_on) {
        Lookup::Value(Some(is_on)) => Lookup::Value(is_on),
        Lookup::Value(None) => {
            judged.exits(
                TRACING,
                format!("{} is not a whole number; write 1 for on, 0 for off", judged.quoted_value(TRACING)),
            );
            Lookup::Bad
        }
        Lookup::Unset => Lookup::Unset,
        Lookup::Bad => Lookup::Bad,
        Lookup::Hidden => Lookup::Hidden,
    }
}

fn exited(judged: &Judgement<'_>) -> Option<ClientState> {
    judged.exit().map(|(variable, reason)| ClientState::Exits { variable, reason })
}

/// The state if tracing is on.
fn on(judged: &mut Judgement<'_>) -> ClientState {
    judged.record(TRACING, Outcome::Used("tracing is on".into()));
    let file = judged.raw(FILE);
    if file == Lookup::Value("") {
        judged.exits(FILE, "an empty value is not a file; leave the variable out".to_owned());
    }
    let tags = read_tags(judged);
    let reach = reach(judged);
    let has_file = !file.is_unset();
    match &reach {
        Err((variable, reason)) if !has_file => judged.record(variable, Outcome::SendsNothing(reason.clone())),
        _ => {}
    }
    explain(judged, has_file);
    if let Some(exits) = exited(judged) {
        return exits;
    }
    if has_file {
        let reason =
            judged.hidden_reason(FILE).unwrap_or("names a file that decides on the agent, the sampler and the service");
        return ClientState::Unknown { variable: FILE, reason: reason.to_owned().into() };
    }
    match reach {
        Err((variable, reason)) => ClientState::SendsNothing { variable, reason },
        Ok(agent) => ClientState::Sends(SpanFlow { agent, sampling: ClientSampling::All, service: None, tags }),
    }
}

/// The address to which spans are sent. Python sends only to IPv4 addresses.
fn reach(judged: &Judgement<'_>) -> Result<Option<String>, (&'static str, Clause)> {
    let (host, port) = (judged.raw(HOST), judged.raw(PORT));
    let text = match host {
        Lookup::Value("") => "0.0.0.0",
        host => host.or("0.0.0.0"),
    };
    // jaeger-client uses another port if the variable is not a number.
    let number = port.map(|text| python::integer(text).unwrap_or(THRIFT.number.into())).or(OLD_THRIFT.number.into());
    if !(1..=65535).contains(&number) {
        let reason = format!("{} is not a port; write a number from 1 to 65535", judged.quoted_value(PORT));
        return Err((PORT, reason.into()));
    }
    if text.contains("::") || text.matches(':').count() > 2 {
        return Err((
            HOST,
            format!(
                "{} is an IPv6 address, to which the wrapper can't send; write a name or an IPv4 address",
                judged.quoted_value(HOST)
            )
            .into(),
        ));
    }
    if !python::can_be_host(text) {
        return Err((
            HOST,
            format!("{} can't be resolved; write a host name or an IPv4 address alone", judged.quoted_value(HOST))
                .into(),
        ));
    }
    let host_name = if judged.is_node_address(HOST) { "status.hostIP" } else { text };
    Ok(Some(format!("{host_name}:{number}")).filter(|_| !host.is_hidden() && !port.is_hidden()))
}

/// The tags, which are read literally; `None` if the manifest does not show them.
fn read_tags(judged: &mut Judgement<'_>) -> Option<BTreeMap<String, String>> {
    let text = match judged.text(TAGS) {
        Lookup::Value(text) => text,
        Lookup::Unset => return Some(BTreeMap::new()),
        Lookup::Bad | Lookup::Hidden => return None,
    };
    let mut tags = BTreeMap::new();
    for pair in text.split(',') {
        match pair.split_once('=').filter(|(_, value)| !value.contains('=')) {
            Some((key, value)) => _ = tags.insert(key.trim().to_owned(), value.trim().to_owned()),
            None => {
                let needed =
                    "a list of name=value with one `=` each; write name=value,name2=value2 without a comma at the end";
                judged.exits(TAGS, format!("{} is not {needed}", judged.quoted_value(TAGS)));
                return None;
            }
        }
    }
    Some(tags)
}

/// Records the outcome of each variable that is set and has none yet.
fn explain(judged: &mut Judgement<'_>, has_file: bool) {
    judged.record(FILE, Outcome::Used("the file with the agent, the sampler and the service".into()));
    let of_agent = |outcome: Outcome| match has_file {
        true => Outcome::Unknown("it counts where the file of JAEGER_CONFIG_PATH has no agent".into()),
        false => outcome,
    };
    let host = match judged.raw(HOST) {
        Lookup::Value("") => Outcome::Replaced("0.0.0.0, the default, since it is empty".into()),
        _ if judged.is_node_address(HOST) => {
            Outcome::Used("the agent's host; on a node whose address is IPv6 nothing can be sent".into())
        }
        _ => Outcome::Used("the agent's host".into()),
    };
    judged.record(HOST, of_agent(host));
    let port = match judged.raw(PORT).map(python::integer) {
        Lookup::Value(None) => Outcome::Replaced(
            format!("{}, since {} is not a whole number", THRIFT.number, judged.quoted_value(PORT)).into(),
        ),
        _ => Outcome::Used("the agent's port".into()),
    };
    judged.record(PORT, of_agent(port));
    judged.record_unless_empty(TAGS, Outcome::Used("tags of each span".into()));
    judged.record_unless_empty(EXTRA_TAGS, Outcome::Used("attributes of REST requests that become tags".into()));
    let ids = match judged.raw(LONG_IDS) {
        Lookup::Value("true") => Outcome::Used("identifiers of traces with 128 bits".into()),
        Lookup::Value("false") => Outcome::Used("identifiers of traces with 64 bits".into()),
        _ => Outcome::Replaced("64 bits, since only `true`, in lower case, is 128".into()),
    };
    judged.record_unless_empty(LONG_IDS, ids);
}
