use std::ffi::OsStr;
use std::io::{self, empty};
use std::{error, fs};

use super::*;
use tempfile::TempDir;

type TestResult = Result<(), Box<dyn error::Error>>;

/// A folder with these files, whose content is their name.
fn folder(files: &[&str]) -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(path, name)?;
    }
    Ok(folder)
}

/// The paths of the inputs below `folder`, or `-`.
fn names(folder: &TempDir, gathered: &Gathered) -> Vec<String> {
    let name = |source: &Source| match source.origin.path() {
        Some(path) => path.strip_prefix(folder).unwrap_or(path).display().to_string(),
        None => "-".to_owned(),
    };
    gathered.sources.iter().map(name).collect()
}

fn walk(folder: &TempDir) -> Vec<String> {
    names(folder, &gather(&[folder.path().to_owned()], &WalkOptions::default(), empty(), false))
}

#[test]
fn no_path_is_standard_input_unless_that_is_a_terminal() {
    let gathered = gather(&[], &WalkOptions::default(), &b"kind: A"[..], false);
    assert_eq!(gathered.sources[0].bytes, b"kind: A");
    assert_eq!(gathered.sources[0].origin.display_name(), "standard input");
    assert!(gathered.sources[0].named);
    let gathered = gather(&[], &WalkOptions::default(), &b"kind: A"[..], true);
    assert!(gathered.sources.is_empty());
    assert!(matches!(gathered.errors[..], [SourceError::NothingGiven]));
}

#[test]
fn standard_input_named_twice_is_read_once() {
    let gathered = gather(&["-".into(), "-".into()], &WalkOptions::default(), &b"a"[..], true);
    assert_eq!(gathered.sources.len(), 1);
}

#[test]
fn a_walk_is_sorted_and_reads_only_manifests() -> TestResult {
    let folder = folder(&[
        "b.yaml",
        "a.YML",
        "c/d.json",
        "B.yaml",
        "notes.txt",
        ".hidden.yaml",
        ".x.yaml.seldon-trace-aB3dE6.tmp",
        "skipped.yaml",
        ".ignore",
    ])?;
    fs::write(folder.path().join(".ignore"), "skipped.yaml\n")?;
    fs::create_dir(folder.path().join("folder.yaml"))?;
    assert_eq!(walk(&folder), ["B.yaml", "a.YML", "b.yaml", "c/d.json"]);
    Ok(())
}

#[test]
fn gitignore_files_count_only_inside_a_repository() -> TestResult {
    let folder = folder(&["a.yaml", ".gitignore"])?;
    fs::write(folder.path().join(".gitignore"), "a.yaml\n")?;
    assert_eq!(walk(&folder), ["a.yaml"]);
    fs::create_dir(folder.path().join(".git"))?;
    assert_eq!(walk(&folder), [""; 0]);
    Ok(())
}

#[test]
fn a_walk_takes_hidden_and_ignored_files_only_if_asked() -> TestResult {
    let folder = folder(&[
        ".git/config.yaml",
        ".gitignore",
        ".hidden.yaml",
        ".more/a.yaml",
        ".seldon-trace.yaml",
        "b.yaml",
        "deep/c.yaml",
        "deep/deeper/d.yaml",
        "deep/.seldon-trace.yaml",
        "skipped.yaml",
    ])?;
    fs::write(folder.path().join(".gitignore"), "skipped.yaml\n")?;
    let none = WalkOptions::default();
    for (options, wanted) in [
        (
            WalkOptions { no_ignore: true, ..none.clone() },
            &["b.yaml", "deep/c.yaml", "deep/deeper/d.yaml", "skipped.yaml"],
        ),
        (
            WalkOptions { hidden: true, max_depth: Some(2), ..none.clone() },
            &[".hidden.yaml", ".more/a.yaml", "b.yaml", "deep/c.yaml"],
        ),
    ] {
        let gathered = gather(&[folder.path().to_owned()], &options, empty(), false);
        assert_eq!(names(&folder, &gathered), wanted, "{options:?}");
    }
    let only = |max_depth| WalkOptions { max_depth: Some(max_depth), ..none.clone() };
    let taken = |max_depth| names(&folder, &gather(&[folder.path().to_owned()], &only(max_depth), empty(), false));
    assert_eq!((taken(0), taken(1)), (vec![], vec!["b.yaml".to_owned()]));
    // A file that is named is read at any depth.
    let named = gather(&[folder.path().join("deep/c.yaml")], &only(0), empty(), false);
    assert_eq!(named.sources.len(), 1);
    let empty_folder = gather(&[folder.path().join("deep/deeper")], &only(0), empty(), false);
    assert!(
        empty_folder.notes[0].ends_with("that is not hidden, ignored, too deep or excluded"),
        "{:?}",
        empty_folder.notes
    );
    Ok(())
}

#[test]
fn invalid_ignore_files_do_not_count_without_them() -> TestResult {
    let folder = folder(&["a.yaml"])?;
    fs::write(folder.path().join(".ignore"), "{".repeat(11))?;
    assert!(!gather(&[folder.path().to_owned()], &WalkOptions::default(), empty(), false).errors.is_empty());
    let options = WalkOptions { no_ignore: true, ..WalkOptions::default() };
    let gathered = gather(&[folder.path().to_owned()], &options, empty(), false);
    assert_eq!((names(&folder, &gathered), gathered.errors.len()), (vec!["a.yaml".to_owned()], 0));
    Ok(())
}

#[test]
fn a_named_file_is_read_with_any_extension() -> TestResult {
    let folder = folder(&["manifest.txt"])?;
    let gathered = gather(&[folder.path().join("manifest.txt")], &WalkOptions::default(), empty(), false);
    assert_eq!(gathered.sources[0].bytes, b"manifest.txt");
    assert!(gathered.sources[0].named);
    Ok(())
}

#[test]
fn all_errors_are_collected() {
    let gathered = gather(&["no/such.yaml".into(), "nor\x1bthis".into()], &WalkOptions::default(), empty(), false);
    let errors: Vec<_> = gathered.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, ["no/such.yaml: no such file or directory", "nor\\u{1b}this: no such file or directory"]);
}

#[test]
fn an_empty_folder_is_noted() -> TestResult {
    let folder = folder(&["notes.txt"])?;
    let gathered = gather(&[folder.path().to_owned()], &WalkOptions::default(), empty(), false);
    assert!(gathered.notes[0].contains("no .yaml"), "{:?}", gathered.notes);
    assert!(gathered.errors.is_empty());
    Ok(())
}

#[test]
fn files_of_a_chart_are_marked() -> TestResult {
    let folder = folder(&["a.yaml", "chart/Chart.yaml", "chart/templates/b.yaml", "charts.yaml"])?;
    let gathered = gather(&[folder.path().to_owned()], &WalkOptions::default(), empty(), false);
    let marks: Vec<_> = gathered.sources.iter().map(|source| source.under_chart).collect();
    assert_eq!(names(&folder, &gathered), ["a.yaml", "chart/Chart.yaml", "chart/templates/b.yaml", "charts.yaml"]);
    assert_eq!(marks, [false, true, true, false]);
    let chart = folder.path().join("chart");
    let gathered = gather(&[chart.clone(), chart.join("templates/b.yaml")], &WalkOptions::default(), empty(), false);
    let marks: Vec<_> = gathered.sources.iter().map(|source| (source.named, source.under_chart)).collect();
    assert_eq!(
        marks,
        [(false, true), (true, false)],
        "the root of a walk can be a chart; a named file is never skipped"
    );
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_file_reached_twice_is_read_once() -> TestResult {
    let folder = folder(&["a.yaml", "b.yaml"])?;
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("b.yaml", &link)?;
    fs::hard_link(folder.path().join("a.yaml"), folder.path().join("hard.yaml"))?;
    let gathered = gather(&[link.clone(), folder.path().to_owned(), link], &WalkOptions::default(), empty(), false);
    assert_eq!(names(&folder, &gathered), ["link", "a.yaml"]);
    let named: Vec<_> = gathered.sources.iter().map(|source| source.named).collect();
    assert_eq!(named, [true, false]);
    assert_eq!(gathered.notes.len(), 1, "{:?}", gathered.notes);
    assert!(gathered.notes[0].contains("hard.yaml: a hard link to "));
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_named_symlink_is_followed_but_none_below_it() -> TestResult {
    let folder = folder(&["real/a.yaml", "other/b.yaml"])?;
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("real", &link)?;
    std::os::unix::fs::symlink("../other", folder.path().join("real/other"))?;
    std::os::unix::fs::symlink("../other/b.yaml", folder.path().join("real/b.yaml"))?;
    let gathered = gather(&[link], &WalkOptions::default(), empty(), false);
    assert_eq!(names(&folder, &gathered), ["link/a.yaml"]);
    Ok(())
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_does_not_stop_the_walk() -> TestResult {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&["a.yaml", "closed/b.yaml", "d.yaml"])?;
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o000))?;
    let is_root = fs::read_dir(&closed).is_ok();
    let gathered = gather(&[folder.path().to_owned()], &WalkOptions::default(), empty(), false);
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o755))?;
    if !is_root {
        assert_eq!(names(&folder, &gathered), ["a.yaml", "d.yaml"]);
        assert_eq!(gathered.errors[0].to_string(), format!("{}: permission denied", closed.display()));
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_named_fifo_is_read() -> TestResult {
    let folder = folder(&[])?;
    let fifo = folder.path().join("fifo");
    if !std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let writer = std::thread::spawn({
        let fifo = fifo.clone();
        move || fs::write(fifo, "kind: A")
    });
    let gathered = gather(&[fifo], &WalkOptions::default(), empty(), false);
    assert_eq!(gathered.sources[0].bytes, b"kind: A");
    assert!(writer.join().is_ok_and(|written| written.is_ok()));
    assert!(walk(&folder).is_empty());
    Ok(())
}

#[cfg(unix)]
#[test]
fn names_are_shown_without_control_characters() {
    use std::os::unix::ffi::OsStrExt;
    let name = Path::new(OsStr::from_bytes(b"a\x1b[2J\nb\xffc \xc3\xa9\xe2\x80\xae"));
    assert_eq!(display_path(name), "a\\u{1b}[2J\\nb\\xffc é\\u{202e}");
}
