//! The certificate that is shown, read again when its files have changed: renewing needs no restart.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::validity::Validity;

/// How often the files are looked at, at most: a look costs two calls of the system.
const LOOK_SECONDS: u64 = 60;
/// What an authority asks for that looks whether a name is ours (RFC 8737).
pub(super) const CHALLENGE: &[u8] = b"acme-tls/1";

/// A certificate and its key.
#[derive(Debug)]
pub(super) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    loaded: RwLock<Loaded>,
    /// What is shown to an authority, by name.
    challenges: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

#[derive(Debug)]
struct Loaded {
    /// None before an authority gave one.
    shown: Option<Arc<CertifiedKey>>,
    changed: Option<SystemTime>,
    looked: Instant,
}

impl Certificate {
    /// Reads both files.
    pub(super) fn load(chain: PathBuf, key: PathBuf) -> io::Result<Arc<Self>> {
        let shown = Some(read(&chain, &key)?);
        Ok(Self::showing(chain, key, shown))
    }

    /// Reads the file with chain and key, where one was written already.
    pub(super) fn kept(file: &Path) -> io::Result<Arc<Self>> {
        let shown = if file.exists() { Some(read(file, file)?) } else { None };
        Ok(Self::showing(file.to_owned(), file.to_owned(), shown))
    }

    fn showing(chain: PathBuf, key: PathBuf, shown: Option<Arc<CertifiedKey>>) -> Arc<Self> {
        let loaded = Loaded { shown, changed: changed(&chain, &key), looked: Instant::now() };
        Arc::new(Self { chain, key, loaded: RwLock::new(loaded), challenges: Mutex::default() })
    }

    /// What takes connections with the newest certificate that could be read.
    pub(super) fn acceptor(self: &Arc<Self>) -> io::Result<TlsAcceptor> {
        let resolver: Arc<dyn ResolvesServerCert> = self.clone();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec(), CHALLENGE.to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// From when until when it is good; none before there is one.
    pub(super) fn term(&self) -> Option<Validity> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        Validity::of(loaded.shown.as_ref()?.cert.first()?)
    }

    /// Shows the authority that asks for a name this certificate, which proves that the name is ours.
    pub(super) fn prove(&self, name: String, by: Arc<CertifiedKey>) {
        self.challenges.lock().unwrap_or_else(PoisonError::into_inner).insert(name, by);
    }

    /// Shows authorities nothing any more.
    pub(super) fn proved(&self) {
        self.challenges.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Reads the files now, since they were written.
    pub(super) fn reload(&self) {
        let read = read(&self.chain, &self.key);
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.looked = Instant::now();
        loaded.changed = changed(&self.chain, &self.key);
        match read {
            Ok(shown) => {
                tracing::info!(file = %self.chain.display(), "a new certificate is in use");
                loaded.shown = Some(shown);
            }
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one stays"),
        }
    }

    fn newest(&self) -> Option<Arc<CertifiedKey>> {
        let due = {
            let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
            if loaded.looked.elapsed() < Duration::from_secs(LOOK_SECONDS) {
                return loaded.shown.clone();
            }
            loaded.looked = Instant::now();
            changed(&self.chain, &self.key) != loaded.changed
        };
        if due {
            self.reload();
        }
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).shown.clone()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut spoken = hello.alpn().into_iter().flatten();
        if spoken.next() == Some(CHALLENGE) && spoken.next().is_none() {
            let challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
            return challenges.get(hello.server_name()?).cloned();
        }
        self.newest()
    }
}

/// When either file was last written.
fn changed(chain: &Path, key: &Path) -> Option<SystemTime> {
    let at = |path: &Path| std::fs::metadata(path).and_then(|found| found.modified()).ok();
    at(chain).max(at(key))
}

fn read(chain: &Path, key: &Path) -> io::Result<Arc<CertifiedKey>> {
    let said =
        |path: &Path, error: &dyn std::fmt::Display| io::Error::other(format!("{}: {error}", path.display()));
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(|error| said(chain, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| said(key, &error))?;
    certified(certificates, private).map_err(|error| said(chain, &error))
}

/// A chain with its key, when they belong together.
pub(super) fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<CertifiedKey>, tokio_rustls::rustls::Error> {
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map(Arc::new)
}
