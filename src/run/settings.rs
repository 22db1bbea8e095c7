//! Which settings a run goes by.

use std::sync::Arc;

use anyhow::Result;

use crate::cli::SettingsFile;
use crate::settings::{Found, Layer, Stack, find, open};

/// The settings file that is named or found, with what was typed laid over it.
///
/// # Errors
/// All that is wrong with the file.
pub(super) fn stack(args: SettingsFile, options: Layer) -> Result<Arc<Stack>> {
    let SettingsFile { config, no_config, profile } = args;
    // In a working folder that is gone there is no file either.
    let folder = std::env::current_dir().unwrap_or_default();
    let found = match config {
        _ if no_config => None,
        Some(path) => Some(Found::named(&path, &folder)),
        None => find(&folder),
    };
    let file = found.map(|found| open(&found)).transpose()?;
    Ok(Arc::new(Stack::new(file, profile.as_deref(), options)?))
}
