//! The proof of the bytes: the text between one kept scalar or bracket and the next.
//!
//! A gap without a change is the same to the byte. One with a change is compared line by line, after the parts of the
//! plan are taken out: those that it removes from the input, those that it writes from the output. Then:
//!
//! - The rest of the line before the change and the indentation of the line after it are the same, but for commas.
//! - Each line without a part is the same, blank or comment. Only comment lines directly above a removed item of a block
//!   sequence, at the column of its dash, may be removed.
//! - Of a line with a removed part, the `:` of an explicit key may be left.
//! - A comment on a line with a removed part may be removed; the comment beside a replaced value is kept.
//! - A line with a written part has indentation and punctuation besides, no space at its end, and the line break of the
//!   line above it, or one of the input's in the gap.
//! - What is appended to a block collection comes before comments and blank lines that belong to what follows.

use std::ops::Range;

use memchr::memchr2;

use super::expected::{Cut, CutReason};
use super::lines::{GapLines, Line};
use super::{Mismatch, MismatchKind};
use crate::yaml::ScalarStyle;

pub(super) struct Gap<'a> {
    input: &'a str,
    output: &'a str,
    /// The start of the bytes that are kept up to the gap, and not compared yet.
    kept_from: (usize, usize),
    /// The start of the gap.
    input_start: usize,
    output_start: usize,
    /// The parts that the plan removes and writes in the gap, in order.
    cuts: Vec<Cut>,
    written: Vec<Written>,
    follows_block_scalar: bool,
}

struct Written {
    range: Range<usize>,
    /// The end, in the input, of the collection to which it is appended.
    site: Option<usize>,
}

/// A comment or a blank line that is kept.
struct Kept<'a> {
    text: &'a str,
    line_break: &'a str,
    line: usize,
    is_optional: bool,
}

impl Kept<'_> {
    /// Returns true if a line of the output may be this one.
    fn becomes(&self, new: &Self, before: &GapLines<'_>) -> bool {
        let is_virtual = self.line_break.is_empty() || new.line_break.is_empty();
        (self.text == new.text || is_moved(before, self.text, new.text))
            && (is_virtual || self.line_break == new.line_break)
    }
}

impl<'a> Gap<'a> {
    pub(super) fn new(input: &'a str, output: &'a str) -> Self {
        let (cuts, written) = Default::default();
        Self {
            input,
            output,
            kept_from: (0, 0),
            input_start: 0,
            output_start: 0,
            cuts,
            written,
            follows_block_scalar: false,
        }
    }

    /// The end of the compared part of the output.
    pub(super) fn position(&self) -> usize {
        self.written.last().map_or(self.output_start, |written| written.range.end)
    }

    /// Notes a part of the input that is removed, if it has bytes: a null may have none.
    pub(super) fn cut(&mut self, cut: Cut) {
        if !cut.range.is_empty() {
            self.cuts.push(cut);
        }
    }

    /// Notes a part of the output that is written.
    pub(super) fn write(&mut self, range: Range<usize>, site: Option<usize>) {
        self.written.push(Written { range, site });
    }

    /// Returns true if the output has a text as it is, but for quotes and the characters that need an escape.
    pub(super) fn is_written_out(&self, text: &str, at: &Range<usize>) -> bool {
        let token = self.output.get(at.clone()).unwrap_or_default().trim_end_matches(['"', '\'']);
        let may_be_escaped = |character: char| {
            character.is_control()
                || matches!(
                    character,
                    '"' | '\'' | '\\' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
                )
        };
        let begins = |before: &str| before.is_empty() || before.ends_with(['"', '\'', ' ', '\t']);
        token.strip_suffix(text).is_some_and(begins) || text.contains(may_be_escaped)
    }

    /// Ends the gap at bytes that are kept. They are compared later, all at once up to the next change.
    pub(super) fn keep(&mut self, input: Range<usize>, at: usize) -> Result<(), Mismatch> {
        let is_changed = !self.cuts.is_empty() || !self.written.is_empty();
        if is_changed {
            self.compare(input.start, at)?;
            self.kept_from = (input.start, at);
        } else if at.checked_sub(self.kept_from.1) != Some(input.start - self.kept_from.0) {
            self.compare_kept_bytes(input.start, at)?;
            return Err(fault(at, "a node in another place"));
        }
        (self.input_start, self.output_start) = (input.end, at + input.len());
        self.follows_block_scalar = false;
        Ok(())
    }

    /// Compares what is kept before the gap, and the gap up to these offsets if it has no change.
    fn compare_kept_bytes(&self, input_end: usize, output_end: usize) -> Result<(), Mismatch> {
        let (input, output) = (self.input.as_bytes(), self.output.as_bytes());
        let kept = (input.get(self.kept_from.0..input_end), output.get(self.kept_from.1..output_end));
        let (Some(before), Some(after)) = kept else { return Err(fault(output_end, "a node in another place")) };
        if before == after {
            return Ok(());
        }
        let same = before.iter().zip(after).take_while(|(before, after)| before == after).count();
        Err(fault(self.kept_from.1 + same, "an unplanned change"))
    }

    /// Ends the gap at a scalar that is kept.
    pub(super) fn keep_scalar(&mut self, input: Range<usize>, at: usize, style: ScalarStyle) -> Result<(), Mismatch> {
        self.keep(input, at)?;
        self.follows_block_scalar = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        Ok(())
    }

    /// Ends the gap at a scalar that is written in the place of another.
    pub(super) fn replace(&mut self, input: Range<usize>, output: Range<usize>) -> Result<(), Mismatch> {
        self.compare(input.start, output.start)?;
        (self.input_start, self.output_start) = (input.end, output.end);
        self.kept_from = (input.end, output.end);
        self.follows_block_scalar = false;
        Ok(())
    }

    /// Ends the gap with the text.
    pub(super) fn end(&mut self) -> Result<(), Mismatch> {
        let (input, output) = (self.input, self.output);
        self.compare(input.len(), output.len())?;
        let is_ended = |text: &str| text.is_empty() || text.ends_with(['\n', '\r']);
        // Where a last line without a line break is removed, an empty line above keeps its own.
        let ends_empty = ["\n\n", "\n\r\n", "\r\r"].iter().any(|end| output.ends_with(end));
        if is_ended(input) == is_ended(output) || ends_empty {
            Ok(())
        } else {
            Err(fault(output.len(), "the line break at the end of the text"))
        }
    }

    fn compare(&mut self, input_end: usize, output_end: usize) -> Result<(), Mismatch> {
        if self.cuts.is_empty() && self.written.is_empty() {
            return self.compare_kept_bytes(input_end, output_end);
        }
        self.compare_kept_bytes(self.input_start, self.output_start)?;
        let gap = (self.input.get(self.input_start..input_end), self.output.get(self.output_start..output_end));
        let (Some(_), Some(_)) = gap else { return Err(fault(output_end, "a node in another place")) };
        let cuts = self.cuts.iter().map(|cut| cut.range.clone()).collect();
        let written = self.written.iter().map(|written| written.range.clone()).collect();
        let before = GapLines::new(self.input, self.input_start..input_end, cuts);
        let after = GapLines::new(self.output, self.output_start..output_end, written);
        self.compare_edges(&before, &after)?;
        self.compare_kept(&before, &after)?;
        self.check_written(&before, &after)?;
        self.cuts.clear();
        self.written.clear();
        Ok(())
    }

    fn compare_edges(&self, before: &GapLines<'_>, after: &GapLines<'_>) -> Result<(), Mismatch> {
        let (old, new) = (before.last(), after.last());
        if new.comment.is_some() {
            // A parser of YAML 1.1 ends it at a character that is text in YAML 1.2.
            return Err(fault(new.range.start, "a comment before the rest of a line"));
        }
        if before.lines.len() > 1 && after.lines.len() == 1 {
            return match self.may_join_lines(before) && before.is_joined(after) {
                true => Ok(()),
                false => Err(fault(new.range.start, "the line after the change is joined to the line before it")),
            };
        }
        if before.lines.len() == 1 && after.lines.len() > 1 {
            return match !self.written.is_empty() && before.is_split(after) {
                true => Ok(()),
                false => Err(fault(new.range.start, "another rest of the line before the change")),
            };
        }
        if !before.is_same_edge(before.first(), after, after.first()) {
            return Err(fault(after.first().range.start, "another rest of the line before the change"));
        }
        let indentation = &after.text[new.range.clone()];
        let own = &before.text[old.range.clone()];
        let is_right = before.lines.len() == 1
            || own == indentation
            || before.with_parts().any(|(_, line)| before.indentation(line) == indentation)
            || is_moved(before, own, indentation)
            || !old.parts.is_empty() && !new.parts.is_empty() && before.is_same_edge(old, after, new);
        if is_right {
            return Ok(());
        }
        Err(fault(new.range.start, "another indentation of the line after the change"))
    }

    /// Returns true if members are removed up to what comes next on another line: to the next member, or to a closing
    /// bracket on the line of the last one.
    fn may_join_lines(&self, before: &GapLines<'_>) -> bool {
        let is_bracket = self.input[before.last().range.end..].starts_with([']', '}']);
        !before.last().parts.is_empty() || !is_bracket && !before.first().parts.is_empty()
    }

    fn compare_kept(&self, before: &GapLines<'_>, after: &GapLines<'_>) -> Result<(), Mismatch> {
        let mut expected = kept(before);
        self.mark_optional(before, &mut expected);
        let mut found = kept(after);
        found.retain(|line| !is_bare_colon(before, line));
        // The line of the input for each line of the output.
        let mut origins = vec![None; after.lines.len()];
        let mut rest = expected.iter();
        for line in &found {
            let Some(same) = rest.find(|old| old.becomes(line, before)) else {
                let at = after.lines[line.line].range.start;
                return Err(fault(at, "a comment or a blank line that the input does not have here"));
            };
            origins[line.line] = Some(&before.lines[same.line]);
        }
        let mut rest = found.iter();
        let mut needed = expected.iter().filter(|line| !line.is_optional);
        match needed.find(|line| !rest.any(|found| line.becomes(found, before))) {
            Some(lost) => Err(fault(self.output_start, &format!("a comment or a blank line is lost: {:?}", lost.text))),
            None => self.check_sites(after, &origins),
        }
    }

    /// Marks the lines that may be removed with a part.
    fn mark_optional(&self, before: &GapLines<'_>, kept: &mut [Kept<'_>]) {
        let mut places = vec![None; before.lines.len()];
        for (place, line) in kept.iter_mut().enumerate() {
            places[line.line] = Some(place);
            let text = line.text.trim();
            // The block scalar above would take the blank line in; the comma is beside a removed member, the other two are
            // before a null that is filled.
            let is_indicator = matches!(text, "," | ":" | "-");
            line.is_optional = text.is_empty() && self.follows_block_scalar || is_indicator;
        }
        let is_member = |cut: Option<&Cut>| cut.is_some_and(|cut| cut.reason == CutReason::Member);
        let mut member_above = None;
        for (index, line) in before.with_parts() {
            let cuts = &self.cuts[line.parts.clone()];
            if let Some(above) = member_above.take().filter(|_| is_member(cuts.first())) {
                places[above..index].iter().flatten().for_each(|place| kept[*place].is_optional = true);
            }
            member_above = is_member(cuts.last()).then_some(index);
            if let Some(place) = places[index] {
                kept[place].is_optional = cuts.iter().any(|cut| cut.reason != CutReason::Erased);
            }
            let indentation = before.indentation(line);
            // What is above the `:` of an explicit key, or above the dash of a list, is not above the item beside it.
            let is_alone = indentation.trim().is_empty();
            if !is_alone || cuts.first().is_none_or(|cut| cut.reason != CutReason::Item) {
                continue;
            }
            let column = indentation.len();
            for (place, above) in (1..index).rev().map(|above| (places[above], &before.lines[above])) {
                match place.filter(|_| above.comment == Some(above.range.start + column) && above.parts.is_empty()) {
                    Some(place) => kept[place].is_optional = true,
                    None => break,
                }
            }
        }
    }

    /// Checks the kept lines above each line with written parts.
    fn check_sites(&self, after: &GapLines<'_>, origins: &[Option<&Line>]) -> Result<(), Mismatch> {
        let mut above: Vec<&Line> = Vec::new();
        for (line, origin) in after.lines.iter().zip(origins) {
            let Some(first) = self.written[line.parts.clone()].first() else {
                above.extend(origin);
                continue;
            };
            let is_continued = first.site.is_none() && line.parts.start > 0;
            if is_continued && !above.is_empty() {
                return Err(fault(line.range.start, "an addition with a comment or a blank line in it"));
            }
            let site = self.written[line.parts.clone()].iter().filter_map(|written| written.site).max();
            let indentation = after.indentation(line);
            let spaces = indentation.len() - indentation.trim_start_matches(' ').len();
            let least = spaces + usize::from(indentation.contains('-'));
            let belongs = |line: &Line| line.comment.is_some_and(|at| at >= line.range.start + least);
            let follows = |line: &&Line| site.is_some_and(|site| line.range.start > site) && line.parts.is_empty();
            if !above.drain(..).filter(follows).all(belongs) {
                return Err(fault(line.range.start, "an addition after a comment or a blank line of what follows"));
            }
        }
        Ok(())
    }

    fn check_written(&self, before: &GapLines<'_>, after: &GapLines<'_>) -> Result<(), Mismatch> {
        if self.written.iter().any(|part| memchr2(b'\n', b'\r', self.output[part.range.clone()].as_bytes()).is_some()) {
            return Err(fault(self.output_start, "a value is written on several lines"));
        }
        for (index, line) in after.with_parts() {
            if !after.has_only_punctuation_between(line) {
                return Err(fault(line.range.start, "more is written than was planned"));
            }
            if index == 0 {
                continue;
            }
            let above = after.line_break(&after.lines[index - 1]);
            let own = after.line_break(line);
            let is_of_input = || before.lines.iter().any(|line| before.line_break(line) == own);
            if own != above && !is_of_input() && !own.is_empty() && !above.is_empty() {
                return Err(fault(line.range.start, "a line is written with another line break"));
            }
            let is_last = index + 1 == after.lines.len();
            let is_plain = after.rest(line).all(|byte| byte == b'-') && before.may_end_with_space(after, line);
            // An item that is filled keeps its anchor, and the space after it.
            let is_kept = || before.with_parts().any(|(_, old)| before.rest(old).eq(after.rest(line)));
            if !is_last && !is_plain && !is_kept() {
                return Err(fault(line.range.start, "more is written than was planned"));
            }
        }
        Ok(())
    }
}

fn fault(at: usize, message: &str) -> Mismatch {
    Mismatch::new(MismatchKind::Bytes, at, message)
}

/// Returns true for a line that has, instead of its spaces, the dash or colon before a removed key or item.
fn is_moved(before: &GapLines<'_>, old: &str, new: &str) -> bool {
    let (spaces, own) = old.split_at(old.len() - old.trim_start_matches(' ').len());
    let Some((prefix, rest)) = new.split_at_checked(spaces.len()) else { return false };
    // The lines are searched for few prefixes: nearly every line begins with spaces alone.
    let is_indicator = prefix.contains([':', '-']) && prefix.chars().all(|character| " :-?".contains(character));
    rest == own && is_indicator && before.with_parts().any(|(_, line)| before.indentation(line) == prefix)
}

/// Returns true for the `:` of an explicit key that has lost the value beside it.
fn is_bare_colon(before: &GapLines<'_>, line: &Kept<'_>) -> bool {
    line.text.trim_start_matches([' ', '-', '?']).trim_end() == ":"
        && before.with_parts().any(|(_, old)| {
            let line_break = before.line_break(old);
            let is_same_break = line_break.is_empty() || line_break == line.line_break;
            let colon = line.text.strip_suffix(before.after_parts(old));
            is_same_break && colon == Some(before.indentation(old).trim_end())
        })
}

/// The lines without a part, and the comments of lines with one. The first line and the last are edges, which are compared
/// by themselves, but for a comment on the first.
fn kept<'t>(lines: &GapLines<'t>) -> Vec<Kept<'t>> {
    let edge = lines.lines.len() - 1;
    let inner = lines.lines.iter().enumerate().filter(|(index, _)| *index < edge);
    let kept = |(index, line): (usize, &Line)| {
        // A comment after the `:` of a key on a line of its own may lose the value before it.
        let has_indicator = || line.comment.is_some_and(|at| !lines.text[line.range.start..at].trim().is_empty());
        let has_comment_alone = index == 0 || !line.parts.is_empty() || has_indicator();
        let start = if has_comment_alone { line.comment? } else { line.range.start };
        let (text, line_break) = (&lines.text[start..line.range.end], lines.line_break(line));
        Some(Kept { text, line_break, line: index, is_optional: false })
    };
    inner.filter_map(kept).collect()
}
