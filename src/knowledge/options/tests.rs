use super::*;
use crate::knowledge::{Note, Profile};
use Backend::{Datadog, Jaeger};

/// A request from options as they are typed.
fn request(backend: Backend, options: &[&str]) -> Request {
    let mut request = Request::new(backend);
    for option in options {
        let (name, value) = option.split_once(' ').unwrap_or((option, ""));
        match name {
            "--names" => {
                request.names = Some(match value {
                    "standard" => Names::Standard,
                    "both" => Names::Both,
                    _ => Names::Seldon,
                });
            }
            _ => {
                let key = Key::find(name.trim_start_matches('-')).unwrap_or_else(|| panic!("{option}"));
                request = request.with(key, value);
            }
        }
    }
    request
}

fn errors(backend: Backend, options: &[&str]) -> Vec<String> {
    match Profile::new(request(backend, options)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

fn notes(backend: Backend, options: &[&str]) -> Vec<Note> {
    Profile::new(request(backend, options)).expect("a request that is right").notes()
}

#[test]
fn every_error_is_reported() {
    assert_eq!(
        errors(
            Jaeger,
            &[
                "--agent-port 70000",
                "--service {pod}",
                "--sampler-type probabilistc",
                "--sample-rate 0.5",
                "--set JAEGER_TAGS=a",
                "--set FOO",
                "--names both",
                "--tag a:b",
            ]
        ),
        [
            "invalid value '{pod}' for --service: there is no placeholder {pod}; the placeholders are {name}, \
             {namespace}, {predictor} and {container}",
            "--sample-rate belongs to --backend datadog and cannot be used with --backend jaeger",
            "--names belongs to --backend datadog and cannot be used with --backend jaeger",
            "--tag belongs to --backend datadog and cannot be used with --backend jaeger",
            "invalid value 'FOO' for --set: it is VARIABLE=VALUE",
            "invalid value for --set JAEGER_TAGS: `a` is not a list of name=value; write name=value,name2=value2 without \
             a comma at the end",
            "invalid value for --sampler-type: `probabilistc` is not a sampler; did you mean probabilistic?",
            "invalid value for --agent-port: `70000` is not a port; write a number from 1 to 65535",
        ]
    );
}

#[test]
fn options_and_variables_of_the_other_backend_are_errors() {
    for (backend, option, named) in [
        (Datadog, "--sampler-type const", "--sampler-type"),
        (Datadog, "--sampler-param 1", "--sampler-param"),
        (Datadog, "--orchestrator-sampler-param 1", "--orchestrator-sampler-param"),
        (Datadog, "--set JAEGER_TAGS=a=b", "--set JAEGER_TAGS"),
        (Jaeger, "--sample-rate 1", "--sample-rate"),
        (Jaeger, "--orchestrator-sample-rate 1", "--orchestrator-sample-rate"),
        (Jaeger, "--tag a:b", "--tag"),
        (Jaeger, "--tags a:b", "--tags"),
        (Jaeger, "--names seldon", "--names"),
        (Jaeger, "--set DD_ENV=prod", "--set DD_ENV"),
    ] {
        let other = backend.other();
        let words = format!("{named} belongs to --backend {other} and cannot be used with --backend {backend}");
        assert_eq!(errors(backend, &[option]), [words]);
    }
}

#[test]
fn unknown_variables_have_a_hint() {
    for (backend, name, hint) in [
        (Jaeger, "JAEGER_TAG", "did you mean JAEGER_TAGS?"),
        (Jaeger, "jaeger_endpoint", "did you mean JAEGER_ENDPOINT?"),
        (Jaeger, "JAEGER_PROPAGATION", "Seldon's executor reads JAEGER_TRACE_PROPAGATION_TYPE instead"),
        (Datadog, "DD_APM_ENABLED", "it belongs to the Datadog agent, not to the program that it traces"),
        (Datadog, "DD_TRACE_AGENT_PROT", "did you mean DD_TRACE_AGENT_PORT?"),
    ] {
        let words = format!("--set {name}: nothing in Seldon Core reads this variable; {hint}");
        assert_eq!(errors(backend, &[&format!("--set {name}=x")]), [words]);
    }
    let [words] = &errors(Jaeger, &["--set A\u{1b}[1m=x"])[..] else { panic!("one fault") };
    let begin = "--set A\\u{1b}[1m: nothing in Seldon Core reads this variable; jaeger's clients read TRACING, JAEGER_";
    assert!(words.starts_with(begin), "{words}");
}

#[test]
fn control_characters_are_escaped_and_secrets_kept() {
    assert_eq!(
        errors(Jaeger, &["--agent-host a\tb"]),
        [r"invalid value for --agent-host: `a\tb` can't be resolved; write a host name or an address"]
    );
    assert_eq!(
        errors(Jaeger, &["--set JAEGER_USER=u", "--set JAEGER_PASSWORD=se\0cret"]),
        ["invalid value for `--set JAEGER_PASSWORD`: it holds a NUL character, which no process can be given"]
    );
    assert_eq!(errors(Jaeger, &["--set =x"]), ["invalid value '=x' for --set: it is VARIABLE=VALUE"]);
    assert_eq!(
        errors(Datadog, &["--service "]),
        ["invalid value for --service: it would be taken for a service without a name; write a name, or leave it out"]
    );
}

#[test]
fn switching_off_contradicts_enable() {
    let off = "it switches tracing off, and `enable` switches it on";
    for (backend, name, value) in [
        (Jaeger, "TRACING", "0"),
        (Datadog, "TRACING", "0"),
        (Datadog, "DD_ENABLED", "0"),
        (Datadog, "DD_ENABLED", "yes"),
        (Datadog, "DD_TRACE_ENABLED", "false"),
        (Datadog, "DD_TRACE_ENABLED", "t"),
        (Datadog, "OTEL_TRACES_EXPORTER", "none"),
        (Jaeger, "JAEGER_DISABLED", "true"),
    ] {
        let words = format!("invalid value for --set {name}: {off}");
        assert_eq!(errors(backend, &[&format!("--set {name}={value}")]), [words]);
    }
}

#[test]
fn one_variable_has_one_value() {
    for (backend, options, words) in [
        (
            Jaeger,
            &["--agent-port 5775", "--set JAEGER_AGENT_PORT=6831"][..],
            "--agent-port cannot be used with --set JAEGER_AGENT_PORT: both give JAEGER_AGENT_PORT; leave one out",
        ),
        (
            Jaeger,
            &["--set JAEGER_TAGS=a=b", "--set JAEGER_TAGS=a=c"],
            "--set JAEGER_TAGS is given twice, with different values: give JAEGER_TAGS once",
        ),
        (Datadog, &["--tag a:b", "--tags a:b"], "--tag cannot be used with --tags: both give DD_TAGS; leave one out"),
        (
            Datadog,
            &["--tag a:b", "--set DD_TAGS=a:b"],
            "--tag cannot be used with --set DD_TAGS: both give DD_TAGS; leave one out",
        ),
        (
            Datadog,
            &["--names both", "--sample-rate 0.5", "--set DD_SAMPLING_RATE=0.4"],
            "--sample-rate cannot be used with --set DD_SAMPLING_RATE: both give DD_SAMPLING_RATE; leave one out",
        ),
        (
            Datadog,
            &["--names both", "--orchestrator-sample-rate 0.5", "--set DD_SAMPLING_RATE=0.4"],
            "--orchestrator-sample-rate cannot be used with --set DD_SAMPLING_RATE: both give DD_SAMPLING_RATE; leave \
             one out",
        ),
        (Datadog, &["--tag env:a", "--tag env:b"], "invalid value 'env:b' for --tag: the tag env is a already"),
    ] {
        assert_eq!(errors(backend, options), [words]);
    }
    for (backend, options) in [
        (Jaeger, &["--agent-port 6831", "--set JAEGER_AGENT_PORT=6831"][..]),
        (Jaeger, &["--set JAEGER_TAGS=a=b", "--set JAEGER_TAGS=a=b"]),
        (Jaeger, &["--service {name}", "--set JAEGER_SERVICE_NAME={name}"]),
        (Datadog, &["--orchestrator-sample-rate 0.5", "--set DD_SAMPLE_RATE=0.4"]),
        (Datadog, &["--tags a:b", "--set DD_TAGS=a:b"]),
        (Datadog, &["--tag env:a", "--tag env:a"]),
    ] {
        assert_eq!(errors(backend, options), [""; 0], "{options:?}");
    }
}

#[test]
fn a_sampler_needs_a_param_that_fits() {
    for (options, words) in [
        (
            &["--sampler-type probabilistic"][..],
            "--sampler-type needs --sampler-param too: its default of 1 is for const; give the number for \
             probabilistic",
        ),
        (
            &["--sampler-type ratelimiting", "--orchestrator-sampler-param 5"],
            "--sampler-type needs --sampler-param too: its default of 1 is for const; give the number for \
             ratelimiting",
        ),
        (
            &["--set JAEGER_SAMPLER_TYPE=remote"],
            "--set JAEGER_SAMPLER_TYPE needs --sampler-param too: its default of 1 is for const; give the number for \
             remote",
        ),
        (
            &["--sampler-type const", "--sampler-param 0.5"],
            "invalid value for --sampler-param: it would be taken for 1, since a const sampler keeps all traces at any number \
             but 0",
        ),
        (
            &["--sampler-type probabilistic", "--sampler-param 0.5", "--orchestrator-sampler-param 50"],
            "invalid value for --orchestrator-sampler-param: `50` is not a probability; write a number from 0 to 1",
        ),
        (
            &["--sampler-type remote", "--set JAEGER_SAMPLER_PARAM=7"],
            "invalid value for --set JAEGER_SAMPLER_PARAM: `7` is not a probability; write a number from 0 to 1",
        ),
        (
            &["--sampler-type probabilistic", "--sampler-param half"],
            "invalid value for --sampler-param: `half` is not a number; write one such as 1 or 0.25",
        ),
    ] {
        assert_eq!(errors(Jaeger, options), [words]);
    }
    for options in [
        &["--sampler-type const"][..],
        &["--sampler-param 0.5"],
        &["--sampler-type ratelimiting", "--sampler-param 100", "--orchestrator-sampler-param 5"],
        &["--sampler-type const", "--orchestrator-sampler-param 0"],
    ] {
        assert_eq!(errors(Jaeger, options), [""; 0], "{options:?}");
    }
}

#[test]
fn a_credential_may_have_its_other_half_in_the_manifest() {
    assert_eq!(errors(Jaeger, &["--set JAEGER_ENDPOINT=http://c:14268/api/traces", "--set JAEGER_USER=u"]), [""; 0]);
    assert_eq!(notes(Jaeger, &["--set JAEGER_USER=u", "--set JAEGER_PASSWORD=p"]), [Note::PasswordInClear]);
    assert_eq!(notes(Jaeger, &["--set JAEGER_USER=u", "--set JAEGER_PASSWORD=$(PASSWORD)"]), []);
}

#[test]
fn a_literal_key_is_an_error() {
    let words = "this is a credential, which every reader of the result would see; put it into a Secret, and refer to \
                 that in the manifest";
    for (name, value) in [
        ("DD_API_KEY", "abc"),
        ("DD_API_KEY", "0123456789abcdef0123456789abcdef"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "dd-api-key=abc"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=$(TOKEN),authorization=Bearer x"),
    ] {
        let option = format!("--set {name}={value}");
        let origin = match name {
            "DD_API_KEY" => format!("`--set {name}`"),
            _ => format!("--set {name}"),
        };
        let error = format!("invalid value for {origin}: {words}");
        assert_eq!(errors(Datadog, &[&option, "--set DD_AGENTLESS_ENABLED=true"]), [error], "{option}");
    }
    for option in ["--set DD_API_KEY=$(KEY)", "--set OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer $(TOKEN)"] {
        assert_eq!(errors(Datadog, &[option]), [""; 0]);
        assert!(!notes(Datadog, &[option]).iter().any(|note| note.to_string().contains("clear")));
    }
}

#[test]
fn an_empty_option_is_an_error() {
    for (backend, option) in [
        (Jaeger, "--orchestrator-agent-host"),
        (Datadog, "--agent-host"),
        (Datadog, "--orchestrator-agent-host"),
        (Datadog, "--orchestrator-sample-rate"),
        (Jaeger, "--service"),
        (Datadog, "--service-version"),
    ] {
        let words = format!("invalid value for {option}: it is empty; leave the option out");
        assert_eq!(errors(backend, &[&format!("{option} ")]), [words]);
    }
    assert_eq!(errors(Datadog, &["--tags "]), [""; 0]);
}

#[test]
fn a_variable_of_a_part_is_not_set_as_well() {
    for (backend, options, part, name) in [
        (Jaeger, &["--config-map a"][..], "--config-map", "JAEGER_CONFIG_PATH=/a"),
        (Jaeger, &["--agent node"], "--agent", "JAEGER_AGENT_HOST=a"),
        (Datadog, &["--agent sidecar"], "--agent", "DD_AGENT_HOST=a"),
        (Datadog, &["--agent sidecar"], "--agent", "DATADOG_TRACE_AGENT_PORT=8127"),
    ] {
        let set = format!("--set {name}");
        let name = name.split('=').next().unwrap_or_default();
        let words = format!("{part} cannot be used with --set {name}: both give {name}; leave one out");
        assert_eq!(errors(backend, &[options, &[&set]].concat()), [words]);
    }
    // The node's agent may have another port.
    assert_eq!(errors(Jaeger, &["--agent node", "--set JAEGER_AGENT_PORT=6831"]), [""; 0]);
}

#[test]
fn a_config_file_has_no_remote_sampler() {
    for sampler in ["--sampler-type remote", "--set JAEGER_SAMPLER_TYPE=Remote"] {
        let (option, _) = sampler.rsplit_once([' ', '=']).expect("an option with a value");
        let words = format!(
            "invalid value for {option}: the wrapper exits at a config file with a remote sampler; write const, \
             probabilistic or ratelimiting"
        );
        assert_eq!(errors(Jaeger, &["--config-map a", sampler, "--sampler-param 0.5"]), [words]);
        assert_eq!(errors(Jaeger, &[sampler, "--sampler-param 0.5"]), [""; 0]);
    }
}

#[test]
fn notes_say_what_readers_make_of_it() {
    assert_eq!(notes(Jaeger, &["--sampler-param 0.5"]), []);
    for (options, expected) in [
        (&[][..], &[][..]),
        (&["--sample-rate 1"], &[]),
        (&["--sample-rate 0"], &[Note::UnreadRate]),
        (&["--sample-rate 0.75"], &[Note::FractionalRate, Note::UnreadRate]),
        (&["--sample-rate 1.0"], &[Note::FractionalRate]),
        (&["--sample-rate 0.75", "--names both"], &[Note::FractionalRate]),
        (&["--sample-rate 0.75", "--names standard"], &[]),
        (&["--orchestrator-sample-rate 0.9"], &[Note::UnreadRate]),
        (&["--orchestrator-sample-rate 0.9", "--set DD_SAMPLING_RATE=0.9"], &[]),
        (&["--tag a:b"], &[]),
        (&["--tag a:b:c"], &[Note::ColonInTag]),
        (&["--tags a:b,c:d:e"], &[Note::ColonInTag]),
        (&["--set DD_TRACE_SAMPLE_RATE=0.5"], &[Note::OldSampleRate]),
    ] {
        let expected: Vec<_> = [Note::StockImages].into_iter().chain(expected.iter().copied()).collect();
        assert_eq!(notes(Datadog, options), expected, "{options:?}");
    }
    assert_eq!(Note::FractionalRate.reader(), Some(Reader::Container));
    assert_eq!(Note::StockImages.reader(), None);
}

#[test]
fn the_defaults_of_the_help_are_those_that_are_written() {
    for backend in [Jaeger, Datadog] {
        let profile = Profile::new(Request::new(backend)).expect("a request that is right");
        let place = PlaceholderValues { name: "", namespace: "", predictor: "", container: "" };
        let wanted = profile.wanted(Reader::Container, &place);
        let is_for = |option: &&OptionSpec| option.backend.is_none_or(|only| only == backend);
        let mut compared = 0;
        for option in OPTIONS.iter().filter(is_for) {
            let Some(sets) = option.sets.filter(|sets| sets.takes != Takes::Host && option.default.is_some()) else {
                continue;
            };
            let is_set = |variable: &&KnownVariable| variable.entry.is_some_and(|entry| entry.setting == sets.setting);
            let name = table(backend).iter().find(is_set).expect("it sets a variable").name;
            let written = wanted.iter().find(|wanted| wanted.name == name).expect("it has a default");
            let default = Content::Literal(option.default_for(Some(backend)).into());
            assert_eq!(written.content, default, "{name}");
            compared += 1;
        }
        assert!(compared > 1, "{backend}");
    }
}

#[test]
fn unusable_values_are_errors() {
    for (backend, option) in [
        (Jaeger, "--agent-host ::1"),
        (Jaeger, "--agent-host 256.1.1.1"),
        (Jaeger, "--set JAEGER_TAGS=a=b=c"),
        (Datadog, "--set DD_TRACE_AGENT_URL=http://agent:abc"),
        (Datadog, "--set DD_AGENT_HOST=[agent]"),
        (Datadog, r#"--set DD_TRACE_SAMPLING_RULES=[{"sample_rate":0.5,"max_per_second":1}]"#),
        (Datadog, "--tag a:"),
        (Jaeger, "--agent-port "),
        (Jaeger, "--set JAEGER_TRACE_PROPAGATION_TYPE=B3"),
        (Datadog, "--sample-rate 75"),
        (Datadog, "--sample-rate half"),
    ] {
        let errors = Profile::new(request(backend, &[option])).expect_err(option);
        assert_eq!(errors.len(), 1, "{option}: {errors:?}");
    }
    // A rate must not become a rule of more than a rate.
    let options = ["--names standard", r#"--sample-rate 0.5,"service":"a""#];
    assert_eq!(errors(Datadog, &options).len(), 1);
    for (backend, option) in [
        (Jaeger, "--agent-host agent"),
        (Jaeger, "--set JAEGER_TAGS=a=${B:c}"),
        (Jaeger, "--set JAEGER_REPORTER_LOG_SPANS=t"),
        (Jaeger, "--sampler-type Const"),
        (Jaeger, "--agent-port 06831"),
        (Jaeger, "--sampler-param 1e0"),
        (Jaeger, "--agent-host $(HOST)"),
        (Jaeger, "--set JAEGER_ENDPOINT=HTTP://collector:14268/api/traces"),
        (Jaeger, "--set TRACING=+5"),
        (Datadog, "--set DD_TRACE_RATE_LIMIT=-5"),
        (Datadog, r#"--set DD_TRACE_SAMPLING_RULES=[{"sample_rate":2}]"#),
        (Datadog, "--set DD_TRACE_RATE_LIMIT=100"),
        (Datadog, "--set DD_TRACE_PROPAGATION_STYLE=datadog,b3multi"),
        (Datadog, "--tag team:ml"),
    ] {
        assert_eq!(Profile::new(request(backend, &[option])).err(), None, "{option}");
    }
}
