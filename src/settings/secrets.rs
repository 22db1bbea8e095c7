//! Where credentials stand in a settings file, so that none is shown, right or wrong as the file may be.

use std::ops::Range;

use crate::profile::{BACKENDS, Takes, Variable, find, table};
use crate::text::line_end;
use crate::yaml::Tree;

/// Whether the variable of this name is a credential.
pub(super) fn is_secret(name: &str) -> bool {
    let is_secret = |variable: &Variable| variable.takes == Takes::Secret;
    BACKENDS.into_iter().any(|backend| find(backend, name).is_some_and(is_secret))
}

/// The values of credentials, whatever they are and wherever they stand.
pub(super) fn in_tree(tree: &Tree<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (node, _) in tree.nodes() {
        for (key, value) in tree.entries(node) {
            if tree.scalar_text(key).is_some_and(is_secret) {
                found.extend([value, tree.resolve(value)].map(|value| tree.span(value).range()));
            }
        }
    }
    found
}

/// What follows the names of credentials on their lines, where a text has no tree.
pub(super) fn in_lines(text: &str) -> Vec<Range<usize>> {
    let names = BACKENDS.into_iter().flat_map(table).map(|variable| variable.name).filter(|name| is_secret(name));
    let behind = |(at, name): (usize, &str)| at + name.len()..line_end(text, at);
    names.flat_map(|name| text.match_indices(name).map(behind)).collect()
}
