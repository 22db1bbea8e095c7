//! What a plain scalar is to Kubernetes.
//!
//! kubectl and the API server read YAML by `sigs.k8s.io/yaml`, whose `goyaml.v2/resolve.go` these rules follow: the
//! booleans of YAML 1.1, octal with a leading `0`, `_` in numbers, no dates.

use serde_json::Number;

/// What Kubernetes takes a scalar for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
pub enum ScalarKind {
    /// There is no such node.
    #[default]
    Missing,
    /// `null`, `~`, or nothing.
    Null,
    /// `true`, `yes`, `on`, `n`, …
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction, an exponent, an infinity or not a number.
    Float,
    /// Text.
    String,
    /// No scalar at all: a list or a mapping.
    Collection,
}

/// What a plain, untagged scalar is to Kubernetes.
pub(crate) fn plain_kind(text: &str) -> ScalarKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ScalarKind::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return ScalarKind::Bool,
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return ScalarKind::Bool;
        }
        ".nan" | ".NaN" | ".NAN" => return ScalarKind::Float,
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'.') if underscores_part_digits(text) => number_without_underscores(&text.replace('_', ""), text),
        Some(b'0'..=b'9' | b'+' | b'-') => number_without_underscores(&text.replace('_', ""), text),
        _ => ScalarKind::String,
    }
}

/// Whether a plain scalar is a string in YAML 1.1, in the core schema of YAML 1.2 and to Kubernetes: letters first, and
/// no word that any of them knows. Within brackets a comma would still end it.
pub(crate) fn reads_as_string_everywhere(text: &str) -> bool {
    const YAML_1_1_WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"];
    let bytes = text.as_bytes();
    let safe = |at: usize| match bytes[at] {
        b'_' | b'.' | b'-' | b'/' | b'@' | b',' | b'=' => true,
        b':' => bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'/'),
        byte => byte.is_ascii_alphanumeric(),
    };
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && (0..bytes.len()).all(safe)
        && !YAML_1_1_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// `plain` is the text as Go's parsers are given it, `spelt` as it stands.
fn number_without_underscores(plain: &str, spelt: &str) -> ScalarKind {
    let (signed, digits) = match plain.as_bytes().first() {
        Some(b'+' | b'-') => (true, &plain[1..]),
        _ => (false, plain),
    };
    if signed && [".inf", ".Inf", ".INF"].contains(&&spelt[1..]) || [".inf", ".Inf", ".INF"].contains(&spelt) {
        ScalarKind::Float
    } else if go_integer(digits, signed).is_some() {
        ScalarKind::Int
    } else if is_decimal_float(digits) && fits_a_double(plain) {
        ScalarKind::Float
    } else {
        ScalarKind::String
    }
}

/// `underscoreOK` of Go's strconv, which kubectl asks of a number that begins with its point: digits on both sides.
fn underscores_part_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    text.match_indices('_').all(|(at, _)| is_digit(bytes[..at].last()) && is_digit(bytes.get(at + 1)))
}

/// `strconv.ParseInt` and `ParseUint` with base 0, which take a prefix for the base and a leading `0` for octal; what
/// comes of it has no sign. A signed number has 64 bits with its sign, an unsigned one 64.
fn go_integer(digits: &str, signed: bool) -> Option<u64> {
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let well_formed = !digits.is_empty() && digits.bytes().all(|byte| (byte as char).is_digit(radix));
    let magnitude = u64::from_str_radix(digits, radix).ok().filter(|_| well_formed)?;
    (!signed || magnitude <= i64::MAX as u64 + 1).then_some(magnitude)
}

/// The number that a scalar is to Kubernetes, as JSON has it: a whole one without a point. `None` where it is none, and
/// where JSON has none such, as for an infinity.
pub(super) fn number(text: &str) -> Option<Number> {
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    let plain = text.replace('_', "");
    let (signed, digits) = match plain.as_bytes().first()? {
        b'+' | b'-' => (true, &plain[1..]),
        _ => (false, &plain[..]),
    };
    if let Some(magnitude) = go_integer(digits, signed) {
        return Some(match plain.starts_with('-') {
            true => magnitude.wrapping_neg().cast_signed().into(),
            false => magnitude.into(),
        });
    }
    let float: f64 = Some(&plain).filter(|_| is_decimal_float(digits))?.parse().ok()?;
    if float.fract() == 0.0 && float.abs() <= WHOLE { Some((float as i64).into()) } else { Number::from_f64(float) }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the sign gone.
fn is_decimal_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let unsigned = |exponent: &str| exponent.strip_prefix(['+', '-']).unwrap_or(exponent).to_owned();
    mantissa_fits && exponent.map(unsigned).is_none_or(|digits| !digits.is_empty() && all_digits(&digits))
}

/// Go refuses a number beyond the range of a double, which is then a string.
fn fits_a_double(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_the_api_server_refuses() {
        for text in ["1", "010", "1_000", "+1", "-1", "0o17", "0x1F", "0b11", "-0b1", "18446744073709551615", "1_"] {
            assert_eq!(plain_kind(text), ScalarKind::Int, "{text}");
        }
        for text in
            ["0.75", "1.", ".5", "1e3", "+.5", "09", "99999999999999999999", ".inf", "-.INF", ".NaN", "1_0.5", ".5_0"]
        {
            assert_eq!(plain_kind(text), ScalarKind::Float, "{text}");
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for (text, json) in [
            ("1", "1"),
            ("010", "8"),
            ("1_000", "1000"),
            ("+1", "1"),
            ("-0b11", "-3"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("18446744073709551615", "18446744073709551615"),
            ("0.750", "0.75"),
            ("1e3", "1000"),
            ("-.5", "-0.5"),
            ("1.5e-9", "1.5e-9"),
        ] {
            assert_eq!(number(text).map(|number| number.to_string()).as_deref(), Some(json), "{text}");
        }
        for text in [".inf", ".nan", "const", "", "-", "1.2.3"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn words_are_booleans_and_nulls_as_in_yaml_1_1() {
        for text in ["y", "N", "yes", "NO", "on", "Off", "true", "FALSE"] {
            assert_eq!(plain_kind(text), ScalarKind::Bool, "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(plain_kind(text), ScalarKind::Null, "{text}");
        }
    }

    #[test]
    fn the_rest_is_text() {
        for text in [
            "2001-01-01",
            "1:30",
            "const",
            "tRue",
            "nULL",
            "+",
            "-",
            ".",
            "0x",
            "0b12",
            "1e999",
            "_1",
            "1.2.3",
            "e3",
            "+.nan",
            "0xg",
            "1e",
            "1e+",
            "._5",
            ".5_",
            ".5__0",
            "~x",
        ] {
            assert_eq!(plain_kind(text), ScalarKind::String, "{text}");
        }
    }

    #[test]
    fn plain_text_is_letters_first_and_no_word_of_yaml_1_1() {
        for text in ["const", "status.hostIP", "team:ml", "http://jaeger:14268/api", "a-b_c/d", "k:v,l=w"] {
            assert!(reads_as_string_everywhere(text), "{text}");
        }
        for text in ["", "1", "yes", "No", "NaN", "a: b", "a:", "{a}", "a b", "-a", "é", "a#b", "0.5", ".inf"] {
            assert!(!reads_as_string_everywhere(text), "{text}");
        }
    }
}
