//! Agents as containers in a pod, and the ports at which each accepts spans.

use std::borrow::Cow;

use super::Backend;
use super::backends::agent_container;
use super::clients::EnvText;
use super::ports::{COLLECTOR, DATADOG, OLD_THRIFT, THRIFT};
use super::values::go;
use crate::manifest::COLLECTOR_SIDECAR;

/// The ports at which an agent accepts spans from the clients in its pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgentPorts {
    /// The ports are not checked.
    Any,
    /// Only this one.
    At(u16),
    /// Only these, and the reason.
    Only(&'static [u16], &'static str),
    /// These and perhaps others, and the reason.
    NotKnown(&'static [u16], &'static str),
}

/// A container that may be an agent.
pub(crate) struct AgentCandidate<'a> {
    pub name: &'a str,
    /// Without a tag.
    pub image: &'a str,
    /// The version in the image's tag.
    pub version: Option<(u32, u32)>,
    /// True if it has a command or arguments of its own.
    pub has_arguments: bool,
    /// True if a volume is mounted over the folder with the config of Datadog's agent.
    pub has_config: bool,
    /// The value of a variable.
    pub variable: &'a dyn Fn(&str) -> Option<EnvText<'a>>,
}

/// The folder with the config of Datadog's agent.
pub(crate) const DATADOG_CONFIG: &str = "/etc/datadog-agent";

/// The agent of Jaeger: compact Thrift over UDP.
const JAEGER_AGENT: &[u16] = &[OLD_THRIFT.number, THRIFT.number];

/// The ports of a Jaeger all-in-one. Source: jaeger#6081 (no agent from 1.63 on) and #6413 (6831 from 2.2 on).
const ALL_IN_ONE: &[u16] = &[OLD_THRIFT.number, THRIFT.number, COLLECTOR.number];
const WITHOUT_AGENT: &[u16] = &[COLLECTOR.number];
const JAEGER_2: &[u16] = &[THRIFT.number, COLLECTOR.number];

const NO_AGENT: &str = "Jaeger from 1.63 to 2.1 has no port for spans over UDP";

impl AgentPorts {
    /// The ports of a container, if it is an agent of the backend.
    pub(crate) fn of(backend: Backend, candidate: &AgentCandidate<'_>) -> Option<Self> {
        let AgentCandidate { name, version, has_arguments, .. } = *candidate;
        let agent = agent_container(backend);
        let is_named =
            |end: &str| candidate.image.strip_suffix(end).is_some_and(|path| path.is_empty() || path.ends_with('/'));
        let image = agent.images.iter().copied().find(|end| is_named(end));
        if image.is_none() && !agent.names.contains(&name) {
            return None;
        }
        if backend.is_datadog() {
            return Some(Self::of_datadog(candidate, image.is_some()));
        }
        Some(match (image, version) {
            (None, _) if name == COLLECTOR_SIDECAR => Self::Only(&[THRIFT.number], "it listens on 6831"),
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
            Backend::Jaeger => Self::NotKnown(&[THRIFT.number], "it declares 6831"),
            Backend::Datadog => Self::NotKnown(&[DATADOG.number], "it declares 8126"),
        }
    }

    /// The ports of Datadog's agent. Source: datadog-agent, pkg/config/setup/apm.go and pkg/trace/api/api.go.
    fn of_datadog(candidate: &AgentCandidate<'_>, is_image_known: bool) -> Self {
        const DEFAULT: &[u16] = &[DATADOG.number];
        match (candidate.variable)("DD_APM_ENABLED").map(|text| text.shown()) {
            None | Some(Some("")) => {}
            Some(enabled) => match enabled.and_then(go::boolean) {
                Some(true) => {}
                Some(false) => return Self::Only(&[], "its DD_APM_ENABLED is false"),
                None => return Self::NotKnown(&[], "its DD_APM_ENABLED is not known"),
            },
        }
        let ports = ["DD_APM_RECEIVER_PORT", "DD_RECEIVER_PORT"].into_iter().filter_map(candidate.variable);
        match ports.map(|text| text.shown()).find(|port| *port != Some("")) {
            Some(port) => match port.and_then(|port| port.parse().ok()) {
                Some(0) => Self::Only(&[], "the port of its receiver is 0"),
                Some(port) => Self::At(port),
                None => Self::NotKnown(&[], "the port of its receiver is not known"),
            },
            None if !is_image_known => Self::NotKnown(DEFAULT, "its image is not Datadog's"),
            None if candidate.has_arguments || candidate.has_config => {
                Self::NotKnown(DEFAULT, "its arguments or its config may give it another port")
            }
            None => Self::At(DEFAULT[0]),
        }
    }

    /// Returns true if it accepts spans at a port, false if it does not; `None` if that is unknown.
    pub(crate) fn takes(self, port: u16) -> Option<bool> {
        match self {
            Self::Any => Some(true),
            Self::At(only) => Some(only == port),
            Self::Only(ports, _) => Some(ports.contains(&port)),
            Self::NotKnown(ports, _) => ports.contains(&port).then_some(true),
        }
    }

    /// The reason why it does not, or may not, accept them.
    pub(crate) fn reason(self) -> Cow<'static, str> {
        match self {
            Self::Any => "".into(),
            Self::At(port) => format!("it listens on {port}").into(),
            Self::Only(_, reason) | Self::NotKnown(_, reason) => reason.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_jaeger_depend_on_its_version() {
        let of = |image: &str, version, has_arguments| {
            let variable = &|_: &str| None;
            let candidate = AgentCandidate { name: "x", image, version, has_arguments, has_config: false, variable };
            AgentPorts::of(Backend::Jaeger, &candidate)
        };
        let takes = |image: &str, version, has_arguments, port| of(image, version, has_arguments).unwrap().takes(port);
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
        assert_eq!(of("jaegertracing/jaeger-query", None, false), None);
    }

    #[test]
    fn the_port_of_datadog_is_that_of_its_variables() {
        let takes = |image, variables: &[(&str, &'static str)], has_config, port| {
            let variable = &|name: &str| {
                let found = variables.iter().find(|(other, _)| *other == name);
                found.map(|(_, text)| if *text == "?" { EnvText::Hidden("") } else { EnvText::Literal(text) })
            };
            let (name, version, has_arguments) = ("datadog-agent", None, false);
            let candidate = AgentCandidate { name, image, version, has_arguments, has_config, variable };
            AgentPorts::of(Backend::Datadog, &candidate).unwrap().takes(port)
        };
        let port = "DD_APM_RECEIVER_PORT";
        for (image, variables, has_config, [on_8126, on_9000]) in [
            ("datadog/agent", &[][..], false, [Some(true), Some(false)]),
            ("mine", &[], false, [Some(true), None]),
            ("datadog/agent", &[], true, [Some(true), None]),
            ("datadog/agent", &[(port, "9000")], true, [Some(false), Some(true)]),
            ("datadog/agent", &[("DD_RECEIVER_PORT", "9000"), (port, "")], false, [Some(false), Some(true)]),
            ("datadog/agent", &[(port, "0")], false, [Some(false); 2]),
            ("datadog/agent", &[(port, "?")], false, [None; 2]),
            ("datadog/agent", &[("DD_APM_ENABLED", "false")], false, [Some(false); 2]),
            ("datadog/agent", &[("DD_APM_ENABLED", "?")], false, [None; 2]),
            ("datadog/agent", &[("DD_APM_ENABLED", "true")], false, [Some(true), Some(false)]),
        ] {
            assert_eq!(
                [8126, 9000].map(|at| takes(image, variables, has_config, at)),
                [on_8126, on_9000],
                "{variables:?}"
            );
        }
    }
}
