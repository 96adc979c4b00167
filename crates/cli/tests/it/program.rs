//! The real program, started as anybody starts it, and just enough HTTP to talk to it.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use qige_db::testing::TestDb;
use qige_db::{Asker, Db, Engine};
use qige_identity::{
    AddPerson, CreateTenant, CredentialKind, Grant, GrantRole, IssueToken, NewPerson, Password, Role, Scope,
    Secret, Stamp, TenantFacts, password,
};
use qige_kernel::{Clock, Entropy, PersonId, SystemClock, TenantId, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Pause between two looks whether a server answers.
const PAUSE: Duration = Duration::from_millis(20);

/// By which the rider signs in.
pub(crate) const PASSWORD: &str = "a quiet street in spring";

/// A database that no other process has open: a file beside the test's own, or the test's database.
pub(crate) async fn url_of_its_own(db: &TestDb) -> String {
    if db.engine() == Engine::Postgres {
        return db.url().to_owned();
    }
    let url = format!("sqlite:{}", db.folder().join("own.db").display());
    Db::open(&url).await.unwrap().migrate().await.unwrap();
    url
}

/// A running `qige serve`. It is killed when this is dropped.
pub(crate) struct Server {
    pub(crate) process: Child,
    pub(crate) address: SocketAddr,
}

/// The words after which the program works on this database.
pub(crate) fn program(url: &str, folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_qige"));
    program.args(["--log", "warn", "--database-url", url, "--data"]).arg(folder).stdin(Stdio::null());
    program
}

/// What a server says that is told something it cannot do.
pub(crate) fn refused_to_serve(db: &TestDb, words: &[&str]) -> String {
    let ended =
        program(db.url(), db.folder()).args(["serve", "--listen", "127.0.0.1:0"]).args(words).output();
    let ended = ended.unwrap();
    assert!(!ended.status.success(), "it serves with {words:?}");
    String::from_utf8(ended.stderr).unwrap()
}

/// Runs the program to its end.
pub(crate) fn run(url: &str, folder: &Path, words: &[&str]) -> Output {
    program(url, folder).args(words).output().unwrap()
}

impl Server {
    /// Starts one and waits until it says that it is well.
    pub(crate) async fn start(url: &str, folder: &Path, output: Stdio) -> Self {
        Self::starting(program(url, folder).stdout(output)).await
    }

    /// The same, with its log going there.
    pub(crate) async fn start_logging(url: &str, folder: &Path, log: Stdio) -> Self {
        Self::starting(program(url, folder).stdout(Stdio::null()).stderr(log)).await
    }

    async fn starting(program: &mut Command) -> Self {
        let spare = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = spare.local_addr().unwrap();
        drop(spare);
        let listen = address.to_string();
        let process = program.args(["serve", "--listen", &listen]).spawn();
        let mut server = Self { process: process.unwrap(), address };
        while server.get("/healthz").await.is_none_or(|answer| answer.status != 200) {
            assert!(server.process.try_wait().unwrap().is_none(), "the server ended before it answered");
            tokio::time::sleep(PAUSE).await;
        }
        server
    }

    /// What the server answers to a program that says nothing of itself.
    pub(crate) async fn get(&self, path: &str) -> Option<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Talk::with(self.address).await?.send(&request).await
    }

    /// Asks it to end, as a supervisor of services does, and says how it ended.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// One connection. Every `None` means that it broke.
pub(crate) struct Talk(TcpStream);

impl Talk {
    pub(crate) async fn with(address: SocketAddr) -> Option<Self> {
        TcpStream::connect(address).await.ok().map(Self)
    }

    pub(crate) async fn send(&mut self, request: &str) -> Option<Answer> {
        self.0.write_all(request.as_bytes()).await.ok()?;
        let mut read = Vec::new();
        let head = loop {
            if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if self.0.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        };
        let text = std::str::from_utf8(&read[..head]).unwrap().to_ascii_lowercase();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        while read.len() < head + length {
            if self.0.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        }
        Some(Answer { status, body: String::from_utf8(read.split_off(head)).unwrap() })
    }
}

/// A subdistrict with one rider, and tokens in the rider's name.
pub(crate) struct Rider {
    pub(crate) tenant: TenantId,
    pub(crate) person: PersonId,
    pub(crate) tokens: Vec<String>,
}

impl Rider {
    /// Made by the product's own commands; nothing keeps the database open afterwards.
    pub(crate) async fn found(url: &str, tokens: usize, entropy: &Entropy) -> Self {
        let db = Db::open(url).await.unwrap();
        let now = SystemClock.now();
        let tenant: TenantId = entropy.id(now);
        let asker = Asker::system(tenant);
        let stamp = || Stamp::new(now, None, entropy);
        let facts = TenantFacts {
            name: "牛山街道".parse().unwrap(),
            code: Some("320722001".to_owned()),
            zone: "Asia/Shanghai".to_owned(),
            locale: "zh-Hans".to_owned(),
            host: None,
        };
        let create = CreateTenant { id: tenant, slug: "niushan".to_owned(), facts, stamp: stamp() };
        db.write(asker, create).await.unwrap();
        let person: PersonId = entropy.id(now);
        let password = password::hash(&Password::typed(PASSWORD), entropy).await.unwrap();
        let new = NewPerson {
            id: person,
            name: "骑手 0017".parse().unwrap(),
            sign_in_name: Some("qishou0017".parse().unwrap()),
            phone: None,
            password: Some(password),
            locale: None,
        };
        db.write(asker, AddPerson { person: new, stamp: stamp() }).await.unwrap();
        let grant =
            Grant { id: entropy.id(now), role: Role::Rider, scope: Scope::Tenant, from: now, until: None };
        db.write(asker, GrantRole { person, grant, stamp: stamp() }).await.unwrap();
        let mut given = Vec::new();
        for _ in 0..tokens {
            let secret = Secret::draw(CredentialKind::Token, entropy);
            let token = IssueToken {
                id: entropy.id(now),
                person,
                digest: secret.digest(),
                label: "test".to_owned(),
                expires_at: now.plus(Timestamp::DAY),
                stamp: stamp(),
            };
            db.write(asker, token).await.unwrap();
            given.push(secret.to_string());
        }
        Self { tenant, person, tokens: given }
    }
}
