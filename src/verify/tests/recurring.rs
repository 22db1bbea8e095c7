//! What recurs is read once, and that makes no difference to what passes.

use super::super::meaning::Memory;
use super::super::recurring::Abridged;
use super::*;

/// What recurs is not read again, and nothing wrong slips through by that: with any piece of what is brought lost,
/// changed or moved, an abridged output passes only where the whole does.
#[test]
fn what_is_abridged_passes_only_where_the_whole_does() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let judge = Judge::default();
    for _meeting in 0..2 {
        assert_eq!(judge.verify(&edited.tree, &edited.changes, &edited.rewrite, Language::Yaml), Ok(()));
    }
    let mut passed = 0;
    let mut judge_both = |edits: Vec<Edit>| {
        let Ok(edits) = EditSet::new(edits) else { return };
        let text = edited.tree.text();
        let Some(abridged) = Abridged::of(text, &edits) else { return };
        let Some(known) = judge.known.recall(&abridged.left_out) else { return };
        if meaning::prove_abridged(&edited.tree, &edited.changes, &abridged, Memory::Recalls(&known)).is_ok() {
            let whole = edits.apply(text);
            assert_eq!(meaning::prove(&edited.tree, &edited.changes, &whole, Language::Yaml), Ok(()), "{whole}");
            passed += 1;
        }
    };
    let right = edited.rewrite.edits.as_slice();
    judge_both(right.to_vec());
    for (index, edit) in right.iter().enumerate().filter(|(_, edit)| edit.replacement.lines().count() > 5) {
        for at in 0..edit.replacement.len() {
            for new in ["", " ", "\n", "- ", ": ", "'", "\"", "|", "1", "- 0\n", "["] {
                for end in [at, at + 1] {
                    let mut wrong = right.to_vec();
                    let mut text = edit.replacement.to_string();
                    text.replace_range(at..end, new);
                    wrong[index].replacement = text.into();
                    judge_both(wrong);
                }
            }
        }
        for at in 0..=edited.tree.text().len() {
            let mut moved = right.to_vec();
            moved[index].range = at..at;
            judge_both(moved);
        }
    }
    // A byte replaced by itself, a blank more at the end of a line, other quotes: it means the same.
    assert!((100..5000).contains(&passed), "{passed}");
}

#[test]
fn what_is_met_again_is_known() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let abridged = Abridged::of(MANIFEST, &edited.rewrite.edits).unwrap();
    let judge = Judge::default();
    for is_known in [false, true, true] {
        assert_eq!(judge.verify(&edited.tree, &edited.changes, &edited.rewrite, Language::Yaml), Ok(()));
        assert_eq!(judge.known.recall(&abridged.left_out).is_some(), is_known);
    }
}

#[test]
fn only_what_is_read_as_planned_is_learnt() {
    const OTHERS: &str = "- others\n";
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let mut abridged = Abridged::of(MANIFEST, &edited.rewrite.edits).unwrap();
    abridged.left_out.fill(OTHERS);
    let judge = Judge::default();
    let verdict = meaning::prove_abridged(&edited.tree, &edited.changes, &abridged, Memory::Learns(&judge.known));
    assert_eq!(verdict, Ok(()));
    assert_eq!(judge.known.recall(&[OTHERS]), None);
}

#[test]
fn items_of_one_list_are_left_out_where_they_mean_the_same_elsewhere() {
    let left_out = |lines: &str| {
        let edits = EditSet::new(vec![Edit::insert(0, lines.to_owned())]).unwrap();
        Abridged::of("", &edits).map(|abridged| abridged.left_out.concat())
    };
    assert_eq!(left_out("- a\n- b\n- c\n").as_deref(), Some("- a\n- b\n"));
    assert_eq!(left_out("- a\n- b\n- c\nk:\n- d\n- e\n- f\n").as_deref(), Some("- a\n- b\n- d\n- e\n"));
    for lines in
        ["- a\n- b\n", "- a\nk:\n- b\n- c\n", "- a:\n  - b\n- c\n- d\n", "- '&a'\n- b\n- c\n", "- a\n- '*'\n- c\n"]
    {
        assert_eq!(left_out(lines), None, "{lines}");
    }
}

#[test]
fn what_recurs_is_left_out() {
    let edited = Edited::with_jaeger(MANIFEST, Language::Yaml);
    let abridged = Abridged::of(MANIFEST, &edited.rewrite.edits).unwrap();
    let from = |line: &str| abridged.text[abridged.text.find(line).unwrap()..].to_owned();
    assert_eq!(
        from("      env:\n      - name: TRACING"),
        "      env:
      - name: TRACING
        value: '2' # counted
      - 0
      - name: JAEGER_SAMPLER_PARAM
        value: '1'
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          # what is served
          env:
          - name: MODEL
            value: iris
          - 1
          - name: JAEGER_SAMPLER_PARAM
            value: '1'
"
    );
    assert_eq!(
        abridged.left_out[1],
        "          - name: TRACING
            value: '1'
          - name: JAEGER_AGENT_HOST
            valueFrom:
              fieldRef:
                fieldPath: status.hostIP
          - name: JAEGER_AGENT_PORT
            value: '5775'
          - name: JAEGER_SAMPLER_TYPE
            value: const
"
    );
}
