//! A certificate from a real authority: Pebble, the one that Let's Encrypt makes for trying clients.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use qige_channels::{Call, Outbound};
use qige_db::db_test;
use qige_db::testing::TestDb;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::program::{Server, program, refused_to_serve};

/// How long Pebble's certificates are good; a new one comes after two thirds of it.
const TERM_SECONDS: u32 = 12;
/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
const DIRECTORY: &str = "https://ca.example/directory";

/// Ends with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _already_ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn roots(pem: &[u8]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem).unwrap()).unwrap();
    roots
}

/// Pebble's own interface, and the file with the certificate that it shows there.
struct Pebble {
    _process: Ended,
    directory: String,
    management: String,
    root: std::path::PathBuf,
}

fn pebble(folder: &Path, proves_at: u16) -> Pebble {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (root, key, config) = (folder.join("ca.pem"), folder.join("ca.key"), folder.join("pebble.json"));
    std::fs::write(&root, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (here, management) = (free(), free());
    let settings = serde_json::json!({"pebble": {
        "listenAddress": here.to_string(), "managementListenAddress": management.to_string(),
        "certificate": root, "privateKey": key, "httpPort": 1, "tlsPort": proves_at,
        "certificateValidityPeriod": TERM_SECONDS,
    }});
    std::fs::write(&config, settings.to_string()).unwrap();
    let log = std::fs::File::create(folder.join("pebble.log")).unwrap();
    let process = Command::new("pebble")
        .arg("-config")
        .arg(&config)
        .env("PEBBLE_VA_NOSLEEP", "1")
        .stdout(log)
        .stderr(Stdio::null())
        .spawn()
        .expect("start pebble");
    Pebble {
        _process: Ended(process),
        directory: format!("https://localhost:{}/dir", here.port()),
        management: format!("https://localhost:{}/roots/0", management.port()),
        root,
    }
}

/// What Pebble signs with.
async fn issuer(pebble: &Pebble) -> RootCertStore {
    let own = roots(&std::fs::read(&pebble.root).unwrap());
    let outbound = Outbound::trusting("localhost".parse().unwrap(), own);
    let began = Instant::now();
    loop {
        let to = pebble.management.parse().unwrap();
        let call = Call { method: http::Method::GET, to, headers: Vec::new(), body: Default::default() };
        match outbound.send(call).await {
            Ok(answer) => return roots(&answer.body),
            Err(error) => assert!(began.elapsed() < PATIENCE, "pebble does not answer: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The certificate that is shown, when it is one of `roots` for `localhost`.
async fn shown(address: SocketAddr, roots: &RootCertStore) -> Option<Vec<u8>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots.clone())
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.ok()?;
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    Some(stream.get_ref().1.peer_certificates()?.first()?.to_vec())
}

async fn shown_other_than(address: SocketAddr, roots: &RootCertStore, last: Option<&Vec<u8>>) -> Vec<u8> {
    let began = Instant::now();
    loop {
        let now = shown(address, roots).await;
        match now {
            Some(now) if Some(&now) != last => return now,
            _ => assert!(began.elapsed() < PATIENCE, "no other certificate came"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A server that asks `directory` for a certificate, and answers over plain HTTP besides.
fn serving(db: &TestDb, https: SocketAddr, directory: &str, root: &Path) -> Server {
    let http = free();
    let process = program(db.url(), &db.folder().join("data"))
        .args(["serve", "--listen", &http.to_string(), "--metrics", "--outbound-allow", "localhost"])
        .args(["--acme-domain", "localhost", "--acme-contact", "it@qige.example", "--acme-agree"])
        .args(["--acme-directory", directory, "--listen-tls", &https.to_string(), "--acme-root"])
        .arg(root)
        .stdout(Stdio::null())
        .spawn();
    Server { process: process.unwrap(), address: http }
}

/// Waits until a figure is as it should be.
async fn figure(server: &Server, name: &str, good: impl Fn(u64) -> bool) {
    let began = Instant::now();
    loop {
        let body = server.get("/metrics").await.map(|answer| answer.body).unwrap_or_default();
        let value = body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        if value.is_some_and(|value| good(value.parse().unwrap())) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{name} is {value:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[db_test]
async fn it_is_fetched_and_renewed_while_the_server_runs(db: TestDb) {
    if Command::new("pebble").arg("-version").output().is_err() {
        println!("skipped: pebble is missing; on Debian: apt-get install pebble");
        return;
    }
    let address = free();
    let pebble = pebble(db.folder(), address.port());
    let issuer = issuer(&pebble).await;
    let data = db.folder().join("data");
    let server = serving(&db, address, &pebble.directory, &pebble.root);
    let first = shown_other_than(address, &issuer, None).await;
    let folder = data.join("acme");
    let account = std::fs::read(folder.join("account.json")).unwrap();
    for (file, rights) in [("", 0o700), ("account.json", 0o600), ("certificate.pem", 0o600)] {
        let mode = std::fs::metadata(folder.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, rights, "{file}");
    }
    shown_other_than(address, &issuer, Some(&first)).await;
    assert_eq!(std::fs::read(folder.join("account.json")).unwrap(), account, "one account for both");
    figure(&server, "qige_certificate_end_timestamp_seconds", |seconds| seconds > 0).await;
    figure(&server, "qige_certificate_failures_total", |failures| failures == 0).await;
}

#[db_test]
async fn an_authority_that_knows_the_account_no_more_is_given_another(db: TestDb) {
    if Command::new("pebble").arg("-version").output().is_err() {
        println!("skipped: pebble is missing; on Debian: apt-get install pebble");
        return;
    }
    let address = free();
    let [before, after] = ["before", "after"].map(|name| {
        let folder = db.folder().join(name);
        std::fs::create_dir(&folder).unwrap();
        pebble(&folder, address.port())
    });
    let [issued_before, issued_after] = [issuer(&before).await, issuer(&after).await];
    let server = serving(&db, address, &before.directory, &before.root);
    shown_other_than(address, &issued_before, None).await;
    drop(server);
    // As if it stood at the other one, which never heard of it.
    let file = db.folder().join("data/acme/account.json");
    let of = |pebble: &Pebble| pebble.directory.trim_end_matches("dir").to_owned();
    let kept = std::fs::read_to_string(&file).unwrap().replace(&of(&before), &of(&after));
    std::fs::write(&file, &kept).unwrap();
    let _server = serving(&db, address, &after.directory, &after.root);
    shown_other_than(address, &issued_after, None).await;
    assert_ne!(std::fs::read_to_string(&file).unwrap(), kept, "another account");
}

#[db_test]
async fn an_authority_that_is_not_there_takes_nobody_with_it(db: TestDb) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let root = db.folder().join("ca.pem");
    std::fs::write(&root, made.cert.pem()).unwrap();
    let nobody = format!("https://localhost:{}/dir", free().port());
    let address = free();
    let server = serving(&db, address, &nobody, &root);
    figure(&server, "qige_certificate_failures_total", |failures| failures == 1).await;
    figure(&server, "qige_certificate_end_timestamp_seconds", |seconds| seconds == 0).await;
    assert_eq!(shown(address, &roots(made.cert.pem().as_bytes())).await, None);
}

#[db_test]
async fn settings_that_cannot_work_are_said_at_the_start(db: TestDb) {
    let names = ["--acme-domain", "qige.example"];
    let tls = ["--listen-tls", "127.0.0.1:0"];
    for (words, said) in [
        (vec![names.as_slice(), &tls], "--acme-agree"),
        (vec![&names, &["--acme-agree"]], "--acme-domain needs --listen-tls"),
        (vec![&tls], "--listen-tls needs --tls-certificate and --tls-key, or --acme-domain"),
        (vec![&tls, &["--tls-key", "key.pem"]], "go together"),
        (
            vec![&names, &tls, &["--tls-key", "key.pem", "--tls-certificate", "chain.pem"]],
            "exclude each other",
        ),
        (vec![&tls, &["--acme-agree", "--acme-domain", "*.qige.example"]], "--acme-domain *.qige.example"),
        (
            vec![&names, &tls, &["--acme-agree", "--acme-directory", "http://ca.example"]],
            "must begin with https://",
        ),
        (
            vec![&names, &tls, &["--acme-agree", "--acme-directory", DIRECTORY, "--acme-root", "/nowhere"]],
            "--acme-root /nowhere",
        ),
    ] {
        let heard = refused_to_serve(&db, &words.concat());
        assert!(heard.contains(said), "{words:?}: {heard}");
    }
}
