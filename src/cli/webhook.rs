//! `webhook`, with the feature of that name.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The longest `--shutdown-delay`, in seconds.
const LONGEST_DELAY: u64 = 3600;

/// `webhook`
#[derive(Debug, Args)]
pub struct WebhookArgs {
    /// The certificate for the name of the Service, with its chain, in PEM
    ///
    /// It is read again when it changes, as is its key.
    #[arg(long, value_name = "FILE", help_heading = "Server")]
    pub cert: PathBuf,

    /// The private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", help_heading = "Server")]
    pub key: PathBuf,

    /// The address to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:8443", help_heading = "Server")]
    pub listen: SocketAddr,

    /// Serve this long after SIGTERM, while /readyz fails
    ///
    /// So that no request is lost while the cluster takes the address away.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(..=LONGEST_DELAY),
        help_heading = "Server"
    )]
    pub shutdown_delay: u64,

    /// What happens to an object that can't be edited
    #[arg(long, value_enum, value_name = "ANSWER", default_value_t, help_heading = "Server")]
    pub on_error: OnError,

    /// The settings file [default: the nearest .seldon-trace.yaml]
    ///
    /// It is read again when it changes. If it is wrong then, the former settings stay.
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
}

/// The answer for an object that can't be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OnError {
    /// It is admitted unchanged, with a warning
    #[default]
    Allow,
    /// It is denied
    Deny,
}
