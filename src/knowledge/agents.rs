//! Agents as containers in a pod, and the ports at which each accepts spans.

use super::Backend;
use super::backends::agent_container;
use crate::manifest::COLLECTOR_SIDECAR;

/// The ports at which an agent accepts spans from the clients in its pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgentPorts {
    /// The ports are not checked.
    Any,
    /// Only these, and the reason.
    Only(&'static [u16], &'static str),
    /// These and perhaps others, and the reason.
    NotKnown(&'static [u16], &'static str),
}

/// The agent of Jaeger: compact Thrift over UDP.
const JAEGER_AGENT: &[u16] = &[5775, 6831];

/// The ports of a Jaeger all-in-one. Source: jaeger#6081 (no agent from 1.63 on) and #6413 (6831 from 2.2 on).
const ALL_IN_ONE: &[u16] = &[5775, 6831, 14268];
const WITHOUT_AGENT: &[u16] = &[14268];
const JAEGER_2: &[u16] = &[6831, 14268];

const NO_AGENT: &str = "Jaeger from 1.63 to 2.1 has no port for spans over UDP";

impl AgentPorts {
    /// The ports of a container, if it is an agent of the backend. `image` has no tag; `version` is that of the tag.
    pub(crate) fn of(
        backend: Backend,
        name: &str,
        image: &str,
        version: Option<(u32, u32)>,
        has_arguments: bool,
    ) -> Option<Self> {
        let agent = agent_container(backend);
        let is_named = |end: &str| image.strip_suffix(end).is_some_and(|path| path.is_empty() || path.ends_with('/'));
        let image = agent.images.iter().copied().find(|end| is_named(end));
        if image.is_none() && !agent.names.contains(&name) {
            return None;
        }
        Some(match (image, version) {
            (None, _) if name == COLLECTOR_SIDECAR => Self::Only(&[6831], "it listens on 6831"),
            (Some("jaegertracing/jaeger-agent"), _) if !has_arguments => {
                Self::Only(JAEGER_AGENT, "Jaeger's agent listens on 5775 and 6831")
            }
            (Some("jaegertracing/all-in-one" | "jaegertracing/jaeger"), None) => Self::NotKnown(
                WITHOUT_AGENT,
                "its version is not known, and Jaeger from 1.63 to 2.1 has no port for UDP",
            ),
            (Some("jaegertracing/all-in-one" | "jaegertracing/jaeger"), Some(version)) => {
                match version {
                    // The tag `1` is the last release of 1.
                    (1, 63..) => Self::Only(WITHOUT_AGENT, NO_AGENT),
                    _ if has_arguments => Self::NotKnown(&[], "its arguments may give it other ports"),
                    (..=1, _) => Self::Only(ALL_IN_ONE, "it listens on 5775 and 6831"),
                    (2, 0 | 1) => Self::Only(WITHOUT_AGENT, NO_AGENT),
                    _ => Self::Only(JAEGER_2, "Jaeger 2 listens on 6831"),
                }
            }
            _ => Self::Any,
        })
    }

    /// The ports of a container that declares the port of a backend's agent.
    pub(crate) fn declared_for(backend: Backend) -> Self {
        match backend {
            Backend::Jaeger => Self::NotKnown(&[6831], "it declares 6831"),
            Backend::Datadog => Self::NotKnown(&[8126], "it declares 8126"),
        }
    }

    /// Returns true if it accepts spans at a port, false if it does not; `None` if that is unknown.
    pub(crate) fn takes(self, port: u16) -> Option<bool> {
        match self {
            Self::Any => Some(true),
            Self::Only(ports, _) => Some(ports.contains(&port)),
            Self::NotKnown(ports, _) => ports.contains(&port).then_some(true),
        }
    }

    /// The reason why it does not, or may not, accept them.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Only(_, reason) | Self::NotKnown(_, reason) => reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_jaeger_depend_on_its_version() {
        let takes = |image: &str, version, has_arguments, port| {
            AgentPorts::of(Backend::Jaeger, "x", image, version, has_arguments).unwrap().takes(port)
        };
        for (image, version, port, takes_it) in [
            ("jaegertracing/all-in-one", Some((1, 62)), 5775, Some(true)),
            ("docker.io/jaegertracing/all-in-one", Some((1, 63)), 5775, Some(false)),
            ("jaegertracing/all-in-one", Some((1, 76)), 6831, Some(false)),
            ("jaegertracing/all-in-one", Some((1, 76)), 14268, Some(true)),
            ("jaegertracing/all-in-one", Some((1, u32::MAX)), 6831, Some(false)),
            ("jaegertracing/all-in-one", None, 6831, None),
            ("jaegertracing/all-in-one", None, 14268, Some(true)),
            ("jaegertracing/jaeger", Some((2, 1)), 6831, Some(false)),
            ("jaegertracing/jaeger", Some((2, 2)), 6831, Some(true)),
            ("jaegertracing/jaeger", Some((2, 2)), 5775, Some(false)),
            ("jaegertracing/jaeger-agent", Some((1, 50)), 5775, Some(true)),
            ("jaegertracing/jaeger-agent", None, 14268, Some(false)),
        ] {
            assert_eq!(takes(image, version, false, port), takes_it, "{image} {version:?} {port}");
        }
        assert_eq!(takes("jaegertracing/jaeger", Some((2, 2)), true, 5775), None);
        assert_eq!(AgentPorts::of(Backend::Jaeger, "x", "jaegertracing/jaeger-query", None, false), None);
        assert_eq!(AgentPorts::of(Backend::Datadog, "datadog-agent", "mine", None, false), Some(AgentPorts::Any));
    }
}
