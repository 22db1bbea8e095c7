//! Shell globs of the options and the settings, within limits.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet};

/// The most bytes of a glob.
pub const MAX_GLOB_LENGTH: usize = 1000;

/// The deepest nesting of braces in a glob. Each level takes stack, and the regular expression of a deeper one exceeds
/// a limit of its compiler.
pub const MAX_GLOB_DEPTH: usize = 10;

/// The most globs with a wildcard in a `NameSet`, and the most of `exclude`. Each of them is matched with every name.
pub const MAX_GLOBS: usize = 100;

/// A glob of a name: `*` matches everything.
///
/// # Errors
/// The problem of the glob.
pub(crate) fn glob(text: &str) -> Result<GlobMatcher, String> {
    build(text, false).map(|glob| glob.compile_matcher())
}

/// A glob of a path: `*` stays within a folder, as in ignore files.
///
/// # Errors
/// The problem of the glob.
pub(crate) fn path_glob(text: &str) -> Result<GlobMatcher, String> {
    check(text)?;
    build(text.strip_prefix("./").unwrap_or(text), true).map(|glob| glob.compile_matcher())
}

fn build(text: &str, is_path: bool) -> Result<Glob, String> {
    check(text)?;
    GlobBuilder::new(text).literal_separator(is_path).build().map_err(|error| error.to_string())
}

/// Checks the length of a glob and the nesting of its braces.
///
/// # Errors
/// The limit that it is beyond.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.len() > MAX_GLOB_LENGTH {
        return Err(format!("a glob of more than {MAX_GLOB_LENGTH} bytes"));
    }
    check_depth(text)
}

/// Checks the nesting of the braces in a glob, which may be of any length.
///
/// # Errors
/// It is too deep.
pub(crate) fn check_depth(text: &str) -> Result<(), String> {
    match brace_depth(text) {
        0..=MAX_GLOB_DEPTH => Ok(()),
        _ => Err(format!("a glob with more than {MAX_GLOB_DEPTH} levels of braces")),
    }
}

/// The number of braces that are open at once, by the rules of globset: an escaped one and one in a class are literal.
fn brace_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = text.chars();
    let mut may_have_class = true;
    while let Some(character) = rest.next() {
        match character {
            '\\' => drop(rest.next()),
            '[' if may_have_class => match after_class(rest.as_str()) {
                Some(after) => rest = after.chars(),
                // No later class is closed either.
                None => may_have_class = false,
            },
            '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The text after the class whose `[` was just read; `None` if it is not closed. A `]` at its start is literal.
fn after_class(text: &str) -> Option<&str> {
    let text = text.strip_prefix(['!', '^']).unwrap_or(text);
    let first = text.chars().next()?.len_utf8();
    text[first..].split_once(']').map(|(_, after)| after)
}

/// Returns true if a glob matches only itself.
pub(crate) fn is_literal(text: &str) -> bool {
    !text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

/// Names and globs of names. The time of a lookup does not depend on the number of names.
#[derive(Debug, Clone, Default)]
pub struct NameSet {
    names: HashSet<String>,
    globs: GlobSet,
}

#[derive(Debug, Default)]
pub(crate) struct NameSetBuilder {
    names: HashSet<String>,
    globs: HashMap<String, Glob>,
}

impl NameSetBuilder {
    /// Adds a name or a glob.
    ///
    /// # Errors
    /// The problem of the glob.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), String> {
        if is_literal(text) {
            check(text)?;
            self.names.insert(text.to_owned());
        } else {
            self.globs.insert(text.to_owned(), build(text, false)?);
        }
        Ok(())
    }

    /// Compiles them together.
    ///
    /// # Errors
    /// There are too many, or they are too large together.
    pub(crate) fn build(self) -> Result<NameSet, String> {
        if self.globs.len() > MAX_GLOBS {
            return Err(format!("more than {MAX_GLOBS} globs with a wildcard"));
        }
        let globs = GlobSet::new(self.globs.values()).map_err(|error| error.to_string())?;
        Ok(NameSet { names: self.names, globs })
    }
}

impl NameSet {
    /// Returns true if it has the name, or a glob that matches it.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name) || self.globs.is_match(name)
    }
}

/// Globs by number; `None` matches everything. The time of a lookup depends on the matches, not on the number of globs.
#[derive(Debug, Default)]
pub(crate) struct GlobIndex {
    /// The numbers of those that match everything.
    unbound: Vec<usize>,
    globs: GlobSet,
    /// The numbers of the others, in the order of `globs`.
    numbers: Vec<usize>,
}

impl GlobIndex {
    /// Globs, numbered from 0.
    ///
    /// # Errors
    /// They are too large together.
    pub(crate) fn new<'a>(all: impl IntoIterator<Item = Option<&'a GlobMatcher>>) -> Result<Self, String> {
        let (mut index, mut globs) = (Self::default(), Vec::new());
        for (number, matcher) in all.into_iter().enumerate() {
            match matcher.map(GlobMatcher::glob) {
                None => index.unbound.push(number),
                Some(glob) => {
                    globs.push(glob);
                    index.numbers.push(number);
                }
            }
        }
        index.globs = GlobSet::new(globs).map_err(|error| error.to_string())?;
        Ok(index)
    }

    /// The numbers of those that match, in order. Without a text, only those without a glob match.
    pub(crate) fn matches(&self, text: Option<&Path>) -> Vec<usize> {
        let mut found = self.unbound.clone();
        if let Some(text) = text {
            found.extend(self.globs.matches(text).into_iter().map(|at| self.numbers[at]));
            found.sort_unstable();
        }
        found
    }
}

#[cfg(test)]
mod tests;
