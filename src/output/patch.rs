//! A JSON Patch with one operation a line.

use std::io::{self, Write};

use super::json::on_one_line;
use crate::patch::Operation;

/// Writes a patch.
///
/// # Errors
/// Those of `out`.
pub fn write(operations: &[Operation], out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    if operations.is_empty() {
        out.write_all(b"[]\n")?;
        return out.flush();
    }
    out.write_all(b"[")?;
    for (index, operation) in operations.iter().enumerate() {
        out.write_all(if index == 0 { b"\n  " } else { b",\n  " })?;
        out.write_all(on_one_line(operation)?.as_bytes())?;
    }
    out.write_all(b"\n]\n")?;
    out.flush()
}
