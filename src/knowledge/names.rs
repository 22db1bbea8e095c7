//! The rules of Kubernetes for names and labels.

/// The longest label, and the longest name in a key of labels and annotations.
pub(crate) const MAX_LABEL: usize = 63;

/// The longest name with dots.
pub(crate) const MAX_SUBDOMAIN: usize = 253;

/// Returns true for a name without dots (RFC 1123), such as that of a namespace.
pub(crate) fn is_label(text: &str) -> bool {
    text.len() <= MAX_LABEL && is_part(text)
}

/// Returns true for a name that may have dots, such as that of a ConfigMap.
pub(crate) fn is_subdomain(text: &str) -> bool {
    text.len() <= MAX_SUBDOMAIN && text.split('.').all(is_part)
}

/// Returns true for a name in the domain name system, each part of which is a label.
pub(crate) fn is_domain(text: &str) -> bool {
    text.len() <= MAX_SUBDOMAIN && text.split('.').all(is_label)
}

fn is_part(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// The expected form of a label's value.
pub(crate) const LABEL_VALUE: &str =
    "a label has at most 63 letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit";

/// Returns true if Kubernetes accepts a text as the value of a label.
pub(crate) fn is_label_value(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    bytes.len() <= MAX_LABEL
        && bytes.iter().all(|byte| is_inner(*byte))
        && ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
}

/// The repository of an image, and its tag and digest with the character before them. The port of a registry is before a
/// slash.
pub(crate) fn split_image(image: &str) -> (&str, &str) {
    let name = image.rfind('/').map_or(0, |slash| slash + 1);
    image.split_at(image[name..].find([':', '@']).map_or(image.len(), |end| name + end))
}

/// The tag of an image, or an empty text.
pub(crate) fn tag_of(image: &str) -> &str {
    let tag = split_image(image).1.strip_prefix(':').unwrap_or_default();
    tag.split('@').next().unwrap_or_default()
}

/// The first two numbers of the version in the tag of an image. A tag such as `v2` means the last release of 2.
pub(crate) fn version_in_tag(image: &str) -> Option<(u32, u32)> {
    numbers(tag_of(image))
}

/// The first two numbers of a version such as `v2` or `2.21.12`.
pub(super) fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim_start_matches('v').split('.').map(str::parse);
    match (numbers.next()?, numbers.next()) {
        (Ok(major), Some(Ok(minor))) => Some((major, minor)),
        (Ok(major), None) => Some((major, u32::MAX)),
        _ => None,
    }
}

/// Returns true for the tag of an image (`reference.TagRegexp` of distribution).
pub(super) fn is_tag(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let first = text.bytes().next();
    text.len() <= 128 && text.bytes().all(is_inner) && first.is_some_and(|first| !matches!(first, b'-' | b'.'))
}
