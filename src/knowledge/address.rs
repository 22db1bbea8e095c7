//! The parts of an agent's address, as a manifest has it or a client uses it: `HOST:PORT`, or a URL.
//!
//! The values of single clients are read by `values::go`, `values::python_url` and `clients::mlserver::address`, which
//! follow the parsers of those clients and differ; and the address in an option by `receivers::Endpoint`, which takes less.

use super::ports::COLLECTOR;

/// An address in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    scheme: Option<&'a str>,
    /// The host and the port, without a user. Of an address without a scheme, all of it.
    authority: &'a str,
    /// All after the authority of a URL.
    rest: &'a str,
}

impl<'a> Address<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let (scheme, authority, rest) = match text.split_once("://") {
            Some((scheme, after)) => {
                let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
                (Some(scheme), authority.rsplit('@').next().unwrap_or_default(), rest)
            }
            None => (None, text, ""),
        };
        Self { scheme, authority, rest }
    }

    /// Returns true if it has this scheme, in any letter case.
    fn is_of(&self, scheme: &str) -> bool {
        self.scheme.is_some_and(|own| own.eq_ignore_ascii_case(scheme))
    }

    /// Returns true for a URL of http or https.
    pub(crate) fn is_web(&self) -> bool {
        self.is_of("http") || self.is_of("https")
    }

    /// The host. A socket has none.
    pub(crate) fn host(&self) -> Option<&'a str> {
        Some(self.host_and_port()?.0)
    }

    /// The port, or that of the scheme.
    pub(crate) fn port(&self) -> Option<u16> {
        match self.host_and_port()?.1 {
            Some(port) => port.parse().ok(),
            None if self.is_of("https") => Some(443),
            None => self.scheme.map(|_| 80),
        }
    }

    /// The number after the last colon, which some clients take with a sign, and before a query without a scheme.
    pub(super) fn last_number(&self) -> Option<u16> {
        self.authority.split(['/', '?', '#']).next()?.rsplit_once(':')?.1.parse().ok()
    }

    fn host_and_port(&self) -> Option<(&'a str, Option<&'a str>)> {
        if self.is_of("unix") {
            return None;
        }
        let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
        let parts = self.authority.rsplit_once(':').filter(|(_, port)| is_port(port));
        Some(parts.map_or((self.authority, None), |(host, port)| (host, Some(port).filter(|port| !port.is_empty()))))
    }

    /// Returns true if it is the address of the pod itself.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host().is_some_and(is_loopback)
    }

    /// Returns true if a URL ends in the path at which a collector accepts Thrift over HTTP. Tried with the OpenTelemetry
    /// Collector 0.165, which answers 404 at any other.
    pub(crate) fn has_collector_path(&self) -> bool {
        self.rest.split(['?', '#']).next().is_some_and(|path| path.ends_with("/api/traces"))
    }

    /// Returns true if no proxy can change a URL's path before a collector reads it: there is none, or the port is the
    /// collector's own.
    pub(crate) fn has_no_proxy(&self) -> bool {
        let has_path = self.rest.split_once('/').is_some_and(|(_, path)| !path.is_empty());
        !has_path || self.port() == Some(COLLECTOR.number)
    }
}

/// Returns true if a host is the pod itself. So is the wrapper's default 0.0.0.0, which is localhost on Linux.
pub(crate) fn is_loopback(host: &str) -> bool {
    let is_loopback_address =
        |host: &str| host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    matches!(host, "" | "[]" | "localhost" | "0.0.0.0" | "::1" | "[::1]") || is_loopback_address(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for (text, host, port) in [
            ("agent:6831", Some("agent"), Some(6831)),
            ("agent", Some("agent"), None),
            ("[::1]:4317", Some("[::1]"), Some(4317)),
            ("agent:", Some("agent"), None),
            ("agent:http", Some("agent:http"), None),
            ("http://user:secret@agent:14268/api/traces", Some("agent"), Some(14268)),
            ("http://agent?x=1:2", Some("agent"), Some(80)),
            ("HTTPS://agent/", Some("agent"), Some(443)),
            ("http://agent:70000", Some("agent"), None),
            ("unix:///var/run/datadog/apm.socket", None, None),
        ] {
            assert_eq!((Address::of(text).host(), Address::of(text).port()), (host, port), "{text}");
        }
    }

    #[test]
    fn a_path_is_that_of_a_url() {
        for (text, has_no_proxy, is_collectors) in [
            ("http://c:14268/api/traces?format=jaeger.thrift", true, true),
            ("http://c/api/traces", false, true),
            ("http://c/", true, false),
            ("http://api/traces", false, false),
            ("http://c/x", false, false),
        ] {
            let address = Address::of(text);
            assert_eq!((address.has_no_proxy(), address.has_collector_path()), (has_no_proxy, is_collectors), "{text}");
        }
    }
}
