//! Lines, columns and edits of a text. It does not know YAML.

mod edit;
mod lines;
mod terminal;

pub(crate) use edit::Overlap;
pub use edit::{Edit, EditSet, joined};
pub(crate) use lines::{LineIndex, LineStarts, Places, Position, final_break, line_end, line_start, next_line};
pub(crate) use terminal::drives_a_terminal;
