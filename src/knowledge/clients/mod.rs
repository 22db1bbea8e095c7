//! The programs that read tracing variables.

pub(crate) mod programs;
