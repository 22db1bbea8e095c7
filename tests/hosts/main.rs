//! The program inside other programs: with the real one if it is on the PATH, else by its contract.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that fails says where")]

mod argocd;
mod github;
mod guide;
mod helm;
mod release;
mod scripts;
mod support;
