//! Values as Go's standard library reads them. Each function returns `None` if Go returns an error.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{GO_FALSE, GO_TRUE};

/// `strconv.ParseBool`
pub(in crate::knowledge) fn boolean(text: &str) -> Option<bool> {
    if GO_TRUE.contains(&text) { Some(true) } else { GO_FALSE.contains(&text).then_some(false) }
}

/// `strconv.ParseInt` in base 10, which accepts the same as Rust.
pub(in crate::knowledge) fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// `strconv.ParseFloat`
pub(in crate::knowledge) fn float(text: &str) -> Option<f64> {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match bare.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        "nan" => return (bare.len() == text.len()).then_some(f64::NAN),
        _ => {}
    }
    let hex = bare.strip_prefix("0x").or_else(|| bare.strip_prefix("0X"));
    let digits = without_underscores(hex.unwrap_or(bare), hex.is_some())?;
    let number = match hex {
        Some(_) => hex_float(&digits)?,
        // Rust would read words such as `inf`, too.
        None if digits.bytes().all(|byte| b"0123456789.eE+-".contains(&byte)) && !digits.starts_with(['+', '-']) => {
            digits.parse::<f64>().ok()?
        }
        None => return None,
    };
    // Too large is an error; too small is zero.
    number.is_finite().then_some(sign * number)
}

/// Underscores are valid between digits, and after the prefix of the base.
fn without_underscores(text: &str, is_hex: bool) -> Option<String> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || is_hex && byte.is_ascii_hexdigit();
    let mut after_digit = is_hex;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'_' && !(after_digit && bytes.peek().is_some_and(|next| is_digit(*next))) {
            return None;
        }
        after_digit = is_digit(byte);
    }
    Some(text.replace('_', ""))
}

/// A mantissa in hexadecimal digits, and a required exponent of 2.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |text: &str, of: fn(&u8) -> bool| text.bytes().all(|byte| of(&byte));
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_hex = all_digits(whole, u8::is_ascii_hexdigit) && all_digits(fraction, u8::is_ascii_hexdigit);
    if !is_hex || whole.len() + fraction.len() == 0 || power.is_empty() || !all_digits(power, u8::is_ascii_digit) {
        return None;
    }
    // Beyond this all results are zero or too large.
    let power = power.parse::<i32>().unwrap_or(10_000).min(10_000) * if exponent.starts_with('-') { -1 } else { 1 };
    let digits = whole.chars().chain(fraction.chars()).filter_map(|digit| digit.to_digit(16));
    let number = digits.fold(0.0_f64, |number, digit| number * 16.0 + f64::from(digit));
    let scale = power - i32::try_from(fraction.len()).unwrap_or(i32::MAX / 8).min(10_000) * 4;
    // In two steps, which do not overflow unless the result does.
    Some(number * 2.0_f64.powi(scale / 2) * 2.0_f64.powi(scale - scale / 2))
}

/// `time.ParseDuration`, in nanoseconds.
pub(in crate::knowledge) fn duration(text: &str) -> Option<i64> {
    const LIMIT: u64 = 1 << 63;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    let (mut rest, mut total) = (unsigned, 0_u64);
    while !rest.is_empty() {
        let (whole, after) = leading_digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), leading_digits);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let (unit, after) = after.split_at(after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len()));
        let (_, nanoseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
        // As Go does, in floating point, and with no more digits than an integer holds.
        let digits = &fraction[..fraction.len().min(18)];
        let scale = 10_f64.powi(i32::try_from(digits.len()).unwrap_or_default());
        #[allow(clippy::cast_precision_loss, reason = "Go loses it, too")]
        let part = digits.parse::<u64>().unwrap_or_default() as f64 * (*nanoseconds as f64 / scale);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is less than an hour")]
        let value = whole.checked_mul(*nanoseconds)?.checked_add(part as u64)?;
        total = total.checked_add(value).filter(|total| *total <= LIMIT)?;
        rest = after;
    }
    if unsigned.is_empty() {
        return None;
    }
    let signed = if text.starts_with('-') { -i128::from(total) } else { i128::from(total) };
    i64::try_from(signed).ok()
}

/// Go's units of time in nanoseconds (`time/format.go`, `unitMap`).
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

fn leading_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len()))
}

/// A URI that `url.ParseRequestURI` accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::knowledge) struct RequestUri<'a> {
    /// As it is written.
    pub scheme: &'a str,
    /// With the port; empty where there is none.
    pub authority: &'a str,
    /// The part before the last `@` of the authority.
    pub user: Option<&'a str>,
    /// The part after the authority.
    pub rest: &'a str,
}

/// `url.ParseRequestURI`
pub(in crate::knowledge) fn request_uri(text: &str) -> Option<RequestUri<'_>> {
    if text.is_empty() || text.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let is_of_scheme = |next: char| next.is_ascii_alphanumeric() || "+-.".contains(next);
    let is_scheme = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_of_scheme);
    let (scheme, after) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme)).unwrap_or(("", text));
    let without = RequestUri { scheme, authority: "", user: None, rest: after };
    let address = after.split('?').next().unwrap_or_default();
    if !address.starts_with('/') {
        return (!scheme.is_empty() || text == "*").then_some(without);
    }
    let Some(from_host) = after.strip_prefix("//").filter(|_| !scheme.is_empty()) else {
        return escapes_are_right(address).then_some(without);
    };
    let (authority, rest) = from_host.split_at(from_host.find(['/', '?']).unwrap_or(from_host.len()));
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let path = rest.split('?').next().unwrap_or_default();
    let is_right = user.is_none_or(is_user) && is_host(host) && escapes_are_right(path);
    is_right.then_some(RequestUri { scheme, authority: host, user, rest })
}

/// The host and the port of an authority or an address, as `net.SplitHostPort` and a URL's `Hostname` give them.
pub(in crate::knowledge) fn split_port(address: &str) -> (&str, Option<&str>) {
    let port_at = address.rfind(':').filter(|at| !address[*at..].contains(']'));
    let (host, port) = port_at.map_or((address, None), |at| (&address[..at], Some(&address[at + 1..])));
    (host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host), port)
}

/// Returns true if `net.SplitHostPort` accepts the host once a colon and a port are appended.
pub(in crate::knowledge) fn takes_a_port(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    !inner.unwrap_or(host).contains(['[', ']']) && (inner.is_some() || !host.contains(':'))
}

/// Returns true if the resolver looks up this host: an address, or a possible name in DNS (`net.isDomainName`).
pub(in crate::knowledge) fn can_be_host(host: &str) -> bool {
    is_address(host) || is_domain_name(host)
}

fn is_address(host: &str) -> bool {
    let zoned = host.split_once('%').filter(|(_, zone)| !zone.is_empty()).map_or(host, |(address, _)| address);
    host.parse::<Ipv4Addr>().is_ok() || zoned.parse::<Ipv6Addr>().is_ok()
}

fn is_domain_name(name: &str) -> bool {
    let labels = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(is_of_name)
    };
    let is_numeric = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    name == "." || labels.len() <= 253 && labels.split('.').all(is_label) && !name.bytes().all(is_numeric)
}

fn is_user(user: &str) -> bool {
    user.chars().all(|c| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c)) && escapes_are_right(user)
}

/// Go 1.20 accepts any text in brackets as an address; later versions only an address.
fn is_host(host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    let (name, port) = match host.rfind(']').filter(|_| host.starts_with('[')) {
        Some(end) => (&host[1..end], &host[end + 1..]),
        None if host.starts_with('[') => return false,
        None => host.split_at(host.rfind(':').unwrap_or(host.len())),
    };
    let is_of_host = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"%".contains(c);
    // Only characters beyond ASCII may be escaped, and the `%` before a zone.
    let escapes = name.split('%').skip(1);
    let is_escape =
        |escape: &str| escape.starts_with("25") || escape.starts_with(|c: char| "89abcdefABCDEF".contains(c));
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
        && name.chars().all(is_of_host)
        && escapes_are_right(name)
        && escapes.into_iter().all(is_escape)
}

fn escapes_are_right(text: &str) -> bool {
    let is_hex = |escape: &str| escape.len() >= 2 && escape.bytes().take(2).all(|digit| digit.is_ascii_hexdigit());
    text.split('%').skip(1).all(is_hex)
}
