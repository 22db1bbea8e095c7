use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::*;
use crate::cli::Cli;
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Backend, Form, Key, OPTIONS, Scope};
use crate::output::diagnostic::render_all;

fn file(text: &str) -> Result<File, Refused> {
    File::parse(".seldon-trace.yaml".to_owned(), PathBuf::from("/team"), text.to_owned())
}

fn stack(text: &str, profile: Option<&str>, options: Layer) -> Stack {
    Stack::new(Some(file(text).unwrap()), profile, options).unwrap()
}

fn typed(key: Key, text: &str) -> Layer {
    let mut options = Layer::new(SettingSource::Options);
    options.type_text(key, Some(text.to_owned()));
    options
}

fn nothing_typed() -> Layer {
    Layer::new(SettingSource::Options)
}

fn rendered(Refused { name, text, faults }: &Refused) -> String {
    render_all(faults, name, text, false)
}

/// The faults of a file: line, path, message and help.
fn faults(text: &str) -> Vec<String> {
    let refused = file(text).unwrap_err();
    let line = |fault: &Diagnostic| {
        let line = crate::text::Places::new(&refused.text).position(fault.span.as_ref().unwrap().start).line;
        format!("{line} {}: {}; {}", fault.path, fault.message, fault.help)
    };
    refused.faults.iter().map(line).collect()
}

#[test]
fn the_table_is_in_the_order_of_the_keys() {
    for (at, key) in Key::all().enumerate() {
        assert_eq!(key as usize, at, "{key:?}");
        assert_eq!(Key::find(key.name()), Some(key));
    }
}

#[test]
fn every_option_is_a_setting_or_of_the_command_line_alone() {
    let mut program = Cli::command();
    program.build();
    let known = |name: &str| Key::find(name).is_some() != COMMAND_LINE_ONLY.contains(&name);
    let mut seen = Vec::new();
    for command in ["enable", "disable", "status", "lint", "config"] {
        let command = program.find_subcommand(command).unwrap();
        let names: Vec<&str> = command.get_arguments().filter_map(|option| option.get_long()).collect();
        assert!(names.iter().all(|name| *name == "help" || known(name)), "{names:?}");
        seen.extend(names.into_iter().map(str::to_owned));
    }
    let mut typed = Key::all().filter(|key| key.spec().commands != 0);
    assert!(typed.all(|key| seen.iter().any(|name| name == key.name())));
}

#[test]
fn each_outranks_the_next() {
    let text = |with: &str| {
        format!("agent-port: 1\nprofiles: {{p: {{agent-port: 2}}}}\noverrides:\n- match: {{name: x}}\n  {with}\n")
    };
    let port = |stack: &Stack, overrides: &[usize]| stack.settings(overrides).text(Key::AgentPort).map(str::to_owned);
    let overridden = text("agent-port: 3");
    let all = stack(&overridden, Some("p"), typed(Key::AgentPort, "4"));
    assert_eq!(port(&all, &[0]).as_deref(), Some("4"), "an option over an override");
    let without_option = stack(&overridden, Some("p"), nothing_typed());
    assert_eq!(port(&without_option, &[0]).as_deref(), Some("3"), "an override over a profile");
    assert_eq!(port(&without_option, &[]).as_deref(), Some("2"), "a profile over defaults");
    let without_profile = stack(&overridden, None, nothing_typed());
    assert_eq!(port(&without_profile, &[]).as_deref(), Some("1"), "defaults over built-in ones");
    assert_eq!(port(&without_profile, &[0]).as_deref(), Some("3"), "an override over defaults");
    let empty = stack("", None, nothing_typed());
    assert_eq!(port(&empty, &[]), None, "built-in");
    assert_eq!(Key::AgentPort.spec().default_for(None), "jaeger 5775, datadog 8126");
}

#[test]
fn later_overrides_outrank_earlier_ones_key_by_key() {
    let text = "\
overrides:
- match: {name: a}
  agent-port: 1
  agent-host: one
- match: {namespace: b}
  agent-port: 2
";
    let both = stack(text, None, nothing_typed()).settings(&[0, 1]);
    assert_eq!((both.text(Key::AgentPort), both.text(Key::AgentHost)), (Some("2"), Some("one")));
}

#[test]
fn each_name_of_a_mapping_is_a_setting_and_a_list_is_one() {
    let text = "\
set: {JAEGER_TAGS: a=b, JAEGER_DISABLED: false}
keep: [A, B]
profiles: {p: {set: {JAEGER_TAGS: c=d}, keep: [C]}}
";
    let settings = stack(text, Some("p"), nothing_typed()).settings(&[]);
    let set: Vec<&str> = settings.said(Key::Set).filter_map(Setting::text).collect();
    assert_eq!(set, ["JAEGER_DISABLED=false", "JAEGER_TAGS=c=d"]);
    assert_eq!(settings.texts(Key::Keep), ["C"]);
}

#[test]
fn a_switch_can_be_switched_off_again() {
    let text = "reset: true\nprofiles: {p: {reset: false}}\n";
    assert!(stack(text, None, nothing_typed()).settings(&[]).is_on(Key::Reset));
    assert!(!stack(text, Some("p"), nothing_typed()).settings(&[]).is_on(Key::Reset));
}

#[test]
fn values_count_as_they_are_spelt() {
    let text = "sample-rate: 0.10\nagent-port: 6831\nagent-host: yes\nservice: '007'\n";
    let settings = stack(text, None, nothing_typed()).settings(&[]);
    let texts = [Key::SampleRate, Key::AgentPort, Key::AgentHost, Key::Service].map(|key| settings.text(key));
    assert_eq!(texts, [Some("0.10"), Some("6831"), Some("yes"), Some("007")]);
}

#[test]
fn what_a_file_says_of_the_other_backend_does_not_count() {
    let text = "sample-rate: 0.5\nsampler-type: remote\nsampler-param: 0.5\nset: {DD_ENV: prod}\n";
    let settings = stack(text, None, nothing_typed()).settings(&[]);
    assert!(settings.profile(Backend::Jaeger).is_ok() && settings.profile(Backend::Datadog).is_ok());
    let beside_an_override = "overrides: [{match: {name: x}, backend: jaeger}]\n";
    let overridden = stack(beside_an_override, None, typed(Key::SampleRate, "0.1")).settings(&[0]);
    assert!(overridden.profile(Backend::Jaeger).is_ok(), "typed for the others");
    let typed = stack(text, None, typed(Key::SampleRate, "0.1")).settings(&[]);
    let faults = typed.profile(Backend::Jaeger).unwrap_err();
    assert_eq!(
        faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>(),
        ["--sample-rate belongs to --backend datadog and cannot be used with --backend jaeger"]
    );
}

#[test]
fn of_two_that_exclude_each_other_the_lesser_gives_way() {
    let mut options = Layer::new(SettingSource::Options);
    options.type_pairs(Key::Set, vec!["JAEGER_AGENT_PORT=6831".to_owned()]);
    let settings = stack("agent-port: 5775\n", None, options).settings(&[]);
    assert!(settings.profile(Backend::Jaeger).is_ok());
    let mut options = Layer::new(SettingSource::Options);
    options.type_pairs(Key::Tag, vec!["env:prod".to_owned()]);
    let settings = stack("tags: team:ml\n", None, options).settings(&[]);
    assert!(settings.profile(Backend::Datadog).is_ok());
    assert_eq!(
        faults("agent-port: 1\nset: {JAEGER_AGENT_PORT: 2}\n"),
        ["2 set.JAEGER_AGENT_PORT: `agent-port` cannot be used with `set.JAEGER_AGENT_PORT`: both give \
             JAEGER_AGENT_PORT; leave one out; "]
    );
}

#[test]
fn another_sampler_does_not_inherit_the_param() {
    let text = "sampler-type: probabilistic\nsampler-param: 0.1\norchestrator-sampler-param: 0.2\n";
    let same = stack(text, None, typed(Key::SamplerType, "probabilistic")).settings(&[]);
    assert_eq!(same.text(Key::SamplerParam), Some("0.1"));
    let other = stack(text, None, typed(Key::SamplerType, "const")).settings(&[]);
    assert_eq!([Key::SamplerParam, Key::OrchestratorSamplerParam].map(|key| other.text(key)), [None, None]);
    let ours = stack("sampler-param: 0\n", None, typed(Key::SamplerType, "const")).settings(&[]);
    assert_eq!(ours.text(Key::SamplerParam), Some("0"));
}

#[test]
fn a_path_is_matched_from_the_folder_of_the_file() {
    let text = "\
overrides:
- match: {path: models/*.yaml}
- match: {path: ./models/**}
- match: {path: '**/a.yaml', name: x}
- match: {name: x}
";
    let stack = stack(text, None, nothing_typed());
    let of = |path: &str| stack.overrides_of(Some(Path::new(path)));
    assert_eq!(of("/team/models/a.yaml"), [0, 1, 2, 3]);
    assert_eq!(of("/team/models/deep/b.yaml"), [1, 3]);
    assert_eq!(of("/team/x/../a.yaml"), [2, 3]);
    assert_eq!(of("/elsewhere/models/a.yaml"), [3]);
    assert_eq!(stack.overrides_of(None), [3]);
}

#[test]
fn what_is_wrong_has_its_place() {
    for (text, wanted) in [
        ("agent_prt: 1\n", "1 agent_prt: there is no setting `agent_prt` here; did you mean `agent-port`?"),
        ("agentPort: 1\n", "1 agentPort: there is no setting `agentPort` here; did you mean `agent-port`?"),
        ("check: true\n", "1 check: `check` is a command-line option, not a setting; remove it"),
        ("reset: yes\n", "1 reset: expected true or false, found the boolean `yes`; write one of them, without quotes"),
        (
            "names: seldom\n",
            "1 names: expected `seldon`, `standard` or `both`, found the text `seldom`; did you mean `seldon`?",
        ),
        ("keep: A\n", "1 keep: expected a list, found the text `A`; write a list here, each item after a dash"),
        ("keep:\n- [A]\n", "2 keep[0]: expected text, found a list; text that begins with `{` or `[` needs quotes"),
        ("service:\n", "1 service: expected text, found nothing; give it a value, or remove the key"),
        (
            "set: {A=B: c}\n",
            "1 set[\"A=B\"]: expected a name without `=`, found `A=B`; write the name, `:`, and the value",
        ),
        ("profiles: [a]\n", "1 profiles: expected a mapping, found a list; write keys and values here"),
        (
            "profiles: {p: {overrides: []}}\n",
            "1 profiles.p.overrides: there is no setting `overrides` here; the keys are ",
        ),
        ("overrides: {}\n", "1 overrides: expected a list, found a mapping; write a list here, each item after a dash"),
        ("a: 1\n---\nb: 2\n", "3 : a settings file is one document, and this is a second; put it all into one"),
        (
            "reset: true\nreset: true\n",
            "2 reset: the key `reset` is in this mapping twice, and only the last would be used",
        ),
        ("x: \u{1}\n", "1 : "),
        ("- a\n", "1 : expected a mapping, found a list"),
    ] {
        let found = faults(text);
        assert!(found.len() == 1 && found[0].starts_with(wanted), "{text}\n{found:#?}");
    }
}

#[test]
fn values_are_checked_in_every_layer_whether_it_is_in_force_or_not() {
    let text = "\
profiles:
  p:
    sample-rate: 7
overrides:
- match: {name: x}
  agent-port: 0
  keep: ['[']
- match: {selector: 'a b'}
";
    let found = faults(text);
    let paths: Vec<&str> = found.iter().filter_map(|fault| fault.split(':').next()).collect();
    assert_eq!(
        paths,
        [
            "3 profiles.p.sample-rate",
            "6 overrides[0].agent-port",
            "7 overrides[0].keep[0]",
            "8 overrides[1].match.selector"
        ]
    );
}

#[test]
fn nothing_is_no_setting() {
    for text in ["", "# none\n", "---\n", "\u{feff}# none\n", "{}\n"] {
        assert!(file(text).is_ok(), "{text:?}");
    }
    assert!(file("\u{feff}agent-port: 1\n").is_ok());
}

#[test]
fn anchors_and_merges_are_followed() {
    let text = "profiles:\n  a: &a {agent-port: 1, agent-host: one}\n  b: {<<: *a, agent-port: 2}\n";
    let settings = stack(text, Some("b"), nothing_typed()).settings(&[]);
    assert_eq!((settings.text(Key::AgentPort), settings.text(Key::AgentHost)), (Some("2"), Some("one")));
}

#[test]
fn a_credential_is_hidden() {
    let text = "set: {JAEGER_USER: me, JAEGER_PASSWORD: geheim}\n";
    let settings = stack(text, None, nothing_typed()).settings(&[]);
    let shown: Vec<String> = settings.said(Key::Set).map(Setting::shown).collect();
    assert_eq!(shown, ["me", "(hidden)"]);
    let refused = file(&format!("{text}x: 1\n")).unwrap_err();
    assert!(!rendered(&refused).contains("geheim"));
    for wrong in [
        "set: {A=B: c, JAEGER_PASSWORD: geheim}\n",
        "set: {JAEGER_PASSWORD: [geheim], X: y}\n",
        "set: {JAEGER_PASSWORD: geheim\n",
        "set: {JAEGER_PASSWORD: geheim, X}: y\n",
        "overrides: [{match: {nam: x}, set: {JAEGER_PASSWORD: geheim}}]\n",
        "x: &x geheim\nset: {JAEGER_PASSWORD: *x}\n",
        "set: {\"JAEGER_PASSWORD\": 'geheim', JAEGER_TAG: x}\n",
    ] {
        let shown = rendered(&file(wrong).unwrap_err());
        assert!(!shown.contains("geheim"), "{shown}");
    }
}

#[test]
fn a_file_that_is_broken_anywhere_is_refused_or_read() {
    const RIGHT: &str = "\
set: {JAEGER_USER: &a me, JAEGER_PASSWORD: *a}
keep: ['é']
profiles:
  staging: {sample-rate: 0.10}
overrides:
- match: {name: iris-*, path: \"**\"}
  agent-port: 6831
";
    let check = |text: &str| match file(text) {
        Ok(file) => assert!(!file.name.is_empty()),
        Err(refused) => assert!(rendered(&refused).starts_with("error: "), "{text}"),
    };
    for (at, character) in RIGHT.char_indices() {
        check(&RIGHT[..at]);
        check(&RIGHT[at..]);
        for wrong in "{}[]*&!|>%@,:-?#'\"\\\t\n\u{1}é<".chars() {
            check(&format!("{}{wrong}{}", &RIGHT[..at], &RIGHT[at..]));
            check(&format!("{}{wrong}{}", &RIGHT[..at], &RIGHT[at + character.len_utf8()..]));
        }
    }
}

#[test]
fn the_schema_has_every_key_and_no_other() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let keys = |pointer: &str| -> Vec<String> {
        schema.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect()
    };
    let sorted = |keys: Vec<&str>| {
        let mut keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        keys.sort();
        keys
    };
    let all: Vec<&str> = Key::all().map(Key::name).collect();
    let differing: Vec<&str> =
        OPTIONS.iter().filter(|option| option.scope == Scope::Deployment).map(|option| option.name).collect();
    assert_eq!(keys("/$defs/settings/properties"), sorted([&all[..], &["profiles", "overrides"]].concat()));
    assert_eq!(keys("/$defs/profile/properties"), sorted(all));
    assert_eq!(keys("/$defs/override/properties"), sorted([&differing[..], &["match"]].concat()));
    for key in Key::all() {
        let about = &schema["$defs"][key.name()];
        match key.spec().form {
            Form::Word(_) => assert_eq!(about["enum"], serde_json::json!(key.spec().form.words()), "{key:?}"),
            Form::Switch => assert_eq!(about["type"], "boolean", "{key:?}"),
            Form::List if matches!(key, Key::Allow | Key::Deny) => {
                assert_eq!(about["$ref"], "#/$defs/rules", "{key:?}")
            }
            Form::List => assert_eq!(about["$ref"], "#/$defs/list", "{key:?}"),
            Form::Pairs(_) => assert_eq!(about["type"], "object", "{key:?}"),
            Form::Text => {}
        }
    }
}

#[test]
fn the_schema_has_every_rule_and_no_other() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let forms = &schema["$defs"]["rule"]["anyOf"];
    let ids: Vec<&str> = crate::lint::RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(forms[0]["enum"], serde_json::json!(ids));
    let pattern = regex_lite::Regex::new(forms[1]["pattern"].as_str().unwrap()).unwrap();
    for number in 0..10_000 {
        for id in [format!("ST{number:03}"), format!("sT{number:03}"), format!("ST{number}")] {
            assert_eq!(pattern.is_match(&id), crate::lint::Rule::find(&id).is_some(), "{id}");
        }
    }
}

#[test]
fn a_file_is_found_upwards_to_the_root_of_a_repository() {
    let folder = tempfile::tempdir().unwrap();
    let make = |path: &str| std::fs::create_dir_all(folder.path().join(path)).unwrap();
    make("outer/repository/.git");
    make("outer/repository/a/b");
    let working_folder = folder.path().join("outer/repository/a/b");
    let found = || find(&working_folder).map(|found| found.path);
    std::fs::write(folder.path().join("outer").join(FILE_NAME), "").unwrap();
    assert_eq!(found(), None, "beyond the repository");
    std::fs::write(folder.path().join("outer/repository").join(FILE_NAME), "").unwrap();
    assert_eq!(found(), Some(Path::new("../..").join(FILE_NAME)));
    std::fs::write(working_folder.join(FILE_NAME), "").unwrap();
    assert_eq!(found(), Some(PathBuf::from(FILE_NAME)));
    std::fs::remove_dir(folder.path().join("outer/repository/.git")).unwrap();
    std::fs::remove_file(working_folder.join(FILE_NAME)).unwrap();
    std::fs::remove_file(folder.path().join("outer/repository").join(FILE_NAME)).unwrap();
    assert_eq!(found(), Some(Path::new("../../..").join(FILE_NAME)), "without a repository, all the way up");
}
