//! The one place that writes to disk: files are replaced whole or not at all.
