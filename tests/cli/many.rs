//! Inputs with very many of one thing. None may cost more than its share: twice as many, twice the time.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{MANIFEST, Outcome, Sandbox, feed, stream};

/// What there is many of, and a manifest with so many of it.
type Many = (&'static str, fn(usize) -> String);

/// What goes through, and what `disable` takes back.
const MANY: [Many; 25] = [
    ("documents", stream),
    ("documents of another kind", |count| "kind: Pod\n---\n".repeat(count) + MANIFEST),
    ("documents that quote a manifest", |count| {
        MANIFEST.to_owned() + &"---\ndata: |\n  SeldonDeployment\n".repeat(count)
    }),
    ("items of a list", |count| format!("kind: List\nitems:\n{}", item().repeat(count))),
    ("predictors", |count| MANIFEST.to_owned() + &numbered("  - {name: p@, graph: {name: a}}\n", count)),
    ("containers", |count| MANIFEST.to_owned() + &numbered("        - name: c@\n", count)),
    ("graph nodes", |count| {
        let nodes = numbered("      - {name: n@, implementation: SKLEARN_SERVER}\n", count);
        MANIFEST.replace("name: classifier\n    c", &format!("name: classifier\n      children:\n{nodes}    c"))
    }),
    ("graph nodes that do not trace, before one that does", |count| {
        let nodes = numbered("      - {name: n@, implementation: TRITON_SERVER}\n", count);
        let last = "      - {name: last, implementation: SKLEARN_SERVER}\n";
        MANIFEST.replace("name: classifier\n    c", &format!("name: classifier\n      children:\n{nodes}{last}    c"))
    }),
    ("env entries", |count| env(&numbered("          - name: V@\n            value: 'x'\n", count))),
    ("env entries in brackets", |count| {
        format!("{MANIFEST}          env: [{}]\n", numbered("{name: V@, value: x}, ", count))
    }),
    ("env entries of one name", |count| env(&"          - name: REGION\n            value: x\n".repeat(count))),
    ("references", |count| env(&numbered("          - name: V@\n            value: $(DD_ENABLED) $(V@)\n", count))),
    ("comments", |count| "# c\n".repeat(count) + MANIFEST),
    ("comments before an entry", |count| env(&("            # c\n".repeat(count) + "          - name: R\n"))),
    ("comments behind entries", |count| env(&numbered("          # c\n          - name: V@ # d\n", count))),
    ("blank lines", |count| env(&("\n".repeat(count) + "          - name: R\n"))),
    ("blanks", |count| env(&format!("          - name: R{}\n", " ".repeat(count)))),
    ("keys", |count| format!("{MANIFEST}{}", numbered("          k@: 1\n", count))),
    ("keys of one name", |count| format!("{MANIFEST}big:\n{}", "  k: 1\n".repeat(count))),
    ("anchors", |count| format!("{MANIFEST}big:\n{}", numbered("- &a@ x\n- *a@\n", count))),
    ("merges", |count| format!("{MANIFEST}big:\n- &a {{k: 1}}\n{}", "- {<<: *a}\n".repeat(count))),
    ("tags", |count| format!("{MANIFEST}big:\n{}- !{} x\n", numbered("- !t@ x\n", count), "t".repeat(count))),
    ("lines of a block scalar", |count| format!("{MANIFEST}          big: |\n{}", "            x\n".repeat(count))),
    ("lines in quotes", |count| format!("{MANIFEST}big: \"x\n{}  \"\n", "  x\n".repeat(count))),
    ("items in brackets", |count| format!("{MANIFEST}big: [{}]\n", "[x], ".repeat(count))),
];

fn env(entries: &str) -> String {
    format!("{MANIFEST}          env:\n{entries}")
}

fn numbered(pattern: &str, count: usize) -> String {
    (0..count).map(|at| pattern.replace('@', &at.to_string())).collect()
}

fn item() -> String {
    format!("- {}\n", MANIFEST.trim_end().replace('\n', "\n  "))
}

#[test]
fn a_thousand_of_anything_there_and_back() {
    for (name, many) in MANY {
        let off = many(1000);
        let on = feed("enable -b jaeger -q", &off);
        assert!(on.expect(0, &[]).stdout.len() > off.len(), "{name}");
        assert!(feed("disable -q", on.text()).expect(0, &[]).text() == off, "{name}");
    }
}

/// `cargo test --release --test cli -- --ignored --nocapture hundred_thousand_of_anything`
#[test]
#[ignore = "takes minutes and 3 GiB of memory"]
fn a_hundred_thousand_of_anything_take_ten_times_as_long_as_ten_thousand() {
    for (name, many) in MANY {
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
            // What takes the square of it takes a hundred times as long.
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
