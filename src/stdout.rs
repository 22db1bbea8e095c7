//! Standard output. A write to it is an error if it is closed.
//!
//! The standard library replaces a closed one by `/dev/null` before `main` is called, so `main.rs` checks it before
//! that.

use std::io::{self, StdoutLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Records if standard output is closed. It works only before `main`.
#[cfg(unix)]
pub fn look() {
    use std::os::fd::AsFd;
    const EBADF: i32 = 9;
    let copy = io::stdout().as_fd().try_clone_to_owned();
    let is_closed = copy.is_err_and(|error| error.raw_os_error() == Some(EBADF));
    IS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// Returns an error if standard output was closed at the start.
pub(crate) fn check() -> io::Result<()> {
    if IS_CLOSED.load(Ordering::Relaxed) { Err(io::Error::other("it is closed")) } else { Ok(()) }
}

/// Standard output, locked.
pub(crate) struct StandardOutput(StdoutLock<'static>);

impl StandardOutput {
    pub(crate) fn lock() -> Self {
        Self(io::stdout().lock())
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            check()?;
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
