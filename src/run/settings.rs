//! Which settings a run goes by.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::cli::SettingsFile;
use crate::settings::{File, Found, Layer, Stack, find, open};
use crate::source::Origin;

/// The settings that a KRM function is called with or, where this standard input calls none, those of a file; and
/// whether it calls one.
///
/// # Errors
/// All that is wrong with them.
pub(super) fn stack_of_input(args: SettingsFile, options: Layer, stdin: &[u8]) -> Result<(Arc<Stack>, bool)> {
    let folder = std::env::current_dir().unwrap_or_default();
    let text = std::str::from_utf8(stdin).unwrap_or_default();
    match File::of_call(Origin::Stdin.display_name(), folder, text)? {
        None => Ok((stack(args, options)?, false)),
        Some(_) if args.config.is_some() => bail!("--config beside a functionConfig: each would be the settings"),
        Some(file) => Ok((Arc::new(Stack::new(Some(file), args.profile.as_deref(), options)?), true)),
    }
}

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
