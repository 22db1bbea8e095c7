//! A JSON Patch, an operation a line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

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
        operation.serialize(&mut Serializer::with_formatter(&mut *out, OnOneLine))?;
    }
    out.write_all(b"\n]\n")?;
    out.flush()
}

/// JSON on one line, with a blank behind each colon and comma.
struct OnOneLine;

impl Formatter for OnOneLine {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}
