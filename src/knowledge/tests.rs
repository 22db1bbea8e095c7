mod tables;

use super::clients::{ClientState, EnvText, Environment};
use super::*;

const PLACE: PlaceholderValues<'_> =
    PlaceholderValues { name: "iris", namespace: "seldon", predictor: "main", container: "model1" };

fn lines(request: Request, reader: Reader) -> Vec<String> {
    let profile = Profile::new(request).expect("a request that is right");
    let line = |wanted: Wanted| {
        let strength = match wanted.strength {
            Strength::On => "on",
            Strength::Given => "given",
            Strength::Default => "default",
        };
        let content = match wanted.content {
            Content::Literal(text) => text.into_owned(),
            Content::Field(_) => "<hostIP>".to_owned(),
            Content::Folder(folder) => (*folder).to_owned(),
            Content::Tags(tags) => format!("<merge {}>", merge_tags("", &tags)),
        };
        format!("{}={content} ({strength})", wanted.name)
    };
    profile.wanted(reader, &PLACE).into_iter().map(line).collect()
}

fn on_both(request: &Request) -> Vec<String> {
    let lines = [Reader::Orchestrator, Reader::Container].map(|reader| lines(request.clone(), reader));
    assert_eq!(lines[0], lines[1]);
    lines[0].clone()
}

/// *Distributed Tracing*, the example.
#[test]
fn jaeger_writes_the_variables_of_seldons_document() {
    assert_eq!(
        on_both(&Request::new(Backend::Jaeger)),
        [
            "TRACING=1 (on)",
            "JAEGER_AGENT_HOST=<hostIP> (default)",
            "JAEGER_AGENT_PORT=5775 (default)",
            "JAEGER_SAMPLER_TYPE=const (default)",
            "JAEGER_SAMPLER_PARAM=1 (default)",
        ]
    );
}

/// *Distributed Tracing with Datadog*, the example: 0.75 on the model, 0.9 on the orchestrator.
#[test]
fn datadog_writes_the_variables_of_seldons_document() {
    let request = Request::new(Backend::Datadog).with(Key::SampleRate, "0.75").with(Key::OrchestratorSampleRate, "0.9");
    let common = [
        "TRACING=1 (on)",
        "DD_ENABLED=1 (on)",
        "DD_AGENT_HOST=<hostIP> (default)",
        "DATADOG_TRACE_AGENT_PORT=8126 (default)",
    ];
    assert_eq!(lines(request.clone(), Reader::Container), [&common[..], &["DD_SAMPLE_RATE=0.75 (given)"]].concat());
    assert_eq!(lines(request, Reader::Orchestrator), [&common[..], &["DD_SAMPLE_RATE=0.9 (given)"]].concat());
    assert_eq!(on_both(&Request::new(Backend::Datadog)), [&common[..], &["DD_SAMPLE_RATE=1 (default)"]].concat());
}

#[test]
fn given_values_replace_the_defaults() {
    let jaeger = Request::new(Backend::Jaeger)
        .with(Key::AgentHost, "agent")
        .with(Key::AgentPort, "6831")
        .with(Key::Service, "{namespace}.{name}.{predictor}.{container}")
        .with(Key::SamplerType, "probabilistic")
        .with(Key::SamplerParam, "0.5")
        .with(Key::OrchestratorSamplerParam, "0.1");
    let common = [
        "TRACING=1 (on)",
        "JAEGER_AGENT_HOST=agent (given)",
        "JAEGER_AGENT_PORT=6831 (given)",
        "JAEGER_SAMPLER_TYPE=probabilistic (given)",
    ];
    assert_eq!(lines(jaeger.clone(), Reader::Container), [&common[..], &["JAEGER_SAMPLER_PARAM=0.5 (given)"]].concat());
    assert_eq!(
        lines(jaeger, Reader::Orchestrator),
        [&common[..], &["JAEGER_SAMPLER_PARAM=0.1 (given)", "JAEGER_SERVICE_NAME=seldon.iris.main.model1 (given)"]]
            .concat()
    );
    let datadog = Request::new(Backend::Datadog)
        .with(Key::Service, "{name}-{container}")
        .with(Key::Tag, "env:prod")
        .with(Key::Tag, "team:ml")
        .with(Key::Tag, "env:prod");
    assert_eq!(
        on_both(&datadog)[4..],
        ["DD_SERVICE=iris-model1 (given)", "DD_TAGS=<merge env:prod,team:ml> (given)", "DD_SAMPLE_RATE=1 (default)"]
    );
    let replaced = Request::new(Backend::Datadog).with(Key::Tags, "env:prod,team:ml");
    assert_eq!(on_both(&replaced)[4], "DD_TAGS=env:prod,team:ml (given)");
}

#[test]
fn only_the_orchestrators_rate_leaves_containers_the_default() {
    let request = Request::new(Backend::Datadog).with(Key::OrchestratorSampleRate, "0.9");
    assert_eq!(lines(request.clone(), Reader::Container)[4], "DD_SAMPLE_RATE=1 (default)");
    assert_eq!(lines(request, Reader::Orchestrator)[4], "DD_SAMPLE_RATE=0.9 (given)");
    let request = Request::new(Backend::Jaeger).with(Key::OrchestratorSamplerParam, "0");
    let profile = Profile::new(request.clone()).expect("a request that is right");
    assert_eq!(lines(request.clone(), Reader::Container)[4], "JAEGER_SAMPLER_PARAM=1 (default)");
    assert_eq!(lines(request, Reader::Orchestrator)[4], "JAEGER_SAMPLER_PARAM=0 (given)");
    assert!(profile.sampler_param_given(Reader::Orchestrator));
    assert!(!profile.sampler_param_given(Reader::Container));
}

#[test]
fn standard_names_replace_seldons() {
    let request = Request { names: Some(Names::Standard), ..Request::new(Backend::Datadog) }
        .with(Key::SampleRate, "0.75")
        .with(Key::Service, "s");
    let container = [
        "TRACING=1 (on)",
        "DD_ENABLED=1 (on)",
        "DD_AGENT_HOST=<hostIP> (default)",
        "DD_TRACE_AGENT_PORT=8126 (default)",
        "DD_SERVICE=s (given)",
        r#"DD_TRACE_SAMPLING_RULES=[{"sample_rate":0.75}] (given)"#,
    ];
    assert_eq!(lines(request.clone(), Reader::Container), container);
    assert_eq!(lines(request, Reader::Orchestrator), [&container[..], &["DD_SAMPLING_RATE=0.75 (given)"]].concat());
}

#[test]
fn both_names_are_written() {
    let request = Request { names: Some(Names::Both), ..Request::new(Backend::Datadog) }
        .with(Key::AgentPort, "8127")
        .with(Key::OrchestratorSampleRate, "0.9");
    assert_eq!(
        lines(request.clone(), Reader::Container)[3..],
        [
            "DATADOG_TRACE_AGENT_PORT=8127 (given)",
            "DD_TRACE_AGENT_PORT=8127 (given)",
            "DD_SAMPLE_RATE=1 (default)",
            r#"DD_TRACE_SAMPLING_RULES=[{"sample_rate":1}] (default)"#,
        ]
    );
    assert_eq!(
        lines(request, Reader::Orchestrator)[3..],
        [
            "DATADOG_TRACE_AGENT_PORT=8127 (given)",
            "DD_TRACE_AGENT_PORT=8127 (given)",
            "DD_SAMPLE_RATE=0.9 (given)",
            r#"DD_TRACE_SAMPLING_RULES=[{"sample_rate":0.9}] (given)"#,
            "DD_SAMPLING_RATE=0.9 (given)",
        ]
    );
}

#[test]
fn variables_of_set_follow_where_something_reads_them() {
    let request = Request::new(Backend::Jaeger)
        .with(Key::Set, "JAEGER_TRACE_PROPAGATION_TYPE=b3")
        .with(Key::Set, "JAEGER_CONFIG_PATH=/etc/jaeger.yaml")
        .with(Key::Set, "JAEGER_TAGS=a=b")
        .with(Key::Set, "JAEGER_AGENT_PORT=6831")
        .with(Key::Set, "JAEGER_REPORTER_FLUSH_INTERVAL=500ms");
    let table = [
        "TRACING=1 (on)",
        "JAEGER_AGENT_HOST=<hostIP> (default)",
        "JAEGER_AGENT_PORT=6831 (given)",
        "JAEGER_SAMPLER_TYPE=const (default)",
        "JAEGER_SAMPLER_PARAM=1 (default)",
    ];
    assert_eq!(
        lines(request.clone(), Reader::Orchestrator),
        [
            &table[..],
            &[
                "JAEGER_TRACE_PROPAGATION_TYPE=b3 (given)",
                "JAEGER_TAGS=a=b (given)",
                "JAEGER_REPORTER_FLUSH_INTERVAL=500ms (given)"
            ]
        ]
        .concat()
    );
    assert_eq!(
        lines(request, Reader::Container),
        [&table[..], &["JAEGER_CONFIG_PATH=/etc/jaeger.yaml (given)", "JAEGER_TAGS=a=b (given)"]].concat()
    );
}

#[test]
fn names_not_asked_for_follow_where_set_gives_them() {
    let request = Request::new(Backend::Datadog)
        .with(Key::Set, "DD_TRACE_AGENT_PORT=8127")
        .with(Key::Set, "DD_ENV=prod")
        .with(Key::Set, "DD_SAMPLING_RATE=0.5")
        .with(Key::Set, "TRACING=2");
    let container = [
        "TRACING=2 (given)",
        "DD_ENABLED=1 (on)",
        "DD_AGENT_HOST=<hostIP> (default)",
        "DATADOG_TRACE_AGENT_PORT=8126 (default)",
        "DD_SAMPLE_RATE=1 (default)",
        "DD_TRACE_AGENT_PORT=8127 (given)",
        "DD_ENV=prod (given)",
    ];
    assert_eq!(lines(request.clone(), Reader::Container), container);
    assert_eq!(lines(request, Reader::Orchestrator), [&container[..], &["DD_SAMPLING_RATE=0.5 (given)"]].concat());
}

#[test]
fn an_option_for_the_orchestrator_overrides_a_set_for_all() {
    let request =
        Request::new(Backend::Datadog).with(Key::OrchestratorSampleRate, "0.9").with(Key::Set, "DD_SAMPLE_RATE=0.5");
    assert_eq!(lines(request.clone(), Reader::Container)[4], "DD_SAMPLE_RATE=0.5 (given)");
    assert_eq!(lines(request, Reader::Orchestrator)[4], "DD_SAMPLE_RATE=0.9 (given)");
}

#[test]
fn backends_and_names_are_spelt_as_their_options() {
    use clap::ValueEnum;
    for backend in Backend::value_variants() {
        assert_eq!(Backend::from_str(&backend.to_string(), false), Ok(*backend));
    }
    for names in Names::value_variants() {
        assert_eq!(Names::from_str(&names.to_string(), false), Ok(*names));
    }
    let profile = Profile::new(Request { reset: true, ..Request::new(Backend::Datadog) }).expect("a right request");
    assert_eq!((profile.backend(), profile.names(), profile.reset()), (Backend::Datadog, Names::Seldon, true));
}

#[test]
fn what_is_written_unasked_is_what_the_clients_take() {
    for backend in BACKENDS {
        for names in [Names::Seldon, Names::Standard, Names::Both] {
            let profile =
                Profile::new(Request { names: backend.is_datadog().then_some(names), ..Request::new(backend) })
                    .unwrap();
            for reader in [Reader::Orchestrator, Reader::Container] {
                let wanted = profile.wanted(reader, &PLACE);
                let texts = wanted.iter().map(|wanted| match &wanted.content {
                    Content::Literal(text) => (wanted.name, EnvText::Literal(text)),
                    _ => (wanted.name, EnvText::NodeAddress),
                });
                let environment = texts.collect::<Environment<'_>>();
                assert_eq!(profile.refused(reader, &environment), []);
                let sends = |program: &Program| match program.start(&environment).map(|start| start.state) {
                    Some(ClientState::Sends(_)) => true,
                    other => panic!("{program:?}: {other:?}"),
                };
                assert!(Program::ALL.iter().filter(|program| program.backend() == backend).any(sends));
            }
        }
    }
}

#[test]
fn what_a_client_reads_can_be_set() {
    let set = |backend, text: &str| Profile::new(Request::new(backend).with(Key::Set, text)).is_ok();
    for text in [
        "DD_TRACE_RATE_LIMIT=-1",
        "DD_TRACE_RATE_LIMIT=0",
        "DD_TRACE_RATE_LIMIT=50",
        "DD_TRACE_PROPAGATION_STYLE=datadog,tracecontext,b3multi",
        "DD_AGENT_PORT=8126",
        "DD_TRACE_AGENT_HOSTNAME=agent",
        "DD_PROFILING_ENABLED=true",
        "DD_APPSEC_ENABLED=1",
        "DD_LOGS_INJECTION=structured",
        "OTEL_TRACES_SAMPLER=parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG=0.1",
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318",
    ] {
        assert!(set(Backend::Datadog, text), "{text}");
    }
    for text in [
        "DD_TRACE_RATE_LIMIT=1.5",
        "DD_TRACE_PROPAGATION_STYLE=datadog,",
        "DD_TRACE_PROPAGATION_STYLE=zipkin",
        "DD_AGENT_PORT=0",
        "OTEL_TRACES_SAMPLER=always",
    ] {
        assert!(!set(Backend::Datadog, text), "{text}");
    }
    for text in [
        "JAEGER_REPORTER_LOG_SPANS=true",
        "JAEGER_RPC_METRICS=false",
        "JAEGER_SAMPLER_MANAGER_HOST_PORT=http://jaeger:5778/sampling",
        "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=1",
    ] {
        assert!(set(Backend::Jaeger, text), "{text}");
    }
    assert!(!set(Backend::Jaeger, "JAEGER_RPC_METRICS=yes"));
}
