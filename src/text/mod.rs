//! Text and the edits of it: byte ranges, lines and columns. It knows no YAML.

mod edit;
mod lines;

pub use edit::{Edit, EditSet, Overlap, joined};
pub use lines::{LineIndex, Position, final_break, line_end, line_start, next_line, position};
