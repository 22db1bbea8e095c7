//! Comments that allow a finding: `# seldon-trace: allow ST004` on its line, on a line of its env entry, or alone on the
//! line above either.

use std::collections::HashSet;
use std::ops::Range;

use super::Rule;
use crate::manifest::value_of;
use crate::text::{line_end, line_start};
use crate::yaml::{NodeId, Tree};

const MARK: &str = "seldon-trace: allow ";

/// What the comments of a tree allow: the lines, in the order of the text, and the rules.
pub(super) struct Allowed(Vec<(Range<usize>, Vec<&'static str>)>);

impl Allowed {
    pub fn of(tree: &Tree<'_>) -> Self {
        let text = tree.text();
        let allowed = tree.comments_in(0..text.len()).iter().filter_map(|comment| {
            let rules = text[comment.range()].trim_start_matches('#').trim_start().strip_prefix(MARK)?;
            let line = line_start(text, comment.start());
            let is_alone = text[line..comment.start()].trim().is_empty();
            let end = line_end(text, comment.end());
            // The end of a line is not yet the next one, which begins behind its line break.
            let next = end + text[end..].chars().next().map_or(0, char::len_utf8);
            let next = if text[end..].starts_with("\r\n") { end + 2 } else { next };
            let named: HashSet<&str> = rules.split([',', ' ']).filter_map(Rule::find).map(|rule| rule.id).collect();
            let rules = named.into_iter().collect();
            Some((line..if is_alone { line_end(text, next) + 1 } else { end + 1 }, rules))
        });
        Self(allowed.collect())
    }

    /// Whether what a rule finds at a node is allowed.
    pub fn has(&self, tree: &Tree<'_>, node: NodeId, id: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let entry = tree.parent(node).filter(|entry| value_of(tree, *entry, "name").is_some());
        let place = |node: NodeId| tree.outer(tree.key_of(node).unwrap_or(node)).start();
        let own = tree.outer(node).start();
        [Some(own), Some(place(node)), entry.map(place)].into_iter().flatten().any(|at| self.at(at, id))
    }

    /// Whether a rule is allowed on the line of this byte.
    fn at(&self, at: usize, id: &str) -> bool {
        let end = self.0.partition_point(|(lines, _)| lines.start <= at);
        // The lines of a comment that is alone may hold another's.
        let near = self.0[..end].iter().rev().take_while(|(lines, _)| lines.end > at);
        near.into_iter().any(|(_, rules)| rules.contains(&id))
    }
}
