//! Characters: those that a plain document may have, and those that end a scalar.

/// Returns true if a plain scalar may begin with the byte. A `-` may begin one, too, but not every one.
pub(super) fn begins_plain(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | 0x80..)
        || matches!(byte, b'_' | b'.' | b'/' | b'$' | b'(' | b')' | b'+' | b'~' | b'^' | b'=' | b';' | b'<' | b'\\')
}

/// The first byte at or after `at` that may end a plain scalar; the end of the text where there is none.
pub(super) fn end_of_plain<const IN_FLOW: bool>(bytes: &[u8], at: usize) -> usize {
    find(bytes, at, |word| {
        let ends = controls(word) | equal(word, b':') | equal(word, b'#');
        // The brackets differ from the braces in one bit.
        let folded = word | repeat(b'{' ^ b'[');
        let in_flow = || equal(folded, b'{') | equal(folded, b'}') | equal(word, b',');
        if IN_FLOW { ends | in_flow() } else { ends }
    })
}

/// The first byte at or after `at` that is not a space.
pub(super) fn end_of_spaces(bytes: &[u8], at: usize) -> usize {
    find(bytes, at, |word| {
        let other = word ^ repeat(b' ');
        // Any bit of a byte, moved to its highest.
        ((other & repeat(0x7f)).wrapping_add(repeat(0x7f)) | other) & repeat(0x80)
    })
}

/// The first control character, tab or byte of the kind at or after `at`.
pub(super) fn end_of_quoted<const QUOTE: u8>(bytes: &[u8], at: usize) -> usize {
    find(bytes, at, |word| {
        let ends = controls(word) | equal(word, QUOTE);
        if QUOTE == b'"' { ends | equal(word, b'\\') } else { ends }
    })
}

/// The first byte at or after `at` that `flags` marks, which is given eight at a time and marks the highest bit of
/// each. Zeros, which it has to mark, follow the text.
fn find(bytes: &[u8], mut at: usize, flags: impl Fn(u64) -> u64) -> usize {
    let index = |found: u64| (found.trailing_zeros() / 8) as usize;
    while let Some(next) = bytes[at..].first_chunk() {
        match flags(u64::from_le_bytes(*next)) {
            0 => at += 8,
            found => return at + index(found),
        }
    }
    let rest = &bytes[at..];
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    at + index(flags(u64::from_le_bytes(last)))
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of each byte below `limit`. Only the first is exact: bytes after it may be marked in error.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(repeat(limit)) & !word & repeat(0x80)
}

const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ repeat(byte), 1)
}

const fn controls(word: u64) -> u64 {
    below(word, b' ')
}

/// Returns true for an indicator of flow collections.
pub(super) fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

/// Returns true if every character is printable, every `\r` is followed by `\n`, and no other character is a line break
/// or a byte order mark to any reader.
pub(super) fn are_ordinary(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Blocks of this size are compared many bytes at a time.
    bytes.chunks(BLOCK).enumerate().all(|(number, block)| {
        let odd = block.iter().fold(0, |odd, &byte| odd | u8::from(is_odd(byte)));
        odd == 0 || (0..block.len()).all(|at| is_ordinary(&bytes[number * BLOCK + at..]))
    })
}

const BLOCK: usize = 64;

/// Returns true for a byte other than a line feed and printable ASCII.
fn is_odd(byte: u8) -> bool {
    (byte.wrapping_sub(b' ') > b'~' - b' ') & (byte != b'\n')
}

/// Returns true if the first byte may be in a plain document, followed by the others.
fn is_ordinary(bytes: &[u8]) -> bool {
    match bytes {
        [b'\t' | b'\n' | b' '..=b'~', ..] | [b'\r', b'\n', ..] => true,
        [0xc2, 0x80..=0x9f, ..]
        | [0xe2, 0x80, 0xa8 | 0xa9, ..]
        | [0xef, 0xbb, 0xbf, ..]
        | [0xef, 0xbf, 0xbe | 0xbf, ..] => false,
        [first, ..] => *first >= 0x80,
        [] => true,
    }
}
