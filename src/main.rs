//! The `seldon-trace` program: the library's `run`, and nothing else.

use std::process::ExitCode;

/// Runs before `main`.
#[cfg(unix)]
#[ctor::ctor]
fn look_at_standard_output() {
    seldon_trace::look();
}

fn main() -> ExitCode {
    seldon_trace::fail_at_panics();
    seldon_trace::run(std::env::args_os()).into()
}
