//! Globs, as the shell knows them. Every glob of the options and the settings is compiled here, within these limits.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet};

/// The most bytes of a glob.
pub const MAX_GLOB_LENGTH: usize = 1000;

/// The deepest nesting of braces in a glob. Each level takes stack, and the regular expression of a deeper one is more
/// than its compiler takes.
pub const MAX_GLOB_DEPTH: usize = 10;

/// The most globs with a wildcard in a `NameSet`, and the most of `exclude`. Each of them costs every name something.
pub const MAX_GLOBS: usize = 100;

/// A glob of a name: `*` matches everything.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn glob(text: &str) -> Result<GlobMatcher, String> {
    build(text, false).map(|glob| glob.compile_matcher())
}

/// A glob of a path: `*` stays within a folder, as in ignore files.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn path_glob(text: &str) -> Result<GlobMatcher, String> {
    check(text)?;
    build(text.strip_prefix("./").unwrap_or(text), true).map(|glob| glob.compile_matcher())
}

/// The one place where a glob is read.
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
/// That it is too deep.
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

/// The text after the class whose `[` was just read; `None` if it is not closed. A `]` that comes first is literal.
fn after_class(text: &str) -> Option<&str> {
    let text = text.strip_prefix(['!', '^']).unwrap_or(text);
    let first = text.chars().next()?.len_utf8();
    text[first..].split_once(']').map(|(_, after)| after)
}

/// Returns true if a glob matches only itself.
fn is_literal(text: &str) -> bool {
    !text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

/// Names and globs of names. A look-up costs the same however many names there are.
#[derive(Debug, Clone, Default)]
pub struct NameSet {
    names: HashSet<String>,
    globs: GlobSet,
}

/// What becomes a [`NameSet`].
#[derive(Debug, Default)]
pub(crate) struct NameSetBuilder {
    names: HashSet<String>,
    globs: HashMap<String, Glob>,
}

impl NameSetBuilder {
    /// Adds a name or a glob.
    ///
    /// # Errors
    /// What is wrong with it.
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
    /// That they are too many, or too large together.
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

/// Globs by number, some of which match everything. A look-up costs by what it finds, not by how many there are.
#[derive(Debug, Default)]
pub(crate) struct GlobIndex {
    /// The numbers of those without a glob.
    unbound: Vec<usize>,
    globs: GlobSet,
    /// The numbers of the others, in the order of `globs`.
    numbers: Vec<usize>,
}

impl GlobIndex {
    /// Globs, numbered from 0.
    ///
    /// # Errors
    /// That they are too large together.
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

    /// The numbers of those that match, in order; without a text, of those without a glob.
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn braces_are_counted_as_globset_reads_them() {
        for (text, depth) in [
            ("", 0),
            ("{a,b}", 1),
            ("{a,{b,{c}}}{d}", 3),
            (r"\{\{\{", 0),
            (r"\\{", 1),
            ("[{{{]", 0),
            ("[]{]{", 1),
            ("[!]{]{", 1),
            ("[^]{]{", 1),
            ("[{{", 2),
            ("{[}]{[}]{", 3),
            ("}}{", 1),
        ] {
            assert_eq!(brace_depth(text), depth, "{text}");
        }
    }

    #[test]
    fn braces_nested_at_any_depth_are_compiled_or_refused() {
        for depth in (0..=MAX_GLOB_LENGTH / 3).chain([50_000]) {
            let text = "{".repeat(depth) + "a" + &"}".repeat(depth);
            for made in [glob(&text), path_glob(&text)] {
                assert_eq!(made.is_ok(), depth <= MAX_GLOB_DEPTH, "{depth}");
            }
            assert_eq!(NameSetBuilder::default().add(&text).is_ok(), depth <= MAX_GLOB_DEPTH, "{depth}");
        }
    }

    #[test]
    fn the_largest_globs_are_compiled() {
        for part in
            ["?", "*", "**/", "?*", "[!a]", "[a-\u{10ffff}]", "{a,b}", "{**/,*}", "\u{10ffff}", "[\u{e9}-\u{fc}]"]
        {
            let text = part.repeat(MAX_GLOB_LENGTH / part.len());
            assert!(glob(&text).is_ok() && path_glob(&text).is_ok(), "{part}");
        }
    }

    #[test]
    fn a_set_has_what_one_of_its_globs_matches() {
        let mut builder = NameSetBuilder::default();
        for text in ["A", "B?", "C*D", "*E", "F*", "{G,H}", r"I\*", "[J]"] {
            builder.add(text).unwrap();
        }
        let set = builder.build().unwrap();
        for name in ["A", "BX", "CXXD", "XE", "FX", "G", "H", "I*", "J"] {
            assert!(set.has(name), "{name}");
        }
        for name in ["", "AA", "B", "CX", "EX", "XF", "GH", "I", "IX", "[J]"] {
            assert!(!set.has(name), "{name}");
        }
        assert!(!NameSet::default().has(""));
    }

    #[test]
    fn an_index_finds_what_its_globs_match_one_by_one() {
        let globs = ["a", "*", "b?", "a", "x/*", "x/y"].map(|text| path_glob(text).unwrap());
        let index = GlobIndex::new(globs.iter().map(Some).chain([None])).unwrap();
        for text in ["a", "b", "bx", "x/y", "x/y/z", ""] {
            let path = Path::new(text);
            let matching = globs.iter().enumerate().filter(|(_, glob)| glob.is_match(path)).map(|(at, _)| at);
            assert_eq!(index.matches(Some(path)), matching.chain([6]).collect::<Vec<_>>(), "{text}");
        }
        assert_eq!(index.matches(None), [6]);
    }

    proptest! {
        #[test]
        fn any_glob_is_compiled_or_refused(text in r"[\{\}\[\],*?!^/\\ab\-é]{0,40}") {
            let made = glob(&text);
            let _ = path_glob(&text);
            let mut builder = NameSetBuilder::default();
            let added = builder.add(&text);
            prop_assert_eq!(made.is_ok(), added.is_ok());
            let set = builder.build().unwrap();
            for name in ["", "a", "ab", "a/b", "{", "é"] {
                prop_assert_eq!(made.as_ref().is_ok_and(|glob| glob.is_match(name)), set.has(name));
            }
        }
    }
}
