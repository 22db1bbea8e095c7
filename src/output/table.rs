//! Tables that fit a width.

use std::borrow::Cow;
use std::fmt::Write as _;

use console::{Style, measure_text_width, truncate_str};

const GAP: &str = "  ";

/// The minimum width of a column.
const MIN_WIDTH: usize = 4;

/// An escaped text with its style.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub text: String,
    pub style: Style,
}

/// The widths of the columns. If they do not fit, the widest is narrowed until they do.
pub(super) fn widths<'c, const N: usize>(
    rows: impl Iterator<Item = [&'c Cell; N]>,
    available: Option<usize>,
) -> [usize; N] {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = width_of(&cell.text).max(*width);
        }
    }
    let Some(available) = available else { return widths };
    while total(&widths) > available {
        match widths.iter_mut().max() {
            Some(widest) if *widest > MIN_WIDTH => *widest -= 1,
            _ => break,
        }
    }
    widths
}

/// The width of all columns. An empty column is not shown.
pub(super) fn total(widths: &[usize]) -> usize {
    let gaps = widths.iter().filter(|width| **width > 0).count().saturating_sub(1);
    widths.iter().sum::<usize>() + gaps * GAP.len()
}

/// A row in columns of these widths, without spaces at its end.
pub(super) fn line<const N: usize>(row: [&Cell; N], widths: &[usize; N]) -> String {
    let mut out = String::new();
    let mut pending = 0;
    for (Cell { text, style }, &width) in row.into_iter().zip(widths).filter(|(_, width)| **width > 0) {
        if text.is_empty() {
            pending += width + GAP.len();
            continue;
        }
        let (shown, length) = match width_of(text) {
            length if length <= width => (Cow::Borrowed(text.as_str()), length),
            _ => {
                let cut = truncate_str(text, width, "…");
                let length = width_of(&cut);
                (cut, length)
            }
        };
        out.extend(std::iter::repeat_n(' ', pending));
        let _ = write!(out, "{}", style.apply_to(&shown));
        pending = width - length + GAP.len();
    }
    out
}

/// The width of an escaped text on a terminal.
fn width_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { measure_text_width(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rows: &[[&str; 3]], available: Option<usize>) -> Vec<String> {
        let cell = |text: &&str| Cell { text: (*text).to_owned(), style: Style::new() };
        let rows: Vec<[Cell; 3]> = rows.iter().map(|row| row.each_ref().map(cell)).collect();
        let widths = widths(rows.iter().map(|row| row.each_ref()), available);
        rows.iter().map(|row| line(row.each_ref(), &widths)).collect()
    }

    #[test]
    fn the_widest_column_is_narrowed() {
        let rows = [["a", "short", "a long reason for it"], ["bb", "", "x"]];
        assert_eq!(shown(&rows, None), ["a   short  a long reason for it", "bb         x"]);
        assert_eq!(shown(&rows, Some(31)), shown(&rows, None));
        assert_eq!(shown(&rows, Some(20)), ["a   short  a long r…", "bb         x"]);
        assert_eq!(shown(&rows, Some(1)), ["a   sho…  a l…", "bb        x"]);
    }

    #[test]
    fn a_column_without_text_is_not_shown() {
        assert_eq!(shown(&[["a", "", "x"], ["bb", "", "y"]], None), ["a   x", "bb  y"]);
        assert_eq!(shown(&[["abcdefg", "", "x"]], Some(8)), ["abcd…  x"]);
    }
}
