//! A run of `status`.

use anyhow::{Context, Result, bail};
use console::Term;

use super::colours::Colours;
use super::hint::LintCommand;
use super::inputs::{AllWorked, Work, Worked};
use super::settings::RunSettings;
use super::{RunStatus, nothing_selected, print, say, say_notes};
use crate::cli::{self, StatusFormat};
use crate::knowledge::{Key, Note, is_in_stock_images};
use crate::output::status::{InputStatus, SCHEMA, to_json, to_markdown, to_text, to_yaml};
use crate::source::Origin;
use crate::status::{TargetStatus, status};

pub(super) fn run(command: cli::StatusArgs, colours: Colours) -> Result<RunStatus> {
    if command.format == StatusFormat::JsonSchema {
        return print(SCHEMA.as_bytes());
    }
    let options = command.options.0;
    let lint_command = LintCommand::new(&options, &command.settings_file, &command.inputs);
    let (settings, gathered) = RunSettings::of_files(command.settings_file, options, &command.inputs, true)?;
    let warnings = settings.warnings();
    let stack = settings.run;
    let settings = stack.settings(&[]);
    let selection = settings.selection().map_err(|faults| stack.refused(faults))?;
    let work = Work {
        with_text: |text: &str, _: &Origin| status(text, &selection),
        concerns: |deployments: &Vec<_>| !deployments.is_empty(),
        only_manifests: true,
        colour: colours.stderr,
        shows_progress: true,
    };
    let AllWorked { done, mut notes, has_problems } = work.run(gathered);
    if has_problems && done.is_empty() {
        return Ok(RunStatus::Failed);
    }
    let inputs: Vec<InputStatus> =
        done.into_iter().map(|Worked { name, result, .. }| InputStatus { name, deployments: result }).collect();
    if settings.is_on(Key::RequireMatch) && inputs.iter().all(|input| input.deployments.is_empty()) {
        bail!(nothing_selected(&notes));
    }
    let needs_other_images = |target: &TargetStatus| {
        target.tracing.backend.is_some_and(|backend| !is_in_stock_images(backend)) && !target.tracing.is_library()
    };
    let mut deployments = inputs.iter().flat_map(|input| &input.deployments);
    if deployments.any(|deployment| deployment.targets.iter().any(needs_other_images)) {
        notes.push(Note::StockImages.to_string());
    }
    let lint_hint = lint_command.on_inputs();
    let lint_hint = lint_hint.as_deref();
    let shown = match command.format {
        StatusFormat::Json => to_json(&inputs).context("JSON")?,
        StatusFormat::Yaml => to_yaml(&inputs).context("YAML")?,
        StatusFormat::Markdown => to_markdown(&inputs, lint_hint),
        StatusFormat::Text | StatusFormat::JsonSchema => {
            let terminal = Term::stdout();
            let width = terminal.is_term().then(|| usize::from(terminal.size().1));
            to_text(&inputs, lint_hint, width, colours.stdout)
        }
    };
    let status = print(shown.as_bytes())?;
    say(&warnings);
    say_notes(&notes);
    Ok(if has_problems { RunStatus::Failed } else { status })
}
