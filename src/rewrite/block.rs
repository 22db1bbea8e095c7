//! Edits of block collections.

use super::emit::{FlowStyle, Layout, block_entry, block_item, block_lines, flow, indent, scalar, scalar_in_style};
use super::style::{BlockStyle, column, is_block_scalar, scalar_style};
use super::{Writer, as_value};
use crate::changes::{Added, NodeChange, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::text::Edit;
use crate::yaml::{Kind, NodeId, ScalarStyle, Span, Structure, header_end};

impl<'t> Writer<'t, '_> {
    /// Edits a block collection.
    pub(super) fn block(&mut self, node: NodeId, change: &NodeChange) -> Result<(), Diagnostic> {
        match self.tree.node(node).kind {
            Kind::Sequence { .. } => self.block_sequence(node, change),
            _ => self.block_mapping(node, change),
        }
    }

    /// Appends lines at a column to a block collection. Comments that are indented at least as deep as `least` belong to
    /// it.
    fn append_lines(&mut self, node: NodeId, (column, least): (usize, usize), prefix: Option<&str>, mut lines: String) {
        if let Some(prefix) = prefix {
            lines.replace_range(..column, prefix);
        }
        let offset = self.after_comments(self.tree.span(node).end(), least);
        self.edits.insert_lines(offset, column, lines);
    }

    fn block_sequence(&mut self, node: NodeId, change: &NodeChange) -> Result<(), Diagnostic> {
        let items = self.tree.items(node);
        for &index in change.parts.keys() {
            self.remove_item(items[index]);
        }
        let prefix = self.move_prefix(node, change, items.iter().map(|item| self.tree.start(*item)));
        let added = change.added.iter().map(|added| match added {
            Added::Item(value) | Added::Entry(_, value) => value,
        });
        let Some(&last) = items.last().filter(|_| !change.added.is_empty()) else { return Ok(()) };
        let dash = column(self.tree, self.tree.start(last));
        let mut style = self.style.around(self.tree, node);
        style.gap = self.style.gap(self.tree, node).unwrap_or(style.gap);
        let like_flow = self.flow_items_style(node);
        let mut lines = String::new();
        for item in added {
            begin_line(&mut lines, dash);
            match &like_flow {
                Some(flow_style) => {
                    lines.push('-');
                    indent(&mut lines, style.gap - 1);
                    lines.push_str(&flow(flow_style, Layout::Inline, item));
                }
                None => block_item(&mut lines, &style, dash, item),
            }
        }
        self.append_lines(node, (dash, dash + 1), prefix, lines);
        Ok(())
    }

    /// The style of the items if each is a flow mapping.
    fn flow_items_style(&self, node: NodeId) -> Option<FlowStyle> {
        let is_flow_mapping =
            |item: &NodeId| matches!(self.tree.node(*item).kind, Kind::Mapping { structure: Structure::Flow, .. });
        let items = self.tree.items(node);
        let last = items.last().filter(|_| items.iter().all(is_flow_mapping))?;
        Some(self.flow_style(*last))
    }

    fn block_mapping(&mut self, node: NodeId, change: &NodeChange) -> Result<(), Diagnostic> {
        let entries: Vec<(NodeId, NodeId)> = self.tree.entries(node).collect();
        for (&index, part) in &change.parts {
            let (key, value) = entries[index];
            match part {
                Part::Remove => self.remove_key(key, value),
                Part::Set(new) => self.set_value(key, value, new)?,
                Part::Replace(name, new) => self.replace_entry(key, value, name, new)?,
            }
        }
        let prefix = self.move_prefix(node, change, entries.iter().map(|(key, _)| self.tree.start(*key)));
        let Some(column) = entries.first().map(|(key, _)| column(self.tree, self.tree.start(*key))) else {
            return Ok(());
        };
        if change.added.is_empty() {
            return Ok(());
        }
        let style = self.style.around(self.tree, node);
        let mut lines = String::new();
        for added in &change.added {
            if let Added::Entry(key, value) = added {
                begin_line(&mut lines, column);
                block_entry(&mut lines, &style, column, key, value);
            }
        }
        self.append_lines(node, (column, column), prefix, lines);
        Ok(())
    }

    /// The start of the line after `end` and after the comment lines that directly follow with at least this
    /// indentation: they belong to the collection that ends here.
    fn after_comments(&self, end: usize, least_column: usize) -> usize {
        let (text, lines) = (self.tree.text(), self.tree.lines());
        let mut at = lines.next(end);
        while let Some(comment) = self.tree.comments_in(at..lines.end(at)).first()
            && is_space(&text[at..comment.start()])
            && comment.start() - at >= least_column
        {
            at = lines.next(at);
        }
        at
    }

    /// Removes an item with the comment lines directly above it at the column of its dash.
    fn remove_item(&mut self, item: NodeId) {
        let (text, lines, start) = (self.tree.text(), self.tree.lines(), self.tree.start(item));
        let (dash, own) = (column(self.tree, start), lines.start(start));
        let mut first = own;
        while first > 0 && is_space(&text[own..start]) {
            let above = lines.start(first - 1);
            let comment = self.tree.comments_in(above..first).first().map(|comment| comment.start());
            if comment != Some(above + dash) || !is_space(&text[above..above + dash]) {
                break;
            }
            first = above;
        }
        if first < own {
            self.edits.remove_lines(first, own - 1);
        }
        self.remove_value_lines(start, item);
    }

    /// Removes a key and its value.
    fn remove_key(&mut self, key: NodeId, value: NodeId) {
        self.remove_value_lines(self.tree.start(key), value);
    }

    /// Removes the lines from `start`, where a part begins, to the end of its value. The parts of the value that are
    /// removed by their own change are left to it, so that comments between them are kept.
    fn remove_value_lines(&mut self, start: usize, value: NodeId) {
        let span = self.tree.span(value);
        let change = self.changes.of(value).filter(|_| self.tree.structure(value) == Some(Structure::Block));
        let Some(change) = change else {
            self.edits.remove_lines(start, span.end());
            return;
        };
        // The lines of the key, and those up to the colon, an anchor or a tag of the value.
        let properties = self.tree.properties(value);
        let leads = [properties.anchor, properties.tag.map(|(_, tag)| tag)].into_iter().flatten().map(Span::start);
        let head = leads.chain(self.tree.lead(value)).fold(start, usize::max);
        if let Some(last) = self.tree.lines().start(span.start()).checked_sub(1).map(|above| head.min(above))
            && last >= start
        {
            self.edits.remove_lines(start, last);
        }
        let entries = self.tree.entries(value).map(|(key, value)| (self.tree.start(key), value));
        let items = self.tree.items(value).iter().map(|item| (self.tree.start(*item), *item));
        for (index, (start, part)) in entries.chain(items).enumerate().collect::<Vec<_>>() {
            if change.parts.get(&index) != Some(&Part::Remove) {
                self.remove_value_lines(start, part);
            }
        }
    }

    /// Moves what is on the line before a removed first part, a dash or the `:` of an explicit key, to the first part that
    /// is kept. If all are removed, it belongs before what is added.
    fn move_prefix(
        &mut self,
        node: NodeId,
        change: &NodeChange,
        starts: impl Iterator<Item = usize>,
    ) -> Option<&'t str> {
        let (text, lines) = (self.tree.text(), self.tree.lines());
        let mut starts = starts.enumerate();
        let is_removed = |index: usize| change.parts.get(&index) == Some(&Part::Remove);
        let (_, first) = starts.next().filter(|_| is_removed(0))?;
        let prefix = &text[lines.start(first)..first];
        if is_space(prefix) || self.is_removed(node) {
            return None;
        }
        let Some((_, next)) = starts.find(|(index, _)| !is_removed(*index)) else { return Some(prefix) };
        self.edits.edit(Edit::replace(lines.start(next)..next, prefix));
        None
    }

    /// Writes `[]` or `{}` for a block collection that becomes empty.
    pub(super) fn leave_brackets(&mut self, node: NodeId) -> Result<(), Diagnostic> {
        let (text, lines) = (self.tree.text(), self.tree.lines());
        let brackets = if matches!(self.tree.node(node).kind, Kind::Sequence { .. }) { "[]" } else { "{}" };
        let start = self.tree.span(node).start();
        let prefix = &text[lines.start(start)..start];
        match self.tree.lead(node) {
            // Its first line is removed. The brackets are written after the colon or dash before it, and after its
            // anchor and tag.
            Some(lead) if is_space(prefix) => {
                let properties = self.tree.properties(node);
                let ends = [properties.anchor, properties.tag.map(|(_, tag)| tag)].into_iter().flatten().map(Span::end);
                self.edits.edit(Edit::insert(ends.fold(lead + 1, usize::max), format!(" {brackets}")));
            }
            // Its first key follows a dash, on a line that is removed.
            Some(lead) => {
                let dash = column(self.tree, lead);
                self.edits.insert_lines(lines.start(lead), dash, format!("{prefix}{brackets}"));
            }
            None => return Err(self.refuse(node, "this document would become empty")),
        }
        Ok(())
    }

    /// Fills a null or an empty collection.
    pub(super) fn fill(&mut self, node: NodeId, added: &[Added]) -> Result<(), Diagnostic> {
        if added.is_empty() {
            return Ok(());
        }
        let value = as_value(added);
        if self.tree.tag(node).is_some() && self.tree.structure(node).is_none() {
            return Err(self.tree.diagnostic(node, "nothing can be added to a null with a tag", "remove the tag"));
        }
        let parent = self.tree.parent(node);
        let in_block = parent.is_none_or(|parent| self.tree.structure(parent) == Some(Structure::Block));
        let span = self.tree.span(node);
        let has_comments = !self.tree.comments_in(span.range()).is_empty();
        match parent {
            Some(_) if in_block && !has_comments => self.fill_block(node, &value),
            _ => self.fill_flow(node, &value),
        }
    }

    fn fill_block(&mut self, node: NodeId, value: &Value) -> Result<(), Diagnostic> {
        let style = self.style.around(self.tree, node);
        let span = self.tree.span(node);
        let key = self.tree.key_of(node);
        let Some(key) = key else {
            // An item becomes block lines, the first of them in its place.
            let column = column(self.tree, span.start());
            let mut lines = String::new();
            block_lines(&mut lines, &style, column, value);
            let (first, rest) = lines.split_once('\n').unwrap_or((&lines, ""));
            self.edits.edit(Edit::replace(span.range(), first));
            self.insert_below(span.end(), column, rest.to_owned());
            return Ok(());
        };
        let key_column = column(self.tree, self.tree.start(key));
        if self.tree.lead(node).is_none() {
            self.add_colon(key, &lines_at(&style, key_column + 2, value));
            return Ok(());
        }
        let inner = match value {
            Value::List(_) => key_column + style.dash,
            _ => key_column + style.step,
        };
        self.erase(node, span.start());
        // The items of a list belong to its key, even at the same column as the key.
        let depth = inner + usize::from(matches!(value, Value::List(_)));
        self.insert_below(span.end(), depth, lines_at(&style, inner, value));
        Ok(())
    }

    /// Gives a value, two columns to the right of its key, to an explicit key without a `:`.
    fn add_colon(&mut self, key: NodeId, value: &str) {
        let indent = column(self.tree, self.tree.start(key));
        self.insert_below(self.tree.span(key).end(), indent, format!("{:indent$}: {}", "", value.trim_start()));
    }

    /// Inserts lines below the line of `offset`.
    fn insert_below(&mut self, offset: usize, column: usize, lines: String) {
        if !lines.is_empty() {
            self.edits.insert_lines(self.tree.lines().next(offset), column, lines);
        }
    }

    /// Removes the bytes of a value of a block mapping from `start` on, with the spaces before. Comments, and an anchor
    /// or tag before `start`, are kept.
    fn erase(&mut self, value: NodeId, start: usize) {
        let (text, span) = (self.tree.text(), self.tree.span(value));
        let from = text[..start].trim_end_matches([' ', '\t']).len();
        let alone_on_line = from == self.tree.lines().start(span.start());
        if is_block_scalar(&self.tree.node(value).kind) {
            let header_end = header_end(text, span.start());
            self.edits.edit(Edit::delete(from..header_end));
            self.remove_body(span);
        } else if alone_on_line && !span.is_empty() {
            self.edits.remove_lines(span.start(), span.end());
        } else if !span.is_empty() {
            self.edits.edit(Edit::delete(from..span.end()));
        }
    }

    /// Removes the lines of a block scalar below its header.
    fn remove_body(&mut self, span: Span) {
        let lines = self.tree.lines();
        let body = lines.next(span.start());
        // There is no line below a header at the end of the text.
        if body <= span.end() && lines.start(body) == body {
            self.edits.remove_lines(body, span.end());
        }
    }

    /// Replaces the value of an entry.
    fn set_value(&mut self, key: NodeId, value: NodeId, new: &Value) -> Result<(), Diagnostic> {
        match new {
            Value::Text(text) => self.set_text(key, value, &scalar(text, self.style.quote, false)),
            Value::InStyle(text) => {
                let written = scalar_in_style(text, scalar_style(self.tree, value), self.style.quote, false);
                self.set_text(key, value, &written)
            }
            other if self.tree.structure(value) == Some(Structure::Flow) => {
                let style = self.flow_style(value);
                let span = self.tree.span(value);
                self.edits.edit(Edit::replace(span.range(), flow(&style, Layout::Inline, other)));
                Ok(())
            }
            other => self.set_collection(key, value, other),
        }
    }

    fn set_text(&mut self, key: NodeId, value: NodeId, written: &str) -> Result<(), Diagnostic> {
        let span = self.tree.span(value);
        let Some(lead) = self.tree.lead(value) else {
            self.add_colon(key, written);
            return Ok(());
        };
        if self.tree.structure(value) == Some(Structure::Block) {
            self.edits.edit(Edit::insert(lead + 1, format!(" {written}")));
            self.remove_block(lead, value);
            return Ok(());
        }
        if let Some((_, tag)) = self.tree.properties(value).tag {
            self.delete_property(tag);
        }
        if is_block_scalar(&self.tree.node(value).kind) {
            let source = self.tree.text();
            self.edits.edit(Edit::replace(span.start()..header_end(source, span.start()), written));
            self.remove_body(span);
        } else if span.is_empty() {
            self.edits.edit(Edit::insert(span.start(), format!(" {written}")));
        } else {
            self.edits.edit(Edit::replace(span.range(), written));
        }
        Ok(())
    }

    fn set_collection(&mut self, key: NodeId, value: NodeId, new: &Value) -> Result<(), Diagnostic> {
        let style = self.style.around(self.tree, value);
        let key_column = column(self.tree, self.tree.start(key));
        let Some(lead) = self.tree.lead(value) else {
            self.add_colon(key, &lines_at(&style, key_column + 2, new));
            return Ok(());
        };
        let inner = key_column + if matches!(new, Value::List(_)) { style.dash } else { style.step };
        let (outer, span) = (self.tree.outer(value), self.tree.span(value));
        if self.tree.structure(value) == Some(Structure::Block) {
            self.remove_block(lead, value);
        } else if self.tree.lines().end(outer.start()) >= span.start() && !span.is_empty() {
            self.erase(value, outer.start());
        } else {
            self.delete_properties(value);
            self.erase(value, span.start());
        }
        self.insert_below(self.tree.span(value).end(), inner, lines_at(&style, inner, new));
        Ok(())
    }

    fn replace_entry(&mut self, key: NodeId, value: NodeId, name: &str, new: &Value) -> Result<(), Diagnostic> {
        let name = match self.tree.node(key).kind {
            Kind::Scalar { style: ScalarStyle::DoubleQuoted, .. } => format!("\"{name}\""),
            Kind::Scalar { style: ScalarStyle::SingleQuoted, .. } => format!("'{name}'"),
            _ => name.to_owned(),
        };
        self.edits.edit(Edit::replace(self.tree.span(key).range(), name));
        self.set_value(key, value, new)
    }

    /// Removes a replaced block collection with its anchor, its tag and the comment lines above it. The `:` of an explicit
    /// key on its first line is kept.
    fn remove_block(&mut self, lead: usize, value: NodeId) {
        let (lines, span) = (self.tree.lines(), self.tree.span(value));
        let first = lines.next(lead);
        if lines.start(span.start()) < first {
            self.edits.edit(Edit::delete(lead + 1..lines.end(lead)));
        } else if self.tree.outer(value).start() < first {
            self.delete_properties(value);
        }
        if first < span.end() {
            self.edits.remove_lines(first, span.end());
        }
    }

    /// Removes the tag and the anchor of a value.
    pub(super) fn delete_properties(&mut self, value: NodeId) {
        let properties = self.tree.properties(value);
        match (properties.anchor, properties.tag.map(|(_, tag)| tag)) {
            (Some(anchor), Some(tag)) => {
                let (first, second) = (anchor.min(tag), anchor.max(tag));
                if is_space(&self.tree.text()[first.end()..second.start()]) {
                    self.delete_property(Span::new(first.start(), second.end()));
                } else {
                    self.delete_property(first);
                    self.delete_property(second);
                }
            }
            (one, other) => one.or(other).into_iter().for_each(|property| self.delete_property(property)),
        }
    }

    /// Removes a tag or an anchor with the spaces after it or, at the end of a line, before it.
    pub(super) fn delete_property(&mut self, property: Span) {
        let text = self.tree.text();
        let spaces = text[property.end()..].len() - text[property.end()..].trim_start_matches([' ', '\t']).len();
        let is_last = self.tree.lines().end(property.end()) == property.end() + spaces
            || text[property.end() + spaces..].starts_with('#');
        let range = if is_last {
            text[..property.start()].trim_end_matches([' ', '\t']).len()..property.end()
        } else {
            property.start()..property.end() + spaces
        };
        self.edits.edit(Edit::delete(range));
    }

    pub(super) fn refuse(&self, node: NodeId, message: &str) -> Diagnostic {
        self.tree.diagnostic(node, message, "write it in block style, on its own lines")
    }
}

fn is_space(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// Begins a new line, indented to `column`.
fn begin_line(lines: &mut String, column: usize) {
    if !lines.is_empty() {
        lines.push('\n');
    }
    indent(lines, column);
}

/// A collection as lines at `column`.
fn lines_at(style: &BlockStyle, column: usize, value: &Value) -> String {
    let mut lines = String::new();
    indent(&mut lines, column);
    block_lines(&mut lines, style, column, value);
    lines
}
