//! seldon-trace switches distributed tracing on and off in Seldon Core manifests, and keeps every byte that is not a
//! tracing variable.

pub mod output;
pub mod profile;
pub mod source;
pub mod text;
pub mod write;
pub mod yaml;
