//! Reads files, up to a limit.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of an input (4 GiB), so that an endless one is not read for ever.
pub const MAX_INPUT_LENGTH: u64 = 1 << 32;

/// The number of bytes that are read before they are searched for a NUL.
const CHUNK: u64 = 1 << 20;

pub(super) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    read_input(file, length)
}

/// Reads an input of at least `length` bytes.
pub(super) fn read_input(input: impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if length <= MAX_INPUT_LENGTH {
        bytes.reserve_exact(usize::try_from(length).unwrap_or_default());
        read_text(input, &mut bytes)?;
    }
    if length.max(bytes.len() as u64) > MAX_INPUT_LENGTH {
        return Err(io::Error::other("more than 4 GiB"));
    }
    Ok(bytes)
}

/// Reads an input up to its end, a NUL, or one byte more than the limit. A text with a NUL is an error anyway.
pub(crate) fn read_text(input: impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut input = input.take(MAX_INPUT_LENGTH + 1);
    loop {
        let start = bytes.len();
        let count = input.by_ref().take(CHUNK).read_to_end(bytes)?;
        if count == 0 || memchr::memchr(0, &bytes[start..]).is_some() {
            return Ok(());
        }
    }
}

/// Reads a regular file or `/dev/null`, up to one byte more than `limit`.
pub(crate) fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    let mut bytes = Vec::new();
    if metadata.is_file() || metadata.is_dir() {
        File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    } else if !fs::canonicalize(path).is_ok_and(|path| path == Path::new("/dev/null")) {
        return Err(io::Error::other(format!("{}, and not a regular file", file_kind(&metadata))));
    }
    Ok(bytes)
}

/// The kind of a file that is neither regular nor a folder.
#[cfg(unix)]
pub(crate) fn file_kind(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match metadata.file_type() {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
pub(crate) fn file_kind(_: &Metadata) -> &'static str {
    "a device"
}
