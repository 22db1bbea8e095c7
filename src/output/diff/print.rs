//! The lines of a diff, as bytes for a program or coloured for a terminal.

use std::borrow::Cow;
use std::io::{self, Write};

use console::Style;
use similar::{DiffOp, TextDiff};

use crate::text::drives_a_terminal;

/// A change of more bytes than these has no words marked: comparing them takes time that grows with the square of
/// their number, and nobody would look.
const MOST_MARKED: usize = 4096;

/// What stands below a line that the end of the text cuts off.
const NO_NEWLINE: &str = "\\ No newline at end of file\n";

/// Prints a diff line by line.
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
        // Else `patch` takes what follows a blank for a date.
        let end = if name.contains(&b' ') { "\t" } else { "" };
        for (sign, folder) in [("---", "a/"), ("+++", "b/")] {
            let path = quoted(&[folder.as_bytes(), name].concat());
            self.heading(&format!("{sign} {path}{end}"), &Palette::FILE)?;
        }
        Ok(())
    }

    /// Which lines of both sides follow.
    pub(super) fn hunk_header(&mut self, header: &str) -> io::Result<()> {
        self.heading(header, &Palette::HUNK)
    }

    /// Lines that both sides have.
    pub(super) fn context(&mut self, lines: &str) -> io::Result<()> {
        self.lines(' ', lines, &Palette::CONTEXT)
    }

    /// Lines that one side has in the place of the other's.
    pub(super) fn change(&mut self, removed: &str, added: &str) -> io::Result<()> {
        let is_replacement = !removed.is_empty() && !added.is_empty();
        if self.colour && is_replacement && removed.len() + added.len() <= MOST_MARKED {
            return self.marked_change(removed, added);
        }
        self.lines('-', removed, &Palette::REMOVED)?;
        self.lines('+', added, &Palette::ADDED)
    }

    /// A change with its words compared, and those marked that differ.
    fn marked_change(&mut self, removed: &str, added: &str) -> io::Result<()> {
        let old: Vec<&str> = removed.split_inclusive('\n').collect();
        let new: Vec<&str> = added.split_inclusive('\n').collect();
        let whole = DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() };
        // No deadline: what is printed must not hang on how busy the machine is.
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

    /// A line whose marked parts are shown in reverse. Its line break stays outside the colours.
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

/// What a line ends with.
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

/// A path as git writes it in a header: in quotes, with C's escapes, where it holds anything out of the ordinary.
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

/// A byte as C writes it in a string: by its letter where it has one, else in octal.
fn escaped(byte: u8) -> String {
    const FROM_BELL_TO_RETURN: [char; 7] = ['a', 'b', 't', 'n', 'v', 'f', 'r'];
    match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        7..=13 => format!("\\{}", FROM_BELL_TO_RETURN[usize::from(byte - 7)]),
        _ => format!("\\{byte:03o}"),
    }
}
