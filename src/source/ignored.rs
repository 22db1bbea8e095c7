//! The ignore files of a walk, looked at before the walk reads them: it would wait for a pipe, read a device for ever, and
//! take a glob of any depth.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::read_regular;
use crate::manifest::glob::check_depth;

/// The most bytes of an ignore file.
pub const MAX_IGNORE_LENGTH: u64 = 1 << 20;

/// An ignore file that can't be read, and why.
pub(super) type Unfit = (PathBuf, io::Error);

/// Checks the ignore files that a walk of a folder reads first: those of the folder itself, those of all folders above it,
/// and the one of the user.
///
/// # Errors
/// The first that can't be read.
pub(super) fn check_root(root: &Path) -> Result<(), Unfit> {
    if let Some(of_user) = ignore::gitignore::gitconfig_excludes_path() {
        check_file(of_user)?;
    }
    check_folder(root)?;
    let above = root.canonicalize().unwrap_or_default();
    above.ancestors().skip(1).try_for_each(check_folder)
}

/// Checks the ignore files of a folder.
///
/// # Errors
/// The first that can't be read.
pub(super) fn check_folder(folder: &Path) -> Result<(), Unfit> {
    check_file(folder.join(".ignore"))?;
    check_file(folder.join(".gitignore"))?;
    match git_folder(folder)? {
        Some(git) => check_file(git.join("info/exclude")),
        None => Ok(()),
    }
}

/// The folder of the repository whose root is here, if it is one; of a linked worktree that of the main one.
fn git_folder(folder: &Path) -> Result<Option<PathBuf>, Unfit> {
    let git = folder.join(".git");
    match fs::metadata(&git) {
        Ok(metadata) if metadata.is_dir() => return Ok(Some(git)),
        Ok(_) => {}
        Err(_) => return Ok(None),
    }
    let Some(link) = first_line(git)? else { return Ok(None) };
    let Some(own) = link.strip_prefix("gitdir: ").map(PathBuf::from) else { return Ok(None) };
    let common = first_line(own.join("commondir"))?;
    Ok(common.map(|common| if common.starts_with('.') { own.join(common) } else { PathBuf::from(common) }))
}

fn first_line(path: PathBuf) -> Result<Option<String>, Unfit> {
    Ok(read(path)?.and_then(|text| text.lines().next().map(str::to_owned)))
}

fn check_file(path: PathBuf) -> Result<(), Unfit> {
    let Some(text) = read(path.clone())? else { return Ok(()) };
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        check_depth(line).map_err(|words| (path.clone(), io::Error::other(format!("line {}: {words}", index + 1))))?;
    }
    Ok(())
}

/// What an ignore file holds; `None` if there is none, or nothing that the walk could read either.
fn read(path: PathBuf) -> Result<Option<String>, Unfit> {
    if !fs::metadata(&path).is_ok_and(|metadata| !metadata.is_dir()) {
        return Ok(None);
    }
    match read_regular(&path, MAX_IGNORE_LENGTH) {
        Ok(bytes) if bytes.len() as u64 > MAX_IGNORE_LENGTH => {
            Err((path, io::Error::other(format!("more than {MAX_IGNORE_LENGTH} bytes, which is no ignore file"))))
        }
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        // The walk goes on without it.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err((path, error)),
    }
}
