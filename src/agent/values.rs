//! The values of options, as Kubernetes and the receivers take them.

use std::str::FromStr;

use crate::knowledge::names::{MAX_LABEL, is_label};
use crate::knowledge::receivers::Endpoint;

/// The destination of a Collector's traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SendTo {
    Datadog,
    Otlp(Endpoint),
}

impl FromStr for SendTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "datadog" {
            return Ok(Self::Datadog);
        }
        text.parse().map(Self::Otlp).map_err(|words| format!("{words}, or datadog"))
    }
}

/// Checks a name by RFC 1123, as Kubernetes does for namespaces and most names.
///
/// # Errors
/// The expected form.
pub(crate) fn check_label(text: &str) -> Result<String, String> {
    match is_label(text) {
        true => Ok(text.to_owned()),
        false => Err("at most 63 lower-case letters, digits and `-`, with a letter or digit at both ends".to_owned()),
    }
}

/// Checks the name of a Service, which begins with a letter, and to which an ending of three characters is added.
///
/// # Errors
/// The expected form.
pub(crate) fn check_service_name(text: &str) -> Result<String, String> {
    let name = check_label(text)?;
    match name.len() + super::jaeger::UI_ENDING.len() <= MAX_LABEL && name.starts_with(|c: char| c.is_ascii_lowercase())
    {
        true => Ok(name),
        false => Err("a Service is named by at most 60 characters, of which the first is a letter".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::receivers::check_subdomain;

    #[test]
    fn datadog_is_a_destination() {
        assert_eq!("datadog".parse(), Ok(SendTo::Datadog));
    }

    #[test]
    fn names_are_those_that_kubernetes_takes() {
        let longest = "a".repeat(MAX_LABEL);
        for right in ["a", "jaeger-2", "0", &longest] {
            assert!(check_label(right).is_ok(), "{right}");
        }
        for wrong in ["", "A", "a_b", "-a", "a-", "a.b", "ä", "a b", &format!("{longest}a")] {
            assert!(check_label(wrong).is_err(), "{wrong}");
        }
        assert!(check_subdomain("a.b-c").is_ok() && check_subdomain("a..b").is_err());
        assert!(check_service_name(&longest[..60]).is_ok());
        assert!(check_service_name(&longest[..61]).is_err() && check_service_name("1a").is_err());
    }
}
