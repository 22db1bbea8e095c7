//! The use of colours.

use std::io::{self, IsTerminal};

use crate::cli::When;

/// True for each stream that is printed in colours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colours {
    pub stdout: bool,
    pub stderr: bool,
}

impl Colours {
    /// By `--color`, then NO_COLOR, then CLICOLOR_FORCE, then on a terminal.
    pub(super) fn new(when: When) -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let decide = |terminal: bool| match when {
            When::Always => true,
            When::Never => false,
            When::Auto => !is_set("NO_COLOR") && (forced || terminal),
        };
        Self { stdout: decide(io::stdout().is_terminal()), stderr: decide(io::stderr().is_terminal()) }
    }
}
