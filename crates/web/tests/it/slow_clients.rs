//! Clients that say nothing, ask nothing more, take nothing or come too many at a time: over real sockets,
//! each with one bound so short that it must end the connection, and all others so long that they cannot.

use std::net::SocketAddr;
use std::time::Duration;

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_web::{CertificateFrom, ConnectionBounds, HttpListener, HttpsListener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::actors::{HOST, TestApp};

const SOON: Duration = Duration::from_millis(100);
const HOUR: Duration = Duration::from_secs(3_600);
const ENDLESS: ConnectionBounds = ConnectionBounds {
    per_address: 0,
    handshake: HOUR,
    headers: HOUR,
    idle: HOUR,
    stalled: HOUR,
    ping: HOUR,
};
/// Longer than any of these takes: a connection that is not closed fails its test by this.
const PATIENCE: Duration = Duration::from_secs(60);

struct Serving {
    http: SocketAddr,
    https: SocketAddr,
    _stop: oneshot::Sender<()>,
}

async fn serve(app: &TestApp, db: &TestDb, bounds: ConnectionBounds) -> Serving {
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let made = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).unwrap();
    let (chain, key) = (db.folder().join("cert.pem"), db.folder().join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (http, https) = (free(), free());
    let certificate = CertificateFrom::Files { chain, key };
    let secure = HttpsListener { address: https, certificate };
    let bound = HttpListener { http: Some(http), https: Some(secure), bounds }.bind().await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(qige_web::serve(app.state.clone(), bound, async {
        let _told = stopped.await;
    }));
    Serving { http, https, _stop: stop }
}

async fn connect(to: SocketAddr, said: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(said).await.unwrap();
    stream
}

/// What came before the server closed the connection, which it must.
async fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut heard)).await;
    // With an end or, where something it did not read was still under way, a reset.
    let _end_or_reset = closed.expect("the server holds on to a client that does nothing");
    heard
}

/// A request after which there is no other.
const LAST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: qige.example\r\nConnection: close\r\n\r\n";

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n").into_bytes()
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// The beginning of HTTP/2, with these settings, and a request for `/readyz`, whose answer has a body.
fn asked_over_two(settings: &[u8]) -> Vec<u8> {
    // GET, http, a path and a host, written out without Huffman codes (RFC 7541).
    let mut fields = vec![0x82, 0x86, 0x04, 7];
    fields.extend(b"/readyz");
    fields.extend([0x01, u8::try_from(HOST.len()).unwrap()]);
    fields.extend(HOST.as_bytes());
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    [preface, frame(4, 0, 0, settings), frame(1, 0x5, 1, &fields)].concat()
}

#[db_test]
async fn who_says_nothing_is_not_waited_for(db: TestDb) {
    let app = TestApp::new(&db).await;
    let serving = serve(&app, &db, ConnectionBounds { headers: SOON, ..ENDLESS }).await;
    for said in [&b""[..], b"G", b"GET / HTTP/1.1\r\nHost: ", b"PRI * HTTP/2.0", &asked_over_two(&[])[..40]] {
        let mut silent = connect(serving.http, said).await;
        assert!(!String::from_utf8_lossy(&until_closed(&mut silent).await).contains("200 OK"));
    }
}

#[db_test]
async fn who_does_not_shake_hands_is_not_waited_for(db: TestDb) {
    let app = TestApp::new(&db).await;
    let serving = serve(&app, &db, ConnectionBounds { handshake: SOON, ..ENDLESS }).await;
    for said in [&b""[..], &[0x16, 3, 1, 0, 200, 1]] {
        let mut silent = connect(serving.https, said).await;
        assert!(until_closed(&mut silent).await.is_empty());
    }
}

#[db_test]
async fn who_asks_nothing_more_is_let_go(db: TestDb) {
    let app = TestApp::new(&db).await;
    let serving = serve(&app, &db, ConnectionBounds { idle: SOON, ..ENDLESS }).await;
    for said in [get("/healthz"), [get("/healthz"), b"GET / HT".to_vec()].concat()] {
        let mut idle = connect(serving.http, &said).await;
        assert!(String::from_utf8(until_closed(&mut idle).await).unwrap().starts_with("HTTP/1.1 200 OK"));
    }
    let mut idle = connect(serving.http, &asked_over_two(&[])).await;
    assert!(until_closed(&mut idle).await.len() > 100, "an answer came before");
}

#[db_test]
async fn who_does_not_answer_a_ping_is_gone(db: TestDb) {
    let app = TestApp::new(&db).await;
    let serving = serve(&app, &db, ConnectionBounds { ping: SOON, ..ENDLESS }).await;
    let mut gone = connect(serving.http, &asked_over_two(&[])).await;
    let heard = until_closed(&mut gone).await;
    assert!(heard.windows(5).any(|bytes| bytes == [0, 0, 8, 6, 0]), "a ping came");
}

#[db_test]
async fn who_takes_nothing_of_an_answer_is_let_go(db: TestDb) {
    let app = TestApp::new(&db).await;
    let serving = serve(&app, &db, ConnectionBounds { stalled: SOON, ..ENDLESS }).await;
    // Over HTTP/1 by never reading: requests are written until the server is gone.
    let mut deaf = connect(serving.http, b"").await;
    let many = get("/openapi.json").repeat(100);
    let written = async { while deaf.write_all(&many).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, written).await.expect("the server holds on to a client that never reads");
    // Over HTTP/2 by a window of nothing, with every frame of the connection itself read.
    let mut shut = connect(serving.http, &asked_over_two(&[0, 4, 0, 0, 0, 0])).await;
    until_closed(&mut shut).await;
}

#[db_test]
async fn a_stream_of_changes_lives_although_it_says_nothing(db: TestDb) {
    let app = TestApp::new(&db).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    let bounds = ConnectionBounds { idle: SOON, stalled: SOON, ..ENDLESS };
    let serving = serve(&app, &db, bounds).await;
    let cookie = admin.cookie("qige").unwrap();
    let asked = format!("GET /live?topics=person HTTP/1.1\r\nHost: {HOST}\r\nCookie: qige={cookie}\r\n\r\n");
    let mut stream = connect(serving.http, asked.as_bytes()).await;
    tokio::time::sleep(SOON * 10).await;
    app.person(Role::Rider, Scope::Tenant).await;
    let heard = async {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).contains("event: change") {
            assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0, "closed: {heard:?}");
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("a change is told");
}

#[db_test]
async fn an_address_has_so_many_connections_and_no_more(db: TestDb) {
    let app = TestApp::new(&db).await;
    let serving = serve(&app, &db, ConnectionBounds { per_address: 2, ..ENDLESS }).await;
    let (first, second) = (connect(serving.http, b"").await, connect(serving.http, b"").await);
    let mut third = connect(serving.http, b"").await;
    assert!(until_closed(&mut third).await.is_empty());
    drop((first, second));
    let answered = async {
        // Until the server has noticed that two have gone.
        while !until_closed(&mut connect(serving.http, LAST).await).await.starts_with(b"HTTP/1.1 200") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, answered).await.expect("places come back");
    let behind = TestApp::bare(&db, |settings| settings.trusted_hops = 1).await;
    let serving = serve(&behind, &db, ConnectionBounds { per_address: 1, ..ENDLESS }).await;
    let _held = connect(serving.http, b"").await;
    let mut another = connect(serving.http, LAST).await;
    assert!(until_closed(&mut another).await.starts_with(b"HTTP/1.1"), "a proxy has as many as it needs");
}
