//! The real program, run as a shell runs it: what goes in, what comes out, what is said, and how it ends.
//!
//! What a manifest becomes is shown by the golden cases of `fixtures/`; here it is about everything around that.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that fails says where")]

mod completion;
mod credentials;
mod faults;
mod files;
mod hostile;
mod kubectl;
mod kustomize;
mod lint;
mod many;
mod messages;
mod patch;
mod pipes;
mod plugin;
mod progress;
mod report;
mod sarif;
mod selection;
mod settings;
mod shapes;
mod spellings;
mod status;
mod support;
mod table;
