//! What lines that go leave side by side: a block scalar takes in blank lines and comments that come to stand right below
//! it.

use std::collections::HashMap;

use super::Writer;
use crate::documents::Refusal;
use crate::text::final_break;
use crate::yaml::{Kind, NodeId, ScalarStyle, Tree, keeps_final_breaks};

impl Writer<'_, '_> {
    /// Keeps what stands below the lines that go out of the block scalar above them: blank lines that would become a
    /// part of it go, too.
    ///
    /// # Errors
    /// Where a comment would become a part of it.
    pub(super) fn mind_block_scalars(&mut self) -> Result<(), Refusal> {
        let gaps = self.sheet.gaps();
        if gaps.is_empty() {
            return Ok(());
        }
        let text = self.tree.text();
        let is_block =
            |kind: &Kind<'_>| matches!(kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
        let scalars = self.tree.nodes().filter(|(_, node)| is_block(&node.kind));
        let ending_at: HashMap<usize, NodeId> = scalars.map(|(id, node)| (node.span.end(), id)).collect();
        // The scalar above the gap before, its indentation, and where that gap ends: with nothing between, it is above
        // the next one, too.
        let mut before: Option<(NodeId, usize, usize)> = None;
        for gap in gaps {
            let above = text[..gap.start].trim_end_matches(['\n', '\r', ' ']).len();
            let before_break = gap.start - final_break(&text[..gap.start]).len();
            let ends = [above, text[..gap.start].trim_end_matches(['\n', '\r']).len(), before_break];
            let carried = before.take().filter(|(.., end)| text[*end..gap.start].trim_start().is_empty());
            let carried = carried.map(|(scalar, indentation, _)| (scalar, indentation));
            let found = ends.iter().find_map(|end| ending_at.get(end)).copied();
            let found = found.map(|scalar| (scalar, self.indentation(scalar)));
            let Some((scalar, indentation)) = found.or(carried) else { continue };
            before = Some((scalar, indentation, self.mind_below(scalar, indentation, gap.end)?));
        }
        Ok(())
    }

    /// Sees to the lines from `end` on, above which a block scalar comes to stand; where those begin that stay.
    fn mind_below(&mut self, scalar: NodeId, indentation: usize, end: usize) -> Result<usize, Refusal> {
        let (text, lines) = (self.tree.text(), self.tree.lines());
        let below = first_line_with_text(self.tree, end);
        let keeps = keeps_final_breaks(text, self.tree.span(scalar).start());
        // Blanks beyond the indentation are text.
        let is_text = |line: &str| line.len() > indentation;
        let goes = below > end && (keeps || text[end..below].split(['\n', '\r']).any(is_text));
        if goes {
            self.sheet.take_lines(end, below - 1);
        }
        if let Some(comment) = self.tree.comments_in(below..lines.end(below)).first()
            && text[below..comment.start()].trim_start().is_empty()
            && comment.start() - below >= indentation
        {
            return Err(Refusal {
                node: scalar,
                message: "a comment below what is to go would become a part of this text".to_owned(),
                also: None,
                help: "take the comment out, or indent it less".to_owned(),
            });
        }
        Ok(if goes { below } else { end })
    }

    /// How far the first line of a block scalar's content is indented.
    fn indentation(&self, scalar: NodeId) -> usize {
        let text = self.tree.text();
        let first = first_line_with_text(self.tree, self.tree.lines().next(self.tree.span(scalar).start()));
        text[first..].len() - text[first..].trim_start_matches(' ').len()
    }
}

/// The first line from the one that begins at `start` that holds something else than whitespace; or the end.
fn first_line_with_text(tree: &Tree<'_>, start: usize) -> usize {
    let rest = &tree.text()[start..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    if blanks == rest.len() { tree.text().len() } else { tree.lines().start(start + blanks).max(start) }
}
