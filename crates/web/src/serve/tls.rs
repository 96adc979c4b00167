//! The certificate, read again when its files have changed: renewing needs no restart.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How often the files are looked at, at most: a look costs two calls of the system.
const LOOK_SECONDS: u64 = 60;

/// A certificate and its key.
pub(super) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    loaded: RwLock<Loaded>,
}

struct Loaded {
    acceptor: TlsAcceptor,
    changed: Option<SystemTime>,
    looked: Instant,
}

impl Certificate {
    /// Reads both files.
    pub(super) fn load(chain: PathBuf, key: PathBuf) -> io::Result<Arc<Self>> {
        let acceptor = read(&chain, &key)?;
        let changed = changed(&chain, &key);
        let loaded = RwLock::new(Loaded { acceptor, changed, looked: Instant::now() });
        Ok(Arc::new(Self { chain, key, loaded }))
    }

    /// What takes connections with the newest certificate that could be read.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let due = {
            let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
            if loaded.looked.elapsed() < Duration::from_secs(LOOK_SECONDS) {
                return loaded.acceptor.clone();
            }
            changed(&self.chain, &self.key) != loaded.changed
        };
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.looked = Instant::now();
        if due {
            loaded.changed = changed(&self.chain, &self.key);
            match read(&self.chain, &self.key) {
                Ok(acceptor) => {
                    tracing::info!(file = %self.chain.display(), "a new certificate is in use");
                    loaded.acceptor = acceptor;
                }
                Err(error) => {
                    tracing::error!(%error, "the new certificate cannot be used; the old one stays");
                }
            }
        }
        loaded.acceptor.clone()
    }
}

/// When either file was last written.
fn changed(chain: &PathBuf, key: &PathBuf) -> Option<SystemTime> {
    let at = |path: &PathBuf| std::fs::metadata(path).and_then(|found| found.modified()).ok();
    at(chain).max(at(key))
}

fn read(chain: &PathBuf, key: &PathBuf) -> io::Result<TlsAcceptor> {
    let said = |path: &PathBuf, error: &dyn std::fmt::Display| {
        io::Error::other(format!("{}: {error}", path.display()))
    };
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(|error| said(chain, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| said(key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(certificates, private)
        .map_err(|error| said(chain, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
