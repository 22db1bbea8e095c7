//! Prints the lines of a diff, as bytes for a program or coloured for a terminal.

use std::borrow::Cow;
use std::io::{self, Write};

use console::Style;
use similar::{DiffOp, TextDiff};

use crate::text::drives_a_terminal;

/// The limit of bytes of a change whose words are compared, which takes quadratic time.
const MAX_MARKED: usize = 4096;

/// The line after a last line without a line break.
const NO_NEWLINE: &str = "\\ No newline at end of file\n";

pub(super) struct Printer<'a, W> {
    out: &'a mut W,
    colour: bool,
}

/// The colours that git uses.
struct Palette;

impl Palette {
    const FILE: Style = Style::new().bold().force_styling(true);
    const HUNK: Style = Style::new().cyan().force_styling(true);
    const CONTEXT: Style = Style::new().force_styling(true);
    const REMOVED: Style = Style::new().red().force_styling(true);
    const ADDED: Style = Style::new().green().force_styling(true);
}

impl<'a, W: Write> Printer<'a, W> {
    pub(super) fn new(out: &'a mut W, colour: bool) -> Self {
        Self { out, colour }
    }

    /// The names of the old and the new file.
    pub(super) fn file_header(&mut self, name: &[u8]) -> io::Result<()> {
        // Without the tab, `patch` reads the text after a space as a date.
        let end = if name.contains(&b' ') { "\t" } else { "" };
        for (sign, folder) in [("---", "a/"), ("+++", "b/")] {
            let path = quoted(&[folder.as_bytes(), name].concat());
            self.heading(&format!("{sign} {path}{end}"), &Palette::FILE)?;
        }
        Ok(())
    }

    pub(super) fn hunk_header(&mut self, header: &str) -> io::Result<()> {
        self.heading(header, &Palette::HUNK)
    }

    pub(super) fn context(&mut self, lines: &str) -> io::Result<()> {
        self.lines(' ', lines, &Palette::CONTEXT)
    }

    pub(super) fn change(&mut self, removed: &str, added: &str) -> io::Result<()> {
        let is_replacement = !removed.is_empty() && !added.is_empty();
        if self.colour && is_replacement && removed.len() + added.len() <= MAX_MARKED {
            return self.marked_change(removed, added);
        }
        self.lines('-', removed, &Palette::REMOVED)?;
        self.lines('+', added, &Palette::ADDED)
    }

    /// Prints a change with the different words marked.
    fn marked_change(&mut self, removed: &str, added: &str) -> io::Result<()> {
        let old: Vec<&str> = removed.split_inclusive('\n').collect();
        let new: Vec<&str> = added.split_inclusive('\n').collect();
        let whole = DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() };
        // No deadline: the output must not depend on the load of the machine.
        for change in TextDiff::from_slices(&old, &new).iter_inline_changes_deadline(&whole, None) {
            match change.old_index() {
                Some(_) => self.painted_line('-', change.values(), &Palette::REMOVED)?,
                None => self.painted_line('+', change.values(), &Palette::ADDED)?,
            }
        }
        Ok(())
    }

    fn heading(&mut self, text: &str, style: &Style) -> io::Result<()> {
        if self.colour { writeln!(self.out, "{}", style.apply_to(text)) } else { writeln!(self.out, "{text}") }
    }

    fn lines(&mut self, sign: char, lines: &str, style: &Style) -> io::Result<()> {
        for line in lines.split_inclusive('\n') {
            if self.colour {
                self.painted_line(sign, &[(false, line)], style)?;
            } else {
                self.plain_line(sign, line)?;
            }
        }
        Ok(())
    }

    fn plain_line(&mut self, sign: char, line: &str) -> io::Result<()> {
        write!(self.out, "{sign}{line}")?;
        if line.ends_with('\n') { Ok(()) } else { write!(self.out, "\n{NO_NEWLINE}") }
    }

    /// Prints a line whose marked parts are in reverse. Its line break is outside the colours.
    fn painted_line(&mut self, sign: char, parts: &[(bool, &str)], style: &Style) -> io::Result<()> {
        write!(self.out, "{}", style.apply_to(sign))?;
        let line_break = line_break(parts.last().map_or("", |(_, part)| part));
        let mut left = parts.iter().map(|(_, part)| part.len()).sum::<usize>() - line_break.len();
        for (is_marked, part) in parts {
            let text = printable(&part[..part.len().min(left)]);
            left = left.saturating_sub(part.len());
            let style = if *is_marked { style.clone().reverse() } else { style.clone() };
            if !text.is_empty() {
                write!(self.out, "{}", style.apply_to(text))?;
            }
        }
        if line_break.is_empty() { write!(self.out, "\n{NO_NEWLINE}") } else { write!(self.out, "{line_break}") }
    }
}

fn line_break(line: &str) -> &'static str {
    if line.ends_with("\r\n") {
        "\r\n"
    } else if line.ends_with('\n') {
        "\n"
    } else {
        ""
    }
}

/// The text with its control characters escaped, but for tabs.
fn printable(text: &str) -> Cow<'_, str> {
    let is_unsafe = |character: char| drives_a_terminal(character) && character != '\t';
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unsafe(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// A path as git writes it in a header: in quotes with C escapes if it has special characters.
fn quoted(path: &[u8]) -> String {
    let is_ordinary = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if path.iter().all(is_ordinary) {
        return path.iter().copied().map(char::from).collect();
    }
    let mut quoted = String::from('"');
    for byte in path {
        if is_ordinary(byte) {
            quoted.push(char::from(*byte));
        } else {
            quoted.push_str(&escaped(*byte));
        }
    }
    quoted.push('"');
    quoted
}

/// A byte as a C escape: with its letter if it has one, else in octal.
fn escaped(byte: u8) -> String {
    const FROM_BELL_TO_RETURN: [char; 7] = ['a', 'b', 't', 'n', 'v', 'f', 'r'];
    match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        7..=13 => format!("\\{}", FROM_BELL_TO_RETURN[usize::from(byte - 7)]),
        _ => format!("\\{byte:03o}"),
    }
}
