//! Inputs with very many of one thing: twice as many take twice the time.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::shapes::{Form, TRACED, UNTRACED};
use crate::support::{MANIFEST, Outcome, Sandbox, feed};

#[test]
fn a_thousand_of_anything_there_and_back() {
    for shape in UNTRACED {
        there_and_back(shape.0, &shape.1(1000));
    }
}

#[test]
#[ignore = "takes minutes while the judge is quadratic in the length of a line"]
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

/// At the square of the length of a line, each of these would take minutes.
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
#[ignore = "takes minutes while the judge is quadratic in the length of a line"]
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
