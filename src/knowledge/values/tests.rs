use proptest::prelude::*;

use super::*;
use crate::knowledge::backends::table;
use crate::knowledge::clients::pr2859::wrapper_takes;
use crate::knowledge::values::Takes;
use crate::knowledge::{Backend, counterparts};

#[test]
fn a_bare_rate_is_one_rate_and_nothing_else() {
    for (rules, rate) in [
        (r#"[{"sample_rate":0.75}]"#, "0.75"),
        (" [ { \"sample_rate\" :\n1.0 } ] ", "1.0"),
        (r#"[{"sample_rate":1e-2}]"#, "1e-2"),
        (r#"[{"sample\u005frate":0}]"#, "0"),
    ] {
        assert_eq!(bare_rate(rules).as_deref(), Some(rate), "{rules}");
    }
    for rules in [
        "",
        "[]",
        "[[0.5]]",
        r#"{"sample_rate":0.5}"#,
        r#"[{"sample_rate":"0.5"}]"#,
        r#"[{"sample_rate":null}]"#,
        r#"[{"sample_rate":.5}]"#,
        r#"[{"sample_rate":0.5,"service":"a"}]"#,
        r#"[{"service":"a"}]"#,
        r#"[{"sample_rate":0.5},{"sample_rate":0.5}]"#,
        r#"[{"sample_rate":0.5}] x"#,
    ] {
        assert_eq!(bare_rate(rules), None, "{rules}");
    }
}

#[test]
fn counterparts_agree_by_value() {
    let rules = ("DD_TRACE_SAMPLING_RULES", r#"[{"sample_rate": 0.50}]"#);
    assert!(agree(("DD_SAMPLE_RATE", "0.5"), rules));
    assert!(agree(rules, ("DD_SAMPLING_RATE", ".5")));
    assert!(!agree(("DD_SAMPLE_RATE", "0.4"), rules));
    assert!(!agree(("DD_SAMPLE_RATE", "1"), ("DD_TRACE_SAMPLING_RULES", "[]")));
    assert!(agree(("DATADOG_TRACE_AGENT_PORT", "8126"), ("DD_TRACE_AGENT_PORT", "8126")));
    assert!(!agree(("DATADOG_TRACE_AGENT_PORT", "8126"), ("DD_TRACE_AGENT_PORT", "8127")));
}

#[test]
fn counterparts_are_mutual_and_of_the_table() {
    for variable in table(Backend::Datadog) {
        for other in counterparts(variable.name) {
            assert!(counterparts(other).contains(&variable.name), "{} and {other}", variable.name);
        }
    }
    assert_eq!(counterparts("DATADOG_TRACE_AGENT_PORT"), ["DD_TRACE_AGENT_PORT"]);
    assert_eq!(counterparts("DD_SAMPLE_RATE"), ["DD_TRACE_SAMPLING_RULES", "DD_TRACE_SAMPLE_RATE", "DD_SAMPLING_RATE"]);
    assert_eq!(counterparts("TRACING"), [""; 0]);
}

#[test]
fn whole_rates_are_what_python_reads_as_an_integer() {
    for rate in ["0", "1", "+1", "01", " 1 "] {
        assert!(wrapper_takes("DD_SAMPLE_RATE", rate), "{rate}");
    }
    for rate in ["0.75", "1.0", "1.", "1e0", "", "+"] {
        assert!(!wrapper_takes("DD_SAMPLE_RATE", rate), "{rate}");
    }
}

#[test]
fn only_what_has_no_value_is_not_read() {
    let nul = "it holds a NUL character, which no process can be given";
    assert_eq!(read(Takes::Secret, "a\0b"), Err(nul.to_owned()));
    for (takes, text) in [(Takes::Host, "${HOST}"), (Takes::Text, "<name>"), (Takes::Service, "{{ name }}")] {
        assert!(read(takes, text).unwrap_err().starts_with("it is a placeholder"), "{text}");
    }
    for (takes, text) in
        [(Takes::Pairs, "a=${B:c}"), (Takes::Port, ""), (Takes::Host, "a\tb"), (Takes::Port, "$(PORT)")]
    {
        assert_eq!(read(takes, text), Ok(CheckedValue::Text(text.to_owned())), "{text}");
    }
}

#[test]
fn the_nearest_is_near() {
    let words = ["JAEGER_TAGS", "JAEGER_ENDPOINT", "JAEGER_SAMPLER_TYPE"];
    assert_eq!(nearest("jaeger_tags", words), Some("JAEGER_TAGS"));
    assert_eq!(nearest("JAEGER_TAG", words), Some("JAEGER_TAGS"));
    assert_eq!(nearest("SAMPLER_TYPE", words), Some("JAEGER_SAMPLER_TYPE"));
    assert_eq!(nearest("HOME", words), None);
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_an_error(text in any::<String>()) {
        for takes in [Takes::Text, Takes::Pairs, Takes::Service] {
            if let Ok(value) = read(takes, &text) {
                prop_assert!(matches!(value, CheckedValue::Service(_)) || value == CheckedValue::Text(text.clone()));
            }
        }
        let _ = bare_rate(&text);
    }
}
