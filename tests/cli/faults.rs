//! A system that fails: disks that fill, folders that are closed, files that are none, and a run that is killed.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{MANIFEST, Outcome, Random, Sandbox, feed, stream};

const ON: &str = "enable -b jaeger -i";

/// A shell that runs this script in the sandbox. `$PROGRAM` is the program, and `words` are the arguments.
fn shell(sandbox: &Sandbox, script: &str, words: &[&str]) -> Outcome {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(words).current_dir(sandbox.path("")).stdin(Stdio::null());
    Outcome::of(command.env("PROGRAM", env!("CARGO_BIN_EXE_seldon-trace")))
}

/// Three files. The second is large.
fn small_large_small() -> (Sandbox, [(&'static str, String); 3]) {
    let files = [("a.yaml", MANIFEST.to_owned()), ("b.yaml", stream(400)), ("c.yaml", MANIFEST.to_owned())];
    (Sandbox::with(&files.each_ref().map(|(name, text)| (*name, text.as_str()))), files)
}

/// Checks that the files are unchanged and that there are no others.
#[track_caller]
fn untouched(sandbox: &Sandbox, files: &[(&str, String)]) {
    for (name, text) in files {
        assert!(sandbox.read(name) == *text, "{name} has changed");
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    assert_eq!(sandbox.names(), names, "no temporary file is left");
}

#[test]
fn a_file_that_can_t_be_written_whole_leaves_all_as_they_were() {
    // A file may grow to 50 blocks of 512 or 1024 bytes, and then fails as on a full disk.
    let limited = "trap '' XFSZ; ulimit -f 50; exec \"$PROGRAM\" \"$@\"";
    let (sandbox, files) = small_large_small();
    let words = "cannot write the new file beside it: file too large; no file was changed\n";
    let done = shell(&sandbox, limited, &["enable", "-b", "jaeger", "-i", "."]);
    done.expect(2, &[&format!("error: ./b.yaml: {words}")]);
    untouched(&sandbox, &files);
    for output in ["new.yaml", "c.yaml"] {
        let done = shell(&sandbox, limited, &["enable", "-b", "jaeger", "b.yaml", "-o", output]);
        done.expect(2, &[&format!("error: {output}: {words}")]);
        untouched(&sandbox, &files);
    }
}

#[test]
fn a_disk_that_fills_leaves_all_as_they_were() {
    let (sandbox, files) = small_large_small();
    fs::create_dir(sandbox.path("disk")).unwrap();
    let on_a_small_disk = "mount -t tmpfs -o size=180k tmpfs disk && cp ?.yaml disk && cd disk || exit 99
        \"$PROGRAM\" \"$@\"; status=$?
        cat ./?.yaml && ls -A && exit $status";
    let script = format!("unshare --user --map-root-user --mount sh -c '{on_a_small_disk}' sh \"$@\"");
    for arguments in
        [&["enable", "-b", "jaeger", "-i", "."][..], &["enable", "-b", "jaeger", "b.yaml", "-o", "new.yaml"]]
    {
        let done = shell(&sandbox, &script, arguments);
        if ![0, 1, 2].contains(&done.status) || done.stderr.contains("unshare:") {
            eprintln!("skipped: no disk of our own here: {}", done.stderr);
            return;
        }
        done.expect(2, &["cannot write the new file beside it: no space left on device; no file was changed\n"]);
        let texts: String = files.iter().map(|(_, text)| text.as_str()).collect();
        assert!(done.text() == texts + "a.yaml\nb.yaml\nc.yaml\n", "{}", &done.text()[done.text().len() - 200..]);
    }
}

#[test]
fn few_open_files_are_enough_for_many() {
    let names: Vec<String> = (0..60).map(|at| format!("{at}.yaml")).collect();
    let sandbox = Sandbox::with(&names.iter().map(|name| (name.as_str(), MANIFEST)).collect::<Vec<_>>());
    shell(&sandbox, "ulimit -n 20; exec \"$PROGRAM\" \"$@\"", &["enable", "-b", "jaeger", "-i", "."]).expect(0, &[]);
    sandbox.run("enable -b jaeger --check .").expect(0, &[]);
}

#[test]
fn a_closed_stream_is_not_mistaken_for_a_file() {
    // The first opened file gets the lowest free number, which may be that of standard output.
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", MANIFEST)]);
    let wanted = feed("enable -b jaeger", MANIFEST);
    shell(&sandbox, "exec \"$PROGRAM\" \"$@\" <&- >&- 2>&-", &["enable", "-b", "jaeger", "a.yaml"]).expect(2, &[]);
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
    shell(&sandbox, "exec \"$PROGRAM\" \"$@\" <&- >&- 2>&-", &["enable", "-b", "jaeger", "-v", "-i", "."])
        .expect(0, &[]);
    assert_eq!((sandbox.read("a.yaml").as_str(), sandbox.read("b.yaml").as_str()), (wanted.text(), wanted.text()));
    assert_eq!(sandbox.names(), ["a.yaml", "b.yaml"]);
}

#[test]
fn a_write_to_a_closed_standard_output_is_an_error() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("off.yaml", "kind: Pod\n")]);
    let run = |arguments: &str| {
        let words = shell_words::split(arguments).unwrap();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        shell(&sandbox, "exec \"$PROGRAM\" \"$@\" >&-", &words)
    };
    for arguments in [
        "enable -b jaeger a.yaml",
        "enable -b jaeger --diff a.yaml",
        "enable -b jaeger --check a.yaml",
        "enable -b jaeger --json-patch a.yaml",
        "disable a.yaml",
        "lint a.yaml",
        "lint --format sarif a.yaml",
        "lint --fix a.yaml",
        "status a.yaml",
        "config",
        "config --schema",
        "explain",
        "completions bash",
        "man",
        "--help",
        "enable --help",
        "--version",
    ] {
        let done = run(arguments);
        assert_eq!((done.status, done.stderr.as_str()), (2, "error: standard output: it is closed\n"), "{arguments}");
    }
    run("enable -b jaeger a.yaml -o /dev/stdout").expect(2, &["error: /dev/stdout: cannot write to it: it is closed"]);
    // Nothing is written to it.
    run("enable -b jaeger --check off.yaml").expect(0, &[]);
    run("enable -b jaeger a.yaml -o new.yaml").expect(0, &[]);
    run("enable -b jaeger -i a.yaml").expect(0, &["a.yaml: default/iris  jaeger"]);
    run("enable --no-such-option").expect(2, &["unexpected argument"]);
}

/// Runs it as a user other than root, if that is possible.
fn as_nobody(sandbox: &Sandbox, arguments: &str) -> Option<Outcome> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|done| done.stdout == b"0\n");
    if !is_root {
        return Some(sandbox.run(arguments));
    }
    let words = shell_words::split(arguments).unwrap();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let drop = "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$PROGRAM\" \"$@\"";
    if shell(sandbox, drop, &["--version"]).status == 0 {
        return Some(shell(sandbox, drop, &words));
    }
    eprintln!("skipped: this is root, who may do everything, and can't become another");
    None
}

#[test]
fn a_folder_that_may_not_be_written_is_an_error() {
    let files = [("a.yaml", MANIFEST.to_owned())];
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    fs::set_permissions(sandbox.path(""), Permissions::from_mode(0o555)).unwrap();
    for (arguments, name) in
        [("enable -b jaeger -i a.yaml", "a.yaml"), ("enable -b jaeger a.yaml -o new.yaml", "new.yaml")]
    {
        if let Some(done) = as_nobody(&sandbox, arguments) {
            let words = "cannot make a new file in its folder: permission denied; no file was changed\n";
            done.expect(2, &[&format!("error: {name}: {words}")]);
        }
        untouched(&sandbox, &files);
    }
    fs::set_permissions(sandbox.path(""), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_may_not_be_read_is_an_error_and_nothing_is_written() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), ("b.yaml", MANIFEST)]);
    fs::create_dir(sandbox.path("closed")).unwrap();
    for name in ["b.yaml", "closed"] {
        fs::set_permissions(sandbox.path(name), Permissions::from_mode(0o000)).unwrap();
    }
    fs::set_permissions(sandbox.path(""), Permissions::from_mode(0o777)).unwrap();
    if let Some(done) = as_nobody(&sandbox, "enable -b jaeger -i .") {
        done.expect(2, &["error: ./b.yaml: permission denied\n", "error: ./closed: permission denied\n"]);
    }
    fs::set_permissions(sandbox.path("closed"), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
}

#[test]
fn a_read_only_file_is_replaced_and_stays_read_only() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    fs::set_permissions(sandbox.path("a.yaml"), Permissions::from_mode(0o444)).unwrap();
    sandbox.run("enable -b jaeger -i a.yaml").expect(0, &["a.yaml: default/iris  jaeger"]);
    assert_eq!(fs::metadata(sandbox.path("a.yaml")).unwrap().permissions().mode() & 0o7777, 0o444);
}

#[test]
fn a_path_that_is_not_a_file_prevents_all_writes() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    symlink("nothing", sandbox.path("dangling.yaml")).unwrap();
    symlink("to.yaml", sandbox.path("fro.yaml")).unwrap();
    symlink("fro.yaml", sandbox.path("to.yaml")).unwrap();
    symlink("a.yaml", sandbox.path("0")).unwrap();
    // One more than Linux follows.
    (0..40).for_each(|at| symlink(at.to_string(), sandbox.path(&format!("{}", at + 1))).unwrap());
    for (name, words) in [
        ("dangling.yaml", "no such file or directory\n"),
        ("to.yaml", "too many levels of symbolic links\n"),
        ("40", "too many levels of symbolic links\n"),
        ("a.yaml/b.yaml", "not a directory\n"),
    ] {
        let done = sandbox.run(&format!("{ON} a.yaml {name}"));
        done.expect(2, &[&format!("error: {name}: {words}")]);
        assert_eq!(sandbox.read("a.yaml"), MANIFEST, "{name}");
    }
    // There is nothing in it to change.
    sandbox.run(&format!("{ON} a.yaml /dev/null")).expect(0, &["a.yaml: default/iris  jaeger"]);
    let done = sandbox.run("enable -b datadog -i a.yaml to.yaml dangling.yaml");
    done.expect(2, &["error: to.yaml: ", "error: dangling.yaml: "]);
    // A walk skips everything but files and folders, and enters a folder with any name.
    fs::create_dir(sandbox.path("x.yaml")).unwrap();
    fs::write(sandbox.path("x.yaml").join("b.yaml"), MANIFEST).unwrap();
    assert!(Command::new("mkfifo").arg(sandbox.path("pipe.yaml")).status().unwrap().success());
    assert_eq!(sandbox.run("enable -b jaeger --check .").expect(1, &[]).text(), "./x.yaml/b.yaml\n");
    sandbox.run(&format!("{ON} x.yaml")).expect(0, &["x.yaml/b.yaml: default/iris  jaeger"]);
}

#[test]
fn a_chain_of_symlinks_through_folders_stays_one() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    fs::create_dir(sandbox.path("folder")).unwrap();
    symlink("../a.yaml", sandbox.path("folder/link.yaml")).unwrap();
    symlink("folder", sandbox.path("other")).unwrap();
    symlink("other/link.yaml", sandbox.path("first.yaml")).unwrap();
    sandbox.run(&format!("{ON} first.yaml")).expect(0, &["first.yaml: default/iris  jaeger"]);
    assert!(sandbox.read("a.yaml").contains("TRACING"));
    assert_eq!(sandbox.names(), ["a.yaml", "first.yaml", "folder", "other"]);
    assert_eq!(fs::read_link(sandbox.path("folder/link.yaml")).unwrap(), Path::new("../a.yaml"));
    let done = sandbox.run("disable -i first.yaml other/link.yaml folder/link.yaml a.yaml");
    assert_eq!(done.expect(0, &[]).stderr.matches(": default/iris  off").count(), 1, "{}", done.stderr);
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
}

#[test]
fn any_name_is_one_that_a_file_can_have() {
    let names = ["-", "--in-place", "-i", " a b ", "a\nb", "\u{1b}[31m\u{7}\u{202e}", "é名", "'\"\\$(x)`", "*", "…"];
    let names = names.map(|name| format!("{name}.yaml"));
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), MANIFEST)).collect();
    let sandbox = Sandbox::with(&files);
    let mut sorted = names.to_vec();
    sorted.sort();
    let listed = |names: Vec<String>| names.iter().map(|name| format!("{name}\n")).collect::<String>();
    let walked = sandbox.run("enable -b jaeger --check .");
    assert_eq!(walked.expect(1, &[]).text(), listed(sorted.iter().map(|name| format!("./{name}")).collect()));
    let named = Outcome::of(sandbox.command("enable -b jaeger --check --").args(&names));
    assert_eq!(named.expect(1, &[]).text(), listed(names.to_vec()), "as raw as they are, in the order given");
    let done = Outcome::of(sandbox.command("enable -b jaeger -i --").args(&names));
    done.expect(0, &["--in-place.yaml: default/iris  jaeger", "a\\nb.yaml: default/iris  jaeger"]);
    done.expect(0, &["\\u{1b}[31m\\u{7}\\u{202e}.yaml: default/iris  jaeger"]);
    assert!(done.stdout.is_empty());
    sandbox.run("enable -b jaeger --check .").expect(0, &[]);
    assert_eq!(sandbox.names(), sorted);
}

/// The outcomes of killed runs.
struct Killed {
    /// The number of runs that had replaced some files and not all.
    half_way: usize,
    /// How many temporary files they left.
    left_behind: usize,
}

/// Kills so many runs that rewrite so many files in place, each at another moment, and finds each file wholly old or
/// wholly new.
fn kill(kills: usize, files: usize) -> Killed {
    let names: Vec<String> = (0..files).map(|at| format!("{at}.yaml")).collect();
    let old = stream(3);
    let new = feed("enable -b jaeger", &old).text().to_owned();
    let sandbox = Sandbox::with(&names.iter().map(|name| (name.as_str(), old.as_str())).collect::<Vec<_>>());
    let left = || sandbox.names().into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>();
    let mut random = Random::new(0x05ee_d0fb);
    let mut killed = Killed { half_way: 0, left_behind: 0 };
    let mut whole_run = Duration::from_millis(100);
    for round in 0..kills {
        names.iter().for_each(|name| fs::write(sandbox.path(name), &old).unwrap());
        let start = Instant::now();
        let mut child = sandbox.command(&format!("{ON} -q .")).spawn().unwrap();
        let moment = whole_run.mul_f64(random.below(1000) as f64 / 1000.0);
        let some = random.below(files);
        let has_come = || match round % 3 {
            0 => start.elapsed() >= moment,
            1 => left().len() > some,
            _ => fs::metadata(sandbox.path(&names[some])).unwrap().len() == new.len() as u64,
        };
        while !has_come() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_micros(50));
        }
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            whole_run = start.elapsed();
        }
        let texts: Vec<String> = names.iter().map(|name| sandbox.read(name)).collect();
        assert!(texts.iter().all(|text| *text == old || *text == new), "round {round}: one is neither old nor new");
        let replaced = texts.iter().filter(|text| **text == new).count();
        killed.half_way += usize::from(0 < replaced && replaced < files);
        // The files of a killed run are hidden, have no extension of a manifest, and do not affect the next run.
        let left = left();
        assert!(left.iter().all(|name| name.starts_with('.') && name.ends_with(".tmp")), "{left:?}");
        let next = sandbox.run("enable -b jaeger --check .");
        let listed = next.expect(i32::from(replaced < files), &[]).text().lines().count();
        assert_eq!(listed, files - replaced, "round {round}");
        killed.left_behind += left.len();
        left.iter().for_each(|name| fs::remove_file(sandbox.path(name)).unwrap());
    }
    sandbox.run(&format!("{ON} -q .")).expect(0, &[]);
    assert!(names.iter().all(|name| sandbox.read(name) == new), "the next run does what is left");
    killed
}

#[test]
fn a_run_that_is_killed_leaves_each_file_old_or_new() {
    assert!(kill(15, 30).left_behind > 0, "none was killed at its work");
}

/// `cargo test --test cli -- --ignored --nocapture killed_a_hundred_times`
#[test]
#[ignore = "takes minutes where others work, too"]
fn killed_a_hundred_times_over_five_hundred_files() {
    let Killed { half_way, left_behind } = kill(100, 500);
    eprintln!("{half_way} of a hundred were killed half way; they left {left_behind} temporary files");
    assert!(half_way > 0);
}

/// Runs it in a folder of the sandbox, with too little memory for an endless input.
fn with_little_memory(sandbox: &Sandbox, folder: &str, redirection: &str, arguments: &str) -> Outcome {
    let script = format!("cd {folder}; ulimit -v 1000000; exec \"$PROGRAM\" {arguments} {redirection}");
    shell(sandbox, &format!("exec timeout 60 sh -c '{script}'"), &[])
}

/// An input with a NUL is not a manifest, and is not read any further, for it may be endless.
#[test]
fn an_input_without_end_is_an_error_at_its_first_nul() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    let words = "the byte at offset 0 is a NUL; this looks like binary data, not a manifest\n";
    for command in ["enable -b jaeger -i", "enable -b jaeger", "disable", "lint", "lint --fix", "status"] {
        let done = with_little_memory(&sandbox, ".", "", &format!("{command} a.yaml /dev/zero"));
        done.expect(2, &[&format!("error: /dev/zero: {words}")]);
        if command != "enable -b jaeger -i" {
            let done = with_little_memory(&sandbox, ".", "</dev/zero", command);
            done.expect(2, &[&format!("error: standard input: {words}")]);
        }
    }
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
}

#[test]
fn a_pipe_is_an_input() {
    let sandbox = Sandbox::with(&[]);
    let wanted = feed("enable -b jaeger", MANIFEST);
    fs::write(sandbox.path("a"), MANIFEST).unwrap();
    let script =
        "cat a | \"$PROGRAM\" enable -b jaeger /dev/fd/0 && mkfifo p && (cat a >p & \"$PROGRAM\" enable -b jaeger p)";
    assert_eq!(shell(&sandbox, script, &[]).expect(0, &[]).text(), wanted.text().repeat(2));
}

/// A settings or ignore file that is no regular file would be waited for, or read for ever.
#[test]
fn settings_and_ignore_files_are_regular_files_of_a_limited_size() {
    for (command, words) in [
        ("mkfifo", "a pipe, and not a regular file\n"),
        ("ln -s /dev/zero", "a device, and not a regular file\n"),
        ("truncate -s 1G", "more than 1048576 bytes, which "),
    ] {
        for name in [".ignore", ".gitignore", "sub/.ignore", "sub/.gitignore", ".git/info/exclude", "../.ignore"] {
            let sandbox = Sandbox::with(&[]);
            fs::create_dir_all(sandbox.path("top/sub")).unwrap();
            fs::create_dir_all(sandbox.path("top/.git/info")).unwrap();
            fs::write(sandbox.path("top/a.yaml"), MANIFEST).unwrap();
            fs::write(sandbox.path("top/sub/b.yaml"), MANIFEST).unwrap();
            assert!(shell(&sandbox, &format!("{command} top/{name}"), &[]).status == 0, "{command} {name}");
            for arguments in ["enable -b jaeger -i .", "disable .", "lint .", "status ."] {
                let done = with_little_memory(&sandbox, "top", "", arguments);
                done.expect(2, &[&format!("{}: {words}", name.rsplit('/').next().unwrap())]);
                assert_eq!(done.stderr.matches("error: ").count(), 1, "{}", done.stderr);
            }
            assert_eq!(sandbox.read("top/a.yaml"), MANIFEST);
            // None of them matters for a named file.
            with_little_memory(&sandbox, ".", "", "lint --fail-on never top/a.yaml").expect(0, &[]);
        }
        let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
        assert!(shell(&sandbox, &format!("{command} .seldon-trace.yaml"), &[]).status == 0);
        for arguments in ["enable -b jaeger a.yaml", "disable a.yaml", "lint a.yaml", "status a.yaml", "config"] {
            with_little_memory(&sandbox, ".", "", arguments)
                .expect(2, &[&format!("error: .seldon-trace.yaml: {words}")]);
            let done = with_little_memory(&sandbox, ".", "", &format!("{arguments} --config .seldon-trace.yaml"));
            done.expect(2, &[&format!("error: .seldon-trace.yaml: {words}")]);
        }
    }
    // Nothing is in it, and that is known.
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    symlink("/dev/null", sandbox.path(".gitignore")).unwrap();
    sandbox.run("enable -b jaeger --config /dev/null --check .").expect(1, &[]);
}

#[test]
fn braces_nested_in_ignore_files() {
    for depth in [11, 121, 100_000] {
        let line = "{b,".repeat(depth) + "a" + &"}".repeat(depth) + "\n";
        let sandbox = Sandbox::with(&[("a.yaml", MANIFEST), (".ignore", &format!("# {line}x\n{line}"))]);
        sandbox.run("lint .").expect(2, &["error: ./.ignore: line 3: a glob with more than 10 levels of braces\n"]);
    }
}

#[test]
fn a_file_longer_than_an_input_may_be_is_an_error() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    let sparse = File::create(sandbox.path("sparse.yaml")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    sandbox.run(&format!("{ON} .")).expect(2, &["error: ./sparse.yaml: more than 4 GiB\n"]);
    assert_eq!(sandbox.read("a.yaml"), MANIFEST);
}

/// A change of a file before the last check is found. One between the check and the rename can't be.
#[test]
fn a_file_that_another_program_keeps_changing_is_never_half_of_each() {
    let sandbox = Sandbox::with(&[("a.yaml", MANIFEST)]);
    let other = MANIFEST.replace("iris", "another");
    let new = [feed("enable -b jaeger", MANIFEST), feed("enable -b jaeger", &other)];
    let possible: Vec<&str> = new.iter().map(Outcome::text).chain([MANIFEST, &other]).collect();
    let until = Instant::now() + Duration::from_millis(500);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while Instant::now() < until {
                for text in [&other, MANIFEST] {
                    fs::write(sandbox.path("next"), text).unwrap();
                    fs::rename(sandbox.path("next"), sandbox.path("a.yaml")).unwrap();
                }
            }
        });
        while Instant::now() < until {
            let done = sandbox.run(&format!("{ON} -q a.yaml"));
            assert!(done.status == 0 || done.stderr.contains("a.yaml: changed since it was read"), "{}", done.stderr);
            assert!(possible.contains(&sandbox.read("a.yaml").as_str()));
        }
    });
}
