//! The findings that `lint` shows, and those that it only counts.

use crate::support::{MANIFEST, Outcome, Sandbox, feed};

fn enabled(options: &str) -> String {
    feed(&format!("enable {options}"), MANIFEST).text().to_owned()
}

#[test]
fn after_enable_with_defaults_there_is_nothing_to_show() {
    for backend in ["jaeger", "datadog"] {
        let done = feed("lint", enabled(&format!("-b {backend}")));
        let text = done.expect(0, &[]).text();
        assert!(text.starts_with("nothing found in 1 deployment") && text.lines().count() == 1, "{backend}: {text}");
    }
}

#[test]
fn infos_are_listed_on_request() {
    let text = enabled("-b datadog");
    let sandbox = Sandbox::with(&[("a.yaml", &text)]);
    sandbox.run("lint a.yaml").expect(0, &[]);
    let listed = |line: &str| sandbox.run(line).text().contains("[ST020]");
    for line in ["", "--show warning", "--show error", "--fail-on error"] {
        assert!(!listed(&format!("lint a.yaml {line}")), "{line}");
    }
    for line in
        ["--show info", "-v", "--fail-on info", "--deny ST020", "--format github", "--fail-on error --show info"]
    {
        let title = if line.contains("github") { "title=ST020" } else { "[ST020]" };
        assert!(sandbox.run(&format!("lint a.yaml {line}")).text().contains(title), "{line}");
    }
    std::fs::write(sandbox.path(".seldon-trace.yaml"), "fail-on: info\n").unwrap();
    assert!(listed("lint a.yaml"), "fail-on of the settings");
}

#[test]
fn warnings_are_counted_if_only_errors_are_shown() {
    let sandbox = Sandbox::with(&[("a.yaml", &enabled("-b datadog --set DD_TRACE_SAMPLE_RATE=1"))]);
    let done = sandbox.run("lint a.yaml --show error");
    assert!(done.text().starts_with("nothing found in 1 deployment; not shown: "), "{}", done.text());
    assert!(done.status == 1 && done.text().contains(" warning"), "{}", done.text());
    let done: Outcome = sandbox.run("lint --allow-no-match --name nobody a.yaml");
    assert_eq!(done.text(), "nothing found: no deployment is selected\n");
}
