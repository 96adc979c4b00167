//! A fresh, migrated database for each test, on each engine.
//!
//! Databases are copied from a template that is made once per schema: a file for SQLite, a template database
//! for PostgreSQL. `QIGE_TEST_POSTGRES` names a PostgreSQL server that tests may fill and empty; without it
//! the PostgreSQL half of each test says that it was skipped. Where `QIGE_TEST_BOTH_ENGINES` is set, as the
//! whole run of the tests has it, nothing is skipped: without a server each of them fails.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "only tests run this, and a test that cannot be set up must fail loudly"
)]

mod contents;
mod tampering;

use std::future::Future;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_postgres::Client;

use crate::{Db, Engine, PostgresServer, Statement, migrate, registered};
pub use contents::{Everything, Rows};
pub use tampering::{Tampered, Tampering};

/// A database of one test. It is gone when this is dropped.
pub struct TestDb {
    db: Db,
    url: String,
    /// As whoever keeps the database server: past every wall.
    keeper: String,
    folder: PathBuf,
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl TestDb {
    /// The URL under which another process could open the same database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder of this test's own, removed with it.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// A fresh, migrated database on `engine`; none where there is no PostgreSQL server to try.
    pub async fn fresh(engine: Engine) -> Option<Self> {
        let folder = own_folder();
        let keeper = match engine {
            Engine::Sqlite => sqlite_copy(&folder).await,
            Engine::Postgres => postgres_copy(&server(&|name| std::env::var(name).ok())?).await,
        };
        let url = as_program(engine, &keeper);
        let db = Db::open(&url).await.expect("open the test's database");
        Some(Self { db, url, keeper, folder })
    }

    /// Runs SQL behind the product's back, as somebody who tampers with it would.
    pub async fn tamper(&self, sql: &str) {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let connection = rusqlite::Connection::open(path).expect("open the file");
            connection.execute_batch(sql).expect("tamper");
        } else {
            let client = connected(&self.keeper).await;
            client.batch_execute(sql).await.expect("tamper");
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let _already_gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs one half of a `#[db_test]`.
pub fn run<F>(engine: Engine, test: impl FnOnce(TestDb) -> F)
where
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("start a runtime");
    runtime.block_on(async {
        let Some(db) = TestDb::fresh(engine).await else {
            eprintln!("skipped: QIGE_TEST_POSTGRES names no server");
            return;
        };
        let keeper = db.keeper.clone();
        test(db).await;
        if engine == Engine::Postgres {
            drop_database(&keeper).await;
        }
    });
}

/// Every listed statement that the engine cannot prepare, with the reason.
pub async fn unprepared(db: &TestDb) -> Vec<String> {
    let whole = registered().filter(|statement| !statement.fragment);
    if let Some(path) = db.url.strip_prefix("sqlite:") {
        let connection = rusqlite::Connection::open(path).expect("open the file");
        let try_one = |statement: &Statement| connection.prepare(statement.sqlite).map(drop);
        return whole.filter_map(|statement| said(statement, try_one(statement).err())).collect();
    }
    let client = connected(&db.url).await;
    let mut failures = Vec::new();
    for statement in whole {
        failures.extend(said(statement, client.prepare(statement.postgres).await.err()));
    }
    failures
}

fn said(statement: &Statement, error: Option<impl std::fmt::Debug>) -> Option<String> {
    error.map(|error| format!("{}::{}: {error:?}", statement.module, statement.name))
}

/// The server that `QIGE_TEST_POSTGRES` names. None is fine by hand, not where both engines must be tried.
fn server(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let named = variable("QIGE_TEST_POSTGRES").filter(|url| !url.is_empty());
    let must = variable("QIGE_TEST_BOTH_ENGINES").is_some();
    assert!(named.is_some() || !must, "both engines must be tried, and QIGE_TEST_POSTGRES names no server");
    named
}

fn own_folder() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    fresh(&format!("qige-test-{}-{number}", std::process::id()))
}

/// Numbers of processes come round again. A write-ahead log that a killed run left behind would be played
/// into the fresh copy, and its people be there already.
fn fresh(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(name);
    let _was_not_there = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).expect("make a folder for the test");
    folder
}

async fn sqlite_copy(folder: &std::path::Path) -> String {
    let template = std::env::temp_dir().join(format!("qige-template-{}.db", migrate::fingerprint()));
    if !template.exists() {
        // Made aside and renamed, so that tests running side by side never see half of it.
        let made = folder.join("template.db");
        {
            let db = Db::open(&format!("sqlite:{}", made.display())).await.expect("open");
            db.migrate().await.expect("migrate");
        }
        let packed = folder.join("packed.db");
        let connection = rusqlite::Connection::open(&made).expect("open");
        connection.execute("VACUUM INTO ?1", [packed.display().to_string()]).expect("pack");
        std::fs::rename(&packed, &template).expect("put the template in its place");
    }
    let copy = folder.join("test.db");
    std::fs::copy(&template, &copy).expect("copy the template");
    format!("sqlite:{}", copy.display())
}

async fn postgres_copy(server: &str) -> String {
    let template = format!("qige_template_{}", migrate::fingerprint());
    let client = connected(server).await;
    // One maker of the template at a time, whichever process it is in; also CREATE DATABASE itself fails when
    // somebody is connected to the template.
    client.batch_execute("SELECT pg_advisory_lock(7142094)").await.expect("lock");
    let known = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&template]).await;
    if known.expect("look for the template").is_none() {
        let making = format!("{template}_making");
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await.expect("drop");
        let role = format!(
            "DO $$ BEGIN CREATE ROLE {PROGRAM}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
             GRANT {PROGRAM} TO CURRENT_USER"
        );
        client.batch_execute(&role).await.expect("make a role");
        client.batch_execute(&format!("CREATE DATABASE {making} OWNER {PROGRAM}")).await.expect("create");
        {
            let url = as_program(Engine::Postgres, &with_database(server, &making));
            let db = Db::open(&url).await.expect("open");
            db.migrate().await.expect("migrate");
        }
        let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        client.query(ended, &[&making]).await.expect("end connections");
        let renamed = format!("ALTER DATABASE {making} RENAME TO {template}");
        while client.batch_execute(&renamed).await.is_err() {
            tokio::task::yield_now().await;
        }
    }
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("qige_test_{}_{number}", std::process::id());
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("drop");
    client
        .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {PROGRAM}"))
        .await
        .expect("copy");
    with_database(server, &name)
}

/// The role that the program has in tests. Row-level security holds it, as it would not hold a superuser.
const PROGRAM: &str = "qige_test_program";

fn as_program(engine: Engine, keeper: &str) -> String {
    match engine {
        Engine::Sqlite => keeper.to_owned(),
        Engine::Postgres => {
            let mark = if keeper.contains('?') { '&' } else { '?' };
            format!("{keeper}{mark}options=-c%20role%3D{PROGRAM}")
        }
    }
}

async fn drop_database(url: &str) {
    let (_, name, _) = taken_apart(url);
    let client = connected(&with_database(url, "postgres")).await;
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("drop");
}

async fn connected(url: &str) -> Client {
    let server = PostgresServer::named(url).expect("QIGE_TEST_POSTGRES");
    server.connect().await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn with_database(url: &str, name: &str) -> String {
    let (server, _, words) = taken_apart(url);
    format!("{server}/{name}{words}")
}

/// Server, database, and what stands behind them, from the question mark on.
fn taken_apart(url: &str) -> (&str, &str, &str) {
    let (front, words) = url.split_at(url.find('?').unwrap_or(url.len()));
    let (server, database) =
        front.rsplit_once('/').unwrap_or_else(|| panic!("{front} must end in /database"));
    (server, database, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_both_engines_does_not_go_without_a_server() {
        let alone = |name: &str| (name == "QIGE_TEST_POSTGRES").then(|| "postgres://there/db".to_owned());
        assert_eq!(server(&|_| None), None, "by hand it is skipped");
        assert_eq!(server(&alone).as_deref(), Some("postgres://there/db"));
        assert!(server(&|name| Some(format!("{name}://there"))).is_some());
        for empty in [None, Some(String::new())] {
            let must =
                |name: &str| if name == "QIGE_TEST_POSTGRES" { empty.clone() } else { Some("1".into()) };
            let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server(&must)));
            assert!(tried.is_err(), "{empty:?}");
        }
    }

    #[test]
    fn what_a_killed_run_left_behind_is_not_there() {
        let name = format!("qige-test-killed-{}", std::process::id());
        let left = fresh(&name);
        std::fs::write(left.join("test.db-wal"), "of another life").unwrap();
        let folder = fresh(&name);
        assert_eq!((&folder, std::fs::read_dir(&folder).unwrap().count()), (&left, 0));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
