//! The receivers of spans in options: endpoints, Secrets, sites and images.

use std::net::Ipv6Addr;
use std::str::FromStr;

use super::Backend;
use super::names::{MAX_SUBDOMAIN, is_domain};

/// The image of the OpenTelemetry Collector.
pub(crate) const COLLECTOR_IMAGE: &str = "otel/opentelemetry-collector-contrib:0.162.0";

/// The key of a Secret with Datadog's API key, as Datadog's own chart has it.
const DEFAULT_KEY: &str = "api-key";

/// Datadog's site without `--site`.
pub(crate) const DEFAULT_SITE: &str = "datadoghq.com";

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(String);

/// A key of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiKeySecret {
    pub name: String,
    pub key: String,
}

impl Endpoint {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            return Err("give HOST:PORT without a scheme; TLS is an option of its own".to_owned());
        }
        let Some((host, port)) = text.rsplit_once(':').filter(|(host, _)| !host.is_empty()) else {
            return Err("give HOST:PORT, e.g. jaeger.tracing:4317".to_owned());
        };
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_host = match address {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => is_domain(&host.to_ascii_lowercase()),
        };
        if !is_host {
            return Err("the host is a name, an IPv4 address or an IPv6 address in brackets".to_owned());
        }
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
        match port.parse::<u16>() {
            Ok(1..) if is_number => Ok(Self(text.to_owned())),
            _ => Err("the port is a whole number from 1 to 65535".to_owned()),
        }
    }
}

/// The errors don't contain the text, which may be a key.
impl FromStr for ApiKeySecret {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.split('/').any(is_like_an_api_key) {
            return Err(
                "it names a Secret, and this looks like the key itself, which every reader of the result would \
                        see; put the key into a Secret, and give the name of that"
                    .to_owned(),
            );
        }
        let (name, key) = text.split_once('/').unwrap_or((text, DEFAULT_KEY));
        check_subdomain(name).map_err(|words| format!("the name of a Secret: {words}"))?;
        if !is_config_key(key) {
            return Err("a key of a Secret has letters, digits, `-`, `_` and `.` only".to_owned());
        }
        Ok(Self { name: name.to_owned(), key: key.to_owned() })
    }
}

/// The Secret of Datadog's documentation.
impl Default for ApiKeySecret {
    fn default() -> Self {
        Self { name: "datadog-secret".to_owned(), key: DEFAULT_KEY.to_owned() }
    }
}

impl ApiKeySecret {
    /// Returns true if the key has the name that Datadog's chart expects.
    pub(crate) fn has_default_key(&self) -> bool {
        self.key == DEFAULT_KEY
    }
}

/// Returns true if the value of a credential has the text of a key, and not only `$(NAME)`. Jaeger's is a password.
pub(super) fn has_literal_key(backend: Backend, value: &str) -> bool {
    let is_literal = |part: &str| {
        // In headers, the key is after the name.
        let key = part.split_once('=').map_or(part, |(_, key)| key).trim();
        !key.is_empty() && !key.contains("$(")
    };
    match backend.is_datadog() {
        true => value.split(',').any(is_literal),
        false => is_like_an_api_key(value),
    }
}

/// Returns true for the form of Datadog's API and application keys.
fn is_like_an_api_key(text: &str) -> bool {
    matches!(text.len(), 32 | 40) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns true if Kubernetes accepts this as a key of a ConfigMap or Secret. It reserves names that begin with two
/// dots.
pub(crate) fn is_config_key(key: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=MAX_SUBDOMAIN).contains(&key.len()) && key.bytes().all(is_inner) && key != "." && !key.starts_with("..")
}

/// Checks a name that may have dots, such as that of a ConfigMap.
///
/// # Errors
/// The expected form.
pub(crate) fn check_subdomain(text: &str) -> Result<String, String> {
    match is_domain(text) {
        true => Ok(text.to_owned()),
        false => Err("at most 253 lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of \
                      each part"
            .to_owned()),
    }
}

/// Checks a site of Datadog.
///
/// # Errors
/// The expected form.
pub(crate) fn check_site(text: &str) -> Result<String, String> {
    match is_domain(text) && text.contains('.') && !is_like_an_api_key(text) {
        true => Ok(text.to_owned()),
        false => Err("a site is a domain such as datadoghq.eu, without a scheme".to_owned()),
    }
}

/// Checks the reference of an image.
///
/// # Errors
/// The expected form.
pub(crate) fn check_image(text: &str) -> Result<String, String> {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b':' | b'@');
    let ends = [text.bytes().next(), text.bytes().next_back()];
    match text.bytes().all(is_inner) && ends.iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric())) {
        true => Ok(text.to_owned()),
        false => Err("an image is REPOSITORY:TAG or REPOSITORY@DIGEST".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_a_host_and_a_port() {
        for right in ["jaeger.tracing:4317", "10.0.0.1:1", "[::1]:65535", "OTEL.example.com:443"] {
            assert!(right.parse::<Endpoint>().is_ok(), "{right}");
        }
        let wrong = [
            "",
            "jaeger",
            "jaeger:",
            ":4317",
            "jaeger:0",
            "jaeger:04317",
            "jaeger:65536",
            "jaeger:+1",
            "::1:4317",
            "http://jaeger:4317",
            "jaeger:4317/v1",
            "a b:1",
            "${HOST}:4317",
            "<host>:4317",
            "[jaeger]:1",
            "a..b:1",
        ];
        for wrong in wrong {
            assert!(wrong.parse::<Endpoint>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_named_and_no_error_shows_a_key() {
        let secret = |name: &str, key: &str| Ok(ApiKeySecret { name: name.to_owned(), key: key.to_owned() });
        assert_eq!("datadog".parse(), secret("datadog", "api-key"));
        assert_eq!("datadog/DD_API_KEY".parse(), secret("datadog", "DD_API_KEY"));
        let key = "0123456789abcdef0123456789ABCDEF";
        for wrong in [key, &format!("datadog/{key}"), &key.repeat(9), "A", "", "/api-key", "a/", "a/b/c", "a/..b"] {
            let error = wrong.parse::<ApiKeySecret>().unwrap_err();
            assert!(!error.contains("0123456789"), "{error}");
        }
    }

    #[test]
    fn sites_and_images_are_checked() {
        assert!(check_site("us5.datadoghq.com").is_ok());
        for wrong in ["https://datadoghq.com", "datadoghq", "", "a b.c"] {
            assert!(check_site(wrong).is_err(), "{wrong}");
        }
        assert!(check_image("registry:5000/a/b_c:1.0@sha256:0").is_ok());
        for wrong in ["", "a b", "${IMAGE}", "<image>", ":1", "a:"] {
            assert!(check_image(wrong).is_err(), "{wrong}");
        }
    }
}
