//! The address that OpenTelemetry's exporter makes of MLSERVER_TRACING_SERVER and gives to gRPC
//! (`opentelemetry-exporter-otlp-proto-grpc` 1.45, `exporter.py`).

use super::super::Clause;
use crate::knowledge::values::{go, python_url};

/// The reason why MLServer sends nothing to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::knowledge) enum AddressFault {
    /// It exits at start.
    Exits(Clause),
    /// It starts, and gRPC can't use the address.
    Unusable(Clause),
}

/// The ways in which gRPC finds an address, by the scheme. Without one of these it asks DNS.
const RESOLVERS: [&str; 6] = ["dns", "ipv4", "ipv6", "unix", "unix-abstract", "vsock"];

/// The addresses that are not on a network.
const SOCKETS: [&str; 3] = ["unix", "unix-abstract", "vsock"];

const DEFAULT_PORT: u16 = 443;

/// The `HOST:PORT` to which MLServer sends; `None` if it is a socket.
///
/// # Errors
/// Nothing is sent.
pub(in crate::knowledge) fn read(text: &str) -> Result<Option<String>, AddressFault> {
    let url = python_url::split(text).map_err(|problem| AddressFault::Exits(problem.into()))?;
    // The exporter takes off scheme and path only where `//` begins the host.
    let target = if url.authority.is_empty() { text } else { url.authority };
    let is_resolver = |scheme: &str| RESOLVERS.into_iter().find(|known| scheme.eq_ignore_ascii_case(known));
    let scheme = target.split_once(':').and_then(|(scheme, rest)| Some((is_resolver(scheme)?, rest)));
    let (scheme, path) = scheme.unwrap_or(("dns", target));
    if SOCKETS.contains(&scheme) {
        return Ok(None);
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.strip_prefix('/').unwrap_or(path);
    let is_usable = match scheme {
        "dns" => is_host_and_port(path, url.scheme == "https")?,
        scheme => path.split(',').all(|address| is_address(scheme, address)),
    };
    match is_usable {
        true => Ok(Some(path.trim_end().to_owned())),
        false => Err(AddressFault::Unusable("gRPC finds no collector there".into())),
    }
}

/// Returns true if a name can be resolved.
///
/// # Errors
/// There is no port.
fn is_host_and_port(text: &str, is_tls: bool) -> Result<bool, AddressFault> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if host.starts_with('[') == host.ends_with(']') && !port.ends_with(']') => {
            (host, Some(port))
        }
        _ => (text, None),
    };
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_host =
        go::can_be_host(host.trim_start_matches('[').trim_end_matches(']')) && is_bracketed == host.contains(':');
    match port {
        Some(port) => Ok(is_host && is_port(port)),
        None if is_host && !is_tls => {
            Err(AddressFault::Unusable(format!("it has no port, and gRPC takes {DEFAULT_PORT}").into()))
        }
        None => Ok(is_host),
    }
}

/// `getaddrinfo` takes a sign before the number, and a space after it.
fn is_port(text: &str) -> bool {
    let number = text.trim_end();
    let digits = number.strip_prefix('+').unwrap_or(number);
    digits.bytes().all(|digit| digit.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Returns true for an address of this scheme with a port.
fn is_address(scheme: &str, text: &str) -> bool {
    match scheme {
        "ipv4" => text.parse::<std::net::SocketAddrV4>().is_ok_and(|address| address.port() > 0),
        _ => text.parse::<std::net::SocketAddrV6>().is_ok_and(|address| address.port() > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_to_which_mlserver_sends() {
        // Each was tried with MLServer 1.7.1, with `localhost` and a free port.
        for (text, address) in [
            ("c:4317", "c:4317"),
            ("c:4317 ", "c:4317"),
            ("http://c:4317", "c:4317"),
            ("HTTP://c:4317", "c:4317"),
            (" http://c:4317", "c:4317"),
            ("http://c:4317/v1/traces", "c:4317"),
            ("http://c:4317?x=1", "c:4317"),
            ("https://c:4317", "c:4317"),
            ("https://c", "c"),
            ("grpc://c:4317", "c:4317"),
            ("foo://c:4317/x", "c:4317"),
            ("//c:4317", "c:4317"),
            ("c:4317#x", "c:4317"),
            ("c:4317?x", "c:4317"),
            ("c:+4317", "c:+4317"),
            ("c:04317", "c:04317"),
            ("a_b.c:4317", "a_b.c:4317"),
            ("dns:c:4317", "c:4317"),
            ("dns:///c:4317", "c:4317"),
            ("DNS:///c:4317", "c:4317"),
            ("ipv4:10.0.0.1:4317", "10.0.0.1:4317"),
            ("ipv4:///10.0.0.1:4317", "10.0.0.1:4317"),
            ("ipv4:10.0.0.1:1,10.0.0.2:4317", "10.0.0.1:1,10.0.0.2:4317"),
            ("ipv6:[::1]:4317", "[::1]:4317"),
            ("[::1]:4317", "[::1]:4317"),
            ("http://[::1]:4317/a", "[::1]:4317"),
        ] {
            assert_eq!(read(text), Ok(Some(address.to_owned())), "{text}");
        }
        assert_eq!(read("unix:/tmp/socket"), Ok(None));
        for text in [
            "",
            " c:4317",
            "c:4317/",
            "c",
            "c:",
            "c:0",
            "c:70000",
            "http://c",
            "http://",
            "http:c:4317",
            "http:///c:4317",
            "http://u:p@c:4317",
            "http://a b:4317",
            "http://c:1:4317",
            "a b:4317",
            "tcp:c:4317",
            "dns:///c:4317/",
            "dns://10.0.0.1/c:4317",
            "ipv4:c:4317",
            "ipv4:10.0.0.1",
            "passthrough:///c:4317",
            "::1:4317",
            "127.1:4317",
        ] {
            assert!(matches!(read(text), Err(AddressFault::Unusable(_))), "{text}");
        }
        assert!(matches!(read("http://[::1:4317"), Err(AddressFault::Exits(_))));
    }
}
