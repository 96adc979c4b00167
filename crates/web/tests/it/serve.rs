//! The server itself: plain and over TLS, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_web::{CertificateFrom, HttpListener, HttpsListener};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::actors::TestApp;

fn free() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn connect(address: SocketAddr) -> TcpStream {
    for _ in 0..100 {
        if let Ok(stream) = TcpStream::connect(address).await {
            return stream;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody listens at {address}");
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[db_test]
async fn pages_come_over_both_and_tls_makes_cookies_strict(db: TestDb) {
    let app = TestApp::new(&db).await;
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (chain, key) = (db.folder().join("cert.pem"), db.folder().join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (http, address) = (free(), free());
    let certificate = CertificateFrom::Files { chain, key };
    let https = Some(HttpsListener { address, certificate });
    let listen = HttpListener { http: Some(http), https, ..HttpListener::default() };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(qige_web::serve(app.state.clone(), listen.bind().await.unwrap(), async {
        let _told = stopped.await;
    }));
    let plain = ask(connect(http).await).await;
    assert!(plain.starts_with("HTTP/1.1 200 OK"), "{plain}");
    assert!(!plain.to_lowercase().contains("strict-transport-security"));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(made.cert.der().to_vec())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, connect(address).await).await.unwrap();
    let secure = ask(stream).await;
    assert!(secure.starts_with("HTTP/1.1 200 OK"), "{secure}");
    assert!(secure.to_lowercase().contains("strict-transport-security"));
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), serving).await.unwrap().unwrap();
    assert!(TcpStream::connect(http).await.is_err(), "nobody listens any more");
}
