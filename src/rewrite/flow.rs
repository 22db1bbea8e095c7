//! Edits of flow collections, JSON among them.

use std::ops::Range;

use super::Writer;
use super::emit::{FlowStyle, Layout, flow, flow_entry, flow_key, flow_scalar, scalar_in_style};
use super::style::scalar_style;
use crate::changes::{Added, NodeChange, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::text::Edit;
use crate::yaml::sharing::ancestors;
use crate::yaml::{Kind, NodeId, ScalarStyle, Span, Structure};

impl Writer<'_, '_> {
    /// Edits a flow collection.
    pub(super) fn flow(&mut self, node: NodeId, change: &NodeChange) -> Result<(), Diagnostic> {
        let members: Vec<Range<usize>> = self.members(node).collect();
        let style = self.flow_style(node);
        for (&index, part) in &change.parts {
            if let (Part::Set(_) | Part::Replace(..), Some((key, value))) = (part, self.tree.entry(node, index)) {
                self.change_entry(&style, key, value, part);
            }
        }
        let is_removed = |index: usize| change.parts.get(&index) == Some(&Part::Remove);
        let kept: Vec<usize> = (0..members.len()).filter(|index| !is_removed(*index)).collect();
        let tail = kept.last().map_or(0, |last| last + 1)..members.len();
        for run in runs(&kept, members.len()).into_iter().filter(|run| run.end < members.len()) {
            self.remove_members(&members, run.clone(), members[run.end].start);
        }
        let at = members.get(tail.start).or(members.last()).map_or(self.tree.span(node).start(), |member| member.start);
        let added = self.added_members(node, &style, (&members, at), &change.added);
        match (tail.is_empty(), added.is_empty()) {
            (true, true) => {}
            (true, false) => self.append(node, &members, &added),
            (false, true) => self.remove_tail(node, &members, tail),
            (false, false) => self.replace_tail(node, &members, tail, &added),
        }
        Ok(())
    }

    /// Returns true for a mapping in brackets without braces: `[key: value]`.
    pub(super) fn is_bare_pair(&self, node: NodeId) -> bool {
        let in_flow = self.tree.parent(node).is_some_and(|list| self.tree.structure(list) == Some(Structure::Flow));
        let is_mapping = matches!(self.tree.node(node).kind, Kind::Mapping { .. });
        in_flow && is_mapping && !self.tree.text()[self.tree.span(node).start()..].starts_with('{')
    }

    /// Fills a null or an empty collection in flow style.
    pub(super) fn fill_flow(&mut self, node: NodeId, value: &Value) -> Result<(), Diagnostic> {
        let text = self.tree.text();
        let span = self.tree.span(node);
        let style = self.flow_style(node);
        let indent = self.line_indent(span.start());
        let layout = if self.is_multiline(node) { Layout::Lines(indent) } else { Layout::Inline };
        let written = self.with_line_breaks(span.start(), flow(&style, layout, value));
        if !self.tree.comments_in(span.range()).is_empty() {
            return Err(self.refuse(node, "nothing can be added to an empty collection with a comment in its brackets"));
        }
        let edit = if !span.is_empty() {
            Edit::replace(span.range(), written)
        } else if self.tree.lead(node).is_none() {
            Edit::insert(span.start(), format!(":{}{written}", style.after_colon))
        } else if text[..span.start()].ends_with(':') {
            Edit::insert(span.start(), format!("{}{written}", style.after_colon))
        } else {
            Edit::insert(span.start(), format!(" {written}"))
        };
        self.edits.edit(edit);
        Ok(())
    }

    /// The style of the flow collections near a node.
    pub(super) fn flow_style(&self, node: NodeId) -> FlowStyle {
        let near: Vec<FlowSample> = self.flow_collections_near(node).map(|node| self.flow_sample(node)).collect();
        let json = near.iter().find_map(|near| near.json).unwrap_or(false);
        let colon = near.iter().find_map(|near| near.colon);
        let comma = near.iter().find_map(|near| near.comma);
        let padded = near.iter().find_map(|near| near.padded);
        FlowStyle {
            json,
            // After a key without quotes, a colon needs the space.
            after_colon: if colon.unwrap_or(true) || !json { " " } else { "" },
            after_comma: if comma.or(colon).unwrap_or(true) { " " } else { "" },
            padding: if padded.unwrap_or(false) { " " } else { "" },
            unit: near
                .iter()
                .find_map(|near| near.unit)
                .map_or("  ", |unit| &self.tree.text()[unit.range()])
                .to_owned(),
            quote: self.style.quote,
        }
    }

    /// The flow collections near a node: its children, itself, its ancestors, and the first few children of these.
    fn flow_collections_near(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        const SIBLINGS: usize = 8;
        let tree = self.tree;
        let children = move |node: NodeId| tree.children(node).take(SIBLINGS);
        let within: Vec<NodeId> = children(node).collect();
        let around =
            ancestors(tree, node).flat_map(move |ancestor| std::iter::once(ancestor).chain(children(ancestor)));
        let is_flow = move |node: &NodeId| tree.structure(*node) == Some(Structure::Flow);
        within.into_iter().rev().chain(around).filter(is_flow)
    }

    /// The style of one flow collection. It is cached, for many changed nodes may share an ancestor.
    fn flow_sample(&self, node: NodeId) -> FlowSample {
        if let Some(known) = self.flow_samples.borrow().get(&node) {
            return *known;
        }
        let bytes = self.tree.text().as_bytes();
        let quoted =
            |key: NodeId| matches!(self.tree.node(key).kind, Kind::Scalar { style: ScalarStyle::DoubleQuoted, .. });
        let found = FlowSample {
            json: self.tree.entries(node).next().map(|(key, _)| quoted(key)),
            colon: self.tree.entries(node).find_map(|(key, value)| {
                let lead = self.tree.lead(value).filter(|_| quoted(key))?;
                let next = bytes.get(lead + 1)?;
                Some(*next != b'"' && !next.is_ascii_alphanumeric() && !b"{[-".contains(next))
            }),
            comma: self.space_after_comma(node),
            padded: match self.tree.node(node).kind {
                Kind::Mapping { .. } if self.tree.length(node) > 0 => {
                    Some(bytes.get(self.tree.span(node).start() + 1) == Some(&b' '))
                }
                _ => None,
            },
            unit: self.unit(node),
        };
        self.flow_samples.borrow_mut().insert(node, found);
        found
    }

    /// True if a space follows the comma between the first two members on one line.
    fn space_after_comma(&self, node: NodeId) -> Option<bool> {
        let pairs = self.members(node).zip(self.members(node).skip(1)).take(8);
        let mut between = pairs.map(|(one, next)| one.end..next.start).filter(|between| self.is_on_one_line(between));
        between.next().map(|between| self.tree.text()[between].ends_with([' ', '\t']))
    }

    fn is_on_one_line(&self, range: &Range<usize>) -> bool {
        self.tree.lines().line(range.start) == self.tree.lines().line(range.end)
    }

    /// The indentation of one level, if the collection is on several lines.
    fn unit(&self, node: NodeId) -> Option<Span> {
        let first = self.members(node).next()?.start;
        let own = self.own_line_indent(first)?;
        let outer = self.line_indent(self.tree.span(node).start());
        let unit = own.strip_prefix(outer).filter(|unit| !unit.is_empty())?;
        Some(Span::new(first - unit.len(), first))
    }

    /// The items or entries of a flow collection, without the commas.
    fn members(&self, node: NodeId) -> impl Iterator<Item = Range<usize>> + '_ {
        let node = Some(node).filter(|node| self.tree.structure(*node) == Some(Structure::Flow));
        node.into_iter().flat_map(|node| {
            let items = self.tree.items(node).iter().map(|item| self.tree.start(*item)..self.tree.span(*item).end());
            let entries = self.tree.entries(node).map(|(key, value)| {
                let end = self.tree.span(key).end().max(self.tree.span(value).end());
                self.tree.start(key)..end
            });
            items.chain(entries)
        })
    }

    /// The spaces at the start of a line.
    fn line_indent(&self, offset: usize) -> &str {
        self.tree.lines().indent(offset)
    }

    /// The spaces at the start of a line, if nothing else is before the offset.
    fn own_line_indent(&self, offset: usize) -> Option<&str> {
        let indent = self.line_indent(offset);
        (self.tree.lines().start(offset) + indent.len() == offset).then_some(indent)
    }

    /// Returns true if the collection around a node has its members on lines of their own.
    fn is_multiline(&self, node: NodeId) -> bool {
        let parent = self.tree.parent(node).filter(|parent| self.tree.structure(*parent) == Some(Structure::Flow));
        let first = parent.and_then(|parent| self.members(parent).next());
        first.is_some_and(|first| self.own_line_indent(first.start).is_some())
    }

    /// The text of each new member, with line breaks as before the member at `at`.
    fn added_members(
        &self,
        node: NodeId,
        style: &FlowStyle,
        (members, at): (&[Range<usize>], usize),
        added: &[Added],
    ) -> Vec<String> {
        let first = members.first().map_or(self.tree.span(node).start(), |first| first.start);
        let indent = self.own_line_indent(first);
        // If each existing item is on one line, so are the new ones.
        let siblings = self.tree.items(node);
        let one_a_line = |item: &NodeId| self.is_on_one_line(&self.tree.span(*item).range());
        let layout = match indent {
            Some(indent) if siblings.is_empty() || !siblings.iter().all(one_a_line) => Layout::Lines(indent),
            _ => Layout::Inline,
        };
        added
            .iter()
            .map(|added| match added {
                Added::Item(value) => flow(style, layout, value),
                Added::Entry(key, value) => flow_entry(style, layout, key, value),
            })
            .map(|text| self.with_line_breaks(at, text))
            .collect()
    }

    fn with_line_breaks(&self, offset: usize, text: String) -> String {
        match text.contains('\n') {
            true => text.replace('\n', self.edits.line_break_before(self.tree.lines().end(offset))),
            false => text,
        }
    }

    /// The text between two members, with a line break as before the member at `at`.
    fn separator(&self, (members, at): (&[Range<usize>], usize), style: &FlowStyle) -> String {
        match members.first().and_then(|first| self.own_line_indent(first.start)) {
            Some(indent) => format!(",{}{indent}", self.edits.line_break_before(at)),
            None => format!(",{}", style.after_comma),
        }
    }

    /// Inserts members after the last one.
    fn append(&mut self, node: NodeId, members: &[Range<usize>], added: &[String]) {
        let Some(last) = members.last() else { return };
        let style = self.flow_style(node);
        let separator = self.separator((members, last.start), &style);
        let joined = added.join(&separator);
        let text = self.tree.text();
        let close = self.tree.span(node).end() - 1;
        if let Some(comma) = self.comma_after(last.end, close) {
            // The last comma stays a trailing one, and a comment after it stays with the member before.
            let rest_of_line = comma..self.tree.lines().end(comma).min(close);
            let edit = match self.tree.comments_in(rest_of_line).last() {
                Some(comment) => Edit::insert(comment.end(), format!("{}{joined},", self.below(members, &separator))),
                None => Edit::insert(comma + 1, format!("{}{joined},", &separator[1..])),
            };
            self.edits.edit(edit);
            return;
        }
        let rest_of_line = last.end..self.tree.lines().end(last.end).min(close);
        // Directly after the colon of an empty null, the comma would be a part of the key.
        let (end, space) = match (text[..last.end].ends_with(':'), text[last.end..].starts_with(' ')) {
            (true, true) => (last.end + 1, ""),
            (true, false) => (last.end, " "),
            (false, _) => (last.end, ""),
        };
        match self.tree.comments_in(rest_of_line.clone()).last() {
            // The comment stays with the member before.
            Some(comment) => {
                self.edits.edit(Edit::insert(end, format!("{space},")));
                self.edits.edit(Edit::insert(comment.end(), self.below(members, &separator) + &joined));
            }
            None => self.edits.edit(Edit::insert(end, format!("{space}{separator}{joined}"))),
        }
    }

    /// A line break and the indentation of members, without the comma.
    fn below(&self, members: &[Range<usize>], separator: &str) -> String {
        let first = members.first().map_or(0, |first| first.start);
        match self.own_line_indent(first) {
            Some(_) => separator[1..].to_owned(),
            None => format!("{}{} ", self.edits.line_break_before(first), self.line_indent(first)),
        }
    }

    /// The comma after a member, if there is one before `limit`.
    fn comma_after(&self, end: usize, limit: usize) -> Option<usize> {
        let mut at = end;
        let bytes = self.tree.text().as_bytes();
        while at < limit {
            match bytes[at] {
                b',' => return Some(at),
                b'#' => at = self.tree.lines().end(at),
                _ => at += 1,
            }
        }
        None
    }

    /// Removes a run of members that is followed by others.
    fn remove_members(&mut self, members: &[Range<usize>], run: Range<usize>, next: usize) {
        let text = self.tree.text();
        let (first, last) = (members[run.start].start, members[run.end - 1].end);
        let own_lines = self.own_line_indent(first).is_some() && self.own_line_indent(next).is_some();
        let has_comment_lines =
            self.tree.comments_in(last..next).iter().any(|at| self.own_line_indent(at.start()).is_some());
        if own_lines && !self.tree.comments_in(first..next).is_empty() {
            // Comments after a member are removed; those on lines of their own are kept.
            for index in run {
                let comma = self.comma_after(members[index].end, next).unwrap_or(members[index].end);
                self.edits.remove_lines(members[index].start, comma);
            }
        } else if has_comment_lines {
            let comma = self.comma_after(last, next);
            let end = self.tree.lines().end(last);
            self.edits.edit(Edit::delete(text[..first].trim_end_matches([' ', '\t']).len()..end));
            if let Some(comma) = comma.filter(|comma| *comma >= end) {
                self.edits.edit(Edit::delete(comma..comma + 1));
            }
        } else {
            self.edits.edit(Edit::delete(first..next));
        }
    }

    /// Removes the last members, and the comma before them.
    fn remove_tail(&mut self, node: NodeId, members: &[Range<usize>], tail: Range<usize>) {
        let text = self.tree.text();
        let close = self.tree.span(node).end() - 1;
        let (first, last) = (members[tail.start].start, members[tail.end - 1].end);
        let trailing = self.comma_after(last, close);
        let Some(before) = tail.start.checked_sub(1).map(|before| members[before].end) else {
            let open = self.tree.span(node).start() + 1;
            self.edits.edit(Edit::delete(open..close));
            return;
        };
        // Directly after the colon of an empty null, the bracket would be a part of the key.
        let needs_space = text[..before].ends_with(':') && !text[last..].starts_with([' ', '\t', '\n', '\r']);
        let before = before + usize::from(needs_space && text[before..].starts_with(' '));
        self.remove_comment_after(before, last, close);
        let Some(above) = self.tree.comments_in(before..last).first().copied() else {
            // The comma before the removed members becomes the trailing one.
            let commas = trailing.filter(|trailing| self.tree.comments_in(last..*trailing).is_empty());
            let range = commas.zip(self.comma_after(before, first)).map(|(trailing, comma)| comma + 1..trailing + 1);
            self.edits.edit(Edit::delete(range.unwrap_or(before..last)));
            return;
        };
        // The comments before the members belong to the member before them.
        let comma = self.comma_after(before, first).filter(|_| trailing.is_none()).or(trailing);
        let comma_first = comma.filter(|comma| *comma < first && self.own_line_indent(*comma).is_some());
        let first = comma_first.unwrap_or(first);
        if let Some(comma) = comma.filter(|comma| *comma != first) {
            self.edits.edit(Edit::delete(comma..comma + 1));
        }
        let start = text[..first].trim_end_matches([' ', '\t', '\n', '\r']).len().max(before);
        // The closing bracket must not become a part of a comment.
        let in_comment = above.start() < start && self.tree.lines().end(last) >= close;
        self.edits.edit(Edit::delete(if in_comment { first } else { start }..last));
    }

    /// Replaces the last members by new ones.
    fn replace_tail(&mut self, node: NodeId, members: &[Range<usize>], tail: Range<usize>, added: &[String]) {
        let close = self.tree.span(node).end() - 1;
        let (first, last) = (members[tail.start].start, members[tail.end - 1].end);
        let joined = added.join(&self.separator((members, first), &self.flow_style(node)));
        let own_line = |member: &Range<usize>| self.own_line_indent(member.start).is_some();
        let has_comments = !self.tree.comments_in(first..self.tree.lines().end(last).min(close)).is_empty();
        if has_comments && self.tree.lines().end(last) < close && members[tail.clone()].iter().all(own_line) {
            // Comments after a member are removed; those on lines of their own are kept.
            let comma = if self.comma_after(last, self.tree.lines().end(last)).is_some() { "," } else { "" };
            let line = format!("{}{joined}{comma}{}", self.line_indent(first), self.edits.line_break_before(first));
            self.edits.edit(Edit::insert(self.tree.lines().next(last), line));
            for member in &members[tail] {
                self.edits.remove_lines(member.start, member.end);
            }
        } else {
            self.remove_comment_after(members[..tail.start].last().map_or(0, |before| before.end), last, close);
            self.edits.edit(Edit::replace(first..last, joined));
        }
    }

    /// Removes the comment after the last member, unless the kept text, which ends at `before`, is on its line.
    fn remove_comment_after(&mut self, before: usize, last: usize, close: usize) {
        let line = last..self.tree.lines().end(last).min(close);
        if before >= self.tree.lines().start(last) {
            return;
        }
        if let Some(comment) = self.tree.comments_in(line.clone()).first().copied() {
            let start = self.comma_after(last, line.end).map_or(last, |comma| comma + 1);
            self.edits.edit(Edit::delete(start..comment.end()));
        }
    }

    fn change_entry(&mut self, style: &FlowStyle, key: NodeId, value: NodeId, part: &Part) {
        let (name, new) = match part {
            Part::Set(new) => (None, new),
            Part::Replace(name, new) => (Some(*name), new),
            Part::Remove => return,
        };
        if let Some(name) = name {
            self.edits.edit(Edit::replace(self.tree.span(key).range(), flow_key(style, name)));
        }
        let span = self.tree.span(value);
        let written = match new {
            Value::Text(text) | Value::InStyle(text) => {
                if let Some((_, tag)) = self.tree.properties(value).tag {
                    self.delete_property(tag);
                }
                match new {
                    Value::InStyle(_) => {
                        scalar_in_style(text, scalar_style(self.tree, value), style.quote, true).into_owned()
                    }
                    _ => flow_scalar(style, text),
                }
            }
            other => {
                self.delete_properties(value);
                let own = self.own_line_indent(self.tree.start(key)).map(str::to_owned);
                let layout = own.as_deref().map_or(Layout::Inline, Layout::Lines);
                self.with_line_breaks(span.start(), flow(style, layout, other))
            }
        };
        let edit = match (span.is_empty(), self.tree.lead(value)) {
            (false, _) => Edit::replace(span.range(), written),
            (true, Some(_)) => Edit::insert(span.start(), format!(" {written}")),
            (true, None) => Edit::insert(span.start(), format!(": {written}")),
        };
        self.edits.edit(edit);
    }
}

/// The style of one flow collection: each field is `None` if the collection does not show it.
#[derive(Debug, Clone, Copy)]
pub(super) struct FlowSample {
    /// The first key is in double quotes.
    json: Option<bool>,
    /// A space follows the colon after its first such key.
    colon: Option<bool>,
    /// A space follows the comma.
    comma: Option<bool>,
    /// A space follows the brace.
    padded: Option<bool>,
    /// The indentation of one level.
    unit: Option<Span>,
}

/// The runs of indexes that are not kept.
fn runs(kept: &[usize], length: usize) -> Vec<Range<usize>> {
    let ends = kept.iter().copied().chain([length]);
    let starts = std::iter::once(0).chain(kept.iter().map(|index| index + 1));
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}
