//! Removed lines may leave empty lines or comments directly below a block scalar, which would become a part of it.

use std::collections::HashMap;

use super::Writer;
use crate::diagnostic::Diagnostic;
use crate::text::final_break;
use crate::yaml::{Kind, NodeId, ScalarStyle, Tree, keeps_final_breaks};

impl Writer<'_, '_> {
    /// Removes the empty lines below removed lines that would become a part of the block scalar above.
    ///
    /// # Errors
    /// A comment would become a part of a block scalar.
    pub(super) fn protect_block_scalars(&mut self) -> Result<(), Diagnostic> {
        let gaps = self.edits.gaps();
        if gaps.is_empty() {
            return Ok(());
        }
        let text = self.tree.text();
        let is_block =
            |kind: &Kind<'_>| matches!(kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
        let scalars = self.tree.nodes().filter(|(_, node)| is_block(&node.kind));
        let ending_at: HashMap<usize, NodeId> = scalars.map(|(id, node)| (node.span.end(), id)).collect();
        // The scalar above the last gap, its indentation, and the end of that gap: if nothing is between, it is above
        // the next gap too.
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
            before = Some((scalar, indentation, self.protect_from(scalar, indentation, gap.end)?));
        }
        Ok(())
    }

    /// Checks the lines from `end` on, which will be below a block scalar. Returns the start of those that are kept.
    fn protect_from(&mut self, scalar: NodeId, indentation: usize, end: usize) -> Result<usize, Diagnostic> {
        let (text, lines) = (self.tree.text(), self.tree.lines());
        let below = first_line_with_text(self.tree, end);
        let keeps = keeps_final_breaks(text, self.tree.span(scalar).start());
        // Spaces beyond the indentation are text.
        let is_text = |line: &str| line.len() > indentation;
        let is_removed = below > end && (keeps || text[end..below].split(['\n', '\r']).any(is_text));
        if is_removed {
            self.edits.remove_lines(end, below - 1);
        }
        if let Some(comment) = self.tree.comments_in(below..lines.end(below)).first()
            && text[below..comment.start()].trim_start().is_empty()
            && comment.start() - below >= indentation
        {
            return Err(self.tree.diagnostic(
                scalar,
                "a comment below the removed lines would become a part of this block scalar",
                "remove the comment, or indent it less",
            ));
        }
        Ok(if is_removed { below } else { end })
    }

    /// The indentation of the first line of a block scalar.
    fn indentation(&self, scalar: NodeId) -> usize {
        let text = self.tree.text();
        let first = first_line_with_text(self.tree, self.tree.lines().next(self.tree.span(scalar).start()));
        text[first..].len() - text[first..].trim_start_matches(' ').len()
    }
}

/// The start of the first line from `start` on with anything but whitespace, or the end of the text.
fn first_line_with_text(tree: &Tree<'_>, start: usize) -> usize {
    let rest = &tree.text()[start..];
    let space = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    if space == rest.len() { tree.text().len() } else { tree.lines().start(start + space).max(start) }
}
