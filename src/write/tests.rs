use super::*;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;
use tempfile::TempDir;

type TestResult = Result<(), Box<dyn error::Error>>;

/// A folder with `a.yaml` and `b.yaml`, whose content is `old`.
fn folder() -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("a.yaml"), "old")?;
    fs::write(folder.path().join("b.yaml"), "old")?;
    Ok(folder)
}

fn in_place<'a>(path: &'a Path, original: &'a str) -> Replacement<'a> {
    Replacement { path, original: Some(original.as_bytes()), pieces: vec![b"n", b"", b"ew"] }
}

fn output(path: &Path) -> Replacement<'_> {
    Replacement { path, original: None, pieces: vec![b"new"] }
}

fn names(folder: &TempDir) -> io::Result<Vec<OsString>> {
    let mut names: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?;
    names.sort();
    Ok(names)
}

fn message(result: Result<Vec<String>, WriteError>) -> String {
    result.map_or_else(|error| error.to_string(), |notes| format!("no error, but {notes:?}"))
}

fn make_fifo(path: &Path) -> bool {
    Command::new("mkfifo").arg(path).status().is_ok_and(|status| status.success())
}

#[test]
fn files_are_replaced_and_keep_their_mode() -> TestResult {
    let folder = folder()?;
    let (a, b) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
    fs::set_permissions(&a, PermissionsExt::from_mode(0o640))?;
    fs::set_permissions(&b, PermissionsExt::from_mode(0o755))?;
    let notes = replace_all(&[in_place(&a, "old"), in_place(&b, "old")])?;
    assert!(notes.is_empty());
    for (path, mode) in [(&a, 0o640), (&b, 0o755)] {
        assert_eq!(fs::read(path)?, b"new");
        assert_eq!(fs::metadata(path)?.mode() & 0o7777, mode);
    }
    assert_eq!(names(&folder)?, ["a.yaml", "b.yaml"]);
    Ok(())
}

#[test]
fn a_chain_of_symlinks_is_followed_and_kept() -> TestResult {
    let folder = folder()?;
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    symlink("second", &first)?;
    symlink("a.yaml", &second)?;
    replace_all(&[in_place(&first, "old")])?;
    assert_eq!(fs::read_link(&first)?, Path::new("second"));
    assert_eq!(fs::read_link(&second)?, Path::new("a.yaml"));
    assert_eq!(fs::read(folder.path().join("a.yaml"))?, b"new");
    Ok(())
}

#[test]
fn a_loop_of_symlinks_is_refused() -> TestResult {
    let folder = folder()?;
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    symlink("second", &first)?;
    symlink("first", &second)?;
    assert!(message(replace_all(&[in_place(&first, "old")])).contains("too many levels of symbolic links"));
    assert!(message(replace_all(&[output(&first)])).contains("too many levels of symbolic links"));
    Ok(())
}

#[test]
fn only_the_given_name_of_a_hard_link_changes() -> TestResult {
    let folder = folder()?;
    let (a, link) = (folder.path().join("a.yaml"), folder.path().join("link.yaml"));
    fs::hard_link(&a, &link)?;
    let notes = replace_all(&[in_place(&a, "old")])?;
    assert!(notes[0].contains("one of 2 hard links"), "{notes:?}");
    assert_eq!((fs::read(a)?, fs::read(link)?), (b"new".to_vec(), b"old".to_vec()));
    Ok(())
}

#[test]
fn one_changed_file_prevents_all_replacements() -> TestResult {
    let folder = folder()?;
    let (a, b) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
    for other in ["older", "ol", "odd", ""] {
        fs::write(&b, other)?;
        let message = message(replace_all(&[in_place(&a, "old"), in_place(&b, "old")]));
        let expected =
            format!("{}: changed since it was read; run the command again; no file was changed", b.display());
        assert_eq!(message, expected);
        assert_eq!((fs::read(&a)?, fs::read(&b)?), (b"old".to_vec(), other.as_bytes().to_vec()));
        assert_eq!(names(&folder)?, ["a.yaml", "b.yaml"], "no temporary file is left");
    }
    Ok(())
}

#[test]
fn a_missing_file_is_an_error() -> TestResult {
    let folder = folder()?;
    let (a, gone) = (folder.path().join("a.yaml"), folder.path().join("gone.yaml"));
    let message = message(replace_all(&[in_place(&a, "old"), in_place(&gone, "old")]));
    assert!(message.ends_with("gone.yaml: cannot find the file: no such file or directory; no file was changed"));
    assert_eq!(names(&folder)?, ["a.yaml", "b.yaml"]);
    Ok(())
}

#[test]
fn a_file_named_twice_is_refused() -> TestResult {
    let folder = folder()?;
    let (a, link) = (folder.path().join("a.yaml"), folder.path().join("link"));
    symlink("a.yaml", &link)?;
    assert!(
        message(replace_all(&[in_place(&a, "old"), in_place(&link, "old")])).contains("link: would be written twice")
    );
    Ok(())
}

#[test]
fn a_late_failure_lists_the_replaced_files() -> TestResult {
    let folder = folder()?;
    let (a, b) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
    // The target becomes a folder after all checks: its rename fails.
    let replacements = [in_place(&a, "old"), output(&b)];
    let targets = resolve_all(&replacements).map_err(|_| "resolves")?;
    fs::remove_file(&b)?;
    fs::create_dir(&b)?;
    let mut staged = stage_all(&replacements, &targets).map_err(|_| "is staged")?.into_iter();
    let first = put_in_place(&replacements[0], &targets[0], staged.next().flatten());
    assert!(first.is_ok());
    let Err(problem) = put_in_place(&replacements[1], &targets[1], staged.next().flatten()) else {
        return Err("a folder was replaced by a file".into());
    };
    let error = Failure { at: 1, problem }.into_error(&replacements, 1).to_string();
    let (a, b) = (a.display(), b.display());
    assert_eq!(
        error,
        format!("{b}: cannot replace it: is a directory\nalready replaced:\n  {a}\nnot replaced:\n  {b}")
    );
    assert_eq!(names(&folder)?, ["a.yaml", "b.yaml"]);
    Ok(())
}

#[test]
fn an_unwritable_folder_is_an_error() -> TestResult {
    let folder = folder()?;
    let a = folder.path().join("a.yaml");
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o555))?;
    let is_root = File::create(folder.path().join("probe")).is_ok();
    let message = message(replace_all(&[in_place(&a, "old")]));
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755))?;
    if !is_root {
        assert!(
            message.ends_with("a.yaml: cannot make a new file in its folder: permission denied; no file was changed")
        );
        assert_eq!(fs::read(&a)?, b"old");
    }
    Ok(())
}

#[test]
fn a_pipe_is_written_to_but_never_replaced() -> TestResult {
    let folder = folder()?;
    let fifo = folder.path().join("fifo");
    if !make_fifo(&fifo) {
        return Ok(());
    }
    assert!(message(replace_all(&[in_place(&fifo, "old")])).contains("fifo: is a pipe, which cannot be replaced"));
    let reader = std::thread::spawn({
        let fifo = fifo.clone();
        move || fs::read(fifo)
    });
    replace_all(&[output(&fifo)])?;
    assert_eq!(reader.join().map_err(|_| "the reader panicked")??, b"new");
    assert_eq!(names(&folder)?, ["a.yaml", "b.yaml", "fifo"]);
    replace_all(&[output(Path::new("/dev/null"))])?;
    Ok(())
}

#[test]
fn a_new_output_file_has_the_default_mode() -> TestResult {
    let folder = folder()?;
    let (new, plain) = (folder.path().join("new.yaml"), folder.path().join("plain.yaml"));
    File::create(&plain)?;
    replace_all(&[output(&new)])?;
    assert_eq!(fs::read(&new)?, b"new");
    assert_eq!(fs::metadata(new)?.mode(), fs::metadata(plain)?.mode());
    Ok(())
}

#[test]
fn an_output_file_is_replaced_whole_and_keeps_its_mode() -> TestResult {
    let folder = folder()?;
    let a = folder.path().join("a.yaml");
    fs::set_permissions(&a, PermissionsExt::from_mode(0o604))?;
    replace_all(&[output(&a)])?;
    assert_eq!(fs::read(&a)?, b"new");
    assert_eq!(fs::metadata(&a)?.mode() & 0o7777, 0o604);
    Ok(())
}

#[test]
fn the_missing_target_of_an_output_symlink_is_created() -> TestResult {
    let folder = folder()?;
    let (link, next) = (folder.path().join("link"), folder.path().join("next"));
    symlink("next", &link)?;
    symlink("new.yaml", &next)?;
    replace_all(&[output(&link)])?;
    assert_eq!(fs::read_link(&next)?, Path::new("new.yaml"));
    assert_eq!(fs::read(folder.path().join("new.yaml"))?, b"new");
    Ok(())
}

#[test]
fn an_output_needs_a_folder_and_is_not_a_folder() -> TestResult {
    let folder = folder()?;
    assert!(message(replace_all(&[output(folder.path())])).contains("is a folder; name a file in it"));
    let missing = folder.path().join("no/such.yaml");
    let message = message(replace_all(&[output(&missing)]));
    assert!(message.contains("cannot make a new file in its folder: no such file or directory"), "{message}");
    Ok(())
}

#[test]
fn a_long_name_still_has_room_for_its_temporary_file() -> TestResult {
    let folder = folder()?;
    let long = folder.path().join(format!("{}.yaml", "n".repeat(250)));
    replace_all(&[output(&long)])?;
    assert_eq!(fs::read(long)?, b"new");
    Ok(())
}
