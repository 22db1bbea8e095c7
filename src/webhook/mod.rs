//! The mutating admission webhook: the API server sends each SeldonDeployment that is created or updated, and gets a
//! JSON Patch. It keeps no state: any number of replicas may serve a cluster.
//!
//! `admission` is a pure function from the bytes of a review to those of the answer. `server` has the connections and
//! their limits, `live` reads the files again when they change, `metrics` counts.

mod admission;
mod connection;
mod live;
mod metrics;
mod server;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;

use crate::lint::RuleSet;
use crate::plan::{Exceptions, Policy};

/// The files and the behavior of a server.
#[derive(Debug)]
pub(crate) struct Options {
    pub cert: PathBuf,
    pub key: PathBuf,
    /// The settings file.
    pub settings: PathBuf,
    pub listen: SocketAddr,
    /// True if an object that can't be edited is denied.
    pub denies: bool,
    /// The time from SIGTERM to the end of the listener.
    pub shutdown_delay: Duration,
}

/// The settings, ready for objects.
#[derive(Debug)]
pub(crate) struct Rewriter {
    pub policy: Policy,
    /// The policy for an object without a name.
    pub nameless: Policy,
    /// The rules of `lint`.
    pub rules: Arc<RuleSet>,
    pub other_rules: Option<Exceptions<RuleSet>>,
    /// The overrides that may apply to an object.
    pub overrides: Vec<usize>,
}

/// Reads the settings.
pub(crate) type Load = dyn Fn() -> Result<Rewriter> + Send + Sync;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// Files that can't be read or are wrong, or an address that can't be listened on.
pub(crate) fn serve(options: Options, load: Box<Load>) -> Result<()> {
    // The files first: a program that can't serve must not be reached.
    let live = live::Live::open(&options, load)?;
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_target(false);
    // A line that can't be written is lost: there is no other place for it.
    let subscriber = subscriber.with_writer(io::stderr).log_internal_errors(false).finish();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("threads")?;
    runtime.block_on(async {
        let listener =
            TcpListener::bind(options.listen).await.with_context(|| format!("--listen {}", options.listen))?;
        tracing::subscriber::set_global_default(subscriber).context("the log")?;
        let address = listener.local_addr().context("--listen")?;
        tracing::info!(%address, "listening");
        server::run(listener, Arc::new(live), &options).await;
        tracing::info!("stopped");
        Ok(())
    })
}
