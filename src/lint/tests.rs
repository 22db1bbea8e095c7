//! Each rule on its own example: found where it is wrong, not where it is right, and not where a comment allows it.

use super::*;

/// A deployment whose orchestrator and whose graph's container have this env.
fn manifest(env: &str) -> String {
    let indented = |indent: &str| env.lines().map(|line| format!("{indent}{line}\n")).collect::<String>();
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata:\n  name: iris\nspec:\n  predictors:\n  \
         - name: main\n    graph: {{name: classifier}}\n    svcOrchSpec:\n      env:\n{}    componentSpecs:\n    - spec:\n        \
         containers:\n        - name: classifier\n          env:\n{}",
        indented("      "),
        indented("          ")
    )
}

/// The rules that find something in a text.
fn found(text: &str) -> Vec<&'static str> {
    let rules: Vec<&Rule> = RULES.iter().collect();
    let linted = lint(text, &Selection::default(), &rules).unwrap();
    linted.findings.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn every_rule_finds_what_its_example_says() {
    for rule in RULES {
        assert!(found(&manifest(rule.wrong)).contains(&rule.id), "{}", rule.id);
        assert!(!found(&manifest(rule.right)).contains(&rule.id), "{}", rule.id);
    }
}

#[test]
fn a_comment_on_the_line_or_above_it_allows() {
    for rule in RULES {
        let finds = |comment: &str, is_above: bool| {
            let lines = rule.wrong.lines().map(|line| match is_above {
                true => format!("# {comment}\n{line}\n"),
                false => format!("{line} # {comment}\n"),
            });
            found(&manifest(&lines.collect::<String>())).contains(&rule.id)
        };
        for is_above in [false, true] {
            assert!(!finds(&format!("seldon-trace: allow {}", rule.id), is_above), "{}", rule.id);
            assert!(!finds(&format!("seldon-trace: allow ST999, {}", rule.id), is_above), "{}", rule.id);
            assert!(finds("seldon-trace: allow ST999", is_above), "{}", rule.id);
        }
    }
}

#[test]
fn rules_stand_in_the_order_of_their_numbers() {
    assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(Rule::find("st016").map(|rule| rule.id), Some("ST016"));
}

#[test]
fn what_is_right_has_no_finding() {
    assert_eq!(found(&manifest("- name: TRACING\n  value: '1'\n")), Vec::<&str>::new());
}

#[test]
fn credentials_are_told_where_they_stand() {
    let text = manifest("- name: MY_TOKEN\n  value: hush\n");
    let linted = lint(&text, &Selection::default(), &[]).unwrap();
    let credentials: Vec<&str> = linted.credentials.iter().map(|range| &text[range.clone()]).collect();
    assert_eq!(credentials, ["hush", "hush"]);
}
