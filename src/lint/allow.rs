//! Comments that allow a finding: `# seldon-trace: allow ST004` on its line or the line above.

use super::Finding;
use crate::text::{line_end, line_start};
use crate::yaml::Tree;

const MARK: &str = "seldon-trace: allow ";

/// Whether a comment on the line of a finding, or alone on the line above, allows it.
pub(super) fn is_allowed(tree: &Tree<'_>, finding: &Finding) -> bool {
    let text = tree.text();
    let line = line_start(text, finding.range.start);
    let above = line_start(text, line.saturating_sub(1));
    let on_line = tree.comments_in(line..line_end(text, line)).iter();
    let on_line_above = tree.comments_in(above..line).iter();
    let alone = on_line_above.filter(|comment| text[above..comment.start()].trim().is_empty());
    on_line.chain(alone).any(|comment| allows(&text[comment.range()], finding.rule.id))
}

fn allows(comment: &str, id: &str) -> bool {
    let words = comment.trim_start_matches('#').trim_start().strip_prefix(MARK);
    words.is_some_and(|words| words.split([',', ' ']).any(|word| word.eq_ignore_ascii_case(id)))
}
