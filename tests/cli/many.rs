//! Inputs with very many of one thing. The time has to be linear in their number.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::shapes::{Form, TRACED, UNTRACED, env, numbered};
use crate::support::{MANIFEST, Outcome, Sandbox, feed};

#[test]
fn a_thousand_of_anything_there_and_back() {
    for shape in UNTRACED {
        there_and_back(shape.0, &shape.1(1000));
    }
}

#[test]
fn a_thousand_of_anything_on_one_line_there_and_back() {
    for shape in UNTRACED {
        for form in [Form::Flow, Form::Json] {
            if let Some(off) = form.of(shape, 1000) {
                there_and_back(&format!("{} as {form:?}", shape.0), &off);
            }
        }
    }
}

fn there_and_back(name: &str, off: &str) {
    let on = feed("enable -b jaeger -q", off);
    assert!(on.expect(0, &[]).stdout.len() > off.len(), "{name}");
    assert!(feed("disable -q", on.text()).expect(0, &[]).text() == off, "{name}");
}

#[test]
fn a_thousand_of_anything_that_is_changed() {
    let commands = [
        "enable -b jaeger --diff",
        "disable --diff",
        "lint --fix --diff",
        "lint --format sarif",
        "status --format json",
    ];
    for (name, shape) in TRACED {
        let on = shape(1000);
        for command in commands {
            let done = feed(command, &on);
            assert!(done.status < 2, "{name}: {command}: {}", done.stderr);
        }
    }
}

/// In quadratic time of the line length, each of these would take minutes.
#[test]
fn a_line_of_ten_thousand_deployments_is_read() {
    let shape = TRACED[0];
    for form in [Form::Flow, Form::Json] {
        let line = form.of(shape, 10_000).unwrap();
        for command in ["lint --format github", "status"] {
            let done = feed(command, &line);
            assert!(done.status < 2 && done.stdout.len() > 10_000, "{form:?}: {command}: {}", done.stderr);
        }
    }
}

#[test]
fn a_line_of_ten_thousand_deployments_there_and_back() {
    for form in [Form::Flow, Form::Json] {
        there_and_back(&format!("{form:?}"), &form.of(UNTRACED[0], 10_000).unwrap());
    }
}

/// `cargo test --release --test cli -- --ignored --nocapture a_line_of_fifty_megabytes`
#[test]
#[ignore = "takes a minute and 3 GiB of memory"]
fn a_line_of_fifty_megabytes_takes_ten_seconds() {
    let sandbox = Sandbox::with(&[]);
    for form in [Form::Flow, Form::Json] {
        for shape in [UNTRACED[0], TRACED[0]] {
            let line = form.of(shape, (50 << 20) / (form.of(shape, 1000).unwrap().len() / 1000)).unwrap();
            std::fs::write(sandbox.path("line.yaml"), &line).unwrap();
            for command in
                ["enable -b jaeger -q", "enable -b jaeger --diff", "disable -q", "lint --fix -q", "lint", "status"]
            {
                let start = Instant::now();
                let mut run = sandbox.command(command);
                let done = Outcome::of(run.arg("line.yaml").stdout(Stdio::null()));
                let elapsed = start.elapsed();
                eprintln!("{:20} {form:?} {command:24} {elapsed:6.2?}", shape.0);
                assert!(done.status < 2, "{}", done.stderr);
                assert!(elapsed < Duration::from_secs(10), "{}: {elapsed:?}", shape.0);
            }
        }
    }
}

/// Runs it on two long lists. In quadratic time it would take minutes.
#[track_caller]
fn at_once(arguments: &[String], files: &[(&str, &str)], status: i32) -> Outcome {
    const AT_ONCE: Duration = Duration::from_secs(60);
    let sandbox = Sandbox::with(files);
    let start = Instant::now();
    let done = Outcome::of(sandbox.command("").args(arguments));
    let elapsed = start.elapsed();
    done.expect(status, &[]);
    assert!(elapsed < AT_ONCE, "{:?}: {elapsed:?}", &arguments[..arguments.len().min(4)]);
    done
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// So many times an option, with a value that has its number for `@`.
fn options(command: &str, option: &str, pattern: &str, count: usize) -> Vec<String> {
    let value = |at: usize| [option.to_owned(), pattern.replace('@', &at.to_string())];
    words(command).into_iter().chain((0..count).flat_map(value)).collect()
}

/// How long each list is.
const LONG: usize = 30_000;

const SETTINGS: &str = ".seldon-trace.yaml";

#[test]
fn names_in_the_skip_annotation_and_containers() {
    let names = numbered("c@,", LONG);
    let text = MANIFEST
        .replace("  name: iris\n", &format!("  name: iris\n  annotations: {{seldon-trace/skip: '{names}'}}\n"))
        + &numbered("        - name: c@\n", LONG);
    let done = at_once(&words("disable -q a"), &[("a", &text)], 0);
    assert!(done.text() == text);
}

#[test]
fn tags_and_tags() {
    let tags = numbered("k@:old,", LONG);
    let text =
        env(&format!("          - {{name: DD_ENABLED, value: '1'}}\n          - {{name: DD_TAGS, value: '{tags}'}}\n"));
    let given = options("enable -b datadog -q --only containers a", "--tag", "k@:new", LONG);
    let done = at_once(&given, &[("a", &text)], 0);
    assert_eq!(done.text().matches(":new").count(), LONG);
    // The keys of a profile override those of the file.
    let pairs = |value: &str| numbered(&format!("k@: {value}, "), LONG);
    let settings = format!("tag: {{{}}}\nprofiles: {{p: {{tag: {{{}}}}}}}\n", pairs("old"), pairs("new"));
    let files = [("a", text.as_str()), (SETTINGS, &settings)];
    let done = at_once(&words("enable -b datadog -q --profile p --only containers a"), &files, 0);
    assert_eq!(done.text().matches(":new").count(), LONG);
    let done = at_once(&words("config --profile p"), &files, 0);
    assert_eq!(done.text().matches("tag.k").count(), LONG);
    let wrong = format!("tag: {{{}}}\nset: {{{}}}\n", pairs("'a,b'"), numbered("X@: y, ", LONG / 10));
    let done = at_once(&words("config"), &[(SETTINGS, &wrong)], 2);
    assert_eq!(done.stderr.matches("error: ").count(), LONG + LONG / 10);
}

/// Such as entries that are commented out.
#[test]
fn comments_that_end_with_a_colon() {
    let text = env(&format!("          - {{name: A, value: b}}\n{}", numbered("          # a@:\n", LONG)));
    let on = at_once(&words("enable -b jaeger -q a"), &[("a", &text)], 0);
    let off = at_once(&words("disable -q a"), &[("a", on.text())], 0);
    assert!(off.text() == text);
}

#[test]
fn names_to_keep_or_unset_and_env_entries() {
    let text = env(&numbered("          - {name: V@, value: $(V@x)}\n", LONG));
    let done = at_once(&options("disable -q a", "--keep", "V@", LONG), &[("a", &text)], 0);
    assert!(done.text() == text);
    let done = at_once(&options("disable -q a", "--unset", "V@", LONG), &[("a", &text)], 0);
    assert!(done.text() == MANIFEST);
    let settings = format!("unset: [{}]\nkeep: [{}]\n", numbered("V@, ", LONG), numbered("V@, ", LONG));
    let done = at_once(&words("disable -q a"), &[("a", &text), (SETTINGS, &settings)], 0);
    assert!(done.text() == text);
    // As many globs with a wildcard as there may be.
    let done = at_once(&options("disable -q a", "--keep", "V@*", 100), &[("a", &text)], 0);
    assert!(done.text() == text);
    let done = at_once(&options("disable -q a", "--keep", "*V@*", 101), &[("a", &text)], 2);
    done.expect(2, &["error: --keep: more than 100 globs with a wildcard\n"]);
}

#[test]
fn names_to_unset_each_of_which_names_the_next() {
    let chain = (0..LONG).map(|at| format!("          - {{name: V{at}, value: $(V{})}}\n", at + 1)).collect::<String>();
    let text = env(&chain).replace("image:", "args: [$(V0)]\n          image:");
    let done = at_once(&options("disable a", "--unset", "V@", LONG), &[("a", &text)], 0);
    assert!(done.text() == text);
    assert_eq!(done.stderr.matches(" is kept, because $(V").count(), LONG);
}

#[test]
fn overrides_and_documents() {
    let manifests = |count: usize| {
        let manifest =
            |at: usize| MANIFEST.replace("name: iris", &format!("name: iris-{at}\n  labels: {{app: l{at}}}"));
        (0..count).map(manifest).collect::<Vec<_>>().join("---\n")
    };
    let (text, most) = (manifests(1000), 1000);
    for pattern in ["name: iris-@", "name: 'iris*-@?'", "namespace: n@", "selector: app=l@", "path: '*@'"] {
        let overrides = numbered(&format!("- {{match: {{{pattern}}}, agent-host: h@}}\n"), most);
        let settings = format!("overrides:\n{overrides}");
        let done = at_once(&words("enable -b jaeger -q a"), &[("a", &text), (SETTINGS, &settings)], 0);
        assert_eq!(done.text().matches("name: JAEGER_AGENT_HOST").count(), 2 * 1000, "{pattern}");
        let too_many = format!("overrides:\n{overrides}- {{match: {{name: x}}}}\n");
        let done = at_once(&words("enable -b jaeger -q a"), &[("a", MANIFEST), (SETTINGS, &too_many)], 2);
        done.expect(2, &["error: more than 1000 overrides\n"]);
    }
    // Each is checked together with the settings for all.
    let overrides = numbered("- {match: {name: other-@}, agent-host: h@}\n", most);
    let settings = format!("tag: {{{}}}\noverrides:\n{overrides}", numbered("k@: v, ", LONG));
    at_once(&words("enable -b jaeger -q a"), &[("a", &text), (SETTINGS, &settings)], 0);
}

#[test]
fn values_of_a_label_selector_and_documents() {
    let text = MANIFEST.replace("  name: iris\n", "  name: iris\n  labels: {app: x}\n");
    let text = vec![text; 2000].join("---\n");
    for selector in [
        format!("app in ({} x)", numbered("v@,", LONG / 3)),
        format!("app notin ({} y)", numbered("v@,", LONG / 3)),
        format!("{} app", numbered("!v@,", LONG / 3)),
    ] {
        let arguments = [words("enable -b jaeger -q a -l"), vec![selector]].concat();
        let done = at_once(&arguments, &[("a", &text)], 0);
        assert_eq!(done.text().matches("name: TRACING").count(), 2 * 2000);
    }
}

#[test]
fn rules_of_lint_and_their_findings() {
    let entries = "{name: TRACING, value: 1}, ".repeat(5000);
    let rules = "ST001, ".repeat(LONG);
    let text = format!("{MANIFEST}          env: [{entries}] # seldon-trace: allow {rules}\n");
    let settings = format!("deny: [{rules}]\nallow: [{}]\n", rules.replace('1', "2"));
    at_once(&words("lint a"), &[("a", &text), (SETTINGS, &settings)], 1);
}

#[test]
fn annotations_for_the_executor_and_predictors() {
    let count = 5000;
    let annotations = numbered("seldon.io/engine-v@: x, ", count);
    let text = MANIFEST
        .replace("spec:\n  predictors:\n", &format!("spec:\n  annotations: {{{annotations}}}\n  predictors:\n"))
        + &numbered("  - {name: p@, graph: {name: a}}\n", count);
    at_once(&words("status --format json a"), &[("a", &text)], 0);
    at_once(&words("lint --fail-on never a"), &[("a", &text)], 0);
}

#[test]
fn graph_nodes_of_which_none_has_a_container() {
    let nodes = numbered("{name: n@}, ", 80_000);
    let text =
        MANIFEST.replace("      name: classifier\n", &format!("      name: classifier\n      children: [{nodes}]\n"));
    let (before, _) = text.split_once("    componentSpecs:").unwrap();
    assert!(before.contains("n79999"));
    at_once(&words("status --format json a"), &[("a", before)], 0);
}

#[test]
fn volumes_and_mounts_of_a_container() {
    let mounts = "{name: v999, mountPath: /}, ".repeat(40_000);
    let text = format!(
        "{MANIFEST}          env: [{{name: DD_TRACE_AGENT_URL, value: 'unix:///a/b'}}]
          volumeMounts: [{mounts}]
        volumes: [{}]\n",
        numbered("{name: v@}, ", 1000)
    );
    at_once(&words("status --format json a"), &[("a", &text)], 0);
    at_once(&words("lint --fail-on never a"), &[("a", &text)], 0);
}

#[test]
fn containers_with_an_empty_volume_for_the_library_each() {
    let count = 10_000;
    let containers = numbered(
        "        - {name: c@, env: [{name: PYTHONPATH, value: /datadog-lib/}], volumeMounts: [{name: v@, mountPath: /datadog-lib}]}\n",
        count,
    );
    let nodes = numbered("{name: c@}, ", count);
    let text = MANIFEST
        .replace("      name: classifier\n", &format!("      name: classifier\n      children: [{nodes}]\n"))
        + &containers
        + &format!("        volumes: [{}]\n", numbered("{name: v@, emptyDir: {}}, ", count));
    at_once(&words("status --format json a"), &[("a", &text)], 0);
    let done = at_once(&words("lint --fail-on never --format github a"), &[("a", &text)], 0);
    assert_eq!(done.text().matches("no init container copies").count(), count);
}

/// Of a predictor, of pods and of `spec`.
#[test]
fn annotations_for_the_library_and_units() {
    let count = 20_000;
    let annotation = "admission.datadoghq.com/c@.python-lib.version: v4, ";
    let nodes = numbered("{name: c@}, ", count);
    let graph =
        MANIFEST.replace("      name: classifier\n", &format!("      name: classifier\n      children: [{nodes}]\n"));
    let image = "image: 'seldonio/mock_classifier:1.18.2'";
    let containers = numbered(&format!("        - {{name: c@, {image}}}\n"), count);
    let of_predictor = format!("- annotations: {{{}}}\n    name: default", numbered(annotation, count));
    let of_predictor = graph.replace("- name: default", &of_predictor) + &containers;
    let pod = format!(
        "    - {{metadata: {{annotations: {{{annotation}}}}}, spec: {{containers: [{{name: c@, {image}}}]}}}}\n"
    );
    let of_pods = graph.clone() + &numbered(&pod, count);
    let of_spec = format!("spec:\n  annotations: {{{}}}\n  predictors:\n", numbered(annotation, count));
    let predictor = "  - {name: p@, graph: {name: c@, implementation: SKLEARN_SERVER}}\n";
    let of_spec = MANIFEST.replace("spec:\n  predictors:\n", &of_spec) + &numbered(predictor, count);
    for text in [of_predictor, of_pods, of_spec] {
        let done = at_once(&words("lint --fail-on never --format github a"), &[("a", &text)], 0);
        assert_eq!(done.text().matches("needs Python 3.9").count(), count);
    }
}

#[test]
fn keys_tags_mounts_and_agents() {
    let count = 20_000;
    let entries = |entries: &str| format!("{MANIFEST}          env:\n{entries}");
    let keys = entries(&format!("          - {{name: A, {}}}\n", numbered("key@: 1, ", count)));
    let tag = "{name: A@, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['tags.datadoghq.com/@']\"}}}, ";
    let orchestrator = format!("- svcOrchSpec: {{env: [{}]}}\n    name: default", numbered(tag, count));
    let pods = numbered("    - {metadata: {labels: {a@: b}}, spec: {containers: [{name: c@}]}}\n", count);
    let tags = MANIFEST.replace("- name: default", &orchestrator) + &pods;
    let mount = "volumeMounts: [{name: datadog-auto-instrumentation, mountPath: /datadog-lib}]";
    let library = format!("{{name: i, image: gcr.io/datadoghq/dd-lib-python-init:v2, {mount}}}");
    let mounts = format!(
        "{MANIFEST}{}        volumes: [{{name: datadog-auto-instrumentation, emptyDir: {{}}}}]\n        initContainers: [{library}]\n",
        numbered(&format!("        - {{name: c@, {mount}}}\n"), count)
    );
    let agent = "        - {name: c@, image: datadog/agent, env: [{name: DD_APM_RECEIVER_PORT, value: '@'}]}\n";
    let agents = MANIFEST.to_owned() + &numbered(agent, count);
    for text in [keys, tags, mounts, agents] {
        at_once(&words("lint --fail-on never --format github a"), &[("a", &text)], 0);
    }
}

#[test]
fn dashes_for_standard_input_and_files() {
    let names: Vec<String> = (0..1000).map(|at| format!("{at}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "kind: Pod\n")).collect();
    let arguments = [words("enable -b jaeger -q"), names.clone(), vec!["-".to_owned(); 200_000]].concat();
    at_once(&arguments, &files, 0);
}

/// `cargo test --release --test cli -- --ignored --nocapture hundred_thousand_of_anything`
#[test]
#[ignore = "takes minutes and 3 GiB of memory"]
fn a_hundred_thousand_of_anything_take_ten_times_as_long_as_ten_thousand() {
    for (name, many) in UNTRACED {
        let [few, more] = [10_000, 100_000].map(|count| {
            let off = many(count);
            let start = Instant::now();
            let on = feed("enable -b jaeger -q", &off);
            let to_enable = start.elapsed();
            let diff = feed("enable -b jaeger --diff --color always", &off);
            let to_compare = start.elapsed() - to_enable;
            let done = feed("disable -q", &on.expect(0, &[]).stdout);
            let to_disable = start.elapsed() - to_enable - to_compare;
            assert!(diff.status == 1 && done.expect(0, &[]).text() == off, "{name}");
            eprintln!("{name:32} {count:8} enable {to_enable:7.2?} --diff {to_compare:7.2?} disable {to_disable:7.2?}");
            [to_enable, to_compare, to_disable]
        });
        for (few, more) in few.into_iter().zip(more) {
            // In quadratic time it would take a hundred times as long.
            assert!(more < 30 * few.max(Duration::from_millis(50)), "{name}: {few:?}, {more:?}");
        }
    }
}

/// `cargo test --release --test cli -- --ignored --nocapture a_line_of_a_gigabyte`
#[test]
#[ignore = "takes a minute and 6 GiB of memory"]
fn a_line_of_a_gigabyte() {
    let sandbox = Sandbox::with(&[]);
    let megabyte = vec![b'x'; 1 << 20];
    for (before, after) in [("# ", ""), ("big: ", ""), ("big: '", "'"), ("big: \"", "\"")] {
        for head in ["", "kind: SeldonDeployment\n", MANIFEST] {
            let mut file = File::create(sandbox.path("long.yaml")).unwrap();
            write!(file, "{head}{before}").unwrap();
            (0..1024).for_each(|_| file.write_all(&megabyte).unwrap());
            writeln!(file, "{after}").unwrap();
            let start = Instant::now();
            let done = Outcome::of(sandbox.command("enable -b jaeger long.yaml -q").stdout(Stdio::null()));
            let elapsed = start.elapsed();
            eprintln!("{:24} {before:8} {elapsed:6.2?}", head.lines().next().unwrap_or_default());
            done.expect(0, &[]);
            assert!(elapsed < Duration::from_secs(120));
        }
    }
}
