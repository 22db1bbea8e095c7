//! A selection that matches nothing.

use std::fs;

use crate::support::{MANIFEST, Sandbox};

fn two() -> Sandbox {
    let other = MANIFEST.replace("name: iris", "name: standard\n  labels: {team: ml}\n  namespace: models");
    Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", &other), ("c.yaml", "kind: Service\n"), ("d.txt", "")])
}

#[test]
fn check_fails_if_an_option_matches_nothing() {
    let sandbox = two();
    for option in ["--name standrad", "-n modles", "-l team=x", "--predictor x", "-c x"] {
        for command in [
            "enable -b jaeger --check",
            "disable --check",
            "lint --fix --check",
            "enable -b jaeger --diff",
            "lint",
            "lint --fix -i",
        ] {
            let line = format!("{command} {option} a.yaml b.yaml c.yaml");
            let done = sandbox.run(&line);
            done.expect(2, &[" does not match any of the 2 deployments\n", "use --allow-no-match"]);
            assert!(done.stdout.is_empty(), "{line}");
            sandbox.run(&format!("{line} --allow-no-match")).expect(0, &[]);
        }
        sandbox.run(&format!("lint --fix {option} a.yaml")).expect(2, &["use --allow-no-match"]);
        sandbox.run(&format!("enable -b jaeger {option} a.yaml b.yaml")).expect(0, &[]);
        sandbox.run(&format!("enable -b jaeger --check {option} c.yaml d.txt")).expect(0, &[]);
    }
    sandbox
        .run("enable -b jaeger --check --name standrad .")
        .expect(2, &["error: --name standrad does not match", "help: did you mean `standard`? "]);
    for (option, near) in [("-n modles", "models"), ("--predictor defalt", "default"), ("-c clasifier", "classifier")] {
        let hint = format!("help: did you mean `{near}`? ");
        sandbox.run(&format!("lint {option} a.yaml b.yaml")).expect(2, &[&hint]);
    }
    sandbox.run("enable -b jaeger --check --name x a.yaml").expect(2, &["does not match the one deployment\n"]);
}

#[test]
fn options_that_match_only_one_by_one_fail_together() {
    let sandbox = two();
    for option in ["--name iris -n models", "-l team=ml --predictor x", "--name iris -l team"] {
        sandbox.run(&format!("enable -b jaeger --check {option} a.yaml b.yaml")).expect(2, &[" match any of the 2 "]);
    }
    sandbox
        .run("enable -b jaeger --check --name iris -n models a.yaml b.yaml")
        .expect(2, &["error: --name iris --namespace models together do not match any of the 2 deployments\n"]);
    sandbox
        .run("enable -b jaeger --check --name iris -c classifier --only orchestrator a.yaml")
        .expect(2, &["error: --name iris --container classifier --only orchestrator together do not match"]);
    // The annotation excludes what the selection matches, and hides nothing that it does not.
    let annotated = MANIFEST.replace("name: iris", "name: iris\n  annotations: {seldon-trace/skip: 'true'}");
    fs::write(sandbox.path("skipped.yaml"), annotated).unwrap();
    sandbox.run("enable -b jaeger --check --name iris skipped.yaml").expect(0, &[]);
    for option in ["-c x", "--predictor x"] {
        sandbox
            .run(&format!("enable -b jaeger --check {option} skipped.yaml a.yaml"))
            .expect(2, &[" does not match any of the 2 "]);
        sandbox.run(&format!("disable --require-match {option} skipped.yaml")).expect(2, &["nothing is selected"]);
    }
}

#[test]
fn a_selection_of_the_settings_does_not_fail() {
    let sandbox = two();
    fs::write(sandbox.path(".seldon-trace.yaml"), "backend: jaeger\nname: nobody\n").unwrap();
    sandbox.run("enable --check a.yaml").expect(0, &[]);
    sandbox.run("enable --check -n default a.yaml").expect(0, &[]);
    sandbox.run("enable --check -n x a.yaml").expect(2, &["error: --namespace x does not match"]);
    sandbox.run("enable --allow-no-match a.yaml").expect(2, &["--allow-no-match needs --check or --diff"]);
    sandbox.run("lint --fix a.yaml").expect(0, &[]);
}

#[test]
fn require_match_names_resources_of_seldon_core_2() {
    let sandbox = Sandbox::with(&[("v2.yaml", "apiVersion: mlops.seldon.io/v1alpha1\nkind: Model\n")]);
    for command in ["enable -b jaeger --check", "disable", "lint", "status"] {
        let line = format!("{command} --require-match v2.yaml");
        sandbox.run(&line).expect(2, &["nothing is selected\n", "note: v2.yaml: resources of Seldon Core 2 "]);
    }
}
