//! The `seldon-trace` program.

fn main() {}
