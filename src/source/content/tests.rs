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
fn wide_encodings_are_detected_with_and_without_a_mark() {
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
fn narrow_encodings_are_detected_by_their_bytes() {
    assert_eq!(looks_like(b"name: caf\xe9\n"), Some((9, Encoding::Latin1)));
    assert_eq!(looks_like(b"name: \x93caf\xe9\x94\n"), Some((6, Encoding::Windows1252)));
    assert_eq!(looks_like("ok: é\nbad: \u{fffd}".as_bytes()), None);
    assert_eq!(looks_like(b"ok: \xc3\xa9\nbad: \xe9\n"), Some((12, Encoding::BrokenUtf8)));
    assert_eq!(looks_like(b"\x1f\x8b\x08\xff\x02"), Some((1, Encoding::Binary)));
    assert_eq!(looks_like(b"kind: a\0\n"), Some((7, Encoding::Binary)));
}

#[test]
fn the_message_has_the_iconv_command() {
    let message = |bytes: &[u8]| encoding_problem(bytes).map(|problem| problem.to_string()).unwrap_or_default();
    assert_eq!(
        message(b"\xff\xfek\0i\0"),
        "the byte at offset 0 (0xff) is not UTF-8; this looks like UTF-16 (little-endian): \
         convert it first, with iconv -f UTF-16 -t UTF-8"
    );
    assert_eq!(
        message(b"k\0i\0n\0d\0"),
        "the byte at offset 1 is a NUL; this looks like UTF-16 (little-endian): \
         convert it first, with iconv -f UTF-16LE -t UTF-8"
    );
    assert_eq!(message(b"a\0"), "the byte at offset 1 is a NUL; this looks like binary data, not a manifest");
}

#[test]
fn a_kind_key_is_found_in_yaml_and_json() {
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
    for no in ["", "kinds: A", "mankind: A", "# kind: A", "a: kind", "a-kind: A", "-kind: A", "a: kind: b", "kind"] {
        assert!(!has_kind_line(no.as_bytes()), "{no:?}");
    }
}
