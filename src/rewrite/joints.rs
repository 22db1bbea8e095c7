//! What lines that go leave side by side: a block scalar takes in blank lines and comments that come to stand right below
//! it.

use std::collections::HashMap;

use super::Writer;
use crate::plan::Refusal;
use crate::text::{final_break, line_end, line_start, next_line};
use crate::yaml::{Kind, NodeId, ScalarStyle, keeps_final_breaks};

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
        // The scalar above the gap before, and where that gap ends: with nothing between, it is above the next one, too.
        let mut before: Option<(NodeId, usize)> = None;
        for gap in gaps {
            let above = text[..gap.start].trim_end_matches(['\n', '\r', ' ']).len();
            let before_break = gap.start - final_break(&text[..gap.start]).len();
            let ends = [above, text[..gap.start].trim_end_matches(['\n', '\r']).len(), before_break];
            let carried =
                before.take().filter(|(_, end)| text[*end..gap.start].trim().is_empty()).map(|(scalar, _)| scalar);
            let Some(scalar) = ends.iter().find_map(|end| ending_at.get(end)).copied().or(carried) else { continue };
            before = Some((scalar, self.mind_below(scalar, gap.end)?));
        }
        Ok(())
    }

    /// Sees to the lines from `end` on, above which a block scalar comes to stand; where those begin that stay.
    fn mind_below(&mut self, scalar: NodeId, end: usize) -> Result<usize, Refusal> {
        let text = self.tree.text();
        let (header, indentation) = (self.tree.span(scalar).start(), self.indentation(scalar));
        let below = first_line_with_text(text, end);
        let keeps = keeps_final_breaks(text, header);
        // Blanks beyond the indentation are text.
        let is_text = |line: &str| line.len() > indentation;
        let goes = below > end && (keeps || text[end..below].split(['\n', '\r']).any(is_text));
        if goes {
            self.sheet.take_lines(self.tree, end, below - 1);
        }
        if let Some(comment) = self.tree.comments_in(below..line_end(text, below)).first()
            && text[below..comment.start()].trim().is_empty()
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
        let first = first_line_with_text(text, next_line(text, self.tree.span(scalar).start()));
        text[first..].len() - text[first..].trim_start_matches(' ').len()
    }
}

/// The first line from the one that begins at `start` on which something else than blanks stands, or the end.
fn first_line_with_text(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    if blanks == rest.len() { text.len() } else { line_start(text, start + blanks).max(start) }
}
