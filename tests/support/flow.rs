//! Values written in brackets and braces, and as JSON.

use super::build::Value;
use super::dice::Dice;
use super::print::{Printer, double_quoted};

impl Printer<'_, '_> {
    /// A value in flow style, on one line or on many; `column` is that of the key or the dash before it.
    pub(super) fn flow(&mut self, value: &Value, column: usize) {
        if self.dice.one_in(3) {
            let (unit, hanging) = (self.dice.pick(&[2, 4]), self.dice.one_in(3));
            self.flow_lines(value, column + usize::from(hanging), unit);
        } else {
            let style = Inline {
                padding: self.dice.pick(&["", " "]),
                comma: self.dice.pick(&[", ", ",", " , "]),
                json_keys: self.dice.one_in(4),
                trailing: self.dice.one_in(10),
            };
            self.flow_inline(value, style, false);
        }
    }

    fn flow_inline(&mut self, value: &Value, style: Inline, in_list: bool) {
        match value {
            Value::List(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.out.push_str(if index > 0 { style.comma } else { "" });
                    self.flow_inline(item, style, true);
                }
                self.out.push_str(if style.trailing && !items.is_empty() { ",]" } else { "]" });
            }
            // `[a: b]` is a list of a mapping.
            Value::Map(entries) if entries.len() == 1 && in_list && self.dice.one_in(6) => {
                self.flow_entry(&entries[0], style);
            }
            Value::Map(entries) => {
                let padding = if entries.is_empty() { "" } else { style.padding };
                self.out.push('{');
                self.out.push_str(padding);
                for (index, entry) in entries.iter().enumerate() {
                    self.out.push_str(if index > 0 { style.comma } else { "" });
                    self.flow_entry(entry, style);
                }
                self.out.push_str(padding);
                self.out.push('}');
            }
            other => self.flow_leaf(other),
        }
    }

    fn flow_entry(&mut self, (key, value): &(String, Value), style: Inline) {
        if self.has_many_explicit() && self.dice.one_in(4) {
            self.out.push_str("? ");
        }
        self.flow_key(key, style.json_keys);
        if *value == Value::Spelt(String::new()) && self.dice.one_in(4) {
            return;
        }
        self.out.push_str(if style.json_keys && self.dice.one_in(2) && !matches!(value, Value::Alias(_)) {
            ":"
        } else {
            ": "
        });
        self.flow_inline(value, style, false);
    }

    fn flow_key(&mut self, key: &str, json: bool) {
        let key = if json && key != "<<" { format!("\"{key}\"") } else { key.to_owned() };
        self.out.push_str(&key);
    }

    fn flow_leaf(&mut self, value: &Value) {
        match value {
            Value::Marked(mark, value) => {
                self.out.push_str(mark);
                self.out.push(' ');
                self.flow_inline(value, Inline::PLAIN, false);
            }
            Value::Alias(name) => self.out.push_str(&format!("*{name} ")),
            Value::Spelt(text) => self.out.push_str(text),
            Value::Text(text) => {
                let scalar = self.scalar(text, true);
                self.out.push_str(&scalar);
            }
            Value::List(_) | Value::Map(_) => {}
        }
    }

    fn flow_lines(&mut self, value: &Value, column: usize, unit: usize) {
        let (open, close, count) = match value {
            Value::List(items) => ('[', ']', items.len()),
            Value::Map(entries) => ('{', '}', entries.len()),
            other => return self.flow_inline(other, Inline::PLAIN, false),
        };
        self.out.push(open);
        if count == 0 {
            return self.out.push(close);
        }
        let trailing = self.dice.one_in(4);
        for index in 0..count {
            self.flow_line_end();
            self.out.push_str(&" ".repeat(column + unit));
            let part = match value {
                Value::Map(entries) => {
                    if self.has_many_explicit() && self.dice.one_in(4) {
                        self.out.push_str("? ");
                    }
                    self.flow_key(&entries[index].0, false);
                    self.out.push_str(": ");
                    &entries[index].1
                }
                Value::List(items) => &items[index],
                other => other,
            };
            if self.dice.one_in(3) {
                self.flow_lines(part, column + unit, unit);
            } else {
                self.flow_inline(part, Inline::PLAIN, false);
            }
            if index + 1 < count || trailing {
                self.out.push(',');
            }
        }
        self.flow_line_end();
        self.out.push_str(&" ".repeat(column));
        self.out.push(close);
    }

    fn flow_line_end(&mut self) {
        if self.dice.one_in(10) {
            let comment = self.comment(false);
            self.out.push(' ');
            self.out.push_str(&comment);
        }
        self.out.push('\n');
        if self.dice.one_in(20) {
            let comment = self.comment(false);
            self.out.push_str("      ");
            self.out.push_str(&comment);
            self.out.push('\n');
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Inline {
    padding: &'static str,
    comma: &'static str,
    json_keys: bool,
    trailing: bool,
}

impl Inline {
    const PLAIN: Self = Self { padding: "", comma: ", ", json_keys: false, trailing: false };
}

/// How JSON is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Json {
    unit: Option<&'static str>,
    colon: &'static str,
    comma: &'static str,
    escapes: bool,
    /// Collections without nested collections are on one line.
    leaves_inline: bool,
}

impl Json {
    pub fn roll(dice: &mut Dice<'_>) -> Self {
        Self {
            unit: dice.pick(&[Some("  "), None, Some("    "), Some("\t")]),
            colon: dice.pick(&[": ", ":", " : "]),
            comma: dice.pick(&[", ", ","]),
            escapes: dice.one_in(4),
            leaves_inline: dice.one_in(4),
        }
    }

    pub fn document(self, dice: &mut Dice<'_>, value: &Value) -> String {
        let mut out = String::new();
        self.write(dice, value, "\n", &mut out);
        out
    }

    fn write(self, dice: &mut Dice<'_>, value: &Value, line: &str, out: &mut String) {
        match value {
            Value::Marked(_, value) => self.write(dice, value, line, out),
            Value::Alias(_) => out.push_str("null"),
            Value::Spelt(text) => out.push_str(match text.as_str() {
                word @ ("1" | "0.75" | "true" | "5775" | "null" | "2" | "100" | "20" | "0.5") => word,
                _ => "null",
            }),
            Value::Text(text) => out.push_str(&self.string(text)),
            Value::List(items) => self.collection(dice, ('[', ']'), items.iter().map(|item| (None, item)), line, out),
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (Some(key), value));
                self.collection(dice, ('{', '}'), entries, line, out);
            }
        }
    }

    fn collection<'v>(
        self,
        dice: &mut Dice<'_>,
        (open, close): (char, char),
        parts: impl ExactSizeIterator<Item = (Option<&'v String>, &'v Value)> + Clone,
        line: &str,
        out: &mut String,
    ) {
        let is_leaf = |value: &Value| !matches!(value.bare(), Value::List(_) | Value::Map(_));
        let inline = self.leaves_inline && parts.clone().all(|(_, value)| is_leaf(value));
        let unit = self.unit.filter(|_| !inline && parts.len() > 0);
        let inner = unit.map_or(String::new(), |unit| format!("{line}{unit}"));
        out.push(open);
        for (index, (key, value)) in parts.enumerate() {
            if index > 0 {
                out.push_str(if unit.is_some() { "," } else { self.comma });
            }
            out.push_str(&inner);
            if let Some(key) = key {
                out.push_str(&self.string(key));
                out.push_str(self.colon);
            }
            let below = if unit.is_some() { &inner } else { line };
            self.write(dice, value, below, out);
        }
        if unit.is_some() {
            out.push_str(line);
        }
        out.push(close);
    }

    fn string(self, text: &str) -> String {
        let quoted = double_quoted(text);
        if !self.escapes {
            return quoted;
        }
        let mut units = [0; 2];
        quoted
            .chars()
            .flat_map(|character| match character {
                ' '..='~' => vec![character.to_string()],
                other => other.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            })
            .collect()
    }
}
