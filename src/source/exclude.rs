//! `--exclude`: globs of files and folders that a walk leaves out, in the syntax of ignore files.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::manifest::glob::{MAX_GLOBS, check};

/// The globs, relative to one folder. Without a glob it leaves out nothing.
#[derive(Debug, Clone)]
pub(crate) struct Excludes {
    globs: Gitignore,
    folder: PathBuf,
}

impl Default for Excludes {
    fn default() -> Self {
        Self { globs: Gitignore::empty(), folder: PathBuf::new() }
    }
}

/// Builds [`Excludes`].
pub(crate) struct ExcludesBuilder {
    globs: GitignoreBuilder,
    count: usize,
    folder: PathBuf,
}

impl ExcludesBuilder {
    /// A builder for globs that are relative to this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        // Paths are made relative to the folder before they are matched.
        Self { globs: GitignoreBuilder::new("."), count: 0, folder: folder.to_owned() }
    }

    /// Adds a glob.
    ///
    /// # Errors
    /// The problem of the glob.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), String> {
        check(text)?;
        self.count += 1;
        if text.trim().is_empty() {
            return Err("the glob is empty".to_owned());
        }
        if text.starts_with('#') {
            return Err(r"a glob that begins with `#` is a comment: write `\#`".to_owned());
        }
        if text.contains(['\n', '\r']) {
            return Err("a glob has no line break".to_owned());
        }
        if self.count > MAX_GLOBS {
            return Err(format!("more than {MAX_GLOBS} globs"));
        }
        // As a shell completes it.
        let text = text.strip_prefix("./").map_or(Cow::Borrowed(text), |rest| format!("/{rest}").into());
        self.globs.add_line(None, &text).map(drop).map_err(|error| error.to_string())
    }

    /// The globs.
    ///
    /// # Errors
    /// The problem of the globs together.
    pub(crate) fn build(self) -> Result<Excludes, String> {
        let globs = self.globs.build().map_err(|error| error.to_string())?;
        Ok(Excludes { globs, folder: self.folder })
    }
}

impl Excludes {
    /// The globs for a walk of this folder.
    pub(crate) fn of_walk(&self, root: &Path) -> WalkExcludes {
        let typed = |path: &Path| lexical(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let is_inside = |(one, other): &(PathBuf, PathBuf)| one.starts_with(other) || other.starts_with(one);
        let by_names = (typed(root), typed(&self.folder));
        // One may be inside the other only by the links on the path to it.
        let by_links = || Some((real(root), real(&self.folder))).filter(is_inside);
        let (base, folder) = if is_inside(&by_names) { by_names } else { by_links().unwrap_or(by_names) };
        WalkExcludes { globs: self.globs.clone(), root: root.to_owned(), base, folder }
    }
}

/// The globs for a walk.
pub(crate) struct WalkExcludes {
    globs: Gitignore,
    root: PathBuf,
    /// The absolute path of `root`.
    base: PathBuf,
    /// The absolute path of the folder that the globs are relative to.
    folder: PathBuf,
}

impl WalkExcludes {
    /// Returns true if the walk leaves this path out. Outside the folder, only globs without a `/` match.
    pub(crate) fn has(&self, path: &Path, is_folder: bool) -> bool {
        let Some(rest) = path.strip_prefix(&self.root).ok().filter(|_| !self.globs.is_empty()) else { return false };
        let path = self.base.join(rest);
        self.globs.matched(path.strip_prefix(&self.folder).unwrap_or(&path), is_folder).is_ignore()
    }
}

/// A path without `.` and `..`.
pub(crate) fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}
