use std::fmt;

use super::super::{MAX_DEPTH, MAX_DIRECTIVES, MAX_EXPANDED_NODES};

/// An error in a text, and its offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The offset of the wrong byte.
    pub at: usize,
    /// The error.
    pub fault: SyntaxFault,
}

/// An error in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyntaxFault {
    /// Invalid YAML, with the parser's message.
    Malformed(String),
    /// Collections are nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The aliases expand to more than [`MAX_EXPANDED_NODES`] nodes.
    TooManyNodes,
    /// An alias is inside the node that it refers to.
    RecursiveAlias,
    /// A key is a list or a mapping.
    KeyIsNoScalar,
    /// It has more than [`MAX_DIRECTIVES`] directives.
    TooManyDirectives,
    /// It is longer than 4 GiB.
    TooLong,
}

impl fmt::Display for SyntaxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(words) => write!(f, "invalid YAML: {words}"),
            Self::TooDeep => write!(f, "nesting is deeper than {MAX_DEPTH} levels"),
            Self::TooManyNodes => {
                write!(f, "the aliases of this document expand to more than {MAX_EXPANDED_NODES} nodes")
            }
            Self::RecursiveAlias => write!(f, "this alias is inside the node that it refers to"),
            Self::KeyIsNoScalar => write!(f, "a list or a mapping can't be a key in Kubernetes"),
            Self::TooManyDirectives => write!(f, "a document with more than {MAX_DIRECTIVES} directives"),
            Self::TooLong => write!(f, "a document of more than 4 GiB"),
        }
    }
}
