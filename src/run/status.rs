//! A run of `status`: it reads, and prints what it found.

use anyhow::{Context, Result, bail};
use console::Term;

use super::colours::Colours;
use super::inputs::{Work, Worked};
use super::{Status, print, say_notes, settings};
use crate::cli::{self, StatusFormat};
use crate::output::status::{InputStatus, SCHEMA, to_json, to_markdown, to_text, to_yaml};
use crate::profile::{Key, Note, is_in_stock_images};
use crate::source::Origin;
use crate::status::{TargetStatus, status};

pub(super) fn run(command: cli::Status, colours: Colours) -> Result<Status> {
    if command.format == StatusFormat::JsonSchema {
        return print(SCHEMA.as_bytes());
    }
    let stack = settings::stack(command.settings_file, command.options.0)?;
    let settings = stack.settings(&[]);
    let selection = settings.selection().map_err(|faults| stack.refused(faults))?;
    let work = Work {
        with_text: |text: &str, _: &Origin| status(text, &selection),
        concerns: |deployments: &Vec<_>| !deployments.is_empty(),
        only_manifests: true,
        colour: colours.stderr,
        shows_progress: true,
    };
    let Some((done, mut notes)) = work.run(&command.inputs.paths(), Vec::new()) else { return Ok(Status::Failed) };
    let inputs: Vec<InputStatus> =
        done.into_iter().map(|Worked { name, result, .. }| InputStatus { name, deployments: result }).collect();
    if settings.is_on(Key::RequireMatch) && inputs.iter().all(|input| input.deployments.is_empty()) {
        bail!("--require-match: nothing is selected");
    }
    let needs_other_images =
        |target: &TargetStatus| target.tracing.backend.is_some_and(|backend| !is_in_stock_images(backend));
    let mut deployments = inputs.iter().flat_map(|input| &input.deployments);
    if deployments.any(|deployment| deployment.targets.iter().any(needs_other_images)) {
        notes.push(Note::StockImages.to_string());
    }
    let shown = match command.format {
        StatusFormat::Json => to_json(&inputs).context("JSON")?,
        StatusFormat::Yaml => to_yaml(&inputs).context("YAML")?,
        StatusFormat::Markdown => to_markdown(&inputs),
        StatusFormat::Text | StatusFormat::JsonSchema => {
            let terminal = Term::stdout();
            let width = terminal.is_term().then(|| usize::from(terminal.size().1));
            to_text(&inputs, width, colours.stdout)
        }
    };
    let status = print(shown.as_bytes())?;
    say_notes(&notes);
    Ok(status)
}
