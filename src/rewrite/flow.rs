//! Edits of collections written by brackets and commas, JSON among them.

use std::ops::Range;

use super::Writer;
use super::emit::{FlowStyle, Layout, flow, flow_entry, flow_key, flow_scalar};
use crate::changes::{Added, NodeChange, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::text::Edit;
use crate::yaml::sharing::ancestors;
use crate::yaml::{Kind, NodeId, ScalarStyle, Span, Structure};

impl Writer<'_, '_> {
    /// A flow collection of which something changes.
    pub(super) fn flow(&mut self, node: NodeId, change: &NodeChange) -> Result<(), Diagnostic> {
        let members: Vec<Range<usize>> = self.members(node).collect();
        let style = self.flow_style(node);
        for (&index, part) in &change.parts {
            if let (Part::Set(_) | Part::Replace(..), Some((key, value))) = (part, self.tree.entry(node, index)) {
                self.change_entry(&style, key, value, part);
            }
        }
        let goes = |index: usize| change.parts.get(&index) == Some(&Part::Remove);
        let kept: Vec<usize> = (0..members.len()).filter(|index| !goes(*index)).collect();
        let tail = kept.last().map_or(0, |last| last + 1)..members.len();
        for run in runs(&kept, members.len()).into_iter().filter(|run| run.end < members.len()) {
            self.take_members(&members, run.clone(), members[run.end].start);
        }
        let added = self.added_members(node, &style, &members, &change.added);
        match (tail.is_empty(), added.is_empty()) {
            (true, true) => {}
            (true, false) => self.append(node, &members, &added),
            (false, true) => self.take_tail(node, &members, tail),
            (false, false) => self.replace_tail(node, &members, tail, &added),
        }
        Ok(())
    }

    /// Whether a mapping is a key and its value within brackets, without braces of their own.
    pub(super) fn is_bare_pair(&self, node: NodeId) -> bool {
        let in_flow = self.tree.parent(node).is_some_and(|list| self.tree.structure(list) == Some(Structure::Flow));
        let is_mapping = matches!(self.tree.node(node).kind, Kind::Mapping { .. });
        in_flow && is_mapping && !self.tree.text()[self.tree.span(node).start()..].starts_with('{')
    }

    /// Fills a null or an empty collection that stands within brackets, or keeps them.
    pub(super) fn fill_flow(&mut self, node: NodeId, value: &Value) -> Result<(), Diagnostic> {
        let text = self.tree.text();
        let span = self.tree.span(node);
        let style = self.flow_style(node);
        let indent = self.line_indent(span.start());
        let layout = if self.stands_on_many_lines(node) { Layout::Lines(indent) } else { Layout::Inline };
        let written = self.with_line_breaks(span.start(), flow(&style, layout, value));
        if !self.tree.comments_in(span.range()).is_empty() {
            return Err(self.refuse(node, "an empty collection with a comment within its brackets can't be filled"));
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
        self.sheet.edit(edit);
        Ok(())
    }

    /// How flow collections are written around a node.
    pub(super) fn flow_style(&self, node: NodeId) -> FlowStyle {
        let near: Vec<FlowSample> = self.flow_collections_near(node).map(|node| self.flow_sample(node)).collect();
        let json = near.iter().find_map(|near| near.json).unwrap_or(false);
        let colon = near.iter().find_map(|near| near.colon);
        let comma = near.iter().find_map(|near| near.comma);
        let padded = near.iter().find_map(|near| near.padded);
        FlowStyle {
            json,
            // After a key without quotes the space is what makes the colon one.
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

    /// The flow collections within a node, the node, its ancestors, and of the siblings of these the first few.
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

    /// How one flow collection is written, found once: it may be an ancestor of any number of changed nodes.
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
            comma: self.blank_behind_comma(node),
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

    /// Whether a blank follows the comma between the first two members that stand on one line.
    fn blank_behind_comma(&self, node: NodeId) -> Option<bool> {
        let pairs = self.members(node).zip(self.members(node).skip(1)).take(8);
        let mut between = pairs.map(|(one, next)| one.end..next.start).filter(|between| self.is_on_one_line(between));
        between.next().map(|between| self.tree.text()[between].ends_with([' ', '\t']))
    }

    fn is_on_one_line(&self, range: &Range<usize>) -> bool {
        self.tree.lines().line(range.start) == self.tree.lines().line(range.end)
    }

    /// The indentation of one level, where a collection stands on many lines.
    fn unit(&self, node: NodeId) -> Option<Span> {
        let first = self.members(node).next()?.start;
        let own = self.own_line_indent(first)?;
        let outer = self.line_indent(self.tree.span(node).start());
        let unit = own.strip_prefix(outer).filter(|unit| !unit.is_empty())?;
        Some(Span::new(first - unit.len(), first))
    }

    /// The members of a flow collection, without the commas.
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

    /// The blanks that a line begins with.
    fn line_indent(&self, offset: usize) -> &str {
        self.tree.lines().indent(offset)
    }

    /// The same, where nothing else stands before the offset.
    fn own_line_indent(&self, offset: usize) -> Option<&str> {
        let indent = self.line_indent(offset);
        (self.tree.lines().start(offset) + indent.len() == offset).then_some(indent)
    }

    /// Whether what is made in the place of a node is to stand on many lines, as what it stands in does.
    fn stands_on_many_lines(&self, node: NodeId) -> bool {
        let parent = self.tree.parent(node).filter(|parent| self.tree.structure(*parent) == Some(Structure::Flow));
        let first = parent.and_then(|parent| self.members(parent).next());
        first.is_some_and(|first| self.own_line_indent(first.start).is_some())
    }

    /// New members as text, for the place behind the last one.
    fn added_members(&self, node: NodeId, style: &FlowStyle, members: &[Range<usize>], added: &[Added]) -> Vec<String> {
        let first = members.first().map_or(self.tree.span(node).start(), |first| first.start);
        let indent = self.own_line_indent(first);
        // Where members that are collections stand on one line each, so do the new ones.
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
            .map(|text| self.with_line_breaks(first, text))
            .collect()
    }

    fn with_line_breaks(&self, offset: usize, text: String) -> String {
        match text.contains('\n') {
            true => text.replace('\n', self.sheet.line_break_before(self.tree.lines().end(offset))),
            false => text,
        }
    }

    /// What stands between two members.
    fn separator(&self, node: NodeId, members: &[Range<usize>], style: &FlowStyle) -> String {
        let first = members.first().map_or(self.tree.span(node).start(), |first| first.start);
        match self.own_line_indent(first) {
            Some(indent) => format!(",{}{indent}", self.sheet.line_break_before(first)),
            None => format!(",{}", style.after_comma),
        }
    }

    /// Puts members behind the last one.
    fn append(&mut self, node: NodeId, members: &[Range<usize>], added: &[String]) {
        let Some(last) = members.last() else { return };
        let style = self.flow_style(node);
        let separator = self.separator(node, members, &style);
        let joined = added.join(&separator);
        let text = self.tree.text();
        let close = self.tree.span(node).end() - 1;
        if let Some(comma) = self.comma_behind(last.end, close) {
            // A trailing comma stays one, and the comment behind it with the member before.
            let rest_of_line = comma..self.tree.lines().end(comma).min(close);
            let edit = match self.tree.comments_in(rest_of_line).last() {
                Some(comment) => {
                    Edit::insert(comment.end(), format!("{}{joined},", self.below(node, members, &separator)))
                }
                None => Edit::insert(comma + 1, format!("{}{joined},", &separator[1..])),
            };
            self.sheet.edit(edit);
            return;
        }
        let rest_of_line = last.end..self.tree.lines().end(last.end).min(close);
        // Behind a null that is not written the comma would be taken for a part of the key.
        let (end, blank) = match (text[..last.end].ends_with(':'), text[last.end..].starts_with(' ')) {
            (true, true) => (last.end + 1, ""),
            (true, false) => (last.end, " "),
            (false, _) => (last.end, ""),
        };
        match self.tree.comments_in(rest_of_line.clone()).last() {
            // The comment stays with the member before.
            Some(comment) => {
                self.sheet.edit(Edit::insert(end, format!("{blank},")));
                self.sheet.edit(Edit::insert(comment.end(), self.below(node, members, &separator) + &joined));
            }
            None => self.sheet.edit(Edit::insert(end, format!("{blank}{separator}{joined}"))),
        }
    }

    /// A line break and the indentation of members, without the comma.
    fn below(&self, node: NodeId, members: &[Range<usize>], separator: &str) -> String {
        let first = members.first().map_or(self.tree.span(node).start(), |first| first.start);
        match self.own_line_indent(first) {
            Some(_) => separator[1..].to_owned(),
            None => format!("{}{} ", self.sheet.line_break_before(first), self.line_indent(first)),
        }
    }

    /// The comma behind a member, if one stands before `limit`.
    fn comma_behind(&self, end: usize, limit: usize) -> Option<usize> {
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

    /// Takes out a run of members that others follow.
    fn take_members(&mut self, members: &[Range<usize>], run: Range<usize>, next: usize) {
        let text = self.tree.text();
        let (first, last) = (members[run.start].start, members[run.end - 1].end);
        let own_lines = self.own_line_indent(first).is_some() && self.own_line_indent(next).is_some();
        let stay = self.tree.comments_in(last..next).iter().any(|at| self.own_line_indent(at.start()).is_some());
        if own_lines && !self.tree.comments_in(first..next).is_empty() {
            // The comments on the members' lines go, those on lines of their own stay.
            for index in run {
                let comma = self.comma_behind(members[index].end, next).unwrap_or(members[index].end);
                self.sheet.take_lines(members[index].start, comma);
            }
        } else if stay {
            let comma = self.comma_behind(last, next);
            let end = self.tree.lines().end(last);
            self.sheet.edit(Edit::delete(text[..first].trim_end_matches([' ', '\t']).len()..end));
            if let Some(comma) = comma.filter(|comma| *comma >= end) {
                self.sheet.edit(Edit::delete(comma..comma + 1));
            }
        } else {
            self.sheet.edit(Edit::delete(first..next));
        }
    }

    /// Takes out the last members, and the comma before them.
    fn take_tail(&mut self, node: NodeId, members: &[Range<usize>], tail: Range<usize>) {
        let text = self.tree.text();
        let close = self.tree.span(node).end() - 1;
        let (first, last) = (members[tail.start].start, members[tail.end - 1].end);
        let trailing = self.comma_behind(last, close);
        let Some(before) = tail.start.checked_sub(1).map(|before| members[before].end) else {
            let open = self.tree.span(node).start() + 1;
            self.sheet.edit(Edit::delete(open..close));
            return;
        };
        // Behind a null that is not written the bracket would be taken for a part of the key.
        let needs_blank = text[..before].ends_with(':') && !text[last..].starts_with([' ', '\t', '\n', '\r']);
        let before = before + usize::from(needs_blank && text[before..].starts_with(' '));
        self.take_comment_behind(before, last, close);
        let Some(above) = self.tree.comments_in(before..last).first().copied() else {
            // A trailing comma gives way to the one before it, which then trails.
            let commas = trailing.filter(|trailing| self.tree.comments_in(last..*trailing).is_empty());
            let range = commas.zip(self.comma_behind(before, first)).map(|(trailing, comma)| comma + 1..trailing + 1);
            self.sheet.edit(Edit::delete(range.unwrap_or(before..last)));
            return;
        };
        // The comments before the members belong to others.
        let comma = self.comma_behind(before, first).filter(|_| trailing.is_none()).or(trailing);
        let comma_first = comma.filter(|comma| *comma < first && self.own_line_indent(*comma).is_some());
        let first = comma_first.unwrap_or(first);
        if let Some(comma) = comma.filter(|comma| *comma != first) {
            self.sheet.edit(Edit::delete(comma..comma + 1));
        }
        let start = text[..first].trim_end_matches([' ', '\t', '\n', '\r']).len().max(before);
        // The bracket that closes must not come to stand within a comment.
        let in_comment = above.start() < start && self.tree.lines().end(last) >= close;
        self.sheet.edit(Edit::delete(if in_comment { first } else { start }..last));
    }

    /// Puts new members in the place of the last ones.
    fn replace_tail(&mut self, node: NodeId, members: &[Range<usize>], tail: Range<usize>, added: &[String]) {
        let close = self.tree.span(node).end() - 1;
        let (first, last) = (members[tail.start].start, members[tail.end - 1].end);
        let joined = added.join(&self.separator(node, members, &self.flow_style(node)));
        let own_line = |member: &Range<usize>| self.own_line_indent(member.start).is_some();
        let has_comments = !self.tree.comments_in(first..self.tree.lines().end(last).min(close)).is_empty();
        if has_comments && self.tree.lines().end(last) < close && members[tail.clone()].iter().all(own_line) {
            // The comments on the members' lines go, those on lines of their own stay.
            let comma = if self.comma_behind(last, self.tree.lines().end(last)).is_some() { "," } else { "" };
            let line = format!("{}{joined}{comma}{}", self.line_indent(first), self.sheet.line_break_before(first));
            self.sheet.edit(Edit::insert(self.tree.lines().next(last), line));
            for member in &members[tail] {
                self.sheet.take_lines(member.start, member.end);
            }
        } else {
            self.take_comment_behind(members[..tail.start].last().map_or(0, |before| before.end), last, close);
            self.sheet.edit(Edit::replace(first..last, joined));
        }
    }

    /// Takes out the comment behind the last member where nothing that stays, up to `before`, stands on its line.
    fn take_comment_behind(&mut self, before: usize, last: usize, close: usize) {
        let line = last..self.tree.lines().end(last).min(close);
        if before >= self.tree.lines().start(last) {
            return;
        }
        if let Some(comment) = self.tree.comments_in(line.clone()).first().copied() {
            let start = self.comma_behind(last, line.end).map_or(last, |comma| comma + 1);
            self.sheet.edit(Edit::delete(start..comment.end()));
        }
    }

    fn change_entry(&mut self, style: &FlowStyle, key: NodeId, value: NodeId, part: &Part) {
        let (name, new) = match part {
            Part::Set(new) => (None, new),
            Part::Replace(name, new) => (Some(*name), new),
            Part::Remove => return,
        };
        if let Some(name) = name {
            self.sheet.edit(Edit::replace(self.tree.span(key).range(), flow_key(style, name)));
        }
        let span = self.tree.span(value);
        let written = match new {
            Value::Text(text) => {
                if let Some((_, tag)) = self.tree.properties(value).tag {
                    self.delete_property(tag);
                }
                flow_scalar(style, text)
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
        self.sheet.edit(edit);
    }
}

/// How one flow collection is written: each is `None` if the collection does not show it.
#[derive(Debug, Clone, Copy)]
pub(super) struct FlowSample {
    /// Its first key is in double quotes.
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

/// The runs of places that are not kept.
fn runs(kept: &[usize], length: usize) -> Vec<Range<usize>> {
    let ends = kept.iter().copied().chain([length]);
    let starts = std::iter::once(0).chain(kept.iter().map(|index| index + 1));
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}
