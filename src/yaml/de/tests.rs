use super::*;
use std::collections::BTreeMap;

#[derive(Debug, serde::Deserialize)]
struct Pod<'t> {
    #[serde(default, borrow)]
    env: Field<Vec<At<EnvList<'t>>>>,
}

#[derive(Debug, serde::Deserialize)]
struct EnvList<'t> {
    #[serde(default, borrow)]
    name: Scalar<'t>,
}

fn names(text: &str) -> Result<Vec<String>, String> {
    let tree = Tree::parse(text).map_err(|error| error.fault.to_string())?;
    let pod: Pod<'_> =
        from_node(&tree, tree.roots()[0]).map_err(|error| format!("{}: {}", error.path, error.message))?;
    let env = pod.env.value.unwrap_or_default();
    Ok(env.iter().map(|at| format!("{}={:?}", &text[tree.span(at.node).range()], at.value.name.kind)).collect())
}

#[test]
fn values_lead_back_to_their_bytes() {
    assert_eq!(names("env:\n- name: a\n- {name: 1}\n"), Ok(vec!["name: a=String".into(), "{name: 1}=Int".into()]));
    assert_eq!(names("x: [env]\nenv:\n"), Ok(vec![]));
    assert_eq!(names("b: &b {env: [&e {name: x}, *e]}\n<<: *b\n").map(|names| names.len()), Ok(2));
}

#[test]
fn a_mismatch_has_its_path() {
    assert_eq!(names("env: {a: b}"), Err("env: expected a list, found a mapping".into()));
    assert_eq!(names("env:\n- a\n"), Err("env[0]: expected a mapping, found the text `a`".into()));
    assert_eq!(
        names("env: []\nenv: []\n").map_err(|error| error.split(':').next().map(str::to_owned)),
        Err(Some("env".into()))
    );
    assert_eq!(
        names("a: &a {env: []}\nenv: []\n<<: *a\n"),
        Err("<<: `<<` must come before the key `env`, which it also defines: kubectl takes the merged value, YAML the key".replacen("<<", "[\"<<\"]", 1))
    );
    assert!(names("env: !foo []").is_err());
}

#[test]
fn merged_keys_count_after_the_mapping_s_own() {
    let text = "a: &a {k: 1, l: 1}\nb: &b {l: 2, m: 2}\nc: {<<: [*a, *b], k: '3'}\n";
    let tree = Tree::parse(text).expect("yaml");
    let all: BTreeMap<String, BTreeMap<String, Scalar<'_>>> = from_node(&tree, tree.roots()[0]).expect("maps");
    let c: Vec<_> = all["c"].iter().map(|(key, scalar)| format!("{key}={}", scalar.text)).collect();
    assert_eq!(c, ["k=3", "l=1", "m=2"]);
}
