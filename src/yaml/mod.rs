//! YAML read for editing: a stream split into documents, a tree in which every node knows its bytes, the scalar rules
//! of Kubernetes, a serde Deserializer over the tree, the tree as JSON, and new nodes written in the style around them.
//! It knows no Kubernetes resource.

pub(crate) mod de;
mod events;
mod faults;
pub(crate) mod json;
mod scalar;
pub(crate) mod sharing;
pub mod stream;
mod tree;

pub use scalar::ScalarKind;
pub(crate) use scalar::reads_as_string_everywhere;
pub(crate) use tree::{Item, Node, Span, SyntaxFault, header_end, keeps_final_breaks};
pub use tree::{Kind, NodeId, ScalarStyle, Structure, SyntaxError, Tag, Tree};

/// How deep collections may stand in each other, aliases followed.
pub const MAX_DEPTH: usize = 100;

/// How many nodes the aliases of a document may stand for.
pub const MAX_EXPANDED_NODES: u64 = 1_000_000;

/// How many lines with a `%` a document may begin with: libyaml, which the judge reads by, takes time that grows with the
/// square of their number, and a manifest has none.
pub const MAX_DIRECTIVES: usize = 100;

/// How many bytes a document may have: places in it are numbers of 32 bits.
pub const MAX_DOCUMENT_LENGTH: usize = u32::MAX as usize;
