//! What bytes look like before anything parses them.

use std::fmt;

use memchr::{memchr, memmem};

/// How much of a text is looked at to tell UTF-16 and UTF-32 by where their NULs stand.
const SAMPLE: usize = 4096;

/// What bytes that are not plain UTF-8 look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Two bytes a character, the low one first: what Windows calls Unicode.
    Utf16Le,
    /// Two bytes a character, the high one first.
    Utf16Be,
    /// Four bytes a character, the low one first.
    Utf32Le,
    /// Four bytes a character, the high one first.
    Utf32Be,
    /// One byte a character, ISO 8859-1.
    Latin1,
    /// One byte a character, with the quotation marks and the euro sign that Windows puts where Latin-1 has controls.
    Windows1252,
    /// UTF-8 with a byte that does not belong.
    BrokenUtf8,
    /// No text at all.
    Binary,
}

/// Why bytes are not taken for a manifest's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodingProblem {
    /// The first byte that is NUL or does not belong in UTF-8, from 0.
    pub offset: usize,
    /// What it stands in.
    pub looks_like: Encoding,
    /// That byte.
    byte: u8,
    /// Whether a byte order mark says so.
    marked: bool,
}

/// Finds out why `bytes` are not UTF-8 throughout, or hold a NUL; `None` where they are fine.
pub fn encoding_problem(bytes: &[u8]) -> Option<EncodingProblem> {
    let nul = memchr(0, bytes);
    let invalid = std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
    let offset = nul.into_iter().chain(invalid).min()?;
    let byte = bytes[offset];
    let marked = by_mark(bytes);
    let looks_like = marked.or_else(|| nul.map(|_| by_nuls(bytes))).unwrap_or_else(|| by_bytes(bytes, offset));
    Some(EncodingProblem { offset, looks_like, byte, marked: marked.is_some() })
}

/// Whether some line begins with the key `kind`, or JSON of one line holds it: what has none can't be a manifest.
///
/// It looks no further than the key's neighbours, and so takes the line `- kind: x` within a text for one too. That
/// costs a file a reading, whereas a manifest that is missed would be lost from the output.
pub(crate) fn has_kind_line(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    memmem::find_iter(text, "kind").any(|at| key_may_start(&text[..at]) && key_ends(&text[at + "kind".len()..]))
}

/// Whether what stands before a word leaves it in a key's place: at the start of a line or after `{`, `,`, `[`, `- `.
fn key_may_start(before: &[u8]) -> bool {
    let unquoted = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let trimmed = trim_blanks_end(unquoted);
    let after_blank = trimmed.len() < unquoted.len();
    match trimmed.last() {
        None | Some(b'\n' | b'\r' | b'{' | b',' | b'[') => true,
        Some(b'-' | b'?') => after_blank,
        Some(_) => false,
    }
}

/// Whether what stands after a word makes it a key.
fn key_ends(after: &[u8]) -> bool {
    let unquoted = after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'")).unwrap_or(after);
    unquoted.iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b':')
}

fn trim_blanks_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
    &bytes[..end]
}

/// What a byte order mark says. UTF-16's is how UTF-32's begins, so the longer ones come first.
fn by_mark(bytes: &[u8]) -> Option<Encoding> {
    const MARKS: [(&[u8], Encoding); 4] = [
        (b"\xff\xfe\0\0", Encoding::Utf32Le),
        (b"\0\0\xfe\xff", Encoding::Utf32Be),
        (b"\xff\xfe", Encoding::Utf16Le),
        (b"\xfe\xff", Encoding::Utf16Be),
    ];
    MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|&(_, encoding)| encoding)
}

/// What the places of the NULs say: most of a manifest is ASCII, whose other bytes are NUL in wider encodings.
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

/// What bytes without a NUL look like, the first wrong one of which stands at `offset`.
fn by_bytes(bytes: &[u8], offset: usize) -> Encoding {
    let is_control = |byte: &u8| matches!(byte, 0..=0x08 | 0x0b..=0x0c | 0x0e..=0x1f | 0x7f);
    let is_no_character = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    if bytes.iter().any(is_control) {
        Encoding::Binary
    } else if !bytes[..offset].is_ascii() {
        Encoding::BrokenUtf8
    } else if bytes.iter().any(is_no_character) {
        Encoding::Binary
    } else if bytes.iter().any(|byte| matches!(byte, 0x80..=0x9f)) {
        Encoding::Windows1252
    } else {
        Encoding::Latin1
    }
}

impl Encoding {
    /// What a user calls it.
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

    /// What `iconv` calls it. The names without an end are for texts that say it themselves: their mark goes too.
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
mod tests {
    use super::*;

    /// Each character of `text` as `width` bytes, the low one first or last.
    fn wide(text: &str, width: usize, little: bool) -> Vec<u8> {
        let unit = |character: char| {
            let bytes = u32::from(character).to_le_bytes();
            let mut unit = bytes[..width].to_vec();
            if !little {
                unit.reverse();
            }
            unit
        };
        text.chars().flat_map(unit).collect()
    }

    fn looks_like(bytes: &[u8]) -> Option<(usize, Encoding)> {
        encoding_problem(bytes).map(|problem| (problem.offset, problem.looks_like))
    }

    #[test]
    fn utf_8_is_fine() {
        assert_eq!(encoding_problem(b""), None);
        assert_eq!(encoding_problem("\u{feff}kind: é\u{1F600}\r\n".as_bytes()), None);
    }

    #[test]
    fn wide_encodings_are_told_with_and_without_a_mark() {
        let text = "kind: SeldonDeployment # 名前\n";
        for (width, little, encoding) in [
            (2, true, Encoding::Utf16Le),
            (2, false, Encoding::Utf16Be),
            (4, true, Encoding::Utf32Le),
            (4, false, Encoding::Utf32Be),
        ] {
            let offset = usize::from(little);
            assert_eq!(looks_like(&wide(text, width, little)), Some((offset, encoding)));
            let marked = wide(&format!("\u{feff}{text}"), width, little);
            assert_eq!(looks_like(&marked).map(|(_, encoding)| encoding), Some(encoding));
        }
    }

    #[test]
    fn narrow_encodings_are_told_by_their_bytes() {
        assert_eq!(looks_like(b"name: caf\xe9\n"), Some((9, Encoding::Latin1)));
        assert_eq!(looks_like(b"name: \x93caf\xe9\x94\n"), Some((6, Encoding::Windows1252)));
        assert_eq!(looks_like("ok: é\nbad: \u{fffd}".as_bytes()), None);
        assert_eq!(looks_like(b"ok: \xc3\xa9\nbad: \xe9\n"), Some((12, Encoding::BrokenUtf8)));
        assert_eq!(looks_like(b"\x1f\x8b\x08\xff\x02"), Some((1, Encoding::Binary)));
        assert_eq!(looks_like(b"kind: a\0\n"), Some((7, Encoding::Binary)));
    }

    #[test]
    fn the_way_out_is_named() {
        let said = |bytes: &[u8]| encoding_problem(bytes).map(|problem| problem.to_string()).unwrap_or_default();
        assert_eq!(
            said(b"\xff\xfek\0i\0"),
            "the byte at offset 0 (0xff) is not UTF-8; this looks like UTF-16 (little-endian): \
             convert it first, with iconv -f UTF-16 -t UTF-8"
        );
        assert_eq!(
            said(b"k\0i\0n\0d\0"),
            "the byte at offset 1 is a NUL; this looks like UTF-16 (little-endian): \
             convert it first, with iconv -f UTF-16LE -t UTF-8"
        );
        assert_eq!(said(b"a\0"), "the byte at offset 1 is a NUL; this looks like binary data, not a manifest");
    }

    #[test]
    fn a_kind_key_is_seen_wherever_a_line_or_json_can_have_one() {
        for yes in [
            "kind: A",
            "\u{feff}kind: A",
            "a: b\r\nkind: A",
            "items:\n- kind: A",
            "items:\n  -   'kind' : A",
            "{\n  \"kind\": \"A\"}",
            r#"{"apiVersion":"v1","kind":"A"}"#,
            "{apiVersion: v1, kind: A}",
            "\tkind:\n",
        ] {
            assert!(has_kind_line(yes.as_bytes()), "{yes:?}");
        }
        for no in ["", "kinds: A", "mankind: A", "# kind: A", "a: kind", "a-kind: A", "-kind: A", "a: kind: b", "kind"]
        {
            assert!(!has_kind_line(no.as_bytes()), "{no:?}");
        }
    }
}
