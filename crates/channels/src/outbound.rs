//! Calls over HTTP to hosts that somebody named: an administrator of one tenant must not reach, through this
//! server, what only this server can reach (CWE-918, server-side request forgery).
//!
//! | file | what lives there |
//! | --- | --- |
//! | `guard.rs` | [`Allowed`]: which addresses may be spoken to |
//! | `destination.rs` | [`Destination`]: where a call goes |
//! | `wire.rs` | one call over one connection |
//!
//! The name is resolved here, each address it stands for is judged, and the connection goes to the address
//! that was judged: a name that changes its mind in between changes nothing. Redirects are not followed, the
//! answer is read up to a limit, and the whole takes no longer than a limit.

mod destination;
mod guard;
mod wire;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

pub use destination::{Destination, DestinationError};
pub use guard::{Allowed, AllowedError};

/// How long a call takes at most, from the first question about its name to the last byte of the answer:
/// longer than a slow gateway, shorter than the lease of the job that waits for it.
pub const CALL_MAX: Duration = Duration::from_secs(20);
/// How long one address is tried, so that there is time for the next.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Bytes of an answer at most: gateways answer with a line of JSON.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a call's body at most.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// What turns a host and a port into addresses.
pub type Resolver = Arc<
    dyn Fn(String, u16) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync,
>;

/// Makes calls. Cheap to clone.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    allowed: Allowed,
    resolver: Resolver,
    /// None: those of this machine.
    roots: Option<RootCertStore>,
    tls: OnceLock<Arc<ClientConfig>>,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// How.
    pub method: Method,
    /// Where.
    pub to: Destination,
    /// Besides `Host` and `Content-Length`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is sent.
    pub body: Bytes,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status; a redirect is an answer like any other.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// Up to [`ANSWER_BYTES_MAX`].
    pub body: Bytes,
}

/// Why there is no answer. None of its sentences holds a path, a query or a header: they may be secret.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address lies in a network that is not spoken to.
    #[error("{host} stands for {ip}, and this server speaks to no such address unless it is told to")]
    Forbidden {
        /// The host as it was named.
        host: String,
        /// What it stands for.
        ip: IpAddr,
    },
    /// The call would go in clear over networks of others.
    #[error("{0} is spoken to over https:// alone: http:// is for hosts and networks that the server allows")]
    InClear(String),
    /// More is to be sent than anybody takes.
    #[error("the message has more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    /// Nobody knows the name.
    #[error("{0} is not known: {1}")]
    Unknown(String, io::Error),
    /// Nobody answers there.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, io::Error),
    /// It took longer than [`CALL_MAX`]; whether the call arrived is not known.
    #[error("{0} did not answer in time")]
    Slow(String),
    /// The connection broke, or the answer is none; whether the call arrived is not known.
    #[error("{0} gave no proper answer: {1}")]
    Broken(String, String),
}

impl OutboundError {
    /// Whether the same call can come through another time.
    #[must_use]
    pub const fn may_work_later(&self) -> bool {
        !matches!(self, Self::Forbidden { .. } | Self::InClear(_) | Self::TooLarge)
    }

    /// Whether the call may have had its effect although nobody said so.
    #[must_use]
    pub const fn may_have_arrived(&self) -> bool {
        matches!(self, Self::Slow(_) | Self::Broken(..))
    }
}

impl Outbound {
    /// Speaks to public addresses and to what is `allowed` besides; trusts the certificates that this machine
    /// trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others).
    #[must_use]
    pub fn new(allowed: Allowed) -> Self {
        Self::of(allowed, None)
    }

    /// As [`Outbound::new`], trusting these certificates alone.
    #[must_use]
    pub fn trusting(allowed: Allowed, roots: RootCertStore) -> Self {
        Self::of(allowed, Some(roots))
    }

    fn of(allowed: Allowed, roots: Option<RootCertStore>) -> Self {
        let resolver: Resolver = Arc::new(|host, port| {
            Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
        });
        Self(Arc::new(Inner { allowed, resolver, roots, tls: OnceLock::new() }))
    }

    /// Asks somebody else what a name stands for: for tests.
    #[must_use]
    pub fn resolving(&self, resolver: Resolver) -> Self {
        let Inner { allowed, roots, .. } = &*self.0;
        Self(Arc::new(Inner {
            allowed: allowed.clone(),
            resolver,
            roots: roots.clone(),
            tls: OnceLock::new(),
        }))
    }

    /// What encrypts connections; made when the first one is.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn tls(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(tls) = self.0.tls.get() {
            return Ok(Arc::clone(tls));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = self.0.roots.clone().unwrap_or_else(machine_roots);
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::clone(self.0.tls.get_or_init(|| Arc::new(tls))))
    }

    /// Makes a call.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub async fn send(&self, call: Call) -> Result<Answer, OutboundError> {
        if call.body.len() > BODY_BYTES_MAX {
            return Err(OutboundError::TooLarge);
        }
        let host = call.to.host().to_owned();
        let whole = wire::exchange(self, call);
        tokio::time::timeout(CALL_MAX, whole).await.unwrap_or(Err(OutboundError::Slow(host)))
    }

    /// The addresses at which that may be spoken to, at least one. Over plain HTTP these are such as whoever
    /// runs the server named, by host or by network: calls hold keys, numbers and codes.
    ///
    /// # Errors
    /// As [`Outbound::addresses`], and [`OutboundError::InClear`].
    pub async fn reachable(&self, to: &Destination) -> Result<Vec<SocketAddr>, OutboundError> {
        let mut found = self.addresses(to.host(), to.port()).await?;
        if !to.is_tls() {
            found.retain(|address| self.0.allowed.names(to.host(), address.ip()));
        }
        if found.is_empty() { Err(OutboundError::InClear(to.host().to_owned())) } else { Ok(found) }
    }

    /// The addresses of a host that may be spoken to, at least one. For protocols other than HTTP: connect
    /// to one of these, and to nothing else.
    ///
    /// # Errors
    /// [`OutboundError::Unknown`] and [`OutboundError::Forbidden`].
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OutboundError> {
        let unknown = |error| OutboundError::Unknown(host.to_owned(), error);
        let found = (self.0.resolver)(host.to_owned(), port).await.map_err(unknown)?;
        let (good, bad): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|address| self.0.allowed.lets(host, address.ip()));
        match (good.is_empty(), bad.first()) {
            (false, _) => Ok(good),
            (true, Some(address)) => {
                Err(OutboundError::Forbidden { host: host.to_owned(), ip: address.ip() })
            }
            (true, None) => Err(unknown(io::Error::from(io::ErrorKind::NotFound))),
        }
    }
}

fn machine_roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "certificates that this machine trusts cannot be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    roots
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Outbound").field(&self.0.allowed).finish()
    }
}
