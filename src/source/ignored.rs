//! Checks ignore files before a walk reads them: the `ignore` crate would wait for a pipe, read a device for ever, and
//! accept a glob of any depth.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::read_regular;
use crate::manifest::glob::check_depth;

/// The most bytes of an ignore file.
pub const MAX_IGNORE_LENGTH: u64 = 1 << 20;

/// An ignore file and the reason why it can't be read.
pub(super) type InvalidFile = (PathBuf, io::Error);

/// Checks the ignore files that a walk of a folder reads first: those of the folder, of all folders above it, and of
/// the user.
///
/// # Errors
/// The first file that can't be read.
pub(super) fn check_root(root: &Path) -> Result<(), InvalidFile> {
    if let Some(global) = ignore::gitignore::gitconfig_excludes_path() {
        check_file(global)?;
    }
    check_folder(root)?;
    let above = root.canonicalize().unwrap_or_default();
    above.ancestors().skip(1).try_for_each(check_folder)
}

/// Checks the ignore files of a folder.
///
/// # Errors
/// The first file that can't be read.
pub(super) fn check_folder(folder: &Path) -> Result<(), InvalidFile> {
    check_file(folder.join(".ignore"))?;
    check_file(folder.join(".gitignore"))?;
    match git_folder(folder)? {
        Some(git) => check_file(git.join("info/exclude")),
        None => Ok(()),
    }
}

/// The `.git` folder of a repository's root; for a linked worktree, that of the main worktree.
fn git_folder(folder: &Path) -> Result<Option<PathBuf>, InvalidFile> {
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

fn first_line(path: PathBuf) -> Result<Option<String>, InvalidFile> {
    Ok(read(path)?.and_then(|text| text.lines().next().map(str::to_owned)))
}

fn check_file(path: PathBuf) -> Result<(), InvalidFile> {
    let Some(text) = read(path.clone())? else { return Ok(()) };
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        check_depth(line).map_err(|words| (path.clone(), io::Error::other(format!("line {}: {words}", index + 1))))?;
    }
    Ok(())
}

/// The text of an ignore file; `None` if the walk can't read it either.
fn read(path: PathBuf) -> Result<Option<String>, InvalidFile> {
    if !fs::metadata(&path).is_ok_and(|metadata| !metadata.is_dir()) {
        return Ok(None);
    }
    match read_regular(&path, MAX_IGNORE_LENGTH) {
        Ok(bytes) if bytes.len() as u64 > MAX_IGNORE_LENGTH => {
            Err((path, io::Error::other(format!("more than {MAX_IGNORE_LENGTH} bytes, which is no ignore file"))))
        }
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        // The walk skips it.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err((path, error)),
    }
}
