//! Files are written whole, and all or none of them.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::support::{MANIFEST, Outcome, REFUSED, Sandbox, feed};

fn on() -> String {
    feed("enable -b jaeger", MANIFEST).text().to_owned()
}

/// A pipe with a name.
fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_file_is_replaced_and_never_half_written() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    let mut before = File::open(sandbox.path("a.yaml")).unwrap();
    let done = sandbox.run("enable -b jaeger -i a.yaml");
    done.expect(0, &["a.yaml: default/iris  jaeger"]);
    assert!(done.stdout.is_empty());
    assert_eq!(sandbox.read("a.yaml"), on());
    // Who had it open reads the old text to its end.
    let mut old = String::new();
    before.read_to_string(&mut old).unwrap();
    assert_eq!(old, MANIFEST);
    assert_eq!(sandbox.names(), ["a.yaml"], "no temporary file is left");
}

#[test]
fn a_file_that_needs_no_change_is_not_touched() {
    let sandbox = Sandbox::with(&[("a.yaml", &on()), ("b.yaml", "kind: Pod\n")]);
    let inode = |name| fs::metadata(sandbox.path(name)).unwrap().ino();
    let before = (inode("a.yaml"), inode("b.yaml"));
    let done = sandbox.run("enable -b jaeger -i a.yaml b.yaml");
    done.expect(0, &[]);
    assert!(!done.stderr.contains("a.yaml: "), "{}", done.stderr);
    assert_eq!((inode("a.yaml"), inode("b.yaml")), before);
}

#[test]
fn a_symlink_stays_one_and_its_target_changes() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    symlink("a.yaml", sandbox.path("link.yaml")).unwrap();
    sandbox.run("enable -b jaeger -i link.yaml").expect(0, &["link.yaml: default/iris  jaeger"]);
    assert_eq!(fs::read_link(sandbox.path("link.yaml")).unwrap(), Path::new("a.yaml"));
    assert_eq!(sandbox.read("a.yaml"), on());
}

#[test]
fn a_hard_link_is_cut_with_a_note() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    fs::hard_link(sandbox.path("a.yaml"), sandbox.path("b.yaml")).unwrap();
    sandbox.run("enable -b jaeger -i a.yaml").expect(0, &["note: a.yaml: one of 2 hard links"]);
    assert_eq!((sandbox.read("a.yaml"), sandbox.read("b.yaml")), (on(), MANIFEST.to_owned()));
}

#[test]
fn the_mode_is_kept() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for mode in [0o600, 0o640, 0o755] {
        fs::write(sandbox.path("a.yaml"), MANIFEST).unwrap();
        fs::set_permissions(sandbox.path("a.yaml"), fs::Permissions::from_mode(mode)).unwrap();
        sandbox.run("enable -b jaeger -i a.yaml").expect(0, &[]);
        assert_eq!(fs::metadata(sandbox.path("a.yaml")).unwrap().mode() & 0o7777, mode);
    }
}

#[test]
fn an_error_anywhere_touches_no_file() {
    for (name, text) in [("z.yaml", REFUSED), ("z.yaml", "SeldonDeployment: [\n"), ("z.yaml", "\u{0}")] {
        let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", MANIFEST), (name, text)]);
        sandbox.run("enable -b jaeger -i a.yaml b.yaml z.yaml").expect(2, &["error: "]);
        assert_eq!((sandbox.read("a.yaml").as_str(), sandbox.read("b.yaml").as_str()), (MANIFEST, MANIFEST));
        assert_eq!(sandbox.names(), ["a.yaml", "b.yaml", "z.yaml"]);
    }
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    sandbox.run("enable -b jaeger -i a.yaml missing.yaml").expect(2, &["missing.yaml: no such file"]);
    sandbox.run("enable -b jaeger -i --require-match --name x a.yaml").expect(2, &["--require-match"]);
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
}

#[test]
fn a_pipe_in_place_is_an_error_before_anything_is_touched() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    fifo(&sandbox.path("pipe"));
    let mut command = sandbox.command("enable -b jaeger -i a.yaml pipe");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    fs::write(sandbox.path("pipe"), MANIFEST).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(
        said.contains("pipe: is a pipe, which cannot be replaced") && said.contains("no file was changed"),
        "{said}"
    );
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
}

#[test]
fn a_file_that_changes_meanwhile_is_left_as_it_is() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", MANIFEST)]);
    fifo(&sandbox.path("pipe"));
    let mut command = sandbox.command("enable -b jaeger -i a.yaml b.yaml pipe");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The program waits for the pipe's end, the files being read.
    let mut pipe = File::options().write(true).open(sandbox.path("pipe")).unwrap();
    sleep(Duration::from_millis(500));
    fs::write(sandbox.path("b.yaml"), "kind: Edited\n").unwrap();
    pipe.write_all(b"kind: Pod\n").unwrap();
    drop(pipe);
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2), "{said}");
    let words = "error: b.yaml: changed since it was read; run the command again; no file was changed\n";
    assert_eq!(said, words);
    assert_eq!((sandbox.read("a.yaml").as_str(), sandbox.read("b.yaml").as_str()), (MANIFEST, "kind: Edited\n"));
    assert_eq!(sandbox.names(), ["a.yaml", "b.yaml", "pipe"]);
}

#[test]
fn an_output_file_is_made_or_replaced_whole() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("old.yaml", &"x".repeat(100_000))]);
    symlink("old.yaml", sandbox.path("link.yaml")).unwrap();
    for name in ["new.yaml", "link.yaml", "a.yaml"] {
        let done = sandbox.run(&format!("enable -b jaeger a.yaml -o {name}"));
        assert!(done.expect(0, &[]).stdout.is_empty());
        assert_eq!(sandbox.read(name), on());
    }
    assert_eq!(sandbox.read("old.yaml"), on());
    assert_eq!(sandbox.names(), ["a.yaml", "link.yaml", "new.yaml", "old.yaml"]);
}

#[test]
fn an_output_file_is_not_touched_by_an_error() {
    let sandbox = Sandbox::with(&[("a.yaml", REFUSED), ("out.yaml", "old\n")]);
    sandbox.run("enable -b jaeger a.yaml -o out.yaml").expect(2, &["error: "]);
    assert_eq!(sandbox.read("out.yaml"), "old\n");
    let done = feed("enable -b jaeger -o missing/out.yaml", MANIFEST);
    done.expect(2, &["error: missing/out.yaml: cannot make a new file in its folder: no such file or directory;"]);
    assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
    feed("enable -b jaeger -o .", MANIFEST).expect(2, &["is a folder; name a file in it"]);
}

#[test]
fn standard_output_by_its_path_is_written_to_and_not_replaced() {
    let done = feed("enable -b jaeger -o /dev/stdout", MANIFEST);
    assert_eq!(done.expect(0, &[]).text(), on());
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("log", "before\n")]);
    let log = File::options().append(true).open(sandbox.path("log")).unwrap();
    Outcome::of(sandbox.command("enable -b jaeger a.yaml -o /dev/stdout").stdout(log)).expect(0, &[]);
    assert_eq!(sandbox.read("log"), format!("before\n{}", on()));
}

/// Folders with manifests.
fn folders() -> Sandbox {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    for folder in ["deploy", "deploy/old", "deploy/gen"] {
        fs::create_dir(sandbox.path(folder)).unwrap();
    }
    for name in ["deploy/a.yaml", "deploy/old/b.yaml", "deploy/gen/c.yaml"] {
        fs::write(sandbox.path(name), MANIFEST).unwrap();
    }
    sandbox
}

#[test]
fn a_walk_leaves_out_what_is_excluded() {
    let sandbox = folders();
    let deploy = sandbox.path("deploy").display().to_string();
    for (arguments, read) in [
        (".".to_owned(), "a.yaml deploy/a.yaml deploy/gen/c.yaml deploy/old/b.yaml"),
        ("--exclude old .".to_owned(), "a.yaml deploy/a.yaml deploy/gen/c.yaml"),
        ("--exclude old/ --exclude 'c.*' .".to_owned(), "a.yaml deploy/a.yaml"),
        ("--exclude '*.yaml/' .".to_owned(), "a.yaml deploy/a.yaml deploy/gen/c.yaml deploy/old/b.yaml"),
        ("--exclude a.yaml .".to_owned(), "deploy/gen/c.yaml deploy/old/b.yaml"),
        ("--exclude /a.yaml .".to_owned(), "deploy/a.yaml deploy/gen/c.yaml deploy/old/b.yaml"),
        ("--exclude ./deploy/old .".to_owned(), "a.yaml deploy/a.yaml deploy/gen/c.yaml"),
        ("--exclude deploy/ .".to_owned(), "a.yaml"),
        ("--exclude 'deploy/*' --exclude '!gen' .".to_owned(), "a.yaml deploy/gen/c.yaml"),
        // Globs are relative to the working folder, wherever the walk begins.
        ("--exclude /old deploy".to_owned(), "deploy/a.yaml deploy/gen/c.yaml deploy/old/b.yaml"),
        ("--exclude deploy/old deploy".to_owned(), "deploy/a.yaml deploy/gen/c.yaml"),
        (format!("--exclude deploy/old {deploy}"), "deploy/a.yaml deploy/gen/c.yaml"),
        ("--exclude deploy/old deploy/gen/..".to_owned(), "deploy/gen/../a.yaml deploy/gen/../gen/c.yaml"),
        // What is named is read.
        ("--exclude a.yaml a.yaml".to_owned(), "a.yaml"),
        ("--exclude old deploy/old".to_owned(), "deploy/old/b.yaml"),
    ] {
        let done = sandbox.run(&format!("enable -b jaeger --check {arguments}"));
        done.expect(1, &[]);
        let root = sandbox.path("").display().to_string();
        let names = done.text().lines().map(|name| name.trim_start_matches(&root).trim_start_matches("./"));
        assert_eq!(names.collect::<Vec<_>>().join(" "), read, "{arguments}");
    }
}

#[test]
fn every_command_that_walks_takes_hidden_and_ignored_files_and_levels() {
    let sandbox = folders();
    fs::write(sandbox.path(".ignore"), "old\n").unwrap();
    fs::write(sandbox.path("deploy/.seldon-trace.yaml"), "backend: jaeger\n").unwrap();
    fs::rename(sandbox.path("deploy/a.yaml"), sandbox.path("deploy/.a.yaml")).unwrap();
    for (options, read) in [
        ("", "a.yaml deploy/gen/c.yaml"),
        ("--no-ignore", "a.yaml deploy/gen/c.yaml deploy/old/b.yaml"),
        ("--hidden", "a.yaml deploy/.a.yaml deploy/gen/c.yaml"),
        ("--max-depth 2 --no-ignore --hidden", "a.yaml deploy/.a.yaml"),
        ("--max-depth 1", "a.yaml"),
    ] {
        let done = sandbox.run(&format!("enable -b jaeger --check {options} ."));
        let names: Vec<&str> = done.text().lines().map(|name| name.trim_start_matches("./")).collect();
        assert_eq!(names.join(" "), read, "{options}");
        let done = sandbox.run(&format!("status {options} ."));
        assert_eq!(
            done.text().matches("orchestrator   ").count(),
            read.split(' ').count(),
            "{options}: {}",
            done.text()
        );
    }
}

#[test]
fn an_excluded_folder_is_not_entered() {
    let sandbox = folders();
    fifo(&sandbox.path("deploy/old/.ignore"));
    sandbox.run("status deploy").expect(2, &["deploy/old/.ignore: a pipe"]);
    sandbox.run("status --exclude old deploy").expect(0, &[]);
    let nothing = sandbox.run("status --exclude '*' .");
    nothing.expect(0, &["no .yaml, .yml or .json file in it that is not hidden, ignored or excluded"]);
}

#[test]
fn globs_of_exclude_have_limits() {
    let sandbox = folders();
    for (glob, words) in [
        (String::new(), "--exclude: the glob is empty"),
        (" ".to_owned(), "--exclude: the glob is empty"),
        ("#a".to_owned(), "is a comment"),
        ("a\nb".to_owned(), "a glob has no line break"),
        ("a{".to_owned(), "error parsing glob"),
        ("a".repeat(1001), "a glob of more than 1000 bytes"),
        ("{".repeat(11), "a glob with more than 10 levels of braces"),
        (["x"; 101].join("' --exclude '"), "more than 100 globs"),
    ] {
        let done = sandbox.run(&format!("lint --exclude '{glob}' deploy"));
        done.expect(2, &[words]);
        assert_eq!(done.text(), "");
    }
}
