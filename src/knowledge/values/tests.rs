use proptest::prelude::*;

use super::*;
use crate::knowledge::backends::table;
use crate::knowledge::variables::Takes;
use crate::knowledge::{Backend, counterparts};

fn refused(takes: Takes, text: &str) -> String {
    read(takes, text).expect_err(text)
}

fn taken(takes: Takes, text: &str) {
    assert_eq!(read(takes, text), Ok(CheckedValue::Text(text.to_owned())), "{text}");
}

#[test]
fn on_is_what_every_reader_takes_for_on() {
    for on in ["1", "+1", "-1", "01", "10", "2", "99999999999999999999999"] {
        assert!(is_on("TRACING", on), "{on}");
    }
    for off in ["0", "00", "+0", "-0", "", "+", "true", "yes", "1.0", " 1", "1_0", "--1", "\u{661}"] {
        assert!(!is_on("TRACING", off), "{off}");
    }
    for on in ["1", "t", "T", "true", "True", "TRUE"] {
        assert!(is_on("DD_ENABLED", on) && go_true(on), "{on}");
    }
    for off in ["0", "yes", "y", "on", "tRUE", "", "2", "false"] {
        assert!(!is_on("DD_ENABLED", off) && !go_true(off), "{off}");
    }
    assert!(!is_on("JAEGER_AGENT_PORT", "1"));
}

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
fn a_param_fits_its_sampler() {
    for (kind, param) in [
        ("const", "0"),
        ("const", "1"),
        ("Const", "1.0"),
        ("probabilistic", "0.001"),
        ("PROBABILISTIC", "1"),
        ("remote", "0"),
        ("ratelimiting", "0"),
        ("ratelimiting", "250.5"),
        ("probabilistic", "1e-3"),
    ] {
        assert_eq!(check_sampler_pair(kind, param), Ok(()), "{kind} {param}");
    }
    for (kind, param, words) in [
        ("const", "0.5", "a const sampler takes 0 or 1"),
        ("const", "2", "a const sampler takes 0 or 1"),
        ("Probabilistic", "1.1", "a probabilistic sampler takes a number from 0 to 1"),
        ("probabilistic", "-0.1", "a probabilistic sampler takes a number from 0 to 1"),
        ("probabilistic", "nan", "a probabilistic sampler takes a number from 0 to 1"),
        ("remote", "50", "a remote sampler takes a number from 0 to 1"),
        ("ratelimiting", "-1", "a ratelimiting sampler takes a number of traces a second, 0 or more"),
        ("ratelimiting", "inf", "a ratelimiting sampler takes a number of traces a second, 0 or more"),
        ("ratelimiting", "", "a ratelimiting sampler takes a number of traces a second, 0 or more"),
        ("always", "1", "the samplers are const, probabilistic, ratelimiting and remote"),
    ] {
        assert_eq!(check_sampler_pair(kind, param), Err(words.to_owned()), "{kind} {param}");
    }
    let names: Vec<_> = SAMPLERS.iter().map(|sampler| sampler.name).collect();
    assert_eq!(names, SAMPLER_TYPES);
}

#[test]
fn whole_rates_are_what_python_reads_as_an_integer() {
    for rate in ["0", "1", "+1", "01"] {
        assert!(is_whole(rate), "{rate}");
    }
    for rate in ["0.75", "1.0", "1.", "1e0", "", "+"] {
        assert!(!is_whole(rate), "{rate}");
    }
}

#[test]
fn ports_are_plain_digits() {
    for text in ["1", "5775", "65535"] {
        taken(Takes::Port, text);
    }
    for text in ["0", "65536", "-1", "+1", "08126", "0x1", "1.0", "udp://10.0.0.1:5775", " 1", "99999999999"] {
        assert_eq!(refused(Takes::Port, text), "a port is a whole number from 1 to 65535", "{text}");
    }
}

#[test]
fn rates_and_numbers_are_plain_decimals() {
    for text in ["0", "1", "0.75", "1.0", "0.0", "0.000001"] {
        taken(Takes::Rate, text);
        taken(Takes::Number, text);
    }
    for text in ["1.01", "2", "75", "-0.5", "75%", "0,5"] {
        assert_eq!(refused(Takes::Rate, text), "a rate is a plain decimal number from 0 to 1, such as 0.25", "{text}");
    }
    taken(Takes::Number, "250");
    let huge = "9".repeat(400);
    for text in ["nan", "inf", "1e3", "0x1", "1_0", "-1", "+1", ".5", "1.", "01", "1.2.3", &huge] {
        assert_eq!(refused(Takes::Number, text), "it is a plain decimal number, such as 1 or 0.25", "{text}");
    }
}

#[test]
fn hosts_are_names_and_addresses() {
    for text in
        ["localhost", "jaeger-agent.observability.svc", "10.0.0.1", "::1", "[fe80::1]", "fe80::1%eth0", "$(NODE)"]
    {
        taken(Takes::Host, text);
    }
    let port = "give the host name or address alone, and the port with --agent-port";
    for (text, words) in [
        ("agent:6831", port),
        ("[::1]:6831", port),
        ("10.0.0.1:", port),
        ("a b", "a host name or address holds no blank"),
        ("agent/", "a host name or address holds no slash"),
        (
            "http://agent:14268",
            "give the host name or address alone; a whole URL is JAEGER_ENDPOINT's or DD_TRACE_AGENT_URL's, by --set",
        ),
        ("", "the value is empty"),
        ("a\nb", "it holds a control character or a line break"),
        ("a\u{2028}b", "it holds a control character or a line break"),
    ] {
        assert_eq!(refused(Takes::Host, text), words, "{text}");
    }
}

#[test]
fn durations_are_gos() {
    for text in ["1s", "500ms", "1m30s", "1.5h", ".5s", "1.s", "10us", "10\u{b5}s", "0s", "2562047h"] {
        taken(Takes::Duration, text);
    }
    for text in ["1", "0", "s", "1 s", "-1s", "1d", "1s1", "1.2.3s", ".s", "1m 30s", "2562048h"] {
        assert_eq!(
            refused(Takes::Duration, text),
            "it is a duration with its unit, such as 500ms, 30s or 1m30s",
            "{text}"
        );
    }
}

#[test]
fn urls_are_absolute() {
    let schemes = &["http", "https", "unix"];
    for text in ["http://collector:14268/api/traces", "https://a", "unix:///var/run/datadog/apm.socket"] {
        taken(Takes::Url(schemes), text);
    }
    for text in [
        "collector:14268",
        "/api",
        "http://",
        "http:///api",
        "http://:80",
        "unix://",
        "unix://a",
        "ftp://a",
        "http://a b",
    ] {
        assert_eq!(
            refused(Takes::Url(schemes), text),
            "it is an absolute URL that begins with http:// or https:// or unix://",
            "{text}"
        );
    }
}

#[test]
fn jaegers_tags_are_pairs() {
    for text in ["a=b", "a=b,c=d", "a=b, c=d", "a=", "pod=${HOSTNAME:none}", "pod=${HOSTNAME:}"] {
        taken(Takes::Pairs, text);
    }
    let form = "it is a list of KEY=VALUE with a comma between two, and none at the end";
    for (text, words) in [
        ("a", form),
        ("a=b,", form),
        ("a=b,,c=d", form),
        ("=b", form),
        ("a=b=c", "the wrapper takes no second `=` in a pair, as for a"),
        ("a=b,pod=${POD}", "the executor takes a reference only with a default, ${NAME:default}, as for pod"),
    ] {
        assert_eq!(refused(Takes::Pairs, text), words, "{text}");
    }
}

#[test]
fn rules_are_a_list_of_rates() {
    for text in ["[]", r#"[{"sample_rate":0.5}]"#, r#"[{"service":"a","sample_rate":0},{"sample_rate":1}]"#] {
        taken(Takes::Rules, text);
    }
    for text in ["0.5", r#"{"sample_rate":0.5}"#, "[0.5]", r#"[{"service":"a"}]"#, r#"[{"sample_rate":2}]"#, "[{]"] {
        assert_eq!(
            refused(Takes::Rules, text),
            r#"it is a JSON list such as [{"sample_rate":0.5}], rates from 0 to 1"#,
            "{text}"
        );
    }
}

#[test]
fn words_suggest_the_nearest() {
    taken(Takes::Word(SAMPLER_TYPES), "remote");
    assert_eq!(
        refused(Takes::Word(SAMPLER_TYPES), "Probabilistic"),
        "it is one of const, probabilistic, ratelimiting, remote; did you mean probabilistic?"
    );
    assert_eq!(refused(Takes::Word(SAMPLER_TYPES), "x"), "it is one of const, probabilistic, ratelimiting, remote");
    assert_eq!(refused(Takes::Word(&["jaeger", "b3"]), "w3c"), "it is one of jaeger, b3");
}

#[test]
fn the_rest_is_what_its_readers_take() {
    for text in ["1", "2000", "2147483647"] {
        taken(Takes::Count, text);
    }
    for text in ["0", "-1", "1.5", "2147483648", "many"] {
        assert_eq!(refused(Takes::Count, text), "it is a whole number from 1 to 2147483647", "{text}");
    }
    for text in ["true", "false", "1", "0", "True"] {
        taken(Takes::Boolean, text);
    }
    for text in ["yes", "t", "tRue", "2"] {
        assert_eq!(refused(Takes::Boolean, text), "it is `true` or `false`", "{text}");
    }
    taken(Takes::NotZero, "2");
    taken(Takes::True(GO_TRUE), "t");
    taken(Takes::False, "f");
    taken(Takes::Tags, "a:b,c:d");
    taken(Takes::Text, "/etc/tracing/config.yaml");
    assert_eq!(refused(Takes::Secret, "a\0b"), "it holds a control character or a line break");
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
    fn any_text_is_read_or_refused(text in any::<String>()) {
        for variable in table(Backend::Jaeger).iter().chain(table(Backend::Datadog)) {
            if let Ok(value) = read(variable.takes, &text) {
                prop_assert!(!text.is_empty() && !text.contains(is_unwritable));
                prop_assert!(matches!(value, CheckedValue::Service(_)) || value == CheckedValue::Text(text.clone()));
            }
        }
        let _ = bare_rate(&text);
        let _ = check_sampler_pair("const", &text);
    }

    #[test]
    fn any_duration_is_read_or_refused(text in "[0-9.smhnu\u{b5}]{0,12}") {
        let _ = read(Takes::Duration, &text);
    }
}
