//! The server: connections in, answers out, until it is told to stop.

mod acme;
mod bounds;
mod pulse;
mod tls;
mod validity;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

use crate::State;
use crate::edge::OverTls;
use crate::metrics::CertificateTrouble;
use bounds::Addresses;
use pulse::{Pulse, Wire};
use tls::{CHALLENGE, Certificate};

pub use acme::{Acme, AcmeError, AcmeSettings};
pub use bounds::ConnectionBounds;

/// Where to listen, and how long to whom.
#[derive(Clone, Debug, Default)]
pub struct HttpListener {
    /// For plain HTTP.
    pub http: Option<SocketAddr>,
    /// For HTTPS.
    pub https: Option<HttpsListener>,
    /// What a connection may take.
    pub bounds: ConnectionBounds,
}

/// Where to listen for HTTPS, and with what.
#[derive(Clone, Debug)]
pub struct HttpsListener {
    /// Where.
    pub address: SocketAddr,
    /// With which certificate.
    pub certificate: CertificateFrom,
}

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum CertificateFrom {
    /// Files that somebody else renews; read again when they have changed.
    Files {
        /// The certificate chain, PEM.
        chain: PathBuf,
        /// Its private key, PEM.
        key: PathBuf,
    },
    /// An authority, by itself.
    Acme(Box<Acme>),
}

/// Connections at once: each costs some 20 KB, and a subdistrict's phones and desks stay far below.
const CONNECTIONS_MAX: usize = 4_096;
/// How long answers under way may take once the server is told to stop.
const DRAIN_SECONDS: u64 = 20;
/// How often the end of the certificate is noted among the figures.
const NOTE_EVERY: Duration = Duration::from_secs(5);
/// Files with a certificate should be renewed so long before its end, microseconds: those who renew them by a
/// program do it a month before.
const FILES_ANEW_MICROS: i64 = 14 * qige_kernel::Timestamp::DAY;
/// Streams of one HTTP/2 connection at once.
const STREAMS_MAX: u32 = 64;

/// Addresses that are listened at: who connects waits until they are served.
pub struct Bound {
    http: Option<TcpListener>,
    https: Option<Secure>,
    bounds: ConnectionBounds,
}

struct Secure {
    listener: TcpListener,
    certificate: Arc<Certificate>,
    acceptor: TlsAcceptor,
    /// By whom it is renewed.
    acme: Option<Box<Acme>>,
}

impl HttpListener {
    /// Begins to listen.
    ///
    /// # Errors
    /// When there is no address, one of them cannot be listened at, or the certificate cannot be read.
    pub async fn bind(self) -> io::Result<Bound> {
        let http = match self.http {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let https = match self.https {
            Some(https) => Some(https.bind().await?),
            None => None,
        };
        if http.is_none() && https.is_none() {
            return Err(io::Error::other("nowhere to listen: neither HTTP nor HTTPS"));
        }
        Ok(Bound { http, https, bounds: self.bounds })
    }
}

impl HttpsListener {
    async fn bind(self) -> io::Result<Secure> {
        let (certificate, acme) = match self.certificate {
            CertificateFrom::Files { chain, key } => (Certificate::load(chain, key)?, None),
            CertificateFrom::Acme(acme) => (Certificate::kept(&acme.file())?, Some(acme)),
        };
        let acceptor = certificate.acceptor()?;
        Ok(Secure { listener: listen(self.address).await?, certificate, acceptor, acme })
    }
}

async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let said = |error: io::Error| io::Error::new(error.kind(), format!("{address}: {error}"));
    TcpListener::bind(address).await.map_err(said)
}

/// Answers requests until `shutdown` is over, then lets what is under way end.
pub async fn serve(state: State, bound: Bound, shutdown: impl Future<Output = ()> + Send) {
    if let Err(error) = state.look_whether_set_up().await {
        tracing::warn!(%error, "could not look whether the subdistrict is set up");
    }
    let server = Arc::new(Server {
        router: crate::router(&state),
        places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        addresses: Addresses::new(bound.bounds.per_address, state.settings().trusted_hops > 0),
        bounds: bound.bounds,
        graceful: GracefulShutdown::new(),
    });
    tokio::select! {
        () = server.accept_all(bound.http.as_ref(), bound.https.as_ref()) => {}
        () = renew(&state, bound.https.as_ref()) => {}
        () = shutdown => {}
    }
    state.stop();
    let Ok(server) = Arc::try_unwrap(server).map_err(drop) else { return };
    let drained = server.graceful.shutdown();
    if tokio::time::timeout(Duration::from_secs(DRAIN_SECONDS), drained).await.is_err() {
        tracing::warn!("some answers did not end in time");
    }
}

/// Has the certificate renewed where that is ours to do, and says until when the one that is shown is good.
/// Never ends.
async fn renew(state: &State, https: Option<&Secure>) {
    let Some(Secure { certificate, acme, .. }) = https else { return std::future::pending().await };
    let ours = async {
        match acme {
            Some(acme) => acme::keep(acme, certificate, state).await,
            None => std::future::pending().await,
        }
    };
    let noted = async {
        loop {
            let until = certificate.term().map(|term| term.until);
            state.metrics().note_certificate(until);
            if acme.is_none() {
                let soon = state.app().now().plus(FILES_ANEW_MICROS);
                let trouble = until.filter(|until| *until < soon);
                let trouble = trouble.map(|until| CertificateTrouble { until: Some(until), reason: None });
                state.metrics().note_certificate_trouble(trouble);
            }
            tokio::time::sleep(NOTE_EVERY).await;
        }
    };
    tokio::select! {
        _never = ours => {}
        () = noted => {}
    }
}

struct Server {
    router: Router,
    places: Arc<Semaphore>,
    addresses: Addresses,
    bounds: ConnectionBounds,
    graceful: GracefulShutdown,
}

impl Server {
    async fn accept_all(&self, http: Option<&TcpListener>, https: Option<&Secure>) {
        let plain = async {
            match http {
                Some(listener) => self.accept(listener, None).await,
                None => std::future::pending().await,
            }
        };
        let secure = async {
            match https {
                Some(secure) => self.accept(&secure.listener, Some(&secure.acceptor)).await,
                None => std::future::pending().await,
            }
        };
        tokio::join!(plain, secure);
    }

    async fn accept(&self, listener: &TcpListener, acceptor: Option<&TlsAcceptor>) {
        loop {
            // Never closed: when there is no place, new connections wait in the system's queue.
            let Ok(place) = self.places.clone().acquire_owned().await else { return };
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors: the ones in use must end first.
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Some(share) = self.addresses.place(peer.ip()) else {
                tracing::debug!(%peer, "a connection too many from this address");
                continue;
            };
            let connection = Connection {
                peer,
                over_tls: acceptor.is_some(),
                router: self.router.clone(),
                watcher: self.graceful.watcher(),
                pulse: Pulse::new(self.bounds),
                bounds: self.bounds,
            };
            let acceptor = acceptor.cloned();
            tokio::spawn(async move {
                let _small_packets_at_once = stream.set_nodelay(true);
                let wire = Wire::new(stream, connection.pulse.clone());
                match acceptor {
                    None => connection.talk(wire).await,
                    Some(acceptor) => {
                        if let Some(wire) = connection.handshake(&acceptor, wire).await {
                            connection.talk(wire).await;
                        }
                    }
                }
                drop((place, share));
            });
        }
    }
}

/// One connection, from its first byte on.
struct Connection {
    peer: SocketAddr,
    over_tls: bool,
    router: Router,
    watcher: Watcher,
    pulse: Arc<Pulse>,
    bounds: ConnectionBounds,
}

impl Connection {
    async fn handshake(
        &self,
        acceptor: &TlsAcceptor,
        wire: Wire<TcpStream>,
    ) -> Option<TlsStream<Wire<TcpStream>>> {
        match tokio::time::timeout(self.bounds.handshake, acceptor.accept(wire)).await {
            // An authority has seen what it asked for; there is nothing to talk about.
            Ok(Ok(stream)) => (stream.get_ref().1.alpn_protocol() != Some(CHALLENGE)).then_some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%error, "no TLS connection came about");
                None
            }
            Err(_elapsed) => None,
        }
    }

    async fn talk<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { peer, over_tls, router, watcher, pulse, bounds } = self;
        pulse.begin();
        let watched = pulse.clone();
        let service = hyper::service::service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            if over_tls {
                request.extensions_mut().insert(OverTls);
            }
            let turn = watched.request();
            let answer = router.clone().oneshot(request.map(Body::new));
            async move { answer.await.map(|answer| answer.map(|body| turn.answered(body))) }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        // Headers are waited for by the pulse, from before it is known which HTTP is spoken.
        builder.http1().timer(TokioTimer::new()).header_read_timeout(None);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .keep_alive_interval(bounds.ping)
            .keep_alive_timeout(bounds.ping);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        tokio::select! {
            ended = watcher.watch(connection) => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended");
                }
            }
            () = pulse.over() => tracing::debug!(%peer, "a connection was given up: its client does nothing"),
        }
    }
}
