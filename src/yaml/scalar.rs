//! The types of plain scalars in Kubernetes.
//!
//! kubectl and the API server read YAML with `sigs.k8s.io/yaml`. These are the rules of its `goyaml.v2/resolve.go`: the
//! booleans of YAML 1.1, octal numbers with a leading `0`, `_` in numbers, no dates.

use serde_json::Number;

/// The type that Kubernetes reads a node as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
pub enum ScalarKind {
    /// There is no such node.
    #[default]
    Missing,
    /// `null`, `~`, or an empty scalar.
    Null,
    /// `true`, `yes`, `on`, `n`, …
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction or an exponent, an infinity, or `.nan`.
    Float,
    /// Text.
    String,
    /// A list or a mapping.
    Collection,
}

/// The type of a plain scalar without a tag.
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
        Some(b'.') if underscores_separate_digits(text) => number_without_underscores(&text.replace('_', ""), text),
        Some(b'0'..=b'9' | b'+' | b'-') => number_without_underscores(&text.replace('_', ""), text),
        _ => ScalarKind::String,
    }
}

/// Returns true if a plain scalar is a string in YAML 1.1, in the core schema of YAML 1.2 and in Kubernetes: it begins
/// with a letter and is not a keyword of any of them. In a flow collection a comma would still end it.
pub(crate) fn reads_as_string_everywhere(text: &str) -> bool {
    const YAML_1_1_WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"];
    let bytes = text.as_bytes();
    let safe = |at: usize| match bytes[at] {
        b'_' | b'.' | b'-' | b'/' | b'@' | b',' | b'=' => true,
        b':' => bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'/'),
        byte => byte.is_ascii_alphanumeric(),
    };
    bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'/')
        && (0..bytes.len()).all(safe)
        && !YAML_1_1_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// `plain` is the text without underscores, which Go parses; `original` is the scalar.
fn number_without_underscores(plain: &str, original: &str) -> ScalarKind {
    let (signed, digits) = match plain.as_bytes().first() {
        Some(b'+' | b'-') => (true, &plain[1..]),
        _ => (false, plain),
    };
    if signed && [".inf", ".Inf", ".INF"].contains(&&original[1..]) || [".inf", ".Inf", ".INF"].contains(&original) {
        ScalarKind::Float
    } else if go_integer(digits, signed).is_some() {
        ScalarKind::Int
    } else if is_decimal_float(digits) && fits_a_double(plain) {
        ScalarKind::Float
    } else {
        ScalarKind::String
    }
}

/// `underscoreOK` of Go's strconv, which applies to a number that begins with `.`: underscores are between digits.
fn underscores_separate_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    text.match_indices('_').all(|(at, _)| is_digit(bytes[..at].last()) && is_digit(bytes.get(at + 1)))
}

/// The magnitude by `strconv.ParseInt` and `ParseUint` with base 0: a prefix gives the base, and a leading `0` is
/// octal.
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

/// The number that Kubernetes reads, as JSON: a whole number has no point. `None` if it is not a number, or one that
/// JSON can't have, such as an infinity.
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

/// Returns true for `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
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

/// Returns false for a number beyond the range of a double. Go reads it as a string.
fn fits_a_double(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Returns true for a character that needs an escape: one that YAML forbids or that YAML 1.1 reads as a line break, or
/// a byte order mark.
pub(crate) fn needs_escape(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests;
