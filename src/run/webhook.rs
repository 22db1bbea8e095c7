//! A run of `webhook`, which serves until it is stopped.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::policy::{self, Decided};
use super::{RunStatus, settings};
use crate::cli::{OnError, WebhookArgs};
use crate::settings::{File, Settings, open};
use crate::webhook::{Options, Rewriter, serve};

pub(super) fn run(args: WebhookArgs) -> Result<RunStatus> {
    let WebhookArgs { cert, key, listen, config, on_error, shutdown_delay } = args;
    let found = settings::webhook_settings(config)?;
    let options = Options {
        cert,
        key,
        settings: found.path.clone(),
        listen,
        denies: on_error == OnError::Deny,
        shutdown_delay: Duration::from_secs(shutdown_delay),
    };
    serve(options, Box::new(move || rewriter(open(&found)?)))?;
    Ok(RunStatus::Done)
}

/// Makes the settings of a file ready for objects.
///
/// # Errors
/// All errors in the settings.
pub(crate) fn rewriter(file: File) -> Result<Rewriter> {
    let stack = Arc::new(settings::of_webhook(file)?);
    let [policy, nameless] = [true, false].map(|has_name| policy::of_webhook(&stack, has_name));
    let Decided { for_all, exceptions, .. } = policy::decide(&stack, Settings::rule_set)?;
    let overrides = stack.overrides_of(None);
    Ok(Rewriter { policy: policy?, nameless: nameless?, rules: for_all, other_rules: exceptions, overrides })
}
