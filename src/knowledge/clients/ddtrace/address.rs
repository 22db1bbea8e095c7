//! The address to which spans are sent.

use super::super::reading::{Judgement, Lookup};
use super::super::{Clause, Outcome};
use super::{ReleaseLine, parsed, shadowed};
use crate::knowledge::ports::{DATADOG, DATADOG_METRICS, OTLP_HTTP};
use crate::knowledge::values::{go, python, python_url};

const HOST: &str = "DD_AGENT_HOST";
const OLD_HOST: &str = "DD_TRACE_AGENT_HOSTNAME";
const PORT: &str = "DD_TRACE_AGENT_PORT";
const OLD_PORT: &str = "DD_AGENT_PORT";
const URL: &str = "DD_TRACE_AGENT_URL";
const METRICS_HOST: &str = "DD_DOGSTATSD_HOST";
const METRICS_PORT: &str = "DD_DOGSTATSD_PORT";
const METRICS_URL: &str = "DD_DOGSTATSD_URL";
const AGENTLESS: &str = "DD_AGENTLESS_ENABLED";
const API_KEY: &str = "DD_API_KEY";
const SITE: &str = "DD_SITE";
const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
const PROTOCOL: &str = "DD_TRACE_AGENT_PROTOCOL_VERSION";
const OTLP: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const OTLP_TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const OTLP_TIMEOUTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];

const NEEDED_HOST: &str = "write a host name or an address alone";
const NEEDED_PORT: &str = "write a number from 1 to 65535";
const NEEDED_URL: &str = "write http://HOST:PORT or unix:///PATH";

/// The address to which spans are sent; `None` if the manifest does not show it. The error is the variable that keeps
/// spans from being sent, and the reason.
pub(super) type AgentAddress = Result<Option<String>, (&'static str, Clause)>;

/// The host or the port in effect, of two variables for it.
struct ChosenValue<T> {
    variable: &'static str,
    value: Lookup<T>,
}

pub(super) fn read(judged: &mut Judgement<'_>, line: ReleaseLine) -> AgentAddress {
    let host = choose_host(judged, line);
    let port = choose_port(judged, line);
    check_metrics(judged, line);
    if line == ReleaseLine::Four && is_agentless(judged) {
        for name in [URL, HOST, OLD_HOST, PORT, OLD_PORT] {
            judged.record_unless_empty(name, shadowed(AGENTLESS));
        }
        return Ok(intake(judged));
    }
    judged.record(AGENTLESS, Outcome::Ignored("spans go to the agent".into()));
    for name in [API_KEY, SITE] {
        judged.record(name, Outcome::Ignored("spans go to the agent, which has its own".into()));
    }
    let agent = agent(judged, line, &host, &port);
    for (name, what) in [(URL, "URL"), (HOST, "host"), (OLD_HOST, "host"), (PORT, "port"), (OLD_PORT, "port")] {
        judged.record_unless_empty(name, Outcome::Used(format!("the agent's {what}").into()));
    }
    let is_otlp = judged.text(EXPORTER).map(|exporter| exporter.eq_ignore_ascii_case("otlp")).or(false)
        && judged.text(PROTOCOL).is_unset();
    if line == ReleaseLine::Four && is_otlp && judged.exit().is_none() {
        return otlp_endpoint(judged, agent.ok().flatten().as_deref());
    }
    let outcome = if is_otlp {
        Outcome::Ignored("spans go to Datadog's agent alone".into())
    } else {
        Outcome::Ignored("only `none` and `otlp` mean anything to ddtrace".into())
    };
    judged.record_unless_empty(EXPORTER, outcome);
    for name in [OTLP, OTLP_TRACES] {
        judged.record_unless_empty(name, Outcome::Ignored("spans go to Datadog's agent".into()));
    }
    agent
}

/// Chooses a variable that is set in ddtrace 2 and 3.0, and one that is not empty in later versions.
fn choose_host<'e>(judged: &mut Judgement<'e>, line: ReleaseLine) -> ChosenValue<&'e str> {
    let (first, second, value) = match line {
        ReleaseLine::Two | ReleaseLine::ThreeFirst => (HOST, OLD_HOST, judged.raw(HOST)),
        ReleaseLine::ThreeLast | ReleaseLine::Four => (OLD_HOST, HOST, judged.text(OLD_HOST)),
    };
    if value.is_unset() {
        return ChosenValue { variable: second, value: judged.text(second) };
    }
    judged.record_unless_empty(second, shadowed(first));
    ChosenValue { variable: first, value: judged.text(first) }
}

/// ddtrace 2 and 3.0 read the port only if spans are sent to it. Later versions parse it at start, whatever else is
/// set.
fn choose_port(judged: &mut Judgement<'_>, line: ReleaseLine) -> ChosenValue<String> {
    let (first, second) = match line {
        ReleaseLine::Two | ReleaseLine::ThreeFirst => (OLD_PORT, PORT),
        ReleaseLine::ThreeLast | ReleaseLine::Four => (PORT, OLD_PORT),
    };
    let [one, other] = [first, second].map(|name| match line {
        ReleaseLine::Two | ReleaseLine::ThreeFirst => judged.raw(name).map(str::to_owned),
        ReleaseLine::ThreeLast | ReleaseLine::Four => {
            match parsed(judged, name, python::integer, "an integer; write digits alone, such as 8126") {
                Lookup::Value(0) => {
                    judged.record(
                        name,
                        Outcome::Replaced(format!("8126, since 0 counts as unset; {NEEDED_PORT}").into()),
                    );
                    Lookup::Unset
                }
                number => number.map(|number| written_number(judged, name, number)),
            }
        }
    });
    let (variable, value) = if one.is_unset() { (second, other) } else { (first, one) };
    if variable == first {
        judged.record_unless_empty(second, shadowed(first));
    }
    ChosenValue { variable, value: if value == Lookup::Value(String::new()) { Lookup::Unset } else { value } }
}

/// A number of any size: one that does not fit an `i64` is kept as written.
fn written_number(judged: &Judgement<'_>, name: &str, number: i64) -> String {
    match judged.raw(name) {
        Lookup::Value(text) if number == i64::MAX || number == -i64::MAX => text.trim().to_owned(),
        _ => number.to_string(),
    }
}

/// Checks the address of DogStatsD: the library creates its client at start, with the agent's host.
fn check_metrics(judged: &mut Judgement<'_>, line: ReleaseLine) {
    let is_set = |name: &str| !judged.text(name).is_unset();
    let is_new = line >= ReleaseLine::ThreeLast;
    let is_host = if is_new { !is_set(METRICS_HOST) } else { !judged.raw(HOST).is_unset() };
    let chosen = if is_host { HOST } else { METRICS_HOST };
    if is_new {
        parsed(judged, METRICS_PORT, python::integer, "an integer; write digits alone, such as 8125");
    }
    let port_of = [METRICS_PORT, OLD_PORT].into_iter().find(|name| {
        let is_read = *name == METRICS_PORT || is_new;
        is_read && python::integer(judged.text(name).or("0")) != Some(0)
    });
    let port = port_of.map_or(DATADOG_METRICS.text, |name| judged.text(name).or(DATADOG_METRICS.text));
    let port = if is_new {
        python::integer(port).unwrap_or(DATADOG_METRICS.number.into()).to_string()
    } else {
        port.to_owned()
    };
    let made = format!("udp://{}:{port}", python_url::in_brackets(judged.text(chosen).or("localhost")));
    let (variable, url) = match judged.text(METRICS_URL) {
        Lookup::Value(url) if url.starts_with('/') => (METRICS_URL, format!("unix://{url}")),
        Lookup::Value(url) if !url.contains("://") => (METRICS_URL, format!("udp://{url}")),
        Lookup::Value(url) => (METRICS_URL, url.to_owned()),
        Lookup::Hidden | Lookup::Bad => return,
        Lookup::Unset => (chosen, made),
    };
    let problem = match python_url::split(&url) {
        Err(problem) => Some((variable, problem.to_owned())),
        Ok(parts) if parts.scheme == "unix" => None,
        Ok(parts) if parts.scheme != "udp" => Some((variable, "metrics go by udp or unix alone".to_owned())),
        Ok(parts) if python_url::port(parts.port).is_ok() => None,
        Ok(_) if variable == METRICS_URL => Some((variable, "its port is not from 0 to 65535".to_owned())),
        Ok(_) => match (port_of, judged.text(chosen).or("").contains(':')) {
            (Some(name), false) => Some((name, "it is not a port".to_owned())),
            _ => Some((variable, "it has a port, or is more than a host".to_owned())),
        },
    };
    if let Some((variable, problem)) = problem {
        let needed = match variable {
            HOST | METRICS_HOST => NEEDED_HOST,
            METRICS_URL => "write udp://HOST:PORT",
            _ => NEEDED_PORT,
        };
        judged.exits(variable, format!("{} is wrong: {problem}; {needed}", judged.quoted_value(variable)));
    }
    for name in [METRICS_HOST, METRICS_PORT, METRICS_URL] {
        judged.record_unless_empty(name, Outcome::Used("where metrics are sent; traces go elsewhere".into()));
    }
}

/// The agent's URL, as `verify_url` accepts it, and after ddtrace 3.0 the Rust client that sends spans.
fn agent(
    judged: &mut Judgement<'_>,
    line: ReleaseLine,
    host: &ChosenValue<&str>,
    port: &ChosenValue<String>,
) -> AgentAddress {
    let (variable, url) = match judged.text(URL) {
        Lookup::Hidden | Lookup::Bad => {
            judged.record(URL, Outcome::Used("the agent's URL".into()));
            return Ok(None);
        }
        Lookup::Value(url) => {
            for name in [HOST, OLD_HOST, PORT, OLD_PORT] {
                judged.record_unless_empty(name, shadowed(URL));
            }
            (URL, url.to_owned())
        }
        Lookup::Unset => {
            let name = python_url::in_brackets(host.value.or("localhost"));
            let number = match &port.value {
                Lookup::Value(number) => number,
                _ => DATADOG.text,
            };
            (host.variable, format!("http://{name}:{number}"))
        }
    };
    let needed = if variable == URL { NEEDED_URL } else { NEEDED_HOST };
    let parts = check_url(&url, line);
    let (parts, found) = match &parts {
        Ok(parts) => parts,
        Err(problem) => {
            judged.exits(variable, format!("{} is wrong: {problem}; {needed}", judged.quoted_value(variable)));
            return Ok(None);
        }
    };
    if parts.scheme == "unix" {
        judged.record(URL, Outcome::Used("the agent's socket".into()));
        return Ok(Some(url));
    }
    let has_port = variable == URL || host.value.or("").contains(':') && !parts.host.contains(':');
    let of_port = if has_port { variable } else { port.variable };
    let default = if parts.scheme == "https" { 443 } else { 80 };
    let destination = match found {
        Err(()) => Err((of_port, format!("{} is not a port; {NEEDED_PORT}", judged.quoted_value(of_port)))),
        Ok(Some(0)) => Err((of_port, format!("nothing is sent to port 0; {NEEDED_PORT}"))),
        Ok(_) if variable != URL && host.value.or("").contains("://") => {
            Err((variable, format!("{} is a URL; {NEEDED_HOST}, or DD_TRACE_AGENT_URL", judged.quoted_value(variable))))
        }
        Ok(_) if parts.host.is_ascii() && !go::can_be_host(parts.host) => {
            Err((variable, format!("{} can't be resolved; {needed}", judged.quoted_value(variable))))
        }
        Ok(number) => Ok(number.unwrap_or(default)),
    };
    let number = match destination {
        Ok(number) => number,
        Err((variable, reason)) => {
            let reason = Clause::from(reason);
            judged.record(variable, Outcome::SendsNothing(reason.clone()));
            return Err((variable, reason));
        }
    };
    let is_shown = variable == URL || !host.value.is_hidden() && !port.value.is_hidden();
    let name = if judged.is_node_address(host.variable) && variable != URL {
        "status.hostIP".to_owned()
    } else {
        python_url::in_brackets(parts.host)
    };
    let address = format!("{}://{name}:{number}", parts.scheme);
    let is_default = found.is_ok_and(|found| found.is_none());
    explain(judged, [variable, of_port], is_default.then_some(number), host);
    Ok(Some(address).filter(|_| is_shown))
}

type UrlParts<'a> = (python_url::SplitUrl<'a>, Result<Option<u16>, ()>);

/// The parts of a URL and the port to which the client sends, if the URL is valid.
fn check_url(url: &str, line: ReleaseLine) -> Result<UrlParts<'_>, String> {
    let parts = python_url::split(url)?;
    match parts.scheme.as_str() {
        "http" | "https" if parts.host.is_empty() => return Err("it has no host".to_owned()),
        "unix" if parts.path.is_empty() => return Err("it has no path".to_owned()),
        "http" | "https" | "unix" => {}
        _ => return Err("it has no scheme that ddtrace knows".to_owned()),
    }
    let port = match line {
        ReleaseLine::Two | ReleaseLine::ThreeFirst => python_url::port(parts.port),
        _ if parts.scheme == "unix" && url.contains("://") => Ok(None),
        ReleaseLine::ThreeLast | ReleaseLine::Four => Ok(python_url::native_port(url)?),
    };
    Ok((parts, port))
}

fn explain(
    judged: &mut Judgement<'_>,
    [variable, of_port]: [&'static str; 2],
    default: Option<u16>,
    host: &ChosenValue<&str>,
) {
    if variable == URL {
        let outcome = match default {
            None => Outcome::Used("the agent's URL".into()),
            Some(number) => {
                Outcome::Replaced(format!("port {number}, since the URL has no port that is one; {NEEDED_URL}").into())
            }
        };
        return judged.record(URL, outcome);
    }
    let ends_early = host.value.or("").contains(['/', '?', '#']);
    if let Some(number) = default.filter(|_| ends_early) {
        let reason = "since `/`, `?` and `#` end a host";
        judged.record(variable, Outcome::Replaced(format!("a host at port {number}, {reason}; {NEEDED_HOST}").into()));
        judged.record_unless_empty(of_port, Outcome::Ignored(format!("{variable} ends before it").into()));
    }
    judged.record_unless_empty(variable, Outcome::Used("the agent's host".into()));
    let outcome = match default {
        None => Outcome::Used("the agent's port".into()),
        Some(number) => Outcome::Replaced(format!("{number}, since it is not a port; {NEEDED_PORT}").into()),
    };
    judged.record_unless_empty(of_port, outcome);
}

/// Returns true if spans are sent directly to Datadog.
fn is_agentless(judged: &mut Judgement<'_>) -> bool {
    let is_on = |text: &str| ["1", "true", "yes", "on"].contains(&text.to_lowercase().as_str());
    if !judged.raw(AGENTLESS).map(is_on).or(false) {
        return false;
    }
    if judged.text(API_KEY).is_unset() {
        judged.exits(AGENTLESS, format!("{API_KEY} is not set; set it, or leave this out"));
    }
    if judged.is_optional(API_KEY) {
        judged.record(AGENTLESS, Outcome::Unknown(format!("needs {API_KEY}, which may be missing").into()));
    }
    judged.record(AGENTLESS, Outcome::Used("the switch for sending to Datadog without an agent".into()));
    judged.record(API_KEY, Outcome::Used("the key for Datadog".into()));
    judged.record_unless_empty(SITE, Outcome::Used("Datadog's site to which spans go".into()));
    true
}

fn intake(judged: &Judgement<'_>) -> Option<String> {
    let site = match judged.text(SITE) {
        Lookup::Hidden | Lookup::Bad => return None,
        site => site.or("datadoghq.com").to_lowercase(),
    };
    let has_logs = ["datadoghq.com", "datadoghq.eu", "datad0g.com"].contains(&site.as_str());
    let host = if has_logs { format!("public-trace-http-intake.logs.{site}") } else { format!("the intake of {site}") };
    Some(format!("https://{host}:443"))
}

/// The OTLP endpoint, which replaces the agent's address.
fn otlp_endpoint(judged: &mut Judgement<'_>, agent: Option<&str>) -> AgentAddress {
    const NEEDED: &str = "write http://HOST:4318";
    judged.record(
        EXPORTER,
        Outcome::Used("the switch to OpenTelemetry's protocol, by which spans do not go to Datadog's port".into()),
    );
    let timeout = OTLP_TIMEOUTS.into_iter().find(|name| !judged.text(name).is_unset());
    let timeout = timeout.filter(|name| judged.text(name).map(python::integer).or(None).is_some_and(|time| time < 0));
    if let Some(name) = timeout {
        judged.exits(name, format!("{} is less than 0; write milliseconds", judged.quoted_value(name)));
    }
    let (variable, endpoint) = match (judged.text(OTLP_TRACES), judged.text(OTLP)) {
        (Lookup::Value(url), _) => (OTLP_TRACES, Some(url.to_owned())),
        (Lookup::Unset, Lookup::Value(url)) => (OTLP, Some(format!("{}/v1/traces", url.trim_end_matches('/')))),
        (Lookup::Unset, Lookup::Unset) => {
            let host = agent.and_then(|agent| agent.strip_prefix("http://")?.rsplit_once(':')).map(|(host, _)| host);
            (EXPORTER, Some(format!("http://{}:{}/v1/traces", host.unwrap_or("localhost"), OTLP_HTTP.number)))
        }
        _ => (OTLP, None),
    };
    let problem =
        endpoint.as_deref().filter(|_| variable != EXPORTER).and_then(|url| match check_url(url, ReleaseLine::Four) {
            Err(problem) => Some(format!("{problem}; {NEEDED}")),
            Ok((parts, _)) if parts.scheme == "unix" => Some(format!("it is a socket; {NEEDED}")),
            Ok((parts, _)) if !go::can_be_host(parts.host) => Some(format!("its host can't be resolved; {NEEDED}")),
            Ok((parts, _)) if parts.path.is_empty() => Some(format!("it has no path; {NEEDED}/v1/traces")),
            Ok(_) => None,
        });
    if let Some(problem) = problem {
        let reason = Clause::from(format!("{} is wrong: {problem}", judged.quoted_value(variable)));
        judged.record(variable, Outcome::SendsNothing(reason.clone()));
        return Err((variable, reason));
    }
    for name in [OTLP_TRACES, OTLP] {
        judged.record_unless_empty(name, Outcome::Used("where spans go".into()));
    }
    Ok(endpoint)
}
