//! What is printed: streams, diffs, the report of what was done.

pub mod diff;
