//! Comments that allow a finding: `# seldon-trace: allow ST004` on the line of the finding or of its env entry, or
//! alone on the line above.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::Rule;
use crate::manifest::value_of;
use crate::yaml::{NodeId, Span, Tree};

const MARK: &str = "seldon-trace: allow ";

/// The comments that allow findings, each with the text after the mark.
fn comments<'a>(tree: &'a Tree<'_>) -> impl Iterator<Item = (Span, &'a str)> {
    let text = tree.text();
    tree.comments_in(0..text.len()).iter().filter_map(|comment| {
        let rules = text[comment.range()].trim_start_matches('#').trim_start().strip_prefix(MARK)?;
        Some((*comment, rules))
    })
}

/// Each rule that comments allow and that does not exist, with the offset of the comment.
pub(super) fn unknown_rules(tree: &Tree<'_>) -> Vec<(usize, String)> {
    let words = comments(tree).flat_map(|(comment, rules)| rules.split([',', ' ']).map(move |word| (comment, word)));
    let unknown = words.filter(|(_, word)| Rule::is_like_an_id(word) && Rule::find(word).is_none());
    unknown.map(|(comment, word)| (comment.start(), word.to_owned())).collect()
}

/// The lines, in the order of the text, where comments of a tree allow findings, and the allowed rules.
pub(super) struct Allowed {
    lines: Vec<(Range<usize>, BTreeSet<&'static str>)>,
    /// True for mappings with a name. A cache, since a mapping with many keys may have many findings.
    named: HashMap<NodeId, bool>,
}

impl Allowed {
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let text = tree.text();
        let allowed = comments(tree).map(|(comment, rules)| {
            let lines = tree.lines();
            let line = lines.start(comment.start());
            let is_alone = text[line..comment.start()].trim_start().is_empty();
            let last = if is_alone { lines.next(comment.end()) } else { comment.end() };
            let rules = rules.split([',', ' ']).filter_map(Rule::find).map(|rule| rule.id);
            (line..lines.end(last) + 1, rules.collect())
        });
        Self { lines: allowed.collect(), named: HashMap::new() }
    }

    /// Returns true if the finding of a rule at a node is allowed.
    pub(super) fn has(&mut self, tree: &Tree<'_>, node: NodeId, id: &str) -> bool {
        if self.lines.is_empty() {
            return false;
        }
        let mut is_named =
            |entry: NodeId| *self.named.entry(entry).or_insert_with(|| value_of(tree, entry, "name").is_some());
        let entry = tree.parent(node).filter(|entry| is_named(*entry));
        let place = |node: NodeId| tree.outer(tree.key_of(node).unwrap_or(node)).start();
        let own = tree.outer(node).start();
        [Some(own), Some(place(node)), entry.map(place)].into_iter().flatten().any(|at| self.at(at, id))
    }

    /// Returns true if a rule is allowed on the line of this byte.
    fn at(&self, at: usize, id: &str) -> bool {
        let end = self.lines.partition_point(|(lines, _)| lines.start <= at);
        // The lines of a comment that is alone on its line may include those of another comment.
        let near = self.lines[..end].iter().rev().take_while(|(lines, _)| lines.end > at);
        near.into_iter().any(|(_, rules)| rules.contains(id))
    }
}
