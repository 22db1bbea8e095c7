//! Comments that allow a finding: `# seldon-trace: allow ST004` on its line or the line above.

use crate::text::{line_end, line_start};
use crate::yaml::{NodeId, Tree};

const MARK: &str = "seldon-trace: allow ";

/// Whether a comment on the line of a node, or alone on the line above, allows what a rule finds there.
pub(super) fn is_allowed(tree: &Tree<'_>, node: NodeId, id: &str) -> bool {
    let text = tree.text();
    let line = line_start(text, tree.outer(node).start());
    let above = line_start(text, line.saturating_sub(1));
    let on_line = tree.comments_in(line..line_end(text, line)).iter();
    let on_line_above = tree.comments_in(above..line).iter();
    let alone = on_line_above.filter(|comment| text[above..comment.start()].trim().is_empty());
    on_line.chain(alone).any(|comment| allows(&text[comment.range()], id))
}

fn allows(comment: &str, id: &str) -> bool {
    let words = comment.trim_start_matches('#').trim_start().strip_prefix(MARK);
    words.is_some_and(|words| words.split([',', ' ']).any(|word| word.eq_ignore_ascii_case(id)))
}
