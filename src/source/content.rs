//! Detects the encoding of bytes, and files that can't be manifests, without parsing.

use std::fmt;

use memchr::{memchr, memmem};

/// The number of bytes that are searched for the NULs of UTF-16 and UTF-32.
const SAMPLE: usize = 4096;

/// The likely encoding of bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Windows calls it Unicode.
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
    Latin1,
    /// Latin-1 with quotation marks and the euro sign at 0x80 to 0x9f.
    Windows1252,
    /// UTF-8 with an invalid byte.
    BrokenUtf8,
    Binary,
}

/// The first invalid byte of a text, and the likely cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodingProblem {
    /// The offset of the first byte that is NUL or invalid in UTF-8.
    pub offset: usize,
    pub looks_like: Encoding,
    /// The byte at that offset.
    byte: u8,
    /// True if there is a byte order mark.
    marked: bool,
}

/// Returns the problem of bytes that are not UTF-8 or have a NUL.
pub fn encoding_problem(bytes: &[u8]) -> Option<EncodingProblem> {
    let nul = memchr(0, bytes);
    let invalid = std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
    let offset = nul.into_iter().chain(invalid).min()?;
    let byte = bytes[offset];
    let marked = by_mark(bytes);
    let looks_like = marked.or_else(|| nul.map(|_| by_nuls(bytes))).unwrap_or_else(|| by_bytes(bytes, offset));
    Some(EncodingProblem { offset, looks_like, byte, marked: marked.is_some() })
}

/// Returns true if a line begins with the key `kind`, or JSON on one line has it. A manifest always does.
///
/// Only the bytes next to the key are checked, so a line `- kind: x` in a block scalar matches too. Such a file is
/// parsed needlessly; a manifest that is missed would be missing from the output.
pub(crate) fn has_kind_line(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    memmem::find_iter(text, "kind").any(|at| key_may_start(&text[..at]) && key_ends(&text[at + "kind".len()..]))
}

/// Returns true if a key can follow this text: at the start of a line or after `{`, `,`, `[`, `- `.
fn key_may_start(before: &[u8]) -> bool {
    let unquoted = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let trimmed = trim_spaces_end(unquoted);
    let after_space = trimmed.len() < unquoted.len();
    match trimmed.last() {
        None | Some(b'\n' | b'\r' | b'{' | b',' | b'[') => true,
        Some(b'-' | b'?') => after_space,
        Some(_) => false,
    }
}

fn key_ends(after: &[u8]) -> bool {
    let unquoted = after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'")).unwrap_or(after);
    unquoted.iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b':')
}

fn trim_spaces_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
    &bytes[..end]
}

/// The encoding by the byte order mark. That of UTF-32 begins with that of UTF-16, so it is compared first.
fn by_mark(bytes: &[u8]) -> Option<Encoding> {
    const MARKS: [(&[u8], Encoding); 4] = [
        (b"\xff\xfe\0\0", Encoding::Utf32Le),
        (b"\0\0\xfe\xff", Encoding::Utf32Be),
        (b"\xff\xfe", Encoding::Utf16Le),
        (b"\xfe\xff", Encoding::Utf16Be),
    ];
    MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|&(_, encoding)| encoding)
}

/// The encoding by the positions of the NULs: most characters of a manifest are ASCII.
fn by_nuls(bytes: &[u8]) -> Encoding {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let mut nuls = [0; 4];
    for (at, _) in sample.iter().enumerate().filter(|(_, byte)| **byte == 0) {
        nuls[at % 4] += 1;
    }
    let units = sample.len().div_ceil(4);
    match nuls.map(|count| count * 2 > units) {
        [false, true, true, true] => Encoding::Utf32Le,
        [true, true, true, false] => Encoding::Utf32Be,
        [false, true, false, true] => Encoding::Utf16Le,
        [true, false, true, false] => Encoding::Utf16Be,
        _ => Encoding::Binary,
    }
}

/// The encoding of bytes without a NUL. The first byte that is not UTF-8 is at `offset`.
fn by_bytes(bytes: &[u8], offset: usize) -> Encoding {
    let is_control = |byte: &u8| matches!(byte, 0..=0x08 | 0x0b..=0x0c | 0x0e..=0x1f | 0x7f);
    let is_unassigned = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    if bytes.iter().any(is_control) {
        Encoding::Binary
    } else if !bytes[..offset].is_ascii() {
        Encoding::BrokenUtf8
    } else if bytes.iter().any(is_unassigned) {
        Encoding::Binary
    } else if bytes.iter().any(|byte| matches!(byte, 0x80..=0x9f)) {
        Encoding::Windows1252
    } else {
        Encoding::Latin1
    }
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::Utf16Le => "UTF-16 (little-endian)",
            Self::Utf16Be => "UTF-16 (big-endian)",
            Self::Utf32Le => "UTF-32 (little-endian)",
            Self::Utf32Be => "UTF-32 (big-endian)",
            Self::Latin1 => "Latin-1",
            Self::Windows1252 => "Windows-1252",
            Self::BrokenUtf8 => "damaged UTF-8",
            Self::Binary => "binary data",
        }
    }

    /// The name for `iconv`. With the names without an endianness, iconv reads and removes the byte order mark.
    fn iconv_name(self, marked: bool) -> Option<&'static str> {
        match self {
            Self::Utf16Le | Self::Utf16Be if marked => Some("UTF-16"),
            Self::Utf32Le | Self::Utf32Be if marked => Some("UTF-32"),
            Self::Utf16Le => Some("UTF-16LE"),
            Self::Utf16Be => Some("UTF-16BE"),
            Self::Utf32Le => Some("UTF-32LE"),
            Self::Utf32Be => Some("UTF-32BE"),
            Self::Latin1 => Some("ISO-8859-1"),
            Self::Windows1252 => Some("WINDOWS-1252"),
            Self::BrokenUtf8 | Self::Binary => None,
        }
    }
}

impl fmt::Display for EncodingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, looks_like, byte, marked } = *self;
        match byte {
            0 => write!(f, "the byte at offset {offset} is a NUL")?,
            _ => write!(f, "the byte at offset {offset} (0x{byte:02x}) is not UTF-8")?,
        }
        write!(f, "; this looks like {}", looks_like.name())?;
        match (looks_like.iconv_name(marked), looks_like) {
            (Some(name), _) => write!(f, ": convert it first, with iconv -f {name} -t UTF-8"),
            (None, Encoding::BrokenUtf8) => f.write_str(": correct that byte first"),
            (None, _) => f.write_str(", not a manifest"),
        }
    }
}

#[cfg(test)]
mod tests;
