//! Turns the settings in force into a policy.

use std::sync::Arc;

use anyhow::Result;

use crate::diagnostic::{Diagnostic, DiagnosticKind, Severity};
use crate::knowledge::{Backend, Key, WebhookAction};
use crate::lint::RULES;
use crate::manifest::glob::NameSet;
use crate::manifest::selection::Selection;
use crate::plan::{Disable, Exceptions, Policy, Task, Treatment};
use crate::settings::{Settings, Stack};

/// The policy of `enable` with this backend, unless an override has another.
///
/// # Errors
/// All errors in the settings.
pub(super) fn of_enable(stack: &Arc<Stack>, backend: Backend, is_verbose: bool) -> Result<Policy> {
    policy(stack, is_verbose, move |settings| enabled(settings, settings.word(Key::Backend).unwrap_or(backend)))
}

/// The policy of `disable`. The backend of a settings file is for `enable`, and does not limit what is removed.
///
/// # Errors
/// All errors in the settings.
pub(super) fn of_disable(stack: &Arc<Stack>, backend: Option<Backend>, is_verbose: bool) -> Result<Policy> {
    policy(stack, is_verbose, move |settings| disabled(settings, backend))
}

/// The policy of the admission webhook, by the `action` of each deployment. A deployment without a name, which the API
/// server makes after the webhook, has no setting that is made from the name.
///
/// # Errors
/// All errors in the settings.
pub(super) fn of_webhook(stack: &Arc<Stack>, has_name: bool) -> Result<Policy> {
    policy(stack, false, move |settings| {
        let nameless = (!has_name).then(|| settings.without_name());
        let settings = nameless.as_ref().unwrap_or(settings);
        match (settings.word(Key::Action).unwrap_or_default(), settings.word(Key::Backend)) {
            (WebhookAction::Disable, _) => disabled(settings, None),
            (WebhookAction::Enable, Some(backend)) => {
                treatment(settings, settings.profile_of_any(backend).map(Task::Enable))
            }
            (WebhookAction::Enable, None) => {
                let help = "add `backend: jaeger` or `backend: datadog`, or `action: disable`";
                Err(vec![Diagnostic::new("the settings have no `backend`", help)])
            }
        }
    })
}

fn enabled(settings: &Settings, backend: Backend) -> Result<Treatment, Vec<Diagnostic>> {
    treatment(settings, settings.profile(backend).map(Task::Enable))
}

fn disabled(settings: &Settings, backend: Option<Backend>) -> Result<Treatment, Vec<Diagnostic>> {
    let (keep_config, unset) = (settings.is_on(Key::KeepConfig), settings.texts(Key::Unset).into_iter().collect());
    treatment(settings, Ok(Task::Disable(Disable { backend, keep_config, unset })))
}

/// The policy of `lint --fix`.
///
/// # Errors
/// All errors in the settings.
pub(super) fn of_fix(stack: &Arc<Stack>, is_verbose: bool) -> Result<Policy> {
    let treat = |settings: &Settings| {
        let task = settings.rule_set().map(|set| Task::Fix(set.rules));
        task.map(|task| Treatment { task, keep: NameSet::default() })
    };
    // The remaining findings are listed, so they are not counted.
    Ok(Policy { rules: Vec::new(), ..policy(stack, is_verbose, treat)? })
}

fn treatment(settings: &Settings, task: Result<Task, Vec<Diagnostic>>) -> Result<Treatment, Vec<Diagnostic>> {
    let (task, keep) = both(task, settings.keep())?;
    Ok(Treatment { task, keep })
}

fn policy(
    stack: &Arc<Stack>,
    is_verbose: bool,
    treat: impl Fn(&Settings) -> Result<Treatment, Vec<Diagnostic>> + Send + Sync + 'static,
) -> Result<Policy> {
    // Lint takes a quarter of the time, so its findings are counted only on request.
    let rules = RULES.iter().filter(|rule| is_verbose && rule.severity > Severity::Info).collect();
    let Decided { for_all, selection, exceptions } = decide(stack, treat)?;
    Ok(Policy { treatment: for_all, selection, rules, shows_values: is_verbose, exceptions })
}

/// A value made from settings, for all deployments and for those with overrides.
pub(super) struct Decided<T> {
    /// The value without overrides.
    pub for_all: Arc<T>,
    pub selection: Selection,
    /// The values with overrides.
    pub exceptions: Option<Exceptions<T>>,
}

/// Makes a value from the settings in force, and from them with overrides.
///
/// # Errors
/// All errors in the settings in force, and in them with each override.
pub(super) fn decide<T>(
    stack: &Arc<Stack>,
    make: impl Fn(&Settings) -> Result<T, Vec<Diagnostic>> + Send + Sync + 'static,
) -> Result<Decided<T>> {
    let settings = stack.settings(&[]);
    let (for_all, selection) = both(make(&settings), settings.selection()).map_err(|faults| stack.refused(faults))?;
    let mut faults = Vec::new();
    for (one, settings) in stack.each_override() {
        let help = || format!("the override at {} does not go with it", stack.place(&one.spot));
        let with_help =
            |fault: Diagnostic| if fault.span.is_some() { fault } else { Diagnostic { help: help(), ..fault } };
        faults.extend(make(&settings).err().into_iter().flatten().map(with_help));
    }
    if !faults.is_empty() {
        return Err(stack.refused(faults).into());
    }
    let selectors: Vec<_> = stack.overrides().iter().map(|one| one.selector.clone()).collect();
    let stack = Arc::clone(stack);
    let decide = move |which: &[usize]| make(&stack.settings(which)).map_err(|faults| clash(&stack, which, &faults));
    let exceptions =
        if selectors.is_empty() { None } else { Some(Exceptions::new(selectors, decide).map_err(anyhow::Error::msg)?) };
    Ok(Decided { for_all: Arc::new(for_all), selection, exceptions })
}

/// The reason why overrides that are valid by themselves contradict each other.
fn clash(stack: &Stack, which: &[usize], faults: &[Diagnostic]) -> Diagnostic {
    let words: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    let places = which.iter().filter_map(|at| stack.overrides().get(*at)).map(|one| stack.place(&one.spot));
    let message = format!("the overrides for this deployment don't go together: {}", words.join("; "));
    let help = format!("fix them: {}", places.collect::<Vec<_>>().join(", "));
    Diagnostic { kind: DiagnosticKind::Settings, ..Diagnostic::new(message, help) }
}

/// Both, or all that is wrong with either.
fn both<A, B>(one: Result<A, Vec<Diagnostic>>, other: Result<B, Vec<Diagnostic>>) -> Result<(A, B), Vec<Diagnostic>> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => Err(one.err().into_iter().chain(other.err()).flatten().collect()),
    }
}
