//! The doubts about the address to which a client sends.

use super::surroundings::Surroundings;
use super::tracing::Doubt;
use crate::knowledge::Backend;
use crate::knowledge::address::Address;
use crate::knowledge::ports::Receiver;

/// The doubt about an agent, `HOST:PORT` or a URL, on a loopback address. If the manifest has no agent in the pod, one
/// may be injected, unless the orchestrator is alone in its pod.
pub(super) fn loopback(agent: Option<&str>, around: &Surroundings<'_>, backend: Backend) -> Option<Doubt> {
    let address = agent.map(Address::of).filter(Address::is_loopback)?;
    if let Some(agents) = around.agents(backend) {
        return address.port().and_then(|port| agents.doubt_at(port));
    }
    Some(match around.is_alone() {
        true => Doubt::no("the agent would be on localhost, and the orchestrator is alone in its pod"),
        false => Doubt::unknown("the agent would be on localhost, and the manifest has none in the pod"),
    })
}

/// The doubt about an agent of Datadog at the port of another service. An agent in the pod is judged by its own ports.
pub(super) fn foreign_port(agent: Option<&str>, around: &Surroundings<'_>) -> Option<Doubt> {
    let is_in_pod = |address: &str| Address::of(address).is_loopback() && around.agents(Backend::Datadog).is_some();
    let address = agent.filter(|address| !is_in_pod(address))?;
    let (number, what) = Receiver::DatadogAgent.other_service_at(address)?;
    Some(Doubt::no(format!("port {number} is {what}: no span arrives")))
}
