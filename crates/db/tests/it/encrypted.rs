//! PostgreSQL under TLS: a server of the test's own that lets nobody in who comes in clear.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use qige_db::{Db, DbError, PostgresServer};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use uuid::Uuid;

use crate::writing::{PutAtOnce, asker, count};

/// Whoever comes by TCP comes encrypted; one role shows a certificate besides.
const WHO_MAY: &str = "hostssl all qige_shows all cert\nhostssl all all all trust\n";

/// An authority and its certificate.
type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate of this authority and its key.
fn issued(by: &Authority, host: &str, common_name: &str) -> (String, String) {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, common_name);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, by).unwrap().pem(), key.serialize_pem())
}

/// A running server. It stops when this is dropped.
struct Server {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

impl Server {
    /// For `localhost`, with a certificate of this authority; none where PostgreSQL is not installed.
    fn start(authority: &Authority) -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("skipped: there is no PostgreSQL to start");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("qige-tls-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // Root may not run the server, so the folder is made for whoever does.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, programs, port };
        let data = server.path("data");
        server.run("initdb", &["-D", &data, "-A", "trust", "-U", "postgres", "-N", "--locale=C.UTF-8"]);
        server.hand_over("pg_hba.conf", WHO_MAY);
        server.certified(&issued(authority, "localhost", "server"));
        server.hand_over("root.crt", &authority.pem());
        let options = format!("-p {port} -k {} -c ssl=on -c ssl_ca_file=root.crt", server.folder.display());
        server.run("pg_ctl", &["-D", &data, "-l", &server.path("log"), "-w", "-o", &options, "start"]);
        Some(server)
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// A file that we may read.
    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.folder.join(name), text).unwrap();
        self.path(name)
    }

    /// A file of the server's own, which nobody else may read.
    fn hand_over(&self, name: &str, text: &str) {
        let (from, to) = (self.file(&format!("{name}.new"), text), self.path(&format!("data/{name}")));
        self.run("/usr/bin/install", &["-m", "600", &from, &to]);
    }

    fn certified(&self, (certificate, key): &(String, String)) {
        self.hand_over("server.crt", certificate);
        self.hand_over("server.key", key);
    }

    fn reload(&self) {
        self.run("pg_ctl", &["-D", &self.path("data"), "reload"]);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let is_root =
            std::fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) == 0);
        let mut command = if is_root { Command::new("runuser") } else { Command::new(&program) };
        if is_root {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        let ended = command.args(arguments).current_dir("/").stdout(std::process::Stdio::null()).status();
        assert!(ended.unwrap().success(), "{} {arguments:?}", program.display());
    }

    fn url(&self, host: &str, words: &str) -> String {
        format!("postgres://postgres@{host}:{}/postgres{words}", self.port)
    }

    /// How many connections there are, and how many of them are in clear.
    async fn counted(&self, words: &str) -> (i64, i64) {
        let client = connected(&self.url("localhost", words)).await.unwrap();
        let asked = "SELECT count(*), count(*) FILTER (WHERE NOT s.ssl) FROM pg_stat_ssl s
            JOIN pg_stat_activity a USING (pid) WHERE a.backend_type = 'client backend'";
        let row = client.query_one(asked, &[]).await.unwrap();
        (row.get(0), row.get(1))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.path("data"), "-m", "immediate", "stop"]);
        let _already_gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder of an installed server's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found = versions.flatten().map(|version| version.path().join("bin"));
    found.find(|path: &PathBuf| Path::exists(&path.join("initdb")))
}

async fn connected(url: &str) -> Result<tokio_postgres::Client, DbError> {
    PostgresServer::named(url)?.connect().await
}

async fn refused(url: &str) -> String {
    connected(url).await.map(drop).unwrap_err().to_string()
}

#[tokio::test]
async fn only_whoever_is_believed_is_spoken_to_and_never_in_clear() {
    let (ours, others) = (authority(), authority());
    let Some(server) = Server::start(&ours) else { return };
    let (root, other) = (server.file("root.pem", &ours.pem()), server.file("other.pem", &others.pem()));

    everything_is_encrypted(&server, &format!("?sslmode=verify-full&sslrootcert={root}")).await;
    // Where nothing is said, too: this server takes nothing else.
    everything_is_encrypted(&server, "").await;
    assert!(refused(&server.url("localhost", "?sslmode=disable")).await.contains("no encryption"));

    for (host, words) in [("127.0.0.1", "?sslmode=require"), ("127.0.0.1", "?sslmode=prefer")] {
        connected(&server.url(host, words)).await.unwrap();
    }
    let by = |mode: &str, root: &str| format!("?sslmode={mode}&sslrootcert={root}");
    connected(&server.url("127.0.0.1", &by("verify-ca", &root))).await.unwrap();
    for (host, words) in [
        ("127.0.0.1", by("verify-full", &root)),
        ("localhost", by("verify-full", &other)),
        ("localhost", by("verify-ca", &other)),
        ("localhost", by("require", &other)),
        ("localhost", "?sslrootcert=system".to_owned()),
    ] {
        let heard = refused(&server.url(host, &words)).await;
        assert!(heard.contains("the certificate of PostgreSQL is not believed"), "{words}: {heard}");
    }
    who_shows_a_certificate_comes_in_by_it(&server, &ours).await;
    a_certificate_that_signs_itself_is_believed_where_it_is_named(&server).await;
}

/// Opening, writing, reading and what one process tells another.
async fn everything_is_encrypted(server: &Server, words: &str) {
    let url = server.url("localhost", words);
    let (one, two, us) = (Db::open(&url).await.unwrap(), Db::open(&url).await.unwrap(), asker(1));
    one.migrate().await.unwrap();
    let mut news = two.subscribe();
    // The listener connects by itself, so the first announcements may come too early for it.
    loop {
        let id = Uuid::now_v7().as_u128();
        one.write(us, PutAtOnce::of(us, [id])).await.unwrap();
        if tokio::time::timeout(Duration::from_millis(300), news.recv()).await.is_ok() {
            break;
        }
    }
    assert!(count(&two, us).await > 0);
    let (all, in_clear) = server.counted(words).await;
    assert!(all >= 5, "two writers, two listeners and who counts, at least: {all}");
    assert_eq!(in_clear, 0);
}

async fn who_shows_a_certificate_comes_in_by_it(server: &Server, ours: &Authority) {
    let keeper = connected(&server.url("localhost", "")).await.unwrap();
    keeper.batch_execute("CREATE ROLE qige_shows LOGIN").await.unwrap();
    let (certificate, key) = issued(ours, "client.example", "qige_shows");
    let (certificate, key) = (server.file("mine.pem", &certificate), server.file("mine.key", &key));
    let url = |words: &str| server.url("localhost", words).replace("postgres@", "qige_shows@");
    connected(&url(&format!("?sslmode=require&sslcert={certificate}&sslkey={key}"))).await.unwrap();
    assert!(refused(&url("?sslmode=require")).await.contains("certificate"));
}

/// As PostgreSQL's own instructions make one, by openssl as it comes.
async fn a_certificate_that_signs_itself_is_believed_where_it_is_named(server: &Server) {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let itself = params.self_signed(&key).unwrap().pem();
    server.certified(&(itself.clone(), key.serialize_pem()));
    server.reload();
    let words = format!("?sslmode=verify-full&sslrootcert={}", server.file("itself.pem", &itself));
    // The server takes its new certificate when it comes to it.
    for _ in 0..50 {
        if connected(&server.url("localhost", &words)).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    connected(&server.url("localhost", &words)).await.unwrap();
    let heard = refused(&server.url("127.0.0.1", &words)).await;
    assert!(heard.contains("is not believed"), "the name is asked for all the same: {heard}");
}

#[tokio::test]
async fn a_server_without_encryption_is_spoken_to_only_where_that_may_be() {
    let Ok(url) = std::env::var("QIGE_TEST_POSTGRES") else {
        eprintln!("skipped: QIGE_TEST_POSTGRES names no server");
        return;
    };
    let client = connected(&url).await.unwrap();
    let on: String = client.query_one("SHOW ssl", &[]).await.unwrap().get(0);
    if on == "on" {
        eprintln!("skipped: this server encrypts");
        return;
    }
    let heard = refused(&format!("{url}?sslmode=require")).await;
    assert!(heard.contains("PostgreSQL offers none") && heard.contains("sslmode=disable"), "{heard}");
}
