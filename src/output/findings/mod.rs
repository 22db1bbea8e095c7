//! What lint found: for people, for programs, and for GitHub.

mod github;
mod json;
mod text;

use std::ops::Range;

use crate::findings::Finding;

pub use github::to_github;
pub use json::to_json;
pub use text::to_text;

/// An input and what was found in it.
#[derive(Debug)]
pub struct InputFindings {
    /// The input's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Where values stand in it that may not be shown.
    pub credentials: Vec<Range<usize>>,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
}
