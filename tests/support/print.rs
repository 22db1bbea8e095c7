//! Values written as YAML in one of the many ways that people write it.
//!
//! Every comment has a number. Those that begin with [`KEPT`] belong to nodes that `enable` and `disable` never remove.

use super::Wanted;
use super::build::Value;
use super::dice::Dice;

/// The start of a comment that has to be kept.
pub const KEPT: &str = "#keep-";

/// The start of a comment that may be removed with its node.
const LOOSE: &str = "#loose-";

/// The keys that `disable` removes, with the comment on their line, if they become empty.
const PRUNED: &[&str] = &["env", "svcOrchSpec", "componentSpecs", "spec", "containers", "name"];

/// The keys that may keep values while other parts of the mapping around them are removed.
const NESTING: &[&str] = &["env", "containers", "spec"];

pub struct Printer<'d, 'r> {
    pub(super) dice: &'d mut Dice<'r>,
    pub(super) out: String,
    style: Style,
    comments: usize,
    /// True if the last value was a block scalar, which a deeper comment would belong to.
    behind_block_scalar: bool,
}

#[derive(Debug, Clone, Copy)]
struct Style {
    /// The position of the document's root.
    root: usize,
    /// Columns from a key to the mapping below it.
    step: usize,
    /// Columns from a key to the dashes below it.
    dash: usize,
    /// Columns from a dash to its item.
    gap: usize,
    quotes: Quotes,
    /// One place in this many has a comment or an empty line; 0 for none.
    comments: usize,
    blank_lines: usize,
    /// One collection in this many is in brackets; 0 for none.
    flow: usize,
    trailing_blanks: bool,
    /// One key in this many has the form `? key`.
    explicit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Quotes {
    Seldom,
    Single,
    Double,
}

impl<'d, 'r> Printer<'d, 'r> {
    pub fn new(dice: &'d mut Dice<'r>, wanted: Wanted, comments: usize) -> Self {
        let style = Style {
            root: dice.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]),
            step: dice.pick(&[2, 2, 2, 4, 3, 1]),
            dash: dice.pick(&[0, 2, 2, 0, 4, 1]),
            gap: dice.pick(&[2, 2, 2, 2, 4, 3]),
            quotes: dice.pick(&[Quotes::Seldom, Quotes::Single, Quotes::Double]),
            comments: dice.pick(&[0, 12, 5, 3]),
            blank_lines: dice.pick(&[0, 0, 20, 6]),
            flow: if wanted.block_only { 0 } else { dice.pick(&[0, 0, 20, 6]) },
            trailing_blanks: dice.one_in(10),
            explicit: if wanted.explicit_keys { 4 } else { 200 },
        };
        Self { dice, out: String::new(), style, comments, behind_block_scalar: false }
    }

    /// Writes the text before a document, the `index`th of its stream.
    pub fn start(&mut self, index: usize, ended: bool) {
        if index == 0 || ended {
            if self.dice.one_in(8) {
                self.out.push_str(self.dice.pick(&[
                    "# head of the stream\n",
                    "\n",
                    "%YAML 1.1\n",
                    "# head\n%YAML 1.2\n",
                ]));
            }
            if self.dice.one_in(2) || self.out.contains('%') || ended {
                self.out.push_str("---");
                self.line_end(false);
            }
        } else {
            self.out.push_str("---");
            self.line_end(false);
        }
    }

    pub fn document(&mut self, value: &Value) {
        let Value::Map(entries) = value else { return };
        self.map(entries, self.style.root, false);
        if self.dice.one_in(10) {
            self.comment_line(0, true);
        }
        if self.dice.one_in(16) {
            self.out.push_str("...\n");
        }
    }

    pub fn finish(self) -> (String, usize) {
        (self.out, self.comments)
    }

    /// Writes the lines of a mapping. After a dash, the first line is already indented.
    fn map(&mut self, entries: &[(String, Value)], column: usize, behind_dash: bool) {
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 || !behind_dash {
                self.lines_between(column, true);
                self.indent(column);
            }
            let loose = PRUNED.contains(&key.as_str());
            if self.dice.one_in(self.style.explicit) && !matches!(value, Value::Alias(_)) {
                self.out.push_str("? ");
                self.out.push_str(key);
                self.line_end(loose);
                if *value == Value::Spelt(String::new()) && self.dice.one_in(2) {
                    continue;
                }
                self.indent(column);
                self.out.push(':');
                if self.has_many_explicit() && self.beside_colon(value, column) {
                    continue;
                }
            } else {
                let key = self.key(key);
                self.out.push_str(&key);
                self.out.push_str(if self.dice.one_in(60) { " :" } else { ":" });
            }
            self.value(value, column, loose, key == "name");
        }
    }

    pub(super) fn has_many_explicit(&self) -> bool {
        self.style.explicit < 100
    }

    /// Writes some collections with their first line beside the `:` of an explicit key.
    fn beside_colon(&mut self, value: &Value, column: usize) -> bool {
        let (Value::List(_) | Value::Map(_)) = value else { return false };
        if self.is_flow(value) || self.dice.one_in(2) {
            return false;
        }
        self.behind_block_scalar = false;
        let gap = self.dice.pick(&[2, 2, 4]);
        self.out.push_str(&" ".repeat(gap - 1));
        match value {
            Value::List(items) => self.list(items, column + gap, true),
            Value::Map(entries) => self.map(entries, column + gap, true),
            _ => {}
        }
        true
    }

    fn key(&mut self, key: &str) -> String {
        match self.dice.below(80) {
            // In quotes it would merge nothing.
            _ if key == "<<" => key.to_owned(),
            78 => format!("'{key}'"),
            79 => format!("\"{key}\""),
            _ => key.to_owned(),
        }
    }

    /// Writes a value after its colon, to the end of its last line.
    fn value(&mut self, value: &Value, column: usize, loose: bool, inline: bool) {
        self.behind_block_scalar = false;
        match value {
            Value::Marked(mark, value) => {
                self.out.push(' ');
                self.out.push_str(mark);
                self.value(value, column, loose, inline);
            }
            Value::Alias(name) => {
                self.out.push_str(&format!(" *{name}"));
                self.line_end(loose);
            }
            Value::Spelt(text) => {
                if !text.is_empty() {
                    self.spaces();
                    self.out.push_str(text);
                }
                self.line_end(loose);
            }
            Value::Text(text) => self.text(text, column, loose, inline),
            Value::List(_) | Value::Map(_) if self.is_flow(value) => {
                self.spaces();
                self.flow(value, column);
                self.line_end(true);
            }
            Value::List(items) => {
                self.line_end(loose);
                self.list(items, column + self.style.dash, false);
            }
            Value::Map(entries) => {
                self.line_end(loose);
                let step = if self.dice.one_in(60) { self.style.step + 2 } else { self.style.step };
                self.map(entries, column + step, false);
            }
        }
    }

    fn list(&mut self, items: &[Value], column: usize, behind_dash: bool) {
        for (index, item) in items.iter().enumerate() {
            let loose = item.may_go();
            if index > 0 || !behind_dash {
                self.lines_between(column, !loose);
                self.indent(column);
            }
            self.out.push('-');
            let gap = if self.dice.one_in(30) { self.style.gap + 1 } else { self.style.gap };
            let start = self.out.len();
            self.item(item, column, gap, loose);
            // The comments of an item are removed with it, except those of values in it that may be kept.
            let goes_whole =
                matches!(item.bare(), Value::Map(entries) if !entries.iter().any(|(key, _)| NESTING.contains(&&**key)));
            if loose && goes_whole {
                let item = self.out.split_off(start);
                self.out.push_str(&item.replace(KEPT, LOOSE));
            }
        }
    }

    /// Writes an item after its dash, to the end of its last line.
    fn item(&mut self, item: &Value, dash: usize, gap: usize, loose: bool) {
        self.behind_block_scalar = false;
        match item {
            Value::Map(_) | Value::List(_) if self.is_flow(item) => {
                self.out.push_str(&" ".repeat(gap - 1));
                self.flow(item, dash);
                self.line_end(loose);
            }
            Value::Map(entries) => {
                if self.dice.one_in(40) {
                    self.line_end(loose);
                    self.indent(dash + gap);
                } else {
                    self.out.push_str(&" ".repeat(gap - 1));
                }
                self.map(entries, dash + gap, true);
            }
            Value::List(items) => {
                self.out.push_str(&" ".repeat(gap - 1));
                self.list(items, dash + gap, true);
            }
            Value::Marked(mark, value) if matches!(value.bare(), Value::Map(_)) && !self.is_flow(value) => {
                self.out.push_str(&" ".repeat(gap - 1));
                self.out.push_str(mark);
                self.line_end(loose);
                self.indent(dash + gap);
                if let Value::Map(entries) = value.bare() {
                    self.map(entries, dash + gap, true);
                }
            }
            other => self.value(other, dash, loose, false),
        }
    }

    /// Writes comments and empty lines before a key or a dash.
    fn lines_between(&mut self, column: usize, kept: bool) {
        let deepest = if self.behind_block_scalar { column } else { column + 2 };
        self.behind_block_scalar = false;
        if self.style.blank_lines > 0 && self.dice.one_in(self.style.blank_lines) {
            self.out.push_str(if self.style.trailing_blanks && self.dice.one_in(3) { "  \n" } else { "\n" });
        }
        if self.style.comments > 0 && self.dice.one_in(self.style.comments * 2) {
            for _ in 0..=self.dice.below(3) {
                let at = self.dice.pick(&[column, column, column, 0, deepest]);
                self.comment_line(at, kept);
            }
            if self.dice.one_in(8) {
                self.out.push('\n');
            }
        }
    }

    fn comment_line(&mut self, column: usize, kept: bool) {
        self.indent(column);
        let comment = self.comment(kept);
        self.out.push_str(&comment);
        self.out.push('\n');
    }

    pub(super) fn comment(&mut self, kept: bool) -> String {
        self.comments += 1;
        let words =
            self.dice.pick(&["", " about this", " - name: TRACING", " a: {b", " it's \"x", " é 日本", " # {{ .x }}"]);
        format!("{}{}{words}", if kept { KEPT } else { LOOSE }, self.comments)
    }

    /// Writes one or more spaces before a value.
    fn spaces(&mut self) {
        self.out.push_str(if self.dice.one_in(40) { "   " } else { " " });
    }

    fn indent(&mut self, column: usize) {
        self.out.push_str(&" ".repeat(column));
    }

    /// The end of a line, with a comment or without.
    fn line_end(&mut self, loose: bool) {
        if self.style.comments > 0 && self.dice.one_in(self.style.comments * 2) {
            let comment = self.comment(!loose);
            self.spaces();
            self.out.push_str(&comment);
        } else if self.style.trailing_blanks && self.dice.one_in(6) {
            self.out.push_str("  ");
        }
        self.out.push('\n');
    }

    fn is_flow(&mut self, value: &Value) -> bool {
        match value {
            Value::List(items) if items.is_empty() => true,
            Value::Map(entries) if entries.is_empty() => true,
            _ => self.style.flow > 0 && self.dice.one_in(self.style.flow),
        }
    }

    /// Writes a string after a colon or a dash.
    fn text(&mut self, text: &str, column: usize, loose: bool, inline: bool) {
        let lines = text.contains('\n');
        if !inline && (lines && self.dice.one_in(2) || !text.is_empty() && !text.contains('\t') && self.dice.one_in(40))
        {
            return self.block_scalar(text, column, loose);
        }
        self.spaces();
        let scalar = self.scalar(text, false);
        self.out.push_str(&scalar);
        if !lines && !inline && is_plain(&scalar) && scalar.len() > 3 && self.dice.one_in(40) {
            // A plain scalar of two lines.
            self.out.push('\n');
            self.indent(column + self.style.step);
            self.out.push_str("and more");
        }
        self.line_end(loose);
    }

    /// Writes a string on one line, plain if that is possible and drawn.
    pub(super) fn scalar(&mut self, text: &str, in_flow: bool) -> String {
        let single_fits = !text.contains(['\n', '\t']);
        let plain_fits = is_plain(text) && !(in_flow && text.contains([',', '[', ']', '{', '}']));
        match self.style.quotes {
            Quotes::Seldom if plain_fits => text.to_owned(),
            Quotes::Double => double_quoted(text),
            _ if plain_fits && self.dice.one_in(3) => text.to_owned(),
            _ if single_fits => format!("'{}'", text.replace('\'', "''")),
            _ => double_quoted(text),
        }
    }

    fn block_scalar(&mut self, text: &str, column: usize, loose: bool) {
        let body = text.trim_end_matches('\n');
        let ends = text.len() - body.len();
        let chomp = match ends {
            0 => "-",
            1 => "",
            _ => "+",
        };
        let indent = column + self.style.step;
        let hint = if body.starts_with(' ') || body.is_empty() || self.dice.one_in(10) {
            self.style.step.to_string()
        } else {
            String::new()
        };
        let kind = if self.dice.one_in(4) { ">" } else { "|" };
        self.out.push_str(&format!(" {kind}{hint}{chomp}"));
        self.line_end(loose);
        for line in body.split('\n') {
            self.indent(indent);
            self.out.push_str(line);
            self.out.push('\n');
        }
        for _ in 1..ends {
            self.out.push('\n');
        }
        if ends < 2 && self.dice.one_in(8) {
            self.out.push('\n');
        }
        self.behind_block_scalar = true;
    }
}

/// Returns true if a string may be written without quotes.
pub(super) fn is_plain(text: &str) -> bool {
    let words = ["yes", "no", "true", "false", "on", "off", "y", "n", "null"];
    text.starts_with(|first: char| first.is_alphabetic())
        && !text.contains(['\n', '\t', '#', '"', '\'', '\\', '{', '}'])
        && !text.contains(": ")
        && !text.ends_with(' ')
        && !words.contains(&text)
}

pub(super) fn double_quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{escaped}\"")
}
