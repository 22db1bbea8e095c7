//! Runs the program as a shell does, and checks its output, messages and exit status.
//!
//! The golden cases in `fixtures/` show the edits of manifests; these tests are about everything else.

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
mod suggestions;
mod support;
mod table;
