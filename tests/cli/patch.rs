//! `--json-patch`: a manifest that kubectl patches is the edited manifest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{MANIFEST, Sandbox};

/// The manifest after a patch by kubectl; `None` without kubectl.
fn patched_by_kubectl(manifest: &Path, patch: &Path) -> Option<Result<Value, String>> {
    let mut kubectl = Command::new("kubectl");
    kubectl.args(["patch", "--local", "--type", "json", "-o", "json", "--patch-file"]).arg(patch);
    let Ok(done) = kubectl.arg("-f").arg(manifest).output() else {
        eprintln!("skipped: there is no kubectl on PATH");
        return None;
    };
    if !done.status.success() {
        return Some(Err(String::from_utf8(done.stderr).unwrap()));
    }
    Some(Ok(serde_json::from_slice(&done.stdout).unwrap()))
}

/// The golden cases of a patch with one resource and no list.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/json-patch");
    let cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let input = |case: &Path| {
        let path = case.join("input.yaml");
        if path.exists() { path } else { case.join("input.json") }
    };
    let inputs = cases.iter().map(|case| input(case));
    inputs.filter(|path| fs::read_to_string(path).unwrap().matches("apiVersion").count() == 1).collect()
}

#[test]
fn a_patch_by_kubectl_has_the_result_of_the_edit() {
    let commands = ["enable -b jaeger", "enable -b jaeger --reset", "enable -b datadog --names both", "disable"];
    let inputs = cases();
    assert!(inputs.len() >= 8, "only {} cases", inputs.len());
    for input in inputs {
        for command in commands {
            let sandbox = Sandbox::with(&[("nothing.json", "[]\n")]);
            let name = input.to_string_lossy().into_owned();
            let [manifest, patch] = [sandbox.path("after.yaml"), sandbox.path("patch.json")];
            let edited = sandbox.run(&format!("{command} -o after.yaml '{name}'"));
            let made = sandbox.run(&format!("{command} --json-patch -o patch.json '{name}'"));
            assert_eq!(made.status, edited.status, "{command} {name}: {}", made.stderr);
            if edited.status != 0 {
                continue;
            }
            let Some(patched) = patched_by_kubectl(&input, &patch) else { return };
            let edited = patched_by_kubectl(&manifest, &sandbox.path("nothing.json")).unwrap();
            assert_eq!(patched.unwrap(), edited.unwrap(), "{command} {name}\n{}", sandbox.read("patch.json"));
        }
    }
}

#[test]
fn kubectl_refuses_the_patch_of_a_manifest_that_has_moved() {
    let env = "          env:\n          - {name: MODEL, value: iris}\n          - {name: TRACING, value: '0'}\n";
    let manifest = format!("{MANIFEST}{env}").replace("  name: iris\n", "  name: iris\n  namespace: prod\n");
    for (was, is) in [
        ("name: iris\n", "name: digits\n"),
        ("namespace: prod", "namespace: default"),
        ("name: default", "name: canary"),
        ("- name: classifier", "- name: other"),
        ("name: TRACING", "name: TRACER"),
        ("value: '0'", "value: '1'"),
        ("          - {name: MODEL, value: iris}\n", ""),
    ] {
        let sandbox = Sandbox::with(&[("a.yaml", &manifest), ("moved.yaml", &manifest.replace(was, is))]);
        assert_ne!(sandbox.read("moved.yaml"), manifest, "{was}");
        sandbox.run("enable -b jaeger --json-patch -o patch.json a.yaml").expect(0, &[]);
        let patched = |name| patched_by_kubectl(&sandbox.path(name), &sandbox.path("patch.json"));
        let Some(done) = patched("a.yaml") else { return };
        assert!(done.is_ok(), "{done:?}");
        let words = patched("moved.yaml").unwrap().expect_err(was);
        assert!(words.contains("test"), "{was}: {words}");
    }
}

/// In kubectl, unlike in RFC 6902, a `test` of null passes for a missing key.
#[test]
fn kubectl_does_not_replace_a_key_that_was_added_meanwhile() {
    let filled = "          env: [{name: KEEP, value: me}]\n";
    for (was, is, is_refused) in [
        ("", "", false),
        ("          image: acme/iris:1.0 # pinned\n", filled, true),
        ("          image: acme/iris:1.0 # pinned\n", "          env: []\n", true),
        ("          image: acme/iris:1.0 # pinned\n", "          env: null\n", false),
        ("    componentSpecs:\n", "    svcOrchSpec: {resources: {}}\n    componentSpecs:\n", true),
    ] {
        let moved = MANIFEST.replacen(was, is, 1);
        let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("moved.yaml", &moved)]);
        assert_eq!(moved == MANIFEST, is.is_empty(), "{was}");
        sandbox.run("enable -b jaeger --json-patch -o patch.json a.yaml").expect(0, &[]);
        let Some(done) = patched_by_kubectl(&sandbox.path("moved.yaml"), &sandbox.path("patch.json")) else { return };
        match done {
            Ok(patched) => assert!(!is_refused, "{is}: {patched}"),
            Err(words) => assert!(is_refused && words.contains("testing value"), "{is}: {words}"),
        }
    }
}

#[test]
fn a_patch_is_a_result_of_its_own() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for option in ["--in-place", "--diff", "--check"] {
        for command in ["enable -b jaeger", "disable"] {
            sandbox.run(&format!("{command} --json-patch {option} a.yaml")).expect(2, &["cannot be used with"]);
        }
    }
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
}

#[test]
fn one_resource_is_wanted_of_all_inputs() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", &MANIFEST.replace("iris", "digits"))]);
    let words = ["2 SeldonDeployments would change", "--name and --namespace"];
    let refused = sandbox.run("enable -b jaeger --json-patch -o patch.json a.yaml b.yaml");
    refused.expect(2, &words);
    assert_eq!(sandbox.names(), ["a.yaml", "b.yaml"]);
    let chosen = sandbox.run("enable -b jaeger --json-patch --name digits a.yaml b.yaml");
    assert!(chosen.expect(0, &[]).text().contains(r#""path": "/metadata/name", "value": "digits"#));
    assert_eq!(sandbox.run("disable --json-patch a.yaml b.yaml").expect(0, &[]).text(), "[]\n");
}
