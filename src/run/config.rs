//! A run of `config`: it prints which settings are in force, and where each comes from.

use anyhow::Result;

use super::{Status, policy, print, settings};
use crate::cli;
use crate::output::settings::to_text;
use crate::profile::BACKENDS;
use crate::settings::{Key, Layer, SCHEMA, Source};

pub(super) fn run(command: cli::Config) -> Result<Status> {
    let cli::Config { schema, backend, settings_file, settings, selection, policy } = command;
    if schema {
        return print(SCHEMA.as_bytes());
    }
    let mut options = Layer::new(Source::Options);
    options.type_text(Key::Backend, policy::word(backend));
    policy::add_variables(&mut options, settings);
    policy::add_selection(&mut options, selection);
    policy::add_policy(&mut options, policy);
    let stack = settings::stack(settings_file, options)?;
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
