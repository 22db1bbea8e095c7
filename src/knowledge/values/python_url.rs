//! URLs as `urllib.parse` of Python 3.11 splits them, and as a client in Rust accepts them.

use std::net::{IpAddr, Ipv6Addr};

/// A URL in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::knowledge) struct SplitUrl<'a> {
    /// In lower case; empty where there is none.
    pub scheme: String,
    /// All between `//` and the path; empty where there is none.
    pub authority: &'a str,
    /// Without user, brackets and port; empty where there is none.
    pub host: &'a str,
    /// As it is written, if anything follows the colon.
    pub port: Option<&'a str>,
    /// Without query and fragment.
    pub path: &'a str,
}

/// `urlparse`
///
/// # Errors
/// The reason for which it raises.
pub(in crate::knowledge) fn split(url: &str) -> Result<SplitUrl<'_>, &'static str> {
    let url = url.trim_start_matches(|character| character <= ' ');
    let is_of_scheme = |next: char| next.is_ascii_alphanumeric() || "+-.".contains(next);
    let is_scheme = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_of_scheme);
    let (scheme, rest) = url.split_once(':').filter(|(scheme, _)| is_scheme(scheme)).unwrap_or(("", url));
    let (authority, rest) = match rest.strip_prefix("//") {
        Some(after) => after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len())),
        None => ("", rest),
    };
    let address = authority.rsplit('@').next().unwrap_or_default();
    let (host, after) = match authority.split_once('[') {
        None if authority.contains(']') => return Err("a bracket of it is missing"),
        None => address.split_at(address.find(':').unwrap_or(address.len())),
        Some((_, inner)) => {
            let (host, after) = inner.split_once(']').ok_or("a bracket of it is missing")?;
            let bare = host.split_once('%').map_or(host, |(address, _zone)| address);
            bare.parse::<Ipv6Addr>().map_err(|_| "what is in its brackets is not an IPv6 address")?;
            (host, after)
        }
    };
    let port = after.split_once(':').map(|(_, port)| port).filter(|port| !port.is_empty());
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    Ok(SplitUrl { scheme: scheme.to_ascii_lowercase(), authority, host, port, path })
}

/// The port of a URL, as Python parses it on access.
///
/// # Errors
/// Python raises.
pub(in crate::knowledge) fn port(port: Option<&str>) -> Result<Option<u16>, ()> {
    let is_number = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    match port {
        None => Ok(None),
        Some(port) if is_number(port) => port.parse().map(Some).map_err(|_| ()),
        Some(_) => Err(()),
    }
}

/// The port that the crate `http` finds in a URL that it accepts: an invalid port counts as none.
///
/// # Errors
/// The reason for which it rejects the URL.
pub(in crate::knowledge) fn native_port(url: &str) -> Result<Option<u16>, &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("it has no scheme and host")?;
    if !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("it does not begin with its scheme");
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if !authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!$&'()*+,-.:;=@[]_~%".contains(&byte)) {
        return Err("it has a character that is not allowed in a host");
    }
    if path.bytes().any(|byte| byte <= b' ') {
        return Err("it has a space");
    }
    let address = authority.rsplit('@').next().unwrap_or_default();
    let after_brackets = address.rsplit(']').next().unwrap_or_default();
    if after_brackets.matches(':').count() > 1 || address.contains('%') || address.is_empty() {
        return Err("its host is not a name or an address");
    }
    Ok(authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()))
}

/// A host as it is written in a URL.
pub(in crate::knowledge) fn in_brackets(host: &str) -> String {
    match host.parse() {
        Ok(IpAddr::V6(_)) => format!("[{host}]"),
        _ => host.to_owned(),
    }
}
