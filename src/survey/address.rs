//! The host and the port to which a client sends, and the services on known ports.

use super::surroundings::Surroundings;
use super::tracing::Doubt;
use crate::knowledge::Backend;
use crate::knowledge::ports::Receiver;

/// The doubt about an agent, `HOST:PORT` or a URL, on a loopback address. If the manifest has no agent in the pod, one
/// may be injected, unless the orchestrator is alone in its pod.
pub(super) fn loopback(agent: Option<&str>, around: &Surroundings<'_>, backend: Backend) -> Option<Doubt> {
    let address = agent.filter(|agent| host_of(agent).is_some_and(is_loopback))?;
    if let Some(agents) = around.agents(backend) {
        return port_of(address).and_then(|port| agents.doubt_at(port));
    }
    Some(match around.is_alone() {
        true => Doubt::no("the agent would be on localhost, and the orchestrator is alone in its pod"),
        false => Doubt::unknown("the agent would be on localhost, and the manifest has none in the pod"),
    })
}

/// The doubt about an agent of Datadog at the port of another service. An agent in the pod is judged by its own ports.
pub(super) fn foreign_port(agent: Option<&str>, around: &Surroundings<'_>) -> Option<Doubt> {
    let is_in_pod =
        |address: &str| host_of(address).is_some_and(is_loopback) && around.agents(Backend::Datadog).is_some();
    let address = agent.filter(|address| !is_in_pod(address))?;
    let (number, what) = Receiver::DatadogAgent.other_service_at(address)?;
    Some(Doubt::no(format!("port {number} is {what}: no span arrives")))
}

/// The host of `HOST:PORT` or of a URL. A socket has none.
pub(super) fn host_of(agent: &str) -> Option<&str> {
    Some(host_and_port(agent)?.0)
}

/// The port of `HOST:PORT` or of a URL.
pub(super) fn port_of(agent: &str) -> Option<u16> {
    match host_and_port(agent)?.1 {
        Some(port) => port.parse().ok(),
        None if agent.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")) => Some(443),
        None => agent.contains("://").then_some(80),
    }
}

fn host_and_port(agent: &str) -> Option<(&str, Option<&str>)> {
    let address = match agent.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("unix") => return None,
        Some((_, rest)) => rest.split(['/', '?', '#']).next()?.rsplit('@').next()?,
        None => agent,
    };
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    let parts = address.rsplit_once(':').filter(|(_, port)| is_port(port));
    Some(parts.map_or((address, None), |(host, port)| (host, Some(port).filter(|port| !port.is_empty()))))
}

/// Returns true if a host is the pod itself. So is the wrapper's default 0.0.0.0, which is localhost on Linux.
pub(crate) fn is_loopback(host: &str) -> bool {
    let is_loopback_address =
        |host: &str| host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    matches!(host, "" | "[]" | "localhost" | "0.0.0.0" | "::1" | "[::1]") || is_loopback_address(host)
}
