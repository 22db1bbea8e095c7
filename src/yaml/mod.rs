//! YAML parsed for editing: a stream split into documents, a tree whose nodes have their byte ranges, the scalar types
//! of Kubernetes, a serde Deserializer of a tree, and a tree as JSON. It does not know Kubernetes resources.

pub(crate) mod de;
mod events;
mod faults;
pub(crate) mod json;
pub(crate) mod keys;
mod scalar;
pub(crate) mod sharing;
pub mod stream;
mod tree;

pub use scalar::ScalarKind;
pub(crate) use scalar::{needs_escape, reads_as_string_everywhere};
pub(crate) use tree::{Item, Node, Span, SyntaxFault, header_end, keeps_final_breaks};
pub use tree::{Kind, NodeId, ScalarStyle, Structure, SyntaxError, Tag, Tree};

/// The maximum nesting of collections, with aliases expanded.
pub const MAX_DEPTH: usize = 100;

/// The maximum number of nodes that the aliases of a document expand to.
pub const MAX_EXPANDED_NODES: u64 = 1_000_000;

/// The maximum number of directives of a document. libyaml, which checks the result, takes time that is quadratic in
/// it, and a manifest has none.
pub const MAX_DIRECTIVES: usize = 100;

/// The maximum length of a document in bytes: its offsets are `u32`.
pub const MAX_DOCUMENT_LENGTH: usize = u32::MAX as usize;
