//! Values as Python reads them.

/// `int()` of a text, limited to `i64`; `None` if it raises. It accepts whitespace around the number, single
/// underscores within it, and the digits of all scripts.
pub(in crate::knowledge) fn integer(text: &str) -> Option<i64> {
    let number = trimmed(text);
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    let sign = if number.starts_with('-') { -1 } else { 1 };
    if digits.split('_').any(str::is_empty) || digits.chars().filter(|digit| *digit != '_').count() > MOST_DIGITS {
        return None;
    }
    let mut digits = digits.chars().filter(|digit| *digit != '_').map(digit);
    digits.try_fold(0_i64, |number, digit| Some(number.saturating_mul(10).saturating_add(digit?))).map(|n| n * sign)
}

/// `float()` of a text; `None` if it raises. It accepts single underscores between digits.
pub(in crate::knowledge) fn float(text: &str) -> Option<f64> {
    let number = trimmed(text);
    let is_digit = |at: Option<usize>| at.and_then(|at| number.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    let is_between = |(at, _): (usize, &str)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    if number.match_indices('_').all(is_between) { number.replace('_', "").parse().ok() } else { None }
}

/// A text without the whitespace around it. Text in ASCII is read as C reads it.
fn trimmed(text: &str) -> &str {
    let is_space = |c: char| c.is_whitespace() || !text.is_ascii() && ('\u{1c}'..='\u{1f}').contains(&c);
    text.trim_matches(is_space)
}

/// `sys.int_info.default_max_str_digits`
const MOST_DIGITS: usize = 4300;

/// Returns true if an IPv4 socket looks up this host: an address, also in the forms of `inet_aton`, or a possible name
/// in DNS.
pub(in crate::knowledge) fn can_be_host(host: &str) -> bool {
    let is_of_name = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "_-.".contains(c);
    let is_of_number = |c: char| c.is_ascii_digit() || c == '.';
    host.chars().all(is_of_name) && !host.chars().all(is_of_number) || is_ipv4(host)
}

/// Up to four numbers in decimal, octal or hexadecimal. The last one fills the remaining bytes.
fn is_ipv4(host: &str) -> bool {
    let number =
        |text: &str| match (text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")), text.strip_prefix('0')) {
            _ if text.starts_with('+') => None,
            (Some(hex), _) => u32::from_str_radix(hex, 16).ok(),
            (None, Some(octal)) if !octal.is_empty() => u32::from_str_radix(octal, 8).ok(),
            (None, _) => text.parse().ok(),
        };
    let parts: Vec<Option<u32>> = host.split('.').map(number).collect();
    let Some((Some(last), before)) = parts.split_last() else { return false };
    before.len() < 4
        && before.iter().all(|part| part.is_some_and(|part| part < 256))
        && u64::from(*last) < 1 << (8 * (4 - before.len()))
}

fn digit(character: char) -> Option<i64> {
    if let Some(digit) = character.to_digit(10) {
        return Some(digit.into());
    }
    let point = u32::from(character);
    let zero = ZEROS.iter().rev().find(|zero| **zero <= point)?;
    Some(i64::from(point - zero)).filter(|digit| *digit < 10)
}

/// The zero of each script of Unicode 14. The other nine digits follow it.
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60,
    0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];
