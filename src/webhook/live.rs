//! The settings and the certificate, read again when the bytes of their files change. A ConfigMap or Secret that is
//! mounted changes by a link, which no watch of the file itself would see.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::metrics::Metrics;
use super::{Load, Options, Rewriter};
use crate::settings::MAX_SETTINGS_LENGTH;
use crate::source::{cause, display_path, read_regular};

/// The time between two looks at the files.
pub(super) const POLL: Duration = Duration::from_secs(2);

/// The largest size of a certificate or key, in bytes.
const MAX_PEM: u64 = 1 << 20;

/// The protocols of a connection, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The values of files, which are replaced while the program runs.
pub(super) struct Live {
    rewriter: RwLock<Arc<Rewriter>>,
    tls: RwLock<Arc<ServerConfig>>,
    load: Box<Load>,
    cert: PathBuf,
    key: PathBuf,
    settings: PathBuf,
    /// The bytes of the files that were read last, right or wrong.
    seen: Mutex<Seen>,
    pub metrics: Metrics,
}

/// The bytes of the settings, and of the certificate with its key; `None` for files that can't be read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    settings: Option<Vec<u8>>,
    pair: Option<(Vec<u8>, Vec<u8>)>,
}

impl Live {
    /// Reads the files.
    ///
    /// # Errors
    /// A file can't be read or is wrong.
    pub(super) fn open(options: &Options, load: Box<Load>) -> Result<Self> {
        let Options { cert, key, settings, .. } = options;
        let seen = Seen { settings: bytes(settings, MAX_SETTINGS_LENGTH), pair: pair(cert, key) };
        let rewriter = RwLock::new(Arc::new(load()?));
        let tls = RwLock::new(Arc::new(tls(cert, key)?));
        let [cert, key, settings] = [cert, key, settings].map(Clone::clone);
        Ok(Self { rewriter, tls, load, cert, key, settings, seen: Mutex::new(seen), metrics: Metrics::new() })
    }

    pub(super) fn rewriter(&self) -> Arc<Rewriter> {
        Arc::clone(&self.rewriter.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn tls(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.tls.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads files that have changed. What is wrong is logged and counted once, and the former value stays.
    pub(super) fn refresh(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let settings = bytes(&self.settings, MAX_SETTINGS_LENGTH);
        if seen.settings != settings {
            seen.settings = settings;
            self.replace(&self.rewriter, (self.load)(), "settings");
        }
        let pair = pair(&self.cert, &self.key);
        if seen.pair != pair {
            seen.pair = pair;
            self.replace(&self.tls, tls(&self.cert, &self.key), "certificate");
        }
    }

    fn replace<T>(&self, place: &RwLock<Arc<T>>, value: Result<T>, what: &str) {
        match value {
            Ok(value) => {
                *place.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
                tracing::info!(file = what, "read again");
            }
            Err(error) => {
                self.metrics.reload_failures.inc();
                let reason = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
                tracing::error!(file = what, reason, "wrong: the former one stays");
            }
        }
    }
}

fn bytes(path: &Path, limit: u64) -> Option<Vec<u8>> {
    read_regular(path, limit).ok()
}

fn pair(cert: &Path, key: &Path) -> Option<(Vec<u8>, Vec<u8>)> {
    Some((bytes(cert, MAX_PEM)?, bytes(key, MAX_PEM)?))
}

/// The TLS settings with a certificate and its key.
fn tls(cert: &Path, key: &Path) -> Result<ServerConfig> {
    let read = |path: &Path| {
        let bytes = fs::metadata(path).and_then(|_| read_regular(path, MAX_PEM));
        bytes.map_err(|error| anyhow!("{}: {}", display_path(path), cause(&error)))
    };
    let (cert_bytes, key_bytes) = (read(cert)?, read(key)?);
    let no_pem = |path: &Path, what: &str| format!("{}: no {what} in PEM", display_path(path));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&cert_bytes)
        .collect::<Result<_, _>>()
        .map_err(|_| anyhow!(no_pem(cert, "certificate")))?;
    ensure!(!chain.is_empty(), no_pem(cert, "certificate"));
    let private = PrivateKeyDer::from_pem_slice(&key_bytes).map_err(|_| anyhow!(no_pem(key, "private key")))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .context("TLS")?
        .with_no_client_auth();
    let mut config = config
        .with_single_cert(chain, private)
        .with_context(|| format!("{} and {}", display_path(cert), display_path(key)))?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}
