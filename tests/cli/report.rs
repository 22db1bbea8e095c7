//! The report of a run: its lines for deployments, their values, and the last line.

use std::fs;

use crate::support::{MANIFEST, Sandbox, feed, stream};

fn on() -> String {
    feed("enable -b jaeger", MANIFEST).text().to_owned()
}

/// Files of each kind: one that changes, one that does not, one that is skipped, and one without a deployment.
fn four() -> Sandbox {
    let skipped = MANIFEST.replace("name: iris", "name: skipped\n  annotations: {seldon-trace/skip: 'true'}");
    Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", &on()), ("c.yaml", &skipped), ("d.yaml", "kind: Service\n")])
}

#[test]
fn unchanged_deployments_are_counted_and_shown_on_request() {
    let done = four().run("enable -b jaeger a.yaml b.yaml c.yaml d.yaml");
    assert_eq!(
        done.expect(0, &[]).stderr,
        "a.yaml: default/iris  jaeger  orchestrator +5, classifier +5\n\
         c.yaml: default/skipped  jaeger  skipped\n  skipped: c.yaml:1: the resource: the annotation seldon-trace/skip keeps it out\n\
         1 deployment changed, 1 skipped, 1 unchanged\n"
    );
    four().run("enable -b jaeger -v b.yaml a.yaml").expect(0, &["b.yaml: default/iris  jaeger  unchanged\n"]);
    let done = feed("enable -b jaeger", on());
    assert_eq!(done.stderr, "1 deployment unchanged\n");
    let done = feed("enable -b jaeger", stream(3));
    done.expect(0, &["\n3 deployments changed\n"]);
    assert!(!done.stderr.contains("standard input: "), "one input is not named: {}", done.stderr);
    let done = feed("enable -b jaeger", MANIFEST);
    assert_eq!(done.stderr, "default/iris  jaeger  orchestrator +5, classifier +5\n", "one line says all");
}

#[test]
fn check_and_diff_report_possible_changes() {
    for option in ["--check", "--diff"] {
        let done = four().run(&format!("enable -b jaeger {option} ."));
        let line = "./a.yaml: default/iris  jaeger  would change: orchestrator +5, classifier +5\n";
        done.expect(1, &[line, "\n1 of 4 files would change\n"]);
        let done = feed(&format!("enable -b jaeger {option}"), stream(2));
        done.expect(1, &["default/iris  jaeger  would change: ", "\n2 of 2 deployments would change\n"]);
    }
    four().run("enable -b jaeger --check b.yaml").expect(0, &["0 of 1 file would change\n"]);
}

#[test]
fn each_file_is_named_once_in_place() {
    let sandbox = four();
    let done = sandbox.run("enable -b jaeger -i a.yaml b.yaml");
    assert_eq!(done.expect(0, &[]).stderr.matches("a.yaml").count(), 1, "{}", done.stderr);
    done.expect(0, &["\n1 deployment changed, 1 unchanged\n"]);
}

#[test]
fn unselected_deployments_are_counted() {
    feed("enable -b jaeger --name x", MANIFEST).expect(0, &["nothing is selected in the one deployment\n"]);
    feed("disable --name x", stream(3)).expect(0, &["nothing is selected in 3 deployments\n"]);
    feed("disable", "kind: Service\n").expect(0, &["no SeldonDeployment found\n"]);
}

#[test]
fn verbose_shows_values_and_never_a_credential() {
    let env = "          env:
          - {name: TRACING, value: '0'}
          - {name: JAEGER_AGENT_PORT, value: 5775}
          - {name: JAEGER_SAMPLER_TYPE, valueFrom: {configMapKeyRef: {name: c, key: k}}}
          - {name: DD_ENABLED, value: '1'}
          - {name: JAEGER_ENDPOINT, value: 'http://me:geheim@x:1/'}
          - {name: JAEGER_PASSWORD, value: geheim}
";
    let text = format!("{MANIFEST}{env}");
    let set = "--reset --set JAEGER_PASSWORD=geheim2 --set JAEGER_USER=u --set JAEGER_TAGS=a=b";
    let done = feed(&format!("enable -b jaeger -v {set}"), &text);
    done.expect(
        0,
        &[
            "  classifier: ~ TRACING `0` → `1`\n",
            "  classifier: ~ JAEGER_AGENT_PORT `5775`, now in quotes\n",
            "  classifier: ~ JAEGER_SAMPLER_TYPE configMapKeyRef → `const`\n",
            "  classifier: - DD_ENABLED `1`\n",
            "  orchestrator: + JAEGER_PASSWORD (hidden)\n",
            "  orchestrator: + JAEGER_AGENT_HOST status.hostIP\n",
        ],
    );
    let unset = "--unset JAEGER_PASSWORD --unset JAEGER_ENDPOINT";
    for done in [done, feed(&format!("disable -v {unset}"), &text), feed("lint --fix -v", &text)] {
        assert!(done.status < 2 && !done.stderr.contains("geheim"), "{}", done.stderr);
    }
    feed(&format!("disable -v {unset}"), &text).expect(0, &["- JAEGER_PASSWORD (hidden)\n", "- JAEGER_ENDPOINT `http"]);
    let aliased = "          env:\n          - {name: JAEGER_PASSWORD, value: &x geheim}\n          - {name: DD_ENABLED, value: *x}\n";
    let done = feed("disable -v", format!("{MANIFEST}{aliased}"));
    done.expect(0, &["- DD_ENABLED (hidden)\n"]);
    assert!(!done.stderr.contains("geheim"), "{}", done.stderr);
}

#[test]
fn a_hidden_value_that_changes_is_not_called_quoted() {
    let env = "    svcOrchSpec: {env: [{name: JAEGER_PASSWORD, value: geheim}, {name: JAEGER_USER, value: u}]}\n";
    let text = MANIFEST.replace("  - name: default\n", &format!("  - name: default\n{env}"));
    let done = feed("enable -b jaeger -v --set JAEGER_PASSWORD=geheim2 --set JAEGER_USER=u", &text);
    done.expect(0, &["~ JAEGER_PASSWORD (hidden) → (hidden)\n"]);
}

#[test]
fn the_command_that_lists_findings_can_be_pasted() {
    let wrong = MANIFEST.replace("image: acme", "env: [{name: JAEGER_SAMPLER_PARAM, value: x}]\n          image: acme");
    let sandbox = Sandbox::with(&[("it's a.yaml", &wrong), ("team.yaml", "")]);
    let line = "enable -b jaeger -v --config team.yaml --name 'i*' \"it's a.yaml\"";
    let command = r"seldon-trace lint --name 'i*' --config team.yaml 'it'\''s a.yaml'";
    sandbox.run(&format!("{line} --check")).expect(1, &[&format!("; once they are written: {command}\n")]);
    sandbox
        .run(line)
        .expect(0, &["; to list them, pipe the result into: seldon-trace lint --name 'i*' --config team.yaml\n"]);
    sandbox
        .run(&format!("{line} -o b.yaml"))
        .expect(0, &["; to list them: seldon-trace lint --name 'i*' --config team.yaml b.yaml\n"]);
    let done = sandbox.run(&format!("{line} -i"));
    done.expect(0, &[&format!("; to list them: {command}\n")]);
    let status = sandbox.run("status --name 'i*' --config team.yaml \"it's a.yaml\"");
    assert!(status.text().ends_with(&format!(": {command}\n")), "{}", status.text());
    let status = sandbox.run("status --exclude 'o*' --exclude new \"it's a.yaml\"");
    let command_of_list = r"seldon-trace lint --exclude 'o*' --exclude new 'it'\''s a.yaml'";
    assert!(status.text().ends_with(&format!(": {command_of_list}\n")), "{}", status.text());
    let pasted = sandbox.run(command.strip_prefix("seldon-trace ").unwrap());
    assert!(pasted.status == 1 && pasted.text().contains("it's a.yaml:"), "{}", pasted.text());
    fs::rename(sandbox.path("team.yaml"), sandbox.path("-team.yaml")).unwrap();
    let dashed = sandbox.run("status --config=-team.yaml \"it's a.yaml\"");
    assert!(dashed.text().contains("seldon-trace lint --config=-team.yaml "), "{}", dashed.text());
    let piped = feed("status", fs::read(sandbox.path("it's a.yaml")).unwrap());
    assert!(!piped.text().contains("seldon-trace lint"), "{}", piped.text());
}
