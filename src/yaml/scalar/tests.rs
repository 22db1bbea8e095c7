use super::*;

#[test]
fn numbers_are_those_of_the_api_server() {
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
fn a_string_everywhere_begins_with_a_letter_and_is_no_keyword() {
    for text in ["const", "status.hostIP", "team:ml", "http://jaeger:14268/api", "a-b_c/d", "k:v,l=w"] {
        assert!(reads_as_string_everywhere(text), "{text}");
    }
    for text in ["", "1", "yes", "No", "NaN", "a: b", "a:", "{a}", "a b", "-a", "é", "a#b", "0.5", ".inf"] {
        assert!(!reads_as_string_everywhere(text), "{text}");
    }
}
