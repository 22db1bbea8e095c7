//! Diagnostics: message, severity, position and help. Parse errors, refusals, faults of the settings and findings of
//! `lint` are all this one type.
//!
//! The texts are as they are in the input. `credentials::printed` masks them on the way to `output`.

use std::fmt;
use std::ops::Range;

use crate::text::Overlap;

/// The severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Traces are missing, or wrong.
    Warning,
    /// It will not run, or be refused.
    Error,
}

/// The input that has to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagnosticKind {
    /// The manifest.
    Manifest,
    /// A template, which has to be rendered first.
    Template,
    /// The settings, in a file or typed.
    Settings,
    /// This program.
    Bug,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error, warning or info.
    pub severity: Severity,
    /// The input that has to be changed.
    pub kind: DiagnosticKind,
    /// The bytes at fault; `None` if they are in no text.
    pub span: Option<Range<usize>>,
    /// Their path in the document; may be empty.
    pub path: String,
    /// The error in words. Each value of the input in it is [`quoted`].
    pub message: String,
    /// A second place that has to do with it, and what is there.
    pub related: Option<(Range<usize>, String)>,
    /// The way to fix it; may be empty.
    pub help: String,
}

impl Diagnostic {
    /// An error without a place.
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            kind: DiagnosticKind::Manifest,
            span: None,
            path: String::new(),
            message: message.into(),
            related: None,
            help: help.into(),
        }
    }

    /// A fault of this program.
    pub(crate) fn bug(message: impl Into<String>) -> Self {
        let help = "this is a fault of seldon-trace, not of the manifest; nothing was written; please report it with \
                    the manifest";
        Self { kind: DiagnosticKind::Bug, ..Self::new(message, help).at(0..0) }
    }

    /// The same at these bytes.
    pub(crate) fn at(self, span: Range<usize>) -> Self {
        Self { span: Some(span), ..self }
    }

    /// The same in a text that has so many bytes more before it.
    pub(crate) fn shifted(self, base: usize) -> Self {
        let shift = |range: Range<usize>| range.start + base..range.end + base;
        let related = self.related.map(|(range, words)| (shift(range), words));
        Self { span: self.span.map(shift), related, ..self }
    }
}

impl From<Overlap> for Diagnostic {
    fn from(overlap: Overlap) -> Self {
        Self::bug("two of its edits claim the same bytes").at(overlap.first)
    }
}

/// Not masked: it is for serde alone, and never printed.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

/// The errors of serde have no place.
impl serde::de::Error for Diagnostic {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string(), "")
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new(format!("expected {expected}"), "")
    }

    fn invalid_value(_: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new(format!("expected {expected}"), "")
    }
}

/// A value of the input in a message. There is no backtick in it, so that its end can be found.
pub(crate) fn quoted(value: &str) -> String {
    format!("`{}`", value.replace('`', "'"))
}

impl Severity {
    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
