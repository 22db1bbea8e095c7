//! A run of `config`, which prints the settings in force with their sources.

use std::sync::Arc;

use anyhow::Result;

use super::settings::RunSettings;
use super::{RunStatus, policy, print, say};
use crate::cli;
use crate::knowledge::{BACKENDS, Key};
use crate::output::settings::to_text;
use crate::settings::{FILE_NAME, schema};
use crate::source::Origin;

pub(super) fn run(command: cli::ConfigArgs) -> Result<RunStatus> {
    let cli::ConfigArgs { path, schema: prints_schema, options, settings_file } = command;
    if prints_schema {
        return print(schema().as_bytes());
    }
    // The settings of a folder are those of a file in it.
    let path = path.map(|path| if path.is_dir() { path.join(FILE_NAME) } else { path });
    let all = RunSettings::of_paths(settings_file, options.0, &[path.as_deref()])?;
    let stack = match &path {
        Some(path) => Arc::clone(all.of_input(&Origin::File { path: path.clone() }).1),
        None => Arc::clone(&all.run),
    };
    let overrides = path.as_deref().map(|path| stack.overrides_of(Some(path)));
    let in_force = stack.settings(&[]);
    // Settings that are an error of every command are an error here too.
    match in_force.word(Key::Backend) {
        Some(backend) => drop(policy::of_enable(&stack, backend, true)?),
        None => {
            policy::of_disable(&stack, None, true)?;
            if let [Err(faults), Err(_)] = BACKENDS.map(|backend| in_force.profile(backend)) {
                return Err(stack.refused(faults).into());
            }
        }
    }
    print(to_text(&all.run, &stack, overrides.as_deref()).as_bytes())?;
    say(&all.warnings());
    Ok(RunStatus::Done)
}
