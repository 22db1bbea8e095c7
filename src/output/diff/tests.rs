use super::*;
use crate::text::Edit;
use proptest::prelude::*;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const PLAIN: DiffOptions = DiffOptions { context: 3, colour: false };

fn edits(edits: Vec<Edit>) -> EditSet {
    EditSet::new(edits).expect("the edits of a test are disjoint")
}

fn diff_of(name: &[u8], old: &str, edits: &EditSet, options: &DiffOptions) -> String {
    let mut out = Vec::new();
    unified(name, old, edits, options, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("a diff of text with a quoted name is text")
}

/// The plain diff of `old` with each `from`, which it has once, replaced by `to`.
fn diff(old: &str, changes: &[(&str, &str)]) -> String {
    diff_of(b"f.yaml", old, &replacing(old, changes), &PLAIN)
}

fn replacing(old: &str, changes: &[(&str, &str)]) -> EditSet {
    let edit = |(from, to): &(&str, &str)| {
        let start = old.find(from).expect("the test's text holds what is replaced");
        Edit::replace(start..start + from.len(), *to)
    };
    edits(changes.iter().map(edit).collect())
}

#[test]
fn nothing_is_printed_if_nothing_changes() {
    assert_eq!(diff("a\nb\n", &[]), "");
    assert_eq!(diff("a\nb\n", &[("a\nb", "a\nb")]), "");
}

#[test]
fn a_changed_line_has_three_lines_around_it() {
    assert_eq!(
        diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", &[("5", "five")]),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
    );
}

#[test]
fn lines_inserted_before_equal_ones_are_shown_in_their_place() {
    let old = "env:\n- name: A\n  value: '1'\n";
    let inserted = edits(vec![Edit::insert(5, "- name: A\n  value: '1'\n")]);
    assert_eq!(
        diff_of(b"f.yaml", old, &inserted, &PLAIN),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1,3 +1,5 @@\n env:\n+- name: A\n+  value: '1'\n - name: A\n   value: '1'\n"
    );
}

#[test]
fn a_hunk_has_only_changed_lines_and_context() {
    assert_eq!(
        diff("a\nb\nc\nd\ne\n", &[("a\nb\nc\nd\ne\n", "a\nB\nc\nD\ne\n")]),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n-d\n+D\n e\n"
    );
}

#[test]
fn hunks_merge_where_their_context_meets() {
    let hunks = |between: usize| {
        let old = format!("A\n{}B\n", "-\n".repeat(between));
        diff(&old, &[("A", "a"), ("B", "b")]).matches("@@ -").count()
    };
    assert_eq!((hunks(6), hunks(7)), (1, 2));
}

#[test]
fn later_hunks_are_numbered_by_what_earlier_ones_add() {
    let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    assert_eq!(
        diff_of(
            b"f.yaml",
            old,
            &replacing(old, &[("1", "a\nb"), ("5\n", ""), ("9", "z")]),
            &DiffOptions { context: 1, ..PLAIN }
        ),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1,2 +1,3 @@\n-1\n+a\n+b\n 2\n@@ -4,3 +5,2 @@\n 4\n-5\n 6\n\
         @@ -8,2 +8,2 @@\n 8\n-9\n+z\n"
    );
}

#[test]
fn without_context_an_insertion_names_the_line_above() {
    let old = "1\n2\n3\n";
    let change = edits(vec![Edit::insert(4, "x\n"), Edit::delete(0..2)]);
    assert_eq!(
        diff_of(b"f.yaml", old, &change, &DiffOptions { context: 0, ..PLAIN }),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1 +0,0 @@\n-1\n@@ -2,0 +2 @@\n+x\n"
    );
}

#[test]
fn an_empty_side_begins_at_line_0() {
    assert_eq!(
        diff_of(b"-", "", &edits(vec![Edit::insert(0, "a\nb\n")]), &PLAIN),
        "--- a/-\n+++ b/-\n@@ -0,0 +1,2 @@\n+a\n+b\n"
    );
    assert_eq!(diff_of(b"-", "a\n", &edits(vec![Edit::delete(0..2)]), &PLAIN), "--- a/-\n+++ b/-\n@@ -1 +0,0 @@\n-a\n");
}

#[test]
fn a_missing_final_newline_is_shown_on_its_side() {
    assert_eq!(
        diff("a\nb", &[("b", "b\n")]),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
    );
    assert_eq!(
        diff("a\nb", &[("a", "A")]),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n\\ No newline at end of file\n"
    );
    assert_eq!(
        diff("a\nb\n", &[("b\n", "b")]),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n"
    );
}

#[test]
fn bytes_stay_as_they_are_without_colour() {
    assert_eq!(
        diff("a\r\n\x1b[2Jb\r\n", &[("b", "c")]),
        "--- a/f.yaml\n+++ b/f.yaml\n@@ -1,2 +1,2 @@\n a\r\n-\x1b[2Jb\r\n+\x1b[2Jc\r\n"
    );
}

#[test]
fn names_are_quoted_as_git_quotes_them() {
    let header = |name: &[u8]| {
        let diff = diff_of(name, "a", &edits(vec![Edit::insert(0, "b")]), &PLAIN);
        diff.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(header(b"k8s/f.yaml"), "--- a/k8s/f.yaml");
    assert_eq!(header(b"my file"), "--- a/my file\t");
    assert_eq!(header("é \"x\"\\\t\x01\x7f".as_bytes()), r#"--- "a/\303\251 \"x\"\\\t\001\177""#.to_owned() + "\t");
    assert_eq!(header(b"\xff"), r#"--- "a/\377""#);
}

#[test]
fn on_a_terminal_changed_words_are_marked_and_control_characters_escaped() {
    let old = "a: \x1b[2J\r\n\tvalue: old\n";
    assert_eq!(
        diff_of(b"f.yaml", old, &replacing(old, &[("old", "new")]), &DiffOptions { colour: true, ..PLAIN }),
        "\x1b[1m--- a/f.yaml\x1b[0m\n\x1b[1m+++ b/f.yaml\x1b[0m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n a: \\u{1b}[2J\r\n\
         \x1b[31m-\x1b[0m\x1b[31m\tvalue: \x1b[0m\x1b[31m\x1b[7mold\x1b[0m\n\
         \x1b[32m+\x1b[0m\x1b[32m\tvalue: \x1b[0m\x1b[32m\x1b[7mnew\x1b[0m\n"
    );
}

#[test]
fn a_return_inside_a_line_cannot_overwrite_it_on_a_terminal() {
    let old = "evil\rgood";
    let shown = diff_of(b"f", old, &replacing(old, &[("evil", "worse")]), &DiffOptions { colour: true, ..PLAIN });
    assert!(!shown.contains('\r') && shown.contains("\\u{d}"), "{shown:?}");
    assert_eq!(shown.matches("\\ No newline").count(), 2);
}

/// A text and its edits.
#[derive(Debug, Clone)]
struct Case {
    old: String,
    edits: EditSet,
}

/// Repetitive lines, as in a manifest, with every line break and without a last one.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => Just("- name: A\n"),
        4 => Just("  value: '1'\n"),
        1 => Just("- name: B\r\n"),
        1 => Just("é\n"),
        1 => Just("\n"),
        1 => Just("a\rb\n"),
    ];
    (prop::collection::vec(line, 0..50), prop_oneof![3 => Just(""), 1 => Just("end"), 1 => Just("- name: A")])
        .prop_map(|(lines, last)| lines.concat() + last)
}

fn replacement() -> impl Strategy<Value = String> {
    let part = prop_oneof![Just("- name: A\n"), Just("  value: '1'\n"), Just("x"), Just("\n"), Just("\r\n")];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

fn case() -> impl Strategy<Value = Case> {
    let cut = (any::<prop::sample::Index>(), 0usize..40, replacement());
    (text(), prop::collection::vec(cut, 0..6)).prop_map(|(old, cuts)| {
        let boundary = |at: usize| (0..=at.min(old.len())).rev().find(|at| old.is_char_boundary(*at)).unwrap_or(0);
        let mut cuts: Vec<_> =
            cuts.into_iter().map(|(at, len, new)| (boundary(at.index(old.len() + 1)), len, new)).collect();
        cuts.sort_by_key(|(start, ..)| *start);
        let starts: Vec<usize> = cuts.iter().map(|(start, ..)| *start).chain([old.len()]).collect();
        let edit = |(at, (start, len, new)): (usize, (usize, usize, String))| {
            Edit::replace(start..boundary(start + len).min(starts[at + 1]), new)
        };
        let edits = edits(cuts.into_iter().enumerate().map(edit).collect());
        Case { old, edits }
    })
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok()
}

/// Applies the patch with a program in a folder with the old texts, and returns the new texts.
fn applied(program: &[&str], cases: &[Case], context: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    // A plain name, one with a space, and one that has to be quoted.
    let name = |at: usize| format!("{}{at}", ["file", "a file ", "é \"\t\\"][at % 3]);
    let path = |at: usize| folder.path().join(name(at));
    let mut patch = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        fs::write(path(at), &case.old)?;
        unified(name(at).as_bytes(), &case.old, &case.edits, &DiffOptions { context, colour: false }, &mut patch)?;
    }
    if !patch.is_empty() {
        run(program, folder.path(), &patch)?;
    }
    (0..cases.len()).map(|at| Ok(fs::read_to_string(path(at))?)).collect()
}

fn run(program: &[&str], folder: &Path, patch: &[u8]) -> Result<(), Box<dyn Error>> {
    let patch_file = tempfile::NamedTempFile::new()?;
    fs::write(patch_file.path(), patch)?;
    let output = Command::new(program[0])
        .args(&program[1..])
        .current_dir(folder)
        .env("GIT_CEILING_DIRECTORIES", folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(patch_file.reopen()?)
        .output()?;
    let message = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // `patch` prints these words if the lines are not at the given numbers.
    let is_exact = output.status.success() && !message.contains("offset") && !message.contains("fuzz");
    if is_exact { Ok(()) } else { Err(format!("{message}\n{}", String::from_utf8_lossy(patch)).into()) }
}

const PROGRAMS: [(&[&str], usize); 4] = [
    (&["patch", "-p1", "--fuzz=0"], 3),
    (&["git", "apply", "--whitespace=nowarn"], 3),
    (&["git", "apply", "--whitespace=nowarn"], 1),
    (&["git", "apply", "--whitespace=nowarn", "--unidiff-zero"], 0),
];

/// If a last line without a newline is removed, git 2.47 also removes the newline before it when it applies a diff
/// without context, even one of its own.
fn trips_git(case: &Case) -> bool {
    !case.old.ends_with('\n')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Other programs that apply a diff get the edited text.
    #[test]
    fn the_diff_applies(cases in prop::collection::vec(case(), 1..24)) {
        for (program, context) in PROGRAMS.iter().filter(|(program, _)| is_there(program[0])) {
            let cases: Vec<Case> = cases.iter().filter(|case| *context > 0 || !trips_git(case)).cloned().collect();
            let expected: Vec<String> = cases.iter().map(|case| case.edits.apply(&case.old)).collect();
            match applied(program, &cases, *context) {
                Ok(texts) => prop_assert_eq!(&texts, &expected, "{:?} with context {}", program, context),
                Err(error) => prop_assert!(false, "{:?} with context {}: {}", program, context, error),
            }
        }
    }

    /// Without colours and escapes, the diff for a terminal is the plain one.
    #[test]
    fn the_coloured_diff_shows_the_same_lines(case in case()) {
        let plain = diff_of(b"f", &case.old, &case.edits, &PLAIN);
        let coloured = diff_of(b"f", &case.old, &case.edits, &DiffOptions { colour: true, ..PLAIN });
        let codes = ["\x1b[0m", "\x1b[1m", "\x1b[7m", "\x1b[31m", "\x1b[32m", "\x1b[36m"];
        let stripped = codes.iter().fold(coloured, |text, code| text.replace(code, ""));
        prop_assert_eq!(stripped.replace("\\u{d}", "\r"), plain);
    }
}

#[test]
fn many_changed_lines_in_a_row_are_not_compared() {
    let old: String = (0..60_000).map(|at| format!("value: {}\n", at % 7)).collect();
    let starts = old.match_indices("value").map(|(at, _)| at);
    let edits = edits(starts.map(|at| Edit::replace(at..at + "value".len(), "x")).collect());
    let diff = diff_of(b"f", &old, &edits, &PLAIN);
    assert_eq!(diff.lines().nth(2), Some("@@ -1,60000 +1,60000 @@"));
}
