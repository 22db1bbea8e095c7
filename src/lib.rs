//! seldon-trace switches distributed tracing on and off in Seldon Core manifests, and keeps every byte that is not a
//! tracing variable.
//!
//! Text in, text out, in one direction:
//!
//! ```text
//! source ─▶ yaml ─▶ manifest ─▶ plan ─▶ rewrite ─▶ verify ─▶ output | write
//!           tree     typed       what     byte       judge
//!           + spans  + targets   changes  edits
//!                      │        ▲                              └─▶ patch ─▶ output
//!                      └─▶ survey ─▶ lint ─▶ status, findings        for the
//!                          what       rules    rows     places       API server
//!                          traces
//! ```
//!
//! [`transform`] leads through the middle, which is pure, [`status`] and [`findings`] past it, for what is read and not
//! edited; [`run`] does what is left at either end, by what [`settings`] makes of the command line and of a team's file.
//! [`lint`]'s rules say what they find and what puts it right: the first is shown, the second planned. What [`profile`]
//! knows of the variables, [`output::explain`] puts into words. What [`credentials`] takes for one, nothing that is said of a
//! manifest shows.

pub mod cli;
pub mod credentials;
pub mod findings;
pub mod lint;
pub mod manifest;
pub mod output;
pub mod patch;
pub mod plan;
pub mod profile;
pub mod rewrite;
pub mod run;
pub mod settings;
pub mod source;
pub mod status;
pub mod stdout;
pub mod survey;
pub mod text;
pub mod transform;
pub mod verify;
pub mod write;
pub mod yaml;
