//! A run of `config`: it prints which settings are in force, and where each comes from.

use anyhow::Result;

use super::{Status, policy, print, settings};
use crate::cli;
use crate::output::settings::to_text;
use crate::profile::{BACKENDS, Key};
use crate::settings::schema;

pub(super) fn run(command: cli::Config) -> Result<Status> {
    let cli::Config { schema: prints_schema, options, settings_file } = command;
    if prints_schema {
        return print(schema().as_bytes());
    }
    let stack = settings::stack(settings_file, options.0)?;
    let in_force = stack.settings(&[]);
    // What no command could go by is as wrong here.
    match in_force.word(Key::Backend) {
        Some(backend) => drop(policy::of_enable(&stack, backend, true)?),
        None => {
            policy::of_disable(&stack, None, true)?;
            if let [Err(faults), Err(_)] = BACKENDS.map(|backend| in_force.profile(backend)) {
                return Err(stack.refused(faults).into());
            }
        }
    }
    print(to_text(&stack).as_bytes())
}
