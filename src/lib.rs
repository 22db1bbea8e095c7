//! seldon-trace switches distributed tracing on and off in Seldon Core manifests, and keeps every byte that is not a
//! tracing variable.
//!
//! Text in, text out, in one direction:
//!
//! ```text
//! source ─▶ documents ─▶ manifest ─▶ plan ─▶ rewrite ─▶ verify ─▶ output | write
//!           split,        typed       what     byte       judge
//!           yaml trees    + targets   changes  edits
//!                           │          ▲                     └─▶ patch ─▶ output
//!                           └─▶ survey ─▶ lint ─▶ status           for the
//!                               what       rules,   rows           API server
//!                               traces     findings
//! ```
//!
//! `text` has lines and edits, `yaml` the trees, `changes` the planned changes. `pipeline` is the path through the middle,
//! without files. `run` does the rest at both ends, with the options of `cli`, the files from `settings` and the streams
//! of `stdout`. `knowledge` has the tables of variables and clients, which `explain` puts into words, and `agent` prints
//! what receives the traces. `webhook` takes the same path for the objects of an API server. What is wrong is a
//! `diagnostic` in all of them, and `credentials` masks what is printed of a manifest.
//!
//! `docs/architecture.md` has every module in the order in which they use each other, and the decisions.

// The crate is a program: what is public is in `internals`, for its own tests.
#![warn(unreachable_pub)]

mod agent;
mod changes;
mod cli;
mod credentials;
mod diagnostic;
mod documents;
mod explain;
mod knowledge;
mod lint;
mod manifest;
mod output;
mod patch;
mod pipeline;
mod plan;
mod rewrite;
mod run;
mod settings;
mod source;
mod status;
mod stdout;
mod survey;
mod text;
mod verify;
#[cfg(feature = "webhook")]
mod webhook;
mod write;
mod yaml;

pub use run::{RunStatus, fail_at_panics, run};
#[cfg(unix)]
pub use stdout::look;

/// The items for the tests, benchmarks and fuzz targets of this repository. It is not an API: it changes without
/// notice.
#[doc(hidden)]
#[allow(missing_docs, reason = "each module is one of the crate's")]
pub mod internals {
    pub mod cli {
        pub use crate::cli::Cli;
        pub mod help {
            pub use crate::cli::help::ENDINGS;
        }
    }
    pub mod credentials {
        pub use crate::credentials::{Covered, TextKind};
    }
    pub mod diagnostic {
        pub use crate::diagnostic::{Diagnostic, DiagnosticKind, Severity};
    }
    pub mod explain {
        pub use crate::explain::*;
        pub mod page {
            pub use crate::explain::page::{Body, Page, Section};
        }
    }
    pub mod lint {
        pub mod findings {
            pub use crate::lint::findings::{Finding, Linted, lint};
        }
        pub use crate::lint::{RULES, Rule, RuleSet};
    }
    pub mod manifest {
        pub use crate::manifest::SKIP_ANNOTATION;
        pub mod selection {
            pub use crate::manifest::selection::{MAX_GLOB_DEPTH, MAX_GLOB_LENGTH, MAX_GLOBS, Selection};
        }
    }
    pub mod output {
        pub use crate::output::{diagnostic, status};
        pub mod findings {
            pub use crate::output::findings::{InputFindings, to_github, to_json, to_sarif, to_text};
        }
        pub mod patch {
            pub use crate::output::patch::write;
        }
        pub mod report {
            pub use crate::output::report::{ReportStyle, render};
        }
    }
    pub mod plan {
        pub use crate::plan::{Disable, Fixes, Input, LintCount, Plan, Policy, Task, plan};
    }
    pub mod knowledge {
        pub use crate::knowledge::{
            BACKENDS, Backend, Content, Key, KnownVariable, Names, PlaceholderValues, Profile, Reader, Readers,
            Request, known, table,
        };
    }
    pub mod rewrite {
        pub use crate::rewrite::rewrite;
    }
    pub mod settings {
        pub use crate::settings::{MAX_OVERRIDES, MAX_SETTINGS_LENGTH};
    }
    pub mod source {
        pub use crate::source::{MAX_IGNORE_LENGTH, MAX_INPUT_LENGTH, encoding_problem};
    }
    pub mod status {
        pub use crate::status::{DeploymentStatus, status};
    }
    pub mod survey {
        pub use crate::survey::Verdict;
    }
    pub mod text {
        pub use crate::text::{Edit, EditSet, joined};
    }
    pub mod pipeline {
        pub use crate::pipeline::{Transformed, Transformer};
    }
    pub mod verify {
        pub use crate::verify::{Language, judge};
    }
    pub mod yaml {
        pub use crate::yaml::{
            Kind, MAX_DEPTH, MAX_DIRECTIVES, MAX_DOCUMENT_LENGTH, MAX_EXPANDED_NODES, NodeId, ScalarKind, ScalarStyle,
            Structure, SyntaxError, Tag, Tree, stream,
        };
    }
}
