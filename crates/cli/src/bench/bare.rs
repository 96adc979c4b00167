//! A bare handler before a group commit: what a report over HTTP costs at least. Four rows, two secondary
//! indexes, the location looked up; no session, no permission, no journal, no page.
//!
//! On SQLite it writes by a group commit of its own, or through the product's writer, which shows what the
//! product's rows cost beside what its writer costs; on PostgreSQL by one statement a report, over as many
//! connections as the product holds.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use deadpool_postgres::Pool;
use qige_app::{App, Rulebook, Settings};
use qige_db::{Asker, Command, Db, Failure, Isolation, PostgresServer, Tx, statements, values};
use qige_identity::tenants;
use qige_kernel::uuid::Uuid;
use qige_kernel::{Clock, Entropy, Position, SystemClock, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::group_commit::{GroupCommit, Insert};
use super::scratch::connect;
use super::{SEED, said};

/// Connections to PostgreSQL, as many as the product holds.
const CONNECTIONS: usize = 8;

/// Its own tables, portable to both engines.
const SCHEMA: &str = "
    CREATE TABLE bare_cases (tenant UUID NOT NULL, id UUID NOT NULL, state TEXT NOT NULL, matter TEXT,
        grid UUID, lng DOUBLE PRECISION, lat DOUBLE PRECISION, at BIGINT NOT NULL, PRIMARY KEY (tenant, id));
    CREATE INDEX bare_cases_by_state ON bare_cases (tenant, state, at);
    CREATE TABLE bare_reports (tenant UUID NOT NULL, id UUID NOT NULL, case_id UUID NOT NULL,
        words TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (tenant, id));
    CREATE INDEX bare_reports_by_case ON bare_reports (tenant, case_id, at);
    CREATE TABLE bare_lines (tenant UUID NOT NULL, id UUID NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL,
        command TEXT NOT NULL, PRIMARY KEY (tenant, id, seq));
    CREATE TABLE bare_bodies (tenant UUID NOT NULL, id UUID NOT NULL, seq BIGINT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (tenant, id, seq));";

statements! {
    /// The case.
    INSERT_CASE = "INSERT INTO bare_cases (tenant, id, state, matter, grid, lng, lat, at)
        VALUES ($1, $2, 'reported', $3, $4, $5, $6, $7)";
    /// The report.
    INSERT_REPORT = "INSERT INTO bare_reports (tenant, id, case_id, words, at) VALUES ($1, $2, $3, $4, $5)";
    /// That it was said.
    INSERT_LINE = "INSERT INTO bare_lines (tenant, id, seq, at, command) VALUES ($1, $2, 0, $3, 'report')";
    /// What was said.
    INSERT_BODY = "INSERT INTO bare_bodies (tenant, id, seq, body) VALUES ($1, $2, 0, $3)";
}

/// All four rows by one statement.
const INSERT_ALL: &str = "
    WITH a AS (INSERT INTO bare_cases (tenant, id, state, matter, grid, lng, lat, at)
            VALUES ($1, $2, 'reported', $3, $4, $5, $6, $7)),
        b AS (INSERT INTO bare_reports (tenant, id, case_id, words, at) VALUES ($1, $8, $2, $9, $7)),
        c AS (INSERT INTO bare_lines (tenant, id, seq, at, command) VALUES ($1, $2, 0, $7, 'report'))
    INSERT INTO bare_bodies (tenant, id, seq, body) VALUES ($1, $2, 0, $10)";

/// A report as it comes.
#[derive(Deserialize)]
struct Sent {
    id: Uuid,
    matter: Option<String>,
    words: String,
    lng: f64,
    lat: f64,
}

/// A report as it is kept.
struct Bare {
    tenant: TenantId,
    sent: Sent,
    case: Uuid,
    grid: Option<Uuid>,
    at: Timestamp,
    body: String,
}

#[derive(Serialize)]
struct Receipt {
    report: Uuid,
    case: Uuid,
    at: Timestamp,
}

impl Command for Bare {
    type Output = ();
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let rows = self.rows();
        tx.execute_all(&rows.each_ref().map(|(statement, values)| (*statement, values.as_slice()))).await?;
        Ok(())
    }
}

impl Bare {
    fn rows(&self) -> [Insert; 4] {
        let Self { tenant, sent, case, grid, at, body } = self;
        [
            (INSERT_CASE, values![tenant, case, sent.matter, grid, sent.lng, sent.lat, at]),
            (INSERT_REPORT, values![tenant, sent.id, case, sent.words, at]),
            (INSERT_LINE, values![tenant, case, at]),
            (INSERT_BODY, values![tenant, case, body]),
        ]
    }
}

/// Where rows go.
pub(super) enum Keeper {
    Sqlite(GroupCommit),
    Writer(Db),
    Postgres(Pool),
}

impl Keeper {
    /// Makes the tables. On SQLite rows go through the product's writer if that is wanted.
    pub(super) async fn open(url: &str, through_writer: bool) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let connection = rusqlite::Connection::open(path).map_err(said)?;
            connection.execute_batch(SCHEMA).map_err(said)?;
            return if through_writer {
                Db::open(url).await.map(Self::Writer).map_err(said)
            } else {
                GroupCommit::open(connection).map(Self::Sqlite)
            };
        }
        connect(url).await?.batch_execute(SCHEMA).await.map_err(said)?;
        let manager = PostgresServer::named(url).map_err(said)?.manager();
        Pool::builder(manager).max_size(CONNECTIONS).build().map(Self::Postgres).map_err(said)
    }

    async fn keep(&self, bare: Bare) -> Result<(), String> {
        match self {
            Self::Sqlite(commit) => commit.keep(bare.rows().into()).await,
            Self::Writer(db) => db.write(Asker::system(bare.tenant), bare).await.map_err(said),
            Self::Postgres(pool) => {
                let client = pool.get().await.map_err(said)?;
                let statement = client.prepare_cached(INSERT_ALL).await.map_err(said)?;
                let Bare { tenant, sent, case, grid, at, body } = &bare;
                let (at, words) = (at.micros(), &sent.words);
                let place: [&(dyn tokio_postgres::types::ToSql + Sync); 10] =
                    [&tenant.0, case, &sent.matter, grid, &sent.lng, &sent.lat, &at, &sent.id, words, body];
                client.execute(&statement, &place).await.map(drop).map_err(said)
            }
        }
    }
}

struct Site {
    keeper: Keeper,
    tenant: TenantId,
    book: Arc<Rulebook>,
    entropy: Entropy,
}

/// Serves it until the process is ended: grids from the town's database, rows into another.
pub(super) async fn serve(
    address: SocketAddr,
    town: &str,
    folder: &Path,
    keeper: Keeper,
) -> Result<(), String> {
    let settings = Settings::standard(folder.to_owned());
    let app = App::open(town, settings, Arc::new(SystemClock), Entropy::seeded(SEED)).await.map_err(said)?;
    let nobody = Asker::system(TenantId(Uuid::nil()));
    let found = app.db.read(nobody, |tx| Box::pin(async move { Ok(tenants(tx).await?) }));
    let tenant = found.await.map_err(said)?.first().ok_or("the town is nobody's")?.id;
    let book = app.rulebook(tenant).await.map_err(said)?;
    let entropy = Entropy::from_system().map_err(said)?;
    let site = Arc::new(Site { keeper, tenant, book, entropy });
    let router = Router::new()
        .route("/report", post(report))
        .route("/healthz", get(|| std::future::ready("ok")))
        .with_state(site);
    let listener = TcpListener::bind(address).await.map_err(said)?;
    axum::serve(listener, router).await.map_err(said)
}

async fn report(
    State(site): State<Arc<Site>>,
    Json(sent): Json<Sent>,
) -> Result<(StatusCode, Json<Receipt>), (StatusCode, String)> {
    let at = SystemClock.now();
    let case: Uuid = site.entropy.id(at);
    let position = Position::new(sent.lng, sent.lat).ok();
    let grid = position.and_then(|position| site.book.grids.locate(position)).map(|located| located.grid.0);
    let receipt = Receipt { report: sent.id, case, at };
    let body = serde_json::json!({ "words": sent.words, "matter": sent.matter, "at": at }).to_string();
    let bare = Bare { tenant: site.tenant, sent, case, grid, at, body };
    site.keeper.keep(bare).await.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error))?;
    Ok((StatusCode::CREATED, Json(receipt)))
}
