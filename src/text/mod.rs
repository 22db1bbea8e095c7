//! Text and the edits of it: byte ranges, lines and columns. It knows no YAML.

mod edit;
mod lines;
mod terminal;

pub use edit::{Edit, EditSet, Overlap, joined};
pub use lines::{LineIndex, LineStarts, Places, Position, final_break, line_end, line_start, next_line, position};
pub use terminal::drives_a_terminal;
