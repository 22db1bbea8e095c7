//! The tables of variables, compared with the functions of the programs.

use std::collections::BTreeSet;

use super::*;
use crate::credentials::{SHOWN_VARIABLES, is_credential};
use crate::knowledge::clients::programs::Reading;
use crate::knowledge::clients::{ClientStart, Outcome};
use crate::knowledge::otlp::NODE_ADDRESS;
use crate::knowledge::sidecar::FARGATE;
use crate::knowledge::variables::unread::UNREAD;

#[test]
fn the_columns_are_what_the_tables_write() {
    for backend in [Backend::Jaeger, Backend::Datadog] {
        let written: Vec<_> = table(backend)
            .iter()
            .filter(|variable| !["DD_ENV", "DD_VERSION", "JAEGER_TRACE_PROPAGATION_TYPE"].contains(&variable.name))
            // One of Datadog's own names, though it is not written any more.
            .filter(|variable| variable.entry.is_some() || variable.name == "DD_TRACE_SAMPLE_RATE")
            .map(|variable| variable.name)
            .collect();
        assert_eq!(column(backend), written);
        let names: BTreeSet<_> = table(backend).iter().map(|variable| variable.name).collect();
        assert_eq!(names.len(), table(backend).len(), "duplicate name");
    }
}

#[test]
fn switching_removes_the_other_column() {
    let without = |one: Backend, other: Backend| {
        let kept = column(other);
        column(one).iter().copied().filter(|name| !kept.contains(name)).collect::<Vec<_>>()
    };
    let mut of_datadog = without(Backend::Datadog, Backend::Jaeger);
    of_datadog.push("JAEGER_DISABLED");
    assert_eq!(replaced(Backend::Jaeger), of_datadog);
    assert_eq!(replaced(Backend::Datadog), without(Backend::Jaeger, Backend::Datadog));
    let shared: Vec<_> =
        replaced(Backend::Jaeger).iter().filter(|name| leaves(name) == Leaves::BesideDdEnabled).collect();
    assert_eq!(shared, [&"DD_AGENT_HOST", &"DD_SERVICE", &"DD_TAGS"]);
    assert_eq!(leaves("JAEGER_DISABLED"), Leaves::WhenTrue);
    assert_eq!(leaves("TRACING"), Leaves::Always);
}

#[test]
fn off_is_what_each_reader_reads() {
    let words = |backend| off(backend).iter().map(|off| (off.name, off.value, off.readers)).collect::<Vec<_>>();
    assert_eq!(
        words(Backend::Jaeger),
        [("TRACING", "0", Readers::Both), ("JAEGER_DISABLED", "true", Readers::Orchestrator)]
    );
    assert_eq!(
        words(Backend::Datadog),
        [
            ("TRACING", "0", Readers::Both),
            ("DD_ENABLED", "0", Readers::Both),
            ("DD_TRACE_ENABLED", "false", Readers::Container)
        ]
    );
}

#[test]
fn overrides_apply_by_value() {
    let [endpoint, file] = overridden_by(Backend::Jaeger) else { panic!("two for Jaeger") };
    assert_eq!((endpoint.name, endpoint.readers), ("JAEGER_ENDPOINT", Readers::Both));
    assert!(endpoint.applies(None) && endpoint.applies(Some("http://c")));
    assert_eq!((file.name, file.readers), ("JAEGER_CONFIG_PATH", Readers::Container));
    let [url, enabled] = overridden_by(Backend::Datadog) else { panic!("two for Datadog") };
    assert_eq!(url.overrides, ["DD_AGENT_HOST", "DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT"]);
    assert_eq!(enabled.name, "DD_TRACE_ENABLED");
    assert!(enabled.applies(Some("false")) && enabled.applies(Some("0")));
    assert!(!enabled.applies(Some("true")) && !enabled.applies(None));
}

/// The start of a program with one variable, beside others that it needs to have an effect.
fn start_with(program: Program, name: &str, text: Option<&str>) -> Option<ClientStart> {
    let beside = [("JAEGER_SAMPLER_TYPE", "const"), ("DD_AGENT_HOST", "agent")];
    let beside =
        beside.into_iter().filter(|(other, _)| *other != name).map(|(name, text)| (name, EnvText::Literal(text)));
    let given = text.map(|text| (name, EnvText::Literal(text)));
    program.start(&beside.chain(given).collect::<Environment<'_>>())
}

#[test]
fn a_default_is_the_value_that_the_program_uses() {
    let mut compared = 0;
    for variable in BACKENDS.into_iter().flat_map(table) {
        for Reading { program, behavior } in variable.readings {
            let Behavior::Reads(Unset::Value(default)) = behavior else { continue };
            // The function of the program switches these on.
            if ["TRACING", "DD_ENABLED"].contains(&variable.name) {
                assert!(switches_off(variable.name, default), "{}", variable.name);
                continue;
            }
            let [unset, set] =
                [None, Some(*default)].map(|text| start_with(*program, variable.name, text).map(|start| start.state));
            assert_eq!(unset, set, "{}: {default} of {program:?}", variable.name);
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared}");
}

/// A program's function has an outcome for each variable that the table declares read, and ignores those that it declares
/// ignored.
#[test]
fn programs_read_what_the_table_says() {
    for variable in BACKENDS.into_iter().flat_map(table) {
        for Reading { program, behavior } in variable.readings {
            let outcomes: Vec<Outcome> = variable
                .takes
                .samples()
                .iter()
                .filter_map(|sample| start_with(*program, variable.name, Some(sample)))
                .flat_map(|start| start.variables)
                .filter(|(name, _)| *name == variable.name)
                .map(|(_, outcome)| outcome)
                .collect();
            let is_ignored = outcomes.iter().all(|outcome| matches!(outcome, Outcome::Ignored(_)));
            match behavior {
                Behavior::Ignores(_) => assert!(is_ignored, "{} of {program:?}: {outcomes:?}", variable.name),
                // No value of it has an effect that the manifest shows.
                Behavior::Reads(_) if variable.name == "OTEL_EXPORTER_OTLP_HEADERS" => {}
                Behavior::Reads(_) => {
                    assert!(!outcomes.is_empty(), "the function of {program:?} does not read {}", variable.name);
                }
            }
        }
    }
}

#[test]
fn variables_are_put_where_a_program_reads_them() {
    for variable in BACKENDS.into_iter().flat_map(table) {
        let name = variable.name;
        let reads = |reader| variable.programs().any(|program| program.readers().include(reader));
        assert!(variable.programs().all(|program| program.readers().each().any(|one| variable.readers.include(one))));
        assert!(variable.programs().next().is_some(), "{name}");
        if variable.entry.is_none() {
            assert!(variable.readers.each().all(reads), "{name}");
        }
        let programs: BTreeSet<_> = variable.readings.iter().map(|reading| reading.program).collect();
        assert_eq!(programs.len(), variable.readings.len(), "{name}: duplicate program");
    }
}

#[test]
fn every_variable_is_found_by_its_name() {
    for known in known() {
        let found = look_up(&known.name().to_lowercase(), &[]).expect("it is known");
        assert!(found.contains(&known), "{}", known.name());
        assert!(found.iter().all(|found| found.name() == known.name()), "{}", known.name());
        assert_eq!(found.len(), if known.name() == "TRACING" { 2 } else { 1 }, "{}", known.name());
    }
}

#[test]
fn unread_variables_are_neither_set_nor_removed() {
    for known in known() {
        let Known::Unread(Unread { name, .. }) = known else { continue };
        assert!(BACKENDS.iter().all(|one| find(*one, name).is_none() && !column(*one).contains(name)), "{name}");
        for backend in BACKENDS {
            let request = Request::new(backend).with(Key::Set, format!("{name}=1"));
            assert!(Profile::new(request).is_err(), "{name}");
        }
    }
}

#[test]
fn unknown_names_suggest_the_nearest() {
    let words = |name: &str| look_up(name, &["no-traces"]).expect_err("it is not known").to_string();
    assert_eq!(words("DD_APM_ENABLE"), "DD_APM_ENABLE is not known; did you mean DD_APM_ENABLED?");
    assert_eq!(words("sampler_type"), "sampler_type is not known; did you mean JAEGER_SAMPLER_TYPE?");
    assert_eq!(words("no-trace"), "no-trace is not known; did you mean no-traces?");
    assert_eq!(words("\u{1b}"), "\\u{1b} is not known; `seldon-trace explain` lists what is");
}

#[test]
fn options_are_those_of_the_setting() {
    let options = |backend, name| options_of(backend, find(backend, name).expect("it is in the table"));
    assert_eq!(options(Backend::Jaeger, "TRACING"), ["--set"]);
    assert_eq!(
        options(Backend::Jaeger, "JAEGER_SAMPLER_PARAM"),
        ["--sampler-param", "--orchestrator-sampler-param", "--set"]
    );
    assert_eq!(options(Backend::Datadog, "DD_TAGS"), ["--tag", "--tags", "--set"]);
    assert_eq!(options(Backend::Datadog, "DD_ENV"), ["--environment", "--set"]);
    for backend in BACKENDS {
        for variable in table(backend) {
            let setting = variable.entry.map(|entry| entry.setting).filter(|setting| *setting != Purpose::Switch);
            assert!(setting.is_none() || options_of(backend, variable).len() > 1, "no option sets {}", variable.name);
        }
    }
}

#[test]
fn all_backends_are_listed() {
    assert_eq!(BACKENDS, <Backend as clap::ValueEnum>::value_variants());
}

/// The shown variables are a separate list, so that a new variable is not shown by accident.
#[test]
fn values_are_shown_of_known_variables_that_are_no_credentials() {
    let may_be_secret = ["JAEGER_USER", "OTEL_EXPORTER_OTLP_HEADERS"];
    let names = BACKENDS.into_iter().flat_map(|backend| table(backend).iter().map(|variable| variable.name));
    let names = names.filter(|name| !is_credential(name) && !may_be_secret.contains(name));
    let of_mlserver = UNREAD.iter().filter(|unread| unread.owner == Owner::MlServer).map(|unread| unread.name);
    let others = of_mlserver.chain(["DD_SERVICE_NAME", FARGATE, NODE_ADDRESS]);
    let wanted: BTreeSet<&str> = names.chain(others).collect();
    assert_eq!(SHOWN_VARIABLES.iter().copied().collect::<BTreeSet<_>>(), wanted);
    assert!(SHOWN_VARIABLES.is_sorted());
}
