//! A unified diff made of the edits themselves.
