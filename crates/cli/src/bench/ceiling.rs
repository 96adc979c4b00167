//! The raw engine with the product's own rows: what the product wrote is read back and written again into an
//! empty database of the same schema, past every layer of ours.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use qige_db::{Asker, Cell, Db, DbError, FromColumn, FromRow, Param, Row, Statement, params, statements};
use tokio_postgres::Client;

use super::scratch::connect;
use super::table::{Table, count, per_second};
use super::town::Town;
use super::{Run, note, said};

/// Reports that are written again at most.
const REPORTS: i64 = 30_000;
/// Connections to PostgreSQL at once, as many as the product holds.
const CONNECTIONS: usize = 8;
/// Reports in one transaction, as the writer gathers them at as many connections.
const BATCHES: [usize; 3] = [1, 32, 256];

/// The tables that one report fills, in the order in which the product fills them.
const TABLES: [(&str, &Statement); 5] = [
    ("reports", REPORT_ROWS),
    ("cases", CASE_ROWS),
    ("case_clocks", CLOCK_ROWS),
    ("case_photos", PHOTO_ROWS),
    ("journal", LINE_ROWS),
];

statements! {
    /// Reports, in the order of their cases.
    REPORT_ROWS = "SELECT * FROM reports WHERE tenant = $1 ORDER BY case_id LIMIT $2";
    /// Cases.
    CASE_ROWS = "SELECT * FROM cases WHERE tenant = $1 ORDER BY id LIMIT $2";
    /// Their first clocks.
    CLOCK_ROWS = "SELECT * FROM case_clocks WHERE tenant = $1 ORDER BY case_id LIMIT $2";
    /// Their photos.
    PHOTO_ROWS = "SELECT * FROM case_photos WHERE tenant = $1 ORDER BY case_id LIMIT $2";
    /// Their first lines.
    LINE_ROWS = "SELECT * FROM journal WHERE tenant = $1 AND stream = 'case' ORDER BY id LIMIT $2";
}

/// A row of any table.
struct Loose(Vec<Param>);

/// A value of any kind.
struct Value(Param);

impl FromColumn for Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Ok(Self(match cell {
            Cell::Null => Param::Null,
            Cell::I64(value) => Param::I64(value),
            Cell::F64(value) => Param::F64(value),
            Cell::Bool(value) => Param::Bool(value),
            Cell::Text(value) => Param::Text(value.to_owned()),
            Cell::Bytes(value) => Param::Bytes(value.to_vec()),
            Cell::Uuid(value) => Param::Uuid(value),
        }))
    }
}

impl FromRow for Loose {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        let columns = match row {
            Row::Sqlite(row) => row.as_ref().column_count(),
            Row::Postgres(row) => row.len(),
        };
        (0..columns).map(|at| row.at::<Value>(at).map(|value| value.0)).collect::<Result<_, _>>().map(Self)
    }
}

/// The rows of one report, by table.
type Rows = Vec<Vec<Param>>;

/// The rows of the town's first reports.
pub(super) async fn rows(town: &Town) -> Result<Vec<Rows>, String> {
    let mut reports: Vec<Rows> = Vec::new();
    for (_, statement) in TABLES {
        let read = town.app.db.read(Asker::system(town.cast.tenant), move |tx| {
            Box::pin(async move { Ok(tx.all::<Loose>(statement, params![tx.tenant(), REPORTS]).await?) })
        });
        let found = read.await.map_err(said)?;
        reports.resize_with(found.len(), Vec::new);
        for (report, row) in reports.iter_mut().zip(found) {
            report.push(row.0);
        }
    }
    Ok(reports)
}

/// Writes them again; answers with reports a second for each size of batch.
pub(super) async fn measure(
    run: &Run<'_>,
    table: &mut Table,
    reports: Vec<Rows>,
) -> Result<Vec<f64>, String> {
    note("the raw engine");
    table.part("(a) the raw engine, with the product's own rows in its own schema");
    let url = run.scratch.database("ceiling").await?;
    Db::open(&url).await.map_err(said)?.migrate().await.map_err(said)?;
    let share = reports.len().div_ceil(BATCHES.len()).max(1);
    let mut speeds = Vec::new();
    for (batch, part) in BATCHES.into_iter().zip(reports.chunks(share)) {
        let (done, time) = if run.scratch.is_sqlite() {
            tokio::task::block_in_place(|| sqlite(&url, part, batch, run.duration)).map_err(said)?
        } else {
            postgres(&url, part, batch, run.duration).await?
        };
        let speed = per_second(done, time);
        let what = format!("{} rows a report, {batch} reports in a transaction", TABLES.len());
        table.line(what, format!("{} reports/s", count(speed)));
        speeds.push(speed);
    }
    Ok(speeds)
}

fn inserts(reports: &[Rows]) -> Vec<String> {
    let first = reports.first().map_or(&[][..], Vec::as_slice);
    TABLES
        .iter()
        .zip(first)
        .map(|((table, _), row)| {
            let places: Vec<String> = (1..=row.len()).map(|at| format!("${at}")).collect();
            format!("INSERT INTO {table} VALUES ({})", places.join(", "))
        })
        .collect()
}

/// The settings are the writer's.
fn sqlite(url: &str, reports: &[Rows], batch: usize, limit: Duration) -> rusqlite::Result<(usize, Duration)> {
    let connection = rusqlite::Connection::open(url.trim_start_matches("sqlite:"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000;
         PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;",
    )?;
    let inserts = inserts(reports).into_iter().map(|sql| sql.replace('$', "?"));
    let mut prepared = inserts.map(|sql| connection.prepare(&sql)).collect::<rusqlite::Result<Vec<_>>>()?;
    let (begun, mut done) = (Instant::now(), 0);
    for together in reports.chunks(batch) {
        if begun.elapsed() > limit {
            break;
        }
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for report in together {
            for (insert, row) in prepared.iter_mut().zip(report) {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
        }
        connection.execute_batch("COMMIT")?;
        done += together.len();
    }
    Ok((done, begun.elapsed()))
}

/// Each connection takes every so many-eth batch, and sends a batch without waiting in between.
async fn postgres(
    url: &str,
    reports: &[Rows],
    batch: usize,
    limit: Duration,
) -> Result<(usize, Duration), String> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(connect(url).await?);
    }
    let begun = Instant::now();
    let work = clients.iter().enumerate().map(|(number, client)| async move {
        let inserts = inserts(reports);
        let prepared = try_join_all(inserts.iter().map(|sql| client.prepare(sql))).await?;
        let mut done = 0;
        for together in reports.chunks(batch).skip(number).step_by(CONNECTIONS) {
            if begun.elapsed() > limit {
                break;
            }
            one_batch(client, &prepared, together).await?;
            done += together.len();
        }
        Ok::<_, tokio_postgres::Error>(done)
    });
    let done = try_join_all(work).await.map_err(said)?;
    Ok((done.into_iter().sum(), begun.elapsed()))
}

async fn one_batch(
    client: &Client,
    prepared: &[tokio_postgres::Statement],
    together: &[Rows],
) -> Result<(), tokio_postgres::Error> {
    client.batch_execute("BEGIN").await?;
    for report in together {
        // Fewer than thirty at once are polled, and therefore sent, in order.
        let inserts = prepared.iter().zip(report).map(|(insert, row)| client.execute_raw(insert, row));
        try_join_all(inserts).await?;
    }
    client.batch_execute("COMMIT").await
}
