//! What was typed, made into a policy.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use globset::GlobMatcher;

use crate::cli::{PolicyArgs, SelectionArgs, Settings};
use crate::lint::{RULES, Severity};
use crate::manifest::selection::{Selection, glob, label_selector};
use crate::plan::{Disable, Policy, Task, Treatment};
use crate::profile::{Backend, Profile, Request};

/// The policy of `enable`.
///
/// # Errors
/// All that is wrong with the values of its options.
pub(super) fn of_enable(
    backend: Backend,
    settings: Settings,
    selection: SelectionArgs,
    args: &PolicyArgs,
    is_quiet: bool,
) -> Result<Policy> {
    policy(Task::Enable(profile(backend, settings)?), selection, args, is_quiet)
}

/// The policy of `disable`.
///
/// # Errors
/// What is wrong with the values of its options.
pub(super) fn of_disable(task: Disable, selection: SelectionArgs, args: &PolicyArgs, is_quiet: bool) -> Result<Policy> {
    policy(Task::Disable(task), selection, args, is_quiet)
}

fn policy(task: Task, selection: SelectionArgs, args: &PolicyArgs, is_quiet: bool) -> Result<Policy> {
    // What nobody is told is not looked for.
    let rules = RULES.iter().filter(|rule| !is_quiet && rule.severity > Severity::Info).collect();
    let keep = args.keep.iter().map(|text| globbed("--keep", text)).collect::<Result<_>>()?;
    let treatment = Arc::new(Treatment { task, keep });
    Ok(Policy { treatment, selection: self::selection(selection)?, rules, exceptions: None })
}

fn profile(backend: Backend, settings: Settings) -> Result<Profile> {
    let Settings {
        agent_host,
        agent_port,
        service,
        set,
        sampler_type,
        sampler_param,
        orchestrator_sampler_param,
        sample_rate,
        orchestrator_sample_rate,
        tag,
        tags,
        names,
        reset,
    } = settings;
    let request = Request {
        backend,
        agent_host,
        agent_port,
        service,
        set,
        sampler_type,
        sampler_param,
        orchestrator_sampler_param,
        sample_rate,
        orchestrator_sample_rate,
        tag,
        tags,
        names,
        reset,
    };
    Profile::new(request).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        anyhow!(lines.join("\nerror: "))
    })
}

/// What is selected.
///
/// # Errors
/// What is wrong with the values of its options.
pub(super) fn selection(args: SelectionArgs) -> Result<Selection> {
    let globbed = |option: &str, text: Option<String>| text.map(|text| globbed(option, &text)).transpose();
    let labels = args.selector.map(|text| label_selector(&text)).transpose();
    Ok(Selection {
        name: globbed("--name", args.name)?,
        namespace: args.namespace,
        labels: labels.map_err(|words| anyhow!("--selector: {words}"))?.unwrap_or_default(),
        predictor: globbed("--predictor", args.predictor)?,
        container: globbed("--container", args.container)?,
        only: args.only.unwrap_or_default(),
        all_containers: args.all_containers,
    })
}

fn globbed(option: &str, text: &str) -> Result<GlobMatcher> {
    glob(text).map_err(|words| anyhow!("{option}: {words}"))
}
