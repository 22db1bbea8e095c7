//! OpenTelemetry, by which MLServer sends its spans: the address, the variables and the switch.

use super::clients::mlserver::destination;
pub(crate) use super::clients::mlserver::{OTLP_SERVER, OTLP_SWITCH};
use super::{Content, Strength, Wanted};
use crate::manifest::{HOST_IP, is_placeholder};

/// The versions of MLServer as text, so that `concat!` can put them into a sentence: `first` is the first that traces
/// ([`mlserver_traces`]), and `releases` are those of Seldon Core's releases.
macro_rules! mlserver {
    (first) => {
        "1.4.0"
    };
    (releases) => {
        "Seldon Core 1.17.1 to 1.18 have MLServer 1.3.5, which does not trace, and 1.19.0-rc.1 has 1.7.1"
    };
}
pub(crate) use mlserver;

/// Returns true if this version of MLServer traces.
pub(crate) fn mlserver_traces(major: u32, minor: u32) -> bool {
    (major, minor) >= (1, 4)
}

/// The variable with the node's address, to which [`OTLP_SERVER`] may refer.
pub(crate) const NODE_ADDRESS: &str = "HOST_IP";

const REFERENCE: &str = "$(HOST_IP)";

const DEFAULT_ADDRESS: &str = "$(HOST_IP):4317";

/// The address to which MLServer sends spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Otlp {
    pub address: String,
    /// True if the address was given. The default is only written if there is no value.
    pub is_given: bool,
}

impl Otlp {
    /// The value of the option: an address, `true` for the default, `false` for none.
    pub(super) fn read(text: &str) -> Result<Option<Self>, String> {
        match text {
            "false" => Ok(None),
            "true" => Ok(Some(Self { address: DEFAULT_ADDRESS.to_owned(), is_given: false })),
            _ => check(text).map(|()| Some(Self { address: text.to_owned(), is_given: true })),
        }
    }

    /// The variables, that with the node's address first.
    pub(crate) fn wanted(&self) -> [Wanted; 2] {
        let strength = if self.is_given { Strength::Given } else { Strength::Default };
        let want = |name, content, strength| Wanted { name, content, strength, is_listed: true };
        [
            want(NODE_ADDRESS, Content::Field(HOST_IP), Strength::Given),
            want(OTLP_SERVER, Content::Literal(self.address.clone().into()), strength),
        ]
    }
}

/// Returns true if an address refers to the node's.
pub(crate) fn refers_to_node(address: &str) -> bool {
    address.contains(REFERENCE)
}

/// Checks an address to which MLServer is to send.
pub(crate) fn check(text: &str) -> Result<(), String> {
    const EXPECTED: &str = "it is HOST:PORT, such as collector.tracing:4317";
    if is_placeholder(text, true) {
        return Err("it is a placeholder: give the value, or let the other tool fill it in first".to_owned());
    }
    // Kubernetes replaces references.
    let text = text.replace("[$(HOST_IP)]", "[::1]");
    let mut parts = text.split("$(");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once(')').map(|(_, after)| after)).collect::<Option<Vec<_>>>();
    let address = rest.map(|rest| rest.into_iter().fold(first, |text, after| format!("{text}host{after}")));
    match address.map(|address| destination(&address)) {
        Some(Ok(_)) => Ok(()),
        _ => Err(EXPECTED.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for good in [
            "c:4317",
            "collector.tracing.svc:4317",
            "http://c:4317",
            "$(HOST_IP):14317",
            "10.0.0.1:1",
            "[::1]:4317",
            "[$(HOST_IP)]:4317",
            "$(A).$(B):4317",
            "grpc://c:4317",
            "http://c:4317/v1/traces",
        ] {
            let otlp = Otlp { address: good.to_owned(), is_given: true };
            assert_eq!(Otlp::read(good), Ok(Some(otlp)), "{good}");
        }
        let bad =
            ["", "c", ":4317", "c:", "c:0", "c:70000", "c:$(", "http://c", "c:4317/v1", "a b:1", "::1:4317", "${C}:1"];
        for bad in bad {
            assert!(Otlp::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_first_version_that_traces_is_the_one_that_is_named() {
        let [major, minor] = [0, 1].map(|at| mlserver!(first).split('.').nth(at).unwrap().parse().unwrap());
        assert!(mlserver_traces(major, minor) && !mlserver_traces(major, minor - 1));
    }

    #[test]
    fn without_an_address_it_is_the_node() {
        let Ok(Some(otlp)) = Otlp::read("true") else { panic!("no default") };
        assert!(refers_to_node(&otlp.address) && !otlp.is_given);
        assert_eq!(Otlp::read("false"), Ok(None));
    }
}
